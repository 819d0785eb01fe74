"""The items that money is counted of, from the top down, as columns: what lies in what, and where each subtree ends."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

import attrs

from ipmo.memory import remember
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Positions: TypeAlias = NDArray[np.int64]

__all__ = ["LEFT_OUT", "PARENT", "Bearing", "Work", "WorkTree", "share_work", "work_of", "work_tree"]

Bearing = Portfolio | Programme | Project | Task
"""What money is stated of."""
LEFT_OUT = ("proposed", "cancelled")


PARENT = operator.attrgetter("parent")
MILESTONE = operator.attrgetter("milestone")
DEADLINE = operator.attrgetter("deadline")
MONEY = ("budget", "actual", "forecast")
"""The fields in which tasks state money."""


@attrs.frozen(eq=False, repr=False, slots=False)
class WorkTree:
    """The portfolio, its programmes, counted projects and tasks without milestones, each before what it holds.

    Args:
        nouns: the item of every position; the first is the portfolio.
        parent: the position that each lies in; -1 of the first.
        depth: how deep each lies.
        end: the position behind the last that lies in each.
        project: the position of the project of each task and of each project; -1 of others.
        silent: summaries that are marked as milestones: their own figures are not counted.
        layers: the positions of every depth, in order: those that lie in one stand together.
        left_out: projects that do not count, by the position that they lie in, as `id (state)`.
        works: the position of every project, and what it holds.
    """

    nouns: Sequence[Bearing]
    parent: Positions
    depth: Positions
    end: Positions
    project: Positions
    silent: Sequence[int]
    layers: Sequence[Positions]
    left_out: dict[int, tuple[str, ...]]
    works: Sequence[tuple[int, Work]]

    def __len__(self) -> int:
        return len(self.nouns)

    @functools.cached_property
    def ids(self) -> Sequence[str]:
        """The full id of every position."""
        import numpy as np

        names = [noun.id for noun in self.nouns]
        heads = np.flatnonzero(self.project == np.arange(len(names)))
        for here, end in zip(heads.tolist(), self.end[heads].tolist(), strict=True):
            within = f"{names[here]}/"
            names[here + 1 : end] = [within + name for name in names[here + 1 : end]]
        return names

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The position of every id; a portfolio may bear the id of its only project, and goes before it."""
        places = dict(zip(self.ids, range(len(self)), strict=True))
        places[self.ids[0]] = 0
        return places

    @functools.cached_property
    def heads(self) -> Sequence[tuple[int, Portfolio | Programme | Project]]:
        """The portfolio, its programmes and projects with their positions, in order."""
        import numpy as np

        here = np.flatnonzero((self.project < 0) | (self.project == np.arange(len(self))))
        return [(place, noun) for place in here.tolist() if not isinstance(noun := self.nouns[place], Task)]

    def stating(self, field: str) -> list[tuple[int, Bearing, Budget]]:
        """(position, item, money) of every item that has some in a field, in order."""
        heads = [(place, noun, money) for place, noun in self.heads if (money := getattr(noun, field, None)) is not None]
        inside = [(here + place, task, money) for here, work in self.works for place, task, money in work.stating(field)]
        return sorted((*heads, *inside), key=operator.itemgetter(0)) if heads else list(inside)

    @functools.cached_property
    def sums(self) -> Sequence[tuple[Positions, Positions, Positions]]:
        """(its positions, what they lie in, where those of each of these begin) of every layer below the first, from the deepest up."""
        import numpy as np

        return [(layer, *np.unique(self.parent[layer], return_index=True)) for layer in reversed(self.layers[1:])]

    @functools.cached_property
    def _by_head(self) -> dict[str, int]:
        """The positions of what stands at the top; the portfolio goes before a project of its id."""
        return {noun.id: place for place, noun in reversed(self.heads)}

    @functools.cached_property
    def _projects(self) -> dict[str, int]:
        """The positions of projects by id."""
        return {noun.id: place for place, noun in self.heads if isinstance(noun, Project)}

    @functools.cached_property
    def _inside(self) -> dict[str, dict[str, int]]:
        """The positions of the tasks of projects that were asked for, by their ids."""
        return {}

    def find(self, full_id: object) -> int | None:
        """The position of an id, of one project's tasks alone; None where there is none."""
        if not isinstance(full_id, str):
            return None
        found = self._by_head.get(full_id)
        project, slash, name = full_id.partition("/")
        if found is not None or not slash:
            return found
        if project not in self._inside:
            here = self._projects.get(project)
            inside = () if here is None else range(here + 1, int(self.end[here]))
            self._inside[project] = {self.nouns[place].id: place for place in inside}
        return self._inside[project].get(name)

    @functools.cached_property
    def left_out_at(self) -> Sequence[int]:
        """The positions of which projects directly below do not count, in order."""
        return list(self.left_out)

    def level(self, position: int) -> str:
        """Portfolio, programme, project or task."""
        noun = self.nouns[position]
        if isinstance(noun, Task):
            return "task"
        return "project" if isinstance(noun, Project) else "programme" if isinstance(noun, Programme) else "portfolio"

    def id(self, position: int) -> str:
        """The full id of a position."""
        noun = self.nouns[position]
        return f"{self.nouns[self.project[position]].id}/{noun.id}" if isinstance(noun, Task) else noun.id

    def directly(self, position: int) -> Sequence[int]:
        """The positions that lie directly in one."""
        last = int(self.end[position])
        if last == position + 1:
            return ()
        if self.depth[position + 1 : last].max() == self.depth[position] + 1:
            return range(position + 1, last)
        out, here = [], position + 1
        while here < last:
            out.append(here)
            here = int(self.end[here])
        return out

    def after_parts(self, positions: Iterable[int]) -> list[int]:
        """Positions in the order in which each comes after what it holds."""
        return sorted(positions, key=lambda one: int(self.end[one]) - int(self.depth[one]))


