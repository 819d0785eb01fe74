"""Earned value on columns is what the item-by-item way makes: to the last digit, with its errors, against every kind of baseline."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amounts, Priced, Unrated, rounded
from ipmo.analysis.money.earned_item import EarnedItem
from ipmo.analysis.money.earned_value import earned_value
from ipmo.analysis.money.exact import ExactColumn, Placed, Ratios, Running, fitting, whole_numbers
from ipmo.analysis.money.indices import EarnedSchedule, Indices
from ipmo.analysis.money.measures import budget_of, share_done
from ipmo.analysis.money.periods import EVERY, PeriodRule, Stretch, period_rule, wall_clock
from ipmo.analysis.money.plan_curve import PlanCurve, Planned
from ipmo.analysis.money.plan_curves import SHAPES, Pieces, PlanCurves
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.analysis.money.timing import Timing
from ipmo.errors import IpmoError
from ipmo.memory import forget
from ipmo.model import (
    Assignment,
    Budget,
    BudgetLine,
    Calendar,
    Earning,
    EarningStep,
    MoneySettings,
    Portfolio,
    PriceBase,
    Programme,
    Project,
    RateRow,
    Resource,
    Task,
)
from ipmo.model.earning import declared_share
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.later import unread
from ipmo.model.money import as_spread
from ipmo.network.clocks import Clocks
from ipmo.testing.strategies import portfolios
from ipmo.units import When, as_day, as_money, minutes

from ...network.conftest import as_large

PERCENT = Earning()
NIGHTS = Calendar(id="nights", week="mon-thu", hours="22:00-06:00", holidays=["2026-01-07"])


@attrs.frozen
class _Sums:
    """What is added up: exact, by price base; the pieces of the plan for earned schedule.

    Args:
        budget: of every package whose budget is known; `bac` of those that are known in full.
        seen: the instant that it is seen from.
        ended: when its last finished package did; None where none has, or nobody says when.
        open: some package is unfinished, or nobody says when it was finished.
        costed: (BAC, PV, EV) of those whose actual cost is known too.
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
    measured: int = 0
    costed: tuple[Fraction, Fraction, Fraction] = (Fraction(0), Fraction(0), Fraction(0))
    total: int = 0
    plan: Sequence[Planned] = ()
    bases: Mapping[str, str] = attrs.field(factory=dict)
    floating: int = 0
    seen: int | None = None
    ended: int | None = None
    open: bool = False
    removed: Fraction = Fraction(0)

    @classmethod
    def of(cls, parts: Iterable[_Sums]) -> _Sums:
        """The sum of several."""
        found = list(parts)
        if len(found) == 1:
            return found[0]
        bases: dict[str, str] = {}
        for part in found:
            bases = {**part.bases, **bases}
        return _Sums(
            budget=_plus(part.budget for part in found),
            bac=sum((part.bac for part in found), Fraction(0)),
            removed=sum((part.removed for part in found), Fraction(0)),
            pv=sum((part.pv for part in found), Fraction(0)),
            ev=sum((part.ev for part in found), Fraction(0)),
            ac=_plus(part.ac for part in found),
            loe_bac=sum((part.loe_bac for part in found), Fraction(0)),
            loe=sum((part.loe for part in found), Fraction(0)),
            loe_ac=_plus(part.loe_ac for part in found),
            known=sum(part.known for part in found),
            measured=sum(part.measured for part in found),
            costed=tuple(sum((part.costed[place] for part in found), Fraction(0)) for place in range(3)),
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


def _happened(when: When, seen: When) -> bool:
    """Whether something has happened by then: by the minute where both say a time, else by the day."""
    if isinstance(when, datetime) and isinstance(seen, datetime):
        return when <= seen
    return as_day(when) <= as_day(seen)


class ItemByItem:
    """The reference: every item summed from the items that it holds."""

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
            if actual is not None:
                bases |= {line.base: full_id for line in actual if line.base}
                spent = sum((line.value for line in actual if line.line.since is None or _happened(line.line.since, seen)), Fraction(0))
        elif self._begun(noun, seen) is False:
            spent = Fraction(0)
        shared = _Sums(known=1, measured=1, total=1, bases=bases, floating=floating, seen=minutes(seen))
        if earning.rule == "level of effort":
            return attrs.evolve(shared, loe_bac=bac, loe=planned_value, loe_ac=spent)
        earned = self._earned(full_id, noun, earning, seen)
        if earned is None:
            return unknown
        ended = self._ended(noun, earning, seen) if earned >= 1 else None
        found = attrs.evolve(
            shared, budget=bac, bac=bac, pv=planned_value, ev=bac * earned, ac=spent, plan=plan, ended=ended, open=ended is None
        )
        return attrs.evolve(found, known=0) if spent is None else attrs.evolve(found, costed=(found.bac, found.pv, found.ev))

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

    def run(self) -> dict[str, EarnedItem]:
        """Every level; what the baseline has and the portfolio does not, beside its project or programme, else below the whole."""
        pf = self.portfolio
        tree = hierarchy(pf)
        gone = self._gone()

        def counted(noun: Portfolio | Programme) -> list[Programme | Project]:
            return [n for n in tree.direct(noun) if not isinstance(n, Project) or n.counted_as not in LEFT_OUT]

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
        return {name: self.items[name] for name in order}

    def _gone(self) -> dict[str, dict[str, Task | Project]]:
        """Packages of the baseline that the portfolio no longer counts, by the project or programme of now that they belonged to."""
        if self.plan is self.portfolio:
            return {}
        now = {p.id for p in self.portfolio.projects if p.counted_as not in LEFT_OUT}
        programmes = {p.id for p in self.portfolio.programmes}
        out: dict[str, dict[str, Task | Project]] = {}
        for project in self.plan.projects:
            if project.counted_as in LEFT_OUT:
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
            sums = _Sums(
                budget=budget, removed=budget or Fraction(0), total=1, bases={line.base: full_id for line in lines or () if line.base}
            )
            level = "task" if isinstance(noun, Task) else "project"
            out.append(self._keep(full_id, noun.name, level, sums, (), scope="removed"))
        return out

    def _project(self, project: Project, gone: Mapping[str, Mapping[str, Task | Project]]) -> _Sums:
        below = subtasks(project)
        planned = self.plan.items.get(project.id)
        counted = planned is not None and planned.counted_as not in LEFT_OUT
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
            pv=money(sums.pv) if sums.measured else None,
            ev=money(sums.ev) if sums.measured else None,
            ac=None if sums.ac is None else money(sums.ac),
            effort=(money(sums.loe_bac), money(sums.loe)),
            known=sums.known,
            measured=sums.measured,
            total=sums.total,
            rule=rule,
            indices=self._indices(sums, sums.ac if not scope else None),
            schedule=self._timed(sums),
            parts=tuple(self.items[part] for part in parts if part in self.items),
            ac_effort=None if sums.loe_ac is None else money(sums.loe_ac),
            floating=sums.floating,
            scope=scope,
        )
        return sums

    def _indices(self, sums: _Sums, ac: Fraction | None) -> Indices:
        removed = sums.removed if sums.measured else Fraction(0)
        whole = Indices(bac=sums.bac + removed, pv=sums.pv, ev=sums.ev, ac=ac)
        if ac is None or sums.known == sums.measured:
            return whole
        bac, pv, ev = sums.costed
        return attrs.evolve(whole, costed=Indices(bac=bac + removed, pv=pv, ev=ev, ac=ac))

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


