"""One commitment: a date as somebody stated it, and whether the forecast keeps it, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, TypedDict

import attrs

from ipmo.notebooks import Shown
from ipmo.units import first_day, said_day

__all__ = ["KINDS", "PLANNED", "Commitment", "Found", "Kind", "LateHandOver", "Standing", "Stated", "broken_in", "in_order"]

Day = date
Kind = Literal["hand-over", "deadline", "gate", "project", "benefit", "constraint"]
KINDS: tuple[Kind, ...] = ("hand-over", "deadline", "gate", "project", "benefit", "constraint")
"""In the order in which they are told: what was promised to others first."""
Standing = Literal["missed", "overdue", "unknown", "kept"]
PLANNED = "to start by"
"""How the planned start of a benefit is told."""
WORDS: Mapping[str, str] = {
    "hand-over": "its hand-over",
    "deadline": "its deadline",
    "gate": "its need-by date",
    "project": "its finish",
    "benefit": "its planned start",
    "constraint": "its constraint",
}


@attrs.frozen
class Stated:
    """A date as somebody stated it.

    Args:
        name: `P@finish` of a project; the id of a link; the full id of anything else.
        kind: hand-over, deadline, gate, project, benefit or constraint.
        item: full id of what is to be there by then.
        date: that instant.
        nodes: what it bounds in the network; none where that lies outside.
        at_finish: it is a date for their finish; else for their start.
        word: how it is stated: due, committed for, needed by.
        expected: when something outside the portfolio is known to come, as an instant.
        link: the place of a hand-over's link among those of the portfolio.
    """

    name: str
    kind: Kind
    item: str
    date: int
    nodes: Sequence[int] = ()
    at_finish: bool = True
    word: str = "due"
    expected: int | None = None
    link: int | None = attrs.field(default=None, eq=False, repr=False)


class LateHandOver(NamedTuple):
    """A hand-over beside when it is expected: one that is missed, or of those in time the one that has least time left.

    Args:
        item: full id of what is handed over.
        committed: when it was to be there, as an instant.
        expected: when it is expected, as an instant.
        from_morning: that begins its day.
    """

    item: str
    committed: int
    expected: int
    from_morning: bool = False


@attrs.frozen(kw_only=True)
class Commitment(Shown):
    """A commitment, and whether the forecast keeps it.

    Args:
        name: `P@finish` of a project; the id of a link, or `source -> target`, of a hand-over; the full id of anything else.
        kind: hand-over, deadline, gate, project, benefit or constraint.
        item: full id of what is to be there by then.
        project: the project that answers for it; empty for benefits.
        date: the date as stated.
        word: how it is stated: due, committed for, needed by.
        begins: it is about a start, so that midnight is where its day begins, not where the day before ends.
        expected: when the forecast has it; None where it has no date, or never comes.
        days: elapsed days that it comes later than stated, negative where it comes earlier; None without a forecast.
        standing: `missed` by the forecast; `overdue`: the date has passed, and the forecast is the status date or none, because
            nothing says when it will come; `unknown`: still to come, without a forecast; `kept`.
        because: what sets its date, or takes it away: the item at the root of the path that drives it.
        reason: that in words; empty for what is kept.
        from_morning: the forecast is a point in time with which a day begins: a status date or a not-before holds it there.
        at_least: of what is missed: the forecast is a lower bound, because work before it has no duration; it comes then or later.
    """

    name: str
    kind: Kind
    item: str
    project: str
    date: datetime
    word: str
    begins: bool = False
    expected: datetime | None = None
    days: float | None = None
    standing: Standing = "kept"
    because: str = ""
    reason: str = ""
    from_morning: bool = False
    at_least: bool = False

    @property
    def broken(self) -> bool:
        """It is missed, or overdue."""
        return self.standing in ("missed", "overdue")

    @property
    def starts_benefit(self) -> bool:
        """It is the day on which a benefit was planned to start: what it needs is to be there before that day begins."""
        return self.kind == "benefit" and self.word == PLANNED

    @property
    def stated_day(self) -> Day | None:
        """The day that was stated."""
        if self.starts_benefit:
            return first_day(self.date)
        return said_day(self.date, finish=not self.begins)

    @property
    def expected_day(self) -> Day | None:
        """The day on which the forecast has it; None where it has none."""
        if self.starts_benefit and self.expected is not None:
            return first_day(self.expected)
        return said_day(self.expected, finish=not (self.begins or self.from_morning))

    @property
    def stated_text(self) -> str:
        """The day that was stated."""
        return str(self.stated_day or "")

    @property
    def expected_text(self) -> str:
        """The day on which the forecast has it; empty where it has none."""
        return str(self.expected_day or "")

    @property
    def forecast(self) -> str:
        """The day on which the forecast has it, in words: `expected 2026-05-11`; of the latest start of a benefit the day that has what it needs.

        Ready by the end of that day, the benefit is said to start on the first whole day after.
        """
        return f"{'ready on' if self.kind == 'benefit' and not self.starts_benefit else 'expected'} {self.expected_text}{' or later' if self.at_least else ''}"

    @property
    def late(self) -> str:
        """By how much it is missed, or how much is left, by the days that are said: `10 d`; a part of one day as hours."""
        if self.expected_day is None or self.stated_day is None or self.days is None:
            return ""
        said = (self.expected_day - self.stated_day).days
        least = "at least " if self.at_least else ""
        return f"{least}{abs(said):,} d" if said else f"{least}{abs(self.days) * 24:,.3g} h"

    @property
    def text(self) -> str:
        """What is missed by how much, and because of what, in one sentence."""
        what = "its latest start" if self.kind == "benefit" and not self.starts_benefit else WORDS[self.kind]
        whose = f"{self.item} misses {what}" if self.kind != "hand-over" else f"{self.name}: {self.item} misses its hand-over"
        stated = f"{self.word} {self.stated_text}"
        why = f", {self.reason}" if self.reason else ""
        if self.standing == "kept":
            return f"{whose.replace('misses', 'keeps')}: {stated}, {self.forecast}"
        if self.standing == "missed" and self.days is not None:
            return f"{whose} by {self.late}: {stated}, {self.forecast}{why}"
        if self.standing == "missed":
            return f"{whose}: {stated}{why}"
        if self.standing == "overdue":
            return f"{self.name}: {stated}, overdue and without a forecast{why}"
        return f"{self.name}: {stated}, not known whether it is kept{why}"


class Found(TypedDict, total=False):
    """What is found out about a commitment: see the fields of the same names."""

    expected: datetime
    days: float
    standing: Standing
    because: str
    reason: str
    from_morning: bool
    at_least: bool


def in_order(found: Iterable[Commitment]) -> tuple[Commitment, ...]:
    """Broken ones first, of these the hand-overs and then what is missed by most; then what is not known, then what is kept."""
    order, rows = {"missed": 0, "overdue": 0, "unknown": 1, "kept": 2}, list(found)
    times = Counter((row.name, row.date) for row in rows)

    def key(row: Commitment) -> tuple[object, ...]:
        day = row.stated_day if times[row.name, row.date] > 1 else None  # asked only where nothing else tells two apart
        return (order[row.standing], row.kind != "hand-over", row.standing == "overdue", -(row.days or 0), row.name, row.date, day)

    return tuple(sorted(rows, key=key))


def broken_in(found: Iterable[Commitment]) -> dict[str, str]:
    """By project, how many commitments in it are missed and how many are overdue: `4 missed, 1 overdue`."""
    counts: dict[str, dict[str, int]] = {}
    for one in found:
        if one.broken:
            here = counts.setdefault(one.project or one.item, {"missed": 0, "overdue": 0})
            here[one.standing] += 1
    return {name: ", ".join(f"{count:,} {word}" for word, count in here.items() if count) for name, here in counts.items()}
