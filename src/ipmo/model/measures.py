"""What rolls up and what a link can mean: both may be declared by plugins."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import attrs

from ipmo.errors import ModelError

if TYPE_CHECKING:
    from ipmo.model.portfolio import Portfolio

__all__ = ["Combine", "LinkKind", "Measure", "MeasureContext"]


Item: TypeAlias = Any
"""A noun: a task, project, programme or the portfolio; a measure says by `applies` which it is asked for."""
Known: TypeAlias = Any
"""A figure, as its measure has it: money, a date, a number, a colour, or a sum with its weight; None for unknown."""


def _unknown(context: object, full_id: str, item: object) -> None:
    """What a measure without a value of its own knows."""


def _every(item: object) -> bool:
    """What a measure of everything applies to."""
    return True


class Combine(enum.Enum):
    """How figures of several items become one. Only rules that give the same answer in any grouping."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    WORST = "worst"
    MEAN = "weighted mean"
    RATIO = "ratio"


class MeasureContext(Protocol):
    """What a measure may ask."""

    @property
    def portfolio(self) -> Portfolio:
        """The portfolio itself."""

    def dates(self, item: str) -> tuple[datetime | None, datetime | None]:
        """Scheduled start and finish of an item by full id."""


@attrs.frozen(kw_only=True)
class Measure:
    """A figure of an item that rolls up.

    Args:
        name: what `roll_up` is asked for.
        title: what people read.
        unit: `money`, `date`, `time`, `share`, `rag`, `number` or any unit name.
        combine: sum, max, min, worst of an ordered scale, weighted mean, or ratio of two measures.
        value: `(context, full id, item) -> value`; None when it is not known. Money is a Money or a Budget, a
            weighted mean a pair (value, weight), numbers any exact number. A ratio needs none: it asks `of`.
        applies: `(item) -> bool`: which leaves are asked at all; those that are asked and answer None are unknown.
        order: for `worst`: the scale from best to worst.
        of: for `ratio`: the measure above and the measure below the line; what is known of both is summed, then divided.
        unknown: what unknown values do: `counted` (the rest is combined and the unknown are counted) or `spoils` (one
            unknown value makes every total above it unknown).
        own_total: an item's own figure is its total, children included; they are summed only where it states none.
        source: guide, edition and section it comes from.
    """

    name: str
    title: str
    unit: str
    combine: Combine = attrs.field(converter=Combine)
    value: Callable[[MeasureContext, str, Item], Known] = _unknown
    applies: Callable[[Item], bool] = _every
    order: tuple[str, ...] = ()
    of: tuple[Measure, ...] = ()
    unknown: str = attrs.field(default="counted", validator=attrs.validators.in_(("counted", "spoils")))
    own_total: bool = False
    source: str = "ipmo"

    def __attrs_post_init__(self) -> None:
        if (self.combine is Combine.RATIO) != (len(self.of) == 2):
            raise ModelError(f"measure {self.name!r}: a ratio, and only a ratio, is of two measures")
        if any(part.combine is not Combine.SUM for part in self.of):
            raise ModelError(f"measure {self.name!r}: a ratio divides sums; {self.of[0].name!r} and {self.of[1].name!r} must be sums")
        if self.combine is Combine.WORST and not self.order:
            raise ModelError(f"measure {self.name!r}: the worst of what? state order=, best first")

    def join(self, one: Known, other: Known) -> Known:
        """Two known figures as one: associative and commutative."""
        if self.combine is Combine.SUM:
            return one + other
        if self.combine is Combine.MAX:
            return max(one, other)
        if self.combine is Combine.MIN:
            return min(one, other)
        if self.combine is Combine.WORST:
            return max(one, other, key=self.order.index)
        return one[0] + other[0], one[1] + other[1]

    def finish(self, figure: Known) -> Known:
        """The answer from a carried figure: a weighted mean and a ratio divide last; by zero there is none."""
        if self.combine in (Combine.MEAN, Combine.RATIO) and figure is not None:
            total, weight = figure
            return None if not weight else float(Fraction(total) / Fraction(weight))
        return figure


@attrs.frozen(kw_only=True)
class LinkKind:
    """What a link means. Only the core kind `schedule` moves dates; all others are labels with checks."""

    name: str
    title: str
    source: str = "ipmo"
