"""Work in pieces: where work that may be interrupted finds room soonest, in how many pieces and how short ones it allows.

Free time is walked through from the front. Work is done soonest at a time if the longest of the free times before it are used, as many as
it may have pieces: what they hold is done then, and the rest in the free time at hand. With the same need all the time that is the soonest
finish there is. Preemption in scheduling under limited resources: Demeulemeester and Herroelen (EJOR 90, 1996).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipmo.network.kernels.columns import FAR, Tables
from ipmo.network.kernels.pools import Pools, Takes, next_supply, room_from, room_until

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


def clear_from(cal: Tables, clock: int, pools: Pools, takes: Takes, way: int, x: int, length: int) -> int:
    """The earliest time from x on from which all that a way takes is free for some time; FAR where there is none."""
    first = takes.ptr[way]
    last = takes.ptr[way + 1]
    i = first
    fitting = 0
    while fitting < last - first:
        y = x
        if takes.end[i] < FAR:
            y = room_from(cal, clock, pools, takes.pool[i], takes.units[i], x, x + length)
        if y >= FAR // 2:
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


def clear_until(cal: Tables, clock: int, pools: Pools, takes: Takes, way: int, x: int, end: int) -> int:
    """Until when all that a way takes is free, from x on."""
    for i in range(takes.ptr[way], takes.ptr[way + 1]):
        if takes.end[i] < FAR:
            end = room_until(cal, clock, pools, takes.pool[i], takes.units[i], x, end)
    return end


def shortest_of(begins: Ints, ends: Ints, size: int) -> int:
    """The first of the shortest of so many pieces."""
    found = 0
    for k in range(1, size):
        if ends[k] - begins[k] < ends[found] - begins[found]:
            found = k
    return found


def in_pieces(cal: Tables, clock: int, pools: Pools, takes: Takes, v: int, x: int, long: int, below: int) -> tuple[int, int, int]:
    """The start, the finish and the number of pieces of the chosen way of a position where it is done soonest; no pieces where nothing is found.

    The pieces themselves are left in the spare columns. What a way takes more of at some time than at others it is given all the time.

    Args:
        cal, clock, pools, takes, v: as for `pools.earliest_fit`.
        x: it starts no earlier.
        long: how long the work is.
        below: it must be done before.
    """
    way = takes.chosen[v]
    least = takes.least[v]
    most = takes.room[v + 1] - takes.room[v]
    if most * least > long:
        most = long // least
    if most < 2:
        return FAR, FAR, 0
    begins, ends = takes.spare, takes.spare_end
    for i in range(takes.ptr[way], takes.ptr[way + 1]):
        if takes.end[i] >= FAR:
            y = next_supply(cal, clock, pools, takes, i, x)
            if y > x:
                x = y
    size = 0
    held = 0
    while x < FAR // 2:
        x = clear_from(cal, clock, pools, takes, way, x, least)
        if x >= FAR // 2 or x + least >= below:
            break
        end = clear_until(cal, clock, pools, takes, way, x, x + long)
        rest = long - held
        short = 0  # what earlier pieces leave to the last one
        if rest < least:
            short = least - rest
            rest = least
        if x + rest <= end:
            if x + rest >= below:
                break
            begins[size], ends[size] = x, x + rest
            k = 0
            while short > 0:
                given = ends[k] - begins[k] - least
                if given > short:
                    given = short
                begins[k] += given
                short -= given
                k += 1
            return int(begins[0]), int(x + rest), size + 1
        if size < most - 1:
            begins[size], ends[size] = x, end
            size += 1
            held += end - x
        elif size > 0:
            k = shortest_of(begins, ends, size)
            if end - x > ends[k] - begins[k]:
                held += (end - x) - (ends[k] - begins[k])
                for j in range(k, size - 1):
                    begins[j], ends[j] = begins[j + 1], ends[j + 1]
                begins[size - 1], ends[size - 1] = x, end
        x = end
    return FAR, FAR, 0
