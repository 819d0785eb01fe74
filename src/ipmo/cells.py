"""The cells of one column: a tuple of values, or a typed buffer that frames take without a Python object a cell."""

from __future__ import annotations

import abc
import functools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import pandas
    import polars
    import pyarrow
    from numpy.typing import NDArray

__all__ = ["Cell", "Cells", "Numbers", "Texts"]

Cell: TypeAlias = Any
"""A value of a column: text, a number, a truth value, a date with or without a time, None for unknown."""
DAY = 1440
"""Minutes."""
FIRST = date(1970, 1, 1).toordinal() - 1
"""Days from the first instant, the beginning of year 1, to the one that numpy's dates count from."""
TYPES = {"int": "int64", "float": "float64", "bool": "bool", "date": "datetime64[D]", "datetime": "datetime64[s]"}


class Cells(abc.ABC):
    """Cells of one kind in a buffer; `values` makes them Python's when they are asked for."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @property
    @abc.abstractmethod
    def values(self) -> tuple[Cell, ...]:
        """The cells as Python has them; None for unknown."""

    @abc.abstractmethod
    def first(self, count: int) -> Cells:
        """The first of them."""

    @abc.abstractmethod
    def to_arrow(self, kind: pyarrow.DataType) -> pyarrow.Array:
        """The cells as an Arrow array of a type."""

    @abc.abstractmethod
    def to_polars(self, name: str, kind: Any) -> polars.Series:
        """The cells as a polars series of a type."""

    @abc.abstractmethod
    def to_pandas(self, kind: str) -> pandas.Series[Any]:
        """The cells as a pandas series of a type."""


class Numbers(Cells):
    """Numbers, truth values, days or instants.

    Args:
        kind: int, float, bool, date or datetime.
        data: int64, float64 or bool (n); days since the beginning of year 1 of dates, minutes of dates with a time.
        known: whether each is known; all are when left out.
    """

    def __init__(self, kind: str, data: NDArray[Any], known: NDArray[np.bool_] | None = None) -> None:
        self.kind, self.data, self.known = kind, data, known

    def __len__(self) -> int:
        return len(self.data)

    def first(self, count: int) -> Numbers:
        """The first of them."""
        return Numbers(self.kind, self.data[:count], None if self.known is None else self.known[:count])

    @functools.cached_property
    def values(self) -> tuple[Cell, ...]:
        """The cells as Python has them; None for unknown."""
        found = self.data.tolist()
        if self.kind == "date":
            of_day = functools.cache(lambda day: date.fromordinal(day + 1))
            found = [of_day(day) for day in found] if self.known is None else [of_day(d) if k else None for d, k in self._pairs(found)]
        elif self.kind == "datetime":
            of_instant = functools.cache(_moment)
            found = [of_instant(t) for t in found] if self.known is None else [of_instant(t) if k else None for t, k in self._pairs(found)]
        elif self.known is not None:
            found = [value if known else None for value, known in self._pairs(found)]
        return tuple(found)

    def _pairs(self, found: list[Any]) -> zip[tuple[Any, bool]]:
        assert self.known is not None
        return zip(found, self.known.tolist(), strict=True)

    @functools.cached_property
    def array(self) -> NDArray[Any]:
        """The cells as a numpy array: dates as datetime64, NaT where unknown; zero or false where other cells are unknown."""
        import numpy as np

        if self.kind == "date":
            out = (self.data - FIRST).astype(TYPES["date"])
        elif self.kind == "datetime":
            out = ((self.data - FIRST * DAY) * 60).astype(TYPES["datetime"])
        else:
            return self.data if self.known is None else np.where(self.known, self.data, np.zeros(1, self.data.dtype))
        if self.known is not None:
            out[~self.known] = np.datetime64("NaT", "D" if self.kind == "date" else "s")
        return out

    def to_arrow(self, kind: pyarrow.DataType) -> pyarrow.Array:
        """The cells as an Arrow array of a type."""
        import pyarrow as pa

        return pa.array(self.array, kind, mask=None if self.known is None else ~self.known)

    def to_polars(self, name: str, kind: Any) -> polars.Series:
        """The cells as a polars series of a type."""
        import polars as pl

        series = pl.Series(name, self.array.astype("datetime64[ms]") if self.kind == "datetime" else self.array, dtype=kind)
        if self.known is None or self.kind in ("date", "datetime"):
            return series
        return pl.select(pl.when(pl.Series(self.known)).then(series).alias(name)).to_series()

    def to_pandas(self, kind: str) -> pandas.Series[Any]:
        """The cells as a pandas series of a type."""
        import numpy as np
        import pandas as pd

        unknown = np.zeros(len(self.data), bool) if self.known is None else ~self.known
        if self.kind in ("date", "datetime"):
            return pd.Series(self.array.astype("datetime64[s]"), dtype=kind)
        if self.kind == "float":
            return pd.Series(np.where(unknown, np.nan, self.data), dtype=kind)
        made: Any = pd.arrays.BooleanArray if self.kind == "bool" else pd.arrays.IntegerArray
        return pd.Series(made(np.array(self.array), unknown), dtype=kind)


def _moment(instant: int) -> datetime:
    days, rest = divmod(instant, DAY)
    return datetime.fromordinal(days + 1) + timedelta(minutes=rest)


class Texts(Cells):
    """Texts of which many are alike.

    Args:
        codes: the place of each in `texts`, -1 for unknown, int64 (n).
        texts: the different ones.
    """

    def __init__(self, codes: NDArray[np.int64], texts: Sequence[str]) -> None:
        self.codes, self.texts = codes, texts

    def __len__(self) -> int:
        return len(self.codes)

    def first(self, count: int) -> Texts:
        """The first of them."""
        return Texts(self.codes[:count], self.texts)

    @functools.cached_property
    def values(self) -> tuple[Cell, ...]:
        """The cells as Python has them; None for unknown."""
        texts = [*self.texts, None]
        return tuple([texts[code] for code in self.codes.tolist()])

    def to_arrow(self, kind: pyarrow.DataType) -> pyarrow.Array:
        """The cells as an Arrow array of a type."""
        import pyarrow as pa

        return pa.array(self.texts, kind).take(pa.array(self.codes, pa.int64(), mask=self.codes < 0))

    def to_polars(self, name: str, kind: Any) -> polars.Series:
        """The cells as a polars series of a type."""
        import polars as pl

        texts = pl.Series(name, [*self.texts, None], dtype=kind)
        return texts.gather(pl.Series(self.codes % (len(self.texts) + 1), dtype=pl.UInt32))

    def to_pandas(self, kind: str) -> pandas.Series[Any]:
        """The cells as a pandas series of a type."""
        import pandas as pd

        return pd.Series(pd.array([*self.texts, None], dtype=kind).take(self.codes))
