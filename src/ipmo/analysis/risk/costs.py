"""What the work costs in a sample: the cost estimates of items, time at work, shared drivers of cost, and the events that happen.

A cost is one at completion: an item's forecast, else its budget; of finished work what it cost. Where every piece of work of a project
has one, the project costs their sum; else it costs what it states itself. Money is whole minor units, so that no order of adding
changes a sum.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import IpmoError
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.hierarchy import hierarchy, summaries
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.states import State
from ipmo.units import Effort, Money, Rate, Span, as_day, minor_digits, minutes

if TYPE_CHECKING:
    from ipmo.network.network import Network

__all__ = ["Bearer", "Costs", "Line"]
HOUR = Effort(Decimal(1), "ph")


@attrs.frozen(kw_only=True)
class Line:
    """A part of what an item costs.

    Args:
        estimate: the money, in its own currency.
        rate: minor units of the portfolio's currency for one of it.
        role: what its draws are called.
    """

    estimate: Estimate
    rate: float
    role: str

    @property
    def central(self) -> float:
        """Its central value, in minor units of the portfolio's currency."""
        return float(getattr(self.estimate.central(), "amount", 0)) * self.rate


@attrs.frozen(kw_only=True)
class Bearer:
    """An item with a cost of its own.

    Args:
        full_id: the item.
        source: where its cost is stated: forecast, budget or actual.
        lines: what it is made of.
        per_minute: minor units that a minute of its work costs on top: resources that stay as long as it lasts.
        worked: minutes that they have stayed so far.
        left: minutes that they stay from now on, as planned.
        spent: minor units that it has cost so far, of what is open: it cannot cost less in the end.
    """

    full_id: str
    source: str
    lines: tuple[Line, ...]
    per_minute: float = 0.0
    worked: int = 0
    left: int = 0
    spent: float = 0.0

    @property
    def planned(self) -> float:
        """Minor units that it costs by its central values."""
        return (self.worked + self.left) * self.per_minute + sum(line.central for line in self.lines)