def work_tree(portfolio: Portfolio, include: frozenset[str] = frozenset()) -> WorkTree:
    """The tree of a portfolio, made once.

    Args:
        portfolio: the portfolio.
        include: states to count although totals leave them out.
    """
    return remember(portfolio, ("work tree", include), lambda: _made(portfolio, include))


def _made(portfolio: Portfolio, include: frozenset[str]) -> WorkTree:
    import numpy as np

    tree, known = hierarchy(portfolio), _works(portfolio)
    nouns: list[Bearing] = []
    parent: list[int] = []
    depth: list[int] = []
    project: list[int] = []
    counts: list[int] = []
    silent: list[int] = []
    works: list[tuple[int, Work]] = []
    left_out: dict[int, tuple[str, ...]] = {}
    waiting: list[tuple[Portfolio | Programme | Project, int, int]] = [(portfolio, -1, 0)]
    while waiting:
        noun, above, deep = waiting.pop()
        here = len(nouns)
        nouns.append(noun)
        parent.append(above)
        depth.append(deep)
        counts.append(1)
        if not isinstance(noun, Project):
            project.append(-1)
            inner = tree.direct(noun)
            if gone := tuple(f"{n.id} ({n.counted_as})" for n in inner if isinstance(n, Project) and not _counts(n, include)):
                left_out[here] = gone
            waiting += [(n, here, deep + 1) for n in reversed(inner) if _counts(n, include)]
            continue
        work = known.of(noun)
        project.append(here)
        nouns += work.tasks
        works.append((here, work))
        if work.parent is None:  # all of it lies directly in the project
            project.append(here)
            parent.append(here)
            depth.append(deep + 1)
            counts.append(len(work.tasks))
        else:
            project += [here] * len(work.tasks)
            parent += [here + one for one in work.parent]
            depth += [deep + one for one in work.depth]
            counts += [1] * len(work.tasks)
            silent += [here + one for one in work.silent]
    depths, parents, projects = (np.repeat(np.array(column, np.int64), counts) for column in (depth, parent, project))
    layers = _layers(depths)
    return WorkTree(nouns, parents, depths, _ends(parents, layers), projects, silent, layers, left_out, works)


