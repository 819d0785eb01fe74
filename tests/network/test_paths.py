"""Paths by float, what is critical for what, and work as late as possible, each held to its definition step by step."""

from __future__ import annotations

import random
from typing import Any

import attrs
import networkx as nx
import pytest

from ipmo.model import DIALECTS
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.parts import Commitment
from ipmo.network.passes import Passes
from ipmo.network.states import LIVE, State

from .conftest import dense, tied

pytestmark = pytest.mark.usefixtures("way")


def links(passes: Passes) -> list[tuple[int, int, int]]:
    """(source, target, place) of every link, by position."""
    q = passes.lists
    return [(q.src[k], v, k) for v in range(passes.network.n) for k in range(q.ptr[v], q.ptr[v + 1])]


@pytest.mark.parametrize("made", [dense, tied])
@pytest.mark.parametrize("seed", range(5))
def test_each_path_goes_back_over_what_has_the_least_float_and_takes_nothing_twice(seed: int, made: Any) -> None:
    passes = Passes(made(seed, 14) if made is dense else made(seed))
    q = passes.lists

    def slack(place: int, late: int) -> float:
        return float(late - q.x[place])

    for place in range(passes.network.n):
        late = passes.late_to(place)
        floats = {v: slack(v, t) for v, t in enumerate(late) if t < FAR // 2}
        graph = nx.DiGraph((u, v) for u, v, _ in links(passes))
        graph.add_node(place)
        assert set(floats) == nx.ancestors(graph, place) | {place}
        for count in (1, 3, 99):
            found = passes.paths_by_float(place, count, slack)
            taken: set[int] = set()
            for number, (least, path) in enumerate(found):
                tail, left = path[-1], set(floats) - taken
                wanted = place if number == 0 else min(left, key=lambda v: (floats[v], -q.finish[v], -v))
                assert (tail, least) == (wanted, floats[tail])
                taken.add(tail)
                for here, before in zip(path[::-1], path[-2::-1], strict=False):
                    ways = [(floats[u], int(passes.link_floats[k]), u) for u, v, k in links(passes) if v == here and u not in taken]
                    assert before == min(ways)[2]
                    taken.add(before)
                assert not [u for u, v, _ in links(passes) if v == path[0] and u not in taken]
            assert len(found) == count or taken == set(floats)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_critical_for_a_target_lies_on_a_driving_path_to_what_sets_its_date(seed: int) -> None:
    r = random.Random(seed)
    net = dense(seed, 14)
    targets = (Commitment("two", tuple(sorted(r.sample(range(14), 2))), None), Commitment("b@finish2", (3,), int(net.base) + 10**5))
    net = attrs.evolve(net, commitments=targets, state=[State.UNDATED if v == 13 else State.NORMAL for v in range(14)])
    passes = Passes(net)
    q = passes.lists
    ends: dict[str, set[int]] = {}
    for target in targets:
        places = [q.pos[v] for v in target.nodes]
        ends[target.name] = {p for p in places if q.finish[p] == max(q.finish[p] for p in places)}
    for g, name in enumerate(net.projects):
        own = [p for p, v in enumerate(q.order) if net.project[v] == g and net.state[v] in LIVE]
        if own:
            ends[f"{name}@finish"] = {p for p in own if q.finish[p] == max(q.finish[p] for p in own)}
    assert {name: set(some) for name, some in passes.target_ends().items()} == ends
    driving = nx.DiGraph((u, v) for u, v, k in links(passes) if passes.push(k, v, q.x[u]) == q.x[v])
    driving.add_nodes_from(range(net.n))
    for place in range(net.n):
        names = sorted(name for name, some in ends.items() if place in some or nx.descendants(driving, place) & some)
        assert passes.critical_for.get(place, []) == names


def late_work(net: Network, seed: int, dialect: str) -> tuple[Passes, Passes, set[int]]:
    nodes = sorted(random.Random(seed).sample(range(net.n), 5))
    chosen = attrs.evolve(net, dialect=DIALECTS[dialect], latest=nodes)
    return Passes(attrs.evolve(chosen, latest=())), Passes(chosen), {int(net.positions.pos[v]) for v in nodes}


@pytest.mark.parametrize("dialect", ["ipmo", "p6"])
@pytest.mark.parametrize("seed", range(8))
def test_work_as_late_as_possible_starts_as_late_as_what_follows_lets_it_and_moves_nothing_else(seed: int, dialect: str) -> None:
    before, after, places = late_work(dense(seed, 12), seed, dialect)
    q, p = before.lists, after.lists
    exact = before.network.exact
    assert after.unpostponed is not after
    assert after.unpostponed.lists.x == q.x
    assert after.unpostponed_dates == {}
    for place in range(before.network.n):
        if place not in places:
            assert (p.x[place], p.edge[place], p.finish[place]) == (q.x[place], q.edge[place], q.finish[place])
            continue
        assert p.x[place] >= q.x[place]
        follows = [(k, v) for u, v, k in links(after) if u == place]
        if follows:
            asked = [(*after.asked(k, v), p.x[v], bool(p.edge[v])) for k, v in follows]
            assert all((start, waits) <= (x, edge) or not exact for start, waits, x, edge in asked)
        if p.x[place] == q.x[place] or not exact:
            continue
        assert p.edge[place] == 0
        later = p.x[place] + 1
        if follows:
            beyond = [(after.push(k, v, later), p.x[v], p.edge[v]) for k, v in follows]
            moved = any(start > x for start, x, _ in beyond)
            waits = any(start == x and not edge for start, x, edge in beyond)
            assert moved or waits
        else:
            owner = after.network.project[p.order[place]]
            clock = after.network.running_clock(p.order[place])
            end = clock.work(int(before.project_ends[owner]))
            assert p.x[place] + p.dur[place] == end


@pytest.mark.parametrize("seed", range(8))
def test_work_as_late_as_possible_by_total_float_takes_what_follows_with_it_and_leaves_the_end(seed: int) -> None:
    before, after, places = late_work(dense(seed, 12), seed, "msproject")
    late = before.late_starts.to_end
    low = [int(x) for x in before.network.low]
    for place in places:
        node = before.lists.order[place]
        if late[place] < FAR // 2:
            low[node] = max(low[node], int(late[place]))
    wanted = Passes(attrs.evolve(before.network, low=low))
    assert after.lists.x == wanted.lists.x
    assert after.lists.finish == wanted.lists.finish
    assert dict(after.unpostponed_dates) == {v: (before.lists.x[v], before.lists.finish[v]) for v in places}
    assert all(after.lists.x[v] >= before.lists.x[v] for v in places)


def test_work_that_is_done_or_held_is_never_put_off() -> None:
    net = dense(3, 12)
    states = [State.UNDATED if v % 3 == 0 else State.FINISHED if v % 3 == 1 else State.NORMAL for v in range(12)]
    held = attrs.evolve(net, state=states, latest=tuple(range(12)), dialect=DIALECTS["msproject"])
    passes = Passes(held)
    assert set(passes.unpostponed_dates) == {int(net.positions.pos[v]) for v in range(2, 12, 3)}
    free = Passes(attrs.evolve(held, dialect=DIALECTS["ipmo"]))
    for v in range(12):
        if v % 3 != 2:
            place = int(net.positions.pos[v])
            assert free.lists.x[place] == free.unpostponed.lists.x[place]
