"""Whether a choice of projects can be staffed: it is levelled, and what cannot be goes back to the selection as a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, get_args

import attrs

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import Column, Figure, Shown, ShownAnswer, Table, close_matches
from ipmo_mop.catalogue import OPEN

__all__ = ["Clash", "Keep", "Staffing", "staffing"]

Keep = Literal["capacity", "commitments"]
"""What a plan must keep: every capacity, or every commitment that links alone keep as well."""


@attrs.frozen(kw_only=True)
class Clash(Shown):
    """Projects that cannot all be done with the people there are.

    Args:
        projects: their ids.
        text: why, in words.
        proved: no plan can have them all; else none was found.
    """

    projects: tuple[str, ...]
    text: str
    proved: bool


@attrs.frozen(kw_only=True, eq=False)
class Staffing(ShownAnswer):
    """Whether some projects can be done with the people there are.

    Args:
        chosen: the projects.
        plan: their levelled plan.
        clashes: what cannot be; empty where they fit.
    """

    chosen: tuple[str, ...]
    plan: ipmo.Levelled
    clashes: tuple[Clash, ...]

    @property
    def fits(self) -> bool:
        """The plan keeps what it must."""
        return not self.clashes

    def table(self) -> Table:
        """One row a clash: projects, why, proved; none where they fit."""
        return Table(
            [
                Column("projects", "str", [", ".join(one.projects) for one in self.clashes]),
                Column("why", "str", [one.text for one in self.clashes]),
                Column("proved", "bool", [one.proved for one in self.clashes]),
            ]
        )

    def plot(self) -> Figure:
        """The work that the people there are make wait, as `ipmo.level` draws it.

        Raises:
            ModelError: no open work takes people.
        """
        return self.plan.plot()

    def __repr__(self) -> str:
        return (
            f"<Staffing of {', '.join(self.chosen) or 'nothing'}: {'fits' if self.fits else '; '.join(one.text for one in self.clashes)}>"
        )


def staffing(portfolio: Portfolio, chosen: Collection[str], *, keep: Keep = "capacity", passes: int = 50) -> Staffing:
    """Levels a portfolio with these of its open projects and no other.

    Args:
        portfolio: the portfolio.
        chosen: ids of open projects; proposed ones take their share too.
        keep: `capacity`: everything fits some time; `commitments`: and none is missed because people do not suffice.
        passes: of levelling.

    Raises:
        UnknownItemError: one of them is no open project.
        OptionError: there is no such word to keep, or fewer than one pass.
        ScheduleError: nothing says when the portfolio starts.
    """
    if keep not in get_args(Keep):
        raise ipmo.OptionError("keep", keep, get_args(Keep))
    names = [project.id for project in portfolio.projects if project.counted_as in OPEN]
    for name in chosen:
        if name not in names:
            raise ipmo.UnknownItemError(name, close_matches(name, names), "the open projects")
    projects = [
        attrs.evolve(project, state="cancelled") if project.counted_as in OPEN and project.id not in chosen else project
        for project in portfolio.projects
    ]
    plan = ipmo.level(portfolio.evolve(projects=projects), passes=passes, include=["proposed"])
    clashes = dict.fromkeys(_clashes(portfolio, plan, set(chosen), keep))
    return Staffing(chosen=tuple(name for name in names if name in chosen), plan=plan, clashes=tuple(clashes))


def _clashes(portfolio: Portfolio, plan: ipmo.Levelled, chosen: Collection[str], keep: Keep) -> Iterator[Clash]:
    """What cannot be: what is proved first; where nothing is, all that compete for what is short."""
    found = False
    for conflict in plan.conflicts:
        if conflict.because == "capacity" or keep == "commitments":
            found = True
            yield Clash(projects=_projects(conflict.items, chosen), text=str(conflict), proved=True)
    for shortage in plan.shortages:
        if shortage.kind in ("nobody", "no skill", "too much", "never fits"):
            found = True
            for item in shortage.items:
                yield Clash(projects=_projects([item], chosen), text=str(shortage), proved=True)
        elif shortage.kind in ("no room", "frozen") and not found:
            found = True
            yield Clash(projects=_competing(portfolio, shortage.resource, chosen), text=str(shortage), proved=False)
    late = [one for one in plan.pays if one.late and one.before <= one.date]
    if keep == "commitments" and late and not found:
        waits = dict.fromkeys(item.waits.resource for item in plan if item.waits is not None)
        names = dict.fromkeys(name for resource in waits for name in _competing(portfolio, resource, chosen))
        yield Clash(projects=tuple(names), text="; ".join(map(str, late)), proved=False)


def _projects(items: Collection[str], chosen: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for item in items if (name := item.partition("/")[0]) in chosen))


def _competing(portfolio: Portfolio, resource: str, chosen: Collection[str]) -> tuple[str, ...]:
    """The chosen projects with open work for a resource."""
    return tuple(
        project.id
        for project in portfolio.projects
        if project.id in chosen and any(one.resource == resource for task in project.tasks if not task.finished for one in task.assignments)
    )
