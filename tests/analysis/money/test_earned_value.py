"""Earned value: published answers (O-14 to O-16), earning rules by hand, sums first and divisions last."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.earned_value import earned_value
from ipmo.analysis.money.indices import Forecast, earned_schedule, indices
from ipmo.errors import ModelError, OptionError, UnitError
from ipmo.model import Budget, BudgetLine, Calendar, Earning, EarningStep, MoneySettings, Portfolio, Programme, Project, Resource, Task
from ipmo.testing.strategies import portfolios
from ipmo.units import Money


def test_o14_a_course_solution() -> None:
    i = indices(248, 158, 148, 210)
    assert (i.cv, i.sv) == (-62, -10)
    assert [round(x or 0, 6) for x in (i.cpi, i.spi)] == [0.704762, 0.936709]
    assert round(100 * (i.percent_complete or 0), 2) == 59.68
    assert [round(i.eac(v) or 0, 3) for v in ("cpi", "budget", "cpi-spi")] == [351.892, 310, 361.479]
    assert round(i.vac() or 0, 3) == -103.892
    assert round(i.tcpi() or 0, 6) == 2.631579
    assert i.tcpi("eac") == pytest.approx(i.cpi)  # an identity


def test_o14_other_published_cases() -> None:
    schwalbe = indices(200_000, 120_000, 100_000, 90_000)
    assert (schwalbe.cv, schwalbe.sv, schwalbe.eac()) == (10_000, -20_000, 180_000)
    assert [round(x or 0, 4) for x in (schwalbe.cpi, schwalbe.spi, schwalbe.tcpi())] == [1.1111, 0.8333, 0.9091]
    assert 6 / (schwalbe.spi or 1) == pytest.approx(7.2)
    assert indices(100_000, 40_000, 35_000, None).spi == 0.875
    assert indices(100, 50, 60, None).spi == 1.2
    task = indices(10_000, 0, Fraction(110, 120) * 10_000, 11_000)
    assert round(task.ev, 2) == round(Fraction(916667, 100), 2)
    assert (task.eac(), task.vac()) == (12_000, -2_000)


def test_what_cannot_be_divided_is_none_and_what_is_missing_is_said() -> None:
    i = indices(100, 0, 0, 0)
    assert (i.cpi, i.spi, i.eac()) == (None, None, None)
    assert indices(100, 50, 50, 120).tcpi() is None
    assert indices(100, 50, 50, 40).eac("last-3", last_3=0.5) == 140
    assert indices(100, 50, 50, 40).eac("bottom-up", to_complete=70) == 110
    for variant in ("last-3", "bottom-up"):
        with pytest.raises(UnitError, match="pass "):
            indices(100, 50, 50, 40).eac(variant)
    with pytest.raises(OptionError, match="variant='cpl' is not known; write one of 'cpi', 'budget', 'cpi-spi', 'last-3', 'bottom-up'"):
        indices(1, 1, 1, 1).eac("cpl")  # type: ignore[arg-type]
    assert len(get_args(Forecast)) == 5


PV = [105, 200, 515, 845, 1175, 1475, 1805, 2135, 2435, 2665, 2760, 2823]
LATE = [95, 180, 470, 770, 1065, 1315, 1610, 1900, 2150, 2275, 2425, 2555, 2695, 2823]
EARLY = [115, 220, 530, 870, 1215, 1525, 1860, 2190, 2500, 2740, 2823]


def test_o15_earned_schedule_of_a_late_project() -> None:
    found = [earned_schedule(PV, ev, at) for at, ev in enumerate(LATE, 1)]
    assert [round(e.es, 3) for e in found] == [.905, 1.789, 2.857, 3.773, 4.667, 5.467, 6.409, 7.288, 8.050, 8.467, 8.967, 9.522, 10.316, 12]  # fmt: skip
    assert [round(e.spi_t or 0, 3) for e in found] == [.905, .895, .952, .943, .933, .911, .916, .911, .894, .847, .815, .793, .794, .857]  # fmt: skip
    assert found[-1].sv_t == -2
    assert indices(2823, 2823, 2823, None).spi == 1  # in money every late project ends at 1
    assert found[-1].tspi is None


def test_o15_earned_schedule_of_an_early_project_and_a_small_one() -> None:
    found = [earned_schedule(PV, ev, at) for at, ev in enumerate(EARLY, 1)]
    assert [round(e.es, 3) for e in found] == [1.105, 2.063, 3.045, 4.076, 5.133, 6.152, 7.167, 8.183, 9.283, 10.789, 12]
    assert round(found[-1].spi_t or 0, 3) == 1.091
    assert found[-1].sv_t == 1
    small = [earned_schedule([100, 250, 450, 700, 900, 1000], ev, at) for at, ev in enumerate([80, 200, 380, 580, 760, 880, 960, 1000], 1)]
    assert [round(e.es, 4) for e in small] == [.8, 1.6667, 2.65, 3.52, 4.3, 4.9, 5.6, 6]  # fmt: skip
    assert [round(e.ieac_t or 0, 4) for e in small] == [7.5, 7.2, 6.7925, 6.8182, 6.9767, 7.3469, 7.5, 8]


def test_earned_schedule_on_flat_stretches_beyond_the_plan_and_on_nonsense() -> None:
    assert earned_schedule([100, 100, 200], 100, 3).es == 2  # a flat stretch counts as reached at its end (Lipke)
    assert earned_schedule([100, 100, 100, 200], 100, 2).es == 2  # within it, at the time that has gone: on plan
    assert earned_schedule([100, 100, 200], 100, 0.5).es == 1  # before it, at its beginning: it is early, not years early
    assert earned_schedule([100, 100, 200], 150, 3).es == 2.5
    assert [earned_schedule([0, 100], 0, at).es for at in (0.5, 1, 4)] == [0.5, 1, 1]
    assert earned_schedule([100, 200, 200], 250, 3).es == 2  # more than the plan is the plan
    for planned, earned in (([], 0), ([2, 1], 0), ([1, 2], -1)):
        with pytest.raises(UnitError):
            earned_schedule(planned, earned, 1)


def test_o16_the_portfolios_index_is_of_the_sums() -> None:
    def project(name: str, ev: str, ac: str) -> Project:
        done = {"actual_start": "2026-01-05", "actual_finish": "2026-01-09", "duration": "5 d"}
        return Project(id=name, programme="T", tasks=[Task(id="t", budget=ev, actual=ac, **done)])

    pf = Portfolio(
        id="x",
        status_date="2026-02-02",
        money=MoneySettings(currency="GBP"),
        programmes=[Programme(id="T")],
        projects=[project("P1", "50 GBP", "100 GBP"), project("P2", "500 GBP", "400 GBP")],
    )
    found = earned_value(pf)
    assert found.total.indices.cpi == pytest.approx(1.10)
    assert found["T"].indices.cpi == pytest.approx(1.10)
    assert [found[p].indices.cpi for p in ("P1", "P2")] == [0.5, 1.25]
    assert found.table("portfolio")["cpi"] == (pytest.approx(1.10),)


def around_the_clock(*tasks: Task, **fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-01-11",
        calendar="c",
        calendars=[Calendar(id="c", week="mon-sun", hours="00:00-24:00")],
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", tasks=tasks, **fields)],
    )


BASE: dict[str, Any] = {"duration": "20 d", "baseline_start": "2026-01-01", "baseline_finish": "2026-01-20", "budget": "100 GBP", "actual": "30 GBP", "actual_start": "2026-01-01"}  # fmt: skip


@pytest.mark.parametrize(
    ("earning", "fields", "ev"),
    [
        ("percent", {"progress": "40 %"}, 40),
        ("percent", {"remaining": "15 d"}, 25),
        ("0/100", {"progress": "99 %"}, 0),
        ("0/100", {"actual_finish": "2026-01-10"}, 100),
        ("50/50", {"progress": "1 %"}, 50),
        ("50/50", {"actual_finish": "2026-01-10"}, 100),
        (Earning(rule="units", total=12, done=3), {}, 25),
        (Earning(rule="weighted milestones", steps=[EarningStep(weight=3, done="2026-01-09"), EarningStep(weight=1)]), {}, 75),
        (Earning(rule="weighted milestones", steps=[EarningStep(weight=3, done="2026-01-12"), EarningStep(weight=1)]), {}, 0),
    ],
)
def test_every_rule_earns_as_it_says(earning: Any, fields: dict[str, Any], ev: int) -> None:
    found = earned_value(around_the_clock(Task(id="t", earning=earning, **{**BASE, **fields})))["P/t"]
    assert found.ev.amount == ev
    assert (found.bac.amount, found.pv.amount, found.ac and found.ac.amount) == (100, 50, 30)  # 10 of 20 planned days have gone by
    assert found.rule == (earning if isinstance(earning, str) else earning.rule)


def test_what_happens_on_the_day_itself_counts_and_what_comes_later_does_not() -> None:
    def ev(on: str, earning: Any = "percent", **fields: Any) -> Any:
        return earned_value(around_the_clock(Task(id="t", earning=earning, **{**BASE, **fields})), as_of=on)["P/t"].ev.amount

    assert [ev(on, "0/100", actual_finish="2026-01-10") for on in ("2026-01-09", "2026-01-10")] == [0, 100]
    assert [ev(on, "50/50", actual_start="2026-01-05") for on in ("2026-01-04", "2026-01-05")] == [0, 50]
    steps = Earning(rule="weighted milestones", steps=[EarningStep(done="2026-01-09"), EarningStep()])
    assert [ev(on, steps) for on in ("2026-01-08", "2026-01-09")] == [0, 50]
    lines = Budget([BudgetLine(amount="30 GBP", since="2026-01-05")])
    pf = around_the_clock(Task(id="t", progress="10 %", **{**BASE, "actual": lines}))
    spent = [earned_value(pf, as_of=on)["P/t"].ac for on in ("2026-01-04", "2026-01-05")]
    assert [None if ac is None else ac.amount for ac in spent] == [0, 30]
    assert ev("2026-01-11", remaining="25 d") == 0  # more is left than was planned


def test_a_bar_that_has_begun_without_progress_has_earned_nothing() -> None:
    bar = {"start": "2026-01-01", "finish": "2026-01-20", "budget": "100 GBP", "actual": "30 GBP", "actual_start": "2026-01-01"}
    begun = earned_value(around_the_clock(**bar, progress=0.0))["P"]
    assert (begun.known, begun.ev.amount) == (1, 0)
    silent = earned_value(around_the_clock(**bar))["P"]
    assert (silent.known, silent.total) == (0, 1)  # it has begun, and nobody says how far it is


def test_the_spread_plans_and_a_projects_rule_stands_for_its_tasks() -> None:
    pf = around_the_clock(Task(id="t", spread="front", **BASE), earning="50/50")
    assert earned_value(pf)["P"].pv.amount == 75
    assert earned_value(pf)["P"].ev.amount == 50


def test_level_of_effort_earns_as_planned_and_is_in_no_index() -> None:
    pf = around_the_clock(Task(id="t", progress="25 %", **BASE), Task(id="loe", earning="level of effort", **BASE))
    found = earned_value(pf)["P"]
    assert (found.bac.amount, found.pv.amount, found.ev.amount, found.indices.spi) == (100, 50, 25, 0.5)
    assert [m.amount for m in found.effort] == [100, 50]
    assert found.ac_effort is not None
    assert found.ac_effort.amount == 30


def test_what_lacks_a_half_is_counted_and_in_no_sum() -> None:
    pf = around_the_clock(
        Task(id="whole", progress="25 %", **BASE),
        Task(id="no-actual", progress="25 %", **{**BASE, "actual": None}),
        Task(id="no-budget", progress="25 %", **{**BASE, "budget": None}),
        Task(id="no-progress", **BASE),
        Task(id="m", milestone=True),
    )
    found = earned_value(pf)["P"]
    assert (found.known, found.total, found.ac and found.ac.amount) == (1, 4, 30)
    assert (found.bac and found.bac.amount, found.indices.bac) == (300, 200)  # the whole budget, and what SPI is of
    assert (found.measured, found.indices.costed and found.indices.costed.bac) == (2, 100)  # and what CPI is of


ONE_HUNDRED_DAYS: dict[str, Any] = {"baseline_start": "2026-01-01", "baseline_finish": "2026-04-10", "actual_start": "2026-01-01"}


def costs_partly(actual: str | None) -> Portfolio:
    """P/x states no actual cost, P/y states one or none; each plans 100 GBP over 100 days, and it is 1 February, 31 days on."""
    x = Task(id="x", duration="100 d", budget="100 GBP", progress="20 %", **ONE_HUNDRED_DAYS)
    y = Task(id="y", duration="100 d", budget="100 GBP", progress="50 %", actual=actual, **ONE_HUNDRED_DAYS)
    return around_the_clock().evolve(status_date="2026-02-01", projects=[Project(id="P", tasks=[x, y])])


def test_work_without_actual_cost_plans_and_earns() -> None:
    """x: PV 31, EV 20, so SPI 20/31; 20 GBP were to be earned by 21 January, 20/31 of a month, at the end of the first."""
    found = earned_value(costs_partly(None))
    x, whole = found["P/x"], found["P"]
    assert [money and money.amount for money in (x.bac, x.pv, x.ev, x.ac)] == [100, 31, 20, None]
    assert (x.indices.spi, x.indices.sv) == (20 / 31, -11)
    assert x.schedule is not None
    assert [x.schedule.es, x.schedule.at, x.schedule.spi_t] == pytest.approx([20 / 31, 1, 20 / 31])
    assert [x.indices.cpi, x.indices.cv, x.indices.eac(), x.indices.tcpi(), x.eac, x.vac] == [None] * 6
    assert (x.known, x.measured, x.total) == (0, 1, 1)
    assert str(x) == "P/x: CPI unknown, SPI 0.65, EV 20 GBP of 100 GBP, 0 of 1 known, 1 more without actual cost"
    # of both: PV 62, EV 70; the plan of 2 GBP a day comes to 70 after 35 days, four of February's 28
    assert [money and money.amount for money in (whole.pv, whole.ev, whole.ac)] == [62, 70, None]
    assert (whole.indices.spi, whole.known, whole.measured) == (70 / 62, 0, 2)
    assert whole.schedule is not None
    assert whole.schedule.es == pytest.approx(1 + 4 / 28)


def test_what_needs_an_actual_cost_is_of_the_same_work_on_both_sides() -> None:
    """y has earned 50 and cost 40: CPI 1.25 and CV 10 of y alone, on every level, beside an SPI of both."""
    found = earned_value(costs_partly("40 GBP"))
    for row in (found["P"], found.total):
        assert [money and money.amount for money in (row.pv, row.ev, row.ac)] == [62, 70, 40]
        i = row.indices
        assert (i.cpi, i.cv, i.eac(), i.eac("budget"), i.vac(), i.tcpi()) == (1.25, 10, 80, 90, 20, 50 / 60)
        assert i.eac("cpi-spi") == pytest.approx(40 + 50 / (1.25 * 50 / 31))
        assert (i.spi, i.sv, i.percent_complete) == (70 / 62, 8, 0.35)
        assert (row.eac, row.vac) == (None, None)  # the whole costs nobody knows what
        assert (row.known, row.measured, row.total) == (1, 2, 2)
    table = found.table().rows()
    assert {row["item"]: (row["known"], row["measured"], row["cpi"], row["tcpi"]) for row in table}["P"] == (1, 2, 1.25, 50 / 60)


def test_an_actual_cost_without_a_rate_blanks_what_needs_it() -> None:
    found = earned_value(costs_partly("40 USD"))
    assert found.unrated
    assert found["P/y"].ac is None
    assert {row.item: (row.indices.spi, row.indices.cpi) for row in found}["P"] == (70 / 62, None)


def test_a_project_that_is_one_package_and_its_parts_say_the_same() -> None:
    lump = Project(id="L", start="2026-01-01", finish="2026-04-10", budget="100 GBP", progress="20 %", actual_start="2026-01-01")
    found = earned_value(around_the_clock().evolve(status_date="2026-02-01", projects=[lump], programmes=[Programme(id="G")]))
    for row in (found["L"], found.total):
        assert [money and money.amount for money in (row.pv, row.ev, row.ac)] == [31, 20, None]
        assert (row.indices.spi, row.known, row.measured) == (20 / 31, 0, 1)


def test_whether_a_project_has_begun_is_not_guessed() -> None:
    def found(project: Project) -> tuple[int, float | None, float | None]:
        pf = around_the_clock().evolve(projects=[project])
        item = earned_value(pf)["P"]
        ev, ac = (None if money is None else float(money.amount) for money in (item.ev, item.ac))
        return item.known, ev, ac

    bar: dict[str, Any] = {"id": "P", "budget": "100 GBP", "start": "2026-01-01", "finish": "2026-12-31"}
    assert found(Project(**bar)) == (0, None, None)  # it should have begun and does not say: no SPI of 0
    assert found(Project(**bar, progress="25 %", actual="30 GBP")) == (1, 25, 30)
    assert found(Project(**bar, progress="0 %")) == (1, 0, 0)
    assert found(Project(**{**bar, "start": "2026-06-01"})) == (1, 0, 0)  # not due yet
    unsaid = [Task(id="a", actual_start="2026-01-02"), Task(id="b", duration="5 d")]
    assert found(Project(id="P", budget="100 GBP", actual="30 GBP", tasks=unsaid))[0] == 0  # begun, and nobody says how far


def test_a_project_with_a_status_date_of_its_own_is_seen_from_it() -> None:
    plan = {"duration": "20 d", "baseline_start": "2026-01-01", "baseline_finish": "2026-01-20", "budget": "100 GBP", "actual": "30 GBP"}
    early = Project(id="E", status_date="2026-01-06", tasks=[Task(id="t", actual_start="2026-01-01", progress="25 %", **plan)])
    late = Project(id="L", tasks=[Task(id="t", actual_start="2026-01-01", progress="50 %", **plan)])
    found = earned_value(around_the_clock().evolve(projects=[early, late]))
    assert [(float(found[p].pv.amount), found[p].indices.spi) for p in ("E", "L")] == [(25, 1), (50, 1)]
    assert float(found.total.pv.amount) == 75
    assert found["E"].schedule is not None
    assert found["E"].schedule.at == pytest.approx(5 / 31)
    asked = earned_value(around_the_clock().evolve(projects=[early, late]), as_of="2026-01-11")
    assert float(asked["E"].pv.amount) == 50  # a date that is asked for holds for all


def test_earned_schedule_of_a_project_counts_its_own_periods() -> None:
    pf = around_the_clock(
        Task(id="t", duration="59 d", baseline_start="2026-01-01", baseline_finish="2026-02-28", budget="59 GBP", actual="1 GBP", actual_start="2026-01-01", progress="50 %")
    )  # fmt: skip
    found = earned_value(pf, as_of="2026-02-01")["P"].schedule
    assert found is not None
    assert (found.at, found.pd) == (1.0, 2.0)
    assert found.es == pytest.approx(29.5 / 31)


def test_a_project_with_one_lump_earns_by_the_progress_of_its_tasks() -> None:
    tasks = [
        Task(id="a", duration="10 d", actual_start="2026-01-01", actual_finish="2026-01-10"),
        Task(id="b", duration="10 d", after="a"),
    ]
    pf = around_the_clock(*tasks, budget="200 GBP", actual="90 GBP")
    found = earned_value(pf)["P"]
    assert (found.ev.amount, found.pv.amount, found.known) == (100, 100, 1)


def test_a_baseline_gives_budgets_and_dates_and_an_unknown_date_is_said() -> None:
    plan = around_the_clock(Task(id="t", duration="20 d", budget="100 GBP")).evolve(status_date=None)
    now = around_the_clock(Task(id="t", duration="40 d", budget="500 GBP", actual="60 GBP", actual_start="2026-01-01", progress="50 %"))
    found = earned_value(now, baseline=plan)["P/t"]
    assert (found.bac.amount, found.pv.amount, found.ev.amount, found.indices.cpi) == (100, 50, 50, pytest.approx(50 / 60))
    with pytest.raises(ModelError, match="has no status date; pass as_of="):
        earned_value(now.evolve(status_date=None))
    assert (earned_value(now)["P/t"].floating, earned_value(now, baseline=plan)["P/t"].floating) == (1, 0)
    mixed = [Task(id=f"t{y}", duration="1 d", budget=[{"amount": "1 GBP", "price_base": {"year": y}}]) for y in (2024, 2026)]
    with pytest.raises(UnitError, match="they do not add"):
        earned_value(around_the_clock(*mixed))


@settings(max_examples=40)
@given(portfolios())
def test_levels_sum_and_nothing_is_earned_beyond_the_budget(pf: Portfolio) -> None:
    found = earned_value(pf, as_of="2026-06-01")
    total = found.total
    assert total.known <= total.total
    projects = [found[p.id] for p in pf.projects if p.id in found]
    assert total.indices.bac == sum((p.indices.bac for p in projects), Fraction(0))
    assert total.indices.ev == sum((p.indices.ev for p in projects), Fraction(0))
    for item in projects:
        assert 0 <= item.indices.ev <= item.indices.bac or item.indices.bac < 0
        assert 0 <= item.indices.pv <= item.indices.bac or item.indices.bac < 0
    assert found.table().columns[:8] == ("item", "name", "level", "rule", "bac", "pv", "ev", "ac")
    assert ipmo.roll_up(pf, "budget").total.total >= 0


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.integers(0, 700))
def test_earned_schedule_is_where_the_plan_has_that_value(steps: list[int], earned: int) -> None:
    planned = [sum(steps[: n + 1]) for n in range(len(steps))]
    found = earned_schedule(planned, earned, 1).es
    low = int(found)
    before, after = ([0, *planned][low], planned[low] if low < len(planned) else planned[-1])
    assert before + (found - low) * (after - before) == pytest.approx(min(earned, planned[-1]))


def test_what_people_cost_on_top_of_a_budget_is_planned_and_earned_too() -> None:
    """5 GBP and 8 person-hours at 50 GBP; where a rate is missing the budget is not known, in the roll-up as here."""
    more = {"duration": "10 d", "plus_resources": True, "budget": "5 GBP", "actual_start": "2026-01-05", "progress": "50 %"}
    tasks = [
        Task(id="a", assignments=[{"resource": "ann", "effort": "8 ph"}], **more),
        Task(id="b", assignments=[{"resource": "free", "effort": "8 ph"}], **more),
    ]
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        money=MoneySettings(currency="GBP"),
        resources=[Resource(id="ann", rate="50 GBP/ph"), Resource(id="free")],
        projects=[Project(id="P", tasks=tasks)],
    )
    found = earned_value(pf)
    assert (str(found["P/a"].bac), str(found["P/a"].ev), found["P/b"].bac, found["P/b"].ev) == ("405 GBP", "202.5 GBP", None, None)
    assert found["P/a"].bac == ipmo.roll_up(pf, "budget")["P/a"].value
    later = pf.evolve("P", tasks=[Task(id="c", assignments=[{"resource": "ann", "effort": "2 ph"}], **more)])
    moved = earned_value(later, baseline=pf)
    assert [str(one.bac) for one in moved.added] == ["105 GBP"]
    assert [str(one.bac) for one in moved.removed] == ["405 GBP", "None"]


def test_a_project_with_one_budget_earns_by_the_progress_of_its_tasks_exactly() -> None:
    tasks = [Task(id=n, duration=d, actual_start="2026-01-05", progress=p) for n, d, p in (("a", "1 d", "50 %"), ("b", "3 d", "100 %"))]
    pf = Portfolio(
        id="x", start="2026-01-05", status_date="2026-02-02", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget="8 M GBP", tasks=tasks)]
    )  # fmt: skip
    assert earned_value(pf)["P"].ev == ipmo.Money(7_000_000, "GBP")


def test_two_price_bases_do_not_mix_also_where_nothing_is_earned_yet() -> None:
    tasks = [Task(id=n, duration="1 d", budget=[{"amount": "5 GBP", "price_base": {"year": y}}]) for n, y in (("a", 2024), ("b", 2026))]
    tasks[1] = attrs.evolve(tasks[1], actual_start="2026-01-06")
    pf = Portfolio(
        id="x", start="2026-01-05", status_date="2026-02-02", money=MoneySettings(currency="GBP"), projects=[Project(id="P", tasks=tasks)]
    )
    with pytest.raises(UnitError, match=r"money of 'P/a' is in real 2024 prices, that of 'P/b' in real 2026 prices; they do not add"):
        earned_value(pf)


@attrs.frozen
class Declared:
    """What a method adds to an item that declares its own share."""

    earned_share: float | None


@pytest.mark.parametrize(
    ("share", "fields", "earned"),
    [
        (0.3, {}, 30),
        (0.3, {"progress": "80 %", "actual_start": "2026-01-05"}, 30),
        (0.3, {"earning": Earning(rule="units", done=1, total=2)}, 30),
        (0.3, {"earning": "50/50", "actual_start": "2026-01-05"}, 50),  # a rule that is named holds
        (None, {"progress": "80 %", "actual_start": "2026-01-05"}, 80),
        (0.3, {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"}, 100),  # what is done has earned all of it
        (0.3, {"actual_start": "2026-01-05", "actual_finish": "2026-02-27"}, 30),  # after the status date
    ],
)
def test_a_share_that_a_method_declares_is_earned_until_the_work_is_done(share: float | None, fields: dict[str, Any], earned: int) -> None:
    task = Task(id="a", duration="5 d", budget="100 GBP", extensions={"mine": Declared(share)}, **fields)
    pf = Portfolio(
        id="x", start="2026-01-05", status_date="2026-02-02", money=MoneySettings(currency="GBP"), projects=[Project(id="P", tasks=[task])]
    )
    assert earned_value(pf)["P/a"].ev == ipmo.Money(earned, "GBP")


def test_what_was_removed_from_the_baseline_is_in_one_bac() -> None:
    """Two packages of 100 in the plan, one of them gone, the other half done for 60: BAC 200 here and there, (200 - 50) / (200 - 60) to go."""
    done = {"duration": "10 d", "budget": "100 GBP", "baseline_start": "2026-01-05", "baseline_finish": "2026-01-16"}
    begun = Task(id="a", actual_start="2026-01-05", progress="50 %", actual="60 GBP", **done)
    plan = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", tasks=[begun, Task(id="r", **done)])],
    )
    found = earned_value(plan.evolve("P", tasks=[begun]), baseline=plan)
    for name in ("P", "x"):
        row = found[name]
        assert (row.bac, row.indices.bac, row.indices.percent_complete) == (Money("200", "GBP"), 200, 0.25)
        assert row.indices.tcpi() == pytest.approx(150 / 140)
        assert (row.indices.cpi, row.eac, row.vac) == (pytest.approx(50 / 60), None, None)
        assert row.schedule is not None
        assert row.schedule.es < row.schedule.pd  # the plan of what is left: half of it
    table = dict(zip(found.table()["item"], found.table()["tcpi"], strict=True))
    assert table["x"] == pytest.approx(150 / 140)
    assert (found["P/r"].bac, found["P/r"].indices.sv, table["P/r"]) == (Money("100", "GBP"), None, None)
