"""How a field of a noun is declared: help, unit, source, its name in files; and the small values that fields are made of."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, TypedDict, TypeVar

from ipmo.errors import UnitError
from ipmo.notebooks import fact_rows

if TYPE_CHECKING:
    import attrs

__all__ = [
    "EMPTY",
    "Doc",
    "Extensions",
    "Field",
    "FrozenMap",
    "LaterMap",
    "Noun",
    "Parse",
    "Plain",
    "PlainData",
    "PlainMap",
    "Short",
    "as_extensions",
    "as_map",
    "as_noun",
    "as_nouns",
    "as_tuple",
    "doc",
    "flag",
    "natural",
    "plain_data",
    "said",
    "text",
    "texts",
]

FEW, LONG = 6, 300
"""Values of a field, and characters of one, that a notebook shows."""
K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
PlainData: TypeAlias = Any
"""Data as files have it: None, text, numbers, truth values, and lists and mappings of these."""
PlainMap: TypeAlias = dict[str, PlainData]
"""A mapping as files have it."""
Field: TypeAlias = "attrs.Attribute[Any]"
"""A field of an attrs class, as attrs has it."""
Parse: TypeAlias = Callable[[Any], T]
"""What makes a value of anything that it is given, or refuses it."""


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
        if self is other:
            return True
        return dict(self._entries) == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __reduce__(self) -> tuple[object, ...]:
        return FrozenMap, (dict(self._entries),)

    def __repr__(self) -> str:
        return f"FrozenMap({dict(self._entries)!r})"


class LaterMap(FrozenMap[K, V]):
    """A FrozenMap whose entries are made when somebody looks at one.

    Args:
        make: what makes them, called once.
    """

    __slots__ = ("_make",)
    _make: Callable[[], Mapping[K, V]]

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        object.__setattr__(self, "_make", make)

    if not TYPE_CHECKING:  # a class with it would have every attribute for a type checker

        def __getattr__(self, name: str) -> object:
            if name != "_entries":
                raise AttributeError(name)
            object.__setattr__(self, "_entries", MappingProxyType(dict(self._make())))
            return object.__getattribute__(self, "_entries")


Extensions: TypeAlias = FrozenMap[str, Any]
"""What methodologies add to an item, by name: values of classes that only they know."""
EMPTY: Final[Extensions] = FrozenMap()


def as_tuple(values: Iterable[object]) -> tuple[Any, ...]:
    """Any iterable as a tuple."""
    return tuple(values)


def as_map(entries: Mapping[str, object]) -> Extensions:
    """A FrozenMap of these entries; itself when it is one."""
    return entries if isinstance(entries, FrozenMap) else FrozenMap(entries) if entries else EMPTY


def as_extensions(values: Mapping[str, object]) -> Extensions:
    """For type checkers: what methodologies add, as their classes or as files have it; the methodology's class reads it."""
    return as_map(values)


class Noun:
    """What all nouns share: they compare by value and cannot be hashed; look them up by id."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[tuple[Field, ...]]
    alone: ClassVar[str] = ""
    """The field that a lone text states, where a text may stand instead of a mapping."""

    def _repr_html_(self) -> str:
        """In a notebook: what it is and its name, then what it states, as a person reads it."""
        stated = ((field, getattr(self, field.name)) for field in self.__attrs_attrs__ if field.metadata.get("help"))
        rows = [(field.name.replace("_", " "), in_brief(value)) for field, value in stated if field.name != "name" and _says(field, value)]
        title = str(getattr(self, "name", "") or getattr(self, "id", ""))
        head = f"<strong>{type(self).__name__}</strong> {html.escape(title)}"
        return f"<p>{head}</p>{fact_rows(rows)}"


def _says(field: Field, value: object) -> bool:
    """Whether a field states anything: it is known and not what holds where it is left out."""
    default = getattr(field.default, "factory", lambda: field.default)()
    return value is not None and value != "" and value != default


def in_brief(value: object) -> str:
    """A value of a field in a line: money and time as people write them, of many nouns how many and the first ones.

    >>> in_brief(("a", "b")), in_brief(True), in_brief(date(2026, 3, 31))
    ('a, b', 'yes', '2026-03-31')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        named = [in_brief(one) for one in value[:FEW]]
        rest = f" and {len(value) - FEW:,} more" if len(value) > FEW else ""
        return f"{', '.join(named)}{rest}"
    if isinstance(value, Mapping):
        return in_brief(tuple(f"{key}: {in_brief(inner)}" for key, inner in value.items()))
    fields: tuple[Field, ...] = getattr(value, "__attrs_attrs__", ())
    if not fields or type(value).__str__ is not object.__str__:
        return str(value)[:LONG]
    if own := getattr(value, "id", ""):
        return str(own)
    stated = {field.name: in_brief(one) for field in fields if _says(field, one := getattr(value, field.name))}
    return ", ".join(stated.values() if len(stated) == 1 else (f"{name.replace('_', ' ')} {said}" for name, said in stated.items()))[:LONG]


class Short(Noun):
    """A noun that files may write shorter than as a mapping: `reads` says how it is read, `to_plain` how it is written."""

    __slots__ = ()

    def to_plain(self) -> object:
        """As files write it; what stands inside may be nouns and quantities."""
        raise NotImplementedError


