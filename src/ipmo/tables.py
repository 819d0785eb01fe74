"""Table: what every tabular answer is.

Typed, read-only columns that know their unit. Not a Mapping and not iterable, on purpose: pandas turns a Mapping
that is not a dict into a wrong frame without an error. Any frame library reads a Table through `__arrow_c_stream__`
or the `to_...` methods; none is required.
"""

from __future__ import annotations

import copy
import csv
import html
import itertools
import numbers
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import attrs

from ipmo.atomic import replacing, write_atomically
from ipmo.cells import Cell, Cells
from ipmo.errors import MissingExtraError, ModelError, OptionError, UnitError, UnknownItemError, close_matches, one_of
from ipmo.notebooks import drawn, grid, in_a_cell
from ipmo.words import counted

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["FIRST", "Answer", "Column", "NamedRow", "Rows", "Table", "among", "row_at", "rows_of"]

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")
FIRST = 10
"""Rows of an answer that a notebook shows."""
KINDS: Mapping[str, tuple[frozenset[type], type]] = {
    "str": (frozenset((str, NoneType)), str),
    "int": (frozenset((int, NoneType)), numbers.Integral),
    "float": (frozenset((float, int, NoneType)), numbers.Real),
    "bool": (frozenset((bool, NoneType)), bool),
    "date": (frozenset((date, NoneType)), date),
    "datetime": (frozenset((datetime, NoneType)), datetime),
}
"""Kinds of columns: the classes that their values have as a rule, which are looked at together, and what else goes for one."""


def _kept(values: Iterable[Cell] | Cells) -> tuple[Cell, ...] | Cells:
    return values if isinstance(values, Cells) else tuple(values)


