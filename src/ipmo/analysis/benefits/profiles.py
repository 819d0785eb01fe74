"""What a benefit brings year by year from a start on, and what that is worth at a date.

A profile is a yearly value with a ramp over a life that moves with its start (`lasts`) or ends on a fixed date (`until`).
Each year of it is a flow at that year's beginning, so that whole years of delay are whole years of discounting.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

import attrs

from ipmo.analysis.money.amounts import EVEN
from ipmo.analysis.money.finance import present_value, years_between
from ipmo.analysis.money.periods import Period, PeriodRule, Stretch, wall_clock
from ipmo.errors import UnitError
from ipmo.model.benefits import Benefit
from ipmo.model.reference import DiscountSchedule
from ipmo.network.clocks import months_later
from ipmo.units import DAY, Money, Rate, first_day, minutes, moment

__all__ = ["Flow", "Profile", "Valued", "first_day_of", "profile", "spread", "step_later", "still_to_come", "yearly", "years_later"]


@attrs.frozen
class Flow:
    """One year of a benefit, or a benefit that comes once.

    Args:
        start: first day.
        end: first day after it; the same for what comes once.
        amount: in the portfolio's currency, exact; a dis-benefit is negative.
    """

    start: date
    end: date
    amount: Fraction


@attrs.frozen(kw_only=True)
class Profile:
    """What a benefit brings from a start on.

    Args:
        flows: year by year.
        start: first day.
        end: first day after its life.
    """

    flows: tuple[Flow, ...]
    start: date
    end: date

    @property
    def total(self) -> Fraction:
        """The sum of the flows, undiscounted."""
        return sum((flow.amount for flow in self.flows), Fraction(0))

    def worth(self, discount: DiscountSchedule, base: date) -> float:
        """Present value at a base date: each year's flow at that year's beginning."""
        return present_value(((flow.start, float(flow.amount)) for flow in self.flows), discount, base=base)

    def by_period(self, rule: PeriodRule) -> dict[Period, Fraction]:
        """The flows over periods, each evenly over its days."""
        return spread(self.flows, rule)

    def by(self, day: date) -> Fraction:
        """What has come by the beginning of a day."""
        instant = minutes(day)
        return sum(
            (flow.amount * Stretch(minutes(flow.start), minutes(flow.end), EVEN, wall_clock).by(instant) for flow in self.flows),
            Fraction(0),
        )


def spread(flows: Iterable[Flow], rule: PeriodRule) -> dict[Period, Fraction]:
    """Flows over periods, each evenly over its days: those of the same days are added first."""
    sums: dict[tuple[date, date], Fraction] = {}
    for flow in flows:
        sums[flow.start, flow.end] = sums.get((flow.start, flow.end), Fraction(0)) + flow.amount
    out: dict[Period, Fraction] = {}
    for (start, end), amount in sums.items():
        for period, share in Stretch(minutes(start), minutes(end), EVEN, wall_clock).over(rule).items():
            out[period] = out.get(period, Fraction(0)) + amount * share
    return out


def step_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    return moment(months_later(minutes(day), months)).date()


def years_later(day: date, years: int) -> date:
    """The same day some years later, or the last of a February without it.

    Raises:
        UnitError: it lies outside the years 1 to 9999.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February, or no such year
        return step_later(day, 12 * years)


class Year(NamedTuple):
    """One year of a life.

    Args:
        start: first day.
        end: first day after it; the same for what comes once.
        part: of a year's value at 100 % that it brings; None where that is all of it.
    """

    start: date
    end: date
    part: Fraction | None


def _life(benefit: Benefit, start: date) -> tuple[Year, ...] | None:
    """The years of a benefit that starts on a day; None where its life is not known."""
    if isinstance(benefit.value, Money):
        return (Year(start, start, None),)
    end = _end(benefit, start)
    if end is None:
        return None
    years: list[Year] = []
    begin = start
    while begin < end:
        year = len(years)
        stop = years_later(start, year + 1)
        part = Fraction(str(benefit.ramp[min(year, len(benefit.ramp) - 1)])) if benefit.ramp else Fraction(1)
        if stop > end:
            part *= Fraction((end - begin).days, (stop - begin).days)
        years.append(Year(begin, min(stop, end), None if part == 1 else part))
        begin = stop
    return tuple(years)


def profile(benefit: Benefit, start: date, yearly: Fraction) -> Profile | None:
    """The profile of a benefit that starts on a day; None where its life is not known.

    Args:
        benefit: ramp, life and sign are taken from it.
        start: its first day.
        yearly: a year's value at 100 %, or the whole of what comes once.
    """
    years = _life(benefit, start)
    if years is None:
        return None
    amount = -yearly if benefit.disbenefit else yearly
    flows = tuple(Flow(begin, stop, amount if part is None else amount * part) for begin, stop, part in years)
    end = start if isinstance(benefit.value, Money) else _end(benefit, start)
    return Profile(flows=flows, start=start, end=max(end or start, start))


def _end(benefit: Benefit, start: date) -> date | None:
    """The first day after its life: the earlier of a life that moves and a fixed end."""
    ends = []
    if benefit.lasts is not None:
        lasts = benefit.lasts
        if lasts.dimension == "step":
            ends.append(step_later(start, lasts.months))
        elif lasts.dimension == "elapsed":
            ends.append(start + timedelta(minutes=lasts.elapsed_minutes))
    if benefit.until is not None:
        ends.append(moment(minutes(benefit.until, end=True)).date())
    return min(ends, default=None)


