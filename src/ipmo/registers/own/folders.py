"""A portfolio as a folder of CSV or Parquet files, for Power BI, DuckDB and pandas: the same files and columns every month.

Each table of `ipmo.registers.own.layout` is a file, and has all its columns, filled or not: a data model that is refreshed finds what it
found before. `datapackage.json` (https://datapackage.org) says what each column is, and which column names a row of which table.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path as FilePath
from typing import Final, Literal

import attrs

from ipmo.atomic import reading, write_together
from ipmo.declared import Declared
from ipmo.errors import FileError, MissingExtraError, ModelError, Problem
from ipmo.files.parquet import PACKAGE, frames_in
from ipmo.files.snapshots import keep_inside
from ipmo.model.contents import Source
from ipmo.model.portfolio import Portfolio
from ipmo.registers.opening.sheets import Sheet, read_sheets
from ipmo.registers.own.flat import FlatTable, Value, flat_tables
from ipmo.registers.own.layout import Child, Column, Kind, Layout, layout, names
from ipmo.registers.own.unflat import Unflat
from ipmo.tables import Column as TableColumn
from ipmo.tables import Table, rows_of

__all__ = ["is_folder_of", "read_csv_folder", "read_parquet_folder", "write_csv_folder", "write_parquet_folder"]

Ending = Literal["csv", "parquet"]
MARK: Final = "ipmo_tables"
"""The key of the description that says which version of the layout a folder has."""
KINDS: Final[Mapping[Kind, tuple[str, str]]] = {
    "number": ("float", "number"),
    "share": ("float", "number"),
    "money": ("float", "number"),
    "whole": ("int", "integer"),
    "flag": ("bool", "boolean"),
    "day": ("date", "date"),
    "when": ("date", "date"),
}
"""The kind of a column of a Table, and its type in the description; anything else is text."""
SEALED: Final = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet takes for a formula, or what was sealed because it would."""


def is_folder_of(ending: Ending, folder: FilePath) -> bool:
    """Whether ipmo wrote a folder as files of that ending."""
    try:
        return folder.is_dir() and (folder / f"portfolio.{ending}").is_file() and MARK in json.loads((folder / PACKAGE).read_bytes())
    except (OSError, ValueError):
        return False


# ------------------------------------------------------------------------------------------------- writing


def write_csv_folder(portfolio: Portfolio, path: FilePath) -> None:
    """One CSV file a table, in UTF-8: numbers and dates as they are, text that a spreadsheet would take for a formula behind an apostrophe.

    Raises:
        FileError: they cannot be written.
    """
    tables = flat_tables(portfolio, whole=True)
    files: dict[str, str | bytes] = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    _write(portfolio, path, tables, files, "csv")


def write_parquet_folder(portfolio: Portfolio, path: FilePath) -> None:
    """One Parquet file a table, with typed columns.

    Raises:
        FileError: they cannot be written.
        MissingExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("writing Parquet", "pyarrow", "pip install pyarrow") from None
    tables = flat_tables(portfolio, whole=True)
    files: dict[str, str | bytes] = {}
    for name, table in tables.items():
        out = io.BytesIO()
        pq.write_table(_typed(table).to_arrow(), out)
        files[f"{name}.parquet"] = out.getvalue()
    _write(portfolio, path, tables, files, "parquet")


def _write(portfolio: Portfolio, path: FilePath, tables: Mapping[str, FlatTable], files: dict[str, str | bytes], ending: Ending) -> None:
    keep_inside(portfolio, path, str(path))
    about = {
        "name": re.sub(r"[^a-z0-9._-]+", "-", portfolio.id.lower()).strip("-") or "portfolio",
        "title": portfolio.name or portfolio.id,
        MARK: 1,
        "resources": [_described(table, ending) for table in tables.values()],
    }
    files[PACKAGE] = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    other: Ending = "parquet" if ending == "csv" else "csv"
    write_together(path, files, lambda: _left(path, other))


def _left(path: FilePath, other: Ending) -> list[str]:
    """The files of the other kind that ipmo wrote into a folder before: a folder holds one portfolio."""
    return [f"{name}.{other}" for name in names() if (path / f"{name}.{other}").is_file()] if is_folder_of(other, path) else []


def _described(table: FlatTable, ending: Ending) -> dict[str, object]:
    """A table in the words of the Table Schema."""
    known = table.layout
    fields = []
    for column in table.columns:
        field = {"name": _head(column), "type": _type(table, column)[1]}
        if column.help:
            field["description"] = column.help
        fields.append(field | ({"constraints": {"enum": list(column.choices)}} if column.choices else {}))
    schema: dict[str, object] = {"fields": fields}
    if ("id",) in known.columns:
        schema["primaryKey"] = [*known.keys, "id"]
    if keys := _foreign(known):
        schema["foreignKeys"] = keys
    return {"name": known.name, "path": f"{known.name}.{ending}", "schema": schema}


def _foreign(known: Layout) -> list[dict[str, object]]:
    """What the first columns of a table name."""
    named = [key for key in known.keys if not any(child.which == key for child in _siblings(known))]
    if not named:
        return []
    parent = known.parent or "projects"
    fields = [*layout(parent).keys, "id"] if known.parent else ["id"]
    return [{"fields": named, "reference": {"resource": parent, "fields": fields}}]


def _siblings(known: Layout) -> list[Child]:
    return [child for child in layout(known.parent).children.values() if child.table == known.name] if known.parent else []


def _head(column: Column) -> str:
    return ".".join(column.path)


def _type(table: FlatTable, column: Column) -> tuple[str, str]:
    """What the values of a column are; text where one is not what its field says."""
    found = KINDS.get(column.kind)
    if found is None or any(isinstance(row.get(column.path), str) for row in table.rows):
        return "str", "string"
    return found


def _typed(table: FlatTable) -> Table:
    columns = []
    for column in table.columns:
        kind = _type(table, column)[0]
        values = [row.get(column.path) for row in table.rows]
        if kind == "str":
            values = [None if value is None else _said(value) for value in values]
        elif kind == "float":
            values = [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
        columns.append(TableColumn(_head(column), kind, values))
    return Table(columns)


def _said(value: Value) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else str(value)


def _csv(table: FlatTable) -> str:
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([_sealed(_head(column)) for column in table.columns])
    for row in table.rows:
        cells = []
        for column in table.columns:
            value = row.get(column.path)
            bare = value is None or not isinstance(value, str) or column.kind in ("length", "numbers")
            cells.append("" if value is None else _said(value) if bare else _sealed(str(value)))
        writer.writerow(cells)
    return "".join(lines.found)


@attrs.define
class _Lines:
    """Lines of CSV that end in LF alone: up to Python 3.12 the csv module quotes of CR and LF only what ends its own lines, so it ends them in both."""

    found: list[str] = attrs.field(factory=list)

    def write(self, text: str) -> None:
        """Adds a line."""
        self.found.append(f"{text[:-2]}\n")


def _sealed(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `_opened` takes the apostrophe away again."""
    return f"'{text}" if SEALED.match(text) else text


