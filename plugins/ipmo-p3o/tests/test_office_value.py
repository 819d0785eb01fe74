"""What an office is worth, computed: each figure on worked numbers, forecasts by horizon, and a KPI that names a figure."""

from __future__ import annotations

from typing import Any

import pytest

from ipmo.model import (
    Benefit,
    Condition,
    Decision,
    DecisionBody,
    Gate,
    GateDecision,
    Lesson,
    MoneySettings,
    Office,
    Person,
    Portfolio,
    Project,
    StatusReport,
    Task,
)
from ipmo.plugin import CheckContext
from ipmo_p3o import P3O, P3OFields, ValueKpi, kpi_table, office_value


def portfolio(**more: Any) -> Portfolio:
    fields: dict[str, Any] = {"start": "2025-01-06", "status_date": "2026-06-01", "money": MoneySettings(currency="GBP"), **more}
    return Portfolio(id="x", **fields)


def values(pf: Portfolio, *history: Portfolio) -> dict[str, tuple[float | None, int]]:
    table = office_value(pf, history)
    return {name: (value, count) for name, value, count in zip(table["figure"], table["value"], table["count"], strict=True)}


def test_decisions_and_conditions_are_timed_and_what_nobody_raised_does_not_count() -> None:
    pf = portfolio(
        decisions=[
            Decision(id="D1", state="decided", raised="2026-03-02", decided="2026-03-12", evidence=["paper"]),
            Decision(id="D2", state="decided", raised="2026-03-02", decided="2026-04-01", evidence=[" "]),
            Decision(id="D3", state="decided", raised="2026-03-02", decided="2026-03-04"),
            Decision(id="D4", state="decided", decided="2026-03-04", evidence=["paper"]),
            Decision(id="D5", raised="2026-01-05"),
        ],
        projects=[
            Project(
                id="P",
                gates=[
                    Gate(
                        id="G",
                        decision=GateDecision(
                            outcome="conditional go",
                            date="2026-03-02",
                            conditions=[
                                Condition(id="in-time", due="2026-04-01", met="2026-04-01"),
                                Condition(id="late", due="2026-04-01", met="2026-04-02"),
                                Condition(id="never", due="2026-05-31"),
                                Condition(id="today", due="2026-06-01"),
                            ],
                        ),
                    )
                ],
            )
        ],
    )
    found = values(pf)
    assert found["decision-latency"] == (10.0, 3)
    assert found["decision-evidence"] == (0.5, 4)
    assert found["conditions-in-time"] == (pytest.approx(1 / 3), 3)
    table = office_value(pf)
    assert dict(zip(table["figure"], table["names"], strict=True))["conditions-in-time"] == "P/G late, P/G never"


def test_early_stops_count_what_was_not_spent_and_only_where_both_are_known() -> None:
    projects = [
        Project(id="A", state="cancelled", budget="100 GBP", actual="30 GBP"),
        Project(id="B", state="cancelled", budget="100 GBP", actual="130 GBP"),
        Project(id="C", state="cancelled", budget="100 GBP"),
        Project(
            id="D",
            budget="100 GBP",
            actual="10 GBP",
            status=[StatusReport(date="2026-05-22", rag="green"), StatusReport(date="2026-06-02", rag="red")],
        ),
    ]
    found = values(portfolio(projects=projects, lessons=[Lesson(id="L", applied_in=["D"]), Lesson(id="M")]))
    assert found["early-stops"] == (70.0, 2)
    assert found["report-age"] == (10.0, 1)
    assert found["lesson-reuse"] == (0.5, 2)
    assert values(portfolio())["early-stops"] == (None, 0)


def test_forecasts_are_held_against_the_end_by_horizon() -> None:
    """Done on 29 May 2026 for 120 GBP; on 2 March, three months before, it was to be done on 15 May for 100."""
    now = portfolio(
        projects=[
            Project(id="P", state="closed", tasks=[Task(id="a", actual_start="2026-01-05", actual_finish="2026-05-29", actual="120 GBP")])
        ]
    )
    now = now.evolve("P", actual_finish="2026-05-29")
    then = portfolio(
        status_date="2026-03-02",
        projects=[Project(id="P", tasks=[Task(id="a", actual_start="2026-01-05", remaining="55 d", forecast="100 GBP")])],
    )
    found = values(now, then)
    assert found["finish-3-months"] == (14.0, 1)
    assert found["cost-3-months"] == (pytest.approx(20 / 120), 1)
    assert found["finish-6-months"] == (None, 0), "the snapshot lies three months away from that"


