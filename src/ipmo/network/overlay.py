"""What-if on a compiled network: changes that touch only what they move, and can be taken back.

An overlay keeps the dates that were computed. A change of a duration, a bound, a lag or a link brings early dates, late
dates to the end and to the nearest target, and the ends of projects up to date, forward and backward, and stops where
nothing moves any more. A new link is checked for loops in the stretch of the order that it could close one in (Pearce
and Kelly, ACM JEA 11, 2006). The network itself stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipmo.errors import CycleError, ScheduleError, UnknownItemError, close_matches
from ipmo.network.kernels import passes as kernels
from ipmo.network.states import EFFECTS, LIVE, TYPE_NAMES, State

if TYPE_CHECKING:
    from ipmo.network.passes import Passes

__all__ = ["Overlay"]

FAR = kernels.FAR
ROOM = 1024
"""Links that may be added before the columns of links grow."""
NODE_ROWS = [
    "at",
    "rank",
    "first_in",
    "first_out",
    "clk",
    "dur",
    "mark",
    "high",
    "pin",
    "low",
    "floors",
    "x",
    "edge",
    "group",
    "own",
    "nobody",
    "fixed",
    "fixed_room",
    "aim_fixed",
    "aim_fixed_room",
    "late",
    "room",
    "aim",
    "aim_room",
    "late_group",
    "aim_group",
    "log",
    "log_x",
    "log_edge",
    "log_1",
    "late_log",
    "room_log",
    "log_2",
    "aim_log",
    "aim_room_log",
    "seen",
    "ahead",
    "behind",
]
"""What is kept of each node; the node's place in `network` order is the column, except for `at`."""
LINK_ROWS = ["src", "dst", "w", "mode", "typ", "lagclk", "lag", "next_in", "next_out"]
GROUP_ROWS = ["ends", "stale", "done", "before", "whole", "aims"]
"""What is kept of each project, and in the last column of all together."""
FEW = 16
"""A pass may look at one in so many nodes before a pass over all of them is faster."""


class _Change:
    """What a change did, for taking it back: values that were there before, newest last."""

    __slots__ = ("links", "single", "stretches")

    def __init__(self) -> None:
        self.single: list[tuple[Any, int, int]] = []
        self.stretches: list[tuple[Any, Any, Any, Any, Any]] = []
        self.links: list[tuple[str, int]] = []


