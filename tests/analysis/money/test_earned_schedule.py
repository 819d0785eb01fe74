"""Earned schedule on plans of many pieces, status dates with a time, and scope that came and went (worked by hand, brute force)."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.earned_value import EarnedItem, earned_value
from ipmo.analysis.money.periods import PeriodRule, Stretch, wall_clock
from ipmo.analysis.money.plan_curve import CURVES, PlanCurve, Planned
from ipmo.model import Calendar, Earning, EarningStep, MoneySettings, Portfolio, Programme, Project, Task
from ipmo.model.money import as_spread
from ipmo.testing.strategies import portfolios
from ipmo.units import DAY, minutes


def plan(*tasks: Task, **fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        money=MoneySettings(currency="GBP"),
        **{
            "start": "2026-01-01",
            "calendar": "c",
            "calendars": [Calendar(id="c", week="mon-sun", hours="00:00-24:00")],
            "projects": [Project(id="P", tasks=tasks)],
            **fields,
        },
    )


def work(id: str, planned: tuple[str, str], worked: tuple[str, str] | None = None, **fields: Any) -> Task:
    start, finish = planned
    done = {} if worked is None else {"actual_start": worked[0], "actual_finish": worked[1], "actual": "100 GBP"}
    return Task(id=id, **{"duration": "9 d", "budget": "100 GBP", "baseline_start": start, "baseline_finish": finish, **done, **fields})


def spi_t(pf: Portfolio, item: str = "P", **options: Any) -> float | None:
    found = earned_value(pf, **options)[item].schedule
    return None if found is None else found.spi_t


LATE = work("t", ("2026-01-01", "2026-02-28"), ("2026-01-01", "2026-03-31"))
HALF_MONTHS = work("t", ("2026-01-01", "2026-02-14"), ("2026-01-01", "2026-03-10"))


@pytest.mark.parametrize("seen", ["2026-04-01", "2026-10-01", "2029-01-01", "2026-03-31T23:59"])
def test_finished_work_keeps_its_index_of_time_for_ever(seen: str) -> None:
    pf = plan(LATE, status_date=seen)
    if seen.startswith("2026-03"):
        assert (spi_t(pf) or 0) > 0.66
    else:
        assert (spi_t(pf), spi_t(pf, "P/t"), spi_t(pf, "x")) == (pytest.approx(2 / 3),) * 3


def test_within_a_programme_too_and_whatever_the_months_are() -> None:
    projects = [Project(id="P", programme="G", tasks=[LATE]), Project(id="Q", programme="G", tasks=[LATE])]
    pf = plan(programmes=[Programme(id="G")], projects=projects, status_date="2027-01-01")
    assert spi_t(pf, "G") == pytest.approx(2 / 3)
    # 1 January to 14 February are 1.5 months, to 10 March 2 + 10/31
    assert spi_t(plan(HALF_MONTHS, status_date="2026-12-01")) == pytest.approx(1.5 / (2 + 10 / 31))
    early = work("t", ("2026-01-01", "2026-02-28"), ("2026-01-01", "2026-01-31"))
    assert spi_t(plan(early, status_date="2026-12-01")) == pytest.approx(2)


def test_work_that_is_done_and_nobody_says_when_has_no_index_of_time_after_its_planned_end() -> None:
    done = work("t", ("2026-01-01", "2026-02-28"), progress="100 %", actual="90 GBP", actual_start="2026-01-01")
    assert spi_t(plan(done, status_date="2026-02-01")) == pytest.approx(2)  # it is at least so early
    assert spi_t(plan(done, status_date="2026-06-01")) is None
    steps = Earning(rule="weighted milestones", steps=[EarningStep(done="2026-02-10"), EarningStep(done="2026-03-31")])
    by_steps = work("t", ("2026-01-01", "2026-02-28"), earning=steps, actual="90 GBP", actual_start="2026-01-01")
    assert spi_t(plan(by_steps, status_date="2026-12-01")) == pytest.approx(2 / 3)


@pytest.mark.parametrize("day", ["2026-03-01", "2026-06-01", "2026-09-30", "2026-10-01"])
def test_a_planned_pause_is_no_delay_and_what_comes_after_it_can_be(day: str) -> None:
    first, second = ("2026-01-01", "2026-02-28"), ("2026-10-01", "2026-10-31")
    pf = plan(work("x", first, first), work("y", second), status_date=day)
    assert spi_t(pf) == 1
    late = spi_t(pf, as_of="2026-12-01")
    assert late == pytest.approx(9 / 11)  # the pause ended on 1 October: nine of eleven months
    assert not [f for f in ipmo.check(pf) if f.code == "ipmo/watermelon-spi-t"]


def test_a_pause_from_the_middle_of_a_month_to_the_middle_of_another() -> None:
    first, second = ("2026-01-05", "2026-03-12"), ("2026-10-20", "2026-11-05")
    pf = plan(work("x", first, first), work("y", second))
    assert [spi_t(pf, as_of=day) for day in ("2026-03-13", "2026-03-31", "2026-07-01", "2026-10-19", "2026-10-20")] == [1] * 5
    assert (spi_t(pf, as_of="2026-10-25") or 1) < 1
    slow = plan(work("x", first, ("2026-01-05", "2026-06-30")), work("y", second))
    assert spi_t(slow, as_of="2026-07-01") == 1  # what the pause left room for has been used, and no more
    half = plan(work("x", first, actual_start="2026-01-05", progress="50 %", actual="90 GBP"), work("y", second))
    assert (spi_t(half, as_of="2026-06-01") or 1) < 0.5


def test_a_status_date_with_a_time_is_that_time() -> None:
    nine_to_five = {"calendar": "std", "calendars": [Calendar(id="std", week="mon-fri", hours="09:00-13:00, 13:00-17:00")]}
    span = ("2026-01-05T09:00", "2026-01-16T17:00")
    for seen, pv in (("2026-01-16T17:00", 1000), ("2026-01-16T13:00", 950), ("2026-01-16", 900), ("2026-01-09T17:00", 500)):
        done = seen == "2026-01-16T17:00"
        doing = {"actual_start": span[0], "progress": f"{pv // 10} %"}
        task = work("t", span, span if done else None, **{"budget": "1000 GBP", **({} if done else {"actual": "900 GBP", **doing})})
        found = earned_value(plan(task, status_date=seen, **nine_to_five))["P"]
        assert (found.pv and found.pv.amount, found.indices.spi, found.schedule and found.schedule.spi_t) == (pv, 1, 1)


def test_what_has_happened_by_a_time_is_by_the_minute() -> None:
    def ev(finish: str, seen: str) -> Any:
        task = work("t", ("2026-01-05", "2026-01-16"), ("2026-01-05", finish), earning="0/100")
        money = earned_value(plan(task, status_date=seen))["P"].ev
        return money and money.amount

    assert ev("2026-01-16T18:00", "2026-01-16T17:00") == 0
    assert ev("2026-01-16T17:00", "2026-01-16T17:00") == 100
    assert ev("2026-01-16", "2026-01-16T17:00") == 100  # a day without a time is that day
    assert ev("2026-01-16T18:00", "2026-01-16") == 100


def test_a_budget_that_cannot_be_phased_is_in_bac_and_blank_elsewhere() -> None:
    loose = Task(id="x", budget="900 GBP", actual="120 GBP", actual_start="2026-02-01", remaining="30 d")
    lonely = earned_value(plan(loose, status_date="2026-04-01"))
    for item in (lonely.total, lonely["P"], lonely["P/x"]):
        assert item.bac is not None
        assert (item.bac.amount, item.pv, item.ev, item.indices.sv, item.schedule) == (900, None, None, None, None)
    assert [lonely.table()[name] for name in ("bac", "pv", "ev", "sv", "spi", "es")] == [(900, 900, 900), *[(None,) * 3] * 5]
    beside = earned_value(plan(loose, LATE, status_date="2026-04-01")).total
    assert (beside.bac and beside.bac.amount, beside.indices.bac, beside.known, beside.total) == (1000, 100, 1, 2)
    nothing = earned_value(plan(Task(id="x", duration="3 d"), status_date="2026-04-01")).total
    assert (nothing.bac, nothing.pv, nothing.ev) == (None, None, None)


def amounts(item: EarnedItem) -> tuple[Any, ...]:
    return tuple(money and int(money.amount) for money in (item.bac, item.pv, item.ev, item.ac))


def test_bac_is_that_of_the_named_baseline_and_scope_that_came_and_went_is_listed() -> None:
    span = ("2026-01-01", "2026-01-31")
    before = plan(
        projects=[
            Project(id="P", programme="G", tasks=[work("a", span), work("b", span, budget="200 GBP")]),
            Project(id="Q", programme="G", budget="400 GBP", start="2026-01-01", finish="2026-02-28"),
            Project(id="R", tasks=[work("r", span, budget="50 GBP")]),
        ],
        programmes=[Programme(id="G")],
    )
    after = plan(
        projects=[
            Project(id="P", programme="G", tasks=[work("a", span, span, budget="130 GBP"), work("c", span, span, budget="70 GBP")]),
            Project(id="Q", programme="G", state="cancelled", budget="400 GBP", start="2026-01-01", finish="2026-02-28"),
            Project(id="N", tasks=[work("n", span, budget="25 GBP")]),
        ],
        programmes=[Programme(id="G")],
        status_date="2026-02-01",
    )
    found = earned_value(after, baseline=before)
    assert [item.item for item in found.added] == ["P/c", "N/n"]
    assert [item.item for item in found.removed] == ["P/b", "Q", "R/r"]
    assert amounts(found.total) == (750, 100, 100, 100)
    assert (found.total.known, found.total.total) == (1, 4)
    assert amounts(found["P"]) == (300, 100, 100, 100)
    assert amounts(found["G"]) == (700, 100, 100, 100)
    assert "P/c: added to the baseline, in no sum: budget 70 GBP, AC 100 GBP" in found.explain("P")
    assert "P/b: removed from the baseline, which gives it 200 GBP" in found.explain("P")
    assert found.table()["scope"].count("removed") == 3
    at_completion = {row["item"]: (row["eac"], row["vac"]) for row in found.table().rows()}
    assert at_completion["P/a"] == (100, 0)  # a whole that is known in part has no forecast beside its whole budget
    assert {at_completion[item] for item in ("P", "G", found.total.item)} == {(None, None)}
    same = earned_value(after, baseline=after)
    assert (same.added, same.removed) == ((), ())
    assert amounts(same.total) == amounts(earned_value(after).total)


def test_a_lump_that_was_broken_down_since_is_the_same_scope() -> None:
    before = plan(projects=[Project(id="P", budget="200 GBP", start="2026-01-01", finish="2026-02-28")])
    detail = [
        Task(id="a", duration="10 d", budget="90 GBP", actual_start="2026-01-01", actual_finish="2026-01-31"),
        Task(id="b", duration="10 d"),
    ]
    now = plan(projects=[Project(id="P", budget="200 GBP", actual="80 GBP", tasks=detail)], status_date="2026-02-01")
    found = earned_value(now, baseline=before)
    assert (found.added, found.removed) == ((), ())
    assert amounts(found.total)[:1] == (200,)
    assert amounts(found.total)[2:] == (100, 80)


MONTH = PeriodRule("month")
BEGIN = minutes(datetime(2026, 1, 1))


@st.composite
def curves(draw: st.DrawFn) -> list[Planned]:
    """Pieces of a few hours with pauses between them."""
    out, at = [], BEGIN
    for _ in range(draw(st.integers(1, 4))):
        since = at + draw(st.integers(-30, 90))
        until = since + draw(st.integers(0, 40))
        spread = as_spread(draw(st.sampled_from(["even", "front", "back", "s-curve", [0.5, 0.0, 0.5]])))
        out.append(Planned(Fraction(draw(st.integers(1, 9))), Stretch(since, until, spread, wall_clock)))
        at = max(at, until)
    return out


def value(pieces: list[Planned], instant: int) -> Fraction:
    return sum((p.value * p.stretch.by(instant) for p in pieces), Fraction(0))


@settings(max_examples=80)
@given(curves(), st.integers(-60, 400), st.fractions(0, 1, max_denominator=12))
def test_earned_schedule_is_the_latest_time_of_the_plan_by_brute_force(pieces: list[Planned], gone: int, share: Fraction) -> None:
    curve, now = PlanCurve(pieces, MONTH), BEGIN + gone
    whole = sum((p.value for p in pieces), Fraction(0))
    on_plan = curve.earned(value(pieces, now), now)
    if curve.begins <= now < curve.ends:
        assert on_plan is not None
        assert on_plan.es == on_plan.at  # as planned: an index of 1 at every instant
    found = curve.earned(share * whole, now)
    if share == 1:
        assert found is None or found.es == found.pd
        return
    assert found is not None
    within = [t for t in range(curve.begins, curve.ends + 1) if value(pieces, t) <= share * whole]
    same = [t for t in within if value(pieces, t) == share * whole]
    latest, minute = max(within), 1 / 44640
    at = max(now, curve.begins)
    expected = min(max(at, min(same)), latest) if same else latest
    assert found.es == pytest.approx(MONTH.between_instants(curve.begins, expected), abs=minute * 1.01)
    assert found.at == MONTH.between_instants(curve.begins, at)


@settings(max_examples=40)
@given(portfolios(), portfolios())
def test_bac_is_the_baselines_whatever_became_of_the_plan(pf: Portfolio, plan: Portfolio) -> None:
    def ask(now: Portfolio, baseline: Portfolio | None) -> Any:
        try:
            return earned_value(now, as_of="2026-06-01", baseline=baseline, unrated="unknown")
        except ipmo.IpmoError:
            return None

    same, alone = ask(pf, pf), ask(pf, None)
    if same is not None and alone is not None:
        assert (same.added, same.removed) == ((), ())
        assert (same.total.bac, same.total.indices.ev, same.total.known) == (alone.total.bac, alone.total.indices.ev, alone.total.known)
    against, before = ask(pf, plan), ask(plan, None)
    if against is not None and before is not None and pf.money == plan.money:
        efforts = [item for item in (*against.rows, *before.rows) if item.rule == "level of effort"]
        parts = {item.item for item in before.rows if item.parts} - {item.item for item in against.rows if item.parts}
        if not efforts and not parts:
            assert against.total.bac == before.total.bac


@pytest.mark.parametrize("curve", [*CURVES, "own"])
def test_many_pieces_of_a_plan_come_to_what_each_comes_to_by_itself(curve: str) -> None:
    """Sixty pieces of eleven to seventy days, one day apart, seen on every fifth day; by the share that a spread itself says."""
    spread = as_spread([0.2, 0.5, 0.3]) if curve == "own" else as_spread(curve)
    pieces = [Planned(Fraction(n + 1), Stretch(BEGIN + DAY * n, BEGIN + DAY * (2 * n + 11), spread, wall_clock)) for n in range(60)]
    whole = PlanCurve(pieces, MONTH)
    assert (whole.begins, whole.ends) == (BEGIN, BEGIN + 129 * DAY)
    for instant in range(BEGIN - DAY, BEGIN + 131 * DAY, 5 * DAY):
        due = sum((piece.value * piece.stretch.by(instant) for piece in pieces), Fraction(0))
        if 0 < due < 1830:
            found = whole.earned(due, instant)
            assert found is not None
            assert found.es == pytest.approx(found.at, abs=1e-9), "work on plan has an SPI(t) of 1"
            later = whole.earned(due, instant + 30 * DAY)
            assert later is not None
            assert later.es == pytest.approx(found.es, abs=1e-4), "what was earned then is worth the time then"


def test_the_time_that_is_earned_is_read_off_the_plan_minute_by_minute() -> None:
    """10 over ten days, a pause of ten, 10 over ten more: half of it is earned at day 5; 10 anywhere in the pause, at its end when late."""
    plan = PlanCurve(
        [Planned(Fraction(10), Stretch(BEGIN + DAY * d, BEGIN + DAY * (d + 10), as_spread("even"), wall_clock)) for d in (0, 20)], MONTH
    )

    def days(earned: int | Fraction, now: int) -> float:
        found = plan.earned(Fraction(earned), BEGIN + now * DAY)
        assert found is not None
        return round(found.es * 31, 3)  # January has 31 days

    assert [days(5, now) for now in (3, 5, 9, 25)] == [5, 5, 5, 5]
    assert [days(0, now) for now in (0, 3)] == [0, 0]
    assert [days(10, now) for now in (4, 10, 14, 20, 25)] == [10, 10, 14, 20, 20]
    assert [days(15, now) for now in (5, 25, 29)] == [25, 25, 25]
    assert days(Fraction(1, 1000), 9) == 0.001


@pytest.mark.parametrize(("earned", "index"), [("0.1", 0.1), ("0.5", 0.5), ("1", 1.0)])
def test_before_the_first_month_is_earned_the_index_is_its_share(earned: str, index: float) -> None:
    """pmcontrols 0.2.1 says 1.00 for each of them: its earned schedule is never less than the first period of the plan."""
    months = [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")]
    tasks = [work(f"m{place}", dates) for place, dates in enumerate(months)]
    begun = work("m0", months[0], progress=earned, actual_start="2026-01-01", actual="90 GBP")
    assert spi_t(plan(begun, *tasks[1:], status_date="2026-02-01")) == pytest.approx(index)
