"""Risks that can happen in a window only: they strike what runs in it, as it is dated in the sample without them.

A window lies between two days, or opens once something else has happened: then with its date in the sample. A delay holds up work that
would run in the window, and comes once it is known when that begins; what it costs is spent where the item that it hits runs in the
window in the end.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.analysis.dates.triggers import ENDLESS
from ipmo.analysis.risk.causes import Event
from ipmo.network.network import Network
from ipmo.network.sampled import Lost, SampledDates, SampledPass, Strike

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats

    Row = NDArray[np.int64]
    Yes = NDArray[np.bool_]

__all__ = ["Moved", "Part", "Window", "Windows", "role_of", "runs", "struck_in"]


class Window(NamedTuple):
    """From which instant to which a risk can happen, in all samples or in each.

    Args:
        first, last: the instants.
        touching: it opens with something that has happened, so that what ends together with that lies in it.
    """

    first: int | Row
    last: int | Row
    touching: bool = False


class Moved(NamedTuple):
    """What moves the samples beside the lengths of work.

    Args:
        later: minutes by which nodes start later; less than nothing too where something strikes them.
        values: what estimated lags come to, in their own units.
        strikes: what holds nodes up where they run in a window.
        waiting: alike of windows that open in the sample, by the risk: theirs are not in there yet.
        happens: which risks happen.
    """

    later: Mapping[str, Row]
    values: Mapping[str, Floats]
    strikes: Mapping[str, Sequence[Strike]]
    waiting: Mapping[str, Mapping[str, Sequence[Strike]]]
    happens: Mapping[str, Yes]

    @property
    def names(self) -> set[str]:
        """The nodes that are struck."""
        return {*self.strikes, *(name for some in self.waiting.values() for name in some)}


class Part(NamedTuple):
    """Samples in which the same work comes to nothing.

    Args:
        sampled: their network.
        columns: which of the batch they are.
        lengths, shifts, lost, lags, strikes: as `SampledPass.forward` takes them.
        waiting: the strikes of risks whose windows open in the sample, by the risk.
        worked: the uncertain work that does not come to nothing.
    """

    sampled: SampledPass
    columns: Row
    lengths: Mapping[int, Row]
    shifts: Mapping[int, Row]
    lost: Mapping[int, Lost]
    lags: Mapping[int, Row]
    strikes: Mapping[int, Sequence[Strike]]
    waiting: Mapping[str, Mapping[int, Sequence[Strike]]]
    worked: frozenset[str]


class Windows:
    """When the risks of a simulation can happen.

    Args:
        events: its risks.
        network: of the schedule.
        nodes: the node of each item.
    """

    def __init__(self, events: Iterable[Event], network: Network, nodes: Mapping[str, int]) -> None:
        self.events = tuple(event for event in events if event.windowed)
        triggered = [event for event in self.events if event.trigger is not None]
        self._after: dict[int, list[int]] = {}
        for source, target in zip(network.src, network.dst, strict=True) if triggered else ():
            self._after.setdefault(int(source), []).append(int(target))
        triggers = {event.full_id: event.trigger.nodes for event in triggered if event.trigger is not None}
        self._behind = {name: self._moved_by(first).difference(first) for name, first in triggers.items()}
        moves = {
            event.full_id: self._moved_by(nodes[name] for one in event.delays for name, _ in (*one.longer, *one.later))
            for event in triggered
        }
        self._names = nodes
        self.rounds: list[list[Event]] = []
        """The risks with a trigger: in each round those that no risk of the same or a later one moves the trigger of."""
        while triggered:
            free = [one for one in triggered if not any(other is not one and _meets(moves[other.full_id], one) for other in triggered)]
            self.rounds.append(free or triggered[:1])  # each moves the trigger of another: in the order of the register
            triggered = [one for one in triggered if one not in self.rounds[-1]]

    def _moved_by(self, first: Iterable[int]) -> set[int]:
        """Some nodes and all that they lead to."""
        found = set(first)
        waiting = list(found)
        while waiting:
            more = [node for node in self._after.get(waiting.pop(), ()) if node not in found]
            found.update(more)
            waiting += more
        return found

    def strikes(self, delay: Callable[[Event, str, float], Floats]) -> tuple[dict[str, list[Strike]], dict[str, dict[str, list[Strike]]]]:
        """What strikes nodes in windows that are known, and alike by the risk in those that open in the sample.

        Args:
            delay: minutes that an impact of a risk costs in each sample, by its role and the minutes in one unit of it.
        """
        strikes: dict[str, list[Strike]] = {}
        waiting: dict[str, dict[str, list[Strike]]] = {}
        for event in self.events:
            first, last = event.window or (0, ENDLESS)
            into = strikes if event.trigger is None else waiting.setdefault(event.full_id, {})
            behind = self._behind.get(event.full_id, ())
            for delayed in event.delays:
                for pairs, later in ((delayed.longer, False), (delayed.later, True)):
                    for name, unit in pairs:
                        minutes = delay(event, delayed.role, unit).astype(np.int64)
                        into.setdefault(name, []).append(Strike(first, last, minutes, later, self._names[name] in behind))
        return strikes, waiting

    def dated(self, part: Part) -> tuple[SampledDates, dict[str, Window]]:
        """The dates of some samples, and when each risk can happen in them: a trigger counts as it is dated without what it lets happen."""
        strikes = {v: list(some) for v, some in part.strikes.items()}
        found = {one.full_id: Window(*one.window) for one in self.events if one.window is not None and one.trigger is None}
        for some in self.rounds:
            dates = _forward(part, strikes)
            for event in some:
                window = found[event.full_id] = _opened(event, part.sampled, dates)
                for v, waiting in part.waiting.get(event.full_id, {}).items():
                    strikes.setdefault(v, []).extend(one._replace(first=window.first, last=window.last) for one in waiting)
        return _forward(part, strikes), found


def _meets(moved: set[int], event: Event) -> bool:
    return event.trigger is not None and not moved.isdisjoint(event.trigger.nodes)


def _forward(part: Part, strikes: Mapping[int, Sequence[Strike]]) -> SampledDates:
    return part.sampled.forward(part.lengths, part.shifts, lost=part.lost, lags=part.lags, strikes=strikes)


def _opened(event: Event, sampled: SampledPass, dates: SampledDates) -> Window:
    """The window of a risk with a trigger, by the dates of the samples."""
    trigger = event.trigger
    assert trigger is not None
    at = functools.reduce(np.maximum, (dates.finish[sampled.pos[node]] for node in trigger.nodes), np.array([trigger.done], np.int64))
    first, last = event.window or (0, ENDLESS)
    end: Row = np.array([last], np.int64)
    if trigger.within is not None:
        clock = sampled.network.clock_of(trigger.nodes[0])
        days, back = np.unique(at, return_inverse=True)
        end = np.minimum(end, np.array([clock.shift(int(one), trigger.within) for one in days], np.int64)[back.ravel()])
    return Window(np.maximum(at, first), end, touching=True)


def struck_in(strikes: Mapping[str, Sequence[Strike]], columns: Row, places: Mapping[str, int]) -> dict[int, list[Strike]]:
    """The same of some of the samples, by position; nodes without one are left out."""
    return {places[name]: [one._replace(minutes=one.minutes[columns]) for one in some] for name, some in strikes.items() if name in places}


def role_of(event: Event, role: str) -> str:
    """What the row is called that says where one cost of a risk is spent."""
    return f"{event.full_id} {role}"


def runs(event: Event, item: str, sampled: SampledPass, found: SampledDates, window: Window) -> Yes:
    """Where an item runs in the window of a risk; always where nothing of it is dated and the window opens at all."""
    places = [sampled.pos[node] for node in event.running[item]]
    opens = np.asarray(window.first < window.last).reshape(-1)
    if not places:
        return opens
    begin = functools.reduce(np.minimum, (sampled.starts(v, found.x[v]) for v in places))
    end = functools.reduce(np.maximum, (found.finish[v] for v in places))
    yes: Yes = (begin < window.last) & ((end >= window.first) if window.touching else (end > window.first)) & opens
    return yes
