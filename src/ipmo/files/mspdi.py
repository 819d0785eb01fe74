"""Microsoft Project's XML (MSPDI): one project, read in dialect `msproject`; the writer is in `mspdi_out`.

Durations are hours on a calendar (`PT80H0M0S`), lags tenths of minutes, dates without zones. Tasks hang together by
their outline level; a task's id is its unique id (UID), which stays when rows are moved.
"""

from __future__ import annotations

import calendar as months
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.parsers import expat

import attrs

from ipmo.errors import FileError, ModelError, Problem, UnitError
from ipmo.files.foreign import Intake, RowError, bytes_of, day_or_time, day_ranges
from ipmo.findings import Severity
from ipmo.model.calendars import Calendar, shifts
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.model.estimates import Fixed
from ipmo.model.governance import After
from ipmo.model.money import MoneySettings
from ipmo.model.people import Assignment, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Constraints, Link, Project, Task
from ipmo.units import Effort, Money, Span

__all__ = ["ID_FIELD", "KIND_FIELD", "read_mspdi", "sniff_mspdi"]

NAMESPACE = "http://schemas.microsoft.com/project"
MAX_DEPTH = 100
LINK_TYPES = ("FF", "FS", "SF", "SS")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
UNITS = {3: "min", 4: "emin", 5: "h", 6: "eh", 7: "d", 8: "ed", 9: "w", 10: "ew"}
"""Formats of durations and lags; 32 more is an estimated one."""
ELAPSED_FORMATS = frozenset((4, 6, 8, 10, 12))
PERCENT, ELAPSED_PERCENT = 19, 20
ON_ITSELF = {4: "not_before", 6: "finish_not_before"}
CONSTRAINTS = {2: "must_start_on", 3: "must_finish_on", 5: "start_no_later", 7: "finish_no_later"}
KIND_FIELD, ID_FIELD = "188744008", "188744009"
"""The custom fields Text21 and Text22, in which ipmo keeps its kinds and ids of items."""
_DURATION = re.compile(r"(-?)P(?:([0-9]{1,9})D)?T?(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12}(?:\.[0-9]{1,9})?)S)?")
MAX_DAYS = 36_525
"""Days that one recurring exception may cover: a hundred years."""


def sniff_mspdi(path: Path, head: bytes) -> bool:
    """Whether a file is XML in Microsoft Project's namespace."""
    return NAMESPACE.encode() in head or (head.startswith((b"\xff\xfe", b"\xfe\xff")) and NAMESPACE in head.decode("utf-16", "replace"))


# ------------------------------------------------------------------------------------------------- elements


class _Node:
    """An XML element with its line; children by name."""

    __slots__ = ("kids", "line", "tag", "text")

    def __init__(self, tag: str, line: int) -> None:
        self.tag, self.line = tag, line
        self.text = ""
        self.kids: list[_Node] = []

    def get(self, name: str) -> str | None:
        """The text of the first child of that name; None when it is missing or empty."""
        for kid in self.kids:
            if kid.tag == name:
                return kid.text or None
        return None

    def one(self, name: str) -> _Node | None:
        """The first child of that name."""
        return next((kid for kid in self.kids if kid.tag == name), None)

    def all(self, *path: str) -> Iterator[_Node]:
        """Descendants along a path of names."""
        if not path:
            yield self
            return
        for kid in self.kids:
            if kid.tag == path[0]:
                yield from kid.all(*path[1:])

    def flag(self, name: str) -> bool:
        """A child that says 1 or true."""
        return (self.get(name) or "").strip().lower() in ("1", "true")


