"""Burn-up: scope and what is done of it, period by period, and when the rest will be done."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import attrs

from ipmo import Span
from ipmo.figures.cumulative import Dot, Running, cumulative
from ipmo.plugin import Column, Figure, Shown, ShownAnswer, Table, UnitError, counted
from ipmo_agile.fields import WorkItem
from ipmo_agile.forecast import AgileForecast
from ipmo_agile.history import throughput

__all__ = ["BurnUp", "BurnUpPeriod", "burn_up"]

SHARES = (0.5, 0.85)
"""Chances for which the end is said."""
FAR = 3
"""How many times as long as what has gone by the picture may lead on."""


@attrs.frozen(kw_only=True)
class BurnUpPeriod(Shown):
    """Where the work stood when a period began.

    Args:
        start: the first day of the period: everything is counted up to the end of the day before.
        scope: items created and not given up.
        done: items finished.
        started: items started, finished ones included.
    """

    start: date
    scope: int
    done: int
    started: int


@attrs.frozen(kw_only=True)
class BurnUp(ShownAnswer):
    """Scope and done by period, and the forecast of the rest.

    Args:
        rows: a row for the beginning of each period, and one for the day that it is seen from.
        per: days of a period.
        forecast: of the open items; None where nothing was finished in the periods that it rests on, or nothing is open.
        later: items that came into being after the first period: how much the scope has grown.
    """

    rows: tuple[BurnUpPeriod, ...] = attrs.field(repr=False)
    per: int
    forecast: AgileForecast | None = attrs.field(repr=False)
    later: int

    @property
    def as_of(self) -> date:
        """The day that it is seen from; what happened on it is not counted."""
        return self.rows[-1].start

    @property
    def open(self) -> int:
        """Items that are neither finished nor given up."""
        return self.rows[-1].scope - self.rows[-1].done

    def day(self, share: float) -> date | None:
        """The first day on which all of today's scope is done with that chance; None where nothing says so, or it lies beyond the calendar."""
        if not self.open:
            return self.as_of
        found = None if self.forecast is None else self.forecast.quantile(share)
        if found is None:
            return None
        days = round(float(found.amount))
        return self.as_of + timedelta(days=days) if days <= (date.max - self.as_of).days else None

    def table(self) -> Table:
        """One row a period: start, scope, done, open, started."""
        return Table(
            [
                Column("start", "date", [row.start for row in self.rows]),
                Column("scope", "int", [row.scope for row in self.rows], "items"),
                Column("done", "int", [row.done for row in self.rows], "items"),
                Column("open", "int", [row.scope - row.done for row in self.rows], "items"),
                Column("started", "int", [row.started for row in self.rows], "items"),
            ]
        )

    def plot(self) -> Figure:
        """Scope and done as lines, and from today the way to the end at P50 and P85.

        An end further out than three times what has gone by is said and not drawn.
        """
        first, last = self.rows[0].start, self.as_of
        ends = {share: day for share in SHARES if self.open and (day := self.day(share)) is not None}
        span = (last - first).days
        drawn = {share: day for share, day in ends.items() if (day - last).days <= FAR * span}
        months = _months(first, max([last, *drawn.values()]))

        def place(day: date) -> float:
            at = next(n for n, (a, b) in enumerate(itertools.pairwise(months)) if a <= day < b)
            return at + (day - months[at]).days / (months[at + 1] - months[at]).days

        now = self.rows[-1]
        flat = [(place(max(drawn.values())), now.scope)] if drawn else []
        lines = [
            Running(name="scope", points=[*((place(r.start), r.scope) for r in self.rows), *flat], style="promise", said=f"{now.scope:,}"),
            Running(name="done", points=[(place(r.start), r.done) for r in self.rows], style="plan", said=f"{now.done:,}"),
        ]
        dots: list[Dot] = []
        for share, day in drawn.items():
            name = "" if dots else f"rest, {' and '.join(map(_percent, drawn))}"
            lines.append(Running(name=name, points=[(place(last), now.done), (place(day), now.scope)], style="ahead"))
            dots.append(Dot(x=place(day), y=now.scope, label=_percent(share)))
        told = [f"{_percent(share)} {day}{'' if share in drawn else ' (beyond the picture)'}" for share, day in ends.items()]
        note = ", ".join([f"{now.done:,} of {now.scope:,} done", *told])
        periods = [f"{day:%Y-%m}" for day in months[:-1]]
        return cumulative(periods, lines, dots=dots, unit="items", today=place(last), title="Burn-up", note=note)

    def __repr__(self) -> str:
        now = self.rows[-1]
        if not self.open:
            return f"<BurnUp of {self.as_of}: {counted(now.done, 'item')}, all done>"
        ends = [f"{_percent(share)} {day}" for share in SHARES if (day := self.day(share)) is not None]
        told = ", ".join(ends) if ends else "nothing says when the rest is done"
        return f"<BurnUp of {self.as_of}: {now.done:,} of {counted(now.scope, 'item')} done, {self.later:,} came later, {told}>"


