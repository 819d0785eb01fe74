"""Ways to do a piece of work that last differently: stated modes, and teams of other sizes for work that is effort-driven."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

import attrs

from ipmo.model.calendars import Calendar
from ipmo.model.people import Assignment
from ipmo.model.work import Task
from ipmo.units import Effort, Span

__all__ = ["Option", "options_of", "span_of"]

TEAMS = 12
"""So many numbers of people are tried for one assignment, at most."""
EXACT = Context(prec=28, rounding=ROUND_CEILING)
"""Where an effort has no end in decimals it is never less than the work."""


class Option(NamedTuple):
    """One way to do a piece of work.

    Args:
        minutes: how long it lasts.
        assignments: who does it.
        name: of a mode; empty of the usual way, and of teams.
    """

    minutes: int
    assignments: tuple[Assignment, ...]
    name: str = ""


def options_of(task: Task, minutes: int, calendar: Calendar) -> list[Option]:
    """The ways to do work that has not begun, the usual one first, then by how long they last.

    Args:
        task: the work.
        minutes: how long it lasts in the usual way.
        calendar: what its efforts and durations count on.
    """
    usual = Option(minutes, task.assignments)
    if not task.modes and not task.effort_driven:
        return [usual]
    found = [Option(calendar.minutes(one.duration), one.assignments, one.name) for one in task.modes]
    return [usual, *found, *(_teams(task, minutes, calendar) if task.effort_driven else ())]


def _teams(task: Task, minutes: int, calendar: Calendar) -> Iterator[Option]:
    """Every duration that a number of people brings about, with the fewest of each who do their work in it; work is conserved."""
    works = [_work(one, minutes, calendar) for one in task.assignments]
    sizes = [_sizes(one) if one.ranged else [Fraction(str(one.units))] for one in task.assignments]
    fixed = [one.effort is not None or one.ranged for one in task.assignments]
    lasting = {
        math.ceil(work / size) for one, work, some in zip(task.assignments, works, sizes, strict=True) if one.ranged for size in some
    }
    for length in sorted(lasting - {minutes}):
        team = []
        for one, work, some, holds in zip(task.assignments, works, sizes, fixed, strict=True):
            if not holds:
                team.append(one)
                continue
            enough = [size for size in some if work <= size * length]
            if not enough or not length:
                break
            effort = Effort(EXACT.divide(Decimal(work.numerator), Decimal(work.denominator * 60)), "ph")
            team.append(attrs.evolve(one, units=float(min(enough)), least=None, most=None, effort=effort))
        else:
            yield Option(length, tuple(team))


def _work(one: Assignment, minutes: int, calendar: Calendar) -> Fraction:
    """Person-minutes of an assignment, whoever does them."""
    if one.effort is None:
        return Fraction(str(one.units)) * minutes
    return Fraction(one.effort.amount) * calendar.effort_minutes[one.effort.unit]


def _sizes(one: Assignment) -> Sequence[Fraction]:
    """How many may do it: the usual number, by one fewer down to the minimum team, by one more up to the largest."""
    usual = Fraction(str(one.units))
    least = usual if one.least is None else Fraction(str(one.least))
    most = usual if one.most is None else Fraction(str(one.most))
    fewer = [usual - step for step in range(TEAMS) if usual - step >= least]
    more = [usual + step for step in range(TEAMS) if usual + step <= most]
    return sorted({least, *fewer, *more, most})


def span_of(minutes: int, calendar: Calendar, *, elapsed: bool) -> Span:
    """A length in the largest unit that has it whole."""
    units = (("ed", 1440), ("eh", 60), ("emin", 1)) if elapsed else (("d", calendar.day_minutes), ("h", 60), ("min", 1))
    return next(Span(minutes // each, unit) for unit, each in units if minutes % each == 0)
