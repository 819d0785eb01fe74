"""A portfolio as Microsoft Project XML: projects are the first level of the outline, their ids stand in two custom fields.

What Project has no room for (benefits, risks, bodies, ...) is named in a `FormatWarning`; nothing is dropped in silence.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from ipmo.atomic import write_atomically
from ipmo.errors import FormatWarning
from ipmo.files.foreign import unescaped
from ipmo.files.mspdi_elements import ID_FIELD, KIND_FIELD, LINK_TYPES, NAMESPACE
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate
from ipmo.model.governance import After
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project, Task
from ipmo.units import ELAPSED, Effort, Span, When, minutes, moment

__all__ = ["write_mspdi"]

FORMATS = {"min": 3, "emin": 4, "h": 5, "eh": 6, "d": 7, "ed": 8, "w": 9, "ew": 10}
NO_ROOM = [
    "programmes",
    "stakeholders",
    "objectives",
    "outcomes",
    "benefits",
    "contributions",
    "drivers",
    "issues",
    "changes",
    "decisions",
    "bodies",
    "offices",
    "services",
    "flows",
    "baselines",
    "standards",
    "waivers",
    "assumptions",
    "lessons",
    "rates",
]
TIED = {"as_late_as_possible": 1, "must_start_on": 2, "start_on": 2, "mandatory_start": 2, "must_finish_on": 3, "finish_on": 3}
TIED |= {"mandatory_finish": 3, "start_no_later": 5, "finish_no_later": 7}


def write_mspdi(portfolio: Portfolio, path: Path) -> None:
    """One Microsoft Project XML file; a crash leaves the old one.

    Warns:
        FormatWarning: what the format has no room for.

    Raises:
        FileError: it cannot be written.
    """
    writer = _Writer(portfolio)
    write_atomically(path, "\n".join(writer.lines()) + "\n")
    if writer.lost:
        parts = [f"{count} {what}" for what, count in writer.lost.items()]
        warnings.warn(f"{path}: Microsoft Project has no room for {'; '.join(parts)}", FormatWarning, stacklevel=4)


def _tag(name: str, value: object) -> str:
    text = "".join(c if c >= " " or c in "\t\n\r" else " " for c in str(value)).replace("\ufffe", " ").replace("\uffff", " ")
    return f"<{name}>{escape(text)}</{name}>"


def _when(value: When, *, end: bool = False) -> str:
    found = value if isinstance(value, datetime) else moment(minutes(value, end=end))
    return found.isoformat(timespec="seconds")


class _Writer:
    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.lost: dict[str, int] = {}
        self.calendars = portfolio.calendar_table
        default = portfolio.calendar or "standard"
        if len(portfolio.projects) == 1 and portfolio.projects[0].calendar:
            default = portfolio.projects[0].calendar
        self.default = self.calendars[default]
        used = {self.default.id, *(c.id for c in portfolio.calendars)}
        for project in portfolio.projects:
            used |= {c for c in (project.calendar, *(task.calendar for task in project.tasks)) if c}
        self.calendar_uids = {name: uid for uid, name in enumerate(_in_order(portfolio, used), 1)}
        self.uids: dict[str, int] = {}
        self.resource_uids = {resource.id: uid for uid, resource in enumerate(portfolio.resources, 1)}
        for name in NO_ROOM:
            if count := len(getattr(portfolio, name)):
                self._lose(name, count)

    def _lose(self, what: str, count: int = 1) -> None:
        self.lost[what] = self.lost.get(what, 0) + count

    def lines(self) -> Iterator[str]:
        pf = self.portfolio
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield f'<Project xmlns="{NAMESPACE}">'
        yield "<SaveVersion>14</SaveVersion>"
        yield _tag("Name", pf.id)
        yield _tag("Title", pf.id)
        forward = pf.dialect.direction == "forward"
        yield _tag("ScheduleFromStart", int(forward))
        start = pf.start or next((p.start for p in pf.projects if p.start is not None), None)
        if start is not None:
            yield _tag("StartDate", _when(start))
        ends = [p.finish for p in pf.projects if p.finish is not None]
        if not forward and ends:
            yield _tag("FinishDate", max(_when(end, end=True) for end in ends))
        limit = pf.dialect.critical_float
        yield _tag("CriticalSlackLimit", round(self.default.minutes(limit) / self.default.day_minutes) if limit.amount else 0)
        if pf.money is not None:
            yield _tag("CurrencyCode", pf.money.currency)
        yield _tag("CalendarUID", self.calendar_uids[self.default.id])
        yield _tag("MinutesPerDay", self.default.day_minutes)
        yield _tag("MinutesPerWeek", self.default.week_minutes)
        yield _tag("HonorConstraints", int(bool(pf.dialect.hard)))
        if pf.status_date is not None:
            yield _tag("StatusDate", _when(pf.status_date))
        names = sorted({name for project in pf.projects for task in project.tasks for name in task.attributes if name != "notes"})
        self.fields = {name: str(188743731 + place * 3) for place, name in enumerate(names[:5])}
        if len(names) > 5:
            self._lose("attributes beyond five names", len(names) - 5)
        yield "<ExtendedAttributes>"
        for field, name, alias in ((KIND_FIELD, "Text21", "ipmo kind"), (ID_FIELD, "Text22", "ipmo id"), *self._custom()):
            yield f"<ExtendedAttribute>{_tag('FieldID', field)}{_tag('FieldName', name)}{_tag('Alias', alias)}</ExtendedAttribute>"
        yield "</ExtendedAttributes>"
        yield "<Calendars>"
        for name in self.calendar_uids:
            yield from self._calendar(self.calendars[name])
        yield "</Calendars>"
        yield "<Tasks>"
        yield from self._tasks()
        yield "</Tasks>"
        yield "<Resources>"
        for resource in pf.resources:
            kind = {"person": 1, "unit": 0, "cost": 2}.get(resource.unit, 1)
            calendar = self.calendar_uids.get(resource.calendar or "")
            yield (
                f"<Resource>{_tag('UID', self.resource_uids[resource.id])}{_tag('ID', self.resource_uids[resource.id])}"
                f"{_tag('Name', resource.id)}{_tag('Type', kind)}"
                + (_tag("Group", resource.category) if resource.category else "")
                + (_tag("CalendarUID", calendar) if calendar else "")
                + "</Resource>"
            )
        yield "</Resources>"
        yield "<Assignments>"
        number = 0
        for project in pf.projects:
            for task in project.tasks:
                for assignment in task.assignments:
                    number += 1
                    hours = assignment.effort
                    yield (
                        f"<Assignment>{_tag('UID', number)}{_tag('TaskUID', self.uids[f'{project.id}/{task.id}'])}"
                        f"{_tag('ResourceUID', self.resource_uids[assignment.resource])}{_tag('Units', assignment.units)}"
                        + (_tag("Work", _iso(self._effort(hours))) if hours is not None else "")
                        + "</Assignment>"
                    )
        yield "</Assignments>"
        yield "</Project>"

    def _custom(self) -> Iterator[tuple[str, str, str]]:
        for place, (name, field) in enumerate(self.fields.items(), 1):
            yield field, f"Text{place}", name

    # ---------------------------------------------------------------------------------------- calendars

    def _calendar(self, calendar: Calendar) -> Iterator[str]:
        yield f"<Calendar>{_tag('UID', self.calendar_uids[calendar.id])}{_tag('Name', calendar.id)}<IsBaseCalendar>1</IsBaseCalendar>"
        yield "<BaseCalendarUID>-1</BaseCalendarUID><WeekDays>"
        week = calendar.week_shifts()
        spill = [[(0, stop - 1440) for _, stop in week[day - 1] if stop > 1440] for day in range(7)]
        for number, day in enumerate((6, 0, 1, 2, 3, 4, 5), 1):
            times = [*spill[day], *((start, min(stop, 1440)) for start, stop in week[day])]
            yield f"<WeekDay>{_tag('DayType', number)}{_times(times)}</WeekDay>"
        yield "</WeekDays>"
        exceptions = [
            *((day, day, "none") for day in calendar.holidays),
            *((e.first, e.last or e.first, e.hours) for e in calendar.exceptions),
        ]
        if exceptions:
            yield "<Exceptions>"
            from ipmo.model.calendars import shifts

            for first, last, hours in exceptions:
                times = [(start, min(stop, 1440)) for start, stop in shifts(hours)]
                yield (
                    f"<Exception><EnteredByOccurrences>0</EnteredByOccurrences><TimePeriod>{_tag('FromDate', f'{first}T00:00:00')}"
                    f"{_tag('ToDate', f'{last}T23:59:00')}</TimePeriod><Occurrences>{(last - first).days + 1}</Occurrences><Type>1</Type>"
                    f"{_times(times)}</Exception>"
                )
            yield "</Exceptions>"
        yield "</Calendar>"

    # -------------------------------------------------------------------------------------------- tasks

    def _tasks(self) -> Iterator[str]:
        pf = self.portfolio
        rows: list[tuple[Project, Task | None, int]] = []
        number = 0
        for project in pf.projects:
            rows.append((project, None, 1))
            number += 1
            self.uids[project.id] = number
            below: dict[str | None, list[Task]] = {}
            for task in project.tasks:
                below.setdefault(task.parent, []).append(task)
            waiting = [(task, 2) for task in reversed(below.get(None, []))]
            while waiting:
                next_task, depth = waiting.pop()
                rows.append((project, next_task, depth))
                number += 1
                self.uids[f"{project.id}/{next_task.id}"] = number
                waiting += [(child, depth + 1) for child in reversed(below.get(next_task.id, []))]
            if project.gates:
                self._lose("gates", len(project.gates))
            if project.risks:
                self._lose("risks", len(project.risks))
        into: dict[str, list[tuple[str, After]]] = {}
        for link in pf.links:
            into.setdefault(link.target, []).append((link.source, After(source=link.source, type=link.type, lag=link.lag)))
            if link.target not in self.uids:
                self._lose("links to what is no task")
        parents = {f"{project.id}/{task.parent}" for project in pf.projects for task in project.tasks if task.parent}
        for place, (project, item, level) in enumerate(rows, 1):
            yield "<Task>"
            yield _tag("UID", self.uids[project.id if item is None else f"{project.id}/{item.id}"])
            yield _tag("ID", place)
            if item is None:
                yield from self._project(project)
            else:
                full_id = f"{project.id}/{item.id}"
                links = [(f"{project.id}/{after.source}", after) for after in item.after] + into.get(full_id, [])
                yield from self._task(project, item, level, full_id in parents, links)
            yield "</Task>"

    def _project(self, project: Project) -> Iterator[str]:
        yield _tag("Name", project.name or project.id)
        yield "<Manual>0</Manual><OutlineLevel>1</OutlineLevel><Summary>1</Summary>"
        if project.start is not None:
            yield f"<ConstraintType>4</ConstraintType>{_tag('ConstraintDate', _when(project.start))}"
        if project.finish is not None:
            yield _tag("Deadline", _when(project.finish, end=True))
        yield _marks("project", project.id)

    def _task(self, project: Project, task: Task, level: int, summary: bool, links: list[tuple[str, After]]) -> Iterator[str]:
        calendar = self.portfolio.calendar_for(f"{project.id}/{task.id}")
        yield _tag("Name", task.name)
        yield f"<Manual>0</Manual>{_tag('OutlineLevel', level)}"
        length = self._length(task.duration, calendar)
        if summary:
            yield "<Summary>1</Summary>"
        elif task.milestone:
            yield "<Duration>PT0H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>1</Milestone>"
        elif length is not None:
            yield f"{_tag('Duration', _iso(length[0]))}{_tag('DurationFormat', length[1])}<Milestone>0</Milestone>"
        if not summary:
            yield from self._status(task, calendar, length)
        yield from self._tied(task)
        if task.deadline is not None:
            yield _tag("Deadline", _when(task.deadline, end=True))
        if task.calendar is not None:
            yield _tag("CalendarUID", self.calendar_uids[task.calendar])
        elif project.calendar not in (None, self.default.id):
            yield _tag("CalendarUID", self.calendar_uids[project.calendar or ""])
        for name, element in (("budget", "Cost"), ("actual", "ActualCost")):
            budget = getattr(task, name)
            if budget is not None and self.portfolio.money is not None and not summary:
                central = budget.lines[0].amount.central() if budget.is_lump else None
                if central is not None and central.currency == self.portfolio.money.currency:
                    yield _tag(element, format((central.amount * 100).normalize(), "f"))
                else:
                    self._lose(f"{name}s in several lines or other currencies")
        if task.effort is not None and not task.assignments:
            yield _tag("Work", _iso(self._effort(task.effort)))
        if "notes" in task.attributes:
            yield _tag("Notes", task.attributes["notes"])
        for source, after in links:
            yield from self._link(source, after, calendar)
        if task.baseline_start is not None or task.baseline_finish is not None:
            yield "<Baseline><Number>0</Number>"
            if task.baseline_start is not None:
                yield _tag("Start", _when(task.baseline_start))
            if task.baseline_finish is not None:
                yield _tag("Finish", _when(task.baseline_finish, end=True))
            yield "</Baseline>"
        for name, value in task.attributes.items():
            if name in self.fields:
                yield f"<ExtendedAttribute>{_tag('FieldID', self.fields[name])}{_tag('Value', value)}</ExtendedAttribute>"
        yield _marks("summary" if summary else "task", task.id)
        if task.hammock:
            self._lose("hammocks, written as tasks of their stated duration")
        if task.extensions:
            self._lose("extensions of tasks")

    def _length(self, estimate: Estimate | None, calendar: Calendar) -> tuple[Decimal, int] | None:
        """Minutes of an estimate's central value and the format that shows its unit."""
        if estimate is None:
            return None
        span = estimate.central()
        if not isinstance(span, Span):
            return None
        if estimate.rule != "fixed":
            self._lose("ranges of estimates, written as their central value")
        same = (calendar.day_minutes, calendar.week_minutes) == (self.default.day_minutes, self.default.week_minutes)
        return Decimal(calendar.minutes(span)), FORMATS[span.unit] if same or span.unit not in ("d", "w") else 5

    def _effort(self, effort: Effort) -> Decimal:
        """Person-minutes of an effort; a person-day is a day of the default calendar."""
        return effort.amount * {"ph": 60, "pd": self.default.day_minutes, "pw": self.default.week_minutes}[effort.unit]

    def _status(self, task: Task, calendar: Calendar, length: tuple[Decimal, int] | None) -> Iterator[str]:
        if task.actual_finish is not None:
            yield "<PercentComplete>100</PercentComplete>"
            yield _tag("ActualStart", _when(task.actual_start if task.actual_start is not None else task.actual_finish))
            yield _tag("ActualFinish", _when(task.actual_finish, end=True))
            return
        if task.actual_start is not None:
            if task.progress is not None:
                yield _tag("PercentComplete", round(task.progress * 100))
            yield _tag("ActualStart", _when(task.actual_start))
            if task.resumes is not None:
                yield _tag("Resume", _when(task.resumes))
        left = self._length(task.remaining, calendar)
        if left is None and length is not None and task.progress is not None and task.actual_start is not None:
            left = (Decimal(round(length[0] * (1 - Decimal(repr(task.progress))))), length[1])
        whole = length[0] if length is not None else Decimal(0) if task.milestone else None
        rest = left[0] if left is not None else whole
        if rest is not None:
            if whole is not None:
                yield _tag("ActualDuration", _iso(max(whole - rest, Decimal(0))))
            yield _tag("RemainingDuration", _iso(rest))

    def _tied(self, task: Task) -> Iterator[str]:
        found: list[tuple[int, When | None, bool]] = []
        tied = task.constraints
        if tied is not None:
            for name, number in TIED.items():
                value = getattr(tied, name)
                if value:
                    found.append((number, None if value is True else value, "finish" in name))
            if tied.expected_finish is not None:
                self._lose("expected finishes")
        if task.not_before is not None:
            found.append((4, task.not_before, False))
        if task.finish_not_before is not None:
            found.append((6, task.finish_not_before, True))
        if found:
            number, when, end = found[0]
            yield _tag("ConstraintType", number)
            if when is not None:
                yield _tag("ConstraintDate", _when(when, end=end))
            if len(found) > 1:
                self._lose("second constraints of tasks", len(found) - 1)

    def _link(self, source: str, after: After, calendar: Calendar) -> Iterator[str]:
        meant = reference(source)
        if meant.item not in self.uids:
            if meant.external:
                yield (
                    f"<PredecessorLink><PredecessorUID>0</PredecessorUID>{_tag('Type', LINK_TYPES.index(after.type))}<CrossProject>1</CrossProject>"
                    f"{_tag('CrossProjectName', unescaped(meant.name))}{self._lag(after, calendar)}</PredecessorLink>"
                )
            else:
                self._lose("links from what is no task")
            return
        kind = after.type if not meant.end else ("S" if meant.end == "start" else "F") + after.type[1]
        yield (
            f"<PredecessorLink>{_tag('PredecessorUID', self.uids[meant.item])}{_tag('Type', LINK_TYPES.index(kind))}<CrossProject>0</CrossProject>"
            f"{self._lag(after, calendar)}</PredecessorLink>"
        )

    def _lag(self, after: After, calendar: Calendar) -> str:
        lag = after.lag
        if lag is None or not lag.amount:
            return "<LinkLag>0</LinkLag><LagFormat>7</LagFormat>"
        if lag.dimension == "step":
            self._lose("lags of months")
            return "<LinkLag>0</LinkLag><LagFormat>7</LagFormat>"
        same = lag.unit in ELAPSED or (calendar.day_minutes, calendar.week_minutes) == (self.default.day_minutes, self.default.week_minutes)
        format = FORMATS[lag.unit] if same or lag.unit not in ("d", "w") else 5
        return f"{_tag('LinkLag', calendar.minutes(lag) * 10)}{_tag('LagFormat', format)}"


