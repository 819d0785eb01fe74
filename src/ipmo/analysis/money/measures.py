"""The measures that every portfolio has: what each takes from an item, and how it combines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import attrs

from ipmo.emissions import TONNES, Emissions
from ipmo.memory import remember
from ipmo.model.calendars import Calendar
from ipmo.model.carbon import Carbon
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.hierarchy import summaries
from ipmo.model.measures import Combine, Measure, MeasureContext
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.units import Effort, Span, as_day

__all__ = [
    "AT_COMPLETION",
    "FORECASTS",
    "MEASURES",
    "NO_TASKS",
    "RAG",
    "budget_of",
    "days_of",
    "efforts_of",
    "minutes_of",
    "person_days",
    "share_done",
]

RAG = ("green", "amber", "red")


def _work(item: object) -> bool:
    """What money and effort are counted of: all but milestones."""
    return not (isinstance(item, Task) and item.milestone)


@attrs.frozen
class _Field:
    """What an item states in a field; a class, so that answers that hold a measure can be pickled."""

    name: str

    def __call__(self, context: MeasureContext, full_id: str, item: object) -> object:
        return getattr(item, self.name, None)


def _budget(context: MeasureContext, full_id: str, item: object) -> Budget | None:
    return budget_of(context.portfolio, full_id, item)


def budget_of(portfolio: Portfolio, full_id: str, item: object) -> Budget | None:
    """Its budget; what assignments cost on top where it says so, unknown where an effort or a rate is."""
    budget: Budget | None = getattr(item, "budget", None)
    if budget is None or not isinstance(item, Task) or not item.plus_resources:
        return budget
    calendar = portfolio.calendar_for(full_id)
    hours, days = Decimal(calendar.day_minutes) / 60, Decimal(calendar.week_minutes) / Decimal(calendar.day_minutes)
    lines = list(budget.lines)
    for assignment in item.assignments:
        resource = portfolio.items.get(assignment.resource)
        rate = getattr(resource, "rate", None)
        if rate is None or assignment.effort is None:
            return None
        lines.append(BudgetLine(amount=Fixed(rate.cost(assignment.effort, hours, days)), note=f"{assignment.resource} at {rate}"))
    return Budget(tuple(lines))


@attrs.frozen
class _Carbon:
    """What an item states of its carbon, in tonnes."""

    name: str

    def __call__(self, context: MeasureContext, full_id: str, item: object) -> Fraction | None:
        carbon: Carbon | None = getattr(item, "carbon", None)
        if carbon is None:
            return None
        stated: Emissions | None = getattr(carbon, self.name)
        if stated is None and self.name == "forecast" and carbon.actual is None and not _holds_carbon(context.portfolio, full_id, item):
            stated = carbon.planned  # what has emitted nothing yet is expected as planned
        return None if stated is None else stated.tonnes


def _holds_carbon(portfolio: Portfolio, full_id: str, item: object) -> bool:
    """Whether what lies in an item says itself what it is expected to emit."""
    if isinstance(item, Project):
        return any(task.carbon is not None for task in item.tasks)
    if not isinstance(item, Task):
        return True
    above = remember(portfolio, "summaries", lambda: {p.id: summaries(p) for p in portfolio.projects if p.tasks})
    return item.id in above.get(portfolio.project_of(full_id), ())


@attrs.frozen
class _Completion:
    """What an item costs in all: its forecast; where neither it nor anything in it states one, what it cost once it is done, else its budget."""

    def __call__(self, context: MeasureContext, full_id: str, item: object) -> Budget | None:
        pf = context.portfolio
        stated: Budget | None = getattr(item, "forecast", None)
        if stated is not None or not isinstance(item, Project | Task) or full_id in remember(pf, "forecasts in", lambda: _forecasts_in(pf)):
            return stated
        return item.actual if item.actual_finish is not None and item.actual is not None else budget_of(pf, full_id, item)


def _forecasts_in(portfolio: Portfolio) -> frozenset[str]:
    """The projects and summaries in which some task states a forecast."""
    found = set()
    for project in portfolio.projects:
        above = {task.id: task.parent for task in project.tasks}
        for task in project.tasks:
            if task.forecast is not None:
                found.add(project.id)
                name = task.parent
                while name is not None and (full_id := f"{project.id}/{name}") not in found:
                    found.add(full_id)
                    name = above.get(name)
    return frozenset(found)


def _start(context: MeasureContext, full_id: str, item: object) -> datetime | None:
    return context.dates(full_id)[0]


def _finish(context: MeasureContext, full_id: str, item: object) -> datetime | None:
    return context.dates(full_id)[1]


def _granted(item: object) -> bool:
    """What funding is counted of: initiatives, and tasks never."""
    return not isinstance(item, Task)


def _reported(item: object) -> bool:
    """What a reported colour is counted of: tasks only where they have one."""
    return not isinstance(item, Task) or bool(item.status)


def _ends(item: object) -> bool:
    """What may be ended early: projects and programmes."""
    return isinstance(item, Project | Programme)


NO_TASKS = (_granted, _ends)
"""What measures are counted of that no task has."""


def _latest_status(context: MeasureContext, full_id: str, item: object) -> str | None:
    as_of: date = getattr(context, "as_of", date.max)
    said = item.status if isinstance(item, Programme | Project | Task) else ()
    reports = [report for report in said if report.rag is not None and as_day(report.date) <= as_of]
    return max(reports, key=lambda report: report.date).rag if reports else None


def share_done(context: MeasureContext, full_id: str, item: object) -> tuple[Fraction, Fraction] | None:
    """(share done times weight, weight); the weight is the planned duration in minutes."""
    weight = _planned_minutes(context, full_id, item)
    if weight is None or not isinstance(item, Task | Project):
        return None
    if item.actual_finish is not None:
        share: Fraction | None = Fraction(1)
    elif item.progress is not None:
        share = Fraction(str(item.progress))
    elif item.actual_start is None:
        share = Fraction(0)
    else:
        left = minutes_of(context.portfolio, full_id, item.remaining if isinstance(item, Task) else None)
        share = None if left is None or not weight else max(Fraction(0), 1 - Fraction(left, weight))
    return None if share is None else (share * weight, Fraction(weight))


def _planned_minutes(context: MeasureContext, full_id: str, item: object) -> int | None:
    if isinstance(item, Task):
        return 0 if item.milestone else minutes_of(context.portfolio, full_id, item.duration)
    if isinstance(item, Project):
        start, finish = context.dates(full_id)
        return None if start is None or finish is None else int((finish - start).total_seconds() // 60)
    return None


def minutes_of(portfolio: Portfolio, full_id: str, estimate: Estimate | None) -> int | None:
    """An estimate of time in minutes of the item's own calendar; None when it is unknown."""
    central = estimate.central() if estimate is not None else None
    return portfolio.calendar_for(full_id).minutes(central) if isinstance(central, Span) else None


