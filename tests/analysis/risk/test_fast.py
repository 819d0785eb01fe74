"""The compiled kernels say what rows in numpy say, number for number."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.joint import gathered
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Batch, Samples, run
from ipmo.model import Driver, Exposure, Impact, Link, Portfolio, Project, Risk, Task
from ipmo.network.compiled import available

pytestmark = pytest.mark.skipif(not available(), reason="numba is not installed")


def networks(seed: int, dialect: str) -> Portfolio:
    """Projects of all link types with lags on one calendar each, uncertain in every way."""
    rng = np.random.default_rng(seed)
    shapes: list[Any] = [
        {"low": "3 d", "likely": "5 d", "high": "9 d"},
        {"p10": "20 h", "likely": "30 h", "p90": "50 h"},
        {"low": "3 d", "high": "4 d", "shape": "uniform"},
        {"low": "1 d", "likely": "2 d", "high": "6 d", "shape": "pert"},
        "4 d",
    ]

    def project(name: str, calendar: str) -> Project:
        tasks = []
        for n in range(12):
            after = [
                {"from": f"t{m}", "type": ["FS", "FS", "SS", "FF", "SF"][rng.integers(5)], "lag": [None, "1 d", "-2 h"][rng.integers(3)]}
                for m in range(n)
                if rng.random() < 0.25
            ]
            more: dict[str, Any] = {"finish_not_before": "2026-02-10"} if n == 4 else {"not_before": "2026-01-20"} if n == 5 else {}
            if n == 0:
                more["progress"] = 0.25
            tasks.append(Task(id=f"t{n}", duration=shapes[rng.integers(len(shapes))], after=after, **more))
        return Project(id=name, calendar=calendar, tasks=tasks)

    around = ipmo.Calendar(id="around", week="mon-sun", hours="00:00-24:00", day="24 h")
    projects = [project("a", "around"), project("b", "around"), project("c", "standard")]
    projects[0] = attrs.evolve(
        projects[0],
        risks=[Risk(id="r", before=Exposure(probability=0.4, impacts=[Impact(target="a/t3", delay="3 d", cost="5 k GBP")]))],
    )
    return Portfolio(
        id="all",
        start="2026-01-05",
        dialect=dialect,
        calendars=[around],
        projects=projects,
        links=[Link(source="a/t7", target="b/t8"), Link(source="a/t11", target="b/t11", type="FF", lag="2 h")],
        drivers=[Driver(id="d", factor={"low": 0.9, "likely": 1, "high": 1.4}, targets=["b/t2", "c"])],
    )


def alike(one: Batch, other: Batch) -> None:
    assert (one.dates == other.dates).all()
    assert (one.costs == other.costs).all()
    assert (one.critical == other.critical).all()
    numbered = [{number: count for number, count in driving.items() if count} for driving in (one.driving, other.driving)]
    assert numbered[0] == numbered[1]
    assert (one.lengths == other.lengths).all()
    assert one.ends == other.ends


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("dialect", ["ipmo", "p6"])
def test_kernels_and_rows_say_the_same(seed: int, dialect: str) -> None:
    plan = Plan(networks(seed, dialect), 1_300, 1, "before", None, "beta", ())
    samples = Samples(plan.setup, compiled=True)
    assert samples.compiled or dialect == "p6"
    for first, last in ((0, 1), (1, 3)):
        alike(samples.batch(first, last), Samples(plan.setup, compiled=False).batch(first, last))
    assert gathered(plan, list(run(plan.setup, compiled=True))) == gathered(plan, list(run(plan.setup, batch=1, compiled=False)))
