"""The pass forward over many samples at once: each position has a row of starts, one for each sample.

It says of every sample what `Network.early` says of a network with those durations; rows that no uncertain work leads to have one
column. Everything is whole minutes, so that the order of adding up changes nothing.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from ipmo.model.fields import FrozenMap
from ipmo.network.kernels.columns import (
    EARLY_AT_WORK,
    FAR,
    FF,
    FINISHES,
    FS,
    MONTHS,
    ONE_IS_ENOUGH,
    PLAIN,
    SF,
    SS,
    STARTS_SHIFT,
    Tables,
)
from ipmo.network.network import Network
from ipmo.network.positions import plain
from ipmo.network.states import LIVE, State
from ipmo.network.vectorised import RowClocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["NO_EDGE", "Cap", "Finishes", "Lost", "SampledDates", "SampledPass", "Strike"]

NO_EDGE: Row = np.zeros(1, np.int64)
"""Of a finish that never lies in a break."""
ALWAYS: NDArray[np.bool_] = np.ones(1, bool)
"""Of a link that drives its target in every sample."""


class Lost(Protocol):
    """Working time that is lost, sample by sample, on one clock."""

    def resumed(self, x: Row) -> Row:
        """Where work that might begin there begins: after what is lost."""

    def ended(self, x: Row, length: Row) -> Row:
        """Where work of some minutes ends that begins there."""

    def begun(self, finish: Row, length: Row) -> Row:
        """Where work of some minutes begins at the latest that ends there."""


class Cap(NamedTuple):
    """What a link asks of its target at most.

    Args:
        at: a start, or of a link to a finish that finish, on the clock of the target.
        waits: that finish falls into a break, and is reached where the next shift begins.
    """

    at: int
    waits: bool = False


class Strike(NamedTuple):
    """What holds work up, or puts it off, where it runs in a window.

    Args:
        first, last: the window, as instants, or a row of them.
        minutes: by how much, sample by sample; nothing where it does not happen, less than that where something is gained.
        later: it starts later by that; else it lasts longer.
        touching: what ends with the first instant of the window lies in it.
    """

    first: int | Row
    last: int | Row
    minutes: Row
    later: bool
    touching: bool = False


class Finishes:
    """Finishes of positions as instants, each made when somebody asks for it: most only hand on the minutes that are worked by then.

    Args:
        sampled: the columns of the network.
        x, edge, length: see `SampledDates`; added to position by position.
    """

    def __init__(self, sampled: SampledPass, x: list[Row], edge: list[Row], length: list[Row]) -> None:
        self._sampled, self._x, self._edge, self._length = sampled, x, edge, length
        self._made: dict[int, Row] = {}
        self._worked: dict[int, Row] = {}

    def plain(self, v: int) -> bool:
        """The minutes worked say the finish: it never lies in a break, and nothing is lost before it."""
        return self._edge[v] is NO_EDGE and v not in self._made

    def worked(self, v: int) -> Row:
        """The minutes worked by the finish of a position."""
        row = self._worked.get(v)
        if row is None:
            row = self._worked[v] = self._x[v] + self._length[v]
        return row

    def __getitem__(self, v: int) -> Row:
        row = self._made.get(v)
        if row is None:
            row = self._made[v] = self._sampled.instants(v, self.worked(v), self._edge[v])
        return row

    def __setitem__(self, v: int, row: Row) -> None:
        self._made[v] = row
        self._worked.pop(v, None)


class SampledDates(NamedTuple):
    """The dates of all positions in some samples.

    Args:
        x: starts on each position's own clock: a row of one number, or of one a sample.
        edge: 1 where a finish lies where the next shift begins.
        finish: finishes as instants.
        drives: for each link in place, whether its target starts when it lets it.
        length: minutes on each position's clock from start to finish, those lost among them.
        lags: minutes of those lags, by the place of their link, that are not the network's own.
        struck: of positions that may be struck the minutes of their work then, and by how many more minutes they start later.
    """

    x: list[Row]
    edge: list[Row]
    finish: Finishes
    drives: list[NDArray[np.bool_]]
    length: list[Row]
    lags: Mapping[int, Row] = FrozenMap()
    struck: Mapping[int, tuple[Row, Row]] = FrozenMap()


class _Dated(NamedTuple):
    """The same of one position."""

    x: Row
    edge: Row
    finish: Row
    drives: list[NDArray[np.bool_]]
    length: Row


class SampledPass:
    """The columns of one network, for passes over samples.

    Args:
        compiled: the network, its loops cut.
    """

    def __init__(self, compiled: Network) -> None:
        self.network = compiled
        p = compiled.positions
        self.order, self.ptr, self.src = plain(p.order), plain(p.ptr), plain(p.src)
        self.typ, self.lag, self.mode, self.lagclk = plain(p.typ), plain(p.lag), plain(p.mode), plain(p.lagclk)
        self.clk, self.dur = plain(p.clk), plain(p.dur)
        self.pos = plain(p.pos)
        self.links = plain(p.perm)
        additive = compiled.additive
        self.mark = [compiled.plain_mark] * compiled.n if additive else plain(p.mark)
        self.high = [FAR] * compiled.n if additive else plain(p.high)
        low = compiled.low
        self.low = [int(low[node]) for node in self.order]
        self.floors = {self.pos[node]: (floor, node in compiled.floor_edges) for node, floor in compiled.finish_floor.items()}
        self.caps = {self.pos[node]: cap for node, cap in compiled.caps.items()}

    @functools.cached_property
    def clocks(self) -> RowClocks:
        """The working clocks, for rows."""
        tables: Tables = self.network.clock_tables
        return RowClocks(tables)

    def forward(
        self,
        lengths: Mapping[int, Row],
        shifts: Mapping[int, Row],
        capped: Mapping[int, Cap] = FrozenMap(),
        lost: Mapping[int, Lost] = FrozenMap(),
        lags: Mapping[int, Row] = FrozenMap(),
        strikes: Mapping[int, Sequence[Strike]] = FrozenMap(),
    ) -> SampledDates:
        """Early dates of all positions.

        Args:
            lengths: minutes of work of those positions whose duration is not the network's own.
            shifts: minutes, on its own clock, by which a position starts later than all lets it; where something strikes it, less than nothing
                takes away from that.
            capped: what some links ask for at most, by place.
            lost: working time that some positions lose.
            lags: minutes of those lags that are not the network's own, by the place of their link; less than none of a lead.
            strikes: what holds positions up where they run in a window, by the dates that they have without it.
        """
        varied = {self.heads[k] for k in lags}
        dur = [lengths[v] if v in lengths else np.array([length], np.int64) for v, length in enumerate(self.dur)]
        x: list[Row] = []
        edge: list[Row] = []
        struck: dict[int, tuple[Row, Row]] = {}
        found = SampledDates(x, edge, Finishes(self, x, edge, dur), [], dur, lags, struck)
        for v in range(self.network.n):
            moved = v in shifts or v in lost or v in varied or v in strikes
            if self._simple[v] and not moved and not capped and self._simply(v, found):
                continue
            shift = shifts.get(v)
            one = self._dated(v, found, dur[v], (shift if shift is None or v not in strikes else np.maximum(shift, 0), capped, lost.get(v)))
            if v in strikes:
                longer, later = self._struck(v, one, strikes[v])
                least = np.minimum(dur[v], 1)  # no opportunity takes away the last minute: work of none is another network
                struck[v] = np.maximum(dur[v] + longer, least), np.maximum(later + (0 if shift is None else shift), 0)
                one = self._dated(v, found, struck[v][0], (struck[v][1], capped, lost.get(v)))
            found.x.append(one.x)
            found.edge.append(one.edge)
            found.drives.extend(one.drives)
            dur[v] = one.length
            if v in lost:
                found.finish[v] = one.finish
        return found

    def _struck(self, v: int, one: _Dated, strikes: Sequence[Strike]) -> tuple[Row, Row]:
        """By how much longer a position works, and how much later it starts, that would have these dates."""
        begin = self.starts(v, one.x)
        longer = later = np.zeros(1, np.int64)
        for strike in strikes:
            ends = one.finish >= strike.first if strike.touching else one.finish > strike.first
            minutes = np.where((begin < strike.last) & ends & (strike.first < strike.last), strike.minutes, 0)
            longer, later = (longer, later + minutes) if strike.later else (longer + minutes, later)
        return longer, later

    @functools.cached_property
    def _simple(self) -> list[bool]:
        """The positions that only links of one number and a first day bound."""
        out = []
        for v in range(self.network.n):
            bare = not self.mark[v] & (ONE_IS_ENOUGH | STARTS_SHIFT) and v not in self.floors and v not in self.caps and self.high[v] >= FAR
            out.append(bare and all(self.mode[k] in (PLAIN, FINISHES) for k in range(self.ptr[v], self.ptr[v + 1])))
        return out

    @functools.cached_property
    def held(self) -> list[bool]:
        """The positions whose first day no link implies."""
        out = []
        for v in range(self.network.n):
            links = range(self.ptr[v], self.ptr[v + 1])
            out.append(not any(self.typ[k] < FF and self.lag[k] >= 0 and self._least(self.src[k]) >= self.low[v] for k in links))
        return out

    def _least(self, u: int) -> int:
        """The day before which a position never starts; a constraint may cap it below its own first day."""
        return self.low[u] if u not in self.caps and self.high[u] >= FAR else -FAR

    def _simply(self, v: int, found: SampledDates) -> bool:
        """Dates a simple position, unless the finish of one before it lies in a break: what `_dated` says, in a step or two a link."""
        asked: list[Row] = []
        for k in range(self.ptr[v], self.ptr[v + 1]):
            u, typ, lag = self.src[k], self.typ[k], self.lag[k]
            if self.mode[k] == FINISHES and found.edge[u] is not NO_EDGE:
                return False
            y = found.finish.worked(u) if typ in (FS, FF) else found.x[u]
            if lag:
                y = y + lag
            asked.append(y - found.length[v] if typ >= FF else y)
        if asked:
            best = functools.reduce(np.maximum, asked)
            if self.held[v]:
                best = np.maximum(best, self.low[v])
        else:
            best = np.array([self.low[v]], np.int64)
        found.x.append(best)
        found.edge.append(NO_EDGE)
        found.drives.extend([ALWAYS if y is best else y == best for y in asked])
        return True

    def moved(
        self,
        dates: SampledDates,
        lengths: Mapping[int, Row],
        shifts: Mapping[int, Row],
        capped: Mapping[int, Cap],
        lost: Mapping[int, Lost] = FrozenMap(),
    ) -> dict[int, tuple[Row, Row]]:
        """What starts or finishes otherwise where some links ask for less: start on its own clock and finish, by position.

        Only what such a link leads to is looked at, and no further than where nothing changes.

        Args:
            dates: as `forward` gave them, without `capped`.
            lengths, shifts, lost: as they were given to `forward`.
            capped: what some links ask for at most, by place.
        """
        x, edge, finish, length = dates.x, dates.edge, dates.finish, dates.length
        undo: dict[int, tuple[Row, Row, Row, Row]] = {}
        waiting = sorted({self.heads[k] for k in capped})
        seen = set(waiting)
        while waiting:
            v = heapq.heappop(waiting)
            own = lengths[v] if v in lengths else np.array([self.dur[v]], np.int64)
            one = self._dated(v, dates, own, (shifts.get(v), capped, lost.get(v)))
            before = x[v], edge[v], finish[v], length[v]
            now = one.x, one.edge, one.finish, one.length
            if all(bool((old == new).all()) for old, new in zip(before, now, strict=True)):
                continue
            undo[v] = before
            x[v], edge[v], finish[v], length[v] = now
            for w in self.after[v]:
                if w not in seen:
                    seen.add(w)
                    heapq.heappush(waiting, w)
        out = {v: (x[v], finish[v]) for v in undo}
        for v, before in undo.items():
            x[v], edge[v], finish[v], length[v] = before
        return out

    def asked(self, v: int, dates: SampledDates, lengths: Mapping[int, Row], lost: Mapping[int, Lost]) -> list[Row]:
        """The instant from which each link lets a position start, in the order of the links.

        Args:
            v: the position.
            dates: as `forward` gave them.
            lengths, lost: as they were given to it.
        """
        own, away = lengths[v] if v in lengths else np.array([self.dur[v]], np.int64), lost.get(v)
        rows = [self._push(k, v, dates, own, away)[0] for k in range(self.ptr[v], self.ptr[v + 1])]
        return [self.starts(v, row if away is None else away.resumed(row)) for row in rows]

    @functools.cached_property
    def heads(self) -> list[int]:
        """The position that each link leads to, by its place."""
        return [v for v in range(self.network.n) for _ in range(self.ptr[v], self.ptr[v + 1])]

    @functools.cached_property
    def after(self) -> list[list[int]]:
        """The positions that each position leads to."""
        out: list[list[int]] = [[] for _ in range(self.network.n)]
        for k, v in enumerate(self.heads):
            out[self.src[k]].append(v)
        return out

    def _dated(self, v: int, found: SampledDates, length: Row, given: tuple[Row | None, Mapping[int, Cap], Lost | None]) -> _Dated:
        """The dates of one position, those before it known.

        Args:
            v: the position.
            found: the dates of all positions before it.
            length: minutes of its work.
            given: by how many minutes it starts later, what links ask for at most, and what it loses.
        """
        shift, capped, away = given
        best, late = self._lowest(v, length, away)
        asked: list[Row] = []
        least: Row | None = None
        for k in range(self.ptr[v], self.ptr[v + 1]):
            y, e = self._push(k, v, found, length, away)
            if k in capped:
                y, e = self._at_most(capped[k], self.typ[k] >= FF, (y, e), length, away)
            asked.append(y)
            if self.mark[v] & ONE_IS_ENOUGH:
                least = y if least is None else np.minimum(least, y)
            else:
                late = np.where(y > best, e, np.where(y == best, np.maximum(late, e), late))
                best = np.maximum(best, y)
        if least is not None:
            best = np.maximum(best, least)
        if shift is not None:
            best = best + shift
            late = np.where(shift == 0, late, 0)  # what moved on no longer ends where that break did
            asked = [y + shift for y in asked]
        high = self._highest(v, length, away)
        if high is not None:
            late = np.where(best > high, 0, late)
            best = np.minimum(best, high)
        if away is not None:
            best = away.resumed(best)
            length = away.ended(best, length) - best
        if self.mark[v] & EARLY_AT_WORK:
            late = np.zeros_like(late)
        if self.mark[v] & STARTS_SHIFT:
            late = np.ones_like(late)
        drives = [y == best if away is None else away.resumed(y) == best for y in asked]
        return _Dated(best, late, self.instants(v, best + length, late, away), drives, length)

    def _lowest(self, v: int, length: Row, away: Lost | None) -> tuple[Row, Row]:
        """The earliest start of a position before any link, and whether its finish then falls into a break."""
        best, late = np.array([self.low[v]], np.int64), NO_EDGE
        if v in self.floors:
            least, edge = _to_finish(*self.floors[v], length, away)
            best = np.maximum(best, least)
            if edge.any():
                late = ((best == least) & edge).astype(np.int64)
        return best, late

    def _highest(self, v: int, length: Row, away: Lost | None) -> Row | None:
        """The latest early start that a constraint allows; None where there is none."""
        if v in self.caps:
            start, finish, least = self.caps[v]
            high = np.maximum(np.minimum(start, _back(np.array([finish], np.int64), length, away)), least)
        elif self.high[v] >= FAR:
            return None
        else:
            high = np.array([self.high[v]], np.int64)
        return high if away is None else away.resumed(high)

    def _push(self, k: int, v: int, found: SampledDates, length: Row, away: Lost | None) -> tuple[Row, Row | int]:
        """The start that a link asks for, and whether the finish then lies where the next shift begins."""
        u, mode, typ, lag = self.src[k], self.mode[k], self.typ[k], self.lag[k]
        if k in found.lags:
            return self._waited(k, v, found, length, away)
        if mode in (PLAIN, FINISHES):
            y = (found.finish.worked(u) if typ in (FS, FF) else found.x[u]) + lag
            if typ >= FF:
                y = _back(y, length, away)
            return y, found.edge[u] if mode == FINISHES else 0
        clocks, own = self.clocks, self.clk[v]
        instant = self._given(k, u, found)
        worked = clocks.work(own, instant)
        if typ < FF:
            return worked, 0
        y = _back(worked, length, away)
        end = worked if away is None else away.ended(worked, np.zeros(1, np.int64))
        return y, 0 if own == 0 else (instant > clocks.finish_at(own, end)).astype(np.int64)

    def _waited(self, k: int, v: int, found: SampledDates, length: Row, away: Lost | None) -> tuple[Row, Row | int]:
        """What `_push` says of a link with a lag of its own in each sample: what one link says of each of them."""
        u, typ, own, clocks, lagclk, lag = self.src[k], self.typ[k], self.clk[v], self.clocks, self.lagclk[k], found.lags[k]
        t = clocks.start_at(self.clk[u], found.x[u]) if typ in (SS, SF) else found.finish[u]
        due = clocks.work(lagclk, t) + lag
        instant = np.where(lag > 0, clocks.finish_at(lagclk, due), np.where(lag < 0, clocks.start_at(lagclk, due), t))
        worked = clocks.work(own, instant)
        if typ < FF:
            return worked, 0
        end = worked if away is None else away.ended(worked, np.zeros(1, np.int64))
        waits = np.zeros(1, np.int64) if own == 0 else (instant > clocks.finish_at(own, end)).astype(np.int64)
        points, dialect = self.network.points, self.network.dialect
        if self.clk[u] == own and not (typ == SF and self.order[v] in points):  # by number where there is no lag
            waits = np.where(lag == 0, found.edge[u] if typ == FF and self._finishes else 0, waits)
        if self.clk[u] == own == lagclk and self.order[u] not in points and not (dialect is not None and dialect.lead_waits):
            waits = np.where(lag < 0, 0, waits)
        return _back(worked, length, away), waits

    @functools.cached_property
    def _finishes(self) -> bool:
        """A link from finish to finish without a lag hands on that the finish lies in a break."""
        dialect = self.network.dialect
        return len(set(self.clk)) > 1 or (dialect is not None and dialect.lead_waits)

    @staticmethod
    def _at_most(cap: Cap, to_finish: bool, asked: tuple[Row, Row | int], length: Row, away: Lost | None) -> tuple[Row, Row | int]:
        """What a link asks for, as `_push` says it, where it asks for no more than a cap."""
        y, e = asked
        most, waits = _to_finish(cap.at, cap.waits, length, away) if to_finish else (cap.at, cap.waits)
        return np.minimum(y, most), np.where(y > most, waits, np.where(y == most, np.minimum(e, waits), e))

    def _given(self, k: int, u: int, found: SampledDates) -> Row:
        """The instant that a calendar link hands on; see `kernels.links.given`."""
        clocks, typ, lag, lagclk = self.clocks, self.typ[k], self.lag[k], self.lagclk[k]
        t = clocks.start_at(self.clk[u], found.x[u]) if typ in (SS, SF) else found.finish[u]
        if self.mode[k] == MONTHS:
            return clocks.add_months(t, lag)
        if lag > 0:
            return clocks.finish_at(lagclk, clocks.work(lagclk, t) + lag)
        if lag < 0:
            return clocks.start_at(lagclk, clocks.work(lagclk, t) + lag)
        return t

    def instants(self, v: int, worked: Row, edge: Row, away: Lost | None = None) -> Row:
        """The instant of a finish: with its last minute of work, or where the next shift begins."""
        if self.clk[v] == 0:
            return worked
        if not edge.any():
            return self.clocks.finish_at(self.clk[v], worked)
        later = self.clocks.start_at(self.clk[v], worked if away is None else away.resumed(worked))
        if edge.all():
            return later
        return np.where(edge == 1, later, self.clocks.finish_at(self.clk[v], worked))

    def starts(self, v: int, x: Row) -> Row:
        """The instants at which a position starts."""
        return x if self.clk[v] == 0 else self.clocks.start_at(self.clk[v], x)

    def linked(self, node: int) -> list[tuple[int, bool]]:
        """The positions of open work that a level of effort lasts from or to, with whether it is their start that counts."""
        net = self.network
        both = ((link.other, link.other_end == "S") for link in net.hammocks[node])
        return [
            (self.pos[other], begins)
            for other, begins in both
            if net.state[other] in LIVE and not (begins and net.state[other] is State.STARTED)
        ]

    def spanned(self, node: int, instants: Callable[[int, bool], Row]) -> Row:
        """The finishes of a level of effort as instants: what `Passes.hammocks_early` says of each sample.

        Args:
            node: the level of effort, which has dates in the schedule.
            instants: of a position the finishes as instants, or, where that is said, the starts.
        """
        net = self.network
        clock = 0 if net.nominal is None else int(net.nominal[node])
        starts: list[Row] = []
        ends: list[Row] = []
        for link in net.hammocks[node]:
            begins, state = link.other_end == "S", net.state[link.other]
            facts = net.starts if begins else net.finishes
            if state is State.FINISHED or (state is State.STARTED and begins):
                row = np.array([facts[link.other]], np.int64)
            elif state in LIVE:
                row = instants(self.pos[link.other], begins)
            else:
                continue
            (starts if link.own_end == "S" else ends).append(row + link.waits)
        if node in net.starts:
            starts = [np.array([net.starts[node]], np.int64)]
        clocks, length = self.clocks, int(net.dur[node])
        if starts and ends:
            start, end = functools.reduce(np.minimum, starts), functools.reduce(np.maximum, ends)
        elif starts:
            start = functools.reduce(np.minimum, starts)
            end = clocks.finish_at(clock, clocks.work(clock, start) + length)
        else:
            end = functools.reduce(np.maximum, ends)
            start = clocks.start_at(clock, clocks.work(clock, end) - length)
        return np.maximum(start, end)

    def critical(self, dates: SampledDates, last: Mapping[int, NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
        """Whether each position lies on a driving path to one of some ends, sample by sample.

        Args:
            dates: of the samples.
            last: in which samples a position is such an end.
        """
        no = np.zeros(1, bool)
        found: list[NDArray[np.bool_]] = [last.get(v, no) for v in range(self.network.n)]
        for v in range(self.network.n - 1, -1, -1):
            own = found[v]
            if np.count_nonzero(own):
                for k in range(self.ptr[v], self.ptr[v + 1]):
                    u, drives = self.src[k], dates.drives[k]
                    both = own if drives is ALWAYS else own & drives
                    found[u] = both if found[u] is no else found[u] | both
        return found


def _to_finish(finish: int, waits: bool, length: Row, away: Lost | None) -> tuple[Row, NDArray[np.bool_]]:
    """Where work begins that ends there, and whether that end falls into a break; a day that is lost is one too."""
    at, edge = np.array([finish], np.int64), np.array([waits])
    if away is not None:
        edge = edge | (away.ended(at, np.zeros(1, np.int64)) < at)
    return _back(at, length, away), edge


def _back(finish: Row, length: Row, away: Lost | None) -> Row:
    """Where work begins that ends there."""
    return finish - length if away is None else away.begun(finish, length)
