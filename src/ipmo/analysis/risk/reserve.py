"""What the open threats of a project may cost together, against the money that is there for them.

The sum of probability times impact is a mean, and passed about every other time; a reserve is set by a percentile of what may come.
The draws are those of `simulate` under the same seed. Source: AACE 44R-08 (expected value), 40R-08 (contingency at a percentile).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs
import numpy as np

from ipmo.analysis.dates.triggers import past
from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.risk.distributions import Draws
from ipmo.errors import IpmoError
from ipmo.model.estimates import Estimate, Fixed, Uniform
from ipmo.model.held import by_project
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.network.streams import GROUP, Stream, stream
from ipmo.units import Money

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Reserve", "reserve"]

BLOCKS = 8
"""Blocks of samples: 4,096, with a standard error of at most 0.8 points on any share."""


@attrs.frozen(kw_only=True, eq=False)
class Reserve:
    """The cost of a project's open threats in samples, and what is there for it.

    Args:
        project: its id.
        money: what is granted beyond the forecast, else the budget; None where one of them is not known. In the portfolio's currency.
        costs: of all threats that are counted, sample by sample, alike.
        left_out: open threats whose probability or cost is not known.
        currency: of both.
    """

    project: str
    money: float | None
    costs: NDArray[np.float64] = attrs.field(repr=False)
    left_out: tuple[str, ...]
    currency: str

    @property
    def mean(self) -> float:
        """Expected monetary value, from the samples."""
        return float(self.costs.mean())

    def p(self, percent: int) -> float:
        """The least amount that is enough with that probability, in per cent."""
        return float(np.sort(self.costs)[int(np.ceil(percent / 100 * len(self.costs) - 1e-9)) - 1])

    @property
    def enough(self) -> float | None:
        """The probability that the money suffices; None where it is not known."""
        return None if self.money is None else float((self.costs <= self.money + 1e-9).mean())


def reserve(portfolio: Portfolio, project: Project, seed: int = 1) -> Reserve | None:
    """What the open threats of a project may cost, before their responses, against what is granted beyond its forecast.

    Args:
        portfolio: the portfolio.
        project: one of its projects.
        seed: of the streams of random numbers.

    Returns:
        None where no threat is counted.
    """
    when = portfolio.status_date
    amounts = Amounts(portfolio, date.max if when is None else when, "risk", unrated="unknown")
    wanted: list[tuple[Stream, Estimate]] = []
    rows: list[tuple[int, int, float, float]] = []
    left_out: list[str] = []
    gone = past(portfolio, when)
    for held in by_project(portfolio).get(project.id, ()):
        risk, full_id = held.noun, held.id
        if risk.state != "open" or risk.opportunity or full_id in gone:
            continue
        impacts = risk.before.impacts if risk.before is not None else ()
        costs = [(n, one.cost) for n, one in enumerate(impacts) if one.cost is not None]
        rates = [_rate(amounts, full_id, one) for _, one in costs]
        if risk.before is None or risk.before.probability is None or not costs or None in rates:
            left_out.append(full_id)
            continue
        happens = len(wanted)
        wanted.append((stream(seed, full_id, "happens"), Uniform(0.0, 1.0)))
        for (number, cost), rate in zip(costs, rates, strict=True):
            rows.append((happens, len(wanted), risk.before.probability, rate or 0.0))
            wanted.append((stream(seed, full_id, f"cost {number}"), cost))
    if not rows:
        return None
    draws = Draws(wanted)
    values = np.concatenate([draws.values(block) for block in range(BLOCKS)], axis=1)
    whole = np.zeros(BLOCKS * GROUP)
    for happens, place, probability, rate in rows:
        whole += np.where(values[happens] < probability, values[place] * rate, 0.0)
    money = _left(amounts, project)
    return Reserve(project=project.id, money=money, costs=whole, left_out=tuple(left_out), currency=amounts.currency)


def _rate(amounts: Amounts, full_id: str, cost: Estimate) -> float | None:
    """The portfolio's currency for one of a cost's; None where no rate is known."""
    central = cost.central()
    if not isinstance(central, Money):
        return None
    found = amounts.lines(full_id, Budget((BudgetLine(amount=Fixed(Money(1, central.currency))),)))
    return None if not found else float(found[0].value)


def _left(amounts: Amounts, project: Project) -> float | None:
    """What is granted to a project beyond its forecast, else its budget."""
    planned: Sequence[Budget | None] = (project.forecast, project.budget)
    plan = next((one for one in planned if one is not None), None)
    if project.funding is None or plan is None:
        return None
    try:
        granted, needed = amounts.lines(project.id, project.funding), amounts.lines(project.id, plan)
    except IpmoError:
        return None
    if granted is None or needed is None:
        return None
    return float(sum(one.value for one in granted) - sum(one.value for one in needed))
