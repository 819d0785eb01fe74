"""Changes applied to a portfolio, and what they would do: change requests assessed by the what-if that they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from ipmo.analysis.rollup import roll_up
from ipmo.analysis.schedule import Schedule, schedule
from ipmo.errors import IpmoError, ModelError, UnknownItemError, close_matches
from ipmo.model.changes import AddLink, Change, Delay, RemoveLink, SetBudget, SetDuration, Stop
from ipmo.model.estimates import Fixed
from ipmo.model.money import as_budget
from ipmo.model.work import Link, Portfolio, Programme, Project, Task
from ipmo.network import kernels
from ipmo.tables import Column, Table
from ipmo.units import DAY, Money, Span, minutes, moment

__all__ = ["Assessment", "applied", "assess"]


def applied(portfolio: Portfolio, changes: Iterable[Change]) -> Portfolio:
    """The portfolio with changes applied, in their order; all of them or none.

    `Delay`: what has not begun starts that much later than scheduled, what is under way has that much more to do, what
    is finished refuses; a project delays its unfinished tasks that wait for no other unfinished task of it.
    `SetDuration`: of work under way whose rest is stated, the difference is added to the rest.

    Raises:
        UnknownItemError: a change names nothing.
        ModelError: a change asks for what cannot be: finished work delayed, a link that is not there taken away.
    """
    for change in changes:
        portfolio = _apply(portfolio, change)
    return portfolio


def _apply(pf: Portfolio, change: Change) -> Portfolio:
    if isinstance(change, SetDuration):
        task = _of(pf, change.target, Task)
        if task.finished:
            raise ModelError(f"{change.target!r} is finished; its duration does not change")
        if task.started and task.remaining is None and task.progress is None:
            return pf.evolve(change.target, duration=change.to, remaining=change.to)
        left, whole, to = (None if e is None else e.central() for e in (task.remaining, task.duration, change.to))
        if isinstance(left, Span) and isinstance(whole, Span) and isinstance(to, Span):  # what is more or less is still to do
            calendar = pf.calendar_for(change.target)
            rest = max(calendar.minutes(left) + calendar.minutes(to) - calendar.minutes(whole), 0)
            return pf.evolve(change.target, duration=change.to, remaining=Fixed(Span(Decimal(rest), "min")))
        return pf.evolve(change.target, duration=change.to)
    if isinstance(change, SetBudget):
        return pf.evolve(change.target, budget=as_budget(change.to))
    if isinstance(change, Stop):
        return _stop(pf, change.target)
    if isinstance(change, AddLink):
        return pf.evolve(links=[*pf.links, Link(source=change.source, target=change.target, type=change.type, lag=change.lag)])
    if isinstance(change, RemoveLink):
        return _unlink(pf, change)
    return _delay(pf, change)


def _of(pf: Portfolio, target: str, *kinds: type) -> Any:
    noun = pf[target]
    if not isinstance(noun, kinds):
        words = " or ".join(kind.__name__.lower() for kind in kinds)
        raise UnknownItemError(
            target, close_matches(target, [i for i, n in pf.items.items() if isinstance(n, kinds)]), f"what is a {words}"
        )
    return noun


def _stop(pf: Portfolio, target: str) -> Portfolio:
    noun = _of(pf, target, Project, Programme)
    if isinstance(noun, Project):
        return pf.evolve(target, state="cancelled")
    inside = {target}
    for _ in pf.programmes:
        inside |= {p.id for p in pf.programmes if p.programme in inside}
    for project in pf.projects:
        if project.programme in inside and project.state not in ("closed", "cancelled"):
            pf = pf.evolve(project.id, state="cancelled")
    return pf


def _unlink(pf: Portfolio, change: RemoveLink) -> Portfolio:
    source, target = pf.resolve(change.source), pf.resolve(change.target)
    kept = [k for k in pf.links if (pf.resolve(k.source), pf.resolve(k.target), k.type) != (source, target, change.type)]
    if len(kept) < len(pf.links):
        return pf.evolve(links=kept)
    project = pf.project_of(target or "")
    noun = pf.items.get(target or "")
    after = getattr(noun, "after", ())
    left = [a for a in after if (pf.resolve(a.source, project), a.type) != (source, change.type)]
    if target is None or len(left) == len(after):
        raise ModelError(f"there is no link {change.source!r} -{change.type}-> {change.target!r} to take away")
    return pf.evolve(target, after=left)


def _delay(pf: Portfolio, change: Delay) -> Portfolio:
    noun = _of(pf, change.target, Task, Project)
    s = schedule(pf, on_cycle="cut")
    if isinstance(noun, Task):
        return _delay_task(pf, s, change.target, noun, change.by)
    if not noun.tasks:
        start = s.dates(noun.id)[0]
        if noun.actual_finish is not None or start is None:
            raise ModelError(f"project {noun.id!r} {'is finished' if noun.actual_finish else 'has no dates'}; it cannot be delayed")
        finish = s.dates(noun.id)[1]
        moved = {"start": _shifted(pf, noun.id, start, change.by)}
        if finish is not None:
            moved["finish"] = _shifted(pf, noun.id, finish, change.by, end=True)
        if noun.actual_start is not None:
            moved.pop("start")
        return pf.evolve(noun.id, **moved)
    unfinished = {task.id for task in noun.tasks if not task.finished}
    parents = {task.parent for task in noun.tasks}
    first = [
        task
        for task in noun.tasks
        if task.id in unfinished and task.id not in parents and not any(after.source in unfinished for after in task.after)
    ]
    if not first:
        raise ModelError(f"project {noun.id!r} has no unfinished work to delay")
    for task in first:
        pf = _delay_task(pf, s, f"{noun.id}/{task.id}", task, change.by)
    return pf


def _delay_task(pf: Portfolio, s: Schedule, full_id: str, task: Task, by: Span) -> Portfolio:
    if task.finished:
        raise ModelError(f"{full_id!r} is finished and cannot be delayed")
    start, finish = s.dates(full_id)
    if start is None or finish is None:
        raise ModelError(f"{full_id!r} has no dates; it cannot be delayed")
    calendar = pf.calendar_for(full_id)
    if task.started:
        left = task.remaining.central() if task.remaining is not None else None
        total = task.duration.central() if task.duration is not None else None
        if isinstance(left, Span):
            base = calendar.minutes(left)
        elif isinstance(total, Span):
            base = round(calendar.minutes(total) * (1 - (task.progress or 0.0)))
        else:
            raise ModelError(f"{full_id!r} is under way without a remaining duration; it cannot be delayed")
        return pf.evolve(full_id, remaining=Fixed(Span(Decimal(base + calendar.minutes(by)), "min")))
    if task.milestone and task.finish_not_before is not None:
        return pf.evolve(full_id, finish_not_before=_shifted(pf, full_id, finish, by, end=True))
    return pf.evolve(full_id, not_before=_shifted(pf, full_id, start, by))


def _shifted(pf: Portfolio, full_id: str, instant: datetime, by: Span, *, end: bool = False) -> datetime:
    """An instant that much later, on the item's calendar."""
    at = minutes(instant)
    if by.dimension == "step":
        return moment(kernels.add_months(at, by.months))
    if by.dimension == "elapsed":
        return moment(at + by.elapsed_minutes)
    from ipmo.network.worktime import Clocks

    clocks = Clocks([pf.calendar_for(full_id)])
    clock = clocks.clock(pf.calendar_for(full_id))
    worked = kernels.work(clocks.packed, clock, at) + pf.calendar_for(full_id).minutes(by)
    found = kernels.finish_at(clocks.packed, clock, worked) if end else kernels.start_at(clocks.packed, clock, worked)
    return moment(int(found))


