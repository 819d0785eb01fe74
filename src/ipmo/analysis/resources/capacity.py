"""People and machines: what scheduled work needs of each resource by period, against what there is."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, get_args

import attrs

from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.money.periods import EVERY, Every, Period, PeriodRule, Stretch, WeekRule, period_rule, worked_on
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.analysis.money.timing import Timing
from ipmo.analysis.resources.demand import share_left
from ipmo.analysis.resources.pictures import biting, drawn_loads
from ipmo.analysis.resources.supplies import UsedUp, used_up
from ipmo.errors import ModelError, OptionError, UnknownItemError, close_matches, one_of
from ipmo.figures.svg import Figure
from ipmo.model.calendars import Calendar
from ipmo.model.people import Assignment, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import DAY, Effort, as_day, minutes, moment
from ipmo.words import counted

__all__ = ["CapacityView", "Load", "Need", "capacity", "needs"]

By = Literal["resource", "category", "project"]
Cut = Literal["week"] | Every
"""How time is cut."""
MOST_PERIODS = 1200
"""So many periods ahead are shown, at most."""


@attrs.frozen(kw_only=True)
class Load(Shown):
    """One resource (or category, or project) in one period.

    Args:
        name: of the resource, category or project.
        period: the period.
        demand: person-days needed (unit-days of a machine).
        capacity: person-days there are; None when nobody says.
        over: person-days needed beyond what there is, summed day by day, so that a quiet week does not hide a busy one.
        days_over: on how many days more is needed than there is.
        peak: the most units needed on one day.
        projects: (project, person-days) that compete, the largest first.
        proposed: of the demand, what proposed projects need; none unless they are included.
        tasks: the most pieces of work under way on one day.
        multitasking: the most pieces of work for each one that there is, on one day; None when nobody says how many there are.
    """

    name: str
    period: Period
    demand: Fraction
    capacity: Fraction | None
    over: Fraction
    days_over: int
    peak: Fraction
    projects: tuple[tuple[str, Fraction], ...]
    proposed: Fraction = Fraction(0)
    tasks: int = 0
    multitasking: Fraction | None = None

    @property
    def load(self) -> float | None:
        """Demand by capacity; None without capacity."""
        return float(self.demand / self.capacity) if self.capacity else None


@attrs.frozen(kw_only=True)
class Need:
    """What the open work of one project needs of one resource.

    Args:
        project: id of the project.
        resource: id of the resource.
        effort: person-days (unit-days of a machine) that are still needed.
        since: first day on which it is needed.
        until: last day.
        units: how many of it on an average working day between: full-time equivalents of people.
    """

    project: str
    resource: str
    effort: Fraction
    since: date
    until: date
    units: Fraction | None

    def __str__(self) -> str:
        size = "" if self.units is None else f" ({float(self.units):.2g} on average)"
        return f"{float(self.effort):,.4g} pd of {self.resource} from {self.since} to {self.until}{size}"


class CapacityView(Rows[tuple[str, str], Load]):
    """The answer of `capacity`: loads by (name, period), in order of resource and period."""

    def __init__(
        self,
        loads: Iterable[Load],
        by: str,
        every: str,
        undated: Iterable[str],
        unstated: Iterable[str],
        portfolio: Portfolio,
        include: Iterable[str] = (),
    ) -> None:
        super().__init__({(load.name, load.period.name): load for load in loads}, f"these loads by {by} and {every}")
        self.by, self.every, self.portfolio, self.include = by, every, portfolio, tuple(include)
        self.undated = tuple(undated)
        self.unstated = tuple(unstated)

    def of(self, name: str) -> tuple[Load, ...]:
        """The loads of one resource, category or project.

        Raises:
            UnknownItemError: nothing is needed of it.
        """
        found = tuple(load for load in self.rows if load.name == name)
        if not found:
            names = {load.name for load in self.rows}
            raise UnknownItemError(name, close_matches(name, names), f"these loads by {self.by}")
        return found

    @property
    def over_allocated(self) -> tuple[Load, ...]:
        """Where more is needed than there is, the worst first."""
        return tuple(sorted((load for load in self.rows if load.over > 0), key=lambda load: (-load.over, load.name, load.period)))

    @property
    def ranked(self) -> tuple[str, ...]:
        """The resources, that which holds the most back first: the share of its demand beyond its capacity, then its load."""
        demand, beyond, there = dict[str, Fraction](), dict[str, Fraction](), dict[str, Fraction]()
        for load in self.rows:
            for whole, part in ((demand, load.demand), (beyond, load.over), (there, load.capacity or Fraction(0))):
                whole[load.name] = whole.get(load.name, Fraction(0)) + part
        short = {name: beyond[name] / demand[name] if demand[name] else Fraction(0) for name in demand}
        full = {name: demand[name] / there[name] if there[name] else Fraction(0) for name in demand}
        return tuple(sorted(demand, key=lambda name: (-short[name], -full[name], name)))

    @property
    def constraint(self) -> str | None:
        """The resource that holds the most back: the largest share of its demand is beyond its capacity; ties by name."""
        demand: dict[str, Fraction] = {}
        beyond: dict[str, Fraction] = {}
        for load in self.rows:
            demand[load.name] = demand.get(load.name, Fraction(0)) + load.demand
            beyond[load.name] = beyond.get(load.name, Fraction(0)) + load.over
        short = [name for name, over in beyond.items() if over > 0]
        return min(short, key=lambda name: (-beyond[name] / demand[name], name)) if short else None

    @functools.cached_property
    def bites(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Where too much is needed of a resource, by its id and period: the work that needs it then and can miss a commitment by that.

        That is work with fewer working days of float to a stated commitment than the days on which the resource is short. Empty by category and project.
        """
        return biting(self.rows, self.portfolio, schedule(self.portfolio, on_cycle="cut")) if self.by == "resource" else {}

    @functools.cached_property
    def used_up(self) -> tuple[UsedUp, ...]:
        """What the plan takes of the resources that are used up; they stand in no period."""
        return used_up(self.portfolio, self.include)

    def plot(self) -> Figure:
        """A heat map by resource and period: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Raises:
            ModelError: nothing is needed of anybody.
        """
        if not self.rows:
            raise ModelError("no open work with dates is assigned to anybody, so there is nothing to draw")
        names = {one.id: one.name or one.id for one in self.portfolio.projects} | {
            one.id: one.name or one.id for one in self.portfolio.resources
        }
        return drawn_loads(self.rows, self.portfolio, self.bites, self.every, names)

    def explain(self, name: str, period: str) -> str:
        """What needs a resource, category or project in a period, the most first, and by how much it is too much.

        Raises:
            UnknownItemError: nothing is needed of it then.
        """
        load = self[name, period]
        offered = "an unknown capacity" if load.capacity is None else f"{float(load.capacity):,.4g} pd"
        lines = [f"{name}, {period}: {float(load.demand):,.4g} pd needed of {offered}"]
        if load.over:
            lines[0] += f", {float(load.over):,.4g} pd too much on {counted(load.days_over, 'day')}"
        return "\n".join([*lines, *(f"  {project}: {float(part):,.4g} pd" for project, part in load.projects)])

    def table(self) -> Table:
        """One row a load: name, period, start, demand, capacity, load, over, days_over, peak, proposed, tasks, multitasking, projects (the first five)."""
        rows = self.rows
        return Table(
            [
                Column("name", "str", [r.name for r in rows]),
                Column("period", "str", [r.period.name for r in rows]),
                Column("start", "date", [r.period.start for r in rows]),
                Column("demand", "float", [float(r.demand) for r in rows], "pd"),
                Column("capacity", "float", [None if r.capacity is None else float(r.capacity) for r in rows], "pd"),
                Column("load", "float", [r.load for r in rows]),
                Column("over", "float", [float(r.over) for r in rows], "pd"),
                Column("days_over", "int", [r.days_over for r in rows]),
                Column("peak", "float", [float(r.peak) for r in rows], "units"),
                Column("proposed", "float", [float(r.proposed) for r in rows], "pd"),
                Column("tasks", "int", [r.tasks for r in rows]),
                Column("multitasking", "float", [None if r.multitasking is None else float(r.multitasking) for r in rows]),
                Column("projects", "str", [", ".join(name for name, _ in r.projects[:5]) for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        worst = self.constraint
        text = f"{len(self.over_allocated)} of {counted(len(self), 'load')} over-allocated"
        return f"<Capacity by {self.by} and {self.every}: {text}{f', {worst} is the constraint' if worst else ''}>"


def capacity(
    portfolio: Portfolio, *, by: By = "resource", every: Cut = "month", include: Iterable[str] = (), periods: int | None = None
) -> CapacityView:
    """Demand of open work against dated capacity.

    An assignment with an effort needs what is left of it (by the task's progress, else by what remains of its duration), lying over the task's remaining
    working time by its spread; one without needs its units over that time. Capacity is the units that hold on a
    day times the working time of the resource's calendar; a resource that states no calendar is there by the portfolio's,
    and whenever the work that needs it goes on. Of a role or skill without capacity of its own there is what those who have it can give. A person-day is a day of the resource's calendar.
    Of the period under way the capacity is that of all its days, and the demand what is still to do from the status date on: `load` of it is a lower bound, `over` is counted day by day and exact.

    Args:
        portfolio: the portfolio.
        by: `resource`, `category` (of resources) or `project` (demand only).
        every: week, month, quarter, year or financial year.
        include: `proposed`: count their work too; `Load.proposed` is its part.
        periods: so many from the status date on (else from the start of the portfolio), also those in which nothing is needed; else all in
            which something is, from the first to the last.

    Raises:
        OptionError: there is no such grouping or period, a state to include that is counted anyway, or fewer than one period.
        ScheduleError: nothing says when the portfolio starts.
    """
    one_of("by", by, get_args(By))
    for state in (counted_too := frozenset(include)):
        one_of("include", state, LEFT_OUT)
    if periods is not None and not 1 <= periods <= MOST_PERIODS:
        raise OptionError("periods", periods, takes=f"a whole number from 1 to {MOST_PERIODS}")
    return _Demand(portfolio, by, every, counted_too, periods).run()


def needs(portfolio: Portfolio, projects: Collection[str]) -> tuple[Need, ...]:
    """What the open, dated work of some projects still needs of each resource, in the order of both in the file.

    Args:
        portfolio: the portfolio.
        projects: ids of projects, whatever their state.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    return _Demand(portfolio, "project", "month", frozenset(LEFT_OUT)).needs(projects)


def _units_on(resource: Resource, day: date) -> Fraction | None:
    """How many there are on a day; None before the first stated capacity."""
    return next((Fraction(str(row.value)) for row in reversed(resource.capacity) if row.since <= day), None)


class _Demand:
    def __init__(self, portfolio: Portfolio, by: By, every: Cut, include: frozenset[str], periods: int | None = None) -> None:
        self.portfolio, self.by, self.include, self.periods = portfolio, by, include, periods
        one_of("every", every, ("week", *EVERY))
        self.rule: PeriodRule | WeekRule = WeekRule() if every == "week" else period_rule(portfolio, every)
        self.schedule = schedule(portfolio, on_cycle="cut")
        self.timing = Timing(portfolio, self.schedule)
        self.resources = {resource.id: resource for resource in portfolio.resources}
        self.demand: dict[str, dict[date, dict[str, Fraction]]] = {}
        self.going: dict[tuple[str, date], int] = {}  # pieces of work that need it, by resource and day
        self.open: dict[tuple[str, date], int] = {}  # working minutes of the work that needs it, by resource and day
        self.undated: list[str] = []
        self.proposed = {project.id for project in portfolio.projects if project.counted_as in LEFT_OUT}
        self.able: dict[str, list[Resource]] = {}
        for resource in portfolio.resources:
            for skill in resource.skills if resource.capacity else ():
                self.able.setdefault(skill, []).append(resource)

    def run(self) -> CapacityView:
        """Every load."""
        self._gather(p for p in self.portfolio.projects if p.counted_as not in LEFT_OUT or p.counted_as in self.include)
        loads: list[Load] = []
        groups: dict[str, list[str]] = {}
        for resource in self.portfolio.resources:
            if resource.id in self.demand or (self.periods is not None and resource.capacity and not resource.used_up):
                groups.setdefault(resource.category or "(none)" if self.by == "category" else resource.id, []).append(resource.id)
        if self.by == "project":
            loads = self._by_project()
        else:
            for name, members in groups.items():
                loads += self._loads(name, [self.resources[m] for m in members])
        unstated = [r.id for r in self.portfolio.resources if not r.capacity and r.id in self.demand and r.id not in self.able]
        return CapacityView(loads, self.by, self.rule.every, self.undated, unstated, self.portfolio, sorted(self.include))

    def _gather(self, projects: Iterable[Project]) -> None:
        for project in projects:
            for task in project.tasks:
                if task.assignments and not task.finished:
                    self._task(project.id, task)

    def needs(self, projects: Collection[str]) -> tuple[Need, ...]:
        """What some projects need of each resource."""
        self._gather(p for p in self.portfolio.projects if p.id in projects)
        out = []
        for project in (p.id for p in self.portfolio.projects if p.id in projects):
            for resource in (r for r in self.portfolio.resources if r.id in self.demand):
                found = {day: needs[project] for day, needs in self.demand[resource.id].items() if needs.get(project)}
                if not found:
                    continue
                calendar, whole = self._calendar(resource), sum(found.values(), Fraction(0))
                worked, since, until = worked_on(self.portfolio, calendar), min(found), max(found)
                there = worked(minutes(until) + DAY) - worked(minutes(since))
                out.append(
                    Need(
                        project=project, resource=resource.id, effort=whole / calendar.day_minutes, since=since, until=until,
                        units=whole / there if there else None,
                    )
                )  # fmt: skip
        return tuple(out)

    def _task(self, project: str, task: Task) -> None:
        full_id = f"{project}/{task.id}"
        item = self.schedule[full_id] if full_id in self.schedule else None
        if item is None or item.undated or item.finish is None or item.start is None or item.lower_bound:
            self.undated.append(full_id)
            return
        since, until = minutes(item.start), minutes(item.finish)
        seen = self.timing.data_date(full_id)
        if seen is not None and task.started:
            since = max(since, seen)
        if until <= since:
            return
        for assignment in task.assignments:
            if self.resources[assignment.resource].used_up:  # there is no time in which it comes back: see `used_up`
                continue
            self._assignment(project, full_id, task, assignment, since, until)

    def _assignment(self, project: str, full_id: str, task: Task, assignment: Assignment, since: int, until: int) -> None:
        calendar = self.portfolio.calendar_for(full_id)
        worked = self.timing.worked(full_id)
        stretch = Stretch(since, until, self.timing.spread(full_id), worked)
        days = self.demand.setdefault(assignment.resource, {})
        whole: Fraction | None = None
        if assignment.effort is not None:
            whole = self._minutes(assignment.effort, calendar) * share_left(self.timing, full_id, task)
        before, day = Fraction(0), moment(since).date()
        start_work = worked(since)
        while minutes(day) < until:
            following = day + timedelta(days=1)
            stop = min(minutes(following), until)
            if whole is not None:
                share = stretch.by(stop)
                part, before = whole * (share - before), share
            else:
                here = worked(stop)
                part, start_work = Fraction(str(assignment.units)) * (here - start_work), here
            if part:
                needs = days.setdefault(day, {})
                needs[project] = needs.get(project, Fraction(0)) + part
                key = (assignment.resource, day)
                self.going[key] = self.going.get(key, 0) + 1
                self.open[key] = max(self.open.get(key, 0), worked(minutes(following)) - worked(minutes(day)))
            day = following

    @staticmethod
    def _minutes(effort: Effort, calendar: Calendar) -> Fraction:
        return Fraction(effort.amount) * calendar.effort_minutes[effort.unit]

    def _calendar(self, resource: Resource) -> Calendar:
        return self.portfolio.calendar_table[resource.calendar or self.portfolio.calendar or "standard"]

    def _there(self, resource: Resource, day: date) -> Fraction | None:
        """Working minutes there are on a day; None before the first stated capacity."""
        units = self._heads(resource, day)
        if units is None:
            return None
        worked = worked_on(self.portfolio, self._calendar(resource))
        start = minutes(day)
        there = worked(start + DAY) - worked(start)
        if resource.calendar is None:
            there = max(there, self.open.get((resource.id, day), 0))
        return units * there

    def _heads(self, resource: Resource, day: date) -> Fraction | None:
        """How many there are on a day, of a role or skill without capacity of its own what others give; None when nobody says."""
        if resource.capacity:
            return _units_on(resource, day)
        found = [(_units_on(one, day), Fraction(str(one.skills[resource.id]))) for one in self.able.get(resource.id, ())]
        return sum((there * factor for there, factor in found if there is not None), Fraction(0)) if found else None

    def _loads(self, name: str, members: list[Resource]) -> list[Load]:
        days = sorted({day for m in members for day in self.demand.get(m.id, {})})
        out = []
        for period in self._periods(days):
            tasks, busy = 0, Fraction(0)
            demand, there, over, peak, days_over = Fraction(0), Fraction(0), Fraction(0), Fraction(0), 0
            known, projects = True, dict[str, Fraction]()
            day = period.start
            while day < period.end:
                beyond, units = Fraction(0), Fraction(0)
                going, heads = sum(self.going.get((m.id, day), 0) for m in members), Fraction(0)
                for resource in members:
                    per_day = self._calendar(resource).day_minutes
                    needs = self.demand.get(resource.id, {}).get(day, {})
                    whole = sum(needs.values(), Fraction(0)) / per_day
                    offered = self._there(resource, day)
                    for project, part in needs.items():
                        projects[project] = projects.get(project, Fraction(0)) + part / per_day
                    demand += whole
                    units += whole
                    if offered is None:
                        known = False
                    else:
                        there += offered / per_day
                        heads += self._heads(resource, day) or 0
                        beyond += max(whole - offered / per_day, Fraction(0))
                tasks = max(tasks, going)
                busy = max(busy, Fraction(going) / heads) if heads else busy
                over += beyond
                days_over += beyond > 0
                peak = max(peak, units)
                day += timedelta(days=1)
            rows = tuple(sorted(projects.items(), key=lambda pair: (-pair[1], pair[0])))
            out.append(
                Load(
                    name=name,
                    period=period,
                    demand=demand,
                    capacity=there if known else None,
                    over=over,
                    days_over=days_over,
                    peak=peak,
                    projects=rows,
                    proposed=sum((part for project, part in rows if project in self.proposed), Fraction(0)),
                    tasks=tasks,
                    multitasking=busy if known else None,
                )
            )
        return out

    def _periods(self, days: Sequence[date]) -> list[Period]:
        """From the first to the last day on which something is needed, or so many from now on."""
        if self.periods is None:
            return list(self.rule.between(days[0], days[-1])) if days else []
        begin = self.portfolio.data_date
        found = [self.rule.of(moment(begin if begin is not None else self.schedule.network.base).date())]
        while len(found) < self.periods and found[-1].end < date.max:
            found.append(self.rule.of(found[-1].end))
        return found

    def _by_project(self) -> list[Load]:
        sums: dict[tuple[str, Period], dict[date, Fraction]] = {}
        for name, days in self.demand.items():
            per_day = self._calendar(self.resources[name]).day_minutes
            for day, needs in days.items():
                for project, part in needs.items():
                    inner = sums.setdefault((project, self.rule.of(as_day(day))), {})
                    inner[day] = inner.get(day, Fraction(0)) + part / per_day
        order = {project.id: place for place, project in enumerate(self.portfolio.projects)}
        return [
            Load(
                name=project,
                period=period,
                demand=sum(days.values(), Fraction(0)),
                capacity=None,
                over=Fraction(0),
                days_over=0,
                peak=max(days.values()),
                projects=((project, sum(days.values(), Fraction(0))),),
            )
            for (project, period), days in sorted(sums.items(), key=lambda pair: (order[pair[0][0]], pair[0][1]))
        ]
