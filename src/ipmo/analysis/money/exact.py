"""Exact amounts as columns: whole numbers over one denominator, 64 bits where they fit and Python's own where they do not."""

from __future__ import annotations

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

__all__ = ["COMMON", "EXACT", "ExactColumn", "Placed", "Running", "Sums", "exact_column", "fitted", "fitting", "half_even"]

COMMON = 10**9
"""Amounts are brought to a common denominator up to it; what has another one is added by itself."""
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
    """

    def __init__(self, amounts: Mapping[int, Fraction], column: Placed | None = None) -> None:
        import numpy as np

        if column is not None and (column.amounts.below > COMMON or not len(column.places)):  # no denominator is common to it and others
            amounts = {**amounts, **{place: column.amounts.at(row) for row, place in enumerate(column.places.tolist())}}
            column = None
        if column is not None or len(amounts) > 1:
            amounts = dict(sorted(amounts.items()))
        self._places: Whole | None = None
        """Where the amounts stand, where a column says so."""
        pairs = [amount.as_integer_ratio() for amount in amounts.values()]
        below = 1 if column is None else column.amounts.below
        for under in sorted({under for _, under in pairs}):
            below = common if (common := math.lcm(below, under)) <= COMMON else below
        self._below = below
        self._at = list(amounts)
        self._rest = (
            {place: one for place, one in amounts.items() if below % one.denominator} if below > 1 or any(u > 1 for _, u in pairs) else {}
        )
        self._rest_at = list(self._rest)
        whole = fitting([above * (below // under) if below % under == 0 else 0 for above, under in pairs])
        if column is not None:
            self._places = column.places if not self._at else None
            self._at, whole = _merged(self._at, whole, column, below // column.amounts.below)
        self._sums = np.concatenate(([0], np.cumsum(whole) if whole.dtype != object else np.add.accumulate(whole)))

    def count(self, first: int, end: int) -> int:
        """How many amounts lie from a position on, before another."""
        return bisect_left(self._at, end) - bisect_left(self._at, first)

    def sum(self, first: int, end: int) -> Fraction:
        """Their sum."""
        before, last = bisect_left(self._at, first), bisect_left(self._at, end)
        if before == last:
            return ZERO
        found = Fraction(int(self._sums[last]) - int(self._sums[before]), self._below)
        low, high = bisect_left(self._rest_at, first), bisect_left(self._rest_at, end)
        if low == high:
            return found
        by_denominator: dict[int, int] = {}
        for place in self._rest_at[low:high]:
            one = self._rest[place]
            by_denominator[one.denominator] = by_denominator.get(one.denominator, 0) + one.numerator
        return sum((Fraction(above, under) for under, above in by_denominator.items()), found)

    def sums(self, first: Whole, end: Whole) -> Sums:
        """The sums of many ranges."""
        import numpy as np

        at = np.array(self._at, np.int64) if self._places is None else self._places
        before, last = np.searchsorted(at, first), np.searchsorted(at, end)
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


def _merged(places: Sequence[int], whole: Whole, column: Placed, times: int) -> tuple[list[int], Whole]:
    """Positions and whole numbers of some amounts and of a column of others, whose numbers count so many times, in order."""
    import numpy as np

    numbers = np.concatenate((whole, fitted(column.amounts.numbers, times)))
    if numbers.dtype != object and len(numbers) and int(np.abs(numbers).max()) * len(numbers) >= ROOM:
        numbers = fitting(numbers.tolist())
    if not places:
        return column.places.tolist(), numbers
    at = np.concatenate((np.array(places, np.int64), column.places))
    order = np.argsort(at, kind="stable")
    return at[order].tolist(), numbers[order]


def fitted(numbers: Whole, times: int | Whole) -> Whole:
    """Whole numbers times another, or each times its own: of Python's where a product might not fit 64 bits."""
    import numpy as np

    most = times if isinstance(times, int) else int(np.abs(times).max()) if len(times) else 1
    if numbers.dtype != object and len(numbers) and int(np.abs(numbers).max()) * most >= ROOM:
        numbers = numbers.astype(object)
    found: Whole = numbers * times
    return found
