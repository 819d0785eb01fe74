"""What would be lost without a project, and what each project serves: the benefits map on the one network of needs.

Work on the map comes or fails by links, `requires` and states, as `ipmo.network.needs` says; what it leads to comes when
all it needs and one of its alternatives do, and in the measure of its shares.
"""

from __future__ import annotations

import functools
import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from ipmo.memory import remember
from ipmo.model.benefits_map import BenefitsMap, Way, benefits_map
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.network.needs import without
from ipmo.network.positions import plain_list
from ipmo.network.without import KnockOuts, Web, Without

__all__ = ["Losses", "level_of", "losses"]


def level_of(ways: Sequence[Way], of: Callable[[Way], float]) -> float:
    """How far something comes about, between 0 and 1: all that it needs, the best of its alternatives, its shares."""
    needed = [of(way) for way in ways if way.need == "all"]
    either = [of(way) for way in ways if way.need == "any"]
    shared = [(way.share or 0.0, of(way)) for way in ways if way.need == "share"]
    part = 1 - math.fsum(share for share, _ in shared) + math.fsum(share * degree for share, degree in shared)
    return min([1.0, *needed, *([max(either)] if either else [])]) * part


class Losses:
    """What is lost without projects and programmes of a portfolio, and what they serve.

    Args:
        portfolio: the portfolio.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.map: BenefitsMap = benefits_map(portfolio)
        self.engine: Without = without(portfolio)
        self._order = {name: number for number, name in enumerate(self.map.order)}
        place = self.engine.web.place
        self._ways = {
            target: [(way, place.get(self._node(way))) for way in ways] for target, ways in self.map.into.items() if target in self._order
        }
        self._objectives = {objective.id for objective in portfolio.objectives}
        nodes = {node for ways in self._ways.values() for way, node in ways if way.source not in self._order and node is not None}
        nodes |= {place[name] for name in self._order}
        self._targets = sorted(nodes)
        self._ids = [self.engine.web.ids[node] for node in self._targets]
        self._leads: dict[int, list[str]] = {}
        self._led: dict[int, frozenset[str]] = {}
        for target, found in self._ways.items():
            for way, node in found:
                if way.source not in self._order and node is not None:
                    self._leads.setdefault(node, []).append(target)
        self.base: Mapping[str, float] = self.levels_without(())
        """How far everything on the map comes about as things stand."""

    def _node(self, way: Way) -> str:
        """The node of the web that an arrow from work leaves."""
        name, place = way.source, self.engine.web.place
        ends = ("@whole", "") if way.need == "share" else ("@finish", "")
        return next((name + end for end in ends if name + end in place), name)

    def _levels(self, names: Iterable[str], gone: set[int], known: Mapping[str, float]) -> dict[str, float]:
        """The degrees of some of the map, in its order, without some nodes."""
        level = dict(known)
        place = self.engine.web.place
        for name in names:
            if place[name] in gone and name not in self._objectives:  # an objective is served in the measure of its shares
                level[name] = 0.0
                continue
            found = self._ways.get(name, ())
            nodes = {id(way): node for way, node in found}

            def of(way: Way, level: Mapping[str, float] = level, nodes: Mapping[int, int | None] = nodes) -> float:
                return level.get(way.source, 1.0) if way.source in self._order else float(nodes[id(way)] not in gone)

            level[name] = level_of([way for way, _ in found], of)
        return level

    def levels_without(self, gone: Iterable[int]) -> dict[str, float]:
        """How far everything on the map comes about without some nodes, what is gone anyway among them."""
        return self._levels(self.map.order, {*gone, *self.engine.dead}, {})

    @property
    def initiatives(self) -> tuple[str, ...]:
        """Projects, and the programmes that stand on the map themselves."""
        mine = {self.map.initiative(source) for source in self.map.out}
        return (*(p.id for p in self.portfolio.projects), *(g.id for g in self.portfolio.programmes if g.id in mine))

    def knocked(self) -> KnockOuts:
        """Which of the map fails without each node."""
        return remember(self.portfolio, "what fails of the map", lambda: self.engine.knock_outs(self._targets))

    def without(self, item: str) -> dict[str, float]:
        """By outcome, benefit and objective, how much of it is lost without an item: what changes only.

        Args:
            item: id of a project, a programme, or any item of work.
        """
        node = self.engine.web.place.get(item)
        if node is None:
            return {}
        gone = {self._targets[t] for t in self.knocked().of(node)}
        if not gone:
            return {}
        all_gone = gone | self.engine.dead
        waiting = [self._order[self.engine.web.ids[v]] for v in gone if self.engine.web.ids[v] in self._order]
        waiting += [self._order[name] for v in gone for name in self._leads.get(v, ())]
        heapq.heapify(waiting)
        level, out, seen = dict[str, float](self.base), dict[str, float](), set[int]()
        while waiting:
            number = heapq.heappop(waiting)
            if number in seen:
                continue
            seen.add(number)
            name = self.map.order[number]
            level[name] = self._levels([name], all_gone, level)[name]
            if level[name] != self.base[name]:
                out[name] = self.base[name] - level[name]
                for way in self.map.out.get(name, ()):
                    if way.target in self._order:
                        heapq.heappush(waiting, self._order[way.target])
        return out

    def instead(self, item: str, effects: AbstractSet[str]) -> dict[str, tuple[str, ...]]:
        """Of effects that come without an item although it leads to them: what stands in for it, as the ids of projects.

        Args:
            item: id of a project, a programme, or any item of work.
            effects: the outcomes and benefits that are asked about.
        """
        engine, web = self.engine, self.engine.web
        node = web.place.get(item)
        if node is None or not effects or not web.either:
            return {}
        gone = engine.fails([node])
        out: dict[str, dict[str, None]] = {}
        for head in sorted({head for one in gone for head in self._heads.get(one, ())}):
            left = [source for source in self._ways_to[head] if source not in gone and source not in engine.dead]
            if head in gone or head in engine.dead or not left:
                continue
            names = {self._named(web.ids[source]): None for source in left}
            for effect in self._led_to(head) & effects:
                out.setdefault(effect, {}).update(names)
        return {effect: tuple(names) for effect, names in out.items()}

    @functools.cached_property
    def _ways_to(self) -> Mapping[int, list[int]]:
        """Of each node for which one of several is enough: those."""
        web, out = self.engine.web, dict[int, list[int]]()
        for u, v in zip(plain_list(web.src), plain_list(web.dst), strict=True):
            if v in web.either:
                out.setdefault(v, []).append(u)
        return out

    @functools.cached_property
    def _heads(self) -> Mapping[int, list[int]]:
        """Of each node: those for which it is one of several that are enough."""
        out: dict[int, list[int]] = {}
        for head, sources in self._ways_to.items():
            for source in sources:
                out.setdefault(source, []).append(head)
        return out

    def _led_to(self, node: int) -> AbstractSet[str]:
        """The effects that a node leads to, by any way."""
        if node not in self._led:
            web = self.engine.web
            self._led[node] = frozenset(web.ids[v] for v in self._every.fails([node]) if web.ids[v] in self._order)
        return self._led[node]

    @functools.cached_property
    def _every(self) -> Without:
        """The web in which every way counts, done or not."""
        web = self.engine.web
        return Without(Web(web.ids, web.src, web.dst))

    def _named(self, node: str) -> str:
        """A node as people name it: its project, or itself where it lies in none."""
        item = node.partition("@")[0]
        return self.portfolio.project_of(item) or item

    def needs(self) -> Mapping[str, frozenset[str]]:
        """Of each piece of work on the map: the initiatives without which it fails, its own among them."""
        place, found = self.engine.web.place, self.knocked()
        spot = {name: t for t, name in enumerate(self._ids)}
        rows = {name: found.row(place[name]) for name in self.initiatives if name in place}
        out = {}
        for ways in self._ways.values():
            for way, node in ways:
                own = self.map.initiative(way.source)
                if own:
                    t = spot.get(self.engine.web.ids[node], -1) if node is not None else -1
                    more = {
                        name for name, row in rows.items() if t >= 0 and row >> t & 1 and isinstance(self.portfolio.items[name], Project)
                    }
                    inside = {p.id for p in hierarchy(self.portfolio).projects(self.portfolio[own])} if own not in more else set()
                    out[way.source] = frozenset({own, *(more - inside)})
        return out

    def serves(self) -> Mapping[str, frozenset[str]]:
        """By project and programme, the outcomes, benefits and objectives that it leads to: by hand-overs, `requires` and the map."""
        return remember(self.portfolio, "what projects serve", self._serves)

    def _serves(self) -> Mapping[str, frozenset[str]]:
        web = self.engine.web
        reach = self._every.knock_outs(self._targets)
        onward: list[frozenset[str]] = []
        for v, name in zip(self._targets, self._ids, strict=True):
            some = {name} if name in self._order else set(self._leads.get(v, ()))
            onward.append(self._onward(some))
        known: dict[int, frozenset[str]] = {}
        out = {}
        names = [*(p.id for p in self.portfolio.projects), *(g.id for g in self.portfolio.programmes)]
        for name in names:
            node = web.place[name]
            row = reach.row(node)
            if row not in known:
                known[row] = frozenset().union(*(onward[t] for t in reach.of(node)))
            out[name] = known[row] | self.onward(self.map.work_of(name))
        return out

    def through(self) -> Mapping[str, frozenset[str]]:
        """By project and programme, the objectives that it serves: what it leads to itself, and by the map what holds it."""
        return remember(self.portfolio, "what leads to objectives", self._through)

    def _through(self) -> Mapping[str, frozenset[str]]:
        tree, out = hierarchy(self.portfolio), dict[str, frozenset[str]]()
        for name, reached in self.serves().items():
            above = [node for programme in tree.programmes_of(name) for node in self.map.work_of(programme.id)]
            out[name] = (reached | self.onward(above)) & self._objectives
        return out

    def onward(self, some: Iterable[str]) -> frozenset[str]:
        """What some of the map, or work on it, leads to: outcomes, benefits and objectives, those of some that are such among them."""
        start = set(some)
        return self._onward((start & set(self._order)).union(*(self.map.reached_from(one) for one in start)))

    def _onward(self, some: set[str]) -> frozenset[str]:
        """What some of the map leads to, itself included; a benefit brings its outcome about where nothing else is said to."""
        named = {getattr(self.portfolio.items[one], "outcome", None) for one in some.union(*(self.map.reached_from(one) for one in some))}
        more = some | {outcome for outcome in named if outcome is not None and outcome not in self.map.into}
        return frozenset(more.union(*(self.map.reached_from(one) for one in more)))


def losses(portfolio: Portfolio) -> Losses:
    """What is lost without each project of a portfolio, and what it serves; kept with the portfolio."""
    return remember(portfolio, "losses", lambda: Losses(portfolio))
