"""Figures from task to project, programme and portfolio, or by any attribute; each says what it was made of.

An item's own figure is its total, children included; children are combined only where it states none. Nothing unknown
is taken as zero: every figure carries how many of how many were known. Sums first, divisions last.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import attrs

from ipmo.analysis.schedule import Schedule, as_day, day_text, schedule
from ipmo.errors import IpmoError, MissingRateError, ModelError, UnitError, UnknownItemError, close_matches
from ipmo.findings import Finding, Severity
from ipmo.model.estimates import exact
from ipmo.model.measures import Combine, Measure, MeasureContext
from ipmo.model.money import Budget
from ipmo.model.work import Portfolio, Programme, Project, Task
from ipmo.tables import Column, Table
from ipmo.units import Effort, ExchangeRates, Money, Span, as_when, minor_digits

__all__ = ["MEASURES", "Figure", "RollUp", "roll_up"]

RAG = ("green", "amber", "red")
LEVELS = ("portfolio", "programme", "project", "task")
LEFT_OUT = ("proposed", "cancelled")
NO_GROUP = "(none)"


# ------------------------------------------------------------------------------------------ core measures


def _work(item: Any) -> bool:
    """What is asked for money and effort: not milestones."""
    return not (isinstance(item, Task) and item.milestone)


def _field(name: str) -> Callable[[MeasureContext, str, Any], Any]:
    return lambda context, full_id, item: getattr(item, name, None)


def _latest_status(context: MeasureContext, full_id: str, item: Any) -> str | None:
    as_of: date = getattr(context, "as_of", date.max)
    reports = [report for report in getattr(item, "status", ()) if report.rag is not None and as_day(report.date) <= as_of]
    return max(reports, key=lambda report: report.date).rag if reports else None


def _share_done(context: MeasureContext, full_id: str, item: Any) -> tuple[Fraction, Fraction] | None:
    """(share done times weight, weight); the weight is the planned duration in minutes."""
    weight = _planned_minutes(context, full_id, item)
    if weight is None:
        return None
    if getattr(item, "actual_finish", None) is not None:
        share: float | None = 1.0
    elif item.progress is not None:
        share = item.progress
    elif getattr(item, "actual_start", None) is None:
        share = 0.0
    else:
        left = _minutes_of(context, full_id, getattr(item, "remaining", None))
        share = None if left is None or not weight else max(0.0, 1 - left / weight)
    return None if share is None else (Fraction(share) * weight, Fraction(weight))


def _planned_minutes(context: MeasureContext, full_id: str, item: Any) -> int | None:
    if isinstance(item, Task):
        return 0 if item.milestone else _minutes_of(context, full_id, item.duration)
    if isinstance(item, Project):
        start, finish = context.dates(full_id)
        return None if start is None or finish is None else int((finish - start).total_seconds() // 60)
    return None


def _minutes_of(context: MeasureContext, full_id: str, estimate: Any) -> int | None:
    central = estimate.central() if estimate is not None else None
    return context.portfolio.calendar_for(full_id).minutes(central) if isinstance(central, Span) else None


def _person_days(context: MeasureContext, full_id: str, item: Any) -> Fraction | None:
    effort: Effort | None = getattr(item, "effort", None)
    if effort is None:
        assigned = [a.effort for a in getattr(item, "assignments", ()) if a.effort is not None]
        if not assigned or len(assigned) < len(item.assignments):
            return None
        return sum((_in_days(context, full_id, one) for one in assigned), Fraction(0))
    return _in_days(context, full_id, effort)


def _in_days(context: MeasureContext, full_id: str, effort: Effort) -> Fraction:
    calendar = context.portfolio.calendar_for(full_id)
    hours = {"ph": 60, "pd": calendar.day_minutes, "pw": calendar.week_minutes}[effort.unit]
    return Fraction(effort.amount) * hours / calendar.day_minutes


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(name="budget", title="Budget", unit="money", combine=Combine.SUM, value=_field("budget"), applies=_work, own_total=True),
        Measure(
            name="actual", title="Actual cost", unit="money", combine=Combine.SUM, value=_field("actual"), applies=_work, own_total=True
        ),
        Measure(
            name="forecast",
            title="Forecast cost at completion",
            unit="money",
            combine=Combine.SUM,
            value=_field("forecast"),
            applies=_work,
            own_total=True,
        ),
        Measure(name="effort", title="Planned effort", unit="pd", combine=Combine.SUM, value=_person_days, applies=_work, own_total=True),
        Measure(name="start", title="Start", unit="date", combine=Combine.MIN, value=lambda c, full_id, item: c.dates(full_id)[0]),
        Measure(name="finish", title="Finish", unit="date", combine=Combine.MAX, value=lambda c, full_id, item: c.dates(full_id)[1]),
        Measure(
            name="progress",
            title="Share of the work done, weighted by planned duration",
            unit="share",
            combine=Combine.MEAN,
            value=_share_done,
            applies=_work,
        ),
        Measure(
            name="status",
            title="Reported status, the worst below",
            unit="rag",
            combine=Combine.WORST,
            value=_latest_status,
            applies=lambda item: not isinstance(item, Task) or bool(item.status),
            order=RAG,
            own_total=True,
        ),
    )
}
"""The measures that every portfolio has."""


# ------------------------------------------------------------------------------------------------ result


@attrs.frozen(kw_only=True)
class Figure:
    """One rolled-up figure with its working.

    Args:
        item: full id, or the name of a group.
        name: title of the item.
        level: portfolio, programme, project, task or group.
        value: Money, datetime, number, share or word; None when nothing is known.
        unit: what the value is measured in.
        known: how many leaves below were known.
        total: how many leaves below were asked.
        parts: the figures it was made of.
        left_out: projects that do not count, by state (proposed, cancelled).
        note: how the value came about, for example the exchange rate used.
        carried: the exact figure that is combined further: unrounded money, a mean as sum and weight.
    """

    item: str
    name: str = ""
    level: str
    value: Any
    unit: str
    known: int
    total: int
    parts: tuple[Figure, ...] = ()
    left_out: tuple[str, ...] = ()
    note: str = ""
    carried: Any = attrs.field(default=None, repr=False)
    start: bool = attrs.field(default=False, repr=False)

    @property
    def text(self) -> str:
        """The value as people read it."""
        return show(self.value, finish=not self.start)

    @property
    def unknown(self) -> int:
        """How many leaves below were not known."""
        return self.total - self.known

    def __str__(self) -> str:
        text = f"{self.item}: {self.text}"
        if self.total and self.level != "task":
            text += f", {self.known} of {self.total} known"
        elif self.value is None:
            text = f"{self.item}: unknown"
        if self.note:
            text += f" ({self.note})"
        return text


def show(value: Any, *, finish: bool = True) -> str:
    """A figure's value as people read it; a finish at midnight belongs to the day before."""
    if value is None:
        return "unknown"
    if isinstance(value, datetime):
        return day_text(value, finish=finish)
    if isinstance(value, float):
        return f"{value:.1%}"
    if isinstance(value, Fraction):
        return f"{float(value):,.2f}".rstrip("0").rstrip(".")
    return str(value)


