"""The tables of days by which samples look up working time; see `ipmo.network.kernels.days`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ipmo.network.kernels.columns import FAR, Tables
from ipmo.network.kernels.days import DayTables
from ipmo.network.vectorised import RowClocks
from ipmo.units import DAY, WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["BEFORE", "day_tables"]

BEFORE = 400
"""Days before the base that the tables hold."""
CELL = 128
"""Minutes worked in a cell of `DayTables.near`."""


def day_tables(tables: Tables, base: Row, used: Iterable[int], count: int) -> DayTables:
    """Tables over a stretch of days around a base.

    Args:
        tables: packed clocks; see `ipmo.network.clocks.Clocks`.
        base: by clock, the minutes that it has worked up to the base.
        used: the clocks that anybody asks.
        count: how many days from the base on.
    """
    head, periods = (np.asarray(column, np.int64) for column in tables)
    wanted = sorted(set(used) - {0})
    days = BEFORE + count if wanted else 0
    origin = (int(base[0]) // DAY - BEFORE) * DAY
    midnights = origin + DAY * np.arange(days + 1, dtype=np.int64)
    rows = RowClocks(tables)
    before, pattern = np.zeros((len(base), days + 1), np.int32), np.zeros((len(base), days), np.int32)
    near: list[Row] = [np.zeros(1, np.int64)] * len(base)
    patterns: dict[tuple[int, ...], int] = {}
    within: list[Row] = [np.zeros(DAY, np.int64)]
    known = {within[0].tobytes(): 0}
    for clock in wanted:
        worked = rows.work(clock, midnights) - base[clock]
        before[clock] = worked
        for key, here in _alike(head, clock, midnights[:-1]).items():
            if key not in patterns:
                first = int(midnights[here[0]])
                made = rows.work(clock, first + np.arange(DAY, dtype=np.int64)) - base[clock] - worked[here[0]]
                patterns[key] = known.setdefault(made.tobytes(), len(within))
                if patterns[key] == len(within):
                    within.append(made)
            pattern[clock, here] = patterns[key]
        cells = np.arange((int(worked[-1]) - int(worked[0])) // CELL + 1, dtype=np.int64)
        near[clock] = np.minimum(np.searchsorted(worked, worked[0] + CELL * cells, side="right") - 1, days - 1)
    table = np.array(within, np.int16)
    least = max(len(one) for one in near)
    return DayTables(
        head,
        periods,
        base,
        np.array([origin], np.int64),
        before,
        pattern,
        np.array([np.pad(one, (0, least - len(one))) for one in near], np.int32),
        table,
        np.array([np.searchsorted(row, np.arange(DAY), side="right") - 1 for row in table], np.int16),
    )


def _alike(head: Row, clock: int, midnights: Row) -> dict[tuple[int, ...], Row]:
    """Days by what says how their minutes are worked: a week and its day, or that day alone where another week begins in it."""
    first, size = int(head[2 * clock]), int(head[2 * clock + 1])
    spans = head[first : first + 6 * size].reshape(size, 6)
    begins = spans[1:, 0]
    span = np.searchsorted(begins, midnights, side="right")
    broken = np.searchsorted(begins, midnights + DAY - 1, side="right") != span
    weekday = midnights % WEEK // DAY
    out: dict[tuple[int, ...], Row] = {}
    keys = np.stack([spans[span, 3], spans[span, 4], weekday, np.where(broken, midnights, -FAR), np.where(broken, clock, 0)], axis=1)
    kinds, which = np.unique(keys, axis=0, return_inverse=True)
    for number, key in enumerate(kinds.tolist()):
        out[tuple(key)] = np.flatnonzero(which.ravel() == number)
    return out
