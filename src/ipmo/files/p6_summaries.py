"""Summaries for Primavera P6, whose WBS has neither constraints nor links: what holds for all that a summary holds is written on its activities."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import attrs

from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Constraints, Project, Task
from ipmo.units import When, minutes

__all__ = ["onto_activities"]

MOST = 2_000
"""Links between activities that one link of a summary may become."""


def onto_activities(portfolio: Portfolio) -> tuple[Portfolio, int, int]:
    """The portfolio with bounds and links of summaries on the activities that lie in them, and how many of each were moved there.

    "Not before" and "finish no later" hold for each activity of a summary; a link from its finish for each as giver, one to its start
    for each as receiver. A link from the start of a summary, or to its finish, has no such form, and stays.

    Args:
        portfolio: what is written.
    """
    bounds, links, projects = 0, 0, []
    for project in portfolio.projects:
        parents = {task.parent for task in project.tasks if task.parent is not None}
        if not any(task.id in parents and _says(task) for task in project.tasks) and not _named(project, parents):
            projects.append(project)
            continue
        made, moved, joined = _moved(project, parents)
        projects.append(made)
        bounds, links = bounds + moved, links + joined
    return (portfolio.evolve(projects=projects) if bounds or links else portfolio), bounds, links


def _says(task: Task) -> bool:
    return (
        task.not_before is not None or (task.constraints is not None and task.constraints.finish_no_later is not None) or bool(task.after)
    )


def _named(project: Project, parents: set[str]) -> bool:
    return any(one.source in parents for task in project.tasks for one in task.after)


def _moved(project: Project, parents: set[str]) -> tuple[Project, int, int]:
    """One project, with how many bounds and links of its summaries stand on activities now."""
    tasks = {task.id: task for task in project.tasks}
    leaves: dict[str, list[str]] = {id: [] for id in parents}
    for task in project.tasks:
        if task.id not in parents:
            for above in _above(task.parent, tasks):
                leaves[above].append(task.id)
    bounds = 0
    for id in [task.id for task in project.tasks if task.id in parents]:
        task = tasks[id]
        latest = None if task.constraints is None else task.constraints.finish_no_later
        if task.not_before is not None:
            bounds += 1
            for leaf in leaves[id]:
                tasks[leaf] = attrs.evolve(tasks[leaf], not_before=_later(tasks[leaf].not_before, task.not_before))
            tasks[id] = attrs.evolve(tasks[id], not_before=None)
        if latest is not None and task.constraints is not None:
            bounds += 1
            for leaf in leaves[id]:
                tasks[leaf] = attrs.evolve(tasks[leaf], constraints=_sooner(tasks[leaf].constraints, latest))
            rest = attrs.evolve(task.constraints, finish_no_later=None)
            tasks[id] = attrs.evolve(tasks[id], constraints=rest if rest != Constraints() else None)
    links, afters = 0, {id: [*task.after] for id, task in tasks.items()}
    for id in tasks:
        for one in [*afters[id]]:
            if one.source not in parents and id not in parents:
                continue
            gives = leaves[one.source] if one.source in parents and one.type[0] == "F" else [] if one.source in parents else [one.source]
            takes = leaves[id] if id in parents and one.type[1] == "S" else [] if id in parents else [id]
            if not gives or not takes or len(gives) * len(takes) > MOST:
                continue
            links += 1
            afters[id].remove(one)
            for giver, taker in itertools.product(gives, takes):
                if all((other.source, other.type) != (giver, one.type) for other in afters[taker]):
                    afters[taker].append(attrs.evolve(one, source=giver))
    made = [attrs.evolve(task, after=tuple(afters[id])) for id, task in tasks.items()]
    return attrs.evolve(project, tasks=made), bounds, links


def _above(parent: str | None, tasks: Mapping[str, Task]) -> Iterator[str]:
    while parent is not None and parent in tasks:
        yield parent
        parent = tasks[parent].parent


def _later(own: When | None, other: When) -> When:
    return other if own is None or minutes(own) < minutes(other) else own


def _sooner(own: Constraints | None, latest: When) -> Constraints:
    if own is None:
        return Constraints(finish_no_later=latest)
    if own.finish_no_later is not None and minutes(own.finish_no_later, end=True) <= minutes(latest, end=True):
        return own
    return attrs.evolve(own, finish_no_later=latest)
