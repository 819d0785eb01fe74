"""Days of calendars as other tools write them: shifts cut at midnight, runs of days with other hours, where work ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from ipmo.model.calendars import Calendar, shifts
from ipmo.units import When, minutes, moment

__all__ = ["Times", "begun", "cut", "day_times", "ended", "shifts_of", "special_days", "week_times"]

Times = list[tuple[int, int]]
"""Shifts of a day, in minutes from its midnight."""


def cut(before: Iterable[tuple[int, int]], own: Iterable[tuple[int, int]]) -> Times:
    """The shifts of a day cut at midnight: with what reaches into it from the day before, without what reaches out of it.

    >>> cut([(1320, 1800)], [(480, 960), (1320, 1800)])
    [(0, 360), (480, 960), (1320, 1440)]
    """
    return [*((0, stop - 1440) for _, stop in before if stop > 1440), *((start, min(stop, 1440)) for start, stop in own)]


def week_times(calendar: Calendar) -> list[Times]:
    """The shifts of the days of a week, cut at midnight, from Sunday: as P6 and Project count days."""
    week = calendar.week_shifts()
    return [cut(week[day - 1], week[day]) for day in (6, 0, 1, 2, 3, 4, 5)]


def day_times(calendar: Calendar, day: date) -> Times:
    """The shifts of a day on a calendar, cut at midnight."""
    return cut(shifts_of(calendar, day - timedelta(days=1)) if day > date.min else (), shifts_of(calendar, day))


def begun(calendar: Calendar, when: When) -> datetime:
    """When work that started then did: of a day without a time, with its first shift."""
    if isinstance(when, datetime):
        return when
    return moment(minutes(when) + min((start for start, _ in day_times(calendar, when)), default=0))


def ended(calendar: Calendar, start: datetime, finish: datetime) -> datetime:
    """A finish that lies in a break, or where a shift begins, at the end of the shift before; never before the start."""
    day, minute = finish.date(), finish.hour * 60 + finish.minute
    while day >= start.date():
        times = day_times(calendar, day)
        if day == finish.date() and any(begin < minute <= stop for begin, stop in times):
            return finish
        before = [stop for _, stop in times if day < finish.date() or stop <= minute]
        if before:
            return max(start, moment(minutes(day) + max(before)))
        day -= timedelta(days=1)
    return finish


def shifts_of(calendar: Calendar, day: date) -> tuple[tuple[int, int], ...]:
    """The shifts that begin on a day."""
    for exception in reversed(calendar.exceptions):
        if exception.first <= day <= (exception.last or exception.first):
            return shifts(exception.hours)
    return () if day in calendar.holidays else calendar.week_shifts()[day.weekday()]


def special_days(calendar: Calendar) -> Iterator[tuple[date, date, Times]]:
    """The runs of days with other hours; a night shift that an exception adds or takes away shows on the next day too."""
    nights = any(stop > 1440 for day in calendar.week_shifts() for _, stop in day)
    periods = [(day, day) for day in calendar.holidays] + [(one.first, one.last or one.first) for one in calendar.exceptions]
    if not nights and not any(stop > 1440 for one in calendar.exceptions for _, stop in shifts(one.hours)):
        yield from ((first, last, day_times(calendar, first)) for first, last in ((day, day) for day in calendar.holidays))
        yield from ((one.first, one.last or one.first, [*shifts(one.hours)]) for one in calendar.exceptions)
        return
    days = {first + timedelta(days=n) for first, last in periods for n in range((last - first).days + 2)}
    run: list[date] = []
    held: Times = []
    for day in sorted(days):
        times = day_times(calendar, day)
        if run and (day - run[-1]).days == 1 and times == held:
            run.append(day)
            continue
        if run:
            yield run[0], run[-1], held
        run, held = [day], times
    if run:
        yield run[0], run[-1], held
