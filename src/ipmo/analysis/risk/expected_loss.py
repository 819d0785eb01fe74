"""Links across projects in the order of what their lateness is expected to cost: `rank_by="expected loss"` of critical dependencies."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, cast

from ipmo.analysis.dependencies.critical import CriticalLink, CriticalLinks
from ipmo.analysis.dependencies.ranking import EXPECTED, RANKS
from ipmo.errors import ModelError, one_of
from ipmo.model.portfolio import Portfolio

__all__ = ["or_by_expected_loss"]

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
        options["rank_by"] = _by(first, _losses(cast(Portfolio, given[0] if given else options["portfolio"])))
        return ask(*given, **options)

    return asked


def _by(first: CriticalLinks, lost: dict[tuple[str, str, str], tuple[float, float, float]]) -> Callable[[CriticalLink], tuple[float, ...]]:
    """Most lost first; what loses alike stands as it stood."""
    place = {name: number for number, name in enumerate(first.ids)}

    def key(link: CriticalLink) -> tuple[float, ...]:
        worth, end, days = lost.get((link.source, link.target, link.type), (0.0, 0.0, 0.0))
        return -worth, -end, -days, float(place[link.id])

    return key


def _losses(portfolio: Portfolio) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    """What each link across projects loses on average: money of benefits, days of the portfolio, days of the receiver."""
    from ipmo.analysis.risk.joint import simulate  # numpy, which other orders do without

    q = simulate(portfolio, samples=SAMPLES)
    if any(one.code == "ipmo/nothing-uncertain" for one in q.findings):
        raise ModelError("links have no expected loss where nothing is uncertain; estimate work as {low, likely, high}, or record risks")
    out: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for row in q.hand_overs().rows():
        ends = str(row["source"]), str(row["target"]), str(row["type"])
        out[ends] = max(out.get(ends, (0.0, 0.0, 0.0)), (float(row["lost"]), float(row["end_days"]), float(row["days"])))
    return out
