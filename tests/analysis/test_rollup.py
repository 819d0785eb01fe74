"""Roll-ups: exact, explained, and honest about what is unknown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
import ipmo.examples
from ipmo.analysis.rollup import MEASURES
from ipmo.errors import MissingRateError, UnitError, UnknownItemError
from ipmo.model import Combine, Measure, Money, MoneySettings, Portfolio, Programme, Project, RateRow, StatusReport, Task
from ipmo.testing.strategies import portfolios
from ipmo.units import as_money


def test_the_promise_example_comes_out_as_worked_by_hand() -> None:
    r = ipmo.roll_up(ipmo.examples.load("promise"), "budget")
    assert (str(r.total.value), r.total.known, r.total.total) == ("59 k GBP", 2, 3)
    assert r["desk"].note == "stated as a whole"
    assert r.explain("training").splitlines() == [
        "training: 9 k GBP, 1 of 2 known",
        "  training/course: 9 k GBP",
        "  training/exam: unknown",
    ]
    assert [f.item for f in r.findings] == ["desk"]
    assert "50 k GBP, its parts sum to 45 k GBP" in r.findings[0].message


def test_money_converts_each_line_at_its_own_date_and_rounds_once() -> None:
    rates = [RateRow(since="2026-01-01", per={"EUR": "0.333"}, source="bank"), RateRow(since="2026-07-01", per={"EUR": "0.5"})]
    tasks = [Task(id=f"t{i}", budget="0.01 EUR") for i in range(3)]
    tasks.append(Task(id="dated", budget=[{"from": "2026-07-02", "amount": "10 EUR"}, {"from": "2026-02-01", "amount": "10 EUR"}]))
    pf = Portfolio(
        id="x", status_date="2026-03-01", money=MoneySettings(currency="GBP"), rates=rates, projects=[Project(id="P", tasks=tasks)]
    )
    r = ipmo.roll_up(pf, "budget")
    assert r["P/t0"].value == Money(Decimal("0.00"), "GBP")
    assert r["P/dated"].value == Money(Decimal("8.33"), "GBP")
    assert r.total.value == Money(Decimal("8.34"), "GBP")  # 8.33 + 3 * 0.00333, rounded once
    assert r["P/t0"].note == "0.01 EUR at 0.333 of 2026-01-01, bank"


def test_money_without_a_rate_is_an_error_that_names_the_item() -> None:
    pf = Portfolio(id="x", status_date="2026-03-01", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget="1 USD")])
    with pytest.raises(MissingRateError, match="budget of 'P' is 1 USD: no rate from USD to GBP"):
        ipmo.roll_up(pf, "budget")
    assert ipmo.roll_up(Portfolio(id="x", projects=[Project(id="P", budget="1 USD")]), "budget").total.value == as_money("1 USD")


def test_proposed_and_cancelled_projects_are_left_out_and_named() -> None:
    pf = Portfolio(
        id="x",
        money=MoneySettings(currency="GBP"),
        projects=[
            Project(id="a", budget="1 GBP"),
            Project(id="b", budget="2 GBP", state="proposed"),
            Project(id="c", budget="4 GBP", state="cancelled"),
        ],
    )
    total = ipmo.roll_up(pf, "budget").total
    assert (total.value, total.left_out) == (as_money("1 GBP"), ("b (proposed)", "c (cancelled)"))
    assert ipmo.roll_up(pf, "budget", include=("proposed",)).total.value == as_money("3 GBP")


def test_cost_is_three_things_and_a_wrong_measure_is_named() -> None:
    pf = ipmo.examples.load("extension")
    with pytest.raises(UnitError, match="'budget', 'actual' or 'forecast'"):
        ipmo.roll_up(pf, "cost")
    with pytest.raises(UnknownItemError, match="close: 'budget'"):
        ipmo.roll_up(pf, "bugdet")
    with pytest.raises(UnknownItemError):
        ipmo.roll_up(pf, "budget", by="colour")


def test_dates_roll_up_from_the_schedule() -> None:
    pf = ipmo.examples.load("handover")
    assert ipmo.roll_up(pf, "start").total.value == datetime(2026, 6, 1)
    assert ipmo.roll_up(pf, "finish")["power"].value == datetime(2026, 6, 19)
    assert ipmo.roll_up(pf, "finish")["power"].text == "2026-06-18"


def test_progress_is_weighted_by_planned_duration_and_divides_last() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        projects=[
            Project(
                id="P", tasks=[Task(id="a", duration="30 d", progress="50 %", actual_start="2026-01-05"), Task(id="b", duration="10 d")]
            ),
            Project(
                id="Q",
                tasks=[
                    Task(id="c", duration="10 d", actual_start="2026-01-05", actual_finish="2026-01-16"),
                    Task(id="d"),
                    Task(id="m", milestone=True),
                ],
            ),
        ],
    )
    r = ipmo.roll_up(pf, "progress")
    assert r["P"].value == pytest.approx(15 / 40)
    assert r.total.value == pytest.approx(25 / 50)  # not the mean of 37.5 % and 100 %
    assert (r.total.known, r.total.total) == (3, 4)


def test_status_is_the_worst_reported_below_and_later_reports_are_not_seen() -> None:
    pf = Portfolio(
        id="x",
        status_date="2026-03-01",
        programmes=[Programme(id="T")],
        projects=[
            Project(
                id="P", programme="T", status=[StatusReport(date="2026-01-01", rag="green"), StatusReport(date="2026-04-01", rag="red")]
            ),
            Project(id="Q", programme="T", status=[StatusReport(date="2026-02-01", rag="amber")]),
            Project(id="R", programme="T"),
        ],
    )
    r = ipmo.roll_up(pf, "status")
    assert (r["T"].value, r["T"].known, r["T"].total) == ("amber", 2, 3)
    assert ipmo.roll_up(pf, "status", as_of="2026-05-01")["T"].value == "red"


def test_effort_adds_in_person_days_of_each_calendar() -> None:
    pf = Portfolio(id="x", projects=[Project(id="P", tasks=[Task(id="a", effort="16 ph"), Task(id="b", effort="1 pw"), Task(id="c")])])
    total = ipmo.roll_up(pf, "effort").total
    assert (total.value, total.known, total.total) == (Fraction(7), 2, 3)


def test_by_any_attribute_what_is_nearest_counts_and_groups_sum_to_the_whole() -> None:
    pf = Portfolio(
        id="x",
        money=MoneySettings(currency="GBP"),
        projects=[
            Project(
                id="P",
                attributes={"region": "north"},
                tasks=[Task(id="a", budget="1 GBP"), Task(id="b", budget="2 GBP", attributes={"region": "south"})],
            ),
            Project(id="Q", budget="4 GBP", category="it"),
        ],
    )
    r = ipmo.roll_up(pf, "budget", by="region")
    assert {g: str(r[g].value) for g in ("north", "south", "(none)")} == {"north": "1 GBP", "south": "2 GBP", "(none)": "4 GBP"}
    assert ipmo.roll_up(pf, "budget", by="category")["it"].value == as_money("4 GBP")
    assert r.table().columns == ("item", "name", "level", "value", "unit", "known", "total", "left_out")


@settings(max_examples=30)
@given(portfolios(tied=True), st.sampled_from(["budget", "finish", "progress", "status"]))
def test_any_grouping_gives_the_same_whole(pf: Portfolio, measure: str) -> None:
    whole = ipmo.roll_up(pf, measure).total
    for by in ("project", "category", "state", "owner"):
        grouped = ipmo.roll_up(pf, measure, by=by)
        assert grouped.total.value == whole.value
        parts = [figure for figure in grouped.total.parts if figure.carried is not None]
        if parts:
            joined = parts[0].carried
            for part in parts[1:]:
                joined = MEASURES[measure].join(joined, part.carried)
            assert joined == whole.carried


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda m: m.name)
def test_every_measure_combines_in_any_order(measure: Measure) -> None:
    values = {
        Combine.WORST: list(measure.order),
        Combine.MEAN: [(Fraction(1), Fraction(2)), (Fraction(1, 3), Fraction(5)), (Fraction(0), Fraction(1))],
        Combine.SUM: [Fraction(1, 3), Fraction(5), Fraction(-2)],
    }.get(measure.combine, [datetime(2026, m, 1) for m in (1, 5, 3)])
    results = {str(measure.join(measure.join(a, b), c)) for a, b, c in permutations(values)}
    results |= {str(measure.join(a, measure.join(b, c))) for a, b, c in permutations(values)}
    assert len(results) == 1


def test_declared_measures_roll_up_by_name() -> None:
    pf = Portfolio(
        id="x", projects=[Project(id="P", attributes={"carbon": "2.5"}), Project(id="Q", attributes={"carbon": "4"}), Project(id="R")]
    )
    total = ipmo.roll_up(pf, "carbon").total
    assert (total.value, total.known, total.total) == (Decimal("6.5"), 2, 3)
