"""Why no plan can exist: the smallest set of demands for one pool that cannot all be met in the time that there is for them.

Two arguments are looked at. Work that must lie wholly between two times needs its units times its minutes of what there is between them; and
work that cannot but go on at a time, because its latest start is before and its earliest finish after it, needs its units then. Of each too
large set the fewest that are too much already are those that need the most. Source: overload checking and compulsory parts of
cumulative scheduling; Lahrichi (1982), Baptiste, Le Pape and Nuijten (Annals of OR 92, 1999).

Sets of two to four that are smaller than what these find are tried in every order, each demand as early as it fits: of demands that are not
interrupted one order keeps every last time if any plan does, since none is then later than in that plan.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.clocks import FAR
from ipmo.network.levelling import Leveller
from ipmo.network.pooled import MOST_AHEAD
from ipmo.network.positions import plain

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["Asked", "Overload", "overload", "overload_of"]

MOST = 400
"""So many demands of a pool are looked at, those that must be done first: pairs of times are tried."""
FEW = 4
"""Sets of so many demands, at most, are tried in every order."""
TRIED = 1500
"""So many sets are tried, at most, of the demands with the least time to spare."""


class Asked(NamedTuple):
    """A demand for a pool that must be met within a time.

    Args:
        name: whose it is; one that asks twice counts as one.
        head: when it can begin at the earliest.
        last: when it must end at the latest.
        length: how long it is.
        units: how much it takes.
        whole: it is not interrupted.
    """

    name: int
    head: int
    last: int
    length: int
    units: int
    whole: bool = True


class Overload(NamedTuple):
    """Demands that cannot all be met.

    Args:
        names: whose they are, what needs the most first.
        begin: from when on.
        end: until when; `begin` where it is about one moment.
        needed: units, times minutes where it is about a time.
        there: what there is; as much as is needed, or more, where no order of them fits it all the same.
    """

    names: tuple[int, ...]
    begin: int
    end: int
    needed: int
    there: int


def overload(steps: Sequence[tuple[int, int]], asked: Iterable[Asked]) -> Overload | None:
    """The smallest set of demands that no plan meets; None where neither argument finds any.

    Args:
        steps: (time, units) from when on there are so many; the first holds from ever, the last for ever.
        asked: the demands.

    >>> steps = [(0, 1)]
    >>> overload(steps, [Asked(0, 0, 5, 2, 1), Asked(1, 0, 5, 2, 1), Asked(2, 0, 5, 2, 1), Asked(3, 0, 9, 2, 1)])
    Overload(names=(0, 1, 2), begin=0, end=5, needed=6, there=5)
    >>> overload(steps, [Asked(0, 0, 5, 4, 1), Asked(1, 2, 8, 5, 1)])
    Overload(names=(0, 1), begin=3, end=3, needed=2, there=1)
    >>> overload(steps, [Asked(0, 0, 5, 2, 1), Asked(1, 0, 5, 3, 1)])
    >>> overload(steps, [Asked(0, 0, 5, 2, 1), Asked(1, 0, 5, 2, 1), Asked(2, 1, 2, 1, 1)])
    Overload(names=(0, 1, 2), begin=0, end=5, needed=5, there=5)
    """
    some = sorted(asked, key=lambda one: (one.last, one.head))[:MOST]
    found = [one for one in (_in_a_time(steps, some), _at_once(steps, some)) if one is not None]
    best = min(found, key=lambda one: (len(one.names), one.end - one.begin, one.begin), default=None)
    return _in_no_order(steps, some, FEW if best is None else min(len(best.names) - 1, FEW)) or best


def overload_of(leveller: Leveller, place: int, latest: Ints) -> Overload | None:
    """The smallest set of positions that cannot all take what they need of a pool from when they can start to when they must.

    Args:
        leveller: the network and the pools.
        place: of the pool.
        latest: the latest start of each position, FAR where nothing asks; what is too late by links alone is left out.
    """
    if leveller.pools[place].used_up:
        return _used_up(leveller, place)
    net, axis, x, late = leveller.network, leveller.axes[place], plain(leveller.least.x), plain(latest)
    today = plain(leveller.today.x)
    steps, nodes, fixed = (
        [(max(time, -MOST_AHEAD), units) for time, units in leveller.steps_of(place)],
        leveller.plain.nodes,
        plain(leveller.fixed),
    )
    gone = steps[-1][0] if len(steps) > 1 and not leveller.pools[place].steps[-1][1] else FAR
    seen = leveller.seen_until(place)  # hours of a pool that are not looked up are no argument
    asked, clock = list[Asked](), net.clock(axis)
    for row in leveller.asked:
        v = row.node
        if row.pool != place or v in leveller.choosing:
            continue
        start = x[v] if fixed[v] == today[v] else late[v]
        begin, last = x[v] + row.begin, start + row.end if x[v] <= start < FAR // 2 else FAR
        if nodes.clk[v] != axis:
            own = net.clock(nodes.clk[v])
            begin, last = clock.work(own.start(begin)), last if last == FAR else clock.work(own.finish(last))
        if min(last, gone) < FAR and min(last, gone) <= seen:
            asked.append(
                Asked(v, begin, min(last, gone), row.end - row.begin, row.units, v not in leveller.splits and nodes.clk[v] == axis)
            )
    found = overload(steps, asked)
    if found is None:
        return None
    return found._replace(
        begin=clock.start(found.begin), end=clock.finish(found.end) if found.end > found.begin else clock.start(found.end)
    )


def _used_up(leveller: Leveller, place: int) -> Overload | None:
    """The fewest that use up more than there ever is, each in the way that takes the least."""
    ways: dict[int, dict[int, int]] = {v: {way: 0 for one, way in leveller.lengths if one == v} for v in leveller.choosing}
    for row in leveller.asked:
        by_way = ways.setdefault(row.node, {})
        by_way[row.way] = by_way.get(row.way, 0) + (row.units if row.pool == place else 0)
    least = {v: min(by_way.values(), default=0) for v, by_way in ways.items()}
    there = leveller.pools[place].most
    if sum(least.values()) <= there:
        return None
    names, needed = _fewest(((v, units) for v, units in least.items() if units), there)
    begin = leveller.network.clock(leveller.plain.nodes.clk[names[0]]).start(min(plain(leveller.least.x)[v] for v in names))
    return Overload(names, begin, begin, needed, there)


def _in_no_order(steps: Sequence[tuple[int, int]], asked: Sequence[Asked], most: int) -> Overload | None:
    """The smallest set, of so many at most, that fits in no order; None where none was found in the tries there are."""
    alone = {name: count for name, count in Counter(one.name for one in asked).items() if count == 1}
    some = [one for one in asked if one.name in alone and one.whole and one.last < FAR]  # one that asks twice must start at one time
    some.sort(key=lambda one: one.last - one.head - one.length)
    left, first = TRIED, min((one.head for one in some), default=0)
    low = min((units for at, (_, units) in enumerate(steps) if at + 1 == len(steps) or steps[at + 1][0] > first), default=0)
    for size in range(1, most + 1):
        while math.comb(len(some), size) > left and len(some) > size:
            some.pop()
        for group in itertools.combinations(some, size):
            left -= 1
            begin, end = min(one.head for one in group), max(one.last for one in group)
            if sum(one.units for one in group) > low and not _fits(steps, group, ()):
                needed = sum(one.units * one.length for one in group)
                names = sorted(group, key=lambda one: (-one.units * one.length, one.name))
                return Overload(tuple(one.name for one in names), begin, end, needed, _between(steps, begin, end))
    return None


def _fits(steps: Sequence[tuple[int, int]], group: Sequence[Asked], placed: tuple[tuple[int, int, int], ...]) -> bool:
    """Whether some order of demands keeps every last time, each as early as it fits beside (begin, end, units) of those before it."""
    if not group:
        return True
    for at, one in enumerate(group):
        start = _earliest(steps, placed, one)
        if start is not None and _fits(steps, (*group[:at], *group[at + 1 :]), (*placed, (start, start + one.length, one.units))):
            return True
    return False


def _earliest(steps: Sequence[tuple[int, int]], placed: Sequence[tuple[int, int, int]], one: Asked) -> int | None:
    """The earliest start of a demand beside others; None where it would end too late."""
    changes = sorted({one.head, *(end for _, end, _ in placed), *(time for time, _ in steps)})
    for start in (time for time in changes if one.head <= time <= one.last - one.length):
        end = start + one.length
        inside = [start, *(time for time, _ in steps if start < time < end), *(begin for begin, _, _ in placed if start < begin < end)]
        if all(_there(steps, at) - sum(units for begin, until, units in placed if begin <= at < until) >= one.units for at in inside):
            return start
    return None


def _there(steps: Sequence[tuple[int, int]], at: int) -> int:
    return steps[max(bisect.bisect_right(steps, at, key=lambda step: step[0]) - 1, 0)][1]


def _between(steps: Sequence[tuple[int, int]], begin: int, end: int) -> int:
    """What there is between two times."""
    inside = [begin, *(time for time, _ in steps if begin < time < end), end]
    return sum(_there(steps, since) * (until - since) for since, until in itertools.pairwise(inside))


def _in_a_time(steps: Sequence[tuple[int, int]], asked: Sequence[Asked]) -> Overload | None:
    """The smallest set that needs more between two times than there is."""
    times, given = [time for time, _ in steps], [0]
    for (time, units), (after, _) in itertools.pairwise(steps):
        given.append(given[-1] + units * (after - time))
    best = None
    for begin in sorted({one.head for one in asked}):
        inside: list[Asked] = []
        needed, before = 0, _given(steps, times, given, begin)
        for end, group in itertools.groupby((one for one in asked if one.head >= begin), key=lambda one: one.last):
            for one in group:
                inside.append(one)
                needed += one.units * one.length
            there = _given(steps, times, given, end) - before
            if needed > there:
                names, least = _fewest(((one.name, one.units * one.length) for one in inside), there)
                tight = Overload(names, begin, end, least, there)
                if best is None or (len(names), end - begin) < (len(best.names), best.end - best.begin):
                    best = tight
    return best


def _at_once(steps: Sequence[tuple[int, int]], asked: Sequence[Asked]) -> Overload | None:
    """The smallest set that must go on at one time and needs more then than there is."""
    times = [time for time, _ in steps]
    parts = [
        (one.last - one.length, one.head + one.length, one) for one in asked if one.whole and one.last - one.length < one.head + one.length
    ]
    best = None
    for at in sorted({begin for begin, _, _ in parts} | {time for time in times if any(begin < time < end for begin, end, _ in parts)}):
        held = [one for begin, end, one in parts if begin <= at < end]
        there = steps[max(bisect.bisect_right(times, at) - 1, 0)][1]
        if sum(one.units for one in held) > there:
            names, needed = _fewest(((one.name, one.units) for one in held), there)
            if best is None or len(names) < len(best.names):
                best = Overload(names, at, at, needed, there)
    return best


def _given(steps: Sequence[tuple[int, int]], times: Sequence[int], given: Sequence[int], at: int) -> int:
    """What there has been until a time, since the first step."""
    place = max(bisect.bisect_right(times, at) - 1, 0)
    return given[place] + steps[place][1] * (at - times[place])


def _fewest(needs: Iterable[tuple[int, int]], there: int) -> tuple[tuple[int, ...], int]:
    """The fewest that need more together than there is, and how much."""
    whole: dict[int, int] = {}
    for name, need in needs:
        whole[name] = whole.get(name, 0) + need
    names, needed = list[int](), 0
    for name in sorted(whole, key=lambda one: (-whole[one], one)):
        if needed > there:
            break
        names.append(name)
        needed += whole[name]
    return tuple(names), needed
