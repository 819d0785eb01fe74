"""Envelopes: P80 by hand, each uncertain line in its own year; forecasts and actual cost; financial years; selections that keep them."""

from __future__ import annotations

import math
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model import Budget, BudgetLine, Calendar, MoneySettings, Portfolio, Project, RateRow, Task
from ipmo_mop import MopFields, carbon, frontier, problem_of, select
from ipmo_mop.envelopes import length, period_of, project_costs

P80 = 14 - math.sqrt(0.2 * 6 * 5)
"""Of tri(8, 9, 14), by the inverse of its distribution function: 11.5505."""
SPREAD = {"low": "8 M GBP", "likely": "9 M GBP", "high": "14 M GBP"}


def portfolio(*projects: Project, fields: dict[str, Any], **more: Any) -> Portfolio:
    return Portfolio(
        id="pf",
        **{
            "start": "2026-01-01",
            "status_date": "2026-01-01",
            "calendar": "c",
            "calendars": [Calendar(id="c", week="mon-sun", hours="00:00-24:00")],
            "methodologies": {"portfolio": "mop"},
            "money": MoneySettings(currency="GBP"),
            "projects": projects,
            "extensions": {"mop": fields},
            **more,
        },
    )


def year(amount: Any, of: int) -> BudgetLine:
    return BudgetLine(amount=amount, since=f"{of}-01-01", until=f"{of}-12-31")


TWO_YEARS = Project(id="p", state="active", budget=Budget([year(SPREAD, 2026), year("1 M GBP", 2027)]))


def heard(pf: Portfolio) -> list[str]:
    return [f.message for f in ipmo.check(pf).of("mop/envelope")]


def test_the_spread_of_a_line_stays_in_its_year() -> None:
    stated = {"every": "year", "confidence": "80 %", "envelopes": {"2026": "11.4 M GBP", "2027": "5 M GBP"}}
    pf = portfolio(TWO_YEARS, fields=stated)
    assert heard(pf) == ["budgets of 2026 at P80 are 11,550,510 GBP, 150,510 above the envelope of 11,400,000"]
    costs = project_costs(pf)["p"]
    assert {period: float(cost) for period, cost in costs.items()} == {"2026": pytest.approx(P80 * 1e6), "2027": 1e6}
    phased = ipmo.time_phase(pf, every="year", confidence=0.8)
    assert float(phased.value("budget", "2026") or 0) == pytest.approx(P80 * 1e6)
    assert heard(pf.evolve("pf", extensions={"mop": {**stated, "envelopes": {"2026": "11.56 M GBP", "2027": "1 M GBP"}}})) == []
    quarters = {**stated, "every": "quarter", "envelopes": {"2026-Q1": "2.8 M GBP", "2026-Q4": "2.92 M GBP", "2027-Q1": "1 M GBP"}}
    assert [m.partition(" are")[0] for m in heard(portfolio(TWO_YEARS, fields=quarters))] == ["budgets of 2026-Q1 at P80"]


def test_uncertain_and_certain_lines_of_tasks_bear_their_own_spread() -> None:
    tasks = [
        Task(id="a", duration="30 d", budget=SPREAD, baseline_start="2026-01-01", baseline_finish="2026-12-31"),
        Task(id="b", duration="30 d", budget="4 M GBP", baseline_start="2027-01-01", baseline_finish="2027-12-31"),
    ]
    stated = {"confidence": "80 %", "envelopes": {"2026": "11.5 M GBP", "2027": "4 M GBP"}}
    pf = portfolio(Project(id="p", state="active", tasks=tasks), fields=stated)
    assert heard(pf) == ["budgets of 2026 at P80 are 11,550,510 GBP, 50,510 above the envelope of 11,500,000"]


def test_forecasts_and_what_is_spent_are_held_against_the_envelope_too() -> None:
    stated = {"envelopes": {"2026": "10 M GBP"}}

    def of(**money: Any) -> list[str]:
        lines = {name: Budget([year(amount, 2026)]) for name, amount in money.items()}
        rest = Project(id="q", state="active", budget=Budget([year("4 M GBP", 2026)]))
        return heard(portfolio(Project(id="p", state="active", **lines), rest, fields=stated, status_date="2026-12-31"))

    assert of(budget="5 M GBP") == []
    assert of(budget="5 M GBP", forecast="6 M GBP") == []
    assert of(budget="5 M GBP", forecast="7 M GBP") == [
        "forecasts, and budgets where there is none, of 2026 are 11,000,000 GBP, 1,000,000 above the envelope of 10,000,000"
    ]
    assert of(budget="5 M GBP", actual="12 M GBP") == [
        "actual costs of 2026 are 12,000,000 GBP, 2,000,000 above the envelope of 10,000,000"
    ]
    assert len(of(budget="7 M GBP", forecast="8 M GBP", actual="11 M GBP")) == 3


