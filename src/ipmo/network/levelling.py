"""Levelling: dates at which work fits into pools of limited capacity, by schedule generation, sampling and forward-backward passes.

A pass makes one plan: priorities by a rule, with noise from the seed after the first passes; serial or parallel generation; one
forward-backward improvement. The best plan of all passes is kept. Passes are counted, no clock is read, and every number is a
whole one, so that the same question has the same answer with numba and without. Sources: Kolisch (EJOR 90, 1996), generation;
Kolisch and Hartmann (EJOR 174, 2006), sampling and rules; Valls, Ballestin and Quintanilla (EJOR 165, 2005), justification.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from ipmo.network.clocks import FAR
from ipmo.network.compiled import available, kernel
from ipmo.network.energy import Piece, least_finish
from ipmo.network.kernels import generation as kernels
from ipmo.network.kernels import pools as pool_kernels
from ipmo.network.kernels.columns import Dates, Links, Nodes, Tables
from ipmo.network.kernels.generation import Dues, Leaving, Placing
from ipmo.network.kernels.pools import Pools, Takes
from ipmo.network.passes import Passes
from ipmo.network.plans import UNIT, Due, Levelling, Made, Pool, Score, Take
from ipmo.network.positions import as_array, plain, plain_list
from ipmo.units import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["UNIT", "Due", "Leveller", "Levelling", "Pool", "Score", "Take"]

SAMPLED = 3
"""So many rules, of the first, noise is added to."""
COMPILED_FROM = 30_000
"""Placements of work, over all passes, from which compiling pays."""
DEVIATION = 37_837
"""Standard deviation of the sum of four numbers of 16 bits."""
MOST_AHEAD = 40 * 366 * DAY
"""So far ahead the hours of pools are looked up, at most."""

P = ParamSpec("P")
T = TypeVar("T")


class PlainColumns(NamedTuple):
    """The network and what is taken as plain lists, for what walks from position to position."""

    links: Links
    nodes: Nodes
    takes: Takes


class _Room(NamedTuple):
    """Pools with what is fixed taken, the pools that a plan is made in, room to work in."""

    taken: Pools
    left: Pools
    placing: Placing


class Leveller:
    """Levels one network.

    Args:
        passes: the passes over it.
        pools: the pools.
        takes: what nodes take of them.
        frozen: nodes that stay where they are unless a link moves them.
        due: what is due by a date.
        losses: what costs something when it is later than a date.
        weights: what a minute of the finish of each project counts; 1 where nobody says.
        committed: the latest start of each position at which that is kept, FAR where nothing asks.
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
        within_float: bool = False,
        samples: int = 1,
    ) -> None:
        self.passes, self.network = passes, passes.network
        p = self.network.positions
        rows = sorted((t for t in takes if t.units > 0 and t.end > t.begin), key=lambda t: (int(p.pos[t.node]), t.way, t.pool, t.begin))
        self.rows = self.asked = tuple(t._replace(node=int(p.pos[t.node])) for t in rows)
        """What positions take, and what they were to take before some of it was found to fit never; `node` is the position."""
        most = sum(row.units for row in rows) + max((pool.most for pool in pools), default=0)
        self.compiled = available() and self.network.n * samples >= COMPILED_FROM and most < FAR
        alike = self._alike()
        self.pools = tuple(pool if pool.clock is None else pool._replace(clock=alike[pool.clock]) for pool in pools)
        free = self._filled(self.network.n, FAR)  # where every link is a number, no column of what constraints fix is made
        ties: dict[str, Ints] = {"high": free, "pin": free} if self.network.additive else {}
        ties["clk"] = [alike[number] for number in plain(p.clk)]
        self.links, self.nodes = Links(*map(self.as_column, p.links)), Nodes(*map(self.as_column, p.nodes._replace(**ties)))
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
        taking = {row.node for row in self.rows}
        stay = {int(p.pos[node]) for node in frozen} | {v for v in taking if int(self.nodes.high[v]) < FAR}
        self.fixed = self._filled(self.network.n, FAR)
        self._since = self.network.base
        for v in stay & taking:
            self.fixed[v] = self.today.x[v]
            self._since = min(self._since, self.network.clock(int(self.nodes.clk[v])).start(int(self.today.x[v])))

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
        count = [1] * self.network.n
        for row in self.rows:
            count[row.node] = max(count[row.node], row.way + 1)
        ways = [0, *itertools.accumulate(count)]
        sizes = [0] * ways[-1]
        for row in self.rows:
            sizes[ways[row.node] + row.way] += 1
        ptr = [0, *itertools.accumulate(sizes)]
        return Takes(*map(self.as_column, (ways, ways[:-1], ways[:-1], ptr, *([row[at] for row in self.rows] for at in (1, 2, 3, 4)))))

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
            pieces = 1 if self.axes[row.pool] == int(self.nodes.clk[row.node]) else 1 + (row.end - row.begin) // (4 * 60)
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
        return Score(*(int(value) for value in out))

    def _instants(self, x: Ints, at_finish: int) -> NDArray[np.int64]:
        out = self._filled(self.network.n, 0)
        self._run(kernels.placed_instants, self.nodes, self.cal, self.as_column(x), at_finish, out)
        return as_array(out)

    @functools.cached_property
    def late_starts(self) -> tuple[Ints, Ints]:
        """Late starts to the end and to the nearest target, by position."""
        late = Passes(self.network, put_off=False).late_starts if self.network.latest else self.passes.late_starts
        return self.as_column(late.to_end), self.as_column(late.to_target)

    @functools.cached_property
    def priorities(self) -> Mapping[str, NDArray[np.int64]]:
        """The priorities by each rule, as instants, or as differences for float; of rules that say the same only the first."""
        import numpy as np

        to_end, to_target = self.late_starts
        late, target = self._instants(to_end, 0), self._instants(to_target, 0)
        start, finish = self._instants(self.today.x, 0), self._instants(to_end, 1)
        found = {"late finish": finish, "late start": late}
        if self._committed is not None:
            for name, usual in (("commitment finish", finish), ("commitment start", late)):
                due = self._instants(self._committed, int(usual is finish))
                known, other = due[due < FAR // 2], usual[usual < FAR // 2]
                behind = int(known.max()) - int(other.min()) + 1 if len(known) and len(other) else 0
                found[name] = np.where(due < FAR // 2, due, np.where(usual < FAR // 2, usual + behind, usual))
        found |= {"target start": np.minimum(target, late), "float": np.minimum(target, late) - start, "early start": start}
        if len(set(self.weights[:-1])) > 1:
            found = {"late finish": finish, "weight": self._by_weight(finish), **found}
        out: dict[str, NDArray[np.int64]] = {}
        for name, key in found.items():
            if not any(np.array_equal(key, other) for other in out.values()):
                out[name] = key
        return out

    def _by_weight(self, finish: NDArray[np.int64]) -> NDArray[np.int64]:
        """Late finishes, those of projects of more weight before all others."""
        import numpy as np

        ranks = {weight: rank for rank, weight in enumerate(sorted(set(self.weights), reverse=True))}
        group = np.array([self.network.project[v] for v in plain(self.network.positions.order)], np.int64)
        rank = np.array([ranks[weight] for weight in self.weights], np.int64)[group]
        return np.where(finish < FAR // 2, finish + rank * 2 * self._length, finish)

    # ------------------------------------------------------------------------------------------ passes

    @functools.cached_property
    def limit(self) -> Ints:
        """The latest start of each position."""
        if not self.within_float:
            return self._filled(self.network.n, FAR)
        return self.as_column([min(one, other) for one, other in zip(plain(self.late_starts[0]), plain(self.late_starts[1]), strict=True)])

    def level(self, passes: int, seed: int, objective: Callable[[Score], tuple[int, ...]]) -> Levelling:
        """The best plan of so many passes.

        Args:
            passes: how many; more never give a worse plan.
            seed: of the noise.
            objective: puts the numbers of a score in the order that counts.
        """
        today, first, best, found = self.score(self.today), None, None, 0
        goal, made = objective(today), 0
        for number in range(passes):
            made += 1
            parallel, key = self._priority(number, seed, None if best is None else best[1].early)
            for plan in self.improved(parallel, key, self._preferred(number, seed)):
                score = self.score(plan.early)
                first = first or score
                if best is None or (len(plan.over), objective(score)) < (len(best[1].over), objective(best[0])):
                    best, found = (score, plan), made
            assert best is not None
            if objective(best[0]) <= goal and not best[1].over:
                break
        assert best is not None
        assert first is not None
        (early, over, chosen), proved = best[1], objective(best[0]) <= goal and not best[1].over
        return Levelling(early, best[0], today, first, over, chosen, made, found, proved)

    def _priority(self, number: int, seed: int, best: Dates | None) -> tuple[int, Ints]:
        """Whether a pass generates in parallel, and its priorities: each rule in both ways first, then rules and the best plan with noise."""
        rules = list(self.priorities)
        if number < 2 * len(rules):
            return 1 - number % 2, self.as_column(self.priorities[rules[number // 2]])
        import numpy as np

        number -= 2 * len(rules)
        words = np.random.Philox(key=np.array([seed % 2**64, number], np.uint64)).random_raw(self.network.n)
        parts = np.sum([(words >> np.uint64(16 * at)) & np.uint64(0xFFFF) for at in range(4)], 0).astype(np.int64) - 2 * 65535
        if best is not None and number % 4 == 3:
            base, share = self._instants(best.x, 0), 40
        else:
            base, share = self.priorities[rules[number // 2 % min(len(rules), SAMPLED)]], 10
        return 1 - number % 2, self.as_column(np.where(base < FAR // 2, base + parts * self._length // (share * DEVIATION), base))

    @functools.cached_property
    def _length(self) -> int:
        """How long the plan without limits is from the first start of what takes something to its end, in minutes."""
        first = self._instants(self.today.x, 0)[sorted({row.node for row in self.asked})].min() if self.asked else 0
        return max(self.score(self.today).end - int(first), 1)

    def _preferred(self, number: int, seed: int) -> Sequence[int] | None:
        """The way of each position that a pass takes where no other is sooner: the first in the first passes, then by chance."""
        number -= 2 * len(self.priorities)
        if number < 0 or len(self.takes.ptr) == self.network.n + 1:
            return None
        import numpy as np

        words = np.random.Philox(key=np.array([seed % 2**64, number + 2**40], np.uint64)).random_raw(self.network.n)
        count = np.diff(as_array(self.takes.ways)).astype(np.uint64)
        return plain_list((words % count).astype(np.int64))

    def improved(self, parallel: int, key: Ints, preferred: Sequence[int] | None = None) -> Iterator[Made]:
        """A generated plan, and what forward-backward passes make of it.

        Args:
            parallel: 1 by instant, 0 by priority.
            key: priorities by position.
            preferred: the way of each position that is taken where no other is sooner; the first where nobody says.
        """
        if preferred is not None or len(self.takes.ptr) > self.network.n + 1:
            for v in range(self.network.n):
                self.takes.first[v] = self.takes.ways[v] + (0 if preferred is None else preferred[v])
        made = self.generated(parallel, key)
        yield made
        if self.within_float:
            return
        back = self._back(made.early)
        yield self.generated(0, self.as_column(self._instants(back, 0)))

    def generated(self, parallel: int, key: Ints) -> Made:
        """One plan, the positions that did not fit, and the ways in which work takes what it takes.

        Args:
            parallel: 1 by instant, 0 by priority.
            key: priorities by position.
        """
        while True:
            room, early = self.room, Dates(self._low.x.copy(), self._low.edge.copy())
            self._run(pool_kernels.refill, room.left, room.taken)
            some = (self.links, self.nodes, self.cal, self.leaving, self.takes, room.left, self.fixed, self.limit)
            unfit = self._run(kernels.generate, parallel, key, *some, early, room.placing)
            if unfit < 0:
                self._more_room()
                continue
            over = plain(room.placing.over) if unfit else ()
            unplaced = {v for v, one in enumerate(over) if one > 1}
            if any(map(self._more_ahead, unplaced)):
                self._horizon = self.network.base + min(4 * (self._horizon - self.network.base), MOST_AHEAD)
                del self.room
                continue
            never = self._fit_nowhere(unplaced)
            if not never:
                return Made(
                    early,
                    (*self.never, *(v for v, one in enumerate(over) if one)),
                    tuple(map(operator.sub, plain(self.takes.chosen), plain(self.takes.ways))),
                )
            self._give_up(never)

    def _back(self, early: Dates) -> Ints:
        """Starts as late as they can be without a later end."""
        import numpy as np

        end, finish = self.score(early).end, self._instants(early.x, 1)
        ends = [self.network.clock(number).work(end) for number in range(max(plain(self.nodes.clk), default=0) + 1)]
        last = np.array(ends, np.int64)[as_array(self.nodes.clk)] - as_array(self.nodes.dur)
        while True:
            room, late = self.room, self.as_column(np.where(finish <= end, last, as_array(early.x)))
            self._run(pool_kernels.refill, room.left, room.taken)
            some = (self.links, self.nodes, self.cal, self.leaving, self.takes, room.left, self.fixed)
            if self._run(kernels.generate_back, self.as_column(-finish), *some, early, late, room.placing) == 0:
                return late
            self._more_room()

    # -------------------------------------------------------------------------------------------- room

    @functools.cached_property
    def room(self) -> _Room:
        """The pools, and room to work in."""
        while True:
            full, left = self._full(), self._full()
            self._choose(self.takes, None)
            if self._hold(full):
                filled = (self._filled(self.network.n, 0) for _ in range(4))
                return _Room(full, left, Placing(*filled))
            self._spare *= 2

    def _hold(self, pools: Pools) -> bool:
        """Takes what is fixed; False where there is no room for the steps."""
        for v, start in enumerate(plain(self.fixed)):
            if start != FAR and not self._run(pool_kernels.take, self.cal, int(self.nodes.clk[v]), pools, self.takes, v, start, 1):
                return False
        return True

    def _more_room(self) -> None:
        self._spare *= 2
        del self.room

    def _more_ahead(self, v: int) -> bool:
        """Whether hours of its pools that are not looked up yet may hold room for a position."""
        takes = self.takes
        for way in range(takes.ways[v], takes.ways[v + 1]):
            rows = [(row, self.pools[row.pool]) for row in self.rows[takes.ptr[way] : takes.ptr[way + 1]]]
            later = all(pool.steps[-1][1] >= row.units or pool.steps[-1][0] > self._horizon for row, pool in rows)
            own = any(pool.clock not in (None, self.axes[row.pool]) for row, pool in rows)
            if later and own and self._horizon - self.network.base < MOST_AHEAD:
                return True
        return False

    @staticmethod
    def _choose(takes: Takes, chosen: Sequence[int] | None) -> None:
        """Sets the way in which each position takes what it takes; the first of each without any."""
        for v in range(len(takes.chosen)):
            takes.chosen[v] = takes.ways[v] + (0 if chosen is None else chosen[v])

    def _fit_nowhere(self, positions: AbstractSet[int]) -> set[int]:
        """Those of some positions that fit nowhere from their start without limits on, with nothing but what else is fixed taken."""
        left, fit, take = self.room.left, pool_kernels.best_way, pool_kernels.take
        self._run(pool_kernels.refill, left, self.room.taken)
        found = set[int]()
        for v in sorted(positions):
            some = self.cal, int(self.nodes.clk[v]), left, self.takes, v
            if self.fixed[v] != FAR:  # it was moved by a link, so that its old place is free
                self.takes.chosen[v] = self.takes.ways[v]
                self._run(take, *some, int(self.fixed[v]), -1)
            if self._run(fit, *some, int(self.today.x[v]), FAR) >= FAR // 2:
                found.add(v)
        return found

    def _give_up(self, never: AbstractSet[int]) -> None:
        """Leaves out what never fits: it takes nothing, and the hours of pools need not be looked up so far ahead for it."""
        self.never = tuple(sorted({*self.never, *never}))
        self.rows = tuple(row for row in self.rows if row.node not in never)
        for v in never:
            self.fixed[v] = FAR
        self._horizon = self._first_horizon
        del self.room, self.takes, self.axes

    # ------------------------------------------------------------------------------------ reading plans

    @functools.cached_property
    def plain(self) -> PlainColumns:
        """The network and what is taken as plain lists."""
        links, nodes, takes = self.links, self.nodes, self.takes
        return PlainColumns(Links(*map(plain, links)), Nodes(*map(plain, nodes)), Takes(*map(plain, takes)))

    def bounds(self, early: Dates) -> Dates:
        """The earliest start of each position by its own bounds and its links, with everything before it where a plan has it."""
        x, edge = plain(early.x), plain(early.edge)
        low, low_edge = plain(self._low.x), plain(self._low.edge)
        out, cal, columns = Dates(list(x), list(edge)), self.network.clock_tables, self.plain
        own = Dates(list(x), list(edge))
        for v in range(self.network.n):
            own.x[v], own.edge[v] = low[v], low_edge[v]
            kernels.bound_by_links(columns.links, columns.nodes, cal, v, own)
            out.x[v], out.edge[v] = own.x[v], own.edge[v]
            own.x[v], own.edge[v] = x[v], edge[v]
        return out

    def left_by(self, plan: Levelling) -> Pools:
        """What a plan leaves of the pools, in plain lists; the plain columns take what it takes from then on."""
        self._choose(self.plain.takes, plan.chosen)
        while True:
            pools, x = Pools(*map(plain, self._full())), plain(plan.early.x)
            cal, columns = self.network.clock_tables, self.plain
            if all(
                pool_kernels.take(cal, columns.nodes.clk[v], pools, columns.takes, v, x[v], 1)
                for v in sorted({row.node for row in self.rows})
            ):
                return pools
            self._spare *= 2

    def rows_of(self, plan: Levelling) -> Iterator[Take]:
        """What positions take in the way that a plan has chosen for each."""
        return (row for row in self.asked if row.way == plan.chosen[row.node])

    def there(self, place: int, instant: int) -> int:
        """How much of a pool there is at an instant, before anything is taken."""
        pool = self.pools[place]
        clock = None if pool.clock is None else self.network.clock(pool.clock)
        if clock is not None and clock.start(clock.work(instant)) != instant:
            return 0
        return next((units for since, units in reversed(pool.steps) if since <= instant), 0)

    def bound(self, place: int) -> int | None:
        """An instant that everything cannot be done before, by what is taken of a pool alone; None where nothing is."""
        net, axis, x = self.network, self.axes[place], plain(self.today.x)
        clk = self.plain.nodes.clk
        tails = net.additive and not net.late_bounds and len(set(clk)) == 1  # else what must follow takes longer or shorter by when it is
        late, last = plain(self.late_starts[0]), net.clock(clk[0]).work(self.score(self.today).end) if clk else 0
        steps = [(max(time, -MOST_AHEAD), units) for time, units in self.steps_of(place)]
        work, several = [], {row.node for row in self.rows if row.way}
        for row in self.rows:
            if row.pool == place and row.node not in several:
                head = x[row.node] + row.begin
                if clk[row.node] != axis:
                    head = net.clock(clk[row.node]).start(head)
                tail = last - late[row.node] - row.end if tails and late[row.node] < FAR // 2 else 0
                work.append(Piece(head, row.units * (row.end - row.begin), tail))
        found = least_finish(steps, work)
        return None if found is None else net.clock(axis).finish(found)
