"""Paths through a schedule: the driving path to its end or to a target, and the most critical ones by float."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ipmo.errors import UnknownItemError, close_matches
from ipmo.network.passes import Passes
from ipmo.network.states import LIVE

__all__ = ["SHOWN_KINDS", "FloatPath", "critical_path", "float_paths", "last_positions"]

SHOWN_KINDS = ("task", "milestone", "gate", "project", "outcome", "benefit", "summary")
"""Kinds of node that answers name; the others help to compute."""


@attrs.frozen(kw_only=True)
class FloatPath:
    """A path to an item and the float of its last item to that: 1 is the driving path.

    Args:
        number: its place by float.
        float: slip in working days that leaves the item it leads to where it is.
        items: in order of their dates.
    """

    number: int
    float: float
    items: tuple[str, ...]


def critical_path(passes: Passes, target: str | None) -> tuple[str, ...]:
    """The items on the driving path to the end of the network, or to a target, in order of their dates.

    Raises:
        UnknownItemError: there is no such target; the closest are named.
    """
    if target is None:
        places = passes.critical
    else:
        ends = passes.target_ends()
        name = target if target in ends else f"{target}@finish"
        if name not in ends:
            raise UnknownItemError(target, close_matches(target, ends), "the targets of this schedule")
        places = passes.driving_to(ends[name])
    finish = passes.finishes
    return _named(passes, [place for _, place in sorted((int(finish[v]), v) for v in places)])


def float_paths(passes: Passes, count: int, target: str | None) -> tuple[FloatPath, ...]:
    """The most critical paths to an item, the driving one first; no item stands in two of them.

    Raises:
        UnknownItemError: there is no such item in the network.
    """
    q = passes.lists
    if target is not None:
        if target not in passes.nodes:
            raise UnknownItemError(target, close_matches(target, passes.nodes), "this schedule")
        place = q.pos[passes.nodes[target]]
    else:
        last = last_positions(passes)
        if not last:
            return ()
        place = last[-1]
    found = passes.paths_by_float(place, count, lambda v, late: passes.days(v, q.x[v], late))
    return tuple(FloatPath(number=number, float=slack, items=_named(passes, places)) for number, (slack, places) in enumerate(found, 1))


def last_positions(passes: Passes) -> list[int]:
    """The positions of open work that end with the network."""
    q, state = passes.lists, passes.network.state
    return [v for v, finish in enumerate(q.finish) if finish == passes.end and state[q.order[v]] in LIVE]


def _named(passes: Passes, places: Iterable[int]) -> tuple[str, ...]:
    net, order = passes.network, passes.positions.order
    nodes = [int(order[v]) for v in places]
    return tuple(net.ids[node] for node in nodes if net.kinds[node] in SHOWN_KINDS)
