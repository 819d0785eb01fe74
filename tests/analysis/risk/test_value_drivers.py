"""What drives the value of a benefit: its probability, its factor, the drivers of values and what it waits for, against values counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo

VALUE = 1000.0
FACTOR = {"values": [0.5, 1, 1.5], "weights": [0.25, 0.5, 0.25]}


def plan(*, benefit: dict[str, Any], duration: Any = "10 ed", **more: Any) -> ipmo.Portfolio:
    """One benefit of 1,000 a year for one year, undiscounted, from the end of the work on."""
    one = {"id": "b", "enabled_by": ["p/t"], "value": f"{VALUE:g} GBP", "lasts": "12 months"} | benefit
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-01", "money": {"currency": "GBP"}},
            "projects": [{"id": "p", "tasks": [{"id": "t", "duration": duration}]}],
            "benefits": [one],
        }
        | more
    )


def gains(q: ipmo.Simulation, item: str = "b", **options: Any) -> dict[str, float]:
    return {str(row["kind"]): float(str(row["value"])) for row in q.drivers(item, **options).rows()}


@pytest.fixture(scope="module")
def q() -> ipmo.Simulation:
    return ipmo.simulate(plan(benefit={"probability": 0.6, "factor": FACTOR}), samples=4000)


def test_probability_and_factor_are_causes_of_a_value(q: ipmo.Simulation) -> None:
    """Four of ten samples are worth nothing, so P20 is 0; without that, a quarter is worth a half: P20 is a half; without the factor it stays 0."""
    whole = float(q.benefit("b").p(99).amount) / 1.5
    found = gains(q)
    assert found == {"benefit probability": pytest.approx(whole / 2, abs=0.02), "benefit factor": 0}
    row = next(iter(q.drivers("b", by="value").rows()))
    assert (row["cause"], row["kind"], row["days"]) == ("b", "benefit probability", 0)
    first, second = q.drivers("b", by="value", in_order=2).rows()
    assert first["kind"] == "benefit probability" and float(str(second["value"])) == pytest.approx(whole, abs=0.02)
    assert gains(q, "x", by="value") == found  # of one benefit the portfolio is worth as much
    assert {row["value"] for row in q.drivers("x").rows()} <= {None}


def test_without_its_probability_a_value_is_that_of_a_plan_that_states_none(q: ipmo.Simulation) -> None:
    sure = ipmo.simulate(plan(benefit={"factor": FACTOR}), samples=4000)
    assert gains(q)["benefit probability"] == float(sure.benefit("b").p(20).amount) - float(q.benefit("b").p(20).amount)
    assert "benefit probability" not in gains(sure)


def test_a_driver_of_values_and_what_comes_late_are_causes_too() -> None:
    """The driver halves in six of ten samples. Of the work, a year later in half of them, the benefit is the same, only later: undiscounted."""
    driver = {"id": "market", "affects": "value", "targets": ["b"], "factor": 0.5, "probability": 0.6}
    pf = plan(benefit={}, duration={"values": ["10 ed", "375 ed"], "weights": [0.5, 0.5]}, drivers=[driver])
    q = ipmo.simulate(pf, samples=2000)
    whole = float(q.benefit("b").p(99).amount)
    found = gains(q)
    assert found["driver"] == pytest.approx(whole / 2, abs=0.02) and abs(found["estimate"]) < 0.02 * whole
    assert {row["kind"] for row in q.drivers("p/t").rows()} == {"estimate"}  # no date goes with what benefits are worth


def test_what_is_worth_nothing_known_has_no_drivers_of_value(q: ipmo.Simulation) -> None:
    with pytest.raises(ipmo.ModelError, match="'p/t' has no known value in this simulation"):
        q.drivers("p/t", by="value")
    assert {row["value"] for row in q.drivers("p/t").rows()} <= {None}
