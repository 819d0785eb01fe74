"""Changes applied to a portfolio: all of them or none, each refused with its reason where it asks for what cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar, assert_never, get_args, overload

import attrs

from ipmo.analysis.dates.schedule import OnCycle, Schedule, network, schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import CycleError, IpmoError, ModelError, ScheduleError, UnknownItemError, close_matches, listed, one_of
from ipmo.model.benefits import Benefit
from ipmo.model.changes import (
    Add,
    AddLink,
    AsSoonAsPossible,
    Change,
    Delay,
    Fund,
    Interrupt,
    MoveBudget,
    Pause,
    Remove,
    RemoveLink,
    Restaff,
    SetBudget,
    SetDate,
    SetDuration,
    SetEstimate,
    SetLag,
    SetProbability,
    Stop,
    as_change,
)
from ipmo.model.estimates import Fixed
from ipmo.model.governance import After, Gate
from ipmo.model.hierarchy import hierarchy, summaries
from ipmo.model.money import Budget, BudgetLine, as_budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.risks import Assumption, Driver, Exposure, Risk
from ipmo.model.shape import shape
from ipmo.model.work import Link, Programme, Project, Task
from ipmo.network.assemble import compile_beside, compile_copy
from ipmo.network.clocks import clocks_of
from ipmo.units import Money, Span, When, minutes, moment

__all__ = ["applied", "first_tasks", "refuse_loops", "shifted"]

TOP = {
    "project": "projects",
    "programme": "programmes",
    "benefit": "benefits",
    "outcome": "outcomes",
    "objective": "objectives",
    "resource": "resources",
    "link": "links",
}
INNER = {"task": "tasks", "gate": "gates", "risk": "risks"}


def applied(portfolio: Portfolio, changes: Iterable[Change]) -> Portfolio:
    """The portfolio with changes applied, in their order; all of them or none.

    `Delay`: what has not begun starts that much later than scheduled, what is under way has that much more to do, what
    is finished refuses; a project delays its unfinished tasks that wait for no other unfinished task of it.
    `SetDuration`: of work under way whose rest is stated, the difference is added to the rest.
    `Stop`: unfinished work leaves the plan; what waits for it is blocked, and benefits that need it come no more.
    `Pause`: unfinished work has no dates, nor has what waits for it.
    `Remove`: the links to and from the item go with it; anything else that refers to it refuses.

    Args:
        portfolio: the portfolio; it stays as it is.
        changes: changes, or mappings as files write them.

    Raises:
        UnknownItemError: a change names nothing.
        ModelError: a change asks for what cannot be: finished work delayed, a link that is not there taken away.
        CycleError: a link would close a loop; it is named.
        UnitError: something is no change.
    """
    wanted = [as_change(change) for change in changes]
    found = portfolio
    for change in wanted:
        try:
            found = _applied(found, change)
        except IpmoError as error:
            raise _with_change(error, change) from error
    if any(isinstance(change, AddLink | Add | SetDate) for change in wanted):
        compiled = compile_copy(found, portfolio, found.dialect)
        if compiled.has_loop and not network(portfolio).has_loop:
            raise compiled.loop()
    return found


def refuse_loops(on_cycle: OnCycle, *portfolios: Portfolio) -> None:
    """Refuses portfolios whose links form a loop, unless loops are to be cut; projects that one shares with that before it are compiled once.

    Raises:
        CycleError: links form a loop; it is named.
        OptionError: `on_cycle` is neither `error` nor `cut`.
    """
    one_of("on_cycle", on_cycle, get_args(OnCycle))
    known: Portfolio | None = None
    for portfolio in portfolios if on_cycle == "error" else ():
        alike = known is not None and known.dialect == portfolio.dialect
        try:
            compiled = compile_beside(portfolio, known, portfolio.dialect) if alike and known is not None else network(portfolio)
        except ScheduleError:  # nothing says when it starts: it has no dates that a loop could keep from it
            continue
        if compiled.has_loop:
            raise compiled.loop()
        known = portfolio


def _applied(pf: Portfolio, change: Change) -> Portfolio:
    """The portfolio with one change applied."""
    match change:
        case Delay():
            return _delay(pf, change)
        case SetDuration():
            return _set_duration(pf, change)
        case Restaff():
            return _restaff(pf, change)
        case Interrupt():
            return _interrupt(pf, change)
        case AsSoonAsPossible():
            return _as_soon(pf, change)
        case SetEstimate():
            return _set_estimate(pf, change)
        case SetDate():
            return _set_date(pf, change)
        case SetBudget():
            return _set_budget(pf, change)
        case MoveBudget():
            return _move_budget(pf, change)
        case Fund():
            return _fund(pf, change)
        case SetProbability():
            return _set_probability(pf, change)
        case Stop():
            return _ended(pf, change.target, "cancelled", "stop")
        case Pause():
            return _ended(pf, change.target, "paused", "pause")
        case Add():
            return _add(pf, change)
        case Remove():
            return _remove(pf, change)
        case AddLink():
            return _add_link(pf, change)
        case RemoveLink():
            return _remove_link(pf, change)
        case SetLag():
            return _set_lag(pf, change)
        case _:
            assert_never(change)


def _with_change(error: IpmoError, change: Change) -> IpmoError:
    """The same error, with the change that it came from."""
    if isinstance(error, CycleError | UnknownItemError):
        error.add_note(f"the change was: {change}")
        return error
    return ModelError(f"cannot {change}: {error}").about(*error.items)


A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
N = TypeVar("N")


@overload
def _of(pf: Portfolio, target: str, kind: type[A], /) -> A: ...
@overload
def _of(pf: Portfolio, target: str, kind: type[A], or_kind: type[B], /) -> A | B: ...
@overload
def _of(pf: Portfolio, target: str, kind: type[A], or_kind: type[B], third: type[C], /) -> A | B | C: ...
@overload
def _of(pf: Portfolio, target: str, kind: type[A], or_kind: type[B], third: type[C], last: type[D], /) -> A | B | C | D: ...
def _of(pf: Portfolio, target: str, /, *kinds: type) -> object:
    """The item that a change names, which must be of one of some kinds."""
    noun: object = pf[target]
    if not isinstance(noun, kinds):
        raise _other_kind(pf, target, kinds, "changed so")
    return noun


def _other_kind(pf: Portfolio, target: str, kinds: tuple[type, ...], what: str) -> UnknownItemError:
    """That an item is of another kind than those to which something can be done."""
    words, own = " or ".join(kind.__name__.lower() for kind in kinds), type(pf[target]).__name__.lower()
    close = close_matches(target, [i for i, n in pf.items.items() if isinstance(n, kinds)])
    said = f"{target!r} is {'an' if own[0] in 'aeiou' else 'a'} {own}; only a {words} can be {what}"
    return UnknownItemError(target, close, f"what is a {words}", said)


# ---------------------------------------------------------------------------------------------- time


def _set_duration(pf: Portfolio, change: SetDuration) -> Portfolio:
    task = _of(pf, change.target, Task)
    if task.finished:
        raise ModelError(f"{change.target!r} is finished; its duration does not change")
    if task.started and task.remaining is None and task.progress is None:
        return pf.evolve(change.target, duration=change.to, remaining=change.to)
    left, whole, to = (None if e is None else e.central() for e in (task.remaining, task.length, change.to))
    if isinstance(left, Span) and isinstance(whole, Span) and isinstance(to, Span):  # what is more or less is still to do
        calendar = pf.calendar_for(change.target)
        rest = max(calendar.minutes(left) + calendar.minutes(to) - calendar.minutes(whole), 0)
        return pf.evolve(change.target, duration=change.to, remaining=Fixed(Span(Decimal(rest), "min")))
    return pf.evolve(change.target, duration=change.to)


def _restaff(pf: Portfolio, change: Restaff) -> Portfolio:
    task = _of(pf, change.target, Task)
    if task.started or task.milestone or task.hammock:
        why = "has begun" if task.started else "has no work of its own"
        raise ModelError(f"{change.target!r} {why}; who does it, and how long, does not change")
    return pf.evolve(
        change.target,
        duration=change.to,
        assignments=change.assignments,
        modes=(),
        effort_driven=task.effort_driven and bool(change.assignments),
    )


def _interrupt(pf: Portfolio, change: Interrupt) -> Portfolio:
    task = _of(pf, change.target, Task)
    if task.finished or task.milestone or task.hammock:
        why = "is finished" if task.finished else "has no work of its own"
        raise ModelError(f"{change.target!r} {why}; there is nothing to interrupt")
    return pf.evolve(change.target, interruptions=change.to)


def _as_soon(pf: Portfolio, change: AsSoonAsPossible) -> Portfolio:
    tied = _of(pf, change.target, Task).constraints
    if tied is None or not tied.as_late_as_possible:
        raise ModelError(f"{change.target!r} is not as late as possible; there is no such tie to take off")
    return pf.evolve(change.target, constraints=attrs.evolve(tied, as_late_as_possible=False))


def _set_estimate(pf: Portfolio, change: SetEstimate) -> Portfolio:
    money = isinstance(change.to.central(), Money)
    if money != (change.field == "budget"):
        raise ModelError(f"the {change.field} is {'money' if change.field == 'budget' else 'time'}, not {change.to.central()}")
    if change.field == "budget":
        _of(pf, change.target, Task, Project, Programme)
        return pf.evolve(change.target, budget=as_budget(change.to))
    if change.field == "duration":
        return _set_duration(pf, SetDuration(change.target, change.to))
    task = _of(pf, change.target, Task)
    if task.finished or not task.started:
        raise ModelError(f"{change.target!r} {'is finished' if task.finished else 'has not begun'}; nothing of it remains to be estimated")
    return pf.evolve(change.target, remaining=change.to)


def _set_date(pf: Portfolio, change: SetDate) -> Portfolio:
    noun = pf[change.target]
    dates = [one.name for one in shape(type(noun)) if one.kind.cls in (When, date)]
    if change.field not in dates:
        raise UnknownItemError(change.field, close_matches(change.field, dates), f"the dates of a {type(noun).__name__.lower()}")
    return pf.evolve(None if noun is pf else change.target, **{change.field: change.to})


def _delay(pf: Portfolio, change: Delay) -> Portfolio:
    noun = _of(pf, change.target, Task, Project)
    s = schedule(pf, on_cycle="cut")
    if isinstance(noun, Task):
        owner = _of(pf, pf.project_of(change.target), Project)
        delayed = _delayed(pf, s, owner, noun, change.by)
        return pf.evolve(owner.id, tasks=[delayed if task is noun else task for task in owner.tasks])
    if not noun.tasks:
        start = s.dates(noun.id)[0]
        if noun.actual_finish is not None or start is None:
            raise ModelError(f"project {noun.id!r} {'is finished' if noun.actual_finish else 'has no dates'}; it cannot be delayed")
        finish = s.dates(noun.id)[1]
        moved = {"start": shifted(pf, noun.id, start, change.by)}
        if finish is not None:
            moved["finish"] = shifted(pf, noun.id, finish, change.by, end=True)
        if noun.actual_start is not None:
            moved.pop("start")
        return pf.evolve(noun.id, **moved)
    first = first_tasks(noun)
    if not first:
        raise ModelError(f"project {noun.id!r} has no unfinished work to delay")
    return pf.evolve(noun.id, tasks=[_delayed(pf, s, noun, task, change.by) if task.id in first else task for task in noun.tasks])


def first_tasks(project: Project) -> list[str]:
    """The unfinished tasks of a project that wait for no other unfinished task of it."""
    unfinished = {task.id for task in project.tasks if not task.finished}
    wholes = summaries(project)
    return [
        task.id
        for task in project.tasks
        if task.id in unfinished
        and task.id not in wholes
        and (not task.after or unfinished.isdisjoint([after.source for after in task.after]))
    ]


def _delayed(pf: Portfolio, s: Schedule, project: Project, task: Task, by: Span) -> Task:
    """A task as it is when it is delayed."""
    full_id = f"{project.id}/{task.id}"
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
        return attrs.evolve(task, remaining=Fixed(Span(Decimal(base + calendar.minutes(by)), "min")))
    if task.milestone and task.finish_not_before is not None:
        return attrs.evolve(task, finish_not_before=shifted(pf, full_id, finish, by, end=True))
    return attrs.evolve(task, not_before=shifted(pf, full_id, start, by))


def shifted(pf: Portfolio, full_id: str, instant: datetime, by: Span, *, end: bool = False) -> datetime:
    """An instant that much later, on the item's calendar."""
    clock = clocks_of(pf).of(pf.calendar_for(full_id))
    return moment(clock.shift(minutes(instant), by, at_start=not end))


