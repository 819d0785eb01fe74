"""Every item of a portfolio by its full id, where the tasks of its projects are made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from ipmo.model.fields import PlainData
from ipmo.model.later import kept_beside, unread
from ipmo.model.unseen import Inside
from ipmo.model.work import Project, Task

__all__ = ["INSIDE", "Items", "ItemsOfCopy", "alike", "class_of"]

INSIDE = ("tasks", "gates", "risks")
"""The fields of a project whose nouns have ids in it."""
SOME = 4
"""Of so many tasks of a project one is made alone when somebody asks for it; who asks for more gets them all."""
T = TypeVar("T")


class Items(Mapping[str, PlainData]):
    """Items by full id: what stands at the top is there, what lies in a project is made with the first look at one of its items.

    Args:
        top: what stands at the top, by id.
        projects: the projects, each of which is among those.

    >>> plan = Project(id="tram", tasks=[{"id": "design", "duration": "5 d"}])
    >>> found = Items({"tram": plan}, [plan])
    >>> found["tram/design"].id, list(found), "tram/build" in found
    ('design', ['tram', 'tram/design'], False)
    """

    def __init__(self, top: Mapping[str, PlainData], projects: tuple[Project, ...] | list[Project]) -> None:
        self._top, self._projects = top, {project.id: project for project in projects}
        self._known: dict[str, PlainData] = dict(top)
        """What stands at the top and what lies in the projects that somebody has looked into."""
        self._made: set[str] = set()
        self._others: dict[str, dict[str, type]] = {}
        """Classes by id of what lies in projects whose tasks nobody has looked at, but for those."""

    def _looked_into(self, full_id: object) -> bool:
        """Looks for an item in the project that an id leads into; says whether something was made of it, which a second look would find."""
        if not isinstance(full_id, str):
            return False
        project, slash, _ = full_id.partition("/")
        if not slash or project in self._made or project not in self._projects:
            return False
        owner = self._projects[project]
        left, inner = _left(owner), full_id[len(project) + 1 :]
        if isinstance(left, Inside) and inner in left and SOME * len(left.made) < len(left):
            self._known[full_id] = left.alone(inner)
            return True
        self._known.update((f"{project}/{noun.id}", noun) for group in INSIDE for noun in getattr(owner, group))
        self._made.add(project)
        return True

    def __getitem__(self, full_id: str) -> PlainData:
        if full_id not in self._known:
            self._looked_into(full_id)
        return self._known[full_id]

    if not TYPE_CHECKING:  # asked for every end of every link: typed as any mapping has it

        def get(self, full_id: str, default: T | None = None) -> object:
            """The item, or what stands for one that is not there."""
            found = self._known.get(full_id)
            if found is None and self._looked_into(full_id):
                found = self._known.get(full_id)
            return default if found is None else found

    def class_of(self, full_id: str) -> type | None:
        """The class of an item, for which no task is made; None of what is not there."""
        found = self._known.get(full_id)
        project, slash, inner = full_id.partition("/")
        if found is None and slash and project in self._projects and project not in self._made:
            owner = self._projects[project]
            left = _left(owner)
            if inner in left:
                return Task
            if left:
                if project not in self._others:
                    self._others[project] = {one.id: type(one) for one in _beside(owner)}
                return self._others[project].get(inner)
            self._looked_into(full_id)  # all of it is made
            found = self._known.get(full_id)
        return None if found is None else type(found)

    def alike(self, full_id: str) -> PlainData:
        """The item, or of a task that nobody has looked at one that says the same but for what it is called and comes after; None without one."""
        found = self._known.get(full_id)
        project, slash, inner = full_id.partition("/")
        if found is None and slash and project in self._projects and project not in self._made:
            left = _left(self._projects[project])
            if isinstance(left, Inside) and inner in left:
                return left.alike(inner)
        return self.get(full_id) if found is None else found

    def seen(self) -> Iterator[PlainData]:
        """The items themselves, but for tasks that nobody has looked at."""
        yield from self._top.values()
        for project in self._projects.values():
            yield from _beside(project)

    def __contains__(self, full_id: object) -> bool:
        return isinstance(full_id, str) and self.class_of(full_id) is not None

    def __iter__(self) -> Iterator[str]:
        yield from self._top
        for name, project in self._projects.items():
            yield from (f"{name}/{inner}" for inner in _left(project))
            yield from (f"{name}/{noun.id}" for noun in _beside(project))

    def __len__(self) -> int:
        return len(self._top) + sum(len(_left(project)) + len(_beside(project)) for project in self._projects.values())


class ItemsOfCopy(Mapping[str, PlainData]):
    """Items by full id of a changed copy: those of projects that it shares with another portfolio are looked up there.

    Args:
        top: what stands at the top, by id.
        projects: the projects of the copy, each of which is among those.
        others: those of the other portfolio.
        known: all items of that, by full id.

    >>> tram, depot = (Project(id=name, tasks=[{"id": "design", "duration": "5 d"}]) for name in ("tram", "depot"))
    >>> before = {"tram": tram, "depot": depot, "tram/design": tram.tasks[0], "depot/design": depot.tasks[0]}
    >>> bare = Project(id="depot")
    >>> found = ItemsOfCopy({"tram": tram, "depot": bare}, [tram, bare], [tram, depot], before)
    >>> found["tram/design"].id, list(found), "depot/design" in found, len(found)
    ('design', ['tram', 'depot', 'tram/design'], False, 3)
    """

    def __init__(
        self, top: Mapping[str, PlainData], projects: Sequence[Project], others: Sequence[Project], known: Mapping[str, PlainData]
    ) -> None:
        self._top, self._projects = top, {project.id: project for project in projects}
        was, tables = {id(project) for project in others}, known.tables if isinstance(known, ItemsOfCopy) else None
        shared = [project.id for project in projects if id(project) in was]
        self.tables: dict[str, Mapping[str, PlainData]]
        """Where the items of each project are found, by its id; of one that nobody has looked into that is not known yet."""
        if tables is None:
            self.tables = dict.fromkeys(shared, known)
        else:  # not the copy that it was made from: a chain of changes keeps what each project was last
            self.tables = {name: tables[name] for name in shared if name in tables}

    def _found(self, full_id: str) -> object:
        found = self._top.get(full_id)
        if found is None:
            project, slash, _ = full_id.partition("/")
            if slash and project in self._projects:
                if project not in self.tables:
                    owner = self._projects[project]
                    self.tables[project] = {f"{project}/{noun.id}": noun for group in INSIDE for noun in getattr(owner, group)}
                return self.tables[project].get(full_id)
        return found

    def __getitem__(self, full_id: str) -> PlainData:
        found = self._found(full_id) if isinstance(full_id, str) else None
        if found is None:
            raise KeyError(full_id)
        return found

    if not TYPE_CHECKING:  # asked for every end of every link: typed as any mapping has it

        def get(self, full_id: str, default: T | None = None) -> object:
            """The item, or what stands for one that is not there."""
            found = self._found(full_id) if isinstance(full_id, str) else None
            return default if found is None else found

    def __contains__(self, full_id: object) -> bool:
        return isinstance(full_id, str) and self.get(full_id) is not None

    def __iter__(self) -> Iterator[str]:
        yield from self._top
        for name, project in self._projects.items():
            yield from (f"{name}/{noun.id}" for group in INSIDE for noun in getattr(project, group))

    def __len__(self) -> int:
        return len(self._top) + sum(len(getattr(project, group)) for project in self._projects.values() for group in INSIDE)


def _left(project: Project) -> Collection[str]:
    """The ids of the tasks of a project that nobody has looked at."""
    found = kept_beside(project)
    return found if unread(project, "tasks") and isinstance(found, Mapping) else ()


def _beside(project: Project) -> list[PlainData]:
    """What lies in a project, but for tasks that nobody has looked at."""
    left = bool(_left(project))
    return [noun for group in INSIDE if group != "tasks" or not left for noun in getattr(project, group)]


def class_of(items: Mapping[str, PlainData], full_id: str) -> type | None:
    """The class of an item among items by full id; None of what is not there.

    >>> plan = Project(id="tram", tasks=[{"id": "design", "duration": "5 d"}])
    >>> class_of({"tram": plan}, "tram").__name__, class_of(Items({"tram": plan}, [plan]), "tram/design").__name__
    ('Project', 'Task')
    """
    if isinstance(items, Items):
        return items.class_of(full_id)
    found = items.get(full_id)
    return None if found is None else type(found)


def alike(items: Mapping[str, PlainData], full_id: str) -> PlainData:
    """An item among items by full id; of a task that nobody has looked at one that says the same but for its id, its name and what it comes after.

    >>> plan = Project(id="tram", tasks=[{"id": "design", "duration": "5 d"}])
    >>> alike({"tram": plan}, "tram").id, alike(Items({"tram": plan}, [plan]), "tram/design").id, alike({}, "tram")
    ('tram', 'design', None)
    """
    return items.alike(full_id) if isinstance(items, Items) else items.get(full_id)
