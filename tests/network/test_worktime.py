"""Calendars as tables: against a minute-by-minute count, and the adjoints that keep floats from going negative."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.model import Calendar
from ipmo.model.calendars import shifts
from ipmo.network.clocks import Clocks
from ipmo.network.kernels.clocks import add_months, days_from_civil, finish_at, latest_before_months, month_of, start_at, work
from ipmo.network.kernels.columns import Links, Nodes, Tables
from ipmo.network.kernels.links import pull, push
from ipmo.network.states import LinkType, Mode
from ipmo.testing.strategies import calendars
from ipmo.units import minutes

ORIGIN = minutes(date(2026, 1, 5))
instants = st.integers(ORIGIN - 20 * 10080, ORIGIN + 80 * 10080)


def by_the_minute(calendar: Calendar) -> Callable[[int], bool]:
    """Whether a minute is working time, by the calendar's own words."""
    special: dict[date, Any] = dict.fromkeys(calendar.holidays, ())
    for exception in calendar.exceptions:
        special |= dict.fromkeys(exception.days(), shifts(exception.hours))
    week = calendar.week_shifts()

    def works(instant: int) -> bool:
        when = datetime(1, 1, 1) + timedelta(minutes=instant)
        for back in (0, 1):  # a night shift began the day before
            day = when.date() - timedelta(days=back)
            minute = when.hour * 60 + when.minute + back * 1440
            if any(a <= minute < b for a, b in special.get(day, week[day.weekday()])):
                return True
        return False

    return works


@settings(max_examples=40)
@given(calendars(), st.integers(-3000, 60_000), st.integers(0, 6000))
def test_working_minutes_are_those_counted_one_by_one(calendar: Calendar, offset: int, length: int) -> None:
    cal = Clocks([calendar]).packed
    first = ORIGIN + offset
    counted = sum(map(by_the_minute(calendar), range(first, first + length)))
    assert work(cal, 1, first + length) - work(cal, 1, first) == counted


HOURS = st.sampled_from(["none", "09:00-12:00", "22:00-06:00", "00:00-24:00", "06:00-14:00, 22:00-02:00"])


@st.composite
def long_exceptions(draw: st.DrawFn) -> Calendar:
    """Calendars whose exceptions last for days or years and overlap, by day and by night."""
    rules = draw(st.lists(st.tuples(st.integers(-40, 45), st.sampled_from([0, 1, 6, 7, 8, 30, 4000]), HOURS), min_size=1, max_size=5))
    days = [date(2026, 1, 5) + timedelta(days=n) for n in draw(st.lists(st.integers(-2, 45), max_size=3))]
    return Calendar(
        id="c",
        week=draw(st.sampled_from(["mon-fri", "mon-sun", "sat-sun"])),
        hours=draw(HOURS.filter(lambda one: one != "none")),
        holidays=days,
        exceptions=[
            {"from": (first := date(2026, 1, 5) + timedelta(days=start)), "to": first + timedelta(days=length), "hours": hours}
            for start, length, hours in rules
        ],
    )


@settings(max_examples=40)
@given(long_exceptions(), st.integers(-60_000, 80_000), st.integers(0, 6000))
def test_exceptions_that_last_and_overlap_are_counted_one_by_one_too(calendar: Calendar, offset: int, length: int) -> None:
    cal = Clocks([calendar]).packed
    first = ORIGIN + offset
    works, counted = by_the_minute(calendar), 0
    for t in range(first, first + length + 1):
        assert work(cal, 1, t) - work(cal, 1, first) == counted
        counted += works(t)
    worked = work(cal, 1, first)
    late, early = start_at(cal, 1, worked), finish_at(cal, 1, worked)
    assert early <= first <= late
    assert late > 2**50 or (work(cal, 1, late) == worked and work(cal, 1, late + 1) == worked + 1)
    assert early < -(2**50) or (work(cal, 1, early) == worked and work(cal, 1, early - 1) == worked - 1)


def test_an_exception_for_ever_takes_no_room() -> None:
    ever = {"from": "0001-01-01", "to": "9999-12-31", "hours": "22:00-06:00"}
    calendar = Calendar(id="c", holidays=["2026-01-07"], exceptions=[ever, {"from": "2026-01-09", "hours": "none"}])
    head, periods = Clocks([calendar]).packed
    assert len(head) + len(periods) < 150
    cal = Clocks([calendar]).packed
    friday = minutes(date(2026, 1, 9))
    assert [work(cal, 1, friday + hour * 60) - work(cal, 1, friday) for hour in (6, 24, 46, 48)] == [360, 360, 360, 480]


@given(calendars(), instants)
def test_start_and_finish_are_the_latest_and_earliest_instant_of_their_working_minute(calendar: Calendar, t: int) -> None:
    cal = Clocks([calendar]).packed
    worked = work(cal, 1, t)
    late, early = start_at(cal, 1, worked), finish_at(cal, 1, worked)
    assert early <= t <= late
    assert work(cal, 1, late) == work(cal, 1, early) == worked
    assert work(cal, 1, late + 1) == worked + 1
    assert work(cal, 1, early - 1) == worked - 1


