"""How a field of a noun is declared: help, unit, source, its name in files, and an error that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from ipmo.errors import UnitError

__all__ = ["EMPTY", "FrozenMap", "Noun", "Short", "annotation", "as_map", "as_tuple", "doc", "named", "text", "texts"]

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class FrozenMap(Mapping[K, V]):
    """A small read-only mapping that compares by value and can be pickled.

    >>> FrozenMap({"region": "north"})["region"]
    'north'
    """

    __slots__ = ("_entries",)
    _entries: Mapping[K, V]

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        object.__setattr__(self, "_entries", MappingProxyType(dict(entries)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a FrozenMap cannot be changed")

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return dict(self._entries) == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMap, (dict(self._entries),)

    def __repr__(self) -> str:
        return f"FrozenMap({dict(self._entries)!r})"


EMPTY: FrozenMap[Any, Any] = FrozenMap()


def as_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """Any iterable as a tuple."""
    return tuple(values)


def as_map(entries: Mapping[Any, Any]) -> FrozenMap[Any, Any]:
    """A FrozenMap of these entries; itself when it is one."""
    return entries if isinstance(entries, FrozenMap) else FrozenMap(entries) if entries else EMPTY


class Noun:
    """What all nouns share: they compare by value and cannot be hashed; look them up by id."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]


class Short(Noun):
    """A noun that files may write shorter than as a mapping: its field's converter reads that, `to_plain` writes it."""

    __slots__ = ()

    def to_plain(self) -> Any:
        """As files write it."""
        raise NotImplementedError


def doc(
    help: str,
    *,
    unit: str = "",
    source: str = "",
    key: str = "",
    end: bool = False,
    one_or_many: bool = False,
    refers: str = "",
    choices: Iterable[str] = (),
) -> dict[str, Any]:
    """The metadata of a field.

    Args:
        help: what the field says, in half a sentence.
        unit: what its value is measured in.
        source: the guide or formula it comes from.
        key: its name in files, where that is a Python keyword or reads better.
        end: a date without a time means the end of its day.
        one_or_many: files may give one value instead of a list.
        refers: what kind of thing its text names (`item`, `person`, `project`, ...), so that references are checked.
        choices: the only texts allowed.
    """
    return {
        "help": help,
        "unit": unit,
        "source": source,
        "key": key,
        "end": end,
        "one_or_many": one_or_many,
        "refers": refers,
        "choices": tuple(choices),
    }


def annotation(cls: type, name: str) -> str:
    """The type of a field as its class spells it; attrs may have replaced the text on the field itself."""
    return str(cls.__annotations__[name])


def text(value: object) -> str:
    """Text as it stands; whole numbers become their digits.

    Raises:
        UnitError: it is no text.
    """
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UnitError(f"{value!r} is not text; put it in quotes")


def texts(values: Iterable[object] | str) -> tuple[str, ...]:
    """A tuple of texts; a single text is a tuple of one."""
    return (text(values),) if isinstance(values, str) else tuple(map(text, values))


def _naming(parse: Callable[[Any], Any], label: str, default: Any, plain: bool) -> Callable[[Any], Any]:
    """A converter that names its field when it refuses a value; what needs no work is let through at once."""

    def convert(value: Any) -> Any:
        if value is default or (plain and type(value) is str):
            return value
        try:
            return parse(value)
        except UnitError as error:
            named = UnitError(f"{label}: {error}")
            named.path = getattr(error, "path", ())  # type: ignore[attr-defined]
            raise named from None

    convert.parse = parse  # type: ignore[attr-defined]
    return convert


def _chosen(choices: tuple[str, ...], optional: bool) -> Callable[[Any], Any]:
    allowed = frozenset(choices)

    def parse(value: Any) -> Any:
        if value in allowed or (optional and value is None):
            return value
        raise UnitError(f"{value!r} is not one of {', '.join(choices)}")

    return parse


def named(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """The field transformer of all nouns: converters name their field, `choices` are enforced."""
    out = []
    for field in fields:
        parse: Any = field.converter
        plain = parse is None and not field.metadata.get("choices")
        if field.metadata.get("choices"):
            parse = _chosen(field.metadata["choices"], field.default is None)
        elif parse is None and field.type in ("str", str):
            parse = text
        elif parse is None and field.type in ("str | None", str | None):
            parse = attrs.converters.optional(text)
        if parse is not None:
            label = f"{cls.__name__.lower()}.{field.name}"
            field = field.evolve(converter=_naming(parse, label, field.default, plain))
        out.append(field)
    return out
