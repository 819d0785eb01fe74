"""The pass over samples by compiled kernels: group by group, in 32 bits.

It says what `ipmo.network.sampled` says, number for number. Draws that only their own estimate changes are made inside the kernels.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs
import numpy as np

from ipmo.model.fields import FrozenMap
from ipmo.network.compiled import kernel
from ipmo.network.day_tables import day_tables
from ipmo.network.kernels import samples as kernels
from ipmo.network.kernels.columns import EARLY_AT_WORK, FAR, FF, FINISHES, FS, ONE_IS_ENOUGH, PLAIN, SF, SS, STARTS_SHIFT
from ipmo.network.network import Network
from ipmo.network.positions import as_array
from ipmo.network.states import EFFECTS, LIVE
from ipmo.network.streams import GROUP, Stream
from ipmo.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.network.sampled import SampledPass

    Row = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["CompiledPass", "GroupDates", "fits"]

LOWEST = -(1 << 30)
"""No bound at all, in 32 bits."""
HIGHEST = 1 << 30
"""Alike, from above."""
LONGEST = 1 << 28
"""Minutes of work that 32 bits hold with room for every sum."""
BITS = GROUP // 8
"""Bytes of a row of bits."""
MOST_DAYS = 36_600
"""Days that are looked up in tables at most; what lies beyond is searched for."""
COUNT_OF = np.array([number.bit_count() for number in range(256)], np.uint8)


class GroupDates:
    """The dates of one group of samples; only until the next group is computed on this thread.

    Args:
        made: by what.
        room: its rows.
    """

    def __init__(self, made: CompiledPass, room: kernels.SampledRoom) -> None:
        self._made, self.room = made, room

    @property
    def ends(self) -> NDArray[np.int32]:
        """The last finish of the work of each project on each clock, minutes of it since the base; -2^30 where there is none."""
        return self.room.ends

    def start(self, v: int) -> NDArray[np.int32]:
        """The starts of a position whose starts are kept, minutes of its clock since the base."""
        found: NDArray[np.int32] = self.room.dates[self._made.work.start[v]]
        return found

    def finish(self, v: int) -> NDArray[np.int32]:
        """The finishes of a position that are kept, alike."""
        found: NDArray[np.int32] = self.room.dates[self._made.work.finish[v]]
        return found

    def instants(self, places: Sequence[tuple[int, bool]], count: int) -> Row:
        """The finishes of positions that are kept as instants, or, where that is said, their starts: a row each."""
        work = self._made.work
        v, starts = np.array([place for place, _ in places], np.int64), np.array([begins for _, begins in places], bool)
        row, edge = np.where(starts, work.start[v], work.finish[v]), np.where(starts, -2, work.edge[v])
        return self._made.instants(work.clk[v], row, edge, self.room.dates, self.room.edges, count)

    def last(self) -> Row:
        """The same of `ends`."""
        clk = np.array([clock for _, clock in self._made.owners], np.int64)
        return self._made.instants(clk, np.arange(len(clk)), np.full(len(clk), -1), self.ends, self.room.edges, GROUP)


def fits(network: Network, most: Mapping[int, int]) -> bool:
    """Whether the kernels can say all dates of a network.

    Args:
        network: the network.
        most: the greatest length, in minutes, of those nodes whose length is not the network's own.
    """
    if network.unknown:
        return False
    longest = as_array(network.dur).copy()
    for node, minutes in most.items():
        longest[node] = minutes
    if longest.max(initial=0) >= LONGEST:
        return False
    bounded = attrs.evolve(network, dur=longest if network.arrays else longest.tolist())
    base = _bases(network)
    x, p = as_array(bounded.early().x), bounded.positions
    clk = as_array(p.clk)
    worked = x + as_array(p.dur)
    reached = worked - base[clk]
    lags = np.abs(as_array(p.lag)).sum() if network.m else 0
    if reached.max(initial=0) >= LONGEST or lags >= LONGEST:
        return False
    if network.additive:
        return True
    last = [network.clock(int(number)).start(int(worked[clk == number].max())) for number in np.unique(clk)]
    return max(last, default=0) < network.base + HIGHEST


def _bases(network: Network) -> Row:
    """The minutes that each clock has worked up to the base."""
    count = 1 if network.clocks is None else len(network.clocks)
    return np.array([network.clock(number).work(network.base) for number in range(count)], np.int64)


class _Rows(NamedTuple):
    """Where the dates of positions are kept.

    Args:
        finish, start: the row of each position; -1 where nobody asks for its start.
        size: how many rows there are.
    """

    finish: Row
    start: Row
    size: int


class CompiledPass:
    """The columns of a network for the kernels.

    Args:
        sampled: the columns of the same network for rows.
        drawn: estimates that are drawn here, by position: the six numbers of `kernels.SampledWork.estimates`, and their stream.
        given: the positions whose lengths are rows that are given, in their order.
        kept: the positions whose dates somebody asks for, with whether it is the start.
        tables: the table of their distribution, of those that are drawn from one; see `kernels.draws.draw_beta`.
    """

    def __init__(
        self,
        sampled: SampledPass,
        drawn: Mapping[int, tuple[Sequence[float], Stream]],
        given: Sequence[int],
        kept: Iterable[tuple[int, bool]] = (),
        tables: Mapping[int, Floats] = FrozenMap(),
    ) -> None:
        net = sampled.network
        self.n, self.bases = net.n, _bases(net)
        clk, dur = np.array(sampled.clk, np.int64), np.array(sampled.dur, np.int32)
        self.links = kernels.SampledLinks(
            np.array(sampled.ptr, np.int64),
            np.array(sampled.src, np.int64),
            np.array(sampled.typ, np.int64),
            np.array(sampled.lag, np.int32),
            np.array(sampled.mode, np.int64),
            np.array(sampled.lagclk, np.int64),
        )
        heads = np.repeat(np.arange(net.n), np.diff(self.links.ptr))
        mark = np.array(sampled.mark, np.int64)
        base = self.bases[clk] if net.n else np.zeros(0, np.int64)
        bounds = _bounds(sampled, base)
        edge = _edges(sampled, self.links, mark)
        self.special = _special(self.links, heads, mark, bounds, edge)
        self.owners: list[tuple[int, int]] = []
        """The project and the clock of each group of positions; what may wait for a shift counts on wall-clock time."""
        places: dict[tuple[int, int], int] = {}
        group = np.full(net.n, -1, np.int64)
        for v, node in enumerate(sampled.order):
            if net.state[node] in LIVE and net.kinds[node] not in EFFECTS:
                counted = 0 if edge[v] >= 0 else int(clk[v])
                group[v] = places.setdefault((int(net.project[node]), counted), len(places))
        self.owners = list(places)
        self.ending = _ending(self.links, heads, group, edge, self.special)
        self.special |= self.ending << 1
        rows = _rows(net.n, self.links, heads, [*((v, False) for v in np.flatnonzero(self.ending).tolist()), *kept])
        kind, row = np.zeros(net.n, np.int64), np.zeros(net.n, np.int64)
        for number, v in enumerate(drawn):
            kind[v], row[v] = 1, number
        for number, v in enumerate(given):
            kind[v], row[v] = 2, number
        self._drawn = list(drawn)
        estimates = np.array([numbers for numbers, _ in drawn.values()], np.float64).reshape(len(drawn), 6)
        streams = np.array([one for _, one in drawn.values()], np.int64).reshape(len(drawn), 4)
        self.work = kernels.SampledWork(
            *bounds, mark, clk, dur, kind, row, estimates, streams, *_tables(drawn, tables), group, rows.finish, rows.start, edge
        )  # fmt: skip
        self.days = day_tables(net.clock_tables, self.bases, [*clk.tolist(), *self.links.lagclk.tolist()], _days(net, clk))
        self._shape = rows.size, int(edge.max(initial=-1)) + 1, int(np.diff(self.links.ptr).max(initial=1)), len(drawn), len(self.owners)
        self._kept: threading.local | None = None

    def __getstate__(self) -> dict[str, object]:
        """Without the room of this process."""
        return {**vars(self), "_kept": None}

    @property
    def room(self) -> int:
        """Bytes of the rows that a thread needs."""
        dates, edges, asked, drawn, ends = self._shape
        return GROUP * (4 * (dates + asked + drawn + ends) + edges + asked) + BITS * (self.n + len(self.links.src))

    def _room(self, given: NDArray[np.int32]) -> kernels.SampledRoom:
        """Room for the rows of a group, one a thread."""
        if self._kept is None:
            self._kept = threading.local()
        room: kernels.SampledRoom | None = getattr(self._kept, "room", None)
        if room is None:
            dates, edges, asked, drawn, ends = self._shape
            narrow, wide = np.uint8, np.int32
            room = kernels.SampledRoom(
                words=np.empty(GROUP, wide),
                values=np.empty(GROUP),
                d=np.empty(GROUP, wide),
                x=np.empty(GROUP, wide),
                late=np.zeros(GROUP, narrow),
                t=np.empty(GROUP, np.int64),
                back=np.empty(GROUP, np.int64),
                asked=np.empty((asked, GROUP), wide),
                asked_late=np.zeros((asked, GROUP), narrow),
                dates=np.empty((dates, GROUP), wide),
                edges=np.zeros((edges, GROUP), narrow),
                drawn=np.empty((drawn, GROUP), wide),
                given=given,
                drives=np.empty((len(self.links.src), BITS), narrow),
                critical=np.empty((self.n, BITS), narrow),
                touched=np.empty(self.n, narrow),
                ends=np.empty((ends, GROUP), wide),
            )
            self._kept.room = room
        return room._replace(given=given)

    def forward(self, group: int, rows: NDArray[np.int32], size: int = GROUP, sums: Row | None = None) -> GroupDates:
        """The dates of a group of samples.

        Args:
            group: its number.
            rows: the lengths that are given, `GROUP` a row.
            size: how many of its samples count.
            sums: takes the sums of the lengths that are drawn, and of their squares.
        """
        room = self._room(rows)
        room.ends.fill(LOWEST)
        added = np.zeros((len(self._drawn), 3), np.int64) if sums is None else sums
        kernel(kernels.sample_forward)(self.days, self.links, self.work, self.special, group * GROUP // 4, size, room, added)
        return GroupDates(self, room)

    def instants(self, clk: Row, row: Row, edge: Row, dates: NDArray[np.int32], edges: NDArray[np.uint8], count: int) -> Row:
        """The first of some rows of dates as instants; see `kernels.row_instants`."""
        out = np.empty((len(row), count), np.int64)
        kernel(kernels.row_instants)(self.days, clk, row, edge, dates, edges, out)
        return out

    def critical(
        self,
        dates: GroupDates,
        size: int,
        last: NDArray[np.int32],
        end: NDArray[np.int32],
        into: tuple[Row, Row, Row] | None = None,
    ) -> tuple[Row, Row, Row]:
        """In how many samples positions and links are critical, and the products of drawn lengths with the end.

        Args:
            dates: of the group; which links drive is lost.
            size: how many of its samples count.
            last: the finish that each group of positions would end at, a row each.
            end: the end of each sample, in minutes.
            into: what is added to; nothing yet when left out.

        Returns:
            By position; by place of the link; by estimate drawn, in the last column.
        """
        counts, driving, sums = into or (
            np.zeros(self.n, np.int64),
            np.zeros(len(self.links.src), np.int64),
            np.zeros((len(self._drawn), 3), np.int64),
        )
        valid = np.packbits((np.arange(GROUP) < size).reshape(8, BITS), axis=0, bitorder="little").ravel()
        kernel(kernels.sample_critical)(self.days, self.links, self.work, last, self.ending, valid, COUNT_OF, dates.room, counts, driving)
        kernel(kernels.sample_products)(dates.room.drawn, end, size, sums)
        return counts, driving, sums


def _tables(drawn: Iterable[int], tables: Mapping[int, Floats]) -> tuple[Row, Floats]:
    """Which table each estimate has, -1 for none, and the tables."""
    numbers: dict[int, int] = {}
    made: list[Floats] = []
    which = []
    for v in drawn:
        if v not in tables:
            which.append(-1)
            continue
        if id(tables[v]) not in numbers:
            numbers[id(tables[v])] = len(made)
            made.append(tables[v])
        which.append(numbers[id(tables[v])])
    return np.array(which, np.int64), np.array(made) if made else np.empty((0, 1, 3))


def _bounds(
    sampled: SampledPass, base: Row
) -> tuple[NDArray[np.int32], NDArray[np.int32], Row, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Starts and finishes that bounds allow, as `kernels.SampledWork` has them."""
    n = len(base)

    def narrow(column: Row) -> NDArray[np.int32]:
        return np.clip(np.where(np.abs(column) >= FAR // 2, column, column - base), LOWEST, HIGHEST).astype(np.int32)

    low, high = np.array(sampled.low, np.int64), np.array(sampled.high, np.int64)
    floor, floor_edge = np.full(n, -FAR, np.int64), np.zeros(n, np.int64)
    for v, (least, waits) in sampled.floors.items():
        floor[v], floor_edge[v] = least, waits
    high_end, high_least = np.full(n, FAR, np.int64), np.full(n, -FAR, np.int64)
    for v, (start, finish, least) in sampled.caps.items():
        high[v], high_end[v], high_least[v] = start, finish, least
    return narrow(low), narrow(floor), floor_edge, narrow(high), narrow(high_end), narrow(high_least)


def _edges(sampled: SampledPass, links: kernels.SampledLinks, mark: Row) -> Row:
    """The row of edges of each position whose finish may lie in a break, -1 elsewhere."""
    count = 0
    edge = np.full(len(mark), -1, np.int64)
    plain = sampled.network.additive
    for v in range(0 if plain else len(mark)):
        may = bool(mark[v] & STARTS_SHIFT)
        if not may and not mark[v] & EARLY_AT_WORK:
            may = v in sampled.floors and sampled.floors[v][1]
            for k in range(sampled.ptr[v], 0 if mark[v] & ONE_IS_ENOUGH else sampled.ptr[v + 1]):
                if sampled.mode[k] == FINISHES:
                    may = may or edge[sampled.src[k]] >= 0
                elif sampled.mode[k] != PLAIN:
                    may = may or (sampled.typ[k] >= FF and sampled.clk[v] != 0)
        if may:
            edge[v] = count
            count += 1
    return edge


def _special(links: kernels.SampledLinks, heads: Row, mark: Row, bounds: tuple[NDArray[np.generic], ...], edge: Row) -> NDArray[np.uint8]:
    """1 for each position that more than links of one number bounds; 2 is added for those that may be the last of their group."""
    out = ((mark & (ONE_IS_ENOUGH | STARTS_SHIFT)) != 0) | (edge >= 0)
    _, _, _, high, high_end, _ = bounds
    out |= (np.asarray(high) < HIGHEST) | (np.asarray(high_end) < HIGHEST)
    out[heads[(links.mode != PLAIN) & (links.mode != FINISHES)]] = True
    special: NDArray[np.uint8] = out.astype(np.uint8)
    return special


def _ending(links: kernels.SampledLinks, heads: Row, group: Row, edge: Row, special: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 for each position that may be the last of its group: nothing in it starts after it.

    What starts after work that is the last one takes no time, and marks that work as critical by the link between them.
    """
    out = group >= 0
    src = links.src
    after = (links.typ == FS) & (links.lag >= 0) & ((links.mode == PLAIN) | (links.mode == FINISHES))
    after &= (group[src] == group[heads]) & (edge[src] < 0) & (edge[heads] < 0) & (special[heads] == 0)
    out[src[after]] = False
    return out.astype(np.uint8)


def _rows(n: int, links: kernels.SampledLinks, heads: Row, kept: Iterable[tuple[int, bool]]) -> _Rows:
    """Rows for the dates of positions: each is used again when nobody asks for what is in it any more."""
    last_finish, last_start = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    starts = (links.typ == SS) | (links.typ == SF)
    np.maximum.at(last_finish, links.src[~starts], heads[~starts])
    np.maximum.at(last_start, links.src[starts], heads[starts])
    for v, begins in kept:
        (last_start if begins else last_finish)[v] = n
    finish, start = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    free: list[int] = []
    ending: dict[int, list[int]] = {}
    count = 0
    for v, lasts in enumerate(zip(last_finish.tolist(), last_start.tolist(), strict=True)):
        for column, last in zip((finish, start), lasts, strict=True):
            if column is start and last < 0:
                continue
            if not free:
                free.append(count)
                count += 1
            row = heapq.heappop(free)
            column[v] = row
            ending.setdefault(max(last, v), []).append(row)
        for row in ending.pop(v, ()):
            heapq.heappush(free, row)
    return _Rows(finish, start, max(count, 1))


def _days(net: Network, clk: Row) -> int:
    """How many days from the base on the tables of days hold: twice as many as the plan takes, and a year."""
    if not net.n:
        return 1
    p = net.positions
    worked = as_array(net.early().x) + as_array(p.dur)
    last = max(net.clock(int(number)).start(int(worked[clk == number].max())) for number in np.unique(clk))
    return int(min(2 * max(last - net.base, 0) // DAY + 366, MOST_DAYS))
