"""Control in proportion to what is at stake, both ways: P3O-R20."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import date

from ipmo import Span
from ipmo.model import Project, Task
from ipmo.plugin import CheckContext, Finding, Severity, counted
from ipmo_p3o.fields import Control, fields_of
from ipmo_p3o.offices import OPEN, day_of
from ipmo_p3o.wording import finding, later, longer

__all__ = ["proportion", "tier_of"]

YEAR = Span(1, "year")
FEW = 3
"""Stretches between reports below which nobody says that there are too many reports."""


def tier_of(project: Project) -> str:
    """The tier of a project: stated, else its attribute `tier`, else its attribute `criticality`; empty where nothing says it."""
    return fields_of(project).tier or project.attributes.get("tier", "") or project.attributes.get("criticality", "")


def proportion(context: CheckContext) -> Iterable[Finding]:
    """P3O-R20: a project has neither fewer nor more gates and reports than its tier asks for.

    Reports are those of the year before the status date. Too seldom is said where the last one, or the start of the work, lies longer ago
    than the tier allows, where neither is known, or most stretches between two reports are longer; too often where most of three stretches or more are shorter.
    """
    pf = context.portfolio
    controls = {one.tier: one for one in fields_of(pf).controls}
    if not controls:
        return
    today = None if pf.status_date is None else day_of(pf.status_date)
    for project in pf.projects:
        if project.counted_as not in OPEN or not context.covers(project.id):
            continue
        tier = tier_of(project)
        control = controls.get(tier)
        if control is None:
            said = f"of the tier {tier!r}, which the portfolio does not describe" if tier else "of no tier"
            message = f"project {project.id!r} is {said}: nobody can say how closely it should be looked at"
            yield finding("proportion", project.id, message, f"write tier: {' or '.join(controls)}", Severity.INFO)
            continue
        yield from _gates(project, control)
        if today is not None and project.counted_as == "active":
            yield from _reports(project, control, today)


def _gates(project: Project, control: Control) -> Iterator[Finding]:
    count = len(project.gates)
    if count < control.gates_least:
        message = f"project {project.id!r} of tier {control.tier!r} has {counted(count, 'gate')}; the tier asks for {control.gates_least}"
        yield finding("proportion", project.id, message, "add the gates that are missing", Severity.INFO, part="gates")
    elif control.gates_most is not None and count > control.gates_most:
        message = (
            f"project {project.id!r} of tier {control.tier!r} has {counted(count, 'gate')}; the tier needs {control.gates_most} at most"
        )
        yield finding("proportion", project.id, message, "drop or join gates", Severity.INFO, part="gates")


def _reports(project: Project, control: Control, today: date) -> Iterator[Finding]:
    days = sorted({row.date for row in project.status if row.date <= today and not longer(row.date, today, YEAR)})
    gaps = list(itertools.pairwise(days))
    least, most = control.reports_least, control.reports_most
    if least is not None:
        work: tuple[Project | Task, ...] = (project, *project.tasks)
        starts = [day_of(one.actual_start) for one in work if one.actual_start is not None]
        begun = min(starts, default=None)
        last = days[-1] if days else begun
        slow = sum(longer(a, b, least) for a, b in gaps)
        message = ""
        if last is not None and longer(last, today, least):
            since = f"its last report is of {last}" if days else f"it began on {last} and has no report of the last year"
            message = f"{since}; its tier {control.tier!r} asks for one every {least}"
        elif last is None:
            message = (
                f"it has no report of the last year, and nothing says when it began; its tier {control.tier!r} asks for one every {least}"
            )
        elif slow * 2 > len(gaps):
            message = f"{slow} of {counted(len(gaps), 'stretch', 'stretches')} between its reports are longer than the {least} of its tier {control.tier!r}"
        if message:
            yield finding(
                "proportion", project.id, f"project {project.id!r}: {message}", "report more often", Severity.INFO, part="reports"
            )
            return
    if most is not None and len(gaps) >= FEW:
        fast = sum(b < later(a, most) for a, b in gaps)
        if fast * 2 > len(gaps):
            message = f"project {project.id!r}: {fast} of {len(gaps)} stretches between its reports are shorter than the {most} of its tier {control.tier!r}"
            yield finding("proportion", project.id, message, "report less often", Severity.INFO, part="reports")
