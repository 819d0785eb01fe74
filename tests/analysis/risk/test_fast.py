"""The compiled kernels, and rows of plain networks, say what rows in numpy say, number for number."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.joint import gathered
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Batch, Samples, run
from ipmo.model import DIALECTS, Driver, Exposure, Impact, Link, Portfolio, Project, Risk, Task
from ipmo.network.compiled import available

compiled = pytest.mark.skipif(not available(), reason="numba is not installed")


ACROSS = (
    Link(source="a/t3", target="c/t5"),
    Link(source="c/t4", target="b/t7", type="FF", lag="2 h"),
    Link(source="c/t2", target="n/t3", type="FF"),
    Link(source="n/t1", target="c/t8", type="SS", lag="1 month"),
    Link(source="n/t9", target="a/t10", type="SF", lag="-1 d"),
)


def networks(seed: int, dialect: str, *, across: bool = False) -> Portfolio:
    """Projects of all link types with lags on one calendar each, uncertain in every way.

    Args:
        seed: of all that is chosen.
        dialect: the portfolio's.
        across: links from calendar to calendar and caps on finishes besides.
    """
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
            if n == 9 and across:
                more["constraints"] = {"finish_no_later": "2026-03-20"}
            if n == 10 and across:
                more["constraints"] = {"start_no_later": "2026-02-27"}
            tasks.append(Task(id=f"t{n}", duration=shapes[rng.integers(len(shapes))], after=after, **more))
        return Project(id=name, calendar=calendar, tasks=tasks)

    around = ipmo.Calendar(id="around", week="mon-sun", hours="00:00-24:00", day="24 h")
    projects = [project("a", "around"), project("b", "around"), project("c", "standard")]
    if across:
        projects.append(project("n", "nights"))
    projects[0] = attrs.evolve(
        projects[0],
        risks=[Risk(id="r", before=Exposure(probability=0.4, impacts=[Impact(target="a/t3", delay="3 d", cost="5 k GBP")]))],
    )
    return Portfolio(
        id="all",
        start="2026-01-05",
        dialect=dialect,
        calendars=[around, ipmo.Calendar(id="nights", week="sun-thu", hours="22:00-02:00, 03:00-06:00", holidays=["2026-02-03"])],
        projects=projects,
        links=[
            Link(source="a/t7", target="b/t8"),
            Link(source="a/t11", target="b/t11", type="FF", lag="2 h"),
            *(ACROSS if across else ()),
        ],
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


@compiled
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("dialect", ["ipmo", "p6"])
def test_kernels_and_rows_say_the_same(seed: int, dialect: str) -> None:
    plan = Plan(networks(seed, dialect), 1_300, 1, "before", None, "beta", ())
    samples = Samples(plan.setup, compiled=True)
    assert samples.compiled
    for first, last in ((0, 1), (1, 3)):
        alike(samples.batch(first, last), Samples(plan.setup, compiled=False).batch(first, last))
    assert gathered(plan, list(run(plan.setup, compiled=True))) == gathered(plan, list(run(plan.setup, batch=1, compiled=False)))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("dialect", ["ipmo", "msproject"])
def test_rows_of_plain_networks_say_what_all_rows_say(seed: int, dialect: str) -> None:
    plan = Plan(networks(seed, dialect), 1_300, 1, "before", None, "beta", ())
    samples, others = Samples(plan.setup, compiled=False, plain=True), Samples(plan.setup, compiled=False)
    assert samples.plain and not others.plain
    for first, last in ((0, 1), (1, 3)):
        alike(samples.batch(first, last), others.batch(first, last))


def test_rows_of_plain_networks_are_for_plain_networks_that_pay() -> None:
    def of(pf: Portfolio, samples: int, plain: bool | None) -> bool:
        return Samples(Plan(pf, samples, 1, "before", None, "beta", ()).setup, compiled=False, plain=plain).plain

    pf = networks(1, "ipmo")
    assert of(pf, 50_000, None) and not of(pf, 1_000, None) and of(pf, 1_000, True) and not of(pf, 50_000, False)
    assert not of(networks(1, "ipmo", across=True), 50_000, True)


def test_work_that_may_come_to_nothing_falls_back_to_all_rows() -> None:
    """A driver that may take all of the work away: its samples are of networks in which that work is a point in time."""
    pf = networks(2, "ipmo")
    gone = Driver(id="gone", probability=0.3, factor=0.0, targets=["b/t2"])
    plan = Plan(pf.evolve(drivers=[*pf.drivers, gone]), 600, 1, "before", None, "beta", ())
    samples = Samples(plan.setup, compiled=False, plain=True)
    assert samples.plain
    alike(samples.batch(0, 2), Samples(plan.setup, compiled=False).batch(0, 2))


@compiled
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dialect", DIALECTS)
def test_kernels_and_rows_say_the_same_of_calendars_and_caps(seed: int, dialect: str) -> None:
    plan = Plan(networks(seed, dialect, across=True), 700, 1, "before", None, "beta", ())
    samples = Samples(plan.setup, compiled=True)
    assert samples.compiled and not plan.setup.structures.base.network.additive
    alike(samples.batch(0, 2), Samples(plan.setup, compiled=False).batch(0, 2))
