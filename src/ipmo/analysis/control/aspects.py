"""The aspects of control: time, cost, benefits and risk of an item against what was committed to and what is tolerated."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

import attrs

from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amounts, Priced, rounded
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.rollup import LEFT_OUT, RollUp, roll_up
from ipmo.errors import IpmoError, UnknownItemError
from ipmo.model.benefits_map import benefits_map
from ipmo.model.estimates import exact
from ipmo.model.governance import Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.units import MAX_INSTANT, Money, Span, day_text, minutes, moment
from ipmo.words import counted

__all__ = ["Aspect", "Aspects", "Noun", "tolerance_of"]

Noun = Portfolio | Programme | Project | Task


@attrs.frozen(kw_only=True)
class Aspect:
    """One aspect of control of one item.

    Args:
        name: time, cost, benefits, risk or children.
        rag: its colour; None when it cannot be said.
        text: what was compared.
        over: how far beyond a tolerance that somebody stated, in words; empty within it and where nobody did.
        stake: money of a breach, for the authority that it takes.
    """

    name: str
    rag: str | None
    text: str
    over: str = ""
    stake: Fraction | None = attrs.field(default=None, repr=False)


def tolerance_of(portfolio: Portfolio, noun: Noun) -> Tolerance | None:
    """The tolerance that holds for an item: its own, that of its programme or of one above, or the portfolio's."""
    own = noun.tolerance
    if own is None and isinstance(noun, Project | Programme):
        own = next((p.tolerance for p in hierarchy(portfolio).programmes_of(noun.id) if p.tolerance is not None), None)
    return portfolio.tolerance if own is None else own


