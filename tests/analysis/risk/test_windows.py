"""Risks that can happen in a window only: expected values by hand, and each sample by a rule that looks at its dates alone."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import run
from ipmo.units import DAY, minutes

SAMPLES, P = 20_000, 0.4
BASE = minutes(date(2027, 1, 4))
EVER = {"starts": "2026-01-01", "ends": "2029-01-01"}
NEVER = {"starts": "2028-06-01", "ends": "2028-07-01"}
JUST = {"starts": "2027-01-19", "ends": "2027-01-20"}
"""From the fifteenth to the seventeenth midnight after the start."""


def plan(window: dict[str, str], impact: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Work of ten days that begins up to twenty days after 4 January 2027, all alike; a risk that delays it by five and costs 100."""
    tasks = [
        {"id": "wait", "duration": {"low": "0 ed", "high": "20 ed", "shape": "uniform"}},
        {"id": "work", "duration": "10 ed", "after": "wait", "budget": "1000 GBP"},
        {"id": "open", "milestone": True, "after": "work"},
    ]
    struck = {"target": "p/work", "delay": "5 ed", "cost": "100 GBP"} if impact is None else impact
    risk = {"id": "r", "before": {"probability": P, "impacts": [struck]}} | window
    portfolio = {"id": "x", "start": "2027-01-04", "money": {"currency": "GBP"}}
    return {"ipmo": 1, "portfolio": portfolio, "projects": [{"id": "p", "tasks": tasks, "risks": [risk]}]} | more


def simulated(data: dict[str, Any], **options: Any) -> Any:
    return ipmo.simulate(ipmo.from_dict(data), samples=SAMPLES, seed=5, **options)


def near(found: float, share: float, amount: float = 1) -> bool:
    return abs(found - share * amount) <= 4 * amount * math.sqrt(share * (1 - share) / SAMPLES) + 1e-9


@pytest.mark.parametrize(
    ("window", "share"),
    [
        (EVER, P),
        (NEVER, 0.0),
        (JUST, P * 12 / 20),  # it runs in the window where it begins on day 5 to 17
        ({"starts": "2027-01-19"}, P * 15 / 20),  # where it ends after day 15
        ({"ends": "2027-01-20"}, P * 17 / 20),  # where it begins before day 17
    ],
)
def test_a_risk_strikes_what_runs_in_its_window(window: dict[str, str], share: float) -> None:
    q = simulated(plan(window))
    begin = np.asarray(q.finish("p/wait").instants)
    lasts = (np.asarray(q.finish("p/work").instants) - begin) / DAY
    assert set(lasts.tolist()) <= {10.0, 15.0}
    struck = lasts == 15
    assert near(float(struck.mean()), share)
    assert near(float(q.cost("p").mean.amount) - 1000, share, 100)
    first = minutes(date.fromisoformat(window.get("starts", "2026-01-01")))
    last = minutes(date.fromisoformat(window.get("ends", "2029-01-01")), end=True)
    assert not (struck & ((begin >= last) | (begin + 10 * DAY <= first))).any()


def test_without_a_window_nothing_is_otherwise() -> None:
    """The same draws: a window that is always open is no window."""
    one, other = simulated(plan(EVER)), simulated(plan({}))
    assert (one.finish("x").instants == other.finish("x").instants).all()
    assert (one.cost("x").minor == other.cost("x").minor).all()
    assert one.criticality() == other.criticality()


@pytest.mark.parametrize(("window", "share"), [(JUST, P * 2 / 20), (EVER, P), (NEVER, 0.0)])
def test_what_has_no_length_comes_later_in_the_window(window: dict[str, str], share: float) -> None:
    """The milestone comes ten days after a start up to day 20: in the window where that start is day 5 to 7."""
    q = simulated(plan(window, {"target": "p/open", "delay": "5 ed"}))
    later = np.asarray(q.finish("p/open").instants) - np.asarray(q.finish("p/work").instants)
    assert set(later.tolist()) <= {0, 5 * DAY}
    assert near(float((later > 0).mean()), share)


def test_one_delay_may_push_work_into_the_window_of_another_risk() -> None:
    """The first risk, in 0.4 of the samples, holds work up until day 15, where the second strikes what follows it."""
    tasks = [{"id": "a", "duration": "10 ed"}, {"id": "b", "duration": "4 ed", "after": "a"}]
    risks = [
        {"id": "first", "starts": "2027-01-05", "before": {"probability": P, "impacts": [{"target": "p/a", "delay": "5 ed"}]}},
        {"id": "second", "starts": "2027-01-19", "before": {"probability": 0.5, "impacts": [{"target": "p/b", "delay": "7 ed"}]}},
    ]
    q = simulated(plan({}, projects=[{"id": "p", "tasks": tasks, "risks": risks}]))
    ends = ((np.asarray(q.finish("p/b").instants) - BASE) / DAY).tolist()
    for day, share in ((14, 0.6), (19, P * 0.5), (26, P * 0.5), (21, 0.0)):
        assert near(ends.count(float(day)) / SAMPLES, share), day


def test_costs_of_a_project_are_spent_where_it_runs_in_the_window() -> None:
    """The project runs from its first day until its work ends, on day 10 to 30: past day 25 in a quarter of the samples."""
    q = simulated(plan({"starts": "2027-01-29"}, {"cost": "100 GBP"}))
    assert near(float(q.cost("p").mean.amount) - 1000, P / 4, 100)


def test_windows_that_cannot_be_held_are_told() -> None:
    late = plan(JUST)
    late["projects"][0]["tasks"][1]["constraints"] = {"as_late_as_possible": True}
    gains = plan(JUST)
    gains["projects"][0]["risks"][0]["opportunity"] = True
    for data, told in ((plan(JUST), 0), (late, 1), (gains, 1)):
        q = ipmo.simulate(ipmo.from_dict(data), samples=64)
        assert [one.item for one in q.findings if one.code == "ipmo/window-not-simulated"] == ["p/r"] * told


def test_the_same_samples_however_they_are_cut_and_taken_out() -> None:
    pf = ipmo.from_dict(plan(JUST))
    setup = Plan(pf, 2000, 5, "before", None, "beta", ()).setup
    for name in ("dates", "costs"):
        parts = [np.concatenate([getattr(one, name) for one in run(setup, batch=size)], axis=1) for size in (1, 3)]
        assert (parts[0] == parts[1]).all()
    q = simulated(plan(JUST))
    days = {str(row["cause"]): float(row["mean_days"]) for row in q.drivers("p/work").rows()}
    assert near(days["p/r"], P * 12 / 20, 5)
