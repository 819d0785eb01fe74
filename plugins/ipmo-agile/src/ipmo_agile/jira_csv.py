"""Jira's exports as CSV, in which a column is repeated as often as an issue has values (sprints, labels, links)."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import FileError, Finding, ModelError, Problem, Severity, UnitError, agree, counted
from ipmo_agile.dates import Order, day_of, order_of
from ipmo_agile.fields import WorkItem
from ipmo_agile.jira import KEY, PROJECT, USUAL, Unsure, delivered_by, portfolio_of, readable
from ipmo_agile.lifecycle import Category, Life, Standing, lived, standing

__all__ = ["read_jira_csv", "sniff_jira_csv"]

COLUMNS = {
    "key": ("issue key", "work item key"),
    "category": ("status category",),
    "changed": ("status category changed",),
    "status": ("status",),
    "resolution": ("resolution",),
    "created": ("created",),
    "resolved": ("resolved", "resolution date"),
    "updated": ("updated",),
    "kind": ("issue type", "work type", "work item type"),
    "summary": ("summary",),
    "epic": ("custom field (epic link)", "parent key", "parent", "parent id"),
    "points": ("custom field (story points)", "custom field (story point estimate)", "story points"),
    "sprint": ("sprint",),
    "project": ("project key",),
    "title": ("project name",),
    "started": ("custom field (actual start)", "actual start"),
}
"""What a field is called in exports, the usual name first."""
LEFT = ("due date", "due", "fix versions", "fix version/s")
LINKS = ("inward issue link", "outward issue link", "inward work item link", "outward work item link")
DATES = ("created", "started", "changed", "resolved", "updated")
NAMES: Mapping[Category, tuple[str, ...]] = {
    "new": ("to do", "zu erledigen", "à faire", "por hacer", "tareas por hacer", "da completare", "te doen", "itens pendentes"),
    "indeterminate": ("in progress", "in arbeit", "en cours", "en curso", "in corso", "in uitvoering", "em andamento"),
    "done": ("done", "fertig", "terminé", "listo", "finalizada", "completato", "gereed", "itens concluídos"),
}
CATEGORIES = {name: category for category, names in NAMES.items() for name in names}
"""Categories of statuses, as exports in several languages name them."""


class _Sheet:
    """The rows of an export with their lines; a field's columns may be repeated."""

    def __init__(self, path: Path, where: str, encoding: str | None) -> None:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise FileError(where, "is no ordinary file; only those are read")
        try:
            text = path.read_bytes().decode(encoding or "utf-8-sig")
        except (ValueError, LookupError) as error:  # codecs that read no text have errors of their own
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
        self.header = header
        self.places: dict[str, list[int]] = {}
        for n, name in enumerate(header):
            self.places.setdefault(name.casefold(), []).append(n)
        if not any(name in self.places for name in COLUMNS["key"]):
            raise FileError(where, [Problem(message="there is no column 'Issue key'", hint="export all fields as CSV", file=where, line=1)])

    def value(self, row: Sequence[str], field: str) -> str:
        """The first filled cell of a field, over all its names and repeated columns, of a sprint the last; an empty text without one."""
        cells = [row[n].strip() for name in COLUMNS[field] for n in self.places.get(name, ()) if n < len(row)]
        return next(filter(None, reversed(cells) if field == "sprint" else cells), "")

    @property
    def unread(self) -> list[str]:
        """Columns with days and links of issues, which no backlog holds."""
        found = {name: places for name, places in self.places.items() if name in LEFT or name.startswith(LINKS)}
        return [
            self.header[places[0]]
            for places in found.values()
            if any(n < len(row) and row[n].strip() for _, row in self.rows for n in places)
        ]