def money(rng: random.Random, known: float) -> Any:
    """A budget or an actual cost: a lump, pence, another currency, an estimate, dated lines, other prices, nothing."""
    amount = rng.randint(0, 9_000)
    if rng.random() > known:
        return None
    month = rng.randint(1, 6)
    lines = [
        BudgetLine(amount=f"{amount} GBP", since=f"2026-0{month}-03", until=f"2026-0{month + 2}-14" if rng.random() < 0.5 else None),
        BudgetLine(amount=f"{amount}.31 {rng.choice(('GBP', 'EUR'))}", price_base=PriceBase(year=2024) if rng.random() < 0.1 else None),
    ]
    choices = [
        f"{amount} GBP",
        f"{amount}.17 GBP",
        f"{amount} EUR",
        {"low": "1 GBP", "likely": f"{amount + 1} GBP", "high": "9999 GBP"},
        Budget(tuple(lines)),
    ]
    return rng.choices(choices, (8, 2, 1, 1, 1))[0]


def work(rng: random.Random) -> dict[str, Any]:
    """What is known of the progress and the plan of one task or project."""
    found: dict[str, Any] = {"actual": money(rng, 0.5)}
    if rng.random() < 0.6:
        found["progress"] = rng.choice((0, 0.25, 0.333, 0.5, 1))
    if rng.random() < 0.3:
        found["actual_start"] = f"2026-01-{rng.randint(5, 28):02}"
        if rng.random() < 0.5:
            found |= {"actual_finish": f"2026-0{rng.randint(2, 7)}-11"}
            found.pop("progress", None)
    if rng.random() < 0.4:
        steps = (EarningStep(name="a", weight=0.3, done="2026-02-03"), EarningStep(name="b", weight=0.7))
        found["earning"] = rng.choice(
            ("0/100", "50/50", "level of effort", Earning(rule="units", total=9, done=4), Earning(rule="weighted milestones", steps=steps))
        )
    if rng.random() < 0.3:
        found["spread"] = rng.choice(("front", "back", "s-curve", [0.2, 0.8]))
    return found


