"""What no simulation can count, refused in words at its place or named among the findings: nothing is clipped in silence."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.errors import IpmoError


def plan(task: dict[str, Any] | None = None, risk: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    tasks = [{"id": "a", "duration": "10 d"} | (task or {}), {"id": "b", "duration": "10 d", "after": "a"}]
    project = {"id": "p", "tasks": tasks} | ({} if risk is None else {"risks": [{"id": "r"} | risk]})
    return {"ipmo": 1, "portfolio": {"id": "x", "start": "2027-01-04", "money": {"currency": "GBP"}}, "projects": [project]} | more


def impact(**fields: Any) -> dict[str, Any]:
    return {"before": {"probability": 0.5, "impacts": [{"target": "p/a"} | fields]}}


DELAY = impact(delay="5 d")
REFUSED = {
    "a threat that brings forward": (plan(risk=impact(delay="-5 d")), r"impacts\[0\].delay: time lost has no sign \(got -5 d\)"),
    "an opportunity that delays": (plan(risk={"opportunity": True} | impact(delay="-5 d")), "time lost has no sign"),
    "a threat that saves": (plan(risk=impact(cost="-5 GBP")), r"impacts\[0\].cost: money lost has no sign \(got -5 GBP\)"),
    "a delay of months": (plan(risk=impact(delay="3 months")), "3 months has no fixed length"),
    "a response that earns": (plan(risk={"response_cost": "-1 GBP"} | DELAY), "a response costs nothing at the least"),
    "a window that ends first": (plan(risk={"starts": "2027-05-02", "ends": "2027-05-01"} | DELAY), "lies before the first, 2027-05-02"),
    "low below zero": (
        plan({"duration": {"low": "-5 d", "likely": "1 d", "high": "9 d"}}),
        r"'p/a': duration must not be negative \(got -5 d",
    ),
    "p10 below zero": (plan({"duration": {"p10": "-5 d", "p90": "9 d", "shape": "normal"}}), "duration must not be negative"),
    "a value below zero": (
        plan({"duration": {"values": ["2 d", "-1 d", "3 d"], "weights": [0.4, 0.2, 0.4]}}),
        "duration must not be negative",
    ),
    "remaining below zero": (plan({"remaining": {"low": "-5 d", "likely": "1 d", "high": "9 d"}}), "remaining must not be negative"),
    "more days than months have": (
        plan(calendars=[{"id": "c", "lost": [{"days": {"low": 0, "likely": 1, "high": 32}}]}]),
        r"lost\[0\].days: a month has 31 days at the most",
    ),
    "fewer than no units": (
        plan({"assignments": [{"resource": "r", "units": -2, "most": -1}]}, resources=[{"id": "r"}]),
        "fewer than no units",
    ),
    "effort below zero": (
        plan({"assignments": [{"resource": "r", "effort": "-5 pd"}]}, resources=[{"id": "r"}]),
        "the effort of 'r' is nothing",
    ),
    "capacity below zero": (
        plan(resources=[{"id": "r", "capacity": [{"from": "2027-01-01", "value": -1}]}]),
        "a capacity is nothing at the least",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_impossible_is_refused_at_its_place(name: str) -> None:
    data, said = REFUSED[name]
    with pytest.raises(ipmo.ModelError, match=said):
        ipmo.from_dict(data)


@pytest.mark.parametrize("factor", [1e9, 1e200])
def test_work_that_outlasts_the_calendar_is_named(factor: float) -> None:
    driver = {"id": "d", "factor": factor, "targets": ["p/a"]}
    with pytest.raises(IpmoError, match="'p/a' takes more than ten thousand years in a sample"):
        ipmo.simulate(ipmo.from_dict(plan(drivers=[driver])), samples=64)


@pytest.mark.parametrize(("low", "told"), [("-2 d", True), ("0 d", False)])
def test_an_impact_that_reaches_below_zero_is_counted_and_told(low: str, *, told: bool) -> None:
    """The mean is that of the triangle, (low + 3 + 8) / 3 days of 24 hours, in half of the samples."""
    data = plan({"duration": "100 ed"}, impact(delay={"low": low.replace("d", "ed"), "likely": "3 ed", "high": "8 ed"}))
    q = ipmo.simulate(ipmo.from_dict(data), samples=20_000, seed=3)
    assert [one.item for one in q.findings if one.code == "ipmo/impact-below-zero"] == ["p/r"] * told
    found = q.finish("p/a")
    base = ipmo.simulate(ipmo.from_dict(plan({"duration": "100 ed"})), samples=2).finish("p/a").mean
    exact = 0.5 * (int(low.split()[0]) + 11) / 3
    assert abs((found.mean - base).total_seconds() / 86_400 - exact) <= 4 * found.mean_error
