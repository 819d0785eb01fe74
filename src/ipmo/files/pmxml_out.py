"""A portfolio as Primavera P6's XML (PMXML): the tables of `p6_tables` as elements, each project with what stands in it.

What P6 has no room for is named in a `FormatWarning`; nothing is dropped in silence.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from ipmo.atomic import write_atomically
from ipmo.errors import FormatWarning
from ipmo.files.foreign import EPOCH
from ipmo.files.p6_tables import P6Tables, Row
from ipmo.files.pmxml import DAYS
from ipmo.files.pmxml_fields import FIELDS, NAMESPACE, SHARES, WORDS
from ipmo.model.portfolio import Portfolio

__all__ = ["write_pmxml"]

_WEEKDAY = re.compile(r"\(0\|\|([1-7])\(\)\(((?:\(0\|\|\d+\(s\|[0-9:]+\|f\|[0-9:]+\)\(\)\))*)\)\)")
_EXCEPTION = re.compile(r"\(0\|\|\d+\(d\|(\d+)\)\(((?:\(0\|\|\d+\(s\|[0-9:]+\|f\|[0-9:]+\)\(\)\))*)\)\)")
_SHIFT = re.compile(r"s\|([0-9:]+)\|f\|([0-9:]+)")
_BARRED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_pmxml(portfolio: Portfolio, path: Path) -> None:
    """One PMXML file; a crash leaves the old one.

    Warns:
        FormatWarning: what the format has no room for.

    Raises:
        FileError: it cannot be written.
    """
    made = P6Tables(portfolio)
    write_atomically(path, "\n".join(_lines(made)) + "\n")
    if made.lost:
        parts = [f"{count} {what}" for what, count in made.lost.items()]
        warnings.warn(f"{path}: Primavera P6 has no room for {'; '.join(parts)}", FormatWarning, stacklevel=4)


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
        yield f"<Calendar>{_fields('CALENDAR', row)}{_week(row['clndr_data'])}</Calendar>"
    for table in ("RSRC", "ACTVTYPE", "ACTVCODE"):
        for row in tables.get(table, ()):
            yield _element(table, row)
    roots = {row["proj_id"]: row for row in tables.get("PROJWBS", ()) if row["proj_node_flag"] == "Y"}
    codes: dict[str, list[Row]] = {}
    for row in tables.get("TASKACTV", ()):
        codes.setdefault(row["task_id"], []).append(row)
    for project in tables.get("PROJECT", ()):
        yield from _project(tables, project, roots[project["proj_id"]], codes)
    yield "</APIBusinessObjects>"


def _project(tables: dict[str, list[Row]], project: Row, root: Row, codes: dict[str, list[Row]]) -> Iterator[str]:
    key, baseline = project["proj_id"], bool(project.get("orig_proj_id"))
    element = "BaselineProject" if baseline else "Project"
    yield f"<{element}>{_fields('PROJECT', project)}{_tag('Name', root['wbs_name'])}{_tag('WBSObjectId', root['wbs_id'])}"
    for row in tables.get("PROJWBS", ()):
        if row["proj_id"] == key and row is not root:
            yield _element(
                "PROJWBS", {**row, "parent_wbs_id": "" if row.get("parent_wbs_id") == root["wbs_id"] else row.get("parent_wbs_id", "")}
            )
    for row in tables.get("TASK", ()):
        if row["proj_id"] == key:
            own = {**row, "wbs_id": "" if row.get("wbs_id") == root["wbs_id"] else row.get("wbs_id", "")}
            coded = "".join(
                f"<Code>{_tag('TypeObjectId', one['actv_code_type_id'])}{_tag('ValueObjectId', one['actv_code_id'])}</Code>"
                for one in codes.get(row["task_id"], ())
            )
            yield f"<Activity>{_fields('TASK', own)}{coded}</Activity>"
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


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(_BARRED.sub(' ', text))}</{name}>" if text else ""


def _element(table: str, row: Row) -> str:
    name = FIELDS[table][0]
    return f"<{name}>{_fields(table, row)}</{name}>"


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


def _week(data: str) -> str:
    """The week and the exceptions of a calendar's cell, as elements; shifts end with their last minute."""
    week, _, rest = data.partition("(0||VIEW")
    days = "".join(
        f"<StandardWorkHours>{_tag('DayOfWeek', DAYS[int(n) - 1])}{_times(s)}</StandardWorkHours>" for n, s in _WEEKDAY.findall(week)
    )
    listed = "".join(
        f"<HolidayOrException>{_tag('Date', f'{EPOCH + timedelta(days=int(day))}T00:00:00')}{_times(shifts)}</HolidayOrException>"
        for day, shifts in _EXCEPTION.findall(rest)
    )
    return f"<StandardWorkWeek>{days}</StandardWorkWeek><HolidayOrExceptions>{listed}</HolidayOrExceptions>"


def _times(shifts: str) -> str:
    return "".join(
        f"<WorkTime>{_tag('Start', f'{start}:00')}{_tag('Finish', f'{_last_minute(finish)}:00')}</WorkTime>"
        for start, finish in _SHIFT.findall(shifts)
    )


def _last_minute(text: str) -> str:
    hours, minutes = map(int, text.split(":"))
    last = (hours * 60 + minutes - 1) % 1440
    return f"{last // 60:02}:{last % 60:02}"
