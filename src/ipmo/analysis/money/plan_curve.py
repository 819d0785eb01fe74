"""Earned schedule on a plan of many pieces: the time at which so much should have been earned, to the minute."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from ipmo.analysis.money.indices import EarnedSchedule
from ipmo.analysis.money.periods import PeriodRule, Stretch

__all__ = ["PlanCurve", "Planned"]

EXACT = 1e-9
"""Share of the whole plan below which two values are the same."""


@attrs.frozen
class Planned:
    """An amount of the plan and the time that it lies over.

    Args:
        value: exact amount.
        stretch: its time.
    """

    value: Fraction
    stretch: Stretch

    @property
    def ends(self) -> int:
        """The first instant at which all of it is due."""
        return self.stretch.since + 1 if self.stretch.at_once else self.stretch.until


class PlanCurve:
    """Planned value over time.

    Source: W. Lipke, "Schedule is different" (2003), on the plan itself and not on its values at the ends of periods, so that work
    that goes as planned has an SPI(t) of 1 at every instant.

    Args:
        pieces: what is planned, none of it negative, something above zero.
        rule: the periods that time is counted in.
    """

    def __init__(self, pieces: Sequence[Planned], rule: PeriodRule) -> None:
        self.pieces = [piece for piece in pieces if piece.value]
        self.rule = rule
        self.begins = min(piece.stretch.since for piece in self.pieces)
        self.ends = max(piece.ends for piece in self.pieces)
        self._whole = float(sum((piece.value for piece in self.pieces), Fraction(0)))

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

    def _periods(self, instant: float) -> float:
        return self.rule.between_instants(self.begins, instant)

    def _reached(self, earned: float, now: int) -> float:
        """The latest instant up to now whose planned value is not above what is earned; of work that is ahead, the earliest."""
        slack = self._whole * EXACT
        last = self._last(earned + slack)
        value = self._value(last)
        if value >= earned - slack:  # a flat stretch: every instant of it has that value
            return float(min(max(now, self._last(earned - slack) + 1), last))
        step = self._value(last + 1) - value
        return last + (earned - value) / step

    def _value(self, instant: int) -> float:
        return sum(float(piece.value) * float(piece.stretch.by(instant)) for piece in self.pieces)

    def _last(self, most: float) -> int:
        """The last instant whose planned value is at most so much; one before the plan's first where none is."""
        low, high = self.begins - 1, self.ends
        base, active = 0.0, self.pieces
        while high - low > 1:
            middle = (low + high) // 2
            value, left, rest = base, [], 0.0
            for piece in active:
                if piece.ends <= middle:
                    rest += float(piece.value)
                elif piece.stretch.since < middle:
                    value += float(piece.value) * float(piece.stretch.by(middle))
                left.append(piece)
            if value + rest <= most:
                low = middle
                base += sum(float(piece.value) for piece in left if piece.ends <= low)
                active = [piece for piece in left if piece.ends > low]
            else:
                high = middle
                active = [piece for piece in left if piece.stretch.since < high]
        return low
