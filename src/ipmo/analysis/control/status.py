"""Status computed beside status reported, never over it; tolerances, their forecast breaches, and who must hear of them.

How children make a parent's colour is a policy, a value that the user chooses: worst child, majority, counts of reds,
weights of budgets, the child that finishes last, or figures recomputed at each level against its tolerance (the default).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Protocol

import attrs

from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.control.authority import Level, approver
from ipmo.analysis.dates.schedule import Schedule, as_day, day_text, schedule
from ipmo.analysis.money.amounts import Amounts, Priced, rounded
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.rollup import LEFT_OUT, RollUp, roll_up
from ipmo.errors import IpmoError, UnknownItemError, close_matches
from ipmo.memory import remember
from ipmo.model.benefits_map import benefits_map
from ipmo.model.estimates import exact
from ipmo.model.governance import RAG, Confidence, StatusReport, Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.tables import Column, Rows, Table
from ipmo.units import MAX_INSTANT, Money, Span, as_when, minutes, moment

__all__ = [
    "POLICIES",
    "Aspect",
    "Breach",
    "BudgetWeighted",
    "Child",
    "DrivingChild",
    "ItemStatus",
    "Majority",
    "Policy",
    "StatusView",
    "ThresholdCount",
    "ToleranceBased",
    "WorstChild",
    "status",
    "tolerance_of",
]

ABOVE: Mapping[str, Level] = {"task": "project", "project": "programme", "programme": "portfolio", "portfolio": "portfolio"}
"""The level that hears of what an item of a level exceeds (PRINCE2 7)."""


# ------------------------------------------------------------------------------------------------ policies


@attrs.frozen(kw_only=True)
class Child:
    """What a policy sees of a child.

    Args:
        item: full id.
        rag: its colour; None when it is not known.
        budget: its weight in money; None when it is not known.
        finish: when it finishes.
    """

    item: str
    rag: str | None
    budget: float | None = None
    finish: datetime | None = None


class Policy(Protocol):
    """How children make a parent's colour."""

    @property
    def name(self) -> str:
        """What it is called."""

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """(colour, why); None when nothing is known."""


def _known(children: Sequence[Child]) -> list[Child]:
    return [child for child in children if child.rag is not None]


def _unknown_note(children: Sequence[Child]) -> str:
    missing = sum(1 for child in children if child.rag is None)
    return f"; {missing} of {len(children)} unknown" if missing else ""


