"""What projects still cost: forecast at completion less what was spent, by financial year, and what ending them early would cost."""

from __future__ import annotations

import functools
import operator
from fractions import Fraction

from ipmo.analysis.money.amounts import Priced, rounded
from ipmo.analysis.money.earned_item import EarnedItem
from ipmo.analysis.money.earned_value import earned_value
from ipmo.analysis.money.grouping import UNDATED, UNKNOWN
from ipmo.analysis.money.measures import AT_COMPLETION, MEASURES
from ipmo.analysis.money.periods import period_rule
from ipmo.analysis.money.rollup import RollUp, roll_up, roll_up_alone
from ipmo.errors import IpmoError
from ipmo.model.measures import Combine, Measure
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.units import Money, as_day

__all__ = ["NO_EXIT", "Remaining", "at_completion", "exit_cost_of"]

NO_EXIT = "what getting out costs is not stated (exit_cost:)"
YEAR = "financial year"
BEGUN = tuple(map(operator.attrgetter, ("actual_start", "actual_finish", "progress")))
"""What tasks say that are under way."""


class Remaining:
    """What the projects of a portfolio still cost.

    Money without an exchange rate is unknown, and with it what is left of the project that states it.

    Args:
        portfolio: the portfolio.
        only: the one project that is asked for, whatever others state; all of them when left out.

    Raises:
        UnitError: money of two price bases would be mixed: in one of the project, or anywhere where all are asked for.
    """

    def __init__(self, portfolio: Portfolio, only: Project | None = None) -> None:
        self.portfolio = portfolio
        self.budget, self.actual, self.forecast = (
            roll_up(portfolio, name, include=("proposed",), unrated="unknown")
            if only is None
            else roll_up_alone(portfolio, MEASURES[name], only)
            for name in ("budget", "actual", "forecast")
        )
        self._only = only

    @functools.cached_property
    def _leaving(self) -> RollUp | None:
        """What getting out costs; None where nobody states any."""
        pf = self.portfolio
        stated = any(p.exit_cost is not None for p in pf.projects) or any(g.exit_cost is not None for g in pf.programmes)
        return roll_up(pf, "exit_cost", include=("proposed",), unrated="unknown") if stated else None

    def spent(self, project: str) -> Money | None:
        """What is known to be spent on a project; None where nothing is."""
        return self.actual.money(project)[0]

    def exit_cost(self, item: str) -> tuple[Money | None, str]:
        """(what ending a project, or all of a programme, early would cost, why it is not known): not stated for all of it, or no rate."""
        if self._only is not None:
            return exit_cost_of(self.portfolio, self._only)
        return (None, NO_EXIT) if self._leaving is None else _exit_cost(self._leaving, item)

    def left(self, project: str) -> tuple[Money | None, str]:
        """(forecast at completion less what was spent, why it is not known).

        The stated forecast counts, with budgets of work that states none beside work that does; where none is stated the budget stands
        for it, at the rate at which it is spent (EAC = BAC / CPI, as status and earned value have it) where what is earned is known.
        """
        spent = self.spent(project)
        for roll in (self.actual, self.forecast):
            if roll.noted and project in roll and (why := roll[project].lacking):
                return None, why[0].note  # something is stated, and how much that is is not known
        stated, planned = self._stated(project), _whole(self.budget, project)
        if stated is None and spent is not None and (by_cpi := self._by_cpi(project)) is not None:
            return by_cpi, ""
        for whole, name in ((stated, "forecast"), (planned, "budget")):
            if whole is None:
                continue
            if spent is not None and (apart := self._apart(project, name)):
                return None, apart
            left = whole if spent is None else Money(whole.amount - spent.amount, whole.currency)
            if left.amount > 0 or spent is None:
                return left, ""
            if name == "forecast":
                return None, f"{spent:,} are spent, and the forecast is {whole:,}: write what it will cost in all"
            unearned = self._unearned(project)
            if unearned is not None:
                return unearned, ""
            return None, f"{spent:,} are spent of a budget of {whole:,}: write forecast:"
        rolls = [roll for roll in (self.forecast, self.budget) if roll.noted and project in roll]
        unrated = [why for roll in rolls for why in roll[project].reasons]
        return None, unrated[0] if unrated else "not all of its cost is known: write budget: or forecast:"

    def _stated(self, project: str) -> Money | None:
        """The forecast of all of a project: as stated, or as `at_completion` has it where only some of its work states one."""
        known, whole = self.forecast.money(project)
        noun = self.portfolio.items[project]
        return at_completion(self.portfolio, noun) if known is not None and not whole and isinstance(noun, Project) else known

    def base(self, project: str) -> str:
        """In whose prices what is left of a project is; empty where nobody says."""
        return next((base for roll in (self.forecast, self.budget) if (base := roll.base(project))), "")

    def _apart(self, project: str, name: str) -> str:
        """Why what was spent does not subtract from a forecast or a budget: other prices; empty where it does."""
        roll = self.forecast if name == "forecast" else self.budget
        base, other = roll.base(project), self.actual.base(project)
        if not base or not other or base == other:
            return ""
        return f"{name} of {project!r} is in {base} prices, what was spent in {other} prices; they do not subtract: bring them to one base"

    def unrecorded(self, project: str) -> tuple[str, ...]:
        """Begun work that costs something and of which nobody says what it has cost so far: what is left is at most what `left` says."""
        noun = self.portfolio.items[project]
        assert isinstance(noun, Project)
        if noun.actual is not None:
            return ()
        priced = noun.budget is not None or noun.forecast is not None
        if not noun.tasks:
            return (noun.id,) if priced and (noun.actual_start is not None or bool(noun.progress)) else ()
        if not any(any(map(says, noun.tasks)) for says in BEGUN):
            return ()
        tasks = {task.id: task for task in noun.tasks}
        wholes = {task.parent for task in noun.tasks}
        out = []
        for task in noun.tasks:
            if task.id in wholes or task.milestone or not (task.started or task.progress):
                continue
            line, here = [task], task
            while here.parent is not None and here.parent in tasks:
                here = tasks[here.parent]
                line.append(here)
            costs = any(one.budget is not None or one.forecast is not None or one.assignments for one in line)
            if (priced or costs) and not any(one.actual is not None for one in line):
                out.append(f"{project}/{task.id}")
        return tuple(out)

    def years(self, project: str) -> tuple[tuple[str, Money], ...]:
        """What a project still costs by financial year, in order; none where it cannot be told apart.

        What was to be spent in years that are over, and was not, is spent in the year of the status date.
        """
        left, _ = self.left(project)
        if left is None or self.portfolio.status_date is None:
            return ()
        noun = self.portfolio.items[project]
        assert isinstance(noun, Project)
        coming, gone = (roll_up_alone(self.portfolio, one, noun, by=YEAR) for one in (self._forecast(project), MEASURES["actual"]))
        if UNDATED in coming or UNDATED in gone or UNKNOWN in coming:
            return ()
        rule = period_rule(self.portfolio, YEAR)
        now = rule.of(as_day(self.portfolio.status_date))
        sums: dict[str, Fraction] = {}
        for roll, sign in ((coming, 1), (gone, -1)):
            for figure in roll.groups:
                if isinstance(figure.carried, Priced):
                    period = max(rule.named(figure.item), now)
                    sums[period.name] = sums.get(period.name, Fraction(0)) + sign * figure.carried.only(roll.measure.name)[1]
        found = {name: amount for name, amount in sums.items() if amount}
        if any(amount < 0 for amount in found.values()) or rounded(sum(found.values(), Fraction(0)), left.currency) != left:
            return ()
        return tuple((name, rounded(found[name], left.currency)) for name in sorted(found))

    def _forecast(self, project: str) -> Measure:
        """The forecast at completion as `left` takes it: as stated, or the budget in its place."""
        if _whole(self.forecast, project) is not None:
            return MEASURES["forecast"]
        if self._stated(project) is not None:
            return AT_COMPLETION
        return Measure(
            name="forecast",
            title="Budget in place of a forecast",
            unit="money",
            combine=Combine.SUM,
            value=MEASURES["budget"].value,
            applies=_is_work,
            own_total=True,
        )

    def _by_cpi(self, project: str) -> Money | None:
        """The budget of what is not earned yet at the rate of what is: (BAC - EV) / CPI; None where one of them is not known."""
        row = self._earned_row(project)
        if row is None or row.ac is None or row.ev is None or not row.ev.amount or not row.ac.amount:
            return None
        assert row.bac is not None
        left = Fraction(row.bac.amount - row.ev.amount) * Fraction(row.ac.amount) / Fraction(row.ev.amount)
        return rounded(left, row.bac.currency)

    def _unearned(self, project: str) -> Money | None:
        """The budget of what is not earned yet."""
        row = self._earned_row(project)
        return None if row is None or row.bac is None or row.ev is None else Money(row.bac.amount - row.ev.amount, row.bac.currency)

    def _earned_row(self, project: str) -> EarnedItem | None:
        """Earned value of a project, where budget and earned value of all its work are known."""
        try:
            row = earned_value(self.portfolio)[project]
        except IpmoError:
            return None
        return None if row.bac is None or row.ev is None or row.known < row.total else row


