"""The 14 points of the DCMA, each with what it counted.

The points follow the 14-Point Assessment of the US Defense Contract Management Agency (2009 to 2012 form). Their
denominators are disputed, so every point names its variant and gives the ids in its numerator and denominator. A point
that lacks data says what it lacks; it never passes for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.dates.assessed import Assessed, OnDemand, stating, without
from ipmo.network.clocks import clocks_of
from ipmo.network.states import LinkType
from ipmo.notebooks import Shown
from ipmo.units import minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SOURCE", "Point", "bei", "cpli", "hiding", "points"]

SOURCE = "DCMA 14-Point Assessment (2009 to 2012 form)"
VARIANT = "dcma-2012"
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


def cpli(length: float, total_float: float) -> float:
    """The critical path length index, (CPL + TF) / CPL.

    Args:
        length: critical path length: working days from the status date to the finish that is forecast.
        total_float: working days from there to the finish that is committed; negative when it comes too late.

    >>> round(cpli(720, -60), 4), cpli(80, 20)
    (0.9167, 1.25)
    """
    return (length + total_float) / length


def bei(completed: int, due: int, without_baseline: int) -> float:
    """The baseline execution index: tasks completed / (tasks due by now + tasks without baseline dates).

    >>> bei(19, 18, 2)
    0.95
    """
    return completed / (due + without_baseline)


@attrs.frozen(kw_only=True)
class Point(Shown):
    """One point of the assessment.

    Args:
        number: 1 to 14.
        name: what it is called.
        variant: which of the formulas in use it is.
        formula: the formula in words.
        numerator: ids that count against (for points 4 and 14: for) the schedule, of point 13 those on the path; links as `a -FS-> b`.
        denominator: ids that they are measured against.
        value: a share, an index, or a count where the limit is 0; None without data.
        limit: the bound; None where there is no firm one.
        at_least: the value must be no less than the limit, else no more.
        needs: what is missing to answer; empty when nothing is.
    """

    number: int
    name: str
    variant: str = VARIANT
    formula: str
    _numerator: Sequence[str] = attrs.field(default=(), alias="numerator", eq=tuple)
    _denominator: Sequence[str] = attrs.field(default=(), alias="denominator", eq=tuple)
    value: float | None = None
    limit: float | None = None
    at_least: bool = False
    needs: str = ""
    _within: bool = attrs.field(default=False, alias="within", eq=False, repr=False)
    """What was counted is known to be among what it is measured against."""

    @property
    def numerator(self) -> tuple[str, ...]:
        """The ids that were counted."""
        return tuple(self._numerator)

    @property
    def denominator(self) -> tuple[str, ...]:
        """The ids that they are measured against."""
        return tuple(self._denominator)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many were counted, and of how many."""
        return len(self._numerator), len(self._denominator)

    @property
    def counted(self) -> str:
        """How many were counted of how many; where those are others than these, such as tasks done against tasks due, both numbers."""
        within = self._within or set(self._numerator) <= set(self._denominator)
        return f"{len(self._numerator)} {'of' if within else 'against'} {len(self._denominator)}"

    @property
    def passed(self) -> bool | None:
        """Whether it keeps its limit; None without data or without a limit."""
        if self.value is None or self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __repr__(self) -> str:
        names = (one.name.removeprefix("_") for one in attrs.fields(Point) if one.repr)
        return f"Point({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def __str__(self) -> str:
        verdict = {True: "passes", False: "fails", None: "has no limit" if self.value is not None else f"needs {self.needs}"}[self.passed]
        shown = "" if self.value is None else f" {self.value:.3f}".rstrip("0").rstrip(".")
        bound = "" if self.limit is None else f" (limit {'at least' if self.at_least else 'at most'} {self.limit:g})"
        return f"{self.number} {self.name}:{shown}{bound}, {verdict} [{self.variant}]"


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


def hiding(a: Assessed) -> tuple[Point, Point]:
    """Leads and hard constraints alone: the two points that say where a delay does not arrive where it would."""
    return next(_relations(a)), next(_hard(a))


def _share(point: Point, counted: Sequence[str], of: Sequence[str], nothing: str) -> Point:
    """A point that is a share, or a count where its limit is 0; without anything to count from it says what it needs."""
    value: float | None = None
    if of:
        value = float(len(counted)) if point.limit == 0 else len(counted) / len(of)
    return attrs.evolve(point, numerator=counted, denominator=of, value=value, needs="" if of else nothing, within=True)


def _logic(a: Assessed) -> Point:
    linked = a.ends.before & a.ends.after
    loose = _chosen(a, ~linked[a.unfinished_nodes])
    formula = "unfinished tasks without predecessor or successor / unfinished tasks"
    return _share(Point(number=1, name="logic", formula=formula, limit=0.05), loose, a.incomplete, "unfinished tasks")


