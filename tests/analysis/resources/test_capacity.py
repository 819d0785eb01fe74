"""Demand by week, ten quarters ahead with proposed work on top, and how many things somebody does at once."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.periods import WeekRule

from .conftest import portfolio, portfolios

ONE = [{"from": "2026-01-01", "value": 1}]


def test_demand_by_week() -> None:
    """By hand: eight days from Monday 2 March are five in week 10 and three in week 11."""
    found = ipmo.capacity(portfolio({"id": "a", "duration": "8 d"}, {"id": "b", "duration": "1 d"}), every="week")
    assert [(load.period.name, load.demand, load.capacity, load.over) for load in found] == [("2026-W10", 6, 5, 1), ("2026-W11", 3, 5, 0)]
    assert [(load.tasks, load.multitasking) for load in found] == [(2, 2), (1, 1)]
    assert found["ann", "2026-W10"].period.start == date(2026, 3, 2)


@given(st.dates(date(1, 1, 8), date(9999, 12, 20)))
def test_weeks_follow_each_other_and_have_every_day_once(day: date) -> None:
    week = WeekRule().of(day)
    assert week.start <= day < week.end
    assert week.start.weekday() == 0
    assert (week.end - week.start).days == 7
    assert [one.start for one in WeekRule().between(day, day + timedelta(days=8))][:2] == [week.start, week.end]
    assert week.name == f"{day.isocalendar().year:04}-W{day.isocalendar().week:02}"


@given(portfolios())
def test_weeks_and_months_sum_to_the_same_demand(pf: ipmo.Portfolio) -> None:
    whole = {every: sum((load.demand for load in ipmo.capacity(pf, every=every)), Fraction(0)) for every in ("week", "month")}  # type: ignore[arg-type]
    assert whole["week"] == whole["month"]


def test_ten_quarters_ahead_with_proposed_work_on_top() -> None:
    work = {"id": "t", "duration": "10 d", "assignments": [{"resource": "ann"}]}
    rows: list[dict[str, Any]] = [
        {"id": "P", "tasks": [work]}, {"id": "Q", "state": "proposed", "tasks": [{**work, "not_before": "2026-07-01"}]},
    ]  # fmt: skip
    people = [{"id": "ann", "capacity": ONE}, {"id": "idle", "capacity": ONE}]
    pf = ipmo.Portfolio(id="x", start="2026-03-02", status_date="2026-03-02", resources=people, projects=rows)
    found = ipmo.capacity(pf, every="quarter", periods=10, include=["proposed"])
    ann = found.of("ann")
    assert [load.period.name for load in ann] == [f"{year}-Q{q}" for year in (2026, 2027, 2028) for q in (1, 2, 3, 4)][:10]
    assert [(load.demand, load.proposed) for load in ann[:4]] == [(10, 0), (0, 0), (10, 10), (0, 0)]
    assert sum(load.demand for load in found.of("idle")) == 0
    assert {load.tasks for load in found.of("idle")} == {0}
    assert [load.demand for load in ipmo.capacity(pf, every="quarter", periods=3)][:3] == [10, 0, 0]
    assert list(ipmo.capacity(pf, every="quarter").of("ann")) == [ipmo.capacity(pf, every="quarter", periods=1).of("ann")[0]]
    for wrong in (0, 10_000):
        with pytest.raises(ipmo.OptionError, match="periods"):
            ipmo.capacity(pf, periods=wrong)


def test_how_many_things_each_does_at_once_and_who_holds_the_most_back() -> None:
    half = [{"resource": "ann", "units": 0.25}]
    crew = [{"resource": "crew"}]
    pf = portfolio(
        *({"id": name, "duration": "2 d", "assignments": half} for name in "abc"), *({"id": name, "duration": "2 d", "assignments": crew} for name in "xyz"),
        resources=[{"id": "ann", "capacity": ONE}, {"id": "crew", "capacity": [{"from": "2026-01-01", "value": 2}]}, {"id": "dan"}],
    )  # fmt: skip
    found = ipmo.capacity(pf)
    assert {load.name: (load.tasks, load.multitasking, load.over) for load in found} == {"ann": (3, 3, 0), "crew": (3, Fraction(3, 2), 2)}
    assert (found.ranked, found.constraint) == (("crew", "ann"), "crew")
    assert [row["multitasking"] for row in found.table().rows()] == [3.0, 1.5]
