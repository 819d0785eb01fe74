"""The answer of levelling: what moves and why, how good the plan is, what it costs, and what others would be worth beside it."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TypedDict

import attrs

from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.resources.capacity import capacity
from ipmo.analysis.resources.chains import Bite, ChainStep
from ipmo.analysis.resources.demand import Conflict, Demand, Shortage, few
from ipmo.analysis.resources.moves import Improvement, LevelledItem, Payment, SolverResult
from ipmo.analysis.resources.pictures import drawn_moves
from ipmo.analysis.resources.prices import Relevelled, RolePrice, cost_of, day_after, less, moved_projects, with_more
from ipmo.analysis.resources.starts import with_delays, with_starts
from ipmo.analysis.resources.weighing import lost
from ipmo.errors import OptionError, UnknownItemError, close_matches
from ipmo.figures.svg import Figure
from ipmo.model.changes import Change
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task
from ipmo.network.levelling import Levelling
from ipmo.tables import Column, Rows, Table
from ipmo.units import DAY, Money, as_date, as_number, day_text, moment, said_day
from ipmo.words import agree, counted

__all__ = ["LINKS", "Levelled", "instant_of"]

LINKS = "links"
"""The name of the bound by links alone."""
MOST = 5
"""So many shortages that bite, and steps at each end of a critical chain, are said in words."""


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
        improved: what it improves on today's plan.
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
        improved: Improvement,
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
        """Starts not before a date, other ways, rests and ties taken off, for `ipmo.what_if` and `ipmo.write_changes`: with them the plan as it was starts as levelled."""
        self.bounds: tuple[tuple[str, datetime], ...] = tuple((name, moment(instant)) for name, instant in bounds)
        """(name, date) that no plan that fits ends before: by `links` alone, and by what each resource can give, the latest first."""
        self.solver: SolverResult | None = solver
        """What CP-SAT made of the plan; None without it."""
        self._plan, self._late, self._again, self._improved = plan, late, again, improved
        self._include = demand.include

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
        return instant_of(self._plan.score.end)

    @property
    def doubt(self) -> str:
        """Why nobody knows when all is done, levelled or not: some work has no date or no duration; empty where all has."""
        return self.today.doubt()

    @property
    def finish_before(self) -> datetime | None:
        """When it ends by links alone; no plan ends before that."""
        return instant_of(self._plan.today.end)

    @property
    def first_finish(self) -> datetime | None:
        """When it ends in the first plan, of one priority rule alone: what the other passes were for."""
        return instant_of(self._plan.first.end)

    @property
    def lateness(self) -> float:
        """Elapsed days that open commitments are missed by, summed; see `pays` for each."""
        return self._late / DAY

    @functools.cached_property
    def improved(self) -> Improvement:
        """What it improves on today's plan: on its work in the order of its dates, and what those dates take beyond what there is."""
        over: dict[str, float] = {}
        for load in capacity(self.before, include=self._include).over_allocated:
            over[load.name] = over.get(load.name, 0.0) + float(load.over)
        return attrs.evolve(self._improved, over=tuple(sorted(over.items(), key=lambda pair: (-pair[1], pair[0]))))

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
        """By the objective no plan is better: it is as good as without any limit, and everything that is limited fits."""
        return self._plan.proved and self.feasible

    @functools.cached_property
    def portfolio(self) -> Portfolio:
        """The portfolio with `changes`: with the levelled dates as starts not before them."""
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
            resource: id of the resource, or of a role that others have: somebody who is that alone, at the rate of the role.
            more: how many units more; fewer where it is negative.
            since: the first day on which they are there.
            until: the first day on which they are there no more.

        Raises:
            UnknownItemError: there is no such resource, or nobody says how much there is of it.
            UnitError: a day is none, or `more` is no number.
            OptionError: they are to be gone before they are there, or fewer of a role that nobody is alone.
        """
        more = as_number(more)
        had = {name for one in self.before.resources if one.capacity for name in one.skills}
        known = {one.id: one for one in self.before.resources if one.capacity or one.id in had}
        if resource not in known:
            raise UnknownItemError(
                resource, close_matches(resource, known), "the resources with a capacity, and the roles of those who have one"
            )
        if more < 0 and not known[resource].capacity:
            raise OptionError("more", more, takes="more than 0: nobody is this role alone; ask for fewer of one of those who have it")
        first, last = (None if day is None else as_date(day) for day in (since, until))
        if first is not None and last is not None and last <= first:
            raise OptionError("until", until, takes=f"a day after {first}")
        begin = first or moment(self.today.network.base).date()
        other = with_more(known[resource], more, first if known[resource].capacity else begin, last)
        plan = self._again(self.before.evolve(resources=[other if one.id == resource else one for one in self.before.resources]))
        paid = plan if more > 0 else self  # those who are there in it are paid until all is done
        end = day_after(paid.finish or moment(paid.today.network.base))
        cost = cost_of(self.before, known[resource], more, begin, end if last is None else min(last, end))
        return RolePrice(resource=resource, more=more, since=first, until=last, cost=cost, **_beside(self, plan))

    def beside(self, portfolio: Portfolio) -> Relevelled:
        """What another portfolio would bring, levelled in the same way: after a what-if that hires somebody, shifts, stops or adds a project.

        Args:
            portfolio: such as `ipmo.what_if(pf, changes).after`.
        """
        return Relevelled(**_beside(self, self._again(portfolio)))

    def prices(self, more: float = 1.0) -> tuple[RolePrice, ...]:
        """What more of each resource that something waits for brings, and of each role that it is waited for in: what makes least late first, then what is done soonest."""
        names = dict.fromkeys(item.waits.resource for item in self.rows if item.waits is not None)
        skills = {one.id: one.skills for one in self.before.resources}
        for item in self.rows:
            task = self.portfolio[item.id]
            if item.waits is not None and isinstance(task, Task):
                names |= dict.fromkeys(one.resource for one in task.assignments if one.resource in skills.get(item.waits.resource, ()))
        found = [self.price(name, more) for name in names]
        return tuple(sorted(found, key=lambda one: (-one.less_late, -one.days, one.resource)))

    def explain(self, full_id: str | None = None) -> str:
        """What an item needs, when it is done, and who or what it waits for; without one, how good the plan is and what it costs.

        Raises:
            UnknownItemError: it takes no resource and does not move.
        """
        if full_id is None:
            return "\n".join(self._summary())
        short = [f"  {shortage}" for shortage in self.shortages if full_id in shortage.items]
        if full_id not in self and short:  # it takes nothing of what there never is enough of
            start, finish = self.today.dates(full_id)
            when = f"{start:%Y-%m-%d %H:%M} to {finish:%Y-%m-%d %H:%M}" if start is not None and finish is not None else "no dates"
            return "\n".join([f"{full_id}: {when}, by its links alone", *short])
        item = self[full_id]
        needs = ", ".join(f"{units:g} of {name}" for name, units in item.needs)
        head = f"{item.id}: {item.start:%Y-%m-%d %H:%M} to {item.finish:%Y-%m-%d %H:%M}{' or later' if item.doubt else ''}"
        lines = [f"{head}{f', needs {needs}' if needs else ''}"]
        if item.moved:
            side = "later" if item.moved > 0 else "earlier"
            lines.append(f"  finishes {abs(item.moved):,.4g} d {side} than by its links alone ({item.finish_before:%Y-%m-%d %H:%M})")
        lines += [f"  {said}" for said in (item.because, item.doubt) if said]
        lines += short
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
        if self.rows:
            yield f"  {self.improved}"
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

    @property
    def reasons(self) -> tuple[str, ...]:
        """How good the plan is and what it costs, in sentences: bounds, what is improved, what commitments pay and what has them missed, what holds its end."""
        said = [f"{day_text(at, finish=True)} by {'its links' if name == LINKS else name}" for name, at in self.bounds]
        out = [f"no plan that fits ends before {', '.join(said)}"] if said and self.rows else []
        out += [str(self.improved)] if self.rows else []
        out += [str(self.solver)] if self.solver is not None else []
        out += [f"pays: {one}" for one in self.pays]
        out += [f"bites: {one}" for one in self.bites[:MOST]]
        out += [f"bites: {len(self.bites) - MOST} more"] if self.bites[MOST:] else []
        if any(step.resource for step in self.critical_chain):
            steps = list(map(str, self.critical_chain))
            steps = [*steps[:MOST], f"{len(steps) - 2 * MOST} more", *steps[-MOST:]] if len(steps) > 2 * MOST + 1 else steps
            out.append(f"critical chain: {'; '.join(steps)}")
        return tuple(out)

    def plot(self) -> Figure:
        """A picture of what moves: each piece of work as levelled, below it a line where its links alone had it, behind it what it waits for.

        Of more than thirty pieces those that move most. Shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Raises:
            ModelError: no open work takes people or machines.
        """
        return drawn_moves(self.rows, self.before)

    def table(self) -> Table:
        """One row an item: id, start, finish, start_before, finish_before, moved, needs, because, frozen, fits, interruptions, the days of the dates, doubt, and improved.

        `improved` is how much sooner it finishes than in the order of today's dates. Where `doubt` says why, the finish is not known: it is the one given or later.
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
                Column("improved", "float", [r.improved for r in rows], "d"),
            ]
        )

    def __repr__(self) -> str:
        ends, moved = "nothing ends", self.finish != self.finish_before
        if self.finish is not None:
            day = day_text(self.finish, finish=True) if moved else str(self.today.end_day or "")  # no day where no length is known
            ends = f"its end is {end_not_known(day)}" if self.doubt else f"ends {day}"
            ends += f" instead of {self.today.end_day}" if moved else ""
        short = f", {counted(len(self.shortages), 'shortage')}" if self.shortages else ""
        nothing = f", {len(self.left_out)} left out" if self.left_out else ""
        return f"<Levelled: {len(self.moved)} of {counted(len(self), 'item')} later, {ends}{short}{nothing}>"


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


def instant_of(minute: int) -> datetime | None:
    """An instant of the engine as a date; None of what has none."""
    return moment(minute) if minute > 0 else None
