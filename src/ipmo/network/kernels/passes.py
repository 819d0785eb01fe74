"""The passes of the engine, as plain functions on columns of integers.

They run on lists as they stand, or compiled by `compiled.kernel` on int64 arrays: the results are identical. The modules
of this package import nothing but each other and the names of states, so that the functions can be compiled together:
they call each other.

A position's clock counts the working minutes of its calendar; clock 0 is wall-clock time. `x[v]` is the start of a
position on its own clock, `x[v] + dur[v]` its finish. Links are sorted by target: those into position v are `ptr[v]` to
`ptr[v + 1]`. A link of one number says `x[v] >= x[u] + w`, whatever its type; others go through the calendars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipmo.network.kernels.clocks import finish_at, start_at, work
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
    Nodes,
    Sums,
    Tables,
)
from ipmo.network.kernels.links import given, latest_of, pull, push, roomy, rounds, still_in_time, taken

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


def forward(sums: Sums, x: Ints) -> None:
    """Early starts by links of one number; x holds the lower bounds on entry."""
    ptr, src, w = sums.ptr, sums.src, sums.w
    for v in range(len(x)):
        best = x[v]
        for k in range(ptr[v], ptr[v + 1]):
            y = x[src[k]] + w[k]
            if y > best:
                best = y
        x[v] = best


def backward(sums: Sums, y: Ints) -> None:
    """Late starts by links of one number; y holds the upper bounds on entry."""
    ptr, src, w = sums.ptr, sums.src, sums.w
    for v in range(len(y) - 1, -1, -1):
        late = y[v]
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            z = late - w[k]
            if z < y[u]:
                y[u] = z


def backward_two(sums: Sums, y: Ints, z: Ints) -> None:
    """Late starts to two sets of upper bounds in one sweep, by links of one number."""
    ptr, src, w = sums.ptr, sums.src, sums.w
    for v in range(len(y) - 1, -1, -1):
        one, two = y[v], z[v]
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            weight = w[k]
            if one - weight < y[u]:
                y[u] = one - weight
            if two - weight < z[u]:
                z[u] = two - weight


def forward_from(first: int, links: Links, nodes: Nodes, cal: Tables, early: Dates) -> None:
    """Early starts of the positions from `first` on, with calendars.

    On entry `early.x` holds the lower bounds there, and `early.edge` 1 where a bound on the finish falls into a break.
    """
    ptr, src, w, mode, typ, lagclk, lag = links.ptr, links.src, links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, mark, high = nodes.clk, nodes.dur, nodes.mark, nodes.high
    x, edge = early.x, early.edge
    for v in range(first, len(x)):
        best = x[v]
        late = edge[v]
        least = FAR
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            m = mode[k]
            e = 0
            if m == PLAIN:
                y = x[u] + w[k]
            elif m == FINISHES:
                y = x[u] + w[k]
                e = edge[u]
            else:
                t = given(cal, clk[u], x[u], dur[u], typ[k], m, lagclk[k], lag[k], edge[u])
                y = work(cal, clk[v], t)
                if typ[k] >= FF:
                    y -= dur[v]
                    if y >= best and clk[v] != 0 and t > finish_at(cal, clk[v], y + dur[v]):
                        e = 1
            if mark[v] & ONE_IS_ENOUGH:
                if y < least:
                    least = y
            elif y > best:
                best = y
                late = e
            elif y == best and e > late:
                late = e
        if mark[v] & ONE_IS_ENOUGH and least != FAR and least > best:
            best = least
        if best > high[v]:
            best = high[v]
            late = 0
        x[v] = best
        if mark[v] & EARLY_AT_WORK:
            late = 0
        edge[v] = 1 if mark[v] & STARTS_SHIFT else late


def begin_again(first: int, low: Dates, early: Dates, room: Dates) -> None:
    """Early dates before a position as they are, and lower bounds from there on: what a pass from there begins with."""
    x, edge = room.x, room.edge
    x[:first] = early.x[:first]
    edge[:first] = early.edge[:first]
    x[first:] = low.x[first:]
    edge[first:] = low.edge[first:]


def asked_of(cal: Tables, links: Links, nodes: Nodes, k: int, v: int, early: Dates) -> int:
    """The start of v that link k asks for as its source is."""
    u = links.src[k]
    if links.mode[k] == PLAIN or links.mode[k] == FINISHES:
        return early.x[u] + links.w[k]
    return push(cal, links, nodes, k, v, early.x[u], early.edge[u])


def backward_from(first: int, last: int, links: Links, nodes: Nodes, cal: Tables, early: Dates, late: Dates) -> None:
    """Late starts of the positions last to first, with calendars.

    On entry `late.x` holds the upper bounds, and `late.edge` what `roomy` says of them.
    """
    ptr, src, w, mode, typ, lagclk, lag = links.ptr, links.src, links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, mark, pin = nodes.clk, nodes.dur, nodes.mark, nodes.pin
    y, room = late.x, late.edge
    for v in range(last, first - 1, -1):
        if pin[v] != FAR:
            y[v] = pin[v]
            room[v] = 1
        limit = y[v]
        if mark[v] & LATE_AT_WORK and (early.edge[v] == 0 or limit != early.x[v]):  # what waits for a shift as it is may wait for it
            room[v] = 0
        if limit >= FAR // 2:
            continue
        enough = mark[v] & ONE_IS_ENOUGH
        spare = 0
        if enough:  # how many of its givers are early enough: one is sufficient
            for k in range(ptr[v], ptr[v + 1]):
                if asked_of(cal, links, nodes, k, v, early) <= limit:
                    spare += 1
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if enough:
                others = spare - 1 if asked_of(cal, links, nodes, k, v, early) <= limit else spare
                if others > 0:
                    continue
            m = mode[k]
            e = 1
            if m == PLAIN:
                z = limit - w[k]
            elif m == FINISHES:
                z = limit - w[k]
                e = room[v]
            else:
                t = taken(cal, clk[v], limit, dur[v], typ[k], m, lagclk[k], lag[k], room[v])
                z = latest_of(cal, clk[u], dur[u], typ[k], m, t)
                if z < early.x[u] and still_in_time(cal, links, nodes, k, v, early.x[u], early.edge[u], limit):
                    z = early.x[u]
                    e = early.edge[u]
                elif z <= y[u] and clk[u] != 0 and (typ[k] == FS or typ[k] == FF) and t < start_at(cal, clk[u], z + dur[u]):
                    e = 0
            if z < y[u]:
                y[u] = z
                room[u] = e
            elif z == y[u] and e < room[u]:
                room[u] = e


def pull_one(links: Links, nodes: Nodes, cal: Tables, k: int, v: int, early: Dates, late: Dates, way: Dates) -> None:
    """The late start of the source of one link that is in time, by this link alone, and what `roomy` says of it; into `way`."""
    mode, u, limit = links.mode[k], links.src[k], late.x[v]
    if mode in (PLAIN, FINISHES):
        way.x[u] = limit - links.w[k]
        way.edge[u] = late.edge[v] if mode == FINISHES else 1
        return
    t = taken(cal, nodes.clk[v], limit, nodes.dur[v], links.typ[k], mode, links.lagclk[k], links.lag[k], late.edge[v])
    way.x[u] = latest_of(cal, nodes.clk[u], nodes.dur[u], links.typ[k], mode, t)
    if nodes.clk[u] != 0 and (links.typ[k] == FS or links.typ[k] == FF) and t < start_at(cal, nodes.clk[u], way.x[u] + nodes.dur[u]):
        way.edge[u] = 0
    else:
        way.edge[u] = 1
    if rounds(mode) and way.x[u] < early.x[u]:
        way.x[u] = early.x[u]
        way.edge[u] = early.edge[u]


def keep_later(one: Dates, other: Dates) -> None:
    """Of two sets of late dates the later ones, into the first."""
    for v in range(len(one.x)):
        if other.x[v] > one.x[v] or (other.x[v] == one.x[v] and other.edge[v] > one.edge[v]):
            one.x[v] = other.x[v]
            one.edge[v] = other.edge[v]


def keep_earlier(one: Dates, other: Dates) -> None:
    """Of two sets of late dates the earlier ones, into the first."""
    for v in range(len(one.x)):
        if other.x[v] < one.x[v] or (other.x[v] == one.x[v] and other.edge[v] < one.edge[v]):
            one.x[v] = other.x[v]
            one.edge[v] = other.edge[v]


def link_floats(links: Links, nodes: Nodes, cal: Tables, early: Dates, out: Ints) -> None:
    """How far the source of each link can slip before this link alone moves its target; minutes of the source's clock."""
    ptr, src, w, mode = links.ptr, links.src, links.w, links.mode
    x, edge = early.x, early.edge
    for v in range(len(x)):
        for k in range(ptr[v], ptr[v + 1]):
            if mode[k] == PLAIN or mode[k] == FINISHES:
                out[k] = x[v] - w[k] - x[src[k]]
            else:
                out[k] = pull(cal, links, nodes, k, v, x[v], edge[v]) - x[src[k]]
                if out[k] < 0 and still_in_time(cal, links, nodes, k, v, x[src[k]], edge[src[k]], x[v]):
                    out[k] = 0