def plan(seed: int, *, other: int = 0) -> Portfolio:
    """A random portfolio; with another seed of changes the same ids, some gone and some new."""
    rng, change = random.Random(seed), random.Random(other)
    programmes = [
        Programme(id=f"g{i}", programme=f"g{rng.randrange(i)}" if i and rng.random() < 0.5 else None) for i in range(rng.randint(0, 3))
    ]
    projects = []
    for p in range(rng.randint(1, 4)):
        tasks: list[Task] = []
        for t in range(rng.randint(0, 7)):
            fields = work(rng)
            over = rng.choice([one.id for one in tasks]) if tasks and rng.random() < 0.3 else None
            approved = {"baseline_start": "2026-02-02", "baseline_finish": "2026-04-09"} if rng.random() < 0.3 else {}
            milestone, length = rng.random() < 0.1, rng.choice((None, "3 d", "20 d", "33 h", "90 d", "7 ed"))
            if milestone:
                fields, length = {}, None
            elif rng.random() < 0.1:
                fields |= {"plus_resources": True, "assignments": [Assignment(resource="crew", effort=rng.choice((None, "3 pd")))]}
            tasks.append(
                Task(
                    id=f"t{t}",
                    parent=over,
                    milestone=milestone,
                    duration=length,
                    budget=None if milestone else money(rng, 0.8),
                    **fields,
                    **approved,
                )
            )
        held = {one.parent for one in tasks}
        plain = [
            attrs.evolve(one, progress=None, actual_start=None, actual_finish=None, earning=None, duration=None, milestone=False)
            if one.id in held
            else one
            for one in tasks
        ]
        whole = money(rng, 0.4)
        if rng.random() < 0.3:
            plain = [attrs.evolve(one, budget=None) for one in plain]
        fields = work(rng)
        if tasks:
            fields = {name: value for name, value in fields.items() if not name.startswith("actual_")}
        own = {"status_date": f"2026-0{rng.randint(2, 6)}-15"} if rng.random() < 0.2 else {}
        base = PriceBase(year=2025) if rng.random() < 0.15 else None
        state = rng.choice(("active", "active", "active", "proposed", "cancelled"))
        above = rng.choice(programmes).id if programmes and rng.random() < 0.5 else None
        if other:
            plain = [one for one in plain if one.id in held or change.random() < 0.7]
            state = change.choice(("active", "active", "cancelled"))
            if change.random() < 0.2:
                continue
        projects.append(Project(id=f"p{p}", programme=above, state=state, tasks=plain, price_base=base, budget=whole, start="2026-01-12", finish="2026-08-03", **fields, **own))  # fmt: skip
    rates = [RateRow(since="2026-03-01", per={"EUR": "0.8567"})] if rng.random() < 0.8 else []
    name = "p0" if len(projects) == 1 and not programmes else "all"
    return Portfolio(id=name, start="2026-01-05", status_date="2026-04-01", money=MoneySettings(currency="GBP"), rates=rates, programmes=programmes, projects=projects, resources=[Resource(id="crew", rate="300 GBP per pd")])  # fmt: skip


def answered(ask: Callable[[], Mapping[str, EarnedItem]]) -> object:
    """The rows with all that can be seen of them, or what was refused and why."""
    try:
        found = ask()
    except IpmoError as error:
        return type(error), str(error)
    return [
        (name, attrs.evolve(item, parts=(), schedule=item.schedule), [part.item for part in item.parts]) for name, item in found.items()
    ]


