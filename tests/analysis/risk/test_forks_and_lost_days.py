"""Branches and calendar risk against exact answers, and a sample against the schedule that has the lost days as holidays."""

from __future__ import annotations

import itertools
import math
import sys
from collections import Counter
from datetime import date, timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples, run
from ipmo.analysis.risk.uncertain import with_lengths
from ipmo.model import CalendarException, Dialect, Fixed, LostDays, Portfolio, Task, Uniform
from ipmo.network.states import State
from ipmo.testing.strategies import dialects, portfolios
from ipmo.units import DAY, Span, minutes

SAMPLES = 20_000
BRANCH = {"id": "test", "ways": [{"probability": 0.3, "items": ["p/rework"]}, {"probability": 0.1, "items": ["p/redesign"]}]}


def within(found: float, exact: float, deviation: float, samples: int = SAMPLES) -> bool:
    return abs(found - exact) <= 4 * deviation / math.sqrt(samples)


def fork_plan(*branches: dict[str, Any], **more: Any) -> Portfolio:
    """A test that passes, needs rework or a new design, before work goes live; a site that takes 12 days beside it."""
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "projects": [
                {
                    "id": "p",
                    "tasks": [
                        {"id": "test", "duration": "10 ed", "budget": "1 k GBP"},
                        {"id": "rework", "duration": "5 ed", "budget": "2 k GBP", "after": "test"},
                        {"id": "redesign", "duration": "40 ed", "budget": "9 k GBP", "after": "test"},
                        {"id": "site", "duration": "12 ed", "budget": "1 k GBP"},
                        {"id": "live", "duration": "1 ed", "budget": "0 GBP", "after": ["rework", "redesign", "site"]},
                    ],
                }
                | more,
            ],
            "branches": list(branches),
        }
    )


