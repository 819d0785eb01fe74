"""Limits of the rules of agile delivery, each worked out by hand; money in other currencies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

import ipmo
from ipmo import Money, Span
from ipmo.model import Decision, Earning, FrozenMap, Gate, Link, MoneySettings, Person, Portfolio, Programme, Project, RateRow, Task
from ipmo.plugin import CheckContext, Finding, UnitError
from ipmo.units import as_rate
from ipmo_agile import (
    AGILE,
    AgileFields,
    AgileForecast,
    Epic,
    Flow,
    Guardrails,
    Inputs,
    Iteration,
    Job,
    Scope,
    Team,
    WorkItem,
    backlog,
    flow,
    little,
    priorities,
)

DAY = date(2026, 1, 5)
CHECKS = {check.code.removeprefix("agile/"): check for check in AGILE.checks}


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def said(code: str, pf: Portfolio) -> list[Finding]:
    return list(CHECKS[code].run(CheckContext(portfolio=pf)))


def messages(code: str, pf: Portfolio) -> list[str]:
    return [finding.message for finding in said(code, pf)]


def agile(**fields: Any) -> dict[str, AgileFields]:
    return {"agile": AgileFields(**fields)}


def one_project(status: date | datetime | None = None, tasks: Iterable[Task] = (), **fields: Any) -> Portfolio:
    rows = list(tasks) or [Task(id="a", duration="5 d")]
    return Portfolio(id="x", start=DAY, status_date=status, projects=[Project(id="P", tasks=rows, extensions=agile(**fields))])


# ------------------------------------------------------------------------------------------------ evidence


def forecast(*throughput: int, counted_on: date | None = None, items: int = 10) -> AgileForecast:
    return AgileForecast(remaining_items=items, throughput=throughput, per=Span(1, "w"), counted_on=counted_on)


def of_forecast(one: AgileForecast, status: date | datetime | None = None) -> list[str]:
    return messages("evidence", one_project(status, [Task(id="a", duration=one)]))


@pytest.mark.parametrize(
    ("throughput", "bulk"),
    [
        ((3, 4, 3, 4, 3, 4, 3, 20), ""),  # five times the next best, not more
        ((3, 4, 3, 4, 3, 4, 3, 21), "one period of 'P/a' holds 21 items, the next best 4: a bulk closure, not work"),
        ((3, 3, 3, 3, 3, 3, 3, 19), ""),  # fewer than twenty, however unusual
        ((3, 3, 3, 3, 3, 3, 3, 20), "one period of 'P/a' holds 20 items, the next best 3: a bulk closure, not work"),
        ((0, 0, 0, 0, 0, 0, 0, 20), "one period of 'P/a' holds 20 items, the next best 0: a bulk closure, not work"),
        ((3, 3, 3, 3, 3, 3, 30), "the forecast of 'P/a' rests on 7 periods; it needs 8"),  # too few to say what is usual
    ],
)
def test_a_bulk_closure_is_twenty_items_and_more_than_five_times_the_next_best(throughput: tuple[int, ...], bulk: str) -> None:
    assert of_forecast(forecast(*throughput)) == ([bulk] if bulk else [])


def test_a_change_is_a_gap_of_more_than_three_standard_errors() -> None:
    # halves of 4: variance of (1, 3, 1, 3) is 4/3, so the error is sqrt(2 * 4/3 / 4) = 0.8165, and three of it are 2.449
    assert of_forecast(forecast(1, 3, 1, 3, 3, 5, 3, 5)) == []  # a gap of 2
    assert of_forecast(forecast(1, 3, 1, 3, 4, 6, 4, 6)) == ["throughput of 'P/a' changed: 2.0 a period before, 5.0 since"]
    assert of_forecast(forecast(4, 6, 4, 6, 1, 3, 1, 3)) == ["throughput of 'P/a' changed: 5.0 a period before, 2.0 since"]
    # where nothing varies within the halves any gap is a change, and none is none
    assert of_forecast(forecast(2, 2, 2, 2, 3, 3, 3, 3)) == ["throughput of 'P/a' changed: 2.0 a period before, 3.0 since"]
    assert of_forecast(forecast(*[2] * 8)) == []
    # of an odd number the middle one counts with the later half: (1 + 9 * 4) / 5 = 7.4
    assert of_forecast(forecast(1, 1, 1, 1, 1, 9, 9, 9, 9)) == ["throughput of 'P/a' changed: 1.0 a period before, 7.4 since"]
    # seven periods say nothing of a change
    assert of_forecast(forecast(1, 1, 1, 9, 9, 9, 9)) == ["the forecast of 'P/a' rests on 7 periods; it needs 8"]


@pytest.mark.parametrize("status", [day(60), datetime(2026, 3, 6, 17, 30)])
def test_items_are_counted_again_after_sixty_days(status: date) -> None:
    steady = forecast(*[2] * 8, counted_on=DAY)
    assert of_forecast(steady, status) == []
    assert of_forecast(steady, status + timedelta(days=1)) == [
        "the items of 'P/a' were counted on 2026-01-05, 61 days before the status date"
    ]
    assert of_forecast(steady) == [], "without a status date nothing is old"


def test_work_that_is_over_is_forecast_no_more_and_what_remains_is_what_counts() -> None:
    few, enough = forecast(1), forecast(*[2] * 8)
    done = Task(id="a", duration=few, actual_start=DAY, actual_finish=day(3))
    going = Task(id="b", duration=few, remaining=enough, actual_start=DAY)
    assert messages("evidence", one_project(day(4), [done, going])) == []


# ------------------------------------------------------------------------------------------------ points, scope, flow


def test_points_of_one_team_may_be_summed_whoever_counted_them() -> None:
    weeks = (Iteration(id="i1", team="red", start=DAY, finish=day(13)), Iteration(id="i2", team="blue", start=DAY, finish=day(13)))
    points = Scope(initial=10, current=10, unit="points")
    red, blue = Team(id="red", unit="points"), Team(id="blue", unit="items")
    assert messages("team-units", one_project(teams=(red, blue), iterations=weeks, scope=points)) == [], "blue counts items"
    sized = (WorkItem(id="a", points=3.0), WorkItem(id="b", team="blue"))
    assert messages("team-units", one_project(team="red", backlog=sized, scope=points)) == [], "b has no points"
    both = (*sized, WorkItem(id="c", team="green", points=1.0))
    assert messages("team-units", one_project(team="red", backlog=both, scope=points)) == [
        "the scope of 'P' sums points of 2 teams: green, red"
    ]
    assert messages("team-units", one_project(team="red", backlog=both, scope=attrs.evolve(points, unit="items"))) == []


@pytest.mark.parametrize(("current", "grown"), [(109.9, False), (110.0, False), (112.0, True), (90.0, False)])
def test_a_scope_may_grow_by_a_tenth_before_both_shares_are_shown(current: float, grown: bool) -> None:
    scope = Scope(initial=100, current=current, done=42, base="initial", policy="a board decides")
    told = messages("scope-base", one_project(scope=scope))
    assert told == (["the scope of 'P' grew by 12%: 42% of the initial scope is done, 38% of the current one"] if grown else [])


@pytest.mark.parametrize(("base", "total"), [("initial", 80.0), ("current", 85.0)])
def test_units_that_agree_with_the_declared_scope_say_nothing(base: str, total: float) -> None:
    scope = Scope(initial=80, current=85, done=9, base=base, policy="a board decides")

    def counted(total: float | None, done: float | None) -> list[str]:
        earning = Earning(rule="units", total=total, done=done)
        return messages("scope-base", one_project(tasks=[Task(id="a", duration="5 d", earning=earning, extensions=agile(scope=scope))]))

    assert counted(total, 9.0) == []
    assert counted(total + 1, 9.0) == [f"'P/a' earns by {total + 1:g} units, and its {base} scope is {total:g}"]
    assert counted(total, 10.0) == ["'P/a' earns by 10 units that are done, and of its scope 9 are"]


def lives(*rows: tuple[int, int | None], team: str = "") -> tuple[WorkItem, ...]:
    return tuple(
        WorkItem(id=f"i{n}", team=team, started=day(begun), finished=None if done is None else day(done))
        for n, (begun, done) in enumerate(rows)
    )


def test_a_limit_of_work_in_progress_holds_from_the_first_day_whatever_the_history() -> None:
    teams = (Team(id="red", wip_limit=2), Team(id="blue", wip_limit=1), Team(id="free"))
    rows = (*lives((0, None), (1, None), (1, 2)), WorkItem(id="own", team="blue", started=DAY), WorkItem(id="wait", team="blue"))
    given_up = (WorkItem(id="gone", team="blue", started=DAY, dropped=day(1)),)
    assert said("flow", one_project(team="red", teams=teams, backlog=(*rows, *given_up))) == []
    more = (*rows, WorkItem(id="third", team="red", started=day(3)), WorkItem(id="second", team="blue", started=day(3)))
    assert [(f.item, f.severity.value, f.message) for f in said("flow", one_project(team="red", teams=teams, backlog=more))] == [
        ("P", "warning", "team 'blue' of 'P' works on 2 items; its limit is 1"),
        ("P", "warning", "team 'red' of 'P' works on 3 items; its limit is 2"),
    ]


def test_eight_finished_items_say_something_of_flow_and_seven_do_not() -> None:
    rows = [(n, n + 1) for n in range(8)]
    stuck = [(0, None)] * 3
    # from 5 to 15 January (day 10); the later half begins on day 5: three items of 5 days then, of 10 at its end
    (told,) = said("flow", one_project(day(9), backlog=lives(*rows, *stuck)))
    assert (told.item, told.severity.value) == ("P", "warning")
    assert told.message == "open work of 'P' grows old: 4 days on average at 2026-01-10, 10 now; i10 (10 d), i8 (10 d), i9 (10 d)"
    assert said("flow", one_project(day(9), backlog=lives(*rows[:7], *stuck))) == []
    assert said("flow", one_project(day(-9), backlog=lives(*rows, *stuck))) == [], "all of it lies after the status date"


def test_where_littles_law_does_not_hold_it_is_said_of_the_later_half_only() -> None:
    steady = [(n, n + 2) for n in range(20)]
    burst = [(18, 21)] * 6  # what comes in a rush, and is finished at once
    (told,) = said("flow", one_project(day(21), backlog=lives(*steady, *burst)))
    assert (told.item, told.severity.value) == ("P", "info")
    assert told.message == (
        "Little's law does not hold for 'P' since 2026-01-16: 15 items arrived and 17 left: the rates differ;"
        " work in progress went from 2 to 0"
    )
    assert told.hint == "do not derive one of WIP, cycle time and throughput from the others"
    early = [(0, 2)] * 6  # the same rush in the first half says nothing of today
    assert said("flow", one_project(day(19), backlog=lives(*[(n, n + 2) for n in range(-20, 40)], *early))) == []


def table_of(found: Flow) -> dict[str, tuple[object, object, object]]:
    return {row["metric"]: (row["value"], row["unit"], row["note"]) for row in found.table().rows()}


def test_the_table_of_flow_says_what_holds_and_why_the_rest_does_not() -> None:
    steady = flow(lives(*[(n, n + 4) for n in range(-10, 100)]), start=day(0), end=day(90))
    assert table_of(steady) == {
        "throughput": (7.0, "items a week", ""),
        "work in progress": (4.0, "items, mean", "4 at the start, 4 at the end"),
        "cycle time P50": (4, "days", ""),
        "cycle time P85": (4, "days", ""),
        "mean age of open work": (2.5, "days", ""),
        "work in progress by Little's law": (4.0, "items", ""),
    }
    spread = flow(lives(*[(0, n) for n in range(1, 21)]), start=day(0), end=day(21))
    assert (table_of(spread)["cycle time P50"][0], table_of(spread)["cycle time P85"][0]) == (10, 17), "10 and 17 of 20 take that long"
    old = flow(lives((-10, None), (0, 1)), start=day(0), end=day(3))
    assert table_of(old)["mean age of open work"] == (13.0, "days", "growing")
    assert table_of(old)["work in progress by Little's law"] == (
        None,
        "items",
        "not said: the mean age of open work grew from 10 to 13 days",
    )
    idle = flow(lives((0, None)), start=day(0), end=day(3))
    assert table_of(idle)["work in progress by Little's law"] == (None, "items", "not said: nothing was finished")
    assert (idle.percentile(0.5), idle.cycle_time, idle.ageing) == (None, None, False)


def test_rates_may_differ_by_a_tenth_and_work_in_progress_by_one_item_or_a_tenth() -> None:
    def found(**more: Any) -> tuple[str, ...]:
        usual: dict[str, Any] = {
            "start": DAY, "end": day(10), "arrived": 10, "finished": 10, "dropped": 0, "wip": 4.0, "wip_start": 4, "wip_end": 4,
            "age_start": 2.0, "age_end": 2.0, "cycle_times": (4,) * 10, "oldest": (),
        }  # fmt: skip
        return Flow(**{**usual, **more}).violations

    assert found() == found(arrived=9) == found(finished=9) == found(arrived=20, finished=18) == ()
    assert found(arrived=8) == ("8 items arrived and 10 left: the rates differ",)
    assert found(arrived=1, finished=2) == ("1 item arrived and 2 left: the rates differ",)
    assert found(wip_end=5) == found(wip_end=3) == found(wip=20.0, wip_end=6) == ()
    assert found(wip_end=6) == ("work in progress went from 4 to 6",)
    assert found(wip=20.0, wip_start=6, wip_end=3) == ("work in progress went from 6 to 3",)
    assert found(dropped=2) == ("2 items were started and given up",)
    assert found(age_start=10.0, age_end=12.0) == (), "a tenth and a day"
    assert found(age_start=10.0, age_end=12.1) == ("the mean age of open work grew from 10 to 12.1 days",)


# ------------------------------------------------------------------------------------------------ money


def rails(*projects: Project, **more: Any) -> Portfolio:
    guard = Guardrails(horizons=FrozenMap({"h1": 0.7, "h2": 0.3}), **more)
    return Portfolio(id="x", start=DAY, money=MoneySettings(currency="GBP"), projects=projects, extensions=agile(guardrails=guard))


def bet(name: str, budget: str | None, horizon: str = "", **more: Any) -> Project:
    return Project(id=name, budget=budget, tasks=[Task(id="a", duration="5 d")], extensions=agile(horizon=horizon), **more)


def test_money_may_stray_from_what_is_agreed_by_what_is_allowed() -> None:
    assert messages("guardrails", rails(bet("a", "75 GBP", "h1"), bet("b", "25 GBP", "h2"))) == [], "five points are the usual room"
    assert messages("guardrails", rails(bet("a", "76 GBP", "h1"), bet("b", "24 GBP", "h2"))) == [
        "horizon 'h1' has 76% of the budgets; 70% is agreed, give or take 5%",
        "horizon 'h2' has 24% of the budgets; 30% is agreed, give or take 5%",
    ]
    assert messages("guardrails", rails(bet("a", "80 GBP", "h1"), bet("b", "20 GBP", "h2"), within=0.1)) == []
    assert messages("guardrails", rails(bet("a", "63 GBP", "h1"), bet("b", "27 GBP", "h2"), bet("c", "10 GBP", "h3"), within=0.08)) == [
        "horizon 'h3' has 10% of the budgets; 0% is agreed, give or take 8%"
    ]


def test_projects_without_money_a_label_or_a_future_move_no_share() -> None:
    there = (bet("a", "70 GBP", "h1"), bet("b", "30 GBP", "h2"))
    away = (bet("c", None, "h2"), bet("d", "900 GBP", "h2", state="closed"), bet("e", "900 GBP", "h2", state="cancelled"))
    assert messages("guardrails", rails(*there, *away)) == []
    unsaid = tuple(bet(f"u{n}", "50 GBP") for n in range(6))
    told = said("guardrails", rails(*there, *unsaid))
    assert [(f.item, f.severity.value, f.message) for f in told] == [("", "info", "6 projects state no horizon: u0, u1, u2, u3, u4")]
    assert messages("guardrails", rails(bet("u", "50 GBP"))) == ["1 project states no horizon: u"], "nothing that is labelled, no share"
    assert messages("guardrails", rails(bet("a", "0 GBP", "h1"))) == [], "no money, no share"


def test_guardrails_of_a_programme_hold_for_what_is_in_it() -> None:
    guard = Guardrails(work=FrozenMap({"new": 1.0}), epic_threshold=Money(5, "GBP"))
    inside = Project(id="in", programme="T", budget="10 GBP", extensions=agile(work_type="old", epic=Epic(hypothesis="faster")))
    outside = Project(id="out", budget="90 GBP", extensions=agile(work_type="old", epic=Epic(hypothesis="faster")))
    pf = Portfolio(
        id="x",
        start=DAY,
        money=MoneySettings(currency="GBP"),
        programmes=[Programme(id="T", extensions=agile(guardrails=guard))],
        projects=[inside, outside],
    )
    assert [(f.item, f.message) for f in said("guardrails", pf)] == [
        ("T", "type of work 'new' has 0% of the budgets; 100% is agreed, give or take 5%"),
        ("T", "type of work 'old' has 100% of the budgets; 0% is agreed, give or take 5%"),
        ("in", "epic 'in' costs 10 GBP, above the threshold of 5 GBP, and nobody decided on it"),
    ]
    assert said("guardrails", pf.evolve("x", money=None).evolve("in", budget=None).evolve("out", budget=None)) == []


def epic_of(budget: str, threshold: Money, **more: Any) -> Portfolio:
    project = Project(id="P", budget=budget, tasks=[Task(id="a", duration="5 d")], extensions=agile(epic=Epic(hypothesis="faster")))
    settings = {"status_date": day(30), "money": MoneySettings(currency="GBP"), "projects": [project], **more}
    return Portfolio(id="x", start=DAY, extensions=agile(guardrails=Guardrails(epic_threshold=threshold)), **settings)


def test_an_epic_above_the_threshold_needs_a_decision_and_one_at_it_does_not() -> None:
    five = Money(5, "GBP")
    assert messages("guardrails", epic_of("5 GBP", five)) == []
    above = epic_of("6 GBP", five)
    assert messages("guardrails", above) == ["epic 'P' costs 6 GBP, above the threshold of 5 GBP, and nobody decided on it"]
    assert messages("guardrails", above.evolve(decisions=[Decision(id="D", item="P", state="decided")])) == []
    assert messages("guardrails", above.evolve(decisions=[Decision(id="D", item="P", state="open")])) != []
    for decision, decided in (("go", True), ("conditional go", True), ("hold", False)):
        gate = Gate(id="G", decision={"outcome": decision, "date": day(20)})
        assert (messages("guardrails", above.evolve("P", gates=[gate])) == []) is decided
    assert messages("guardrails", above.evolve("P", extensions=agile())) == [], "it is no epic"


def test_a_threshold_in_another_currency_is_converted_and_one_that_cannot_be_is_said() -> None:
    euros = Money(5, "EUR")
    rates = [RateRow(since=DAY, per={"EUR": 2}), RateRow(since=day(40), per={"EUR": 1})]
    assert messages("guardrails", epic_of("10 GBP", euros, rates=rates)) == [], "5 EUR are 10 GBP on the status date"
    assert messages("guardrails", epic_of("11 GBP", euros, rates=rates)) == [
        "epic 'P' costs 11 GBP, above the threshold of 5 EUR, and nobody decided on it"
    ]
    (told,) = said("guardrails", epic_of("900 GBP", euros))
    assert told.message == "the threshold of 5 EUR is compared with nothing: no rate turns it into GBP"
    assert told.hint == "state it in the portfolio's currency, or add a rate under rates:"


@pytest.mark.parametrize("status", [day(30), datetime(2026, 2, 4, 17, 30)])
def test_a_cost_of_delay_in_another_currency_is_converted_on_the_status_date_or_not_known(status: date) -> None:
    def task(name: str, rate: str) -> Task:
        return Task(id=name, duration="1 w", extensions=agile(cost_of_delay=as_rate(rate)))

    project = Project(id="P", tasks=[task("home", "30 GBP/w"), task("away", "20 EUR/w"), task("far", "90 USD/w")])
    pf = Portfolio(
        id="x",
        start=DAY,
        status_date=status,
        money=MoneySettings(currency="GBP"),
        rates=[RateRow(since=DAY, per={"EUR": 2}), RateRow(since=day(40), per={"EUR": 1})],
        projects=[project],
        calendar="continuous",
    )
    table = priorities(pf)
    assert table["cost_of_delay"] == (30, 40, None)
    assert table["per_week"] == (30, 40, None)
    assert table["rank_by_money"] == (2, 1, None)
    assert priorities(pf.evolve("x", status_date=None))["cost_of_delay"] == (30, 40, None), "else on its first day"


def test_equal_scores_go_by_their_tie_then_by_id_and_what_is_within_is_asked() -> None:
    def task(name: str, tie: int | None) -> Task:
        return Task(id=name, duration="1 w", extensions=agile(wsjf=Inputs(value=1, urgency=1, risk=1, size=1, tie=tie)))

    here = Project(id="P", programme="T", tasks=[task("a", None), task("b", 2), task("c", 1), task("d", None)])
    there = Project(id="Q", tasks=[task("e", 3)])
    pf = Portfolio(id="x", start=DAY, programmes=[Programme(id="T")], projects=[here, there])
    assert priorities(pf)["rank"] == (4, 2, 1, 5, 3)
    for within, items in (("P", 4), ("T", 4), ("P/c", 1), ("Q", 1), ("P/e", 0)):
        assert len(priorities(pf, within)["item"]) == items


# ------------------------------------------------------------------------------------------------ epics, order, percentiles


def test_an_epic_lacks_what_it_does_not_say_and_is_asked_the_day_after() -> None:
    whole = Epic(hypothesis="faster", mvp="one stop", leading_indicator="scans", pivot_by=day(30))
    words = {"hypothesis": "hypothesis", "mvp": "MVP", "leading_indicator": "leading indicator", "pivot_by": "date to pivot or stop"}
    for field, word in words.items():
        less = attrs.evolve(whole, **{field: None if field == "pivot_by" else ""})
        assert messages("epic", one_project(day(30), epic=less)) == [f"epic 'P' has no {word}"]
    assert messages("epic", one_project(day(30), epic=whole)) == []
    assert messages("epic", one_project(day(31), epic=whole)) == ["epic 'P' was to be stopped or turned by 2026-02-04; it goes on"]
    assert messages("epic", one_project(datetime(2026, 2, 4, 23, 0), epic=whole)) == [], "the day is not over"
    assert messages("epic", one_project(None, epic=whole)) == []
    for state, asked in (("active", True), ("proposed", True), ("closed", False), ("cancelled", False)):
        assert bool(said("epic", one_project(day(31), epic=whole).evolve("P", state=state))) is asked


def scored(*rows: tuple[float, float, float, float], tie: tuple[int | None, ...] = (None, None)) -> Portfolio:
    tasks = [
        Task(id=name, duration="1 w", extensions=agile(wsjf=Inputs(value=v, urgency=u, risk=r, size=s, tie=t)))
        for name, (v, u, r, s), t in zip("ab", rows, tie, strict=False)
    ]
    return Portfolio(id="x", start=DAY, projects=[Project(id="P", tasks=tasks)])


def test_scores_are_relative_in_each_column() -> None:
    assert messages("order", scored((1, 1, 1, 1), (2, 3, 5, 8))) == []
    for place, column in enumerate(("value", "urgency", "risk", "size")):
        first, second = [1.0, 1.0, 1.0, 1.0], [2.0, 3.0, 5.0, 8.0]
        first[place] = 2.0
        second[place] = 3.0
        (told,) = said("order", scored(tuple(first), tuple(second)))  # type: ignore[arg-type]
        assert (told.item, told.severity.value) == ("P", "warning")
        assert told.message == f"no item of 'P' scores 1 in {column!r} (the least is 2), so the scores are not relative to one another"
        first[place], second[place] = 1.0, 9.0
        (odd,) = said("order", scored(tuple(first), tuple(second)))  # type: ignore[arg-type]
        assert (odd.severity.value, odd.message) == ("info", f"scores in {column!r} of 'P' are not of the row 1, 2, 3, 5, 8, 13, 20: 9")
    assert messages("order", scored((2, 2, 2, 2))) == [], "one item is set beside nothing"
    assert messages("order", scored((1, 1, 1, 1), (13, 20, 40, 100))) == []
    assert messages("order", scored((1, 1, 1, 1), (21, 20, 21, 21))) == []


@pytest.mark.parametrize(("tie", "equal"), [((1, 2), False), ((1, 1), True), ((1, None), True), ((None, None), True)])
def test_equal_scores_are_told_apart_by_their_tie(tie: tuple[int | None, ...], equal: bool) -> None:
    told = messages("order", scored((1, 1, 1, 1), (2, 2, 2, 2), tie=tie))
    assert told == (["P/a, P/b have the same score of 3, and nothing says which comes first"] if equal else [])


@pytest.mark.parametrize(
    ("written", "percentile"),
    [
        ("P85", 85),
        ("p 85", 85),
        (" 85 % ", 85),
        ("0.85", 85),
        ("85", 85),
        ("P99.5", 99.5),
        ("1", 1),
        ("0.1", 10),
        ("85.0", 85),
        ("85.0 %", 85),
        ("0.9 %", 0.9),
        ("P1.0", 1),
    ],
)
def test_a_percentile_may_be_written_in_several_ways(written: str, percentile: float) -> None:
    promised = Task(id="a", duration=forecast(*[1, 2] * 4), deadline=day(7), attributes={"percentile": written})
    (told,) = messages("percentile", one_project(DAY, [promised]))
    if percentile > 50:
        assert told.startswith(f"the deadline 2026-01-12 says P{percentile:g} of 'P/a', and lies before its P{percentile - 10:g}, 2026-02-")
    else:
        assert told == f"the deadline 2026-01-12 is a P{percentile:g} of 'P/a': more likely missed than kept"


@pytest.mark.parametrize("written", ["0", "100", "P100", "sure", "1000", "0.0", "-5", "85 %%", "1.0", "1.000", "100.0", "P 100 %"])
def test_what_is_no_percentile_is_said(written: str) -> None:
    promised = Task(id="a", duration=forecast(*[1, 2] * 4), deadline=day(7), attributes={"percentile": written})
    (told,) = messages("percentile", one_project(DAY, [promised]))
    assert told == f"the deadline 2026-01-12 rests on the forecast of 'P/a' and names {written!r}, which is no percentile"


def test_a_dependency_between_teams_needs_a_giver_a_receiver_and_a_date_with_its_spread() -> None:
    ranged, fixed = Task(id="a", duration={"low": "5 d", "likely": "6 d", "high": "9 d"}), Task(id="a", duration="5 d")
    whole = {"source": "P/a", "target": "Q/b", "giver_owner": "me", "receiver_owner": "you", "promised": day(30)}

    def lacks(source: Task = ranged, **more: Any) -> list[str]:
        link = Link(id="L", **{**whole, **more})
        pf = Portfolio(
            id="x",
            start=DAY,
            projects=[Project(id="P", tasks=[source, Task(id="c", duration="1 d")]), Project(id="Q", tasks=[Task(id="b", duration="5 d")])],
            people=[Person(id="me"), Person(id="you")],
            links=[link],
        )
        return [f.message.removeprefix("the dependency 'L' between teams lacks ") for f in said("commitment", pf)]

    assert lacks() == lacks(promised=None, date=day(30)) == lacks(Task(id="a", duration=forecast(*[2] * 8))) == []
    assert lacks(giver_owner=None) == ["a giver"]
    assert lacks(receiver_owner=None) == ["a receiver"]
    assert lacks(promised=None) == ["a committed date"]
    for word in ("sprint", "iteration", "pi"):
        assert lacks(promised=None, attributes={word: "7"}) == ["a committed date (the sprint '7' is no date)"]
    assert lacks(fixed) == ["a spread of that date (a forecast or a range as the giver's duration)"]
    assert lacks(attrs.evolve(fixed, duration="9 d", remaining={"low": "5 d", "likely": "6 d", "high": "9 d"}, actual_start=DAY)) == [], (
        "what remains is what counts"
    )
    assert lacks(attrs.evolve(fixed, actual_start=DAY, actual_finish=DAY), giver_owner=None) == [], "it was given"
    assert lacks(target="P/c", giver_owner=None) == [], "inside one team nobody asks"


# ------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: flow([]), "there is no stretch of days: give items that were started, or start and end"),
        (lambda: flow([WorkItem(id="a")]), "there is no stretch of days: give items that were started, or start and end"),
        (lambda: little(), "give two of wip, cycle_time and throughput"),
        (lambda: little(wip=1, cycle_time=1, throughput=1), "give two of wip, cycle_time and throughput"),
        (lambda: little(wip=1, cycle_time=0), "a rate or a time of 0 says nothing about the other"),
        (lambda: little(wip=1, throughput=0), "a rate or a time of 0 says nothing about the other"),
        (lambda: Job(id="j", cost_of_delay=1, duration=0), "job 'j' takes 0: a duration is above 0"),
        (lambda: Job(id="j", cost_of_delay=1, duration=-2.5), "job 'j' takes -2.5: a duration is above 0"),
    ],
)
def test_questions_that_cannot_be_answered_say_what_to_give(make: Any, words: str) -> None:
    with pytest.raises(UnitError) as caught:
        make()
    assert str(caught.value) == words


# ------------------------------------------------------------------------------------------------ a backlog as a task


def test_a_backlog_is_forecast_from_whole_weeks_up_to_the_day_of_the_data() -> None:
    rows = [WorkItem(id=f"d{n}", started=day(n), finished=day(n)) for n in range(21)]
    task = backlog([*rows, WorkItem(id="open", created=day(0))], "All", day(22))
    assert (task.id, task.name, task.actual_start) == ("backlog", "All", day(0))
    forecast = task.remaining
    assert isinstance(forecast, AgileForecast)
    # 23 days from the first finish to the end of the 22nd are three weeks; the last ends with that day, so the first begins on day 2
    assert (forecast.throughput, forecast.remaining_items, forecast.counted_on) == ((7, 7, 5), 1, day(22))
    long = backlog([WorkItem(id=f"w{n}", finished=day(7 * n)) for n in range(40)] + [WorkItem(id="open")], "All")
    assert isinstance(long.remaining, AgileForecast)
    assert long.remaining.throughput == (1,) * 26, "half a year, and no more"
    assert long.remaining.counted_on == day(273)
    assert backlog([WorkItem(id="open", created=day(0))], "All").duration is None, "nothing was finished: not known"
    few = backlog([WorkItem(id="a", finished=day(0)), WorkItem(id="open")], "All", day(3))
    assert (few.remaining, few.actual_start) == (None, day(0)), "no whole week"
    over = backlog([WorkItem(id="a", finished=day(3)), WorkItem(id="b", started=day(1), dropped=day(9))], "All")
    assert (over.actual_start, over.actual_finish) == (day(1), day(3))


# ------------------------------------------------------------------------------------------------ whatever else a portfolio holds


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_rule_that_holds_for_one_project_hears_of_it_wherever_it_stands(code: str) -> None:
    """A project to which the method does not apply stands first in the file, and everything is said of the others all the same."""
    pf = ipmo.read(Path(__file__).parent / "disorder.yaml")
    first = Project(id="0", methodology="other", tasks=[Task(id="a", duration="5 d", earning="0/100")])
    more = pf.evolve(projects=[first, *pf.projects])
    scope = frozenset(project.id for project in pf.projects)

    def heard(pf: Portfolio) -> list[tuple[str, str]]:
        return [(f.item, f.message) for f in CHECKS[code].run(CheckContext(portfolio=pf, scope=scope))]

    assert heard(more) == heard(pf)
    assert heard(pf) or code in ("flow", "guardrails"), "of a portfolio's guardrails nothing is said that is not of all projects"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_sheet_of_any_system_is_read_line_by_line(tmp_path: Path, ends: str) -> None:
    lines = ["Issue key,Summary,Created", "A-1,one,2026-01-05", 'A-2,"two\nlines",2026-01-06', "a-3,x,2026-01-07"]
    path = tmp_path / "x.csv"
    path.write_bytes(ends.join(lines[:3]).encode())
    items = ipmo.read(path, format="jira-csv")["A/backlog"].extensions["agile"].backlog
    assert [(item.id, item.name) for item in items] == [("A-1", "one"), ("A-2", "two\nlines")]
    path.write_bytes(ends.join(lines).encode())
    with pytest.raises(ipmo.FileError, match=r"x\.csv:5: 'a-3' is no issue key"):
        ipmo.read(path, format="jira-csv")


@pytest.mark.parametrize(("promised", "late"), [("2026-02-20", False), ("2026-02-13", False), ("2026-02-12", True)])
def test_a_promise_about_work_under_way_is_held_against_what_remains(promised: str, late: bool) -> None:
    """Two a week, ten left: five weeks from Monday 12 January for sure, whatever the whole was once thought to take."""
    task = Task(
        id="a",
        duration=forecast(*[1] * 8, items=99),
        remaining=forecast(*[2] * 8),
        actual_start=DAY,
        deadline=promised,
        attributes={"percentile": "P85"},
    )
    told = messages("percentile", one_project(day(7), [task]))
    assert told == ([f"the deadline {promised} says P85 of 'P/a', and lies before its P75, 2026-02-13"] if late else [])
