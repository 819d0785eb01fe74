"""Whether what sums up says what it sums up: SCH-R17."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.findings import Finding
from ipmo.methods.contract import CheckContext
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Task
from ipmo.rules.themes import Theme, fact
from ipmo.units import When, said_day
from ipmo.words import agree, counted

__all__ = ["TRACEABILITY_CHECKS"]

FIELDS = {
    "baseline_start": "the approved start",
    "baseline_finish": "the approved finish",
    "actual_start": "the actual start",
    "actual_finish": "the actual finish",
}
"""Dates that a summary may state."""
MOST = 5
"""How many summaries a finding names."""


def _vertical(context: CheckContext) -> Iterator[Finding]:
    """SCH-R17: the approved and the actual dates that a summary states are those of the work below it.

    Approved dates are compared where all of that work has them; a finish where all of it is done, and a summary is done when its work is. The
    forecast of a summary is always computed, and can differ from nothing. Level of effort is done with the rest.
    """
    for project in context.portfolio.projects:
        if project.counted_as in LEFT_OUT:
            continue
        below: dict[str, list[Task]] = {}
        for task in project.tasks if any(task.parent is not None for task in kinds_of_work(project)) else ():
            if task.parent is not None:
                below.setdefault(task.parent, []).append(task)
        wrong: dict[str, list[str]] = {}
        for task in project.tasks if below else ():
            if task.id in below:
                for field, said in _of(task, _work(task.id, below)):
                    wrong.setdefault(field, []).append(f"{task.id!r} ({said})")
        for field, found in wrong.items():
            rest = f" and {counted(len(found) - MOST, 'more', 'more')}" if len(found) > MOST else ""
            message = f"{FIELDS[field]} of {counted(len(found), 'summary', 'summaries')} of project {project.id!r} {agree(len(found), 'is', 'are')} not that of the work below: {', '.join(found[:MOST])}{rest}"
            yield fact("summary-dates", project.id, message, "state dates on the work, and let the summary follow", part=field)


def _work(summary: str, below: Mapping[str, Sequence[Task]]) -> list[Task]:
    """The work below a summary, through summaries below it."""
    found, waiting = [], [summary]
    while waiting:
        for task in below.get(waiting.pop(), ()):
            if task.id in below:
                waiting.append(task.id)
            else:
                found.append(task)
    return found


def _day(when: When | None, field: str) -> date | None:
    """The day of a date; midnight, where something finishes, ends the day before; None for None."""
    return said_day(when, finish=field.endswith("finish")) if isinstance(when, datetime) else when


def _of(summary: Task, work: Sequence[Task]) -> Iterator[tuple[str, str]]:
    """(field, what the summary and its work say) of each date that differs."""
    for field in FIELDS:
        stated: When | None = getattr(summary, field)
        if stated is None:
            continue
        days = [day for task in work if (day := _day(getattr(task, field), field)) is not None]
        open_ = sum(getattr(task, field) is None and not (task.hammock and field == "actual_finish") for task in work)
        if open_ and field != "actual_start":
            if field == "actual_finish":
                yield field, f"{_day(stated, field)}, {open_} of {counted(len(work), 'task')} {agree(open_, 'is', 'are')} not done"
            continue
        if not days and field != "actual_start":  # level of effort only
            continue
        found = None if not days else min(days) if field.endswith("start") else max(days)
        if found != _day(stated, field):
            yield field, f"{_day(stated, field)}, the work {'has not begun' if found is None else f'says {found}'}"


TRACEABILITY_CHECKS = (
    Theme(_vertical, "GAO Schedule Assessment Guide (2015), best practice 5: vertical traceability").check(
        "summary-dates", "A summary has the dates of what it sums up", "Summaries whose dates are not those of their work", rule="SCH-R17"
    ),
)
