"""Finished work that went ahead of what it should have followed: it hands on what its predecessors still hold back, as in Primavera P6.

Under retained logic P6 keeps a finished activity in its network, with nothing left to do: a helper of no length stands
where its predecessors let it be, and what follows waits for that. Without such predecessors it is a date, as elsewhere.
"""

from __future__ import annotations

from collections import defaultdict

from ipmo.network.drafts import Draft
from ipmo.network.states import LIVE, TYPE_NAMES, State
from ipmo.units import Span

__all__ = ["given_from_done", "reroute", "stand_ins"]


def stand_ins(draft: Draft) -> None:
    """A helper for each finished node with open work somewhere before it; `Nodes.rests` names it."""
    nodes, links = draft.nodes, draft.links
    if draft.dialect.finished != "passes on" or draft.dialect.progress != "retained":
        return
    ahead: dict[int, list[int]] = defaultdict(list)
    waiting: list[int] = []
    for link, (u, v) in enumerate(zip(links.src, links.dst, strict=True)):
        if nodes.state[v] is State.FINISHED and link not in links.derived and nodes.kinds[v] in ("task", "milestone"):
            if u in nodes.driveless or v in nodes.driveless:
                continue
            if nodes.state[u] in LIVE:
                waiting.append(v)
            elif nodes.state[u] is State.FINISHED:
                ahead[u].append(v)
    while waiting:
        v = waiting.pop()
        if v in nodes.rests:
            continue
        name = f"{nodes.ids[v]}~rest"
        rest = nodes.add(name, "helper", nodes.project[v], State.NORMAL, 0, 0, nodes.nominal[v])
        nodes.rests[v], nodes.stands_for[rest] = rest, nodes.ids[v]
        waiting += ahead[v]
    if nodes.rests:  # what is asked of links elsewhere goes on to mean the work itself
        links.src, links.dst = list(links.src), list(links.dst)


def _lag_left(draft: Draft, link: int, clock: int) -> Span | None:
    """What of the lag of a link from finished work is still to pass, on a clock: none of it where it is no lag."""
    nodes, lag = draft.nodes, draft.links.lags.get(link)
    if lag is None or lag.amount <= 0:
        return None
    u = draft.links.src[link]
    base = draft.bases.get(nodes.project[u], draft.base)
    done = min(nodes.finishes[u], base)
    due = draft.clocks[clock].shift(done, lag)
    left = draft.clocks[clock].between(base, due) if lag.dimension == "working" else due - base
    return Span(left, "min" if lag.dimension == "working" else "emin") if left > 0 else None


def given_from_done(draft: Draft, node: int, kind: str) -> int:
    """The date that finished work hands on: in Primavera P6 a finish past the data date counts as the data date."""
    nodes = draft.nodes
    when = nodes.finishes[node] if kind[0] == "F" else nodes.starts[node]
    if kind == "FS" and draft.dialect.data_date_first and draft.data_date is not None:
        return min(when, draft.bases.get(nodes.project[node], draft.base))
    return when


def reroute(draft: Draft, link: int, clock: int) -> bool:
    """Puts a link of finished work on what stands in for it; whether it is a link between open ends now.

    Args:
        draft: what is compiled.
        link: a link whose source or target is finished.
        clock: the clock of its lag.
    """
    nodes, links = draft.nodes, draft.links
    u, v, kind = links.src[link], links.dst[link], TYPE_NAMES[links.typ[link]]
    source = nodes.rests.get(u) if nodes.state[u] is State.FINISHED else u if nodes.state[u] in LIVE else None
    target = nodes.rests.get(v) if nodes.state[v] is State.FINISHED else v if nodes.state[v] in LIVE else None
    if source is None or target is None or u in nodes.driveless or v in nodes.driveless:
        return False
    if source != u:
        if kind == "FS":
            left = _lag_left(draft, link, clock)
        elif (kind == "SS" and (target != v or _passed(draft, link, clock))) or (kind[0] == "F" and target != v):
            left = None
        else:
            return False
        links.lags.pop(link, None)
        links.estimated.pop(link, None)
        if left is not None:
            links.lags[link] = left
    links.src[link], links.dst[link] = source, target
    return True


def _passed(draft: Draft, link: int, clock: int) -> bool:
    """Whether the lag from the start of finished work is over on the data date."""
    nodes, lag = draft.nodes, draft.links.lags.get(link)
    u = draft.links.src[link]
    due = nodes.starts[u] if lag is None else draft.clocks[clock].shift(nodes.starts[u], lag)
    return due <= draft.bases.get(nodes.project[u], draft.base)
