"""Where one of several is enough and of some nobody knows when they come, the others say by when it is there at the latest.

The unknown ways can only bring it sooner. So they are left out of the network that dates are read off; the one with all of them says
how soon it may come at best.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import attrs

from ipmo.network.network import Network
from ipmo.network.positions import as_array, plain
from ipmo.network.states import FROM_FINISH, LIVE
from ipmo.network.wholes import UnclearWholes

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["with_sure_ways"]


def with_sure_ways(net: Network) -> Network:
    """The network without the ways that nobody knows when they come, where another one is sure; itself where there are none.

    Args:
        net: a network whose links all join open work.
    """
    if not net.anyone or not (net.unknown or net.outside) or net.has_loop:  # loops are cut first
        return net
    src, dst, typ = plain(net.src), plain(net.dst), plain(net.typ)
    blank = {node for node in net.unknown if net.state[node] in LIVE}
    unclear = _unclear(net, src, dst, typ, blank)
    kept = [
        link
        for link, (source, target) in enumerate(zip(src, dst, strict=True))
        if target not in net.anyone or target in unclear or not _shares(source, typ[link], unclear, blank)
    ]
    return net if len(kept) == len(src) else _left(net, kept)


def _shares(source: int, kind: int, unclear: AbstractSet[int], blank: AbstractSet[int]) -> bool:
    """Whether a link gives a lower bound: from what is one, or from the finish of work without a duration."""
    return source in unclear or (source in blank and kind in FROM_FINISH)


def _unclear(net: Network, src: Sequence[int], dst: Sequence[int], typ: Sequence[int], blank: AbstractSet[int]) -> set[int]:
    """The nodes whose start is a lower bound; of those for which one of several is enough only where it is of all ways."""
    leaving: dict[int, list[int]] = {}
    ways = dict.fromkeys(net.anyone, 0)
    for link, (source, target) in enumerate(zip(src, dst, strict=True)):
        leaving.setdefault(source, []).append(link)
        if target in ways:
            ways[target] += 1
    low = net.low
    fixed = net.pin.keys() | {node for node, high in net.high.items() if int(low[node]) >= high}
    unclear, used = set[int](), set[int]()
    waiting = [node for node in net.outside if net.state[node] in LIVE]
    first = [link for node in blank for link in leaving.get(node, ()) if typ[link] in FROM_FINISH]

    def reach(links: Sequence[int]) -> None:
        for link in links:
            if link in used:
                continue
            used.add(link)
            target = dst[link]
            if target in ways:
                ways[target] -= 1
            if not ways.get(target, 0):
                waiting.append(target)

    reach(first)
    wholes = UnclearWholes(net)
    for node in blank:
        waiting += wholes.behind(node, begins=False)
    while waiting:
        node = waiting.pop()
        if node not in unclear and node not in fixed:
            unclear.add(node)
            reach(leaving.get(node, ()))
            waiting += wholes.behind(node, begins=True)
    return unclear


def _left(net: Network, kept: Sequence[int]) -> Network:
    """The network with some of its links."""
    place = {link: row for row, link in enumerate(kept)}

    def some(column: Ints) -> Ints:
        return as_array(column)[kept] if net.arrays else [int(column[link]) for link in kept]

    return attrs.evolve(
        net,
        src=some(net.src),
        dst=some(net.dst),
        typ=some(net.typ),
        lag=some(net.lag),
        mode=None if net.mode is None else some(net.mode),
        lagclk=None if net.lagclk is None else some(net.lagclk),
        numbers={place[link]: number for link, number in net.numbers.items() if link in place},
        derived={place[link] for link in net.derived if link in place},
        estimated={place[link] for link in net.estimated if link in place},
        at_best=net,
    )
