"""Exact amounts as columns: whole numbers over one denominator, 64 bits where they fit and Python's own where they do not."""

from __future__ import annotations

import functools
import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole: TypeAlias = NDArray[Any]
    """A column of whole numbers: int64, or Python's integers where a sum might not fit."""

__all__ = [
    "COMMON",
    "EXACT",
    "ROOM",
    "ExactColumn",
    "Placed",
    "Ratios",
    "Running",
    "Sums",
    "exact_column",
    "fitted",
    "fitting",
    "half_even",
    "whole_numbers",
]

COMMON = 10**9
"""Amounts are brought to a common denominator up to it; what has another one is added by itself."""
FEW = 64
"""So many questions are answered from columns before a list of the places is made."""
ZERO = Fraction(0)
ROOM = 2**62
"""Below it, by absolute value, all sums of a column fit 64 bits."""
EXACT = 2**53
"""Below it, by absolute value, every whole number is a float."""


@attrs.frozen(eq=False)
class ExactColumn:
    """Exact amounts: each is its number by the denominator.

    >>> amounts = exact_column([Decimal("0.5"), Fraction(1, 3), 2])
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

    def floats(self) -> NDArray[np.float64]:
        """The amounts as the nearest floats."""
        import numpy as np

        numbers = self.numbers
        if len(numbers) and (self.below >= EXACT or numbers.dtype == object or int(np.abs(numbers).max()) >= EXACT):
            return np.array([one / self.below for one in numbers.tolist()], float)
        found: NDArray[np.float64] = numbers / self.below
        return found


def exact_column(values: Iterable[Decimal | Fraction | int]) -> ExactColumn:
    """Amounts over their least common denominator."""
    pairs = [value.as_integer_ratio() for value in values]
    below = math.lcm(*{under for _, under in pairs})
    if below == 1:
        return ExactColumn(fitting([above for above, _ in pairs]), 1)
    return ExactColumn(fitting([above * (below // under) for above, under in pairs]), below)


def fitting(numbers: Sequence[int]) -> Whole:
    """Whole numbers as a column in which every sum of them fits."""
    import numpy as np

    bound = max(max(numbers), -min(numbers)) if numbers else 0
    if bound * len(numbers) < ROOM or sum(map(abs, numbers)) < ROOM:
        return np.array(numbers, np.int64)
    found = np.empty(len(numbers), object)
    found[:] = numbers
    return found


def half_even(amounts: ExactColumn, scale: int) -> Whole:
    """Each amount in units of one by the scale (100 for pence), rounded half to even."""
    import numpy as np

    numbers, below = amounts.numbers, amounts.below
    common = math.gcd(scale, below)
    scale, below = scale // common, below // common
    if numbers.dtype != object and len(numbers) and (int(np.abs(numbers).max()) * scale >= ROOM or below >= ROOM):
        numbers = numbers.astype(object)  # the product by the scale, or twice what is left over, might not fit 64 bits
    numbers = numbers * scale
    if below == 1:
        return numbers
    whole, rest = numbers // below, numbers % below
    up = (2 * rest > below) | ((2 * rest == below) & (whole % 2 == 1))
    rounded: Whole = whole + np.asarray(up).astype(whole.dtype)
    return rounded


@attrs.frozen(eq=False)
class Placed:
    """A column of exact amounts that stand at some positions.

    Args:
        places: the positions, in order.
        amounts: the amount at each.
    """

    places: Whole
    amounts: ExactColumn


@attrs.frozen(eq=False)
class Ratios:
    """Exact amounts that stand at some positions, each with its own denominator, reduced.

    Args:
        places: the positions, in order.
        above: the numerators.
        under: the denominators.
    """

    places: Whole
    above: Whole
    under: Whole

    @classmethod
    def of(cls, places: Whole, above: Whole, under: Whole) -> Ratios:
        """Whole numbers over others above zero, reduced."""
        import numpy as np

        if above.dtype != under.dtype:
            above, under = above.astype(object), under.astype(object)
        common = np.gcd(above, under)
        return cls(places, above // common, under // common)

    def some(self, which: Whole) -> Ratios:
        """Those of which something holds."""
        return Ratios(self.places[which], self.above[which], self.under[which])


@attrs.frozen(eq=False)
class Sums:
    """Exact sums, one a row: each is its number by its denominator.

    Args:
        above: the numbers, int64 (n).
        below: the denominators, int64 (n).
        known: whether there was anything to sum, bool (n).
        apart: the sums of which one of both does not fit, by row; nothing stands for them in the columns.
    """

    above: Whole
    below: Whole
    known: Whole
    apart: Mapping[int, Fraction]

    def at(self, row: int) -> Fraction:
        """The sum of a row."""
        found = self.apart.get(row)
        return Fraction(int(self.above[row]), int(self.below[row])) if found is None else found


class Running:
    """Exact amounts at some positions, which any range of positions can be summed of.

    >>> running = Running({0: Fraction(1, 2), 3: Fraction(2), 4: Fraction(1, 1_000_003)})
    >>> running.sum(0, 4), running.count(1, 5), running.sum(1, 3)
    (Fraction(5, 2), 2, Fraction(0, 1))

    Args:
        amounts: by position.
        column: amounts at other positions.
        ratios: amounts at others still.
    """

    def __init__(self, amounts: Mapping[int, Fraction], column: Placed | None = None, ratios: Ratios | None = None) -> None:
        import numpy as np

        if column is not None and (column.amounts.below > COMMON or not len(column.places)):  # no denominator is common to it and others
            amounts = {**amounts, **{place: column.amounts.at(row) for row, place in enumerate(column.places.tolist())}}
            column = None
        at, above, under = _apart(amounts, ratios)
        self._below = below = _common(1 if column is None else column.amounts.below, under)
        fits = below % under == 0 if len(under) else np.zeros(0, bool)
        rest = np.flatnonzero(~fits)
        self._rest_at: list[int] = at[rest].tolist()
        self._rest: list[tuple[int, int]] = list(zip(above[rest].tolist(), under[rest].tolist(), strict=True))
        numbers = np.where(fits, above, 0)
        whole = fitting(fitted(numbers, np.where(fits, below // under, 0)).tolist()) if len(under) else numbers
        if column is not None:
            at, whole = _merged(at, whole, column, below // column.amounts.below)
        self._places = at
        """Where the amounts stand, in order."""
        self._asked = 0
        self._sums = np.concatenate(([0], np.cumsum(whole) if whole.dtype != object else np.add.accumulate(whole)))

    @functools.cached_property
    def _at(self) -> list[int]:
        found: list[int] = self._places.tolist()
        return found

    def _range(self, first: int, end: int) -> tuple[int, int]:
        """Where the amounts begin that lie from a position on, and where those from another on."""
        self._asked += 1
        at = self._places if self._asked < FEW else self._at  # a list is quicker to ask, and takes time to be made
        return bisect_left(at, first), bisect_left(at, end)

    def count(self, first: int, end: int) -> int:
        """How many amounts lie from a position on, before another."""
        before, last = self._range(first, end)
        return last - before

    def sum(self, first: int, end: int) -> Fraction:
        """Their sum."""
        before, last = self._range(first, end)
        if before == last:
            return ZERO
        found = Fraction(int(self._sums[last]) - int(self._sums[before]), self._below)
        low, high = bisect_left(self._rest_at, first), bisect_left(self._rest_at, end)
        if low == high:
            return found
        by_denominator: dict[int, int] = {}
        for above, under in self._rest[low:high]:
            by_denominator[under] = by_denominator.get(under, 0) + above
        return sum((Fraction(above, under) for under, above in by_denominator.items()), found)

    def sums(self, first: Whole, end: Whole) -> Sums:
        """The sums of many ranges."""
        import numpy as np

        before, last = np.searchsorted(self._places, first), np.searchsorted(self._places, end)
        numbers = self._sums[last] - self._sums[before]
        below = np.full(len(numbers), self._below, np.int64)
        apart: dict[int, Fraction] = {}
        if numbers.dtype == object:
            large = np.flatnonzero(np.array([not -ROOM < one < ROOM for one in numbers.tolist()], bool))
            apart = {row: Fraction(numbers[row], self._below) for row in large.tolist()}
            numbers[large] = 0
            numbers = numbers.astype(np.int64)
        if self._rest_at:
            rest_at = np.array(self._rest_at, np.int64)
            low, high = np.searchsorted(rest_at, first), np.searchsorted(rest_at, end)
            for row in np.flatnonzero(high > low).tolist():
                found = self.sum(int(first[row]), int(end[row]))
                if abs(found.numerator) < ROOM and found.denominator < ROOM:
                    numbers[row], below[row] = found.numerator, found.denominator
                    apart.pop(row, None)
                else:
                    numbers[row], below[row], apart[row] = 0, 1, found
        return Sums(numbers, below, last > before, apart)

    def known(self, first: int, end: int) -> Fraction | None:
        """Their sum; None where there is none."""
        return self.sum(first, end) if self.count(first, end) else None


def _apart(amounts: Mapping[int, Fraction], ratios: Ratios | None) -> tuple[Whole, Whole, Whole]:
    """(positions, numerators, denominators) of amounts of which each has its own denominator, in order."""
    import numpy as np

    pairs = [amount.as_integer_ratio() for amount in amounts.values()]
    at = np.fromiter(amounts, np.int64, len(amounts))
    above, under = (whole_numbers([pair[place] for pair in pairs]) for place in (0, 1))
    if ratios is not None:
        at, above, under = (np.concatenate(both) for both in ((at, ratios.places), (above, ratios.above), (under, ratios.under)))
    if len(at) > 1 and not (at[1:] > at[:-1]).all():
        order = np.argsort(at, kind="stable")
        at, above, under = at[order], above[order], under[order]
    return at, above, under


def _common(below: int, under: Whole) -> int:
    """A common denominator of a column and, as far as it stays small, of others."""
    for one in sorted(set(under.tolist())):
        below = common if (common := math.lcm(below, one)) <= COMMON else below
    return below


def whole_numbers(numbers: Sequence[int]) -> Whole:
    """Whole numbers as a column: 64 bits where each fits."""
    import numpy as np

    if not numbers or max(max(numbers), -min(numbers)) < ROOM:
        return np.array(numbers, np.int64)
    found = np.empty(len(numbers), object)
    found[:] = numbers
    return found


def _merged(places: Whole, whole: Whole, column: Placed, times: int) -> tuple[Whole, Whole]:
    """Positions and whole numbers of some amounts and of a column of others, whose numbers count so many times, in order."""
    import numpy as np

    numbers = np.concatenate((whole, fitted(column.amounts.numbers, times)))
    if numbers.dtype != object and len(numbers) and int(np.abs(numbers).max()) * len(numbers) >= ROOM:
        numbers = fitting(numbers.tolist())
    if not len(places):
        return column.places, numbers
    at = np.concatenate((places, column.places))
    order = np.argsort(at, kind="stable")
    return at[order], numbers[order]


def fitted(numbers: Whole, times: int | Whole) -> Whole:
    """Whole numbers times another, or each times its own: of Python's where a product might not fit 64 bits."""
    import numpy as np

    if not len(numbers):
        return numbers
    most = times if isinstance(times, int) else int(np.abs(times).max())
    if numbers.dtype != object and len(numbers) and int(np.abs(numbers).max()) * most >= ROOM:
        numbers = numbers.astype(object)
    found: Whole = numbers * times
    return found
