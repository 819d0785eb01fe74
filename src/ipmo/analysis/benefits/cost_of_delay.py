"""What a slip costs: benefits that come later, and people who wait.

A benefit's loss is the present value of its forecast less that of the same profile moved: its life moves with its start
or is cut short by a fixed end. People wait where a task that they are assigned to starts later: their rate, times their
number, times the working days.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.money.amounts import rounded
from ipmo.errors import IpmoError
from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task
from ipmo.units import DAY, Effort, as_day, first_day, moment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["CostOfDelay", "cost_of_delay"]


class CostOfDelay:
    """What delays of one portfolio cost, each loss worked out once.

    Args:
        portfolio: the portfolio.
        s: its schedule.
    """

    def __init__(self, portfolio: Portfolio, s: Schedule) -> None:
        self.portfolio, self.schedule = portfolio, s
        self._known: dict[tuple[str, int], Decimal | None] = {}

    @functools.cached_property
    def benefits(self) -> Benefits | None:
        """What the benefits are worth; None where that cannot be said: see `reason`."""
        try:
            return benefits(self.portfolio, unrated="unknown")
        except IpmoError as error:
            self.reason = str(error)
            return None

    reason = ""

    @functools.cached_property
    def currency(self) -> str:
        """Of all losses."""
        if self.portfolio.money is not None:
            return self.portfolio.money.currency
        return self.benefits.currency if self.benefits is not None else ""

    @functools.cached_property
    def worth(self) -> Mapping[str, Decimal]:
        """The present value of each benefit that has one and is still to come."""
        rows = self.benefits
        return {} if rows is None else {name: npv.amount for name, npv in rows.present.items()}

    @property
    def amounts(self) -> Mapping[str, float]:
        """`worth` as numbers in that currency."""
        rows = self.benefits
        return {} if rows is None else rows.present_amounts

    @property
    def priced(self) -> bool:
        """Whether anything that waits has a known price: a benefit, or the people and machines of a task."""
        return self.valued or bool(self._rates)

    @property
    def valued(self) -> bool:
        """Whether a benefit has a present value."""
        return self.benefits is not None and bool(self.benefits.present_amounts)

    @property
    def rated(self) -> bool:
        """Whether people or machines have a known price."""
        return bool(self._rates)

    def delayed(self, benefit: str, before: int, after: int) -> Decimal | None:
        """What it costs that a benefit moves from one instant to another; negative when it comes earlier. None when not known."""
        days = (_first_day(after) - _first_day(before)).days
        if days == 0:
            return Decimal(0)
        key = (benefit, days)
        if key not in self._known:
            self._known[key] = self._loss(benefit, days)
        return self._known[key]

    def delays(self, benefits: Sequence[str], which: Array, before: Array, after: Array) -> tuple[Array, NDArray[np.bool_]]:
        """`delayed` of many benefits, in minor units, and where it is known.

        Args:
            benefits: ids of benefits.
            which: which of these moves, int64 (n).
            before: the instants that they move from.
            after: the instants that they move to.
        """
        import numpy as np

        days = -(-after // DAY) + (-before // DAY)  # between the first whole days from these instants on
        out, known = np.zeros(len(days), np.int64), days == 0
        moved = np.flatnonzero(~known)
        if self.benefits is None or not len(moved):
            return out, known
        pairs, each = np.unique(np.column_stack([which[moved], days[moved]]), axis=0, return_inverse=True)
        asked = [row for row, place in enumerate(pairs[:, 0].tolist()) if benefits[place] in self.benefits]
        found = self.benefits.losses([benefits[place] for place in pairs[asked, 0].tolist()], pairs[asked, 1].tolist())
        amounts, sure = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), bool)
        for row, amount in zip(asked, found, strict=True):
            if amount is not None:
                amounts[row], sure[row] = amount, True
        out[moved], known[moved] = amounts[each.ravel()], sure[each.ravel()]
        return out, known

    def _loss(self, benefit: str, days: int) -> Decimal | None:
        if self.benefits is None or benefit not in self.benefits:
            return None
        found = self.benefits[benefit].loss_if(days)
        return None if found is None else found.amount

    @functools.cached_property
    def _rates(self) -> Mapping[str, Decimal]:
        """What one unit of each resource costs a working day, in the portfolio's currency, where it is known."""
        out: dict[str, Decimal] = {}
        for resource in self.portfolio.resources:
            if resource.rate is None:
                continue
            try:
                cost = resource.rate.cost(Effort(Decimal(1), "pd"))
            except IpmoError:
                continue
            amount = cost.amount
            if cost.currency != self.currency:
                try:
                    stated = self.portfolio.status_date or self.portfolio.start
                    on = as_day(stated) if stated is not None else self.schedule.first_day
                    amount *= self.portfolio.exchange_rates.rate(cost.currency, on)[0]
                except IpmoError:
                    continue
            out[resource.id] = amount
        return out

    def waiting(self, item: str, days: float) -> Decimal | None:
        """What the people and machines of a task cost while it waits; None where nobody assigned has a rate.

        Args:
            item: full id.
            days: working days.
        """
        noun = self.portfolio.items.get(item)
        if not isinstance(noun, Task) or days <= 0:
            return None
        known = [Decimal(str(one.units)) * self._rates[one.resource] for one in noun.assignments if one.resource in self._rates]
        if not known:
            return None
        return rounded(Fraction(sum(known, Decimal(0))) * Fraction(days), self.currency).amount


def cost_of_delay(portfolio: Portfolio, s: Schedule) -> CostOfDelay:
    """What delays of a portfolio cost, made once for a schedule."""
    return remember(portfolio, ("cost of delay", id(s)), lambda: CostOfDelay(portfolio, s))


@functools.lru_cache(maxsize=4096)
def _first_day(instant: int) -> date:
    """The first whole day from an instant on, as `benefits` dates a benefit's start."""
    return first_day(moment(instant))
