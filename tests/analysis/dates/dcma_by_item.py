"""The points of the DCMA counted item by item and link by link: what counting by columns is held to."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import attrs

from ipmo.analysis.dates.dcma import VARIANT, Point, bei
from ipmo.analysis.dates.paths import last_positions
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.governance import Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import item_of
from ipmo.model.work import Task
from ipmo.network.clocks import clocks_of
from ipmo.network.links import joins_projects
from ipmo.network.passes import Passes
from ipmo.network.states import LIVE, State
from ipmo.units import Span, minutes

LONG = 44
"""Working days from which a duration or a float is high."""
PUSH = 600
"""Working days that the critical path test adds."""
TIED = (
    "must_start_on",
    "must_finish_on",
    "mandatory_start",
    "mandatory_finish",
    "start_on",
    "finish_on",
    "start_no_later",
    "finish_no_later",
)
"""Constraints that may keep work from moving to the right."""


class StatedLink(NamedTuple):
    """A link that moves dates, as the files state it; `lag` has the sign of its lag."""

    source: str
    target: str
    type: str
    lag: float

    @property
    def name(self) -> str:
        """As the points list it."""
        return f"{self.source} -{self.type}-> {self.target}"


@attrs.frozen
class Ends:
    """What has a predecessor, a successor, a link that holds its start, a link from its finish; summaries pass theirs on."""

    before: set[str]
    after: set[str]
    held: set[str]
    given: set[str]


class Assessed:
    """What the points count: the planned work of a portfolio or of one of its projects, and the links between it."""

    def __init__(self, portfolio: Portfolio, schedule: Schedule, project: str | None) -> None:
        self.portfolio, self.schedule, self.project = portfolio, schedule, project
        self.network = schedule.network
        self._days: dict[str, float | None] = {}

    @functools.cached_property
    def tasks(self) -> dict[str, Task]:
        """Work that is planned: no milestones, summaries, level of effort, or what is stopped."""
        found = {}
        for node, full_id in enumerate(self.network.ids):
            if self.network.kinds[node] != "task" or self.network.state[node] in (State.GONE, State.SPANNED):
                continue
            item = self.portfolio.items.get(full_id)
            if isinstance(item, Task) and not item.hammock and (self.project is None or full_id.startswith(f"{self.project}/")):
                found[full_id] = item
        return found

    @functools.cached_property
    def incomplete(self) -> tuple[str, ...]:
        """What of it is not finished."""
        return tuple(full_id for full_id, task in self.tasks.items() if not task.finished)

    @functools.cached_property
    def status(self) -> int | None:
        """The portfolio's status date; that of its one project, where only one is looked at."""
        return self.portfolio.data_date if self.project is None else self.status_of(self.project)

    def status_of(self, full_id: str) -> int | None:
        """The status date of an item: its project's own, else the portfolio's."""
        (owner,) = [project for project in self.portfolio.projects if project.id == full_id.partition("/")[0]]
        when = owner.status_date or self.portfolio.status_date
        return None if when is None else minutes(when)

    @functools.cached_property
    def _leaves(self) -> dict[str, list[str]]:
        """The work below each summary."""
        net = self.network
        return {f"{project}/{name}": [net.ids[v] for v in nodes] for (project, name), nodes in net.summaries.items()}

    def _all_in(self, states: Collection[State]) -> frozenset[str]:
        """Items that are, or of which all the work below is, in one of some states."""
        found = {full_id for full_id, state in zip(self.network.ids, self.network.state, strict=True) if state in states}
        whole = [name for name, below in self._leaves.items() if below and found.issuperset(below)]
        return frozenset(found.difference(self._leaves).union(whole))

    @functools.cached_property
    def links(self) -> list[StatedLink]:
        """Every link that moves dates, also from what was stopped; none into what was: that waits for nothing any more."""
        gone = self._all_in((State.GONE,))
        return [link for link in self._stated if item_of(link.target) not in gone] if gone else self._stated

    @functools.cached_property
    def _stated(self) -> list[StatedLink]:
        out = []
        for project in self.portfolio.projects:
            nouns: list[Task | Gate] = [*project.tasks, *project.gates]
            for noun in nouns:
                for after in noun.after:
                    source = self.portfolio.resolve(after.source, project.id) or after.source
                    out.append(StatedLink(source, f"{project.id}/{noun.id}", after.type, _sign(after.lag)))
        for link in self.portfolio.links:
            if link.kind == "schedule" and not joins_projects(self.portfolio, link):
                out.append(StatedLink(link.source, link.target, link.type, _sign(link.lag)))
        effects: list[Outcome | Benefit] = [*self.portfolio.outcomes, *self.portfolio.benefits]
        for effect in effects:
            out += [StatedLink(enabler.source, effect.id, "FS", 0.0) for enabler in (*effect.enabled_by, *effect.any_of)]
        return out

    @functools.cached_property
    def counted_links(self) -> list[StatedLink]:
        """Links into what is not finished."""
        inside = f"{self.project}/" if self.project is not None else ""
        over = self._all_in((State.FINISHED, State.GONE))
        return [link for link in self.links if link.target.startswith(inside) and item_of(link.target) not in over]

    @functools.cached_property
    def ends(self) -> Ends:
        """Which ends of work are linked."""
        found = Ends(set(), set(), set(), set())
        leaves = self._leaves
        for link in self.links:
            for one in leaves.get(item_of(link.target), [link.target]):
                found.before.add(one)
                if link.type[1] == "S":
                    found.held.add(one)
            for one in leaves.get(item_of(link.source), [link.source]):
                found.after.add(one)
                if link.type[0] == "F":
                    found.given.add(one)
        return found

    @functools.cached_property
    def due(self) -> tuple[str, ...]:
        """Tasks that the baseline finishes by the status date."""
        out = []
        for full_id, task in self.tasks.items():
            status = self.status_of(full_id)
            if task.baseline_finish is not None and status is not None and minutes(task.baseline_finish, end=True) <= status:
                out.append(full_id)
        return tuple(out)

    @functools.cached_property
    def nothing_due(self) -> str:
        """What is missing where no task is due."""
        if self.status is None:
            return "a status date"
        if not any(task.baseline_finish is not None for task in self.tasks.values()):
            return "baseline finishes (baseline_finish:), has none"
        return "tasks that the baseline finishes by the status date"

    def days_of(self, full_id: str) -> float | None:
        """The duration of a task in working days of its calendar; None where it is not known."""
        if full_id not in self._days:
            self._days[full_id] = self._days_of(full_id)
        return self._days[full_id]

    def _days_of(self, full_id: str) -> float | None:
        estimate = self.tasks[full_id].duration
        central = estimate.central() if estimate is not None else None
        if not isinstance(central, Span):
            return None
        calendar = self.portfolio.calendar_for(full_id)
        return calendar.minutes(central) / calendar.day_minutes