def _elements(raw: bytes, name: str) -> _Node:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 2**16
    root = _Node("", 0)
    stack = [root]
    parts: list[str] = []

    def refuse(message: str, hint: str = "") -> FileError:
        problem = Problem(message=message, hint=hint, file=name, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1)
        return FileError(name, [problem])

    def start(tag: str, _: Any) -> None:
        parts.clear()
        if len(stack) > MAX_DEPTH:
            raise refuse(f"elements lie more than {MAX_DEPTH} deep")
        node = _Node(tag.rpartition(" ")[2], parser.CurrentLineNumber)
        stack[-1].kids.append(node)
        stack.append(node)

    def end(_: str) -> None:
        node = stack.pop()
        if not node.kids:
            node.text = "".join(parts).strip()
        parts.clear()

    def doctype(*_: Any) -> None:
        raise refuse("a DOCTYPE is not allowed in a project file", "take it out")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, parts.append
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        text = expat.ErrorString(error.code)
        raise FileError(
            name, [Problem(message=f"this is no well-formed XML: {text}", file=name, line=error.lineno, column=error.offset + 1)]
        ) from None
    except FileError:
        raise
    except (LookupError, ValueError) as error:
        raise FileError(name, f"the encoding that it names cannot be read: {error}") from None
    project = root.one("Project")
    if project is None:
        found = root.kids[0].tag if root.kids else "nothing"
        raise FileError(
            name, [Problem(message=f"this is no Microsoft Project XML: its root is {found!r}, not 'Project'", file=name, line=1)]
        )
    return project


def read_mspdi(path: Path, name: str) -> Portfolio:
    """The portfolio of a Microsoft Project XML file, in dialect `msproject`.

    Args:
        path: the file.
        name: the file as the user named it.

    Raises:
        FileError: it cannot be read, is not well formed, has a DOCTYPE, or is no project.
    """
    intake = Intake(name, "mspdi")
    return _Reader(path, name, intake, _elements(bytes_of(path, name), name)).portfolio()


# ---------------------------------------------------------------------------------------------------- values


def _minutes(text: str | None, what: str) -> Decimal | None:
    """Minutes of an ISO 8601 duration; None when there is none."""
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        raise RowError(f"{what} {text[:40]!r} is not a duration such as PT8H0M0S")
    sign, days, hours, minutes, seconds = match.groups()
    total = Decimal(days or 0) * 1440 + Decimal(hours or 0) * 60 + Decimal(minutes or 0) + Decimal(seconds or 0) / 60
    return -total if sign else total


