"""The engine: a compiled network and its passes.

Small networks run the kernels as they stand, on lists: a first answer never waits for a compiler. Large ones run them
compiled by numba; without numba, networks without calendars run in numpy level by level. All ways give the same integers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import attrs

from ipmo.errors import CycleError
from ipmo.model.fields import FrozenMap
from ipmo.network.clocks import WALL_CLOCK, Clock
from ipmo.network.columns import Columns, Same
from ipmo.network.compiled import available, kernel
from ipmo.network.kernels import order as order_kernels
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels.columns import FAR, ONE_IS_ENOUGH, STARTS_SHIFT, Dates, Tables
from ipmo.network.levels import Levels
from ipmo.network.names import Names, outside
from ipmo.network.parts import Cut
from ipmo.network.positions import Arrangement, Positions, any_beyond, any_nonzero, arrange, as_array, plain_list, weights
from ipmo.network.states import EFFECTS, LIVE, TYPE_NAMES
from ipmo.words import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["WORK", "Network"]

SMALL = 20_000
"""Links below which the plain kernels are faster than waiting for a compiler."""

WORK = frozenset({"task", "milestone", "gate", "project"})
"""Kinds of nodes that are work, or stand for it."""

STATELESS = ("n", "owners", "work", "node_of", "_named", "no_effect", "clk_used")
"""What is found of a network that no state is part of."""
DATELESS = (*STATELESS, "m", "states", "live", "all_live", "_order", "has_loop")
"""What is found of it that no duration and no bound is part of."""

P = ParamSpec("P")
T = TypeVar("T")


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Network(Columns):
    """Columns and links with the order they lie in, and the passes over them.

    Made by `compile_portfolio`, or from plain columns by `from_columns`; `attrs.evolve` gives another with some columns
    changed. The passes work on positions in topological order; what they answer is in node order again.
    """

    # -------------------------------------------------------------------------------------- structure

    @functools.cached_property
    def n(self) -> int:
        """How many nodes there are."""
        return len(self.ids)

    @functools.cached_property
    def m(self) -> int:
        """How many links there are."""
        return len(self.src)

    @functools.cached_property
    def node_of(self) -> Mapping[str, int]:
        """The node of each id."""
        return dict(zip(self.ids, range(self.n), strict=True))

    @property
    def named(self) -> Mapping[str, int]:
        """The same for whoever asks for a few: no dictionary of all nodes is made for it."""
        made: Mapping[str, int] | None = self.__dict__.get("node_of")
        return self._named if made is None else made

    @functools.cached_property
    def _named(self) -> Mapping[str, int]:
        if self.inside is None or not self.large:
            return self.node_of
        return Names(self.inside, outside(self.ids, self.members))

    @functools.cached_property
    def large(self) -> bool:
        """Compiling, or numpy's levels, pay."""
        return self.m >= SMALL or self.n >= SMALL

    @functools.cached_property
    def exact(self) -> bool:
        """Late dates undo early dates exactly, whatever the calendars."""
        return self.dialect is None or self.dialect.exact_late

    @functools.cached_property
    def plain_mark(self) -> int:
        """The mark of a position with nothing special about it, as a sum; see `ipmo.network.kernels.passes`."""
        return 0 if self.dialect is None else (0 if self.exact else 4) + (0 if self.dialect.early_waits else 8)

    @functools.cached_property
    def additive(self) -> bool:
        """Every link is one number, and nothing but links and floors bounds a start."""
        special = self.anyone or self.high or self.pin or self.floor_edges or "start" in self.points.values()
        return not special and not any_beyond(self.mode)

    @functools.cached_property
    def compiled(self) -> bool:
        """The compiled kernels are used."""
        return self.large and available()

    @functools.cached_property
    def arrays(self) -> bool:
        """Columns are arrays: for compiled kernels, or for numpy's levels."""
        return self.large and (self.compiled or self.additive)

    @functools.cached_property
    def _arrays(self) -> dict[str, NDArray[np.int64]]:
        return {}

    def array(self, name: str) -> NDArray[np.int64]:
        """A column of numbers as an array, made once; of a name that is None for all networks like this one none is asked."""
        known = self._arrays
        if name not in known:
            known[name] = as_array(getattr(self, name))
        return known[name]

    def share(self, other: Network, names: Sequence[str]) -> None:
        """Takes over the arrays of columns that are the same."""
        self._arrays.update((name, other.array(name)) for name in names if getattr(other, name) is not None)

    def take_over(self, other: Network, names: Iterable[str]) -> None:
        """Takes over what was found of another network that is the same here."""
        self.__dict__.update((name, other.__dict__[name]) for name in names if name in other.__dict__)

    @property
    def link_ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The source and the target node of every link as arrays."""
        return self.array("src"), self.array("dst")

    @functools.cached_property
    def found_links(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Source, target and type of every link as it was found, of what a portfolio was compiled to; see `Needed`."""
        found = self.needed or self
        src, dst, typ = (
            self.array(name) if getattr(found, name) is getattr(self, name) else as_array(getattr(found, name))
            for name in ("src", "dst", "typ")
        )
        return src, dst, typ

    @functools.cached_property
    def work(self) -> NDArray[np.bool_]:
        """Whether each node is a task, a milestone, a gate or a project without any; an array whatever the size of the network."""
        import numpy as np

        if self.inside is None:
            return np.fromiter(map(WORK.__contains__, self.kinds), bool, self.n)
        out = np.zeros(self.n, bool)
        for some in self.members.values():
            if isinstance(some, range):
                out[some.start : some.stop] = True
            else:
                out[list(some)] = True
        return out

    @functools.cached_property
    def _order(self) -> Ints:
        """Nodes in topological order; shorter than n when there is a loop."""
        if self.compiled:
            import numpy as np

            src, dst = self.link_ends
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
    def _arrangement(self) -> Arrangement:
        src, dst = self.link_ends if self.arrays else (self.src, self.dst)
        return arrange(self._order, src, dst, arrays=self.arrays, compiled=self.compiled)

    @functools.cached_property
    def positions(self) -> Positions[Ints]:
        """Columns by position, links sorted by target position."""
        if self.has_loop:
            raise self.loop()
        order, pos, ptr, perm, tail = self._arrangement
        none, no_link = self._filled(self.n, 0), self._filled(self.m, 0)  # shared: nothing writes into these

        def pick(name: str, places: Ints) -> Ints:
            column: Ints | None = getattr(self, name)
            if column is None:
                return none if places is order else no_link
            if not self.arrays:
                values = plain_list(column)
                return [values[place] for place in places]
            return self.array(name)[places]

        dur, typ, lag = pick("dur", order), pick("typ", perm), pick("lag", perm)
        low = pick("low", order)
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
            clk=pick("clk", order),
            mode=pick("mode", perm),
            lagclk=pick("lagclk", perm),
            low=low,
            mark=none if self.additive else self._marks(pos),
            low_edge=self._low_edges(pos, low, dur) if self.floor_edges else none,
            high=none if self.additive else self._fixed(pos, self.high),
            pin=none if self.additive else self._fixed(pos, self.pin),
            w=weights(ptr, tail, typ, lag, dur, compiled=self.compiled),
        )

    def _filled(self, size: int, value: int) -> Ints:
        if not self.arrays:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64) if value else np.zeros(size, np.int64)

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
        if not isinstance(self.state, Same) and self.arrays:
            return bool(self.live.all() and self.no_effect.all())
        states = (self.state.value,) if isinstance(self.state, Same) else self.state
        kinds = (self.kinds.value,) if isinstance(self.kinds, Same) else self.kinds
        return all(state in LIVE for state in states) and set(EFFECTS).isdisjoint(kinds)

    @functools.cached_property
    def states(self) -> NDArray[np.int64]:
        """The state of each node as a number, int64 (n)."""
        import numpy as np

        if isinstance(self.state, Same):
            return np.full(self.n, int(self.state.value), np.int64)
        return np.frombuffer(bytes(self.state), np.uint8).astype(np.int64)  # few and small: much faster than one by one

    @functools.cached_property
    def live(self) -> NDArray[np.bool_]:
        """Whether each node is open work that has dates, bool (n)."""
        found: NDArray[np.bool_] = (self.states == LIVE[0]) | (self.states == LIVE[1])
        return found

    @functools.cached_property
    def owners(self) -> NDArray[np.int64]:
        """The place of the project of each node, -1 for what belongs to none, int64 (n)."""
        return self.array("project")

    @functools.cached_property
    def no_effect(self) -> NDArray[np.bool_]:
        """Whether each node is no outcome, benefit or helper, bool (n)."""
        out = self.work.copy()
        for node in (~out).nonzero()[0].tolist():
            out[node] = self.kinds[node] not in EFFECTS
        return out

    @functools.cached_property
    def ending(self) -> NDArray[np.int64]:
        """1 for each position whose finish counts for its project and for the end, int64 (n)."""
        import numpy as np

        if self.all_live:
            return np.ones(self.n, np.int64)
        counts = (self.no_effect & self.live).astype(np.int64)
        placed: NDArray[np.int64] = counts[np.asarray(self.positions.order, np.int64)]
        return placed

    def highest(self, node: int, minutes: int) -> int:
        """The latest early start that a constraint allows a node that lasts so many minutes; FAR where there is none."""
        start, finish, least = self.caps.get(node, (self.high.get(node, FAR), FAR, -FAR))
        return max(min(start, finish - minutes), least)

    def bounds_lasting(self, node: int, minutes: int) -> tuple[int, int, int]:
        """The least early start of a node that lasts so many minutes, 1 where its finish then lies in a break, and the latest early start."""
        low, floor = int(self.low[node]), int(self.finish_floor.get(node, -FAR)) - minutes
        return max(low, floor), int(node in self.floor_edges and floor >= low), self.highest(node, minutes)

    def clock(self, number: int) -> Clock:
        """The clock of a number, as columns name it; 0 is wall-clock time."""
        return WALL_CLOCK if self.clocks is None else self.clocks[number]

    def same_clocks(self, other: Network) -> bool:
        """Whether the numbers of clocks mean the same in another network."""
        return self.clocks is other.clocks or (self.clocks is not None and self.clocks.same_as(other.clocks))

    def clock_of(self, node: int) -> Clock:
        """The clock of a node's calendar: its floats are counted in days of that."""
        return WALL_CLOCK if self.nominal is None else self.clock(self.nominal[node])

    def shown(self, node: int) -> str:
        """The name of a node as people know it: of a helper, what it is about."""
        return self.stands_for.get(node, self.ids[node])

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
            bounds: the latest start of each position that its own commitments allow, FAR where there are none, with whether its
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
            for late in bounds:
                self._back(self.n - 1, early, late)
        return bounds

    def _back(self, last: int, early: Dates, late: Dates) -> None:
        """Late dates of the positions up to one; what all givers of which one is enough wait for is bound by the last of them to be late."""
        links, nodes, end = self.positions.links, self.positions.nodes, last
        for v in self._anyone:
            if v > last:
                continue
            self.run(kernels.backward_from, v, end, links, nodes, self.cal, early, late)
            end = v - 1
            if late.x[v] < FAR // 2:
                self._bind_shared(v, early, late)
        self.run(kernels.backward_from, 0, end, links, nodes, self.cal, early, late)

    @functools.cached_property
    def _anyone(self) -> list[int]:
        """Positions for which one of several givers is enough, that what lies before all of them can move; the last first."""
        return sorted((int(self.positions.pos[node]) for node in self.anyone), reverse=True)

    def _bind_shared(self, v: int, early: Dates, late: Dates) -> None:
        """Bounds what lies before each giver that is early enough for v: it moves v when it moves them all."""
        shared: Dates | None = None
        count = 0
        for held in self._alike(v, early, late):
            x, edge, u = max(held)  # of givers that wait for the same, what the latest allows holds for all
            way = Dates(self._filled(self.n, FAR), self._filled(self.n, 1))
            way.x[u], way.edge[u] = x, edge
            self._back(u, early, way)
            if len({one for _, _, one in held}) > 1:
                way.x[u], way.edge[u] = FAR, 1
            count += len(held)
            if shared is None:
                shared = way
                continue
            self.run(kernels.keep_later, shared, way)
            if (
                as_array(shared.x).min() if self.arrays else min(shared.x)
            ) >= FAR:  # nothing lies before all of them: of thousands two tell it
                return
        if shared is not None and count > 1:
            self.run(kernels.keep_earlier, late, shared)

    def _alike(self, v: int, early: Dates, late: Dates) -> list[list[tuple[int, int, int]]]:
        """The givers that are early enough for v, by what they wait for: of each its latest start for v, and its position."""
        p, found = self.positions, dict[tuple[object, ...], list[tuple[int, int, int]]]()
        links, nodes, anyone = p.links, p.nodes, frozenset(self._anyone)
        way = Dates(self._filled(self.n, FAR), self._filled(self.n, 1))
        for k in range(int(p.ptr[v]), int(p.ptr[v + 1])):
            if self.run(kernels.asked_of, self.cal, links, nodes, k, v, early) > late.x[v]:
                continue
            u = int(p.src[k])
            self.run(kernels.pull_one, links, nodes, self.cal, k, v, early, late, way)
            waits = [
                (int(p.src[j]), int(p.w[j]), int(links.mode[j]), int(links.typ[j]), int(links.lag[j]), int(links.lagclk[j]))
                for j in range(int(p.ptr[u]), int(p.ptr[u + 1]))
            ]
            key = (u in anyone, int(nodes.clk[u]), int(nodes.dur[u]), *waits)
            found.setdefault(key, []).append((int(way.x[u]), int(way.edge[u]), u))
            way.x[u], way.edge[u] = FAR, 1
        return list(found.values())

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
        """A network without loops: in each group of nodes in a loop a link goes, across projects before one inside a project,
        and of these the one whose source lies latest after its target.

        Args:
            dates: the known date of each node, None where there is none.

        Returns:
            The network without those links; their numbers are in `.cuts`.
        """
        from ipmo.network.graph import links_to_cut

        src, dst = plain_list(self.src), plain_list(self.dst)
        placed = set(plain_list(self._order))
        edges = [(u, v, k) for k, (u, v) in enumerate(zip(src, dst, strict=True)) if u not in placed and v not in placed]
        owner = self.project
        cuts = links_to_cut(edges, dates, self.ids, lambda k: TYPE_NAMES[self.typ[k]], lambda k: owner[src[k]] != owner[dst[k]])
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
            network = attrs.evolve(self, dur=list(dur))
        return network

    def lasting(self, lengths: Mapping[int, int], starts: Mapping[int, int] = FrozenMap(), *, often: bool = False) -> Network:
        """This network with other lengths of some work: none comes to nothing that did not, or the other way round, or has an expected finish.

        Args:
            lengths: minutes of work by node.
            starts: the earliest start of some work on its own clock, where that is later than bounds allow.
            often: many such networks are dated, so that compiled kernels pay however small it is.
        """
        dur, low, high = self.dur, self.low, dict(self.high)
        if lengths:
            dur = self.array("dur").copy() if self.arrays else plain_list(dur)
            for node, length in lengths.items():
                dur[node] = length
                if node in self.caps:
                    high[node] = self.highest(node, length)
        if starts:
            low = self.array("low").copy() if self.arrays else plain_list(low)
            for node, start in starts.items():
                low[node] = max(low[node], start)
        found = attrs.evolve(self, dur=dur, low=low, high=high)
        _ = self._order, self.has_loop, self.named
        found.take_over(self, DATELESS)
        if often and available() and not found.large:
            found.__dict__["large"] = True
        if found.arrays:
            found.share(self, ("src", "dst", "typ", "lag", "clk", "mode", "lagclk", "project"))
            found.share(self, () if lengths else ("dur",))
            found.take_over(self, ("_arrangement", "ending") if self.arrays else ())
        return found

    def without(self, cuts: Sequence[int]) -> Network:
        """The network without some links, by number."""
        import numpy as np

        keep = np.ones(self.m, bool)
        keep[list(cuts)] = False
        places = (np.cumsum(keep) - 1).tolist()
        gone = set(cuts)

        def pick(column: Ints) -> Ints:
            kept: NDArray[np.int64] = np.asarray(column, np.int64)[keep]
            return kept if self.arrays else plain_list(kept)

        return attrs.evolve(
            self,
            src=pick(self.src),
            dst=pick(self.dst),
            typ=pick(self.typ),
            lag=pick(self.lag),
            mode=None if self.mode is None else pick(self.mode),
            lagclk=None if self.lagclk is None else pick(self.lagclk),
            numbers={places[k]: number for k, number in self.numbers.items() if k not in gone},
            derived={places[k] for k in self.derived if k not in gone},
            estimated={places[k] for k in self.estimated if k not in gone},
            cuts=tuple(Cut(self.ids[self.src[k]], self.ids[self.dst[k]], TYPE_NAMES[self.typ[k]]) for k in cuts),
        )

    def __repr__(self) -> str:
        return f"<Network: {counted(self.n, 'node')}, {counted(self.m, 'link')}, {counted(len(self.projects), 'project')}>"
