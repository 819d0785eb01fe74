"""A web of needs, condensed to what fails together: its strongly connected groups, each after all that it needs. See `ipmo.network.without`."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import attrs

from ipmo.network.compiled import kernel
from ipmo.network.kernels import without as kernels
from ipmo.network.positions import as_array, plain_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["Condensed", "Web", "condensed_arrays", "condensed_lists", "nodes_of", "sorted_links"]


@attrs.frozen(eq=False)
class Web:
    """What needs what.

    Args:
        ids: the full id of each node.
        src: the node that is needed, of each link.
        dst: the node that needs it.
        either: nodes for which one of those that they need is enough.
        facts: nodes that are done: nothing takes them away any more.
        gone: nodes that never come.
        barred: links, by their place, that bring nothing as things stand: what is needed only waits, and another way does not.
        known: the node of each id, where whoever made the web has it.
        owners: the place of the project of each node among those of the portfolio, -1 for none; empty where nobody said.
        guess: places of the nodes, each once, in which each may come after all that it needs; None where nobody said.
    """

    ids: Sequence[str]
    src: Ints
    dst: Ints
    either: AbstractSet[int] = frozenset()
    facts: AbstractSet[int] = frozenset()
    gone: AbstractSet[int] = frozenset()
    barred: AbstractSet[int] = frozenset()
    known: Mapping[str, int] | None = attrs.field(default=None, repr=False)
    owners: Ints = attrs.field(factory=list, repr=False)
    guess: Ints | None = attrs.field(default=None, repr=False)

    @functools.cached_property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The two ends of every link as arrays, made once."""
        return as_array(self.src), as_array(self.dst)

    @functools.cached_property
    def place(self) -> Mapping[str, int]:
        """The node of each id."""
        return dict(zip(self.ids, range(len(self.ids)), strict=True)) if self.known is None else self.known


@attrs.frozen(eq=False)
class Condensed:
    """A web of groups: what fails together is one, and each comes after all that it needs.

    Args:
        group: the group of each node; -1 of what is done or never comes.
        ptr: where the links into each group begin, those into `either` left out.
        src: the group that is needed.
        either: of each node for which one of several is enough: the nodes that are.
        ordered: groups also come after those that are enough for them: no loop goes through these.
    """

    group: Ints
    ptr: Ints
    src: Ints
    either: Mapping[int, Sequence[int]]
    ordered: bool = False


def condensed_lists(web: Web, out: AbstractSet[int], either: AbstractSet[int], settled: AbstractSet[int]) -> Condensed:
    """The condensed web of a small one, from lists; what it takes is as for `condensed_arrays`."""
    n = len(web.ids)
    into: list[list[int]] = [[] for _ in range(n)]
    ways: dict[int, list[int]] = {node: [] for node in either}
    for link, (u, v) in enumerate(zip(plain_list(web.src), plain_list(web.dst), strict=True)):
        if u in out or v in out or v in settled or link in web.barred:
            continue
        (ways[v] if v in either else into[v]).append(u)
    ptr, src = [0] * (n + 1), list[int]()
    for v in range(n):
        src += into[v]
        ptr[v + 1] = len(src)
    group = [-1] * n
    count = kernels.strong(ptr, src, group, *([0] * n for _ in range(5)))
    members: list[set[int]] = [set() for _ in range(count)]
    for v in range(n):
        members[group[v]].update(group[u] for u in into[v])
    begins, sources = [0] * (count + 1), list[int]()
    for g in range(count):
        sources += members[g] - {g}
        begins[g + 1] = len(sources)
    for v in out:
        group[v] = -1
    return Condensed(group, begins, sources, ways)


def condensed_arrays(web: Web, out: AbstractSet[int], either: AbstractSet[int], settled: AbstractSet[int]) -> Condensed:
    """The condensed web of a large one.

    Args:
        web: what needs what.
        out: nodes that cannot fail any more: what is done, and what has failed.
        either: nodes for which one of several is enough, and none of them is done.
        settled: the same where one is done: nothing takes them away.
    """
    import numpy as np

    n = len(web.ids)
    every = kept = _that_count(web, out, settled)
    ways: dict[int, list[int]] = {node: [] for node in either}
    if either:
        choice = np.zeros(n, bool)
        choice[nodes_of(either)] = True
        chosen = choice[every[1]]
        for u, v in zip(every[0][chosen].tolist(), every[1][chosen].tolist(), strict=True):
            ways[v].append(u)
        kept = every[0][~chosen], every[1][~chosen]
    group, count = _guessed(web, *every) or _strong(*every, n)
    ordered = not either or count == n
    if not ordered:  # what needs one another through such ways does not fail together
        apart, groups = _strong(*kept, n)
        ordered = groups == count
        group, count = (group, count) if ordered else (apart, groups)
    if count < n:
        one, other = group[kept[0]], group[kept[1]]
        between = one != other
        begins, sources, _ = sorted_links(one[between], other[between], count)
    else:
        begins, sources, _ = sorted_links(*kept, n, group)
    group[nodes_of(out)] = -1
    return Condensed(group, begins, sources, ways, ordered)


def _that_count(web: Web, out: AbstractSet[int], settled: AbstractSet[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ends of the links by which something may still fail."""
    import numpy as np

    src, dst = web.ends
    if not (out or settled or web.barred):
        return src, dst
    gone, fixed = np.zeros(len(web.ids), bool), np.zeros(len(web.ids), bool)
    gone[nodes_of(out)] = fixed[nodes_of(settled)] = True
    kept = ~gone[src] & ~(gone | fixed)[dst]
    kept[nodes_of(web.barred)] = False
    return src[kept], dst[kept]


def _guessed(web: Web, src: NDArray[np.int64], dst: NDArray[np.int64]) -> tuple[NDArray[np.int64], int] | None:
    """The same as `_strong` says where each node comes after all that it needs in the order that was guessed; None where one does not."""
    if web.guess is None:
        return None
    place = as_array(web.guess)
    return (place.copy(), len(place)) if (place[src] < place[dst]).all() else None


def _strong(src: NDArray[np.int64], dst: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], int]:
    """The strongly connected group of each node, each after all that leads to it, and how many there are."""
    import numpy as np

    ptr, tails, _ = sorted_links(src, dst, n)
    group = np.full(n, -1, np.int64)
    return group, kernel(kernels.strong)(ptr, tails, group, *(np.zeros(n, np.int64) for _ in range(5)))


def nodes_of(some: AbstractSet[int]) -> NDArray[np.int64]:
    """Some nodes as a column."""
    import numpy as np

    return np.fromiter(some, np.int64, len(some))


def sorted_links(
    src: NDArray[np.int64], dst: NDArray[np.int64], n: int, place: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Where the links into each node begin, their sources, and which links they are; by place instead of by node where places are given."""
    import numpy as np

    from ipmo.network.kernels import order

    ptr, perm, tail = np.zeros(n + 1, np.int64), np.empty(len(src), np.int64), np.empty(len(src), np.int64)
    kernel(order.by_target)(n, src, dst, np.arange(n) if place is None else place, ptr, perm, tail)
    return ptr, tail, perm