# ---------------------------------------------------------------------------------------------- money, chance


def _set_budget(pf: Portfolio, change: SetBudget) -> Portfolio:
    _of(pf, change.target, Task, Project, Programme)
    return pf.evolve(change.target, budget=as_budget(change.to))


def _move_budget(pf: Portfolio, change: MoveBudget) -> Portfolio:
    giver, receiver = (_of(pf, item, Task, Project, Programme) for item in (change.source, change.target))
    if change.source == change.target:
        raise ModelError(f"{change.source!r} would give to itself")
    if giver.budget is None or not giver.budget.is_lump:
        raise ModelError(f"{change.source!r} {'has no budget' if giver.budget is None else 'has dated budget lines'}; set them instead")
    held = _lump(giver.budget)
    if held is None or held.currency != change.amount.currency:
        raise ModelError(f"the budget of {change.source!r} is {held}, not in {change.amount.currency}")
    if held.amount < change.amount.amount:
        raise ModelError(f"the budget of {change.source!r} is {held}, less than that")
    pf = pf.evolve(change.source, budget=as_budget(Money(held.amount - change.amount.amount, held.currency)))
    return pf.evolve(change.target, budget=_more(receiver.budget, change.amount, change.target))


def _lump(budget: Budget) -> Money | None:
    """The amount of a budget that is one amount."""
    amount = budget.lines[0].amount if budget.is_lump else None
    held = None if amount is None else amount.central()
    return held if isinstance(held, Money) else None


