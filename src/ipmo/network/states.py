"""What the numbers in the engine's columns mean: states of nodes, types of links, and how a link is computed.

Columns of links hold plain numbers, because kernels count with them; everything else says the names. The names of link
types, in both directions, are `TYPE_NAMES[number]` and `TYPES[name]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

__all__ = ["EFFECTS", "FROM_FINISH", "LIVE", "NUMBERS", "TO_FINISH", "TYPES", "TYPE_NAMES", "LinkType", "Mode", "State"]


class State(IntEnum):
    """What is known of a node when the passes begin."""

    NORMAL = 0
    """Open work that has not begun."""
    STARTED = 1
    """Open work that has begun."""
    FINISHED = 2
    """Done: its dates are facts."""
    UNDATED = 3
    """Held back, or behind something that is: it has no dates, for a reason."""
    GONE = 4
    """Cancelled or stopped: it is out of the network."""
    SPANNED = 5
    """Level of effort: it lasts as long as what it is linked to."""


class LinkType(IntEnum):
    """Which end of the target a link bounds by which end of the source."""

    FS = 0
    SS = 1
    FF = 2
    SF = 3


class Mode(IntEnum):
    """How a link hands a date on."""

    PLAIN = 0
    """Both ends and the lag count on one clock: one number."""
    CALENDARS = 1
    """Through the calendars, back exactly as far as forward."""
    MONTHS = 2
    """A lag of calendar months."""
    FINISHES = 3
    """One number that joins two finishes at the same instant: the target waits for the next shift where its source does."""
    SHIFTS = 4
    """Through the calendars, the way back rounded to shifts as in Primavera P6 and Microsoft Project."""


FROM_FINISH = (int(LinkType.FS), int(LinkType.FF))
"""Types that leave the source's finish, as columns hold them."""
TO_FINISH = (int(LinkType.FF), int(LinkType.SF))
"""Types that bound the target's finish."""
NUMBERS = (int(Mode.PLAIN), int(Mode.FINISHES))
"""Modes in which a link is one number, a difference between two starts on the same clock."""
LIVE = (State.NORMAL, State.STARTED)
"""States of open work that has dates."""
EFFECTS = ("benefit", "outcome", "helper")
"""Kinds of node that are no work: they have dates, but do not set the end of the network."""
HELPERS = ("helper", "start", "finish")
"""Kinds of node that stand for something else: an end of a summary or a project, one of several, what lies before a delay."""
TYPE_NAMES: tuple[str, ...] = tuple(kind.name for kind in LinkType)
TYPES: Mapping[str, int] = {kind.name: int(kind) for kind in LinkType}
