"""Months in order: as they were, trends, and who has not reported."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, overload

import attrs

from ipmo.analysis.control.interval_store import Frozen
from ipmo.analysis.control.intervals import Intervals, month_at
from ipmo.analysis.control.pictures import trend_picture
from ipmo.analysis.money.explanation import Explanation, RolledUpValue, Value
from ipmo.analysis.money.measures import MEASURES
from ipmo.analysis.money.rollup import LEFT_OUT, roll_up
from ipmo.errors import IpmoError, ModelError, UnitError, UnknownItemError, close_matches
from ipmo.figures.svg import Figure
from ipmo.model.measures import Measure
from ipmo.model.plain import to_plain_portfolio
from ipmo.model.portfolio import Portfolio
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table, row_at
from ipmo.units import Money, as_day, as_when
from ipmo.words import agree, counted

__all__ = [
    "History",
    "Month",
    "ProjectReporting",
    "ReportingCompliance",
    "Trend",
    "TrendMonth",
    "reporting_compliance",
    "trend",
]


class Month:
    """One snapshot of a portfolio.

    Args:
        date: its status date.
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
    """Snapshots in order of their dates, the oldest first; portfolios are read when they are looked at.

    Args:
        months: the snapshots, in any order.
        intervals: what their fields were from when to when, where that is known already.

    Raises:
        ModelError: two are of the same date.
    """

    def __init__(self, months: Sequence[Month], intervals: Intervals | None = None) -> None:
        self._known = intervals
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
            return self._months[place] if isinstance(place, slice) else row_at(self._months, place, "this history")
        day = as_day(as_when(place))
        if day not in self.dates:
            raise UnknownItemError(str(day), close_matches(str(day), map(str, self.dates)), "this history")
        return self._months[self.dates.index(day)]

    @property
    def ids(self) -> tuple[date, ...]:
        """The dates, the oldest first."""
        return self.dates

    def table(self) -> Table:
        """One row a month: date, snapshot."""
        return Table([Column("date", "date", self.dates), Column("snapshot", "str", [month.name for month in self])])

    def __iter__(self) -> Iterator[Month]:
        return iter(self._months)

    @property
    def portfolios(self) -> tuple[Portfolio, ...]:
        """All portfolios, the oldest first."""
        return tuple(month.portfolio for month in self._months)

    def at(self, when: date | str) -> Month:
        """The latest month that is not after a day, or after the end of a month such as `2025-03`.

        Raises:
            UnitError: it is neither a day nor a month.
            UnknownItemError: all snapshots are later.
        """
        return self._months[month_at(self.dates, when)]

    def as_of(self, when: date | str) -> Portfolio:
        """The portfolio as it was then, by the latest snapshot that is not later: every verb takes it.

        Args:
            when: a day, or a month such as `2025-03` for its end.

        Raises:
            UnitError: it is neither a day nor a month.
            UnknownItemError: all snapshots are later.
        """
        return self.at(when).portfolio

    @functools.cached_property
    def intervals(self) -> Intervals:
        """What every field of every item was, from which month until which: as of a month, over time, in total, and what changed."""
        if self._known is not None:
            return self._known
        return Intervals.of((Frozen(day=month.date, name=month.name), to_plain_portfolio(month.portfolio)) for month in self)

    def before(self, day: date) -> History:
        """The snapshots of earlier days."""
        return History([month for month in self._months if month.date < day])

    def __repr__(self) -> str:
        span = f", {self.dates[0]} to {self.dates[-1]}" if self.dates else ""
        return f"<History: {counted(len(self), 'snapshot')}{span}>"


def _same(portfolio: Portfolio) -> Portfolio:
    return portfolio


@attrs.frozen(kw_only=True)
class TrendMonth(Shown):
    """A measure of an item in one month.

    Args:
        date: status date of the snapshot.
        snapshot: its name.
        figure: the figure of then, with its working; None where the month does not have it.
        change: against the month before: in the measure's unit, in days for dates, in colours for status (worse is positive).
    """

    date: date
    snapshot: str
    figure: RolledUpValue | None = attrs.field(default=None, repr=False)
    change: float | None = None

    @property
    def value(self) -> Value:
        """The figure's value; None where it is not known."""
        found: Value = None if self.figure is None else self.figure.value
        return found

    @property
    def text(self) -> str | None:
        """The figure as people read it."""
        return None if self.figure is None else self.figure.text