@attrs.frozen(eq=False)
class Column:
    """One column: a name, a kind (`str int float bool date datetime`), values with None for unknown, a unit.

    Raises:
        OptionError: there is no such kind.
        UnitError: a value is not of the kind.

    >>> Column("days", "int", ["two"])
    Traceback (most recent call last):
        ...
    ipmo.errors.UnitError: column 'days' holds values of kind 'int'; row 0 is 'two'
    """

    name: str
    kind: str = attrs.field()
    cells: tuple[Cell, ...] | Cells = attrs.field(converter=_kept, alias="values", repr=False)
    unit: str = ""

    @kind.validator
    def _known(self, _field: object, kind: str) -> None:
        one_of("kind", kind, tuple(KINDS))

    @cells.validator
    def _of_its_kind(self, _field: object, values: tuple[Cell, ...] | Cells) -> None:
        usual, allowed = KINDS[self.kind]
        if not isinstance(values, Cells) and not usual.issuperset(map(type, values)):
            for row, value in enumerate(values):
                if value is not None and (not isinstance(value, allowed) or (isinstance(value, bool) and self.kind != "bool")):
                    raise UnitError(f"column {self.name!r} holds values of kind {self.kind!r}; row {row} is {value!r:.60}")

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
            lengths = ", ".join(f"{column.name!r} {len(column.cells)}" for column in self._columns.values())
            raise ModelError(f"the columns of a table have different lengths: {lengths}")

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

    def where(self, keep: Sequence[bool] | Callable[[dict[str, Cell]], object] | None = None, /, **values: Cell) -> Table:
        """The rows that are kept.

        Args:
            keep: a truth value for each row, or what says of a row (a dict by column) whether it is kept.
            values: columns with the value that they must have; None keeps what is unknown.

        Raises:
            UnknownItemError: there is no column of that name.
            ModelError: `keep` says it of more or fewer rows than there are.

        >>> table = Table([Column("id", "str", ["a", "b", "c"]), Column("float", "float", [0.0, 2.5, None], "d")])
        >>> table.where(float=0.0)["id"], table.where(lambda row: row["float"] is None)["id"]
        (('a',), ('c',))
        """
        if keep is None:
            chosen = [True] * len(self)
        elif callable(keep):
            chosen = [bool(keep(row)) for row in self.rows()]
        else:
            chosen = [bool(yes) for yes in keep]
        if len(chosen) != len(self):
            raise ModelError(f"{counted(len(chosen), 'truth value')} for {counted(len(self), 'row')}: one each is needed")
        for name, value in values.items():
            chosen = [yes and cell == value for yes, cell in zip(chosen, self[name], strict=True)]
        return self._at([place for place, yes in enumerate(chosen) if yes])

    def sort(self, *columns: str, descending: bool = False) -> Table:
        """The rows in order of some columns, the first of them before the others; rows that are alike keep their order, unknown values come last.

        Args:
            columns: their names.
            descending: the largest first.

        Raises:
            UnknownItemError: there is no column of that name.

        >>> table = Table([Column("id", "str", ["a", "b", "c"]), Column("float", "float", [None, 2.5, 0.0], "d")])
        >>> table.sort("float")["id"], table.sort("float", descending=True)["id"]
        (('c', 'b', 'a'), ('b', 'c', 'a'))
        """
        places = list(range(len(self)))
        for name in reversed(columns):
            values = self[name]
            known = sorted((place for place in places if values[place] is not None), key=values.__getitem__, reverse=descending)
            places = known + [place for place in places if values[place] is None]
        return self._at(places)

    def group(self, column: str) -> dict[Cell, Table]:
        """The rows by the value that they have in a column, in the order in which the values first occur; None for those where it is unknown.

        Raises:
            UnknownItemError: there is no column of that name.

        >>> table = Table([Column("id", "str", ["a", "b", "c"]), Column("project", "str", ["P", "Q", "P"])])
        >>> {project: rows["id"] for project, rows in table.group("project").items()}
        {'P': ('a', 'c'), 'Q': ('b',)}
        """
        places: dict[Cell, list[int]] = {}
        for place, value in enumerate(self[column]):
            places.setdefault(value, []).append(place)
        return {value: self._at(some) for value, some in places.items()}

    def _at(self, places: Sequence[int]) -> Table:
        """The rows at some places, in that order."""
        cells = ((column, column.values) for column in self._columns.values())
        return Table(Column(column.name, column.kind, [values[place] for place in places], column.unit) for column, values in cells)

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
        if not len(self):
            return f"<p>no rows ({html.escape(', '.join(self.columns))})</p>"
        again = {name for name in self.columns if f"{name}_date" in self.columns or (name == "date" and "day" in self.columns)} | {"minor"}
        head = [column.first(20) for column in self._columns.values() if column.kind not in ("datetime", "int") or column.name not in again]
        columns = [c for c in head if any(value not in (None, "") for value in c.values)] or head
        titles = (f"{c.name.replace('_', ' ')} ({c.unit})" if c.unit else c.name.replace("_", " ") for c in columns)
        sides = ("right" if c.kind in ("int", "float") else "left" for c in columns)
        rows = (map(in_a_cell, row) for row in zip(*(c.values for c in columns), strict=True))
        more = f"<p>{len(self):,} rows in all</p>" if len(self) > 20 else ""
        return f"{grid(zip(titles, sides, strict=True), rows)}{more}"


