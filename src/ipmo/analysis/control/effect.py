"""What a lesson or a standard changed in later work: an estimate with its interval, and what else may explain it."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from ipmo.analysis.control.finished_work import Estimated, Finished, finished, open_after
from ipmo.analysis.control.history import History
from ipmo.errors import ModelError, UnknownItemError, close_matches
from ipmo.model.governance import Lesson
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import as_day, as_when
from ipmo.words import agree, counted

__all__ = ["Effect", "Shift", "effect_of", "shift"]

LEAST = 5
"""Finished pieces of work on each side, from which anything is said."""
Z = statistics.NormalDist().inv_cdf(0.975)
UNLIKE = 2.0
"""From how many times the size work is of another kind of size."""


@attrs.frozen(kw_only=True)
class Shift(Shown):
    """How far actuals by estimates of some work lie from those of other work of the same groups.

    Args:
        when: `after` it was applied, or `before` that.
        factor: by which they differ: 0.8 is a fifth less than the others; None where there is too little work.
        low, high: the 95 % interval; None where the data set no bound.
        applied: finished pieces of work that are compared, where it was applied.
        others: those of the same groups, where it was not.
        alone: left out: no work of the other kind stands in their group.
    """

    when: str
    factor: float | None
    low: float | None
    high: float | None
    applied: int
    others: int
    alone: int

    @property
    def text(self) -> str:
        """The whole in a sentence."""
        sides = f"{self.applied} with it and {self.others} without"
        if self.factor is None:
            return f"{self.when}: too little finished work to say anything ({sides}; at least {LEAST} each)"
        low = "no bound" if self.low is None else f"{self.low - 1:+.0%}"
        high = "no bound" if self.high is None else f"{self.high - 1:+.0%}"
        return f"{self.when}: actual by estimate {self.factor - 1:+.0%} against comparable work (95 %: {low} to {high}; {sides})"

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no difference."""
        return (self.low is not None and self.low > 1) or (self.high is not None and self.high < 1)


class Effect(Rows[str, Shift]):
    """The answer of `effect_of`: work after it was applied, and that of the same projects before, each against others; by `after` and `before`.

    Args:
        rows: the two.
        what: the lesson, or the items.
        figure: duration or cost.
        since: the day from which it counts as applied.
        caveats: what else may explain a difference, in sentences.
    """

    def __init__(self, rows: Sequence[Shift], what: str, figure: str, since: date, caveats: Sequence[str]) -> None:
        super().__init__({row.when: row for row in rows}, "this effect")
        self.what, self.figure, self.since, self.caveats = what, figure, since, tuple(caveats)

    def explain(self, when: str = "after") -> str:
        """One of the two, and what else may explain it.

        Raises:
            UnknownItemError: it is neither `after` nor `before`.
        """
        return "\n  ".join([self[when].text, *self.caveats])

    def table(self) -> Table:
        """Two rows: when, factor, low, high, applied, others, alone."""
        return Table(
            [
                Column("when", "str", [row.when for row in self.rows]),
                *(Column(name, "float", [getattr(row, name) for row in self.rows]) for name in ("factor", "low", "high")),
                *(Column(name, "int", [getattr(row, name) for row in self.rows]) for name in ("applied", "others", "alone")),
            ]
        )

    def __repr__(self) -> str:
        return f"<Effect of {self.what} on {self.figure}: {self['after'].text}; {counted(len(self.caveats), 'caveat')}>"


def shift(applied: Mapping[str, Sequence[float]], others: Mapping[str, Sequence[float]]) -> tuple[float, float | None, float | None] | None:
    """By which factor ratios differ between two sides within groups, with a 95 % interval; None where no group has both.

    The Hodges-Lehmann estimate of a shift of logarithms, stratified: the median of all differences within groups, with the interval of those
    shifts that the sum of the groups' Wilcoxon rank-sum statistics does not reject (normal approximation).
    Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods (2014), 4.2 and 4.3. A bound of None: the data set none.
    """
    differences: list[float] = []
    variance = 0.0
    for group, some in applied.items():
        rest = others.get(group, ())
        logs = [math.log(one) for one in rest]
        differences += [math.log(one) - other for one in some for other in logs]
        variance += len(some) * len(rest) * (len(some) + len(rest) + 1) / 12
    if not differences:
        return None
    differences.sort()
    place = math.floor(len(differences) / 2 - Z * math.sqrt(variance))
    bounds = (math.exp(differences[place]), math.exp(differences[-1 - place])) if place >= 0 else (None, None)
    return math.exp(statistics.median(differences)), *bounds


