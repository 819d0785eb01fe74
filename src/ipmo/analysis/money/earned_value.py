"""Earned value and earned schedule, on every level: sums first, divisions last.

PV planned value, EV earned value, AC actual cost, BAC budget at completion. Level of effort earns as planned, says
nothing about the schedule, and is kept apart: it is in no index of time.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amounts, Priced, rounded
from ipmo.analysis.money.indices import EarnedSchedule, Indices, earned_schedule
from ipmo.analysis.money.measures import share_done
from ipmo.analysis.money.periods import Every, Period, PeriodRule, period_rule
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.analysis.money.timing import Timing
from ipmo.errors import ModelError
from ipmo.memory import remember
from ipmo.model.earning import Earning
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money, as_day, as_when, minutes
from ipmo.words import counted

__all__ = ["EarnedItem", "EarnedValue", "earned_value"]

PERCENT = Earning()


@attrs.frozen(kw_only=True)
class EarnedItem:
    """Earned value of a task, project, programme or the portfolio.

    Args:
        item: full id.
        name: title.
        level: portfolio, programme, project or task.
        bac: budget at completion, of what is known.
        pv: planned value to the date, level of effort left out.
        ev: earned value, level of effort left out.
        ac: actual cost; None when none is known.
        effort: (BAC, value) of level of effort, kept apart.
        known: work packages with budget, dates, progress and actual cost.
        total: work packages in all.
        rule: earning rule of a task.
        schedule: earned schedule against the plan by period; None where there is no plan.
        ac_effort: actual cost of level of effort.
        floating: how many work packages have no approved dates: their plan is the current schedule, which moves with the data
            date and never looks late. Take a snapshot as the baseline, or state baseline dates.
    """

    item: str
    name: str
    level: str
    bac: Money
    pv: Money
    ev: Money
    ac: Money | None
    effort: tuple[Money, Money]
    known: int
    total: int
    rule: str = ""
    indices: Indices = attrs.field(repr=False)
    schedule: EarnedSchedule | None = None
    parts: tuple[EarnedItem, ...] = attrs.field(default=(), repr=False)
    ac_effort: Money | None = None
    floating: int = 0

    def __str__(self) -> str:
        i = self.indices

        def of(value: float | None) -> str:
            return "unknown" if value is None else f"{value:.2f}"

        return f"{self.item}: CPI {of(i.cpi)}, SPI {of(i.spi)}, EV {self.ev} of {self.bac}, {self.known} of {self.total} known"

    @property
    def line(self) -> str:
        """Its figures in one line, with the rule that they were earned by and what is kept apart or not known."""
        text = f"{self}, PV {self.pv}, AC {self.ac if self.ac is not None else 'unknown'}"
        text += f", earned by {self.rule}" if self.rule else ""
        bac, value = self.effort
        text += f"; level of effort apart: {value} of {bac}" if bac.amount else ""
        return text + (f"; no approved dates: {counted(self.floating, 'work package')}" if self.floating else "")


@attrs.frozen
class _Sums:
    """What is added up: exact, by price base; periods of the plan for earned schedule."""

    bac: Fraction = Fraction(0)
    pv: Fraction = Fraction(0)
    ev: Fraction = Fraction(0)
    ac: Fraction | None = None
    loe_bac: Fraction = Fraction(0)
    loe: Fraction = Fraction(0)
    loe_ac: Fraction | None = None
    known: int = 0
    total: int = 0
    plan: Mapping[Period, Fraction] = attrs.field(factory=dict)
    bases: Mapping[str, str] = attrs.field(factory=dict)
    floating: int = 0
    seen: date = date.min

    def __add__(self, other: _Sums) -> _Sums:
        plan = dict(self.plan)
        for period, part in other.plan.items():
            plan[period] = plan.get(period, Fraction(0)) + part
        return _Sums(
            self.bac + other.bac,
            self.pv + other.pv,
            self.ev + other.ev,
            _plus(self.ac, other.ac),
            self.loe_bac + other.loe_bac,
            self.loe + other.loe,
            _plus(self.loe_ac, other.loe_ac),
            self.known + other.known,
            self.total + other.total,
            plan,
            {**other.bases, **self.bases},
            self.floating + other.floating,
            max(self.seen, other.seen),
        )


def _plus(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return other if one is None else one if other is None else one + other


class EarnedValue(Rows[str, EarnedItem]):
    """The answer of `earned_value`, indexed by id."""

    def __init__(self, items: Mapping[str, EarnedItem], root: str, as_of: date, every: str) -> None:
        super().__init__(items, "this earned value")
        self.root, self.as_of, self.every = root, as_of, every

    @property
    def total(self) -> EarnedItem:
        """The figures of the whole portfolio."""
        return self[self.root]

    def explain(self, item: str | None = None) -> str:
        """How an item's figures came about: its rule and figures, then those of each part, one line each.

        Args:
            item: full id; the whole portfolio when left out.

        Raises:
            UnknownItemError: there is no such item.
        """
        whole = self[item or self.root]
        return "\n".join([whole.line, *(f"  {part.line}" for part in whole.parts)])

    def table(self, level: str | None = None) -> Table:
        """One row an item: item, name, level, rule, bac, pv, ev, ac, cv, sv, cpi, spi, eac, vac, tcpi, es, at, sv_t, spi_t, ieac_t,
        effort, known, total, floating.

        Money in the portfolio's currency, es, at, sv_t and ieac_t in periods; `effort` is the level of effort kept apart.
        """
        rows = [item for item in self.rows if level is None or item.level == level]
        currency = self.total.bac.currency

        def money(values: Iterable[Money | None], name: str) -> Column:
            return Column(name, "float", [None if v is None else float(v.amount) for v in values], currency)

        def number(values: Iterable[float | None], name: str, unit: str = "") -> Column:
            return Column(name, "float", list(values), unit)

        def timed(name: str) -> list[float | None]:
            return [None if r.schedule is None else getattr(r.schedule, name) for r in rows]

        return Table(
            [
                Column("item", "str", [r.item for r in rows]),
                Column("name", "str", [r.name for r in rows]),
                Column("level", "str", [r.level for r in rows]),
                Column("rule", "str", [r.rule for r in rows]),
                money((r.bac for r in rows), "bac"),
                money((r.pv for r in rows), "pv"),
                money((r.ev for r in rows), "ev"),
                money((r.ac for r in rows), "ac"),
                number((r.indices.cv for r in rows), "cv", currency),
                number((r.indices.sv for r in rows), "sv", currency),
                number((r.indices.cpi for r in rows), "cpi"),
                number((r.indices.spi for r in rows), "spi"),
                number((r.indices.eac() for r in rows), "eac", currency),
                number((r.indices.vac() for r in rows), "vac", currency),
                number((r.indices.tcpi() for r in rows), "tcpi"),
                number(timed("es"), "es", self.every),
                number(timed("at"), "at", self.every),
                number(timed("sv_t"), "sv_t", self.every),
                number(timed("spi_t"), "spi_t"),
                number(timed("ieac_t"), "ieac_t", self.every),
                money((r.effort[1] for r in rows), "effort"),
                Column("known", "int", [r.known for r in rows]),
                Column("total", "int", [r.total for r in rows]),
                Column("floating", "int", [r.floating for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<EarnedValue as of {self.as_of}: {self.total}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def earned_value(
    portfolio: Portfolio, *, as_of: date | str | None = None, baseline: Portfolio | None = None, every: Every = "month"
) -> EarnedValue:
    """Earned value of every task, project, programme and the portfolio.

    A task plans its budget over its time in the plan (its baseline dates, else its scheduled dates) by its spread; it
    earns by its earning rule. A project with a budget of its own and no budgets below is one work package. What lacks a
    budget, a date, progress or an actual cost is counted and left out of every sum, so that no index mixes
    what one of its halves does not have; proposed and cancelled projects are left out.

    Args:
        portfolio: the portfolio.
        as_of: the date of the figures, seen from the start of its day as a data date is; when left out the status date, of a
            project with a status date of its own that one.
        baseline: the plan that budgets and dates are taken from; the portfolio's own when left out.
        every: length of the periods of earned schedule: month, quarter, year or financial year.

    Raises:
        ModelError: no date is stated, or no currency.
        OptionError: there is no such period.
        UnitError: money of two price bases would be mixed.
        MissingRateError: money in another currency has no exchange rate.
    """
    if as_of is None and portfolio.status_date is None:
        raise ModelError(f"portfolio {portfolio.id!r} has no status date; pass as_of=, or write portfolio: status_date:")
    when = as_day(as_when(as_of)) if as_of is not None else as_day(portfolio.status_date or date.max)
    if baseline is not None:
        return _Engine(portfolio, when, baseline, period_rule(portfolio, every), own=as_of is None).run()
    key = ("earned value", when, every, as_of is None)
    return remember(portfolio, key, lambda: _Engine(portfolio, when, portfolio, period_rule(portfolio, every), own=as_of is None).run())


class _Engine:
    def __init__(self, portfolio: Portfolio, as_of: date, plan: Portfolio, rule: PeriodRule, own: bool) -> None:
        self.portfolio, self.as_of, self.plan, self.rule = portfolio, as_of, plan, rule
        self.own = {p.id: as_day(p.status_date) for p in portfolio.projects if own and p.status_date is not None}
        self.budgets = Amounts(plan, as_of, "budget")
        self.actuals = Amounts(portfolio, as_of, "actual")
        self.currency = self.budgets.currency
        self.items: dict[str, EarnedItem] = {}
        self.sums: dict[str, _Sums] = {}

    @functools.cached_property
    def schedule(self) -> Schedule:
        """The schedule of the plan, loops cut."""
        return schedule(self.plan, on_cycle="cut")

    @functools.cached_property
    def timing(self) -> Timing:
        """Where the plan's budgets lie."""
        return Timing(self.plan, self.schedule)

    def dates(self, item: str) -> tuple[datetime | None, datetime | None]:
        """Dates for the measures that weigh progress by duration."""
        return self.schedule.dates(item)

    # ------------------------------------------------------------------------------ one work package

    def _package(self, full_id: str, noun: Task | Project) -> _Sums:
        planned = self.plan.items.get(full_id, noun)
        budget: Budget | None = planned.budget
        earning = noun.earning or getattr(self.portfolio.items.get(self.portfolio.project_of(full_id)), "earning", None) or PERCENT
        seen = self.own.get(self.portfolio.project_of(full_id), self.as_of)
        lines = None if budget is None else self.budgets.lines(full_id, budget)
        if lines is None:
            return _Sums(total=1)
        shares: dict[Period, Fraction] = {}
        bac = sum((line.value for line in lines), Fraction(0))
        bases = {line.base: full_id for line in lines if line.base}
        planned_value = Fraction(0)
        for line in lines:
            stretch = self.timing.line("budget", full_id, line)
            if stretch is None:
                return _Sums(total=1)
            for period, share in stretch.over(self.rule).items():
                shares[period] = shares.get(period, Fraction(0)) + line.value * share
            planned_value += line.value * stretch.by(minutes(seen))
        spent: Fraction | None = None
        stated = getattr(planned, "baseline_start", None) is not None and getattr(planned, "baseline_finish", None) is not None
        floating = int(self.plan is self.portfolio and not stated and any(line.line.since is None for line in lines))
        if noun.actual is not None:
            actual = self.actuals.lines(full_id, noun.actual)
            if actual is None:
                return _Sums(total=1)
            bases |= {line.base: full_id for line in actual if line.base}
            spent = sum((line.value for line in actual if line.line.since is None or as_day(line.line.since) <= seen), Fraction(0))
        elif self._begun(noun, seen) is False:
            spent = Fraction(0)
        if earning.rule == "level of effort":
            return _Sums(loe_bac=bac, loe=planned_value, loe_ac=spent, known=1, total=1, bases=bases, floating=floating, seen=seen)
        earned = self._earned(full_id, noun, earning, seen)
        if earned is None or spent is None:
            return _Sums(total=1)
        return _Sums(bac, planned_value, bac * earned, spent, known=1, total=1, plan=shares, bases=bases, floating=floating, seen=seen)

    def _begun(self, noun: Task | Project, seen: date) -> bool | None:
        """Whether work has begun; None of a project that should have, and does not say."""
        if isinstance(noun, Task):
            return noun.started or bool(noun.progress)
        if noun.actual_start is not None or noun.actual_finish is not None or noun.progress is not None:
            return noun.actual_start is not None or noun.actual_finish is not None or bool(noun.progress)
        due = not noun.tasks and noun.start is not None and as_day(noun.start) <= seen
        return None if due else False

    def _earned(self, full_id: str, noun: Task | Project, earning: Earning, seen: date) -> Fraction | None:
        """The share of the budget that is earned, by the rule."""
        done = noun.actual_finish is not None and as_day(noun.actual_finish) <= seen
        if earning.rule == "weighted milestones":
            weights = [(Fraction(str(step.weight)), step.done is not None and step.done <= seen) for step in earning.steps]
            return sum((w for w, reached in weights if reached), Fraction(0)) / sum((w for w, _ in weights), Fraction(0))
        if done:
            return Fraction(1)
        begun = noun.actual_start is not None and as_day(noun.actual_start) <= seen
        if earning.rule == "0/100":
            return Fraction(0)
        if earning.rule == "50/50":
            return Fraction(1, 2) if begun else Fraction(0)
        if earning.rule == "units":
            return None if earning.done is None else Fraction(str(earning.done)) / Fraction(str(earning.total))
        if noun.progress is not None:
            return Fraction(str(noun.progress))
        if not begun:
            return Fraction(0) if self._begun(noun, seen) is False or isinstance(noun, Task) else None
        if isinstance(noun, Task):
            found = share_done(self, full_id, noun)
            return None if found is None or not found[1] else found[0] / found[1]
        return None

    # ------------------------------------------------------------------------------------- the tree

    def run(self) -> EarnedValue:
        """Every level."""
        pf = self.portfolio
        tree = hierarchy(pf)

        def counted(noun: Portfolio | Programme) -> list[Programme | Project]:
            return [n for n in tree.direct(noun) if not isinstance(n, Project) or n.state not in LEFT_OUT]

        def initiative(noun: Programme | Project) -> _Sums:
            if isinstance(noun, Project):
                return self._project(noun)
            parts = [initiative(inner) for inner in counted(noun)]
            return self._keep(noun.id, noun.name, "programme", sum(parts, _Sums()), tuple(n.id for n in counted(noun)))

        parts = [initiative(noun) for noun in counted(pf)]
        self._keep(pf.id, pf.name, "portfolio", sum(parts, _Sums()), tuple(n.id for n in counted(pf)))
        order = [pf.id, *(name for name in self.items if name != pf.id)]
        return EarnedValue({name: self.items[name] for name in order}, pf.id, self.as_of, self.rule.every)

    def _project(self, project: Project) -> _Sums:
        below = subtasks(project)
        planned = self.plan.items.get(project.id, project)
        whole = planned.budget is not None and not any(task.budget is not None for task in planned.tasks)

        def work(task: Task) -> _Sums:
            full_id = f"{project.id}/{task.id}"
            inner = below.get(task.id, ())
            if inner:
                return self._keep(
                    full_id, task.name, "task", sum((work(t) for t in inner), _Sums()), tuple(f"{project.id}/{t.id}" for t in inner)
                )
            if task.milestone:
                return _Sums()
            earning = task.earning or project.earning or PERCENT
            return self._keep(full_id, task.name, "task", self._package(full_id, task), (), earning.rule)

        if whole:
            earning = project.earning or PERCENT
            noun = project if project.progress is not None or not project.tasks else self._with_progress(project)
            return self._keep(project.id, project.name, "project", self._package(project.id, noun), (), earning.rule)
        sums = sum((work(task) for task in below.get(None, ())), _Sums())
        if not project.tasks:
            sums = _Sums(total=1)
        return self._keep(project.id, project.name, "project", sums, tuple(f"{project.id}/{t.id}" for t in below.get(None, ())))

    def _with_progress(self, project: Project) -> Project:
        """A project whose budget is one lump earns by the progress of its tasks, weighted by their duration."""
        found = [share_done(self, f"{project.id}/{t.id}", t) for t in project.tasks if not t.milestone]
        starts = [t.actual_start for t in project.tasks if t.actual_start is not None]
        begun = attrs.evolve(project, actual_start=min(starts, key=minutes)) if starts else project
        known = [one for one in found if one is not None]
        whole = sum((weight for _, weight in known), Fraction(0))
        if len(known) < len(found) or not whole:
            return begun
        return attrs.evolve(begun, progress=float(sum((share for share, _ in known), Fraction(0)) / whole))

    def _keep(self, full_id: str, name: str, level: str, sums: _Sums, parts: tuple[str, ...], rule: str = "") -> _Sums:
        if len(sums.bases) > 1:
            Priced({base: (Fraction(0), item) for base, item in sums.bases.items()}).only("money")
        money = functools.partial(rounded, currency=self.currency)
        self.items[full_id] = EarnedItem(
            item=full_id,
            name=name,
            level=level,
            bac=money(sums.bac),
            pv=money(sums.pv),
            ev=money(sums.ev),
            ac=None if sums.ac is None else money(sums.ac),
            effort=(money(sums.loe_bac), money(sums.loe)),
            known=sums.known,
            total=sums.total,
            rule=rule,
            indices=Indices(bac=sums.bac, pv=sums.pv, ev=sums.ev, ac=sums.ac),
            schedule=self._timed(sums),
            parts=tuple(self.items[part] for part in parts if part in self.items),
            ac_effort=None if sums.loe_ac is None else money(sums.loe_ac),
            floating=sums.floating,
        )
        return sums

    def _timed(self, sums: _Sums) -> EarnedSchedule | None:
        """Earned schedule of what is summed, periods counted from the first of its plan."""
        if not sums.plan or sums.bac <= 0 or sums.ev < 0:
            return None
        first, last, seen = min(sums.plan), max(sums.plan), sums.seen
        planned, total, at = [], Fraction(0), 0.0
        for period in self.rule.between(first.start, last.start):
            total += sums.plan.get(period, Fraction(0))
            planned.append(total)
        for period in self.rule.between(first.start, max(last.start, seen)):
            begin, end = period.minutes
            at += min(max((minutes(seen) - begin) / (end - begin), 0.0), 1.0)
        if any(b < a for a, b in itertools.pairwise(planned)):
            return None  # a credit in the plan: it has no earned schedule
        return earned_schedule(planned, sums.ev, at)
