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

    Ties, and all under `float`: commitments at risk first, those with the least float to one on top, and of these what is
    work before what only marks a date in the calendar; what leads to no commitment after all that do. Then the most loss, among
    what leads to no commitment the least float to a forecast, the nearest hand-over, driving ones, most projects and most benefits downstream, most days that one holds a target back, names.

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
    drags, losses = [days or 0.0 for days, _ in links.worst_drags], [-(amount or Decimal(0)) for amount in downstream.losses]
    marks, given = links.calendar_dates, links.given

    def tie(row: int) -> tuple[object, ...]:
        spare, number = links.commitment_float[row], links.open[row]
        link = links.portfolio.links[number]
        forecast = links.target_float[row] if spare is None else None  # where nothing is stated: how soon a forecast moves
        at_risk = (spare is None, marks[row], spare or 0.0, losses[row], forecast or 0.0, given[row])
        weight = (not links.driving[row], -projects[row], -benefits[row], -drags[row])
        return (*at_risk, *weight, links.names[row], link.source, link.target, link.type, str(link.lag or ""))

    first: list[float] | list[Decimal] = [0.0] * len(rows)
    if rank_by == "drag":
        first = [-days for days in drags]
    elif rank_by == "loss":
        first = losses
    elif rank_by == "value":
        first = [-amount for amount in downstream.worths[0]]
    return sorted(rows, key=lambda row: (first[row], tie(row)))
