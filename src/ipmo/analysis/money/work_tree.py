"""The items that money is counted of, from the top down, as columns: what lies in what, and where each subtree ends."""

from __future__ import annotations

import functools
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, overload
from weakref import ref

import attrs

from ipmo.memory import remember
from ipmo.model.carbon import Carbon
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import alike_work, names_of_plain_work
from ipmo.model.work import Programme, Project, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Positions: TypeAlias = NDArray[np.int64]

__all__ = [
    "LEFT_OUT",
    "Bearing",
    "Work",
    "WorkTree",
    "Works",
    "share_work",
    "silent_change",
    "silent_in",
    "tree_of_project",
    "work_tree",
    "works_of",
]

Head = Portfolio | Programme | Project
Bearing = Head | Task
"""What money is stated of."""
Stated = Budget | Carbon
"""What is stated: money, or carbon."""
LEFT_OUT = ("proposed", "cancelled")


MONEY = ("budget", "actual", "forecast")
"""The fields in which tasks state money."""
FEW = 1000
"""Entries that are not worth looking through."""
NOTHING: Mapping[str, Sequence[tuple[int, Task, Stated]]] = dict.fromkeys(MONEY, ())
"""What tasks without money state."""


@attrs.frozen(eq=False, repr=False, slots=False)
class WorkTree:
    """The portfolio, its programmes, counted projects and tasks without milestones, each before what it holds.

    Args:
        heads: the portfolio, which is the first, its programmes and counted projects with their positions, in order.
        runs: of each run of positions that are alike: what they lie in, how deep, the position of their project, how many.
        silent: summaries that are marked as milestones: their own figures are not counted.
        left_out: projects that do not count, by the position that they lie in, as `id (state)`.
        works: the position of every project, and what it holds.
    """

    heads: Sequence[tuple[int, Head]]
    runs: Sequence[tuple[int, int, int, int]]
    silent: Sequence[int]
    left_out: dict[int, tuple[str, ...]]
    works: Sequence[tuple[int, Work]]

    def __len__(self) -> int:
        return self._size

    @functools.cached_property
    def _size(self) -> int:
        return sum(run[3] for run in self.runs)

    @functools.cached_property
    def _columns(self) -> tuple[Positions, Positions, Positions]:
        import numpy as np

        runs = np.array(self.runs, np.int64)
        above, depth, project = (np.repeat(runs[:, column], runs[:, 3]) for column in range(3))
        return above, depth, project

    @property
    def parent(self) -> Positions:
        """The position that each lies in; -1 of the first."""
        return self._columns[0]

    @property
    def depth(self) -> Positions:
        """How deep each lies."""
        return self._columns[1]

    @property
    def project(self) -> Positions:
        """The position of the project of each task and of each project; -1 of others."""
        return self._columns[2]

    @functools.cached_property
    def layers(self) -> Sequence[Positions]:
        """The positions of every depth, in order: those that lie in one stand together."""
        return _layers(self.depth)

    @functools.cached_property
    def end(self) -> Positions:
        """The position behind the last that lies in each."""
        return _ends(self.parent, self.layers)

    @functools.cached_property
    def nouns(self) -> Sequence[Bearing]:
        """The item of every position."""
        return _Nouns(len(self), self.heads, dict(self.works))

    @functools.cached_property
    def ids(self) -> Sequence[str]:
        """The full id of every position."""
        works, names = dict(self.works), list[str]()
        for place, noun in self.heads:
            names.append(noun.id)
            if place in works:
                within = f"{noun.id}/"
                names += [within + name for name in works[place].ids]
        return names

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The position of every id; a portfolio may bear the id of its only project, and goes before it."""
        places = dict(zip(self.ids, range(len(self)), strict=True))
        places[self.ids[0]] = 0
        return places

    def stating(self, field: str) -> list[tuple[int, Bearing, Stated]]:
        """(position, item, money or carbon) of every item that has some in a field, in order."""
        heads = [(place, noun, money) for place, noun in self.heads if (money := getattr(noun, field, None)) is not None]
        inside = [(here + place, task, money) for here, work in self.works for place, task, money in work.stating(field)]
        return sorted((*heads, *inside), key=operator.itemgetter(0)) if heads else list(inside)

    @functools.cached_property
    def sums(self) -> Sequence[tuple[Positions, Positions, Positions]]:
        """(its positions, what they lie in, where those of each of these begin) of every layer below the first, from the deepest up."""
        return [(layer, *_groups(self.parent[layer])) for layer in reversed(self.layers[1:])]

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
            names = () if here is None else dict(self.works)[here].ids
            self._inside[project] = {one: place for place, one in enumerate(names, (here or 0) + 1)}
        return self._inside[project].get(name)

    @functools.cached_property
    def left_out_at(self) -> Sequence[int]:
        """The positions of which projects directly below do not count, in order."""
        return list(self.left_out)

    def left_out_below(self, position: int) -> tuple[str, ...]:
        """What does not count below a position, in order."""
        places = self.left_out_at
        inside = places[bisect_left(places, position) : bisect_left(places, int(self.end[position]))]
        return tuple(sorted(name for place in inside for name in self.left_out[place]))

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


class _Nouns(Sequence["Bearing"]):
    """The item of every position, looked up where it lies: no list of all is made for a few of them."""

    def __init__(self, size: int, heads: Sequence[tuple[int, Head]], works: Mapping[int, Work]) -> None:
        self._size, self._places, self._heads, self._works = size, [place for place, _ in heads], [noun for _, noun in heads], works

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, position: int) -> Bearing: ...
    @overload
    def __getitem__(self, position: slice) -> list[Bearing]: ...
    def __getitem__(self, position: int | slice) -> Bearing | list[Bearing]:
        if isinstance(position, slice):
            return [self[one] for one in range(self._size)[position]]
        position = range(self._size)[position]
        number = bisect_right(self._places, position) - 1
        head = self._places[number]
        return self._heads[number] if head == position else self._works[head].tasks[position - head - 1]

    def __iter__(self) -> Iterator[Bearing]:
        for place, noun in zip(self._places, self._heads, strict=True):
            yield noun
            if place in self._works:
                yield from self._works[place].tasks


def work_tree(portfolio: Portfolio, include: frozenset[str] = frozenset()) -> WorkTree:
    """The tree of a portfolio, made once.

    Args:
        portfolio: the portfolio.
        include: states to count although totals leave them out.
    """
    return remember(portfolio, ("work tree", include), lambda: _made(portfolio, include))


def tree_of_project(portfolio: Portfolio, project: Project) -> WorkTree:
    """The tree of one project for itself, which is its first position."""
    work = works_of(portfolio).of(project)
    runs, silent = _within(work, 0, 0)
    return WorkTree([(0, project)], [(-1, 0, 0, 1), *runs], silent, {}, [(0, work)])


def _within(work: Work, here: int, deep: int) -> tuple[list[tuple[int, int, int, int]], list[int]]:
    """The runs of positions in a project, and its silent summaries, where the project stands at a position that deep."""
    if work.parent is None:  # all of it lies directly in the project
        return [(here, deep + 1, here, len(work))], []
    runs = [(here + above, deep + depth, here, 1) for above, depth in zip(work.parent, work.depth, strict=True)]
    return runs, [here + one for one in work.silent]


def _made(portfolio: Portfolio, include: frozenset[str]) -> WorkTree:
    tree, known = hierarchy(portfolio), works_of(portfolio)
    heads: list[tuple[int, Head]] = []
    runs: list[tuple[int, int, int, int]] = []
    silent: list[int] = []
    works: list[tuple[int, Work]] = []
    left_out: dict[int, tuple[str, ...]] = {}
    waiting: list[tuple[Head, int, int]] = [(portfolio, -1, 0)]
    behind = 0
    while waiting:
        noun, above, deep = waiting.pop()
        here = behind
        behind += 1
        heads.append((here, noun))
        if not isinstance(noun, Project):
            runs.append((above, deep, -1, 1))
            inner = tree.direct(noun)
            if gone := tuple(f"{n.id} ({n.counted_as})" for n in inner if isinstance(n, Project) and not _counts(n, include)):
                left_out[here] = gone
            waiting += [(n, here, deep + 1) for n in reversed(inner) if _counts(n, include)]
            continue
        work = known.of(noun)
        behind += len(work)
        works.append((here, work))
        inside, quiet = _within(work, here, deep)
        runs += [(above, deep, here, 1), *inside]
        silent += quiet
    return WorkTree(heads, runs, silent, left_out, works)


class Work:
    """What one project holds, as the tree has it: the same in every portfolio that has the project.

    Args:
        project: the project.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = names_of_plain_work(project)
        """The ids of its tasks, where they are plain work that nobody has looked at."""
        self._tasks: Sequence[Task] | None = None if self.names is not None else project.tasks
        self.parent: Sequence[int] | None = None
        """How far behind the project what holds each of them stands; None where that is the project of all."""
        self.depth: Sequence[int] = ()
        """How much deeper than the project each lies."""
        self.silent: Sequence[int] = ()
        """How far behind the project summaries stand that are marked as milestones."""
        self.due: Sequence[Task] = ()
        """Its tasks with a deadline."""
        self._stating = NOTHING
        told = _telling(project.tasks) if self.names is None else ()
        if told:
            self._read(project, told)

    @property
    def tasks(self) -> Sequence[Task]:
        """Its tasks without milestones that have no parts, each before its parts."""
        return self.project.tasks if self._tasks is None else self._tasks

    @property
    def said(self) -> Collection[Task]:
        """What these tasks say, in order: each of them, or one that says the same but for what it is called and what it comes after."""
        alike = None if self.names is None else alike_work(self.project)
        return self.tasks if alike is None else alike.values()

    @property
    def ids(self) -> Collection[str]:
        """The ids of these tasks, in order."""
        return [task.id for task in self.tasks] if self.names is None else self.names.keys()

    def __len__(self) -> int:
        return len(self.tasks) if self.names is None else len(self.names)

    def _read(self, project: Project, told: Sequence[Task]) -> None:
        """Reads what tasks tell, all at once while they are at hand."""
        if any([task.parent is not None for task in told]):  # noqa: C419 - a list is made faster than it is asked for one by one
            self._nest(project)
        elif any([task.milestone for task in told]):  # noqa: C419
            self._tasks = [task for task in project.tasks if not task.milestone]
        self.due = [task for task in told if task.deadline is not None]
        self._stating = {field: self._found(field) for field in MONEY}

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
        self._tasks, self.parent, self.depth = tasks, parent, depth
        self.silent = [place for place, task in enumerate(tasks, 1) if task.milestone]

    def stating(self, field: str) -> Sequence[tuple[int, Task, Stated]]:
        """(how far behind the project it stands, task, money or carbon) of every task that has some in a field."""
        if field in self._stating:
            return self._stating[field]
        return self._found(field) if self.names is None else ()  # plain work states nothing else

    def _found(self, field: str) -> Sequence[tuple[int, Task, Stated]]:
        moneys: list[Stated | None] = list(map(operator.attrgetter(field), self.tasks))
        some = enumerate(zip(self.tasks, moneys, strict=True), 1) if moneys.count(None) < len(moneys) else ()
        return [(place, task, money) for place, (task, money) in some if money is not None]


