"""The engine: a compiled network and its passes.

Small networks run the kernels as they stand, on lists: a first answer never waits for a compiler. Large ones run them
compiled by numba; without numba, networks without calendars run in numpy level by level. All ways give the same integers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from ipmo.errors import CycleError, ScheduleError
from ipmo.network.clocks import WALL_CLOCK, Clock, Clocks
from ipmo.network.compiled import available, kernel
from ipmo.network.kernels import order as order_kernels
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels.columns import FAR, ONE_IS_ENOUGH, STARTS_SHIFT, Dates, Tables
from ipmo.network.levels import Levels
from ipmo.network.parts import Cut
from ipmo.network.positions import Positions, arrange, as_array, plain_list, weights
from ipmo.network.states import EFFECTS, LIVE, NUMBERS, TYPE_NAMES, LinkType, Mode, State
from ipmo.units import MAX_INSTANT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.model.calendars import Calendar
    from ipmo.model.dialects import Dialect
    from ipmo.network.kernels.columns import Ints
    from ipmo.network.parts import Commitment, DatedExternal, Hold, LateBound, OutOfSequence, Spanning

__all__ = ["Network"]

SMALL = 20_000
"""Links below which the plain kernels are faster than waiting for a compiler."""

P = ParamSpec("P")
T = TypeVar("T")


class Network:
    """Immutable columns and links; nodes in file order, links by number, everything in whole minutes.

    Made by `compile_portfolio`, or from plain columns by `from_columns`. The passes work on positions in
    topological order; what they answer is in node order again.
    """

    def __init__(
        self,
        *,
        ids: Sequence[str],
        project: Any,
        projects: tuple[str, ...],
        dur: Any,
        src: Any,
        dst: Any,
        typ: Any,
        lag: Any,
        low: Any = None,
        kinds: Sequence[str] | None = None,
        state: Sequence[State] | None = None,
        clk: Any = None,
        nominal: Any = None,
        finish_floor: Mapping[int, int] | None = None,
        floor_edges: set[int] | None = None,
        high: Mapping[int, int] | None = None,
        pin: Mapping[int, int] | None = None,
        late_bounds: Sequence[LateBound] = (),
        latest: Sequence[int] = (),
        hammocks: Mapping[int, Sequence[Spanning]] | None = None,
        points: Mapping[int, str] | None = None,
        expected: Mapping[int, int] | None = None,
        anyone: set[int] | None = None,
        mode: Any = None,
        lagclk: Any = None,
        numbers: Mapping[int, int] | None = None,
        derived: set[int] | None = None,
        clocks: Clocks | None = None,
        starts: Mapping[int, int] | None = None,
        finishes: Mapping[int, int] | None = None,
        holds: Mapping[int, Hold] | None = None,
        unknown: Sequence[int] = (),
        commitments: tuple[Commitment, ...] = (),
        promises: Mapping[int, int] | None = None,
        summaries: Mapping[tuple[str, str], Sequence[int]] | None = None,
        members: Mapping[int, Sequence[int]] | None = None,
        base: int = 0,
        project_dependencies: Sequence[int] = (),
        labels: Sequence[int] = (),
        undated_externals: Sequence[int] = (),
        dated_externals: Sequence[DatedExternal] = (),
        out_of_sequence: Sequence[OutOfSequence] = (),
        dialect: Dialect | None = None,
        cuts: Sequence[Cut] = (),
    ) -> None:
        self.ids, self.projects, self.base = ids, projects, base
        self.n, self.m = len(ids), len(src)
        self.kinds: Sequence[str] = kinds if kinds is not None else _Same("task", self.n)
        self.state: Sequence[State] = state if state is not None else _Same(State.NORMAL, self.n)
        self.project, self.dur, self.src, self.dst, self.typ, self.lag = project, dur, src, dst, typ, lag
        self.low, self.finish_floor, self.floor_edges = low, finish_floor or {}, floor_edges or set()
        self.high, self.pin, self.late_bounds, self.latest = high or {}, pin or {}, late_bounds, latest
        self.exact = dialect is None or dialect.exact_late
        self.plain_mark = 0 if dialect is None else (0 if self.exact else 4) + (0 if dialect.early_waits else 8)
        self.hammocks, self.points, self.expected = hammocks or {}, points or {}, expected or {}
        self.clk, self.nominal = clk, nominal
        self.mode, self.lagclk = mode, lagclk
        self.anyone, self.numbers, self.derived = anyone or set(), numbers or {}, derived or set()
        self.clocks = clocks
        self.starts, self.finishes, self.holds = starts or {}, finishes or {}, holds or {}
        self.unknown, self.commitments, self.promises = unknown, commitments, promises or {}
        self.summaries, self.members = summaries or {}, members or {}
        self.project_dependencies, self.labels = project_dependencies, labels
        self.undated_externals, self.dated_externals = undated_externals, dated_externals
        self.out_of_sequence, self.dialect, self.cuts = out_of_sequence, dialect, tuple(cuts)
        special = self.anyone or self.high or self.pin or self.floor_edges or "start" in self.points.values()
        self.additive = not special and not any_beyond(mode)
        self.large = self.m >= SMALL or self.n >= SMALL

    @classmethod
    def from_columns(
        cls,
        ids: Sequence[str],
        duration: Any,
        source: Any,
        target: Any,
        *,
        type: Any = None,
        lag: Any = None,
        project: Any = None,
        projects: Sequence[str] = ("",),
        start: int = 0,
        calendar: Any = None,
        calendars: Sequence[Calendar] = (),
    ) -> Network:
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

        Raises:
            ScheduleError: columns of different lengths, places out of range, negative durations.
        """
        import numpy as np

        n, m = len(ids), len(source)
        column = functools.partial(_column, np)
        duration = column(duration, n, "duration")
        source, target = column(source, m, "source"), column(target, m, "target")
        kind = column(np.zeros(m) if type is None else type, m, "type")
        lags = column(np.zeros(m) if lag is None else lag, m, "lag")
        owner = column(np.zeros(n) if project is None else project, n, "project")
        for what, values, least, bound in (
            ("source", source, 0, n),
            ("target", target, 0, n),
            ("type", kind, 0, 4),
            ("project", owner, 0, len(projects)),
            ("duration", duration, 0, MAX_INSTANT),
            ("lag", lags, -MAX_INSTANT, MAX_INSTANT),
        ):
            if len(values) and not (least <= values.min() and values.max() < bound):
                raise ScheduleError(f"column {what!r} holds values outside {least} to {bound - 1}")
        more: dict[str, Any] = {}
        low = np.full(n, start, np.int64)
        if calendar is not None:
            chosen = column(calendar, n, "calendar")
            if n and not (chosen.min() >= 0 and chosen.max() < len(calendars)):
                raise ScheduleError(f"column 'calendar' holds values outside 0 to {len(calendars) - 1}")
            clocks = Clocks(calendars)
            clk = np.array([clocks.clock(one) for one in calendars], np.int64)[chosen]
            points: dict[int, str] = {}
            if (duration == 0).any():  # what takes no time lies on wall-clock time, unless all around it is on one calendar
                apart = np.zeros(n, bool)
                across = clk[source] != clk[target]
                apart[source[across]] = apart[target[across]] = True
                clk[(duration == 0) & apart] = 0
                points = dict.fromkeys(np.flatnonzero((duration == 0) & ~apart & (clk != 0)).tolist(), "finish")
            same = clk[source] == clk[target]
            one_clock = bool(same.all())
            finishes = (kind == LinkType.FF) & (lags == 0) & (not one_clock) & (clk[source] != 0)
            mode = np.where(same, np.where(finishes, Mode.FINISHES, Mode.PLAIN), Mode.CALENDARS)
            mode[(lags != 0) & (clk[source] == 0) & ~same] = Mode.CALENDARS
            first = np.array([clocks[number].work(start) for number in range(len(calendars) + 1)], np.int64)
            low = first[clk]
            lagclk = np.array([clocks.clock(one) for one in calendars], np.int64)[chosen][source]
            mode[(lags != 0) & (lagclk != clk[source])] = Mode.CALENDARS
            more = {"clk": clk, "nominal": clk, "clocks": clocks, "mode": mode, "lagclk": lagclk, "points": points}
        return cls(
            ids=ids,
            project=owner,
            projects=tuple(projects),
            dur=duration,
            src=source,
            dst=target,
            typ=kind,
            lag=lags,
            low=low,
            base=start,
            **more,
        )

    # -------------------------------------------------------------------------------------- structure

    @functools.cached_property
    def compiled(self) -> bool:
        """The compiled kernels are used."""
        return self.large and available()

    @functools.cached_property
    def arrays(self) -> bool:
        """Columns are arrays: for compiled kernels, or for numpy's levels."""
        return self.large and (self.compiled or self.additive)

    @functools.cached_property
    def _order(self) -> Ints:
        """Nodes in topological order; shorter than n when there is a loop."""
        if self.compiled:
            import numpy as np

            src, dst = as_array(self.src), as_array(self.dst)
            order = np.empty(self.n, np.int64)
            room = np.zeros(self.n + 1, np.int64), np.empty(self.m, np.int64), np.zeros(self.n, np.int64)
            placed = kernel(order_kernels.kahn_arrays)(self.n, src, dst, *room, order)
            return order[:placed]
        return order_kernels.kahn(self.n, self.m, plain_list(self.src), plain_list(self.dst))

    @functools.cached_property
    def has_loop(self) -> bool:
        """Some links form a loop."""
        return len(self._order) < self.n

    @functools.cached_property
    def positions(self) -> Positions:
        """Columns by position, links sorted by target position."""
        if self.has_loop:
            raise self.loop()
        order, pos, ptr, perm, tail = arrange(self._order, self.src, self.dst, arrays=self.arrays, compiled=self.compiled)
        none, no_link = self._filled(self.n, 0), self._filled(self.m, 0)  # shared: nothing writes into these

        def pick(column: Ints | None, places: Ints) -> Ints:
            if column is None:
                return none if places is order else no_link
            if not self.arrays:
                values = plain_list(column)
                return [values[place] for place in places]
            return as_array(column)[places]

        dur, typ, lag = pick(self.dur, order), pick(self.typ, perm), pick(self.lag, perm)
        low = pick(self.low, order)
        for node, floor in self.finish_floor.items():
            v = int(pos[node])
            low[v] = max(int(low[v]), floor - int(dur[v]))
        return Positions(
            order=order,
            pos=pos,
            ptr=ptr,
            perm=perm,
            src=tail,
            dur=dur,
            typ=typ,
            lag=lag,
            clk=pick(self.clk, order),
            mode=pick(self.mode, perm),
            lagclk=pick(self.lagclk, perm),
            low=low,
            mark=none if self.additive else self._marks(pos),
            low_edge=self._low_edges(pos, low, dur) if self.floor_edges else none,
            high=none if self.additive else self._fixed(pos, self.high),
            pin=none if self.additive else self._fixed(pos, self.pin),
            w=weights(ptr, tail, typ, lag, dur),
        )

    def _filled(self, size: int, value: int) -> Ints:
        if not self.arrays:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64)

    def _marks(self, pos: Ints) -> Ints:
        """What is special of each position; see `kernels.columns.Nodes`."""
        mark = self._filled(self.n, self.plain_mark)
        for node in self.anyone:
            mark[pos[node]] |= ONE_IS_ENOUGH
        for node, end in self.points.items():
            if end == "start":
                mark[pos[node]] = STARTS_SHIFT
            elif self.dialect is not None and self.dialect.name == "msproject":  # its late date is where what follows may begin
                mark[pos[node]] = 0
        return mark

    def _low_edges(self, pos: Ints, low: Ints, dur: Ints) -> Ints:
        """1 where the lower bound is one of a finish that falls into a break."""
        edge = self._filled(self.n, 0)
        for node in self.floor_edges:
            v = int(pos[node])
            if low[v] == self.finish_floor[node] - int(dur[v]):
                edge[v] = 1
        return edge

    def _fixed(self, pos: Ints, values: Mapping[int, int]) -> Ints:
        """Starts that constraints fix or cap, FAR elsewhere."""
        column = self._filled(self.n, FAR)
        for node, value in values.items():
            column[int(pos[node])] = value
        return column

    @functools.cached_property
    def cal(self) -> Tables:
        """The calendar tables, for the kernels."""
        if self.clocks is None:
            head, periods = WALL_CLOCK.tables
            return (as_array(head), as_array(periods)) if self.arrays else WALL_CLOCK.tables
        return self.clocks.arrays() if self.arrays else self.clocks.packed

    @functools.cached_property
    def clock_tables(self) -> Tables:
        """The calendar tables as plain lists, for single look-ups."""
        return WALL_CLOCK.tables if self.clocks is None else self.clocks.packed

    @functools.cached_property
    def clk_used(self) -> bool:
        """Some node counts working time on a calendar."""
        return any_nonzero(self.clk)

    @functools.cached_property
    def all_live(self) -> bool:
        """Everything is open work: nothing is finished, undated, or an effect."""
        return isinstance(self.state, _Same) or not (
            any(state not in LIVE for state in self.state) or not set(EFFECTS).isdisjoint(self.kinds)
        )

    @functools.cached_property
    def ending(self) -> Any:
        """1 for each position whose finish counts for its project and for the end, int64 (n)."""
        import numpy as np

        if self.all_live:
            return np.ones(self.n, np.int64)
        effects = set(EFFECTS)
        counts = [int(state in LIVE and kind not in effects) for state, kind in zip(self.state, self.kinds, strict=True)]
        return np.array(counts, np.int64)[np.asarray(self.positions.order, np.int64)]

    def clock(self, number: int) -> Clock:
        """The clock of a number, as columns name it; 0 is wall-clock time."""
        return WALL_CLOCK if self.clocks is None else self.clocks[number]

    def clock_of(self, node: int) -> Clock:
        """The clock of a node's calendar: its floats are counted in days of that."""
        return WALL_CLOCK if self.nominal is None else self.clock(self.nominal[node])

    def running_clock(self, node: int) -> Clock:
        """The clock that a node's start and duration are counted on: its calendar's, or wall-clock time for a point in time."""
        return WALL_CLOCK if self.clk is None else self.clock(self.clk[node])

    # ----------------------------------------------------------------------------------------- passes

    def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Runs a kernel on the network's columns: compiled where these are arrays for it, as it stands on lists."""
        return (kernel(function) if self.compiled else function)(*arguments, **named)

    @functools.cached_property
    def _levels(self) -> Levels:
        return Levels(self.positions.sums)

    def early(self, low: Ints | None = None) -> Dates:
        """Early dates of every position on its own clock; int64 or lists (n).

        Args:
            low: other lower bounds than the network's own, by position.
        """
        p = self.positions
        x = (p.low if low is None else low).copy()
        if self.additive:
            if self.arrays and not self.compiled:
                self._levels.forward(as_array(x))
            else:
                self.run(kernels.forward, p.sums, x)
            return Dates(x, p.low_edge)
        early = Dates(x, p.low_edge.copy())
        self.run(kernels.forward_from, 0, p.links, p.nodes, self.cal, early)
        return early

    def late(self, early: Dates, *bounds: Dates) -> tuple[Dates, ...]:
        """Late dates by position, under one or two sets of bounds.

        Args:
            early: early dates, for benefits that one of several enables.
            bounds: the latest start of each position that its own promises allow, FAR where there are none, with whether its
                finish may wait for the next shift; overwritten.
        """
        p = self.positions
        if self.additive and self.arrays and not self.compiled:
            for caps, _ in bounds:
                self._levels.backward(as_array(caps))
        elif self.additive and len(bounds) == 2:
            self.run(kernels.backward_two, p.sums, bounds[0].x, bounds[1].x)
        elif self.additive:
            for caps, _ in bounds:
                self.run(kernels.backward, p.sums, caps)
        else:
            links, nodes = p.links, p.nodes
            for late in bounds:
                self.run(kernels.backward_from, 0, self.n - 1, links, nodes, self.cal, early, late)
        return bounds

    def link_floats(self, early: Dates) -> Ints:
        """Slack of each link (sorted by target position), minutes of its source's clock."""
        p = self.positions
        if self.additive and self.arrays and not self.compiled:
            import numpy as np

            x = as_array(early.x)
            heads = np.repeat(np.arange(self.n), np.diff(as_array(p.ptr)))
            floats: NDArray[np.int64] = x[heads] - as_array(p.w) - x[as_array(p.src)]
            return floats
        out = self._filled(self.m, 0)
        self.run(kernels.link_floats, p.links, p.nodes, self.cal, early, out)
        return out

    # ------------------------------------------------------------------------------------------- loops

    def loop(self) -> CycleError:
        """The error that names one loop, the same whatever the order of the file."""
        from ipmo.network.graph import one_loop

        src, dst = plain_list(self.src), plain_list(self.dst)
        placed = set(plain_list(self._order))
        edges = [(u, v, k) for k, (u, v) in enumerate(zip(src, dst, strict=True)) if u not in placed and v not in placed]
        cycle = one_loop([(self.ids[u], self.ids[v], k) for u, v, k in edges])
        boundaries: list[str] = []
        for _, link in cycle:
            name = self.projects[self.project[src[link]]] if self.project[src[link]] >= 0 else ""
            if name and name not in boundaries:
                boundaries.append(name)
        return CycleError([item for item, _ in cycle], [TYPE_NAMES[self.typ[k]] for _, k in cycle], boundaries)

    def cut(self, dates: Sequence[int | None]) -> Network:
        """A network without loops: in each group of nodes in a loop the link whose source lies latest after its target goes.

        Args:
            dates: the known date of each node, None where there is none.

        Returns:
            The network without those links; their numbers are in `.cuts`.
        """
        from ipmo.network.graph import links_to_cut

        src, dst = plain_list(self.src), plain_list(self.dst)
        placed = set(plain_list(self._order))
        edges = [(u, v, k) for k, (u, v) in enumerate(zip(src, dst, strict=True)) if u not in placed and v not in placed]
        cuts = links_to_cut(edges, dates, self.ids, lambda k: TYPE_NAMES[self.typ[k]])
        return self.without(cuts)

    def as_expected(self) -> Network:
        """This network with work of an expected finish lasting from its early start until then."""
        network, dur = self, plain_list(self.dur)
        for _ in range(len(self.expected) + 1):
            x = network.early().x
            pos = network.positions.pos
            changed = False
            for node, instant in self.expected.items():
                start = int(x[int(pos[node])])
                length = max(self.running_clock(node).work(instant) - start, 0)
                changed |= length != dur[node]
                dur[node] = length
            if not changed:
                return network
            network = self.with_durations(dur)
        return network

    def with_durations(self, minutes: Sequence[int]) -> Network:
        """The network with other durations, in minutes of each node's own clock."""
        fields = {name: value for name, value in vars(self).items() if name in _FIELDS}
        fields |= {name: getattr(self, name) for name in ("src", "dst", "typ", "lag", "mode", "lagclk", "numbers", "derived", "cuts")}
        return Network(**{**fields, "dur": list(minutes)})

    def without(self, cuts: Sequence[int]) -> Network:
        """The network without some links, by number."""
        gone = set(cuts)
        kept = [k for k in range(self.m) if k not in gone]
        place = {k: row for row, k in enumerate(kept)}

        def pick(column: Any) -> Any:
            return None if column is None else [column[k] for k in kept]

        fields = {name: value for name, value in vars(self).items() if name in _FIELDS}
        fields.update({name: pick(getattr(self, name)) for name in ("src", "dst", "typ", "lag", "mode", "lagclk")})
        fields["numbers"] = {place[k]: number for k, number in self.numbers.items() if k in place}
        fields["derived"] = {place[k] for k in self.derived if k in place}
        names = tuple(Cut(self.ids[self.src[k]], self.ids[self.dst[k]], TYPE_NAMES[self.typ[k]]) for k in cuts)
        return Network(**fields, cuts=names)

    def __repr__(self) -> str:
        return f"<Network: {self.n} nodes, {self.m} links, {len(self.projects)} projects>"


