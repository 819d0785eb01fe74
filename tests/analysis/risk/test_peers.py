"""Two other libraries that simulate a network of PERT estimates say what this one says, where they overlap: dates of one end."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

import ipmo

START = date(2026, 1, 5)
SAMPLES = 20_000
Network = list[tuple[int, int, int, list[int]]]
"""Least, likely and greatest days of each task, and the tasks that it follows."""


def parallel(count: int) -> Network:
    """So many tasks beside each other, which merge in the end."""
    return [(80, 100, 120, [])] * count


def woven(count: int, seed: int) -> Network:
    """Tasks that follow one or two of those shortly before them."""
    r = random.Random(seed)
    out: Network = []
    for place in range(count):
        likely = r.randint(2, 30)
        out.append(
            (max(1, likely - 1), likely, 2 * likely, sorted({max(0, place - r.randint(1, 8)) for _ in range(2)} if place else set()))
        )
    return out


NETWORKS = {"one": parallel(1), "four": parallel(4), "woven": woven(40, 1), "more": woven(80, 2)}


def ours(network: Network, pert: Any = "beta") -> ipmo.Simulation:
    tasks = [
        {"id": f"t{place}", "duration": {"low": f"{low} ed", "likely": f"{likely} ed", "high": f"{high} ed", "shape": "pert"}, "after": [f"t{one}" for one in after]}
        for place, (low, likely, high, after) in enumerate(network)
    ]  # fmt: skip
    return ipmo.simulate(
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "all", "start": f"{START}", "calendar": "continuous"}, "projects": [{"id": "p", "tasks": tasks}]}),
        samples=SAMPLES,
        pert=pert,
    )  # fmt: skip


def days(found: ipmo.Simulation) -> Any:
    """The finishes in days since the start."""
    return found.finish("all").instants / 1440 - (START.toordinal() - 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_pmcontrols_has_the_same_mean_and_percentiles(name: str) -> None:
    peer = pytest.importorskip("pmcontrols", reason="pmcontrols (extra bench) is not installed")
    activities = [
        {"id": f"t{place}", "predecessors": [f"t{one}" for one in after], "a": low, "m": likely, "b": high}
        for place, (low, likely, high, after) in enumerate(NETWORKS[name])
    ]
    said = peer.pert(activities, n_sim=SAMPLES).stats
    q = ours(NETWORKS[name])
    finish, row = q.finish("all"), days(q)
    assert finish.mean_error is not None
    assert abs(row.mean() - said["mc_mean"]) < 4 * 2**0.5 * finish.mean_error
    for percent in (50, 80, 95):
        error = finish.p_error(percent)
        assert error is not None
        assert abs((finish.instant(percent) / 1440 - (START.toordinal() - 1)) - said[f"mc_p{percent}"]) < 4 * 2**0.5 * error + 1 / 1440


def trueppm(network: Network, planned: list[int] | None = None) -> Any:
    """Percentiles of trueppm-scheduler; the likely days are the planned ones where nothing else is said."""
    peer = pytest.importorskip("trueppm_scheduler", reason="trueppm-scheduler (extra bench) is not installed")
    names = "duration", "optimistic_duration", "most_likely_duration", "pessimistic_duration"
    tasks = []
    for place, (low, likely, high, _) in enumerate(network):
        days = (likely if planned is None else planned[place], low, likely, high)
        tasks.append(peer.Task(id=f"t{place}", name=f"t{place}", **dict(zip(names, map(timedelta, days), strict=True))))
    links = [
        peer.Dependency(predecessor_id=f"t{one}", successor_id=f"t{place}", dep_type=peer.DependencyType.FS)
        for place, (*_, after) in enumerate(network)
        for one in after
    ]
    project = peer.Project(id="p", name="p", start_date=START, tasks=tasks, dependencies=links, calendar=peer.Calendar(working_days=127))
    return peer.monte_carlo(project, runs=SAMPLES, seed=1, max_runs=10**6).percentiles


def day(instant: int) -> float:
    """Days from the start of the plan."""
    return instant / 1440 - (START.toordinal() - 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_trueppm_has_the_same_days(name: str) -> None:
    said, q = trueppm(NETWORKS[name]), ours(NETWORKS[name])
    for percent in (50, 80):  # it counts whole days, and fits its distributions to the moments of PERT: a day, and a hundredth
        mine = day(q.finish("all").instant(percent))
        assert abs(mine - ((said[percent].date - START).days + 1)) < 1 + mine / 100


ONE: Network = [(100, 110, 300, [])]


def test_each_peer_follows_one_of_the_two_conventions_of_pert() -> None:
    """At P95 they lie seven days apart, for a range of 200: too far for a confusion of the two to pass."""
    peer = pytest.importorskip("pmcontrols", reason="pmcontrols (extra bench) is not installed")
    low, likely, high, _ = ONE[0]
    beta = peer.pert([{"id": "t0", "a": low, "m": likely, "b": high}], n_sim=SAMPLES).stats["mc_p95"]
    classic = (trueppm(ONE, [low])[95].date - START).days + 1
    by_rule = {rule: day(ours(ONE, pert=rule).finish("all").instant(95)) for rule in ("beta", "classic")}
    assert abs(by_rule["beta"] - beta) < 3 < abs(by_rule["beta"] - classic)
    assert abs(by_rule["classic"] - classic) < 3 < abs(by_rule["classic"] - beta)


def test_a_plan_above_its_estimates_has_an_early_side_here_and_none_in_trueppm() -> None:
    """trueppm-scheduler 0.4.0rc2 raises every draw to the planned duration."""
    said = trueppm(ONE, [300])
    assert {(said[percent].date - START).days + 1 for percent in (50, 80, 95)} == {300}
    assert day(ours(ONE).finish("all").instant(80)) < 200