def one_link(kind: int, mode: Mode, lag: int, clocks: list[int], dur: tuple[int, int]) -> tuple[Links, Nodes]:
    """A link from position 0 to position 1, its lag counted on the third of the clocks."""
    return Links([0, 0, 1], [0], [0], [mode], [kind], [clocks[2]], [lag]), Nodes(clocks[:2], list(dur), [0, 0], [0, 0], [0, 0])


def three_clocks(three: list[Calendar]) -> Tables:
    """Clocks of a calendar with holidays, of one without, and of holidays alone."""
    given = [three[0], Calendar(id="b", week=three[1].week, hours=three[1].hours), Calendar(id="c", holidays=three[2].holidays)]
    return Clocks(given).packed


near = st.one_of(st.integers(-3, 3), st.integers(-1500, 1500))
"""Around an edge: a minute on either side more often than a day."""


@settings(max_examples=400)
@given(
    st.lists(calendars(), min_size=3, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.sampled_from(LinkType),
    st.one_of(st.just(0), st.integers(-3000, -1), st.integers(1, 6000)),
    st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    instants,
    near,
)
def test_the_backward_map_is_the_upper_adjoint_of_the_forward_map(
    three: list[Calendar], clocks: list[int], kind: LinkType, lag: int, dur: tuple[int, int], s: int, beside: int
) -> None:
    cal = three_clocks(three)
    links, nodes = one_link(kind, Mode.CALENDARS, lag, clocks, dur)
    x = work(cal, clocks[0], s)
    y = push(cal, links, nodes, 0, 1, x, 0)
    for at in (y + beside, y - 1, y, y + 1):
        latest = pull(cal, links, nodes, 0, 1, at, 1)
        assert (y <= at) == (x <= latest)
        for begin in (latest, latest + 1, latest + 1 + abs(beside)):  # the greatest start that is early enough, by trying
            assert (push(cal, links, nodes, 0, 1, begin, 0) <= at) == (begin <= latest)


@given(instants, st.integers(0, 40), st.one_of(st.integers(1, 3), st.integers(1, 90 * 1440)))
def test_a_lag_of_months_is_taken_off_to_the_latest_instant_that_is_early_enough(t: int, months: int, ahead: int) -> None:
    latest = latest_before_months(t, months)
    assert add_months(latest, months) <= t < add_months(latest + ahead, months)


@given(instants, st.integers(0, 40), near)
def test_calendar_months_have_their_adjoint_too(s: int, months: int, beside: int) -> None:
    t = add_months(s, months)
    day = (datetime(1, 1, 1) + timedelta(minutes=s)).day
    for at in (t + beside, t - 1, t, t + 1):
        if at >= t or day < 28:  # the last day of a shorter month and the days past its end all land there: later may come earlier
            assert (t <= at) == (s <= latest_before_months(at, months))


@pytest.mark.parametrize("months", [1, 2, 3, 11, 12, 13])
def test_months_are_taken_off_exactly_at_the_end_of_every_month_of_four_years(months: int) -> None:
    first = (datetime(2024, 1, 1) - datetime(1, 1, 1)).days
    for day in range(first, first + 4 * 366):
        for t in (day * 1440, day * 1440 + 615, day * 1440 + 1439):
            latest = latest_before_months(t, months)
            assert add_months(latest, months) <= t < add_months(latest + 1, months), (day, t)


@given(st.lists(calendars(), min_size=3, max_size=3), st.integers(0, 3), st.sampled_from(LinkType), instants, st.integers(1, 30))
def test_a_link_with_a_lag_of_months_is_pulled_back_to_the_latest_start(
    three: list[Calendar], clock: int, kind: LinkType, t: int, months: int
) -> None:
    cal = three_clocks(three)
    links, nodes = one_link(kind, Mode.MONTHS, months, [clock, clock, 0], (480, 600))
    y = work(cal, clock, t)
    latest = pull(cal, links, nodes, 0, 1, y, 1)
    assert push(cal, links, nodes, 0, 1, latest, 0) <= y < push(cal, links, nodes, 0, 1, latest + 1, 0)


@given(st.dates(date(1, 1, 2), date(9999, 12, 31)))
def test_civil_days_agree_with_the_standard_library(day: date) -> None:
    number = day.toordinal() - 1
    assert days_from_civil(day.year, day.month, day.day) == number
    assert month_of(number) == day.year * 12 + day.month - 1


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert add_months(minutes(date(2026, 1, 31)), 1) == minutes(date(2026, 2, 28))
    assert add_months(minutes(datetime(2028, 1, 31, 9, 30)), 1) == minutes(datetime(2028, 2, 29, 9, 30))
    assert add_months(minutes(date(2026, 11, 30)), 3) == minutes(date(2027, 2, 28))


def test_every_day_of_a_shorter_month_comes_before_the_days_that_it_lacks() -> None:
    """A month after any day of February lies at or before the 29th to 31st of March, so its last minute is the latest."""
    for day in (29, 30, 31):
        assert latest_before_months(minutes(datetime(2026, 3, day, 10)), 1) == minutes(date(2026, 3, 1)) - 1
    assert latest_before_months(minutes(datetime(2026, 3, 28, 10)), 1) == minutes(datetime(2026, 2, 28, 10))
