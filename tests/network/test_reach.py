"""What a link moves, by contraction and by passes, against a schedule made from scratch."""

from __future__ import annotations

import random
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.analysis.dates.schedule import schedule
from ipmo.model import Benefit, Enabler, Portfolio, Project, Task
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.reach import Aim, Reach, dominators
from ipmo.testing.strategies import portfolios
from ipmo.units import Span

from .conftest import as_large, dense


def aims_of(s: Any) -> list[Aim]:
    net, q = s.network, s.passes.lists
    aims = [Aim(name, projects=(place,)) for place, name in enumerate(net.projects)]
    aims.append(Aim("all", projects=tuple(range(len(net.projects)))))
    live = [place for place, v in enumerate(q.order) if net.state[v] in (0, 1)]
    return aims + [Aim(net.ids[q.order[place]], places=(place,)) for place in live]


def crossing(s: Any) -> list[int]:
    net, q = s.network, s.passes.lists
    return [
        k for v in range(net.n) for k in range(q.ptr[v], q.ptr[v + 1])
        if net.project[q.order[q.src[k]]] != net.project[q.order[v]]
    ]  # fmt: skip


def dates_without(s: Any, link: int) -> dict[int, int]:
    """The targets that move, by the passes of a network that never had the link."""
    before = Reach(s.passes, aims_of(s), contract=False).dates
    after = Passes(s.network.without([s.passes.lists.perm[link]]))
    found = Reach(after, [Aim(a.name, _there(s, after, a.places), a.projects) for a in aims_of(s)], contract=False)
    return {t: d for t, (d, was) in enumerate(zip(found.dates, before, strict=True)) if d != was and was > -FAR}


def _there(s: Any, after: Passes, places: tuple[int, ...]) -> tuple[int, ...]:
    pos = after.network.positions.pos
    return tuple(int(pos[s.passes.lists.order[v]]) for v in places)


@settings(max_examples=150, deadline=None)
@given(portfolios(tied=True))
def test_without_a_link_the_targets_are_where_a_network_without_it_has_them(pf: Portfolio) -> None:
    s = schedule(pf)
    links = crossing(s)
    one, other = Reach(s.passes, aims_of(s)), Reach(s.passes, aims_of(s), contract=False)
    if not s.network.latest and not s.network.expected:  # those depend on the early dates themselves
        assert other.without(links) == [dates_without(s, k) for k in links]
    assert one.without(links) == other.without(links)


@settings(max_examples=150, deadline=None)
@given(portfolios(tied=True), st.integers(0, 20_000))
def test_contracted_and_plain_slips_and_floats_agree_and_bound_each_other(pf: Portfolio, slip: int) -> None:
    s = schedule(pf)
    links = crossing(s)
    one, other = Reach(s.passes, aims_of(s)), Reach(s.passes, aims_of(s), contract=False)
    assert one.slipped(links, [slip] * len(links)) == other.slipped(links, [slip] * len(links))
    floats = one.floats(links)
    assert (floats == other.floats(links)).all()
    months = {b.id for b in pf.benefits if any(e.lag is not None and e.lag.dimension == "step" for e in (*b.enabled_by, *b.any_of))}
    for row, moved in enumerate(one.slipped(links, [slip] * len(links))):
        for t, date in enumerate(one.dates):
            if date > -FAR:
                if aims_of(s)[t].name in months and t in moved:
                    continue  # months are no monotone clock: see the test below; what is beyond the float moves there too
                assert (t in moved) == (floats[row, t] < slip), (t, floats[row, t])


def holds_agree(reach: Reach, links: list[int]) -> None:
    """What is said of a link at once is what its cone says, time and again."""
    import numpy as np

    clocks = np.zeros(len(reach.aims), np.int64)
    said = reach.holds(links, clocks).tolist()
    assert said == reach.holds(links, clocks).tolist()
    assert {0, 1, 2}.issuperset(said)
    for one, moved in zip(said, reach.without(links), strict=True):
        assert one == 2 or bool(moved) == (one == 1)
    assert reach.holds(links[::-1], clocks).tolist() == said[::-1]


def test_whether_a_chain_holds_anything_back_is_said_without_following_it() -> None:
    """Each project waits for the one before it alone: its own finish moves, and none of the links has to be followed further."""
    import numpy as np

    n = 50
    names = [f"p{v}" for v in range(n)]
    net = Network.from_columns([f"t{v}" for v in range(n)], [10] * n, [*range(n - 1)], [*range(1, n)], project=[*range(n)], projects=names)
    s = schedule(net)
    reach = Reach(s.passes, [Aim(name, projects=(place,)) for place, name in enumerate(names)])
    assert reach.holds(crossing(s), np.zeros(n, np.int64)).tolist() == [1] * (n - 1)