def _in_order(portfolio: Portfolio, used: set[str]) -> list[str]:
    """The calendars that are used: the declared ones as they stand, then the built-in ones."""
    declared = [calendar.id for calendar in portfolio.calendars]
    return [*declared, *sorted(used - set(declared))]


def _marks(kind: str, id: str) -> str:
    fields = ((KIND_FIELD, kind), (ID_FIELD, id))
    return "".join(f"<ExtendedAttribute>{_tag('FieldID', field)}{_tag('Value', value)}</ExtendedAttribute>" for field, value in fields)


def _iso(length: Decimal | int) -> str:
    """Minutes as an ISO 8601 duration of hours, minutes and seconds."""
    seconds = round(Decimal(length) * 60)
    hours, rest = divmod(seconds, 3600)
    return f"PT{hours}H{rest // 60}M{rest % 60}S"


def _times(times: list[tuple[int, int]]) -> str:
    if not times:
        return "<DayWorking>0</DayWorking>"
    parts = [f"<WorkingTime>{_tag('FromTime', _clock(start))}{_tag('ToTime', _clock(stop))}</WorkingTime>" for start, stop in sorted(times)]
    return f"<DayWorking>1</DayWorking><WorkingTimes>{''.join(parts)}</WorkingTimes>"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}:00"
