"""Workbooks are looked at before they are opened: what swells or is locked is refused with a sentence, a formula that was never computed by its cell.

Only the archive's own directory and its XML are read, with the standard library, in memory: nothing is unpacked to disk, no formula is
computed, no macro is run, no link is followed. A formula counts with the value that the spreadsheet program computed last, and that is said.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from ipmo.errors import FileError
from ipmo.findings import Finding, Severity
from ipmo.registers.opening.currency_formats import STYLES, cells_in, currencies_of, odd_ones
from ipmo.registers.opening.extent import DocumentSheet, held_to_size, reaches, reaches_in_binary, sheets_of_document, too_far
from ipmo.registers.opening.lettered import letters, sheet_label
from ipmo.registers.opening.old_workbook import reaches_in_old
from ipmo.registers.opening.sheet_xml import Cell, NoValue, book_of, in_utf8, walk_cells
from ipmo.words import counted

__all__ = ["Inspected", "inspected"]

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
FAILED: Final = (b't="e"', b"t='e'")
"""What a sheet with an error has somewhere; only such a sheet, and one with formulas, is read cell by cell."""
FEW: Final = 5
LINKS: Final = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/", "xl/embeddings/")


Places: TypeAlias = dict[tuple[int, int], str]


@attrs.frozen
class Inspected:
    """What was seen in a workbook that may be opened.

    Args:
        notes: what is to be said of it.
        failed: by sheet, the row and the column (from 0) of every cell that holds an error, with the error, and of every formula that nothing
            computed, with a `NoValue`: calamine gives the same empty text for them as for a blank one. Only workbooks in XML (.xlsx, .xlsm) say it: type `e` of a cell, ECMA-376, part 1, 18.18.11.
    """

    notes: tuple[Finding, ...] = ()
    failed: Mapping[str, Places] = attrs.field(factory=dict)
    merged: Mapping[str, Sequence[tuple[int, int, int]]] = attrs.field(factory=dict)
    """By sheet of an OpenDocument workbook, the first row, the last row and the column of cells merged over several rows."""
    recoded: tuple[str, ...] = ()
    """Sheets that are not in UTF-8: calamine finds no cell in them, and says nothing."""
    across: Mapping[str, Sequence[tuple[int, int, int]]] = attrs.field(factory=dict)
    """By sheet of an OpenDocument workbook, the row, the first column and the last column of cells merged over several columns."""

    currencies: Mapping[str, Mapping[tuple[int, int], str]] = attrs.field(factory=dict)
    """By sheet, the currencies that the number formats of cells show, in columns that differ in it from the rest of the workbook."""


@attrs.define
class _Seen:
    """The cells of a sheet whose values are not plain."""

    valued: int = 0
    """Formulas with a value."""
    zero: list[tuple[int, int]] = attrs.field(factory=list)
    """Cells whose value is 0: what libraries write that compute nothing, and then ask for the workbook to be computed when it is opened."""
    empty: list[tuple[int, int]] = attrs.field(factory=list)
    """Formulas without a value."""
    failed: Places = attrs.field(factory=dict)

    def cell(self, cell: Cell) -> None:
        """Keeps what is to be known of a cell."""
        if cell.kind == "e" and cell.filled:
            self.failed[cell.row, cell.column] = cell.value or "#ERROR!"
        if not cell.formula:
            return
        if cell.value or cell.kind == "str":  # an empty text is a value too
            self.valued += 1
            if cell.value == "0" and cell.kind in ("", "n"):
                self.zero.append((cell.row, cell.column))
        else:
            self.empty.append((cell.row, cell.column))


def inspected(raw: bytes, name: str) -> Inspected:
    """A workbook looked through before it is opened.

    Args:
        raw: its bytes.
        name: what to call it in messages.

    Raises:
        FileError: it is locked, swells beyond reason, or declares entities.
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
        said = "the workbook is of the kind before 2007 (.xls): which of its values are formulas cannot be seen"
        return Inspected((_said("ipmo/old-workbook", said, "save it as .xlsx", name),))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _looked_at(archive, len(raw), name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(name, f"this is no whole workbook: {error!s:.120}; open it in a spreadsheet program and save it again") from None


def _looked_at(archive: zipfile.ZipFile, size: int, name: str) -> Inspected:
    parts = archive.infolist()
    _sized(parts, size, name)
    seen: dict[str, _Seen] = {}
    merged: dict[str, list[str]] = {}
    documents: list[DocumentSheet] = []
    recoded: list[str] = []
    styles = currencies_of(in_utf8(archive.read(STYLES))) if STYLES in archive.NameToInfo else {}
    shown: dict[str, dict[tuple[int, int], str]] = {}
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            if BINARY in archive.NameToInfo:
                held_to_size(reaches_in_binary(archive.read(part)), part.filename, name)
            continue
        packed = archive.read(part)
        text = in_utf8(packed)  # its real size and checksum are held against those declared
        if b"<!" in text and DOCTYPE.search(text):
            raise FileError(name, f"{part.filename} declares entities, which no spreadsheet program writes; save the workbook again")
        documents += _held(archive, part.filename, text, name)
        if text != packed and part.filename.startswith("xl/worksheets/"):
            recoded.append(_named(archive, part.filename))
        if len(set(styles.values())) > 1 and part.filename.startswith("xl/worksheets/"):
            shown[part.filename] = cells_in(text, styles)
        if b"mergeCell" in text and (tall := [cells.decode() for cells, first, last in MERGED.findall(text) if first != last]):
            merged[part.filename] = tall
        if part.filename.startswith("xl/worksheets/") and _to_be_read(text):
            seen[part.filename] = found = _Seen()
            try:
                walk_cells(text, found.cell)
            except ValueError as error:
                raise FileError(name, f"sheet {_named(archive, part.filename)}: {error}; save the workbook again") from None
    spanned = {one.name: one.merged for one in documents if one.merged}
    across = {one.name: one.across for one in documents if one.across}
    odd = odd_ones(shown)
    if not seen and not merged and not spanned and not odd:
        return Inspected(tuple(_kinds({part.filename for part in parts}, name)), recoded=tuple(recoded), across=across)
    book = book_of(archive)
    labels = {part: sheet_label(sheet) for sheet, part in book.parts.items()}
    for found in seen.values():
        missing = [*found.empty, *(found.zero if book.recalculated else ())]
        found.valued -= len(found.zero) if book.recalculated else 0
        found.failed |= dict.fromkeys(missing, _why(book.recalculated))
    valued = {labels.get(part, part): found.valued for part, found in seen.items() if found.valued}
    notes = (
        *_of_merged({labels.get(part, part): cells for part, cells in merged.items()}, name),
        *_of_merged({sheet_label(sheet): [*map(_cells, cells)] for sheet, cells in spanned.items()}, name),
        *_kinds({part.filename for part in parts}, name),
        *_of_values(valued, name, again=book.recalculated),
    )
    failed = {sheet: seen[part].failed for sheet, part in book.parts.items() if part in seen and seen[part].failed}
    currencies = {sheet: odd[part] for sheet, part in book.parts.items() if part in odd}
    return Inspected(notes, failed, spanned, tuple(recoded), across, currencies)


def _cells(merged: tuple[int, int, int]) -> str:
    """Merged cells as places name them: `A2:A4`."""
    first, last, column = merged
    return f"{letters(column)}{first + 1}:{letters(column)}{last + 1}"


def _named(archive: zipfile.ZipFile, part: str) -> str:
    """The sheet that a part holds, as places name it; the part where nothing says which."""
    return next((sheet_label(sheet) for sheet, held in book_of(archive).parts.items() if held == part), part)


def _to_be_read(sheet: bytes) -> bool:
    """Whether a sheet has formulas or errors, by its bytes."""
    return any(mark in sheet for mark in FAILED) or ((b"<f" in sheet or b":f" in sheet) and FORMULA.search(sheet) is not None)


def _of_merged(merged: Mapping[str, list[str]], name: str) -> Iterator[Finding]:
    for sheet, tall in merged.items():
        said = f"{sheet}: cells are merged over several rows: {', '.join(tall[:FEW])}"
        more = f" and {len(tall) - FEW} more" if len(tall) > FEW else ""
        means = "; below the headings a name or a date holds for each of these rows, an amount counts in the first"
        hint = "unmerge them, and fill in every row"
        yield Finding(code="ipmo/merged-cells", message=said + more + means, hint=hint, severity=Severity.INFO, file=name)


def _of_values(valued: Mapping[str, int], name: str, *, again: bool) -> Iterator[Finding]:
    """What is to be said of formulas with values, by sheet."""
    if valued:
        where = ", ".join(f"{sheet} ({count})" for sheet, count in valued.items())
        more = ", and the file asks to be computed again" if again else ""
        said = f"{counted(sum(valued.values()), 'formula')} on {where}: the value that was computed last is taken{more}"
        yield _said("ipmo/formula-values", said, "check them where they rest on other files", name)


def _held(archive: zipfile.ZipFile, part: str, text: bytes, name: str) -> list[DocumentSheet]:
    """Refuses a sheet that reaches too far, before anything makes its blank cells; what a part holds decides, not what it is called.

    Returns:
        The sheets of an OpenDocument workbook, where the part holds them.
    """
    if b"sheetData" in text:
        reach = reaches(text)
        if too_far(reach):
            held_to_size(reach, _named(archive, part), name)
    elif b"spreadsheet" in text and b"table-row" in text:
        sheets = sheets_of_document(text)
        for number, sheet in enumerate(sheets, 1):
            held_to_size(sheet.reach, str(number), name)
        return sheets
    return []


def _why(never: bool) -> NoValue:
    told = "was not computed by a spreadsheet program" if never else "has no computed value"
    return NoValue(f"a formula that {told}; open the workbook in one, and save it")


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
        told = "delete the empty rows and columns below its table" if "/worksheets/" in part.filename else "take out what that part holds"
        if part.file_size > RATIO_FROM and part.file_size > RATIO * max(part.compress_size, 1):
            raise FileError(
                name,
                f"{part.filename} swells to {part.file_size / 2**20:,.0f} MB, {part.file_size // max(part.compress_size, 1)} times its size; "
                f"{told}, and save it again",
            )


def _kinds(parts: set[str], name: str) -> Iterator[Finding]:
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        yield _said("ipmo/macros", "the workbook holds macros: they are not run, and only values are read", "", name)
    if any(part.startswith(LINKS) for part in parts):
        said = "the workbook rests on other files or sources: the values are those of when it was saved last"
        yield _said("ipmo/external-links", said, "ask whose they are before you rely on them", name)


def _said(code: str, message: str, hint: str, name: str) -> Finding:
    return Finding(code=code, message=message, hint=hint, severity=Severity.WARNING, file=name)
