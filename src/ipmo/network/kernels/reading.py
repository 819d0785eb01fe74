"""Loops that read figures off the passes for every position at once: what drives, what is critical for what, floats, windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import finish_at, start_at, work
from ipmo.network.kernels.columns import FAR, FF, FINISHES, FS, LATE_AT_WORK, ONE_IS_ENOUGH, PLAIN, Dates, Links, Nodes, Tables
from ipmo.network.kernels.links import latest_of, roomy, still_in_time, taken
from ipmo.network.kernels.passes import asked_of, pull_one

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Outward(NamedTuple):
    """Links by their source: where those out of each position begin, and the positions that they lead to."""

    ptr: Ints
    heads: Ints


class Owned(NamedTuple):
    """Positions by the project that they belong to: where those of each begin, they, and the instant each project ends by."""

    first: Ints
    places: Ints
    ends: Ints


class Scope(NamedTuple):
    """Some of the projects, and room for following what leaves one and comes back.

    Args:
        first: the first of these projects.
        last: the one after the last.
        words: numbers a position in `bits`.
        bits: which of these projects lie behind each position, 62 a number.
        inside: zeros (n): 2 what belongs to a project, 1 what leads from it and back to it.
        blocks: zeros (n / 64 + 1): how many of each 64 positions are inside.
        stack: room (n).
    """

    first: int
    last: int
    words: int
    bits: Ints
    inside: Ints
    blocks: Ints
    stack: Ints


class Sets(NamedTuple):
    """Sets of targets, each one target more than another; number 0 is the empty one.

    Args:
        own: the set of each position; zeros on entry.
        parent: the set without its last target.
        last: that target.
        mark: zeros: the target for which `fresh` holds, plus one.
        fresh: the set that a set became by that target.
    """

    own: Ints
    parent: Ints
    last: Ints
    mark: Ints
    fresh: Ints


def driving(links: Links, nodes: Nodes, cal: Tables, early: Dates, out: Ints) -> None:
    """1 for each link in place whose target starts exactly when this link lets it."""
    ptr, src, w, mode, x = links.ptr, links.src, links.w, links.mode, early.x
    for v in range(len(x)):
        for k in range(ptr[v], ptr[v + 1]):
            if mode[k] == PLAIN or mode[k] == FINISHES:
                out[k] = 1 if x[src[k]] + w[k] == x[v] else 0
            else:
                out[k] = 1 if asked_of(cal, links, nodes, k, v, early) == x[v] else 0


def chains(links: Links, drives: Ints, begin: Ints, several: Ints) -> None:
    """Follows single drivers back.

    Args:
        links: by place.
        drives: from `driving`.
        begin: the position from which single drivers lead to each: where nothing drives any more, or several do.
        several: zeros; 1 where several do.
    """
    ptr, src = links.ptr, links.src
    for v in range(len(begin)):
        begin[v] = v
        count = 0
        for k in range(ptr[v], ptr[v + 1]):
            if drives[k]:
                count += 1
                begin[v] = begin[src[k]]
        if count > 1:
            begin[v] = v
            several[v] = 1


def driven_from(links: Links, drives: Ints, seen: Ints) -> None:
    """Marks every position from which a driving path leads to one that is marked on entry."""
    ptr, src = links.ptr, links.src
    for v in range(len(seen) - 1, -1, -1):
        if seen[v]:
            for k in range(ptr[v], ptr[v + 1]):
                if drives[k]:
                    seen[src[k]] = 1


def sets_of_targets(links: Links, drives: Ints, first: Ints, ends: Ints, seen: Ints, stack: Ints, sets: Sets) -> int:
    """The targets to which each position lies on a driving path; how many sets there are, -1 where there is no room for them.

    Args:
        links: all links.
        drives: from `driving`.
        first: where the positions that set the date of each target begin in `ends`.
        ends: they.
        seen: zeros (n).
        stack: room (n).
        sets: takes the sets.
    """
    ptr, src = links.ptr, links.src
    own, parent, last, mark, fresh = sets.own, sets.parent, sets.last, sets.mark, sets.fresh
    made = 1
    for t in range(len(first) - 1):
        top = 0
        for e in range(first[t], first[t + 1]):
            if seen[ends[e]] != t + 1:
                seen[ends[e]] = t + 1
                stack[top] = ends[e]
                top += 1
        while top > 0:
            top -= 1
            v = stack[top]
            before = own[v]
            if mark[before] != t + 1:
                if made == len(parent):
                    return -1
                mark[before] = t + 1
                fresh[before] = made
                parent[made] = before
                last[made] = t
                made += 1
            own[v] = fresh[before]
            for k in range(ptr[v], ptr[v + 1]):
                u = src[k]
                if drives[k] and seen[u] != t + 1:
                    seen[u] = t + 1
                    stack[top] = u
                    top += 1
    return made


def free_starts(links: Links, nodes: Nodes, cal: Tables, early: Dates, floats: Ints, hidden: Ints, way: Dates, free: Dates) -> None:
    """The start to which each position can slip without moving a successor, own clock, and what `roomy` says of it; into `free`.

    What leads to a helper, such as the finish of a summary, leads to what follows that.

    Args:
        floats: slack of each link.
        hidden: 1 for helpers.
        way: room (n).
        free: FAR and 1 on entry, and where nothing follows.
    """
    ptr, src, mark, x, y, room = links.ptr, links.src, nodes.mark, early.x, free.x, free.edge
    for v in range(len(x) - 1, -1, -1):
        limit = y[v] if hidden[v] else x[v]
        if limit >= FAR:
            continue
        enough = mark[v] & ONE_IS_ENOUGH
        spare = 0
        if enough:
            for k in range(ptr[v], ptr[v + 1]):
                if asked_of(cal, links, nodes, k, v, early) <= limit:
                    spare += 1
        for k in range(ptr[v], ptr[v + 1]):
            if enough and (spare - 1 if asked_of(cal, links, nodes, k, v, early) <= limit else spare) > 0:
                continue  # another of its givers is early enough
            u = src[k]
            z, e = x[u] + floats[k], 1
            if hidden[v] or hidden[u]:
                pull_one(links, nodes, cal, k, v, early, free if hidden[v] else early, way)
                e = way.edge[u]
                if hidden[v]:
                    z = way.x[u]
            if z < y[u]:
                y[u], room[u] = z, e
            elif z == y[u] and e < room[u]:
                room[u] = e


def gather(g: int, clk: Ints, dur: Ints, cal: Tables, outward: Outward, owned: Owned, scope: Scope, late: Dates) -> int:
    """Marks what belongs to a project, and what leaves it and comes back; how many of the latter there are.

    Args:
        g: the project.
        scope: takes the marks.
        late: takes the bounds: the instant of the project for what belongs to it, none for the rest.
    """
    out_ptr, heads, places = outward.ptr, outward.heads, owned.places
    inside, blocks, stack, bits = scope.inside, scope.blocks, scope.stack, scope.bits
    y, room, instant = late.x, late.edge, owned.ends[g]
    word, bit = (g - scope.first) // 62, 1 << ((g - scope.first) % 62)
    words = scope.words
    top, abroad = 0, 0
    for e in range(owned.first[g], owned.first[g + 1]):
        v = places[e]
        inside[v] = 2
        y[v] = work(cal, clk[v], instant) - dur[v]
        room[v] = roomy(cal, clk[v], instant)
        stack[top] = v
        top += 1
    while top > 0:
        top -= 1
        v = stack[top]
        for j in range(out_ptr[v], out_ptr[v + 1]):
            h = heads[j]
            if inside[h] == 0 and bits[h * words + word] & bit:
                inside[h] = 1
                blocks[h // 64] += 1
                abroad += 1
                y[h] = FAR
                room[h] = 1
                stack[top] = h
                top += 1
    return abroad


def last_abroad(v: int, inside: Ints, blocks: Ints) -> int:
    """The last position up to one that leads from a project and back to it; there is one."""
    while blocks[v // 64] == 0:
        v = v // 64 * 64 - 1
    while inside[v] != 1:
        v -= 1
        while blocks[v // 64] == 0:
            v = v // 64 * 64 - 1
    return v


def own_lates(
    links: Links, nodes: Nodes, cal: Tables, early: Dates, outward: Outward, owned: Owned, scope: Scope, late: Dates, out: Ints
) -> None:
    """The late start of every position to the finish of its own project, over the project and what leaves it and comes back.

    Args:
        outward: links by their source.
        owned: open work by project, in order, and the instant that each is held to.
        scope: room, and which projects lie behind each position.
        late: room (n).
        out: takes the late starts.
    """
    ptr, src, w, mode, typ, lagclk, lag = links.ptr, links.src, links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, mark, pin = nodes.clk, nodes.dur, nodes.mark, nodes.pin
    y, room, inside, blocks = late.x, late.edge, scope.inside, scope.blocks
    for g in range(scope.first, scope.last):
        at = owned.first[g + 1] - 1
        if at < owned.first[g]:
            continue
        abroad = gather(g, clk, dur, cal, outward, owned, scope, late)
        other = last_abroad(owned.places[at], inside, blocks) if abroad > 0 else -1
        while at >= owned.first[g]:
            v = owned.places[at]
            if other > v:
                v = other
                blocks[v // 64] -= 1
                abroad -= 1
                other = last_abroad(v - 1, inside, blocks) if abroad > 0 else -1
            else:
                at -= 1
            if pin[v] != FAR:
                y[v] = pin[v]
                room[v] = 1
            if mark[v] & LATE_AT_WORK and (early.edge[v] == 0 or y[v] != early.x[v]):
                room[v] = 0
            if inside[v] == 2:
                out[v] = y[v]
            inside[v] = 0
            limit = y[v]
            if limit >= FAR // 2:
                continue
            enough = mark[v] & ONE_IS_ENOUGH
            spare = in_time(links, nodes, cal, early, v, limit) if enough else 0
            for k in range(ptr[v], ptr[v + 1]):
                u = src[k]
                if inside[u] == 0:
                    continue
                if enough and (spare - 1 if asked_of(cal, links, nodes, k, v, early) <= limit else spare) > 0:
                    continue
                e = 1
                if mode[k] == PLAIN:
                    z = limit - w[k]
                elif mode[k] == FINISHES:
                    z = limit - w[k]
                    e = room[v]
                else:
                    t = taken(cal, clk[v], limit, dur[v], typ[k], mode[k], lagclk[k], lag[k], room[v])
                    z = latest_of(cal, clk[u], dur[u], typ[k], mode[k], t)
                    if z < early.x[u] and still_in_time(cal, links, nodes, k, v, early.x[u], early.edge[u], limit):
                        z = early.x[u]
                        e = early.edge[u]
                    elif typ[k] == FS or typ[k] == FF:
                        e = roomy(cal, clk[u], t)
                if z < y[u]:
                    y[u] = z
                    room[u] = e
                elif z == y[u] and e < room[u]:
                    room[u] = e


def in_time(links: Links, nodes: Nodes, cal: Tables, early: Dates, v: int, limit: int) -> int:
    """How many of its givers let a position start by a time."""
    count = 0
    for k in range(links.ptr[v], links.ptr[v + 1]):
        if asked_of(cal, links, nodes, k, v, early) <= limit:
            count += 1
    return count


def behind(links: Links, words: int, bits: Ints) -> None:
    """Of each position, the projects that lie behind it, as bits; its own project's bit on entry."""
    ptr, src = links.ptr, links.src
    for v in range(len(ptr) - 2, -1, -1):
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            for word in range(words):
                bits[u * words + word] |= bits[v * words + word]


