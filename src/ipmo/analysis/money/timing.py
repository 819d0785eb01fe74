"""When an item's money and effort lie: dated lines at their dates, lumps over the item's own time by their spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction

import attrs

from ipmo.analysis.dates.doubts import Doubts
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.money.amounts import EVEN, Amount
from ipmo.analysis.money.measures import FORECASTS
from ipmo.analysis.money.periods import Stretch, outside, wall_clock, worked_on
from ipmo.model.hierarchy import hierarchy
from ipmo.model.money import Spread
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project
from ipmo.units import minutes, moment

__all__ = ["Piece", "Timing"]


@attrs.frozen
class Piece:
    """A part of an amount and the time it lies over; without a time when nothing dates it.

    Args:
        value: exact amount.
        stretch: the time; None when nothing dates it.
    """

    value: Fraction
    stretch: Stretch | None

    def by(self, instant: int) -> Fraction:
        """What is due by an instant, in minutes; exact, and nothing where nothing dates it."""
        if self.stretch is None or instant <= self.stretch.since:
            return Fraction(0)
        return self.value if instant >= self.stretch.until else self.value * self.stretch.by(instant)


class Timing:
    """Where the amounts of a portfolio's items lie in time.

    Args:
        portfolio: the portfolio.
        schedule: its schedule.
    """

    def __init__(self, portfolio: Portfolio, schedule: Schedule) -> None:
        self.portfolio, self.schedule = portfolio, schedule

    def dates(self, full_id: str, *, planned: bool = False) -> tuple[datetime | None, datetime | None]:
        """Start and finish of an item, of a programme or the portfolio over all it holds; no finish of what ends nobody knows when.

        Args:
            full_id: the item.
            planned: its dates in the approved plan, where it states both.
        """
        noun = self.portfolio.items.get(full_id)
        if planned:
            start, finish = getattr(noun, "baseline_start", None), getattr(noun, "baseline_finish", None)
            if start is not None and finish is not None:
                return moment(minutes(start)), moment(minutes(finish, end=True))
        if isinstance(noun, Programme) or noun is None:  # a portfolio may bear the id of its only project
            held = hierarchy(self.portfolio).projects(self.portfolio if noun is None else noun)
            both = [self.dates(project.id) for project in held]
            starts, finishes = [s for s, _ in both if s is not None], [f for _, f in both if f is not None]
            held_up = bool(self._doubts) and any(self._doubts.undated_work(project.id) for project in held)
            return min(starts, default=None), None if held_up else max(finishes, default=None)
        start, finish = self.schedule.dates(full_id)
        if finish is not None and self._doubts and self._doubts.undated_work(full_id):
            return start, None  # over the days of what has dates alone lies less than all of it, and how much less is not known
        return start, finish

    @property
    def _doubts(self) -> Doubts:
        return self.schedule.commitments.doubts

    def spread(self, full_id: str) -> Spread:
        """How the item's lumps lie over its time: its own spread, its project's, even."""
        items = self.portfolio.items
        for noun in (items.get(full_id), items.get(self.portfolio.project_of(full_id))):
            found: Spread | None = getattr(noun, "spread", None)
            if found is not None:
                return found
        return EVEN

    def over(self, full_id: str, since: int, until: int, spread: Spread | None = None) -> Stretch:
        """What lies from one instant to another, over the item's own working time; nothing lies in an interruption of it."""
        return Stretch(since, until, spread or self.spread(full_id), self.worked(full_id))

    def worked(self, full_id: str) -> Callable[[int], int]:
        """Working minutes of an item up to an instant: of its calendar, without its interruptions."""
        worked = worked_on(self.portfolio, self.portfolio.calendar_for(full_id))
        rests = getattr(self.portfolio.items.get(full_id), "interruptions", ())
        return outside(worked, [one.period for one in rests]) if rests else worked

    def data_date(self, full_id: str) -> int | None:
        """The instant that an item is seen from: its project's own status date, else the portfolio's."""
        project = self.portfolio.items.get(self.portfolio.project_of(full_id))
        own = getattr(project, "status_date", None)
        return minutes(own) if own is not None else self.portfolio.data_date

    def lump(self, measure: str, full_id: str, spread: Spread | None = None) -> Stretch | None:
        """Where an undated amount lies; None when nothing dates the item.

        Actual cost lies from the actual start to the actual finish or the status date, or on the day of the finish where that alone is
        known; a budget, effort and planned carbon over the approved plan where the item states one, everything over the schedule else.
        """
        noun, data_date = self.portfolio.items.get(full_id), self.data_date(full_id)
        if measure in ("actual", "carbon_actual"):
            begun, done = getattr(noun, "actual_start", None), getattr(noun, "actual_finish", None)
            if begun is None and isinstance(noun, Project) and noun.tasks:
                begun = min((t.actual_start for t in noun.tasks if t.actual_start is not None), key=minutes, default=None)
            until = minutes(done, end=True) if done is not None else data_date
            since = minutes(begun) if begun is not None else minutes(done, end=True) - 1 if done is not None else None
            return None if since is None or until is None else self.over(full_id, since, max(since, until), spread)
        start, finish = self.dates(full_id, planned=measure in ("budget", "effort", "carbon"))
        if start is None or finish is None:
            return None
        return self.over(full_id, minutes(start), minutes(finish), spread)

    def line(self, measure: str, full_id: str, amount: Amount, beside: Sequence[tuple[int, int]] = ()) -> Stretch | None:
        """Where one line of money lies; None when nothing dates it.

        Args:
            measure: budget, actual, forecast or funding.
            full_id: the item.
            amount: the line.
            beside: times that other lines of it are stated for. An undated line is the rest: it lies outside them, unless
                they leave the item no time.
        """
        line = amount.line
        if line.until is None:
            if line.since is None:
                whole = self.lump(measure, full_id, line.spread)
                rest = attrs.evolve(whole, worked=outside(whole.worked, beside)) if whole is not None and beside else whole
                return whole if rest is None or rest.at_once else rest
            return Stretch(minutes(line.since), minutes(line.since), EVEN, wall_clock)
        until = minutes(line.until, end=True)
        since = minutes(line.since) if line.since is not None else None
        if since is None:
            start = self.dates(full_id)[0]
            since = until - 1 if start is None or minutes(start) >= until else minutes(start)
        return Stretch(since, until, line.spread or EVEN, wall_clock)

    def completed(self, measure: str, full_id: str, whole: Fraction, done: Fraction) -> list[Piece]:
        """An amount without dates: what of it is done lies where actual figures do, the rest after the status date.

        Args:
            measure: effort, or a figure of carbon.
            full_id: the item.
            whole: the amount at completion.
            done: what of it has come already.
        """
        data_date, finish = self.data_date(full_id), self.dates(full_id)[1]
        if not done or whole < done or data_date is None or finish is None:
            return [Piece(whole, self.lump(measure, full_id))]
        left = self.over(full_id, data_date, max(minutes(finish), data_date))
        return [Piece(done, self.lump("actual", full_id)), Piece(whole - done, left)]

    def pieces(self, measure: str, full_id: str, amounts: list[Amount], spent: list[Amount] | None = None) -> list[Piece]:
        """An item's money as pieces in time.

        Args:
            measure: budget, actual, forecast or funding.
            full_id: the item.
            amounts: its lines.
            spent: its actual lines: a forecast at completion lies where they do, the rest after the status date.
        """
        data_date = self.data_date(full_id)
        if measure in FORECASTS and spent and data_date is not None and all(a.line.since is None and a.line.until is None for a in amounts):
            done = sum((a.value for a in spent), Fraction(0))
            whole = sum((a.value for a in amounts), Fraction(0))
            finish = self.dates(full_id)[1]
            if whole >= done and finish is not None:
                left = self.over(full_id, data_date, max(minutes(finish), data_date))
                return [*(Piece(a.value, self.line("actual", full_id, a)) for a in spent), Piece(whole - done, left)]
        beside = [(minutes(a.line.since), minutes(a.line.until, end=True)) for a in amounts if a.line.since and a.line.until]
        return [Piece(a.value, self.line(measure, full_id, a, beside)) for a in amounts]
