"""What everything costs in some samples: work, time at work, and what happens, as rows of whole minor units."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from ipmo.analysis.risk.distributions import Draws
from ipmo.analysis.risk.exact import MinorUnits
from ipmo.analysis.risk.setup import Setup
from ipmo.analysis.risk.windows import role_of
from ipmo.network.streams import TOGETHER, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.causes import Event
    from ipmo.analysis.risk.distributions import Floats

    Row = NDArray[np.int64]
    Yes = NDArray[np.bool_]

__all__ = ["Spending", "cost_rows", "priced_for"]


class Spending:
    """What the costs of samples are made of.

    Args:
        setup: what is simulated.
        places: the row of draws of each role of each item.
    """

    def __init__(self, setup: Setup, places: Mapping[tuple[str, str], int]) -> None:
        self._setup, self._places = setup, places
        self._owners = owners(setup)
        self._at_work: dict[str, list[str]] = {}
        for one in setup.shared:
            for name in one.tasks if one.driver.affects == "cost" else ():
                self._at_work.setdefault(name, []).append(one.driver.id)
        self._into: dict[str, list[int]] = {}
        for number, names in enumerate(_groups(setup)):
            for name in names:
                self._into.setdefault(name, []).append(number)
        self._rates: dict[tuple[str, str], float] = {}
        for event in setup.events:
            for item, money, role in event.costs:
                rate = setup.costs.rate(item, getattr(money.central(), "currency", ""))
                self._rates[event.full_id, role] = 0.0 if rate is None else rate

    def rows(
        self,
        blocks: range,
        drawn: Floats,
        happens: Mapping[str, Yes],
        factors: Mapping[str, Floats],
        lengths: Mapping[str, Row],
        on_way: Mapping[str, Yes],
    ) -> Row:
        """Minor units of each bearer, in order of ids, or of those that are priced together; then what happens to each owner; then what the spared cost, were their estimates certain.

        Args:
            blocks: the blocks of samples.
            drawn: all draws but those of costs of work, a row each.
            happens: which risks happen; of one with a window or a trigger also where each of its costs does, by its id and that of its draws.
            factors: what each driver multiplies by.
            lengths: minutes of uncertain work.
            on_way: in which samples what belongs to branches is done.
        """
        costs, size = self._setup.costs, drawn.shape[1]
        minor = MinorUnits()
        spared, count = self._setup.spared, len(_groups(self._setup))
        happening = count, count + len(self._owners)
        out = np.zeros((happening[1] + len(spared), size), np.int64)
        wanted: list[tuple[list[int], str, Floats | None]] = [([n], name, None) for n, name in enumerate(spared, happening[1])]
        for places, name, lines in itertools.chain(self._drawn(blocks), wanted):
            bearer = costs.bearers[name]
            whole = np.zeros(size)
            for place, line in enumerate(bearer.lines):
                whole = whole + (line.central if lines is None else lines[place, :size] * line.rate)
            if bearer.per_minute:
                whole = whole + (bearer.worked + lengths.get(name, bearer.left)) * bearer.per_minute
            for driver in self._at_work.get(name, ()):
                whole = whole * factors[driver]
            if bearer.spent:
                whole = np.maximum(whole, bearer.spent)
            row = minor.of(name, np.where(on_way[name], whole, 0.0) if name in on_way else whole)
            for place in places:
                out[place] += row
        for event in self._setup.events:
            self._happened(event, drawn, happens, on_way, minor, out[slice(*happening)])
        return out

    def _drawn(self, blocks: range) -> Iterator[tuple[list[int], str, Floats]]:
        """What costs money, in order of ids: the rows that it goes into, and the draws of its lines; some are drawn at a time, in little room."""
        for names, draws in self._some:
            values = np.concatenate([draws.values(block) for block in blocks], axis=1)
            first = 0
            for name in names:
                last = first + len(self._setup.costs.bearers[name].lines)
                yield self._into[name], name, values[first:last]
                first = last

    @functools.cached_property
    def _some(self) -> list[tuple[list[str], Draws]]:
        """What costs money, some at a time, and the draws of its lines."""
        bearers, names, out = self._setup.costs.bearers, sorted(self._into), []
        for first in range(0, len(names), TOGETHER):
            some = names[first : first + TOGETHER]
            lines = [(stream(self._setup.seed, name, line.role), line.estimate) for name in some for line in bearers[name].lines]
            out.append((some, Draws(lines, self._setup.pert)))
        return out

    def _happened(
        self, event: Event, drawn: Floats, happens: Mapping[str, Yes], on_way: Mapping[str, Yes], minor: MinorUnits, out: Row
    ) -> None:
        """Adds what a risk costs, and its response, to those who bear it."""
        costs = self._setup.costs
        for item, _, role in event.costs:
            yes = happens[event.full_id] if not event.windowed else happens[role_of(event, role)]
            yes = yes & on_way[item] if item in on_way else yes
            row = np.where(yes, event.sign * drawn[self._places[event.full_id, role]] * self._rates[event.full_id, role], 0.0)
            out[self._owners.index(costs.owner_of(item))] += minor.of(event.full_id, row)
        if event.response is not None:
            out[self._owners.index(event.owner)] += minor.of(event.full_id, np.array([costs.minor(event.response)], float))


def owners(setup: Setup) -> list[str]:
    """Who bears the costs of risks and of responses to them, in order of ids."""
    found = {setup.costs.owner_of(item) for event in setup.events for item, *_ in event.costs}
    return sorted(found | {event.owner for event in setup.events if event.response is not None})


def _groups(setup: Setup) -> Sequence[tuple[str, ...]]:
    """The bearers whose costs are summed to one row each: each alone, where nothing else is said."""
    return [(name,) for name in sorted(setup.costs.bearers)] if setup.priced is None else setup.priced


def cost_rows(setup: Setup, item: str) -> list[int]:
    """The rows of `Batch.costs` that an item costs the sum of; none where no cost of it is known.

    Raises:
        ValueError: the costs of the setup are summed otherwise, and say nothing of the item.
    """
    costs, parts = setup.costs, setup.costs.made_of.get(item, ())
    groups = _groups(setup)
    happening = [len(groups) + number for number, owner in enumerate(owners(setup)) if item in costs.holding(owner)]
    if setup.priced is not None:
        return [*([setup.priced.index(parts)] if parts else []), *happening]
    place = {name: number for number, (name,) in enumerate(groups)}
    return [*(place[part] for part in parts), *happening]


def priced_for(setup: Setup, items: Iterable[str]) -> Setup:
    """The setup with the costs of some items alone, a row each: no room is taken by what they are the sum of."""
    return attrs.evolve(setup, priced=tuple(dict.fromkeys(parts for item in items if (parts := setup.costs.made_of.get(item, ())))))
