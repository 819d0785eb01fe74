"""Dates and floats that another tool computed and stored in its file, kept beside the portfolio that was read from it."""

from __future__ import annotations

from datetime import datetime

import attrs

__all__ = ["StoredDates"]


@attrs.frozen(kw_only=True)
class StoredDates:
    """What a file says that the tool which wrote it computed for one item; None where it says nothing.

    Args:
        early_start: first possible start.
        early_finish: first possible finish.
        start: when the tool has it begin, which is all that some files say; later than its first possible start where it was delayed.
        finish: when the tool has it end.
        planned: start and finish are planned dates: where no work is done at that start, somebody typed it, and no schedule gave it.
        late_start: last start.
        late_finish: last finish.
        total_float: in working hours.
        free_float: in working hours.
        finished: it is done: its dates are facts, and what is stored as its early dates is the tool's own habit.
        summary: it is a row that sums up others: it has no work of its own, and is compared apart.
        cause: what the reader knows that makes its dates differ, as a clause: `its calendar was refused`; empty where nothing does.
        late_cause: the same of its late dates and floats alone.
    """

    early_start: datetime | None = None
    early_finish: datetime | None = None
    start: datetime | None = None
    finish: datetime | None = None
    planned: bool = False
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_float: float | None = None
    free_float: float | None = None
    finished: bool = False
    summary: bool = False
    cause: str = ""
    late_cause: str = ""
