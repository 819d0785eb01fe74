"""Earned schedule on a plan of many pieces: the time at which so much should have been earned, to the minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction

import attrs

from ipmo.analysis.money.indices import EarnedSchedule
from ipmo.analysis.money.periods import PeriodRule, Stretch
from ipmo.model.money import Spread
from ipmo.units import as_day, moment

__all__ = ["PlanCurve", "Planned"]

EXACT = 1e-9
"""Share of the whole plan below which two values are the same."""
FEW = 24
"""Up to so many pieces are looked at one by one; more as columns."""
CURVES: dict[str, Callable[[float], float]] = {
    "even": lambda x: x,
    "front": lambda x: x * (2 - x),
    "back": lambda x: x * x,
    "s-curve": lambda x: x * x * (3 - 2 * x),
}


@attrs.frozen
class Planned:
    """An amount of the plan and the time that it lies over.

    Args:
        value: exact amount.
        stretch: its time.
        ends: the first instant at which all of it is due.
        begun: working minutes up to its first instant.
        worked: working minutes in it; 1 for what comes at once.
    """

    value: Fraction
    stretch: Stretch
    ends: int = attrs.field(init=False)
    begun: int = attrs.field(init=False)
    worked: int = attrs.field(init=False)
    amount: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        one = self.stretch
        begun = one.worked(one.since)
        worked = one.worked(one.until) - begun if one.until > one.since else 0
        for name, value in (
            ("ends", one.until if worked > 0 else one.since + 1),
            ("begun", begun),
            ("worked", max(worked, 1)),
            ("amount", float(self.value)),
        ):
            object.__setattr__(self, name, value)

    @property
    def clock(self) -> int:
        """A number that pieces on the same working time share."""
        return id(getattr(self.stretch.worked, "__self__", self.stretch.worked))

    def by(self, instant: int, worked: int) -> float:
        """The part that is due by an instant.

        Args:
            instant: in minutes.
            worked: working minutes up to it, on the piece's own time.
        """
        if instant >= self.ends:
            return self.amount
        if instant <= self.stretch.since:
            return 0.0
        return self.amount * _share(self.stretch.spread, (worked - self.begun) / self.worked)


def _share(spread: Spread, time: float) -> float:
    curve = CURVES.get(spread.curve)
    x = min(max(time, 0.0), 1.0)
    return float(spread.share(Fraction(x))) if curve is None else curve(x)


class PlanCurve:
    """Planned value over time.

    Source: W. Lipke, "Schedule is different" (2003), on the plan itself and not on its values at the ends of periods, so that work
    that goes as planned has an SPI(t) of 1 at every instant.

    Args:
        pieces: what is planned, none of it negative, something above zero.
        rule: the periods that time is counted in.
    """

    def __init__(self, pieces: Sequence[Planned], rule: PeriodRule) -> None:
        self.rule = rule
        known = [piece for piece in pieces if piece.value]
        self.begins = min(piece.stretch.since for piece in known)
        self.ends = max(piece.ends for piece in known)
        self._whole = sum(piece.amount for piece in known)
        groups: dict[tuple[int, str], list[Planned]] = {}
        for piece in known:
            groups.setdefault((piece.clock, piece.stretch.spread.curve), []).append(piece)
        self._groups = [_Group(group) for group in groups.values()]

    def earned(self, earned: Fraction, now: int, ended: int | None = None) -> EarnedSchedule | None:
        """Earned schedule at an instant; None for finished work of which nobody says when it ended, past its planned end.

        Args:
            earned: what is earned.
            now: the instant that it is seen from, in minutes.
            ended: when finished work ended: its time stops there.
        """
        done = float(earned) >= self._whole * (1 - EXACT)
        if done and ended is None and now > self.ends:
            return None
        at = max(ended if done and ended is not None else now, self.begins)
        reached = self._reached(float(earned), at) if not done else float(self.ends)
        return EarnedSchedule(es=self._periods(reached), at=self._periods(at), pd=self._periods(self.ends))

    def points(self, now: int | None = None) -> tuple[tuple[datetime, float], ...]:
        """(instant, what is due by then) at its beginning, at the ends of its periods, at its end and at one instant more.

        Args:
            now: that instant, in minutes; left out where it lies outside the plan.
        """
        ends = [period.minutes[1] for period in self.rule.between(as_day(moment(self.begins)), as_day(moment(self.ends)))]
        inside = {one for one in (*ends, now) if one is not None and self.begins < one < self.ends}
        return tuple((moment(one), self._value(one)) for one in sorted({self.begins, self.ends} | inside))

    def _periods(self, instant: float) -> float:
        return self.rule.between_instants(self.begins, instant)

    def _reached(self, earned: float, now: int) -> float:
        """The latest instant up to now whose planned value is not above what is earned; of work that is ahead, the earliest."""
        slack = self._whole * EXACT
        if now < self.ends and abs(self._value(now) - earned) <= slack:
            return float(now)  # on plan
        last = self._last(earned + slack)
        value = self._value(last)
        if value >= earned - slack:  # a flat stretch: every instant of it has that value
            return float(min(max(now, self._last(earned - slack) + 1), last))
        step = self._value(last + 1) - value
        return last + (earned - value) / step

    def _value(self, instant: int) -> float:
        return sum(group.by(instant) for group in self._groups)

    def _last(self, most: float) -> int:
        """The last instant whose planned value is at most so much; one before the plan's first where none is."""
        low, high = self.begins - 1, self.ends
        below, above = 0.0, self._whole
        turn = 0
        while high - low > 1:
            turn += 1
            middle = (low + high) // 2
            if turn % 3 and above > below:  # a plan is nearly straight; every third step halves, so that a crooked one ends too
                middle = min(max(low + int((high - low) * (most - below) / (above - below)), low + 1), high - 1)
            value = self._value(middle)
            if value <= most:
                low, below = middle, value
            else:
                high, above = middle, value
        return low


class _Group:
    """Pieces that lie over the same working time by the same spread: their working time is asked for once an instant."""

    def __init__(self, pieces: Sequence[Planned]) -> None:
        self.pieces, self.worked, self.spread = pieces, pieces[0].stretch.worked, pieces[0].stretch.spread
        self.columns = len(pieces) > FEW and self.spread.curve in CURVES
        if self.columns:
            import numpy as np  # a first schedule must not wait for it

            rows = [(p.stretch.since, p.ends, p.begun, p.worked, p.amount) for p in pieces]
            self.since, self.ends, self.begun, self.lasts, self.amounts = np.array(rows, float).T

    def by(self, instant: int) -> float:
        """What is due of them by an instant."""
        worked = self.worked(instant)
        if not self.columns:
            return sum(piece.by(instant, worked) for piece in self.pieces)
        import numpy as np

        x = np.clip((worked - self.begun) / self.lasts, 0.0, 1.0)
        x = np.where(instant >= self.ends, 1.0, np.where(instant <= self.since, 0.0, x))
        if self.spread.curve == "front":
            x = x * (2 - x)
        elif self.spread.curve == "back":
            x = x * x
        elif self.spread.curve == "s-curve":
            x = x * x * (3 - 2 * x)
        return float(self.amounts @ x)
