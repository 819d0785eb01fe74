"""One clock: minutes worked, days, and lags on a calendar, against a walk over its minutes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.model import Calendar, Portfolio
from ipmo.model.calendars import CONTINUOUS, STANDARD, shifts
from ipmo.network.clocks import WALL_CLOCK, Clock, Clocks, clocks_of, months_later
from ipmo.network.kernels.columns import FAR
from ipmo.testing.strategies import calendars
from ipmo.units import DAY, Span, as_span, minutes, moment

ORIGIN = minutes(date(2026, 1, 5))  # a Monday
NIGHTS = Calendar(id="nights", week="mon-thu", hours="22:00-06:00", holidays=["2026-01-07"])


def clock_of(calendar: Calendar) -> Clock:
    return Clocks([calendar]).of(calendar)


def works(calendar: Calendar, instant: int) -> bool:
    """Whether that minute is working time, by the calendar's own words."""
    when = datetime(1, 1, 1) + timedelta(minutes=instant)
    special: dict[date, tuple[tuple[int, int], ...]] = dict.fromkeys(calendar.holidays, ())
    for exception in calendar.exceptions:
        special |= dict.fromkeys(exception.days(), shifts(exception.hours))
    for back in (0, 1):  # a night shift began the day before
        day = when.date() - timedelta(days=back)
        minute = when.hour * 60 + when.minute + back * DAY
        if any(a <= minute < b for a, b in special.get(day, calendar.week_shifts()[day.weekday()])):
            return True
    return False


def walked(calendar: Calendar, instant: int, length: int) -> int:
    """The first instant by which so many more minutes are worked; the last one before it where the length is negative."""
    step = 1 if length > 0 else -1
    left = abs(length)
    while left:
        left -= works(calendar, instant if step > 0 else instant - 1)
        instant += step
    return instant


@settings(max_examples=60)
@given(calendars(), st.integers(-3000, 40_000), st.integers(1, 3000), st.booleans())
def test_a_working_lag_is_counted_minute_by_minute_in_both_directions(calendar: Calendar, offset: int, length: int, lead: bool) -> None:
    length = -length if lead else length
    clock, begin = clock_of(calendar), ORIGIN + offset
    lag = Span(length, "min")
    assert clock.shift(begin, lag) == walked(calendar, begin, length)
    assert clock.between(begin, clock.shift(begin, lag)) == length
    assert clock.days(begin, clock.shift(begin, lag)) == length / calendar.day_minutes


@given(calendars(), st.integers(-3000, 60_000))
def test_no_lag_leads_to_where_work_goes_on(calendar: Calendar, offset: int) -> None:
    clock, instant = clock_of(calendar), ORIGIN + offset
    moved = clock.shift(instant, Span(0, "h"))
    assert moved >= instant
    assert works(calendar, moved)
    assert not any(works(calendar, t) for t in range(instant, moved))


@given(calendars(), st.integers(-3000, 60_000), st.integers(0, 3000))
def test_which_end_of_a_break_a_lag_leads_to_can_be_said(calendar: Calendar, offset: int, length: int) -> None:
    clock, instant, lag = clock_of(calendar), ORIGIN + offset, Span(length, "min")
    before, after = clock.shift(instant, lag, at_start=False), clock.shift(instant, lag, at_start=True)
    assert before <= after
    assert clock.between(before, after) == 0
    assert works(calendar, after)
    assert works(calendar, before - 1)
    for t in (before, after):
        assert not clock.waits(t) or t > before  # the end of a shift is reached at work, only what lies behind it waits
    if before < after:
        assert clock.waits(after)
        assert clock.waits(before + 1)
        assert clock.roomy(after)
        assert not clock.roomy(after - 1)


def test_a_friday_afternoon_and_four_hours_is_monday_morning() -> None:
    clock, friday = clock_of(STANDARD), minutes(datetime(2026, 1, 9, 15))
    assert moment(clock.shift(friday, as_span("4 h"))) == datetime(2026, 1, 12, 11)
    assert moment(clock.shift(friday, as_span("2 h"))) == datetime(2026, 1, 9, 17)  # the end of the shift
    assert moment(clock.shift(friday, as_span("2 h"), at_start=True)) == datetime(2026, 1, 12, 9)
    assert moment(clock.shift(friday, as_span("-6 h"))) == datetime(2026, 1, 9, 9)  # the start of the shift
    assert moment(clock.shift(friday, as_span("-6 h"), at_start=False)) == datetime(2026, 1, 8, 17)
    assert moment(clock.shift(friday, as_span("1 ed"))) == datetime(2026, 1, 10, 15)
    assert moment(clock.shift(friday, as_span("-1 month"))) == datetime(2025, 12, 9, 15)
    assert (clock.days(friday, friday + 3 * DAY), clock.days(friday + 3 * DAY, friday)) == (1.0, -1.0)


