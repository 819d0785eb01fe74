"""Table: what every tabular answer is.

Typed, read-only columns that know their unit. Not a Mapping and not iterable, on purpose: pandas turns a Mapping
that is not a dict into a wrong frame without an error. Any frame library reads a Table through `__arrow_c_stream__`
or the `to_...` methods; none is required.
"""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from ipmo.atomic import replacing, write_atomically
from ipmo.cells import Cell, Cells
from ipmo.errors import MissingExtraError, UnknownItemError, close_matches

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Column", "Rows", "Table", "rows_of"]

K = TypeVar("K")
T = TypeVar("T")
KINDS = ("str", "int", "float", "bool", "date", "datetime")


def _kept(values: Iterable[Cell] | Cells) -> tuple[Cell, ...] | Cells:
    return values if isinstance(values, Cells) else tuple(values)


@attrs.frozen(eq=False)
class Column:
    """One column: a name, a kind (`str int float bool date datetime`), values with None for unknown, a unit."""

    name: str
    kind: str = attrs.field(validator=attrs.validators.in_(KINDS))
    cells: tuple[Cell, ...] | Cells = attrs.field(converter=_kept, alias="values", repr=False)
    unit: str = ""

    @property
    def values(self) -> tuple[Cell, ...]:
        """The values, None for unknown; of a column in a buffer they are made when they are first asked for."""
        return self.cells.values if isinstance(self.cells, Cells) else self.cells

    def first(self, count: int) -> Column:
        """The column with its first values only."""
        cells = self.cells.first(count) if isinstance(self.cells, Cells) else self.cells[:count]
        return Column(self.name, self.kind, cells, self.unit)


