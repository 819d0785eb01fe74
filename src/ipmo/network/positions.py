"""The columns of a network by position: nodes in topological order, links sorted by the position of their target.

What takes a network apart works on these. Large networks hold them as int64 arrays, small ones as plain lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ipmo.network.compiled import kernel
from ipmo.network.kernels import order as kernels
from ipmo.network.kernels.columns import FF, FS, Dates, Links, Nodes, Sums
from ipmo.network.states import NUMBERS, Mode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = [
    "Arrangement",
    "DatedPositions",
    "Positions",
    "any_beyond",
    "any_nonzero",
    "arrange",
    "as_array",
    "as_arrays",
    "places_of",
    "plain",
    "plain_list",
    "weights",
]


Column = TypeVar("Column", bound="Ints")
"""What a column is: a list or an array, as the size of the network asks; or an array whatever its size."""


MANY_BITS = 32
"""Bits that are set from which places are read off eight at a time."""
OF_BYTE = [tuple(place for place in range(8) if byte >> place & 1) for byte in range(256)]
"""The places of the bits of each byte."""


class Positions(NamedTuple, Generic[Column]):
    """Columns by position; the links into position `v` are the places `ptr[v]` to `ptr[v + 1]`.

    Args:
        order: the node at each position.
        pos: the position of each node.
        ptr: where the links into each position begin, and their number at the end (n + 1).
        perm: the number of the link in each place.
        src: the position that the link in each place comes from.
        dur: minutes of work on the position's own clock.
        typ: link types, 0 FS, 1 SS, 2 FF, 3 SF.
        lag: minutes on the link's own clock, or calendar months.
        clk: the clock of each position.
        mode: how each link is counted; see `ipmo.network.states.Mode`.
        lagclk: the clock that the lag of each link is counted on.
        low: the earliest start that bounds allow, on the position's own clock.
        mark: what is special of each position, as a sum; see `ipmo.network.kernels.columns.Nodes`.
        low_edge: 1 where `low` comes from a bound on the finish that falls into a break.
        high: the latest early start that a constraint allows; read only where the network is not additive.
        pin: the late start that a constraint fixes; read only where the network is not additive.
        w: `x[v] >= x[src] + w` for links that are one number.
    """

    order: Column
    pos: Column
    ptr: Column
    perm: Column
    src: Column
    dur: Column
    typ: Column
    lag: Column
    clk: Column
    mode: Column
    lagclk: Column
    low: Column
    mark: Column
    low_edge: Column
    high: Column
    pin: Column
    w: Column

    @property
    def sums(self) -> Sums:
        """The links as numbers."""
        return Sums(self.ptr, self.src, self.w)

    @property
    def links(self) -> Links:
        """The links, for kernels."""
        return Links(self.ptr, self.src, self.w, self.mode, self.typ, self.lagclk, self.lag)

    @property
    def nodes(self) -> Nodes:
        """The positions, for kernels."""
        return Nodes(self.clk, self.dur, self.mark, self.high, self.pin)


class DatedPositions:
    """The columns of `Positions` as plain lists, for walking from node to node, and the early dates; each made when it is first read.

    `x` are early starts on the position's own clock, `edge` is 1 where the early finish waits for the beginning of the next
    shift, `finish` are early finishes as instants.

    Args:
        positions: the columns.
        early: early dates.
        finishes: tells the finishes.
    """

    order: list[int]
    pos: list[int]
    ptr: list[int]
    perm: list[int]
    src: list[int]
    dur: list[int]
    typ: list[int]
    lag: list[int]
    clk: list[int]
    mode: list[int]
    lagclk: list[int]
    low: list[int]
    mark: list[int]
    low_edge: list[int]
    high: list[int]
    pin: list[int]
    w: list[int]
    x: list[int]
    edge: list[int]
    finish: list[int]

    def __init__(self, positions: Positions[Ints], early: Dates, finishes: Callable[[], Ints]) -> None:
        self._positions, self._early, self._finishes = positions, early, finishes

    def __getattr__(self, name: str) -> list[int]:
        """A column that was not read before."""
        if name not in type(self).__annotations__:
            raise AttributeError(name)
        if name == "finish":
            column = self._finishes()
        else:
            column = getattr(self._early if name in ("x", "edge") else self._positions, name)
        made = self.__dict__[name] = plain(column)
        return made

    @property
    def sums(self) -> Sums:
        """The links as numbers."""
        return Sums(self.ptr, self.src, self.w)

    @property
    def links(self) -> Links:
        """The links, for kernels."""
        return Links(self.ptr, self.src, self.w, self.mode, self.typ, self.lagclk, self.lag)

    @property
    def nodes(self) -> Nodes:
        """The positions, for kernels."""
        return Nodes(self.clk, self.dur, self.mark, self.high, self.pin)


class Arrangement(NamedTuple):
    """Where nodes and links stand: see `Positions`."""

    order: Ints
    pos: Ints
    ptr: Ints
    perm: Ints
    src: Ints


def plain(column: Ints) -> list[int]:
    """A column as a plain list; lists stay what they are."""
    return column if isinstance(column, list) else plain_list(column)


def plain_list(column: Ints | Sequence[int]) -> list[int]:
    """A column as a plain list of its own."""
    if isinstance(column, Sequence):
        return list(column)
    values: list[int] = column.tolist()
    return values


def as_array(column: Ints | Sequence[int]) -> NDArray[np.int64]:
    """A column as an int64 array; arrays stay what they are."""
    import numpy as np

    return np.asarray(column, np.int64)


def as_arrays(positions: Positions[Ints]) -> Positions[NDArray[np.int64]]:
    """Columns by position as int64 arrays."""
    return Positions(*(as_array(column) for column in positions))


def arrange(order: Ints, src: Ints, dst: Ints, *, arrays: bool, compiled: bool) -> Arrangement:
    """Positions in an order, and links sorted by the position of their target.

    Args:
        order: nodes in topological order.
        src: source nodes of links.
        dst: target nodes of links.
        arrays: columns are arrays.
        compiled: they are filled by compiled kernels.
    """
    n, m = len(order), len(src)
    if not arrays:
        places = plain(order)
        pos = [0] * n
        for place, node in enumerate(places):
            pos[node] = place
        sources, targets = plain(src), plain(dst)
        into: list[list[int]] = [[] for _ in range(n)]
        for e in range(m):
            into[pos[targets[e]]].append(e)
        ptr, perm = [0] * (n + 1), list[int]()
        for v in range(n):
            perm += into[v]
            ptr[v + 1] = len(perm)
        return Arrangement(places, pos, ptr, perm, [pos[sources[e]] for e in perm])
    import numpy as np

    nodes = as_array(order)
    place_of = np.empty(n, np.int64)
    place_of[nodes] = np.arange(n)
    begins = np.zeros(n + 1, np.int64)
    if compiled:
        numbers, tails = np.empty(m, np.int64), np.empty(m, np.int64)
        kernel(kernels.by_target)(n, as_array(src), as_array(dst), place_of, begins, numbers, tails)
        return Arrangement(nodes, place_of, begins, numbers, tails)
    heads = place_of[as_array(dst)]
    numbers = np.argsort(heads, kind="stable")
    np.cumsum(np.bincount(heads, minlength=n), out=begins[1:])
    return Arrangement(nodes, place_of, begins, numbers, place_of[as_array(src)][numbers])


def weights(ptr: Ints, src: Ints, typ: Ints, lag: Ints, dur: Ints, *, compiled: bool = False) -> Ints:
    """The least difference of starts that each link asks for where it is one number, from columns by position.

    Args:
        ptr: where the links to each position begin.
        src: the position that each leaves.
        typ: their types.
        lag: their lags.
        dur: of each position.
        compiled: a compiled kernel counts them.
    """
    if isinstance(lag, list):
        w = list(lag)
        kernels.weigh(ptr, src, typ, dur, w)
        return w
    if compiled:
        counted = as_array(lag).copy()
        kernel(kernels.weigh)(as_array(ptr), as_array(src), as_array(typ), as_array(dur), counted)
        return counted
    import numpy as np

    heads = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
    sources, kinds, lengths = as_array(src), as_array(typ), as_array(dur)
    sums = lag.copy()
    finish_source, finish_target = (kinds == FS) | (kinds == FF), kinds >= FF
    sums[finish_source] += lengths[sources[finish_source]]
    sums[finish_target] -= lengths[heads[finish_target]]
    return sums


def places_of(bits: int) -> list[int]:
    """The places of the bits of a number that are set, in order.

    >>> places_of(0b1011), places_of((1 << 70) - 1) == list(range(70))
    ([0, 1, 3], True)
    """
    if bits.bit_count() > MANY_BITS:  # taking one off another costs the whole number each time
        data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
        return [8 * at + place for at, byte in enumerate(data) if byte for place in OF_BYTE[byte]]
    out = []
    while bits:
        low = bits & -bits
        out.append(low.bit_length() - 1)
        bits ^= low
    return out


def any_beyond(mode: Ints | None) -> bool:
    """Whether a link goes through calendars: it is no mere number."""
    if mode is None:
        return False
    if isinstance(mode, list):
        return not set(NUMBERS).issuperset(mode)
    return bool(((mode != Mode.PLAIN) & (mode != Mode.FINISHES)).any())


def any_nonzero(column: Ints | None) -> bool:
    """Whether a column, if there is one, holds anything but zeros."""
    if column is None:
        return False
    return any(column) if isinstance(column, list) else bool(column.any())
