"""Figures from task to project, programme and portfolio, or by any attribute; each says what it was made of.

An item's own figure is its total, children included; children are combined only where it states none. Nothing unknown
is taken as zero: every figure carries how many of how many were known. Sums first, divisions last.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal, get_args

from ipmo.analysis.money.amounts import Amounts, Priced, Unrated, in_minor_units
from ipmo.analysis.money.combining import Combining
from ipmo.analysis.money.explanation import Explanation, RolledUpValue
from ipmo.analysis.money.grouping import Grouping
from ipmo.analysis.money.measures import MEASURES
from ipmo.analysis.money.periods import EVERY
from ipmo.analysis.money.shares import PROGRESS, shares
from ipmo.analysis.money.sums import SUMMED, SummedRows, sums
from ipmo.analysis.money.work_tree import LEFT_OUT
from ipmo.errors import MissingRateError, UnitError, UnknownItemError, close_matches, one_of
from ipmo.findings import Finding
from ipmo.memory import remember
from ipmo.model.measures import Measure
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money, as_day, as_when

__all__ = ["LEFT_OUT", "MEASURES", "RollUp", "RolledUpValue", "roll_up", "roll_up_alone"]

Level = Literal["portfolio", "programme", "project", "task"]
LEVELS = (*get_args(Level), "group")
"""The levels that rows of an answer can be of."""


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
    def states(self) -> bool:
        """Whether any of its figures may be known."""
        return not isinstance(self._rows, SummedRows) or bool(self._rows.sums.bases)

    @property
    def unrated(self) -> tuple[str, ...]:
        """What has no exchange rate, and which: it is unknown, and sums are of the rest."""
        return self.total.reasons if self.noted and self.measure.unit == "money" else ()

    @property
    def noted(self) -> bool:
        """Whether any of its figures may say why it is not known."""
        return not isinstance(self._rows, SummedRows) or bool(self._rows.sums.notes)

    def amount(self, item: str) -> tuple[Fraction | None, bool]:
        """(exact amount, whether all of it is known and in one price base) of an item: money without its figure being made.

        (None, False) where nothing of it is known, and of what has no figure.

        Raises:
            UnitError: two known price bases are mixed in it.
        """
        if isinstance(self._rows, SummedRows):
            return self._rows.amount(item)
        figure = self._rows.get(item)
        if figure is None or not isinstance(figure.carried, Priced):
            return None, False
        return figure.carried.only(self.measure.name)[1], figure.known == figure.total and figure.apart is None

    def money(self, item: str) -> tuple[Money | None, bool]:
        """(what the figure of an item shows, whether all of it is known), without its figure being made; (None, False) where nothing is known.

        Raises:
            UnitError: two known price bases are mixed in it.
        """
        if not self.states:
            return None, False
        if isinstance(self._rows, SummedRows):
            return self._rows.value(item)
        figure = self._rows.get(item)
        return (None, False) if figure is None else (figure.money, figure.known >= figure.total)

    def base(self, item: str) -> str:
        """The known price base of the money of an item; empty where nobody says, or nothing is known.

        Raises:
            UnitError: two known price bases are mixed in it.
        """
        if isinstance(self._rows, SummedRows) and not any(self._rows.sums.bases):
            return ""
        figure = self._rows.get(item)
        return "" if figure is None else figure.base

    @property
    def groups(self) -> tuple[RolledUpValue, ...]:
        """The figures of the groups, in order; empty without `by=`."""
        return tuple(figure for figure in self.rows if figure.level == "group")

    def amounts_by_period(self, every: str) -> dict[str, dict[str, Fraction]]:
        """Exact amounts by what bears them and by period, of money and carbon rolled up without `by=`: what `by=every` sums, without its figures.

        What nothing dates is `(undated)`; of what is not known in full `(unknown)` is nothing.

        Args:
            every: `month`, `quarter`, `year` or `financial year`.

        Raises:
            UnitError: it is no such roll-up.
        """
        if not isinstance(self._rows, SummedRows):
            raise UnitError(f"this roll-up of {self.measure.name} has no amounts by period; ask roll_up(..., by={every!r})")
        return Grouping(self._rows.sums.engine).amounts(every, self.total, self._rows)

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
        if level is not None:
            one_of("level", level, LEVELS)
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

    def first(self, count: int = 10) -> Table:
        """Its table up to so many rows; the other figures are not made, unless groups stand before the whole."""
        return super().first(count) if self.root in itertools.islice(self._rows, max(count, 1)) else self.table().head(count)

    def __repr__(self) -> str:
        return f"<RollUp of {self.measure.name}: {self.total}>"


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
    unrated: Unrated = "unknown",
    confidence: float | None = None,
) -> RollUp:
    """A measure over the tree of a portfolio, or by any attribute, objective, office, owner or period.

    Args:
        portfolio: the portfolio.
        measure: `budget`, `actual`, `forecast`, `funding`, `exit_cost`, `spent`, `effort`, `start`, `finish`, `progress`, `status`, or a
            Measure.
        by: `category`, `owner`, `state`, `programme`, `project`, `objective` (as the line of sight says it; who
            serves several is a group of its own, so that nothing counts twice), `office`, `price_base`, `month`, `quarter`,
            `year`, `financial year`, or the name of a free attribute, which none of these words is.
        level: only figures of this level are kept: portfolio, programme, project or task.
        as_of: reports later than this are not seen; lumps convert at this date. The status date when left out.
        include: states to count although totals leave them out: `proposed`, `cancelled`.
        within: a programme, project or summary: only what it holds is grouped.
        measures: the measures known by name.
        unrated: `unknown` counts money without an exchange rate as unknown, with the reason as its note, and `.unrated` says all of it;
            `refuse` raises.
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
    counted = _counted(portfolio, include)
    one_of("unrated", unrated, get_args(Unrated))
    when = as_day(as_when(as_of)) if as_of is not None else _default_date(portfolio)
    if confidence is not None and not 0 < confidence < 1:
        raise UnitError(f"confidence is a share between 0 and 1, for example 0.8 for P80 (got {confidence:g})")

    def engine_for(unrated: Unrated) -> Combining:
        amounts = Amounts(portfolio, when, measure.name, unrated=unrated, confidence=confidence)
        return Combining(portfolio, measure, amounts, counted, mixed=by == "price_base")

    engine = engine_for("refuse")
    root = within if within is not None else portfolio.id
    try:
        tree, findings = _tree(engine)  # where no rate is missing it is one tree, made once
    except MissingRateError:
        if unrated == "refuse":
            raise
        engine = engine_for("unknown")
        tree, findings = _tree(engine)
    if root not in tree:
        raise UnknownItemError(root, close_matches(root, tree), f"this roll-up of {measure.name}")
    if by is None:
        figures = tree if within is None else {figure.item: figure for _, figure, _ in Explanation(tree[root]).walk()}
    elif by in EVERY:
        figures = Grouping(engine).phased(by, tree[root], tree)
    else:
        figures = Grouping(engine).grouped(by, tree[root])
    if level is not None:
        figures = {key: figure for key, figure in figures.items() if figure.level in (level, "group") or key == root}
    return RollUp(measure, figures, root, findings)


