"""Working time by tables of days: what `kernels.clocks` finds by searching, looked up; for samples, which ask very often.

Each day of a stretch of time is one of few patterns of working minutes. Outside that stretch it is searched for as elsewhere. Minutes worked are
counted since a base that all clocks share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import start_at, work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints16 = NDArray[np.int16]
    Ints32 = NDArray[np.int32]
    Ints64 = NDArray[np.int64]


class DayTables(NamedTuple):
    """Clocks over a stretch of days.

    Args:
        head, periods: the packed clocks; see `ipmo.network.clocks.Clocks`.
        base: by clock, the minutes that it has worked up to the base; clock 0 is wall-clock time.
        origin: the midnight at which the first day begins, alone in its column.
        before: by clock and day, the minutes worked since the base up to its midnight; one day more than there are.
        pattern: by clock and day, which pattern it is.
        near: by clock and cell of 128 minutes worked, the last day that begins with at most so many.
        within: by pattern and minute of the day, the minutes worked up to it.
        at: by pattern and minutes worked, the minute of the day at which the next begins.
    """

    head: Ints64
    periods: Ints64
    base: Ints64
    origin: Ints64
    before: Ints32
    pattern: Ints32
    near: Ints32
    within: Ints16
    at: Ints16


def to_work(days: DayTables, clock: int, row: Ints64) -> None:
    """Makes a row of instants the minutes that a clock has worked up to them since the base."""
    origin = days.origin[0]
    base = days.base[clock]
    if clock == 0:
        for s in range(len(row)):
            row[s] = row[s] - base
        return
    before = days.before[clock]
    pattern = days.pattern[clock]
    within = days.within
    for s in range(len(row)):
        instant = row[s]
        since = instant - origin
        day = since // 1440
        if since < 0 or day >= len(pattern):
            row[s] = work((days.head, days.periods), clock, instant) - base
        else:
            row[s] = int(before[day]) + int(within[pattern[day], since - day * 1440])


def to_instants(days: DayTables, clock: int, row: Ints64) -> None:
    """Makes a row of minutes worked since the base the latest instants with so many."""
    origin = days.origin[0]
    base = days.base[clock]
    if clock == 0:
        for s in range(len(row)):
            row[s] = row[s] + base
        return
    before = days.before[clock]
    pattern = days.pattern[clock]
    near = days.near[clock]
    at = days.at
    first = int(before[0])
    last = int(before[len(before) - 1])
    for s in range(len(row)):
        worked = row[s]
        if worked < first or worked >= last:
            row[s] = start_at((days.head, days.periods), clock, worked + base)
        else:
            day = int(near[(worked - first) // 128])
            while before[day + 1] <= worked:
                day += 1
            row[s] = origin + day * 1440 + int(at[pattern[day], worked - before[day]])


def to_ends(days: DayTables, clock: int, row: Ints64) -> None:
    """Makes a row of minutes worked since the base the earliest instants with so many."""
    if clock != 0:
        for s in range(len(row)):
            row[s] = row[s] - 1
    to_instants(days, clock, row)
    if clock != 0:
        for s in range(len(row)):
            row[s] = row[s] + 1