@pytest.mark.parametrize(("state", "days", "share"), [("proposed", 63.0, 0.2), ("cancelled", None, None), ("paused", None, 0.2)])
def test_a_snapshot_says_what_it_can_of_a_project_in_whatever_state_it_was(state: str, days: float | None, share: float | None) -> None:
    """Done on 29 May 2026 for 100 GBP; three months before, 20 days of work from 2 March on (done on 27 March), for 80."""
    now = portfolio(projects=[Project(id="P", state="closed", actual_finish="2026-05-29", actual="100 GBP")])
    work = [Task(id="a", duration="20 d")]
    then = portfolio(status_date="2026-03-02", projects=[Project(id="P", state=state, forecast="80 GBP", tasks=work)])
    found = values(now, then)
    assert (found["finish-3-months"][0], found["cost-3-months"][0]) == (days, share)


def test_a_forecast_of_half_the_work_is_no_forecast_of_the_cost() -> None:
    now = portfolio(projects=[Project(id="P", state="closed", actual_finish="2026-05-29", actual="100 GBP")])
    half = [Task(id="a", duration="20 d", forecast="50 GBP"), Task(id="b", duration="20 d")]
    assert values(now, portfolio(status_date="2026-03-02", projects=[Project(id="P", tasks=half)]))["cost-3-months"] == (None, 0)


def test_prices_of_two_years_leave_the_cost_unknown_and_the_finish_known() -> None:
    done = [
        Project(id=name, state="closed", actual_finish="2026-05-29", actual="100 GBP", price_base=base)
        for name, base in (("P", {"year": 2020}), ("Q", {"year": 2024}))
    ]
    now, money = portfolio(projects=done), {"tasks": [Task(id="a", duration="20 d", forecast="50 GBP")]}
    found = values(now, portfolio(status_date="2026-03-02", projects=[Project(id=p.id, price_base=p.price_base, **money) for p in done]))
    assert (found["finish-3-months"], found["cost-3-months"]) == ((63.0, 2), (None, 0))


def test_a_kpi_that_names_a_figure_is_always_fresh_and_says_when_it_cannot_be_computed() -> None:
    def pf(figure: str) -> Portfolio:
        kpi = ValueKpi(id="k", figure=figure, baseline=40.0, target=10.0, owner="ann")
        office = Office(id="hub", type="portfolio", reports_to="board", extensions={"p3o": P3OFields(kpis=(kpi,))})
        return portfolio(
            offices=[office],
            bodies=[DecisionBody(id="board", level="portfolio")],
            people=[Person(id="ann")],
            decisions=[Decision(id="D1", state="decided", raised="2026-03-02", decided="2026-03-27")],
        )

    check = next(c for c in P3O.checks if c.code == "p3o/value")
    assert not list(check.run(CheckContext(portfolio=pf("decision-latency"))))
    assert kpi_table(pf("decision-latency"))["latest"] == (25.0,)
    assert kpi_table(pf("decision-latency"))["reached"] == (0.5,)
    (found,) = check.run(CheckContext(portfolio=pf("lesson-reuse")))
    assert found.message == "KPI 'k' of office 'hub' cannot be computed from the data"


def test_benefits_realised_are_held_against_their_plan_by_age() -> None:
    def benefit(id: str, start: str, actual: str | None, **more: Any) -> Benefit:
        return Benefit(id=id, value="120 k GBP per year", planned_start=start, actual=actual, lasts="10 years", enabled_by=["P"], **more)

    pf = portfolio(
        status_date="2026-01-01",
        projects=[Project(id="P", finish="2020-12-31", state="closed", actual_finish="2020-12-31")],
        benefits=[
            benefit("young", "2025-07-05", "30 k GBP"),  # half a year: 59 k GBP planned
            benefit("ripe", "2024-01-01", "240 k GBP"),
            benefit("old", "2021-01-01", "300 k GBP"),  # five years: 600 k GBP
            benefit("unmeasured", "2021-01-01", None),
            benefit("to-come", "2027-01-01", None),
            benefit("noise", "2021-01-01", "1 k GBP", disbenefit=True),
        ],
    )
    found = values(pf)
    assert found["benefits-realised"] == (pytest.approx(0.506, abs=0.003), 3)
    assert found["benefits-year-1"] == (pytest.approx(0.506, abs=0.003), 1)
    assert found["benefits-years-2-3"] == (pytest.approx(1.0, abs=0.002), 1)
    assert found["benefits-later"] == (pytest.approx(0.5, abs=0.002), 1)
    table = office_value(pf).where(figure="benefits-realised")
    assert table["names"][0].startswith("young") and "ripe" not in table["names"][0]  # noqa: PT018
    assert values(portfolio())["benefits-realised"] == (None, 0)
