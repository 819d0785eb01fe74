"""What tasks say of their money and their progress, as columns: each value that occurs is looked at once, whoever says it."""

from __future__ import annotations

import itertools
import operator
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, TypeVar

import attrs

from ipmo.analysis.money.amounts import certain_lump
from ipmo.analysis.money.exact import ROOM, ExactColumn, exact_column, fitting
from ipmo.model.money import Budget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]
    Known = NDArray[np.bool_]

__all__ = ["Coded", "Lumps", "alike", "coded", "many"]

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


@attrs.frozen(eq=False)
class Coded(Generic[T]):
    """A column in which many values are alike.

    Args:
        codes: the place of each among those that occur, int64 (n).
        values: those that occur, in the order in which they do.
    """

    codes: Array
    values: Sequence[T]

    def known(self, tell: Callable[[T], bool]) -> Known:
        """Of each value whether something holds, which is found once for all that are alike."""
        import numpy as np

        if len(self.values) == 1:
            return np.full(len(self.codes), tell(self.values[0]), bool)
        found: Known = np.fromiter(map(tell, self.values), bool, len(self.values))[self.codes]
        return found

    def numbers(self, tell: Callable[[T], int]) -> Array:
        """A whole number for each value, found once for all that are alike."""
        import numpy as np

        found: Array = np.fromiter(map(tell, self.values), np.int64, len(self.values))[self.codes]
        return found

    def by(self, other: Array, tell: Callable[[T, int], int]) -> Array:
        """A whole number for each value beside one of another column, found once for each pair that occurs.

        Args:
            other: whole numbers from 0 on, int64 (n).
            tell: the number of a value and of what stands beside it.
        """
        import numpy as np

        if not len(other):
            return other
        if len(self.values) == 1 and not other.any():
            return np.full(len(other), tell(self.values[0], 0), np.int64)
        many = int(other.max()) + 1
        pairs, where = np.unique(self.codes * many + other, return_inverse=True)
        found = np.fromiter((tell(self.values[pair // many], pair % many) for pair in pairs.tolist()), np.int64, len(pairs))
        told: Array = found[where.reshape(-1)]
        return told

    def __getitem__(self, rows: Array | Known) -> Coded[T]:
        return Coded(self.codes[rows], self.values)


def coded(values: Sequence[H]) -> Coded[H]:
    """A column by what its values are equal to."""
    found = _one(values)
    if found is not None:
        return found
    table, codes = _codes(values)
    return Coded(codes, list(table))


def alike(values: Sequence[T]) -> Coded[T]:
    """A column by which objects its values are: for what is slow to compare, and mostly one object in many places."""
    found = _one(values)
    if found is not None:
        return found
    import numpy as np

    table, codes = _codes(map(id, values))
    first = np.empty(len(table), np.int64)
    first[codes[::-1]] = np.arange(len(values))[::-1]
    return Coded(codes, [values[place] for place in first.tolist()])


def _one(values: Sequence[T]) -> Coded[T] | None:
    """A column of one object in all places; None of others."""
    import numpy as np

    if not values or values[0] is not values[-1]:
        return None
    if values.count(None) == len(values) if values[0] is None else all(map(operator.is_, values, itertools.repeat(values[0]))):
        return Coded(np.zeros(len(values), np.int64), values[:1])
    return None


def _codes(keys: Iterable[H]) -> tuple[Collection[H], Array]:
    """The keys that occur, in the order in which they do, and the place of each among them."""
    import numpy as np

    table = defaultdict[H, int](itertools.count().__next__)
    codes = np.fromiter(map(table.__getitem__, keys), np.int64)
    return table, codes


class Lumps:
    """Money of which each is one certain amount in one currency, or something that is not.

    Args:
        money: what is stated, n of them; None where nothing is.
        currency: the currency.
    """

    def __init__(self, money: Sequence[Budget | None], currency: str) -> None:
        self.stated = alike(money)
        self._amounts = [certain_lump(one, currency) for one in self.stated.values]

    def undated(self, *, spent: bool = False) -> Known:
        """Whether each is one certain amount without a date of its own; of what is spent, one from which on it is meant."""

        def says(place: int) -> bool:
            money = self.stated.values[place]
            return (
                self._amounts[place] is not None
                and money is not None
                and money.lines[0].since is None
                and (spent or money.lines[0].until is None)
            )

        return Coded(self.stated.codes, range(len(self._amounts))).known(says)

    def amounts(self, rows: Array) -> ExactColumn:
        """The amounts of some rows; nothing stands where one is no certain amount."""
        import numpy as np

        each = exact_column([Decimal(0) if one is None else one for one in self._amounts])
        numbers = each.numbers[self.stated.codes[rows]]
        if numbers.dtype != object and len(numbers) and int(np.abs(each.numbers).max()) * len(numbers) >= ROOM:
            numbers = fitting(numbers.tolist())
        return ExactColumn(numbers, each.below)

    def amount(self, row: int) -> Decimal | None:
        """The amount of one row; None where it is no certain amount."""
        return self._amounts[int(self.stated.codes[row])]


def many(values: Iterable[Iterable[T]]) -> list[T]:
    """All values of some lists, one list after the other."""
    return [one for some in values for one in some]
