"""Clocks of work that is interrupted: that of its calendar, or wall-clock time, less the times in which it rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ipmo.model.calendars import CONTINUOUS
from ipmo.model.later import unread
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Task
from ipmo.network.clocks import Clocks, clocks_of
from ipmo.units import ELAPSED, Span

__all__ = ["Resting", "periods_of", "resting", "with_rests"]

Periods: TypeAlias = tuple[tuple[int, int], ...]
Resting: TypeAlias = Mapping[tuple[str, Periods], int]
"""The number of the clock by the calendar (empty for wall-clock time) and the times in which work rests."""


def periods_of(task: Task) -> Periods:
    """The times in which some work rests, in minutes, in order."""
    return tuple(one.period for one in task.interruptions)


def resting(portfolio: Portfolio) -> Resting:
    """A clock for all work that rests at the same times of the same calendar, numbered after those of calendars."""
    found: dict[tuple[str, Periods], int] = {}
    first = len(portfolio.calendar_table) + 1
    for project in portfolio.projects:
        if unread(project, "tasks"):  # columns say nothing of interruptions
            continue
        for task in project.tasks:
            if task.interruptions:
                left = task.remaining if task.remaining is not None else task.length
                central = left.central() if left is not None else None
                usual = task.resource_calendar or task.calendar or project.calendar or portfolio.calendar or "standard"
                name = "" if isinstance(central, Span) and central.unit in ELAPSED else usual
                found.setdefault((name, periods_of(task)), first + len(found))
    return found


def with_rests(portfolio: Portfolio, some: Resting) -> Clocks:
    """The clocks of the calendars of a portfolio, and of its work that rests."""
    if not some:
        return clocks_of(portfolio)
    table = portfolio.calendar_table
    return Clocks([table[name] for name in sorted(table)], [(table[name] if name else CONTINUOUS, periods) for name, periods in some])
