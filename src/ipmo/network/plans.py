"""What levelling takes and gives: pools, what work takes of them, what is due, and a plan with its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import attrs

from ipmo.network.kernels.columns import Dates

__all__ = ["UNIT", "Due", "Levelling", "Made", "Pieces", "Pool", "Score", "Solved", "Split", "Take"]

UNIT = 1_000_000
"""Parts that a unit of a pool is counted in: capacities and demands are whole numbers of them."""


Pieces: TypeAlias = Mapping[int, tuple[tuple[int, int], ...]]
"""Begin and end of each piece, by position."""


class Split(NamedTuple):
    """How far work may be interrupted.

    Args:
        least: no piece is shorter, in minutes of the work.
        most: it has so many pieces at most.
    """

    least: int
    most: int


class Pool(NamedTuple):
    """A pool of people or machines.

    Args:
        name: of the pool.
        steps: (instant, units in parts of `UNIT`) from when on there are so many; none before the first.
        clock: the number of the clock that it works on; None where it is there whenever the work that needs it goes on.
        used_up: what is taken of it is gone: `steps` say how much there is in all.
    """

    name: str
    steps: tuple[tuple[int, int], ...]
    clock: int | None = None
    used_up: bool = False

    @property
    def most(self) -> int:
        """The most there ever is."""
        return max((units for _, units in self.steps), default=0)


class Take(NamedTuple):
    """What a node takes of a pool.

    Args:
        node: the node.
        pool: the place of the pool.
        units: how much, in parts of `UNIT`.
        begin: from how many minutes of its work on.
        end: until how many; FAR of what is used up.
        way: of several ways to do the work, which this belongs to; the first is taken where others are no sooner.
    """

    node: int
    pool: int
    units: int
    begin: int
    end: int
    way: int = 0


class Due(NamedTuple):
    """Something is due by a date.

    Args:
        nodes: the last finish of them is what is due.
        date: the instant.
        at_start: their first start is.
        weight: what a minute late counts.
    """

    nodes: Sequence[int]
    date: int
    at_start: bool = False
    weight: int = 1


class Score(NamedTuple):
    """How good a plan is, the lower the better.

    Args:
        late: minutes after what is due, by weight.
        end: the last finish.
        ends: the sum of the last finishes of projects, by weight.
        moved: how many of those that take something start otherwise than without limits.
        loss: what comes later than without limits, by what a minute of it costs.
        put_off: how many of the things that are due come at another time than without limits.
    """

    late: int
    end: int
    ends: int
    moved: int
    loss: int
    put_off: int = 0


class Made(NamedTuple):
    """A plan as it was generated.

    Args:
        early: starts by position.
        over: positions that did not fit.
        chosen: the way in which each position takes what it takes.
        pieces: (begin, end) of each piece of those that are interrupted, on their own clocks.
    """

    early: Dates
    over: tuple[int, ...]
    chosen: tuple[int, ...]
    pieces: Pieces


@attrs.frozen(eq=False)
class Levelling:
    """A plan that fits.

    Args:
        early: starts by position.
        score: how good it is.
        today: the same of the plan without limits.
        least: what no plan that fits is better than: that of the plan without limits, with the shortest way of everything.
        first: the same of the first pass: of one rule alone.
        over: positions that were placed although they did not fit.
        chosen: the way in which each position takes what it takes.
        passes: how many passes were made.
        found: the pass that found it, from 1; 0 of what keeps the order of today's dates.
        proved: everything fits, and no plan is better: it is as good as the one without limits.
        pieces: (begin, end) of each piece of those that are interrupted, on their own clocks.
    """

    early: Dates
    score: Score
    today: Score
    least: Score
    first: Score
    over: tuple[int, ...]
    chosen: tuple[int, ...]
    passes: int
    found: int
    proved: bool
    pieces: Pieces = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Solved:
    """What a solver made of a plan.

    Args:
        status: `optimal`: no plan ends sooner that misses commitments by no more; `feasible`: one may; `infeasible`: no plan fits; `unknown`: it found none in the time.
        bound: an instant that no plan that fits ends before; None where the model only comes near the calendars, or commitments came first.
        before: the score of the plan that it was given.
        unit: minutes of work that a step of its model is.
        exact: the model says what the network says, to the minute.
    """

    status: str
    bound: int | None
    before: Score
    unit: int
    exact: bool
