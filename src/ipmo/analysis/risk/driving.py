"""Links by one number in all networks of a simulation: in other networks than the schedule's they have other places."""

from __future__ import annotations

from ipmo.network.network import Network
from ipmo.network.states import EFFECTS, LIVE

__all__ = ["Numbered"]

Ends = tuple[str, int, str]


class Numbered:
    """What links are called: their place in the portfolio's links; of those written as `after:` and the like -1 less that in the schedule's network.

    Args:
        base: the network of the schedule.
    """

    def __init__(self, base: Network) -> None:
        self._base = base
        self._places: dict[Ends, list[int]] | None = None

    def of(self, network: Network, link: int) -> int | None:
        """What a link of a network is called; None of one that nobody wrote, as from a summary to what it holds."""
        number = network.numbers.get(link)
        if number is not None or link in network.derived:
            return number
        if network is self._base:
            return -1 - link
        if self._places is None:
            self._places = _places(self._base)
        found = self._places.get(_ends(network, link), [])
        if len(found) < 2:
            return -1 - found[0] if found else None
        alike = _places(network)[_ends(network, link)].index(link)  # several between the same ends: in their order
        return -1 - found[min(alike, len(found) - 1)]

    @property
    def written(self) -> list[int]:
        """The links that somebody wrote: those of the portfolio's links first, then others into open work, milestones and gates."""
        base = self._base
        open_ones = [state in LIVE and kind not in EFFECTS for state, kind in zip(base.state, base.kinds, strict=True)]
        others = [
            link for link in range(base.m) if link not in base.numbers and link not in base.derived and open_ones[int(base.dst[link])]
        ]
        return [*sorted(set(base.numbers.values())), *(-1 - link for link in others)]


def _ends(network: Network, link: int) -> Ends:
    return network.ids[int(network.src[link])], int(network.typ[link]), network.ids[int(network.dst[link])]


def _places(network: Network) -> dict[Ends, list[int]]:
    """The links without a number by what they join and how, in order."""
    out: dict[Ends, list[int]] = {}
    for link in range(network.m):
        if link not in network.numbers and link not in network.derived:
            out.setdefault(_ends(network, link), []).append(link)
    return out
