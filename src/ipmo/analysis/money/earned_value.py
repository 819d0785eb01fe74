"""Earned value and earned schedule, on every level: sums first, divisions last.

PV planned value, EV earned value, AC actual cost, BAC budget at completion. Level of effort earns as planned, says
nothing about the schedule, and is kept apart: it is in no index of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import get_args

from ipmo.analysis.money.amounts import Unrated
from ipmo.analysis.money.earned_item import EarnedItem
from ipmo.analysis.money.earned_tree import EarnedRows, EarnedTree
from ipmo.analysis.money.indices import EarnedSchedule, Indices
from ipmo.analysis.money.periods import Every, PeriodRule, period_rule
from ipmo.analysis.money.pictures import earned_picture
from ipmo.analysis.money.rollup import LEVELS
from ipmo.errors import MissingRateError, ModelError, one_of
from ipmo.figures.svg import Figure
from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money, When, as_when

__all__ = ["EarnedItem", "EarnedSchedule", "EarnedValue", "Indices", "earned_value"]


IN_COLUMNS = 1_000
"""From so many items on the table is filled in columns."""


class EarnedValue(Rows[str, EarnedItem]):
    """The answer of `earned_value`, indexed by id.

    Args:
        items: the rows, by id.
        root: the portfolio.
        as_of: the date of the figures.
        rule: the periods of earned schedule.
        currency: of all figures.
        unrated: what has no exchange rate, and which: it is unknown, and sums are of the rest.
    """

    def __init__(
        self, items: Mapping[str, EarnedItem], root: str, as_of: When, rule: PeriodRule, currency: str, unrated: Iterable[str] = ()
    ) -> None:
        super().__init__(items, "this earned value")
        self.root, self.as_of, self.rule, self.currency, self.unrated = root, as_of, rule, currency, tuple(unrated)
        self.every = rule.every

    @property
    def total(self) -> EarnedItem:
        """The figures of the whole portfolio."""
        return self[self.root]

    @property
    def added(self) -> tuple[EarnedItem, ...]:
        """Work packages that the named baseline does not have: in no sum."""
        return tuple(item for item in self.rows if item.scope == "added")

    @property
    def removed(self) -> tuple[EarnedItem, ...]:
        """Work packages of the named baseline that are there no more, or no longer counted: their budgets are in BAC."""
        return tuple(item for item in self.rows if item.scope == "removed")

    def explain(self, item: str | None = None) -> str:
        """How an item's figures came about: its rule and figures, then those of each part, one line each.

        Args:
            item: full id; the whole portfolio when left out.

        Raises:
            UnknownItemError: there is no such item.
        """
        whole = self[item or self.root]
        return "\n".join([whole.line, *(f"  {part.line}" for part in whole.parts)])

    def plot(self, item: str | None = None) -> Figure:
        """A picture of the plan, of what is earned and spent at the date of the figures, and of the estimate at completion.

        Shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            item: full id; the whole portfolio when left out.

        Raises:
            UnknownItemError: there is no such item.
            ModelError: no work package of it is known in full.
        """
        return earned_picture(self[item or self.root], self.rule, self.currency, self.as_of)

    def table(self, level: str | None = None) -> Table:
        """One row an item: item, name, level, rule, bac, pv, ev, ac, cv, sv, cpi, spi, eac, vac, tcpi, es, at, sv_t, spi_t, ieac_t,
        effort, known, measured, total, floating, scope.

        Money in the portfolio's currency, es, at, sv_t and ieac_t in periods; `effort` is the level of effort kept apart. `bac` is of
        every budget that is known; pv, ev, sv, spi and all of time are of the `measured` packages; ac, cv, cpi and tcpi of the `known`
        ones, whose actual cost is known too; `eac` and `vac` are blank unless all packages are.
        """
        if level is not None:
            one_of("level", level, LEVELS)
        if isinstance(self._rows, EarnedRows) and len(self._rows) >= IN_COLUMNS:
            return _in_columns(self._rows, level, self.every)
        rows = [item for item in self.rows if level is None or item.level == level]
        currency = self.currency

        def money(values: Iterable[Money | None], name: str) -> Column:
            return Column(name, "float", [None if v is None else float(v.amount) for v in values], currency)

        def number(values: Iterable[float | None], name: str, unit: str = "") -> Column:
            return Column(name, "float", list(values), unit)

        def timed(name: str) -> list[float | None]:
            return [None if r.schedule is None else getattr(r.schedule, name) for r in rows]

        return Table(
            [
                Column("item", "str", [r.item for r in rows]),
                Column("name", "str", [r.name for r in rows]),
                Column("level", "str", [r.level for r in rows]),
                Column("rule", "str", [r.rule for r in rows]),
                money((r.bac for r in rows), "bac"),
                money((r.pv for r in rows), "pv"),
                money((r.ev for r in rows), "ev"),
                money((r.ac for r in rows), "ac"),
                number((r.indices.cv for r in rows), "cv", currency),
                number((r.indices.sv for r in rows), "sv", currency),
                number((r.indices.cpi for r in rows), "cpi"),
                number((r.indices.spi for r in rows), "spi"),
                number((r.eac for r in rows), "eac", currency),
                number((r.vac for r in rows), "vac", currency),
                number((r.indices.tcpi() for r in rows), "tcpi"),
                number(timed("es"), "es", self.every),
                number(timed("at"), "at", self.every),
                number(timed("sv_t"), "sv_t", self.every),
                number(timed("spi_t"), "spi_t"),
                number(timed("ieac_t"), "ieac_t", self.every),
                money((r.effort[1] for r in rows), "effort"),
                Column("known", "int", [r.known for r in rows]),
                Column("measured", "int", [r.measured for r in rows]),
                Column("total", "int", [r.total for r in rows]),
                Column("floating", "int", [r.floating for r in rows]),
                Column("scope", "str", [r.scope for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<EarnedValue as of {self.as_of}: {self.total}>"


def _in_columns(rows: EarnedRows, level: str | None, every: str) -> Table:
    """The table of many items without a row of any."""
    from ipmo.analysis.money.earned_columns import EarnedColumns  # a first answer must not wait for numpy

    names, positions = list(rows.places), list(rows.places.values())
    if level is not None:
        levels, _ = rows.tree.kinds(positions)
        kept = [place for place, one in enumerate(levels) if one == level]
        names, positions = [names[place] for place in kept], [positions[place] for place in kept]
    return EarnedColumns(rows.tree, positions).table(names, every)


def earned_value(
    portfolio: Portfolio,
    *,
    as_of: date | str | None = None,
    baseline: Portfolio | None = None,
    every: Every = "month",
    unrated: Unrated = "unknown",
) -> EarnedValue:
    """Earned value of every task, project, programme and the portfolio.

    A task plans its budget over its time in the plan (its baseline dates, else its scheduled dates) by its spread; it
    earns by its earning rule, or by the share that an extension declares (a scope and its base). A project with a budget of its own and no budgets below is one work package. What lacks a
    budget, a date or progress is counted and left out of every sum but BAC; what lacks an actual cost only is left out of
    what needs one (CV, CPI, EAC, VAC, TCPI), whose halves are of the same work packages, and not of planned and earned
    value, SPI and earned schedule; proposed and cancelled projects are left out.

    Args:
        portfolio: the portfolio.
        as_of: the date of the figures, seen from the start of its day as a status date is, or the time where one is given; when
            left out the status date, of a project with a status date of its own that one.
        baseline: the plan that budgets and dates are taken from; the portfolio's own when left out. What was added to it is in no
            sum, what was removed from it stays in BAC; both are listed.
        every: length of the periods of earned schedule: month, quarter, year or financial year.
        unrated: what becomes of money without an exchange rate, as for `roll_up`.

    Raises:
        ModelError: no date is stated, or no currency.
        OptionError: there is no such period.
        UnitError: money of two price bases would be mixed.
        MissingRateError: money in another currency has no exchange rate, and that is to be refused.
    """
    if as_of is None and portfolio.status_date is None:
        raise ModelError(f"portfolio {portfolio.id!r} has no status date; pass as_of=, or write portfolio: status_date:")
    one_of("unrated", unrated, get_args(Unrated))
    when = as_when(as_of) if as_of is not None else portfolio.status_date or date.max
    rule, own = period_rule(portfolio, every), as_of is None
    if baseline is not None:
        return _answered(portfolio, when, baseline, rule, own, unrated)
    if unrated == "unknown":
        try:
            return earned_value(
                portfolio, as_of=as_of, every=every, unrated="refuse"
            )  # where no rate is missing it is one answer, made once
        except MissingRateError:
            pass
    key = ("earned value", when, every, own, unrated)
    return remember(portfolio, key, lambda: _answered(portfolio, when, portfolio, rule, own, unrated))


def _answered(portfolio: Portfolio, as_of: When, plan: Portfolio, rule: PeriodRule, own: bool, unrated: Unrated) -> EarnedValue:
    tree = EarnedTree(portfolio, as_of, plan, rule, own, unrated)
    return EarnedValue(tree.rows(), portfolio.id, as_of, rule, tree.currency, tree.unrated)
