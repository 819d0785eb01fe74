"""Start and finish of work as other passes over the same plan have them: those with all ways of which one is enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from ipmo.network.passes import Passes
from ipmo.network.states import State
from ipmo.units import moment

__all__ = ["Dated", "read_off"]

Dated: TypeAlias = Callable[[str], tuple[datetime | None, datetime | None]]
"""Start and finish of an item, by full id."""


def read_off(passes: Passes, dates: Dated, name: str) -> tuple[datetime | None, datetime | None]:
    """Start and finish of what has not begun, by some passes; of anything else as they are.

    Args:
        passes: the passes.
        dates: gives those of anything else.
        name: full id of the item.
    """
    net, node = passes.network, passes.named.get(name)
    if node is None or net.state[node] is not State.NORMAL:
        return dates(name)
    place, clock = passes.lists.pos[node], net.running_clock(node)
    return moment(clock.start(passes.lists.x[place])), moment(int(passes.finishes[place]))
