"""Schedule generation where all that takes pools runs on one clock: the same plans as `generation` makes, several times as fast.

There the free units of all pools stand in one row of steps over the working time of that clock, and every demand goes on from the start of its work to
its end. So one walk over the steps finds where all demands of a position fit. What takes nothing may run on any clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.columns import FAR, FINISHES, ONE_IS_ENOUGH, PLAIN, STARTS_SHIFT, Dates, Links, Nodes, Tables
from ipmo.network.kernels.generation import Leaving, Placing, bound_by_links, comes_first, heap_pop, heap_push
from ipmo.network.kernels.links import pull

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Steps(NamedTuple):
    """What is left of all pools over time.

    Args:
        pools: how many pools are taken from.
        size: how many steps there are before anything is taken.
        time: when each begins, with room for two more for each position that takes something; the first has no beginning.
        free: the units of each pool in each step: `free[k * pools + r]`.
        need: the units of each pool that each position takes: `need[v * pools + r]`.
        takes: 1 where a position takes something.
        easy: 1 where all links to a position are plain numbers, and nothing but them and its lower bound counts.
    """

    pools: int
    size: int
    time: Ints
    free: Ints
    need: Ints
    takes: Ints
    easy: Ints


def step_before(time: Ints, size: int, t: int) -> int:
    """The step of so many in which a time lies."""
    lo = 1
    hi = size
    while lo < hi:
        mid = (lo + hi) // 2
        if time[mid] <= t:
            lo = mid + 1
        else:
            hi = mid
    return lo - 1


def first_room(time: Ints, free: Ints, need: Ints, size: int, at: int, pools: int, x: int, length: int) -> int:
    """The earliest time from x on from which so much of each pool is free for a length; `at`: where what is needed of them stands."""
    k = step_before(time, size, x)
    while True:
        short = False
        for r in range(pools):
            if free[k * pools + r] < need[at + r]:
                short = True
                break
        k += 1
        if short:
            x = time[k]  # there is a next one: of the last there is enough
        elif k == size or time[k] >= x + length:
            return x


def last_room(time: Ints, free: Ints, need: Ints, size: int, at: int, pools: int, x: int, length: int, least: int) -> int:
    """The latest time up to x from which so much of each pool is free for a length; -FAR where that is before `least`."""
    k = step_before(time, size, x + length - 1)
    while True:
        short = False
        for r in range(pools):
            if free[k * pools + r] < need[at + r]:
                short = True
                break
        if short:
            x = time[k] - length
            if k == 0 or x < least:
                return -FAR
        elif k == 0 or time[k] <= x:
            return x
        k -= 1


def insert_step(time: Ints, free: Ints, size: int, pools: int, k: int, t: int) -> None:
    """Cuts a step of so many at a time: what is free in it is so in both."""
    for j in range(size - 1, k, -1):
        time[j + 1] = time[j]
    for j in range(size * pools - 1, (k + 1) * pools - 1, -1):
        free[j + pools] = free[j]
    time[k + 1] = t
    for r in range(k * pools, (k + 1) * pools):
        free[r + pools] = free[r]


def take_room(time: Ints, free: Ints, need: Ints, size: int, at: int, pools: int, x: int, length: int) -> int:
    """Takes what is needed for a length from a time on; how many steps there are then."""
    k = step_before(time, size, x)
    if time[k] != x:
        insert_step(time, free, size, pools, k, x)
        size += 1
        k += 1
    stop = k
    while stop < size and time[stop] < x + length:
        stop += 1
    if stop == size or time[stop] != x + length:
        insert_step(time, free, size, pools, stop - 1, x + length)
        size += 1
    for j in range(k, stop):
        for r in range(pools):
            free[j * pools + r] -= need[at + r]
    return size


def generate_alike(
    parallel: int,
    key: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    leaving: Leaving,
    steps: Steps,
    time: Ints,
    free: Ints,
    early: Dates,
    room: Placing,
) -> None:
    """Places everything from the front, as `generation.generate` does.

    Args:
        parallel, key, links, nodes, cal, leaving, early, room: as there.
        steps: what there is of pools, and what positions need.
        time, free: room for the steps.
    """
    heap, waits, when, ready = room.heap, room.waits, room.when, room.over
    need, takes, easy, pools, size = steps.need, steps.takes, steps.easy, steps.pools, steps.size
    x, edge, dur, ptr, src, w = early.x, early.edge, nodes.dur, links.ptr, links.src, links.w
    begins, target = leaving.ptr, leaving.target
    for j in range(size):
        time[j] = steps.time[j]
    for j in range(size * pools):
        free[j] = steps.free[j]
    count = placed = 0
    for v in range(len(x)):
        waits[v] = ptr[v + 1] - ptr[v]
        if waits[v] == 0:
            ready[count] = v
            count += 1
    while True:
        while count > 0:  # what can be placed from now on
            count -= 1
            v = ready[count]
            if easy[v]:
                for k in range(ptr[v], ptr[v + 1]):
                    y = x[src[k]] + w[k]
                    if y > x[v]:
                        x[v] = y
                        edge[v] = 0
            else:
                bound_by_links(links, nodes, cal, v, early)
            when[v] = parallel * x[v] if takes[v] else -FAR
            heap_push(heap, placed, when, key, v)
            placed += 1
        if placed == 0:
            break
        v = heap_pop(heap, placed, when, key)
        placed -= 1
        if takes[v]:
            y = first_room(time, free, need, size, v * pools, pools, x[v], dur[v])
            if y > x[v]:
                x[v] = y
                edge[v] = 1 if nodes.mark[v] & STARTS_SHIFT else 0
                if parallel:
                    when[v] = y
                    if placed > 0 and comes_first(when, key, heap[0], v):
                        heap_push(heap, placed, when, key, v)
                        placed += 1
                        continue
            size = take_room(time, free, need, size, v * pools, pools, y, dur[v])
        for q in range(begins[v], begins[v + 1]):
            u = target[q]
            waits[u] -= 1
            if waits[u] == 0:
                ready[count] = u
                count += 1


def generate_back_alike(
    key: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    leaving: Leaving,
    steps: Steps,
    time: Ints,
    free: Ints,
    early: Dates,
    late: Ints,
    room: Placing,
) -> None:
    """Places everything from the back, as `generation.generate_back` does.

    Args:
        key, links, nodes, cal, leaving, early, late, room: as there.
        steps, time, free: as for `generate_alike`.
    """
    heap, waits, when = room.heap, room.waits, room.when
    need, takes, pools, size = steps.need, steps.takes, steps.pools, steps.size
    x, dur, mode, w = early.x, nodes.dur, links.mode, links.w
    for j in range(size):
        time[j] = steps.time[j]
    for j in range(size * pools):
        free[j] = steps.free[j]
    placed = 0
    for v in range(len(x)):
        waits[v] = leaving.ptr[v + 1] - leaving.ptr[v]
        when[v] = 0
        if waits[v] == 0:
            heap_push(heap, placed, when, key, v)
            placed += 1
    while placed > 0:
        v = heap_pop(heap, placed, when, key)
        placed -= 1
        best = late[v]
        for q in range(leaving.ptr[v], leaving.ptr[v + 1]):
            k = leaving.link[q]
            u = leaving.target[q]
            if nodes.mark[u] & ONE_IS_ENOUGH:
                continue
            y = late[u] - w[k] if mode[k] == PLAIN or mode[k] == FINISHES else pull(cal, links, nodes, k, u, late[u], 1)
            if y < best:
                best = y
        if best < x[v]:
            best = x[v]
        if takes[v]:
            y = last_room(time, free, need, size, v * pools, pools, best, dur[v], x[v])
            best = x[v] if y <= -FAR // 2 else y
            size = take_room(time, free, need, size, v * pools, pools, best, dur[v])
        late[v] = best
        for k in range(links.ptr[v], links.ptr[v + 1]):
            u = links.src[k]
            waits[u] -= 1
            if waits[u] == 0:
                heap_push(heap, placed, when, key, u)
                placed += 1
