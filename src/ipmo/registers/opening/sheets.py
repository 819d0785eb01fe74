"""Workbooks and delimited text as sheets: rows of raw cells, each of which can say where it stands."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import math
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import attrs

from ipmo.errors import FileError, MissingExtraError, Problem
from ipmo.files.opening import bytes_of
from ipmo.findings import Finding
from ipmo.registers.opening.extent import MOST_CELLS, held_to_size
from ipmo.registers.opening.guard import Inspected, inspected
from ipmo.registers.opening.lettered import letters, sheet_label
from ipmo.registers.opening.sheet_xml import NoValue

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = [
    "ABOUT",
    "MARK",
    "TEXT_SUFFIXES",
    "WORKBOOK_SUFFIXES",
    "Merged",
    "Raw",
    "Sheet",
    "is_blank",
    "plain_rows",
    "read_sheets",
    "said_cell",
    "text_of",
]

Raw: TypeAlias = "str | int | float | bool | date | datetime | time | timedelta"
"""A cell as the file has it; an empty text where there is nothing (calamine gives the same for a blank and for a missing one)."""
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXT_SUFFIXES = (".csv", ".tsv")
OTHERS = {"cp1252": " (Western Windows)", "latin-1": "", "mac-roman": "", "cp1250": " (Central European Windows)"}
"""Encodings that a text may have that is no UTF-8."""
DELIMITERS = (",", ";", "\t", "|")
SNIFFED = 60
"""Rows of text by which its delimiter is found."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Marks at the beginning of text; the longer ones first, as one begins like another."""
ENDING = "endoftherows"
"""A line that is read after the text: where it is part of another row, a quotation mark was not closed."""
ABOUT, MARK = "Read me", "ipmo workbook"
"""The first sheet of a workbook that ipmo wrote, and what its first cell says; the cell beside it has the version of the layout."""
MAGIC_ZIP, MAGIC_OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@attrs.frozen
class Merged:
    """A cell merged over several rows.

    Args:
        first: the row in which its value stands, from 0.
        last: its last row.
        column: the column in which its value stands.
    """

    first: int
    last: int
    column: int


