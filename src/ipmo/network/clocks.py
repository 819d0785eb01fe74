"""Working clocks: instants to working minutes and back, lags and days on a calendar, at any date.

A calendar's own clock counts working minutes. Around its exceptions the working periods are a table; before and after
it, the week repeats by arithmetic. Clock 0 is wall-clock time itself. The functions that look things up are in
`kernels`, so that they can be compiled together with the passes that call them; everything else asks a `Clock`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from ipmo.memory import remember
from ipmo.model.calendars import CONTINUOUS, Calendar, shifts
from ipmo.model.portfolio import Portfolio
from ipmo.network.kernels import clocks as kernels
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels.columns import FAR, Tables
from ipmo.units import DAY, WEEK, Span, minutes

__all__ = ["FAR", "WALL_CLOCK", "Clock", "Clocks", "Tables", "clocks_of", "months_later"]

Period = tuple[int, int]


def months_later(instant: int, months: int) -> int:
    """The same day some months later, or the last day of a shorter month; the time of day stays.

    >>> from datetime import date
    >>> from ipmo.units import moment
    >>> moment(months_later(minutes(date(2026, 1, 31)), 1)).date()
    datetime.date(2026, 2, 28)
    """
    return int(kernels.add_months(instant, months))


@attrs.frozen(eq=False)
class Clock:
    """The working clock of one calendar: it counts the minutes worked up to an instant.

    Args:
        number: its number among the clocks that it is packed with; 0 is wall-clock time.
        calendar: whose working time it counts, and what `1 d` is.
        tables: the packed clocks, for the kernels.

    >>> from datetime import datetime
    >>> from ipmo.model.calendars import STANDARD
    >>> from ipmo.units import as_span, moment
    >>> clock = Clocks([STANDARD]).of(STANDARD)
    >>> friday = minutes(datetime(2026, 3, 6, 15, 0))
    >>> moment(clock.shift(friday, as_span("4 h"))), clock.days(friday, friday + 3 * DAY)
    (datetime.datetime(2026, 3, 9, 11, 0), 1.0)
    """

    number: int
    calendar: Calendar
    tables: Tables = attrs.field(repr=False)
    day_minutes: int = attrs.field(init=False)

    @day_minutes.default
    def _day(self) -> int:
        return self.calendar.day_minutes

    def work(self, instant: int) -> int:
        """Minutes worked up to an instant; a clock's own count, of use in differences and in its other answers."""
        return int(kernels.work(self.tables, self.number, instant))

    def start(self, worked: int) -> int:
        """The latest instant with that many minutes worked: where the next minute of work begins."""
        return int(kernels.start_at(self.tables, self.number, worked))

    def finish(self, worked: int) -> int:
        """The earliest instant with that many minutes worked: where the last minute of work ends."""
        return int(kernels.finish_at(self.tables, self.number, worked))

    def waits(self, instant: int) -> bool:
        """Whether a finish at that instant falls into a break: it then lies where the next shift begins."""
        return bool(link_kernels.edged(self.tables, self.number, instant))

    def roomy(self, instant: int) -> bool:
        """Whether a latest finish at that instant leaves time to wait for the beginning of the next shift."""
        return bool(link_kernels.roomy(self.tables, self.number, instant))

    def between(self, begin: int, end: int) -> int:
        """Minutes worked between two instants; negative where the end comes first."""
        return self.work(end) - self.work(begin)

    def days(self, begin: int, end: int) -> float:
        """Working days between two instants; negative where the end comes first."""
        return (self.work(end) - self.work(begin)) / self.day_minutes

    def shift(self, instant: int, lag: Span, *, at_start: bool | None = None) -> int:
        """An instant so much later, or earlier where the lag is negative: working, elapsed, or calendar time.

        Args:
            instant: in minutes.
            lag: working time counts on this clock.
            at_start: where the work that is added ends with a shift: True for the start of the next one, False for that end;
                left out, the end after a positive lag, and the start of a shift else.
        """
        if lag.dimension == "step":
            return months_later(instant, lag.months)
        if lag.dimension == "elapsed":
            return instant + lag.elapsed_minutes
        length = self.calendar.minutes(lag)
        if at_start is None:
            at_start = length <= 0
        worked = self.work(instant) + length
        return self.start(worked) if at_start else self.finish(worked)