class RollUp:
    """The answer of `roll_up`: figures by full id or group, with their working."""

    def __init__(self, measure: Measure, figures: Mapping[str, Figure], root: str, findings: Iterable[Finding] = ()) -> None:
        self.measure, self._figures, self.root = measure, figures, root
        self.findings = tuple(findings)

    def __getitem__(self, item: str) -> Figure:
        """The figure of an item or group.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        if item not in self._figures:
            raise UnknownItemError(item, close_matches(item, self._figures), f"this roll-up of {self.measure.name}")
        return self._figures[item]

    def __contains__(self, item: object) -> bool:
        return item in self._figures

    @property
    def total(self) -> Figure:
        """The figure of the whole portfolio."""
        return self._figures[self.root]

    def explain(self, item: str | None = None) -> str:
        """The tree of what a figure was made of, one line each.

        Raises:
            UnknownItemError: there is no such item or group.
        """
        lines: list[str] = []

        def walk(figure: Figure, depth: int) -> None:
            lines.append("  " * depth + str(figure))
            for part in figure.parts:
                walk(part, depth + 1)
            if figure.left_out:
                lines.append("  " * (depth + 1) + f"left out: {', '.join(figure.left_out)}")

        walk(self[item or self.root], 0)
        return "\n".join(lines)

    def table(self, level: str | None = None) -> Table:
        """One row a figure: item, name, level, value, unit, known, total, left_out.

        Args:
            level: only portfolio, programme, project, task or group rows.
        """
        rows = [figure for figure in self._figures.values() if level is None or figure.level == level]
        values = [f.value for f in rows]
        unit = self.measure.unit
        if unit == "date":
            column = Column("value", "datetime", values)
        elif unit == "rag":
            column = Column("value", "str", values)
        else:
            column = Column(
                "value", "float", [None if v is None else float(v.amount if isinstance(v, Money) else v) for v in values], self.total.unit
            )
        return Table(
            [
                Column("item", "str", [f.item for f in rows]),
                Column("name", "str", [f.name for f in rows]),
                Column("level", "str", [f.level for f in rows]),
                column,
                Column("unit", "str", [f.unit for f in rows]),
                Column("known", "int", [f.known for f in rows]),
                Column("total", "int", [f.total for f in rows]),
                Column("left_out", "str", [", ".join(f.left_out) for f in rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<RollUp of {self.measure.name}: {self.total}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


# -------------------------------------------------------------------------------------------------- engine


def roll_up(
    portfolio: Portfolio,
    measure: str | Measure,
    *,
    by: str | None = None,
    level: str | None = None,
    as_of: date | str | None = None,
    include: Iterable[str] = (),
    measures: Mapping[str, Measure] = MEASURES,
) -> RollUp:
    """A measure over the tree of a portfolio, or by any attribute.

    Args:
        portfolio: the portfolio.
        measure: `budget`, `actual`, `forecast`, `effort`, `start`, `finish`, `progress`, `status`, or a Measure.
        by: `category`, `owner`, `state`, `programme`, `project`, or the name of a free attribute.
        level: only figures of this level are kept: portfolio, programme, project or task.
        as_of: reports later than this are not seen; lumps convert at this date. The status date when left out.
        include: states to count although totals leave them out: `proposed`, `cancelled`.
        measures: the measures known by name.

    Raises:
        UnknownItemError: there is no such measure.
        MissingRateError: money in another currency has no exchange rate.

    >>> import ipmo.examples
    >>> print(roll_up(ipmo.examples.load("extension"), "budget").total)
    extension: 96 k GBP, 4 of 5 known
    """
    if isinstance(measure, str):
        if measure == "cost":
            raise UnitError("'cost' is three different things; ask for 'budget', 'actual' or 'forecast'")
        if measure not in measures:
            raise UnknownItemError(measure, close_matches(measure, measures), f"the measures {', '.join(sorted(measures))}")
        measure = measures[measure]
    if level is not None and level not in LEVELS:
        raise UnknownItemError(level, close_matches(level, LEVELS), f"the levels {', '.join(LEVELS)}")
    when = as_day(as_when(as_of)) if as_of is not None else _default_date(portfolio)
    engine = _Engine(portfolio, measure, when, frozenset(include))
    figures = engine.grouped(by) if by is not None else engine.tree()
    if level is not None:
        figures = {key: figure for key, figure in figures.items() if figure.level in (level, "group") or key == portfolio.id}
    return RollUp(measure, figures, portfolio.id, engine.findings)


def _default_date(portfolio: Portfolio) -> date:
    return as_day(portfolio.status_date) if portfolio.status_date is not None else date.max


class _Engine:
    """One roll-up: also what measures may ask (a MeasureContext)."""

    def __init__(self, portfolio: Portfolio, measure: Measure, as_of: date, include: frozenset[str]) -> None:
        self.portfolio, self.measure, self.as_of, self.include = portfolio, measure, as_of, include
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    @functools.cached_property
    def schedule(self) -> Schedule:
        """The portfolio's schedule, loops cut."""
        return schedule(self.portfolio, on_cycle="cut")

    def dates(self, item: str) -> tuple[datetime | None, datetime | None]:
        """Scheduled start and finish of an item."""
        return self.schedule.dates(item)

    @functools.cached_property
    def rates(self) -> ExchangeRates:
        """Exchange rates into the portfolio's currency; where it states none, the one currency that is used."""
        if self.portfolio.money is not None:
            return self.portfolio.exchange_rates
        for noun in (*self.portfolio.programmes, *self.portfolio.projects, *(t for p in self.portfolio.projects for t in p.tasks)):
            budget = self.measure.value(self, "", noun) if self.measure.unit == "money" else None
            if isinstance(budget, Budget | Money):
                amounts = [line.amount.central() for line in budget.lines if line.amount] if isinstance(budget, Budget) else [budget]
                for central in amounts:
                    if isinstance(central, Money):
                        return ExchangeRates(central.currency)
        raise ModelError(f"portfolio {self.portfolio.id!r} states no currency; add portfolio: money: {{currency: GBP}}")

    # ---------------------------------------------------------------------------------- one item

    def _own(self, full_id: str, item: Any) -> tuple[Any, str]:
        """(exact figure, note) of one item; money is a Fraction in the portfolio's currency."""
        value = self.measure.value(self, full_id, item)
        if value is None:
            return None, ""
        if isinstance(value, Budget | Money):
            return self._money(full_id, value)
        return value, ""

    def _money(self, full_id: str, value: Budget | Money) -> tuple[Fraction | None, str]:
        lines: list[tuple[Any, Any]] = [(value, None)]
        if isinstance(value, Budget):
            lines = [(None if line.amount is None else line.amount.central(), line.since) for line in value.lines]
        total, notes = Fraction(0), []
        for amount, since in lines:
            if not isinstance(amount, Money):
                return None, ""
            on = as_day(since) if since is not None else self.as_of
            try:
                rate, dated = self.rates.rate(amount.currency, on)
            except MissingRateError as error:
                raise MissingRateError(f"{self.measure.name} of {full_id!r} is {amount}: {error}") from None
            total += exact(amount) * Fraction(rate)
            if amount.currency != self.rates.base:
                source = self.rates.sources.get(dated, "")
                notes.append(f"{amount} at {rate} of {dated}{f', {source}' if source else ''}")
        rules = {line.amount.rule for line in value.lines if line.amount is not None} if isinstance(value, Budget) else set()
        notes += sorted(rules - {"fixed"})
        return total, "; ".join(notes)

    def _shown(self, carried: Any) -> Any:
        """The value that people see: money rounded once, a mean divided last."""
        if carried is None:
            return None
        if self.measure.unit == "money":
            places = Decimal(1).scaleb(-minor_digits(self.rates.base))
            return Money((Decimal(carried.numerator) / Decimal(carried.denominator)).quantize(places, ROUND_HALF_EVEN), self.rates.base)
        return self.measure.finish(carried)

    def _unit(self) -> str:
        return self.rates.base if self.measure.unit == "money" else self.measure.unit

    def _figure(self, full_id: str, item: Any, level: str, parts: tuple[Figure, ...], left_out: tuple[str, ...] = ()) -> Figure:
        measure = self.measure
        base: dict[str, Any] = {
            "item": full_id,
            "name": getattr(item, "name", ""),
            "level": level,
            "left_out": left_out,
            "start": measure.unit == "date" and measure.combine is Combine.MIN,
        }
        own, note = (None, "")
        if not parts or measure.own_total:
            own, note = self._own(full_id, item)
        if not parts:
            asked = measure.applies(item) and level in ("project", "task")
            if measure.combine is Combine.MEAN and isinstance(item, Project) and item.tasks:
                asked, own = False, None  # milestones only: there is no work to weigh
            return Figure(
                **base,
                value=self._shown(own),
                unit=self._safe_unit,
                known=int(own is not None and asked),
                total=int(asked),
                note=note,
                carried=own,
            )
        carried, known, total = self._joined(parts)
        if own is not None:
            if measure.combine is Combine.SUM and known == total and carried is not None and carried != own:
                self.findings.append(
                    Finding(
                        code="ipmo/total-differs",
                        item=full_id,
                        severity=Severity.WARNING,
                        message=f"{measure.name} of {full_id!r} is stated as {show(self._shown(own))}, its parts sum to {show(self._shown(carried))}",
                        hint="the stated figure is used",
                    )
                )
            return Figure(
                **base,
                value=self._shown(own),
                unit=self._safe_unit,
                known=1,
                total=1,
                parts=parts,
                note=f"stated as a whole{f'; {note}' if note else ''}",
                carried=own,
            )
        return Figure(**base, value=self._shown(carried), unit=self._safe_unit, known=known, total=total, parts=parts, carried=carried)

    @functools.cached_property
    def _safe_unit(self) -> str:
        """The unit of the figures; `money` where no currency is stated or used."""
        try:
            return self._unit()
        except IpmoError:
            return self.measure.unit

    def _joined(self, parts: Iterable[Figure]) -> tuple[Any, int, int]:
        carried, known, total = None, 0, 0
        for part in parts:
            known, total = known + part.known, total + part.total
            if part.carried is not None:
                carried = part.carried if carried is None else self.measure.join(carried, part.carried)
        return carried, known, total

    # -------------------------------------------------------------------------------------- trees

    def tree(self) -> dict[str, Figure]:
        """Figures of the portfolio, its programmes, projects and tasks, from the top down."""
        pf = self.portfolio
        below: dict[str | None, list[Programme | Project]] = {}
        nouns: list[Programme | Project] = [*pf.programmes, *pf.projects]
        for noun in nouns:
            below.setdefault(noun.programme, []).append(noun)
        out: dict[str, Figure] = {}

        def initiative(noun: Programme | Project) -> Figure:
            if isinstance(noun, Project):
                return self._project(noun)
            inner = below.get(noun.id, [])
            return self._figure(noun.id, noun, "programme", tuple(initiative(n) for n in self._counted(inner)), self._left_out(inner))

        roots = below.get(None, [])
        parts = tuple(initiative(n) for n in self._counted(roots))
        whole = self._figure(pf.id, pf, "portfolio", parts, self._left_out(roots))

        def collect(figure: Figure) -> None:
            out.setdefault(figure.item, figure)
            for part in figure.parts:
                collect(part)

        collect(whole)
        return out

    def _counted(self, nouns: Iterable[Programme | Project]) -> list[Programme | Project]:
        return [n for n in nouns if not isinstance(n, Project) or n.state not in LEFT_OUT or n.state in self.include]

    def _left_out(self, nouns: Iterable[Programme | Project]) -> tuple[str, ...]:
        return tuple(f"{n.id} ({n.state})" for n in nouns if isinstance(n, Project) and n.state in LEFT_OUT and n.state not in self.include)

    def _project(self, project: Project) -> Figure:
        below: dict[str | None, list[Task]] = {}
        for task in project.tasks:
            below.setdefault(task.parent, []).append(task)

        def work(task: Task) -> Figure | None:
            parts = [f for t in below.get(task.id, ()) if (f := work(t)) is not None]
            if task.id not in below and not self.measure.applies(task):
                return None
            return self._figure(f"{project.id}/{task.id}", task, "task", tuple(parts))

        return self._figure(project.id, project, "project", tuple(f for t in below.get(None, ()) if (f := work(t)) is not None))

    def grouped(self, by: str) -> dict[str, Figure]:
        """Figures by the value of a field or attribute of what contributes; the portfolio last."""
        whole = self.tree()[self.portfolio.id]
        groups: dict[str, list[Figure]] = {}

        def collect(figure: Figure) -> None:
            stated = figure.note.startswith("stated as a whole")
            if figure.parts and not stated:
                for part in figure.parts:
                    collect(part)
            elif figure.level != "portfolio":
                groups.setdefault(self._group(figure.item, by), []).append(figure)

        collect(whole)
        out: dict[str, Figure] = {}
        for name in sorted(groups, key=lambda n: (n == NO_GROUP, n)):
            carried, known, total = self._joined(groups[name])
            out[name] = Figure(
                item=name,
                level="group",
                value=self._shown(carried),
                unit=self._safe_unit,
                known=known,
                total=total,
                parts=tuple(groups[name]),
                carried=carried,
                start=whole.start,
            )
        if out and set(out) == {NO_GROUP} and by not in _FIELDS:
            known_names = {*_FIELDS, *(k for item in self.portfolio.items.values() for k in getattr(item, "attributes", {}))}
            raise UnknownItemError(by, close_matches(by, known_names), "the fields and attributes of this portfolio")
        return {**out, self.portfolio.id: attrs.evolve(whole, parts=tuple(out.values()))}

    def _group(self, full_id: str, by: str) -> str:
        """The item's own value, else its project's, else its programme's."""
        items = self.portfolio.items
        chain = [items.get(full_id), items.get(self.portfolio.project_of(full_id))]
        programme = getattr(chain[1], "programme", None)
        while programme:
            chain.append(items.get(programme))
            programme = getattr(chain[-1], "programme", None)
        if by == "project":
            return self.portfolio.project_of(full_id) or NO_GROUP
        for item in chain:
            value = getattr(item, "attributes", {}).get(by)
            if not value and by in _FIELDS:
                value = getattr(item, by, None)
            if value:
                return str(value)
        return NO_GROUP


_FIELDS = ("category", "owner", "state", "programme", "project", "methodology")