def test_nights_and_holidays_are_followed_at_their_edges() -> None:
    clock = clock_of(NIGHTS)
    tuesday = minutes(datetime(2026, 1, 6, 22))
    assert clock.between(tuesday, tuesday + DAY) == 8 * 60  # until Wednesday morning; Wednesday night is none
    assert moment(clock.finish(clock.work(tuesday) + 480)) == datetime(2026, 1, 7, 6)
    assert moment(clock.start(clock.work(tuesday) + 480)) == datetime(2026, 1, 8, 22)


def test_the_months_of_a_lag_end_on_the_last_day_of_a_shorter_month() -> None:
    assert moment(months_later(minutes(datetime(2026, 1, 31, 9)), 1)) == datetime(2026, 2, 28, 9)


def test_a_calendar_that_never_rests_is_wall_clock_time_with_its_own_day() -> None:
    office = Calendar(id="office", week="mon-sun", hours="00:00-24:00", day="8 h")
    clocks = Clocks([STANDARD, office])
    assert (clocks.of(office).number, clocks.of(office).day_minutes) == (0, 480)
    assert clocks.of(office).shift(ORIGIN, as_span("1 d")) == ORIGIN + 480
    assert (clocks[0].calendar, clocks[0].day_minutes, WALL_CLOCK.day_minutes) == (CONTINUOUS, DAY, DAY)
    assert clocks[0].shift(ORIGIN, as_span("1 d")) == WALL_CLOCK.shift(ORIGIN, as_span("1 d")) == ORIGIN + DAY
    assert clocks[1] is clocks.of(STANDARD)


def test_a_portfolio_packs_its_calendars_once() -> None:
    pf = Portfolio(id="x", start="2026-01-05", calendars=[NIGHTS])
    assert clocks_of(pf) is clocks_of(pf)
    assert clocks_of(pf).of(NIGHTS).calendar == NIGHTS
    with pytest.raises(KeyError):
        clocks_of(pf).of(Calendar(id="other"))


def test_what_is_worked_on_some_days_only_never_comes_to_more() -> None:
    """The last minute that there is ends on the exception's day; the instant of the next one is past every date, and before any there is none."""
    days = Calendar(id="d", hours="none", exceptions=[{"from": "2026-03-02", "hours": "09:00-17:00"}])
    clock, morning, evening = clock_of(days), minutes(datetime(2026, 3, 2, 9, 0)), minutes(datetime(2026, 3, 2, 17, 0))
    assert clock.work(evening) - clock.work(morning) == 480
    assert (clock.finish(480), clock.start(0), clock.start(479)) == (evening, morning, evening - 1)
    for beyond in (480, 481, 5000):
        assert clock.start(beyond) == FAR
    assert clock.start(-1) == -FAR
    never = clock_of(Calendar(id="n", hours="none"))
    assert (never.work(evening), never.start(0), never.start(1), never.start(-1)) == (0, FAR, FAR, -FAR)


@given(st.lists(calendars(), min_size=1, max_size=3), st.lists(st.integers(-3_000_000, 3_000_000), max_size=12))
def test_many_instants_at_once_are_what_each_is(several: list[Calendar], offsets: list[int]) -> None:
    clocks = Clocks(list({one.id: one for one in (*several, NIGHTS)}.values()))
    for number in range(len(clocks.calendars) + 1):
        instants = [ORIGIN + offset for offset in offsets]
        found = clocks.worked(number, np.array(instants, np.int64))
        assert found.tolist() == [clocks[number].work(one) for one in instants]


def test_clocks_are_the_same_only_where_work_is_put_into_the_same_breaks() -> None:
    saturday = (ORIGIN + 5 * DAY, ORIGIN + 5 * DAY + 240)
    usual, other = (Clocks([STANDARD]) for _ in range(2))
    assert usual.same_as(other)
    one, same, longer = (usual.placing([(1, saturday, worked)]) for worked in (120, 120, 240))
    assert one.same_as(same)
    assert not one.same_as(longer)
    assert not one.same_as(usual)
