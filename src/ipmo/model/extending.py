"""Plain data into the attrs classes that methodologies add: by their annotations, with errors that name the place."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from ipmo.errors import UnitError, close_matches
from ipmo.model.estimates import Estimate, as_estimate, as_time
from ipmo.model.fields import FrozenMap, text
from ipmo.model.integrity import file_key
from ipmo.units import Effort, Money, Rate, Span, as_date, as_effort, as_money, as_number, as_rate, as_share, as_span, as_when

__all__ = ["structured"]

T = TypeVar("T")
Parse = Callable[[Any], Any]


def structured(cls: type[T], data: Any) -> T:
    """An attrs value from plain data: its fields' annotations say how each is read, `doc(...)` says more.

    Annotations may be text, whole numbers, numbers (with `unit="share"` a share), truth values, dates, Span, Money, Rate,
    Effort, Estimate (of time, or with `unit="money"` or `unit="number"` of those), other attrs classes, `tuple[X, ...]`,
    `FrozenMap[str, X]`, and any of these `| None`.

    Args:
        cls: a frozen attrs class.
        data: a mapping as files have it.

    Raises:
        UnitError: a field is unknown, missing or wrong; its `path` leads to the place.

    >>> @attrs.frozen(kw_only=True)
    ... class Epic:
    ...     size: int
    ...     pivot_by: date | None = None
    >>> structured(Epic, {"size": 3, "pivot_by": "2026-03-31"})
    Epic(size=3, pivot_by=datetime.date(2026, 3, 31))
    """
    if not isinstance(data, Mapping):
        fields = ", ".join(map(file_key, attrs.fields(cls)))  # type: ignore[arg-type]
        raise UnitError(f"expected a mapping with {fields}; got {data!r:.60}")
    known: Any = cls
    readers = _readers(known)
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in readers:
            near = close_matches(str(key), readers)
            hint = f"close: {', '.join(map(repr, near))}" if near else f"it has {', '.join(readers)}"
            raise _at(UnitError(f"unknown field {key!r}; {hint}"), key)
        name, parse = readers[key]
        if value is None:  # an empty field is an absent one
            continue
        try:
            values[name] = parse(value)
        except UnitError as error:
            raise _at(error, key) from None
    for key, (name, _) in readers.items():
        field = attrs.fields_dict(cls)[name]  # type: ignore[arg-type]
        if field.default is attrs.NOTHING and name not in values:
            raise UnitError(f"required field {key!r} is missing")
    return cls(**values)


def _at(error: UnitError, *where: Any) -> UnitError:
    message = str(error.args[0]) if error.args else ""
    out = UnitError(message)
    out.path = (*where, *getattr(error, "path", ()))  # type: ignore[attr-defined]
    return out


@functools.cache
def _readers(cls: Any) -> dict[str, tuple[str, Parse]]:
    """File key to (name, reader) of every field that is made from files."""
    hints = typing.get_type_hints(cls, include_extras=False)
    return {file_key(field): (field.name, _reader(hints[field.name], field)) for field in attrs.fields(cls) if field.init}


def _reader(kind: Any, field: attrs.Attribute[Any]) -> Parse:
    unit = field.metadata.get("unit", "")
    choices = field.metadata.get("choices", ())
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        kinds = [one for one in inside if one is not type(None)]
        if set(kinds) == {date, datetime}:
            return as_when
        readers = [_reader(one, field) for one in kinds]
        return readers[0] if len(readers) == 1 else functools.partial(_first, readers)
    if origin is tuple:
        return functools.partial(_list, _reader(inside[0], field))
    if origin in (FrozenMap, Mapping) or kind in (FrozenMap, Mapping):
        return functools.partial(_map, _reader(inside[1], field) if inside else _as_it_is)
    if choices:
        return functools.partial(_choice, tuple(choices))
    if kind is float and unit.startswith("share"):
        return as_share
    if kind is Estimate:
        return {"money": _money_estimate, "number": _number_estimate}.get(unit, as_time)
    simple: dict[Any, Parse] = {
        str: text,
        int: _whole,
        float: as_number,
        Decimal: lambda value: Decimal(str(as_number(value))),
        bool: _flag,
        date: as_date,
        datetime: as_when,
        Span: as_span,
        Money: as_money,
        Rate: as_rate,
        Effort: as_effort,
        Any: _as_it_is,
        object: _as_it_is,
    }
    if kind in simple:
        return simple[kind]
    if isinstance(kind, type) and attrs.has(kind):
        return lambda value: value if isinstance(value, kind) else structured(kind, value)
    raise TypeError(f"{field.name}: a field of an extension cannot be a {kind!r}")


def _as_it_is(value: Any) -> Any:
    return value


def _first(readers: list[Parse], value: Any) -> Any:
    problems = []
    for reader in readers:
        try:
            return reader(value)
        except UnitError as error:
            problems.append(error)
    raise problems[0]


def _choice(choices: tuple[str, ...], value: Any) -> str:
    if value in choices:
        return str(value)
    raise UnitError(f"{value!r} is not one of {', '.join(choices)}")


def _whole(value: Any) -> int:
    words = str(value)
    if isinstance(value, bool) or not (words.isascii() and words.removeprefix("-").isdigit() and len(words) <= 15):
        raise UnitError(f"{words[:40]!r} is not a whole number")
    return int(words)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise UnitError(f"{value!r} is not true or false")


def _money_estimate(value: Any) -> Any:
    return as_estimate(value, as_money)


def _number_estimate(value: Any) -> Any:
    return as_estimate(value, as_number)


def _list(inner: Parse, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise UnitError(f"expected a list; got {value!r:.60}")
    out = []
    for place, one in enumerate(value):
        try:
            out.append(inner(one))
        except UnitError as error:
            raise _at(error, place) from None
    return tuple(out)


def _map(inner: Parse, value: Any) -> FrozenMap[str, Any]:
    if not isinstance(value, Mapping):
        raise UnitError(f"expected a mapping; got {value!r:.60}")
    out = {}
    for key, one in value.items():
        try:
            out[text(key)] = inner(one)
        except UnitError as error:
            raise _at(error, key) from None
    return FrozenMap(out)
