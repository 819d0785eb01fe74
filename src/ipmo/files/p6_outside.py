"""What comes from outside, for Primavera P6: it has no link to what no project holds, and a date before which an activity does not start."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project
from ipmo.network.clocks import Clocks
from ipmo.network.links import outside_date

__all__ = ["EARLY", "early_starts"]


EARLY = "external:early start of "
"""What a date before which an activity does not start is read as."""


def early_starts(portfolio: Portfolio, clocks: Clocks) -> tuple[Mapping[str, int], AbstractSet[int]]:
    """For each activity that waits for something outside whose date is known the instant, lag and all; and the places of these links.

    A link to a summary holds for all that lies in it.

    Args:
        portfolio: what is written.
        clocks: of its calendars.
    """
    out: dict[str, int] = {}
    places = set[int]()
    for number, link in enumerate(portfolio.links):
        source, target = reference(link.source), reference(link.target)
        if link.kind != "schedule" or not source.external or target.external or target.end == "finish" or link.type[1] != "S":
            continue
        instant, some = outside_date(link, portfolio.data_date), _activities(portfolio, link)
        if instant is None or not some:
            continue
        places.add(number)
        for name in some:
            late = instant if link.lag is None else clocks.of(portfolio.calendar_for(name)).shift(instant, link.lag)
            out[name] = max(late, out.get(name, late))
    return out, places


def _activities(portfolio: Portfolio, link: Link) -> tuple[str, ...]:
    """What a link is due to: an activity, or all that lie in a summary or a project."""
    named = reference(portfolio.resolve(link.target) or link.target)
    noun = portfolio.items.get(named.item)
    project = noun if isinstance(noun, Project) else portfolio.items.get(named.project)
    if not isinstance(project, Project):
        return ()
    parents = {task.id: task.parent for task in project.tasks}
    above = {parent for parent in parents.values() if parent is not None}
    found = []
    for task in project.tasks:
        if task.id in above or task.finished:
            continue
        at: str | None = task.id
        while at is not None and at != named.name:
            at = parents.get(at)
        if at is not None or noun is project:
            found.append(f"{project.id}/{task.id}")
    gate = isinstance(noun, Project) or any(one.id == named.name for one in project.gates)
    return tuple(found) or ((named.item,) if gate and noun is not project else ())
