"""A levelled plan written into its portfolio: as starts not before a date, or as levelling delays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import attrs

from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.resources.teams import Option, span_of
from ipmo.model.changes import AsSoonAsPossible, Change, Interrupt, Restaff, SetDate
from ipmo.model.estimates import Fixed
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.splitting import Interruption
from ipmo.model.work import Project, Task
from ipmo.units import DAY, Span, minutes, moment

__all__ = ["interrupted", "restaffed", "with_delays", "with_starts"]

Meaning: TypeAlias = Restaff | Interrupt | AsSoonAsPossible | SetDate
Meant: TypeAlias = Mapping[str, Sequence[Meaning]]
"""Changes by the id of their task in its project."""


def with_starts(portfolio: Portfolio, changes: Iterable[Change]) -> Portfolio:
    """The portfolio with starts not before these, done by whom these say; what was as late as possible starts as soon as it can then."""
    wanted: dict[str, dict[str, list[Meaning]]] = {}
    for change in changes:
        assert isinstance(change, Meaning)
        meant = reference(change.target)
        wanted.setdefault(meant.project, {}).setdefault(meant.inner, []).append(change)
    return portfolio.evolve(projects=[_project(project, wanted.get(project.id, {})) for project in portfolio.projects])


def interrupted(portfolio: Portfolio, full_id: str, rests: Iterable[tuple[datetime, datetime]]) -> Interrupt:
    """What has some work rest in these times too, beside those in which it rests already."""
    task = portfolio[full_id]
    assert isinstance(task, Task)
    found: list[tuple[int, int]] = []
    for since, until in sorted(
        [*(one.period for one in task.interruptions), *((minutes(since), minutes(until)) for since, until in rests)]
    ):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return Interrupt(full_id, tuple(Interruption(since=moment(since), until=moment(until)) for since, until in found))


def with_delays(portfolio: Portfolio, changes: Iterable[Change], dialect: str | None = None) -> Portfolio:
    """The portfolio with levelling delays that have work start as these changes do; work under way resumes on its date."""
    changes = tuple(changes)
    levelled = with_starts(portfolio, changes)
    moved = {one.target: one.to for one in changes if isinstance(one, SetDate) and one.field == "not_before"}
    tried = _delayed(levelled, portfolio, dict.fromkeys(moved, Span(1, "emin")), moved)
    tried = tried if dialect is None else tried.evolve(dialect=dialect)
    net = (found := schedule(tried, on_cycle="cut")).network
    bases = {full_id.removesuffix(DELAYED): node for node, full_id in enumerate(net.ids) if full_id.endswith(DELAYED)}
    delays = {}
    for full_id, start in moved.items():
        if full_id in bases and isinstance(start, datetime):
            clock, place = net.running_clock(bases[full_id]), int(net.positions.pos[bases[full_id]])
            delays[full_id] = _span(minutes(start) - clock.start(int(found.passes.early_starts[place])))
    delays = {full_id: span for full_id, span in delays.items() if span.amount > 0}
    return _delayed(levelled, portfolio, delays, {})


DELAYED = "~delay"
"""How the point is called from which a delay counts."""


def _span(length: int) -> Span:
    """Minutes as elapsed time, in the largest unit that has it whole."""
    for unit, each in (("ed", DAY), ("eh", 60)):
        if length % each == 0:
            return Span(length // each, unit)
    return Span(length, "emin")


def _delayed(levelled: Portfolio, before: Portfolio, delays: Mapping[str, Span], starts: Mapping[str, object]) -> Portfolio:
    """A levelled portfolio with delays; what has one gets its own start not before a date back, unless that is to stay."""
    projects = []
    for project in levelled.projects:
        tasks = []
        for task in project.tasks:
            full_id = f"{project.id}/{task.id}"
            if full_id in delays:
                own = before[full_id]
                assert isinstance(own, Task)
                begins = task.not_before if full_id in starts else own.not_before
                task = attrs.evolve(task, delay=delays[full_id], not_before=begins)
            tasks.append(task)
        projects.append(
            attrs.evolve(project, tasks=tuple(tasks)) if any(f"{project.id}/{task.id}" in delays for task in tasks) else project
        )
    return levelled.evolve(projects=projects)


def _project(project: Project, meant: Meant) -> Project:
    """A project with other starts of its tasks."""
    if not meant:
        return project
    tasks = []
    for task in project.tasks:
        changed = task
        for one in meant.get(task.id, ()):
            changed = _changed(changed, one)
        tasks.append(changed)
    return attrs.evolve(project, tasks=tuple(tasks))


def _changed(task: Task, change: Meaning) -> Task:
    if isinstance(change, Restaff):
        driven = task.effort_driven and bool(change.assignments)
        return attrs.evolve(task, duration=change.to, assignments=change.assignments, modes=(), effort_driven=driven)
    if isinstance(change, AsSoonAsPossible):
        return attrs.evolve(task, constraints=None if (tied := task.constraints) is None else attrs.evolve(tied, as_late_as_possible=False))
    if isinstance(change, Interrupt):
        return attrs.evolve(task, interruptions=change.to)
    return attrs.evolve(task, resumes=change.to) if change.field == "resumes" else attrs.evolve(task, not_before=change.to)


def restaffed(portfolio: Portfolio, full_id: str, way: Option, *, elapsed: bool) -> Restaff:
    """What has some work done in another way than the usual one."""
    task = portfolio[full_id]
    assert isinstance(task, Task)
    own = task.resource_calendar
    calendar = portfolio.calendar_for(full_id) if own is None else portfolio.calendar_table[own]
    return Restaff(full_id, Fixed(span_of(way.minutes, calendar, elapsed=elapsed)), way.assignments)
