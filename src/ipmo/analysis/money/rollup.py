"""Figures from task to project, programme and portfolio, or by any attribute; each says what it was made of.

An item's own figure is its total, children included; children are combined only where it states none. Nothing unknown
is taken as zero: every figure carries how many of how many were known. Sums first, divisions last.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amount, Amounts, Priced, Unrated, in_minor_units, rounded
from ipmo.analysis.money.explanation import Explanation, RolledUpValue, Value, show
from ipmo.analysis.money.measures import MEASURES
from ipmo.analysis.money.periods import EVERY, Period, PeriodRule, period_rule
from ipmo.analysis.money.timing import Piece, Timing
from ipmo.errors import IpmoError, MissingRateError, UnitError, UnknownItemError, close_matches, one_of
from ipmo.findings import Finding, Severity
from ipmo.memory import remember
from ipmo.model.benefits_map import benefits_map
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.measures import Combine, Measure
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money, as_day, as_when, said_day

__all__ = ["MEASURES", "RollUp", "RolledUpValue", "roll_up"]

Level = Literal["portfolio", "programme", "project", "task"]
Bearing = Portfolio | Programme | Project | Task
"""What a measure takes a value from."""
LEFT_OUT = ("proposed", "cancelled")
NO_GROUP, UNDATED, UNKNOWN = "(none)", "(undated)", "(unknown)"
STATED = "stated as a whole"
FIELDS = ("category", "owner", "state", "programme", "project", "methodology", "objective", "office", "price_base")
"""What a roll-up can go by besides free attributes and periods."""


class RollUp(Rows[str, RolledUpValue]):
    """The answer of `roll_up`: figures by full id or group, with their working."""

    def __init__(self, measure: Measure, figures: Mapping[str, RolledUpValue], root: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(figures, f"this roll-up of {measure.name}")
        self.measure, self.root = measure, root
        self.findings = tuple(findings)

    @property
    def total(self) -> RolledUpValue:
        """The figure of the whole: the portfolio, or what `within=` named."""
        return self[self.root]

    @property
    def groups(self) -> tuple[RolledUpValue, ...]:
        """The figures of the groups, in order; empty without `by=`."""
        return tuple(figure for figure in self.rows if figure.level == "group")

    def explain(self, item: str | None = None, *, depth: int | None = None) -> Explanation:
        """The tree of what a figure was made of: amounts, rates used, shares, and what is unknown.

        Args:
            item: full id or group; the whole portfolio when left out.
            depth: how many levels below it; all when left out.

        Raises:
            UnknownItemError: there is no such item or group.
        """
        return Explanation(self[item or self.root], depth)

    def table(self, level: str | None = None) -> Table:
        """One row a figure: item, name, level, value (of a date also `date`: the day that people say), unit, known, total, left_out, minor, base.

        Args:
            level: only portfolio, programme, project, task or group rows.

        Raises:
            UnitError: an amount does not fit 64-bit minor units.
        """
        rows = [figure for figure in self.rows if level is None or figure.level == level]
        values = [f.value for f in rows]
        unit, days = self.measure.unit, []
        if unit == "date":
            column = Column("value", "datetime", values)
            days = [Column("date", "date", [f.day for f in rows])]
        elif unit == "rag":
            column = Column("value", "str", values)
        else:
            column = Column(
                "value", "float", [None if v is None else float(v.amount if isinstance(v, Money) else v) for v in values], self.total.unit
            )
        money = unit == "money"
        return Table(
            [
                Column("item", "str", [f.item for f in rows]),
                Column("name", "str", [f.name for f in rows]),
                Column("level", "str", [f.level for f in rows]),
                column,
                *days,
                Column("unit", "str", [f.unit for f in rows]),
                Column("known", "int", [f.known for f in rows]),
                Column("total", "int", [f.total for f in rows]),
                Column("left_out", "str", [", ".join(f.left_out) for f in rows]),
                Column("minor", "int", [in_minor_units(f.value, f.unit, f.item) if money else None for f in rows]),
                Column("base", "str", [f.base for f in rows]),
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
    level: Level | None = None,
    as_of: date | str | None = None,
    include: Iterable[str] = (),
    within: str | None = None,
    measures: Mapping[str, Measure] = MEASURES,
    unrated: Unrated = "refuse",
    confidence: float | None = None,
) -> RollUp:
    """A measure over the tree of a portfolio, or by any attribute, objective, office, owner or period.

    Args:
        portfolio: the portfolio.
        measure: `budget`, `actual`, `forecast`, `funding`, `exit_cost`, `spent`, `effort`, `start`, `finish`, `progress`, `status`, or a
            Measure.
        by: `category`, `owner`, `state`, `programme`, `project`, `objective` (through the benefits map and alignment; who
            serves several is a group of its own, so that nothing counts twice), `office`, `price_base`, `month`, `quarter`,
            `year`, `financial year`, or the name of a free attribute.
        level: only figures of this level are kept: portfolio, programme, project or task.
        as_of: reports later than this are not seen; lumps convert at this date. The status date when left out.
        include: states to count although totals leave them out: `proposed`, `cancelled`.
        within: a programme, project or summary: only what it holds is grouped.
        measures: the measures known by name.
        unrated: `unknown` counts money without an exchange rate as unknown, with the reason as its note; `refuse` raises.
        confidence: money counts at this percentile (0.8 for P80), each uncertain line in its own item and periods, as if all went
            badly together; percentiles add only then. Central values when left out.

    Raises:
        UnknownItemError: there is no such measure, item, field or attribute.
        OptionError: there is no such level, or a state to include that is counted anyway.
        MissingRateError: money in another currency has no exchange rate, and that is to be refused.
        UnitError: a confidence that is not between 0 and 1; money of two known price bases would be mixed; a measure that does not lie over time is wanted by period.

    >>> import ipmo.examples
    >>> print(roll_up(ipmo.examples.load("extension"), "budget").total)
    extension: 96 k GBP, 4 of 5 known
    """
    if not isinstance(measure, Measure):
        if measure == "cost":
            raise UnitError("'cost' is three different things; ask for 'budget', 'actual' or 'forecast'")
        if measure not in measures:
            raise UnknownItemError(measure, close_matches(measure, measures), f"the measures {', '.join(sorted(measures))}")
        measure = measures[measure]
    if level is not None:
        one_of("level", level, get_args(Level))
    for state in (counted := frozenset(include)):
        one_of("include", state, LEFT_OUT)
    one_of("unrated", unrated, get_args(Unrated))
    when = as_day(as_when(as_of)) if as_of is not None else _default_date(portfolio)
    if confidence is not None and not 0 < confidence < 1:
        raise UnitError(f"confidence is a share between 0 and 1, for example 0.8 for P80 (got {confidence:g})")

    def engine_for(unrated: Unrated) -> _Engine:
        amounts = Amounts(portfolio, when, measure.name, unrated=unrated, confidence=confidence)
        return _Engine(portfolio, measure, amounts, counted, mixed=by == "price_base")

    engine = engine_for("refuse")
    root = within if within is not None else portfolio.id
    try:
        tree = engine.remembered_tree()  # where no rate is missing it is one tree, made once
    except MissingRateError:
        if unrated == "refuse":
            raise
        engine = engine_for("unknown")
        tree = engine.remembered_tree()
    if root not in tree:
        raise UnknownItemError(root, close_matches(root, tree), f"this roll-up of {measure.name}")
    if by is None:
        figures = tree if within is None else {figure.item: figure for _, figure, _ in Explanation(tree[root]).walk()}
    elif by in EVERY and not any(by in getattr(item, "attributes", {}) for item in portfolio.items.values()):
        figures = engine.phased(by, tree[root])
    else:
        figures = engine.grouped(by, tree[root])
    if level is not None:
        figures = {key: figure for key, figure in figures.items() if figure.level in (level, "group") or key == root}
    return RollUp(measure, figures, root, engine.findings)


def _default_date(portfolio: Portfolio) -> date:
    return as_day(portfolio.status_date) if portfolio.status_date is not None else date.max


class _Shown(NamedTuple):
    """What people see of what is carried."""

    value: Value = None
    base: str = ""
    apart: Money | None = None
    note: str = ""


class _Engine:
    """One roll-up: also what measures may ask (a MeasureContext)."""

    def __init__(self, portfolio: Portfolio, measure: Measure, amounts: Amounts, include: frozenset[str], *, mixed: bool = False) -> None:
        self.portfolio, self.measure, self.amounts, self.include, self.mixed = portfolio, measure, amounts, include, mixed
        self.as_of = amounts.as_of
        self.findings: list[Finding] = []

    def _same_amounts(self, what: str) -> Amounts:
        """Amounts of another kind by the same rules."""
        return Amounts(self.portfolio, self.as_of, what, unrated=self.amounts.unrated, confidence=self.amounts.confidence)

    @functools.cached_property
    def schedule(self) -> Schedule:
        """The portfolio's schedule, loops cut."""
        return schedule(self.portfolio, on_cycle="cut")

    def dates(self, item: str) -> tuple[datetime | None, datetime | None]:
        """Scheduled start and finish of an item."""
        return self.schedule.dates(item)

    # ---------------------------------------------------------------------------------- one item

    def _own(self, full_id: str, item: Bearing) -> tuple[object, str]:
        """(exact figure, note) of one item: what is carried further."""
        if self.measure.combine is Combine.RATIO:
            above, below = (self._exact(part, full_id, item) if part.applies(item) else (None, "") for part in self.measure.of)
            if above[0] is None or below[0] is None:
                return None, (above[1] if above[0] is None else "") or (below[1] if below[0] is None else "")
            return (above[0], below[0]), "; ".join(note for note in (above[1], below[1]) if note)
        return self._exact(self.measure, full_id, item)

    def _exact(self, measure: Measure, full_id: str, item: Bearing) -> tuple[object, str]:
        value = measure.value(self, full_id, item)
        if isinstance(value, Budget | Money):
            lines = self.amounts if measure is self.measure else self._same_amounts(measure.name)
            found = lines.lines(full_id, value)
            return (
                (None, lines.missing.get(full_id, ""))
                if found is None
                else (_summed(found, full_id), "; ".join(dict.fromkeys(a.note for a in found if a.note)))
            )
        if value is not None and measure.unit == "money" and not isinstance(value, Priced):
            return Priced.of(Fraction(value), self.amounts.base_of(full_id), full_id), ""
        return value, ""

    def _shown(self, carried: object) -> _Shown:
        """What people see: money rounded once, a mean or ratio divided last, the price base beside it."""
        measure = self.measure
        if carried is None:
            return _Shown()
        if isinstance(carried, Priced):
            if self.mixed and len(carried.bases) > 1:
                return _Shown(note=f"prices of {len(carried.bases)} bases do not add")
            base, amount = carried.only(measure.name)
            apart = carried.apart
            currency = self.amounts.currency
            return _Shown(rounded(amount, currency), base, None if apart is None else rounded(apart, currency))
        if measure.combine is Combine.RATIO and isinstance(carried, tuple):
            above, below = (part.only(measure.name) if isinstance(part, Priced) else ("", part) for part in carried)
            if above[0] != below[0]:
                raise UnitError(f"{measure.name}: {above[0] or 'unknown'} prices above the line, {below[0] or 'unknown'} prices below")
            return _Shown(measure.finish((above[1], below[1])))
        return _Shown(measure.finish(carried))

    @functools.cached_property
    def _unit(self) -> str:
        """The unit of the figures; `money` where no currency is stated or used."""
        try:
            return self.amounts.currency if self.measure.unit == "money" else self.measure.unit
        except IpmoError:
            return self.measure.unit

    def _made(
        self,
        item: str,
        level: str,
        carried: object,
        counts: tuple[int, int],
        *,
        name: str = "",
        note: str = "",
        parts: tuple[RolledUpValue, ...] = (),
        left_out: tuple[str, ...] = (),
    ) -> RolledUpValue:
        """A figure from what is carried and (known, total); unknown where one unknown part makes it so."""
        known, total = counts
        spoiled = self.measure.unknown == "spoils" and known < total and bool(parts)
        shown = _Shown(note="one unknown makes it unknown") if spoiled else self._shown(carried)
        return RolledUpValue(
            item=item,
            name=name,
            level=level,
            value=shown.value,
            unit=self._unit,
            known=known,
            total=total,
            parts=parts,
            left_out=left_out,
            note=shown.note or note,
            base=shown.base,
            apart=shown.apart,
            carried=carried,
            day=self._day(item, level, shown.value, parts),
        )

    def _day(self, item: str, level: str, value: Value, parts: Sequence[RolledUpValue]) -> date | None:
        """The day that people say of a date: as the schedule says it, of what holds others the last or the first of theirs."""
        if not isinstance(value, datetime):
            return None
        first = self.measure.combine is Combine.MIN
        if MEASURES.get(self.measure.name) is self.measure and level in ("project", "task"):
            return self.schedule.days(item)[0 if first else 1]
        days = [part.day for part in parts if part.day is not None]
        return (min(days) if first else max(days)) if days else said_day(value, finish=not first)

    def _portion(self, figure: RolledUpValue, part: Priced | Fraction, note: str) -> RolledUpValue:
        """A part of a figure, by period or price base: itself it is known."""
        shown = self._shown(part)
        return attrs.evolve(
            figure,
            carried=part,
            parts=(),
            value=shown.value,
            base=shown.base,
            apart=shown.apart,
            note=shown.note or note,
            known=figure.total,
        )

    def _figure(
        self, full_id: str, item: Bearing, level: str, parts: tuple[RolledUpValue, ...], left_out: tuple[str, ...] = ()
    ) -> RolledUpValue:
        measure = self.measure
        left_out = (*left_out, *(name for part in parts for name in part.left_out))
        asked = (not parts or self._states_totals) and measure.applies(item)
        own, note = self._own(full_id, item) if asked else (None, "")
        if not parts:
            counts_here = asked and level in ("project", "task")
            if own is not None and self._states_totals and level in ("portfolio", "programme"):
                counts_here = True
            if measure.combine is Combine.MEAN and isinstance(item, Project) and item.tasks:
                counts_here, own = False, None  # milestones only: there is no work to weigh
            counts = int(own is not None and counts_here), int(counts_here)
            return self._made(full_id, level, own, counts, name=item.name, note=note, left_out=left_out)
        if own is None and note:  # its own total is stated and has no exchange rate: the sum of its parts is another figure
            return self._made(full_id, level, None, (0, 1), name=item.name, note=note, parts=parts, left_out=left_out)
        carried, known, total = self._joined(parts)
        if own is not None:
            stated = self.amounts.confidence is None  # percentiles of parts need not add up to that of the whole
            if stated and measure.combine is Combine.SUM and known == total and carried is not None and carried != own:
                self.findings.append(self._differs(full_id, own, carried))
            note = f"{STATED}{f'; {note}' if note else ''}"
            return self._made(full_id, level, own, (1, 1), name=item.name, note=note, parts=parts, left_out=left_out)
        return self._made(full_id, level, carried, (known, total), name=item.name, parts=parts, left_out=left_out)

    def _differs(self, full_id: str, own: object, carried: object) -> Finding:
        stated, summed = (show(self._shown(one).value) for one in (own, carried))
        return Finding(
            code="ipmo/total-differs",
            item=full_id,
            severity=Severity.WARNING,
            message=f"{self.measure.name} of {full_id!r} is stated as {stated}, its parts sum to {summed}",
            hint="the stated figure is used",
        )

    @functools.cached_property
    def _states_totals(self) -> bool:
        """An item's own figure is its total."""
        measure = self.measure
        return measure.own_total or (measure.combine is Combine.RATIO and all(part.own_total for part in measure.of))

    def _joined(self, parts: Iterable[RolledUpValue]) -> tuple[object, int, int]:
        carried: object = None
        known, total = 0, 0
        for part in parts:
            known, total = known + part.known, total + part.total
            if part.carried is not None:
                carried = part.carried if carried is None else self.measure.join(carried, part.carried)
        return carried, known, total

    # -------------------------------------------------------------------------------------- trees

    def remembered_tree(self) -> dict[str, RolledUpValue]:
        """The tree of a measure of the core is made once; a plugin's measure may be another value under the same name."""
        if MEASURES.get(self.measure.name) is not self.measure:
            return self.tree()
        key = ("roll-up", self.measure.name, self.as_of, self.include, self.mixed, self.amounts.unrated, self.amounts.confidence)
        tree, findings = remember(self.portfolio, key, lambda: (self.tree(), tuple(self.findings)))
        self.findings[:] = findings
        return dict(tree)

    def tree(self) -> dict[str, RolledUpValue]:
        """Figures of the portfolio, its programmes, projects and tasks, from the top down."""
        pf = self.portfolio
        tree = hierarchy(pf)
        out: dict[str, RolledUpValue] = {}

        def initiative(noun: Programme | Project) -> RolledUpValue:
            if isinstance(noun, Project):
                return self._project(noun)
            inner = tree.direct(noun)
            return self._figure(noun.id, noun, "programme", tuple(initiative(n) for n in self._counted(inner)), self._left_out(inner))

        roots = tree.direct(pf)
        parts = tuple(initiative(n) for n in self._counted(roots))
        whole = self._figure(pf.id, pf, "portfolio", parts, self._left_out(roots))

        def collect(figure: RolledUpValue) -> None:
            out.setdefault(figure.item, figure)
            for part in figure.parts:
                collect(part)

        collect(whole)
        return out

    def _counted(self, nouns: Iterable[Programme | Project]) -> list[Programme | Project]:
        return [n for n in nouns if not isinstance(n, Project) or n.state not in LEFT_OUT or n.state in self.include]

    def _left_out(self, nouns: Iterable[Programme | Project]) -> tuple[str, ...]:
        return tuple(f"{n.id} ({n.state})" for n in nouns if isinstance(n, Project) and n.state in LEFT_OUT and n.state not in self.include)

    def _project(self, project: Project) -> RolledUpValue:
        below = subtasks(project)

        def work(task: Task) -> RolledUpValue | None:
            parts = [f for t in below.get(task.id, ()) if (f := work(t)) is not None]
            if task.id not in below and not self.measure.applies(task):
                return None
            return self._figure(f"{project.id}/{task.id}", task, "task", tuple(parts))

        return self._figure(project.id, project, "project", tuple(f for t in below.get(None, ()) if (f := work(t)) is not None))

    # -------------------------------------------------------------------------------------- groups

    def grouped(self, by: str, whole: RolledUpValue) -> dict[str, RolledUpValue]:
        """Figures by the value of a field or attribute of what contributes; the whole last."""
        groups: dict[str, list[RolledUpValue]] = {}
        for figure in _bearing(whole):
            if by == "price_base" and isinstance(figure.carried, Priced):
                for base, (amount, item) in figure.carried.entries.items():
                    groups.setdefault(base or NO_GROUP, []).append(self._portion(figure, Priced.of(amount, base, item), figure.note))
            else:
                groups.setdefault(self._group(figure.item, by), []).append(figure)
        out = {name: self._group_figure(name, groups[name]) for name in sorted(groups, key=lambda n: (n == NO_GROUP, n))}
        if out and set(out) == {NO_GROUP} and by not in FIELDS:
            known_names = {*FIELDS, *EVERY, *(k for item in self.portfolio.items.values() for k in getattr(item, "attributes", {}))}
            raise UnknownItemError(by, close_matches(by, known_names), "the fields and attributes of this portfolio")
        return {**out, whole.item: attrs.evolve(whole, parts=tuple(out.values()))}

    def _group_figure(self, name: str, parts: list[RolledUpValue]) -> RolledUpValue:
        carried, known, total = self._joined(parts)
        return self._made(name, "group", carried, (known, total), parts=tuple(parts))

    def _group(self, full_id: str, by: str) -> str:
        """The item's own value, else its project's, else its programme's."""
        items = self.portfolio.items
        above = hierarchy(self.portfolio).programmes_of(full_id)
        chain = [items.get(full_id), items.get(self.portfolio.project_of(full_id)), *above]
        if by == "project":
            return self.portfolio.project_of(full_id) or NO_GROUP
        if by == "objective":
            served = benefits_map(self.portfolio).objectives_of
            ids = {o for noun in chain if noun is not None for o in served.get(getattr(noun, "id", ""), ())}
            return " + ".join(o.id for o in self.portfolio.objectives if o.id in ids) or NO_GROUP
        if by == "office":
            return next((office for noun in chain if (office := self._office(getattr(noun, "id", "")))), NO_GROUP)
        for item in chain:
            value = getattr(item, "attributes", {}).get(by)
            if not value and by in FIELDS:
                value = getattr(item, by, None)
            if value:
                return str(value)
        return NO_GROUP

    def _office(self, item: str) -> str:
        """The office that an initiative hosts, or that gives it a service."""
        for office in self.portfolio.offices:
            if office.host == item:
                return office.id
        return next((s.provider for s in self.portfolio.services if item in s.consumers and s.provider is not None), "")

    # -------------------------------------------------------------------------------------- periods

    def phased(self, every: str, whole: RolledUpValue) -> dict[str, RolledUpValue]:
        """Figures by period; what nothing dates and what nobody knows are groups of their own.

        Their sum is the whole, and beside it the dated lines of items whose whole is not known.
        """
        measure = self.measure
        if measure.combine is not Combine.SUM or measure.unit not in ("money", "pd", "number"):
            raise UnitError(f"{measure.name} does not lie over time; by={every!r} is for money and effort")
        timing, rule = Timing(self.portfolio, self.schedule), period_rule(self.portfolio, every)
        dated: dict[Period, list[RolledUpValue]] = {}
        rest: dict[str, list[RolledUpValue]] = {UNDATED: [], UNKNOWN: []}
        for figure in _bearing(whole):
            note = figure.note
            if figure.carried is None:
                rest[UNKNOWN].append(figure)
                note = "the rest of it is unknown"
            for period, part in self._over(timing, rule, figure).items():
                portion = self._portion(figure, part, note)
                (rest[UNDATED] if period is None else dated.setdefault(period, [])).append(portion)
        out = {period.name: self._group_figure(period.name, dated[period]) for period in sorted(dated)}
        out |= {name: self._group_figure(name, figures) for name, figures in rest.items() if figures}
        return {**out, whole.item: attrs.evolve(whole, parts=tuple(out.values()))}

    def _over(self, timing: Timing, rule: PeriodRule, figure: RolledUpValue) -> dict[Period | None, Priced | Fraction]:
        """A figure's exact amount by period; None where nothing dates it."""
        item = self.portfolio if figure.level == "portfolio" else self.portfolio.items[figure.item]
        out: dict[Period | None, Priced | Fraction] = {}
        for piece, base in self._pieces(timing, figure, item):
            if not piece.value and piece.stretch is not None:
                continue
            shares: Mapping[Period, Fraction] | Mapping[None, Fraction] = (
                {None: Fraction(1)} if piece.stretch is None else piece.stretch.over(rule)
            )
            for period, share in shares.items():
                amount = piece.value * share
                part: Priced | Fraction = Priced.of(amount, base, figure.item) if self.measure.unit == "money" else amount
                out[period] = part if period not in out else self.measure.join(out[period], part)
        return out

    def _pieces(self, timing: Timing, figure: RolledUpValue, item: Bearing) -> Iterable[tuple[Piece, str]]:
        full_id, measure = figure.item, self.measure
        value = measure.value(self, full_id, item) if measure.applies(item) else None
        if isinstance(value, Budget | Money):
            lines = self.amounts.lines(full_id, value)
            if lines is None and isinstance(value, Budget):
                lines = [a for a in self.amounts.known_lines(full_id, value) if a.line.since is not None or a.line.until is not None]
        elif isinstance(figure.carried, Priced):
            for base, (amount, _) in figure.carried.entries.items():
                yield Piece(amount, timing.lump(measure.name, full_id)), base
            return
        elif isinstance(figure.carried, Fraction | Decimal | float | int):
            yield Piece(Fraction(figure.carried), timing.lump(measure.name, full_id)), ""
            return
        else:
            return
        by_base: dict[str, list[Amount]] = {}
        for line in lines or ():
            by_base.setdefault(line.base, []).append(line)
        for base, amounts in by_base.items():
            spent = None
            actual = None if isinstance(item, Portfolio) else item.actual
            if measure.name == "forecast" and actual is not None:
                known = self._same_amounts("actual").known_lines(full_id, actual)
                spent = [a for a in known if a.base == base]
            for piece in timing.pieces(measure.name, full_id, amounts, spent):
                yield piece, base


def _summed(lines: list[Amount], item: str) -> Priced:
    whole = Priced({})
    for line in lines:
        whole = whole + Priced.of(line.value, line.base, item)
    return whole if whole.entries else Priced.of(Fraction(0), "", item)


def _bearing(whole: RolledUpValue) -> Iterable[RolledUpValue]:
    """The figures that a total is made of: leaves, and items that state a total of their own."""
    stack = [whole]
    while stack:
        figure = stack.pop()
        unrated = figure.carried is None and bool(figure.note)  # a total of its own without an exchange rate
        if figure.parts and not figure.note.startswith(STATED) and not unrated:
            stack += reversed(figure.parts)
        elif figure.level != "portfolio" or figure.total:
            yield figure
