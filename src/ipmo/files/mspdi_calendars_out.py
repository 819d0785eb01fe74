"""A calendar as Microsoft Project's XML (MSPDI) has it: its name, its week and the days with other hours."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.files.calendar_days import Times, special_days, week_times
from ipmo.files.foreign import name_of
from ipmo.files.xml_elements import tag
from ipmo.model.calendars import Calendar

__all__ = ["calendar_lines"]


def calendar_lines(calendar: Calendar, uid: int) -> Iterator[str]:
    """The element of a calendar.

    Args:
        calendar: what is written.
        uid: its number in the file.
    """
    yield f"<Calendar>{tag('UID', uid)}{tag('Name', name_of(calendar.id, calendar.name))}<IsBaseCalendar>1</IsBaseCalendar>"
    yield "<BaseCalendarUID>-1</BaseCalendarUID><WeekDays>"
    for number, times in enumerate(week_times(calendar), 1):
        yield f"<WeekDay>{tag('DayType', number)}{_times(times)}</WeekDay>"
    yield "</WeekDays>"
    special = list(special_days(calendar))
    if special:
        yield "<Exceptions>"
        for first, last, times in special:
            yield (
                f"<Exception><EnteredByOccurrences>0</EnteredByOccurrences><TimePeriod>{tag('FromDate', f'{first}T00:00:00')}"
                f"{tag('ToDate', f'{last}T23:59:00')}</TimePeriod><Occurrences>{(last - first).days + 1}</Occurrences><Type>1</Type>"
                f"{_times(times)}</Exception>"
            )
        yield "</Exceptions>"
    yield "</Calendar>"


def _times(times: Times) -> str:
    if not times:
        return "<DayWorking>0</DayWorking>"
    parts = [f"<WorkingTime>{tag('FromTime', _clock(start))}{tag('ToTime', _clock(stop))}</WorkingTime>" for start, stop in sorted(times)]
    return f"<DayWorking>1</DayWorking><WorkingTimes>{''.join(parts)}</WorkingTimes>"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}:00"
