"""What no levelling can meet: demands beyond what there ever is, work that stays where it is and is too much there, and sets of demands that conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.resources.demand import Conflict, Demand, Shortage, demand_of, frozen_shortage
from ipmo.model.portfolio import Portfolio
from ipmo.network.clocks import FAR
from ipmo.network.conflicts import overload_of
from ipmo.network.levelling import UNIT, Leveller, Take
from ipmo.network.positions import plain
from ipmo.units import day_text, moment

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["Unmet", "conflicts_of", "unmet"]


@attrs.frozen(kw_only=True)
class Unmet:
    """What no plan can meet, whatever waits for what.

    Args:
        shortages: demands that are never met, resources of which nobody says how much there is, and work that stays where it is and is too much there.
        conflicts: by resource the smallest set of demands found that cannot all be met.
    """

    shortages: tuple[Shortage, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def unmet(portfolio: Portfolio, schedule: Schedule) -> Unmet:
    """What no levelling can meet, without levelling: of open work that is not merely proposed.

    Args:
        portfolio: the portfolio.
        schedule: its schedule.
    """
    demand = demand_of(portfolio, schedule, ())
    if not demand.takes:
        return Unmet(shortages=demand.shortages)
    leveller = Leveller(
        schedule.passes, demand.pools, demand.takes, frozen=demand.frozen, splits=demand.splits,
        lengths={(node, way): one.minutes for node, ways in demand.options.items() for way, one in enumerate(ways)},
    )  # fmt: skip
    names = [schedule.network.shown(int(node)) for node in plain(schedule.network.positions.order)]
    tried: list[tuple[str, Ints]] = [("capacity", [FAR] * schedule.network.n)]
    if not leveller.varying and any(one.nodes for one in schedule.commitments.stated):  # others may do it in less time
        tried.append(("commitments", schedule.commitments.late.x))
    return Unmet(
        shortages=(*demand.shortages, *_too_long(demand, leveller, names), *_frozen(leveller, names)),
        conflicts=tuple(conflicts_of(leveller, tried, names)),
    )


def conflicts_of(leveller: Leveller, tried: Iterable[tuple[str, Ints]], names: Sequence[str]) -> Iterator[Conflict]:
    """The smallest set of demands for each pool that no plan meets.

    Args:
        leveller: the network and its pools.
        tried: (why, latest start of each position) of what is asked for, the first that cannot be is said; FAR where nothing asks.
        names: what each position is called.
    """
    net, tried = leveller.network, tuple(tried)
    for place, pool in enumerate(leveller.pools):
        for why, late in tried:
            found = overload_of(leveller, place, late)
            if found is not None:
                clock = net.clock(leveller.axes[place] or leveller.plain.nodes.clk[found.names[0]])
                each = UNIT * (clock.day_minutes if found.end > found.begin else 1)
                yield Conflict(
                    resource=pool.name, items=tuple(names[v] for v in found.names), since=moment(found.begin), until=moment(found.end),
                    needed=found.needed / each, there=found.there / each, because=why, in_all=pool.used_up,
                )  # fmt: skip
                break


def _too_long(demand: Demand, leveller: Leveller, names: Sequence[str]) -> Iterator[Shortage]:
    """Work that is longer than its resources are ever free for it."""
    for v in leveller.fit_nowhere():
        wanted = list(dict.fromkeys(demand.pools[row.pool].name for row in leveller.rows if row.node == v))
        clock = leveller.network.clock(int(leveller.nodes.clk[v]))
        day, needs = day_text(moment(clock.start(int(leveller.today.x[v])))), ", ".join(wanted)
        text = f"{names[v]} is longer than they are ever free for it: it needs {needs}"
        yield Shortage(kind="never fits", resource=wanted[0], items=(names[v],), day=day, text=text)


def _frozen(leveller: Leveller, names: Sequence[str]) -> Iterator[Shortage]:
    """Work that has begun or is tied to a date, and needs more together than there is."""
    fixed, taken, net = plain(leveller.fixed), leveller.room.taken, leveller.network
    rows: dict[int, list[Take]] = {}
    for row in leveller.rows:
        if fixed[row.node] != FAR and not row.way:
            rows.setdefault(row.pool, []).append(row)
    for place, held in rows.items():
        pool, clock, said = leveller.pools[place], net.clock(leveller.axes[place]), set[tuple[str, ...]]()
        first = int(taken.first[place])
        for k in range(first, first + int(taken.steps[place])):
            if pool.used_up or taken.free[k] >= 0:
                continue
            instant = clock.start(int(taken.time[k]))
            here = [row for row in held if _at(leveller, row, int(fixed[row.node]), instant)]
            items = tuple(dict.fromkeys(names[row.node] for row in here))
            if items and items not in said:
                said.add(items)
                there = leveller.there(place, instant)
                yield frozen_shortage(pool.name, items, day_text(moment(instant)), sum(row.units for row in here), there)


def _at(leveller: Leveller, row: Take, start: int, instant: int) -> bool:
    """Whether a row takes its pool in the minute that begins at an instant."""
    clock = leveller.network.clock(int(leveller.nodes.clk[row.node]))
    worked = clock.work(instant)
    return clock.start(worked) == instant and row.begin <= worked - start < row.end
