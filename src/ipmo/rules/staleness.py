"""Fields of projects that stand still over the months, where others like them move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ipmo.analysis.control.interval_store import Frozen
from ipmo.analysis.control.intervals import Intervals
from ipmo.analysis.control.movement import movement_of
from ipmo.findings import Finding
from ipmo.methods.contract import CheckContext
from ipmo.model.plain import plain_noun
from ipmo.model.portfolio import Portfolio
from ipmo.rules.themes import Theme, fact
from ipmo.units import as_day

__all__ = ["STALENESS_CHECKS"]

INSIDE = ("tasks", "gates", "risks")


def _stale(context: CheckContext) -> Iterator[Finding]:
    """What a project states and does not change for longer than chance explains, by how often the others change it.

    Months without a status date are not looked at, nor those that do not lie before the portfolio's own. See `ipmo.movement`.
    """
    if context.portfolio.status_date is None:
        return
    today = as_day(context.portfolio.status_date)
    past: dict[date, Portfolio] = {
        as_day(month.status_date): month for month in context.history if month.status_date is not None and as_day(month.status_date) < today
    }
    if not past:
        return
    months = [*sorted(past.items()), (today, context.portfolio)]
    documents = (
        (Frozen(day=day, name=month.id), {"projects": [plain_noun(project, INSIDE) for project in month.projects]}) for day, month in months
    )
    for one in movement_of(Intervals.of(documents)).stale:
        if one.kind == "projects":
            yield fact("stale-field", one.item, one.text, "ask whoever reports it whether it is still so", part=one.field)


STALENESS_CHECKS = (
    Theme(
        _stale, "staleness of data as a value figure of an office; chance by the other projects, shared out over all fields (Bonferroni)"
    ).check("stale-field", "What projects report moves as it does elsewhere", "Data that nobody looks after"),
)
