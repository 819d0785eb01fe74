"""Jira: issues from the REST interface as JSON, and exports as CSV with repeated columns.

Each Jira project becomes a project with one task, `backlog`: its items, and an estimate of the open ones from the throughput
of the last weeks. People are never read.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ipmo import Span
from ipmo.model import Portfolio, Project, Task
from ipmo.plugin import FileError, Format, Problem, UnitError
from ipmo_agile.fields import AgileFields, WorkItem
from ipmo_agile.forecast import MOST_ITEMS, AgileForecast
from ipmo_agile.history import bulk_closures, throughput, without_bulk

__all__ = ["FORMATS", "backlog", "read_jira", "read_jira_csv"]

WEEKS = 26
"""Weeks of throughput that the estimate rests on."""
DATES = (
    "%d/%b/%y %I:%M %p",
    "%d/%b/%Y %I:%M %p",
    "%d/%b/%y",
    "%d/%b/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M",
)
"""How exports write dates, Jira's own first; a day before a month."""
PROJECT = re.compile(r"[A-Z][A-Z0-9_]*")
KEY = re.compile(rf"{PROJECT.pattern}-[0-9]+")


def _moment(value: object) -> date | None:
    """A day as Jira writes it; no tracker is older than 1970, and one that far ahead is a slip of the pen."""
    day = _day(str(value or "").strip())
    if day is not None and not 1970 <= day.year <= 2199:
        raise UnitError(f"{day} lies outside the years 1970 to 2199")
    return day


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", text)).date()
    except ValueError:
        pass
    for pattern in DATES:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise UnitError(f"{text[:40]!r} is not a date as Jira writes it, for example 12/Jan/26 3:04 PM or 2026-01-12T15:04:00.000+0000")


def backlog(items: Iterable[WorkItem], name: str, today: date | None = None) -> Task:
    """One task of all items of a project: open ones are forecast from the throughput of the last 26 weeks.

    Args:
        items: of the project.
        name: its title.
        today: the day of the data; the last day on which anything happened when left out.
    """
    rows = tuple(items)
    seen = [day for item in rows for day in (item.created, item.started, item.finished, item.dropped) if day is not None]
    day = today or max(seen, default=None)
    finished = [item.finished for item in rows if item.finished is not None]
    left = sum(item.finished is None and item.dropped is None for item in rows)
    begun = min((first for first in (item.started or item.finished for item in rows) if first is not None), default=None)
    extensions = {"agile": AgileFields(backlog=rows)}
    if not left and finished:
        return Task(id="backlog", name=name, actual_start=begun, actual_finish=max(finished), extensions=extensions)
    estimate = None
    if day is not None and finished and left <= MOST_ITEMS:
        first = max(min(finished), day - timedelta(weeks=WEEKS))
        weeks = (day + timedelta(days=1) - first).days // 7
        past = throughput(without_bulk(finished), start=day + timedelta(days=1) - timedelta(weeks=weeks), end=day + timedelta(days=1))
        if past:
            estimate = AgileForecast(remaining_items=left, throughput=past, per=Span(1, "w"), counted_on=day)
    if begun is not None:
        return Task(id="backlog", name=name, actual_start=begun, remaining=estimate, extensions=extensions)
    return Task(id="backlog", name=name, duration=estimate, extensions=extensions)


def _portfolio(by_project: Mapping[str, tuple[str, list[WorkItem]]], where: str, today: date | None) -> Portfolio:
    if not by_project:
        raise FileError(where, "there are no issues in it")
    days = [d for _, rows in by_project.values() for r in rows for d in (r.created, r.started, r.finished, r.dropped) if d is not None]
    day = today or max(days, default=None)
    projects = []
    for key, (name, rows) in sorted(by_project.items()):
        bulk = bulk_closures(r.finished for r in rows if r.finished is not None)
        note = {"bulk_closures": ", ".join(f"{b.day} ({b.items})" for b in bulk[:10])} if bulk else {}
        projects.append(
            Project(id=key, name=name, state="active", methodology="agile", tasks=[backlog(rows, "Backlog", day)], attributes=note)
        )
    start = min((d for _, rows in by_project.values() for r in rows for d in (r.started, r.finished) if d is not None), default=day)
    return Portfolio(id=Path(where).stem or "jira", start=start, status_date=day, methodologies={"project": "agile"}, projects=projects)


# ------------------------------------------------------------------------------------------------ REST JSON


