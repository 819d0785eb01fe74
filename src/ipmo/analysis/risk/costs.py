"""What the work costs in a sample: the cost estimates of items, time at work, shared drivers of cost, and the events that happen.

A cost is one at completion: an item's forecast, else its budget; of finished work what it cost. Where every piece of work of a project
has one, the project costs their sum; else it costs what it states itself. Money is whole minor units, so that no order of adding
changes a sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import IpmoError
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.hierarchy import hierarchy, summaries
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.units import Effort, Money, Rate, as_day, minor_digits

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


@attrs.frozen(kw_only=True)
class Bearer:
    """An item with a cost of its own.

    Args:
        full_id: the item.
        source: where its cost is stated: forecast, budget or actual.
        lines: what it is made of.
        per_minute: minor units that a minute of its work costs on top: resources that stay as long as it lasts.
    """

    full_id: str
    source: str
    lines: tuple[Line, ...]
    per_minute: float = 0.0


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
        self.unknown: dict[str, list[str]] = {}
        """The work without a known cost in each project that is the sum of the rest."""
        self.made_of: dict[str, tuple[str, ...]] = {}
        """What the cost of each item is the sum of; items without any known cost are not among them."""
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
            return
        if not known:
            if own is not None:
                self.bearers[project.id] = own
                self.made_of[project.id] = (project.id,)
            return
        self.bearers |= known
        self.made_of |= {name: (name,) for name in known}
        self.made_of[project.id] = tuple(known)
        if len(known) < len(found):
            self.unknown[project.id] = [name for name in found if name not in known]

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
            if not staying or not isinstance(noun, Task):
                return Bearer(full_id=full_id, source=source, lines=lines)
            return self._with_resources(full_id, noun, lines)
        return None

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