def test_each_sample_takes_one_way_or_none() -> None:
    q = ipmo.simulate(fork_plan(BRANCH), samples=SAMPLES, seed=4)
    begin = minutes(date(2026, 1, 5))
    ends = Counter(((q.finish("p/live").instants - begin) // DAY).tolist())
    assert set(ends) == {13, 16, 51}
    for day, exact in ((13, 0.6), (16, 0.3), (51, 0.1)):
        assert within(ends[day] / SAMPLES, exact, math.sqrt(exact * (1 - exact)))
    paid = Counter(q.cost("p").minor.tolist())
    assert {amount: ends[day] for amount, day in ((200_000, 13), (400_000, 16), (1_100_000, 51))} == dict(paid)
    critical = dict(zip(q.criticality()["id"], q.criticality()["criticality"], strict=True))
    assert critical["p/rework"] == ends[16] / SAMPLES
    assert critical["p/redesign"] == ends[51] / SAMPLES
    assert critical["p/site"] == ends[13] / SAMPLES
    assert critical["p/live"] == 1


def test_two_branches_are_independent_and_multiply() -> None:
    """All pairs of ways, enumerated."""
    second = {"id": "permit", "ways": [{"probability": 0.5, "items": ["p/site"]}]}
    q = ipmo.simulate(fork_plan(BRANCH, second), samples=SAMPLES, seed=4)
    exact: Counter[int] = Counter()
    for (after, chance), (site, other) in itertools.product(((0, 0.6), (5, 0.3), (40, 0.1)), ((12, 0.5), (0, 0.5))):
        exact[max(10 + after, site) + 1] += chance * other
    ends = Counter(((q.finish("p/live").instants - minutes(date(2026, 1, 5))) // DAY).tolist())
    assert set(ends) == set(exact)
    for day, chance in exact.items():
        assert within(ends[day] / SAMPLES, chance, math.sqrt(chance * (1 - chance))), day


def test_a_branch_that_has_begun_is_decided() -> None:
    data = ipmo.to_dict(fork_plan(BRANCH))
    data["portfolio"]["status_date"] = "2026-01-16"
    tasks = data["projects"][0]["tasks"]
    tasks[0] |= {"actual_start": "2026-01-05", "actual_finish": "2026-01-14", "actual": "1 k GBP"}
    tasks[1] |= {"actual_start": "2026-01-15"}
    q = ipmo.simulate(ipmo.from_dict(data), samples=400)
    assert np.unique(q.finish("p/live").instants).size == 1
    assert q.cost("p").p(50) == ipmo.Money("4000", "GBP")
    tasks[2] |= {"actual_start": "2026-01-15"}
    with pytest.raises(ipmo.ModelError, match="two ways of branch 'test' have begun"):
        ipmo.simulate(ipmo.from_dict(data), samples=400)


def test_a_risk_of_work_that_is_not_done_does_not_happen() -> None:
    risk = {"id": "r", "before": {"probability": 1, "impacts": [{"target": "p/rework", "delay": "3 ed", "cost": "5 k GBP"}]}}
    q = ipmo.simulate(fork_plan(BRANCH, risks=[risk]), samples=2000, seed=4)
    plain = ipmo.simulate(fork_plan(BRANCH), samples=2000, seed=4)
    reworked = plain.cost("p").minor == 400_000
    assert (q.finish("p/live").instants - plain.finish("p/live").instants == np.where(reworked, 3 * DAY, 0)).all()
    assert (q.cost("p").minor - plain.cost("p").minor == np.where(reworked, 500_000, 0)).all()


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ([], "branch 'test' has no ways"),
        ([{"probability": 0.7, "items": ["p/site"]}, {"probability": 0.6, "items": ["p/test"]}], "probabilities of 1.3 in all"),
        ([{"probability": 0.2, "items": ["p"]}, {"probability": 0.2, "items": ["p/test"]}], "'p/test' belongs to two ways"),
        (
            [{"probability": 0.2, "items": ["p/site"]}, {"probability": 0.2, "items": ["p/site"]}],
            "'p/site' belongs to the ways of 'test' twice",
        ),
        ([{"probability": 1.5, "items": ["p/site"]}], r"branches\[0\].ways\[0\].probability"),
    ],
)
def test_a_branch_that_cannot_be_is_refused_by_its_name(ways: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ipmo.ModelError, match=said):
        ipmo.simulate(fork_plan({"id": "test", "ways": ways}), samples=10)


# ------------------------------------------------------------------------------------------------ lost days


def weathered(days: object, months: object = (), length: str = "8 d", start: str = "2027-02-01") -> Portfolio:
    """Outdoor work, 20 working days in February 2027, which begins on a Monday."""
    lost = {"days": days} | ({"months": list(months)} if months else {})  # type: ignore[call-overload]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": start, "calendar": "site"},
            "calendars": [{"id": "site", "lost": [lost]}],
            "projects": [{"id": "p", "tasks": [{"id": "dig", "duration": length}, {"id": "lay", "duration": "1 d", "after": "dig"}]}],
        }
    )


def test_lost_days_are_drawn_evenly_among_the_working_days_of_their_month() -> None:
    """Of 20 days 5 are lost: 8 days of work are done by day k where at most k - 8 of the first k are lost (hypergeometric)."""
    found = ipmo.simulate(weathered(5), samples=SAMPLES, seed=2).finish("p/dig")
    working = [date(2027, 2, 1) + timedelta(days=n) for n in range(28) if n % 7 < 5]
    for k in range(8, 14):
        exact = sum(math.comb(k, lost) * math.comb(20 - k, 5 - lost) for lost in range(k - 8 + 1) if lost <= 5) / math.comb(20, 5)
        assert within(found.by(working[k - 1]), exact, math.sqrt(exact * (1 - exact)) or 1e-9), k


def test_parts_of_days_are_lost_by_chance_and_all_days_that_there_are() -> None:
    """20 days of work in February lose 2.5 of it on average, and what they then need of March loses nothing."""
    q = ipmo.simulate(weathered(2.5, [2], "20 d"), samples=SAMPLES, seed=2)
    late = np.array([np.busday_count(date(2027, 3, 1), one.date()) + 1 for one in q.finish("p/dig").samples])
    assert set(late) == {2, 3}
    assert within(late.mean(), 2.5, 0.5)