def _number(text: str | None, what: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[-+]?[0-9]{1,12}", text):
        raise RowError(f"{what} {text[:40]!r} is not a whole number")
    return int(text)


def _time(text: str | None, *, end: bool = False) -> str:
    """`08:00:00` as `08:00`; midnight at the end of a shift as 24:00."""
    match = re.fullmatch(r"([0-2][0-9]):([0-5][0-9])(?::[0-5][0-9])?", text or "")
    if match is None or int(match[1]) > 23:
        raise RowError(f"{text or ''!r:.40} is not a time of day")
    found = f"{match[1]}:{match[2]}"
    return "24:00" if end and found in ("00:00", "23:59") else found


def _hours(holder: _Node) -> str:
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


class _Reader:
    def __init__(self, path: Path, name: str, intake: Intake, root: _Node) -> None:
        self.path, self.name, self.intake, self.root = path, name, intake, root
        self.top = {"standard", "continuous"}
        read = intake.tolerated
        per_day = read(lambda: _number(root.get("MinutesPerDay"), "MinutesPerDay"), root.line)
        per_week = read(lambda: _number(root.get("MinutesPerWeek"), "MinutesPerWeek"), root.line)
        if not per_day or per_day < 0 or per_day > 1440:
            intake.note("hours-per-day", "the file does not say how long a day is (MinutesPerDay); 8 h is taken", line=root.line)
            per_day = 480
        self.day = per_day
        self.week = per_week if per_week and per_week > 0 else 5 * per_day
        self.nodes: dict[str, _Node] = {}
        self.calendars: dict[str, Calendar] = {}
        self.resources: dict[str, Resource] = {}
        self.resource_calendars: dict[str, str] = {}
        self.ids: dict[str, str] = {}  # UID to full id, of tasks and summaries
        self.lines: dict[str, int] = {}
        self.outside: dict[str, tuple[str, _Node]] = {}
        self.currency = code if re.fullmatch("[A-Z]{3}", code := root.get("CurrencyCode") or "") else ""
        self.fields = {
            node.get("FieldID") or "": node.get("Alias") or node.get("FieldName") or ""
            for node in root.all("ExtendedAttributes", "ExtendedAttribute")
        }
        self.counted: Counter[str] = Counter()

    def when(self, node: _Node, name: str) -> datetime | None:
        """A date of an element; a bad one refuses its row."""
        found = self.intake.when(node.get(name), name)
        return None if found is None or found.year < 1900 or found.year > 9998 else found

    def span(self, minutes: Decimal, format: int) -> Span:
        """Minutes as a span in the unit that the file shows them in."""
        unit = UNITS.get(format - 32 if format >= 35 else format, "h" if format not in ELAPSED_FORMATS else "eh")
        size = {"min": 1, "emin": 1, "h": 60, "eh": 60, "d": self.day, "ed": 1440, "w": self.week, "ew": 10080}[unit]
        amount = minutes / size
        if amount != round(amount, 6):
            return Span(minutes, "emin" if unit.startswith("e") else "min")
        return Span(round(amount, 6).normalize() + 0, unit)

    # ---------------------------------------------------------------------------------------- calendars

    def _calendars(self) -> None:
        nodes = {node.get("UID") or "": node for node in self.root.all("Calendars", "Calendar")}
        self.nodes = nodes
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
                week, exceptions = self._days(uid, set())
                if not any(hours != "none" for hours in (*week.values(), *exceptions.values())):
                    raise RowError("it has no working time")
                try:
                    made = Calendar(
                        id=names[uid],
                        hours=week,
                        day=Span(self.day, "min") if self.day % 60 else Span(self.day // 60, "h"),
                        days_per_week=(Decimal(self.week) / self.day).normalize() + 0,
                        exceptions=day_ranges(exceptions),
                    )
                except UnitError as error:
                    raise RowError(str(error)) from None
                self.calendars[uid] = made
                self.top.add(names[uid])
        for uid, base in same.items():
            seen = {uid}
            while base in same and base not in seen:
                seen.add(base)
                base = same[base]
            if base in self.calendars:
                self.calendars[uid] = self.calendars[base]

    def _days(self, uid: str, above: set[str]) -> tuple[dict[str, str], dict[date, str]]:
        """A week and the exceptions of a calendar, with what it inherits."""
        node = self.nodes[uid]
        base = node.get("BaseCalendarUID") or "-1"
        if base in ("-1", "0", uid) or base not in self.nodes or base in above:
            week, exceptions = dict.fromkeys(WEEKDAYS, "none"), dict[date, str]()
            if node.one("WeekDays") is None and not list(node.all("Exceptions", "Exception")):
                week.update(dict.fromkeys(WEEKDAYS[1:6], "08:00-12:00, 13:00-17:00"))
        else:
            week, exceptions = self._days(base, {*above, uid})
        own: dict[str, str] = {}
        for day in node.all("WeekDays", "WeekDay"):
            kind = _number(day.get("DayType"), "DayType") or 0
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
                kind = _number(day.get("DayType"), "DayType") or 0
                if 1 <= kind <= 7:
                    table[WEEKDAYS[kind - 1]] = _hours(day)
            for one in self._period(period):
                name = WEEKDAYS[(one.weekday() + 1) % 7]
                if name in table:
                    exceptions[one] = table[name]
        for special in node.all("Exceptions", "Exception"):
            hours = _hours(special)
            for one in self._recurring(special):
                exceptions[one] = hours
        return week, exceptions

    def _period(self, period: _Node) -> list[date]:
        first, last = self.when(period, "FromDate"), self.when(period, "ToDate")
        if first is None or last is None or last < first:
            raise RowError("an exception has no period, or one that ends before it begins")
        days = (last.date() - first.date()).days + 1
        if last.time() == datetime.min.time() and last > first:
            days -= 1  # it ends at the midnight before that day
        if days > MAX_DAYS:
            raise RowError("an exception lasts longer than a hundred years")
        return [first.date() + timedelta(days=n) for n in range(days)]

    def _recurring(self, node: _Node) -> list[date]:
        """The days of an exception, with its recurrence."""
        period = node.one("TimePeriod")
        if period is None:
            raise RowError("an exception has no period")
        days = self._period(period)
        kind = _number(node.get("Type"), "Type") or 1
        every = max(_number(node.get("Period"), "Period") or 1, 1)
        limit = _number(node.get("Occurrences"), "Occurrences") or 0
        by_count = node.flag("EnteredByOccurrences") and limit > 0
        if kind == 1:
            found = days[::every]
        elif kind == 6:
            mask = _number(node.get("DaysOfWeek"), "DaysOfWeek") or 0
            first = days[0] - timedelta(days=(days[0].weekday() + 1) % 7)
            found = [d for d in days if mask >> ((d.weekday() + 1) % 7) & 1 and (d - first).days // 7 % every == 0]
        else:
            found = [d for d in days if self._falls(node, kind, d, days[0], every)]
        return found[:limit] if by_count and kind != 1 else found

    def _falls(self, node: _Node, kind: int, day: date, first: date, every: int) -> bool:
        """Whether a yearly or monthly exception falls on a day; 2 and 4 by its number, 3 and 5 by its weekday."""
        if kind in (2, 3):
            if day.month != (_number(node.get("Month"), "Month") or 0) + 1:
                return False
        elif (day.year * 12 + day.month - first.year * 12 - first.month) % every:
            return False
        if kind in (2, 4):
            return day.day == (_number(node.get("MonthDay"), "MonthDay") or 1)
        item, position = _number(node.get("MonthItem"), "MonthItem") or 0, _number(node.get("MonthPosition"), "MonthPosition") or 0
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

    # ---------------------------------------------------------------------------------------- resources

    def _resources(self) -> None:
        for node in self.root.all("Resources", "Resource"):
            uid = node.get("UID") or ""
            if node.flag("IsNull") or uid == "0" or uid == "-65535":
                continue
            with self.intake.row(f"resource {node.get('Name') or uid!r}", node.line):
                if not uid:
                    raise RowError("it has no UID")
                id = self.intake.fit(node.get("Name") or f"resource {uid}", self.top, "resource")
                kind = {"0": "unit", "1": "person", "2": "cost"}.get(node.get("Type") or "1", "person")
                calendar = self.calendars.get(node.get("CalendarUID") or "")
                self.resources[uid] = Resource(
                    id=id,
                    name=node.get("Name") or "",
                    unit=kind,
                    calendar=calendar.id if calendar else None,
                    category=node.get("Group") or "",
                )
                self.top.add(id)

    def _assignments(self) -> dict[str, list[Assignment]]:
        out: dict[str, list[Assignment]] = defaultdict(list)
        for node in self.root.all("Assignments", "Assignment"):
            with self.intake.row("an assignment", node.line):
                resource = self.resources.get(node.get("ResourceUID") or "")
                task = node.get("TaskUID") or ""
                if self._split(node):
                    self.counted["split"] += 1
                if resource is None:
                    continue  # work that nobody is assigned to
                units = self.intake.number(node.get("Units"), "Units")
                work = _minutes(node.get("Work"), "Work")
                effort = Effort((work / 60).normalize() + 0, "ph") if work is not None and work >= 0 and resource.unit == "person" else None
                out[task].append(Assignment(resource=resource.id, units=float(units) if units is not None else 1.0, effort=effort))
                if resource.calendar is not None:
                    self.resource_calendars.setdefault(task, resource.calendar)
                    if self.resource_calendars[task] != resource.calendar:
                        self.resource_calendars[task] = ""
        return out

    @staticmethod
    def _split(node: _Node) -> bool:
        """Whether work stops and goes on again: a stretch without work between stretches with work."""
        worked = []
        for part in node.all("TimephasedData"):
            if part.get("Type") in ("1", "2"):
                minutes = _minutes(part.get("Value"), "Value")
                worked.append((part.get("Start") or "", bool(minutes)))
        flags = [flag for _, flag in sorted(worked)]
        while flags and not flags[-1]:
            flags.pop()
        while flags and not flags[0]:
            flags.pop(0)
        return not all(flags)

    # -------------------------------------------------------------------------------------------- tasks

    def portfolio(self) -> Portfolio:
        self._calendars()
        self._resources()
        assigned = self._assignments()
        default = self.calendars.get(self.root.get("CalendarUID") or "")
        if default is None and self.calendars:
            default = next(iter(self.calendars.values()))
            self.intake.note("no-calendar", f"the file names no calendar for its project; {default.id!r} is taken", line=self.root.line)
        own = {
            node.get("FieldID")
            for node in self.root.all("ExtendedAttributes", "ExtendedAttribute")
            if (node.get("Alias") or "") == "ipmo id"
        }
        self.marked = ID_FIELD in own
        title = self.root.get("Title") or re.sub(r"\.(xml|mpp)$", "", self.root.get("Name") or "", flags=re.I) or self.path.stem
        rows = list(self.root.all("Tasks", "Task"))
        start = self.intake.tolerated(lambda: self.when(self.root, "StartDate"), self.root.line)
        finish = self.intake.tolerated(lambda: self.when(self.root, "FinishDate"), self.root.line)
        status = self.intake.tolerated(lambda: self.when(self.root, "StatusDate"), self.root.line)
        projects = self._projects(title, rows, assigned)
        dialect = self._dialect()
        back = dialect.direction == "back"
        made = []
        for id, name, tasks in projects:
            plain = attrs.evolve(
                self.header.get(id) or Project(id=id, name=name, start=start, finish=finish if back else None),
                tasks=tasks,
                calendar=default.id if default is not None else None,
            )
            made.append(plain)
        splits = self.counted["split"]
        if splits:
            self.intake.note(
                "split", f"{splits} assignments are split: work stops and goes on again; they are read as one stretch of their duration"
            )
        for what, text in (
            ("inactive", "inactive tasks are left out: they move nothing"),
            ("manual", "tasks are scheduled by hand: they keep their start, whatever comes before"),
        ):
            if self.counted[what]:
                self.intake.note(what, f"{self.counted[what]} {text}", severity=Severity.INFO)
        try:
            return Portfolio(
                id=self.intake.fit(title, (), "portfolio"),
                start=start,
                status_date=day_or_time(status),
                calendar=default.id if default is not None else None,
                dialect=dialect,
                money=MoneySettings(currency=self.currency) if self.currency else None,
                calendars=list({calendar.id: calendar for calendar in self.calendars.values()}.values()),
                projects=made,
                links=self.links,
                resources=list(self.resources.values()),
                source=self.intake.finish(self.name, self.lines),
            )
        except ModelError as error:
            raise FileError(self.name, [attrs.evolve(problem, file=self.name) for problem in error.problems]) from None

    def _dialect(self) -> Dialect:
        changes: dict[str, Any] = {"data_date": "reported"}
        if self.root.get("HonorConstraints") == "0":
            changes["hard"] = ()
        if self.root.get("ScheduleFromStart") == "0":
            changes["direction"] = "back"
        limit = self.intake.tolerated(lambda: _number(self.root.get("CriticalSlackLimit"), "CriticalSlackLimit"), self.root.line)
        if limit:
            changes["critical_float"] = Span(limit, "d")
        return attrs.evolve(DIALECTS["msproject"], **changes)

    def _attribute(self, node: _Node, field: str) -> str | None:
        for extra in node.all("ExtendedAttribute"):
            if extra.get("FieldID") == field:
                return extra.get("Value")
        return None

    def _projects(self, title: str, rows: Sequence[_Node], assigned: dict[str, list[Assignment]]) -> list[tuple[str, str, list[Task]]]:
        """Projects with their tasks: one, or those that ipmo wrote as the first level of the outline."""
        self.links: list[Link] = []
        self.header: dict[str, Project] = {}
        single = self.intake.fit(title, self.top, "project")
        projects: dict[str, tuple[str, dict[str, Task]]] = {}
        if not self.marked:
            projects[single] = (self.root.get("Subject") or "", {})
            self.top.add(single)
        current = single
        above: list[tuple[int, str]] = []  # outline level and id of the summaries around a row
        kept: list[tuple[str, str, _Node]] = []
        levels = [self._level(row) for row in rows]
        for place, row in enumerate(rows):
            uid, level = row.get("UID") or "", levels[place]
            if row.flag("IsNull") or (uid == "0" and level == 0):
                self.intake.understood += 1
                continue
            label = f"task {row.get('Name') or uid!r}"
            if row.get("Active") in ("0", "false"):
                self.counted["inactive"] += 1
                self.intake.understood += 1
                continue
            if row.flag("ExternalTask"):
                self.outside[uid] = (self.intake.fit(row.get("Name") or uid, (), "task"), row)
                self.intake.understood += 1
                continue
            marked = self._attribute(row, ID_FIELD) if self.marked else None
            if marked is not None and self._attribute(row, KIND_FIELD) == "project":
                current = self.intake.fit(marked, {*self.top, *projects}, "project")
                projects[current] = (row.get("Name") or "", {})
                self.header[current] = Project(
                    id=current,
                    name="" if row.get("Name") == marked else row.get("Name") or "",
                    start=self.intake.tolerated(lambda: self.when(row, "ConstraintDate"), row.line),  # noqa: B023
                    finish=self.intake.tolerated(lambda: self.when(row, "Deadline"), row.line),  # noqa: B023
                )
                self.ids[uid] = current
                self.intake.understood += 1
                above = []
                continue
            with self.intake.row(label, row.line):
                if not uid:
                    raise RowError("it has no UID")
                if uid in self.ids:
                    raise RowError(f"another has its UID {uid}")
                if current not in projects:
                    projects[current] = ("", {})
                while above and above[-1][0] >= level:
                    above.pop()
                if len(above) > 90:
                    raise RowError("it lies more than ninety levels deep")
                tasks = projects[current][1]
                id = self.intake.fit(marked or uid, tasks, "task")
                summary = row.flag("Summary") and place + 1 < len(rows) and levels[place + 1] > level
                try:
                    task = self._task(id, row, above[-1][1] if above else None, summary, assigned.get(uid, []))
                except UnitError as error:
                    raise RowError(str(error)) from None
                tasks[id] = task
                self.ids[uid] = f"{current}/{id}"
                self.lines[f"{current}/{id}"] = row.line
                kept.append((current, id, row))
                if place + 1 < len(rows) and levels[place + 1] > level:
                    above.append((level, id))
        if not projects:
            projects[single] = ("", {})
        for current, id, row in kept:
            after = self._afters(f"{current}/{id}", row)
            if after:
                tasks = projects[current][1]
                tasks[id] = attrs.evolve(tasks[id], after=after)
        parents = {current: {task.parent for task in tasks.values()} for current, (_, tasks) in projects.items()}
        for current, (_, tasks) in projects.items():
            for id, task in tasks.items():
                if id in parents[current] and (task.duration is not None or task.milestone or task.actual_start is not None):
                    tasks[id] = attrs.evolve(
                        task, duration=None, remaining=None, milestone=False, actual_start=None, actual_finish=None, progress=None
                    )
        return [(id, name, list(tasks.values())) for id, (name, tasks) in projects.items()]

    def _level(self, row: _Node) -> int:
        return self.intake.tolerated(lambda: _number(row.get("OutlineLevel"), "OutlineLevel"), row.line) or 0

    def _task(self, id: str, row: _Node, parent: str | None, summary: bool, assigned: list[Assignment]) -> Task:
        when = functools.partial(self.when, row)
        fields: dict[str, Any] = {}
        tied: dict[str, Any] = {}
        length = _minutes(row.get("Duration"), "Duration")
        format = _number(row.get("DurationFormat"), "DurationFormat") or 7
        if length is not None and length < 0:
            raise RowError("its duration is negative")
        milestone = not summary and length == 0
        if not summary:
            begun, done = when("ActualStart"), when("ActualFinish")
            share = _number(row.get("PercentComplete"), "PercentComplete") or 0
            if done is not None and share < 100 and row.get("PercentComplete"):
                label = f"task {row.get('Name') or id!r} is {share} % complete but has an actual finish, which is left out"
                self.intake.note("not-finished", label, line=row.line)
                done = None
                begun = begun if share else None
            if begun is not None and done is not None and done < begun:
                self.intake.note(
                    "actual-order", f"task {row.get('Name') or id!r} finished before it started; its start is left out", line=row.line
                )
                begun = None
            if milestone and row.get("Milestone") == "0":
                milestone = True
            if length is not None and not milestone:
                span = self.span(length, format)
                fields["duration"] = Fixed(span)
                format = {"min": 3, "emin": 4}.get(span.unit, format)  # what remains is told in the same unit
            left = _minutes(row.get("RemainingDuration"), "RemainingDuration")
            if begun is not None and done is None:
                if left is not None and left != length and not milestone:
                    fields["remaining"] = Fixed(self.span(left, format))
                fields["progress"] = min(max(share, 0), 100) / 100 if row.get("PercentComplete") else None
                stop, resume = when("Stop"), when("Resume")
                if resume is not None and (stop is None or resume > stop):
                    fields["resumes"] = resume
            fields["actual_start"], fields["actual_finish"] = begun, done
            if row.flag("Manual"):
                self.counted["manual"] += 1
                if begun is None and (fixed := when("Start")) is not None:
                    tied["must_start_on"] = fixed
        kind = _number(row.get("ConstraintType"), "ConstraintType") or 0
        date = when("ConstraintDate")
        if kind == 1:
            tied["as_late_as_possible"] = True
        elif kind in ON_ITSELF or kind in CONSTRAINTS:
            if date is None:
                self.intake.note("constraint", f"task {row.get('Name') or id!r} has a constraint without a date", line=row.line)
            elif kind in ON_ITSELF:
                fields[ON_ITSELF[kind]] = date
            elif "must_start_on" not in tied:
                tied[CONSTRAINTS[kind]] = date
        elif kind:
            self.intake.note(
                "constraint", f"task {row.get('Name') or id!r} has the unknown constraint {kind}; it is left out", line=row.line
            )
        for baseline in row.all("Baseline"):
            if (baseline.get("Number") or "0") == "0":
                first, last = self.when(baseline, "Start"), self.when(baseline, "Finish")
                if not (first and last and last < first):
                    fields["baseline_start"], fields["baseline_finish"] = first, last
        if self.currency and not summary:
            for name, element in (("budget", "Cost"), ("actual", "ActualCost")):
                cents = self.intake.number(row.get(element), element)
                if cents:
                    fields[name] = Money((cents / 100).normalize() + 0, self.currency)
        work = _minutes(row.get("Work"), "Work")
        if work and work > 0 and not summary and not assigned:
            fields["effort"] = Effort((work / 60).normalize() + 0, "ph")
        attributes = {}
        for extra in row.all("ExtendedAttribute"):
            title = self.fields.get(extra.get("FieldID") or "")
            if title and extra.get("FieldID") not in (KIND_FIELD, ID_FIELD) and extra.get("Value"):
                attributes[title] = extra.get("Value") or ""
        if row.get("Notes"):
            attributes["notes"] = row.get("Notes") or ""
        return Task(
            id=id,
            name=row.get("Name") or "",
            parent=parent,
            milestone=milestone,
            calendar=self._calendar_of(row, summary),
            deadline=when("Deadline"),
            constraints=Constraints(**tied) if tied else None,
            assignments=assigned,
            attributes=attributes,
            **fields,
        )

    def _calendar_of(self, row: _Node, summary: bool) -> str | None:
        """The calendar a task is worked on: its own, else that of the one resource that works on it."""
        uid, task = row.get("CalendarUID") or "-1", row.get("UID") or ""
        if uid not in ("-1", "0"):
            found = self.calendars.get(uid)
            if found is None:
                self.intake.note(
                    "no-calendar", f"task {row.get('Name') or task!r} follows calendar {uid}, which is not in the file", line=row.line
                )
            else:
                return found.id
        resource = self.resource_calendars.get(task)
        if summary or row.flag("IgnoreResourceCalendar") or resource is None:
            return None
        default = self.calendars.get(self.root.get("CalendarUID") or "")
        by_id = {calendar.id: calendar for calendar in self.calendars.values()}
        if resource == "":
            works = [by_id[a] for a in {r.calendar for r in self.resources.values() if r.calendar}]
            if default is not None and any(not _same(calendar, default) for calendar in works):
                self.intake.note(
                    "resource-calendars",
                    f"task {row.get('Name') or task!r} has resources with several calendars; the project's is taken",
                    line=row.line,
                )
            return None
        return None if default is not None and _same(by_id[resource], default) else resource

    # -------------------------------------------------------------------------------------------- links

    def _afters(self, full_id: str, row: _Node) -> list[After]:
        project = full_id.partition("/")[0]
        out: list[After] = []
        seen: set[tuple[str, str]] = set()
        for node in row.all("PredecessorLink"):
            with self.intake.row(f"a predecessor of {full_id!r}", node.line):
                uid = node.get("PredecessorUID") or ""
                kind = _number(node.get("Type"), "Type")
                kind = 1 if kind is None else kind
                if not 0 <= kind <= 3:
                    raise RowError(f"its type {kind} is not 0 (FF), 1 (FS), 2 (SF) or 3 (SS)")
                lag = self._lag(node)
                outside = self.outside.get(uid)
                if node.flag("CrossProject") and uid not in self.ids and outside is None:
                    name = node.get("CrossProjectName") or uid
                    self._external(self.intake.fit(name, (), "task"), full_id, LINK_TYPES[kind], lag, None)
                    continue
                if outside is not None:
                    date = self.when(outside[1], "Finish" if LINK_TYPES[kind][0] == "F" else "Start")
                    self._external(outside[0], full_id, LINK_TYPES[kind], lag, date)
                    continue
                source = self.ids.get(uid)
                if source is None:
                    raise RowError(f"its predecessor {uid or '?'} is not in the file")
                if source == full_id:
                    raise RowError("it joins the task to itself")
                if (source, LINK_TYPES[kind]) in seen:
                    raise RowError("the same link stands in the file twice")
                seen.add((source, LINK_TYPES[kind]))
                owner, _, inner = source.partition("/")
                if owner == project and inner:
                    out.append(After(source=inner, type=LINK_TYPES[kind], lag=lag))
                else:
                    self.links.append(Link(source=source, target=full_id, type=LINK_TYPES[kind], lag=lag))
        return out

    def _external(self, name: str, full_id: str, kind: str, lag: Span | None, date: datetime | None) -> None:
        self.links.append(Link(source=f"external:{name}"[:200], target=full_id, type=kind, lag=lag, date=date))

    def _lag(self, node: _Node) -> Span | None:
        tenths = _number(node.get("LinkLag"), "LinkLag") or 0
        format = _number(node.get("LagFormat"), "LagFormat") or 7
        if not tenths:
            return None
        if format in (PERCENT, ELAPSED_PERCENT, PERCENT + 32, ELAPSED_PERCENT + 32):
            source = next((row for row in self.root.all("Tasks", "Task") if row.get("UID") == node.get("PredecessorUID")), None)
            length = _minutes(source.get("Duration"), "Duration") if source is not None else None
            if length is None:
                raise RowError("its lag is a share of a duration that is not known")
            return Span((length * tenths / 100).quantize(Decimal(1)), "min" if format in (PERCENT, PERCENT + 32) else "emin")
        if abs(tenths) > 6 * 10**9:
            raise RowError(f"its lag of {tenths} tenths of a minute is longer than a thousand years")
        return self.span(Decimal(tenths) / 10, format)


def _same(one: Calendar, other: Calendar) -> bool:
    return one.week_shifts() == other.week_shifts() and one.exceptions == other.exceptions and one.holidays == other.holidays
