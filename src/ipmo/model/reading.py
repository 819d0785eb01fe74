"""How the values of a class's fields are read, by what `ipmo.model.shape` says of them.

Nouns read what they are given with it, in Python as from files; so do the attrs classes that methodologies add to items.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final, TypeVar, cast

import attrs

from ipmo.declared import Declared, declared
from ipmo.errors import CRASHES, SHOWN, ModelError, Problem, UnitError
from ipmo.findings import Finding, Severity
from ipmo.model.fields import (
    EMPTY,
    Extensions,
    Field,
    FrozenMap,
    Noun,
    Parse,
    PlainMap,
    as_extensions,
    as_map,
    as_noun,
    as_nouns,
    as_tuple,
    plain_data,
    said,
    text,
    texts,
)
from ipmo.model.making import maker
from ipmo.model.other_words import meant
from ipmo.model.shape import DECLARED, UNITED, Kind, Shape, keys_of, shape, shape_of
from ipmo.model.values import CONVERTER, PARSERS, ByFields, reader_of
from ipmo.progress import steps
from ipmo.spelling import Speller
from ipmo.units import When, as_number, as_share, as_when
from ipmo.words import class_word, plural

__all__ = [
    "IN_PYTHON",
    "Read",
    "Reading",
    "named",
    "noun_of",
    "nouns_of",
    "problems_in",
    "reads",
    "reads_with",
    "structured",
    "unknown_field",
    "values_of",
]

T = TypeVar("T")


class Reading:
    """One reading of plain data: what methodologies declare, the reference classes read so far, what is noticed on the way."""

    def __init__(self, known: Declared | None = None) -> None:
        self._known = known
        self.references: dict[str, Any] = {}
        self.findings: list[Finding] = []
        self.counted: object = None
        """The list, nearly all of what is read, whose values are said one by one to who watches."""

    @property
    def declared(self) -> Declared:
        """Kinds of estimates and extensions by name; those of the installed methodologies unless others were given."""
        return declared() if self._known is None else self._known

    def keep_class(self, name: str, reference_class: object) -> None:
        """Keeps a reference class, for estimates that are read later."""
        self.references[name] = reference_class

    def note(self, code: str, message: str, hint: str = "") -> None:
        """Keeps a finding, each message once."""
        found = Finding(code=code, message=message, hint=hint, severity=Severity.INFO)
        if found not in self.findings:
            self.findings.append(found)


class _Unheard(Reading):
    """Reading what Python code gives: nobody asks what was noticed, and nothing is kept from one noun to the next."""

    def keep_class(self, name: str, reference_class: object) -> None:
        """Nothing."""

    def note(self, code: str, message: str, hint: str = "") -> None:
        """Nothing."""


IN_PYTHON: Final = _Unheard()
Read = Callable[[object, Reading], object]
"""How a value is read: from what was given, in a reading."""
# ------------------------------------------------------------------------------------------------ how it is read


def _share_or_number(one: Shape) -> Read:
    return _simple(as_share if one.unit.startswith("share") else as_number)


def _simple(parse: Parse[object]) -> Read:
    return lambda value, _: parse(value)


def _when(value: Any, reading: Reading) -> object:
    when = as_when(value)
    if isinstance(value, str) and value[16:].strip(":.0"):  # whole minutes are written with seconds too: nothing is rounded then
        reading.note("ipmo/seconds", f"{value} is rounded to the minute")
    return when


def _as_it_is(value: object, _: Reading) -> object:
    return value


READERS: dict[object, Callable[[Shape], Read]] = {
    float: _share_or_number,
    When: lambda _: _when,
    object: lambda _: _as_it_is,
}
"""How a value is read that depends on its field or on the reading; classes that read themselves are added by `reads`."""
RIGHT: dict[object, tuple[type, ...]] = {
    **{cls: (cls,) for cls in (str, bool, date)},
    When: (date,),
}
"""Classes whose values a field takes as they are; a quantity may be longer than files hold, and is looked at."""
TYPED: set[object] = {bool, When}
"""Classes that say how they are read, whatever the declaration of a field says."""
WHOLE: set[object] = set()
"""Classes that read themselves: what is read of them needs no converter of its field any more."""
MARKERS: Final = (as_noun, as_nouns, as_map, as_tuple, as_extensions)
"""Converters that say what type checkers should take: the type of the field says how it is read."""


AWARE: dict[Callable[..., object], Read] = {}
"""How fields with a converter are read, where what the reading knows matters."""


def reads(cls: object, read: Callable[[Shape], Read], *right: type) -> None:
    """Says how values of a class, or of a union, are read.

    Args:
        cls: the class.
        read: makes the reader of a field of that class.
        right: classes whose values a field takes as they are.
    """
    READERS[cls] = read
    RIGHT[cls] = right
    TYPED.add(cls)
    UNITED.add(cls)
    WHOLE.add(cls)


def reads_with(converter: Callable[..., object], read: Read) -> None:
    """Says how fields with a converter are read from files, where what a reading knows matters: which kinds and reference classes there are.

    Args:
        converter: as their declarations name it.
        read: reads a value of theirs.
    """
    AWARE[converter] = read


def _reader(one: Shape) -> Read:
    """How a field's value is read, None left out."""
    own = None if one.converter in MARKERS else one.converter
    if own in AWARE:
        return AWARE[own]
    if one.converter is as_extensions:
        return _extensions
    if one.choices and one.kind.form == "one":
        return _simple(functools.partial(_choice, one.choices))
    if own is not None and one.kind.form in ("one", "either") and one.kind.cls not in (*TYPED, str) and one.kind.noun is None:
        return _simple(own)
    read = _of_kind(one.kind, one, own)
    if own is None or one.kind.form == "many" or one.kind.cls in WHOLE:
        return read
    return lambda value, reading: own(read(value, reading))


