"""What another tool would date otherwise than the portfolio does, because it counts by conventions of its own."""

from __future__ import annotations

import operator
from datetime import datetime

import attrs

from ipmo.analysis.dates.schedule import schedule
from ipmo.errors import IpmoError
from ipmo.files.no_room import NoRoom
from ipmo.model.dialects import Dialect
from ipmo.model.portfolio import Portfolio

__all__ = ["lose_dates"]

CONVENTIONS = tuple(field.name for field in attrs.fields(Dialect) if field.name not in ("name", "critical", "critical_float"))
Dates = tuple[datetime | None, datetime | None]


def lose_dates(lost: NoRoom, portfolio: Portfolio, there: Dialect) -> None:
    """Counts the tasks that start or finish otherwise in another tool, with the conventions that each alone move any of them.

    Args:
        lost: takes the count.
        portfolio: what is written.
        there: the dialect that the file is read in.
    """
    own = portfolio.dialect
    differing = [one for one in CONVENTIONS if getattr(own, one) != getattr(there, one)]
    plan = _dates(portfolio, own) if differing else []
    if not plan or not (count := _moved(portfolio, plan, there)):
        return
    alone = [one for one in differing if _moved(portfolio, plan, attrs.evolve(own, **{one: getattr(there, one)}))]
    lost.lose(f"tasks dated by conventions that it does not have ({', '.join(alone or differing)})", count)


def _moved(portfolio: Portfolio, plan: list[Dates], dialect: Dialect) -> int:
    """How many tasks start or finish otherwise in a dialect."""
    return sum(map(operator.ne, plan, _dates(portfolio, dialect)))


def _dates(portfolio: Portfolio, dialect: Dialect) -> list[Dates]:
    """When tasks start and finish; nothing where there is no schedule."""
    try:
        plan = schedule(portfolio, dialect=dialect)
    except IpmoError:
        return []
    items = (plan[f"{project.id}/{task.id}"] for project in portfolio.projects for task in project.tasks)
    return [(item.start, item.finish) for item in items]
