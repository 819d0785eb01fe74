"""Lower bounds of a finish from what work takes of a pool: it cannot all be done before the pool has given so much.

The work that can begin after some time at the earliest needs its units times its minutes from then on; what must follow the least of it comes
on top. Source: the energetic bound of cumulative scheduling; Baptiste, Le Pape and Nuijten (Annals of OR 92, 1999).
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Piece", "least_finish"]


class Piece(NamedTuple):
    """Work on a pool.

    Args:
        head: when it can begin at the earliest.
        energy: its units times its time.
        tail: how long what must follow it takes at least.
    """

    head: int
    energy: int
    tail: int


def least_finish(steps: Sequence[tuple[int, int]], work: Iterable[Piece]) -> int | None:
    """When all work on a pool, and what follows it, is done at the earliest; None without work.

    Args:
        steps: (time, units) from when on there are so many; the last goes on for ever. Where it has none, what is not done by then is said to be
            done then, which is early enough for a bound.
        work: the work.

    >>> steps = [(0, 2), (10, 1)]
    >>> least_finish(steps, [Piece(0, 15, 0), Piece(0, 8, 3)]), least_finish(steps, [Piece(4, 15, 0)]), least_finish(steps, [])
    (13, 13, None)
    """
    times = [time for time, _ in steps]
    given = [0]
    for (time, units), (after, _) in itertools.pairwise(steps):
        given.append(given[-1] + units * (after - time))
    best, energy, tail = None, 0, None
    for piece in sorted(work, reverse=True):
        energy += piece.energy
        tail = piece.tail if tail is None else min(tail, piece.tail)
        place = max(bisect.bisect_right(times, piece.head) - 1, 0)
        needed = given[place] + steps[place][1] * max(piece.head - times[place], 0) + energy
        place = bisect.bisect_left(given, needed) - 1
        units = steps[place][1]
        done = times[place] if place == len(steps) - 1 and not units else times[place] - (given[place] - needed) // units
        best = done + tail if best is None else max(best, done + tail)
    return best
