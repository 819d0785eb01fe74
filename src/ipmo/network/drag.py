"""The end of the network without each piece of work, and without each link: what drag is made of.

By definition a drag is the end less the end without. Networks whose links are all plain numbers answer it for all
positions in one pass (`kernels.ends_without_work`, `ends_without_links`); where calendars meet, each is a forward pass of
its own, compiled where there are many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipmo.network import kernels, kernels_drag
from ipmo.network.engine import Network

if TYPE_CHECKING:
    from ipmo.network.passes import Passes

__all__ = ["ends_without_links", "ends_without_work"]

FAR = kernels.FAR
LIVE = (0, 1)
COMPILE = 400_000
"""Positions times passes from which the compiler is worth waiting for."""


def ends_without_work(passes: Passes, places: Sequence[int]) -> Mapping[int, int | None]:
    """The end of the network, as an instant, without the work at each of some positions; None where no work is left."""
    found = _at_once(passes, None) if _plain(passes.network) else _one_by_one(passes, sorted(places), [-1] * len(places))
    return {place: _instant(passes, end) for place, end in found.items() if place in set(places)}


def ends_without_links(passes: Passes, links: Sequence[int]) -> Mapping[int, int | None]:
    """The end of the network, as an instant, without each of some links (places of links sorted by target)."""
    if _plain(passes.network):
        found = _at_once(passes, links)
        return {k: _instant(passes, found[k]) for k in links}
    ptr = passes._lists["ptr"]
    heads = [0] * passes.network.m
    for v in range(passes.network.n):
        for k in range(ptr[v], ptr[v + 1]):
            heads[k] = v
    return {k: _instant(passes, end) for k, end in _each(passes, [heads[k] for k in links], list(links))}


def _instant(passes: Passes, end: int) -> int | None:
    return None if end <= -FAR // 2 else int(end)


def _plain(network: Network) -> bool:
    """Every link is one number on one clock, and nothing fixes a start: ends are sums."""
    if network.anyone or network.high:
        return False
    if network.additive and not network.clk_used:
        return True
    mode, clk = network._positions["mode"], network._positions["clk"]
    first = int(clk[0]) if network.n else 0
    if hasattr(mode, "any"):
        return bool(((mode == 0) | (mode == 3)).all() and (clk == first).all())
    return all(m in (0, 3) for m in mode) and all(c == first for c in clk)


def _ending(network: Network) -> list[int]:
    """1 for each position whose finish counts for the end."""
    order = network._positions["order"]
    kinds, state = network.kinds, network.state
    return [int(state[v] in LIVE and kinds[v] not in ("benefit", "helper")) for v in order]


def _bounds(network: Network) -> tuple[list[int], list[int]]:
    """Lower bounds of starts without those of finishes, and of finishes, by position on their own clocks."""
    p = network._positions
    pos = p["pos"]
    start, finish = [int(t) for t in p["low"]], [-FAR] * network.n
    for node, floor in network.finish_floor.items():
        v = int(pos[node])
        start[v], finish[v] = int(network.low[node]), int(floor)
    return start, finish


def _at_once(passes: Passes, links: Sequence[int] | None) -> dict[int, int]:
    network = passes.network
    q = passes._lists
    start, finish = _bounds(network)
    ending = _ending(network)
    dur = q["dur"]
    size = 1
    while size < max(network.n, 1):
        size *= 2
    columns: dict[str, Any] = {name: q[name] for name in ("ptr", "src", "typ", "lag", "w", "dur", "x")}
    columns |= {"start": start, "finish": finish, "ending": ending}
    columns["tail"] = [d if e else -FAR for d, e in zip(dur, ending, strict=True)]
    if network.compiled:
        import numpy as np

        columns = {name: np.asarray(column, np.int64) for name, column in columns.items()}
    c = columns
    fresh = _filled(network.compiled)
    network._run("tails", c["ptr"], c["src"], c["w"], c["tail"])
    if links is None:
        out = fresh(network.n, 0)
        arguments: tuple[Any, ...] = (
            c["ptr"],
            c["src"],
            c["typ"],
            c["lag"],
            c["w"],
            c["dur"],
            c["start"],
            c["finish"],
            c["ending"],
            c["x"],
            c["tail"],
        )
        network._run("ends_without_work", *arguments, size, fresh(2 * size, -FAR), out)
        finds = enumerate(out)
    else:
        begin: Any = [max(s, f - d) for s, f, d in zip(start, finish, dur, strict=True)]
        if network.compiled:
            begin = np.asarray(begin, np.int64)
        out = fresh(network.m, 0)
        arguments = (c["ptr"], c["src"], c["w"], c["dur"], begin, c["ending"], c["x"], c["tail"])
        network._run("ends_without_links", *arguments, size, fresh(2 * size, -FAR), fresh(2 * size, -FAR), fresh(2 * size, -1), out)
        finds = enumerate(out)
    cal = network.clock_tables
    clock = int(q["clk"][0]) if network.n else 0
    return {place: int(kernels.finish_at(cal, clock, int(end))) if clock else int(end) for place, end in finds}


def _filled(as_array: bool) -> Any:
    def fresh(size: int, value: int) -> Any:
        if not as_array:
            return [value] * size
        import numpy as np

        return np.full(size, value, np.int64)

    return fresh


def _one_by_one(passes: Passes, places: Sequence[int], links: Sequence[int]) -> dict[int, int]:
    return dict(zip(places, (end for _, end in _each(passes, places, links)), strict=True))


def _each(passes: Passes, places: Sequence[int], links: Sequence[int]) -> list[tuple[int, int]]:
    """(link or position, end without it), each by a forward pass from there on."""
    network, q = passes.network, passes._lists
    start, finish = _bounds(network)
    begin = [max(start[p], finish[p]) for p in places]
    edges = {int(network._positions["pos"][node]) for node in network.floor_edges}
    waiting = [int(p in edges and finish[p] >= start[p]) for p in places]
    names = ("ptr", "src", "w", "mode", "typ", "lagclk", "lag")
    columns: dict[str, Any] = {name: q[name] for name in (*names, "clk", "dur", "mark", "low")}
    columns |= {"places": list(places), "links": list(links), "begin": begin, "waiting": waiting, "ending": _ending(network)}
    columns |= {"early": q["x"], "waits": q["edge"], "floors": [int(e) for e in network._positions["edge"]]}
    columns["high"] = q["high"] if not network.additive else [FAR] * network.n
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
