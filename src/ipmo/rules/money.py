"""Whether stated totals agree with their parts."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.findings import Finding
from ipmo.methods.contract import CheckContext
from ipmo.rules.themes import Theme

__all__ = ["MONEY_CHECKS"]


def _totals(context: CheckContext) -> Iterator[Finding]:
    """What rolling up found: an item's own figure that differs from the sum of its parts."""
    if context.portfolio.money is not None:
        for measure in ("budget", "actual", "forecast"):
            yield from context.roll_up(measure).findings


MONEY_CHECKS = (
    Theme(_totals, "ipmo, roll-up of money").check(
        "total-differs", "Stated totals agree with their parts", "Totals that differ from their parts", rule="EVM-R01"
    ),
)
