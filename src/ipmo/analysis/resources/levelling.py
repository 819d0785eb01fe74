"""Levelling: a schedule in which work waits where people and machines do not suffice, what moves by it, and why."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

from ipmo.analysis.dates.by_day import days_after
from ipmo.analysis.dates.committed import Stated
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.resources.chains import Bite, chain_to, last_of
from ipmo.analysis.resources.demand import Demand, demand_of, nodes_of
from ipmo.analysis.resources.levelled import LINKS, Levelled, instant_of
from ipmo.analysis.resources.moves import Improvement, LevelledItem, Payment, SolverResult, solver_result
from ipmo.analysis.resources.starts import interrupted, restaffed
from ipmo.analysis.resources.waits import Reading
from ipmo.analysis.resources.weighing import USUAL, Priority, losses_of, weights_of
from ipmo.errors import OptionError, at_least, one_of
from ipmo.model.changes import AsSoonAsPossible, Change, SetDate
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task
from ipmo.network.kernels.columns import Dates
from ipmo.network.levelling import UNIT, Due, Leveller, Levelling, Score
from ipmo.network.plans import Solved
from ipmo.network.states import LIVE, State
from ipmo.units import DAY, as_number, moment

__all__ = ["Improvement", "Levelled", "LevelledItem", "Payment", "SolverResult", "level"]

Within = Literal["capacity", "float"]
Objective = Literal["commitments", "finish", "projects", "stability", "cost of delay"]
Solver = Literal["own", "cp-sat"]
ORDERS: Mapping[str, tuple[int, ...]] = {
    "commitments": (0, 1, 2),
    "finish": (1, 0, 2),
    "projects": (2, 1, 0),
    "stability": (5, 3, 0, 1, 2),
    "cost of delay": (4, 0, 1, 2),
}
"""The numbers of a score in the order that counts, by objective."""
SHOWN = frozenset({"task", "milestone", "gate", "project"})


def level(
    portfolio: Portfolio,
    *,
    within: Within = "capacity",
    objective: Objective = "commitments",
    passes: int = 50,
    seed: int = 1,
    frozen: Iterable[str] = (),
    include: Iterable[str] = (),
    priority: Priority = "stated",
    solver: Solver = "own",
    seconds: float = 10.0,
) -> Levelled:
    """A schedule in which no resource is needed more than there is of it, minute by minute; links, calendars and constraints hold as ever.

    Work takes its resources from its start to its finish, in the working time of its own calendar; where it says `split:` it may rest in between,
    while more urgent work or leave takes its people. Of a resource with a calendar of its own there is nothing outside that. Work that has begun, that is scheduled by hand or must lie on a date stays where it is
    unless a link moves it; other work goes around it. What is as late as possible is placed as early as it fits.

    Args:
        portfolio: the portfolio.
        within: `capacity` keeps every capacity, whatever that moves; `float` moves nothing beyond its float to the nearest target, nor to the
            end of all, and lists what is still short.
        objective: what counts first: the days that commitments are missed by, then the finish of all, then those of projects
            (`commitments`); the finish of all (`finish`); the sum of the finishes of projects (`projects`); how many commitments come
            at another time than by today's plan, then how much work starts otherwise (`stability`); what benefits lose because they come later (`cost of delay`).
        passes: how many plans are made and improved; the best is kept, and more never give a worse one.
        seed: of the noise in priorities after the first passes.
        frozen: ids of tasks and projects that stay where they are too.
        include: `proposed`: their work takes its share too; else it moves with its links alone.
        priority: what a day of each project counts, in commitments missed and in the finishes of projects: `stated` as `priority:` of projects
            says, in proportion (500 where it says nothing); `value` by the benefit attributed to them; `cost of delay` by what these benefits
            lose in a month's delay; `none` the same for all.
        solver: `own`: passes alone, the same question has the same answer; `cp-sat`: OR-tools improves the plan, and says how much better a plan
            could be at most (`pip install 'ipmo[level]'`); never worse, but not the same on every machine.
        seconds: wall-clock time that CP-SAT has.

    Raises:
        OptionError: there is no such word for an option, fewer than one pass, or no time.
        MissingExtraError: OR-tools is not installed.
        ScheduleError: nothing says when the portfolio starts.
        UnknownItemError: something frozen is no task or project.

    Source: schedule generation and priority rules, Kolisch (EJOR 90, 1996); forward-backward improvement, Valls et al. (EJOR 165, 2005).

    >>> import ipmo.examples
    >>> level(ipmo.examples.load("library"))
    <Levelled: 2 of 3 items later, ends 2026-09-04 instead of 2026-08-07>
    """
    one_of("within", within, get_args(Within))
    one_of("objective", objective, get_args(Objective))
    one_of("priority", priority, get_args(Priority))
    one_of("solver", solver, get_args(Solver))
    at_least("passes", passes, 1, "a whole number")
    if not 0 < (allowed := as_number(seconds)) < float("inf"):
        raise OptionError("seconds", seconds, takes="a number of seconds, more than 0")
    for state in (counted_too := frozenset(include)):
        one_of("include", state, ("proposed",))
    said = frozenset([frozen] if isinstance(frozen, str) else frozen)
    again = functools.partial(
        level, within=within, objective=objective, passes=passes, seed=seed, frozen=tuple(said), include=tuple(counted_too),
        priority=priority, solver=solver, seconds=allowed,
    )  # fmt: skip
    today = schedule(portfolio, on_cycle="cut")
    named = nodes_of(portfolio, today, said)
    demand = demand_of(portfolio, today, counted_too, named, as_it_is=within == "float")
    stays = {*demand.frozen, *named}
    losses = losses_of(portfolio, today) if objective == "cost of delay" else ()
    weights = weights_of(portfolio, today, priority)
    leveller = _leveller(today, demand, stays, weights, losses, within_float=within == "float", samples=passes)
    in_order, solved = leveller.in_order(), None
    given = leveller.level(passes, seed, functools.partial(_ordered, ORDERS[objective]), in_order)
    plan = given
    if solver == "cp-sat":
        from ipmo.network.solving import improve

        plan, solved = improve(leveller, given, ORDERS[objective], seconds=allowed, seed=seed)
    return _answer(portfolio, today, demand, leveller, (in_order, given, plan), within, again, solved)


def _leveller(
    today: Schedule,
    demand: Demand,
    stays: Collection[int],
    weights: Sequence[int],
    losses: Sequence[Due],
    *,
    within_float: bool,
    samples: int,
) -> Leveller:
    """What levels a schedule, with what is due in it."""
    due = [_due(today, one, weights) for one in today.commitments.stated if one.nodes]
    committed = today.commitments.late.x if due else None
    return Leveller(
        today.passes, demand.pools, demand.takes, frozen=stays, due=due, losses=losses, weights=weights, committed=committed,
        lengths={(node, way): one.minutes for node, ways in demand.options.items() for way, one in enumerate(ways)},
        splits=demand.splits, blocked=demand.blocked, within_float=within_float, samples=samples,
    )  # fmt: skip


def _due(today: Schedule, one: Stated, weights: Sequence[int]) -> Due:
    """A commitment, as heavy as the heaviest project whose work it is about."""
    projects = {today.network.project[node] for node in one.nodes} if weights else set()
    return Due(
        one.nodes, _last_kept(today, one), not one.at_finish, max((weights[p] for p in projects if p >= 0), default=USUAL) if weights else 1
    )


def _last_kept(today: Schedule, one: Stated) -> int:
    """The last instant at which a commitment is kept: of a start that must be in a break that of the shift after it, as `Commitments` reads it."""
    if one.kind != "constraint" or one.at_finish:
        return one.date
    clock = today.network.running_clock(one.nodes[0])
    return max(one.date, clock.start(clock.work(one.date)))


def _late_by(leveller: Leveller, early: Dates, due: Due, one: Stated) -> int:
    """Minutes by which a plan misses a commitment, counted from the date as it was stated."""
    late = leveller.missed(early, due)
    return round(days_after(due.date + late, one.date, at_finish=one.at_finish) * DAY) if late else 0


def _late(leveller: Leveller, plan: Levelling | None, stated: Sequence[Stated]) -> int:
    """Minutes by which a plan misses commitments, summed, or that without limits; those about starts are read one by one."""
    leveller.stand(plan)
    early = leveller.today if plan is None else plan.early
    both = [(due, one) for due, one in zip(leveller.due, stated, strict=True) if not one.at_finish]
    return leveller.late(early) + sum(_late_by(leveller, early, due, one) - leveller.missed(early, due) for due, one in both)


def _ordered(places: Sequence[int], score: Score) -> tuple[int, ...]:
    return tuple(score[place] for place in places)


def _answer(
    portfolio: Portfolio,
    today: Schedule,
    demand: Demand,
    leveller: Leveller,
    plans: tuple[Levelling, Levelling, Levelling],
    within: Within,
    again: Callable[[Portfolio], Levelled],
    solved: Solved | None,
) -> Levelled:
    (in_order, given, plan), net, passes = plans, today.network, today.passes
    stated = [one for one in today.commitments.stated if one.nodes]
    earlier, late_in_order = _late(leveller, given, stated), _late(leveller, in_order, stated)
    finishes = leveller.finishes(in_order)
    reading, late = Reading(leveller, plan), _late(leveller, plan, stated)
    needs: dict[int, dict[str, int]] = {}
    for row in leveller.rows_of(plan):
        most = needs.setdefault(row.node, {})
        name = demand.pools[row.pool].name
        most[name] = max(most.get(name, 0), row.units)
    over, items, changes = set(plan.over), [], [*_untied(portfolio, today)]
    place_of = net.positions.pos
    for node, full_id in enumerate(net.ids):
        v = int(place_of[node])
        if net.kinds[node] not in SHOWN or net.state[node] not in LIVE or node in passes.without_duration:
            continue
        if v not in needs and reading.finish(v) == int(passes.finishes[v]) and node not in demand.options:
            continue
        way = demand.options[node][plan.chosen[v]] if node in demand.options else None
        if way is not None and (way.minutes, way.assignments) != (int(net.dur[node]), portfolio[full_id].assignments):
            changes.append(restaffed(portfolio, full_id, way, elapsed=not net.running_clock(node).number))
        clock, started = net.clock_of(node), net.state[node] is State.STARTED
        start, finish, before = reading.start(v), reading.finish(v), int(passes.finishes[v])
        begun = net.starts.get(node) if started else None
        wait, rests = reading.wait(v) if v in needs else None, tuple(reading.rests(v))
        if rests:
            changes.append(interrupted(portfolio, full_id, ((one.since, one.until) for one in rests)))
        if reading.put_off(v) or rests:
            changes.append(SetDate(full_id, "resumes" if started else "not_before", moment(start)))
        items.append(
            LevelledItem(
                id=full_id,
                start=moment(start if begun is None else begun),
                finish=moment(finish),
                start_before=moment(_first_start(today, node, v, before) if begun is None else begun),
                finish_before=moment(before),
                moved=clock.days(before, finish),
                needs=tuple((name, units / UNIT) for name, units in needs.get(v, {}).items()),
                waits=wait,
                after="" if wait is not None or rests or finish <= before else reading.follows(v),
                frozen=reading.frozen(v),
                fits=v not in over,
                rests=rests,
                doubt=today.doubt(full_id),
                improved=clock.days(finish, finishes[v]),
            )
        )
    short = [*demand.shortages, *reading.shortages(within, functools.partial(_asked_of, portfolio))]
    bounds = _bounds(leveller, plan)
    last = last_of(reading, (v for v, group in enumerate(leveller.group) if group >= 0))
    if solved is not None and solved.bound is not None:
        bounds = sorted([*bounds, ("CP-SAT", solved.bound)], key=lambda pair: -pair[1])
    result = None if solved is None else solver_result(solved, instant_of(plan.score.end), earlier - late)
    chain = chain_to(reading, last) if last is not None else ()
    bites = list(_bites(today, leveller, plan, reading))
    missed = late > _late(leveller, None, stated) and not leveller.varying  # others may do it in less time
    found = reading.conflicts(within, today.commitments.late.x if missed else None)
    fitted = tuple(reading.name(v) for v in dict.fromkeys(in_order.over) if v not in over)
    improved = Improvement(
        finish_before=instant_of(in_order.score.end), finish=instant_of(plan.score.end), lateness_before=late_in_order / DAY, lateness=late / DAY,
        fitted=fitted, doubt=today.doubt(),
    )  # fmt: skip
    return Levelled(items, portfolio, plan, today, demand, short, found, chain, bites, late, bounds, changes, again, improved, result)


def _untied(portfolio: Portfolio, today: Schedule) -> Iterator[Change]:
    """Work as late as possible is placed as early as it fits: else it would take up its float again in the plan that is written back."""
    net = today.network
    for project in portfolio.projects:
        for task in project.tasks:
            node = net.named.get(full_id := f"{project.id}/{task.id}")
            tied = task.constraints is not None and task.constraints.as_late_as_possible and not task.finished
            if tied and node is not None and net.state[node] in LIVE:
                yield AsSoonAsPossible(full_id)


def _asked_of(portfolio: Portfolio, full_id: str) -> tuple[str, ...]:
    """What the usual way to do some work needs, by name."""
    noun = portfolio[full_id]
    return tuple(dict.fromkeys(one.resource for one in noun.assignments)) if isinstance(noun, Task) else ()


def _first_start(today: Schedule, node: int, v: int, finish: int) -> int:
    """When something starts by its links alone; what lasts no time lies where it finishes."""
    net = today.network
    return net.running_clock(node).start(int(today.passes.early_starts[v])) if int(net.dur[node]) else finish


def _bites(today: Schedule, leveller: Leveller, plan: Levelling, reading: Reading) -> Iterator[Bite]:
    """The waits on the chain of each commitment that levelling has missed, or missed by more."""
    place_of = today.network.positions.pos
    for due, one in zip(leveller.due, (one for one in today.commitments.stated if one.nodes), strict=True):
        leveller.stand(None)
        before = _late_by(leveller, leveller.today, due, one)
        leveller.stand(plan)
        late = _late_by(leveller, plan.early, due, one)
        places = [int(place_of[node]) for node in due.nodes]
        last = (last_of(reading, places) if one.at_finish else min(places, key=reading.start)) if late > before else None
        if last is None:
            continue
        for step in chain_to(reading, last):
            if step.day is not None:
                yield Bite(commitment=one.name, late=late / DAY, resource=step.resource, day=step.day, item=step.id)


def _bounds(leveller: Leveller, plan: Levelling) -> list[tuple[str, int]]:
    """What no plan ends before, the latest first."""
    by_pool = [(pool.name, leveller.bound(place)) for place, pool in enumerate(leveller.pools)]
    found = [
        *([(LINKS, plan.least.end)] if plan.least.end > 0 else []),
        *((name, instant) for name, instant in by_pool if instant is not None),
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0] != LINKS, pair[0]))