def _telling(tasks: Sequence[Task]) -> Sequence[Task]:
    """Those that are more than work right in their project, without a deadline and without money."""
    return [
        task
        for task in tasks
        if task.parent is not None
        or task.milestone
        or task.deadline is not None
        or task.budget is not None
        or task.actual is not None
        or task.forecast is not None
    ]


class _Family:
    """What is found of projects while some portfolio keeps it: what nobody keeps any more goes when the number of entries doubled.

    Args:
        known: what is found already, by the identity of the project.
    """

    def __init__(self, known: Mapping[int, Work]) -> None:
        self._found = {key: ref(work) for key, work in known.items()}
        self._most = 2 * len(self._found) + FEW

    def of(self, project: Project) -> Work:
        """What one project holds."""
        key = id(project)
        known = self._found.get(key)
        work = None if known is None else known()
        if work is None or work.project is not project:
            work = Work(project)
            self._found[key] = ref(work)
            if len(self._found) > self._most:
                self._found = {key: one for key, one in self._found.items() if one() is not None}
                self._most = 2 * len(self._found) + FEW
        return work


class Works:
    """What the projects of a portfolio hold, found once for each of them, and once for all portfolios that share it.

    Args:
        family: what is found of a project while any of them keeps it, by the project's identity; None while nobody shares it.
    """

    def __init__(self, family: _Family | None = None) -> None:
        self._family = family
        self._known: dict[int, Work] = {}  # each keeps its project alive, so that nothing else takes its identity

    def of(self, project: Project) -> Work:
        """What one project holds."""
        found = self._known.get(id(project))
        if found is None:
            if self._family is None:
                found = Work(project)
            else:
                found = self._family.of(project)
            self._known[id(project)] = found
        return found

    def silent(self, project: Project, *fields: str) -> bool:
        """Whether neither a project nor any of its tasks states some money: no roll-up of that has anything of it."""
        return all(getattr(project, field) is None for field in fields) and not any(map(self.of(project).stating, fields))

    def shared(self) -> Works:
        """The same for a portfolio that has projects of this one."""
        if self._family is None:
            self._family = _Family(self._known)
        return Works(self._family)


