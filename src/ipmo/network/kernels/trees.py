"""Kernels over trees: one sweep from the leaves to the root. Plain Python that numba may compile.

`order` lists nodes so that each comes after its parent; `parent` holds -1 for a root. `bearing` is 1 where a node bears a
value of its own, `stated` 1 where that value stands for everything below it. All columns are in the nodes' own order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

    Flags: TypeAlias = Ints | NDArray[np.bool_]


def tree_sum(order: Ints, parent: Ints, value: Ints, bearing: Flags, stated: Flags, out: Ints) -> None:
    """Sums of known values; unknown ones add nothing."""
    for v in range(len(out)):
        out[v] = value[v] if bearing[v] else 0
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p]:
            out[p] += out[v]


def tree_max(order: Ints, parent: Ints, value: Ints, bearing: Flags, stated: Flags, none: int, out: Ints) -> None:
    """Greatest known values; `none`, the least integer, where there is none."""
    for v in range(len(out)):
        out[v] = value[v] if bearing[v] else none
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p] and out[v] > out[p]:
            out[p] = out[v]


def tree_min(order: Ints, parent: Ints, value: Ints, bearing: Flags, stated: Flags, none: int, out: Ints) -> None:
    """Least known values; `none`, the greatest integer, where there is none."""
    for v in range(len(out)):
        out[v] = value[v] if bearing[v] else none
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p] and out[v] < out[p]:
            out[p] = out[v]


def tree_count(order: Ints, parent: Ints, bearing: Flags, asked: Flags, stated: Flags, known: Ints, total: Ints) -> None:
    """How many below are known, and how many were asked."""
    for v in range(len(known)):
        known[v] = bearing[v]
        total[v] = bearing[v] or asked[v]
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p]:
            known[p] += known[v]
            total[p] += total[v]
