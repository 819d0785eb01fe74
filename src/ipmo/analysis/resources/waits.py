"""Who waits for whom: what keeps each piece of work from starting a minute earlier in a levelled plan."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.resources.demand import Conflict, Shortage, few, frozen_shortage, units_text
from ipmo.analysis.resources.unmet import conflicts_of
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels import pools as pool_kernels
from ipmo.network.kernels.columns import FAR, ONE_IS_ENOUGH
from ipmo.network.kernels.passes import finish_of
from ipmo.network.kernels.pools import Pools
from ipmo.network.levelling import Leveller, Levelling, Take
from ipmo.network.positions import plain
from ipmo.network.states import NUMBERS
from ipmo.units import day_text, moment

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["Reading", "Rest", "Wait"]


@attrs.frozen(kw_only=True)
class Wait:
    """What work waits for.

    Args:
        resource: id of the resource that is short before it starts.
        day: the last day on which it is.
        holders: the work that has it then, by full id, what takes the most first; empty where there is not enough of it even so.
    """

    resource: str
    day: date
    holders: tuple[str, ...]

    def __str__(self) -> str:
        if not self.holders:
            return f"waits for {self.resource}: not there on {self.day}"
        return f"waits for {self.resource}: with {few(self.holders)} on {self.day}"


@attrs.frozen(kw_only=True)
class Rest:
    """A time in which work rests that may be interrupted.

    Args:
        since: when it stops.
        until: when it goes on.
        wait: what it waits for.
    """

    since: datetime
    until: datetime
    wait: Wait

    def __str__(self) -> str:
        return f"rests from {self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}, {self.wait}"


class Reading:
    """Reads dates and reasons off a levelled plan, by position.

    Args:
        leveller: what made it.
        plan: the plan.
    """

    def __init__(self, leveller: Leveller, plan: Levelling) -> None:
        self._leveller, self._plan, self._net = leveller, plan, leveller.network
        q = leveller.read(plan)
        self._links, self._nodes, self._takes, self._cal = q.links, q.nodes, q.takes, leveller.network.clock_tables
        self._x, self._edge = plain(plan.early.x), plain(plan.early.edge)
        self._names = [self._net.shown(int(node)) for node in plain(self._net.positions.order)]
        self._fixed = plain(leveller.fixed)

    def start(self, v: int) -> int:
        """When it starts, as an instant; what lasts no time lies where it finishes, as in the schedule."""
        return self.finish(v) if not self._nodes.dur[v] else self._net.clock(self._nodes.clk[v]).start(self._x[v])

    def finish(self, v: int) -> int:
        """When it finishes, as an instant."""
        return int(finish_of(self._cal, self._nodes.clk[v], self._x[v] + self._nodes.dur[v], self._edge[v]))

    def frozen(self, v: int) -> bool:
        """It stays where it is unless a link moves it."""
        return self._fixed[v] != FAR

    @functools.cached_property
    def _bounds(self) -> list[int]:
        """The start of each position by its own bounds and its links, with everything before it where it is planned."""
        return plain(self._leveller.bounds(self._plan.early).x)

    def put_off(self, v: int) -> bool:
        """It starts later than its links let it."""
        return self._x[v] > self._bounds[v]

    def follows(self, v: int) -> str:
        """The item whose link sets its start; empty where none does."""
        found = self.driver(v)
        return "" if found is None else self._names[found]

    def driver(self, v: int) -> int | None:
        """The position whose link asks for the latest start of it; None without links."""
        return self._drives(v)[1]

    def driven(self, v: int) -> bool:
        """Its start is set by a link."""
        return self._drives(v)[0] >= self._x[v]

    def _drives(self, v: int) -> tuple[int, int | None]:
        """The latest start that a link asks for, the earliest where one of several is enough, and the position that it comes from."""
        sign = -1 if self._nodes.mark[v] & ONE_IS_ENOUGH else 1
        best, found = -FAR, None
        for k in range(self._links.ptr[v], self._links.ptr[v + 1]):
            u = self._links.src[k]
            if self._links.mode[k] in NUMBERS:
                asked = self._x[u] + self._links.w[k]
            else:
                asked = link_kernels.push(self._cal, self._links, self._nodes, k, v, self._x[u], self._edge[u])
            if sign * asked > best:
                best, found = sign * asked, u
        return (sign * best if found is not None else -FAR), found

    def dated(self, v: int) -> bool:
        """It has a start in the plan."""
        return self._x[v] < FAR // 2

    def name(self, v: int) -> str:
        """What a position is called."""
        return self._names[v]

    def shown(self, v: int) -> bool:
        """It is an item of the portfolio, and no point in between."""
        return self._net.kinds[int(self._net.positions.order[v])] not in ("helper", "portfolio")

    @functools.cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: v for v, name in reversed(list(enumerate(self._names)))}

    def place(self, name: str) -> int:
        """The position of an item."""
        return self._places[name]

    def people(self, v: int) -> Iterator[str]:
        """The resources that a position takes."""
        takes, pools = self._takes, self._leveller.pools
        way = takes.ways[v] + self._plan.chosen[v]
        yield from dict.fromkeys(pools[takes.pool[i]].name for i in range(takes.ptr[way], takes.ptr[way + 1]))

    # --------------------------------------------------------------------------------------- resources

    @functools.cached_property
    def _rows(self) -> Mapping[int, Sequence[Take]]:
        """Who takes something of each pool."""
        rows: dict[int, list[Take]] = {}
        for row in self._leveller.rows_of(self._plan):
            rows.setdefault(row.pool, []).append(row)
        return rows

    @functools.cached_property
    def _left(self) -> Pools:
        """What is left of the pools in the plan."""
        return self._leveller.left_by(self._plan)

    def wait(self, v: int) -> Wait | None:
        """What keeps a position from starting a minute earlier; None where its links do, or it is frozen."""
        if not self.put_off(v) or self._fixed[v] == self._x[v]:
            return None
        before = self._x[v] - 1
        if v in self._plan.pieces:
            return next(self._lacking(v, before, self._x[v]), None)
        clock, left, takes = self._nodes.clk[v], self._left, self._takes
        with self._given_back(v):
            for i in range(takes.ptr[takes.chosen[v]], takes.ptr[takes.chosen[v] + 1]):
                after = pool_kernels.next_fit(self._cal, clock, left, takes, i, before)
                if after > before:
                    return self._holders(v, i, after + takes.begin[i] - 1 if after < FAR // 2 else self._x[v])
        return None

    @contextmanager
    def _given_back(self, v: int) -> Iterator[None]:
        """While it lasts, what a position takes is left."""
        some = self._cal, self._nodes.clk[v], self._left, self._takes, v, self._x[v]
        pool_kernels.take(*some, -1)
        try:
            yield
        finally:
            pool_kernels.take(*some, 1)

    def _lacking(self, v: int, begin: int, end: int) -> Iterator[Wait]:
        """What work in pieces waits for between two times of its clock: of all that is short the first."""
        clock, left, takes = self._nodes.clk[v], self._left, self._takes
        with self._given_back(v):
            found = [
                (pool_kernels.room_until(self._cal, clock, left, takes.pool[i], takes.units[i], begin, end), i)
                for i in range(takes.ptr[takes.chosen[v]], takes.ptr[takes.chosen[v] + 1])
                if takes.end[i] < FAR
            ]
        at, i = min(found, default=(end, -1))
        if at < end:
            yield self._holders(v, i, at)

    def rests(self, v: int) -> Iterator[Rest]:
        """When a position rests between its pieces, and what for."""
        clock = self._net.clock(self._nodes.clk[v])
        for (_, end), (begin, _) in itertools.pairwise(self._plan.pieces.get(v, ())):
            for wait in self._lacking(v, end, begin):
                yield Rest(since=moment(clock.finish(end)), until=moment(clock.start(begin)), wait=wait)

    def _holders(self, v: int, i: int, last: int) -> Wait:
        """Who has the pool of a row in a minute of the clock of a position."""
        clock, pool = self._net.clock(self._nodes.clk[v]), self._leveller.pools[self._takes.pool[i]]
        instant = clock.start(last)
        holders = [row for row in self._held_at(self._takes.pool[i], instant) if row.node != v]
        holders.sort(key=lambda row: (-row.units, self._names[row.node]))
        return Wait(resource=pool.name, day=moment(instant).date(), holders=tuple(dict.fromkeys(self._names[row.node] for row in holders)))

    @functools.cached_property
    def _times(self) -> Mapping[int, Sequence[tuple[int, int, Take]]]:
        """Of each pool (start, finish, row) of the work that takes it, as instants; what is used up stays taken."""
        return {
            place: [(self.start(row.node), FAR if row.end >= FAR else self.finish(row.node), row) for row in rows]
            for place, rows in self._rows.items()
        }

    def _held_at(self, place: int, instant: int) -> Iterator[Take]:
        """Who takes a pool in the minute that begins at an instant."""
        return (row for start, finish, row in self._times.get(place, ()) if start <= instant < finish and self._at(row, instant))

    def _at(self, row: Take, instant: int) -> bool:
        """Whether a row takes its pool in the minute that begins at an instant."""
        clock = self._net.clock(self._nodes.clk[row.node])
        worked = clock.work(instant)
        if clock.start(worked) != instant:
            return False
        done = worked - self._x[row.node]
        if row.node in self._plan.pieces:
            here = [(begin, end) for begin, end in self._plan.pieces[row.node] if begin <= worked]
            if not here or worked >= here[-1][1]:
                return False
            done = worked - here[-1][0] + sum(end - begin for begin, end in here[:-1])
        return row.begin <= done < row.end

    def shortages(self, within: str, usual: Callable[[str], Sequence[str]]) -> Iterator[Shortage]:
        """What is short in the plan all the same: of what is frozen, and what did not fit.

        Args:
            within: `capacity` or `float`.
            usual: the resources that the usual way to do some work needs.
        """
        over = set(self._plan.over)
        for place, pool in enumerate(self._leveller.pools):
            said = set[tuple[str, ...]]()
            for instant in self._short(place):
                held = list(self._held_at(place, instant))
                items = tuple(dict.fromkeys(self._names[row.node] for row in held))
                if items in said or over & {row.node for row in held}:
                    continue
                said.add(items)
                needed, there = sum(row.units for row in held), self._leveller.there(place, instant)
                yield frozen_shortage(pool.name, items, day_text(moment(instant)), needed, there)
        for v in self._plan.over:
            blocked = (v, self._plan.chosen[v]) in self._leveller.blocked
            rows = () if blocked else (row for row in self._leveller.asked if row.node == v and row.way == self._plan.chosen[v])
            names = tuple(dict.fromkeys(self._leveller.pools[row.pool].name for row in rows)) or tuple(usual(self._names[v]))
            needs = f"it needs {', '.join(names)}" if names else "its ways last too long"
            gone = next(self._used_up(v), None)
            if gone is not None:
                names = (self._leveller.pools[gone.pool].name,)
                kind, why = "used up", f"uses up {units_text(gone.units)} of {names[0]}, and other work leaves less"
            elif v in self._leveller.never:
                kind, why = "never fits", f"is longer than they are ever free for it: {needs}"
            elif within == "float":
                kind, why = "beyond float", f"does not fit within its float {self._float_to(v)}: {needs}"
            else:
                kind, why = "no room", f"does not fit beside other work: {needs}"
            text, first = f"{self._names[v]} {why}", names[0] if names else ""
            yield Shortage(kind=kind, resource=first, items=(self._names[v],), day=day_text(moment(self.start(v))), text=text)

    def _float_to(self, v: int) -> str:
        """What the float is to that limits a position within float."""
        to_end, to_target = (int(late[v]) for late in self._leveller.late_starts)
        return "to the end of all" if to_end <= to_target else "to its nearest target"

    def _used_up(self, v: int) -> Iterator[Take]:
        """What a position takes of resources of which more is used up than there ever is."""
        left = self._left
        for row in self._leveller.rows_of(self._plan):
            if row.node == v and row.end >= FAR and left.free[left.first[row.pool] + left.steps[row.pool] - 1] < 0:
                yield row

    def _short(self, place: int) -> Iterator[int]:
        """The instants at which a pool begins to be short."""
        left, clock = self._left, self._net.clock(self._leveller.axes[place])
        for k in range(left.first[place], left.first[place] + left.steps[place]):
            if left.free[k] < 0:
                yield clock.start(left.time[k])

    def conflicts(self, within: str, latest: Ints | None) -> Iterator[Conflict]:
        """The smallest set of demands for each pool that no plan meets.

        Args:
            within: `capacity` or `float`.
            latest: the latest start of each position at which commitments are kept; None where they are.
        """
        leveller, free = self._leveller, [FAR] * self._net.n
        tried: list[tuple[str, Ints]] = (
            [("capacity", free)] if self._plan.over or any(map(self._is_short, range(len(leveller.pools)))) else []
        )
        if leveller.varying:  # late dates hold for the usual ways only
            latest = None
        elif within == "float" and self._plan.over:
            tried.append(("float", leveller.limit))
        elif latest is not None:
            tried.append(("commitments", latest))
        yield from conflicts_of(leveller, tried, self._names)

    def _is_short(self, place: int) -> bool:
        return next(self._short(place), None) is not None