def burn_up(items: Iterable[WorkItem], *, as_of: date | None = None, days: int = 7, recent: int = 26) -> BurnUp:
    """How scope and what is done of it have grown, and when the rest will be done at the pace of the last periods.

    An item without a day of creation was there from the first period on, or since it was started; the forecast takes today's scope as it is.

    Args:
        items: with the days on which they were created, started, finished, given up.
        as_of: the day that it is seen from: what happened before it counts; the day after the last event when left out.
        days: the length of a period.
        recent: periods that the forecast rests on.

    Raises:
        UnitError: no item has a day before that, or a period has no days.

    Source: Cohn, Agile Estimating and Planning (2005), release burn-ups; the forecast as `AgileForecast`.
    """
    if days < 1 or recent < 1:
        raise UnitError("a period has at least one day, and a forecast rests on at least one period")
    rows = tuple(items)
    seen = [day for item in rows for day in (item.created, item.started, item.finished, item.dropped) if day is not None]
    last = as_of or (max(seen) + timedelta(days=1) if seen else None)
    if last is None or not (seen := [day for day in seen if day < last]):
        raise UnitError("there is no burn-up: no item has a day on which anything happened before it")
    first = min(seen)
    starts = [first + timedelta(days=n) for n in range(0, (last - first).days, days)]
    found = tuple(_at(rows, day) for day in (*starts, last))
    now = found[-1]
    finished = [item.finished for item in rows if item.finished is not None and item.finished < last]
    periods = min(recent, (last - first).days // days)
    past = throughput(finished, days=days, start=last - timedelta(days=days * periods), end=last) if periods else ()
    forecast = None
    if now.scope > now.done and any(past):
        forecast = AgileForecast(remaining_items=now.scope - now.done, throughput=past, per=Span(days, "ed"), counted_on=last)
    begun = _at(rows, min(first + timedelta(days=days), last)).scope
    return BurnUp(rows=found, per=days, forecast=forecast, later=max(now.scope - begun, 0))


def _percent(share: float) -> str:
    return f"P{round(100 * share)}"


def _at(rows: Sequence[WorkItem], day: date) -> BurnUpPeriod:
    """Where the work stood when a day began."""

    def known(item: WorkItem) -> bool:
        born = item.created or item.started
        return (born is None or born < day) and (item.dropped is None or item.dropped >= day)

    there = [item for item in rows if known(item) or (item.finished is not None and item.finished < day)]
    return BurnUpPeriod(
        start=day,
        scope=len(there),
        done=sum(item.finished is not None and item.finished < day for item in there),
        started=sum(any(when is not None and when < day for when in (item.started, item.finished)) for item in there),
    )


def _months(first: date, last: date) -> list[date]:
    """The first days of the months from that of one day to that after another."""
    out = [first.replace(day=1)]
    while out[-1] <= last:
        year, month = divmod(out[-1].year * 12 + out[-1].month, 12)
        out.append(date(year, month + 1, 1))
    return out
