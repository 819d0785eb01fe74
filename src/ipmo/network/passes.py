"""What a compiled network answers, by position: dates, floats to every target, driving links, criticality, the end without an item.

Everything is computed on first use and in whole minutes of each item's own clock; names, dates and days are made by
`ipmo.analysis.dates.schedule`.
"""

from __future__ import annotations

import functools
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ipmo.errors import ScheduleError
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.network.drag import ends_without_links, ends_without_work
from ipmo.network.kernels import passes as kernels
from ipmo.network.network import Network
from ipmo.network.states import EFFECTS, LIVE, NUMBERS, Mode, State
from ipmo.units import MAX_INSTANT

__all__ = ["Passes"]

FAR = kernels.FAR
EMPTY: Mapping[int, int] = {}


class Passes:
    """The passes over one network, each run when it is first asked for."""

    def __init__(self, compiled: Network, back_from: int | None = None, *, put_off: bool = True) -> None:
        self.network, self.back_from = compiled, back_from
        self._p = compiled._positions
        self._x, self._edge = compiled.early()
        self._before: dict[int, tuple[int, int]] = {}  # early start and finish of work that is then put off
        self._check()
        if compiled.latest and put_off:
            self._delay_latest()

    @functools.cached_property
    def _asap(self) -> Passes:
        """These passes before work as late as possible was put off: what the end would be without something starts from there."""
        return Passes(self.network, self.back_from, put_off=False) if self.network.latest else self

    # -------------------------------------------------------------------------------- whole columns

    def _delay_latest(self) -> None:
        """Work as late as possible: by its free float, or by its total float, which moves what follows it too."""
        net = self.network
        places = sorted((int(self._p["pos"][node]) for node in net.latest if net.state[node] in LIVE), reverse=True)
        if self._dialect.as_late_as_possible == "total float":
            late, low = self._late[0], self._p["low"].copy()
            for place in places:
                if late[place] < FAR // 2:
                    low[place] = max(int(low[place]), int(late[place]))
            x, edge = net.early(low)
            before = {place: (int(self._x[place]), int(self._finish[place])) for place in places}
        else:
            x, edge, before = self._x.copy(), self._edge.copy(), {}
            cal, order, out = net.clock_tables, self._p["order"], self._outgoing
            for place in places:
                end = self._project_end[net.project[order[place]]]
                open_end = int(kernels.work(cal, self._p["clk"][place], int(end))) - int(self._p["dur"][place])
                slip = min((self._pull(k, v, int(x[v]), int(edge[v])) for k, v in out[place]), default=open_end)
                if x[place] < slip < FAR // 2:
                    x[place], edge[place] = slip, 0
        for name in set(self.__dict__) - {"network", "back_from", "_p"}:  # what was answered from the first dates
            del self.__dict__[name]
        self._x, self._edge = x, edge
        self._before = before

    @functools.cached_property
    def nodes(self) -> Mapping[str, int]:
        """The node of each item of the network, by full id."""
        return {full_id: v for v, full_id in enumerate(self.network.ids)}

    @functools.cached_property
    def _outgoing(self) -> list[list[tuple[int, int]]]:
        """(link place, target position) of the links out of each position."""
        q = self._lists
        out: list[list[tuple[int, int]]] = [[] for _ in range(self.network.n)]
        for v in range(self.network.n):
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                out[q["src"][k]].append((k, v))
        return out

    def _check(self) -> None:
        if not self.network.n:
            return
        if self._whole:
            if int(self._last_finishes.max()) < MAX_INSTANT:
                return
        finish = self._finish
        last = max(range(len(finish)), key=finish.__getitem__) if isinstance(finish, list) else int(finish.argmax())
        if finish[last] >= MAX_INSTANT:
            raise ScheduleError(
                f"{self.network.ids[int(self._p['order'][last])]!r} would end past the year 9999; check its duration and lags"
            )

    @functools.cached_property
    def _whole(self) -> bool:
        """Everything is open work and columns are arrays: ends are found in one sweep."""
        return self.network.all_live and self.network.arrays

    @functools.cached_property
    def _last_finishes(self) -> Any:
        """The last finish of each project as an instant, and of what belongs to none; for networks that are `_whole`."""
        import numpy as np

        net, p = self.network, self._p
        ends = np.full(len(net.projects) + 1, -1, np.int64)
        if net.clk_used:
            net._run("last_finishes", net.cal, p["clk"], p["dur"], self._x, self._edge, self._group, self._zeros(2 * len(ends)), ends)
        else:
            np.maximum.at(ends, self._group, self._finish)
        return ends

    @functools.cached_property
    def _finish(self) -> Any:
        """Finish of every position as an instant."""
        net, p, x = self.network, self._p, self._x
        if net.arrays and not net.clk_used:
            return x + p["dur"]
        out = self._fresh()
        net._run("finishes", net.cal, p["clk"], p["dur"], x, self._edge, out)
        return out

    def _fresh(self) -> Any:
        """Room for a number for each position."""
        return self._zeros(self.network.n)

    def _zeros(self, size: int) -> Any:
        if not self.network.arrays:
            return [0] * size
        import numpy as np

        return np.zeros(size, np.int64)

    @functools.cached_property
    def _group(self) -> Any:
        """The project of each position; one more than the last for what belongs to none."""
        net = self.network
        none = len(net.projects)
        if net.arrays:
            import numpy as np

            owner = self._by_position(net.project)
            return np.where(owner < 0, none, owner)
        return [net.project[v] if net.project[v] >= 0 else none for v in self._p["order"]]

    @functools.cached_property
    def _live(self) -> Any:
        """Positions of open work, as 0 and 1."""
        net, order = self.network, self._p["order"]
        if net.all_live:
            if net.arrays:
                import numpy as np

                return np.ones(net.n, bool)
            return [True] * net.n
        return [net.state[v] in LIVE for v in _plain(order)]

    @functools.cached_property
    def end(self) -> int | None:
        """The end of the whole network as an instant: the last finish of open work; None when all is done."""
        net = self.network
        if self._whole:
            return int(self._last_finishes.max()) if net.n else None
        kinds, order = net.kinds, _plain(self._p["order"])
        return max(
            (int(f) for f, live, v in zip(self._finish, self._live, order, strict=True) if live and kinds[v] not in EFFECTS),
            default=None,
        )

    @functools.cached_property
    def _project_end(self) -> Any:
        """The early finish of each project as an instant; -1 for those without dates."""
        net = self.network
        if self._whole:
            return self._last_finishes[:-1]
        ends = [-1] * len(net.projects)
        for place, v in enumerate(_plain(self._p["order"])):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and self._finish[place] > ends[owner]:
                ends[owner] = int(self._finish[place])
        for v, done in net.finishes.items():
            owner = net.project[v]
            if owner >= 0 and net.state[v] == State.FINISHED:
                ends[owner] = max(ends[owner], done)
        return ends

    def _by_position(self, column: Any) -> Any:
        import numpy as np

        return np.asarray(column, np.int64)[self._p["order"]]

    def _latest_starts(self, instants: Any) -> tuple[Any, Any]:
        """The latest start of each position that finishes by the instant given for it, and whether it may wait for the next shift."""
        net, p = self.network, self._p
        if net.additive and net.arrays and not net.clk_used:
            return instants - p["dur"], p["edge"]
        out, room = self._fresh(), self._fresh()
        memo = self._zeros(4 * (len(net.projects) + 1))
        net._run("latest_starts", net.cal, p["clk"], p["dur"], self._group, instants, memo, out, room)
        return out, room

    @functools.cached_property
    def _caps(self) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """The latest starts that each position's own promises allow: to the end of the network, to its targets."""
        net, order, dialect = self.network, self._p["order"], self._dialect
        end = self.end
        deadlines: dict[int, int] = {}
        if dialect.deadlines_bound_total_float:
            for target in net.targets:
                if target.date is not None and target.is_deadline:
                    for node in target.nodes:
                        deadlines[node] = min(target.date, deadlines.get(node, FAR))
        plain = self._whole and not net.targets and not net.late_bounds
        back = self.back_from is not None or dialect.direction == "back"
        if plain and not back and dialect.float_to == "network" and not (dialect.promises_bound_total_float and net.promises):
            import numpy as np

            owners = self._group
            ends = np.append(np.asarray(self._promised, np.int64), FAR)
            to_end = np.full(net.n, FAR if end is None else end, np.int64)
            return self._latest_starts(to_end), self._latest_starts(ends[owners])
        promised = self._promised
        whole: Any = [FAR] * net.n
        aim: Any = [FAR] * net.n
        bounds: dict[int, int] = defaultdict(lambda: FAR)
        for target in net.targets:
            for node in target.nodes:
                bounds[node] = min(bounds[node], self._target_date(target))
        own_end = dialect.float_to == "project"
        for place, v in enumerate(_plain(order)):
            if net.state[v] not in LIVE:
                continue
            owner = net.project[v]
            if end is not None and net.kinds[v] not in EFFECTS:
                open_end = int(self._project_end[owner]) if own_end and owner >= 0 else end
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
            caps, room = self._latest_starts(instants)
            for node, instant, at_finish in net.late_bounds:
                self._bound_late(int(self._p["pos"][node]), instant, at_finish, caps, room)
            pairs.append((caps, room))
        return pairs[0], pairs[1]

    def _bound_late(self, place: int, instant: int, at_finish: bool, caps: Any, room: Any) -> None:
        """Lowers the late start of a position to what a constraint allows."""
        cal, clock = self.network.clock_tables, int(self._p["clk"][place])
        if at_finish:
            cap, roomy = kernels.work(cal, clock, instant) - int(self._p["dur"][place]), kernels.roomy(cal, clock, instant)
        else:
            cap, roomy = kernels.work(cal, clock, instant), 1
        if cap < caps[place]:
            caps[place], room[place] = cap, roomy
        elif cap == caps[place]:
            room[place] = min(int(room[place]), roomy)

    @functools.cached_property
    def _dialect(self) -> Dialect:
        """The network's conventions; those of ipmo where it was made from columns."""
        return self.network.dialect or DIALECTS["ipmo"]

    @functools.cached_property
    def _promised(self) -> Any:
        """The finish that each project is measured against: the stated one, else its own early finish."""
        if not self.network.promises:
            return self._project_end
        out = list(_plain(self._project_end))
        for place, instant in self.network.promises.items():
            out[place] = instant
        return out

    def _target_date(self, target: Any) -> int:
        if target.date is not None:
            return int(target.date)
        return int(self._finish[self._p["pos"][target.nodes[0]]])

    @functools.cached_property
    def _late_and_room(self) -> list[tuple[Any, Any]]:
        whole, aim = self._caps
        return self.network.late(self._x, self._edge, (whole[0].copy(), whole[1].copy()), (aim[0].copy(), aim[1].copy()))

    @functools.cached_property
    def _late(self) -> tuple[Any, Any]:
        """Late starts of every position: to the end of the network, to the nearest target."""
        whole, aim = self._late_and_room
        return whole[0], aim[0]

    @functools.cached_property
    def _link_float(self) -> Any:
        return self.network.link_float(self._x, self._edge)

    @functools.cached_property
    def _lists(self) -> dict[str, list[int]]:
        """The positions' columns as plain lists, for what walks from node to node."""
        return {name: _plain(column) for name, column in self._p.items()} | {
            "x": _plain(self._x),
            "edge": _plain(self._edge),
            "finish": _plain(self._finish),
        }

    def _push(self, k: int, v: int, x: int, dur: list[int] | None = None, edge: int | None = None) -> int:
        """What the link in place k imposes on the start of v when its source starts at x."""
        q = self._lists
        u = q["src"][k]
        if q["mode"][k] in NUMBERS:
            if dur is None:
                return x + q["w"][k]
            t = q["typ"][k]
            return x + q["lag"][k] + (dur[u] if t in (0, 2) else 0) - (dur[v] if t >= 2 else 0)
        if edge is None:
            edge = q["edge"][u] if x == q["x"][u] else 0
        return int(
            kernels.push(
                self.network.clock_tables, q["clk"], dur or q["dur"], u, v, q["typ"][k], q["mode"][k], q["lagclk"][k], q["lag"][k], x, edge
            )
        )

    def _pull(self, k: int, v: int, y: int, room: int | None = None) -> int:
        q = self._lists
        if q["mode"][k] in NUMBERS:
            return y - q["w"][k]
        if room is None:
            room = q["edge"][v] if y == q["x"][v] else 1
        return int(
            kernels.pull(
                self.network.clock_tables,
                q["clk"],
                q["dur"],
                q["src"][k],
                v,
                q["typ"][k],
                q["mode"][k],
                q["lagclk"][k],
                q["lag"][k],
                y,
                room,
            )
        )

    @functools.cached_property
    def _drives(self) -> list[bool]:
        """For each link in place: its target starts exactly when this link lets it."""
        q = self._lists
        x, ptr, src = q["x"], q["ptr"], q["src"]
        out = [False] * self.network.m
        for v in range(self.network.n):
            for k in range(ptr[v], ptr[v + 1]):
                out[k] = self._push(k, v, x[src[k]]) == x[v]
        return out

    def _driving_back(self, positions: Iterable[int]) -> set[int]:
        """These positions and all from which a driving path leads to them."""
        q, drives = self._lists, self._drives
        seen = set(positions)
        waiting = list(seen)
        while waiting:
            v = waiting.pop()
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                u = q["src"][k]
                if drives[k] and u not in seen:
                    seen.add(u)
                    waiting.append(u)
        return seen

    @functools.cached_property
    def _critical(self) -> set[int]:
        """Positions on a driving path to the end of the network, or of their project where the dialect measures to that."""
        net, q = self.network, self._lists
        own = self._dialect.float_to == "project"
        last = [
            place
            for place, v in enumerate(q["order"])
            if net.state[v] in LIVE
            and net.kinds[v] not in EFFECTS
            and q["finish"][place] == (self._project_end[net.project[v]] if own and net.project[v] >= 0 else self.end)
        ]
        return self._driving_back(last)

    @functools.cached_property
    def _critical_for(self) -> Mapping[int, list[str]]:
        """Targets to which each position lies on a driving path, in name order."""
        found: dict[int, list[str]] = defaultdict(list)
        for name, ends in sorted(self._target_ends().items()):
            for place in self._driving_back(ends):
                found[place].append(name)
        return found

    def _target_ends(self) -> dict[str, list[int]]:
        """The positions that set the date of each target."""
        net, q = self.network, self._lists
        out: dict[str, list[int]] = {}
        for target in net.targets:
            places = [q["pos"][node] for node in target.nodes]
            last = max(q["finish"][place] for place in places)
            out[target.name] = [place for place in places if q["finish"][place] == last]
        for place, v in enumerate(q["order"]):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and q["finish"][place] == self._project_end[owner]:
                out.setdefault(f"{net.projects[owner]}@finish", []).append(place)
        return out

    def _own_late(self, owner: int, instant: int) -> dict[int, int]:
        """Late starts under one promise only, a project's finish; over the project and what leaves it and comes back."""
        net, q = self.network, self._lists
        own = [q["pos"][v] for v in self._places_of(owner)]
        if not own:
            return {}
        inside, last = set(own), max(own)
        waiting = list(own)
        while waiting:  # what follows the project and could come back to it
            for v in self._heads[waiting.pop()]:
                if v < last and v not in inside:
                    inside.add(v)
                    waiting.append(v)
        back = set(own)
        for v in sorted(inside, reverse=True):  # what a constraint holds outside binds the project only where it leads back
            if v not in back and any(head in back for head in self._heads[v]):
                back.add(v)
        inside = back
        cal, mark, pin = net.clock_tables, q["mark"], q["pin"]
        late, room = dict.fromkeys(inside, FAR), dict.fromkeys(inside, 1)
        for place in own:
            late[place] = int(kernels.work(cal, q["clk"][place], instant)) - q["dur"][place]
            room[place] = kernels.roomy(cal, q["clk"][place], instant)
        for v in sorted(inside, reverse=True):
            if net.pin and pin[v] != FAR:
                late[v], room[v] = pin[v], 1
            if mark[v] & 4:
                room[v] = 0
            limit = late[v]
            if limit >= FAR // 2:
                continue
            links = range(q["ptr"][v], q["ptr"][v + 1])
            early = sum(self._push(k, v, q["x"][q["src"][k]]) <= limit for k in links) if mark[v] & 1 else 0
            for k in links:
                u = q["src"][k]
                if u not in inside:
                    continue
                if mark[v] & 1 and early - (self._push(k, v, q["x"][u]) <= limit) > 0:
                    continue
                slip, roomy = self._pulled(k, v, limit, room[v])
                if slip < late[u]:
                    late[u], room[u] = slip, roomy
                elif slip == late[u]:
                    room[u] = min(room[u], roomy)
        return late

    def _pulled(self, k: int, v: int, y: int, room: int) -> tuple[int, int]:
        """The latest start of a link's source, and whether its finish may wait for the next shift."""
        q, mode = self._lists, self._lists["mode"][k]
        u, clk = q["src"][k], q["clk"]
        if mode in NUMBERS:
            return y - q["w"][k], room if mode == Mode.FINISHES else 1
        cal = self.network.clock_tables
        t = kernels.taken(cal, clk, q["dur"], v, q["typ"][k], mode, q["lagclk"][k], q["lag"][k], y, room)
        late = int(kernels.latest_of(cal, clk, q["dur"], u, q["typ"][k], mode, t))
        return late, kernels.roomy(cal, clk[u], t) if q["typ"][k] in (0, 2) else 1

    @functools.cached_property
    def _heads(self) -> list[list[int]]:
        q = self._lists
        heads: list[list[int]] = [[] for _ in range(self.network.n)]
        for v in range(self.network.n):
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                heads[q["src"][k]].append(v)
        return heads

    @functools.cached_property
    def _owned(self) -> Mapping[int, list[int]]:
        owned: dict[int, list[int]] = defaultdict(list)
        for v in range(self.network.n):
            if self.network.project[v] >= 0 and self.network.state[v] in LIVE:
                owned[int(self.network.project[v])].append(v)
        return owned

    def _places_of(self, owner: int) -> list[int]:
        return self._owned.get(owner, [])

    @functools.cached_property
    def _project_late(self) -> dict[int, int]:
        """Late start of every position to its own project's early finish."""
        return self._own_lates(self._project_end)

    def _own_lates(self, ends: Sequence[int]) -> dict[int, int]:
        out: dict[int, int] = {}
        for owner in self._owned:
            late = self._own_late(owner, int(ends[owner]))
            for v in self._places_of(owner):
                out[self._lists["pos"][v]] = late[self._lists["pos"][v]]
        return out

    @functools.cached_property
    def _target_names(self) -> list[str | None]:
        """The target that bounds each position; ties go to the own project's finish, then by id."""
        net, q = self.network, self._lists
        late, room = (_plain(column) for column in self._late_and_room[1])
        ends = [f"{name}@finish" for name in net.projects]
        tied = {net.ids[node] for node, *_ in net.late_bounds}
        names = sorted({*ends, *tied, *(target.name for target in net.targets)})
        rank = {name: place for place, name in enumerate(names)}
        none = len(names)
        own = [none] * net.n
        cal = net.clock_tables

        def offer(place: int, instant: int, name: str) -> None:
            cap = kernels.work(cal, q["clk"][place], instant) - q["dur"][place]
            if cap == late[place]:
                own[place] = min(own[place], rank[name])

        for target in net.targets:
            for node in target.nodes:
                offer(q["pos"][node], self._target_date(target), target.name)
        for node, instant, at_finish in net.late_bounds:
            place = q["pos"][node]
            if kernels.work(cal, q["clk"][place], instant) - (q["dur"][place] if at_finish else 0) == late[place]:
                own[place] = min(own[place], rank[net.ids[node]])
        for owner, nodes in self._owned.items():
            for v in nodes:
                offer(q["pos"][v], int(self._promised[owner]), ends[owner])
        kernels.name_targets(
            q["ptr"], q["src"], q["w"], q["mode"], q["typ"], q["lagclk"], q["lag"], cal, q["clk"], q["dur"], late, room, own
        )
        project_late = self._own_lates(self._promised) if net.promises else self._project_late
        out: list[str | None] = []
        for place, v in enumerate(q["order"]):
            owner = net.project[v]
            if owner >= 0 and project_late.get(place) == late[place]:
                out.append(ends[owner])
            else:
                out.append(names[own[place]] if own[place] < none else None)
        return out

    @functools.cached_property
    def _free(self) -> dict[int, int]:
        """The start to which each position can slip without moving a successor, own clock."""
        q, floats = self._lists, _plain(self._link_float)
        derived = self.network.derived
        out: dict[int, int] = {}
        for v in range(self.network.n):
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                if q["perm"][k] in derived:
                    continue
                u = q["src"][k]
                if q["mark"][v] & 1 and self._spared(k, v):
                    continue
                slip = q["x"][u] + floats[k]
                if slip < out.get(u, FAR):
                    out[u] = slip
        cal = self.network.clock_tables
        for place, v in enumerate(q["order"]):
            owner = self.network.project[v]
            if place not in out and owner >= 0 and self.network.state[v] in LIVE:
                out[place] = kernels.work(cal, q["clk"][place], int(self._project_end[owner])) - q["dur"][place]
        return out

    @functools.cached_property
    def _pressed(self) -> list[int]:
        """The start of each position when everything before it is as late as it may be, own clock."""
        q, late = self._lists, _plain(self._late[0])
        out = list(q["x"])
        for v in range(self.network.n):
            if q["mark"][v] & 1:
                continue
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                u = q["src"][k]
                if late[u] < FAR // 2:
                    out[v] = max(out[v], self._push(k, v, max(late[u], q["x"][u])))
        return out

    @functools.cached_property
    def _spans(self) -> Mapping[int, tuple[tuple[int | None, int | None], tuple[int | None, int | None]]]:
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
        net, q = self.network, self._lists
        if net.state[node] == State.FINISHED or (net.state[node] == State.STARTED and end == "S"):
            return net.starts[node] if end == "S" else net.finishes[node]
        if net.state[node] not in LIVE:
            return None
        place = q["pos"][node]
        x = int(self._late[0][place]) if late else q["x"][place]
        if x >= FAR // 2:
            return None
        if end == "F" and not late:
            return int(q["finish"][place])
        cal, clk = net.clock_tables, q["clk"][place]
        return int(kernels.start_at(cal, clk, x) if end == "S" else kernels.finish_at(cal, clk, x + q["dur"][place]))

    def _spared(self, k: int, v: int) -> bool:
        """Whether another of the givers, of which one is enough, is early enough for v without link k."""
        q = self._lists
        others = (j for j in range(q["ptr"][v], q["ptr"][v + 1]) if j != k)
        return any(self._push(j, v, q["x"][q["src"][j]]) <= q["x"][v] for j in others)

    def _late_to(self, place: int) -> list[int]:
        """The late start of every position that leaves one of them where it is; FAR where nothing leads to it."""
        net = self.network
        caps, room = self._fresh(), self._fresh()
        if net.arrays:
            caps[:] = FAR
            room[:] = 1
        else:
            caps, room = [FAR] * net.n, [1] * net.n
        caps[place], room[place] = self._lists["x"][place], self._lists["edge"][place]
        ((late, _),) = net.late(self._x, self._edge, (caps, room))
        return [t if t < FAR // 2 else FAR for t in _plain(late)]

    def _float_paths(self, place: int, count: int, slack: Callable[[int, int], float]) -> list[tuple[float, list[int]]]:
        """The most critical ways to a position: float and positions, in order of their dates; no position stands in two.

        Each begins with the position of least float that none before took, and goes back over the predecessors of least
        float.
        """
        q, late = self._lists, self._late_to(place)
        floats = {v: slack(v, late[v]) for v in range(self.network.n) if late[v] < FAR // 2}
        waiting = sorted(floats, key=lambda v: (floats[v], -q["finish"][v], v))
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
                links = range(q["ptr"][here], q["ptr"][here + 1])
                before = [(floats[q["src"][k]], int(self._link_float[k]), q["src"][k]) for k in links if q["src"][k] in floats]
                left = [entry for entry in before if entry[2] not in taken]
                if not left:
                    break
                here = min(left)[2]
                taken.add(here)
                path.append(here)
            paths.append((floats[tail], path[::-1]))
        return paths

    @functools.cached_property
    def _bounds(self) -> set[int]:
        """Positions whose dates are lower bounds, because something before them has no duration."""
        q = self._lists
        seen = {q["pos"][v] for v in self.network.unknown if self.network.state[v] in LIVE}
        waiting = list(seen)
        while waiting:
            for v in self._heads[waiting.pop()]:
                if v not in seen:
                    seen.add(v)
                    waiting.append(v)
        return seen

    # ------------------------------------------------------------------------------------- what if

    @functools.cached_property
    def ends_without(self) -> Mapping[int, int | None]:
        """The end of the network without the work at each critical position, by definition."""
        dur = self._lists["dur"]
        return ends_without_work(self._asap, [place for place in self._critical if dur[place]])

    @functools.cached_property
    def link_ends_without(self) -> Mapping[int, int | None]:
        """The end of the network without each link that drives on a critical path, by definition; no other link moves it."""
        q, critical, drives = self._lists, self._critical, self._drives
        places = [
            k
            for v in sorted(critical)
            for k in range(q["ptr"][v], q["ptr"][v + 1])
            if drives[k] and q["src"][k] in critical and q["perm"][k] not in self.network.derived
        ]
        return ends_without_links(self._asap, places)

    def _end_after(self, changed_low: Mapping[int, int], dur: list[int], without: int = -1, edges: Mapping[int, int] = EMPTY) -> int | None:
        """The end of the network when some positions have other bounds or durations; only what moves is looked at.

        Args:
            changed_low: position to its new lower bound.
            dur: durations by position.
            without: the place of a link that is left out, -1 for none.
            edges: whether those bounds lie in a break, of finishes.
        """
        net, q = self.network, self._lists
        cal = net.clock_tables
        x: dict[int, int] = {}
        edge: dict[int, int] = {}
        waiting = list(changed_low)
        heapq.heapify(waiting)
        queued = set(waiting)
        moved: dict[int, int] = {}
        floors = self._p["edge"]
        while waiting:
            v = heapq.heappop(waiting)
            best, least = changed_low.get(v, q["low"][v]), FAR
            waits = edges.get(v, int(floors[v]) if best == q["low"][v] else 0)
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                if k == without:
                    continue
                u = q["src"][k]
                y, e = self._pushed(k, v, x.get(u, q["x"][u]), dur, edge.get(u, q["edge"][u]))
                if q["mark"][v] & 1:
                    least = min(least, y)
                elif y > best:
                    best, waits = y, e
                elif y == best:
                    waits = max(waits, e)
            if q["mark"][v] & 1 and least != FAR:
                best = max(best, least)
            if net.high and best > q["high"][v]:
                best, waits = q["high"][v], 0
            if q["mark"][v] & 10:
                waits = 1 if q["mark"][v] & 2 else 0
            x[v], edge[v] = best, waits
            if best != q["x"][v] or dur[v] != q["dur"][v] or waits != q["edge"][v]:
                at = kernels.start_at if waits else kernels.finish_at
                moved[v] = int(at(cal, q["clk"][v], best + dur[v]))
                for head in self._heads[v]:
                    if head not in queued:
                        queued.add(head)
                        heapq.heappush(waiting, head)
        rest = next((f for f, v in self._by_finish if v not in moved), None)
        ends = [f for v, f in moved.items() if net.kinds[q["order"][v]] not in EFFECTS]
        return max([*ends, *([rest] if rest is not None else [])], default=None)

    def _pushed(self, k: int, v: int, x: int, dur: list[int], edge: int) -> tuple[int, int]:
        """What a link imposes on the start of v, and whether its finish then waits for the next shift."""
        q, mode = self._lists, self._lists["mode"][k]
        u, t = q["src"][k], q["typ"][k]
        if mode in NUMBERS:
            start = x + q["lag"][k] + (dur[u] if t in (0, 2) else 0) - (dur[v] if t >= 2 else 0)
            return start, edge if mode == Mode.FINISHES else 0
        cal, clk = self.network.clock_tables, q["clk"]
        instant = kernels.given(cal, clk, dur, u, t, mode, q["lagclk"][k], q["lag"][k], x, edge)
        worked = int(kernels.work(cal, clk[v], instant))
        return (worked, 0) if t <= 1 else (worked - dur[v], int(kernels.edged(cal, clk[v], instant)))

    @functools.cached_property
    def _by_finish(self) -> list[tuple[int, int]]:
        """(finish, position) of open work, last first."""
        net, q = self.network, self._lists
        return sorted(
            ((q["finish"][place], place) for place, v in enumerate(q["order"]) if net.state[v] in LIVE and net.kinds[v] not in EFFECTS),
            reverse=True,
        )


def _plain(column: Any) -> Any:
    return column.tolist() if hasattr(column, "tolist") else column
