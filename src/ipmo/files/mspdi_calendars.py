"""The calendars of Microsoft Project's XML (MSPDI): weeks, work weeks and exceptions, inherited from a base calendar."""

from __future__ import annotations

import calendar as months
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from ipmo.errors import ModelError, UnitError
from ipmo.files.foreign import Intake, RowError, day_ranges
from ipmo.files.mspdi_elements import instant, whole
from ipmo.files.xml_elements import Element
from ipmo.model.calendars import Calendar, shifts
from ipmo.units import Span

__all__ = ["Calendars", "same_time", "together"]

Shifts = tuple[tuple[int, int], ...]
"""From when to when, in minutes from midnight."""
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MAX_DAYS = 36_525
"""Days that one recurring exception may cover: a hundred years."""
MAX_ABOVE = 30
"""How many others a calendar may be derived through; Microsoft Project itself knows one."""
RANK = {1: 3, 2: 2, 3: 2, 4: 1, 5: 1, 6: 0}
"""Which of several exceptions holds on a day: single dates before yearly ones, these before monthly ones, weekly ones last."""


def _time(text: str | None, *, end: bool = False) -> str:
    """`08:00:00` as `08:00`; midnight at the end of a shift as 24:00."""
    match = re.fullmatch(r"([0-2][0-9]):([0-5][0-9])(?::[0-5][0-9])?", text or "")
    if match is None or int(match[1]) > 23:
        raise RowError(f"{text or ''!r:.40} is not a time of day")
    found = f"{match[1]}:{match[2]}"
    return "24:00" if end and found in ("00:00", "23:59") else found


def _hours(holder: Element) -> str:
    """The working hours of a day: `08:00-12:00, 13:00-17:00`, or none."""
    if holder.get("DayWorking") == "0":
        return "none"
    times = []
    for part in holder.all("WorkingTimes", "WorkingTime"):
        if part.get("FromTime") and part.get("ToTime"):
            times.append((_time(part.get("FromTime")), _time(part.get("ToTime"), end=True)))
    joined: list[list[str]] = []
    for start, stop in sorted(times):
        if joined and joined[-1][1] == start:
            joined[-1][1] = stop
        elif start != stop:
            joined.append([start, stop])
    text = ", ".join(f"{start}-{stop}" for start, stop in joined) or "none"
    try:
        shifts(text)
    except UnitError as error:
        raise RowError(str(error)) from None
    return text


