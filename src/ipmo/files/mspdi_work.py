"""Who works on what in Microsoft Project's XML (MSPDI): resources, assignments, and the calendar that a task is worked on."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from ipmo.analysis.dates.items import ScheduledItem
from ipmo.files.calendar_days import day_times
from ipmo.files.foreign import Intake, RowError, TaskFields
from ipmo.files.mspdi_calendars import Calendars, same_time
from ipmo.files.mspdi_elements import instant, iso_minutes
from ipmo.files.mspdi_splits import rests_between, worked_runs
from ipmo.files.xml_elements import Element, tag
from ipmo.findings import Severity
from ipmo.model.calendars import Calendar
from ipmo.model.people import Assignment, Capacity, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.model.splitting import Interruption
from ipmo.model.work import Project, Task
from ipmo.network.bounds import least_finish
from ipmo.network.clocks import Clock, Clocks, clocks_of
from ipmo.units import ELAPSED, Effort, Span, When, as_day, minutes, moment

__all__ = ["Workforce", "Working", "available", "held_by_status", "when_there"]

FIRST, LAST = date(1984, 1, 1), date(2049, 12, 31)
"""The first and the last day of Microsoft Project: what holds from or until then holds always."""


def held_by_status(
    portfolio: Portfolio, project: Project, task: Task, item: ScheduledItem | None, length: Decimal | None, left: Decimal | None
) -> tuple[datetime | None, bool]:
    """When work starts, or its rest does, that the status date holds; None where nothing need be said, and whether more is done than there was time for.

    Project moves no work by its status date unless an option says so: a constraint, or the date on which work resumes, does it in every tool.

    Args:
        portfolio: what is written.
        project: the task's.
        task: a task that is no summary.
        item: its dates.
        length: the minutes of its duration.
        left: those of them that are left.
    """
    told = [minutes(day) for day in (portfolio.status_date, project.status_date) if day is not None]
    free = not told or portfolio.dialect.data_date != "binds" or task.actual_finish is not None or bool(task.interruptions)
    if free or item is None or item.start is None or item.finish is None:
        return None, False
    calendar = portfolio.calendar_for(f"{project.id}/{task.id}")
    clock = clocks_of(portfolio).of(portfolio.calendar_table[task.resource_calendar] if task.resource_calendar else calendar)
    begin, end, status = minutes(item.start), minutes(item.finish), max(told)
    if task.actual_start is None:
        waits = begin >= status and clock.work(begin) == clock.work(status) and not _put_there(task, clock, begin, end)
        return (item.start if waits else None), False
    if length is None or left is None:
        return None, False
    span = task.length.central() if task.length is not None else None
    if isinstance(span, Span) and span.unit in ELAPSED:
        rest = end - round(left)
        worked = rest - begin
    else:
        rest = clock.start(clock.work(end) - round(left))
        worked = clock.work(rest) - clock.work(begin)
    done = max(round(length - left), 0)
    return (moment(rest) if worked > done else None), worked < done


def _put_there(task: Task, clock: Clock, begin: int, end: int) -> bool:
    """Whether a constraint of its own has work begin, or end, where it does."""
    tied = task.constraints
    starts = [task.not_before, *(getattr(tied, name) for name in ("start_on", "must_start_on", "mandatory_start", "by_hand_start") if tied)]
    ends = [*(getattr(tied, name) for name in ("finish_on", "must_finish_on", "mandatory_finish", "by_hand_finish") if tied)]
    least = task.finish_not_before
    if least is not None and clock.work(least_finish(clock, least)) == clock.work(end):
        return True
    return any(when is not None and clock.work(minutes(when)) == clock.work(begin) for when in starts) or any(
        when is not None and clock.work(minutes(when, end=True)) == clock.work(end) for when in ends
    )


def when_there(value: When, calendar: Calendar, *, end: bool = False) -> str:
    """A date as Project writes it: of a day without a time where its first shift begins, or where its last one ends."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    times = day_times(calendar, value)
    if end:
        ends = [stop for _, stop in times] or [stop for day in calendar.week_shifts() for _, stop in day]
        last = min(max(ends, default=1440), 1439)  # the midnight that ends a day is written as the next day's by no other tool
        return moment(minutes(value) + last).isoformat(timespec="seconds")
    return moment(minutes(value) + min((start for start, _ in times), default=0)).isoformat(timespec="seconds")