def read_jira_csv(path: Path, where: str, encoding: str | None = None) -> Portfolio:
    """A Jira export as CSV, of Cloud or Data Center.

    An issue is delivered, given up or open as `lived` says, without a change log. Where dates are all in numbers, the order of
    day and month is found for the whole file; where nothing says it, a finding does.

    Raises:
        FileError: it is no such export, or dates in it cannot be read; every such row is named.
    """
    sheet = _Sheet(path, where, encoding)
    order, doubtful = order_of([sheet.value(row, name) for name in ("created", "resolved", "updated")] for _, row in sheet.rows)
    problems: list[Problem] = []
    found: dict[str, tuple[str, list[WorkItem]]] = {}
    last: list[date] = []
    seen: dict[str, int] = {}
    unusual: Counter[str] = Counter()
    unsure = Unsure()
    undated: list[str] = []
    for line, row in sheet.rows:
        cells = {name: sheet.value(row, name) for name in COLUMNS}
        key = cells["key"]
        if not KEY.fullmatch(key):
            problems.append(Problem(message=f"{key[:40]!r} is no issue key", file=where, line=line))
            continue
        if key in seen:
            problems.append(Problem(message=f"issue {key} is there twice; the first is in line {seen[key]}", file=where, line=line))
            continue
        seen[key] = line
        try:
            item, updated, stands = _issue_of_row(cells, order)
        except (UnitError, ModelError) as error:
            problems.append(Problem(message=f"{key}: {error}", file=where, line=line))
            continue
        project = cells["project"] if PROJECT.fullmatch(cells["project"]) else key.rpartition("-")[0]
        items = found.setdefault(project, (cells["title"], []))[1]
        if not unsure.takes(key, cells["status"], stands, Life(item.started, item.finished, item.dropped)):
            continue
        if item.finished is not None and cells["resolution"].casefold() not in USUAL:
            unusual[cells["resolution"]] += 1
        if item.started is not None and not cells["started"] and item.finished is None and item.dropped is None:
            undated.append(key)
        if updated is not None:
            last.append(updated)
        items.append(item)
    if problems:
        raise FileError(where, problems)
    said = [*_doubts(order, doubtful, where), *unsure.findings(where), *delivered_by(unusual), *_left_out(sheet.unread, undated, where)]
    return portfolio_of(found, where, max(last, default=None), said)


def _left_out(unread: Sequence[str], undated: Sequence[str], where: str) -> Iterator[Finding]:
    """What an export without a change log cannot say, and what it says that a backlog does not hold."""
    if undated:
        yield Finding(
            code="jira/started",
            severity=Severity.INFO,
            message=f"nothing says when {counted(len(undated), 'issue')} in progress {agree(len(undated), 'was', 'were')} begun"
            f" ({', '.join(undated[:3])}{', ...' if len(undated) > 3 else ''}): the day on which the status category changed, else that of creation, is taken",
            hint="export JSON with the change log, or the field Actual start",
            file=where,
        )
    if unread:
        yield Finding(
            code="jira/column-ignored",
            severity=Severity.INFO,
            message=f"{counted(len(unread), 'column')} {agree(len(unread), 'is', 'are')} not read: {', '.join(map(repr, unread[:6]))}{', ...' if len(unread) > 6 else ''}",
            hint="state due dates and dependencies in the portfolio: as milestones and links",
            file=where,
        )


def _doubts(order: Order, doubtful: str, where: str) -> list[Finding]:
    if not doubtful:
        return []
    return [
        Finding(
            code="jira/date-order",
            message=f"{doubtful!r} and the like may be read in two ways, and nothing in the file says which: read with the {order}",
            hint="export with the name of the month (Jira's own format), or as 2026-01-31",
            file=where,
        )
    ]


def _issue_of_row(cells: Mapping[str, str], order: Order) -> tuple[WorkItem, date | None, Standing]:
    """An issue of an export, when it was last changed, and where it stands."""
    days = {name: day_of(cells[name], order) for name in DATES}
    points = cells["points"]
    try:
        size = float(points.replace(",", ".")) if points else None
    except ValueError:
        size = math.nan
    if size is not None and not (abs(size) < 10**15 and points.isascii() and "_" not in points):
        raise UnitError(f"{points[:20]!r} is no number of points")
    named = CATEGORIES.get(cells["category"].casefold())
    stands = standing(named, cells["status"], resolution=cells["resolution"], resolved=days["resolved"])
    now = stands.category
    started = days.pop("started")
    life = lived((), now, **days, resolution=cells["resolution"], status=cells["status"])
    end = life.finished or life.dropped
    if started is not None and now != "new" and (now or end):
        life = attrs.evolve(life, started=started if end is None or started <= end else end)
    item = WorkItem(
        id=cells["key"],
        name=readable(cells["summary"]),
        kind=readable(cells["kind"]),
        epic=readable(cells["epic"]),
        points=size,
        iteration=readable(cells["sprint"]),
        created=days["created"],
        **attrs.asdict(life),
    )
    return item, days["updated"], stands


def sniff_jira_csv(path: Path, head: bytes) -> bool:
    """Whether a file is such an export: its first line names the key of issues, whatever its ending."""
    first = head.split(b"\n", 1)[0].lower()
    return path.suffix.lower() in (".csv", ".txt") and any(name.encode() in first for name in COLUMNS["key"])