def test_a_month_without_any_working_day_left_is_passed_over() -> None:
    q = ipmo.simulate(weathered(25, [2]), samples=50)
    assert q.finish("p/dig").p(50) == date(2027, 3, 10)
    assert [one.code for one in q.findings if one.item == "site"] == ["ipmo/more-days-lost"]
    with pytest.raises(ipmo.ScheduleError, match="'site' does not end"):
        ipmo.simulate(weathered(25), samples=50)


def test_dialling_other_work_leaves_the_weather_as_it_was() -> None:
    one = ipmo.simulate(weathered({"low": 0, "likely": 3, "high": 9}), samples=700, seed=9)
    other = ipmo.simulate(weathered({"low": 0, "likely": 3, "high": 9}, length="7 d"), samples=700, seed=9)
    assert (one.finish("p/dig").instants > other.finish("p/dig").instants).all()
    again = ipmo.simulate(weathered({"low": 0, "likely": 3, "high": 9}), samples=600, seed=9)
    assert (again.finish("p/dig").instants == one.finish("p/dig").instants[:600]).all()


def test_the_days_that_a_calendar_loses_are_one_of_the_causes() -> None:
    q = ipmo.simulate(weathered({"low": 2, "likely": 4, "high": 9}, length="40 d"), samples=500, seed=9)
    row = next(q.drivers().rows())
    assert (row["cause"], row["kind"]) == ("site", "calendar")
    assert row["days"] > 4
    assert q.finish("p/dig").planned == minutes(date(2027, 3, 26)) + 17 * 60


def test_chunks_and_threads_lose_the_same_days() -> None:
    plan = Plan(weathered({"low": 0, "likely": 3, "high": 9}, length="70 d"), 1500, 1, "before", None, "beta", ())
    whole = np.concatenate([one.dates for one in run(plan.setup)], axis=1)
    parts = np.concatenate([one.dates for one in run(plan.setup, batch=1)], axis=1)
    assert (whole == parts).all()


LOST = (LostDays(days=Uniform(0.0, 9.0), months=(1, 2, 3, 4)), LostDays(days=Fixed(3.0), months=(5, 6, 7, 8, 9, 10)))


def same_as_holidays(pf: Portfolio, dialect: Dialect) -> int:
    """Holds samples against schedules whose calendars have the lost days as holidays; how many dates that were.

    They are exceptions without hours there: a holiday is worked where an exception says so, a day that is lost never.
    """
    pf = attrs.evolve(pf, calendars=[attrs.evolve(one, lost=LOST) for one in pf.calendars])
    try:
        plan = Plan(pf, 6, 1, "before", dialect, "beta", ())
        samples = Samples(plan.setup)
        found = samples.batch(0, 1)
    except (ipmo.ScheduleError, ipmo.UnitError):
        return 0
    net = plan.schedule.network
    begun = any(one is State.STARTED for one in net.state)
    if not plan.setup.lost or (begun and (pf.data_date is None or dialect.data_date != "binds")):
        return 0  # what is done of work under way has lost what it has: a holiday would make that longer
    lengths, _ = samples.lengths(0, 1)
    count = 0
    for sample in (0, 4):
        away = samples.lost_days(0, 1, sample)
        changed = with_lengths(pf, plan.setup.structures.pieces, {name: int(row[sample]) for name, row in lengths.items()})
        gone = {name: [CalendarException(first=day, last=day, hours="none") for day in days] for name, days in away.items()}
        held = [attrs.evolve(one, exceptions=[*one.exceptions, *gone.get(one.id, ())]) for one in changed.calendars]
        s = ipmo.schedule(attrs.evolve(changed, calendars=held), dialect=dialect, on_cycle="cut")
        for place, kept in enumerate(plan.setup.kept):
            if not kept.begins:
                ends = [s.instants(plan.schedule.network.ids[node])[1] for node in kept.nodes]
                assert max([kept.done, *(end for end in ends if end is not None)]) == found.dates[place, sample], (kept.full_id, sample)
                count += 1
    return count


