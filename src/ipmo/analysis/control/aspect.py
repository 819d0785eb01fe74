"""One aspect of control of one item: its colour, what was compared, and how far beyond a tolerance it is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import attrs

__all__ = ["Aspect", "Judged"]


@attrs.frozen(kw_only=True)
class Aspect:
    """One aspect of control of one item.

    Args:
        name: time, cost, benefits, risk, carbon or children.
        rag: its colour; None when it cannot be said.
        text: what was compared.
        over: how far beyond a tolerance that somebody stated, in words; empty within it and where nobody did.
        stake: money of a breach, for the authority that it takes.
        withholds: it has no colour although somebody set a tolerance for it: without it the item is not known to be well.
    """

    name: str
    rag: str | None
    text: str
    over: str = ""
    stake: Fraction | None = attrs.field(default=None, repr=False)
    withholds: bool = False


class Judged(NamedTuple):
    """What an aspect comes to, before it is told in words.

    Args:
        name: time, cost, benefits, risk, carbon or children.
        rag: its colour; None when it cannot be said.
        withholds: it has no colour although somebody set a tolerance for it.
        over: it is beyond a tolerance that somebody stated.
        told: makes the aspect as people read it.
    """

    name: str
    rag: str | None
    withholds: bool
    over: bool
    told: Callable[[], Aspect]

    @classmethod
    def of(cls, aspect: Aspect) -> Judged:
        """An aspect that is told already."""
        return cls(aspect.name, aspect.rag, aspect.withholds, bool(aspect.over), lambda: aspect)
