"""Whether stated totals agree with their parts, and whether every amount has an exchange rate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import date

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.money.amounts import Amounts
from ipmo.errors import IpmoError
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Programme, Project
from ipmo.rules.themes import Theme, fact
from ipmo.units import as_day
from ipmo.words import agree, counted

__all__ = ["MONEY_CHECKS"]
NAMED = 5
"""So many amounts are named."""


def _money(context: CheckContext) -> Iterator[Finding]:
    """What rolling up found: an item's own figure that differs from the sum of its parts; amounts without an exchange rate."""
    if context.portfolio.money is None:
        return
    missing: list[str] = []
    for measure in ("budget", "actual", "forecast", "funding", "exit_cost"):
        rolled = context.roll_up(measure)
        if measure in ("budget", "actual", "forecast"):
            yield from rolled.findings
        missing += rolled.unrated
    if context.portfolio.benefits:
        with contextlib.suppress(IpmoError):  # nothing says when it starts
            missing += benefits(context.portfolio).unrated
    missing += _tolerated(context.portfolio)
    yield from _unrated(dict.fromkeys(missing))


def _tolerated(portfolio: Portfolio) -> Iterable[str]:
    """The tolerances of risk, of what is not done or gone, that nothing can be held against: their currency has no rate."""
    open_work = [p for p in portfolio.projects if p.counted_as in ("active", "paused")]
    tops: list[Portfolio | Programme | Project] = [portfolio, *portfolio.programmes, *open_work]
    stated = [(one.id, one.tolerance) for one in tops]
    stated += [
        (f"{p.id}/{task.id}", task.tolerance)
        for p in open_work
        for task in kinds_of_work(p)
        if task.tolerance is not None and not task.finished
    ]
    amounts = Amounts(portfolio, as_day(portfolio.status_date or date.max), "tolerance", unrated="unknown")
    for name, tolerance in stated:
        if tolerance is not None and tolerance.risk is not None:
            amounts.lump(name, tolerance.risk)
    return amounts.missing.values()


def _unrated(missing: Iterable[str]) -> Iterator[Finding]:
    """One finding for each rate that is missing, with what needs it."""
    by_rate: dict[str, list[str]] = {}
    for reason in missing:
        what, _, rate = reason.rpartition(": no rate ")
        by_rate.setdefault(rate.partition(";")[0], []).append(what.partition(" is ")[0])
    for rate, names in by_rate.items():
        many, first = len(names), names[0].partition("'")[2].rstrip("'")
        rest = f" and {many - NAMED} more" if many > NAMED else ""
        yield fact(
            "no-rate",
            first,
            f"{counted(many, 'amount')} {agree(many, 'has', 'have')} no exchange rate {rate}: {', '.join(names[:NAMED])}{rest}; what needs"
            f" {agree(many, 'it', 'them')} is not known, and sums are of the rest",
            "add one under rates:, with its date",
            Severity.ERROR,
        )


_MONEY = Theme(_money, "ipmo, roll-up of money")
MONEY_CHECKS = (
    _MONEY.check("total-differs", "Stated totals agree with their parts", "Totals that differ from their parts", rule="EVM-R01"),
    _MONEY.check("no-rate", "Every amount has an exchange rate on its date", "Amounts without an exchange rate"),
)