class Answer(Generic[K, T]):
    """What every answer keeps to: iterated it gives its rows, `len` counts them, `ids` names them in the same order.

    `in` asks for an id. `[]` takes an id, and a place from 0 where ids are no numbers.
    """

    __slots__ = ()

    @property
    def ids(self) -> tuple[K, ...]:
        """What its rows are found by, in order."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError

    def __contains__(self, key: object) -> bool:
        return key in self.ids

    def __len__(self) -> int:
        return len(self.ids)

    def table(self) -> Table:
        """One row of columns for each of its rows."""
        raise NotImplementedError

    def first(self, count: int = 10) -> Table:
        """Its table up to so many rows, without making the rest where that takes long."""
        return self.table().head(count)

    @property
    def drawn_unasked(self) -> bool:
        """Whether a notebook shows its picture by itself: not where that takes long."""
        return True

    def _repr_html_(self) -> str:
        """In a notebook: the sentence, then the first rows, then its picture where it has one."""
        more = f"<p>{len(self):,} rows in all</p>" if len(self) > FIRST else ""
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{self.first(FIRST)._repr_html_()}{more}{drawn(self)}"


def among(key: object, names: Container[object]) -> bool:
    """Whether a key is one of some names; what cannot be hashed is none."""
    try:
        return key in names
    except TypeError:
        return False


def row_at(rows: Sequence[T], place: int, where: str) -> T:
    """The row at a place from 0, or from the end where the place is negative.

    Args:
        rows: the rows.
        place: the place.
        where: what they are, for the message.

    Raises:
        UnknownItemError: there are not so many.
    """
    if not -len(rows) <= place < len(rows):
        raise UnknownItemError(place, (), f"{where} ({counted(len(rows), 'row')})")
    return rows[place]


class Rows(Answer[K, T]):
    """An answer in rows, each with an id: an item's full id, a group's name. Iterating gives the rows; `[]` and `in` take ids.

    >>> rows = Rows({"a": 1, "b": 2}, "these rows")
    >>> list(rows), len(rows), rows["b"], "c" in rows, rows.ids
    ([1, 2], 2, 2, False, ('a', 'b'))

    Args:
        rows: the rows by id, in order.
        where: what they are, for the message about an id that is not there.
    """

    def __init__(self, rows: Mapping[K, T], where: str) -> None:
        self._rows, self._where = rows, where

    @property
    def rows(self) -> tuple[T, ...]:
        """The rows, in order."""
        return tuple(self._rows.values())

    @property
    def ids(self) -> tuple[K, ...]:
        """What the rows are found by, in order."""
        return tuple(self._rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return among(key, self._rows)

    def first(self, count: int = 10) -> Table:
        """Its table up to so many rows; the others are not made, and a unit that only they state is left out."""
        some = copy.copy(self)
        vars(some)["_rows"] = dict(itertools.islice(self._rows.items(), max(count, 1)))
        return some.table().head(count)

    def __eq__(self, other: object) -> bool:
        """The same kind of answer with the same rows in the same order."""
        if not isinstance(other, Rows) or type(self) is not type(other):
            return NotImplemented
        return self.ids == other.ids and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, key: K | int) -> T:
        """The row with that id, or at that place.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        if key not in self:
            if isinstance(key, int):
                return row_at(self.rows, key, self._where)
            wanted = _said(key)
            raise UnknownItemError(wanted, close_matches(wanted, map(_said, self._rows)), self._where)
        return self._rows[cast(K, key)]


class NamedRow(Mapping[str, V]):
    """A row of an answer whose columns are not known beforehand: a read-only mapping that knows its own id.

    >>> row = NamedRow("2026-05", {"budget": 3})
    >>> row.id, row["budget"], dict(row)
    ('2026-05', 3, {'budget': 3})
    """

    __slots__ = ("_cells", "id")

    def __init__(self, id: str, cells: Mapping[str, V]) -> None:
        self.id, self._cells = id, dict(cells)

    def __getitem__(self, column: str) -> V:
        if column not in self._cells:
            raise UnknownItemError(column, close_matches(column, self._cells), f"the row of {self.id!r}")
        return self._cells[column]

    def __contains__(self, column: object) -> bool:
        return isinstance(column, str) and column in self._cells

    def get(self, column: str, default: Cell = None) -> Cell:
        """The value of a column, or something else where the row has none."""
        return self._cells.get(column, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __repr__(self) -> str:
        return f"<NamedRow {self.id!r}: {self._cells!r}>"


def _said(key: object) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def rows_of(frame: object, what: str = "frame") -> list[dict[str, Cell]]:
    """The rows of a Table, or of any data frame: one dict a row.

    Args:
        frame: the table or frame.
        what: what it is, for the message.

    Raises:
        OptionError: it is no data frame, or two of its columns have one name.
    """
    if isinstance(frame, Table):
        return list(frame.rows())
    import narwhals as nw

    try:
        found: nw.DataFrame[Any] = nw.from_native(frame, eager_only=True)
    except TypeError:
        raise OptionError(what, frame, takes="a Table, or a frame of pandas, polars or Arrow; ipmo.from_dict reads plain rows") from None
    except nw.exceptions.DuplicateError:
        raise OptionError(what, frame, takes="a frame in which no two columns have one name") from None
    return list(found.iter_rows(named=True))
