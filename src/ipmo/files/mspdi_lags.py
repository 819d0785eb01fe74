"""Lags of Primavera P6 that run from what is left of work under way, for Microsoft Project, where they run from its actual start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import IpmoError
from ipmo.files.mspdi_ties import NOT_BEFORE, ties_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task

__all__ = ["held_back", "lagged"]


def lagged(portfolio: Portfolio, plan: Schedule | None) -> dict[str, datetime]:
    """When work starts that waits for such a lag: written as a date before which it does not start, where it has no constraint.

    Args:
        portfolio: what is written.
        plan: its schedule; None where there is none.
    """
    if plan is None or portfolio.dialect.start_lag != "early":
        return {}
    begun = {
        f"{project.id}/{task.id}"
        for project in portfolio.projects
        for task in project.tasks
        if task.actual_start is not None and task.actual_finish is None
    }
    waits = {link.target for link in portfolio.links if link.type[0] == "S" and link.source in begun}
    waits |= {
        f"{project.id}/{task.id}"
        for project in portfolio.projects
        for task in project.tasks
        for after in task.after
        if after.type[0] == "S" and f"{project.id}/{after.source}" in begun
    }
    if not waits:
        return {}
    try:
        there = schedule(portfolio, dialect=attrs.evolve(portfolio.dialect, start_lag="actual"))
    except IpmoError:
        return {}
    out = {}
    for name in sorted(waits):
        noun, here = portfolio.items.get(name), plan[name].start if name in plan else None
        if not isinstance(noun, Task) or noun.actual_start is not None or here is None or name not in there:
            continue
        sooner = there[name].start
        if sooner is not None and sooner < here:
            out[name] = here
    return out


def held_back(portfolio: Portfolio, starts: Mapping[str, datetime]) -> Portfolio:
    """The portfolio with work that does not start before these dates, where it has no constraint of another kind.

    Args:
        portfolio: what is written.
        starts: by full id.
    """
    if not starts:
        return portfolio

    def held(task: Task, name: str) -> Task:
        free = name in starts and {number for number, *_ in ties_of(task)} <= {NOT_BEFORE}
        return attrs.evolve(task, not_before=starts[name]) if free else task

    projects = []
    for project in portfolio.projects:
        tasks = [held(task, f"{project.id}/{task.id}") for task in project.tasks]
        projects.append(attrs.evolve(project, tasks=tasks))
    return portfolio.evolve(projects=projects)