def _sign(lag: Span | None) -> float:
    return float(lag.amount) if lag is not None else 0.0


# ------------------------------------------------------------------------------------------------------ points


def points(a: Assessed) -> tuple[Point, ...]:
    """The 14 points, two of them in more than one variant or none."""
    return (
        _logic(a),
        *_relations(a),
        *_hard(a),
        *_floats(a),
        _durations(a),
        _dates(a),
        _resources(a),
        _missed(a),
        _path_test(a),
        _cpli(a),
        _bei(a),
    )


def _share(point: Point, counted: Sequence[str], of: Sequence[str], nothing: str) -> Point:
    """A point that is a share, or a count where its limit is 0; without anything to count from it says what it needs."""
    value: float | None = None
    if of:
        value = float(len(counted)) if point.limit == 0 else len(counted) / len(of)
    return attrs.evolve(point, numerator=tuple(counted), denominator=tuple(of), value=value, needs="" if of else nothing)


def _logic(a: Assessed) -> Point:
    linked = a.ends.before & a.ends.after
    loose = [full_id for full_id in a.incomplete if full_id not in linked]
    formula = "unfinished tasks without predecessor or successor / unfinished tasks"
    return _share(Point(number=1, name="logic", formula=formula, limit=0.05), loose, a.incomplete, "unfinished tasks")


def _relations(a: Assessed) -> Iterator[Point]:
    every, nothing = [link.name for link in a.counted_links], "links into unfinished work"
    leads = [link.name for link in a.counted_links if link.lag < 0]
    lags = [link.name for link in a.counted_links if link.lag > 0]
    plain = [link.name for link in a.counted_links if link.type == "FS"]
    yield _share(Point(number=2, name="leads", formula="links with a negative lag", limit=0), leads, every, nothing)
    formula = "links with a positive lag / links into unfinished work"
    yield _share(Point(number=3, name="lags", formula=formula, limit=0.05), lags, every, nothing)
    formula = "finish-to-start links / links into unfinished work"
    yield _share(Point(number=4, name="relationship types", formula=formula, limit=0.9, at_least=True), plain, every, nothing)


