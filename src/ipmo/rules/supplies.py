"""Whether there is enough of what the plan uses up."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.analysis.resources.supplies import used_up
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.rules.themes import Theme, fact

__all__ = ["SUPPLY_CHECKS"]


def _find(context: CheckContext) -> Iterator[Finding]:
    """Resources of which the plan uses up more than there ever is."""
    if not any(one.used_up for one in context.portfolio.resources):
        return
    for one in used_up(context.portfolio):
        if one.over:
            enough = one.there is not None and one.least <= one.there
            hint = "ipmo.level chooses ways that take less" if enough else "get more of it, or write modes: that take less"
            yield fact("used-up", one.resource, str(one), hint, Severity.WARNING if enough else Severity.ERROR)


_SUPPLIES = Theme(_find, "ipmo, conventions of the model")

SUPPLY_CHECKS = (_SUPPLIES.check("used-up", "The plan uses up no more of a resource than there ever is", "More used up than there is"),)
