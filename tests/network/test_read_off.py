"""What others read off the passes and the webs, each against its definition: by trying, by networkx, by brute force over sets."""

from __future__ import annotations

import random
from math import fsum
from typing import Any

import attrs
import networkx as nx
import pytest

import ipmo
from ipmo.model import DIALECTS, Portfolio, Project, Task
from ipmo.network.holds import waiting_for
from ipmo.network.kernels import reading
from ipmo.network.links import joins_projects
from ipmo.network.losses import losses
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import EFFECTS, FROM_FINISH, LIVE, Mode, State
from ipmo.network.without import Without

from .conftest import additive, bounded, dense, tied
from .test_losses import levels, shared
from .test_without import comes, made_up

pytestmark = pytest.mark.usefixtures("way")


def heads(passes: Passes) -> list[int]:
    q = passes.lists
    return [v for v in range(passes.network.n) for _ in range(q.ptr[v], q.ptr[v + 1])]


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("seed", range(4))
def test_what_a_link_lets_its_source_wait_is_the_last_start_that_is_in_time(seed: int, dialect: str) -> None:
    """By trying starts one after another; where late dates are rounded to shifts, a start that is in time is never told to be late."""
    net = dense(seed, 10)
    exact = DIALECTS[dialect].exact_late
    assert net.mode is not None
    modes = [int(Mode.SHIFTS) if one == Mode.CALENDARS and not exact else int(one) for one in net.mode]
    passes = Passes(attrs.evolve(net, dialect=DIALECTS[dialect], mode=modes))
    net, q = passes.network, passes.lists
    for k, v in enumerate(heads(passes)):
        begin = q.x[q.src[k]]
        for more in (1, 60, 500, 20_000):
            start = q.x[v] + more
            late = passes.pull(k, v, start)
            if q.mode[k] != Mode.SHIFTS:
                assert passes.push(k, v, late) <= start < passes.push(k, v, late + 1)
            else:
                assert late >= begin
                assert more < 20_000 or late > begin + 4_000
        assert passes.pull(k, v, passes.push(k, v, begin) - (20_000 if q.mode[k] == Mode.SHIFTS else 1)) < begin
        assert passes.pull(k, v, q.x[v]) - begin == passes.link_floats[k]
        assert passes.still_in_time(k, v, passes.push(k, v, begin)) == (q.mode[k] == Mode.SHIFTS)
        assert not passes.still_in_time(k, v, passes.push(k, v, begin) - 1)
        asked, waits = passes.asked(k, v)
        instant = passes.network.running_clock(q.order[v])
        assert asked <= q.x[v]
        if waits:
            assert instant.finish(asked + q.dur[v]) < instant.start(asked + q.dur[v])
    for v in range(net.n):
        links = [passes.asked(k, v) for k in range(q.ptr[v], q.ptr[v + 1])]
        setting = [waits for start, waits in links if start == q.x[v]]
        assert q.x[v] == max([q.low[v], *(start for start, _ in links)])
        if dialect == "ipmo" and q.mark[v] == 0:
            assert bool(q.edge[v]) == any(setting)
        assert [bool(passes.driving[k]) for k in range(q.ptr[v], q.ptr[v + 1])] == [start == q.x[v] for start, _ in links]


def some_undated(seed: int) -> Network:
    """A tied network in which some work has no duration, some is done and some is held."""
    r = random.Random(seed)
    net = tied(seed)
    states = [
        State.FINISHED if one == State.FINISHED else r.choice([State.NORMAL] * 4 + [State.STARTED, State.UNDATED]) for one in net.state
    ]
    kinds = [r.choice(["task"] * 5 + ["benefit", "gate"]) for _ in range(net.n)]
    return attrs.evolve(net, state=states, kinds=kinds, unknown=[v for v in range(net.n) if r.random() < 0.2])


