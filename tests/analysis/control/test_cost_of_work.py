"""The cost of tasks and summaries against what they tolerate themselves, and SPI(t) once all that was budgeted is done."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.analysis.money.measures import Combine, Measure

HEAD = {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-05", "calendar": "continuous", "money": {"currency": "GBP"}}
X = {"id": "x", "parent": "s", "duration": "10 d", "budget": "100 k GBP", "forecast": "130 k GBP"}
W = {"id": "w", "parent": "s", "duration": "10 d", "budget": "100 k GBP"}


def plan(*tasks: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    return ipmo.from_dict({"ipmo": 1, "portfolio": HEAD, "projects": [{"id": "a", "tasks": list(tasks), **more}]})


@pytest.mark.parametrize("other", [{}, {"forecast": "100 k GBP"}])
def test_a_summary_expects_what_its_parts_forecast_and_escalates_beyond_its_own_tolerance(other: dict[str, Any]) -> None:
    """130 + 100 = 230 k GBP on 200, of which 220 are tolerated."""
    pf = plan({"id": "s", "tolerance": {"cost": "10 %"}}, X, {**W, **other})
    status = ipmo.status(pf, tasks=True)
    cost = next(one for one in status["a/s"].aspects if one.name == "cost")
    assert (cost.rag, cost.over) == ("red", "10 k GBP beyond tolerance")
    assert "230 k GBP, budget 200 k GBP" in cost.text
    assert [(one.item, one.aspect) for one in status.breaches] == [("a/s", "cost")]
    assert [one.item for one in ipmo.check(pf) if one.code == "ipmo/exception"] == ["a/s"]


def test_a_task_escalates_beyond_its_own_tolerance_of_cost_and_not_beyond_one_from_above() -> None:
    """30 k GBP beyond the budget are 20 k beyond 10 %; what the project tolerates is no limit of its tasks."""
    own = ipmo.status(plan({"id": "s"}, {**X, "tolerance": {"cost": "10 %"}}, W), tasks=True)
    assert [(one.item, one.text) for one in own.breaches] == [("a/x", "forecast 130 k GBP, budget 100 k GBP, 20 k GBP beyond tolerance")]
    above = ipmo.status(plan({"id": "s"}, X, W, tolerance={"cost": "50 %"}), tasks=True)
    assert not above.breaches


@pytest.mark.parametrize(("progress", "alarm"), [({"actual_finish": "2026-03-28"}, False), ({"progress": "10 %"}, True)])
def test_spi_t_is_no_alarm_once_all_that_was_budgeted_is_done(progress: dict[str, Any], alarm: bool) -> None:
    """A milestone of December is left; nothing that earns can finish late any more."""
    x = {"id": "x", "duration": "59 d", "budget": "100 k GBP", "actual": "100 k GBP", "actual_start": "2026-01-01"}
    x |= {"baseline_start": "2026-01-01", "baseline_finish": "2026-02-28", **progress}
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {**HEAD, "status_date": "2026-06-01"},
            "projects": [
                {
                    "id": "a",
                    "status": [{"date": "2026-05-30", "rag": "green"}],
                    "tasks": [x, {"id": "m", "milestone": True, "after": "x", "not_before": "2026-12-01"}],
                }
            ],
        }
    )
    assert any("SPI(t)" in one.message for one in ipmo.check(pf)) == alarm


@pytest.mark.parametrize(("unit", "text"), [("points", "3"), ("share", "300.0%")])
def test_a_mean_that_is_no_share_is_a_number(unit: str, text: str) -> None:
    measure = Measure(name="t", title="t", unit=unit, combine=Combine.MEAN, value=lambda context, item, noun: (3, 1))
    assert ipmo.roll_up(plan(X | {"parent": None}), measure).total.text == text
