"""Whether a choice of projects can be staffed: it is levelled, and what cannot be goes back to the selection as a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, get_args

import attrs

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import Column, Figure, Shown, ShownAnswer, Table, close_matches
from ipmo_mop.catalogue import OPEN

__all__ = ["Clash", "Keep", "NotKnown", "Staffing", "staffing"]

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


@attrs.frozen(kw_only=True)
class NotKnown(Shown):
    """What nobody can say whether there are people for.

    Args:
        projects: whose it is.
        text: what, and why.
    """

    projects: tuple[str, ...]
    text: str


@attrs.frozen(kw_only=True, eq=False)
class Staffing(ShownAnswer):
    """Whether some projects can be done with the people there are.

    Args:
        chosen: the projects.
        plan: their levelled plan.
        clashes: what cannot be; empty where they fit.
        unknown: what nobody can say it of: roles of which nobody says how many there are, work without a duration, commitments without a forecast.
    """

    chosen: tuple[str, ...]
    plan: ipmo.Levelled
    clashes: tuple[Clash, ...]
    unknown: tuple[NotKnown, ...] = ()

    @property
    def fits(self) -> bool | None:
        """Whether the plan keeps what it must; None where nothing clashes, and of something it is not known."""
        return False if self.clashes else None if self.unknown else True

    def table(self) -> Table:
        """One row a clash, then one of each that is not known: projects, why, proved; none where they fit. `proved` is blank of what is not known."""
        rows: list[Clash | NotKnown] = [*self.clashes, *self.unknown]
        return Table(
            [
                Column("projects", "str", [", ".join(one.projects) for one in rows]),
                Column("why", "str", [one.text for one in rows]),
                Column("proved", "bool", [one.proved if isinstance(one, Clash) else None for one in rows]),
            ]
        )

    def plot(self) -> Figure:
        """The work that the people there are make wait, as `ipmo.level` draws it.

        Raises:
            ModelError: no open work takes people.
        """
        return self.plan.plot()

    def __repr__(self) -> str:
        said = [one.text for one in self.clashes]
        if self.unknown:
            said.append(f"{'more' if said else 'whether it fits'} is not known: {'; '.join(one.text for one in self.unknown)}")
        return f"<Staffing of {', '.join(self.chosen) or 'nothing'}: {'; '.join(said) or 'fits'}>"


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
    unknown = dict.fromkeys(_unknown(plan, set(chosen), keep))
    return Staffing(chosen=tuple(name for name in names if name in chosen), plan=plan, clashes=tuple(clashes), unknown=tuple(unknown))


def _unknown(plan: ipmo.Levelled, chosen: Collection[str], keep: Keep) -> Iterator[NotKnown]:
    """What limits nothing in the plan because nobody says how much of it there is or is needed, and what may be late all the same."""
    for shortage in plan.shortages:
        if shortage.kind == "not stated" and (projects := _projects(shortage.items, chosen)):
            yield NotKnown(projects=projects, text=str(shortage))
    for item, why in plan.left_out:
        if projects := _projects([item], chosen):
            yield NotKnown(projects=projects, text=f"what {item} takes is not counted: {why}")
    if keep == "commitments":
        for one in ipmo.schedule(plan.portfolio, on_cycle="cut").commitments:
            if one.standing == "unknown" and one.project in chosen:
                yield NotKnown(projects=(one.project,), text=one.text)


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
