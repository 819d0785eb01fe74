"""What fails without an item: the one network of needs, with and without it, for one item or for all of them one by one.

An item fails when something that it needs fails, or all of several of which one would be enough. What is done is a fact
and cannot fail; what is gone has failed already. Items that need one another fail together: the web is condensed to its
strongly connected groups first. Sets of targets are then handed back against the links as bits, all items in one sweep;
where one of several is enough, a set passes only what takes away every one of them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ipmo.network.compiled import available, kernel
from ipmo.network.condensed import Condensed, Web, condensed_arrays, condensed_lists, nodes_of, sorted_links
from ipmo.network.kernels import without as kernels
from ipmo.network.ports import Failing, Ports
from ipmo.network.positions import as_array, places_of, plain_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["Failing", "LeaveOneOut", "Web", "Without"]

LARGE = 20_000
"""Links from which on waiting for a compiler pays."""


class Without:
    """What fails without items of a web.

    Args:
        web: what needs what.

    >>> both = Web(["a", "b", "needs both", "needs one"], [0, 1, 0, 1], [2, 2, 3, 3], either={3})
    >>> [both.ids[node] for node in sorted(Without(both).fails([0]))]
    ['a', 'needs both']
    >>> found = Without(both).leave_one_out([2, 3])
    >>> [found.of(node) for node in range(2)], [found.points(target) for target in range(2)]
    ([[0], [0]], [[0, 1, 2], [3]])
    """

    def __init__(self, web: Web) -> None:
        self.web = web

    @functools.cached_property
    def dead(self) -> frozenset[int]:
        """What never comes as things stand: what is gone, and what needs it."""
        return frozenset(self._spread(self.web.gone)) if self.web.gone else frozenset()

    def fails(self, items: Iterable[int]) -> set[int]:
        """What fails without some items, they themselves included; what never comes anyway is left out."""
        return self._spread(set(items) | self.dead) - self.dead

    def hangs(self, items: Iterable[int]) -> set[int]:
        """What comes with some items alone, they themselves included, whether or not anything else has failed already."""
        return self._spread(set(items))

    @functools.cached_property
    def _settled(self) -> frozenset[int]:
        """Of those for which one of several is enough: those that have one that is done."""
        web = self.web
        if not web.either or not web.facts:
            return frozenset()
        if self._large:
            src, dst = web.ends
            return frozenset(dst[self._among(web.either)[dst] & self._among(web.facts)[src]].tolist())
        return frozenset(v for u, v in zip(web.src, web.dst, strict=True) if v in web.either and u in web.facts)

    @functools.cached_property
    def _follows(self) -> list[list[int]]:
        """What needs each node and may still fail."""
        out: list[list[int]] = [[] for _ in self.web.ids]
        facts, settled, barred = self.web.facts, self._settled, self.web.barred
        for link, (u, v) in enumerate(zip(plain_list(self.web.src), plain_list(self.web.dst), strict=True)):
            if v not in facts and u not in facts and v not in settled and link not in barred:
                out[u].append(v)
        return out

    @functools.cached_property
    def _ways(self) -> Mapping[int, int]:
        """How many ways there are to each of those for which one is enough."""
        out: dict[int, int] = {}
        if self.web.either:
            for targets in self._follows:
                for v in targets:
                    if v in self.web.either:
                        out[v] = out.get(v, 0) + 1
        return out

    def _among(self, some: AbstractSet[int]) -> NDArray[np.bool_]:
        """Whether each node is one of some."""
        import numpy as np

        out = np.zeros(len(self.web.ids), bool)
        out[nodes_of(some)] = True
        return out

    @functools.cached_property
    def _outgoing(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Where the links out of each node begin, what needs it and may still fail, and how many ways must fail before it does."""
        import numpy as np

        web = self.web
        src, dst = web.ends
        facts, size = self._among(web.facts), len(web.ids)
        kept = ~facts[src] & ~(facts | self._among(self._settled))[dst]
        kept[nodes_of(web.barred)] = False
        src, dst = src[kept], dst[kept]
        begins, heads, _ = sorted_links(dst, src, size)
        ways = np.where(self._among(web.either), np.bincount(dst, minlength=size), 1)
        return begins, heads, ways

    def _spread(self, items: AbstractSet[int]) -> set[int]:
        if self._large:
            return self._spread_arrays(items)
        facts, follows, ways = self.web.facts, self._follows, self._ways
        out = {node for node in items if node not in facts}
        waiting, left = list(out), dict(ways)
        while waiting:
            for v in follows[waiting.pop()]:
                if v in left:
                    left[v] -= 1
                    if left[v]:
                        continue
                if v not in out:
                    out.add(v)
                    waiting.append(v)
        return out

    def _spread_arrays(self, items: AbstractSet[int]) -> set[int]:
        import numpy as np

        begins, heads, ways = self._outgoing
        waiting, out = np.empty(len(self.web.ids), np.int64), np.zeros(len(self.web.ids), np.int64)
        some = nodes_of(items - self.web.facts)
        waiting[: len(some)], out[some] = some, 1
        kernel(kernels.fail_from)(begins, heads, ways.copy(), waiting, len(some), out)
        return set(np.flatnonzero(out).tolist())

    # ------------------------------------------------------------------------------------------- all of them

    @functools.cached_property
    def _large(self) -> bool:
        return len(self.web.src) >= LARGE and available()

    @functools.cached_property
    def condensed(self) -> Condensed:
        """The links that can fail, condensed to groups of nodes that need one another."""
        web, out = self.web, set(self.web.facts) | self.dead
        either = frozenset(web.either) - out - self._settled
        if not self._large:
            return condensed_lists(web, out, either, self._settled)
        return condensed_arrays(web, out, either, self._settled)

    def leave_one_out(self, targets: Sequence[int]) -> LeaveOneOut:
        """Which of some targets fail without each node, taken away one at a time.

        Args:
            targets: nodes.
        """
        return LeaveOneOut(self.condensed, targets, len(self.web.ids), compiled=self._large)

    def leave_one_out_of(self, nodes: Sequence[int], groups: Sequence[int]) -> LeaveOneOut:
        """Which of some groups fail in part or whole without each node, taken away one at a time: its targets are the groups.

        Args:
            nodes: the nodes of the groups.
            groups: the group of each of them, from 0.
        """
        return LeaveOneOut(self.condensed, nodes, len(self.web.ids), groups, compiled=self._large)

    def failing(self, asked: Sequence[int], nodes: Ints, numbers: Ints | None = None, count: int | None = None) -> Failing:
        """Which of some targets fail without each of a few nodes: what `leave_one_out` says of these, and no more.

        Args:
            asked: the nodes that are taken away, one at a time.
            nodes: the nodes of the targets.
            numbers: the target that each belongs to, from 0; each is a target of its own when left out.
            count: how many targets there are; as many as bear a number when left out.
        """
        if self._ports is None:
            plain = None if numbers is None else plain_list(numbers)  # numbers of Python: bits of a number have no end
            found = LeaveOneOut(self.condensed, plain_list(nodes), len(self.web.ids), plain, compiled=self._large)
            return Failing([found.row(node) for node in asked], found.count if count is None else count)
        import numpy as np

        group = as_array(self.condensed.group)
        groups = group[as_array(nodes)]
        number = np.arange(len(groups)) if numbers is None else as_array(numbers)
        count = int(number.max(initial=-1)) + 1 if count is None else count
        number, groups = number[groups >= 0], groups[groups >= 0]
        ports = self._ports
        if (ports.port[groups] < 0).any():
            ports = Ports(self.condensed.ptr, self.condensed.src, self._parts, groups)
        return Failing(ports.rows(group[as_array(asked)], groups, number, (count + 63) // 64 or 1), count)

    def failing_owners(self, asked: Sequence[int], numbers: Sequence[int]) -> Failing:
        """Which projects fail in part or whole without each of a few nodes.

        Args:
            asked: the nodes that are taken away, one at a time.
            numbers: of each project, by its place: its number in the answer, from 0, each once.
        """
        import numpy as np

        number, owners, group = np.array(numbers, np.int64), as_array(self.web.owners), as_array(self.condensed.group)
        if self._ports is None:
            nodes = np.flatnonzero(owners >= 0)
            return self.failing(asked, nodes, number[owners[nodes]], len(number))
        part, ports, projects = self._parts, self._ports, len(number)
        inside = np.flatnonzero(part[ports.heads] >= 0)  # what fails of another project fails by a link into it
        mixed = np.flatnonzero((group >= 0) & (owners >= 0)) if len(part) < len(group) else np.zeros(0, np.int64)
        mixed = mixed[part[group[mixed]] < 0]  # a loop through several projects
        groups = np.concatenate([ports.tails[inside], group[mixed]])
        rows = ports.rows(
            group[as_array(asked)],
            groups,
            number[np.concatenate([part[ports.heads[inside]], owners[mixed]])],
            (projects + 63) // 64 or 1,
        )
        for row, node in enumerate(asked):
            if group[node] >= 0 and owners[node] >= 0:
                own = int(number[owners[node]])
                rows[row, own // 64] |= np.left_shift(np.int64(1), own % 64)
        return Failing(rows, projects)

    @functools.cached_property
    def _parts(self) -> NDArray[np.int64]:
        """The place of the project of each group, -1 of what lies in none, or in more than one."""
        import numpy as np

        group, owners = as_array(self.condensed.group), as_array(self.web.owners)
        known = np.flatnonzero(group >= 0)
        group, owners = group[known], owners[known]
        part = np.full(len(self.condensed.ptr) - 1, -1, np.int64)
        part[group] = owners
        part[group[part[group] != owners]] = -1
        return part

    @functools.cached_property
    def _ports(self) -> Ports | None:
        """The web in parts; None where one of several is enough somewhere, nobody said what lies where, or it is small."""
        if not self._large or any(self.condensed.either.values()) or len(self.web.owners) != len(self.web.ids):
            return None
        return Ports(self.condensed.ptr, self.condensed.src, self._parts)


class LeaveOneOut:
    """Which targets fail without each node, taken away one at a time.

    Args:
        web: the condensed web.
        nodes: the nodes of the targets.
        size: how many nodes the web has.
        numbers: the target that each of these nodes belongs to; each is a target of its own when left out.
        compiled: rows are arrays, filled by compiled kernels.
    """

    def __init__(self, web: Condensed, nodes: Sequence[int], size: int, numbers: Sequence[int] | None = None, *, compiled: bool) -> None:
        self.web, self.size, self._compiled = web, size, compiled
        self._of: tuple[Sequence[int], Sequence[int]] = (range(len(nodes)) if numbers is None else numbers), nodes
        self.count = len(nodes) if numbers is None else max(numbers, default=-1) + 1
        """How many targets there are."""
        ways = [(node, sources) for node, sources in web.either.items() if sources]
        self._rows: list[int] = []
        self._bits: NDArray[np.int64] | None = None
        if compiled and web.ordered and ways:
            self._bits = self._swept_in_order(ways)
            return
        first = self.count
        seeds = [(first + h, sources[0]) for h, (_, sources) in enumerate(ways)]
        others: list[list[int]] = []
        for _, sources in ways:
            begin = first + len(seeds)
            others.append(list(range(begin, begin + len(sources) - 1)))
            seeds += zip(others[-1], sources[1:], strict=True)
        heads = [node for node, _ in ways]
        self._words = (first + len(seeds) + 63) // 64 or 1
        groups = len(web.ptr) - 1
        if compiled:
            self._bits = self._seeded(seeds, groups)
            kernel(kernels.spread_bits)(as_array(web.ptr), as_array(web.src), self._words, self._bits)
            self._settle_arrays(self._bits, heads, first, others)
        else:
            self._rows = self._swept_lists(seeds, groups)
            self._settle_lists(heads, first, others)

    def _swept_in_order(self, ways: Sequence[tuple[int, Sequence[int]]]) -> NDArray[np.int64]:
        """Spread and settled in one sweep: targets, the first and the second way to each head, marks, and further ways, each from a new word on."""
        import numpy as np

        web, count = self.web, (len(ways) + 63) // 64
        first = (self.count + 63) // 64
        second, done, rest = first + count, first + 2 * count, first + 3 * count
        seeds = [(64 * first + h, sources[0]) for h, (_, sources) in enumerate(ways)]
        seeds += [(64 * second + h, sources[min(1, len(sources) - 1)]) for h, (_, sources) in enumerate(ways)]
        further = [source for _, sources in ways for source in sources[2:]]
        seeds += [(64 * rest + place, source) for place, source in enumerate(further)]
        self._words = rest + (len(further) + 63) // 64
        more = np.concatenate([[0], np.cumsum([len(sources[2:]) for _, sources in ways])]).astype(np.int64)
        own = as_array(web.group)[np.array([node for node, _ in ways], np.int64)]
        bits = self._seeded(seeds, len(web.ptr) - 1)
        kernel(kernels.spread_settling)(
            as_array(web.ptr), as_array(web.src), self._words, bits, first, second, done, count, more, 64 * rest + np.arange(len(further)), own
        )  # fmt: skip
        return bits

    def _seeded(self, seeds: Sequence[tuple[int, int]], groups: int) -> NDArray[np.int64]:
        """Rows that have the bits of what each group is itself: of targets, and of some more."""
        import numpy as np

        words = self._words
        bits = np.zeros(groups * words, np.int64)
        pairs = [
            (as_array(numbers), as_array(nodes)) for numbers, nodes in (self._of, *([list(zip(*seeds, strict=True))] if seeds else []))
        ]
        for number, node in pairs:
            group = as_array(self.web.group)[node]
            number, group = number[group >= 0], group[group >= 0]
            np.bitwise_or.at(bits, group * words + number // 64, np.left_shift(np.int64(1), number % 64))
        return bits

    def _settle_arrays(self, bits: NDArray[np.int64], heads: Sequence[int], first: int, others: Sequence[Sequence[int]]) -> None:
        import numpy as np

        if not heads:
            return
        words = self._words
        own = as_array(self.web.group)[np.array(heads, np.int64)]
        gain = bits.reshape(-1, words)[own].ravel().copy()
        ptr = np.concatenate([[0], np.cumsum([len(some) for some in others])]).astype(np.int64)
        flat = np.array([bit for some in others for bit in some], np.int64)
        kernel(kernels.settle_either)(words, first, len(heads), ptr, flat, gain, bits)

    def _swept_lists(self, seeds: Sequence[tuple[int, int]], groups: int) -> list[int]:
        rows = [0] * groups
        ptr, src, group = self.web.ptr, self.web.src, self.web.group
        for number, node in itertools.chain(zip(*self._of, strict=True), seeds):
            if group[node] >= 0:
                rows[group[node]] |= 1 << number
        for g in range(groups - 1, -1, -1):
            row = rows[g]
            if row:
                for k in range(ptr[g], ptr[g + 1]):
                    rows[src[k]] |= row
        return rows

    def _settle_lists(self, heads: Sequence[int], first: int, others: Sequence[Sequence[int]]) -> None:
        gains = [self._rows[self.web.group[node]] for node in heads]
        needs = [(1 << first + h) | sum(1 << bit for bit in some) for h, some in enumerate(others)]
        trigger = ((1 << len(heads)) - 1) << first
        for g, row in enumerate(self._rows):
            changed = bool(row & trigger)
            while changed:
                before = row
                for need, gain in zip(needs, gains, strict=True):
                    if row & need == need:
                        row |= gain
                changed = row != before
            self._rows[g] = row

    # ------------------------------------------------------------------------------------------- answers

    @functools.cached_property
    def _mask(self) -> int:
        return (1 << self.count) - 1

    def row(self, node: int) -> int:
        """The targets that fail without a node, as bits of a number."""
        group = int(self.web.group[node])
        if group < 0:
            return 0
        if self._bits is None:
            return self._rows[group] & self._mask
        return int.from_bytes(self._bits[group * self._words : (group + 1) * self._words].tobytes(), "little") & self._mask

    def of(self, node: int) -> list[int]:
        """The places of the targets that fail without a node."""
        group = int(self.web.group[node])
        if self._bits is not None and group >= 0:
            import numpy as np

            row = self._bits[group * self._words : group * self._words + (self.count + 63) // 64]
            if not row.any():
                return []
            found: list[int] = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little")[: self.count]).tolist()
            return found
        return places_of(self.row(node))

    def of_each(self, nodes: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """`of` many nodes at once: where those of each begin, and their end; and they, one after the other."""
        import numpy as np

        if self._bits is None or not self.count or not (as_array(self.web.group)[as_array(nodes)] >= 0).any():
            found = [self.of(node) for node in nodes]
            first = np.cumsum([0, *map(len, found)])
            return first, np.fromiter(itertools.chain.from_iterable(found), np.int64, int(first[-1]))
        group = as_array(self.web.group)[as_array(nodes)]
        rows = self._bits.reshape(-1, self._words)[group, : (self.count + 63) // 64]  # what has no group finds some row
        rows[group < 0] = 0
        held = np.unpackbits(np.ascontiguousarray(rows).view(np.uint8), axis=1, bitorder="little")[:, : self.count]
        row, target = held.nonzero()
        return np.searchsorted(row, np.arange(len(nodes) + 1)), target

    def union(self, nodes: Sequence[int]) -> int:
        """The targets that fail without one of some nodes, taken away one at a time, as bits of a number."""
        if self._bits is None:
            return functools.reduce(lambda bits, node: bits | self.row(node), nodes, 0)
        import numpy as np

        group = as_array(self.web.group)[as_array(nodes)]
        rows = self._bits.reshape(-1, self._words)[group[group >= 0]]
        return int.from_bytes(np.bitwise_or.reduce(rows, axis=0).tobytes(), "little") & self._mask if len(rows) else 0

    def beyond(self, wholes: Sequence[tuple[int, Sequence[int]]]) -> list[bool]:
        """Of each whole, given with the nodes in it: whether something fails without it and without none of these alone."""
        if self._bits is None:
            return [bool(self.row(node) & ~self.union(some)) for node, some in wholes]
        import numpy as np

        group = as_array(self.web.group)
        inside = [group[some.start : some.stop] if isinstance(some, range) else group[as_array(some)] for _, some in wholes]
        begins = np.cumsum([0, *(len(some) for some in inside)])
        own = group[as_array([node for node, _ in wholes])]
        out = np.zeros(len(wholes), np.int64)
        if len(wholes):
            kernel(kernels.beyond_parts)(self._words, self.count, self._bits, own, begins, np.concatenate(inside), out)
        return [more == 1 for more in out.tolist()]

    def points(self, target: int) -> list[int]:
        """The nodes without which a target fails, itself included.

        Args:
            target: its place among the targets.
        """
        if self._bits is None:
            return [v for v in range(self.size) if self.web.group[v] >= 0 and self._rows[self.web.group[v]] >> target & 1]
        import numpy as np

        group = as_array(self.web.group)
        column = (self._bits.reshape(-1, self._words)[:, target // 64] >> (target % 64)) & 1
        found: list[int] = np.flatnonzero((column[group] == 1) & (group >= 0)).tolist()
        return found

    def sums(self, values: Sequence[float]) -> Sequence[float]:
        """Of each node, the sum of a value over the targets that fail without it; float64 (n) where compiled.

        Args:
            values: of each target.
        """
        return self.sums_of([values])[0]

    def sums_of(self, columns: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
        """`sums` of several values, all rows looked through once.

        Args:
            columns: the values of each target, one column after the other.
        """
        if self._bits is None:
            return [self._sums_of_lists(values) for values in columns]
        import numpy as np

        some, many = (self.count + 63) // 64, len(columns)
        padded = np.zeros((some * 8, 8, many))
        padded.reshape(-1, many)[: self.count] = np.asarray(columns, np.float64).T
        table = np.zeros((some * 8, 256, many))
        for bit in range(8):  # of numbers with that highest bit: what the lower bits come to, and it
            table[:, 1 << bit : 2 << bit] = table[:, : 1 << bit] + padded[:, bit : bit + 1]
        out = np.zeros((len(self.web.ptr), many))  # one row more, for what has no group
        kernel(kernels.sums_of_bits)(self._words, some, many, self._bits, table.ravel(), out[:-1].ravel())
        found: list[Sequence[float]] = list(np.ascontiguousarray(out[as_array(self.web.group)].T))
        return found

    def _sums_of_lists(self, values: Sequence[float]) -> list[float]:
        known: dict[int, float] = {}
        for row in set(self._rows):
            total = 0.0
            for place in places_of(row & self._mask):
                total += values[place]
            known[row] = total
        return [known[self._rows[g]] if g >= 0 else 0.0 for g in plain_list(self.web.group)]
