"""The calendars of Primavera P6's exchange file: nested lists in one cell, with days numbered as office programs do."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from ipmo.files.foreign import EPOCH, Intake, RowError, day_ranges
from ipmo.files.xer_tables import Row
from ipmo.model.calendars import Calendar
from ipmo.units import Span

__all__ = ["xer_calendar"]

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MAX_DAYS = 400_000
_OPEN = re.compile(r"\(\s*(\d+)\|\|([^()]*)\(([^()]*)\)\s*\(")


class _Node(NamedTuple):
    """A nested list of a calendar's data."""

    name: str
    attributes: str
    children: list[_Node]


def _nodes(text: str) -> list[_Node]:
    """The nested lists of a calendar's data."""
    root: list[_Node] = []
    stack = [root]
    at = 0
    while at < len(text):
        match = _OPEN.match(text, at)
        if match:
            children: list[_Node] = []
            stack[-1].append(_Node(match[2].strip(), match[3], children))
            stack.append(children)
            at = match.end()
        elif text[at] == ")":  # two of them close a node: its children and itself
            following = at + 1
            while following < len(text) and text[following].isspace():
                following += 1
            if text[following : following + 1] != ")" or len(stack) == 1:
                raise RowError("its data are not well formed")
            stack.pop()
            at = following + 1
        elif text[at].isspace():
            at += 1
        else:
            raise RowError("its data are not well formed")
    if len(stack) > 1:
        raise RowError("its data end in the middle")
    return root


def _attributes(text: str) -> dict[str, str]:
    parts = text.split("|")
    return dict(zip(parts[::2], parts[1::2], strict=False))


def _hours(children: list[_Node]) -> str:
    """The working hours of a day: `08:00-12:00, 13:00-17:00`, or none."""
    shifts = []
    for _, text, _ in children:
        given = _attributes(text)
        start, finish = given.get("s", ""), given.get("f", "")
        if start and finish:
            shifts.append((start, "24:00" if finish in ("0:00", "00:00", "23:59") else finish))
    joined: list[list[str]] = []
    for start, finish in sorted(shifts):
        if joined and joined[-1][1] == start:
            joined[-1][1] = finish
        elif start != finish:
            joined.append([start, finish])
    return ", ".join(f"{start}-{finish}" for start, finish in joined) or "none"


def xer_calendar(intake: Intake, id: str, line: int, row: Row) -> Calendar:
    """A calendar of a row of table CALENDAR.

    Raises:
        RowError: its data are not well formed, or leave no working time.
    """
    week = dict.fromkeys(WEEKDAYS, "none")
    exceptions: dict[date, str] = {}
    text = row.get("clndr_data", "").replace("\x7f", " ")
    found = False
    for _, _, top in _nodes(text):
        for kind, _, children in top:
            if kind == "DaysOfWeek":
                found = True
                for name, _, shifts in children:
                    if name.isdigit() and 1 <= int(name) <= 7:
                        week[WEEKDAYS[int(name) - 1]] = _hours(shifts)
            elif kind == "Exceptions":
                for _, given, shifts in children:
                    number = _attributes(given).get("d", "")
                    if not number.isdigit() or int(number) > MAX_DAYS:
                        raise RowError(f"an exception is on day {number[:20]!r}")
                    exceptions[EPOCH + timedelta(days=int(number))] = _hours(shifts)
    if not found:
        intake.note("calendar-week", f"calendar {id!r} states no week; Monday to Friday, 08:00 to 16:00 is taken", line=line)
        week.update(dict.fromkeys(WEEKDAYS[1:6], "08:00-16:00"))
    if not any(hours != "none" for hours in (*week.values(), *exceptions.values())):
        raise RowError("it has no working time")
    hours = intake.number(row.get("day_hr_cnt"), "day_hr_cnt")
    weekly = intake.number(row.get("week_hr_cnt"), "week_hr_cnt")
    if hours is None or hours <= 0:
        intake.note("hours-per-day", f"calendar {id!r} does not say how many hours a day has; its commonest day is taken", line=line)
        hours = None
    return Calendar(
        id=id,
        name=row.get("clndr_name", ""),
        hours=week,
        day=Span(hours, "h") if hours else None,
        days_per_week=weekly / hours if hours and weekly else None,
        exceptions=day_ranges(exceptions),
    )
