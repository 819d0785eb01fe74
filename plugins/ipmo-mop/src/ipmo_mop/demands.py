"""What is asked of people at once: of roles by the work (MOP-R05), of parts of the business by what goes live in them (MOP-R08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Finding, Severity, Shown, agree, counted
from ipmo_mop.catalogue import SELECTED, fields_of
from ipmo_mop.wording import day_of, finding

__all__ = ["Collision", "GoLive", "change_load", "collisions", "roles_in_time"]

GOES_LIVE = "goes_live_in"
"""The attribute of a task or milestone that names the parts of the business that it goes live in, apart by commas."""


@attrs.frozen(kw_only=True)
class GoLive(Shown):
    """Something that goes live in a part of the business.

    Args:
        item: full id of the task or milestone.
        area: the part of the business.
        day: the day on which it does; None where it has no date, or that is the earliest only.
    """

    item: str
    area: str
    day: date | None


@attrs.frozen(kw_only=True)
class Collision(Shown):
    """More goes live in a part of the business than it takes in a period.

    Args:
        area: the part of the business.
        period: the period, as `2026-06` or `2026-Q2`.
        most: how many it takes.
        items: what goes live, in order of day.
        moves: (full id, period) the latest of them that are still to come and the first later period that has room for each: the least shift, one after the other.
    """

    area: str
    period: str
    most: int
    items: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]


def change_load(portfolio: Portfolio) -> tuple[GoLive, ...]:
    """What goes live where and when, of projects that are approved, active or paused, by area and day; what is done counts too.

    A task or milestone goes live in the parts of the business that its attribute `goes_live_in` names, when it is done.

    Args:
        portfolio: the portfolio.
    """
    schedule = ipmo.schedule(portfolio, on_cycle="cut")
    found = []
    for project in portfolio.projects:
        if project.counted_as not in (*SELECTED, "closed"):
            continue
        for task in project.tasks:
            areas = [area.strip() for area in task.attributes.get(GOES_LIVE, "").split(",") if area.strip()]
            full_id = f"{project.id}/{task.id}"
            day = schedule.days(full_id)[1] if areas and full_id in schedule and not schedule.doubt(full_id) else None
            found += [GoLive(item=full_id, area=area, day=day) for area in dict.fromkeys(areas)]
    return tuple(sorted(found, key=lambda one: (one.area, one.day or date.max, one.item)))


def collisions(portfolio: Portfolio) -> tuple[Collision, ...]:
    """Where more goes live at once than a part of the business takes, with the least shift that removes it: the latest wait for a period with room.

    Args:
        portfolio: the portfolio; its limits say how much each part of the business takes in a period.
    """
    lives = [one for one in change_load(portfolio) if one.day is not None]
    gone = {f"{project.id}/{task.id}" for project in portfolio.projects for task in project.tasks if task.finished}
    found = []
    for limit in fields_of(portfolio).change_limits:
        planned: dict[int, list[str]] = {}
        for one in lives:
            if one.area == limit.area and one.day is not None:
                planned.setdefault(_number(one.day, limit.every), []).append(one.item)
        now = 0 if portfolio.status_date is None else _number(day_of(portfolio.status_date), limit.every)
        waiting: list[str] = []
        moved: dict[str, int] = {}
        for period in range(min(planned, default=0), max(planned, default=-1) + 1 + sum(map(len, planned.values()))):
            here = planned.get(period, [])
            room = max(limit.most - len(here), 0)
            moved |= dict.fromkeys(waiting[:room], period)
            over = len(here) - limit.most if period >= now else 0  # what has gone live stays where it is
            waiting = waiting[room:] + ([item for item in here if item not in gone][-over:] if over > 0 else [])
        for period, items in sorted(planned.items()):
            if len(items) > limit.most:
                moves = tuple((item, _name(moved[item], limit.every)) for item in items if item in moved)
                found.append(
                    Collision(area=limit.area, period=_name(period, limit.every), most=limit.most, items=tuple(items), moves=moves)
                )
    return tuple(found)


def _number(day: date, every: str) -> int:
    months = day.year * 12 + day.month - 1
    return months if every == "month" else months // 3


def _name(number: int, every: str) -> str:
    if every == "month":
        return f"{number // 12:04}-{number % 12 + 1:02}"
    return f"{number // 4:04}-Q{number % 4 + 1}"


def changes_in_time(context: CheckContext) -> Iterator[Finding]:
    """MOP-R08: no part of the business has more change at once than it can take; what goes live in one without a limit is said too."""
    pf = context.portfolio
    for one in collisions(pf):
        every = "quarter" if "Q" in one.period else "month"
        passed = pf.status_date is not None and one.period < _name(_number(day_of(pf.status_date), every), every)
        if passed or not context.covers(pf.project_of(one.items[-1])):
            continue
        names = ", ".join(map(repr, one.items))
        message = f"{counted(len(one.items), 'change')} {agree(len(one.items), 'goes', 'go')} live in {one.area!r} in {one.period}, which takes {one.most}: {names}"
        hint = "; ".join(f"move {item} to {period}" for item, period in one.moves)
        yield finding("change-load", one.items[-1], message, hint, part=one.area)
    limited = {limit.area for limit in fields_of(pf).change_limits}
    if limited:
        loads = [one for one in change_load(pf) if context.covers(pf.project_of(one.item))]
        for area in sorted(limited):
            undated = [one.item for one in loads if one.area == area and one.day is None]
            if undated:
                message = f"when {counted(len(undated), 'change')} {agree(len(undated), 'goes', 'go')} live in {area!r} is not known: {', '.join(map(repr, undated[:3]))}{' and others' if undated[3:] else ''}"
                yield finding(
                    "change-load", undated[0], message, "give the work a duration or a date", Severity.INFO, part=f"{area}, undated"
                )
        for area in sorted({one.area for one in change_load(pf)} - limited):
            yield finding(
                "change-load", "", f"what goes live in {area!r} is held against no limit", "write it under change_limits:", part=area
            )


def roles_in_time(context: CheckContext) -> Iterable[Finding]:
    """MOP-R05: demand stays within capacity, by role and month; the role that holds the most back comes first."""
    pf = context.portfolio
    if not pf.resources:
        return
    view = ipmo.capacity(pf)
    names = dict.fromkeys(load.name for load in view.over_allocated)
    order = sorted(names, key=lambda name: name != view.constraint)
    for name in order:
        loads = [load for load in view.of(name) if load.over > 0]
        worst = max(loads, key=lambda load: load.over)
        if not context.covers(worst.projects[0][0]):
            continue
        first = ", the constraint," if name == view.constraint and len(order) > 1 else ""
        months = f" (short in {counted(len(loads), 'month')})" if len(loads) > 1 else ""
        whose = ", ".join(repr(project) for project, _ in worst.projects[:3])
        needed = f"{float(worst.demand):,.4g} pd in {worst.period.name}, {float(worst.over):,.4g} pd more than there are on the days"
        message = f"{name!r}{first} is needed for {needed}{months}, by {whose}"
        yield finding("role-capacity", worst.projects[0][0], message, f"put work off (ipmo level), or find more of {name!r}", part=name)
    for name in view.unstated:
        yield finding(
            "role-capacity", "", f"{name!r} is needed, and nobody says how much of it there is", "write its capacity:", Severity.INFO, name
        )