def compared(pf: Portfolio, baseline: Portfolio | None, unrated: Unrated, as_of: str | None) -> None:
    """Asks both ways."""
    rule = period_rule(pf, "month")

    def by_item() -> Mapping[str, EarnedItem]:
        when = date.fromisoformat(as_of) if as_of is not None else pf.status_date or date.max
        return ItemByItem(pf, when, baseline or pf, rule, as_of is None, unrated).run()

    def on_columns() -> Mapping[str, EarnedItem]:
        forget(pf)
        found = earned_value(pf, as_of=as_of, baseline=baseline, unrated=unrated)
        return {row.item: row for row in found}

    assert answered(on_columns) == answered(by_item)


def tables(pf: Portfolio, baseline: Portfolio | None, unrated: Unrated, as_of: str | None, every: Any = "month") -> None:
    """The table filled in columns is that of its rows: to the last digit, of levels too; sums of many plans in another order to a part in 10^9."""
    forget(pf)
    try:
        found = earned_value(pf, as_of=as_of, baseline=baseline, unrated=unrated, every=every)
    except IpmoError:
        return
    with pytest.MonkeyPatch.context() as patch:
        for level in (None, "task", "project"):
            patch.setattr("ipmo.analysis.money.earned_value.IN_COLUMNS", 0)
            in_columns = found.table(level)
            patch.setattr("ipmo.analysis.money.earned_value.IN_COLUMNS", 10**9)
            by_row = found.table(level)
            assert in_columns.columns == by_row.columns
            for name in by_row.columns:
                assert (in_columns.kind(name), in_columns.unit(name)) == (by_row.kind(name), by_row.unit(name)), name
                if name in ("es", "at", "sv_t", "spi_t", "ieac_t"):
                    for one, other in zip(in_columns[name], by_row[name], strict=True):
                        assert (one is None) == (other is None), name
                        assert other is None or one == pytest.approx(other, rel=1e-9, abs=1e-9), name
                else:
                    assert in_columns[name] == by_row[name], name


RATED = st.sampled_from(["refuse", "unknown"])
DATES = st.sampled_from([None, "2026-03-15", "2026-09-01"])


@given(st.integers(0, 10**9), RATED, DATES)
def test_earned_value_on_columns_is_that_made_item_by_item(seed: int, unrated: Unrated, as_of: str | None) -> None:
    compared(plan(seed), None, unrated, as_of)


def plain_work(rng: random.Random) -> dict[str, Any]:
    """A task that says it all by amounts, a share and dates; great amounts and odd shares among them."""
    found: dict[str, Any] = {"duration": rng.choice((None, "3 d", "20 d", "33 h", "90 d", "7 ed"))}
    amount = rng.choice((0, rng.randint(1, 9_000), rng.randint(1, 9_000), 10 ** rng.randint(12, 14)))
    found["budget"] = f"{amount}{rng.choice(('', '.17', '.005'))} GBP"
    if rng.random() < 0.6:
        found["actual"] = f"{rng.randint(0, 9_000)}.5 GBP"
    if rng.random() < 0.6:
        found["progress"] = rng.choice((0, 0.25, 1 / 3, 0.1234567, 0.5, 1))
    if rng.random() < 0.4:
        found["actual_start"] = f"2026-0{rng.randint(1, 5)}-{rng.randint(5, 28):02}"
        if rng.random() < 0.5:
            found |= {"actual_finish": "2026-06-11" if rng.random() < 0.5 else found["actual_start"]}
            found.pop("progress", None)
    if rng.random() < 0.3:
        found["spread"] = rng.choice(("front", "back", "s-curve", [0.2, 0.8]))
    if rng.random() < 0.3:
        found |= {"baseline_start": "2026-02-02", "baseline_finish": "2026-04-09"}
    if rng.random() < 0.2:
        found["earning"] = rng.choice(("0/100", "level of effort"))
    return found


