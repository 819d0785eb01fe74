"""Fields of Jira's issues whose names differ from site to site: sprints, known by their shape, and points, known by the names that a search gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ipmo.plugin import UnitError

__all__ = ["POINTS", "points_named", "sprint_of"]

POINTS = ("story points", "story point estimate")
_OF_DATA_CENTER = re.compile(r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[^\[]*\[(.*)\]\s*", re.DOTALL)
_STATE = re.compile(r"(?:^|,)state=(\w+)")
_NAME = re.compile(
    r"(?:^|,)name=(.*?)(?:,(?:startDate|endDate|completeDate|activatedDate|sequence|goal|autoStartStop|incompleteIssues\w*)=|$)", re.DOTALL
)


def sprint_of(fields: Mapping[str, Any]) -> str:
    """The sprint of an issue: of several the active one, else the last; empty without one.

    Cloud gives a list of objects in a custom field, Data Center a list of texts, the agile interface `sprint` and `closedSprints`.

    Args:
        fields: of the issue.
    """
    found: list[tuple[str, str]] = []
    for name, value in fields.items():
        if name in ("sprint", "closedSprints") or name.startswith("customfield_"):
            own = name in ("sprint", "closedSprints")
            told = [one for each in (value if isinstance(value, list) else [value]) if (one := _sprint(each, known=own)) is not None]
            found = [*told, *found] if name == "closedSprints" else [*found, *told]
    active = [name for name, state in found if state == "active"]
    return (active or [name for name, _ in found] or [""])[-1]


def _sprint(value: Any, *, known: bool) -> tuple[str, str] | None:
    """Name and state of a sprint; None of anything else."""
    if isinstance(value, str):
        match = _OF_DATA_CENTER.fullmatch(value)
        if match is None:
            return None
        named, stated = _NAME.search(match[1]), _STATE.search(match[1])
        return (named[1], stated[1].lower() if stated else "") if named else None
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        return None
    state = str(value.get("state") or "").lower()
    if known or (state in ("active", "closed", "future") and ("boardId" in value or "startDate" in value or "goal" in value)):
        return value["name"], state
    return None


def points_named(fields: Mapping[str, Any], names: Mapping[str, Any]) -> float | None:
    """The points of an issue, where names that came with it say which field holds them.

    Args:
        fields: of the issue.
        names: of the fields, as a search with `expand=names` gives them.

    Raises:
        UnitError: they are no number.
    """
    for field, name in names.items():
        value = fields.get(field)
        if str(name).casefold() in POINTS and value is not None:
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 10**15:
                raise UnitError(f"{value!r:.20} is no number of points")
            return float(value)
    return None
