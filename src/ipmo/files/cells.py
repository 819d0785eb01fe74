"""Columns of tasks and links wherever they come from: frames of pandas, polars or Arrow, and the mappings of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.plain import plain_row

if TYPE_CHECKING:
    import narwhals as nw
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Frame = nw.DataFrame[PlainData]
    Column = nw.Series[PlainData]

__all__ = ["Cells", "FrameCells", "NotPlainError", "RowCells"]

FEW: Final = 20_000
"""So many different cells of a column are read one by one."""
NUMBER: Final = r"^[0-9]{1,9}(\.[0-9]{1,6})? "
"""A number before a unit, as quantities are mostly written."""


class NotPlainError(Exception):
    """Something is not checked by columns: it has to be read row by row."""


class Cells(Protocol):
    """A table of tasks or links, column by column; each method raises NotPlainError where a column holds something else."""

    size: int
    """How many rows there are."""

    def filled(self) -> Iterable[str]:
        """The names of the columns that hold anything."""

    def listed(self, name: str) -> Sequence[PlainData]:
        """The cells of a column, None for those that are empty."""

    def texts(self, name: str) -> Sequence[str]:
        """The cells of a column that holds nothing but text which is taken as it stands; those that are not empty."""

    def names(self, name: str) -> list[str]:
        """The cells of such a column in which every row has a text."""
        found = list(self.texts(name))
        if len(found) < self.size or "" in found:
            raise NotPlainError
        return found

    def plain(self, name: str, cell: object) -> PlainData:
        """A cell as files have it."""

    def units(self, name: str) -> Collection[str] | None:
        """What stands behind the numbers of a column of plain quantities, each once; None where few are different, or some not plain."""

    def waits(self) -> list[Sequence[PlainData]]:
        """What each row comes after."""

    def places(self, name: str, ids: Sequence[str]) -> Ints:
        """The places among ids of the cells of a column, -1 for those that are not there."""

    def rows(self, places: slice | list[int]) -> list[PlainMap]:
        """Some of the rows as files have them."""


class RowCells(Cells):
    """The mappings of a file.

    Raises:
        NotPlainError: some are none.
    """

    def __init__(self, rows: list[PlainMap]) -> None:
        if set(map(type, rows)) != {dict}:
            raise NotPlainError
        self._rows, self.size = rows, len(rows)

    def filled(self) -> Iterable[str]:
        """The keys that stand in any of them."""
        keys: set[str] = set().union(*self._rows)
        return [key for key in keys if any(row.get(key) is not None for row in self._rows)]

    def listed(self, name: str) -> Sequence[PlainData]:
        """The values of a key."""
        return [row.get(name) for row in self._rows]

    def texts(self, name: str) -> Sequence[str]:
        """The values of a key, all of them text."""
        found = [cell for cell in self.listed(name) if cell is not None]
        if not set(map(type, found)) <= {str} or not "".join(found).isprintable():
            raise NotPlainError
        return found

    def plain(self, name: str, cell: object) -> PlainData:
        """The value; of one that nests nothing is said by columns."""
        if isinstance(cell, dict | list):
            raise NotPlainError
        return cell

    def units(self, name: str) -> Collection[str] | None:
        """What stands behind the numbers."""
        return units_of(self.texts(name))

    def waits(self) -> list[Sequence[PlainData]]:
        """What each comes after: a list, or one."""
        cells = self.listed("after")
        if not set(map(type, cells)) <= {list, str, dict, type(None)}:
            raise NotPlainError
        return [cell if type(cell) is list else () if cell is None else (cell,) for cell in cells]

    def places(self, name: str, ids: Sequence[str]) -> Ints:
        """Where each is among the ids."""
        import numpy as np

        place_of = {one: place for place, one in enumerate(ids)}
        return np.array([place_of.get(one, -1) for one in self.names(name)], np.int64)

    def rows(self, places: slice | list[int]) -> list[PlainMap]:
        """Some of them."""
        return self._rows[places] if isinstance(places, slice) else [self._rows[place] for place in places]


class FrameCells(Cells):
    """A frame of pandas, polars or Arrow, laid out as `portfolio.tables()`: what nests is JSON text."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.size = frame, len(frame)

    def filled(self) -> Iterable[str]:
        """The columns that hold anything."""
        return [name for name in self.frame.columns if self.frame[name].null_count() < self.size]

    def listed(self, name: str) -> Sequence[PlainData]:
        """The cells of a column, None where a frame has a missing value of its own."""
        if name not in self.frame.columns:
            return [None] * self.size
        column = self.frame[name]
        values: list[PlainData] = column.to_list()
        if not column.null_count():
            return values
        missing = column.is_null().to_list()
        return [None if gone else value for value, gone in zip(values, missing, strict=True)]

    def _given(self, name: str) -> Column:
        """The cells of a column of text that hold any."""
        import narwhals as nw

        if name not in self.frame.columns or self.frame[name].dtype != nw.String:
            raise NotPlainError
        return self.frame[name].drop_nulls() if self.frame[name].null_count() else self.frame[name]

    def texts(self, name: str) -> Sequence[str]:
        """The cells of a column of text, none of which is JSON text."""
        given: list[str] = self._given(name).to_list()
        joined = "\0".join(given)
        if joined[:1] in ("[", "{") or "\0[" in joined or "\0{" in joined or not joined.replace("\0", "").isprintable():
            raise NotPlainError
        return given

    def plain(self, name: str, cell: object) -> PlainData:
        """A cell as files have it."""
        plain = plain_row({name: cell})
        if not plain or isinstance(plain[name], dict | list):  # what is nested counts as a noun of its own
            raise NotPlainError
        return plain[name]

    def units(self, name: str) -> Collection[str] | None:
        """What stands behind the numbers."""
        if self.size <= FEW:
            return None
        given = self._given(name)
        if not given.str.contains(NUMBER).all():
            return None
        found: list[str] = given.str.replace(NUMBER, "").unique().to_list()
        return found if len(found) < FEW else None

    def waits(self) -> list[Sequence[PlainData]]:
        """What each row comes after, by its cell: nothing, the name of one, or a list as JSON text."""
        self._given("after")
        cells = self.listed("after")
        different = dict.fromkeys(cells)  # projects made alike say the same of their tasks
        nested = [cell for cell in different if cell is not None and cell[:1] in ("[", "{")]
        try:
            said = json.loads(f"[{',0,'.join(nested)}]")  # all at once; the zero between them is a value of no cell
        except (ValueError, RecursionError):
            raise NotPlainError from None
        if len(said) != max(2 * len(nested) - 1, 0) or any(one != 0 or type(one) is not int for one in said[1::2]):
            raise NotPlainError
        waits: dict[PlainData, Sequence[PlainData]] = {cell: () if cell is None else (cell,) for cell in different}
        waits |= {cell: one if type(one) is list else (one,) for cell, one in zip(nested, said[::2], strict=True)}
        return list(map(waits.__getitem__, cells))

    def places(self, name: str, ids: Sequence[str]) -> Ints:
        """Where each cell is among the ids."""
        import narwhals as nw
        import numpy as np

        column = self.frame[name]
        known = nw.new_series("name", list(ids), nw.String, backend=column.implementation).to_frame().with_row_index("place")
        asked = column.alias("name").to_frame().with_row_index("row")
        joined = asked.join(known, on="name", how="inner")
        out = np.full(self.size, -1, np.int64)
        out[joined["row"].to_numpy()] = joined["place"].to_numpy()
        return out

    def rows(self, places: slice | list[int]) -> list[PlainMap]:
        """Some of the rows as files have them."""
        return [plain_row(row) for row in self.frame[places].iter_rows(named=True)]


def units_of(cells: Iterable[str]) -> Collection[str] | None:
    """What stands behind the numbers of plain quantities, each once; None where few are different, or some not plain."""
    different = set(cells)
    if len(different) <= FEW:
        return None
    behind = re.compile(NUMBER + r"(.*)")
    found = {None if match is None else match[2] for match in map(behind.fullmatch, different)}
    return None if None in found or len(found) >= FEW else {one for one in found if one is not None}
