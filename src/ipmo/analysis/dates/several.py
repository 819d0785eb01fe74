"""Dates and floats of many items at once: of open work read off columns where kernels are compiled, of the rest one by one."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipmo.analysis.dates.schedule import Schedule
from ipmo.network.clocks import FAR
from ipmo.network.positions import as_array, plain_list
from ipmo.network.states import State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Tally", "commitment_floats", "float_column", "instants", "tallied", "total_floats"]


class Tally(NamedTuple):
    """How many items there are, how many of them are done and open, and how many open ones lead to a commitment that is missed."""

    items: int
    done: int
    open: int
    late: int


def total_floats(s: Schedule, nodes: Sequence[int]) -> list[float | None]:
    """`Schedule.total_float` of some nodes: in working days of the item's calendar; None where it has none."""
    return [None if slack != slack else slack for slack in float_column(s, as_array(nodes)).tolist()]  # NaN is not itself


def float_column(s: Schedule, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
    """`total_floats` as a column; NaN where there is none."""
    import numpy as np

    passes, ids = s.passes, s.network.ids
    if not s.network.compiled:
        return np.array([_number(s.total_float(ids[node])) for node in nodes.tolist()], float)
    whole = as_array(passes.late_starts.to_end)
    days = np.where(whole < FAR // 2, passes.readings.days(as_array(passes.early_starts), whole), np.nan)
    places = passes.places_of_open_work[nodes]
    found: NDArray[np.float64] = np.where(places < 0, np.nan, days[places])
    for row in np.flatnonzero(s.network.states[nodes] == State.SPANNED).tolist():
        found[row] = _number(s.total_float(ids[int(nodes[row])]))
    return found


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def tallied(s: Schedule, kinds: Collection[str]) -> Tally:
    """The items of a schedule of some kinds, counted."""
    net, passes = s.network, s.passes
    if not net.compiled:
        rows = [row for row in s.rows if row.kind in kinds]
        some = [row for row in rows if row.total_float is not None]
        late = sum(row.commitment_float is not None and row.commitment_float < 0 for row in some)
        done = sum(row.early_finish is not None and row.total_float is None and not row.undated for row in rows)
        return Tally(len(rows), done, len(some), late)
    import numpy as np

    ids, named = s.ids, passes.nodes
    nodes = [node for full_id in ids if (node := named.get(full_id)) is not None and net.kinds[node] in kinds]
    floats = total_floats(s, nodes)
    done = 0
    for node, slack in zip(nodes, floats, strict=True):
        if slack is None:
            state = net.state[node]
            if state in (State.UNDATED, State.GONE, State.SPANNED):
                row = s[net.ids[node]]
                done += row.early_finish is not None and not row.undated
            else:
                done += state == State.FINISHED or node not in passes.without_duration
    spare = _spare(s)[_open(s, nodes)]
    short = np.array([slack is not None for slack in floats], bool) & (_open(s, nodes) >= 0) & (spare < 0)
    return Tally(len(nodes), done, sum(slack is not None for slack in floats), int(short.sum()))


def commitment_floats(s: Schedule) -> dict[str, float | None]:
    """The float to the nearest commitment of each project of a schedule, as its item has it."""
    net = s.network
    if not net.compiled:
        return {name: s[name].commitment_float for name in net.projects if name in s}
    import numpy as np

    whole = as_array(s.passes.late_starts.to_end) < FAR // 2
    spare = np.where(whole, _spare(s), np.nan)
    out: dict[str, float | None] = {}
    for place, name in enumerate(net.projects):
        node = s.passes.named.get(name)
        if node is not None:
            out[name] = s[name].commitment_float
        elif name in s:
            members = net.members.get(place)
            nodes = plain_list(np.flatnonzero(as_array(net.project) == place)) if members is None else members
            places = _open(s, [*nodes, *net.ends[name]] if name in net.ends else nodes)  # a link may hold when it ends
            found = spare[places[places >= 0]]
            found = found[~np.isnan(found)]
            out[name] = float(found.min()) if found.size else None
    return out


def _spare(s: Schedule) -> NDArray[np.float64]:
    """The float of each position to the nearest commitment, in working days of its calendar; NaN where none lies downstream."""
    import numpy as np

    last = as_array(s.commitments.late.x)
    days: NDArray[np.float64] = s.passes.readings.days(as_array(s.passes.early_starts), last)
    return np.where(last < FAR // 2, days, np.nan)


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
