"""When an item's money and effort lie: dated lines at their dates, lumps over the item's own time by their spread."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs

from ipmo.analysis.amounts import EVEN, Amount
from ipmo.analysis.periods import Period, PeriodRule, falls, worked_on
from ipmo.analysis.schedule import Schedule
from ipmo.model.money import Spread
from ipmo.model.work import Portfolio, Programme, Project
from ipmo.units import minutes

__all__ = ["Piece", "Timing"]


@attrs.frozen
class Piece:
    """A part of an amount and the time it lies over; without a time when nothing dates it.

    Args:
        value: exact amount.
        shares: share of it by period; None when nothing dates it.
    """

    value: Fraction
    shares: dict[Period, Fraction] | None


class Timing:
    """Where the amounts of a portfolio's items lie in time.

    Args:
        portfolio: the portfolio.
        schedule: its schedule.
        rule: how time is cut.
    """

    def __init__(self, portfolio: Portfolio, schedule: Schedule, rule: PeriodRule) -> None:
        self.portfolio, self.schedule, self.rule = portfolio, schedule, rule
        self._below: dict[str | None, list[Any]] = {}
        nouns: list[Programme | Project] = [*portfolio.programmes, *portfolio.projects]
        for noun in nouns:
            self._below.setdefault(noun.programme, []).append(noun)

    def dates(self, full_id: str, *, planned: bool = False) -> tuple[datetime | None, datetime | None]:
        """Start and finish of an item, of a programme or the portfolio over all it holds.

        Args:
            full_id: the item.
            planned: its dates in the approved plan, where it states both.
        """
        noun = self.portfolio.items.get(full_id)
        if planned:
            start, finish = getattr(noun, "baseline_start", None), getattr(noun, "baseline_finish", None)
            if start is not None and finish is not None:
                from ipmo.units import moment

                return moment(minutes(start)), moment(minutes(finish, end=True))
        if isinstance(noun, Programme) or full_id == self.portfolio.id:
            both = [self.dates(inner.id) for inner in self._below.get(None if full_id == self.portfolio.id else full_id, ())]
            starts, finishes = [s for s, _ in both if s is not None], [f for _, f in both if f is not None]
            return min(starts, default=None), max(finishes, default=None)
        return self.schedule.dates(full_id)

    def spread(self, full_id: str) -> Spread:
        """How the item's lumps lie over its time: its own spread, its project's, even."""
        items = self.portfolio.items
        for noun in (items.get(full_id), items.get(self.portfolio.project_of(full_id))):
            found: Spread | None = getattr(noun, "spread", None)
            if found is not None:
                return found
        return EVEN

    def over(self, full_id: str, since: int, until: int, spread: Spread | None = None) -> dict[Period, Fraction]:
        """The share by period of what lies from one instant to another, over the item's own working time."""
        worked = worked_on(self.portfolio, self.portfolio.calendar_for(full_id))
        return falls(since, until, spread or self.spread(full_id), self.rule, worked)

    def lump(self, measure: str, full_id: str, spread: Spread | None = None) -> dict[Period, Fraction] | None:
        """The share by period of an undated amount; None when nothing dates the item."""
        noun, data_date = self.portfolio.items.get(full_id), self.portfolio.data_date
        if measure == "actual":
            begun, done = getattr(noun, "actual_start", None), getattr(noun, "actual_finish", None)
            if begun is None and isinstance(noun, Project) and noun.tasks:
                begun = min((t.actual_start for t in noun.tasks if t.actual_start is not None), key=minutes, default=None)
            since = None if begun is None else minutes(begun)
            until = minutes(done, end=True) if done is not None else data_date
            if since is None and until is not None and done is not None:
                since = until
            return None if since is None or until is None else self.over(full_id, since, max(since, until), spread)
        start, finish = self.dates(full_id, planned=measure in ("budget", "effort"))
        if start is None or finish is None:
            return None
        return self.over(full_id, minutes(start), minutes(finish), spread)

    def line(self, measure: str, full_id: str, amount: Amount) -> dict[Period, Fraction] | None:
        """The share by period of one line of money; None when nothing dates it."""
        line = amount.line
        if line.since is None and line.until is None:
            return self.lump(measure, full_id, line.spread)
        since = None if line.since is None else minutes(line.since)
        until = None if line.until is None else minutes(line.until, end=True)
        if since is None:
            start = self.dates(full_id)[0]
            since = until - 1 if start is None or minutes(start) >= until else minutes(start)  # type: ignore[operator]
        if until is None:
            return falls(since, since, EVEN, self.rule, lambda instant: instant)
        return falls(since, until, line.spread or EVEN, self.rule, lambda instant: instant)

    def pieces(self, measure: str, full_id: str, amounts: list[Amount], spent: list[Amount] | None = None) -> list[Piece]:
        """An item's money as pieces in time.

        Args:
            measure: budget, actual, forecast or funding.
            full_id: the item.
            amounts: its lines.
            spent: its actual lines: a forecast at completion lies where they do, the rest after the data date.
        """
        data_date = self.portfolio.data_date
        if (
            measure == "forecast"
            and spent
            and data_date is not None
            and all(a.line.since is None and a.line.until is None for a in amounts)
        ):
            done = sum((a.value for a in spent), Fraction(0))
            whole = sum((a.value for a in amounts), Fraction(0))
            finish = self.dates(full_id)[1]
            if whole >= done and finish is not None:
                left = self.over(full_id, data_date, max(minutes(finish), data_date))
                return [*(Piece(a.value, self.line("actual", full_id, a)) for a in spent), Piece(whole - done, left)]
        return [Piece(a.value, self.line(measure, full_id, a)) for a in amounts]
