"""YAML as nearly every portfolio is written, read line by line: keys, dashes, text on one line, short lists. Anything else is left alone.

What is read here is what PyYAML's events say of it, with the same places, in a fraction of the time; of what is not certain, or wrong,
nothing is said, and the whole text is read by `files.documents`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from ipmo import progress
from ipmo.model.fields import WORDS, Plain, PlainData

__all__ = ["MAX_SCALAR", "NULLS", "NUMBERLIKE", "NUMBER_BEGINS", "STEP", "Starts", "plain_yaml"]

Starts = dict[int, tuple[int, int]]
"""Line and column, from 1, of mappings by their identity."""
Fragments = Callable[[str], tuple[PlainData, Starts] | None]
"""Reads a flow collection on a line of its own, with its places from line 1 and column 1; None where it is not well formed."""
MAX_SCALAR = 2**20
STEP = 4096
"""Mappings between two words on how far reading has come."""
LONGEST = 4096
"""Characters of a line that is read here: what does not match is tried at each of its spaces."""
DEEPEST = 50
"""Levels of nesting that are read here: more are counted elsewhere."""
NUMBERLIKE = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
NUMBER_BEGINS = frozenset("0123456789+-.")
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
NO_KEY: Final = NULLS | {"<<"}

STRANGE = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML forbids or breaks lines at, tabs, and the byte order mark."""
_KEY = r"\w(?:[^:#]{0,98}[^:#\s])?"
_PLAIN = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=\S))[^:#]*(?:(?::(?=\S)|(?<=\S)#)[^:#]*)*"
_VALUE = rf"{_PLAIN}|\"[^\"\\]*\"|'[^']*'|[\[{{].*"
LINE = re.compile(rf"( *)(- +)?(?:({_KEY}) *:(?: +({_VALUE}))?|({_VALUE}))(?: *| +#.*)")
"""A line: its indentation, a dash, a key with what follows it, or an entry of a list."""
NOTHING = re.compile(r" *(?:#.*)?")
SHORT_LIST = re.compile(r"\[[\w.+/ ,-]*\]")
FRAGMENTS = 64
"""So many flow collections that are more than short lists are read one by one, and one in `SHARE` characters of a large text."""
SHARE = 400
SCALAR, LATER, LIST, FLOW, BLANK = range(5)
"""What stands behind a key or a dash: text, nothing, a short list, another collection; or nothing at all stands in a line."""


class _UncertainError(Exception):
    """Here is something that is read elsewhere."""


class _Line(NamedTuple):
    """What a line says."""

    indent: int
    inner: int
    """Where what follows a dash begins; the indentation where there is no dash."""
    key: str | None
    kind: int
    value: PlainData


def plain_yaml(text: str, fragment: Fragments) -> tuple[PlainData, Starts] | None:
    """The data of a text and where its mappings begin; None where it has to be read by a parser of all of YAML.

    Args:
        text: the text.
        fragment: reads the flow collections in it.
    """
    text = text.replace("\r\n", "\n")
    if STRANGE.search(text):
        return None
    try:
        return _Lines(text, fragment).read()
    except _UncertainError:
        return None


class _Lines:
    """The lines of a text on their way to data."""

    def __init__(self, text: str, fragment: Fragments) -> None:
        self.text, self.fragment = text, fragment
        self.starts: Starts = {}
        self.left = FRAGMENTS + len(text) // SHARE
        self.said: dict[str, PlainData] = {}
        """What each text says that stood in the place of a value, but for collections: one object for all of them."""
        self.keys: dict[str, str] = {}

    def read(self) -> tuple[PlainData, Starts]:
        """The data, and where mappings begin."""
        starts, known = self.starts, dict[str, _Line]()
        size, total = len(self.text), self.text.count("\n") + 1
        root: list[PlainData] = []
        current: PlainData = root
        column, is_map = -1, False
        stack: list[tuple[PlainData, int, bool]] = []
        waiting: str | None = ""  # the key whose value begins on a later line; at first the root, which has none
        for number, row in enumerate(io.StringIO(self.text), 1):
            line = known.get(row)
            if line is None:
                line = known[row] = self._line(row)
            indent, inner, key, kind, value = line
            if kind == BLANK:
                continue
            if waiting is not None or indent != column or inner != indent or not is_map:
                if waiting is not None:
                    if indent > column or (inner != indent and indent == column):
                        self._opens(current, waiting, indent, [] if inner != indent else {})
                        stack.append((current, column, is_map))
                        current = current[-1] if current is root else current[waiting]
                        column, is_map = indent, inner == indent
                        if is_map:
                            starts[id(current)] = (number, indent + 1)
                        if len(stack) > DEEPEST:
                            raise _UncertainError
                    waiting = None
                while column > indent or (column == indent and inner == indent and not is_map):
                    current, column, is_map = stack.pop()
                if column != indent or is_map == (inner != indent):
                    raise _UncertainError
                if inner != indent and key is not None:
                    stack.append((current, column, is_map))
                    made: PlainData = {}
                    current.append(made)
                    current, column, is_map = made, inner, True
                    starts[id(made)] = (number, inner + 1)
                    if len(starts) % STEP == 0:
                        progress.step("reading", number * size // total, size)
            if kind:
                if kind == LIST:
                    value = value.copy()
                elif kind == FLOW:
                    value = self._flow(value, number, len(row.rstrip("\n")) - len(value))
                else:
                    waiting = key
            if key is None:
                current.append(value)
            elif key in current:
                raise _UncertainError
            else:
                current[key] = value
        return (root[0] if root else None), starts

    @staticmethod
    def _opens(holder: PlainData, key: str, indent: int, inner: PlainData) -> None:
        """Puts what begins on a line of its own where it belongs: under its key, or first of all."""
        if isinstance(holder, dict):
            holder[key] = inner
        elif holder or indent:
            raise _UncertainError
        else:
            holder.append(inner)

    def _line(self, row: str) -> _Line:
        """What a line says."""
        row = row.rstrip("\n")
        if len(row) > LONGEST:
            raise _UncertainError
        match = LINE.fullmatch(row)
        if match is None:
            if NOTHING.fullmatch(row):
                return _Line(0, 0, None, BLANK, None)
            raise _UncertainError
        indent, dash, key, value, entry = match.groups()
        if key is None and dash is None:
            raise _UncertainError
        begins = len(indent)
        kind, said = (LATER, None) if key is not None and value is None else self._value(value or entry)
        if key is not None:
            key = self.keys.setdefault(key, key)
            if key in NO_KEY:
                raise _UncertainError
        return _Line(begins, begins + len(dash or ""), key, kind, said)

    def _value(self, text: str) -> tuple[int, PlainData]:
        """What stands behind a key or a dash."""
        if text[0] == "[" and SHORT_LIST.fullmatch(text):
            inside = text[1:-1].strip(" ")
            entries = [one.strip(" ") for one in inside.split(",")] if inside else []
            if all(one and one[0] != "-" for one in entries):
                return LIST, [self._scalar(one) for one in entries]
        if text[0] in "[{":
            return FLOW, text
        return SCALAR, self._scalar(text)

    def _scalar(self, text: str) -> PlainData:
        """What text says, quoted or not."""
        if text not in self.said:
            value: PlainData
            if text[0] in "'\"":
                value = text[1:-1]
            else:
                value = text.rstrip(" ")
                if value in NULLS:
                    value = None
                elif (value[0] in NUMBER_BEGINS and NUMBERLIKE.fullmatch(value)) or value in WORDS:
                    value = Plain(value)
            self.said[text] = value
        return self.said[text]

    def _flow(self, text: str, line: int, before: int) -> PlainData:
        """A collection that stands at the end of a line."""
        self.left -= 1
        found = self.fragment(text) if self.left >= 0 else None
        if found is None:
            raise _UncertainError
        data, starts = found
        self.starts.update((one, (line, column + before)) for one, (_, column) in starts.items())
        return data
