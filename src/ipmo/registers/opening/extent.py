"""How far the sheets of a workbook reach: calamine makes every cell up to the last one that holds something, blank ones too."""

from __future__ import annotations

from typing import Final, TypeAlias

import attrs

from ipmo.errors import FileError
from ipmo.registers.opening.lettered import letters
from ipmo.registers.opening.sheet_xml import Cell, walk, walk_cells

__all__ = ["MOST_CELLS", "DocumentSheet", "Reach", "held_to_size", "reaches", "reaches_in_binary", "sheets_of_document", "too_far"]

MOST_CELLS: Final = 20_000_000
"""Cells of one sheet that are read: one with something in its last corner would have 17 thousand million."""
PIECE: Final = 1 << 24
LONGEST: Final = 18
"""Bytes of `<c r="` and the longest place, and of what ends it."""
ROW_RECORD, CELL_RECORDS = 0, range(1, 12)
"""Records of a binary workbook, [MS-XLSB] 2.3.2: the header of a row, and what a cell holds; 1 is a blank one."""
BLANK_RECORD = 1

Reach: TypeAlias = tuple[int, int]
"""How many rows and columns there are from the first cell to the last that holds something."""


@attrs.frozen
class DocumentSheet:
    """A sheet of an OpenDocument workbook.

    Args:
        name: its name.
        reach: its rows and columns.
        merged: the first row, the last row and the column (from 0) of every cell merged over several rows: calamine does not tell them.
    """

    name: str
    reach: Reach
    merged: tuple[tuple[int, int, int], ...] = ()
    across: tuple[tuple[int, int, int], ...] = ()
    """The row, the first column and the last column of every cell merged over several columns."""


def too_far(reach: Reach) -> bool:
    """Whether a sheet has more cells than are read, up to the last that holds something."""
    return reach[0] * reach[1] > MOST_CELLS


def held_to_size(reach: Reach, sheet: str, name: str) -> None:
    """Refuses a sheet of more cells than are read.

    Args:
        reach: its rows and columns.
        sheet: what it is called.
        name: what to call the workbook.

    Raises:
        FileError: it reaches too far.
    """
    if too_far(reach):
        rows, columns = reach
        far = f"{letters(columns - 1)}{rows}"
        raise FileError(
            name, f"sheet {sheet} reaches to {far}: {rows * columns:,} cells; delete the empty rows and columns below its table"
        )


def reaches(raw: bytes) -> Reach:
    """The reach of a sheet in XML (ECMA-376, part 1, 18.3.1.4); cells that are only formatted count where that is surely no matter.

    Args:
        raw: the sheet, in UTF-8.
    """
    rows = columns = 0
    for first in range(0, len(raw), PIECE):
        found = _places(raw[first : first + PIECE + LONGEST], PIECE)
        if found is None:
            return _read_cells(raw)
        rows, columns = max(rows, found[0]), max(columns, found[1])
    return (rows, columns) if rows * columns <= MOST_CELLS else _read_cells(raw)


def _places(raw: bytes, most: int) -> Reach | None:
    """The last row and column of the cells whose tags begin in the first bytes, all at once; None where one does not begin with its place."""
    import numpy as np

    data = np.frombuffer(raw.ljust(most + LONGEST if len(raw) > most else len(raw) + LONGEST, b"\0"), np.uint8)
    end = len(data) - LONGEST
    begins = np.flatnonzero(((data[:end] == ord("<")) | (data[:end] == ord(":"))) & (data[1 : end + 1] == ord("c"))) + 2
    begins = begins[np.isin(data[begins], np.frombuffer(b" >/\n\t\r", np.uint8))]
    for step, sign in enumerate(b' r="'):
        if not np.all(data[begins + step] == sign):
            return None
    row, column = np.zeros(len(begins), np.int64), np.zeros(len(begins), np.int64)
    lettered, numbered = np.ones(len(begins), bool), np.ones(len(begins), bool)
    for step in range(4, LONGEST - 2):
        sign_here = data[begins + step].astype(np.int64)
        lettered &= (sign_here >= ord("A")) & (sign_here <= ord("Z"))
        column = np.where(lettered, column * 26 + sign_here - 64, column)
        numbered &= lettered | ((sign_here >= ord("0")) & (sign_here <= ord("9")))
        row = np.where(numbered & ~lettered, row * 10 + sign_here - ord("0"), row)
    return int(row.max(initial=0)), int(column.max(initial=0))


def _read_cells(raw: bytes) -> Reach:
    """The reach of a sheet, cell by cell."""
    rows = columns = 0

    def each(cell: Cell) -> None:
        nonlocal rows, columns
        if cell.filled:
            rows, columns = max(rows, cell.row + 1), max(columns, cell.column + 1)

    walk_cells(raw, each)
    return rows, columns


def sheets_of_document(raw: bytes) -> list[DocumentSheet]:
    """The sheets of an OpenDocument workbook, whose rows and cells may say how often they are repeated; OpenDocument 1.3, part 3, 9.1.

    Args:
        raw: its `content.xml`, in UTF-8.
    """
    found: list[DocumentSheet] = []
    merged: list[tuple[int, int, int]] = []
    across: list[tuple[int, int, int]] = []
    name = ""
    rows = columns = row = column = again = 0
    filled = False

    def start(kind: str, at: dict[str, str]) -> None:
        nonlocal rows, columns, row, column, again, filled, name
        said = {name.rpartition(" ")[2]: value for name, value in at.items()}
        if kind == "table":
            rows = columns = row = 0
            name = said.get("name", "")
            merged.clear()
            across.clear()
        elif kind == "table-row":
            again, column, filled = _times(said, "number-rows-repeated"), 0, False
            row += again
        elif kind in ("table-cell", "covered-table-cell"):
            if again == 1 and (span := _times(said, "number-rows-spanned")) > 1:
                merged.append((row - 1, row + span - 2, column))
            if again == 1 and (wide := _times(said, "number-columns-spanned")) > 1:
                across.append((row - 1, column, column + wide - 1))
            column += _times(said, "number-columns-repeated")
            if "value-type" in said or "formula" in said:
                filled, columns = True, max(columns, column)
        elif kind == "p":
            filled, columns = True, max(columns, column)

    def end(kind: str) -> None:
        nonlocal rows
        if kind == "table-row" and filled:
            rows = row
        elif kind == "table":
            found.append(DocumentSheet(name, (rows, columns), tuple(merged), tuple(across)))

    walk(raw, start, end)
    return found


def reaches_in_binary(raw: bytes) -> Reach:
    """The reach of a sheet of a binary workbook (.xlsb), record by record; [MS-XLSB] 2.1.4.

    Args:
        raw: the part that holds it; one that holds no sheet reaches nowhere.
    """
    rows = columns = row = place = 0
    while place < len(raw):
        kind, place = _varying(raw, place, 2)
        size, place = _varying(raw, place, 4)
        if kind == ROW_RECORD and size >= 4:
            row = int.from_bytes(raw[place : place + 4], "little")
        elif kind in CELL_RECORDS and kind != BLANK_RECORD and size >= 4:
            rows, columns = max(rows, row + 1), max(columns, int.from_bytes(raw[place : place + 4], "little") + 1)
        place += size
    return rows, columns


def _varying(raw: bytes, place: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, as long as the eighth is set, and where it ends."""
    value = 0
    for count in range(most):
        byte = raw[place] if place < len(raw) else 0
        value |= (byte & 0x7F) << (7 * count)
        place += 1
        if not byte & 0x80:
            break
    return value, place


def _times(said: dict[str, str], name: str) -> int:
    text = said.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 1
