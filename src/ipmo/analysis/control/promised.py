"""What a project is committed to beside its own finish and its deadlines: gates by a date and what it hands over; and what of it all is overdue."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from ipmo.analysis.control.aspect import Aspect, Judged
from ipmo.analysis.control.in_time import Reached, end_unknown
from ipmo.analysis.dates.commitments import Commitment, LateHandOver, Stated
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.money.work_tree import Works
from ipmo.model.governance import Gate
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Programme, Project, Task
from ipmo.network.states import State
from ipmo.units import day_text, minutes, moment

__all__ = ["Promises", "judged_overdue", "judged_unknown", "longest", "reached_by"]


class Promises:
    """The gates with a need-by date and the hand-overs of projects, looked at project by project.

    Args:
        schedule: the schedule that they stand in.
        portfolio: the portfolio.
    """

    def __init__(self, schedule: Schedule, portfolio: Portfolio) -> None:
        self._found, self._network, self._items = schedule.commitments, schedule.network, portfolio.items
        self._portfolio, self._links = portfolio.id, portfolio.links
        self.today = -1 if portfolio.data_date is None else portfolio.data_date
        """The status date as an instant; before everything where none is stated."""

    @functools.cached_property
    def _stated(self) -> Mapping[str, Sequence[Stated]]:
        """The gates by a date, and what constraints ask for, of each project; of programmes and the portfolio their own gates."""
        out: dict[str, list[Stated]] = {}
        for one in self._found.statements.others:
            if one.kind in ("gate", "constraint"):
                named, noun = reference(one.item), self._items.get(one.item)
                above = isinstance(noun, Gate) and named.top == one.item
                out.setdefault((noun.programme or self._portfolio) if above and isinstance(noun, Gate) else named.top, []).append(one)
        return out

    def of_whole(self, noun: Programme | Portfolio) -> list[Commitment]:
        """The gates by a date that are a programme's or the portfolio's own."""
        return [self._found.of(one, caused=False) for one in self._stated.get(noun.id, ())]

    @functools.cached_property
    def _answering(self) -> tuple[Mapping[str, Sequence[int]], Mapping[str, Sequence[int]]]:
        """By project, the places of the hand-overs that it answers for, and the links by which it was to be given something by what was stopped."""
        known, given, stopped = self._found.statements.hand_overs, dict[str, list[int]](), dict[str, list[int]]()
        owners, names, state = self._network.project, self._network.projects, self._network.state
        for place, node in enumerate(known.nodes):
            apart = known.apart.get(place)
            giver = reference(apart.item) if apart is not None else None
            gone = all(state[one] is State.GONE for one in apart.nodes) if apart is not None else state[node] is State.GONE
            if gone:  # what takes it answers for it, as for what comes from outside, of which there is no node
                name = reference(self._links[known.links[place]].target).top
                if giver is None or not giver.external:
                    stopped.setdefault(name, []).append(known.links[place])
            else:
                owner = int(owners[node]) if giver is None else -1
                name = giver.top if giver is not None else names[owner] if owner >= 0 else ""
            given.setdefault(name, []).append(place)
        return given, stopped

    @property
    def answered_for(self) -> Mapping[str, Sequence[int]]:
        """By project, the links by which it was to be given something by what was stopped: it answers for them."""
        return self._answering[1]

    def of(self, project: str, *, alone: bool) -> list[Commitment]:
        """The gates of a project by a date, what constraints ask for, and of what it hands over what may be overdue or not known.

        Hand-overs of which columns say all are left to `worst_hand_over` and `kept`, so that no row of each is made.

        Args:
            project: its id.
            alone: it is committed to nothing else: all that it hands over is looked at.
        """
        known, every = self._found.statements, alone or bool(self._found.doubts)
        own = [self._found.of(one, caused=False) for one in self._stated.get(project, ())]
        some = [place for place in self._answering[0].get(project, ()) if every or known.hand_overs.dates[place] <= self.today]
        places = [place for place in some if not self._found.told_by_columns(place, kept=alone)]
        if alone and places:  # of several alike the first is named, whichever way it is known
            places = [place for place in some if not self._found.told_by_columns(place, kept=False)]
        return [*own, *(self._found.of(known.hand_over(place), caused=False) for place in places)]

    def kept(self, project: str) -> tuple[LateHandOver, Reached] | None:
        """Of what a project that is committed to nothing else surely hands over in time, what leaves least time; None where that is nothing."""
        one = None if self._found.doubts else self._found.tightest_hand_over(project)
        return None if one is None else (one, Reached(one.committed, one.expected))

    def overdue(self, full_id: str, noun: object, commitment: int | None, works: Works) -> list[Commitment]:
        """What an item itself, and in a project what has a deadline, was to do by now and nothing says when it will: it has the status date for a finish.

        Args:
            full_id: of the item.
            noun: the item.
            commitment: what it is committed to, as an instant.
            works: what projects hold.
        """
        due = [(full_id, commitment)] if isinstance(noun, Task) else []
        if isinstance(noun, Project):
            tasks = ((f"{full_id}/{task.id}", minutes(task.deadline, end=True)) for task in works.of(noun).due if task.deadline is not None)
            due = [(f"{full_id}@finish", commitment), *tasks]
        some = (self._found.one(name, caused=False) for name, when in due if when is not None and when <= self.today)
        return [row for row in some if row is not None and row.standing == "overdue"]

    def end_in_doubt(self, project: Project) -> str:
        """Why it is not known when the work of a project ends; empty where it is, and of one without work in the plan that waits for nothing."""
        doubts = self._found.doubts
        planned = doubts and (size_of(project, "tasks") or project.gates or doubts.blocked(project.id))
        return doubts.of(project.id) if planned else ""

    def about(self, one: LateHandOver | Task | Commitment | None) -> str:
        """What of a project is late, in words; empty where that is its own finish."""
        if one is None or (isinstance(one, Commitment) and one.kind == "project"):
            return ""
        if isinstance(one, Task):
            return f"{one.name or one.id} "
        name = getattr(self._items.get(one.item), "name", "")
        if isinstance(one, Commitment) and one.kind != "hand-over":
            return f"{name or reference(one.item).name} "
        return f"{name or one.item}, handed over, "


def reached_by(row: Commitment) -> Reached | None:
    """A commitment with a forecast as dates; None where it has none."""
    if row.expected is None or row.standing not in ("kept", "missed"):
        return None
    starts = row.begins and row.kind == "constraint"
    return Reached(minutes(row.date), minutes(row.expected), row.from_morning and not row.begins, starts)


def longest(rows: Iterable[Commitment]) -> Commitment | None:
    """What is overdue for longest."""
    return min((row for row in rows if row.standing == "overdue"), key=lambda row: (row.date, row.name), default=None)


def judged_overdue(about: str, due: int, rag: str, limited: bool) -> Judged:
    """The aspect of time of what is overdue and has no forecast: red where today is beyond what is tolerated, else not known and amber at least."""
    red = rag == "red"
    return Judged("time", rag, not red, limited and red, functools.partial(_overdue_told, about, due, rag, limited))


def _overdue_told(about: str, due: int, rag: str, limited: bool) -> Aspect:
    text = f"{about}committed to {day_text(moment(due), finish=True)}, overdue and without a forecast: nothing says when it will happen"
    red = rag == "red"
    return Aspect(name="time", rag=rag, text=text, over="overdue and without a forecast" if limited and red else "", withholds=not red)


def judged_unknown(about: str, row: Commitment) -> Judged:
    """The aspect of time where it is not known whether a commitment is kept."""
    why = f"{about}not known when: {row.reason}"
    return Judged("time", None, True, False, functools.partial(end_unknown, minutes(row.date), None, True, why))