def _relations(a: Assessed) -> Iterator[Point]:
    links, counted, nothing = a.links, a.counted, "links into unfinished work"
    lag = links.lags[counted]
    every, leads, lags, plain = (
        OnDemand(links.name, rows) for rows in (counted, counted[lag < 0], counted[lag > 0], counted[links.types[counted] == LinkType.FS])
    )
    yield _share(Point(number=2, name="leads", formula="links with a negative lag", limit=0), leads, every, nothing)
    formula = "links with a positive lag / links into unfinished work"
    yield _share(Point(number=3, name="lags", formula=formula, limit=0.05), lags, every, nothing)
    formula = "finish-to-start links / links into unfinished work"
    yield _share(Point(number=4, name="relationship types", formula=formula, limit=0.9, at_least=True), plain, every, nothing)


def _hard(a: Assessed) -> Iterator[Point]:
    tied, hard = [], []
    strict = set(a.schedule.passes.dialect.hard)
    for row in stating(a.unfinished, "constraints"):
        full_id, constraints = a.incomplete[row], a.unfinished[row].constraints
        stated = {name for name in TIED if getattr(constraints, name) is not None}
        if stated:
            tied.append(full_id)
        if strict & stated:
            hard.append(full_id)
    formula = "unfinished tasks with must, mandatory, on or no-later constraints / unfinished tasks"
    point = Point(number=5, name="hard constraints", formula=formula, limit=0.05)
    yield _share(point, tuple(tied), a.incomplete, "unfinished tasks")
    formula = "unfinished tasks with a constraint that overrides the logic in this dialect / unfinished tasks"
    variant = "paseg: blocks movement to the right"
    yield _share(attrs.evolve(point, formula=formula, variant=variant), tuple(hard), a.incomplete, "unfinished tasks")


def _floats(a: Assessed) -> Iterator[Point]:
    slack = a.floats
    high, negative, dated = (_chosen(a, which) for which in (slack > LONG, slack < 0, slack == slack))  # NaN is not itself
    nothing = "unfinished tasks with dates"
    formula = f"total float > {LONG} working days / unfinished tasks with dates"
    yield _share(Point(number=6, name="high float", formula=formula, limit=0.05), high, dated, nothing)
    yield _share(Point(number=7, name="negative float", formula="total float < 0", limit=0), negative, dated, nothing)


def _durations(a: Assessed) -> Point:
    import numpy as np

    days = a.days.copy()
    planned = 0
    for row in np.isin(a.rows, a.baselined).nonzero()[0].tolist():
        task = a.unfinished[row]
        if task.baseline_start is not None and task.baseline_finish is not None:
            planned += 1
            clock = a.network.clock_of(int(a.unfinished_nodes[row]))
            worked = clock.between(minutes(task.baseline_start), minutes(task.baseline_finish, end=True))
            days[row] = worked / a.portfolio.calendar_for(a.incomplete[row]).day_minutes
    known, long = (_chosen(a, which) for which in (days == days, days > LONG))  # NaN is not itself
    formula = f"baseline (else current) duration > {LONG} working days / unfinished tasks with a duration"
    variant = VARIANT if planned == len(known) else f"{VARIANT}, current duration of {len(known) - planned} without a baseline"
    point = Point(number=8, name="high duration", variant=variant, formula=formula, limit=0.05)
    return _share(point, long, known, "unfinished tasks with a duration")


def _dates(a: Assessed) -> Point:
    point = Point(number=9, name="invalid dates", formula="forecast dates before, or actual dates after, the status date", limit=0)
    if a.status is None:
        return attrs.evolve(point, needs="a status date")
    wrong = []
    for full_id, task, status, start, finish in zip(a.names, a.tasks, a.statuses, *a.instants, strict=True):
        if status is None:
            continue
        began, ended = task.actual_start, task.actual_finish
        if (
            (began is not None and minutes(began) > status)
            or (ended is not None and minutes(ended, end=True) > status)
            or (began is None and ended is None and start is not None and start < status)
            or (ended is None and finish is not None and finish < status)
        ):
            wrong.append(full_id)
    return _share(point, tuple(wrong), a.names, "tasks")


def _resources(a: Assessed) -> Point:
    long_enough, tasks = a.days >= 1, a.unfinished
    bare = long_enough.copy()
    for rows in (stating(tasks, "budget"), stating(tasks, "effort"), [row for row, task in enumerate(tasks) if task.assignments]):
        bare[rows] = False
    formula = "unfinished tasks of a day or more without cost, effort or resources / such tasks"
    point = Point(number=10, name="resources", formula=formula)
    return _share(point, _chosen(a, bare), _chosen(a, long_enough), "unfinished tasks of a day or more")