def offered(nodes: Nodes, cal: Tables, x: Ints, places: Ints, instants: Ints, at_finish: Ints, numbers: Ints, own: Ints) -> None:
    """The least number of the dates that bound each position itself: those whose instant is its late date; `own` holds more on entry."""
    for i in range(len(places)):
        p = places[i]
        if numbers[i] < own[p]:
            cap = work(cal, nodes.clk[p], instants[i])
            if at_finish[i]:
                cap -= nodes.dur[p]
            if cap == x[p]:
                own[p] = numbers[i]


def starting(nodes: Nodes, cal: Tables, x: Ints, out: Ints) -> None:
    """Starts on the positions' own clocks as instants."""
    for v in range(len(x)):
        out[v] = start_at(cal, nodes.clk[v], x[v])


def late_finishes(nodes: Nodes, cal: Tables, early: Dates, ends: Ints, points: Ints, exact: int, late: Dates, out: Ints) -> None:
    """Late finishes as instants.

    Args:
        ends: early finishes: what is not late finishes then, at the next shift where it waits.
        points: 1 for milestones that lie on their calendar.
        exact: 1 where late dates undo early dates exactly.
    """
    clk, dur = nodes.clk, nodes.dur
    for v in range(len(out)):
        y = late.x[v]
        end = finish_at(cal, clk[v], y + dur[v])
        if points[v] and late.edge[v]:
            end = start_at(cal, clk[v], y)  # what follows may begin with the next shift, and so may the milestone lie there
        elif exact and y == early.x[v] and ends[v] > end:
            end = ends[v]
        out[v] = end