class Overlay:
    """The dates of a network under changes; made by `Overlay(schedule.passes)`.

    Places of items and links are those of the network (`network.ids`, links by number); added links get the next numbers.
    Times are whole minutes: durations and floats on the item's own clock, ends as instants.

    Raises:
        ScheduleError: something is enabled by one of several, is as late as possible, or lasts until an expected finish: an
            overlay does not follow those.
    """

    def __init__(self, passes: Passes) -> None:
        network = passes.network
        for found, what in (
            (network.anyone, "what one of several enables"),
            (network.latest, "work as late as possible"),
            (network.expected, "work until an expected finish"),
        ):
            if found:
                raise ScheduleError(f"an overlay does not follow {what}; change the portfolio and schedule it again")
        self.passes, self.network = passes, network
        self.compiled = network.compiled
        p = network.positions
        n, m = network.n, network.m
        self.n, self.links, self.whole_structure = n, m, True
        self._cal: Any = network.cal if network.arrays else network.clock_tables
        self.place = p.pos
        self._nodes = self._table(len(NODE_ROWS), n)
        self._links = self._table(len(LINK_ROWS), m + ROOM)
        self._groups = self._table(len(GROUP_ROWS), len(network.projects) + 1)
        self._name_rows()
        fixed = [FAR] * n if network.additive else None
        for name, values in (
            ("at", range(n)),
            ("rank", range(n)),
            ("clk", p.clk),
            ("dur", p.dur),
            ("mark", p.mark),
            ("high", p.high if fixed is None else fixed),
            ("pin", p.pin if fixed is None else fixed),
            ("low", p.low),
            ("floors", p.low_edge),
            ("x", passes.early_starts),
            ("edge", passes.early_waits),
        ):
            self._put(self._row(name), values)
        heads = [v for v in range(n) for _ in range(int(p.ptr[v]), int(p.ptr[v + 1]))]
        for name in ("src", "w", "mode", "typ", "lagclk", "lag"):
            self._put(self._link(name), getattr(p, name))
        self._put(self._link("dst"), heads)
        self._number = {int(e): k for k, e in enumerate(p.perm)}
        self._hang_all()
        self._bits = self._filled(n // 32 + 1, 0)
        self._counts = self._filled(3, 0)
        self._stamp = 0
        self._set_groups()
        self._set_bounds()
        for kind, ((late, room), names) in enumerate(zip(passes.late_passes, (("late", "room"), ("aim", "aim_room")), strict=True)):
            self._put(self._row(names[0]), self._shifted(late, -self.end if kind == 0 and self.relative and self.end is not None else 0))
            self._put(self._row(names[1]), [1] * n if network.additive and not network.clk_used else room)
        self._changes: list[_Change] = []
        self.touched = 0
        self._tables = (self._groups, self._member_ptr, self._members, self._cal)

    # ---------------------------------------------------------------------------------------- columns

    def _filled(self, size: int, value: int) -> Any:
        if not self.compiled:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64)

    def _table(self, rows: int, size: int) -> Any:
        if not self.compiled:
            return [[0] * size for _ in range(rows)]
        import numpy as np

        return np.zeros((rows, size), np.int64)

    def _name_rows(self) -> None:
        """The rows of the tables by name."""
        self._rows = dict(zip(NODE_ROWS, self._nodes, strict=True))
        self._link_rows = dict(zip(LINK_ROWS, self._links, strict=True))
        self._row, self._link = self._rows.__getitem__, self._link_rows.__getitem__

    @staticmethod
    def _put(row: Any, values: Any) -> None:
        """Fills a row from its beginning."""
        row[: len(values)] = (
            list(values)
            if isinstance(values, range)
            else values.tolist()
            if isinstance(row, list) and hasattr(values, "tolist")
            else values
        )

    def _shifted(self, late: Any, by: int) -> list[int]:
        return [int(t) + by if t < FAR // 2 else FAR for t in (late.tolist() if hasattr(late, "tolist") else late)]

    def _hang_all(self) -> None:
        """Links as lists of those into and out of each position."""
        n, m = self.n, self.links
        first_in, next_in, first_out, next_out = [-1] * n, [-1] * m, [-1] * n, [-1] * m
        src, dst = [int(u) for u in self._link("src")[:m]], [int(v) for v in self._link("dst")[:m]]
        for k in range(m - 1, -1, -1):
            next_in[k], first_in[dst[k]] = first_in[dst[k]], k
            next_out[k], first_out[src[k]] = first_out[src[k]], k
        self._put(self._row("first_in"), first_in)
        self._put(self._row("first_out"), first_out)
        self._put(self._link("next_in"), next_in)
        self._put(self._link("next_out"), next_out)

    def _run(self, name: str, *arguments: Any) -> Any:
        from ipmo.network.compiled import kernel, plain_kernel

        return (kernel if self.compiled else plain_kernel)(name)(*arguments)

    def _set_groups(self) -> None:
        """Open work by project, the last finish of each, and what is done already."""
        network, passes = self.network, self.passes
        count = len(network.projects)
        order = [int(v) for v in network.positions.order]
        state = network.state
        group = [int(network.project[v]) if state[v] in LIVE else -1 for v in order]
        members: list[list[int]] = [[] for _ in range(count)]
        for place, g in enumerate(group):
            if g >= 0:
                members[g].append(place)
        ptr = [0]
        for inside in members:
            ptr.append(ptr[-1] + len(inside))
        self._member_ptr, self._members = self._filled(count + 1, 0), self._filled(ptr[-1], 0)
        self._put(self._row("group"), group)
        self._put(self._member_ptr, ptr)
        self._put(self._members, [v for inside in members for v in inside])
        ends, done = [-FAR] * (count + 1), [-FAR] * (count + 1)
        finish = passes.finishes.tolist() if hasattr(passes.finishes, "tolist") else passes.finishes
        for place, g in enumerate(group):
            if g >= 0 and finish[place] > ends[g]:
                ends[g] = int(finish[place])
        ends[count] = max(ends[:count], default=-FAR)
        for v, instant in network.finishes.items():
            if network.project[v] >= 0 and state[v] == State.FINISHED:
                done[network.project[v]] = max(done[network.project[v]], instant)
        self._put(self._group_row("ends"), ends)
        self._put(self._group_row("done"), done)
        self._ending = [state[v] in LIVE and network.kinds[v] not in EFFECTS for v in order]

    def _group_row(self, name: str) -> Any:
        return self._groups[GROUP_ROWS.index(name)]

    def _set_bounds(self) -> None:
        """Bounds of late dates that stay where they are, and those that follow ends."""
        network, dialect = self.network, self.passes.dialect
        n = self.n
        pos = network.positions.pos
        fixed: list[dict[int, list[tuple[int, bool]]]] = [{}, {}]
        own = [0] * n
        for target in network.commitments:
            for node in target.nodes:
                place = int(pos[node])
                if network.state[node] not in LIVE:
                    continue  # what is paused or done has no late dates
                if target.date is None:
                    own[place] = 1
                else:
                    fixed[1].setdefault(place, []).append((target.date, True))
                    if dialect.deadlines_bound_total_float and target.is_deadline and self._ending[place]:
                        fixed[0].setdefault(place, []).append((target.date, True))
        for node, instant, at_finish in network.late_bounds:
            for kind in (0, 1):
                fixed[kind].setdefault(int(pos[node]), []).append((instant, at_finish))
        promised = network.promises
        groups: list[list[int]] = [[-1] * n, [-1] * n]
        self.by_group = dialect.float_to == "project"
        for place, v in enumerate(int(v) for v in network.positions.order):
            owner = int(network.project[v])
            if network.state[v] not in LIVE:
                continue
            if self._ending[place]:
                if dialect.promises_bound_total_float and owner in promised:
                    fixed[0].setdefault(place, []).append((promised[owner], True))
                else:
                    groups[0][place] = owner if self.by_group and owner >= 0 else len(network.projects)
            if owner >= 0:
                if owner in promised:
                    fixed[1].setdefault(place, []).append((promised[owner], True))
                else:
                    groups[1][place] = owner
        self._fixed_bounds = fixed
        self.relative = network.additive and not network.clk_used and not self.by_group and not fixed[0]
        for kind, prefix in enumerate(("", "aim_")):
            self._put(self._row(prefix + "fixed"), [FAR] * n)
            self._put(self._row(prefix + "fixed_room"), [1] * n)
            for place in fixed[kind]:
                self._fix(kind, place, None)
        self._put(self._row("own"), own)
        self._put(self._row("late_group"), groups[0])
        self._put(self._row("aim_group"), groups[1])

    def _fix(self, kind: int, place: int, change: _Change | None) -> None:
        prefix = ("", "aim_")[kind]
        caps, rooms = self._row(prefix + "fixed"), self._row(prefix + "fixed_room")
        cap, room = FAR, 1
        clock, cal = int(self._row("clk")[place]), self._cal
        for instant, at_finish in self._fixed_bounds[kind].get(place, ()):
            late = int(kernels.work(cal, clock, instant)) - (int(self._row("dur")[place]) if at_finish else 0)
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
        latest = int(self._group_row("ends")[len(self.network.projects)])
        return None if latest <= -FAR // 2 else latest

    def start(self, item: str | int) -> int:
        """The early start of an item, on its own clock."""
        return int(self._row("x")[self._place(item)])

    def finish(self, item: str | int) -> int:
        """The early finish of an item, as an instant."""
        v = self._place(item)
        at = kernels.start_at if self._row("edge")[v] else kernels.finish_at
        return int(at(self._cal, int(self._row("clk")[v]), int(self._row("x")[v] + self._row("dur")[v])))

    def project_end(self, project: str) -> int | None:
        """The early finish of a project, as an instant."""
        g = self.network.projects.index(project)
        latest = max(int(self._group_row("ends")[g]), int(self._group_row("done")[g]))
        return None if latest <= -FAR // 2 else latest

    def total_float(self, item: str | int) -> int | None:
        """The slip that leaves the end of the network unmoved."""
        v = self._place(item)
        late = int(self._row("late")[v])
        if late >= FAR // 2:
            return None
        return late + ((self.end or 0) if self.relative else 0) - int(self._row("x")[v])

    def target_float(self, item: str | int) -> int | None:
        """The slip that leaves every promise downstream unmoved."""
        v = self._place(item)
        late = int(self._row("aim")[v])
        return None if late >= FAR // 2 else late - int(self._row("x")[v])

    def columns(self) -> dict[str, list[int]]:
        """Early start, late start to the end, and late start to the nearest target, of every item in the network's order."""
        shift = (self.end or 0) if self.relative else 0
        total = [int(t) + shift if t < FAR // 2 else FAR for t in self._row("late")]
        pos = [int(v) for v in self.place]
        return {
            "early": [int(self._row("x")[v]) for v in pos],
            "late": [total[v] for v in pos],
            "aim": [int(self._row("aim")[v]) for v in pos],
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
        if int(self.network.positions.order[v]) in self.network.high:
            raise ScheduleError(f"{self._id(v)!r} is held by a constraint that overrides the logic; change the portfolio instead")
        change = self._open()
        dur, w, mode, typ = self._row("dur"), self._link("w"), self._link("mode"), self._link("typ")
        old = int(dur[v])
        self._set(dur, v, minutes, change)
        delta = minutes - old
        heads, tails = [v], [v]
        following, source, k = self._link("next_in"), self._link("src"), int(self._row("first_in")[v])
        while k >= 0:
            if typ[k] >= 2:
                tails.append(int(source[k]))
                if mode[k] in (0, 3):
                    self._set(w, k, int(w[k]) - delta, change)
            k = int(following[k])
        following, target, k = self._link("next_out"), self._link("dst"), int(self._row("first_out")[v])
        while k >= 0:
            if typ[k] in (0, 2):
                heads.append(int(target[k]))
                if mode[k] in (0, 3):
                    self._set(w, k, int(w[k]) + delta, change)
            k = int(following[k])
        node = int(self.network.positions.order[v])
        floor = self.network.finish_floor.get(node)
        if floor is not None:
            low = max(int(self.network.low[node]), floor - minutes)
            self._set(self._row("low"), v, low, change)
            self._set(self._row("floors"), v, int(node in self.network.floor_edges and low == floor - minutes), change)
        for kind in (0, 1):
            if v in self._fixed_bounds[kind]:
                self._fix(kind, v, change)
        return self._settle(change, heads, tails, changed=v, old_length=old)

    def set_start_bound(self, item: str | int, minutes: int) -> int:
        """The lower bound of a start, in minutes of the item's own clock: a not-before, or a data date.

        Returns:
            How many items were moved.
        """
        v = self._place(item)
        change = self._open()
        node = int(self.network.positions.order[v])
        floor = self.network.finish_floor.get(node)
        if floor is not None:
            least = floor - int(self._row("dur")[v])
            minutes = max(minutes, least)
            self._set(self._row("floors"), v, int(node in self.network.floor_edges and minutes == least), change)
        self._set(self._row("low"), v, minutes, change)
        return self._settle(change, [v], [])

    def set_progress(self, item: str | int, remaining: int) -> int:
        """Work is under way: so many minutes of it are left, from the data date on.

        Returns:
            How many items were moved.
        """
        moved = self.set_duration(item, remaining)
        v = self._place(item)
        base = int(kernels.work(self._cal, int(self._row("clk")[v]), self.network.base))
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
        k = self._found(link)
        change = self._open()
        delta = minutes - int(self._link("lag")[k])
        self._set(self._link("lag"), k, minutes, change)
        if self._link("mode")[k] in (0, 3):
            self._set(self._link("w"), k, int(self._link("w")[k]) + delta, change)
            self._set(self._link("mode"), k, 0 if minutes else self._same_mode(k), change)
        return self._settle(change, [int(self._link("dst")[k])], [int(self._link("src")[k])])

    def _same_mode(self, k: int) -> int:
        """The mode of a link without a lag between two items on one clock."""
        return 3 if self._link("typ")[k] == 2 and self.network.clk_used else 0

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
        row, link = self._row, self._link
        lists = (row("first_in"), link("next_in"), row("first_out"), link("next_out"), link("src"), link("dst"))
        room = (row("seen"), self._stamp, row("ahead"), row("behind"))
        if self._run("reorder", u, v, row("at"), row("rank"), *lists, *room) < 0:
            raise self._loop(u, v, type)
        self.whole_structure = False
        if self.links == len(link("src")):
            self._grow()
        k = self.links
        kind = TYPE_NAMES.index(type)
        clk = row("clk")
        same = clk[u] == clk[v]
        weight = lag + (int(self._row("dur")[u]) if kind in (0, 2) else 0) - (int(self._row("dur")[v]) if kind >= 2 else 0)
        exact = 1 if self.network.exact else 4
        for name, value in {"src": u, "dst": v, "typ": kind, "lag": lag, "lagclk": int(clk[u]), "w": weight}.items():
            self._link(name)[k] = value
        self._link("mode")[k] = (0 if lag else self._same_mode(k)) if same else exact
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
        k = self._found(link)
        change = self._open()
        self.whole_structure = False
        change.links.append(("removed", k))
        self._unhang(k)
        return self._settle(change, [int(self._link("dst")[k])], [int(self._link("src")[k])])

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
        return self.network.ids[int(self.network.positions.order[place])]

    def _found(self, number: int) -> int:
        k = self._number.get(number, -1)
        if not 0 <= k < self.links or not self._hangs(k):
            raise ScheduleError(f"there is no link {number}")
        return k

    def _hangs(self, k: int) -> bool:
        j = int(self._row("first_in")[int(self._link("dst")[k])])
        while j >= 0 and j != k:
            j = int(self._link("next_in")[j])
        return j == k

    def _hang(self, k: int) -> None:
        u, v = int(self._link("src")[k]), int(self._link("dst")[k])
        self._link("next_in")[k], self._row("first_in")[v] = self._row("first_in")[v], k
        self._link("next_out")[k], self._row("first_out")[u] = self._row("first_out")[u], k

    def _unhang(self, k: int) -> None:
        for first, following, node in (
            (self._row("first_in"), self._link("next_in"), int(self._link("dst")[k])),
            (self._row("first_out"), self._link("next_out"), int(self._link("src")[k])),
        ):
            if first[node] == k:
                first[node] = following[k]
                continue
            j = int(first[node])
            while following[j] != k:
                j = int(following[j])
            following[j] = following[k]

    def _loop(self, u: int, v: int, kind: str) -> CycleError:
        """The error that names the way from v back to u."""
        came: dict[int, tuple[int, int]] = {}
        waiting = [v]
        while waiting:
            here = waiting.pop()
            if here == u:
                break
            k = int(self._row("first_out")[here])
            while k >= 0:
                head = int(self._link("dst")[k])
                if head not in came and head != v:
                    came[head] = (here, k)
                    waiting.append(head)
                k = int(self._link("next_out")[k])
        path, types = [u], []
        while path[-1] != v:
            before, k = came[path[-1]]
            types.append(TYPE_NAMES[int(self._link("typ")[k])])
            path.append(before)
        names = [self._id(p) for p in reversed(path)]
        projects = []
        for p in reversed(path):
            owner = int(self.network.project[int(self.network.positions.order[p])])
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

    def _grow(self) -> None:
        """Room for more links."""
        if self.compiled:
            import numpy as np

            self._links = np.concatenate([self._links, np.zeros((len(LINK_ROWS), max(ROOM, self.links)), np.int64)], axis=1)
        else:
            for row in self._links:
                row += [0] * max(ROOM, self.links)
        self._name_rows()

    def _list(self, values: list[int]) -> Any:
        if not self.compiled:
            return values
        import numpy as np

        return np.array(values, np.int64)

    def _keep(self, change: _Change, moved: int, names: tuple[str, str, str, str, str]) -> None:
        """Keeps what a pass moved, for taking it back: names of its logs and of the columns."""
        if not moved:
            return
        nodes, values, others = (self._row(name)[:moved] for name in names[:3])
        if self.compiled:
            nodes, values, others = nodes.copy(), values.copy(), others.copy()
        change.stretches.append((nodes, values, others, self._row(names[3]), self._row(names[4])))

    def _settle(self, change: _Change, forward: list[int], backward: list[int], changed: int = -1, old_length: int = 0) -> int:
        """Brings every date up to date: early dates from some nodes on, then late dates from some back."""
        quick = self.whole_structure and self.relative and self.compiled and self.n > 10_000
        budget = self.n // FEW if quick else 2 * self.n
        ends = self._group_row("ends")
        before = ends.copy()
        flags = (changed, old_length, int(self.relative), int(self.by_group))
        touched = (self._list(forward), self._list(backward))
        stopped = self._run("settle", self._bits, *touched, budget, self._nodes, self._links, *self._tables, *flags, self._counts)
        counts = [int(c) for c in self._counts]
        moved = [c if c >= 0 else -1 - c for c in counts]
        for count, names in zip(moved, LOGS, strict=True):
            self._keep(change, count, names)
        if stopped < 3:
            self._bits[:] = 0
            moved[stopped] += self._everything(change, int(stopped))
        if self.compiled:
            places = (before != ends).nonzero()[0].tolist()
        else:
            places = [g for g, (a, b) in enumerate(zip(before, ends, strict=True)) if a != b]
        change.single += [(ends, g, int(before[g])) for g in places]
        self.touched = sum(moved)
        return self.touched

    def _everything(self, change: _Change, stopped: int) -> int:
        """A whole pass where too much moves: early dates too when `stopped` is 0. Networks of plain sums only."""
        import numpy as np

        network, p = self.network, self.network.positions
        row, w = self._row, self._link("w")[: network.m]
        count = 0
        if stopped == 0:
            x = row("low").copy()
            self._run("forward", p.ptr, p.src, w, x)
            count += self._replaced(change, x, "x", "edge")
            ends = self._group_row("ends")
            ends[:] = -FAR
            group = row("group")
            if len(self._members):
                np.maximum.at(ends, group[group >= 0], (x + row("dur"))[group >= 0])
            ends[-1] = ends[:-1].max(initial=-FAR)
        aims = np.maximum(self._group_row("ends"), self._group_row("done"))
        late = np.where(row("late_group") >= 0, -row("dur"), FAR)
        aim = np.minimum(row("aim_fixed"), np.where(row("own") == 1, row("x"), FAR))
        aim = np.minimum(aim, np.where(row("aim_group") >= 0, aims[row("aim_group")] - row("dur"), FAR))
        if stopped <= 1:
            self._run("backward_two", p.ptr, p.src, w, late, aim)
            late[late >= FAR // 2] = FAR
            count += self._replaced(change, late, "late", "room")
        else:
            self._run("backward", p.ptr, p.src, w, aim)
        aim[aim >= FAR // 2] = FAR
        return count + self._replaced(change, aim, "aim", "aim_room")

    def _replaced(self, change: _Change, values: Any, name: str, other: str) -> int:
        """Puts a whole column in the place of another, and keeps what was there."""
        row, beside = self._row(name), self._row(other)
        places = (values != row).nonzero()[0]
        if len(places):
            change.stretches.append((places, row[places], beside[places], row, beside))
            row[places] = values[places]
        return len(places)


LOGS = (
    ("log", "log_x", "log_edge", "x", "edge"),
    ("log_1", "late_log", "room_log", "late", "room"),
    ("log_2", "aim_log", "aim_room_log", "aim", "aim_room"),
)
"""The logs of each pass and the columns that it changes."""
