"""The scheduling options of a file of Primavera P6: those of most work are the dialect, and projects with other ones are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from ipmo.errors import listed
from ipmo.files.foreign import Intake
from ipmo.files.p6_codes import FLOATS, LAGS
from ipmo.files.xer_tables import Row
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.units import Span

__all__ = ["dialect_in_p6", "options_of"]

OPTIONS = ("progress", "lag_calendar", "total_float", "start_lag", "float_to", "expected_finish")
"""Conventions that a project of P6 has an option for."""


def dialect_in_p6(dialect: Dialect) -> Dialect:
    """The dialect that P6 schedules a portfolio in: its own, with what a dialect says where it has an option."""
    return dialect if dialect.name == "p6" else attrs.evolve(DIALECTS["p6"], **{name: getattr(dialect, name) for name in OPTIONS})


def options_of(
    intake: Intake, rows: Sequence[tuple[int, Row]], projects: Mapping[str, tuple[str, Row]], work: Mapping[str, int]
) -> tuple[Dialect, dict[str, str]]:
    """The dialect of a file, and of each project that was scheduled otherwise, why its dates may differ.

    Every project of P6 keeps its own options, and a portfolio has one dialect: the options under which most unfinished activities
    were scheduled, the first in the file of several.

    Args:
        intake: takes the finding.
        rows: of table SCHEDOPTIONS, with their lines.
        projects: id and row of each project, by its key.
        work: unfinished activities of each project, by its key.
    """
    own: dict[str, tuple[int, Dialect]] = {}
    first: Dialect | None = None
    for line, row in rows:
        key = row.get("proj_id", "")
        made = _dialect(_usual(intake, projects.get(key, next(iter(projects.values())))[1]), row)
        first = first or made
        intake.understood += 1
        if key in projects and own.setdefault(key, (line, made))[1] != made:
            intake.note(
                "options", f"project {projects[key][0]!r} has several sets of options; the first is taken", line=line, item=projects[key][0]
            )
    if not own:
        return first or _usual(intake, next(iter(projects.values()))[1]), {}
    sums: dict[str, int] = {}
    for key, (_, made) in own.items():
        sums[str(made)] = sums.get(str(made), 0) + work.get(key, 0)
    most = max(sums.values())
    taken = next(made for _, made in own.values() if sums[str(made)] == most)
    others: dict[str, str] = {}
    for key, (line, made) in own.items():
        if made != taken:
            name = projects[key][0]
            ways = [
                f"{field.name.replace('_', ' ')} {_said(getattr(made, field.name))} instead of {_said(getattr(taken, field.name))}"
                for field in attrs.fields(Dialect)
                if getattr(made, field.name) != getattr(taken, field.name)
            ]
            others[name] = f"its project was scheduled with other options: {', '.join(ways)}"
            intake.note(
                "options",
                f"project {name!r} was scheduled with other options than most work of the file, and is scheduled here with those: {', '.join(ways)}",
                "read it from a file of its own to have its dates",
                line=line,
                item=name,
            )
    without = [name for key, (name, _) in projects.items() if key not in own]
    if others and without:
        intake.note("options", f"the file has no options of {listed([repr(name) for name in without])}; those of most work are taken")
    return taken, others


def _said(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _usual(intake: Intake, project: Row) -> Dialect:
    """What a project says of its own critical path."""
    hours = intake.tolerated(lambda: intake.number(project.get("critical_drtn_hr_cnt"), "critical_drtn_hr_cnt"), 0)
    usual = attrs.evolve(DIALECTS["p6"], critical="driving" if project.get("critical_path_type") == "CT_DrivPath" else "float")
    return attrs.evolve(usual, critical_float=Span(hours, "h")) if hours else usual


def _dialect(usual: Dialect, row: Row) -> Dialect:
    progress = "override" if row.get("sched_progress_override") == "Y" else None
    progress = progress or ("actual" if row.get("sched_retained_logic") == "N" else "retained")
    return attrs.evolve(
        usual,
        progress=progress,
        lag_calendar=LAGS.get(row.get("sched_calendar_on_relationship_lag", ""), "predecessor"),
        total_float=FLOATS.get(row.get("sched_float_type", ""), "finish"),
        start_lag="early" if row.get("sched_lag_early_start_flag", "Y") == "Y" else "actual",
        float_to="network" if row.get("sched_use_project_end_date_for_float") == "N" else "project",
        expected_finish=row.get("sched_use_expect_end_flag") != "N",
    )
