"""YAML and JSON text as plain data, with positions found only when a problem needs one.

YAML goes through the C parser's events, never through its objects: no tag is built, no alias followed. A plain scalar
that looks like a number or a truth value stays text of the class `Plain`, so that `id: 007` keeps its zeros and
`probability: 0.3` can still become a number: the field decides. JSON goes through `json.loads`.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Protocol

import attrs

from ipmo import progress
from ipmo.errors import FileError, Problem
from ipmo.files.opening import Stamp, bytes_of
from ipmo.files.structure import MAX_DEPTH
from ipmo.model.fields import WORDS, Plain, PlainData, PlainMap

__all__ = ["Document", "Starts", "parse", "text_of"]

MAX_SCALAR = 2**20
SHORT = 16
"""Characters of a text up to which one object stands for all that are the same: keys, types and durations stand in every row."""
STEP = 4096
"""Mappings between two words on how far reading has come."""
PathKey = tuple[str | int, ...]
Starts = dict[int, tuple[int, int]]
"""Line and column, from 1, of mappings by their identity."""

NUMBERLIKE = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
NUMBER_BEGINS = frozenset("0123456789+-.")
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
ENDLESS = frozenset(f"{sign}.{word}" for word in ("inf", "Inf", "INF") for sign in ("", "+", "-")) | {".nan", ".NaN", ".NAN"}
"""Numbers of YAML that none is."""
PORTFOLIO, BEGINS = "an ipmo portfolio in YAML or JSON", "a portfolio starts with `ipmo: 1`"
KINDS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office or .mpp file"),
    (b"\x89PNG", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format", "a SQLite database"),
    (b"ERMHDR", "a Primavera XER file"),
    (b"MPX,", "a Microsoft MPX file"),
)


@attrs.frozen(kw_only=True, eq=False)
class Document:
    """Plain data from one text, able to say where in it a path lies."""

    file: str
    text: str = attrs.field(repr=False)
    data: PlainData = attrs.field(repr=False)
    is_json: bool = False
    mappings: int = 0
    """How many mappings it holds: the rows that a reader understood."""
    starts: Starts = attrs.field(factory=dict, repr=False)
    """Of YAML, where each mapping in the data begins, by its identity."""
    path: Path | None = None
    """Where its text lies, if it was read from a file."""
    stamp: Stamp = (0, 0)
    """What that file was before it was read."""

    def locate(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems with file, line and column: of the value, of the key for unknown fields, else of the parent."""
        problems = [problem.moved(self._fitted(problem.path)) for problem in problems]
        wanted = {problem.path for problem in problems}
        places = (_json_places if self.is_json else _yaml_places)(self.text, wanted)
        out = []
        for problem in problems:
            path = problem.path
            while path not in places and path:
                path = path[:-1]
            line, column = places.get(path, (1, 1))
            out.append(Problem(message=problem.message, hint=problem.hint, path=problem.path, file=self.file, line=line, column=column))
        return out

    def _fitted(self, path: PathKey) -> PathKey:
        """The path without the index of a lone value that stands where a list may stand."""
        out: list[str | int] = []
        here = self.data
        for key in path:
            if isinstance(key, int) and not isinstance(here, list):
                continue
            out.append(key)
            try:
                here = here[key]
            except (KeyError, IndexError, TypeError):
                here = None
        return tuple(out)


def text_of(path: Path, name: str, what: str = PORTFOLIO, begins: str = BEGINS) -> str:
    """The text of a file.

    Args:
        path: the file.
        name: the file as the user named it.
        what: what it should be, for what is not.
        begins: what to say of one that is empty.

    Raises:
        FileError: it cannot be read, is too large, empty, binary, or not UTF-8.
    """
    raw = bytes_of(path, name, f"the file is empty; {begins}")
    for magic, found in KINDS:
        if raw.startswith(magic):
            raise FileError(name, f"this is {found}, not {what}")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileError(name, "the text is UTF-16; save it as UTF-8")
    if b"\0" in raw:
        raise FileError(name, f"this is a binary file, not {what}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise FileError(
            name,
            [
                Problem(
                    message=f"byte {raw[error.start]:#04x} is not UTF-8 text",
                    hint="save the file as UTF-8",
                    file=name,
                    line=line,
                    column=column,
                )
            ],
        ) from None
    head = text.lstrip()[:200].lower()
    if head.startswith("<"):
        raise FileError(name, f"this is XML or HTML, not {what}")
    return text


