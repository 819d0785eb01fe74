"""What the passes say of every position at once, as columns: late starts to each aim, drivers, what is critical for what, instants.

For large networks, whose kernels are compiled; what is asked of one item at a time reads the same figures from `Passes`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels import order as order_kernels
from ipmo.network.kernels import passes as pass_kernels
from ipmo.network.kernels import reading as kernels
from ipmo.network.kernels.columns import FAR, Dates, Sums
from ipmo.network.parts import LateBound
from ipmo.network.positions import as_array, plain_list, weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.late import LatePass

    Array = NDArray[np.int64]

__all__ = ["Labels", "Readings"]

BITS = 62
"""Projects that one number of a set of them holds."""
AT_ONCE = 16 * BITS
"""Projects that are followed in one sweep."""


class Labels(NamedTuple):
    """A text for every position: its place among some texts."""

    codes: Array
    texts: Sequence[str]


class Chains(NamedTuple):
    """Of each position, where single drivers lead to it from, and 1 where several lead on to that one; see `kernels.reading.chains`."""

    begin: Array
    several: Array


class Readings:
    """Columns by position over the passes of one network; each is made when it is first asked for.

    Args:
        passes: the passes over a network whose kernels are compiled.
    """

    def __init__(self, passes: LatePass) -> None:
        self._passes, self._net = passes, passes.network
        self._links, self._nodes, self._cal = passes.positions.links, passes.positions.nodes, passes.network.cal
        if self._net.additive:  # its columns hold nothing of what constraints fix
            self._nodes = self._nodes._replace(high=self._far(), pin=self._far())
        self._early = Dates(as_array(passes.early_starts), as_array(passes.early_waits))

    def _zeros(self, size: int) -> Array:
        import numpy as np

        return np.zeros(size, np.int64)

    def _far(self) -> Array:
        import numpy as np

        return np.full(self._net.n, FAR, np.int64)

    # ------------------------------------------------------------------------------------------- what drives

    @functools.cached_property
    def drives(self) -> Array:
        """1 for each link in place whose target starts exactly when it lets it."""
        out = self._zeros(self._net.m)
        self._net.run(kernels.driving, self._links, self._nodes, self._cal, self._early, out)
        return out

    @functools.cached_property
    def _heads(self) -> Array:
        import numpy as np

        return np.repeat(np.arange(self._net.n), np.diff(as_array(self._passes.positions.ptr)))

    @functools.cached_property
    def chains(self) -> Chains:
        """Where single drivers lead from."""
        found = Chains(self._zeros(self._net.n), self._zeros(self._net.n))
        self._net.run(kernels.chains, self._links, self.drives, *found)
        return found

    def driving_to(self, places: Iterable[int]) -> NDArray[np.bool_]:
        """Whether a driving path leads from each position to one of these; they themselves too."""
        import numpy as np

        seen = self._zeros(self._net.n)
        seen[np.fromiter(places, np.int64)] = 1
        self._net.run(kernels.driven_from, self._links, self.drives, seen)
        reached: NDArray[np.bool_] = seen == 1
        return reached

    def sets_of(self, ends: Mapping[str, Sequence[int]]) -> Labels:
        """The targets to which each position lies on a driving path: a text for each set of them, in name order.

        Args:
            ends: the positions that set the date of each target.
        """
        import numpy as np

        names = sorted(ends)
        first = np.cumsum([0, *(len(ends[name]) for name in names)])
        places = np.array([*itertools.chain.from_iterable(ends[name] for name in names)], np.int64)
        size = self._net.n + 1
        while True:
            room = (self._zeros(size) for _ in range(4))
            sets = kernels.Sets(self._zeros(self._net.n), *room)
            scratch = self._zeros(self._net.n), self._zeros(self._net.n)
            made = self._net.run(kernels.sets_of_targets, self._links, self.drives, first, places, *scratch, sets)
            if made >= 0:
                break
            size *= 2
        found = [""]
        for parent, last in zip(as_array(sets.parent)[1:made].tolist(), as_array(sets.last)[1:made].tolist(), strict=True):
            found.append(f"{found[parent]}, {names[last]}" if parent else names[last])
        return Labels(as_array(sets.own), found)

    # ------------------------------------------------------------------------------------------------ floats

    @functools.cached_property
    def free_starts(self) -> Array:
        """The start to which each position can slip without moving a successor, own clock; FAR where none is known."""
        import numpy as np

        passes, out = self._passes, self._far()
        free, way = Dates(out, self._zeros(self._net.n) + 1), Dates(self._far(), self._zeros(self._net.n))
        hidden = self._zeros(self._net.n)
        hidden[passes.hidden] = 1
        self._net.run(
            kernels.free_starts, self._links, self._nodes, self._cal, self._early, as_array(passes.link_floats), hidden, way, free
        )
        ends = np.append(as_array(passes.project_ends), FAR)
        own = as_array(passes.latest_starts(ends[as_array(passes.groups)]).x)
        to_end = np.maximum(np.minimum(own, as_array(passes.late.to_end.x)), as_array(passes.early_starts))  # no more than its total float
        last = (out == FAR) & passes.live & (as_array(passes.groups) < len(self._net.projects))
        return np.where(last, to_end, out)

    @functools.cached_property
    def _outward(self) -> kernels.Outward:
        import numpy as np

        n, m = self._net.n, self._net.m
        ptr, perm, heads = self._zeros(n + 1), self._zeros(m), self._zeros(m)
        self._net.run(order_kernels.by_target, n, self._heads, as_array(self._passes.positions.src), np.arange(n), ptr, perm, heads)
        return kernels.Outward(ptr, heads)

    def led_to(self, place: int) -> list[int]:
        """The positions that the links out of one lead to, in order."""
        ptr, heads = self._outward
        return plain_list(heads[int(ptr[place]) : int(ptr[place + 1])])

    def own_lates(self, ends: Sequence[int] | Array) -> Array:
        """The late start of each position to an instant of its own project, over that project and what leaves it and comes back.

        Args:
            ends: the instant of each project.

        Returns:
            FAR for what is no open work of a project.
        """
        import numpy as np

        passes, net = self._passes, self._net
        none = len(net.projects)
        owner = np.where(passes.live, as_array(passes.groups), none)
        places = np.argsort(owner.astype(np.uint16) if none < 65_000 else owner, kind="stable")
        first = np.searchsorted(owner[places], np.arange(none + 1))
        owned = kernels.Owned(first, places, as_array(ends))
        late, out = Dates(self._far(), self._far()), self._far()
        room = self._zeros(net.n), self._zeros(net.n // 64 + 1), self._zeros(net.n)
        for begin in range(0, none, AT_ONCE):
            end = min(none, begin + AT_ONCE)
            words = -(-(end - begin) // BITS)
            bits = self._zeros(net.n * words)
            some = np.flatnonzero((owner >= begin) & (owner < end))
            bits[some * words + (owner[some] - begin) // BITS] = 1 << ((owner[some] - begin) % BITS)
            net.run(kernels.behind, self._links, words, bits)
            scope = kernels.Scope(begin, end, words, bits, *room)
            net.run(kernels.own_lates, self._links, self._nodes, self._cal, self._early, self._outward, owned, scope, late, out)
            for one in self._with_alternatives(bits.reshape(net.n, words), begin, end):
                mine = places[first[one] : first[one + 1]]
                out[mine] = as_array(passes.own_late_in_full(one, int(ends[one])).x)[mine]
        return out

    def _with_alternatives(self, bits: Array, begin: int, end: int) -> list[int]:
        """Projects that lie behind positions for which one of several givers is enough: what those all wait for is to be found."""
        import numpy as np

        net = self._net
        ways = as_array(self._passes.positions.pos)[list(net.anyone)] if net.anyone and not net.pin else np.zeros(0, np.int64)
        if not len(ways):
            return []
        found = np.bitwise_or.reduce(bits[ways], axis=0)
        behind = [owner for owner in range(begin, end) if found[(owner - begin) // BITS] >> ((owner - begin) % BITS) & 1]
        return [owner for owner in behind if owner in self._passes.open_work]

    @functools.cached_property
    def project_late_starts(self) -> Array:
        """The late start of each position to its own project's early finish; FAR for what is no open work of a project."""
        return self.own_lates(self._passes.project_ends)

    def bounding(self, late: Dates, offers: Sequence[tuple[int, LateBound]], none: int, more: Sequence[Array] = ()) -> Array:
        """Which of some dates bounds each position; see `LatePass.bounding`.

        Args:
            late: the late starts under these dates.
            offers: the number of each date, and what it bounds.
            none: the number of those that none bounds; larger than all others.
            more: further ones as columns: positions, instants for their finish, numbers.
        """
        import numpy as np

        net, pos = self._net, as_array(self._passes.positions.pos)
        own = np.full(net.n, none, np.int64)
        dates = Dates(as_array(late.x), as_array(late.edge))
        if offers:
            rows = np.array([(one.node, one.instant, one.at_finish, number) for number, one in offers], np.int64)
            places = pos[rows[:, 0]]
            columns = (places, rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3].copy())
            net.run(kernels.offered, self._nodes, self._cal, dates.x, *columns, own)
        if more:
            places, instants, numbers = more
            net.run(kernels.offered, self._nodes, self._cal, dates.x, places, instants, np.ones(len(places), np.int64), numbers, own)
        net.run(pass_kernels.name_targets, self._links, self._nodes, self._cal, dates, own)
        return own

    @functools.cached_property
    def targets(self) -> Labels:
        """The target that bounds each position, -1 where none does; ties go to the own project's finish, then by id."""
        import numpy as np

        passes, net = self._passes, self._net
        late = passes.late.to_target
        ends = [f"{name}@finish" for name in net.projects]
        tied = {net.ids[node] for node, *_ in net.late_bounds}
        names = sorted({*ends, *tied, *(target.name for target in net.commitments)})
        rank = {name: place for place, name in enumerate(names)}
        offers = [(rank[t.name], LateBound(node, passes.target_date(t), True)) for t in net.commitments for node in t.nodes]
        offers += [(rank[net.ids[bound.node]], bound) for bound in net.late_bounds]
        own_rank = np.array([*(rank[name] for name in ends), -1], np.int64)
        groups = as_array(passes.groups)
        owned = np.flatnonzero(passes.live & (groups < len(ends)))
        instants = np.append(as_array(passes.committed_finishes), FAR)
        more = owned, instants[groups[owned]], own_rank[groups[owned]]
        own = self.bounding(late, offers, len(names), more)
        own_late = self.own_lates(passes.committed_finishes) if net.stated_finishes else self.project_late_starts
        first = (groups < len(ends)) & passes.live & (own_late == as_array(late.x))
        return Labels(np.where(first, own_rank[groups], np.where(own < len(names), own, -1)), names)

    def end_if_longer(self, place: int, more: int) -> int:
        """The end of the network, an instant, when the work at a position takes so many minutes more: a pass over all of it."""
        net, p = self._net, self._passes.positions
        dur = as_array(p.dur).copy()
        dur[place] += more
        low, waits, high = as_array(p.low).copy(), as_array(p.low_edge).copy(), as_array(self._nodes.high).copy()
        low[place], waits[place], high[place] = net.bounds_lasting(int(p.order[place]), int(dur[place]))
        links = self._links._replace(w=as_array(weights(p.ptr, p.src, p.typ, p.lag, dur, compiled=net.compiled)))
        nodes, early = self._nodes._replace(dur=dur, high=high), Dates(low, waits)
        if net.additive:
            net.run(pass_kernels.forward, Sums(links.ptr, links.src, links.w), early.x)
        else:
            net.run(pass_kernels.forward_from, 0, links, nodes, self._cal, early)
        finishes = self._zeros(net.n)
        net.run(pass_kernels.finishes, nodes, self._cal, early, finishes)
        return int(finishes[net.ending == 1].max())

    # ---------------------------------------------------------------------------------------------- instants

    def instants(self, x: Array) -> Array:
        """Starts on the positions' own clocks as instants."""
        out = self._zeros(self._net.n)
        self._net.run(kernels.starting, self._nodes, self._cal, as_array(x), out)
        return out

    @functools.cached_property
    def points(self) -> Array:
        """1 for milestones that lie on their calendar."""
        out = self._zeros(self._net.n)
        if self._net.points:
            out[as_array(self._passes.positions.pos)[list(self._net.points)]] = 1
        return out

    def window(self, x: Array, ends: Array) -> tuple[Array, Array]:
        """Start and finish of positions as instants: of a milestone that lies on its calendar, that date twice.

        Args:
            x: starts on their own clocks.
            ends: finishes as instants.
        """
        import numpy as np

        return np.where(self.points == 1, ends, self.instants(x)), ends

    def late_finishes(self, late: Dates) -> Array:
        """Late finishes as instants."""
        net, out = self._net, self._zeros(self._net.n)
        ends, exact = as_array(self._passes.finishes), int(net.exact)
        dates = Dates(as_array(late.x), as_array(self._passes.late.to_end.edge))
        net.run(kernels.late_finishes, self._nodes, self._cal, self._early, ends, self.points, exact, dates, out)
        return out

    def days(self, begin: Array, end: Array) -> NDArray[np.float64]:
        """Working days between two starts of every position on its own clock, by the calendar of each."""
        out = self._zeros(self._net.n)
        ends = as_array(self._passes.float_ends)
        self._net.run(kernels.worked_between, self._nodes, self._nominal, ends, self._cal, begin, end, out)
        return out / self._day_minutes

    @functools.cached_property
    def _nominal(self) -> Array:
        """The clock of each position's calendar."""
        if self._net.nominal is None:
            return self._zeros(self._net.n)
        return as_array(self._net.nominal)[as_array(self._passes.positions.order)]

    @functools.cached_property
    def _day_minutes(self) -> Array:
        return self.of_clock({number: self._net.clock(number).day_minutes for number in set(self._nominal.tolist())})

    def of_clock(self, values: Mapping[int, int | float]) -> NDArray[np.int64]:
        """A figure of the calendar of each position.

        Args:
            values: by the number of its clock.
        """
        import numpy as np

        table = np.zeros(max(values, default=0) + 1, float if any(isinstance(v, float) for v in values.values()) else np.int64)
        table[list(values)] = list(values.values())
        return table[self._nominal]

    @functools.cached_property
    def clocks(self) -> tuple[int, ...]:
        """The clocks of the positions' calendars."""
        return tuple(sorted(set(self._nominal.tolist())))
