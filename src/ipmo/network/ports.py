"""What fails without some items alone, where all of what is needed is needed: found by way of the ports of projects.

Within a project only the few items count that something outside needs, its ports. Which of these each item leads to is
found in one sweep over all items, a bit a port of its own project; what each port leads to outside, in one sweep over
ports. See `ipmo.network.without`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipmo.network.compiled import kernel
from ipmo.network.kernels import without as kernels
from ipmo.network.positions import as_array, places_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["Failing", "Ports"]


class Ports:
    """A condensed web in parts, each a project or a single group that lies in none, and what leads from part to part.

    Args:
        ptr: where the links into each group begin, groups in topological order.
        src: the group that is needed, of each link.
        part: the place of the project of each group, -1 for none.
        more: groups that are ports besides those that something outside their part needs.
    """

    def __init__(self, ptr: Ints, src: Ints, part: Ints, more: Ints | None = None) -> None:
        import numpy as np

        self._ptr, self._src = as_array(ptr), as_array(src)
        n = len(self._ptr) - 1
        alone = np.flatnonzero(as_array(part) < 0)
        self.part = as_array(part).copy()
        count = int(self.part.max(initial=-1)) + 1
        self.part[alone] = np.arange(count, count + len(alone))
        tails, heads = np.empty(len(self._src), np.int64), np.empty(len(self._src), np.int64)
        across = kernel(kernels.links_across)(self._ptr, self._src, self.part, tails, heads)
        self.tails = tails[:across]
        """The group that each link between parts leaves."""
        self.heads = heads[:across]
        """The group that each leads to."""
        is_port = np.zeros(n, bool)
        is_port[self.tails] = is_port[alone] = True
        if more is not None:
            is_port[more] = True
        port = np.flatnonzero(is_port)
        port = port[np.argsort(self.part[port], kind="stable")]
        own = self.part[port]
        self._first = np.searchsorted(own, np.arange(count + len(alone) + 1))
        spot = np.arange(len(port)) - self._first[own]
        self.port = np.full(n, -1, np.int64)
        """The number of the port that each group is; -1 of others."""
        self.port[port] = np.arange(len(port))
        self._width = ((np.diff(self._first) + 63) // 64)[self.part]
        self._offset = np.cumsum(self._width) - self._width
        self._bits = np.zeros(int(self._width.sum()), np.int64)
        self._bits[self._offset[port] + spot // 64] = np.left_shift(np.int64(1), spot % 64)
        kernel(kernels.spread_within)(self._ptr, self._src, self.part, self._offset, self._width, self._bits)
        leaves = np.argsort(self.port[self.tails], kind="stable")
        self._begin = np.searchsorted(self.port[self.tails][leaves], np.arange(len(port) + 1))
        self._heads = self.heads[leaves]
        self._order = np.argsort(-port, kind="stable")

    def rows(self, asked: NDArray[np.int64], groups: NDArray[np.int64], numbers: NDArray[np.int64], words: int) -> NDArray[np.int64]:
        """Which numbers each of some groups leads to, as bits (asked, words); nothing of a negative group.

        Args:
            asked: the groups.
            groups: what bears numbers; ports.
            numbers: the number of each of these.
            words: of 64 bits, of a row.
        """
        import numpy as np

        rows = np.zeros((int(self._first[-1]), words), np.int64)
        np.bitwise_or.at(rows, (self.port[groups], numbers // 64), np.left_shift(np.int64(1), numbers % 64))
        flat, out = rows.ravel(), np.zeros(len(asked) * words, np.int64)
        known = self.part, self._offset, self._width, self._bits, self._first, words
        kernel(kernels.spread_ports)(self._order, self._begin, self._heads, *known, flat)
        kernel(kernels.rows_of_ports)(asked, *known, flat, out)
        return out.reshape(-1, words)


class Failing:
    """Which targets fail without each of some nodes, taken away one at a time, in their order.

    Args:
        rows: of each node its targets as bits of a number, or as int64 (nodes, words).
        count: how many targets there are.
    """

    def __init__(self, rows: Sequence[int] | NDArray[np.int64], count: int) -> None:
        self._rows, self.count = rows, count

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, place: int) -> int:
        """The targets that fail without the node of a place, as bits of a number."""
        found = self._rows[place]
        return found if isinstance(found, int) else int.from_bytes(found.tobytes(), "little")

    def rows(self) -> list[int]:
        """The targets that fail without each node, as bits of numbers."""
        return [self.row(place) for place in range(len(self))]

    def nodes_of_targets(self, count: int) -> list[int]:
        """Of each target: those of the first nodes without which it fails, as bits of a number.

        Args:
            count: how many nodes are looked at.
        """
        import numpy as np

        first, targets = self.each
        node = np.repeat(np.arange(count), np.diff(first[: count + 1]))
        bits = np.zeros((self.count, (count + 7) // 8), np.uint8)
        np.bitwise_or.at(bits, (targets[: first[count]], node >> 3), np.left_shift(1, node & 7).astype(np.uint8))
        return [int.from_bytes(row.tobytes(), "little") for row in bits]

    def joined(self, places: Sequence[int], targets: Sequence[int]) -> Failing:
        """The same, and some targets that fail without the nodes of some places besides."""
        if isinstance(self._rows, list):
            rows = list(self._rows)
            for place, target in zip(places, targets, strict=True):
                rows[place] |= 1 << target
            return Failing(rows, self.count)
        import numpy as np

        found = np.array(self._rows, np.int64)
        number = np.array(targets, np.int64)
        np.bitwise_or.at(found, (np.array(places, np.int64), number // 64), np.left_shift(np.int64(1), number % 64))
        return Failing(found, self.count)

    @functools.cached_property
    def each(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the targets of each node begin, and their end; and they, one after the other."""
        import numpy as np

        if isinstance(self._rows, list):
            found = [places_of(row) for row in self._rows]
            first = np.cumsum([0, *map(len, found)])
            return first, np.fromiter(itertools.chain.from_iterable(found), np.int64, int(first[-1]))
        rows = np.ascontiguousarray(self._rows)
        words = rows.shape[1]
        known = np.flatnonzero(rows)
        bit = np.flatnonzero(np.unpackbits(rows.ravel()[known].view(np.uint8), bitorder="little").view(bool))
        place = 64 * known[bit // 64] + bit % 64
        return np.searchsorted(place, np.arange(len(rows) + 1) * (64 * words)), place % (64 * words)
