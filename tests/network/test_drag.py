"""Drag by definition: the end less the end without. All ways of computing it against a pass anew for each."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.dates.schedule import schedule
from ipmo.model import After, Portfolio, Project, Task
from ipmo.network import drag
from ipmo.network import network as engine
from ipmo.network.compiled import available
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.testing.strategies import portfolios

from .conftest import additive, as_large, bounded, dense, tied


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


HELD = ("start_on", "start_no_later", "finish_no_later", "must_start_on", "must_finish_on", "mandatory_start", "mandatory_finish")


def ends_anew(passes: Passes) -> tuple[dict[int, int | None], dict[int, int | None]]:
    """The end without each piece of work, by position, and without each link, by place: of networks that never had it."""
    net, q = passes.network, passes.lists
    work: dict[int, int | None] = {}
    for v, node in enumerate(q.order):
        dur = [0 if one == node else int(x) for one, x in enumerate(net.dur)]
        high = {one: max(min(start, finish - dur[one]), least) for one, (start, finish, least) in net.caps.items()}
        work[v] = Passes(attrs.evolve(net, dur=dur, high={**net.high, **high}), put_off=False).end
    return work, {k: Passes(net.without([q.perm[k]]), put_off=False).end for k in range(net.m)}


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("made", [dense, bounded, tied, additive])
@pytest.mark.parametrize("seed", range(5))
def test_drag_on_calendars_is_the_end_less_that_of_networks_without(
    seed: int, made: Callable[[int], Network], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With bounds on finishes in breaks and caps on them, with what is done, and with what ends nothing."""
    if way == "arrays":
        as_large(monkeypatch)
    passes = Passes(made(seed))
    work, links = ends_anew(passes)
    assert drag.ends_without_work(passes, list(work)) == work
    assert drag.ends_without_work(passes, [3, 1, 3]) == {v: work[v] for v in (1, 3)}
    assert drag.ends_without_links(passes, list(links)) == links
    lasting = [(v, passes.lists.dur[v] + more) for v in work for more in (600, 20_000)]
    for v, minutes in lasting:
        net, node = passes.network, passes.lists.order[v]
        dur = [minutes if one == node else int(x) for one, x in enumerate(net.dur)]
        high = dict(net.high)
        if node in net.caps:
            start, finish, least = net.caps[node]
            high[node] = max(min(start, finish - minutes), least)
        assert passes.end_if_longer(v, minutes - passes.lists.dur[v]) == Passes(attrs.evolve(net, dur=dur, high=high), put_off=False).end


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
@pytest.mark.parametrize("name", HELD)
def test_drag_of_work_that_a_constraint_holds(name: str, dialect: str) -> None:
    """The end without it is that of a plan in which it takes no time: what must finish on a day holds what follows until then."""

    def plan(length: str) -> Portfolio:
        held = Task(id="held", duration=length, constraints={name: "2026-01-16"})
        tasks = [held, Task(id="next", duration="5 d", after="held"), Task(id="beside", duration="6 d")]
        return Portfolio(id="x", start="2026-01-05", dialect=dialect, projects=[Project(id="P", tasks=tasks)])

    s = schedule(plan("5 d"))
    place = s.passes.lists.pos[s.passes.nodes["P/held"]]
    assert s.passes.ends_without.get(place, s.passes.end) == schedule(plan("0 d")).passes.end


def test_what_must_finish_on_a_day_has_no_drag_while_it_can() -> None:
    """A week of work that must finish on Friday, 16 January: without it what follows still begins on the Monday after."""
    tasks = [Task(id="held", duration="5 d", constraints={"must_finish_on": "2026-01-16"}), Task(id="next", duration="5 d", after="held")]
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    assert (s["P/held"].drag, s["P/next"].drag) == (0, 5)
