"""Earned schedule of many plans at once: what `PlanCurve` says of each, in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.periods import EVERY, PeriodRule
from ipmo.analysis.money.plan_curve import CURVES, EXACT
from ipmo.network.clocks import Clocks
from ipmo.units import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Known = NDArray[np.bool_]

__all__ = ["SHAPES", "Pieces", "PlanCurves", "Times"]

SHAPES = (*CURVES,)
"""The curves that pieces follow, by number."""
FIRST = 719_162
"""Days from the first of year 1 to the one that numpy's dates count from."""
AT_ONCE = 1 << 20
"""About so many pieces are followed together."""


@attrs.frozen(eq=False)
class Pieces:
    """Parts of plans and the time that each lies over; n of them, every plan a range.

    Args:
        since: first instant, int64 (n).
        until: last instant, int64 (n).
        clock: the number of the clock that it is worked on, -1 of a piece that nobody asks for, int64 (n).
        shape: the place of its curve in `SHAPES`, int64 (n).
        amount: what it is worth, float64 (n).
    """

    since: Array
    until: Array
    clock: Array
    shape: Array
    amount: Floats


@attrs.frozen(eq=False)
class Times:
    """Earned schedules: periods earned, gone by and planned; nothing of those that are not known.

    Args:
        known: whether each has one, bool (n).
        es: periods' worth of the plan that are earned, float64 (n).
        at: periods gone by, float64 (n).
        pd: periods planned in all, float64 (n).
    """

    known: Known
    es: Floats
    at: Floats
    pd: Floats


class PlanCurves:
    """Planned value over time, of many plans.

    Args:
        pieces: what is planned, none of it negative.
        clocks: the clocks that pieces are worked on.
        rule: the periods that time is counted in.
    """

    def __init__(self, pieces: Pieces, clocks: Clocks, rule: PeriodRule) -> None:
        import numpy as np

        self.pieces, self._clocks, self._rule = pieces, clocks, rule
        size = len(pieces.since)
        self._begun, end = np.zeros(size, np.int64), np.zeros(size, np.int64)
        for number, rows in _groups(pieces.clock):
            if number < 0:  # it is in no plan that is asked for
                continue
            self._begun[rows] = clocks.worked(number, pieces.since[rows])
            end[rows] = clocks.worked(number, pieces.until[rows])
        lasts = np.where(pieces.until > pieces.since, end - self._begun, 0)
        self._ends = np.where(lasts > 0, pieces.until, pieces.since + 1)
        self._lasts = np.maximum(lasts, 1)

    def earned(self, first: Array, end: Array, earned: Floats, now: Array, ended: Array) -> Times:
        """Earned schedule of plans at an instant each, as `PlanCurve.earned` says it.

        Args:
            first: where the pieces of each plan begin.
            end: where they end; every plan has a piece above zero.
            earned: what is earned of each.
            now: the instant that each is seen from.
            ended: when finished work ended, -1 of work that goes on.
        """
        import numpy as np

        found = Times(np.zeros(len(first), bool), *(np.zeros(len(first)) for _ in range(3)))
        many = np.cumsum(end - first)
        begin = 0
        while begin < len(first):
            before = int(many[begin - 1]) if begin else 0
            stop = max(int(np.searchsorted(many, before + AT_ONCE, side="right")), begin + 1)
            here = slice(begin, stop)
            part = _Plans(self, first[here], end[here]).earned(earned[here], now[here], ended[here])
            for whole, some in zip((found.known, found.es, found.at, found.pd), part, strict=True):
                whole[here] = some
            begin = stop
        return found

    def periods(self, since: Array, instants: Sequence[Floats]) -> list[Floats]:
        """Periods from an instant of each plan to others, as `PeriodRule.between_instants` counts them."""
        first, begun = self._placed(since.astype(float))
        return [last - first + (gone - begun) for last, gone in map(self._placed, instants)]

    def _placed(self, instants: Floats) -> tuple[Array, Floats]:
        """The number of the period of each instant, and the share of it that has gone."""
        import numpy as np

        days = instants.astype(np.int64) // DAY
        month = (days - FIRST).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
        step = EVERY[self._rule.every]
        shift = self._rule.first_month - 1 if self._rule.every == "financial year" else 0
        begins = (month - shift) // step * step + shift
        first = int(begins.min()) if len(begins) else 0
        there = np.zeros(int(begins.max()) - first + 1 if len(begins) else 0, bool)
        there[begins - first] = True
        bounds = np.zeros((2, len(there)))
        for place in np.flatnonzero(there).tolist():
            bounds[:, place] = self._rule.beginning(first + place).minutes
        low, high = bounds[:, begins - first]
        return begins // step, (instants - low) / (high - low)

    def shares(self, rows: Array, instants: Array) -> Floats:
        """What is due of some pieces by an instant each."""
        import numpy as np

        p = self.pieces
        worked = np.empty(len(rows), np.int64)
        for number, some in _groups(p.clock[rows]):
            worked[some] = self._clocks.worked(number, instants[some])
        x = np.clip((worked - self._begun[rows]) / self._lasts[rows], 0.0, 1.0)
        for number, some in _groups(p.shape[rows]):
            if number:
                x[some] = _CURVES[number](x[some])
        x = np.where(instants >= self._ends[rows], 1.0, np.where(instants <= p.since[rows], 0.0, x))
        found: Floats = p.amount[rows] * x
        return found

    def ends(self, rows: Array) -> Array:
        """The first instant at which all of each piece is due."""
        return self._ends[rows]


