"""The codes of Primavera P6 for what a portfolio says in words: one table each, for reading and for writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ipmo.model.work import Task
from ipmo.units import When, minutes

__all__ = ["CONSTRAINTS", "FLOATS", "LAGS", "ON_ITSELF", "RESOURCES", "STATUSES", "TYPES", "codes", "suspended"]

TYPES = {"PR_FS": "FS", "PR_SS": "SS", "PR_FF": "FF", "PR_SF": "SF"}
"""`TASKPRED.pred_type`."""
ON_ITSELF: dict[str, Literal["not_before", "finish_not_before"]] = {"CS_MSOA": "not_before", "CS_MEOA": "finish_not_before"}
"""`TASK.cstr_type` where it is a field of the task itself."""
CONSTRAINTS = {
    "CS_MSO": "start_on",
    "CS_MEO": "finish_on",
    "CS_MSOB": "start_no_later",
    "CS_MEOB": "finish_no_later",
    "CS_MANDSTART": "mandatory_start",
    "CS_MANDFIN": "mandatory_finish",
}
"""`TASK.cstr_type` where it is a constraint with a date."""
LAGS = {"rcal_Predecessor": "predecessor", "rcal_Successor": "successor", "rcal_24Hour": "continuous", "rcal_ProjDefault": "project"}
"""`SCHEDOPTIONS.sched_calendar_on_relationship_lag`."""
FLOATS = {"FT_SF": "start", "FT_FF": "finish", "FT_MIN": "smallest"}
"""`SCHEDOPTIONS.sched_float_type`."""
RESOURCES = {"RT_Labor": "person", "RT_Equip": "machine", "RT_Mat": "unit"}
"""`RSRC.rsrc_type`."""

STATUSES = ("TK_NotStart", "TK_Active", "TK_Complete")
"""`TASK.status_code`."""


def codes(words: Mapping[str, str]) -> dict[str, str]:
    """A table the other way round: the code of each word.

    >>> codes(FLOATS)["smallest"]
    'FT_MIN'
    """
    return {word: code for code, word in words.items()}


def suspended(task: Task) -> When | None:
    """When work under way was suspended: the one interruption that ends when it resumes; None where none does."""
    if task.resumes is None or not task.started or task.finished or len(task.interruptions) != 1:
        return None
    only = task.interruptions[0]
    return only.since if only.period[1] == minutes(task.resumes) else None
