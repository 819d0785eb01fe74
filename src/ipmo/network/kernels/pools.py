"""What is left of pools over time: steps of free units, what work takes of them, and when it fits.

A pool is a row of steps on its own axis: the working minutes of the one clock that all its work runs on, or wall-clock time
where several do. The first step has no beginning, the last no end. Work that a pool's axis is not the clock of takes it shift
by shift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import start_at, work
from ipmo.network.kernels.columns import FAR, Tables

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Pools(NamedTuple):
    """Free units of each pool over time.

    Args:
        axis: the clock that the steps of each pool are counted on; 0 for wall-clock time.
        first: where the steps of each pool begin, and where the room for the last ends.
        steps: how many steps each has.
        time: when each step begins.
        free: the units that are free in it; negative where more is taken than there is.
    """

    axis: Ints
    first: Ints
    steps: Ints
    time: Ints
    free: Ints


class Takes(NamedTuple):
    """What each position takes of pools: rows `ptr[v]` to `ptr[v + 1]`.

    Args:
        ptr: where the rows of each position begin, and their number at the end.
        pool: the pool of each row.
        units: how much of it.
        begin: from how many minutes of the work on, on the position's own clock.
        end: until how many.
    """

    ptr: Ints
    pool: Ints
    units: Ints
    begin: Ints
    end: Ints


def refill(pools: Pools, full: Pools) -> None:
    """The steps as they were before anything was taken."""
    for r in range(len(pools.steps)):
        size = full.steps[r]
        pools.steps[r] = size
        begin = pools.first[r]
        other = full.first[r]
        for k in range(size):
            pools.time[begin + k] = full.time[other + k]
            pools.free[begin + k] = full.free[other + k]


def step_at(pools: Pools, r: int, t: int) -> int:
    """The step of a pool in which a time lies."""
    time = pools.time
    lo = pools.first[r] + 1
    hi = pools.first[r] + pools.steps[r]
    while lo < hi:
        mid = (lo + hi) // 2
        if time[mid] <= t:
            lo = mid + 1
        else:
            hi = mid
    return lo - 1


def short_until(pools: Pools, r: int, begin: int, end: int, units: int) -> int:
    """The end of the last step between two times in which fewer units are free; `begin` where there is none, FAR where it never ends."""
    time, free = pools.time, pools.free
    k = step_at(pools, r, end - 1)
    first = pools.first[r]
    last = first + pools.steps[r] - 1
    while True:
        if free[k] < units:
            return time[k + 1] if k < last else FAR
        if k == first or time[k] <= begin:
            return begin
        k -= 1


def short_from(pools: Pools, r: int, begin: int, end: int, units: int) -> int:
    """The beginning of the first step between two times in which fewer units are free; `end` where there is none."""
    time, free = pools.time, pools.free
    k = step_at(pools, r, begin)
    last = pools.first[r] + pools.steps[r] - 1
    while True:
        if free[k] < units:
            return time[k]
        if k == last or time[k + 1] >= end:
            return end
        k += 1


def shift_left(cal: Tables, clock: int, worked: int) -> int:
    """How many minutes of work are left, at least one, from the one that follows so many until a break, or until the tables part."""
    head, periods = cal
    row = head[2 * clock]
    count = head[2 * clock + 1]
    room = FAR
    if count > 1:
        lo = 1
        while lo < count:
            mid = (lo + count) // 2
            if head[row + 6 * mid + 1] <= worked:
                lo = mid + 1
            else:
                count = mid
        if lo < head[2 * clock + 1]:
            room = head[row + 6 * lo + 1] - worked
        row += 6 * (lo - 1)
    week = head[row + 5]
    if week == 0:
        return 1
    rest = (worked - head[row + 2]) % week
    lo = head[row + 3]
    hi = lo + head[row + 4]
    while lo < hi:
        mid = (lo + hi) // 2
        if periods[3 * mid + 1] <= rest:
            lo = mid + 1
        else:
            hi = mid
    left = periods[3 * lo - 2] + periods[3 * lo - 1] - rest
    return left if left < room else room


def next_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, i: int, x: int) -> int:
    """x where row i fits when its work starts at x; else a later start before which it does not fit; FAR where it never does."""
    r = takes.pool[i]
    begin = x + takes.begin[i]
    end = x + takes.end[i]
    units = takes.units[i]
    if pools.axis[r] == clock:
        t = short_until(pools, r, begin, end, units)
        return FAR if t >= FAR // 2 else x + t - begin
    w = begin
    while w < end:
        left = shift_left(cal, clock, w)
        if left > end - w:
            left = end - w
        t = start_at(cal, clock, w)
        u = short_until(pools, r, t, t + left, units)
        if u >= FAR // 2:
            return FAR
        if u > t:
            return x + work(cal, clock, u) - begin
        w += left
    return x


def last_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, i: int, x: int) -> int:
    """x where row i fits when its work starts at x; else an earlier start after which it does not fit; -FAR where it never does."""
    r = takes.pool[i]
    begin = x + takes.begin[i]
    end = x + takes.end[i]
    units = takes.units[i]
    if pools.axis[r] == clock:
        t = short_from(pools, r, begin, end, units)
        return -FAR if t <= -FAR // 2 else x + t - end
    w = begin
    while w < end:
        left = shift_left(cal, clock, w)
        if left > end - w:
            left = end - w
        t = start_at(cal, clock, w)
        u = short_from(pools, r, t, t + left, units)
        if u <= -FAR // 2:
            return -FAR
        if u < t + left:
            return x + work(cal, clock, u) - end
        w += left
    return x


def earliest_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, limit: int) -> int:
    """The earliest start from x on at which all rows of a position fit; FAR where that is after a limit, or never."""
    first = takes.ptr[v]
    last = takes.ptr[v + 1]
    i = first
    fitting = 0
    while fitting < last - first:
        y = next_fit(cal, clock, pools, takes, i, x)
        if y > limit or y >= FAR // 2:
            return FAR
        if y > x:
            x = y
            fitting = 0
        else:
            fitting += 1
            i += 1
            if i == last:
                i = first
    return x


def latest_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, least: int) -> int:
    """The latest start up to x at which all rows of a position fit; -FAR where that is before a limit, or never."""
    first = takes.ptr[v]
    last = takes.ptr[v + 1]
    i = first
    fitting = 0
    while fitting < last - first:
        y = last_fit(cal, clock, pools, takes, i, x)
        if y < least or y <= -FAR // 2:
            return -FAR
        if y < x:
            x = y
            fitting = 0
        else:
            fitting += 1
            i += 1
            if i == last:
                i = first
    return x


def cut_at(pools: Pools, r: int, t: int) -> int:
    """The step of a pool that begins at a time: made where there is none."""
    time, free = pools.time, pools.free
    k = step_at(pools, r, t)
    if time[k] == t:
        return k
    stop = pools.first[r] + pools.steps[r]
    j = stop
    while j > k + 1:
        time[j] = time[j - 1]
        free[j] = free[j - 1]
        j -= 1
    time[k + 1] = t
    free[k + 1] = free[k]
    pools.steps[r] += 1
    return k + 1


def join_at(pools: Pools, r: int, k: int) -> None:
    """Makes one step of two where as much is free in step k as in the one before."""
    time, free = pools.time, pools.free
    first = pools.first[r]
    stop = first + pools.steps[r]
    if k <= first or k >= stop or free[k] != free[k - 1]:
        return
    for j in range(k + 1, stop):
        time[j - 1] = time[j]
        free[j - 1] = free[j]
    pools.steps[r] -= 1


def change_free(pools: Pools, r: int, begin: int, end: int, units: int) -> bool:
    """More units, or fewer, are free between two times; False where there is no room for the steps."""
    if pools.first[r] + pools.steps[r] + 2 > pools.first[r + 1]:
        return False
    k = cut_at(pools, r, begin)
    stop = cut_at(pools, r, end)
    for j in range(k, stop):
        pools.free[j] += units
    join_at(pools, r, stop)
    join_at(pools, r, k)
    return True


def take(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, sign: int) -> bool:
    """Takes what a position needs when it starts at x (sign 1), or gives it back (-1); False where there is no room for the steps."""
    for i in range(takes.ptr[v], takes.ptr[v + 1]):
        r = takes.pool[i]
        begin = x + takes.begin[i]
        end = x + takes.end[i]
        units = -sign * takes.units[i]
        if pools.axis[r] == clock:
            if not change_free(pools, r, begin, end, units):
                return False
            continue
        while begin < end:
            left = shift_left(cal, clock, begin)
            if left > end - begin:
                left = end - begin
            t = start_at(cal, clock, begin)
            if not change_free(pools, r, t, t + left, units):
                return False
            begin += left
    return True
