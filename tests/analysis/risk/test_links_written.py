"""How often links decide the end, wherever they are written: against all that can happen, and alike by each way to compute samples."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.network.compiled import available

SAMPLES = 4000
A, B = ((1, 0.2), (4, 0.5), (9, 0.3)), ((2, 0.6), (5, 0.4))


def drawn(of: tuple[tuple[int, float], ...]) -> dict[str, Any]:
    return {"values": [f"{days} ed" for days, _ in of], "weights": [weight for _, weight in of]}


def plan(**more: Any) -> ipmo.Portfolio:
    """`a` and `b` meet at `c`, which `d` follows with a lag and the gate G; `e` runs beside them and ends before all."""
    tasks = [
        {"id": "a", "duration": drawn(A)},
        {"id": "b", "duration": drawn(B)},
        {"id": "c", "duration": "1 ed", "after": ["a", "b"]} | more,
        {"id": "d", "duration": "2 ed", "after": [{"from": "c", "lag": "1 ed"}]},
        {"id": "e", "duration": "1 ed"},
        {"id": "f", "duration": "1 ed", "after": "e"},
    ]
    projects = [
        {"id": "p", "tasks": tasks, "gates": [{"id": "G", "after": "d"}]},
        {"id": "q", "tasks": [{"id": "y", "duration": "1 ed", "after": "z"}, {"id": "z", "duration": "1 ed"}]},
    ]
    links = [{"from": "p/G", "to": "q/z"}]
    return ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": projects, "links": links})


def expected() -> dict[tuple[str, str], float]:
    pairs = [(one > other, one < other, p * r) for (one, p), (other, r) in itertools.product(A, B)]
    assert not [1 for first, second, _ in pairs if not first and not second]  # no ties
    first, second = (sum(pair[2] for pair in pairs if pair[place]) for place in (0, 1))
    return {("p/a", "p/c"): first, ("p/b", "p/c"): second, ("p/c", "p/d"): 1, ("p/d", "p/G"): 1, ("p/G", "q/z"): 1, ("q/z", "q/y"): 1}


@pytest.mark.parametrize("late", [False, True])
def test_each_link_is_critical_in_as_many_samples_as_by_going_through_all_cases(late: bool) -> None:
    """As late as possible makes each sample a schedule of its own; what nothing waits for has no float to wait for."""
    data = ipmo.to_dict(plan())
    if late:
        data["projects"][0]["tasks"][5]["constraints"] = {"as_late_as_possible": True}
    samples = 400 if late else SAMPLES
    q = ipmo.simulate(ipmo.from_dict(data), samples=samples, seed=3)
    rows = {(str(row["source"]), str(row["target"])): row for row in q.links().rows()}
    assert next(iter(rows)) == ("p/G", "q/z")  # of links: first
    for ends, share in expected().items():
        assert abs(float(str(rows[ends]["criticality"])) - share) <= 4 * math.sqrt(share * (1 - share) / samples) + 1e-9, ends
    assert rows["p/e", "p/f"]["criticality"] == (0.0 if not late else rows["p/e", "p/f"]["criticality"])
    assert set(rows) == {*expected(), ("p/e", "p/f")}
    assert rows["p/a", "p/c"]["type"] == "FS"


@pytest.mark.parametrize(
    "fast",
    [{"compiled": False, "plain": True}, pytest.param({"compiled": True}, marks=pytest.mark.skipif(not available(), reason="no numba"))],
)
def test_kernels_and_plain_rows_count_the_same_links(fast: dict[str, bool]) -> None:
    setup = Plan(plan(), 700, 1, "before", None, "beta", ()).setup
    quick, slow = Samples(setup, **fast), Samples(setup, compiled=False)
    assert quick.plain or quick.compiled
    one, other = ({k: n for k, n in made.batch(0, 2).driving.items() if n} for made in (quick, slow))
    assert one == other and any(k < 0 for k in one) and any(k >= 0 for k in one)


def test_links_keep_their_names_where_work_comes_to_nothing() -> None:
    """Work that comes to nothing makes another network, in which links have other places."""
    data = ipmo.to_dict(plan())
    data["projects"][0]["tasks"][0]["duration"] = {"values": ["0 ed", "9 ed"], "weights": [0.4, 0.6]}
    q = ipmo.simulate(ipmo.from_dict(data), samples=SAMPLES, seed=3)
    rows = {(str(row["source"]), str(row["target"])): float(str(row["criticality"])) for row in q.links().rows()}
    for ends, share in ((("p/a", "p/c"), 0.6), (("p/b", "p/c"), 0.4), (("p/c", "p/d"), 1.0)):
        assert abs(rows[ends] - share) <= 4 * math.sqrt(share * (1 - share) / SAMPLES) + 1e-9, ends


def test_two_links_between_the_same_work_are_counted_apart() -> None:
    tasks = [
        {"id": "a", "duration": {"values": ["2 ed", "20 ed"], "weights": [0.25, 0.75]}},
        {"id": "c", "duration": "1 ed", "after": [{"from": "a"}, {"from": "a", "type": "SS", "lag": "10 ed"}]},
    ]
    q = ipmo.simulate(
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]}),
        samples=SAMPLES,
    )
    rows = {str(row["type"]): float(str(row["criticality"])) for row in q.links().rows()}
    assert abs(rows["FS"] - 0.75) < 4 * math.sqrt(0.25 * 0.75 / SAMPLES)
    assert rows["FS"] + rows["SS"] == pytest.approx(1)