def without_working_lags(pf: Portfolio) -> Portfolio:
    """The same with elapsed lags in place of working ones: a holiday makes those longer, a lost day does not."""

    def elapsed(lag: Span | None) -> Span | None:
        return Span(lag.amount, f"e{lag.unit}") if lag is not None and lag.dimension == "working" else lag

    def changed(task: Task) -> Task:
        return attrs.evolve(task, after=[attrs.evolve(one, lag=elapsed(one.lag)) for one in task.after])

    projects = [attrs.evolve(one, tasks=[changed(task) for task in one.tasks]) for one in pf.projects]
    return attrs.evolve(pf, projects=projects, links=[attrs.evolve(one, lag=elapsed(one.lag)) for one in pf.links])


@settings(max_examples=40, deadline=None)
@given(portfolios(tied=True), dialects())
def test_a_lost_day_is_a_holiday_that_the_sample_knows(pf: Portfolio, dialect: Dialect) -> None:
    same_as_holidays(without_working_lags(pf), dialect)


@pytest.mark.parametrize("progress", [{"progress": 0.5}, {"remaining": "5 d"}])
def test_what_is_done_of_work_under_way_loses_no_more_days(progress: dict[str, Any]) -> None:
    """Without a status date the rest follows five days of work done, from 8 February on: with k of its first 5 + k days lost it takes so many."""
    data = ipmo.to_dict(weathered(5, length="10 d"))
    data["projects"][0]["tasks"][0] |= {"actual_start": "2027-02-01"} | progress
    found = ipmo.simulate(ipmo.from_dict(data), samples=SAMPLES, seed=2).finish("p/dig")
    working = [date(2027, 2, 8) + timedelta(days=n) for n in range(21) if n % 7 < 5]
    for k in range(5, 11):
        exact = sum(math.comb(k, lost) * math.comb(20 - k, 5 - lost) for lost in range(k - 4)) / math.comb(20, 5)
        assert within(found.by(working[k - 1]), exact, math.sqrt(exact * (1 - exact)) or 1e-9), k


@pytest.mark.parametrize("dialect", ["ipmo", "p6", "msproject"])
def test_a_milestone_on_its_calendar_lies_on_no_lost_day(dialect: str) -> None:
    """Of 20 days 5 are lost: the first k of them with a chance of C(20 - k, 5 - k) / C(20, 5). At any instant a milestone waits for none."""
    data = ipmo.to_dict(weathered(5))
    data["projects"][0] |= {"gates": [{"id": "begin"}]}
    data["projects"][0]["tasks"] += [{"id": "point", "milestone": True, "milestone_of": "start"}, {"id": "none", "duration": "0 d"}]
    q = ipmo.simulate(ipmo.from_dict(data), samples=SAMPLES, seed=2, dialect=dialect)
    for name in ("begin", "point", "none"):
        found = q.finish(f"p/{name}")
        for k in range(1, 6):
            exact = math.comb(20 - k, 5 - k) / math.comb(20, 5) if dialect != "ipmo" else 0
            later = float((found.instants >= minutes(date(2027, 2, 1) + timedelta(days=k))).mean())
            assert within(later, exact, math.sqrt(exact * (1 - exact)) or 1e-9), (name, k)


@pytest.mark.parametrize("milestones", ["wall clock", "calendar"])
def test_a_gate_is_decided_on_no_holiday_that_only_the_sample_knows(milestones: str) -> None:
    """Where milestones lie on their calendar, that of a gate loses days; what has no length in the plan loses days where it has one."""
    dialect = attrs.evolve(ipmo.model.DIALECTS["ipmo"], milestones=milestones)
    tasks: list[dict[str, Any]] = [
        {"id": "t1", "duration": "1 h"},
        {"id": "t2", "duration": {"low": "0 d", "likely": "0 d", "high": "90 d"}, "after": "t1"},
    ]
    for some in ([], tasks[:1], tasks):
        data = {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "c000"},
            "calendars": [{"id": "c000"}, {"id": "always", "week": "mon-sun", "hours": "00:00-24:00"}],
            "projects": [{"id": "p1", "tasks": some, "gates": [{"id": "g1"}, {"id": "g2", "calendar": "always"}]}],
        }
        count = same_as_holidays(ipmo.from_dict(data), dialect)
        assert count == (2 * (4 + len(some)) if some or milestones == "calendar" else 0)


