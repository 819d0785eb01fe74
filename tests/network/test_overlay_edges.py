"""Overlays at their edges: more links than there is room for, what is refused and how, loops told as they are, what a change moved."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import attrs
import networkx as nx
import pytest

from ipmo.errors import CycleError, ScheduleError, UnknownItemError
from ipmo.network.network import Network
from ipmo.network.overlay import Overlay
from ipmo.network.passes import Passes
from ipmo.network.states import TYPE_NAMES
from ipmo.units import minutes

from .conftest import CALENDARS, dense, tied
from .test_overlay import anew, made

pytestmark = pytest.mark.usefixtures("way")


@pytest.mark.parametrize("room", [0, 1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_links_are_added_beyond_the_room_that_there_is(seed: int, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every link that closes no loop, one by one, with each kind and lag; all dates as of a network with them, and all taken back."""
    monkeypatch.setattr("ipmo.network.overlay_state.ROOM", room)
    data = made(seed, 9)
    overlay = Overlay(Passes(Network.from_columns(**data)))
    first = {**overlay.columns(), "end": overlay.end}
    r, added = random.Random(seed), 0
    for u, v in r.sample([(u, v) for u in range(9) for v in range(9) if u != v], 40):
        kind, lag = r.randrange(4), r.choice((0, 3, -2))
        longer = {name: [*data[name], value] for name, value in (("source", u), ("target", v), ("type", kind), ("lag", lag))}
        if Network.from_columns(**{**data, **longer}).has_loop:
            with pytest.raises(CycleError):
                overlay.add_link(u, v, TYPE_NAMES[kind], lag)
            continue
        assert overlay.add_link(f"t{u}", v, TYPE_NAMES[kind], lag) == len(data["source"])
        data, added = {**data, **longer}, added + 1
        assert {**overlay.columns(), "end": overlay.end} == anew(data)
    assert added > 8
    overlay.set_lag(len(data["source"]) - 1, 30)
    assert {**overlay.columns(), "end": overlay.end} == anew({**data, "lag": [*data["lag"][:-1], 30]})
    for _ in range(added + 1):
        assert overlay.undo()
    assert not overlay.undo()
    assert {**overlay.columns(), "end": overlay.end} == first
    with pytest.raises(ScheduleError, match=f"there is no link {len(data['source']) - 1}"):
        overlay.remove_link(len(data["source"]) - 1)


@pytest.mark.parametrize("dialect", ["ipmo", "p6"])
@pytest.mark.parametrize("seed", range(4))
def test_added_links_count_their_lag_on_the_clock_of_their_source(seed: int, dialect: str) -> None:
    """Between work on one clock they are one number, else they go through calendars, in P6 rounded to shifts."""
    net = tied(seed, dialect)
    overlay = Overlay(Passes(net))
    r, added = random.Random(seed), []
    order = [int(v) for v in net.positions.order]
    for _ in range(6):
        u, v = sorted(r.sample(range(net.n), 2), key=order.index)
        kind, lag = r.randrange(4), r.choice((0, 0, 120, -240))
        number = overlay.add_link(u, v, TYPE_NAMES[kind], lag)
        assert number == net.m + len(added)
        same = net.clk[u] == net.clk[v]
        waits = kind == 2 and not lag
        mode = (3 if waits else 0) if same else 1 if dialect == "ipmo" else 4
        added.append((u, v, kind, lag, int(net.clk[u]), mode))
        columns = [
            [*map(int, column), *(one[i] for one in added)]
            for i, column in enumerate((net.src, net.dst, net.typ, net.lag, net.lagclk, net.mode))
        ]
        src, dst, typ, lags, lagclk, modes = columns
        passes = Passes(attrs.evolve(net, src=src, dst=dst, typ=typ, lag=lags, lagclk=lagclk, mode=modes))
        pos = [int(p) for p in passes.positions.pos]
        found = overlay.columns()
        assert found["early"] == [int(passes.early_starts[p]) for p in pos]
        assert found["aim"] == [min(int(passes.late_starts.to_target[p]), 1 << 60) for p in pos]
        assert found["late"] == [min(int(passes.late_starts.to_end[p]), 1 << 60) for p in pos]
        assert [overlay.finish(v) for v in range(net.n)] == [int(passes.finishes[p]) for p in pos]


@pytest.mark.parametrize("seed", range(8))
def test_a_refused_link_tells_a_way_back_with_its_types_and_projects(seed: int) -> None:
    data = made(seed, 12)
    net = Network.from_columns(**data)
    overlay = Overlay(Passes(net))
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(12))
    graph.add_edges_from(
        (u, v, {"type": TYPE_NAMES[kind]}) for u, v, kind in zip(data["source"], data["target"], data["type"], strict=True)
    )
    for v in range(12):
        for u in nx.descendants(graph, v):
            with pytest.raises(CycleError) as caught:
                overlay.add_link(u, v, "SF", 5)
            names = [int(name[1:]) for name in caught.value.cycle]
            assert (names[0], names[-1], len(set(names))) == (v, u, len(names))
            for one, other, kind in zip(names, names[1:], caught.value.types, strict=False):
                assert kind in {edge["type"] for edge in graph.get_edge_data(one, other).values()}
            assert (caught.value.types[-1], len(caught.value.types)) == ("SF", len(names))
            owners = list(dict.fromkeys(data["projects"][data["project"][name]] for name in names))
            assert list(caught.value.boundaries) == owners


