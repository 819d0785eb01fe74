"""Shapley values of the benefits map in closed form: what a benefit needs as a formula, each term of which is shared alike by all whom it needs.

A benefit that comes with all of some initiatives, and without any of them not, is due to each of them alike. What comes by one of
several ways is a sum of such terms (inclusion and exclusion), and what comes in shares is one: values add, so that no order
has to be drawn. Source: J. Harsanyi, "A simplified bargaining model for the n-person cooperative game" (1963), dividends.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence

from ipmo.model.benefits_map import Way
from ipmo.network.losses import Losses

__all__ = ["Level", "dividends", "levels", "shared_alike"]

Ways = tuple[int, ...]
"""Alternatives, each of initiatives that are all needed, as bits of a number; none: it never comes."""
Level = Mapping[Ways, float]
"""How far something comes: the sum of some amounts, each where one of some alternatives is there."""
ALWAYS: Ways = (0,)
MOST_WAYS, MOST_TERMS = 10, 64
"""Alternatives, and terms of a sum, up to which a formula is followed."""


class EntangledError(Exception):
    """A formula has too many terms, or is the least or the best of several that come in part."""


def levels(known: Losses, needs: Mapping[str, int]) -> dict[str, Level | None]:
    """How far everything on the map comes about, by the initiatives that are there; None where no formula of a few terms says it.

    Args:
        known: the map.
        needs: of each piece of work on the map the initiatives that it needs, as bits.
    """
    found, out = known.map, dict[str, Level | None]()
    for node in found.order:
        coming = {id(way) for way in known.coming.get(node, ())}
        try:
            out[node] = _level([(way, _of(way, id(way) in coming, needs, out)) for way in found.into.get(node, ())])
        except EntangledError:
            out[node] = None
    return out


def _of(way: Way, comes: bool, needs: Mapping[str, int], known: Mapping[str, Level | None]) -> Level:
    """How far comes what a way leaves."""
    if not comes:
        return {}
    if way.source in needs:
        return {(needs[way.source],): 1.0}
    level = known.get(way.source, {ALWAYS: 1.0})
    if level is None:
        raise EntangledError
    return level


def _level(ways: Sequence[tuple[Way, Level]]) -> Level:
    """`level_of` in formulas."""
    needed = [level for way, level in ways if way.need == "all"]
    either = [level for way, level in ways if way.need == "any"]
    shared = [(way.share or 0.0, level) for way, level in ways if way.need == "share"]
    least = _least([*needed, *([_best(either)] if either else [])])
    if not shared:
        return least
    total: dict[Ways, float] = {ALWAYS: 1.0 - sum(share for share, _ in shared)}
    for share, level in shared:
        for some, amount in level.items():
            total[some] = total.get(some, 0.0) + share * amount
    return _times(least, total)


def _whole(level: Level) -> bool:
    """Whether it comes as a whole or not at all."""
    return not level or (len(level) == 1 and next(iter(level.values())) == 1.0)


def _least(several: Sequence[Level]) -> Level:
    """The least of some: where at most one comes in part, their product."""
    if len(several) > 1 and sum(not _whole(level) for level in several) > 1:
        raise EntangledError
    return functools.reduce(_times, several) if several else {ALWAYS: 1.0}


def _best(several: Sequence[Level]) -> Level:
    """The best of some: one that comes in part must be alone."""
    if len(several) == 1:
        return several[0]
    if not all(map(_whole, several)):
        raise EntangledError
    ways = _fewest([one for level in several for some in level for one in some])
    return {ways: 1.0} if ways else {}


def _times(one: Level, other: Level) -> Level:
    out: dict[Ways, float] = {}
    for some, amount in one.items():
        for more, factor in other.items():
            both = some if more == ALWAYS else more if some == ALWAYS else _fewest([a | b for a in some for b in more])
            out[both] = out.get(both, 0.0) + amount * factor
    if len(out) > MOST_TERMS:
        raise EntangledError
    return out


def _fewest(ways: Sequence[int]) -> Ways:
    """Alternatives without those that need all that another needs, and more."""
    out: list[int] = []
    for way in sorted(set(ways), key=lambda bits: (bits.bit_count(), bits)):
        if not any(fewer & way == fewer for fewer in out):
            out.append(way)
    if len(out) > MOST_WAYS:
        raise EntangledError
    return tuple(out)


def dividends(level: Level) -> dict[int, float]:
    """A formula as a sum of amounts, each of which comes with all of some initiatives (as bits) and without any of them not."""
    out: dict[int, float] = {}
    for ways, amount in level.items():
        for size in range(1, len(ways) + 1):
            for some in itertools.combinations(ways, size):
                needed = 0
                for bits in some:
                    needed |= bits
                out[needed] = out.get(needed, 0.0) + (amount if size % 2 else -amount)
    return out


def shared_alike(terms: Mapping[int, float], count: int) -> list[float]:
    """What each of some initiatives is due of amounts that are shared alike by all that are needed for them.

    Args:
        terms: amounts by the initiatives needed, as bits.
        count: how many initiatives there are.
    """
    import numpy as np

    size, out = max((count + 7) // 8, 1), np.zeros(count)
    some = [(bits, amount) for bits, amount in terms.items() if bits and amount]
    for begin in range(0, len(some), 4096):
        part = some[begin : begin + 4096]
        rows = np.frombuffer(b"".join([bits.to_bytes(size, "little") for bits, _ in part]), np.uint8).reshape(len(part), size)
        each = np.array([amount / bits.bit_count() for bits, amount in part], np.float64)
        out += each @ np.unpackbits(rows, axis=1, count=count, bitorder="little")
    found: list[float] = out.tolist()
    return found
