"""The one reader of a class's fields: what type each has, and what its declaration says of it.

`ipmo.model.reading` reads values by it; the checks of references, the writer, the JSON schema, the test strategies and the
docs ask it what a class consists of.
"""

from __future__ import annotations

import functools
import operator
import types
import typing
from collections.abc import Mapping
from typing import Any, Final, Literal

import attrs

from ipmo.model.fields import Field, FrozenMap, Noun, Parse, Short
from ipmo.units import When

__all__ = ["DECLARED", "UNITED", "Kind", "Shape", "keys_of", "shape", "shape_of"]

UNITED: Final[set[object]] = {When}
"""Unions that are read as one: a date with or without a time."""
DECLARED: Final = "reads"
"""Where the metadata of a noun's field keep the converter that it was declared with."""
Form = Literal["one", "many", "map", "either"]


@attrs.frozen
class Kind:
    """What a value is.

    Args:
        form: `one` value of a class, a tuple of `many`, a `map` from text to values, or `either` of several.
        cls: the class of one value; for a union that is read as one (a date with or without a time), the union.
        inner: the kinds of the values inside.
    """

    form: Form
    cls: Any = object
    inner: tuple[Kind, ...] = ()

    @property
    def one(self) -> Kind:
        """The kind of a single value: of those inside, where there are many."""
        return self.inner[0] if self.form == "many" else self

    @property
    def noun(self) -> type[Noun] | None:
        """The class of the nouns that it is or holds; none for a noun that reads as one value, such as a budget."""
        cls = self.one.cls
        return cls if self.one.form == "one" and isinstance(cls, type) and issubclass(cls, Noun) and not issubclass(cls, Short) else None


@attrs.frozen(kw_only=True, eq=False)
class Shape:
    """A field: its type resolved, and what its declaration says.

    Args:
        name: in Python.
        key: in files.
        kind: what its value is.
        optional: it may be None.
        required: it has no default.
        default: its default, made where a factory makes it; None where it is required.
        help: what the field says, in half a sentence.
        unit: what its value is measured in.
        refers: what kind of thing its text names.
        choices: the only texts allowed.
        one_or_many: files may give one value instead of a list.
        end: a date without a time means the end of its day.
        in_files: files hold it.
        converter: what its declaration says reads it, None where its type alone does.
    """

    name: str
    key: str
    kind: Kind
    optional: bool
    required: bool
    default: object
    help: str
    unit: str
    refers: str
    choices: tuple[str, ...]
    one_or_many: bool
    end: bool
    in_files: bool
    converter: Parse[object] | None

    @property
    def many(self) -> bool:
        """It holds a list."""
        return self.kind.form == "many"

    @property
    def cls(self) -> Any:
        """The class of one of its values."""
        return self.kind.one.cls


# ----------------------------------------------------------------------------------------------- what there is


def shape(cls: type) -> tuple[Shape, ...]:
    """The fields of an attrs class, in order."""
    return _shapes(cls)


@functools.cache
def _shapes(cls: type) -> tuple[Shape, ...]:
    hints = typing.get_type_hints(cls)
    return tuple(shape_of(field, hints[field.name]) for field in attrs.fields(cls) if field.init)


def keys_of(cls: type) -> Mapping[str, Shape]:
    """The fields of an attrs class by their names in files."""
    return _keys(cls)


@functools.cache
def _keys(cls: type) -> Mapping[str, Shape]:
    return {one.key: one for one in _shapes(cls)}


def shape_of(field: Field, hint: object) -> Shape:
    """What a field is, from its declaration and its type."""
    told = field.metadata
    default: Any = None if field.default is attrs.NOTHING else field.default
    return Shape(
        name=field.name,
        key=told.get("key") or field.name,
        kind=_kind(_bare(hint)),
        optional=type(None) in typing.get_args(hint),
        required=field.default is attrs.NOTHING,
        default=default.factory() if hasattr(default, "factory") else default,
        help=told.get("help", ""),
        unit=told.get("unit", ""),
        refers=told.get("refers", ""),
        choices=tuple(told.get("choices", ())),
        one_or_many=bool(told.get("one_or_many")),
        end=bool(told.get("end")),
        in_files=told.get("in_files", True),
        converter=told.get(DECLARED, field.converter),
    )


def _bare(hint: object) -> object:
    """A type without its `| None`."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint
    return functools.reduce(operator.or_, (one for one in typing.get_args(hint) if one is not type(None)))


def _kind(hint: object) -> Kind:
    if hint in UNITED:
        return Kind("one", hint)
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return Kind("either", inner=tuple(_kind(one) for one in inside))
    if isinstance(origin, type) and issubclass(origin, tuple):
        return Kind("many", inner=(_kind(inside[0]),))
    if origin in (FrozenMap, Mapping) or hint in (FrozenMap, Mapping):
        return Kind("map", inner=(_kind(inside[1]) if inside else Kind("one"),))
    return Kind("one", object if hint is Any else hint)
