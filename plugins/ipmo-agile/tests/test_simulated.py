"""Agile work in the joint simulation: its throughput history, split and growth beside planned work, in one network on the same samples.

Source: O-19 of the method notes (exact by convolution); draws of whole periods with replacement, made here independently.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.model import Portfolio
from ipmo_agile import AgileForecast

WEEKS = [1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2]
START = date(2026, 1, 5)
SAMPLES = 20_000
DONE = dict(zip(range(25, 34), (0.3875, 0.5007, 0.6104, 0.7091, 0.7921, 0.8576, 0.9065, 0.9410, 0.9642), strict=True))
"""P(100 items done within k weeks), O-19 a."""


def team(*after: dict[str, Any], **agile: Any) -> Portfolio:
    """A team with a backlog, around the clock, and what waits for it in a project that is planned."""
    found = {"remaining_items": 100, "throughput": WEEKS, "per": "1 ew"} | agile
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": str(START)},
            "projects": [
                {"id": "app", "tasks": [{"id": "epic", "duration": {"agile": found}}]},
                {"id": "site", "tasks": [{"id": "launch", "milestone": True}, *after]},
            ],
            "links": [{"from": "app/epic", "to": "site/launch"}],
        }
    )


def near(share: float, exact: float, samples: int = SAMPLES) -> bool:
    return abs(share - exact) <= 4 * math.sqrt(exact * (1 - exact) / samples)


def weeks_after(number: int) -> date:
    return START + timedelta(weeks=number)


def test_a_backlog_is_done_when_the_exact_convolution_says() -> None:
    found = ipmo.simulate(team(), samples=SAMPLES, seed=3).finish("app/epic")
    for weeks, exact in DONE.items():
        assert near(found.by(weeks_after(weeks) - timedelta(days=1)), exact), weeks


def test_what_waits_for_a_team_waits_in_the_same_samples() -> None:
    q = ipmo.simulate(team(), samples=2000, seed=3)
    assert (q.finish("site/launch").instants == q.finish("app/epic").instants).all()
    assert q.criticality()["criticality"][0] == 1


def test_a_hand_over_of_a_team_beside_planned_work_waits_for_the_later_of_both() -> None:
    plan = team(
        {"id": "build", "duration": {"low": "150 ed", "likely": "180 ed", "high": "240 ed"}},
        {"id": "open", "milestone": True, "after": ["launch", "build"]},
    )
    q = ipmo.simulate(plan, samples=SAMPLES, seed=5)
    for weeks in (26, 28, 30):
        days = weeks * 7
        built = 1 - (240 - days) ** 2 / ((240 - 150) * (240 - 180)) if days > 180 else (days - 150) ** 2 / ((240 - 150) * (180 - 150))
        assert near(q.finish("site/open").by(weeks_after(weeks) - timedelta(days=1)), DONE[weeks] * built), weeks


def test_split_and_growth_are_drawn_with_the_periods() -> None:
    generator = np.random.default_rng(11)
    n = 40_000
    grown = generator.triangular(0.0, 0.2, 0.6, n)
    items = np.ceil(100 * (1 + grown) - 1e-9)
    left, weeks = items.copy(), np.zeros(n)
    while (left > 0).any():
        open_ones = left > 0
        weeks += open_ones
        left -= np.where(open_ones, generator.choice(WEEKS, n), 0)
    found = ipmo.simulate(team(growth={"low": 0, "likely": 0.2, "high": 0.6}), samples=SAMPLES, seed=3).finish("app/epic")
    for k in (28, 32, 36, 42):
        exact, error = (weeks <= k).mean(), 4 * math.sqrt(0.25 / n + 0.25 / SAMPLES)
        assert abs(found.by(weeks_after(k) - timedelta(days=1)) - exact) <= error, k


def test_a_driver_makes_the_team_slower_with_all_else_it_touches() -> None:
    data = ipmo.to_dict(team())
    data["drivers"] = [{"id": "illness", "probability": 1, "factor": 2, "targets": ["app/epic"]}]
    slow = ipmo.simulate(ipmo.from_dict(data), samples=500, seed=3).finish("app/epic")
    usual = ipmo.simulate(team(), samples=500, seed=3).finish("app/epic")
    begin = usual.planned - 26 * 7 * 1440
    assert (slow.instants - begin == 2 * (usual.instants - begin)).all()


def test_draws_are_those_of_the_quantile_function() -> None:
    forecast = AgileForecast(remaining_items=100, throughput=WEEKS, per=ipmo.Span(1, "w"))
    from ipmo.analysis.risk.distributions import quantiles

    u = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 501), [1 - 2.0**-33, 2.0**-33]])
    assert quantiles(forecast, u).tolist() == [float(forecast.quantile(share).amount) for share in u.tolist()]


def test_work_that_may_never_end_is_refused_by_its_place() -> None:
    with pytest.raises(ipmo.ModelError, match=r"'app/epic' does not end in .* of the samples"):
        ipmo.simulate(team(remaining_items=1240, throughput=[0, 0, 0, 1]), samples=100)
