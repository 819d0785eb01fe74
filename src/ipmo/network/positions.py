"""The columns of a network by position: nodes in topological order, links sorted by the position of their target.

What takes a network apart works on these. Large networks hold them as int64 arrays, small ones as plain lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64] | list[int]

__all__ = ["DatedPositions", "PositionArrays", "Positions", "as_array", "as_arrays", "plain"]


class Positions(NamedTuple):
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
        mode: how each link is counted; see `ipmo.network.kernels.passes`.
        lagclk: the clock that the lag of each link is counted on.
        low: the earliest start that bounds allow, on the position's own clock.
        mark: what is special of each position, as a sum; see `ipmo.network.kernels.passes`.
        low_edge: 1 where `low` comes from a bound on the finish that falls into a break.
        high: the latest early start that a constraint allows; read only where the network is not additive.
        pin: the late start that a constraint fixes; read only where the network is not additive.
        w: `x[v] >= x[src] + w` for links that are one number.
    """

    order: Ints
    pos: Ints
    ptr: Ints
    perm: Ints
    src: Ints
    dur: Ints
    typ: Ints
    lag: Ints
    clk: Ints
    mode: Ints
    lagclk: Ints
    low: Ints
    mark: Ints
    low_edge: Ints
    high: Ints
    pin: Ints
    w: Ints


class PositionArrays(NamedTuple):
    """The columns of `Positions` as int64 arrays, whatever the size of the network, for what reckons with whole columns."""

    order: NDArray[np.int64]
    pos: NDArray[np.int64]
    ptr: NDArray[np.int64]
    perm: NDArray[np.int64]
    src: NDArray[np.int64]
    dur: NDArray[np.int64]
    typ: NDArray[np.int64]
    lag: NDArray[np.int64]
    clk: NDArray[np.int64]
    mode: NDArray[np.int64]
    lagclk: NDArray[np.int64]
    low: NDArray[np.int64]
    mark: NDArray[np.int64]
    low_edge: NDArray[np.int64]
    high: NDArray[np.int64]
    pin: NDArray[np.int64]
    w: NDArray[np.int64]


class DatedPositions(NamedTuple):
    """The columns of `Positions` as plain lists, for walking from node to node, and the early dates.

    Args:
        x: early starts on the position's own clock.
        edge: 1 where the early finish waits for the beginning of the next shift.
        finish: early finishes as instants.
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


def plain(column: Ints) -> list[int]:
    """A column as a plain list; lists stay what they are."""
    if isinstance(column, list):
        return column
    values: list[int] = column.tolist()
    return values


def as_array(column: Ints) -> NDArray[np.int64]:
    """A column as an int64 array; arrays stay what they are."""
    import numpy as np

    return np.asarray(column, np.int64)


def as_arrays(positions: Positions) -> PositionArrays:
    """Columns by position as int64 arrays."""
    return PositionArrays(*(as_array(column) for column in positions))