def worked_between(nodes: Nodes, nominal: Ints, ends: Ints, cal: Tables, begin: Ints, end: Ints, out: Ints) -> None:
    """Working minutes between two starts of each position on its own clock, by the clock of its calendar.

    Args:
        nominal: the clock of each position's calendar.
        ends: of positions that run on another clock: 0 measured from start to start, 1 the less of that and from finish to finish,
            2 from finish to finish.
        begin, end: the starts.
        out: takes the minutes.
    """
    clk, dur = nodes.clk, nodes.dur
    for v in range(len(out)):
        if clk[v] == nominal[v]:
            out[v] = end[v] - begin[v]
            continue
        best = work(cal, nominal[v], start_at(cal, clk[v], end[v])) - work(cal, nominal[v], start_at(cal, clk[v], begin[v]))
        if ends[v]:
            first = work(cal, nominal[v], finish_at(cal, clk[v], begin[v] + dur[v]))
            last = work(cal, nominal[v], finish_at(cal, clk[v], end[v] + dur[v]))
            if ends[v] == 2 or last - first < best:
                best = last - first
        out[v] = best


def instants_on_clocks(cal: Tables, clocks: Ints, worked: Ints, out: Ints) -> None:
    """The earliest instants with so many minutes worked, each on a clock."""
    for i in range(len(out)):
        out[i] = finish_at(cal, clocks[i], worked[i])


def worked_of(cal: Tables, clocks: Ints, instants: Ints, out: Ints) -> None:
    """The minutes worked up to instants, each on a clock."""
    for i in range(len(out)):
        out[i] = work(cal, clocks[i], instants[i])
