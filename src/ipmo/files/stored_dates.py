"""The dates that a tool stored of a row of its file, to hold the schedule against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

from ipmo.files.foreign import Intake
from ipmo.files.mspdi_elements import whole
from ipmo.files.xer_tables import Row
from ipmo.files.xml_elements import Element
from ipmo.model.stored import StoredDates

__all__ = ["computed_by_p6", "stored_by_p6", "stored_by_project"]

COMPUTED = ("early_start_date", "early_end_date", "late_start_date", "late_end_date")


def computed_by_p6(rows: Iterable[Row]) -> set[str]:
    """The projects of which P6 computed a date: of work that was added to them since, it has planned dates that no schedule gave.

    Args:
        rows: activities.
    """
    return {row["proj_id"] for row in rows if any(row.get(name) for name in COMPUTED)}


def stored_by_project(intake: Intake, row: Element, when: Callable[[Element, str], datetime | None], *, finished: bool) -> StoredDates:
    """What Microsoft Project, or who writes its format, computed of a task.

    Args:
        intake: takes the findings.
        row: the task.
        when: reads a date of it.
        finished: it is done.
    """

    def read(name: str) -> datetime | None:
        return intake.tolerated(lambda: when(row, name), row.line)

    def hours(name: str) -> float | None:
        tenths = intake.tolerated(lambda: whole(row.get(name), name), row.line)
        return None if tenths is None else tenths / 600

    return StoredDates(
        early_start=read("EarlyStart"),
        early_finish=read("EarlyFinish"),
        start=read("Start"),
        finish=read("Finish"),
        late_start=read("LateStart"),
        late_finish=read("LateFinish"),
        total_float=hours("TotalSlack"),
        free_float=hours("FreeSlack"),
        finished=finished,
    )


def stored_by_p6(intake: Intake, row: Row, line: int, *, begun: bool, finished: bool, planned: bool) -> StoredDates:
    """What P6, or who writes its format, computed of an activity: where early dates are left out, when what remains begins and ends.

    Where P6 computed nothing of a project, planned dates of work that has not begun; once it begins they are those of before.

    Args:
        intake: takes the findings.
        row: the activity.
        line: where it stands.
        begun: it has an actual start.
        finished: it is done.
        planned: P6 computed no date of its project, so that planned dates are all that there is.
    """

    def date(name: str) -> datetime | None:
        return intake.or_noted(intake.when, text, name, line) if (text := row.get(name)) else None

    def hours(name: str) -> float | None:
        number: Decimal | None = intake.or_noted(intake.number, text, name, line) if (text := row.get(name)) else None
        return None if number is None else float(number)

    early = date("early_start_date"), date("early_end_date")
    shown: tuple[datetime | None, datetime | None] = (None, None)
    if not finished and early == (None, None) and (begun or planned):
        rest = date("restart_date"), date("reend_date")
        if begun:
            early = rest
        else:  # P6 fills in what remains from what is planned when work is added
            shown = rest if any(rest) else (date("target_start_date"), date("target_end_date"))
    return StoredDates(
        early_start=early[0],
        early_finish=early[1],
        start=shown[0],
        finish=shown[1],
        planned=any(shown),
        late_start=date("late_start_date"),
        late_finish=date("late_end_date"),
        total_float=hours("total_float_hr_cnt"),
        free_float=hours("free_float_hr_cnt"),
        finished=finished,
    )
