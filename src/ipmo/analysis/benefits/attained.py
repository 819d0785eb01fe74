"""How far objectives will be reached by their day: what benefits, outcomes and projects bring towards them, by when and how likely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.model.benefits import Benefit, Objective, Outcome
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import as_date, as_day
from ipmo.words import agree, counted

__all__ = ["Attained", "Attainment", "attainment"]


@attrs.frozen(kw_only=True)
class Attained(Shown):
    """One objective and how far it will be reached.

    Args:
        id: the objective.
        name, owner, measure, unit: as stated.
        by: the day that the forecast is for; None where none is stated.
        baseline, target, actual: as stated, in the unit.
        expected: share of the way from baseline to target that is forecast by that day, on average; None where it is not known.
        planned: share that is reached when everything that contributes comes in full, in its own time.
        now: share of the way that is measured; None where it is not.
        late: what contributes and has not begun by the day, or has no date.
        unknown: what contributes by a share that nobody stated.
    """

    id: str
    name: str
    owner: str | None
    measure: str
    unit: str
    by: date | None
    baseline: float | None
    target: float | None
    actual: float | None
    expected: float | None
    planned: float
    now: float | None
    late: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def forecast(self) -> float | None:
        """The measure on that day, on average; None where baseline or target is not stated."""
        if self.expected is None or self.baseline is None or self.target is None:
            return None
        return self.baseline + self.expected * (self.target - self.baseline)

    @property
    def text(self) -> str:
        """How far, in a sentence."""
        if self.by is None:
            return "no day is stated by which it is to be reached"
        if self.expected is None:
            return "nothing that contributes states its share"
        value = "" if self.forecast is None else f" ({self.forecast:g} {self.unit})".replace(" )", ")")
        parts = [f"{self.expected:.0%} of the way by {self.by}{value}"]
        if self.planned < 1 - 1e-9:
            parts.append(f"for {1 - self.planned:.0%} of it nothing is planned")
        if self.late:
            parts.append(f"{', '.join(self.late)} {agree(len(self.late), 'comes', 'come')} later, or without a date")
        if self.unknown:
            parts.append(
                f"the {'share' if len(self.unknown) == 1 else 'shares'} of {', '.join(self.unknown)} {agree(len(self.unknown), 'is', 'are')} not known"
            )
        return "; ".join(parts)


class Attainment(Rows[str, Attained]):
    """The answer of `attainment`: a row an objective, in the order of the file."""

    def __init__(self, rows: Mapping[str, Attained]) -> None:
        super().__init__(rows, "the objectives")

    def explain(self, objective: str) -> str:
        """How far an objective will be reached, and what is in the way.

        Raises:
            UnknownItemError: there is no such objective.
        """
        row = self[objective]
        return f"{row.name or row.id}: {row.text}"

    def table(self) -> Table:
        """One row an objective: objective, name, owner, measure, unit, by, baseline, target, actual, now, expected, planned, forecast, late."""
        rows = self.rows
        return Table(
            [
                Column("objective", "str", [row.id for row in rows]),
                *(Column(name, "str", [getattr(row, name) or None for row in rows]) for name in ("name", "owner", "measure", "unit")),
                Column("by", "date", [row.by for row in rows]),
                *(
                    Column(name, "float", [getattr(row, name) for row in rows])
                    for name in ("baseline", "target", "actual", "now", "expected", "planned", "forecast")
                ),
                Column("late", "str", [", ".join(row.late) or None for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        known = [row.expected for row in self.rows if row.expected is not None]
        full = sum(one > 1 - 1e-9 for one in known)
        return f"<Attainment: {counted(len(self.rows), 'objective')}, {len(known)} forecast, {full} in full>"


def attainment(portfolio: Portfolio, *, by: date | str | None = None) -> Attainment:
    """How far each objective will be reached by its day, from what contributes to it.

    A benefit counts by its share, its probability (1 where none is stated) and its ramp in the year of its life that the day lies in, from the start
    that the schedule says; an outcome from the day it is there; a project once it is finished. The mean of what may come, no promise.

    Args:
        portfolio: the portfolio, with `contributions:` to objectives.
        by: a day for all objectives, instead of their target dates.

    Raises:
        OptionError: the day is none.
        ScheduleError: nothing says when the portfolio starts.
    """
    day = None if by is None else as_date(by)
    plan = schedule(portfolio, on_cycle="cut")
    return Attainment({one.id: _attained(portfolio, plan, one, day or one.target_date) for one in portfolio.objectives})


def _attained(pf: Portfolio, plan: Schedule, objective: Objective, day: date | None) -> Attained:
    way = None if objective.target is None or objective.baseline is None else objective.target - objective.baseline
    now = (objective.actual - objective.baseline) / way if way and objective.actual is not None and objective.baseline is not None else None
    expected, planned, known = 0.0, 0.0, False
    late: list[str] = []
    unknown: list[str] = []
    for one in pf.contributions:
        meant = pf.reference(one.target)
        if meant is None or meant.item != objective.id:
            continue
        source = (pf.resolve(one.source) or one.source).partition("@")[0]
        if one.share is None:
            unknown.append(source)
            continue
        known = True
        planned += one.share
        reached = _reached(pf, plan, source, day, frozenset()) if day is not None else 0.0
        expected += one.share * reached
        if not reached:
            late.append(source)
    return Attained(
        id=objective.id,
        name=objective.name,
        owner=objective.owner,
        measure=objective.measure,
        unit=objective.unit,
        by=day,
        baseline=objective.baseline,
        target=objective.target,
        actual=objective.actual,
        expected=expected if known and day is not None else None,
        planned=planned,
        now=now,
        late=tuple(late) if day is not None else (),
        unknown=tuple(unknown),
    )


def _reached(pf: Portfolio, plan: Schedule, item: str, day: date, seen: frozenset[str]) -> float:
    """Which share of what an item brings is there on a day, on average; of what has no dates, by what contributes to it."""
    noun = pf.items.get(item)
    if isinstance(noun, Project):
        end = plan.ends(item)
        return 1.0 if end is not None and as_day(end) <= day and not plan[item].lower_bound else 0.0
    begins, _ = plan.dates(item) if item in plan else (None, None)
    if begins is not None and not plan[item].lower_bound:
        if as_day(begins) > day:
            return 0.0
        return _brought(noun, as_day(begins), day) if isinstance(noun, Benefit) else 1.0
    if item in plan or item in seen or not isinstance(noun, Benefit | Outcome):
        return 0.0
    parts = [
        (one.share, (pf.resolve(one.source) or one.source).partition("@")[0]) for one in pf.contributions if pf.resolve(one.target) == item
    ]
    below = sum(share * _reached(pf, plan, source, day, seen | {item}) for share, source in parts if share is not None)
    return below * (noun.probability if isinstance(noun, Benefit) and noun.probability is not None else 1.0)


def _brought(benefit: Benefit, begins: date, day: date) -> float:
    """Probability times ramp, in the year of its life that a day lies in."""
    chance = 1.0 if benefit.probability is None else float(benefit.probability)
    year = day.year - begins.year - ((day.month, day.day) < (begins.month, begins.day))
    ramp = benefit.ramp[min(year, len(benefit.ramp) - 1)] if benefit.ramp else 1.0
    return chance * float(ramp)
