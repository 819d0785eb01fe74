"""What changed, what would follow from a change, and what waits for a decision."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from typing import overload

from ipmo.analysis.change import comparison, decisions, handed_up, impact, merged, part, sensitivity, variance
from ipmo.analysis.change import scenarios as side_by_side
from ipmo.analysis.change.comparison import Comparison
from ipmo.analysis.change.merged import Merged
from ipmo.analysis.change.quantity import What
from ipmo.analysis.change.variance import VarianceAnalysis
from ipmo.analysis.dates.schedule import OnCycle
from ipmo.desk import read, taking_paths
from ipmo.files.paths import Path
from ipmo.model.changes import Change
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Link
from ipmo.options import checked

__all__ = [
    "assess_impact",
    "compare",
    "decisions_due",
    "delay_sensitivity",
    "hand_up",
    "merge",
    "scenarios",
    "select",
    "variance_analysis",
    "what_if",
]

assess_impact = taking_paths(impact.assess_impact)
compare = taking_paths.two(comparison.compare)
decisions_due = taking_paths(decisions.decisions_due)
delay_sensitivity = taking_paths(sensitivity.delay_sensitivity)
scenarios = taking_paths(side_by_side.scenarios)
select = taking_paths(part.select)
hand_up = taking_paths(handed_up.hand_up)
what_if = taking_paths(comparison.what_if)


@checked
def merge(
    hub: Portfolio | Path,
    spokes: Mapping[str, Portfolio | Path] | Sequence[Portfolio | Path],
    *,
    links: Sequence[Link | Mapping[str, object]] = (),
) -> Merged:
    """See `ipmo.analysis.change.merged.merge`; portfolios may be paths."""

    def taken(one: Portfolio | Path) -> Portfolio:
        return read(one) if isinstance(one, str | os.PathLike) else one

    named = {name: taken(one) for name, one in spokes.items()} if isinstance(spokes, Mapping) else [taken(one) for one in spokes]
    return merged.merge(taken(hub), named, links=links)


merge.__module__ = "ipmo"


@overload
def variance_analysis(before: Comparison, after: str, *, what: What = "date", on_cycle: OnCycle = "error") -> VarianceAnalysis: ...
@overload
def variance_analysis(
    before: Portfolio | Path,
    after: Portfolio | Path | Sequence[Change | Mapping[str, object]],
    item: str,
    *,
    what: What = "date",
    on_cycle: OnCycle = "error",
) -> VarianceAnalysis: ...
@functools.wraps(variance.variance_analysis)
@checked
def variance_analysis(
    before: Portfolio | Path | Comparison,
    after: Portfolio | Path | Sequence[Change | Mapping[str, object]],
    item: str | None = None,
    *,
    what: What = "date",
    on_cycle: OnCycle = "error",
) -> VarianceAnalysis:
    """See `ipmo.analysis.change.variance.variance_analysis`; portfolios may be paths."""
    if isinstance(before, Comparison):  # what follows it is the item
        return variance.variance_analysis(before, str(after), item, what=what, on_cycle=on_cycle)
    earlier = read(before) if isinstance(before, str | os.PathLike) else before
    later = read(after) if isinstance(after, str | os.PathLike) else after
    return variance.variance_analysis(earlier, later, item, what=what, on_cycle=on_cycle)


variance_analysis.__module__ = "ipmo"
