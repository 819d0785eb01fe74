"""Histories of finished work: items by period, days on which a tracker was tidied up, and forecasts tried on the past."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import attrs

from ipmo import Span
from ipmo.plugin import Column, Shown, ShownAnswer, Table, UnitError, counted
from ipmo_agile.forecast import AgileForecast

__all__ = ["Backtest", "Bulk", "Trial", "backtest", "bulk_closures", "throughput", "without_bulk"]

TIMES, LEAST, AROUND = 5, 20, 365
"""A bulk closure is at least 20 items and five times what 95 % of the working days of the year around it close."""


def throughput(finished: Iterable[date], *, days: int = 7, start: date | None = None, end: date | None = None) -> tuple[int, ...]:
    """Items finished in each whole period, oldest first, zeros kept; a last period that is not over is left out.

    Args:
        finished: the day on which each item was finished.
        days: the length of a period.
        start: first day of the first period; the first finish when left out.
        end: the day after the last that counts; the day after the last finish when left out.
    """
    rows = sorted(finished)
    if days < 1:
        raise UnitError(f"{days} is not the length of a period in days")
    first = start if start is not None else rows[0] if rows else None
    last = end if end is not None else rows[-1] + timedelta(days=1) if rows else None
    if first is None or last is None:
        return ()
    periods = max(0, (last - first).days // days)
    out = [0] * periods
    for day in rows:
        place = (day - first).days // days
        if 0 <= place < periods:
            out[place] += 1
    return tuple(out)


@attrs.frozen(kw_only=True)
class Bulk(Shown):
    """A day on which so much was closed at once that it was tidying up, not work.

    Args:
        day: when.
        items: closed on it.
        usual: what 95 % of the working days around it stay below or equal.
    """

    day: date
    items: int
    usual: int


def bulk_closures(finished: Iterable[date]) -> tuple[Bulk, ...]:
    """Bulk closures of a history, in order: at least 20 items, and more than five times the 95th percentile of the days of work
    within half a year on either side, other bulk closures left out."""
    counts = Counter(finished)
    days = sorted(counts)
    found: dict[date, Bulk] = {}
    while True:  # what is found is left out of what is usual, which may find more
        before = len(found)
        kept = [day for day in days if day not in found]
        for day in kept:
            if counts[day] < LEAST:
                continue
            low = bisect.bisect_left(kept, day - timedelta(days=AROUND // 2))
            high = bisect.bisect_right(kept, day + timedelta(days=AROUND // 2))
            others = sorted(counts[other] for other in kept[low:high] if other != day)
            usual = others[math.ceil(0.95 * len(others)) - 1] if others else 0
            if len(others) >= 10 and counts[day] > TIMES * usual:
                found[day] = Bulk(day=day, items=counts[day], usual=usual)
        if len(found) == before:
            return tuple(found[day] for day in sorted(found))


def without_bulk(finished: Iterable[date]) -> tuple[date, ...]:
    """A history whose bulk closures hold only what is usual on a day of work around them."""
    rows = sorted(finished)
    bulk = {one.day: one.usual for one in bulk_closures(rows)}
    out, taken = [], Counter[date]()
    for day in rows:
        taken[day] += 1
        if day not in bulk or taken[day] <= bulk[day]:
            out.append(day)
    return tuple(out)


@attrs.frozen(kw_only=True)
class Trial(Shown):
    """One history, its last third hidden and forecast.

    Args:
        name: of the history.
        seen: periods that the forecast rests on.
        items: items that the hidden part held: the forecast was asked when they would be done.
        actual: periods that it really took.
        p50, p85: periods forecast; None when the forecast has none.
        bulk: bulk closures left out.
    """

    name: str
    seen: int
    items: int
    actual: int
    p50: int | None
    p85: int | None
    bulk: int

    @property
    def held_50(self) -> bool:
        """Done within the P50."""
        return self.p50 is not None and self.actual <= self.p50

    @property
    def held_85(self) -> bool:
        """Done within the P85."""
        return self.p85 is not None and self.actual <= self.p85


class Backtest(ShownAnswer):
    """How often forecasts held: a good P50 holds half of the time, a good P85 17 times of 20."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self.trials = tuple(trials)

    def held(self, percentile: int) -> float | None:
        """Share of the trials in which the work was done within P50 or P85; None without trials."""
        if percentile not in (50, 85):
            raise UnitError("a backtest says P50 and P85")
        if not self.trials:
            return None
        return sum(t.held_50 if percentile == 50 else t.held_85 for t in self.trials) / len(self.trials)

    def table(self) -> Table:
        """One row a history: history, seen, items, actual, p50, p85, held_p50, held_p85, bulk."""
        rows = self.trials
        return Table(
            [
                Column("history", "str", [r.name for r in rows]),
                Column("seen", "int", [r.seen for r in rows], "periods"),
                Column("items", "int", [r.items for r in rows]),
                Column("actual", "int", [r.actual for r in rows], "periods"),
                Column("p50", "int", [r.p50 for r in rows], "periods"),
                Column("p85", "int", [r.p85 for r in rows], "periods"),
                Column("held_p50", "bool", [r.held_50 for r in rows]),
                Column("held_p85", "bool", [r.held_85 for r in rows]),
                Column("bulk", "int", [r.bulk for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        if not self.trials:
            return "<Backtest: no history is long enough>"
        return f"<Backtest: {counted(len(self.trials), 'history')}, P50 held {self.held(50):.0%}, P85 held {self.held(85):.0%}>"


def backtest(
    histories: Mapping[str, Iterable[date]], *, days: int = 7, recent: int | None = 26, horizon: int | None = None, clean: bool = True
) -> Backtest:
    """Hides the last third of each history, forecasts when the items in it would be done, and looks.

    Only what was known at the cut is used: bulk closures are sought in the visible part alone; the hidden part is counted
    without its own. The forecast takes the future to be like the recent past, so it holds over weeks better than over years:
    with a `horizon` the hidden third is forecast stretch by stretch, each from what lies before it.

    Args:
        histories: name to the days on which items were finished.
        days: the length of a period.
        recent: periods before the cut that the forecast rests on; all when None.
        horizon: periods of a stretch; the whole hidden third at once when left out.
        clean: bulk closures are left out.
    """
    trials: list[Trial] = []
    for name, finished in histories.items():
        rows = sorted(finished)
        if not rows:
            continue
        periods = (rows[-1] + timedelta(days=1) - rows[0]).days // days
        seen = periods - periods // 3
        if seen < 4 or periods - seen < 2:
            continue
        length = periods - seen if horizon is None else horizon
        for first in range(seen, periods - length + 1, length):
            trial = _tried(name, rows, days, first, length, recent, clean)
            if trial is not None:
                trials.append(trial)
    return Backtest(trials)


def _tried(name: str, rows: Sequence[date], days: int, seen: int, length: int, recent: int | None, clean: bool) -> Trial | None:
    """One forecast at one cut; None when nothing was finished after it."""
    cut = rows[0] + timedelta(days=days * seen)
    before: Sequence[date] = [d for d in rows if d < cut]
    after: Sequence[date] = [d for d in rows if d >= cut]
    bulk = len(bulk_closures(before)) if clean else 0
    if clean:
        before, after = without_bulk(before), without_bulk(after)
    past = throughput(before, days=days, start=rows[0], end=cut)[-(recent or seen) :]
    future = throughput(after, days=days, start=cut, end=cut + timedelta(days=days * length))
    items = sum(future)
    if not items:
        return None
    forecast = AgileForecast(remaining_items=items, throughput=past, per=Span(1, "w"))
    p50, p85 = (forecast.quantile(share) for share in (0.5, 0.85))
    return Trial(
        name=name,
        seen=len(past),
        items=items,
        actual=max(n for n, done in enumerate(future, 1) if done),
        p50=None if p50 is None else int(p50.amount),
        p85=None if p85 is None else int(p85.amount),
        bulk=bulk,
    )