def _texts(path: Path, where: str) -> Iterator[tuple[str, Any]]:
    """(name to show, content) of each JSON file that may hold issues: the file, or all in the folder and one below."""
    files = [path] if path.is_file() else sorted([*path.glob("*.json"), *path.glob("*/*.json")])
    for file in files:
        shown = where if path.is_file() else f"{where}/{file.relative_to(path)}"
        try:
            yield shown, json.loads(file.read_bytes().decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            raise FileError(shown, [Problem(message=f"no JSON: {error.msg}", file=shown, line=error.lineno, column=error.colno)]) from None
        except UnicodeDecodeError as error:
            raise FileError(shown, f"not UTF-8 at byte {error.start}") from None
        except RecursionError:
            raise FileError(shown, "nested too deeply") from None
        except OSError as error:
            raise FileError(shown, f"cannot be read: {error.strerror}") from None


def _is_issue(data: Any) -> bool:
    return isinstance(data, Mapping) and isinstance(data.get("fields"), Mapping) and isinstance(data.get("key"), str)


def read_jira(path: Path, where: str) -> Portfolio:
    """Issues as Jira's REST interface gives them: search results, single issues, or a folder of them, with change logs.

    An item starts when it first comes into a status of the category in progress, and is finished when it last came into one
    of the category done; a list of statuses beside the issues says which is which, else the names of Jira's own.

    Raises:
        FileError: what it holds is no JSON, or holds no issues.
    """
    issues: list[tuple[str, Mapping[str, Any]]] = []
    categories: dict[str, str] = {}
    for shown, data in _texts(path, where):
        if _is_issue(data):
            issues.append((shown, data))
        elif isinstance(data, Mapping) and isinstance(data.get("issues"), list):
            issues += [(shown, one) for one in data["issues"] if _is_issue(one)]
        elif isinstance(data, list):
            for one in data:
                if isinstance(one, Mapping) and isinstance(one.get("statusCategory"), Mapping):
                    categories[str(one.get("id"))] = str(one["statusCategory"].get("key"))
                elif _is_issue(one):
                    issues.append((shown, one))
    problems: list[Problem] = []
    found: dict[str, tuple[str, list[WorkItem]]] = {}
    last: list[date] = []
    seen: dict[str, str] = {}
    for shown, issue in issues:
        if not KEY.fullmatch(issue["key"]):
            problems.append(Problem(message=f"{issue['key'][:40]!r} is no issue key", file=shown))
            continue
        try:
            item, name, updated = _issue(issue, categories)
        except UnitError as error:
            problems.append(Problem(message=f"{issue['key']}: {error}", file=shown))
            continue
        if item.id in seen:
            problems.append(Problem(message=f"issue {item.id} is there twice; the first is in {seen[item.id]}", file=shown))
            continue
        seen[item.id] = shown
        if updated is not None:
            last.append(updated)
        found.setdefault(_project_of(issue), (name, []))[1].append(item)
    if problems:
        raise FileError(where, problems)
    return _portfolio(found, where, max(last, default=None))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _project_of(issue: Mapping[str, Any]) -> str:
    key = str(_mapping(issue["fields"].get("project")).get("key") or "")
    return key if PROJECT.fullmatch(key) else str(issue["key"]).rpartition("-")[0]


def _issue(issue: Mapping[str, Any], categories: Mapping[str, str]) -> tuple[WorkItem, str, date | None]:
    fields = issue["fields"]
    status = _mapping(fields.get("status"))
    now = _mapping(status.get("statusCategory"))
    known = {**categories, str(status.get("id")): str(now.get("key", ""))}
    log = _mapping(issue.get("changelog"))
    moves: list[tuple[str, str]] = []
    for entry in _rows(log.get("histories")):
        for change in _rows(entry.get("items")):
            if change.get("field") == "status":
                moves.append((str(entry.get("created")), known.get(str(change.get("to")), _guess(str(change.get("toString"))))))
    moves.sort()
    created, updated = _moment(fields.get("created")), _moment(fields.get("updated"))
    started = next((_moment(when) for when, category in moves if category == "indeterminate"), None)
    done = now.get("key") == "done" or (not now and fields.get("resolutiondate"))
    arrived = next((when for when, category in reversed(moves) if category == "done"), None)
    finished = (_moment(arrived) or _moment(fields.get("resolutiondate")) or updated) if done else None
    if started is None and now.get("key") == "indeterminate":
        started = _moment(fields.get("statuscategorychangedate")) or created
    if started is not None and finished is not None and started > finished:
        started = finished
    kind = _mapping(fields.get("issuetype"))
    parent = _mapping(fields.get("parent"))
    project = _mapping(fields.get("project"))
    item = WorkItem(
        id=str(issue["key"]),
        name=str(fields.get("summary") or ""),
        kind=str(kind.get("name") or ""),
        epic=str(parent.get("key") or ""),
        created=created,
        started=started,
        finished=finished,
    )
    return item, str(project.get("name") or ""), updated


def _guess(name: str) -> str:
    """The category of a status that no list names, by Jira's own names."""
    word = name.casefold()
    if word in ("done", "closed", "resolved"):
        return "done"
    return "new" if word in ("to do", "open", "backlog", "selected for development", "reopened", "ready") else "indeterminate"


def _sniff_json(path: Path, head: bytes) -> bool:
    if path.is_dir():
        return any(_sniff_json(one, one.read_bytes()[:4096]) for one in sorted([*path.glob("*.json"), *path.glob("*/*.json")])[:8])
    if b'"ipmo"' in head:  # a portfolio of ipmo's own, whatever else it is about
        return False
    return path.suffix.lower() == ".json" and (b'"issues"' in head or b'"changelog"' in head or b'"fields"' in head) and b'"key"' in head


# ------------------------------------------------------------------------------------------------ CSV


COLUMNS = {
    "category": ("status category",),
    "created": ("created",),
    "resolved": ("resolved", "resolution date"),
    "updated": ("updated",),
    "kind": ("issue type",),
    "summary": ("summary",),
    "epic": ("custom field (epic link)", "parent key", "parent", "parent id"),
    "points": ("custom field (story points)", "custom field (story point estimate)", "story points"),
    "project": ("project key",),
    "title": ("project name",),
    "started": ("custom field (actual start)", "actual start", "custom field ([chart] date of first response)"),
}
"""What a field is called in exports, the usual name first."""


class _Sheet:
    """The rows of an export with their lines; a field's columns may be repeated."""

    def __init__(self, path: Path, where: str, encoding: str | None) -> None:
        try:
            text = path.read_bytes().decode(encoding or "utf-8-sig")
        except (UnicodeDecodeError, LookupError) as error:
            raise FileError(where, f"cannot be read as {encoding or 'UTF-8'}: {error}; name its encoding, for example latin-1") from None
        except OSError as error:
            raise FileError(where, f"cannot be read: {error.strerror}") from None
        first = text.split("\n", 1)[0]
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=False)
        try:
            header = [name.strip() for name in next(rows, [])]
            self.rows = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
        except csv.Error as error:
            raise FileError(where, f"no CSV: {error}") from None
        self.places: dict[str, list[int]] = {}
        for n, name in enumerate(header):
            self.places.setdefault(name.casefold(), []).append(n)
        if "issue key" not in self.places:
            raise FileError(where, [Problem(message="there is no column 'Issue key'", hint="export all fields as CSV", file=where, line=1)])

    def key(self, row: Sequence[str]) -> str:
        """The key of an issue; an empty text where the row has none."""
        place = self.places["issue key"][0]
        return row[place].strip() if place < len(row) else ""

    def value(self, row: Sequence[str], field: str) -> str:
        """The first filled cell of a field, over all its names and repeated columns; an empty text without one."""
        cells = (row[n].strip() for name in COLUMNS[field] for n in self.places.get(name, ()) if n < len(row))
        return next(filter(None, cells), "")


