"""Loops that find the end of the network without one thing, for many things at once: what drag is made of. See `kernels`."""

from __future__ import annotations

from typing import Any

from ipmo.network.kernels.passes import FAR, finish_at, forward_from, start_at


def tails(ptr: Any, src: Any, w: Any, tail: Any) -> Any:
    """The longest way from the start of each position to an end; tail holds what its own finish is worth on entry."""
    for v in range(len(tail) - 1, -1, -1):
        best = tail[v]
        if best <= -FAR // 2:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            y = w[k] + best
            if y > tail[src[k]]:
                tail[src[k]] = y


def ends_without_work(
    ptr: Any, src: Any, typ: Any, lag: Any, w: Any, dur: Any, start: Any, finish: Any, ending: Any, x: Any, tail: Any,
    count: Any, size: Any, tree: Any, after: Any, out: Any,
) -> Any:  # fmt: skip
    """The end of an additive network without the work at each of some positions, for all of them at once.

    A path that avoids position t uses a link that jumps over t in topological order, or begins after t, or ends before
    it. What is left of the paths through t depends on its duration d alone:
    `end(d) = max(avoid, max(inS, inF - d) + max(d + outF, outS))`; here d is 0 (Devaux's drag is the end less that).

    Args:
        start: lower bound of each start; -FAR where there is none.
        finish: lower bound of each finish; -FAR where there is none.
        ending: 1 where a finish counts for the end.
        x: early starts.
        tail: from `tails`.
        count: how many of the positions asked for lie before each position (n + 1).
        size: a power of two not below the number of positions asked for.
        tree: -FAR (2 * size).
        after: room for what follows the start of each position when it takes no time (n).
        out: takes the ends, of the positions asked for, in order.
    """
    n = len(x)
    none = -FAR
    for v in range(n):
        after[v] = 0 if ending[v] else none
    for v in range(n):
        if tail[v] <= none // 2:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            follows = lag[k] + tail[v]
            if typ[k] >= 2:
                follows -= dur[v]
            if follows > after[u]:
                after[u] = follows
            a = count[u + 1] + size
            b = count[v] + size
            if a >= b:
                continue
            through = x[u] + w[k] + tail[v]
            while a < b:
                if a & 1:
                    if through > tree[a]:
                        tree[a] = through
                    a += 1
                if b & 1:
                    b -= 1
                    if through > tree[b]:
                        tree[b] = through
                a >>= 1
                b >>= 1
    for i in range(1, size):
        if tree[i] > tree[2 * i]:
            tree[2 * i] = tree[i]
        if tree[i] > tree[2 * i + 1]:
            tree[2 * i + 1] = tree[i]
    best = none
    for v in range(n):  # paths that end before a position
        if count[v + 1] > count[v] and best > tree[size + count[v]]:
            tree[size + count[v]] = best
        if ending[v] and x[v] + dur[v] > best:
            best = x[v] + dur[v]
    best = none
    for v in range(n - 1, -1, -1):  # and those that begin after it
        if count[v + 1] > count[v] and best > tree[size + count[v]]:
            tree[size + count[v]] = best
        begin = start[v]
        if finish[v] - dur[v] > begin:
            begin = finish[v] - dur[v]
        if begin + tail[v] > best:
            best = begin + tail[v]
    for v in range(n):
        if count[v + 1] == count[v]:
            continue
        begin = start[v]
        if finish[v] > begin:
            begin = finish[v]
        for k in range(ptr[v], ptr[v + 1]):
            y = x[src[k]] + lag[k]
            if typ[k] == 0 or typ[k] == 2:
                y += dur[src[k]]
            if y > begin:
                begin = y
        whole = begin + after[v] if after[v] > none // 2 else none
        place = count[v]
        out[place] = whole if whole > tree[size + place] else tree[size + place]