@pytest.mark.parametrize("seed", range(8))
def test_open_work_by_project_and_its_last_finish(seed: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ipmo.network.early.SEVERAL", 3)
    passes = Passes(some_undated(seed))
    net, q = passes.network, passes.lists
    owned = {g: [v for v in range(net.n) if net.project[v] == g and net.state[v] in LIVE] for g in range(3)}
    assert dict(passes.open_work) == {g: some for g, some in owned.items() if some}
    known = {g: [v for v in some if v not in net.unknown] for g, some in owned.items()}
    assert passes.projects_with_open_work == tuple(g for g, some in known.items() if some)
    assert passes.without_duration == frozenset(net.unknown)
    dated = [v for some in known.values() for v in some]
    for some in ([*known[0]], dated, dated[:3], dated[:2], [*dated, *(v for v in range(net.n) if v not in dated)]):
        last = max(q.finish[q.pos[v]] for v in some) if way == "arrays" and len(some) >= 3 and set(some) <= set(dated) else None
        assert passes.last_of(some) == last
    assert [int(v) for v in passes.places_of_open_work] == [q.pos[v] if v in dated else -1 for v in range(net.n)]
    assert [bool(x) for x in passes.live] == [net.state[v] in LIVE for v in q.order]
    ends = [max([q.finish[q.pos[v]] for v in owned[g]], default=-1) for g in range(3)]
    done = [
        max([when for v, when in net.finishes.items() if net.project[v] == g and net.state[v] == State.FINISHED], default=-1)
        for g in range(3)
    ]
    assert [int(x) for x in passes.project_ends] == [max(one, other) for one, other in zip(ends, done, strict=True)]
    work = [v for v in range(net.n) if net.state[v] in LIVE and net.kinds[v] not in EFFECTS]
    assert passes.end == max((q.finish[q.pos[v]] for v in work), default=None)
    assert [int(x) for x in net.ending] == [int(v in work) for v in q.order]


@pytest.mark.parametrize("made", [dense, bounded, tied, additive, some_undated])
@pytest.mark.parametrize("seed", range(3))
def test_the_longest_path_and_what_links_lead_to_are_those_of_networkx(seed: int, made: Any) -> None:
    passes = Passes(made(seed))
    net, q = passes.network, passes.lists
    driving = nx.DiGraph()
    driving.add_nodes_from(range(net.n))
    driving.add_edges_from((q.src[k], v) for k, v in enumerate(heads(passes)) if passes.push(k, v, q.x[q.src[k]]) == q.x[v])
    ends = [v for v in range(net.n) if net.state[q.order[v]] in LIVE and q.finish[v] == passes.end]
    path = set(ends).union(*(nx.ancestors(driving, v) for v in ends))
    for wanted in (range(net.n), [v for v in range(net.n) if v % 3], []):
        found = [v for v in path if q.dur[v] and q.order[v] in wanted]
        assert passes.first_of_longest_path(wanted) == min(found, key=lambda v: (q.finish[v], v), default=None)
    for place in range(net.n):
        assert passes.led_to(place) == [v for k, v in enumerate(heads(passes)) if q.src[k] == place]
    critical = [v for v in ends if net.kinds[q.order[v]] not in EFFECTS]
    assert passes.critical == set(critical).union(*(nx.ancestors(driving, v) for v in critical))


@pytest.mark.parametrize("seed", range(12))
def test_lower_bounds_are_what_waits_for_the_finish_of_work_without_a_duration(seed: int) -> None:
    """By networkx: behind the finish of such work every date is a bound; the nearest of it is named, of those alike the first by id."""
    net = dense(seed, 14)
    r = random.Random(seed)
    blank = sorted(r.sample(range(net.n), 3))
    passes = Passes(attrs.evolve(net, unknown=blank))
    q = passes.lists
    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.n))
    places = {q.pos[v] for v in blank}
    graph.add_edges_from((q.src[k], v) for k, v in enumerate(heads(passes)))
    first = {v for k, v in enumerate(heads(passes)) if q.src[k] in places and q.typ[k] in FROM_FINISH}
    behind = first.union(*(nx.descendants(graph, v) for v in first))
    assert passes.lower_bounded == behind | places
    bound = graph.subgraph(behind | places).reverse()
    for place in passes.lower_bounded:
        far = nx.single_source_shortest_path_length(bound, place)
        nearest = min(far[v] for v in places if v in far)
        name = min(net.ids[q.order[v]] for v in places if far.get(v) == nearest)
        assert passes.unclear_before(place) == (name, f"{name} has no duration")
    free = set(range(net.n)) - passes.lower_bounded
    for place in sorted(free)[:1]:
        with pytest.raises(ValueError, match=f"the dates of {net.ids[q.order[place]]} are no lower bounds"):
            passes.unclear_before(place)


