"""What lies in what: programmes within programmes, projects in them, tasks under summaries.

A portfolio refuses programmes and summaries that lie in themselves, so every walk here ends.
"""

from __future__ import annotations

from collections.abc import Mapping

from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task

__all__ = ["Hierarchy", "Initiative", "hierarchy", "subtasks", "summaries"]

Initiative = Programme | Project


class Hierarchy:
    """The programmes and projects of a portfolio as a tree, in the order of the file.

    >>> plan = Portfolio(id="city", programmes=[Programme(id="transit")], projects=[Project(id="tram", programme="transit")])
    >>> tree = hierarchy(plan)
    >>> [project.id for project in tree.projects(plan)], [programme.id for programme in tree.programmes_of("tram")]
    (['tram'], ['transit'])
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._programmes = {programme.id: programme for programme in portfolio.programmes}
        self._direct: dict[str | None, list[Initiative]] = {}
        nouns: list[Initiative] = [*portfolio.programmes, *portfolio.projects]
        for noun in nouns:
            self._direct.setdefault(noun.programme, []).append(noun)
        self._projects: dict[str, list[Project]] = {}
        self._above: dict[str | None, tuple[Programme, ...]] = {None: ()}
        for project in portfolio.projects:
            for programme in self._chain(project.programme):
                self._projects.setdefault(programme.id, []).append(project)

    def _chain(self, programme: str | None) -> tuple[Programme, ...]:
        """A programme and those above it, the nearest first."""
        if programme not in self._above:
            found = []
            here = programme
            while here is not None:
                found.append(self._programmes[here])
                here = found[-1].programme
            self._above[programme] = tuple(found)
        return self._above[programme]

    def direct(self, noun: Portfolio | Programme) -> tuple[Initiative, ...]:
        """The programmes, then the projects, that lie in a programme or portfolio and in no programme between."""
        return tuple(self._direct.get(noun.id if isinstance(noun, Programme) else None, ()))

    def below(self, noun: Portfolio | Programme) -> tuple[Initiative, ...]:
        """All programmes and projects inside, at any depth, each before what it holds."""
        found: list[Initiative] = []
        waiting = list(reversed(self.direct(noun)))
        while waiting:
            one = waiting.pop()
            found.append(one)
            if isinstance(one, Programme):
                waiting += reversed(self.direct(one))
        return tuple(found)

    def projects(self, noun: Portfolio | Initiative) -> tuple[Project, ...]:
        """All projects inside, at any depth, in the order of the file; of a project itself."""
        if isinstance(noun, Project):
            return (noun,)
        return tuple(self._projects.get(noun.id, ())) if isinstance(noun, Programme) else self.portfolio.projects

    def programmes_of(self, full_id: str) -> tuple[Programme, ...]:
        """The programmes that hold a project, what stands in one, or a programme; the nearest first.

        Args:
            full_id: an item; what is in no programme has none.
        """
        noun = self.portfolio.items.get(self.portfolio.project_of(full_id) or full_id)
        return self._chain(noun.programme) if isinstance(noun, Programme | Project) else ()


def hierarchy(portfolio: Portfolio) -> Hierarchy:
    """The tree of a portfolio, made once."""
    return remember(portfolio, "hierarchy", lambda: Hierarchy(portfolio))


def subtasks(project: Project) -> Mapping[str | None, tuple[Task, ...]]:
    """The tasks directly under each summary, those under none by None; in the order of the file."""
    found: dict[str | None, list[Task]] = {}
    for task in project.tasks:
        found.setdefault(task.parent, []).append(task)
    return {name: tuple(tasks) for name, tasks in found.items()}


def summaries(project: Project) -> frozenset[str]:
    """The ids of the tasks that others lie under."""
    return frozenset(task.parent for task in project.tasks if task.parent is not None)
