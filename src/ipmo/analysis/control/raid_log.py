"""Risks, assumptions, issues and dependencies counted at every level: open, overdue, without an owner, and how old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import attrs

from ipmo.analysis.dates.by_day import gives_at_finish
from ipmo.analysis.money.rollup import LEFT_OUT, LEVELS
from ipmo.errors import one_of
from ipmo.model.governance import Gate
from ipmo.model.held import risks_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import When, as_day, as_when
from ipmo.words import counted

__all__ = ["RaidCount", "RaidEntry", "RaidLog", "raid_log"]

KINDS = ("risk", "assumption", "issue", "dependency", "decision", "change")


@attrs.frozen(kw_only=True)
class RaidEntry:
    """One entry of the RAID log.

    Args:
        id: full id of a risk, id of another entry, `giver -> receiver` of a link without one.
        kind: risk, assumption, issue, dependency, decision or change.
        items: the projects or programmes that it counts for; the portfolio when it says none.
        open: it is not settled.
        due: the day after which it is overdue.
        raised: when it was raised.
        owner: who owns it.
    """

    id: str
    kind: str
    items: tuple[str, ...]
    open: bool
    due: When | None
    raised: When | None
    owner: str | None


@attrs.frozen(kw_only=True)
class RaidCount(Shown):
    """Entries of one kind below one item.

    Args:
        item: project, programme or portfolio.
        level: which of these.
        kind: risk, assumption, issue, dependency, decision or change.
        total: all entries.
        open: those not settled.
        overdue: open ones past their day; None where nothing says what day it is: no status date, no `as_of=`.
        unowned: open ones that nobody owns.
        undated: open ones without the date that would say whether they are overdue.
        oldest: days since the oldest open one was raised; None where none says.
        mean_age: mean days of the open ones that say.
        entries: the entries that were counted.
    """

    item: str
    level: str
    kind: str
    total: int
    open: int
    overdue: int | None
    unowned: int
    undated: int
    oldest: int | None
    mean_age: float | None
    entries: tuple[RaidEntry, ...] = attrs.field(default=(), repr=False)


class RaidLog(Rows[tuple[str, str], RaidCount]):
    """The answer of `raid_log`: counts by (item, kind), those of which there is any.

    `in` and `[]` take the kinds of which an item has none too.
    """

    def __init__(self, rows: Mapping[tuple[str, str], RaidCount], as_of: date | None) -> None:
        super().__init__({key: row for key, row in rows.items() if row.total}, "this RAID log")
        self._none = {key: row for key, row in rows.items() if not row.total}
        self.as_of = as_of

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, tuple) and key in self._none)

    def __getitem__(self, key: tuple[str, str] | int) -> RaidCount:
        """The counts of an item and a kind, or at a place from 0.

        Raises:
            UnknownItemError: there is no such item or kind.
        """
        return self._none[key] if isinstance(key, tuple) and key in self._none else super().__getitem__(key)

    def explain(self, item: str, kind: str) -> str:
        """What a count was made of: one line an entry, the open ones first.

        Raises:
            UnknownItemError: there is no such item or kind.
        """
        row = self[item, kind]
        lines = [f"{item}: {counted(row.total, kind)}, {row.open} open"]
        for entry in sorted(row.entries, key=lambda entry: not entry.open):
            late = entry.open and entry.due is not None and self.as_of is not None and as_day(entry.due) < self.as_of
            facts = ["open" if entry.open else "settled", "overdue" if late else "", f"due {entry.due}" if entry.due is not None else ""]
            facts += [f"raised {entry.raised}" if entry.raised is not None else "", f"owner {entry.owner}" if entry.owner else "no owner"]
            lines.append(f"  {entry.id}: {', '.join(fact for fact in facts if fact)}")
        return "\n".join(lines)

    def table(self, level: str | None = None) -> Table:
        """One row an item and kind: item, level, kind, total, open, overdue, unowned, undated, oldest, mean_age."""
        if level is not None:
            one_of("level", level, LEVELS)
        rows = [row for row in self.rows if level is None or row.level == level]
        return Table(
            [
                *(Column(name, "str", [getattr(r, name) for r in rows]) for name in ("item", "level", "kind")),
                *(Column(name, "int", [getattr(r, name) for r in rows]) for name in ("total", "open", "overdue", "unowned", "undated")),
                Column("oldest", "int", [r.oldest for r in rows], "days"),
                Column("mean_age", "float", [r.mean_age for r in rows], "days"),
            ]
        )

    def __repr__(self) -> str:
        whole = [row for row in self.rows if row.level == "portfolio"]
        return f"<RaidLog: {counted(sum(row.total for row in whole), 'entry')}, {sum(row.open for row in whole)} open>"


def raid_log(portfolio: Portfolio, *, as_of: date | str | None = None) -> RaidLog:
    """Counts of risks, assumptions, issues, dependencies, decisions and change requests at every level.

    A dependency is a link across a project boundary; it counts for both projects, and once for what holds them both. It is
    overdue when it was needed or committed before the date and is not delivered.

    Args:
        portfolio: the portfolio.
        as_of: the date of the counts; the status date when left out. Without any, ages and what is
            overdue are unknown.
    """
    when = as_day(as_when(as_of)) if as_of is not None else as_day(portfolio.status_date) if portfolio.status_date is not None else None
    above: dict[str, list[str]] = {}
    levels: dict[str, str] = {portfolio.id: "portfolio"}
    for programme in portfolio.programmes:
        levels[programme.id] = "programme"
    for project in portfolio.projects:
        if project.counted_as not in LEFT_OUT:
            levels[project.id] = "project"
    tree = hierarchy(portfolio)
    for name in levels:
        above[name] = [name, *(p.id for p in tree.programmes_of(name)), portfolio.id] if name != portfolio.id else [name]
    found: dict[tuple[str, str], list[RaidEntry]] = {(item, kind): [] for item in levels for kind in KINDS}
    for entry in _entries(portfolio):
        touched = dict.fromkeys(up for item in entry.items for up in above.get(item, [portfolio.id]))
        for item in touched:
            found[item, entry.kind].append(entry)
    return RaidLog({key: _count(key, levels[key[0]], entries, when) for key, entries in found.items()}, when)


def _entries(pf: Portfolio) -> Iterator[RaidEntry]:
    for held in risks_of(pf):
        if held.project is None or held.project.counted_as not in LEFT_OUT:
            risk = held.noun
            yield RaidEntry(
                id=held.id,
                kind="risk",
                items=(held.owner,),
                open=risk.state == "open",
                due=risk.ends,
                raised=risk.raised,
                owner=risk.owner,
            )
    for issue in pf.issues:
        yield RaidEntry(
            id=issue.id,
            kind="issue",
            items=_where(pf, issue.item),
            open=issue.closed is None,
            due=issue.due,
            raised=issue.raised,
            owner=issue.owner,
        )
    for assumption in pf.assumptions:
        yield RaidEntry(
            id=assumption.id,
            kind="assumption",
            items=_where(pf, assumption.item),
            open=assumption.state == "open",
            due=assumption.review,
            raised=None,
            owner=assumption.owner,
        )
    for link in pf.links:
        ends = [pf.resolve(end) or "" for end in (link.source, link.target)]
        projects = tuple(dict.fromkeys(p for end in ends if (p := pf.project_of(end))))
        if len(projects) < 2 and not any(end.startswith("external:") for end in ends):
            continue
        due = min((w for w in (link.needed, link.promised) if w is not None), key=as_day, default=None)
        yield RaidEntry(
            id=link.id or f"{link.source} -> {link.target}",
            kind="dependency",
            items=projects,
            open=_awaited(pf, link),
            due=due,
            raised=link.as_of,
            owner=link.giver_owner or link.receiver_owner,
        )
    for decision in pf.decisions:
        yield RaidEntry(
            id=decision.id,
            kind="decision",
            items=_where(pf, decision.item),
            open=decision.state == "open",
            due=decision.need_by,
            raised=None,
            owner=decision.body,
        )
    for change in pf.changes:
        yield RaidEntry(
            id=change.id,
            kind="change",
            items=_where(pf, change.item),
            open=change.state == "raised",
            due=None,
            raised=change.raised,
            owner=change.owner,
        )


def _awaited(pf: Portfolio, link: Link) -> bool:
    """Whether somebody still waits for what a link hands over: it is not there yet, or disputed, and its receiver is not done."""
    if link.status in ("delivered", "cancelled"):
        return False
    giver, taker = (pf.items.get(reference(pf.resolve(end) or end).item) for end in (link.source, link.target))
    if _done(taker) or (isinstance(taker, Project) and (taker.stopped or taker.state == "closed")):
        return False
    given = _done(giver) if gives_at_finish(pf, link) else getattr(giver, "started", False)
    return link.status == "disputed" or not given


def _done(noun: object) -> bool:
    """Whether an item is a fact: work has its actual finish, a gate its go."""
    if isinstance(noun, Gate):
        return noun.decision is not None and noun.decision.outcome in ("go", "conditional go")
    return bool(getattr(noun, "finished", False))


def _where(pf: Portfolio, item: str | None) -> tuple[str, ...]:
    """The project or programme an entry is about; the portfolio when it says none."""
    if item is None:
        return (pf.id,)
    full = (pf.reference(item) or reference(item)).item
    return (pf.project_of(full) or full,)


def _count(key: tuple[str, str], level: str, entries: list[RaidEntry], when: date | None) -> RaidCount:
    live = [entry for entry in entries if entry.open]
    ages = [(when - as_day(entry.raised)).days for entry in live if entry.raised is not None and when is not None]
    return RaidCount(
        item=key[0],
        level=level,
        kind=key[1],
        total=len(entries),
        open=len(live),
        overdue=None if when is None else sum(1 for e in live if e.due is not None and as_day(e.due) < when),
        unowned=sum(1 for e in live if e.owner is None),
        undated=sum(1 for e in live if e.due is None),
        oldest=max(ages, default=None),
        mean_age=sum(ages) / len(ages) if ages else None,
        entries=tuple(entries),
    )
