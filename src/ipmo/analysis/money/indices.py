"""The formulas of earned value and earned schedule, on plain figures in one unit.

PV planned value, EV earned value, AC actual cost, BAC budget at completion.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, get_args

import attrs

from ipmo.errors import UnitError, one_of

__all__ = ["EarnedSchedule", "Forecast", "Indices", "Target", "earned_schedule", "indices"]

Number = float | Fraction
Forecast = Literal["cpi", "budget", "cpi-spi", "last-3", "bottom-up"]
"""Forecasts at completion by name: BAC/CPI; AC + BAC - EV; AC + (BAC - EV)/(CPI SPI); AC + (BAC - EV)/CPI of the last three
periods; AC + a bottom-up estimate to complete."""
Target = Literal["bac", "eac"]


@attrs.frozen(kw_only=True)
class Indices:
    """The figures of earned value of one item at one date; None where a figure cannot be divided.

    Source: ANSI/EIA-748; PMI, The Standard for Earned Value Management.

    Args:
        bac: budget at completion.
        pv: planned value.
        ev: earned value.
        ac: actual cost; None when it is not known.
        costed: where `ac` is of a part of the work only, the figures of that part: what needs an actual cost (CV, CPI, EAC, VAC, TCPI)
            is of it, so that both halves are of the same work.
    """

    bac: Number
    pv: Number
    ev: Number
    ac: Number | None
    costed: Indices | None = attrs.field(default=None, repr=False)

    @property
    def cv(self) -> float | None:
        """Cost variance EV - AC."""
        if self.costed is not None:
            return self.costed.cv
        return None if self.ac is None else float(self.ev - self.ac)

    @property
    def sv(self) -> float | None:
        """Schedule variance EV - PV, in money; None without a budget."""
        return float(self.ev - self.pv) if self.bac or self.ev or self.pv else None

    @property
    def cpi(self) -> float | None:
        """Cost performance index EV / AC."""
        if self.costed is not None:
            return self.costed.cpi
        return _ratio(self.ev, self.ac)

    @property
    def spi(self) -> float | None:
        """Schedule performance index EV / PV; it goes to 1 at the end of every late project, see SPI(t)."""
        return _ratio(self.ev, self.pv)

    @property
    def percent_complete(self) -> float | None:
        """EV / BAC."""
        return _ratio(self.ev, self.bac)

    def eac(self, variant: Forecast = "cpi", *, last_3: float | None = None, to_complete: float | None = None) -> float | None:
        """Estimate at completion by a named formula; None where it cannot be formed.

        Args:
            variant: one of `Forecast`.
            last_3: CPI of the last three periods, for `last-3`.
            to_complete: bottom-up estimate of what is left, for `bottom-up`.

        Raises:
            OptionError: there is no such formula.
            UnitError: the formula needs a figure that was not given.
        """
        one_of("variant", variant, get_args(Forecast))
        if self.costed is not None:
            return self.costed.eac(variant, last_3=last_3, to_complete=to_complete)
        if self.ac is None:
            return None
        left = self.bac - self.ev
        if variant == "budget":
            return float(self.ac + left)
        if variant == "bottom-up":
            if to_complete is None:
                raise UnitError("the bottom-up forecast needs an estimate to complete: pass to_complete=")
            return float(self.ac) + to_complete
        if variant == "last-3":
            if last_3 is None:
                raise UnitError("this forecast needs the CPI of the last three periods: pass last_3=")
            return None if not last_3 else float(self.ac) + float(left) / last_3
        cpi = _exact_ratio(self.ev, self.ac)
        if not cpi:
            return None
        if variant == "cpi":
            return float(self.bac / cpi)
        spi = _exact_ratio(self.ev, self.pv)
        return None if not spi else float(self.ac + left / (cpi * spi))

    def vac(self, variant: Forecast = "cpi") -> float | None:
        """Variance at completion BAC - EAC."""
        if self.costed is not None:
            return self.costed.vac(variant)
        eac = self.eac(variant)
        return None if eac is None else float(self.bac) - eac

    def tcpi(self, target: Target = "bac") -> float | None:
        """To-complete performance index: (BAC - EV) / (BAC - AC), or by EAC - AC with `target="eac"` (then it equals CPI).

        None where nothing is left to spend.

        Raises:
            OptionError: there is no such target.
        """
        one_of("target", target, get_args(Target))
        if self.costed is not None:
            return self.costed.tcpi(target)
        if self.ac is None:
            return None
        aim = self.bac
        if target == "eac":
            cpi = _exact_ratio(self.ev, self.ac)
            if not cpi:
                return None
            aim = self.bac / cpi
        return _ratio(self.bac - self.ev, aim - self.ac) if aim > self.ac else None


def _exact_ratio(above: Number, below: Number | None) -> Number | None:
    if below is None or not below:
        return None
    return Fraction(above) / Fraction(below) if isinstance(above, int | Fraction) and isinstance(below, int | Fraction) else above / below


def _ratio(above: Number, below: Number | None) -> float | None:
    found = _exact_ratio(above, below)
    return None if found is None else float(found)


def indices(bac: Number, pv: Number, ev: Number, ac: Number | None) -> Indices:
    """The indices of plain figures in one unit.

    >>> course = indices(248, 158, 148, 210)
    >>> round(course.cpi, 6), round(course.eac(), 3), round(course.tcpi(), 6)
    (0.704762, 351.892, 2.631579)
    """
    return Indices(bac=bac, pv=pv, ev=ev, ac=ac)


@attrs.frozen(kw_only=True)
class EarnedSchedule:
    """Earned schedule at one time.

    Source: W. Lipke, "Schedule is different" (2003). ES = C + (EV - PV_C) / (PV_(C+1) - PV_C), C the last period whose
    planned value is not above EV: a flat stretch of the plan counts as reached at its end, and before that end at the time that
    has gone, so that work on plan in a planned pause has an SPI(t) of 1.

    Args:
        es: periods' worth of the plan that are earned.
        at: periods gone by, stoppages included; of finished work those until it ended.
        pd: periods planned in all.
    """

    es: float
    at: float
    pd: float

    @property
    def sv_t(self) -> float:
        """Schedule variance in periods: ES - AT."""
        return self.es - self.at

    @property
    def spi_t(self) -> float | None:
        """Schedule performance index of time: ES / AT."""
        return _ratio(self.es, self.at)

    @property
    def ieac_t(self) -> float | None:
        """Independent estimate at completion in periods: PD / SPI(t)."""
        spi = self.spi_t
        return None if not spi else self.pd / spi

    @property
    def tspi(self) -> float | None:
        """To-complete schedule performance index: (PD - ES) / (PD - AT); None past the planned end."""
        return _ratio(self.pd - self.es, self.pd - self.at) if self.pd > self.at else None


def earned_schedule(planned: Sequence[Number], earned: Number, at: float) -> EarnedSchedule:
    """Earned schedule from the cumulative plan.

    Args:
        planned: cumulative planned value at the end of period 1, 2, ...; it never falls.
        earned: cumulative earned value; more than the whole plan counts as the whole plan.
        at: periods gone by.

    Raises:
        UnitError: the plan is empty, falls, or what is earned is negative.

    >>> round(earned_schedule([100, 250, 450, 700, 900, 1000], 380, 3).es, 2)
    2.65
    """
    if not planned or any(b < a for a, b in itertools.pairwise(planned)) or planned[0] < 0:
        raise UnitError("the cumulative planned values must not be empty and must never fall")
    if earned < 0:
        raise UnitError(f"earned value must not be negative (got {earned})")
    whole = next(n for n, value in enumerate(planned, 1) if value >= planned[-1])  # the plan ends where its last value is reached
    if earned >= planned[-1]:
        return EarnedSchedule(es=float(whole), at=float(at), pd=float(whole))
    before: Number = 0
    for place, value in enumerate(planned):
        if value > earned:
            if before == earned:  # a flat stretch: every time of it has that value
                reached = next((n for n, v in enumerate((0, *planned)) if v == before), place)
                return EarnedSchedule(es=float(min(max(at, reached), place)), at=float(at), pd=float(whole))
            return EarnedSchedule(es=place + float((earned - before) / (value - before)), at=float(at), pd=float(whole))
        before = value
    raise AssertionError("unreachable: the plan ends above what is earned")
