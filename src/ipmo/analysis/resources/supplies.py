"""What is used up: what all work takes of a resource of which there is so much and no more, whenever it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from ipmo.analysis.money.work_tree import LEFT_OUT
from ipmo.analysis.resources.demand import few
from ipmo.model.people import Assignment
from ipmo.model.portfolio import Portfolio
from ipmo.words import agree

__all__ = ["UsedUp", "used_up"]


@attrs.frozen(kw_only=True)
class UsedUp:
    """A resource that is used up, and what the plan takes of it.

    Args:
        resource: id of the resource.
        unit: what one unit is.
        needed: units that all work takes, finished or not, in the way that is planned.
        least: the same where each open piece of work is done in the way that takes the least of it.
        there: how much there ever is; None when nobody says.
        items: (full id, units) of the work, what takes the most first.
    """

    resource: str
    unit: str
    needed: Fraction
    least: Fraction
    there: Fraction | None
    items: tuple[tuple[str, Fraction], ...]

    @property
    def over(self) -> Fraction:
        """By how many units it is too much; 0 where it is not, or nobody says how much there is."""
        return Fraction(0) if self.there is None else max(self.needed - self.there, Fraction(0))

    def __str__(self) -> str:
        who = f"{few([name for name, _ in self.items])} {agree(len(self.items), 'uses', 'use')} up {float(self.needed):,.6g} of {self.resource}"
        if self.there is None:
            return f"{who}, and nobody says how much there is"
        there = f"{who}, of which there {agree(1 if self.there == 1 else 2, 'is', 'are')} {float(self.there):,.6g}"
        if not self.over:
            return there
        if self.least <= self.there:
            return f"{there}: {float(self.over):,.6g} too many as planned, and enough in other ways"
        return f"{there}: {float(self.over):,.6g} too many"


def used_up(portfolio: Portfolio, include: Iterable[str] = ()) -> tuple[UsedUp, ...]:
    """What the plan takes of every resource that is used up, in the order of the resources; what is proposed only where it is included."""
    counted = [one for one in portfolio.projects if one.counted_as not in LEFT_OUT or one.counted_as in frozenset(include)]
    found = []
    for resource in (one for one in portfolio.resources if one.used_up):
        items, least = dict[str, Fraction](), Fraction(0)
        for project in counted:
            for task in project.tasks:
                taken = _taken(task.assignments, resource.id)
                ways = [taken] if task.started else [taken, *(_taken(one.assignments, resource.id) for one in task.modes)]
                least += min(ways)
                if taken:
                    items[f"{project.id}/{task.id}"] = taken
        there = max((Fraction(str(row.value)) for row in resource.capacity), default=None)
        rows = tuple(sorted(items.items(), key=lambda pair: (-pair[1], pair[0])))
        found.append(
            UsedUp(resource=resource.id, unit=resource.unit, needed=sum(items.values(), Fraction(0)), least=least, there=there, items=rows)
        )
    return tuple(found)


def _taken(assignments: Iterable[Assignment], name: str) -> Fraction:
    return sum(_units(assignments, name), Fraction(0))


def _units(assignments: Iterable[Assignment], name: str) -> Iterator[Fraction]:
    return (Fraction(str(one.units)) for one in assignments if one.resource == name)