def _more(budget: Budget | None, amount: Money, item: str) -> Budget:
    """A budget with an amount added: to a lump of the same currency, else as a line of its own."""
    if budget is None:
        return as_budget(amount)
    held = _lump(budget)
    if held is not None:
        if held.currency != amount.currency:
            raise ModelError(f"what {item!r} has is in {held.currency}, not in {amount.currency}")
        return as_budget(Money(held.amount + amount.amount, held.currency))
    return Budget([*budget.lines, BudgetLine(amount=Fixed(amount))])


def _fund(pf: Portfolio, change: Fund) -> Portfolio:
    noun = _of(pf, change.target, Project, Programme, Portfolio)
    state = noun.counted_as if isinstance(noun, Project) else ""
    if state in ("closed", "cancelled"):
        raise ModelError(f"project {change.target!r} is {state}")
    held: Budget | None = noun.funding
    if held is None and isinstance(noun, Programme | Portfolio):  # its own figure would be its total: what is below it counts too
        below = roll_up(pf, "funding", unrated="refuse")[change.target].value
        held = None if below is None else as_budget(below)
    more: dict[str, object] = {"funding": _more(held, change.amount, change.target)}
    if state == "proposed":
        more["state"] = "approved"
    return pf.evolve(None if noun is pf else change.target, **more)


