"""The elements of Microsoft Project's XML (MSPDI), each with its line, and the values in them.

Durations are hours (`PT80H0M0S`), dates without zones, kinds are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

from ipmo.errors import FileError, Problem
from ipmo.files.foreign import Intake, RowError

__all__ = [
    "ID_FIELD",
    "KIND_FIELD",
    "LINK_TYPES",
    "NAMESPACE",
    "Element",
    "document",
    "elements",
    "instant",
    "iso_minutes",
    "sniff_mspdi",
    "whole",
]

NAMESPACE = "http://schemas.microsoft.com/project"
MAX_DEPTH = 100
LINK_TYPES = ("FF", "FS", "SF", "SS")
KIND_FIELD, ID_FIELD = "188744008", "188744009"
"""The custom fields Text21 and Text22, in which ipmo keeps its kinds and ids of items."""
_DURATION = re.compile(r"(-?)P(?:([0-9]{1,9})D)?T?(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)S)?")


def sniff_mspdi(path: Path, head: bytes) -> bool:
    """Whether a file is XML in Microsoft Project's namespace."""
    return NAMESPACE.encode() in head or (head.startswith((b"\xff\xfe", b"\xfe\xff")) and NAMESPACE in head.decode("utf-16", "replace"))


class Element:
    """An XML element with its line; children by name."""

    __slots__ = ("kids", "line", "tag", "text")

    def __init__(self, tag: str, line: int) -> None:
        self.tag, self.line = tag, line
        self.text = ""
        self.kids: list[Element] = []

    def get(self, name: str) -> str | None:
        """The text of the first child of that name; None when it is missing or empty."""
        for kid in self.kids:
            if kid.tag == name:
                return kid.text or None
        return None

    def one(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((kid for kid in self.kids if kid.tag == name), None)

    def all(self, *path: str) -> Iterator[Element]:
        """Descendants along a path of names."""
        if not path:
            yield self
            return
        for kid in self.kids:
            if kid.tag == path[0]:
                yield from kid.all(*path[1:])

    def flag(self, name: str) -> bool:
        """A child that says 1 or true."""
        return (self.get(name) or "").strip().lower() in ("1", "true")


def elements(raw: bytes, name: str) -> Element:
    """The element of the project, with all that it holds.

    Raises:
        FileError: this is no well-formed XML, has a DOCTYPE, or is no project.
    """
    root = document(raw, name)
    project = root.one("Project")
    if project is None:
        found = root.kids[0].tag if root.kids else "nothing"
        raise FileError(
            name, [Problem(message=f"this is no Microsoft Project XML: its root is {found!r}, not 'Project'", file=name, line=1)]
        )
    return project


def document(raw: bytes, name: str) -> Element:
    """A document of any kind: an element without a name that holds its root.

    Raises:
        FileError: this is no well-formed XML, or has a DOCTYPE.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 2**16
    root = Element("", 0)
    stack = [root]
    parts: list[str] = []

    def refuse(message: str, hint: str = "") -> FileError:
        problem = Problem(message=message, hint=hint, file=name, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)
        return FileError(name, [problem])

    def start(tag: str, _: object) -> None:
        parts.clear()
        if len(stack) > MAX_DEPTH:
            raise refuse(f"elements lie more than {MAX_DEPTH} deep")
        node = Element(tag.rpartition(" ")[2], parser.CurrentLineNumber)
        stack[-1].kids.append(node)
        stack.append(node)

    def end(_: str) -> None:
        node = stack.pop()
        if not node.kids:
            node.text = "".join(parts).strip()
        parts.clear()

    def doctype(*_: object) -> None:
        raise refuse("a DOCTYPE is not allowed in a project file", "take it out")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, parts.append
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        text = expat.ErrorString(error.code)
        raise FileError(
            name, [Problem(message=f"this is no well-formed XML: {text}", file=name, line=error.lineno, column=error.offset + 1)]
        ) from None
    except FileError:
        raise
    except (LookupError, ValueError) as error:
        raise FileError(name, f"the encoding that it names cannot be read: {error}") from None
    return root


def iso_minutes(text: str | None, what: str) -> Decimal | None:
    """Minutes of an ISO 8601 duration; None when there is none.

    Raises:
        RowError: it is no such duration.
    """
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        raise RowError(f"{what} {text[:40]!r} is not a duration such as PT8H0M0S")
    sign, days, hours, minutes, seconds = match.groups()
    total = Decimal(days or 0) * 1440 + Decimal(hours or 0) * 60 + Decimal(minutes or 0) + Decimal(seconds or 0) / 60
    return -total if sign else total


def whole(text: str | None, what: str) -> int | None:
    """A whole number; None when there is none.

    Raises:
        RowError: it is no whole number.
    """
    if not text:
        return None
    if not re.fullmatch(r"[-+]?[0-9]{1,12}", text):
        raise RowError(f"{what} {text[:40]!r} is not a whole number")
    return int(text)


def instant(intake: Intake, node: Element, name: str) -> datetime | None:
    """A date of an element; None when there is none, or one that only stands for none.

    Raises:
        RowError: it is no date.
    """
    found = intake.when(node.get(name), name)
    return None if found is None or found.year < 1900 or found.year > 9998 else found
