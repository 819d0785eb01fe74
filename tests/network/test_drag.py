"""Drag by definition: the end less the end without. All ways of computing it against a pass anew for each."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.dates.schedule import schedule
from ipmo.model import After, Portfolio, Project, Task
from ipmo.network import drag
from ipmo.network import network as engine
from ipmo.network.compiled import available
from ipmo.network.network import Network
from ipmo.testing.strategies import portfolios

from .conftest import as_large


def columns(seed: int, n: int = 14) -> dict[str, Any]:
    r = random.Random(seed)
    pairs = sorted({(i, j) for j in range(1, n) for i in r.sample(range(j), min(j, r.randint(0, 3)))})
    return {
        "ids": [f"t{i}" for i in range(n)],
        "duration": [r.randint(0, 9) for _ in range(n)],
        "source": [i for i, _ in pairs],
        "target": [j for _, j in pairs],
        "type": [r.randint(0, 3) for _ in pairs],
        "lag": [r.choice((0, 0, 0, 2, -3, 5)) for _ in pairs],
        "start": 100,
    }


def end_of(data: dict[str, Any]) -> int:
    """The end by relaxing every link until nothing moves."""
    x = [data["start"]] * len(data["ids"])
    d = data["duration"]
    for _ in x:
        for u, v, t, lag in zip(data["source"], data["target"], data["type"], data["lag"], strict=True):
            w = lag + (d[u] if t in (0, 2) else 0) - (d[v] if t >= 2 else 0)
            x[v] = max(x[v], x[u] + w)
    return max(a + b for a, b in zip(x, d, strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_drag_of_every_task_and_link_is_the_end_less_the_end_without(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = columns(seed)
    without_task = {i: end_of({**data, "duration": [0 if j == i else d for j, d in enumerate(data["duration"])]}) for i in range(14)}
    keep = lambda k: {name: [x for j, x in enumerate(data[name]) if j != k] for name in ("source", "target", "type", "lag")}  # noqa: E731
    without_link = {k: end_of({**data, **keep(k)}) for k in range(len(data["source"]))}
    for small in (engine.SMALL, 0, -1):
        if small < 0:  # by kernels that nobody compiled
            as_large(monkeypatch)
        monkeypatch.setattr(engine, "SMALL", small)
        s = schedule(Network.from_columns(**data))
        assert s.network.compiled == (small < 0 or (small == 0 and available()))
        pos, perm = s.passes.lists.pos, s.passes.lists.perm
        found = drag.ends_without_work(s.passes, range(14))
        assert {i: found[pos[i]] for i in range(14)} == without_task
        ends = drag.ends_without_links(s.passes, range(s.network.m))
        assert {perm[k]: end for k, end in ends.items()} == without_link
        one = dict(drag.ends_one_by_one(s.passes, [pos[i] for i in range(14)], [-1] * 14))
        assert {i: one[pos[i]] for i in range(14)} == without_task


@settings(max_examples=40)
@given(portfolios(tied=True))
def test_drag_agrees_with_recomputing_what_moves(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    asap = s.passes.unpostponed  # work as late as possible is put off anew each time: what moves is told from the dates before that
    q, net = asap.lists, s.network
    for place, end in s.passes.ends_without.items():
        node = q.order[place]
        low = int(net.low[node])
        edges = {place: 0}
        if node in net.finish_floor:
            edges[place] = int(node in net.floor_edges and net.finish_floor[node] >= low)
            low = max(low, net.finish_floor[node])
        dur = list(q.dur)
        dur[place] = 0
        assert asap.end_after({place: low}, dur, edges=edges) == end
    for k, end in s.passes.link_ends_without.items():
        v = next(v for v in range(net.n) if q.ptr[v] <= k < q.ptr[v + 1])
        assert asap.end_after({v: q.low[v]}, q.dur, without=k) == end


def test_compiled_and_plain_drag_are_the_same_with_calendars(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [
        Task(
            id=f"t{i}",
            duration=f"{1 + i % 5} d",
            calendar="continuous" if i % 3 == 0 else "standard",
            after=[f"t{i - 1}"] if i % 7 and i > 1 else [],
        )
        for i in range(1, 60)
    ]
    tasks[6] = Task(id="t7", duration="3 d", after=[After(source="t6", type="SS", lag="2 d")])
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)])
    plain = schedule(pf).table()
    monkeypatch.setattr(drag, "COMPILE", 0)
    assert schedule(pf.evolve(name="again")).table() == plain
