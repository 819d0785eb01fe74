"""What a role is worth, and what another plan would bring: how much sooner all is done, how much less late, and in money, by levelling anew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from ipmo.analysis.money.periods import worked_on
from ipmo.analysis.resources.demand import few
from ipmo.model.people import Capacity, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.units import DAY, EFFORT, Effort, Money, minutes
from ipmo.words import agree

__all__ = ["Relevelled", "RolePrice", "cost_of", "day_after", "less", "moved_projects", "with_more"]


@attrs.frozen(kw_only=True)
class Relevelled:
    """What another portfolio would bring, levelled in the same way: somebody hired, a project shifted, stopped or added.

    Args:
        finish: when all is done in it.
        finish_before: when it is done in the plan at hand.
        lateness: elapsed days by which commitments are missed in it, summed.
        lateness_before: the same in the plan at hand.
        gained: what benefits lose less because they come sooner, in present values; negative where they come later, None where that is not known.
        unfit: ids of work that there is not enough for in it, and is in the plan at hand.
        fitted: ids of work that there is enough for in it only.
        projects: (id, finish before, finish) of each project that it moves, in file order.
        doubt: why nobody knows when all is done in it, so that `finish` is of what has dates; empty where it is known.
    """

    finish: datetime | None
    finish_before: datetime | None
    lateness: float
    lateness_before: float
    gained: Money | None = None
    unfit: tuple[str, ...] = ()
    fitted: tuple[str, ...] = ()
    projects: tuple[tuple[str, datetime | None, datetime | None], ...] = ()
    doubt: str = ""

    @property
    def days(self) -> float:
        """Elapsed days by which all that has dates is done sooner; negative where it is later, without end where some of it cannot be done any more."""
        if self.unfit:
            return -math.inf
        if self.finish is None or self.finish_before is None:
            return 0.0
        return (self.finish_before - self.finish).total_seconds() / 86400

    @property
    def less_late(self) -> float:
        """Elapsed days by which commitments are missed less, summed; negative without end where some work cannot be done any more."""
        return -math.inf if self.unfit else self.lateness_before - self.lateness

    def __str__(self) -> str:
        return self._said("with these changes:")

    def _said(self, head: str) -> str:
        if self.unfit:
            return f"{head} there is not enough any more for {few(self.unfit)}"
        side = "sooner" if self.days >= 0 else "later"
        what = "what has dates is" if self.doubt else "all"
        text = f"{head} {what} done {abs(self.days):,.4g} ed {side}, commitments {self.less_late:,.4g} ed less late"
        if self.gained is not None and self.gained.amount:
            text += f", benefits {_rounded(self.gained)} {'more' if self.gained.amount > 0 else 'less'}"
        return f"{text}, and {few(self.fitted)} {agree(len(self.fitted), 'fits', 'fit')}" if self.fitted else text


@attrs.frozen(kw_only=True)
class RolePrice(Relevelled):
    """What more of a resource brings, by levelling anew.

    Args:
        resource: id of the resource.
        more: how many units more; fewer where it is negative.
        since: the first day on which they are there; None for always.
        until: the first day on which they are there no more; None for ever.
        cost: what they cost from then until then, at most until all is done with them, at the rate of the resource; None where it has none by effort.
    """

    resource: str
    more: float
    since: date | None
    until: date | None
    cost: Money | None = None

    @property
    def net(self) -> Money | None:
        """What benefits gain less what it costs; None where one of both is not known, or they are in two currencies."""
        return None if self.gained is None else less(self.gained, self.cost)

    def __str__(self) -> str:
        text = self._said(f"{self.more:+g} of {self.resource}:")
        return f"{text}, at a cost of {_rounded(self.cost)}" if self.cost is not None and self.cost.amount > 0 and not self.unfit else text


def _rounded(money: Money) -> str:
    return f"{abs(money.amount):,.0f} {money.currency}"


def less(one: Money, other: Money | None) -> Money | None:
    """What is left of an amount; None where another is not known, or in another currency."""
    return None if other is None or one.currency != other.currency else Money(one.amount - other.amount, one.currency)


def cost_of(portfolio: Portfolio, resource: Resource, more: float, since: date, until: date) -> Money | None:
    """What more of a resource costs from one day to another, in the days of its calendar; None without a rate by effort."""
    if resource.rate is None or resource.rate.per not in EFFORT:
        return None
    calendar = portfolio.calendar_table[resource.calendar or portfolio.calendar or "standard"]
    worked, per_day = worked_on(portfolio, calendar), Decimal(calendar.day_minutes)
    there = max(worked(minutes(max(until, since))) - worked(minutes(since)), 0)
    effort = Effort(Decimal(str(more)) * there / per_day, "pd")
    return resource.rate.cost(effort, per_day / 60, Decimal(calendar.week_minutes) / per_day)


def day_after(when: datetime) -> date:
    """The first day on which nothing is done any more of what finishes then."""
    return (when + timedelta(minutes=DAY - 1)).date()


def moved_projects(
    before: Mapping[str, datetime | None], after: Mapping[str, datetime | None]
) -> tuple[tuple[str, datetime | None, datetime | None], ...]:
    """(id, finish before, finish) of the projects that finish on another day, those that are gone and new among them."""
    names = dict.fromkeys([*before, *after])
    return tuple((name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))


def with_more(resource: Resource, more: float, since: date | None, until: date | None) -> Resource:
    """A resource of which there is more for a time, never less than nothing.

    >>> one = Resource(id="team", capacity=[{"from": "2026-01-01", "value": 2}, {"from": "2026-06-01", "value": 1}])
    >>> [(str(row.since), row.value) for row in with_more(one, 1, date(2026, 3, 1), date(2026, 7, 1)).capacity]
    [('2026-01-01', 2.0), ('2026-03-01', 3.0), ('2026-06-01', 2.0), ('2026-07-01', 1.0)]
    """
    days = {row.since for row in resource.capacity} | {day for day in (since, until) if day is not None}
    rows = []
    for day in sorted(days):
        value = next((row.value for row in reversed(resource.capacity) if row.since <= day), 0.0)
        extra = more if (since is None or day >= since) and (until is None or day < until) else 0.0
        rows.append(Capacity(since=day, value=float(max(value + extra, 0.0))))
    return attrs.evolve(resource, capacity=tuple(rows))
