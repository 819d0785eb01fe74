"""A portfolio as an Excel workbook: one sheet a kind of noun, as tables with filters, real dates, amounts and percentages.

No formula and no link is ever written: text is text, whatever it begins with. What ipmo wrote it reads back as it was.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from ipmo.atomic import write_atomically
from ipmo.errors import FileError, MissingExtraError
from ipmo.files.snapshots import keep_inside
from ipmo.model.portfolio import Portfolio
from ipmo.registers.opening.sheets import ABOUT, MARK
from ipmo.registers.own.flat import CURRENCY, FlatTable, Value, flat_tables
from ipmo.registers.own.layout import Column, Path, title, words
from ipmo.registers.own.unflat import resolve
from ipmo.version import __version__

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["LONG", "Styles", "Writer", "heading", "new_workbook", "note", "printed", "write_workbook"]

A4: Final = 9
"""The number of the paper in Excel."""
LONG: Final = "Long texts"
"""The sheet of texts that no cell holds: longer than Excel allows, or with characters that its files cannot have."""
MOST_TEXT = 32_767
MOST_ROWS, MOST_COLUMNS = 1_048_575, 16_384
EARLIEST = date(1900, 3, 1)
"""Excel believes in a 29 February 1900: what lies before is written as text."""
POINTER = re.compile(r"\[text [0-9]+\]")
LINES = (
    "Each sheet is one register; its first row names the fields. A comment on a heading says what belongs there.",
    "Rows may be added, changed, sorted and deleted. A column that is added becomes an attribute of its items.",
    "Ids join the sheets: the column Project on the sheet Tasks holds an Id of the sheet Projects.",
    "Dates are real dates, amounts are in the portfolio's currency unless a column Currency says another.",
    "Durations are written with their unit: 10 d, 6 h, 3 w. Several texts in one cell are separated by semicolons.",
    "Read it back with: ipmo read plan.xlsx, or ipmo.read('plan.xlsx') in Python.",
)


class Exact(float):
    """A number that is written with all of its digits; the library writes sixteen."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return repr(float(self))


