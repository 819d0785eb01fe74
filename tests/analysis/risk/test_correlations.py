"""Stated rank correlations: those that follow from others, the nearest that hold together, and classic PERT beside percentiles."""

from __future__ import annotations

import itertools
import math
from datetime import date
from typing import Literal

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.correlation import correlated
from ipmo.model.portfolio import Portfolio
from ipmo.units import DAY, minutes

SAMPLES = 20_000


def plan(durations: dict[str, object]) -> Portfolio:
    tasks = [{"id": name, "duration": length} for name, length in durations.items()]
    return ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "all", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]})


def four() -> Portfolio:
    return plan({name: {"low": "20 ed", "likely": "40 ed", "high": "120 ed"} for name in "abcd"})


def ranked(q: ipmo.Simulation, one: str, other: str) -> float:
    first, second = (np.argsort(np.argsort(q.finish(f"p/{name}").instants)) for name in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def said(q: ipmo.Simulation) -> dict[str, str]:
    return {one.code: one.message for one in q.findings if "correlations" in one.code}


def test_what_holds_together_is_kept_and_the_pair_that_nobody_stated_follows() -> None:
    """b goes wholly with c and against d: c against d wholly."""
    q = ipmo.simulate(four(), samples=SAMPLES, correlations={("p/a", "p/b"): 1.0, ("p/b", "p/c"): -1.0})
    assert (ranked(q, "a", "b"), ranked(q, "b", "c"), ranked(q, "a", "c")) == pytest.approx((1, -1, -1), abs=0.01)
    assert list(said(q)) == ["ipmo/correlations-completed"]
    assert "1 pair of work" in said(q)["ipmo/correlations-completed"]
    assert "'p/a' and 'p/c' -1.00" in said(q)["ipmo/correlations-completed"]
    some = ipmo.simulate(four(), samples=SAMPLES, correlations={("p/a", "p/b"): 0.9, ("p/b", "p/c"): 0.9})
    assert (ranked(some, "a", "b"), ranked(some, "b", "c")) == pytest.approx((0.9, 0.9), abs=0.01)
    assert ranked(some, "a", "c") > 0.5
    assert list(said(some)) == ["ipmo/correlations-completed"]
    loose = ipmo.simulate(four(), samples=SAMPLES, correlations={("p/a", "p/b"): 0.5, ("p/b", "p/c"): 0.5})
    assert ranked(loose, "a", "c") == pytest.approx(0, abs=0.03)
    assert not said(loose)


def test_what_cannot_hold_is_brought_to_the_nearest_and_said_in_ranks() -> None:
    """Of normal scores x, x, y with y = 2 x^2 - 1, the nearest to a, a, c solves 4 x^3 - (1 + 2 c) x = a."""
    stated = {("p/a", "p/b"): 0.95, ("p/b", "p/c"): 0.95, ("p/a", "p/c"): -0.5}
    q = ipmo.simulate(four(), samples=SAMPLES, correlations=stated)
    a, c = (2 * math.sin(math.pi * rank / 6) for rank in (0.95, -0.5))
    [x] = [root.real for root in np.roots([4, 0, -(1 + 2 * c), -a]) if abs(root.imag) < 1e-9 and root.real > 0]
    near, far = (6 / math.pi * math.asin(score / 2) for score in (x, 2 * x * x - 1))
    assert ranked(q, "a", "b") == pytest.approx(near, abs=0.02)
    assert ranked(q, "a", "c") == pytest.approx(far, abs=0.02)
    away = max(0.95 - near, far + 0.5)
    assert f"at most {away:.2f} away: 'p/a' and 'p/b' have {near:.2f} instead of 0.95" in said(q)["ipmo/correlations-repaired"]
    assert list(said(q)) == ["ipmo/correlations-repaired"]


def test_no_other_correlations_that_hold_together_are_nearer() -> None:
    """Random neighbours of the answer, each made to hold together, are none of them nearer to what is stated."""
    names = "abcd"
    stated = {("p/a", "p/b"): 0.9, ("p/b", "p/c"): 0.8, ("p/a", "p/c"): -0.6, ("p/c", "p/d"): 0.7, ("p/a", "p/d"): 0.9}
    found, _ = correlated(stated, [f"p/{name}" for name in names])
    assert found is not None
    held = found.factor @ found.factor.T
    wanted = {pair: 2 * math.sin(math.pi * rank / 6) for pair, rank in stated.items()}
    at = {pair: (names.index(pair[0][2]), names.index(pair[1][2])) for pair in stated}

    def away(matrix: np.ndarray) -> float:
        return sum((float(matrix[at[pair]]) - score) ** 2 for pair, score in wanted.items())

    rng = np.random.default_rng(3)
    for size, _ in itertools.product((0.3, 0.03, 0.003), range(400)):
        factor = found.factor + rng.normal(0, size, found.factor.shape)
        factor = factor / np.sqrt((factor * factor).sum(axis=1, keepdims=True))
        assert away(factor @ factor.T) >= away(held) - 1e-6


@pytest.mark.parametrize("pert", ["beta", "classic"])
def test_percentiles_of_a_pert_estimate_are_percentiles_by_either_rule(pert: Literal["beta", "classic"]) -> None:
    length = {"p10": "90 ed", "likely": "100 ed", "p90": "140 ed", "shape": "pert"}
    q = ipmo.simulate(plan({"a": length}), samples=SAMPLES, pert=pert)
    days = (q.finish("p/a").instants - minutes(date(2026, 1, 5))) / DAY
    assert float((days <= 90).mean()) == pytest.approx(0.1, abs=0.006)
    assert float((days <= 140).mean()) == pytest.approx(0.9, abs=0.006)
