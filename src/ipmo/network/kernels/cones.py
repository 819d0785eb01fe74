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
from ipmo.network.kernels.links import edged, given, latest_of, roomy, still_in_time, taken
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
    src, w, mode, typ, lagclk, lag = links.src, links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, mark, high, floor, floor_edge = nodes.clk, nodes.dur, nodes.mark, nodes.high, low.x, low.edge
    at, rank, first_in, next_in = order.at, order.rank, hung.first_in, hung.next_in
    first_out, next_out, dst = hung.first_out, hung.next_out, hung.dst
    x, edge, log_node, log_x, log_edge = early.x, early.edge, log.node, log.x, log.edge
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
        v = at[r]
        seen += 1
        best = floor[v]
        late = floor_edge[v]
        least = FAR
        k = first_in[v]
        while k >= 0:
            u = src[k]
            e = 0
            if mode[k] == PLAIN:
                y = x[u] + w[k]
            elif mode[k] == FINISHES:
                y = x[u] + w[k]
                e = edge[u]
            else:
                t = given(cal, clk[u], x[u], dur[u], typ[k], mode[k], lagclk[k], lag[k], edge[u])
                y = work(cal, clk[v], t)
                if typ[k] >= FF:
                    e = edged(cal, clk[v], t)
                    y -= dur[v]
            if mark[v] & ONE_IS_ENOUGH:
                if y < least:
                    least = y
            elif y > best or (y == best and e > late):
                best, late = y, e
            k = next_in[k]
        if mark[v] & ONE_IS_ENOUGH and least != FAR and least > best:
            best = least
        if best > high[v]:
            best = high[v]
            late = 0
        if mark[v] & (EARLY_AT_WORK | STARTS_SHIFT):
            late = 1 if mark[v] & STARTS_SHIFT else 0
        if best != x[v] or late != edge[v]:
            log_node[moved] = v
            log_x[moved] = x[v]
            log_edge[moved] = edge[v]
            moved += 1
            x[v] = best
            edge[v] = late
            k = first_out[v]
            while k >= 0:
                q = rank[dst[k]]
                bits[q // 32] |= 1 << (q % 32)
                k = next_out[k]
        if seen > budget:
            return -1 - moved
    return moved


def cone_backward(
    bits: Ints, last: int, budget: int, order: Order, hung: Hung, links: Links, nodes: Nodes, bounds: Bounds, cal: Tables, early: Dates,
    late: Dates, log: Log,
) -> int:  # fmt: skip
    """Late starts of what waits and of what that moves, last first; how many moved, or -1 - that many past the budget."""
    w, mode, typ, lagclk, lag = links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, mark, pin = nodes.clk, nodes.dur, nodes.mark, nodes.pin
    at, rank, first_in, next_in, src = order.at, order.rank, hung.first_in, hung.next_in, hung.src
    first_out, next_out, dst = hung.first_out, hung.next_out, hung.dst
    fixed, fixed_room, own, group, ends = bounds.fixed, bounds.room, bounds.own, bounds.group, bounds.ends
    x, edge = early.x, early.edge
    y, room, log_node, log_y, log_room = late.x, late.edge, log.node, log.x, log.edge
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
        v = at[r]
        seen += 1
        best, wait = fixed[v], fixed_room[v]
        if own[v] and x[v] < best:
            best, wait = x[v], 1
        if group[v] >= 0 and ends[group[v]] < FAR // 2:
            t = ends[group[v]]
            z = work(cal, clk[v], t) - dur[v]
            e = roomy(cal, clk[v], t)
            if z < best or (z == best and e < wait):
                best, wait = z, e
        k = first_out[v]
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
                    t = taken(cal, clk[h], y[h], dur[h], typ[k], mode[k], lagclk[k], lag[k], room[h])
                    z = latest_of(cal, clk[v], dur[v], typ[k], mode[k], t)
                    if z < x[v] and still_in_time(cal, links, nodes, k, h, x[v], edge[v], y[h]):
                        z = x[v]
                        e = edge[v]
                    elif typ[k] == FS or typ[k] == FF:
                        e = roomy(cal, clk[v], t)
                if z < best or (z == best and e < wait):
                    best, wait = z, e
            k = next_out[k]
        if pin[v] != FAR:
            best, wait = pin[v], 1
        if mark[v] & LATE_AT_WORK and (edge[v] == 0 or best != x[v]):
            wait = 0
        if best != y[v] or wait != room[v]:
            log_node[moved] = v
            log_y[moved] = y[v]
            log_room[moved] = room[v]
            moved += 1
            y[v] = best
            room[v] = wait
            k = first_in[v]
            while k >= 0:
                q = rank[src[k]]
                bits[q // 32] |= 1 << (q % 32)
                k = next_in[k]
        if seen > budget:
            return -1 - moved
    return moved
