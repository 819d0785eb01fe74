"""Whether work is worth going on with: the benefit still to come that is lost without it, by the cost still to come."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from ipmo.analysis.benefits.losses import Losses, losses
from ipmo.analysis.benefits.realisation import BenefitValue, Profile, benefits
from ipmo.analysis.money.amounts import rounded
from ipmo.analysis.money.earned_value import earned_value
from ipmo.analysis.money.rollup import RollUp, roll_up
from ipmo.errors import IpmoError, listed
from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money

__all__ = ["GoingOn", "Worth", "worth_going_on"]


@attrs.frozen(kw_only=True)
class Worth:
    """What one project still brings and still costs.

    Args:
        project: its id.
        benefit: present value of the benefits still to come that are lost without it; None where none that it serves is known.
        cost: forecast at completion less what was spent; None where it is not known.
        enables: other projects that fail without it, in whole or in part.
        shared: other projects without which some of the same benefits are lost too.
        unknown: benefits that it serves and whose value is not known.
        reason: why a figure is not known.
    """

    project: str
    benefit: Money | None = None
    cost: Money | None = None
    enables: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reason: str = ""

    @property
    def ratio(self) -> float | None:
        """Benefit for each unit of money still to be spent; None where a half is not known, or nothing is still to be spent."""
        if self.benefit is None or self.cost is None or self.cost.amount <= 0:
            return None
        return float(self.benefit.amount / self.cost.amount)

    def __str__(self) -> str:
        if self.benefit is None or self.cost is None:
            return f"{self.project}: not known: {self.reason}"
        text = f"{self.project}: {self.benefit:,} of benefit still to come needs {self.cost:,} still to be spent"
        if self.ratio is not None:
            text += f": {self.ratio:.2f} for each unit"
        return text + self.said

    @property
    def said(self) -> str:
        """What it enables, and who is needed for the same benefits, as the end of a sentence."""
        text = f"; it enables {listed(self.enables)}" if self.enables else ""
        text += f"; the same benefits need {listed(self.shared)} too" if self.shared else ""
        return text + (f"; at least, for {listed(self.unknown)} is not known" if self.unknown else "")


class GoingOn(Rows[str, Worth]):
    """The answer of `worth_going_on`: by project, in the order of the file."""

    def __init__(self, rows: Iterable[Worth]) -> None:
        super().__init__({row.project: row for row in rows}, "the projects that are under way or proposed")

    def explain(self, project: str) -> str:
        """What a project still brings and costs, what it enables, and who is needed beside it.

        Raises:
            UnknownItemError: there is no such project here.
        """
        return str(self[project])

    def table(self) -> Table:
        """One row a project: project, benefit, cost, ratio, enables, shared, reason."""
        rows = self.rows
        currency = next((one.currency for row in rows for one in (row.benefit, row.cost) if one is not None), "")
        return Table(
            [
                Column("project", "str", [row.project for row in rows]),
                Column("benefit", "float", [None if row.benefit is None else float(row.benefit.amount) for row in rows], currency),
                Column("cost", "float", [None if row.cost is None else float(row.cost.amount) for row in rows], currency),
                Column("ratio", "float", [row.ratio for row in rows]),
                Column("enables", "str", [", ".join(row.enables) for row in rows]),
                Column("shared", "str", [", ".join(row.shared) for row in rows]),
                Column("reason", "str", [row.reason for row in rows]),
            ]
        )

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def worth_going_on(portfolio: Portfolio) -> GoingOn:
    """What every open project still brings, by what it still costs: sunk cost, and benefits that have come, are left out.

    The benefit is what would be lost without the project, with all that it enables: where two are needed, each is asked
    for the whole, because stopping either loses it. The cost is the stated forecast less what was spent; where none is
    stated the budget stands for it, and once that is spent the budget of what is not earned yet (AC + BAC - EV).

    Source: HM Treasury, The Green Book (sunk costs are left out); MoP, MOP-R12; BEN-R10.

    Args:
        portfolio: the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
        UnitError: money of two price bases would be mixed.
        MissingRateError: money in another currency has no exchange rate.
    """
    return remember(portfolio, "worth going on", lambda: GoingOn(_rows(portfolio)))


def _rows(portfolio: Portfolio) -> list[Worth]:
    worth = benefits(portfolio)
    pool = {row.id: still_to_come(row) for row in worth.rows if row.npv is not None}
    blank = [row.id for row in worth.rows if row.npv is None and row.noun.value is not None]
    known, costs = losses(portfolio), _Costs(portfolio)
    lost = {name: known.without(name) for name in known.initiatives}
    needed_for: dict[str, list[str]] = {}
    for name, some in lost.items():
        for benefit in some:
            if benefit in pool and isinstance(portfolio.items[name], Project):
                needed_for.setdefault(benefit, []).append(name)
    out = []
    for project in portfolio.projects:
        if project.stopped or project.state == "closed" or project.actual_finish is not None:
            continue
        mine = {benefit: share for benefit, share in lost[project.id].items() if benefit in pool}
        served = known.serves()[project.id]
        unknown = tuple(one for one in blank if one in served)
        cost, reason = costs.left(project)
        amount = None
        if any(one in pool for one in served):
            amount = rounded(Fraction(math.fsum(pool[one] * share for one, share in mine.items())), worth.rows[0].currency)
        else:
            why = next((row.reason for row in worth.rows if row.id in unknown), "it serves no benefit that states a value")
            reason = reason or why
        others = dict.fromkeys(other for benefit in mine for other in needed_for[benefit] if other != project.id)
        enabled = _enabled(known, portfolio, project.id)
        out.append(
            Worth(
                project=project.id, benefit=amount, cost=cost, enables=enabled, shared=tuple(o for o in others if o not in enabled),
                unknown=unknown, reason=reason,
            )
        )  # fmt: skip
    return out


def _enabled(known: Losses, portfolio: Portfolio, project: str) -> tuple[str, ...]:
    """Other projects that fail without one, in whole or in part."""
    web = known.engine.web
    names = {portfolio.project_of(web.ids[node].partition("@")[0]) for node in known.engine.fails([web.place[project]])}
    return tuple(p.id for p in portfolio.projects if p.id in names and p.id != project)


def still_to_come(row: BenefitValue) -> float:
    """The present value of what a benefit brings from the date of the figures on."""
    if row.forecast is None or row.discount is None:
        return 0.0
    flows = [
        attrs.evolve(flow, start=max(flow.start, row.at), amount=flow.amount * _left(flow.start, flow.end, row.at))
        for flow in row.forecast.flows
    ]
    return Profile(flows=tuple(flow for flow in flows if flow.amount), start=row.forecast.start, end=row.forecast.end).worth(
        row.discount, row.at
    )


def _left(start: date, end: date, day: date) -> Fraction:
    """The share of a flow that lies after a day."""
    if day <= start:
        return Fraction(1)
    return Fraction((end - day).days, (end - start).days) if day < end else Fraction(0)


class _Costs:
    """What projects still cost."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.budget, self.actual, self.forecast = (
            roll_up(portfolio, name, include=("proposed",)) for name in ("budget", "actual", "forecast")
        )

    def left(self, project: Project) -> tuple[Money | None, str]:
        """(forecast at completion less what was spent, why it is not known)."""
        spent = self.actual[project.id].value if project.id in self.actual else None
        stated, planned = (_whole(roll, project.id) for roll in (self.forecast, self.budget))
        for whole, name in ((stated, "forecast"), (planned, "budget")):
            if whole is None:
                continue
            left = whole if spent is None else Money(whole.amount - spent.amount, whole.currency)
            if left.amount > 0 or spent is None:
                return left, ""
            if name == "forecast":
                return None, f"{spent:,} are spent, and the forecast is {whole:,}: write what it will cost in all"
            unearned = self._unearned(project.id)
            if unearned is not None:
                return unearned, ""
            return None, f"{spent:,} are spent of a budget of {whole:,}: write forecast:"
        return None, "not all of its cost is known: write budget: or forecast:"

    def _unearned(self, project: str) -> Money | None:
        """The budget of what is not earned yet."""
        try:
            row = earned_value(self.portfolio)[project]
        except IpmoError:
            return None
        if row.bac is None or row.ev is None or row.known < row.total:
            return None
        return Money(row.bac.amount - row.ev.amount, row.bac.currency)


def _whole(roll: RollUp, project: str) -> Money | None:
    """A rolled-up figure that is known in full."""
    if project not in roll:
        return None
    figure = roll[project]
    return figure.value if isinstance(figure.value, Money) and figure.known >= figure.total else None
