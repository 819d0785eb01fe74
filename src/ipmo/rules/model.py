"""Whether the plan says enough and contradicts nothing: durations, dates, calendars, progress."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.estimates import Fixed
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project, Task
from ipmo.rules.themes import Theme, fact
from ipmo.units import minutes

__all__ = ["MODEL_CHECKS"]


def _find(context: CheckContext) -> Iterator[Finding]:
    """Gaps and contradictions that need no schedule."""
    portfolio = context.portfolio
    default = portfolio.calendar is None and any(p.calendar is None and (size_of(p, "tasks") or p.gates) for p in portfolio.projects)
    if default:
        yield fact(
            "default-calendar",
            "",
            "no calendar is stated; the built-in one is used (Monday to Friday, 09:00 to 17:00, 1 d = 8 h)",
            "write portfolio: calendar:",
            Severity.INFO,
        )
    today = portfolio.data_date
    for project in portfolio.projects:
        kinds = kinds_of_work(project)
        parents = {task.parent for task in project.tasks if task.parent} if any(task.parent for task in kinds) else set()
        for task in project.tasks if parents or any(map(_asked, kinds)) else ():
            if task.id in parents:
                yield from _summary(task, f"{project.id}/{task.id}")
            elif _asked(task):
                yield from _task(portfolio, project, task, f"{project.id}/{task.id}", today)
        if not kinds and not project.gates and project.state in ("proposed", "approved", "active"):
            missing = [
                name for name in ("start", "finish") if getattr(project, name) is None and getattr(project, f"actual_{name}") is None
            ]
            if missing:
                yield fact(
                    "no-dates",
                    project.id,
                    f"project {project.id!r} has no tasks and no {' and no '.join(missing)}",
                    "its dates are unknown until it has",
                )


def _asked(task: Task) -> bool:
    """Whether anything is asked of a task: of work that is to come, and says how long it lasts, nothing is."""
    return type(task.duration) is not Fixed or bool(task.progress) or task.started


def _summary(task: Task, full_id: str) -> Iterator[Finding]:
    if task.duration is not None:
        yield fact(
            "summary-duration",
            full_id,
            f"summary {full_id!r} states a duration; its dates come from its tasks",
            "take the duration away",
            Severity.INFO,
        )


def _task(portfolio: Portfolio, project: Project, task: Task, full_id: str, today: int | None) -> Iterator[Finding]:
    known = task.length is not None and task.length.central() is not None
    remaining = task.remaining is not None and task.remaining.central() is not None
    if not (task.milestone or task.hammock or task.finished or known or remaining) and project.state not in ("closed", "cancelled"):
        yield fact(
            "no-duration",
            full_id,
            f"task {full_id!r} has no duration; its dates are unknown, what follows it has bounds",
            "estimate it: duration: {low, likely, high}",
        )
    if task.progress and not task.started:
        yield fact(
            "progress-without-start",
            full_id,
            f"task {full_id!r} is {task.progress:.0%} done but has no actual start",
            "write actual_start:",
        )
    if task.progress == 1 and not task.finished:
        yield fact("done-without-finish", full_id, f"task {full_id!r} is all done but has no actual finish", "write actual_finish:")
    said = portfolio.status_date if project.status_date is None else project.status_date
    today = today if project.status_date is None else minutes(project.status_date, end=False)
    if today is not None:
        for name, when in (("actual_start", task.actual_start), ("actual_finish", task.actual_finish)):
            if when is not None and minutes(when) > today:
                yield fact(
                    "actual-in-future",
                    full_id,
                    f"{name} of {full_id!r} is {when}, after the status date {said}{f' of {project.id!r}' if project.status_date is not None else ''}",
                    "correct one of them",
                )


_MODEL = Theme(_find, "ipmo, conventions of the model")

MODEL_CHECKS = (
    _MODEL.check("default-calendar", "The plan says which calendar it works by", "Work on the default calendar"),
    _MODEL.check("no-dates", "A project without tasks states its start and finish", "Projects without dates"),
    _MODEL.check("summary-duration", "A summary takes its dates from its tasks", "Summaries with a duration of their own"),
    _MODEL.check("no-duration", "Open work has a duration", "Tasks without a duration"),
    _MODEL.check("progress-without-start", "Work that has progress has begun", "Progress without an actual start"),
    _MODEL.check("done-without-finish", "Work that is all done has finished", "Done, without an actual finish"),
    _MODEL.check("actual-in-future", "Actual dates lie before the status date", "Actual dates after the status date"),
)
