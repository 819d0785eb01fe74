"""The columns that a network is made of, as one frozen value; from a compiled portfolio, or from plain columns."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

import attrs

from ipmo.errors import ScheduleError
from ipmo.network.clocks import Clocks
from ipmo.network.states import LinkType, Mode, State
from ipmo.units import MAX_INSTANT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from ipmo.model.calendars import Calendar
    from ipmo.model.dialects import Dialect
    from ipmo.network.kernels.columns import Ints
    from ipmo.network.parts import (
        Commitment,
        Cut,
        DatedExternal,
        Hold,
        LateBound,
        LateLink,
        Needed,
        OutOfSequence,
        Spanning,
        Unmet,
        WholeLink,
    )  # fmt: skip

__all__ = ["Columns", "Same"]

T = TypeVar("T")


class Same(Sequence[T], Generic[T]):
    """One value as often as there are nodes."""

    def __init__(self, value: T, size: int) -> None:
        self.value, self.size = value, size

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[T]:
        """That value, as often as there are nodes."""
        return itertools.repeat(self.value, self.size)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        """That value, for every node.

        Raises:
            IndexError: there are not so many nodes; whoever counts up until there is no more ends there.
        """
        if isinstance(place, slice):
            return Same(self.value, len(range(*place.indices(self.size))))
        if not -self.size <= place < self.size:
            raise IndexError(place)
        return self.value

    def index(self, value: object, start: int = 0, stop: int = sys.maxsize) -> int:
        """The first place of a value, found without looking at every node.

        Raises:
            ValueError: no node from start to before stop has it.
        """
        places = range(self.size)[start:stop]
        if value != self.value or not places:
            raise ValueError(f"{value!r:.60} is not there")
        return places[0]


def _tasks(columns: Columns) -> Sequence[str]:
    return Same("task", len(columns.ids))


def _normal(columns: Columns) -> Sequence[State]:
    return Same(State.NORMAL, len(columns.ids))


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Columns:
    """Nodes in file order and links by number, in whole minutes.

    Args:
        ids: the full id of each node.
        kinds: task, milestone, gate, project, outcome, benefit, or what helps to compute; all tasks when left out.
        state: what is known of each node; all open and not begun when left out.
        project: the place in `projects` of each node, -1 for what belongs to none.
        projects: the ids of projects.
        dur: minutes of work (of what remains, where it has begun) on the node's own clock.
        clk: the clock that a node runs on, 0 for wall-clock time; None where all do on that.
        nominal: the clock of a node's calendar, in whose days its floats are given; None where there are none.
        clocks: the clocks that those numbers name.
        low: the earliest start of each node on its own clock, before any link.
        finish_floor: the least finish of some nodes on their own clock.
        floor_edges: those of them whose least finish falls into a break.
        high: the latest early start that a constraint allows.
        pin: the late start that a constraint fixes.
        caps: of nodes whose finish a constraint caps: the latest start and finish, and what the cap of the start is not below.
        late_bounds: the latest instants that constraints allow.
        late_links: links that bound late dates only.
        latest: nodes as late as possible.
        hammocks: the links of each level of effort.
        stands_for: what helpers are about, by the name that people know.
        points: milestones that lie on their calendar: whether they mark a start or a finish.
        expected: nodes that last until an instant.
        adjusted: nodes that last otherwise than their stated duration on their calendar: what remains of it, on a resource's calendar, until
            a date.
        anyone: nodes for which one of several givers is enough.
        src: the source of each link.
        dst: its target.
        typ: a `LinkType` as a number.
        lag: minutes on the clock of the lag, or calendar months.
        mode: a `Mode` as a number; None where all are plain numbers.
        lagclk: the clock that the lag is counted on.
        numbers: the place in the portfolio's links of those that stand there.
        derived: links that nobody wrote: of summaries and projects to what they hold.
        estimated: links whose lag is an estimate, as it was stated: nothing of it has passed.
        starts: when nodes began, as instants.
        finishes: when nodes were done.
        holds: why nodes have no dates.
        unknown: nodes without a duration.
        commitments: what float is measured to.
        stated_finishes: the stated finish of projects, by place.
        summaries: the nodes below each summary, by project and id.
        members: the nodes of each project, by place.
        ends: the finishes that a link from elsewhere holds, by full id of the summary or project that they end, or that holds what they end.
        base: the instant before which nothing starts.
        project_dependencies: places in the portfolio's links of those that name a project as a whole.
        labels: of those that move no date.
        undated_externals: of those to or from something outside without a date, or to what is gone.
        dated_externals: nodes that wait for something outside whose date is known.
        outside: nodes that wait for something outside of which nobody says when it comes, and its name.
        wholes: links to and from projects as a whole, as the nodes that they join.
        out_of_sequence: links that work did not wait for.
        unmet: links across projects from what never comes or is paused.
        circular_starts: starts of projects and summaries that all they hold waits for, by what leaves them.
        dialect: the conventions; those of ipmo when left out.
        cuts: links that were taken out to break loops.
        needed: links as they were found; None of plain columns.
        inside: the nodes of each project by id within it; None of plain columns.
        at_best: where ways were left out of which nobody knows when they come, as another is sure: the network with them; else None.
    """

    ids: Sequence[str]
    project: Ints
    projects: tuple[str, ...]
    dur: Ints
    low: Ints
    src: Ints
    dst: Ints
    typ: Ints
    lag: Ints
    kinds: Sequence[str] = attrs.field(default=attrs.Factory(_tasks, takes_self=True))
    state: Sequence[State] = attrs.field(default=attrs.Factory(_normal, takes_self=True))
    clk: Ints | None = None
    nominal: Ints | None = None
    clocks: Clocks | None = None
    finish_floor: Mapping[int, int] = attrs.field(factory=dict)
    floor_edges: AbstractSet[int] = frozenset()
    high: Mapping[int, int] = attrs.field(factory=dict)
    pin: Mapping[int, int] = attrs.field(factory=dict)
    caps: Mapping[int, Sequence[int]] = attrs.field(factory=dict)
    late_bounds: Sequence[LateBound] = ()
    late_links: Sequence[LateLink] = ()
    latest: Sequence[int] = ()
    hammocks: Mapping[int, Sequence[Spanning]] = attrs.field(factory=dict)
    stands_for: Mapping[int, str] = attrs.field(factory=dict)
    points: Mapping[int, str] = attrs.field(factory=dict)
    expected: Mapping[int, int] = attrs.field(factory=dict)
    adjusted: AbstractSet[int] = frozenset()
    anyone: AbstractSet[int] = frozenset()
    mode: Ints | None = None
    lagclk: Ints | None = None
    numbers: Mapping[int, int] = attrs.field(factory=dict)
    derived: AbstractSet[int] = frozenset()
    estimated: AbstractSet[int] = frozenset()
    starts: Mapping[int, int] = attrs.field(factory=dict)
    finishes: Mapping[int, int] = attrs.field(factory=dict)
    holds: Mapping[int, Hold] = attrs.field(factory=dict)
    unknown: Sequence[int] = ()
    commitments: tuple[Commitment, ...] = ()
    stated_finishes: Mapping[int, int] = attrs.field(factory=dict)
    summaries: Mapping[tuple[str, str], Sequence[int]] = attrs.field(factory=dict)
    members: Mapping[int, Sequence[int]] = attrs.field(factory=dict)
    ends: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict)
    base: int = 0
    project_dependencies: Sequence[int] = ()
    labels: Sequence[int] = ()
    undated_externals: Sequence[int] = ()
    dated_externals: Sequence[DatedExternal] = ()
    outside: Mapping[int, str] = attrs.field(factory=dict)
    wholes: Sequence[WholeLink] = ()
    out_of_sequence: Sequence[OutOfSequence] = ()
    unmet: Sequence[Unmet] = ()
    circular_starts: Sequence[str] = ()
    dialect: Dialect | None = None
    cuts: tuple[Cut, ...] = ()
    needed: Needed | None = None
    inside: Mapping[str, Mapping[str, int]] | None = None
    at_best: Columns | None = None

    @classmethod
    def from_columns(
        cls,
        ids: Sequence[str],
        duration: ArrayLike,
        source: ArrayLike,
        target: ArrayLike,
        *,
        type: ArrayLike | None = None,
        lag: ArrayLike | None = None,
        project: ArrayLike | None = None,
        projects: Sequence[str] = ("",),
        start: int = 0,
        calendar: ArrayLike | None = None,
        calendars: Sequence[Calendar] = (),
        points: bool = True,
    ) -> Self:
        """A network from plain columns: for those with a million tasks.

        Args:
            ids: n names.
            duration: minutes, int64 (n).
            source: places in `ids` of what comes first, int64 (m).
            target: places in `ids` of what follows, int64 (m).
            type: 0 FS, 1 SS, 2 FF, 3 SF, int (m); all FS when left out.
            lag: minutes, int64 (m); none when left out.
            project: places in `projects`, int (n); one project when left out.
            projects: project names.
            start: the instant before which nothing starts.
            calendar: places in `calendars` of what each task is worked on, int (n); around the clock when left out. Durations
                are then working minutes of it, lags working minutes of the source's.
            calendars: working calendars.
            points: what takes no time is the end of a shift where all around it is on one calendar; else it lies on wall-clock
                time, as the milestones of a portfolio do.

        Raises:
            ScheduleError: columns of different lengths, places out of range, negative durations.
        """
        import numpy as np

        n = len(ids)
        src = _column(source, None, "source", 0, n)
        m = len(src)
        plain = cls(
            ids=ids,
            project=_column(np.zeros(n) if project is None else project, n, "project", 0, len(projects)),
            projects=tuple(projects),
            dur=_column(duration, n, "duration", 0, MAX_INSTANT),
            src=src,
            dst=_column(target, m, "target", 0, n),
            typ=_column(np.zeros(m) if type is None else type, m, "type", 0, len(LinkType)),
            lag=_column(np.zeros(m) if lag is None else lag, m, "lag", -MAX_INSTANT, MAX_INSTANT),
            low=np.full(n, start, np.int64),
            base=start,
        )
        if calendar is None:
            return plain
        return plain._on_calendars(_column(calendar, n, "calendar", 0, len(calendars)), calendars, within=points)

    def _on_calendars(self, chosen: NDArray[np.int64], calendars: Sequence[Calendar], *, within: bool) -> Self:
        """The same columns with each node on one of some calendars."""
        import numpy as np

        clocks = Clocks(calendars)
        dur, src, dst, lag = (np.asarray(column, np.int64) for column in (self.dur, self.src, self.dst, self.lag))
        own = np.array([clocks.clock(one) for one in calendars], np.int64)[chosen]
        clk = own.copy()
        points: dict[int, str] = {}
        if not within:
            clk[dur == 0] = 0
        elif (dur == 0).any():  # what takes no time lies on wall-clock time, unless all around it is on one calendar
            apart = np.zeros(len(dur), bool)
            across = clk[src] != clk[dst]
            apart[src[across]] = apart[dst[across]] = True
            clk[(dur == 0) & apart] = 0
            points = dict.fromkeys(np.flatnonzero((dur == 0) & ~apart & (clk != 0)).tolist(), "finish")
        same, lagclk = clk[src] == clk[dst], own[src]
        finishes = (np.asarray(self.typ) == LinkType.FF) & (lag == 0) & (clk[src] != 0) & (not same.all())
        mode = np.where(same, np.where(finishes, int(Mode.FINISHES), int(Mode.PLAIN)), int(Mode.CALENDARS))
        mode[(lag != 0) & (lagclk != clk[src])] = Mode.CALENDARS
        first = np.array([clocks[number].work(self.base) for number in range(len(calendars) + 1)], np.int64)
        return attrs.evolve(
            self, clk=clk, nominal=clk if within else own, clocks=clocks, mode=mode, lagclk=lagclk, low=first[clk], points=points
        )


def _column(values: ArrayLike, size: int | None, what: str, least: int, bound: int) -> NDArray[np.int64]:
    """A column of integers, checked.

    Raises:
        ScheduleError: it has not so many values or is no row of them, or one lies outside its bounds.
    """
    import numpy as np

    out = np.ascontiguousarray(values, np.int64)
    if out.ndim != 1:
        raise ScheduleError(f"column {what!r} has {out.ndim} dimensions; it is one row of numbers")
    if size is not None and len(out) != size:
        raise ScheduleError(f"column {what!r} has {len(out)} values; {size} are needed")
    if len(out) and not (least <= out.min() and out.max() < bound):
        raise ScheduleError(f"column {what!r} holds values outside {least} to {bound - 1}")
    return out