class Styles:
    """The formats of cells of a workbook, made when they are first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._known: dict[str, Format] = {}

    def __call__(self, number: str) -> Format:
        """The format that shows numbers in a way."""
        if number not in self._known:
            self._known[number] = self._book.add_format({"num_format": number, "valign": "top"})
        return self._known[number]

    def named(self, name: str, **properties: object) -> Format:
        """A format of any properties, by a name."""
        if name not in self._known:
            self._known[name] = self._book.add_format(properties)
        return self._known[name]

    def of(self, column: Column, value: Value, currency: str) -> Format | None:
        """The format of a value; None for plain text."""
        if isinstance(value, datetime):
            return self("yyyy-mm-dd hh:mm")
        if isinstance(value, date):
            return self("yyyy-mm-dd")
        if isinstance(value, bool | str):
            return None
        if column.kind == "money":
            return self(f"#,##0{'' if value == int(value) else '.00'}{f' [${currency}]' if currency else ''}")
        if column.kind == "share":
            return self("0%" if abs(value * 100 - round(value * 100)) < 1e-9 else "0.0#%")
        return None


def new_workbook(into: io.BytesIO) -> xlsxwriter.Workbook:
    """An empty workbook in which text stays text.

    Raises:
        MissingExtraError: the extra `excel` is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtraError("writing a workbook", "XlsxWriter", "pip install 'ipmo[excel]'") from None
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}
    book = xlsxwriter.Workbook(into, {**safe, "in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"author": "ipmo", "created": datetime(2000, 1, 1), "comments": f"Written by ipmo {__version__}"})
    book.set_custom_property("ipmo", 1)
    return book


def heading(column: Column, table: FlatTable) -> str:
    """The heading of a column for people; one of an attribute is its name alone, where that is unmistakable."""
    path = column.path
    if path[0] == "attributes" and len(path) == 2:
        found = resolve(table.layout, path[1])
        if found is not None and found.path == path and not path[1].startswith("="):
            return path[1]
    for front, field in table.layout.fields.items():
        if field.form == "map" and path[: len(front)] == front and len(path) > len(front):
            return ": ".join([words(front), *path[len(front) :]])
    return words(path)


class Writer:
    """Writes cells; texts that no cell holds go to a sheet of their own."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.styles = Styles(book)
        self.long: list[str] = []

    def cell(self, sheet: Worksheet, row: int, column: int, value: Value, style: Format | None) -> None:
        """One cell with a value, as what it is."""
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, self.text(value), style)
        elif isinstance(value, date):
            if (value.date() if isinstance(value, datetime) else value) < EARLIEST:
                sheet.write_string(row, column, value.isoformat(" ", "minutes") if isinstance(value, datetime) else value.isoformat())
            else:
                sheet.write_datetime(row, column, value, style)
        elif isinstance(value, int) and abs(value) >= 10**15:
            sheet.write_string(row, column, str(value))
        else:
            sheet.write_number(row, column, value if float(f"{value:.16G}") == value else Exact(value), style)

    def text(self, value: str) -> str:
        """The text of a cell, or the sign for one of the sheet of long texts."""
        if _fits(value):
            return value
        self.long.append(value)
        return f"[text {len(self.long)}]"

    def long_texts(self, book: xlsxwriter.Workbook) -> None:
        """The sheet of texts that no cell holds, in pieces."""
        if not self.long:
            return
        sheet = book.add_worksheet(LONG)
        for column, text in enumerate(("Text", "Part", "As JSON")):
            sheet.write_string(0, column, text)
        row = 1
        for number, value in enumerate(self.long, 1):
            coded = json.dumps(value)
            for part, start in enumerate(range(0, len(coded), 30_000), 1):
                sheet.write_string(row, 0, f"[text {number}]")
                sheet.write_number(row, 1, part)
                sheet.write_string(row, 2, coded[start : start + 30_000])
                row += 1


def _fits(text: str) -> bool:
    if len(text) > MOST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > MOST_TEXT:
        return False
    if text.startswith("<r>") and text.endswith("</r>"):  # the library takes it for markup and writes it as it stands
        return False
    return not POINTER.fullmatch(text) and "\ufffe" not in text and "\uffff" not in text


def write_workbook(portfolio: Portfolio, path: FilePath) -> None:
    """One workbook; a crash leaves the old one.

    Raises:
        FileError: it cannot be written, or holds more than a sheet of Excel does.
        MissingExtraError: the extra `excel` is not installed.
    """
    keep_inside(portfolio, path.parent, str(path))
    tables = flat_tables(portfolio)
    for name, table in tables.items():
        if len(table.rows) > MOST_ROWS or len(table.columns) > MOST_COLUMNS:
            what = f"{len(table.rows):,} rows" if len(table.rows) > MOST_ROWS else f"{len(table.columns):,} columns"
            raise FileError(str(path), f"{title(name)} has {what}, more than a sheet of Excel holds; write a folder of CSV or Parquet")
    into = io.BytesIO()
    book = new_workbook(into)
    writer = Writer(book)
    currency = portfolio.money.currency if portfolio.money is not None else ""
    _about(book, writer, portfolio, tables)
    for name, table in tables.items():
        if name == "portfolio":
            _portfolio(book, writer, table, currency)
        else:
            _sheet(book, writer, name, table, currency)
    writer.long_texts(book)
    book.close()
    write_atomically(path, into.getvalue())


def _about(book: xlsxwriter.Workbook, writer: Writer, portfolio: Portfolio, tables: Mapping[str, FlatTable]) -> None:
    sheet = book.add_worksheet(ABOUT)
    bold = writer.styles.named("bold", bold=True)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, MARK, bold)
    sheet.write_number(0, 1, 1, writer.styles.named("left", align="left"))
    sheet.write_string(1, 0, "Portfolio")
    sheet.write_string(1, 1, writer.text(portfolio.name or portfolio.id))
    for row, line in enumerate(LINES, 3):
        sheet.write_string(row, 0, line)
    row = len(LINES) + 4
    sheet.write_string(row, 0, "Sheet", bold)
    sheet.write_string(row, 1, "Rows", bold)
    for name, table in tables.items():
        row += 1
        sheet.write_string(row, 0, title(name))
        sheet.write_number(row, 1, len(table.rows), writer.styles.named("left", align="left"))


def _portfolio(book: xlsxwriter.Workbook, writer: Writer, table: FlatTable, currency: str) -> None:
    """The sheet of the portfolio itself: a field a row."""
    sheet = book.add_worksheet(title("portfolio"))
    said = table.rows[0]
    rows = [(column, said[column.path]) for column in table.columns if column.path in said]
    for place, (width, text) in enumerate(((28, "Field"), (40, "Value"), (80, "What it says"))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, text)
    left = writer.styles.named("left", align="left")
    for row, (column, value) in enumerate(rows, 1):
        sheet.write_string(row, 0, writer.text(heading(column, table)))
        writer.cell(sheet, row, 1, value, writer.styles.of(column, value, _code(said, column, currency)) or left)
        sheet.write_string(row, 2, writer.text(column.help))
    sheet.freeze_panes(1, 1)
    heads = [{"header": "Field"}, {"header": "Value"}, {"header": "What it says"}]
    sheet.add_table(0, 0, len(rows), 2, {"name": "portfolio", "columns": heads, "autofilter": False, "style": "Table Style Light 1"})


def _sheet(book: xlsxwriter.Workbook, writer: Writer, name: str, table: FlatTable, currency: str) -> None:
    sheet = book.add_worksheet(title(name))
    columns = [column for column in table.columns if not _only(column, table, currency)]
    heads = list(_heads(columns, table))
    stated = [{"header": head} for head in heads]
    sheet.add_table(0, 0, len(table.rows), len(columns) - 1, {"name": name, "columns": stated, "style": "Table Style Light 9"})
    keys = len(table.layout.keys)
    frozen = keys + any(column.path == ("id",) for column in columns[keys : keys + 1])
    sheet.freeze_panes(1, frozen)
    printed(sheet)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _width(heads[place], column, table.rows))
        if column.help:
            sheet.write_comment(0, place, note(column), {"x_scale": 1.6, "visible": False})
    for number, row in enumerate(table.rows, 1):
        for place, column in enumerate(columns):
            value = row.get(column.path)
            if value is not None:
                writer.cell(sheet, number, place, value, writer.styles.of(column, value, _code(row, column, currency)))


def _code(row: Mapping[Path, Value], column: Column, currency: str) -> str:
    """The currency of an amount: that of its own column, of the one beside several that share it, or the portfolio's."""
    own = row.get((*column.path, CURRENCY)) if column.kind == "money" else None
    return str(own or row.get((*column.path[:-1], CURRENCY), currency))


def printed(sheet: Worksheet) -> None:
    """On paper a register is as wide as a page across, and every page has the headings."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _only(column: Column, table: FlatTable, currency: str) -> bool:
    """A column of currencies that says the portfolio's own only: an amount without one is in that."""
    if column.path[-1] != CURRENCY or column.path[0] == "attributes" or len(column.path) == 1 or not currency:
        return False
    beside = column.path[:-1] in table.layout.columns and table.layout.columns[column.path[:-1]].kind == "money"
    return beside and all(row.get(column.path, currency) == currency for row in table.rows)


def _heads(columns: Sequence[Column], table: FlatTable) -> Iterator[str]:
    """The headings; no two are the same but for case, which a table of Excel cannot have."""
    taken: set[str] = set()
    for column in columns:
        head = heading(column, table)
        if head.casefold() in taken:
            head = ": ".join([words(column.path[:1]), *column.path[1:]])
        if head.casefold() in taken or len(head) > 255:
            raise FileError("", f"{title(table.layout.name)}: two columns are called {head[:60]!r}; rename one of the attributes")
        taken.add(head.casefold())
        yield head


def _width(head: str, column: Column, rows: Sequence[Mapping[Path, Value]]) -> float:
    """How wide a column is, by what its first rows hold."""
    longest = max((len(str(row.get(column.path, ""))) for row in rows[:200]), default=0)
    return min(max(len(head) + 4, longest + (6 if column.kind == "money" else 2), 8), 48)


def note(column: Column) -> str:
    """What the comment of a heading says."""
    if column.path == ("id",):
        return "A short name that no other bears; without slash, colon or at sign."
    parts = [f"{column.help[:1].upper()}{column.help[1:]}."]
    if column.choices:
        parts.append(f"One of: {', '.join(column.choices)}.")
    told = {
        "length": "With its unit: 10 d, 6 h, 3 w, 5 pd.",
        "texts": "Several are separated by semicolons.",
        "links": "Several are separated by semicolons; a lag stands behind: design FS+2 d.",
        "share": "A share: 45 %.",
        "money": "An amount.",
        "day": "A date.",
        "when": "A date.",
        "flag": "TRUE or FALSE.",
    }.get(column.kind, "")
    if column.refers:
        told = f"{told} The id of: {column.refers}.".strip()
    if column.end:
        told = f"{told} A date without a time is the end of that day.".strip()
    return " ".join([*parts, told] if told else parts)