@pytest.mark.parametrize("seed", range(10))
def test_webs_taken_apart_one_by_one_and_in_groups(seed: int) -> None:
    web = made_up(seed + 300)
    n = len(web.ids)
    found = Without(web)
    base = comes(web, set())
    bare = attrs.evolve(web, gone=frozenset())
    everything = comes(bare, set())
    for v in range(n):
        if v not in web.facts:
            assert found.hangs([v]) == set(range(n)) - comes(bare, {v}) - (set(range(n)) - everything) | {v}
        assert found.fails([v]) == base - comes(web, {v})
    every = found.leave_one_out(range(n))
    first, targets = every.of_each([*range(n), *range(n)])
    told = [targets[first[i] : first[i + 1]].tolist() for i in range(2 * n)]
    assert told == [sorted(base - comes(web, {v})) if v in base else [] for v in range(n)] * 2
    r = random.Random(seed)
    groups = [r.randrange(3) for _ in range(n)]
    apart = found.leave_one_out_of(range(n), groups)
    assert apart.count == max(groups) + 1
    for v in range(n):
        assert apart.of(v) == sorted({groups[t] for t in told[v]})
    none = found.leave_one_out([])
    assert none.count == 0
    assert [none.of(v) for v in range(n)] == [[]] * n
    assert none.of_each(range(n))[1].tolist() == []
    assert list(every.sums([0.5 + t for t in range(n)])) == pytest.approx([fsum(0.5 + t for t in some) for some in told[:n]])


@pytest.mark.parametrize("part", range(3))
def test_what_values_are_lost_without_each_initiative_and_what_comes_without_all(part: int) -> None:
    for seed in range(12 * part, 12 * part + 12):
        pf = shared(seed)
        found = losses(pf)
        place = found.engine.web.place
        assert found.anyway() == pytest.approx(levels(pf, {place[name] for name in found.initiatives})), seed
        r = random.Random(seed)
        for values in (
            {name: float(n + 1) for n, name in enumerate(found.map.order)},
            {name: 2.5 for name in found.map.order if r.random() < 0.5},
        ):
            lost = {name: found.without(name) for name in found.initiatives}
            wanted = {name: fsum(values.get(node, 0.0) * share for node, share in some.items()) for name, some in lost.items() if some}
            assert found.lost_of(values) == pytest.approx(wanted), seed
        for name, bits in found.served.items():
            assert bits == found.bits_of(found.serves()[name])


