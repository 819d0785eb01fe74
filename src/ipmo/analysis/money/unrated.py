"""Money without an exchange rate, said once for a whole answer: which, how many, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ipmo.memory import remember
from ipmo.model.money import MoneySettings
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project, Task
from ipmo.units import Money
from ipmo.words import agree, counted

__all__ = ["counted_in", "own_currency", "unrated_note"]

NAMED = 3
"""So many amounts are named."""


def unrated_note(reasons: Iterable[str]) -> tuple[str, ...]:
    """One sentence about amounts that have no exchange rate; none where every amount has one.

    Args:
        reasons: of each amount what it is and which rate is missing.

    >>> unrated_note(["budget of 'a' is 1 USD: no rate from USD to GBP; add one under rates:"])[0]
    "1 amount has no exchange rate, so that what needs it is blank and sums are only of the rest: budget of 'a' is 1 USD: no rate from USD to GBP; add one under rates:"
    """
    found = list(dict.fromkeys(reasons))
    if not found:
        return ()
    few = len(found)
    front = f"{counted(few, 'amount')} {agree(few, 'has', 'have')} no exchange rate, so that what needs {agree(few, 'it', 'them')} is blank"
    rest = f"; and {few - NAMED} more" if few > NAMED else ""
    return (f"{front} and sums are only of the rest: {' | '.join(found[:NAMED])}{rest}",)


def own_currency(projects: Iterable[Project]) -> str:
    """The one currency in which budgets, costs and forecasts of some projects are stated; empty where there are several, or none."""
    found = set[str]()
    for project in projects:
        nouns: tuple[Project | Task, ...] = (project, *kinds_of_work(project))
        for noun in nouns:
            for budget in (noun.budget, noun.actual, noun.forecast):
                for line in budget.lines if budget is not None else ():
                    central = line.amount.central() if line.amount is not None else None
                    if isinstance(central, Money):
                        found.add(central.currency)
    return found.pop() if len(found) == 1 else ""


def counted_in(portfolio: Portfolio, currency: str) -> Portfolio:
    """A portfolio that counts in another currency, without any exchange rate: what is stated in that one is known, all else is not.

    Args:
        portfolio: the portfolio.
        currency: ISO 4217.
    """
    settings = MoneySettings(currency=currency) if portfolio.money is None else attrs.evolve(portfolio.money, currency=currency)
    return remember(portfolio, ("counted in", currency), lambda: portfolio.evolve(money=settings, rates=()))
