"""Exact amounts as columns: whole numbers over one denominator, 64 bits where they fit and Python's own where they do not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole: TypeAlias = NDArray[Any]
    """A column of whole numbers: int64, or Python's integers where a sum might not fit."""

__all__ = ["Column", "column", "fitting", "half_even"]

ROOM = 2**62
"""Below it, by absolute value, all sums of a column fit 64 bits."""


@attrs.frozen(eq=False)
class Column:
    """Exact amounts: each is its number by the denominator.

    >>> amounts = column([Decimal("0.5"), Fraction(1, 3), 2])
    >>> amounts.numbers.tolist(), amounts.below, amounts.at(1)
    ([3, 2, 12], 6, Fraction(1, 3))

    Args:
        numbers: whole numbers.
        below: the denominator of all.
    """

    numbers: Whole
    below: int

    def at(self, position: int) -> Fraction:
        """The amount at a position."""
        return Fraction(int(self.numbers[position]), self.below)


def column(values: Iterable[Decimal | Fraction | int]) -> Column:
    """Amounts over their least common denominator."""
    pairs = [value.as_integer_ratio() for value in values]
    below = math.lcm(*{under for _, under in pairs})
    if below == 1:
        return Column(fitting([above for above, _ in pairs]), 1)
    return Column(fitting([above * (below // under) for above, under in pairs]), below)


def fitting(numbers: Sequence[int]) -> Whole:
    """Whole numbers as a column in which every sum of them fits."""
    import numpy as np

    bound = max(max(numbers), -min(numbers)) if numbers else 0
    if bound * len(numbers) < ROOM or sum(map(abs, numbers)) < ROOM:
        return np.array(numbers, np.int64)
    found = np.empty(len(numbers), object)
    found[:] = numbers
    return found


def half_even(amounts: Column, scale: int) -> Whole:
    """Each amount in units of one by the scale (100 for pence), rounded half to even."""
    import numpy as np

    numbers, below = amounts.numbers, amounts.below
    common = math.gcd(scale, below)
    scale, below = scale // common, below // common
    if numbers.dtype != object and len(numbers) and int(np.abs(numbers).max()) * scale >= ROOM:
        numbers = numbers.astype(object)
    numbers = numbers * scale
    if below == 1:
        return numbers
    whole, rest = numbers // below, numbers % below
    up = (2 * rest > below) | ((2 * rest == below) & (whole % 2 == 1))
    rounded: Whole = whole + np.asarray(up).astype(whole.dtype)
    return rounded
