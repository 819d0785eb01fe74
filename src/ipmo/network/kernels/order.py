"""The order of a network: nodes in topological order, links sorted by target; and the order of one whose links come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.columns import FF, FS

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


def kahn(n: int, m: int, src: Ints, dst: Ints) -> list[int]:
    """Nodes in topological order (first in, first out); fewer than n when there is a loop."""
    ptr = [0] * (n + 1)
    for e in range(m):
        ptr[src[e] + 1] += 1
    for v in range(n):
        ptr[v + 1] += ptr[v]
    nxt = ptr[:n]
    heads = [0] * m
    indegree = [0] * n
    for e in range(m):
        u = src[e]
        heads[nxt[u]] = dst[e]
        nxt[u] += 1
        indegree[dst[e]] += 1
    order = [v for v in range(n) if indegree[v] == 0]
    for u in order:  # grows while it is walked
        for k in range(ptr[u], ptr[u + 1]):
            v = heads[k]
            indegree[v] -= 1
            if indegree[v] == 0:
                order.append(v)
    return order


def weigh(ptr: Ints, src: Ints, typ: Ints, dur: Ints, w: Ints) -> None:
    """The least difference of starts that each link asks for, from its lag: columns by position, links sorted by target.

    Args:
        ptr: where the links to each position begin.
        src: the position that each leaves.
        typ: 0 FS, 1 SS, 2 FF, 3 SF, as `ipmo.network.states` numbers them.
        dur: of each position.
        w: the lag of each link; overwritten.
    """
    for v in range(len(ptr) - 1):
        for k in range(ptr[v], ptr[v + 1]):
            t = typ[k]
            if t == FS or t == FF:  # noqa: SIM109 - the most often asked first
                w[k] += dur[src[k]]
            if t >= FF:
                w[k] -= dur[v]


def kahn_arrays(n: int, src: Ints, dst: Ints, ptr: Ints, heads: Ints, indegree: Ints, order: Ints) -> int:
    """The same order on arrays that the caller gives: zeros (n+1), empty (m), zeros (n), empty (n); how many were placed."""
    m = len(src)
    for e in range(m):
        ptr[src[e] + 1] += 1
        indegree[dst[e]] += 1
    for v in range(n):
        ptr[v + 1] += ptr[v]
    for e in range(m - 1, -1, -1):
        u = src[e]
        ptr[u + 1] -= 1
        heads[ptr[u + 1]] = dst[e]
    # ptr[u+1] now is where u's links begin: shift by reading ptr[u+1] as begin, ptr[u+2] (or m) as end
    tail = 0
    for v in range(n):
        if indegree[v] == 0:
            order[tail] = v
            tail += 1
    head = 0
    while head < tail:
        u = order[head]
        head += 1
        stop = m if u == n - 1 else ptr[u + 2]
        for k in range(ptr[u + 1], stop):
            v = heads[k]
            indegree[v] -= 1
            if indegree[v] == 0:
                order[tail] = v
                tail += 1
    return tail


def by_target(n: int, src: Ints, dst: Ints, pos: Ints, ptr: Ints, perm: Ints, tail: Ints) -> None:
    """Links sorted by target position, stable: ptr (zeros, n+1), perm (link numbers), tail (source positions)."""
    m = len(src)
    for e in range(m):
        ptr[pos[dst[e]] + 1] += 1
    for v in range(n):
        ptr[v + 1] += ptr[v]
    for e in range(m - 1, -1, -1):
        v = pos[dst[e]]
        ptr[v + 1] -= 1
        perm[ptr[v + 1]] = e
        tail[ptr[v + 1]] = pos[src[e]]
    for v in range(n):  # ptr[v+1] is where v's links begin: shift back
        ptr[v] = ptr[v + 1]
    ptr[n] = m


class Order(NamedTuple):
    """The order of nodes as it is now.

    Args:
        at: the node at each place.
        rank: the place of each node.
    """

    at: Ints
    rank: Ints


class Hung(NamedTuple):
    """Links that hang in lists, so that they can be hung and taken off; -1 ends a list.

    Args:
        first_in: the first link into each node.
        next_in: the next link into the same node.
        first_out: the first link out of each node.
        next_out: the next link out of the same node.
        src: where links come from.
        dst: where they lead.
    """

    first_in: Ints
    next_in: Ints
    first_out: Ints
    next_out: Ints
    src: Ints
    dst: Ints


def reorder(u: int, v: int, order: Order, hung: Hung, seen: Ints, stamp: int, ahead: Ints, behind: Ints) -> int:
    """Makes room for a link from u to v in the order (Pearce and Kelly 2006); -1 when it would close a loop.

    Args:
        u: where the new link comes from.
        v: where it leads.
        order: the order, which is changed.
        hung: the links there are.
        seen: stamps of earlier calls.
        stamp: a new one.
        ahead: room for as many nodes as there are.
        behind: room for as many nodes as there are.

    Returns:
        How many nodes changed places: they stand in `behind` and `ahead`.
    """
    at, rank = order.at, order.rank
    low = rank[v]
    high = rank[u]
    if high < low:
        return 0
    ahead[0] = v
    seen[v] = stamp
    found = 1
    place = 0
    while place < found:  # what v reaches within the stretch
        k = hung.first_out[ahead[place]]
        place += 1
        while k >= 0:
            h = hung.dst[k]
            if h == u:
                return -1
            if seen[h] != stamp and rank[h] < high:
                seen[h] = stamp
                ahead[found] = h
                found += 1
            k = hung.next_out[k]
    behind[0] = u
    seen[u] = stamp
    back = 1
    place = 0
    while place < back:  # what reaches u within the stretch
        k = hung.first_in[behind[place]]
        place += 1
        while k >= 0:
            h = hung.src[k]
            if seen[h] != stamp and rank[h] > low:
                seen[h] = stamp
                behind[back] = h
                back += 1
            k = hung.next_in[k]
    earlier = [0] * back
    for i in range(back):
        earlier[i] = rank[behind[i]]
    later = [0] * found
    for i in range(found):
        later[i] = rank[ahead[i]]
    earlier.sort()
    later.sort()
    ranks = earlier + later
    moved = [0] * (found + back)
    for i in range(found + back):
        moved[i] = at[ranks[i]]
    ranks.sort()
    for i in range(found + back):
        at[ranks[i]] = moved[i]
        rank[moved[i]] = ranks[i]
    return found + back
