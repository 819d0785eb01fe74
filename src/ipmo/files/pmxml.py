"""Primavera P6's XML (PMXML): its elements as the tables of P6, read as those of XER files are.

Numbers may have decimal commas, as P6 writes them where Windows does. A shift that ends at 16:59 ends at 17:00.
"""

from __future__ import annotations

import contextlib
import functools
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from ipmo.errors import FileError, Problem
from ipmo.files.foreign import EPOCH, Intake, RowError
from ipmo.files.opening import bytes_of
from ipmo.files.p6_marks import AREAS
from ipmo.files.pmxml_fields import FIELDS, SHARES, WORDS
from ipmo.files.portfolios import no_collection
from ipmo.files.xer import read_tables
from ipmo.files.xer_tables import KEYS, Row, made_by_mpxj
from ipmo.files.xml_elements import Element, document, names
from ipmo.model.portfolio import Portfolio

__all__ = ["read_pmxml", "sniff_pmxml"]

ROOT = "APIBusinessObjects"
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
CODES = {field: {word.casefold(): code for code, word in words.items()} for field, words in WORDS.items()}
for _field, _codes in CODES.items():
    if set(_codes) == {"0", "1"}:
        _codes |= {"true": "Y", "false": "N"}

TABLES = {area: table for table, area in AREAS.items()}
"""Tables whose rows have user-defined fields."""

ELSE = {
    "early_start_date": "EarlyStartDate",
    "early_end_date": "EarlyFinishDate",
    "late_start_date": "LateStartDate",
    "late_end_date": "LateFinishDate",
    "reend_date": "FinishDate",
}
"""Dates that stand for those of what remains, where a file leaves these out."""
CALLED = {field: element for table in (*FIELDS, "PROJECT", "TASK") for field, element in FIELDS[table][1].items()}
"""What elements are called whose fields have names of P6's tables."""
MPXJ = re.compile(rb'xsi:schemaLocation=""')
"""An empty place of the schema: MPXJ 16.10 writes it so, P6 names one."""


def sniff_pmxml(path: Path, head: bytes) -> bool:
    """Whether a file is XML of Primavera's business objects."""
    return names(head, ROOT)


@no_collection()
def read_pmxml(path: Path, name: str) -> Portfolio:
    """The portfolio of a PMXML file, in dialect `p6`.

    Args:
        path: the file.
        name: the file as the user named it.

    Raises:
        FileError: it cannot be read, is no PMXML, or holds no project.
    """
    raw = bytes_of(path, name)
    root = document(raw, name)
    whole = root.one(ROOT)
    if whole is None:
        found = root.kids[0].tag if root.kids else "nothing"
        raise FileError(name, [Problem(message=f"this is no Primavera XML: its root is {found!r}, not {ROOT!r}", file=name, line=1)])
    intake = Intake(name, "pmxml")
    intake.names, intake.words = CALLED, WORDS
    if MPXJ.search(raw[:4096]):
        made_by_mpxj(intake)
    tables = _Tables(intake)
    tables.fill(whole)
    return read_tables(path, name, intake, _currency(whole), tables.rows)


def _currency(whole: Element) -> str:
    """The currency of the file's costs: the one that it shows, else the one that the others are counted in."""
    shown = next(whole.all("DisplayCurrency", "Currency"), None)
    own = [one for one in whole.all("Currency") if (one.get("ExchangeRate") or "") in ("1", "1.0")]
    found = shown or (own[0] if own else None)
    return (found.get("Id") or "" if found is not None else "").strip()