def at_completion(portfolio: Portfolio, project: Project, item: str = "") -> Money | None:
    """Forecasts of a project's work, and of work that states none its budget, or once it is done what it cost; None where some has neither.

    Args:
        portfolio: the portfolio.
        project: the project.
        item: the full id of what in it is meant; all of it when left out.
    """
    try:
        return _whole(roll_up_alone(portfolio, AT_COMPLETION, project), item or project.id)
    except IpmoError:  # their prices do not add
        return None


def exit_cost_of(portfolio: Portfolio, item: Project | Programme) -> tuple[Money | None, str]:
    """(what ending a project, or all of a programme, early would cost, why it is not known), whatever others state."""
    try:
        return _exit_cost(roll_up_alone(portfolio, MEASURES["exit_cost"], item), item.id)
    except IpmoError as error:
        return None, f"what getting out costs is not known: {error}"


def _exit_cost(leaving: RollUp, item: str) -> tuple[Money | None, str]:
    known = _whole(leaving, item)
    unrated = leaving[item].reasons if item in leaving else ()
    return known, "" if known is not None else f"what getting out costs is not known: {unrated[0]}" if unrated else NO_EXIT


def _whole(roll: RollUp, item: str) -> Money | None:
    """A rolled-up figure that is known in full."""
    value, known = roll.money(item)
    return value if known else None


def _is_work(item: object) -> bool:
    """What may have a budget and is in no portfolio's own total."""
    return isinstance(item, Project | Programme | Task) and MEASURES["budget"].applies(item)
