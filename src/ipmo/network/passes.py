"""What a compiled network answers, by position: dates, floats to every target, driving links, criticality, the end without an item.

Everything is computed on first use and in whole minutes of each item's own clock; names, dates and days are made by
`ipmo.analysis.dates.schedule`.
"""

from __future__ import annotations

import bisect
import functools
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.network.drag import ends_without_links, ends_without_work
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels.columns import EARLY_AT_WORK, FAR, ONE_IS_ENOUGH, STARTS_SHIFT, Dates, Nodes
from ipmo.network.late import LatePass, LateStarts
from ipmo.network.network import Network
from ipmo.network.positions import as_array, plain, plain_list
from ipmo.network.readings import Readings
from ipmo.network.states import EFFECTS, FROM_FINISH, LIVE, NUMBERS, TO_FINISH, Mode, State
from ipmo.network.wholes import UnclearWholes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints
    from ipmo.network.parts import LateBound

__all__ = ["LateStarts", "Passes"]

EMPTY: Mapping[int, int] = {}


class Passes(LatePass):
    """The passes over one network, each run when it is first asked for.

    Args:
        compiled: the network.
        back_from: the finish that is scheduled back from, as an instant.
    """

    def __init__(self, compiled: Network, back_from: int | None = None, *, put_off: bool = True) -> None:
        early = None
        self.unpostponed: Passes = self
        """The passes before work as late as possible was put off: what the end would be without something starts from there."""
        self.unpostponed_dates: Mapping[int, tuple[int, int]] = {}
        """Early start and finish, before that, of work that was put off by its total float."""
        if compiled.latest and put_off:
            self.unpostponed = Passes(compiled, back_from, put_off=False)
            early, self.unpostponed_dates = self.unpostponed.with_late_work()
        super().__init__(compiled, back_from, early)

    def with_late_work(self) -> tuple[Dates, dict[int, tuple[int, int]]]:
        """Early dates with work as late as possible: by its free float, or by its total float, which moves what follows it too.

        Returns:
            The dates; and, where what follows moves too, early start and finish of that work before.
        """
        net, p = self.network, self.positions
        places = sorted((int(p.pos[node]) for node in net.latest if net.state[node] in LIVE), reverse=True)
        if self.dialect.as_late_as_possible == "total float":
            late, low = self.late_starts.to_end, p.low.copy()
            for place in places:
                if late[place] < FAR // 2:
                    low[place] = max(int(low[place]), int(late[place]))
            return net.early(low), {place: (int(self.early_starts[place]), int(self.finishes[place])) for place in places}
        q = self.lists
        x, edge = self.early_starts.copy(), self.early_waits.copy()
        leaving = self._links_of(places)
        for place in places:
            end = int(self.project_ends[net.project[q.order[place]]])
            open_end = net.clock(q.clk[place]).work(end) - q.dur[place]
            slips = (self._pulled(k, v, int(x[v]), int(edge[v]))[0] for k, v in leaving[place])
            slip = min(slips, default=open_end)
            if x[place] < slip < FAR // 2:
                x[place], edge[place] = slip, 0
        return Dates(x, edge), {}

    def _links_of(self, places: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
        """(link place, target position) of the links out of some positions: as `links_out`, which takes all."""
        ptr, src = self.positions.ptr, self.positions.src
        found: dict[int, list[tuple[int, int]]] = {place: [] for place in places}
        if self.network.arrays:
            import numpy as np

            links = np.flatnonzero(np.isin(as_array(src), list(found)))
            heads = np.searchsorted(as_array(ptr), links, "right") - 1
            for k, u, v in zip(links.tolist(), as_array(src)[links].tolist(), heads.tolist(), strict=True):
                found[u].append((k, v))
        else:
            for k, u in enumerate(src):
                if u in found:
                    found[u].append((k, bisect.bisect_right(ptr, k) - 1))
        return found

    @functools.cached_property
    def readings(self) -> Readings:
        """What is read off the passes for every position at once; for networks whose kernels are compiled."""
        return Readings(self)

    def bounding(self, late: Dates, offers: Iterable[tuple[int, LateBound]], none: int) -> list[int]:
        """Which of some dates bounds each position: see `LatePass.bounding`."""
        if self.network.compiled:
            return plain(self.readings.bounding(late, list(offers), none))
        return super().bounding(late, offers, none)

    @functools.cached_property
    def project_late_starts(self) -> dict[int, int]:
        """Late start of every position to its own project's early finish."""
        return self._known(self.readings.project_late_starts) if self.network.compiled else super().project_late_starts

    @functools.cached_property
    def target_names(self) -> list[str | None]:
        """The target that bounds each position; ties go to the own project's finish, then by id."""
        if not self.network.compiled:
            return super().target_names
        codes, texts = self.readings.targets
        return [texts[code] if code >= 0 else None for code in codes.tolist()]

    @functools.cached_property
    def free_starts(self) -> dict[int, int]:
        """The start to which each position can slip without moving a successor, own clock."""
        return self._known(self.readings.free_starts) if self.network.compiled else super().free_starts

    def led_to(self, place: int) -> list[int]:
        """The positions that the links out of one lead to, in order."""
        return self.readings.led_to(place) if self.network.compiled else [v for _, v in self.links_out[place]]

    @staticmethod
    def _known(column: NDArray[np.int64]) -> dict[int, int]:
        places = (column < FAR).nonzero()[0]
        return dict(zip(places.tolist(), column[places].tolist(), strict=True))

    @property
    def driving(self) -> Sequence[bool] | Ints:
        """`drives` for whoever asks for a few: of a network with compiled kernels a column, of which no list is made."""
        return self.readings.drives if self.network.compiled else self.drives

    @functools.cached_property
    def drives(self) -> list[bool]:
        """For each link in place: its target starts exactly when this link lets it."""
        if self.network.compiled:
            return [drives == 1 for drives in self.readings.drives.tolist()]
        q = self.lists
        x, ptr, src = q.x, q.ptr, q.src
        out = [False] * self.network.m
        for v in range(self.network.n):
            for k in range(ptr[v], ptr[v + 1]):
                out[k] = self.push(k, v, x[src[k]]) == x[v]
        return out

    @functools.cached_property
    def at_best(self) -> Passes | None:
        """The passes with ways, where one of several is enough, of which nobody knows when they come; None where none was left out."""
        own, net = self.network, self.network.at_best
        if not isinstance(net, Network):
            return None
        return Passes(attrs.evolve(net, dur=own.dur, low=own.low, high=own.high), self.back_from)  # work may last otherwise since

    @functools.cached_property
    def upper_bounded(self) -> frozenset[int]:
        """Positions whose dates are upper bounds: a way of which nobody knows when it comes may let them start sooner."""
        best = self.at_best
        if best is None:
            return frozenset()
        own, other, x, y = self.positions.pos, best.positions.pos, self.early_starts, best.early_starts
        live = (node for node, state in enumerate(self.network.state) if state in LIVE)
        return frozenset(int(own[node]) for node in live if y[int(other[node])] < x[int(own[node])])

    @functools.cached_property
    def lower_bounded(self) -> frozenset[int]:
        """Positions whose dates are lower bounds: work without a duration, what waits for its finish, or for something outside without a date.

        So has what waits for a project as a whole of which work has no end that is known, or in a project that does so. What waits for the start of such work alone, is fixed by a constraint, or needs one of several of which another comes first,
        has the date that it has.
        """
        net = self.network
        if not net.unknown and not net.outside:
            return frozenset()
        q, blank = self.lists, {self.lists.pos[v] for v in net.unknown if net.state[v] in LIVE}
        bounded = set[int]()

        def shares(k: int) -> bool:
            """Whether what a link gives is a lower bound."""
            return q.src[k] in bounded or (q.src[k] in blank and q.typ[k] in FROM_FINISH)

        def certain(v: int) -> bool:
            node = q.order[v]
            if q.x[v] == net.high.get(node):
                return True
            return node in net.anyone and any(self.drives[k] and not shares(k) for k in range(q.ptr[v], q.ptr[v + 1]))

        waiting = [v for u in blank for k, v in self.links_out[u] if shares(k)]
        waiting += [self.lists.pos[v] for v in net.outside if net.state[v] in LIVE]
        wholes = UnclearWholes(net)
        waiting += [q.pos[v] for u in blank for v in wholes.behind(q.order[u], begins=False)]
        while waiting:
            v = waiting.pop()
            if v not in bounded and not certain(v):
                bounded.add(v)
                waiting += self.successors[v]
                waiting += [q.pos[u] for u in wholes.behind(q.order[v], begins=True)]
        return frozenset(bounded | blank)

    def unclear_before(self, place: int) -> tuple[str, str]:
        """(what, why in words) of the nearest work because of which the date of a position is a lower bound; the first by id.

        It has no duration, or waits for something outside of which nobody says when it comes: that is what is named then.
        """
        q, net = self.lists, self.network
        seen, level = {place}, [place]
        while level:
            blank = [net.ids[q.order[v]] for v in level if q.order[v] in self.without_duration]
            if blank:
                return min(blank), f"{min(blank)} has no duration"
            waits = [(net.shown(q.order[v]), net.outside[q.order[v]]) for v in level if q.order[v] in net.outside]
            if waits:
                item, outside = min(waits)
                return outside, f"{item} waits for {outside}, and nobody says when that comes"
            before = [u for v in level for u in q.src[q.ptr[v] : q.ptr[v + 1]]]
            here = {q.order[v] for v in level} if net.wholes else ()
            before += [q.pos[node] for one in net.wholes if not here.isdisjoint(one.receivers) for node in one.givers] if here else []
            level = [u for u in before if u in self.lower_bounded and u not in seen]
            seen.update(level)
        raise ValueError(f"the dates of {net.ids[q.order[place]]} are no lower bounds")

    @functools.cached_property
    def last_end(self) -> int | None:
        """When the last of all ends as an instant: levels of effort too, which `end` leaves out, as they make nothing critical."""
        spans = (early[1] for early, _ in self.hammock_dates.values()) if self.network.hammocks else ()
        return max([self.end, *(last for last in spans if last is not None)]) if self.end else self.end

    @functools.cached_property
    def unclear_spans(self) -> Mapping[int, int]:
        """Levels of effort that end with work that has no date, or only a lower bound: the first such work by id."""
        net, out = self.network, dict[int, int]()
        if not net.hammocks:
            return out
        dark = {v for v in net.holds if net.state[v] is State.UNDATED} | {int(self.lists.order[v]) for v in self.lower_bounded}
        ends = {node: [one.other for one in links if one.own_end == "F"] for node, links in net.hammocks.items()}
        size = -1
        while size < len(out):  # they may span each other
            size = len(out)
            for node, others in ends.items():
                some = [out.get(other, other) for other in others if other in dark or other in out]
                if some and node not in out:
                    out[node] = min(some, key=net.ids.__getitem__)
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
        net = self.network
        if net.compiled:
            return set(self.critical_places.nonzero()[0].tolist())
        q = self.lists
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
    def critical_places(self) -> NDArray[np.bool_]:
        """Whether each position is `critical`; for networks whose kernels are compiled."""
        import numpy as np

        end = FAR if self.end is None else self.end
        ends = np.full(len(self.network.projects) + 1, end, np.int64)
        if self.dialect.float_to == "project":
            ends[:-1] = as_array(self.project_ends)
        last = (self.network.ending == 1) & (as_array(self.finishes) == ends[as_array(self.groups)])
        return self.readings.driving_to(np.flatnonzero(last).tolist())

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
        net, pos, finish = self.network, self.positions.pos, self.finishes
        out: dict[str, list[int]] = {}
        for target in net.commitments:
            places = [int(pos[node]) for node in target.nodes]
            last = max(finish[place] for place in places)
            out[target.name] = [place for place in places if finish[place] == last]
        if net.arrays:
            groups = as_array(self.groups)
            ends = as_array([*plain(self.project_ends), FAR])
            for place in (self.live & (as_array(finish) == ends[groups])).nonzero()[0].tolist():
                out.setdefault(f"{net.projects[groups[place]]}@finish", []).append(place)
            return out
        q = self.lists
        for place, v in enumerate(q.order):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and q.finish[place] == self.project_ends[owner]:
                out.setdefault(f"{net.projects[owner]}@finish", []).append(place)
        return out

    def paths_by_float(self, place: int, count: int, slack: Callable[[int, int], float]) -> list[tuple[float, list[int]]]:
        """The most critical ways to a position: float and positions, in order of their dates; no position stands in two.

        Each goes back over the predecessors of least float: the first from the position itself, the others from the one of least
        float that none before took; of those alike, from the last.
        """
        q, late = self.lists, self.late_to(place)
        floats = {v: slack(v, late[v]) for v in range(self.network.n) if late[v] < FAR // 2}
        waiting = sorted(floats, key=lambda v: (v != place, floats[v], -q.finish[v], -v))
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
    def ends_without(self) -> Mapping[int, int | None]:
        """The end of the network without the work at each critical position, by definition."""
        dur = self.positions.dur
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

    def first_of_longest_path(self, nodes: Sequence[int] | NDArray[np.int64]) -> int | None:
        """The position that ends first of work, among some nodes, on a driving path to the end of the network; None where none is."""
        net = self.network
        if net.compiled:
            import numpy as np

            last = ((as_array(self.finishes) == (-1 if self.end is None else self.end)) & self.live).nonzero()[0]
            path = (self.readings.driving_to(last.tolist()) & (as_array(self.positions.dur) != 0)).nonzero()[0]
            path = path[np.isin(as_array(self.positions.order)[path], as_array(nodes))]
            return int(path[as_array(self.finishes)[path].argmin()]) if len(path) else None
        q, wanted = self.lists, set(plain_list(nodes))
        ends = [v for v, finish in enumerate(q.finish) if finish == self.end and net.state[q.order[v]] in LIVE]
        found = (v for v in self.driving_to(ends) if q.dur[v] and q.order[v] in wanted)
        return min(found, key=lambda v: (q.finish[v], v), default=None)

    def end_if_longer(self, place: int, more: int) -> int | None:
        """The end of the network when the work at a position takes so many minutes more on its clock."""
        if self.network.compiled and not self.network.latest:
            return self.readings.end_if_longer(place, more)
        longer = list(self.lists.dur)
        longer[place] += more
        low, waits, _ = self.network.bounds_lasting(self.lists.order[place], longer[place])
        return self.end_after({place: low}, longer, edges={place: waits})

    def end_after(self, changed_low: Mapping[int, int], dur: list[int], without: int = -1, edges: Mapping[int, int] = EMPTY) -> int | None:
        """The end of the network when some positions have other bounds or durations; only what moves is looked at.

        Args:
            changed_low: position to its new lower bound.
            dur: durations by position.
            without: the place of a link that is left out, -1 for none.
            edges: whether those bounds lie in a break, of finishes.
        """
        net, q = self.network, self.lists
        nodes = q.nodes._replace(dur=dur)
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
                y, e = self._pushed(nodes, k, v, x.get(u, q.x[u]), edge.get(u, q.edge[u]))
                if q.mark[v] & ONE_IS_ENOUGH:
                    least = min(least, y)
                elif y > best:
                    best, waits = y, e
                elif y == best:
                    waits = max(waits, e)
            if q.mark[v] & ONE_IS_ENOUGH and least != FAR:
                best = max(best, least)
            if net.high and best > (high := q.high[v] if dur[v] == q.dur[v] else net.highest(q.order[v], dur[v])):
                best, waits = high, 0
            if q.mark[v] & (EARLY_AT_WORK | STARTS_SHIFT):
                waits = 1 if q.mark[v] & STARTS_SHIFT else 0
            x[v], edge[v] = best, waits
            if best != q.x[v] or dur[v] != q.dur[v] or waits != q.edge[v]:
                clock = net.clock(q.clk[v])
                moved[v] = clock.start(best + dur[v]) if waits else clock.finish(best + dur[v])
                for head in self.successors[v]:
                    if head not in queued:
                        queued.add(head)
                        heapq.heappush(waiting, head)
        rest = next((f for f, v in self._by_finish if v not in moved), None)
        ends = [f for v, f in moved.items() if net.state[q.order[v]] in LIVE and net.kinds[q.order[v]] not in EFFECTS]
        return max([*ends, *([rest] if rest is not None else [])], default=None)

    def asked(self, k: int, v: int) -> tuple[int, bool]:
        """What the link in place k asks of the start of v by the early dates, and whether the finish of v then waits for the next shift."""
        q = self.lists
        start, edge = self._pushed(self._nodes, k, v, q.x[q.src[k]], q.edge[q.src[k]])
        return start, bool(edge)

    def _pushed(self, nodes: Nodes, k: int, v: int, x: int, edge: int) -> tuple[int, int]:
        """What a link imposes on the start of v, and whether its finish then waits for the next shift."""
        q, mode, dur = self.lists, self.lists.mode[k], nodes.dur
        t = q.typ[k]
        if mode in NUMBERS:
            start = x + q.lag[k] + (dur[q.src[k]] if t in FROM_FINISH else 0) - (dur[v] if t in TO_FINISH else 0)
            return start, edge if mode == Mode.FINISHES else 0
        instant = link_kernels.given_by(self.network.clock_tables, self._links, nodes, k, x, edge)
        clock = self.network.clock(q.clk[v])
        if t in TO_FINISH:
            return clock.work(instant) - dur[v], int(clock.waits(instant))
        return clock.work(instant), 0

    @functools.cached_property
    def _by_finish(self) -> list[tuple[int, int]]:
        """(finish, position) of open work, last first."""
        net, q = self.network, self.lists
        return sorted(
            ((q.finish[place], place) for place, v in enumerate(q.order) if net.state[v] in LIVE and net.kinds[v] not in EFFECTS),
            reverse=True,
        )