def effect_of(
    history: History, what: str | Sequence[str], *, since: date | str | None = None, figure: Estimated = "duration", by: str = "category"
) -> Effect:
    """What a lesson, or anything else that some projects do, changed in what became of their estimates, as far as data that nobody drew lots for can say.

    Finished work that began on the day or later, in the items that applied it, is held against finished work that began then in all others, group
    by group: the factor between their ratios of actual to estimate, with a 95 % interval. The same comparison of what those items did before
    stands beside it: a difference that was there already is no effect. `.caveats` says what else may explain it.

    Args:
        history: the snapshots, or their folder.
        what: the id of a lesson, whose `applied_in` says where; or the items (projects or tasks) that did whatever it is.
        since: from when it counts as applied; when left out the lesson's date, else the first snapshot in which it was applied.
        figure: `duration` or `cost`.
        by: groups within which work is compared, as `reference_classes` takes them.

    Raises:
        UnknownItemError: the last snapshot has no such lesson or item.
        ModelError: the history is empty, or nothing says since when.
        OptionError: there is no such figure.
    """
    if not len(history):
        raise ModelError("an effect shows in finished work; this history has no snapshot")
    items, name, first = _where(history, what)
    day = first if since is None else as_day(as_when(since))
    if day is None:
        raise ModelError(f"nothing says since when {name} is applied; write since=")
    work = [one for one in finished(history, figure, by) if one.ratio > 0]
    sides: dict[tuple[bool, bool], list[Finished]] = defaultdict(list)
    for one in work:
        sides[one.item in items or one.project in items, one.began >= day].append(one)
    rows = [_compared(when, sides[True, later], sides[False, later]) for when, later in (("after", True), ("before", False))]
    return Effect(rows, name, figure, day, _caveats(history, rows, sides, items, day))


def _where(history: History, what: str | Sequence[str]) -> tuple[set[str], str, date | None]:
    """The items that applied it, what it is called, and since when, where that is known."""
    last = history[-1].portfolio
    if not isinstance(what, str):
        missing = [one for one in what if one not in last]
        if missing:
            raise UnknownItemError(missing[0], close_matches(missing[0], last.items), f"portfolio {last.id!r}")
        return set(what), ", ".join(what), None
    lessons = {one.id: one for one in last.lessons}
    if what not in lessons:
        raise UnknownItemError(what, close_matches(what, lessons), f"the lessons of portfolio {last.id!r}")
    lesson: Lesson = lessons[what]
    if lesson.date is not None:
        return set(lesson.applied_in), what, as_day(lesson.date)
    seen = (month.date for month in history if any(one.id == what and one.applied_in for one in month.portfolio.lessons))
    return set(lesson.applied_in), what, next(seen, None)


def _compared(when: str, applied: Sequence[Finished], others: Sequence[Finished]) -> Shift:
    mine, theirs = _by_group(applied), _by_group(others)
    both = mine.keys() & theirs.keys()
    count, rest = sum(len(mine[group]) for group in both), sum(len(theirs[group]) for group in both)
    alone = len(applied) - count
    found = shift({group: mine[group] for group in sorted(both)}, theirs) if min(count, rest) >= LEAST else None
    factor, low, high = found or (None, None, None)
    return Shift(when=when, factor=factor, low=low, high=high, applied=count, others=rest, alone=alone)


def _by_group(work: Iterable[Finished]) -> dict[str, list[float]]:
    out: dict[str, list[float]] = {}
    for one in work:
        out.setdefault(one.group, []).append(one.ratio)
    return out


def _caveats(
    history: History, rows: Sequence[Shift], sides: Mapping[tuple[bool, bool], Sequence[Finished]], items: set[str], day: date
) -> list[str]:
    """What else may explain a difference."""
    after, before = rows
    out = ["nobody drew lots: who applied it chose to, and may differ from the others in ways that no field states"]
    if before.factor is None:
        out.append("whether they differed before is not known: there is too little of their work of before")
    elif before.clear:
        out.append(f"they differed before already ({before.factor - 1:+.0%}): set against that, {_relative(after, before)}")
    mine, theirs = ([one.estimate for one in sides.get((applied, True), ())] for applied in (True, False))
    if mine and theirs:
        size = statistics.median(mine) / statistics.median(theirs)
        if not 1 / UNLIKE < size < UNLIKE:
            out.append(f"their work is of another size: {size:.2g} times the estimate of the others, by the medians")
    if after.alone:
        out.append(
            f"{counted(after.alone, 'piece')} of their work {agree(after.alone, 'is', 'are')} left out: nothing else in the same group to compare with"
        )
    late = open_after(history, day)
    shares = [_share(sum(item in items or project in items for item, project in late), len(sides.get((True, True), ()))),
              _share(sum(not (item in items or project in items) for item, project in late), len(sides.get((False, True), ())))]  # fmt: skip
    if any(shares):
        out.append(
            f"what is not finished yet is not counted, and what is late is finished last: open of what began since {shares[0]:.0%} with it, {shares[1]:.0%} without"
        )
    return out


def _share(open_: int, done: int) -> float:
    return open_ / (open_ + done) if open_ + done else 0.0


def _relative(after: Shift, before: Shift) -> str:
    if after.factor is None or before.factor is None:
        return "nothing can be said"
    return f"{after.factor / before.factor - 1:+.0%} is left"
