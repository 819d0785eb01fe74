"""A network contracted to its interfaces: what groups of work hand to one another."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.aims import Aims
from ipmo.network.kernels import cascades, reading
from ipmo.network.kernels import interfaces as kernels
from ipmo.network.kernels.cascades import Asked, Held, Moves, Room
from ipmo.network.kernels.columns import FAR
from ipmo.network.kernels.interfaces import Between, Faces, Places, Ways
from ipmo.network.positions import as_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["WIDTH", "Interfaces", "Moving"]

WIDTH = 64
"""Entries, or targets, that are looked at together."""
FEW = 8
"""Entries of a group up to which each is looked at alone."""
MOST_LOGGED = 1 << 19
"""Moves that are read together."""
MANY_WAYS = 20_000_000
"""Pairs of entries and exits from which contracting does not pay."""


class Contracted(NamedTuple):
    """The ways inside groups, and the network as it is on them; see `kernels.interfaces` and `kernels.cascades`."""

    between: Between
    ways: Ways
    places: Places
    held: Held
    now: Asked


class Moving(NamedTuple):
    """Targets that move, each with the place of the link that moves it in what was asked, and the date that it moves to."""

    row: Array
    target: Array
    date: Array


class Parts(NamedTuple):
    """What the dates of targets are made of.

    Args:
        first: where the entries of each exit, then of each group, begin, and their end.
        target, rank: of each entry, the target and how many parts of it are later.
        begin: where the dates of the parts of each target begin, and their end.
        dates: of the parts of each target, the latest first; the finish of what is done is one of them.
        thing: the exit that each of these is, or the number of exits and the group; -1 for what is done.
    """

    first: Array
    target: Array
    rank: Array
    begin: Array
    dates: Array
    thing: Array


class Interfaces:
    """A network contracted to what its groups hand to one another. A group is the work of one project on one clock.

    Args:
        aims: the targets of the network.
    """

    def __init__(self, aims: Aims) -> None:
        import numpy as np

        self.aims = aims
        c, n, heads = aims.columns, aims.network.n, aims.heads
        clocks = int(c.clk.max(initial=0)) + 1
        numbers = (aims.owners + 1) * clocks + c.clk
        keys = np.flatnonzero(np.bincount(numbers))
        place = np.zeros(int(keys[-1]) + 1 if len(keys) else 1, np.int64)
        place[keys] = np.arange(len(keys))
        self.group = group = place[numbers]
        self.owners, self.clocks = keys // clocks - 1, keys % clocks
        self.inner = ((group[c.src] == group[heads]) & ~aims.calendar_links).astype(np.int64)
        self.links = np.flatnonzero(self.inner == 0)
        own = [v for aim in aims.aims for v in aim.places]
        entry_places, exit_places = np.unique(heads[self.links]), np.unique(np.r_[c.src[self.links], np.array(own, np.int64)])
        entries = entry_places[np.argsort(group[entry_places], kind="stable")]
        exits = exit_places[np.argsort(group[exit_places], kind="stable")]
        entry_of, exit_of = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
        entry_of[entries], exit_of[exits] = np.arange(len(entries)), np.arange(len(exits))
        bounds = np.arange(len(keys) + 1)
        first_entry, first_exit = np.searchsorted(group[entries], bounds), np.searchsorted(group[exits], bounds)
        self.entries, self.exits, self.entry_of, self.exit_of = entries, exits, entry_of, exit_of
        self.faces = Faces(entries, exits, entry_of, exit_of, group[entries], first_entry, first_exit)
        aims.keep(self.inner, *self.faces)
        self._per_entry, self._per_exit = np.diff(first_entry), np.diff(first_exit)
        self._most = int((self._per_entry * self._per_exit).sum())
        self.pays = self._most <= MANY_WAYS

    @functools.cached_property
    def _made(self) -> Contracted:
        import numpy as np

        aims, c, faces = self.aims, self.aims.columns, self.faces
        counted = np.where(aims.owners >= 0, aims.network.ending, 0) == 1
        base = c.low.copy()
        aims.run(kernels.inner_forward, aims.network.n + len(c.src), c.sums, self.inner, base)
        base_end, end = (np.full(len(self.owners), -FAR, np.int64) for _ in range(2))
        np.maximum.at(base_end, self.group[counted], (base + c.dur)[counted])
        np.maximum.at(end, self.group[counted], (aims.early_starts + c.dur)[counted])
        y = np.full(len(self.entries), -FAR, np.int64)
        heads = aims.heads[self.links]
        np.maximum.at(y, self.entry_of[heads], self._pushed(self.links))
        into = np.argsort(self.entry_of[heads], kind="stable")
        tails = self.exit_of[c.src[self.links]]
        out = np.argsort(tails, kind="stable")
        entering, leaving = _starts(self.entry_of[heads][into], len(self.entries)), _starts(tails[out], len(self.exits))
        made = Contracted(
            Between(aims.heads, entering, self.links[into], leaving, self.links[out]),
            self._ways(counted.astype(np.int64)),
            _in_one_order(self.entries, self.exits),
            Held(aims.early_starts[faces.entries], base[faces.exits], base_end),
            Asked(y, aims.early_starts[faces.exits], end),
        )
        aims.keep(*itertools.chain.from_iterable(made))
        return made

    def _ways(self, counted: Array) -> Ways:
        """The longest ways from entries to exits of their group."""
        import numpy as np

        aims, c, n, groups = self.aims, self.aims.columns, self.aims.network.n, len(self.owners)
        member = np.argsort(self.group.astype(np.uint16) if groups < 1 << 16 else self.group, kind="stable")
        place, onward = np.empty(n, np.int64), np.full(n, -1, np.int64)
        place[member] = np.arange(n)
        inside = np.flatnonzero(self.inner)
        onward[c.src[inside]] = place[aims.heads[inside]]  # by target: the last stays
        found = kernels.Pairs(np.full(len(self.entries), -FAR, np.int64), *(np.zeros(self._most, np.int64) for _ in range(3)))
        work = kernels.Groups(self.inner, counted, member, place, onward)
        sizes = np.bincount(self.group, minlength=groups)
        most = int(sizes[self._per_entry > FEW].max(initial=0)) * min(WIDTH, int(self._per_entry.max(initial=0)))
        room = np.zeros(max(n, most), np.int64)
        pairs = aims.run(kernels.inner_ways, int((sizes * self._per_entry).sum()), c.sums, c.dur, work, self.faces, FEW, WIDTH, room, found)
        entry, exit_, way = (as_array(column)[:pairs] for column in (found.entry, found.exit, found.way))
        by_exit = np.argsort(exit_, kind="stable")
        back = _starts(exit_[by_exit], len(self.exits)), entry[by_exit], way[by_exit]
        return Ways(_starts(entry, len(self.entries)), exit_, way, *back, found.tail)

    def _pushed(self, links: Array) -> Array:
        """What each of some links asks of its head as it is."""
        aims, c, x = self.aims, self.aims.columns, self.aims.early_starts
        out: Array = x[c.src[links]] + c.w[links]
        for row in aims.calendar_links[links].nonzero()[0].tolist():
            k = int(links[row])
            out[row] = aims.passes.push(k, int(aims.heads[k]), int(x[c.src[k]]))
        return out

    def moved(self, links: Sequence[int], slips: Sequence[int] | None) -> list[dict[int, int]]:
        """What `Reach.without` (no slips) and `slipped` answer, for links between groups."""
        out: list[dict[int, int]] = [{} for _ in links]
        for part in self.moving(links, slips):
            for row, t, date in zip(*(column.tolist() for column in part), strict=True):
                out[row][t] = date
        return out

    def moving(self, links: Sequence[int], slips: Sequence[int] | None) -> Iterator[Moving]:
        """`moved` as columns, many links at a time."""
        import numpy as np

        aims, made, c = self.aims, self._made, self.aims.columns
        rows = np.array(links, np.int64)
        late = None if slips is None else np.array(slips, np.int64)
        groups, things = len(self.owners), len(self.entries) + len(self.exits)
        size, begin = 2 * len(rows) + 4 * (groups + things), 0
        common = (c.links, c.nodes, aims.network.clock_tables, self.faces, *made[:4], made.now)
        none = np.zeros(0, np.int64)
        while begin < len(rows):
            moves = Moves(np.zeros(2, np.int64), *(np.zeros(size, np.int64) for _ in range(3)))
            room = Room(np.zeros(things // 32 + 1, np.int64), np.zeros(groups + things, np.int64), np.zeros(groups, np.int64))
            new = Asked(*(column.copy() for column in made.now))
            steps = 20 * (20 * len(rows) + len(made.ways.back))
            if late is None:
                aims.run(cascades.interface_cones, steps, rows[begin:], *common, new, room, none, moves)
            else:
                aims.run(cascades.interface_slips, steps, rows[begin:], late[begin:], *common, new, room, moves)
            done, count = (int(told) for told in moves.counts)
            yield self._read(begin, *(as_array(log)[:count] for log in moves[1:]))
            begin += done
            if not done or size < MOST_LOGGED:
                size *= 2

    def holds(self, links: Sequence[int], clocks: Array) -> Array:
        """For each link whether the date of a target moves when it is left out: 0 never, 1 for sure, 2 where `moving` has to say.

        Args:
            links: places of links between groups.
            clocks: of each target, the clock that its days are counted on; 0 for days of the calendar.
        """
        import numpy as np

        aims, made, c = self.aims, self._made, self.aims.columns
        groups, things = len(self.owners), len(self.entries) + len(self.exits)
        room = Room(np.zeros(things // 32 + 1, np.int64), np.zeros(groups + things, np.int64), np.zeros(groups, np.int64))
        new, out = Asked(*(column.copy() for column in made.now)), np.zeros(len(links), np.int64)
        common = (c.links, c.nodes, aims.network.clock_tables, self.faces, *made[:4], made.now)
        steps = 20 * (20 * len(links) + len(made.ways.back))
        aims.run(cascades.interface_holds, steps, np.array(links, np.int64), *common, new, room, self._telling(clocks), out)
        return out

    def _telling(self, clocks: Array) -> Array:
        """By exit, then by group: 1 where a target is later than all else for it alone, and counts its days on the same clock."""
        import numpy as np

        parts = self._parts
        size, first = np.diff(parts.begin), parts.begin[:-1]
        some = np.flatnonzero(size > 0)
        first = first[some]
        latest, thing = parts.dates[first], parts.thing[first]
        second = np.where(size[some] > 1, parts.dates[np.minimum(first + 1, len(parts.dates) - 1)], -FAR)
        on = np.r_[self.aims.columns.clk[self.exits], self.clocks]
        alone = (thing >= 0) & (latest > second) & (latest > -FAR // 2) & ((clocks[some] == 0) | (clocks[some] == on[thing]))
        out: Array = np.zeros(len(self.exits) + len(self.owners), np.int64)
        out[thing[alone]] = 1
        return out

    def _read(self, begin: int, row: Array, what: Array, value: Array) -> Moving:
        """Turns the exits and groups that moved, each once a row, into the dates of targets."""
        import numpy as np

        aims, c, parts = self.aims, self.aims.columns, self._parts
        exits = len(self.exits)
        clocks = np.r_[c.clk[self.exits], self.clocks]
        lengths = np.r_[c.dur[self.exits], np.zeros(len(self.clocks), np.int64)]
        thing = np.where(what >= 0, what, exits - 1 - what)
        instants = np.zeros(len(what), np.int64)
        cal = aims.network.clock_tables
        aims.run(reading.instants_on_clocks, 4 * len(what), cal, clocks[thing].astype(np.int64), value + lengths[thing], instants)
        many = np.diff(parts.first)[thing]
        each = np.repeat(np.arange(len(what)), many)
        entry = parts.first[thing[each]] + np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
        target, rank = parts.target[entry], parts.rank[entry]
        row = row[each]
        many_parts = int(rank.max(initial=0)) + 1
        by = np.argsort((row * len(aims.aims) + target) * many_parts + rank, kind="stable")  # in long runs that are in order already
        row, target, rank, news = row[by], target[by], rank[by], instants[each[by]]
        starts = np.flatnonzero(np.r_[True, (row[1:] != row[:-1]) | (target[1:] != target[:-1])]) if len(row) else np.zeros(0, np.int64)
        if not len(starts):
            return Moving(row, target, news)
        within = np.arange(len(row)) - np.repeat(starts, np.diff(np.r_[starts, len(row)]))
        unmoved = np.add.reduceat((rank == within).astype(np.int64), starts)  # the latest part that did not move bounds the rest
        of = target[starts]
        dates = np.maximum(np.maximum.reduceat(news, starts), parts.dates[parts.begin[of] + unmoved])
        other = dates != np.array(aims.dates, np.int64)[of]
        return Moving(begin + row[starts][other], of[other], dates[other])

    @functools.cached_property
    def _parts(self) -> Parts:
        """The exits and groups that targets are made of, as columns."""
        import numpy as np

        aims, count = self.aims, len(self.aims.aims)
        last = as_array(self._made.now.end)
        instants = np.zeros(len(last), np.int64)
        aims.run(reading.instants_on_clocks, 4 * len(last), aims.network.clock_tables, self.clocks.astype(np.int64), last, instants)
        places, projects = (
            np.fromiter(itertools.chain.from_iterable(column), np.int64)
            for column in ((aim.places for aim in aims.aims), (aim.projects for aim in aims.aims))
        )
        every, dated = np.arange(count), np.flatnonzero(last > -FAR // 2)
        of_places, of_projects = (
            np.repeat(every, [len(a.places) for a in aims.aims]),
            np.repeat(every, [len(a.projects) for a in aims.aims]),
        )
        bounds = np.searchsorted(self.owners[dated], np.arange(len(aims.network.projects) + 1))
        many = bounds[projects + 1] - bounds[projects]
        groups = dated[np.repeat(bounds[projects], many) + np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)]
        floors = np.array([aims.done_of(aim) for aim in aims.aims], np.int64) if aims.done else np.full(count, -FAR, np.int64)
        targets = np.concatenate([of_places, np.repeat(of_projects, many), every])
        things = np.concatenate([self.exit_of[places], len(self.exits) + groups, np.full(count, -1, np.int64)])
        dates = np.concatenate([aims.finishes[places], instants[groups], floors])
        order = np.lexsort((-dates, targets))
        target, thing, begin = targets[order], things[order], _starts(targets[order], count)
        rank = np.arange(len(thing)) - begin[target]
        by = np.flatnonzero(thing >= 0)
        by = by[np.argsort(thing[by], kind="stable")]
        return Parts(_starts(thing[by], len(self.exits) + len(self.owners)), target[by], rank[by], begin, dates[order], thing)

    def bits(self, links: Sequence[int]) -> list[int]:
        """The targets that each link leads to, as bits of a number."""
        import numpy as np

        made, aims, parts = self._made, self.aims, self._parts
        words = (len(aims.aims) + 63) // 64
        table, entries = np.zeros((len(self.exits) + len(self.owners), words), np.int64), np.zeros((len(self.entries), words), np.int64)
        things = np.repeat(np.arange(len(table)), np.diff(parts.first))
        np.bitwise_or.at(table.view(np.uint64), (things, parts.target // 64), np.uint64(1) << (parts.target % 64).astype(np.uint64))
        rows = table[len(self.exits) :].reshape(-1), table[: len(self.exits)].reshape(-1), entries.reshape(-1)
        steps = len(made.ways.ways) * words
        aims.run(kernels.interface_bits, steps, self.faces, made.between, made.ways, made.places, words, *rows)
        heads = aims.heads[np.asarray(links, np.int64)]
        data = np.ascontiguousarray(entries.reshape(-1, words)[self.entry_of[heads]].astype("<i8")).tobytes()
        size = 8 * words
        return [int.from_bytes(data[i : i + size], "little") for i in range(0, len(data), size)]

    def floats(self, links: Sequence[int], targets: Sequence[int], *, together: bool = False) -> Array:
        """Floats of links to a few targets, in minutes of the source's clock; FAR where a link never reaches one.

        Args:
            links: places of links between groups.
            targets: places of targets.
            together: one column, to whichever of them moves first.
        """
        import numpy as np

        made, aims, c = self._made, self.aims, self.aims.columns
        width = 1 if together else len(targets)
        own, last = self._target_limits(targets, width)
        limits = kernels.Limits(own, last, np.empty(len(self.exits) * width, np.int64), np.empty(len(self.entries) * width, np.int64))
        cal, steps = aims.network.clock_tables, len(made.ways.ways) * width
        ways = made.between, made.ways, made.places
        aims.run(kernels.interface_limits, steps, c.links, c.nodes, cal, self.faces, *ways, width, limits)
        rows = np.array(links, np.int64)
        late = as_array(limits.entry).reshape(-1, width)[self.entry_of[aims.heads[rows]]]
        out: Array = np.where(late >= FAR // 2, FAR, late - (c.w[rows] + aims.early_starts[c.src[rows]])[:, None])
        for row in aims.calendar_links[rows].nonzero()[0].tolist():
            out[row] = [aims.slack(int(rows[row]), int(y), 1) for y in late[row]]
        return out

    def _target_limits(self, targets: Sequence[int], width: int) -> tuple[Array, Array]:
        """The latest starts of exits, and the latest finishes of groups, that leave some targets where they are; a column each or one."""
        import numpy as np

        aims, c = self.aims, self.aims.columns
        own = np.full((len(self.exits), width), FAR, np.int64)
        last = np.full((len(self.owners), width), FAR, np.int64)
        exits, begin, things = len(self.exits), self._parts.begin.tolist(), self._parts.thing
        for place, t in enumerate(targets):
            column, date = min(place, width - 1), aims.dates[t]
            for thing in things[begin[t] : begin[t + 1]].tolist() if date > -FAR // 2 else ():
                if thing < 0:
                    continue
                if thing < exits:
                    v = int(self.exits[thing])
                    limit = aims.network.clock(int(c.clk[v])).work(date) - int(c.dur[v])
                    own[thing, column] = min(limit, int(own[thing, column]))
                else:
                    limit = aims.network.clock(int(self.clocks[thing - exits])).work(date)
                    last[thing - exits, column] = min(limit, int(last[thing - exits, column]))
        return own.reshape(-1), last.reshape(-1)


def _in_one_order(entries: Array, exits: Array) -> Places:
    """One order of positions, an entry before an exit in the same place."""
    import numpy as np

    keys = np.r_[2 * entries, 2 * exits + 1]
    what = np.r_[np.arange(len(entries)), -1 - np.arange(len(exits))]
    order = np.argsort(keys, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return Places(rank[: len(entries)], rank[len(entries) :], what[order])


def _starts(sorted_numbers: Array, count: int) -> Array:
    """Where each of so many numbers begins in a sorted column, and its length at the end."""
    import numpy as np

    return np.searchsorted(sorted_numbers, np.arange(count + 1))