class _Plans:
    """Some plans of which the pieces stand in a row, so that what is due of all is summed at once."""

    def __init__(self, curves: PlanCurves, first: Array, end: Array) -> None:
        import numpy as np

        self._curves = curves
        lengths = end - first
        self._starts = np.cumsum(lengths) - lengths
        rows = np.arange(int(lengths.sum())) + np.repeat(first - self._starts, lengths)
        plan = np.repeat(np.arange(len(first)), lengths)
        worth = curves.pieces.amount[rows] != 0
        self._rows, self._plan = rows[worth], plan[worth]
        self._starts = np.searchsorted(self._plan, np.arange(len(first)))
        self.whole = np.add.reduceat(curves.pieces.amount[self._rows], self._starts)
        self.begins = np.minimum.reduceat(curves.pieces.since[self._rows], self._starts)
        self.ends = np.maximum.reduceat(curves.ends(self._rows), self._starts)

    def earned(self, earned: Floats, now: Array, ended: Array) -> tuple[Known, Floats, Floats, Floats]:
        """(whether there is an earned schedule, periods earned, gone by, planned) of each."""
        import numpy as np

        curves = self._curves
        done = earned >= self.whole * (1 - EXACT)
        known = ~(done & (ended < 0) & (now > self.ends))
        at = np.maximum(np.where(done & (ended >= 0), ended, now), self.begins)
        reached = self.ends.astype(float)
        late = np.flatnonzero(~done)
        reached[late] = self._reached(late, earned[late], at[late])
        es, gone, planned = curves.periods(self.begins, [one.astype(float) for one in (reached, at, self.ends)])
        return known, es, gone, planned

    def _reached(self, plans: Array, earned: Floats, now: Array) -> Floats:
        """The latest instant up to now whose planned value is not above what is earned; of work that is ahead, the earliest."""
        import numpy as np

        slack = self.whole[plans] * EXACT
        found = now.astype(float)
        planned = (now <= self.begins[plans]) & (earned <= slack)  # nothing is due yet
        early = np.flatnonzero((now > self.begins[plans]) & (now < self.ends[plans]))
        planned[early] = np.abs(self._value(plans[early], now[early]) - earned[early]) <= slack[early]
        rest = np.flatnonzero(~planned)
        plans, earned, now, slack = plans[rest], earned[rest], now[rest], slack[rest]
        last = self._last(plans, earned + slack)
        value = self._value(plans, last)
        flat = np.flatnonzero(value >= earned - slack)  # a flat stretch: every instant of it has that value
        rising = np.flatnonzero(value < earned - slack)
        out = np.zeros(len(plans))
        reached = self._last(plans[flat], (earned - slack)[flat]) + 1
        out[flat] = np.minimum(np.maximum(now[flat], reached), last[flat])
        step = self._value(plans[rising], last[rising] + 1) - value[rising]
        out[rising] = last[rising] + (earned[rising] - value[rising]) / step
        found[rest] = out
        return found

    def _value(self, plans: Array, instants: Array) -> Floats:
        """What is due of plans by an instant each."""
        import numpy as np

        if not len(plans):
            return np.zeros(0)
        if len(self._rows) == len(self._starts):  # a piece each
            return self._curves.shares(self._rows[plans], instants)
        starts = self._starts[plans]
        lengths = np.append(self._starts, len(self._rows))[plans + 1] - starts
        first = np.cumsum(lengths) - lengths
        rows = self._rows[np.arange(int(lengths.sum())) + np.repeat(starts - first, lengths)]
        found: Floats = np.add.reduceat(self._curves.shares(rows, np.repeat(instants, lengths)), first)
        return found

    def _last(self, plans: Array, most: Floats) -> Array:
        """The last instant at which the planned value is at most so much; one before the plan's first where none is."""
        import numpy as np

        low, high = self.begins[plans] - 1, self.ends[plans].copy()
        below, above = np.zeros(len(plans)), self.whole[plans].copy()
        turn, open_ = 0, np.flatnonzero(high - low > 1)
        while len(open_):
            turn += 1
            lo, hi = low[open_], high[open_]
            middle = (lo + hi) // 2
            if turn % 3:  # a plan is nearly straight; every third step halves, so that a crooked one ends too
                under, rise = below[open_], above[open_] - below[open_]
                straight = np.flatnonzero(rise > 0)
                steps = (hi - lo)[straight] * (most[open_][straight] - under[straight]) / rise[straight]
                guess = np.clip(lo[straight] + np.clip(steps, -2e9, 2e9).astype(np.int64), lo[straight] + 1, hi[straight] - 1)
                middle[straight] = guess
            value = self._value(plans[open_], middle)
            fits = value <= most[open_]
            low[open_], high[open_] = np.where(fits, middle, lo), np.where(fits, hi, middle)
            below[open_], above[open_] = np.where(fits, value, below[open_]), np.where(fits, above[open_], value)
            open_ = open_[high[open_] - low[open_] > 1]
        return low


def _groups(numbers: Array) -> list[tuple[int, Array | slice]]:
    """(number, its rows) of each number that occurs."""
    import numpy as np

    if len(numbers) and bool((numbers == numbers[0]).all()):
        return [(int(numbers[0]), slice(None))]
    return [(number, np.flatnonzero(numbers == number)) for number in np.unique(numbers).tolist()]


_CURVES: tuple[Callable[[Floats], Floats], ...] = (lambda x: x, lambda x: x * (2 - x), lambda x: x * x, lambda x: x * x * (3 - 2 * x))
