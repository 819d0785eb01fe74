"""The pass over samples by compiled kernels, for networks whose links are all one number: group by group, in 32 bits.

It says what `ipmo.network.sampled` says, number for number. Draws that only their own estimate changes are made inside the kernels.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs
import numpy as np

from ipmo.network.compiled import kernel
from ipmo.network.kernels import samples as kernels
from ipmo.network.network import Network
from ipmo.network.positions import as_array
from ipmo.network.states import EFFECTS, LIVE
from ipmo.network.streams import GROUP, Stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.network.sampled import SampledPass

    Row = NDArray[np.int64]

__all__ = ["CompiledPass", "GroupDates", "fits"]

LOWEST = -(1 << 30)
"""No bound at all, in 32 bits."""
LONGEST = 1 << 28
"""Minutes of work that 32 bits hold with room for every sum."""


class GroupDates(NamedTuple):
    """The dates of one group of samples.

    Args:
        start, finish: a row a position, minutes of its clock since the base; only until the next group is computed on this thread.
        ends: the last finish of the work of each project on each clock, alike; -2^30 where there is none.
        room: for a mark a position and sample.
    """

    start: NDArray[np.int32]
    finish: NDArray[np.int32]
    ends: NDArray[np.int32]
    room: NDArray[np.uint8]


def fits(network: Network, most: Mapping[int, int]) -> bool:
    """Whether the kernels can say all dates of a network.

    Args:
        network: the network.
        most: the greatest length, in minutes, of those nodes whose length is not the network's own.
    """
    if not network.additive or network.caps or network.floor_edges or network.unknown:
        return False
    longest = as_array(network.dur).copy()
    for node, minutes in most.items():
        longest[node] = minutes
    dur = longest if network.arrays else longest.tolist()
    bounded = attrs.evolve(network, dur=dur)
    base = _bases(network)
    x, p = as_array(bounded.early().x), bounded.positions
    reached = x + as_array(p.dur) - base[as_array(p.clk)]
    lags = np.abs(as_array(p.lag)).sum() if network.m else 0
    return bool(longest.max(initial=0) < LONGEST and reached.max(initial=0) < LONGEST and lags < LONGEST)


def _bases(network: Network) -> Row:
    """The minutes that each clock has worked up to the base."""
    count = 1 if network.clocks is None else len(network.clocks.calendars) + 1
    return np.array([network.clock(number).work(network.base) for number in range(count)], np.int64)


class CompiledPass:
    """The columns of a network for the kernels.

    Args:
        sampled: the columns of the same network for rows.
        drawn: estimates that are drawn here, by position: the six numbers of `kernels.SampledWork.estimates`, and their stream.
        given: the positions whose lengths are rows that are given, in their order.
    """

    def __init__(self, sampled: SampledPass, drawn: Mapping[int, tuple[Sequence[float], Stream]], given: Sequence[int]) -> None:
        net = sampled.network
        self.n, self.bases = net.n, _bases(net)
        clk = np.array(sampled.clk, np.int64)
        self.links = kernels.SampledLinks(
            np.array(sampled.ptr, np.int64),
            np.array(sampled.src, np.int64),
            np.array(sampled.typ, np.int64),
            np.array(sampled.lag, np.int32),
        )
        base = self.bases[clk] if net.n else np.zeros(0, np.int64)
        floor = np.full(net.n, LOWEST, np.int64)
        for v, (least, _) in sampled.floors.items():
            floor[v] = least - base[v]
        kind, row = np.zeros(net.n, np.int64), np.zeros(net.n, np.int64)
        for number, v in enumerate(drawn):
            kind[v], row[v] = 1, number
        for number, v in enumerate(given):
            kind[v], row[v] = 2, number
        self.owners: list[tuple[int, int]] = []
        """The project and the clock of each group of positions."""
        places: dict[tuple[int, int], int] = {}
        group = np.full(net.n, -1, np.int64)
        for v, node in enumerate(sampled.order):
            if net.state[node] in LIVE and net.kinds[node] not in EFFECTS:
                group[v] = places.setdefault((int(net.project[node]), int(clk[v])), len(places))
        self.owners = list(places)
        self.work = kernels.SampledWork(
            np.maximum(np.array(sampled.low, np.int64) - base, LOWEST).astype(np.int32),
            np.maximum(floor, LOWEST).astype(np.int32),
            np.array(sampled.dur, np.int32),
            kind,
            row,
            np.array([numbers for numbers, _ in drawn.values()], np.float64).reshape(len(drawn), 6),
            np.array([one for _, one in drawn.values()], np.int64).reshape(len(drawn), 4),
            np.zeros((0, GROUP), np.int32),
            group,
        )
        self._kept: threading.local | None = None

    def __getstate__(self) -> dict[str, object]:
        """Without the room of this process."""
        return {**vars(self), "_kept": None}

    def _room(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
        """Room for the rows of all positions, one a thread."""
        if self._kept is None:
            self._kept = threading.local()
        room: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]] | None = getattr(self._kept, "room", None)
        if room is None:
            shape = (self.n, GROUP)
            room = np.empty(shape, np.int32), np.empty(shape, np.int32), np.zeros(shape, np.uint8)
            self._kept.room = room
        return room

    def forward(self, group: int, rows: NDArray[np.int32]) -> GroupDates:
        """The dates of a group of samples.

        Args:
            group: its number.
            rows: the lengths that are given, `GROUP` a row.
        """
        start, finish, marks = self._room()
        ends = np.full((len(self.owners), GROUP), LOWEST, np.int32)
        u, d, asked = np.empty(GROUP), np.empty(GROUP, np.int32), np.empty(GROUP, np.int32)
        work = self.work._replace(rows=rows)
        kernel(kernels.sample_forward)(self.links, work, group * GROUP // 4, u, d, asked, start, finish, ends)
        return GroupDates(start, finish, ends, marks)

    def critical(self, dates: GroupDates, size: int, last: NDArray[np.int32], end: NDArray[np.int32]) -> tuple[Row, Row, Row]:
        """In how many samples positions and links are critical, and the sums of lengths.

        Args:
            dates: of the group.
            size: how many of its samples count.
            last: the finish that each group of positions would end at, a row each.
            end: the end of each sample, in minutes.

        Returns:
            By position; by place of the link; by position the sums of lengths, their squares, and their products with the end.
        """
        counts, driving = np.zeros(self.n, np.int64), np.zeros(len(self.links.src), np.int64)
        sums = np.zeros((self.n, 3), np.int64)
        asked = np.empty(GROUP, np.int32)
        kernel(kernels.sample_critical)(
            self.links, self.work.group, size, dates.start, dates.finish, last, end, asked, dates.room, counts, driving, sums
        )
        return counts, driving, sums