def _of_kind(kind: Kind, one: Shape, own: Parse[object] | None) -> Read:
    if kind.form == "many":
        return _many(kind.inner[0], one, own)
    if kind.form == "map":
        return functools.partial(_map, _as_it_is if own else _of_kind(kind.inner[0], one, None))
    if kind.form == "either":
        return functools.partial(_first, [_of_kind(inside, one, None) for inside in kind.inner])
    known = READERS.get(kind.cls)
    if known is not None:
        return known(one)
    parse = reader_of(kind.cls)
    if isinstance(parse, ByFields):
        return functools.partial(noun_of, kind.cls)
    if parse is None:
        raise TypeError(f"{one.name}: nothing says how a {kind.cls!r} is read; register a hook with ipmo.plugin.CONVERTER")
    return _simple(parse)


def _choice(choices: tuple[str, ...], value: object) -> str:
    if isinstance(value, str) and value in choices:
        return str(value)
    raise UnitError(f"{value!r:.60} is not one of {', '.join(choices)}")


def _first(readers: list[Read], value: object, reading: Reading) -> object:
    """The answer of the first reader that takes the value; when none does, what the first one says."""
    problems: list[UnitError | ModelError] = []
    for read in readers:
        try:
            return read(value, reading)
        except (UnitError, ModelError) as error:
            problems.append(error)
    raise problems[0]


