"""What is stated of hand-overs, one link after the other: the plain way that columns are held against."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.analysis.dates.by_day import agreed, at_finish_of, gives_at_finish
from ipmo.analysis.dates.commitments import Stated
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.references import reference
from ipmo.model.work import Link, Project
from ipmo.network.states import State
from ipmo.units import minutes


def hand_overs(s: Schedule) -> Iterator[Stated]:
    """Hand-overs with a date whose giver is open, and for which somebody waits, in the order of the links."""
    pf = s.portfolio
    assert pf is not None
    items = pf.items
    for number, link in enumerate(pf.links):
        if (link.promised is None and link.needed is None) or link.kind != "schedule" or link.status in ("cancelled", "delivered"):
            continue
        giver, taker, whole = items.get(link.source), items.get(link.target), link.target.partition("/")[0]
        if isinstance(giver, Project) or isinstance(taker, Project):
            continue
        if taker is None:
            target = reference(pf.resolve(link.target) or link.target)
            taker, whole = items.get(target.item), target.top
        project = items.get(whole)
        at_work = not (getattr(project, "stopped", False) or getattr(project, "state", "") == "closed")
        if at_work and not getattr(taker, "finished", False):
            yield from of_link(s, number, link, giver)


def of_link(s: Schedule, number: int, link: Link, giver: object) -> Iterator[Stated]:
    """One of them: the earlier of the dates on which the giver said, and the receiver needs, that it is there."""
    pf = s.portfolio
    assert pf is not None
    name, source = link.id or f"{link.source} -> {link.target}", link.source
    at_finish = at_finish_of(giver, link) if giver is not None else gives_at_finish(pf, link)
    date, word = agreed(link, at_finish=at_finish)
    if giver is None:
        source = pf.resolve(source) or source
        if source not in pf.items and reference(source).external:
            known = None if link.date is None else minutes(link.date, end=at_finish)
            yield Stated(name, "hand-over", source, date, (), at_finish, word, known, number)
            return
    nodes, state = nodes_of(s, source, at_finish), s.network.state
    for node in nodes:
        if state[node] is not State.FINISHED and (at_finish or state[node] is not State.STARTED):
            yield Stated(name, "hand-over", source, date, nodes, at_finish, word, None, number)
            return


def nodes_of(s: Schedule, source: str, at_finish: bool) -> tuple[int, ...]:
    """What a giver is in the network: its node, that of its end, or what a summary holds."""
    node = s.network.node_of.get(source)
    if node is None:
        node = s.network.node_of.get(f"{reference(source).item}@{'finish' if at_finish else 'start'}")
    if node is not None:
        return (node,)
    named = reference(source)
    return tuple(s.network.summaries.get((named.project, named.name), ())) if "/" in named.item else ()
