"""What is known of the tasks of a project that nobody has looked at: their ids, and what they say where many say the same."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Sequence

from ipmo.model.fields import PlainMap
from ipmo.model.later import LOCK, kept_beside, unread
from ipmo.model.work import Project, Task

__all__ = ["Inside", "Kinds", "alike_work", "ids_of_work", "kinds_of_work", "names_of_plain_work", "written_work"]


class Kinds:
    """Tasks by what they say, where many say the same: of each kind one is made, and stands for the others.

    Args:
        make: the kind of each task, and a task of each kind; None where nearly every task says something else.
    """

    def __init__(self, make: Callable[[], tuple[Sequence[int], Sequence[Task]] | None]) -> None:
        self._make = make

    @functools.cached_property
    def found(self) -> tuple[Sequence[int], Sequence[Task]] | None:
        """The kind of each task, and a task of each kind."""
        return self._make()


class Inside(dict[str, int]):
    """The place of each task of a project by its id, in order; what is kept beside a project whose tasks nobody has looked at."""

    plain = False
    """None of them is a milestone, and none states money."""
    kinds: Kinds | None = None
    """What they say, of all tasks of the portfolio."""

    write: Callable[[], list[PlainMap] | None] | None = None
    """What they say as files have it, if it is known without making each of them."""

    def __init__(self, ids: Iterable[tuple[str, int]], make: Callable[[int], Task]) -> None:
        super().__init__(ids)
        self._make = make
        self.made: dict[int, Task] = {}
        """Tasks that were made alone, by their places."""

    @functools.cached_property
    def each_kind(self) -> Sequence[Task] | None:
        """A task of each kind that is among them."""
        found = None if self.kinds is None else self.kinds.found
        if found is None:
            return None
        kinds, tasks = found
        first = next(iter(self.values()))
        return [tasks[kind] for kind in dict.fromkeys(kinds[first : first + len(self)])]

    def alike(self, name: str) -> Task:
        """One of the tasks, or one that says the same but for its id, its name and what it comes after."""
        found = None if self.kinds is None else self.kinds.found
        return self.alone(name) if found is None else found[1][found[0][self[name]]]

    def alone(self, name: str) -> Task:
        """One of the tasks: the others are left as they are."""
        place = self[name]
        with LOCK:
            if place not in self.made:
                self.made[place] = self._make(place)
            return self.made[place]


def names_of_plain_work(project: Project) -> Inside | None:
    """The ids of the tasks of a project that are plain work right below it, without money, deadlines or methods, and that nobody has looked at.

    None where somebody has, where they were read one by one, or are more than that.
    """
    found = kept_beside(project) if unread(project, "tasks") else None
    return found if isinstance(found, Inside) and found.plain else None


def alike_work(project: Project) -> dict[str, Task] | None:
    """For each task of a project, by its id and in order, a task that says the same but for its id, its name and what it comes after.

    None where somebody has looked at the tasks, or where nearly each of them says something else.

    >>> import ipmo
    >>> alike_work(ipmo.Project(id="tram", tasks=[{"id": "design", "duration": "5 d"}])) is None
    True
    """
    inside = kept_beside(project) if unread(project, "tasks") else None
    if not isinstance(inside, Inside) or inside.kinds is None or inside.kinds.found is None:
        return None
    kinds, tasks = inside.kinds.found
    first = next(iter(inside.values()))
    return dict(zip(inside, map(tasks.__getitem__, kinds[first : first + len(inside)]), strict=True))


def kinds_of_work(project: Project) -> Sequence[Task]:
    """Tasks that say together what those of a project say: one of each kind where nobody has looked at them, else all.

    What they are called and what they come after means nothing: `alike_work` says what stands for which.

    >>> import ipmo
    >>> [task.id for task in kinds_of_work(ipmo.Project(id="tram", tasks=[{"id": "design", "duration": "5 d"}]))]
    ['design']
    """
    inside = kept_beside(project) if unread(project, "tasks") else None
    found = inside.each_kind if isinstance(inside, Inside) else None
    return project.tasks if found is None else found


def ids_of_work(project: Project) -> Collection[str]:
    """The ids of the tasks of a project, in order; none of them is made.

    >>> import ipmo
    >>> list(ids_of_work(ipmo.Project(id="tram", tasks=[{"id": "design", "duration": "5 d"}])))
    ['design']
    """
    inside = kept_beside(project) if unread(project, "tasks") else None
    return inside.keys() if isinstance(inside, Inside) else [task.id for task in project.tasks]


def written_work(project: Project) -> list[PlainMap] | None:
    """The tasks of a project as files have them, without what is unknown or default; None where they have to be made for it."""
    inside = kept_beside(project) if unread(project, "tasks") else None
    return inside.write() if isinstance(inside, Inside) and inside.write is not None else None
