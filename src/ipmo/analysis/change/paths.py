"""Driving paths: which items set the date of a target, and the way from one of them to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.dependencies.targets import Targets, targets
from ipmo.model.references import reference

__all__ = ["driving_path", "ends_of", "items_at"]


def ends_of(rows: Targets, t: int) -> list[int]:
    """The positions that set the date of a target."""
    aim, date, finish = rows.reach.aims[t], rows.date(t), rows.schedule.passes.lists.finish
    places = [int(v) for v in aim.places]
    for g in aim.projects:
        places += [int(v) for v in rows.reach.open_work[g]]
    return [v for v in places if finish[v] == date]


def items_at(s: Schedule, places: Iterable[int]) -> list[str]:
    """Full ids of the items at some positions."""
    order = s.passes.lists.order
    return [str(s.network.ids[order[v]]) for v in places]


def driving_path(s: Schedule, item: str, changed: Collection[str]) -> tuple[str, ...]:
    """The driving path from a changed item to a target, in order of dates.

    Args:
        s: the schedule.
        item: a target: a project, programme, gate, what has a deadline, a benefit.
        changed: items and projects.

    Returns:
        Empty when nothing that changed lies on the path that sets the target's date.
    """
    rows = targets(s)
    name = item if item in rows.place else f"{item}@finish"
    if name not in rows.place:
        return ()
    ends = ends_of(rows, rows.place[name])
    finish = s.passes.lists.finish
    for full_id in items_at(s, sorted(s.passes.driving_to(ends), key=lambda v: (finish[v], v))):
        if full_id in changed or reference(full_id).top in changed:
            return tuple(_leading(s, full_id, ends))
    return ()


def _leading(s: Schedule, full_id: str, ends: Sequence[int]) -> list[str]:
    """The items on driving links from one to some positions, one way of them, in order."""
    start, aims = int(s.passes.positions.pos[s.passes.nodes[full_id]]), set(ends)
    inside = s.passes.driving_to(ends)
    path, here = [start], start
    while here not in aims:
        onward = [v for k, v in s.passes.links_out[here] if v in inside and s.passes.drives[k]]
        if not onward:
            break
        here = min(onward)
        path.append(here)
    return items_at(s, path)
