"""A portfolio as Microsoft Project XML: projects are the first level of the outline, their ids stand in two custom fields.

What Project has no room for (benefits, risks, bodies, ...) is named in a `FormatWarning`; nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from ipmo.analysis.dates.items import ScheduledItem
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.atomic import write_atomically
from ipmo.errors import CycleError, ScheduleError
from ipmo.files.calendar_days import begun, day_times, ended
from ipmo.files.foreign import text_of
from ipmo.files.mspdi_calendars_out import calendar_lines
from ipmo.files.mspdi_costs import cents, total_of
from ipmo.files.mspdi_elements import ID_FIELD, KIND_FIELD, LINK_TYPES, NAMESPACE, UNITS
from ipmo.files.mspdi_lags import held_back, lagged
from ipmo.files.mspdi_splits import NOBODY, timephased
from ipmo.files.mspdi_ties import NO_LATER, NOT_BEFORE, dialect_there, honoured, ties_of
from ipmo.files.mspdi_work import available, held_by_status, when_there
from ipmo.files.no_room import NoRoom
from ipmo.files.other_conventions import lose_dates
from ipmo.files.xml_elements import tag, written
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate, UncertainLag
from ipmo.model.governance import After
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.splitting import Splitting
from ipmo.model.work import Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.units import ELAPSED, Effort, Money, Span, When, minutes, moment

__all__ = ["write_mspdi"]

Length: TypeAlias = "tuple[Decimal, int] | None"
"""Minutes, and the format that shows their unit."""
FORMATS = {unit: number for number, unit in UNITS.items()}
KEPT = ("id", "name", "start", "status_date", "calendar", "dialect", "money", "calendars", "projects", "links", "resources", "source")
"""Fields of the portfolio that the file has room for; those of its parts follow."""
KEPT_OF_TASKS = (
    *("id", "name", "parent", "after", "milestone", "hammock", "duration", "remaining", "actual_start", "actual_finish", "progress"),
    *("not_before", "resumes", "finish_not_before", "delay", "deadline", "constraints", "baseline_start", "baseline_finish", "calendar"),
    *("resource_calendar", "budget", "actual", "forecast", "effort", "assignments", "attributes", "extensions"),
    *("effort_driven", "split", "interruptions"),
)
KEPT_OF_PROJECTS = ("id", "name", "calendar", "start", "finish", "tasks", "gates", "risks")
KEPT_OF_RESOURCES = ("id", "name", "unit", "calendar", "category")
KEPT_OF_LINKS = ("source", "target", "type", "lag", "date", "kind")


def write_mspdi(portfolio: Portfolio, path: Path) -> None:
    """One Microsoft Project XML file; a crash leaves the old one.

    Warns:
        FormatWarning: what the format has no room for.

    Raises:
        FileError: it cannot be written.
    """
    writer = _Writer(portfolio)
    write_atomically(path, written(writer.lines(), writer.lost))
    writer.lost.warn(path)


class _Writer:
    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.lost = NoRoom("Microsoft Project")
        self.calendars = portfolio.calendar_table
        self.plan = self._plan()
        default = portfolio.calendar or "standard"
        if len(portfolio.projects) == 1 and portfolio.projects[0].calendar:
            default = portfolio.projects[0].calendar
        self.default = self.calendars[default]
        used = {self.default.id, *(c.id for c in portfolio.calendars)}
        for project in portfolio.projects:
            used |= {c for c in (project.calendar, *(c for task in project.tasks for c in (task.calendar, task.resource_calendar))) if c}
        used |= {resource.calendar for resource in portfolio.resources if resource.calendar}
        self.calendar_uids = {name: uid for uid, name in enumerate(_in_order(portfolio, used), 1)}
        self.uids: dict[str, int] = {}
        self.resource_calendars = {resource.id: resource.calendar for resource in portfolio.resources if resource.unit == "person"}
        self.resource_uids = {resource.id: uid for uid, resource in enumerate(portfolio.resources, 1)}
        self.lost.beside(portfolio, KEPT, "the portfolio")
        self.holders: dict[str, list[str]] = {}
        """What lies in each project and summary, by its full id."""
        for project in portfolio.projects:
            for task in project.tasks:
                above = f"{project.id}/{task.parent}" if task.parent else project.id
                self.holders.setdefault(above, []).append(f"{project.id}/{task.id}")
        self.honoured = honoured(portfolio)
        self.later = lagged(portfolio, self.plan)
        self.put: dict[str, datetime] = {}
        """Dates that are written in place of conventions, by full id."""

    def _first_shift(self, start: When) -> str:
        """When the first of all that works on the day of the start does: there nothing begins before the start of the file."""
        if isinstance(start, datetime):
            return when_there(start, self.default)
        each = {self.portfolio.calendar_for(f"{project.id}/{task.id}").id for project in self.portfolio.projects for task in project.tasks}
        there = [one for name in each if day_times(one := self.calendars[name], start)]
        return min((when_there(start, one) for one in there), default=when_there(start, self.default))

    def _plan(self) -> Schedule | None:
        """The schedule; None where there is none."""
        try:
            return schedule(self.portfolio)
        except (CycleError, ScheduleError):
            self.lost.lose("scheduled dates, because there is no schedule")
            return None

    def _item(self, full_id: str) -> ScheduledItem | None:
        """The dates of an item."""
        return self.plan[full_id] if self.plan is not None and full_id in self.plan else None

    def _scheduled(self, full_id: str) -> Iterator[str]:
        """When an item starts and finishes, for tools that show a file as it stands."""
        item = self._item(full_id)
        if item is not None and item.start is not None and (start := self._start(full_id, item.start)) is not None:
            if (finish := self._finish(full_id)) is not None:
                yield tag("Start", start.isoformat(timespec="seconds"))
                yield tag("Finish", finish.isoformat(timespec="seconds"))

    def _start(self, full_id: str, start: datetime) -> datetime:
        """When an item starts: with a shift, where it started on a day without a time, or what lies in it did."""
        noun = self.portfolio.items[full_id]
        if isinstance(noun, Task) and noun.actual_start is not None and not isinstance(noun.actual_start, datetime):
            return begun(self.portfolio.calendar_for(full_id), noun.actual_start)
        if start.hour or start.minute or not (isinstance(noun, Project) or full_id in self.holders):
            return start
        return min((self._start(one, start) for one in self.holders.get(full_id, ()) if self._begins(one) == start), default=start)

    def _begins(self, full_id: str) -> datetime | None:
        item = self._item(full_id)
        return None if item is None else item.start

    def _finish(self, full_id: str) -> datetime | None:
        """When an item finishes: where its last shift ends, not where the next one begins."""
        item, noun = self._item(full_id), self.portfolio.items[full_id]
        put = isinstance(noun, Task) and noun.constraints is not None and isinstance(noun.constraints.by_hand_finish, datetime)
        if item is None or item.start is None or item.finish is None or item.start == item.finish or put:
            return None if item is None else item.finish
        calendar = self.portfolio.calendar_for(full_id)
        if isinstance(noun, Task):
            length = noun.duration.central() if noun.duration is not None else None
            if isinstance(length, Span) and length.unit in ELAPSED:
                return item.finish
            calendar = self.calendars[noun.resource_calendar] if noun.resource_calendar else calendar
        return ended(calendar, item.start, item.finish)

    def lines(self) -> Iterator[str]:
        pf = self.portfolio
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield f'<Project xmlns="{NAMESPACE}">'
        yield "<SaveVersion>14</SaveVersion>"
        yield tag("Name", text_of(pf.id))
        yield tag("Title", text_of(pf.id))
        forward = pf.dialect.direction == "forward"
        yield tag("ScheduleFromStart", int(forward))
        start = pf.start or next((p.start for p in pf.projects if p.start is not None), None)
        if start is not None:
            yield tag("StartDate", self._first_shift(start) if forward or not isinstance(start, datetime) else start.isoformat())
        ends = [when_there(p.finish, self.default, end=True) for p in pf.projects if p.finish is not None]
        if forward:
            ends = [finish.isoformat() for p in pf.projects if (finish := self._finish(p.id)) is not None]
        if ends:
            yield tag("FinishDate", max(ends))
        limit = pf.dialect.critical_float
        yield tag("CriticalSlackLimit", round(self.default.minutes(limit) / self.default.day_minutes) if limit.amount else 0)
        if pf.money is not None:
            yield tag("CurrencyCode", pf.money.currency)
        yield tag("CalendarUID", self.calendar_uids[self.default.id])
        yield tag("MinutesPerDay", self.default.day_minutes)
        yield tag("MinutesPerWeek", self.default.week_minutes)
        yield tag("HonorConstraints", int(self.honoured))
        if pf.status_date is not None:
            yield tag("StatusDate", moment(minutes(pf.status_date)).isoformat())
        names = sorted({name for project in pf.projects for task in project.tasks for name in task.attributes if name != "notes"})
        self.fields = {name: str(188743731 + place * 3) for place, name in enumerate(names[:5])}
        if len(names) > 5:
            self.lost.lose("attributes beyond five names", len(names) - 5)
        yield "<ExtendedAttributes>"
        for field, name, alias in ((KIND_FIELD, "Text21", "ipmo kind"), (ID_FIELD, "Text22", "ipmo id"), *self._custom()):
            yield f"<ExtendedAttribute>{tag('FieldID', field)}{tag('FieldName', name)}{tag('Alias', alias)}</ExtendedAttribute>"
        yield "</ExtendedAttributes>"
        yield "<Calendars>"
        for name in self.calendar_uids:
            yield from calendar_lines(self.calendars[name], self.calendar_uids[name])
        yield "</Calendars>"
        yield "<Tasks>"
        yield from self._tasks()
        yield "</Tasks>"
        yield "<Resources>"
        for resource in pf.resources:
            self.lost.beside(resource, (*KEPT_OF_RESOURCES, "capacity") if resource.unit == "person" else KEPT_OF_RESOURCES, "resources")
            if resource.name not in ("", text_of(resource.id)):
                self.lost.lose("names of resources beside their ids")
            kind = {"person": 1, "unit": 0, "cost": 2}.get(resource.unit, 1)
            calendar = self.calendar_uids.get(resource.calendar or "")
            yield (
                f"<Resource>{tag('UID', self.resource_uids[resource.id])}{tag('ID', self.resource_uids[resource.id])}"
                f"{tag('Name', text_of(resource.id))}{tag('Type', kind)}"
                + (tag("Group", resource.category) if resource.category else "")
                + (tag("MaxUnits", max(row.value for row in resource.capacity)) if resource.unit == "person" and resource.capacity else "")
                + (tag("CalendarUID", calendar) if calendar else "")
                + (available(resource) if resource.unit == "person" else "")
                + "</Resource>"
            )
        yield "</Resources>"
        yield "<Assignments>"
        yield from self._assignments()
        yield "</Assignments>"
        yield "</Project>"
        lose_dates(self.lost, pf, dialect_there(pf), held_back(pf, self.put))

    def _assignments(self) -> Iterator[str]:
        number = 0
        calendars = {resource.id: resource.calendar for resource in self.portfolio.resources}
        for project in self.portfolio.projects:
            for task in project.tasks:
                item = self._item(f"{project.id}/{task.id}")
                for assignment in task.assignments:
                    number += 1
                    hours = assignment.effort
                    theirs = task.resource_calendar is not None and calendars[assignment.resource] is not None
                    ends = theirs and (calendars[assignment.resource] or "") in (task.resource_calendar or "")
                    if assignment.ranged:
                        self.lost.lose("smaller and larger teams")
                    yield (
                        f"<Assignment>{tag('UID', number)}{tag('TaskUID', self.uids[f'{project.id}/{task.id}'])}"
                        f"{tag('ResourceUID', self.resource_uids[assignment.resource])}{tag('Units', assignment.units)}"
                        + (tag("Work", _iso(self._effort(hours))) if hours is not None else "")
                        + (tag("Finish", item.finish.isoformat()) if ends and item is not None and item.finish is not None else "")
                        + self._in_pieces(f"{project.id}/{task.id}", task, assignment.units)
                        + "</Assignment>"
                    )
                if task.interruptions and not any(one.units > 0 for one in task.assignments):
                    number += 1
                    pieces = self._in_pieces(f"{project.id}/{task.id}", task, 1)
                    uids = tag("UID", number) + tag("TaskUID", self.uids[f"{project.id}/{task.id}"]) + tag("ResourceUID", NOBODY)
                    yield f"<Assignment>{uids}{pieces}</Assignment>"

    def _in_pieces(self, full_id: str, task: Task, units: float) -> str:
        """What somebody does of work that rests in between, by time; what rests before it starts or after it ends is lost."""
        item, finish = self._item(full_id), self._finish(full_id)
        if not task.interruptions or item is None or item.start is None or finish is None:
            return ""
        own = task.resource_calendar
        clock = clocks_of(self.portfolio).of(self.calendars[own] if own else self.portfolio.calendar_for(full_id))
        between = [one for one in task.interruptions if minutes(item.start) < one.period[0] and one.period[1] < minutes(finish)]
        return timephased(clock, item.start, finish, between, units, done=task.finished)

    def _custom(self) -> Iterator[tuple[str, str, str]]:
        for place, (name, field) in enumerate(self.fields.items(), 1):
            yield field, f"Text{place}", name

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
                self.lost.lose("gates", len(project.gates))
            if project.risks:
                self.lost.lose("risks", len(project.risks))
        into: dict[str, list[tuple[str, After]]] = {}
        for link in pf.links:
            self.lost.beside(link, KEPT_OF_LINKS, "links")
            if link.kind != "schedule":
                self.lost.lose("links that move no dates")
                continue
            into.setdefault(link.target, []).append((link.source, After(source=link.source, type=link.type, lag=link.lag)))
            if link.target not in self.uids:
                self.lost.lose("links to what is no task")
        self._outside(number)
        parents = {f"{project.id}/{task.parent}" for project in pf.projects for task in project.tasks if task.parent}
        for place, (project, item, level) in enumerate(rows, 1):
            yield "<Task>"
            full_id = self.lost.at = project.id if item is None else f"{project.id}/{item.id}"
            yield tag("UID", self.uids[full_id])
            yield tag("ID", place)
            if item is None:
                yield from self._project(project)
            else:
                links = [(f"{project.id}/{after.source}", after) for after in item.after] + into.get(full_id, [])
                yield from self._task(project, item, level, full_id in parents, links)
            self.lost.at = ""
            yield "</Task>"
        for place, (name, (uid, when)) in enumerate(self.outside.items(), len(rows) + 1):
            at = when_there(when, self.default, end=True)
            ends = "".join(tag(end, at) for end in ("Start", "Finish", "EarlyStart", "EarlyFinish", "LateStart", "LateFinish"))
            yield (
                f"<Task>{tag('UID', uid)}{tag('ID', place)}{tag('Name', text_of(name))}<OutlineLevel>1</OutlineLevel>"
                f"<ExternalTask>1</ExternalTask>{ends}<Duration>PT0H0M0S</Duration><ActualDuration>PT0H0M0S</ActualDuration>"
                "<RemainingDuration>PT0H0M0S</RemainingDuration></Task>"
            )

    def _outside(self, last: int) -> None:
        """Rows for work of other files whose dates are known, numbered after all others."""
        self.outside: dict[str, tuple[int, When]] = {}
        for link in self.portfolio.links:
            meant = reference(link.source)
            if (
                meant.external
                and link.kind == "schedule"
                and link.date is not None
                and link.target in self.uids
                and meant.name not in self.outside
            ):
                self.outside[meant.name] = (last + len(self.outside) + 1, link.date)

    def _project(self, project: Project) -> Iterator[str]:
        self.lost.beside(project, KEPT_OF_PROJECTS, "projects")
        yield tag("Name", project.name or project.id)
        yield "<Manual>0</Manual><OutlineLevel>1</OutlineLevel><Summary>1</Summary>"
        calendar = self.calendars[project.calendar or self.default.id]
        yield from self._scheduled(project.id)
        if project.start is not None:
            yield f"<ConstraintType>4</ConstraintType>{tag('ConstraintDate', when_there(project.start, calendar))}"
        if project.finish is not None:
            yield tag("Deadline", when_there(project.finish, calendar, end=True))
        yield _marks("project", project.id)

    def _task(self, project: Project, task: Task, level: int, summary: bool, links: list[tuple[str, After]]) -> Iterator[str]:
        full_id = f"{project.id}/{task.id}"
        self.lost.beside(task, KEPT_OF_TASKS, "tasks")
        calendar = self.portfolio.calendar_for(full_id)
        tied = task.constraints
        by_hand = tied is not None and (tied.by_hand_start is not None or tied.by_hand_finish is not None)
        yield tag("Name", task.name)
        yield f"{tag('Type', 0 if task.resource_calendar else 1)}{tag('Manual', int(by_hand))}{tag('OutlineLevel', level)}"
        yield ("<EffortDriven>1</EffortDriven>" if task.effort_driven else "") + (
            "<LevelingCanSplit>1</LevelingCanSplit>" if task.split else ""
        )
        if task.split is not None and task.split != Splitting():
            self.lost.lose("rules of how often work may be interrupted, and in what pieces")
        length = self._length(task.length, calendar)
        left = self._left(task, length, calendar) if task.actual_finish is None else None
        if task.actual_start is None and left not in (None, length):
            length = left
            self.lost.lose("shares done of work that has not begun, written as the duration that is left")
        yield from self._scheduled(full_id)
        if by_hand and (item := self._item(full_id)) is not None and item.start is not None and (end := self._finish(full_id)) is not None:
            yield tag("ManualStart", item.start.isoformat()) + tag("ManualFinish", end.isoformat())
        if summary:
            yield "<Summary>1</Summary>"
        elif task.milestone:
            yield "<Duration>PT0H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>1</Milestone>"
        elif length is not None:
            yield f"{tag('Duration', _iso(length[0]))}{tag('DurationFormat', length[1])}<Milestone>0</Milestone>"
        held, ahead = None, False
        if not summary:
            whole, rest = (one[0] if one is not None else None for one in (length, left or length))
            held, ahead = held_by_status(self.portfolio, project, task, self._item(full_id), whole, rest)
        why = "waits for the status date, written as dates before which work does not start or resume"
        if held is None and full_id in self.later:
            held, why = self.later[full_id]
        if held is not None:
            self.put[full_id] = held
        if held is not None and task.actual_start is not None:
            self.lost.lose(why)
        if ahead:
            self.lost.lose("pieces of work of which more is done than there was time for, whose rest is dated later there")
        if not summary:
            yield from self._status(task, calendar, length, left, held)
        deadline = yield from self._tied(full_id, calendar, held if task.actual_start is None else None, why)
        if task.delay is not None and task.delay.dimension == "elapsed" and task.delay.amount > 0:
            yield f"{tag('LevelingDelay', task.delay.elapsed_minutes * 10)}{tag('LevelingDelayFormat', FORMATS[task.delay.unit])}"
        elif task.delay is not None and task.delay.amount:
            self.lost.lose("delays in working time")
        if deadline is not None:
            yield tag("Deadline", when_there(deadline, calendar, end=True))
        yield from self._follows(project, task, calendar, summary)
        if self.portfolio.money is not None and not summary:
            yield from self._costs(task, self.portfolio.money.currency)
        if task.effort is not None and not task.assignments:
            yield tag("Work", _iso(self._effort(task.effort)))
        if "notes" in task.attributes:
            yield tag("Notes", task.attributes["notes"])
        for source, after in links:
            yield from self._link(source, after, calendar)
        yield from self._baseline(task, calendar, summary)
        for name, value in task.attributes.items():
            if name in self.fields:
                yield f"<ExtendedAttribute>{tag('FieldID', self.fields[name])}{tag('Value', value)}</ExtendedAttribute>"
        yield _marks("summary" if summary else "task", task.id)
        if length is not None and not length[0] and not (summary or task.milestone):
            self.lost.lose("tasks of no duration, which are milestones there")
        if task.hammock:
            self.lost.lose("hammocks, written as tasks of their stated duration")
        if task.extensions:
            self.lost.lose("extensions of tasks")

    def _follows(self, project: Project, task: Task, calendar: Calendar, summary: bool) -> Iterator[str]:
        """The calendar of a task; where its resources have others and the portfolio does not go by them, so should no other tool.

        Somebody without a calendar has that of the file there, and is there whenever his work goes on here.
        """
        theirs = {self.resource_calendars[a.resource] or self.default.id for a in task.assignments if a.resource in self.resource_calendars}
        ignored = task.resource_calendar is None and not summary and not theirs <= {calendar.id}
        if task.calendar is not None or ignored:
            yield tag("CalendarUID", self.calendar_uids[calendar.id])
        elif project.calendar not in (None, self.default.id):
            yield tag("CalendarUID", self.calendar_uids[project.calendar or ""])
        if ignored:
            yield "<IgnoreResourceCalendar>1</IgnoreResourceCalendar>"

    def _costs(self, task: Task, currency: str) -> Iterator[str]:
        """What a task costs by now, and has cost; what was planned stands in the baseline."""
        for name, element in (("forecast", "Cost"), ("actual", "ActualCost")):
            budget: Budget | None = getattr(task, name)
            if name == "forecast" and budget is None:
                budget = task.budget
            if budget is None:
                continue
            total = total_of(budget, currency)
            if total is None or (name == "actual" and not budget.is_lump):
                self.lost.lose(f"{name}s in several lines or other currencies")
            else:
                yield tag(element, cents(total))

    def _baseline(self, task: Task, calendar: Calendar, summary: bool) -> Iterator[str]:
        """Baseline 0: dates, cost, and the cost by period."""
        parts = []
        if task.baseline_start is not None:
            parts.append(tag("Start", when_there(task.baseline_start, calendar)))
        if task.baseline_finish is not None:
            parts.append(tag("Finish", when_there(task.baseline_finish, calendar, end=True)))
        money = self.portfolio.money
        total = total_of(task.budget, money.currency) if task.budget is not None and money is not None and not summary else None
        if task.budget is not None and total is not None:
            parts.append(tag("Cost", cents(total)))
            dated = [line for line in task.budget.lines if line.since is not None and line.until is not None]
            if len(dated) == len(task.budget.lines):
                for line in dated:
                    assert line.since is not None
                    assert line.until is not None
                    amount = line.amount.central() if line.amount is not None else None
                    assert isinstance(amount, Money)
                    parts.append(
                        f"<TimephasedData><Type>10</Type>{tag('UID', 0)}{tag('Start', when_there(line.since, calendar))}"
                        f"{tag('Finish', when_there(line.until, calendar, end=True))}<Unit>3</Unit>{tag('Value', cents(amount.amount))}</TimephasedData>"
                    )
            elif not task.budget.is_lump:
                self.lost.lose("periods of budgets, written as their sum")
        elif task.budget is not None:
            self.lost.lose("budgets in other currencies")
        if parts:
            yield f"<Baseline><Number>0</Number>{''.join(parts)}</Baseline>"

    def _length(self, estimate: Estimate | None, calendar: Calendar) -> Length:
        """Minutes of an estimate's central value and the format that shows its unit."""
        if estimate is None:
            return None
        span = estimate.central()
        if not isinstance(span, Span):
            return None
        if estimate.rule != "fixed":
            self.lost.lose("ranges of estimates, written as their central value")
        same = (calendar.day_minutes, calendar.week_minutes) == (self.default.day_minutes, self.default.week_minutes)
        return Decimal(calendar.minutes(span)), FORMATS[span.unit] if same or span.unit not in ("d", "w") else 5

    def _effort(self, effort: Effort) -> Decimal:
        """Person-minutes of an effort; a person-day is a day of the default calendar."""
        return effort.amount * self.default.effort_minutes[effort.unit]

    def _status(self, task: Task, calendar: Calendar, length: Length, left: Length, held: datetime | None) -> Iterator[str]:
        whole = length[0] if length is not None else Decimal(0) if task.milestone else None
        if task.actual_finish is not None:
            yield "<PercentComplete>100</PercentComplete>"
            begun = task.actual_start
            yield tag("ActualStart", when_there(task.actual_finish, calendar, end=True) if begun is None else when_there(begun, calendar))
            yield tag("ActualFinish", when_there(task.actual_finish, calendar, end=True))
            if whole is not None:
                yield f"{tag('ActualDuration', _iso(whole))}<RemainingDuration>PT0H0M0S</RemainingDuration>"
            return
        if task.actual_start is not None:
            if task.progress is not None:
                yield tag("PercentComplete", round(task.progress * 100))
            yield tag("ActualStart", when_there(task.actual_start, calendar))
            if (resumes := held or task.resumes) is not None:
                yield tag("Resume", when_there(resumes, calendar))
        rest = left[0] if left is not None else whole
        if rest is not None:
            if whole is not None:
                yield tag("ActualDuration", _iso(max(whole - rest, Decimal(0))))
            yield tag("RemainingDuration", _iso(rest))

    def _left(self, task: Task, length: Length, calendar: Calendar) -> Length:
        """What is left of a task's duration; None where nothing says so."""
        left = self._length(task.remaining, calendar)
        if left is None and length is not None and task.progress is not None:
            left = (Decimal(round(length[0] * (1 - Decimal(repr(task.progress))))), length[1])
        return left

    def _tied(self, full_id: str, calendar: Calendar, held: datetime | None, why: str) -> Generator[str, None, When | None]:
        """The constraint of a task, or the date that it waits for, counted as said; returns its deadline, or the second constraint that is written as one."""
        task = self.portfolio.items[full_id]
        assert isinstance(task, Task)
        found, deadline = ties_of(task), task.deadline
        if task.constraints is not None and task.constraints.expected_finish is not None:
            self.lost.lose("expected finishes")
        limits = [one for one in found if one[0] == NO_LATER]
        soft = "finish_no_later" not in self.portfolio.dialect.hard  # as a deadline is, which it may so be beside others
        if limits and soft and (self.honoured or len(found) > 1):
            found = [one for one in found if one[0] != NO_LATER]
            deadline = min((one for one in (deadline, limits[0][1]) if one is not None), key=lambda one: minutes(one, end=True))
            self.lost.lose("limits of finishes that give way to the logic, written as deadlines")
        if held is not None and {number for number, *_ in found} <= {NOT_BEFORE}:
            found = [(NOT_BEFORE, held, False)]
            self.lost.lose(why)
        elif held is not None:
            self.lost.lose("waits for the status date of work with a constraint of its own, left out")
        if found:
            number, when, end = found[0]
            yield tag("ConstraintType", number)
            if when is not None:
                yield tag("ConstraintDate", when_there(when, calendar, end=end))
            if len(found) > 1:
                self.lost.lose("second constraints of tasks", len(found) - 1)
        return deadline

    def _link(self, source: str, after: After, calendar: Calendar) -> Iterator[str]:
        meant = reference(source)
        if meant.item not in self.uids:
            if meant.external and meant.name in self.outside:
                uid = self.outside[meant.name][0]
                yield (
                    f"<PredecessorLink>{tag('PredecessorUID', uid)}{tag('Type', LINK_TYPES.index(after.type))}<CrossProject>1</CrossProject>"
                    f"{tag('CrossProjectName', text_of(meant.name))}{self._lag(after, calendar)}</PredecessorLink>"
                )
            elif meant.external:
                yield (
                    f"<PredecessorLink><PredecessorUID>0</PredecessorUID>{tag('Type', LINK_TYPES.index(after.type))}<CrossProject>1</CrossProject>"
                    f"{tag('CrossProjectName', text_of(meant.name))}{self._lag(after, calendar)}</PredecessorLink>"
                )
            else:
                self.lost.lose("links from what is no task")
            return
        kind = after.type if not meant.end else ("S" if meant.end == "start" else "F") + after.type[1]
        yield (
            f"<PredecessorLink>{tag('PredecessorUID', self.uids[meant.item])}{tag('Type', LINK_TYPES.index(kind))}<CrossProject>0</CrossProject>"
            f"{self._lag(after, calendar)}</PredecessorLink>"
        )

    def _lag(self, after: After, calendar: Calendar) -> str:
        lag = after.lag
        if isinstance(lag, UncertainLag):
            self.lost.lose("ranges of estimates, written as their central value")
        if lag is None or not lag.amount:
            return "<LinkLag>0</LinkLag><LagFormat>7</LagFormat>"
        if lag.dimension == "step":
            self.lost.lose("lags of months")
            return "<LinkLag>0</LinkLag><LagFormat>7</LagFormat>"
        if self.portfolio.dialect.lag_calendar == "continuous" and lag.unit not in ELAPSED:
            return f"{tag('LinkLag', self.calendars['continuous'].minutes(lag) * 10)}{tag('LagFormat', FORMATS['eh'])}"
        same = lag.unit in ELAPSED or (calendar.day_minutes, calendar.week_minutes) == (self.default.day_minutes, self.default.week_minutes)
        format = FORMATS[lag.unit] if same or lag.unit not in ("d", "w") else 5
        return f"{tag('LinkLag', calendar.minutes(lag) * 10)}{tag('LagFormat', format)}"


def _in_order(portfolio: Portfolio, used: set[str]) -> list[str]:
    """The calendars that are used: the declared ones as they stand, then the built-in ones."""
    declared = [calendar.id for calendar in portfolio.calendars]
    return [*declared, *sorted(used - set(declared))]


def _marks(kind: str, id: str) -> str:
    fields = ((KIND_FIELD, kind), (ID_FIELD, id))
    return "".join(f"<ExtendedAttribute>{tag('FieldID', field)}{tag('Value', value)}</ExtendedAttribute>" for field, value in fields)


def _iso(length: Decimal | int) -> str:
    """Minutes as an ISO 8601 duration of hours, minutes and seconds."""
    seconds = round(Decimal(length) * 60)
    hours, rest = divmod(seconds, 3600)
    return f"PT{hours}H{rest // 60}M{rest % 60}S"
