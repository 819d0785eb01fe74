"""The pass forward over many samples at once: each position has a row of starts, one for each sample.

It says of every sample what `Network.early` says of a network with those durations; rows that no uncertain work leads to have one
column. Everything is whole minutes, so that the order of adding up changes nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
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
from ipmo.network.vectorised import RowClocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["Lost", "SampledDates", "SampledPass"]


class Lost(Protocol):
    """Working time that is lost, sample by sample, on one clock."""

    def resumed(self, x: Row) -> Row:
        """Where work that might begin there begins: after what is lost."""

    def ended(self, x: Row, length: Row) -> Row:
        """Where work of some minutes ends that begins there."""

    def begun(self, finish: Row, length: Row) -> Row:
        """Where work of some minutes begins at the latest that ends there."""


class SampledDates(NamedTuple):
    """The dates of all positions in some samples.

    Args:
        x: starts on each position's own clock: a row of one number, or of one a sample.
        edge: 1 where a finish lies where the next shift begins.
        finish: finishes as instants.
        drives: for each link in place, whether its target starts when it lets it.
        length: minutes on each position's clock from start to finish, those lost among them.
    """

    x: Sequence[Row]
    edge: Sequence[Row]
    finish: Sequence[Row]
    drives: Sequence[NDArray[np.bool_]]
    length: Sequence[Row]


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
        capped: Mapping[int, int] = FrozenMap(),
        lost: Mapping[int, Lost] = FrozenMap(),
    ) -> SampledDates:
        """Early dates of all positions.

        Args:
            lengths: minutes of work of those positions whose duration is not the network's own.
            shifts: minutes, on its own clock, by which a position starts later than all lets it.
            capped: of some links, by place, the latest start or finish of the target that they ask for, on its own clock.
            lost: working time that some positions lose.
        """
        n = self.network.n
        dur = [lengths[v] if v in lengths else np.array([length], np.int64) for v, length in enumerate(self.dur)]
        xs: list[Row] = []
        edges: list[Row] = []
        finish: list[Row] = []
        drives: list[NDArray[np.bool_]] = []
        for v in range(n):
            away = lost.get(v)
            best, late = self._lowest(v, dur[v], away)
            asked: list[Row] = []
            least: Row | None = None
            for k in range(self.ptr[v], self.ptr[v + 1]):
                y, e = self._push(k, v, xs, edges, dur, finish, away)
                if k in capped:
                    y = np.minimum(y, _back(np.array([capped[k]], np.int64), dur[v], away) if self.typ[k] >= FF else capped[k])
                asked.append(y)
                if self.mark[v] & ONE_IS_ENOUGH:
                    least = y if least is None else np.minimum(least, y)
                else:
                    late = np.where(y > best, e, np.where(y == best, np.maximum(late, e), late))
                    best = np.maximum(best, y)
            if least is not None:
                best = np.maximum(best, least)
            if v in shifts:
                best = best + shifts[v]
                late = np.where(shifts[v] == 0, late, 0)  # what moved on no longer ends where that break did
            high = self._highest(v, dur[v], away)
            if high is not None:
                late = np.where(best > high, 0, late)
                best = np.minimum(best, high)
            if away is not None:
                best = away.resumed(best)
                dur[v] = away.ended(best, dur[v]) - best
            if self.mark[v] & EARLY_AT_WORK:
                late = np.zeros_like(late)
            if self.mark[v] & STARTS_SHIFT:
                late = np.ones_like(late)
            xs.append(best)
            edges.append(late)
            finish.append(self._finish(v, best + dur[v], late, away))
            asked = [y + shifts[v] for y in asked] if v in shifts else asked
            drives += [y == best if away is None else away.resumed(y) == best for y in asked]
        return SampledDates(xs, edges, finish, drives, dur)

    def _lowest(self, v: int, length: Row, away: Lost | None) -> tuple[Row, Row]:
        """The earliest start of a position before any link, and whether its finish then falls into a break."""
        best, late = np.array([self.low[v]], np.int64), np.zeros(1, np.int64)
        if v in self.floors:
            floor, edge = np.array([self.floors[v][0]], np.int64), np.array([self.floors[v][1]])
            least = _back(floor, length, away)
            best = np.maximum(best, least)
            if away is not None:  # a day that is lost is a break too
                edge = edge | (away.ended(floor, np.zeros(1, np.int64)) < floor)
            if edge.any():
                late = ((best == least) & edge).astype(np.int64)
        return best, late

    def _highest(self, v: int, length: Row, away: Lost | None) -> Row | None:
        """The latest early start that a constraint allows; None where there is none."""
        if v in self.caps:
            start, finish, least = self.caps[v]
            return np.maximum(np.minimum(start, _back(np.array([finish], np.int64), length, away)), least)
        return None if self.high[v] >= FAR else np.array([self.high[v]], np.int64)

    def _push(
        self, k: int, v: int, xs: list[Row], edges: list[Row], dur: list[Row], finish: list[Row], away: Lost | None
    ) -> tuple[Row, Row | int]:
        """The start that a link asks for, and whether the finish then lies where the next shift begins."""
        u, mode, typ, lag = self.src[k], self.mode[k], self.typ[k], self.lag[k]
        if mode in (PLAIN, FINISHES):
            y = xs[u] + lag
            if typ in (FS, FF):
                y = y + dur[u]
            if typ >= FF:
                y = _back(y, dur[v], away)
            return y, edges[u] if mode == FINISHES else 0
        clocks, own = self.clocks, self.clk[v]
        instant = self._given(k, u, xs[u], finish[u])
        worked = clocks.work(own, instant)
        if typ < FF:
            return worked, 0
        y = _back(worked, dur[v], away)
        end = worked if away is None else away.ended(worked, np.zeros(1, np.int64))
        return y, 0 if own == 0 else (instant > clocks.finish_at(own, end)).astype(np.int64)

    def _given(self, k: int, u: int, x: Row, finish: Row) -> Row:
        """The instant that a calendar link hands on; see `kernels.links.given`."""
        clocks, typ, lag, lagclk = self.clocks, self.typ[k], self.lag[k], self.lagclk[k]
        t = clocks.start_at(self.clk[u], x) if typ in (SS, SF) else finish
        if self.mode[k] == MONTHS:
            return clocks.add_months(t, lag)
        if lag > 0:
            return clocks.finish_at(lagclk, clocks.work(lagclk, t) + lag)
        if lag < 0:
            return clocks.start_at(lagclk, clocks.work(lagclk, t) + lag)
        return t

    def _finish(self, v: int, worked: Row, edge: Row, away: Lost | None) -> Row:
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

    def critical(self, dates: SampledDates, last: Mapping[int, NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
        """Whether each position lies on a driving path to one of some ends, sample by sample.

        Args:
            dates: of the samples.
            last: in which samples a position is such an end.
        """
        no = np.zeros(1, bool)
        found: list[NDArray[np.bool_]] = [last.get(v, no) for v in range(self.network.n)]
        for v in range(self.network.n - 1, -1, -1):
            if found[v].any():
                for k in range(self.ptr[v], self.ptr[v + 1]):
                    found[self.src[k]] = found[self.src[k]] | (found[v] & dates.drives[k])
        return found


def _back(finish: Row, length: Row, away: Lost | None) -> Row:
    """Where work begins that ends there."""
    return finish - length if away is None else away.begun(finish, length)
