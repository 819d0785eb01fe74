"""Beginnings: whether a point in time lies where its day begins, or where the work of the day before ends."""

from __future__ import annotations

from ipmo.network.passes import Passes
from ipmo.network.states import FROM_FINISH

__all__ = ["begins"]


def begins(passes: Passes, place: int, known: dict[int, bool]) -> bool:
    """Whether something begins at the instant of a position: a status date, a not-before, the start of work; where work only ends, not.

    Args:
        passes: the dates of the network.
        place: the position.
        known: what was found out before, by position; what is found out now is added.
    """
    q, net = passes.lists, passes.network
    way = [place]
    while way:
        v = way[-1]
        node, x = q.order[v], q.x[v]
        if q.clk[v] or q.dur[v]:
            known[v] = False
        elif x == net.low[node]:
            known[v] = True
        else:
            driving = [k for k in range(q.ptr[v], q.ptr[v + 1]) if passes.drives[k]]
            started = any(q.dur[q.src[k]] and q.typ[k] not in FROM_FINISH for k in driving)
            if not started and (waits := [q.src[k] for k in driving if q.src[k] not in known]):
                way += waits
                continue
            known[v] = started or any(known[q.src[k]] for k in driving)
        way.pop()
    return known[place]
