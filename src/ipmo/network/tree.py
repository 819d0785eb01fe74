"""Roll-ups over plain columns: a tree of a million items in numpy arrays, for those who have no objects.

The same rules as `ipmo.roll_up`: sums, greatest, least, worst of a scale, weighted means carried as sum and weight. What
is unknown is counted, never taken as zero. Money is int64 minor units, checked for overflow.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import attrs

from ipmo.errors import ModelError, UnitError, UnknownItemError, close_matches, one_of
from ipmo.network.compiled import available, kernel
from ipmo.network.kernels import trees as kernels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]

__all__ = ["Combine", "RolledUp", "Share", "Tree", "Values"]

Combine = Literal["sum", "max", "min", "worst", "mean"]
LIMIT = 2.0**62
"""Sums below it cannot leave 64-bit integers."""


@attrs.frozen(kw_only=True, eq=False)
class Values:
    """One measure of every node.

    Args:
        value: (n,) int64: minor units of money, minutes, places on a scale (0 the best); for `mean` the value times its
            weight. Entries that are not known are ignored.
        combine: sum, max, min, worst or mean.
        known: (n,) bool: which nodes bear a value; all leaves when left out.
        expected: (n,) bool: which nodes should bear one; all leaves when left out.
        weight: (n,) int64, for `mean` only.
        stated: an inner node's own value stands for everything below it.
    """

    value: ArrayLike
    combine: Combine = "sum"
    known: ArrayLike | None = None
    expected: ArrayLike | None = None
    weight: ArrayLike | None = None
    stated: bool = False

    def __attrs_post_init__(self) -> None:
        one_of("combine", self.combine, get_args(Combine))


@attrs.frozen(kw_only=True, eq=False)
class RolledUp:
    """One measure rolled up, by node.

    Args:
        value: (n,) int64; where nothing below is known it means nothing: look at `known`.
        known: (n,) int64, how many below are known.
        total: (n,) int64, how many below should be.
        weight: (n,) int64, for `mean` only.
    """

    value: Ints
    known: Ints
    total: Ints
    weight: Ints | None = None

    @property
    def mean(self) -> NDArray[np.float64]:
        """(n,) float64: the weighted mean, divided last; nan where nothing is known."""
        import numpy as np

        if self.weight is None:
            raise UnitError("only a weighted mean divides; this measure has no weight")
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.weight != 0, self.value / self.weight, np.nan)


class Share(NamedTuple):
    """What one child gives to a node.

    Args:
        child: its place.
        value: its own value; None where nothing below it is known.
        share: of the node's value, 0 to 1; None where that is nothing.
        known: how many below it are known.
        total: how many below it should be.
    """

    child: int
    value: int | None
    share: float | None
    known: int
    total: int


CountedBy = tuple[int, int, bool]
"""Which columns say what is known and expected, by identity, and whether stated values stand for all below."""


class Counted(NamedTuple):
    """What measures that are known of the same items share."""

    stated: Flags
    known: Ints
    total: Ints


class Tree:
    """A forest of nodes, compiled for roll-ups.

    >>> tree = Tree.from_columns([-1, 0, 0, 1])
    >>> tree.roll_up({"cost": Values(value=[0, 0, 5, 7])})["cost"].value.tolist()
    [12, 7, 5, 7]
    """

    def __init__(self, parent: Ints, order: Ints, up: Ints, levels: Ints) -> None:
        self.parent, self._order, self._up, self._levels = parent, order, up, levels

    @classmethod
    def from_columns(cls, parent: ArrayLike) -> Tree:
        """A tree from each node's parent.

        Args:
            parent: (n,) integers: the parent's place, -1 for a root. Any order.

        Raises:
            ModelError: a parent is no node, or nodes lie within themselves.
        """
        import numpy as np

        above = np.asarray(parent, np.int64)
        n = len(above)
        bad = np.flatnonzero((above < -1) | (above >= n))
        if len(bad):
            raise ModelError(f"node {bad[0]}: its parent {above[bad[0]]} is no node; write a place from 0 to {n - 1}, or -1 for a root")
        depth = np.where(above < 0, 0, -1).astype(np.int64)
        left = np.flatnonzero(above >= 0)
        level = 0
        while len(left):
            ready = depth[above[left]] == level
            if not ready.any():
                raise ModelError(f"node {left[0]} lies within itself; follow its parents")
            depth[left[ready]] = level + 1
            left, level = left[~ready], level + 1
        first = np.lexsort((above, depth))  # by level, within it by parent as it was
        place = np.empty(n, np.int64)
        place[first] = np.arange(n)
        for _ in range(level):  # children lie in the order of their parents' places, level by level
            key = np.where(above < 0, -1, place[np.maximum(above, 0)])
            order = np.lexsort((key, depth))
            if (order == first).all():
                break
            first = order
            place[first] = np.arange(n)
        up = np.where(above < 0, -1, place[np.maximum(above, 0)])[first]
        levels = np.searchsorted(depth[first], np.arange(level + 2))
        return cls(above, first, up, levels)

    def __len__(self) -> int:
        return len(self.parent)

    def children(self, node: int) -> Ints:
        """The places of a node's children: in time proportional to their number."""
        import numpy as np

        start, stop = np.searchsorted(self._up, (self._place[node], self._place[node] + 1))  # parents by position never fall
        return self._order[start:stop]

    @functools.cached_property
    def _place(self) -> Ints:
        import numpy as np

        found = np.empty(len(self._order), np.int64)
        found[self._order] = np.arange(len(self._order))
        return found

    def roll_up(self, measures: Mapping[str, Values]) -> dict[str, RolledUp]:
        """Every measure at every node, in the order the nodes were given.

        Raises:
            ModelError: a column has another length, or a mean has no weight.
            UnitError: a sum could leave int64; count in a larger unit.
        """
        counted: dict[CountedBy, Counted] = {}
        return {name: self._one(name, values, counted) for name, values in measures.items()}

    @functools.cached_property
    def _leaf(self) -> Flags:
        import numpy as np

        leaf = np.ones(len(self.parent), bool)
        leaf[self.parent[self.parent >= 0]] = False
        return leaf

    def _flags(self, given: ArrayLike | None, name: str, what: str) -> Flags:
        import numpy as np

        found: Flags = self._leaf if given is None else np.asarray(given, np.bool_)
        self._fits(found.shape, name, what)
        return found

    def _numbers(self, given: ArrayLike, name: str, what: str) -> Ints:
        import numpy as np

        found: Ints = np.asarray(given, np.int64)
        self._fits(found.shape, name, what)
        return found

    def _fits(self, shape: tuple[int, ...], name: str, what: str) -> None:
        if shape != (len(self.parent),):
            raise ModelError(f"measure {name!r}: {what} has shape {shape}, the tree has {len(self.parent)} nodes")

    def _one(self, name: str, values: Values, counted: dict[CountedBy, Counted]) -> RolledUp:
        import numpy as np

        expected = self._flags(values.expected, name, "expected")
        bearing = self._flags(values.known, name, "known")
        value = self._numbers(values.value, name, "value")
        weight = None
        if values.combine == "mean":
            if values.weight is None:
                raise ModelError(f"measure {name!r}: a mean needs weight=")
            weight = self._numbers(values.weight, name, "weight")
        for data in (value, weight) if values.combine in ("sum", "mean") else ():
            if data is not None and _may_overflow(data, bearing):
                raise UnitError(f"measure {name!r}: the sum could leave 64-bit integers; count in a larger unit")
        key = (id(values.known), id(values.expected), values.stated)  # measures known of the same items are counted once
        if key not in counted:
            stated = bearing & ~self._leaf if values.stated else np.zeros(len(self.parent), bool)
            counted[key] = Counted(stated, *self._counts(bearing, expected, stated))
        stated, known, total = counted[key]
        return RolledUp(
            value=self._swept(values.combine, value, bearing, stated),
            known=known,
            total=total,
            weight=None if weight is None else self._swept("mean", weight, bearing, stated),
        )

    def _counts(self, bearing: Flags, expected: Flags, stated: Flags) -> tuple[Ints, Ints]:
        import numpy as np

        if not available():
            one = np.ones(len(self.parent), np.int64)
            return self._swept("sum", one, bearing, stated), self._swept("sum", one, bearing | expected, stated)
        known, total = np.empty(len(self.parent), np.int64), np.empty(len(self.parent), np.int64)
        kernel(kernels.tree_count)(self._order, self.parent, bearing, expected, stated, known, total)
        return known, total

    def _swept(self, combine: Combine, value: Ints, bearing: Flags, stated: Flags) -> Ints:
        import numpy as np

        ends = np.iinfo(np.int64)
        none = {"max": ends.min, "worst": ends.min, "min": ends.max}.get(combine, 0)
        if not available():
            return self._levelled(combine, np.where(bearing, value, none), stated)
        out = np.empty(len(self.parent), np.int64)
        if combine in ("sum", "mean"):
            kernel(kernels.tree_sum)(self._order, self.parent, value, bearing, stated, out)
        else:
            kernel(kernels.tree_min if combine == "min" else kernels.tree_max)(self._order, self.parent, value, bearing, stated, none, out)
        return out

    def _levelled(self, combine: Combine, value: Ints, stated: Flags) -> Ints:
        """Level by level from the bottom: children of one parent lie side by side, so that reduceat combines them."""
        import numpy as np

        joins: dict[str, np.ufunc] = {"min": np.minimum, "max": np.maximum, "worst": np.maximum}
        join = joins.get(combine, np.add)
        data = value if self._in_order else value[self._order]
        bound = stated if self._in_order else stated[self._order]
        some = bool(stated.any())
        for first, above, start, stop in self._joints:
            part = join.reduceat(data[start:stop], first)
            if some:
                free = ~bound[above]
                data[above[free]] = join(data[above[free]], part[free])
            else:
                data[above] = join(data[above], part)
        if self._in_order:
            return data
        out = np.empty_like(data)
        out[self._order] = data
        return out

    @functools.cached_property
    def _in_order(self) -> bool:
        import numpy as np

        return bool((self._order == np.arange(len(self._order))).all())

    @functools.cached_property
    def _joints(self) -> list[tuple[Ints, Ints, int, int]]:
        """By level from the bottom: where the children of each parent begin, the parents, the level's bounds."""
        import numpy as np

        out = []
        for level in range(len(self._levels) - 2, 0, -1):
            start, stop = int(self._levels[level]), int(self._levels[level + 1])
            if start < stop:
                up = self._up[start:stop]
                first = np.flatnonzero(np.r_[True, up[1:] != up[:-1]])
                out.append((first, up[first], start, stop))
        return out

    def explain(self, rolled: Mapping[str, RolledUp], measure: str, node: int) -> list[Share]:
        """What each child gives to a node, the largest first.

        Time is proportional to the number of children (and the logarithm of the tree's size).

        Raises:
            UnknownItemError: the measure was not rolled up, or there is no such node.
        """
        if measure not in rolled:
            raise UnknownItemError(measure, close_matches(measure, rolled), "these measures")
        if not 0 <= node < len(self.parent):
            raise UnknownItemError(str(node), (), f"this tree of {len(self.parent)} nodes")
        one = rolled[measure]
        whole = int(one.value[node])
        rows = []
        for child in map(int, self.children(node)):
            value = int(one.value[child]) if one.known[child] else None
            share = value / whole if value is not None and whole else None
            rows.append(Share(child, value, share, int(one.known[child]), int(one.total[child])))
        return sorted(rows, key=lambda row: (row.value is None, -(row.value or 0), row.child))


def _may_overflow(value: Ints, bearing: Flags) -> bool:
    """The sum of known values could leave int64: a quick bound first, the sum of sizes only where that does not do."""
    import numpy as np

    size = max(-float(value.min(initial=0)), float(value.max(initial=0)))
    if size * len(value) < LIMIT:
        return False
    return float(np.abs(np.where(bearing, value, 0).astype(np.float64)).sum()) >= LIMIT
