"""Early dates of a network, and when it, its projects and its work end; by position, in whole minutes."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ipmo.errors import ScheduleError
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels.columns import Dates, Links, Nodes
from ipmo.network.network import Network
from ipmo.network.positions import DatedPositions, as_array, plain, plain_list
from ipmo.network.states import EFFECTS, LIVE, NUMBERS, State
from ipmo.units import DAY, MAX_INSTANT, moment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["EarlyPass"]

DECADE = 3653 * DAY
"""A calendar without work in the last one of all works no more."""
SEVERAL = 8
"""Of so many nodes the last finish is read off columns."""


class EarlyPass:
    """The pass forward over one network, and what is read off it on first use.

    Args:
        compiled: the network.
        early: early dates that were found before; a pass over the network when left out.

    Raises:
        ScheduleError: something would end past the year 9999.
    """

    def __init__(self, compiled: Network, early: Dates | None = None) -> None:
        self.network = compiled
        self.positions = compiled.positions
        self.early = compiled.early() if early is None else early
        self._check()

    @property
    def early_starts(self) -> Ints:
        """The early start of every position on its own clock."""
        return self.early.x

    @property
    def early_waits(self) -> Ints:
        """1 where the early finish of a position waits for the beginning of the next shift."""
        return self.early.edge

    @functools.cached_property
    def nodes(self) -> Mapping[str, int]:
        """The node of each item of the network, by full id."""
        return self.network.node_of

    @property
    def named(self) -> Mapping[str, int]:
        """The same for whoever asks for a few."""
        return self.network.named

    @functools.cached_property
    def places_of_projects(self) -> Mapping[str, int]:
        """The place of each project by its id."""
        return {name: place for place, name in enumerate(self.network.projects)}

    @functools.cached_property
    def dialect(self) -> Dialect:
        """The network's conventions; those of ipmo where it was made from columns."""
        return self.network.dialect or DIALECTS["ipmo"]

    def days(self, place: int, begin: int, end: int) -> float:
        """Working days between two starts of a position on its own clock, by the item's calendar."""
        node = int(self.positions.order[place])
        clock, calendar = self.network.running_clock(node), self.network.clock_of(node)
        if clock is calendar:
            return (end - begin) / calendar.day_minutes
        between = calendar.days(clock.start(begin), clock.start(end))
        ends = self.float_ends[place]
        if not ends:
            return between
        length = self.lists.dur[place]
        finishes = calendar.days(clock.finish(begin + length), clock.finish(end + length))
        return finishes if ends == 2 else min(between, finishes)

    @functools.cached_property
    def float_ends(self) -> Ints:
        """How floats of work that its resources do on other days than its calendar's are measured; see `kernels.worked_between`."""
        net, clk = self.network, plain(self.positions.clk)
        nominal = net.nominal
        if nominal is None or self.dialect.exact_late or self.dialect.total_float != "smallest":
            return self._filled(net.n, 0)
        ends = self._filled(net.n, 0)
        for place, v in enumerate(plain(self.positions.order)):
            if clk[place] != nominal[v]:
                ends[place] = 2 if net.state[v] == State.STARTED else 1
        return ends

    def _check(self) -> None:
        if not self.network.n:
            return
        if self._whole:
            if int(self._last_finishes.max()) < MAX_INSTANT:
                return
        finish = self.finishes
        if max(finish) < MAX_INSTANT if isinstance(finish, list) else int(finish.max()) < MAX_INSTANT:
            return
        first = next(place for place, instant in enumerate(finish) if instant >= MAX_INSTANT)  # the others may only follow it
        raise ScheduleError(self._beyond(int(self.positions.order[first])))

    def _beyond(self, node: int) -> str:
        """Why an item would end past the year 9999: a calendar that it runs on or waits on works no more, or it lasts too long."""
        net = self.network
        item, clocks = net.ids[node], [net.running_clock(node)]
        if net.lagclk is not None:
            clocks += [net.clock(number) for number, target in zip(plain(net.lagclk), plain(net.dst), strict=True) if target == node]
        for clock in clocks:
            worked = clock.work(MAX_INSTANT)
            if worked > clock.work(MAX_INSTANT - DECADE):
                continue
            last = "" if worked == clock.work(0) else f" after {moment(clock.finish(worked)):%Y-%m-%d}"
            said = f"{item!r} never ends: calendar {clock.calendar.id!r} has no working time{last or ' at all'}"
            rests = net.clocks is not None and net.clocks.index.get(clock.calendar.id, 0) != clock.number
            if rests:
                return f"{said} beside the interruptions of the work; check interruptions:, the work must go on after them"
            return f"{said}; check its hours and exceptions, or give the item another calendar"
        return f"{item!r} would end past the year 9999; check its duration and lags"

    @functools.cached_property
    def _whole(self) -> bool:
        """Everything is open work and columns are arrays: ends are found in one sweep."""
        return self.network.arrays and self.network.all_live

    @functools.cached_property
    def _last_finishes(self) -> NDArray[np.int64]:
        """The last finish of each project as an instant, and of what belongs to none; for networks that are `_whole`."""
        import numpy as np

        net, p = self.network, self.positions
        ends = np.full(len(net.projects) + 1, -1, np.int64)
        if net.clk_used:
            net.run(kernels.last_finishes, p.nodes, net.cal, self.early, self.groups, self._filled(2 * len(ends), 0), ends)
        else:
            np.maximum.at(ends, self.groups, self.finishes)
        return ends

    @functools.cached_property
    def finishes(self) -> Ints:
        """Finish of every position as an instant."""
        net, p, x = self.network, self.positions, self.early_starts
        if net.arrays and not net.clk_used:
            whole: Ints = as_array(x) + as_array(p.dur)
            return whole
        out = self._filled(net.n, 0)
        net.run(kernels.finishes, p.nodes, net.cal, self.early, out)
        return out

    def _filled(self, size: int, value: int) -> Ints:
        if not self.network.arrays:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64) if value else np.zeros(size, np.int64)

    @functools.cached_property
    def groups(self) -> Ints:
        """The project of each position; one more than the last for what belongs to none."""
        net = self.network
        none = len(net.projects)
        if net.arrays:
            import numpy as np

            owner = net.owners[as_array(self.positions.order)]
            owners: NDArray[np.int64] = np.where(owner < 0, none, owner)
            return owners
        return [net.project[v] if net.project[v] >= 0 else none for v in self.positions.order]

    @functools.cached_property
    def live(self) -> NDArray[np.bool_]:
        """Whether each position is open work; an array whatever the size of the network."""
        open_work: NDArray[np.bool_] = self.network.live[as_array(self.positions.order)]
        return open_work

    @functools.cached_property
    def end(self) -> int | None:
        """The end of the whole network as an instant: the last finish of open work; None when all is done."""
        net = self.network
        if self._whole:
            return int(self._last_finishes.max()) if net.n else None
        if net.arrays:
            return int(as_array(self.finishes)[net.ending == 1].max(initial=-1)) if net.ending.any() else None
        kinds, state, order = net.kinds, net.state, plain(self.positions.order)
        return max(
            (int(f) for f, v in zip(self.finishes, order, strict=True) if state[v] in LIVE and kinds[v] not in EFFECTS),
            default=None,
        )

    @functools.cached_property
    def project_ends(self) -> Ints:
        """The early finish of each project as an instant; -1 for those without dates."""
        net = self.network
        if self._whole:
            return as_array(self._last_finishes[:-1])
        ends = self._open_ends
        for v, done in net.finishes.items():
            owner = net.project[v]
            if owner >= 0 and net.state[v] == State.FINISHED:
                ends[owner] = max(ends[owner], done)
        return ends

    @property
    def _open_ends(self) -> Ints:
        """The last finish of open work of each project; -1 where there is none."""
        net = self.network
        if net.arrays:
            import numpy as np

            last = np.full(len(net.projects) + 1, -1, np.int64)
            np.maximum.at(last, as_array(self.groups)[self.live], as_array(self.finishes)[self.live])
            return as_array(last[:-1])
        ends = [-1] * len(net.projects)
        for place, v in enumerate(plain(self.positions.order)):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and self.finishes[place] > ends[owner]:
                ends[owner] = int(self.finishes[place])
        return ends

    @functools.cached_property
    def lists(self) -> DatedPositions:
        """The positions' columns and early dates as plain lists, for what walks from node to node."""
        return DatedPositions(self.positions, self.early, functools.partial(getattr, self, "finishes"))

    @functools.cached_property
    def _links(self) -> Links:
        return self.lists.links

    @functools.cached_property
    def _nodes(self) -> Nodes:
        return self.lists.nodes

    def push(self, k: int, v: int, x: int) -> int:
        """What the link in place k imposes on the start of v when its source starts at x."""
        q = self.lists
        if q.mode[k] in NUMBERS:
            return x + q.w[k]
        u = q.src[k]
        edge = q.edge[u] if x == q.x[u] else 0
        return link_kernels.push(self.network.clock_tables, self._links, self._nodes, k, v, x, edge)

    def pull(self, k: int, v: int, y: int) -> int:
        """The latest start of its source at which the link in place k lets v start at y."""
        q = self.lists
        if q.mode[k] in NUMBERS:
            return y - q.w[k]
        room = q.edge[v] if y == q.x[v] else 1
        late, begin = link_kernels.pull(self.network.clock_tables, self._links, self._nodes, k, v, y, room), q.x[q.src[k]]
        return begin if late < begin and self.still_in_time(k, v, y) else late

    def still_in_time(self, k: int, v: int, limit: int) -> bool:
        """Whether v starts by `limit` although taking off the calendar link in place k led to before the early start of its source."""
        q, u = self.lists, self.lists.src[k]
        return link_kernels.still_in_time(self.network.clock_tables, self._links, self._nodes, k, v, q.x[u], q.edge[u], limit)

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
    def links_out(self) -> list[list[tuple[int, int]]]:
        """(link place, target position) of the links out of each position."""
        q = self.lists
        out: list[list[tuple[int, int]]] = [[] for _ in range(self.network.n)]
        for v in range(self.network.n):
            for k in range(q.ptr[v], q.ptr[v + 1]):
                out[q.src[k]].append((k, v))
        return out

    @functools.cached_property
    def open_work(self) -> Mapping[int, list[int]]:
        """The nodes of open work of each project that has some, by the project's place."""
        if self.network.arrays:
            import numpy as np

            owner, states = self.network.owners, self.network.states
            nodes = np.flatnonzero((owner >= 0) & ((states == LIVE[0]) | (states == LIVE[1])))
            nodes = nodes[np.argsort(owner[nodes], kind="stable")]
            owners, first = np.unique(owner[nodes], return_index=True)
            bounds, listed = [*first.tolist(), len(nodes)], plain_list(nodes)
            return {int(place): listed[bounds[i] : bounds[i + 1]] for i, place in enumerate(owners.tolist())}
        owned: dict[int, list[int]] = defaultdict(list)
        for v in range(self.network.n):
            if self.network.project[v] >= 0 and self.network.state[v] in LIVE:
                owned[int(self.network.project[v])].append(v)
        return owned

    def open_work_of(self, place: int) -> Sequence[int]:
        """The nodes of open work of one project: of a large network those of no other are listed."""
        if not self.network.arrays or "open_work" in self.__dict__:
            return self.open_work.get(place, ())
        some = self.network.members.get(place, ())
        if isinstance(some, range) and self._owned[place] == len(some):
            live = self._at_work
            begin, end = some.start, some.stop
            return some if live[end] - live[begin] == len(some) else [node for node in some if live[node + 1] > live[node]]
        owner, states = self.network.owners, self.network.states
        nodes: list[int] = ((owner == place) & ((states == LIVE[0]) | (states == LIVE[1]))).nonzero()[0].tolist()
        return nodes

    @functools.cached_property
    def _owned(self) -> NDArray[np.int64]:
        """How many nodes each project has, those beside its work among them."""
        import numpy as np

        owners = self.network.owners
        return np.bincount(owners[owners >= 0], minlength=len(self.network.projects))

    @functools.cached_property
    def _at_work(self) -> NDArray[np.int64]:
        """How many nodes before each are open work."""
        import numpy as np

        states = self.network.states
        counts = np.zeros(self.network.n + 1, np.int64)
        np.cumsum((states == LIVE[0]) | (states == LIVE[1]), out=counts[1:])
        return counts

    @property
    def projects_at_work(self) -> AbstractSet[int]:
        """The places of the projects that have open work, with a date of its own or not."""
        if not self.network.arrays or "open_work" in self.__dict__:
            return self.open_work.keys()
        import numpy as np

        states = self.network.states
        owners = self.network.owners[(states == LIVE[0]) | (states == LIVE[1])]
        return frozenset(np.flatnonzero(np.bincount(owners[owners >= 0])).tolist())

    @functools.cached_property
    def projects_with_open_work(self) -> tuple[int, ...]:
        """The places of the projects that have open work with dates."""
        if self.network.arrays:
            import numpy as np

            owners = self.network.owners[self.places_of_open_work >= 0]
            return tuple(np.flatnonzero(np.bincount(owners[owners >= 0])).tolist())
        known = self.without_duration
        return tuple(sorted(place for place, nodes in self.open_work.items() if any(node not in known for node in nodes)))

    def last_of(self, nodes: Sequence[int]) -> int | None:
        """The last finish of many nodes of a large network, all of them open work with dates; None where one is not, or they are few."""
        if len(nodes) < SEVERAL or not self.network.arrays:
            return None
        places = self.places_of_open_work[as_array(nodes)]
        return None if (places < 0).any() else int(as_array(self.finishes)[places].max())

    def inside(self, full_id: str) -> Sequence[int]:
        """The nodes that make up a summary, or a project with tasks; none of anything else."""
        net, (project, _, name) = self.network, full_id.partition("/")
        more = net.ends.get(full_id, ())
        if name:
            leaves = net.summaries.get((project, name), ())
            return [*leaves, *more] if more else leaves
        place = self.places_of_projects.get(project, -1)
        if full_id in self.named or place < 0:
            return ()
        members = net.members.get(place)
        if members is None:
            return [node for node in range(net.n) if net.project[node] == place]
        return [*members, *more] if more else members

    def points_at(self, nodes: Sequence[int], instant: int) -> Sequence[int]:
        """Those of many nodes of a large network that last no time and lie at an instant; all that are given, where they are few."""
        if len(nodes) < SEVERAL or not self.network.arrays:
            return nodes
        import numpy as np

        some = np.arange(nodes.start, nodes.stop) if isinstance(nodes, range) else as_array(nodes)
        places = as_array(self.positions.pos)[some]
        points = (as_array(self.positions.dur)[places] == 0) & (as_array(self.finishes)[places] == instant)
        return plain_list(some[points])

    def outermost(self, nodes: Sequence[int]) -> Sequence[int]:
        """Those of many nodes of a large network that may start first or finish last, if all are open work that has not begun; else all of them."""
        net = self.network
        if len(nodes) < SEVERAL or not net.arrays or not net.starts.keys().isdisjoint(nodes):
            return nodes
        import numpy as np

        some = as_array(nodes)
        places = self.places_of_open_work[some]
        if (places < 0).any():
            return nodes
        starts, finishes = as_array(self.early_starts)[places], as_array(self.finishes)[places]
        chosen = (finishes == finishes.max()) | (as_array(self.positions.dur)[places] == 0)
        clocks = np.zeros(len(places), np.int64) if net.clk is None else as_array(net.clk)[some]
        for clock in np.unique(clocks).tolist():  # on one clock what is early in its minutes is early in time
            ours = clocks == clock
            chosen |= ours & (starts == starts[ours].min())
        return plain_list(some[chosen])

    def end_of_whole(self, place: int) -> int | None:
        """`ends_of_wholes` of one project; None where it is not among these."""
        some = self.network.members.get(place, ())
        if not self.network.arrays or not isinstance(some, range) or not some or self.network.projects[place] in self.network.ends:
            return None
        places = self.places_of_open_work[some.start : some.stop]
        if (places < 0).any():
            return None
        end = int(as_array(self.finishes)[places].max())
        return end if end < MAX_INSTANT else None

    @functools.cached_property
    def ends_of_wholes(self) -> Mapping[int, int]:
        """By place, the last finish of each project of a large network of which all is open work with dates, as an instant."""
        import numpy as np

        net = self.network
        ranges = [(place, some.start, some.stop) for place, some in net.members.items() if isinstance(some, range) and some]
        ranges = [one for one in ranges if net.projects[one[0]] not in net.ends] if net.ends else ranges
        if not net.arrays or not ranges:
            return {}
        place, begin, end = np.array(ranges, np.int64).T
        dated = self.places_of_open_work >= 0
        count = np.concatenate([[0], np.cumsum(dated)])
        last = np.append(np.where(dated, as_array(self.finishes)[self.places_of_open_work], -1), -1)
        ends = np.maximum.reduceat(last, np.stack([begin, end], 1).ravel())[::2]
        known = (count[end] - count[begin] == end - begin) & (ends < MAX_INSTANT)
        return dict(zip(place[known].tolist(), ends[known].tolist(), strict=True))

    @functools.cached_property
    def places_of_open_work(self) -> NDArray[np.int64]:
        """The position of each node that is open work and has dates; -1 of others."""
        import numpy as np

        states = self.network.states
        known = (states == LIVE[0]) | (states == LIVE[1])
        known[list(self.without_duration)] = False
        return np.where(known, as_array(self.positions.pos), -1)

    @functools.cached_property
    def without_duration(self) -> frozenset[int]:
        """Nodes of work whose duration nobody knows: they have no dates of their own."""
        return frozenset(self.network.unknown)
