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
        spare_time, spare_free: room to work in, for as many steps as the largest pool has room for.
    """

    axis: Ints
    first: Ints
    steps: Ints
    time: Ints
    free: Ints
    spare_time: Ints
    spare_free: Ints


class Takes(NamedTuple):
    """What each position takes of pools, in one or several ways: ways `ways[v]` to `ways[v + 1]`, each of rows `ptr[w]` to `ptr[w + 1]`.

    Args:
        ways: where the ways of each position begin, and their number at the end; one that takes nothing has one way without rows.
        chosen: the way of each position that holds now.
        first: the way of each that is taken where no other is sooner.
        ptr: where the rows of each way begin, and their number at the end.
        pool: the pool of each row.
        units: how much of it.
        begin: from how many minutes of the work on, on the position's own clock.
        end: until how many; FAR of what is used up.
        several: 1 where the ways of a position last differently.
        forced: 1 where the first way of such a position is taken although another is done sooner.
        long: how long the work of each way lasts.
        low: where it starts at the earliest by its own bounds.
        low_edge: 1 where its finish then waits for the next shift.
        blocked: 1 where a way is never chosen because it fits: it is the first, and stands for work that stays as it is.
        split: 1 where a position may be interrupted.
        whole: 1 where it is not, as long as it fits in one piece.
        least: how long each of its pieces is at least.
        room: where the pieces of each position stand, and their number at the end: so many it may have.
        pieces: how many it has now; 0 where it is in one piece, from its start on.
        piece, piece_end: when each piece begins and ends, on the position's own clock.
        spare, spare_end: room to work in, for as many pieces as a position may have at most.
    """

    ways: Ints
    chosen: Ints
    first: Ints
    ptr: Ints
    pool: Ints
    units: Ints
    begin: Ints
    end: Ints
    several: Ints
    forced: Ints
    long: Ints
    low: Ints
    low_edge: Ints
    blocked: Ints
    split: Ints
    whole: Ints
    least: Ints
    room: Ints
    pieces: Ints
    piece: Ints
    piece_end: Ints
    spare: Ints
    spare_end: Ints


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


def shift_at(cal: Tables, clock: int, worked: int) -> tuple[int, int]:
    """Where the minute of work after so many lies, as `start_at` has it, and how many are left, with it, until a break or until the tables part."""
    if clock == 0:
        return worked, FAR
    head, periods = cal
    row = head[2 * clock]
    count = head[2 * clock + 1]
    left = FAR
    if count > 1:
        lo = 1
        while lo < count:
            mid = (lo + count) // 2
            if head[row + 6 * mid + 1] <= worked:
                lo = mid + 1
            else:
                count = mid
        if lo < head[2 * clock + 1]:
            left = head[row + 6 * lo + 1] - worked
        row += 6 * (lo - 1)
    week = head[row + 5]
    if week == 0:
        return start_at(cal, clock, worked), FAR
    worked -= head[row + 2]
    weeks = worked // week
    rest = worked - weeks * week
    lo = head[row + 3]
    hi = lo + head[row + 4]
    while lo < hi:
        mid = (lo + hi) // 2
        if periods[3 * mid + 1] <= rest:
            lo = mid + 1
        else:
            hi = mid
    inside = rest - periods[3 * lo - 2]
    until = periods[3 * lo - 1] - inside
    return weeks * 10080 + periods[3 * lo - 3] + inside, until if until < left else left


def used_at(cal: Tables, clock: int, pools: Pools, takes: Takes, i: int, x: int) -> int:
    """When row i takes what it uses up if its work starts at x, on the axis of its pool."""
    if pools.axis[takes.pool[i]] == clock:
        return int(x + takes.begin[i])
    return shift_at(cal, clock, x + takes.begin[i])[0]


def next_supply(cal: Tables, clock: int, pools: Pools, takes: Takes, i: int, x: int) -> int:
    """The earliest start from x on from which there is for ever as much as row i uses up; FAR where there never is."""
    r = takes.pool[i]
    t = used_at(cal, clock, pools, takes, i, x)
    last = pools.first[r] + pools.steps[r] - 1
    k = last
    while pools.free[k] >= takes.units[i]:
        if k == pools.first[r] or pools.time[k] <= t:
            return x
        k -= 1
    if k == last:
        return FAR
    t = pools.time[k + 1]
    return int(t if pools.axis[r] == clock else work(cal, clock, t)) - takes.begin[i]


def use_up(pools: Pools, r: int, t: int, units: int) -> bool:
    """So many units of a pool are gone from a time on for ever, or are there again; False where there is no room for the step."""
    time, free = pools.time, pools.free
    stop = pools.first[r] + pools.steps[r]
    k = step_at(pools, r, t)
    if time[k] != t:
        if stop == pools.first[r + 1]:
            return False
        for j in range(stop - 1, k, -1):
            time[j + 1] = time[j]
            free[j + 1] = free[j]
        k += 1
        time[k] = t
        free[k] = free[k - 1]
        pools.steps[r] += 1
        stop += 1
    for j in range(k, stop):
        free[j] -= units
    return True


def next_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, i: int, x: int) -> int:
    """x where row i fits when its work starts at x; else a later start before which it does not fit; FAR where it never does."""
    if takes.end[i] >= FAR:
        return next_supply(cal, clock, pools, takes, i, x)
    found = room_from(cal, clock, pools, takes.pool[i], takes.units[i], x + takes.begin[i], x + takes.end[i])
    return FAR if found >= FAR // 2 else found - takes.begin[i]


def room_from(cal: Tables, clock: int, pools: Pools, r: int, units: int, begin: int, end: int) -> int:
    """`begin` where so many units of a pool are free between two times of a clock; else a later time before which they are not for as long; FAR where they never are."""
    if pools.axis[r] == clock:
        return short_until(pools, r, begin, end, units)
    time, free = pools.time, pools.free
    stop = pools.first[r] + pools.steps[r]
    short = -1
    t, left = shift_at(cal, clock, begin)
    k = step_at(pools, r, t)
    w = begin
    while True:  # shift by shift, and step by step in each: the last step that is short counts
        if left > end - w:
            left = end - w
        while k + 1 < stop and time[k + 1] <= t:
            k += 1
        while True:
            if free[k] < units:
                short = k
            if k + 1 == stop or time[k + 1] >= t + left:
                break
            k += 1
        w += left
        if w >= end:
            break
        t, left = shift_at(cal, clock, w)
    if short < 0:
        return begin
    return FAR if short + 1 == stop else work(cal, clock, time[short + 1])


def room_until(cal: Tables, clock: int, pools: Pools, r: int, units: int, begin: int, end: int) -> int:
    """The first time between two of a clock at which fewer units of a pool are free; `end` where there is none."""
    if pools.axis[r] == clock:
        t = short_from(pools, r, begin, end, units)
        return t if t > begin else begin
    w = begin
    while w < end:
        t, left = shift_at(cal, clock, w)
        if left > end - w:
            left = end - w
        u = short_from(pools, r, t, t + left, units)
        if u < t + left:
            return w if u <= t else work(cal, clock, u)
        w += left
    return end


def last_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, i: int, x: int) -> int:
    """x where row i fits when its work starts at x; else an earlier start after which it does not fit; -FAR where it never does."""
    if takes.end[i] >= FAR:
        return x if next_supply(cal, clock, pools, takes, i, x) == x else -FAR
    r = takes.pool[i]
    begin = x + takes.begin[i]
    end = x + takes.end[i]
    units = takes.units[i]
    if pools.axis[r] == clock:
        t = short_from(pools, r, begin, end, units)
        return -FAR if t <= -FAR // 2 else x + t - end
    w = begin
    while w < end:
        t, left = shift_at(cal, clock, w)
        if left > end - w:
            left = end - w
        u = short_from(pools, r, t, t + left, units)
        if u <= -FAR // 2:
            return -FAR
        if u < t + left:
            return x + work(cal, clock, u) - end
        w += left
    return x


def earliest_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, limit: int) -> int:
    """The earliest start from x on at which all rows of the chosen way of a position fit; FAR where that is after a limit, or never."""
    first = takes.ptr[takes.chosen[v]]
    last = takes.ptr[takes.chosen[v] + 1]
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


def best_way(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, limit: int) -> int:
    """The earliest start from x on at which one way of a position fits, and that way chosen; FAR where none does up to a limit."""
    first = takes.first[v]
    takes.chosen[v] = first
    best = earliest_fit(cal, clock, pools, takes, v, x, limit)
    way = first
    for other in range(takes.ways[v], takes.ways[v + 1]):
        if best == x:
            break
        if other == first:
            continue
        takes.chosen[v] = other
        y = earliest_fit(cal, clock, pools, takes, v, x, limit if limit < best else best)
        if y < best:
            best = y
            way = other
    takes.chosen[v] = way
    return best


def latest_fit(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, least: int) -> int:
    """The latest start up to x at which all rows of the chosen way of a position fit; -FAR where that is before a limit, or never."""
    first = takes.ptr[takes.chosen[v]]
    last = takes.ptr[takes.chosen[v] + 1]
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


def put_step(time: Ints, free: Ints, size: int, t: int, units: int) -> int:
    """Adds a step to so many: in the place of one at the same time, not at all where as much is free in the last one; how many there are."""
    if size > 0 and time[size - 1] == t:
        size -= 1
    if size > 0 and free[size - 1] == units:
        return size
    time[size] = t
    free[size] = units
    return size + 1


def change_free(cal: Tables, clock: int, pools: Pools, r: int, begin: int, end: int, units: int) -> bool:
    """More units, or fewer, of a pool are free in some work of a clock; False where there is no room for the steps."""
    time, free, times, frees = pools.time, pools.free, pools.spare_time, pools.spare_free
    first = pools.first[r]
    stop = first + pools.steps[r]
    if pools.axis[r] == clock:
        t, left = begin, end - begin
    else:
        t, left = shift_at(cal, clock, begin)
    k = step_at(pools, r, t)
    if k > first and time[k] == t:
        k -= 1
    since = k
    size = put_step(times, frees, 0, time[k], free[k])
    while True:  # shift by shift: what there is is read from k on, what there will be is put aside
        if left > end - begin:
            left = end - begin
        while k + 1 < stop and time[k + 1] <= t:
            k += 1
            size = put_step(times, frees, size, time[k], free[k])
            if size + 4 > len(times):
                return False
        size = put_step(times, frees, size, t, free[k] + units)
        t += left
        while k + 1 < stop and time[k + 1] < t:
            k += 1
            size = put_step(times, frees, size, time[k], free[k] + units)
            if size + 4 > len(times):
                return False
        if k + 1 < stop and time[k + 1] == t:
            k += 1
        size = put_step(times, frees, size, t, free[k])
        begin += left
        if size + 4 > len(times):
            return False
        if begin >= end:
            break
        t, left = shift_at(cal, clock, begin)
    more = size - (k + 1 - since)
    if stop + more > pools.first[r + 1]:
        return False
    if more > 0:
        for j in range(stop - 1, k, -1):
            time[j + more] = time[j]
            free[j + more] = free[j]
    elif more < 0:
        for j in range(k + 1, stop):
            time[j + more] = time[j]
            free[j + more] = free[j]
    for j in range(size):
        time[since + j] = times[j]
        free[since + j] = frees[j]
    pools.steps[r] += more
    return True


def take(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, sign: int) -> bool:
    """Takes what a position needs in its chosen way when it starts at x (sign 1), or gives it back (-1); False where there is no room for the steps."""
    way = takes.chosen[v]
    for i in range(takes.ptr[way], takes.ptr[way + 1]):
        if takes.end[i] >= FAR:
            if not use_up(pools, takes.pool[i], used_at(cal, clock, pools, takes, i, x), sign * takes.units[i]):
                return False
        elif takes.pieces[v] > 0:
            done = 0  # of the work, before each piece
            for k in range(takes.room[v], takes.room[v] + takes.pieces[v]):
                begin, end = takes.piece[k], takes.piece_end[k]
                since = begin if takes.begin[i] <= done else begin + takes.begin[i] - done
                until = end if takes.end[i] >= done + end - begin else begin + takes.end[i] - done
                if since < until and not change_free(cal, clock, pools, takes.pool[i], since, until, -sign * takes.units[i]):
                    return False
                done += end - begin
        elif not change_free(cal, clock, pools, takes.pool[i], x + takes.begin[i], x + takes.end[i], -sign * takes.units[i]):
            return False
    return True
