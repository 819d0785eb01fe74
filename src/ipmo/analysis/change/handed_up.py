"""A spoke as its hub needs it: what is handed in and out, milestones, gates and commitments, and the longest ways between them.

Work that nothing outside its project names is left out, one piece after the other: each way through it becomes a link from what comes before it
to what follows, as long as that way. On one working calendar lengths add up exactly, so that dates, floats and commitments of what is left,
and of whatever it is joined to, are those of the whole plan (condensation of activity networks to their interfaces, after Elmaghraby, Activity
Networks, 1977, on the reduction of AND networks). Work that has begun, is tied to a date of its own or runs on another calendar stays as it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.fields import PlainData
from ipmo.model.governance import After, Gate
from ipmo.model.held import risks_of
from ipmo.model.hierarchy import summaries
from ipmo.model.money import Budget, as_budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.network.drafts import first_instant
from ipmo.units import Span, When, minutes, moment

__all__ = ["END", "hand_up"]

END: Final = "handed up end"
"""The milestone that stands for the end of what was left out of a project."""
MONEY: Final = ("budget", "actual", "forecast")
_Side = tuple[str, str]
"""The other end of a link, and its type."""


def hand_up(portfolio: Portfolio) -> Portfolio:
    """The interface of a portfolio: what its hub needs of it, so that the hub's answers are those of the whole plan.

    Kept is whatever links, benefits, gates or registers name, milestones, gates, deadlines, and work that is under way or tied to dates; of the
    rest each project keeps its end, and its money in all. Same are early and late dates, total, project, target and commitment float of what is
    kept and of all that it leads to in a merged portfolio; free float, drag of single pieces of work and time-phased money are not.

    Args:
        portfolio: a spoke, with links to `external:NAME` for what it takes and gives.

    >>> import ipmo
    >>> work = [{"id": "dig", "duration": "4 d"}, {"id": "pour", "duration": "3 d", "after": "dig"}, {"id": "cure", "duration": "7 d", "after": "pour"},
    ...     {"id": "fit", "duration": "2 d", "after": "cure"}]
    >>> spoke = ipmo.Portfolio(id="water", start="2026-01-05", projects=[{"id": "plant", "tasks": work}],
    ...     links=[{"from": "external:site", "to": "plant/dig"}, {"from": "plant/fit", "to": "external:water-on"}])
    >>> [(task.id, [str(one.lag) for one in task.after]) for task in hand_up(spoke)["plant"].tasks]
    [('dig', []), ('fit', ['4800 min']), ('handed up end', ['4800 min'])]

    Raises:
        ScheduleError: the portfolio has no dates.
    """
    plan = schedule(portfolio, on_cycle="cut")
    if plan.cuts:
        return portfolio  # what lies on a loop has no longest way
    named = _named(portfolio)
    projects = [_Reduced(portfolio, project, named, plan).done() for project in portfolio.projects]
    return portfolio.evolve(projects=projects)


def _named(portfolio: Portfolio) -> frozenset[str]:
    """What something outside its project names, by full id."""
    found: set[str] = set()

    def add(texts: Iterable[str | None], within: str = "") -> None:
        for text in texts:
            meant = None if text is None else portfolio.reference(text, within)
            if meant is not None:
                found.add(meant.item)

    for link in portfolio.links:
        add((link.source, link.target))
    effects: list[Outcome | Benefit] = [*portfolio.outcomes, *portfolio.benefits]
    for effect in effects:
        add(enabler.source for enabler in (*effect.enabled_by, *effect.any_of))
    for gate in portfolio.gates:
        add(after.source for after in gate.after)
    for held in risks_of(portfolio):
        exposures = [one for one in (held.noun.before, held.noun.after) if one is not None]
        within = "" if held.project is None else held.owner
        add([held.noun.item, *(impact.target for one in exposures for impact in one.impacts)], within)
    add(target for driver in portfolio.drivers for target in driver.targets)
    add(item for branch in portfolio.branches for way in branch.ways for item in way.items)
    add(
        one.item
        for register in (portfolio.issues, portfolio.assumptions, portfolio.decisions, portfolio.changes, portfolio.waivers)
        for one in register
    )
    add(item for decision in portfolio.decisions for item in decision.blocks)
    add(item for lesson in portfolio.lessons for item in (lesson.source, *lesson.applied_in))
    add(item for service in portfolio.services for item in service.consumers)
    add(item for row in portfolio.stakeholders for item in row.items)
    add(one for row in portfolio.contributions for one in (row.source, row.target))
    add(office.host for office in portfolio.offices)
    return frozenset(found)


class _Reduced:
    """One project without what nothing outside it names.

    Args:
        portfolio: whose project it is.
        project: the project.
        named: what something outside its project names.
        plan: the dates of the portfolio.
    """

    def __init__(self, portfolio: Portfolio, project: Project, named: frozenset[str], plan: Schedule) -> None:
        self.portfolio, self.project, self.named = portfolio, project, named
        calendar = portfolio.calendar_for(project.id)
        self.calendar, self.clock = calendar, clocks_of(portfolio).of(calendar)
        base = plan.network.base
        if project.status_date is not None:
            base = max(first_instant(portfolio) or 0, minutes(project.status_date))
        self.base = max([base, *([minutes(project.start)] if project.start is not None else [])])
        self.lengths = {task.id: length for task in project.tasks if (length := self._length(task)) is not None}
        self.into: dict[str, dict[_Side, int]] = {}
        self.out: dict[str, dict[_Side, int]] = {}
        self.least: dict[str, int] = {}
        """The work before which each does not start, for what is left out before it."""

    def _length(self, task: Task) -> int | None:
        """Minutes of work of a task that is open and runs on the project's clock alone; None of any other."""
        moved = (task.calendar, task.resource_calendar, task.remaining, task.progress, task.resumes, task.delay)
        if (
            task.milestone
            or task.hammock
            or task.started
            or any(one is not None for one in moved)
            or task.duration is None
            or task.interruptions
        ):
            return None
        central = task.duration.central()
        if not isinstance(central, Span) or central.dimension != "working":
            return None
        return self.calendar.minutes(central) or None

    def done(self) -> Project:
        """The project as it is handed up; itself where nothing can be left out."""
        project = self.project
        leaving = self._leaving() if self._reducible() else frozenset[str]()
        if not leaving:
            return project
        self._link(leaving)
        for name in self._order(leaving):
            self._leave(name)
        if any(name == source for name, into in self.into.items() for source, _ in into):
            return project  # a piece of work leads to itself
        return self._written(leaving)

    # ------------------------------------------------------------------------------------------ what goes

    def _reducible(self) -> bool:
        """Whether work can be left out of it at all: it goes on, and no summary of it is named or tied to dates."""
        project = self.project
        if project.stopped or project.state not in ("proposed", "approved", "active") or END in {task.id for task in project.tasks}:
            return False
        if any(task.constraints is not None and task.constraints.as_late_as_possible for task in project.tasks):
            return False
        if f"{project.id}@start" in self.ends:
            return False
        wholes = summaries(project)
        nouns: list[Task | Gate] = [*project.tasks, *project.gates]
        sources = {after.source for noun in nouns for after in noun.after}
        for task in project.tasks:
            tied = (task.not_before, task.finish_not_before, task.deadline, task.constraints, task.calendar, task.tolerance)
            if task.id in wholes and (
                task.after or any(one is not None for one in tied) or f"{project.id}/{task.id}" in self.named or task.id in sources
            ):
                return False
        return True

    @property
    def ends(self) -> frozenset[str]:
        """The ends of links as they are written."""
        return frozenset(end for link in self.portfolio.links for end in (link.source, link.target))

    def _leaving(self) -> frozenset[str]:
        """The work that goes: plain, named by nothing outside, joined to work of the same clock only, by lags of working time."""
        project = self.project
        free = {task.id for task in project.tasks if task.id in self.lengths and self._plain(task)}
        bound: set[str] = set()
        nouns: list[Task | Gate] = [*project.tasks, *project.gates]
        for noun in nouns:
            for after in noun.after:
                meant = self.portfolio.reference(after.source, project.id)
                source = "" if meant is None or meant.project != project.id else meant.name
                same = source in self.lengths and noun.id in self.lengths
                if not same or (after.lag is not None and after.lag.dimension != "working"):
                    bound |= {source, noun.id}
        return frozenset(free - bound)

    def _plain(self, task: Task) -> bool:
        tied = (task.finish_not_before, task.deadline, task.constraints, task.tolerance)
        return (
            f"{self.project.id}/{task.id}" not in self.named and all(one is None for one in tied) and task.id not in summaries(self.project)
        )

    # ------------------------------------------------------------------------------------------ what stays

    def _link(self, leaving: frozenset[str]) -> None:
        for task in self.project.tasks:
            if task.id in leaving:
                own = [] if task.not_before is None else [minutes(task.not_before)]
                self.least[task.id] = max(self.clock.work(one) for one in (self.base, *own))
                self._join(task.id, END, "FF", 0)
            for after in task.after:
                source = reference(after.source).name
                if source in self.lengths and task.id in self.lengths and (after.lag is None or after.lag.dimension == "working"):
                    self._join(source, task.id, after.type, 0 if after.lag is None else self.calendar.minutes(after.lag))

    def _join(self, source: str, target: str, kind: str, lag: int) -> None:
        into, out = self.into.setdefault(target, {}), self.out.setdefault(source, {})
        into[source, kind] = out[target, kind] = max(lag, into.get((source, kind), lag))

    def _order(self, leaving: frozenset[str]) -> Iterator[str]:
        """What goes, that with the fewest ways through it first: so few new links are made."""
        heap = [(0, name) for name in sorted(leaving)]
        gone: set[str] = set()
        while heap:
            known, name = heapq.heappop(heap)
            if name in gone:
                continue
            now = len(self.into.get(name, ())) * len(self.out.get(name, ()))
            if now > known:
                heapq.heappush(heap, (now, name))
                continue
            gone.add(name)
            yield name

    def _leave(self, name: str) -> None:
        """Takes one piece of work out: what comes before it leads to what follows it, as long as it lasts."""
        length, into, out = self.lengths[name], self.into.pop(name, {}), self.out.pop(name, {})
        for (source, _), _ in into.items():
            self.out[source] = {key: lag for key, lag in self.out[source].items() if key[0] != name}
        least = self.least.pop(name)
        for (target, kind), lag in out.items():
            self.into[target].pop((name, kind), None)
            begins = least + lag + (length if kind[0] == "F" else 0)
            starts = begins - (self._last(target) if kind[1] == "F" else 0)
            self.least[target] = max(starts, self.least.get(target, starts))
            for (source, before), first in into.items():
                inside = {"SS": 0, "FF": 0, "SF": length, "FS": -length}[before[1] + kind[0]]
                self._join(source, target, before[0] + kind[1], first + inside + lag)

    def _last(self, name: str) -> int:
        return 1 if name == END else self.lengths[name]

    def _written(self, leaving: frozenset[str]) -> Project:
        project, wholes = self.project, summaries(self.project)
        money: dict[str, PlainData] = {name: whole for name in MONEY if (whole := self._whole(name)) is not None}
        blank: dict[str, PlainData] = dict.fromkeys(money)
        kept = []
        for task in project.tasks:
            if task.id in leaving or task.id in wholes:
                continue
            made = attrs.evolve(task, parent=None, **blank)
            if task.id in self.lengths:
                other = [one for one in task.after if not self._counted(one, task.id)]
                ways = sorted(self.into.get(task.id, {}).items())
                if any((reference(one.source).name, one.type) == way for one in other for way, _ in ways):
                    return project
                made = attrs.evolve(
                    made, after=(*other, *(_after(source, kind, lag) for (source, kind), lag in ways)), not_before=self._bound(task)
                )
            kept.append(made)
        ways = sorted(self.into.get(END, {}).items())
        end = Task(
            id=END, name="end of work that is not handed up", duration="1 min", not_before=moment(self.clock.start(self.least[END])),
            after=[_after(source, kind, lag) for (source, kind), lag in ways],
        )  # fmt: skip
        return attrs.evolve(project, tasks=(*kept, end), **money)

    def _counted(self, after: After, target: str) -> bool:
        """Whether a link is among the ways."""
        return (
            reference(after.source).name in self.lengths
            and target in self.lengths
            and (after.lag is None or after.lag.dimension == "working")
        )

    def _bound(self, task: Task) -> When | None:
        """When a task starts at the earliest: its own bound, and what is left out before it."""
        least = self.least.get(task.id)
        if least is None or (task.not_before is not None and minutes(task.not_before) >= self.clock.start(least)):
            return task.not_before
        return moment(self.clock.start(least))

    def _whole(self, name: str) -> Budget | None:
        """The money of a project in all, where its work states it; None where it says so itself."""
        if getattr(self.project, name) is not None or not any(getattr(task, name) is not None for task in self.project.tasks):
            return None
        try:
            found = roll_up(self.portfolio, name, include=("proposed",))[self.project.id]
        except IpmoError:
            return None
        return None if found.value is None or found.reasons else as_budget(found.value)


def _after(source: str, kind: str, lag: int) -> After:
    return After(source=source, type=kind, lag=Span(lag, "min") if lag else None)
