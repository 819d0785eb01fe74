"""Links across projects in the order of what their lateness is expected to cost: `rank_by="expected loss"` of critical dependencies."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import NamedTuple, ParamSpec, cast

from ipmo.analysis.dependencies.critical import CriticalLink, CriticalLinks
from ipmo.analysis.dependencies.ranking import EXPECTED, RANKS
from ipmo.errors import ModelError, one_of
from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio

__all__ = ["ExpectedLoss", "expected_losses", "or_by_expected_loss"]

P = ParamSpec("P")
SAMPLES = 2000
"""Samples that the order rests on: the standard error of a chance is at most 1.2 points."""


def or_by_expected_loss(ask: Callable[P, CriticalLinks]) -> Callable[P, CriticalLinks]:
    """The answer about critical dependencies, which is ranked by expected loss too: what knows of samples lies above what knows of links.

    Args:
        ask: takes a portfolio first, and `rank_by` by its name.
    """

    @functools.wraps(ask)
    def asked(*given: P.args, **options: P.kwargs) -> CriticalLinks:
        rank_by = options.get("rank_by", "float")
        if callable(rank_by):
            return ask(*given, **options)
        one_of("rank_by", str(rank_by), RANKS)
        if rank_by != EXPECTED:
            return ask(*given, **options)
        options["rank_by"] = "float"
        first = ask(*given, **options)
        options["rank_by"] = _by(first, expected_losses(cast(Portfolio, given[0] if given else options["portfolio"])))
        return ask(*given, **options)

    return asked


def _by(first: CriticalLinks, lost: Mapping[tuple[str, str, str], ExpectedLoss]) -> Callable[[CriticalLink], tuple[float, ...]]:
    """Most lost first; what loses alike stands as it stood."""
    place = {name: number for number, name in enumerate(first.ids)}

    def key(link: CriticalLink) -> tuple[float, ...]:
        found = lost.get((link.source, link.target, link.type))
        return (
            (0.0, 0.0, 0.0, float(place[link.id])) if found is None else (-found.lost, -found.end_days, -found.days, float(place[link.id]))
        )

    return key


class ExpectedLoss(NamedTuple):
    """What the lateness of a link costs on average, on the joint samples.

    Args:
        lost: what benefits are worth less, in whole units of the currency.
        end_days: how much later the portfolio ends, in days of 24 hours.
        days: how much later the receiving project ends, alike.
        currency: of the money; empty where none is known.
    """

    lost: float
    end_days: float
    days: float
    currency: str


def expected_losses(portfolio: Portfolio) -> Mapping[tuple[str, str, str], ExpectedLoss]:
    """What each link across projects is expected to lose, by source, target and type: what `rank_by="expected loss"` ranks by.

    Args:
        portfolio: the portfolio.

    Raises:
        ModelError: nothing is uncertain, or each sample is a schedule of its own.
    """
    return remember(portfolio, ("expected loss",), lambda: _losses(portfolio))


def _losses(portfolio: Portfolio) -> dict[tuple[str, str, str], ExpectedLoss]:
    from ipmo.analysis.risk.joint import simulate  # numpy, which other orders do without

    q = simulate(portfolio, samples=SAMPLES)
    if any(one.code in ("ipmo/nothing-uncertain", "ipmo/dates-certain") for one in q.findings):
        raise ModelError(
            "links have no expected loss where nothing is uncertain that moves a date; estimate work as {low, likely, high}, or record risks"
        )
    out: dict[tuple[str, str, str], ExpectedLoss] = {}
    table = q.hand_overs()
    for row in table.rows():
        if row["lost"] is None:  # it never comes, nobody knows when, or it moves no date: nothing says what that loses
            continue
        ends = str(row["source"]), str(row["target"]), str(row["type"])
        found = ExpectedLoss(float(row["lost"]), float(row["end_days"]), float(row["days"]), table.unit("lost"))
        out[ends] = max(out[ends], found) if ends in out else found
    return out
