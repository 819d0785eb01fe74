"""What an assessment of a schedule counts: its planned work and the links between it, as columns by node."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar, overload

import attrs

from ipmo.analysis.dates import several
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.dates.stated_links import StatedLinks, stated_links
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import item_of
from ipmo.model.unseen import alike_work
from ipmo.model.work import Task
from ipmo.network.positions import plain_list
from ipmo.network.states import FROM_FINISH, TO_FINISH, LinkType, State
from ipmo.units import Span, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Assessed", "OnDemand", "stating", "without"]

T = TypeVar("T")


class OnDemand(Sequence[T]):
    """Values that are made when somebody looks at them.

    >>> ids = OnDemand("link {}".format, [2, 5])
    >>> len(ids), ids[1], tuple(ids)
    (2, 'link 5', ('link 2', 'link 5'))

    Args:
        made: what makes one of them, by its place.
        places: the places of those that are meant.
    """

    def __init__(self, made: Callable[[int], T], places: Sequence[int] | NDArray[np.int64]) -> None:
        self.made, self.places = made, places

    def __reduce__(self) -> tuple[type[OnDemand[T]], tuple[Callable[[int], T], range]]:
        values = tuple(self)  # another process gets what is made, not what makes it
        return OnDemand, (values.__getitem__, range(len(values)))

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[T]:
        return map(self.made, plain_list(self.places))

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        """One of them, or some."""
        return OnDemand(self.made, self.places[place]) if isinstance(place, slice) else self.made(int(self.places[place]))


@attrs.frozen(eq=False)
class Ends:
    """Which nodes have a predecessor, a successor, a link that holds their start, one from their finish; summaries pass theirs on."""

    before: NDArray[np.bool_]
    after: NDArray[np.bool_]
    held: NDArray[np.bool_]
    given: NDArray[np.bool_]


class Assessed:
    """What the points count: the planned work of a portfolio or of one of its projects, and the links between it.

    Args:
        portfolio: the portfolio.
        schedule: its schedule.
        project: only the work of this project and the links into it; None for all.
    """

    def __init__(self, portfolio: Portfolio, schedule: Schedule, project: str | None) -> None:
        self.portfolio, self.schedule, self.project = portfolio, schedule, project
        self.network = schedule.network

    # ------------------------------------------------------------------------------------------ planned work

    @functools.cached_property
    def _planned(self) -> NDArray[np.bool_]:
        """Which nodes are work that is planned: no milestones, summaries, level of effort, or what is stopped."""
        import numpy as np

        net = self.network
        work = np.frombuffer(bytes(map(operator.eq, net.kinds, itertools.repeat("task"))), bool) & ~np.isin(
            net.states, (State.GONE, State.SPANNED)
        )
        if net.needed is not None and net.needed.driveless:
            work[list(net.needed.driveless)] = False
        if self.project is not None:
            work &= net.owners == net.projects.index(self.project)
        return work

    @functools.cached_property
    def nodes(self) -> NDArray[np.int64]:
        """The nodes of planned work."""
        return self._planned.nonzero()[0]

    @functools.cached_property
    def tasks(self) -> list[Task]:
        """What planned work says: its nouns, or some that say the same but for what they are called and what they come after."""
        said: list[Task | None] = [None] * self.network.n
        inside = self.network.inside or {}
        for project in self.portfolio.projects:
            nodes = inside.get(project.id, {})
            alike = alike_work(project)
            tasks = project.tasks if alike is None else [*alike.values()]
            if tasks and len(nodes) == len(tasks) + len(project.gates):  # none is a summary: they lie side by side, gates behind them
                first = next(iter(nodes.values()))
                said[first : first + len(tasks)] = tasks
            else:
                for name, task in zip((task.id for task in tasks) if alike is None else alike, tasks, strict=True):
                    if (node := nodes.get(name)) is not None:
                        said[node] = task
        return list(itertools.compress(said, self._planned.tobytes()))  # type: ignore[arg-type]

    @functools.cached_property
    def names(self) -> Sequence[str]:
        """Its full ids."""
        return self.named(self.nodes)

    def named(self, nodes: NDArray[np.int64]) -> Sequence[str]:
        """The full ids of some nodes."""
        return OnDemand(self.network.ids.__getitem__, nodes)

    @functools.cached_property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the planned work that is not finished."""
        rows: NDArray[np.int64] = (self.network.states[self.nodes] != State.FINISHED).nonzero()[0]
        return rows

    @functools.cached_property
    def unfinished_nodes(self) -> NDArray[np.int64]:
        """The nodes of what is not finished."""
        return self.nodes[self.rows]

    @functools.cached_property
    def incomplete(self) -> Sequence[str]:
        """Its full ids."""
        return self.named(self.unfinished_nodes)

    @functools.cached_property
    def unfinished(self) -> list[Task]:
        """What it says, as of all."""
        return self.tasks if len(self.rows) == len(self.nodes) else [self.tasks[row] for row in self.rows.tolist()]

    # ------------------------------------------------------------------------------------------- status dates

    @functools.cached_property
    def status(self) -> int | None:
        """The portfolio's status date; that of its one project, where only one is looked at."""
        return self.portfolio.data_date if self.project is None else self.status_of(self.project)

    @functools.cached_property
    def _own_status(self) -> dict[str, int]:
        return {p.id: minutes(p.status_date) for p in self.portfolio.projects if p.status_date is not None}

    def status_of(self, full_id: str) -> int | None:
        """The status date of an item: its project's own, else the portfolio's."""
        if not self._own_status:
            return self.portfolio.data_date
        return self._own_status.get(self.portfolio.project_of(full_id), self.portfolio.data_date)

    @functools.cached_property
    def statuses(self) -> list[int | None]:
        """The status date of the planned work, one by one."""
        return list(map(self.status_of, self.names)) if self._own_status else [self.portfolio.data_date] * len(self.names)

    # -------------------------------------------------------------------------------------------------- links

    @functools.cached_property
    def links(self) -> StatedLinks:
        """Every link that moves dates."""
        return stated_links(self.portfolio, self.network)

    @functools.cached_property
    def _leaves(self) -> dict[str, Sequence[int]]:
        """The work below each summary."""
        return {f"{project}/{name}": nodes for (project, name), nodes in self.network.summaries.items()}

    def _into(self, states: Collection[State]) -> NDArray[np.bool_]:
        """The links whose target is in, or made of what is in, one of some states."""
        import numpy as np

        found, targets = np.isin(self.network.states, list(states)), self.links.targets
        into, known = np.zeros(len(targets), bool), targets >= 0
        into[known] = found[targets[known]]
        for row in (targets < 0).nonzero()[0].tolist() if found.any() else ():
            item = item_of(self.links.text(int(targets[row])))
            node = self.network.named.get(item)
            below = self._leaves.get(item) or ([] if node is None else [node])
            into[row] = len(below) > 0 and bool(found[list(below)].all())
        return into

    @functools.cached_property
    def alive(self) -> NDArray[np.bool_]:
        """The links that move dates, also from what was stopped; none into what was: that waits for nothing any more."""
        return ~self._into((State.GONE,))

    @functools.cached_property
    def counted(self) -> NDArray[np.int64]:
        """The rows of links into what is not finished."""
        rows: NDArray[np.int64] = (~self._into((State.FINISHED, State.GONE))).nonzero()[0]
        if self.project is None:
            return rows
        inside, links = f"{self.project}/", self.links
        return rows[[links.text(code).startswith(inside) for code in links.targets[rows].tolist()]]

    @functools.cached_property
    def ends(self) -> Ends:
        """Which ends of work are linked."""
        import numpy as np

        links = self.links
        alive = slice(None) if self.alive.all() else self.alive
        into, out_of, types = links.targets[alive], links.sources[alive], links.types[alive]
        to_finish, from_finish = (np.isin(range(len(LinkType)), some)[types] for some in (TO_FINISH, FROM_FINISH))
        return Ends(
            before=self._below(into), after=self._below(out_of), held=self._below(into[~to_finish]), given=self._below(out_of[from_finish])
        )

    def _below(self, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which nodes are ends of links; of summaries the work below."""
        import numpy as np

        found = np.zeros(self.network.n, bool)
        found[codes[codes >= 0]] = True
        for code in codes[codes < 0].tolist():
            item = item_of(self.links.text(code))
            node = self.network.named.get(item)
            found[list(self._leaves.get(item, () if node is None else (node,)))] = True
        return found

    # --------------------------------------------------------------------------------------- dates and lengths

    @functools.cached_property
    def instants(self) -> tuple[list[int | None], list[int | None]]:
        """Start and finish of the planned work, in minutes."""
        return several.instants(self.schedule, self.nodes.tolist())

    @functools.cached_property
    def floats(self) -> NDArray[np.float64]:
        """The total float of what is not finished, in working days of its calendar; NaN where it has none."""
        return several.float_column(self.schedule, self.unfinished_nodes)

    @functools.cached_property
    def baselined(self) -> Sequence[int]:
        """The rows of tasks whose finish stands in the baseline."""
        return stating(self.tasks, "baseline_finish")

    @functools.cached_property
    def due(self) -> list[int]:
        """The rows of tasks that the baseline finishes by the status date."""
        found = [(row, self.tasks[row].baseline_finish) for row in self.baselined]
        return [
            row
            for row, when in found
            if when is not None and (status := self.statuses[row]) is not None and minutes(when, end=True) <= status
        ]

    @functools.cached_property
    def nothing_due(self) -> str:
        """What is missing where no task is due."""
        if self.status is None:
            return "a status date"
        if not self.baselined:
            return "baseline finishes (baseline_finish:), has none"
        return "tasks that the baseline finishes by the status date"

    @functools.cached_property
    def days(self) -> NDArray[np.float64]:
        """The duration of what is not finished in working days of its calendar; NaN where it is not known."""
        import numpy as np

        net, nodes = self.network, self.unfinished_nodes
        lengths = net.array("dur").astype(float)
        lengths[list(net.unknown)] = np.nan
        clocks, own = net.clocks, np.zeros(net.n, np.int64) if net.nominal is None else net.array("nominal")
        calendars = () if clocks is None else clocks.calendars
        a_day = np.array([net.clock(number).day_minutes for number in range(len(calendars) + 1)], float)
        found: NDArray[np.float64] = lengths[nodes] / a_day[own[nodes]]
        adjusted = np.zeros(net.n, bool)
        adjusted[list(net.adjusted)] = True
        if clocks is not None and any(clocks.clock(one) == 0 and one.day_minutes != a_day[0] for one in calendars):
            adjusted |= own == 0  # around the clock, and each with a length of a day of its own
        for row in adjusted[nodes].nonzero()[0].tolist():
            task, calendar = self.unfinished[row], self.portfolio.calendar_for(self.incomplete[row])
            estimate = task.length if task.effort_driven else task.duration
            span = estimate and estimate.central()
            found[row] = calendar.minutes(span) / calendar.day_minutes if isinstance(span, Span) else np.nan
        return found


def stating(nouns: Sequence[Task], field: str) -> list[int]:
    """The rows of those that state something in a field."""
    values = list(map(operator.attrgetter(field), nouns))
    nothing = values == [None] * len(values)  # known at once where nobody states anything
    return [] if nothing else [row for row, value in enumerate(values) if value is not None]


def without(nouns: Sequence[Task], field: str) -> list[int]:
    """The rows of those that state nothing in a field."""
    return [row for row, value in enumerate(map(operator.attrgetter(field), nouns)) if value is None]
