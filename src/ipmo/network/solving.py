"""Levelling by OR-tools CP-SAT: a plan of the heuristic is handed over as a hint, and what comes back is generated anew by the engine.

The model counts the working minutes of the clock that most work runs on, in the coarsest common step. Where everything runs on that clock
it says what the network says; else lengths and lags are those that the plan at hand has, and the order of starts that is found is all that
is kept: serial generation in that order makes a plan that keeps every calendar. The better of both plans is the answer, so that it is never
worse. Work that may be interrupted is cut into a few pieces one after the other, which are nothing where they are not needed. Sources: cumulative scheduling by lazy clause generation, Schutt et al. (Constraints 16, 2011); order to plan, Kolisch (EJOR 90, 1996).
"""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs

from ipmo.errors import MissingExtraError
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels.columns import FAR, ONE_IS_ENOUGH, STARTS_SHIFT
from ipmo.network.levelling import Leveller
from ipmo.network.plans import Due, Levelling, Score, Solved
from ipmo.network.positions import plain
from ipmo.network.states import FROM_FINISH, NUMBERS, TO_FINISH

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["improve"]

MOST_PIECES = 4
"""So many pieces of one piece of work are modelled, at most."""
MOST_STEPS = 30_000
"""Steps that the horizon has at most: a solver slows down with more."""
WORKERS = 8
"""Threads, at most."""
LATE, END, ENDS, MOVED, LOSS, PUT_OFF = range(6)


def improve(
    leveller: Leveller, plan: Levelling, places: Sequence[int], *, seconds: float, seed: int = 1, workers: int | None = None
) -> tuple[Levelling, Solved]:
    """The plan, or a better one, and what the solver says about it.

    Args:
        leveller: what made the plan.
        plan: the plan.
        places: the numbers of a score in the order that counts.
        seconds: wall-clock time that the solver has.
        seed: of the solver.
        workers: threads; as many as there are cores, at most eight, where nobody says.

    Raises:
        MissingExtraError: OR-tools is not installed.
    """
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise MissingExtraError("levelling by CP-SAT", "OR-tools", "pip install 'ipmo[level]'") from None
    sat = cp_model.CpSolver()
    sat.parameters.num_workers = workers or min(os.cpu_count() or 1, WORKERS)
    sat.parameters.random_seed = seed % 2**31
    leveller.read(plan)
    made = _Model(cp_model.CpModel(), leveller, plan, places)
    status, bound, starts, ways = made.solve(sat, seconds)
    if starts is None:
        return plan, Solved(status=status, bound=bound, before=plan.score, unit=made.unit, exact=made.exact)
    best = plan
    forced = [1] * leveller.network.n if leveller.lasting else None
    for v in leveller.splits:
        leveller.takes.whole[v] = 0
    for order in made.instants(starts):
        for one in leveller.improved(0, leveller.as_column(order), ways, forced):
            score = leveller.score(one.early)
            if (len(one.over), _ordered(score, places)) < (len(best.over), _ordered(best.score, places)):
                best = attrs.evolve(best, early=one.early, score=score, over=one.over, chosen=one.chosen, pieces=one.pieces)
    leveller.stand(best)
    proved = not best.over and _ordered(best.score, places) <= _ordered(plan.least, places)
    return attrs.evolve(best, proved=proved), Solved(status=status, bound=bound, before=plan.score, unit=made.unit, exact=made.exact)


def _ordered(score: Score, places: Sequence[int]) -> tuple[int, ...]:
    return tuple(score[place] for place in places)


class _Piece(NamedTuple):
    """One piece of work that may be interrupted: it lasts from its start so many steps, none where it is not needed, to its end."""

    start: cp_model.IntVar
    size: cp_model.IntVar
    end: cp_model.IntVar


