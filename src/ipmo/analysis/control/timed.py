"""When items finish, against what was committed to: their own dates, deadlines, gates, constraints and hand-overs."""

from __future__ import annotations

import abc
import functools
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from ipmo.analysis.control.aspect import Aspect, Judged, Noun, tolerance_of
from ipmo.analysis.control.ends import Never, judged_never, never_done
from ipmo.analysis.control.in_time import Reached, end_unknown, never_known, time_told
from ipmo.analysis.control.promised import Promises, judged_overdue, judged_unknown, longest, reached_by
from ipmo.analysis.dates.commitments import Commitment, LateHandOver
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.analysis.money.work_tree import Works, works_of
from ipmo.errors import UnknownItemError
from ipmo.model.governance import RAG, Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.units import DAY, MAX_INSTANT, Span, minutes, moment

__all__ = ["Timed"]


class Timed(abc.ABC):
    """When items are forecast to finish, and the aspect of time.

    Args:
        portfolio: the portfolio.
        as_of: the date that it is seen from.
        baseline: the plan that commitments are taken from, where items state none.
    """

    def __init__(self, portfolio: Portfolio, as_of: date | None, baseline: Portfolio | None) -> None:
        self.portfolio, self.as_of, self.baseline = portfolio, as_of, baseline
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")
        self._ends: dict[str, int | None] = {}
        self._dates: dict[str, tuple[int | None, int | None]] = {}
        """What projects committed to, and when they are forecast to finish."""
        self._tolerances: dict[str | None, Tolerance | None] = {None: portfolio.tolerance}

    @abc.abstractmethod
    def budget(self, full_id: str) -> Fraction | None:
        """What is at stake where an item is late; None where that is not known."""

    @functools.cached_property
    def before(self) -> Schedule | None:
        """The schedule of the plan."""
        return None if self.baseline is None else schedule(self.baseline, on_cycle="cut")

    def _tolerance(self, noun: Noun) -> Tolerance | None:
        """`tolerance_of`, found once for each programme."""
        if noun.tolerance is not None:
            return noun.tolerance
        programme = noun.programme if isinstance(noun, Programme | Project) else None
        if programme not in self._tolerances:
            self._tolerances[programme] = tolerance_of(self.portfolio, noun)
        return self._tolerances[programme]

    def _limit(self, full_id: str, commitment: int, span: Span | None) -> int:
        """The last instant within tolerance."""
        if span is None:
            return commitment
        if span.dimension == "working" and not span.amount:
            return commitment
        clock = clocks_of(self.portfolio).of(self.portfolio.calendar_for(full_id))
        return min(clock.shift(commitment, span), MAX_INSTANT)

    def _commitment(self, full_id: str, noun: Noun) -> int | None:
        """The committed finish: a deadline, a project's finish, an approved finish, the finish in the plan."""
        if isinstance(noun, Task):
            when = noun.deadline or noun.baseline_finish
            if when is not None:
                return minutes(when, end=True)
        elif isinstance(noun, Project) and noun.finish is not None and (noun.tasks or noun.gates or self.baseline is None):
            return minutes(noun.finish, end=True)
        if self.before is not None:
            try:
                finish = None if self.before.doubt(full_id) else self.before.dates(full_id)[1]  # an earliest day commits to nothing
            except UnknownItemError:
                finish = None
            if finish is None:
                return None
            planned = minutes(finish)
            return planned + self.before.begins_day(full_id, planned)  # a minute later it is that day, whichever way it is read
        return None

    def _within(self, noun: Programme | Portfolio) -> list[Project]:
        """The projects of a programme, or of the whole portfolio, that count."""
        return [p for p in hierarchy(self.portfolio).projects(noun) if p.counted_as not in LEFT_OUT]

    def _dated(self, full_id: str, noun: Noun) -> tuple[int | None, int | None]:
        """(committed, forecast finish); of what holds projects, the last of those that commit to one."""
        if isinstance(noun, Task):
            return self._own_dates(full_id, noun)
        if isinstance(noun, Programme | Portfolio):
            both = [pair for p in self._within(noun) if (pair := self._dated(p.id, p))[0] is not None]
            committed = [commitment for commitment, _ in both if commitment is not None]
            finishes = [reached for _, reached in both if reached is not None]
            return max(committed, default=None), max(finishes) if committed and len(finishes) == len(committed) else None
        return self._dates[full_id] if full_id in self._dates else self._dates.setdefault(full_id, self._own_dates(full_id, noun))

    def _own_dates(self, full_id: str, noun: Project | Task) -> tuple[int | None, int | None]:
        """(committed, forecast finish) of a project or a task."""
        commitment = self._commitment(full_id, noun)
        reached = None if commitment is None else self._end(full_id)
        if commitment is None or reached is None:
            return commitment, None
        if isinstance(noun, Project) and not noun.tasks and noun.actual_finish is None and noun.state == "active":
            if self.as_of is not None:
                reached = max(reached, minutes(self.as_of))  # a bar past its finish that nobody has closed
            past = self._until_today(noun, commitment)
            if noun.finish is not None and not past and reached <= commitment == minutes(noun.finish, end=True):
                return commitment, None  # it is held against the same date that it states: that tells nothing
        return commitment, reached

    def _unclosed(self, project: Project, commitment: int | None) -> bool:
        """Whether a bar was to end by a day that is past and nobody has closed it: today is then no forecast of its end."""
        if commitment is None or project.finish is None or not self._until_today(project, commitment):
            return False
        return not size_of(project, "tasks") and project.actual_finish is None and not any(gate.open for gate in project.gates)

    def _until_today(self, bar: Project, instant: int) -> bool:
        """Whether a bar that nobody has closed was to end by an instant that is past: it ends today at the earliest."""
        return bar.state == "active" and self.as_of is not None and minutes(self.as_of) >= instant

    @functools.cached_property
    def _works(self) -> Works:
        return works_of(self.portfolio)

    def _reached(self, full_id: str, noun: Noun) -> tuple[int | None, Reached | None]:
        """What an item is committed to, and its forecast finish beside that, where both are known."""
        commitment, done = self._dated(full_id, noun)
        if commitment is not None and done is None and isinstance(noun, Project | Task):
            done = self._at_the_earliest(f"{full_id}@finish" if isinstance(noun, Project) else full_id)
        if commitment is None or done is None:
            return commitment, None
        return commitment, Reached(commitment, done, done >= commitment and self._begins_day(full_id, noun, done))

    def _at_the_earliest(self, name: str) -> int | None:
        """When something committed to comes that waits for paused work and is too late even if that goes on today; None where it may yet be kept."""
        one = self.schedule.commitments.one(name, caused=False)
        if one is None or one.expected is None or not (one.standing == "missed" and one.at_least):
            return None
        return minutes(one.expected)

    def _begins_day(self, full_id: str, noun: Noun, done: int) -> bool:
        """Whether the finish of an item is the beginning of the day that people say of it."""
        if done % DAY:
            return False
        if isinstance(noun, Programme | Portfolio):
            return any(self._begins_day(p.id, p, done) for p in self._within(noun) if self._dated(p.id, p)[1] == done)
        if isinstance(noun, Project) and not noun.tasks and noun.actual_finish is None and self._until_today(noun, done):
            return True
        if self.schedule.end_of_project(full_id) == done:
            return self.schedule.commitments.whole_from_morning(full_id, done)
        return self.schedule.begins_day(full_id, done)

    def _deadlines(self, project: Project) -> Iterable[tuple[LateHandOver | Task, Reached]]:
        """What a project hands over too late, and the open deadlines inside it."""
        one = self.schedule.commitments.worst_hand_over(project.id)
        if one is not None:
            yield one, Reached(one.committed, one.expected, one.from_morning)
        for task in self._works.of(project).due:
            finish = None if task.finished else self._end(full_id := f"{project.id}/{task.id}") or self._at_the_earliest(full_id)
            if task.deadline is not None and finish is not None:
                due = minutes(task.deadline, end=True)
                yield task, Reached(due, finish, finish >= due and self._begins_day(full_id, task, finish))

    def _doubt(self, full_id: str, noun: Noun) -> str:
        """Why it is not known whether an item keeps what it is committed to; empty where it is known."""
        found = self.schedule.commitments
        if isinstance(noun, Programme | Portfolio):
            return next((doubt for p in self._within(noun) if self._dated(p.id, p)[0] is not None and (doubt := found.doubt(p.id))), "")
        if isinstance(noun, Task) or self._dated(full_id, noun)[0] is not None:
            return found.doubt(full_id)
        due = (f"{noun.id}/{task.id}" for task in self._works.of(noun).due if not task.finished)
        return next((doubt for name in due if (doubt := found.doubt(name))), "")

    def _never(self, full_id: str, noun: Noun) -> Never | None:
        """What of an item is committed to and waits for what was stopped."""
        found = self.schedule.commitments
        if not found.doubts:
            return None
        if isinstance(noun, Programme | Portfolio):
            return never_done(found, ((p.id, self._dated(p.id, p)[0]) for p in self._within(noun)), (), "")
        tasks = self._works.of(noun).due if isinstance(noun, Project) else ()
        due = [
            (f"{noun.id}/{task.id}", task.name or task.id, minutes(task.deadline, end=True))
            for task in tasks
            if task.deadline is not None and not task.finished
        ]
        if isinstance(noun, Project) and noun.gates:
            due += [(f"{noun.id}/{gate.id}", gate.name or gate.id, minutes(gate.need_by, end=True)) for gate in noun.gates if gate.need_by]
        return never_done(found, [(full_id, self._dated(full_id, noun)[0])], due, noun.id if isinstance(noun, Project) else "")

    @functools.cached_property
    def _promises(self) -> Promises:
        return Promises(self.schedule, self.portfolio)

    def _time(self, full_id: str, noun: Noun) -> Judged | None:
        commitment, reached = self._reached(full_id, noun)
        about: LateHandOver | Task | Commitment | None = None
        overdue = self._promises.overdue(full_id, noun, commitment, self._works)
        late = {row.item for row in overdue}
        unclosed = commitment if isinstance(noun, Project) and self._unclosed(noun, commitment) else None
        if full_id in late or unclosed is not None:
            reached = None
        for one, other in self._deadlines(noun) if isinstance(noun, Project) else ():
            if (reached is None or other.over > reached.over) and not (isinstance(one, Task) and f"{full_id}/{one.id}" in late):
                commitment, reached, about = other.due, other, one  # of several commitments the one that is missed by most
        kept = self._promises.kept(noun.id) if commitment is None and isinstance(noun, Project) else None
        promised = self._promises.of(noun.id, alone=commitment is None) if isinstance(noun, Project) else []
        for row in promised:
            dates = reached_by(row)
            if dates is not None and (reached is None or dates.over > reached.over):
                commitment, reached, about = dates.due, dates, row
        if kept is not None and (reached is None or kept[1].over > reached.over):
            commitment, reached, about = kept[1].due, kept[1], kept[0]
        tolerance = self._tolerance(noun)
        limited = tolerance is not None and tolerance.time is not None
        gone = next((row for row in promised if row.standing == "missed" and row.expected is None), None)
        never = self._never(full_id, noun)
        if never is None and gone is not None:
            never = Never(minutes(gone.date), self._promises.about(gone), gone.reason)
        if never is not None:
            return judged_never(never, limited, functools.partial(self.budget, full_id))
        past = longest([*overdue, *promised])
        span = tolerance.time if tolerance is not None else None
        if unclosed is not None and (reached is None or reached.colour(self._limit(full_id, reached.due, span)) != "red"):
            rag = Reached(unclosed, self._promises.today, True).colour(self._limit(full_id, unclosed, span))
            return judged_overdue("", unclosed, rag, limited)
        if past is not None and (reached is None or reached.colour(self._limit(full_id, reached.due, span)) != "red"):
            due = minutes(past.date)
            rag = Reached(due, self._promises.today, True).colour(self._limit(full_id, due, span))
            return judged_overdue(self._promises.about(past) if past.item != full_id else "", due, rag, limited)
        if commitment is None and isinstance(noun, Project) and (doubt := self._doubt(full_id, noun)):
            open_tasks = (task for task in self._works.of(noun).due if not task.finished and self.schedule.doubt(f"{noun.id}/{task.id}"))
            due = min(minutes(task.deadline, end=True) for task in open_tasks if task.deadline is not None)
            told = functools.partial(end_unknown, due, None, True, f"not known when it finishes: {doubt}")
            return Judged("time", None, True, False, told)  # what is committed to is late without any tolerance
        unknown = next((row for row in promised if row.standing == "unknown"), None)
        if unknown is not None and (reached is None or reached.colour(reached.due) == "green"):
            return judged_unknown(self._promises.about(unknown), unknown)
        if commitment is None:
            if noun.tolerance is not None and noun.tolerance.time is not None:  # one from above asks nothing of what commits to no finish
                return Judged.of(Aspect(name="time", rag=None, text="no finish is committed to", withholds=True))
            if isinstance(noun, Project) and (doubt := self._promises.end_in_doubt(noun)):
                return Judged("time", None, True, False, functools.partial(never_known, doubt))
            return None
        if reached is None:
            withheld = limited or bool(self._doubt(full_id, noun))
            told = functools.partial(end_unknown, commitment, None, withheld, "nothing forecasts when it finishes")
            return Judged("time", None, withheld, False, told)
        return self._time_known(full_id, noun, about, reached, span)

    def time(self, full_id: str, noun: Noun) -> Judged | None:
        """The aspect of time of an item; of a programme and the portfolio the worse of what its projects commit to and of its own gates."""
        found = self._time(full_id, noun)
        own = self._time_of_gates(full_id, noun) if isinstance(noun, Programme | Portfolio) else None
        if found is None or own is None:
            return own or found
        order = (RAG[-1], None, *reversed(RAG[:-1]))
        return min(own, found, key=lambda one: order.index(one.rag))

    def _time_of_gates(self, full_id: str, noun: Programme | Portfolio) -> Judged | None:
        """The aspect of time of the gates of a programme or the portfolio that are to be held by a date; None where there are none."""
        rows = self._promises.of_whole(noun)
        tolerance = self._tolerance(noun)
        span = tolerance.time if tolerance is not None else None
        gone = next((row for row in rows if row.standing == "missed" and row.expected is None), None)
        if gone is not None:
            never = Never(minutes(gone.date), self._promises.about(gone), gone.reason)
            return judged_never(never, span is not None, functools.partial(self.budget, full_id))._replace(own=True)
        past = longest(rows)
        if past is not None:
            rag = Reached(minutes(past.date), self._promises.today, True).colour(self._limit(full_id, minutes(past.date), span))
            return judged_overdue(self._promises.about(past), minutes(past.date), rag, span is not None)._replace(own=True)
        known = [(dates, row) for row in rows if (dates := reached_by(row)) is not None]
        dates, row = max(known, key=lambda pair: pair[0].over, default=(None, None))
        unknown = next((row for row in rows if row.standing == "unknown"), None)
        if unknown is not None and (dates is None or dates.colour(dates.due) == RAG[0]):
            return judged_unknown(self._promises.about(unknown), unknown)._replace(own=True)
        return None if dates is None else self._time_known(full_id, noun, row, dates, span)._replace(own=True)

    def _time_known(
        self, full_id: str, noun: Noun, about: LateHandOver | Task | Commitment | None, reached: Reached, span: Span | None
    ) -> Judged:
        """The aspect of time of what has a forecast: about the item, or about what of it is late by most, within what is tolerated or beyond."""
        limited = span is not None
        limit = self._limit(full_id, reached.due, span)
        rag = reached.colour(limit)
        whole = self._promises.end_in_doubt(noun) if isinstance(noun, Project) else ""
        doubt = "" if rag == "red" else self._doubt(full_id, noun) or whole
        if doubt:  # what has a date is in time; what has none may not be
            known, why = None if rag == "green" else rag, f"not known when it finishes: {doubt}"
            return Judged("time", known, known is None, False, functools.partial(end_unknown, reached.due, known, known is None, why))
        told = functools.partial(self._time_told, full_id, noun, rag, about, reached, limit, limited)
        return Judged("time", rag, False, limited and rag == "red", told)

    def _time_told(
        self, full_id: str, noun: Noun, rag: str, about: LateHandOver | Task | Commitment | None, dates: Reached, limit: int, limited: bool
    ) -> Aspect:
        """The aspect of time in words."""
        if about is None and dates.done < dates.due:  # how its day is read changes nothing but the words
            dates = dates._replace(from_morning=self._begins_day(full_id, noun, dates.done))
        stake = self.budget(full_id) if rag == "red" else None
        named, what = (
            self._last_committed(full_id, noun, dates) if about is None and isinstance(noun, Programme | Portfolio) else (full_id, "")
        )
        first = "at the earliest " if rag == "red" and self._later_still(named, about) else ""
        return time_told(what or self._promises.about(about), first, rag, dates, limit, limited, stake)

    def _later_still(self, full_id: str, about: LateHandOver | Task | Commitment | None) -> bool:
        """Whether what is named, the item or something of it, may finish later than on the day that is said of it."""
        if isinstance(about, Commitment):
            return about.at_least
        return bool(self.schedule.doubt(full_id if about is None else f"{full_id}/{about.id}" if isinstance(about, Task) else about.item))

    def _last_committed(self, full_id: str, noun: Programme | Portfolio, dates: Reached) -> tuple[str, str]:
        """Which project of a whole finishes last of those that commit to a finish, and that in words; empty words where all is done with that one."""
        said = _day(dates.done, dates.from_morning)
        ends = [(p, end) for p in self._within(noun) if (end := self._end(p.id)) is not None and end >= dates.done]
        later = any(_day(end, self._begins_day(p.id, p, end)) > said for p, end in ends)  # by days: an hour later is no other finish
        if not later and not self.schedule.doubt(full_id):
            return full_id, ""
        both = [(p, self._dated(p.id, p)) for p in self._within(noun)]
        last = next((p for p, (committed, done) in both if committed is not None and done == dates.done), None)
        if last is None:
            return full_id, ""
        alone = self._dated(last.id, last)[0] == dates.due
        return last.id, f"{last.name or last.id}{'' if alone else ', the last that commits to a finish,'} "

    def finish(self, full_id: str) -> datetime | None:
        """When an item is forecast to finish; None when nothing says."""
        return None if (end := self._end(full_id)) is None else moment(end)

    def _end(self, full_id: str) -> int | None:
        """The same as an instant."""
        if full_id not in self._ends:
            known = self.schedule.end_of_project(full_id)
            self._ends[full_id] = self._found_end(full_id) if known is None else known
        return self._ends[full_id]

    def _found_end(self, full_id: str) -> int | None:
        noun = self.portfolio.items.get(full_id)
        if isinstance(noun, Programme):
            return max((end for p in self._within(noun) if (end := self._end(p.id)) is not None), default=None)
        try:
            finish = self.schedule.ends(full_id)
        except UnknownItemError:
            return None
        return None if finish is None else minutes(finish)


def _day(instant: int, begins_day: bool) -> int:
    """The day, counted, on which people say that a finish is: midnight ends the day before it, unless it begins its own."""
    return (instant if begins_day else instant - 1) // DAY
