"""What another tool would date otherwise than the portfolio does, because it counts by conventions of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from ipmo.analysis.dates.schedule import schedule
from ipmo.errors import IpmoError
from ipmo.files.no_room import NoRoom
from ipmo.model.dialects import Dialect
from ipmo.model.portfolio import Portfolio

__all__ = ["lose_dates"]

CONVENTIONS = tuple(field.name for field in attrs.fields(Dialect) if field.name not in ("name", "critical", "critical_float"))
Dates = tuple[tuple[datetime | None, datetime | None], datetime | None, float | None]
"""When a task starts and finishes, its late finish, and its total float."""


def lose_dates(lost: NoRoom, portfolio: Portfolio, there: Dialect, written: Portfolio | None = None) -> None:
    """Counts the tasks whose dates, or only late dates, are others in another tool, with the conventions that make them so.

    Args:
        lost: takes the counts.
        portfolio: what is written.
        there: the dialect that the file is read in.
        written: the portfolio with the dates that are written in place of conventions; None where none are.
    """
    differing = [one for one in CONVENTIONS if getattr(portfolio.dialect, one) != getattr(there, one)]
    plan = _dates(portfolio, portfolio.dialect) if differing else []
    written = portfolio if written is None else written
    names = [f"{project.id}/{task.id}" for project in portfolio.projects for task in project.tasks]
    said: set[str] = set()
    for place, what in enumerate(("tasks dated", "tasks with late dates", "tasks with floats")):
        own = [one[place] for one in plan]
        moved = [names[at] for at in _moved(written, own, place, there, differing)]
        if place == 2:  # a float that differs because dates do is no further news
            moved = [name for name in moved if name not in said]
        said.update(moved)
        if moved:
            causes = ", ".join(_causes(written, own, place, there, differing))
            lost.lose(f"{what} by conventions that it does not have ({causes})", len(moved), of=moved)


def _causes(portfolio: Portfolio, own: Sequence[object], place: int, there: Dialect, differing: list[str]) -> list[str]:
    """The conventions that move a date each alone; where none does, as few as together do."""
    alone = [one for one in differing if _moved(portfolio, own, place, there, [one])]
    if alone:  # without a status date nothing of it is left to differ: it is named where nothing else is
        return [one for one in alone if one != "data_date"] or alone
    kept = list(differing)
    for one in differing:
        fewer = [other for other in kept if other != one]
        if fewer and _moved(portfolio, own, place, there, fewer):
            kept = fewer
    return kept


def _moved(portfolio: Portfolio, own: Sequence[object], place: int, there: Dialect, conventions: list[str]) -> list[int]:
    """Which tasks have another date once some conventions are those of the other tool."""
    if not own:
        return []
    dialect = attrs.evolve(portfolio.dialect, **{one: getattr(there, one) for one in conventions})
    return [at for at, (one, other) in enumerate(zip(own, _dates(portfolio, dialect), strict=False)) if one != other[place]]


def _dates(portfolio: Portfolio, dialect: Dialect) -> list[Dates]:
    """The dates of all tasks; nothing where there is no schedule."""
    try:
        plan = schedule(portfolio, dialect=dialect)
    except IpmoError:
        return []
    items = (plan[f"{project.id}/{task.id}"] for project in portfolio.projects for task in project.tasks)
    return [((item.start, item.finish), item.late_finish, item.total_float) for item in items]
