"""How the cells of a column are read by its mapping."""

from __future__ import annotations

from ipmo.registers.cells.days import MONTH_NAMES
from ipmo.registers.cells.outcomes import UnknownTexts
from ipmo.registers.cells.reading import Settings, usual_year
from ipmo.registers.mapping import ColumnMapping, Mapping

__all__ = ["settings_of"]


def settings_of(column: ColumnMapping, whole: Mapping, unknown: UnknownTexts) -> Settings:
    """What the mapping of a column states of its cells, else what that of its file does.

    Args:
        column: the mapping of the column.
        whole: that of the file.
        unknown: says of a text whether it means that something is unknown.
    """
    currency = column.currency or whole.currency
    return Settings(
        unit=column.unit,
        currency=currency,
        multiplier=whole.multiplier if column.multiplier is None else column.multiplier,
        in_full=column.multiplier == "",
        per=column.per,
        dates=column.dates or whole.dates,
        decimal=column.decimal or whole.decimal,
        year_starts=MONTH_NAMES.get(whole.financial_year, 0) or usual_year(whole.currency or currency),
        unknown=unknown,
        scale=column.scale,
        separator=column.separator,
    )
