"""What an assessment of a schedule counts: its planned work and the links between it, as columns by node."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar, overload

import attrs

from ipmo.analysis.dates import several
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.calendars import Calendar
from ipmo.model.columns import columns_of
from ipmo.model.estimates import Estimate
from ipmo.model.governance import Gate
from ipmo.model.later import unread
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import item_of
from ipmo.model.unseen import alike_work
from ipmo.model.work import Project, Task
from ipmo.network.links import joins_projects
from ipmo.network.positions import plain
from ipmo.network.states import State
from ipmo.units import Span, minutes

__all__ = ["Assessed", "Ids", "StatedLinks"]

T = TypeVar("T")


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
        self.lags.update({row: float(lag.amount) for row, lag in enumerate(lags, first) if lag is not None and lag.amount})
        self.sources += sources
        self.targets += targets
        self.types += types

    def name(self, row: int) -> str:
        """A link as the points list it."""
        return f"{self.text(self.sources[row])} -{self.types[row]}-> {self.text(self.targets[row])}"


@attrs.frozen
class Ends:
    """Nodes with a predecessor, a successor, a link that holds their start, one from their finish; summaries pass theirs on."""

    before: set[int]
    after: set[int]
    held: set[int]
    given: set[int]


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
    def nodes(self) -> list[int]:
        """The nodes of work that is planned: no milestones, summaries, level of effort, or what is stopped."""
        net, items, idle = self.network, self.portfolio.items, (State.GONE, State.SPANNED)
        tasks = [node for node, (kind, state) in enumerate(zip(net.kinds, net.state, strict=True)) if kind == "task" and state not in idle]
        if self._inside:
            tasks = [node for node in tasks if net.ids[node].startswith(self._inside)]
        said = self._said
        return [node for node in tasks if isinstance(task := said.get(node) or items.get(net.ids[node]), Task) and not task.hammock]

    @functools.cached_property
    def _said(self) -> dict[int, Task]:
        """What nodes say, where no task is made for each: see `alike_work`."""
        out: dict[int, Task] = {}
        inside = self.network.inside or {}
        for project in self.portfolio.projects if inside else ():
            alike, nodes = alike_work(project), inside.get(project.id, {})
            if alike is not None and nodes.keys() >= alike.keys():
                out.update(zip(map(nodes.__getitem__, alike), alike.values(), strict=True))
        return out

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Its full ids."""
        ids = self.network.ids
        return tuple([ids[node] for node in self.nodes])

    @functools.cached_property
    def tasks(self) -> list[Task]:
        """What it says: its nouns, or some that say the same but for what they are called and what they come after."""
        said, items, ids = self._said, self.portfolio.items, self.network.ids
        return [said.get(node) or items[ids[node]] for node in self.nodes]

    @functools.cached_property
    def rows(self) -> list[int]:
        """The rows of the planned work that is not finished."""
        return [row for row, task in enumerate(self.tasks) if task.actual_finish is None]

    @functools.cached_property
    def incomplete(self) -> tuple[str, ...]:
        """The full ids of what is not finished."""
        return tuple(self.of_incomplete(self.names))

    @functools.cached_property
    def unfinished(self) -> list[Task]:
        """What it says, as of all."""
        return self.of_incomplete(self.tasks)

    def of_incomplete(self, column: Sequence[T]) -> list[T]:
        """What a column of the planned work says of that which is not finished."""
        return list(column) if len(self.rows) == len(column) else [column[row] for row in self.rows]

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

    def _all_in(self, states: Collection[State]) -> tuple[frozenset[int], frozenset[str]]:
        """Nodes that are in one of some states, and summaries of which all the work below is."""
        found = frozenset([node for node, state in enumerate(self.network.state) if state in states])
        return found, frozenset([name for name, below in self._leaves.items() if below and found.issuperset(below)])

    def _into(self, rows: Sequence[int], states: Collection[State]) -> Sequence[int]:
        """Those of some links whose target is not in, or made of what is in, one of some states."""
        nodes, wholes = self._all_in(states)
        if not nodes:
            return rows
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
        for link in pf.links:
            if link.kind == "schedule" and not joins_projects(pf, link):
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
        nouns = [noun for noun in every if noun.after]
        afters = [after for noun in nouns for after in noun.after]
        sources = [local.get(after.source) for after in afters]
        targets = [local.get(noun.id) for noun in nouns for _ in noun.after]
        out.extend(
            [
                out.code(pf.resolve(after.source, project.id) or after.source) if node is None else node
                for after, node in zip(afters, sources, strict=True)
            ],
            [
                out.code(f"{project.id}/{name}") if node is None else node
                for node, name in zip(targets, (noun.id for noun in nouns for _ in noun.after), strict=True)
            ],
            [after.type for after in afters],
            [after.lag for after in afters],
        )

    @functools.cached_property
    def ends(self) -> Ends:
        """Which ends of work are linked."""
        links, rows = self.links, self.alive
        into, out_of = self._at(rows, links.targets), self._at(rows, links.sources)
        types = [links.types[row] for row in rows]
        return Ends(
            before=self._below(into),
            after=self._below(out_of),
            held=self._below([code for code, kind in zip(into, types, strict=True) if kind[1] == "S"]),
            given=self._below([code for code, kind in zip(out_of, types, strict=True) if kind[0] == "F"]),
        )

    @staticmethod
    def _at(rows: Sequence[int], column: list[int]) -> list[int]:
        return column if len(rows) == len(column) else [column[row] for row in rows]

    def _below(self, codes: Sequence[int]) -> set[int]:
        """The nodes that ends of links are; of summaries the work below."""
        found = set(codes)
        texts = [code for code in found if code < 0]
        found.difference_update(texts)
        for code in texts:
            item = item_of(self.links.text(code))
            node = self.network.named.get(item)
            found.update(self._leaves.get(item, () if node is None else (node,)))
        return found

    # --------------------------------------------------------------------------------------- dates and lengths

    @functools.cached_property
    def instants(self) -> tuple[list[int | None], list[int | None]]:
        """Start and finish of the planned work, in minutes."""
        return several.instants(self.schedule, self.nodes)

    @functools.cached_property
    def floats(self) -> list[float | None]:
        """The total float of what is not finished, in working days of its calendar."""
        return several.total_floats(self.schedule, self.of_incomplete(self.nodes))

    @functools.cached_property
    def due(self) -> list[int]:
        """The rows of tasks that the baseline finishes by the status date."""
        found = [(row, task.baseline_finish) for row, task in enumerate(self.tasks) if task.baseline_finish is not None]
        return [row for row, when in found if (status := self.statuses[row]) is not None and minutes(when, end=True) <= status]

    @functools.cached_property
    def nothing_due(self) -> str:
        """What is missing where no task is due."""
        if self.status is None:
            return "a status date"
        if not any(task.baseline_finish is not None for task in self.tasks):
            return "baseline finishes (baseline_finish:), has none"
        return "tasks that the baseline finishes by the status date"

    @functools.cached_property
    def days(self) -> list[float | None]:
        """The duration of what is not finished in working days of its calendar; None where it is not known."""
        pf, known = self.portfolio, dict[tuple[int, str], float | None]()
        owner = plain(self.network.project)
        of_project = [project.calendar or pf.calendar or "standard" for project in pf.projects]
        out: list[float | None] = []
        for node, task in zip(self.of_incomplete(self.nodes), self.unfinished, strict=True):
            name = task.calendar or of_project[owner[node]]
            key = (id(task.length), name)  # estimates that are written alike are one object
            if key not in known:
                known[key] = _days(task.length, pf.calendar_table[name])
            out.append(known[key])
        return out


def _days(estimate: Estimate | None, calendar: Calendar) -> float | None:
    central = estimate.central() if estimate is not None else None
    return calendar.minutes(central) / calendar.day_minutes if isinstance(central, Span) else None
