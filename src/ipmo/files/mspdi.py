"""Microsoft Project's XML (MSPDI): one project, read in dialect `msproject`; the writer is in `mspdi_out`.

Durations are hours on a calendar (`PT80H0M0S`), lags tenths of minutes, dates without zones. Tasks belong together by
their outline level; a task's id is its unique id (UID), which stays when rows are moved.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import attrs

from ipmo.errors import FileError, ModelError, UnitError
from ipmo.files.foreign import Intake, RowError, TaskFields, day_or_time, escaped
from ipmo.files.mspdi_calendars import Calendars
from ipmo.files.mspdi_costs import Costs
from ipmo.files.mspdi_elements import (
    AS_LATE_AS_POSSIBLE,
    CONSTRAINTS,
    ID_FIELD,
    KIND_FIELD,
    LINK_TYPES,
    ON_ITSELF,
    UNITS,
    elements,
    instant,
    iso_minutes,
    placeholders,
    sniff_mspdi,
    whole,
)
from ipmo.files.mspdi_unread import say_counts, say_unread
from ipmo.files.mspdi_work import Workforce
from ipmo.files.opening import bytes_of
from ipmo.files.portfolios import no_collection
from ipmo.files.stored_dates import stored_by_project
from ipmo.files.xml_elements import Element
from ipmo.findings import Finding, Severity
from ipmo.model.calendars import Calendar
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.model.estimates import Fixed
from ipmo.model.governance import After
from ipmo.model.money import MoneySettings
from ipmo.model.portfolio import Portfolio
from ipmo.model.reading import noun_of
from ipmo.model.references import reference
from ipmo.model.stored import StoredDates
from ipmo.model.work import Constraints, Link, Project, Task
from ipmo.units import ELAPSED, Effort, Span

__all__ = ["read_mspdi", "sniff_mspdi"]

ELAPSED_FORMATS = frozenset((4, 6, 8, 10, 12))
PERCENT, ELAPSED_PERCENT = 19, 20
BY_HAND = "the file schedules this summary by hand, here it has the dates of what lies in it"


@no_collection()
def read_mspdi(path: Path, name: str) -> Portfolio:
    """The portfolio of a Microsoft Project XML file, in dialect `msproject`.

    Args:
        path: the file.
        name: the file as the user named it.

    Raises:
        FileError: it cannot be read, is not well formed, has a DOCTYPE, or is no project.
    """
    intake = Intake(name, "mspdi")
    return _Reader(path, name, intake, elements(bytes_of(path, name), name)).portfolio()


class _Reader:
    def __init__(self, path: Path, name: str, intake: Intake, root: Element) -> None:
        self.path, self.name, self.intake, self.root = path, name, intake, root
        self.top = {"standard", "continuous"}
        read = intake.tolerated
        per_day = read(lambda: whole(root.get("MinutesPerDay"), "MinutesPerDay"), root.line)
        per_week = read(lambda: whole(root.get("MinutesPerWeek"), "MinutesPerWeek"), root.line)
        if not per_day or per_day < 0 or per_day > 1440:
            intake.note("hours-per-day", "the file does not say how long a day is (MinutesPerDay); 8 h is taken", line=root.line)
            per_day = 480
        self.day = per_day
        self.week = per_week if per_week and per_week > 0 else 5 * per_day
        self.known = Calendars(intake, root, self.day, self.week, self.top)
        self.calendars = self.known.read()
        self.ids: dict[str, str] = {}  # UID to full id, of tasks and summaries
        self.lines: dict[str, int] = {}
        self.outside: dict[str, tuple[str, Element]] = {}
        self.inactive: set[str] = set()
        self.refused: set[str] = set()
        """UIDs of tasks that could not be read."""
        self.stored: dict[str, StoredDates] = {}
        self.currency = code if re.fullmatch("[A-Z]{3}", code := root.get("CurrencyCode") or "") else ""
        self.fields = {
            node.get("FieldID") or "": node.get("Alias") or node.get("FieldName") or ""
            for node in root.all("ExtendedAttributes", "ExtendedAttribute")
        }
        self.counted: Counter[str] = Counter()
        self.nothing: frozenset[str] = frozenset()

    def when(self, node: Element, name: str) -> datetime | None:
        return instant(self.intake, node, name) if node.get(name) not in self.nothing else None

    def span(self, minutes: Decimal, format: int) -> Span:
        """Minutes as a span in the unit that the file shows them in."""
        unit = UNITS.get(format - 32 if format >= 35 else format, "h" if format not in ELAPSED_FORMATS else "eh")
        size = {"min": 1, "emin": 1, "h": 60, "eh": 60, "d": self.day, "ed": 1440, "w": self.week, "ew": 10080}[unit]
        amount = minutes / size
        if amount != round(amount, 6):
            return Span(minutes, "emin" if unit.startswith("e") else "min")
        return Span(round(amount, 6).normalize() + 0, unit)

    # -------------------------------------------------------------------------------------------- tasks

    def portfolio(self) -> Portfolio:
        default = self.calendars.get(self.root.get("CalendarUID") or "")
        if default is None and self.calendars:
            default = next(iter(self.calendars.values()))
            named = self.root.get("CalendarUID")
            there = any(one.get("UID") == named for one in self.root.all("Calendars", "Calendar"))
            label = f"calendar {named[:40]} of the project {'could not be read' if there else 'is not in the file'}" if named else ""
            label = label or "the file names no calendar for its project"
            self.intake.note("no-calendar", f"{label}; {default.id!r} is taken", line=self.root.line)
        elif default is None and (named := self.root.get("CalendarUID")):
            self.intake.note("no-calendar", f"no calendar {named[:40]!r} could be read; the standard one is taken", line=self.root.line)
        self.known.default = default
        self.workforce = Workforce(self.intake, self.root, self.known, self.top)
        self.costs = Costs(self.intake, self.currency, self.workforce.baselines)
        own = {
            node.get("FieldID")
            for node in self.root.all("ExtendedAttributes", "ExtendedAttribute")
            if (node.get("Alias") or "") == "ipmo id"
        }
        self.marked = ID_FIELD in own
        title = self.root.get("Title") or re.sub(r"\.(xml|mpp)$", "", self.root.get("Name") or "", flags=re.I) or self.path.stem
        rows = list(self.root.all("Tasks", "Task"))
        say_unread(self.intake, rows)
        if nothing := placeholders(rows):
            self.nothing = nothing
            told = f"{min(nothing)} stands in every task, before all work: it is read as no date"
            self.intake.note("placeholder", told, line=self.root.line, severity=Severity.INFO)
        start = self.intake.tolerated(lambda: self.when(self.root, "StartDate"), self.root.line)
        finish = self.intake.tolerated(lambda: self.when(self.root, "FinishDate"), self.root.line)
        status = self.intake.tolerated(lambda: self.when(self.root, "StatusDate"), self.root.line)
        projects = self._projects(title, rows)
        dialect = self._dialect()
        back = dialect.direction == "back"
        made = []
        for id, name, tasks in projects:
            plain = attrs.evolve(
                self.header.get(id) or Project(id=id, name=name, finish=finish if back else None),
                tasks=tasks,
                calendar=default.id if default is not None else None,
            )
            made.append(plain)
        say_counts(self.intake, {**self.counted, "no-currency": self.costs.unnamed})
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
                resources=list(self.workforce.resources.values()),
                source=self.intake.finish(self.name, self.lines, self._stored_with_causes(made)),
            )
        except ModelError as error:
            raise FileError(self.name, [attrs.evolve(problem, file=self.name) for problem in error.problems]) from None

    def _dialect(self) -> Dialect:
        made = attrs.evolve(DIALECTS["msproject"], data_date="reported")
        if self.root.get("HonorConstraints") == "0":
            made = attrs.evolve(made, hard=())
        if self.root.get("ScheduleFromStart") == "0":
            made = attrs.evolve(made, direction="back")
        limit = self.intake.tolerated(lambda: whole(self.root.get("CriticalSlackLimit"), "CriticalSlackLimit"), self.root.line)
        return attrs.evolve(made, critical_float=Span(limit, "d")) if limit else made

    def _attribute(self, node: Element, field: str) -> str | None:
        for extra in node.all("ExtendedAttribute"):
            if extra.get("FieldID") == field:
                return extra.get("Value")
        return None

    @functools.cached_property
    def _rows(self) -> dict[str, Element]:
        """Tasks by UID, the first of each."""
        return {row.get("UID") or "": row for row in reversed(list(self.root.all("Tasks", "Task")))}

    def _projects(self, title: str, rows: Sequence[Element]) -> list[tuple[str, str, list[Task]]]:
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
        kept: list[tuple[str, str, Element]] = []
        levels = [self._level(row) for row in rows]
        for place, row in enumerate(rows):
            uid, level = row.get("UID") or "", levels[place]
            if row.flag("IsNull") or (uid == "0" and level == 0):
                self.intake.understood += 1
                continue
            if row.get("Active") in ("0", "false"):
                self.counted["inactive"] += 1
                self.inactive.add(uid)
                self.intake.understood += 1
                continue
            if row.flag("ExternalTask"):
                self.outside[uid] = (self.intake.fit(row.get("Name") or uid, (), "task"), row)
                self.intake.understood += 1
                continue
            marked = self._attribute(row, ID_FIELD) if self.marked else None
            if marked is not None and self._attribute(row, KIND_FIELD) == "project":
                current = self.intake.own(marked, {*self.top, *projects}, "project")
                projects[current] = (row.get("Name") or "", {})
                self.header[current] = self._header(current, marked, row)
                self.ids[uid] = current
                self.intake.understood += 1
                above = []
                continue
            said = len(self.intake.findings)
            with self.intake.row(f"task {row.get('Name') or uid!r}", row.line):
                if not uid:
                    raise RowError("it has no UID")
                if uid in self.ids:
                    raise RowError(f"another has its UID {uid}")
                projects.setdefault(current, ("", {}))
                while above and above[-1][0] >= level:
                    above.pop()
                if len(above) > 90:
                    raise RowError("it lies more than ninety levels deep")
                tasks = projects[current][1]
                id = self.intake.own(marked, tasks, "task") if marked else self.intake.fit(uid, tasks, "task")
                summary = row.flag("Summary") and place + 1 < len(rows) and levels[place + 1] > level
                try:
                    task = self._task(id, row, above[-1][1] if above else None, summary)
                except (UnitError, ModelError) as error:
                    raise RowError(str(error)) from None
                tasks[id] = task
                self.ids[uid] = f"{current}/{id}"
                self.lines[f"{current}/{id}"] = row.line
                self._keep_dates(f"{current}/{id}", row, task, summary)
                kept.append((current, id, row))
                if place + 1 < len(rows) and levels[place + 1] > level:
                    above.append((level, id))
                continue
            self._left_out(current, uid, row, self.intake.findings[said:])
        if not projects:
            projects[single] = ("", {})
        for current, id, row in kept:
            if after := self._afters(f"{current}/{id}", row):
                tasks = projects[current][1]
                tasks[id] = attrs.evolve(tasks[id], after=after)
        for _, tasks in projects.values():
            parents = {task.parent for task in tasks.values()}
            for id, task in tasks.items():
                if id in parents and (task.duration is not None or task.milestone or task.actual_start is not None):
                    tasks[id] = attrs.evolve(
                        task, duration=None, remaining=None, milestone=False, actual_start=None, actual_finish=None, progress=None
                    )
        return [(id, name, list(tasks.values())) for id, (name, tasks) in projects.items()]

    def _keep_dates(self, full_id: str, row: Element, task: Task, summary: bool) -> None:
        """Keeps the dates that the file stores of a row; of a summary when it begins and ends."""
        stored = stored_by_project(self.intake, row, self.when, finished=task.finished)
        if summary:
            cause = BY_HAND if row.flag("Manual") and (row.get("Start") or row.get("Finish")) else ""
            stored = StoredDates(start=stored.start, finish=stored.finish, summary=True, cause=cause)
        self.stored[full_id] = stored

    def _left_out(self, project: str, uid: str, row: Element, findings: Sequence[Finding]) -> None:
        """Keeps the dates that the file stores of a task that could not be read: they are not reproduced, and why is known."""
        if uid not in self.ids:
            self.refused.add(uid)
        why = next((one.message for one in findings if one.code.endswith("/refused")), "it is left out")
        name = f"{project}/{escaped(uid or row.get('Name') or '') or f'line {row.line}'}"
        while name in self.stored:
            name += "~"
        done = (row.get("PercentComplete") or "").strip() == "100" or bool(row.get("ActualFinish"))
        if not row.flag("Summary"):
            self.stored[name] = attrs.evolve(stored_by_project(self.intake, row, self.when, finished=done), cause=why)

    def _header(self, id: str, marked: str, row: Element) -> Project:
        """A project that ipmo wrote as a row, without its tasks."""
        return Project(
            id=id,
            name="" if row.get("Name") == marked else row.get("Name") or "",
            start=self.intake.tolerated(lambda: self.when(row, "ConstraintDate"), row.line),
            finish=self.intake.tolerated(lambda: self.when(row, "Deadline"), row.line),
        )

    def _stored_with_causes(self, projects: Sequence[Project]) -> dict[str, StoredDates]:
        """The stored dates, with what is known of rows that wait for work of another file."""
        outside = {link.target: link.source.removeprefix("external:") for link in self.links if link.date is None and ":" in link.source}
        for project in projects if outside else ():
            above = {task.id: task.parent for task in project.tasks}
            for task in project.tasks:
                one: str | None = task.id
                while one is not None and f"{project.id}/{one}" not in outside:
                    one = above[one]
                full_id = f"{project.id}/{task.id}"
                if one is not None and full_id in self.stored:
                    name = outside[f"{project.id}/{one}"]
                    cause = f"it waits for {name!r}, which lies in another file and has no date in this one"
                    self.stored[full_id] = attrs.evolve(self.stored[full_id], cause=cause)
        return self.stored

    def _whole(self, row: Element, name: str, code: str = "value") -> int | None:
        """A whole number that its task can do without."""
        return self.intake.tolerated(lambda: whole(row.get(name), name), row.line, code)

    def _level(self, row: Element) -> int:
        level = self._whole(row, "OutlineLevel")
        if level is None and (number := row.get("OutlineNumber")):
            return 0 if number == "0" else number.count(".") + 1
        return level or 0

    def _task(self, id: str, row: Element, parent: str | None, summary: bool) -> Task:
        fields: TaskFields = {}
        tied: dict[str, datetime | bool] = {}
        lasting = "ManualDuration" if row.flag("Manual") and not row.get("Duration") else "Duration"
        length = iso_minutes(row.get(lasting), lasting)
        if length is not None and length < 0:
            raise RowError("its duration is negative")
        milestone = not summary and length == 0
        working = self.workforce.calendars_of(row, summary)
        if self.marked and row.flag("IgnoreResourceCalendar") and working.own is self.known.default:
            working = attrs.evolve(working, own=None)  # written so that no other tool goes by its resources
        if not summary:
            self._state(id, row, length if working.length is None else working.length, milestone, fields, working.theirs or working.own)
        self._tie(id, row, fields, tied)
        if row.flag("Manual"):
            self._by_hand(row, summary, fields, tied)
        assigned = self.workforce.assignments.get(row.get("UID") or "", [])
        for baseline in row.all("Baseline"):
            if (baseline.get("Number") or "0") == "0":
                first, last = (self._or_none(baseline, name, row.line) for name in ("Start", "Finish"))
                if not (first and last and last < first):
                    fields["baseline_start"], fields["baseline_finish"] = first, last
        if not summary:
            self.costs.read(row, fields, as_written=self.marked)
            self.workforce.read(row, fields, as_written=self.marked)
        work = self.intake.tolerated(lambda: iso_minutes(row.get("Work"), "Work"), row.line)
        if work and work > 0 and not summary and not assigned:
            fields["effort"] = Effort((work / 60).normalize() + 0, "ph")
        return Task(
            id=id,
            name=row.get("Name") or "",
            parent=parent,
            milestone=milestone,
            calendar=None if working.own is None else working.own.id,
            resource_calendar=None if working.theirs is None else working.theirs.id,
            deadline=self._or_none(row, "Deadline", row.line, "deadline"),
            constraints=noun_of(Constraints, tied) if tied else None,
            assignments=assigned,
            attributes=self._attributes(row),
            **fields,
        )

    def _or_none(self, node: Element, name: str, line: int, code: str = "value") -> datetime | None:
        """A date that its task can do without."""
        return self.intake.tolerated(lambda: self.when(node, name), line, code)

    def _by_hand(self, row: Element, summary: bool, fields: TaskFields, tied: dict[str, datetime | bool]) -> None:
        """What is scheduled by hand keeps its start and finish, wherever the file has them; a summary holds what lies in it."""
        start = self.when(row, "Start") or self._or_none(row, "ManualStart", row.line, "manual-dates")
        finish = self.when(row, "Finish") or self._or_none(row, "ManualFinish", row.line, "manual-dates")
        if start is None and finish is None:
            if not summary:
                label = f"task {row.get('Name') or row.get('UID')!r} is scheduled by hand and has no dates: it is scheduled as others are"
                self.intake.note("manual-dates", label, line=row.line)
        elif not summary:
            self.counted["manual"] += 1
            if start is not None:
                tied["by_hand_start"] = start
            if finish is not None and (start is None or finish >= start):
                tied["by_hand_finish"] = finish
        elif start is not None and fields.get("not_before") is None:
            fields["not_before"] = start

    def _state(self, id: str, row: Element, length: Decimal | None, milestone: bool, fields: TaskFields, calendar: Calendar | None) -> None:
        """How long a task lasts, how far it is, and when it began and ended."""
        when = functools.partial(self.when, row)
        format = self._whole(row, "DurationFormat") or 7
        begun, done = when("ActualStart"), when("ActualFinish")
        given = self._whole(row, "PercentComplete")
        share = int((self.intake.share(str(given or 0), "PercentComplete", row.line) or 0) * 100)
        if done is not None and share < 100 and given is not None:
            label = f"task {row.get('Name') or id!r} is {share} % complete but has an actual finish, which is left out"
            self.intake.note("not-finished", label, line=row.line)
            done = None
            begun = begun if share else None
        if begun is not None and done is not None and done < begun:
            self.intake.note(
                "actual-order", f"task {row.get('Name') or id!r} finished before it started; its start is left out", line=row.line
            )
            begun = None
        left = iso_minutes(row.get("RemainingDuration"), "RemainingDuration")
        if begun is not None and done is None:
            stop, resume = (self._or_none(row, name, row.line, "delay") for name in ("Stop", "Resume"))
            if resume is not None and (stop is None or resume > stop):
                fields["resumes"] = resume
        rest = left
        if not milestone and format not in ELAPSED_FORMATS and format - 32 not in ELAPSED_FORMATS and done is None:
            fields["interruptions"] = self.workforce.rests(row, calendar, when("Start"), when("Finish"), length)
            if not fields["interruptions"]:
                length, rest = self._stretched(row, length, left, begun, fields.get("resumes"), calendar)
            if left is None and length is not None and share and not row.get("Duration"):  # what its share leaves of the work between dates
                rest = Decimal(round(length * (100 - Decimal(str(share))) / 100))
        if length is not None and not milestone:
            span = self.span(length, format)
            fields["duration"] = Fixed(span)
            format = {"min": 3, "emin": 4}.get(span.unit, format)  # what remains is told in the same unit
        if begun is not None and done is None:
            if rest is not None and not milestone and (rest != length or share):  # all of it may be left of work that says 70 %
                fields["remaining"] = Fixed(self.span(rest, format))
            fields["progress"] = share / 100 if given is not None else None
        elif begun is None and done is None and not row.flag("Manual"):
            self._delay(row, fields)
        fields["actual_start"], fields["actual_finish"] = begun, done

    def _stretched(
        self,
        row: Element,
        length: Decimal | None,
        left: Decimal | None,
        begun: datetime | None,
        resumes: datetime | None,
        calendar: Calendar | None,
    ) -> tuple[Decimal | None, Decimal | None]:
        """How long a task takes and has left where work stops in between: the work between its stored dates, where that is more."""
        start, finish = self.when(row, "Start"), self.when(row, "Finish")
        if length is None and not row.get("Duration") and start is not None and finish is not None and finish > start:
            spread = self.workforce.worked(calendar, start, finish)
            label = f"task {row.get('Name') or row.get('UID')!r} has no duration; the work between its start and finish is taken"
            self.intake.note("no-duration", label, line=row.line)
            return (Decimal(spread) if spread else None), left
        if (
            length is None
            or start is None
            or finish is None
            or finish <= start
            or row.flag("Manual")
            or (self.marked and begun is not None)
        ):
            return length, left
        if begun is not None and resumes is not None:
            spread = self.workforce.worked(calendar, resumes, finish)
            if left is not None and spread > left + 1:
                self.counted["split"] += 1
                return length + spread - left, Decimal(spread)
            return length, left
        spread = self.workforce.worked(calendar, start, finish)
        if spread > length + 1:
            self.counted["split"] += 1
            return Decimal(spread), left
        return length, left

    def _delay(self, row: Element, fields: TaskFields) -> None:
        """A levelling delay, which Project counts in elapsed time whatever its unit says."""
        tenths = self._whole(row, "LevelingDelay", "delay") or 0
        if tenths < 0:
            label = (
                f"task {row.get('Name') or row.get('UID')!r} has a levelling delay below 0; it is left out: its links say when it starts"
            )
            self.intake.note("delay", label, line=row.line)
        if tenths > 0:
            format = self._whole(row, "LevelingDelayFormat") or 8
            span = self.span(Decimal(tenths) / 10, format)
            fields["delay"] = span if span.unit in ELAPSED else Span(span.amount, f"e{span.unit}")

    def _tie(self, id: str, row: Element, fields: TaskFields, tied: dict[str, datetime | bool]) -> None:
        """The constraint of a task."""
        kind = self._whole(row, "ConstraintType", "constraint") or 0
        try:
            date = self.when(row, "ConstraintDate")
        except RowError as error:
            self.intake.note("constraint", f"task {row.get('Name') or id!r}: {error}; its constraint is left out", line=row.line)
            return
        if kind == AS_LATE_AS_POSSIBLE:
            tied["as_late_as_possible"] = True
        elif kind in ON_ITSELF or kind in CONSTRAINTS:
            if date is None:
                self.intake.note("constraint", f"task {row.get('Name') or id!r} has a constraint without a date", line=row.line)
            elif kind in ON_ITSELF:
                fields[ON_ITSELF[kind]] = date
            else:
                tied[CONSTRAINTS[kind]] = date
        elif kind:
            self.intake.note(
                "constraint", f"task {row.get('Name') or id!r} has the unknown constraint {kind}; it is left out", line=row.line
            )

    def _attributes(self, row: Element) -> dict[str, str]:
        """Custom fields and notes, as attributes to group by."""
        found = {}
        for extra in row.all("ExtendedAttribute"):
            title = self.fields.get(extra.get("FieldID") or "")
            if title and extra.get("FieldID") not in (KIND_FIELD, ID_FIELD) and extra.get("Value"):
                found[title] = extra.get("Value") or ""
        if row.get("Notes"):
            found["notes"] = row.get("Notes") or ""
        return found

    # -------------------------------------------------------------------------------------------- links

    def _afters(self, full_id: str, row: Element) -> list[After]:
        project = reference(full_id).top
        out: list[After] = []
        seen: set[tuple[str, str]] = set()
        for node in row.all("PredecessorLink"):
            with self.intake.row(f"a predecessor of {full_id!r}", node.line, full_id):
                uid = node.get("PredecessorUID") or ""
                kind = whole(node.get("Type"), "Type")
                kind = 1 if kind is None else kind
                if not 0 <= kind <= 3:
                    raise RowError(f"its type {kind} is not 0 (FF), 1 (FS), 2 (SF) or 3 (SS)")
                lag = self._lag(node)
                outside = self.outside.get(uid)
                if node.flag("CrossProject") and uid not in self.ids and outside is None:
                    name = node.get("CrossProjectName") or uid
                    self._external(self.intake.fit(name, (), "task"), full_id, LINK_TYPES[kind], lag, self._held(row, kind, lag, name))
                    continue
                if outside is not None:
                    date = self.when(outside[1], "Finish" if LINK_TYPES[kind][0] == "F" else "Start")
                    self._external(outside[0], full_id, LINK_TYPES[kind], lag, date)
                    continue
                source = self.ids.get(uid)
                if source is None and uid in self.inactive:
                    self.counted["inactive-links"] += 1
                    continue
                if source is None and uid in self.refused:
                    raise RowError(f"its predecessor {uid} is left out itself")
                if source is None:
                    raise RowError(f"its predecessor {uid or '?'} is not in the file")
                if source == full_id:
                    raise RowError("it joins the task to itself")
                if (source, LINK_TYPES[kind]) in seen:
                    raise RowError("the same link stands in the file twice")
                seen.add((source, LINK_TYPES[kind]))
                meant = reference(source)
                if meant.project == project:
                    out.append(After(source=meant.name, type=LINK_TYPES[kind], lag=lag))
                else:
                    self.links.append(Link(source=source, target=full_id, type=LINK_TYPES[kind], lag=lag))
        return out

    def _held(self, row: Element, kind: int, lag: Span | None, name: str) -> datetime | None:
        """The date that stands for work of another file: where Project has put what waits for it; None where it says nothing."""
        start = (
            self.when(row, "Start")
            if LINK_TYPES[kind][1] == "S" and lag is None and row.get("ActualStart") is None and not self.marked
            else None
        )
        if start is not None:
            self.intake.note(
                "external-date",
                f"task {row.get('Name') or row.get('UID')!r} waits for {name!r}, which lies in another file and has no date in this one; "
                "the start that Project gave the task is taken for it",
                line=row.line,
                severity=Severity.INFO,
            )
        return start

    def _external(self, name: str, full_id: str, kind: str, lag: Span | None, date: datetime | None) -> None:
        self.links.append(Link(source=f"external:{name}"[:200], target=full_id, type=kind, lag=lag, date=date))

    def _lag(self, node: Element) -> Span | None:
        tenths = whole(node.get("LinkLag"), "LinkLag") or 0
        format = whole(node.get("LagFormat"), "LagFormat") or 7
        if not tenths:
            return None
        if format in (PERCENT, ELAPSED_PERCENT, PERCENT + 32, ELAPSED_PERCENT + 32):
            source = self._rows.get(node.get("PredecessorUID") or "")
            length = iso_minutes(source.get("Duration"), "Duration") if source is not None else None
            if length is None:
                raise RowError("its lag is a share of a duration that is not known")
            return Span((length * tenths / 100).quantize(Decimal(1)), "min" if format in (PERCENT, PERCENT + 32) else "emin")
        if abs(tenths) > 6 * 10**9:
            raise RowError(f"its lag of {tenths} tenths of a minute is longer than a thousand years")
        return self.span(Decimal(tenths) / 10, format)
