"""The passes in numpy alone, level by level: for large networks without calendars where numba is not installed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ipmo.network.kernels import passes as kernels

__all__ = ["Levels"]

SHALLOW = 32
"""Nodes a level, on average, from which a step per level pays."""


class Levels:
    """A plan of one step per level of the graph; each step is a gather and a segmented maximum.

    Args:
        ptr: where the links into each position begin, int64 (n + 1).
        src: source positions, int64 (m).
        w: link weights in minutes, int64 (m).
    """

    def __init__(self, ptr: Any, src: Any, w: Any) -> None:
        import numpy as np

        n = len(ptr) - 1
        self._n, self._links = n, (ptr, src, w)
        dst = np.repeat(np.arange(n), np.diff(ptr))
        level = self._levels(n, ptr.tolist(), src.tolist())
        self.deep = int(level.max(initial=0)) * SHALLOW > n
        if self.deep:  # hardly two nodes a level: one by one is faster
            return
        self._forward = self._plan(np, dst, src, w, level[dst], level.max(initial=0) + 1)
        self._backward = self._plan(np, src, dst, w, level[src], level.max(initial=0) + 1)[::-1]

    def _one_by_one(self, kernel: Any, values: Any) -> Any:
        plain = values.tolist()
        kernel(*(column.tolist() for column in self._links), plain)
        values[:] = plain
        return values

    @staticmethod
    def _levels(n: int, ptr: list[int], src: list[int]) -> Any:
        import numpy as np

        level = [0] * n
        for v in range(n):
            best = -1
            for k in range(ptr[v], ptr[v + 1]):
                if level[src[k]] > best:
                    best = level[src[k]]
            level[v] = best + 1
        return np.array(level, np.int64)

    @staticmethod
    def _plan(np: Any, owner: Any, other: Any, w: Any, level: Any, levels: int) -> list[tuple[Any, Any, Any, Any]]:
        """For each level: other ends, where each owner's links begin, owners, weights."""
        order = np.lexsort((owner, level))
        owner, other, w, level = owner[order], other[order], w[order], level[order]
        begins = np.searchsorted(level, np.arange(levels + 1))
        plan = []
        for begin, end in pairwise(begins):
            if end > begin:
                owners = owner[begin:end]
                heads = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
                plan.append((other[begin:end], heads, owners[heads], w[begin:end]))
        return plan

    def forward(self, x: Any) -> Any:
        """Early starts in place; x holds the lower bounds on entry."""
        import numpy as np

        if self.deep:
            return self._one_by_one(kernels.forward, x)
        for other, heads, owners, w in self._forward:
            x[owners] = np.maximum(np.maximum.reduceat(x[other] + w, heads), x[owners])
        return x

    def backward(self, y: Any) -> Any:
        """Late starts in place; y holds the upper bounds on entry."""
        import numpy as np

        if self.deep:
            return self._one_by_one(kernels.backward, y)
        for other, heads, owners, w in self._backward:
            y[owners] = np.minimum(np.minimum.reduceat(y[other] - w, heads), y[owners])
        return y
