"""Dates of which no samples are kept: their moments, exactly, and between which days their percentiles lie."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from ipmo.analysis.risk.outcomes import day_of, percent
from ipmo.analysis.risk.precision import place
from ipmo.analysis.risk.sketches import Sketch
from ipmo.options import checked
from ipmo.units import DAY, as_when, minutes, moment

__all__ = ["SketchedDates"]


@attrs.frozen(kw_only=True)
class SketchedDates:
    """What is known of the dates of an item whose samples were not kept.

    Args:
        id: the item.
        sketch: of its dates, in minutes after the base.
        base: minutes since 0001-01-01.
        begins: it is a start: the first whole day counts.
        planned: the instant of the schedule as it stands; None where it has none.
        at_least: its dates are lower bounds.
    """

    id: str
    sketch: Sketch
    base: int
    begins: bool = False
    planned: int | None = None
    at_least: bool = False

    def _day(self, number: float) -> date:
        return day_of(self.base + number, begins=self.begins)

    @checked
    def p_between(self, percent: float) -> tuple[date, date]:
        """The days between which the date lies that it is on or before with that probability, in per cent: that of all samples, were they kept.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        low, high = self.sketch.within(place(self.sketch.size, _share(percent)))
        return self._day(low), self._day(high)

    @checked
    def p(self, percent: float) -> date:
        """The later of `p_between`: a date that is kept with that probability at least, in per cent.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        return self.p_between(percent)[1]

    @checked
    def by_between(self, date: date | str) -> tuple[float, float]:
        """Between which probabilities, 0 to 1, it is on or before a day.

        Raises:
            UnitError: that is no date.
        """
        least, most = self.sketch.at_most(minutes(as_when(date), end=not self.begins) - self.base)
        return least / self.sketch.size, most / self.sketch.size

    @property
    def mean(self) -> datetime:
        """The mean, exactly."""
        return moment(round(self.base + self.sketch.mean))

    @property
    def sd(self) -> float:
        """The standard deviation, in days of 24 hours, exactly."""
        return self.sketch.deviation / DAY

    @property
    def mean_day(self) -> date:
        """The day of the mean."""
        return day_of(minutes(self.mean), begins=self.begins)

    @property
    def planned_day(self) -> date | None:
        """The day of the schedule as it stands."""
        return None if self.planned is None else day_of(self.planned, begins=self.begins)


def _share(given: float) -> float:
    return percent("percent", given)
