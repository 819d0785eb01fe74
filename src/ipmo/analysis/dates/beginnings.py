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
    p, net, drives, starts = passes.positions, passes.network, passes.driving, passes.early_starts
    way = [place]
    while way:
        v = way[-1]
        if p.clk[v] or p.dur[v]:
            known[v] = False
        elif starts[v] == net.low[p.order[v]]:
            known[v] = True
        else:
            driving = [(int(p.src[k]), p.typ[k]) for k in range(p.ptr[v], p.ptr[v + 1]) if drives[k]]
            started = any(p.dur[u] and typ not in FROM_FINISH for u, typ in driving)
            if not started and (waits := [u for u, _ in driving if u not in known]):
                way += waits
                continue
            known[v] = started or any(known[u] for u, _ in driving)
        way.pop()
    return known[place]