class Calendars:
    """Reads the calendars of a project.

    Args:
        intake: takes the findings.
        root: the project.
        day, week: minutes of a working day and of a week.
        taken: ids that others bear; those of the calendars are added.
    """

    def __init__(self, intake: Intake, root: Element, day: int, week: int, taken: set[str]) -> None:
        self.intake, self.day, self.week, self.top = intake, day, week, taken
        self.made: dict[str, Calendar] = {}
        """The calendars by UID, once they are read; those that two make together by the ids of both."""
        self.default: Calendar | None = None
        """The project's own."""
        self.nodes = {node.get("UID") or "": node for node in root.all("Calendars", "Calendar")}

    def read(self) -> dict[str, Calendar]:
        """Each calendar by its UID; one of a resource that adds nothing to its base is the base."""
        nodes, made = self.nodes, self.made
        names: dict[str, str] = {}
        same: dict[str, str] = {}  # calendars of resources that add nothing to the one they are derived from
        for uid, node in nodes.items():
            base = node.get("BaseCalendarUID") or "-1"
            if base in nodes and base != uid and not any(node.one(n) for n in ("WeekDays", "Exceptions", "WorkWeeks")):
                same[uid] = base
                self.intake.understood += 1
                continue
            with self.intake.row(f"calendar {node.get('Name') or uid!r}", node.line):
                if not uid:
                    raise RowError("it has no UID")
                label = (node.get("Name") or uid) + ("" if node.get("IsBaseCalendar") == "1" else " calendar")
                names[uid] = self.intake.fit(label, self.top, "calendar")
                week, weeks, exceptions = self._days(uid, set())
                exceptions = {**weeks, **exceptions}  # an exception holds in a work week too
                if not any(hours != "none" for hours in (*week.values(), *exceptions.values())):
                    raise RowError("it has no working time")
                try:
                    made[uid] = Calendar(
                        id=names[uid],
                        hours=week,
                        day=Span(self.day, "min") if self.day % 60 else Span(self.day // 60, "h"),
                        days_per_week=(Decimal(self.week) / self.day).normalize() + 0,
                        exceptions=day_ranges(exceptions),
                    )
                except (UnitError, ModelError) as error:
                    raise RowError(str(error)) from None
                self.top.add(names[uid])
        for uid, base in same.items():
            seen = {uid}
            while base in same and base not in seen:
                seen.add(base)
                base = same[base]
            if base in made:
                made[uid] = made[base]
        return made

    def _days(self, uid: str, above: set[str]) -> tuple[dict[str, str], dict[date, str], dict[date, str]]:
        """A week, the days of other work weeks and the exceptions of a calendar, with what it inherits."""
        if len(above) > MAX_ABOVE:
            raise RowError(f"it is derived through more than {MAX_ABOVE} others")
        node = self.nodes[uid]
        base = node.get("BaseCalendarUID") or "-1"
        if base in ("-1", "0", uid) or base not in self.nodes or base in above:
            week, weeks, exceptions = dict.fromkeys(WEEKDAYS, "none"), dict[date, str](), dict[date, str]()
            if node.one("WeekDays") is None and not list(node.all("Exceptions", "Exception")):
                week.update(dict.fromkeys(WEEKDAYS[1:6], "08:00-12:00, 13:00-17:00"))
        else:
            week, weeks, exceptions = self._days(base, {*above, uid})
        own: dict[str, str] = {}
        for day in node.all("WeekDays", "WeekDay"):
            kind = whole(day.get("DayType"), "DayType") or 0
            if 1 <= kind <= 7:
                own[WEEKDAYS[kind - 1]] = _hours(day)
            else:
                period = day.one("TimePeriod")
                if period is not None:
                    for one in self._period(period):
                        exceptions[one] = _hours(day)
        for name, hours in own.items():
            if week[name] != hours:  # what a derived calendar states for a weekday covers no exception of its base
                week[name] = hours
        for special in node.all("WorkWeeks", "WorkWeek"):
            period = special.one("TimePeriod")
            if period is None:
                continue
            table = {}
            for day in special.all("WeekDays", "WeekDay"):
                kind = whole(day.get("DayType"), "DayType") or 0
                if 1 <= kind <= 7:
                    table[WEEKDAYS[kind - 1]] = _hours(day)
            for one in self._period(period):
                name = WEEKDAYS[(one.weekday() + 1) % 7]
                if name in table:
                    weeks[one] = table[name]
        for special in sorted(node.all("Exceptions", "Exception"), key=lambda one: RANK.get(whole(one.get("Type"), "Type") or 1, 3)):
            try:
                exceptions |= dict.fromkeys(self._recurring(special), _hours(special))
            except RowError as error:  # it costs itself, not the calendar
                self.intake.refuse(f"an exception of calendar {node.get('Name') or uid!r}", str(error), special.line)
        return week, weeks, exceptions

    def both(self, one: Calendar, other: Calendar) -> Calendar:
        """The calendar of what is working time on both; the first where the other leaves nothing of it, which is a finding."""
        if one.id == other.id or same_time(one, other):
            return one
        key = f"{one.id}\n{other.id}"
        if key not in self.made:
            made = together(one, other)
            if made is None:
                self.intake.note(
                    "no-common-time", f"calendars {one.id!r} and {other.id!r} have no working time in common; {one.id!r} is taken"
                )
                made = one
            elif same_time(made, one):
                made = one
            elif same_time(made, other) and made.day == other.day:
                made = other
            elif (known := next((c for c in self.made.values() if c.id == f"{one.id} with {other.id}"), None)) and same_time(made, known):
                made = known
            else:
                made = attrs.evolve(made, id=self.intake.fit(f"{one.id} with {other.id}", self.top, "calendar"))
                self.top.add(made.id)
            self.made[key] = made
        return self.made[key]

    def _period(self, period: Element) -> list[date]:
        first, last = instant(self.intake, period, "FromDate"), instant(self.intake, period, "ToDate")
        if first is None or last is None or last < first:
            raise RowError("an exception has no period, or one that ends before it begins")
        days = (last.date() - first.date()).days + 1
        if last.time() == datetime.min.time() and last > first:
            days -= 1  # it ends at the midnight before that day
        if days > MAX_DAYS:
            raise RowError("an exception lasts longer than a hundred years")
        return [first.date() + timedelta(days=n) for n in range(days)]

    def _recurring(self, node: Element) -> list[date]:
        """The days of an exception, with its recurrence."""
        period = node.one("TimePeriod")
        if period is None:
            raise RowError("an exception has no period")
        days = self._period(period)
        kind = whole(node.get("Type"), "Type") or 1
        every = max(whole(node.get("Period"), "Period") or 1, 1)
        limit = whole(node.get("Occurrences"), "Occurrences") or 0
        by_count = node.flag("EnteredByOccurrences") and limit > 0
        if kind == 1:
            found = days[::every]
        elif kind == 6:
            mask = whole(node.get("DaysOfWeek"), "DaysOfWeek") or 0
            first = days[0] - timedelta(days=(days[0].weekday() + 1) % 7)
            found = [d for d in days if mask >> ((d.weekday() + 1) % 7) & 1 and (d - first).days // 7 % every == 0]
        else:
            found = [d for d in days if self._falls(node, kind, d, days[0], every)]
        return found[:limit] if by_count and kind != 1 else found

    def _falls(self, node: Element, kind: int, day: date, first: date, every: int) -> bool:
        """Whether a yearly or monthly exception falls on a day; 2 and 4 by its number, 3 and 5 by its weekday."""
        if kind in (2, 3):
            if day.month != (whole(node.get("Month"), "Month") or 0) + 1:
                return False
        elif (day.year * 12 + day.month - first.year * 12 - first.month) % every:
            return False
        if kind in (2, 4):
            return day.day == (whole(node.get("MonthDay"), "MonthDay") or 1)
        item, position = whole(node.get("MonthItem"), "MonthItem") or 0, whole(node.get("MonthPosition"), "MonthPosition") or 0
        last = months.monthrange(day.year, day.month)[1]
        sunday_first = (day.weekday() + 1) % 7
        fits = {0: True, 1: sunday_first not in (0, 6), 2: sunday_first in (0, 6)}.get(item, sunday_first == item - 3)
        if not fits:
            return False
        same = (
            [
                d
                for d in range(1, last + 1)
                if {0: True, 1: (w := (date(day.year, day.month, d).weekday() + 1) % 7) not in (0, 6), 2: w in (0, 6)}.get(
                    item, w == item - 3
                )
            ]
            if item
            else list(range(1, last + 1))
        )
        place = same.index(day.day)
        return place == len(same) - 1 if position == 4 else place == position


def together(one: Calendar, other: Calendar) -> Calendar | None:
    """What is working time on two calendars, by the shifts of each day; None where there is none."""
    tables = [(calendar.week_shifts(), _special(calendar)) for calendar in (one, other)]

    def common(first: Shifts, second: Shifts) -> str:
        parts = [(max(a, c), min(b, d)) for a, b in first for c, d in second if max(a, c) < min(b, d)]
        return ", ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in sorted(parts)) or "none"

    (week, days), (their_week, their_days) = tables
    hours = {WEEKDAYS[(day + 1) % 7]: common(week[day], their_week[day]) for day in range(7)}
    exceptions = {
        day: common(days.get(day, week[day.weekday()]), their_days.get(day, their_week[day.weekday()])) for day in {*days, *their_days}
    }
    if not any(text != "none" for text in (*hours.values(), *exceptions.values())):
        return None
    return attrs.evolve(one, hours=hours, exceptions=day_ranges(exceptions), holidays=())


def _special(calendar: Calendar) -> dict[date, Shifts]:
    """The shifts of each day with other hours."""
    found: dict[date, Shifts] = dict.fromkeys(calendar.holidays, ())
    for exception in calendar.exceptions:
        found |= dict.fromkeys(exception.days(), shifts(exception.hours))
    return found


def same_time(one: Calendar, other: Calendar) -> bool:
    """Whether two calendars have the same working time."""
    return one.week_shifts() == other.week_shifts() and one.exceptions == other.exceptions and one.holidays == other.holidays
