"""Cells of a workbook whose formula failed: `#DIV/0!`, `#REF!`; calamine gives the same empty text for them as for a blank one."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.parsers import expat

from ipmo.errors import FileError
from ipmo.registers.lettered import number_of

__all__ = ["error_cells"]

BOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
FAILED: Final = (b't="e"', b"t='e'")
"""What a sheet with an error has somewhere; only such a sheet is read as XML."""
PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ID: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
STRICT_ID: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships id"

Places = dict[tuple[int, int], str]


def error_cells(path: Path, name: str) -> Mapping[str, Places]:
    """By sheet, the row and the column (from 0) of every cell that holds an error, with the error; empty where no sheet has one.

    Only workbooks in XML (.xlsx, .xlsm) say which cells those are. What is compared is ECMA-376, part 1, 18.18.11: type `e` of a cell.

    Args:
        path: the workbook.
        name: what to call it in messages.

    Raises:
        FileError: a sheet is no well-formed XML.
    """
    found: dict[str, Places] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if BOOK not in archive.NameToInfo or RELATIONS not in archive.NameToInfo:
                return {}
            for sheet, part in _parts(archive, name).items():
                raw = archive.read(part) if part in archive.NameToInfo else b""
                if any(mark in raw for mark in FAILED):
                    found[sheet] = _failed(raw, f"{name}, sheet {sheet!r}")
    except (zipfile.BadZipFile, NotImplementedError, OSError):  # calamine says what is wrong with the archive
        return found
    return found


def _parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Where in the archive each sheet is kept."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, at: dict[str, str]) -> None:
        if tag.endswith(" Relationship"):
            targets[at.get("Id", "")] = at.get("Target", "")

    def sheet(tag: str, at: dict[str, str]) -> None:
        if tag.endswith(" sheet"):
            sheets[at.get("name", "")] = at.get(ID) or at.get(STRICT_ID) or ""

    _read(archive.read(RELATIONS), name, relation)
    _read(archive.read(BOOK), name, sheet)
    whole = {one: targets.get(key, "") for one, key in sheets.items()}
    return {one: part.lstrip("/") if part.startswith("/") else posixpath.normpath(f"xl/{part}") for one, part in whole.items() if part}


def _failed(raw: bytes, name: str) -> Places:
    """The cells of one sheet that hold an error; a cell without a place of its own follows the one before it."""
    found: Places = {}
    row, column = -1, -1
    here: tuple[int, int] | None = None
    text: list[str] | None = None

    def start(tag: str, at: dict[str, str]) -> None:
        nonlocal row, column, here, text
        kind = tag.rpartition(" ")[2]
        if kind == "row":
            row, column = int(at["r"]) - 1 if at.get("r", "").isdecimal() else row + 1, -1
        elif kind == "c":
            placed = PLACE.fullmatch(at.get("r", ""))
            row, column = (int(placed[2]) - 1, number_of(placed[1])) if placed else (row, column + 1)
            here = (row, column) if at.get("t") == "e" else None
        elif kind == "v" and here is not None:
            text = []

    def end(tag: str) -> None:
        nonlocal here, text
        if here is not None and text is not None:
            found[here] = "".join(text).strip() or "#ERROR!"
            here = None
        text = None

    def characters(more: str) -> None:
        if text is not None:
            text.append(more)

    _read(raw, name, start, end, characters)
    return found


def _read(raw: bytes, name: str, start: object, end: object = None, characters: object = None) -> None:
    """Reads XML that has no DOCTYPE, element by element."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        raise FileError(name, "a workbook has no DOCTYPE; save the workbook again")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise FileError(name, f"this is no well-formed XML: {expat.ErrorString(error.code)}; save the workbook again") from None