def _hard(a: Assessed) -> Iterator[Point]:
    tied, hard = [], []
    strict = set(a.schedule.passes.dialect.hard)
    for full_id in a.incomplete:
        constraints = a.tasks[full_id].constraints
        stated = {name for name in TIED if getattr(constraints, name, None) is not None}
        if stated:
            tied.append(full_id)
        if strict & stated:
            hard.append(full_id)
    formula = "unfinished tasks with must, mandatory, on or no-later constraints / unfinished tasks"
    point = Point(number=5, name="hard constraints", formula=formula, limit=0.05)
    yield _share(point, tied, a.incomplete, "unfinished tasks")
    formula = "unfinished tasks with a constraint that overrides the logic in this dialect / unfinished tasks"
    variant = "paseg: blocks movement to the right"
    yield _share(attrs.evolve(point, formula=formula, variant=variant), hard, a.incomplete, "unfinished tasks")


def _floats(a: Assessed) -> Iterator[Point]:
    known = {full_id: slack for full_id in a.incomplete if (slack := a.schedule.total_float(full_id)) is not None}
    high = [full_id for full_id, slack in known.items() if slack > LONG]
    negative = [full_id for full_id, slack in known.items() if slack < 0]
    nothing = "unfinished tasks with dates"
    formula = f"total float > {LONG} working days / unfinished tasks with dates"
    yield _share(Point(number=6, name="high float", formula=formula, limit=0.05), high, tuple(known), nothing)
    yield _share(Point(number=7, name="negative float", formula="total float < 0", limit=0), negative, tuple(known), nothing)


def _durations(a: Assessed) -> Point:
    long, known, planned = [], [], 0
    for full_id in a.incomplete:
        task = a.tasks[full_id]
        days: float | None
        if task.baseline_start is not None and task.baseline_finish is not None:
            planned += 1
            clock = a.network.clock_of(a.schedule.passes.nodes[full_id])
            worked = clock.between(minutes(task.baseline_start), minutes(task.baseline_finish, end=True))
            days = worked / a.portfolio.calendar_for(full_id).day_minutes
        else:
            days = a.days_of(full_id)
        if days is not None:
            known.append(full_id)
            if days > LONG:
                long.append(full_id)
    formula = f"baseline (else current) duration > {LONG} working days / unfinished tasks with a duration"
    variant = VARIANT if planned == len(known) else f"{VARIANT}, current duration of {len(known) - planned} without a baseline"
    point = Point(number=8, name="high duration", variant=variant, formula=formula, limit=0.05)
    return _share(point, long, known, "unfinished tasks with a duration")


def _dates(a: Assessed) -> Point:
    point = Point(number=9, name="invalid dates", formula="forecast dates before, or actual dates after, the status date", limit=0)
    if a.status is None:
        return attrs.evolve(point, needs="a status date")
    wrong = []
    for full_id, task in a.tasks.items():
        status = a.status_of(full_id)
        if status is None:
            continue
        actual = [minutes(t, end=e) for t, e in ((task.actual_start, False), (task.actual_finish, True)) if t is not None]
        start, finish = a.schedule.instants(full_id)
        forecast = [t for t, known in ((start, task.started), (finish, task.finished)) if t is not None and not known]
        if any(t > status for t in actual) or any(t < status for t in forecast):
            wrong.append(full_id)
    return _share(point, wrong, tuple(a.tasks), "tasks")


def _resources(a: Assessed) -> Point:
    bare, long_enough = [], []
    for full_id in a.incomplete:
        task, days = a.tasks[full_id], a.days_of(full_id)
        if days is None or days < 1:
            continue
        long_enough.append(full_id)
        if not task.assignments and task.effort is None and task.budget is None:
            bare.append(full_id)
    formula = "unfinished tasks of a day or more without cost, effort or resources / such tasks"
    return _share(Point(number=10, name="resources", formula=formula), bare, long_enough, "unfinished tasks of a day or more")


def _missed(a: Assessed) -> Point:
    late = []
    for full_id in a.due:
        finish = a.schedule.instants(full_id)[1]
        planned = a.tasks[full_id].baseline_finish
        if finish is None or (planned is not None and finish > minutes(planned, end=True)):
            late.append(full_id)
    formula = "tasks due by the status date that finished or will finish after their baseline / tasks due by the status date"
    return _share(Point(number=11, name="missed tasks", formula=formula, limit=0.05), late, a.due, a.nothing_due)


