"""Kernels over trees: one sweep from the leaves to the root. Plain Python that numba may compile.

`order` lists nodes so that each comes after its parent; `parent` holds -1 for a root. `bearing` is 1 where a node bears a
value of its own, `stated` 1 where that value stands for everything below it. All columns are in the nodes' own order.
"""

from __future__ import annotations

from typing import Any


def tree_sum(order: Any, parent: Any, value: Any, bearing: Any, stated: Any, out: Any) -> Any:
    """Sums of known values; unknown ones add nothing."""
    for v in range(len(out)):
        out[v] = value[v] if bearing[v] else 0
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p]:
            out[p] += out[v]


def tree_max(order: Any, parent: Any, value: Any, bearing: Any, stated: Any, none: Any, out: Any) -> Any:
    """Greatest known values; `none`, the least integer, where there is none."""
    for v in range(len(out)):
        out[v] = value[v] if bearing[v] else none
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p] and out[v] > out[p]:
            out[p] = out[v]


def tree_min(order: Any, parent: Any, value: Any, bearing: Any, stated: Any, none: Any, out: Any) -> Any:
    """Least known values; `none`, the greatest integer, where there is none."""
    for v in range(len(out)):
        out[v] = value[v] if bearing[v] else none
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p >= 0 and not stated[p] and out[v] < out[p]:
            out[p] = out[v]


def tree_count(order: Any, parent: Any, bearing: Any, asked: Any, stated: Any, known: Any, total: Any) -> Any:
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
