"""What the rules of MoP say, and the days and amounts in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from ipmo import Money
from ipmo.model import Portfolio
from ipmo.plugin import Finding, IpmoError, Severity

__all__ = ["TONNES", "day_of", "finding", "in_currency", "named", "said"]

TONNES = "t CO2e"
"""The unit that sums of carbon are in."""


def finding(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING, part: str = "") -> Finding:
    """A finding of one of the method's own checks."""
    return Finding(code=f"mop/{slug}", item=item, part=part, message=message, hint=hint, severity=severity)


def day_of(when: date | datetime) -> date:
    """The day of an instant."""
    return when.date() if isinstance(when, datetime) else when


def named(pf: Portfolio, items: Iterable[str]) -> str:
    """Items by their titles; by their ids where they have none."""
    return ", ".join(getattr(pf.items.get(item), "name", "") or item for item in items)


def said(pf: Portfolio, text: str, items: Iterable[str]) -> str:
    """A sentence with the titles of some items for their ids, where these stand as words of their own."""
    ids = "|".join(re.escape(item) for item in sorted(items, key=len, reverse=True))
    return re.sub(rf"(?<![\w/.-])(?:{ids})(?![\w/.-]*\w)", lambda match: named(pf, [match[0]]), text) if ids else text


def in_currency(pf: Portfolio, amount: Money | None) -> Fraction | None:
    """An amount in the portfolio's currency; None when it is not known."""
    if amount is None:
        return None
    if pf.money is None or pf.money.currency == amount.currency:
        return Fraction(amount.amount)
    day = pf.status_date or pf.start
    try:
        return None if day is None else pf.exchange_rates.convert(amount, day)
    except IpmoError:
        return None