class Trend(Rows[date, TrendMonth]):
    """The answer of `trend`: one row a month, by its date; also looked up by place, the oldest at 0, or by the date as text.

    Args:
        months: the rows, the oldest first.
        measure: what is followed.
        item: full id of what it is a measure of; empty for the whole portfolio.
    """

    def __init__(self, months: Sequence[TrendMonth], measure: Measure, item: str) -> None:
        super().__init__({month.date: month for month in months}, f"this trend of {measure.name}")
        self.measure, self.item = measure, item

    def __getitem__(self, key: date | str | int) -> TrendMonth:
        """The row of a month.

        Raises:
            UnknownItemError: there is no snapshot of that date.
        """
        if isinstance(key, int):
            return row_at(self.rows, key, f"this trend of {self.measure.name}")
        if not isinstance(key, str):
            return super().__getitem__(key)
        try:
            day = as_day(as_when(key))
        except UnitError:
            raise UnknownItemError(key, close_matches(key, map(str, self.ids)), f"this trend of {self.measure.name}") from None
        return super().__getitem__(day)

    def explain(self, month: date | str | int) -> str:
        """What the figure of a month was made of, and how it changed.

        Raises:
            UnknownItemError: there is no snapshot of that date.
        """
        row = self[month]
        if row.figure is None:
            return f"{row.date}: {self.item or 'the portfolio'} has no {self.measure.name} in {row.snapshot!r}"
        change = "" if row.change is None else f", {row.change:+,.4g} {self._unit_of_change} against the month before".replace("  ", " ")
        return f"{row.date}: {row.text}{change}\n{Explanation(row.figure, None)}"

    @property
    def _kind(self) -> Literal["datetime", "str", "float"]:
        unit = self.measure.unit
        return "datetime" if unit == "date" else "str" if unit == "rag" else "float"

    @property
    def _unit(self) -> str:
        return next((row.figure.unit for row in self.rows if row.figure is not None), self.measure.unit)

    @property
    def _unit_of_change(self) -> str:
        return {"datetime": "days", "str": "colours"}.get(self._kind, self._unit)

    def table(self) -> Table:
        """One row a month: date, snapshot, value, text, known, total, change."""
        rows, kind = self.rows, self._kind
        values = [row.value for row in rows]
        shown = [float(v.amount if isinstance(v, Money) else v) if kind == "float" and v is not None else v for v in values]  # type: ignore[arg-type]
        return Table(
            [
                Column("date", "date", [row.date for row in rows]),
                Column("snapshot", "str", [row.snapshot for row in rows]),
                Column("value", kind, shown, self._unit if kind == "float" else ""),
                Column("text", "str", [row.text for row in rows]),
                Column("known", "int", [None if row.figure is None else row.figure.known for row in rows]),
                Column("total", "int", [None if row.figure is None else row.figure.total for row in rows]),
                Column("change", "float", [row.change for row in rows], self._unit_of_change),
            ]
        )

    def plot(self) -> Figure:
        """The line over the months, of a date the days that it has moved; saved as SVG, HTML or PNG with `.save(path)`.

        Raises:
            ModelError: no month knows the measure.
        """
        name = f"{self.measure.name} of {self.item}" if self.item else self.measure.name
        return trend_picture(self.table(), name, self._unit if self._kind == "float" else "")

    def __repr__(self) -> str:
        of = f" of {self.item!r}" if self.item else ""
        span = f": {self.rows[0].text} to {self.rows[-1].text}" if len(self) else ""
        return f"<Trend of {self.measure.name}{of}, {counted(len(self), 'month')}{span}>"