class Aspects:
    """What the items of a portfolio are held against: commitments, budgets, planned benefits and limits of exposure.

    Args:
        portfolio: the portfolio.
        as_of: the date that it is seen from.
        baseline: the plan that commitments and budgets are taken from, where items state none.
    """

    def __init__(self, portfolio: Portfolio, as_of: date | None, baseline: Portfolio | None) -> None:
        self.portfolio, self.as_of, self.baseline = portfolio, as_of, baseline
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")

    # ---------------------------------------------------------------------------- figures, once each

    def _roll(self, portfolio: Portfolio, measure: str) -> RollUp | None:
        try:
            return roll_up(portfolio, measure)
        except IpmoError:
            return None

    @functools.cached_property
    def rolls(self) -> Mapping[str, RollUp | None]:
        """Budget (of the baseline where there is one), forecast and actual."""
        return {
            "budget": self._roll(self.baseline or self.portfolio, "budget"),
            "forecast": self._roll(self.portfolio, "forecast"),
            "actual": self._roll(self.portfolio, "actual"),
        }

    @functools.cached_property
    def earned(self) -> EarnedValue | None:
        """Earned value, where it can be computed."""
        try:
            return earned_value(self.portfolio, baseline=self.baseline)
        except IpmoError:
            return None

    @functools.cached_property
    def worth(self) -> Benefits | None:
        """Benefits, where they can be computed."""
        if not self.portfolio.benefits:
            return None
        try:
            return benefits(self.portfolio, baseline=self.baseline)
        except IpmoError:
            return None

    @functools.cached_property
    def before(self) -> Schedule | None:
        """The schedule of the plan."""
        return None if self.baseline is None else schedule(self.baseline, on_cycle="cut")

    # ------------------------------------------------------------------------------------ tolerances

    def _limit(self, full_id: str, commitment: int, span: Span | None) -> int:
        """The last instant within tolerance."""
        if span is None:
            return commitment
        if span.dimension == "working" and not span.amount:
            return commitment
        clock = clocks_of(self.portfolio).of(self.portfolio.calendar_for(full_id))
        return min(clock.shift(commitment, span), MAX_INSTANT)

    # --------------------------------------------------------------------------------------- aspects

    def _commitment(self, full_id: str, noun: Noun) -> int | None:
        """The committed finish: a deadline, a project's finish, an approved finish, the finish in the plan."""
        if isinstance(noun, Task):
            when = noun.deadline or noun.baseline_finish
            if when is not None:
                return minutes(when, end=True)
        elif isinstance(noun, Project) and noun.finish is not None and (noun.tasks or noun.gates or self.baseline is None):
            return minutes(noun.finish, end=True)
        if self.before is not None:
            try:
                finish = self.before.dates(full_id)[1]
            except UnknownItemError:
                finish = None
            return None if finish is None else minutes(finish)
        return None

    def _within(self, noun: Programme | Portfolio) -> list[Project]:
        """The projects of a programme, or of the whole portfolio, that count."""
        return [p for p in hierarchy(self.portfolio).projects(noun) if p.state not in LEFT_OUT]

    def _dated(self, full_id: str, noun: Noun) -> tuple[int | None, int | None]:
        """(committed, forecast finish); of what holds projects, the last of those that commit to one."""
        if isinstance(noun, Programme | Portfolio):
            both = [pair for p in self._within(noun) if (pair := self._dated(p.id, p))[0] is not None]
            committed = [commitment for commitment, _ in both if commitment is not None]
            finishes = [reached for _, reached in both if reached is not None]
            return max(committed, default=None), max(finishes) if committed and len(finishes) == len(committed) else None
        commitment = self._commitment(full_id, noun)
        finish = self.finish(full_id)
        if commitment is None or finish is None:
            return commitment, None
        reached = minutes(finish)
        if isinstance(noun, Project) and not noun.tasks and noun.actual_finish is None and noun.state == "active":
            if self.as_of is not None:
                reached = max(reached, minutes(self.as_of))  # a bar past its finish that nobody has closed
            if noun.finish is not None and reached <= commitment == minutes(noun.finish, end=True):
                return commitment, None  # it is held against the same date that it states: that tells nothing
        return commitment, reached

    def _deadlines(self, project: Project) -> Iterable[tuple[str, int, int]]:
        """(name, committed, forecast finish) of the open deadlines inside a project."""
        for task in project.tasks:
            finish = self.finish(f"{project.id}/{task.id}") if task.deadline is not None and not task.finished else None
            if task.deadline is not None and finish is not None:
                yield task.name or task.id, minutes(task.deadline, end=True), minutes(finish)

    def _time(self, full_id: str, noun: Noun) -> Aspect | None:
        commitment, reached = self._dated(full_id, noun)
        about = ""
        for name, due, done in self._deadlines(noun) if isinstance(noun, Project) else ():
            if commitment is None or reached is None or done - due > reached - commitment:
                commitment, reached, about = due, done, f"{name} "  # of several commitments the one that is missed by most
        if commitment is None:
            return None
        if reached is None:
            day = day_text(moment(commitment), finish=True)
            return Aspect(name="time", rag=None, text=f"committed to {day}; nothing forecasts when it finishes")
        text = f"{about}finishes {day_text(moment(reached), finish=True)}, committed to {day_text(moment(commitment), finish=True)}"
        tolerance = tolerance_of(self.portfolio, noun)
        limit = self._limit(full_id, commitment, tolerance.time if tolerance is not None else None)
        if reached <= commitment:
            return Aspect(name="time", rag="green", text=text)
        if reached <= limit:
            return Aspect(name="time", rag="amber", text=f"{text}, within tolerance")
        stated = tolerance is not None and tolerance.time is not None
        over = f"{(reached - limit) / 1440:,.1f} days beyond {'tolerance' if stated else 'the commitment'}".replace(".0 days", " days")
        return Aspect(name="time", rag="red", text=f"{text}, {over}", over=over if stated else "", stake=self.budget(full_id))

    def _figure(self, measure: str, full_id: str) -> tuple[Fraction | None, bool]:
        """(amount, whether all of it is known)."""
        roll = self.rolls[measure]
        if roll is None or full_id not in roll:
            return None, False
        figure = roll[full_id]
        if not isinstance(figure.carried, Priced):
            return None, False
        return figure.carried.only(measure)[1], figure.known == figure.total and figure.apart is None

    def budget(self, full_id: str) -> Fraction | None:
        """What is known of an item's budget."""
        return self._figure("budget", full_id)[0]

    def _expected(self, full_id: str, noun: Noun) -> tuple[Fraction | None, str]:
        """(cost at completion, how it was found): stated; by CPI; of what holds projects, theirs; what has not begun, as budgeted."""
        forecast, complete = self._figure("forecast", full_id)
        if forecast is not None and complete:
            return forecast, "forecast"
        if isinstance(noun, Programme | Portfolio):
            inner = [(p, self._expected(p.id, p)[0]) for p in self._within(noun)]
            known = [cost for _, cost in inner if cost is not None]
            return (sum(known, Fraction(0)), "its projects expect") if known and len(known) == len(inner) else (None, "")
        if self.earned is not None and full_id in self.earned:
            item = self.earned[full_id]
            if item.total and item.known == item.total:
                eac = item.indices.eac()
                if eac is not None:
                    return Fraction(eac), "EAC by CPI"
                if not item.indices.ac:
                    return self.budget(full_id), "not begun"
        return None, ""

    def _cost(self, full_id: str, noun: Noun) -> Aspect | None:
        budget, whole = self._figure("budget", full_id)
        if budget is None:
            return None
        tolerance = tolerance_of(self.portfolio, noun)
        stated = tolerance is not None and tolerance.cost is not None
        limit = budget * (1 + Fraction(str(tolerance.cost))) if tolerance is not None and tolerance.cost is not None else budget
        expected, how = self._expected(full_id, noun)
        actual, _ = self._figure("actual", full_id)
        if whole and actual is not None and actual > limit and (expected is None or actual > expected):
            expected, how = actual, "spent already"
        if expected is None or not whole:
            return Aspect(name="cost", rag=None, text="the forecast is not known" if whole else "the budget is not known in full")
        currency = self.rolls["budget"].total.unit if self.rolls["budget"] is not None else ""
        text = f"{how} {rounded(expected, currency):,}, budget {rounded(budget, currency):,}"
        if expected <= budget:
            return Aspect(name="cost", rag="green", text=text)
        if expected <= limit:
            return Aspect(name="cost", rag="amber", text=f"{text}, within tolerance")
        over = f"{rounded(expected - limit, currency):,} beyond {'tolerance' if stated else 'the budget'}"
        return Aspect(name="cost", rag="red", text=f"{text}, {over}", over=over if stated else "", stake=expected - budget)

    def _benefits(self, full_id: str, noun: Noun) -> Aspect | None:
        if self.worth is None:
            return None
        if isinstance(noun, Portfolio):
            rows = list(self.worth.rows)
        elif isinstance(noun, Programme):
            rows = [row for row in self.worth.rows if row.noun.belongs_to == full_id]
        else:
            found = benefits_map(self.portfolio)
            reached = {name for node in found.work_of(full_id) for name in found.reached_from(node)}
            rows = [row for row in self.worth.rows if row.id in reached]
        known = [row for row in rows if row.loss is not None and row.planned_npv is not None]
        if not known:
            return None
        planned = sum((Fraction(row.planned_npv.amount) for row in known if row.planned_npv is not None), Fraction(0))
        lost = sum((Fraction(row.loss.amount) for row in known if row.loss is not None), Fraction(0))
        currency = known[0].currency
        tolerance = tolerance_of(self.portfolio, noun)
        if lost <= 0:
            return Aspect(name="benefits", rag="green", text=f"none lost of {rounded(planned, currency):,} planned")
        text = f"{rounded(lost, currency):,} lost of {rounded(planned, currency):,} planned"
        if tolerance is None or tolerance.benefits is None:
            return Aspect(name="benefits", rag="amber", text=f"{text}, no tolerance is stated")
        limit = abs(planned) * Fraction(str(tolerance.benefits))
        if lost <= limit:
            return Aspect(name="benefits", rag="amber", text=f"{text}, within tolerance")
        over = f"{rounded(lost - limit, currency):,} beyond tolerance"
        return Aspect(name="benefits", rag="red", text=f"{text}, {over}", over=over, stake=lost)

    def _risk(self, full_id: str, noun: Noun) -> Aspect | None:
        tolerance = noun.tolerance  # an amount for that item alone: it is not handed down
        if isinstance(noun, Task) or tolerance is None or tolerance.risk is None:
            return None
        projects = [noun] if isinstance(noun, Project) else self._within(noun)
        rows = [(p, r) for p in projects for r in p.risks if r.state == "open" and not r.opportunity]
        exposure, unknown = Fraction(0), 0
        amounts = Amounts(self.portfolio, self.as_of or date.max, "risk")
        for project, risk in rows:
            if risk.before is None or risk.before.probability is None:
                unknown += 1
                continue
            for impact in risk.before.impacts:
                central = impact.cost.central() if impact.cost is not None else None
                if isinstance(central, Money):
                    found = amounts.lines(f"{project.id}/{risk.id}", central) or []
                    exposure += Fraction(str(risk.before.probability)) * sum((a.value for a in found), Fraction(0))
        limit = self._converted("tolerance", full_id, tolerance.risk)
        currency = amounts.currency
        text = f"exposure {rounded(exposure, currency):,} of at most {tolerance.risk:,}" + (
            f", {counted(unknown, 'risk')} unknown" if unknown else ""
        )
        if exposure <= limit:
            return Aspect(name="risk", rag="green", text=text)
        over = f"{rounded(exposure - limit, currency):,} beyond tolerance"
        return Aspect(name="risk", rag="red", text=text, over=over, stake=exposure - limit)

    def of(self, full_id: str, noun: Noun) -> tuple[Aspect, ...]:
        """Time and cost, and of all but tasks benefits and risk, where there is something to compare."""
        found = [self._time(full_id, noun), self._cost(full_id, noun)]
        if not isinstance(noun, Task):
            found += [self._benefits(full_id, noun), self._risk(full_id, noun)]
        return tuple(aspect for aspect in found if aspect is not None)

    def finish(self, full_id: str) -> datetime | None:
        """When an item is forecast to finish; None when nothing says."""
        noun = self.portfolio.items.get(full_id)
        if isinstance(noun, Programme):
            return max((f for p in self._within(noun) if (f := self.finish(p.id)) is not None), default=None)
        try:
            return self.schedule.dates(full_id)[1]
        except UnknownItemError:
            return None

    def _converted(self, what: str, item: str, money: Money) -> Fraction:
        """An amount in the portfolio's currency."""
        found = Amounts(self.portfolio, self.as_of or date.max, what).lines(item, money)
        return found[0].value if found else exact(money)
