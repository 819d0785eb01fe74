"""The aspect of time where work waits for what was stopped: by today's plan it never ends."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from ipmo.analysis.control.aspect import Aspect, Judged
from ipmo.analysis.dates.commitments import Commitments
from ipmo.units import day_text, minutes, moment

__all__ = ["Never", "judged_never", "never_done"]


class Never(NamedTuple):
    """A commitment that today's plan never meets: the committed date as an instant, what it is about, and why."""

    committed: int
    about: str
    why: str


def never_done(
    found: Commitments, wholes: Iterable[tuple[str, int | None]], due: Iterable[tuple[str, str, int]], giver: str
) -> Never | None:
    """What of an item is committed to and waits for what was stopped; None where nothing does.

    Args:
        found: the commitments.
        wholes: (full id, committed date) of what ends with it: itself, or the projects that it holds.
        due: (full id, what it is called, deadline) of its open tasks.
        giver: the project that hands something over; empty for what is none.
    """
    if not found.doubts:
        return None
    for name, committed in wholes:
        if committed is not None and (why := found.doubts.never(name)):
            return Never(committed, "", why)
    for name, title, deadline in due:
        if why := found.doubts.never(name):
            return Never(deadline, f"{title} ", why)
    row = found.never_handed_over.get(giver)
    return None if row is None else Never(minutes(row.date), f"{row.item}, to be handed over, ", row.reason)


def judged_never(never: Never, limited: bool, stake: Callable[[], Fraction | None]) -> Judged:
    """The aspect of time of what is never done: red, beyond whatever is tolerated; what is at stake is asked only where it is told."""
    return Judged("time", "red", False, limited, functools.partial(_told, never, limited, stake))


def _told(never: Never, limited: bool, stake: Callable[[], Fraction | None]) -> Aspect:
    day = day_text(moment(never.committed), finish=True)
    text = f"{never.about}committed to {day}, by today's plan it is never done: {never.why}"
    return Aspect(name="time", rag="red", text=text, over="never done by today's plan" if limited else "", stake=stake())
