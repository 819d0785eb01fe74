"""The end of the network without each piece of work, and without each link: what drag is made of.

By definition a drag is the end less the end without. Networks whose links are all plain numbers answer it for all
positions in one pass (`kernels.ends_without_work`, `ends_without_links`); where calendars meet, each is a forward pass of
its own, compiled where there are many.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipmo.network.kernels import drag as kernels_drag
from ipmo.network.kernels import passes as kernels
from ipmo.network.network import Network
from ipmo.network.states import EFFECTS, LIVE

if TYPE_CHECKING:
    from ipmo.network.passes import Passes

__all__ = ["ends_without_links", "ends_without_work"]

FAR = kernels.FAR
COMPILE = 400_000
"""Positions times passes from which the compiler is worth waiting for."""


def ends_without_work(passes: Passes, places: Sequence[int]) -> Mapping[int, int | None]:
    """The end of the network, as an instant, without the work at each of some positions; None where no work is left."""
    if not _plain(passes.network):
        return {place: _instant(end) for place, end in _each(passes, sorted(places), [-1] * len(places))}
    asked = sorted(set(places))
    found = _at_once(passes, asked)
    return {place: _plain_instant(passes, end) for place, end in zip(asked, found, strict=True)}


def ends_without_links(passes: Passes, links: Sequence[int]) -> Mapping[int, int | None]:
    """The end of the network, as an instant, without each of some links (places of links sorted by target)."""
    if _plain(passes.network):
        found = _at_once(passes, None)
        return {k: _plain_instant(passes, found[k]) for k in links}
    ptr = passes.lists.ptr
    heads = [v for v in range(passes.network.n) for _ in range(ptr[v], ptr[v + 1])]
    return {k: _instant(end) for k, end in _each(passes, [heads[k] for k in links], list(links))}


def _plain_instant(passes: Passes, end: int) -> int | None:
    """An end on the one clock of a plain network as an instant."""
    clock = int(passes.positions.clk[0])
    return _instant(int(kernels.finish_at(passes.network.clock_tables, clock, int(end))) if end > -FAR // 2 else int(end))


def _instant(end: int) -> int | None:
    return None if end <= -FAR // 2 else int(end)


def _plain(network: Network) -> bool:
    """Every link is one number on one clock, and nothing fixes a start: ends are sums."""
    if network.anyone or network.high:
        return False
    if network.additive and not network.clk_used:
        return True
    mode, clk = network.positions.mode, network.positions.clk
    first = int(clk[0]) if network.n else 0
    if not isinstance(mode, list) and not isinstance(clk, list):
        return bool(((mode == 0) | (mode == 3)).all() and (clk == first).all())
    return all(m in (0, 3) for m in mode) and all(c == first for c in clk)


def _ending(network: Network) -> Any:
    """1 for each position whose finish counts for the end."""
    if network.all_live and network.arrays:
        import numpy as np

        return np.ones(network.n, np.int64)
    order = network.positions.order
    kinds, state = network.kinds, network.state
    return [int(state[v] in LIVE and kinds[v] not in EFFECTS) for v in order]


def _bounds(network: Network) -> tuple[Any, Any]:
    """Lower bounds of starts without those of finishes, and of finishes, by position on their own clocks."""
    p = network.positions
    start: Any = p.low.copy()
    finish = start - start - FAR if hasattr(start, "dtype") else [-FAR] * network.n
    for node, floor in network.finish_floor.items():
        v = int(p.pos[node])
        start[v], finish[v] = int(network.low[node]), int(floor)
    return start, finish


def _at_once(passes: Passes, places: Sequence[int] | None) -> Any:
    """The end without the work at some positions, or (None) without each link, on the one clock of a plain network."""
    network = passes.network
    start, finish = _bounds(network)
    ending = _ending(network)
    source = network.positions if network.compiled else passes.lists
    c: dict[str, Any] = {name: getattr(source, name) for name in ("ptr", "src", "typ", "lag", "w", "dur")}
    c |= {"x": passes.early_starts if network.compiled else passes.lists.x, "start": start, "finish": finish, "ending": ending}
    size = 1
    while size < max(network.n if places is None else len(places), 1):
        size *= 2
    fresh = _filled(network.compiled)
    if network.compiled:
        import numpy as np

        c["ending"] = np.asarray(ending, np.int64)
        tail: Any = np.where(c["ending"] == 1, c["dur"], -FAR)
        begin = np.maximum(start, finish - c["dur"])
    else:
        c |= {name: list(c[name]) for name in ("start", "finish")}
        tail = [d if e else -FAR for d, e in zip(c["dur"], ending, strict=True)]
        begin = [max(s, f - d) for s, f, d in zip(c["start"], c["finish"], c["dur"], strict=True)]
    network.run("tails", c["ptr"], c["src"], c["w"], tail)
    if places is not None:
        out, count = fresh(len(places), 0), fresh(network.n + 1, 0)
        for place in places:
            count[place + 1] = 1
        if network.compiled:
            count = count.cumsum()
        else:
            count = list(itertools.accumulate(count))
        names = ("ptr", "src", "typ", "lag", "w", "dur", "start", "finish", "ending", "x")
        network.run("ends_without_work", *(c[name] for name in names), tail, count, size, fresh(2 * size, -FAR), fresh(network.n, 0), out)
        return out
    out = fresh(network.m, 0)
    room = (fresh(2 * size, -FAR), fresh(2 * size, -FAR), fresh(2 * size, -1))
    network.run("ends_without_links", c["ptr"], c["src"], c["w"], c["dur"], begin, c["ending"], c["x"], tail, size, *room, out)
    return out


def _filled(as_array: bool) -> Any:
    def fresh(size: int, value: int) -> Any:
        if not as_array:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64)

    return fresh


def _each(passes: Passes, places: Sequence[int], links: Sequence[int]) -> list[tuple[int, int]]:
    """(link or position, end without it), each by a forward pass from there on."""
    network, q = passes.network, passes.lists
    start, finish = _bounds(network)
    begin = [max(int(start[p]), int(finish[p])) for p in places]
    edges = {int(network.positions.pos[node]) for node in network.floor_edges}
    waiting = [int(p in edges and finish[p] >= start[p]) for p in places]
    names = ("ptr", "src", "w", "mode", "typ", "lagclk", "lag")
    columns: dict[str, Any] = {name: getattr(q, name) for name in (*names, "clk", "dur", "mark", "low")}
    columns |= {"places": list(places), "links": list(links), "begin": begin, "waiting": waiting, "ending": _ending(network)}
    columns |= {"early": q.x, "waits": q.edge, "floors": [int(e) for e in network.positions.low_edge]}
    columns["high"] = q.high if not network.additive else [FAR] * network.n
    cal: Any = network.clock_tables
    run: Any = kernels_drag.ends_one_by_one
    compiled = len(places) * (network.n + network.m) > COMPILE
    if compiled:
        from ipmo.network.compiled import available, kernel

        compiled = available()
        if compiled:
            run = kernel("ends_one_by_one")
    fresh = _filled(compiled)
    if compiled:
        import numpy as np

        columns = {name: np.array(column, np.int64) for name, column in columns.items()}
        cal = tuple(np.array(column, np.int64) for column in cal)
    else:
        columns |= {name: list(columns[name]) for name in ("w", "mode", "dur")}  # the kernel changes them and puts them back
    c = columns
    out = fresh(len(places), 0)
    run(
        c["places"],
        c["links"],
        c["begin"],
        c["waiting"],
        c["ending"],
        *(c[name] for name in names),
        cal,
        c["clk"],
        c["dur"],
        c["mark"],
        c["high"],
        c["low"],
        c["floors"],
        c["early"],
        c["waits"],
        fresh(network.n, 0),
        fresh(network.n, 0),
        out,
    )
    return [(link if link >= 0 else place, int(end)) for place, link, end in zip(places, links, out, strict=True)]
