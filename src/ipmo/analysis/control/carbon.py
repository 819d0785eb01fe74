"""The aspect of carbon: what an item is expected to emit against what was planned, and what is tolerated (PRINCE2 7: sustainability)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction

from ipmo.analysis.money.rollup import roll_up
from ipmo.emissions import TONNES
from ipmo.errors import IpmoError
from ipmo.model.portfolio import Portfolio

__all__ = ["CarbonFigures", "judged", "said"]

Known = tuple[Fraction | None, bool]
"""An amount in tonnes, and whether all of it is known."""


class CarbonFigures:
    """Carbon of every item: planned, expected and emitted, where the portfolio states any.

    Args:
        portfolio: the portfolio.
        baseline: the plan that planned carbon is taken from; the portfolio itself when left out.
    """

    def __init__(self, portfolio: Portfolio, baseline: Portfolio | None) -> None:
        self.portfolio, self.baseline = portfolio, baseline
        self._stated: bool | None = None

    @property
    def stated(self) -> bool:
        """Whether there is anything to judge."""
        if self._stated is None:
            self._stated = self.portfolio.states_carbon
        return self._stated

    def beside(self, other: CarbonFigures) -> None:
        """Takes over whether anything is stated from another portfolio of which this one is a copy: only projects that are other are looked at."""
        if self._stated is None:
            was = {project.id: project for project in other.portfolio.projects}
            changed = [project for project in self.portfolio.projects if was.get(project.id) is not project]
            self._stated = other.stated or any(one.states_carbon for one in changed)

    @functools.cached_property
    def _rolled(self) -> Callable[[str, str], Known]:
        plan = self.baseline if self.baseline is not None and self.baseline.states_carbon else self.portfolio
        rolls = {
            name: roll_up(plan if name == "carbon" else self.portfolio, name) for name in ("carbon", "carbon_forecast", "carbon_actual")
        }

        def figure(measure: str, full_id: str) -> Known:
            roll = rolls[measure]
            found = roll[full_id] if full_id in roll else None
            return (None, False) if found is None else (found.exact, found.known >= found.total > 0)

        return figure

    def compared(self, full_id: str) -> tuple[Known, tuple[Fraction | None, str]] | None:
        """(planned and whether all of it is known, (expected, how it was found)) of an item; None where nothing of it is known.

        Expected is the forecast at completion where it is stated for all of it; what has been emitted already where that is more.
        """
        try:
            planned = self._rolled("carbon", full_id)
            forecast, complete = self._rolled("carbon_forecast", full_id)
            actual, _ = self._rolled("carbon_actual", full_id)
        except IpmoError:
            return None
        if planned[0] is None and forecast is None and actual is None:
            return None
        expected: tuple[Fraction | None, str] = (forecast, "forecast") if complete else (None, "")
        if actual is not None and (actual > expected[0] if expected[0] is not None else planned[0] is not None and actual > planned[0]):
            expected = actual, "emitted already"
        return planned, expected


def said(tonnes: Fraction) -> str:
    """Tonnes as people read them."""
    return f"{float(tonnes):,.1f}".removesuffix(".0") + f" {TONNES}"


def judged(planned: Known, expected: tuple[Fraction | None, str], tolerance: float | None) -> tuple[str | None, str, str]:
    """(colour, what was compared, how far beyond a stated tolerance) of an item; equal to the limit is within it."""
    (plan, whole), (reached, how) = planned, expected
    if plan is None or not whole:
        return None, "planned carbon is not known" + (" in full" if plan is not None else ""), ""
    if reached is None:
        return None, f"{said(plan)} planned; nothing forecasts what it emits", ""
    limit = plan + abs(plan) * Fraction(str(tolerance)) if tolerance is not None else plan
    text = f"{how} {said(reached)}, planned {said(plan)}"
    if reached <= plan:
        return "green", text, ""
    if reached <= limit:
        return "amber", f"{text}, within tolerance", ""
    over = f"{said(reached - limit)} beyond {'tolerance' if tolerance is not None else 'what was planned'}"
    return "red", f"{text}, {over}", over if tolerance is not None else ""