def test_projects_that_run_and_require_a_paused_one_wait_for_it() -> None:
    work = [Task(id="a", duration="1 d")]
    over = [Task(id="a", duration="1 d", actual_finish="2026-01-05")]
    states = {"runs": "active", "ready": "approved", "idea": "proposed", "rests": "paused", "over": "closed", "gone": "cancelled"}
    projects = [Project(id="p1", state="paused", tasks=work), Project(id="p2", state="paused", tasks=work), Project(id="free", tasks=work)]
    projects += [Project(id=name, state=state, requires=["p2", "free", "p1"], tasks=work) for name, state in states.items()]
    projects += [Project(id="done", requires=["p1"], tasks=over), Project(id="ended", requires=["p1"], actual_finish="2026-01-05")]
    projects += [
        Project(id="empty", requires=["p1"]),
        Project(id="half", requires=["p1", "free"], tasks=[*over, Task(id="b", duration="1 d")]),
    ]
    projects += [
        Project(id="killed", requires=["p1"], tasks=work, gates=[{"id": "g", "decision": {"outcome": "kill", "date": "2026-01-05"}}])
    ]
    pf = Portfolio(id="x", start="2026-01-05", projects=projects)
    both, one = "requires 'p2', 'p1', which are paused", "requires 'p1', which is paused"
    assert {name: (hold.reason, hold.item) for name, hold in waiting_for(pf).items()} == {
        "runs": (f"project 'runs' {both}", "p2"), "idea": (f"project 'idea' {both}", "p2"), "ready": (f"project 'ready' {both}", "p2"),
        "empty": (f"project 'empty' {one}", "p1"), "half": (f"project 'half' {one}", "p1"),
    }  # fmt: skip
    assert waiting_for(pf.evolve(projects=projects[2:3])) == {}
    links = [
        {"from": "free/a", "to": "runs/a"},
        {"from": "free", "to": "runs/a"},
        {"from": "free/a", "to": "runs"},
        {"from": "free@finish", "to": "runs/a"},
    ]
    assert [joins_projects(pf, link) for link in pf.evolve(links=links).links] == [False, True, True, False]


def test_minutes_worked_up_to_instants_and_back_by_clock() -> None:
    net = dense(1)
    clocks = [v % 4 for v in range(40)]
    instants = [net.base + 397 * v for v in range(40)]
    out = [0] * 40
    reading.worked_of(net.clock_tables, clocks, instants, out)
    assert out == [net.clock(c).work(t) for c, t in zip(clocks, instants, strict=True)]
    back = [0] * 40
    reading.instants_on_clocks(net.clock_tables, clocks, out, back)
    assert back == [net.clock(c).finish(x) for c, x in zip(clocks, out, strict=True)]


def test_what_an_effect_that_links_name_is_due_to_is_asked_of_its_schedule() -> None:
    """A node of an effect belongs to no project, and its helper is named by what it stands for."""
    pf = Portfolio(
        id="x", start="2026-01-05", projects=[Project(id="P", tasks=[Task(id="a", duration="1 d"), Task(id="b", duration="2 d")])],
        benefits=[{"id": "B", "any_of": ["P/a", "P/b"]}],
    )  # fmt: skip
    net = ipmo.schedule(pf).network
    assert [(net.shown(v), net.project[v], net.kinds[v]) for v in range(net.n)] == [
        ("P/a", 0, "task"), ("P/b", 0, "task"), ("B", -1, "benefit"), ("B", -1, "helper"),
    ]  # fmt: skip
    assert net.work.tolist() == [True, True, False, False]
    assert net.owners.tolist() == [0, 0, -1, -1]
    assert [net.named[name] for name in net.ids] == [0, 1, 2, 3]


@pytest.mark.parametrize("made", [dense, bounded, tied])
@pytest.mark.parametrize("seed", range(4))
def test_the_end_without_a_link_among_others_is_that_of_a_network_that_never_had_it(seed: int, made: Any) -> None:
    """The other links into the same work go on to hold it, before and behind the one that is left out; so do its own bounds."""
    passes = Passes(made(seed))
    net, q = passes.network, passes.lists
    several = 0
    for k, v in enumerate(heads(passes)):
        several += q.ptr[v + 1] - q.ptr[v] > 1
        assert passes.end_after({v: q.low[v]}, q.dur, without=k) == Passes(net.without([q.perm[k]])).end
    assert several > 3
    assert passes.end_after({}, q.dur) == passes.end
