"""Risks that can happen in a window only: they strike what runs in it, as it is dated in the sample without them.

A delay holds up work that would run in the window, and comes once it is known when that begins; what it costs is spent where the item
that it hits runs in the window in the end.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.analysis.risk.causes import Event
from ipmo.network.sampled import SampledDates, SampledPass, Strike

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats

    Row = NDArray[np.int64]
    Yes = NDArray[np.bool_]

__all__ = ["Moved", "role_of", "runs", "struck_in"]


class Moved(NamedTuple):
    """What moves the samples beside the lengths of work.

    Args:
        later: minutes by which nodes start later.
        values: what estimated lags come to, in their own units.
        strikes: what holds nodes up where they run in a window.
        happens: which risks happen.
    """

    later: Mapping[str, Row]
    values: Mapping[str, Floats]
    strikes: Mapping[str, Sequence[Strike]]
    happens: Mapping[str, Yes]


def struck_in(strikes: Sequence[Strike], columns: Row) -> list[Strike]:
    """The same of some of the samples."""
    return [one._replace(minutes=one.minutes[columns]) for one in strikes]


def role_of(event: Event, role: str) -> str:
    """What the row is called that says where one cost of a risk is spent."""
    return f"{event.full_id} {role}"


def runs(event: Event, item: str, sampled: SampledPass, found: SampledDates) -> Yes:
    """Where an item runs in the window of a risk; always where nothing of it is dated."""
    places = [sampled.pos[node] for node in event.running[item]]
    if event.window is None or not places:
        return np.ones(1, bool)
    begin = functools.reduce(np.minimum, (sampled.starts(v, found.x[v]) for v in places))
    end = functools.reduce(np.maximum, (found.finish[v] for v in places))
    yes: Yes = (begin < event.window[1]) & (end > event.window[0])
    return yes