class _Model:
    """The model of one network, and what its variables say.

    Args:
        model: takes the constraints.
        leveller: the network and the pools.
        plan: where lengths and lags are read from that calendars make longer or shorter, and the hint.
        places: the numbers of a score in the order that counts.
    """

    def __init__(self, model: cp_model.CpModel, leveller: Leveller, plan: Levelling, places: Sequence[int]) -> None:
        self.model, self.leveller, self.plan, self.places = model, leveller, plan, places
        self.network, q = leveller.network, leveller.plain
        self.links, self.nodes, self.cal = q.links, q.nodes, leveller.network.clock_tables
        self.x, self.edge, self.fixed = plain(plan.early.x), plain(plan.early.edge), plain(leveller.fixed)
        taking = Counter(self.nodes.clk[row.node] for row in leveller.rows)
        self.axis = taking.most_common(1)[0][0] if taking else 0
        self.clock = self.network.clock(self.axis)
        self.used = self._of_account()
        self.at = [self._on_axis(v, self.x[v]) for v in range(self.network.n)]
        self.length = [self._long(v) for v in range(self.network.n)]
        self.low = [self._on_axis(v, value) for v, value in enumerate(plain(leveller.least.x))]
        self.usual = [self._on_axis(v, value) for v, value in enumerate(plain(leveller.today.x))]
        self.offset = min((low for v, low in enumerate(self.low) if self.used[v]), default=0)
        ptr, src = self.links.ptr, self.links.src
        self.lags = [
            (src[k], v, self.links.typ[k], self._lag(k, v))
            for v in range(self.network.n)
            if self.used[v]
            for k in range(ptr[v], ptr[v + 1])
        ]
        self.exact = self._says_the_same()
        self.pools = [list(self._free(place)) for place in range(len(leveller.pools))]
        self.unit = self._step()
        self.start = self._variables()

    # -------------------------------------------------------------------------------------------- times

    def _of_account(self) -> list[bool]:
        """Whether a position takes something, ends something or is due, or something such comes after it."""
        used = [group >= 0 for group in plain(self.leveller.group)]
        for row in self.leveller.rows:
            used[row.node] = True
        for due in (*self.leveller.due, *self.leveller.losses):
            for node in due.nodes:
                used[int(self.network.positions.pos[node])] = True
        for v in reversed(range(self.network.n)):
            if used[v]:
                for k in range(self.links.ptr[v], self.links.ptr[v + 1]):
                    used[self.links.src[k]] = True
        return used

    def _on_axis(self, v: int, worked: int) -> int:
        """A start of a position as minutes of the axis."""
        return worked if self.nodes.clk[v] == self.axis else self.clock.work(self.network.clock(self.nodes.clk[v]).start(worked))

    def _long(self, v: int) -> int:
        """How long a position is on the axis, by what share of a week each clock works."""
        clk, long = self.nodes.clk[v], self.nodes.dur[v]
        if clk == self.axis or not long:
            return long
        begin = self.network.clock(clk).start(self.x[v])
        weeks = (self.network.clock(clk).finish(self.x[v] + long) - begin) // 10080 + 1
        there, own = (
            self.network.clock(number).work(begin + weeks * 10080) - self.network.clock(number).work(begin) for number in (self.axis, clk)
        )
        return max(long * there // own, 1) if own else long

    def _lag(self, k: int, v: int) -> int:
        """How much later than its source a link lets a position start, on the axis."""
        u = self.links.src[k]
        if self.links.mode[k] in NUMBERS:
            if self.nodes.clk[u] == self.nodes.clk[v] == self.axis:
                return self.links.w[k]
            start = self.x[u] + self.links.w[k]
        else:
            start = link_kernels.push(self.cal, self.links, self.nodes, k, v, self.x[u], self.edge[u])
        return self._on_axis(v, start) - self.at[u]

    def _says_the_same(self) -> bool:
        """Whether everything runs on the axis, each link is a number, and nothing that stays can be moved."""
        nodes, used, ptr, axes = self.nodes, [v for v, one in enumerate(self.used) if one], self.links.ptr, self.leveller.axes
        if (
            {nodes.clk[v] for v in used} | {axes[row.pool] for row in self.leveller.rows} != {self.axis}
            or self.plan.over
            or self.leveller.within_float
            or not all(self._in_pieces(v) == one.most for v, one in self.leveller.splits.items())
        ):
            return False
        if any(nodes.mark[v] & (ONE_IS_ENOUGH | STARTS_SHIFT) or nodes.high[v] < FAR for v in used):
            return False
        return all(mode in NUMBERS for v in used for mode in self.links.mode[ptr[v] : ptr[v + 1]]) and all(
            one == FAR or (one == self.x[v] and ptr[v] == ptr[v + 1]) for v, one in enumerate(self.fixed)
        )

    def _free(self, place: int) -> Iterator[tuple[int, int]]:
        """(minute of the axis, units) of a pool from when on so many are free beside what stays; hours in which the axis rests are left out."""
        taken, number = self.leveller.room.taken, self.leveller.axes[place]
        first, clock, last = int(taken.first[place]), self.network.clock(number), -1
        for k in range(first, first + int(taken.steps[place])):
            time, units = int(taken.time[k]), max(int(taken.free[k]), 0)
            at = -FAR if k == first else time if number == self.axis else self.clock.work(clock.start(time))
            following = int(taken.time[k + 1]) if k + 1 < first + int(taken.steps[place]) else FAR
            if following < FAR and number != self.axis and self.clock.work(clock.start(following)) == at:
                continue
            if units != last:
                yield at, units
            last = units

    def _step(self) -> int:
        """The coarsest step that all times have in common; a coarser one, and no exact model, where that are too many."""
        rows = self.leveller.rows
        used = [v for v, one in enumerate(self.used) if one]
        times = {
            *(self.length[v] for v in used),
            *self.leveller.lengths.values(),
            *(row.begin for row in rows),
            *(row.end for row in rows if row.end < FAR),
            *(lag for *_, lag in self.lags),
        }
        times |= {
            value - self.offset for value in (*(self.low[v] for v in used), *(t for steps in self.pools for t, _ in steps if t > -FAR // 2))
        }
        times |= {self.at[v] - self.offset for v, one in enumerate(self.fixed) if one != FAR}
        times |= {one.least for one in self.leveller.splits.values()}
        common = math.gcd(*times) or 1
        if self.leveller.splits and common > 1:
            self.exact = False  # the best pieces may end within a step
        horizon = max((self.at[v] + max(self.length[v], self._longest(v)) for v in used), default=0) - self.offset
        if horizon // common > MOST_STEPS:
            self.exact = False
            return common * -(-horizon // (common * MOST_STEPS))
        return common

    def _longest(self, v: int) -> int:
        return max((long for (one, _), long in self.leveller.lengths.items() if one == v), default=0) if v in self.leveller.lasting else 0

    def _up(self, minutes: int) -> int:
        return -(-minutes // self.unit)

    def _in_pieces(self, v: int) -> int:
        """Into how many pieces the work of a position may be cut in the model; 1 where it is looked at in one piece, as what has several ways is, or takes now more, now less."""
        rows = [row for row in self.leveller.rows if row.node == v]
        alike = all(row.begin == 0 and row.end in (self.leveller.lengths[v, 0], FAR) for row in rows)
        if v in self.leveller.choosing or not alike or self.nodes.clk[v] != self.axis:
            return 1
        return min(self.leveller.splits[v].most, MOST_PIECES)

    def _cut(self, v: int, start: cp_model.IntVar) -> list[_Piece]:
        """The pieces of a position one after the other: together as long as it is, each as long as one must be, or nothing."""
        from ortools.sat.python import cp_model as cp

        length, least = self._up(self.leveller.lengths[v, 0]), self._up(self.leveller.splits[v].least)
        sizes = cp.Domain.from_intervals([[0, 0], [min(least, length), length]])
        out = list[_Piece]()
        for number in range(self._in_pieces(v)):
            begins = start if not number else self.model.new_int_var(0, self.horizon, "")
            one = _Piece(begins, self.model.new_int_var_from_domain(sizes, ""), self.model.new_int_var(0, self.horizon, ""))
            self.model.add(one.end == one.start + one.size)
            self.model.add(one.size > 0 if not number else one.start >= out[-1].end)
            out.append(one)
        self.model.add(sum((one.size for one in out[1:]), start=out[0].size) == length)
        return out

    def _lasts(self, v: int) -> cp_model.LinearExpr:
        """How long a position that can last differently does, in steps."""
        if v in self.pieces:
            return self.pieces[v][-1].end - self.pieces[v][0].start
        parts = [self._way_length(v, way) * taken for (one, way), taken in self.ways.items() if one == v]
        return sum(parts[1:], start=parts[0])

    def _finish(self, v: int) -> cp_model.LinearExpr:
        return self.start[v] + self._lasts(v) if v in self.lasting else self.start[v] + self._up(self.length[v])

    def _way_length(self, v: int, way: int) -> int:
        """How long a way lasts, in steps; on another clock than the axis, in proportion to how long its position lasts now."""
        takes = self.leveller.plain.takes  # ways that differ in who does them only last as long as the usual one
        long = self.leveller.lengths.get((v, way), takes.long[takes.ways[v] + way])
        if self.nodes.clk[v] != self.axis and self.nodes.dur[v]:
            long = max(long * self.length[v] // self.nodes.dur[v], 1)
        return self._up(long)

    # -------------------------------------------------------------------------------------------- model

    def _variables(self) -> list[cp_model.IntVar]:
        """The start of each position, with links and pools."""
        leveller, n = self.leveller, self.network.n
        ends = [
            self._up(at - self.offset) + self._up(long) if one else 0 for at, long, one in zip(self.at, self.length, self.used, strict=True)
        ]
        counted = [v for v, group in enumerate(plain(leveller.group)) if group >= 0]
        self.end = max((ends[v] for v in counted), default=0)
        sure = self.exact and not self.plan.over and (self.places[0] == END or (self.places[0] == LATE and self._at_floor(LATE)))
        self.horizon = max([*ends, 1]) if sure else max([*ends, 1]) * 5 // 4 + 1
        stays = [(self.fixed[v] != FAR and self.fixed[v] == self.x[v]) or self.nodes.high[v] < FAR for v in range(n)]
        self.lasting = frozenset(v for v in leveller.lasting if not stays[v])
        self.ways = self._ways(stays)
        start: list[cp_model.IntVar] = []
        for v in range(n):
            low = self._up(self.at[v] - self.offset) if stays[v] else max((self.low[v] - self.offset) // self.unit, 0)
            low = low if self.used[v] else 0
            shortest = (
                min((self._way_length(v, way) for one, way in self.ways if one == v), default=0)
                if v in self.lasting
                else self._up(self.length[v])
            )
            high = low if stays[v] else max(self.horizon - shortest, low)
            start.append(self.model.new_int_var(low, high, ""))
        splits = [v for v in self.leveller.splits if not stays[v] and self._in_pieces(v) > 1]
        self.pieces: dict[int, list[_Piece]] = {}
        self.pieces |= {v: self._cut(v, start[v]) for v in splits}
        now = {v: self.plan.pieces.get(v) or ((self.x[v], self.x[v] + self.length[v]),) for v in splits}
        self.cuts = {
            v: [(self._up(begin - self.offset), self._up(end - self.offset)) for begin, end in pieces]
            for v, pieces in now.items()
            if len(pieces) <= len(self.pieces[v])
        }
        for u, v, typ, lag in self.lags:
            if not (self.nodes.mark[v] & ONE_IS_ENOUGH or (stays[v] and (stays[u] or not self.exact))):
                self.model.add(start[v] >= sum(self._longer(u, v, typ), start=start[u] + self._up(lag)))
        takes = self.leveller.plain.takes
        for (v, way), taken in self.ways.items():
            if v in self.lasting and takes.low[takes.ways[v] + way] > -FAR // 2:
                least = self._on_axis(v, takes.low[takes.ways[v] + way])
                self.model.add(start[v] >= (least - self.offset) // self.unit).only_enforce_if(taken)
        for place, steps in enumerate(self.pools):
            self._pool(place, steps, start, stays, self.ways)
        return start

    def _longer(self, u: int, v: int, typ: int) -> Iterator[cp_model.LinearExpr]:
        """By how many steps more a link asks for than in the plan at hand, by the ways that its ends are done in."""
        if u in self.lasting and typ in FROM_FINISH:
            yield self._lasts(u) - self._up(self.length[u])
        if v in self.lasting and typ in TO_FINISH:
            yield self._up(self.length[v]) - self._lasts(v)

    def _ways(self, stays: Sequence[bool]) -> dict[tuple[int, int], cp_model.IntVar]:
        """Whether each way of the work that has several is the one that is taken, by position and way."""
        found: dict[tuple[int, int], cp_model.IntVar] = {}
        names_of: dict[int, set[int]] = {}
        for v, way in (*((row.node, row.way) for row in self.leveller.rows), *self.leveller.lengths):
            if v in self.leveller.several and not stays[v] and (v, way) not in self.leveller.blocked:
                names_of.setdefault(v, set()).add(way)
        for v, all_of in sorted(names_of.items()):
            names = sorted(all_of)
            found |= {(v, way): self.model.new_bool_var("") for way in names}
            self.model.add_exactly_one(found[v, way] for way in names)
        return found

    def _pool(
        self,
        place: int,
        steps: Sequence[tuple[int, int]],
        start: Sequence[cp_model.IntVar],
        stays: Sequence[bool],
        ways: Mapping[tuple[int, int], cp_model.IntVar],
    ) -> None:
        """No more of a pool is taken than is free: what there is less of for a time is taken by work that stays there."""
        rows = [row for row in self.leveller.rows if row.pool == place and not stays[row.node]]
        if not rows:
            return
        most = max(units for _, units in steps)
        share = math.gcd(*(row.units for row in rows), *(units for _, units in steps)) or 1
        intervals: list[cp_model.IntervalVar] = []
        demands: list[int] = []
        for row in rows:
            if row.node in self.pieces and row.end < FAR:
                pieces = self.pieces[row.node]
                intervals += [self.model.new_interval_var(one.start, one.size, one.end, "") for one in pieces]
                demands += [row.units // share] * len(pieces)
                continue
            if row.end >= FAR:  # what is used up is gone until the end
                left, taken = self.model.new_int_var(0, self.horizon + 1, ""), ways.get((row.node, row.way))
                some = (start[row.node], left, self.horizon + 1)
                intervals.append(
                    self.model.new_interval_var(*some, "") if taken is None else self.model.new_optional_interval_var(*some, taken, "")
                )
                demands.append(row.units // share)
                continue
            begin, end = row.begin // self.unit, self._up(row.end)
            if self.nodes.clk[row.node] != self.axis:
                whole, own = self.length[row.node], max(self.nodes.dur[row.node], 1)
                begin, end = row.begin * whole // own // self.unit, self._up(row.end * whole // own)
            begins, long = start[row.node] + begin, max(end - begin, 1)
            if (row.node, row.way) in ways:
                intervals.append(self.model.new_optional_fixed_size_interval_var(begins, long, ways[row.node, row.way], ""))
            else:
                intervals.append(self.model.new_fixed_size_interval_var(begins, long, ""))
            demands.append(row.units // share)
        for at, (since, units) in enumerate(steps):
            begin = max((since - self.offset) // self.unit, 0) if since > -FAR // 2 else 0
            end = self._up(steps[at + 1][0] - self.offset) if at + 1 < len(steps) else self.horizon + 1
            end = min(max(end, 0), self.horizon + 1)
            if units < most and end > begin:
                intervals.append(self.model.new_fixed_size_interval_var(begin, end - begin, ""))
                demands.append((most - units) // share)
        self.model.add_cumulative(intervals, demands, most // share)

    def _at_floor(self, place: int) -> bool:
        return self.plan.score[place] <= self.plan.least[place]

    def _due(self, some: Sequence[Due]) -> list[tuple[cp_model.IntVar, int]]:
        """(late, weight) of what is due by a date, in steps."""
        out = []
        for due in some:
            late = self.model.new_int_var(0, 2 * self.horizon + 1, "")
            by = (self.clock.work(due.date) - self.offset) // self.unit
            places = [int(self.network.positions.pos[node]) for node in due.nodes]
            if due.at_start and len(places) > 1:
                first = self.model.new_int_var(0, 2 * self.horizon + 1, "")
                self.model.add_min_equality(first, [self.start[v] for v in places])
                self.model.add(late >= first - by)
            else:
                for v in places:
                    self.model.add(late >= (self.start[v] if due.at_start else self._finish(v)) - by)
            out.append((late, due.weight))
        return out

    def _goal(self, place: int) -> cp_model.LinearExprT:
        """A number of a score, in steps."""
        if place in (LATE, LOSS):
            some = self._due(self.leveller.due if place == LATE else self.leveller.losses)
            return sum((weight * late for late, weight in some), start=self.model.new_constant(0))
        if place == MOVED:
            return sum(self._moved(), start=self.model.new_constant(0))
        if place == PUT_OFF:
            return sum(self._put_off(), start=self.model.new_constant(0))
        ends: dict[int, cp_model.IntVar] = {}
        for v, group in enumerate(plain(self.leveller.group)):
            if group >= 0:
                key = group if place == ENDS else 0
                if key not in ends:
                    ends[key] = self.model.new_int_var(0, self.horizon, "")
                self.model.add(ends[key] >= self._finish(v))
        weights = self.leveller.weights if place == ENDS else [1]
        return sum((weights[key] * end for key, end in ends.items()), start=self.model.new_constant(0))

    def _moved(self) -> Iterator[cp_model.IntVar]:
        """For each position that takes something, whether it starts otherwise than without limits."""
        for v in sorted({row.node for row in self.leveller.asked}):
            other = self.model.new_bool_var("")
            self.model.add(self.start[v] == (self.usual[v] - self.offset) // self.unit).only_enforce_if(other.negated())
            yield other

    def _put_off(self) -> Iterator[cp_model.IntVar]:
        """For each thing that is due, whether some of it comes later than without limits."""
        for due in self.leveller.due:
            other = self.model.new_bool_var("")
            for v in (int(self.network.positions.pos[node]) for node in due.nodes):
                usual = self._up(self.usual[v] + (0 if due.at_start else self.length[v]) - self.offset)
                reached = self.start[v] if due.at_start else self._finish(v)
                self.model.add(reached <= usual).only_enforce_if(other.negated())
            yield other

    # -------------------------------------------------------------------------------------------- answer

    def solve(self, sat: cp_model.CpSolver, seconds: float) -> tuple[str, int | None, list[int] | None, list[int]]:
        """The status, the bound of the finish, the starts on the axis in steps, and the way of each position; one number of the score after the other."""
        until, found, status, bound = time.monotonic() + seconds, None, "unknown", None
        hint = [self._up(at - self.offset) for at in self.at]
        first, ways = True, list(self.plan.chosen)
        for place in self.places:
            goal = self._goal(place)
            if self.exact and self._at_floor(place) and place in (LATE, END):
                if place == END:
                    self.model.add(goal <= self.end)
                    status, bound = "optimal", self.plan.least.end
                elif not self.plan.score[LATE]:
                    self.model.add(goal <= 0)
                continue
            left = until - time.monotonic()
            if left <= 0:
                break
            self.model.clear_hints()  # type: ignore[no-untyped-call]
            for variable, value in zip(self.start, hint, strict=True):
                self.model.add_hint(variable, value)
            for (v, way), taken in self.ways.items():
                self.model.add_hint(taken, ways[v] == way)
            for v, pieces in self.cuts.items():
                self._hint(v, pieces)
            self.model.minimize(goal)
            sat.parameters.max_time_in_seconds = left
            came = sat.status_name(sat.solve(self.model)).lower()
            if came == "infeasible" and first:
                return ("infeasible" if self.exact else "unknown"), None, None, ways
            if came not in ("optimal", "feasible"):
                break
            found = hint = [sat.value(variable) for variable in self.start]
            self.cuts = {v: [(sat.value(one.start), sat.value(one.end)) for one in pieces] for v, pieces in self.pieces.items()}
            for (v, way), taken in self.ways.items():
                ways[v] = way if sat.boolean_value(taken) else ways[v]
            if place == END and self.exact:
                status, least = came, math.ceil(sat.best_objective_bound - 1e-6)
                if first or not self.leveller.due:
                    bound = self.clock.finish(self.offset + least * self.unit)
            elif status == "unknown":
                status = "feasible"
            first = False
            if came != "optimal":
                break
            self.model.add(goal <= round(sat.objective_value))
        return status, bound, found, ways

    def _hint(self, v: int, pieces: Sequence[tuple[int, int]]) -> None:
        """The pieces of a position as they stand; what is left over stands empty at the end."""
        for number, one in enumerate(self.pieces[v]):
            begin, end = pieces[number] if number < len(pieces) else (pieces[-1][1],) * 2
            for variable, value in ((one.start, begin), (one.size, end - begin), (one.end, end)):
                if number or variable is not one.start:  # the first begins when its position does
                    self.model.add_hint(variable, value)

    def instants(self, starts: Sequence[int]) -> Iterator[list[int]]:
        """Starts as instants: priorities for serial generation; beside them those of last pieces, since what interrupts some work goes before it."""
        yield [self.clock.start(self.offset + value * self.unit) for value in starts]
        last = {v: max((begin for begin, end in pieces if end > begin), default=starts[v]) for v, pieces in self.cuts.items()}
        if any(begin > starts[v] for v, begin in last.items()):
            yield [self.clock.start(self.offset + last.get(v, value) * self.unit) for v, value in enumerate(starts)]
