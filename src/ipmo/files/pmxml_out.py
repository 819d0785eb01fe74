"""A portfolio as Primavera P6's XML (PMXML): the tables of `p6_tables` as elements, each project with what stands in it.

What P6 has no room for is named in a `FormatWarning`; nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from ipmo.atomic import write_atomically
from ipmo.files.calendar_days import Times
from ipmo.files.p6_days import Days, clock
from ipmo.files.p6_marks import AREAS
from ipmo.files.p6_tables import P6Tables
from ipmo.files.pmxml import DAYS
from ipmo.files.pmxml_fields import FIELDS, NAMESPACE, SHARES, WORDS
from ipmo.files.xer_tables import Row
from ipmo.files.xml_elements import tag, written
from ipmo.model.portfolio import Portfolio

__all__ = ["write_pmxml"]


def write_pmxml(portfolio: Portfolio, path: Path) -> None:
    """One PMXML file; a crash leaves the old one.

    Warns:
        FormatWarning: what the format has no room for.

    Raises:
        FileError: it cannot be written.
    """
    made = P6Tables(portfolio)
    write_atomically(path, written(_lines(made), made.lost))
    made.lost.warn(path)


def _lines(made: P6Tables) -> Iterator[str]:
    tables = made.tables
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<APIBusinessObjects xmlns="{NAMESPACE}">'
    if made.currency:
        currency = {"DecimalPlaces": "2", "DecimalSymbol": "Period", "DigitGroupingSymbol": "Comma", "ExchangeRate": "1"}
        currency |= {"Id": made.currency, "Name": made.currency, "NegativeSymbol": "(#1.1)", "ObjectId": "1"}
        currency |= {"PositiveSymbol": "#1.1", "Symbol": made.currency}
        yield f"<Currency>{''.join(_tag(name, text) for name, text in currency.items())}</Currency>"
    for row in tables.get("CALENDAR", ()):
        yield f"<Calendar>{_fields('CALENDAR', row)}{_week(made.days[row['clndr_id']])}</Calendar>"
    marks: dict[tuple[str, str], str] = {}
    kinds = {row["udf_type_id"]: row["table_name"] for row in tables.get("UDFTYPE", ())}
    for row in tables.get("UDFVALUE", ()):
        udf = f"<UDF>{_tag('TypeObjectId', row['udf_type_id'])}{_tag('TextValue', row['udf_text'])}</UDF>"
        marks[kinds[row["udf_type_id"]], row["fk_id"]] = udf
    for row in tables.get("UDFTYPE", ()):
        area = f"{_tag('SubjectArea', AREAS[row['table_name']])}{_tag('Title', row['udf_type_label'])}"
        yield f"<UDFType><DataType>Text</DataType>{_tag('ObjectId', row['udf_type_id'])}{area}</UDFType>"
    for table in ("RSRC", "ACTVTYPE", "ACTVCODE"):
        for row in tables.get(table, ()):
            yield _element(table, row, marks.get((table, row["rsrc_id"]), "") if table == "RSRC" else "")
    roots = {row["proj_id"]: row for row in tables.get("PROJWBS", ()) if row["proj_node_flag"] == "Y"}
    codes: dict[str, list[Row]] = {}
    for row in tables.get("TASKACTV", ()):
        codes.setdefault(row["task_id"], []).append(row)
    for project in tables.get("PROJECT", ()):
        yield from _project(made, project, roots[project["proj_id"]], codes, marks)
    yield "</APIBusinessObjects>"


def _project(made: P6Tables, project: Row, root: Row, codes: dict[str, list[Row]], marks: dict[tuple[str, str], str]) -> Iterator[str]:
    tables = made.tables
    key, baseline = project["proj_id"], bool(project.get("orig_proj_id"))
    element = "BaselineProject" if baseline else "Project"
    yield f"<{element}>{_fields('PROJECT', project)}{_tag('Name', root['wbs_name'])}{_tag('WBSObjectId', root['wbs_id'])}{marks.get(('PROJECT', key), '')}"
    for row in tables.get("PROJWBS", ()):
        if row["proj_id"] == key and row is not root:
            above = row.get("parent_wbs_id", "")
            yield _element(
                "PROJWBS", {**row, "parent_wbs_id": "" if above == root["wbs_id"] else above}, marks.get(("PROJWBS", row["wbs_id"]), "")
            )
    for row in tables.get("TASK", ()):
        if row["proj_id"] == key:
            own = {**row, "wbs_id": "" if row.get("wbs_id") == root["wbs_id"] else row.get("wbs_id", "")}
            coded = "".join(
                f"<Code>{_tag('TypeObjectId', one['actv_code_type_id'])}{_tag('ValueObjectId', one['actv_code_id'])}</Code>"
                for one in codes.get(row["task_id"], ())
            )
            yield f"<Activity>{_fields('TASK', own)}{_lasted(made.lasted.get(row['task_id']))}{coded}{marks.get(('TASK', row['task_id']), '')}</Activity>"
    for table in ("TASKRSRC", "PROJCOST", "TASKPRED"):
        for row in tables.get(table, ()):
            if row["proj_id"] == key:
                yield _element(table, row)
    for row in tables.get("TASKPRED", ()):
        if not row["proj_id"] and row["pred_proj_id"] == key:
            yield _element("TASKPRED", row)
    for row in tables.get("SCHEDOPTIONS", ()):
        if row["proj_id"] == key:
            logic = "override" if row["sched_progress_override"] == "Y" else "retained" if row["sched_retained_logic"] == "Y" else "actual"
            yield _element("SCHEDOPTIONS", {**row, "logic": logic})
    yield f"</{element}>"


def _lasted(hours: tuple[str, str] | None) -> str:
    """How long an activity has lasted, and lasts when it is complete: others take this for its duration."""
    return "" if hours is None else _tag("ActualDuration", hours[0]) + _tag("AtCompletionDuration", hours[1])


def _tag(name: str, text: str) -> str:
    return tag(name, text) if text else ""


def _element(table: str, row: Row, more: str = "") -> str:
    name = FIELDS[table][0]
    return f"<{name}>{_fields(table, row)}{more}</{name}>"


def _fields(table: str, row: Row) -> str:
    """The elements of a row, in the words of PMXML."""
    out = []
    for field, element in FIELDS[table][1].items():
        text = row.get(field, "")
        if not text:
            continue
        if field in WORDS:
            text = WORDS[field].get(text, text)
        elif field in SHARES:
            text = format((Decimal(text) / 100).normalize(), "f")
        elif field.endswith(("_date", "_date2")):
            text = f"{text.replace(' ', 'T')}:00"
        out.append(_tag(element, text))
    return "".join(out)


def _week(days: Days) -> str:
    """The week and the exceptions of a calendar; shifts end with their last minute."""
    week = "".join(
        f"<StandardWorkHours>{_tag('DayOfWeek', day)}{_times(times)}</StandardWorkHours>"
        for day, times in zip(DAYS, days.week, strict=True)
    )
    listed = "".join(
        f"<HolidayOrException>{_tag('Date', f'{day}T00:00:00')}{_times(times)}</HolidayOrException>" for day, times in days.special.items()
    )
    return f"<StandardWorkWeek>{week}</StandardWorkWeek><HolidayOrExceptions>{listed}</HolidayOrExceptions>"


def _times(times: Times) -> str:
    return "".join(
        f"<WorkTime>{_tag('Start', f'{clock(start)}:00')}{_tag('Finish', f'{clock(stop - 1)}:00')}</WorkTime>"
        for start, stop in sorted(times)
    )
