"""Working time for rows of instants at once, in numpy: the same numbers as `ipmo.network.kernels.clocks`, one look-up for many."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.network.kernels.columns import FAR, Tables
from ipmo.units import WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["RowClocks"]


class _Spans(NamedTuple):
    """One clock: its spans, and the periods of all their weeks.

    Args:
        begin: where each span begins.
        done: the work before it.
        since: the work at instant 0 if its week had always held.
        week: the work in its week.
        row: which of the weeks below repeats in it.
        at: the beginning of each period, weeks apart by `WEEK + 1`.
        before: the work before each period in its week, weeks apart alike.
        start: the beginning of each period in its week.
        worked: the work before it in its week.
        length: the work in it.
        first: where the periods of each week begin.
        size: how many they are.
    """

    begin: Row
    done: Row
    since: Row
    week: Row
    row: Row
    at: Row
    before: Row
    start: Row
    worked: Row
    length: Row
    first: Row
    size: Row


class RowClocks:
    """The clocks of packed tables, for rows of numbers.

    Args:
        tables: packed clocks; see `ipmo.network.clocks.Clocks`.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._spans = functools.cache(self._unpacked)

    def _unpacked(self, clock: int) -> _Spans:
        head, periods = self._tables
        first, size = int(head[2 * clock]), int(head[2 * clock + 1])
        rows = np.array([head[first + 6 * n : first + 6 * n + 6] for n in range(size)], np.int64).reshape(size, 6)
        weeks: dict[tuple[int, int], int] = {}
        row = [weeks.setdefault((int(one[3]), int(one[4])), len(weeks)) for one in rows]
        flat = [
            (number, *(int(periods[3 * place + part]) for part in range(3)))
            for (begin, count), number in weeks.items()
            for place in range(begin, begin + count)
        ]
        table = np.array(flat, np.int64).reshape(len(flat), 4)
        count = np.array([many for _, many in weeks], np.int64)
        return _Spans(
            begin=rows[:, 0],
            done=rows[:, 1],
            since=rows[:, 2],
            week=rows[:, 5],
            row=np.array(row, np.int64),
            at=table[:, 0] * (WEEK + 1) + table[:, 1],
            before=table[:, 0] * (WEEK + 1) + table[:, 2],
            start=table[:, 1],
            worked=table[:, 2],
            length=table[:, 3],
            first=np.cumsum(count) - count,
            size=count,
        )

    def work(self, clock: int, instant: Row) -> Row:
        """Working minutes of a clock up to each instant."""
        if clock == 0:
            return instant
        c = self._spans(clock)
        span = np.searchsorted(c.begin[1:], instant, side="right")
        weeks = instant // WEEK
        rest = instant - weeks * WEEK
        total: Row = c.since[span] + weeks * c.week[span]
        row = c.row[span]
        place = np.searchsorted(c.at, row * (WEEK + 1) + rest, side="right") - 1
        inside = place >= c.first[row]
        if not len(c.at):
            return total
        place = np.maximum(place, 0)
        passed = c.worked[place] + np.minimum(rest - c.start[place], c.length[place])
        return total + np.where(inside, passed, 0)

    def start_at(self, clock: int, worked: Row) -> Row:
        """The latest instant with that many minutes worked, of each."""
        if clock == 0:
            return worked
        c = self._spans(clock)
        span = np.searchsorted(c.done[1:], worked, side="right")
        week = c.week[span]
        idle = week == 0
        left = worked - c.since[span]
        weeks, rest = np.divmod(left, np.where(idle, 1, week))
        row = c.row[span]
        if len(c.at):
            place = np.maximum(np.searchsorted(c.before, row * (WEEK + 1) + rest, side="right") - 1, 0)
            out: Row = weeks * WEEK + c.start[place] + rest - c.worked[place]
        else:
            out = np.zeros_like(worked, np.int64)
        if idle.any():
            never = np.where((span == len(c.begin) - 1) & (worked >= c.done[-1]), FAR, -FAR)
            out = np.where(idle, never, out)
        far = (worked >= FAR // 2) | (worked <= -FAR // 2)
        return np.where(far, worked, out) if far.any() else out

    def finish_at(self, clock: int, worked: Row) -> Row:
        """The earliest instant with that many minutes worked, of each."""
        if clock == 0:
            return worked
        out = self.start_at(clock, worked - 1) + 1
        far = (worked >= FAR // 2) | (worked <= -FAR // 2)
        return np.where(far, worked, out) if far.any() else out

    def add_months(self, instant: Row, months: int) -> Row:
        """The same day some months later, or the last day of a shorter month, of each; the time of day stays."""
        from ipmo.network.kernels.clocks import add_months

        found, back = np.unique(instant, return_inverse=True)
        later = np.array([add_months(int(one), months) for one in found.tolist()], np.int64)
        out: Row = later[back.reshape(instant.shape)]
        return out
