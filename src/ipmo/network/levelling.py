"""Levelling: dates at which work fits into pools of limited capacity, by schedule generation, sampling and forward-backward passes.

A pass makes one plan: priorities by a rule, with noise from the seed after the first passes; serial or parallel generation; one
forward-backward improvement. The best plan of all passes is kept. Passes are counted, no clock is read, and every number is a
whole one, so that the same question has the same answer with numba and without. Sources: Kolisch (EJOR 90, 1996), generation;
Kolisch and Hartmann (EJOR 174, 2006), sampling and rules; Valls, Ballestin and Quintanilla (EJOR 165, 2005), justification.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.clocks import FAR
from ipmo.network.energy import Piece, least_finish
from ipmo.network.kernels import alike as alike_kernels
from ipmo.network.kernels import generation as kernels
from ipmo.network.kernels import pieces as piece_kernels
from ipmo.network.kernels import pools as pool_kernels
from ipmo.network.kernels.alike import Steps
from ipmo.network.kernels.columns import PLAIN, Dates, Links, Nodes, Tables
from ipmo.network.kernels.generation import Leaving, Placing
from ipmo.network.kernels.passes import finish_of
from ipmo.network.kernels.pools import Pools, Takes
from ipmo.network.passes import Passes
from ipmo.network.plans import UNIT, Due, Levelling, Made, Pieces, Pool, Score, Split, Take
from ipmo.network.pooled import MOST_AHEAD, Pooled
from ipmo.network.positions import as_array, plain, plain_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["UNIT", "Due", "Leveller", "Levelling", "Pool", "Score", "Split", "Take"]

MOST_ALIKE = 40_000
"""Positions that take pools, times pools, up to which these stand in one row of steps."""
SAMPLED = 3
"""So many rules, of the first, noise is added to."""
DEVIATION = 37_837
"""Standard deviation of the sum of four numbers of 16 bits."""
NEAR = (20, 40, 80)
"""Half of the later passes vary the best plan by noise of one part in so many of its length, in turn."""
KEPT = 6
"""One position in so many takes another way by chance where the best plan so far is varied."""


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


class Leveller(Pooled):
    """Levels one network."""

    # -------------------------------------------------------------------------------------- priorities

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
        found = [min(one, other) for one, other in zip(plain(self.late_starts[0]), plain(self.late_starts[1]), strict=True)]
        for v in self.lasting:  # of the first way
            found[v] -= max(int(self.takes.long[self.takes.ways[v]]) - self._usual_length(v), 0)
        return self.as_column(found)

    def level(self, passes: int, seed: int, objective: Callable[[Score], tuple[int, ...]], in_order: Levelling | None = None) -> Levelling:
        """The best plan of so many passes.

        Args:
            passes: how many; more never give a worse plan.
            seed: of the noise.
            objective: puts the numbers of a score in the order that counts.
            in_order: a plan that no worse one is taken than.
        """
        today, first, best, found = self.usual_score, None, None, 0
        goal, made = objective(self.least_score), 0
        for number in range(passes):
            made += 1
            parallel, key = self._priority(number, seed, None if best is None else best[1].early)
            preferred = self._preferred(number, seed, None if best is None else best[1].chosen)
            self._keep_whole(number, seed)
            for plan in self.improved(parallel, key, preferred, self._forced(number, seed)):
                score = self.score(plan.early)
                first = first or score
                if best is None or (len(plan.over), objective(score)) < (len(best[1].over), objective(best[0])):
                    best, found = (score, plan), made
            assert best is not None
            if objective(best[0]) <= goal and not best[1].over:
                break
        assert best is not None
        assert first is not None
        if in_order is not None and (len(in_order.over), objective(in_order.score)) < (len(best[1].over), objective(best[0])):
            best, found = (in_order.score, Made(in_order.early, in_order.over, in_order.chosen, in_order.pieces)), 0
        plan, proved = best[1], objective(best[0]) <= goal and not best[1].over
        self.stand(plan)
        return Levelling(plan.early, best[0], today, self.least_score, first, plan.over, plan.chosen, made, found, proved, plan.pieces)

    def in_order(self) -> Levelling:
        """The plan without limits as people can do it: in the order of its dates, in its usual ways, each as early as it fits."""
        today = self.usual_score
        if len(self.takes.ptr) > self.network.n + 1 or self.lasting:
            self._prefer(None, [1] * self.network.n)
        for v in self.splits:
            self.takes.whole[v] = 0
        made = self.generated(0, self.as_column(self._instants(self.today.x, 0)))
        score = self.score(made.early)
        return Levelling(made.early, score, today, self.least_score, score, made.over, made.chosen, 0, 0, False, made.pieces)

    def _priority(self, number: int, seed: int, best: Dates | None) -> tuple[int, Ints]:
        """Whether a pass generates in parallel, and its priorities: each rule in both ways first, then rules and the best plan with noise."""
        rules = list(self.priorities)
        if number < 2 * len(rules):
            return 1 - number % 2, self.as_column(self.priorities[rules[number // 2]])
        import numpy as np

        number -= 2 * len(rules)
        words = np.random.Philox(key=np.array([seed % 2**64, number], np.uint64)).random_raw(self.network.n)
        parts = np.sum([(words >> np.uint64(16 * at)) & np.uint64(0xFFFF) for at in range(4)], 0).astype(np.int64) - 2 * 65535
        near = best is not None and number % 4 >= 2
        if near and best is not None:
            base, share = self._instants(best.x, 0), NEAR[number // 4 % len(NEAR)]
        else:
            base, share = self.priorities[rules[number // 2 % min(len(rules), SAMPLED)]], 10
        return 0 if near else 1 - number % 2, self.as_column(
            np.where(base < FAR // 2, base + parts * self._length // (share * DEVIATION), base)
        )

    @functools.cached_property
    def _length(self) -> int:
        """How long the plan without limits is from the first start of what takes something to its end, in minutes."""
        first = self._instants(self.today.x, 0)[sorted({row.node for row in self.asked})].min() if self.asked else 0
        return max(self.usual_score.end - int(first), 1)

    def _preferred(self, number: int, seed: int, best: Sequence[int] | None) -> Sequence[int] | None:
        """The way of each position that a pass takes where no other is sooner: the first in the first passes, then by chance, or mostly the best so far."""
        number -= 2 * len(self.priorities)
        if number < 0 or len(self.takes.ptr) == self.network.n + 1:
            return None
        import numpy as np

        words = np.random.Philox(key=np.array([seed % 2**64, number + 2**40], np.uint64)).random_raw(self.network.n)
        count = np.diff(as_array(self.takes.ways)).astype(np.uint64)
        found = (words % count).astype(np.int64)
        if best is not None and self.lasting and number % 4 == 3:
            found = np.where((words >> np.uint64(40)) % np.uint64(KEPT) == 0, found, np.array(best, np.int64))
        return plain_list(found)

    def _forced(self, number: int, seed: int) -> Sequence[int] | None:
        """Which positions take their preferred way in a pass although another is done sooner: none in the first passes, then half or all of them."""
        number -= 2 * len(self.priorities)
        if number < 0 or not self.lasting:
            return None
        import numpy as np

        words = np.random.Philox(key=np.array([seed % 2**64, number + 2**41], np.uint64)).random_raw(self.network.n)
        return plain_list((words % np.uint64(2)).astype(np.int64) if number % 4 != 3 else np.ones(self.network.n, np.int64))

    def _keep_whole(self, number: int, seed: int) -> None:
        """Which positions are not interrupted in a pass although they may be: none in the first passes, then a quarter by chance."""
        for v in self.splits:
            self.takes.whole[v] = 0
        number -= 2 * len(self.priorities)
        if number < 0 or not self.splits:
            return
        import numpy as np

        words = np.random.Philox(key=np.array([seed % 2**64, number + 2**42], np.uint64)).random_raw(len(self.splits))
        for v, word in zip(sorted(self.splits), words.tolist(), strict=True):
            self.takes.whole[v] = int(word % 4 == 0)

    def improved(
        self, parallel: int, key: Ints, preferred: Sequence[int] | None = None, forced: Sequence[int] | None = None
    ) -> Iterator[Made]:
        """A generated plan, and what forward-backward passes make of it.

        Args:
            parallel: 1 by instant, 0 by priority.
            key: priorities by position.
            preferred: the way of each position that is taken where no other is sooner; the first where nobody says.
            forced: 1 for each position that is to take it although another lasts less and is done sooner; none where nobody says.
        """
        several = len(self.takes.ptr) > self.network.n + 1 or bool(self.lasting)
        if several:
            self._prefer(preferred, forced)
        made = self.generated(parallel, key)
        yield made
        if self.within_float:
            return
        back = self.as_column(self._instants(self._back(made.early), 0))
        if self.lasting:
            self._prefer(made.chosen, [1] * self.network.n)
        yield self.generated(0, back)

    def _prefer(self, preferred: Sequence[int] | None, forced: Sequence[int] | None) -> None:
        takes = self.takes
        for v in range(self.network.n):
            takes.first[v] = takes.ways[v] + (0 if preferred is None else preferred[v])
            takes.forced[v] = 0 if forced is None else forced[v]

    def generated(self, parallel: int, key: Ints) -> Made:
        """One plan, the positions that did not fit, and the ways in which work takes what it takes.

        Args:
            parallel: 1 by instant, 0 by priority.
            key: priorities by position.
        """
        if self.fast:
            early = Dates(self._low.x.copy(), self._low.edge.copy())
            self._run(alike_kernels.generate_alike, parallel, key, *self._alike_columns(), early, self.placing)
            return Made(early, (), self._first_ways, {})
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
                    self._pieces_now(),
                )
            self._give_up(never)

    def _pieces_now(self) -> Pieces:
        """The pieces of those that are interrupted in what was generated last."""
        found = {}
        for v in sorted(self.splits):
            first, count = int(self.takes.room[v]), int(self.takes.pieces[v])
            if count > 1:
                found[v] = tuple((int(self.takes.piece[k]), int(self.takes.piece_end[k])) for k in range(first, first + count))
        return found

    def _back(self, early: Dates) -> Ints:
        """Starts as late as they can be without a later end."""
        import numpy as np

        end, finish = self.score(early).end, self._instants(early.x, 1)
        ends = [self.network.clock(number).work(end) for number in range(max(plain(self.nodes.clk), default=0) + 1)]
        last = np.array(ends, np.int64)[as_array(self.nodes.clk)] - as_array(self.nodes.dur)
        if self.fast:
            late = self.as_column(np.where(finish <= end, last, as_array(early.x)))
            self._run(alike_kernels.generate_back_alike, self.as_column(-finish), *self._alike_columns(), early, late, self.placing)
            return late
        while True:
            room, late = self.room, self.as_column(np.where(finish <= end, last, as_array(early.x)))
            self._run(pool_kernels.refill, room.left, room.taken)
            some = (self.links, self.nodes, self.cal, self.leaving, self.takes, room.left, self.fixed)
            if self._run(kernels.generate_back, self.as_column(-finish), *some, early, late, room.placing) == 0:
                return late
            self._more_room()

    # ------------------------------------------------------------------------------------ on one clock

    @functools.cached_property
    def alike(self) -> Steps | None:
        """All pools in one row of steps, where all that takes them runs on one clock, needs them all the time and fits in the end; None else.

        Only of so much that the row is not too long: else each pool by itself is faster.
        """
        used, takers = sorted({row.pool for row in self.rows}), {row.node for row in self.rows}
        clocks = {int(self.nodes.clk[v]) for v in takers}
        last = [self.steps_of(place)[-1][1] for place in used]
        if (
            not 0 < len(used) * len(takers) <= MOST_ALIKE
            or self.within_float
            or self.several
            or len(clocks) > 1
            or any(self.axes[place] not in clocks or self.pools[place].used_up for place in used)
            or len({(row.node, row.pool) for row in self.rows}) < len(self.rows)
            or any(self.fixed[v] != FAR for v in takers)
            or any(row.begin or row.end != int(self.nodes.dur[row.node]) or row.units > last[used.index(row.pool)] for row in self.rows)
        ):
            return None
        return self._in_one_row(used)

    @functools.cached_property
    def fast(self) -> bool:
        """Plans are generated on one clock: where that can be, and kernels are compiled; plain Python takes each pool by itself sooner."""
        return self.compiled and self.alike is not None

    def _in_one_row(self, used: Sequence[int]) -> Steps:
        import numpy as np

        found, number = [self.steps_of(place) for place in used], len(used)
        times = sorted({time for steps in found for time, _ in steps})
        need, easy = np.zeros((self.network.n, number), np.int64), np.zeros(self.network.n, np.int64)
        for row in self.rows:
            need[row.node, used.index(row.pool)] = row.units
        takes = np.minimum(need.sum(axis=1), 1).astype(np.int64).reshape(-1)
        time, free = (
            np.zeros(len(times) + 2 * int(takes.sum()) + 2, np.int64),
            np.zeros((len(times) + 2 * int(takes.sum()) + 2, number), np.int64),
        )
        time[: len(times)] = times
        for r, steps in enumerate(found):
            begins = np.array([at for at, _ in steps], np.int64)
            free[: len(times), r] = np.array([units for _, units in steps], np.int64)[np.searchsorted(begins, times, side="right") - 1]
        plain_links, heads = as_array(self.links.mode) == PLAIN, np.repeat(np.arange(self.network.n), np.diff(as_array(self.links.ptr)))
        easy[:] = (as_array(self.nodes.mark) == 0) & (as_array(self.nodes.high) >= FAR)
        easy[heads[~plain_links]] = 0
        return Steps(number, len(times), time, free.ravel(), need.ravel(), takes, easy)

    @functools.cached_property
    def placing(self) -> Placing:
        """Room to place in."""
        return Placing(*(self._filled(self.network.n, 0) for _ in range(4)))

    def _alike_columns(self) -> tuple[Links, Nodes, Tables, Leaving, Steps, Ints, Ints]:
        """What generation on one clock works on."""
        assert self.alike is not None
        time, free = self._spare_steps
        return self.links, self.nodes, self.cal, self.leaving, self.alike, time, free

    @functools.cached_property
    def _spare_steps(self) -> tuple[Ints, Ints]:
        assert self.alike is not None
        return self.alike.time.copy(), self.alike.free.copy()

    @functools.cached_property
    def _first_ways(self) -> tuple[int, ...]:
        return (0,) * self.network.n

    # -------------------------------------------------------------------------------------------- room

    @functools.cached_property
    def room(self) -> _Room:
        """The pools, and room to work in."""
        while True:
            full, left = self._full(), self._full()
            self._choose(self.takes, None)
            if self._hold(full):
                return _Room(full, left, self.placing)
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
    def _choose(takes: Takes, plan: Made | Levelling | None) -> None:
        """Sets the way in which each position takes what it takes, and its pieces; the first of each, in one piece, without a plan."""
        for v in range(len(takes.chosen)):
            takes.chosen[v] = takes.ways[v] + (0 if plan is None else plan.chosen[v])
            takes.pieces[v] = 0
        for v, pieces in plan.pieces.items() if plan is not None else ():
            takes.pieces[v] = len(pieces)
            for k, (begin, end) in enumerate(pieces, int(takes.room[v])):
                takes.piece[k], takes.piece_end[k] = begin, end

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
            if self._run(fit, *some, int(self.today.x[v]), FAR) >= FAR // 2 and not (
                v in self.splits and self._run(piece_kernels.in_pieces, *some, int(self.today.x[v]), self._usual_length(v), FAR)[2]
            ):
                found.add(v)
        return found

    def fit_nowhere(self) -> tuple[int, ...]:
        """Positions that fit nowhere from their start without limits on, even beside nothing but what stays: hours of their pools never suffice."""
        pools, some = self.pools, set[int]()
        for row in self.rows:
            pool = pools[row.pool]  # of the others there is enough for ever, from some day on
            if self.fixed[row.node] == FAR and not pool.used_up and (pool.clock is not None or pool.steps[-1][1] < row.units):
                some.add(row.node)
        while some:
            found = self._fit_nowhere(some)
            if not any(map(self._more_ahead, found)):
                return tuple(sorted(found))
            self._horizon = self.network.base + min(4 * (self._horizon - self.network.base), MOST_AHEAD)
            del self.room
        return ()

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
        if self.lasting:  # of a plan: others may follow
            links, nodes = links._replace(w=links.w.copy()), nodes._replace(dur=nodes.dur.copy())
        return PlainColumns(Links(*map(plain, links)), Nodes(*map(plain, nodes)), Takes(*map(plain, takes)))

    def read(self, plan: Levelling) -> PlainColumns:
        """The network, as long as everything lasts in a plan, and what is taken, as plain lists; `plain` from now on."""
        self.__dict__.pop("plain", None)
        self.stand(plan)
        self._choose(self.plain.takes, plan)
        return self.plain

    def finishes(self, plan: Levelling) -> list[int]:
        """When each position finishes in a plan, as an instant; FAR of what has no date."""
        self.stand(plan)
        x, edge, clk, dur = plain(plan.early.x), plain(plan.early.edge), plain(self.nodes.clk), plain(self.nodes.dur)
        cal = self.network.clock_tables
        return [int(finish_of(cal, clk[v], x[v] + dur[v], edge[v])) if x[v] < FAR // 2 else FAR for v in range(self.network.n)]

    def bounds(self, early: Dates) -> Dates:
        """The earliest start of each position by its own bounds and its links, with everything before it where a plan has it."""
        x, edge = plain(early.x), plain(early.edge)
        low, low_edge = plain(self._low.x), plain(self._low.edge)
        out, cal, columns = Dates(list(x), list(edge)), self.network.clock_tables, self.plain
        own, takes = Dates(list(x), list(edge)), columns.takes
        for v in range(self.network.n):
            own.x[v], own.edge[v] = low[v], low_edge[v]
            if v in self.lasting:
                own.x[v], own.edge[v] = takes.low[takes.chosen[v]], takes.low_edge[takes.chosen[v]]
            kernels.bound_by_links(columns.links, columns.nodes, cal, v, own)
            out.x[v], out.edge[v] = own.x[v], own.edge[v]
            own.x[v], own.edge[v] = x[v], edge[v]
        return out

    def left_by(self, plan: Levelling) -> Pools:
        """What a plan leaves of the pools, in plain lists; the plain columns take what it takes from then on."""
        self._choose(self.plain.takes, plan)
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
        net, axis, x = self.network, self.axes[place], plain(self.least.x)
        if self.pools[place].used_up:
            return None
        clk = self.plain.nodes.clk
        tails = (
            not self.varying and net.additive and not net.late_bounds and len(set(clk)) == 1
        )  # else what must follow takes longer or shorter by when it is
        late, last = plain(self.late_starts[0]), net.clock(clk[0]).work(self.usual_score.end) if clk else 0
        steps = [(max(time, -MOST_AHEAD), units) for time, units in self.steps_of(place)]
        work = []
        for row in self.rows:
            if row.pool == place and row.node not in self.choosing:
                head = x[row.node] + row.begin
                if clk[row.node] != axis:
                    head = net.clock(clk[row.node]).start(head)
                tail = last - late[row.node] - row.end if tails and late[row.node] < FAR // 2 else 0
                work.append(Piece(head, row.units * (row.end - row.begin), tail))
        found = least_finish(steps, work)
        return None if found is None else net.clock(axis).finish(found)