def parse(text: str, name: str, *, is_json: bool | None = None, exact: bool = False) -> Document:
    """Plain data from YAML or JSON text.

    Args:
        text: the text.
        name: what to call it in messages.
        is_json: which of the two; found from the first character when None.
        exact: numbers of JSON with a fraction are kept as `Decimal`, with all their digits.

    Raises:
        FileError: it is not well formed, or uses what is not allowed (anchors, tags, duplicate keys, deep nesting).
    """
    if is_json is None:
        is_json = text.lstrip()[:1] in ("{", "[")
    if is_json:
        data, mappings = _parse_json(text, name, Decimal if exact else None)
        return Document(file=name, text=text, data=data, is_json=True, mappings=mappings)
    data, starts = _parse_yaml(text, name)
    return Document(file=name, text=text, data=data, mappings=len(starts), starts=starts)


# ---------------------------------------------------------------------------------------------------- YAML

_Events = ModuleType
"""The classes of events: PyYAML is loaded when a file is read."""


class _Mark(Protocol):
    """A place in a text, from 0."""

    line: int
    column: int


class _Loader(Protocol):
    """PyYAML's loader, as far as it is used."""

    def get_event(self) -> PlainData:
        """The next event."""

    def dispose(self) -> None:
        """Lets go of the text."""


def _fault(name: str, mark: _Mark, message: str, hint: str = "") -> FileError:
    return FileError(name, [Problem(message=message, hint=hint, file=name, line=mark.line + 1, column=mark.column + 1)])


def _loader(text: str) -> _Loader:
    import yaml

    made: _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    return made


def _broken(name: str, error: Exception) -> FileError:
    mark: PlainData = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if "nesting depth" in str(problem):
        return _fault(name, mark, f"nested deeper than {MAX_DEPTH} levels")
    if mark is None:
        character = getattr(error, "character", None)
        what = f"the character {character!r} is not allowed in YAML" if character is not None else f"not YAML: {problem}"
        return FileError(name, what)
    hint = "indent with spaces, not tabs" if "'\\t'" in str(problem) else "check the indentation, quotes and colons here"
    return _fault(name, mark, f"not YAML: {problem}", hint)


def _parse_yaml(text: str, name: str) -> tuple[PlainData, Starts]:
    import yaml

    loader = _loader(text)
    try:
        return _build(loader, name, yaml.events, len(text), marked="&" in text or "!" in text)
    except yaml.YAMLError as error:
        raise _broken(name, error) from None
    finally:
        loader.dispose()


def _build(loader: _Loader, name: str, ev: _Events, size: int, *, marked: bool) -> tuple[PlainData, Starts]:
    """One pass over the events with an explicit stack: no depth of nesting can exhaust Python's.

    `marked` says that a sign which begins an anchor or a tag occurs in the text: only then can an event have one.
    """
    get = loader.get_event
    scalar_event, end_map, end_list = ev.ScalarEvent, ev.MappingEndEvent, ev.SequenceEndEvent
    start_map, start_list = ev.MappingStartEvent, ev.SequenceStartEvent
    fullmatch, nulls, words, no_key = NUMBERLIKE.fullmatch, NULLS | ENDLESS, WORDS, NULLS | {"<<"}
    if (get(), get())[1].__class__ is ev.StreamEndEvent:  # the start of the stream, then nothing: comments only
        return None, {}
    starts, same, problems = dict[int, tuple[int, int]](), dict[str, str](), list[Problem]()
    root: list[PlainData] = []
    current: PlainData = root
    key, is_map, stack = "", False, list[tuple[PlainData, bool]]()
    while True:
        event = get()
        kind = event.__class__
        if is_map:  # a key, then its value; or the end
            if kind is scalar_event:
                if marked and (event.anchor is not None or event.tag is not None):
                    raise _forbidden(name, event)
                key = same.setdefault(event.value, event.value)
                if key in no_key and event.implicit[0]:
                    raise _no_key(name, event)
                if key in current:
                    problems += _fault(name, event.start_mark, f"duplicate key {key!r}", "keep one of them").problems
                event = get()
                kind = event.__class__
            elif kind is start_map or kind is start_list:
                raise _no_key(name, event)
        if marked and kind in (scalar_event, start_map, start_list) and (event.anchor is not None or event.tag is not None):
            raise _forbidden(name, event)
        if kind is scalar_event:
            value: PlainData = event.value
            if len(value) <= SHORT:
                value = same.setdefault(value, value)
            if event.implicit[0]:  # unquoted
                if value in nulls:
                    value = _nothing(value, name, event, problems)
                elif (value[0] in NUMBER_BEGINS and fullmatch(value)) or value in words:
                    value = Plain(value)
            if value is not None and len(value) > MAX_SCALAR:
                raise _fault(name, event.start_mark, f"a text of {len(value):,} characters; at most {MAX_SCALAR:,} are read")
        elif kind is end_map or kind is end_list:
            current, is_map = stack.pop()
            if current is root and not stack:
                break
            continue
        elif kind is start_map or kind is start_list:
            if len(stack) >= MAX_DEPTH:
                raise _fault(name, event.start_mark, f"nested deeper than {MAX_DEPTH} levels")
            if kind is start_map:
                value, mark = {}, event.start_mark
                starts[id(value)] = (mark.line + 1, mark.column + 1)
                if len(starts) % STEP == 0:
                    progress.step("reading", mark.index, size)
            else:
                value = []
            if is_map:
                current[key] = value
            else:
                current.append(value)
            stack.append((current, is_map))
            current, is_map = value, kind is start_map
            continue
        elif kind is ev.AliasEvent:
            raise _fault(name, event.start_mark, "aliases (*name) are not allowed", "write the value out")
        else:
            break
        if is_map:
            current[key] = value
        else:
            current.append(value)
            if current is root:
                break
    _to_the_end(loader, name, ev)
    if problems:
        raise FileError(name, problems)
    return (root[0] if root else None), starts