def _several(value: object, what: str, lone: bool) -> Iterable[object]:
    """What stands in a list; a lone value is a list of one where that is allowed."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str | bytes | Mapping | Noun) or not isinstance(value, Iterable):
        if lone:
            return (value,)
        raise UnitError(f"expected {what}; got {said(value)}")
    if isinstance(value, set | frozenset):  # it is walked in another order in each run, and so would be all that is said of what it holds
        raise UnitError(f"expected {what}; a set has no order")
    if hasattr(value, "columns"):  # a frame: walked, it gives the names of its columns
        raise UnitError(f"expected {what}; got a table; ipmo.from_tables reads tables")
    return tuple(value)


def _many(inner: Kind, one: Shape, own: Parse[object] | None) -> Read:
    """A list: each of its values is read by its type; one that has a converter of its own is read as a whole."""
    cls = inner.noun
    what = f"a list of {plural(class_word(cls))}" if cls is not None else "a list"
    lone_text = own is texts

    def whole_list(value: object, _: Reading) -> object:
        values = _several(value, what, one.one_or_many or (lone_text and isinstance(value, str)))
        assert own is not None
        try:
            return own(values)
        except (UnitError, ModelError) as error:
            for place, part in enumerate(values):
                try:
                    own((part,))
                except (UnitError, ModelError) as inside:
                    raise inside.at(place) from None
            raise error

    if own is not None and cls is None:
        return whole_list
    read = _of_kind(inner, one, None)
    settle = as_tuple if own is None else own

    lone = cls if cls is not None and issubclass(cls, Noun) and cls.alone else None

    def each(value: object, reading: Reading) -> object:
        values: Iterable[object] = value if type(value) is list else _several(value, what, one.one_or_many)
        classes = set(map(type, values))
        if cls in classes and len(classes) == 1:
            return settle(values)
        if lone is not None and classes == ONLY_TEXT:
            try:
                return settle([_alone(cast(Any, lone), str(words)) for words in values])
            except (UnitError, ModelError):  # read one by one below, each problem with its place
                pass
        return settle(_each(read, values, reading))

    return each


ONLY_TEXT: Final = {str}


def _each(read: Read, values: Iterable[object], reading: Reading) -> list[object]:
    """Each value read; what is wrong with any of them, each problem with its place."""
    out: list[object] = []
    problems: list[Problem] = []
    if values is reading.counted and isinstance(values, list):
        values = steps("building", values, len(values))
    for place, part in enumerate(values):
        try:
            out.append(read(part, reading))
        except (UnitError, ModelError) as error:
            problems += problems_in(error, place)
    if problems:
        raise ModelError(problems)
    return out


def nouns_of(cls: type[T], values: Iterable[object], reading: Reading | None = None) -> tuple[T, ...]:
    """Several nouns of a class, each as `noun_of` reads it.

    Raises:
        ModelError: what is wrong with any of them, with its place among them.
    """
    return tuple(cast("list[T]", _each(functools.partial(noun_of, cls), values, reading or IN_PYTHON)))


def _map(read: Read, value: object, reading: Reading) -> FrozenMap[str, object]:
    if not isinstance(value, Mapping):
        raise UnitError(f"expected a mapping of names to values; got {said(value)}")
    out: dict[str, object] = {}
    for key, inner in value.items():
        try:
            out[text(key)] = read(inner, reading)
        except (UnitError, ModelError) as error:
            raise ModelError(problems_in(error, text(key) if isinstance(key, str | int) else str(key))) from None
    return FrozenMap(out) if out else EMPTY


def _extensions(value: object, reading: Reading) -> Extensions:
    """What methodologies add: plain data become the class that a methodology declares, else they are kept as they stand."""
    if not isinstance(value, Mapping):
        raise UnitError(f"expected a mapping of methodologies to their fields; got {said(value)}")
    if not value:
        return EMPTY
    out: dict[str, object] = {}
    for key, data in value.items():
        name = text(key)
        if attrs.has(data.__class__):
            out[name] = data
            continue
        try:
            plain = plain_data(data)
            extension = reading.declared.extensions.get(name)
            out[name] = plain if extension is None else _parsed(name, extension.parse, plain)
        except (UnitError, ModelError) as error:
            raise ModelError(problems_in(error, name)) from None
        if extension is None:
            reading.note("ipmo/unknown-extension", f"no installed plugin declares the extension {name!r}", "it is kept as it stands")
    return FrozenMap(out)


def _parsed(name: str, parse: Callable[[object], object], plain: object) -> object:
    """What a methodology makes of its extension; a fault of its own is said to be one."""
    try:
        made = parse(plain)
        if not attrs.has(made.__class__):
            raise TypeError(f"an extension is an instance of an attrs class, this one {made!r:.60}")
    except (UnitError, ModelError):
        raise
    except CRASHES as error:
        raise UnitError(f"the plugin that declares the extension {name!r} failed on it: {type(error).__name__}: {error}") from error
    return made


# ----------------------------------------------------------------------------------------------- nouns from data


@attrs.frozen(eq=False)
class _Plan:
    """How the nouns of a class are read from mappings: place, name, reader and whether text is right as it stands, by key in files."""

    readers: Mapping[str, tuple[int, str, Read, bool]]
    required: Mapping[str, Shape]


@functools.cache
def _plan(cls: type) -> _Plan:
    fields = shape(cls)
    readers = {one.key: (place, one.name, _reader(one), str in _right(one)) for place, one in enumerate(fields)}
    return _Plan(readers, {one.name: one for one in fields if one.required})


@functools.lru_cache(maxsize=65_536)
def _alone(cls: Any, words: str) -> object:
    """The noun that a lone text stands for; the same text is the same noun."""
    return cls(**{cls.alone: words})


def values_of(cls: type, data: Mapping[str, object], reading: Reading, *, whole: bool = True) -> PlainMap:
    """The values of a class's fields, by name, from a mapping as files have it; a field that is empty is left out.

    Args:
        cls: an attrs class.
        data: keys as files write them.
        reading: where it is read.
        whole: fields without a default must be there.

    Raises:
        ModelError: fields are unknown, missing or wrong: all of them, each with its path.
    """
    plan = _plan(cls)
    readers = plan.readers
    values: PlainMap = {}
    problems: list[tuple[int, Problem]] = []
    for key, value in data.items():
        if value is None:  # an empty field is an absent one
            continue
        found = readers.get(key)
        if found is None:
            problems.append((len(readers), unknown_field(str(key), cls, hinted=len(problems) < SHOWN)))
            continue
        place, field, read, as_text = found
        if as_text and type(value) is str and value.isprintable():
            values[field] = value
            continue
        try:
            values[field] = read(value, reading)
        except (UnitError, ModelError) as error:
            problems += [(place, problem) for problem in problems_in(error, key)]
            values[field] = None
    if problems or (whole and any(name not in values for name in plan.required)):
        for name, one in plan.required.items() if whole else ():
            if name not in values:
                problems.append((readers[one.key][0], Problem(message=f"required field {one.key!r} is missing")))
        problems.sort(key=lambda pair: (pair[0], pair[1].path[:1] if pair[0] == len(readers) else ()))
        raise ModelError([problem for _, problem in problems])
    return values


def noun_of(cls: type[T], data: object, reading: Reading = IN_PYTHON) -> T:
    """A noun from what files have for it: a mapping, or a text where one may stand alone; a noun of the class as it is.

    Args:
        cls: its class.
        data: keys as files write them; None for a field that is left out.
        reading: where it is read.

    Raises:
        UnitError: it is no such thing at all, or its values do not go together.
        ModelError: fields are unknown, missing or wrong: all of them, each with its path.
    """
    if type(data) is dict:
        made: T = maker(cast(Any, cls))(values_of(cls, data, reading))
        return made
    if isinstance(data, cls):
        return data
    if isinstance(data, str) and issubclass(cls, Noun) and cls.alone:
        return cast(T, _alone(cast(type, cls), str(data)))
    if not isinstance(data, Mapping):
        word, names = class_word(cls), ", ".join(list(keys_of(cls))[:8])
        raise UnitError(f"expected {'an' if word[0] in 'aeiou' else 'a'} {word} as a mapping ({names}, ...); got {said(data)}")
    return cast(T, maker(cast(Any, cls))(values_of(cls, data, reading)))


CONVERTER.register_structure_hook_factory(lambda cls: attrs.has(cls) and cls not in PARSERS, lambda cls: ByFields(cls, noun_of))


@functools.lru_cache(maxsize=64)
def _speller(names: tuple[str, ...]) -> Speller:
    return Speller(names)


@functools.cache
def _keys_in_files(cls: type) -> tuple[tuple[str, ...], str]:
    """The fields of a class that files may have, and what to say of them."""
    keys = tuple(one.key for one in shape(cls) if one.in_files)
    return keys, f"the fields are {', '.join(keys)}"


@functools.cache
def _keys_by_name(cls: type) -> Mapping[str, str]:
    return {one.name: one.key for one in shape(cls)}


def unknown_field(key: str, cls: type, allowed: Iterable[str] = (), *, hinted: bool = True) -> Problem:
    """What to say of a field that a class does not have.

    Args:
        key: what stands in its place.
        cls: the class.
        allowed: the fields that may stand there; all of the class in files when left out.
        hinted: say which field may be meant.
    """
    keys, said = _keys_in_files(cls)
    known = tuple(allowed) or keys
    in_python = _keys_by_name(cls).get(key, "")
    hint = f"write {in_python}:" if in_python in known else meant(key, known)
    if not hint:
        near = _speller(known).near(key[:80], 1) if hinted else []
        hint = f"did you mean {near[0]!r}?" if near else said if known is keys else f"the fields are {', '.join(known)}"
    return Problem(message=f"unknown field {key[:80]!r}", hint=hint, path=(key,))


def problems_in(error: UnitError | ModelError, *where: str | int) -> list[Problem]:
    """What an error says, each problem with its path from further out."""
    if isinstance(error, ModelError):
        return [problem.moved((*where, *problem.path)) for problem in error.problems]
    message = str(error.args[0]) if error.args else type(error).__name__
    head, colon, rest = message.partition(": ")
    if colon and "." in head and " " not in head:  # `task.duration: ...`: the path says it already
        message = rest
    return [Problem(message=message, path=(*where, *error.path))]


def structured(cls: type[T], data: object) -> T:
    """An attrs value from plain data: its fields' annotations say how each is read, `doc(...)` says more.

    Annotations may be text, whole numbers, numbers (with `unit="share"` a share), truth values, dates, Span, Money, Rate,
    Effort, Estimate (of time, or with `unit="money"` or `unit="number"` of those), other attrs classes, `tuple[X, ...]`,
    `FrozenMap[str, X]`, and any of these `| None`.

    Args:
        cls: a frozen attrs class.
        data: a mapping as files have it.

    Raises:
        ModelError: it is no mapping, or fields are unknown, missing or wrong: all of them, each with its path.

    >>> @attrs.frozen(kw_only=True)
    ... class Epic:
    ...     size: int
    ...     pivot_by: date | None = None
    >>> structured(Epic, {"size": 3, "pivot_by": "2026-03-31"})
    Epic(size=3, pivot_by=datetime.date(2026, 3, 31))
    """
    if not isinstance(data, Mapping):
        raise ModelError(f"expected a mapping with {', '.join(keys_of(cls))}; got {said(data)}")
    return noun_of(cls, data)


# --------------------------------------------------------------------------------------------- nouns from Python


def named(cls: type, fields: list[Field]) -> list[Field]:
    """The field transformer of all nouns: every field reads what it is given, as from a file, and is named in what is wrong."""
    out = []
    for field in fields:
        if DECLARED not in field.metadata:
            field = field.evolve(metadata={**field.metadata, DECLARED: field.converter})
        out.append(field.evolve(converter=_naming(cls, field)))
    if cls.__doc__:  # without docstrings under python -OO
        cls.__doc__ = (
            cls.__doc__.rstrip()
            + "\n\n    Args:\n"
            + "".join(f"        {field.name}: {_told(field)}.\n" for field in fields if field.init)
            + "    "
        )
    return out


def _told(field: Field) -> str:
    """What a field says, its unit and its choices, in a line of a docstring."""
    told = field.metadata
    parts = [told.get("help", ""), told.get("unit", "")]
    if refers := told.get("refers"):
        parts.append(f"the id of {'an' if refers[0] in 'aeiou' else 'a'} {refers}")
    if choices := told.get("choices"):
        parts.append(f"one of {', '.join(choices)}")
    return "; ".join(part for part in parts if part)


def _naming(cls: type, field: Field) -> Parse[object]:
    """A converter that reads a value as its field's type says and names the field when it refuses one.

    What is right as it stands is let through at once: most values are. The type is resolved when the first other value comes.
    """
    default = field.default
    right: set[type] = set()
    settled: list[tuple[str, bool, Read]] = []

    def settle(value: object) -> object:
        if not settled:
            one = shape_of(field, typing.get_type_hints(cls)[field.name])
            right.update(_right(one))
            settled.append((one.key, one.optional, _reader(one)))
        key, optional, read = settled[0]
        if value is None and optional:
            return None
        try:
            return read(value, IN_PYTHON)
        except (UnitError, ModelError) as error:
            raise ModelError(problems_in(error, key)) from None

    def convert(value: object) -> object:
        cls = value.__class__
        if value is default or (cls in right and (cls is not str or cast(str, value).isprintable())):
            return value
        return settle(value)

    return convert


def _right(one: Shape) -> tuple[type, ...]:
    """Classes whose values a field takes as they are."""
    if one.kind.form != "one" or one.choices:
        return ()
    if one.kind.noun is not None:
        return (one.kind.cls,)
    if one.kind.cls is str and one.converter not in (None, text):
        return ()
    return RIGHT.get(one.kind.cls, ())