@attrs.frozen
class WorstChild:
    """The worst colour below. Its flaw: one red paints everything, and people stop reporting red."""

    name: str = attrs.field(default="worst child", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The worst known colour, and whose it is."""
        known = _known(children)
        if not known:
            return None, "no child has a colour"
        worst = max(known, key=lambda child: RAG.index(child.rag or "green"))
        return worst.rag, f"{worst.item} is {worst.rag}{_unknown_note(children)}"


@attrs.frozen
class Majority:
    """The commonest colour, the worse of two as common. Its flaw: status improves with altitude."""

    name: str = attrs.field(default="majority", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The commonest known colour."""
        known = [child.rag for child in _known(children)]
        if not known:
            return None, "no child has a colour"
        best = max(RAG, key=lambda rag: (known.count(rag), RAG.index(rag)))
        return best, f"{known.count(best)} of {len(known)} are {best}{_unknown_note(children)}"


@attrs.frozen(kw_only=True)
class ThresholdCount:
    """Red from so many reds, amber from one red or so many ambers. Its flaw: it depends on how many there are.

    Args:
        red: so many red children make red.
        amber: so many amber children make amber.
    """

    red: int = 2
    amber: int = 1
    name: str = attrs.field(default="threshold count", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The colour by counts."""
        known = [child.rag for child in _known(children)]
        if not known:
            return None, "no child has a colour"
        reds, ambers = known.count("red"), known.count("amber")
        rag = "red" if reds >= self.red else "amber" if reds or ambers >= self.amber else "green"
        return rag, f"{reds} red and {ambers} amber of {len(known)}{_unknown_note(children)}"


@attrs.frozen(kw_only=True)
class BudgetWeighted:
    """The mean of 0, 1, 2 for green, amber, red, weighted by budget. Its flaw: a big project hides a small critical one.

    Args:
        amber: mean from which it is amber.
        red: mean from which it is red.
    """

    amber: float = 0.5
    red: float = 1.5
    name: str = attrs.field(default="budget-weighted", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The colour of the weighted mean; children without a budget are left out and counted."""
        known = [child for child in _known(children) if child.budget]
        whole = sum(child.budget or 0.0 for child in known)
        if not whole:
            return None, "no child has a colour and a budget"
        mean = sum(RAG.index(child.rag or "green") * (child.budget or 0.0) for child in known) / whole
        rag = "red" if mean >= self.red else "amber" if mean >= self.amber else "green"
        left = len(children) - len(known)
        return rag, f"weighted mean {mean:.2f}" + (f"; {left} of {len(children)} without colour or budget" if left else "")


@attrs.frozen
class DrivingChild:
    """The colour of the child that finishes last: the one that drives the parent's date."""

    name: str = attrs.field(default="driving child", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The colour of the last to finish; of several, the worst."""
        dated = [child for child in children if child.finish is not None]
        if not dated:
            return None, "no child has a finish"
        last = max(child.finish for child in dated if child.finish is not None)
        driving = [child for child in dated if child.finish == last]
        rag, why = WorstChild().combine(driving)
        return rag, f"{why}, and finishes last" if rag else f"{driving[0].item} finishes last and has no colour"


@attrs.frozen
class ToleranceBased:
    """Recomputed at every level from that level's own figures against its tolerance; the worst child where it has none."""

    name: str = attrs.field(default="tolerance", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """Where a level has no figures of its own."""
        return WorstChild().combine(children)


POLICIES: Mapping[str, Policy] = {
    policy.name: policy for policy in (WorstChild(), Majority(), ThresholdCount(), BudgetWeighted(), DrivingChild(), ToleranceBased())
}
"""Policies by name, with their usual thresholds."""


# ------------------------------------------------------------------------------------------------- results


@attrs.frozen(kw_only=True)
class Aspect:
    """One aspect of control of one item.

    Args:
        name: time, cost, benefits, risk or children.
        rag: its colour; None when it cannot be told.
        text: what was compared.
        over: how far beyond a tolerance that somebody stated, in words; empty within it and where nobody did.
        stake: money of a breach, for the authority that it takes.
    """

    name: str
    rag: str | None
    text: str
    over: str = ""
    stake: Fraction | None = attrs.field(default=None, repr=False)


@attrs.frozen(kw_only=True)
class ItemStatus:
    """Reported and computed status of one item.

    Args:
        item: full id.
        name: title.
        level: portfolio, programme, project or task.
        reported: latest reported colour.
        reported_on: date of that report.
        computed: colour by the policy; None when nothing can be told.
        aspects: what it was computed from.
        confidence: the latest assessment of each assessor, on its own scale: another thing than status.
    """

    item: str
    name: str
    level: str
    reported: str | None
    reported_on: date | None
    computed: str | None
    aspects: tuple[Aspect, ...] = ()
    confidence: tuple[Confidence, ...] = ()

    @property
    def gap(self) -> int | None:
        """By how many colours the computed status is worse than the reported one; negative when better."""
        if self.computed is None or self.reported is None:
            return None
        return RAG.index(self.computed) - RAG.index(self.reported)

    @property
    def why(self) -> str:
        """What made the computed colour, in one line."""
        bad = [a for a in self.aspects if a.rag == self.computed]
        return "; ".join(f"{a.name}: {a.text}" for a in (bad or self.aspects))


@attrs.frozen(kw_only=True)
class Breach:
    """A tolerance that is forecast to be exceeded: an exception (PRINCE2).

    Args:
        item: whose tolerance.
        aspect: time, cost, benefits or risk.
        text: forecast against limit.
        level: of the item.
        body: the board that may decide: the lowest above the item whose stated authority covers what is at stake; None
            when none is known to.
        escalate_to: the board to tell: the one that may decide, else the top one; None when none stands above the item.
        reason: why that board, or why none.
        stake: money at stake; None when it is not known.
    """

    item: str
    aspect: str
    text: str
    level: str
    body: str | None
    escalate_to: str | None
    reason: str
    stake: Money | None

    @property
    def covered(self) -> bool:
        """Whether an authority is known to cover it."""
        return self.body is not None


class StatusView(Rows[str, ItemStatus]):
    """The answer of `status`, indexed by id."""

    def __init__(self, rows: Mapping[str, ItemStatus], breaches: Iterable[Breach], policy: str, as_of: date | None) -> None:
        super().__init__(rows, "this status")
        self.breaches, self.policy, self.as_of = tuple(breaches), policy, as_of

    def items(self, level: str | None = None) -> tuple[ItemStatus, ...]:
        """The rows, from the top down."""
        return tuple(row for row in self._rows.values() if level is None or row.level == level)

    def table(self, level: str | None = None) -> Table:
        """One row an item: item, name, level, reported, reported_on, computed, gap, time, cost, benefits, risk, why."""
        rows = self.items(level)

        def aspect(name: str) -> list[str | None]:
            return [next((a.rag for a in r.aspects if a.name == name), None) for r in rows]

        return Table(
            [
                Column("item", "str", [r.item for r in rows]),
                Column("name", "str", [r.name for r in rows]),
                Column("level", "str", [r.level for r in rows]),
                Column("reported", "str", [r.reported for r in rows]),
                Column("reported_on", "date", [r.reported_on for r in rows]),
                Column("computed", "str", [r.computed for r in rows]),
                Column("gap", "int", [r.gap for r in rows]),
                *(Column(name, "str", aspect(name)) for name in ("time", "cost", "benefits", "risk")),
                Column("why", "str", [r.why for r in rows]),
            ]
        )

    def exceptions(self) -> Table:
        """One row a breach: item, level, aspect, text, stake, body, escalate_to, covered."""
        rows = self.breaches
        currency = next((b.stake.currency for b in rows if b.stake is not None), "")
        return Table(
            [
                Column("item", "str", [b.item for b in rows]),
                Column("level", "str", [b.level for b in rows]),
                Column("aspect", "str", [b.aspect for b in rows]),
                Column("text", "str", [b.text for b in rows]),
                Column("stake", "float", [None if b.stake is None else float(b.stake.amount) for b in rows], currency),
                Column("body", "str", [b.body for b in rows]),
                Column("escalate_to", "str", [b.escalate_to for b in rows]),
                Column("covered", "bool", [b.covered for b in rows]),
            ]
        )

    def __repr__(self) -> str:
        rows = self.items("project")
        worse = sum(1 for row in rows if (row.gap or 0) > 0)
        return f"<Status by {self.policy}: {len(rows)} projects, {worse} worse than reported, {len(self.breaches)} exceptions>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


# -------------------------------------------------------------------------------------------------- engine


def status(
    portfolio: Portfolio,
    *,
    policy: Policy | str = "tolerance",
    of: str = "computed",
    as_of: date | str | None = None,
    baseline: Portfolio | None = None,
    tasks: bool = False,
) -> StatusView:
    """Computed status beside reported status for every project, programme and the portfolio, and the exceptions.

    A forecast within its promise or budget is green, beyond it but within tolerance amber, beyond tolerance red; equal
    to the limit is within it (PRINCE2 7). An item without a tolerance takes that of its programme or the portfolio; without any, the limit
    is the promise or budget itself, and nothing is escalated, because nobody set a limit; lost benefits are then amber.
    What cannot be compared has no colour, and says why.

    Args:
        portfolio: the portfolio.
        policy: how colours combine: a policy, or the name of one in `POLICIES`.
        of: `computed` or `reported`: which colours of the children the policy combines.
        as_of: reports later than this are not seen; the status date when left out.
        baseline: the plan that promises and budgets are taken from, where items state none.
        tasks: tasks get a row too.

    Raises:
        UnknownItemError: there is no such policy.
        ScheduleError: nothing says when the portfolio starts.
    """
    if isinstance(policy, str):
        if policy not in POLICIES:
            raise UnknownItemError(policy, close_matches(policy, POLICIES), f"the policies {', '.join(POLICIES)}")
        policy = POLICIES[policy]
    if of not in ("computed", "reported"):
        raise UnknownItemError(of, close_matches(of, ("computed", "reported")), "the colours computed, reported")
    when = as_day(as_when(as_of)) if as_of is not None else as_day(portfolio.status_date) if portfolio.status_date is not None else None
    if baseline is not None or POLICIES.get(policy.name) is not policy:
        return _Engine(portfolio, policy, of, when, baseline, tasks).run()
    key = ("status", policy.name, of, when, tasks)
    return remember(portfolio, key, lambda: _Engine(portfolio, policy, of, when, None, tasks).run())


def tolerance_of(portfolio: Portfolio, noun: Any) -> Tolerance | None:
    """The tolerance that holds for an item: its own, that of its programme or of one above, or the portfolio's."""
    own: Tolerance | None = getattr(noun, "tolerance", None)
    if own is None and isinstance(noun, Project | Programme):
        own = next((p.tolerance for p in hierarchy(portfolio).programmes_of(noun.id) if p.tolerance is not None), None)
    return portfolio.tolerance if own is None else own


class _Engine:
    def __init__(self, portfolio: Portfolio, policy: Policy, of: str, as_of: date | None, baseline: Portfolio | None, tasks: bool) -> None:
        self.portfolio, self.policy, self.of, self.as_of, self.baseline, self.tasks = portfolio, policy, of, as_of, baseline, tasks
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")
        self.rows: dict[str, ItemStatus] = {}

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

    def _tolerance(self, noun: Any) -> Tolerance | None:
        return tolerance_of(self.portfolio, noun)

    def _limit(self, full_id: str, promise: int, span: Span | None) -> int:
        """The last instant within tolerance."""
        if span is None:
            return promise
        if span.dimension == "working" and not span.amount:
            return promise
        clock = clocks_of(self.portfolio).of(self.portfolio.calendar_for(full_id))
        return min(clock.shift(promise, span), MAX_INSTANT)

    # --------------------------------------------------------------------------------------- aspects

    def _promise(self, full_id: str, noun: Any) -> int | None:
        """The promised finish: a deadline, a project's finish, an approved finish, the finish in the plan."""
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

    def _dated(self, full_id: str, noun: Any) -> tuple[int | None, int | None]:
        """(promised, forecast finish); of what holds projects, the last of those that promise one."""
        if isinstance(noun, Programme | Portfolio):
            both = [pair for p in self._within(noun) if (pair := self._dated(p.id, p))[0] is not None]
            promises = [promise for promise, _ in both if promise is not None]
            finishes = [reached for _, reached in both if reached is not None]
            return max(promises, default=None), max(finishes) if promises and len(finishes) == len(promises) else None
        promise = self._promise(full_id, noun)
        finish = self._finish(full_id)
        if promise is None or finish is None:
            return promise, None
        reached = minutes(finish)
        if isinstance(noun, Project) and not noun.tasks and noun.actual_finish is None and noun.state == "active":
            if self.as_of is not None:
                reached = max(reached, minutes(self.as_of))  # a bar past its finish that nobody has closed
            if noun.finish is not None and reached <= promise == minutes(noun.finish, end=True):
                return promise, None  # it is held against the same date that it states: that tells nothing
        return promise, reached

    def _deadlines(self, project: Project) -> Iterable[tuple[str, int, int]]:
        """(name, promised, forecast finish) of the open deadlines inside a project."""
        for task in project.tasks:
            finish = self._finish(f"{project.id}/{task.id}") if task.deadline is not None and not task.finished else None
            if task.deadline is not None and finish is not None:
                yield task.name or task.id, minutes(task.deadline, end=True), minutes(finish)

    def _time(self, full_id: str, noun: Any) -> Aspect | None:
        promise, reached = self._dated(full_id, noun)
        about = ""
        for name, due, done in self._deadlines(noun) if isinstance(noun, Project) else ():
            if promise is None or reached is None or done - due > reached - promise:
                promise, reached, about = due, done, f"{name} "  # of several promises the one that is missed by most
        if promise is None:
            return None
        if reached is None:
            day = day_text(moment(promise), finish=True)
            return Aspect(name="time", rag=None, text=f"promised {day}; nothing forecasts when it finishes")
        text = f"{about}finishes {day_text(moment(reached), finish=True)}, promised {day_text(moment(promise), finish=True)}"
        tolerance = self._tolerance(noun)
        limit = self._limit(full_id, promise, tolerance.time if tolerance is not None else None)
        if reached <= promise:
            return Aspect(name="time", rag="green", text=text)
        if reached <= limit:
            return Aspect(name="time", rag="amber", text=f"{text}, within tolerance")
        stated = tolerance is not None and tolerance.time is not None
        over = f"{(reached - limit) / 1440:,.1f} days beyond {'tolerance' if stated else 'the promise'}".replace(".0 days", " days")
        return Aspect(name="time", rag="red", text=f"{text}, {over}", over=over if stated else "", stake=self._budget(full_id))

    def _figure(self, measure: str, full_id: str) -> tuple[Fraction | None, bool]:
        """(amount, whether all of it is known)."""
        roll = self.rolls[measure]
        if roll is None or full_id not in roll:
            return None, False
        figure = roll[full_id]
        if not isinstance(figure.carried, Priced):
            return None, False
        return figure.carried.only(measure)[1], figure.known == figure.total and figure.apart is None

    def _budget(self, full_id: str) -> Fraction | None:
        return self._figure("budget", full_id)[0]

    def _expected(self, full_id: str, noun: Any) -> tuple[Fraction | None, str]:
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
                    return self._budget(full_id), "not begun"
        return None, ""

    def _cost(self, full_id: str, noun: Any) -> Aspect | None:
        budget, whole = self._figure("budget", full_id)
        if budget is None:
            return None
        tolerance = self._tolerance(noun)
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

    def _benefits(self, full_id: str, noun: Any) -> Aspect | None:
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
        tolerance = self._tolerance(noun)
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

    def _risk(self, full_id: str, noun: Any) -> Aspect | None:
        tolerance: Tolerance | None = getattr(noun, "tolerance", None)  # an amount for that item alone: it is not handed down
        if tolerance is None or tolerance.risk is None:
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
        text = f"exposure {rounded(exposure, currency):,} of at most {tolerance.risk:,}" + (f", {unknown} risks unknown" if unknown else "")
        if exposure <= limit:
            return Aspect(name="risk", rag="green", text=text)
        over = f"{rounded(exposure - limit, currency):,} beyond tolerance"
        return Aspect(name="risk", rag="red", text=text, over=over, stake=exposure - limit)

    def _aspects(self, full_id: str, noun: Any) -> tuple[Aspect, ...]:
        found = [self._time(full_id, noun), self._cost(full_id, noun)]
        if not isinstance(noun, Task):
            found += [self._benefits(full_id, noun), self._risk(full_id, noun)]
        return tuple(aspect for aspect in found if aspect is not None)

    # ------------------------------------------------------------------------------------- the tree

    def run(self) -> StatusView:
        """Every level, children first; shown from the top down."""
        pf = self.portfolio
        tree = hierarchy(pf)

        def counted(noun: Portfolio | Programme) -> list[Programme | Project]:
            return [n for n in tree.direct(noun) if not isinstance(n, Project) or n.state not in LEFT_OUT]

        order: list[str] = []

        def visit(noun: Programme | Project) -> None:
            order.append(noun.id)
            if isinstance(noun, Project):
                self._leaf(noun.id, noun, "project")
                if self.tasks:
                    for task in noun.tasks:
                        full_id = f"{noun.id}/{task.id}"
                        order.append(full_id)
                        self._leaf(full_id, task, "task")
                return
            for inner in counted(noun):
                visit(inner)
            self._parent(noun.id, noun, "programme", [n.id for n in counted(noun)])

        for noun in counted(pf):
            visit(noun)
        self._parent(pf.id, pf, "portfolio", [n.id for n in counted(pf)])
        rows = {name: self.rows[name] for name in (pf.id, *order)}
        return StatusView(rows, list(self._breaches(rows)), self.policy.name, self.as_of)

    def _leaf(self, full_id: str, noun: Project | Task, level: str) -> None:
        aspects = self._aspects(full_id, noun)
        self._keep(full_id, noun, level, WorstChild().combine(_as_children(aspects))[0], aspects)

    def _parent(self, full_id: str, noun: Programme | Portfolio, level: str, below: list[str]) -> None:
        children = []
        for name in below:
            row = self.rows[name]
            rag = row.reported if self.of == "reported" else row.computed
            budget = self._budget(name)
            children.append(Child(item=name, rag=rag, budget=None if budget is None else float(budget), finish=self._finish(name)))
        if isinstance(self.policy, ToleranceBased) and self.of == "computed":
            aspects = self._aspects(full_id, noun)
            if any(aspect.rag is not None for aspect in aspects) and getattr(noun, "tolerance", None) is not None:
                self._keep(full_id, noun, level, WorstChild().combine(_as_children(aspects))[0], aspects)
                return
            rag, why = self.policy.combine(children)
            self._keep(full_id, noun, level, rag, (*aspects, Aspect(name="children", rag=rag, text=why)))
            return
        rag, why = self.policy.combine(children)
        self._keep(full_id, noun, level, rag, (Aspect(name="children", rag=rag, text=f"{why} ({self.policy.name})"),))

    def _finish(self, full_id: str) -> datetime | None:
        noun = self.portfolio.items.get(full_id)
        if isinstance(noun, Programme):
            return max((f for p in self._within(noun) if (f := self._finish(p.id)) is not None), default=None)
        try:
            return self.schedule.dates(full_id)[1]
        except UnknownItemError:
            return None

    def _keep(self, full_id: str, noun: Any, level: str, computed: str | None, aspects: tuple[Aspect, ...]) -> None:
        reports: list[StatusReport] = [
            r for r in getattr(noun, "status", ()) if r.rag is not None and (self.as_of is None or as_day(r.date) <= self.as_of)
        ]
        latest = max(reports, key=lambda r: r.date) if reports else None
        newest: dict[str, Confidence] = {}
        for one in getattr(noun, "confidence", ()):
            if (self.as_of is None or one.date <= self.as_of) and (one.assessor not in newest or newest[one.assessor].date <= one.date):
                newest[one.assessor] = one
        self.rows[full_id] = ItemStatus(
            item=full_id,
            name=getattr(noun, "name", ""),
            level=level,
            reported=latest.rag if latest else None,
            reported_on=latest.date if latest else None,
            computed=computed,
            aspects=aspects,
            confidence=tuple(newest.values()),
        )

    # ------------------------------------------------------------------------------------ exceptions

    def _breaches(self, rows: Mapping[str, ItemStatus]) -> Iterable[Breach]:
        for row in rows.values():
            own = self.portfolio if row.item == self.portfolio.id else self.portfolio.items[row.item]
            if row.level in ("programme", "portfolio") and getattr(own, "tolerance", None) is None:
                continue  # nobody set a limit at that level: its parts escalate theirs
            for aspect in row.aspects:
                if not aspect.over:
                    continue
                above = ABOVE[row.level]
                who = approver(self.portfolio, aspect.stake, level=above, as_of=self.as_of)
                roll = self.rolls["budget"]
                stake = rounded(aspect.stake, roll.total.unit) if aspect.stake is not None and roll is not None else None
                yield Breach(
                    item=row.item,
                    aspect=aspect.name,
                    text=aspect.text,
                    level=row.level,
                    body=None if who.body is None else who.body.id,
                    escalate_to=None if who.escalate_to is None else who.escalate_to.id,
                    reason=who.reason,
                    stake=stake,
                )

    def _converted(self, what: str, item: str, money: Money) -> Fraction:
        """An amount in the portfolio's currency."""
        found = Amounts(self.portfolio, self.as_of or date.max, what).lines(item, money)
        return found[0].value if found else exact(money)


def _as_children(aspects: Iterable[Aspect]) -> list[Child]:
    return [Child(item=aspect.name, rag=aspect.rag) for aspect in aspects]