def test_a_budget_of_nothing_is_known() -> None:
    """Work of one's own people that costs no money can be chosen; what states no budget cannot."""
    scored = {"criteria": [{"id": "v", "weight": "100 %", "scale": {"low": 0, "high": 10}}], "envelopes": {"2026": "10 GBP"}}
    rows = [
        {"id": name, "state": "proposed", "start": "2026-05-01", "finish": "2026-12-31", "extensions": {"mop": {"scores": {"v": "high"}}}}
        | money
        for name, money in (("free", {"budget": "0 GBP"}), ("dear", {"budget": "10 GBP"}), ("unsaid", {}))
    ]
    plan = {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}, "extensions": {"mop": scored}}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": plan, "projects": rows})
    found = select(pf)
    assert found.chosen == ("free", "dear")
    assert "what unsaid costs is not known" in found.why("unsaid").text


def test_a_period_of_two_years_needs_a_financial_year_that_is_one() -> None:
    stated = {"every": "financial year", "envelopes": {"2026/27": "10 GBP"}, "carbon_envelopes": {"2026/27": "1 t CO2e"}}
    plan = {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}, "extensions": {"mop": stated}}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": plan, "projects": [{"id": "p", "state": "active", "budget": "5 GBP"}]})
    for ask in (carbon, select, problem_of):
        with pytest.raises(ipmo.UnitError, match=r"the financial year begins in January; write money: \{financial_year: apr\}, or 2026"):
            ask(pf)
    april = pf.evolve("x", money=attrs.evolve(pf.money, financial_year="apr"))
    assert [row.period for row in carbon(april)] == ["2026/27"]


@pytest.mark.parametrize(("every", "name"), [("year", "2026"), ("financial year", "2026/27"), ("financial year", "2026")])
def test_a_year_is_the_financial_year_that_the_portfolio_states(every: str, name: str) -> None:
    late = Project(id="p", state="active", budget=Budget([BudgetLine(amount="6 M GBP", since="2027-02-01", until="2027-02-28")]))
    early = Project(id="q", state="active", budget=Budget([BudgetLine(amount="6 M GBP", since="2026-02-01", until="2026-02-28")]))
    stated = {"every": every, "envelopes": {name: "5 M GBP"}}
    april = portfolio(late, fields=stated, money=MoneySettings(currency="GBP", financial_year="apr"))
    assert heard(april) == [f"budgets of {name} are 6,000,000 GBP, 1,000,000 above the envelope of 5,000,000"]
    assert heard(april.evolve(projects=[early])) == []
    january = portfolio(early, fields=stated)
    if "/" in name:  # a silent year of another length would hold money of nine months against it
        with pytest.raises(ipmo.UnitError, match="the financial year begins in January"):
            period_of(january, name)
        return
    assert len(heard(january)) == 1
    assert heard(january.evolve(projects=[late])) == []


@pytest.mark.parametrize("every", ["year", "quarter", "month", "financial year"])
def test_without_a_currency_a_year_begins_in_january(every: str) -> None:
    pf = Portfolio(id="x", extensions={"mop": MopFields(every=every)})
    assert length(pf) == every
    assert period_of(pf, "2026") == "2026"


def test_a_missing_rate_leaves_out_what_needs_it() -> None:
    foreign = Project(id="q", state="active", budget=Budget([year("1 M EUR", 2026)]))
    found = heard(portfolio(TWO_YEARS, foreign, fields={"envelopes": {"2026": "8 M GBP"}}))
    assert found[0].startswith("budgets of 2026 are 9,000,000 GBP")
    assert "not known" in found[1]


def chosen_of(pf: Portfolio, chosen: tuple[str, ...]) -> Portfolio:
    """The portfolio as selected: what is chosen active, what is open and not chosen proposed."""
    for project in pf.projects:
        if project.state != "closed":
            pf = pf.evolve(project.id, state="active" if project.id in chosen else "proposed")
    return pf