def test_what_is_refused_is_told_with_what_there_is() -> None:
    columns: dict[str, Any] = {"ids": ["a", "b", "c"], "duration": [1, 2, 3], "source": [0, 1], "target": [1, 2]}
    net = Network.from_columns(**columns)
    overlay = Overlay(Passes(net))
    for change, said in (
        (lambda: overlay.set_duration("a", -1), "a duration of -1 minutes is negative"),
        (lambda: overlay.set_duration(3, 1), "there is no item 3; the network has 3"),
        (lambda: overlay.start(-1), "there is no item -1; the network has 3"),
        (lambda: overlay.set_lag(2, 1), "there is no link 2"),
        (lambda: overlay.set_lag(-1, 1), "there is no link -1"),
        (lambda: overlay.add_link("a", 0), "a link would join 'a' to itself"),
        (lambda: overlay.add_link("a", "c", "XX"), "'XX' is not one of FS, SS, FF, SF"),
    ):
        with pytest.raises(ScheduleError) as error:
            change()
        assert str(error.value) == said
    with pytest.raises(UnknownItemError) as unknown:
        overlay.finish("aa")
    assert "'aa'" in str(unknown.value)
    assert "this network" in str(unknown.value)
    assert "'a'" in str(unknown.value)
    assert overlay.changes == []
    overlay.set_duration("a", 0)
    assert (overlay.finish("a"), overlay.finish(2)) == (0, 5)
    for field, what in (
        ("anyone", "what one of several enables"),
        ("latest", "work as late as possible"),
        ("expected", "work until an expected finish"),
    ):
        odd = attrs.evolve(net, **{field: {"anyone": {1}, "latest": (1,), "expected": {1: 5}}[field]})
        with pytest.raises(ScheduleError) as error:
            Overlay(Passes(odd, put_off=False))
        assert str(error.value) == f"an overlay does not follow {what}; change the portfolio and schedule it again"
    held = attrs.evolve(net, high={1: 0}, pin={1: 0})
    with pytest.raises(ScheduleError) as error:
        Overlay(Passes(held)).set_duration("b", 5)
    assert str(error.value) == "'b' is held by a constraint that overrides the logic; change the portfolio instead"


@pytest.mark.parametrize("seed", range(6))
def test_a_change_tells_what_it_moved(seed: int) -> None:
    """Positions whose start, wait or length is another, and projects whose last finish is; of several changes all of them."""
    net = dense(seed, 12)
    overlay, r = Overlay(Passes(net)), random.Random(seed)
    place = [int(p) for p in overlay.place]

    def state() -> tuple[list[tuple[int, int, int]], list[int | None]]:
        columns, dur = overlay.columns(), overlay.durations()
        return [(columns["early"][v], overlay.finish(v), dur[v]) for v in range(net.n)], [overlay.end_of(g) for g in range(3)]

    before, moved_places, moved_projects = state(), set[int](), set[int]()
    for step in range(1, 9):
        was = state()
        v = r.randrange(net.n)
        kind = r.choice(("longer", "later", "lag"))
        if kind == "longer":
            overlay.set_duration(v, r.choice((0, 300, 2000)))
        elif kind == "later":
            assert overlay.raise_start_bound(place[v], overlay.start(v) + r.choice((-50, 0, 700))) == overlay.touched
        else:
            overlay.set_lag(r.randrange(net.m), r.choice((0, 240, 900)))
        now = state()
        changed = {place[v] for v in range(net.n) if now[0][v] != was[0][v]}
        ends = {g for g in range(3) if now[1][g] != was[1][g]}
        found = overlay.moved(1)
        assert changed <= found.places
        assert found.places <= changed | ({place[v]} if kind == "longer" else set())
        assert found.projects == ends
        moved_places |= changed
        moved_projects |= ends
        several = overlay.moved(step)
        assert moved_places <= several.places
        assert moved_projects == several.projects
    while overlay.undo():
        pass
    assert state() == before
    assert overlay.moved(3) == (set(), set())


def test_where_no_work_is_left_there_is_no_end() -> None:
    net = Network.from_columns(["a", "b"], [5, 6], [0], [1], calendar=[0, 1], calendars=CALENDARS[:2], start=minutes(date(2026, 1, 5)))
    gone = attrs.evolve(net, state=[net.state[0].__class__(3)] * 2)
    overlay = Overlay(Passes(gone))
    assert (overlay.end, overlay.end_of(0), overlay.total_float("a"), overlay.target_float("a")) == (None, None, None, None)
    assert overlay.columns()["late"] == overlay.columns()["aim"] == [1 << 60] * 2