def test_an_exception_brings_no_lost_day_back() -> None:
    """A day of work needs both half days of the exceptions, of which one is lost, and half of the day after them."""
    data = ipmo.to_dict(weathered({"low": 1, "likely": 3, "high": 9}, length="1 d"))
    half = {"from": "2027-02-01", "to": "2027-02-02", "hours": "10:00-14:00"}
    data["calendars"][0] |= {"exceptions": [half]}
    q, samples = ipmo.simulate(ipmo.from_dict(data), samples=200, seed=2), 0
    plan = Plan(ipmo.from_dict(data), 200, 2, "before", None, "beta", ())
    drawn = Samples(plan.setup)
    for sample, end in enumerate(q.finish("p/dig").samples):
        lost = drawn.lost_days(0, 1, sample)["site"]
        if sum(date(2027, 2, day) in lost for day in (1, 2)) == 1 and date(2027, 2, 3) not in lost:
            assert end.date() == date(2027, 2, 3)
            samples += 1
    assert samples


def test_lags_lose_no_days() -> None:
    """Work of a day ends after the lost days before it; 60 working days of lag after that are those of the calendar itself."""
    data = ipmo.to_dict(weathered(5))
    data["projects"][0]["tasks"] = [
        {"id": "dig", "duration": "8 h"},
        {"id": "lay", "duration": "8 h", "after": {"from": "dig", "lag": "60 d"}},
    ]
    q = ipmo.simulate(ipmo.from_dict(data | {"calendars": [{"id": "site", "lost": [{"days": 5, "months": [2]}]}]}), samples=500, seed=2)
    first = [np.busday_offset(one.date(), 61) for one in q.finish("p/dig").samples]
    assert len(set(first)) > 1
    assert [one.date() for one in q.finish("p/lay").samples] == [one.astype(date) for one in first]


def test_the_holidays_above_are_held_against_many_dates() -> None:
    plan = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2027-01-04", "calendar": "site"},
            "calendars": [{"id": "site", "holidays": ["2027-01-06"]}, {"id": "night", "week": "mon-sat", "hours": "22:00-06:00"}],
            "projects": [
                {
                    "id": "p",
                    "tasks": [
                        {"id": "a", "duration": {"low": "20 d", "likely": "30 d", "high": "50 d"}},
                        {"id": "b", "duration": "9 d", "after": "a"},
                        {"id": "c", "duration": "30 d", "after": {"from": "a", "type": "SS"}},
                        {"id": "d", "duration": "12 d", "calendar": "night", "after": [{"from": "a", "type": "FF"}, "c"]},
                        {"id": "e", "duration": "7 d", "after": {"from": "d", "type": "SF"}},
                        {"id": "f", "duration": "7 d", "after": [{"from": "d", "type": "FF", "lag": "2 ed"}, "b"]},
                    ],
                }
            ],
        }
    )
    assert sum(same_as_holidays(plan, ipmo.model.DIALECTS[name]) for name in ("ipmo", "p6", "msproject")) >= 48


def test_a_branch_of_many_ways_is_looked_through_once() -> None:
    def calls(count: int) -> tuple[Portfolio, int]:
        ways = [{"probability": 0.0001, "items": []} for _ in range(count)]
        pf = fork_plan({"id": "test", "ways": [*ways, {"probability": 0.0001, "items": ["p/rework"]}]})
        seen: list[None] = []
        sys.setprofile(lambda frame, event, what: seen.append(None))
        try:
            ipmo.simulate(pf, samples=2)
        finally:
            sys.setprofile(None)
        return pf, len(seen)

    calls(5)  # what is loaded once
    few = calls(100)[1]
    pf, many = calls(1600)
    assert many < 20 * few, "each way held against each other would take 256 times as many steps"
    q = ipmo.simulate(pf, samples=2)
    assert [one.code for one in q.findings if one.item == "test"] == ["ipmo/branch"]
