"""Benefits by period: what was planned, what is forecast and what is realised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Protocol

from ipmo.analysis.benefits.profiles import Profile, spread
from ipmo.analysis.money.amounts import EVEN, Amounts
from ipmo.analysis.money.periods import Period, Stretch, period_rule, wall_clock
from ipmo.model.benefits import Benefit
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Column, Table
from ipmo.units import minutes

__all__ = ["by_period"]


class OneBenefit(Protocol):
    """A benefit with its plan and its forecast."""

    @property
    def id(self) -> str: ...
    @property
    def noun(self) -> Benefit: ...
    @property
    def currency(self) -> str: ...
    @property
    def planned(self) -> Profile | None: ...
    @property
    def forecast(self) -> Profile | None: ...


def by_period(rows: Sequence[OneBenefit], portfolio: Portfolio, as_of: date, every: str) -> Table:
    """Planned, forecast and actual of some benefits by period, as `Benefits.by_period` says.

    Args:
        rows: the benefits.
        portfolio: whose they are.
        as_of: the date at which amounts convert.
        every: month, quarter, year or financial year.
    """
    rule = period_rule(portfolio, every)
    sums: dict[str, dict[Period, Fraction]] = {"planned": {}, "forecast": {}, "actual": {}}
    amounts = Amounts(portfolio, as_of, "actual", unrated="unknown")  # whoever refuses them has done so already
    flows = {
        name: [flow for row in rows if (found := getattr(row, name)) is not None for flow in found.flows]
        for name in ("planned", "forecast")
    }
    sums |= {name: spread(found, rule) for name, found in flows.items()}
    for row in rows:
        for line in amounts.known_lines(row.id, row.noun.actual) if row.noun.actual is not None else ():
            if line.line.since is not None:
                until = line.line.until if line.line.until is not None else line.line.since
                stretch = Stretch(minutes(line.line.since), minutes(until, end=line.line.until is not None), EVEN, wall_clock)
                for period, share in stretch.over(rule).items():
                    sums["actual"][period] = sums["actual"].get(period, Fraction(0)) + line.value * share
    periods = sorted({period for found in sums.values() for period in found})
    currency = rows[0].currency if rows else ""
    columns = [Column("period", "str", [p.name for p in periods]), Column("start", "date", [p.start for p in periods])]
    columns += [
        Column(name, "float", [float(round(found[p], 2)) if p in found else None for p in periods], currency)
        for name, found in sums.items()
    ]
    return Table(columns)
