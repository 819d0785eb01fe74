"""Costs within the room that there is: the same figures of what is kept, and what is left out says so."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import run
from ipmo.analysis.risk.spending import Spending

TASKS = 30


def plan() -> ipmo.Portfolio:
    """Two projects of thirty tasks that cost money each, time at work, a driver of costs and a risk that costs too."""
    cost, length = {"low": "1 k GBP", "likely": "2 k GBP", "high": "5 k GBP"}, {"low": "1 d", "likely": "2 d", "high": "5 d"}
    projects: list[dict[str, Any]] = [
        {
            "id": name,
            "programme": "G",
            "tasks": [{"id": f"t{k}", "duration": length, "forecast": cost, "budget": "3 k GBP"} for k in range(TASKS)],
        }
        for name in ("p", "q")
    ]
    projects[0]["risks"] = [{"id": "r", "before": {"probability": 0.3, "impacts": [{"target": "p/t1", "cost": "9 k GBP"}]}}]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "programmes": [{"id": "G"}],
            "projects": projects,
            "drivers": [{"id": "d", "affects": "cost", "factor": {"low": 0.9, "high": 1.4, "shape": "uniform"}, "targets": ["q"]}],
        }
    )


@pytest.fixture(scope="module")
def pf() -> ipmo.Portfolio:
    return plan()


@pytest.fixture(scope="module")
def small(pf: ipmo.Portfolio) -> ipmo.Simulation:
    """Room for the samples of ten items."""
    return ipmo.simulate(pf, samples=1000, memory=0.08, keep=["p/t3"])


@pytest.fixture(scope="module")
def whole(pf: ipmo.Portfolio) -> ipmo.Simulation:
    return ipmo.simulate(pf, samples=1000)


def test_what_is_kept_costs_the_same(small: ipmo.Simulation, whole: ipmo.Simulation) -> None:
    for item in ("x", "G", "p", "q", "p/t3"):
        assert np.array_equal(small.cost(item).minor, whole.cost(item).minor), item
        assert small.cost(item).budget == whole.cost(item).budget and small.cost(item).planned == whole.cost(item).planned
    assert small.contingency() == whole.contingency()
    assert small.joint("p").within("2026-02-10", "90 k GBP") == whole.joint("p").within("2026-02-10", "90 k GBP")


def test_what_is_left_out_says_so(small: ipmo.Simulation, whole: ipmo.Simulation, tmp_path: Path) -> None:
    assert small.unpriced == {f"{name}/t{k}" for name in "pq" for k in range(TASKS)} - {"p/t3"} and not whole.unpriced
    assert small.settings.endswith("the costs of 59 items left out")
    for q in (small, ipmo.load_simulation(ipmo.save_simulation(small, tmp_path / "s.npz") or tmp_path / "s.npz")):
        with pytest.raises(ipmo.ModelError, match=r"the cost of 'q/t3' was left out, for want of room .* keep=\['q/t3'\]"):
            q.cost("q/t3")


def test_samples_take_the_room_of_what_is_kept(pf: ipmo.Portfolio) -> None:
    """A row for each of the portfolio, the programme and both projects, of which the first two cost the same, and for what happens."""
    rows = [len(next(run(Plan(pf, 1000, 1, "before", None, "beta", (), memory=memory).setup)).costs) for memory in (0.08, 16)]
    assert rows == [3 + 1, 2 * TASKS + 1]


def test_drivers_of_a_cost_are_found_whatever_is_kept(small: ipmo.Simulation, whole: ipmo.Simulation) -> None:
    assert small.drivers("q", by="cost", most=4) == whole.drivers("q", by="cost", most=4)
    assert {row["kind"] for row in small.drivers("q", by="cost", most=4).rows()} >= {"driver", "cost estimate"}


def test_costs_are_drawn_in_little_room() -> None:
    """Of 2,000 items with an estimated cost all draws of a block would take 8 MB: some are drawn at a time, and summed at once."""
    cost = {"low": "1 k GBP", "likely": "2 k GBP", "high": "5 k GBP"}
    tasks = [{"id": f"t{k}", "duration": "1 d", "forecast": cost} for k in range(2000)]
    header = {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": [{"id": "p", "tasks": tasks}]})
    setup = Plan(pf, 512, 1, "before", None, "beta", (), memory=0.01).setup
    spending = Spending(setup, {})
    spending.rows(range(1), np.empty((0, 512)), {}, {}, {}, {})  # what is made once
    tracemalloc.start()
    rows = spending.rows(range(1), np.empty((0, 512)), {}, {}, {}, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2000 * 512 * 8 / 2
    assert rows.shape == (1, 512) and np.array_equal(rows[0], next(run(setup)).costs[0])
