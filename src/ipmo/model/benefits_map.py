"""The benefits map as a graph: work to outputs, capabilities, outcomes, benefits and objectives, in both directions."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

import attrs

from ipmo.memory import remember
from ipmo.model.benefits import Benefit, Objective, Outcome
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project
from ipmo.units import Span

__all__ = ["BenefitsMap", "Way", "benefits_map"]


@attrs.frozen
class Way:
    """One arrow of the map.

    Args:
        source: full id of what leads on; an `@start` or `@finish` is taken off.
        target: full id of what it leads to.
        need: `all` (the target needs it), `any` (one of several is enough), or `share` (it gives part of the value).
        lag: adoption time.
        share: of the target's value, for `share`; None when it is not stated.
    """

    source: str
    target: str
    need: str
    lag: Span | None = None
    share: float | None = None


class BenefitsMap:
    """Arrows from work to objectives."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.into: dict[str, list[Way]] = {}
        self.out: dict[str, list[Way]] = {}
        effects: list[Outcome | Benefit] = [*portfolio.outcomes, *portfolio.benefits]
        for effect in effects:
            for need, enablers in (("all", effect.enabled_by), ("any", effect.any_of)):
                for enabler in enablers:
                    self._add(Way(self._full(enabler.source), effect.id, need, enabler.lag))
            outcome = getattr(effect, "outcome", None)
            if outcome is not None and all(way.source != outcome for way in self.into.get(effect.id, ())):
                self._add(Way(outcome, effect.id, "all"))
        for one in portfolio.contributions:
            self._add(Way(self._full(one.source), self._full(one.target), "share", None, one.share))

    def _full(self, text: str) -> str:
        meant = self.portfolio.reference(text) if "@" in text else None  # else it is the full id itself
        return text if meant is None else meant.item

    def _add(self, way: Way) -> None:
        self.into.setdefault(way.target, []).append(way)
        self.out.setdefault(way.source, []).append(way)

    @functools.cached_property
    def order(self) -> tuple[str, ...]:
        """Outcomes, benefits and objectives, each after what leads to it, ties in file order."""
        pf = self.portfolio
        names = [*(o.id for o in pf.outcomes), *(b.id for b in pf.benefits), *(o.id for o in pf.objectives)]
        known, done, out = set(names), set(), []

        for first in names:
            stack = [(first, False)]
            while stack:
                node, ready = stack.pop()
                if ready:
                    out.append(node)
                    continue
                if node in done:
                    continue
                done.add(node)
                stack.append((node, True))
                stack += [
                    (way.source, False) for way in reversed(self.into.get(node, ())) if way.source in known and way.source not in done
                ]
        return tuple(out)

    def kind(self, node: str) -> str:
        """`objective`, `benefit`, `outcome`, `output`, `capability`, `business change`, `project`, `programme` or `work`."""
        noun = self.portfolio.items.get(node)
        if isinstance(noun, Outcome):
            return noun.kind
        for cls, name in ((Objective, "objective"), (Benefit, "benefit"), (Project, "project"), (Programme, "programme")):
            if isinstance(noun, cls):
                return name
        return "work"

    def initiative(self, node: str) -> str:
        """The project or programme behind a piece of work; empty for what lies on the map itself."""
        found = self._initiatives.get(node)
        if found is None:
            programme = "/" not in node and isinstance(self.portfolio.items.get(node), Programme)
            found = self._initiatives[node] = node if programme else self.portfolio.project_of(node)
        return found

    @functools.cached_property
    def _initiatives(self) -> dict[str, str]:
        """What `initiative` has found."""
        return {}

    @functools.cached_property
    def _reached(self) -> Mapping[str, frozenset[str]]:
        """What each node of the map leads to, itself left out."""
        out: dict[str, frozenset[str]] = {}
        for node in (*reversed(self.order), *self.out):
            if node not in out:
                found: set[str] = set()
                for way in self.out.get(node, ()):
                    found.add(way.target)
                    found |= out.get(way.target, frozenset())
                out[node] = frozenset(found)
        return out

    def reached_from(self, node: str) -> frozenset[str]:
        """All outcomes, benefits and objectives that a node of the map leads to."""
        return self._reached.get(node, frozenset())

    def work_of(self, initiative: str) -> tuple[str, ...]:
        """The pieces of work of a project or programme that stand on the map, itself included."""
        return self._work.get(initiative, ())

    @functools.cached_property
    def _work(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for node in self.out:
            found.setdefault(self.initiative(node), []).append(node)
        return {name: tuple(nodes) for name, nodes in found.items() if name}

    def sources_of(self, nodes: Iterable[str]) -> frozenset[str]:
        """The projects and programmes behind some nodes of the map."""
        seen = set(nodes)
        stack = list(seen)
        while stack:
            for way in self.into.get(stack.pop(), ()):
                if way.source not in seen:
                    seen.add(way.source)
                    stack.append(way.source)
        return frozenset(name for node in seen if (name := self.initiative(node)))


def benefits_map(portfolio: Portfolio) -> BenefitsMap:
    """The map of a portfolio, made once."""
    return remember(portfolio, "benefits map", lambda: BenefitsMap(portfolio))