def _some(a: Assessed, rows: Sequence[int]) -> Sequence[str]:
    """The ids of planned work, by its rows."""
    return a.named(a.nodes[list(rows)])


def _chosen(a: Assessed, which: NDArray[np.bool_]) -> Sequence[str]:
    """The ids of what is not finished, as far as it is chosen."""
    return a.named(a.unfinished_nodes[which])


def _missed(a: Assessed) -> Point:
    late = []
    for row in a.due:
        finish, planned = a.instants[1][row], a.tasks[row].baseline_finish
        if finish is None or (planned is not None and finish > minutes(planned, end=True)):
            late.append(row)
    formula = "tasks due by the status date that finished or will finish after their baseline / tasks due by the status date"
    point = Point(number=11, name="missed tasks", formula=formula, limit=0.05)
    return _share(point, _some(a, late), _some(a, a.due), a.nothing_due)


def _path_test(a: Assessed) -> Point:
    passes, net = a.schedule.passes, a.network
    formula = f"{PUSH} days added to a task on the longest path move the end by as much"
    point = Point(number=12, name="critical path test", formula=formula, limit=1, at_least=True)
    place, end = passes.first_of_longest_path(a.nodes), passes.end
    if place is None or end is None:
        return attrs.evolve(point, needs="a critical task")
    node = int(passes.positions.order[place])
    clock = net.running_clock(node)
    push = PUSH * clock.day_minutes
    later = passes.end_if_longer(place, push)
    moved = later is not None and clock.between(end, later) == push
    return attrs.evolve(
        point,
        variant=f"{VARIANT}, first task of the longest path",
        numerator=(net.ids[node],) if moved else (),
        denominator=(net.ids[node],),
        value=1.0 if moved else 0.0,
    )


def _to_come(a: Assessed, place: int) -> bool:
    """Whether a project goes on after the status date: its path is the critical one of no other's finish."""
    project, status = a.portfolio.projects[place], a.status_of(a.network.projects[place])
    goes_on = project.counted_as not in ("closed", "cancelled") and project.actual_finish is None
    return goes_on and (status is None or int(a.schedule.passes.project_ends[place]) > status or bool(a.schedule.doubt(project.id)))


def _cpli(a: Assessed) -> Point:
    passes, net = a.schedule.passes, a.network
    formula = "(critical path length + total float to the committed finish) / critical path length, in working days from the status date"
    point = Point(number=13, name="critical path length index", formula=formula, limit=0.95, at_least=True)
    committed = [(t, place) for place, t in net.stated_finishes.items() if a.project in (None, net.projects[place])]
    if a.status is None or not committed:
        return attrs.evolve(point, needs="a status date" if a.status is None else "a committed finish (project: finish:)")
    open_ones = [(t, place) for t, place in committed if _to_come(a, place)]
    named = sorted(open_ones or committed, key=lambda pair: net.projects[pair[1]])
    target, place = max(named, key=lambda pair: (pair[0], int(passes.project_ends[pair[1]])))  # of several due last, the one that ends last
    status = a.status_of(net.projects[place])
    if status is None:
        return attrs.evolve(point, needs="a status date")
    if doubt := a.schedule.commitments.doubts.of(net.projects[place]):
        return attrs.evolve(point, needs=f"dates of all work of {net.projects[place]!r} ({doubt})")
    project = a.portfolio.projects[place]
    clock = clocks_of(a.portfolio).of(a.portfolio.calendar_for(project.id))
    reached = int(passes.project_ends[place])
    length, slack = clock.days(status, reached), clock.days(reached, target)
    if length <= 0:
        return attrs.evolve(point, needs="unfinished work after the status date")
    ends = passes.target_ends().get(f"{project.id}@finish", [])
    path = tuple(sorted({net.shown(passes.lists.order[v]) for v in passes.driving_to(ends)}))
    variant = f"{VARIANT}, to {project.id}@finish"
    return attrs.evolve(point, value=cpli(length, slack), variant=variant, numerator=path, denominator=path)


def _bei(a: Assessed) -> Point:
    formula = "tasks completed / (tasks that the baseline finishes by the status date + tasks without baseline dates)"
    point = Point(number=14, name="baseline execution index", formula=formula, limit=0.95, at_least=True)
    if a.status is None or not a.due:
        return attrs.evolve(point, needs=a.nothing_due)
    bare, done = without(a.tasks, "baseline_finish"), stating(a.tasks, "actual_finish")
    value = bei(len(done), len(a.due), len(bare))
    return attrs.evolve(point, numerator=_some(a, done), denominator=_some(a, [*a.due, *bare]), value=value)