def _path_test(a: Assessed) -> Point:
    passes, net = a.schedule.passes, a.network
    q, end = passes.lists, passes.end
    formula = f"{PUSH} days added to a task on the longest path move the end by as much"
    point = Point(number=12, name="critical path test", formula=formula, limit=1, at_least=True)
    path = sorted(passes.driving_to(last_positions(passes)), key=lambda v: (q.finish[v], v))
    places = [v for v in path if net.ids[q.order[v]] in a.tasks and q.dur[v]]
    if not places or end is None:
        return attrs.evolve(point, needs="a critical task")
    place = places[0]
    node = q.order[place]
    clock = net.running_clock(node)
    push = PUSH * clock.day_minutes
    dur, high = [int(x) for x in net.dur], dict(net.high)
    dur[node] += push
    if node in net.caps:
        start, finish, least = net.caps[node]
        high[node] = max(min(start, finish - dur[node]), least)
    longer = Passes(attrs.evolve(net, dur=dur, high=high), put_off=False)
    later = passes.end_if_longer(place, push) if net.latest else longer.end
    moved = later is not None and clock.between(end, later) == push
    return attrs.evolve(
        point,
        variant=f"{VARIANT}, first task of the longest path",
        numerator=(net.ids[node],) if moved else (),
        denominator=(net.ids[node],),
        value=1.0 if moved else 0.0,
    )


def _cpli(a: Assessed) -> Point:
    """The project that is due last; its end, and what drives it, by the passes' finish of each of its items."""
    passes, net, pf = a.schedule.passes, a.network, a.portfolio
    formula = "(critical path length + total float to the committed finish) / critical path length, in working days from the status date"
    point = Point(number=13, name="critical path length index", formula=formula, limit=0.95, at_least=True)
    if a.status is None:
        return attrs.evolve(point, needs="a status date")
    finishes: dict[str, list[tuple[int, int]]] = {project.id: [] for project in pf.projects}
    for node, (owner, state) in enumerate(zip(net.project, net.state, strict=True)):
        place = passes.lists.pos[node]
        if owner >= 0 and state is State.FINISHED:
            finishes[net.projects[owner]].append((net.finishes[node], -1))
        elif owner >= 0 and state in LIVE:
            finishes[net.projects[owner]].append((passes.lists.finish[place], place))
    ends = {name: max((finish for finish, _ in found), default=-1) for name, found in finishes.items()}
    due = [
        (minutes(project.finish, end=True), ends[project.id], project)
        for project in sorted(pf.projects, key=lambda project: project.id)
        if project.finish is not None and (project.tasks or project.gates) and a.project in (None, project.id)
    ]
    if not due:
        return attrs.evolve(point, needs="a committed finish (project: finish:)")
    open_ones = [one for one in due if one[2].counted_as not in ("closed", "cancelled") and one[2].actual_finish is None]
    open_ones = [one for one in open_ones if one[1] > (a.status_of(one[2].id) or -1) or a.schedule.doubt(one[2].id)]
    target, reached, project = max(open_ones or due, key=lambda one: one[:2])  # of those alike the first by id
    status = a.status_of(project.id)
    if status is None:
        return attrs.evolve(point, needs="a status date")
    if doubt := a.schedule.commitments.doubts.of(project.id):  # test_doubts.py asks it of every item
        return attrs.evolve(point, needs=f"dates of all work of {project.id!r} ({doubt})")
    clock = clocks_of(pf).of(pf.calendar_for(project.id))
    length = clock.days(status, reached)
    if length <= 0:
        return attrs.evolve(point, needs="unfinished work after the status date")
    last = [place for finish, place in finishes[project.id] if finish == reached and place >= 0]
    path = tuple(sorted({net.shown(passes.lists.order[place]) for place in passes.driving_to(last)}))
    value = (length + clock.days(reached, target)) / length
    return attrs.evolve(point, value=value, variant=f"{VARIANT}, to {project.id}@finish", numerator=path, denominator=path)


def _bei(a: Assessed) -> Point:
    formula = "tasks completed / (tasks that the baseline finishes by the status date + tasks without baseline dates)"
    point = Point(number=14, name="baseline execution index", formula=formula, limit=0.95, at_least=True)
    if a.status is None or not a.due:
        return attrs.evolve(point, needs=a.nothing_due)
    bare = [full_id for full_id, task in a.tasks.items() if task.baseline_finish is None]
    done = [full_id for full_id, task in a.tasks.items() if task.finished]
    return attrs.evolve(point, numerator=tuple(done), denominator=(*a.due, *bare), value=bei(len(done), len(a.due), len(bare)))
