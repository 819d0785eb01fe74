"""Earned value and earned schedule, on every level: sums first, divisions last.

PV planned value, EV earned value, AC actual cost, BAC budget at completion. Level of effort earns as planned, says
nothing about the schedule, and is kept apart: it is in no index of time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import get_args

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amounts, Priced, Unrated, rounded
from ipmo.analysis.money.indices import EarnedSchedule, Indices
from ipmo.analysis.money.measures import budget_of, share_done
from ipmo.analysis.money.periods import Every, PeriodRule, period_rule
from ipmo.analysis.money.plan_curve import PlanCurve, Planned
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.analysis.money.timing import Timing
from ipmo.errors import MissingRateError, ModelError, one_of
from ipmo.memory import remember
from ipmo.model.earning import Earning, declared_share
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money, When, as_day, as_when, minutes
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
        bac: budget at completion: every budget that is known, of the baseline when one is named; None when none is.
        pv: planned value to the date, level of effort left out; None when no package is known in full.
        ev: earned value, level of effort left out; None when no package is known in full.
        ac: actual cost; None when none is known.
        effort: (BAC, value) of level of effort, kept apart.
        known: work packages with budget, dates, progress and actual cost: PV, EV, AC and every index are of these.
        total: work packages in all.
        rule: earning rule of a task.
        schedule: earned schedule against the plan by period; None where there is no plan.
        ac_effort: actual cost of level of effort.
        floating: how many work packages have no approved dates: their plan is the current schedule, which moves with the data
            date and never looks late. Take a snapshot as the baseline, or state baseline dates.
        scope: `added` to the named baseline (in no sum), `removed` from it (in BAC, and not known), else empty.
    """

    item: str
    name: str
    level: str
    bac: Money | None
    pv: Money | None
    ev: Money | None
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
    scope: str = ""

    def __str__(self) -> str:
        i = self.indices

        def of(value: float | None) -> str:
            return "unknown" if value is None else f"{value:.2f}"

        earned = f"EV {_said(self.ev)} of {_said(self.bac)}"
        return f"{self.item}: CPI {of(i.cpi)}, SPI {of(i.spi)}, {earned}, {self.known} of {self.total} known"

    @property
    def line(self) -> str:
        """Its figures in one line, with the rule that they were earned by and what is kept apart or not known."""
        if self.scope == "added":
            return f"{self.item}: added to the baseline, in no sum: budget {_said(self.bac)}, AC {_said(self.ac)}"
        if self.scope:
            return f"{self.item}: removed from the baseline, which gives it {_said(self.bac)}"
        text = f"{self}, PV {_said(self.pv)}, AC {_said(self.ac)}"
        text += f", earned by {self.rule}" if self.rule else ""
        bac, value = self.effort
        text += f"; level of effort apart: {value} of {bac}" if bac.amount else ""
        return text + (f"; no approved dates: {counted(self.floating, 'work package')}" if self.floating else "")


def _said(money: Money | None) -> str:
    return "unknown" if money is None else str(money)


@attrs.frozen
class _Sums:
    """What is added up: exact, by price base; the pieces of the plan for earned schedule.

    Args:
        budget: of every package whose budget is known; `bac` of those that are known in full.
        seen: the instant that it is seen from.
        ended: when its last finished package did; None where none has, or nobody says when.
        open: some package is unfinished, or nobody says when it was finished.
        shown: (PV, EV) of one package whose actual cost is not known: shown of itself, and in no sum.
    """

    budget: Fraction | None = None
    bac: Fraction = Fraction(0)
    pv: Fraction = Fraction(0)
    ev: Fraction = Fraction(0)
    ac: Fraction | None = None
    loe_bac: Fraction = Fraction(0)
    loe: Fraction = Fraction(0)
    loe_ac: Fraction | None = None
    known: int = 0
    total: int = 0
    plan: Sequence[Planned] = ()
    bases: Mapping[str, str] = attrs.field(factory=dict)
    floating: int = 0
    seen: int | None = None
    ended: int | None = None
    open: bool = False
    shown: tuple[Fraction, Fraction] | None = None

    @classmethod
    def of(cls, parts: Iterable[_Sums]) -> _Sums:
        """The sum of several."""
        found = list(parts)
        if len(found) == 1:
            return attrs.evolve(found[0], shown=None)
        bases: dict[str, str] = {}
        for part in found:
            bases = {**part.bases, **bases}
        return _Sums(
            budget=_plus(part.budget for part in found),
            bac=sum((part.bac for part in found), Fraction(0)),
            pv=sum((part.pv for part in found), Fraction(0)),
            ev=sum((part.ev for part in found), Fraction(0)),
            ac=_plus(part.ac for part in found),
            loe_bac=sum((part.loe_bac for part in found), Fraction(0)),
            loe=sum((part.loe for part in found), Fraction(0)),
            loe_ac=_plus(part.loe_ac for part in found),
            known=sum(part.known for part in found),
            total=sum(part.total for part in found),
            plan=[piece for part in found for piece in part.plan],
            bases=bases,
            floating=sum(part.floating for part in found),
            seen=max((part.seen for part in found if part.seen is not None), default=None),
            ended=max((part.ended for part in found if part.ended is not None), default=None),
            open=any(part.open for part in found),
        )


