"""What waits by rules of Primavera P6 and would start sooner in Microsoft Project: behind lags from what is left of work, and finished work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import IpmoError
from ipmo.files.mspdi_ties import NOT_BEFORE, ties_of
from ipmo.model.dialects import Dialect
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task

__all__ = ["held_back", "lagged"]

LAGS = "lags from what is left of work under way, written as dates before which work does not start"
DONE = "waits behind finished work for what that went ahead of, written as dates before which work does not start"


def lagged(portfolio: Portfolio, plan: Schedule | None) -> dict[str, tuple[datetime, str]]:
    """When work starts that waits by such a rule, and which one: written as a date before which it does not start, where it has no constraint.

    Args:
        portfolio: what is written.
        plan: its schedule; None where there is none.
    """
    out: dict[str, tuple[datetime, str]] = {}
    if plan is None:
        return out
    tasks = {f"{project.id}/{task.id}": task for project in portfolio.projects for task in project.tasks}
    begun = {name for name, task in tasks.items() if task.actual_start is not None and task.actual_finish is None}
    done = {name for name, task in tasks.items() if task.actual_finish is not None}
    links = list(_links(portfolio))
    own = portfolio.dialect
    if own.start_lag == "early":
        waits = {target for source, target, kind in links if kind[0] == "S" and source in begun}
        out |= {name: (when, LAGS) for name, when in _sooner(portfolio, plan, waits, attrs.evolve(own, start_lag="actual")).items()}
    if own.finished == "passes on" and own.progress == "retained":
        waits = {target for source, target, _ in links if source in done} - out.keys()
        out |= {name: (when, DONE) for name, when in _sooner(portfolio, plan, waits, attrs.evolve(own, finished="date")).items()}
    return out


def _links(portfolio: Portfolio) -> Iterator[tuple[str, str, str]]:
    """Source, target and type of each link, by full ids."""
    yield from ((link.source, link.target, link.type) for link in portfolio.links)
    for project in portfolio.projects:
        for task in project.tasks:
            for after in task.after:
                yield f"{project.id}/{after.source}", f"{project.id}/{task.id}", after.type


def _sooner(portfolio: Portfolio, plan: Schedule, waits: set[str], there: Dialect) -> dict[str, datetime]:
    """When what has not begun starts here, of what would start sooner by another dialect."""
    if not waits:
        return {}
    try:
        other = schedule(portfolio, dialect=there)
    except IpmoError:
        return {}
    out = {}
    for name in sorted(waits):
        noun, here = portfolio.items.get(name), plan[name].start if name in plan else None
        if not isinstance(noun, Task) or noun.actual_start is not None or noun.finished or here is None or name not in other:
            continue
        sooner = other[name].start
        if sooner is not None and sooner < here:
            out[name] = here
    return out


def held_back(portfolio: Portfolio, dates: Mapping[str, datetime]) -> Portfolio:
    """The portfolio with work that does not start, or go on, before these dates, where it has no constraint of another kind.

    Args:
        portfolio: what is written.
        dates: by full id.
    """
    if not dates:
        return portfolio

    def held(task: Task, name: str) -> Task:
        if name not in dates:
            return task
        if task.actual_start is not None:
            return attrs.evolve(task, resumes=dates[name])
        return attrs.evolve(task, not_before=dates[name]) if {number for number, *_ in ties_of(task)} <= {NOT_BEFORE} else task

    projects = []
    for project in portfolio.projects:
        tasks = [held(task, f"{project.id}/{task.id}") for task in project.tasks]
        projects.append(attrs.evolve(project, tasks=tasks))
    return portfolio.evolve(projects=projects)