def person_days(context: MeasureContext, full_id: str, item: object) -> Fraction | None:
    """Planned effort in person-days of the item's own calendar; None when it is unknown."""
    efforts = efforts_of(item) if isinstance(item, Task) else None
    if efforts is None:
        return None
    calendar = context.portfolio.calendar_for(full_id)
    return sum((days_of(one, calendar) for one in efforts), Fraction(0))


def efforts_of(task: Task) -> list[Effort] | None:
    """What the effort of a task is the sum of: its own, else that of everybody assigned; None when it is unknown."""
    if task.effort is not None:
        return [task.effort]
    assigned = [one.effort for one in task.assignments if one.effort is not None]
    return assigned if assigned and len(assigned) == len(task.assignments) else None


def days_of(effort: Effort, calendar: Calendar) -> Fraction:
    """Effort in person-days of a calendar."""
    return Fraction(effort.amount) * calendar.effort_minutes[effort.unit] / calendar.day_minutes


def _money(name: str, title: str, applies: Callable[[object], bool] = _work) -> Measure:
    value = _budget if name == "budget" else _Field(name)
    return Measure(name=name, title=title, unit="money", combine=Combine.SUM, value=value, applies=applies, own_total=True)


def _carbon(name: str, field: str, title: str) -> Measure:
    return Measure(name=name, title=title, unit=TONNES, combine=Combine.SUM, value=_Carbon(field), applies=_work, own_total=True)


AT_COMPLETION = attrs.evolve(
    _money("at_completion", "Cost at completion: the forecast, and the budget where none is stated"), value=_Completion()
)
"""For projects of which some work states a forecast, and the rest a budget."""
FORECASTS = ("forecast", "at_completion")
"""What lies over time where actual cost did, and the rest after the status date."""
MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        _money("budget", "Budget"),
        _money("actual", "Actual cost"),
        _money("forecast", "Forecast cost at completion"),
        AT_COMPLETION,
        _money("funding", "Funding granted", _granted),
        _money("exit_cost", "Cost of ending it early", _ends),
        Measure(name="effort", title="Planned effort", unit="pd", combine=Combine.SUM, value=person_days, applies=_work, own_total=True),
        _carbon("carbon", "planned", "Planned carbon"),
        _carbon("carbon_forecast", "forecast", "Carbon expected at completion"),
        _carbon("carbon_actual", "actual", "Carbon emitted so far"),
        Measure(name="start", title="Start", unit="date", combine=Combine.MIN, value=_start),
        Measure(name="finish", title="Finish", unit="date", combine=Combine.MAX, value=_finish),
        Measure(
            name="progress",
            title="Share of the work done, weighted by planned duration",
            unit="share",
            combine=Combine.MEAN,
            value=share_done,
            applies=_work,
        ),
        Measure(
            name="status",
            title="Reported status, the worst below",
            unit="rag",
            combine=Combine.WORST,
            value=_latest_status,
            applies=_reported,
            order=RAG,
            own_total=True,
        ),
        Measure(
            name="spent",
            title="Actual cost by budget, where both are known",
            unit="share",
            combine=Combine.RATIO,
            of=(_money("actual", "Actual cost"), _money("budget", "Budget")),
            applies=_work,
        ),
    )
}
"""The measures that every portfolio has."""
