"""The order of links: which one matters most, by the rule that was chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.errors import one_of

__all__ = ["RULES", "RankBy", "ranked"]

RankBy = Literal["float", "drag", "loss", "value"]
RULES: tuple[RankBy, ...] = ("float", "drag", "loss", "value")


def ranked(downstream: Downstream, rank_by: str) -> list[int]:
    """The rows of open links, the one that matters most first.

    Ties, and all under `float`: the least float to a commitment, then driving ones first, then most projects and most
    benefits downstream, then the most days that one holds a target back, then by id.

    Args:
        downstream: the links and what lies behind them.
        rank_by: `float`, `drag`, `loss` or `value`.

    Raises:
        OptionError: there is no such rule.
    """
    one_of("rank_by", rank_by, RULES)
    links = downstream.crossings
    rows = range(len(links.open))
    projects, benefits = downstream.counts
    drags = [days or 0.0 for days, _ in links.worst_drags]

    def tie(row: int) -> tuple[bool, float, bool, int, int, float, str]:
        spare = links.target_float[row]
        return (spare is None, spare or 0.0, not links.driving[row], -projects[row], -benefits[row], -drags[row], links.names[row])

    first: list[float] | list[Decimal] = [0.0] * len(rows)
    if rank_by == "drag":
        first = [-days for days in drags]
    elif rank_by == "loss":
        first = [-(amount or Decimal(0)) for amount in downstream.losses]
    elif rank_by == "value":
        first = [-amount for amount in downstream.worths[0]]
    return sorted(rows, key=lambda row: (first[row], tie(row)))
