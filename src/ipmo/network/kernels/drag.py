"""Loops that find the end of the network without one thing, for many things at once: what drag is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import finish_at, start_at
from ipmo.network.kernels.columns import FAR, FF, FS, PLAIN, Dates, Links, Nodes, Sums, Tables
from ipmo.network.kernels.passes import begin_again, finish_of, forward_from

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Paths(NamedTuple):
    """What the paths of a network on one clock are made of.

    Args:
        start: lower bound of each start; -FAR where there is none.
        finish: lower bound of each finish; -FAR where there is none.
        ending: 1 where a finish counts for the end.
        x: early starts.
        tail: from `tails`.
    """

    start: Ints
    finish: Ints
    ending: Ints
    x: Ints
    tail: Ints


class Cuts(NamedTuple):
    """A tree over the stretches between positions: the two best paths over each.

    Args:
        size: a power of two not below the number of positions.
        first: the best over each stretch (2 * size).
        second: the second best.
        which: the link that is best, -1 for none.
    """

    size: int
    first: Ints
    second: Ints
    which: Ints


def tails(sums: Sums, tail: Ints) -> None:
    """The longest way from the start of each position to an end; tail holds what its own finish is worth on entry."""
    ptr, src, w = sums.ptr, sums.src, sums.w
    for v in range(len(tail) - 1, -1, -1):
        best = tail[v]
        if best <= -FAR // 2:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            y = w[k] + best
            if y > tail[src[k]]:
                tail[src[k]] = y


def raise_between(tree: Ints, a: int, b: int, value: int) -> None:
    """Raises a stretch of a tree of maxima, from leaf a to the one before leaf b, to a value."""
    while a < b:
        if a & 1:
            if value > tree[a]:
                tree[a] = value
            a += 1
        if b & 1:
            b -= 1
            if value > tree[b]:
                tree[b] = value
        a >>= 1
        b >>= 1


def ways_around(links: Links, dur: Ints, paths: Paths, count: Ints, size: int, tree: Ints, after: Ints) -> None:
    """Fills the leaves of `tree` with the longest path that avoids each position asked for, and `after`; see `ends_without_work`."""
    ptr, src, typ, lag, w = links.ptr, links.src, links.typ, links.lag, links.w
    start, finish, ending, x, tail = paths.start, paths.finish, paths.ending, paths.x, paths.tail
    n = len(x)
    for v in range(n):
        after[v] = 0 if ending[v] else -FAR
    for v in range(n):
        if tail[v] <= -FAR // 2:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            follows = lag[k] + tail[v]
            if typ[k] >= FF:
                follows -= dur[v]
            if follows > after[u]:
                after[u] = follows
            if count[u + 1] < count[v]:
                raise_between(tree, count[u + 1] + size, count[v] + size, x[u] + w[k] + tail[v])
    for i in range(1, size):
        if tree[i] > tree[2 * i]:
            tree[2 * i] = tree[i]
        if tree[i] > tree[2 * i + 1]:
            tree[2 * i + 1] = tree[i]
    best = -FAR
    for v in range(n):  # paths that end before a position
        if count[v + 1] > count[v] and best > tree[size + count[v]]:
            tree[size + count[v]] = best
        if ending[v] and x[v] + dur[v] > best:
            best = x[v] + dur[v]
    best = -FAR
    for v in range(n - 1, -1, -1):  # and those that begin after it
        if count[v + 1] > count[v] and best > tree[size + count[v]]:
            tree[size + count[v]] = best
        begin = start[v]
        if finish[v] - dur[v] > begin:
            begin = finish[v] - dur[v]
        if begin + tail[v] > best:
            best = begin + tail[v]


def ends_without_work(links: Links, dur: Ints, paths: Paths, count: Ints, size: int, tree: Ints, after: Ints, out: Ints) -> None:
    """The end of an additive network without the work at each of some positions, for all of them at once.

    A path that avoids position t uses a link that jumps over t in topological order, or begins after t, or ends before
    it. What is left of the paths through t depends on its duration d alone:
    `end(d) = max(avoid, max(inS, inF - d) + max(d + outF, outS))`; here d is 0 (Devaux's drag is the end less that).

    Args:
        links: links of one number.
        dur: durations.
        paths: what paths are made of.
        count: how many of the positions asked for lie before each position (n + 1).
        size: a power of two not below the number of positions asked for.
        tree: -FAR (2 * size).
        after: room for what follows the start of each position when it takes no time (n).
        out: takes the ends, of the positions asked for, in order.
    """
    ways_around(links, dur, paths, count, size, tree, after)
    ptr, src, typ, lag = links.ptr, links.src, links.typ, links.lag
    start, finish, x = paths.start, paths.finish, paths.x
    for v in range(len(x)):
        if count[v + 1] == count[v]:
            continue
        begin = start[v]
        if finish[v] > begin:
            begin = finish[v]
        for k in range(ptr[v], ptr[v + 1]):
            y = x[src[k]] + lag[k]
            if typ[k] == FS or typ[k] == FF:
                y += dur[src[k]]
            if y > begin:
                begin = y
        whole = begin + after[v] if after[v] > -FAR // 2 else -FAR
        place = count[v]
        out[place] = whole if whole > tree[size + place] else tree[size + place]


def fill_cuts(sums: Sums, x: Ints, tail: Ints, cuts: Cuts) -> None:
    """The best two paths over the cut behind each position, and the link of the best."""
    ptr, src, w = sums.ptr, sums.src, sums.w
    size, first, second, which = cuts.size, cuts.first, cuts.second, cuts.which
    for v in range(len(x)):
        if tail[v] <= -FAR // 2:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            through = x[src[k]] + w[k] + tail[v]
            a = src[k] + size
            b = v + size
            while a < b:
                for side in range(2):
                    c = -1
                    if side == 0 and a & 1:
                        c = a
                        a += 1
                    elif side == 1 and b & 1:
                        b -= 1
                        c = b
                    if c >= 0:
                        if through > first[c]:
                            second[c] = first[c]
                            first[c] = through
                            which[c] = k
                        elif through > second[c]:
                            second[c] = through
                a >>= 1
                b >>= 1
    for i in range(1, size):
        for c in range(2 * i, 2 * i + 2):
            if first[i] > first[c]:
                other = first[c] if first[c] > second[i] else second[i]
                if other > second[c]:
                    second[c] = other
                first[c] = first[i]
                which[c] = which[i]
            elif first[i] > second[c]:
                second[c] = first[i]


def ends_without_links(sums: Sums, dur: Ints, paths: Paths, cuts: Cuts, out: Ints) -> None:
    """The end of an additive network without each link, for all links at once.

    Every path crosses the cut just behind the tail of a link once: without the link the end is the best of the others
    over that cut.

    Args:
        sums: links of one number.
        dur: durations.
        paths: what paths are made of; `start` is the start that all of a position's own bounds ask for.
        cuts: -FAR, -FAR and -1.
        out: takes the ends, by link place.
    """
    ptr, src = sums.ptr, sums.src
    begin, ending, x, tail = paths.start, paths.ending, paths.x, paths.tail
    size, first, second, which = cuts.size, cuts.first, cuts.second, cuts.which
    n = len(x)
    fill_cuts(sums, x, tail, cuts)
    best = -FAR
    before = [-FAR] * n  # the best that ends at or before a cut
    for v in range(n):
        if ending[v] and x[v] + dur[v] > best:
            best = x[v] + dur[v]
        before[v] = best
    best = -FAR
    after = [-FAR] * (n + 1)  # the best that begins behind it
    for v in range(n - 1, -1, -1):
        if begin[v] + tail[v] > best:
            best = begin[v] + tail[v]
        after[v] = best
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            c = src[k]
            rest = second[size + c] if which[size + c] == k else first[size + c]
            if before[c] > rest:
                rest = before[c]
            if after[c + 1] > rest:
                rest = after[c + 1]
            out[k] = rest


class Trials(NamedTuple):
    """What is left out, one thing a row.

    Args:
        places: positions; of a link, its target.
        links: -1 for the work at the position, else the place of the link that is left out.
        begin: the lower bound of each start when its work takes no time.
        waiting: 1 where that bound lies in a break.
        high: the latest start that a constraint allows then.
    """

    places: Ints
    links: Ints
    begin: Ints
    waiting: Ints
    high: Ints


def change_length(links: Links, nodes: Nodes, p: int, by: int) -> None:
    """Makes the work at a position longer by so much: the weights of links that leave or bound its finish go with it."""
    ptr, src, w, typ = links.ptr, links.src, links.w, links.typ
    nodes.dur[p] += by
    for k in range(ptr[p], ptr[p + 1]):
        if typ[k] >= FF:
            w[k] -= by
    for k in range(ptr[p + 1], len(src)):
        if src[k] == p and (typ[k] == FS or typ[k] == FF):
            w[k] += by


def ends_one_by_one(
    trials: Trials, ending: Ints, links: Links, nodes: Nodes, cal: Tables, low: Dates, early: Dates, room: Dates, out: Ints
) -> None:
    """The end of any network without the work at some positions, or without some links, each by a forward pass.

    Args:
        trials: what is left out.
        ending: 1 where a finish counts for the end.
        links: all links; changed on the way, and put back.
        nodes: all positions; changed on the way, and put back.
        cal: the clocks.
        low: lower bounds of all positions and their edges.
        early: early starts and edges.
        room: room for as many.
        out: takes the ends, as instants.
    """
    w, mode = links.w, links.mode
    clk, dur = nodes.clk, nodes.dur
    x, edge = room.x, room.edge
    n = len(x)
    behind = [-FAR] * (n + 1)
    for v in range(n):  # the last end before a position
        t = behind[v]
        if ending[v]:
            f = finish_of(cal, clk[v], early.x[v] + dur[v], early.edge[v])
            if f > t:
                t = f
        behind[v + 1] = t
    for row in range(len(trials.places)):
        p = trials.places[row]
        gone = trials.links[row]
        begin_again(p, low, early, room)
        length = dur[p]
        high = nodes.high[p]
        kept_mode = 0
        kept_weight = 0
        if gone < 0:
            x[p] = trials.begin[row]
            edge[p] = trials.waiting[row]
            nodes.high[p] = trials.high[row]
            change_length(links, nodes, p, -length)
        else:
            kept_mode = mode[gone]
            kept_weight = w[gone]
            mode[gone] = PLAIN
            w[gone] = -FAR
        forward_from(p, links, nodes, cal, room)
        best = behind[p]
        for v in range(p, n):
            if ending[v]:
                f = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] == 1 else finish_at(cal, clk[v], x[v] + dur[v])
                if f > best:
                    best = f
        if gone < 0:
            change_length(links, nodes, p, length)
            nodes.high[p] = high
        else:
            mode[gone] = kept_mode
            w[gone] = kept_weight
        out[row] = best
