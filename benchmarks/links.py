"""What links across projects do, what-ifs and slips, against the passes that would have to be run again for each."""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import attrs
import generators as make
import numba
import numpy as np

import ipmo
from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.change.branches import branches
from ipmo.analysis.dates.commitments import Commitments
from ipmo.analysis.dependencies.crossings import Crossings, as_slip
from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.analysis.dependencies.ranking import ranked
from ipmo.analysis.dependencies.targets import targets
from ipmo.changes import Delay
from ipmo.model import Portfolio
from ipmo.network.kernels.columns import Dates
from ipmo.network.needs import web_of
from ipmo.network.reach import Reach, dominators
from ipmo.network.without import Without

SOME = 40
"""Links whose passes are run; all take alike."""


def best_of(job: Callable[[], Any], repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        gc.collect()
        begin = time.perf_counter()
        job()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@numba.njit
def traversals(ptr: Any, src: Any, places: Any, values: Any, out: Any, seen: Any, stack: Any) -> None:
    """One backward traversal per benefit: its value to everything that leads to it."""
    for b in range(len(places)):
        top = 0
        stack[0] = places[b]
        seen[places[b]] = b + 1
        while top >= 0:
            v = stack[top]
            top -= 1
            out[v] += values[b]
            for k in range(ptr[v], ptr[v + 1]):
                u = src[k]
                if seen[u] != b + 1:
                    seen[u] = b + 1
                    top += 1
                    stack[top] = u


class Passes:
    """Both passes over a compiled network, and the dates of its projects: compiled kernels and numpy, nothing else."""

    def __init__(self, s: Any) -> None:
        self.net, self.p = s.network, s.network.positions
        reach = targets(s).reach
        self.group = np.where(self.net.ending == 1, reach.owners, len(self.net.projects))
        self.effects = np.flatnonzero(self.net.ending == 0)

    def run(self) -> tuple[Any, Any]:
        net, dur = self.net, self.p.dur
        early = net.early()
        x = early.x
        ends = np.full(len(net.projects) + 1, -1, np.int64)
        np.maximum.at(ends, self.group, x + dur)
        ends[-1] = 1 << 60
        room = self.p.low_edge
        whole = np.full(net.n, ends[:-1].max(), np.int64) - dur
        aim = ends[self.group] - dur
        whole[self.effects] = 1 << 60
        aim[self.effects] = x[self.effects]
        ((total, _), (target, _)) = net.late(early, Dates(whole, room), Dates(aim, room))
        return total - x, target - x

    def again(self, k: int, slip: int) -> None:
        """Without a link, and with what it hands on so much later."""
        weight = int(self.p.w[k])
        for changed in (-(1 << 50), weight + slip):
            self.p.w[k] = changed
            self.run()
        self.p.w[k] = weight


def measured(pf: Portfolio) -> Crossings:
    """Every link ranked, with what it drags, what ten days of it cost, and what lies behind it."""
    links = Crossings(pf, ipmo.schedule(pf), "project", 5.0, as_slip("10 d"))
    behind = Downstream(links)
    _ = ranked(behind, "float"), links.worst_drags, behind.losses, behind.worths
    return links


def committed(pf: Portfolio) -> Portfolio:
    """Every third project with a stated finish, every other hand-over with a date that was committed to."""
    projects = [attrs.evolve(one, finish="2027-06-30") if place % 3 == 0 else one for place, one in enumerate(pf.projects)]
    links = [attrs.evolve(one, promised="2026-09-30") if place % 2 == 0 else one for place, one in enumerate(pf.links)]
    return pf.evolve(projects=projects, links=links)


def commitments(pf: Portfolio, s: ipmo.Schedule) -> None:
    """Every commitment with its standing and its cause, and the float of everything to the nearest."""
    found = Commitments(s.passes, pf, s.dates)
    _ = found.late, found.rows, found.at_risk(0)


def with_alternatives(pf: Portfolio, seed: int = 3) -> Portfolio:
    """Every other benefit comes by any of two or three tasks."""
    rng = random.Random(seed)
    names = [f"{one.id}/{task.id}" for one in pf.projects for task in one.tasks[-5:]]
    chosen = [
        attrs.evolve(one, enabled_by=(), any_of=rng.sample(names, rng.choice((2, 2, 3)))) if place % 2 else one
        for place, one in enumerate(pf.benefits)
    ]
    return pf.evolve(benefits=chosen)


def knock_outs(bar: Callable[..., None], pf: Portfolio, over: Passes) -> None:
    """What fails without each item, all of them one at a time, and what that is worth."""
    import networkx as nx

    web = web_of(with_alternatives(pf))
    aims = [web.place[one.id] for one in pf.benefits]
    graph = nx.DiGraph(zip(web.src, web.dst, strict=True))

    def ours() -> None:
        Without(web).knock_outs(aims).sums([1.0] * len(aims))

    def theirs() -> None:
        for node in range(0, len(web.ids), len(web.ids) // SOME):
            nx.descendants(graph, node)

    ours()
    gc.collect()
    gc.freeze()
    told = "what fails without each of 100,000 tasks and what that is worth, 1,000 benefits, half of them with alternatives"
    bar(told, best_of(ours), "both passes", best_of(over.run, 9), 20, faster=False)
    found = best_of(ours), best_of(theirs, 1) * len(web.ids) / (SOME + 1)
    bar("the same", found[0], f"networkx, what each leads to ({SOME} items run, scaled)", found[1], 100, faster=True)
    gc.unfreeze()


def processor(job: Callable[[], object]) -> float:
    """Seconds of processor time."""
    gc.collect()
    begin = time.process_time()
    job()
    return time.process_time() - begin


def _peak(pf: Portfolio) -> int:
    s = ipmo.schedule(pf)
    tracemalloc.start()
    _ = measured(pf), s
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def run(bar: Callable[..., None]) -> None:
    """All rows; `bar` as in `run.py`."""
    import networkx as nx

    pf = make.linked_portfolio(100, 1000)
    s = ipmo.schedule(pf)
    aims, worth = targets(s), cost_of_delay(pf, s)
    places, finder = s.network.positions, measured(pf)
    ends = {t.name: a.places[0] for t, a in zip(aims, aims.reach.aims, strict=True) if t.kind == "benefit"}
    passes = Passes(s)
    gc.collect()
    gc.freeze()
    size = f"{s.network.n - 1000:,} tasks, {len(finder.places):,} links across 100 projects, 1,000 benefits"

    def everything() -> None:
        aims.reach = Reach(s.passes, aims.reach.aims)
        measured(pf)

    def again() -> None:
        for k in finder.places[:SOME]:
            passes.again(k, 10 * 1440)

    again()
    ours, peer = best_of(everything), best_of(again) * len(finder.places) / SOME
    what = f"critical links: floats, drag on every target, what 10 d move and cost, value; {size}"
    bar(what, ours, f"both passes for each link without it, and with it slipped ({SOME} links run, scaled)", peer, 100, faster=True)
    ours = best_of(lambda: finder.reach.floats(finder.places))
    bar("the same, float of every link to every target besides", ours, "the same", peer, None, faster=True)

    values = [float(worth.worth.get(t.item, 0)) if t.kind == "benefit" else 0.0 for t in aims]
    where = np.array(list(ends.values()))
    amounts = np.array([float(worth.worth[name]) for name in ends])
    out = np.zeros(s.network.n)

    def each() -> None:
        out[:] = 0
        seen, stack = np.zeros(s.network.n, np.int64), np.zeros(s.network.n, np.int64)
        traversals(places.ptr, places.src, where, amounts, out, seen, stack)

    each()
    reach = aims.reach
    _ = reach.downstream(finder.places)
    ours, peer = best_of(lambda: reach.sums(reach.downstream(finder.places), values)), best_of(each)
    assert np.allclose(out[finder.heads], reach.sums(reach.downstream(finder.places), values))
    bar("value at stake of every link, the network contracted", ours, "one compiled traversal per benefit", peer, 15, faster=True)

    def cold() -> None:
        fresh = Reach(s.passes, reach.aims)
        fresh.sums(fresh.downstream(finder.places), values)

    bar("the same, contraction included", best_of(cold), "one compiled traversal per benefit", peer, None, faster=True)

    graph = nx.DiGraph(zip(places.src.tolist(), reach.heads.tolist(), strict=True))
    graph.add_nodes_from(range(s.network.n))
    graph.add_edges_from((-1, v) for v in range(s.network.n) if places.ptr[v] == places.ptr[v + 1])
    ours, peer = best_of(lambda: dominators(s.network)), best_of(lambda: nx.immediate_dominators(graph, -1), 1)
    bar("dominators of every item", ours, "networkx", peer, 50, faster=True)

    rng = random.Random(1)
    names = [f"p{rng.randrange(100)}/t{rng.randrange(1000)}" for _ in range(1000)]
    tried = branches(pf)
    ipmo.what_if(pf, Delay(names[0], "1 d"))
    times, cones = [], []
    for name in names:
        begin = time.perf_counter()
        _ = ipmo.what_if(pf, Delay(name, "5 d")).dates
        times.append(time.perf_counter() - begin)
        cones.append(tried.cone)
    times.sort()
    cones.sort()
    full = best_of(passes.run, 9)
    told = f"p50 {cones[500]:,}, p95 {cones[950]:,}, most {cones[-1]:,} items moved"
    bar(f"a what-if of one delay of 1,000 random tasks, median ({told})", times[500], "both passes", full, 0.2, faster=False)
    bar("the same, 95th percentile", times[950], "both passes", full, None, faster=False)
    gc.unfreeze()

    many = make.linked_portfolio(1000, 100)
    t = ipmo.schedule(many)
    over = Passes(t)
    ipmo.delay_sensitivity(many)
    gc.collect()
    gc.freeze()
    ours, peer = best_of(lambda: ipmo.delay_sensitivity(many)), 1000 * best_of(over.run, 9)
    bar("a slip table of 1,000 projects, 100,000 tasks", ours, "1,000 times both passes", peer, 30, faster=True)
    gc.unfreeze()

    knock_outs(bar, many, over)

    pf = committed(many)
    t = ipmo.schedule(pf)
    over = Passes(t)
    commitments(pf, t)
    gc.collect()
    gc.freeze()
    count = len(t.commitments)
    ours, peer = best_of(lambda: commitments(pf, t)), count * best_of(over.run, 9)
    told = f"{count:,} commitments of 100,000 tasks: floats to them, which fails first, what each is missed because of"
    bar(told, ours, "both passes for each", peer, 15, faster=True)
    ours, peer = best_of(lambda: ipmo.critical_links(pf, slip="11 d"), 1), best_of(over.run, 9)
    bar("links of these ranked by what is lost first", ours, "both passes", peer, 30, faster=False)
    gc.unfreeze()

    small, large = _peak(make.linked_portfolio(50, 1000, 1500, 500)), _peak(make.linked_portfolio(100, 1000))
    bar(
        "memory of critical links at 100,000 tasks",
        large / 1e9,
        "50,000 tasks (MB where the table says ms)",
        small / 1e9,
        2.4,
        faster=False,
    )
