"""Sums of whole numbers that stay exact however large they are."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ipmo.errors import UnitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["MinorUnits", "of_products", "sums_of"]


class MinorUnits:
    """Amounts as whole minor units, of which the sum of all has room in 64 bits."""

    def __init__(self) -> None:
        self._most = 0.0

    def of(self, item: str, row: NDArray[np.float64]) -> Row:
        """The amounts of an item, one a sample, rounded.

        Raises:
            UnitError: they and those before them may come to more than there is room for.
        """
        self._most += float(np.abs(row).max(initial=0.0))
        if not self._most < 2**63:
            raise UnitError(f"{item!r}: its cost, with all others, does not fit 64-bit minor units; state money in a larger unit")
        return np.rint(row).astype(np.int64)


def of_products(one: Row, other: Row) -> int:
    """The sum of the products of two rows of whole numbers, exact however large it is."""
    if not one.size or int(np.abs(one).max()) * int(np.abs(other).max()) * one.size < 2**63:
        return int((one * other).sum())
    return sum(map(operator.mul, one.tolist(), other.tolist()))


def sums_of(rows: Sequence[Row], after: Row) -> Row:
    """The sums of rows of whole numbers, of their squares and of their products with another row: exact however large they are."""
    most = max(int(np.abs(after).max(initial=0)), max((int(row.max(initial=0)) for row in rows), default=0))
    if rows and most**2 * len(after) < 2**63 and all(row.dtype == np.int64 for row in rows):
        return np.array([(row.sum(), row @ row, row @ after) for row in rows], np.int64)
    said = [[int(row.sum()), of_products(row, row), of_products(row, after)] for row in rows]
    return np.array(said, object).reshape(-1, 3)
