"""Loops that bring dates up to date after a change: only what moves is looked at. See `ipmo.network.overlay`.

Nodes are numbered as positions of the network that the overlay stands on. `bits` holds the places in the order that wait,
32 a word; logs take what was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import work
from ipmo.network.kernels.columns import (
    EARLY_AT_WORK,
    FAR,
    FF,
    FINISHES,
    FS,
    LATE_AT_WORK,
    ONE_IS_ENOUGH,
    PLAIN,
    STARTS_SHIFT,
    Dates,
    Links,
    Log,
    Nodes,
    Tables,
)
from ipmo.network.kernels.links import edged, given, latest_of, roomy, taken
from ipmo.network.kernels.order import Hung, Order

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Bounds(NamedTuple):
    """What bounds late starts: the least of three.

    Args:
        fixed: dates that nothing moves, FAR where there are none.
        room: what `roomy` says of them.
        own: 1 where a position may not be later than its own early start.
        group: the group of `ends` that a position finishes with, -1 for none.
        ends: the last finish of each group as an instant.
    """

    fixed: Ints
    room: Ints
    own: Ints
    group: Ints
    ends: Ints


def cone_forward(
    bits: Ints,
    first: int,
    budget: int,
    order: Order,
    hung: Hung,
    links: Links,
    nodes: Nodes,
    low: Dates,
    cal: Tables,
    early: Dates,
    log: Log,
) -> int:
    """Early starts of what waits and of what that moves, in order; how many moved, or -1 - that many past the budget."""
    src, w, mode, typ, mark = links.src, links.w, links.mode, links.typ, nodes.mark
    x, edge, next_in, next_out, dst, rank = early.x, early.edge, hung.next_in, hung.next_out, hung.dst, order.rank
    moved, seen = 0, 0
    word = first // 32
    while word < len(bits):
        if bits[word] == 0:
            word += 1
            continue
        r = word * 32
        left = bits[word]
        while left & 1 == 0:
            left >>= 1
            r += 1
        bits[word] &= ~(1 << (r % 32))
        v = order.at[r]
        seen += 1
        best = low.x[v]
        late = low.edge[v]
        least = FAR
        k = hung.first_in[v]
        while k >= 0:
            u = src[k]
            e = 0
            if mode[k] == PLAIN:
                y = x[u] + w[k]
            elif mode[k] == FINISHES:
                y = x[u] + w[k]
                e = edge[u]
            else:
                t = given(cal, links, nodes, k, x[u], edge[u])
                y = work(cal, nodes.clk[v], t)
                if typ[k] >= FF:
                    e = edged(cal, nodes.clk[v], t)
                    y -= nodes.dur[v]
            if mark[v] & ONE_IS_ENOUGH:
                if y < least:
                    least = y
            elif y > best:
                best = y
                late = e
            elif y == best and e > late:
                late = e
            k = next_in[k]
        if mark[v] & ONE_IS_ENOUGH and least != FAR and least > best:
            best = least
        if best > nodes.high[v]:
            best = nodes.high[v]
            late = 0
        if mark[v] & (EARLY_AT_WORK | STARTS_SHIFT):
            late = 1 if mark[v] & STARTS_SHIFT else 0
        if best != x[v] or late != edge[v]:
            log.node[moved] = v
            log.x[moved] = x[v]
            log.edge[moved] = edge[v]
            moved += 1
            x[v] = best
            edge[v] = late
            k = hung.first_out[v]
            while k >= 0:
                q = rank[dst[k]]
                bits[q // 32] |= 1 << (q % 32)
                k = next_out[k]
        if seen > budget:
            return -1 - moved
    return moved


def own_limit(v: int, bounds: Bounds, nodes: Nodes, cal: Tables, x: Ints) -> tuple[int, int]:
    """The latest start of a position that its own bounds allow, and whether its finish may wait for the next shift."""
    best = bounds.fixed[v]
    wait = bounds.room[v]
    if bounds.own[v] and x[v] < best:
        best = x[v]
        wait = 1
    if bounds.group[v] >= 0 and bounds.ends[bounds.group[v]] < FAR // 2:
        t = bounds.ends[bounds.group[v]]
        z = work(cal, nodes.clk[v], t) - nodes.dur[v]
        e = roomy(cal, nodes.clk[v], t)
        if z < best:
            best = z
            wait = e
        elif z == best and e < wait:
            wait = e
    return best, wait


def cone_backward(
    bits: Ints,
    last: int,
    budget: int,
    order: Order,
    hung: Hung,
    links: Links,
    nodes: Nodes,
    bounds: Bounds,
    cal: Tables,
    x: Ints,
    late: Dates,
    log: Log,
) -> int:
    """Late starts of what waits and of what that moves, last first; how many moved, or -1 - that many past the budget."""
    w, mode, typ = links.w, links.mode, links.typ
    y, room, next_in, next_out, src, dst, rank = late.x, late.edge, hung.next_in, hung.next_out, hung.src, hung.dst, order.rank
    moved = 0
    seen = 0
    word = last // 32
    while word >= 0:
        if bits[word] == 0:
            word -= 1
            continue
        r = word * 32 + 31
        while bits[word] >> (r % 32) & 1 == 0:
            r -= 1
        bits[word] &= ~(1 << (r % 32))
        v = order.at[r]
        seen += 1
        best, wait = own_limit(v, bounds, nodes, cal, x)
        k = hung.first_out[v]
        while k >= 0:
            h = dst[k]
            if y[h] < FAR // 2:
                e = 1
                if mode[k] == PLAIN:
                    z = y[h] - w[k]
                elif mode[k] == FINISHES:
                    z = y[h] - w[k]
                    e = room[h]
                else:
                    t = taken(cal, links, nodes, k, h, y[h], room[h])
                    z = latest_of(cal, links, nodes, k, t)
                    if typ[k] == FS or typ[k] == FF:
                        e = roomy(cal, nodes.clk[v], t)
                if z < best:
                    best = z
                    wait = e
                elif z == best and e < wait:
                    wait = e
            k = next_out[k]
        if nodes.pin[v] != FAR:
            best = nodes.pin[v]
            wait = 1
        if nodes.mark[v] & LATE_AT_WORK:
            wait = 0
        if best != y[v] or wait != room[v]:
            log.node[moved] = v
            log.x[moved] = y[v]
            log.edge[moved] = room[v]
            moved += 1
            y[v] = best
            room[v] = wait
            k = hung.first_in[v]
            while k >= 0:
                q = rank[src[k]]
                bits[q // 32] |= 1 << (q % 32)
                k = next_in[k]
        if seen > budget:
            return -1 - moved
    return moved
