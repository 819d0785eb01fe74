"""A forecast on some of a project's work counts with the budgets of the rest, wherever cost at completion is asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

import ipmo
from ipmo.units import Money

BUDGET = {"budget": "1 M GBP"}


def portfolio(*tasks: dict[str, object], last: str = "", **project: object) -> ipmo.Portfolio:
    work = [{"id": f"t{n}", **({} if task.get("id") == "s" else {"duration": "10 d"}), **task} for n, task in enumerate(tasks)]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": "x", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "methodologies": {"portfolio": "mop"},
                "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}},
                "extensions": {"mop": {"every": "year", "envelopes": {2026: "3 M GBP"}}},
            },
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "objectives": [{"id": "o"}],
            "projects": [{"id": "a", "tolerance": {"cost": "10 %"}, "tasks": work, **project}],
            "benefits": [{"id": "b", "enabled_by": f"a/{last or f't{len(tasks) - 1}'}", "value": "3 M GBP"}],
            "contributions": [{"from": "b", "to": "o"}],
        }
    )  # fmt: skip


def completes(pf: ipmo.Portfolio) -> Decimal | None:
    known, whole = ipmo.roll_up(pf, "at_completion").money("a")
    return known.amount if known is not None and whole else None


def test_one_forecast_of_two_is_enough_to_see_the_overrun() -> None:
    """3 M and the budget of 1 M of what states none: 4 M on a budget of 2 M, on a benefit of 3 M, in an envelope of 3 M."""
    pf = portfolio(BUDGET, {**BUDGET, "forecast": "3 M GBP"})
    assert completes(pf) == 4_000_000
    row = ipmo.status(pf)["a"]
    assert row.computed == "red"
    assert any("forecasts, else budgets, 4 M GBP, budget 2 M GBP, 1.8 M GBP beyond tolerance" in one.text for one in row.aspects)
    worth = ipmo.worth_going_on(pf)["a"]
    assert (worth.cost, worth.ratio) == (Money(Decimal(4_000_000), "GBP"), 0.75)
    (finding,) = [one for one in ipmo.check(pf) if one.code == "mop/envelope"]
    assert "are 4,000,000 GBP, 1,000,000 above the envelope of 3,000,000" in finding.message


def test_in_time_and_by_year_too() -> None:
    pf = portfolio({**BUDGET, "duration": "400 d"}, {"budget": "2 M GBP", "forecast": "73 k GBP", "duration": "73 d"})
    years = {figure.item: figure.exact for figure in ipmo.roll_up(pf, "at_completion", by="year", within="a").groups}
    assert years == {"2026": 912_500 + 73_000, "2027": 87_500}  # 365 of 400 days


def test_what_is_done_costs_what_it_did() -> None:
    done = {**BUDGET, "actual": "1.4 M GBP", "actual_start": "2025-12-01", "actual_finish": "2025-12-31"}
    pf = portfolio(done, {**BUDGET, "forecast": "500 k GBP"})
    assert completes(pf) == 1_900_000
    assert ipmo.worth_going_on(pf)["a"].cost == Money(Decimal(500_000), "GBP")


def test_work_with_neither_leaves_it_unknown_but_not_green() -> None:
    """The forecast of one part is alone beyond what all may cost: red at least; below it nobody knows."""
    beyond = portfolio({}, {"forecast": "3 M GBP"}, budget="2 M GBP")
    assert completes(beyond) is None
    row = ipmo.status(beyond)["a"]
    assert row.computed == "red" and any("at least 3 M GBP, budget 2 M GBP" in one.text for one in row.aspects)
    below = ipmo.status(portfolio({}, {"forecast": "1 M GBP"}, budget="2 M GBP"))["a"]
    assert below.computed != "green"


@pytest.mark.parametrize("summary", [{"forecast": "5 M GBP"}, {}])
def test_a_summary_with_a_forecast_stands_for_what_it_holds(summary: dict[str, object]) -> None:
    """Its own forecast counts for all of it; without one that of the part, and the budget of the other part, not the summary's budget."""
    tasks = [
        {"id": "s", "budget": "9 M GBP", **summary},
        {"id": "p", "parent": "s", "budget": "1 M GBP"},
        {"id": "q", "parent": "s", "budget": "1 M GBP", "forecast": "2 M GBP"},
        {"id": "r", "budget": "1 M GBP"},
    ]
    pf = portfolio(*tasks, last="r")
    assert completes(pf) == (6_000_000 if summary else 4_000_000)
