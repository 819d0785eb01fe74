"""What projects and benefits count where people do not suffice: priorities as stated, by value, and what a delay costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from ipmo.analysis.benefits.attribution import attribute
from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.dates.schedule import Schedule
from ipmo.errors import IpmoError, OptionError
from ipmo.model.portfolio import Portfolio
from ipmo.network.plans import Due
from ipmo.network.states import LIVE
from ipmo.units import DAY, Money, minutes

__all__ = ["USUAL", "Priority", "losses_of", "lost", "weights_of"]

Priority = Literal["stated", "value", "cost of delay", "none"]
USUAL = 500
"""The priority of a project that states none, as in Microsoft Project."""
PARTS = 1000
"""Weights are whole numbers that sum to about so many."""
MONTH = 30
"""Days of delay by which the cost of a day is measured."""


def weights_of(portfolio: Portfolio, today: Schedule, priority: Priority) -> list[int]:
    """What a day of the finish of each project of the network counts; empty where all count the same.

    Raises:
        OptionError: by value or cost of delay, and none is known.
    """
    names = today.network.projects
    stated = {project.id: project.priority for project in portfolio.projects}
    if priority == "stated" and any(one is not None for one in stated.values()):
        return [max(round(USUAL if (one := stated.get(name)) is None else one), 0) for name in names]
    if priority not in ("value", "cost of delay"):
        return []
    found, lacking = None, "values of benefits that lead to projects"
    if priority == "value":
        found = attribute(portfolio)
    else:
        lacking = "a forecast or value for benefits that projects lead to, which a delay changes"
        losses = {benefit: float(loss) for benefit, _, _, loss in _monthly(portfolio, today) if loss > 0}
        found = attribute(portfolio, pool=losses) if losses else None
    worth = {row.initiative: row.value for row in found or () if row.value is not None and row.value > 0}
    whole = sum(worth.get(name, 0.0) for name in names)
    if whole <= 0:
        why = f" ({found.reason})" if found is not None and found.reason else ""
        raise OptionError("priority", priority, takes=f"'stated', or {lacking}{why}")
    return [max(round(PARTS * worth.get(name, 0.0) / whole), 1) for name in names]


def losses_of(portfolio: Portfolio, today: Schedule) -> list[Due]:
    """What each open benefit loses by the minute when it comes later than by links alone, as parts of what all lose in a month.

    Raises:
        OptionError: no benefit has a worth that a delay changes.
    """
    found = [(node, at, loss) for _, node, at, loss in _monthly(portfolio, today) if loss > 0]
    whole = sum(loss for *_, loss in found)
    if not found:
        raise OptionError("objective", "cost of delay", takes="'commitments', or a forecast or value for benefits that the work leads to")
    return [Due((node,), at, weight=max(round(PARTS * loss / whole), 1)) for node, at, loss in found]


def _monthly(portfolio: Portfolio, today: Schedule) -> Iterator[tuple[str, int, int, Decimal]]:
    """(benefit, node, instant, loss of a month's delay) of each benefit whose worth is known."""
    stakes, passes, net = cost_of_delay(portfolio, today), today.passes, today.network
    for benefit in stakes.worth:
        node = passes.named.get(benefit)
        if node is None or net.state[node] not in LIVE or node in passes.without_duration:
            continue
        at = int(passes.finishes[int(net.positions.pos[node])])
        loss = stakes.delayed(benefit, at, at + MONTH * DAY)
        if loss is not None:
            yield benefit, node, at, loss


def lost(portfolio: Portfolio, before: Schedule, after: Schedule) -> Money | None:
    """What benefits lose because they come later in another schedule; None where no loss is known."""
    try:
        stakes, benefits = cost_of_delay(portfolio, before), [one for one, *_ in _monthly(portfolio, before)]
    except IpmoError:
        return None
    losses = [_loss(portfolio, benefit, (before, after)) for benefit in benefits]
    known = [loss for loss in losses if loss is not None]
    return Money(sum(known, Decimal(0)), stakes.currency) if known else None


def _loss(portfolio: Portfolio, benefit: str, both: Sequence[Schedule]) -> Decimal | None:
    finishes = [one.dates(benefit)[1] if benefit in one else None for one in both]
    if None in finishes:
        return None
    was, now = (minutes(when) for when in finishes if when is not None)
    return cost_of_delay(portfolio, both[0]).delayed(benefit, was, now)
