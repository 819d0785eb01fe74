"""Ways of running the engine, and networks to run it on, for its tests."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import pytest

import ipmo.network
from ipmo.model import DIALECTS, Calendar
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.parts import Commitment, LateBound
from ipmo.network.states import State
from ipmo.units import minutes

LIMITS = ("SMALL", "LARGE", "COMPILE")
"""From how many nodes, links or steps on a module does what only large networks need."""


def as_large(patch: pytest.MonkeyPatch) -> None:
    """Networks of any size take the ways of large ones: their columns are arrays, and the kernels that are else compiled run as they stand."""

    def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    for found in pkgutil.iter_modules(ipmo.network.__path__, "ipmo.network."):
        module = importlib.import_module(found.name)
        if found.name != "ipmo.network.compiled":
            for name in (*LIMITS, "available", "kernel"):
                if hasattr(module, name):
                    value = 0 if name in LIMITS else kernel if name == "kernel" else lambda: True
                    patch.setattr(module, name, value)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only large networks do is done by small ones, and by kernels that nobody compiled; see `as_large`."""
    as_large(monkeypatch)


@pytest.fixture(params=["lists", "arrays"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Once as small networks do it, on lists, and once as large ones do, on arrays."""
    if request.param == "arrays":
        as_large(monkeypatch)
    return str(request.param)


DAY = date(2026, 1, 5)

CALENDARS = (
    Calendar(id="days", week="mon-fri", hours="09:00-17:00"),
    Calendar(id="six", week="mon-sat", hours="08:00-12:00, 13:00-16:00"),
    Calendar(id="nights", week="mon-fri", hours="22:00-06:00"),
)


def dense(
    seed: int,
    n: int = 18,
    calendars: Sequence[Calendar] = CALENDARS,
    lags: Sequence[int] = (0, 0, 0, 60, 480, -240),
    types: Sequence[int] = (0, 1, 2, 2, 2, 3),
) -> Network:
    """Work on three calendars, links of all types forth and back between three projects, many of them from finish to finish."""
    r = random.Random(seed)
    pairs = sorted({(i, j) for j in range(1, n) for i in r.sample(range(j), min(j, r.randint(0, 3)))})
    return Network.from_columns(
        [f"t{v}" for v in range(n)], [r.choice((0, 240, 420, 480, 960, 1440)) for _ in range(n)],
        [u for u, _ in pairs], [v for _, v in pairs], type=[r.choice(types) for _ in pairs],
        lag=[r.choice(lags) for _ in pairs], project=[r.randrange(3) for _ in range(n)], projects=["a", "b", "c"],
        start=minutes(DAY), calendar=[r.randrange(3) for _ in range(n)], calendars=calendars,
    )  # fmt: skip


def changed(net: Network, lengths: Mapping[int, int], low: Mapping[int, int] = {}) -> Network:
    """The network with other lengths and lower bounds of some nodes."""
    dur, least = [int(x) for x in net.dur], [int(x) for x in net.low]
    for node, length in lengths.items():
        dur[node] = length
    for node, start in low.items():
        least[node] = start
    high = {**net.high, **{node: max(min(start, finish - dur[node]), bound) for node, (start, finish, bound) in net.caps.items()}}
    return attrs.evolve(net, dur=dur, low=least, high=high)


def bound(net: Network, r: random.Random) -> Network:
    """The network with floors and caps on the finishes, and caps on the starts, of some work."""
    floors, edges, caps, high = {}, set(), {}, {}
    for node in r.sample(range(net.n), 6):
        clock, instant = net.running_clock(node), net.base + 60 * r.randint(0, 400)
        if len(floors) < 2:
            floors[node] = clock.work(instant)
            edges |= {node} if clock.waits(instant) else set()
        elif len(caps) < 2:
            caps[node] = (clock.work(instant + 1440), clock.work(instant), clock.work(net.base))
        else:
            high[node] = clock.work(instant)
    return changed(attrs.evolve(net, finish_floor=floors, floor_edges=edges, caps=caps, high=high), {})


def bounded(seed: int) -> Network:
    """A dense network with floors and caps on the finishes, and caps on the starts, of some work."""
    return bound(dense(seed, 12), random.Random(seed))


def additive(seed: int, n: int = 11) -> Network:
    """Work on two clocks that no link joins, with links of all types, floors, what is done and what is no work."""
    r = random.Random(seed)
    pairs = sorted({(i, j) for j in range(2, n) for i in r.sample(range(j % 2, j, 2), min(j // 2, r.randint(0, 2)))} | {(3, 5)})
    net = Network.from_columns(
        [f"t{v}" for v in range(n)], [r.choice((0, 60, 480, 960)) for _ in range(n)], [u for u, _ in pairs], [v for _, v in pairs],
        type=[r.choice((0, 0, 1, 2, 3)) for _ in pairs], lag=[r.choice((0, 0, 90, -60)) for _ in pairs],
        project=[v % 3 for v in range(n)], projects=["a", "b", "c"], start=minutes(DAY),
        calendar=[v % 2 for v in range(n)], calendars=CALENDARS[:2], points=False,
    )  # fmt: skip
    low = [int(x) for x in net.low]
    low[2], low[5] = low[2] + 200, -FAR // 4  # as where the dialect lets a lead take work before the start
    kinds, states = ["task"] * (n - 1) + ["benefit"], [State.NORMAL] * n
    states[3], states[1] = State.FINISHED, State.STARTED
    # all on the clock of their side, also what takes no time
    return attrs.evolve(
        net, clk=[1 + v % 2 for v in range(n)], mode=[0] * net.m, low=[low[v] if net.clk[v] else net.clock(1 + v % 2).work(net.base) for v in range(n)],
        kinds=kinds, state=states, finish_floor={4: low[4] + 900 if net.clk[4] else net.clock(1).work(net.base) + 900},
    )  # fmt: skip


def tied(seed: int, dialect: str = "ipmo") -> Network:
    """A dense network on calendars with bounds on finishes, in breaks too, stated finishes, commitments and late bounds."""
    r, net = random.Random(seed), dense(seed, 12)
    at = lambda: net.base + 60 * r.randint(0, 300)  # noqa: E731
    others = r.sample(range(net.n), 6)
    floors = {node: at() for node in r.sample(range(net.n), 3)} | {others[0]: net.base + 1440 * 5 + 60}  # on Saturday
    return attrs.evolve(
        net,
        dialect=DIALECTS[dialect],
        finish_floor={node: net.running_clock(node).work(instant) for node, instant in floors.items()},
        floor_edges=frozenset(node for node, instant in floors.items() if net.running_clock(node).waits(instant)),
        commitments=(
            *(Commitment(f"c{v}", (v,), at(), is_deadline=r.random() < 0.5) for v in others[:2]),
            Commitment("forecast", tuple(others[2:3]), None),
        ),
        late_bounds=tuple(LateBound(v, at() + 4000, r.random() < 0.5) for v in others[3:5]),
        stated_finishes={0: at()} if seed % 2 else {},
        state=[State.FINISHED if v == others[5] and seed % 3 == 0 else State.NORMAL for v in range(net.n)],
        finishes={others[5]: at()} if seed % 3 == 0 else {},
    )
