"""How single values (a span, an amount of money, a date, a choice of an enum) are read from plain data and written as it.

`CONVERTER` is an ordinary cattrs converter: a methodology registers the hooks of its own value types there, and the fields
of its classes hold them, read them with the path in an error, and write them again.
"""

from __future__ import annotations

import enum
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs
import cattrs
from cattrs.errors import StructureHandlerNotFoundError

from ipmo.emissions import Emissions, as_emissions
from ipmo.errors import ModelError, UnitError
from ipmo.model.fields import Parse, PlainData, flag, said, text
from ipmo.units import Effort, Money, Rate, Span, as_date, as_effort, as_money, as_number, as_rate, as_span, as_when, plain

__all__ = ["CONVERTER", "PARSERS", "ByFields", "reader_of", "writes"]


def _unknown(cls: type) -> Callable[[Any], PlainData]:
    """What cattrs does for a class without a hook: say what to do, where its own way would let the value through."""

    def refuse(value: object) -> PlainData:
        raise TypeError(
            f"{value!r:.60} cannot be written: register how a {cls.__name__} is, with ipmo.plugin.CONVERTER.register_unstructure_hook"
        )

    return refuse


CONVERTER: Final = cattrs.Converter(detailed_validation=False, unstructure_fallback_factory=_unknown)
"""The converter of values; its hooks are cattrs's structure and unstructure hooks."""


def whole(value: object) -> int:
    """A whole number, or text that is one.

    Raises:
        UnitError: it is none.
    """
    words = str(value)
    if isinstance(value, bool) or not (words.isascii() and words.removeprefix("-").isdigit() and len(words) <= 15):
        raise UnitError(f"{words[:40]!r} is not a whole number")
    return int(words)


PARSERS: Final[Mapping[type, Parse[Any]]] = {
    str: text,
    int: whole,
    float: as_number,
    Decimal: lambda value: Decimal(str(as_number(value))),
    bool: flag,
    date: as_date,
    datetime: as_when,
    Span: as_span,
    Money: as_money,
    Rate: as_rate,
    Effort: as_effort,
    Emissions: as_emissions,
}


def _hooked(cls: type, parse: Parse[Any]) -> None:
    CONVERTER.register_structure_hook_func(lambda one: one is cls, lambda value, _: parse(value))  # a text enum is no text


for _cls, _parse in PARSERS.items():
    _hooked(_cls, _parse)


@attrs.frozen
class ByFields:
    """The hook of an attrs class that has no other: the shapes of its fields say how it is read."""

    cls: type
    read: Callable[[type, object], object]

    def __call__(self, value: object, _: object = None) -> object:
        """The value of the class."""
        return self.read(self.cls, value)


def reader_of(cls: Any) -> Parse[object] | None:
    """What reads a value of a class, or of another type that cattrs knows: an enum, a Literal, a set, a type with a hook of its own.

    Returns:
        None where neither ipmo nor cattrs nor a hook knows how.
    """
    try:
        hook = CONVERTER.get_structure_hook(cls)
    except StructureHandlerNotFoundError:
        return None
    if cls in PARSERS:
        return PARSERS[cls]
    if isinstance(hook, ByFields):
        return hook
    word = getattr(cls, "__name__", "") or str(cls)

    def read(value: object) -> object:
        if isinstance(cls, type) and isinstance(value, cls):
            return value
        try:
            return hook(value, cls)
        except (UnitError, ModelError):
            raise
        except StructureHandlerNotFoundError:  # cattrs before 24.2 says so only now
            raise TypeError(f"nothing says how a {cls!r} is read; register a hook with ipmo.plugin.CONVERTER") from None
        except Exception as error:  # a hook of a plugin may raise anything; cattrs's own raise several kinds
            if typing.get_origin(cls) is typing.Literal:
                raise UnitError(f"{value!r:.60} is not one of {', '.join(map(str, typing.get_args(cls)))}") from None
            members: Mapping[str, enum.Enum] = cls.__members__ if isinstance(cls, enum.EnumMeta) else {}
            choices = [str(one.value) for one in members.values()]
            reason = f"it is one of {', '.join(choices)}" if choices else f"{error}"
            raise UnitError(f"{said(value)} is no {word}: {reason:.300}") from None

    return read


def writes(cls: type, write: Callable[[Any], PlainData]) -> None:
    """Says how values of a class and of its subclasses are written as plain data."""
    CONVERTER.register_unstructure_hook(cls, write)


def _decimal(value: Decimal) -> PlainData:
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else plain(value)


def _text(value: str) -> PlainData:
    return value.value if isinstance(value, enum.Enum) else value


def _each(values: Any) -> list[PlainData]:
    return [CONVERTER.unstructure(inner) for inner in values]


def _map(values: Mapping[str, object]) -> dict[str, PlainData]:
    return {key: CONVERTER.unstructure(inner) for key, inner in values.items()}


writes(str, _text)
writes(int, lambda value: value.value if isinstance(value, enum.Enum) else value)
writes(float, lambda value: value)
writes(type(None), lambda value: value)
writes(Decimal, _decimal)
writes(date, date.isoformat)
writes(datetime, lambda value: value.isoformat(timespec="minutes"))
for _cls in (Span, Money, Effort, Emissions, Rate):
    writes(_cls, str)
for _cls in (tuple, list):
    writes(_cls, _each)
for _cls in (frozenset, set):
    writes(_cls, lambda values: sorted(_each(values), key=str))
CONVERTER.register_unstructure_hook_func(lambda cls: isinstance(cls, type) and issubclass(cls, Mapping), _map)
