"""Flow: throughput, work in progress, cycle time and age; and Little's law, only where its conditions hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from ipmo.plugin import Column, ShownAnswer, Table, UnitError, agree, counted
from ipmo_agile.fields import WorkItem

__all__ = ["Flow", "flow", "little"]

NEAR = 0.10
"""How far two rates, or the work in progress at both ends, may differ and still count as about equal."""


def little(*, wip: float | None = None, cycle_time: float | None = None, throughput: float | None = None) -> float:
    """The third of three: mean WIP = mean throughput x mean cycle time. Leave out the one that is asked for.

    Raises:
        UnitError: not exactly two are given, or one that divides is 0.

    Source: Little, A Proof for the Queuing Formula L = λW (1961).

    >>> little(wip=3, cycle_time=8), little(wip=3, cycle_time=8) * 60
    (0.375, 22.5)
    """
    if [wip, cycle_time, throughput].count(None) != 1:
        raise UnitError("give two of wip, cycle_time and throughput")
    if wip is None:
        return throughput * cycle_time  # type: ignore[operator]
    by = cycle_time if throughput is None else throughput
    if not by:
        raise UnitError("a rate or a time of 0 says nothing about the other")
    return wip / by


@attrs.frozen(kw_only=True)
class Flow(ShownAnswer):
    """Flow of a backlog over a stretch of days; a day begins at midnight, and an item started and finished on one day took none.

    Args:
        start, end: the stretch: from the first day until before the last.
        arrived: items started in it.
        finished: items finished in it.
        dropped: items given up in it.
        wip: mean number of items in progress.
        wip_start, wip_end: at both ends.
        age_start, age_end: mean age of what is in progress then, in days; None where nothing is.
        cycle_times: days from start to finish of what was finished, sorted.
        oldest: open items with the age of each, oldest first.
    """

    start: date
    end: date
    arrived: int
    finished: int
    dropped: int
    wip: float
    wip_start: int
    wip_end: int
    age_start: float | None
    age_end: float | None
    cycle_times: tuple[int, ...] = attrs.field(repr=False)
    oldest: tuple[tuple[str, int], ...] = attrs.field(repr=False)

    def __repr__(self) -> str:
        times = (
            f"; done within {self.percentile(0.5)} days in half, {self.percentile(0.85)} in 85 % of the cases" if self.cycle_times else ""
        )
        return f"<Flow from {self.start} to {self.end}: {counted(self.arrived, 'item')} started, {self.finished} finished, {self.wip:.3g} in progress{times}>"

    @property
    def days(self) -> int:
        """Length of the stretch."""
        return (self.end - self.start).days

    @property
    def throughput(self) -> float:
        """Items finished a day."""
        return self.finished / self.days

    @property
    def cycle_time(self) -> float | None:
        """Mean days from start to finish; None when nothing was finished."""
        return sum(self.cycle_times) / len(self.cycle_times) if self.cycle_times else None

    def percentile(self, share: float) -> int | None:
        """Days within which that share of what was finished was finished."""
        if not self.cycle_times:
            return None
        return self.cycle_times[max(0, math.ceil(share * len(self.cycle_times)) - 1)]

    @property
    def violations(self) -> tuple[str, ...]:
        """Conditions of Little's law that do not hold; empty when all do."""
        out = []
        if not self.finished:
            return ("nothing was finished",)
        if abs(self.arrived - self.finished) > NEAR * max(self.arrived, self.finished):
            out.append(f"{counted(self.arrived, 'item')} arrived and {self.finished} left: the rates differ")
        if abs(self.wip_end - self.wip_start) > max(1.0, NEAR * self.wip):
            out.append(f"work in progress went from {self.wip_start} to {self.wip_end}")
        if self.dropped:
            out.append(f"{counted(self.dropped, 'item')} {agree(self.dropped, 'was')} started and given up")
        if self.ageing:
            out.append(f"the mean age of open work grew from {self.age_start:.3g} to {self.age_end:.3g} days")
        return tuple(out)

    @property
    def ageing(self) -> bool:
        """The mean age of what is in progress grew by more than a day and a tenth."""
        if self.age_start is None or self.age_end is None:
            return False
        return self.age_end > self.age_start * (1 + NEAR) + 1

    @property
    def little(self) -> float | None:
        """Mean work in progress by Little's law: throughput x cycle time; None where its conditions do not hold: see `violations`."""
        if self.violations or self.cycle_time is None:
            return None
        return little(cycle_time=self.cycle_time, throughput=self.throughput)

    def table(self) -> Table:
        """metric, value, unit, note: Little's law is printed only when its conditions hold, else what breaks them."""
        rows: list[tuple[str, float | None, str, str]] = [
            ("throughput", self.throughput * 7, "items a week", ""),
            ("work in progress", self.wip, "items, mean", f"{self.wip_start} at the start, {self.wip_end} at the end"),
            ("cycle time P50", self.percentile(0.5), "days", ""),
            ("cycle time P85", self.percentile(0.85), "days", ""),
            ("mean age of open work", self.age_end, "days", "growing" if self.ageing else ""),
            (
                "work in progress by Little's law",
                self.little,
                "items",
                "not said: " + "; ".join(self.violations) if self.violations else "",
            ),
        ]
        return Table(
            [
                Column(name, "float" if n == 1 else "str", [row[n] for row in rows])
                for n, name in enumerate(("metric", "value", "unit", "note"))
            ]
        )


def flow(items: Iterable[WorkItem], start: date | None = None, end: date | None = None) -> Flow:
    """The flow of items over a stretch.

    Args:
        items: with the days on which they started and finished.
        start: first day; the first start when left out.
        end: the day after the last; the day after the last start or finish when left out.

    Raises:
        UnitError: there is no day in it.
    """
    rows = [(item.id, item.started, item.finished, item.dropped) for item in items if item.started is not None]
    ends = [day for _, *days in rows for day in days if day is not None]
    first = start or min(ends, default=None)
    last = end or (max(ends) + timedelta(days=1) if ends else None)
    if first is None or last is None or last <= first:
        raise UnitError("there is no stretch of days: give items that were started, or start and end")

    def ages(day: date) -> list[int]:
        """Of what is in progress when a day begins."""
        return [(day - began).days for _, began, done, given in rows if began < day and ((gone := done or given) is None or gone >= day)]

    inside = sum(max(0, (min(done or given or last, last) - max(began, first)).days) for _, began, done, given in rows)
    before, after = ages(first), ages(last)
    cycle_times = sorted((done - began).days for _, began, done, _ in rows if done is not None and first <= done < last)
    still = [(name, (last - began).days) for name, began, done, given in rows if done is None and given is None and began < last]
    return Flow(
        start=first,
        end=last,
        arrived=sum(first <= began < last for _, began, _, _ in rows),
        finished=len(cycle_times),
        dropped=sum(given is not None and first <= given < last for *_, given in rows),
        wip=inside / (last - first).days,
        wip_start=len(before),
        wip_end=len(after),
        age_start=sum(before) / len(before) if before else None,
        age_end=sum(after) / len(after) if after else None,
        cycle_times=tuple(cycle_times),
        oldest=tuple(sorted(still, key=lambda pair: (-pair[1], pair[0]))),
    )