def _set_probability(pf: Portfolio, change: SetProbability) -> Portfolio:
    noun = _of(pf, change.target, Risk, Benefit, Assumption, Driver)
    if isinstance(noun, Risk):
        return pf.evolve(change.target, before=attrs.evolve(noun.before or Exposure(), probability=change.to))
    return pf.evolve(change.target, probability=change.to)


# ---------------------------------------------------------------------------------------------- items


def _ended(pf: Portfolio, target: str, state: str, verb: str) -> Portfolio:
    """The portfolio with a project, or all that runs of a programme, in another state."""
    noun = pf[target]
    if not isinstance(noun, Project | Programme):
        raise _other_kind(pf, target, (Project, Programme), "stopped" if verb == "stop" else "paused")
    over = ("closed", "cancelled", state)
    if isinstance(noun, Project):
        if noun.counted_as in over:
            raise ModelError(f"project {target!r} is {noun.counted_as} already")
        if noun.actual_finish is not None or (noun.tasks and all(task.finished for task in noun.tasks)):
            raise ModelError(f"project {target!r} is finished; there is nothing to {verb}")
        return pf.evolve(target, state=state)
    running = [p for p in hierarchy(pf).projects(noun) if p.state not in over]
    if not running:
        raise ModelError(f"programme {target!r} has no project that runs")
    for project in running:
        pf = pf.evolve(project.id, state=state)
    return pf


def _add(pf: Portfolio, change: Add) -> Portfolio:
    if change.kind in INNER:
        if change.to is None and change.kind == "task":
            raise ModelError(f"a {change.kind} belongs to a project; say to which")
        field = INNER[change.kind]
        owner = pf if change.to is None else _of(pf, change.to, Project, *(() if change.kind == "task" else (Programme, Portfolio)))
        if not isinstance(owner, Project):  # a register of a programme or the portfolio
            within = {"programme" if change.kind == "gate" else "item": owner.id} if isinstance(owner, Programme) else {}
            return pf.evolve(**{field: [*getattr(pf, field), attrs.evolve(change.item, **within)]})
        return pf.evolve(change.to, **{field: [*getattr(owner, field), change.item]})
    if change.kind not in TOP:
        raise ModelError(f"a {change.kind} is not added by a change; it is one of {', '.join([*INNER, *TOP])}")
    field = TOP[change.kind]
    item = change.item
    if change.to is not None:
        if change.kind not in ("project", "programme"):
            raise ModelError(f"a {change.kind} stands at the top, not in {change.to!r}")
        item = attrs.evolve(item, programme=_of(pf, change.to, Programme).id)
    return pf.evolve(**{field: [*getattr(pf, field), item]})


