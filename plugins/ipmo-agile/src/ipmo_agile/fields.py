"""What the method adds to items: teams and their iterations, backlogs, epics, scope, order, guardrails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import attrs

from ipmo import MissingRateError, Money, Span, Task
from ipmo.model import FrozenMap, Portfolio, Programme, Project, Rate, doc
from ipmo.plugin import Extension, Shown, UnitError
from ipmo_agile.forecast import AgileForecast

__all__ = [
    "STATES",
    "AgileFields",
    "Epic",
    "Goal",
    "Guardrails",
    "Increment",
    "Inputs",
    "Iteration",
    "Scope",
    "Team",
    "WorkItem",
    "fields_of",
    "lasting",
]

GUIDE = "Flow metrics and forecasting from throughput; our own words, after the Kanban Guide and public texts on lean portfolios"


@attrs.frozen(kw_only=True)
class Team(Shown):
    """A team.

    Args:
        id: its name in the portfolio.
        name: title.
        cadence: length of its iterations, in words; empty when it flows.
        wip_limit: items that it works on at once, at most.
        unit: what it counts in: items, or points of its own, which nobody else shares.
    """

    id: str
    name: str = ""
    cadence: str = ""
    wip_limit: int | None = None
    unit: str = attrs.field(default="items", metadata=doc("what it counts in", choices=("items", "points")))


@attrs.frozen(kw_only=True)
class Iteration(Shown):
    """A stretch of time of one team: what it planned and what was accepted, in the team's own unit.

    Args:
        id: its name.
        team: whose.
        start, finish: its first and last day.
        planned, done: in the team's unit.
    """

    id: str
    team: str
    start: date
    finish: date
    planned: float | None = None
    done: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.finish < self.start:
            raise UnitError(f"iteration {self.id!r} ends on {self.finish}, before it starts on {self.start}")


@attrs.frozen(kw_only=True)
class WorkItem(Shown):
    """One item of a backlog.

    Args:
        id: its key.
        name: title.
        team: who works on it.
        epic: what it is part of.
        kind: free name, for example story or bug.
        points: size in the team's own points.
        iteration: the iteration or sprint that it is in, or was in last.
        created, started, finished: days; what is open has no finish.
        dropped: the day on which it was given up.
    """

    id: str
    name: str = ""
    team: str = ""
    epic: str = ""
    kind: str = ""
    points: float | None = None
    iteration: str = ""
    created: date | None = None
    started: date | None = None
    finished: date | None = None
    dropped: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.started is not None and self.finished is not None and self.finished < self.started:
            raise UnitError(f"item {self.id!r} is finished on {self.finished}, before it starts on {self.started}")


@attrs.frozen(kw_only=True)
class Epic(Shown):
    """A bet: what is believed, how little is built to find out, and when the work is stopped or turned.

    Args:
        hypothesis: what will be better for whom.
        mvp: the least that tests it.
        leading_indicator: what is looked at first.
        pivot_by: the day on which it is decided to go on, to turn or to stop.
    """

    hypothesis: str = ""
    mvp: str = ""
    leading_indicator: str = ""
    pivot_by: date | None = None


@attrs.frozen(kw_only=True)
class Scope(Shown):
    """What earned value is measured against: the scope at the start and the scope today, in one unit.

    Args:
        initial, current, done: in that unit.
        unit: items, or points of one team.
        base: which scope is 100 %.
        policy: how scope may change, in words.
    """

    initial: float
    current: float
    done: float = 0.0
    unit: str = "items"
    base: str = attrs.field(default="", metadata=doc("which is 100 %", choices=("initial", "current")))
    policy: str = ""

    def __attrs_post_init__(self) -> None:
        if self.initial <= 0 or self.current <= 0 or self.done < 0:
            raise UnitError("a scope base needs an initial and a current scope above 0, and nothing negative done")
        if self.done > self.current:
            raise UnitError(f"{self.done:g} {self.unit} are done of {self.current:g}")

    @property
    def share(self) -> float | None:
        """What is done of the declared base, at most all of it; None where no base is declared."""
        return None if not self.base else min(1.0, self.done / (self.initial if self.base == "initial" else self.current))


@attrs.frozen(kw_only=True)
class Inputs(Shown):
    """What weighted shortest job first is computed from: scores relative to one another, in each column from 1 up.

    Args:
        value: for users and the business.
        urgency: time criticality.
        risk: risk reduced or opportunity opened.
        size: of the job.
        tie: order among equals, the smaller first.
    """

    value: float
    urgency: float
    risk: float
    size: float
    tie: int | None = None

    def __attrs_post_init__(self) -> None:
        if min(self.value, self.urgency, self.risk) < 0 or self.size <= 0:
            raise UnitError("wsjf: no score is negative, and the size is above 0")


@attrs.frozen(kw_only=True)
class Guardrails(Shown):
    """How money should lie.

    Args:
        horizons: horizon to its share of the budget.
        work: type of work to its share of the budget.
        within: how far a share may stray, in parts of one; 5 % when left out.
        epic_threshold: a larger epic needs a decision.
        budgets: programme or project that is a value stream to what it may cost.
    """

    horizons: FrozenMap[str, float] = attrs.field(factory=FrozenMap, metadata={"unit": "share"})
    work: FrozenMap[str, float] = attrs.field(factory=FrozenMap, metadata={"unit": "share"})
    within: float = attrs.field(default=0.05, metadata={"unit": "share"})
    epic_threshold: Money | None = None
    budgets: FrozenMap[str, Money] = attrs.field(factory=FrozenMap, metadata=doc("value streams to what each may cost", refers="item"))

    def __attrs_post_init__(self) -> None:
        for name in ("horizons", "work"):
            shares = getattr(self, name)
            if shares and abs(sum(shares.values()) - 1) > 1e-9:
                raise UnitError(f"{name}: the shares sum to {sum(shares.values()):.4g}, not to 100 %")


@attrs.frozen(kw_only=True)
class Goal(Shown):
    """Something that an increment is to bring.

    Args:
        id: its name.
        name: title.
        item: the milestone, task or gate that brings it.
        team: who brings it.
        committed: it is promised; else it is only tried.
        planned: its value as the business owners see it, in points of their own.
        actual: the value that came, in the same points, when the increment is over.
    """

    id: str
    name: str = ""
    item: str = attrs.field(default="", metadata=doc("what brings it", refers="item"))
    team: str = ""
    committed: bool = True
    planned: float | None = None
    actual: float | None = None

    def __attrs_post_init__(self) -> None:
        if (self.planned or 0) < 0 or (self.actual or 0) < 0:
            raise UnitError(f"goal {self.id!r} has a value below 0; write 0 or more")


@attrs.frozen(kw_only=True)
class Increment(Shown):
    """A stretch of time that teams plan together, and what it is to bring.

    Args:
        id: its name.
        name: title.
        start, finish: its first and last day.
        goals: what it is to bring by its last day.
    """

    id: str
    name: str = ""
    start: date
    finish: date
    goals: tuple[Goal, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.finish < self.start:
            raise UnitError(f"increment {self.id!r} ends on {self.finish}, before it starts on {self.start}")
        names = [goal.id for goal in self.goals]
        if len(set(names)) < len(names):
            raise UnitError(f"goal {next(n for n in names if names.count(n) > 1)!r} of increment {self.id!r} is given twice")


@attrs.frozen(kw_only=True)
class AgileFields(Shown):
    """What the method adds to a portfolio, programme, project or task; each field where it makes sense.

    Args:
        teams, iterations: of a programme or project.
        increments: of a programme or project: what several iterations are planned to bring together.
        guardrails: of a portfolio or programme.
        team: of a project or task: who works on it.
        backlog: of a project or task: its items.
        epic: of a project or task: the bet that it is.
        scope: of a project or task that earns value by scope.
        wsjf: of a project or task: scores for its order.
        cost_of_delay: of a project or task: money that a time of waiting costs.
        horizon, work_type: of a project: where its money counts.
        kanban: of a project, programme or task that is an epic: state to the day on which it last came there.
        kanban_limits: of a portfolio: state to how many epics may be in it.
        kanban_ages: of a portfolio: state to how long an epic may be in it.
    """

    teams: tuple[Team, ...] = ()
    iterations: tuple[Iteration, ...] = ()
    increments: tuple[Increment, ...] = ()
    guardrails: Guardrails | None = None
    team: str = ""
    backlog: tuple[WorkItem, ...] = ()
    epic: Epic | None = None
    scope: Scope | None = None
    wsjf: Inputs | None = None
    cost_of_delay: Rate | None = None
    horizon: str = ""
    work_type: str = ""
    kanban: FrozenMap[str, date] = attrs.field(factory=FrozenMap)
    kanban_limits: FrozenMap[str, int] = attrs.field(factory=FrozenMap)
    kanban_ages: FrozenMap[str, Span] = attrs.field(factory=FrozenMap)

    def __attrs_post_init__(self) -> None:
        if self.cost_of_delay is not None and self.cost_of_delay.per not in PER:
            raise UnitError(f"a cost of delay is money per {', '.join(PER)}; {self.cost_of_delay} is not")
        for state in (*self.kanban, *self.kanban_limits, *self.kanban_ages):
            if state not in STATES:
                raise UnitError(f"there is no state {state!r} of an epic; write one of {', '.join(STATES)}")
        for what, rows in (("team", self.teams), ("iteration", self.iterations), ("increment", self.increments), ("item", self.backlog)):
            names = [row.id for row in rows]
            if len(set(names)) < len(names):
                raise UnitError(f"{what} {next(n for n in names if names.count(n) > 1)!r} is given twice")

    @property
    def earned_share(self) -> float | None:
        """What earned value takes from it: the share of the declared scope that is done."""
        return None if self.scope is None else self.scope.share


STATES = ("funnel", "reviewing", "analysing", "ready", "implementing", "done")
"""The states of an epic on the portfolio kanban, in order (SAFe 6.0, in public summaries)."""
LASTS = {"min": 7 / 2400, "h": 0.175, "d": 1.4, "w": 7.0, "eh": 1 / 24, "ed": 1.0, "ew": 7.0, "month": 30.4375, "year": 365.25}
"""Elapsed days that a unit lasts in the middle; working days on a week of five."""
PER = ("d", "w", "month", "year")
"""Times that a delay may cost by."""
FIELDS = Extension(name="agile", title="Teams, backlog, epic, scope, order", source=GUIDE, parse=AgileFields)
NONE = AgileFields()


def fields_of(noun: Any) -> AgileFields:
    """What the method keeps about an item; nothing when it says nothing."""
    found = noun.extensions.get("agile")
    return found if isinstance(found, AgileFields) else NONE


def day_of(when: date) -> date:
    """The day of a date or of an instant."""
    return when.date() if isinstance(when, datetime) else when


def lasting(span: Span) -> float:
    """Elapsed days of a length of time, in the middle.

    >>> lasting(Span(10, "d"))
    14.0
    """
    return float(span.amount) * LASTS[span.unit]


def converted(portfolio: Portfolio, amount: Money) -> Fraction | None:
    """An amount in the portfolio's currency, by the rate of the status date; None where no exchange rate turns it into that.

    A portfolio that states no currency takes it as it is.
    """
    if portfolio.money is None or amount.currency == portfolio.money.currency:
        return Fraction(amount.amount)
    day = portfolio.status_date or portfolio.start
    try:
        return portfolio.exchange_rates.convert(amount, date.max if day is None else day_of(day))
    except MissingRateError:
        return None


def bearers(portfolio: Portfolio) -> Iterator[tuple[str, Programme | Project | Task, AgileFields]]:
    """Every programme, project and task that the method keeps something about, by full id."""
    for programme in portfolio.programmes:
        if programme.extensions:
            yield programme.id, programme, fields_of(programme)
    for project in portfolio.projects:
        if project.extensions:
            yield project.id, project, fields_of(project)
        for task in project.tasks:
            if task.extensions:
                yield f"{project.id}/{task.id}", task, fields_of(task)


def forecasts(portfolio: Portfolio) -> Iterator[tuple[str, Task, AgileForecast]]:
    """Every open item that is forecast from throughput, by full id."""
    for project in portfolio.projects:
        for task in project.tasks:
            for estimate in (task.remaining, task.duration):
                if isinstance(estimate, AgileForecast) and not task.finished:
                    yield f"{project.id}/{task.id}", task, estimate
                    break
