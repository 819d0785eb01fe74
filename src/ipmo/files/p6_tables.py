"""A portfolio as the tables of Primavera P6, by P6's own rules of import: what its files hold, in XER as in PMXML.

Finishes lie at the end of the last shift, dates and floats are those of the schedule in dialect `p6`, gates become finish
milestones; what P6 has no room for is counted in `lost`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Context, Decimal

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import IpmoError
from ipmo.files.calendar_days import begun as begun_on
from ipmo.files.foreign import escaped, text_of
from ipmo.files.no_room import NoRoom
from ipmo.files.other_conventions import lose_dates
from ipmo.files.p6_codes import CONSTRAINTS, FLOATS, LAGS, RESOURCES, TYPES, codes, suspended
from ipmo.files.p6_days import Days, days_of, nested
from ipmo.files.p6_marks import udf_type, wbs_names
from ipmo.files.p6_outside import EARLY, early_starts
from ipmo.files.p6_summaries import onto_activities
from ipmo.files.xer_options import dialect_in_p6
from ipmo.files.xer_tables import Row
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate, UncertainLag
from ipmo.model.governance import GO, After, Gate
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.units import ELAPSED, Money, Span, When, minutes, moment, plain

__all__ = ["P6Tables", "columns"]

KEPT = ("id", "name", "start", "status_date", "calendar", "dialect", "money", "calendars", "projects", "links", "resources", "source")
"""Fields of the portfolio that P6 has room for; those of its parts follow."""
KEPT_OF_TASKS = (
    *("id", "name", "parent", "after", "milestone", "milestone_of", "hammock", "duration", "remaining", "actual_start", "actual_finish"),
    *("progress", "not_before", "resumes", "finish_not_before", "delay", "deadline", "constraints", "baseline_start", "baseline_finish"),
    *("calendar", "budget", "actual", "assignments", "attributes", "extensions", "interruptions"),
)
KEPT_OF_SUMMARIES = ("id", "name", "parent", "after", "baseline_start", "baseline_finish")
KEPT_OF_PROJECTS = ("id", "name", "calendar", "start", "finish", "status_date", "tasks", "gates", "risks")
KEPT_OF_RESOURCES = ("id", "name", "unit", "calendar")
KEPT_OF_LINKS = ("source", "target", "type", "lag", "date", "kind")
TIES = {**codes(CONSTRAINTS), "must_start_on": "CS_MANDSTART", "must_finish_on": "CS_MANDFIN"}
"""Constraints with a date; those of Microsoft Project that must hold become mandatory dates."""
TYPE_CODES, LAG_CODES, FLOAT_CODES, RESOURCE_CODES = codes(TYPES), codes(LAGS), codes(FLOATS), codes(RESOURCES)
FINEST = Decimal("1e-16")
WIDE = Context(prec=400)
"""Digits enough for any number with a point, be it one as large as floats go."""
BUILT_IN = {"standard": "Standard 5 x 8", "continuous": "Around the clock"}


def number(value: Decimal | float | int) -> str:
    """A number as P6 writes it: no exponent, at most sixteen digits behind the point."""
    given = Decimal(str(value))
    exponent = given.as_tuple().exponent
    return plain(given.quantize(FINEST, context=WIDE) if isinstance(exponent, int) and exponent < -16 else given)


def _shown(hours: Decimal | None) -> str:
    return "" if hours is None else number(hours)


class P6Tables:
    """Rows by table, as dictionaries of P6's own field names, of a portfolio that is written."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio, bounds, links = onto_activities(portfolio)
        self.tables: dict[str, list[Row]] = {}
        self.lost = NoRoom("Primavera P6")
        self.dialect = dialect_in_p6(portfolio.dialect)
        self.currency = portfolio.money.currency if portfolio.money is not None else ""
        self.clocks = clocks_of(portfolio)
        self.calendar_ids: dict[str, str] = {}
        self.days: dict[str, Days] = {}
        """Of each calendar, by its id in the table."""
        self.resource_ids: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self.project_ids = {project.id: self._new() for project in portfolio.projects}
        self.task_ids: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.marks: dict[str, str] = {}
        """The fields that keep ids, by table."""
        self.code_values: dict[tuple[str, str], str] = {}
        self.lasted: dict[str, tuple[str, str]] = {}
        """Hours that each activity has lasted, and lasts when it is complete, by its number: XER has no column for them."""
        self.schedule: Schedule | None = None
        try:
            self.schedule = schedule(self.portfolio, dialect=self.dialect)
        except IpmoError:
            self.lost.lose("computed dates: there is no schedule")
        lose_dates(self.lost, self.portfolio, self.dialect)
        if bounds:
            self.lost.lose("bounds of summaries, written on the activities in them", bounds)
        if links:
            self.lost.lose("links of summaries, written between activities", links)
        self.lost.beside(portfolio, KEPT, "the portfolio")
        self._write()

    def _new(self) -> str:
        return str(next(self._numbers))  # that no other row has

    def _row(self, table: str, **values: str) -> None:
        self.tables.setdefault(table, []).append(values)

    def _write(self) -> None:
        pf = self.portfolio
        self._calendars()
        for resource in pf.resources:
            self.lost.beside(resource, KEPT_OF_RESOURCES, "resources")
            if resource.unit not in RESOURCE_CODES:
                self.lost.lose("kinds of resources, written as labour")
            key = self.resource_ids[resource.id] = self._new()
            kind = RESOURCE_CODES.get(resource.unit, "RT_Labor")
            self._row(
                "RSRC",
                rsrc_id=key,
                clndr_id=self.calendar_ids.get(resource.calendar or "", ""),
                rsrc_short_name=text_of(resource.id),
                rsrc_name=resource.name,
                rsrc_type=kind,
                rsrc_seq_num=key,
            )
            self._mark("RSRC", key, "", resource.id, text_of(resource.id))
        for project in pf.projects:
            parents = {task.parent for task in project.tasks if task.parent}
            for name in (*(t.id for t in project.tasks if t.id not in parents), *(gate.id for gate in project.gates)):
                self.task_ids[f"{project.id}/{name}"] = self._new()
        for project in pf.projects:
            self._project(project)
        for project in pf.projects:
            for task in project.tasks:
                self._afters(project, task)
            for gate in project.gates:
                self._afters(project, gate)
        self._links()

    # -------------------------------------------------------------------------------------------- calendars

    def _calendars(self) -> None:
        pf = self.portfolio
        used = {pf.calendar or "standard"} if not all(p.calendar for p in pf.projects) or pf.calendar or not pf.projects else set()
        for project in pf.projects:
            own = (project.calendar, *(task.calendar for task in project.tasks), *(gate.calendar for gate in project.gates))
            used |= {calendar for calendar in own if calendar}
            if any(self._elapsed(task) for task in project.tasks):
                used.add("continuous")
        used |= {resource.calendar for resource in pf.resources if resource.calendar}
        declared = [calendar.id for calendar in pf.calendars]
        for name in [*declared, *sorted(used - set(declared))]:
            calendar = pf.calendar_table[name]
            key = self.calendar_ids[name] = self._new()
            self.days[key] = days_of(calendar)
            title = calendar.name if name in declared and name.partition("~")[0] == escaped(calendar.name) else text_of(name)
            self._row(
                "CALENDAR",
                clndr_id=key,
                default_flag="Y" if name == (pf.calendar or ("standard" if name not in declared else "")) else "N",
                clndr_name=BUILT_IN.get(name, title) if name not in declared else title,
                clndr_type="CA_Base",
                day_hr_cnt=number(Decimal(calendar.day_minutes) / 60),
                week_hr_cnt=number(Decimal(calendar.week_minutes) / 60)
                if calendar.days_per_week is not None or name not in declared
                else "",
                clndr_data=nested(self.days[key]),
            )

    def _elapsed(self, task: Task) -> bool:
        span = task.length.central() if task.length is not None else None
        return isinstance(span, Span) and span.unit in ELAPSED

    def _start(self, when: When | None) -> str:
        return "" if when is None else f"{when if isinstance(when, datetime) else moment(minutes(when)):%Y-%m-%d %H:%M}"

    def _end(self, when: When | None, calendar: Calendar) -> str:
        """A finish: the end of a day is the end of its last shift, as P6 has it."""
        if when is None:
            return ""
        if isinstance(when, datetime):
            return f"{when:%Y-%m-%d %H:%M}"
        clock, instant = self.clocks[self.clocks.clock(calendar)], minutes(when, end=True)
        return f"{moment(clock.finish(clock.work(instant))):%Y-%m-%d %H:%M}"

    # -------------------------------------------------------------------------------------------- projects

    def _project(self, project: Project) -> None:
        pf, key = self.portfolio, self.project_ids[project.id]
        self.lost.beside(project, KEPT_OF_PROJECTS, "projects")
        calendar = pf.calendar_table[project.calendar or pf.calendar or "standard"]
        status = project.status_date if project.status_date is not None else pf.status_date
        start = project.start if project.start is not None else pf.start if pf.start is not None else status
        ends = [i.early_finish for i in self.schedule or () if i.project == project.id and i.early_finish is not None]
        self._row(
            "PROJECT",
            proj_id=key,
            proj_short_name=text_of(project.id),
            clndr_id=self.calendar_ids.get(project.calendar or "", ""),
            critical_drtn_hr_cnt=number(Decimal(calendar.minutes(self.dialect.critical_float)) / 60),
            last_recalc_date=self._start(status),
            plan_start_date=self._start(start),
            plan_end_date=self._end(project.finish, calendar),
            scd_end_date=f"{max(ends):%Y-%m-%d %H:%M}" if ends else "",
            critical_path_type="CT_DrivPath" if self.dialect.critical == "driving" else "CT_TotFloat",
            def_complete_pct_type="CP_Drtn",
            export_flag="Y",
        )
        self._mark("PROJECT", key, key, project.id, text_of(project.id))
        self._options(key)
        root = self._new()
        self._row(
            "PROJWBS", wbs_id=root, proj_id=key, proj_node_flag="Y", wbs_short_name=text_of(project.id), wbs_name=project.name, seq_num="0"
        )  # fmt: skip
        parents = {task.parent for task in project.tasks if task.parent}
        wbs = {task.id: self._new() for task in project.tasks if task.id in parents}
        names = wbs_names(project) if wbs else {}
        for task in project.tasks:
            self.lost.at = f"{project.id}/{task.id}"
            if task.id in wbs:
                self.lost.beside(task, KEPT_OF_SUMMARIES, "summaries")
                short, path = names[task.id]
                self._mark("PROJWBS", wbs[task.id], key, task.id, path)
                self._row(
                    "PROJWBS",
                    wbs_id=wbs[task.id],
                    proj_id=key,
                    proj_node_flag="N",
                    wbs_short_name=short,
                    wbs_name=task.name,
                    parent_wbs_id=wbs.get(task.parent or "", root),
                    seq_num=wbs[task.id],
                )
            else:
                self._task(project, task, wbs.get(task.parent or "", root))
        self.lost.at = ""
        for gate in project.gates:
            self._gate(project, gate, root, calendar)
        if project.risks:
            self.lost.lose("risks", len(project.risks))
        self._baseline(project, key)

    def _options(self, key: str) -> None:
        d = self.dialect
        self._row(
            "SCHEDOPTIONS",
            schedoptions_id=key,
            proj_id=key,
            sched_retained_logic="Y" if d.progress == "retained" else "N",
            sched_progress_override="Y" if d.progress == "override" else "N",
            sched_float_type=FLOAT_CODES[d.total_float],
            sched_lag_early_start_flag="Y" if d.start_lag == "early" else "N",
            sched_calendar_on_relationship_lag=LAG_CODES[d.lag_calendar],
            sched_use_expect_end_flag="Y" if d.expected_finish else "N",
            sched_use_project_end_date_for_float="Y" if d.float_to == "project" else "N",
            sched_open_critical_flag="N",
            sched_outer_depend_type="SD_Both",
        )

    def _baseline(self, project: Project, key: str) -> None:
        """Baseline dates: a project of its own that names the one it is of."""
        planned = [task for task in project.tasks if task.baseline_start is not None or task.baseline_finish is not None]
        if not planned:
            return
        other, root = self._new(), self._new()
        name = f"{text_of(project.id)} - B1"
        self._row("PROJECT", proj_id=other, orig_proj_id=key, proj_short_name=name)
        self._row("PROJWBS", wbs_id=root, proj_id=other, proj_node_flag="Y", wbs_short_name=name, wbs_name=project.name)
        for task in planned:
            calendar = self.portfolio.calendar_for(f"{project.id}/{task.id}")
            row, hours = self._new(), ""
            if task.baseline_start is not None and task.baseline_finish is not None:
                ends = (minutes(task.baseline_start), minutes(task.baseline_finish, end=True))
                hours = number(Decimal(self.clocks.of(calendar).between(*ends)) / 60)
                self.lasted[row] = ("0", hours)
            self._row(
                "TASK",
                task_id=row,
                proj_id=other,
                wbs_id=root,
                clndr_id=self.calendar_ids.get(calendar.id, ""),
                task_code=text_of(task.id),
                task_name=task.name,
                task_type="TT_Task",
                status_code="TK_NotStart",
                target_drtn_hr_cnt=hours,
                remain_drtn_hr_cnt=hours,
                target_start_date="" if task.baseline_start is None else self._start(begun_on(calendar, task.baseline_start)),
                target_end_date=self._end(task.baseline_finish, calendar),
            )

    # ----------------------------------------------------------------------------------------------- tasks

    def _hours(self, estimate: Estimate | None, calendar: Calendar) -> Decimal | None:
        """Hours of an estimate's central value; None where nobody knows them."""
        span = estimate.central() if estimate is not None else None
        if estimate is None or not isinstance(span, Span):
            return None
        if estimate.rule != "fixed":
            self.lost.lose("ranges of estimates, written as their central value")
        return span.amount if span.unit == "h" else Decimal(calendar.minutes(span)) / 60

    def _mark(self, table: str, row: str, project: str, id: str, text: str) -> None:
        """The id of a row in a field of its own, where none of the text that stands for it would be made again."""
        if escaped(text) == id:
            return
        if table not in self.marks:
            self.marks[table] = self._new()
            self._row("UDFTYPE", **udf_type(self.marks[table], table))
        self._row("UDFVALUE", udf_type_id=self.marks[table], fk_id=row, proj_id=project, udf_text=id)

    def _activity(self, project: Project, item: Task | Gate, wbs: str, calendar: Calendar, kind: str) -> Row:
        """What every activity says: which it is, where it stands, of which type and on which calendar it is."""
        key, owner = self.task_ids[f"{project.id}/{item.id}"], self.project_ids[project.id]
        self._mark("TASK", key, owner, item.id, text_of(item.id))
        return {
            "task_id": key,
            "proj_id": owner,
            "wbs_id": wbs,
            "clndr_id": self.calendar_ids.get(calendar.id, ""),
            "task_code": text_of(item.id),
            "task_name": item.name,
            "task_type": kind,
            "duration_type": "DT_FixedDUR2",
        }

    def _task(self, project: Project, task: Task, wbs: str) -> None:
        full_id, key = f"{project.id}/{task.id}", self.project_ids[project.id]
        self.lost.beside(task, KEPT_OF_TASKS, "tasks")
        calendar = self.portfolio.calendar_for(full_id)
        if self._elapsed(task):
            calendar = self.portfolio.calendar_table["continuous"]
            self.lost.lose("elapsed durations, written on a calendar around the clock")
        milestone, whole = task.milestone, self._hours(task.length, calendar)
        begun, done = task.actual_start is not None, task.actual_finish is not None
        left = self._hours(task.remaining, calendar)
        if left is None and whole is not None:
            left = whole * (1 - Decimal(repr(task.progress))) if begun and task.progress is not None else whole
        kind = ("TT_Mile" if task.milestone_of == "start" else "TT_FinMile") if milestone else "TT_LOE" if task.hammock else "TT_Task"
        row = {
            **self._activity(project, task, wbs, calendar, kind),
            "status_code": "TK_Complete" if done else "TK_Active" if begun else "TK_NotStart",
            "target_drtn_hr_cnt": "0" if milestone else _shown(whole),
            "remain_drtn_hr_cnt": "0" if done or milestone else _shown(left),
            "act_start_date": self._start(None if task.actual_start is None else begun_on(calendar, task.actual_start)),
            "act_end_date": self._end(task.actual_finish, calendar),
            **self._percent(task, whole, left),
            **self._tied(task, calendar),
            **self._computed(full_id, done=done),
        }
        if begun and "target_start_date" in row:
            row |= {"target_start_date": row["act_start_date"]} | ({"target_end_date": row["act_end_date"]} if done else {})
        self.lasted[self.task_ids[full_id]] = self._lasted(project, task, calendar, Decimal(0) if milestone else whole, left)
        if task.resumes is not None and begun and not done:
            row["resume_date"] = self._start(task.resumes)
            row["suspend_date"] = self._start(suspended(task) or task.resumes)
        self._row("TASK", **row)
        self._resourced(task, self.task_ids[full_id], key)
        for what, count in (
            ("deadlines", task.deadline),
            ("extensions of tasks", task.extensions or None),
            ("delays", task.delay),
            ("interruptions other than one that is over when the work resumes", task.interruptions[suspended(task) is not None :] or None),
        ):
            if count is not None:
                self.lost.lose(what)
        if task.progress is not None and not begun and not done:
            self.lost.lose("progress of work that has not begun")
        for name, value in task.attributes.items():
            self._code(name, value, self.task_ids[full_id], key)

    def _lasted(self, project: Project, task: Task, calendar: Calendar, whole: Decimal | None, left: Decimal | None) -> tuple[str, str]:
        """The hours that an activity has lasted, and those that it lasts when it is complete."""
        status = project.status_date if project.status_date is not None else self.portfolio.status_date
        rest = Decimal(0) if task.milestone or task.actual_finish is not None else left
        until = minutes(task.actual_finish, end=True) if task.actual_finish is not None else None if status is None else minutes(status)
        if task.actual_start is None:
            past = Decimal(0) if task.actual_finish is None else whole
        elif until is None:
            past = None if whole is None or left is None else max(whole - left, Decimal(0))
        else:
            since = minutes(task.actual_start)
            past = Decimal(self.clocks.of(calendar).between(since, max(until, since))) / 60
        return _shown(past), _shown(None if past is None or rest is None else past + rest)

    def _percent(self, task: Task, whole: Decimal | None, left: Decimal | None) -> Row:
        """Duration percent where the remaining duration says it, else a physical one: that never becomes time."""
        if task.actual_start is None or task.actual_finish is not None:
            return {"complete_pct_type": "CP_Drtn", "phys_complete_pct": "0"}
        if task.progress is not None and whole and left is not None:
            if float(min(max(1 - left / whole, Decimal(0)), Decimal(1))) == task.progress:
                return {"complete_pct_type": "CP_Drtn", "phys_complete_pct": "0"}
        shown = "" if task.progress is None else format((Decimal(repr(task.progress)) * 100).normalize(), "f")
        return {"complete_pct_type": "CP_Phys", "phys_complete_pct": shown}

    def _tied(self, task: Task, calendar: Calendar) -> Row:
        """At most two constraints, as P6 has it: the first is the one that moves early dates."""
        found: list[tuple[str, str]] = []
        if task.not_before is not None:
            found.append(("CS_MSOA", self._start(task.not_before)))
        if task.finish_not_before is not None:
            found.append(("CS_MEOA", self._end(task.finish_not_before, calendar)))
        first = None if self.portfolio.dialect.clip else self.portfolio.start
        if first is not None and any(when and minutes(when) < minutes(first) for when in (task.not_before, task.finish_not_before)):
            self.lost.lose("dates before the start of all, where P6 starts nothing")
        tied, out = task.constraints, {}
        if tied is not None:
            for name, kind in TIES.items():
                when = getattr(tied, name)
                if when is not None:
                    text = self._end(when, calendar) if "finish" in name else self._start(when)
                    found.insert(0 if name.startswith("m") else len(found), (kind, text))
            if tied.as_late_as_possible:
                found.insert(0, ("CS_ALAP", ""))
            if tied.expected_finish is not None:
                out["expect_end_date"] = self._end(tied.expected_finish, calendar)
            if tied.by_hand_start is not None or tied.by_hand_finish is not None:
                self.lost.lose("dates that are set by hand")
        if len(found) > 2:
            self.lost.lose("third constraints of tasks", len(found) - 2)
        for (kind, when), (key, at) in zip(found, (("cstr_type", "cstr_date"), ("cstr_type2", "cstr_date2")), strict=False):
            out[key], out[at] = kind, when
        return out

    def _computed(self, full_id: str, *, done: bool) -> Row:
        """What the schedule says of an item."""
        if self.schedule is None or full_id not in self.schedule:
            return {}
        item = self.schedule[full_id]
        out = {"target_start_date": self._start(item.start), "target_end_date": self._start(item.finish)}
        if done or item.early_start is None:
            return out
        names = {"early_start_date": "early_start", "early_end_date": "early_finish", "late_start_date": "late_start"}
        names |= {"late_end_date": "late_finish", "restart_date": "early_start", "reend_date": "early_finish"}
        names |= {"rem_late_start_date": "late_start", "rem_late_end_date": "late_finish"}
        out |= {field: self._start(getattr(item, name)) for field, name in names.items()}
        hours = Decimal(self.portfolio.calendar_for(full_id).day_minutes) / 60
        for field, value in (("total_float_hr_cnt", item.total_float), ("free_float_hr_cnt", item.free_float)):
            out[field] = "" if value is None else number(Decimal(str(value)) * hours)
        out["driving_path_flag"] = "Y" if item.longest_path else "N"
        return out

    def _gate(self, project: Project, gate: Gate, wbs: str, usual: Calendar) -> None:
        """A gate is a finish milestone, done on the day of a go; its decision, who takes it and by when have no home."""
        self.lost.lose("gates, written as finish milestones without their decisions", of=[f"{project.id}/{gate.id}"])
        full_id = f"{project.id}/{gate.id}"
        calendar = self.portfolio.calendar_table[gate.calendar] if gate.calendar else usual
        went = gate.decision.date if gate.decision is not None and gate.decision.outcome in GO else None
        row = {
            **self._activity(project, gate, wbs, calendar, "TT_FinMile"),
            "complete_pct_type": "CP_Drtn",
            "status_code": "TK_NotStart" if went is None else "TK_Complete",
            "target_drtn_hr_cnt": "0",
            "remain_drtn_hr_cnt": "0",
        }
        self.lasted[row["task_id"]] = ("0", "0")
        if gate.not_before is not None:
            row |= {"cstr_type": "CS_MSOA", "cstr_date": self._start(gate.not_before)}
        if went is not None:
            row |= dict.fromkeys(("act_start_date", "act_end_date"), self._start(went)) | self._computed(full_id, done=True)
        elif gate.decision is None:  # a hold stops what waits for it, which no milestone of P6 does
            row |= self._computed(full_id, done=False)
        self._row("TASK", **row)

    def _resourced(self, task: Task, task_id: str, key: str) -> None:
        """Assignments with their hours, and the budget and the actual cost as an expense."""
        for assignment in task.assignments:
            effort = assignment.effort
            hours = Decimal(0)
            if effort is not None:
                calendar = self.portfolio.calendar_table[self.portfolio.calendar or "standard"]
                hours = effort.amount * calendar.effort_minutes[effort.unit] / 60
            self._row(
                "TASKRSRC",
                taskrsrc_id=self._new(),
                task_id=task_id,
                proj_id=key,
                rsrc_id=self.resource_ids[assignment.resource],
                target_qty=number(hours),
                remain_qty=number(hours),
                target_qty_per_hr=number(assignment.units),
                target_cost="0",
            )
        cost, spent = (self._money(task.budget), self._money(task.actual))
        if cost or spent:
            self._row(
                "PROJCOST",
                cost_item_id=self._new(),
                proj_id=key,
                task_id=task_id,
                cost_name="budget",
                target_cost=number(cost),
                act_cost=number(spent),
                remain_cost=number(max(cost - spent, Decimal(0))),
            )

    def _money(self, budget: Budget | None) -> Decimal:
        if budget is None:
            return Decimal(0)
        amount = budget.lines[0].amount if budget.is_lump else None
        central = amount.central() if amount is not None else None
        if not isinstance(central, Money) or central.currency != self.currency:
            self.lost.lose("amounts in several lines or other currencies")
            return Decimal(0)
        return central.amount

    def _code(self, name: str, value: str, task_id: str, key: str) -> None:
        """An attribute is an activity code."""
        if name not in self.codes:
            self.codes[name] = self._new()
            self._row(
                "ACTVTYPE",
                actv_code_type_id=self.codes[name],
                actv_code_type=name,
                actv_code_type_scope="AS_Global",
                seq_num=self.codes[name],
            )
        if (name, value) not in self.code_values:
            code = self.code_values[name, value] = self._new()
            self._row(
                "ACTVCODE", actv_code_id=code, actv_code_type_id=self.codes[name], short_name=value[:60], actv_code_name=value, seq_num=code
            )
        self._row("TASKACTV", task_id=task_id, actv_code_type_id=self.codes[name], actv_code_id=self.code_values[name, value], proj_id=key)

    # ----------------------------------------------------------------------------------------------- links

    def _afters(self, project: Project, item: Task | Gate) -> None:
        self.lost.at = full_id = f"{project.id}/{item.id}"
        for after in item.after:
            self._link(f"{project.id}/{after.source}", full_id, after)

    def _links(self) -> None:
        rows = {row["task_id"]: row for row in self.tables.get("TASK", ())}
        early, outside = early_starts(self.portfolio, self.clocks)
        self.lost.at = ""
        for number, link in enumerate(self.portfolio.links):
            self.lost.beside(link, KEPT_OF_LINKS, "links")
            if link.kind != "schedule":
                self.lost.lose("links that move no dates")
            elif number not in outside:
                self._link(link.source, link.target, After(source=link.source, type=link.type, lag=link.lag))
            elif not link.source.startswith(EARLY):
                self.lost.lose("names of what comes from outside, written as external early starts")
        for name, instant in early.items():
            rows[self.task_ids[name]]["external_early_start_date"] = self._start(moment(instant))

    def _link(self, source: str, target: str, after: After) -> None:
        ends: list[tuple[str, str]] = []
        for end in (source, target):
            if end in self.task_ids:
                ends.append((self.project_ids[reference(end).project or end.partition("/")[0]], self.task_ids[end]))
            elif end.startswith("external:") and "." in end:
                owner, _, name = end.removeprefix("external:").rpartition(".")
                ends.append((owner if owner != "?" else "", name))
            else:
                self.lost.lose("links to or from what is no activity")
                return
        self._row(
            "TASKPRED",
            task_pred_id=self._new(),
            task_id=ends[1][1],
            pred_task_id=ends[0][1],
            proj_id=ends[1][0],
            pred_proj_id=ends[0][0],
            pred_type=TYPE_CODES[after.type],
            lag_hr_cnt=number(self._lag(after.lag, source, target)),
        )

    def _lag(self, lag: Span | None, source: str, target: str) -> Decimal:
        """Hours of a lag on the calendar that P6 counts it on."""
        if isinstance(lag, UncertainLag):
            self.lost.lose("ranges of estimates, written as their central value")
        if lag is None or not lag.amount:
            return Decimal(0)
        if lag.dimension == "step":
            self.lost.lose("lags of months")
            return Decimal(0)
        if lag.unit == "h":
            return lag.amount
        pf = self.portfolio
        owner = {"predecessor": source, "successor": target}.get(self.dialect.lag_calendar, target)
        named = owner if owner in self.task_ids else target if target in self.task_ids else source
        calendar = pf.calendar_for(named)
        if self.dialect.lag_calendar == "continuous":
            calendar = pf.calendar_table["continuous"]
        if lag.unit in ELAPSED:
            if self.dialect.lag_calendar != "continuous":
                self.lost.lose("elapsed lags, written as so many days of working time")
            return Decimal(lag.elapsed_minutes) / 1440 * calendar.day_minutes / 60
        return Decimal(calendar.minutes(lag)) / 60


def columns(tables: Mapping[str, list[Row]]) -> Iterator[tuple[str, list[str], list[Row]]]:
    """Each table with the fields that any of its rows has, in order of first sight."""
    for name, rows in tables.items():
        yield name, list(dict.fromkeys(field for row in rows for field in row)), rows
