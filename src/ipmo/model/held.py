"""Gates and risks wherever they stand: in a project, or at the top for a programme or the portfolio; each with whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Literal, TypeVar

import attrs

from ipmo.memory import remember
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.risks import Exposure, Risk
from ipmo.model.work import Programme, Project

__all__ = ["Held", "by_project", "gates_by_owner", "gates_of", "in_no_project", "owners_above", "risks_of"]

N = TypeVar("N", Gate, Risk)
Level = Literal["portfolio", "programme", "project"]


@attrs.frozen
class Held(Generic[N]):
    """A gate or a risk and whose it is.

    Args:
        id: its full id: `project/gate` in a project, else its id.
        owner: the project, programme or portfolio that it is of.
        level: which of these.
        noun: the gate or the risk.
        project: the project that it is of, None of a programme or the portfolio.
    """

    id: str
    owner: str
    level: Level
    noun: N
    project: Project | None = attrs.field(default=None, repr=False)

    @property
    def where(self) -> str:
        """What says by which method it stands: its project, or itself."""
        return self.id if self.project is None else self.owner

    @property
    def ended(self) -> bool:
        """It is of a project that is closed or stopped: nothing waits for it any more."""
        return self.project is not None and (self.project.state == "closed" or self.project.stopped)


def gates_of(portfolio: Portfolio) -> tuple[Held[Gate], ...]:
    """Every gate: those of projects in the order of the file, then those of programmes and the portfolio.

    >>> import ipmo
    >>> plan = ipmo.Portfolio(id="city", programmes=[{"id": "transit"}], gates=[{"id": "transit-0", "programme": "transit"}])
    >>> [(one.id, one.owner, one.level) for one in gates_of(plan)]
    [('transit-0', 'transit', 'programme')]
    """

    def found() -> tuple[Held[Gate], ...]:
        inside = [Held(f"{p.id}/{gate.id}", p.id, "project", gate, p) for p in portfolio.projects for gate in p.gates]
        top = [
            Held(gate.id, gate.programme or portfolio.id, "programme" if gate.programme else "portfolio", gate) for gate in portfolio.gates
        ]
        return (*inside, *top)

    return remember(portfolio, "every gate", found)


def gates_by_owner(portfolio: Portfolio) -> Mapping[str, Sequence[Held[Gate]]]:
    """The gates of each project, programme and the portfolio that has any, by its id."""
    out: dict[str, list[Held[Gate]]] = {}
    for one in gates_of(portfolio):
        out.setdefault(one.owner, []).append(one)
    return out


def risks_of(portfolio: Portfolio) -> tuple[Held[Risk], ...]:
    """Every risk: those of projects in the order of the file, then those that stand at the top, each with whose it is.

    One at the top is of the project, programme or portfolio that its item is or lies in; the portfolio's where that is none of these. Impacts name what
    they hit by full ids.

    >>> import ipmo
    >>> plan = ipmo.Portfolio(id="city", programmes=[{"id": "transit"}], risks=[{"id": "strike", "item": "transit"}, {"id": "rates"}])
    >>> [(one.id, one.owner, one.level) for one in risks_of(plan)]
    [('strike', 'transit', 'programme'), ('rates', 'city', 'portfolio')]
    """
    return remember(portfolio, "every risk", lambda: (*_inside(portfolio), *(_at_top(portfolio, risk) for risk in portfolio.risks)))


def in_no_project(portfolio: Portfolio) -> tuple[Gate | Outcome | Benefit, ...]:
    """What can have dates and stands in no project: gates, then outcomes, then benefits."""
    return (*portfolio.gates, *portfolio.outcomes, *portfolio.benefits)


def by_project(portfolio: Portfolio) -> Mapping[str, Sequence[Held[Risk]]]:
    """The risks of each project that has any, by its id: those under it, then those at the top that are about it."""

    def found() -> Mapping[str, Sequence[Held[Risk]]]:
        out: dict[str, list[Held[Risk]]] = {}
        for one in risks_of(portfolio):
            if one.project is not None:
                out.setdefault(one.owner, []).append(one)
        return out

    return remember(portfolio, "risks by project", found)


def _inside(portfolio: Portfolio) -> list[Held[Risk]]:
    return [Held(f"{p.id}/{risk.id}", p.id, "project", _in_full(portfolio, p.id, risk), p) for p in portfolio.projects for risk in p.risks]


def _in_full(portfolio: Portfolio, within: str, risk: Risk) -> Risk:
    """A risk that names what it hits, and what triggers it, by full ids: in its own project the name of a task is enough."""

    def full(exposure: Exposure | None) -> Exposure | None:
        if exposure is None or all(impact.target is None or "/" in impact.target for impact in exposure.impacts):
            return exposure
        impacts = [
            attrs.evolve(one, target=one.target and (portfolio.resolve(one.target, within) or one.target)) for one in exposure.impacts
        ]
        alike = all(new.target == old.target for new, old in zip(impacts, exposure.impacts, strict=True))
        return exposure if alike else attrs.evolve(exposure, impacts=impacts)

    before, after, by = full(risk.before), full(risk.after), risk.triggered_by
    trigger = by if by is None or "/" in by else portfolio.resolve(by, within) or by
    if before is risk.before and after is risk.after and trigger == by:
        return risk
    return attrs.evolve(risk, before=before, after=after, triggered_by=trigger)


def _at_top(portfolio: Portfolio, risk: Risk) -> Held[Risk]:
    if risk.item is not None:
        full = (portfolio.reference(risk.item) or reference(risk.item)).item
        noun = portfolio.items.get(portfolio.project_of(full) or full)
        if isinstance(noun, Project):
            return Held(risk.id, noun.id, "project", risk, noun)
        if isinstance(noun, Programme):
            return Held(risk.id, noun.id, "programme", risk)
    return Held(risk.id, portfolio.id, "portfolio", risk)


def owners_above(portfolio: Portfolio, owner: str) -> tuple[str, ...]:
    """A project, programme or portfolio and all that it lies in, the nearest first: where what is its own counts too."""
    if owner == portfolio.id and owner not in portfolio.items:
        return (owner,)
    return (owner, *(programme.id for programme in hierarchy(portfolio).programmes_of(owner)), portfolio.id)