def read_jira_csv(path: Path, where: str, encoding: str | None = None) -> Portfolio:
    """A Jira export as CSV, in which a column is repeated as often as an issue has values (sprints, labels, links).

    Raises:
        FileError: it is no such export, or dates in it cannot be read; every such row is named.
    """
    sheet = _Sheet(path, where, encoding)
    problems: list[Problem] = []
    found: dict[str, tuple[str, list[WorkItem]]] = {}
    last: list[date] = []
    seen: dict[str, int] = {}
    for line, row in sheet.rows:
        key = sheet.key(row)
        if not KEY.fullmatch(key):
            problems.append(Problem(message=f"{key[:40]!r} is no issue key", file=where, line=line))
            continue
        if key in seen:
            problems.append(Problem(message=f"issue {key} is there twice; the first is in line {seen[key]}", file=where, line=line))
            continue
        seen[key] = line
        try:
            item, updated = _issue_of_row(key, functools.partial(sheet.value, row))
        except UnitError as error:
            problems.append(Problem(message=f"{key}: {error}", file=where, line=line))
            continue
        if updated is not None:
            last.append(updated)
        project = sheet.value(row, "project") or key.rpartition("-")[0]
        found.setdefault(project, (sheet.value(row, "title"), []))[1].append(item)
    if problems:
        raise FileError(where, problems)
    return _portfolio(found, where, max(last, default=None))


def _issue_of_row(key: str, value: Callable[[str], str]) -> tuple[WorkItem, date | None]:
    """An issue of an export, and when it was last changed."""
    created, resolved, updated, started = (_moment(value(name)) for name in ("created", "resolved", "updated", "started"))
    points = value("points")
    try:
        size = float(points.replace(",", ".")) if points else None
    except ValueError:
        size = math.nan
    if size is not None and not math.isfinite(size):
        raise UnitError(f"{points[:20]!r} is no number of points")
    done = resolved is not None or value("category").casefold() == "done"
    finished = (resolved or updated) if done else None
    item = WorkItem(
        id=key,
        name=value("summary"),
        kind=value("kind"),
        epic=value("epic"),
        points=size,
        created=created,
        started=started if finished is None or started is None or started <= finished else finished,
        finished=finished,
    )
    return item, updated


def _sniff_csv(path: Path, head: bytes) -> bool:
    return path.suffix.lower() == ".csv" and b"issue key" in head.split(b"\n", 1)[0].lower()


FORMATS = (
    Format(name="jira", title="Jira issues (REST, JSON)", suffixes=(".json",), sniff=_sniff_json, read=read_jira),
    Format(name="jira-csv", title="Jira export (CSV)", suffixes=(".csv",), sniff=_sniff_csv, read=read_jira_csv, encodings=True),
)
