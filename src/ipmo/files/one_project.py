"""One project of a portfolio on its own: what it gets from others becomes external, with the day on which it comes."""

from __future__ import annotations

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import IpmoError
from ipmo.files.no_room import NoRoom
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project

__all__ = ["one_project"]

KEPT = (
    *("id", "name", "start", "status_date", "calendar", "dialect", "methodologies", "money", "funding", "calendars", "rates", "discounts"),
    *("reference_classes", "people", "stakeholders", "objectives", "resources", "standards", "drivers", "extensions"),
)
"""What a project may name, and so comes with it; not its programme, nor what belongs to the whole."""


def one_project(portfolio: Portfolio, id: str) -> tuple[Portfolio, NoRoom]:
    """A portfolio of one project, and what it leaves out or writes otherwise.

    Links from other projects become external ones, dated by the schedule of the whole; links to other projects end outside.

    Args:
        portfolio: the whole.
        id: of the project.

    Raises:
        KeyError: there is no such project.
        ModelError: it names what does not come with it.
    """
    project = next((one for one in portfolio.projects if one.id == id), None)
    if project is None:
        raise KeyError(id)
    lost = NoRoom("one project alone")
    try:
        plan = schedule(portfolio)
    except IpmoError:
        plan = None
    links = []
    for link in portfolio.links:
        inside = [_is_in(project, end) for end in (link.source, link.target)]
        if all(inside):
            links.append(link)
        elif any(inside):
            from_outside = inside[1]
            lost.lose(
                "links from other projects, written as external ones" if from_outside else "links to other projects, which end outside"
            )
            links.append(_external(link, plan) if from_outside else attrs.evolve(link, target=_named(link.target)))
    for field in attrs.fields(Portfolio):
        value = getattr(portfolio, field.name)
        if field.name not in (*KEPT, "projects", "links", "source") and isinstance(value, tuple) and value:
            lost.lose(field.name, len(value))
    alone = attrs.evolve(project, programme=None, requires=())
    return Portfolio(**{name: getattr(portfolio, name) for name in KEPT}, projects=[alone], links=links), lost


def _is_in(project: Project, end: str) -> bool:
    meant = reference(end)
    return not meant.external and project.id == (meant.project or meant.item)


def _external(link: Link, plan: Schedule | None) -> Link:
    """A link from another project, with the instant of the end that it leaves."""
    meant = reference(link.source)
    item = plan[meant.item] if plan is not None and not meant.external and meant.item in plan else None
    when = None if item is None else item.start if link.type[0] == "S" else item.finish
    return attrs.evolve(link, source=_named(link.source), date=when if when is not None else link.date)


def _named(end: str) -> str:
    """The name of something outside."""
    return end if end.startswith("external:") else f"external:{end.replace('/', '.').replace('@', ' ')}"