_FIELDS = frozenset(
    [
        "ids",
        "project",
        "projects",
        "dur",
        "low",
        "kinds",
        "state",
        "clk",
        "nominal",
        "finish_floor",
        "floor_edges",
        "high",
        "pin",
        "late_bounds",
        "latest",
        "hammocks",
        "points",
        "expected",
        "anyone",
        "clocks",
        "starts",
        "finishes",
        "holds",
        "unknown",
        "commitments",
        "promises",
        "summaries",
        "members",
        "base",
        "project_dependencies",
        "labels",
        "undated_externals",
        "dated_externals",
        "out_of_sequence",
        "dialect",
    ]
)


class _Same(Sequence[Any]):
    """One value as often as there are nodes."""

    def __init__(self, value: Any, size: int) -> None:
        self.value, self.size = value, size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: Any) -> Any:
        return self.value


def any_beyond(mode: Any) -> bool:
    """Whether a link goes through calendars: it is no mere number."""
    if mode is None:
        return False
    if hasattr(mode, "any"):
        return bool(((mode != Mode.PLAIN) & (mode != Mode.FINISHES)).any())
    return any(m not in NUMBERS for m in mode)


def any_nonzero(column: Any) -> bool:
    """Whether a column, if there is one, holds anything but zeros."""
    return column is not None and (bool(column.any()) if hasattr(column, "any") else any(column))


def _column(np: Any, values: Any, size: int, what: str) -> Any:
    out = np.ascontiguousarray(values, np.int64)
    if out.shape != (size,):
        raise ScheduleError(f"column {what!r} has {out.shape[0] if out.ndim else 0} values; {size} are needed")
    return out
