"""What is spent so far, and time worked so far, is part of what something costs in the end; and a budget is kept or not by that."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

import ipmo

SAMPLES = 2000


def plan(*tasks: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    """One project that began on a Monday; eight weeks, 40 working days, are behind it."""
    project = {"id": "p", "tasks": list(tasks)} | more.pop("project", {})
    portfolio = {"id": "all", "start": "2026-01-05", "status_date": "2026-03-02", "money": {"currency": "GBP"}}
    teams = [{"id": "team", "rate": "100 GBP per pd"}]
    return ipmo.from_dict({"ipmo": 1, "portfolio": portfolio, "resources": teams, "projects": [project]} | more)


def staying(**more: Any) -> dict[str, Any]:
    """A task of 100 days whose team, at 100 GBP a day, stays as long as it lasts."""
    task = {"id": "t", "duration": "100 d", "budget": "500 GBP", "plus_resources": True, "assignments": [{"resource": "team"}]}
    return task | more


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({}, 100),
        ({"actual_start": "2026-01-05", "progress": 0.4}, 40 + 60),
        ({"actual_start": "2026-01-05", "progress": 0.25}, 40 + 75),  # slower than planned: the team stays longer
        ({"actual_start": "2026-01-05", "remaining": "90 d"}, 40 + 90),
        ({"actual_start": "2026-02-16", "remaining": "90 d"}, 10 + 90),
        ({"actual_start": "2026-01-05", "actual_finish": "2026-01-30"}, 20),
    ],
)
def test_a_team_costs_from_its_start_to_its_end(said: dict[str, Any], days: int) -> None:
    other = {"id": "u", "duration": {"low": "10 d", "likely": "20 d", "high": "30 d"}}
    cost = ipmo.simulate(plan(staying(**said), other), samples=SAMPLES).cost("p/t")
    assert set(cost.samples) == {500 + 100.0 * days}
    assert cost.planned == 100 * (500 + 100 * days)


def test_where_the_date_of_status_moves_no_work_the_share_done_counts() -> None:
    pf = plan(staying(actual_start="2026-01-05", progress=0.25), {"id": "u", "duration": {"low": "10 d", "likely": "20 d", "high": "30 d"}})
    reported = attrs.evolve(ipmo.schedule(pf).network.dialect, data_date="reported")
    assert set(ipmo.simulate(pf, samples=8, dialect=reported).cost("p/t").samples) == {10_500.0}


def test_uncertain_work_under_way_costs_what_is_behind_it_and_what_remains() -> None:
    """60 of 100 days remain, of 80 to 120 in all: 48 to 72 days at 100 GBP, beside 40 that are behind it."""
    length = {"low": "80 d", "likely": "100 d", "high": "120 d"}
    found = ipmo.simulate(plan(staying(duration=length, actual_start="2026-01-05", progress=0.4)), samples=SAMPLES).cost("p/t")
    assert float(found.mean.amount) == pytest.approx(10_500, abs=4 * 100 * 12 / math.sqrt(6 * SAMPLES))
    assert 500 + 8800 <= min(found.samples) < max(found.samples) <= 500 + 11_200


def test_nothing_costs_less_than_it_has_cost() -> None:
    budget = {"low": "500 GBP", "likely": "600 GBP", "high": "900 GBP"}
    task = {"id": "t", "duration": "100 d", "budget": budget, "actual": "650 GBP", "actual_start": "2026-01-05", "progress": 0.4}
    q = ipmo.simulate(plan(task), samples=SAMPLES)
    found = np.array(q.cost("p/t").samples)
    below = 1 - (900 - 650) ** 2 / (400 * 300)
    assert found.min() == 650
    assert abs((found == 650).mean() - below) <= 4 * math.sqrt(below * (1 - below) / SAMPLES)
    assert q.cost("p/t").planned == 65_000
    said = [one for one in q.findings if one.code == "ipmo/spent-beyond"]
    assert [one.item for one in said] == ["p/t"]
    assert "650 GBP" in said[0].message
    within = plan(task | {"actual": "550 GBP"})
    assert not [one for one in ipmo.simulate(within, samples=SAMPLES).findings if one.code == "ipmo/spent-beyond"]


def test_a_budget_is_kept_by_what_it_costs_in_the_end_and_not_by_the_forecast() -> None:
    """A forecast of 80 to 120 GBP against a budget of 90: kept in 1 of 8 samples, and with a date that is kept half of the time in 1 of 16."""
    forecast = {"low": "80 GBP", "likely": "100 GBP", "high": "120 GBP"}
    work = {"id": "t", "duration": {"values": ["10 d", "20 d"], "weights": [0.5, 0.5]}, "budget": "90 GBP", "forecast": forecast}
    pf = plan(work, project={"finish": "2026-03-13"})
    q = ipmo.simulate(pf, samples=20_000)
    error = 4 * math.sqrt(1 / 8 * 7 / 8 / 20_000)
    for item in ("p/t", "p", "all"):
        assert q.cost(item).sure == pytest.approx(1 / 8, abs=error), item
    assert q.joint("p").sure == pytest.approx(1 / 16, abs=error)
    assert q.joint("p/t").sure is None  # nobody stated when
    row = next(one for one in q.table().rows() if one["id"] == "p")
    assert (row["budget"], row["within_budget"], row["both_sure"]) == (90.0, q.cost("p").sure, q.joint("p").sure)
    assert "its budget of 90 GBP is" in q.explain("p")


def test_a_project_keeps_its_own_budget_whatever_its_work_was_given(tmp_path: Path) -> None:
    tasks = [{"id": name, "duration": "5 d", "budget": {"low": "40 GBP", "likely": "50 GBP", "high": "60 GBP"}} for name in "ab"]
    q = ipmo.simulate(plan(*tasks, project={"budget": "120 GBP"}), samples=SAMPLES)
    assert (q.cost("p").budget, q.cost("all").budget, q.cost("p/a").budget) == (12_000, 12_000, 5_000)
    assert q.cost("p").sure == 1
    ipmo.save_simulation(q, tmp_path / "q.npz")
    assert ipmo.load_simulation(tmp_path / "q.npz").cost("p").budget == 12_000
    partly = plan(tasks[0], {"id": "b", "duration": "5 d"})
    assert ipmo.simulate(partly, samples=SAMPLES).cost("p").budget is None  # of one nobody knows what it may cost


def test_a_response_is_paid_by_those_whose_risk_it_is() -> None:
    risk = {"id": "r", "item": "pg", "before": {"probability": 0.5, "impacts": [{"cost": "100 GBP"}]}, "after": {"probability": 0}}
    more = {"programmes": [{"id": "pg"}], "risks": [risk | {"response": "avoid", "response_cost": "7 GBP"}]}
    q = ipmo.simulate(plan({"id": "t", "duration": "5 d"}, project={"programme": "pg"}, **more), samples=SAMPLES, risks="after")
    assert set(q.cost("pg").samples) == set(q.cost("all").samples) == {7.0}
