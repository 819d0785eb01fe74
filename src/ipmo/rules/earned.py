"""Whether earned value can be believed: its data, its rules, its forecast, and what was changed afterwards: EVM-R01 to EVM-R04."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from ipmo.analysis.money.earned_item import EarnedItem
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import IpmoError, first_listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.hierarchy import hierarchy
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Programme, Project, Task
from ipmo.rules.themes import Theme, fact
from ipmo.units import Money, as_day
from ipmo.words import agree, beside, counted, measured

__all__ = ["EARNED_CHECKS"]

NOTHING = Decimal(0)
MOST_EFFORT = 0.15
"""Share of a budget that may be level of effort: more of it hides how the rest goes (a usual limit of reviews; NDIA IP2M)."""
APART = 0.1
"""How much better than it has earned so far work may have to earn (TCPI less CPI)."""
ROUNDED = 1e-9
NO_WORK = Task(id="none")
"""What stands for work before it came into a project, and after it was taken out."""
SETTLED = timedelta(days=30)
"""How long before its start the plan of a piece of work no longer changes."""


def _today(portfolio: Portfolio) -> date | None:
    return None if portfolio.status_date is None else as_day(portfolio.status_date)


def _earned(context: CheckContext) -> EarnedValue | None:
    """Earned value of the portfolio; None where a date, a currency or an exchange rate is missing."""
    try:
        return earned_value(context.portfolio, unrated="unknown")
    except IpmoError:
        return None


def _counted(context: CheckContext) -> Iterator[Project]:
    return (project for project in context.portfolio.projects if project.counted_as not in LEFT_OUT)


# ------------------------------------------------------------------------------------------------ the data


def _data(context: CheckContext) -> Iterator[Finding]:
    """EVM-R01: planned value never falls, nothing earns beyond its budget, nothing costs after the status date or before it begins."""
    today, earned = _today(context.portfolio), context.once(_earned)
    for project in _counted(context):
        falls, later, early = _impossible(project, today)
        if falls:
            message = f"the planned value of project {project.id!r} falls: a line of the budget of {first_listed(falls)} is below zero"
            yield fact("earned-data", project.id, message, "write what is taken away as a change of the baseline", part="planned value")
        if later:
            message = f"project {project.id!r} has cost after the status date, {today}: of {first_listed(later)}"
            yield fact(
                "earned-data", project.id, message, "an actual cost lies in the past: move the date, or make it a forecast", part="later"
            )
        if early:
            message = f"project {project.id!r} has cost of work that has not begun: of {first_listed(early)}"
            yield fact(
                "earned-data", project.id, message, "write actual_start:, or book the cost where it belongs", Severity.INFO, part="early"
            )
        row = earned[project.id] if earned is not None and project.id in earned else None
        if row is not None and row.ev is not None and row.bac is not None and row.ev.amount > row.bac.amount:
            message = f"project {project.id!r} has earned {row.ev:,} of a budget of {row.bac:,}"
            yield fact("earned-data", project.id, message, "nothing earns more than its budget", part="earned value")


def _impossible(project: Project, today: date | None) -> tuple[list[str], list[str], list[str]]:
    """What plans less than nothing, costs after a day, and costs before it begins; names are made of those that are found."""
    falls, later, early = [], [], []
    if project.budget is not None and _falls(project.budget):
        falls.append(project.id)
    if project.actual is not None and today is not None and _after(project.actual, today):
        later.append(project.id)
    for task in project.tasks if any(task.budget is not None or task.actual is not None for task in kinds_of_work(project)) else ():
        budget, actual = task.budget, task.actual
        if budget is not None and _falls(budget):
            falls.append(f"{project.id}/{task.id}")
        if actual is None:
            continue
        if today is not None and _after(actual, today):
            later.append(f"{project.id}/{task.id}")
        if not (task.started or task.progress or task.hammock) and any(_amount(line.amount) > 0 for line in actual.lines):
            early.append(task.id)
    wholes = {task.parent for task in project.tasks} if early else set()
    return falls, later, [f"{project.id}/{name}" for name in early if name not in wholes]


def _falls(budget: Budget) -> bool:
    return any(_amount(line.amount) < 0 for line in budget.lines)


def _after(actual: Budget, today: date) -> bool:
    return any(line.since is not None and as_day(line.since) > today for line in actual.lines)


def _amount(estimate: Estimate | None) -> Decimal:
    """The number of an amount, whatever its currency: only its sign is looked at."""
    money = estimate.value if type(estimate) is Fixed else None if estimate is None else estimate.central()
    return money.amount if isinstance(money, Money) else NOTHING


# ------------------------------------------------------------------------------------------------ how value is earned


def _rules(context: CheckContext) -> Iterator[Finding]:
    """EVM-R02: work earns by the rule that it began with, and no more than a part of it is level of effort."""
    before = context.history[-1] if context.history else None
    old = {} if before is None else {project.id: project for project in before.projects}
    earned = context.once(_earned)
    for project in _counted(context):
        was = old.get(project.id)
        known = {} if was is None else {task.id: task for task in was.tasks if task.started}
        changed = [
            f"{project.id}/{task.id}"
            for task in (project.tasks if known else ())
            if was is not None and task.id in known and _rule(task, project) != _rule(known[task.id], was)
        ]
        if changed and before is not None:
            number = len(changed)
            message = (
                f"since {before.status_date or 'the last snapshot'} {counted(number, 'task')} of project {project.id!r} that had begun"
                f" {agree(number, 'earns', 'earn')} by another rule: {first_listed(changed)}"
            )
            yield fact(
                "earning-rule", project.id, message, "let it earn as it began, or approve the change as a new baseline", part="changed"
            )
        row = earned[project.id] if earned is not None and project.id in earned else None
        share = None if row is None else _effort_share(row)
        if share is not None and share > MOST_EFFORT + ROUNDED:
            message = f"{beside(share, MOST_EFFORT, 0, percent=True)} of the budget of project {project.id!r} is level of effort"
            yield fact(
                "earning-rule",
                project.id,
                message,
                f"above {MOST_EFFORT:.0%} it hides how the rest goes: measure more of it",
                part="effort",
            )


def _rule(task: Task, project: Project) -> tuple[object, ...]:
    """By what a task earns, without how much of it is done."""
    earning = task.earning or project.earning
    if earning is None:
        return ("percent", (), None)
    return (earning.rule, tuple((step.name, step.weight) for step in earning.steps), earning.total)


def _effort_share(row: EarnedItem) -> float | None:
    effort, rest = row.effort[0].amount, row.bac.amount if row.bac is not None else 0
    return float(effort / (effort + rest)) if effort > 0 else None


# ------------------------------------------------------------------------------------------------ the forecast


def _forecast(context: CheckContext) -> Iterator[Finding]:
    """EVM-R03: the forecast by CPI and SPI(t) lies within the tolerance of cost, and what is left need not earn much better than what was done.

    EAC = AC + (BAC - EV) / (CPI SPI(t)); equal to the limit is within it. Work whose plan moves with the status date has no SPI(t).
    """
    earned = context.once(_earned)
    if earned is None:
        return
    for project in _counted(context):
        row = earned[project.id] if project.id in earned else None
        if row is None or row.known < row.total or row.indices.ac is None or not row.indices.bac:
            continue
        i = row.indices
        cpi, tcpi, left = i.cpi, i.tcpi(), float(i.bac - i.ev)
        if left <= 0 or cpi is None:
            continue
        if message := _out_of_reach(project.id, cpi, tcpi, f"{float(i.bac):,.0f} {earned.currency}"):
            yield fact(
                "earned-forecast",
                project.id,
                message,
                "the budget is out of reach as things go: re-plan, or ask for more",
                part="to complete",
            )
        if not cpi:
            continue
        limit, spi_t = _cost_tolerance(context.portfolio, project), row.schedule.spi_t if row.schedule is not None else None
        if limit is None or not spi_t or row.floating:
            continue
        eac, most = float(i.ac or 0) + left / (cpi * spi_t), float(i.bac) * (1 + limit)
        if eac > most * (1 + ROUNDED):
            message = (
                f"project {project.id!r} costs {eac:,.0f} {earned.currency} by CPI {cpi:.2f} and SPI(t) {spi_t:.2f};"
                f" its budget of {float(i.bac):,.0f} with a tolerance of {limit:.0%} ends at {most:,.0f}"
            )
            yield fact("earned-forecast", project.id, message, "tell who set the tolerance", part="tolerance")


def _out_of_reach(project: str, cpi: float, tcpi: float | None, budget: str) -> str:
    """Why what is left costs more than what is left of the budget, in words; empty where it need not."""
    if tcpi is None:
        return f"project {project!r} has spent its budget of {budget}, and has not earned all of it"
    if tcpi - (cpi or 1) <= APART + ROUNDED:  # with nothing earned so far it is held against the plan, by which a unit earns one
        return ""
    front = f"what is left of project {project!r} must earn {beside(tcpi, cpi)} for every unit spent"
    return f"{front}, so far it earned {beside(cpi, tcpi) if cpi else 'nothing'}"


def _cost_tolerance(portfolio: Portfolio, project: Project) -> float | None:
    """The tolerance of cost that holds for a project: its own, else the nearest above."""
    nouns: tuple[Project | Programme | Portfolio, ...] = (project, *hierarchy(portfolio).programmes_of(project.id), portfolio)
    for noun in nouns:
        if noun.tolerance is not None and noun.tolerance.cost is not None:
            return noun.tolerance.cost
    return None


# ------------------------------------------------------------------------------------------------ what was changed afterwards


def _edited(context: CheckContext) -> Iterator[Finding]:
    """EVM-R04: what was planned and earned by the last snapshot stays, and the plan of work about to begin is left alone.

    A baseline that was approved since the snapshot may change the plan of what lies ahead, and never that of what lies behind. Work that was
    taken out of its project has no plan and earned nothing; work that came into it had not.
    """
    past = [p for p in context.history if p.status_date is not None]
    now = _today(context.portfolio)
    if not past or now is None:
        return
    before = past[-1]
    then = _today(before)
    if then is None or then >= now:
        return
    rebaselined = any(then < as_day(one.date) <= now and one.approved_by is not None for one in context.portfolio.baselines)
    old = {project.id: project for project in before.projects}
    for project in _counted(context):
        if project.id in old:
            yield from _of_project(project, {task.id: task for task in old[project.id].tasks}, then, rebaselined)


def _of_project(project: Project, old: Mapping[str, Task], then: date, rebaselined: bool) -> Iterator[Finding]:
    planned, earned, near = [], [], []
    new = {task.id: task for task in project.tasks}
    for one in (*new, *(name for name in old if name not in new)):
        task, was = new.get(one, NO_WORK), old.get(one, NO_WORK)
        if was is task:
            continue
        name = f"{project.id}/{one}"
        if _plan(task) != _plan(was) and was.baseline_start is not None:
            start = as_day(was.baseline_start)
            if start <= then:
                planned.append(name)
            elif start <= then + SETTLED and not rebaselined and not was.started:
                near.append(name)
        if _unsaid(was, task, then):
            earned.append(name)
    for names, slug, hint in (
        (planned, "planned", "take it back: what was planned for a day that has gone stays, whatever the new baseline says"),
        (earned, "earned", "take it back, and let the correction count in the month in which it is made"),
        (near, "near", f"let the plan of work alone from {SETTLED.days} days before it begins, or approve a new baseline"),
    ):
        if names:
            number = len(names)
            what = {
                "planned": f"the plan of {counted(number, 'task')} of project {project.id!r} that should have begun by {then} was changed since",
                "earned": f"what {counted(number, 'task')} of project {project.id!r} had earned by {then} was changed since",
                "near": (
                    f"the plan of {counted(number, 'task')} of project {project.id!r} was changed since {then},"
                    f" less than {measured(SETTLED.days, 'day')} before {agree(number, 'it was', 'they were')} to begin"
                ),
            }[slug]
            yield fact("earned-edited", project.id, f"{what}: {first_listed(names)}", hint, part=slug)


def _plan(task: Task) -> tuple[object, ...]:
    return (task.baseline_start, task.baseline_finish, task.budget)


def _unsaid(was: Task, task: Task, then: date) -> bool:
    """Whether what had been recorded of a task by a day is another now: dates moved, taken back, or put before that day; progress lost."""
    for name in ("actual_start", "actual_finish"):
        old, new = getattr(was, name), getattr(task, name)
        if old != new and ((old is not None and as_day(old) <= then) or (new is not None and as_day(new) <= then)):
            return True
    return task.actual_finish is None and (task.progress or 0) < (was.progress or 0) - ROUNDED


_DATA = Theme(_data, "ANSI/EIA-748, data of earned value; our own words")
_RULES = Theme(_rules, "ANSI/EIA-748 and NDIA, earning techniques; our own words")
_FORECAST = Theme(_forecast, "PMI, The Standard for Earned Value Management; Lipke, earned schedule; our own words")
_EDITED = Theme(_edited, "ANSI/EIA-748, revisions and data maintenance; our own words")

EARNED_CHECKS = (
    _DATA.check(
        "earned-data",
        "Planned value never falls, nothing earns beyond its budget, nothing costs after the status date or before it begins",
        "Data of earned value that cannot be",
        rule="EVM-R01",
    ),
    _RULES.check(
        "earning-rule",
        "Work earns by the rule that it began with, and little of it is level of effort",
        "Earning rules that changed, and too much level of effort",
        rule="EVM-R02",
    ),
    _FORECAST.check(
        "earned-forecast",
        "The forecast by CPI and SPI(t) lies within tolerance, and what is left need not earn much better than what was done",
        "Forecasts of earned value out of reach",
        rule="EVM-R03",
    ),
    _EDITED.check(
        "earned-edited",
        "What was planned and earned by the last snapshot stays, and work about to begin is not re-planned",
        "Plans and earnings that were changed afterwards",
        rule="EVM-R04",
    ),
)