WALL_CLOCK = Clock(0, CONTINUOUS, ([0, 0, 0, 0, 0, 0, 1, WEEK], [0, 0, WEEK]))
"""Time itself, around the clock."""


def _merged(periods: Iterable[Period]) -> list[Period]:
    out: list[Period] = []
    for start, stop in sorted(periods):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        elif stop > start:
            out.append((start, stop))
    return out


class Clocks:
    """The clocks of several calendars, packed for the kernels into two columns.

    The first has eight numbers a clock: where its exceptional periods begin, how many they are, the first and last instant
    of their weeks, the work in them; where the periods of its plain week begin, how many they are, the work in them. The
    second has three numbers a period: its start, the work before it, its length. Two columns, because kernels hand them
    on with every look-up.

    Args:
        calendars: the calendars; clock `i + 1` is that of `calendars[i]`, clock 0 is wall-clock time.
    """

    def __init__(self, calendars: Sequence[Calendar]) -> None:
        self.calendars = tuple(calendars)
        self.index = {calendar.id: place + 1 for place, calendar in enumerate(calendars)}
        for calendar in calendars:
            if not calendar.holidays and not calendar.exceptions and sum(b - a for day in calendar.week_shifts() for a, b in day) == WEEK:
                self.index[calendar.id] = 0  # around the clock: wall-clock time
        head: list[int] = []
        flat: list[int] = []

        def pack(periods: list[Period]) -> tuple[int, int, int]:
            place, total = len(flat) // 3, 0
            for start, stop in periods:
                flat.extend((start, total, stop - start))
                total += stop - start
            return place, len(periods), total

        for calendar in (CONTINUOUS, *calendars):
            begin, end, periods = _exceptional(calendar)
            place, number, total = pack(periods)
            head += [place, number, begin, end, total, *pack(_week(calendar))]
        self.packed: Tables = (head, flat)
        self._clocks = [Clock(number, calendar, self.packed) for number, calendar in enumerate((CONTINUOUS, *calendars))]
        self._by_id = {
            calendar.id: clock if self.index[calendar.id] else Clock(0, calendar, self.packed)
            for calendar, clock in zip(calendars, self._clocks[1:], strict=True)
        }

    def __getitem__(self, number: int) -> Clock:
        """The clock of a number; 0 is wall-clock time."""
        return self._clocks[number]

    def of(self, calendar: Calendar) -> Clock:
        """The clock of a calendar, by its id; one that never rests keeps its own length of a day on wall-clock time."""
        return self._by_id[calendar.id]

    def clock(self, calendar: Calendar) -> int:
        """The number of a calendar's clock, by its id."""
        return self.index[calendar.id]

    def arrays(self) -> Tables:
        """The packed tables as int64 arrays, for compiled kernels."""
        import numpy as np

        head, flat = self.packed
        return np.array(head, np.int64), np.array(flat, np.int64)


def clocks_of(portfolio: Portfolio) -> Clocks:
    """The clocks of a portfolio's calendars, packed once."""
    table = portfolio.calendar_table
    return remember(portfolio, "clocks", lambda: Clocks([table[name] for name in sorted(table)]))


def _week(calendar: Calendar) -> list[Period]:
    periods: list[Period] = []
    for day, times in enumerate(calendar.week_shifts()):
        for start, stop in times:
            start, stop = day * DAY + start, day * DAY + stop
            periods.append((start, min(stop, WEEK)))
            if stop > WEEK:  # Sunday's night shift ends on Monday
                periods.append((0, stop - WEEK))
    return _merged(periods)


def _exceptional(calendar: Calendar) -> tuple[int, int, list[Period]]:
    """The weeks that hold exceptions: first instant, last instant, working periods between them."""
    special: dict[date, tuple[Period, ...]] = dict.fromkeys(calendar.holidays, ())
    for exception in calendar.exceptions:
        for one in exception.days():
            special[one] = shifts(exception.hours)
    if not special:
        return 0, 0, []
    begin = minutes(min(special)) // WEEK * WEEK
    end = (minutes(max(special)) + DAY) // WEEK * WEEK + WEEK
    by_instant = {minutes(day): times for day, times in special.items()}
    week = calendar.week_shifts()
    periods: list[Period] = []
    for midnight in range(begin - DAY, end, DAY):
        for start, stop in by_instant.get(midnight, week[midnight // DAY % 7]):
            periods.append((max(midnight + start, begin), min(midnight + stop, end)))
    return begin, end, _merged(periods)
