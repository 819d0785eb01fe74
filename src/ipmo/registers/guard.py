"""Workbooks are looked at before they are opened: what swells, is locked or rests on what was never computed is refused with a sentence.

Only the archive's own directory and its XML are read, with the standard library, in memory: nothing is unpacked to disk, no formula is
computed, no macro is run, no link is followed. A formula counts with the value that the spreadsheet program computed last, and that is said.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final
from xml.parsers import expat

import attrs

from ipmo.errors import FileError, Problem
from ipmo.findings import Finding, Severity
from ipmo.registers.extent import held_to_size, reaches, reaches_in_binary, reaches_of_document, too_far
from ipmo.registers.old_workbook import reaches_in_old
from ipmo.words import counted

__all__ = ["inspected"]

MOST_BYTES: Final = 1 << 30
"""Bytes of a workbook unpacked; a hundred thousand rows of forty columns are a fifth of it."""
MOST_PARTS: Final = 10_000
RATIO: Final = 300
"""Bytes unpacked for one packed, of a part above `RATIO_FROM`; sheets of real offices have 5 to 40."""
RATIO_FROM: Final = 1 << 24
OLE: Final = b"\xd0\xcf\x11\xe0"
LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
FORMULA: Final = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[ >/]")
DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
BINARY: Final = "xl/workbook.bin"
MERGED: Final = re.compile(rb"""mergeCell\s+ref=["']([A-Z]{1,3}([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7}))["']""")
RECALCULATED: Final = re.compile(rb"""fullCalcOnLoad\s*=\s*["'](?:1|true)["']""")
SHOWN: Final = 20
FEW: Final = 5
LINKS: Final = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/", "xl/embeddings/")


@attrs.define
class _Formulas:
    """The formulas of a sheet."""

    valued: int = 0
    zero: list[str] = attrs.field(factory=list)
    """Cells whose value is 0: what libraries write that compute nothing, and then ask for the workbook to be computed when it is opened."""
    empty: list[str] = attrs.field(factory=list)


def inspected(raw: bytes, name: str) -> tuple[Finding, ...]:
    """What is to be said of a workbook that may be opened.

    Args:
        raw: its bytes.
        name: what to call it in messages.

    Raises:
        FileError: it is locked, swells beyond reason, declares entities, or has formulas that nothing computed; each such cell by its place.
    """
    if raw.startswith(OLE):
        if LOCKED in raw:
            raise FileError(name, "the workbook is locked with a password; save a copy without one")
        try:
            found = reaches_in_old(raw)
        except ValueError as error:
            raise FileError(name, f"this is no whole workbook: {error}; open it in a spreadsheet program and save it as .xlsx") from None
        for number, reach in enumerate(found):
            held_to_size(reach, str(number), name)  # the first part of the stream holds what all sheets share
        return (
            _said(
                "ipmo/old-workbook",
                "the workbook is of the kind before 2007 (.xls): which of its values are formulas cannot be seen",
                "save it as .xlsx",
                name,
            ),
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return tuple(_looked_at(archive, len(raw), name))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(name, f"this is no whole workbook: {error!s:.120}; open it in a spreadsheet program and save it again") from None


def _looked_at(archive: zipfile.ZipFile, size: int, name: str) -> Iterator[Finding]:
    parts = archive.infolist()
    _sized(parts, size, name)
    never = False
    formulas: dict[str, _Formulas] = {}
    merged: dict[str, list[str]] = {}
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            if BINARY in archive.NameToInfo:
                held_to_size(reaches_in_binary(archive.read(part)), part.filename, name)
            continue
        text = _xml(archive.read(part))  # its real size and checksum are held against those declared
        if b"<!" in text and DOCTYPE.search(text):
            raise FileError(name, f"{part.filename} declares entities, which no spreadsheet program writes; save the workbook again")
        _held(archive, part.filename, text, name)
        if part.filename == "xl/workbook.xml":
            never = RECALCULATED.search(text) is not None
        if b"mergeCell" in text and (tall := [cells.decode() for cells, first, last in MERGED.findall(text) if first != last]):
            merged[part.filename] = tall
        if part.filename.startswith("xl/worksheets/") and (b"<f" in text or b":f" in text) and FORMULA.search(text):
            formulas[part.filename] = _formulas(text, name)
    titles = _titles(archive) if formulas or merged else {}
    problems = [
        Problem(message=f"{titles.get(part, part)}!{cell}: {_why(never)}", file=name)
        for part, found in formulas.items()
        for cell in [*found.empty, *(found.zero if never else ())]
    ]
    count = sum(found.valued for found in formulas.values())
    if problems:
        raise FileError(name, problems[:SHOWN])
    for part_name, tall in merged.items():
        said = f"{titles.get(part_name, part_name)}: cells are merged over several rows, and only the first row has their value: {', '.join(tall[:FEW])}"
        more = f" and {len(tall) - FEW} more" if len(tall) > FEW else ""
        hint = "unmerge them, and fill in every row"
        yield Finding(code="ipmo/merged-cells", message=said + more, hint=hint, severity=Severity.INFO, file=name)
    yield from _kinds({part.filename for part in parts}, name)
    if count:
        where = ", ".join(f"{titles.get(part, part)} ({found.valued})" for part, found in formulas.items() if found.valued)
        again = ", and the file asks to be computed again" if never else ""
        said = f"{counted(count, 'formula')} on {where}: the value that was computed last is taken{again}"
        yield _said("ipmo/formula-values", said, "check them where they rest on other files", name)


def _held(archive: zipfile.ZipFile, part: str, text: bytes, name: str) -> None:
    """Refuses a sheet that reaches too far, before anything makes its blank cells; what a part holds decides, not what it is called."""
    if b"sheetData" in text:
        reach = reaches(text)
        if too_far(reach):
            titles = _titles(archive) if "xl/workbook.xml" in archive.NameToInfo else {}
            held_to_size(reach, titles.get(part, part), name)
    elif b"spreadsheet" in text and b"table-row" in text:
        for number, reach in enumerate(reaches_of_document(text), 1):
            held_to_size(reach, str(number), name)


def _why(never: bool) -> str:
    told = "was not computed by a spreadsheet program" if never else "has no computed value"
    return f"a formula that {told}; open the workbook in one, and save it"


def _sized(parts: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Refuses what would swell: by the sizes declared, which are held against the real ones when a part is read."""
    if len(parts) > MOST_PARTS:
        raise FileError(name, f"the archive holds {len(parts):,} parts; a workbook has some tens")
    if len({part.filename.casefold() for part in parts}) < len(parts):
        raise FileError(name, "the archive holds two parts of one name; save the workbook again")
    if any(part.flag_bits & 1 for part in parts):
        raise FileError(name, "the workbook is locked with a password; save a copy without one")
    whole = sum(part.file_size for part in parts)
    if whole > MOST_BYTES:
        raise FileError(name, f"unpacked it is {whole / 2**20:,.0f} MB; at most {MOST_BYTES >> 20:,} MB are read; export the sheet as CSV")
    if sum(part.compress_size for part in parts) > size:
        raise FileError(name, "its parts overlap, as no workbook's do; save the workbook again")
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > RATIO * max(part.compress_size, 1):
            raise FileError(
                name,
                f"{part.filename} swells to {part.file_size / 2**20:,.0f} MB, {part.file_size // max(part.compress_size, 1)} times its size; "
                "delete the empty rows and columns below its table, and save it again",
            )


def _xml(raw: bytes) -> bytes:
    """XML in UTF-8: what is looked for is then found whatever its encoding."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").encode()
    return raw.replace(b"\0", b"") if b"\0" in raw[:4] else raw


def _kinds(parts: set[str], name: str) -> Iterator[Finding]:
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        yield _said("ipmo/macros", "the workbook holds macros: they are not run, and only values are read", "", name)
    if any(part.startswith(LINKS) for part in parts):
        said = "the workbook rests on other files or sources: the values are those of when it was saved last"
        yield _said("ipmo/external-links", said, "ask whose they are before you rely on them", name)


def _said(code: str, message: str, hint: str, name: str) -> Finding:
    return Finding(code=code, message=message, hint=hint, severity=Severity.WARNING, file=name)


def _formulas(raw: bytes, name: str) -> _Formulas:
    """The formulas of one sheet, and the cells of those without a value."""
    found = _Formulas()
    parser = expat.ParserCreate(namespace_separator=" ")
    cell, kind, formula, value, inside = "", "", False, "", False

    def start(tag: str, at: dict[str, str]) -> None:
        nonlocal cell, kind, formula, value, inside
        tag = tag.rpartition(" ")[2]
        if tag == "c":
            cell, kind, formula, value = at.get("r", "?"), at.get("t", ""), False, ""
        elif tag == "f":
            formula = True
        inside = tag in ("v", "t")

    def text(more: str) -> None:
        nonlocal value
        value += more.strip() if inside else ""

    def end(tag: str) -> None:
        nonlocal inside
        inside = False
        if tag.rpartition(" ")[2] == "c" and formula:
            if value or kind == "str":  # an empty text is a value too
                found.valued += 1
                if value == "0" and kind in ("", "n"):
                    found.zero.append(cell)
            else:
                found.empty.append(cell)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise FileError(name, f"this is no well-formed XML: {expat.ErrorString(error.code)}; save the workbook again") from None
    return found


def _titles(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """The names of the sheets by the parts that hold them; as the parts are called where nothing says it."""
    book = _xml(archive.read("xl/workbook.xml")).decode("utf-8", "replace")
    relations = _xml(archive.read("xl/_rels/workbook.xml.rels")).decode("utf-8", "replace")
    targets: dict[str, str] = {}
    for one in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations):
        at = dict(re.findall(r'(\w+)="([^"]*)"', one))
        targets[at.get("Id", "")] = at.get("Target", "").removeprefix("/xl/")
    out = {}
    for one in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        at = dict(re.findall(r'([\w:]+)="([^"]*)"', one))
        if (key := next((at[key] for key in at if key.endswith(":id")), "")) in targets:
            title = at.get("name", "")
            out[f"xl/{targets[key]}"] = title if title.replace("_", "").isalnum() else f"'{title}'"
    return out
