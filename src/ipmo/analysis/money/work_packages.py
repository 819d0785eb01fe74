"""What one work package plans, has earned and has cost: its budget over its time, its earning rule, its actual cost."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import EVEN, Amounts, certain_lump
from ipmo.analysis.money.measures import budget_of, share_done
from ipmo.analysis.money.periods import Stretch, outside, worked_on
from ipmo.analysis.money.timing import Piece, Timing
from ipmo.model.calendars import STANDARD
from ipmo.model.earning import Earning, declared_share
from ipmo.model.hierarchy import subtasks
from ipmo.model.money import Budget, Spread
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.units import When, as_day, minutes

__all__ = ["PERCENT", "UNKNOWN", "Package", "WorkPackages", "approved", "as_written", "happened", "packages_of", "stands_whole"]

PERCENT = Earning()
ZERO, HALF, ONE = Fraction(0), Fraction(1, 2), Fraction(1)


@attrs.define(eq=False)
class Package:
    """Exact figures of one work package; what is not known is None.

    Args:
        budget: its budget; of level of effort only where nothing else is known of it.
        bac: budget of a package whose dates and progress are known; pv and ev are planned and earned of it.
        ac: what was spent of such a package; None where that is not known: it is in no figure that needs an actual cost.
        effort: (budget, value) of level of effort that is known; `effort_ac` its actual cost.
        plan: the pieces of its plan, for earned schedule.
        bases: its price bases.
        floating: it has no approved dates.
        seen: the instant that it is seen from, where it is known.
        ended: when it ended, of finished work.
    """

    budget: Fraction | None = None
    bac: Fraction | None = None
    pv: Fraction = ZERO
    ev: Fraction = ZERO
    ac: Fraction | None = None
    effort: tuple[Fraction, Fraction] | None = None
    effort_ac: Fraction | None = None
    plan: Sequence[Piece] = ()
    bases: Mapping[str, str] = attrs.field(factory=dict)
    floating: bool = False
    seen: int | None = None
    ended: int | None = None


UNKNOWN = Package()


@functools.lru_cache(maxsize=1024)
def as_written(share: float) -> Fraction:
    """A share exactly as people write it."""
    return Fraction(str(share))


def happened(when: When, seen: When) -> bool:
    """Whether something has happened by then: by the minute where both say a time, else by the day."""
    if isinstance(when, datetime) and isinstance(seen, datetime):
        return when <= seen
    return as_day(when) <= as_day(seen)


class WorkPackages:
    """The work packages of a portfolio, one by one.

    Args:
        portfolio: the portfolio.
        plan: what budgets and dates are taken from.
        as_of: the date of the figures.
        own: projects that are seen from a date of their own.
        budgets: how budgets become exact.
        actuals: how actual costs do.
    """

    def __init__(
        self, portfolio: Portfolio, plan: Portfolio, as_of: When, own: Mapping[str, When], budgets: Amounts, actuals: Amounts
    ) -> None:
        self.portfolio, self.plan, self.as_of, self.own, self.budgets, self.actuals = portfolio, plan, as_of, own, budgets, actuals
        money = plan.money
        self.plain: bool = money is not None and money.price_base is None and not any(p.price_base is not None for p in plan.projects)
        self._worked: dict[str, Callable[[int], int]] = {}

    @functools.cached_property
    def schedule(self) -> Schedule:
        """The schedule of the plan, loops cut."""
        return schedule(self.plan, on_cycle="cut")

    @functools.cached_property
    def timing(self) -> Timing:
        """Where the plan's budgets lie."""
        return Timing(self.plan, self.schedule)

    def dates(self, item: str) -> tuple[datetime | None, datetime | None]:
        """Dates for the measures that weigh progress by duration."""
        return self.schedule.dates(item)

    # ------------------------------------------------------------------------------ one work package

    def package(self, full_id: str, noun: Task | Project, project: Project) -> Package:
        """What is known of a task, or of a project that is one package.

        Args:
            full_id: its full id.
            noun: the task, or the project with the progress of its tasks.
            project: the project that it stands in, or is.
        """
        planned = self.plan.items.get(full_id, noun) if self.plan is not self.portfolio else noun
        budget = budget_of(self.plan, full_id, planned)
        if budget is None:
            return UNKNOWN
        seen = self.own.get(project.id, self.as_of)
        found = self._planned(full_id, planned, budget)
        if found is None:
            return UNKNOWN
        bac, bases, plan = found
        earning = noun.earning or project.earning or PERCENT
        effort = earning.rule == "level of effort"
        unknown = Package(budget=None if effort else bac, bases=bases)
        if plan is None:
            return unknown
        now = minutes(seen)
        pv = plan[0].by(now) if len(plan) == 1 else sum((piece.by(now) for piece in plan), ZERO)
        spent: Fraction | None = None
        if noun.actual is not None:
            actual = self._spent(full_id, noun.actual, seen)
            if actual is not None:
                spent, more = actual
                bases = bases | more
        elif self._begun(noun, seen) is False:
            spent = ZERO
        floating = self.plan is self.portfolio and approved(planned) is None and any(line.since is None for line in budget.lines)
        if effort:
            return Package(effort=(bac, pv), effort_ac=spent, bases=bases, floating=floating, seen=now)
        earned = self._earned(full_id, noun, earning, seen)
        if earned is None:
            return Package(budget=bac, bases=bases)
        ev = bac if earned == ONE else bac * earned if earned else ZERO
        ended = self._ended(noun, earning, seen) if earned >= 1 else None
        return Package(budget=bac, bac=bac, pv=pv, ev=ev, ac=spent, plan=plan, bases=bases, floating=floating, seen=now, ended=ended)

    def _planned(self, full_id: str, planned: Task | Project, budget: Budget) -> tuple[Fraction, dict[str, str], list[Piece] | None] | None:
        """(budget, its price bases, where it lies); None where a line is not known, no pieces where nothing dates one."""
        lump = certain_lump(budget, self.budgets.currency) if self.plain else None
        if lump is not None and (line := budget.lines[0]).since is None and line.until is None:
            value = Fraction(lump)
            place = self._lies(full_id, planned, line.spread)
            return value, {}, None if place is None else [Piece(value, place)]
        lines = self.budgets.lines(full_id, budget)
        if lines is None:
            return None
        bac = sum((one.value for one in lines), ZERO)
        bases = {one.base: full_id for one in lines if one.base}
        pieces = []
        for one in lines:
            stretch = self.timing.line("budget", full_id, one)
            if stretch is None:
                return bac, bases, None
            pieces.append(Piece(one.value, stretch))
        return bac, bases, pieces

    def _lies(self, full_id: str, planned: Task | Project, spread: Spread | None) -> Stretch | None:
        """Where a lump lies: over the approved plan where the item states one, else over the schedule, on its own calendar."""
        stated = approved(planned)
        if stated is not None:
            since, until = minutes(stated[0]), minutes(stated[1], end=True)
        else:
            start, finish = self.schedule.instants(full_id)
            if start is None or finish is None:
                return None
            since, until = start, finish
        return self.stretch(full_id, planned, spread, since, until)

    def stretch(self, full_id: str, planned: Task | Project, spread: Spread | None, since: int, until: int) -> Stretch:
        """What lies from one instant to another, on the calendar of an item of the plan and by its spread where the line has none."""
        above = planned if isinstance(planned, Project) else self.plan.items[full_id.partition("/")[0]]
        name = planned.calendar or above.calendar or self.plan.calendar or STANDARD.id
        if name not in self._worked:
            self._worked[name] = worked_on(self.plan, self.plan.calendar_table[name])
        rests = planned.interruptions if isinstance(planned, Task) else ()
        worked = outside(self._worked[name], [one.period for one in rests]) if rests else self._worked[name]
        return Stretch(since, until, spread or planned.spread or above.spread or EVEN, worked)

    def clock(self, calendar: str | None, project: Project) -> int:
        """The number of the clock that a task of a project in the plan is worked on, which names a calendar or does not."""
        name = calendar or project.calendar or self.plan.calendar or STANDARD.id
        return clocks_of(self.plan).of(self.plan.calendar_table[name]).number

    def _spent(self, full_id: str, actual: Budget, seen: When) -> tuple[Fraction, dict[str, str]] | None:
        """(actual cost up to a date, its price bases); None where it is not known."""
        lump = certain_lump(actual, self.actuals.currency) if self.plain and self.plan is self.portfolio else None
        if lump is not None and actual.lines[0].since is None:
            return Fraction(lump), {}
        lines = self.actuals.lines(full_id, actual)
        if lines is None:
            return None
        spent = sum((one.value for one in lines if one.line.since is None or happened(one.line.since, seen)), ZERO)
        return spent, {one.base: full_id for one in lines if one.base}

    def _begun(self, noun: Task | Project, seen: When) -> bool | None:
        """Whether work has begun; None of a project that should have, and does not say."""
        if declared_share(noun.earning, noun.extensions):
            return True
        if isinstance(noun, Task):
            return noun.started or bool(noun.progress)
        if noun.actual_start is not None or noun.actual_finish is not None or noun.progress is not None:
            return noun.actual_start is not None or noun.actual_finish is not None or bool(noun.progress)
        due = not noun.tasks and noun.start is not None and happened(noun.start, seen)
        return None if due else False

    def _earned(self, full_id: str, noun: Task | Project, earning: Earning, seen: When) -> Fraction | None:
        """The share of the budget that is earned, by the rule."""
        done = noun.actual_finish is not None and happened(noun.actual_finish, seen)
        declared = declared_share(noun.earning, noun.extensions)
        if declared is not None:
            return ONE if done else as_written(declared)
        if earning.rule == "weighted milestones":
            weights = [(Fraction(str(step.weight)), step.done is not None and happened(step.done, seen)) for step in earning.steps]
            return sum((w for w, reached in weights if reached), Fraction(0)) / sum((w for w, _ in weights), Fraction(0))
        if done:
            return ONE
        begun = noun.actual_start is not None and happened(noun.actual_start, seen)
        if earning.rule == "0/100":
            return ZERO
        if earning.rule == "50/50":
            return HALF if begun else ZERO
        if earning.rule == "units":
            return None if earning.done is None else Fraction(str(earning.done)) / Fraction(str(earning.total))
        if noun.progress is not None:
            return as_written(noun.progress)
        if not begun:
            return ZERO if self._begun(noun, seen) is False or isinstance(noun, Task) else None
        if isinstance(noun, Task):
            found = share_done(self, full_id, noun)
            return None if found is None or not found[1] else found[0] / found[1]
        return None

    def _ended(self, noun: Task | Project, earning: Earning, seen: When) -> int | None:
        """When work that has earned all its budget ended: by then its time stops; None when nobody says."""
        if noun.actual_finish is not None and happened(noun.actual_finish, seen):
            return minutes(noun.actual_finish, end=True)
        reached = [step.done for step in earning.steps if step.done is not None]
        if reached:
            return minutes(max(reached), end=True)
        if isinstance(noun, Project) and noun.tasks:
            ends = [task.actual_finish for task in noun.tasks if not task.milestone]
            if all(end is not None for end in ends):
                return max((minutes(end, end=True) for end in ends if end is not None), default=None)
        return None

    def with_progress(self, project: Project) -> Project:
        """A project whose budget is one lump earns by the progress of its tasks, weighted by their duration."""
        found = [share_done(self, f"{project.id}/{t.id}", t) for t in project.tasks if not t.milestone]
        starts = [t.actual_start for t in project.tasks if t.actual_start is not None]
        begun = attrs.evolve(project, actual_start=min(starts, key=minutes)) if starts else project
        known = [one for one in found if one is not None]
        whole = sum((weight for _, weight in known), Fraction(0))
        if len(known) < len(found) or not whole:
            return begun
        return attrs.evolve(begun, progress=float(sum((share for share, _ in known), Fraction(0)) / whole))


def approved(planned: Task | Project) -> tuple[When, When] | None:
    """Start and finish of a task in the approved plan, where it states both."""
    if not isinstance(planned, Task) or planned.baseline_start is None or planned.baseline_finish is None:
        return None
    return planned.baseline_start, planned.baseline_finish


def stands_whole(project: Project) -> bool:
    """A budget of its own and none below: the project is one work package."""
    return project.budget is not None and not any(task.budget is not None for task in project.tasks)


def packages_of(project: Project, whole: bool | None = None) -> Iterable[tuple[str, Task | Project]]:
    """The work packages of a project: itself, or its tasks without parts that are no milestones."""
    if stands_whole(project) if whole is None else whole:
        yield project.id, project
        return
    below = subtasks(project)
    for task in project.tasks:
        if task.id not in below and not task.milestone:
            yield f"{project.id}/{task.id}", task
