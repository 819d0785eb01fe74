"""The network of a portfolio in which some tasks last otherwise or are put off, laid over the compiled one: nothing is compiled anew.

What changes are lengths and bounds from below of plain work that has not begun. Where more than that could change, compiling says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.model.dialects import DIALECTS
from ipmo.model.differing import differing, other_projects, same_but
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.network import Network
from ipmo.network.states import State
from ipmo.units import ELAPSED, MAX_INSTANT, Span, minutes

__all__ = ["retimed"]

TIMES = ("duration", "not_before")
"""Fields of tasks that a length, or a bound from below, is made of."""


def retimed(copy: Portfolio, portfolio: Portfolio, net: Network) -> Network | None:
    """The network of a copy in which tasks last otherwise or start no earlier than a later day; None where that takes compiling.

    Args:
        copy: the copy.
        portfolio: what it was made from.
        net: the network of that.
    """
    if (
        not net.large or net.inside is None or net.dialect != DIALECTS["ipmo"] or copy.start is None
    ):  # else the first date says when it starts
        return None
    if net.at_best is not None:  # which of several ways are sure may be other
        return None
    others = other_projects(copy, portfolio)
    if not others:
        return None
    lengths: dict[int, int] = {}
    starts: dict[int, int] = {}
    for now, was in others.values():
        if len(now.tasks) != len(was.tasks) or not same_but("tasks", now, was):
            return None
        for task, before in _other_tasks(now, was):
            node = net.inside[now.id].get(task.id)
            if node is None or node in net.points or net.state[node] is not State.NORMAL or differing(task, before, TIMES):
                return None
            if task.constraints is not None:  # it may be scheduled by hand, or held by what overrides the logic
                return None
            if task.not_before != before.not_before:
                if task.not_before is None or (before.not_before is not None and minutes(before.not_before) > minutes(task.not_before)):
                    return None  # what else holds it then was not kept
                starts[node] = net.running_clock(node).work(minutes(task.not_before))
            if task.duration != before.duration:
                length = _length(copy, now, task, before)
                if length is None or not net.dur[node]:
                    return None
                lengths[node] = length
    return net.lasting(lengths, starts)


def _other_tasks(now: Project, was: Project) -> Iterator[tuple[Task, Task]]:
    """The tasks that are other in two projects with as many, in order."""
    return ((one, other) for one, other in zip(now.tasks, was.tasks, strict=True) if one is not other)


def _length(copy: Portfolio, project: Project, task: Task, before: Task) -> int | None:
    """The minutes that a task lasts, on the clock on which it lasted before; None where these are none, or another clock counts them."""
    if task.effort_driven or task.progress is not None or task.remaining is not None:
        return None
    to, old = (None if one.duration is None else one.duration.central() for one in (task, before))
    if not isinstance(to, Span) or not isinstance(old, Span) or (to.unit in ELAPSED) != (old.unit in ELAPSED):
        return None
    name = task.resource_calendar or task.calendar or project.calendar or copy.calendar or "standard"
    length = copy.calendar_table[name].minutes(to)
    return length if 0 < length <= MAX_INSTANT else None