def _to_the_end(loader: _Loader, name: str, ev: _Events) -> None:
    """Reads on after the first document, where nothing may follow."""
    while (event := loader.get_event()) is not None and not isinstance(event, ev.StreamEndEvent):
        if isinstance(event, ev.DocumentStartEvent):
            raise _fault(name, event.start_mark, "a second document (---) is not allowed", "write one portfolio to a file")


def _nothing(word: str, name: str, event: PlainData, problems: list[Problem]) -> PlainData:
    """None, for an unquoted word that stands for no value; one that is no number is a problem."""
    if word in ENDLESS:
        problems += _fault(name, event.start_mark, *_no_number(word)).problems
    return None


def _no_number(word: str) -> tuple[str, str]:
    """What to say of an infinity, or of what is no number by its own words; and what to do."""
    return f"{word} is no number that a plan can hold", "leave the field out where it is unknown; in quotes it is a text"


def _no_key(name: str, event: PlainData) -> FileError:
    """What to say of a key that is empty, that would merge another mapping in, or that is no text at all."""
    if event.anchor is not None or event.tag is not None:
        return _forbidden(name, event)
    if not hasattr(event, "value"):
        return _fault(name, event.start_mark, "a key must be text", "lists and mappings cannot be keys; quote text with { or [")
    if event.value == "<<":
        return _fault(name, event.start_mark, "merge keys (<<) are not allowed", "write the fields out")
    return _fault(name, event.start_mark, "a key must be text", "give the field a name")


def _forbidden(name: str, event: PlainData) -> FileError:
    what = "anchors (&name)" if event.anchor is not None else f"tags ({event.tag})"
    return _fault(name, event.start_mark, f"{what} are not allowed", "write the value out")


