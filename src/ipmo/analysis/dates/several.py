"""Dates and floats of many items at once: of open work read off columns where kernels are compiled, of the rest one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipmo.analysis.dates.schedule import Schedule
from ipmo.network.clocks import FAR
from ipmo.network.positions import as_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["instants", "total_floats"]


def total_floats(s: Schedule, nodes: Sequence[int]) -> list[float | None]:
    """`Schedule.total_float` of some nodes: in working days of the item's calendar; None where it has none."""
    passes, ids = s.passes, s.network.ids
    if not s.network.compiled:
        return [s.total_float(ids[node]) for node in nodes]
    import numpy as np

    whole = as_array(passes.late_starts.to_end)
    days = np.where(whole < FAR // 2, passes.readings.days(as_array(passes.early_starts), whole), np.nan)
    places = _open(s, nodes)
    found: list[float | None] = [None if slack != slack else slack for slack in days[places].tolist()]  # NaN is not itself
    for row in np.flatnonzero(places < 0).tolist():
        found[row] = s.total_float(ids[nodes[row]])
    return found


def instants(s: Schedule, nodes: Sequence[int]) -> tuple[list[int | None], list[int | None]]:
    """The starts and the finishes of some nodes in minutes, as `Schedule.instants` gives them of one."""
    passes, net = s.passes, s.network
    if not net.compiled or passes.back_from is not None or passes.dialect.direction == "back":
        pairs = [s.instants(net.ids[node]) for node in nodes]
        return [start for start, _ in pairs], [finish for _, finish in pairs]
    import numpy as np

    begin, end = passes.readings.window(as_array(passes.early_starts), as_array(passes.finishes))
    places = _open(s, nodes)
    starts: list[int | None] = begin[places].tolist()
    finishes: list[int | None] = end[places].tolist()
    if net.starts:
        begun = net.starts
        starts = [begun.get(node, start) for node, start in zip(nodes, starts, strict=True)]
    for row in np.flatnonzero(places < 0).tolist():
        starts[row], finishes[row] = s.instants(net.ids[nodes[row]])
    return starts, finishes


def _open(s: Schedule, nodes: Sequence[int]) -> NDArray[np.int64]:
    """The position of each of some nodes that is open work with dates of its own; -1 of others."""
    return s.passes.places_of_open_work[as_array(nodes)]
