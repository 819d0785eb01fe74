"""Increment plans as dated milestones, and how reliably increments bring what was planned; flow over value streams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import attrs

import ipmo
from ipmo.model import Portfolio, Programme, Project
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import (
    CheckContext,
    Column,
    Finding,
    IpmoError,
    Severity,
    Shown,
    ShownAnswer,
    Table,
    UnitError,
    UnknownItemError,
    close_matches,
    counted,
)
from ipmo_agile.fields import Goal, Increment, WorkItem, bearers, day_of, fields_of
from ipmo_agile.flow import Flow, flow

__all__ = ["GoalRow", "IncrementPlan", "StreamRow", "ValueStreams", "increment_plan", "increments_kept", "value_streams"]

RELIABLE = (0.8, 1.0)
"""What predictable increments bring of what they planned (SAFe 6.0, in public summaries)."""
QUARTER = 91
"""Days that flow is looked at over."""


# ------------------------------------------------------------------------------------------------ increments


@attrs.frozen(kw_only=True)
class GoalRow(Shown):
    """A goal of an increment as a dated milestone.

    Args:
        increment: `BEARER.INCREMENT`.
        goal: `BEARER.INCREMENT.GOAL`.
        name: title.
        item: what brings it; empty where no item of the plan does.
        committed: it is promised; else it is tried.
        due: the last day of the increment.
        expected: the day on which the plan has its item; None where nothing dates it, or only the earliest day is known and that is in time.
        state: `brought`, `in time`, `late`, `not dated`, `unknown item`, or `missed` where the increment is over and nothing was brought.
        waits_for: items of other projects that its item waits for straight.
        planned, actual: business value, in points of the business owners; None where none is said.
        why: why its day is not known, so that `expected` is the earliest that it can be, and left out where that is in time; empty else.
    """

    increment: str
    goal: str
    name: str
    item: str
    committed: bool
    due: date
    expected: date | None
    state: str
    waits_for: tuple[str, ...]
    planned: float | None
    actual: float | None
    why: str = ""

    @property
    def days(self) -> int | None:
        """Days that it is expected after the increment ends; below 0 before."""
        return None if self.expected is None else (self.expected - self.due).days


class IncrementPlan(ShownAnswer):
    """The answer of `increment_plan`: a row a goal, increments by their days.

    Args:
        rows: the goals.
        increments: id to (first day, last day).
    """

    def __init__(self, rows: tuple[GoalRow, ...], increments: dict[str, tuple[date, date]]) -> None:
        self.rows, self.increments = rows, dict(increments)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[GoalRow]:
        return iter(self.rows)

    def __getitem__(self, goal: str) -> GoalRow:
        for row in self.rows:
            if row.goal == goal:
                return row
        raise UnknownItemError(goal, close_matches(goal, [row.goal for row in self.rows]), "the goals of increments")

    def predictability(self, increment: str) -> float | None:
        """What an increment brought of the value that it had promised: goals that were only tried add to what came, and not to what was planned.

        None before any value came back, and where none was planned.

        Source: SAFe 6.0, programme predictability measure, in public summaries.
        """
        rows = [row for row in self.rows if row.increment == increment]
        if not rows and increment not in self.increments:
            raise UnknownItemError(increment, close_matches(increment, self.increments), "the increments")
        planned = sum(row.planned for row in rows if row.committed and row.planned is not None)
        came = [row.actual for row in rows if row.actual is not None]
        return None if not planned or not came else sum(came) / planned

    def explain(self, goal: str) -> str:
        """A goal in a sentence.

        Raises:
            UnknownItemError: there is no such goal.
        """
        row = self[goal]
        promised = "promised" if row.committed else "tried"
        when = "" if row.expected is None else f", expected {row.expected}{' or later' if row.why else ''}"
        waits = f"; waits for {', '.join(row.waits_for)}" if row.waits_for else ""
        value = (
            "" if row.planned is None else f"; value {row.planned:g} planned" + (f", {row.actual:g} came" if row.actual is not None else "")
        )
        return f"{row.goal}: {promised} by {row.due}{when}: {row.state}{f': {row.why}' if row.why else ''}{waits}{value}"

    def table(self) -> Table:
        """One row a goal: increment, goal, name, item, committed, due, expected, days, state, waits_for, planned, actual."""
        texts = ("increment", "goal", "name", "item")
        return Table(
            [
                *(Column(n, "str", [getattr(row, n) or None for row in self.rows]) for n in texts),
                Column("committed", "bool", [row.committed for row in self.rows]),
                Column("due", "date", [row.due for row in self.rows]),
                Column("expected", "date", [row.expected for row in self.rows]),
                Column("days", "int", [row.days for row in self.rows], "ed"),
                Column("state", "str", [row.state for row in self.rows]),
                Column("waits_for", "str", [", ".join(row.waits_for) or None for row in self.rows]),
                Column("planned", "float", [row.planned for row in self.rows]),
                Column("actual", "float", [row.actual for row in self.rows]),
            ]
        )

    def __repr__(self) -> str:
        late = sum(row.state in ("late", "missed") for row in self.rows)
        return f"<IncrementPlan: {counted(len(self.rows), 'goal')} of {counted(len(self.increments), 'increment')}, {late} late>"


def increment_plan(portfolio: Portfolio) -> IncrementPlan:
    """The increments of programmes and projects (`extensions: {agile: {increments: [...]}}`), each goal as a milestone due when its increment ends.

    Args:
        portfolio: the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts, and a goal names an item.
    """
    stated = [(full_id, one) for full_id, _, fields in bearers(portfolio) for one in fields.increments]
    stated.sort(key=lambda pair: (pair[1].start, pair[0], pair[1].id))
    named = any(goal.item for _, one in stated for goal in one.goals)
    plan = ipmo.schedule(portfolio, on_cycle="cut") if named else None
    waits = _waits(portfolio) if named else {}
    today = None if portfolio.status_date is None else day_of(portfolio.status_date)
    rows = tuple(_goal(portfolio, bearer, one, goal, plan, today, waits) for bearer, one in stated for goal in one.goals)
    return IncrementPlan(rows, {f"{bearer}.{one.id}": (one.start, one.finish) for bearer, one in stated})


def _waits(portfolio: Portfolio) -> dict[str, list[str]]:
    """What each item waits for across projects, straight."""
    out: dict[str, list[str]] = {}
    for link in portfolio.links:
        source, target = (portfolio.reference(end) for end in (link.source, link.target))
        if link.kind == "schedule" and link.status not in ("delivered", "cancelled") and source is not None and target is not None:
            out.setdefault(target.item, []).append(str(source))
    return out


def _goal(
    pf: Portfolio,
    bearer: str,
    one: Increment,
    goal: Goal,
    plan: ipmo.Schedule | None,
    today: date | None,
    waits: dict[str, list[str]],
) -> GoalRow:
    item = "" if not goal.item else pf.resolve(goal.item, bearer if isinstance(pf.items.get(bearer), Project) else "") or ""
    noun = pf.items.get(item)
    expected = plan.days(item)[1] if plan is not None and item and item in plan else None
    doubt = plan.doubt(item) if plan is not None and expected is not None else ""
    if doubt and expected is not None and expected <= one.finish:  # the earliest day says no more than that it may be in time
        expected = None
    done = getattr(noun, "actual_finish", None) is not None
    over = today is not None and today > one.finish
    if goal.actual is not None:
        state = "brought" if goal.actual > 0 else "missed"
    elif goal.item and noun is None:
        state = "unknown item"
    elif done and expected is not None:
        state = "brought" if expected <= one.finish else "late"
    elif expected is not None:
        state = "late" if expected > one.finish else "in time"
    else:
        state = "missed" if over else "not dated"
    name = f"{bearer}.{one.id}"
    return GoalRow(
        increment=name,
        goal=f"{name}.{goal.id}",
        name=goal.name,
        item=item or goal.item,
        committed=goal.committed,
        due=one.finish,
        expected=expected,
        state=state,
        waits_for=tuple(waits.get(item, ())),
        planned=goal.planned,
        actual=goal.actual,
        why=doubt,
    )


def increments_kept(context: CheckContext) -> Iterable[Finding]:
    """Goals of increments are milestones that the plan keeps, and increments bring most of what they promise."""
    pf = context.portfolio
    if not any(fields.increments for _, _, fields in bearers(pf)):
        return
    try:
        found = increment_plan(pf)
    except IpmoError as error:
        yield _finding("", f"nothing can be said of increments: {error}", severity=Severity.INFO)
        return
    for row in found:
        bearer = row.increment.partition(".")[0]
        if not context.covers(bearer):
            continue
        if row.state == "unknown item":
            yield _finding(bearer, f"goal {row.goal!r} names the unknown item {row.item!r}", "correct item:", Severity.ERROR, row.goal)
        elif row.committed and row.state == "late":
            waits = f"; it waits for {', '.join(row.waits_for)}" if row.waits_for else ""
            message = (
                f"goal {row.goal!r} is promised by {row.due} and expected {row.expected}, {counted(row.days or 0, 'day')} later{waits}"
            )
            yield _finding(bearer, message, "move it to a later increment, or free what it waits for", part=row.goal)
        elif row.committed and row.state == "missed":
            none = row.actual is not None  # that nothing came was stated
            message = f"goal {row.goal!r} was promised by {row.due}, and {'brought nothing' if none else 'nothing says that it came'}"
            yield _finding(bearer, message, "plan it anew, or drop it" if none else "write actual:, the value that came", part=row.goal)
    for name in found.increments:
        share = found.predictability(name)
        bearer = name.partition(".")[0]
        if share is not None and share < RELIABLE[0] and context.covers(bearer):
            message = f"increment {name!r} brought {share:.0%} of the value that it promised; {RELIABLE[0]:.0%} at least is reliable"
            yield _finding(bearer, message, "promise less, and try the rest", part=name)


def _finding(item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING, part: str = "") -> Finding:
    return Finding(code="agile/increments", item=item, message=message, hint=hint, severity=severity, part=part)


# ------------------------------------------------------------------------------------------------ value streams


@attrs.frozen(kw_only=True)
class StreamRow(Shown):
    """The flow of one value stream.

    Args:
        stream: id of the programme or project.
        name: title.
        distribution: kind of work to its share of the items finished in the stretch.
        flow: the flow of all its items together.
        predictability: what its finished increments brought of what they promised; None where nothing says so.
    """

    stream: str
    name: str
    distribution: dict[str, float]
    flow: Flow
    predictability: float | None


class ValueStreams(ShownAnswer):
    """The answer of `value_streams`: a row a stream.

    Args:
        rows: them.
        start, end: the stretch, from the first day until before the last.
    """

    def __init__(self, rows: tuple[StreamRow, ...], start: date, end: date) -> None:
        self.rows, self.start, self.end = rows, start, end

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[StreamRow]:
        return iter(self.rows)

    def __getitem__(self, stream: str) -> StreamRow:
        for row in self.rows:
            if row.stream == stream:
                return row
        raise UnknownItemError(stream, close_matches(stream, [row.stream for row in self.rows]), "the value streams with items")

    def table(self) -> Table:
        """One row a stream: stream, name, finished (items), velocity (items a week), time_p50, time_p85 (days), load (items in progress at the end), age (mean
        days of what is in progress), predictability (%), distribution.
        """
        flows = [row.flow for row in self.rows]
        return Table(
            [
                Column("stream", "str", [row.stream for row in self.rows]),
                Column("name", "str", [row.name for row in self.rows]),
                Column("finished", "int", [one.finished for one in flows]),
                Column("velocity", "float", [one.throughput * 7 for one in flows], "items/w"),
                *(Column(f"time_p{p}", "int", [one.percentile(p / 100) for one in flows], "ed") for p in (50, 85)),
                Column("load", "int", [one.wip_end for one in flows], "items"),
                Column("age", "float", [one.age_end for one in flows], "ed"),
                Column(
                    "predictability", "float", [None if row.predictability is None else 100 * row.predictability for row in self.rows], "%"
                ),
                Column(
                    "distribution",
                    "str",
                    [", ".join(f"{kind} {share:.0%}" for kind, share in row.distribution.items()) or None for row in self.rows],
                ),
            ]
        )

    def __repr__(self) -> str:
        return f"<ValueStreams: {counted(len(self.rows), 'stream')} from {self.start} to {self.end}>"


def value_streams(portfolio: Portfolio, days: int = QUARTER) -> ValueStreams:
    """Flow over value streams: programmes with backlogs below them, and projects that stand in none, over the last days before the status date.

    Distribution, velocity, time, load and predictability; efficiency needs times of waiting, which nobody states. Items count one each, whatever their
    size: points of several teams are never summed.

    Args:
        portfolio: the portfolio.
        days: how long the stretch is, in elapsed days.

    Raises:
        UnitError: no status date is stated, or the stretch is shorter than a day.
    """
    if portfolio.status_date is None or days < 1:
        raise UnitError("flow over value streams is looked at up to the status date, over a day at least; write status_date:")
    end = day_of(portfolio.status_date) + timedelta(days=1)
    start = end - timedelta(days=days)
    tree, plan = hierarchy(portfolio), increment_plan(portfolio)
    top: list[Programme | Project] = [noun for noun in tree.direct(portfolio) if isinstance(noun, Programme | Project)]
    rows = []
    for noun in top:
        projects = [noun] if isinstance(noun, Project) else list(tree.projects(noun))
        items = [item for project in projects for item in _items(project)]
        if not isinstance(noun, Project):
            items += fields_of(noun).backlog
        if not any(item.started is not None for item in items):
            continue
        gone = [item for item in items if item.finished is not None and start <= item.finished < end]
        kinds = Counter(item.kind or "(none)" for item in gone)
        below = {noun.id, *(project.id for project in projects)}
        names = [name for name, (_, last) in plan.increments.items() if name.partition(".")[0] in below and last < end]
        rows.append(
            StreamRow(
                stream=noun.id,
                name=noun.name,
                distribution={kind: number / len(gone) for kind, number in kinds.most_common()},
                flow=flow(items, start, end),
                predictability=_together(plan, names),
            )
        )
    return ValueStreams(tuple(rows), start, end)


def _together(plan: IncrementPlan, names: list[str]) -> float | None:
    """What several increments brought of what they promised, together; of those that say what came."""
    told = [row for row in plan.rows if row.increment in names and plan.predictability(row.increment) is not None]
    planned = sum(row.planned for row in told if row.committed and row.planned is not None)
    return sum(row.actual for row in told if row.actual is not None) / planned if planned else None


def _items(project: Project) -> list[WorkItem]:
    return [*fields_of(project).backlog, *(item for task in project.tasks if task.extensions for item in fields_of(task).backlog)]
