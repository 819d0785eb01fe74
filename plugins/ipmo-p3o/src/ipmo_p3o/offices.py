"""The office model: which office serves which initiative, and how each reaches the board that decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import attrs

from ipmo.model import DecisionBody, Office, Portfolio, Programme, Project
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import Column, Figure, ModelError, Shown, ShownAnswer, Table, counted, remember
from ipmo_p3o.drawings import offices_drawn

__all__ = ["OfficeModel", "ReportingPath", "office_map", "office_model", "reporting_paths"]

OPEN = ("proposed", "approved", "active", "paused")


def day_of(when: date | datetime) -> date:
    """The day of a date or a moment."""
    return when.date() if isinstance(when, datetime) else when


@attrs.frozen(kw_only=True)
class ReportingPath(Shown):
    """The reporting line of an initiative.

    Args:
        item: the initiative.
        steps: offices and boards on the shortest line to the top board; where none leads there, the longest that is found.
        top: whether it ends at a board of the portfolio.
        ends: level of the board at which it ends, `office` when it ends at an office, empty when nothing serves the initiative.
    """

    item: str
    steps: tuple[str, ...]
    top: bool
    ends: str

    @property
    def length(self) -> int | None:
        """Steps to the top; None when it is not reached."""
        return len(self.steps) if self.top else None

    def __str__(self) -> str:
        return " -> ".join((self.item, *self.steps))


class OfficeModel(ShownAnswer):
    """Offices and boards of a portfolio as a graph of who reports to whom.

    Args:
        portfolio: the portfolio. Offices that have closed by its status date, or not opened yet, serve nobody.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        today = portfolio.status_date
        self.offices: Mapping[str, Office] = {o.id: o for o in sorted(portfolio.offices, key=lambda o: o.id) if _works(o, today)}
        self.bodies: Mapping[str, DecisionBody] = {b.id: b for b in sorted(portfolio.bodies, key=lambda b: b.id)}
        self._ups: dict[str, tuple[str, ...]] = {
            o.id: tuple(sorted(up for up in o.reports_to if up in self.offices or up in self.bodies)) for o in self.offices.values()
        } | {b.id: (b.reports_to,) if b.reports_to in self.bodies else () for b in self.bodies.values()}
        self._hosted: dict[str, list[str]] = {}
        for office in self.offices.values():
            if office.host is not None:
                self._hosted.setdefault(office.host, []).append(office.id)
        self._lines: dict[tuple[str, ...], dict[str, int]] = {}
        self._paths: dict[tuple[str, ...], tuple[tuple[str, ...], bool, str]] = {}

    def table(self) -> Table:
        """One row an office and a board: id, name, kind, level, reports_to."""
        nouns: list[Office | DecisionBody] = [*self.offices.values(), *self.bodies.values()]
        return Table(
            [
                Column("id", "str", [one.id for one in nouns]),
                Column("name", "str", [one.name for one in nouns]),
                Column("kind", "str", ["office" if isinstance(one, Office) else "board" for one in nouns]),
                Column("level", "str", [one.type if isinstance(one, Office) else one.level for one in nouns]),
                Column("reports_to", "str", [", ".join(self.ups(one.id)) for one in nouns]),
            ]
        )

    def plot(self) -> Figure:
        """The office map: see `office_map`.

        Raises:
            ModelError: there is no office, or there are more offices and boards than a picture shows.
        """
        found = offices_drawn(self)
        if found is None:
            raise ModelError(
                f"{counted(len(self.offices), 'office')} and {counted(len(self.bodies), 'board')} make no picture; reporting_paths(pf) says who reports to whom"
            )
        return found

    def __repr__(self) -> str:
        boards = counted(len(self.bodies), "board")
        return f"<OfficeModel of {self.portfolio.id!r}: {counted(len(self.offices), 'office')}, {boards}, {counted(len(self.tops), 'board')} at the top>"

    def ups(self, name: str) -> tuple[str, ...]:
        """Offices and boards directly above one, in order of their ids."""
        return self._ups.get(name, ())

    @property
    def apexes(self) -> tuple[Office, ...]:
        """Portfolio offices with no office above them."""
        return tuple(
            o
            for o in self.offices.values()
            if o.type == "portfolio" and o.host is None and not any(up in self.offices for up in self.ups(o.id))
        )

    @property
    def tops(self) -> tuple[str, ...]:
        """Boards of the portfolio that report to nobody."""
        return tuple(b.id for b in self.bodies.values() if b.level in (None, "portfolio") and not self.ups(b.id))

    @property
    def initiatives(self) -> tuple[Project | Programme, ...]:
        """Open projects, and programmes that hold one, in order of their ids."""
        projects = [p for p in self.portfolio.projects if p.counted_as in OPEN]
        holding = {up for p in projects for up in self.over(p.id)}
        programmes = [p for p in self.portfolio.programmes if p.id in holding]
        return tuple(sorted([*programmes, *projects], key=lambda one: one.id))

    def over(self, item: str) -> tuple[str, ...]:
        """An initiative and the programmes above it, the closest first."""
        return (item, *(programme.id for programme in hierarchy(self.portfolio).programmes_of(item)))

    def nearest(self, item: str) -> tuple[str, ...]:
        """The offices closest to an initiative: those it hosts, else its programme's, else the one at the top, else the hubs."""
        for level in self.over(item):
            if level in self._hosted:
                return tuple(self._hosted[level])
        apexes = tuple(o.id for o in self.apexes)
        return apexes or tuple(o.id for o in self.offices.values() if o.type == "hub")

    def line(self, item: str) -> Mapping[str, int]:
        """Offices above an initiative and how many steps away each is; centres of excellence serve everybody, from the farthest away."""
        start = self.nearest(item)
        if start not in self._lines:
            found = dict.fromkeys(start, 0)
            waiting = list(start)
            for name in waiting:
                for up in self.ups(name):
                    if up in self.offices and up not in found:
                        found[up] = found[name] + 1
                        waiting.append(up)
            far = max(found.values(), default=0) + 1
            for office in self.offices.values():
                if office.type == "centre of excellence":
                    found.setdefault(office.id, far)
            self._lines[start] = found
        return self._lines[start]

    def supports(self, office: str, item: str) -> bool:
        """Whether an office serves an initiative, by itself or from above."""
        return office in self.line(item)

    def path(self, item: str) -> ReportingPath:
        """The reporting line of an initiative."""
        start = self.nearest(item)
        if start not in self._paths:
            self._paths[start] = self._search(start)
        steps, top, ends = self._paths[start]
        return ReportingPath(item=item, steps=steps, top=top, ends=ends)

    def _search(self, start: Iterable[str]) -> tuple[tuple[str, ...], bool, str]:
        came: dict[str, str | None] = dict.fromkeys(start)
        waiting, tops = list(came), set(self.tops)
        last = ""
        for name in waiting:  # breadth first, so the first top that turns up is a nearest one
            last = name
            if name in tops:
                break
            for up in self.ups(name):
                if up not in came:
                    came[up] = name
                    waiting.append(up)
        steps: list[str] = []
        here: str | None = last or None
        while here is not None:
            steps.append(here)
            here = came[here]
        ends = "" if not last else "office" if last in self.offices else self.bodies[last].level or "portfolio"
        return tuple(reversed(steps)), last in tops, ends

    def in_delivery(self, item: str) -> frozenset[str]:
        """Who delivers an initiative: its owner, owners of its work and of the programmes above, its temporary offices, and all in them."""
        found: set[str] = set()
        for level in self.over(item):
            noun = self.portfolio[level]
            if isinstance(noun, Project):
                found.update(task.owner for task in noun.tasks if task.owner)
            if isinstance(noun, Project | Programme) and noun.owner:
                found.add(noun.owner)
            found.update(self._hosted.get(level, ()))
        found.update(person.id for person in self.portfolio.people if person.office in found)
        return frozenset(found)


