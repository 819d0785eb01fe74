"""Jira: issues from its REST interface (versions 2 and 3) as JSON, and what all its files become.

Each Jira project becomes a project with one task, `backlog`: its items, and an estimate of the open ones from the throughput
of the last weeks. People are never read.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import attrs

from ipmo import Span
from ipmo.model import Portfolio, Project, Source, Task
from ipmo.plugin import FileError, Finding, ModelError, Problem, Severity, UnitError, agree, counted
from ipmo_agile.dates import day_of
from ipmo_agile.fields import AgileFields, WorkItem
from ipmo_agile.forecast import MOST_ITEMS, AgileForecast
from ipmo_agile.history import bulk_closures, throughput, without_bulk
from ipmo_agile.jira_fields import points_named, sprint_of
from ipmo_agile.lifecycle import Category, Life, Move, Standing, category_of, lived, standing

__all__ = ["KEY", "PROJECT", "USUAL", "Unsure", "backlog", "delivered_by", "portfolio_of", "read_jira", "readable", "sniff_jira"]

WEEKS = 26
"""Weeks of throughput that the estimate rests on."""
PROJECT = re.compile(r"[A-Z][A-Z0-9_]*")
KEY = re.compile(rf"{PROJECT.pattern}-[0-9]+")
USUAL = frozenset(
    ("", "done", "fixed", "resolved", "unresolved", "completed", "complete", "implemented", "released", "delivered", "fertig")
)
"""Resolutions that need no word: something was delivered, or nothing is resolved."""


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
    if not left and rows:  # all of them were given up
        return Task(id="backlog", name=name, duration=Span(0, "d"), extensions=extensions)
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


def delivered_by(unusual: Mapping[str, int]) -> list[Finding]:
    """What to say of resolutions that nobody knows, and that count as delivered.

    Args:
        unusual: each with how many issues have it.
    """
    if not unusual:
        return []
    total = sum(unusual.values())
    names = ", ".join(f"{name!r} ({count})" for name, count in sorted(unusual.items(), key=lambda one: (-one[1], one[0]))[:5])
    return [
        Finding(
            code="jira/resolution",
            severity=Severity.INFO,
            message=f"{counted(total, 'issue')} {agree(total, 'counts', 'count')} as delivered by a resolution of your own: {names}",
            hint="where it means that nothing was delivered, resolve them as Won't Do",
        )
    ]


def portfolio_of(
    by_project: Mapping[str, tuple[str, list[WorkItem]]], where: str, today: date | None, findings: Iterable[Finding] = ()
) -> Portfolio:
    """A portfolio of issues: each Jira project is a project with one task, its backlog.

    Args:
        by_project: title and items by key.
        where: the file as the user named it.
        today: the day of the data; the last on which anything happened when left out.
        findings: what was noticed while reading.

    Raises:
        FileError: there is no issue.
    """
    if not by_project:
        raise FileError(where, "there are no issues in it")
    try:
        return _made(by_project, where, today, findings)
    except ModelError as error:
        raise FileError(where, [attrs.evolve(problem, file=where) for problem in error.problems]) from None


def _made(by_project: Mapping[str, tuple[str, list[WorkItem]]], where: str, today: date | None, findings: Iterable[Finding]) -> Portfolio:
    days = [d for _, rows in by_project.values() for r in rows for d in (r.created, r.started, r.finished, r.dropped) if d is not None]
    day = today or max(days, default=None)
    projects = []
    for key, (name, rows) in sorted(by_project.items()):
        bulk = bulk_closures(r.finished for r in rows if r.finished is not None)
        note = {"bulk_closures": ", ".join(f"{b.day} ({b.items})" for b in bulk[:10])} if bulk else {}
        projects.append(
            Project(id=key, name=name, state="active", methodology="agile", tasks=[backlog(rows, "Backlog", day)], attributes=note)
        )
    given_up = [key for key, (_, rows) in sorted(by_project.items()) if rows and all(row.dropped is not None for row in rows)]
    start = min((d for _, rows in by_project.values() for r in rows for d in (r.started, r.finished) if d is not None), default=day)
    understood = sum(len(rows) for _, rows in by_project.values())
    return Portfolio(
        id=_named(Path(where).stem),
        start=start,
        status_date=day,
        methodologies={"project": "agile"},
        projects=projects,
        source=Source(path=where, format="jira", understood=understood, findings=[*findings, *_nothing_delivered(given_up)]),
    )


def _nothing_delivered(projects: Sequence[str]) -> Iterator[Finding]:
    """What to say of projects of which every issue was given up."""
    if projects:
        yield Finding(
            code="jira/nothing-delivered",
            severity=Severity.WARNING,
            message=f"every issue of {', '.join(projects[:5])}{', ...' if len(projects) > 5 else ''} was given up (won't do, duplicate, ...): nothing was delivered, and no work is left",
            hint="where a resolution of your own means that something was delivered, name it Done",
        )


def _named(stem: str) -> str:
    """A name of a file as an id: without what ids may not hold."""
    return " ".join(re.sub(r"[/:@\x00-\x1f\x7f-\x9f]", " ", stem).split())[:200].rstrip() or "jira"


def readable(text: str) -> str:
    """A text that any file can hold.

    Raises:
        UnitError: it holds a NUL character, or half a character.
    """
    if "\0" in text or (not text.isascii() and re.search("[\ud800-\udfff]", text)):
        raise UnitError(f"{text[:40]!a} holds a NUL character or half a character, which no text has; correct it in Jira")
    return text


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
        except ValueError:  # Python reads no number of more digits than a few thousand
            raise FileError(shown, "no JSON: a number in it has too many digits to be one; export it again") from None
        except OSError as error:
            raise FileError(shown, f"cannot be read: {error.strerror}") from None


def _is_issue(data: Any) -> bool:
    return isinstance(data, Mapping) and isinstance(data.get("fields"), Mapping) and isinstance(data.get("key"), str)


def read_jira(path: Path, where: str) -> Portfolio:
    """Issues as Jira's REST interface gives them: search results, single issues, or a folder of them, with change logs.

    An item is finished when it last came into the category done from outside it, and given up where its resolution or status
    says so; a list of statuses beside the issues says which category each is of, else the names of Jira's own (`lived`).

    Raises:
        FileError: what it holds is no JSON, or holds no issues.
    """
    issues: list[tuple[str, Mapping[str, Any]]] = []
    categories: dict[str, Category] = {}
    pages: list[Mapping[str, Any]] = []
    names: dict[str, Any] = {}
    bare = 0
    for shown, data in _texts(path, where):
        if _is_issue(data):
            issues.append((shown, data))
        elif isinstance(data, Mapping) and isinstance(data.get("issues"), list):
            pages.append(data)
            names |= _mapping(data.get("names"))
            issues += [(shown, one) for one in data["issues"] if _is_issue(one)]
            bare += sum(not _is_issue(one) for one in data["issues"])
        elif isinstance(data, list):
            for one in data:
                if isinstance(one, Mapping) and isinstance(one.get("statusCategory"), Mapping):
                    category = _category(one["statusCategory"])
                    if category is not None:
                        categories[_id(one)] = category
                elif _is_issue(one):
                    issues.append((shown, one))
    problems: list[Problem] = []
    found: dict[str, tuple[str, list[WorkItem]]] = {}
    last: list[date] = []
    seen: dict[str, str] = {}
    unusual: Counter[str] = Counter()
    unsure = Unsure()
    for shown, issue in issues:
        if not KEY.fullmatch(issue["key"]):
            problems.append(Problem(message=f"{issue['key'][:40]!r} is no issue key", file=shown))
            continue
        try:
            item, name, updated, stands = _issue(issue, categories, names | _mapping(issue.get("names")))
        except (UnitError, ModelError) as error:
            problems.append(Problem(message=f"{issue['key']}: {error}", file=shown))
            continue
        if item.id in seen:
            problems.append(Problem(message=f"issue {item.id} is there twice; the first is in {seen[item.id]}", file=shown))
            continue
        seen[item.id] = shown
        items = found.setdefault(_project_of(issue), (name, []))[1]
        status = str(_mapping(issue["fields"].get("status")).get("name") or "")
        if not unsure.takes(item.id, status, stands, Life(item.started, item.finished, item.dropped)):
            continue
        resolution = str(_mapping(issue["fields"].get("resolution")).get("name") or "")
        if item.finished is not None and resolution.casefold() not in USUAL:
            unusual[resolution] += 1
        if updated is not None:
            last.append(updated)
        items.append(item)
    if problems:
        raise FileError(where, problems)
    if bare and not found:
        raise FileError(where, "no issue in it has a key and fields; ask Jira for fields, for example fields=*all")
    missing = [*_missing(pages, bare), *_cut_logs(issue for _, issue in issues), *unsure.findings(where)]
    return portfolio_of(found, where, max(last, default=None), [*missing, *delivered_by(unusual)])


@attrs.define
class Unsure:
    """Issues of which a file does not say all: statuses of no named category, and what is done without a date.

    Args:
        done: statuses that are taken for done, with how many issues stand in them.
        begun: those taken for in progress.
        undated: keys of issues that are done, and nothing says since when: left out.
    """

    done: Counter[str] = attrs.field(factory=Counter)
    begun: Counter[str] = attrs.field(factory=Counter)
    undated: list[str] = attrs.field(factory=list)

    def takes(self, key: str, status: str, stands: Standing, life: Life) -> bool:
        """Whether an issue is read; what is unsure of it is noted.

        Args:
            key: of the issue.
            status: the name of its status.
            stands: where it stands.
            life: when it began and ended.
        """
        if stands.guessed:
            (self.done if stands.category == "done" else self.begun)[status] += 1
        if stands.lacks_end(life):
            self.undated.append(key)
        return not stands.lacks_end(life)

    def findings(self, where: str) -> Iterator[Finding]:
        """What to say of them.

        Args:
            where: what to call the file.
        """
        said = [
            f"{', '.join(f'{name!r} ({count})' for name, count in sorted(told.items())[:5])}{', ...' if len(told) > 5 else ''} {read}"
            for told, read in ((self.done, "taken for done, by the resolution"), (self.begun, "taken for in progress"))
            if told
        ]
        if said:
            yield Finding(
                code="jira/status-category",
                severity=Severity.WARNING,
                message=f"nothing says of which category these statuses are: {'; '.join(said)}",
                hint="export the column Status Category too",
                file=where,
            )
        if self.undated:
            count = len(self.undated)
            yield Finding(
                code="jira/done-without-date",
                severity=Severity.WARNING,
                message=f"{counted(count, 'issue')} {agree(count, 'is', 'are')} done, and nothing says since when: {', '.join(self.undated[:5])}"
                f"{', ...' if count > 5 else ''} {agree(count, 'is', 'are')} left out, as without a date it would be open work",
                hint="export the columns Resolved and Updated too",
                file=where,
            )


def _missing(pages: Iterable[Mapping[str, Any]], bare: int) -> Iterator[Finding]:
    """What to say of search results that are not the whole answer: Jira gives them page by page."""
    found = list(pages)
    held = sum(len(page["issues"]) for page in found)
    total = max((page["total"] for page in found if isinstance(page.get("total"), int)), default=0)
    ends = [page["isLast"] for page in found if isinstance(page.get("isLast"), bool)]
    if total > held or (ends and not any(ends)):
        of = f" of {total:,}" if total > held else ""
        yield Finding(
            code="jira/incomplete",
            severity=Severity.WARNING,
            message=f"it holds {counted(held, 'issue')}{of}: pages of the search are missing, and what is said of the backlog leaves them out",
            hint="fetch the other pages, and read them together: one file each in a folder",
        )
    if bare:
        yield Finding(
            code="jira/incomplete",
            severity=Severity.WARNING,
            message=f"{counted(bare, 'issue')} without a key or without fields {agree(bare, 'is', 'are')} left out",
            hint="ask Jira for fields, for example fields=*all",
        )


def _cut_logs(issues: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """What to say of change logs that are not whole: Jira cuts them off after a hundred entries."""
    cut = [str(issue["key"]) for issue in issues if _is_cut(_mapping(issue.get("changelog")))]
    if cut:
        yield Finding(
            code="jira/incomplete",
            severity=Severity.WARNING,
            message=f"the change {agree(len(cut), 'log', 'logs')} of {counted(len(cut), 'issue')} {agree(len(cut), 'is', 'are')} not whole"
            f" ({', '.join(sorted(cut)[:3])}{', ...' if len(cut) > 3 else ''}): when their work began and ended may be wrong",
            hint="fetch the rest from /issue/KEY/changelog",
        )


def _is_cut(log: Mapping[str, Any]) -> bool:
    total = log.get("total")
    return isinstance(total, int) and total > len(_rows(log.get("histories"))) + len(_rows(log.get("values")))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _project_of(issue: Mapping[str, Any]) -> str:
    key = str(_mapping(issue["fields"].get("project")).get("key") or "")
    return key if PROJECT.fullmatch(key) else str(issue["key"]).rpartition("-")[0]


def _issue(
    issue: Mapping[str, Any], categories: Mapping[str, Category], names: Mapping[str, Any]
) -> tuple[WorkItem, str, date | None, Standing]:
    fields = issue["fields"]
    status, resolution = _mapping(fields.get("status")), _mapping(fields.get("resolution"))
    name = str(status.get("name") or "")
    known = dict(categories)
    now = _category(_mapping(status.get("statusCategory")))
    if now is None:
        now = known.get(_id(status))
    elif status.get("id") is not None:
        known[_id(status)] = now
    created, resolved, changed, updated = (
        day_of(str(fields.get(field) or "")) for field in ("created", "resolutiondate", "statuscategorychangedate", "updated")
    )
    became = str(resolution.get("name") or "")
    stands = standing(now, name, resolution=became, resolved=resolved)
    life = lived(
        _moves(_mapping(issue.get("changelog")), known),
        stands.category,
        created=created,
        resolved=resolved,
        changed=changed,
        updated=updated,
        resolution=became,
        status=name,
    )
    item = WorkItem(
        id=str(issue["key"]),
        name=readable(str(fields.get("summary") or "")),
        kind=readable(str(_mapping(fields.get("issuetype")).get("name") or "")),
        epic=readable(str(_mapping(fields.get("parent")).get("key") or "")),
        points=points_named(fields, names),
        iteration=readable(sprint_of(fields)),
        created=created,
        **attrs.asdict(life),
    )
    return item, readable(str(_mapping(fields.get("project")).get("name") or "")), updated, stands


def _id(status: Mapping[str, Any]) -> str:
    return str(status.get("id") or "")


def _category(told: Mapping[str, Any]) -> Category | None:
    """A category as Jira has it; None of one that is none ("No Category")."""
    key = told.get("key")
    return key if key in ("new", "indeterminate", "done") else None


def _moves(log: Mapping[str, Any], known: Mapping[str, Category]) -> Iterator[Move]:
    """The moves in a change log: `histories` inside an issue, `values` where the log was fetched alone."""
    for entry in [*_rows(log.get("histories")), *_rows(log.get("values"))]:
        for change in _rows(entry.get("items")):
            if change.get("field") == "status":
                left, into = (_state(change, number, name, known) for number, name in (("from", "fromString"), ("to", "toString")))
                if into is not None:
                    yield Move(_instant(entry.get("created")), left, into)


def _state(change: Mapping[str, Any], number: str, name: str, known: Mapping[str, Category]) -> Category | None:
    said = str(change.get(name) or "")
    return known.get(str(change.get(number) or "")) or (category_of(said) if said else None)


def _instant(value: Any) -> datetime:
    """An instant of a change log, comparable whatever its offset; its day is that of the text."""
    if isinstance(value, int):  # milliseconds, where change logs were fetched for many issues at once
        try:
            return datetime.fromtimestamp(value / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            raise UnitError(f"{value!r:.40} is no instant of a change in its log, in milliseconds since 1970") from None
    text = str(value or "")
    if day_of(text) is None:
        raise UnitError("a change in its log has no date")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.combine(day_of(text) or date.min, time())
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def sniff_jira(path: Path, head: bytes) -> bool:
    """Whether a file, or a folder of files, holds issues as the REST interface gives them."""
    if path.is_dir():
        return any(sniff_jira(one, one.read_bytes()[:4096]) for one in sorted([*path.glob("*.json"), *path.glob("*/*.json")])[:8])
    if b'"ipmo"' in head:  # a portfolio of ipmo's own, whatever else it is about
        return False
    return path.suffix.lower() == ".json" and (b'"issues"' in head or b'"changelog"' in head or b'"fields"' in head) and b'"key"' in head
