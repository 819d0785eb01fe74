"""The work whose duration differs from sample to sample, and the networks that it leads to.

A sample is a schedule: the same network with other minutes of work. Where the minutes change more than the length of a node (work of
no length is a point in time, work as late as possible waits for its float) a network is compiled for them.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.risk.distributions import BOUNDED, corners_of, random
from ipmo.analysis.risk.waiting import waiting, with_lags
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.fields import FrozenMap
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.passes import Passes
from ipmo.network.sampled import SampledPass
from ipmo.network.states import LIVE, State
from ipmo.units import ELAPSED, WEEK, Span, moment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats
    from ipmo.model.dialects import Dialect
    from ipmo.network.network import Network

    Row = NDArray[np.int64]

__all__ = ["Piece", "Structures", "Way", "minutes_per", "open_work", "patterns", "way_of_sampling", "with_lengths"]
Way = Literal["at once", "one by one", "compiled"]
"""All samples by one pass over rows; each by passes of its own over the network; each as a portfolio of its own."""
MOST_KEPT = 256
"""Networks that are kept at once."""


@attrs.frozen(kw_only=True)
class Piece:
    """A task whose length can be another one.

    Args:
        full_id: the task.
        field: the estimate that says its length: `duration`, or `remaining` once something is known of its progress.
        estimate: that estimate; of the duration where nothing says what remains.
        unit: minutes in one unit of the estimate.
        left: the share of it that is still to do.
        elapsed: it runs around the clock.
        minutes: its length in the schedule.
        calendar: what its working time counts on.
    """

    full_id: str
    field: str
    estimate: Estimate
    unit: float
    left: float
    elapsed: bool
    minutes: int
    calendar: Calendar = attrs.field(repr=False)

    @functools.cached_property
    def corners(self) -> tuple[float, float, float, float] | None:
        """Least, most likely and greatest value, and 1 where all between are alike; None of kinds without bounds."""
        return corners_of(self.estimate) if isinstance(self.estimate, BOUNDED) else None

    @functools.cached_property
    def uncertain(self) -> bool:
        """It comes to more than one length."""
        return random(self.estimate) if self.corners is None else self.corners[0] != self.corners[2]

    def lengths(self, values: Floats) -> Floats:
        """Minutes left, from values of the estimate in its own unit; whole, rounded half to even, not yet held above zero."""
        import numpy as np

        whole = np.rint(values * self.unit)
        return whole if self.left == 1 else np.rint(whole * self.left)


def minutes_per(calendar: Calendar, unit: str, *, elapsed: bool) -> float:
    """Minutes in one unit of a length of time, for what runs around the clock or on a calendar.

    Where one is elapsed and the other works, a week of the one is a week of the other.
    """
    if unit in ELAPSED:
        minutes = float(Span(1, unit).elapsed_minutes)
        return minutes if elapsed else minutes * calendar.week_minutes / WEEK
    minutes = calendar.minutes(Span(1_000_000, unit)) / 1e6
    return minutes * WEEK / calendar.week_minutes if elapsed else minutes


def open_work(portfolio: Portfolio, network: Network) -> dict[str, Piece]:
    """All open work of known length by full id; what has a finish of its own, or none, is not among it."""
    nodes = {name: node for node, name in enumerate(network.ids)}
    table = portfolio.calendar_table
    units: dict[tuple[str, str], float] = {}
    out: dict[str, Piece] = {}
    for project in portfolio.projects:
        usual = portfolio.calendar_for(project.id)
        for task in project.tasks:
            full_id = f"{project.id}/{task.id}"
            node = nodes.get(full_id)
            if node is None or task.milestone or task.hammock or network.state[node] not in LIVE or node in network.expected:
                continue
            own = task.resource_calendar or task.calendar
            piece = _piece(task, full_id, usual if own is None else table[own], units)
            if piece is not None:
                out[full_id] = piece
    return out


def _piece(task: Task, full_id: str, calendar: Calendar, units: dict[tuple[str, str], float]) -> Piece | None:
    """The length of one task; None where nobody knows it.

    Args:
        task: the task.
        full_id: its full id.
        calendar: what its working time counts on.
        units: takes the minutes in units of time, by calendar.
    """
    statused = task.actual_start is not None or task.progress is not None or task.remaining is not None
    estimate = task.remaining if task.remaining is not None else task.length
    central = estimate.central() if estimate is not None else None
    if estimate is None or not isinstance(central, Span):
        return None
    left = 1 - task.progress if task.remaining is None and task.progress is not None else 1.0
    whole = calendar.minutes(central)
    elapsed = central.unit in ELAPSED
    unit = units.get((calendar.id, central.unit))
    if unit is None:
        unit = units[calendar.id, central.unit] = minutes_per(calendar, central.unit, elapsed=elapsed)
    return Piece(
        full_id=full_id,
        field="remaining" if statused else "duration",
        estimate=estimate,
        unit=unit,
        left=left,
        elapsed=elapsed,
        minutes=whole if left == 1 else round(whole * left),
        calendar=calendar,
    )


def with_lengths(
    portfolio: Portfolio, pieces: Mapping[str, Piece], minutes: Mapping[str, int], starts: Mapping[str, datetime] = FrozenMap()
) -> Portfolio:
    """The portfolio with other lengths of some work, in minutes: one sample, as a plan.

    Args:
        portfolio: the portfolio.
        pieces: open work by full id.
        minutes: the minutes that are left of some of it.
        starts: when some of it starts at the earliest, or goes on where it is under way, where that is later than all lets it.
    """

    def changed(project: Project) -> Project:
        tasks = []
        for task in project.tasks:
            full_id = f"{project.id}/{task.id}"
            if full_id in minutes:
                piece = pieces[full_id]
                length = Fixed(Span(minutes[full_id], "emin" if piece.elapsed else "min"))
                task = attrs.evolve(task, remaining=length) if piece.field == "remaining" else attrs.evolve(task, duration=length)
            if full_id in starts:
                begun = task.actual_start is not None  # its rest goes on later
                task = attrs.evolve(task, resumes=starts[full_id]) if begun else attrs.evolve(task, not_before=starts[full_id])
            tasks.append(task)
        return attrs.evolve(project, tasks=tasks)

    touched = {full_id.partition("/")[0] for full_id in (*minutes, *starts)}
    projects = [changed(project) if project.id in touched else project for project in portfolio.projects]
    return attrs.evolve(portfolio, projects=projects)


def patterns(lengths: Mapping[str, Row], size: int) -> Iterator[tuple[frozenset[str], Row]]:
    """Which work comes to nothing in which samples, by their places; `size` of them."""
    import numpy as np

    names = [name for name, row in lengths.items() if not row.all()]
    if not names:
        yield frozenset(), np.arange(size)
        return
    zero = np.array([lengths[name] == 0 for name in names])
    kinds, which = np.unique(zero, axis=1, return_inverse=True)
    for number in range(kinds.shape[1]):
        yield frozenset(name for name, yes in zip(names, kinds[:, number], strict=True) if yes), np.flatnonzero(which.ravel() == number)


def way_of_sampling(portfolio: Portfolio) -> Way:
    """How the samples of a portfolio are dated: a hundred times as dear one by one as at once, and ten times more where each is compiled.

    Raises:
        ScheduleError: nothing says when the portfolio starts, or a date lies past the year 9999.
    """
    base = Structures(portfolio, None, {}).base
    structures = Structures(portfolio, None, open_work(portfolio, base.network))
    if not structures.one_by_one:
        return "at once"
    return "one by one" if structures.lengths_alone else "compiled"


class Structures:
    """The networks of a portfolio, by which of its uncertain work comes to nothing.

    Args:
        portfolio: the portfolio.
        dialect: conventions; the portfolio's own when left out.
        pieces: the work whose length can be another one, by full id.
    """

    def __init__(self, portfolio: Portfolio, dialect: str | Dialect | None, pieces: Mapping[str, Piece]) -> None:
        self.portfolio, self.dialect, self.pieces = portfolio, dialect, pieces
        self.base = schedule(portfolio, dialect=dialect, on_cycle="cut")
        self.lags = waiting(portfolio, self.base.network)
        self._nothing = frozenset(name for name, piece in pieces.items() if not piece.minutes)
        self._kept: dict[frozenset[str], SampledPass] = {}

    def __getstate__(self) -> dict[str, object]:
        """Without what can be compiled again."""
        return {**{name: value for name, value in vars(self).items() if name not in ("one_by_one", "lengths_alone")}, "_kept": {}}

    @functools.cached_property
    def one_by_one(self) -> bool:
        """Lengths decide more than the length of a node: each sample is a schedule of its own.

        That is so with work as late as possible or until an expected finish; and with uncertain work under way whose start says where
        the rest begins, because no status date does, or that is scheduled by hand.
        """
        return bool(self.base.network.latest) or not self.lengths_alone

    @functools.cached_property
    def lengths_alone(self) -> bool:
        """Another length of work changes no bound, date or state by itself.

        It does where work is scheduled by hand, or under way without a status date; and an expected finish makes lengths of its own.
        Another lag does where it runs on from what is done.
        """
        net, pf = self.base.network, self.portfolio
        if net.expected or any(one.unit is None for one in self.lags.values()) or (self.lags and net.latest):
            return False
        binds = pf.data_date is not None and net.dialect is not None and net.dialect.data_date == "binds"
        for node, name in enumerate(net.ids):
            if name not in self.pieces:
                continue
            tied = getattr(pf.items[name], "constraints", None)
            if tied is not None and (tied.by_hand_start is not None or tied.by_hand_finish is not None):
                return False
            if net.state[node] is State.STARTED and not binds:
                return False
        return True

    def of(self, nothing: Collection[str]) -> SampledPass:
        """The columns of the network in which just this uncertain work comes to nothing."""
        gone = frozenset(nothing)
        found = self._kept.get(gone)
        if found is None:
            lengths = dict.fromkeys(gone - self._nothing, 0) | dict.fromkeys(self._nothing - gone, 1)
            found = SampledPass((self.scheduled(lengths) if lengths else self.base).network)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[gone] = found
        return found

    def dated(self, minutes: Mapping[str, int], later: Mapping[str, int] = FrozenMap(), lags: Mapping[str, Span] = FrozenMap()) -> Passes:
        """The dates of one sample: see `scheduled`. Where lengths change nothing but lengths, no portfolio is compiled for it."""
        if not self.lengths_alone:
            return self.scheduled(minutes, later, lags).passes
        nodes = self.base.passes.nodes
        net = self.of([name for name, length in minutes.items() if not length]).network
        lengths = {nodes[name]: length for name, length in minutes.items()}
        starts: dict[int, int] = {}
        passes = Passes(net.lasting(lengths, often=True))
        for some in _rounds(passes, {nodes[name]: name for name in later}):
            for node, name in some:
                starts[node] = _put_off(passes, node, later[name])
            passes = Passes(net.lasting(lengths, starts, often=True))
        return passes

    def scheduled(
        self, minutes: Mapping[str, int], later: Mapping[str, int] = FrozenMap(), lags: Mapping[str, Span] = FrozenMap()
    ) -> Schedule:
        """The schedule with other lengths of some work, some of it later.

        Args:
            minutes: the minutes that are left of some work.
            later: by how many minutes, on its own clock, some of it starts later than all lets it, whether links or bounds.
            lags: other lags of links, by their names.
        """
        starts: dict[str, datetime] = {}
        waited = with_lags(self.portfolio, lags)
        found = self._with(waited, minutes, starts)
        nodes = self.base.passes.nodes
        for some in _rounds(found.passes, {nodes[name]: name for name in later}):
            passes = found.passes
            for node, name in some:
                x = _put_off(passes, node, later[name])
                clock = passes.network.running_clock(node)
                point = not passes.lists.dur[passes.lists.pos[node]]
                starts[name] = moment(clock.finish(x) if point else clock.start(x))  # a point may lie at the end of a shift
            found = self._with(waited, minutes, starts)
        return found

    def _with(self, portfolio: Portfolio, minutes: Mapping[str, int], starts: Mapping[str, datetime]) -> Schedule:
        return schedule(with_lengths(portfolio, self.pieces, minutes, starts), dialect=self.dialect, on_cycle="cut")


def _put_off(passes: Passes, node: int, minutes: int) -> int:
    """The start of work that is so much later, on its own clock; as late as possible, it is later than it may be, not than it is put off to."""
    lists = (passes.unpostponed if node in passes.network.latest else passes).lists
    return lists.x[lists.pos[node]] + minutes


def _rounds(passes: Passes, names: Mapping[int, str]) -> list[list[tuple[int, str]]]:
    """Some nodes, what waits for others of them after these: in each round those that wait for none of the same or a later one."""
    q = passes.lists
    out: list[list[tuple[int, str]]] = []
    after = [0] * len(q.order)
    for v, node in enumerate(q.order):
        after[v] = max((after[q.src[k]] for k in range(q.ptr[v], q.ptr[v + 1])), default=0)
        if node in names:
            if after[v] == len(out):
                out.append([])
            out[after[v]].append((node, names[node]))
            after[v] += 1
    return out
