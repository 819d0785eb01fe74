"""Calendars as tables: against a minute-by-minute count, and the adjoints that keep floats from going negative."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.model import Calendar
from ipmo.network.clocks import Clocks
from ipmo.network.kernels.passes import (
    add_months,
    days_from_civil,
    finish_at,
    latest_before_months,
    month_of,
    pull,
    push,
    start_at,
    work,
)
from ipmo.testing.strategies import calendars
from ipmo.units import minutes

ORIGIN = minutes(date(2026, 1, 5))
instants = st.integers(ORIGIN - 20 * 10080, ORIGIN + 80 * 10080)


def works(calendar: Calendar, instant: int) -> bool:
    """Whether that minute is working time, by the calendar's own words."""
    when = datetime(1, 1, 1) + timedelta(minutes=instant)
    special = dict.fromkeys(calendar.holidays, ())
    for exception in calendar.exceptions:
        from ipmo.model.calendars import shifts

        special |= dict.fromkeys(exception.days(), shifts(exception.hours))
    for back in (0, 1):  # a night shift began the day before
        day = when.date() - timedelta(days=back)
        minute = when.hour * 60 + when.minute + back * 1440
        times: Any = special.get(day, calendar.week_shifts()[day.weekday()])
        if any(a <= minute < b for a, b in times):
            return True
    return False


@settings(max_examples=40)
@given(calendars(), st.integers(-3000, 60_000), st.integers(0, 6000))
def test_working_minutes_are_those_counted_one_by_one(calendar: Calendar, offset: int, length: int) -> None:
    cal = Clocks([calendar]).packed
    first = ORIGIN + offset
    counted = sum(works(calendar, t) for t in range(first, first + length))
    assert work(cal, 1, first + length) - work(cal, 1, first) == counted


@given(calendars(), instants)
def test_start_and_finish_are_the_latest_and_earliest_instant_of_their_working_minute(calendar: Calendar, t: int) -> None:
    cal = Clocks([calendar]).packed
    worked = work(cal, 1, t)
    late, early = start_at(cal, 1, worked), finish_at(cal, 1, worked)
    assert early <= t <= late
    assert work(cal, 1, late) == work(cal, 1, early) == worked
    assert work(cal, 1, late + 1) == worked + 1
    assert work(cal, 1, early - 1) == worked - 1


@settings(max_examples=300)
@given(
    st.lists(calendars(), min_size=3, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.integers(0, 3),
    st.integers(-3000, 6000),
    st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    instants,
    instants,
)
def test_the_backward_map_is_the_upper_adjoint_of_the_forward_map(
    three: list[Calendar], clocks: list[int], kind: int, lag: int, dur: tuple[int, int], s: int, t: int
) -> None:
    cal = Clocks(
        [three[0], Calendar(id="b", week=three[1].week, hours=three[1].hours), Calendar(id="c", holidays=three[2].holidays)]
    ).packed
    clk = [clocks[0], clocks[1]]
    x, y = work(cal, clk[0], s), work(cal, clk[1], t)
    forward = push(cal, clk, dur, 0, 1, kind, 1, clocks[2], lag, x, 0)
    backward = pull(cal, clk, dur, 0, 1, kind, 1, clocks[2], lag, y, 1)
    assert (forward <= y) == (x <= backward)


@given(instants, instants, st.integers(0, 40))
def test_calendar_months_have_their_adjoint_too(s: int, t: int, months: int) -> None:
    assert (add_months(s, months) <= t) == (s <= latest_before_months(t, months))


@given(st.dates(date(1, 1, 2), date(9999, 12, 31)))
def test_civil_days_agree_with_the_standard_library(day: date) -> None:
    number = day.toordinal() - 1
    assert days_from_civil(day.year, day.month, day.day) == number
    assert month_of(number) == day.year * 12 + day.month - 1


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert add_months(minutes(date(2026, 1, 31)), 1) == minutes(date(2026, 2, 28))
    assert add_months(minutes(datetime(2028, 1, 31, 9, 30)), 1) == minutes(datetime(2028, 2, 29, 9, 30))
    assert add_months(minutes(date(2026, 11, 30)), 3) == minutes(date(2027, 2, 28))
