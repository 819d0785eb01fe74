"""What a slip can hit: the finish of every project, programme and the portfolio, gates, deadlines and benefits."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
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
WHOLE = frozenset(("portfolio", "programme", "project"))
"""Kinds of targets that are the finish of something."""


SEVERAL = 8
"""Projects from which on what lies at an instant is looked for in all at once."""


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
    """The open targets of a schedule, in the order of `KINDS` and of the file, and what reaches them.

    They are columns; a row is made when it is looked at.

    Args:
        s: the schedule of a portfolio.
        among: the nodes (n) of which something is asked; the portfolio and its programmes are there in any case, and of the rest
            what is of one of these nodes, or of a project that has one. All when left out.
    """

    def __init__(self, s: Schedule, among: NDArray[np.bool_] | None = None) -> None:
        if s.portfolio is None:
            raise TypeError("targets belong to the schedule of a portfolio")
        self.schedule, self.portfolio, self._among = s, s.portfolio, among
        found = list(self._found(s.portfolio))
        self.reach = Reach(s.passes, [aim for _, aim in found])
        dated = found
        if min(self.reach.dates, default=0) < 0:
            dated = [pair for pair, date in zip(found, self.reach.dates, strict=True) if date >= 0]
            self.reach = Reach(s.passes, [aim for _, aim in dated])
        self.kinds: list[Kind] = [kind for kind, _ in dated]
        """The kind of each."""
        self.items = [aim.name for _, aim in dated]
        """The full id of each, without the end."""
        self.names = [f"{item}@finish" if kind in WHOLE else item for kind, item in zip(self.kinds, self.items, strict=True)]
        """The name of each."""

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Target]:
        return iter(self._rows)

    def __getitem__(self, place: int) -> Target:
        if "_rows" in self.__dict__:
            return self._rows[place]
        found = self._made.get(place)
        if found is None:
            found = self._made[place] = Target(self.names[place], self.kinds[place], self.items[place], self._clock(place))
        return found

    @functools.cached_property
    def _made(self) -> dict[int, Target]:
        """The rows that were looked at, by place."""
        return {}

    @functools.cached_property
    def _rows(self) -> list[Target]:
        return [Target(*each) for each in zip(self.names, self.kinds, self.items, self._clocks, strict=True)]

    @functools.cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each by its name."""
        return {name: place for place, name in enumerate(self.names)}

    @functools.cached_property
    def _clocks(self) -> list[int]:
        """The clock of each: see `Target`."""
        return [self._clock(place) for place in range(len(self))]

    @property
    def clocks(self) -> list[int]:
        """The clock of each: see `Target`."""
        return self._clocks

    @functools.cached_property
    def _of_whole(self) -> int:
        return self.clock_of(self.portfolio.id)

    def _clock(self, place: int) -> int:
        """The clock of one: see `Target`."""
        kind = self.kinds[place]
        return 0 if kind == "benefit" else self._of_whole if kind in ("portfolio", "programme") else self.clock_of(self.items[place])

    def _found(self, pf: Portfolio) -> Iterator[tuple[Kind, Aim]]:
        """The kind and the positions of everything that may be a target."""
        passes, net = self.schedule.passes, self.schedule.network
        pos, known = net.positions.pos, passes.without_duration
        working = passes.projects_with_open_work
        wanted, among = self._wanted(working), self._among
        taken = {f"{name}@finish" for name in (pf.id, *(net.projects[place] for place in working))} if net.commitments else set()
        own = [passes.named[gate.id] for gate in pf.gates]
        gates = tuple(int(pos[node]) for node in own if net.state[node] in LIVE and node not in known)
        yield "portfolio", Aim(pf.id, gates, projects=working)
        inside = programmes_of(pf) if pf.programmes else {}
        for programme in pf.programmes:
            members = tuple(place for place in working if programme.id in inside.get(net.projects[place], ()))
            if members:
                taken.add(f"{programme.id}@finish")
                yield "programme", Aim(programme.id, projects=members)
        for place in wanted:
            yield "project", Aim(net.projects[place], (), (place,))
        outside = self._in_no_project()
        for node in sorted({*self._gates_of_projects(pf), *(node for node in outside if net.kinds[node] == "gate")}):
            full_id = net.ids[node]
            if net.state[node] in LIVE and node not in known:
                item = pf.items.get(full_id)
                if isinstance(item, Gate) and item.open:
                    taken.add(full_id)
                    yield "gate", Aim(full_id, (int(pos[node]),))
        for due in net.commitments:
            if due.is_deadline and due.name not in taken and (among is None or among[list(due.nodes)].any()):
                nodes = [node for node in due.nodes if net.state[node] in LIVE and node not in known]
                if nodes:
                    taken.add(due.name)
                    yield "deadline", Aim(due.name, tuple(int(pos[node]) for node in nodes))
        ends = [node for node in outside if net.kinds[node] == "benefit"]
        at = dict(zip(map(net.ids.__getitem__, ends), passes.places_of_open_work[ends].tolist() if ends else (), strict=True))
        for benefit in pf.benefits:
            if (here := at.get(benefit.id, -1)) >= 0:
                yield "benefit", Aim(benefit.id, (here,))

    def _wanted(self, working: Sequence[int]) -> Sequence[int]:
        """The places of projects with open work that are asked for."""
        if self._among is None:
            return working
        owners = set(self.schedule.network.owners[self._among].tolist())
        return [place for place in working if place in owners]

    def _gates_of_projects(self, pf: Portfolio) -> Iterator[int]:
        """The nodes of the gates of projects that are asked for."""
        net = self.schedule.network
        some = None if self._among is None else {net.projects[g] for g in set(net.owners[self._among].tolist()) if g >= 0}
        for project in pf.projects:
            if some is None or project.id in some:
                for gate in project.gates:
                    node = net.named.get(f"{project.id}/{gate.id}")
                    if node is not None and net.kinds[node] == "gate":
                        yield node

    def _in_no_project(self) -> Sequence[int]:
        """The nodes that stand in no project, those that are asked for."""
        net = self.schedule.network
        outside = net.owners < 0 if self._among is None else (net.owners < 0) & self._among
        nodes: list[int] = outside.nonzero()[0].tolist()
        return nodes

    def clock_of(self, full_id: str) -> int:
        """The clock of an item's calendar; elapsed time where the network has none."""
        net = self.schedule.network
        if net.clocks is None:
            return 0
        return net.clocks.clock(self.portfolio.calendar_for(full_id))

    def days(self, place: int, before: int, after: int) -> float:
        """Days between two instants on a target's own calendar; elapsed days for a benefit."""
        clock = self._clocks[place] if "_clocks" in self.__dict__ else self[place].clock
        if clock == 0:
            return (after - before) / DAY
        return self.schedule.network.clock(clock).days(before, after)

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

        numbers = self._clocks
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

    def begins_day(self, place: int, instant: int) -> bool:
        """Whether an instant at midnight, in minutes, is reached last by a point in time that begins its day, and not by the end of work."""
        passes, aim = self.schedule.passes, self.reach.aims[place]
        nodes = [int(passes.positions.order[v]) for v in aim.places]
        if instant % DAY:
            return False
        net, projects = self.schedule.network, aim.projects
        if len(projects) > SEVERAL and net.arrays:  # points in time at that instant are looked for once, not in each project
            within = frozenset(projects)
            nodes += [node for node in passes.points_at(range(net.n), instant) if net.owners[node] in within]
            projects = ()
        return any(self.schedule.commitments.from_morning(part, instant) for part in (nodes, *map(passes.open_work_of, projects)))

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
