"""What levelling works on: the network, the pools and what is taken of them as columns for the kernels, and how good a plan is."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ipmo.network.clocks import FAR
from ipmo.network.compiled import available, kernel, loaded
from ipmo.network.kernels import generation as kernels
from ipmo.network.kernels import pools as pool_kernels
from ipmo.network.kernels.columns import Dates, Links, Nodes, Tables
from ipmo.network.kernels.generation import Dues, Leaving
from ipmo.network.kernels.pools import Pools, Takes
from ipmo.network.passes import Passes
from ipmo.network.plans import Due, Levelling, Made, Pool, Score, Split, Take
from ipmo.network.positions import as_array, plain, plain_list
from ipmo.network.states import FROM_FINISH, NUMBERS, TO_FINISH
from ipmo.units import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["MOST_AHEAD", "Pooled"]

COMPILED_FROM = 30_000
"""Placements of work, over all passes, from which compiling pays."""
LOADED_SOONER = 60
"""So many times fewer are enough where kernels have been read in this process already."""
MOST_AHEAD = 40 * 366 * DAY
"""So far ahead the hours of pools are looked up, at most."""

P = ParamSpec("P")
T = TypeVar("T")


class Pooled:
    """One network with pools, what work takes of them and in which ways.

    Args:
        passes: the passes over it.
        pools: the pools.
        takes: what nodes take of them.
        frozen: nodes that stay where they are unless a link moves them.
        due: what is due by a date.
        losses: what costs something when it is later than a date.
        weights: what a minute of the finish of each project counts; 1 where nobody says.
        committed: the latest start of each position at which that is kept, FAR where nothing asks.
        lengths: how long the work of a node lasts in each of its ways, where they last differently: (node, way) each.
        splits: how far the work of a node may be interrupted, where it may.
        within_float: nothing moves beyond its float to the nearest target; what does not fit within it stays too much.
        samples: how many passes will be made: it decides whether compiling pays.
    """

    def __init__(
        self,
        passes: Passes,
        pools: Sequence[Pool],
        takes: Iterable[Take],
        *,
        frozen: Iterable[int] = (),
        due: Sequence[Due] = (),
        losses: Sequence[Due] = (),
        weights: Sequence[int] = (),
        committed: Ints | None = None,
        lengths: Mapping[tuple[int, int], int] | None = None,
        splits: Mapping[int, Split] | None = None,
        blocked: Iterable[tuple[int, int]] = (),
        within_float: bool = False,
        samples: int = 1,
    ) -> None:
        self.passes, self.network = passes, passes.network
        p = self.network.positions
        rows = sorted((t for t in takes if t.units > 0 and t.end > t.begin), key=lambda t: (int(p.pos[t.node]), t.way, t.pool, t.begin))
        self.rows = self.asked = tuple(t._replace(node=int(p.pos[t.node])) for t in rows)
        """What positions take, and what they were to take before some of it was found to fit never; `node` is the position."""
        most = sum(row.units for row in rows) + max((pool.most for pool in pools), default=0)
        from_then = COMPILED_FROM // LOADED_SOONER if loaded(kernels.score_plan) else COMPILED_FROM
        self.compiled = available() and self.network.n * samples >= from_then and most < FAR
        alike = self._alike()
        self.pools = tuple(pool if pool.clock is None else pool._replace(clock=alike[pool.clock]) for pool in pools)
        free = self._filled(self.network.n, FAR)  # where every link is a number, no column of what constraints fix is made
        ties: dict[str, Ints] = {"high": free, "pin": free} if self.network.additive else {}
        ties["clk"] = [alike[number] for number in plain(p.clk)]
        self.lengths = {(int(p.pos[node]), way): long for (node, way), long in (lengths or {}).items()}
        """How long the work of a position lasts in each of its ways, where they last differently."""
        self.blocked = frozenset((int(p.pos[node]), way) for node, way in blocked)
        """(position, way) of first ways that are never chosen because they fit."""
        self.varying = frozenset(v for v, _ in self.lengths)
        """Positions whose ways last differently."""
        self.choosing = self.varying | {row.node for row in self.asked if row.way}
        """Positions that have several ways."""
        taking = {row.node for row in self.rows}
        stay = {int(p.pos[node]) for node in frozen} | {
            v for v in taking if int(p.nodes.high[v] if not self.network.additive else FAR) < FAR
        }
        self.splits = {int(p.pos[node]): one for node, one in (splits or {}).items() if one.most > 1 and int(p.pos[node]) in taking - stay}
        """Positions that may be interrupted, and how far."""
        for v in self.splits.keys() - self.varying:
            self.lengths[v, 0] = self._usual_length(v)
        self.lasting = self.varying | self.splits.keys()
        """Positions that last otherwise in other plans."""
        self.several = self.choosing | self.lasting
        self.links, self.nodes = Links(*map(self.as_column, p.links)), Nodes(*map(self.as_column, p.nodes._replace(**ties)))
        if self.lasting:  # they change with the way that is chosen
            self.links = self.links._replace(w=self.links.w.copy())
            self.nodes = self.nodes._replace(dur=self.nodes.dur.copy())
        self.cal: Tables = tuple(map(self.as_column, self.network.clock_tables))  # type: ignore[assignment]
        base = self.network.early()
        self._low = Dates(self.as_column(p.low), self.as_column(p.low_edge))
        self.today = Dates(self.as_column(base.x), self.as_column(base.edge))
        """Early starts by position, without limits: what is as late as possible stands as early as it can here."""
        self.within_float = within_float
        self.due, self.losses, self._committed = tuple(due), tuple(losses), committed
        self.weights = [*(weights or [1] * len(self.network.projects)), 1]
        """What a minute of the finish of each project counts, and of what belongs to none."""
        self._spare, self.never = 1, tuple[int, ...]()
        """Positions that fit nowhere, even with nothing but what is fixed taken: they take nothing."""
        self._first_horizon = self._horizon = self.network.base + 2 * max((passes.end or 0) - self.network.base, 183 * DAY)
        self.fixed = self._filled(self.network.n, FAR)
        self._since = self.network.base
        for v in stay & taking:
            self.fixed[v] = self.today.x[v]
            self._since = min(self._since, self.network.clock(int(self.nodes.clk[v])).start(int(self.today.x[v])))
        self._reached_today = self.reached(self.today)

    # ------------------------------------------------------------------------------------------ columns

    def as_column(self, values: Ints | Sequence[int]) -> Ints:
        """Numbers as the kernels take them: an array where they are compiled."""
        return as_array(values) if self.compiled else plain_list(values)

    def _alike(self) -> list[int]:
        """For each clock the first that runs alike: pools whose work runs on clocks of one working time have one axis."""
        head, _ = self.network.clock_tables
        first: dict[tuple[int, ...], int] = {}
        clocks = range(int(head[0]) // 2)
        return [first.setdefault(tuple(head[head[2 * c] : head[2 * c] + 6 * head[2 * c + 1]]), c) for c in clocks]

    def _filled(self, size: int, value: int) -> Ints:
        if not self.compiled:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64)

    def _run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return (kernel(function) if self.compiled else function)(*arguments, **named)

    @functools.cached_property
    def takes(self) -> Takes:
        """What positions take, for kernels."""
        count, p = [1] * self.network.n, self.network.positions
        for v, way in (*((row.node, row.way) for row in self.rows), *self.lengths):
            count[v] = max(count[v], way + 1)
        ways = [0, *itertools.accumulate(count)]
        sizes = [0] * ways[-1]
        for row in self.rows:
            sizes[ways[row.node] + row.way] += 1
        ptr = [0, *itertools.accumulate(sizes)]
        usual, low, edge = plain(p.nodes.dur), plain(self._low.x), plain(self._low.edge)
        bounds = [(usual[v], low[v], edge[v]) for v in range(self.network.n) for _ in range(count[v])]
        for (v, way), long in self.lengths.items():
            least, waits, _ = self.network.bounds_lasting(int(p.order[v]), long)
            bounds[ways[v] + way] = long, least if way else low[v], waits if way else edge[v]
        rows = ([row[at] for row in self.rows] for at in (1, 2, 3, 4))
        flags = [int(v in self.lasting) for v in range(self.network.n)]
        more = (flags, [0] * len(flags), *(list(column) for column in zip(*bounds, strict=True))) if bounds else ([], [], [], [], [])
        blocked = [0] * len(bounds)
        for v, way in self.blocked:
            blocked[ways[v] + way] = 1
        return Takes(*map(self.as_column, (ways, ways[:-1], ways[:-1], ptr, *rows, *more, blocked, *self._pieces())))

    def _pieces(self) -> tuple[list[int], ...]:
        """Who may be interrupted and how far, with room for the pieces."""
        size, most = self.network.n, [self.splits[v].most if v in self.splits else 0 for v in range(self.network.n)]
        least = [self.splits[v].least if v in self.splits else 0 for v in range(size)]
        room, largest = [0, *itertools.accumulate(most)], max(most, default=0)
        split, whole, pieces = [int(one > 0) for one in most], [0] * size, [0] * size
        return split, whole, least, room, pieces, [0] * room[-1], [0] * room[-1], [0] * largest, [0] * largest

    @functools.cached_property
    def leaving(self) -> Leaving:
        """The links that leave each position."""
        import numpy as np

        src, ptr = as_array(self.links.src), as_array(self.links.ptr)
        link = np.argsort(src, kind="stable")
        heads = np.repeat(np.arange(self.network.n), np.diff(ptr))
        begins = np.zeros(self.network.n + 1, np.int64)
        np.cumsum(np.bincount(src, minlength=self.network.n), out=begins[1:])
        return Leaving(self.as_column(begins), self.as_column(link), self.as_column(heads[link]))

    @functools.cached_property
    def axes(self) -> tuple[int, ...]:
        """The clock that each pool's time is counted on: that of all its work, or wall-clock time."""
        used: list[set[int]] = [set() if pool.clock is None else {pool.clock} for pool in self.pools]
        for row in self.rows:
            used[row.pool].add(int(self.nodes.clk[row.node]))
        return tuple(next(iter(clocks)) if len(clocks) == 1 else 0 for clocks in used)

    def steps_of(self, place: int) -> list[tuple[int, int]]:
        """(time on its axis, units) of a pool before anything is taken; a pool with hours of its own is there until the horizon."""
        pool, axis = self.pools[place], self.axes[place]
        clock = self.network.clock(axis)
        if pool.clock is None or pool.clock == axis:
            found = [(-FAR, 0), *((clock.work(instant), units) for instant, units in pool.steps)]
        else:
            found = [(-FAR, 0), *self._open(pool)]
        out: list[tuple[int, int]] = []
        for time, units in found:
            if out and out[-1][0] == time:
                out.pop()
            if not out or out[-1][1] != units:
                out.append((time, units))
        return out

    def seen_until(self, place: int) -> int:
        """Until when, on its axis, it is looked up how much there is of a pool: FAR, but for one with hours that are not those of its work."""
        pool = self.pools[place]
        return FAR if pool.clock in (None, self.axes[place]) else self.network.clock(self.axes[place]).work(self._horizon)

    def _open(self, pool: Pool) -> Iterator[tuple[int, int]]:
        """The steps of a pool in the hours that it works."""
        assert pool.clock is not None
        clock = self.network.clock(pool.clock)
        ends = [*(instant for instant, _ in pool.steps[1:]), self._horizon]
        for (since, units), until in zip(pool.steps, ends, strict=True):
            at, stop = max(since, self._since), min(until, self._horizon)
            yield since, 0
            while at < stop:
                begin, length = pool_kernels.shift_at(clock.tables, clock.number, clock.work(at))
                if begin >= stop:
                    break
                end = min(begin + length, stop)
                yield begin, units
                yield end, 0
                at = end

    def _full(self) -> Pools:
        """The pools before anything is taken, with room for what will be."""
        rooms = [0] * len(self.pools)
        for row in self.rows:
            alike = self.pools[row.pool].used_up or self.axes[row.pool] == int(self.nodes.clk[row.node])
            pieces = 1 if alike else 1 + (row.end - row.begin) // (4 * 60)
            rooms[row.pool] += 2 * pieces * self._spare
        first, count, time, free = [0], list[int](), list[int](), list[int]()
        for place in range(len(self.pools)):
            steps = self.steps_of(place)
            room = len(steps) + rooms[place] + 2
            time += [t for t, _ in steps] + [0] * (room - len(steps))
            free += [u for _, u in steps] + [0] * (room - len(steps))
            count.append(len(steps))
            first.append(first[-1] + room)
        spare = [0] * (max((after - before for before, after in itertools.pairwise(first)), default=0) + 8)
        return Pools(*map(self.as_column, (list(self.axes), first, count, time, free, spare, list(spare))))

    # ------------------------------------------------------------------------------------------- dates

    @functools.cached_property
    def group(self) -> Ints:
        """The project of each position whose finish counts, -1 for none."""
        p, net = self.network.positions, self.network
        owners, ending = plain_list(net.project), plain_list(net.ending)
        spare = len(net.projects)
        return self.as_column([(owners[v] if owners[v] >= 0 else spare) if ending[place] else -1 for place, v in enumerate(plain(p.order))])

    def _dues(self, some: Iterable[Due]) -> Dues:
        """What is due, for kernels."""
        ptr, places, some = [0], list[int](), tuple(some)
        for due in some:
            places += [int(self.network.positions.pos[node]) for node in due.nodes]
            ptr.append(len(places))
        rest = [due.date for due in some], [int(due.at_start) for due in some], [due.weight for due in some]
        return Dues(*map(self.as_column, (ptr, places, *rest)))

    @functools.cached_property
    def _counted(self) -> tuple[Dues, Dues, Ints]:
        """What is due, what delays of it cost, and the weights of projects."""
        return self._dues(self.due), self._dues(self.losses), self.as_column(self.weights)

    def late(self, early: Dates) -> int:
        """Minutes after what is due, each counted once whatever its weight."""
        return int(self._run(kernels.missed, self.nodes, self.cal, early, self._dues(due._replace(weight=1) for due in self.due)))

    def missed(self, early: Dates, due: Due) -> int:
        """Minutes by which one thing that is due is missed."""
        return int(self._run(kernels.missed, self.nodes, self.cal, early, self._dues([due._replace(weight=1)])))

    @functools.cached_property
    def _usual(self) -> Ints:
        """The start without limits of what takes something, FAR of the rest."""
        usual = self._filled(self.network.n, FAR)
        for row in self.asked:
            usual[row.node] = self.today.x[row.node]
        return usual

    def score(self, early: Dates) -> Score:
        """How good a plan is."""
        (dues, losses, weights), ends, out = self._counted, self._filled(len(self.network.projects) + 1, 0), self._filled(5, 0)
        self._run(kernels.score_plan, self.nodes, self.cal, early, dues, losses, self.group, weights, self._usual, ends, out)
        score = Score(*(int(value) for value in out))
        if not self.due or early is self.today:
            return score
        return score._replace(put_off=int((self.reached(early) != self._reached_today).sum()))

    def reached(self, early: Dates) -> NDArray[np.int64]:
        """When each thing that is due is reached in a plan, as instants."""
        out = self._filled(len(self.due), 0)
        self._run(kernels.all_reached, self.nodes, self.cal, early, self._counted[0], out)
        return as_array(out)

    def _instants(self, x: Ints, at_finish: int) -> NDArray[np.int64]:
        out = self._filled(self.network.n, 0)
        self._run(kernels.placed_instants, self.nodes, self.cal, self.as_column(x), at_finish, out)
        return as_array(out)

    # ------------------------------------------------------------------------------------------- ways

    def stand(self, plan: Made | Levelling | None) -> None:
        """Everything lasts as long as it does in a plan; as it usually does where none is given."""
        for v in self.lasting:
            if plan is None:
                long = self._usual_length(v)
            elif v in plan.pieces:
                long = plan.pieces[v][-1][1] - plan.pieces[v][0][0]
            else:
                long = int(self.takes.long[self.takes.ways[v] + plan.chosen[v]])
            self._run(kernels.relast, self.links, self.nodes, self.leaving, v, long)

    def _usual_length(self, v: int) -> int:
        return int(self.network.positions.nodes.dur[v])

    @functools.cached_property
    def usual_score(self) -> Score:
        """How good the plan without limits is."""
        self.stand(None)
        return self.score(self.today)

    @functools.cached_property
    def least(self) -> Dates:
        """Starts before which nothing can start, whatever way is chosen, without limits; those of `today` where nothing lasts differently."""
        return self.today if not self.lasting else self._least[0]

    @functools.cached_property
    def least_score(self) -> Score:
        """What no plan is better than."""
        return self.usual_score if not self.lasting else self._least[1]

    @functools.cached_property
    def _least(self) -> tuple[Dates, Score]:
        """What comes before lasts as little as it can where a link leaves it, and as long as it can where one bounds its finish."""
        both: list[dict[int, int]] = [{}, {}]
        for (v, _), long in self.lengths.items():
            both[0][v], both[1][v] = min(long, both[0].get(v, long)), max(long, both[1].get(v, long))
        both[1].update(dict.fromkeys(self.splits, MOST_AHEAD))  # as long as its interruptions last
        usual = {v: self._usual_length(v) for v in self.lasting}
        self.stand(None)
        links, nodes, dates = self.links, self.nodes, Dates(self._low.x.copy(), self._low.edge.copy())
        columns = Links(*(column.copy() for column in links)), Nodes(*(column.copy() for column in nodes))
        takes = self.takes
        for v in self.lasting:  # so long before it for what bounds its finish, so little after it
            for k in range(links.ptr[v], links.ptr[v + 1]):
                if links.mode[k] in NUMBERS and links.typ[k] in TO_FINISH:
                    columns[0].w[k] -= both[1][v] - usual[v]
            for q in range(self.leaving.ptr[v], self.leaving.ptr[v + 1]):
                k = self.leaving.link[q]
                if links.mode[k] in NUMBERS and links.typ[k] in FROM_FINISH:
                    columns[0].w[k] += both[0][v] - usual[v]
        for v in range(self.network.n):
            if v in self.lasting:
                columns[1].dur[v] = both[1][v]
                dates.x[v] = min(int(takes.low[way]) for way in range(takes.ways[v], takes.ways[v + 1]))
            if v in self.splits:
                dates.x[v] = self.network.bounds_lasting(int(self.network.positions.order[v]), MOST_AHEAD)[0]
            self._run(kernels.bound_by_links, *columns, self.cal, v, dates)
            if v in self.lasting:
                columns[1].dur[v], dates.edge[v] = both[0][v], 0
        (dues, losses, weights), ends, out = self._counted, self._filled(len(self.network.projects) + 1, 0), self._filled(5, 0)
        free = self._filled(self.network.n, FAR)
        self._run(kernels.score_plan, columns[1], self.cal, dates, dues, losses, self.group, weights, free, ends, out)
        return dates, Score(*(int(value) for value in out))
