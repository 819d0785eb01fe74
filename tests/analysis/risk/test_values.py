"""What benefits are worth where nobody knows how much of them comes: their own factors, and causes that they share."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ipmo

SAMPLES = 20_000


def plan(**more: Any) -> ipmo.Portfolio:
    """Two benefits, one of 1,000 GBP once and one of 365 GBP a year for a year, behind a task each."""
    tasks = [{"id": name, "duration": {"values": ["10 ed", "30 ed"], "weights": [0.5, 0.5]}} for name in "ab"]
    benefits = [
        {"id": "x", "enabled_by": "p/a", "value": "1000 GBP", "factor": {"values": [0.5, 1.2], "weights": [0.3, 0.7]}},
        {"id": "y", "enabled_by": "p/b", "value": "365 GBP per year", "lasts": "12 months", "probability": 0.8},
    ]
    portfolio = {"id": "all", "start": "2026-01-05", "calendar": "continuous", "money": {"currency": "GBP"}}
    drivers = [{"id": "uptake", "affects": "value", "probability": 0.4, "factor": 0.5, "targets": ["x", "y"]}]
    given = {"ipmo": 1, "portfolio": portfolio, "projects": [{"id": "p", "tasks": tasks}], "benefits": benefits, "drivers": drivers}
    return ipmo.from_dict(given | more)


def near(found: float, exact: float, samples: int = SAMPLES) -> bool:
    return abs(found - exact) <= 4 * math.sqrt(max(exact * (1 - exact), 1e-9) / samples)


def test_own_and_shared_factors_by_enumeration() -> None:
    q = ipmo.simulate(plan(), samples=SAMPLES)
    x, y = np.array(q.benefit("x").samples), np.array(q.benefit("y").samples)
    whole = float(y.max())
    exact: dict[tuple[float, float], float] = {}
    for (own, one), (comes, two), (driver, three) in itertools.product(
        ((0.5, 0.3), (1.2, 0.7)), ((1, 0.8), (0, 0.2)), ((0.5, 0.4), (1, 0.6))
    ):
        pair = 1000 * own * driver, round(whole * comes * driver, 2)
        exact[pair] = exact.get(pair, 0.0) + one * two * three
    for pair, share in exact.items():
        assert near(float(((x == pair[0]) & (np.abs(y - pair[1]) < 0.011)).mean()), share), pair
    assert math.isclose(sum(exact.values()), 1)
    assert (np.array(q.benefit("all").samples) == x + y).all()


def test_other_figures_know_no_factor() -> None:
    pf = plan()
    bare = plan(benefits=[{"id": "x", "enabled_by": "p/a", "value": "1000 GBP"}, ipmo.to_dict(pf)["benefits"][1]])
    assert [one.worth for one in ipmo.benefits(pf)] == [one.worth for one in ipmo.benefits(bare)]


def test_a_factor_leaves_all_other_draws_as_they_were() -> None:
    with_factor, without = (
        plan(),
        plan(benefits=[{"id": "x", "enabled_by": "p/a", "value": "1000 GBP"}, ipmo.to_dict(plan())["benefits"][1]]),
    )
    one, other = (ipmo.simulate(pf, samples=2000) for pf in (with_factor, without))
    assert one.benefit("y") == other.benefit("y")
    assert (one.finish("p").instants == other.finish("p").instants).all()


@pytest.mark.parametrize("target", ["pg", "x"])
def test_a_driver_of_values_touches_what_belongs_to_its_target(target: str) -> None:
    data = ipmo.to_dict(plan())
    data["programmes"] = [{"id": "pg"}]
    data["projects"][0]["programme"] = "pg"
    data["benefits"][0].pop("factor")
    data["benefits"][0]["belongs_to"] = "pg"
    data["drivers"] = [{"id": "uptake", "affects": "value", "factor": 0.5, "targets": [target]}]
    q = ipmo.simulate(ipmo.from_dict(data), samples=500)
    assert set(q.benefit("x").samples) == {500.0}
    assert not [one for one in q.findings if one.code == "ipmo/driver-idle"]


def test_what_a_driver_cannot_touch_is_said_and_what_cannot_be_is_refused() -> None:
    done = {"id": "d", "factor": {"low": 1, "likely": 1.1, "high": 1.5}, "targets": ["x"]}
    q = ipmo.simulate(plan(drivers=[done]), samples=100)
    assert [one.message for one in q.findings if one.code == "ipmo/driver-idle"] == [
        "driver 'd' touches no open work of known length in 'x'; it changes nothing"
    ]
    data = ipmo.to_dict(plan())
    data["benefits"][0]["factor"] = {"p10": -0.2, "p90": 0.9, "shape": "normal"}
    with pytest.raises(ipmo.ModelError, match="'x' has a factor below zero"):
        ipmo.simulate(ipmo.from_dict(data), samples=100)


def test_it_is_saved_and_a_hand_over_loses_the_part_that_comes(tmp_path: Path) -> None:
    q = ipmo.simulate(plan(), samples=500)
    ipmo.save_simulation(q, tmp_path / "q.npz")
    assert ipmo.load_simulation(tmp_path / "q.npz").benefit("x") == q.benefit("x")
    assert ipmo.from_dict(ipmo.to_dict(plan())) == plan()


def test_an_adapter_that_is_missing_is_named_with_the_item() -> None:
    data = ipmo.to_dict(plan())
    data["projects"][0]["tasks"][1]["duration"] = {"kanbanize": {"items": 3}}
    q = ipmo.simulate(ipmo.from_dict(data), samples=100)
    (said,) = [one for one in q.findings if one.code == "ipmo/adapter-missing"]
    assert (q.grade, said.item) == ("refused", "p/b")
    assert "'kanbanize'" in said.message
    data = ipmo.to_dict(plan())
    data["drivers"][0]["factor"] = {"kanbanize": {"items": 3}}
    with pytest.raises(
        ipmo.ModelError, match="the factor of 'uptake' is an estimate of kind 'kanbanize', and no adapter that is installed knows it"
    ):
        ipmo.simulate(ipmo.from_dict(data), samples=100)
