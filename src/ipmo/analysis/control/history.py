"""Months in order: trends, who has not reported, and what became of estimates."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args, overload

from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.explanation import RolledUpValue, Value
from ipmo.analysis.money.measures import MEASURES, minutes_of
from ipmo.analysis.money.periods import worked_on
from ipmo.analysis.money.rollup import LEFT_OUT, roll_up
from ipmo.errors import IpmoError, ModelError, UnknownItemError, close_matches, one_of
from ipmo.model.hierarchy import summaries
from ipmo.model.measures import Measure
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import ReferenceClass
from ipmo.model.work import Task
from ipmo.tables import Column, Table
from ipmo.units import Money, as_day, as_when, minutes
from ipmo.words import counted

__all__ = ["History", "Month", "reference_classes", "reporting_compliance", "trend"]

Estimated = Literal["duration", "cost"]


class Month:
    """One snapshot of a portfolio.

    Args:
        date: its data date.
        name: the file it stands in, or any name.
        load: gives the portfolio, when it is first needed.
    """

    def __init__(self, date: date, name: str, load: Callable[[], Portfolio]) -> None:
        self.date, self.name, self._load = date, name, load

    @functools.cached_property
    def portfolio(self) -> Portfolio:
        """The portfolio as it was then."""
        return self._load()

    def __repr__(self) -> str:
        return f"<Month {self.date} {self.name!r}>"


class History(Sequence[Month]):
    """Snapshots in order of their dates, the oldest first; portfolios are read when they are looked at."""

    def __init__(self, months: Sequence[Month]) -> None:
        self._months = tuple(sorted(months, key=lambda month: month.date))
        dates = [month.date for month in self._months]
        for before, after in zip(self._months, self._months[1:], strict=False):
            if before.date == after.date:
                raise ModelError(f"{before.name!r} and {after.name!r} are both of {after.date}; a history has one snapshot a date")
        self.dates = tuple(dates)

    @classmethod
    def of(cls, *portfolios: Portfolio) -> History:
        """A history of portfolios that are in memory, by their status dates.

        Raises:
            ModelError: one has no status date, or two have the same.
        """
        months = []
        for portfolio in portfolios:
            if portfolio.status_date is None:
                raise ModelError(f"portfolio {portfolio.id!r} has no status date: nothing says which month it is")
            months.append(Month(as_day(portfolio.status_date), portfolio.id, functools.partial(_same, portfolio)))
        return cls(months)

    def __len__(self) -> int:
        return len(self._months)

    @overload
    def __getitem__(self, place: int | date | str) -> Month: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Month, ...]: ...

    def __getitem__(self, place: int | slice | date | str) -> Month | tuple[Month, ...]:
        """The month at a place, the oldest at 0, or of a date; several for a slice.

        Raises:
            UnknownItemError: there is no snapshot of that date.
        """
        if isinstance(place, int | slice):
            return self._months[place]
        day = as_day(as_when(place))
        if day not in self.dates:
            raise UnknownItemError(str(day), close_matches(str(day), map(str, self.dates)), "this history")
        return self._months[self.dates.index(day)]

    def table(self) -> Table:
        """One row a month: date, snapshot."""
        return Table([Column("date", "date", self.dates), Column("snapshot", "str", [month.name for month in self])])

    def __iter__(self) -> Iterator[Month]:
        return iter(self._months)

    @property
    def portfolios(self) -> tuple[Portfolio, ...]:
        """All portfolios, the oldest first."""
        return tuple(month.portfolio for month in self._months)

    def before(self, day: date) -> History:
        """The snapshots of earlier days."""
        return History([month for month in self._months if month.date < day])

    def __repr__(self) -> str:
        span = f", {self.dates[0]} to {self.dates[-1]}" if self.dates else ""
        return f"<History: {counted(len(self), 'snapshot')}{span}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _same(portfolio: Portfolio) -> Portfolio:
    return portfolio


def trend(history: History, measure: str | Measure, item: str | None = None, *, measures: Mapping[str, Measure] = MEASURES) -> Table:
    """A measure of an item over the months.

    Args:
        history: the snapshots.
        measure: as for `roll_up`.
        item: full id; the whole portfolio when left out. Months without it have an empty row.
        measures: the measures known by name.

    Returns:
        One row a month: date, snapshot, value, text, known, total, change. `change` is against the month before: in the
        measure's unit, in days for dates, in colours for status (worse is positive).

    Raises:
        UnknownItemError: there is no such measure, or no month has the item.
    """
    rows: list[tuple[Month, RolledUpValue | None]] = []
    for month in history:
        try:
            roll = roll_up(month.portfolio, measure, measures=measures)
        except UnknownItemError:
            raise
        except IpmoError:
            rows.append((month, None))
            continue
        name = item or month.portfolio.id
        rows.append((month, roll[name] if name in roll else None))
    if rows and item is not None and all(figure is None for _, figure in rows):
        names = {name for month in history for name in month.portfolio.items}
        raise UnknownItemError(item, close_matches(item, names), "any month of this history")
    chosen = measures[measure] if isinstance(measure, str) else measure
    values = [None if figure is None else figure.value for _, figure in rows]
    kind = {"date": "datetime", "rag": "str"}.get(chosen.unit, "float")
    unit = next((figure.unit for _, figure in rows if figure is not None), chosen.unit)
    shown = [float(v.amount if isinstance(v, Money) else v) if kind == "float" and v is not None else v for v in values]
    changes = [None, *(_change(a, b, chosen) for a, b in itertools.pairwise(values))]
    return Table(
        [
            Column("date", "date", [month.date for month, _ in rows]),
            Column("snapshot", "str", [month.name for month, _ in rows]),
            Column("value", kind, shown, unit if kind == "float" else ""),
            Column("text", "str", [None if figure is None else figure.text for _, figure in rows]),
            Column("known", "int", [None if figure is None else figure.known for _, figure in rows]),
            Column("total", "int", [None if figure is None else figure.total for _, figure in rows]),
            Column("change", "float", changes[: len(rows)], "days" if kind == "datetime" else "colours" if kind == "str" else unit),
        ]
    )


def _change(before: Value, after: Value, measure: Measure) -> float | None:
    if isinstance(after, datetime) and isinstance(before, datetime):
        return (after - before).total_seconds() / 86400
    if isinstance(after, Money) and isinstance(before, Money):
        return float(after.amount - before.amount) if after.currency == before.currency else None
    if isinstance(after, str) and isinstance(before, str):
        return float(measure.order.index(after) - measure.order.index(before))
    if isinstance(after, Fraction | Decimal | float | int) and isinstance(before, Fraction | Decimal | float | int):
        return float(after) - float(before)
    return None


def reporting_compliance(history: History) -> Table:
    """Who has reported, and who has not, month by month.

    A project has reported for a month when it has a status report later than the month before and not later than this
    one. Closed, cancelled and proposed projects are not expected to report.

    Returns:
        One row a project of the last month: project, name, reported (for the last month), last_report, days (since it, at
        the last month), missed (months in a row without a report, to the last), expected (months in which it should have reported).
    """
    if not len(history):
        return Table([Column(name, "str", []) for name in ("project", "name", "reported", "last_report", "days", "missed", "expected")])
    last: Month = history[-1]
    rows = []
    for project in last.portfolio.projects:
        if project.state in (*LEFT_OUT, "closed"):
            continue
        missed, expected, running = 0, 0, True
        for place in range(len(history) - 1, -1, -1):
            month: Month = history[place]
            noun = month.portfolio.items.get(project.id)
            if noun is None or getattr(noun, "state", "closed") in (*LEFT_OUT, "closed"):
                break
            expected += 1
            since = history[place - 1].date if place else date.min
            reported = any(since < as_day(report.date) <= month.date for report in noun.status)
            if running and not reported:
                missed += 1
            elif reported:
                running = False
        dates = [as_day(report.date) for report in project.status if as_day(report.date) <= last.date]
        latest = max(dates, default=None)
        rows.append((project, missed == 0, latest, missed, expected))
    return Table(
        [
            Column("project", "str", [p.id for p, *_ in rows]),
            Column("name", "str", [p.name for p, *_ in rows]),
            Column("reported", "bool", [reported for _, reported, *_ in rows]),
            Column("last_report", "date", [latest for _, _, latest, *_ in rows]),
            Column("days", "int", [None if latest is None else (last.date - latest).days for _, _, latest, *_ in rows], "days"),
            Column("missed", "int", [missed for *_, missed, _ in rows], "months"),
            Column("expected", "int", [expected for *_, expected in rows], "months"),
        ]
    )


def reference_classes(
    history: History, *, figure: Estimated = "duration", by: str = "category", least: int = 5
) -> tuple[ReferenceClass, ...]:
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

    Returns:
        Classes by name; their ids are `own-CATEGORY-FIGURE`, their edition says the months and how many.

    Raises:
        OptionError: there is no such figure.
        ModelError: the history is empty.
    """
    one_of("figure", figure, get_args(Estimated))
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
    return tuple(
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
    )


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
    for noun in (task, project):
        found = noun.category if by == "category" else noun.attributes.get(by, "")
        if found:
            return str(found)
    return "(none)"


def _slug(name: str) -> str:
    words = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")
    return "-".join(part for part in words.split("-") if part) or "none"