def share_work(copy: Portfolio, portfolio: Portfolio) -> None:
    """What is found of the projects of a portfolio holds for those that a changed copy of it has too, and the other way round."""
    remember(copy, "work of projects", lambda: works_of(portfolio).shared())


def silent_change(portfolio: Portfolio, copy: Portfolio, *fields: str) -> bool:
    """Whether the projects that are other in a changed copy state some money neither before nor after: roll-ups of it are then the same.

    Args:
        portfolio: what the copy was made from.
        copy: the copy; only projects are other in it, and the same ones are there.
        fields: budget, actual or forecast.
    """
    both = [(was, now) for was, now in zip(portfolio.projects, copy.projects, strict=True) if was is not now]
    return silent_in(portfolio, copy, both, *fields)


def silent_in(portfolio: Portfolio, copy: Portfolio, others: Iterable[tuple[Project, Project]], *fields: str) -> bool:
    """The same of some projects, each as it was and as it is in the copy."""
    return all(works_of(portfolio).silent(was, *fields) and works_of(copy).silent(now, *fields) for was, now in others)


def works_of(portfolio: Portfolio) -> Works:
    """What the projects of a portfolio hold, each found when it is asked for."""
    return remember(portfolio, "work of projects", Works)


def _counts(noun: Programme | Project, include: frozenset[str]) -> bool:
    return not isinstance(noun, Project) or noun.counted_as not in LEFT_OUT or noun.counted_as in include


def _layers(depth: Positions) -> list[Positions]:
    import numpy as np

    counts = np.bincount(depth)
    narrow = depth.astype(np.uint16) if len(counts) <= 1 << 16 else depth  # which numpy sorts by digits
    return np.split(np.argsort(narrow, kind="stable"), np.cumsum(counts)[:-1])


def _groups(above: Positions) -> tuple[Positions, Positions]:
    """(what the positions of a layer lie in, where those of each of these begin): they stand together, in order."""
    import numpy as np

    first = np.flatnonzero(np.diff(above, prepend=-2))
    return above[first], first


def _ends(parent: Positions, layers: Sequence[Positions]) -> Positions:
    """Where each subtree ends, from the deepest up."""
    import numpy as np

    size = np.ones(len(parent), np.int64)
    for layer in reversed(layers[1:]):
        above, first = _groups(parent[layer])
        size[above] += np.add.reduceat(size[layer], first)
    return np.arange(len(parent), dtype=np.int64) + size
