"""Whether stated totals agree with their parts, and whether every amount has an exchange rate."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from ipmo.analysis.benefits.realisation import benefits
from ipmo.errors import IpmoError
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.rules.themes import Theme, fact
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
    yield from _unrated(dict.fromkeys(missing))


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
