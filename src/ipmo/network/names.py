"""The node of each full id, found by its project and its name there: no dictionary of all nodes is made for a few of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, overload

__all__ = ["Names", "outside"]

T = TypeVar("T")


class Names(Mapping[str, int]):
    """Nodes by full id: what lies in projects by its id within them, everything else by its full id.

    Args:
        inside: the nodes of each project by id within it; `""` is the project itself.
        rest: all other nodes by full id; they go first.

    >>> found = Names({"tram": {"design": 0, "": 1}}, {"tram@finish": 2})
    >>> found["tram/design"], found["tram"], found["tram@finish"], found.get("tram/"), len(found)
    (0, 1, 2, None, 3)
    """

    __slots__ = ("_inside", "rest")

    def __init__(self, inside: Mapping[str, Mapping[str, int]], rest: dict[str, int]) -> None:
        self._inside, self.rest = inside, rest
        """What does not lie in projects, by full id; whoever adds nodes writes here."""

    @overload
    def get(self, name: str, default: None = None, /) -> int | None: ...
    @overload
    def get(self, name: str, default: int | T, /) -> int | T: ...
    def get(self, name: str, default: int | T | None = None, /) -> int | T | None:
        """The node of a full id, or what was given for none."""
        found = self.rest.get(name)
        if found is not None:
            return found
        project, slash, inner = name.partition("/")
        local = self._inside.get(project)
        if local is None or (slash and not inner):
            return default
        return local.get(inner, default)

    def __getitem__(self, name: str) -> int:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        for project, local in self._inside.items():
            for inner in local:
                name = f"{project}/{inner}" if inner else project
                if name not in self.rest:
                    yield name
        yield from self.rest

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def with_room(self) -> Names:
        """The same, to which nodes can be added without changing this one."""
        return Names(self._inside, dict(self.rest))


def outside(ids: Sequence[str], members: Mapping[int, Sequence[int]]) -> dict[str, int]:
    """The nodes that are no member of a project, by full id.

    Args:
        ids: the full id of every node.
        members: the nodes of each project, one after the other, by its place.
    """
    out: dict[str, int] = {}
    last = 0
    for place in sorted(members):
        some = members[place]
        if some:
            out.update((ids[node], node) for node in range(last, some[0]))
            last = some[-1] + 1
    out.update((ids[node], node) for node in range(last, len(ids)))
    return out
