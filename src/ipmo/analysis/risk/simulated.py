"""What the samples say of one item."""

from __future__ import annotations

from datetime import date

import attrs

from ipmo.analysis.risk.outcomes import UNSIZED, Dates, Sums
from ipmo.analysis.risk.sketched import SketchedDates
from ipmo.analysis.risk.undated import Undated
from ipmo.notebooks import Shown

__all__ = ["Simulated"]


@attrs.frozen(kw_only=True)
class Simulated(Shown):
    """One item: what the samples say of its dates, its cost and its value.

    Args:
        id: full id.
        name: title.
        kind: portfolio, programme, project, summary, task, milestone, gate, outcome or benefit.
        dates: its finish, of an outcome or benefit its start; None where it has none.
        costs: its cost at completion; None where none is known.
        value: what a benefit is worth, of the portfolio what all are; None where that is not known.
        sketch: what is known of its dates where their samples were not kept; None where they were, and of what has none.
        undated: why it has no dates, where it is blocked; None where it has some, or needs none.
    """

    id: str
    name: str
    kind: str
    dates: Dates | None = None
    costs: Sums | None = None
    value: Sums | None = None
    sketch: SketchedDates | None = None
    undated: Undated | None = None

    @property
    def sure(self) -> float | None:
        """The probability that it keeps its commitment; None where that is not known, or nobody stated one; 0 of what never comes."""
        told = self.dates or self.undated
        return None if told is None else told.sure

    @property
    def committed(self) -> date | None:
        """The date that somebody relies on; None where nobody stated one, or no samples of it were kept."""
        told = self.dates or self.undated
        return None if told is None else told.committed

    @property
    def doubt(self) -> str:
        """Why its end is not known: work of it has no date; empty where all of it has one."""
        told = self.dates or self.undated
        return "" if told is None else told.doubt

    @property
    def not_known(self) -> str:
        """Why its end is not known: work of it has no date, or it waits for work without a duration; empty where it is."""
        if self.sketch is not None:
            return UNSIZED if self.sketch.at_least else ""
        return self.doubt if self.dates is None else self.dates.not_known

    @property
    def not_counted(self) -> tuple[str, ...]:
        """What is neither in its cost nor in its value, because nobody knows it."""
        return tuple(dict.fromkeys(name for found in (self.costs, self.value) if found is not None for name in found.missing))

    @property
    def priced(self) -> Sums | None:
        """Its cost; None also where that of what may happen to it is all that is known."""
        return None if self.costs is None or self.costs.planned is None else self.costs

    @property
    def basis(self) -> str:
        """What its dates are read off: `samples`, or `sketch`; empty where it has none."""
        return "samples" if self.dates is not None else "sketch" if self.sketch is not None else ""