@attrs.frozen(kw_only=True)
class Assessment:
    """What a change request would do.

    Args:
        change: its id.
        name: its title.
        state: raised, approved, rejected, done or withdrawn.
        moved: (project, days its finish moves), those that move, the most first.
        budget: change of the portfolio's budget; None where it is not known.
        error: why it cannot be applied; empty when it can.
    """

    change: str
    name: str
    state: str
    moved: tuple[tuple[str, float], ...] = ()
    budget: Money | None = None
    error: str = ""

    def __str__(self) -> str:
        if self.error:
            return f"{self.change}: cannot be applied: {self.error}"
        parts = [f"{project} {days:+,.1f} days".replace(".0 days", " days") for project, days in self.moved]
        if self.budget is not None and self.budget.amount:
            parts.append(f"budget {'+' if self.budget.amount > 0 else ''}{self.budget}")
        return f"{self.change}: {', '.join(parts) or 'no effect on dates or budget'}"


def assess(portfolio: Portfolio, *, states: Iterable[str] = ("raised",)) -> Table:
    """Every open change request applied on its own: change, name, state, project, days, budget, text, error.

    One row a project whose finish moves; a change that moves none has one row without a project.

    Args:
        portfolio: the portfolio.
        states: which requests: `raised` ones when left out.
    """
    rows: list[tuple[Assessment, str | None, float | None]] = []
    for found in assessments(portfolio, states):
        rows += [(found, project, days) for project, days in found.moved] or [(found, None, None)]
    currency = next((a.budget.currency for a, *_ in rows if a.budget is not None), "")
    return Table(
        [
            Column("change", "str", [a.change for a, *_ in rows]),
            Column("name", "str", [a.name for a, *_ in rows]),
            Column("state", "str", [a.state for a, *_ in rows]),
            Column("project", "str", [project for _, project, _ in rows]),
            Column("days", "float", [days for *_, days in rows], "days"),
            Column("budget", "float", [None if a.budget is None else float(a.budget.amount) for a, *_ in rows], currency),
            Column("text", "str", [str(a) for a, *_ in rows]),
            Column("error", "str", [a.error for a, *_ in rows]),
        ]
    )


def assessments(portfolio: Portfolio, states: Iterable[str] = ("raised",)) -> list[Assessment]:
    """What each change request would do, on its own."""
    wanted = set(states)
    before = schedule(portfolio, on_cycle="cut")
    out = []
    for request in portfolio.changes:
        if request.state not in wanted:
            continue
        empty = Assessment(change=request.id, name=request.name, state=request.state)
        try:
            after = applied(portfolio, request.effect)
            moved, dearer = _moved(portfolio, after, before), _dearer(portfolio, after, request.cost)
            out.append(attrs.evolve(empty, moved=moved, budget=dearer))
        except IpmoError as error:
            out.append(attrs.evolve(empty, error=str(error).splitlines()[0]))
    return out


def _moved(one: Portfolio, other: Portfolio, before: Schedule) -> tuple[tuple[str, float], ...]:
    after = schedule(other, on_cycle="cut")
    rows = []
    for project in one.projects:
        if project.id not in other.items or other.items[project.id].state == "cancelled":
            continue
        old, new = before.dates(project.id)[1], after.dates(project.id)[1]
        if old is not None and new is not None and old != new:
            rows.append((project.id, (new - old).total_seconds() / 60 / DAY))
    return tuple(sorted(rows, key=lambda row: (-abs(row[1]), row[0])))


def _dearer(one: Portfolio, other: Portfolio, cost: Money | None) -> Money | None:
    try:
        before, after = (roll_up(pf, "budget").total.value for pf in (one, other))
    except IpmoError:
        return cost
    if before is None or after is None:
        return cost
    moved = Money(after.amount - before.amount, after.currency)
    return cost if not moved.amount and cost is not None else moved