def name_targets(links: Links, nodes: Nodes, cal: Tables, late: Dates, target: Ints) -> None:
    """Which target bounds each node: the least rank among those that bound it alike; `target` holds own ranks."""
    ptr, src, w, mode, mark = links.ptr, links.src, links.w, links.mode, nodes.mark
    y, room = late.x, late.edge
    for v in range(len(y) - 1, -1, -1):
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if mode[k] == PLAIN or mode[k] == FINISHES:
                z = y[v] - w[k]
            else:
                z = pull(cal, links, nodes, k, v, y[v], room[v])
            rounded = rounds(mode[k]) and mark[v] & ONE_IS_ENOUGH == 0  # then what a link leaves may lie before the late date
            if (z == y[u] or (rounded and z < y[u])) and target[v] < target[u]:
                target[u] = target[v]


def finish_of(cal: Tables, clock: int, worked: int, edge: int) -> int:
    """The finish of work as an instant: with its last minute, or where the next shift begins."""
    return start_at(cal, clock, worked) if edge else finish_at(cal, clock, worked)


def finishes(nodes: Nodes, cal: Tables, early: Dates, out: Ints) -> None:
    """The finish of each position as an instant."""
    clk, dur, x, edge = nodes.clk, nodes.dur, early.x, early.edge
    for v in range(len(x)):
        if clk[v] == 0:
            out[v] = x[v] + dur[v]
        elif edge[v] == 1:
            out[v] = start_at(cal, clk[v], x[v] + dur[v])
        else:
            out[v] = finish_at(cal, clk[v], x[v] + dur[v])


