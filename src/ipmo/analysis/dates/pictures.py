"""The timeline of a portfolio: a bar a project, with its baseline, its commitments, and what is late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

import attrs

from ipmo.analysis.dates.colours import stated_colours
from ipmo.analysis.dates.committed import Commitment, broken_in
from ipmo.analysis.dates.items import ScheduledItem
from ipmo.errors import ModelError
from ipmo.figures.svg import GLYPHS, Figure
from ipmo.figures.timeline import Bar, Mile, timeline
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project, Task
from ipmo.tables import Table
from ipmo.units import as_day, minutes, moment

__all__ = ["Sampled", "bars_of", "criticalities", "timeline_of", "work_of"]

ROWS, MILES, WORK = 40, 5, 30
"""Projects with a bar, milestones on a bar, and pieces of work below the only project, at most."""
SHOWN = ("deadline", "gate", "hand-over")
"""Kinds of commitments that stand as milestones on a bar: the finish of a project has its own sign."""


class Dated(Protocol):
    """A schedule."""

    @property
    def commitments(self) -> Iterable[Commitment]: ...
    def __contains__(self, full_id: object, /) -> bool: ...
    def __getitem__(self, full_id: str, /) -> ScheduledItem: ...
    def dates(self, full_id: str, /) -> tuple[datetime | None, datetime | None]: ...
    def days(self, full_id: str, /) -> tuple[date | None, date | None]: ...
    def doubt(self, full_id: str, /) -> str: ...
    def begins_day(self, name: str, instant: int, /) -> bool: ...


class Sampled(Protocol):
    """A simulation."""

    def criticality(self) -> Table:
        """How often each piece of open work is critical."""


def bars_of(
    s: Dated,
    portfolio: Portfolio,
    projects: Iterable[Project],
    colours: Mapping[str, str | None],
    earlier: Dated | None = None,
    simulated: Sampled | None = None,
) -> list[Bar]:
    """A bar for each project, in their order.

    Args:
        s: the schedule.
        portfolio: what it is of.
        projects: those that are drawn.
        colours: their status.
        earlier: the schedule of an earlier state, for where a project without a baseline was to be.
        simulated: a simulation, for how often a project is critical: as often as the most critical piece of its open work.
    """
    chosen = list(projects)
    stated = list(s.commitments)
    broken = broken_in(stated)
    names = {one.id for one in chosen}
    miles: dict[str, list[Commitment]] = {}
    for one in stated:
        if one.kind in SHOWN and one.expected is not None and one.project in names:
            miles.setdefault(one.project, []).append(one)
    items, often = portfolio.items, {} if simulated is None else criticalities(simulated)
    return [
        attrs.evolve(
            _bar(s, project, colours.get(project.id), broken.get(project.id, ""), miles.get(project.id, ()), items, earlier),
            critical=often.get(project.id),
        )
        for project in chosen
    ]


def work_of(s: Dated, project: Project) -> tuple[list[Bar], int]:
    """Bars of the work of a project as an outline, as deep as there is room, and how many pieces are not drawn.

    Args:
        s: the schedule.
        project: the project.
    """
    inside: dict[str | None, list[Task]] = {}
    for task in project.tasks:
        inside.setdefault(task.parent, []).append(task)

    def outline(parent: str | None, depth: int, level: int = 0) -> list[tuple[Task, int]]:
        def begins(task: Task) -> datetime:
            return s.dates(f"{project.id}/{task.id}")[0] or datetime.max

        rows = []
        for task in sorted(inside.get(parent, ()), key=begins):
            rows += [(task, level), *(outline(task.id, depth - 1, level + 1) if depth else [])]
        return rows

    rows, deep = outline(None, 0), 1
    while len(rows) < len(deeper := outline(None, deep)) <= WORK:
        rows, deep = deeper, deep + 1
    bars = [_work(s, f"{project.id}/{task.id}", task, level + 1) for task, level in rows[:WORK]]
    return bars, len(project.tasks) - len(bars)


def _work(s: Dated, full_id: str, task: Task, level: int) -> Bar:
    start, finish = s.dates(full_id)
    deadline = None if task.deadline is None else moment(minutes(task.deadline, end=True))
    was = task.baseline_start, task.baseline_finish
    ghost = None if was[0] is None or was[1] is None else (moment(minutes(was[0])), moment(minutes(was[1], end=True)))
    late = (
        deadline is not None
        and finish is not None
        and (finish > deadline or (finish == deadline and s.begins_day(full_id, minutes(finish))))
    )
    when, days = finish or start, s.days(full_id)
    return Bar(
        label="\u2003" * level + (task.name or task.id),
        start=start,
        finish=finish,
        commitment=deadline,
        late=late,
        days=days,
        ghost=None if ghost == (start, finish) else ghost,
        milestones=[Mile(when, task.name or task.id, late, days[1] or days[0])] if task.milestone and when is not None else (),
    )


def criticalities(simulated: Sampled) -> dict[str, float]:
    """By project, the share of samples in which its most critical open work lies on a driving path to the end: at least so often it is critical itself."""
    table = simulated.criticality()
    out: dict[str, float] = {}
    for name, often in zip(table["id"], table["criticality"], strict=True):
        if isinstance(name, str) and isinstance(often, float):
            project = name.partition("/")[0]
            out[project] = max(out.get(project, 0.0), often)
    return out


def _bar(
    s: Dated,
    project: Project,
    colour: str | None,
    broken: str,
    miles: Collection[Commitment],
    items: Mapping[str, object],
    earlier: Dated | None,
) -> Bar:
    start, finish = s.dates(project.id)
    note = ""
    if start is None:
        item = s[project.id] if project.id in s else None
        note = "on hold" if item is not None and item.undated and "no duration" not in item.undated else "no dates"
    elif broken:
        note = f"■ {broken}"
    elif finish is not None and s.doubt(project.id):
        note = "or later"
    first = sorted(miles, key=lambda one: (not one.broken, one.expected or datetime.max, one.item))[:MILES]
    ghost = _ghost(project, start, finish, earlier)
    return Bar(
        label=project.name or project.id,
        glyph=GLYPHS.get(colour or "", ""),
        start=start,
        finish=finish,
        commitment=moment(minutes(project.finish, end=True)) if project.finish is not None and size_of(project, "tasks") else None,
        late=bool(broken),
        proposed=project.state == "proposed",
        note=note,
        days=s.days(project.id),
        ghost=None if ghost is None else ghost[0],
        ghost_days=(None, None) if ghost is None else ghost[1],
        milestones=[
            Mile(one.expected, getattr(items.get(one.item), "name", "") or one.item, one.broken, one.expected_day)
            for one in first
            if one.expected is not None
        ],
    )


def _ghost(
    project: Project, start: datetime | None, finish: datetime | None, earlier: Dated | None
) -> tuple[tuple[datetime, datetime], tuple[date | None, date | None]] | None:
    """Where it was to be by the baseline of its work, else by the earlier state, and the days of that; None where that is where it is."""
    days: tuple[date | None, date | None] = (None, None)
    kinds = kinds_of_work(project)
    starts = [task.baseline_start for task in kinds if task.baseline_start is not None]
    ends = [task.baseline_finish for task in kinds if task.baseline_finish is not None]
    if starts and ends:
        found = moment(min(minutes(one) for one in starts)), moment(max(minutes(one, end=True) for one in ends))
    elif earlier is not None and project.id in earlier:
        was = earlier.dates(project.id)
        if was[0] is None or was[1] is None:
            return None
        found, days = (was[0], was[1]), earlier.days(project.id)
    else:
        return None
    return None if (found[0], found[1]) == (start, finish) else (found, days)


def timeline_of(s: Dated, portfolio: Portfolio, simulated: Sampled | None = None) -> Figure:
    """The timeline of all projects; of more than forty those that miss a commitment, then those that end first.

    Args:
        s: the schedule.
        portfolio: what it is of.
        simulated: a simulation of it, for how often each project is critical.

    Raises:
        ModelError: there is no project.
    """
    projects = [project for project in portfolio.projects if project.counted_as != "cancelled"]
    if not projects:
        raise ModelError("there is no project to draw")
    if len(projects) > ROWS:
        broken = {one.project for one in s.commitments if one.broken}
        kept = {one.id for one in sorted(projects, key=lambda p: (p.id not in broken, s.dates(p.id)[1] or datetime.max, p.id))[:ROWS]}
        projects = [project for project in projects if project.id in kept]
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    name = portfolio.name or portfolio.id
    more = len(portfolio.projects) - len(projects)
    title = f"Timeline of {name}" + (f", {len(projects)} of {len(projects) + more} projects" if more else "")
    bars = bars_of(s, portfolio, projects, stated_colours(portfolio), simulated=simulated)
    if len(projects) == 1:
        bars += work_of(s, projects[0])[0]
    return timeline(bars, today=today, title=title)
