"""Moments and quantiles of whole numbers in little room: the same in whatever order, and in whatever parts, the numbers come.

A row of counts says how many numbers lie in each of 128 equal cells. Cells are 2^k wide and begin at multiples of their width; k is the least
at which the least and the greatest number lie within so many cells. So the counts follow from the numbers alone: the sketches of two parts
come to the sketch of the whole, exactly. Squares are summed in two halves of each number, which leaves room for every sum.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["CELLS", "Sketch", "Sketches"]

CELLS = 128
"""Cells of a sketch: each is one number wide, or less than a 63rd of the way from the least to the greatest."""
HALF = 16
"""Bits of the lower half of a number."""


class Sketch(NamedTuple):
    """What is known of one row of numbers.

    Args:
        size: how many they are.
        least, greatest: of them.
        total, squares: the sum of them, and of their squares, exactly.
        wide: how wide a cell is.
        first: where the first cell begins.
        cells: how many numbers lie in each cell.
    """

    size: int
    least: int
    greatest: int
    total: int
    squares: int
    wide: int
    first: int
    cells: tuple[int, ...]

    @property
    def mean(self) -> float:
        """The mean."""
        return self.total / self.size

    @property
    def deviation(self) -> float:
        """The standard deviation, with n - 1."""
        return math.sqrt((self.size * self.squares - self.total**2) / (self.size * (self.size - 1)))

    def within(self, place: int) -> tuple[int, int]:
        """Between which numbers the one at a place lies, counted from 0 in ascending order."""
        reached = 0
        for cell, count in enumerate(self.cells):
            reached += count
            if reached > place:
                low = self.first + cell * self.wide
                return max(low, self.least), min(low + self.wide - 1, self.greatest)
        return self.greatest, self.greatest

    def at_most(self, number: int) -> tuple[int, int]:
        """How many are no greater than a number: at least so many, and at most."""
        if number >= self.greatest:
            return self.size, self.size
        if number < self.least:
            return 0, 0
        cell = (number - self.first) // self.wide
        below = sum(self.cells[:cell])
        whole = below + self.cells[cell]
        return (whole if number == self.first + (cell + 1) * self.wide - 1 else below), whole


class Sketches(NamedTuple):
    """Sketches of several rows of numbers from 0 to 2^31.

    Args:
        size: how many numbers each row had.
        least, greatest, total: of each row.
        squares: of each row, the sums of the squares of upper halves, of products of both halves, and of the squares of lower halves.
        power: k of each row.
        first: the number of the first cell of each row: it begins at that many widths.
        cells: how many numbers lie in each cell.
    """

    size: int
    least: Row
    greatest: Row
    total: Row
    squares: Row
    power: Row
    first: Row
    cells: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Row) -> Sketches:
        """The sketches of rows of numbers, of which each has one at least."""
        least, greatest = rows.min(axis=1), rows.max(axis=1)
        power = _power(least, greatest)
        first = least >> power
        place = (rows >> power[:, None]) - first[:, None] + CELLS * np.arange(len(rows))[:, None]
        cells = np.bincount(place.ravel(), minlength=CELLS * len(rows)).reshape(len(rows), CELLS)
        high, low = rows >> HALF, rows & ((1 << HALF) - 1)
        squares = np.stack([(high * high).sum(axis=1), (high * low).sum(axis=1), (low * low).sum(axis=1)], axis=1)
        return cls(rows.shape[1], least, greatest, rows.sum(axis=1), squares, power, first, cells.astype(np.int32))

    def with_more(self, other: Sketches) -> Sketches:
        """The sketches of the numbers of both."""
        least, greatest = np.minimum(self.least, other.least), np.maximum(self.greatest, other.greatest)
        power = _power(least, greatest)
        first = least >> power
        cells = self._wider(power, first) + other._wider(power, first)
        total, squares = self.total + other.total, self.squares + other.squares
        return Sketches(self.size + other.size, least, greatest, total, squares, power, first, cells)

    def _wider(self, power: Row, first: Row) -> NDArray[np.int32]:
        """The counts in other cells, as wide or wider."""
        more, rows = (power - self.power)[:, None], len(self.cells)
        place = ((self.first[:, None] + np.arange(CELLS)) >> more) - first[:, None]
        place = np.minimum(place, CELLS - 1) + CELLS * np.arange(rows)[:, None]  # what lies beyond the last is empty
        counts = np.bincount(place.ravel(), weights=self.cells.ravel(), minlength=CELLS * rows)
        return counts.reshape(rows, CELLS).astype(np.int32)

    def one(self, row: int) -> Sketch:
        """The sketch of one row."""
        high, both, low = self.squares[row].tolist()
        return Sketch(
            size=self.size,
            least=int(self.least[row]),
            greatest=int(self.greatest[row]),
            total=int(self.total[row]),
            squares=(high << 2 * HALF) + (both << HALF + 1) + low,
            wide=1 << int(self.power[row]),
            first=int(self.first[row]) << int(self.power[row]),
            cells=tuple(self.cells[row].tolist()),
        )


def _power(least: Row, greatest: Row) -> Row:
    """The least k at which numbers from the least to the greatest lie within `CELLS` cells that are 2^k wide."""
    power = np.zeros(len(least), np.int64)
    while (wide := (greatest >> power) - (least >> power) >= CELLS).any():
        power[wide] += 1
    return power
