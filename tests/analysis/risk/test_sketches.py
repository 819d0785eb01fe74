"""Sketches: what they say holds of the numbers they were made from, and follows from those alone; simulations within a budget of memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from statistics import stdev

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.precision import place
from ipmo.analysis.risk.sampling import run
from ipmo.analysis.risk.sketches import CELLS, Sketch, Sketches
from ipmo.errors import ModelError, OptionError

NUMBERS = st.lists(st.integers(-5, 2**31 - 1) | st.integers(1_000_000, 1_000_400), min_size=2, max_size=60)


def of(numbers: list[int]) -> Sketch:
    return Sketches.of(np.array([numbers], np.int64)).one(0)


@given(NUMBERS, st.floats(0.1, 99.9), st.integers(-10, 2**31))
def test_a_sketch_says_of_its_numbers_what_holds(numbers: list[int], percent: float, limit: int) -> None:
    found, ordered = of(numbers), sorted(numbers)
    assert (found.size, found.least, found.greatest) == (len(numbers), ordered[0], ordered[-1])
    assert (found.total, found.squares) == (sum(numbers), sum(one * one for one in numbers))
    assert found.mean == sum(numbers) / len(numbers)
    assert found.deviation == pytest.approx(stdev(numbers), rel=1e-12, abs=1e-12)
    assert sum(found.cells) == len(numbers)
    assert found.wide == 1 or found.wide * (CELLS // 2 - 1) < ordered[-1] - ordered[0]
    at = place(len(numbers), percent / 100)
    low, high = found.within(at)
    assert low <= ordered[at] <= high < low + found.wide
    for number in (limit, *ordered[:3]):
        least, most = found.at_most(number)
        assert least <= sum(one <= number for one in numbers) <= most


@given(NUMBERS, st.randoms())
def test_a_sketch_follows_from_its_numbers_alone(numbers: list[int], r: object) -> None:
    """Whatever order they come in, and whatever parts."""
    shuffled = list(numbers)
    r.shuffle(shuffled)  # type: ignore[attr-defined]
    cut = r.randint(1, len(numbers) - 1)  # type: ignore[attr-defined]
    parts = [Sketches.of(np.array([part], np.int64)) for part in (shuffled[:cut], shuffled[cut:])]
    assert parts[0].with_more(parts[1]).one(0) == parts[1].with_more(parts[0]).one(0) == of(numbers)


def plan() -> ipmo.Portfolio:
    """Two projects of six tasks, one of them committed, one at a hand-over."""
    tasks = [
        {"id": f"t{n}", "duration": {"low": "5 d", "likely": "8 d", "high": f"{14 + n} d"}, **({"after": f"t{n - 1}"} if n else {})}
        for n in range(6)
    ]
    committed = [{**task, **({"deadline": "2026-03-01"} if task["id"] == "t2" else {})} for task in tasks]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-05"},
            "projects": [{"id": "a", "tasks": committed}, {"id": "b", "tasks": tasks}],
            "links": [{"from": "a/t3", "to": "b/t1"}],
        }
    )


def test_what_is_kept_within_a_budget_and_what_is_said_of_the_rest() -> None:
    pf = plan()
    whole = ipmo.simulate(pf, samples=1100, seed=4)
    assert {row.basis for row in whole.rows} == {"samples"}
    room = 1100 * 8 / 1e6
    q = ipmo.simulate(pf, samples=1100, seed=4, memory=5 * room, sketches=True, keep=["b/t5"])
    kept = [row.id for row in q.rows if row.basis == "samples"]
    assert kept == ["all", "a", "a/t2", "b", "b/t5"]  # wholes, what is committed, what is asked for: nothing is left for hand-overs
    assert q.settings.endswith("samples of 5 items kept in 0.044 MB, the dates of 10 sketched")
    assert dict(zip(q.table()["id"], q.table()["basis"], strict=True)) == {row.id: row.basis for row in q.rows}
    for row in q.rows:
        every = whole.finish(row.id)
        if row.sketch is None:
            assert q.finish(row.id) == every
            continue
        assert row.sketch.sketch == of((every.instants - row.sketch.base).tolist())
        assert (row.sketch.mean, row.sketch.planned_day) == (every.mean, every.day(every.planned or 0))
        assert row.sketch.sd == pytest.approx(every.sd, rel=1e-9)
        for percent in (10, 50, 80, 90):
            low, high = row.sketch.p_between(percent)
            assert low <= every.p(percent) <= high == row.sketch.p(percent)
        for day in (date(2026, 2, 1), every.p(40), every.p(90)):
            least, most = row.sketch.by_between(day)
            assert least <= every.by(day) <= most
    with_hand_over = ipmo.simulate(pf, samples=1100, seed=4, memory=5 * room, sketches=True)
    assert [row.id for row in with_hand_over.rows if row.basis == "samples"] == ["all", "a", "a/t2", "a/t3", "b"]
    without = ipmo.simulate(pf, samples=1100, seed=4, memory=5 * room)
    assert [row.id for row in without.rows] == ["all", "a", "a/t2", "b"]
    assert without.settings.endswith("the dates of 11 left out")


def test_sketches_are_the_same_however_samples_are_shared_out(tmp_path: Path) -> None:
    pf = plan()
    made = Plan(pf, 1500, 2, "before", None, "beta", (), memory=0.05, sketches=True).setup
    assert made.sketched
    ways = [list(run(made, None, batch, compiled=compiled)) for batch, compiled in ((1, False), (3, False), (2, True))]
    with ThreadPoolExecutor(2) as threads:
        ways.append(list(run(made, threads, 1)))
    rests = [batches[-1].rest for batches in ways]
    for place_ in range(len(made.sketched)):
        assert len({rest.one(place_) for rest in rests if rest is not None}) == 1
    q = ipmo.simulate(pf, samples=700, memory=0.03, sketches=True)
    path = tmp_path / "q.npz"
    ipmo.save_simulation(q, path)
    assert ipmo.load_simulation(path) == q
    assert ipmo.load_simulation(path).explain("b/t4") == q.explain("b/t4")


def test_a_sketch_is_no_row_of_samples_and_says_so() -> None:
    q = ipmo.simulate(plan(), samples=300, memory=0.01, sketches=True)
    with pytest.raises(ModelError, match=r"of the dates of 'b/t4' a sketch alone was kept: ask sketch\('b/t4'\)"):
        q.finish("b/t4")
    with pytest.raises(ModelError, match="'a' has no sketch in this simulation"):
        q.sketch("a")
    assert "a sketch, no samples were kept" in q.explain("b/t4")
    drivers = q.drivers("a", most=2)
    assert len(drivers) == 2
    for memory in (0.0, -1.0, 1e7):
        with pytest.raises(OptionError, match="megabytes"):
            ipmo.simulate(plan(), samples=300, memory=memory)


def test_a_stopped_simulation_has_the_sketches_of_its_samples() -> None:
    q = ipmo.simulate(plan(), samples=20_000, threshold=5, check_every=512, memory=0.5, sketches=True)
    assert q.samples < 20_000
    assert {row.sketch.sketch.size for row in q.rows if row.sketch is not None} == {q.samples}
    assert attrs.evolve(q.sketch("b/t4"), id="x") != q.sketch("b/t4")
