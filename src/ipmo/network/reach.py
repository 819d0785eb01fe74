"""How far a link reaches: which targets move when it slips or lets go, by how much, and from when on.

Two ways give the same answers. Where every group of work on one clock is joined by plain numbers inside (nearly always),
a network is contracted to its interfaces: what is handed in, what is handed out, and the longest way between the two in
each group. Where something else stands in the way (constraints that override the logic, one of several that is enough,
finishes that wait for a shift), each link is a forward pass from its head on.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels import reach as kernels_reach
from ipmo.network.positions import as_array, as_arrays
from ipmo.network.states import State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.network import Network
    from ipmo.network.passes import Passes

__all__ = ["Aim", "Reach", "dominators"]

FAR = kernels.FAR
COMPILE = 400_000
"""Steps from which the compiler is worth waiting for."""
WIDTH = 64
"""Exits, or targets, that are looked at together."""
MANY_WAYS = 20_000_000
"""Pairs of entries and exits from which contracting does not pay."""
DENSE = 4_000_000
"""Dates that are held at once where each link is a pass."""


@attrs.frozen
class Aim:
    """Something that has a date: the last finish of some positions, or of all work of some projects.

    Args:
        name: the target's name.
        places: positions.
        projects: places of projects in the network; its date is then also that of their finished work.
    """

    name: str
    places: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()


class Reach:
    """The targets of one network and what links do to them.

    Links are places (sorted by target position), slips minutes of the source's clock, dates instants.

    Args:
        passes: the network with its early dates.
        aims: the targets; those without open work are left out of every answer.
        contract: False takes the way of one pass a link.
    """

    def __init__(self, passes: Passes, aims: Sequence[Aim], *, contract: bool = True) -> None:
        self.passes, self.network, self.aims = passes, passes.network, tuple(aims)
        self._contract = contract
        self.columns = as_arrays(self.network.positions)
        self.early_starts, self._edge = as_array(passes.early_starts), as_array(passes.early_waits)
        self._cal = self.network.clock_tables

    # ------------------------------------------------------------------------------------------ targets

    @functools.cached_property
    def owners(self) -> NDArray[np.int64]:
        """The place of the project of each position, -1 for what belongs to none."""
        import numpy as np

        return np.asarray(self.network.project, np.int64)[as_array(self.network.positions.order)]

    @functools.cached_property
    def open_work(self) -> dict[int, Any]:
        """Positions of open work of each project."""
        import numpy as np

        count = len(self.network.projects)
        owner = np.where(self.network.ending == 1, self.owners, -1)
        order = np.argsort((owner + 1).astype(np.uint16) if count < 65_000 else owner, kind="stable")
        first = np.searchsorted(owner[order], np.arange(count + 1))
        return {g: order[first[g] : first[g + 1]] for g in range(count)}

    @functools.cached_property
    def _finish(self) -> Any:
        return as_array(self.passes.finishes)

    @functools.cached_property
    def _done(self) -> dict[int, int]:
        """The last finish of finished work of each project, as an instant."""
        net = self.network
        out: dict[int, int] = {}
        for v, instant in net.finishes.items():
            owner = int(net.project[v])
            if owner >= 0 and net.state[v] == State.FINISHED:
                out[owner] = max(out.get(owner, -FAR), instant)
        return out

    @functools.cached_property
    def dates(self) -> list[int]:
        """The date of each target as it is; -FAR for those without a date."""
        ends = [-FAR] * len(self.network.projects)
        for g, places in self.open_work.items():
            if len(places):
                ends[g] = int(self._finish[places].max())
            ends[g] = max(ends[g], self._done.get(g, -FAR))
        out = []
        for aim in self.aims:
            found = [int(self._finish[v]) for v in aim.places] + [ends[g] for g in aim.projects]
            out.append(max(found, default=-FAR))
        return out

    # -------------------------------------------------------------------------------------------- answers

    def without(self, links: Sequence[int]) -> list[dict[int, int]]:
        """For each link, the targets whose date moves when the link is left out, and to when."""
        if self._interfaces is None:
            return self._by_passes(links, [-1] * len(links))
        return self._interfaces.moved(links, None)

    def slipped(self, links: Sequence[int], minutes: Sequence[int]) -> list[dict[int, int]]:
        """For each link, the targets whose date moves when its source is so much later for this link alone, and to when."""
        if self._interfaces is None:
            return self._by_passes(links, minutes)
        return self._interfaces.moved(links, minutes)

    def floats(self, links: Sequence[int], targets: Sequence[int] | None = None) -> Any:
        """How far the source of each link can slip before that link moves each target, in minutes of the source's clock.

        Returns:
            int64 (links, targets); FAR where it never does.
        """
        import numpy as np

        chosen = list(range(len(self.aims))) if targets is None else list(targets)
        out = np.full((len(links), len(chosen)), FAR, np.int64)
        for begin, block in self.blocks(links, chosen):
            out[:, begin : begin + block.shape[1]] = block
        return out

    def blocks(self, links: Sequence[int], targets: Sequence[int]) -> Iterator[tuple[int, Any]]:
        """`floats` for a few targets at a time: where they begin among the targets asked for, and the floats."""
        import numpy as np

        if self._interfaces is not None:
            for begin in range(0, len(targets), WIDTH):
                yield begin, self._interfaces.floats(links, targets[begin : begin + WIDTH])
            return
        if self._odd:
            yield 0, self._by_trial(links, targets)
            return
        for place, target in enumerate(targets):
            yield place, np.array(self._late_floats(links, [target]), np.int64)[:, None]

    def downstream(self, links: Sequence[int]) -> list[int]:
        """The targets that each link leads to, whatever the float, as bits of a number: bit 0 is the first target."""
        if self._interfaces is not None:
            return self._interfaces.bits(links)
        import numpy as np

        return [self._bits[v] for v in self.heads[np.asarray(links, np.int64)].tolist()]

    def sums(self, found: Sequence[int], values: Sequence[float]) -> list[float]:
        """The sum of the values of the targets in each set of bits; a table of the 256 sums of each eight answers all."""
        import numpy as np

        size = (len(values) + 7) // 8
        table = np.zeros((size, 256))
        padded = np.zeros(8 * size)
        padded[: len(values)] = values
        for bit in range(8):
            table[:, (np.arange(256) >> bit) & 1 == 1] += padded[bit::8][:, None]
        rows = np.frombuffer(b"".join(one.to_bytes(size, "little") for one in found), np.uint8).reshape(len(found), size)
        out: list[float] = table[np.arange(size), rows].sum(axis=1).tolist()
        return out

    @functools.cached_property
    def _bits(self) -> Sequence[int]:
        """The targets that each position leads to, as bits of a number."""
        own: list[int] = [0] * self.network.n
        for t, aim in enumerate(self.aims):
            for v in (*aim.places, *(int(v) for g in aim.projects for v in self.open_work[g])):
                own[v] |= 1 << t
        ptr, src = self.columns.ptr.tolist(), self.columns.src.tolist()
        for v in range(self.network.n - 1, -1, -1):
            if own[v]:
                for k in range(ptr[v], ptr[v + 1]):
                    own[src[k]] |= own[v]
        return own

    def least(self, links: Sequence[int], targets: Sequence[int]) -> list[int]:
        """`floats` to whichever of some targets moves first; FAR where a link leads to none."""
        if not targets or not len(links):
            return [FAR] * len(links)
        if self._interfaces is not None:
            return [int(slack) for slack in self._interfaces.floats(links, targets, together=True)[:, 0]]
        if self._odd:
            return [int(slack) for slack in self._by_trial(links, targets).min(axis=1)]
        return self._late_floats(links, targets)

    # ------------------------------------------------------------------------------------ contracted or not

    @functools.cached_property
    def _odd(self) -> bool:
        """Something absorbs a slip in another way than by waiting: floats are found by trying."""
        net = self.network
        return bool(net.anyone or net.high or net.pin or net.latest or net.expected or net.hammocks or net.plain_mark)

    @functools.cached_property
    def _interfaces(self) -> Interfaces | None:
        net = self.network
        if not self._contract or self._odd or net.floor_edges or "start" in net.points.values():
            return None
        mode, typ = self.columns.mode, self.columns.typ
        if ((mode != 0) & (mode != 3) & (typ >= 2)).any():  # a finish may then wait for the next shift
            return None
        found = Interfaces(self)
        return found if found.pays else None

    def _target_places(self, targets: Sequence[int]) -> tuple[list[int], list[int]]:
        """Where the positions of each target begin, and they."""
        first: list[int] = [0]
        places: list[int] = []
        for t in targets:
            aim = self.aims[t]
            places += aim.places
            for g in aim.projects:
                places += self.open_work[g].tolist()
            first.append(len(places))
        return first, places

    def _run(self, name: str, work: int, arguments: Sequence[Any]) -> Any:
        """Runs a kernel compiled where that pays; arrays among the arguments are filled either way."""
        import numpy as np

        from ipmo.network.compiled import available, kernel

        if (self.network.compiled or work > COMPILE) and available():
            whole = tuple(tuple(np.asarray(c, np.int64) for c in a) if isinstance(a, tuple) else a for a in arguments)
            return kernel(name)(*whole)
        plain = [a.tolist() if isinstance(a, np.ndarray) else a for a in arguments]
        out = getattr(kernels_reach, name)(*plain)
        for one, other in zip(arguments, plain, strict=True):
            if isinstance(one, np.ndarray):
                one[:] = other
        return out

    def _by_passes(self, links: Sequence[int], slips: Sequence[int]) -> list[dict[int, int]]:
        import numpy as np

        c, n = self.columns, self.network.n
        first, places = self._target_places(range(len(self.aims)))
        heads = self.heads
        floors = as_array(self.network.positions.low_edge)
        dates = np.array(self.dates, np.int64)
        base = np.array([max((self._done.get(g, -FAR) for g in aim.projects), default=-FAR) for aim in self.aims], np.int64)
        high = c.high if not self.network.additive else np.full(n, FAR, np.int64)
        out: list[dict[int, int]] = []
        step = max(1, DENSE // max(len(self.aims), 1))
        for begin in range(0, len(links), step):
            rows = np.array(links[begin : begin + step], np.int64)
            room = np.zeros(len(rows) * len(self.aims), np.int64)
            some = [np.array(slips[begin : begin + step], np.int64), c.ptr, c.src, c.w.copy(), c.mode.copy(), c.typ]
            some += [
                c.lagclk,
                c.lag,
                self._cal,
                c.clk,
                c.dur,
                c.mark,
                high,
                c.low,
                floors,
                heads[rows],
                self.early_starts,
                self._edge,
            ]
            some += [np.array(first, np.int64), np.array(places, np.int64), dates, np.zeros(n, np.int64), np.zeros(n, np.int64), room]
            self._run("dates_after", len(rows) * (n + self.network.m + len(places)), [rows, *some])
            found = np.maximum(room.reshape(len(rows), -1), base)
            for row in found:
                moved = np.flatnonzero(row != dates)
                out.append({int(t): int(row[t]) for t in moved if dates[t] > -FAR})
        return out

    @functools.cached_property
    def heads(self) -> NDArray[np.int64]:
        """The target position of the link in each place."""
        import numpy as np

        return np.repeat(np.arange(self.network.n), np.diff(self.columns.ptr))

    def _late_floats(self, links: Sequence[int], targets: Sequence[int]) -> list[int]:
        """Floats of links to the first of some targets that moves: a backward pass from their dates."""
        import numpy as np

        net = self.network
        instants = np.full(net.n, FAR, np.int64)
        for target in targets:
            if self.dates[target] > -FAR // 2:
                places = np.array(self._target_places([target])[1], np.int64)
                instants[places] = np.minimum(instants[places], self.dates[target])
        whole: Any = instants if net.arrays else instants.tolist()
        caps, room = self.passes.latest_starts(whole)
        if not net.arrays:
            caps = [c if c < FAR // 2 else FAR for c in caps]
        else:
            caps[caps >= FAR // 2] = FAR
        ((late, rooms),) = net.late(self.passes.early_starts, self.passes.early_waits, (caps, room))
        return [self._pulled(k, int(late[self.heads[k]]), int(rooms[self.heads[k]])) for k in links]

    def _pulled(self, k: int, late: int, room: int) -> int:
        c = self.columns
        if late >= FAR // 2:
            return FAR
        u, v = int(c.src[k]), int(self.heads[k])
        mode = int(c.mode[k])
        if mode in (0, 3):
            return int(late - c.w[k] - self.early_starts[u])
        q = self.passes.lists
        return int(kernels.pull(self._cal, q.clk, q.dur, u, v, q.typ[k], mode, q.lagclk[k], q.lag[k], late, room) - q.x[u])

    def _by_trial(self, links: Sequence[int], targets: Sequence[int]) -> Any:
        """Floats by trying slips until the least that moves each target is found; a slip of some length moves at least as much."""
        import numpy as np

        out = np.full((len(links), len(targets)), FAR, np.int64)
        most = 2 * 366 * 1440  # of a slip that is looked for
        for row, k in enumerate(links):
            known: dict[int, set[int]] = {}

            def moved(slip: int, k: int = k, known: dict[int, set[int]] = known) -> set[int]:
                if slip not in known:
                    known[slip] = set(self._by_passes([k], [slip])[0])
                return known[slip]

            for place, target in enumerate(targets):
                if target not in moved(most):
                    continue
                low, high = -1, most  # not moved by low, moved by high
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (low, middle) if target in moved(middle) else (middle, high)
                out[row, place] = low
        return out


def dominators(network: Network) -> tuple[Any, Any]:
    """The immediate dominator of each position (-1 where there is none), and how many dominators it has with itself.

    A position dominates another when every way of links to that passes it: a single point of failure.
    """
    p = network.positions
    if network.arrays:
        import numpy as np

        idom, depth, jump = (np.zeros(network.n, np.int64) for _ in range(3))
        network.run("dominators", p.ptr, p.src, idom, depth, jump)
        return idom, depth
    found, deep, leap = ([0] * network.n for _ in range(3))
    kernels_reach.dominators(p.ptr, p.src, found, deep, leap)
    return found, deep


class Interfaces:
    """A network contracted to what its groups hand to one another. A group is the work of one project on one clock."""

    def __init__(self, reach: Reach) -> None:
        import numpy as np

        self.reach = reach
        net, c = reach.network, reach.columns
        n = net.n
        heads = reach.heads
        clocks = int(c.clk.max(initial=0)) + 1
        numbers = (reach.owners + 1) * clocks + c.clk
        keys = np.flatnonzero(np.bincount(numbers))
        place = np.zeros(int(keys[-1]) + 1 if len(keys) else 1, np.int64)
        place[keys] = np.arange(len(keys))
        self.group = place[numbers]
        self.owners, self.clocks = keys // clocks - 1, keys % clocks
        groups = len(keys)
        plain = (c.mode == 0) | (c.mode == 3)
        self.inner = ((self.group[c.src] == self.group[heads]) & plain).astype(np.int64)
        self.links = np.flatnonzero(self.inner == 0)
        own = [v for aim in reach.aims for v in aim.places]
        entry_places, exit_places = np.unique(heads[self.links]), np.unique(np.r_[c.src[self.links], np.array(own, np.int64)])
        self.entries = entry_places[np.argsort(self.group[entry_places], kind="stable")]
        self.exits = exit_places[np.argsort(self.group[exit_places], kind="stable")]
        self.entry_of, self.exit_of = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
        self.entry_of[self.entries], self.exit_of[self.exits] = np.arange(len(self.entries)), np.arange(len(self.exits))
        bounds = np.arange(groups + 1)
        self.first_entry = np.searchsorted(self.group[self.entries], bounds)
        self.first_exit = np.searchsorted(self.group[self.exits], bounds)
        per_entry, per_exit = np.diff(self.first_entry), np.diff(self.first_exit)
        self._most = int((per_entry * per_exit).sum())
        self.pays = self._most <= MANY_WAYS

    @functools.cached_property
    def _made(self) -> Mapping[str, Any]:
        """The ways inside groups, and the network as it is on them."""
        import numpy as np

        reach = self.reach
        c, n, groups = reach.columns, reach.network.n, len(self.owners)
        member = np.argsort(self.group.astype(np.uint16) if groups < 1 << 16 else self.group, kind="stable")
        first = np.searchsorted(self.group[member], np.arange(groups + 1))
        local = np.empty(n, np.int64)
        local[member] = np.arange(n) - first[self.group[member]]
        used = np.diff(self.first_entry) > 0
        largest = int(np.diff(first)[used].max(initial=0))
        tail = np.full(len(self.entries), -FAR, np.int64)
        pair_entry, pair_exit, way = (np.zeros(self._most, np.int64) for _ in range(3))
        width = int(min(WIDTH, max(np.diff(self.first_exit).max(initial=1), 1)))
        effects = np.where(reach.owners >= 0, reach.network.ending, 0)
        steps = int((np.diff(first) * np.diff(self.first_exit))[used].sum()) + n
        base = c.low.copy()
        reach._run("inner_forward", n + len(c.src), [c.ptr, c.src, c.w, self.inner, base])
        arguments = [c.ptr, c.src, c.w, self.inner, c.dur, effects, first, member, local, self.entry_of, self.exit_of]
        arguments += [
            self.first_entry,
            self.first_exit,
            self.exits,
            width,
            np.zeros(largest * width, np.int64),
            np.zeros(largest, np.int64),
            tail,
            pair_entry,
            pair_exit,
            way,
        ]
        pairs = reach._run("inner_ways", steps, arguments)
        pair_entry, pair_exit, way = pair_entry[:pairs], pair_exit[:pairs], way[:pairs]
        by_entry, by_exit = np.argsort(pair_entry, kind="stable"), np.argsort(pair_exit, kind="stable")
        finish = base + c.dur
        base_end = np.full(groups, -FAR, np.int64)
        counted = effects == 1
        np.maximum.at(base_end, self.group[counted], finish[counted])
        end = np.full(groups, -FAR, np.int64)
        np.maximum.at(end, self.group[counted], (reach.early_starts + c.dur)[counted])
        # one order of positions, an entry before an exit in the same place
        keys = np.r_[2 * self.entries, 2 * self.exits + 1]
        what = np.r_[np.arange(len(self.entries)), -1 - np.arange(len(self.exits))]
        order = np.argsort(keys, kind="stable")
        at = what[order]
        rank = np.empty(len(at), np.int64)
        rank[order] = np.arange(len(at))
        y = np.full(len(self.entries), -FAR, np.int64)
        heads = reach.heads[self.links]
        into = np.argsort(self.entry_of[heads], kind="stable")
        out = np.argsort(self.exit_of[c.src[self.links]], kind="stable")
        pushed = self._pushed(self.links)
        np.maximum.at(y, self.entry_of[heads], pushed)
        return {
            "ptr_entry": _starts(pair_entry[by_entry], len(self.entries)),
            "exit_by_entry": pair_exit[by_entry],
            "way_by_entry": way[by_entry],
            "ptr_exit": _starts(pair_exit[by_exit], len(self.exits)),
            "entry_by_exit": pair_entry[by_exit],
            "way_by_exit": way[by_exit],
            "tail": tail,
            "base": base[self.exits],
            "base_end": base_end,
            "end": end,
            "x": reach.early_starts[self.exits],
            "y": y,
            "rank_entry": rank[: len(self.entries)],
            "rank_exit": rank[len(self.entries) :],
            "at": at,
            "link_ptr": _starts(self.entry_of[heads][into], len(self.entries)),
            "links_in": self.links[into],
            "out_ptr": _starts(self.exit_of[c.src[self.links]][out], len(self.exits)),
            "links_out": self.links[out],
        }

    def _pushed(self, links: Any) -> Any:
        """What each of some links asks of its head as it is."""
        c, x = self.reach.columns, self.reach.early_starts
        out = x[c.src[links]] + c.w[links]
        passes = self.reach.passes
        for row in ((c.mode[links] != 0) & (c.mode[links] != 3)).nonzero()[0].tolist():
            k = int(links[row])
            out[row] = passes.push(k, int(self.reach.heads[k]), int(x[c.src[k]]))
        return out

    def _common(self) -> list[Any]:
        c = self.reach.columns
        return [c.src, self.reach.heads, c.w, c.mode, c.typ, c.lagclk, c.lag, self.reach._cal, c.clk, c.dur]

    def moved(self, links: Sequence[int], slips: Sequence[int] | None) -> list[dict[int, int]]:
        """What `Reach.without` (no slips) and `slipped` answer, for links between groups."""
        import numpy as np

        made, reach = self._made, self.reach
        rows = np.array(links, np.int64)
        late = None if slips is None else np.array(slips, np.int64)
        groups, things = len(self.owners), len(self.entries) + len(self.exits)
        out: list[dict[int, int]] = [{} for _ in links]
        size = 2 * len(rows) + 4 * (groups + things)
        begin = 0
        common = [*self._common(), self.entries, self.exits, self.entry_of, self.exit_of, self.group[self.entries]]
        now = [reach.early_starts[self.entries], made["y"], made["x"], made["end"]]
        while begin < len(rows):
            logs, counts = [np.zeros(size, np.int64) for _ in range(3)], np.zeros(2, np.int64)
            bits, touched = np.zeros(things // 32 + 1, np.int64), np.zeros(groups + things, np.int64)
            copies = [made["y"].copy(), made["x"].copy()]
            work = 20 * (20 * len(rows) + len(made["way_by_exit"]))
            if late is None:
                names: tuple[str, ...] = ("link_ptr", "links_in", "out_ptr", "links_out", "ptr_entry", "exit_by_entry", "ptr_exit")
                names += ("entry_by_exit", "way_by_exit", "tail", "base", "base_end", "rank_entry", "rank_exit", "at")
                columns = [self.first_entry, *(made[name] for name in names), bits]
                room = [*now, *copies, touched, np.zeros(groups, np.int64), counts, *logs]
                reach._run("interface_cones", work, [rows[begin:], *common, *columns, *room])
            else:
                names = ("out_ptr", "links_out", "ptr_entry", "exit_by_entry", "way_by_entry", "tail", "rank_entry", "rank_exit", "at")
                columns = [*(made[name] for name in names), bits]
                room = [*now, *copies, made["end"].copy(), touched, counts, *logs]
                reach._run("interface_slips", work, [rows[begin:], late[begin:], *common, *columns, *room])
            done, count = int(counts[0]), int(counts[1])
            self._read(out, begin, *(log[:count] for log in logs))
            begin += done
            size *= 2 - bool(done)
        return out

    def _read(self, out: list[dict[int, int]], begin: int, log_row: Any, log_what: Any, log_value: Any) -> None:
        """Turns what moved into the dates of targets."""
        reach = self.reach
        of_exit, of_group, parts = self._targets_of
        cal, dates = reach._cal, reach.dates
        clocks, clk = self.clocks.tolist(), reach.columns.clk[self.exits].tolist()
        dur = reach.columns.dur[self.exits].tolist()
        single = {t: found[1][0] if found[1][1] is None else found[0][0] for t, found in enumerate(parts) if len(found) == 2}
        changed: dict[tuple[int, int], dict[int, int]] = {}
        for row, what, value in zip(log_row.tolist(), log_what.tolist(), log_value.tolist(), strict=True):
            hit = of_exit.get(what) if what >= 0 else of_group.get(-1 - what)
            if hit is None:
                continue
            if what >= 0:
                clock, value = clk[what], value + dur[what]
            else:
                clock = clocks[-1 - what]
            instant = value if clock == 0 else int(kernels.finish_at(cal, clock, value))
            for t in hit:
                if t in single:  # one part, and what is done of it
                    date = instant if instant > single[t] else single[t]
                    if date != dates[t]:
                        out[begin + row][t] = date
                else:
                    changed.setdefault((row, t), {})[what] = instant
        for (row, t), news in changed.items():
            date = max(news.values())
            for instant, part in parts[t]:  # the latest first: the first that did not move bounds the rest
                if part not in news:
                    date = max(date, instant)
                    break
            if date != dates[t]:
                out[begin + row][t] = date

    @functools.cached_property
    def _targets_of(self) -> tuple[dict[int, list[int]], dict[int, list[int]], list[list[tuple[int, int | None]]]]:
        """Targets by exit and by group; and of each target the dates of its exits and groups, the latest first, and of what is done of it."""
        reach, made = self.reach, self._made
        of_exit: dict[int, list[int]] = {}
        of_group: dict[int, list[int]] = {}
        parts: list[list[tuple[int, int | None]]] = []
        groups_of: dict[int, list[int]] = {}
        for g, owner in enumerate(self.owners.tolist()):
            groups_of.setdefault(owner, []).append(g)
        ends = made["end"].tolist()
        for t, aim in enumerate(reach.aims):
            now: dict[int, int] = {}
            floor = max((reach._done.get(p, -FAR) for p in aim.projects), default=-FAR)
            for v in aim.places:
                o = int(self.exit_of[v])
                of_exit.setdefault(o, []).append(t)
                now[o] = int(reach._finish[v])
            for owner in aim.projects:
                for g in groups_of.get(owner, ()):
                    if ends[g] > -FAR // 2:
                        of_group.setdefault(g, []).append(t)
                        clock = int(self.clocks[g])
                        now[-1 - g] = ends[g] if clock == 0 else int(kernels.finish_at(reach._cal, clock, ends[g]))
            whole: list[tuple[int, int | None]] = [(instant, part) for part, instant in now.items()]
            parts.append(sorted([*whole, (floor, None)], key=lambda entry: -entry[0]))
        return of_exit, of_group, parts

    def bits(self, links: Sequence[int]) -> list[int]:
        """The targets that each link leads to, as bits of a number."""
        import numpy as np

        made, reach = self._made, self.reach
        of_exit, of_group, _ = self._targets_of
        words = (len(reach.aims) + 63) // 64
        exits, entries = np.zeros((len(self.exits), words), np.int64), np.zeros((len(self.entries), words), np.int64)
        groups = np.zeros((len(self.owners), words), np.int64)
        for table, found in ((exits.view(np.uint64), of_exit), (groups.view(np.uint64), of_group)):
            for place, targets in found.items():
                for t in targets:
                    table[place, t // 64] |= np.uint64(1 << (t % 64))
        names = ("out_ptr", "links_out", "ptr_entry", "exit_by_entry", "tail", "at")
        rows = (groups.reshape(-1), exits.reshape(-1), entries.reshape(-1))
        arguments = [reach.heads, self.entry_of, self.group[self.entries], *(made[name] for name in names), words, *rows]
        reach._run("interface_bits", len(made["way_by_entry"]) * words, arguments)
        data = np.ascontiguousarray(
            entries.reshape(-1, words)[self.entry_of[reach.heads[np.asarray(links, np.int64)]]].astype("<i8")
        ).tobytes()
        size = 8 * words
        return [int.from_bytes(data[i : i + size], "little") for i in range(0, len(data), size)]

    def floats(self, links: Sequence[int], targets: Sequence[int], *, together: bool = False) -> Any:
        """Floats of links to a few targets, in minutes of the source's clock; FAR where a link never reaches one.

        Args:
            links: places of links between groups.
            targets: places of targets.
            together: one column, to whichever of them moves first.
        """
        import numpy as np

        made, reach = self._made, self.reach
        c, width, groups = reach.columns, 1 if together else len(targets), len(self.owners)
        own = np.full(len(self.exits) * width, FAR, np.int64)
        last = np.full(groups * width, FAR, np.int64)
        _, _, parts = self._targets_of
        work = kernels.work
        for place, t in enumerate(targets):
            j = 0 if together else place
            date = reach.dates[t]
            if date <= -FAR // 2:
                continue
            for _, part in parts[t]:
                if part is None:
                    continue
                if part >= 0:
                    v = int(self.exits[part])
                    limit = int(work(reach._cal, int(c.clk[v]), date)) - int(c.dur[v])
                    own[part * width + j] = min(limit, int(own[part * width + j]))
                else:
                    limit = int(work(reach._cal, int(self.clocks[-1 - part]), date))
                    last[(-1 - part) * width + j] = min(limit, int(last[(-1 - part) * width + j]))
        limit_exit, limit_entry = np.empty(len(self.exits) * width, np.int64), np.empty(len(self.entries) * width, np.int64)
        arguments = [*self._common(), self.entries, self.exits, self.entry_of, self.group[self.entries]]
        names = ("out_ptr", "links_out", "ptr_entry", "exit_by_entry", "way_by_entry", "tail", "at")
        arguments += [*(made[name] for name in names), width, own, last, limit_exit, limit_entry]
        reach._run("interface_limits", len(made["way_by_entry"]) * width, arguments)
        limits = limit_entry.reshape(-1, width)
        rows = np.array(links, np.int64)
        late = limits[self.entry_of[reach.heads[rows]]]
        out = np.where(late >= FAR // 2, FAR, late - (c.w[rows] + reach.early_starts[c.src[rows]])[:, None])
        for row in ((c.mode[rows] != 0) & (c.mode[rows] != 3)).nonzero()[0].tolist():
            out[row] = [reach._pulled(int(rows[row]), int(y), 1) for y in late[row]]
        return out


def _starts(sorted_numbers: Any, count: int) -> Any:
    import numpy as np

    return np.searchsorted(sorted_numbers, np.arange(count + 1))