def roll_up_alone(portfolio: Portfolio, measure: Measure, item: Programme | Project, *, by: str | None = None) -> RollUp:
    """A measure of one project or programme and what it holds: what others state, and in whose prices, is not looked at.

    What is proposed counts, and money without an exchange rate is unknown.

    Args:
        portfolio: the portfolio.
        measure: the measure.
        item: a project that is not cancelled, or a programme.
        by: a period, as in `roll_up`.

    Raises:
        UnitError: money of two known price bases would be mixed in it.
    """
    amounts = Amounts(portfolio, _default_date(portfolio), measure.name, unrated="unknown")
    engine = Combining(portfolio, measure, amounts, _counted(portfolio, ("proposed",)))
    found = sums(engine, item) if measure in SUMMED and isinstance(item, Project) else None
    figures: Mapping[str, RolledUpValue] = engine.tree_of(item) if found is None else found.rows
    if by is not None:
        figures = Grouping(engine).phased(by, figures[item.id], figures)
    return RollUp(measure, figures, item.id, engine.findings if found is None else found.findings)


def _counted(portfolio: Portfolio, include: Iterable[str]) -> frozenset[str]:
    """The states to count besides that some project is in: without any it is the same tree, made once."""
    for state in (wanted := frozenset(include)):
        one_of("include", state, LEFT_OUT)
    return wanted & _states(portfolio) if wanted else wanted


def _states(portfolio: Portfolio) -> frozenset[str]:
    """The states that projects are counted in."""
    return remember(portfolio, "states", lambda: frozenset(project.counted_as for project in portfolio.projects))


def _default_date(portfolio: Portfolio) -> date:
    return as_day(portfolio.status_date) if portfolio.status_date is not None else date.max


def _tree(engine: Combining) -> tuple[Mapping[str, RolledUpValue], tuple[Finding, ...]]:
    """(the figures from the top down, where stated totals differ); of a measure of the core they are made once.

    A plugin's measure may be another value under the same name.
    """
    measure = engine.measure
    if MEASURES.get(measure.name) is not measure:
        return engine.tree(), tuple(engine.findings)

    def make() -> tuple[Mapping[str, RolledUpValue], tuple[Finding, ...]]:
        done = shares(engine) if measure is PROGRESS else None
        if done is not None:
            return done.rows, ()
        found = sums(engine) if measure in SUMMED else None
        return (engine.tree(), tuple(engine.findings)) if found is None else (found.rows, found.findings)

    key = ("roll-up", measure.name, engine.as_of, engine.include, engine.mixed, engine.amounts.unrated, engine.amounts.confidence)
    return remember(engine.portfolio, key, make)