def test_the_optimum_keeps_the_envelopes_that_the_check_asks_for() -> None:
    stated = {"confidence": "80 %", "envelopes": {"2026": "12 M GBP"}}
    small = Project(id="q", state="proposed", budget=Budget([year("2 M GBP", 2026)]))
    pf = portfolio(TWO_YEARS, small, fields=stated)
    found = select(pf, {"p": 5, "q": 3})
    assert found.chosen == ("p",)  # 9 + 2 would fit at the most likely values, 11.55 + 2 does not at P80
    assert not heard(chosen_of(pf, found.chosen))
    gone = Project(id="old", state="closed", budget=Budget([year("1 M GBP", 2026)]))
    after = select(pf.evolve(projects=[*pf.projects, gone]), {"p": 5, "q": 3})
    assert after.chosen == ("q",)
    assert after.budgets()["left"] == (9e6,)
    assert after.problem.rules[0].text == "budget of 2026: at most 12,000,000 GBP, 1,000,000 GBP of it committed"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9), st.sampled_from([2026, 2027]), st.sampled_from(["active", "proposed", "closed"])), min_size=1, max_size=5),
    st.integers(5, 30),
    st.sampled_from([None, 0.5, 0.8, 0.95]),
)  # fmt: skip
def test_no_optimum_breaks_an_envelope(rows: list[tuple[int, int, int, str]], most: int, confidence: float | None) -> None:
    projects = [
        Project(
            id=f"p{n}",
            state=state,
            budget=Budget([year({"low": f"{low} GBP", "likely": f"{low} GBP", "high": f"{low + more} GBP"}, of), year("1 GBP", 2027)]),
        )
        for n, (low, more, of, state) in enumerate(rows)
    ]
    stated = {"confidence": confidence, "envelopes": {"2026": f"{most} GBP", "2027": f"{most} GBP"}}
    pf = portfolio(*projects, fields=stated)
    found = select(pf, {p.id: 1.0 + n for n, p in enumerate(projects) if p.state != "closed"})
    if found.status == "optimal":
        assert not heard(chosen_of(pf, found.chosen))


def proposed(name: str, worth: int, budget: int, forecast: int | None, *, state: str = "proposed") -> Project:
    return Project(
        id=name,
        state=state,  # type: ignore[arg-type]
        budget=Budget([year(f"{budget} GBP", 2026)]),
        forecast=None if forecast is None else Budget([year(f"{forecast} GBP", 2026)]),
        tasks=[Task(id="t", duration="24 h")],
        extensions={"mop": MopFields(scores={"v": worth})},
    )


def test_a_selection_keeps_the_envelopes_with_what_is_forecast_too() -> None:
    """Budgets of 5 each under 10: x and y are worth 9, but 9 are forecast for x, and with the 5 of y that is 14; x and z cost 9 and 1."""
    fields = {"envelopes": {"2026": "10 GBP"}, "criteria": [{"id": "v", "weight": "100 %", "scale": {n: n for n in range(6)}}]}
    projects = [proposed("x", 5, 5, 9), proposed("y", 4, 5, None), proposed("z", 3, 5, 1)]

    def best(*some: Project) -> set[str]:
        pf = portfolio(*some, fields=fields)
        found = select(pf)
        assert found.status == "optimal"
        chosen = pf.evolve(projects=[p for p in pf.projects if p.id in found.chosen or p.state == "closed"])
        for one in found.chosen:
            chosen = chosen.evolve(one, state="approved")
        assert not [f for f in ipmo.check(chosen) if f.code == "mop/envelope"]
        return set(found.chosen)

    assert best(*projects) == {"x", "z"}
    assert best(proposed("x", 5, 5, None), *projects[1:]) == {"x", "y"}  # nothing of what is chosen is forecast
    assert best(*projects, proposed("w", 0, 0, 1, state="closed")) == {"y", "z"}  # 9 and 1 leave nothing for the 1 of what is closed


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 12)), st.booleans()), min_size=1, max_size=5
    ),
    st.integers(0, 20),
    st.sampled_from([None, 0.3, 0.8]),
)
def test_no_selection_breaks_the_check_of_its_own_envelopes(
    rows: list[tuple[int, int, int | None, bool]], most: int, at: float | None
) -> None:
    fields: dict[str, Any] = {
        "envelopes": {"2026": f"{most} GBP"},
        "criteria": [{"id": "v", "weight": "100 %", "scale": {n: n for n in range(6)}}],
    }
    fields |= {} if at is None else {"confidence": at}
    projects = [
        proposed(f"p{n}", worth, budget, forecast, state="active" if active else "proposed")
        for n, (worth, budget, forecast, active) in enumerate(rows)
    ]
    pf = portfolio(*projects, fields=fields)
    found = select(pf)
    kept = [p.id for p in projects if p.id in found.chosen]
    chosen = pf.evolve(projects=[p for p in projects if p.id in kept])
    for one in kept:
        chosen = chosen.evolve(one, state="approved")
    assert not [f.message for f in ipmo.check(chosen) if f.code == "mop/envelope"]


