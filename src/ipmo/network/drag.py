"""The end of the network without each piece of work, and without each link: what drag is made of.

By definition a drag is the end less the end without. Networks whose links are all plain numbers answer it for all
positions in one pass (`kernels.drag.ends_without_work`, `ends_without_links`); where calendars meet, each is a forward
pass of its own, compiled where there are many.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ipmo.network.compiled import available, kernel
from ipmo.network.early import EarlyPass
from ipmo.network.kernels import drag as kernels
from ipmo.network.kernels.columns import FAR, Dates, Links, Nodes
from ipmo.network.network import Network
from ipmo.network.positions import as_array, plain, plain_list
from ipmo.network.states import EFFECTS, LIVE, NUMBERS

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["ends_one_by_one", "ends_without_links", "ends_without_work"]

COMPILE = 400_000
"""Positions times passes from which the compiler is worth waiting for."""


def ends_without_work(passes: EarlyPass, places: Sequence[int]) -> Mapping[int, int | None]:
    """The end of the network, as an instant, without the work at each of some positions; None where no work is left."""
    if not _on_one_clock(passes.network):
        return {place: _instant(end) for place, end in ends_one_by_one(passes, sorted(places), [-1] * len(places))}
    asked = sorted(set(places))
    found = _without_work(passes, asked)
    return {place: _instant_of(passes, end) for place, end in zip(asked, found, strict=True)}


def ends_without_links(passes: EarlyPass, links: Sequence[int]) -> Mapping[int, int | None]:
    """The end of the network, as an instant, without each of some links (places of links sorted by target)."""
    if _on_one_clock(passes.network):
        found = _without_links(passes)
        return {k: _instant_of(passes, found[k]) for k in links}
    ptr = passes.lists.ptr
    heads = [v for v in range(passes.network.n) for _ in range(ptr[v], ptr[v + 1])]
    return {k: _instant(end) for k, end in ends_one_by_one(passes, [heads[k] for k in links], list(links))}


def _instant_of(passes: EarlyPass, end: int) -> int | None:
    """An end on the one clock of a network as an instant."""
    if end <= -FAR // 2:
        return None
    return _instant(passes.network.clock(int(passes.positions.clk[0])).finish(int(end)))


def _instant(end: int) -> int | None:
    return None if end <= -FAR // 2 else int(end)


def _on_one_clock(network: Network) -> bool:
    """Every link is one number on one clock, and nothing fixes a start: ends are sums."""
    if network.anyone or network.high:
        return False
    if network.additive and not network.clk_used:
        return True
    mode, clk = network.positions.mode, network.positions.clk
    first = int(clk[0]) if network.n else 0
    if isinstance(mode, list) or isinstance(clk, list):
        return all(m in NUMBERS for m in mode) and all(c == first for c in clk)
    return bool(((mode == NUMBERS[0]) | (mode == NUMBERS[1])).all() and (clk == first).all())


def _ending(network: Network) -> Ints:
    """1 for each position whose finish counts for the end."""
    if network.all_live:
        return _filled(network.n, 1, network.arrays)
    if network.arrays:
        return network.ending
    kinds, state = network.kinds, network.state
    return [int(state[v] in LIVE and kinds[v] not in EFFECTS) for v in plain(network.positions.order)]


def _bounds(network: Network) -> tuple[Ints, Ints]:
    """Lower bounds of starts without those of finishes, and of finishes, by position on their own clocks."""
    p = network.positions
    start, finish = p.low.copy(), _filled(network.n, -FAR, network.arrays)
    for node, floor in network.finish_floor.items():
        v = int(p.pos[node])
        start[v], finish[v] = int(network.low[node]), int(floor)
    return start, finish


def _paths(passes: EarlyPass, *, whole: bool) -> tuple[kernels.Paths, Ints]:
    """What paths are made of, and durations; arrays where kernels are compiled.

    Args:
        passes: the network with its early dates.
        whole: bounds of starts and of finishes are one.
    """
    network = passes.network
    start, finish = _bounds(network)
    ending = _ending(network)
    if network.compiled:
        import numpy as np

        dur, counted = as_array(passes.positions.dur), as_array(ending)
        starts, finishes = as_array(start), as_array(finish)
        if whole:
            starts = np.maximum(starts, finishes - dur)
        tail = np.where(counted == 1, dur, -FAR)
        network.run(kernels.tails, passes.positions.sums, tail)
        return kernels.Paths(starts, finishes, counted, as_array(passes.early_starts), tail), dur
    lengths, begin = passes.lists.dur, plain(start)
    if whole:
        begin = [max(s, f - d) for s, f, d in zip(begin, finish, lengths, strict=True)]
    ends = [d if e else -FAR for d, e in zip(lengths, ending, strict=True)]
    kernels.tails(passes.lists.sums, ends)
    return kernels.Paths(begin, plain(finish), plain(ending), passes.lists.x, ends), lengths


def _without_work(passes: EarlyPass, places: Sequence[int]) -> Ints:
    """The end without the work at some positions, on the one clock of a network."""
    network = passes.network
    paths, dur = _paths(passes, whole=False)
    size = _power_of_two(len(places))
    compiled = network.compiled
    marked = _filled(network.n + 1, 0, compiled)
    for place in places:
        marked[place + 1] = 1
    count: Ints = list(itertools.accumulate(marked)) if isinstance(marked, list) else marked.cumsum()
    links = passes.positions.links if compiled else passes.lists.links
    out = _filled(len(places), 0, compiled)
    tree, after = _filled(2 * size, -FAR, compiled), _filled(network.n, 0, compiled)
    network.run(kernels.ends_without_work, links, dur, paths, count, size, tree, after, out)
    return out


def _without_links(passes: EarlyPass) -> Ints:
    """The end without each link, on the one clock of a network."""
    network, compiled = passes.network, passes.network.compiled
    paths, dur = _paths(passes, whole=True)
    size = _power_of_two(network.n)
    cuts = kernels.Cuts(size, *(_filled(2 * size, value, compiled) for value in (-FAR, -FAR, -1)))
    out = _filled(network.m, 0, compiled)
    network.run(kernels.ends_without_links, passes.positions.sums if compiled else passes.lists.sums, dur, paths, cuts, out)
    return out


def _power_of_two(count: int) -> int:
    """The least power of two that is not below a count."""
    size = 1
    while size < count:
        size *= 2
    return size


def _filled(size: int, value: int, as_arrays: bool) -> Ints:
    if not as_arrays:
        return [value] * size
    import numpy as np

    return np.full(size, value, np.int64) if value else np.zeros(size, np.int64)


def ends_one_by_one(passes: EarlyPass, places: Sequence[int], links: Sequence[int]) -> list[tuple[int, int]]:
    """(link or position, end without it), each by a forward pass from there on.

    Args:
        passes: the network with its early dates.
        places: positions; of a link, its target.
        links: -1 for the work at the position, else the place of the link that is left out.
    """
    network, q = passes.network, passes.lists
    compiled = len(places) * (network.n + network.m) > COMPILE and available()
    start, finish = _bounds(network)
    edges = {int(network.positions.pos[node]) for node in network.floor_edges}
    begin = [max(int(start[p]), int(finish[p])) for p in places]
    waiting = [int(p in edges and finish[p] >= start[p]) for p in places]

    def column(values: Ints | Sequence[int]) -> Ints:
        return as_array(values).copy() if compiled else plain_list(values)

    high = q.high if not network.additive else [FAR] * network.n
    nodes = Nodes(column(q.clk), column(q.dur), column(q.mark), column(high), column(q.pin))
    web = Links(*(column(values) for values in q.links))  # the kernel changes weights and lengths and puts them back
    low, early = Dates(column(q.low), column(q.low_edge)), Dates(column(q.x), column(q.edge))
    highest = [network.highest(q.order[p], 0) for p in places]  # what a finish allows allows more where nothing is left to do
    trials = kernels.Trials(column(places), column(links), column(begin), column(waiting), column(highest))
    head, periods = network.clock_tables
    cal = column(head), column(periods)
    room, out = Dates(column([0] * network.n), column([0] * network.n)), column([0] * len(places))
    run = kernel(kernels.ends_one_by_one) if compiled else kernels.ends_one_by_one
    run(trials, column(_ending(network)), web, nodes, cal, low, early, room, out)
    return [(link if link >= 0 else place, int(end)) for place, link, end in zip(places, links, out, strict=True)]