def as_noun(value: Noun | Mapping[str, object]) -> Any:
    """For type checkers: a field of one noun takes that noun, or a mapping as files have it; its class says which."""
    return value


def as_nouns(value: Noun | Iterable[object]) -> tuple[Any, ...]:
    """For type checkers: a field of several nouns takes nouns and mappings as files have them; its class says which."""
    return (value,) if isinstance(value, Noun) else tuple(value)


class Doc(TypedDict):
    """The metadata of a field."""

    help: str
    unit: str
    source: str
    key: str
    end: bool
    one_or_many: bool
    refers: str
    values_refer: bool
    choices: tuple[str, ...]
    in_files: bool


def doc(
    help: str,
    *,
    unit: str = "",
    source: str = "",
    key: str = "",
    end: bool = False,
    one_or_many: bool = False,
    refers: str = "",
    values_refer: bool = False,
    choices: Iterable[str] = (),
    in_files: bool = True,
) -> dict[str, object]:
    """The metadata of a field.

    Args:
        help: what the field says, in half a sentence.
        unit: what its value is measured in.
        source: the guide or formula it comes from.
        key: its name in files, where that is a Python keyword or reads better.
        end: a date without a time means the end of its day.
        one_or_many: files may give one value instead of a list.
        refers: what kind of thing its text names (`item`, `person`, `project`, ...), so that references are checked.
        values_refer: of a mapping, its values are what refers to something, where its keys are otherwise.
        choices: the only texts allowed; of a mapping, its only values.
        in_files: files hold it.
    """
    found = Doc(
        help=help,
        unit=unit,
        source=source,
        key=key,
        end=end,
        one_or_many=one_or_many,
        refers=refers,
        values_refer=values_refer,
        choices=tuple(choices),
        in_files=in_files,
    )
    return {**found}


# ------------------------------------------------------------------------------------------- text and truth values


class Plain(str):
    """Unquoted text of a file that reads like a number or a truth value: the field decides which of them it is."""

    __slots__ = ()


WORDS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def natural(value: object) -> PlainData:
    """Data with numbers and truth values in place of `Plain` text, for what no field decides."""
    if type(value) is Plain:
        if value in WORDS:
            return WORDS[value]
        return int(value) if re.fullmatch(r"[-+]?[0-9]{1,15}", value, re.ASCII) else float(value)
    if isinstance(value, dict):
        return {key: natural(inner) for key, inner in value.items()}
    return [natural(inner) for inner in value] if isinstance(value, list) else value


DEEPEST = 90
"""How deep plain data may be nested in a field: a file holds 100 levels, and the field itself lies some way down."""


def plain_data(value: object, depth: int = 0) -> PlainData:
    """What no class reads, as files have it: text, finite numbers, truth values, lists and mappings; dates as text.

    Args:
        value: what was given.
        depth: how many lists and mappings it lies in.

    Raises:
        UnitError: it holds something else, or is nested deeper than files can be; `path` leads there.
    """
    if depth > DEEPEST:
        raise UnitError(f"nested deeper than {DEEPEST} levels; files hold no more")
    if isinstance(value, str):
        return natural(value if value.isprintable() else holdable(value))
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {text(key): _inside(inner, text(key), depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_inside(inner, place, depth + 1) for place, inner in enumerate(value)]
    raise UnitError(f"{value!r:.60} is no plain data; give text, numbers, lists and mappings")


def _inside(value: object, where: str | int, depth: int) -> PlainData:
    try:
        return plain_data(value, depth)
    except UnitError as error:
        raise error.at(where) from None


def said(value: object) -> str:
    """A value as a message names it, not too long."""
    if value is None:
        return "nothing"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, set | frozenset):
        return "a set"
    return "a mapping" if isinstance(value, Mapping) else f"{value!r:.60}"


HALVES: Final = re.compile("[\ud800-\udfff]")


def holdable(value: str) -> str:
    """Text that every file can hold.

    Raises:
        UnitError: it holds a NUL, or half a character.
    """
    if "\0" in value:
        raise UnitError(f"{value!r:.60} holds a NUL character, which no text has; take it out")
    if not value.isprintable() and (half := HALVES.search(value)):
        raise UnitError(f"{value!r:.60} holds half a character (U+{ord(half[0]):04X}), which no file can hold; take it out")
    return value


def text(value: object) -> str:
    """Text as it stands; whole numbers become their digits.

    Raises:
        UnitError: it is no text, or no file can hold it.
    """
    if type(value) is str and value.isprintable():
        return value
    if isinstance(value, str):
        return holdable(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    several = isinstance(value, Mapping | list | tuple | set | frozenset)
    raise UnitError(f"{said(value)} is not text; {'write one word or name here' if several else 'put it in quotes'}")


def texts(values: Iterable[object] | str) -> tuple[str, ...]:
    """A tuple of texts; a single text is a tuple of one."""
    return (text(values),) if isinstance(values, str) else tuple(map(text, values))


def flag(value: object) -> bool:
    """A truth value; the words for it only where a file has them without quotes.

    Raises:
        UnitError: it is none.
    """
    if isinstance(value, bool):
        return value
    if type(value) is Plain and value in WORDS:
        return WORDS[value]
    raise UnitError(f"{value!r:.60} is not true or false")
