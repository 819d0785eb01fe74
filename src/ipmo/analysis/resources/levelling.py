"""Levelling: a schedule in which work waits where people and machines do not suffice, what moves by it, and why."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict, get_args

from ipmo.analysis.dates.by_day import days_after
from ipmo.analysis.dates.committed import Stated
from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.work_tree import LEFT_OUT
from ipmo.analysis.resources.chains import Bite, ChainStep, chain_to, last_of
from ipmo.analysis.resources.demand import Conflict, Demand, Shortage, demand_of, few, nodes_of
from ipmo.analysis.resources.moves import LevelledItem, Payment, SolverResult, solver_result
from ipmo.analysis.resources.pictures import drawn_moves
from ipmo.analysis.resources.prices import Relevelled, RolePrice, cost_of, day_after, less, moved_projects, with_more
from ipmo.analysis.resources.starts import interrupted, restaffed, with_delays, with_starts
from ipmo.analysis.resources.waits import Reading
from ipmo.analysis.resources.weighing import USUAL, Priority, losses_of, lost, weights_of
from ipmo.errors import OptionError, UnknownItemError, at_least, close_matches, one_of
from ipmo.figures.svg import Figure
from ipmo.model.changes import Change, SetDate
from ipmo.model.portfolio import Portfolio
from ipmo.network.kernels.columns import Dates
from ipmo.network.levelling import UNIT, Due, Leveller, Levelling, Score
from ipmo.network.plans import Solved
from ipmo.network.states import LIVE, State
from ipmo.tables import Column, Rows, Table
from ipmo.units import DAY, Money, as_date, as_number, day_text, moment, said_day
from ipmo.words import agree, counted

__all__ = ["Levelled", "LevelledItem", "Payment", "SolverResult", "level"]

Within = Literal["capacity", "float"]
Objective = Literal["commitments", "finish", "projects", "stability", "cost of delay"]
Solver = Literal["own", "cp-sat"]
ORDERS: Mapping[str, tuple[int, ...]] = {
    "commitments": (0, 1, 2),
    "finish": (1, 0, 2),
    "projects": (2, 1, 0),
    "stability": (3, 0, 1, 2),
    "cost of delay": (4, 0, 1, 2),
}
"""The numbers of a score in the order that counts, by objective."""
LINKS = "links"
"""The name of the bound by links alone."""
SHOWN = frozenset({"task", "milestone", "gate", "project"})


class Levelled(Rows[str, LevelledItem]):
    """The answer of `level`: a `LevelledItem` by full id for all open work that takes resources or moves, in file order.

    Args:
        items: the items.
        before: the portfolio as it was.
        plan: the plan of the engine.
        today: its schedule.
        demand: what its work takes.
        shortages: what could not be levelled.
        conflicts: what no plan can meet.
        chain: what holds its end.
        bites: what is short and has commitments missed.
        late: minutes by which commitments are missed, summed.
        bounds: (name, instant) that no plan ends before, by links and by each resource.
        changes: what makes the portfolio start as planned.
        again: levels another portfolio in the same way.
        solver: what a solver made of it; None without one.
    """

    def __init__(
        self,
        items: Iterable[LevelledItem],
        before: Portfolio,
        plan: Levelling,
        today: Schedule,
        demand: Demand,
        shortages: Sequence[Shortage],
        conflicts: Iterable[Conflict],
        chain: Iterable[ChainStep],
        bites: Iterable[Bite],
        late: int,
        bounds: Iterable[tuple[str, int]],
        changes: Sequence[Change],
        again: Callable[[Portfolio], Levelled],
        solver: SolverResult | None = None,
    ) -> None:
        super().__init__({item.id: item for item in items}, "this levelled plan")
        self.before, self.today = before, today
        self.shortages: tuple[Shortage, ...] = tuple(shortages)
        """What could not be levelled, and what limits nothing because nobody says how much of it there is."""
        self.conflicts: tuple[Conflict, ...] = tuple(conflicts)
        """Why no plan can be had that fits, or keeps every commitment: by resource the smallest set of demands found that cannot all be met."""
        self.critical_chain: tuple[ChainStep, ...] = tuple(chain)
        """What holds the end of the plan, step by step over links and over people, the first first: who is on it is `people` of each step."""
        self.bites: tuple[Bite, ...] = tuple(bites)
        """Which shortages of a resource have a commitment missed: each wait on the chain of a commitment that levelling has missed."""
        self.left_out: tuple[tuple[str, str], ...] = demand.left_out
        """(item, why) of open work with assignments that takes nothing."""
        self.changes: tuple[Change, ...] = tuple(changes)
        """Starts not before a date, for `ipmo.what_if` and `ipmo.write_changes`: with them the plan as it was starts as levelled."""
        self.bounds: tuple[tuple[str, datetime], ...] = tuple((name, moment(instant)) for name, instant in bounds)
        """(name, date) that no plan that fits ends before: by `links` alone, and by what each resource can give, the latest first."""
        self.solver: SolverResult | None = solver
        """What CP-SAT made of the plan; None without it."""
        self._plan, self._late, self._again = plan, late, again

    @property
    def feasible(self) -> bool:
        """Everything that is limited fits."""
        return all(shortage.kind == "not stated" for shortage in self.shortages)

    @property
    def moved(self) -> tuple[LevelledItem, ...]:
        """What finishes later than by links alone, the most first."""
        return tuple(sorted((item for item in self.rows if item.moved > 0), key=lambda item: (-item.moved, item.id)))

    @property
    def finish(self) -> datetime | None:
        """When the last open work that has a date ends in the levelled plan; all may end later: see `doubt`."""
        return _instant(self._plan.score.end)

    @property
    def doubt(self) -> str:
        """Why nobody knows when all is done, levelled or not: some work has no date or no duration; empty where all has."""
        return self.today.doubt()

    @property
    def finish_before(self) -> datetime | None:
        """When it ends by links alone; no plan ends before that."""
        return _instant(self._plan.today.end)

    @property
    def first_finish(self) -> datetime | None:
        """When it ends in the first plan, of one priority rule alone: what the other passes were for."""
        return _instant(self._plan.first.end)

    @property
    def lateness(self) -> float:
        """Elapsed days that open commitments are missed by, summed; see `pays` for each."""
        return self._late / DAY

    @functools.cached_property
    def cost_of_delay(self) -> Money | None:
        """What benefits lose because levelling makes them come later, in present values; None where that is not known."""
        return lost(self.before, self.today, schedule(self.portfolio, on_cycle="cut"))

    @functools.cached_property
    def pays(self) -> tuple[Payment, ...]:
        """What levelling costs each open commitment whose forecast it moves, the most first."""
        after = schedule(self.portfolio, on_cycle="cut").commitments
        found = []
        for one, other in zip(self.today.commitments.stated, after.stated, strict=True):
            was, now = self.today.commitments.of(one), after.of(other)
            if was.expected is not None and now.expected is not None and was.expected != now.expected:
                found.append(
                    Payment(
                        name=now.name, date=now.date, before=was.expected, after=now.expected, late=(now.days or 0.0) if now.broken else 0.0
                    )
                )
        return tuple(sorted(found, key=lambda one: (one.before - one.after, one.name)))

    @property
    def passes(self) -> int:
        """How many passes were made: fewer than asked for where a plan was found that cannot be better."""
        return self._plan.passes

    @property
    def proved(self) -> bool:
        """By the objective no plan is better: it is as good as without any limit."""
        return self._plan.proved

    @functools.cached_property
    def portfolio(self) -> Portfolio:
        """The portfolio with the levelled dates as starts not before them; what was as late as possible starts as planned instead."""
        return with_starts(self.before, self.changes)

    def with_delays(self, dialect: str | None = None) -> Portfolio:
        """The portfolio with levelling delays in place of starts not before a date, as Microsoft Project keeps what it levels.

        A delay counts from where links and the start of all let work start, so that a plan that is put off as a whole stays levelled.

        Args:
            dialect: the conventions by which the delays will be read, `msproject` for a file of Microsoft Project; those of the portfolio else.
        """
        return with_delays(self.before, self.changes, dialect)

    def price(self, resource: str, more: float = 1.0, *, since: date | str | None = None, until: date | str | None = None) -> RolePrice:
        """What more of a resource for a time brings, or less of it takes: everything is levelled anew.

        Args:
            resource: id of the resource.
            more: how many units more; fewer where it is negative.
            since: the first day on which they are there.
            until: the first day on which they are there no more.

        Raises:
            UnknownItemError: there is no such resource, or nobody says how much there is of it.
            UnitError: a day is none, or `more` is no number.
            OptionError: they are to be gone before they are there.
        """
        more = as_number(more)
        known = {one.id: one for one in self.before.resources if one.capacity}
        if resource not in known:
            raise UnknownItemError(resource, close_matches(resource, known), "the resources with a capacity")
        first, last = (None if day is None else as_date(day) for day in (since, until))
        if first is not None and last is not None and last <= first:
            raise OptionError("until", until, takes=f"a day after {first}")
        other = with_more(known[resource], more, first, last)
        plan = self._again(self.before.evolve(resources=[other if one.id == resource else one for one in self.before.resources]))
        begin, end = (
            first or moment(self.today.network.base).date(),
            max(day_after(one.finish or moment(one.today.network.base)) for one in (self, plan)),
        )
        cost = cost_of(self.before, known[resource], more, begin, end if last is None else min(last, end))
        return RolePrice(resource=resource, more=more, since=first, until=last, cost=cost, **_beside(self, plan))

    def beside(self, portfolio: Portfolio) -> Relevelled:
        """What another portfolio would bring, levelled in the same way: after a what-if that hires somebody, shifts, stops or adds a project.

        Args:
            portfolio: such as `ipmo.what_if(pf, changes).after`.
        """
        return Relevelled(**_beside(self, self._again(portfolio)))

    def prices(self, more: float = 1.0) -> tuple[RolePrice, ...]:
        """What more of each resource that something waits for brings, what makes least late first, then what is done soonest."""
        names = dict.fromkeys(item.waits.resource for item in self.rows if item.waits is not None)
        found = [self.price(name, more) for name in names]
        return tuple(sorted(found, key=lambda one: (-one.less_late, -one.days, one.resource)))

    def explain(self, full_id: str | None = None) -> str:
        """What an item needs, when it is done, and who or what it waits for; without one, how good the plan is and what it costs.

        Raises:
            UnknownItemError: it takes no resource and does not move.
        """
        if full_id is None:
            return "\n".join(self._summary())
        item = self[full_id]
        needs = ", ".join(f"{units:g} of {name}" for name, units in item.needs)
        head = f"{item.id}: {item.start:%Y-%m-%d %H:%M} to {item.finish:%Y-%m-%d %H:%M}{' or later' if item.doubt else ''}"
        lines = [f"{head}{f', needs {needs}' if needs else ''}"]
        if item.moved:
            side = "later" if item.moved > 0 else "earlier"
            lines.append(f"  finishes {abs(item.moved):,.4g} d {side} than by its links alone ({item.finish_before:%Y-%m-%d %H:%M})")
        lines += [f"  {said}" for said in (item.because, item.doubt) if said]
        lines += [f"  {shortage}" for shortage in self.shortages if full_id in shortage.items]
        return "\n".join(lines)

    def _summary(self) -> Iterator[str]:
        """How good the plan is, what commitments pay, what most of the waiting is for, and what is not in it."""
        yield repr(self)[1:-1]
        if self.doubt:
            yield f"  its end is not known: {self.doubt}"
        if self.bounds and self.finish is not None:
            name, least = self.bounds[0]
            yield f"  no plan that fits ends before {day_text(least, finish=True)}, by {'its links' if name == LINKS else name}"
        if self.first_finish is not None and self.finish is not None and self.first_finish > self.finish:
            yield f"  the first of {counted(self.passes, 'pass', 'passes')} ended {day_text(self.first_finish, finish=True)}{' or later' if self.doubt else ''}"
        if self.solver is not None:
            yield f"  {self.solver}"
        yield from (f"  {one}" for one in self.pays)
        if any(step.resource for step in self.critical_chain):
            people = dict.fromkeys(name for step in self.critical_chain for name in step.people)
            yield f"  its end waits for {few(list(people))} ({counted(len(self.critical_chain), 'item')} on the critical chain)"
        waits = Counter(item.waits.resource for item in self.rows if item.waits is not None)
        for name, count in sorted(waits.items(), key=lambda pair: (-pair[1], pair[0])):
            yield f"  {counted(count, 'item')} {agree(count, 'waits', 'wait')} for {name}"
        yield from (f"  {shortage}" for shortage in self.shortages)
        yield from (f"  {conflict}" for conflict in self.conflicts)
        nothing: dict[str, list[str]] = {}
        for item, why in self.left_out:
            nothing.setdefault(why, []).append(item)
        for why, items in nothing.items():
            first = f"{items[0]} takes" if len(items) == 1 else f"{counted(len(items), 'item')}, first {items[0]}, take"
            yield f"  {first} nothing: {why}"

    def plot(self) -> Figure:
        """A picture of what moves: each piece of work as levelled, below it a line where its links alone had it, behind it what it waits for.

        Of more than thirty pieces those that move most. Shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Raises:
            ModelError: no open work takes people or machines.
        """
        return drawn_moves(self.rows, self.before)

    def table(self) -> Table:
        """One row an item: id, start, finish, start_before, finish_before, moved, needs, because, frozen, fits, interruptions, the days of the dates, and doubt.

        Where `doubt` says why, the finish is not known: it is the one given or later.
        """
        rows = self.rows
        dates = {"start": [r.start for r in rows], "finish": [r.finish for r in rows]}
        dates |= {"start_before": [r.start_before for r in rows], "finish_before": [r.finish_before for r in rows]}
        return Table(
            [
                Column("id", "str", [r.id for r in rows]),
                *(Column(name, "datetime", values) for name, values in dates.items()),
                Column("moved", "float", [r.moved for r in rows], "d"),
                Column("needs", "str", [", ".join(f"{units:g} {name}" for name, units in r.needs) for r in rows]),
                Column("because", "str", [r.because for r in rows]),
                Column("frozen", "bool", [r.frozen for r in rows]),
                Column("fits", "bool", [r.fits for r in rows]),
                Column("interruptions", "int", [len(r.rests) for r in rows]),
                *(
                    Column(f"{name}_date", "date", [said_day(value, finish=name.startswith("finish")) for value in values])
                    for name, values in dates.items()
                ),
                Column("doubt", "str", [r.doubt for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        ends, moved = "nothing ends", self.finish != self.finish_before
        if self.finish is not None:
            day = day_text(self.finish, finish=True) if moved else str(self.today.end_day)
            ends = f"its end is {end_not_known(day)}" if self.doubt else f"ends {day}"
            ends += f" instead of {self.today.end_day}" if moved else ""
        short = f", {counted(len(self.shortages), 'shortage')}" if self.shortages else ""
        nothing = f", {len(self.left_out)} left out" if self.left_out else ""
        return f"<Levelled: {len(self.moved)} of {counted(len(self), 'item')} later, {ends}{short}{nothing}>"


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
        within: `capacity` keeps every capacity, whatever that moves; `float` moves nothing beyond its float to the nearest target, and
            lists what is still short.
        objective: what counts first: the days that commitments are missed by, then the finish of all, then those of projects
            (`commitments`); the finish of all (`finish`); the sum of the finishes of projects (`projects`); how much work starts
            otherwise than without limits (`stability`); what benefits lose because they come later (`cost of delay`).
        passes: how many plans are made and improved; the best is kept, and more never give a worse one.
        seed: of the noise in priorities after the first passes.
        frozen: ids of tasks and projects that stay where they are too.
        include: `proposed`: their work takes its share too; else it moves with its links alone.
        priority: what a day of each project counts, in commitments missed and in the finishes of projects: `stated` as `priority:` of projects
            says, in proportion (500 where it says nothing); `value` by the benefit attributed to them; `none` the same for all.
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
        one_of("include", state, LEFT_OUT)
    said = frozenset([frozen] if isinstance(frozen, str) else frozen)
    again = functools.partial(
        level, within=within, objective=objective, passes=passes, seed=seed, frozen=tuple(said), include=tuple(counted_too),
        priority=priority, solver=solver, seconds=allowed,
    )  # fmt: skip
    today = schedule(portfolio, on_cycle="cut")
    named = nodes_of(portfolio, today, said)
    demand = demand_of(portfolio, today, counted_too, named)
    stays = {*demand.frozen, *named}
    losses = losses_of(portfolio, today) if objective == "cost of delay" else ()
    weights = weights_of(portfolio, today, priority)
    leveller = _leveller(today, demand, stays, weights, losses, within_float=within == "float", samples=passes)
    given, solved = leveller.level(passes, seed, functools.partial(_ordered, ORDERS[objective])), None
    plan = given
    if solver == "cp-sat":
        from ipmo.network.solving import improve

        plan, solved = improve(leveller, given, ORDERS[objective], seconds=allowed, seed=seed)
    return _answer(portfolio, today, demand, leveller, (given, plan), within, again, solved)


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
        splits=demand.splits, within_float=within_float, samples=samples,
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


def _lacking(plan: Levelled) -> Collection[str]:
    """What there is not enough for, in the order of the shortages."""
    return dict.fromkeys(item for shortage in plan.shortages if shortage.kind != "not stated" for item in shortage.items)


class _Beside(TypedDict):
    finish: datetime | None
    finish_before: datetime | None
    lateness: float
    lateness_before: float
    gained: Money | None
    unfit: tuple[str, ...]
    fitted: tuple[str, ...]
    projects: tuple[tuple[str, datetime | None, datetime | None], ...]
    doubt: str


def _beside(one: Levelled, plan: Levelled) -> _Beside:
    """Another plan beside one."""
    lacking, before, after = _lacking(plan), _lacking(one), schedule(plan.portfolio, on_cycle="cut")
    loss = one.cost_of_delay
    finishes = [
        {project.id: None if at.doubt(project.id) else at.dates(project.id)[1] for project in of.before.projects if project.id in at}
        for of, at in ((one, schedule(one.portfolio, on_cycle="cut")), (plan, after))
    ]
    return _Beside(
        finish=plan.finish, finish_before=one.finish, lateness=plan.lateness, lateness_before=one.lateness,
        gained=None if loss is None else less(loss, lost(one.before, one.today, after)),
        unfit=tuple(name for name in lacking if name not in before), fitted=tuple(name for name in before if name not in lacking),
        projects=moved_projects(*finishes), doubt=plan.doubt or one.doubt,
    )  # fmt: skip


def _instant(minute: int) -> datetime | None:
    return moment(minute) if minute > 0 else None


def _answer(
    portfolio: Portfolio,
    today: Schedule,
    demand: Demand,
    leveller: Leveller,
    plans: tuple[Levelling, Levelling],
    within: Within,
    again: Callable[[Portfolio], Levelled],
    solved: Solved | None,
) -> Levelled:
    (given, plan), net, passes = plans, today.network, today.passes
    stated = [one for one in today.commitments.stated if one.nodes]
    earlier = _late(leveller, given, stated)
    reading, late = Reading(leveller, plan), _late(leveller, plan, stated)
    needs: dict[int, dict[str, int]] = {}
    for row in leveller.rows_of(plan):
        most = needs.setdefault(row.node, {})
        name = demand.pools[row.pool].name
        most[name] = max(most.get(name, 0), row.units)
    over, items, changes = set(plan.over), [], list[Change]()
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
            )
        )
    short = [*demand.shortages, *reading.shortages(within)]
    bounds = _bounds(leveller, plan)
    last = last_of(reading, (v for v, group in enumerate(leveller.group) if group >= 0))
    if solved is not None and solved.bound is not None:
        bounds = sorted([*bounds, ("CP-SAT", solved.bound)], key=lambda pair: -pair[1])
    result = None if solved is None else solver_result(solved, _instant(plan.score.end), earlier - late)
    chain = chain_to(reading, last) if last is not None else ()
    bites = list(_bites(today, leveller, plan, reading))
    missed = late > _late(leveller, None, stated) and not leveller.varying  # others may do it in less time
    found = reading.conflicts(within, today.commitments.late.x if missed else None)
    return Levelled(items, portfolio, plan, today, demand, short, found, chain, bites, late, bounds, changes, again, result)


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
