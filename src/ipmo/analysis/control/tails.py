"""How heavy the tail of some ratios is: whether a mean of them says anything at all."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import attrs

from ipmo.notebooks import Shown

__all__ = ["Tail", "tail_of"]

LEAST = 20
"""Ratios from which a tail is looked at: their root is what it is taken from."""
Z = statistics.NormalDist().inv_cdf(0.975)


@attrs.frozen(kw_only=True)
class Tail(Shown):
    """How the largest of some values fall off, as a power of their size.

    Args:
        index: the power: below 1 there is no mean, below 2 no standard deviation.
        low, high: its 95 % interval.
        largest: how many values it is taken from.
        over: the value that they lie above.
    """

    index: float
    low: float
    high: float
    largest: int
    over: float

    @property
    def text(self) -> str:
        """What it means, in a sentence."""
        means = (
            "a mean of them may not exist" if self.low <= 1 else "their spread may not exist" if self.low <= 2 else "it falls off quickly"
        )
        return f"the largest {self.largest} above {self.over:.2f} fall off with index {self.index:.1f} ({self.low:.1f} to {self.high:.1f}): {means}"


def tail_of(values: Sequence[float]) -> Tail | None:
    """The tail index of positive values by Hill's estimator, from the largest of them, as many as the root of their number; None of too few.

    Its interval is exact where the tail is Pareto's: twice the number over the ratio of true to estimated index is chi-squared (quantiles by Wilson and
    Hilferty). Source: Hill, A Simple General Approach to Inference About the Tail of a Distribution (1975).

    Args:
        values: in any order.
    """
    ordered = sorted(value for value in values if value > 0)
    if len(ordered) < LEAST:
        return None
    count = math.isqrt(len(ordered))
    over = ordered[-count - 1]
    mean = sum(math.log(value / over) for value in ordered[-count:]) / count
    if mean <= 0:  # the largest are alike
        return None
    index = 1 / mean
    low, high = (_chi_squared(2 * count, z) / (2 * count) for z in (-Z, Z))
    return Tail(index=index, low=index * low, high=index * high, largest=count, over=over)


def _chi_squared(degrees: int, z: float) -> float:
    """The quantile of chi-squared at that of a normal deviate, by Wilson and Hilferty (1931)."""
    part = 2 / (9 * degrees)
    return float(degrees * (1 - part + z * math.sqrt(part)) ** 3)