def test_an_envelope_without_an_exchange_rate_binds_nothing_and_the_answer_says_so() -> None:
    """2026 allows one of two projects, 2027 is in USD: that of more value is chosen as if 2027 were not stated; with a rate it binds."""
    projects = [
        Project(id=name, state="proposed", budget=Budget(lines=[year("6 M GBP", 2026), year("3 M GBP", 2027)]), extensions={"mop": {"scores": {"c": score}}})
        for name, score in (("a", 9), ("b", 5))
    ]  # fmt: skip
    fields = {"every": "year", "criteria": [{"id": "c", "weight": "100 %", "scale": {"low": 0, "high": 10}}]}
    pf = portfolio(*projects, fields=fields | {"envelopes": {"2026": "10 M GBP", "2027": "2 M USD"}})
    found, without = select(pf), select(portfolio(*projects, fields=fields | {"envelopes": {"2026": "10 M GBP"}}))
    assert found.chosen == without.chosen == ("a",)
    assert "the envelope of 2027 is in USD, which has no exchange rate: it binds nothing" in repr(found)
    assert "USD" not in repr(without)
    assert [tuple(row.values()) for row in found.budgets().rows()] == [("2026", 10e6, 6e6, 4e6), ("2027", None, 3e6, None)]
    assert {point.chosen for point in frontier(pf, period="2026").points} == {(), ("a",), ("a", "b")}
    curve, why = frontier(pf, period="2026"), "the envelope of 2027 is in USD, which has no exchange rate"
    assert (curve.unbound, repr(curve).endswith(f"; {why}: it binds nothing>")) == ((why,), True)
    assert set(curve.table()["binds_nothing"]) == {why}
    whole = frontier(pf)  # no envelope holds
    assert (whole.unbound, set(whole.table()["binds_nothing"]), "binds nothing" in repr(whole)) == ((), {None}, False)
    rated = pf.evolve(rates=[RateRow(since="2020-01-01", per={"USD": "0.8"})])
    assert select(rated).chosen == (), "3 M GBP in 2027 are more than 1.6 M GBP"


def _with_cancelled(spent: str, **more: Any) -> Portfolio:
    """Of 2 M in 2026 a cancelled project has spent some, of its budget of 10; an active one is to cost 1 M in that year."""
    lost = Task(id="x", duration="100 d", budget="10 M GBP", forecast="12 M GBP", actual=spent, actual_start="2026-01-01")
    work = Task(id="x", duration="20 d", budget="1 M GBP", **more)
    fields = {"every": "year", "envelopes": {"2026": "2 M GBP"}}
    projects = Project(id="p", state="active", tasks=[work]), Project(id="lost", state="cancelled", tasks=[lost])
    return portfolio(*projects, fields=fields, status_date="2026-06-01")


def test_what_cancelled_projects_spent_is_gone_from_the_envelope_and_what_they_were_to_cost_is_not() -> None:
    """1.5 + 1 = 2.5 of 2 M; 3 M alone are above it; 1 + 1 is within, whatever was still to come."""
    both = "and what cancelled projects have spent, of 2026 are 2,500,000 GBP, 500,000 above the envelope of 2,000,000"
    assert heard(_with_cancelled("1.5 M GBP")) == [f"budgets, {both}"]
    assert heard(_with_cancelled("1.5 M GBP", forecast="1 M GBP")) == [f"forecasts, and budgets where there is none, {both}"]
    spent = portfolio(
        *_with_cancelled("3 M GBP").projects[1:], fields={"every": "year", "envelopes": {"2026": "2 M GBP"}}, status_date="2026-06-01"
    )
    assert heard(spent) == ["actual costs of 2026 are 3,000,000 GBP, 1,000,000 above the envelope of 2,000,000"]
    assert heard(_with_cancelled("1 M GBP")) == heard(_with_cancelled("1 M GBP", forecast="1 M GBP")) == []


def test_what_cancelled_projects_spent_is_not_there_to_be_chosen_with() -> None:
    """Of 2 M 1.5 are gone: p costs 1 M and is left out; where 1 M is gone it fits. Where it must be done, nothing is feasible."""
    for spent, chosen in (("1.5 M GBP", ()), ("1 M GBP", ("p",))):
        assert select(_with_cancelled(spent), {"p": 5}).chosen == chosen
        assert select(_with_cancelled(spent, forecast="1 M GBP"), {"p": 5}).chosen == chosen
    must = _with_cancelled("1.5 M GBP").evolve("p", extensions={"mop": {"mandatory": True}})
    assert "its envelope is 2,000,000, of which cancelled projects have spent 1,500,000: no selection is feasible" in heard(must)[0]
