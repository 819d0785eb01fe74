"""What is missed even if paused work goes on today: nobody knows when what waits for it comes, but no sooner than that."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Protocol

import attrs

from ipmo.analysis.dates.committed import Commitment, Found
from ipmo.model.dialects import DIALECTS
from ipmo.model.portfolio import Portfolio
from ipmo.network.assemble import compile_portfolio
from ipmo.network.passes import Passes

__all__ = ["GoingOn"]

SO_LATE = "so late even if what is paused goes on today"


class Stated(Protocol):
    """What is stated, each found by its name."""

    def one(self, name: str, *, caused: bool = True) -> Commitment | None: ...


class Dated(Protocol):
    """What the passes over a network say."""

    @property
    def commitments(self) -> Stated: ...


@attrs.define(slots=False, eq=False)
class GoingOn:
    """The commitments of a portfolio were its paused projects to go on today; made when they are first asked for.

    Args:
        passes: the passes over its network.
        portfolio: the portfolio; None where the network was made from columns.
        read: makes what the passes over another network say.
    """

    passes: Passes
    portfolio: Portfolio | None
    read: Callable[[Passes, Portfolio], Dated]

    @functools.cached_property
    def _commitments(self) -> Stated | None:
        """None where nothing is paused, of what is scheduled back from its finish, and where links form a loop."""
        net, portfolio = self.passes.network, self.portfolio
        if portfolio is None or self.passes.back_from is not None or all(one.state != "paused" for one in portfolio.projects):
            return None
        on = portfolio.evolve(projects=[attrs.evolve(one, state="active") if one.state == "paused" else one for one in portfolio.projects])
        compiled = compile_portfolio(on, net.dialect or DIALECTS["ipmo"])
        if compiled.has_loop:
            return None
        return self.read(Passes(compiled.as_expected() if compiled.expected else compiled), on).commitments

    def or_later(self, found: Found, name: str, caused: bool) -> Found:
        """What is found of a commitment, or that it is missed by more, where it waits for paused work and would be so late anyhow.

        Args:
            found: of the commitment, by what has dates.
            name: of the commitment.
            caused: what it is missed because of is asked too.
        """
        if found.get("standing") != "unknown" and not found.get("at_least"):
            return found
        one = None if self._commitments is None else self._commitments.one(name, caused=caused)
        if one is None or one.standing != "missed" or one.expected is None or one.days is None or one.days <= found.get("days", -math.inf):
            return found
        reason = "; ".join(filter(None, (one.reason, SO_LATE)))
        late = Found(expected=one.expected, days=one.days, standing="missed", because=one.because, reason=reason)
        return {**late, "from_morning": one.from_morning, "at_least": True}