def _opened(text: str) -> str:
    return text[1:] if text[:1] == "'" and SEALED.match(text) else text


# ------------------------------------------------------------------------------------------------- reading


@attrs.frozen
class _Csv:
    """A file of a folder of CSV."""

    name: str
    sheet: Sheet

    @property
    def heads(self) -> list[str]:
        """The headings."""
        return [_opened(str(cell)) for cell in self.sheet.rows[0]] if self.sheet.rows else []

    def rows(self) -> Iterable[tuple[int, Sequence[object]]]:
        """The rows below the headings."""
        for number, row in enumerate(self.sheet.rows[1:], 1):
            yield number, [_opened(cell) if isinstance(cell, str) and cell[:1] == "'" else cell for cell in row]

    def place(self, row: int, column: int | None) -> Problem:
        """Where a cell stands."""
        return Problem(message="", file=self.sheet.file, line=self.sheet.line(row), column=0 if column is None else column + 1)


@attrs.frozen
class _Parquet:
    """A file of a folder of Parquet."""

    name: str
    file: str
    table: list[dict[str, object]]

    @property
    def heads(self) -> list[str]:
        """The names of its columns."""
        return list(self.table[0]) if self.table else []

    def rows(self) -> Iterable[tuple[int, Sequence[object]]]:
        """Its rows, what frames have for unknown left out."""
        for number, row in enumerate(self.table, 1):
            yield number, [None if value != value or type(value).__name__ in ("NAType", "NaTType") else value for value in row.values()]

    def place(self, row: int, column: int | None) -> Problem:
        """Where a value stands."""
        where = f"row {row}" if column is None else f"row {row}, column {self.heads[column]}"
        return Problem(message=f"{where}: ", file=self.file)


def read_csv_folder(path: FilePath, name: str, declared: Declared | None = None) -> Portfolio:
    """A portfolio from a folder of CSV files that ipmo wrote.

    Raises:
        FileError: what cannot be right, each with its file, line and column.
    """
    with reading(path):
        found = [(one, path / f"{one}.csv") for one in names() if (path / f"{one}.csv").is_file()]
        tables = [_Csv(one, read_sheets(file, f"{name.rstrip('/')}/{one}.csv", "utf-8", ",")[0]) for one, file in found]
    return _read(tables, name, "csv-folder", declared)


def read_parquet_folder(path: FilePath, name: str, declared: Declared | None = None) -> Portfolio:
    """A portfolio from a folder of Parquet files that ipmo wrote.

    Raises:
        FileError: what cannot be right, each with its file and row.
        MissingExtraError: no library that reads Parquet is installed.
    """
    with reading(path):
        frames = frames_in(path)
    tables = [
        _Parquet(one, f"{name.rstrip('/')}/{one}.parquet", [dict(row) for row in rows_of(frames[one])]) for one in names() if one in frames
    ]
    return _read(tables, name, "parquet-folder", declared)


def _read(tables: Sequence[_Csv] | Sequence[_Parquet], name: str, format: str, declared: Declared | None) -> Portfolio:
    made = Unflat()
    made.read(tables)
    source = Source(path=name, format=format, understood=made.understood, findings=tuple(made.findings))
    try:
        return made.portfolio(source, declared)
    except ModelError as error:
        raise FileError(name, error.problems) from None
