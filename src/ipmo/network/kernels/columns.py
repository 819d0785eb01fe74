"""What the kernels take: columns of integers that belong together, under one name.

The columns are lists, or int64 arrays where the kernels are compiled. Numbers in them are named once, in
`ipmo.network.states`; here they are plain integers, because compiled code knows no enumerations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ipmo.network.states import LinkType, Mode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64] | list[int]

__all__ = [
    "CALENDARS",
    "EARLY_AT_WORK",
    "FAR",
    "FF",
    "FINISHES",
    "FS",
    "LATE_AT_WORK",
    "MONTHS",
    "ONE_IS_ENOUGH",
    "PLAIN",
    "SF",
    "SHIFTS",
    "SS",
    "STARTS_SHIFT",
    "TO_END",
    "TO_TARGET",
    "Dates",
    "Links",
    "Log",
    "Nodes",
    "Sums",
    "Tables",
]

Tables: TypeAlias = "tuple[Ints, Ints]"
"""Packed working clocks: two numbers a clock, six a span of it, and three a working period; see `ipmo.network.clocks.Clocks`.

A plain tuple, because every look-up takes it apart.
"""
FAR = 1 << 60
"""A time that no plan reaches; arithmetic on it does not overflow."""
FS, SS, FF, SF = (int(kind) for kind in (LinkType.FS, LinkType.SS, LinkType.FF, LinkType.SF))
PLAIN, CALENDARS, MONTHS = (int(mode) for mode in (Mode.PLAIN, Mode.CALENDARS, Mode.MONTHS))
FINISHES, SHIFTS = int(Mode.FINISHES), int(Mode.SHIFTS)
TO_END, TO_TARGET = 0, 1
"""What late dates lead to: the end, or the nearest target."""
ONE_IS_ENOUGH = 1
"""Mark of a position that one of several givers is enough for."""
STARTS_SHIFT = 2
"""Mark of a milestone of a start: it always lies where a shift begins."""
LATE_AT_WORK = 4
"""Mark of a position whose late finish never waits for the next shift."""
EARLY_AT_WORK = 8
"""Mark of a position whose early finish never waits for the next shift."""


class Sums(NamedTuple):
    """Links that are one number each, sorted by target: `x[v] >= x[src] + w`.

    Args:
        ptr: where the links into each position begin, and their number at the end.
        src: source positions.
        w: the numbers.
    """

    ptr: Ints
    src: Ints
    w: Ints


class Links(NamedTuple):
    """Links of all kinds.

    Args:
        ptr: where the links into each position begin, and their number at the end; in an overlay the first of each list.
        src: source positions.
        w: the least difference of starts, for links of one number.
        mode: `PLAIN`, `CALENDARS`, `MONTHS`, `FINISHES` or `SHIFTS`.
        typ: `FS`, `SS`, `FF` or `SF`.
        lagclk: the clock that the lag is counted on.
        lag: minutes on that clock, or calendar months.
    """

    ptr: Ints
    src: Ints
    w: Ints
    mode: Ints
    typ: Ints
    lagclk: Ints
    lag: Ints


class Nodes(NamedTuple):
    """Positions in topological order.

    Args:
        clk: the clock of each.
        dur: its minutes of work on that clock.
        mark: a sum of `ONE_IS_ENOUGH`, `STARTS_SHIFT`, `LATE_AT_WORK` and `EARLY_AT_WORK`.
        high: the latest early start that a constraint allows, FAR where there is none.
        pin: the late start that a constraint fixes, FAR where there is none.
    """

    clk: Ints
    dur: Ints
    mark: Ints
    high: Ints
    pin: Ints


class Dates(NamedTuple):
    """Starts of every position, early or late.

    Args:
        x: starts on the position's own clock.
        edge: 1 where the finish lies, or may lie, at the beginning of the next shift instead of at the end of the last.
    """

    x: Ints
    edge: Ints


class Log(NamedTuple):
    """What moved, and where it was before."""

    node: Ints
    x: Ints
    edge: Ints
