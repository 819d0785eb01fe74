"""Carbon by period against what may be emitted in it: planned, expected and emitted, from the roll-up of ipmo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, ShownAnswer, Table, UnknownItemError
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.envelopes import COUNTED, added, known_in_full, length, period_of
from ipmo_mop.wording import TONNES, finding

__all__ = ["CarbonBudget", "CarbonPeriod", "carbon", "carbon_envelopes", "emitted_elsewhere", "project_carbon"]

MEASURES = {"planned": "carbon", "expected": "carbon_forecast", "emitted": "carbon_actual"}
FEW = 8


@attrs.frozen(kw_only=True)
class CarbonPeriod(Shown):
    """Carbon of one period, in tonnes of CO2 equivalent.

    Args:
        period: as `ipmo.time_phase` names it.
        planned: in the approved plan.
        expected: the forecast at completion, and what was planned where nothing has been emitted yet.
        emitted: so far.
        most: the envelope; None where there is none.
    """

    period: str
    planned: Fraction
    expected: Fraction
    emitted: Fraction
    most: Fraction | None

    @property
    def left(self) -> Fraction | None:
        """What the envelope leaves of what is expected; below zero where it does not suffice."""
        return None if self.most is None else self.most - self.expected


class CarbonBudget(ShownAnswer):
    """The answer of `carbon`: a row a period, and what is in none.

    Args:
        rows: in order.
        undated: tonnes of each figure (planned, expected, emitted) that nothing dates.
        unknown: ids of projects whose planned carbon is not known in full.
        explained: the roll-up of each figure.
    """

    def __init__(
        self,
        rows: tuple[CarbonPeriod, ...],
        undated: Mapping[str, Fraction],
        unknown: tuple[str, ...],
        explained: Mapping[str, ipmo.RollUp],
    ) -> None:
        self.rows, self.undated, self.unknown, self._explained = rows, dict(undated), unknown, dict(explained)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[CarbonPeriod]:
        return iter(self.rows)

    def __getitem__(self, period: str) -> CarbonPeriod:
        for row in self.rows:
            if row.period == period:
                return row
        raise UnknownItemError(period, (), "these periods")

    def explain(self, period: str, figure: str = "planned") -> str:
        """What the planned, expected or emitted carbon of a period is made of.

        Raises:
            UnknownItemError: there is no such figure, or nothing of it lies in that period.
        """
        if figure not in self._explained:
            raise UnknownItemError(figure, (), f"the figures {', '.join(MEASURES)}")
        return str(self._explained[figure].explain(period))

    def table(self) -> Table:
        """One row a period: period, planned, expected, emitted, envelope, left."""

        def column(name: str, values: Iterable[Fraction | None]) -> Column:
            return Column(name, "float", [None if one is None else float(one) for one in values], TONNES)

        return Table(
            [
                Column("period", "str", [row.period for row in self.rows]),
                *(column(name, [getattr(row, name) for row in self.rows]) for name in MEASURES),
                column("envelope", [row.most for row in self.rows]),
                column("left", [row.left for row in self.rows]),
            ]
        )

    def __repr__(self) -> str:
        total = sum((row.expected for row in self.rows), Fraction(0))
        over = [row.period for row in self.rows if row.left is not None and row.left < 0]
        said = f", above the envelope in {', '.join(over)}" if over else ""
        return f"<CarbonBudget: {float(total):,.6g} {TONNES} expected in {len(self.rows)} periods{said}>"


def _amounts(roll: ipmo.RollUp) -> dict[str, Fraction]:
    return {group.item: group.exact or Fraction(0) for group in roll.groups}


def carbon(portfolio: Portfolio) -> CarbonBudget:
    """Carbon by budget period, against the envelopes that the portfolio states.

    Work emits over its own time as its money lies (`spread:`); what is emitted so far lies up to the status date. Of projects that totals count:
    proposed and cancelled ones are left out.

    Args:
        portfolio: the portfolio.
    """
    rolls = {name: ipmo.roll_up(portfolio, measure, by=length(portfolio)) for name, measure in MEASURES.items()}
    found = {name: _amounts(roll) for name, roll in rolls.items()}
    most = {period_of(portfolio, name): limit.tonnes for name, limit in fields_of(portfolio).carbon_envelopes.items()}
    names = sorted({name for one in found.values() for name in one if not name.startswith("(")} | set(most))
    nothing = Fraction(0)
    rows = tuple(
        CarbonPeriod(period=name, most=most.get(name), **{figure: amounts.get(name, nothing) for figure, amounts in found.items()})
        for name in names
    )
    planned = ipmo.roll_up(portfolio, "carbon")
    unsure = [p.id for p in portfolio.projects if p.counted_as in COUNTED and p.id in planned and not planned.amount(p.id)[1]]
    unknown = tuple(name for name in unsure if planned[name].known < planned[name].total)
    undated = {figure: amounts["(undated)"] for figure, amounts in found.items() if amounts.get("(undated)")}
    return CarbonBudget(rows, undated, unknown, rolls)


def project_carbon(portfolio: Portfolio) -> dict[str, dict[str, Fraction]]:
    """What each project is planned to emit by period; those are left out of which not all is known and dated."""
    return known_in_full(portfolio, "carbon")


def emitted_elsewhere(portfolio: Portfolio) -> dict[str, Fraction]:
    """What is counted in each period of projects that are not chosen between: closed ones."""
    emits = project_carbon(portfolio)
    return added(emits.get(p.id, {}) for p in portfolio.projects if p.counted_as in COUNTED and p.counted_as not in OPEN)


def carbon_envelopes(context: CheckContext) -> Iterable[Finding]:
    """What a period emits stays within its carbon envelope: planned, expected, and what is emitted already."""
    pf = context.portfolio
    stated = fields_of(pf).carbon_envelopes
    if not stated:
        return
    found = carbon(pf)
    for name in stated:
        row = found[period_of(pf, name)]
        assert row.most is not None
        what, amount = ("planned", row.planned) if row.planned > row.most else ("expected", row.expected)
        if row.emitted > row.most:
            what, amount = "emitted already", row.emitted
        if amount > row.most:
            message = (
                f"{float(amount):,.6g} {TONNES} are {what} in {name}, {float(amount - row.most):,.6g} above its envelope of {stated[name]}"
            )
            yield finding("carbon-envelope", "", message, "select less, move work, or plan it with less carbon", Severity.ERROR, part=name)
    if found.unknown:
        said = ", ".join(map(repr, found.unknown[:FEW])) + (f" and {len(found.unknown) - FEW} more" if len(found.unknown) > FEW else "")
        message = f"how much carbon {said} will emit is not known in full, so the envelopes do not count it"
        yield finding("carbon-envelope", "", message, "write carbon:", Severity.INFO, part="unknown")