class _Tables:
    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.rows: dict[str, list[tuple[int, Row]]] = {table: [] for table in (*FIELDS, "TASKACTV", "UDFTYPE", "UDFVALUE")}

    def fill(self, whole: Element) -> None:
        """All rows of the file."""
        for table in ("CALENDAR", "RSRC", "ACTVTYPE", "ACTVCODE"):
            self._table(table, whole)
        for kind in whole.all("UDFType"):
            if named := TABLES.get(kind.get("SubjectArea") or ""):
                row = {"udf_type_id": kind.get("ObjectId") or "", "table_name": named, "udf_type_label": kind.get("Title") or ""}
                self.rows["UDFTYPE"].append((kind.line, row))
        for project in whole.kids:
            if project.tag in ("Project", "BaselineProject"):
                self._project(project)
        for table in ("SCHEDOPTIONS", "PROJWBS", "TASK", "TASKRSRC", "PROJCOST", "TASKPRED"):
            self._table(table, whole)

    def _project(self, project: Element) -> None:
        """A project with all that stands in it; its root in the WBS stands for itself."""
        key = project.get("ObjectId") or ""
        root = project.get("WBSObjectId") or f"root of {key}"
        self._add("PROJECT", project)
        self.rows["PROJWBS"].append(
            (
                project.line,
                {"wbs_id": root, "proj_id": key, "proj_node_flag": "Y", "wbs_short_name": project.get("Id") or ""}
                | {"wbs_name": project.get("Name") or ""},
            )
        )
        for table in ("CALENDAR", "ACTVTYPE", "ACTVCODE", "SCHEDOPTIONS", "PROJWBS", "TASK", "TASKRSRC", "PROJCOST", "TASKPRED"):
            self._table(table, project, key, root)

    def _table(self, table: str, holder: Element, project: str = "", root: str = "") -> None:
        element = FIELDS[table][0]
        for one in holder.kids:
            if one.tag == element:
                self._add(table, one, project, root)

    def _add(self, table: str, one: Element, project: str = "", root: str = "") -> None:
        row: Row = {}
        for field, element in FIELDS[table][1].items():
            text = one.get(element)
            if text is not None:
                row[field] = self._value(field, text.strip(), one.line)
        if project and not row.get("proj_id") and "proj_id" in FIELDS[table][1]:
            row["proj_id"] = project
        if table == "CALENDAR":
            row["clndr_data"] = self._calendar(one, row.get("clndr_name", ""))
        elif table == "SCHEDOPTIONS":
            logic = row.pop("logic", "retained")
            row |= {
                "sched_retained_logic": "Y" if logic == "retained" else "N",
                "sched_progress_override": "Y" if logic == "override" else "N",
            }
        elif table == "PROJWBS":
            if root and row.get("wbs_id") == root:  # it stands for the project itself
                self.intake.understood += 1
                return
            row.setdefault("parent_wbs_id", root)
        elif table == "TASK":
            row.setdefault("wbs_id", root)
            self._activity(one, row)
        if table in ("PROJECT", "PROJWBS", "RSRC"):
            self._own_fields(one, row.get(KEYS[table][0], ""))
        elif table == "TASKRSRC" and "act_reg_cost" not in row and one.get("ActualCost"):
            row["act_reg_cost"] = one.get("ActualCost") or ""
        missing = [key for key in KEYS.get(table, ()) if not row.get(key)]
        if missing:
            self.intake.refuse(f"an element {one.tag!r}", f"it has no {FIELDS[table][1][missing[0]]}", one.line)
        else:
            self.rows[table].append((one.line, row))

    def _value(self, field: str, text: str, line: int) -> str:
        """A value as the tables of P6 have it."""
        codes = CODES.get(field)
        if codes is not None:
            return codes.get(text.casefold(), text)
        if field in SHARES:
            share = self.intake.tolerated(functools.partial(self.intake.number, text, field), line)
            return "" if share is None else format((share * 100).normalize(), "f")
        return text

    def _activity(self, one: Element, row: Row) -> None:
        """What an activity says in elements of its own: units done and left, codes, user fields."""
        for field, kinds in (("act_work_qty", "Actual"), ("remain_work_qty", "Remaining")):
            total: Decimal | None = None
            for kind in ("LaborUnits", "NonLaborUnits"):
                text = one.get(f"{kinds}{kind}")
                amount = self.intake.tolerated(functools.partial(self.intake.number, text, field), one.line)
                total = amount if total is None else total + (amount or 0)
            if total is not None:
                row[field] = format(total, "f")
        for field, element in ELSE.items():
            if not row.get(field) and (text := one.get(element)):
                row[field] = text.strip()
        if not row.get("act_start_date") and (text := one.get("StartDate")):
            row.setdefault("restart_date", text.strip())
        key = row.get("task_id", "")
        for code in one.all("Code"):
            if value := code.get("ValueObjectId"):
                self.rows["TASKACTV"].append((code.line, {"task_id": key, "actv_code_id": value}))
        self._own_fields(one, key)

    def _own_fields(self, one: Element, key: str) -> None:
        """The user-defined fields of a row."""
        for field_of in one.all("UDF"):
            value = next((kid.text for kid in field_of.kids if kid.tag.endswith("Value") and kid.text), "")
            if value:
                self.rows["UDFVALUE"].append(
                    (field_of.line, {"udf_type_id": field_of.get("TypeObjectId") or "", "fk_id": key, "udf_text": value})
                )

    # -------------------------------------------------------------------------------------------- calendars

    def _calendar(self, one: Element, name: str) -> str:
        """The week and the exceptions of a calendar, nested as XER files have them."""
        week = {}
        for day in one.all("StandardWorkWeek", "StandardWorkHours"):
            word = (day.get("DayOfWeek") or "").strip().capitalize()
            if word in DAYS:
                week[DAYS.index(word) + 1] = _shifts(day)
        days = "".join(f"(0||{number}()({week.get(number, '')}))" for number in range(1, 8)) if week else ""
        listed: list[str] = []
        for exception in one.all("HolidayOrExceptions", "HolidayOrException"):
            try:
                when = self.intake.when(exception.get("Date"), "Date")
            except RowError as error:
                self.intake.note("calendar-exception", f"calendar {name!r}: {error}; that exception is left out", line=exception.line)
                continue
            if isinstance(when, datetime):
                listed.append(f"(0||{len(listed)}(d|{_day(when.date())})({_shifts(exception)}))")
        weeks = f"(0||DaysOfWeek()({days}))" if days else ""
        return f"(0||CalendarData()({weeks}(0||Exceptions()({''.join(listed)}))))"


def _day(day: date) -> int:
    return (day - EPOCH).days


def _shifts(holder: Element) -> str:
    """The shifts of a day; P6 names their last minute, so 16:59 ends at 17:00."""
    found: list[str] = []
    for time in holder.all("WorkTime"):
        start, finish = (time.get("Start") or "")[:5], (time.get("Finish") or "")[:5]
        if not start and not finish:
            continue
        if finish[-1:] not in ("0", "5"):
            with contextlib.suppress(ValueError):  # hours that are none are said where the calendar is made
                finish = f"{datetime.strptime(finish, '%H:%M') + timedelta(minutes=1):%H:%M}"
        found.append(f"(0||{len(found)}(s|{start}|f|{finish})())")
    return "".join(found)
