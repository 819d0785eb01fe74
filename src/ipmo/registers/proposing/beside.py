"""What a column means because of those beside it: dates that were computed, three-point estimates, people at work on a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from ipmo.registers.mapping import ATTRIBUTE, ColumnMapping
from ipmo.registers.proposing.headings import Heading
from ipmo.registers.proposing.outlined import ROWS

__all__ = ["allocated", "computed_dates", "three_points"]

SCHEDULED: Final = frozenset(
    (
        "start",
        "start date",
        "finish",
        "finish date",
        "end",
        "end date",
        "early start",
        "early finish",
        "scheduled start",
        "scheduled finish",
    )
)
COMPUTED = "where it was computed from durations and predecessors it is no date to be kept: map it to attribute then"
THREE = ("duration_low", "duration_likely", "duration_high")
ESTIMATED = "with the two beside it, it makes a three-point estimate, likeliest in the middle, which is the duration of the schedule"
OF_THREE = "it may be one of three points of an estimate, of which the table does not have all: it is kept as it stands"
BESIDE_DURATION = (
    "a duration stands beside it: map that to attribute, and this to one of duration_low, duration_likely, duration_high, for an estimate"
)
ALLOCATED = (
    "a project stands beside it: how much of somebody works there is an assignment of its tasks (resources: Ann[50%]), and not how much of"
    " them there is; map it to attribute or ignore then"
)


def computed_dates(reads: Sequence[Heading], mapped: Sequence[ColumnMapping]) -> list[ColumnMapping]:
    """The columns of tasks, with a doubt at dates that may only follow from the durations and predecessors beside them.

    Args:
        reads: the headings of the columns that are mapped.
        mapped: what they are taken for.
    """
    fields = {one.field for one in mapped}
    if "duration" not in fields or not ("after" in fields or any(one.doubt.endswith(ROWS) for one in mapped)):
        return list(mapped)
    return [
        _doubted(one, COMPUTED) if one.field in ("not_before", "deadline") and " ".join(read.words) in SCHEDULED else one
        for read, one in zip(reads, mapped, strict=True)
    ]


def three_points(mapped: Sequence[ColumnMapping]) -> list[ColumnMapping]:
    """The columns of tasks: those of a three-point estimate where there are three, and no duration beside them; else they are kept as they stand.

    Args:
        mapped: what columns are taken for.
    """
    fields = {one.field for one in mapped}
    if fields >= set(THREE) and "duration" not in fields:
        return [_doubted(one, ESTIMATED) if one.field == THREE[0] else one for one in mapped]
    why = BESIDE_DURATION if "duration" in fields else OF_THREE
    return [_doubted(attrs.evolve(one, field=ATTRIBUTE, attribute="", unit=""), why) if one.field in THREE else one for one in mapped]


def _doubted(one: ColumnMapping, doubt: str) -> ColumnMapping:
    return attrs.evolve(one, doubt="; ".join(filter(None, (one.doubt, doubt))))


def allocated(reads: Sequence[Heading], mapped: Sequence[ColumnMapping]) -> list[ColumnMapping]:
    """The columns of resources, with a doubt at numbers of units that may say how much of each works on the project of the row.

    Args:
        reads: the headings of the columns that are mapped.
        mapped: what they are taken for.
    """
    if not any("project" in read.words or "programme" in read.words for read in reads):
        return list(mapped)
    return [_doubted(one, ALLOCATED) if one.field == "units" else one for one in mapped]
