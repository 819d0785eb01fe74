"""The order of links: which one matters most, by the rule that was chosen."""

from __future__ import annotations

from typing import Literal

from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.errors import one_of

__all__ = ["EXPECTED", "RANKS", "RULES", "RankBy", "ranked"]

RankBy = Literal["float", "drag", "loss", "value", "expected loss"]
RULES: tuple[RankBy, ...] = ("float", "drag", "loss", "value")
"""What one schedule says."""
EXPECTED: Literal["expected loss"] = "expected loss"
"""What only samples say: see `ipmo.analysis.risk.expected_loss`."""
RANKS: tuple[RankBy, ...] = (*RULES, EXPECTED)


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
    import numpy as np

    one_of("rank_by", rank_by, RULES)
    links = downstream.crossings
    count = len(links.open)
    projects, benefits = downstream.counts
    losses = np.array([amount or 0 for amount in downstream.minor_losses], np.int64)
    stated = np.array([spare is not None for spare in links.commitment_float], bool)
    spare = np.array([spare or 0.0 for spare in links.commitment_float], np.float64)
    forecast = np.array([days or 0.0 for days in links.target_float], np.float64)  # where nothing is stated: how soon a forecast moves
    first = {"loss": -losses, "value": -np.array(downstream.worths[0], np.float64)} if rank_by in ("loss", "value") else {}
    if rank_by == "drag":
        first = {"drag": -np.array([days or 0.0 for days, _ in links.worst_drags], np.float64)}
    keys = [first[rank_by]] if rank_by in first else []
    keys += [
        ~stated,
        np.array(links.calendar_dates, bool),
        spare,
        -losses,
        np.where(stated, 0.0, forecast),
        np.array(links.given, np.int64),
    ]
    keys += [~np.array(links.driving, bool), -np.array(projects, np.int64), -np.array(benefits, np.int64)]

    def named(row: int) -> tuple[str, ...]:
        link = links.portfolio.links[links.open[row]]
        return (links.names[row], link.source, link.target, link.type, str(link.lag or ""))

    order = np.lexsort(keys[::-1])
    changes = np.zeros(count, bool)
    for key in keys:
        changes[1:] |= key[order][1:] != key[order][:-1]
    run = np.cumsum(changes)
    alike = np.flatnonzero(np.bincount(run, minlength=1)[run] > 1)  # only drag and names tell them apart
    rows: list[int] = order[alike].tolist()
    held = links.most_days(rows) if rows else []
    tied = sorted(zip(run[alike].tolist(), held, rows, strict=True), key=lambda one: (one[0], -one[1], named(one[2])))
    order[alike] = [row for *_, row in tied]
    found: list[int] = order.tolist()
    return found