class Costs:
    """Who bears which cost, and what each item's cost is the sum of.

    Args:
        portfolio: the portfolio.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        when = portfolio.status_date or portfolio.start
        self._day = date.max if when is None else as_day(when)
        self._amounts = Amounts(portfolio, self._day, "cost", unrated="unknown")
        self.bearers: dict[str, Bearer] = {}
        self.made_of: dict[str, tuple[str, ...]] = {}
        """What the cost of each item is the sum of; items without any known cost are not among them."""
        self.missing: dict[str, tuple[str, ...]] = {}
        """What is in each item and costs nobody knows what; items of which all is known, or nothing, are not among them."""
        try:
            self.currency = self._amounts.currency
            self.digits = minor_digits(self.currency)
        except IpmoError:
            self.currency, self.digits = "", 2
            return
        for project in portfolio.projects:
            if project.state not in LEFT_OUT:
                self._project(project)
        tree = hierarchy(portfolio)
        above: list[Programme | Portfolio] = [*portfolio.programmes, portfolio]
        for noun in above:
            self._whole(noun)
        for noun in above:  # a programme that holds programmes, whatever their order
            parts = tuple(name for project in tree.projects(noun) for name in self.made_of.get(project.id, ()))
            own = noun.id in self.bearers
            if parts or own:
                self.made_of[noun.id] = (noun.id,) if own and not parts else parts
            if parts:
                self._lacking(noun.id, [one for project in tree.projects(noun) for one in self._unknown_of(project)])

    def _lacking(self, item: str, names: Iterable[str]) -> None:
        """Takes down what is in an item and costs nobody knows what."""
        if found := tuple(dict.fromkeys(names)):
            self.missing[item] = found

    def _unknown_of(self, project: Project) -> Iterable[str]:
        """What of a project costs nobody knows what: some of its work, or all of it."""
        if project.state in LEFT_OUT:
            return ()
        return self.missing.get(project.id, ()) if project.id in self.made_of else (project.id,)

    def money(self, minor: float) -> Money:
        """Minor units as money, whole ones."""
        return Money(Decimal(round(minor)).scaleb(-self.digits), self.currency)

    def minor(self, amount: Money) -> float:
        """Money in minor units of the portfolio's currency.

        Raises:
            MissingRateError: it is in another currency without a rate.
        """
        return float(self._amounts.rates.convert(amount, self._day) * 10**self.digits)

    def rate(self, full_id: str, currency: str, line: BudgetLine | None = None) -> float | None:
        """Minor units for one of a currency at the date of a line; None where no rate is known."""
        if not self.currency:
            return None
        one = attrs.evolve(line or BudgetLine(), amount=Fixed(Money(Decimal(1), currency)))
        found = self._amounts.lines(full_id, Budget((one,)))
        return None if not found else float(found[0].value * 10**self.digits)

    def _project(self, project: Project) -> None:
        """The cost of a project: of all its work where that is known, else its own, else of the work that is known."""
        above = summaries(project)
        work = [task for task in project.tasks if task.id not in above and not task.milestone]
        found = {f"{project.id}/{task.id}": self._bearer(f"{project.id}/{task.id}", task) for task in work}
        known = {name: one for name, one in found.items() if one is not None}
        own = self._bearer(project.id, project)
        if own is not None and len(known) < len(found):
            self.bearers[project.id] = own
            self.made_of[project.id] = (project.id,)
            if own.source == "budget":  # what its work is forecast to cost says otherwise, but not how much
                self._lacking(
                    project.id, (f"{project.id}/{task.id}" for task in work if _forecast_unknown(task, found[f"{project.id}/{task.id}"]))
                )
            return
        if not known:
            if own is not None:
                self.bearers[project.id] = own
                self.made_of[project.id] = (project.id,)
            return
        self.bearers |= known
        self.made_of |= {name: (name,) for name in known}
        self.made_of[project.id] = tuple(known)
        self._lacking(project.id, (name for name in found if name not in known))

    def _whole(self, noun: Programme | Portfolio) -> None:
        """A programme or portfolio that states a cost, where nothing in it does."""
        held = hierarchy(self.portfolio).projects(noun)
        own = None if any(project.id in self.made_of for project in held) else self._bearer(noun.id, noun)
        if own is not None:
            self.bearers[noun.id] = own

    def _bearer(self, full_id: str, noun: Portfolio | Programme | Project | Task) -> Bearer | None:
        """What one item states of its own cost; None where it states none that is known."""
        done = isinstance(noun, Project | Task) and noun.actual_finish is not None
        for source in ("actual", "forecast", "budget"):
            if source == "actual" and not done:
                continue
            budget: Budget | None = getattr(noun, source, None)
            if budget is None:
                continue
            lines = tuple(self._lines(full_id, budget, fixed=done))
            if len(lines) < len(budget.lines):
                return None
            staying = isinstance(noun, Task) and noun.plus_resources and source == "budget"
            found: Bearer | None = Bearer(full_id=full_id, source=source, lines=lines)
            if staying and isinstance(noun, Task):
                found = self._with_resources(full_id, noun, lines)
            spent: Budget | None = getattr(noun, "actual", None)
            return found if found is None or done else attrs.evolve(found, spent=self._stated(full_id, spent) or 0.0)
        return None

    def _stated(self, full_id: str, budget: Budget | None) -> float | None:
        """Minor units of stated money by its central values; None where one of them is not known."""
        lines = () if budget is None else tuple(self._lines(full_id, budget, fixed=True))
        if budget is None or len(lines) < len(budget.lines):
            return None
        return sum(line.central for line in lines)

    def with_work(self, network: Network, left: Mapping[str, int]) -> list[Bearer]:
        """Counts how long resources stay with work; says what has cost more already than it is counted with.

        Args:
            network: of the portfolio.
            left: minutes of open work of known length.
        """
        nodes = {name: node for node, name in enumerate(network.ids)}
        for name, one in self.bearers.items():
            noun = self.portfolio.items.get(name)
            if one.per_minute and isinstance(noun, Task) and name in nodes:
                worked = _worked(self.portfolio, network, nodes[name], noun)
                self.bearers[name] = attrs.evolve(one, worked=worked, left=left.get(name, 0))
        return [one for one in self.bearers.values() if one.spent > one.planned]

    @functools.cached_property
    def budgets(self) -> dict[str, float]:
        """Minor units that each item may cost: its own budget, else those of all that is in it; items without are not among them."""
        out: dict[str, float] = {}
        if not self.currency:
            return out
        for project in self.portfolio.projects:
            above = summaries(project)
            work = [task for task in project.tasks if task.id not in above and not task.milestone]
            plain = {
                f"{project.id}/{task.id}": self._stated(f"{project.id}/{task.id}", task.budget) for task in work if not task.plus_resources
            }
            known = {name: one for name, one in plain.items() if one is not None}
            own = self._stated(project.id, project.budget)
            out |= known
            if own is not None:
                out[project.id] = own
            elif known and len(known) == len(work):
                out[project.id] = sum(known.values())
        tree = hierarchy(self.portfolio)
        above_all: list[Programme | Portfolio] = [*self.portfolio.programmes, self.portfolio]
        for noun in above_all:
            own = None if isinstance(noun, Portfolio) else self._stated(noun.id, noun.budget)
            inside = [project.id for project in tree.projects(noun) if project.state not in LEFT_OUT]
            if own is not None:
                out[noun.id] = own
            elif inside and all(name in out for name in inside):
                out[noun.id] = sum(out[name] for name in inside)
        return out

    def _lines(self, full_id: str, budget: Budget, *, fixed: bool) -> Iterator[Line]:
        """The lines of a budget whose money and rate are known."""
        for number, line in enumerate(budget.lines):
            central = line.amount.central() if line.amount is not None else None
            if line.amount is None or not isinstance(central, Money):
                continue
            rate = self.rate(full_id, central.currency, line)
            if rate is not None:
                yield Line(estimate=Fixed(central) if fixed else line.amount, rate=rate, role=f"cost {number}")

    def _with_resources(self, full_id: str, task: Task, lines: tuple[Line, ...]) -> Bearer | None:
        """The cost of a task whose assignments come on top: a stated effort costs once, units at work cost as long as it lasts."""
        calendar = self.portfolio.calendar_for(full_id)
        hours, days = Decimal(calendar.day_minutes) / 60, Decimal(calendar.week_minutes) / Decimal(calendar.day_minutes)
        per_minute = 0.0
        for assignment in task.assignments:
            resource = self.portfolio.items.get(assignment.resource)
            paid: Rate | None = getattr(resource, "rate", None)
            rate = None if paid is None else self.rate(full_id, paid.money.currency)
            if paid is None or rate is None:
                return None
            if assignment.effort is not None:
                cost = paid.cost(assignment.effort, hours, days)
                lines = (*lines, Line(estimate=Fixed(cost), rate=rate, role=f"effort {assignment.resource}"))
                continue
            hour = paid.cost(HOUR, hours, days)
            per_minute += float(Fraction(hour.amount)) / 60 * rate * assignment.units
        return Bearer(full_id=full_id, source="budget", lines=lines, per_minute=per_minute)

    def owner_of(self, item: str) -> str:
        """Who bears the cost of what happens to an item: its project; a programme or the portfolio itself."""
        project = self.portfolio.project_of(item)
        return project or item

    def holding(self, owner: str) -> tuple[str, ...]:
        """The items whose cost a cost of an owner is part of: itself, its programmes, the portfolio."""
        above = [programme.id for programme in hierarchy(self.portfolio).programmes_of(owner)]
        return tuple(dict.fromkeys((owner, *above, self.portfolio.id)))

    @property
    def sources(self) -> Mapping[str, str]:
        """What the cost of each item is: words for people."""
        out = {}
        for item, parts in self.made_of.items():
            own = self.bearers.get(item)
            out[item] = f"its own {own.source}" if own is not None and parts == (item,) else f"{len(parts)} costs inside it"
        return out


def _forecast_unknown(task: Task, found: Bearer | None) -> bool:
    """Whether a task states what it will cost, in money of which nobody says what it is worth."""
    return found is None and (task.forecast is not None or task.actual is not None)


def _worked(portfolio: Portfolio, network: Network, node: int, task: Task) -> int:
    """Minutes that a task has lasted so far, on the clock that its work counts on."""
    status, clock = portfolio.data_date, network.running_clock(node)
    if network.state[node] is State.FINISHED:
        if task.actual_start is not None and task.actual_finish is not None:
            return clock.work(minutes(task.actual_finish, end=True)) - clock.work(minutes(task.actual_start))
        return _minutes(portfolio, node, network, task)
    if network.state[node] is not State.STARTED:
        return 0
    if task.actual_start is not None and status is not None and (network.dialect is None or network.dialect.data_date == "binds"):
        return max(clock.work(status) - clock.work(minutes(task.actual_start)), 0)
    whole = _minutes(portfolio, node, network, task)  # what remains goes on from where the work stands
    if task.remaining is None:
        return round(whole * (task.progress or 0.0))
    left = task.remaining.central()
    return max(whole - portfolio.calendar_for(network.ids[node]).minutes(left), 0) if isinstance(left, Span) else 0


def _minutes(portfolio: Portfolio, node: int, network: Network, task: Task) -> int:
    """The minutes of a task's duration; nothing where none is known."""
    whole = None if task.duration is None else task.duration.central()
    return portfolio.calendar_for(network.ids[node]).minutes(whole) if isinstance(whole, Span) else 0
