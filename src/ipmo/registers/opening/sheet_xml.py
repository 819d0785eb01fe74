"""The XML of a workbook, walked in one way whatever its encoding: which part holds which sheet, and the cells of one."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import Final, TypeAlias
from xml.parsers import expat

import attrs

from ipmo.registers.opening.lettered import number_of

__all__ = ["BOOK", "Book", "Cell", "NoValue", "book_of", "in_utf8", "walk", "walk_cells"]

BOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
VALUES: Final = frozenset(("v", "t"))
CONTENT: Final = frozenset(("v", "is", "f"))
Start: TypeAlias = Callable[[str, dict[str, str]], None]


def in_utf8(raw: bytes) -> bytes:
    """XML in UTF-8: what is looked for in its bytes is then found whatever its encoding was; its first line may still name that.

    Args:
        raw: a part of the archive.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").encode()
    return raw.replace(b"\0", b"") if b"\0" in raw[:4] else raw


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def walk(raw: bytes, start: Start, end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None) -> None:
    """Reads XML element by element; elements are named without their namespace.

    Args:
        raw: the XML, in UTF-8 whatever it says itself.
        start: told of an element that begins, with its attributes.
        end: told of one that ends.
        text: told of text.

    Raises:
        ValueError: it is not well formed, or has a DOCTYPE.
    """
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        raise ValueError("XML with a DOCTYPE, which no spreadsheet program writes")

    parser.StartElementHandler = lambda tag, at: start(local(tag), at)
    if end is not None:
        parser.EndElementHandler = lambda tag: end(local(tag))
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise ValueError(f"no well-formed XML: {expat.ErrorString(error.code)}") from None


class NoValue(str):
    """What stands for the value of a formula that has none: why, and what to do."""

    __slots__ = ()


@attrs.define
class Cell:
    """A cell of a sheet, as its XML has it.

    Args:
        row: from 0.
        column: from 0.
        kind: its type: `n`, `s`, `str`, `b`, `e` (an error), empty for a number.
        formula: it holds one.
        filled: it holds a value, text or a formula, not its format alone.
        value: the text of its value.
    """

    row: int
    column: int
    kind: str = ""
    formula: bool = False
    filled: bool = False
    value: str = ""


def walk_cells(raw: bytes, each: Callable[[Cell], None]) -> None:
    """The cells of a sheet in order (ECMA-376, part 1, 18.3.1.4); one without a place of its own follows the one before it.

    Args:
        raw: the sheet, in UTF-8.
        each: told of every cell when it ends.

    Raises:
        ValueError: it is not well formed.
    """
    row = column = -1
    cell: Cell | None = None
    parts: list[str] | None = None

    def start(tag: str, at: dict[str, str]) -> None:
        nonlocal row, column, cell, parts
        if tag == "row":
            row, column = int(at["r"]) - 1 if at.get("r", "").isdecimal() else row + 1, -1
        elif tag == "c":
            placed = PLACE.fullmatch(at.get("r", ""))
            row, column = (int(placed[2]) - 1, number_of(placed[1])) if placed else (row, column + 1)
            cell = Cell(row, column, at.get("t", ""))
        elif cell is not None and tag in CONTENT:
            cell.filled, cell.formula = True, cell.formula or tag == "f"
        parts = [] if cell is not None and tag in VALUES else None

    def end(tag: str) -> None:
        nonlocal cell, parts
        if cell is not None and parts is not None:
            cell.value += "".join(parts).strip()
        parts = None
        if tag == "c" and cell is not None:
            each(cell)
            cell = None

    def text(more: str) -> None:
        if parts is not None:
            parts.append(more)

    walk(raw, start, end, text)


@attrs.frozen
class Book:
    """What a workbook says of itself.

    Args:
        parts: the part of the archive that holds each sheet, by the sheet's name.
        recalculated: it asks to be computed again when it is opened.
    """

    parts: dict[str, str]
    recalculated: bool = False


def book_of(archive: zipfile.ZipFile) -> Book:
    """What a workbook in XML says of itself; nothing where it is none.

    Args:
        archive: the workbook.

    Raises:
        ValueError: what it says is not well formed.
    """
    if BOOK not in archive.NameToInfo or RELATIONS not in archive.NameToInfo:
        return Book({})
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}
    recalculated = False

    def relation(tag: str, at: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[at.get("Id", "")] = at.get("Target", "")

    def sheet(tag: str, at: dict[str, str]) -> None:
        nonlocal recalculated
        if tag == "sheet":
            sheets[at.get("name", "")] = next((value for key, value in at.items() if key != "id" and local(key) == "id"), "")
        elif tag == "calcPr":
            recalculated = at.get("fullCalcOnLoad") in ("1", "true")

    walk(in_utf8(archive.read(RELATIONS)), relation)
    walk(in_utf8(archive.read(BOOK)), sheet)
    whole = {one: targets.get(key, "") for one, key in sheets.items()}
    parts = {one: part.lstrip("/") if part.startswith("/") else posixpath.normpath(f"xl/{part}") for one, part in whole.items() if part}
    return Book(parts, recalculated)