def _works(office: Office, today: date | datetime | None) -> bool:
    if today is None:
        return True
    day = day_of(today)
    return (office.starts is None or day_of(office.starts) <= day) and (office.ends is None or day_of(office.ends) >= day)


def office_model(portfolio: Portfolio) -> OfficeModel:
    """The office model of a portfolio, made once."""
    return remember(portfolio, "office model", lambda: OfficeModel(portfolio))


def office_map(portfolio: Portfolio) -> Figure | None:
    """Bodies and offices in layers under the board; None when there are too many, or none.

    Solid boxes are permanent, dashed ones end with what they serve; red is what ends where nobody decides. Where a layer is too
    wide for a row, or offices report in a circle, one line an office instead.
    """
    return offices_drawn(office_model(portfolio))


def reporting_paths(portfolio: Portfolio) -> Table:
    """How every open initiative reaches the board: initiative, path, steps, reaches_the_top, ends_at."""
    model = office_model(portfolio)
    rows = [model.path(one.id) for one in model.initiatives]
    return Table(
        [
            Column("initiative", "str", [r.item for r in rows]),
            Column("path", "str", [" → ".join(r.steps) for r in rows]),
            Column("steps", "int", [r.length for r in rows]),
            Column("reaches_the_top", "bool", [r.top for r in rows]),
            Column("ends_at", "str", [r.steps[-1] if r.steps else "" for r in rows]),
        ]
    )
