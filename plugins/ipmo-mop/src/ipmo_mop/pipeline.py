"""How many initiatives are in hand, how fast they start and finish, and how long they wait in a stage: MOP-R13."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction

import attrs

from ipmo import Span
from ipmo.model import Portfolio, Project
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, ShownAnswer, Table, UnitError, agree, counted
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.wording import day_of, finding

__all__ = ["Pipeline", "Waiting", "by_chance", "elapsed_days", "pipeline", "started_and_finished"]

YEAR = timedelta(days=365)
CHANCE = 0.05
"""As many starts against finishes as come about by chance more seldom than this, were both as likely, are said (one-sided sign test)."""
DAYS = {"min": 7 / 2400, "h": 0.175, "d": 1.4, "w": 7.0, "eh": 1 / 24, "ed": 1.0, "ew": 7.0, "month": 30.4375, "year": 365.25}
"""Elapsed days that a unit lasts in the middle; working days on a week of five."""


@attrs.frozen(kw_only=True)
class Waiting(Shown):
    """An initiative in its stage.

    Args:
        item: the project.
        stage: where it is.
        days: how long it has been there, in days; None where nothing says since when, or what it says is yet to come.
    """

    item: str
    stage: str
    days: int | None


@attrs.frozen(kw_only=True)
class Pipeline(ShownAnswer):
    """Initiatives on their way.

    Args:
        since, until: the year that is looked at.
        started, finished: initiatives that began and were done in it.
        in_hand: initiatives that have begun and are not done, at its end.
        waiting: open initiatives that say their stage, the longest first.
        undated: initiatives that are active or paused, and nothing says since when.
    """

    since: date
    until: date
    started: tuple[str, ...]
    finished: tuple[str, ...]
    in_hand: tuple[str, ...]
    waiting: tuple[Waiting, ...] = attrs.field(repr=False)
    undated: tuple[str, ...] = ()

    @property
    def years_in_hand(self) -> float | None:
        """How many years it takes to finish what is in hand at the pace of this one; None where nothing was finished."""
        return len(self.in_hand) / len(self.finished) if self.finished else None

    def __repr__(self) -> str:
        return f"<Pipeline of the year to {self.until}: {len(self.started)} begun, {len(self.finished)} done, {len(self.in_hand)} in hand>"

    def table(self) -> Table:
        """initiative, stage, days."""
        return Table(
            [
                Column("initiative", "str", [row.item for row in self.waiting]),
                Column("stage", "str", [row.stage for row in self.waiting]),
                Column("days", "int", [row.days for row in self.waiting], "days"),
            ]
        )


def _ends(project: Project) -> tuple[date | None, date | None]:
    """The days on which a project began and was done, as recorded, else as its work says."""
    begun = None if project.actual_start is None else day_of(project.actual_start)
    done = None if project.actual_finish is None else day_of(project.actual_finish)
    if project.counted_as not in ("active", "paused", "closed") or (
        begun is not None and (done is not None or project.counted_as != "closed")
    ):
        return begun, done
    starts = [day_of(task.actual_start) for task in project.tasks if task.actual_start is not None]
    ends = [day_of(task.actual_finish) for task in project.tasks if task.actual_finish is not None]
    begun = begun or min(starts, default=None)
    return begun, done or (max(ends, default=None) if project.counted_as == "closed" else None)


def pipeline(portfolio: Portfolio, *, as_of: date | None = None) -> Pipeline:
    """The pipeline of the year before a day: what began, what was done, what is in hand, and how long initiatives have been in their stage.

    Args:
        portfolio: the portfolio.
        as_of: the last day of the year; the status date when left out.

    Raises:
        UnitError: no day is given and the portfolio has no status date.
    """
    pf = portfolio
    when = as_of if as_of is not None else pf.status_date
    if when is None:
        raise UnitError(f"portfolio {pf.id!r} has no status date; pass as_of=")
    today = day_of(when)
    since = today - YEAR
    ends = {project.id: _ends(project) for project in pf.projects if project.counted_as != "cancelled"}
    waiting = [
        Waiting(item=project.id, stage=stage, days=_since(fields_of(project).stage_since, today))
        for project in pf.projects
        if project.counted_as in OPEN and (stage := project.attributes.get("stage", ""))
    ]
    return Pipeline(
        since=since,
        until=today,
        started=tuple(name for name, (begun, _) in ends.items() if begun is not None and since < begun <= today),
        finished=tuple(name for name, (_, done) in ends.items() if done is not None and since < done <= today),
        in_hand=tuple(
            name for name, (begun, done) in ends.items() if begun is not None and begun <= today and (done is None or done > today)
        ),
        waiting=tuple(sorted(waiting, key=lambda row: (-(row.days if row.days is not None else -1), row.item))),
        undated=tuple(p.id for p in pf.projects if p.counted_as in ("active", "paused") and ends[p.id] == (None, None)),
    )


def _since(day: date | None, today: date) -> int | None:
    return None if day is None or day > today else (today - day).days


def started_and_finished(context: CheckContext) -> Iterable[Finding]:
    """MOP-R13: no more initiatives are begun than are done, no more are in hand than agreed, and none waits in a stage beyond its time."""
    pf = context.portfolio
    if pf.status_date is None:
        return
    stated = fields_of(pf)
    found = pipeline(pf)
    begun, done = len(found.started), len(found.finished)
    if by_chance(begun, done) <= CHANCE:
        message = f"{counted(begun, 'initiative')} {agree(begun, 'was')} begun since {found.since} and {done} finished; {len(found.in_hand)} are in hand"
        if found.years_in_hand is not None:
            message += f", {found.years_in_hand:.1f} years of work at that pace"
        yield finding("pipeline", "", message, "finish before you begin: hold what has not begun", part="rate")
    if stated.most_in_hand is not None and len(found.in_hand) > stated.most_in_hand:
        number = len(found.in_hand)
        message = f"{counted(number, 'initiative')} {agree(number, 'is', 'are')} in hand, {stated.most_in_hand} at most are agreed"
        yield finding("pipeline", "", message, "pause or finish some before another begins", part="in hand")
    elif stated.most_in_hand is not None and len(found.in_hand) + len(found.undated) > stated.most_in_hand:
        number = len(found.undated)
        message = f"whether more than {stated.most_in_hand} initiatives are in hand cannot be said: {len(found.in_hand)} {agree(len(found.in_hand), 'is', 'are')}, and of {counted(number, 'active one', 'active ones')} nobody says since when"
        yield finding("pipeline", "", message, "write actual_start:, or approved where it has not begun", Severity.INFO, part="in hand")
    yield from _stuck(context, found)


def by_chance(begun: int, done: int) -> float:
    """How likely that many starts or more are among so many starts and finishes, were either as likely.

    >>> by_chance(5, 0), round(by_chance(4, 0), 4)
    (0.03125, 0.0625)
    """
    whole = begun + done
    ways = found = 1
    for k in range(whole, begun, -1):  # so many ways to k - 1 starts, from those to k
        ways = ways * k // (whole - k + 1)
        found += ways
    return float(Fraction(found, 2**whole))


def _stuck(context: CheckContext, found: Pipeline) -> Iterator[Finding]:
    limits = fields_of(context.portfolio).stage_limits
    for row in found.waiting:
        limit = limits.get(row.stage)
        if limit is None or not context.covers(row.item):
            continue
        if row.days is None:
            message = f"nobody says since when project {row.item!r} is in stage {row.stage!r}, which lasts {limit} at most"
            yield finding("pipeline", row.item, message, "write extensions: {mop: {stage_since: ...}}", Severity.INFO, part="stage")
        elif row.days > elapsed_days(limit):
            message = f"project {row.item!r} has been in stage {row.stage!r} for {counted(row.days, 'day')}; {limit} at most are agreed"
            yield finding("pipeline", row.item, message, "take it on, or take it out", part="stage")


def elapsed_days(span: Span) -> float:
    """Elapsed days that a length of time lasts in the middle."""
    return float(span.amount) * DAYS[span.unit]
