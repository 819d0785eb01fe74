"""Links across projects in the order of what their lateness is expected to cost: `rank_by="expected loss"` of critical dependencies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ipmo.analysis.dates.schedule import OnCycle
from ipmo.analysis.dependencies import critical
from ipmo.analysis.dependencies.critical import CriticalLink, CriticalLinks, Sortable
from ipmo.analysis.dependencies.crossings import Boundary
from ipmo.analysis.dependencies.ranking import RULES, RankBy
from ipmo.errors import OptionError
from ipmo.model.portfolio import Portfolio
from ipmo.units import Span

__all__ = ["EXPECTED", "critical_links"]

EXPECTED = "expected loss"
SAMPLES = 2000
"""Samples that the order rests on: the standard error of a chance is at most 1.2 points."""


def critical_links(
    portfolio: Portfolio,
    *,
    boundary: Boundary = "project",
    slip: Span | str = "10 d",
    near: float = 5.0,
    rank_by: RankBy | Literal["expected loss"] | Callable[[CriticalLink], Sortable] = "float",
    on_cycle: OnCycle = "error",
) -> CriticalLinks:
    """Every link that crosses a boundary, the one that matters most first.

    Ranked by `float`, by what a director loses: commitments at risk first, the least float to a stated one on top; then what a
    slip loses; then the nearest hand-over. A link that leads to no commitment comes after all that do, and what only marks a
    date in the calendar after what is work. `hand_overs` has one row a handed-over item with its receivers.

    Args:
        portfolio: the portfolio.
        boundary: `project` for links between projects, those to and from outside included; `programme` for those between
            programmes (or without one); `portfolio` for those to and from outside only.
        slip: how much later the source gives, for `loss` and `hits`; working time of the source, or elapsed time.
        near: working days of link float up to which a link counts as near driving.
        rank_by: `float`, `drag`, `loss` or `value` (most first, ties by float); `expected loss`, what benefits lose on average by its
            lateness, then the days that the portfolio and the receiver end later, on 2,000 samples of `simulate` with seed 1 as its
            `hand_overs()` says them; or a function from a link to what is sorted by.
        on_cycle: as in `schedule`; what was cut stands in `.cuts`.

    Raises:
        CycleError: links form a loop.
        OptionError: there is no such boundary or rule.
        UnitError: the slip is no length of time, or negative.
        ModelError: ranked by expected loss, nothing is uncertain, or each sample is a schedule of its own.

    >>> import ipmo.examples
    >>> critical_links(ipmo.examples.load("handover"))[0].id
    'rails-power'
    """
    if rank_by != EXPECTED:
        if isinstance(rank_by, str) and rank_by not in RULES:
            raise OptionError("rank_by", rank_by, (*RULES, EXPECTED))
        return critical.critical_links(portfolio, boundary=boundary, slip=slip, near=near, rank_by=rank_by, on_cycle=on_cycle)
    first = critical.critical_links(portfolio, boundary=boundary, slip=slip, near=near, on_cycle=on_cycle)
    place = {name: number for number, name in enumerate(first.ids)}
    lost = _losses(portfolio)
    none = (0.0, 0.0, 0.0)

    def key(link: CriticalLink) -> tuple[float, ...]:
        worth, end, days = lost.get((link.source, link.target, link.type), none)
        return -worth, -end, -days, float(place[link.id])

    return critical.critical_links(portfolio, boundary=boundary, slip=slip, near=near, rank_by=key, on_cycle=on_cycle)


def _losses(portfolio: Portfolio) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    """What each link across projects loses on average: money of benefits, days of the portfolio, days of the receiver."""
    from ipmo.analysis.risk.joint import simulate  # numpy, which other orders do without
    from ipmo.errors import ModelError

    q = simulate(portfolio, samples=SAMPLES)
    if any(one.code == "ipmo/nothing-uncertain" for one in q.findings):
        raise ModelError("links have no expected loss where nothing is uncertain; estimate work as {low, likely, high}, or record risks")
    out: dict[tuple[str, str, str], tuple[float, float, float]] = {}
    for row in q.hand_overs().rows():
        ends = str(row["source"]), str(row["target"]), str(row["type"])
        out[ends] = max(out.get(ends, (0.0, 0.0, 0.0)), (float(row["lost"]), float(row["end_days"]), float(row["days"])))
    return out
