"""Lags that are estimated: how long each waits in a sample, and the portfolio with other lags.

A link is named by what it joins, `P/a FS P/b`. Where the network holds it as it was stated, between open work, a sample only has another
number of minutes there; else, as where the lag runs on from what is done, each sample is a plan of its own, with the lags that it drew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from ipmo.model.benefits import Benefit, Enabler, Outcome
from ipmo.model.estimates import Estimate, UncertainLag, like
from ipmo.model.governance import After, Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Link, Project, Task
from ipmo.network.states import LIVE, TYPE_NAMES
from ipmo.units import ELAPSED, Span

if TYPE_CHECKING:
    from ipmo.analysis.risk.distributions import Floats
    from ipmo.network.network import Network
    from ipmo.network.sampled import SampledPass

__all__ = ["Waiting", "places_of", "waiting", "with_lags"]


@attrs.frozen(kw_only=True)
class Waiting:
    """A lag that is estimated.

    Args:
        name: the link: its source, its type and its target.
        source, kind, target: what it joins, by full id, and how: FS, SS, FF or SF.
        lag: the lag, as it was stated.
        unit: minutes in one unit of it, where the network holds the link as it was stated; else None.
    """

    name: str
    source: str
    kind: str
    target: str
    lag: UncertainLag
    unit: float | None

    @property
    def estimate(self) -> Estimate:
        """What it may come to."""
        return self.lag.estimate

    def spans(self, values: Floats) -> list[Span]:
        """The lags that some values of the estimate are: whole minutes where the calendar of the lag is known."""
        if self.unit is None:
            found = [like(self.lag, value) for value in values.tolist()]
            return [Span(one.amount, one.unit) for one in found if isinstance(one, Span)]
        unit = "emin" if self.lag.unit in ELAPSED else "min"
        return [Span(minutes, unit) for minutes in self.minutes(values).tolist()]

    def minutes(self, values: Floats) -> Floats:
        """Whole minutes, rounded half to even, of a lag whose calendar is known."""
        import numpy as np

        assert self.unit is not None
        return np.rint(values * self.unit)


def _stated(portfolio: Portfolio) -> Iterator[tuple[str, str, str, UncertainLag]]:
    """(source, type, target, lag) of every link whose lag is estimated, in order of the file."""

    def of(
        target: str, entries: tuple[After, ...] | tuple[Enabler, ...], project: str = ""
    ) -> Iterator[tuple[str, str, str, UncertainLag]]:
        for one in entries:
            if isinstance(one.lag, UncertainLag):
                kind = one.type if isinstance(one, After) else "FS"
                yield portfolio.resolve(one.source, project) or one.source, kind, target, one.lag

    for project in portfolio.projects:
        nouns: tuple[Task | Gate, ...] = (*project.tasks, *project.gates)
        for noun in nouns:
            if noun.after:
                yield from of(f"{project.id}/{noun.id}", noun.after, project.id)
    for gate in portfolio.gates:
        yield from of(gate.id, gate.after)
    effects: tuple[Outcome | Benefit, ...] = (*portfolio.outcomes, *portfolio.benefits)
    for effect in effects:
        yield from of(effect.id, (*effect.enabled_by, *effect.any_of))
    for link in portfolio.links:
        if isinstance(link.lag, UncertainLag) and link.kind == "schedule":
            yield portfolio.resolve(link.source) or link.source, link.type, portfolio.resolve(link.target) or link.target, link.lag


def _name(source: str, kind: str, target: str) -> str:
    return f"{source} {kind} {target}"


def waiting(portfolio: Portfolio, network: Network) -> dict[str, Waiting]:
    """The lags that are estimated, by the name of their link; without those into what is done or will never be."""
    nodes = {name: node for node, name in enumerate(network.ids)}
    held = _held(network)
    out: dict[str, Waiting] = {}
    for source, kind, target, lag in _stated(portfolio):
        node = nodes.get(target)
        if node is not None and network.state[node] not in LIVE:
            continue
        name, unit = _name(source, kind, target), None
        link = held.get((source, kind, target))
        if link is not None:
            unit = _minutes_per(network, link, lag)
        out[name] = Waiting(name=name, source=source, kind=kind, target=target, lag=lag, unit=unit)
    return out


def _held(network: Network) -> dict[tuple[str, str, str], int]:
    """The links that the network holds as they were stated, between open work, by what they join and how; those that are alone there."""
    found: dict[tuple[str, str, str], int | None] = {}
    for link in sorted(network.estimated):
        u, v = int(network.src[link]), int(network.dst[link])
        if network.state[u] in LIVE and network.state[v] in LIVE:
            ends = network.ids[u], TYPE_NAMES[int(network.typ[link])], network.ids[v]
            found[ends] = None if ends in found else link
    return {ends: link for ends, link in found.items() if link is not None}


def _minutes_per(network: Network, link: int, lag: UncertainLag) -> float:
    """Minutes in one unit of a lag, on the calendar that it is counted on."""
    if lag.unit in ELAPSED:
        return float(Span(1, lag.unit).elapsed_minutes)
    number = 0 if network.lagclk is None else int(network.lagclk[link])
    return network.clock(number).calendar.minutes(Span(1_000_000, lag.unit)) / 1e6


def places_of(lags: Mapping[str, Waiting], sampled: SampledPass) -> dict[int, str]:
    """The names of links whose lags are estimated by their place in a network."""
    names = {(one.source, one.kind, one.target): one.name for one in lags.values()}
    held = {link: names[ends] for ends, link in _held(sampled.network).items()}
    return {k: held[link] for k, link in enumerate(sampled.links) if link in held}


def with_lags(portfolio: Portfolio, lags: Mapping[str, Span]) -> Portfolio:
    """The portfolio with other lags, by the names of their links."""
    if not lags:
        return portfolio

    def lag(source: str, kind: str, target: str, one: After | Enabler | Link, project: str = "") -> Span | None:
        return lags.get(_name(portfolio.resolve(source, project) or source, kind, target), one.lag)

    def afters(noun: Task | Gate, target: str, project: str = "") -> tuple[After, ...]:
        return tuple(attrs.evolve(one, lag=lag(one.source, one.type, target, one, project)) for one in noun.after)

    def enablers(target: str, entries: tuple[Enabler, ...]) -> tuple[Enabler, ...]:
        return tuple(attrs.evolve(one, lag=lag(one.source, "FS", target, one)) for one in entries)

    def within(project: Project) -> Project:
        tasks = [attrs.evolve(one, after=afters(one, f"{project.id}/{one.id}", project.id)) if one.after else one for one in project.tasks]
        gates = [attrs.evolve(one, after=afters(one, f"{project.id}/{one.id}", project.id)) for one in project.gates]
        return attrs.evolve(project, tasks=tasks, gates=gates)

    def effect(one: Outcome | Benefit) -> Outcome | Benefit:
        return attrs.evolve(one, enabled_by=enablers(one.id, one.enabled_by), any_of=enablers(one.id, one.any_of))

    return attrs.evolve(
        portfolio,
        projects=[within(project) for project in portfolio.projects],
        gates=[attrs.evolve(one, after=afters(one, one.id)) for one in portfolio.gates],
        outcomes=[effect(one) for one in portfolio.outcomes],
        benefits=[effect(one) for one in portfolio.benefits],
        links=[
            attrs.evolve(one, lag=lag(one.source, one.type, portfolio.resolve(one.target) or one.target, one)) for one in portfolio.links
        ],
    )
