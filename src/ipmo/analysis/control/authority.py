"""Who may approve an amount: the one rule that gates, exceptions and rules all ask.

Authority is what was delegated, and only what is stated: a board that states none is not known to cover any amount,
however high it stands. It may still be informed: an exception that nobody is known to cover goes to the top board.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from numbers import Rational
from typing import Literal, get_args

import attrs

from ipmo.analysis.money.amounts import Amounts
from ipmo.errors import one_of
from ipmo.model.people import DecisionBody
from ipmo.model.portfolio import Portfolio
from ipmo.units import Money, as_day, as_money, as_when

__all__ = ["Approver", "Breach", "Level", "approver", "covers"]

Level = Literal["project", "programme", "portfolio"]
RANK = {level: rank for rank, level in enumerate(get_args(Level))}


@attrs.frozen(kw_only=True)
class Approver:
    """Who may approve an amount.

    Args:
        body: the board that may; None when none is known to have the authority.
        escalate_to: the board to inform: the one that may approve, else the top one; None when no board stands high enough.
        reason: why, in words.
    """

    body: DecisionBody | None
    escalate_to: DecisionBody | None
    reason: str

    def __str__(self) -> str:
        return self.reason


@attrs.frozen(kw_only=True)
class Breach:
    """A tolerance that is forecast to be exceeded: an exception (PRINCE2).

    Args:
        item: whose tolerance.
        aspect: time, cost, benefits, risk or carbon.
        text: forecast against limit.
        level: of the item.
        body: the board that may decide: the lowest above the item whose stated authority covers what is at stake; None
            when none is known to.
        escalate_to: the board to inform: the one that may decide, else the top one; None when none stands above the item.
        reason: why that board, or why none.
        stake: money at stake; None when it is not known.
    """

    item: str
    aspect: str
    text: str
    level: str
    body: str | None
    escalate_to: str | None
    reason: str
    stake: Money | None

    @property
    def covered(self) -> bool:
        """Whether an authority is known to cover it."""
        return self.body is not None


def approver(
    portfolio: Portfolio, amount: Money | Fraction | str | None, *, level: Level = "project", as_of: date | str | None = None
) -> Approver:
    """The board that may approve an amount: the lowest, of its level the one of the least authority; up to its limit it may.

    Args:
        portfolio: the portfolio.
        amount: what is to be approved: money, also as text (`5 M GBP`), or a plain number in the portfolio's currency; None when
            it is not known, and then nobody is known to have the authority.
        level: project, programme or portfolio: no board below it counts. A board without a level is the portfolio's.
        as_of: the date at which money converts; the status date when left out, else the latest rate counts.

    Raises:
        OptionError: there is no such level.
        UnitError: the amount is neither money nor a number.
        MissingRateError: an amount or an authority is in another currency and has no exchange rate.

    Source: delegated authority as in HM Treasury, Managing Public Money, 2.2; GOV-R09, approvals above the delegated limit.
    """
    one_of("level", level, RANK)
    if not (amount is None or isinstance(amount, Rational | float)):
        amount = as_money(amount)
    rates = _Rates(portfolio, as_of, amount)
    boards = sorted(
        ((_rank(body), rates.limit(body), body) for body in portfolio.bodies if _rank(body) >= RANK[level]),
        key=lambda row: (row[0], row[1] is None, row[1] or 0, row[2].id),
    )
    wanted = rates.exact("amount", portfolio.id, amount) if isinstance(amount, Money) else amount
    able = next((body for _, limit, body in boards if wanted is not None and limit is not None and wanted <= limit), None)
    if able is not None:
        return Approver(body=able, escalate_to=able, reason=f"{able.id!r} may approve up to {able.authority}")
    if not boards:
        return Approver(body=None, escalate_to=None, reason=f"no board of a {level} or above is declared")
    tops = [body for _, _, body in boards if body.reports_to is None]
    top = (tops or [body for _, _, body in boards])[-1]
    if wanted is None:
        return Approver(body=None, escalate_to=top, reason="what is at stake is not known, so no authority is known to cover it")
    stated = [f"{body.id!r} may approve {body.authority}" for _, limit, body in boards if limit is not None]
    silent = [f"{body.id!r} states no authority" for _, limit, body in boards if limit is None]
    return Approver(body=None, escalate_to=top, reason=f"nobody is known to have the authority: {', '.join((*stated, *silent))}")


def covers(portfolio: Portfolio, body: DecisionBody, amount: Money, *, as_of: date | str | None = None) -> bool | None:
    """Whether a board's authority covers an amount, its limit included; None when it states none.

    Args:
        portfolio: the portfolio.
        body: the board.
        amount: what it approves.
        as_of: the date at which money converts; the status date when left out, else the latest rate counts.

    Raises:
        MissingRateError: the amount or the authority is in another currency and has no exchange rate.
    """
    rates = _Rates(portfolio, as_of, amount)
    limit = rates.limit(body)
    return None if limit is None else rates.exact("amount", portfolio.id, amount) <= limit


def _rank(body: DecisionBody) -> int:
    return RANK[body.level or "portfolio"]


class _Rates:
    """Authorities and amounts in one currency: the portfolio's; where it states none, the only one that they are in."""

    def __init__(self, portfolio: Portfolio, as_of: date | str | None, amount: Money | Fraction | None) -> None:
        when = as_of if as_of is not None else portfolio.status_date
        self.portfolio, self.on = portfolio, date.max if when is None else as_day(as_when(when))
        if portfolio.money is not None:
            self.currency = portfolio.money.currency
        else:
            named = {body.authority.currency for body in portfolio.bodies if body.authority is not None}
            named |= {amount.currency} if isinstance(amount, Money) else set()
            self.currency = named.pop() if len(named) == 1 else ""

    def limit(self, body: DecisionBody) -> Fraction | None:
        """A board's authority; None when it states none."""
        return None if body.authority is None else self.exact("authority", body.id, body.authority)

    def exact(self, what: str, item: str, money: Money) -> Fraction:
        """An amount, converted."""
        if money.currency == self.currency:
            return Fraction(money.amount)
        lines = Amounts(self.portfolio, self.on, what).lines(item, money)
        assert lines is not None  # money that is stated is known
        return lines[0].value
