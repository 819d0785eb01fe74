"""What a network knows beyond its columns of numbers, as frozen values: commitments, holds, late bounds, what a hammock spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

import attrs

from ipmo.units import Span

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["Commitment", "Cut", "DatedExternal", "Hold", "LateBound", "LateLink", "Needed", "OutOfSequence", "Spanning", "Unmet"]


@attrs.frozen
class Commitment:
    """A commitment that float is measured to: its name, the nodes it bounds, its date where one is stated."""

    name: str
    nodes: tuple[int, ...]
    date: int | None
    at_start: bool = False
    is_deadline: bool = False


@attrs.frozen
class Hold:
    """Why a node has no dates, and the item that is the reason; whether by today's plan it never gets any, as its giver was stopped."""

    reason: str
    item: str
    never: bool = False


class LateBound(NamedTuple):
    """The latest instant for a node's start, or for its finish, that a constraint allows."""

    node: int
    instant: int
    at_finish: bool


class LateLink(NamedTuple):
    """A link to a finish that bounds the late dates of its source and moves no early date; the lag in minutes of a clock."""

    source: int
    target: int
    from_finish: bool
    lag: int
    clock: int


class Spanning(NamedTuple):
    """A link of a hammock: the other end, whether it comes before (1) or after (-1), type and lag."""

    other: int
    side: int
    type: str
    lag: Span | None

    @property
    def own_end(self) -> str:
        """Which of its ends the hammock has from the link: S or F."""
        return self.type[1] if self.side == 1 else self.type[0]

    @property
    def other_end(self) -> str:
        """Which end of the other item that is."""
        return self.type[0] if self.side == 1 else self.type[1]

    @property
    def waits(self) -> int:
        """By how many minutes later it is than that end."""
        return self.lag.elapsed_minutes if self.lag is not None and self.side == 1 and self.lag.dimension == "elapsed" else 0


class OutOfSequence(NamedTuple):
    """Work that began or ended before a link allowed it: the nodes of the link and its type."""

    source: int
    target: int
    type: str


class Unmet(NamedTuple):
    """A link whose giver never comes or is paused: its place in the portfolio's links (-1 of an enabler), its ends, the reason."""

    number: int
    source: str
    target: str
    why: Hold


class DatedExternal(NamedTuple):
    """A node that waits for something outside whose date is known: by what instant, lag included, for its start or its finish."""

    node: int
    name: str
    instant: int
    at_finish: bool


class WholeLink(NamedTuple):
    """A link to or from a project as a whole: it moves no date, and what it gives may have none, or only a lower bound.

    The nodes that give, those that wait, and whether the first start of what gives is handed over, not its end.
    """

    givers: tuple[int, ...]
    receivers: tuple[int, ...]
    at_start: bool


class Cut(NamedTuple):
    """A link that was taken out to break a loop: the ids of its ends and its type."""

    source: str
    target: str
    type: str


@attrs.frozen(eq=False)
class Needed:
    """Every link as it was found, also those that no pass runs on: from what is done, gone or undated.

    Args:
        src: the source of each.
        dst: its target.
        typ: a `LinkType` as a number.
        numbers: the place in the portfolio's links of those that stand there.
        driveless: nodes that drive nothing, whatever their links: levels of effort.
        begun: what stands for the start of what has begun, and the nodes that it holds.
        lags: the lags that are more than nothing.
        inside: the first link, and the one behind the last, inside each project all of whose links join its nodes as they stand: one for
            each that the project states, in that order.
    """

    src: Ints
    dst: Ints
    typ: Ints
    numbers: Mapping[int, int]
    driveless: AbstractSet[int]
    begun: Mapping[int, Sequence[int]]
    lags: Mapping[int, Span]
    inside: Mapping[str, tuple[int, int]]
