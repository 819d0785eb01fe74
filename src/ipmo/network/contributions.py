"""What each project contributes to a network, kept with it: a changed copy compiles the projects that are others, and takes the rest over."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from ipmo.model.work import Project
from ipmo.network.drafts import Bounds, Draft, Links, Nodes
from ipmo.network.holds import lacking
from ipmo.network.links import Linker
from ipmo.network.parts import Hold

__all__ = ["Contributions", "runs"]

ORDERED = (list, dict)
PARTS = tuple(
    (owner, field.name) for owner, what in (("nodes", Nodes), ("links", Links), ("bounds", Bounds)) for field in attrs.fields(what)
)
LISTS = (("nodes", "hammocks"), ("nodes", "leaves"))
"""Dictionaries of lists that a draft goes on adding to: each draft has its own."""


class _Container(NamedTuple):
    """One part of a draft that projects add to: a list or a dictionary, in the order of the projects, or a set of nodes or links."""

    name: tuple[str, str]
    held: Any


def _containers(draft: Draft, linker: Linker) -> Iterator[_Container]:
    for name in PARTS:
        yield _Container(name, getattr(getattr(draft, name[0]), name[1]))
    yield _Container(("draft", "bases"), draft.bases)
    yield _Container(("linker", "starts"), linker.starts)


def _entries(one: _Container) -> list[tuple[Any, Any]]:
    """What a dictionary holds as it stands."""
    return [(key, list(value)) for key, value in one.held.items()] if one.name in LISTS else list(one.held.items())


@attrs.frozen
class _Setting:
    """What holds for every project: with another one nothing can be taken over."""

    dialect: object
    start: int
    base: int
    nothing_dated: bool
    today: object
    calendar: str | None
    calendars: Sequence[object]
    resting: object

    @classmethod
    def of(cls, draft: Draft) -> _Setting:
        """That of a draft."""
        pf = draft.portfolio
        return cls(draft.dialect, draft.start, draft.base, draft.nothing_dated, draft.today, pf.calendar, pf.calendars, draft.resting)


class Contributions:
    """What the projects of one portfolio added to its draft, before anything that joins them.

    Args:
        draft: the draft, of which no project is compiled yet.
        linker: what adds its links.
    """

    def __init__(self, draft: Draft, linker: Linker) -> None:
        self._projects: Sequence[Project] = draft.portfolio.projects
        self._lacking: Mapping[str, Hold] = lacking(draft.portfolio)
        self._setting = _Setting.of(draft)
        held = list(_containers(draft, linker))
        self._growing = [one for one in held if isinstance(one.held, ORDERED)]
        self._sets = [one for one in held if isinstance(one.held, set)]
        self._ends: list[tuple[int, ...]] = []
        self._kept: dict[tuple[str, str], Any] = {}

    def mark(self) -> None:
        """Another project begins, or all are done."""
        self._ends.append(tuple(len(one.held) for one in self._growing))

    def keep(self) -> None:
        """All projects are compiled: what they added is kept as it stands."""
        self.mark()
        self._kept = {one.name: _entries(one) if isinstance(one.held, dict) else one.held.copy() for one in self._growing}
        self._kept |= {one.name: sorted(one.held) for one in self._sets}
        self._growing = [one._replace(held=type(one.held)()) for one in self._growing]  # the draft itself is let go
        self._sets = [one._replace(held=set()) for one in self._sets]

    def shared(self, draft: Draft) -> Sequence[bool]:
        """Of each project of another draft: whether what it adds is what it added here, were it to begin at the same node and link."""
        projects = draft.portfolio.projects
        if _Setting.of(draft) != self._setting:
            return [False] * len(projects)
        lacks = lacking(draft.portfolio)
        same = [
            one is other and lacks.get(one.id) == self._lacking.get(other.id) for one, other in zip(projects, self._projects, strict=False)
        ]
        return same + [False] * (len(projects) - len(same))

    def place(self, place: int) -> tuple[int, int]:
        """The first node and the first link of a project."""
        names = [one.name for one in self._growing]
        ends = self._ends[place]
        return ends[names.index(("nodes", "ids"))], ends[names.index(("links", "src"))]

    def add(self, first: int, end: int, draft: Draft, linker: Linker) -> None:
        """Adds what some projects contributed to another draft.

        Args:
            first: the place of the first of them.
            end: the place behind the last.
            draft: the draft, which has as many nodes and links as here when the first of them began.
            linker: what adds its links.
        """
        begun, done = self._ends[first], self._ends[end]
        into = {one.name: one.held for one in _containers(draft, linker)}
        for one, low, high in zip(self._growing, begun, done, strict=True):
            if low == high:
                continue
            some, held = self._kept[one.name][low:high], into[one.name]
            if isinstance(held, list):
                held += some
            elif one.name in LISTS:
                held.update((key, list(value)) for key, value in some)
            else:
                held.update(some)
        (node, link), (last_node, last_link) = self.place(first), self.place(end)
        for one in self._sets:
            low, high = (link, last_link) if one.name[0] == "links" else (node, last_node)
            into[one.name].update(number for number in self._kept[one.name] if low <= number < high)


def runs(shared: Iterable[bool]) -> Iterator[tuple[bool, int, int]]:
    """(shared, first, end) of projects in a row that are alike in that."""
    place = 0
    for flag, group in itertools.groupby(shared):
        end = place + sum(1 for _ in group)
        yield flag, place, end
        place = end
