"""How far a link reaches: which targets move when it slips or lets go, by how much, and from when on.

Two ways give the same answers. Where every group of work on one clock is joined by plain numbers inside (nearly always),
a network is contracted to its interfaces: what is handed in, what is handed out, and the longest way between the two in
each group. Where something else stands in the way (constraints that override the logic, one of several that is enough,
finishes that wait for a shift), each link is a forward pass from its head on.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ipmo.network.aims import Aim, Aims
from ipmo.network.interfaces import WIDTH, Interfaces, Moving
from ipmo.network.kernels import reach as kernels
from ipmo.network.kernels.columns import FAR, FF, Dates
from ipmo.network.network import Network
from ipmo.network.passes import Passes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["Aim", "Moving", "Reach", "dominators"]

DENSE = 4_000_000
"""Dates that are held at once where each link is a pass."""


class Reach(Aims):
    """The targets of one network and what links do to them.

    Links are places (sorted by target position), slips minutes of the source's clock, dates instants.

    Args:
        passes: the network with its dates.
        aims: the targets; those without open work are left out of every answer.
        contract: False takes the way of one pass a link.
    """

    def __init__(self, passes: Passes, aims: Sequence[Aim], *, contract: bool = True) -> None:
        super().__init__(passes, aims)
        self._passes, self._contract = passes, contract

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

    def moving(self, links: Sequence[int], minutes: Sequence[int] | None = None) -> Iterator[Moving]:
        """What `without` (no minutes) and `slipped` answer, as columns, many links at a time."""
        if self._interfaces is not None:
            yield from self._interfaces.moving(links, minutes)
            return
        import numpy as np

        found = self._by_passes(links, [-1] * len(links) if minutes is None else minutes)
        rows = np.repeat(np.arange(len(found)), [len(one) for one in found])
        pairs = np.array([pair for one in found for pair in one.items()], np.int64).reshape(-1, 2)
        yield Moving(rows, pairs[:, 0], pairs[:, 1])

    def holds(self, links: Sequence[int], clocks: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each link whether the date of a target moves when it is left out: 0 never, 1 for sure, 2 where `moving` has to say.

        Args:
            links: places of links.
            clocks: of each target, the clock that its days are counted on; 0 for days of the calendar.
        """
        import numpy as np

        return np.full(len(links), 2) if self._interfaces is None else self._interfaces.holds(links, clocks)

    def floats(self, links: Sequence[int], targets: Sequence[int] | None = None) -> NDArray[np.int64]:
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

    def blocks(self, links: Sequence[int], targets: Sequence[int]) -> Iterator[tuple[int, NDArray[np.int64]]]:
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
        if (self.calendar_links & (self.columns.typ >= FF)).any():  # a finish may then wait for the next shift
            return None
        found = Interfaces(self)
        return found if found.pays else None

    def _by_passes(self, links: Sequence[int], slips: Sequence[int]) -> list[dict[int, int]]:
        import numpy as np

        c, n = self.columns, self.network.n
        first, places = self.target_places(range(len(self.aims)))
        dates = np.array(self.dates, np.int64)
        base = np.array([self.done_of(aim) for aim in self.aims], np.int64)
        nodes = c.nodes if not self.network.additive else c.nodes._replace(high=np.full(n, FAR, np.int64))
        web = c.links._replace(w=c.w.copy(), mode=c.mode.copy())  # the kernel changes them and puts them back
        targets = kernels.Targets(np.array(first, np.int64), np.array(places, np.int64))
        out: list[dict[int, int]] = []
        step = max(1, DENSE // max(len(self.aims), 1))
        for begin in range(0, len(links), step):
            rows, late = (np.array(column[begin : begin + step], np.int64) for column in (links, slips))
            found = np.zeros(len(rows) * len(self.aims), np.int64)
            room = Dates(np.zeros(n, np.int64), np.zeros(n, np.int64))
            steps = len(rows) * (n + self.network.m + len(places))
            low = Dates(c.low, c.low_edge)
            cal = self.network.clock_tables
            self.run(kernels.dates_after, steps, rows, late, self.heads[rows], web, nodes, cal, low, self.early, targets, room, found)
            for row in np.maximum(found.reshape(len(rows), -1), base):
                moved = np.flatnonzero(row != dates)
                out.append({int(t): int(row[t]) for t in moved if dates[t] > -FAR})
        return out

    def _late_floats(self, links: Sequence[int], targets: Sequence[int]) -> list[int]:
        """Floats of links to the first of some targets that moves: a backward pass from their dates."""
        import numpy as np

        net = self.network
        instants = np.full(net.n, FAR, np.int64)
        for target in targets:
            if self.dates[target] > -FAR // 2:
                places = np.array(self.target_places([target])[1], np.int64)
                instants[places] = np.minimum(instants[places], self.dates[target])
        x, room = self._passes.latest_starts(instants if net.arrays else instants.tolist())
        caps = Dates([t if t < FAR // 2 else FAR for t in x] if isinstance(x, list) else np.where(x < FAR // 2, x, FAR), room)
        (late,) = net.late(self.early if net.arrays else self._passes.early, caps)
        heads = self.heads
        return [self.slack(k, int(late.x[heads[k]]), int(late.edge[heads[k]])) for k in links]

    def _by_trial(self, links: Sequence[int], targets: Sequence[int]) -> NDArray[np.int64]:
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


def dominators(network: Network) -> tuple[Ints, Ints]:
    """The immediate dominator of each position (-1 where there is none), and how many dominators it has with itself.

    A position dominates another when every way of links to that passes it: a single point of failure.
    """
    p = network.positions
    if network.arrays:
        import numpy as np

        idom, depth, jump = (np.zeros(network.n, np.int64) for _ in range(3))
        network.run(kernels.dominators, p.ptr, p.src, idom, depth, jump)
        return idom, depth
    found, deep, leap = ([0] * network.n for _ in range(3))
    kernels.dominators(p.ptr, p.src, found, deep, leap)
    return found, deep
