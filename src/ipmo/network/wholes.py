"""What waits for a project as a whole, or in one, of whose work nobody knows when it ends: its dates are lower bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipmo.network.states import LIVE

if TYPE_CHECKING:
    from ipmo.network.network import Network

__all__ = ["UnclearWholes"]


class UnclearWholes:
    """Follows links to and from projects as a whole, each once, as what they give is found to have no date that is known.

    Args:
        net: the network.
    """

    def __init__(self, net: Network) -> None:
        self._net = net
        self._of: dict[int, list[int]] = {}
        for place, one in enumerate(net.wholes):
            for node in one.givers:
                self._of.setdefault(node, []).append(place)
        self._sure = {
            place: set() if any(node in net.starts for node in one.givers) else {node for node in one.givers if net.state[node] in LIVE}
            for place, one in enumerate(net.wholes)
            if one.at_start
        }
        """Of links that hand over a first start: what may be that; empty where it has come."""
        self._done = {place for place, some in self._sure.items() if not some}

    def behind(self, node: int, *, begins: bool) -> Sequence[int]:
        """The open nodes that are found to wait, by a link as a whole, for what has no date that is known.

        Args:
            node: what has none: its finish, and its start too with `begins`.
            begins: its start is a lower bound; else its finish alone is not known.
        """
        net, out = self._net, list[int]()
        for place in self._of.get(node, ()):
            one = net.wholes[place]
            if place in self._done:
                continue
            if one.at_start:  # the first of several starts is known by what is sure
                if not begins:
                    continue
                self._sure[place].discard(node)
                if self._sure[place]:
                    continue
            self._done.add(place)
            out += [waits for waits in one.receivers if net.state[waits] in LIVE]
        return out
