"""Money by period: a column for each financial year, quarter or month, beside that of the whole or in rows of a kind of money each."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from ipmo.files.foreign import Intake
from ipmo.findings import Severity
from ipmo.model.estimates import Fixed
from ipmo.model.money import Budget, BudgetLine
from ipmo.registers.building.rows import Column, Table
from ipmo.registers.cells.days import Period, period_of
from ipmo.registers.cells.outcomes import CellError, Refused
from ipmo.registers.fields import KINDS_OF_MONEY
from ipmo.units import Money

__all__ = ["Periods"]


class Periods:
    """The lines of budgets that columns of a period each say.

    Args:
        intake: the reading; it says which periods nobody can tell.
        year_starts: the first month of a financial year, 0 where nothing says which.
    """

    def __init__(self, intake: Intake, year_starts: int) -> None:
        self.intake, self.year_starts = intake, year_starts
        self._known: dict[tuple[str, str], Period | None] = {}

    def of(self, column: Column) -> Period | None:
        """The period that a column's money belongs to; None where nothing says when it begins, which is said once."""
        key = column.mapping.header, column.mapping.period
        if key not in self._known:
            try:
                self._known[key] = period_of(column.mapping.period, self.year_starts)
            except CellError as error:
                self.intake.note("period", f"column {key[0]!r}: {error}; its amounts are left out", severity=Severity.ERROR)
                self._known[key] = None
        return self._known[key]

    def line(self, column: Column, money: Money, *, kind: str | None = None, note: str = "") -> BudgetLine:
        """The line that a cell of a column says; of a period that nobody can tell it says no amount."""
        kind = kind or column.mapping.money or None
        if not column.mapping.period:
            return BudgetLine(amount=Fixed(money), kind=kind, note=note)
        period = self.of(column)
        if period is None:
            return BudgetLine(note=note or f"of {column.mapping.period}")
        return BudgetLine(amount=Fixed(money), since=period.first, until=period.last, kind=kind, note=note)

    def split(self, table: Table, values: dict[str, object], periods: AnyMapping[str, Sequence[Column]], position: int) -> None:
        """Puts the money of a row by period beside that of the whole.

        Args:
            table: whose row it is.
            values: of the row, by field.
            periods: the columns of periods, by field.
            position: of the row.
        """
        for name, columns in periods.items():
            said = [(column, column.outcomes[position]) for column in columns]
            lines = [self.line(column, money) for column, money in said if isinstance(money, Money)]
            if lines:
                whole, lump = any(one.name == name and not one.mapping.is_part for one in table.columns), values.get(name)
                values[name] = Budget(
                    (*lines, *_rest(lines, lump if isinstance(lump, Budget) else None, whole=whole, alone=len(columns) == 1))
                )

    def of_row(self, table: Table, told: AnyMapping[str, Any], position: int) -> dict[str, list[BudgetLine]]:
        """The lines that a row of money says, by which money they are.

        Args:
            table: whose row it is.
            told: what the row says, by field.
            position: of the row.

        Raises:
            CellError: its period is none, or it states no amount.
        """
        amounts = [column for column in table.columns if column.name in ("amount", *KINDS_OF_MONEY)]
        parts = any(column.name == "amount" and column.mapping.is_part for column in amounts)
        if not parts and not any(column.name in told for column in amounts):
            why = next((said.reason for column in amounts if isinstance(said := column.outcomes[position], Refused)), "")
            raise CellError(f"it states no amount{why and f': {why}'}")
        found = {told.get("kind", "budget"): self._lines(table, told, position)} if parts or "amount" in told else {}
        for kind in KINDS_OF_MONEY:
            if kind in told:
                found[kind] = [*found.get(kind, ()), *self._lines(table, {**told, "amount": told[kind]}, position, alone=True)]
        return found

    def _lines(self, table: Table, told: AnyMapping[str, Any], position: int, *, alone: bool = False) -> list[BudgetLine]:
        """The lines of one kind of money in a row: one, or one for each column of a period; `alone` where its column is of all."""
        kind, note = told.get("class"), told.get("note", "")
        since, until = told.get("from"), told.get("until")
        if "period" in told:
            period = period_of(str(told["period"]), self.year_starts)
            since, until = period.first, period.last
        columns = [column for column in table.columns if column.name == "amount" and column.mapping.is_part and not alone]
        if columns:
            said = [(column, column.outcomes[position]) for column in columns]
            lines = [(column, self.line(column, money, kind=kind, note=note)) for column, money in said if isinstance(money, Money)]
            return [line if column.mapping.period else attrs.evolve(line, since=since, until=until) for column, line in lines]
        return [BudgetLine(amount=Fixed(told["amount"]), since=since, until=until, kind=kind, note=note)]


def _rest(lines: Sequence[BudgetLine], lump: Budget | None, *, whole: bool, alone: bool) -> tuple[BudgetLine, ...]:
    """What is left of the whole beside the money of periods: the whole counts it already; unknown where it is, or where one period is all.

    Args:
        lines: of the periods.
        lump: what the column of the whole says; None where it says nothing.
        whole: there is such a column.
        alone: the periods are one only.
    """
    if lump is None:
        return (BudgetLine(note="the rest is not stated"),) if whole or alone else ()
    told = [one.amount.value for one in (*lump.lines, *lines) if isinstance(one.amount, Fixed) and isinstance(one.amount.value, Money)]
    if len({one.currency for one in told}) != 1 or len(told) != len(lump.lines) + len(lines):
        return lump.lines
    rest = told[0].amount - sum((one.amount for one in told[1:]), Decimal(0))
    return (BudgetLine(amount=Fixed(Money(rest, told[0].currency)), note="the rest of the whole"),) if rest else ()
