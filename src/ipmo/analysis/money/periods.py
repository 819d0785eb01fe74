"""Months, quarters, years and financial years, and how an amount that lies over a time falls into them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import attrs

from ipmo.errors import one_of
from ipmo.model.calendars import Calendar
from ipmo.model.money import MONTHS, Spread
from ipmo.model.portfolio import Portfolio
from ipmo.network.clocks import clocks_of
from ipmo.units import DAY, minutes, moment

__all__ = ["EVERY", "Every", "Period", "PeriodRule", "Stretch", "WeekRule", "outside", "period_rule", "wall_clock", "worked_on"]

Every = Literal["month", "quarter", "year", "financial year"]
EVERY: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12, "financial year": 12}
"""Lengths of periods in months."""


@attrs.frozen(order=True)
class Period:
    """A stretch of whole days.

    Args:
        start: first day.
        end: first day after it; of the last period there is, the last day of the year 9999.
        name: `2026-11`, `2026-Q4`, `2026`, `2026/27`.
    """

    start: date
    end: date
    name: str = attrs.field(order=False)

    @property
    def minutes(self) -> tuple[int, int]:
        """First instant, and first instant after it."""
        return minutes(self.start), minutes(self.end)


@attrs.frozen
class PeriodRule:
    """How time is cut: by month, quarter, year or financial year.

    >>> PeriodRule("financial year", 4).of(date(2027, 3, 31)).name
    '2026/27'
    """

    every: str
    first_month: int = 1

    def of(self, day: date) -> Period:
        """The period that a day lies in."""
        return _period(self, self.month_of(day))

    def month_of(self, day: date) -> int:
        """The month that the period of a day begins in, counted from the year 0."""
        step = EVERY[self.every]
        shift = self.first_month - 1 if self.every == "financial year" else 0
        return (day.year * 12 + day.month - 1 - shift) // step * step + shift

    def beginning(self, month: int) -> Period:
        """The period that begins in a month, as `month_of` counts it."""
        return Period(_first(month), _first(month + EVERY[self.every]), self._name(month))

    def _name(self, place: int) -> str:
        year, month = divmod(place, 12)
        if self.every == "month":
            return f"{year:04}-{month + 1:02}"
        if self.every == "quarter":
            return f"{year:04}-Q{month // 3 + 1}"
        return f"{year:04}" if month == 0 else f"{year:04}/{(year + 1) % 100:02}"

    def named(self, name: str) -> Period:
        """The period of that name.

        >>> PeriodRule("quarter").named("2026-Q4").start
        datetime.date(2026, 10, 1)
        """
        if name.startswith("0000"):  # the financial year that the calendar begins in
            return self.of(date.min)
        month = int(name[5:]) if self.every == "month" else 3 * int(name[6:]) - 2 if self.every == "quarter" else 1
        return self.of(date(int(name[:4]), self.first_month if self.every == "financial year" else month, 1))

    def between(self, first: date, last: date) -> Iterator[Period]:
        """The periods from the one of a day to the one of another, in order."""
        period = self.of(first)
        while period.start <= last:
            yield period
            if period.end == date.max:
                return
            period = self.of(period.end)

    def between_instants(self, since: float, until: float) -> float:
        """Periods from one instant to another, parts of periods by their minutes.

        >>> PeriodRule("month").between_instants(minutes(date(2026, 1, 1)), minutes(date(2026, 3, 1)))
        2.0
        """
        (first, begun), (last, gone) = _place(self, since), _place(self, until)
        return last - first + (gone - begun)


@attrs.frozen
class WeekRule:
    """Time cut by week, from Monday on, named as ISO 8601 names weeks.

    >>> WeekRule().of(date(2027, 1, 2)).name
    '2026-W53'
    """

    every: str = "week"

    def of(self, day: date) -> Period:
        """The week that a day lies in."""
        year, week, weekday = day.isocalendar()
        first = day.toordinal() - weekday + 1
        return Period(date.fromordinal(max(first, 1)), date.fromordinal(min(first + 7, date.max.toordinal())), f"{year:04}-W{week:02}")

    def between(self, first: date, last: date) -> Iterator[Period]:
        """The weeks from the one of a day to the one of another, in order."""
        period = self.of(first)
        while period.start <= last:
            yield period
            if period.end == date.max:
                return
            period = self.of(period.end)


@functools.lru_cache(maxsize=1 << 12)
def _period(rule: PeriodRule, month: int) -> Period:
    """`PeriodRule.beginning`, made once: many amounts lie over the same few periods."""
    return rule.beginning(month)


@functools.lru_cache(maxsize=1 << 14)
def _place(rule: PeriodRule, instant: float) -> tuple[int, float]:
    """The number of the period that an instant lies in, and the share of it that has gone."""
    day = _day(int(instant))
    begin, end = rule.of(day).minutes
    return rule.month_of(day) // EVERY[rule.every], (instant - begin) / (end - begin)


def _first(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1) if 12 <= months < 120_000 else date.min if months < 12 else date.max


def period_rule(portfolio: Portfolio, every: str) -> PeriodRule:
    """The rule for `month`, `quarter`, `year` or `financial year`, with the portfolio's own financial year.

    Raises:
        OptionError: there is no such period.
    """
    one_of("every", every, EVERY)
    first = MONTHS.index(portfolio.money.financial_year) + 1 if portfolio.money is not None else 1
    return PeriodRule(every, first)


def worked_on(portfolio: Portfolio, calendar: Calendar) -> Callable[[int], int]:
    """Working minutes of a calendar up to an instant; wall-clock minutes of one without working time."""
    clock = clocks_of(portfolio).of(calendar)
    return clock.work if clock.number else wall_clock


@attrs.frozen
class Stretch:
    """The time that an amount lies over, and how.

    Args:
        since: first instant, in minutes.
        until: last instant; the same for what comes at once.
        spread: how it lies over the working time between them.
        worked: working minutes up to an instant.
    """

    since: int
    until: int
    spread: Spread
    worked: Callable[[int], int]

    @property
    def at_once(self) -> bool:
        """There is no working time in it."""
        return self.until <= self.since or self.worked(self.until) <= self.worked(self.since)

    def by(self, instant: int) -> Fraction:
        """The share that has come by an instant; exact."""
        if self.at_once:
            return Fraction(int(instant > self.since))
        if instant >= self.until:
            return Fraction(1)
        begun = self.worked(self.since)
        return self.spread.share(Fraction(self.worked(max(instant, self.since)) - begun, self.worked(self.until) - begun))

    def over(self, rule: PeriodRule) -> dict[Period, Fraction]:
        """The share that falls into each period; exact, sums to 1."""
        if self.at_once:
            return {rule.of(_day(self.since)): Fraction(1)}
        out: dict[Period, Fraction] = {}
        before = Fraction(0)
        worked, begun = self.worked, self.worked(self.since)
        whole = worked(self.until) - begun
        for period in rule.between(_day(self.since), _day(self.until - 1)):
            end = minutes(period.end)
            share = (
                Fraction(1)
                if end >= self.until or period.end == date.max
                else self.spread.share(Fraction(worked(max(end, self.since)) - begun, whole))
            )
            if share != before:
                out[period] = share - before
            before = share
        return out


def outside(worked: Callable[[int], int], windows: Sequence[tuple[int, int]]) -> Callable[[int], int]:
    """Working minutes up to an instant that lie in none of the windows (first instant, first instant after).

    >>> [outside(wall_clock, [(10, 20), (15, 30)])(t) for t in (5, 10, 25, 30, 40)]
    [5, 10, 10, 10, 20]
    """
    merged: list[tuple[int, int]] = []
    for since, until in sorted(windows):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return lambda instant: worked(instant) - sum(worked(min(instant, end)) - worked(start) for start, end in merged if start < instant)


def wall_clock(instant: int) -> int:
    """Every minute counts: what is dated by the calendar and not by work."""
    return instant


def _day(instant: int) -> date:
    return moment(instant // DAY * DAY).date()
