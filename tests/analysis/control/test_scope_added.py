"""Where scope was added to or removed from the baseline, status says why the cost at completion is not known, also beside a green."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo

A = {"id": "A", "duration": "30 d", "budget": "300 GBP"}
B = {"id": "B", "duration": "30 d", "after": "A", "budget": "600 GBP"}
N, R = (
    {"id": "N", "duration": "10 d", "after": "B", "budget": "500 GBP"},
    {"id": "R", "duration": "10 d", "after": "B", "budget": "100 GBP"},
)
A_DONE = {**A, "actual": "330 GBP", "actual_start": "2026-01-01", "actual_finish": "2026-01-30", "progress": "100 %"}
B_HALF = {**B, "actual": "350 GBP", "actual_start": "2026-01-31", "progress": "50 %", "remaining": "15 d"}


def read(*tasks: dict[str, Any], status_date: str = "2026-02-15", **more: Any) -> ipmo.Portfolio:
    header = {"id": "bl", "start": "2026-01-01", "status_date": status_date, "calendar": "continuous", "money": {"currency": "GBP"}, **more}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": [{"id": "P", "tasks": list(tasks)}]})


REMOVED, ADDED = "'P/R' removed from the baseline", "'P/N' added"


@pytest.mark.parametrize("tolerance", [{}, {"tolerance": {"cost": "5 %"}}])
@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((A_DONE, B_HALF, N), f"{REMOVED}, {ADDED} to it, earned value is known of 2 of 3 work packages"),
        ((A_DONE, B_HALF), f"{REMOVED}, earned value is known of 2 of 3 work packages"),
    ],
)
def test_what_was_added_and_removed_is_why_the_forecast_is_not_known(now: Any, said: str, tolerance: dict[str, Any]) -> None:
    view = ipmo.status(read(*now, **tolerance), baseline=read(A, B, R, status_date="2026-01-01"))
    (cost,) = (a for a in view["P"].aspects if a.name == "cost")
    assert (cost.rag, cost.withholds, cost.text) == (None, bool(tolerance), f"the forecast is not known: {said}")
    assert view["P"].computed == (None if tolerance else "green")
    for item, why in (("P", cost.text), ("bl", "the forecast is not known: that of 'P' is not")):
        assert f"cost: {why}" in view[item].why


def test_without_either_the_cost_at_completion_is_known() -> None:
    """CPI is 600 by 680: 900 GBP become 1,020, 75 beyond 5 % more than the budget."""
    view = ipmo.status(read(A_DONE, B_HALF, tolerance={"cost": "5 %"}), baseline=read(A, B, status_date="2026-01-01"))
    (cost,) = (a for a in view["P"].aspects if a.name == "cost")
    assert (cost.rag, cost.text) == ("red", "EAC by CPI 1.02 k GBP, budget 900 GBP, 75 GBP beyond tolerance")
