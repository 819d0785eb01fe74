"""The state of an overlay: what is kept of nodes, links and projects, brought up to date after a change, and taken back.

Columns are rows of three tables, so that a kernel takes all with few arguments; `kernels.settling` says which row is what.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipmo.errors import CycleError, ScheduleError
from ipmo.network.clocks import Clock
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels import settling
from ipmo.network.kernels.columns import FAR, TO_END, TO_TARGET, Dates, Sums
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array, plain
from ipmo.network.states import TYPE_NAMES, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints
    from ipmo.network.kernels.settling import Rows

__all__ = ["Change", "OverlayState", "Stretch"]

ROOM = 1024
"""Links that may be added before the columns of links grow."""
SEEDS = 64
"""Places that a change begins at, up to which one column holds them for every change."""
FEW = 16
"""A pass may look at one in so many nodes before a pass over all of them is faster."""
LOGS = (
    ("log", "log_x", "log_edge", "x", "edge"),
    ("log_1", "late_log", "room_log", "late", "room"),
    ("log_2", "aim_log", "aim_room_log", "aim", "aim_room"),
)
"""The logs of each pass and the columns that it changes."""


class Stretch(NamedTuple):
    """Values of two columns that were there before a pass.

    Args:
        nodes: whose they are.
        values: those of the first column.
        others: those of the second.
        column: the first column's name.
        other: the second's.
    """

    nodes: Ints
    values: Ints
    others: Ints
    column: str
    other: str


class Single(NamedTuple):
    """A value that was there before: its column, place and what it was."""

    column: str
    place: int
    value: int


class Change:
    """What a change did, for taking it back: values that were there before, newest last."""

    __slots__ = ("links", "single", "stretches")

    def __init__(self) -> None:
        self.single: list[Single] = []
        self.stretches: list[Stretch] = []
        self.links: list[tuple[str, int]] = []


class OverlayState:
    """The columns of an overlay, and what brings them up to date; see `Overlay`.

    Args:
        passes: the network with its dates.
        late: with late dates, which changes keep right; what only asks for `slips` does without.

    Raises:
        ScheduleError: something is enabled by one of several, is as late as possible, or lasts until an expected finish.
    """

    def __init__(self, passes: Passes, *, late: bool = True) -> None:
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
        self.n, self.links, self.whole_structure = network.n, network.m, True
        self._cal = network.cal if network.arrays else network.clock_tables
        self.place = network.positions.pos
        self._nodes = self._table(len(settling.NODE_ROWS), network.n)
        self._links = self._table(len(settling.LINK_ROWS), network.m + ROOM)
        self._groups = self._table(len(settling.GROUP_ROWS), len(network.projects) + 1)
        self._name_rows()
        self._fill()
        self._hang_all()
        self._bits, self._counts, self._stamp = self.filled(network.n // 32 + 1, 0), self.filled(3, 0), 0
        self._set_groups()
        if late:
            self._set_late()
        self.changes: list[Change] = []
        self.touched = 0

    def _set_late(self) -> None:
        """Late dates to the end and to targets, and what bounds them."""
        self._set_bounds()
        network, late = self.network, self.passes.late
        shift = -self.end if self.relative and self.end is not None else 0
        self._put(self.row("late"), _shifted(late.to_end.x, shift))
        self._put(self.row("aim"), _shifted(late.to_target.x, 0))
        apart = self.filled(network.n, 1) if network.additive and not network.clk_used else None  # a finish may always wait there
        self._put(self.row("room"), late.to_end.edge if apart is None else apart)
        self._put(self.row("aim_room"), late.to_target.edge if apart is None else apart)

    # ---------------------------------------------------------------------------------------- columns

    def filled(self, size: int, value: int) -> Ints:
        """A column of the kind that the kernels take here: a list, or an array for compiled ones."""
        if not self.compiled:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64) if value else np.zeros(size, np.int64)

    def _table(self, rows: int, size: int) -> Rows:
        if not self.compiled:
            return [[0] * size for _ in range(rows)]
        import numpy as np

        return np.zeros((rows, size), np.int64)

    def _name_rows(self) -> None:
        """The rows of the tables by name."""
        tables = (self._nodes, self._links, self._groups)
        names = (settling.NODE_ROWS, settling.LINK_ROWS, settling.GROUP_ROWS)
        self._rows: dict[str, Ints] = {
            name: row for some, table in zip(names, tables, strict=True) for name, row in zip(some, table, strict=True)
        }
        self.row = self._rows.__getitem__
        self._cells: dict[str, list[int] | memoryview[int]] = {
            name: row if isinstance(row, list) else row.data for name, row in self._rows.items()
        }
        self.cells = self._cells.__getitem__
        """A row of which single values are read and written: as Python's own numbers, in a third of the time."""

    @staticmethod
    def _put(row: Ints, values: Sequence[int] | Ints) -> None:
        """Fills a row from its beginning."""
        row[: len(values)] = values.tolist() if isinstance(row, list) and not isinstance(values, Sequence) else values

    def _fill(self) -> None:
        """The columns of the network, and its early dates."""
        import numpy as np

        network, passes, p, n = self.network, self.passes, self.network.positions, self.n
        free, places = np.full(n, FAR), np.arange(n)
        columns: dict[str, Sequence[int] | Ints] = {"at": places, "rank": places, "clk": p.clk, "dur": p.dur, "mark": p.mark}
        columns |= {"high": free if network.additive else p.high, "pin": free if network.additive else p.pin, "low": p.low}
        columns |= {"floors": p.low_edge, "x": passes.early_starts, "edge": passes.early_waits}
        columns["not_before"] = as_array(network.low)[as_array(p.order)]  # what is asked of a start, without what is asked of its finish
        for name, values in columns.items():
            self._put(self.row(name), values)
        heads = [v for v in range(n) for _ in range(p.ptr[v], p.ptr[v + 1])] if isinstance(p.ptr, list) else _heads(p.ptr)
        columns = {"src": p.src, "w": p.w, "mode": p.mode, "typ": p.typ, "lagclk": p.lagclk, "lag": p.lag, "dst": heads}
        for name, values in columns.items():
            self._put(self.row(name), values)

    @functools.cached_property
    def _number(self) -> dict[int, int]:
        """The place of each link by its number."""
        return {e: k for k, e in enumerate(plain(self.network.positions.perm))}

    def _hang_all(self) -> None:
        """Links as lists of those into and out of each position."""
        self.network.run(settling.hang_all, self.links, self._nodes, self._links)

    def _make_room(self, u: int, v: int) -> bool:
        """Makes room in the order for a link from u to v; False when it would close a loop."""
        self._stamp += 1
        return self.network.run(settling.make_room, u, v, self._nodes, self._links, self._stamp) >= 0

    def _set_groups(self) -> None:
        """Open work by project, the last finish of each, and what is done already."""
        import numpy as np

        network, passes = self.network, self.passes
        count = len(network.projects)
        owner = as_array(passes.groups)
        group = np.where(passes.live & (owner < count), owner, -1)
        inside = np.flatnonzero(group >= 0)
        first = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(group[inside], minlength=count), out=first[1:])
        self._member_first, self._members = self.filled(count + 1, 0), self.filled(len(inside), 0)
        self._put(self.row("group"), group)
        self._put(self._member_first, first)
        self._put(self._members, inside[np.argsort(group[inside], kind="stable")])
        ends, done = np.full(count + 1, -FAR), [-FAR] * (count + 1)
        np.maximum.at(ends, group[inside], as_array(passes.finishes)[inside])
        ends[count] = ends[:count].max(initial=-FAR)
        for v, instant in network.finishes.items():
            if network.project[v] >= 0 and network.state[v] == State.FINISHED:
                done[network.project[v]] = max(done[network.project[v]], instant)
        self._put(self.row("ends"), ends)
        self._put(self.row("done"), done)

    def _set_bounds(self) -> None:
        """Bounds of late dates that stay where they are, and those that follow ends."""
        import numpy as np

        network, dialect = self.network, self.passes.dialect
        pos, live, ending = network.positions.pos, self.passes.live, network.ending == 1
        owner, count = as_array(self.passes.groups), len(network.projects)
        fixed: list[dict[int, list[tuple[int, bool]]]] = [{}, {}]
        own = self.row("own")
        for target in network.commitments:
            for node in target.nodes:
                place = int(pos[node])
                if not live[place]:
                    continue  # what is paused or done has no late dates
                if target.date is None:
                    own[place] = 1
                else:
                    fixed[TO_TARGET].setdefault(place, []).append((target.date, True))
                    if dialect.deadlines_bound_total_float and target.is_deadline and ending[place]:
                        fixed[TO_END].setdefault(place, []).append((target.date, True))
        for node, instant, at_finish in network.late_bounds:
            for kind in (TO_END, TO_TARGET):
                fixed[kind].setdefault(int(pos[node]), []).append((instant, at_finish))
        committed = np.full(count + 1, FAR)
        for place, instant in network.stated_finishes.items():
            committed[place] = instant
        due = committed[owner]
        self.by_group = dialect.float_to == "project"
        ends = np.where(owner < count, owner, count) if self.by_group else np.full(self.n, count)
        stays = ending & (due < FAR) if dialect.commitments_bound_total_float else np.zeros(self.n, bool)
        to_target = live & (owner < count)
        self._fixed_bounds = fixed
        self._committed = [np.where(stays, due, FAR), np.where(to_target, due, FAR)]
        self.relative = network.additive and not network.clk_used and not self.by_group and not fixed[TO_END] and not stays.any()
        for kind in (TO_END, TO_TARGET):
            self._fix_committed(kind)
            for place in fixed[kind]:
                self._fix(kind, place, None)
        self._put(self.row("late_group"), np.where(ending & ~stays, ends, -1))
        self._put(self.row("aim_group"), np.where(to_target & (due >= FAR), owner, -1))

    def _fix_committed(self, kind: int) -> None:
        """The late starts that the stated finishes of projects bound, all at once."""
        import numpy as np

        network, instants = self.network, self._committed[kind]
        bound = instants < FAR
        late, room = np.full(self.n, FAR), np.ones(self.n, np.int64)
        if bound.any():
            given = instants if network.arrays else instants.tolist()
            found = Dates(self.filled(self.n, 0), self.filled(self.n, 0))
            memo, groups = self.filled(4 * (len(network.projects) + 1), 0), self.passes.groups
            network.run(kernels.latest_starts, network.positions.nodes, network.cal, groups, given, memo, found)
            late, room = np.where(bound, as_array(found.x), FAR), np.where(bound, as_array(found.edge), 1)
        prefix = ("", "aim_")[kind]
        self._put(self.row(prefix + "fixed"), late)
        self._put(self.row(prefix + "fixed_room"), room)

    def _bounds_on(self, kind: int, place: int) -> list[tuple[int, bool]]:
        """(instant, whether of its finish) of each date that bounds the late dates of a position, wherever ends go."""
        due = int(self._committed[kind][place])
        return [*self._fixed_bounds[kind].get(place, ()), *([(due, True)] if due < FAR else [])]

    def _is_bound(self, kind: int, place: int) -> bool:
        """Whether any date bounds the late dates of a position."""
        return place in self._fixed_bounds[kind] or bool(self._bound_at[kind][place])

    @functools.cached_property
    def _bound_at(self) -> list[bytes]:
        """1 for each position that the stated finish of its project bounds."""
        return [(instants < FAR).tobytes() for instants in self._committed]

    def _clock(self, place: int) -> Clock:
        return self.network.clock(int(self.row("clk")[place]))

    def _fix(self, kind: int, place: int, change: Change | None) -> None:
        prefix = ("", "aim_")[kind]
        caps, rooms = self.row(prefix + "fixed"), self.row(prefix + "fixed_room")
        cap, room = FAR, 1
        clock = self._clock(place)
        for instant, at_finish in self._bounds_on(kind, place):
            late = clock.work(instant) - (int(self.row("dur")[place]) if at_finish else 0)
            waits = int(clock.roomy(instant)) if at_finish else 1
            if late < cap:
                cap, room = late, waits
            elif late == cap:
                room = min(room, waits)
        if change is not None:
            change.single += [
                Single(prefix + "fixed", place, int(caps[place])),
                Single(prefix + "fixed_room", place, int(rooms[place])),
            ]
        caps[place], rooms[place] = cap, room

    @property
    def end(self) -> int | None:
        """The end of the network as an instant; None when nothing is left to do."""
        latest = int(self.row("ends")[len(self.network.projects)])
        return None if latest <= -FAR // 2 else latest

    # ------------------------------------------------------------------------------------------- change

    def _id(self, place: int) -> str:
        return self.network.ids[int(self.network.positions.order[place])]

    def _found(self, number: int) -> int:
        k = self._number.get(number, -1)
        if not 0 <= k < self.links or not self._hangs(k):
            raise ScheduleError(f"there is no link {number}")
        return k

    def _hangs(self, k: int) -> bool:
        j = int(self.row("first_in")[int(self.row("dst")[k])])
        while j >= 0 and j != k:
            j = int(self.row("next_in")[j])
        return j == k

    def _hang(self, k: int) -> None:
        u, v = int(self.row("src")[k]), int(self.row("dst")[k])
        self.row("next_in")[k], self.row("first_in")[v] = self.row("first_in")[v], k
        self.row("next_out")[k], self.row("first_out")[u] = self.row("first_out")[u], k

    def _unhang(self, k: int) -> None:
        for first, following, node in (
            (self.row("first_in"), self.row("next_in"), int(self.row("dst")[k])),
            (self.row("first_out"), self.row("next_out"), int(self.row("src")[k])),
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
            k = int(self.row("first_out")[here])
            while k >= 0:
                head = int(self.row("dst")[k])
                if head not in came and head != v:
                    came[head] = (here, k)
                    waiting.append(head)
                k = int(self.row("next_out")[k])
        path, types = [u], []
        while path[-1] != v:
            before, k = came[path[-1]]
            types.append(TYPE_NAMES[int(self.row("typ")[k])])
            path.append(before)
        names = [self._id(p) for p in reversed(path)]
        projects = []
        for p in reversed(path):
            owner = int(self.network.project[int(self.network.positions.order[p])])
            if owner >= 0 and self.network.projects[owner] not in projects:
                projects.append(self.network.projects[owner])
        return CycleError(names, [*reversed(types), kind], projects)

    def _open(self) -> Change:
        change = Change()
        self.changes.append(change)
        return change

    def _set(self, column: str, place: int, value: int, change: Change) -> None:
        """Puts a value in its place in a column, and keeps what was there."""
        row = self.cells(column)
        change.single.append(Single(column, place, row[place]))
        row[place] = value

    def _grow(self) -> None:
        """Room for more links."""
        more = max(ROOM, self.links)
        if isinstance(self._links, list):
            for row in self._links:
                row += [0] * more
        else:
            import numpy as np

            self._links = np.concatenate([self._links, np.zeros((len(settling.LINK_ROWS), more), np.int64)], axis=1)
        self._name_rows()

    def _list(self, values: list[int]) -> Ints:
        return as_array(values) if self.compiled else values

    def _seeds(self, side: int, places: list[int]) -> Ints:
        """A few places as a kernel takes them: written into a column that is there already."""
        if not self.compiled or len(places) > SEEDS:
            return self._list(places)
        column, cells = self._waiting[side]
        for at, place in enumerate(places):
            cells[at] = place
        return column[: len(places)]

    @functools.cached_property
    def _waiting(self) -> list[tuple[NDArray[np.int64], memoryview[int]]]:
        columns = [as_array([0] * SEEDS) for _ in range(2)]
        return [(column, column.data) for column in columns]

    def _keep(self, change: Change, moved: int, names: tuple[str, str, str, str, str]) -> None:
        """Keeps what a pass moved, for taking it back: names of its logs and of the columns."""
        if not moved:
            return
        nodes, values, others = (self.row(name)[:moved].copy() for name in names[:3])
        change.stretches.append(Stretch(nodes, values, others, names[3], names[4]))

    def _settle(self, change: Change, forward: list[int], backward: list[int], changed: int = -1, old_length: int = 0) -> int:
        """Brings every date up to date: early dates from some nodes on, then late dates from some back."""
        quick = self.whole_structure and self.relative and self.compiled and self.n > 10_000
        budget = self.n // FEW if quick else 2 * self.n
        ends = self.row("ends")
        before = _frozen(ends)
        stopped = self.network.run(
            settling.settle,
            self._bits,
            self._seeds(0, forward),
            self._seeds(1, backward),
            budget,
            self._nodes,
            self._links,
            self._groups,
            self._member_first,
            self._members,
            self._cal,
            changed,
            old_length,
            int(self.relative),
            int(self.by_group),
            int(not self.network.exact),
            self._counts,
        )
        counts = plain(self._counts)
        moved = [c if c >= 0 else -1 - c for c in counts]
        for count, names in zip(moved, LOGS, strict=True):
            self._keep(change, count, names)
        if stopped < 3:
            as_array(self._bits)[:] = 0
            moved[stopped] += self._everything(change, int(stopped))
        if before != _frozen(ends):  # that all stay is the rule, and bytes say so soonest
            was = memoryview(before).cast("q") if isinstance(before, bytes) else before
            change.single += [Single("ends", g, a) for g, (a, b) in enumerate(zip(was, plain(ends), strict=True)) if a != b]
        self.touched = sum(moved)
        return self.touched

    def _everything(self, change: Change, stopped: int) -> int:
        """A whole pass where too much moves: early dates too when `stopped` is 0. Networks of plain sums only."""
        import numpy as np

        def row(name: str) -> NDArray[np.int64]:
            return as_array(self.row(name))

        network, p = self.network, self.network.positions
        sums = Sums(p.ptr, p.src, row("w")[: network.m])
        count = 0
        if stopped == 0:
            x = row("low").copy()
            network.run(kernels.forward, sums, x)
            count += self._replaced(change, x, "x", "edge")
            ends, group = row("ends"), row("group")
            ends[:] = -FAR
            if len(self._members):
                np.maximum.at(ends, group[group >= 0], (x + row("dur"))[group >= 0])
            ends[-1] = ends[:-1].max(initial=-FAR)
        aims = np.maximum(row("ends"), row("done"))
        late = np.where(row("late_group") >= 0, -row("dur"), FAR)
        aim = np.minimum(row("aim_fixed"), np.where(row("own") == 1, row("x"), FAR))
        aim = np.minimum(aim, np.where(row("aim_group") >= 0, aims[row("aim_group")] - row("dur"), FAR))
        if stopped <= 1:
            network.run(kernels.backward_two, sums, late, aim)
            late[late >= FAR // 2] = FAR
            count += self._replaced(change, late, "late", "room")
        else:
            network.run(kernels.backward, sums, aim)
        aim[aim >= FAR // 2] = FAR
        return count + self._replaced(change, aim, "aim", "aim_room")

    def _replaced(self, change: Change, values: NDArray[np.int64], name: str, other: str) -> int:
        """Puts a whole column in the place of another, and keeps what was there."""
        row, beside = as_array(self.row(name)), as_array(self.row(other))
        places = (values != row).nonzero()[0]
        if len(places):
            change.stretches.append(Stretch(places, row[places], beside[places], name, other))
            row[places] = values[places]
        return len(places)

    def undo(self) -> bool:
        """Takes the last change back; False when there is none."""
        if not self.changes:
            return False
        change = self.changes.pop()
        for stretch in reversed(change.stretches):
            for name, values in ((stretch.column, stretch.values), (stretch.other, stretch.others)):
                column = self.row(name)
                if isinstance(column, list):
                    for v, value in zip(stretch.nodes, values, strict=True):
                        column[v] = int(value)
                else:
                    column[stretch.nodes] = values
        for name, place, value in reversed(change.single):
            self.row(name)[place] = value
        for what, k in reversed(change.links):
            if what == "added":
                self._unhang(k)
                if k == self.links - 1:
                    self.links -= 1
            else:
                self._hang(k)
        return True


def _shifted(late: Ints, by: int) -> NDArray[np.int64]:
    """Late starts so much later; FAR stays out of reach."""
    import numpy as np

    starts = as_array(late)
    return np.where(starts < FAR // 2, starts + by, FAR)


def _frozen(column: Ints) -> list[int] | bytes:
    """A copy of a column that is compared at once."""
    return column.copy() if isinstance(column, list) else column.tobytes()


def _heads(ptr: NDArray[np.int64]) -> NDArray[np.int64]:
    """The target position of the link in each place."""
    import numpy as np

    return np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))
