"""Late dates of a network: how far everything can slip, to its end, to each project's finish, and to every commitment."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.columns import Same
from ipmo.network.early import EarlyPass
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels import reading as reading_kernels
from ipmo.network.kernels.columns import FAR, FINISHES, LATE_AT_WORK, ONE_IS_ENOUGH, Dates
from ipmo.network.network import Network
from ipmo.network.parts import LateBound
from ipmo.network.positions import as_array, plain
from ipmo.network.states import EFFECTS, FROM_FINISH, HELPERS, LIVE, NUMBERS, State

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints
    from ipmo.network.parts import Commitment, LateLink, Spanning

__all__ = ["Late", "LatePass", "LateStarts"]


Span = tuple[int | None, int | None]
"""From when to when, as instants; None for what has no date."""


class LateStarts(NamedTuple):
    """The late start of every position on its own clock, FAR where nothing bounds it.

    Args:
        to_end: without moving the end of the whole network.
        to_target: without moving any commitment downstream.
    """

    to_end: Ints
    to_target: Ints


class Late(NamedTuple):
    """Late starts, and whether the late finish may wait for the beginning of the next shift.

    Args:
        to_end: without moving the end of the whole network.
        to_target: without moving any commitment downstream.
    """

    to_end: Dates
    to_target: Dates


class LatePass(EarlyPass):
    """The passes forward and back over one network, and what is read off them on first use.

    Args:
        compiled: the network.
        back_from: the finish that is scheduled back from, as an instant.
        early: early dates that were found before.
    """

    def __init__(self, compiled: Network, back_from: int | None = None, early: Dates | None = None) -> None:
        super().__init__(compiled, early)
        self.back_from = back_from

    @functools.cached_property
    def committed_finishes(self) -> Ints:
        """The finish that each project is measured against: the stated one, else its own early finish."""
        if not self.network.stated_finishes:
            return self.project_ends
        out = list(plain(self.project_ends))
        for place, instant in self.network.stated_finishes.items():
            out[place] = instant
        return out

    def target_date(self, target: Commitment) -> int:
        """The date of a target as an instant: what is stated, else its own early date."""
        if target.date is not None:
            return int(target.date)
        return int(self.finishes[self.positions.pos[target.nodes[0]]])

    def latest_starts(self, instants: Ints) -> Dates:
        """The latest start of each position that finishes by the instant given for it, and whether it may wait for the next shift."""
        net, p = self.network, self.positions
        if net.additive and net.arrays and not net.clk_used:
            return Dates(as_array(instants) - as_array(p.dur), p.low_edge)
        late = Dates(self._filled(net.n, 0), self._filled(net.n, 0))
        net.run(kernels.latest_starts, p.nodes, net.cal, self.groups, instants, self._filled(4 * (len(net.projects) + 1), 0), late)
        return late

    @functools.cached_property
    def _caps(self) -> Late:
        """The latest starts that each position's own commitments allow: to the end of the network, to its targets."""
        net, dialect = self.network, self.dialect
        back = self.back_from is not None or dialect.direction == "back"
        simple = self._whole and not net.commitments and not net.late_bounds
        if simple and not back and dialect.float_to == "network" and not (dialect.commitments_bound_total_float and net.stated_finishes):
            import numpy as np

            ends = np.append(as_array(self.committed_finishes), FAR)
            to_end = np.full(net.n, FAR if self.end is None else self.end, np.int64)
            return Late(self.latest_starts(to_end), self.latest_starts(ends[self.groups]))
        pair: list[Dates] = []
        for instants in self._limits_in_columns(back) if net.arrays else self._limits(back):
            late = self.latest_starts(as_array(instants) if net.arrays else instants)
            for node, instant, at_finish in net.late_bounds:
                self._bound_late(int(self.positions.pos[node]), instant, at_finish, late)
            pair.append(late)
        return Late(*pair)

    @property
    def caps(self) -> Dates:
        """The latest starts that each position's own commitments allow by the end of the network; not to be changed."""
        return self._caps.to_end

    def _limits(self, back: bool) -> tuple[list[int], list[int]]:
        """The instants that positions must finish by: not to move the end of the network, not to move their targets."""
        net, dialect, end, committed = self.network, self.dialect, self.end, self.committed_finishes
        whole, aim = [FAR] * net.n, [FAR] * net.n
        deadlines: dict[int, int] = {}
        bounds: dict[int, int] = {}
        for target in net.commitments:
            for node in target.nodes:
                bounds[node] = min(bounds.get(node, FAR), self.target_date(target))
                if dialect.deadlines_bound_total_float and target.date is not None and target.is_deadline:
                    deadlines[node] = min(target.date, deadlines.get(node, FAR))
        own_end = dialect.float_to == "project"
        for place, v in enumerate(plain(self.positions.order)):
            if net.state[v] not in LIVE:
                continue
            owner = net.project[v]
            if end is not None and net.kinds[v] not in EFFECTS:
                open_end = int(self.project_ends[owner]) if own_end and owner >= 0 else end
                if self.back_from is not None:
                    open_end = self.back_from
                elif (dialect.commitments_bound_total_float or back) and owner in net.stated_finishes:
                    open_end = net.stated_finishes[owner]
                whole[place] = min(open_end, deadlines.get(v, FAR))
            if owner >= 0:
                aim[place] = int(committed[owner])
            if v in bounds:
                aim[place] = min(aim[place], bounds[v])
        return whole, aim

    def _limits_in_columns(self, back: bool) -> tuple[Ints, Ints]:
        """What `_limits` gives, for all positions at once."""
        import numpy as np

        net, dialect = self.network, self.dialect
        none, groups, pos = len(net.projects), as_array(self.groups), as_array(self.positions.pos)
        stated = np.full(none + 1, FAR, np.int64)
        for place, instant in net.stated_finishes.items():
            stated[place] = instant
        whole, aim = np.full(net.n, FAR, np.int64), np.full(net.n, FAR, np.int64)
        if self.end is not None:
            ends = np.full(none + 1, self.end, np.int64)
            if dialect.float_to == "project":
                ends[:-1] = as_array(self.project_ends)
            if self.back_from is not None:
                ends[:] = self.back_from
            elif dialect.commitments_bound_total_float or back:
                ends = np.where(stated < FAR, stated, ends)
            whole = np.where(net.ending == 1, ends[groups], FAR)
        committed = np.append(as_array(self.committed_finishes), FAR)
        aim = np.where(self.live, committed[groups], FAR)
        for target in net.commitments:
            date, binding = self.target_date(target), dialect.deadlines_bound_total_float and target.date is not None and target.is_deadline
            for node in target.nodes:
                place = int(pos[node])
                if self.live[place]:
                    aim[place] = min(int(aim[place]), date)
                if binding and net.ending[place]:
                    whole[place] = min(int(whole[place]), date)
        return whole, aim

    def _bound_late(self, place: int, instant: int, at_finish: bool, late: Dates) -> None:
        """Lowers the late start of a position to what a constraint allows."""
        clock = self.network.clock(int(self.positions.clk[place]))
        cap, roomy = clock.work(instant), 1
        if at_finish:
            cap, roomy = cap - int(self.positions.dur[place]), int(clock.roomy(instant))
        if cap < late.x[place]:
            late.x[place], late.edge[place] = cap, roomy
        elif cap == late.x[place]:
            late.edge[place] = min(int(late.edge[place]), roomy)

    @functools.cached_property
    def late(self) -> Late:
        """Late dates to the end and to the nearest target."""
        while True:
            copies = (Dates(caps.x.copy(), caps.edge.copy()) for caps in self._caps)
            late = Late(*self.network.late(self.early, *copies))
            if not sum(self._bounded_late_only(found, caps) for found, caps in zip(late, self._caps, strict=True)):
                return late

    def _bounded_late_only(self, late: Dates, caps: Dates) -> bool:
        """Lowers caps to what links allow that bound late dates only; whether any is lower now."""
        net, pos, lowered = self.network, self.positions.pos, False
        for link in net.late_links:
            source, target = int(pos[link.source]), int(pos[link.target])
            y = int(late.x[target])
            if y >= FAR // 2:
                continue
            before = int(caps.x[source])
            self.bound_by(link, y + int(self.positions.dur[target]), caps)
            lowered |= int(caps.x[source]) < before
        return lowered

    def bound_by(self, link: LateLink, end: int, late: Dates) -> None:
        """Lowers the late start of the source of a link that bounds late dates only.

        Args:
            link: the link.
            end: the late finish of its target on that one's own clock.
            late: late dates; changed.
        """
        net, lag_clock = self.network, self.network.clock(link.clock)
        instant = net.clock(int(self.positions.clk[self.positions.pos[link.target]])).finish(end)
        if link.lag:
            instant = lag_clock.start(lag_clock.work(instant) - link.lag)
        self._bound_late(int(self.positions.pos[link.source]), instant, link.from_finish, late)

    @functools.cached_property
    def late_starts(self) -> LateStarts:
        """Late starts of every position on its own clock."""
        return LateStarts(self.late.to_end.x, self.late.to_target.x)

    def late_under(self, finishes: Ints | Sequence[int], bounds: Iterable[LateBound] = ()) -> Dates:
        """Late starts under some dates alone.

        Args:
            finishes: the instant that each position finishes by, FAR where nothing asks.
            bounds: dates of single nodes, for their start or their finish.
        """
        net = self.network
        caps = self.latest_starts(as_array(finishes) if net.arrays else list(finishes))
        if net.arrays:
            import numpy as np

            x = as_array(caps.x)
            late = Dates(np.where(x < FAR // 2, x, FAR), as_array(caps.edge).copy())
        else:
            late = Dates([t if t < FAR // 2 else FAR for t in caps.x], list(caps.edge))
        for node, instant, at_finish in bounds:
            self._bound_late(int(self.positions.pos[node]), instant, at_finish, late)
        return net.late(self.early, late)[0]

    def bounding(self, late: Dates, offers: Iterable[tuple[int, LateBound]], none: int) -> list[int]:
        """Which of some dates bounds each position: the least number of those that do alike.

        Args:
            late: the late starts under these dates.
            offers: the number of each date, and what it bounds.
            none: the number of those that none bounds; larger than all others.
        """
        net, q = self.network, self.lists
        found = Dates(plain(late.x), plain(late.edge))
        own = [none] * net.n
        worked = functools.cache(lambda clock, instant: net.clock(clock).work(instant))
        for number, (node, instant, at_finish) in offers:
            place = q.pos[node]
            if worked(q.clk[place], instant) - (q.dur[place] if at_finish else 0) == found.x[place]:
                own[place] = min(own[place], number)
        kernels.name_targets(self._links, self._nodes, net.clock_tables, found, own)
        return own

    @functools.cached_property
    def link_floats(self) -> Ints:
        """How far the source of each link can slip before this link alone moves its target; minutes of the source's clock."""
        return self.network.link_floats(self.early)

    def late_to(self, place: int) -> list[int]:
        """The late start of every position that leaves one of them where it is; FAR where nothing leads to it."""
        net = self.network
        caps, room = self._filled(net.n, FAR), self._filled(net.n, 1)
        caps[place], room[place] = self.lists.x[place], self.lists.edge[place]
        (late,) = net.late(self.early, Dates(caps, room))
        before = self._before(place) if net.pin else None  # what a constraint fixes has a late date wherever it leads
        return [t if t < FAR // 2 and (before is None or v in before) else FAR for v, t in enumerate(plain(late.x))]

    def _before(self, place: int) -> set[int]:
        """A position and all that links lead from to it."""
        q = self.lists
        seen, waiting = {place}, [place]
        while waiting:
            v = waiting.pop()
            for u in q.src[q.ptr[v] : q.ptr[v + 1]]:
                if u not in seen:
                    seen.add(u)
                    waiting.append(u)
        return seen

    @functools.cached_property
    def project_late_starts(self) -> dict[int, int]:
        """Late start of every position to its own project's early finish."""
        return self._own_lates(self.project_ends)

    def _own_lates(self, ends: Ints) -> dict[int, int]:
        out: dict[int, int] = {}
        for owner in self.open_work:
            late = self._own_late(owner, int(ends[owner]))
            for v in self.open_work[owner]:
                out[self.lists.pos[v]] = late[self.lists.pos[v]]
        return out

    def _own_late(self, owner: int, instant: int) -> dict[int, int]:
        """Late starts under one commitment only, a project's finish; over the project and what leaves it and comes back."""
        net, q = self.network, self.lists
        own = [q.pos[v] for v in self.open_work[owner]]
        inside, last = set(own), max(own)
        waiting = list(own)
        while waiting:  # what follows the project and could come back to it
            for v in self.successors[waiting.pop()]:
                if v < last and v not in inside:
                    inside.add(v)
                    waiting.append(v)
        if not net.pin and any(q.mark[v] & ONE_IS_ENOUGH for v in inside):
            return dict(enumerate(plain(self.own_late_in_full(owner, instant).x)))
        back = set(own)
        for v in sorted(inside, reverse=True):  # what a constraint holds outside binds the project only where it leads back
            if v not in back and any(head in back for head in self.successors[v]):
                back.add(v)
        inside = back
        mark, pin, ptr, src = q.mark, q.pin, q.ptr, q.src
        late, room = dict.fromkeys(inside, FAR), dict.fromkeys(inside, 1)
        limits = {number: (net.clock(number).work(instant), int(net.clock(number).roomy(instant))) for number in {q.clk[v] for v in own}}
        for place in own:
            worked, roomy = limits[q.clk[place]]
            late[place], room[place] = worked - q.dur[place], roomy
        for v in sorted(inside, reverse=True):
            if net.pin and pin[v] != FAR:
                late[v], room[v] = pin[v], 1
            limit = late[v]
            if mark[v] & LATE_AT_WORK and (not q.edge[v] or limit != q.x[v]):
                room[v] = 0
            if limit >= FAR // 2:
                continue
            links = range(ptr[v], ptr[v + 1])
            enough = mark[v] & ONE_IS_ENOUGH
            early = sum(self.push(k, v, q.x[q.src[k]]) <= limit for k in links) if enough else 0
            for k in links:
                u = src[k]
                if u not in inside:
                    continue
                if enough and early - (self.push(k, v, q.x[u]) <= limit) > 0:
                    continue
                slip, roomy = self._pulled(k, v, limit, room[v])
                if slip < late[u]:
                    late[u], room[u] = slip, roomy
                elif slip == late[u]:
                    room[u] = min(room[u], roomy)
        return late

    def own_late_in_full(self, owner: int, instant: int) -> Dates:
        """Late starts under a project's finish only, over the whole network: what all of several ways wait for binds it where one is enough."""
        finishes = [FAR] * self.network.n
        for v in self.open_work[owner]:
            finishes[int(self.positions.pos[v])] = instant
        return self.late_under(finishes)

    def _pulled(self, k: int, v: int, y: int, room: int) -> tuple[int, int]:
        """The latest start of a link's source, and whether its finish may wait for the next shift."""
        q = self.lists
        mode = q.mode[k]
        if mode in NUMBERS:
            return y - q.w[k], room if mode == FINISHES else 1
        cal, u, typ = self.network.clock_tables, q.src[k], q.typ[k]
        t = link_kernels.taken(cal, q.clk[v], y, q.dur[v], typ, mode, q.lagclk[k], q.lag[k], room)
        late = link_kernels.latest_of(cal, q.clk[u], q.dur[u], typ, mode, t)
        if late < q.x[u] and self.still_in_time(k, v, y):
            return q.x[u], int(q.edge[u])
        return late, link_kernels.roomy(cal, q.clk[u], t) if typ in FROM_FINISH else 1

    @functools.cached_property
    def target_names(self) -> list[str | None]:
        """The target that bounds each position; ties go to the own project's finish, then by id."""
        net, q = self.network, self.lists
        late = Dates(plain(self.late.to_target.x), plain(self.late.to_target.edge))
        ends = [f"{name}@finish" for name in net.projects]
        tied = {net.ids[node] for node, *_ in net.late_bounds}
        names = sorted({*ends, *tied, *(target.name for target in net.commitments)})
        rank = {name: place for place, name in enumerate(names)}
        none = len(names)
        offers = [(rank[t.name], LateBound(node, self.target_date(t), True)) for t in net.commitments for node in t.nodes]
        offers += [(rank[net.ids[bound.node]], bound) for bound in net.late_bounds]
        for owner, nodes in self.open_work.items():
            end = int(self.committed_finishes[owner])
            offers += [(rank[ends[owner]], LateBound(v, end, True)) for v in nodes]
        own = self.bounding(late, offers, none)
        project_late = self._own_lates(self.committed_finishes) if net.stated_finishes else self.project_late_starts
        out: list[str | None] = []
        for place, v in enumerate(q.order):
            owner = net.project[v]
            if owner >= 0 and project_late.get(place) == late.x[place]:
                out.append(ends[owner])
            else:
                out.append(names[own[place]] if own[place] < none else None)
        return out

    @functools.cached_property
    def free_starts(self) -> dict[int, int]:
        """The start to which each position can slip without moving a successor, own clock."""
        net, q = self.network, self.lists
        free, way = (Dates([FAR] * net.n, [1] * net.n) for _ in range(2))
        hidden = [0] * net.n
        for place in self.hidden:
            hidden[place] = 1
        early = Dates(q.x, q.edge)
        reading_kernels.free_starts(self._links, self._nodes, net.clock_tables, early, plain(self.link_floats), hidden, way, free)
        out = {place: start for place, start in enumerate(free.x) if start < FAR}
        to_end = plain(self.late.to_end.x)
        for place, v in enumerate(q.order):
            owner = net.project[v]
            if place not in out and owner >= 0 and net.state[v] in LIVE:
                own = net.clock(q.clk[place]).work(int(self.project_ends[owner])) - q.dur[place]
                out[place] = max(min(own, to_end[place]), q.x[place])  # no more than its total float, which a constraint may bound
        return out

    @functools.cached_property
    def hidden(self) -> list[int]:
        """The positions of helpers, which are no successors of anything: what follows them is."""
        kinds, pos = self.network.kinds, self.positions.pos
        if isinstance(kinds, Same) or set(HELPERS).isdisjoint(kinds):
            return []
        return [int(pos[node]) for node, kind in enumerate(kinds) if kind in HELPERS]

    @functools.cached_property
    def pressed_starts(self) -> list[int]:
        """The start of each position when everything before it is as late as it may be, own clock."""
        q, late = self.lists, plain(self.late_starts.to_end)
        out = list(q.x)
        for v in range(self.network.n):
            if q.mark[v] & ONE_IS_ENOUGH:
                continue
            for k in range(q.ptr[v], q.ptr[v + 1]):
                u = q.src[k]
                if late[u] < FAR // 2:
                    out[v] = max(out[v], self.push(k, v, max(late[u], q.x[u])))
        return out

    @functools.cached_property
    def hammock_dates(self) -> Mapping[int, tuple[Span, Span]]:
        """((early start, early finish), (late start, late finish)) of each hammock, as instants.

        It starts with the first and finishes with the last of the dates it is linked to; without the one or the other it
        lasts as long as its own duration says. Where early dates are those of what is left, it starts no sooner than that may.
        """
        return {node: (early, self._span(node, self.network.hammocks[node], True)) for node, early in self.hammocks_early.items()}

    @functools.cached_property
    def hammocks_early(self) -> Mapping[int, Span]:
        """(early start, early finish) of each hammock, as `hammock_dates` has them."""
        return {node: self._span(node, links, False) for node, links in self.network.hammocks.items()}

    def _span(self, node: int, links: Sequence[Spanning], late: bool) -> Span:
        net = self.network
        clock = net.clock_of(node)
        starts: list[int] = []
        ends: list[int] = []
        for link in links:
            instant = self._instant_of(link.other, link.other_end, late)
            if instant is not None:
                (starts if link.own_end == "S" else ends).append(instant + link.waits)
        begun, left = net.starts.get(node), self.dialect.remaining_dates
        start = begun if begun is not None and not (left and late and starts) else min(starts, default=None)
        end = max(ends, default=None)
        length = int(net.dur[node])
        if start is None and end is not None:
            start = clock.start(clock.work(end) - length)
        elif start is not None and end is None:
            end = clock.finish(clock.work(start) + length)
        if start is not None and end is not None:
            least = clock.start(int(net.low[node])) if left else end
            start = max(start, least) if end > least else start  # where all of it is done, nothing is left to begin
            end = max(start, end)
        return start, end

    def _instant_of(self, node: int, end: str, late: bool) -> int | None:
        """The early or late start or finish of a node, as an instant; None when it has none."""
        net, q = self.network, self.lists
        done = not (late and self.dialect.remaining_dates)
        if net.state[node] == State.FINISHED or (net.state[node] == State.STARTED and end == "S" and done):
            return net.starts[node] if end == "S" else net.finishes[node]
        if net.state[node] not in LIVE:
            return None
        place = q.pos[node]
        x = int(self.late_starts.to_end[place]) if late else q.x[place]
        if x >= FAR // 2:
            return None
        if end == "F" and x == q.x[place]:  # what is not late finishes when it does early: at the next shift where it waits for it
            return int(q.finish[place])
        clock = net.clock(q.clk[place])
        return clock.start(x) if end == "S" else clock.finish(x + q.dur[place])
