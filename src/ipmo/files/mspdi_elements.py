"""The values in Microsoft Project's XML (MSPDI) and the numbers that it has for words: one table each, for reading and for writing.

Durations are hours (`PT80H0M0S`), dates without zones, kinds are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from ipmo.errors import FileError, Problem
from ipmo.files.foreign import Intake, RowError
from ipmo.files.xml_elements import Element, document, names

__all__ = [
    "AS_LATE_AS_POSSIBLE",
    "CONSTRAINTS",
    "ID_FIELD",
    "KIND_FIELD",
    "LINK_TYPES",
    "NAMESPACE",
    "ON_ITSELF",
    "UNITS",
    "elements",
    "instant",
    "iso_minutes",
    "placeholders",
    "sniff_mspdi",
    "whole",
]

NAMESPACE = "http://schemas.microsoft.com/project"
UNITS = {3: "min", 4: "emin", 5: "h", 6: "eh", 7: "d", 8: "ed", 9: "w", 10: "ew"}
"""Formats of durations and lags; 32 more is an estimated one."""
AS_LATE_AS_POSSIBLE = 1
"""`ConstraintType` without a date; 0 is as soon as possible."""
ON_ITSELF: dict[int, Literal["not_before", "finish_not_before"]] = {4: "not_before", 6: "finish_not_before"}
"""`ConstraintType` where it is a field of the task itself."""
CONSTRAINTS = {2: "must_start_on", 3: "must_finish_on", 5: "start_no_later", 7: "finish_no_later"}
"""`ConstraintType` where it is a constraint with a date."""
LINK_TYPES = ("FF", "FS", "SF", "SS")
NONE = frozenset((None, "NA", "N/A", "None", "null"))
"""What tools write where there is no date."""
NOT_YET = ("ActualStart", "ActualFinish", "Stop", "Resume")
"""Dates that work has only once it has begun."""
KIND_FIELD, ID_FIELD = "188744008", "188744009"
"""The custom fields Text21 and Text22, in which ipmo keeps its kinds and ids of items."""
_DURATION = re.compile(
    r"(-?)P(?:0{1,4}Y)?(?:0{1,4}M)?(?:([0-9]{1,9})D)?T?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)H)?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)M)?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)S)?"
)


def sniff_mspdi(path: Path, head: bytes) -> bool:
    """Whether a file is XML in Microsoft Project's namespace."""
    return names(head, NAMESPACE)


def elements(raw: bytes, name: str) -> Element:
    """The element of the project, with all that it holds.

    Raises:
        FileError: this is no well-formed XML, has a DOCTYPE, or is no project.
    """
    root = document(raw, name)
    project = root.one("Project")
    if project is None:
        found = root.kids[0].tag if root.kids else "nothing"
        raise FileError(
            name, [Problem(message=f"this is no Microsoft Project XML: its root is {found!r}, not 'Project'", file=name, line=1)]
        )
    return project


def iso_minutes(text: str | None, what: str) -> Decimal | None:
    """Minutes of an ISO 8601 duration; None when there is none.

    Raises:
        RowError: it is no such duration.
    """
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        raise RowError(f"{what} {text[:40]!r} is not a duration such as PT8H0M0S")
    sign, days, hours, minutes, seconds = match.groups()
    total = Decimal(days or 0) * 1440 + Decimal(hours or 0) * 60 + Decimal(minutes or 0) + Decimal(seconds or 0) / 60
    return -total if sign else total


def whole(text: str | None, what: str) -> int | None:
    """A whole number; None when there is none.

    Raises:
        RowError: it is no whole number.
    """
    if not text:
        return None
    if not re.fullmatch(r"[-+]?[0-9]{1,12}", text):
        raise RowError(f"{what} {text[:40]!r} is not a whole number")
    return int(text)


def instant(intake: Intake, node: Element, name: str) -> datetime | None:
    """A date of an element; None when there is none, or one that only stands for none.

    Raises:
        RowError: it is no date.
    """
    text = node.get(name)
    found = intake.when(text, name) if text not in NONE else None
    return None if found is None or found.year < 1900 or found.year > 9998 else found


def placeholders(rows: Sequence[Element]) -> frozenset[str]:
    """Texts of dates that stand for none: one midnight before all work, in a field of every task that few tasks have, or none has yet.

    Project leaves such fields out; libraries that write its format put the first date that they know into each.

    Args:
        rows: the tasks.
    """
    dates = [{name: row.get(name) for name in ("Start", "Deadline", "PercentComplete", *NOT_YET)} for row in rows if not row.flag("IsNull")]
    starts = [one["Start"] for one in dates if one["Start"]]
    begun = any((one["PercentComplete"] or "0") != "0" for one in dates)
    found = set()
    for name in ("Deadline", *(() if begun else NOT_YET)):
        texts = {one[name] or "" for one in dates}
        text = min(texts, default="")
        if len(texts) == 1 and len(dates) > 1 and starts and re.search("T00:00(:00)?$", text) and text < min(starts):
            found.add(text)
    return frozenset(found)
