"""The rows of a levelled plan: what moves and why, what a commitment pays, what a solver made of it."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from ipmo.analysis.resources.demand import few
from ipmo.analysis.resources.waits import Rest, Wait
from ipmo.network.plans import Solved
from ipmo.notebooks import Shown
from ipmo.units import DAY, day_text, moment, said_day
from ipmo.words import agree

__all__ = ["Improvement", "LevelledItem", "Payment", "SolverResult", "solver_result"]


@attrs.frozen(kw_only=True)
class LevelledItem(Shown):
    """The dates of one item in the levelled plan.

    Args:
        id: its full id.
        start: when it starts in the levelled plan; the actual start of work that has begun.
        finish: when it finishes.
        start_before: when it starts by links alone.
        finish_before: when it finishes by links alone.
        moved: how much later it finishes, in working days of its calendar.
        needs: (resource, units) that it takes, the most at once.
        waits: what it waits for; None where its links alone set its start.
        after: the item before it, where it moves because that does; empty else.
        frozen: it has begun, or is tied to a date: it stays where it is unless a link moves it.
        fits: there is enough of everything for it.
        rests: when it rests although it has begun, and what for.
        doubt: why its finish is not known, so that `finish` is the earliest that it can be; empty where it is known.
        improved: how much sooner it finishes than where all work is done in the order of today's dates, in working days of its calendar.
    """

    id: str
    start: datetime
    finish: datetime
    start_before: datetime
    finish_before: datetime
    moved: float
    needs: tuple[tuple[str, float], ...]
    waits: Wait | None
    after: str
    frozen: bool
    fits: bool
    rests: tuple[Rest, ...] = ()
    doubt: str = ""
    improved: float = 0.0

    @property
    def finish_date(self) -> date | None:
        """The day of its finish: midnight belongs to the day before."""
        return said_day(self.finish, finish=True)

    @property
    def because(self) -> str:
        """Why it moves, in words; empty where it does not."""
        why = str(self.waits) if self.waits is not None else f"follows {self.after}" if self.after else ""
        return "; ".join([*([why] if why else []), *map(str, self.rests)])


@attrs.frozen(kw_only=True)
class Payment:
    """What levelling costs a commitment.

    Args:
        name: the commitment, as `Schedule.commitments` names it.
        date: the date as stated.
        before: when links alone have it.
        after: when the levelled plan has it.
        late: elapsed days that it is then missed by; 0 where it is kept.
    """

    name: str
    date: datetime
    before: datetime
    after: datetime
    late: float

    @property
    def moved(self) -> float:
        """Elapsed days that it comes later, negative where it comes earlier."""
        return (self.after - self.before).total_seconds() / 86400

    def __str__(self) -> str:
        kept = f"missed by {self.late:,.4g} ed" if self.late else "kept"
        return f"{self.name}: {abs(self.moved):,.4g} ed {'later' if self.moved > 0 else 'earlier'}, {kept}"


@attrs.frozen(kw_only=True)
class Improvement(Shown):
    """What a levelled plan improves on today's: its work in the order of its dates, in its usual ways, each waiting until there are people for it.

    Args:
        finish_before: when all is done in that order.
        finish: when it is done in the levelled plan.
        lateness_before: elapsed days by which commitments are missed in that order, summed.
        lateness: the same in the levelled plan.
        over: (resource, person-days) that today's dates as they stand take beyond what there is, the most first.
        fitted: ids of work that there is no room for in that order, and is in the levelled plan.
        doubt: why nobody knows when all is done, so that both finishes are of what has dates; empty where it is known.
    """

    finish_before: datetime | None
    finish: datetime | None
    lateness_before: float
    lateness: float
    over: tuple[tuple[str, float], ...] = ()
    fitted: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def days(self) -> float:
        """Elapsed days by which all that has dates is done sooner; negative where it is later, as less late commitments may have it."""
        if self.finish is None or self.finish_before is None:
            return 0.0
        return (self.finish_before - self.finish).total_seconds() / 86400

    @property
    def less_late(self) -> float:
        """Elapsed days by which commitments are missed less, summed."""
        return self.lateness_before - self.lateness

    def __str__(self) -> str:
        side = "sooner" if self.days >= 0 else "later"
        late = f"{abs(self.less_late):,.4g} ed {'less' if self.less_late >= 0 else 'more'} late"
        text = f"improved over today's plan by: {'what has dates' if self.doubt else 'all'} done {abs(self.days):,.4g} ed {side}, commitments {late}"
        if self.finish_before is not None:
            text += f" (in the order of its dates it ends {day_text(self.finish_before, finish=True)}{' or later' if self.doubt else ''})"
        if self.fitted:
            text += f", and {few(self.fitted)} {agree(len(self.fitted), 'fits', 'fit')}"
        if self.over:
            what = ", ".join(f"{days:,.4g} of {name}" for name, days in self.over[:3])
            text += f"; its dates take {sum(days for _, days in self.over):,.4g} pd more than there are ({what}{' and others' if self.over[3:] else ''})"
        return text


@attrs.frozen(kw_only=True)
class SolverResult:
    """What the solver made of the plan that it was given.

    Args:
        status: `optimal`: no plan ends sooner that misses commitments by no more; `feasible`: one may; `infeasible`: no plan fits; `unknown`:
            it found none in its time.
        bound: when no plan that fits ends before; None where its model only comes near the calendars, or commitments come first.
        finish_before: when the plan ended that it was given.
        finish: when its own ends.
        less_late: elapsed days by which its own misses commitments less, summed.
        exact: its model says what the schedule says, to the minute; else only the order that it found was kept.
    """

    status: str
    bound: datetime | None
    finish_before: datetime | None
    finish: datetime | None
    less_late: float
    exact: bool

    @property
    def days(self) -> float:
        """Elapsed days by which its plan ends sooner than the one that it was given."""
        if self.finish is None or self.finish_before is None:
            return 0.0
        return (self.finish_before - self.finish).total_seconds() / 86400

    def __str__(self) -> str:
        bound = f", no plan that fits ends before {day_text(self.bound, finish=True)}" if self.bound is not None else ""
        near = "" if self.exact else ", by a model that comes near the calendars"
        return f"CP-SAT ({self.status}): {self.days:,.4g} ed sooner, commitments {self.less_late:,.4g} ed less late{bound}{near}"


def solver_result(solved: Solved, finish: datetime | None, less_late: int) -> SolverResult:
    """What a solver made of a plan, of which `finish` is the end, and which misses commitments by so many minutes less."""
    return SolverResult(
        status=solved.status,
        bound=None if solved.bound is None else moment(solved.bound),
        finish_before=moment(solved.before.end) if solved.before.end > 0 else None,
        finish=finish,
        less_late=less_late / DAY,
        exact=solved.exact,
    )