def available(resource: Resource) -> str:
    """When there is how much of a resource, as availability periods; nothing where it is the same always."""
    rows = resource.capacity
    if not rows or (len(rows) == 1 and rows[0].since == FIRST):
        return ""
    ends = [*(row.since - timedelta(days=1) for row in rows[1:]), LAST]
    periods = (
        f"<AvailabilityPeriod>{tag('AvailableFrom', f'{row.since}T00:00:00')}{tag('AvailableTo', f'{end}T23:59:00')}"
        f"{tag('AvailableUnits', row.value)}</AvailabilityPeriod>"
        for row, end in zip(rows, ends, strict=True)
    )
    return f"<AvailabilityPeriods>{''.join(periods)}</AvailabilityPeriods>"


@attrs.frozen
class Part:
    """What one resource does of a task: when, how long it takes at its units, and on whose calendar."""

    calendar: Calendar | None
    finish: datetime | None
    length: Decimal | None


@attrs.frozen
class Working:
    """When a task is worked on: its own calendar, that of those who do it where it is another, and how long it takes them, where known."""

    own: Calendar | None = None
    theirs: Calendar | None = None
    length: Decimal | None = None


class Workforce:
    """The resources of a project, and what each does.

    Args:
        intake: takes the findings.
        root: the project.
        calendars: the calendars of the file.
        taken: ids that others bear; those of the resources are added.
    """

    def __init__(self, intake: Intake, root: Element, calendars: Calendars, taken: set[str]) -> None:
        self.intake, self.calendars = intake, calendars
        self.resources: dict[str, Resource] = {}
        self.assignments: dict[str, list[Assignment]] = defaultdict(list)
        """By the UID of the task."""
        self.baselines: dict[str, list[Element]] = defaultdict(list)
        """Baseline 0 of what is assigned, by the UID of the task."""
        self.runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """When somebody works, by the UID of the task."""
        self._own: dict[str, Calendar | None] = {}
        self._parts: dict[str, list[Part]] = defaultdict(list)
        self._clocks: dict[str, Clock] = {}
        for node in root.all("Resources", "Resource"):
            self._resource(node, taken)
        for node in root.all("Assignments", "Assignment"):
            with intake.row("an assignment", node.line):
                self._assignment(node)

    def _resource(self, node: Element, taken: set[str]) -> None:
        uid = node.get("UID") or ""
        if node.flag("IsNull") or uid == "0" or uid == "-65535":
            return
        with self.intake.row(f"resource {node.get('Name') or uid!r}", node.line):
            if not uid:
                raise RowError("it has no UID")
            id = self.intake.fit(node.get("Name") or f"resource {uid}", taken, "resource")
            kind = {"0": "unit", "1": "person", "2": "cost"}.get(node.get("Type") or "1", "person")
            self._own[uid] = calendar = self.calendars.made.get(node.get("CalendarUID") or "")
            self.resources[uid] = Resource(
                id=id,
                name=node.get("Name") or "",
                unit=kind,
                calendar=calendar.id if calendar else None,
                category=node.get("Group") or "",
                capacity=self._capacity(node) if kind == "person" else (),
            )
            taken.add(id)

    def _capacity(self, node: Element) -> list[Capacity]:
        """How much of it there is: by availability periods, between which there is none; else always its most units."""
        rows: dict[date, float] = {}
        for period in node.all("AvailabilityPeriods", "AvailabilityPeriod"):
            since, until = instant(self.intake, period, "AvailableFrom"), instant(self.intake, period, "AvailableTo")
            units = self.intake.number(period.get("AvailableUnits"), "AvailableUnits")
            if units is None or units < 0:
                continue
            rows[as_day(since) if since is not None else FIRST] = float(units)
            if until is not None and until.year < LAST.year:
                rows.setdefault(as_day(until) + timedelta(days=1), 0.0)
        if not rows:
            units = self.intake.number(node.get("MaxUnits"), "MaxUnits")
            if units is not None and units >= 0:
                rows[FIRST] = float(units)
        return [Capacity(since=day, value=value) for day, value in sorted(rows.items())]

    def _assignment(self, node: Element) -> None:
        uid, task = node.get("ResourceUID") or "", node.get("TaskUID") or ""
        self.baselines[task] += [one for one in node.all("Baseline") if (one.get("Number") or "0") == "0"]
        self.runs[task] += worked_runs(self.intake, node)
        resource = self.resources.get(uid)
        if resource is None:
            return  # work that nobody is assigned to
        units = self.intake.number(node.get("Units"), "Units")
        if units is not None and units < 0:
            raise RowError(f"its Units are {units}: nobody does less than nothing")
        work = iso_minutes(node.get("Work"), "Work")
        person = resource.unit == "person"
        effort = Effort((work / 60).normalize() + 0, "ph") if work is not None and work >= 0 and person else None
        self.assignments[task].append(Assignment(resource=resource.id, units=float(units) if units is not None else 1.0, effort=effort))
        if person and (units is None or units > 0):
            length = work / (units or 1) if work is not None else None
            self._parts[task].append(Part(self._own[uid], instant(self.intake, node, "Finish"), length))

    # ----------------------------------------------------------------------------------------- calendars

    def calendars_of(self, row: Element, summary: bool) -> Working:
        """The calendars of a task: its own, and when those who do it work; and how long it takes there where its resources differ.

        A task's own calendar and that of a resource hold together, unless the file says that resources are ignored. Of
        resources with several calendars the one that ends last counts.
        """
        name, default = row.get("Name") or row.get("UID") or "", self.calendars.default
        uid = row.get("CalendarUID") or "-1"
        own = None if uid in ("-1", "0") else self.calendars.made.get(uid)
        if own is None and uid not in ("-1", "0"):
            self.intake.note("no-calendar", f"task {name!r} follows calendar {uid}, which is not in the file", line=row.line)
        parts = self._parts.get(row.get("UID") or "", [])
        if summary or row.flag("IgnoreResourceCalendar") or not parts:
            return Working(own)
        found: list[tuple[Calendar | None, Part]] = []
        for part in parts:
            theirs = part.calendar or default
            both = theirs if own is None else own if theirs is None else self.calendars.both(own, theirs)
            found.append((both, part))
        first = found[0][0]
        if all(one is first or (one is not None and first is not None and same_time(one, first)) for one, _ in found):
            return Working(own, self._unless(first, own or default))
        last, part = max(found, key=lambda one: (one[1].finish or datetime.min, one[1].length or 0))
        self.intake.note(
            "resource-calendars",
            f"task {name!r} has resources with several calendars; {last.id if last else 'the standard one'!r} is taken, of the one that "
            "ends last",
            line=row.line,
            severity=Severity.INFO,
        )
        return Working(own, self._unless(last, own or default), part.length)

    @staticmethod
    def _unless(calendar: Calendar | None, usual: Calendar | None) -> Calendar | None:
        """A calendar, unless it has the working time of the usual one."""
        return None if calendar is None or (usual is not None and same_time(calendar, usual)) else calendar

    def worked(self, calendar: Calendar | None, start: datetime, finish: datetime) -> int:
        """Working minutes between two dates on a calendar, None for the project's."""
        clock = self._clock(calendar)
        return 0 if clock is None else clock.between(minutes(start), minutes(finish))

    def _clock(self, calendar: Calendar | None) -> Clock | None:
        calendar = calendar or self.calendars.default
        if calendar is not None and calendar.id not in self._clocks:
            self._clocks[calendar.id] = Clocks([calendar]).of(calendar)
        return None if calendar is None else self._clocks[calendar.id]

    def read(self, row: Element, fields: TaskFields, *, as_written: bool) -> None:
        """Whether the work of a task is fixed; whether it may be interrupted only where we wrote it: Project says so of all work by default."""
        if row.flag("EffortDriven") and self.assignments.get(row.get("UID") or "") and not row.flag("Milestone"):
            fields["effort_driven"] = True
        if as_written and row.flag("LevelingCanSplit"):
            fields["split"] = True

    def rests(
        self, row: Element, calendar: Calendar | None, start: datetime | None, finish: datetime | None, length: Decimal | None
    ) -> tuple[Interruption, ...]:
        """When a task rests, by what its assignments do when; nothing where that does not agree with its dates and duration."""
        runs, clock = self.runs.get(row.get("UID") or ""), self._clock(calendar)
        return rests_between(clock, start, finish, runs, round(length)) if runs and clock is not None and length is not None else ()
