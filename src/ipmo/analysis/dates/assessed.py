"""What an assessment of a schedule counts: its planned work and the links between it, as columns by node."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, overload

import attrs

from ipmo.analysis.dates import several
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.calendars import Calendar
from ipmo.model.columns import columns_of
from ipmo.model.fields import PlainData
from ipmo.model.governance import LINK_TYPES, Gate
from ipmo.model.later import unread
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import item_of
from ipmo.model.unseen import alike_work
from ipmo.model.work import Project, Task
from ipmo.network.links import joins_projects
from ipmo.network.positions import as_array
from ipmo.network.states import State
from ipmo.units import Span, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Assessed", "Ids", "StatedLinks", "stating", "without"]

T = TypeVar("T")
CLOSE, SURE = 1e-3, 2.0**40
"""So close to a whole number of minutes, and below so many, a product of floats rounds as the exact one does."""


class Ids(Sequence[str]):
    """Ids that are made when somebody looks at them.

    >>> ids = Ids("link {}".format, [2, 5])
    >>> len(ids), ids[1], tuple(ids)
    (2, 'link 5', ('link 2', 'link 5'))

    Args:
        named: what is called how, by its place.
        places: the places of those that are meant.
    """

    def __init__(self, named: Callable[[int], str], places: Sequence[int]) -> None:
        self.named, self.places = named, places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        """One of them, or some."""
        return Ids(self.named, self.places[place]) if isinstance(place, slice) else self.named(self.places[place])


class StatedLinks:
    """Links as the files state them, one a row: ends by node where they name one as it stands, else by text.

    Args:
        ids: the full id of each node.
        nodes: the node of each full id.
    """

    def __init__(self, ids: Sequence[str], nodes: Mapping[str, int]) -> None:
        self._ids, self._nodes = ids, nodes
        self._texts: list[str] = []
        self.sources: list[int] = []
        """Nodes; what is no node has the inverse (`~`) of its place among the texts."""
        self.targets: list[int] = []
        self.types: list[str] = []
        self.lags: dict[int, float] = {}
        """The sign of each lag that is not zero, by row."""

    def code(self, text: str) -> int:
        """What stands for the end of a link."""
        node = None if "@" in text else self._nodes.get(text)
        if node is not None:
            return node
        self._texts.append(text)
        return ~(len(self._texts) - 1)

    def text(self, code: int) -> str:
        """The end of a link as it is listed."""
        return self._ids[code] if code >= 0 else self._texts[~code]

    def add(self, source: str, target: str, type: str, lag: Span | None) -> None:
        """One link more, by the texts of its ends."""
        self.extend([self.code(source)], [self.code(target)], [type], [lag])

    def extend(self, sources: Sequence[int], targets: Sequence[int], types: Sequence[str], lags: Sequence[Span | None]) -> None:
        """More links, by what stands for their ends."""
        first = len(self.types)
        if lags.count(None) < len(lags):
            self.lags.update({row: float(lag.amount) for row, lag in enumerate(lags, first) if lag is not None and lag.amount})
        self.sources += sources
        self.targets += targets
        self.types += types

    def name(self, row: int) -> str:
        """A link as the points list it."""
        return f"{self.text(self.sources[row])} -{self.types[row]}-> {self.text(self.targets[row])}"


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
        self._inside = "" if project is None else f"{project}/"

    # ------------------------------------------------------------------------------------------ planned work

    @functools.cached_property
    def nodes(self) -> NDArray[np.int64]:
        """The nodes of work that is planned: no milestones, summaries, level of effort, or what is stopped."""
        return self._planned[0]

    @functools.cached_property
    def _planned(self) -> tuple[NDArray[np.int64], list[Task]]:
        """The nodes of planned work, and what it says."""
        import numpy as np

        net, items, said = self.network, self.portfolio.items, self._said
        open_ = ~np.isin(net.states, (State.GONE, State.SPANNED))
        tasks = np.frombuffer(bytes([kind == "task" for kind in net.kinds]), bool) & open_
        if self._inside:
            tasks &= np.fromiter([name.startswith(self._inside) for name in net.ids], bool, net.n)
        nodes = np.flatnonzero(tasks)
        nouns = [items.get(net.ids[node]) if (noun := said[node]) is None else noun for node in nodes.tolist()]
        planned = [noun for noun in nouns if isinstance(noun, Task) and not noun.hammock]
        if len(planned) < len(nouns):
            nodes = nodes[[isinstance(noun, Task) and not noun.hammock for noun in nouns]]
        return nodes, planned

    @functools.cached_property
    def _said(self) -> list[PlainData | None]:
        """What nodes say, where they are known by their ids in a project: no task is made for each, see `alike_work`."""
        out: list[PlainData | None] = [None] * self.network.n
        inside = self.network.inside or {}
        for project in self.portfolio.projects if inside else ():
            nodes = inside.get(project.id, {})
            alike = alike_work(project)
            if alike is not None and nodes.keys() >= alike.keys():
                for name, task in alike.items():
                    out[nodes[name]] = task
            elif alike is None and nodes:
                for task in project.tasks:
                    if (node := nodes.get(task.id)) is not None:
                        out[node] = task
        return out

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Its full ids."""
        return tuple(map(self.network.ids.__getitem__, self.nodes.tolist()))

    @property
    def tasks(self) -> list[Task]:
        """What it says: its nouns, or some that say the same but for what they are called and what they come after."""
        return self._planned[1]

    @functools.cached_property
    def rows(self) -> Sequence[int]:
        """The rows of the planned work that is not finished."""
        return without(self.tasks, "actual_finish")

    @functools.cached_property
    def incomplete(self) -> tuple[str, ...]:
        """The full ids of what is not finished."""
        return tuple(self.of_incomplete(self.names))

    @functools.cached_property
    def unfinished(self) -> Sequence[Task]:
        """What it says, as of all."""
        return self.of_incomplete(self.tasks)

    @functools.cached_property
    def unfinished_nodes(self) -> NDArray[np.int64]:
        """Its nodes."""
        return self.nodes if len(self.rows) == len(self.nodes) else self.nodes[list(self.rows)]

    def of_incomplete(self, column: Sequence[T]) -> Sequence[T]:
        """What a column of the planned work says of that which is not finished."""
        return column if len(self.rows) == len(column) else [column[row] for row in self.rows]

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
    def _leaves(self) -> dict[str, Sequence[int]]:
        """The work below each summary."""
        return {f"{project}/{name}": nodes for (project, name), nodes in self.network.summaries.items()}

    def _into(self, rows: Sequence[int], states: Collection[State]) -> Sequence[int]:
        """Those of some links whose target is not in, or made of what is in, one of some states."""
        import numpy as np

        found = np.isin(self.network.states, list(states))
        if not found.any():
            return rows
        nodes = frozenset(np.flatnonzero(found).tolist())
        wholes = frozenset([name for name, below in self._leaves.items() if below and nodes.issuperset(below)])
        targets, named = self.links.targets, self.network.named

        def over(code: int) -> bool:
            if code >= 0:
                return code in nodes
            item = item_of(self.links.text(code))
            return item in wholes or named.get(item) in nodes

        return [row for row in rows if not over(targets[row])]

    @functools.cached_property
    def alive(self) -> Sequence[int]:
        """The links that move dates, also from what was stopped; none into what was: that waits for nothing any more."""
        return self._into(range(len(self.links.types)), (State.GONE,))

    @functools.cached_property
    def counted(self) -> Sequence[int]:
        """Links into what is not finished."""
        rows = self._into(self.alive, (State.FINISHED, State.GONE))
        if not self._inside:
            return rows
        return [row for row in rows if self.links.text(self.links.targets[row]).startswith(self._inside)]

    @functools.cached_property
    def links(self) -> StatedLinks:
        """Every link that moves dates."""
        pf, net = self.portfolio, self.network
        out = StatedLinks(net.ids, net.named)
        columns, inside = columns_of(pf), net.inside or {}
        stated = [] if columns is None else list(columns.inside_projects())
        for place, project in enumerate(pf.projects):
            if (
                columns is not None and unread(project, "tasks") and inside.get(project.id) is columns.local[place]
            ):  # nodes are places of tasks
                out.extend(*stated[place])
                self._add_inner(out, project, project.gates)
            else:
                self._add_inner(out, project, (*project.tasks, *project.gates) if project.gates else project.tasks)
        projects = {project.id for project in pf.projects}
        for link in pf.links:
            whole = (link.source in projects or link.target in projects) and joins_projects(pf, link)
            if link.kind == "schedule" and not whole:
                out.add(link.source, link.target, link.type, link.lag)
        effects: list[Outcome | Benefit] = [*pf.outcomes, *pf.benefits]
        for effect in effects:
            for enabler in (*effect.enabled_by, *effect.any_of):
                out.add(enabler.source, effect.id, "FS", None)
        return out

    def _add_inner(self, out: StatedLinks, project: Project, every: Iterable[Task | Gate]) -> None:
        """The links inside a project: most name open items of it, whose nodes are known by their ids there."""
        pf, inside = self.portfolio, self.network.inside
        local = inside.get(project.id, {}) if inside is not None else {}
        afters = [after for noun in every for after in noun.after]
        given = [after.source for after in afters]
        try:
            sources, targets = list(map(local.__getitem__, given)), [local[noun.id] for noun in every for _ in noun.after]
        except KeyError:
            sources = [local[name] if name in local else out.code(pf.resolve(name, project.id) or name) for name in given]
            names = [noun.id for noun in every for _ in noun.after]
            targets = [local[name] if name in local else out.code(f"{project.id}/{name}") for name in names]
        out.extend(sources, targets, [after.type for after in afters], [after.lag for after in afters])

    @functools.cached_property
    def ends(self) -> Ends:
        """Which ends of work are linked."""
        import numpy as np

        links, rows = self.links, self.alive
        into, out_of = self._at(rows, links.targets), self._at(rows, links.sources)
        types = links.types if len(rows) == len(links.types) else [links.types[row] for row in rows]
        before, after = self._below(into), self._below(out_of)
        if types.count("FS") == len(types):
            return Ends(before=before, after=after, held=before, given=after)
        starts, finishes = (
            np.frombuffer(bytes(map({kind: kind[end] == side for kind in LINK_TYPES}.__getitem__, types)), bool)
            for end, side in ((1, "S"), (0, "F"))
        )
        return Ends(before=before, after=after, held=self._below(into[starts]), given=self._below(out_of[finishes]))

    @staticmethod
    def _at(rows: Sequence[int], column: list[int]) -> NDArray[np.int64]:
        found = as_array(column)
        return found if len(rows) == len(column) else found[as_array(rows)]

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
    def due(self) -> list[int]:
        """The rows of tasks that the baseline finishes by the status date."""
        found = [(row, self.tasks[row].baseline_finish) for row in stating(self.tasks, "baseline_finish")]
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
        if not stating(self.tasks, "baseline_finish"):
            return "baseline finishes (baseline_finish:), has none"
        return "tasks that the baseline finishes by the status date"

    @functools.cached_property
    def days(self) -> NDArray[np.float64]:
        """The duration of what is not finished in working days of its calendar; NaN where it is not known."""
        import numpy as np

        pf, tasks = self.portfolio, self.unfinished
        usual = [project.calendar or pf.calendar or "standard" for project in pf.projects]
        lengths = [task.length if task.effort_driven else task.duration for task in tasks]
        spans = [span if type(span := length and length.central()) is Span else None for length in lengths]
        amounts = np.array([math.nan if span is None else float(span.amount) for span in spans], float)
        units = [None if span is None else span.unit for span in spans]
        shapes: list[tuple[float, int]]
        if len(set(usual)) > 1 or stating(tasks, "calendar"):
            owners = self.network.owners[self.unfinished_nodes].tolist()
            names = [task.calendar or usual[owner] for task, owner in zip(tasks, owners, strict=True)]
            kinds = list(zip(units, names, strict=True))
            of_kind = {(unit, name): _shape(unit, pf.calendar_table[name]) for unit, name in set(kinds)}
            shapes = list(map(of_kind.__getitem__, kinds))
        else:
            names = usual[:1] * len(tasks)
            of_unit = {unit: _shape(unit, pf.calendar_table[usual[0]]) for unit in set(units)}
            shapes = list(map(of_unit.__getitem__, units))
        unit_minutes, day_minutes = (np.array([shape[side] for shape in shapes], float) for side in (0, 1))
        worked = amounts * unit_minutes
        whole = np.rint(worked)
        # floats say what the exact amount rounds to, unless it may lie half between two minutes
        unsure = (np.abs(worked - whole) > CLOSE) | (np.abs(worked) > SURE) | (np.isnan(worked) & ~np.isnan(amounts))
        for row in np.flatnonzero(unsure).tolist():
            span = spans[row]
            whole[row] = math.nan if span is None else pf.calendar_table[names[row]].minutes(span)
        found: NDArray[np.float64] = whole / day_minutes
        return found


def _shape(unit: str | None, calendar: Calendar) -> tuple[float, int]:
    """Minutes of one unit of time on a calendar, and of a day; NaN for months and years, which have no fixed length."""
    fixed = unit is not None and Span(1, unit).dimension != "step"
    return calendar.minutes(Span(1, unit or "d")) if fixed else math.nan, calendar.day_minutes


def stating(nouns: Sequence[Task], field: str) -> Sequence[int]:
    """The rows of those that state something in a field."""
    values = list(map(operator.attrgetter(field), nouns))
    return () if values.count(None) == len(values) else [row for row, value in enumerate(values) if value is not None]


def without(nouns: Sequence[Task], field: str) -> Sequence[int]:
    """The rows of those that state nothing in a field."""
    values = list(map(operator.attrgetter(field), nouns))
    return range(len(values)) if values.count(None) == len(values) else [row for row, value in enumerate(values) if value is None]
