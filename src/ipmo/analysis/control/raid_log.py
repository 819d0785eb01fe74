"""Risks, assumptions, issues and dependencies counted at every level: open, overdue, without an owner, and how old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import attrs

from ipmo.analysis.dates.schedule import as_day
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Column, Table

__all__ = ["RaidCount", "RaidLog", "raid_log"]

KINDS = ("risk", "assumption", "issue", "dependency", "decision", "change")


@attrs.frozen(kw_only=True)
class RaidCount:
    """Entries of one kind below one item.

    Args:
        item: project, programme or portfolio.
        level: which of these.
        kind: risk, assumption, issue, dependency, decision or change.
        total: all entries.
        open: those not settled.
        overdue: open ones past their day.
        unowned: open ones that nobody owns.
        undated: open ones without the date that would say whether they are overdue.
        oldest: days since the oldest open one was raised; None where none says.
        mean_age: mean days of the open ones that say.
    """

    item: str
    level: str
    kind: str
    total: int
    open: int
    overdue: int
    unowned: int
    undated: int
    oldest: int | None
    mean_age: float | None


@attrs.frozen(kw_only=True)
class _Entry:
    kind: str
    items: tuple[str, ...]
    open: bool
    due: Any
    raised: Any
    owner: str | None


class RaidLog:
    """The answer of `registers`: counts by item and kind."""

    def __init__(self, rows: Mapping[tuple[str, str], RaidCount], as_of: date | None) -> None:
        self._rows, self.as_of = rows, as_of

    def __getitem__(self, key: tuple[str, str]) -> RaidCount:
        """The counts of `(item, kind)`.

        Raises:
            UnknownItemError: there is no such item or kind.
        """
        if key not in self._rows:
            names = {f"{item}, {kind}" for item, kind in self._rows}
            raise UnknownItemError(f"{key[0]}, {key[1]}", close_matches(f"{key[0]}, {key[1]}", names), "these registers")
        return self._rows[key]

    def table(self, level: str | None = None) -> Table:
        """One row an item and kind: item, level, kind, total, open, overdue, unowned, undated, oldest, mean_age."""
        rows = [row for row in self._rows.values() if row.total and (level is None or row.level == level)]
        return Table(
            [
                *(Column(name, "str", [getattr(r, name) for r in rows]) for name in ("item", "level", "kind")),
                *(Column(name, "int", [getattr(r, name) for r in rows]) for name in ("total", "open", "overdue", "unowned", "undated")),
                Column("oldest", "int", [r.oldest for r in rows], "days"),
                Column("mean_age", "float", [r.mean_age for r in rows], "days"),
            ]
        )

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def raid_log(portfolio: Portfolio, *, as_of: date | str | None = None) -> RaidLog:
    """Counts of risks, assumptions, issues, dependencies, decisions and change requests at every level.

    A dependency is a link across a project boundary; it counts for both projects, and once for what holds them both. It is
    overdue when it was needed or promised before the date and is not delivered.

    Args:
        portfolio: the portfolio.
        as_of: the date of the counts; the status date when left out. Without any, nothing is overdue and nothing has an age.
    """
    from ipmo.units import as_when

    when = as_day(as_when(as_of)) if as_of is not None else as_day(portfolio.status_date) if portfolio.status_date is not None else None
    above: dict[str, list[str]] = {}
    levels: dict[str, str] = {portfolio.id: "portfolio"}
    for programme in portfolio.programmes:
        levels[programme.id] = "programme"
    for project in portfolio.projects:
        if project.state not in LEFT_OUT:
            levels[project.id] = "project"
    tree = hierarchy(portfolio)
    for name in levels:
        above[name] = [name, *(p.id for p in tree.programmes_of(name)), portfolio.id] if name != portfolio.id else [name]
    found: dict[tuple[str, str], list[_Entry]] = {(item, kind): [] for item in levels for kind in KINDS}
    for entry in _entries(portfolio):
        touched = dict.fromkeys(up for item in entry.items for up in above.get(item, [portfolio.id]))
        for item in touched:
            found[item, entry.kind].append(entry)
    return RaidLog({key: _count(key, levels[key[0]], entries, when) for key, entries in found.items()}, when)


def _entries(pf: Portfolio) -> Iterator[_Entry]:
    for project in pf.projects:
        if project.state in LEFT_OUT:
            continue
        for risk in project.risks:
            yield _Entry(kind="risk", items=(project.id,), open=risk.state == "open", due=risk.ends, raised=risk.raised, owner=risk.owner)
    for issue in pf.issues:
        yield _Entry(
            kind="issue",
            items=_where(pf, issue.item),
            open=issue.closed is None,
            due=issue.due,
            raised=issue.raised,
            owner=issue.owner,
        )
    for assumption in pf.assumptions:
        yield _Entry(
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
        live = link.status not in ("delivered", "cancelled")
        yield _Entry(
            kind="dependency", items=projects, open=live, due=due, raised=link.as_of, owner=link.giver_owner or link.receiver_owner
        )
    for decision in pf.decisions:
        yield _Entry(
            kind="decision",
            items=_where(pf, decision.item),
            open=decision.state == "open",
            due=decision.need_by,
            raised=None,
            owner=decision.body,
        )
    for change in pf.changes:
        yield _Entry(
            kind="change", items=_where(pf, change.item), open=change.state == "raised", due=None, raised=change.raised, owner=change.owner
        )


def _where(pf: Portfolio, item: str | None) -> tuple[str, ...]:
    """The project or programme an entry is about; the portfolio when it says none."""
    if item is None:
        return (pf.id,)
    full = (pf.resolve(item) or item).partition("@")[0]
    return (pf.project_of(full) or full,)


def _count(key: tuple[str, str], level: str, entries: list[_Entry], when: date | None) -> RaidCount:
    live = [entry for entry in entries if entry.open]
    ages = [(when - as_day(entry.raised)).days for entry in live if entry.raised is not None and when is not None]
    return RaidCount(
        item=key[0],
        level=level,
        kind=key[1],
        total=len(entries),
        open=len(live),
        overdue=sum(1 for e in live if e.due is not None and when is not None and as_day(e.due) < when),
        unowned=sum(1 for e in live if e.owner is None),
        undated=sum(1 for e in live if e.due is None),
        oldest=max(ages, default=None),
        mean_age=sum(ages) / len(ages) if ages else None,
    )