def _sealed(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        try:
            float(text)
        except ValueError:
            return "'" + text
    return text


class _Lines:
    """Takes the lines of a CSV writer, which quotes CR and LF alike when both end its lines; ours end in LF."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def write(self, line: str) -> None:
        """One line, with its end."""
        self.found.append(line[:-2] + "\n")


def shown(value: object) -> str:
    """A value as a person reads it; empty for unknown."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


class Table:
    """Read-only columns of equal length.

    >>> table = Table([Column("id", "str", ["a", "b"]), Column("float", "float", [0.0, 2.5], "d")])
    >>> len(table), table["float"], table.unit("float")
    (2, (0.0, 2.5), 'd')
    """

    __slots__ = ("_columns",)

    def __init__(self, columns: Iterable[Column]) -> None:
        self._columns: dict[str, Column] = {column.name: column for column in columns}
        if len({len(column.cells) for column in self._columns.values()}) > 1:
            raise ValueError("the columns of a table have different lengths")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(self._columns)

    def kind(self, column: str) -> str:
        """`str`, `int`, `float`, `bool`, `date` or `datetime`."""
        return self._column(column).kind

    def unit(self, column: str) -> str:
        """The unit of a column, empty when it has none."""
        return self._column(column).unit

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            raise UnknownItemError(name, close_matches(name, self._columns), "this table")
        return self._columns[name]

    def __getitem__(self, column: str) -> tuple[Cell, ...]:
        return self._column(column).values

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())).cells) if self._columns else 0

    __iter__ = None  # a Table is not a sequence of its column names: iterate rows()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return [(c.name, c.kind, c.values, c.unit) for c in self._columns.values()] == [
            (c.name, c.kind, c.values, c.unit) for c in other._columns.values()
        ]

    __hash__ = None  # type: ignore[assignment]

    def rows(self) -> Iterator[dict[str, Cell]]:
        """One dict a row."""
        names = self.columns
        for values in zip(*(column.values for column in self._columns.values()), strict=True):
            yield dict(zip(names, values, strict=True))

    def head(self, count: int = 10) -> Table:
        """The first rows."""
        return Table(column.first(count) for column in self._columns.values())

    def select(self, *names: str) -> Table:
        """These columns only, in this order."""
        return Table(self._column(name) for name in names)

    def where(self, keep: Sequence[bool]) -> Table:
        """The rows for which `keep` is true."""
        return Table(
            Column(column.name, column.kind, [v for v, yes in zip(column.values, keep, strict=True) if yes], column.unit)
            for column in self._columns.values()
        )

    def to_dict(self) -> dict[str, list[Cell]]:
        """Plain lists by column name."""
        return {name: list(column.values) for name, column in self._columns.items()}

    def to_csv(self, path: str | Path | None = None) -> str:
        """Comma-separated text with a header line, also written to `path` when given.

        Cells that a spreadsheet would take for a formula, names of columns too, get a leading apostrophe.

        Raises:
            FileError: the file cannot be written.
        """
        lines = _Lines()
        writer = csv.writer(lines)
        writer.writerow([_sealed(name) for name in self.columns])
        for row in zip(*(column.values for column in self._columns.values()), strict=True):
            writer.writerow(
                ["" if v is None else v.isoformat() if isinstance(v, date) else _sealed(v) if isinstance(v, str) else v for v in row]
            )
        text = "".join(lines.found)
        if path is not None:
            write_atomically(Path(path), text)
        return text

    def to_arrow(self) -> pyarrow.Table:
        """A pyarrow table; explicit types, so that an empty one keeps them; units in the field metadata.

        Raises:
            MissingExtraError: pyarrow is not installed.
        """
        try:
            import pyarrow as pa
        except ImportError:
            raise MissingExtraError("Table.to_arrow()", "pyarrow", "pip install pyarrow") from None
        types = {
            "str": pa.string(),
            "int": pa.int64(),
            "float": pa.float64(),
            "bool": pa.bool_(),
            "date": pa.date32(),
            "datetime": pa.timestamp("s"),
        }
        fields = [pa.field(c.name, types[c.kind], metadata={"unit": c.unit} if c.unit else None) for c in self._columns.values()]
        arrays = [
            c.cells.to_arrow(types[c.kind]) if isinstance(c.cells, Cells) else pa.array(c.cells, types[c.kind])
            for c in self._columns.values()
        ]
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def to_polars(self) -> polars.DataFrame:
        """A polars frame.

        Raises:
            MissingExtraError: polars is not installed.
        """
        try:
            import polars as pl
        except ImportError:
            raise MissingExtraError("Table.to_polars()", "polars", "pip install polars") from None
        types: dict[str, Cell] = {
            "str": pl.String,
            "int": pl.Int64,
            "float": pl.Float64,
            "bool": pl.Boolean,
            "date": pl.Date,
            "datetime": pl.Datetime("ms"),
        }
        return pl.DataFrame(
            [
                c.cells.to_polars(c.name, types[c.kind])
                if isinstance(c.cells, Cells)
                else pl.Series(c.name, list(c.cells), dtype=types[c.kind])
                for c in self._columns.values()
            ]
        )

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas frame with nullable types; dates are usable with `.dt`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MissingExtraError("Table.to_pandas()", "pandas", "pip install pandas") from None
        types = {
            "str": "string",
            "int": "Int64",
            "float": "float64",
            "bool": "boolean",
            "date": "datetime64[s]",
            "datetime": "datetime64[s]",
        }
        return pd.DataFrame(
            {
                c.name: c.cells.to_pandas(types[c.kind]) if isinstance(c.cells, Cells) else pd.Series(list(c.cells), dtype=types[c.kind])
                for c in self._columns.values()
            }
        )

    def to_parquet(self, path: str | Path) -> None:
        """A Parquet file.

        Raises:
            MissingExtraError: pyarrow is not installed.
            FileError: the file cannot be written.
        """
        frame = self.to_arrow()
        import pyarrow.parquet as pq

        with replacing(Path(path)) as out:
            pq.write_table(frame, out)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule stream that pandas, polars, pyarrow and DuckDB read."""
        try:
            return self.to_arrow().__arrow_c_stream__(requested_schema)
        except MissingExtraError:
            return self.to_polars().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        head = self.head(20)
        texts = [[name, *(shown(v) for v in head[name])] for name in head.columns]
        widths = [max(map(len, column)) for column in texts]
        lines = [
            "  ".join(
                cell.rjust(width) if head.kind(name) in ("int", "float") else cell.ljust(width)
                for cell, width, name in zip(row, widths, head.columns, strict=True)
            ).rstrip()
            for row in zip(*texts, strict=True)
        ]
        if len(self) > 20:
            lines.append(f"... {len(self)} rows in all")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        def cells(values: Iterable[str], name: str) -> str:
            opening = '<th scope="col">' if name == "th" else f"<{name}>"
            return "".join(f"{opening}{html.escape(v)}</{name}>" for v in values)

        titles = (f"{c.name} ({c.unit})" if c.unit else c.name for c in self._columns.values())
        body = "".join(f"<tr>{cells(map(shown, row.values()), 'td')}</tr>" for row in self.head(20).rows())
        more = f"<p>{len(self)} rows in all</p>" if len(self) > 20 else ""
        return f"<table><thead><tr>{cells(titles, 'th')}</tr></thead><tbody>{body}</tbody></table>{more}"


class Rows(Generic[K, T]):
    """An answer in rows, each with a key: an item's full id, a group's name. Iterating gives the keys, indexing the rows.

    >>> rows = Rows({"a": 1, "b": 2}, "these rows")
    >>> list(rows), len(rows), rows["b"], "c" in rows, rows.rows
    (['a', 'b'], 2, 2, False, (1, 2))

    Args:
        rows: the rows by key, in order.
        where: what they are, for the message about a key that is not there.
    """

    def __init__(self, rows: Mapping[K, T], where: str) -> None:
        self._rows, self._where = rows, where

    @property
    def rows(self) -> tuple[T, ...]:
        """The rows, in order."""
        return tuple(self._rows.values())

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __eq__(self, other: object) -> bool:
        """The same kind of answer with the same rows in the same order."""
        if not isinstance(other, Rows) or type(self) is not type(other):
            return NotImplemented
        return list(self) == list(other) and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, key: K) -> T:
        """The row of a key.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        if key not in self._rows:
            wanted = _said(key)
            raise UnknownItemError(wanted, close_matches(wanted, map(_said, self._rows)), self._where)
        return self._rows[key]


def _said(key: object) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def rows_of(frame: object) -> list[dict[str, Cell]]:
    """The rows of a Table, or of any data frame: one dict a row.

    Raises:
        TypeError: it is no data frame.
    """
    if isinstance(frame, Table):
        return list(frame.rows())
    import narwhals as nw

    found: nw.DataFrame[Any] = nw.from_native(frame, eager_only=True)
    return list(found.iter_rows(named=True))
