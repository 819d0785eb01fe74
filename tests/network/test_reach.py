"""What a link moves, by contraction and by passes, against a schedule made from scratch."""

from __future__ import annotations

from typing import Any

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
