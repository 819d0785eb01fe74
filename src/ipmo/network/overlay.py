"""What-if on a compiled network: changes that touch only what they move, and can be taken back.

An overlay keeps the dates that were computed. A change of a duration, a bound, a lag or a link brings early dates, late
dates to the end and to the nearest target, and the ends of projects up to date, forward and backward, and stops where
nothing moves any more. A new link is checked for loops in the stretch of the order that it could close one in (Pearce
and Kelly, ACM JEA 11, 2006). The network itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ipmo.errors import CycleError, ScheduleError, UnknownItemError, close_matches
from ipmo.network import kernels
from ipmo.network.engine import TYPE_NAMES

if TYPE_CHECKING:
    from ipmo.network.passes import Passes

__all__ = ["Overlay"]

FAR = kernels.FAR
LIVE = (0, 1)
ROOM = 1024
"""Links that may be added before the columns of links grow."""


class _Change:
    """What a change did, for taking it back: values that were there before, newest last."""

    __slots__ = ("links", "single", "stretches")

    def __init__(self) -> None:
        self.single: list[tuple[Any, int, int]] = []
        self.stretches: list[tuple[Any, Any, Any, Any, Any]] = []
        self.links: list[tuple[str, int]] = []


class Overlay:
    """The dates of a network under changes; made by `Overlay(schedule)`.

    Places of items and links are those of the network (`network.ids`, links by number); added links get the next numbers.
    Times are whole minutes: durations and floats on the item's own clock, ends as instants.

    Raises:
        ScheduleError: something is enabled by one of several, which an overlay does not follow.
    """

    _src: Any
    _dst: Any
    _w: Any
    _mode: Any
    _typ: Any
    _lagclk: Any
    _lag: Any
    _next_in: Any
    _next_out: Any

    def __init__(self, passes: Passes) -> None:
        network = passes.network
        if network.anyone:
            raise ScheduleError("an overlay does not follow what one of several enables; change the portfolio and schedule it again")
        self.passes, self.network = passes, network
        self.compiled = network.compiled
        p = network._positions
        n, m = network.n, network.m
        self.n, self.links = n, m
        self._cal: Any = network.cal if network.arrays else network.clock_tables
        column = self._column
        self.place = p["pos"]
        self._clk, self._mark, self._low = column(p["clk"]), column(p["mark"]), column(p["low"])
        self._dur, self._floors = column(p["dur"]), column(p["edge"])
        fixed = p["high"] if not network.additive else [FAR] * n
        self._high, self._pin = column(fixed), column(p["pin"] if not network.additive else [FAR] * n)
        for name in ("src", "w", "mode", "typ", "lagclk", "lag"):
            setattr(self, f"_{name}", self._grown(column(p[name])))
        heads = [0] * m
        ptr = [int(t) for t in p["ptr"]]
        for v in range(n):
            for k in range(ptr[v], ptr[v + 1]):
                heads[k] = v
        self._dst = self._grown(column(heads))
        self._number = {int(e): k for k, e in enumerate(p["perm"])}
        self._lists()
        self._at, self._rank = column(range(n)), column(range(n))
        self._bits = column([0] * (n // 32 + 1))
        self._seen, self._stamp = column([0] * n), 0
        self._x, self._edge = column(passes._x), column(passes._edge)
        self._logs = [column([0] * (n + 1)) for _ in range(3)]
        self._ahead, self._behind = column([0] * (n + 1)), column([0] * (n + 1))
        self._groups()
        self._bounds()
        self._late = []
        whole, aim = passes._late_and_room
        for kind, (late, room) in enumerate((whole, aim)):
            late = self._shifted(column(late), -self.end if kind == 0 and self.relative and self.end is not None else 0)
            self._late.append((late, column([1] * n if network.additive and not network.clk_used else room)))
        self._changes: list[_Change] = []
        self.touched = 0

    # ---------------------------------------------------------------------------------------- columns

    def _column(self, values: Any) -> Any:
        if self.compiled:
            import numpy as np

            return np.array(list(values) if isinstance(values, range) else values, np.int64)
        return values.tolist() if hasattr(values, "tolist") else list(values)

    def _grown(self, values: Any) -> Any:
        if self.compiled:
            import numpy as np

            return np.concatenate([values, np.zeros(ROOM, np.int64)])
        return values + [0] * ROOM

    def _shifted(self, late: Any, by: int) -> Any:
        if self.compiled:
            known = late < FAR // 2
            late[known] += by
            late[~known] = FAR
            return late
        return [t + by if t < FAR // 2 else FAR for t in late]

    def _lists(self) -> None:
        """Links as lists of those into and out of each position."""
        n, m, room = self.n, self.links, len(self._src)
        first_in, next_in, first_out, next_out = [-1] * n, [-1] * room, [-1] * n, [-1] * room
        src, dst = [int(u) for u in self._src[:m]], [int(v) for v in self._dst[:m]]
        for k in range(m - 1, -1, -1):
            next_in[k], first_in[dst[k]] = first_in[dst[k]], k
            next_out[k], first_out[src[k]] = first_out[src[k]], k
        self._first_in, self._next_in = self._column(first_in), self._column(next_in)
        self._first_out, self._next_out = self._column(first_out), self._column(next_out)

    def _run(self, name: str, *arguments: Any) -> Any:
        from ipmo.network.compiled import kernel, plain_kernel

        return (kernel if self.compiled else plain_kernel)(name)(*arguments)

    def _groups(self) -> None:
        """Open work by project, the last finish of each, and what is done already."""
        network, passes = self.network, self.passes
        count = len(network.projects)
        order = [int(v) for v in network._positions["order"]]
        state = network.state
        group = [int(network.project[v]) if state[v] in LIVE else -1 for v in order]
        members: list[list[int]] = [[] for _ in range(count)]
        for place, g in enumerate(group):
            if g >= 0:
                members[g].append(place)
        ptr = [0]
        for inside in members:
            ptr.append(ptr[-1] + len(inside))
        self._group, self._member_ptr = self._column(group), self._column(ptr)
        self._members = self._column([v for inside in members for v in inside])
        ends = [-FAR] * count
        finish = passes._lists["finish"] if not hasattr(passes._finish, "tolist") else passes._finish.tolist()
        for place, g in enumerate(group):
            if g >= 0 and finish[place] > ends[g]:
                ends[g] = int(finish[place])
        self._ends, self._stale = self._column(ends), self._column([0] * count)
        done = [-FAR] * count
        for v, instant in network.finishes.items():
            if network.project[v] >= 0 and state[v] == 2:
                done[network.project[v]] = max(done[network.project[v]], instant)
        self._done = self._column(done)
        self._any_done = any(t > -FAR for t in done)
        self._ending = [state[v] in LIVE and network.kinds[v] not in ("benefit", "helper") for v in order]

    def _bounds(self) -> None:
        """Bounds of late dates that stay where they are, and those that follow ends."""
        network, dialect = self.network, self.passes._dialect
        n = self.n
        pos = network._positions["pos"]
        fixed: list[dict[int, list[tuple[int, bool]]]] = [{}, {}]
        own = [0] * n
        for target in network.targets:
            for node in target.nodes:
                place = int(pos[node])
                if target.date is None:
                    own[place] = 1
                else:
                    fixed[1].setdefault(place, []).append((target.date, True))
                    if dialect.deadlines_bound_total_float and target.is_deadline:
                        fixed[0].setdefault(place, []).append((target.date, True))
        for node, instant, at_finish in network.late_bounds:
            for kind in (0, 1):
                fixed[kind].setdefault(int(pos[node]), []).append((instant, at_finish))
        promised = network.promises
        groups: list[list[int]] = [[-1] * n, [-1] * n]
        own_project = dialect.float_to == "project"
        for place, v in enumerate(int(v) for v in network._positions["order"]):
            owner = int(network.project[v])
            if network.state[v] not in LIVE:
                continue
            if self._ending[place]:
                if dialect.promises_bound_total_float and owner in promised:
                    fixed[0].setdefault(place, []).append((promised[owner], True))
                else:
                    groups[0][place] = owner if own_project and owner >= 0 else len(network.projects)
            if owner >= 0:
                if owner in promised:
                    fixed[1].setdefault(place, []).append((promised[owner], True))
                else:
                    groups[1][place] = owner
        self._fixed_bounds = fixed
        self.relative = network.additive and not network.clk_used and not own_project and not fixed[0]
        self._fixed = [(self._column([FAR] * n), self._column([1] * n)) for _ in range(2)]
        for kind in (0, 1):
            for place in fixed[kind]:
                self._fix(kind, place, None)
        self._own, self._any_own = self._column(own), any(own)
        self._nobody = self._column([0] * n)
        self._late_group = [self._column(groups[0]), self._column(groups[1])]

    def _fix(self, kind: int, place: int, change: _Change | None) -> None:
        caps, rooms = self._fixed[kind]
        cap, room = FAR, 1
        clock, cal = int(self._clk[place]), self._cal
        for instant, at_finish in self._fixed_bounds[kind].get(place, ()):
            late = int(kernels.work(cal, clock, instant)) - (int(self._dur[place]) if at_finish else 0)
            waits = int(kernels.roomy(cal, clock, instant)) if at_finish else 1
            if late < cap:
                cap, room = late, waits
            elif late == cap:
                room = min(room, waits)
        if change is not None:
            change.single += [(caps, place, int(caps[place])), (rooms, place, int(rooms[place]))]
        caps[place], rooms[place] = cap, room

    # ---------------------------------------------------------------------------------------- answers

    def _place(self, item: str | int) -> int:
        if isinstance(item, str):
            node = self.passes.nodes.get(item)
            if node is None:
                raise UnknownItemError(item, close_matches(item, self.passes.nodes), "this network")
            item = node
        if not 0 <= item < self.n:
            raise ScheduleError(f"there is no item {item}; the network has {self.n}")
        return int(self.place[item])

    @property
    def end(self) -> int | None:
        """The end of the network as an instant; None when nothing is left to do."""
        latest = int(max(self._ends)) if not hasattr(self._ends, "max") else int(self._ends.max()) if len(self._ends) else -FAR
        return None if latest <= -FAR // 2 else latest

    def start(self, item: str | int) -> int:
        """The early start of an item, on its own clock."""
        return int(self._x[self._place(item)])

    def finish(self, item: str | int) -> int:
        """The early finish of an item, as an instant."""
        v = self._place(item)
        at = kernels.start_at if self._edge[v] else kernels.finish_at
        return int(at(self._cal, int(self._clk[v]), int(self._x[v] + self._dur[v])))

    def project_end(self, project: str) -> int | None:
        """The early finish of a project, as an instant."""
        g = self.network.projects.index(project)
        latest = max(int(self._ends[g]), int(self._done[g]))
        return None if latest <= -FAR // 2 else latest

    def total_float(self, item: str | int) -> int | None:
        """The slip that leaves the end of the network unmoved."""
        v = self._place(item)
        late = int(self._late[0][0][v])
        if late >= FAR // 2:
            return None
        return late + ((self.end or 0) if self.relative else 0) - int(self._x[v])

    def target_float(self, item: str | int) -> int | None:
        """The slip that leaves every promise downstream unmoved."""
        v = self._place(item)
        late = int(self._late[1][0][v])
        return None if late >= FAR // 2 else late - int(self._x[v])

    def columns(self) -> dict[str, list[int]]:
        """Early start, late start to the end, and late start to the nearest target, of every item in the network's order."""
        shift = (self.end or 0) if self.relative else 0
        total = [int(t) + shift if t < FAR // 2 else FAR for t in self._late[0][0]]
        pos = [int(v) for v in self.place]
        return {
            "early": [int(self._x[v]) for v in pos],
            "late": [total[v] for v in pos],
            "aim": [int(self._late[1][0][v]) for v in pos],
        }

    # ---------------------------------------------------------------------------------------- changes

    def set_duration(self, item: str | int, minutes: int) -> int:
        """Another duration (of work under way: of what is left), in minutes of the item's clock.

        Returns:
            How many items were moved, in any of the three sets of dates.

        Raises:
            ScheduleError: it is negative, or there is no such item.
        """
        if minutes < 0:
            raise ScheduleError(f"a duration of {minutes} minutes is negative")
        v = self._place(item)
        change = self._open()
        old = int(self._dur[v])
        self._set(self._dur, v, minutes, change)
        delta = minutes - old
        k = int(self._first_in[v])
        while k >= 0:
            if self._mode[k] in (0, 3) and self._typ[k] >= 2:
                self._set(self._w, k, int(self._w[k]) - delta, change)
            k = int(self._next_in[k])
        k = int(self._first_out[v])
        heads = [v]
        while k >= 0:
            if self._typ[k] in (0, 2):
                heads.append(int(self._dst[k]))
                if self._mode[k] in (0, 3):
                    self._set(self._w, k, int(self._w[k]) + delta, change)
            k = int(self._next_out[k])
        node = int(self.network._positions["order"][v])
        floor = self.network.finish_floor.get(node)
        if floor is not None:
            low = max(int(self.network.low[node]), floor - minutes)
            self._set(self._low, v, low, change)
            self._set(self._floors, v, int(node in self.network.floor_edges and low == floor - minutes), change)
        for kind in (0, 1):
            if v in self._fixed_bounds[kind]:
                self._fix(kind, v, change)
        return self._settle(change, heads, [v, *self._tails(v)], changed=v, old_length=old)

    def set_start_bound(self, item: str | int, minutes: int) -> int:
        """The lower bound of a start, in minutes of the item's own clock: a not-before, or a data date.

        Returns:
            How many items were moved.
        """
        v = self._place(item)
        change = self._open()
        self._set(self._low, v, minutes, change)
        return self._settle(change, [v], [])

    def set_progress(self, item: str | int, remaining: int) -> int:
        """Work is under way: so many minutes of it are left, from the data date on.

        Returns:
            How many items were moved.
        """
        moved = self.set_duration(item, remaining)
        v = self._place(item)
        base = int(kernels.work(self._cal, int(self._clk[v]), self.network.base))
        moved += self.set_start_bound(item, base)
        second, first = self._changes.pop(), self._changes.pop()
        first.single += second.single  # one change to take back
        first.stretches += second.stretches
        self._changes.append(first)
        return moved

    def set_lag(self, link: int, minutes: int) -> int:
        """Another lag of a link, in the minutes that it is counted in.

        Returns:
            How many items were moved.

        Raises:
            ScheduleError: there is no such link.
        """
        k = self._link(link)
        change = self._open()
        delta = minutes - int(self._lag[k])
        self._set(self._lag, k, minutes, change)
        if self._mode[k] in (0, 3):
            self._set(self._w, k, int(self._w[k]) + delta, change)
            self._set(self._mode, k, 0 if minutes else self._same_mode(k), change)
        return self._settle(change, [int(self._dst[k])], [int(self._src[k])])

    def _same_mode(self, k: int) -> int:
        """The mode of a link without a lag between two items on one clock."""
        return 3 if self._typ[k] == 2 and self.network.clk_used else 0

    def add_link(self, source: str | int, target: str | int, type: str = "FS", lag: int = 0) -> int:
        """A new link; its lag is counted on the source's clock.

        Returns:
            Its number.

        Raises:
            CycleError: it would close a loop; it names the items on it.
            ScheduleError: the type is not one of FS, SS, FF, SF, or it joins an item to itself.
        """
        u, v = self._place(source), self._place(target)
        if type not in TYPE_NAMES:
            raise ScheduleError(f"{type!r} is not one of {', '.join(TYPE_NAMES)}")
        if u == v:
            raise ScheduleError(f"a link would join {self._id(u)!r} to itself")
        self._stamp += 1
        lists = (self._first_in, self._next_in, self._first_out, self._next_out, self._src, self._dst)
        if self._run("reorder", u, v, self._at, self._rank, *lists, self._seen, self._stamp, self._ahead, self._behind) < 0:
            raise self._loop(u, v, type)
        if self.links == len(self._src):
            for name in ("_src", "_w", "_mode", "_typ", "_lagclk", "_lag", "_dst", "_next_in", "_next_out"):
                setattr(self, name, self._grown(getattr(self, name)))
        k = self.links
        kind = TYPE_NAMES.index(type)
        clk = self._clk
        same = clk[u] == clk[v]
        weight = lag + (int(self._dur[u]) if kind in (0, 2) else 0) - (int(self._dur[v]) if kind >= 2 else 0)
        exact = 1 if self.network.exact else 4
        values = {"_src": u, "_dst": v, "_typ": kind, "_lag": lag, "_lagclk": int(clk[u]), "_w": weight}
        for name, value in values.items():
            getattr(self, name)[k] = value
        self._mode[k] = (0 if lag else self._same_mode(k)) if same else exact
        self.links += 1
        self._number[k] = k
        change = self._open()
        change.links.append(("added", k))
        self._hang(k)
        self._settle(change, [v], [u])
        return k

    def remove_link(self, link: int) -> int:
        """Takes a link out.

        Returns:
            How many items were moved.

        Raises:
            ScheduleError: there is no such link.
        """
        k = self._link(link)
        change = self._open()
        change.links.append(("removed", k))
        self._unhang(k)
        return self._settle(change, [int(self._dst[k])], [int(self._src[k])])

    def undo(self) -> bool:
        """Takes the last change back; False when there is none."""
        if not self._changes:
            return False
        change = self._changes.pop()
        for nodes, values, other_values, column, other in reversed(change.stretches):
            if self.compiled:
                column[nodes], other[nodes] = values, other_values
            else:
                for v, a, b in zip(nodes, values, other_values, strict=True):
                    column[v], other[v] = a, b
        for column, place, value in reversed(change.single):
            column[place] = value
        for what, k in reversed(change.links):
            if what == "added":
                self._unhang(k)
                if k == self.links - 1:
                    self.links -= 1
            else:
                self._hang(k)
        return True

    # ------------------------------------------------------------------------------------------ inside

    def _id(self, place: int) -> str:
        return self.network.ids[int(self.network._positions["order"][place])]

    def _link(self, number: int) -> int:
        k = self._number.get(number, -1)
        if not 0 <= k < self.links or not self._hangs(k):
            raise ScheduleError(f"there is no link {number}")
        return k

    def _hangs(self, k: int) -> bool:
        j = int(self._first_in[int(self._dst[k])])
        while j >= 0 and j != k:
            j = int(self._next_in[j])
        return j == k

    def _hang(self, k: int) -> None:
        u, v = int(self._src[k]), int(self._dst[k])
        self._next_in[k], self._first_in[v] = self._first_in[v], k
        self._next_out[k], self._first_out[u] = self._first_out[u], k

    def _unhang(self, k: int) -> None:
        for first, following, node in (
            (self._first_in, self._next_in, int(self._dst[k])),
            (self._first_out, self._next_out, int(self._src[k])),
        ):
            if first[node] == k:
                first[node] = following[k]
                continue
            j = int(first[node])
            while following[j] != k:
                j = int(following[j])
            following[j] = following[k]

    def _tails(self, v: int) -> list[int]:
        out, k = [], int(self._first_in[v])
        while k >= 0:
            out.append(int(self._src[k]))
            k = int(self._next_in[k])
        return out

    def _loop(self, u: int, v: int, kind: str) -> CycleError:
        """The error that names the way from v back to u."""
        came: dict[int, tuple[int, int]] = {}
        waiting = [v]
        while waiting:
            here = waiting.pop()
            if here == u:
                break
            k = int(self._first_out[here])
            while k >= 0:
                head = int(self._dst[k])
                if head not in came and head != v:
                    came[head] = (here, k)
                    waiting.append(head)
                k = int(self._next_out[k])
        path, types = [u], []
        while path[-1] != v:
            before, k = came[path[-1]]
            types.append(TYPE_NAMES[int(self._typ[k])])
            path.append(before)
        names = [self._id(p) for p in reversed(path)]
        projects = []
        for p in reversed(path):
            owner = int(self.network.project[int(self.network._positions["order"][p])])
            if owner >= 0 and self.network.projects[owner] not in projects:
                projects.append(self.network.projects[owner])
        return CycleError(names, [*reversed(types), kind], projects)

    def _open(self) -> _Change:
        change = _Change()
        self._changes.append(change)
        return change

    @staticmethod
    def _set(column: Any, place: int, value: int, change: _Change) -> None:
        change.single.append((column, place, int(column[place])))
        column[place] = value

    def _wait(self, places: Sequence[int]) -> tuple[int, int]:
        ranks = [int(self._rank[v]) for v in places]
        for r in ranks:
            self._bits[r // 32] |= 1 << (r % 32)
        return min(ranks), max(ranks)

    def _kept(self, moved: int, change: _Change, column: Any, other: Any) -> Any:
        """Keeps what a pass moved, for taking it back."""
        nodes, values, others = (log[:moved] for log in self._logs)
        if self.compiled:
            nodes, values, others = nodes.copy(), values.copy(), others.copy()
        change.stretches.append((nodes, values, others, column, other))
        return nodes

    def _settle(self, change: _Change, forward: list[int], backward: list[int], changed: int = -1, old_length: int = 0) -> int:
        """Brings every date up to date: early dates from some positions on, then late dates from some back."""
        first, _ = self._wait(forward)
        lists = (self._at, self._rank, self._first_in, self._next_in, self._first_out, self._next_out)
        links = (self._src, self._dst, self._w, self._mode, self._typ, self._lagclk, self._lag)
        clocks = (self._cal, self._clk, self._dur)
        early = (self._mark, self._high, self._low, self._floors, self._x, self._edge, *self._logs)
        moved = self._run("cone_forward", self._bits, first, 2 * self.n, *lists, *links, *clocks, *early)
        total = moved
        nodes = self._kept(moved, change, self._x, self._edge)
        ends_before = self._ends.copy()
        self._run(
            "settle_ends",
            *self._logs,
            moved,
            changed,
            old_length,
            self._group,
            self._member_ptr,
            self._members,
            self._cal,
            self._clk,
            self._dur,
            self._x,
            self._edge,
            self._ends,
            self._stale,
        )
        shifted = self._shift(ends_before, change)
        for kind in (0, 1):
            total += self._settle_late(kind, change, backward, nodes, shifted, lists, links, clocks)
        self.touched = int(total)
        return self.touched

    def _shift(self, before: Any, change: _Change) -> list[int]:
        """The projects whose end is another."""
        if self.compiled:
            places = [int(g) for g in (before != self._ends).nonzero()[0]]
        else:
            places = [g for g, (a, b) in enumerate(zip(before, self._ends, strict=True)) if a != b]
        change.single += [(self._ends, g, int(before[g])) for g in places]
        return places

    def _settle_late(
        self, kind: int, change: _Change, backward: list[int], nodes: Any, shifted: list[int], lists: Any, links: Any, clocks: Any
    ) -> int:
        network = self.network
        late, room = self._late[kind]
        last = -1
        if backward:
            _, last = self._wait(backward)
        relative = kind == 0 and self.relative
        whole = kind == 0 and not relative and self.passes._dialect.float_to == "network"
        if whole and shifted:
            _, highest = self._wait(range(self.n))
            last = max(last, highest)
        elif not relative:
            for g in shifted:
                last = max(last, int(self._run("put_members", self._bits, self._rank, self._member_ptr, self._members, g)))
        if kind == 1 and self._any_own:
            own = [int(v) for v in nodes if self._own[v]]
            if own:
                _, highest = self._wait(own)
                last = max(last, highest)
        if last < 0:
            return 0
        ends: Any
        if kind == 0:
            count = len(network.projects)
            ends = (
                [max(int(e), int(d)) for e, d in zip(self._ends, self._done, strict=True)] if not whole and not relative else [FAR] * count
            )
            ends = self._column([*ends, 0 if relative else (self.end if self.end is not None else FAR)])
        else:
            ends = (
                self._ends
                if not self._any_done
                else self._column([max(int(e), int(d)) for e, d in zip(self._ends, self._done, strict=True)])
            )
        fixed, fixed_room = self._fixed[kind]
        own_column = self._own if kind == 1 else self._nobody
        bounds = (self._pin, self._mark, fixed, fixed_room, own_column, self._late_group[kind], ends)
        moved: int = self._run(
            "cone_backward", self._bits, last, 2 * self.n, *lists, *links, *clocks, *bounds, self._x, late, room, *self._logs
        )
        self._kept(moved, change, late, room)
        return moved