def plain_plan(seed: int) -> Portfolio:
    """A random portfolio of plain tasks, linked one after the other or not, some in projects with a status date of their own."""
    rng = random.Random(seed)
    projects = []
    for p in range(rng.randint(1, 4)):
        tasks = [
            Task(id=f"t{t}", **plain_work(rng), after=[f"t{t - 1}"] if t and rng.random() < 0.5 else []) for t in range(rng.randint(0, 9))
        ]
        own = {"status_date": f"2026-0{rng.randint(2, 6)}-15"} if rng.random() < 0.3 else {}
        projects.append(Project(id=f"p{p}", tasks=tasks, state=rng.choice(("active", "active", "paused", "cancelled")), **own))
    back = {"dialect": "msproject"} if rng.random() < 0.2 else {}
    return Portfolio(id="all", start="2026-01-05", status_date="2026-04-01", money=MoneySettings(currency="GBP"), projects=projects, **back)


@given(st.integers(0, 10**9), RATED, DATES, st.sampled_from(sorted(EVERY)))
def test_a_table_in_columns_is_that_of_its_rows(seed: int, unrated: Unrated, as_of: str | None, every: str) -> None:
    tables(plan(seed), None, unrated, as_of, every)


@given(st.integers(0, 10**9), DATES)
def test_so_it_is_of_plain_work(seed: int, as_of: str | None) -> None:
    tables(plain_plan(seed), None, "refuse", as_of)


@given(st.integers(0, 10**9), st.integers(1, 10**9), DATES)
def test_so_it_is_against_a_baseline(seed: int, other: int, as_of: str | None) -> None:
    tables(plan(seed), plan(seed, other=other), "unknown", as_of)


@given(portfolios(), st.sampled_from(["2026-03-15", "2027-09-01"]))
def test_so_it_is_on_any_valid_portfolio(pf: Portfolio, as_of: str) -> None:
    tables(pf, None, "unknown", as_of)


def test_work_that_nobody_has_looked_at_stays_so_and_says_the_same() -> None:
    """1,200 tasks that were read as columns: earned value, its table and its rows, with no task made for the first two."""
    projects = [
        {"id": f"p{p}", "earning": "50/50" if p == 3 else "0/100", "tasks": [{"id": f"t{t}", "name": f"{p} {t}", "duration": "3 d"} for t in range(100)]}
        for p in range(12)
    ]  # fmt: skip
    head = {"id": "all", "start": "2026-01-05", "status_date": "2026-02-02", "money": {"currency": "GBP"}}
    read = ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": projects})
    assert all(unread(project, "tasks") for project in read.projects)
    table = earned_value(read).table()
    assert all(unread(project, "tasks") for project in read.projects)
    made = ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": projects})
    assert sum(len(project.tasks) for project in made.projects) == 1_200
    forget(made)
    whole = earned_value(made)
    assert table == whole.table()
    assert {row["rule"] for row in table.rows() if row["level"] == "task"} == {"50/50", "0/100"}
    assert answered(lambda: {row.item: row for row in earned_value(read)}) == answered(lambda: {row.item: row for row in whole})


@st.composite
def several_plans(draw: st.DrawFn) -> list[list[Planned]]:
    """Plans of pieces that lie apart, over one another, at once, or beside a pause, on two clocks."""
    clocks = Clocks([NIGHTS])
    begin, plans = minutes(date(2026, 1, 5)), []
    for _ in range(draw(st.integers(1, 4))):
        pieces = []
        for _ in range(draw(st.integers(1, 4))):
            since = begin + draw(st.integers(0, 9_000))
            until = since + draw(st.sampled_from([0, 1, 480, 5_000, 100_000]))
            worked = draw(st.sampled_from([wall_clock, clocks[1].work]))
            pieces.append(
                Planned(Fraction(draw(st.integers(0, 9)), 7), Stretch(since, until, as_spread(draw(st.sampled_from(SHAPES))), worked))
            )
        if any(piece.value for piece in pieces):
            plans.append(pieces)
    return plans


