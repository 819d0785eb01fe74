"""Every item of a portfolio by its full id, where the tasks of its projects are made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ipmo.model.fields import PlainData
from ipmo.model.work import Project

__all__ = ["INSIDE", "Items"]

INSIDE = ("tasks", "gates", "risks")
"""The fields of a project whose nouns have ids in it."""


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
        self._made: dict[str, dict[str, PlainData]] = {}

    def _inside(self, project: str) -> Mapping[str, PlainData]:
        found = self._made.get(project)
        if found is None:
            owner = self._projects[project]
            found = self._made[project] = {noun.id: noun for group in INSIDE for noun in getattr(owner, group)}
        return found

    def __getitem__(self, full_id: str) -> PlainData:
        if full_id in self._top:
            return self._top[full_id]
        project, slash, inner = full_id.partition("/")
        if not slash or project not in self._projects:
            raise KeyError(full_id)
        found = self._inside(project)
        if inner not in found:
            raise KeyError(full_id)
        return found[inner]

    def __contains__(self, full_id: object) -> bool:
        if not isinstance(full_id, str):
            return False
        project, slash, inner = full_id.partition("/")
        return full_id in self._top or bool(slash and project in self._projects and inner in self._inside(project))

    def __iter__(self) -> Iterator[str]:
        yield from self._top
        for project in self._projects:
            yield from (f"{project}/{inner}" for inner in self._inside(project))

    def __len__(self) -> int:
        return len(self._top) + sum(len(self._inside(project)) for project in self._projects)
