"""Nouns made of values that were read already: each slot is set once, and nothing is read a second time."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import attrs

from ipmo.model.fields import Noun, PlainMap

__all__ = ["changed", "maker"]


@functools.cache
def maker(cls: type) -> Callable[[PlainMap], Any]:
    """What makes a noun of a class from the values of its fields, by name, each as its reader gave it.

    `__init__` reads every value that it is given, also one that a reader has just made: for nouns of forty fields that takes
    longer than all else. The setters are written out as attrs writes `__init__`; a class that needs more than that is made by it.
    """
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    setters = [getattr(vars(cls).get(one.name) or getattr(cls, one.name, None), "__set__", None) for one in fields]
    factories = [one.default for one in fields if isinstance(one.default, attrs.Factory)]  # type: ignore[arg-type]
    plain = issubclass(cls, Noun) and all(one.init and one.validator is None and one.alias == one.name for one in fields)
    if not plain or None in setters or factories or "__attrs_pre_init__" in dir(cls):
        return lambda values: cls(**values)
    known: dict[str, object] = {"new": object.__new__, "cls": cls}
    arguments, lines = [], []
    for place, (one, setter) in enumerate(zip(fields, setters, strict=True)):
        known[f"set{place}"] = setter
        known[f"default{place}"] = one.default
        arguments.append(one.name if one.default is attrs.NOTHING else f"{one.name}=default{place}")
        lines.append(f"    set{place}(made, {one.name})")
    after = ["    made.__attrs_post_init__()"] if hasattr(cls, "__attrs_post_init__") else []
    exec("\n".join([f"def make(*, {', '.join(arguments)}):", "    made = new(cls)", *lines, *after, "    return made"]), known)
    make: Any = known["make"]
    return lambda values: make(**values)


def changed(noun: Any, **values: object) -> Any:
    """A copy of a noun with other values in some fields, each as its reader gave it: none is read a second time.

    Args:
        noun: the noun.
        values: by the names of its fields.
    """
    cls: Any = type(noun)
    return maker(cls)({**_values(cls)(noun), **values})


@functools.cache
def _values(cls: type) -> Callable[[object], PlainMap]:
    """What gives the values of the fields of a noun, by name."""
    names = tuple(one.name for one in attrs.fields(cls))
    if len(names) < 2:
        return lambda noun: {name: getattr(noun, name) for name in names}
    values = operator.attrgetter(*names)
    return lambda noun: dict(zip(names, values(noun), strict=True))
