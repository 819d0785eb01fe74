"""Money by period and people by period, by hand and by brute force."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.periods import EVERY, PeriodRule, Stretch, wall_clock
from ipmo.analysis.money.phasing import time_phase
from ipmo.analysis.resources.capacity import capacity
from ipmo.errors import OptionError, UnknownItemError
from ipmo.model import Assignment, Calendar, Capacity, MoneySettings, Portfolio, Project, Resource, Spread, Task
from ipmo.model.money import CURVES
from ipmo.units import as_effort, as_rate, minutes

ALWAYS = Calendar(id="c", week="mon-sun", hours="00:00-24:00")


@pytest.mark.parametrize("every", sorted(EVERY))
@pytest.mark.parametrize("first", [1, 4, 12])
def test_the_first_and_the_last_period_of_the_calendar_are_periods_too(every: str, first: int) -> None:
    rule = PeriodRule(every, first)
    for day in (date.min, date.max):
        period = rule.of(day)
        assert period.start <= day <= period.end
        assert rule.named(period.name) == period
    shares = Stretch(minutes(date(9998, 7, 1)), minutes(date.max, end=True), Spread(), wall_clock).over(rule)
    assert sum(shares.values()) == 1
    assert max(shares) == rule.of(date.max)


@given(st.dates(date(1999, 1, 1), date(2060, 1, 1)), st.sampled_from(sorted(EVERY)), st.integers(1, 12))
def test_every_day_lies_in_one_period_whose_name_leads_back_to_it(day: date, every: str, first: int) -> None:
    rule = PeriodRule(every, first)
    period = rule.of(day)
    assert period.start <= day < period.end
    assert rule.of(period.start) == rule.of(period.end - timedelta(days=1)) == period
    assert rule.of(period.end).start == period.end
    assert rule.named(period.name) == period


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([*CURVES, "given"]), st.sampled_from(sorted(EVERY)))
def test_shares_by_period_sum_to_one_and_follow_the_curve(since: int, length: int, curve: str, every: str) -> None:
    spread = Spread(curve=curve, shares=(0.1, 0.0, 0.9) if curve == "given" else ())
    start = minutes(date(2026, 1, 1)) + since
    found = Stretch(start, start + length, spread, wall_clock)
    shares = found.over(PeriodRule(every))
    assert sum(shares.values()) == 1
    assert all(share > 0 for share in shares.values())
    middle = float(found.by(start + length // 2))
    if length > 1000:
        assert middle == pytest.approx({"even": 0.5, "front": 0.75, "back": 0.25, "s-curve": 0.5, "given": 0.1}[curve], abs=0.01)


def test_budget_against_actual_against_forecast() -> None:
    task = Task(
        id="t", duration="59 d", actual_start="2026-01-01", progress="50 %", baseline_start="2026-01-01", baseline_finish="2026-02-28",
        budget="59 GBP", actual="62 GBP", forecast="118 GBP", remaining="28 d",
    )  # fmt: skip
    pf = Portfolio(
        id="x", start="2026-01-01", status_date="2026-02-01", calendar="c", calendars=[ALWAYS], money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", tasks=[task, Task(id="later", budget="3 GBP"), Task(id="free", duration="1 d")], funding=[{"from": "2026-02-01", "amount": "100 GBP"}])],
    )  # fmt: skip
    found = time_phase(pf)
    table = found.table()
    assert table["period"] == ("2026-01", "2026-02")
    assert (table["budget"], table["actual"], table["forecast"]) == ((31, 28), (62, None), (62, 56))  # two tasks do not say what they cost
    assert (table["funding"], table["funding_so_far"], table["forecast_so_far"]) == ((0, 100), (0, 100), (62, 118))
    assert str(found.undated("budget")) == "3 GBP"
    assert found.notes() == (
        "budget: 3 GBP without a date",
        "budget: 1 unknown",
        "actual: 2 unknown",
        "forecast: 2 unknown",
    )
    assert found.rolls["budget"].explain("2026-01").figure.parts[0].item == "P/t"
    assert time_phase(pf, item="P").table()["budget"] == (31, 28)
    with pytest.raises(OptionError, match="every='.*' is not known; write one of 'month', 'quarter', 'year', 'financial year'"):
        time_phase(pf, every="moth")
    with pytest.raises(UnknownItemError, match="'Q' is not in this roll-up of budget"):
        time_phase(pf, item="Q")


def test_months_without_money_are_there_and_a_portfolio_without_any_has_none() -> None:
    lines = [{"from": "2026-01-15", "amount": "1 GBP"}, {"from": "2026-04-15", "amount": "2 GBP"}]
    pf = Portfolio(id="x", start="2026-01-01", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget=lines)])
    assert time_phase(pf).table()["budget"] == (1, 0, 0, 2)
    assert time_phase(Portfolio(id="y", start="2026-01-01", projects=[Project(id="P")])).periods == ()


def test_what_was_spent_lies_before_the_status_date_of_the_own_project() -> None:
    task = Task(id="t", duration="59 d", actual_start="2026-01-01", remaining="28 d", actual="31 GBP")
    pf = Portfolio(
        id="x", start="2026-01-01", status_date="2026-03-01", calendar="c", calendars=[ALWAYS], money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", status_date="2026-02-01", tasks=[task])],
    )  # fmt: skip
    assert time_phase(pf).table()["actual"] == (31,)
    assert time_phase(pf.evolve("P", status_date=None)).table()["actual"] == (pytest.approx(31 * 31 / 59), pytest.approx(31 * 28 / 59))


def test_known_lines_stand_in_their_periods_also_where_the_whole_is_not_known() -> None:
    line = {"from": "2026-04-01", "until": "2027-03-31"}
    pf = Portfolio(
        id="x", start="2026-01-01", money=MoneySettings(currency="GBP", financial_year="apr"),
        projects=[
            Project(id="P", budget=[{**line, "amount": "10 GBP"}, {"amount": "5 GBP"}], start="2027-04-01", finish="2028-03-31", forecast=[{**line, "amount": "12 GBP"}, {"note": "the rest"}]),
            Project(id="Q", budget=[{**line, "amount": "20 GBP"}, {"note": "the rest"}]),
            Project(id="R", forecast=[{"amount": "7 GBP"}, {"note": "the rest"}]),
        ],
    )  # fmt: skip
    found = time_phase(pf, every="financial year")
    table = found.table()
    assert table["period"] == ("2026/27", "2027/28")
    assert (table["budget"], table["forecast"]) == ((30, 5), (12, None))  # nothing becomes 0 because it is missing
    assert (table["budget_so_far"], table["forecast_so_far"]) == ((30, 35), (12, 12))
    assert found.notes() == ("budget: 2 unknown", "forecast: 3 unknown")
    budget = found.rolls["budget"]
    assert (str(budget["2026/27"].value), budget["2026/27"].known, str(budget.total.value), budget.total.known) == (
        "30 GBP",
        2,
        "15 GBP",
        1,
    )
    assert any("Q" in line and "66.7%" in line and "the rest of it is unknown" in line for line in budget.explain("2026/27").lines)
    within = time_phase(pf, every="financial year", item="Q")
    assert within.table()["budget"] == (20,)


def test_an_undated_line_is_the_rest_and_lies_outside_the_time_of_the_dated_ones() -> None:
    def by_year(*lines: dict[str, Any]) -> tuple[float, ...]:
        pf = Portfolio(
            id="x", start="2026-01-01", calendar="c", calendars=[ALWAYS], money=MoneySettings(currency="GBP"),
            projects=[Project(id="P", start="2026-01-01", finish="2029-12-31", budget=lines)],
        )  # fmt: skip
        return tuple(time_phase(pf, every="year").table()["budget"])

    assert by_year({"from": "2027-01-01", "until": "2027-12-31", "amount": "50 GBP"}, {"amount": "1096 GBP"}) == (365, 50, 366, 365)
    half = {"from": "2026-07-01", "until": "2026-12-31", "amount": "5 GBP"}
    assert by_year(half, {**half, "from": "2026-10-01", "until": "2027-12-31"}, {"amount": "912 GBP"}) == (
        pytest.approx(5 + 5 * 92 / 457 + 181),
        pytest.approx(5 * 365 / 457),
        366,
        365,
    )
    everything = {"from": "2026-01-01", "until": "2029-12-31", "amount": "1461 GBP"}
    assert by_year(everything, {"amount": "1461 GBP"}) == (730, 730, 732, 730)  # they leave it no time: it lies over the whole
    assert by_year({"from": "2027-01-01", "amount": "1 GBP"}, {"amount": "1461 GBP"}) == (
        365,
        366,
        366,
        365,
    )  # paid on a day, stated for none


def test_what_assignments_cost_is_on_top_only_where_the_task_says_so() -> None:
    crew = Resource(id="crew", rate=as_rate("100 GBP per pd"))
    work: dict[str, Any] = {"budget": "1000 GBP", "assignments": [Assignment(resource="crew", effort=as_effort("2 pd"))]}
    for plus, total in ((False, "1 k GBP"), (True, "1.2 k GBP")):
        pf = Portfolio(
            id="x",
            money=MoneySettings(currency="GBP"),
            resources=[crew],
            projects=[Project(id="P", tasks=[Task(id="t", plus_resources=plus, **work)])],
        )
        assert str(ipmo.roll_up(pf, "budget").total.value) == total
    unknown = pf.evolve(resources=[Resource(id="crew")])
    assert ipmo.roll_up(unknown, "budget").total.value is None


# ------------------------------------------------------------------------------------------------ people


def team(*tasks: Task, **fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        calendar="c",
        calendars=[Calendar(id="c", week="mon-fri", hours="09:00-17:00")],
        resources=[
            Resource(id="crew", capacity=[Capacity(since="2026-01-01", value=2), Capacity(since="2026-02-02", value=1)], category="people"),
            Resource(id="expert", category="people"),
        ],
        projects=[Project(id="A", tasks=[t for t in tasks if t.id.startswith("a")]), Project(id="B", tasks=[t for t in tasks if not t.id.startswith("a")])],
        **fields,
    )  # fmt: skip


def test_demand_against_capacity_day_by_day() -> None:
    pf = team(
        Task(id="a1", duration="5 d", assignments=[Assignment(resource="crew", units=2)]),
        Task(id="b1", duration="5 d", assignments=[Assignment(resource="crew", effort=as_effort("5 pd"))]),
        Task(id="b2", duration="20 d", not_before="2026-02-02", assignments=[Assignment(resource="crew", units=1)]),
        Task(id="b3", assignments=[Assignment(resource="crew")]),
    )
    found = capacity(pf)
    january, february = found.of("crew")
    assert (january.demand, january.over, january.days_over, january.peak) == (15, 5, 5, 3)
    assert january.capacity == 2 * 22
    assert january.projects == (("A", 10), ("B", 5))
    assert (february.demand, february.capacity, february.over) == (20, 20, 0)
    assert (found.constraint, found.undated) == ("crew", ("B/b3",))
    assert [load.period.name for load in found.over_allocated] == ["2026-01"]
    assert found.table()["load"][0] == pytest.approx(15 / 44)


def test_a_busy_week_is_not_hidden_by_a_quiet_month_and_unknown_capacity_is_not_zero() -> None:
    pf = team(
        Task(id="a1", duration="1 d", assignments=[Assignment(resource="crew", units=3)]), Task(id="b", duration="1 d", assignments=[Assignment(resource="expert")])
    )  # fmt: skip
    found = capacity(pf)
    assert found.of("crew")[0].over == 1
    assert found.of("crew")[0].load is not None
    assert (found.of("expert")[0].capacity, found.of("expert")[0].over, found.unstated) == (None, 0, ("expert",))
    assert capacity(pf, by="category").of("people")[0].demand == 4
    assert [(load.name, load.demand) for load in capacity(pf, by="project").rows] == [("A", 3), ("B", 1)]
    for wrong in ({"by": "colour"}, {"every": "fortnight"}, {"include": ["closed"]}):
        with pytest.raises(OptionError, match="write one of"):
            capacity(pf, **wrong)  # type: ignore[arg-type]
    with pytest.raises(UnknownItemError, match="close: 'crew'"):
        found.of("crow")


def test_only_what_is_left_asks_for_people() -> None:
    begun = {"actual_start": "2026-01-05", "progress": "40 %", "remaining": "3 d"}
    pf = team(
        Task(id="a1", duration="5 d", assignments=[Assignment(resource="crew", effort=as_effort("10 pd"))], **begun),
        Task(id="a2", duration="5 d", actual_start="2026-01-05", actual_finish="2026-01-06", assignments=[Assignment(resource="crew")]),
        status_date="2026-01-08",
    )
    assert capacity(pf).of("crew")[0].demand == 6
    unsaid = pf.evolve("A/a1", progress=None, remaining="2 d")  # two of five days remain
    assert capacity(unsaid).of("crew")[0].demand == 4
    assert capacity(unsaid.evolve("A/a1", remaining=None)).of("crew")[0].demand == 10


def test_a_resource_without_a_calendar_is_there_when_its_work_goes_on() -> None:
    site = Calendar(id="site", week="mon-sat", hours="06:00-16:00")
    task = Task(id="a1", duration="60 h", calendar="site", assignments=[Assignment(resource="crew", units=2)])
    pf = team().evolve(calendars=[Calendar(id="c", week="mon-fri", hours="09:00-17:00"), site], projects=[Project(id="A", tasks=[task])])
    free = capacity(pf).of("crew")[0]  # Monday to Saturday, ten hours each; a person-day has eight
    assert (free.demand, free.over, free.capacity) == (15, 0, 2 * (6 * Fraction(10, 8) + 17))  # 17 more weekdays in January
    crew = attrs.evolve(pf["crew"], calendar="c")
    held = capacity(pf.evolve(resources=[crew, *pf.resources[1:]])).of("crew")[0]
    assert (held.demand, held.over, held.days_over) == (15, 5 * Fraction(4, 8) + 2 * Fraction(10, 8), 6)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20), st.integers(1, 4)), min_size=1, max_size=5))
def test_demand_and_overload_equal_a_count_by_days(rows: list[tuple[int, int, int]]) -> None:
    tasks = [
        Task(id=f"b{n}", duration=f"{length} d", not_before=date(2026, 1, 5) + timedelta(days=later), assignments=[Assignment(resource="crew", units=units)])
        for n, (length, later, units) in enumerate(rows)
    ]  # fmt: skip
    pf = team(*tasks)
    s = ipmo.schedule(pf)
    busy: dict[date, int] = {}
    for n, (_, _, units) in enumerate(rows):
        start, finish = s.dates(f"B/b{n}")
        assert start is not None
        assert finish is not None
        day = start.date()
        while day <= finish.date():
            if day.weekday() < 5:
                busy[day] = busy.get(day, 0) + units
            day += timedelta(days=1)
    found = capacity(pf, every="year").of("crew")
    assert sum(load.demand for load in found) == sum(busy.values())
    limit = {day: 1 if day >= date(2026, 2, 2) else 2 for day in busy}
    assert sum(load.over for load in found) == sum(max(n - limit[day], 0) for day, n in busy.items())
    assert max(load.peak for load in found) == Fraction(max(busy.values()))


@pytest.mark.parametrize("every", sorted(EVERY))
def test_a_free_attribute_called_like_a_period_groups_nothing_by_period(every: str) -> None:
    task = Task(id="t", duration="60 d", budget="90 k GBP", attributes={every: "old"})
    pf = Portfolio(id="x", start="2026-01-05", money=MoneySettings(currency="GBP"), projects=[Project(id="P", tasks=[task])])
    plain = pf.evolve("P/t", attributes={})
    for ask in (lambda one: time_phase(one, every=every), lambda one: ipmo.roll_up(one, "budget", by=every)):
        assert ask(pf).table().to_dict() == ask(plain).table().to_dict()


def test_exact_amounts_by_period_are_those_of_the_figures() -> None:
    pf = ipmo.read(Path(__file__).parents[3] / "examples" / "city.yaml")
    for measure in ("budget", "actual", "carbon"):
        found = ipmo.roll_up(pf, measure, unrated="unknown").amounts_by_period("quarter")
        figures = ipmo.roll_up(pf, measure, by="quarter", unrated="unknown").groups
        assert {(item, period): amount for item, periods in found.items() for period, amount in periods.items()} == {
            (part.item, group.item): 0 if group.item == "(unknown)" else part.exact for group in figures for part in group.parts
        }
    with pytest.raises(ipmo.UnitError, match="ask roll_up"):
        ipmo.roll_up(pf, "finish").amounts_by_period("month")


@pytest.mark.parametrize(("state", "dated"), [("active", 6_000_000), ("paused", None)])
def test_a_stated_budget_is_in_no_period_while_work_of_it_has_no_date(state: str, dated: int | None) -> None:
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-01", "calendar": "continuous", "money": {"currency": "GBP"}},
            "projects": [
                {"id": "plat", "state": state, "tasks": [{"id": "x", "duration": "2 d"}]},
                {
                    "id": "p",
                    "budget": "6 M GBP",
                    "tasks": [{"id": "a", "duration": "10 d"}, {"id": "b", "duration": "5 d"}],
                },
            ],
            "links": [{"from": "plat/x", "to": "p/b"}],
        }
    )
    found = ipmo.time_phase(pf)
    assert sum(found.value("budget", period.name) or 0 for period in found.periods) == (dated or 0)
    assert ("budget: 6 M GBP without a date" in found.notes()) == (dated is None)


def test_a_gate_on_hold_with_no_work_after_it_leaves_money_where_the_work_lies() -> None:
    gate = {"id": "G", "after": "a", "body": "bd", "decision": {"outcome": "hold", "date": "2026-01-01", "decided_by": "bd"}}
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-01", "calendar": "continuous", "money": {"currency": "GBP"}},
            "projects": [{"id": "p", "budget": "6 M GBP", "tasks": [{"id": "a", "duration": "10 d"}], "gates": [gate]}],
            "organisation": {"bodies": [{"id": "bd"}]},
        }
    )
    assert ipmo.time_phase(pf).value("budget", "2026-01") == 6_000_000
