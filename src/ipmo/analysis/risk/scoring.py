"""Scores of forecasts against what came: coverage, the Brier score with its parts, and the continuous ranked probability score.

What is not done yet is known only up to the day on which it was last seen: scores count up to then, for what is done and what is not, so
that leaving late items out makes nobody look better. Source: Brier (1950); Murphy (1973) and Stephenson et al. (2008) on its parts;
Gneiting and Ranjan (2011) on scores up to a threshold; Kaplan and Meier (1958); Wilson (1927).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Brier", "Distribution", "brier", "kaplan_meier", "wilson"]

BINS = 10
"""Bins of probabilities, each a tenth wide."""
Z = 1.959964


class Distribution(NamedTuple):
    """What may come: values in rising order, and the probability up to each; what is left of 1 lies beyond all of them.

    Args:
        values: in rising order.
        reached: the probability of at most each value.
    """

    values: tuple[float, ...]
    reached: tuple[float, ...]

    @classmethod
    def of(cls, samples: Iterable[float]) -> Distribution:
        """Samples that are all as likely.

        >>> Distribution.of([3, 1, 3, 2])
        Distribution(values=(1, 2, 3), reached=(0.25, 0.5, 1.0))
        """
        ordered = sorted(samples)
        last = {value: place for place, value in enumerate(ordered, start=1)}
        return cls(tuple(last), tuple(place / len(ordered) for place in last.values()))

    def by(self, value: float) -> float:
        """The probability of at most a value."""
        found = 0.0
        for one, share in zip(self.values, self.reached, strict=True):
            if one > value:
                break
            found = share
        return found

    def p(self, share: float) -> float:
        """The least value that is reached with a probability; infinite where that lies beyond all of them."""
        return next((one for one, reached in zip(self.values, self.reached, strict=True) if reached >= share - 1e-12), math.inf)

    def crps(self, came: float, until: float) -> float:
        """The continuous ranked probability score up to a point, in the unit of the values; the less, the better.

        The integral of (F(t) - 1[came <= t])^2 over t up to `until`; of a certain forecast it is how far it was off.

        Args:
            came: what came; infinite where it has not yet.
            until: up to where is known.

        >>> Distribution.of([10]).crps(14, 100), Distribution.of([10, 20]).crps(14, 100), Distribution.of([10]).crps(math.inf, 16)
        (4.0, 2.5, 6.0)
        """
        edges = sorted({one for one in (*self.values, came) if one < until})
        total, below = 0.0, 0.0
        reached = dict(zip(self.values, self.reached, strict=True))
        for one, after in itertools.pairwise([*edges, until]):
            below = reached.get(one, below)
            total += (below - (came <= one)) ** 2 * (after - one)
        return float(total)


class Brier(NamedTuple):
    """The Brier score and its parts: score = reliability - resolution + uncertainty + within.

    Args:
        score: the mean of (probability - came)^2; 0 is best, 0.25 says nothing.
        reliability: how far probabilities are from how often it came; the less, the better.
        resolution: how far apart what came is between the bins; the more, the better.
        uncertainty: of what came; not the forecasts' doing.
        within: what differs inside bins.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier(forecasts: Sequence[tuple[float, bool, float]]) -> Brier | None:
    """The score of probabilities, and its parts by bins of a tenth; None of no forecasts.

    Args:
        forecasts: (probability, whether it came, weight) of each.

    >>> [round(part, 4) for part in brier([(0.8, True, 1), (0.8, True, 1), (0.8, False, 1), (0.2, False, 1)])[:4]]
    [0.19, 0.0233, 0.0833, 0.25]
    """
    whole = sum(weight for *_, weight in forecasts)
    if not whole:
        return None
    score = sum(weight * (p - came) ** 2 for p, came, weight in forecasts) / whole
    base = sum(weight * came for _, came, weight in forecasts) / whole
    bins: dict[int, list[tuple[float, bool, float]]] = {}
    for one in forecasts:
        bins.setdefault(min(int(one[0] * BINS + 1e-9), BINS - 1), []).append(one)
    reliability = resolution = 0.0
    for inside in bins.values():
        size = sum(weight for *_, weight in inside)
        said = sum(weight * p for p, _, weight in inside) / size
        came = sum(weight * yes for _, yes, weight in inside) / size
        reliability += size * (said - came) ** 2 / whole
        resolution += size * (came - base) ** 2 / whole
    uncertainty = base * (1 - base)
    return Brier(score, reliability, resolution, uncertainty, score - (reliability - resolution + uncertainty))


def kaplan_meier(seen: Iterable[tuple[float, bool]]) -> Distribution:
    """The distribution of what came, where some has not come yet.

    Args:
        seen: (value, True) of what came, (value, False) of what had not come at that value.

    >>> found = kaplan_meier([(1, True), (2, False), (3, True)])
    >>> found.values, [round(share, 3) for share in found.reached]
    ((1, 3), [0.333, 1.0])
    """
    ordered = sorted(seen, key=lambda one: (one[0], not one[1]))
    left, surviving = len(ordered), 1.0
    steps: dict[float, float] = {}
    for value, came in ordered:
        if came:
            surviving *= 1 - 1 / left
            steps[value] = 1 - surviving
        left -= 1
    return Distribution(tuple(steps), tuple(steps.values()))


def wilson(share: float, count: float) -> tuple[float, float]:
    """The 95 % interval of a share of so many. Source: Wilson (1927).

    >>> [round(one, 3) for one in wilson(0.8, 10)]
    [0.49, 0.943]
    """
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)
