"""What one link through the calendars imposes: forward from its source's start, and back from its target's.

A finish that a link moves into a break (the giver works on Saturday, the receiver does not) is reached with the work
before the break and lies where the next shift begins, as in Primavera P6.
"""

from __future__ import annotations

from ipmo.network.kernels.clocks import add_months, finish_at, latest_before_months, start_at, work
from ipmo.network.kernels.columns import FAR, FF, FS, MONTHS, SF, SHIFTS, SS, Links, Nodes, Tables


def given(cal: Tables, clock: int, start: int, length: int, typ: int, mode: int, lagclk: int, lag: int, edge: int) -> int:
    """The instant that a calendar link hands on when its source starts at `start` and lasts `length`: the lag is added.

    `edge` is 1 where the source finishes at the beginning of its next shift instead of at the end of the last.
    """
    if typ == SS or typ == SF:  # noqa: SIM109 - compiled code compares faster than it looks into a tuple
        t = start_at(cal, clock, start)
    elif edge == 0:
        t = finish_at(cal, clock, start + length)
    else:
        t = start_at(cal, clock, start + length)
    if mode == MONTHS:
        return add_months(t, lag)
    if lag > 0:
        return finish_at(cal, lagclk, work(cal, lagclk, t) + lag)
    if lag < 0:
        return start_at(cal, lagclk, work(cal, lagclk, t) + lag)
    return t


def given_by(cal: Tables, links: Links, nodes: Nodes, k: int, x: int, edge: int) -> int:
    """The instant that calendar link k hands on when its source starts at x; see `given`."""
    u = links.src[k]
    return given(cal, nodes.clk[u], x, nodes.dur[u], links.typ[k], links.mode[k], links.lagclk[k], links.lag[k], edge)


def push(cal: Tables, links: Links, nodes: Nodes, k: int, v: int, x: int, edge: int) -> int:
    """The least start of v that calendar link k allows when its source starts at x.

    A finish that falls into a break is reached with the work before the break: see `edged`.
    """
    t = given_by(cal, links, nodes, k, x, edge)
    if links.typ[k] <= SS:
        return work(cal, nodes.clk[v], t)
    return work(cal, nodes.clk[v], t) - nodes.dur[v]


def edged(cal: Tables, clock: int, instant: int) -> int:
    """1 where a finish at that instant falls into a break: it is then reached where the next shift begins."""
    if clock == 0:
        return 0
    return 1 if instant > finish_at(cal, clock, work(cal, clock, instant)) else 0


def roomy(cal: Tables, clock: int, instant: int) -> int:
    """1 where a bound lets a finish wait for the beginning of the next shift."""
    if clock == 0:
        return 1
    return 1 if instant >= start_at(cal, clock, work(cal, clock, instant)) else 0


def rounds(mode: int) -> bool:
    """Whether taking off a link of that mode may lead to before a start that is in time: shifts round, months are of several lengths."""
    return mode in (SHIFTS, MONTHS)


def still_in_time(cal: Tables, links: Links, nodes: Nodes, k: int, v: int, x: int, edge: int, limit: int) -> bool:
    """Whether v may start by `limit` when the source of link k starts at x, where taking the link off led to before x: by rounding alone.

    Rounding to shifts makes nothing late that is in time: x is then the late start that the link leaves.
    """
    return rounds(links.mode[k]) and push(cal, links, nodes, k, v, x, edge) <= limit


def taken(cal: Tables, clock: int, start: int, length: int, typ: int, mode: int, lagclk: int, lag: int, room: int) -> int:
    """The latest instant that the source of a calendar link may reach when its target starts at `start` and lasts `length`.

    The lag is taken off. `room` is 1 where the target may finish as late as the beginning of its next shift.
    """
    if typ <= SS:
        t = start_at(cal, clock, start)
    elif room == 1 or (mode == SHIFTS and lagclk == 0 and lag != 0):  # around the clock no shift rounds what the lag leads to
        t = start_at(cal, clock, start + length)
    else:
        t = finish_at(cal, clock, start + length)
    if mode == MONTHS:
        return latest_before_months(t, lag) if t < FAR // 2 else t
    if lag > 0:
        return start_at(cal, lagclk, work(cal, lagclk, t) - lag)
    if lag < 0 and mode == SHIFTS:
        return finish_at(cal, lagclk, work(cal, lagclk, t) - lag)
    if lag < 0:
        return start_at(cal, lagclk, work(cal, lagclk, t + 1) - 1 - lag)
    return t


def latest_of(cal: Tables, clock: int, length: int, typ: int, mode: int, t: int) -> int:
    """The latest start of the source of a calendar link that may reach an instant, by its finish or by its start."""
    if typ == FS or typ == FF:  # noqa: SIM109 - compiled code compares faster than it looks into a tuple
        return work(cal, clock, t) - length
    if mode == SHIFTS:
        return work(cal, clock, t)
    return work(cal, clock, t + 1) - 1


def pull(cal: Tables, links: Links, nodes: Nodes, k: int, v: int, y: int, room: int) -> int:
    """The greatest start of the source of link k that lets v start at y: push(x) <= y exactly when x <= pull(y)."""
    u, typ, mode = links.src[k], links.typ[k], links.mode[k]
    t = taken(cal, nodes.clk[v], y, nodes.dur[v], typ, mode, links.lagclk[k], links.lag[k], room)
    return latest_of(cal, nodes.clk[u], nodes.dur[u], typ, mode, t)