@given(several_plans(), st.sampled_from(sorted(EVERY)), st.data())
def test_plans_followed_together_are_what_each_comes_to_by_itself(plans: list[list[Planned]], every: str, data: st.DataObject) -> None:
    if not plans:
        return
    rule, flat = PeriodRule(every, 4), [piece for plan in plans for piece in plan]
    pieces = Pieces(
        *(np.array(column, np.int64) for column in zip(*((p.stretch.since, p.stretch.until, int(p.stretch.worked is not wall_clock), SHAPES.index(p.stretch.spread.curve)) for p in flat), strict=True)),
        np.array([float(p.value) for p in flat]),
    )  # fmt: skip
    ends = np.cumsum([len(plan) for plan in plans])
    shares = [data.draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])) for _ in plans]
    earned = [share * sum((p.value for p in plan), Fraction(0)) for share, plan in zip(shares, plans, strict=True)]
    now = [plan[0].stretch.since + data.draw(st.integers(-500, 120_000)) for plan in plans]
    ended = [data.draw(st.sampled_from([-1, at])) for at in now]
    found = PlanCurves(pieces, Clocks([NIGHTS]), rule).earned(
        ends - [len(plan) for plan in plans], ends, np.array([float(one) for one in earned]), np.array(now), np.array(ended)
    )
    for row, plan in enumerate(plans):
        one = PlanCurve(plan, rule).earned(earned[row], now[row], None if ended[row] < 0 else ended[row])
        assert bool(found.known[row]) == (one is not None)
        if one is not None:
            assert (found.es[row], found.at[row], found.pd[row]) == pytest.approx((one.es, one.at, one.pd), rel=1e-9, abs=1e-9)


@given(st.integers(0, 10**9), DATES)
def test_plain_work_in_columns_is_that_made_item_by_item(seed: int, as_of: str | None) -> None:
    compared(plain_plan(seed), None, "refuse", as_of)


