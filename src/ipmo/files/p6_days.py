"""The days of a calendar as Primavera P6 has them, and as it nests them in one cell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from ipmo.files.calendar_days import Times, cut, week_times
from ipmo.files.foreign import EPOCH
from ipmo.model.calendars import Calendar
from ipmo.model.calendars import shifts as shifts_of

__all__ = ["Days", "clock", "days_of", "nested"]


class Days(NamedTuple):
    """The days of a calendar, with shifts cut at midnight: what one has past midnight belongs to the next day.

    Args:
        week: from Sunday.
        special: of days with other hours, in order.
    """

    week: list[Times]
    special: dict[date, Times]


def days_of(calendar: Calendar) -> Days:
    """The days of a calendar as P6 has them."""
    week = calendar.week_shifts()
    other: dict[date, tuple[tuple[int, int], ...]] = dict.fromkeys(calendar.holidays, ())
    for one in calendar.exceptions:
        other |= dict.fromkeys(one.days(), shifts_of(one.hours))
    next_day = timedelta(days=1)
    spilt = {day + next_day for day in other if any(stop > 1440 for _, stop in (*other[day], *week[day.weekday()]))}

    def own(day: date) -> tuple[tuple[int, int], ...]:
        return other.get(day, week[day.weekday()])

    days = sorted(day for day in {*other, *spilt} if day > EPOCH)
    return Days(week_times(calendar), {day: cut(own(day - next_day), own(day)) for day in days})


def nested(days: Days) -> str:
    """The days of a calendar as P6 nests them in one cell."""
    week = "".join(f"(0||{number}()({_shifts(times)}))" for number, times in enumerate(days.week, 1))
    listed = "".join(f"(0||{place}(d|{(day - EPOCH).days})({_shifts(times)}))" for place, (day, times) in enumerate(days.special.items()))
    return f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||VIEW(ShowTotal|N)())(0||Exceptions()({listed}))))"


def _shifts(times: Times) -> str:
    return "".join(f"(0||{place}(s|{clock(a)}|f|{clock(b)})())" for place, (a, b) in enumerate(sorted(times)))


def clock(minute: int) -> str:
    """A minute of a day as a time; the end of the day is 00:00."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
