"""The tasks of a tracker's export, read through a mapping, as the items of a backlog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ipmo.model import Portfolio, Task
from ipmo_agile.fields import WorkItem, day_of
from ipmo_agile.lifecycle import gives_up

__all__ = ["tracked"]

SAYS = ("state", "status", "resolution")
"""Attributes that say where an item stands."""


def tracked(portfolio: Portfolio) -> tuple[WorkItem, ...]:
    """Each task with points as an item, and each without that lies in none: its points, its iteration, its parent as epic, its area as team.

    Points come from the attribute `points`, as mappings of trackers' exports name it. A task with points is one item with what lies in it,
    such as the tasks of a story, unless that has points itself; of the rest, what no other has for its parent has no points. What was given up
    without a day counts as dropped on the status date; without that it is left out, since it is neither open nor done.

    Args:
        portfolio: of tasks, for example `ipmo.read("azure.csv")`.
    """
    found = []
    for project in portfolio.projects:
        above = {task.id: task.parent for task in project.tasks}
        parents = set(above.values())
        pointed = [task.id for task in project.tasks if _points(task) is not None]
        summed = {one for id in pointed for one in _above(id, above)}
        whole = {id for id in pointed if id not in summed}
        for task in project.tasks:
            within = any(one in whole for one in _above(task.id, above))
            if task.milestone or within or (task.id in parents and task.id not in whole):
                continue
            finished = None if task.actual_finish is None else day_of(task.actual_finish)
            given_up = _given_up(task)
            dropped = (finished or (day_of(portfolio.status_date) if portfolio.status_date is not None else None)) if given_up else None
            if given_up and dropped is None:
                continue
            found.append(
                WorkItem(
                    id=task.id,
                    name=task.name,
                    team=task.attributes.get("area", ""),
                    epic=task.parent or "",
                    kind=task.category,
                    points=_points(task),
                    iteration=task.attributes.get("iteration", ""),
                    started=None if task.actual_start is None else day_of(task.actual_start),
                    finished=None if given_up else finished,
                    dropped=dropped,
                )
            )
    return tuple(found)


def _above(id: str, above: Mapping[str, str | None]) -> Iterator[str]:
    """What a task lies in, the nearest first."""
    one = above.get(id)
    while one is not None:
        yield one
        one = above.get(one)


def _given_up(task: Task) -> bool:
    """Whether an attribute says that it was given up: `Removed` is what Azure DevOps calls it, of whatever else that may be said."""
    said = [text for name, text in task.attributes.items() if name.casefold() in SAYS]
    return any(gives_up(text) or text.casefold() == "removed" for text in said)


def _points(task: Task) -> float | None:
    """The number of its attribute `points`; None where it is none."""
    try:
        return float(task.attributes["points"])
    except (KeyError, ValueError):
        return None
