"""Everything that the network of one small portfolio holds and answers, as it was reviewed: columns, links, passes, reach, needs.

`whole.yaml` holds one of everything that ties work down; each line is short enough to be checked by hand. That lists and arrays
answer the same is asked in `test_ways.py`, of this portfolio too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import ipmo
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model import Portfolio
from ipmo.network.graph import graph, neighbours, partitioned, weighted
from ipmo.network.kernels.columns import FAR
from ipmo.network.needs import without
from ipmo.network.overlay import Overlay
from ipmo.network.reach import Aim, Reach
from ipmo.network.states import TYPE_NAMES, Mode, State
from ipmo.units import moment

Reviewed = Callable[[str, Iterable[object]], None]
WHOLE = Path(__file__).parent / "whole.yaml"
DIALECTS = ("ipmo", "msproject", "p6")


def instant(value: int | None) -> str:
    """An instant as people write it; what is out of reach is nothing."""
    if value is None or value <= 0 or value >= FAR // 2:
        return "-"
    return f"{moment(int(value)):%m-%d %H:%M}".removesuffix(" 00:00")


def nodes_of(s: Schedule) -> Iterator[str]:
    """One line a node: what the network knows of it before any pass."""
    net = s.network
    for v, name in enumerate(net.ids):
        clock = net.running_clock(v)
        more = []
        more += [f"starts {instant(net.starts.get(v))}"] * (v in net.starts) + [f"finishes {instant(net.finishes.get(v))}"] * (
            v in net.finishes
        )
        if v in net.finish_floor:
            more.append(f"no finish before {instant(clock.finish(net.finish_floor[v]))}{', in a break' * (v in net.floor_edges)}")
        more += [f"no start after {instant(clock.start(net.high.get(v, 0)))}"] * (v in net.high)
        more += [f"late start at {instant(clock.start(net.pin.get(v, 0)))}"] * (v in net.pin)
        more += [f"until {instant(net.expected.get(v))}"] * (v in net.expected) + [f"a {net.points.get(v)} on its calendar"] * (
            v in net.points
        )
        more += ["as late as possible"] * (v in net.latest) + ["one is enough"] * (v in net.anyone) + ["no duration"] * (v in net.unknown)
        if v in net.holds:
            more.append(f"held by {net.holds[v].item or 'nothing'}: {net.holds[v].reason}")
        owner = net.projects[net.project[v]] if net.project[v] >= 0 else ""
        yield (
            f"{name} | {net.kinds[v]} of {owner or 'none'} | {State(net.state[v]).name.lower()} | {net.dur[v]} min on {clock.calendar.id} "
            f"| from {instant(clock.start(net.low[v]))} | {'; '.join(more)}"
        )


def network_of(s: Schedule) -> Iterator[object]:
    """What was compiled."""
    net = s.network
    yield repr(net)
    yield from nodes_of(s)
    yield "== links"
    for k, (u, v) in enumerate(zip(net.src, net.dst, strict=True)):
        mode = "plain" if net.mode is None else Mode(net.mode[k]).name.lower()
        clock = net.clock(net.lagclk[k]).calendar.id if net.lagclk is not None and net.lag[k] else ""
        number = f" ({net.numbers[k]})" if k in net.numbers else ""
        yield f"{net.ids[u]} -{TYPE_NAMES[net.typ[k]]}-> {net.ids[v]}{number} | lag {net.lag[k]} {clock}| {mode}{' | derived' * (k in net.derived)}"
    yield "== besides"
    yield f"base {instant(net.base)}; stated {[(net.projects[g], instant(x)) for g, x in net.stated_finishes.items()]}"
    yield from (f"late: {net.ids[one.node]} {'finish' if one.at_finish else 'start'} by {instant(one.instant)}" for one in net.late_bounds)
    yield from (
        f"commitment: {c.name} {[net.ids[v] for v in c.nodes]} by {instant(c.date)} {c.at_start} {c.is_deadline}" for c in net.commitments
    )
    yield from (f"spans: {net.ids[v]} {[(net.ids[o.other], o.side, o.type, str(o.lag)) for o in some]}" for v, some in net.hammocks.items())
    yield from (f"summary: {name} {[net.ids[v] for v in some]}" for name, some in net.summaries.items())
    yield from (f"members: {net.projects[g]} {[net.ids[v] for v in some]}" for g, some in net.members.items())
    yield from (f"out of sequence: {net.ids[one.source]} -{one.type}-> {net.ids[one.target]}" for one in net.out_of_sequence)
    yield from (f"unmet: {one.number} {one.source} -> {one.target}: {one.why.reason}" for one in net.unmet)
    yield from (f"outside: {net.ids[one.node]} waits for {one.name}" for one in net.dated_externals)
    yield f"counted: {list(net.undated_externals)} {list(net.labels)} {list(net.project_dependencies)}"


def dates_of(s: Schedule) -> Iterator[object]:
    """What the passes say of each position."""
    p, net, q = s.passes, s.network, s.passes.lists
    yield f"end {instant(p.end)}; projects {[(n, instant(x)) for n, x in zip(net.projects, p.project_ends, strict=True)]}"
    yield "early start, finish (~ waits for the next shift) | late start to the end, to a target | own, free | pressed | target | critical for | end without"
    for place, v in enumerate(q.order):
        if net.state[v] not in (State.NORMAL, State.STARTED):
            continue
        clock = net.running_clock(v)

        def at(x: int | None, clock: ipmo.network.clocks.Clock = clock) -> str:  # type: ignore[name-defined]
            return "-" if x is None or x >= FAR // 2 else instant(clock.start(int(x)))

        late = p.late_starts
        without_it = p.ends_without.get(place)
        yield (
            f"{net.ids[v]} | {at(q.x[place])} to {instant(q.finish[place])}{'~' * q.edge[place]} | {at(late.to_end[place])}, {at(late.to_target[place])} "
            f"| {at(p.project_late_starts.get(place))}, {at(p.free_starts.get(place))} | {at(p.pressed_starts[place])} | {p.target_names[place] or '-'} "
            f"| {', '.join(p.critical_for.get(place, ())) or '-'}{' | critical' * (place in p.critical)}{f' | without it {instant(without_it)}' * (place in p.ends_without)}"
        )
    yield "== floats of links, minutes of the source's clock"
    for v in range(net.n):
        for k in range(q.ptr[v], q.ptr[v + 1]):
            gone = f", without it {instant(p.link_ends_without[k])}" if k in p.link_ends_without else ""
            yield f"{net.ids[q.order[q.src[k]]]} -{TYPE_NAMES[q.typ[k]]}-> {net.ids[q.order[v]]}: {p.link_floats[k]}{', drives' * p.drives[k]}{gone}"
    yield from (f"hammock {net.ids[v]}: {[[instant(x) for x in span] for span in spans]}" for v, spans in p.hammock_dates.items())
    yield "== paths by float"
    yield from (f"{path}" for path in (*s.float_paths(6), *s.float_paths(2, "q/d"), *s.float_paths(3, "any")))
    yield from (f"critical: {target} {s.critical_path(target)}" for target in (None, "c@finish", "q@finish", "fares", "any"))
    yield f"not certain: {sorted(net.ids[q.order[v]] for v in p.lower_bounded)}"


def reach_of(s: Schedule) -> Iterator[object]:
    """What each link between projects does to the ends of projects and to effects."""
    net, q = s.network, s.passes.lists
    effects = [(place, v) for place, v in enumerate(q.order) if net.kinds[v] in ("benefit", "outcome") and net.state[v] == State.NORMAL]
    aims = [Aim(name, projects=(g,)) for g, name in enumerate(net.projects)] + [Aim(net.ids[v], places=(place,)) for place, v in effects]
    heads = [v for v in range(net.n) for _ in range(q.ptr[v], q.ptr[v + 1])]
    links = [k for k, v in enumerate(heads) if net.project[q.order[q.src[k]]] != net.project[q.order[v]]]
    reach = Reach(s.passes, aims)
    yield [f"{aim.name} {instant(date)}" for aim, date in zip(aims, reach.dates, strict=True)]
    day = [1440] * len(links)
    rows = zip(links, reach.without(links), reach.slipped(links, day), reach.floats(links).tolist(), reach.downstream(links), strict=True)
    for k, without_it, later, floats, bits in rows:
        moved = [{aims[t].name: instant(date) for t, date in sorted(some.items())} for some in (without_it, later)]
        slack = {aim.name: x for aim, x in zip(aims, floats, strict=True) if x < FAR // 2}
        leads = [aim.name for t, aim in enumerate(aims) if bits >> t & 1]
        yield f"{net.ids[q.order[q.src[k]]]} -> {net.ids[q.order[heads[k]]]} | without {moved[0]} | 1440 later {moved[1]} | floats {slack} | to {leads}"


@pytest.fixture
def whole(way: str) -> Portfolio:
    return ipmo.read(WHOLE)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_network_of_everything_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed, dialect: str) -> None:
    reviewed(f"network-{dialect}", network_of(ipmo.schedule(whole.evolve("ties", dialect=dialect))))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_dates_of_everything_read_as_they_were_reviewed(whole: Portfolio, reviewed: Reviewed, dialect: str) -> None:
    reviewed(f"dates-{dialect}", dates_of(ipmo.schedule(whole.evolve("ties", dialect=dialect))))


def test_what_links_do_to_everything_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed) -> None:
    reviewed("reach", reach_of(ipmo.schedule(whole)))


def test_what_fails_of_everything_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed) -> None:
    found = without(whole)
    names = found.web.ids
    links = sorted(f"{names[u]} -> {names[v]}" for u, v in zip(found.web.src, found.web.dst, strict=True))
    kinds = [f"{what}: {sorted(names[v] for v in some)}" for what, some in (
        ("one is enough", found.web.either), ("done", found.web.facts), ("gone", found.web.gone), ("dead", found.dead),
    )]  # fmt: skip
    lost = [f"{name}: {sorted(names[v] for v in found.fails([found.web.place[name]]))}" for name in names]
    reviewed("needs", [*kinds, "== needed by", *links, "== fails without", *lost])


def test_the_graph_of_everything_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed) -> None:
    found = graph(whole)
    nodes = [
        f"{name}: {one['kind']} of {one['project'] or 'none'} {getattr(one['item'], 'id', None)}" for name, one in found.nodes(data=True)
    ]
    edges = [
        f"{u} -{e['type']}-> {v} {e['lag']} {e['kind']} {getattr(e['link'], 'id', None)}" for u, v, e in found.edges(data=True)
    ]  # fmt: skip
    reviewed("graph", [found, found.graph, *nodes, *edges])


def test_changes_of_an_overlay_read_as_they_were_reviewed(whole: Portfolio, reviewed: Reviewed) -> None:
    pf = whole.evolve(benefits=[b for b in whole.benefits if not b.any_of], links=[k for k in whole.links if k.source != "any"])
    s = ipmo.schedule(pf)
    overlay = Overlay(s.passes)
    lines: list[object] = []

    def says(what: str, told: object) -> None:
        ends = [f"{name} {instant(overlay.project_end(name))}" for name in s.network.projects if overlay.project_end(name) is not None]
        lines.append(f"{what}: {told}; end {instant(overlay.end)}; {', '.join(ends)}")

    says("as it is", overlay.touched)
    says("c/free 5 d", overlay.set_duration("c/free", 2400))
    says("r/in2 from 3 days later", overlay.set_start_bound("r/in2", overlay.start("r/in2") + 1440))
    says("r/begun has 4 d left", overlay.set_progress("r/begun", 1920))
    says("q/a after q/d", overlay.add_link("q/d", "q/a", "FS", 480))
    lines.append(overlay.moved(2))
    lines += [
        f"{name} {instant(overlay.finish(name))} {overlay.total_float(name)} {overlay.target_float(name)}"
        for name in ("q/a", "c/by", "r/in2")
    ]
    while overlay.undo():
        pass
    says("as it was", overlay.columns() == Overlay(s.passes).columns())
    reviewed("overlay", lines)


def test_blocks_of_feedback_by_hand() -> None:
    """a, b and c form a loop; of its edges that of weight 1 leads back. d gives to it and e takes from it."""
    edges = {("d", "a"): 1.0, ("a", "b"): 5.0, ("b", "c"): 4.0, ("c", "a"): 1.0, ("c", "e"): 2.0, ("e", "e"): 9.0}
    assert partitioned(list("edcba"), edges) == [["d"], ["a", "b", "c"], ["e"]]
    assert partitioned(list("abc"), {("a", "b"): 1.0, ("b", "a"): 2.0}) == [["b", "a"], ["c"]]
    assert partitioned(list("ba"), {}) == [["a"], ["b"]]
    assert neighbours(list(edges), "a", 0) == {"a"}
    assert neighbours(list(edges), "a", 1) == {"a", "b", "c", "d"}
    assert neighbours(list(edges), "d", 2) == {"a", "b", "c", "d"}
    assert neighbours(list(edges), "d", 3) == {"a", "b", "c", "d", "e"}
    made = weighted({"a": {"size": 1}, "b": {}}, {("a", "b"): {"weight": 3}})
    assert (dict(made.nodes(data=True)), list(made.edges(data=True))) == ({"a": {"size": 1}, "b": {}}, [("a", "b", {"weight": 3})])
