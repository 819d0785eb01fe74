"""Schedule generation: positions are placed one after the other where links, calendars and what is left of pools allow it.

Serial and parallel generation are one loop over a heap. Serial: of the positions whose givers are placed the first by
priority is placed next, as early as it fits. Parallel: the one that can start first is, and of those that can start at the same
instant the first by priority; what was found to fit is looked at again when its turn comes, and waits for the next instant
where another has taken the pool. Source: Kolisch, Serial and parallel resource-constrained project scheduling methods revisited
(EJOR 90, 1996).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import finish_at, start_at, work
from ipmo.network.kernels.columns import (
    EARLY_AT_WORK,
    FAR,
    FF,
    FINISHES,
    FS,
    ONE_IS_ENOUGH,
    PLAIN,
    SF,
    STARTS_SHIFT,
    Dates,
    Links,
    Nodes,
    Tables,
)
from ipmo.network.kernels.links import given, pull
from ipmo.network.kernels.passes import finish_of
from ipmo.network.kernels.pieces import in_pieces
from ipmo.network.kernels.pools import Pools, Takes, best_way, earliest_fit, latest_fit, take

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Leaving(NamedTuple):
    """The links that leave each position: `ptr[v]` to `ptr[v + 1]`.

    Args:
        ptr: where they begin, and their number at the end.
        link: the place of each among the links.
        target: the position that it leads to.
    """

    ptr: Ints
    link: Ints
    target: Ints


class Placing(NamedTuple):
    """Room to work in, and what came of it; a number a position each.

    Args:
        heap: the positions that can be placed.
        waits: how many links of each are still open.
        when: what comes first in the heap, before the priority.
        over: takes 1 where a position was placed although it did not fit up to its limit, 2 where it never does.
    """

    heap: Ints
    waits: Ints
    when: Ints
    over: Ints


class Dues(NamedTuple):
    """What is due by a date: the last finish, or the first start, of some positions each.

    Args:
        ptr: where the positions of each begin, and their number at the end.
        place: the positions.
        date: the instant that each is due by.
        at_start: 1 where a start is due.
        weight: what a minute late counts.
    """

    ptr: Ints
    place: Ints
    date: Ints
    at_start: Ints
    weight: Ints


def comes_first(when: Ints, key: Ints, u: int, v: int) -> bool:
    """Whether u is placed before v: by the instant, by priority, by position."""
    if when[u] != when[v]:
        return when[u] < when[v]
    if key[u] != key[v]:
        return key[u] < key[v]
    return u < v


def heap_push(heap: Ints, size: int, when: Ints, key: Ints, v: int) -> None:
    """Adds a position to a heap of so many."""
    i = size
    while i > 0:
        above = (i - 1) // 2
        if not comes_first(when, key, v, heap[above]):
            break
        heap[i] = heap[above]
        i = above
    heap[i] = v


def heap_pop(heap: Ints, size: int, when: Ints, key: Ints) -> int:
    """Takes the first of a heap of so many."""
    first = heap[0]
    v = heap[size - 1]
    size -= 1
    i = 0
    while True:
        below = 2 * i + 1
        if below >= size:
            break
        if below + 1 < size and comes_first(when, key, heap[below + 1], heap[below]):
            below += 1
        if not comes_first(when, key, heap[below], v):
            break
        heap[i] = heap[below]
        i = below
    if size > 0:
        heap[i] = v
    return int(first)


def bound_by_links(links: Links, nodes: Nodes, cal: Tables, v: int, early: Dates) -> None:
    """The early start of one position by its links, as `kernels.passes.forward_from` has it; early.x[v] holds its lower bound."""
    clk, dur, mark = nodes.clk, nodes.dur, nodes.mark
    x, edge = early.x, early.edge
    best = x[v]
    late = edge[v]
    least = FAR
    for k in range(links.ptr[v], links.ptr[v + 1]):
        u = links.src[k]
        m = links.mode[k]
        e = 0
        if m == PLAIN:
            y = x[u] + links.w[k]
        elif m == FINISHES:
            y = x[u] + links.w[k]
            e = edge[u]
        else:
            t = given(cal, clk[u], x[u], dur[u], links.typ[k], m, links.lagclk[k], links.lag[k], edge[u])
            y = work(cal, clk[v], t)
            if links.typ[k] >= FF:
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
    if best > nodes.high[v]:
        best = nodes.high[v]
        late = 0
    x[v] = best
    if mark[v] & EARLY_AT_WORK:
        late = 0
    edge[v] = 1 if mark[v] & STARTS_SHIFT else late


def relast(links: Links, nodes: Nodes, leaving: Leaving, v: int, length: int) -> None:
    """A position lasts otherwise, and so do the links of one number that count its duration."""
    more = length - nodes.dur[v]
    if more == 0:
        return
    nodes.dur[v] = length
    for k in range(links.ptr[v], links.ptr[v + 1]):
        if (links.mode[k] == PLAIN or links.mode[k] == FINISHES) and (links.typ[k] == FF or links.typ[k] == SF):
            links.w[k] -= more
    for q in range(leaving.ptr[v], leaving.ptr[v + 1]):
        k = leaving.link[q]
        if (links.mode[k] == PLAIN or links.mode[k] == FINISHES) and (links.typ[k] == FS or links.typ[k] == FF):
            links.w[k] += more


def soonest_way(
    links: Links, nodes: Nodes, cal: Tables, leaving: Leaving, takes: Takes, pools: Pools, v: int, limit: int, early: Dates
) -> int:
    """The start of the way of a position that is done first, chosen, with its pieces, its duration and its bound by links; FAR where none fits.

    Where none fits up to a limit it stays as it is: its usual way is chosen.

    Work in pieces lasts from the start of the first to the end of the last.

    Args:
        limit: the latest start of its usual way; one that lasts longer starts as much earlier.
        links, nodes, cal, leaving, takes, pools, v, early: as for `generate`.
    """
    clk, low, edge = nodes.clk[v], takes.low, takes.low_edge
    usual = takes.long[takes.ways[v]]
    best = FAR
    start = FAR
    first = takes.first[v]
    found = first
    count = 0
    for at in range(takes.ways[v] - 1, takes.ways[v + 1]):
        way = first if at < takes.ways[v] else at
        if at == first or takes.blocked[way] or (at >= takes.ways[v] and takes.forced[v] and best < FAR):
            continue
        long = takes.long[way]
        relast(links, nodes, leaving, v, long)
        early.x[v], early.edge[v] = low[way], edge[way]
        bound_by_links(links, nodes, cal, v, early)
        takes.chosen[v] = way
        last = limit - long + usual if long > usual and limit < FAR else limit
        if best < FAR and best - long - 1 < last:
            last = best - long - 1
        y = early.x[v]
        if takes.ptr[way] < takes.ptr[way + 1]:
            y = FAR if y > last else earliest_fit(cal, clk, pools, takes, v, y, last)
        fits = y < FAR // 2 and y <= last
        if takes.split[v] and takes.ptr[way] < takes.ptr[way + 1] and not (fits and takes.whole[v]):
            below = y + long if fits else FAR
            if last < FAR and last + long + 1 < below:
                below = last + long + 1
            begun, done, pieces = in_pieces(cal, clk, pools, takes, v, early.x[v], long, below)
            if pieces > 0:
                best, start, found, count = done, begun, way, pieces
                for k in range(pieces):
                    takes.piece[takes.room[v] + k], takes.piece_end[takes.room[v] + k] = takes.spare[k], takes.spare_end[k]
                continue
        if fits:
            best, start, found, count = y + long, y, way, 0
    if best >= FAR and limit < FAR:
        found = takes.ways[v]
    takes.chosen[v] = found
    takes.pieces[v] = count
    relast(links, nodes, leaving, v, best - start if count else takes.long[found])
    early.x[v], early.edge[v] = low[found], edge[found]
    bound_by_links(links, nodes, cal, v, early)
    return start


def enter(
    parallel: int,
    key: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    takes: Takes,
    fixed: Ints,
    early: Dates,
    room: Placing,
    v: int,
    size: int,
) -> None:
    """Adds a position whose givers are placed to a heap of so many; what waits for nobody comes first."""
    bound_by_links(links, nodes, cal, v, early)
    free = takes.ptr[takes.ways[v]] == takes.ptr[takes.ways[v + 1]] or fixed[v] != FAR
    room.when[v] = -FAR if free else parallel * start_at(cal, nodes.clk[v], early.x[v])
    heap_push(room.heap, size, room.when, key, v)


def generate(
    parallel: int,
    key: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    leaving: Leaving,
    takes: Takes,
    pools: Pools,
    fixed: Ints,
    limit: Ints,
    early: Dates,
    room: Placing,
) -> int:
    """Places everything from the front: the first by priority, or by instant, as early as it fits.

    Args:
        parallel: 1 by instant, 0 by priority.
        key: priorities; the lowest comes first.
        links, nodes, cal, leaving: the network.
        takes: what positions take; the chosen way of each is set to the one that fits first.
        pools: what is left; all that is fixed is taken from it already.
        fixed: where positions stay unless a link moves them, FAR for others.
        limit: the latest start of each; what does not fit until then is placed by its links.
        early: lower bounds on entry; takes the starts.
        room: room to work in.

    Returns:
        How many did not fit; -1 where there is no room for the steps of a pool.
    """
    heap, waits, when, over = room.heap, room.waits, room.when, room.over
    clk, high, ptr, ways = nodes.clk, nodes.high, takes.ptr, takes.ways
    x, edge = early.x, early.edge
    size = unfit = 0
    for v in range(len(x)):
        waits[v] = links.ptr[v + 1] - links.ptr[v]
        over[v] = 0
        takes.chosen[v] = ways[v]
        takes.pieces[v] = 0
        if takes.several[v]:
            relast(links, nodes, leaving, v, takes.long[ways[v]])
        if waits[v] == 0:
            enter(parallel, key, links, nodes, cal, takes, fixed, early, room, v, size)
            size += 1
    while size > 0:
        v = heap_pop(heap, size, when, key)
        size -= 1
        c = clk[v]
        if (takes.several[v] or ptr[ways[v]] < ptr[ways[v + 1]]) and x[v] != fixed[v]:
            if fixed[v] != FAR and not take(cal, c, pools, takes, v, fixed[v], -1):
                return -1
            last = limit[v] if limit[v] < high[v] else high[v]
            if takes.several[v]:
                y = soonest_way(links, nodes, cal, leaving, takes, pools, v, last, early)
                least = x[v]
            else:
                least = x[v]
                y = best_way(cal, c, pools, takes, v, least, last)
            if y >= FAR // 2:
                y = least
                over[v] = 2 if limit[v] == FAR and high[v] == FAR else 1
                unfit += 1
            elif y > least:
                x[v] = y
                edge[v] = 1 if nodes.mark[v] & STARTS_SHIFT else 0
                if parallel and fixed[v] == FAR:
                    when[v] = start_at(cal, c, y)
                    if size > 0 and comes_first(when, key, heap[0], v):
                        heap_push(heap, size, when, key, v)
                        size += 1
                        continue
            if not take(cal, c, pools, takes, v, y, 1):
                return -1
        for q in range(leaving.ptr[v], leaving.ptr[v + 1]):
            w = leaving.target[q]
            waits[w] -= 1
            if waits[w] == 0:
                enter(parallel, key, links, nodes, cal, takes, fixed, early, room, w, size)
                size += 1
    return unfit


def generate_back(
    key: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    leaving: Leaving,
    takes: Takes,
    pools: Pools,
    fixed: Ints,
    early: Dates,
    late: Ints,
    room: Placing,
) -> int:
    """Places everything from the back, as late as it fits: the way back of forward-backward improvement.

    What does not fit stays where it was; what is in pieces stands as late as links let it, and takes nothing. The starts are read as priorities only, so that what calendars round costs nothing.

    Args:
        key: priorities; the lowest comes first: the last finish.
        links, nodes, cal, leaving, takes, pools: as for `generate`.
        fixed: where positions stay.
        early: the starts now.
        late: the latest starts on entry; takes the starts.
        room: room to work in.

    Returns:
        0; -1 where there is no room for the steps of a pool.
    """
    heap, waits, when = room.heap, room.waits, room.when
    x = early.x
    n = len(x)
    size = 0
    for v in range(n):
        waits[v] = leaving.ptr[v + 1] - leaving.ptr[v]
        when[v] = 0
        if waits[v] == 0:
            heap_push(heap, size, when, key, v)
            size += 1
    while size > 0:
        v = heap_pop(heap, size, when, key)
        size -= 1
        if fixed[v] != FAR:
            late[v] = fixed[v]
        else:
            best = late[v]
            for q in range(leaving.ptr[v], leaving.ptr[v + 1]):
                k = leaving.link[q]
                w = leaving.target[q]
                if nodes.mark[w] & ONE_IS_ENOUGH:
                    continue
                if links.mode[k] == PLAIN or links.mode[k] == FINISHES:
                    y = late[w] - links.w[k]
                else:
                    y = pull(cal, links, nodes, k, w, late[w], 1)
                if y < best:
                    best = y
            if best < x[v]:
                best = x[v]
            if takes.pieces[v] == 0 and takes.ptr[takes.chosen[v]] < takes.ptr[takes.chosen[v] + 1]:
                y = latest_fit(cal, nodes.clk[v], pools, takes, v, best, x[v])
                best = x[v] if y <= -FAR // 2 else y
                if not take(cal, nodes.clk[v], pools, takes, v, best, 1):
                    return -1
            late[v] = best
        for k in range(links.ptr[v], links.ptr[v + 1]):
            u = links.src[k]
            waits[u] -= 1
            if waits[u] == 0:
                heap_push(heap, size, when, key, u)
                size += 1
    return 0


def reached_at(nodes: Nodes, cal: Tables, early: Dates, dues: Dues, c: int) -> int:
    """When one thing that is due is reached, as an instant."""
    clk, dur, x, edge = nodes.clk, nodes.dur, early.x, early.edge
    begin = dues.ptr[c]
    reached = -FAR
    for i in range(begin, dues.ptr[c + 1]):
        v = dues.place[i]
        if dues.at_start[c]:
            t = start_at(cal, clk[v], x[v])
            if i == begin or t < reached:
                reached = t
        else:
            t = finish_of(cal, clk[v], x[v] + dur[v], edge[v])
            if t > reached:
                reached = t
    return int(reached)


def missed(nodes: Nodes, cal: Tables, early: Dates, dues: Dues) -> int:
    """Minutes after what is due, by weight."""
    late = 0
    for c in range(len(dues.date)):
        reached = reached_at(nodes, cal, early, dues, c)
        if reached > dues.date[c]:
            late += dues.weight[c] * (reached - dues.date[c])
    return int(late)


def all_reached(nodes: Nodes, cal: Tables, early: Dates, dues: Dues, out: Ints) -> None:
    """When each thing that is due is reached, as instants."""
    for c in range(len(dues.date)):
        out[c] = reached_at(nodes, cal, early, dues, c)


def score_plan(
    nodes: Nodes, cal: Tables, early: Dates, dues: Dues, losses: Dues, group: Ints, weight: Ints, usual: Ints, ends: Ints, out: Ints
) -> None:
    """How good a plan is: minutes after what is due, by weight; the last finish; that of groups, by weight; how much moved; what delays lose.

    Args:
        nodes, cal, early: the plan.
        dues: what is due.
        losses: what costs something by the minute when it is later.
        group: the group of each position whose finish counts, -1 for none.
        weight: what a minute of the finish of each group counts.
        usual: the start of each position that is counted where it has another one, FAR of others.
        ends: room for a number a group.
        out: takes the five numbers.
    """
    clk, dur, x, edge = nodes.clk, nodes.dur, early.x, early.edge
    late = missed(nodes, cal, early, dues)
    for g in range(len(ends)):
        ends[g] = -FAR
    moved = 0
    for v in range(len(x)):
        if usual[v] != FAR and x[v] != usual[v]:
            moved += 1
        g = group[v]
        if g >= 0:
            t = finish_of(cal, clk[v], x[v] + dur[v], edge[v])
            if t > ends[g]:
                ends[g] = t
    last = -FAR
    total = 0
    for g in range(len(ends)):
        if ends[g] > -FAR:
            total += weight[g] * ends[g]
            if ends[g] > last:
                last = ends[g]
    out[0] = late
    out[1] = last
    out[2] = total
    out[3] = moved
    out[4] = missed(nodes, cal, early, losses)


def placed_instants(nodes: Nodes, cal: Tables, x: Ints, at_finish: int, out: Ints) -> None:
    """The start, or the finish, of each position as an instant; FAR where x is."""
    clk, dur = nodes.clk, nodes.dur
    for v in range(len(x)):
        if x[v] >= FAR // 2:
            out[v] = FAR
        elif at_finish:
            out[v] = finish_at(cal, clk[v], x[v] + dur[v])
        else:
            out[v] = start_at(cal, clk[v], x[v])