def left_of(flow: Flow, day: date) -> Fraction:
    """The share of a flow that lies after a day."""
    if day <= flow.start:
        return Fraction(1)
    return Fraction((flow.end - day).days, (flow.end - flow.start).days) if day < flow.end else Fraction(0)


class Valued:
    """Present values of many benefits at one date: each life and each discount factor is worked out once.

    Args:
        discount: the discount rates.
        base: the day of the values.
    """

    def __init__(self, discount: DiscountSchedule, base: date) -> None:
        self.discount, self.base = discount, base
        self._factors: dict[date, float] = {}
        self._anniversaries: dict[int, int] = {}
        self._near = (math.log1p(discount.bands[0].rate), math.inf if discount.bands[0].until is None else float(discount.bands[0].until))
        self._wholes: dict[tuple[date, int], Sequence[float]] = {}
        self._lives: dict[object, tuple[tuple[Fraction | None, float], ...] | None] = {}

    def factor(self, day: date) -> float:
        """What one unit on a day is worth at the base date."""
        found = self._factors.get(day)
        if found is None:
            found = self._factors[day] = self._factor(day)
        return found

    def _factor(self, day: date) -> float:
        """What `DiscountSchedule.factor` says of the years between; most days lie in its first band."""
        if day < self.base:
            return self.discount.factor(years_between(self.base, day))
        year, whole = day.year, day.year - self.base.year
        ordinal, before = day.toordinal(), self._anniversary(year)
        if before > ordinal:
            year, whole = year - 1, whole - 1
            before = self._anniversary(year)
        years = whole + (ordinal - before) / (self._anniversary(year + 1) - before)
        rate, end = self._near
        return math.exp(-(years * rate)) if years <= end else self.discount.factor(years)

    def factors(self, years: Sequence[float]) -> list[float]:
        """What one unit some years after the base date is worth at it."""
        rate, end = self._near
        if max(years, default=0.0) <= end:
            return [math.exp(-(one * rate)) for one in years]
        return [math.exp(-(one * rate)) if one <= end else self.discount.factor(one) for one in years]

    def _anniversary(self, year: int) -> int:
        """The day number of the base date's day in a year; 1 March for 29 February."""
        found = self._anniversaries.get(year)
        if found is None:
            base = self.base
            leap = base.month == 2 and base.day == 29 and not calendar.isleap(year)
            found = self._anniversaries[year] = (date(year, 3, 1) if leap else base.replace(year=year)).toordinal()
        return found

    def _years(self, start: date, count: int) -> Sequence[float]:
        """The factors of the beginnings of so many years; a life that ends lies within the years 1 to 9999."""
        found = self._wholes.get((start, count))
        if found is None:
            days = [years_later(start, year) for year in range(max(count, 0) + 1)]
            found = self._wholes[start, count] = [self.factor(day) for day in days[:-1]]
        return found

    def worth(self, benefit: Benefit, start: date, yearly: Fraction) -> float | None:
        """Present value of the profile of a benefit, which is not made for it; None where its life is not known.

        Args:
            benefit: as for `profile`.
            start: as for `profile`.
            yearly: as for `profile`.
        """
        amount = -yearly if benefit.disbenefit else yearly
        if isinstance(benefit.value, Money):
            return float(amount) * self.factor(start)
        lasts = benefit.lasts
        if benefit.until is None and not benefit.ramp and lasts is not None and lasts.unit == "year" and lasts.amount == int(lasts.amount):
            whole = float(amount)
            return math.fsum([whole * factor for factor in self._years(start, int(lasts.amount))])
        key = (start, lasts, benefit.until, benefit.ramp)
        if key in self._lives:
            found = self._lives[key]
        else:
            years = _life(benefit, start)
            found = self._lives[key] = None if years is None else tuple((year.part, self.factor(year.start)) for year in years)
        if found is None:
            return None
        whole = float(amount)
        return math.fsum((whole if part is None else float(amount * part)) * factor for part, factor in found)


def first_day_of(instant: int) -> date:
    """The first whole day from an instant on, as `first_day` says it.

    >>> first_day_of(0), first_day_of(1), first_day_of(DAY)
    (datetime.date(1, 1, 1), datetime.date(1, 1, 2), datetime.date(1, 1, 2))

    Raises:
        UnitError: it lies outside the years 1 to 9999.
    """
    days, rest = divmod(instant, DAY)
    if not 0 <= days < date.max.toordinal() - 1:
        return first_day(moment(instant))
    return date.fromordinal(days + 1 if rest == 0 else days + 2)


def yearly(value: Rate) -> Money:
    """A rate as money per year.

    Raises:
        UnitError: it is not per month or year.
    """
    from decimal import Decimal

    if value.per not in ("year", "month"):
        raise UnitError(f"a benefit of {value} has no yearly value; write it per month or per year")
    return value.money if value.per == "year" else Money(value.money.amount * Decimal(12), value.money.currency)


def still_to_come(benefit: Benefit, start: date, amount: Fraction | None, valued: Valued | None, as_of: date) -> float:
    """The present value of what of a benefit that has begun lies after a day.

    Args:
        benefit: the benefit.
        start: its first day.
        amount: what a year, or all that comes once, is worth.
        valued: the rates.
        as_of: the day.
    """
    found = None if amount is None else profile(benefit, start, amount)
    if found is None or valued is None:
        return 0.0
    flows = ((max(flow.start, as_of), flow.amount * left_of(flow, as_of)) for flow in found.flows)
    return math.fsum(float(part) * valued.factor(day) for day, part in flows if part)
