"""The passes once more with some dates given: where each position would be if what it follows, or what follows it, stood elsewhere.

Given dates are those of another schedule of the same network. They answer whether an item that differs there does so by
itself, or only because of one that differs before it, or behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from ipmo.network.clocks import FAR
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels.columns import LATE_AT_WORK, Dates, Nodes
from ipmo.network.late import LatePass
from ipmo.network.states import FROM_FINISH, NUMBERS, TO_FINISH

__all__ = ["ENDS", "NOBODY", "Elsewhere", "Given", "Placed", "early_elsewhere", "late_elsewhere"]

NOBODY, ENDS = -1, -2
"""What moves a position: nothing that was given; the end that late dates are counted to."""


class Given(NamedTuple):
    """Dates that a position has elsewhere, as instants; without a start what is left of its work ends with its finish."""

    start: int | None
    finish: int | None


class Placed(NamedTuple):
    """Where a position would be by what stands before or behind it.

    Args:
        start: as an instant.
        finish: as an instant.
        because: the position with given dates that moves it from where it is, `ENDS` or `NOBODY`.
    """

    start: int
    finish: int
    because: int


class Elsewhere(NamedTuple):
    """Where each position would be, and the dates that it then has, given ones among them.

    Args:
        placed: by position.
        dates: starts from which the work as it is here would end where it does there.
    """

    placed: list[Placed]
    dates: Dates


class _Walk:
    """Positions one after the other, with lengths and links as given dates make them."""

    def __init__(self, passes: LatePass) -> None:
        self.passes, self.net, q = passes, passes.network, passes.lists
        self.q, self.cal = q, passes.network.clock_tables
        self.w, self.dur = list(q.w), list(q.dur)
        self.links = q.links._replace(w=self.w)
        far = [FAR] * self.net.n
        self.nodes = Nodes(q.clk, self.dur, q.mark, far if self.net.additive else q.high, far)
        self.moved = [NOBODY] * self.net.n
        """The given position that moves each, itself where its own dates are given."""
        self.bounded: defaultdict[int, list[int]] = defaultdict(list)
        """By position, the targets of links out of it that bound late dates only."""
        self.way = Dates([0] * self.net.n, [0] * self.net.n)

    def put(self, v: int, given: Given) -> tuple[int, int]:
        """The start of a position on its own clock where its dates are given, and its finish as an instant; it lasts from the one to the other."""
        clock, length = self.net.running_clock(self.q.order[v]), self.q.dur[v]
        if given.finish is None:
            start = clock.work(given.start or 0)
            return start, clock.finish(start + length)
        end = clock.work(given.finish)
        start = end - length if given.start is None else min(clock.work(given.start), end)
        self.dur[v] = end - start
        return start, given.finish

    def out_of(self, v: int) -> None:
        """Links out of a position whose length changed hand on its finish as it is now."""
        more = self.dur[v] - self.q.dur[v]
        for k, _ in self.passes.links_out[v] if more else ():
            if self.q.mode[k] in NUMBERS and self.q.typ[k] in FROM_FINISH:
                self.w[k] += more

    def into(self, v: int) -> None:
        """Links into a position whose length changed bound its finish as it is now."""
        more = self.dur[v] - self.q.dur[v]
        for k in range(self.q.ptr[v], self.q.ptr[v + 1]) if more else ():
            if self.q.mode[k] in NUMBERS and self.q.typ[k] in TO_FINISH:
                self.w[k] -= more


def early_elsewhere(passes: LatePass, given: Mapping[int, Given | None]) -> Elsewhere:
    """Where each position would be, early, if what it follows stood at given dates.

    Args:
        passes: of the network.
        given: dates by position; None where it stands there as it does here. Others stand where what they follow puts them.
    """
    walk, q, net = _Walk(passes), passes.lists, passes.network
    late_work = {int(q.pos[node]) for node in net.latest}
    x, edge, starts, waits, placed = list[int](), list[int](), list[int](), list[int](), list[Placed]()
    dates = Dates(x, edge)
    for v in range(net.n):
        x.append(q.low[v])
        edge.append(q.low_edge[v])
        kernels.forward_from(v, walk.links, walk.nodes, walk.cal, dates)
        clock = net.running_clock(q.order[v])
        finish = (clock.start if edge[v] else clock.finish)(x[v] + q.dur[v])
        begin = finish if q.order[v] in net.points else clock.start(x[v])
        because = NOBODY
        if v not in late_work and (x[v], edge[v]) != (q.x[v], q.edge[v]):
            because = _driver(walk, v, dates)
        placed.append(Placed(begin, finish, because))
        walk.moved[v] = because
        if v in late_work or (v in given and given[v] is None):
            x[v], edge[v], walk.moved[v] = q.x[v], q.edge[v], NOBODY
        elif (there := given.get(v)) is not None:
            x[v], end = walk.put(v, there)
            edge[v], walk.moved[v] = int(clock.waits(end)), v
            walk.out_of(v)
        starts.append(x[v] + walk.dur[v] - q.dur[v])
        waits.append(edge[v])
    return Elsewhere(placed, Dates(starts, waits))


def _driver(walk: _Walk, v: int, dates: Dates) -> int:
    """The given position that a start comes from: over the link that lets it begin there, else over one that lets it begin here."""
    q, passes = walk.q, walk.passes
    found = [k for k in range(q.ptr[v], q.ptr[v + 1]) if walk.moved[q.src[k]] != NOBODY]
    there = [k for k in found if kernels.asked_of(walk.cal, walk.links, walk.nodes, k, v, dates) >= dates.x[v]]
    here = [k for k in found if passes.push(k, v, q.x[q.src[k]]) >= q.x[v]]
    return walk.moved[q.src[(there or here or found)[0]]] if found else NOBODY


def late_elsewhere(passes: LatePass, early: Elsewhere, given: Mapping[int, Given | None]) -> list[Placed]:
    """Where each position would be, late, if what follows it stood at given late dates, and the end where it is by given early ones.

    Args:
        passes: of the network.
        early: early dates there.
        given: late dates by position; None where they are there as they are here.
    """
    walk, q, net = _Walk(passes), passes.lists, passes.network
    here, caps = passes.late.to_end, LatePass(net, passes.back_from, early.dates).caps
    own, late = LatePass(net, passes.back_from, passes.early).caps, Dates(list(caps.x), list(caps.edge))
    pin = [FAR] * net.n if net.additive else q.pin
    y, room = late
    placed = [Placed(FAR, FAR, NOBODY)] * net.n
    bounding = defaultdict(list)
    for link in net.late_links:
        bounding[int(q.pos[link.target])].append(link)
        walk.bounded[int(q.pos[link.source])].append(int(q.pos[link.target]))
    for v in range(net.n - 1, -1, -1):
        if pin[v] != FAR:
            y[v], room[v] = pin[v], 1
        if q.mark[v] & LATE_AT_WORK and not (early.dates.edge[v] and y[v] == early.dates.x[v]):
            room[v] = 0
        if y[v] < FAR // 2:
            because = NOBODY
            if (y[v], room[v]) != (int(here.x[v]), int(here.edge[v])):
                because = _bound(walk, v, early.dates, late)
                if because == NOBODY and (int(caps.x[v]), int(caps.edge[v])) != (int(own.x[v]), int(own.edge[v])):
                    because = ENDS
            placed[v] = Placed(*_late_window(passes, v, y[v], room[v]), because)
            walk.moved[v] = because
        if v in given and given[v] is None:
            y[v], room[v], walk.moved[v] = int(here.x[v]), int(here.edge[v]), NOBODY
        elif (there := given.get(v)) is not None:
            y[v], end = walk.put(v, there)
            room[v], walk.moved[v] = int(net.running_clock(q.order[v]).roomy(end)), v
            walk.into(v)
        kernels.backward_from(v, v, walk.links, walk.nodes, walk.cal, early.dates, late)
        for link in bounding.get(v, ()) if y[v] < FAR // 2 else ():
            passes.bound_by(link, y[v] + walk.dur[v], late)
    return placed


def _bound(walk: _Walk, v: int, early: Dates, late: Dates) -> int:
    """The given position that a late start comes from: over the link that bounds it there, else over one that bounds it here."""
    passes, way = walk.passes, walk.way
    found = [(k, head) for k, head in passes.links_out[v] if walk.moved[head] != NOBODY]
    there: list[int] = []
    for k, head in found:
        kernels.pull_one(walk.links, walk.nodes, walk.cal, k, head, early, late, way)
        if way.x[v] <= late.x[v]:
            there.append(head)
    latest = passes.late.to_end.x
    here = [head for k, head in found if latest[head] < FAR // 2 and passes.pull(k, head, int(latest[head])) <= latest[v]]
    heads = there or here or [head for head in walk.bounded.get(v, ()) if walk.moved[head] != NOBODY]
    return walk.moved[heads[0]] if heads else NOBODY


def _late_window(passes: LatePass, v: int, y: int, room: int) -> tuple[int, int]:
    """Late start and finish of a position as instants."""
    q, net = passes.lists, passes.network
    node = q.order[v]
    clock, point = net.running_clock(node), node in net.points
    start, finish = clock.start(y), clock.finish(y + q.dur[v])
    if point and room:
        finish = start
    elif net.exact and y == q.x[v]:
        finish = max(finish, q.finish[v])
    return (finish if point else start), finish
