"""Fields of nouns that are made when they are first looked at: a million tasks are read as columns, and few of them are ever seen.

A noun whose field was left out is equal to one whose field is there: whoever reads the field gets its value, made once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from ipmo.model.fields import Noun

__all__ = ["Later", "kept_beside", "leave", "unread"]

T = TypeVar("T", bound="Later")
LOCK = threading.RLock()
"""One for all: a field is made by the thread that asks first, and the others wait for it."""


class _Left:
    """What makes the fields that were left out, and what is kept beside the noun."""

    __slots__ = ("beside", "makers")

    def __init__(self, makers: dict[str, Callable[[], object]], beside: object) -> None:
        self.makers, self.beside = makers, beside


class Later(Noun):
    """A noun of which fields can be left out until somebody looks at them."""

    __slots__ = ("_left",)

    if not TYPE_CHECKING:  # a class with it would have every attribute for a type checker

        def __getattr__(self, name: str) -> object:
            if name != "_left":
                with LOCK:
                    make = _makers(self).get(name)
                    if make is not None:
                        object.__setattr__(self, name, make())
                        del _makers(self)[name]
                    if make is not None or name in _slots(type(self)):  # another thread has made it meanwhile
                        return object.__getattribute__(self, name)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)


def _slots(cls: type) -> frozenset[str]:
    return frozenset(one.name for one in getattr(cls, "__attrs_attrs__", ()))


def _makers(noun: Later) -> dict[str, Callable[[], object]]:
    left: _Left | None = getattr(noun, "_left", None)
    return {} if left is None else left.makers


def leave(noun: T, makers: Mapping[str, Callable[[], object]], beside: object = None) -> T:
    """The noun without the values of some of its fields, each of which is made when it is first read.

    Args:
        noun: a noun that nobody has seen yet.
        makers: what makes the value of each field, by the name of the field.
        beside: what is kept with the noun, and answers without those values.
    """
    for name in makers:
        object.__delattr__(noun, name)
    object.__setattr__(noun, "_left", _Left(dict(makers), beside))
    return noun


def unread(noun: Later, field: str) -> bool:
    """Whether a field was left out and nobody has looked at it yet."""
    return field in _makers(noun)


def kept_beside(noun: Later) -> object:
    """What was kept with a noun when fields of it were left out; None for others."""
    left: _Left | None = getattr(noun, "_left", None)
    return None if left is None else left.beside
