"""Primavera P6's exchange file (XER): tables of tab-separated rows, as a portfolio in dialect `p6`.

An activity's id is its task code, a project's its short name, a WBS element's its path. What the scheduler of P6 was told (retained logic, whose calendar a lag is counted on, which float, what is critical)
becomes the portfolio's dialect.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import attrs

from ipmo.errors import FileError, ModelError, UnitError, listed
from ipmo.files.foreign import Intake, RowError, TaskFields, day_or_time, escaped
from ipmo.files.local_dates import LocalDates
from ipmo.files.p6_codes import CONSTRAINTS, ON_ITSELF, RESOURCES, STATUSES, TYPES
from ipmo.files.p6_marks import MARK, OwnIds
from ipmo.files.portfolios import no_collection
from ipmo.files.stored_dates import computed_by_p6, stored_by_p6
from ipmo.files.xer_calendars import xer_calendar
from ipmo.files.xer_options import options_of
from ipmo.files.xer_structure import above_activities, baselines_of, chosen_baselines, first_of_each, say_gone, spanned, wbs_path
from ipmo.files.xer_tables import Row, made_by_mpxj, sniff_xer, xer_tables
from ipmo.findings import Finding, Severity
from ipmo.model.calendars import Calendar
from ipmo.model.dialects import Dialect
from ipmo.model.estimates import Fixed
from ipmo.model.fields import PlainMap
from ipmo.model.governance import After
from ipmo.model.making import changed, maker
from ipmo.model.money import MoneySettings
from ipmo.model.people import Assignment, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.model.reading import IN_PYTHON, noun_of, values_of
from ipmo.model.splitting import Interruption
from ipmo.model.stored import StoredDates
from ipmo.model.work import Constraints, Link, Project, Task
from ipmo.units import Effort, Money, Span
from ipmo.words import agree, counted

__all__ = ["read_tables", "read_xer", "sniff_xer"]

READ = frozenset(
    [
        *("PROJECT", "CALENDAR", "SCHEDOPTIONS", "PROJWBS", "TASK", "TASKPRED", "TASKRSRC", "RSRC"),
        *("ACTVTYPE", "ACTVCODE", "TASKACTV", "UDFTYPE", "UDFVALUE", "PROJCOST", "CURRTYPE"),
    ]
)

MPXJ_SHIFT = re.compile(r"\(f\|[0-9:]*\|s\|")
"""A shift whose finish stands before its start: P6 writes the start first, MPXJ 16.10 by the alphabet."""


@no_collection()
def read_xer(path: Path, name: str, encoding: str | None = None) -> Portfolio:
    """The portfolio of an XER file, in dialect `p6`.

    Args:
        path: the file.
        name: the file as the user named it.
        encoding: its code page; found from the text when left out.

    Raises:
        FileError: it cannot be read, is no XER file, or holds no project.
    """
    intake = Intake(name, "xer")
    header, tables = xer_tables(path, name, intake, encoding)
    if [cell.strip() for cell in header[4:6]] == ["admin", "admin"] and any(
        MPXJ_SHIFT.search(row.get("clndr_data", "")) for _, row in tables.get("CALENDAR", ())
    ):
        made_by_mpxj(intake)
    return read_tables(path, name, intake, header[8].strip() if len(header) > 8 else "", tables)


def read_tables(path: Path, name: str, intake: Intake, currency: str, tables: dict[str, list[tuple[int, Row]]]) -> Portfolio:
    """The portfolio of P6's tables, wherever they were read from.

    Args:
        path: the file.
        name: the file as the user named it.
        intake: takes the findings.
        currency: the code of the currency of its costs; where it is none, costs are left out.
        tables: rows of P6's own fields, with their lines, by table.

    Raises:
        FileError: they hold no project.
    """
    intake.local = LocalDates(intake, lambda: (row for rows in tables.values() for _, row in rows)).read
    return _Reader(path, name, intake, currency, tables).portfolio()


@functools.lru_cache(maxsize=4096)
def _lasting(field: str, hours: Decimal) -> Fixed:
    """So many hours as a field of a task holds them; the same few stand in every row."""
    found: Fixed = values_of(Task, {field: Fixed(Span(hours, "h"))}, IN_PYTHON, whole=False)[field]
    return found


class _Reader:
    def __init__(self, path: Path, name: str, intake: Intake, currency: str, tables: dict[str, list[tuple[int, Row]]]) -> None:
        self.path, self.name, self.intake, self.tables = path, name, intake, tables
        self.currency = currency if re.fullmatch("[A-Z]{3}", currency) else ""
        self.top: set[str] = {"standard", "continuous"}
        self.calendars: dict[str, Calendar] = {}
        self.default_calendar: str | None = None
        self.resources: dict[str, Resource] = {}
        self.resource_calendars: dict[str, str] = {}
        self.projects: dict[str, tuple[str, Row]] = {}  # proj_id to id and row
        self.baselines: dict[str, str] = {}  # proj_id of a baseline to that of its project
        self.read_baselines: set[str] = set()  # one of each project
        self.baseline_dates: dict[tuple[str, str], tuple[datetime | None, datetime | None]] = {}
        self.wbs: dict[str, tuple[str, str]] = {}  # wbs_id to proj_id and id
        self.summaries: dict[str, dict[str, Task]] = defaultdict(dict)
        self.spanned: dict[str, list[str]] = {}  # task_id of a WBS summary to those of what it lasts over
        self.tasks: dict[str, tuple[str, str]] = {}  # task_id to proj_id and id
        self.refused: dict[str, str] = {}  # task_id to task_code of activities that could not be read
        self.made: dict[str, dict[str, Task]] = defaultdict(dict)
        self.afters: dict[str, list[After]] = defaultdict(list)
        self.links: list[Link] = []
        self.lines: dict[str, int] = {}
        self.stored: dict[str, StoredDates] = {}
        self.assignments: dict[str, list[Assignment]] = defaultdict(list)
        self.costs: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        self.attributes: dict[str, dict[str, str]] = defaultdict(dict)
        self.own = OwnIds(intake, self.rows("UDFTYPE"), self.rows("UDFVALUE"))

    def _number(self, row: Row, key: str) -> Decimal | None:
        return self.intake.number(row.get(key), key)

    def _when(self, row: Row, key: str) -> datetime | None:
        return self.intake.when(row.get(key), key)

    def _date(self, row: Row, key: str, line: int, code: str = "value") -> datetime | None:
        """A date that its row can do without."""
        text = row.get(key)
        return self.intake.or_noted(self.intake.when, text, key, line, code) if text else None

    def _amount(self, row: Row, key: str, line: int) -> Decimal | None:
        """A number that its row can do without."""
        text = row.get(key)
        return self.intake.or_noted(self.intake.number, text, key, line) if text else None

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        return iter(self.tables.get(table, ()))

    def portfolio(self) -> Portfolio:
        self._calendars()
        self._projects()
        if not self.projects:
            raise FileError(self.name, self.intake.problems("it holds no project: no row of table PROJECT could be read"))
        self._resources()
        self._codes()
        self._wbs()
        self._assignments()
        self._tasks()
        self._links()
        unread = {table: len(rows) for table, rows in self.tables.items() if table not in READ and rows}
        if unread:
            shown = [f"{table} ({count})" for table, count in sorted(unread.items())]
            self.intake.note(
                "tables-not-read",
                f"{counted(sum(unread.values()), 'row')} of {counted(len(unread), 'table')} {agree(sum(unread.values()), 'is')} not read: {listed(shown)}",
                severity=Severity.INFO,
            )
        dialect, others = options_of(self.intake, list(self.rows("SCHEDOPTIONS")), self.projects, self._open_work())
        for name, stored in self.stored.items():  # a row that differs says that its project was scheduled otherwise
            if (why := others.get(name.partition("/")[0])) and not stored.cause:
                self.stored[name] = attrs.evolve(stored, cause=why)
        return self._whole(dialect)

    def _open_work(self) -> Counter[str]:
        """How many activities of each project are not finished."""
        return Counter(key for key, tasks in self.made.items() for task in tasks.values() if not task.finished)

    # ------------------------------------------------------------------------------------------- pieces

    def _calendars(self) -> None:
        for line, row in first_of_each(self.intake, self.rows("CALENDAR"), "clndr_id", "calendar").values():
            with self.intake.row(f"calendar {row.get('clndr_name') or row['clndr_id']!r}", line):
                id = self.intake.fit(row.get("clndr_name") or row["clndr_id"], self.top, "calendar")
                try:
                    self.calendars[row["clndr_id"]] = xer_calendar(self.intake, id, line, row)
                except (UnitError, ModelError, OverflowError) as error:
                    raise RowError(str(error)) from None
                self.top.add(id)
                if row.get("default_flag") == "Y":
                    self.default_calendar = id

    def _calendar_id(self, key: str | None, what: str, line: int) -> str | None:
        if not key:
            return None
        found = self.calendars.get(key)
        if found is None:
            self.intake.note("no-calendar", f"{what} follows calendar {key!r}, which is not in the file; the default is taken", line=line)
            return None
        return found.id

    def _projects(self) -> None:
        self.baselines = baselines_of(self.intake, self.rows("PROJECT"))
        self.read_baselines = chosen_baselines(self.intake, self.rows("PROJECT"), self.baselines)
        for line, row in self.rows("PROJECT"):
            if row["proj_id"] in self.baselines:
                self.intake.understood += 1
                continue
            with self.intake.row(f"project {row.get('proj_short_name') or row['proj_id']!r}", line):
                if row["proj_id"] in self.projects:
                    raise RowError("another has its proj_id")
                id = self.own.fit("PROJECT", row["proj_id"], row.get("proj_short_name"), self.top, "project")
                self.top.add(id)
                self.projects[row["proj_id"]] = (id, row)
                self.lines[id] = line

    def _resources(self) -> None:
        for line, row in first_of_each(self.intake, self.rows("RSRC"), "rsrc_id", "resource").values():
            with self.intake.row(f"resource {row.get('rsrc_short_name') or row['rsrc_id']!r}", line):
                id = self.own.fit("RSRC", row["rsrc_id"], row.get("rsrc_short_name") or row.get("rsrc_name"), self.top, "resource")
                calendar = self._calendar_id(row.get("clndr_id"), f"resource {id!r}", line)
                kind = RESOURCES.get(row.get("rsrc_type", ""), "person")
                self.resources[row["rsrc_id"]] = Resource(id=id, name=row.get("rsrc_name", ""), unit=kind, calendar=calendar)
                self.top.add(id)

    def _codes(self) -> None:
        """Activity codes and user fields as attributes to group by."""
        kinds = {row.get("actv_code_type_id", ""): row.get("actv_code_type", "") for _, row in self.rows("ACTVTYPE")}
        self.intake.understood += len(kinds)
        codes = {}
        for _, row in self.rows("ACTVCODE"):
            codes[row.get("actv_code_id", "")] = (
                kinds.get(row.get("actv_code_type_id", ""), "") or "code",
                row.get("actv_code_name") or row.get("short_name") or "",
            )
            self.intake.understood += 1
        for line, row in self.rows("TASKACTV"):
            found = codes.get(row["actv_code_id"])
            if found is None:
                self.intake.refuse("an activity code", f"it names code {row['actv_code_id']!r}, which is not in the file", line)
            else:
                self.attributes[row["task_id"]][found[0]] = found[1]
                self.intake.understood += 1
        fields = {
            row.get("udf_type_id", ""): row
            for _, row in self.rows("UDFTYPE")
            if row.get("table_name") == "TASK" and row.get("udf_type_label") != MARK
        }
        for _, row in self.rows("UDFVALUE"):
            field = fields.get(row.get("udf_type_id", ""))
            if field is not None:
                value = next((row[k] for k in ("udf_text", "udf_number", "udf_date", "udf_code_id") if row.get(k)), "")
                if value:
                    self.attributes[row.get("fk_id", "")][field.get("udf_type_label") or field.get("udf_type_name") or "field"] = value
                self.intake.understood += 1

    def _wbs(self) -> None:
        elements = first_of_each(self.intake, self.rows("PROJWBS"), "wbs_id", "a WBS element")
        self.spanned = spanned(elements, (row for _, row in self.rows("TASK")))
        used = above_activities(elements, (row.get("wbs_id", "") for _, row in self.rows("TASK")))
        empty = 0
        for key, (line, row) in elements.items():
            project = self.projects.get(row["proj_id"])
            if project is None:
                if row["proj_id"] not in self.baselines:
                    self.intake.refuse("a WBS element", f"its project {row['proj_id']!r} is not in the file", line)
                continue
            self.intake.understood += 1
            if row.get("proj_node_flag") == "Y":
                continue
            if key not in used:
                empty += 1
                continue
            path = wbs_path(elements, key)
            if path is None:
                label = f"WBS element {row.get('wbs_short_name', key)!r} lies too deep or inside itself; its activities stand under their project"
                self.intake.note("wbs-depth", label, line=line)
                continue
            taken = self.summaries[row["proj_id"]]
            self.wbs[key] = (row["proj_id"], self.own.fit("PROJWBS", key, "WBS " + ".".join(path), taken, "wbs"))
            taken[self.wbs[key][1]] = noun_of(Task, {"id": self.wbs[key][1], "name": row.get("wbs_name", "")})
        for key, (owner, id) in self.wbs.items():
            above = self.wbs.get(elements[key][1].get("parent_wbs_id", ""))
            if above is not None and above[0] == owner:
                self.summaries[owner][id] = changed(self.summaries[owner][id], parent=above[1])
        if empty:
            self.intake.note("empty-wbs", f"{empty} WBS elements hold no activity; they are left out", severity=Severity.INFO)

    def _assignments(self) -> None:
        for line, row in self.rows("TASKRSRC"):
            with self.intake.row("a resource assignment", line):
                number = functools.partial(self._number, row)
                resource = self.resources.get(row.get("rsrc_id", ""))
                if resource is None and row.get("rsrc_id"):
                    raise RowError(f"resource {row['rsrc_id']!r} is not in the file")
                planned, spent = self.costs[row["task_id"]]
                planned += number("target_cost") or 0
                spent += (number("act_reg_cost") or 0) + (number("act_ot_cost") or 0)
                self.costs[row["task_id"]] = [planned, spent]
                if resource is None:
                    continue  # a role without a person: its cost is counted
                hours = number("target_qty") or Decimal(0)
                units = number("target_qty_per_hr")
                if units is not None and units < 0:
                    raise RowError(f"{self.intake.called('target_qty_per_hr')} is {units}: nobody does less than nothing")
                self.assignments[row["task_id"]].append(
                    Assignment(
                        resource=resource.id,
                        units=float(units) if units else 1.0,
                        effort=Effort(hours, "ph") if resource.unit == "person" and hours >= 0 else None,
                    )
                )
                if resource.calendar is not None and row["task_id"] not in self.resource_calendars:
                    self.resource_calendars[row["task_id"]] = resource.calendar
        for line, row in self.rows("PROJCOST"):
            with self.intake.row("an expense", line):
                planned, spent = self.costs[row.get("task_id", "")]
                planned += self.intake.number(row.get("target_cost"), "target_cost") or 0
                spent += self.intake.number(row.get("act_cost"), "act_cost") or 0
                self.costs[row.get("task_id", "")] = [planned, spent]

    # -------------------------------------------------------------------------------------------- tasks

    def _tasks(self) -> None:
        for line, row in self.rows("TASK"):
            if row["proj_id"] in self.baselines:
                self.intake.understood += 1
                if row["proj_id"] not in self.read_baselines:
                    continue
                key = (self.baselines[row["proj_id"]], row["task_code"])
                self.baseline_dates[key] = (self._date(row, "target_start_date", line), self._date(row, "target_end_date", line))
        say_gone(self.intake, self.baseline_dates, self.rows("TASK"), self.rows("PROJECT"))
        computed = computed_by_p6(row for _, row in self.rows("TASK"))
        for line, row in self.rows("TASK"):
            if row["proj_id"] in self.baselines:
                continue
            said = len(self.intake.findings)
            with self.intake.row(f"activity {row['task_code']!r}", line):
                if row["proj_id"] not in self.projects:
                    raise RowError(f"its project {row['proj_id']!r} is not in the file")
                if row["task_id"] in self.tasks:
                    raise RowError("another has its task_id")
                owner = row["proj_id"]
                taken = self.summaries[owner] if row["task_code"] in self.summaries[owner] else self.made[owner]
                id = self.own.fit("TASK", row["task_id"], row["task_code"], taken, "activity")
                try:
                    task = self._task(id, line, row)
                except (UnitError, ModelError) as error:
                    raise RowError(str(error)) from None
                self.made[owner][id] = task
                self.tasks[row["task_id"]] = (owner, id)
                full_id = f"{self.projects[owner][0]}/{id}"
                self.lines[full_id] = line
                begun, done = task.actual_start is not None, task.actual_finish is not None
                self.stored[full_id] = stored_by_p6(self.intake, row, line, begun=begun, finished=done, planned=owner not in computed)
                continue
            self._left_out(row, line, self.intake.findings[said:], planned=row["proj_id"] not in computed)

    def _left_out(self, row: Row, line: int, findings: Sequence[Finding], *, planned: bool) -> None:
        """Keeps the dates that the file stores of an activity that could not be read: they are not reproduced, and why is known."""
        if row["task_id"] not in self.tasks:
            self.refused[row["task_id"]] = row["task_code"]
        if row["proj_id"] not in self.projects:
            return
        name = f"{self.projects[row['proj_id']][0]}/{escaped(row['task_code'])}"
        while name in self.stored:
            name += "~"
        done = row.get("status_code") == "TK_Complete" if row.get("status_code") else bool(row.get("act_end_date"))
        stored = stored_by_p6(self.intake, row, line, begun=bool(row.get("act_start_date")), finished=done, planned=planned)
        why = next((one.message for one in findings if one.code.endswith("/refused")), "it is left out")
        self.stored[name] = attrs.evolve(stored, cause=why)

    def _task(self, id: str, line: int, row: Row) -> Task:
        number, when = functools.partial(self._number, row), functools.partial(self._when, row)
        kind = row.get("task_type") or "TT_Task"
        if kind not in ("TT_Task", "TT_Rsrc", "TT_LOE", "TT_WBS", "TT_Mile", "TT_FinMile"):
            self.intake.note("task-type", f"activity {row['task_code']!r} is of the unknown type {kind!r}; it is read as a task", line=line)
        milestone = kind in ("TT_Mile", "TT_FinMile")
        calendar = self._calendar_id(row.get("clndr_id"), f"activity {row['task_code']!r}", line)
        if kind == "TT_Rsrc":
            calendar = self.resource_calendars.get(row["task_id"], calendar)
        planned, left = number("target_drtn_hr_cnt"), number("remain_drtn_hr_cnt")
        begun, done = when("act_start_date"), when("act_end_date")
        by_dates = "TK_Complete" if done else "TK_Active" if begun else "TK_NotStart"
        if (status := row.get("status_code") or by_dates) not in STATUSES:
            said = f"activity {row['task_code']!r} has the unknown status {status[:20]!r}; its actual dates say how far it is"
            self.intake.note("status", said, line=line)
            status = by_dates
        if status == "TK_NotStart":
            begun = done = None
        elif status == "TK_Active":
            done = None
            if begun is None:
                begun = when("restart_date") or when("target_start_date")
                self.intake.note("no-actual", f"activity {row['task_code']!r} is active but has no actual start", line=line)
        elif done is None:
            done = when("reend_date") or when("target_end_date")
            self.intake.note("no-actual", f"activity {row['task_code']!r} is complete but has no actual finish", line=line)
        if begun is not None and done is not None and done < begun:
            self.intake.note("actual-order", f"activity {row['task_code']!r} finished before it started; its start is left out", line=line)
            begun = None
        for what, hours in (("target_drtn_hr_cnt", planned), ("remain_drtn_hr_cnt", left)):
            if hours is not None and hours < 0:
                raise RowError(f"{self.intake.called(what)} is {hours}: a duration is not negative")
        fields: TaskFields = {"actual_start": begun, "actual_finish": done}
        if not milestone:
            whole = planned if planned is not None else left
            if whole is not None:
                fields["duration"] = _lasting("duration", whole)
            rest = left if left is not None else whole if row.get("complete_pct_type") in ("CP_Phys", "CP_Units") else None
            if rest is not None and done is None and (rest != whole or begun is not None):  # what is left, whatever percent is stated
                fields["remaining"] = _lasting("remaining", rest)
        if begun is not None and done is None:
            fields["progress"] = self._progress(row, line, planned, left)
            if row.get("resume_date") and row.get("suspend_date"):
                fields["resumes"], stopped = (self._date(row, name, line, "delay") for name in ("resume_date", "suspend_date"))
                if fields["resumes"] is not None and stopped is not None and stopped < fields["resumes"]:
                    fields["interruptions"] = (Interruption(since=stopped, until=fields["resumes"]),)
        constraints = self._tie(row, line, fields)
        cost, spent = self.costs.get(row["task_id"], (Decimal(0), Decimal(0)))
        if self.currency and (planned := self.intake.not_negative(cost, "budget", row["task_code"], line)):
            fields["budget"] = Money(planned, self.currency)
        if self.currency and (paid := self.intake.not_negative(spent, "actual cost", row["task_code"], line)):
            fields["actual"] = Money(paid, self.currency)
        baseline = self.baseline_dates.get((row["proj_id"], row["task_code"]))
        if baseline is not None and not (baseline[0] and baseline[1] and baseline[1] < baseline[0]):
            fields["baseline_start"], fields["baseline_finish"] = baseline
        parent = self.wbs.get(row.get("wbs_id", ""))
        told: PlainMap = {
            "id": id,
            "parent": parent[1] if parent is not None and parent[0] == row["proj_id"] else None,
            "milestone": milestone,
            "milestone_of": "start" if kind == "TT_Mile" else "finish" if milestone else None,
            "hammock": kind in ("TT_LOE", "TT_WBS"),
            "calendar": calendar,
            "constraints": constraints,
            "assignments": tuple(self.assignments.get(row["task_id"], ())),
        }
        asked: PlainMap = {"name": row.get("task_name", ""), "attributes": self.attributes.get(row["task_id"])}
        asked |= {key: fields.pop(key) for key in ("budget", "actual") if key in fields}
        task: Task = maker(Task)({**values_of(Task, asked, IN_PYTHON, whole=False), **told, **fields})
        return task

    def _progress(self, row: Row, line: int, planned: Decimal | None, left: Decimal | None) -> float | None:
        kind = row.get("complete_pct_type") or "CP_Drtn"
        share: Decimal | None = None
        if kind == "CP_Phys":
            share = self.intake.tolerated(lambda: self.intake.share(row.get("phys_complete_pct"), "phys_complete_pct", line), line)
        elif kind == "CP_Units":
            done, rest = (self._amount(row, key, line) or Decimal(0) for key in ("act_work_qty", "remain_work_qty"))
            share = done / (done + rest) if done + rest else None
        elif planned and left is not None:
            share = 1 - left / planned
        return None if share is None else float(min(max(share, Decimal(0)), Decimal(1)))

    def _tie(self, row: Row, line: int, fields: TaskFields) -> Constraints | None:
        """Constraints and the dates of what lies outside the file; no earlier than a date goes into the fields."""
        tied: dict[str, datetime | bool] = {}
        for kind, key in ((row.get("cstr_type"), "cstr_date"), (row.get("cstr_type2"), "cstr_date2")):
            if not kind:
                continue
            if kind == "CS_ALAP":
                tied["as_late_as_possible"] = True
                continue
            instant = self._date(row, key, line, "constraint")
            if kind not in ON_ITSELF and kind not in CONSTRAINTS:
                self.intake.note(
                    "constraint", f"activity {row['task_code']!r} has the unknown constraint {kind!r}; it is left out", line=line
                )
            elif instant is None and not (row.get(key) or "").strip():
                self.intake.note("constraint", f"activity {row['task_code']!r} has a constraint {kind!r} without a date", line=line)
            elif instant is None:
                continue
            elif kind in ON_ITSELF:
                fields[ON_ITSELF[kind]] = instant
            else:
                tied[CONSTRAINTS[kind]] = instant
        expected = self._date(row, "expect_end_date", line, "constraint")
        if expected is not None:
            tied["expected_finish"] = expected
        latest = self._date(row, "external_late_end_date", line, "constraint")
        if latest is not None and "finish_no_later" not in tied:
            tied["finish_no_later"] = latest
        return noun_of(Constraints, tied) if tied else None

    # -------------------------------------------------------------------------------------------- links

    def _links(self) -> None:
        seen: set[tuple[str, str, str]] = set()
        outside = 0
        for line, row in self.rows("TASKPRED"):
            if row.get("proj_id") in self.baselines and row.get("pred_proj_id", row.get("proj_id")) in self.baselines:
                self.intake.understood += 1
                continue
            end = self.tasks.get(row["task_id"])
            with self.intake.row("a relationship", line, f"{self.projects[end[0]][0]}/{end[1]}" if end is not None else ""):
                kind = TYPES.get(row["pred_type"])
                if kind is None:
                    raise RowError(f"its type {row['pred_type'][:20]!r} is not one of {self.intake.spelt('pred_type', TYPES)}")
                hours = self.intake.number(row.get("lag_hr_cnt"), "lag_hr_cnt") or Decimal(0)
                if abs(hours) > 10**7:
                    raise RowError(f"its lag of {hours} hours is longer than a thousand years")
                lag = Span(hours, "h") if hours else None
                source, target = self.tasks.get(row["pred_task_id"]), self.tasks.get(row["task_id"])
                out = self.refused.get(row["pred_task_id"]) or self.refused.get(row["task_id"])
                if out is not None and (source is None or target is None):
                    raise RowError(f"activity {out!r} is left out itself")
                if source is None and target is None:
                    raise RowError("neither of its activities is in the file")
                if source is None or target is None:
                    outside += 1
                missing = f"external:{row.get('pred_proj_id') or '?'}.{row['pred_task_id']}" if source is None else ""
                if target is None:
                    missing = f"external:{row.get('proj_id') or '?'}.{row['task_id']}"
                ends = [f"{self.projects[one[0]][0]}/{one[1]}" if one is not None else missing for one in (source, target)]
                if (ends[0], ends[1], kind) in seen:
                    raise RowError("the same relationship stands in the file twice")
                seen.add((ends[0], ends[1], kind))
                if ends[0] == ends[1]:
                    raise RowError(f"it joins {ends[0]!r} to itself")
                if source is not None and target is not None and source[0] == target[0]:
                    self.afters[ends[1]].append(After(source=source[1], type=kind, lag=lag))
                else:
                    self.links.append(Link(source=ends[0], target=ends[1], type=kind, lag=lag))
        for key, below in self.spanned.items():
            owner, id = self.tasks.get(key, ("", ""))
            if owner and not self.afters[f"{self.projects[owner][0]}/{id}"]:
                inside = [task for one in below if (task := self.tasks.get(one)) is not None and task[0] == owner]
                self.afters[f"{self.projects[owner][0]}/{id}"] += [
                    After(source=task[1], type=kind) for task in inside for kind in ("SS", "FF")
                ]
        for line, row in self.rows("TASK"):
            end = self.tasks.get(row["task_id"])
            if end is not None and row.get("external_early_start_date"):
                early = self._date(row, "external_early_start_date", line, "external-date")
                if early is not None:
                    name = f"{self.projects[end[0]][0]}/{end[1]}"
                    self.links.append(Link(source=f"external:early start of {escaped(end[1])[:150]}", target=name, date=early))
        if outside:
            self.intake.note(
                "outside",
                f"{counted(outside, 'relationship')} {agree(outside, 'leads', 'lead')} to activities of projects that are not in the file, "
                f"kept as {agree(outside, 'an external dependency', 'external dependencies')}",
                "export those projects too",
            )

    # -------------------------------------------------------------------------------------------- whole

    def _whole(self, dialect: Dialect) -> Portfolio:
        projects, data_dates, starts = [], {}, []
        for key, (id, row) in self.projects.items():
            line = self.lines[id]
            data_dates[id] = self._date(row, "last_recalc_date", line)
            start, finish = self._date(row, "plan_start_date", line), self._date(row, "plan_end_date", line)
            if start is not None:
                starts.append(start)
            root = next((r for _, r in self.rows("PROJWBS") if r["proj_id"] == key and r.get("proj_node_flag") == "Y"), {})
            tasks = [*self.summaries[key].values()]
            for task in self.made[key].values():
                after = self.afters.get(f"{id}/{task.id}")
                tasks.append(changed(task, after=tuple(after)) if after else task)
            projects.append(
                Project(
                    id=id,
                    name=root.get("wbs_name") or "",
                    calendar=self._calendar_id(row.get("clndr_id"), f"project {id!r}", line),
                    start=day_or_time(start),
                    finish=finish if finish is not None and (start is None or finish >= start) else None,
                    tasks=tasks,
                )
            )
        known = [date for date in data_dates.values() if date is not None]
        status = max(known, default=None)
        if status is not None:
            projects = [
                attrs.evolve(project, status_date=day_or_time(data_dates[project.id]))
                if data_dates[project.id] not in (None, status)
                else project
                for project in projects
            ]
        earliest = min([*starts, *known], default=None)
        try:
            return Portfolio(
                id=self.intake.fit(self.path.stem, (), "portfolio"),
                name=projects[0].name if len(projects) == 1 else "",
                start=day_or_time(earliest),
                status_date=day_or_time(status),
                calendar=self.default_calendar,
                dialect=dialect,
                money=MoneySettings(currency=self.currency) if self.currency else None,
                calendars=list(self.calendars.values()),
                projects=projects,
                links=self.links,
                resources=list(self.resources.values()),
                source=self.intake.finish(self.name, self.lines, self.stored),
            )
        except ModelError as error:
            raise FileError(self.name, [attrs.evolve(problem, file=self.name) for problem in error.problems]) from None
