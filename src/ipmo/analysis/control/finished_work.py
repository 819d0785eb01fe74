"""What became of the estimates of finished work: classes that later estimates can name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, get_args

from ipmo.analysis.control.history import History, Month
from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.measures import minutes_of
from ipmo.analysis.money.periods import worked_on
from ipmo.errors import ModelError, at_least, one_of
from ipmo.model.hierarchy import summaries
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import ReferenceClass
from ipmo.model.work import Task
from ipmo.tables import Column, Rows, Table
from ipmo.units import as_day, minutes
from ipmo.words import counted

__all__ = ["ReferenceClasses", "reference_classes"]

Estimated = Literal["duration", "cost"]


class ReferenceClasses(Rows[str, ReferenceClass]):
    """The answer of `reference_classes`: classes by id, for `Portfolio.reference_classes` and for estimates to name.

    Args:
        classes: in order of their names.
        figure: duration or cost.
        few: how many finished pieces of work are in categories that are too small to make a class, by category.
    """

    def __init__(self, classes: Sequence[ReferenceClass], figure: str, few: Mapping[str, int]) -> None:
        super().__init__({one.id: one for one in classes}, "these reference classes")
        self.figure, self.few = figure, few

    def explain(self, id: str) -> str:
        """What a class was taken from, and what it says at P50 and P80.

        Raises:
            UnknownItemError: there is no such class.
        """
        one = self[id]
        ratios = f"actual by estimate from {one.ratios[0]:.2f} to {one.ratios[-1]:.2f}"
        return (
            f"{id}: {one.name}, {one.edition}; {ratios}; on top of an estimate {one.uplift(0.5):+.0%} at P50, {one.uplift(0.8):+.0%} at P80"
        )

    def table(self) -> Table:
        """One row a class: id, name, category, figure, edition, count, low, p50, p80, high (actual by estimate)."""
        rows = self.rows
        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("id", "name", "category", "figure", "edition")),
                Column("count", "int", [len(row.ratios) for row in rows]),
                Column("low", "float", [row.ratios[0] for row in rows]),
                Column("p50", "float", [1 + row.uplift(0.5) for row in rows]),
                Column("p80", "float", [1 + row.uplift(0.8) for row in rows]),
                Column("high", "float", [row.ratios[-1] for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        few = f", {counted(len(self.few), 'category', 'categories')} with too little finished work" if self.few else ""
        return f"<ReferenceClasses of {self.figure}: {counted(len(self), 'class', 'classes')}{few}>"


def reference_classes(history: History, *, figure: Estimated = "duration", by: str = "category", least: int = 5) -> ReferenceClasses:
    """What became of the estimates of finished work, as classes that later estimates can name.

    The estimate is the one of the earliest month in which the task had not begun; the actual is that of the latest
    month, once it has finished: its working time on its calendar, or its actual cost. Classes of fewer than `least` are
    not made: too little is known.

    Source: Flyvbjerg, reference-class forecasting, from the house's own dated data.

    Args:
        history: the snapshots.
        figure: `duration` or `cost`.
        by: `category`, or a free attribute of tasks or their projects.
        least: how many finished pieces of work make a class.

    The ids are `own-CATEGORY-FIGURE`, the edition says the months and how many.

    Raises:
        OptionError: there is no such figure.
        ModelError: the history is empty.
    """
    one_of("figure", figure, get_args(Estimated))
    at_least("least", least, 1, "a whole number")
    if not len(history):
        raise ModelError("a reference class needs finished work; this history has no snapshot")
    first: dict[str, float] = {}
    for month in history:
        for full_id, task in _tasks(month.portfolio):
            if full_id not in first and not task.started:
                estimate = _estimate(month.portfolio, full_id, task, figure)
                if estimate:
                    first[full_id] = estimate
    last: Month = history[-1]
    found: dict[str, list[float]] = {}
    for full_id, task in _tasks(last.portfolio):
        if full_id in first and task.finished:
            actual = _actual(last.portfolio, full_id, task, figure)
            if actual is not None:
                found.setdefault(_category(last.portfolio, full_id, task, by), []).append(actual / first[full_id])
    months = f"{history[0].date:%Y-%m} to {last.date:%Y-%m}"
    made = [
        ReferenceClass(
            id=f"own-{_slug(name)}-{figure}",
            name=f"{name}, {figure} of {len(ratios)} finished",
            category=name,
            figure=figure,
            edition=f"{months}, n = {len(ratios)}",
            origin=last.portfolio.name or last.portfolio.id,
            date=last.date,
            ratios=[round(ratio, 6) for ratio in ratios],
        )
        for name, ratios in sorted(found.items())
        if len(ratios) >= least
    ]
    return ReferenceClasses(made, figure, {name: len(ratios) for name, ratios in sorted(found.items()) if len(ratios) < least})


def _tasks(portfolio: Portfolio) -> Iterator[tuple[str, Task]]:
    for project in portfolio.projects:
        wholes = summaries(project)
        for task in project.tasks:
            if not task.milestone and task.id not in wholes:
                yield f"{project.id}/{task.id}", task


def _estimate(portfolio: Portfolio, full_id: str, task: Task, figure: Estimated) -> float | None:
    if figure == "duration":
        found = minutes_of(portfolio, full_id, task.length)
        return float(found) if found else None
    return _money(portfolio, full_id, "budget", task.budget)


def _actual(portfolio: Portfolio, full_id: str, task: Task, figure: Estimated) -> float | None:
    if figure == "cost":
        return _money(portfolio, full_id, "actual", task.actual)
    if task.actual_start is None or task.actual_finish is None:
        return None
    worked = worked_on(portfolio, portfolio.calendar_for(full_id))
    return float(worked(minutes(task.actual_finish, end=True)) - worked(minutes(task.actual_start)))


def _money(portfolio: Portfolio, full_id: str, what: str, budget: Budget | None) -> float | None:
    if budget is None:
        return None
    when = as_day(portfolio.status_date) if portfolio.status_date is not None else date.max
    lines = Amounts(portfolio, when, what).lines(full_id, budget)
    total = None if lines is None else float(sum(line.value for line in lines))
    return total or None


def _category(portfolio: Portfolio, full_id: str, task: Task, by: str) -> str:
    project = portfolio.items[portfolio.project_of(full_id)]
    for noun in (task, project):
        found = noun.category if by == "category" else noun.attributes.get(by, "")
        if found:
            return str(found)
    return "(none)"


def _slug(name: str) -> str:
    words = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")
    return "-".join(part for part in words.split("-") if part) or "none"
