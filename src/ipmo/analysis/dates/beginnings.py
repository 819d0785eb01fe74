"""Beginnings: whether a point in time lies where its day begins, or where the work of the day before ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from ipmo.network.passes import Passes
from ipmo.network.states import FROM_FINISH
from ipmo.units import DAY, first_day, said_day

__all__ = ["Days", "Side", "begins", "day_at", "said"]

Side: TypeAlias = Literal["start", "finish", "first"]
Days: TypeAlias = tuple[date | None, date | None]


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


def said(begin: datetime | None, end: datetime | None, side: Side) -> Days:
    """The days of a start and a finish: an end of day belongs to its day, of a point in time where it is read as a finish."""
    if side == "first":
        return None if begin is None else first_day(begin), None if end is None else first_day(end)
    return said_day(begin, finish=begin == end and side == "finish"), said_day(end, finish=side == "finish")


def day_at(instant: int | None, finish: bool) -> date | None:
    """The day of an instant; of a finish at midnight the one that ends there."""
    return None if instant is None else date.fromordinal(max(instant - finish, 0) // DAY + 1)
