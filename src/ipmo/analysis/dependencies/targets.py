"""What a slip can hit: the finish of every project, programme and the portfolio, gates, deadlines and benefits."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import attrs

from ipmo.analysis.dates.schedule import Schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.memory import remember
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.network.kernels import reading
from ipmo.network.reach import Aim, Reach
from ipmo.network.states import LIVE
from ipmo.units import DAY, moment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["KINDS", "Kind", "Target", "Targets", "targets"]

Kind = Literal["portfolio", "programme", "project", "gate", "deadline", "benefit"]
KINDS: tuple[Kind, ...] = ("portfolio", "programme", "project", "gate", "deadline", "benefit")


@attrs.frozen
class Target:
    """Something with a date that a slip can move.

    Args:
        name: `P@finish` of a project, programme or portfolio; the full id of a gate, of what has a deadline, of a benefit.
        kind: portfolio, programme, project, gate, deadline or benefit.
        item: its full id without the end.
        clock: of the calendar its movement is counted on: its own; the portfolio's for programmes and the portfolio; elapsed
            time for benefits.
    """

    name: str
    kind: Kind
    item: str
    clock: int


class Targets:
    """The open targets of a schedule, in the order of `KINDS` and of the file, and what reaches them."""

    def __init__(self, s: Schedule) -> None:
        if s.portfolio is None:
            raise TypeError("targets belong to the schedule of a portfolio")
        self.schedule, self.portfolio = s, s.portfolio
        found = self._found(s.portfolio)
        self.reach = Reach(s.passes, [aim for _, aim in found])
        dated = [pair for pair, date in zip(found, self.reach.dates, strict=True) if date >= 0]
        if len(dated) < len(found):
            self.reach = Reach(s.passes, [aim for _, aim in dated])
        self._rows = [row for row, _ in dated]
        self.place = {row.name: place for place, row in enumerate(self._rows)}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Target]:
        return iter(self._rows)

    def __getitem__(self, place: int) -> Target:
        return self._rows[place]

    def _found(self, pf: Portfolio) -> list[tuple[Target, Aim]]:
        s, net = self.schedule, self.schedule.network
        pos = net.positions.pos
        known = set(s.passes.without_duration)
        open_projects = {p for p, nodes in s.passes.open_work.items() if any(v not in known for v in nodes)}
        whole = self.clock_of(pf.id)
        out = [(Target(f"{pf.id}@finish", "portfolio", pf.id, whole), Aim(pf.id, projects=tuple(sorted(open_projects))))]
        inside = programmes_of(pf)
        for programme in pf.programmes:
            members = tuple(p for p, name in enumerate(net.projects) if p in open_projects and programme.id in inside.get(name, ()))
            if members:
                out.append((Target(f"{programme.id}@finish", "programme", programme.id, whole), Aim(programme.id, projects=members)))
        for place, name in enumerate(net.projects):
            if place in open_projects:
                out.append((Target(f"{name}@finish", "project", name, self.clock_of(name)), Aim(name, projects=(place,))))
        for node in [node for node, kind in enumerate(net.kinds) if kind == "gate"]:
            full_id = net.ids[node]
            if net.state[node] in LIVE and node not in known:
                item = pf.items.get(full_id)
                if isinstance(item, Gate) and item.open:
                    out.append((Target(full_id, "gate", full_id, self.clock_of(full_id)), Aim(full_id, (int(pos[node]),))))
        taken = {row.name for row, _ in out}
        for due in net.commitments:
            if due.is_deadline and due.name not in taken:
                nodes = [node for node in due.nodes if net.state[node] in LIVE and node not in known]
                if nodes:
                    taken.add(due.name)
                    places = tuple(int(pos[node]) for node in nodes)
                    out.append((Target(due.name, "deadline", due.name, self.clock_of(due.name)), Aim(due.name, places)))
        for benefit in pf.benefits:
            at = s.passes.named.get(benefit.id)
            if at is not None and net.state[at] in LIVE and at not in known:
                out.append((Target(benefit.id, "benefit", benefit.id, 0), Aim(benefit.id, (int(pos[at]),))))
        return out

    def clock_of(self, full_id: str) -> int:
        """The clock of an item's calendar; elapsed time where the network has none."""
        net = self.schedule.network
        if net.clocks is None:
            return 0
        return net.clocks.clock(self.portfolio.calendar_for(full_id))

    def days(self, place: int, before: int, after: int) -> float:
        """Days between two instants on a target's own calendar; elapsed days for a benefit."""
        row, net = self._rows[place], self.schedule.network
        if row.clock == 0:
            return (after - before) / 1440
        return net.clock(row.clock).days(before, after)

    def later(self, places: Array, dates: Array) -> NDArray[np.float64]:
        """`days` from the dates of some targets to others, as columns."""
        import numpy as np

        reach, net = self.reach, self.schedule.network
        numbers, lengths, now = self._columns
        clocks, was = numbers[places], now[places]
        worked = [np.zeros(len(places), np.int64) for _ in range(2)]
        for instants, out in zip((was, dates), worked, strict=True):
            reach.run(reading.worked_of, 4 * len(places), net.clock_tables, clocks, instants, out)
        found: NDArray[np.float64] = (worked[1] - worked[0]) / lengths[places]
        return found

    @functools.cached_property
    def _columns(self) -> tuple[Array, Array, Array]:
        """Of each target its clock, the minutes of a day on it, and its date."""
        import numpy as np

        numbers = [row.clock for row in self._rows]
        days = {number: self.schedule.network.clock(number).day_minutes if number else DAY for number in set(numbers)}
        columns = numbers, [days[number] for number in numbers], self.reach.dates
        one, two, three = (np.array(column, np.int64) for column in columns)
        return one, two, three

    def date(self, place: int) -> int:
        """The date of a target as an instant."""
        return self.reach.dates[place]

    def moment(self, place: int) -> datetime:
        """The date of a target."""
        return moment(self.reach.dates[place])

    def named(self, name: str) -> int:
        """The place of a target; a bare project, programme or portfolio means its finish.

        Raises:
            UnknownItemError: there is no such open target.
        """
        for candidate in (name, f"{name}@finish"):
            if candidate in self.place:
                return self.place[candidate]
        raise UnknownItemError(name, close_matches(name, self.place), "the open targets of this portfolio")


def programmes_of(portfolio: Portfolio) -> Mapping[str, frozenset[str]]:
    """The programmes that each project belongs to, those above included."""
    tree = hierarchy(portfolio)
    return {project.id: frozenset(above.id for above in tree.programmes_of(project.id)) for project in portfolio.projects}


def targets(s: Schedule) -> Targets:
    """The open targets of a schedule of a portfolio, made once."""
    assert s.portfolio is not None
    return remember(s.portfolio, ("targets", id(s)), lambda: Targets(s))
