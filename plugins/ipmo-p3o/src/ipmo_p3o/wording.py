"""How the rules of the method word a finding, and how they count days."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from fractions import Fraction

from ipmo import Money, Span
from ipmo.model import Portfolio
from ipmo.plugin import Finding, IpmoError, Severity
from ipmo_p3o.flows import nominal_days

__all__ = ["finding", "in_currency", "later", "longer"]


def finding(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.ERROR, part: str = "") -> Finding:
    """A finding of one of the method's checks; an error unless it says less."""
    return Finding(code=f"p3o/{slug}", item=item, part=part, message=message, hint=hint, severity=severity)


def later(day: date, span: Span) -> date:
    """The day that lies a length of time after another: months and years on the calendar, the rest in whole elapsed days, rounded up.

    A month after the last of a longer month is the last of the shorter one. Beyond the calendar it is its first or its last day.

    >>> later(date(2026, 1, 31), Span(1, "month")), later(date(2026, 1, 5), Span(5, "d"))
    (datetime.date(2026, 2, 28), datetime.date(2026, 1, 12))
    """
    try:
        return _later(day, span)
    except (OverflowError, ValueError):
        return date.max if span.amount > 0 else date.min


def _later(day: date, span: Span) -> date:
    months = span.amount * {"month": 1, "year": 12}.get(span.unit, 0)
    if not months or months != int(months):
        return day + timedelta(days=-int(-nominal_days(span) // 1))
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def longer(since: date, until: date, span: Span) -> bool:
    """Whether more than a length of time lies between two days."""
    return until > later(since, span)


def in_currency(portfolio: Portfolio, amount: Money | None) -> Fraction | None:
    """An amount in the portfolio's currency; None when it is not known, or no exchange rate turns it into that."""
    if amount is None:
        return None
    if portfolio.money is None or portfolio.money.currency == amount.currency:
        return Fraction(amount.amount)
    day = portfolio.status_date or portfolio.start
    try:
        return None if day is None else portfolio.exchange_rates.convert(amount, day)
    except IpmoError:
        return None
