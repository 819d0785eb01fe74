"""The calendars of Microsoft Project's XML (MSPDI): weeks, work weeks and exceptions, inherited from a base calendar."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from ipmo.errors import ModelError, UnitError
from ipmo.files.foreign import Intake, RowError, day_ranges, days_of_week, escaped
from ipmo.files.mspdi_elements import instant, whole
from ipmo.files.xml_elements import Element
from ipmo.model.calendars import Calendar, shifts
from ipmo.units import Span

__all__ = ["Calendars", "same_time", "together"]

Days = tuple[dict[str, str], dict[date, str], dict[date, str]]
"""The hours of a week by weekday, of the days of other work weeks, and of exceptions."""
Shifts = tuple[tuple[int, int], ...]
"""From when to when, in minutes from midnight."""
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MAX_DAYS = 36_525
"""Days that one recurring exception may cover: a hundred years."""
MOST_DAYS = 5_000_000
"""Days that the exceptions of all calendars of a file may cover."""
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
        self.nodes: dict[str, Element] = {}
        for node in root.all("Calendars", "Calendar"):
            if self.nodes.setdefault(node.get("UID") or "", node) is not node:
                intake.refuse(f"calendar {node.get('Name') or node.get('UID') or ''!r}", "another has its UID", node.line)
        self._known: dict[str, Days] = {}
        self._covered = 0

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
                        name=label if names[uid] == escaped(label) != label else "",
                        hours=week,
                        day=Span(self.day, "min") if self.day % 60 else Span(self.day // 60, "h"),
                        days_per_week=days_of_week(Decimal(self.week), Decimal(self.day)),
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
            elif base in seen:
                intake, node = self.intake, nodes[uid]
                intake.refuse(
                    f"calendar {node.get('Name') or uid!r}", "it is derived from itself, and nothing says when it works", node.line
                )
                intake.understood -= 1
        return made

    def _days(self, uid: str, above: set[str]) -> Days:
        """A week, the days of other work weeks and the exceptions of a calendar, with what it inherits; each is read once."""
        bases, ring = self._bases(uid)
        if len(bases) > MAX_ABOVE:
            raise RowError(f"it is derived through more than {MAX_ABOVE} others")
        found = self._known.get(uid)
        if found is None:
            found = self._read_days(uid, above)
            if not ring or not above:
                self._known[uid] = found
        week, weeks, exceptions = found
        return dict(week), dict(weeks), dict(exceptions)

    def _bases(self, uid: str) -> tuple[list[str], bool]:
        """The calendars that one is derived through, as far as they may be; and whether they come back to one of them."""
        found = [uid]
        while (base := self.nodes[found[-1]].get("BaseCalendarUID") or "-1") not in ("-1", "0", found[-1]) and base in self.nodes:
            if base in found:
                return found[1:], True
            found.append(base)
            if len(found) > MAX_ABOVE + 1:
                break
        return found[1:], False

    def _cover(self, days: int) -> None:
        """Counts days of exceptions: thousands of them, each a hundred years long, are no calendar."""
        self._covered += days
        if self._covered > MOST_DAYS:
            raise RowError(f"the exceptions of this file cover more than {MOST_DAYS} days in all; only the first of them are read")

    def _read_days(self, uid: str, above: set[str]) -> Days:
        node = self.nodes[uid]
        base = node.get("BaseCalendarUID") or "-1"
        if base in ("-1", "0", uid) or base not in self.nodes or base in above:
            week, weeks, exceptions = dict.fromkeys(WEEKDAYS, "none"), dict[date, str](), dict[date, str]()
            if node.one("WeekDays") is None and not list(node.all("Exceptions", "Exception")):
                week.update(dict.fromkeys(WEEKDAYS[1:6], "08:00-12:00, 13:00-17:00"))
        else:
            week, weeks, exceptions = self._days(base, {*above, uid})
            self._cover(len(weeks) + len(exceptions))
        own: dict[str, str] = {}
        for day in node.all("WeekDays", "WeekDay"):
            kind = whole(day.get("DayType"), "DayType") or 0
            if 1 <= kind <= 7:
                own[WEEKDAYS[kind - 1]] = _hours(day)
            else:
                period = day.one("TimePeriod")
                if period is not None:
                    try:
                        exceptions |= dict.fromkeys(_each(*self._period(period)), _hours(day))
                    except RowError as error:
                        self.intake.refuse(f"an exception of calendar {node.get('Name') or uid!r}", str(error), day.line)
        for name, hours in own.items():
            if week[name] != hours:  # what a derived calendar states for a weekday covers no exception of its base
                week[name] = hours
        for special in node.all("WorkWeeks", "WorkWeek"):
            try:
                weeks |= self._work_week(special)
            except RowError as error:
                self.intake.refuse(f"a work week of calendar {node.get('Name') or uid!r}", str(error), special.line)
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

    def _work_week(self, special: Element) -> dict[date, str]:
        """The days of a period in which the week is another one."""
        period = special.one("TimePeriod")
        if period is None:
            return {}
        table = {}
        for day in special.all("WeekDays", "WeekDay"):
            kind = whole(day.get("DayType"), "DayType") or 0
            if 1 <= kind <= 7:
                table[WEEKDAYS[kind - 1]] = _hours(day)
        days = _each(*self._period(period))
        return {one: table[name] for one in days if (name := WEEKDAYS[(one.weekday() + 1) % 7]) in table}

    def _period(self, period: Element) -> tuple[date, date]:
        """The first and the last day of a period, which count as covered."""
        first, last = instant(self.intake, period, "FromDate"), instant(self.intake, period, "ToDate")
        if first is None or last is None or last < first:
            raise RowError("an exception has no period, or one that ends before it begins")
        days = (last.date() - first.date()).days + 1
        if last.time() == datetime.min.time() and last > first:
            days -= 1  # it ends at the midnight before that day
        if days > MAX_DAYS:
            raise RowError("an exception lasts longer than a hundred years")
        self._cover(days)
        return first.date(), first.date() + timedelta(days=days - 1)

    def _recurring(self, node: Element) -> list[date]:
        """The days of an exception, with its recurrence."""
        period = node.one("TimePeriod")
        if period is None:
            raise RowError("an exception has no period")
        start, end = self._period(period)
        kind = whole(node.get("Type"), "Type") or 1
        every = max(whole(node.get("Period"), "Period") or 1, 1)
        limit = whole(node.get("Occurrences"), "Occurrences") or 0
        by_count = node.flag("EnteredByOccurrences") and limit > 0
        if kind in (1, 7):
            found = _each(start, end)[::every]
        elif kind == 8:
            found = [day for day in _each(start, end) if day.weekday() < 5][::every]
        elif kind == 6:
            mask = whole(node.get("DaysOfWeek"), "DaysOfWeek") or 0
            first = start - timedelta(days=(start.weekday() + 1) % 7)
            found = [d for d in _each(start, end) if mask >> ((d.weekday() + 1) % 7) & 1 and (d - first).days // 7 % every == 0]
        elif kind > 8:
            raise RowError(f"an exception is of the unknown type {kind}")
        else:
            found = [one for one in self._by_month(node, kind, start, end, every) if start <= one <= end]
        return found[:limit] if by_count and kind != 1 else found

    def _by_month(self, node: Element, kind: int, start: date, end: date, every: int) -> Iterator[date]:
        """The days of a yearly or monthly exception; 2 and 4 by their number, 3 and 5 by their weekday."""
        yearly = kind in (2, 3)
        only = whole(node.get("Month"), "Month") or 0
        number = whole(node.get("MonthDay"), "MonthDay") or 1
        item, position = whole(node.get("MonthItem"), "MonthItem") or 0, whole(node.get("MonthPosition"), "MonthPosition") or 0
        begun = start.year * 12 + start.month - 1
        for month in range(begun, end.year * 12 + end.month):
            if (month % 12 != only) if yearly else (month - begun) % every:
                continue
            before, last = months.monthrange(month // 12, month % 12 + 1)
            if kind in (2, 4):
                fits = [number] if 1 <= number <= last else []
            else:  # by the days of the week, Sunday first
                same = [day for day in range(1, last + 1) if _is_item((before + day) % 7, item)]
                fits = same[-1:] if position == 4 else same[position : position + 1] if position >= 0 else []
            yield from (date(month // 12, month % 12 + 1, day) for day in fits)


def _is_item(sunday_first: int, item: int) -> bool:
    """Whether a day of the week, 0 for Sunday, is what an exception names: any day, a weekday, one of the weekend, or one of the seven."""
    return {0: True, 1: sunday_first not in (0, 6), 2: sunday_first in (0, 6)}.get(item, sunday_first == item - 3)


def _each(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


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
