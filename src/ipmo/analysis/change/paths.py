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
    """Full ids of the items at some positions, each once."""
    order = s.passes.lists.order
    return list(dict.fromkeys(s.network.shown(order[v]) for v in places))


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
    for place in sorted(s.passes.driving_to(ends), key=lambda v: (finish[v], v)):
        full_id = s.network.shown(s.passes.lists.order[place])
        if full_id in changed or reference(full_id).top in changed:
            return tuple(_leading(s, place, ends))
    return ()


def _leading(s: Schedule, start: int, ends: Sequence[int]) -> list[str]:
    """The items on driving links from one position to some, one way of them, in order."""
    aims = set(ends)
    inside = s.passes.driving_to(ends)
    path, here = [start], start
    while here not in aims:
        onward = [v for k, v in s.passes.links_out[here] if v in inside and s.passes.drives[k]]
        if not onward:
            break
        here = min(onward)
        path.append(here)
    return items_at(s, path)