def ends_without_links(
    ptr: Any,
    src: Any,
    w: Any,
    dur: Any,
    begin: Any,
    ending: Any,
    x: Any,
    tail: Any,
    size: Any,
    first: Any,
    second: Any,
    which: Any,
    out: Any,
) -> Any:
    """The end of an additive network without each link, for all links at once.

    Every path crosses the cut just behind the tail of a link once: without the link the end is the best of the others
    over that cut.

    Args:
        begin: the start that each position's own bounds ask for.
        first, second: -FAR (2 * size); the best and the second best over each stretch.
        which: -1 (2 * size); the link that is best.
        out: takes the ends, by link place.
    """
    n = len(x)
    none = -FAR
    for v in range(n):
        for k in range(ptr[v], ptr[v + 1]):
            if tail[v] <= none // 2:
                continue
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
    best = none
    before = [none] * n  # the best that ends at or before a cut
    for v in range(n):
        if ending[v] and x[v] + dur[v] > best:
            best = x[v] + dur[v]
        before[v] = best
    best = none
    after = [none] * (n + 1)  # the best that begins behind it
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


def ends_one_by_one(
    places: Any,
    links: Any,
    begin: Any,
    waiting: Any,
    ending: Any,
    ptr: Any,
    src: Any,
    w: Any,
    mode: Any,
    typ: Any,
    lagclk: Any,
    lag: Any,
    cal: Any,
    clk: Any,
    dur: Any,
    mark: Any,
    high: Any,
    low: Any,
    floors: Any,
    early: Any,
    waits: Any,
    x: Any,
    edge: Any,
    out: Any,
) -> Any:
    """The end of any network without the work at some positions, or without some links, each by a forward pass.

    Args:
        places: positions; of a link, its target.
        links: -1 for the work at the position, else the place of the link that is left out.
        begin, waiting: the lower bound of each start when its work takes no time, and whether it lies in a break.
        ending: 1 where a finish counts for the end.
        low, floors: lower bounds of all positions and their edges.
        early, waits: early starts and edges.
        x, edge: room for as many.
        out: takes the ends, as instants.
    """
    n = len(low)
    behind = [-FAR] * (n + 1)
    for v in range(n):  # the last end before a position
        t = behind[v]
        if ending[v]:
            f = start_at(cal, clk[v], early[v] + dur[v]) if waits[v] == 1 else finish_at(cal, clk[v], early[v] + dur[v])
            if f > t:
                t = f
        behind[v + 1] = t
    for row in range(len(places)):
        p = places[row]
        gone = links[row]
        for v in range(p):
            x[v] = early[v]
            edge[v] = waits[v]
        for v in range(p, n):
            x[v] = low[v]
            edge[v] = floors[v]
        length = dur[p]
        kept_mode = 0
        kept_weight = 0
        if gone < 0:
            x[p] = begin[row]
            edge[p] = waiting[row]
            dur[p] = 0
            for k in range(ptr[p], ptr[p + 1]):
                if typ[k] >= 2:
                    w[k] += length
            for k in range(ptr[p + 1], len(src)):
                if src[k] == p and (typ[k] == 0 or typ[k] == 2):
                    w[k] -= length
        else:
            kept_mode = mode[gone]
            kept_weight = w[gone]
            mode[gone] = 0
            w[gone] = -FAR
        forward_from(p, ptr, src, w, mode, typ, lagclk, lag, cal, clk, dur, mark, high, x, edge)
        best = behind[p]
        for v in range(p, n):
            if ending[v]:
                f = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] == 1 else finish_at(cal, clk[v], x[v] + dur[v])
                if f > best:
                    best = f
        if gone < 0:
            dur[p] = length
            for k in range(ptr[p], ptr[p + 1]):
                if typ[k] >= 2:
                    w[k] -= length
            for k in range(ptr[p + 1], len(src)):
                if src[k] == p and (typ[k] == 0 or typ[k] == 2):
                    w[k] += length
        else:
            mode[gone] = kept_mode
            w[gone] = kept_weight
        out[row] = best