def _remove(pf: Portfolio, change: Remove) -> Portfolio:
    target = change.target
    noun = pf[target]
    kind = type(noun).__name__.lower()
    if noun is pf or kind not in (*INNER, *TOP):
        raise ModelError(f"a {kind} is not removed by a change")
    project, inner = reference(target).project, reference(target).inner
    gone = {target}
    if kind == "project":
        gone |= {name for name in pf.items if name.startswith(f"{target}/")}
    links = [link for link in pf.links if link is not noun and not {_bare(pf, link.source), _bare(pf, link.target)} & gone]
    lost = {id(link) for link in pf.links} - {id(link) for link in links}
    fields: dict[str, object] = {"links": [link for link in pf.links if id(link) not in lost]}
    projects = list(pf.projects)
    if inner:
        owner = pf[project]
        field = INNER[kind]
        rest = [_without(one, inner) for one in getattr(owner, field) if one.id != inner]
        others = {f: [_without(one, inner) for one in getattr(owner, f)] for f in ("tasks", "gates") if f != field}
        changed = attrs.evolve(owner, **{field: rest, **others})
        projects = [changed if p.id == project else p for p in projects]
        fields["projects"] = projects
    elif kind == "project":
        fields["projects"] = [p for p in projects if p.id != target]
    elif kind != "link":
        field = TOP.get(kind) or INNER[kind]
        fields[field] = [_without(one, target) for one in getattr(pf, field) if one.id != target]
    try:
        return pf.evolve(**fields)
    except ModelError as error:
        named = [problem.message for problem in error.problems]
        raise ModelError(
            f"other items refer to it: {'; '.join(named[:3])}{f' and {len(named) - 3} more' if len(named) > 3 else ''}"
        ) from None


def _bare(pf: Portfolio, end: str) -> str:
    return reference(pf.resolve(end) or end).item


def _without(noun: N, inner: str) -> N:
    """The same item, waiting no more for one of its project."""
    if not isinstance(noun, Task | Gate):
        return noun
    kept = [one for one in noun.after if reference(one.source).item != inner]
    return attrs.evolve(noun, after=kept) if len(kept) < len(noun.after) else noun


# ---------------------------------------------------------------------------------------------- links


def _add_link(pf: Portfolio, change: AddLink) -> Portfolio:
    return pf.evolve(links=[*pf.links, Link(source=change.source, target=change.target, type=change.type, lag=change.lag)])


def _remove_link(pf: Portfolio, change: RemoveLink) -> Portfolio:
    return _relink(pf, change.source, change.target, change.type, None)


def _set_lag(pf: Portfolio, change: SetLag) -> Portfolio:
    return _relink(pf, change.source, change.target, change.type, change.to)


def _relink(pf: Portfolio, source: str, target: str, kind: str, lag: Span | None) -> Portfolio:
    """The portfolio with another lag on a link; without the link where there is none."""
    ends = pf.resolve(source), pf.resolve(target)
    changed: list[Link] = []
    found = False
    for link in pf.links:
        if (pf.resolve(link.source), pf.resolve(link.target), link.type) == (*ends, kind):
            found = True
            changed += [] if lag is None else [attrs.evolve(link, lag=lag)]
        else:
            changed.append(link)
    if found:
        return pf.evolve(links=changed)
    full = ends[1]
    project = pf.project_of(full or "")
    noun = pf.items.get(full or "")
    after: Sequence[After] = getattr(noun, "after", ())
    left: list[After] = []
    for one in after:
        if (pf.resolve(one.source, project), one.type) == (ends[0], kind):
            found = True
            left += [] if lag is None else [attrs.evolve(one, lag=lag)]
        else:
            left.append(one)
    if full is None or not found:
        near = [f"{pf.resolve(one.source, project)} -{one.type}-> {full}" for one in after]
        near += [f"{k.source} -{k.type}-> {k.target}" for k in pf.links if pf.resolve(k.target) == full]
        hint = f"; there are {listed(near, 3)}" if near else ""
        raise ModelError(f"there is no link {source!r} -{kind}-> {target!r}{hint}")
    return pf.evolve(full, after=left)
