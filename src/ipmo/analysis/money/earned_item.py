"""Earned value of one item: its figures, its indices, and what they were summed of."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import attrs

from ipmo.analysis.money.indices import EarnedSchedule, Indices
from ipmo.notebooks import Shown
from ipmo.units import Money
from ipmo.words import counted

__all__ = ["EarnedItem", "Later"]


T = TypeVar("T")


class Later(Generic[T]):
    """What is computed when it is looked at.

    Args:
        make: computes it.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make

    @functools.cached_property
    def found(self) -> T:
        """What it is."""
        return self._make()


def _timed(given: EarnedSchedule | Later[EarnedSchedule | None] | None) -> EarnedSchedule | None:
    return given.found if isinstance(given, Later) else given


@attrs.frozen(kw_only=True)
class EarnedItem(Shown):
    """Earned value of a task, project, programme or the portfolio.

    Args:
        item: full id.
        name: title.
        level: portfolio, programme, project or task.
        bac: budget at completion: every budget that is known, of the baseline when one is named; None when none is.
        pv: planned value to the date, level of effort left out; None when no package has budget, dates and progress.
        ev: earned value, level of effort left out; None when no package has budget, dates and progress.
        ac: actual cost; None when none is known.
        effort: (BAC, value) of level of effort, kept apart.
        known: work packages with budget, dates, progress and actual cost: AC and what needs it (CV, CPI, EAC, VAC, TCPI) are of these.
        measured: work packages with budget, dates and progress: PV, EV, SV, SPI and earned schedule are of these.
        total: work packages in all.
        rule: earning rule of a task.
        indices: of the measured packages, what needs an actual cost of the known ones; their BAC is with what was removed from the baseline, as in `bac`.
        schedule: earned schedule against the plan by period; None where there is no plan.
        ac_effort: actual cost of level of effort.
        floating: how many work packages have no approved dates: their plan is the current schedule, which moves with the data
            date and never looks late. Take a snapshot as the baseline, or state baseline dates.
        scope: `added` to the named baseline (in no sum), `removed` from it (in BAC, and not known), else empty.
    """

    item: str
    name: str
    level: str
    bac: Money | None
    pv: Money | None
    ev: Money | None
    ac: Money | None
    effort: tuple[Money, Money]
    known: int
    measured: int
    total: int
    rule: str = ""
    indices: Indices = attrs.field(repr=False)
    _schedule: EarnedSchedule | Later[EarnedSchedule | None] | None = attrs.field(default=None, alias="schedule", eq=_timed, repr=False)
    _parts: Sequence[EarnedItem] = attrs.field(default=(), alias="parts", eq=tuple, repr=False)
    ac_effort: Money | None = None
    floating: int = 0
    scope: str = ""
    _planned: Later[tuple[tuple[datetime, float], ...]] | None = attrs.field(default=None, alias="planned", eq=False, repr=False)

    @property
    def planned(self) -> tuple[tuple[datetime, float], ...]:
        """(instant, planned value by then, in the currency) from the first day of its plan on, at the end of each period and at the date of the figures; empty without a plan."""
        return () if self._planned is None else self._planned.found

    @property
    def schedule(self) -> EarnedSchedule | None:
        """Earned schedule against the plan by period; None where there is no plan."""
        return _timed(self._schedule)

    @property
    def eac(self) -> float | None:
        """Estimate at completion by CPI, in the currency; None while a work package is not known, as the whole is not either."""
        return self.indices.eac() if self.known == self.total else None

    @property
    def vac(self) -> float | None:
        """Variance at completion BAC - EAC, in the currency; None where EAC is."""
        return self.indices.vac() if self.known == self.total else None

    @property
    def parts(self) -> tuple[EarnedItem, ...]:
        """The items that it was summed of."""
        return tuple(self._parts)

    def __str__(self) -> str:
        i = self.indices

        def of(value: float | None) -> str:
            return "unknown" if value is None else f"{value:.2f}"

        earned = f"EV {_said(self.ev)} of {_said(self.bac)}"
        return f"{self.item}: CPI {of(i.cpi)}, SPI {of(i.spi)}, {earned}, {self.counts('known')}"

    def counts(self, known: str) -> str:
        """How many of its work packages its figures are of.

        Args:
            known: what to call those that are known in full, such as `work packages known`.
        """
        more = self.measured - self.known
        return f"{self.known:,} of {self.total:,} {known}" + (f", {more:,} more without actual cost" if more else "")

    @property
    def line(self) -> str:
        """Its figures in one line, with the rule that they were earned by and what is kept apart or not known."""
        if self.scope == "added":
            return f"{self.item}: added to the baseline, in no sum: budget {_said(self.bac)}, AC {_said(self.ac)}"
        if self.scope:
            return f"{self.item}: removed from the baseline, which gives it {_said(self.bac)}"
        text = f"{self}, PV {_said(self.pv)}, AC {_said(self.ac)}"
        text += f", earned by {self.rule}" if self.rule else ""
        bac, value = self.effort
        text += f"; level of effort apart: {value} of {bac}" if bac.amount else ""
        return text + (f"; no approved dates: {counted(self.floating, 'work package')}" if self.floating else "")


def _said(money: Money | None) -> str:
    return "unknown" if money is None else str(money)