def trend(history: History, measure: str | Measure, item: str | None = None, *, measures: Mapping[str, Measure] = MEASURES) -> Trend:
    """A measure of an item over the months.

    Args:
        history: the snapshots.
        measure: as for `roll_up`.
        item: full id; the whole portfolio when left out. Months without it have an empty row.
        measures: the measures known by name.

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
    if isinstance(measure, str) and measure not in measures:
        raise UnknownItemError(measure, close_matches(measure, measures), f"the measures {', '.join(sorted(measures))}")
    chosen = measures[measure] if isinstance(measure, str) else measure
    values: list[Value] = [None if figure is None else figure.value for _, figure in rows]
    changes = [None, *(_change(a, b, chosen) for a, b in itertools.pairwise(values))]
    found = [
        TrendMonth(date=month.date, snapshot=month.name, figure=figure, change=change)
        for (month, figure), change in zip(rows, changes, strict=False)
    ]
    return Trend(found, chosen, item or "")


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


@attrs.frozen(kw_only=True)
class ProjectReporting(Shown):
    """How well a project has reported.

    Args:
        project: its id.
        name: title.
        reported: whether it has for the last month.
        last_report: date of its latest report; None when it never has.
        days: since that, at the last month.
        missed: months in a row without a report, to the last.
        expected: months in which it should have reported.
    """

    project: str
    name: str
    reported: bool
    last_report: date | None
    days: int | None
    missed: int
    expected: int


class ReportingCompliance(Rows[str, ProjectReporting]):
    """The answer of `reporting_compliance`: by project, those of the last month that are expected to report.

    Args:
        rows: what is said of each.
        last: the month that it is seen from; None of an empty history.
    """

    def __init__(self, rows: Sequence[ProjectReporting], last: date | None) -> None:
        super().__init__({row.project: row for row in rows}, "the projects that are expected to report")
        self.last = last

    @property
    def late(self) -> tuple[ProjectReporting, ...]:
        """Those that have not reported for the last month."""
        return tuple(row for row in self.rows if not row.reported)

    def explain(self, project: str) -> str:
        """How a project has reported, in a sentence.

        Raises:
            UnknownItemError: it is not expected to report.
        """
        row = self[project]
        latest = (
            "it never has"
            if row.last_report is None
            else f"its latest report is of {row.last_report}, {counted(row.days or 0, 'day')} before"
        )
        done = "has reported" if row.reported else f"has not reported for {counted(row.missed, 'month')}"
        return f"{project}: {done}, seen from {self.last}; {latest}; expected in {counted(row.expected, 'month')}"

    def table(self) -> Table:
        """One row a project: project, name, reported, last_report, days, missed, expected."""
        rows = self.rows
        return Table(
            [
                Column("project", "str", [row.project for row in rows]),
                Column("name", "str", [row.name for row in rows]),
                Column("reported", "bool", [row.reported for row in rows]),
                Column("last_report", "date", [row.last_report for row in rows]),
                Column("days", "int", [row.days for row in rows], "days"),
                Column("missed", "int", [row.missed for row in rows], "months"),
                Column("expected", "int", [row.expected for row in rows], "months"),
            ]
        )

    def __repr__(self) -> str:
        late = len(self.late)
        return f"<ReportingCompliance: {late} of {counted(len(self), 'project')} {agree(late, 'has', 'have')} not reported>"


def reporting_compliance(history: History) -> ReportingCompliance:
    """Who has reported, and who has not, month by month.

    A project has reported for a month when it has a status report later than the month before and not later than this
    one. Closed, cancelled and proposed projects are not expected to report.
    """
    if not len(history):
        return ReportingCompliance([], None)
    last: Month = history[-1]
    rows = []
    for project in last.portfolio.projects:
        if project.counted_as in (*LEFT_OUT, "closed"):
            continue
        missed, expected, running = 0, 0, True
        for place in range(len(history) - 1, -1, -1):
            month: Month = history[place]
            noun = month.portfolio.items.get(project.id)
            if noun is None or getattr(noun, "counted_as", "closed") in (*LEFT_OUT, "closed"):
                break
            expected += 1
            since = history[place - 1].date if place else date.min
            reported = any(since < as_day(report.date) <= month.date for report in noun.status)
            if running and not reported:
                missed += 1
            elif reported:
                running = False
        latest = max((as_day(report.date) for report in project.status if as_day(report.date) <= last.date), default=None)
        rows.append(
            ProjectReporting(
                project=project.id,
                name=project.name,
                reported=missed == 0,
                last_report=latest,
                days=None if latest is None else (last.date - latest).days,
                missed=missed,
                expected=expected,
            )
        )
    return ReportingCompliance(rows, last.date)