class Work:
    """What one project holds, as the tree has it: the same in every portfolio that has the project.

    Args:
        project: the project.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.tasks: Sequence[Task]
        """Its tasks without milestones that have no parts, each before its parts."""
        self.parent: Sequence[int] | None = None
        """How far behind the project what holds each of them stands; None where that is the project of all."""
        self.depth: Sequence[int] = ()
        """How much deeper than the project each lies."""
        self.silent: Sequence[int] = ()
        """How far behind the project summaries stand that are marked as milestones."""
        if list(map(PARENT, project.tasks)).count(None) < len(project.tasks):
            self._nest(project)
        else:
            marked = list(map(MILESTONE, project.tasks))
            self.tasks = [task for task in project.tasks if not task.milestone] if any(marked) else project.tasks
        self.due: Sequence[Task] = list(itertools.compress(project.tasks, map(DEADLINE, project.tasks)))
        """Its tasks with a deadline."""
        self._stating = {field: self._found(field) for field in MONEY}  # all at once, while its tasks are at hand

    def _nest(self, project: Project) -> None:
        """The tasks of a project with summaries, each before its parts; milestones without parts are no work."""
        below = subtasks(project)
        tasks: list[Task] = []
        parent: list[int] = []
        depth: list[int] = []
        waiting = [(task, 0, 1) for task in reversed(below.get(None, ()))]
        while waiting:
            task, above, level = waiting.pop()
            inner = below.get(task.id, ())
            if task.milestone and not inner:
                continue
            tasks.append(task)
            parent.append(above)
            depth.append(level)
            waiting += [(one, len(tasks), level + 1) for one in reversed(inner)]
        self.tasks, self.parent, self.depth = tasks, parent, depth
        self.silent = [place for place, task in enumerate(tasks, 1) if task.milestone]

    def stating(self, field: str) -> Sequence[tuple[int, Task, Budget]]:
        """(how far behind the project it stands, task, money) of every task that has some in a field."""
        return self._stating[field] if field in self._stating else self._found(field)

    def _found(self, field: str) -> Sequence[tuple[int, Task, Budget]]:
        moneys: list[Budget | None] = list(map(operator.attrgetter(field), self.tasks))
        some = enumerate(zip(self.tasks, moneys, strict=True), 1) if moneys.count(None) < len(moneys) else ()
        return [(place, task, money) for place, (task, money) in some if money is not None]


class _Works:
    """What the projects of a portfolio hold, found once for each of them, and once for all portfolios that share it.

    Args:
        family: what is found of a project while any of them keeps it, by the project's identity.
    """

    def __init__(self, family: WeakValueDictionary[int, Work]) -> None:
        self.family = family
        self._known: dict[int, Work] = {}  # each keeps its project alive, so that nothing else takes its identity

    def of(self, project: Project) -> Work:
        """What one project holds."""
        found = self._known.get(id(project))
        if found is None:
            found = self.family.get(id(project)) or self.family.setdefault(id(project), Work(project))
            self._known[id(project)] = found
        return found


def share_work(copy: Portfolio, portfolio: Portfolio) -> None:
    """What is found of the projects of a portfolio holds for those that a changed copy of it has too, and the other way round."""
    remember(copy, "work of projects", lambda: _Works(_works(portfolio).family))


def work_of(portfolio: Portfolio, project: Project) -> Work:
    """What a project of a portfolio holds."""
    return _works(portfolio).of(project)


def _works(portfolio: Portfolio) -> _Works:
    return remember(portfolio, "work of projects", lambda: _Works(WeakValueDictionary()))


def _counts(noun: Programme | Project, include: frozenset[str]) -> bool:
    return not isinstance(noun, Project) or noun.counted_as not in LEFT_OUT or noun.counted_as in include


def _layers(depth: Positions) -> list[Positions]:
    import numpy as np

    return np.split(np.argsort(depth, kind="stable"), np.cumsum(np.bincount(depth))[:-1])


def _ends(parent: Positions, layers: Sequence[Positions]) -> Positions:
    """Where each subtree ends, from the deepest up."""
    import numpy as np

    size = np.ones(len(parent), np.int64)
    for layer in reversed(layers[1:]):
        above, first = np.unique(parent[layer], return_index=True)
        size[above] += np.add.reduceat(size[layer], first)
    return np.arange(len(parent), dtype=np.int64) + size
