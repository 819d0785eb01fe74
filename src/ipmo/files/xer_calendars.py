"""The calendars of Primavera P6's exchange file: nested lists in one cell, with days numbered as office programs do."""

from __future__ import annotations

import functools
import re
from datetime import date, timedelta
from typing import NamedTuple

from ipmo.errors import UnitError
from ipmo.files.foreign import EPOCH, Intake, RowError, day_ranges, days_of_week
from ipmo.files.xer_tables import Row
from ipmo.model.calendars import Calendar
from ipmo.model.calendars import shifts as shifts_of
from ipmo.units import Span

__all__ = ["xer_calendar"]

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
WEEKDAY_NUMBERS = frozenset("1234567")
MAX_DAYS = 400_000
DAY = 1440
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?(?: ?([AaPp])\.?[Mm]\.?)?", re.ASCII)
_BESIDE_SIGNS = re.compile(r"\s*([()|])\s*")
_NUMBER = re.compile("[0-9]{1,9}", re.ASCII)
_DAY_OF_WEEK = re.compile(r"\(\s*\d+\|\|([1-7])\(\)")
_EXCEPTION = re.compile(r"\(d\|([^()|]*)\)")
_SHIFT = re.compile(r"\(([sf]\|[^()]*)\)")
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


def _minute(text: str) -> int | None:
    """Minutes since midnight of a time as P6 writes it; None where it is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        return None
    hour = int(match[1])
    if match[3]:  # of twelve hours, before or after noon
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] in "Pp" else 0)
    minute = hour * 60 + int(match[2])
    return minute if minute <= DAY else None


def _hours(shifts: list[dict[str, str]]) -> str | None:
    """The working hours of a day: `08:00-12:00, 13:00-17:00`, or none; None where one of its shifts has no time.

    Shifts that touch or overlap are one; one that ends before it starts goes on past midnight.
    """
    found: list[tuple[int, int]] = []
    for given in shifts:
        if not given.get("s") and not given.get("f"):
            continue
        start, finish = _minute(given.get("s", "")), _minute(given.get("f", ""))
        if start is None or finish is None:
            return None
        if finish in (0, DAY - 1):
            finish = DAY
        if start == finish:
            continue
        found.append((start, finish if finish > start else finish + DAY))
    joined: list[list[int]] = []
    for start, finish in sorted(found):
        if joined and joined[-1][1] >= start:
            joined[-1][1] = max(joined[-1][1], finish)
        else:
            joined.append([start, finish])
    text = ", ".join(f"{a // 60:02}:{a % 60:02}-{_text(b)}" for a, b in joined) or "none"
    try:
        shifts_of(text)
    except UnitError:  # past midnight into its own beginning
        return None
    return text


def _text(minute: int) -> str:
    """The end of a shift, past midnight too."""
    minute = minute if minute <= DAY else minute - DAY
    return f"{minute // 60:02}:{minute % 60:02}"


class _Data(NamedTuple):
    """The days of a calendar's data: by weekday 1 to 7, and the exceptions as (day number, shifts)."""

    week: list[tuple[str, list[dict[str, str]]]]
    exceptions: list[tuple[str, list[dict[str, str]]]]


def _data(text: str) -> _Data:
    """What well-formed data say.

    Raises:
        RowError: they are not well formed.
    """
    out = _Data([], [])
    for _, _, top in _nodes(text):
        for kind, _, children in top:
            for name, given, shifts in children:
                hours = [_attributes(shift.attributes) for shift in shifts]
                if kind == "DaysOfWeek":
                    out.week.append((name, hours))
                elif kind == "Exceptions":
                    out.exceptions.append((_attributes(given).get("d", ""), hours))
    return out


def _salvaged(text: str) -> _Data:
    """What data that are not well formed still say: each day with the shifts that stand before the next."""
    out = _Data([], [])
    week, _, rest = text.partition("Exceptions")
    for pattern, part, days in ((_DAY_OF_WEEK, week.partition("DaysOfWeek")[2], out.week), (_EXCEPTION, rest, out.exceptions)):
        marks = list(pattern.finditer(part))
        for place, mark in enumerate(marks):
            end = marks[place + 1].start() if place + 1 < len(marks) else len(part)
            days.append((mark[1], [_attributes(shift[1]) for shift in _SHIFT.finditer(part, mark.end(), end)]))
    return out


def xer_calendar(intake: Intake, id: str, line: int, row: Row) -> Calendar:
    """A calendar of a row of table CALENDAR.

    Raises:
        RowError: its data are not well formed, or leave no working time.
    """
    week = dict.fromkeys(WEEKDAYS, "none")
    exceptions: dict[date, str] = {}
    text = _BESIDE_SIGNS.sub(r"\1", row.get("clndr_data", "").replace("\x7f", " "))
    try:
        data = _data(text)
    except RowError as error:
        data = _salvaged(text)
        if not data.week:
            raise
        intake.note("calendar-data", f"calendar {id!r}: {error}; the days that can be made out are read", item=id, line=line)
    for name, shifts in data.week:
        if name in WEEKDAY_NUMBERS:
            hours = _hours(shifts)
            if hours is None:
                intake.note("calendar-day", f"calendar {id!r}: the hours of weekday {name} are no hours; it is read as no work", line=line)
            week[WEEKDAYS[int(name) - 1]] = hours or "none"
    for number, shifts in data.exceptions:
        hours = _hours(shifts)
        if not _NUMBER.fullmatch(number) or int(number) > MAX_DAYS or hours is None:
            what = f"day {number[:20]!r} is no day" if hours is not None else f"the hours of day {number[:20]!r} are no hours"
            intake.note("calendar-exception", f"calendar {id!r}: {what}; that exception is left out, the others stand", line=line)
        else:
            exceptions[EPOCH + timedelta(days=int(number))] = hours
    if not data.week:
        intake.note("calendar-week", f"calendar {id!r} states no week; Monday to Friday, 08:00 to 16:00 is taken", line=line)
        week.update(dict.fromkeys(WEEKDAYS[1:6], "08:00-16:00"))
    if not any(hours != "none" for hours in (*week.values(), *exceptions.values())):
        raise RowError("it has no working time")
    daily, weekly = (intake.tolerated(functools.partial(intake.number, row.get(key), key), line) for key in ("day_hr_cnt", "week_hr_cnt"))
    if daily is None or daily <= 0:
        intake.note("hours-per-day", f"calendar {id!r} does not say how many hours a day has; its commonest day is taken", line=line)
        daily = None
    return Calendar(
        id=id,
        name=row.get("clndr_name", ""),
        hours=week,
        day=Span(daily, "h") if daily else None,
        days_per_week=days_of_week(weekly, daily) if daily and weekly else None,
        exceptions=day_ranges(exceptions),
    )
