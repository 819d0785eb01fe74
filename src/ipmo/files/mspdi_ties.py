"""Constraints of work in Microsoft Project's XML: one a task, and one answer for all of them to whether they override the logic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ipmo.files.mspdi_elements import AS_LATE_AS_POSSIBLE, CONSTRAINTS, ON_ITSELF
from ipmo.model.dialects import DIALECTS, HARD, Dialect
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task
from ipmo.units import When

__all__ = ["NOT_BEFORE", "NO_LATER", "Tie", "dialect_there", "honoured", "ties_of"]

Tie = tuple[int, When | None, bool]
"""Its `ConstraintType`, its date, and whether that is of the finish."""
NOT_BEFORE: Final = next(number for number, name in ON_ITSELF.items() if name == "not_before")
NEAREST: Final = {"must_start_on": ("start_on", "mandatory_start"), "must_finish_on": ("finish_on", "mandatory_finish")}
"""Constraints of Primavera that become one of Project."""
TIED: Final[Mapping[str, int]] = {"as_late_as_possible": AS_LATE_AS_POSSIBLE} | {
    name: number for number, word in CONSTRAINTS.items() for name in (word, *NEAREST.get(word, ()))
}
NO_LATER: Final = next(number for number, name in CONSTRAINTS.items() if name == "finish_no_later")
SAME: Final = (
    *("clip", "milestones", "as_late_as_possible", "early_waits", "exact_late", "lead_waits"),
    *("start_lag", "float_to", "deadlines_bound_total_float", "commitments_bound_total_float"),
    *("progress", "finished", "data_date_first", "total_float"),
)
"""Conventions of Project that no option of a file changes."""


def honoured(portfolio: Portfolio) -> bool:
    """Whether constraints override the logic in the file: as those do that the portfolio has, where it has any that could."""
    hard = portfolio.dialect.hard
    used = {
        name
        for project in portfolio.projects
        for task in project.tasks
        if (tied := task.constraints) is not None
        for name in TIED
        if name != "as_late_as_possible" and getattr(tied, name)
    }
    return bool(hard) and (not used or not used.isdisjoint(hard))


def dialect_there(portfolio: Portfolio) -> Dialect:
    """The dialect that the file of a portfolio is read in, but for what is written as dates."""
    usual, own = DIALECTS["msproject"], portfolio.dialect
    hard = {*HARD} - ({"finish_no_later"} - {*own.hard}) if honoured(portfolio) else ()  # a limit that gives way is written as a deadline
    made = attrs.evolve(own, **{name: getattr(usual, name) for name in SAME}, hard=tuple(name for name in HARD if name in hard))
    made = attrs.evolve(made, data_date="reported")  # work waits for a status date there only as far as a date says so
    made = made if len(portfolio.projects) < 2 else attrs.evolve(made, float_to="network")  # a file is one project there, with one finish
    return made if own.lag_calendar == "continuous" else attrs.evolve(made, lag_calendar=usual.lag_calendar)


def ties_of(task: Task) -> list[Tie]:
    """The constraints of a task, the one that is written first."""
    found: list[Tie] = []
    if task.constraints is not None:
        for name, number in TIED.items():
            if value := getattr(task.constraints, name):
                found.append((number, None if value is True else value, "finish" in name))
    for number, name in ON_ITSELF.items():
        if (when := getattr(task, name)) is not None:
            found.append((number, when, "finish" in name))
    return found
