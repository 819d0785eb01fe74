"""A network while it is being compiled: columns that grow, and what is known of some of their rows.

`builder` and `links` fill them, `bounds` adds what ties a node beyond its links, `assemble` makes a network of them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from ipmo.errors import ScheduleError
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.calendars import Calendar
from ipmo.model.dialects import Dialect
from ipmo.model.estimates import UncertainLag
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.clocks import Clocks
from ipmo.network.parts import Commitment, DatedExternal, Hold, LateBound, LateLink, OutOfSequence, Spanning, Unmet, WholeLink
from ipmo.network.resting import Resting, resting, with_rests
from ipmo.network.states import TYPES, State
from ipmo.units import Span, as_day, minutes

__all__ = ["Bounds", "Draft", "Links", "Nodes"]


@attrs.define(eq=False)
class Nodes:
    """Nodes in file order; instants are minutes, `starts` and `finishes` those of what has begun and of what is done."""

    ids: list[str] = attrs.field(factory=list)
    kinds: list[str] = attrs.field(factory=list)
    project: list[int] = attrs.field(factory=list)
    state: list[State] = attrs.field(factory=list)
    dur: list[int] = attrs.field(factory=list)
    clk: list[int] = attrs.field(factory=list)
    nominal: list[int] = attrs.field(factory=list)
    starts: dict[int, int] = attrs.field(factory=dict)
    finishes: dict[int, int] = attrs.field(factory=dict)
    done: dict[int, int] = attrs.field(factory=dict)
    """Minutes of work that a node under way has behind it."""
    unknown: list[int] = attrs.field(factory=list)
    """Nodes without a duration."""
    adjusted: set[int] = attrs.field(factory=set)
    """Nodes that last otherwise than their stated duration on their calendar: what remains of it, on a resource's calendar, until a date."""
    holds: dict[int, Hold] = attrs.field(factory=dict)
    points: dict[int, str] = attrs.field(factory=dict)
    """Milestones that lie on their calendar: whether they mark a start or a finish."""
    hammocks: dict[int, list[Spanning]] = attrs.field(factory=dict)
    expected: dict[int, int] = attrs.field(factory=dict)
    """Nodes that last until an instant."""
    anyone: set[int] = attrs.field(factory=set)
    """Nodes for which one of several givers is enough."""
    rests: dict[int, int] = attrs.field(factory=dict)
    """What stands in for finished work that still hands on what its predecessors hold back."""
    delays: dict[int, Span] = attrs.field(factory=dict)
    """How much later a node starts than what comes before it lets it: levelling delays."""
    stands_for: dict[int, str] = attrs.field(factory=dict)
    """What helpers are about, by the name that people know."""
    driveless: set[int] = attrs.field(factory=set)
    """Levels of effort, whatever their state: what they are linked to does not wait for them."""
    begun: dict[int, Sequence[int]] = attrs.field(factory=dict)
    """Start milestones of what has begun, and what stands for them before the rest of it: the nodes it holds."""
    commitments: list[Commitment] = attrs.field(factory=list)
    local: dict[str, dict[str, int]] = attrs.field(factory=dict)
    """The nodes of each project, by id within it; `""` is the bar of one without tasks."""
    top: dict[str, int] = attrs.field(factory=dict)
    """Effects, helpers and the ends of projects and summaries, by full id."""
    leaves: dict[tuple[str, str], list[int]] = attrs.field(factory=dict)
    """The nodes below each summary, by project and id."""
    members: dict[int, Sequence[int]] = attrs.field(factory=dict)
    """The nodes of each project, by its place."""
    ends: dict[str, tuple[int, ...]] = attrs.field(factory=dict)
    """The finishes that a link from elsewhere holds, by full id of what they end and of what holds that."""

    def add(self, full_id: str, kind: str, project: int, state: State, dur: int, clk: int, nominal: int) -> int:
        """A new node: its number."""
        node = len(self.ids)
        self.ids.append(full_id)
        self.kinds.append(kind)
        self.project.append(project)
        self.state.append(state)
        self.dur.append(dur)
        self.clk.append(clk)
        self.nominal.append(nominal)
        return node

    def hold(self, node: int, state: State, hold: Hold) -> None:
        """Takes the dates of a node away, for a reason."""
        self.state[node], self.holds[node] = state, hold