@attrs.frozen(kw_only=True, eq=False)
class Sheet:
    """A sheet of a workbook, or the one table of a text file.

    Args:
        name: the sheet's name; of text, the file's name without its ending.
        rows: raw cells, all rows of one length; row 0 is the first row of the file, blank ones counted.
        file: the file as the user named it.
        is_text: it came from text, whose cells are named by row and column.
        encoding: of text, how its bytes were read.
        delimiter: of text, what lies between its cells.
        guessed: of text, nothing bore its encoding out: it is the usual one where no other is.
        hidden: the workbook does not show it.
        left: the column of the file in which its first one stands, from 0: more than 0 of one of several tables side by side.
    """

    name: str
    rows: Sequence[Sequence[Raw]] = attrs.field(repr=False)
    file: str = ""
    is_text: bool = False
    encoding: str = ""
    delimiter: str = ""
    guessed: bool = False
    hidden: bool = False
    left: int = 0
    merged: Sequence[Merged] = attrs.field(default=(), repr=False)
    """Cells merged over several rows."""
    across: Mapping[int, Mapping[int, int]] = attrs.field(factory=dict, repr=False)
    """By row, the last column of each cell merged over several columns, by its first."""
    ends: Sequence[int] = attrs.field(default=(), repr=False)
    """Of text in which cells have lines of their own: the line on which each row ends."""
    widths: Sequence[int] = attrs.field(default=(), repr=False)
    """Of text whose rows are not all as long: how many cells stand in each, before blank ones fill it up."""
    notes: tuple[Finding, ...] = ()
    """What is to be said of the whole file; it stands with its first sheet."""

    @property
    def width(self) -> int:
        """Cells of a row."""
        return len(self.rows[0]) if self.rows else 0

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell stands, as people find it: `Risks!C7`, of text `row 7, column C`; a whole row as `Risks row 7`.

        Args:
            row: from 0.
            column: from 0.
        """
        if self.is_text:
            return f"row {row + 1}" if column is None else f"row {row + 1}, column {self.letters(column)}"
        name = sheet_label(self.name)
        return f"{name} row {row + 1}" if column is None else f"{name}!{self.letters(column)}{row + 1}"

    def letters(self, column: int) -> str:
        """The letters of a column in the file."""
        return letters(self.left + column)

    def between(self, first: int, last: int) -> Sheet:
        """Some of its columns.

        Args:
            first: the first of them, from 0.
            last: the last of them.
        """
        merged = [attrs.evolve(one, column=one.column - first) for one in self.merged if first <= one.column <= last]
        across = {
            row: {column - first: min(end, last) - first for column, end in cells.items() if first <= column <= last}
            for row, cells in self.across.items()
        }
        rows = [row[first : last + 1] for row in self.rows]
        return attrs.evolve(self, rows=rows, left=self.left + first, merged=merged, across=across)

    def line(self, row: int) -> int:
        """The line of a row, from 1: of text the line on which it begins, of a workbook its row."""
        return (self.ends[row - 1] + 1 if row else 1) if self.ends else row + 1

    def column(self, column: int, first: int = 0) -> list[Raw]:
        """The cells of a column, from a row on."""
        return [row[column] for row in itertools.islice(self.rows, first, None)]

    def transposed(self) -> Sheet:
        """Rows as columns: of a sheet that lists its fields downwards. Its places are then those of the turned sheet."""
        return attrs.evolve(self, rows=list(zip(*self.rows, strict=True)), ends=(), widths=(), merged=(), across={})


def is_blank(cell: Raw) -> bool:
    """Nothing stands in the cell, or spaces only."""
    return cell == "" or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Raw) -> str:
    """A cell as text, as the sheet shows it where nothing is formatted: whole numbers without a point, dates in ISO.

    >>> text_of(7.0), text_of(" a  b "), text_of(date(2026, 3, 1)), text_of(True), text_of(0.25)
    ('7', 'a b', '2026-03-01', 'Yes', '0.25')
    """
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, float):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else repr(cell) if math.isfinite(cell) else ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def said_cell(cell: Raw) -> str:
    """A cell as a message names it: what it shows, in quotes, not too long."""
    text = text_of(cell)
    return repr(text) if len(text) <= 60 else f"{text[:57]!r}..."


# ------------------------------------------------------------------------------------------------ reading


def read_sheets(
    path: Path, name: str, encoding: str | None = None, delimiter: str | None = None, wanted: Collection[str] = ()
) -> tuple[Sheet, ...]:
    """The sheets of a workbook, or the one table of delimited text; what a file holds decides, not its ending. The texts of a folder are its sheets.

    Args:
        path: the file.
        name: what to call it in messages.
        encoding: of text, its code page; found from its bytes when None.
        delimiter: of text, what lies between its cells; found from its rows when None.
        wanted: of a folder, the sheets that are read: files of other names are not opened, and have no rows; all when empty.

    Raises:
        FileError: it cannot be read, or is neither.
        MissingExtraError: it is a workbook, and the extra `excel` is not installed.
    """
    if os.path.isdir(path):  # also where no name can be so long
        return tuple(_folder(path, name, encoding, delimiter, wanted))
    raw = bytes_of(path, name)
    if raw.startswith((MAGIC_ZIP, MAGIC_OLE)):
        return _workbook(path, name, inspected(raw, name))
    return (_text(raw, name, encoding, delimiter),)


def _folder(path: Path, name: str, encoding: str | None, delimiter: str | None, wanted: Collection[str]) -> Iterator[Sheet]:
    """The texts of a folder as sheets; folders in it, hidden files and what office programs lay beside an open one are none.

    Raises:
        FileError: there is none, two are the same sheet, or one cannot be read.
    """
    try:
        files = sorted(
            one
            for one in path.iterdir()
            if one.suffix.lower() in TEXT_SUFFIXES and not one.name.startswith((".", "~$")) and not one.is_dir()
        )
    except OSError as error:
        raise FileError(name, f"the folder cannot be read: {error.strerror}") from None
    if not files:
        raise FileError(name, "the folder holds no CSV or TSV file")
    seen: dict[str, str] = {}
    for one in files:
        if one.stem in seen and (not wanted or one.stem in wanted):
            raise FileError(name, f"{seen[one.stem]} and {one.name} are both the sheet {one.stem!r}; rename one of them, or move it away")
        seen[one.stem] = one.name
        if wanted and one.stem not in wanted:
            yield Sheet(name=one.stem, rows=(), file=name)
            continue
        where = f"{name}/{one.name}"
        yield attrs.evolve(_text(bytes_of(one, where), where, encoding, delimiter), name=one.stem, file=name, is_text=False)


def _workbook(path: Path, name: str, seen: Inspected) -> tuple[Sheet, ...]:
    """The sheets of a workbook, those without a cell left out; what is to be said of it stands with the first.

    Raises:
        FileError: it is no workbook, or locked.
        MissingExtraError: the extra `excel` is not installed.
    """
    if seen.recoded:
        raise FileError(name, f"sheet {seen.recoded[0]} is not in UTF-8, in which sheets are read; save the workbook again")
    try:
        import python_calamine as calamine
    except ImportError:
        raise MissingExtraError("reading a workbook", "python-calamine", "pip install 'ipmo[excel]'") from None
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            shown = calamine.SheetVisibleEnum.Visible
            kinds = [(one.name, one.visible != shown) for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
            sheets = tuple(_sheets(book, kinds, name, seen))
    except calamine.PasswordError:
        raise FileError(name, "the workbook is locked with a password; save a copy without one") from None
    except calamine.CalamineError as error:
        raise FileError(name, f"this is no workbook that can be read: {error!s:.120}; save it as .xlsx or as CSV") from None
    return (attrs.evolve(sheets[0], notes=seen.notes), *sheets[1:]) if seen.notes and sheets else sheets


def _sheets(book: CalamineWorkbook, kinds: Sequence[tuple[str, bool]], name: str, seen: Inspected) -> Iterator[Sheet]:
    currencies = {} if _says_currencies(book, kinds) else seen.currencies
    for sheet_name, hidden in kinds:
        sheet = book.get_sheet_by_name(sheet_name)
        if sheet.start is None:
            continue
        held_to_size((sheet.total_height, sheet.total_width), repr(sheet_name), name)
        rows = sheet.to_python(skip_empty_area=False)
        for (row, column), error in sorted(seen.failed.get(sheet_name, {}).items()):
            if isinstance(error, NoValue):  # one below or beside all values is none that nobody looks at
                width = max(column + 1, len(rows[0]) if rows else 0)
                rows += [[""] * width for _ in range(row + 1 - len(rows))]
                for cells in rows if width > len(rows[0]) else ():
                    cells += [""] * (width - len(cells))
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
        for (row, column), code in currencies.get(sheet_name, {}).items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = _in_currency(rows[row][column], code)
        ranges = sheet.merged_cell_ranges or ()
        tall = [Merged(top, bottom, left) for (top, left), (bottom, _) in ranges if bottom > top]
        tall += [Merged(*one) for one in seen.merged.get(sheet_name, ())]
        wide = [(top, left, right) for (top, left), (_, right) in ranges if right > left]
        across: dict[int, dict[int, int]] = {}
        for row, first, last in (*wide, *seen.across.get(sheet_name, ())):
            across.setdefault(row, {})[first] = last
        yield Sheet(name=sheet_name, rows=rows, file=name, hidden=hidden, merged=tall, across=across)


def _says_currencies(book: CalamineWorkbook, kinds: Iterable[tuple[str, bool]]) -> bool:
    """Whether columns of its own say what amounts are in, whatever their formats show: ipmo wrote it."""
    if all(name != ABOUT for name, _ in kinds):
        return False
    sheet = book.get_sheet_by_name(ABOUT)
    return bool(sheet.start == (0, 0) and sheet.to_python(nrows=1)[0][0] == MARK)


def _in_currency(cell: Raw, code: str) -> Raw:
    """A number as its format shows it, with its currency; its decimals cannot be taken for thousands."""
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        return cell
    plain = f"{cell:.0f}" if cell == int(cell) else f"{cell:.2f}" if round(cell, 2) == cell else f"{cell:.6f}"
    return f"{plain} {code}"


def _text(raw: bytes, name: str, encoding: str | None, delimiter: str | None) -> Sheet:
    """The table of delimited text.

    Raises:
        FileError: it is no text, or no table.
    """
    text, found, guessed = _decoded(raw, name, encoding)
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"')
    if len(told) == 5 and told.lower().startswith("sep="):  # Excel writes and obeys it
        delimiter = delimiter or told[4]
        text = "\n" + rest
    delimiter = delimiter or _delimiter(text)
    plain = plain_rows(text, delimiter)
    ended = "" if plain is not None else text + ("" if text.endswith(("\n", "\r")) else "\n") + ENDING
    reader = csv.reader(io.StringIO(ended, newline=""), delimiter=delimiter)
    rows: list[list[Raw]] = [] if plain is None else plain
    begun = 1
    try:
        for cells in reader:
            rows.append(cells)  # type: ignore[arg-type] # a list of texts is one of cells
            begun = reader.line_num + 1
    except csv.Error as error:
        if "limit" not in str(error):
            problem = Problem(
                message=f"this is no table: {error}", hint="save the table again as CSV UTF-8", file=name, line=reader.line_num
            )
            raise FileError(name, [problem]) from None
        most = f"{csv.field_size_limit():,} characters"
        several = reader.line_num > begun
        hint = "a quotation mark may be missing on that line" if several else f"shorten it to {most}, or keep it in a file of its own"
        raise FileError(
            name, [Problem(message=f"a cell that begins on this line has more than {most}", hint=hint, file=name, line=begun)]
        ) from None
    if plain is None and rows.pop() != [ENDING]:
        line = (_line_ends(rows) or [0])[-1] + 1
        problem = Problem(
            message="a quotation mark in a row that begins on this line is never closed: all that follows lies in one cell",
            hint="close it, or write it twice where it is part of the text",
            file=name,
            line=line,
        )
        raise FileError(name, [problem])
    widths = set(map(len, rows))
    width = max(widths, default=0)
    if width * len(rows) > MOST_CELLS and width * len(rows) > 2 * sum(map(len, rows)):  # blank cells fill up every row
        longest = max(range(len(rows)), key=lambda row: len(rows[row]))
        said = f"this row has {width:,} cells, others few: filled up to it, the table has {width * len(rows):,}"
        line = (_line_ends(rows[:longest]) or [0])[-1] + 1
        raise FileError(name, [Problem(message=said, hint="delete what is too much in it, or its blank cells", file=name, line=line)])
    lengths: Sequence[int] = ()
    if len(widths) > 1:
        lengths = [len(row) for row in rows]
        for row in rows:
            if len(row) < width:
                row.extend([""] * (width - len(row)))
    ends = _line_ends(rows) if plain is None and reader.line_num - 1 != len(rows) else ()
    stem = Path(name).stem
    return Sheet(
        name=stem, rows=rows, file=name, is_text=True, encoding=found, delimiter=delimiter, guessed=guessed, ends=ends, widths=lengths
    )


def plain_rows(text: str, delimiter: str) -> list[list[Raw]] | None:
    """The rows of text without a quotation mark, where a line is a row: what the csv module reads, in less time; None of other text.

    >>> plain_rows("a,b\\n1,2\\n", ","), plain_rows('a,"b"', ",")
    ([['a', 'b'], ['1', '2']], None)
    """
    if '"' in text or "\0" in text:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\r" in text:
        return None
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if max(map(len, lines), default=0) > csv.field_size_limit():
        return None
    return [line.split(delimiter) if line else [] for line in lines]  # type: ignore[misc] # a list of texts is one of cells


def _line_ends(rows: Iterable[Sequence[Raw]]) -> list[int]:
    """The line on which each row ends, from 1: a cell may hold lines of its own."""
    line, ends = 0, []
    for row in rows:
        line += 1
        for cell in row:
            if isinstance(cell, str) and ("\n" in cell or "\r" in cell):
                line += cell.count("\n") + cell.replace("\r\n", "").count("\r")
        ends.append(line)
    return ends


def _decoded(raw: bytes, name: str, encoding: str | None) -> tuple[str, str, bool]:
    """The text, how it was read, and whether that is a guess: the mark at its beginning, else UTF-8, else Windows-1252.

    Raises:
        FileError: it is none of these.
    """
    marked = next((known for bom, known in BOMS if raw.startswith(bom)), None)
    if encoding is not None:
        tried = [encoding if marked is None or codecs_name(encoding) != "utf-8" else "utf-8-sig"]
    elif marked is not None:
        tried = [marked]
    elif raw[1:2] == b"\0" or raw[:1] == b"\0":  # half of each character of plain text is empty
        tried = ["utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"]
    else:
        tried = ["utf-8", "cp1252"]
    for place, one in enumerate(tried):
        try:
            text = raw.decode(one)
        except LookupError:
            raise FileError(name, f"there is no encoding {one!r}; write for example utf-8, cp1252, latin-1, mac-roman or utf-16") from None
        except (UnicodeError, ValueError) as error:
            where = getattr(error, "start", 0)
            failed = f"cannot be read as {one}: byte {raw[where : where + 1].hex()} at line {raw[:where].count(10) + 1}"
            continue
        if "\0" in text:
            break
        return text, one, place > 0
    else:
        others = [f"{one!r}{more}" for one, more in OTHERS.items() if one not in tried]
        raise FileError(name, f"{failed}; say encoding=, for example {', '.join(others[:-1])} or {others[-1]}")
    raise FileError(name, "this is a binary file, neither a workbook nor delimited text")


def codecs_name(encoding: str) -> str:
    """An encoding by the name that Python has for it; as it stands where it has none."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding


def _delimiter(text: str) -> str:
    """What lies between the cells: what splits most of the first rows into the same number of cells, and into more than one."""
    head = text[:200_000]
    best: tuple[float, int, str] = (0.0, 0, ",")
    for one in DELIMITERS:
        if one not in head:
            continue
        widths = [len(row) for row in itertools.islice(_tolerant(head, one), SNIFFED) if row]
        if len(widths) > 1 and len(text) > len(head):
            widths.pop()  # it may have been cut
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        if usual < 2:
            usual = max(widths, default=1)
        agreed = widths.count(usual) / len(widths) if widths and usual > 1 else 0.0
        best = max(best, (round(agreed, 2), usual, one), key=lambda found: found[:2])
    return best[2]


def _tolerant(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        return
