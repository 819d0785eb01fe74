"""What a role is worth: how much sooner all is done, and how much less late, with more of it for a time."""

from __future__ import annotations

import math
from datetime import date, datetime

import attrs

from ipmo.analysis.resources.demand import few
from ipmo.model.people import Capacity, Resource
from ipmo.words import agree

__all__ = ["RolePrice", "with_more"]


@attrs.frozen(kw_only=True)
class RolePrice:
    """What more of a resource brings, by levelling anew.

    Args:
        resource: id of the resource.
        more: how many units more; fewer where it is negative.
        since: the first day on which they are there; None for always.
        until: the first day on which they are there no more; None for ever.
        finish: when all is done with them.
        finish_before: when it is done without them.
        lateness: elapsed days by which commitments are missed with them, summed.
        lateness_before: the same without them.
        unfit: ids of work that there is not enough for with them, and is without.
        fitted: ids of work that there is enough for with them only.
    """

    resource: str
    more: float
    since: date | None
    until: date | None
    finish: datetime | None
    finish_before: datetime | None
    lateness: float
    lateness_before: float
    unfit: tuple[str, ...] = ()
    fitted: tuple[str, ...] = ()

    @property
    def days(self) -> float:
        """Elapsed days by which all is done sooner; negative where it is later, without end where some of it cannot be done any more."""
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
        head = f"{self.more:+g} of {self.resource}:"
        if self.unfit:
            return f"{head} there is not enough any more for {few(self.unfit)}"
        side = "sooner" if self.days >= 0 else "later"
        text = f"{head} all done {abs(self.days):,.4g} ed {side}, commitments {self.less_late:,.4g} ed less late"
        return f"{text}, and {few(self.fitted)} {agree(len(self.fitted), 'fits', 'fit')}" if self.fitted else text


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