@given(st.integers(0, 10**9), DATES)
def test_it_is_where_dates_are_read_off_the_columns_of_a_large_network(seed: int, as_of: str | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        compared(plain_plan(seed), None, "refuse", as_of)


@given(st.integers(0, 10**9), st.integers(1, 10**9), RATED, DATES)
def test_it_is_against_a_baseline_with_other_work(seed: int, other: int, unrated: Unrated, as_of: str | None) -> None:
    compared(plan(seed), plan(seed, other=other), unrated, as_of)


@given(portfolios(), st.sampled_from(["2026-03-15", "2027-09-01"]))
def test_it_is_on_any_valid_portfolio(pf: Portfolio, as_of: str) -> None:
    compared(pf, None, "unknown", as_of)


@given(st.dictionaries(st.integers(0, 30), st.fractions(-(10**4), 10**4, max_denominator=10**7)), st.integers(0, 31), st.integers(0, 31))
def test_any_range_is_summed_exactly(amounts: dict[int, Fraction], one: int, other: int) -> None:
    first, end = sorted((one, other))
    found = Running(dict(sorted(amounts.items())))
    inside = [amount for place, amount in amounts.items() if first <= place < end]
    assert (found.sum(first, end), found.count(first, end)) == (sum(inside, Fraction(0)), len(inside))
    at_once = found.sums(np.array([first, first]), np.array([end, first]))
    assert [at_once.at(row) for row in (0, 1)] == [sum(inside, Fraction(0)), 0]
    assert at_once.known.tolist() == [bool(inside), False]
    assert found.known(first, end) == (sum(inside, Fraction(0)) if inside else None)


COLUMN = st.dictionaries(st.integers(0, 30), st.integers(-(10**30), 10**30) | st.integers(-99, 99), min_size=1)


@given(st.dictionaries(st.integers(31, 60) | st.integers(-30, -1), st.fractions(-(10**4), 10**4, max_denominator=10**7)), COLUMN, st.sampled_from([1, 100, 7 * 10**8, 10**12]), st.integers(-31, 61), st.integers(-31, 61))  # fmt: skip
def test_a_column_and_other_amounts_are_summed_exactly(
    amounts: dict[int, Fraction], column: dict[int, int], below: int, one: int, other: int
) -> None:
    first, end = sorted((one, other))
    placed = Placed(np.array(sorted(column), np.int64), ExactColumn(fitting([column[place] for place in sorted(column)]), below))
    found = Running(amounts, placed)
    every = amounts | {place: Fraction(number, below) for place, number in column.items()}
    inside = [amount for place, amount in every.items() if first <= place < end]
    assert (found.sum(first, end), found.count(first, end)) == (sum(inside, Fraction(0)), len(inside))
    at_once = found.sums(np.array([first, first]), np.array([end, first]))
    assert [at_once.at(row) for row in (0, 1)] == [sum(inside, Fraction(0)), 0]
    assert at_once.known.tolist() == [bool(inside), False]


PARTS = st.dictionaries(st.integers(0, 30), st.fractions(-(10**4), 10**4, max_denominator=10**7) | st.fractions(max_denominator=10**25))


@given(PARTS, PARTS, COLUMN, st.sampled_from([1, 100, 10**12]), st.integers(0, 91), st.integers(0, 91))
def test_so_are_ratios_beside_them(
    amounts: dict[int, Fraction], more: dict[int, Fraction], column: dict[int, int], below: int, one: int, other: int
) -> None:
    first, end = sorted((one, other))
    ratios = {place + 31: amount for place, amount in more.items()}
    stand = {place + 62: number for place, number in column.items()}
    every = amounts | ratios | {place: Fraction(number, below) for place, number in stand.items()}
    inside = [amount for place, amount in every.items() if first <= place < end]
    at = sorted(ratios)
    twice = [whole_numbers([3 * ratios[place].as_integer_ratio()[part] for place in at]) for part in (0, 1)]
    placed = Placed(np.array(sorted(stand), np.int64), ExactColumn(fitting([stand[place] for place in sorted(stand)]), below))
    for column_too in (placed, None):
        found = Running(amounts, column_too, Ratios.of(np.array(at, np.int64), *twice))
        some = inside if column_too is not None else [one for place, one in every.items() if first <= place < end and place not in stand]
        for _ in range(70):  # from columns, then from a list of the places
            assert (found.sum(first, end), found.count(first, end)) == (sum(some, Fraction(0)), len(some))
        assert found.sums(np.array([first]), np.array([end])).at(0) == sum(some, Fraction(0))


CURVES_OF = ("even", "front", "back", "s-curve", [0.2, 0.3, 0.5], None)


def of_many_curves(seed: int, calendar: str) -> Portfolio:
    """Plain work by every curve, stated where the budget, the task or the project says it, on calendars of its own, some of it interrupted."""
    rng = random.Random(seed)

    def task(place: int) -> Task:
        since, rest = date(2026, 1, rng.randint(1, 28)), date(2026, 3, rng.randint(2, 20))
        given: dict[str, Any] = {"duration": f"{rng.randint(1, 120)} d", "not_before": since, "spread": rng.choice(CURVES_OF)}
        if rng.random() < 0.5:
            given |= {"baseline_start": since, "baseline_finish": date(2026, rng.randint(2, 12), 9)}
        if rng.random() < 0.2:
            given |= {"interruptions": [{"from": rest, "until": rest.replace(day=28)}]}
        line = {"amount": f"{rng.choice((10, 7.31, 1e15, 0.01, 999_983))} GBP", "spread": rng.choice(CURVES_OF)}
        progress = rng.choice((None, 0.0, 0.5, 0.333333, 0.123457, 1.0))
        actual = rng.choice((None, "1 GBP", "0.333 GBP"))
        return Task(id=f"t{place}", budget=[line], progress=progress, actual=actual, calendar=rng.choice((None, "nights")), **given)

    def project(place: int) -> Project:
        return Project(id=f"p{place}", spread=rng.choice(CURVES_OF), tasks=[task(one) for one in range(rng.randint(0, 6))])

    return Portfolio(
        id="curves",
        start="2026-01-01",
        status_date="2026-03-15",
        calendar=calendar,
        calendars=[NIGHTS],
        money=MoneySettings(currency="GBP"),
        projects=[project(place) for place in range(6)],
    )


@pytest.mark.parametrize("calendar", ["standard", "continuous"])
@pytest.mark.parametrize("seed", range(12))
def test_plain_work_by_every_curve_is_that_made_item_by_item(seed: int, calendar: str) -> None:
    pf = of_many_curves(seed, calendar)
    for as_of in (None, "2026-03-02", "2026-06-30"):
        compared(pf, None, "unknown", as_of)
        tables(pf, None, "unknown", as_of)


def test_budgets_that_fit_64_bits_one_by_one_and_not_together_are_summed_exactly() -> None:
    given = [Task(id=f"t{one}", duration="5 d", budget="400000000000000000 GBP", progress=0.5, actual="1 GBP") for one in range(30)]
    pf = Portfolio(
        id="large",
        start="2026-01-01",
        status_date="2026-06-01",
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="p", tasks=given)],
    )
    found = earned_value(pf).total
    assert (found.bac, found.ev) == (as_money("12000000000000000000 GBP"), as_money("6000000000000000000 GBP"))
