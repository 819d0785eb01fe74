"""Single points of failure: items that every way to a benefit or an objective passes.

Ways are the links of open work, from whatever waits for nothing else. An item that all ways to a benefit pass dominates
it: no other path is left to lean on. Source: dominators of flow graphs, as in Cooper, Harvey and Kennedy (2001).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import attrs

from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.benefits_map import benefits_map
from ipmo.model.portfolio import Portfolio
from ipmo.network.positions import plain
from ipmo.network.reach import dominators
from ipmo.network.states import LIVE
from ipmo.tables import Column, Table
from ipmo.units import Money
from ipmo.words import counted

__all__ = ["SinglePoint", "SinglePoints", "single_points"]


@attrs.frozen(kw_only=True)
class SinglePoint:
    """An item that everything to some benefits or objectives passes.

    Args:
        item: full id.
        project: the project that it belongs to.
        benefits: ids of the benefits that depend on it alone.
        objectives: ids of the objectives of which every known way passes it.
        value: present value of those benefits, of those whose worth is known; None where none is.
        critical: it has no float to the nearest of its commitments.
        reason: one sentence.
    """

    item: str
    project: str
    benefits: tuple[str, ...]
    objectives: tuple[str, ...]
    value: Money | None
    critical: bool
    reason: str


class SinglePoints:
    """The answer of `single_points`: most value first, then most effects, then by id."""

    def __init__(self, portfolio: Portfolio, rows: Sequence[SinglePoint], ways: Mapping[str, tuple[str, ...]]) -> None:
        self.portfolio, self._rows, self._ways = portfolio, tuple(rows), ways

    def __iter__(self) -> Iterator[SinglePoint]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: int | str) -> SinglePoint:
        """By place from 0, or by item.

        Raises:
            UnknownItemError: no benefit or objective depends on that item alone.
        """
        if isinstance(key, int):
            return self._rows[key]
        for row in self._rows:
            if row.item == key:
                return row
        raise UnknownItemError(key, close_matches(key, [row.item for row in self._rows]), "the single points of failure")

    def explain(self, key: int | str) -> str:
        """Why an item is a single point of failure, and the chain to the first of what depends on it."""
        row = self[key]
        first = (*row.benefits, *row.objectives)[0]
        return f"{row.reason}\n  {' -> '.join(self.of(first))}"

    def of(self, effect: str) -> tuple[str, ...]:
        """The items that every way to a benefit or an objective passes, in the order in which they come.

        Raises:
            UnknownItemError: it is no benefit or objective that open work leads to.
        """
        if effect not in self._ways:
            raise UnknownItemError(effect, close_matches(effect, self._ways), "the benefits and objectives that open work leads to")
        return self._ways[effect]

    def table(self) -> Table:
        """One row an item: item, project, benefits, objectives (how many), value, critical, reason."""
        currency = next((row.value.currency for row in self._rows if row.value is not None), "")
        return Table(
            [
                Column("item", "str", [row.item for row in self._rows]),
                Column("project", "str", [row.project for row in self._rows]),
                Column("benefits", "int", [len(row.benefits) for row in self._rows]),
                Column("objectives", "int", [len(row.objectives) for row in self._rows]),
                Column("value", "float", [None if row.value is None else float(row.value.amount) for row in self._rows], currency),
                Column("critical", "bool", [row.critical for row in self._rows]),
                Column("reason", "str", [row.reason for row in self._rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<SinglePoints: {counted(len(self), 'item')}, for {len(self._ways)} of the benefits and objectives>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def single_points(portfolio: Portfolio, *, on_cycle: OnCycle = "error") -> SinglePoints:
    """Every item of open work that all ways to some benefit or objective pass.

    Args:
        portfolio: the portfolio.
        on_cycle: as in `schedule`.

    Raises:
        CycleError: links form a loop.
    """
    s = schedule(portfolio, on_cycle=on_cycle)
    above, depth = (plain(column) for column in dominators(s.network))
    net, order = s.network, [int(v) for v in s.passes.positions.order]
    place = {v: p for p, v in enumerate(order)}
    ends = _ends(portfolio, s, place)
    ways: dict[str, tuple[int, ...]] = {}
    for effect, places in ends.items():
        meet = _meeting(places, above, depth)
        chain: list[int] = []
        while meet >= 0:
            chain.append(meet)
            meet = above[meet]
        ways[effect] = tuple(reversed(chain))
    held: dict[int, list[str]] = {}
    for effect, chain_ in ways.items():
        for p in chain_:
            if net.ids[order[p]] != effect and net.kinds[order[p]] not in ("benefit", "outcome", "helper"):
                held.setdefault(p, []).append(effect)
    known = cost_of_delay(portfolio, s)
    benefits = {b.id for b in portfolio.benefits}
    aim = s.passes.late_starts.to_target
    rows = []
    for p, effects in held.items():
        item = net.ids[order[p]]
        mine = tuple(e for e in effects if e in benefits)
        amounts = [known.worth[b] for b in mine if b in known.worth]
        value = Money(sum(amounts, Decimal(0)), known.currency) if amounts else None
        objectives = tuple(e for e in effects if e not in benefits)
        tight = int(aim[p]) <= int(s.passes.early_starts[p])
        rows.append(
            SinglePoint(
                item=item,
                project=portfolio.project_of(item),
                benefits=mine,
                objectives=objectives,
                value=value,
                critical=tight,
                reason=_sentence(item, mine, objectives, value, tight),
            )
        )
    rows.sort(key=lambda r: (-(r.value.amount if r.value is not None else 0), -len(r.benefits) - len(r.objectives), r.item))
    names = {effect: tuple(net.ids[order[p]] for p in chain_) for effect, chain_ in ways.items()}
    return SinglePoints(portfolio, rows, names)


def _ends(portfolio: Portfolio, s: Schedule, place: Mapping[int, int]) -> dict[str, list[int]]:
    """The positions that each benefit and objective comes from."""
    live = {name: place[v] for name, v in s.passes.nodes.items() if s.network.state[v] in LIVE}
    out = {b.id: [live[b.id]] for b in portfolio.benefits if b.id in live}
    found = benefits_map(portfolio)
    finishes: dict[str, list[int]] = {}
    followed = {int(u) for u in s.passes.positions.src}
    for name, p in live.items():
        if p not in followed:
            finishes.setdefault(portfolio.project_of(name), []).append(p)
    for objective in portfolio.objectives:
        waiting, seen, places = [objective.id], {objective.id}, []
        while waiting:
            for way in found.into.get(waiting.pop(), ()):
                if way.source in seen:
                    continue
                seen.add(way.source)
                if way.source in live:
                    places.append(live[way.source])
                elif finishes.get(way.source):
                    places += finishes[way.source]
                else:
                    waiting.append(way.source)
        if places:
            out[objective.id] = sorted(set(places))
    return out


def _meeting(places: Sequence[int], above: Sequence[int], depth: Sequence[int]) -> int:
    """The last position that every way to any of some positions passes; -1 for none."""
    meet = places[0]
    for other in places[1:]:
        while meet != other and meet >= 0 and other >= 0:
            if depth[meet] >= depth[other]:
                meet = above[meet]
            else:
                other = above[other]
        if meet != other:
            return -1
    return meet


def _sentence(item: str, benefits: Sequence[str], objectives: Sequence[str], value: Money | None, tight: bool) -> str:
    parts = []
    if benefits:
        worth = f" worth {value}" if value is not None else ""
        parts.append(f"{counted(len(benefits), 'benefit')}{worth}")
    if objectives:
        parts.append(counted(len(objectives), "objective"))
    text = f"every way to {' and '.join(parts)} passes {item}"
    return f"{text}, which has no float left" if tight else text
