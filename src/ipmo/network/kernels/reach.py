"""Loops over links one by one, and over every way to a position. See `ipmo.network.reach`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import finish_at, start_at, work
from ipmo.network.kernels.columns import FAR, FF, FINISHES, ONE_IS_ENOUGH, PLAIN, Dates, Links, Nodes, Tables
from ipmo.network.kernels.links import edged, given_by
from ipmo.network.kernels.passes import begin_again, forward_from

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Targets(NamedTuple):
    """The positions of targets: from `first[t]` to `first[t + 1]` in `places`."""

    first: Ints
    places: Ints


def lean(gone: int, p: int, slip: int, links: Links, nodes: Nodes, cal: Tables, early: Dates, room: Dates) -> None:
    """Lets a link go (a slip of -1) or hand on later; `room` takes what becomes a bound of the position it leads to."""
    w, mode = links.w, links.mode
    if slip < 0:
        mode[gone] = PLAIN
        w[gone] = FAR if nodes.mark[p] & ONE_IS_ENOUGH and links.ptr[p + 1] - links.ptr[p] > 1 else -FAR  # of several, it is none
        return
    if mode[gone] == PLAIN or mode[gone] == FINISHES:
        w[gone] += slip
        return
    # what a calendar link hands on becomes a bound, or a plain link where one of several is enough
    source = links.src[gone]
    t = given_by(cal, links, nodes, gone, early.x[source] + slip, early.edge[source] if slip == 0 else 0)
    asked = work(cal, nodes.clk[p], t)
    waiting = 0
    if links.typ[gone] >= FF:
        asked -= nodes.dur[p]
        waiting = edged(cal, nodes.clk[p], t)
    mode[gone] = PLAIN
    if nodes.mark[p] & ONE_IS_ENOUGH:
        w[gone] = asked - early.x[source]
        return
    w[gone] = -FAR
    if asked > room.x[p]:
        room.x[p] = asked
        room.edge[p] = waiting
    elif asked == room.x[p] and waiting > room.edge[p]:
        room.edge[p] = waiting


def dates_after(
    rows: Ints,
    slips: Ints,
    heads: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    low: Dates,
    early: Dates,
    targets: Targets,
    room: Dates,
    out: Ints,
) -> None:
    """The date of every target when a link lets go or hands on later, each by a forward pass from its head on.

    Args:
        rows: link places.
        slips: how much later the source of each starts for this link alone, in minutes of its clock; -1 to let go.
        heads: the position that each leads to.
        links: all links; changed on the way, and put back.
        nodes: all positions.
        cal: the clocks.
        low: lower bounds of all positions and their edges.
        early: early starts and edges as they are.
        targets: the positions of targets.
        room: room for as many positions.
        out: takes the dates (rows * targets).
    """
    w, mode, clk, dur = links.w, links.mode, nodes.clk, nodes.dur
    x, edge, first, places = room.x, room.edge, targets.first, targets.places
    count = len(first) - 1
    for row in range(len(rows)):
        gone = rows[row]
        p = heads[row]
        begin_again(p, low, early, room)
        kept_mode = mode[gone]
        kept_weight = w[gone]
        lean(gone, p, slips[row], links, nodes, cal, early, room)
        forward_from(p, links, nodes, cal, room)
        mode[gone] = kept_mode
        w[gone] = kept_weight
        for j in range(count):
            best = -FAR
            for i in range(first[j], first[j + 1]):
                v = places[i]
                f = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] == 1 else finish_at(cal, clk[v], x[v] + dur[v])
                if f > best:
                    best = f
            out[row * count + j] = best


def dominators(ptr: Ints, src: Ints, idom: Ints, depth: Ints, jump: Ints) -> None:
    """The immediate dominator of each position: the last one that every way to it passes; -1 where there is none.

    A position without links into it begins a way. Ancestors meet by jumps of doubling length, so that a long trunk costs
    no more than its logarithm.

    Source: Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm (2001), of which a graph without loops needs one
    sweep; jumps after Myers, An applicative random-access stack (1983).

    Args:
        ptr: where the links into each position begin.
        src: source positions.
        idom: takes the dominators.
        depth: takes how many dominators each has, itself included: 1 for those without one.
        jump: room for as many positions.
    """
    for v in range(len(ptr) - 1):
        meet = -2
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if meet == -2:
                meet = u
                continue
            a, b = meet, u
            while a != b and a >= 0 and b >= 0:
                if depth[a] < depth[b]:
                    a, b = b, a
                if depth[a] > depth[b]:
                    a = jump[a] if jump[a] >= 0 and depth[jump[a]] >= depth[b] else idom[a]
                elif jump[a] != jump[b]:
                    a, b = jump[a], jump[b]
                else:
                    a, b = idom[a], idom[b]
            meet = a if a == b else -1
            if meet < 0:
                break
        if meet < 0:
            idom[v] = -1
            depth[v] = 1
            jump[v] = -1
            continue
        idom[v] = meet
        depth[v] = depth[meet] + 1
        far = jump[meet]
        if far >= 0:
            beyond = jump[far]
            first_leap = depth[meet] - depth[far]
            second_leap = depth[far] - (depth[beyond] if beyond >= 0 else 0)
            jump[v] = beyond if first_leap == second_leap else meet
        else:
            jump[v] = meet