def _plus(amounts: Iterable[Fraction | None]) -> Fraction | None:
    """The sum of what is known; None when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if known else None


class EarnedValue(Rows[str, EarnedItem]):
    """The answer of `earned_value`, indexed by id."""

    def __init__(self, items: Mapping[str, EarnedItem], root: str, as_of: When, every: str, currency: str) -> None:
        super().__init__(items, "this earned value")
        self.root, self.as_of, self.every, self.currency = root, as_of, every, currency

    @property
    def total(self) -> EarnedItem:
        """The figures of the whole portfolio."""
        return self[self.root]

    @property
    def added(self) -> tuple[EarnedItem, ...]:
        """Work packages that the named baseline does not have: in no sum."""
        return tuple(item for item in self.rows if item.scope == "added")

    @property
    def removed(self) -> tuple[EarnedItem, ...]:
        """Work packages of the named baseline that are there no more, or no longer counted: their budgets are in BAC."""
        return tuple(item for item in self.rows if item.scope == "removed")

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
        effort, known, total, floating, scope.

        Money in the portfolio's currency, es, at, sv_t and ieac_t in periods; `effort` is the level of effort kept apart. `bac` is of
        every budget that is known, all else of the `known` packages.
        """
        rows = [item for item in self.rows if level is None or item.level == level]
        currency = self.currency

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
                Column("scope", "str", [r.scope for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<EarnedValue as of {self.as_of}: {self.total}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def earned_value(
    portfolio: Portfolio,
    *,
    as_of: date | str | None = None,
    baseline: Portfolio | None = None,
    every: Every = "month",
    unrated: Unrated = "refuse",
) -> EarnedValue:
    """Earned value of every task, project, programme and the portfolio.

    A task plans its budget over its time in the plan (its baseline dates, else its scheduled dates) by its spread; it
    earns by its earning rule, or by the share that an extension declares (a scope and its base). A project with a budget of its own and no budgets below is one work package. What lacks a
    budget, a date, progress or an actual cost is counted and left out of every sum but BAC, so that no index mixes
    what one of its halves does not have; proposed and cancelled projects are left out.

    Args:
        portfolio: the portfolio.
        as_of: the date of the figures, seen from the start of its day as a data date is, or the time where one is given; when
            left out the status date, of a project with a status date of its own that one.
        baseline: the plan that budgets and dates are taken from; the portfolio's own when left out. What was added to it is in no
            sum, what was removed from it stays in BAC; both are listed.
        every: length of the periods of earned schedule: month, quarter, year or financial year.
        unrated: what becomes of money without an exchange rate, as for `roll_up`.

    Raises:
        ModelError: no date is stated, or no currency.
        OptionError: there is no such period.
        UnitError: money of two price bases would be mixed.
        MissingRateError: money in another currency has no exchange rate, and that is to be refused.
    """
    if as_of is None and portfolio.status_date is None:
        raise ModelError(f"portfolio {portfolio.id!r} has no status date; pass as_of=, or write portfolio: status_date:")
    one_of("unrated", unrated, get_args(Unrated))
    when = as_when(as_of) if as_of is not None else portfolio.status_date or date.max
    rule, own = period_rule(portfolio, every), as_of is None
    if baseline is not None:
        return _Engine(portfolio, when, baseline, rule, own, unrated).run()
    if unrated == "unknown":
        try:
            return earned_value(portfolio, as_of=as_of, every=every)  # where no rate is missing it is one answer, made once
        except MissingRateError:
            pass
    key = ("earned value", when, every, own, unrated)
    return remember(portfolio, key, lambda: _Engine(portfolio, when, portfolio, rule, own, unrated).run())


def _happened(when: When, seen: When) -> bool:
    """Whether something has happened by then: by the minute where both say a time, else by the day."""
    if isinstance(when, datetime) and isinstance(seen, datetime):
        return when <= seen
    return as_day(when) <= as_day(seen)


class _Engine:
    def __init__(self, portfolio: Portfolio, as_of: When, plan: Portfolio, rule: PeriodRule, own: bool, unrated: Unrated) -> None:
        self.portfolio, self.as_of, self.plan, self.rule = portfolio, as_of, plan, rule
        self.own = {p.id: p.status_date for p in portfolio.projects if own and p.status_date is not None}
        self.budgets = Amounts(plan, as_day(as_of), "budget", unrated=unrated)
        self.actuals = Amounts(portfolio, as_day(as_of), "actual", unrated=unrated)
        self.currency = self.budgets.currency
        self.items: dict[str, EarnedItem] = {}
        self.packages: set[str] = set()

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
        self.packages.add(full_id)
        planned = self.plan.items.get(full_id, noun)
        budget = budget_of(self.plan, full_id, planned)
        earning = noun.earning or getattr(self.portfolio.items.get(self.portfolio.project_of(full_id)), "earning", None) or PERCENT
        seen = self.own.get(self.portfolio.project_of(full_id), self.as_of)
        lines = None if budget is None else self.budgets.lines(full_id, budget)
        if lines is None:
            return _Sums(total=1)
        bac = sum((line.value for line in lines), Fraction(0))
        bases = {line.base: full_id for line in lines if line.base}
        unknown = _Sums(budget=None if earning.rule == "level of effort" else bac, total=1, bases=bases)
        plan: list[Planned] = []
        planned_value = Fraction(0)
        for line in lines:
            stretch = self.timing.line("budget", full_id, line)
            if stretch is None:
                return unknown
            plan.append(Planned(line.value, stretch))
            planned_value += line.value * stretch.by(minutes(seen))
        spent: Fraction | None = None
        stated = getattr(planned, "baseline_start", None) is not None and getattr(planned, "baseline_finish", None) is not None
        floating = int(self.plan is self.portfolio and not stated and any(line.line.since is None for line in lines))
        if noun.actual is not None:
            actual = self.actuals.lines(full_id, noun.actual)
            if actual is None:
                return unknown
            bases |= {line.base: full_id for line in actual if line.base}
            spent = sum((line.value for line in actual if line.line.since is None or _happened(line.line.since, seen)), Fraction(0))
        elif self._begun(noun, seen) is False:
            spent = Fraction(0)
        shared = _Sums(known=1, total=1, bases=bases, floating=floating, seen=minutes(seen))
        if earning.rule == "level of effort":
            return attrs.evolve(shared, loe_bac=bac, loe=planned_value, loe_ac=spent)
        earned = self._earned(full_id, noun, earning, seen)
        if earned is None:
            return unknown
        if spent is None:
            return attrs.evolve(unknown, shown=(planned_value, bac * earned))
        ended = self._ended(noun, earning, seen) if earned >= 1 else None
        return attrs.evolve(
            shared, budget=bac, bac=bac, pv=planned_value, ev=bac * earned, ac=spent, plan=plan, ended=ended, open=ended is None
        )

    def _begun(self, noun: Task | Project, seen: When) -> bool | None:
        """Whether work has begun; None of a project that should have, and does not say."""
        if declared_share(noun.earning, noun.extensions):
            return True
        if isinstance(noun, Task):
            return noun.started or bool(noun.progress)
        if noun.actual_start is not None or noun.actual_finish is not None or noun.progress is not None:
            return noun.actual_start is not None or noun.actual_finish is not None or bool(noun.progress)
        due = not noun.tasks and noun.start is not None and _happened(noun.start, seen)
        return None if due else False

    def _earned(self, full_id: str, noun: Task | Project, earning: Earning, seen: When) -> Fraction | None:
        """The share of the budget that is earned, by the rule."""
        done = noun.actual_finish is not None and _happened(noun.actual_finish, seen)
        declared = declared_share(noun.earning, noun.extensions)
        if declared is not None:
            return Fraction(1) if done else Fraction(str(declared))
        if earning.rule == "weighted milestones":
            weights = [(Fraction(str(step.weight)), step.done is not None and _happened(step.done, seen)) for step in earning.steps]
            return sum((w for w, reached in weights if reached), Fraction(0)) / sum((w for w, _ in weights), Fraction(0))
        if done:
            return Fraction(1)
        begun = noun.actual_start is not None and _happened(noun.actual_start, seen)
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

    def _ended(self, noun: Task | Project, earning: Earning, seen: When) -> int | None:
        """When work that has earned all its budget ended: by then its time stops; None when nobody says."""
        if noun.actual_finish is not None and _happened(noun.actual_finish, seen):
            return minutes(noun.actual_finish, end=True)
        reached = [step.done for step in earning.steps if step.done is not None]
        if reached:
            return minutes(max(reached), end=True)
        if isinstance(noun, Project) and noun.tasks:
            ends = [task.actual_finish for task in noun.tasks if not task.milestone]
            if all(end is not None for end in ends):
                return max((minutes(end, end=True) for end in ends if end is not None), default=None)
        return None

    # ------------------------------------------------------------------------------------- the tree

    def run(self) -> EarnedValue:
        """Every level; what the baseline has and the portfolio does not, beside its project or programme, else below the whole."""
        pf = self.portfolio
        tree = hierarchy(pf)
        gone = self._gone()

        def counted(noun: Portfolio | Programme) -> list[Programme | Project]:
            return [n for n in tree.direct(noun) if not isinstance(n, Project) or n.state not in LEFT_OUT]

        def initiative(noun: Programme | Project) -> _Sums:
            if isinstance(noun, Project):
                return self._project(noun, gone)
            below = counted(noun)
            parts = [initiative(inner) for inner in below]
            names = tuple(n.id for n in below) + tuple(gone.get(noun.id, ()))
            return self._keep(noun.id, noun.name, "programme", _Sums.of([*parts, *self._removed(gone, noun.id)]), names)

        below = counted(pf)
        parts = [initiative(noun) for noun in below]
        parts += self._removed(gone, "")
        self._keep(pf.id, pf.name, "portfolio", _Sums.of(parts), tuple(n.id for n in below) + tuple(gone.get("", ())))
        order = [pf.id, *(name for name in self.items if name != pf.id)]
        return EarnedValue({name: self.items[name] for name in order}, pf.id, self.as_of, self.rule.every, self.currency)

    def _gone(self) -> dict[str, dict[str, Task | Project]]:
        """Packages of the baseline that the portfolio no longer counts, by the project or programme of now that they belonged to."""
        if self.plan is self.portfolio:
            return {}
        now = {p.id for p in self.portfolio.projects if p.state not in LEFT_OUT}
        programmes = {p.id for p in self.portfolio.programmes}
        out: dict[str, dict[str, Task | Project]] = {}
        for project in self.plan.projects:
            if project.state in LEFT_OUT:
                continue
            above = project.id if project.id in now else project.programme if project.programme in programmes else ""
            packages = dict(_packages(project))
            if project.id in now:
                held = dict(_packages(self.portfolio.items[project.id], packages.keys() == {project.id}))
                packages = {name: noun for name, noun in packages.items() if name not in held}
            if packages:
                out.setdefault(above or "", {}).update(packages)
        return out

    def _removed(self, gone: Mapping[str, Mapping[str, Task | Project]], above: str) -> list[_Sums]:
        """What was removed from one project or programme: its budget stays in BAC, and nobody reports on it."""
        out = []
        for full_id, noun in gone.get(above, {}).items():
            stated = budget_of(self.plan, full_id, noun)
            lines = None if stated is None else self.budgets.lines(full_id, stated)
            budget = None if lines is None else sum((line.value for line in lines), Fraction(0))
            sums = _Sums(budget=budget, total=1, bases={line.base: full_id for line in lines or () if line.base})
            level = "task" if isinstance(noun, Task) else "project"
            out.append(self._keep(full_id, noun.name, level, sums, (), scope="removed"))
        return out

    def _project(self, project: Project, gone: Mapping[str, Mapping[str, Task | Project]]) -> _Sums:
        below = subtasks(project)
        planned = self.plan.items.get(project.id)
        counted = planned is not None and planned.state not in LEFT_OUT
        plan = planned if counted and isinstance(planned, Project) else project
        known = {name for name, _ in _packages(plan)} if self.plan is not self.portfolio and counted else None

        def work(task: Task) -> _Sums:
            full_id = f"{project.id}/{task.id}"
            inner = below.get(task.id, ())
            if inner:
                sums = _Sums.of([work(t) for t in inner])
                return self._keep(full_id, task.name, "task", sums, tuple(f"{project.id}/{t.id}" for t in inner))
            if task.milestone:
                return _Sums()
            earning = task.earning or project.earning or PERCENT
            if self.plan is not self.portfolio and (known is None or full_id not in known):
                return self._added(full_id, task, "task")
            return self._keep(full_id, task.name, "task", self._package(full_id, task), (), earning.rule)

        if _whole(plan):
            if self.plan is not self.portfolio and not counted:
                return self._added(project.id, project, "project")
            earning = project.earning or PERCENT
            noun = project if project.progress is not None or not project.tasks else self._with_progress(project)
            return self._keep(project.id, project.name, "project", self._package(project.id, noun), (), earning.rule)
        roots = below.get(None, ())
        sums = _Sums.of([*(work(task) for task in roots), *self._removed(gone, project.id)])
        if not project.tasks and not gone.get(project.id):
            sums = _Sums(total=1)
        parts = tuple(f"{project.id}/{t.id}" for t in roots) + tuple(gone.get(project.id, ()))
        return self._keep(project.id, project.name, "project", sums, parts)

    def _added(self, full_id: str, noun: Task | Project, level: str) -> _Sums:
        """What the baseline does not have is shown with its own budget and actual cost, and is in no sum."""
        amounts = Amounts(self.portfolio, as_day(self.as_of), "budget", unrated=self.actuals.unrated)
        stated = ((amounts, budget_of(self.portfolio, full_id, noun)), (self.actuals, noun.actual))
        budget, actual = (None if money is None else known.lines(full_id, money) for known, money in stated)
        bac, ac = (None if lines is None else sum((line.value for line in lines), Fraction(0)) for lines in (budget, actual))
        self._keep(full_id, noun.name, level, _Sums(budget=bac, ac=ac), (), scope="added")
        return _Sums()

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

    def _keep(self, full_id: str, name: str, level: str, sums: _Sums, parts: tuple[str, ...], rule: str = "", scope: str = "") -> _Sums:
        if len(sums.bases) > 1:
            Priced({base: (Fraction(0), item) for base, item in sums.bases.items()}).only("money")
        money = functools.partial(rounded, currency=self.currency)
        self.items[full_id] = EarnedItem(
            item=full_id,
            name=name,
            level=level,
            bac=None if sums.budget is None else money(sums.budget),
            pv=money(sums.pv) if sums.known else None if sums.shown is None else money(sums.shown[0]),
            ev=money(sums.ev) if sums.known else None if sums.shown is None else money(sums.shown[1]),
            ac=None if sums.ac is None else money(sums.ac),
            effort=(money(sums.loe_bac), money(sums.loe)),
            known=sums.known,
            total=sums.total,
            rule=rule,
            indices=Indices(bac=sums.bac, pv=sums.pv, ev=sums.ev, ac=sums.ac if not scope else None),
            schedule=self._timed(sums),
            parts=tuple(self.items[part] for part in parts if part in self.items),
            ac_effort=None if sums.loe_ac is None else money(sums.loe_ac),
            floating=sums.floating,
            scope=scope,
        )
        return sums

    def _timed(self, sums: _Sums) -> EarnedSchedule | None:
        """Earned schedule of what is summed: time runs from the plan's first instant to now, or to the end of finished work."""
        if not sums.plan or sums.bac <= 0 or sums.ev < 0 or sums.seen is None or any(piece.value < 0 for piece in sums.plan):
            return None  # a credit in the plan: it has no earned schedule
        return PlanCurve(sums.plan, self.rule).earned(sums.ev, sums.seen, None if sums.open else sums.ended)


def _whole(project: Project) -> bool:
    """A budget of its own and none below: the project is one work package."""
    return project.budget is not None and not any(task.budget is not None for task in project.tasks)


def _packages(project: Project, whole: bool | None = None) -> Iterable[tuple[str, Task | Project]]:
    """The work packages of a project: itself, or its tasks without parts that are no milestones."""
    if _whole(project) if whole is None else whole:
        yield project.id, project
        return
    below = subtasks(project)
    for task in project.tasks:
        if task.id not in below and not task.milestone:
            yield f"{project.id}/{task.id}", task
