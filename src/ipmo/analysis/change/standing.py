"""Commitments of two schedules side by side: only those that may stand otherwise are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ipmo.analysis.dates.commitments import Commitment, Commitments, Stated
from ipmo.analysis.dates.schedule import Schedule
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array
from ipmo.network.states import LIVE
from ipmo.units import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]

__all__ = ["moved_nodes", "side_by_side"]

Pair = tuple[str, Commitment | None, Commitment | None]


def side_by_side(one: Schedule, other: Schedule) -> Iterator[Pair]:
    """(name, as it stands in one schedule, as it stands in the other) of commitments; those that stand alike may be left out.

    Args:
        one: the earlier schedule.
        other: the later one.
    """
    was, now = one.commitments, other.commitments
    old, new = _by_name(was), _by_name(now)
    moved = moved_nodes(one, other)
    if old is None or new is None or moved is None:
        for name in dict.fromkeys([*(row.name for row in now), *(row.name for row in was)]):
            yield name, was[name] if name in was else None, now[name] if name in now else None
        return
    owners = as_array(one.network.project)
    projects = {one.network.projects[place] for place in set(owners[moved].tolist()) if place >= 0}
    for name in dict.fromkeys([*new, *old]):
        a, b = old.get(name), new.get(name)
        if a is not None and a == b and not (a.item in projects if a.kind == "project" else moved[list(a.nodes)].any()):
            continue
        yield name, None if a is None else was.of(a), None if b is None else now.of(b)


def _by_name(commitments: Commitments) -> dict[str, Stated] | None:
    """What is stated, by name; None where two things have one name."""
    found = {one.name: one for one in commitments.stated}
    return found if len(found) == len(commitments.stated) else None


def moved_nodes(one: Schedule, other: Schedule) -> Known | None:
    """The nodes that may have another state, start or finish; None where that takes more than a look at both.

    Points in time at midnight, and what spans other work, count as moved: which day they belong to follows from what is before them.
    """
    first, last = one.passes, other.passes
    net, then = first.network, last.network
    apart = net.n != then.n or net.base != then.base or net.projects != then.projects or _turned(first) or _turned(last)
    dates = [None if s.portfolio is None else s.portfolio.data_date for s in (one, other)]
    if apart or first.dialect != last.dialect or dates[0] != dates[1] or not _same_ids(net.ids, then.ids):
        return None
    import numpy as np

    columns = [_columns(passes) for passes in (first, last)]
    moved: Known = np.zeros(net.n, bool)
    for was, now in zip(*columns, strict=True):
        moved |= was != now
    for some, others in ((net.starts, then.starts), (net.finishes, then.finishes)):
        if some or others:
            moved[[node for node, _ in some.items() ^ others.items()]] = True
    for few, more in ((first.without_duration, last.without_duration), (frozenset(net.points), frozenset(then.points))):
        moved[list(few ^ more)] = True
    bounded = [{int(passes.positions.order[place]) for place in passes.lower_bounded} for passes in (first, last)]
    moved[list(bounded[0] ^ bounded[1])] = True
    moved[[*net.hammocks, *then.hammocks]] = True
    states, lengths, finishes = columns[0][0], columns[0][3], columns[0][2]
    points = np.flatnonzero(((states == LIVE[0]) | (states == LIVE[1])) & (lengths == 0) & (finishes % DAY == 0))
    moved[[node for node in points.tolist() if net.kinds[node] != "benefit"]] = True
    return moved


def _turned(passes: Passes) -> bool:
    """Its dates are not the early ones."""
    return passes.back_from is not None or passes.dialect.direction == "back"


def _same_ids(one: Sequence[str], other: Sequence[str]) -> bool:
    return one is other or list(one) == list(other)


def _columns(passes: Passes) -> tuple[NDArray[np.int64], ...]:
    """State, start, finish, duration, clock and lower bound of every node."""
    net, positions = passes.network, passes.positions
    pos = as_array(positions.pos)
    early, ends = as_array(passes.early_starts)[pos], as_array(passes.finishes)[pos]
    return net.states, early, ends, as_array(positions.dur)[pos], as_array(positions.clk)[pos], as_array(net.low)