def joined(seed: int, n: int = 16) -> Network:
    """Work around the clock in three projects, linked forth and back between them in all ways."""
    r = random.Random(seed)
    pairs = sorted({(i, j) for j in range(1, n) for i in r.sample(range(j), min(j, r.randint(0, 2)))})
    return Network.from_columns(
        [f"t{v}" for v in range(n)], [r.randint(0, 9) for _ in range(n)], [u for u, _ in pairs], [v for _, v in pairs],
        type=[r.choice((0, 0, 1, 2, 3)) for _ in pairs], lag=[r.choice((0, 0, 2, -3)) for _ in pairs],
        project=[r.randrange(3) for _ in range(n)], projects=["a", "b", "c"], start=100,
    )  # fmt: skip


@pytest.mark.parametrize("way", ["lists", "arrays", "several entries together"])
@pytest.mark.parametrize("seed", range(6))
def test_links_of_plain_work_move_what_networks_with_longer_lags_have_moved(seed: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slips, floats and what lies downstream, each link by itself, contracted and not, a few targets at a time."""
    if way != "lists":
        as_large(monkeypatch)
    if way == "several entries together":
        monkeypatch.setattr("ipmo.network.interfaces.FEW", 0)
        monkeypatch.setattr("ipmo.network.interfaces.WIDTH", 2)
    monkeypatch.setattr("ipmo.network.reach.WIDTH", 3)
    monkeypatch.setattr("ipmo.network.reach.DENSE", 40)
    s = schedule(joined(seed))
    net, q, aims, links = s.network, s.passes.lists, aims_of(s), crossing(s)
    targets = range(len(aims))

    def dates(k: int, slip: int) -> list[int]:
        lag = [int(x) + (slip if number == q.perm[k] else 0) for number, x in enumerate(net.lag)]
        return ends(Passes(attrs.evolve(net, lag=lag)).finishes)

    def ends(finish: Any) -> list[int]:
        owner = [int(net.project[v]) for v in q.order]
        return [max(int(finish[v]) for v in range(net.n) if v in aim.places or owner[v] in aim.projects) for aim in aims]

    def cut(k: int) -> list[int]:
        lag = [-(10**6) if number == q.perm[k] else int(x) for number, x in enumerate(net.lag)]
        return ends(Passes(attrs.evolve(net, lag=lag)).finishes)

    base = dates(links[0], 0)
    moved = {(k, slip): {t: d for t, d in enumerate(dates(k, slip)) if d != base[t]} for k in links for slip in (*range(1, 25), 10**6)}
    for reach in (Reach(s.passes, aims), Reach(s.passes, aims, contract=False)):
        assert [int(d) for d in reach.dates] == base
        for slip in (1, 5, 24):
            assert reach.slipped(links, [slip] * len(links)) == [moved[k, slip] for k in links]
            found: list[dict[int, int]] = [{} for _ in links]
            first = 0
            for one in reach.moving(links, [slip] * len(links)):
                assert (not len(one.row)) or one.row.min() >= first
                first = int(one.row.max(initial=first))
                for row, target, date in zip(one.row.tolist(), one.target.tolist(), one.date.tolist(), strict=True):
                    found[row][target] = date
            assert found == [moved[k, slip] for k in links]
        assert reach.without(links) == [{t: d for t, d in enumerate(cut(k)) if d != base[t]} for k in links]
        holds_agree(reach, links)
        most = max(links, key=lambda k: len(moved[k, 24]))
        assert reach.slipped([most] * 40, [24] * 40) == [moved[most, 24]] * 40  # more than there is room for at once
        least = max(links, key=lambda k: len(reach.without([k])[0]))
        assert reach.without([least] * 40) == reach.without([least]) * 40
        floats = [[next((slip - 1 for slip in range(1, 25) if t in moved[k, slip]), 24) for t in targets] for k in links]
        floats = [[FAR if t not in moved[k, 10**6] else least for t, least in enumerate(row)] for k, row in zip(links, floats, strict=True)]
        assert [[slack if slack == FAR else min(slack, 24) for slack in row] for row in reach.floats(links).tolist()] == floats
        for some in ([0], [1, 2], [*targets][2:], [*targets][::-2]):
            assert reach.floats(links, some).tolist() == reach.floats(links)[:, some].tolist()
            assert reach.least(links, some) == reach.floats(links)[:, some].min(axis=1).tolist()
        assert reach.least(links, []) == [FAR] * len(links)
        assert reach.least([], [0]) == []
        assert reach.downstream(links) == [sum(1 << t for t in moved[k, 10**6]) for k in links]
        values = [1.5 * t + 1 for t in targets]
        assert reach.sums(reach.downstream(links), values) == pytest.approx([sum(values[t] for t in moved[k, 10**6]) for k in links])


@pytest.mark.parametrize("way", ["lists", "arrays", "several entries together"])
@pytest.mark.parametrize("seed", range(8))
def test_contracted_links_through_calendars_move_what_passes_say(seed: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links between starts and finishes to starts on three calendars, and to finishes on the same one: slips, cuts and floats both ways."""
    if way != "lists":
        as_large(monkeypatch)
    if way == "several entries together":
        monkeypatch.setattr("ipmo.network.interfaces.FEW", 0)
        monkeypatch.setattr("ipmo.network.interfaces.WIDTH", 2)
    net = dense(seed, 14, types=(0, 0, 1))
    s = schedule(net)
    aims, links = aims_of(s), crossing(s)
    one, other = Reach(s.passes, aims), Reach(s.passes, aims, contract=False)
    assert one.without(links) == other.without(links) == [dates_without(s, k) for k in links]
    holds_agree(one, links)
    for slip in (1, 480, 3000):
        assert one.slipped(links, [slip] * len(links)) == other.slipped(links, [slip] * len(links))
    floats = one.floats(links)
    assert floats.tolist() == other.floats(links).tolist()
    for row, moved in enumerate(one.slipped(links, [480] * len(links))):
        assert set(moved) == {t for t, date in enumerate(one.dates) if date > -FAR and floats[row, t] < 480}
    assert one.downstream(links) == other.downstream(links)
    assert one.least(links, [*range(len(aims))]) == floats.min(axis=1).tolist() == other.least(links, [*range(len(aims))])


@pytest.mark.parametrize("way", ["lists", "arrays"])
def test_more_movements_than_there_is_room_for_are_told_in_parts(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three projects one after another, two hundred times the first link: each time all behind it moves."""
    if way == "arrays":
        as_large(monkeypatch)
    net = Network.from_columns(["a", "b", "c"], [10, 20, 30], [0, 1], [1, 2], project=[0, 1, 2], projects=["a", "b", "c"])
    reach = Reach(schedule(net).passes, [Aim(name, projects=(place,)) for place, name in enumerate(net.projects)])
    assert reach.slipped([0] * 200, [7] * 200) == [{1: 37, 2: 67}] * 200
    assert reach.without([0] * 200) == [{1: 20, 2: 50}] * 200
    assert len(list(reach.moving([0] * 200, [7] * 200))) > 1


def test_a_month_after_the_end_of_january_is_no_monotone_clock() -> None:
    """28 January and a minute leads past 28 February 00:00; 31 January 00:00 leads to it. The float is to the last instant that does."""
    task = Task(id="t", milestone=True, not_before="2027-01-28")
    benefit = Benefit(id="b", enabled_by=[Enabler(source="p/t", lag=Span(1, "month"))])
    s = schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=[task])], benefits=[benefit]))
    reach, links = Reach(s.passes, aims_of(s)), crossing(s)
    (b,) = [t for t, aim in enumerate(aims_of(s)) if aim.name == "b"]
    day = 1440
    assert reach.floats(links)[0, b] == 3 * day
    assert [b in reach.slipped(links, [slip])[0] for slip in (1, day, 3 * day, 3 * day + 1, 4 * day)] == [True, False, False, True, True]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=80))
def test_dominators_are_those_of_networkx(pairs: list[tuple[int, int]]) -> None:
    import networkx as nx

    links = sorted({(min(a, b), max(a, b)) for a, b in pairs if a != b})
    net = Network.from_columns([str(v) for v in range(31)], [1] * 31, [u for u, _ in links], [v for _, v in links])
    order = [int(v) for v in net.positions.order]
    graph = nx.DiGraph(links)
    graph.add_edges_from((-1, v) for v in range(31) if not any(t == v for _, t in links))
    expected = nx.immediate_dominators(graph, -1)
    idom, depth = dominators(net)
    assert {order[p]: order[int(d)] if d >= 0 else -1 for p, d in enumerate(idom)} == {v: expected[v] for v in range(31)}
    for place, above in enumerate(idom):
        assert depth[place] == (depth[above] + 1 if above >= 0 else 1)


def test_a_long_trunk_is_climbed_by_jumps() -> None:
    size = 3000
    links = [(v, v + 1) for v in range(size - 1)] + [(v, size + v) for v in range(size)] + [(size - 1, size + v) for v in range(size)]
    net = Network.from_columns([str(v) for v in range(2 * size)], [1] * (2 * size), [u for u, _ in links], [v for _, v in links])
    order = [int(v) for v in net.positions.order]
    idom, _ = dominators(net)
    assert all(order[int(idom[p])] == v - size for p, v in enumerate(order) if v >= size)


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("seed", range(20))
def test_dominators_deep_in_a_network_are_those_of_networkx(seed: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trunks with branches that part and meet again far from the root, where ancestors are reached by jumps of all lengths."""
    import networkx as nx

    if way == "arrays":
        as_large(monkeypatch)
    r = random.Random(seed)
    n, wide = 60, 2 + seed % 4
    links = sorted({(r.randrange(max(0, v - wide), v), v) for v in range(1, n) for _ in range(r.choice((1, 1, 2)))})
    net = Network.from_columns([str(v) for v in range(n)], [1] * n, [u for u, _ in links], [v for _, v in links])
    expected = nx.immediate_dominators(nx.DiGraph([(-1, 0), *links]), -1)
    order = [int(v) for v in net.positions.order]
    idom, depth = dominators(net)
    assert {order[p]: order[int(d)] if d >= 0 else -1 for p, d in enumerate(idom)} == {v: expected[v] for v in range(n)}
    assert max(int(d) for d in depth) > 10
    for place, above in enumerate(idom):
        assert depth[place] == (depth[above] + 1 if above >= 0 else 1)
