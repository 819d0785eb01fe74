"""Calendar risk: working days that weather takes from each month, how many and which drawn anew in each sample.

A lost day is a holiday that only the sample knows: work goes on after it, and starts on no lost day. How many days a month loses comes
from its estimate, a part of a day by chance so that the mean stays; which days is drawn evenly among the working days of that month.
Source: Hulett, Practical Schedule Risk Analysis (2009), calendar risk; Primavera Risk Analysis, weather modelling.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ipmo.analysis.risk.distributions import PertRule, quantiles
from ipmo.errors import ScheduleError
from ipmo.findings import Finding, Severity
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import number
from ipmo.network.streams import stream, uniforms
from ipmo.units import DAY, minutes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats
    from ipmo.network.clocks import Clock

    Row = NDArray[np.int64]

__all__ = ["LostTime", "Some", "too_many"]

LAST = minutes(date(9990, 1, 1))
NEVER = 60
"""Months in a row in each of which some sample loses every day: five years without work is a calendar that never works."""


class LostTime:
    """One calendar's lost days in some samples: working time as it is, and as it would be without them.

    Args:
        calendar: with the days that its months may lose.
        clock: of that calendar; its minutes are those of all answers.
        first: the instant from which on days are lost, with the month that it lies in.
        blocks: the blocks of samples.
        seed: of all streams.
        pert: which distribution a PERT estimate is.
    """

    def __init__(self, calendar: Calendar, clock: Clock, first: int, blocks: range, seed: int, pert: PertRule) -> None:
        self._calendar, self._clock, self._blocks, self._seed, self._pert = calendar, clock, blocks, seed, pert
        begin = date.fromordinal(first // DAY + 1).replace(day=1)
        self._next = begin
        self._over = max([0, *(end - DAY for shifts in calendar.week_shifts() for _, end in shifts)])
        """Minutes after midnight until which a shift runs that began the day before: it is lost with that day."""
        self._edges = [clock.work(minutes(begin) + self._over)]
        self._rows: list[NDArray[np.bool_]] = []
        self._idle = 0
        self._take(24)

    def _uniforms(self, roles: list[str]) -> Floats:
        named = [stream(self._seed, self._calendar.id, role) for role in roles]
        return np.concatenate([uniforms(named, block) for block in self._blocks], axis=1)

    def _take(self, months: int) -> None:
        """Draws the days of that many months more."""
        for _ in range(months):
            begin = self._next
            if self._idle >= NEVER or minutes(begin) > LAST:
                raise ScheduleError(f"work on calendar {self._calendar.id!r} does not end: its months lose all their working days")
            after = (begin + timedelta(days=31)).replace(day=1)
            days = [begin + timedelta(days=step) for step in range((after - begin).days)]
            edges = [self._clock.work(minutes(day + timedelta(days=1)) + self._over) for day in days]
            working = [n for n, edge in enumerate(edges) if edge > (edges[n - 1] if n else self._edges[-1])]
            lost = np.zeros((len(days), len(self._blocks) * 512), bool)
            row = next((one for one in self._calendar.lost if not one.months or begin.month in one.months), None)
            if row is not None and working:
                month = f"{begin:%Y-%m}"
                u = self._uniforms([f"lost {month}", f"part {month}", *(f"day {days[n]}" for n in working)])
                many = quantiles(row.days, u[0], self._pert)
                whole = np.floor(many)
                count = np.clip(whole + (u[1] < many - whole), 0, len(working)).astype(np.int64)
                ordered = np.vstack([np.sort(u[2:], axis=0), np.full((1, u.shape[1]), 2.0)])
                lost[working] = u[2:] < np.take_along_axis(ordered, count[None, :], axis=0)
            self._idle = self._idle + 1 if not working or bool(lost[working].all(axis=0).any()) else 0
            self._edges += edges
            self._rows += list(lost)
            self._next = after
        self.__dict__.pop("_whole", None)

    @functools.cached_property
    def _whole(self) -> tuple[Row, NDArray[np.bool_], Row]:
        """Minutes worked at each midnight, which days are lost, and minutes left at each midnight."""
        edges, lost = np.array(self._edges, np.int64), np.array(self._rows)
        left = np.zeros((len(edges), lost.shape[1]), np.int64)
        np.cumsum(np.where(lost, 0, np.diff(edges)[:, None]), axis=0, out=left[1:])
        return edges, lost, left

    def left(self, x: Row, columns: Row) -> Row:
        """Minutes that are not lost up to some minutes worked, sample by sample."""
        while True:
            edges, lost, left = self._whole
            if int(x.max()) <= int(edges[-1]):
                break
            self._take(12)
        day = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(lost) - 1)
        inside = x - edges[day]
        found: Row = left[day, columns] + np.where(lost[day, columns] & (inside > 0), 0, inside)
        return found

    def at_least(self, wanted: Row, columns: Row) -> Row:
        """The fewest minutes worked with that many not lost."""
        while True:
            edges, _, left = self._whole
            if bool((wanted <= left[-1, columns]).all()):
                break
            self._take(12)
        day = self._search(left, wanted, columns, below=True)
        return np.asarray(edges[day] + wanted - left[day, columns])

    def at_most(self, wanted: Row, columns: Row) -> Row:
        """The most minutes worked with that many not lost: where the next minute is one of work."""
        while True:
            edges, _, left = self._whole
            if bool((wanted < left[-1, columns]).all()):
                break
            self._take(12)
        day = self._search(left, wanted, columns, below=False)
        return np.asarray(edges[day] + wanted - left[day, columns])

    @staticmethod
    def _search(left: Row, wanted: Row, columns: Row, *, below: bool) -> Row:
        """The last midnight with fewer minutes left than wanted, or with no more; the first where there is none."""
        wanted = np.broadcast_to(wanted, columns.shape)
        low, high = np.zeros(len(columns), np.int64), np.full(len(columns), len(left) - 1, np.int64)
        while bool((high - low > 1).any()):
            middle = (low + high) // 2
            found = left[middle, columns]
            yes = found < wanted if below else found <= wanted
            low, high = np.where(yes, middle, low), np.where(yes, high, middle)
        return low

    def days(self, sample: int) -> tuple[date, ...]:
        """The days that one sample loses, as far as they were drawn."""
        first = self._next - timedelta(days=len(self._rows))
        return tuple(first + timedelta(days=n) for n, row in enumerate(self._rows) if row[sample])


class Some:
    """The lost days of some of the samples, as the pass over them asks.

    Args:
        time: of one calendar.
        columns: which samples.
    """

    def __init__(self, time: LostTime, columns: Row) -> None:
        self._time, self._columns = time, columns

    def resumed(self, x: Row) -> Row:
        """Where work that might begin there begins: after the days that are lost."""
        return self._time.at_most(self._time.left(x, self._columns), self._columns)

    def ended(self, x: Row, length: Row) -> Row:
        """Where work of some minutes ends that begins there."""
        return self._time.at_least(self._time.left(x, self._columns) + length, self._columns)

    def begun(self, finish: Row, length: Row) -> Row:
        """Where work of some minutes begins at the latest that ends there."""
        return self._time.at_most(self._time.left(finish, self._columns) - length, self._columns)


def too_many(calendars: Iterable[Calendar]) -> list[Finding]:
    """Calendars whose months may lose more days than they work."""
    out = []
    for calendar in calendars:
        working = 4 * sum(1 for day in calendar.week_shifts() if day)
        most = max((number(found) for one in calendar.lost if (found := one.days.quantile(0.999)) is not None), default=0.0)
        if most > working:
            message = f"calendar {calendar.id!r} may lose {most:.3g} days in a month of some {working}; no month loses more than it has"
            hint = "state working days, not days of the calendar"
            out.append(Finding(code="ipmo/more-days-lost", item=calendar.id, severity=Severity.WARNING, message=message, hint=hint))
    return out
