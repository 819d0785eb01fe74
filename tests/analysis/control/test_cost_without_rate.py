"""A stated amount without an exchange rate leaves the cost that takes it not known, at every level: no budget and no CPI stands for it."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.model import RateRow

HEAD = {"id": "pf", "start": "2026-01-01", "status_date": "2026-02-01", "calendar": "continuous"}
MONEY = {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}
TASK = {"id": "x", "duration": "100 d", "budget": "100 k GBP"}
DOLLARS = {"forecast": "900 k USD"}
BEGUN = {"actual_start": "2026-01-02", "progress": "10 %"}


def plan(*tasks: dict[str, Any], programme: dict[str, Any] | None = None, **more: Any) -> ipmo.Portfolio:
    benefit = {"id": "v", "enabled_by": "a/x", "value": "6 M GBP"}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {**HEAD, "money": MONEY},
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "programmes": [{"id": "g", **(programme or {})}],
            "projects": [{"id": "a", "programme": "g", "tasks": list(tasks), **more}],
            "benefits": [benefit],
        }
    )


def costs(pf: ipmo.Portfolio) -> dict[str, tuple[str | None, str]]:
    status = ipmo.status(pf, tasks=True)
    return {row.item: (one.rag, one.text) for row in status for one in row.aspects if one.name == "cost"}


IN_TASK = plan({"id": "s"}, {**TASK, "parent": "s", **DOLLARS})
ON_PROJECT = plan({"id": "x", "duration": "100 d"}, budget="100 k GBP", **DOLLARS)
ON_SUMMARY = plan({"id": "s", **DOLLARS}, {**TASK, "parent": "s"})
EARNING = plan({**TASK, **DOLLARS, **BEGUN, "actual": "10 k GBP"})
SPENT = plan({**TASK, **BEGUN, "actual": "900 k USD"})
IN_PART = plan({"id": "x", "duration": "100 d"}, budget="100 k GBP", forecast=[{"amount": "2 k GBP"}, {"amount": "900 k USD"}])
ON_PROGRAMME = plan(TASK, programme={**DOLLARS, "budget": "100 k GBP"})


@pytest.mark.parametrize(
    ("pf", "unknown", "known"),
    [
        (IN_TASK, "a/x a/s a g pf", ""),
        (ON_PROJECT, "a g pf", ""),
        (ON_SUMMARY, "a/s a g pf", "a/x"),  # the task is one of its parts, and may cost what it is budgeted for
        (EARNING, "a/x a g pf", ""),  # 100 k by CPI is another figure than the one that is stated
        (SPENT, "a/x a g pf", ""),
        (IN_PART, "a g pf", ""),
        (ON_PROGRAMME, "g pf", "a a/x"),
    ],
)
def test_a_stated_amount_without_a_rate_leaves_the_cost_not_known_with_the_rate_as_the_reason(
    pf: ipmo.Portfolio, unknown: str, known: str
) -> None:
    found = costs(pf)
    for item in unknown.split():
        rag, text = found[item]
        assert rag is None, item
        assert "no rate from USD to GBP" in text, item
        assert item == "g" or ipmo.status(pf, tasks=True)[item].computed is None  # a programme is judged by its parts
    assert all(found[item][0] == "green" for item in known.split())


@pytest.mark.parametrize("pf", [IN_TASK, ON_PROJECT, EARNING, IN_PART, ON_PROGRAMME])
def test_with_a_rate_it_is_red_everywhere_where_it_was_not_known(pf: ipmo.Portfolio) -> None:
    """900 k USD at 0.5 are 450 k GBP on 100."""
    found = costs(pf.evolve(rates=[RateRow(since="2025-01-01", per={"USD": "0.5"})]))
    assert {item for item, (rag, _) in costs(pf).items() if rag is None} == {item for item, (rag, _) in found.items() if rag == "red"}


def test_what_is_stated_in_full_above_needs_nothing_below_it() -> None:
    """The project says 90 k GBP on 100; what its task says in dollars is not known of the task alone."""
    found = costs(plan({**TASK, **DOLLARS}, budget="100 k GBP", forecast="90 k GBP"))
    assert found["a"] == ("green", "forecast 90 k GBP, budget 100 k GBP")
    assert found["a/x"][0] is None and found["g"][0] == "green"


def test_actual_cost_without_a_rate_is_not_asked_where_the_cost_in_all_is_stated() -> None:
    """x says itself what it costs in all, 90 k of 100; y has not begun: 190 of 200."""
    found = costs(plan({**TASK, "forecast": "90 k GBP", "actual": "5 k USD"}, {**TASK, "id": "y"}))
    assert found["a"] == ("green", "forecasts, else budgets, 190 k GBP, budget 200 k GBP")


@pytest.mark.parametrize("pf", [IN_TASK, ON_PROJECT, EARNING, SPENT, IN_PART])
def test_what_is_left_to_be_spent_is_not_known_either(pf: ipmo.Portfolio) -> None:
    row = ipmo.worth_going_on(pf)["a"]
    assert row.ratio is None
    assert "no rate from USD to GBP" in row.reason


def test_many_missing_rates_are_named_by_the_first_three() -> None:
    found = costs(plan(*({**TASK, "id": f"x{n}", **DOLLARS} for n in range(5)), {"id": "x", "milestone": True}))
    assert found["a"][1].count("no rate from USD to GBP") == 3
    assert found["a"][1].endswith("; and 2 more")