def latest_starts(nodes: Nodes, cal: Tables, group: Ints, instants: Ints, memo: Ints, late: Dates) -> None:
    """The latest start of each position that finishes by an instant, and what `roomy` says of it; FAR stays out of reach.

    Args:
        group: which row of `memo` (zeros, 4 a group) a position shares with others of the same instant, mostly.
        late: takes them.
    """
    clk, dur, out, room = nodes.clk, nodes.dur, late.x, late.edge
    for v in range(len(out)):
        t = instants[v]
        c = clk[v]
        room[v] = 1
        if t >= FAR // 2 or c == 0:
            out[v] = t - dur[v]
            continue
        g = 4 * group[v]
        if memo[g] != t or memo[g + 1] != c:
            memo[g] = t
            memo[g + 1] = c
            memo[g + 2] = work(cal, c, t)
            memo[g + 3] = roomy(cal, c, t)
        out[v] = memo[g + 2] - dur[v]
        room[v] = memo[g + 3]


def last_finishes(nodes: Nodes, cal: Tables, early: Dates, group: Ints, memo: Ints, ends: Ints) -> None:
    """The last finish of each group as an instant; ends holds lower bounds on entry.

    Args:
        group: the group of each position.
        memo: zeros, 2 a group: the clock and the working minutes of the last that was looked up.
    """
    clk, dur, x, edge = nodes.clk, nodes.dur, early.x, early.edge
    for v in range(len(x)):
        g = group[v]
        c = clk[v]
        worked = x[v] + dur[v]
        if memo[2 * g] == c + 1 and worked <= memo[2 * g + 1] and edge[v] == 0:
            continue
        if c == 0:
            t = worked
        elif edge[v] == 1:
            t = start_at(cal, c, worked)
        else:
            t = finish_at(cal, c, worked)
        memo[2 * g] = c + 1
        memo[2 * g + 1] = worked
        if t > ends[g]:
            ends[g] = t
