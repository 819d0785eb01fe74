"""What became of the estimates of finished work: classes that later estimates can name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, get_args

import attrs

from ipmo.analysis.control.history import History, Month
from ipmo.analysis.control.tails import tail_of
from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.measures import minutes_of
from ipmo.analysis.money.periods import worked_on
from ipmo.errors import ModelError, at_least, one_of
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import summaries
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import ReferenceClass
from ipmo.model.work import Project, Task
from ipmo.tables import Column, Rows, Table
from ipmo.units import as_day, minutes
from ipmo.words import counted

__all__ = ["Estimated", "Finished", "ReferenceClasses", "finished", "open_after", "reference_classes"]

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
        tail = tail_of(one.ratios)
        after = f"; {tail.text}" if tail is not None else ""
        return f"{id}: {one.name}, {one.edition}; {ratios}; on top of an estimate {one.uplift(0.5):+.0%} at P50, {one.uplift(0.8):+.0%} at P80{after}"

    def table(self) -> Table:
        """One row a class: id, name, category, figure, edition, count, low, p10, p50, p80, p90, high (actual by estimate), tail, tail_low, tail_high.

        The tail is the power by which the largest fall off (Hill), with its interval; at 1 and below there is no mean, so that none is shown.
        """
        rows = self.rows
        tails = [tail_of(row.ratios) for row in rows]
        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("id", "name", "category", "figure", "edition")),
                Column("count", "int", [len(row.ratios) for row in rows]),
                Column("low", "float", [row.ratios[0] for row in rows]),
                Column("p10", "float", [1 + row.uplift(0.1) for row in rows]),
                Column("p50", "float", [1 + row.uplift(0.5) for row in rows]),
                Column("p80", "float", [1 + row.uplift(0.8) for row in rows]),
                Column("p90", "float", [1 + row.uplift(0.9) for row in rows]),
                Column("high", "float", [row.ratios[-1] for row in rows]),
                Column("tail", "float", [None if one is None else one.index for one in tails]),
                Column("tail_low", "float", [None if one is None else one.low for one in tails]),
                Column("tail_high", "float", [None if one is None else one.high for one in tails]),
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
        by: `category`, `owner` (who estimated, as far as is known), `method`, `stage` (the first gate that the work leads to), or a free attribute of tasks or their projects.
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
    last: Month = history[-1]
    found: dict[str, list[float]] = {}
    for one in finished(history, figure, by):
        found.setdefault(one.group, []).append(one.ratio)
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


@attrs.frozen(kw_only=True)
class Finished:
    """A finished piece of work and what was estimated of it before it began.

    Args:
        item, project: full ids.
        group: what it is compared within.
        began: its actual start.
        estimate: in working minutes, or in the currency; of the earliest month in which it had not begun.
        ratio: actual by estimate.
    """

    item: str
    project: str
    group: str
    began: date
    estimate: float
    ratio: float


def finished(history: History, figure: Estimated, by: str) -> list[Finished]:
    """All work that is finished in the last month and was estimated before it began.

    Args:
        history: the snapshots.
        figure: `duration` or `cost`.
        by: as `reference_classes` takes it.

    Raises:
        OptionError: there is no such figure.
    """
    one_of("figure", figure, get_args(Estimated))
    first: dict[str, float] = {}
    for month in history:
        for full_id, task in _tasks(month.portfolio):
            if full_id not in first and not task.started:
                estimate = _estimate(month.portfolio, full_id, task, figure)
                if estimate:
                    first[full_id] = estimate
    last = history[-1].portfolio
    out = []
    for full_id, task in _tasks(last):
        if full_id in first and task.finished:
            actual = _actual(last, full_id, task, figure)
            if actual is not None:
                began = date.min if task.actual_start is None else as_day(task.actual_start)
                group = _category(last, full_id, task, by)
                out.append(
                    Finished(
                        item=full_id, project=last.project_of(full_id), group=group, began=began, estimate=first[full_id],
                        ratio=actual / first[full_id],
                    )
                )  # fmt: skip
    return out


def open_after(history: History, day: date) -> list[tuple[str, str]]:
    """Work that began on a day or later and is open in the last month: full id and project."""
    last = history[-1].portfolio
    return [
        (full_id, last.project_of(full_id))
        for full_id, task in _tasks(last)
        if task.actual_start is not None and not task.finished and as_day(task.actual_start) >= day
    ]


def _tasks(portfolio: Portfolio) -> Iterator[tuple[str, Task]]:
    for project in portfolio.projects:
        wholes = summaries(project)
        for task in project.tasks:
            if not task.milestone and task.id not in wholes:
                yield f"{project.id}/{task.id}", task


def _estimate(portfolio: Portfolio, full_id: str, task: Task, figure: Estimated) -> float | None:
    if figure == "duration":
        found = minutes_of(portfolio, full_id, task.duration)
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
    if by == "method":
        return project.methodology or portfolio.methodologies.get("project") or "(none)"
    if by == "stage":
        return _stage(project, task.id) or "(none)"
    for noun in (task, project):
        found = getattr(noun, by) if by in ("category", "owner") else noun.attributes.get(by, "")
        if found:
            return str(found)
    return "(none)"


def _stage(project: Project, task: str) -> str:
    """The first gate of a project, in the order of its file, that a task leads to inside it; empty where it leads to none."""
    before: dict[str, list[str]] = {}
    nouns: list[Task | Gate] = [*project.tasks, *project.gates]
    for noun in nouns:
        before[noun.id] = [after.source.partition("@")[0].removeprefix(f"{project.id}/") for after in noun.after]
    for gate in project.gates:
        seen, waiting = set(), [gate.id]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += before.get(here, ())
        if task in seen:
            return gate.id
    return ""


def _slug(name: str) -> str:
    words = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")
    return "-".join(part for part in words.split("-") if part) or "none"
