"""The passes in numpy alone, level by level: for large networks without calendars where numba is not installed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels.columns import Sums

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

    Array = NDArray[np.int64]

__all__ = ["Levels"]

SHALLOW = 32
"""Nodes a level, on average, from which a step per level pays."""


class Step(NamedTuple):
    """One level: the other ends of its links, where each owner's begin among them, the owners, the weights."""

    other: Array
    heads: Array
    owners: Array
    w: Array


class Levels:
    """A plan of one step per level of the graph; each step is a gather and a segmented maximum.

    Args:
        sums: links of one number, as int64 arrays.
    """

    def __init__(self, sums: Sums) -> None:
        import numpy as np

        ptr, src, w = (np.asarray(column, np.int64) for column in sums)
        n = len(ptr) - 1
        plain = Sums(ptr.tolist(), src.tolist(), w.tolist())
        dst = np.repeat(np.arange(n), np.diff(ptr))
        level = np.array(_levels(plain), np.int64)
        self.deep = int(level.max(initial=0)) * SHALLOW > n
        if self.deep:  # hardly two nodes a level: one by one is faster
            self._plain = plain
            return
        levels = int(level.max(initial=0)) + 1
        self._forward = _plan(dst, src, w, level[dst], levels)
        self._backward = _plan(src, dst, w, level[src], levels)[::-1]

    def _one_by_one(self, kernel: Callable[[Sums, Ints], None], values: Array) -> Array:
        one = values.tolist()
        kernel(self._plain, one)
        values[:] = one
        return values

    def forward(self, x: Array) -> Array:
        """Early starts in place; x holds the lower bounds on entry."""
        import numpy as np

        if self.deep:
            return self._one_by_one(kernels.forward, x)
        for step in self._forward:
            x[step.owners] = np.maximum(np.maximum.reduceat(x[step.other] + step.w, step.heads), x[step.owners])
        return x

    def backward(self, y: Array) -> Array:
        """Late starts in place; y holds the upper bounds on entry."""
        import numpy as np

        if self.deep:
            return self._one_by_one(kernels.backward, y)
        for step in self._backward:
            y[step.owners] = np.minimum(np.minimum.reduceat(y[step.other] - step.w, step.heads), y[step.owners])
        return y


def _levels(sums: Sums) -> list[int]:
    """One more than the highest level of what comes before, of each position."""
    ptr, src = sums.ptr, sums.src
    level = [0] * (len(ptr) - 1)
    for v in range(len(level)):
        best = -1
        for k in range(ptr[v], ptr[v + 1]):
            if level[src[k]] > best:
                best = level[src[k]]
        level[v] = best + 1
    return level


def _plan(owner: Array, other: Array, w: Array, level: Array, levels: int) -> list[Step]:
    """The steps, level by level."""
    import numpy as np

    order = np.lexsort((owner, level))
    owner, other, w, level = owner[order], other[order], w[order], level[order]
    begins = np.searchsorted(level, np.arange(levels + 1))
    plan = []
    for begin, end in pairwise(begins):
        if end > begin:
            owners = owner[begin:end]
            heads = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
            plan.append(Step(other[begin:end], heads, owners[heads], w[begin:end]))
    return plan