@attrs.define(eq=False)
class Links:
    """Links in the order they were found, and those of the portfolio that join nothing in the network."""

    src: list[int] = attrs.field(factory=list)
    dst: list[int] = attrs.field(factory=list)
    typ: list[int] = attrs.field(factory=list)
    lags: dict[int, Span] = attrs.field(factory=dict)
    estimated: dict[int, UncertainLag] = attrs.field(factory=dict)
    """Lags that are estimates, those of nothing in the schedule among them, as they were stated."""
    numbers: dict[int, int] = attrs.field(factory=dict)
    """The place in `portfolio.links` of each link that stands there."""
    derived: set[int] = attrs.field(factory=set)
    """Links that nobody wrote: of summaries and projects to what they hold."""
    inside: dict[str, tuple[int, int]] = attrs.field(factory=dict)
    """Where the links of projects begin and end, of those that are one for one what a project states."""
    project_dependencies: list[int] = attrs.field(factory=list)
    labels: list[int] = attrs.field(factory=list)
    undated_externals: list[int] = attrs.field(factory=list)
    dated_externals: list[DatedExternal] = attrs.field(factory=list)
    outside: dict[int, str] = attrs.field(factory=dict)
    """What nodes wait for outside without a date, by its name: of several the first by name."""
    wholes: list[WholeLink] = attrs.field(factory=list)
    """Links to and from projects as a whole that hand over what is still to come."""
    out_of_sequence: list[OutOfSequence] = attrs.field(factory=list)
    unmet: list[Unmet] = attrs.field(factory=list)
    circular_starts: list[str] = attrs.field(factory=list)
    """Starts of projects and summaries that all they hold waits for, by what leaves them."""

    def add(self, source: int, target: int, kind: str, lag: Span | None) -> int:
        """A new link: its number."""
        link = len(self.src)
        self.src.append(source)
        self.dst.append(target)
        self.typ.append(TYPES[kind])
        self.wait(link, lag)
        return link

    def wait(self, link: int, lag: Span | None) -> None:
        """Gives a link its lag."""
        if lag is not None and lag.amount:
            self.lags[link] = lag
        if isinstance(lag, UncertainLag):
            self.estimated[link] = lag

    def keep(self, kept: Sequence[int]) -> None:
        """Drops all links but these."""
        place = {link: row for row, link in enumerate(kept)}
        self.src, self.dst, self.typ = ([column[k] for k in kept] for column in (self.src, self.dst, self.typ))
        self.lags = {place[k]: lag for k, lag in self.lags.items() if k in place}
        self.estimated = {place[k]: lag for k, lag in self.estimated.items() if k in place}
        self.numbers = {place[k]: number for k, number in self.numbers.items() if k in place}
        self.derived = {place[k] for k in self.derived if k in place}


@attrs.define(eq=False)
class Bounds:
    """Dates that nodes are tied to, as instants; `floor`, `high` and `pin` on each node's own clock."""

    starts: list[tuple[int, int]] = attrs.field(factory=list)
    finishes: list[tuple[int, int]] = attrs.field(factory=list)
    own: set[int] = attrs.field(factory=set)
    """Nodes with a bound from below that they state themselves."""
    by_hand: dict[int, int] = attrs.field(factory=dict)
    """The early start of nodes that are scheduled by hand."""
    late: list[LateBound] = attrs.field(factory=list)
    late_links: list[LateLink] = attrs.field(factory=list)
    """Links that bound late dates only."""
    constrained: list[tuple[int, Task]] = attrs.field(factory=list)
    high: dict[int, int] = attrs.field(factory=dict)
    pin: dict[int, int] = attrs.field(factory=dict)
    caps: dict[int, list[int]] = attrs.field(factory=dict)
    """Of nodes whose start or finish a hard constraint caps: the latest start and finish, FAR where there is none, and a least start."""
    latest: list[int] = attrs.field(factory=list)
    """Nodes as late as possible."""
    floor: dict[int, int] = attrs.field(factory=dict)
    """The least finish of nodes."""
    floor_edges: set[int] = attrs.field(factory=set)
    """Nodes whose least finish lies in a break."""


class Draft:
    """What is compiled, by which conventions, and what has been found so far."""

    def __init__(self, portfolio: Portfolio, dialect: Dialect) -> None:
        self.portfolio, self.dialect = portfolio, dialect
        self.nodes, self.links, self.bounds = Nodes(), Links(), Bounds()
        self.on_calendar = dialect.milestones == "calendar"
        first = first_instant(portfolio)
        self.nothing_dated = first is None
        """Nothing says when anything starts: what there is has no dates."""
        self.start = first or 0
        self.data_date = portfolio.data_date if dialect.data_date == "binds" else None
        self.base = self.start if self.data_date is None else max(self.start, self.data_date)
        self.bases: dict[int, int] = {}
        """The status date of projects with one of their own, by place."""

    @functools.cached_property
    def resting(self) -> Resting:
        """The clocks of work that is interrupted."""
        return resting(self.portfolio)

    @functools.cached_property
    def clocks(self) -> Clocks:
        """The clocks of calendars, and of work that is interrupted."""
        return with_rests(self.portfolio, self.resting)

    @functools.cached_property
    def today(self) -> date | None:
        """The day of the status date."""
        return None if self.portfolio.status_date is None else as_day(self.portfolio.status_date)

    @functools.cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each project."""
        return {project.id: place for place, project in enumerate(self.portfolio.projects)}

    def calendar(self, project: Project | None) -> Calendar:
        """The calendar of a project, else of the portfolio."""
        pf = self.portfolio
        return pf.calendar_table[(project.calendar if project is not None else None) or pf.calendar or "standard"]

    @property
    def effects(self) -> tuple[Outcome | Benefit, ...]:
        """Outcomes, then benefits."""
        return (*self.portfolio.outcomes, *self.portfolio.benefits)


def first_instant(portfolio: Portfolio) -> int | None:
    """When a portfolio starts: what it states, else the earliest date that it holds; None where there is neither a date nor any work.

    Raises:
        ScheduleError: nothing says so, and there is work.
    """
    if portfolio.start is not None:
        return minutes(portfolio.start)
    found = [
        minutes(when)
        for project in portfolio.projects
        if project.state != "cancelled"
        for when in (
            project.start,
            project.actual_start,
            *(when for task in project.tasks for when in (task.actual_start, task.not_before, task.actual_finish)),
        )
        if when is not None
    ]
    if found:
        return min(found)
    if portfolio.data_date is not None:
        return portfolio.data_date
    if not portfolio.gates and not any(project.tasks or project.gates or project.finish for project in portfolio.projects):
        return None
    raise ScheduleError(f"portfolio {portfolio.id!r} has no start: add portfolio: start: (or a start: to a project, or a status_date:)")
