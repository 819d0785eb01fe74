"""How far a figure of a simulation may lie from what infinitely many samples would say: its standard error.

Of shares and means by their formulas; of percentiles, and of differences between two simulations on the same draws, by sections: the samples
are cut into runs, the figure is found of each run, and the spread of these figures is the error of the whole. Source: Asmussen and
Glynn, Stochastic Simulation (2007), III.5; Nakayama (2014) on percentiles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["deviation", "of_mean", "of_share", "percentile", "place", "sectioned"]

SECTIONS = 20
"""Runs that samples are cut into, at most."""
FEWEST = 5
"""Runs below which their spread says nothing."""
LEAST = 20
"""Samples in a run, at least."""


def place(count: int, share: float) -> int:
    """The place of a percentile among that many samples in order: the least that at least that share does not pass.

    >>> place(10, 0.8), place(3, 0.01)
    (7, 0)
    """
    return min(max(math.ceil(share * count - 1e-9), 1), count) - 1


def percentile(row: Row, share: float) -> int:
    """The least value that at least a share of the samples does not pass."""
    at = place(len(row), share)
    return int(np.partition(row, at)[at])


def deviation(row: Row | NDArray[np.float64]) -> float:
    """The standard deviation of what the samples are drawn from, in the unit of the values."""
    return float((row - row[0]).std(ddof=1))


def of_share(share: float, count: int) -> float:
    """The standard error of a counted share: sqrt(p (1 - p) / n).

    >>> of_share(0.5, 10_000)
    0.005
    """
    return math.sqrt(share * (1 - share) / count)


def of_mean(row: Row | NDArray[np.float64]) -> float:
    """The standard error of a mean, in the unit of the values; of a difference, give it the differences sample by sample."""
    return deviation(row) / math.sqrt(len(row))


def sectioned(figure: Callable[..., float], *rows: Row) -> float | None:
    """The standard error of a figure of some rows of samples that belong together; None of fewer than a hundred samples.

    Args:
        figure: takes the rows, or a run of each.
        rows: samples, each row of the same length and in the same order.

    >>> import numpy as np
    >>> sectioned(lambda row: float(row.mean()), np.arange(99))
    """
    count = len(rows[0])
    sections = min(SECTIONS, count // LEAST)
    if sections < FEWEST:
        return None
    size = count // sections
    found = np.array([figure(*(row[first : first + size] for row in rows)) for first in range(0, sections * size, size)])
    return float(found.std(ddof=1)) / math.sqrt(sections)
