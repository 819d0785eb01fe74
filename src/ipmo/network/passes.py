"""What a compiled network answers, by position: dates, floats to every target, driving links, criticality, the end without an item.

Everything is computed on first use and in whole minutes of each item's own clock; names, dates and days are made by
`ipmo.analysis.dates.schedule`.
"""

from __future__ import annotations

import functools
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ipmo.errors import ScheduleError
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.network.drag import ends_without_links, ends_without_work
from ipmo.network.kernels import passes as kernels
from ipmo.network.network import Network
from ipmo.network.positions import DatedPositions, as_array, plain
from ipmo.network.states import EFFECTS, LIVE, NUMBERS, Mode, State
from ipmo.units import MAX_INSTANT

if TYPE_CHECKING:
    from ipmo.network.parts import Commitment
    from ipmo.network.positions import Ints

__all__ = ["LateStarts", "Passes"]

FAR = kernels.FAR
EMPTY: Mapping[int, int] = {}


class LateStarts(NamedTuple):
    """The late start of every position on its own clock, FAR where nothing bounds it.

    Args:
        to_end: without moving the end of the whole network.
        to_target: without moving any promise downstream.
    """

    to_end: Ints
    to_target: Ints


class Passes:
    """The passes over one network, each run when it is first asked for."""

    def __init__(self, compiled: Network, back_from: int | None = None, *, put_off: bool = True) -> None:
        self.network, self.back_from = compiled, back_from
        self.positions = compiled.positions
        self.early_starts: Ints
        self.early_waits: Ints
        self.early_starts, self.early_waits = compiled.early()
        self.unpostponed_dates: dict[int, tuple[int, int]] = {}  # early start and finish of work that is then put off
        self._check()
        if compiled.latest and put_off:
            self._delay_latest()

    @functools.cached_property
    def unpostponed(self) -> Passes:
        """These passes before work as late as possible was put off: what the end would be without something starts from there."""
        return Passes(self.network, self.back_from, put_off=False) if self.network.latest else self

    # -------------------------------------------------------------------------------- whole columns

    def _delay_latest(self) -> None:
        """Work as late as possible: by its free float, or by its total float, which moves what follows it too."""
        net = self.network
        places = sorted((int(self.positions.pos[node]) for node in net.latest if net.state[node] in LIVE), reverse=True)
        if self.dialect.as_late_as_possible == "total float":
            late, low = self.late_starts.to_end, self.positions.low.copy()
            for place in places:
                if late[place] < FAR // 2:
                    low[place] = max(int(low[place]), int(late[place]))
            x, edge = net.early(low)
            before = {place: (int(self.early_starts[place]), int(self.finishes[place])) for place in places}
        else:
            x, edge, before = self.early_starts.copy(), self.early_waits.copy(), {}
            cal, order, out = net.clock_tables, self.positions.order, self.links_out
            for place in places:
                end = self.project_ends[net.project[order[place]]]
                open_end = int(kernels.work(cal, self.positions.clk[place], int(end))) - int(self.positions.dur[place])
                slip = min((self.pull(k, v, int(x[v]), int(edge[v])) for k, v in out[place]), default=open_end)
                if x[place] < slip < FAR // 2:
                    x[place], edge[place] = slip, 0
        for name in set(self.__dict__) - {"network", "back_from", "positions"}:  # what was answered from the first dates
            del self.__dict__[name]
        self.early_starts, self.early_waits = x, edge
        self.unpostponed_dates = before

    @functools.cached_property
    def nodes(self) -> Mapping[str, int]:
        """The node of each item of the network, by full id."""
        return {full_id: v for v, full_id in enumerate(self.network.ids)}

    @functools.cached_property
    def links_out(self) -> list[list[tuple[int, int]]]:
        """(link place, target position) of the links out of each position."""
        q = self.lists
        out: list[list[tuple[int, int]]] = [[] for _ in range(self.network.n)]
        for v in range(self.network.n):
            for k in range(q.ptr[v], q.ptr[v + 1]):
                out[q.src[k]].append((k, v))
        return out

    def _check(self) -> None:
        if not self.network.n:
            return
        if self._whole:
            if int(self._last_finishes.max()) < MAX_INSTANT:
                return
        finish = self.finishes
        last = max(range(len(finish)), key=finish.__getitem__) if isinstance(finish, list) else int(finish.argmax())
        if finish[last] >= MAX_INSTANT:
            raise ScheduleError(
                f"{self.network.ids[int(self.positions.order[last])]!r} would end past the year 9999; check its duration and lags"
            )

    @functools.cached_property
    def _whole(self) -> bool:
        """Everything is open work and columns are arrays: ends are found in one sweep."""
        return self.network.all_live and self.network.arrays

    @functools.cached_property
    def _last_finishes(self) -> Any:
        """The last finish of each project as an instant, and of what belongs to none; for networks that are `_whole`."""
        import numpy as np

        net, p = self.network, self.positions
        ends = np.full(len(net.projects) + 1, -1, np.int64)
        if net.clk_used:
            net.run(
                "last_finishes", net.cal, p.clk, p.dur, self.early_starts, self.early_waits, self._group, self._zeros(2 * len(ends)), ends
            )
        else:
            np.maximum.at(ends, self._group, self.finishes)
        return ends

    @functools.cached_property
    def finishes(self) -> Ints:
        """Finish of every position as an instant."""
        net, p, x = self.network, self.positions, self.early_starts
        if net.arrays and not net.clk_used:
            whole: Ints = as_array(x) + as_array(p.dur)
            return whole
        out = self._fresh()
        net.run("finishes", net.cal, p.clk, p.dur, x, self.early_waits, out)
        return out

    def _fresh(self) -> Ints:
        """Room for a number for each position."""
        return self._zeros(self.network.n)

    def _zeros(self, size: int) -> Ints:
        return self._filled(size, 0)

    def _filled(self, size: int, value: int) -> Ints:
        if not self.network.arrays:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64)

    @functools.cached_property
    def _group(self) -> Any:
        """The project of each position; one more than the last for what belongs to none."""
        net = self.network
        none = len(net.projects)
        if net.arrays:
            import numpy as np

            owner = self._by_position(net.project)
            return np.where(owner < 0, none, owner)
        return [net.project[v] if net.project[v] >= 0 else none for v in self.positions.order]

    @functools.cached_property
    def _live(self) -> Any:
        """Positions of open work, as 0 and 1."""
        net, order = self.network, self.positions.order
        if net.all_live:
            if net.arrays:
                import numpy as np

                return np.ones(net.n, bool)
            return [True] * net.n
        return [net.state[v] in LIVE for v in plain(order)]

    @functools.cached_property
    def end(self) -> int | None:
        """The end of the whole network as an instant: the last finish of open work; None when all is done."""
        net = self.network
        if self._whole:
            return int(self._last_finishes.max()) if net.n else None
        kinds, order = net.kinds, plain(self.positions.order)
        return max(
            (int(f) for f, live, v in zip(self.finishes, self._live, order, strict=True) if live and kinds[v] not in EFFECTS),
            default=None,
        )

    @functools.cached_property
    def project_ends(self) -> Ints:
        """The early finish of each project as an instant; -1 for those without dates."""
        net = self.network
        if self._whole:
            return as_array(self._last_finishes[:-1])
        ends = [-1] * len(net.projects)
        for place, v in enumerate(plain(self.positions.order)):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and self.finishes[place] > ends[owner]:
                ends[owner] = int(self.finishes[place])
        for v, done in net.finishes.items():
            owner = net.project[v]
            if owner >= 0 and net.state[v] == State.FINISHED:
                ends[owner] = max(ends[owner], done)
        return ends

    def _by_position(self, column: Any) -> Any:
        import numpy as np

        return np.asarray(column, np.int64)[self.positions.order]

    def latest_starts(self, instants: Any) -> tuple[Any, Any]:
        """The latest start of each position that finishes by the instant given for it, and whether it may wait for the next shift."""
        net, p = self.network, self.positions
        if net.additive and net.arrays and not net.clk_used:
            return instants - p.dur, p.low_edge
        out, room = self._fresh(), self._fresh()
        memo = self._zeros(4 * (len(net.projects) + 1))
        net.run("latest_starts", net.cal, p.clk, p.dur, self._group, instants, memo, out, room)
        return out, room

    @functools.cached_property
    def _caps(self) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """The latest starts that each position's own promises allow: to the end of the network, to its targets."""
        net, order, dialect = self.network, self.positions.order, self.dialect
        end = self.end
        deadlines: dict[int, int] = {}
        if dialect.deadlines_bound_total_float:
            for target in net.commitments:
                if target.date is not None and target.is_deadline:
                    for node in target.nodes:
                        deadlines[node] = min(target.date, deadlines.get(node, FAR))
        simple = self._whole and not net.commitments and not net.late_bounds
        back = self.back_from is not None or dialect.direction == "back"
        if simple and not back and dialect.float_to == "network" and not (dialect.promises_bound_total_float and net.promises):
            import numpy as np

            owners = self._group
            ends = np.append(np.asarray(self.promised_finishes, np.int64), FAR)
            to_end = np.full(net.n, FAR if end is None else end, np.int64)
            return self.latest_starts(to_end), self.latest_starts(ends[owners])
        promised = self.promised_finishes
        whole: Any = [FAR] * net.n
        aim: Any = [FAR] * net.n
        bounds: dict[int, int] = defaultdict(lambda: FAR)
        for target in net.commitments:
            for node in target.nodes:
                bounds[node] = min(bounds[node], self.target_date(target))
        own_end = dialect.float_to == "project"
        for place, v in enumerate(plain(order)):
            if net.state[v] not in LIVE:
                continue
            owner = net.project[v]
            if end is not None and net.kinds[v] not in EFFECTS:
                open_end = int(self.project_ends[owner]) if own_end and owner >= 0 else end
                if self.back_from is not None:
                    open_end = self.back_from
                elif (dialect.promises_bound_total_float or back) and owner in net.promises:
                    open_end = net.promises[owner]
                whole[place] = min(open_end, deadlines.get(v, FAR))
            if owner >= 0:
                aim[place] = int(promised[owner])
            if v in bounds:
                aim[place] = min(aim[place], bounds[v])
        pairs: list[tuple[Any, Any]] = []
        for instants in (whole, aim):
            if net.arrays:
                import numpy as np

                instants = np.array(instants, np.int64)
            caps, room = self.latest_starts(instants)
            for node, instant, at_finish in net.late_bounds:
                self._bound_late(int(self.positions.pos[node]), instant, at_finish, caps, room)
            pairs.append((caps, room))
        return pairs[0], pairs[1]

    def _bound_late(self, place: int, instant: int, at_finish: bool, caps: Any, room: Any) -> None:
        """Lowers the late start of a position to what a constraint allows."""
        cal, clock = self.network.clock_tables, int(self.positions.clk[place])
        if at_finish:
            cap, roomy = kernels.work(cal, clock, instant) - int(self.positions.dur[place]), kernels.roomy(cal, clock, instant)
        else:
            cap, roomy = kernels.work(cal, clock, instant), 1
        if cap < caps[place]:
            caps[place], room[place] = cap, roomy
        elif cap == caps[place]:
            room[place] = min(int(room[place]), roomy)

    @functools.cached_property
    def dialect(self) -> Dialect:
        """The network's conventions; those of ipmo where it was made from columns."""
        return self.network.dialect or DIALECTS["ipmo"]

    def days(self, place: int, begin: int, end: int) -> float:
        """Working days between two starts of a position on its own clock, by the item's calendar."""
        node = self.lists.order[place]
        clock, calendar = self.network.running_clock(node), self.network.clock_of(node)
        if clock is calendar:
            return (end - begin) / calendar.day_minutes
        return calendar.days(clock.start(begin), clock.start(end))

    @functools.cached_property
    def promised_finishes(self) -> Ints:
        """The finish that each project is measured against: the stated one, else its own early finish."""
        if not self.network.promises:
            return self.project_ends
        out = list(plain(self.project_ends))
        for place, instant in self.network.promises.items():
            out[place] = instant
        return out

    def target_date(self, target: Commitment) -> int:
        """The date of a target as an instant: what is stated, else its own early date."""
        if target.date is not None:
            return int(target.date)
        return int(self.finishes[self.positions.pos[target.nodes[0]]])

    @functools.cached_property
    def late_passes(self) -> list[tuple[Ints, Ints]]:
        """Late starts to the end and to the nearest target, each with which late finishes may wait for the next shift."""
        whole, aim = self._caps
        return self.network.late(self.early_starts, self.early_waits, (whole[0].copy(), whole[1].copy()), (aim[0].copy(), aim[1].copy()))

    @functools.cached_property
    def late_starts(self) -> LateStarts:
        """Late starts of every position on its own clock."""
        whole, aim = self.late_passes
        return LateStarts(whole[0], aim[0])

    @functools.cached_property
    def link_floats(self) -> Ints:
        """How far the source of each link can slip before this link alone moves its target; minutes of the source's clock."""
        floats: Ints = self.network.link_float(self.early_starts, self.early_waits)
        return floats

    @functools.cached_property
    def lists(self) -> DatedPositions:
        """The positions' columns and early dates as plain lists, for what walks from node to node."""
        dates = (self.early_starts, self.early_waits, self.finishes)
        return DatedPositions(*(plain(column) for column in (*self.positions, *dates)))

    def push(self, k: int, v: int, x: int, dur: list[int] | None = None, edge: int | None = None) -> int:
        """What the link in place k imposes on the start of v when its source starts at x."""
        q = self.lists
        u = q.src[k]
        if q.mode[k] in NUMBERS:
            if dur is None:
                return x + q.w[k]
            t = q.typ[k]
            return x + q.lag[k] + (dur[u] if t in (0, 2) else 0) - (dur[v] if t >= 2 else 0)
        if edge is None:
            edge = q.edge[u] if x == q.x[u] else 0
        return int(kernels.push(self.network.clock_tables, q.clk, dur or q.dur, u, v, q.typ[k], q.mode[k], q.lagclk[k], q.lag[k], x, edge))

    def pull(self, k: int, v: int, y: int, room: int | None = None) -> int:
        """The latest start of its source at which the link in place k lets v start at y."""
        q = self.lists
        if q.mode[k] in NUMBERS:
            return y - q.w[k]
        if room is None:
            room = q.edge[v] if y == q.x[v] else 1
        return int(
            kernels.pull(
                self.network.clock_tables,
                q.clk,
                q.dur,
                q.src[k],
                v,
                q.typ[k],
                q.mode[k],
                q.lagclk[k],
                q.lag[k],
                y,
                room,
            )
        )

    @functools.cached_property
    def drives(self) -> list[bool]:
        """For each link in place: its target starts exactly when this link lets it."""
        q = self.lists
        x, ptr, src = q.x, q.ptr, q.src
        out = [False] * self.network.m
        for v in range(self.network.n):
            for k in range(ptr[v], ptr[v + 1]):
                out[k] = self.push(k, v, x[src[k]]) == x[v]
        return out

    def driving_to(self, positions: Iterable[int]) -> set[int]:
        """These positions and all from which a driving path leads to them."""
        q, drives = self.lists, self.drives
        seen = set(positions)
        waiting = list(seen)
        while waiting:
            v = waiting.pop()
            for k in range(q.ptr[v], q.ptr[v + 1]):
                u = q.src[k]
                if drives[k] and u not in seen:
                    seen.add(u)
                    waiting.append(u)
        return seen

    @functools.cached_property
    def critical(self) -> set[int]:
        """Positions on a driving path to the end of the network, or of their project where the dialect measures to that."""
        net, q = self.network, self.lists
        own = self.dialect.float_to == "project"
        last = [
            place
            for place, v in enumerate(q.order)
            if net.state[v] in LIVE
            and net.kinds[v] not in EFFECTS
            and q.finish[place] == (self.project_ends[net.project[v]] if own and net.project[v] >= 0 else self.end)
        ]
        return self.driving_to(last)

    @functools.cached_property
    def critical_for(self) -> Mapping[int, list[str]]:
        """Targets to which each position lies on a driving path, in name order."""
        found: dict[int, list[str]] = defaultdict(list)
        for name, ends in sorted(self.target_ends().items()):
            for place in self.driving_to(ends):
                found[place].append(name)
        return found

    def target_ends(self) -> dict[str, list[int]]:
        """The positions that set the date of each target."""
        net, q = self.network, self.lists
        out: dict[str, list[int]] = {}
        for target in net.commitments:
            places = [q.pos[node] for node in target.nodes]
            last = max(q.finish[place] for place in places)
            out[target.name] = [place for place in places if q.finish[place] == last]
        for place, v in enumerate(q.order):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and q.finish[place] == self.project_ends[owner]:
                out.setdefault(f"{net.projects[owner]}@finish", []).append(place)
        return out

    def _own_late(self, owner: int, instant: int) -> dict[int, int]:
        """Late starts under one promise only, a project's finish; over the project and what leaves it and comes back."""
        net, q = self.network, self.lists
        own = [q.pos[v] for v in self._places_of(owner)]
        if not own:
            return {}
        inside, last = set(own), max(own)
        waiting = list(own)
        while waiting:  # what follows the project and could come back to it
            for v in self.successors[waiting.pop()]:
                if v < last and v not in inside:
                    inside.add(v)
                    waiting.append(v)
        back = set(own)
        for v in sorted(inside, reverse=True):  # what a constraint holds outside binds the project only where it leads back
            if v not in back and any(head in back for head in self.successors[v]):
                back.add(v)
        inside = back
        cal, mark, pin = net.clock_tables, q.mark, q.pin
        late, room = dict.fromkeys(inside, FAR), dict.fromkeys(inside, 1)
        for place in own:
            late[place] = int(kernels.work(cal, q.clk[place], instant)) - q.dur[place]
            room[place] = kernels.roomy(cal, q.clk[place], instant)
        for v in sorted(inside, reverse=True):
            if net.pin and pin[v] != FAR:
                late[v], room[v] = pin[v], 1
            if mark[v] & 4:
                room[v] = 0
            limit = late[v]
            if limit >= FAR // 2:
                continue
            links = range(q.ptr[v], q.ptr[v + 1])
            early = sum(self.push(k, v, q.x[q.src[k]]) <= limit for k in links) if mark[v] & 1 else 0
            for k in links:
                u = q.src[k]
                if u not in inside:
                    continue
                if mark[v] & 1 and early - (self.push(k, v, q.x[u]) <= limit) > 0:
                    continue
                slip, roomy = self._pulled(k, v, limit, room[v])
                if slip < late[u]:
                    late[u], room[u] = slip, roomy
                elif slip == late[u]:
                    room[u] = min(room[u], roomy)
        return late

    def _pulled(self, k: int, v: int, y: int, room: int) -> tuple[int, int]:
        """The latest start of a link's source, and whether its finish may wait for the next shift."""
        q, mode = self.lists, self.lists.mode[k]
        u, clk = q.src[k], q.clk
        if mode in NUMBERS:
            return y - q.w[k], room if mode == Mode.FINISHES else 1
        cal = self.network.clock_tables
        t = kernels.taken(cal, clk, q.dur, v, q.typ[k], mode, q.lagclk[k], q.lag[k], y, room)
        late = int(kernels.latest_of(cal, clk, q.dur, u, q.typ[k], mode, t))
        return late, kernels.roomy(cal, clk[u], t) if q.typ[k] in (0, 2) else 1

    @functools.cached_property
    def successors(self) -> list[list[int]]:
        """The target positions of the links out of each position."""
        q = self.lists
        heads: list[list[int]] = [[] for _ in range(self.network.n)]
        for v in range(self.network.n):
            for k in range(q.ptr[v], q.ptr[v + 1]):
                heads[q.src[k]].append(v)
        return heads

    @functools.cached_property
    def open_work(self) -> Mapping[int, list[int]]:
        """The nodes of open work of each project that has some, by the project's place."""
        owned: dict[int, list[int]] = defaultdict(list)
        for v in range(self.network.n):
            if self.network.project[v] >= 0 and self.network.state[v] in LIVE:
                owned[int(self.network.project[v])].append(v)
        return owned

    def _places_of(self, owner: int) -> list[int]:
        return self.open_work.get(owner, [])

    @functools.cached_property
    def project_late_starts(self) -> dict[int, int]:
        """Late start of every position to its own project's early finish."""
        return self._own_lates(self.project_ends)

    def _own_lates(self, ends: Ints) -> dict[int, int]:
        out: dict[int, int] = {}
        for owner in self.open_work:
            late = self._own_late(owner, int(ends[owner]))
            for v in self._places_of(owner):
                out[self.lists.pos[v]] = late[self.lists.pos[v]]
        return out

    @functools.cached_property
    def target_names(self) -> list[str | None]:
        """The target that bounds each position; ties go to the own project's finish, then by id."""
        net, q = self.network, self.lists
        late, room = (plain(column) for column in self.late_passes[1])
        ends = [f"{name}@finish" for name in net.projects]
        tied = {net.ids[node] for node, *_ in net.late_bounds}
        names = sorted({*ends, *tied, *(target.name for target in net.commitments)})
        rank = {name: place for place, name in enumerate(names)}
        none = len(names)
        own = [none] * net.n
        cal = net.clock_tables

        def offer(place: int, instant: int, name: str) -> None:
            cap = kernels.work(cal, q.clk[place], instant) - q.dur[place]
            if cap == late[place]:
                own[place] = min(own[place], rank[name])

        for target in net.commitments:
            for node in target.nodes:
                offer(q.pos[node], self.target_date(target), target.name)
        for node, instant, at_finish in net.late_bounds:
            place = q.pos[node]
            if kernels.work(cal, q.clk[place], instant) - (q.dur[place] if at_finish else 0) == late[place]:
                own[place] = min(own[place], rank[net.ids[node]])
        for owner, nodes in self.open_work.items():
            for v in nodes:
                offer(q.pos[v], int(self.promised_finishes[owner]), ends[owner])
        kernels.name_targets(q.ptr, q.src, q.w, q.mode, q.typ, q.lagclk, q.lag, cal, q.clk, q.dur, late, room, own)
        project_late = self._own_lates(self.promised_finishes) if net.promises else self.project_late_starts
        out: list[str | None] = []
        for place, v in enumerate(q.order):
            owner = net.project[v]
            if owner >= 0 and project_late.get(place) == late[place]:
                out.append(ends[owner])
            else:
                out.append(names[own[place]] if own[place] < none else None)
        return out

    @functools.cached_property
    def free_starts(self) -> dict[int, int]:
        """The start to which each position can slip without moving a successor, own clock."""
        q, floats = self.lists, plain(self.link_floats)
        derived = self.network.derived
        out: dict[int, int] = {}
        for v in range(self.network.n):
            for k in range(q.ptr[v], q.ptr[v + 1]):
                if q.perm[k] in derived:
                    continue
                u = q.src[k]
                if q.mark[v] & 1 and self._spared(k, v):
                    continue
                slip = q.x[u] + floats[k]
                if slip < out.get(u, FAR):
                    out[u] = slip
        cal = self.network.clock_tables
        for place, v in enumerate(q.order):
            owner = self.network.project[v]
            if place not in out and owner >= 0 and self.network.state[v] in LIVE:
                out[place] = kernels.work(cal, q.clk[place], int(self.project_ends[owner])) - q.dur[place]
        return out

    @functools.cached_property
    def pressed_starts(self) -> list[int]:
        """The start of each position when everything before it is as late as it may be, own clock."""
        q, late = self.lists, plain(self.late_starts.to_end)
        out = list(q.x)
        for v in range(self.network.n):
            if q.mark[v] & 1:
                continue
            for k in range(q.ptr[v], q.ptr[v + 1]):
                u = q.src[k]
                if late[u] < FAR // 2:
                    out[v] = max(out[v], self.push(k, v, max(late[u], q.x[u])))
        return out

    @functools.cached_property
    def hammock_dates(self) -> Mapping[int, tuple[tuple[int | None, int | None], tuple[int | None, int | None]]]:
        """((early start, early finish), (late start, late finish)) of each hammock, as instants.

        It starts with the first and finishes with the last of the dates it is linked to; without the one or the other it
        lasts as long as its own duration says.
        """
        net = self.network
        out: dict[int, tuple[tuple[int | None, int | None], tuple[int | None, int | None]]] = {}
        for node, links in net.hammocks.items():
            pairs = [self._span(node, links, late) for late in (False, True)]
            out[node] = (pairs[0], pairs[1])
        return out

    def _span(self, node: int, links: Sequence[tuple[int, int, str, Any]], late: bool) -> tuple[int | None, int | None]:
        net, cal = self.network, self.network.clock_tables
        clock = int(net.nominal[node]) if net.nominal is not None else 0
        starts: list[int] = []
        ends: list[int] = []
        for other, side, kind, lag in links:
            mine, its = (kind[1], kind[0]) if side == 1 else (kind[0], kind[1])
            instant = self._instant_of(other, its, late)
            if instant is None:
                continue
            if lag is not None and side == 1:
                instant += lag.elapsed_minutes if lag.dimension == "elapsed" else 0
            (starts if mine == "S" else ends).append(instant)
        begun = net.starts.get(node)
        start = begun if begun is not None else min(starts, default=None)
        end = max(ends, default=None)
        length = int(net.dur[node])
        if start is None and end is not None:
            start = int(kernels.start_at(cal, clock, kernels.work(cal, clock, end) - length))
        elif start is not None and end is None:
            end = int(kernels.finish_at(cal, clock, kernels.work(cal, clock, start) + length))
        if start is not None and end is not None:
            end = max(start, end)
        return start, end

    def _instant_of(self, node: int, end: str, late: bool) -> int | None:
        """The early or late start or finish of a node, as an instant; None when it has none."""
        net, q = self.network, self.lists
        if net.state[node] == State.FINISHED or (net.state[node] == State.STARTED and end == "S"):
            return net.starts[node] if end == "S" else net.finishes[node]
        if net.state[node] not in LIVE:
            return None
        place = q.pos[node]
        x = int(self.late_starts.to_end[place]) if late else q.x[place]
        if x >= FAR // 2:
            return None
        if end == "F" and not late:
            return int(q.finish[place])
        cal, clk = net.clock_tables, q.clk[place]
        return int(kernels.start_at(cal, clk, x) if end == "S" else kernels.finish_at(cal, clk, x + q.dur[place]))

    def _spared(self, k: int, v: int) -> bool:
        """Whether another of the givers, of which one is enough, is early enough for v without link k."""
        q = self.lists
        others = (j for j in range(q.ptr[v], q.ptr[v + 1]) if j != k)
        return any(self.push(j, v, q.x[q.src[j]]) <= q.x[v] for j in others)

    def late_to(self, place: int) -> list[int]:
        """The late start of every position that leaves one of them where it is; FAR where nothing leads to it."""
        net = self.network
        caps, room = self._filled(net.n, FAR), self._filled(net.n, 1)
        caps[place], room[place] = self.lists.x[place], self.lists.edge[place]
        ((late, _),) = net.late(self.early_starts, self.early_waits, (caps, room))
        return [t if t < FAR // 2 else FAR for t in plain(late)]

    def paths_by_float(self, place: int, count: int, slack: Callable[[int, int], float]) -> list[tuple[float, list[int]]]:
        """The most critical ways to a position: float and positions, in order of their dates; no position stands in two.

        Each begins with the position of least float that none before took, and goes back over the predecessors of least
        float.
        """
        q, late = self.lists, self.late_to(place)
        floats = {v: slack(v, late[v]) for v in range(self.network.n) if late[v] < FAR // 2}
        waiting = sorted(floats, key=lambda v: (floats[v], -q.finish[v], v))
        taken: set[int] = set()
        paths: list[tuple[float, list[int]]] = []
        for tail in waiting:
            if len(paths) == count:
                break
            if tail in taken:
                continue
            path, here = [tail], tail
            taken.add(tail)
            while True:
                links = range(q.ptr[here], q.ptr[here + 1])
                before = [(floats[q.src[k]], int(self.link_floats[k]), q.src[k]) for k in links if q.src[k] in floats]
                left = [entry for entry in before if entry[2] not in taken]
                if not left:
                    break
                here = min(left)[2]
                taken.add(here)
                path.append(here)
            paths.append((floats[tail], path[::-1]))
        return paths

    @functools.cached_property
    def lower_bounded(self) -> set[int]:
        """Positions whose dates are lower bounds, because something before them has no duration."""
        q = self.lists
        seen = {q.pos[v] for v in self.network.unknown if self.network.state[v] in LIVE}
        waiting = list(seen)
        while waiting:
            for v in self.successors[waiting.pop()]:
                if v not in seen:
                    seen.add(v)
                    waiting.append(v)
        return seen

    @functools.cached_property
    def without_duration(self) -> frozenset[int]:
        """Nodes of work whose duration nobody knows: they have no dates of their own."""
        return frozenset(self.network.unknown)

    # ------------------------------------------------------------------------------------- what if

    @functools.cached_property
    def ends_without(self) -> Mapping[int, int | None]:
        """The end of the network without the work at each critical position, by definition."""
        dur = self.lists.dur
        return ends_without_work(self.unpostponed, [place for place in self.critical if dur[place]])

    @functools.cached_property
    def link_ends_without(self) -> Mapping[int, int | None]:
        """The end of the network without each link that drives on a critical path, by definition; no other link moves it."""
        q, critical, drives = self.lists, self.critical, self.drives
        places = [
            k
            for v in sorted(critical)
            for k in range(q.ptr[v], q.ptr[v + 1])
            if drives[k] and q.src[k] in critical and q.perm[k] not in self.network.derived
        ]
        return ends_without_links(self.unpostponed, places)

    def end_after(self, changed_low: Mapping[int, int], dur: list[int], without: int = -1, edges: Mapping[int, int] = EMPTY) -> int | None:
        """The end of the network when some positions have other bounds or durations; only what moves is looked at.

        Args:
            changed_low: position to its new lower bound.
            dur: durations by position.
            without: the place of a link that is left out, -1 for none.
            edges: whether those bounds lie in a break, of finishes.
        """
        net, q = self.network, self.lists
        cal = net.clock_tables
        x: dict[int, int] = {}
        edge: dict[int, int] = {}
        waiting = list(changed_low)
        heapq.heapify(waiting)
        queued = set(waiting)
        moved: dict[int, int] = {}
        floors = self.positions.low_edge
        while waiting:
            v = heapq.heappop(waiting)
            best, least = changed_low.get(v, q.low[v]), FAR
            waits = edges.get(v, int(floors[v]) if best == q.low[v] else 0)
            for k in range(q.ptr[v], q.ptr[v + 1]):
                if k == without:
                    continue
                u = q.src[k]
                y, e = self._pushed(k, v, x.get(u, q.x[u]), dur, edge.get(u, q.edge[u]))
                if q.mark[v] & 1:
                    least = min(least, y)
                elif y > best:
                    best, waits = y, e
                elif y == best:
                    waits = max(waits, e)
            if q.mark[v] & 1 and least != FAR:
                best = max(best, least)
            if net.high and best > q.high[v]:
                best, waits = q.high[v], 0
            if q.mark[v] & 10:
                waits = 1 if q.mark[v] & 2 else 0
            x[v], edge[v] = best, waits
            if best != q.x[v] or dur[v] != q.dur[v] or waits != q.edge[v]:
                at = kernels.start_at if waits else kernels.finish_at
                moved[v] = int(at(cal, q.clk[v], best + dur[v]))
                for head in self.successors[v]:
                    if head not in queued:
                        queued.add(head)
                        heapq.heappush(waiting, head)
        rest = next((f for f, v in self._by_finish if v not in moved), None)
        ends = [f for v, f in moved.items() if net.kinds[q.order[v]] not in EFFECTS]
        return max([*ends, *([rest] if rest is not None else [])], default=None)

    def _pushed(self, k: int, v: int, x: int, dur: list[int], edge: int) -> tuple[int, int]:
        """What a link imposes on the start of v, and whether its finish then waits for the next shift."""
        q, mode = self.lists, self.lists.mode[k]
        u, t = q.src[k], q.typ[k]
        if mode in NUMBERS:
            start = x + q.lag[k] + (dur[u] if t in (0, 2) else 0) - (dur[v] if t >= 2 else 0)
            return start, edge if mode == Mode.FINISHES else 0
        cal, clk = self.network.clock_tables, q.clk
        instant = kernels.given(cal, clk, dur, u, t, mode, q.lagclk[k], q.lag[k], x, edge)
        worked = int(kernels.work(cal, clk[v], instant))
        return (worked, 0) if t <= 1 else (worked - dur[v], int(kernels.edged(cal, clk[v], instant)))

    @functools.cached_property
    def _by_finish(self) -> list[tuple[int, int]]:
        """(finish, position) of open work, last first."""
        net, q = self.network, self.lists
        return sorted(
            ((q.finish[place], place) for place, v in enumerate(q.order) if net.state[v] in LIVE and net.kinds[v] not in EFFECTS),
            reverse=True,
        )
