"""Calendars as tables of integers: instants to working minutes and back, at any date.

A calendar's own clock counts working minutes. Around its exceptions the working periods are a table; before and after
it, the week repeats by arithmetic. Clock 0 is wall-clock time itself. The functions that look things up are in
`kernels`, so that they can be compiled together with the passes that call them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ipmo.model.calendars import CONTINUOUS, Calendar, shifts
from ipmo.units import DAY, WEEK, minutes

__all__ = ["Clocks"]

Period = tuple[int, int]


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
        self.packed = (head, flat)

    def clock(self, calendar: Calendar) -> int:
        """The clock of a calendar, by its id."""
        return self.index[calendar.id]

    def arrays(self) -> tuple[Any, ...]:
        """The packed tables as int64 arrays, for compiled kernels."""
        import numpy as np

        return tuple(np.array(column, np.int64) for column in self.packed)


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
