"""What open work takes of people and machines, as the engine levels it: pools with dated capacity, and who takes how much of them when.

Units are counted in millionths. Work with an effort takes what is left of it evenly, or by its spread in ten equal parts of its
time (as many as there are where shares are given); work without takes its units from its start to its finish, on its own clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TypeAlias

import attrs

from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.money.measures import share_done
from ipmo.analysis.money.timing import Timing
from ipmo.analysis.money.work_tree import LEFT_OUT
from ipmo.analysis.resources.teams import Option, options_of
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.calendars import Calendar
from ipmo.model.money import Spread
from ipmo.model.people import Assignment, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.clocks import FAR, clocks_of
from ipmo.network.levelling import UNIT, Pool, Split, Take
from ipmo.network.states import LIVE, State
from ipmo.units import day_text, minutes
from ipmo.words import agree, counted

__all__ = ["Conflict", "Demand", "Shortage", "demand_of", "few", "frozen_shortage", "nodes_of", "share_left", "units_text"]

WAYS = 24
"""So many ways to fill the roles of one piece of work are kept, at most."""
TRIED = 20_000
"""So many times somebody is tried for a role of one piece of work, at most."""
LACKING = {
    "not stated": "nobody says how much of it there is",
    "nobody": "there never is any of it",
    "no skill": "of those who have it ({}) there never is enough",
}
"""Why a role cannot be filled, by kind of shortage."""
SHOWN = 3
"""Of those who hold a resource, or could, so many are named."""
PIECES = 250
"""So many pieces work has at most."""
PARTS = 10
"""Equal parts of its time in which work with a spread takes what it takes."""
Rows: TypeAlias = Sequence[tuple[int, int, Fraction]]
"""(begin, end, units) of what is asked for, in minutes of the work."""


@attrs.frozen(kw_only=True)
class Shortage:
    """Why some work cannot be levelled, or is not.

    Args:
        kind: `not stated`: nobody says how much of the resource there is, so that it limits nothing; `nobody`: there never is any of it; `no skill`: of nobody who has it there is enough;
            `too much`: the work needs more at once than there ever is; `frozen`: work that stays where it is needs more than there is;
            `never fits`: it is never there for as long as the work lasts; `no room`: other work leaves no time for it in any plan that was made;
            `beyond float`: it does not fit within the float; `used up`: of something that is used up other work leaves too little.
        resource: id of the resource.
        items: the work, by full id.
        day: the first day on which it is short, of what is short on every day the first on which it is needed; empty where that has no date.
        text: the same in words.
    """

    kind: str
    resource: str
    items: tuple[str, ...]
    day: str
    text: str

    def __str__(self) -> str:
        return self.text


@attrs.frozen(kw_only=True)
class Conflict:
    """The smallest set of demands found that no plan can meet.

    Args:
        resource: id of the resource.
        items: the work, by full id, what needs the most first.
        since: from when on they need it.
        until: by when they must be done; the same where they must all go on at one time.
        needed: person-days, or units where it is about one time.
        there: what there is; where that is enough, no order of them fits it all the same.
        because: why they must be done by then: `commitments`, `float`, or `capacity` where the resource ends or they stay where they are.
        in_all: the resource is used up: it is about what there ever is.
    """

    resource: str
    items: tuple[str, ...]
    since: datetime
    until: datetime
    needed: float
    there: float
    because: str
    in_all: bool = False

    def __str__(self) -> str:
        who, verb = few(self.items), agree(len(self.items), "needs", "need")
        if self.in_all:
            text = (
                f"{who} {agree(len(self.items), 'uses', 'use')} up {self.needed:,.4g} of {self.resource}, of which there {_is(self.there)}"
            )
        elif self.since == self.until:
            text = f"{who} {verb} {self.needed:,.4g} of {self.resource} at once on {self.since:%Y-%m-%d}, where there {_is(self.there)}"
        else:
            span = f"from {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"
            text = f"{who} {verb} {self.needed:,.4g} pd of {self.resource} {span}, where there {_is(self.there)}"
            text += "" if self.needed > self.there else ", and fit in no order"
        return f"{text}: {WHY[self.because]}"


WHY = {
    "commitments": "no plan keeps every commitment",
    "float": "no plan stays within the float to the nearest targets and to the end of all",
    "capacity": "no plan fits them all",
}
"""What a conflict rules out, by why the work must be done by then."""


def _is(there: float) -> str:
    return f"{agree(1 if there == 1 else 2, 'is', 'are')} {there:,.4g}"


@attrs.frozen(kw_only=True, eq=False)
class Demand:
    """What a portfolio's open work takes.

    Args:
        pools: the resources that have a capacity.
        takes: what each node takes of them.
        frozen: nodes of work that has begun.
        shortages: what cannot be levelled.
        left_out: (item, why) of work with assignments that takes nothing.
        options: of each node that has ways that last differently, which of them each of its ways is.
        splits: how far the work of a node may be interrupted, where it may.
        blocked: (node, way) of usual ways that can never be done, beside others that can: they stand for work that stays as it is.
        include: states of projects that take their share beside those at work.
    """

    pools: tuple[Pool, ...]
    takes: tuple[Take, ...]
    frozen: tuple[int, ...]
    options: Mapping[int, tuple[Option, ...]]
    splits: Mapping[int, Split]
    shortages: tuple[Shortage, ...]
    left_out: tuple[tuple[str, str], ...]
    blocked: frozenset[tuple[int, int]] = frozenset()
    include: frozenset[str] = frozenset()


def units_text(units: int) -> str:
    """Millionths of a unit as a person reads them."""
    return f"{units / UNIT:,.6g}"


def frozen_shortage(resource: str, items: tuple[str, ...], day: str, needed: int, there: int) -> Shortage:
    """Work that stays where it is and needs more of a resource on a day than there is; units in millionths."""
    what = f"{units_text(needed)} of {resource} on {day}, where there is {units_text(there)}"
    text = f"{few(items)} {agree(len(items), 'needs', 'need')} {what}, and {agree(len(items), 'stays', 'stay')} there"
    return Shortage(kind="frozen", resource=resource, items=items, day=day, text=text)


def few(items: Sequence[str]) -> str:
    """The first of some items by name, and how many more."""
    rest = len(items) - SHOWN
    return f"{', '.join(items[:SHOWN])}{f' and {rest} more' if rest > 0 else ''}"


def share_left(timing: Timing, full_id: str, task: Task) -> Fraction:
    """The share of the work that is still to do: by progress, else by what remains of the duration; all where nobody says."""
    if task.progress is not None:
        return 1 - Fraction(str(task.progress))
    found = share_done(timing, full_id, task)
    return 1 - found[0] / found[1] if found is not None and found[1] else Fraction(1)


def demand_of(
    portfolio: Portfolio, schedule: Schedule, include: Iterable[str], stays: Collection[int] = (), *, as_it_is: bool = False
) -> Demand:
    """What open work takes of people and machines.

    Args:
        portfolio: the portfolio.
        schedule: its schedule.
        include: `proposed`: their work takes its share too.
        stays: nodes of work that stays as it is beside what has begun.
        as_it_is: what fits in no way keeps its usual one, also where that can never be done and others can.
    """
    return _Gathering(portfolio, schedule, frozenset(include), stays, as_it_is).run()


class _Gathering:
    def __init__(self, portfolio: Portfolio, schedule: Schedule, include: frozenset[str], stays: Collection[int], as_it_is: bool) -> None:
        self.portfolio, self.schedule, self.include, self.stays, self.as_it_is = portfolio, schedule, include, stays, as_it_is
        self.timing = Timing(portfolio, schedule)
        self.network = schedule.network
        self.pools: dict[str, tuple[int, Pool]] = {}
        self.takes: list[Take] = []
        self.frozen: list[int] = []
        self.lacking: dict[tuple[str, str], list[str]] = {}
        self.shortages: list[Shortage] = []
        self.left_out: list[tuple[str, str]] = []
        self.options: dict[int, tuple[Option, ...]] = {}
        self.splits: dict[int, Split] = {}
        self.blocked = set[tuple[int, int]]()
        self.gone = dict.fromkeys((one.id for one in portfolio.resources if one.used_up), Fraction(0))
        """What finished work has used up, by resource."""
        self.able: dict[str, list[tuple[str, Fraction]]] = {}
        """(resource, productivity) of those who have a role or skill, the most productive first."""

    def run(self) -> Demand:
        if self.gone:
            for task in (task for project in self.portfolio.projects for task in project.tasks if task.finished):
                for one in task.assignments:
                    if one.resource in self.gone:
                        self.gone[one.resource] += Fraction(str(one.units))
        for resource in self.portfolio.resources:
            if resource.capacity:
                self.pools[resource.id] = len(self.pools), self._pool(resource)
            for skill, productivity in resource.skills.items():
                if skill != resource.id and resource.capacity:
                    self.able.setdefault(skill, []).append((resource.id, Fraction(str(productivity))))
        for able in self.able.values():
            able.sort(key=lambda pair: -pair[1])
        for project in self.portfolio.projects:
            if project.counted_as in LEFT_OUT and project.counted_as not in self.include:
                continue
            for task in project.tasks:
                if (task.assignments or task.modes) and not task.finished:
                    self._task(f"{project.id}/{task.id}", task)
        return Demand(
            pools=tuple(pool for _, pool in self.pools.values()),
            takes=tuple(self.takes),
            frozen=tuple(self.frozen),
            shortages=(*self._lacking(), *self.shortages),
            left_out=tuple(self.left_out),
            options=self.options,
            splits=self.splits,
            blocked=frozenset(self.blocked),
            include=self.include,
        )

    def _pool(self, resource: Resource) -> Pool:
        gone = self.gone.get(resource.id, Fraction(0))
        steps = tuple((minutes(row.since), _parts(Fraction(str(row.value)) - gone)) for row in resource.capacity)
        if resource.used_up:
            return Pool(resource.id, steps, used_up=True)
        if resource.calendar is None:
            return Pool(resource.id, steps)
        clock = clocks_of(self.portfolio).clock(self.portfolio.calendar_table[resource.calendar])
        return Pool(resource.id, steps, clock or None)

    def _task(self, full_id: str, task: Task) -> None:
        node = self.network.named.get(full_id)
        why = self._why_not(full_id, node)
        if why or node is None:
            self.left_out.append((full_id, why))
            return
        if self.network.state[node] is State.STARTED:
            self.frozen.append(node)
        self._split(full_id, node, task)
        options = self._options(full_id, node, task)
        if len(options) == 1:
            self._option(full_id, node, task, options[0], 0, WAYS)
            return
        ways, can = list[Option](), [one for one in options if self._can_be(full_id, task, one, usual=one is options[0])]
        if self.as_it_is and can and can[0] is not options[0]:
            self._keep(full_id, node, task, options[0])
            ways.append(options[0])
        for one in can or options[:1]:
            ways += [one] * self._option(full_id, node, task, one, len(ways), max(WAYS // len(options), 1))
        if any(one is not options[0] for one in ways):
            self.options[node] = tuple(ways)

    def _split(self, full_id: str, node: int, task: Task) -> None:
        """How far some work may be interrupted beyond its interruptions; not at all where it has begun or stays as it is."""
        how, length = task.split, int(self.network.dur[node])
        if how is None or node in self.stays or self.network.state[node] is State.STARTED or self.network.highest(node, length) < FAR // 2:
            return
        least = 1 if how.least is None else max(self._calendar(full_id, task).minutes(how.least), 1)
        often = PIECES if how.most is None else how.most + 1 - len(task.interruptions)
        self.splits[node] = Split(least, min(often, length // least))

    def _options(self, full_id: str, node: int, task: Task) -> list[Option]:
        """The ways to do some work, the usual one first; that alone of what has begun or stays as it is."""
        length, tied = int(self.network.dur[node]), task.constraints is not None and task.constraints.expected_finish is not None
        usual = Option(length, task.assignments)
        if not (task.modes or task.effort_driven) or node in self.stays or self.network.state[node] is State.STARTED or tied:
            return [usual]
        if task.remaining is not None or task.progress or not length or self.network.highest(node, length) < FAR // 2:
            return [usual]
        return options_of(task, length, self._calendar(full_id, task))

    def _calendar(self, full_id: str, task: Task) -> Calendar:
        """The calendar that the duration of some work counts on."""
        own = task.resource_calendar
        return self.portfolio.calendar_for(full_id) if own is None else self.portfolio.calendar_table[own]

    def _can_be(self, full_id: str, task: Task, option: Option, *, usual: bool) -> bool:
        """Whether there ever is enough for all that a way takes at once, whoever fills its roles: else it is none.

        What nobody says the number of limits nothing, and keeps no work from its usual way; another way that nobody knows to be possible is none.
        """
        own, roles = self._asked(full_id, task, option)
        alone = _by_name((name, rows) for name, rows in own if not (usual and name not in self.pools and not self.able.get(name)))
        if any(rows and not self._fits(name, rows) for name, rows in alone.items()):
            return False
        return next(self._ways([one for one in roles if one[1]], alone, [TRIED]), None) is not None

    def _keep(self, full_id: str, node: int, task: Task, option: Option) -> None:
        """Adds what there is of what the usual way takes as the first way of work, which is never chosen because it fits."""
        for name, rows in _by_name(itertools.chain(*self._asked(full_id, task, option))).items():
            if self._fits(name, rows):
                self.takes += self._takes(full_id, node, name, rows, 0)
        self.blocked.add((node, 0))

    def _asked(self, full_id: str, task: Task, option: Option) -> tuple[list[tuple[str, Rows]], list[tuple[str, Rows]]]:
        """(name, what it asks for) of what a way takes: of those whom only themselves can replace, and of roles to fill."""
        own: list[tuple[str, Rows]] = []
        roles: list[tuple[str, Rows]] = []
        for asked in option.assignments:
            plain = [one for one, _ in self._candidates(asked.resource)] == [asked.resource]
            (own if plain else roles).append((asked.resource, list(self._rows(full_id, option.minutes, task, asked))))
        return own, roles

    def _option(self, full_id: str, node: int, task: Task, option: Option, way: int, most: int) -> int:
        """Adds what one way to do some work takes, for each way to fill its roles, from a number of way on; how many there are."""
        own, roles = self._asked(full_id, task, option)
        if not roles:
            self.takes += self._way(full_id, node, own, way)
            return 1
        alone = {name: rows for name, rows in _by_name(own).items() if self._fits(name, rows)}
        able = [(name, rows) for name, rows in roles if any(self._fits(one, _slower(rows, by)) for one, by in self._candidates(name))]
        for name, rows in (*_by_name(own).items(), *roles):  # what nobody can do limits nothing: it is said, and the rest is divided
            if name not in alone and (name, rows) not in able:
                self._takes(full_id, node, name, rows, 0)
        first = way
        for found in itertools.islice(self._ways(able, alone, [TRIED]), most):
            self.takes += self._way(full_id, node, found.items(), way)
            way += 1
        if way == first:
            self.takes += self._way(full_id, node, [*alone.items(), *able], way)
            way += 1
        return way - first

    def _ways(
        self, roles: Sequence[tuple[str, Rows]], given: Mapping[str, Rows], left: list[int], since: int = 0
    ) -> Iterator[Mapping[str, Rows]]:
        """Who does what, by resource, for every way to fill some roles beside what is given to others; two alike are filled in one order.

        Args:
            roles: (name, what it asks for) of those to fill.
            given: what has been given to whom.
            left: how many more times somebody may be tried.
            since: the place of the first candidate who is tried for the first role.
        """
        if not roles:
            yield given
            return
        (name, rows), *rest = roles
        for place, (one, by) in enumerate(self._candidates(name)[since:], since):
            left[0] -= 1
            if left[0] < 0:
                return
            more = [*given.get(one, ()), *_slower(rows, by)]
            if self._fits(one, more):
                yield from self._ways(rest, {**given, one: more}, left, place if rest and rest[0] == roles[0] else 0)

    def _fits(self, name: str, rows: Rows) -> bool:
        """Whether there ever is as much of a resource as some work asks for at once."""
        return name in self.pools and max((int(units * UNIT) for _, _, units in _at_once(rows)), default=0) <= self.pools[name][1].most

    def _candidates(self, name: str) -> Sequence[tuple[str, Fraction]]:
        """(resource, productivity) of who can do the work of a role: itself where it has a capacity, then who has it, the most productive first."""
        own = [(name, Fraction(1))] if name in self.pools or not self.able.get(name) else []
        return [*own, *self.able.get(name, ())]

    def _way(self, full_id: str, node: int, asked: Iterable[tuple[str, Rows]], way: int) -> list[Take]:
        """What one way to do some work takes; what of it cannot be is said."""
        return [take for name, rows in _by_name(asked).items() for take in self._takes(full_id, node, name, rows, way)]

    def _why_not(self, full_id: str, node: int | None) -> str:
        """Why work takes nothing; empty where it does."""
        if node is None:
            return "a summary or level of effort: it lasts as long as other work does" if full_id in self.schedule else "it has no dates"
        if self.network.state[node] is State.SPANNED:
            return "level of effort: it lasts as long as other work does"
        if self.network.state[node] not in LIVE:
            return "it has no dates"
        if node in self.schedule.passes.without_duration:
            return "it has no duration"
        if int(self.network.positions.pos[node]) in self.schedule.passes.lower_bounded:
            return f"{self.schedule.doubt(full_id)}: its dates are these or later"
        return ""

    def _rows(self, full_id: str, length: int, task: Task, assignment: Assignment) -> Rows:
        """(begin, end, units) of what one assignment takes, in minutes of its work, which lasts so many."""
        if not length:
            return ()
        if assignment.resource in self.gone:
            return [(0, FAR, Fraction(str(assignment.units)))]
        if assignment.effort is None:
            return [(0, length, Fraction(str(assignment.units)))]
        calendar = self.portfolio.calendar_for(full_id)
        whole = Fraction(assignment.effort.amount) * calendar.effort_minutes[assignment.effort.unit]
        return list(_spread_over(length, whole * share_left(self.timing, full_id, task), self.timing.spread(full_id)))

    def _takes(self, full_id: str, node: int, name: str, rows: Rows, way: int) -> list[Take]:
        """What one resource gives to one piece of work; why it cannot is said."""
        if not rows:
            return []
        if name not in self.pools:
            self.lacking.setdefault((name, "no skill" if self.able.get(name) else "not stated"), []).append(full_id)
            return []
        place, pool = self.pools[name]
        found = [Take(node, place, int(units * UNIT), begin, end, way) for begin, end, units in _at_once(rows) if units > 0]
        most = max((one.units for one in found), default=0)
        if most <= pool.most:
            return found
        if not pool.most:
            self.lacking.setdefault((pool.name, "nobody"), []).append(full_id)
        else:
            text = f"{full_id} needs {units_text(most)} of {pool.name} at once, and there never are more than {units_text(pool.most)}"
            day = self._first_day([full_id])
            self.shortages.append(Shortage(kind="too much", resource=pool.name, items=(full_id,), day=day, text=text))
        return []

    def _lacking(self) -> Iterator[Shortage]:
        for (name, kind), items in self.lacking.items():
            who = f"{items[0]} needs {name}" if len(items) == 1 else f"{counted(len(items), 'task')}, first {items[0]}, need {name}"
            why = LACKING[kind].format(few([one for one, _ in self.able.get(name, ())]))
            having = [one.id for one in self.portfolio.resources if name in one.skills] if kind == "not stated" else []
            if having:
                why = f"nobody says how much there is of {few(having)}, {agree(len(having), 'who has', 'who have')} it"
            yield Shortage(kind=kind, resource=name, items=tuple(items), day=self._first_day(items), text=f"{who}, and {why}")

    def _first_day(self, items: Iterable[str]) -> str:
        """The day on which the first of some work starts in the schedule."""
        starts = (self.schedule.dates(full_id)[0] for full_id in items)
        return min((day_text(one) for one in starts if one is not None), default="")


def _parts(value: Fraction) -> int:
    """Units of a pool in millionths; fewer than none are none."""
    return max(int(value * UNIT), 0)


def _by_name(asked: Iterable[tuple[str, Rows]]) -> dict[str, Rows]:
    """What is asked for of each resource."""
    out: dict[str, Rows] = {}
    for name, rows in asked:
        out[name] = [*out.get(name, ()), *rows]
    return out


def _slower(rows: Rows, productivity: Fraction) -> Rows:
    """What somebody gives who does some work as productively as this."""
    return [(begin, end, units / productivity) for begin, end, units in rows]


def _at_once(rows: Rows) -> Iterator[tuple[int, int, Fraction]]:
    """(begin, end, units) of all rows together: who is assigned twice is needed for both at once."""
    if len(rows) == 1:
        if rows[0][2] > 0:
            yield rows[0]
        return
    change: dict[int, Fraction] = {}
    for begin, end, units in rows:
        if units > 0:
            change[begin] = change.get(begin, Fraction(0)) + units
            change[end] = change.get(end, Fraction(0)) - units
    now = Fraction(0)
    for begin, end in itertools.pairwise(sorted(change)):
        now += change[begin]
        yield begin, end, now


def _spread_over(length: int, whole: Fraction, spread: Spread) -> Iterator[tuple[int, int, Fraction]]:
    """(begin, end, units) of the parts of some working time over which an effort lies, in minutes."""
    parts = 1 if spread.curve == "even" else len(spread.shares) or PARTS
    parts = min(parts, length)
    before = Fraction(0)
    for part in range(parts):
        begin, end = length * part // parts, length * (part + 1) // parts
        share = spread.share(Fraction(end, length))
        yield begin, end, whole * (share - before) / (end - begin)
        before = share


def nodes_of(portfolio: Portfolio, today: Schedule, names: Collection[str]) -> list[int]:
    """The nodes of tasks, and of all tasks of projects.

    Raises:
        UnknownItemError: one of them is no task or project.
    """
    net, out = today.network, list[int]()
    for name in names:
        noun = portfolio[name]
        if isinstance(noun, Project):
            out += net.members.get(net.projects.index(name), ()) if name in net.projects else ()
        elif isinstance(noun, Task):
            out += [net.named[name]] if name in net.named else []
        else:
            known = [project.id for project in portfolio.projects]
            raise UnknownItemError(name, close_matches(name, known), "the projects and tasks of this portfolio")
    return out