def _yaml_places(text: str, wanted: set[PathKey]) -> dict[PathKey, tuple[int, int]]:
    """Line and column of the wanted paths and all above them: of the value, or of the key of an empty or unknown one."""
    import yaml

    ev = yaml.events
    needed = {path[:cut] for path in wanted for cut in range(len(path) + 1)}
    places: dict[PathKey, tuple[int, int]] = {}
    loader = _loader(text)
    path: list[str | int] = []
    stack: list[tuple[bool, str | int | None]] = []
    is_map, key = False, None
    index = -1
    try:
        while True:
            event = loader.get_event()
            kind = event.__class__
            if kind in (ev.StreamStartEvent, ev.DocumentStartEvent):
                continue
            if kind is ev.ScalarEvent and is_map and key is None:
                key = event.value
                here = (*path, key)
                if here in needed:
                    places[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
                continue
            if kind in (ev.ScalarEvent, ev.MappingStartEvent, ev.SequenceStartEvent):
                if not stack:
                    here = ()
                elif is_map:
                    here = (*path, key)
                else:
                    index += 1
                    here = (*path, index)
                filled = kind is not ev.ScalarEvent or event.value != ""
                if here in needed and filled and (here not in places or here in wanted):
                    places[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
                if kind is ev.ScalarEvent:
                    key = None
                    continue
                stack.append((is_map, key if is_map else index))
                if len(stack) > 1:
                    path.append(here[-1])
                is_map, key, index = kind is ev.MappingStartEvent, None, -1
            elif kind in (ev.MappingEndEvent, ev.SequenceEndEvent):
                is_map, back = stack.pop()
                if stack:
                    path.pop()
                key, index = None, back if isinstance(back, int) else -1
            else:
                return places
    except yaml.YAMLError:
        return places
    finally:
        loader.dispose()


# ---------------------------------------------------------------------------------------------------- JSON


class _DuplicateKeyError(ValueError):
    pass


class _EndlessError(ValueError):
    pass


def _parse_json(text: str, name: str, fraction: Callable[[str], Decimal] | None = None) -> tuple[PlainData, int]:
    mappings = 0

    def pairs(found: list[tuple[str, PlainData]]) -> PlainMap:
        nonlocal mappings
        mappings += 1
        out = dict(found)
        if len(out) != len(found):
            raise _DuplicateKeyError
        return out

    def constant(word: str) -> object:
        raise _EndlessError(word)

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=fraction), mappings
    except json.JSONDecodeError as error:
        raise _broken_json(name, error) from None
    except _DuplicateKeyError:
        try:
            json.loads(text)  # what is broken further down is said first: places are known in whole JSON only
        except json.JSONDecodeError as error:
            raise _broken_json(name, error) from None
        except RecursionError:
            raise FileError(name, f"nested deeper than {MAX_DEPTH} levels") from None
        raise FileError(name, _json_duplicates(text, name)) from None
    except _EndlessError:
        try:
            json.loads(text)  # as above
        except json.JSONDecodeError as error:
            raise _broken_json(name, error) from None
        except (ValueError, RecursionError):
            pass
        raise FileError(name, _json_endless(text, name)) from None
    except RecursionError:
        raise FileError(name, f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        said = (
            "a number in it has thousands of digits; write at most 15" if "set_int_max_str_digits" in str(error) else f"not JSON: {error}"
        )
        raise FileError(name, said) from None


def _broken_json(name: str, error: json.JSONDecodeError) -> FileError:
    hint = "check quotes, commas and brackets here"
    return FileError(name, [Problem(message=f"not JSON: {error.msg}", hint=hint, file=name, line=error.lineno, column=error.colno)])


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')


def _json_walk(text: str) -> Iterable[tuple[PathKey, int, bool]]:
    """(path, offset, is a key) of every key and value of well-formed JSON."""
    path: list[str | int] = []
    stack: list[bool] = []
    expect_key = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "}]":
            stack.pop()
            if path:
                path.pop()
            expect_key = False
        elif token == ",":
            expect_key = stack[-1]
            if stack[-1]:
                pass
            else:
                last = path[-1]
                path[-1] = int(last) + 1
        elif token == ":":
            expect_key = False
        elif expect_key:
            path[-1] = json.loads(token) if "\\" in token else token[1:-1]
            yield tuple(path), match.start(), True
        else:
            yield tuple(path), match.start(), False
            if token in "{[":
                stack.append(token == "{")
                path.append("" if token == "{" else 0)
                expect_key = token == "{"


def _line_column(ends: list[int], offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in a text, by the offsets at which its lines end."""
    line = bisect.bisect_left(ends, offset)
    return line + 1, offset - (ends[line - 1] + 1 if line else 0) + 1


def _line_ends(text: str) -> list[int]:
    return [match.start() for match in re.finditer("\n", text)]


def _json_places(text: str, wanted: set[PathKey]) -> dict[PathKey, tuple[int, int]]:
    needed = {path[:cut] for path in wanted for cut in range(len(path) + 1)}
    places: dict[PathKey, tuple[int, int]] = {}
    ends = _line_ends(text)
    for path, offset, is_key in _json_walk(text):
        if path in needed and (is_key or path not in places or path in wanted):
            places[path] = _line_column(ends, offset)
    return places


def _json_endless(text: str, name: str) -> list[Problem]:
    """Each infinity, and what says of itself that it is no number: Python writes them, JSON has none."""
    ends = _line_ends(text)
    found = []
    for match in _TOKEN.finditer(text):
        if match[0] in ("Infinity", "-Infinity", "NaN"):
            (message, hint), (line, column) = _no_number(match[0]), _line_column(ends, match.start())
            found.append(Problem(message=message, hint=hint, file=name, line=line, column=column))
    return found


def _json_duplicates(text: str, name: str) -> list[Problem]:
    seen: set[PathKey] = set()
    problems = []
    ends = _line_ends(text)
    for path, offset, is_key in _json_walk(text):
        if is_key:
            if path in seen:
                line, column = _line_column(ends, offset)
                problems.append(
                    Problem(message=f"duplicate key {path[-1]!r}", hint="keep one of them", file=name, line=line, column=column)
                )
            seen.add(path)
    return problems
