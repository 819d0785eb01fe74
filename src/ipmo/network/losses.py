"""What would be lost without a project, and what each project serves: the benefits map on the one network of needs.

Work on the map comes or fails by links, `requires` and states, as `ipmo.network.needs` says; what it leads to comes when
all it needs and one of its alternatives do, and in the measure of its shares.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from ipmo.memory import remember
from ipmo.model.benefits_map import BenefitsMap, Way, benefits_map
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.network.names import Names
from ipmo.network.needs import same_needs, without
from ipmo.network.positions import places_of, plain_list
from ipmo.network.without import Failing, LeaveOneOut, Web, Without

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Losses", "Serving", "level_of", "losses", "serving", "share_serving"]


def level_of(ways: Sequence[Way], of: Callable[[Way], float]) -> float:
    """How far something comes about, between 0 and 1: all that it needs, the best of its alternatives, its shares."""
    needed = [of(way) for way in ways if way.need == "all"]
    either = [of(way) for way in ways if way.need == "any"]
    return _degree(needed, either, [(way.share or 0.0, of(way)) for way in ways if way.need == "share"])


def _degree(needed: Sequence[float], either: Sequence[float], shared: Sequence[tuple[float, float]]) -> float:
    """The rule of `level_of`, of degrees: of what is needed, of alternatives, and (share, degree) of what is shared."""
    least = min([1.0, *needed, *([max(either)] if either else [])])
    if not shared:
        return least
    return least * (1 - math.fsum(share for share, _ in shared) + math.fsum(share * degree for share, degree in shared))


class Part(NamedTuple):
    """One way to something on the map.

    Args:
        need: all, any or share.
        share: of it that is due to this way.
        source: what of the map leads to it; empty for work.
        node: the node of work in the web of needs; None where it has none.
    """

    need: str
    share: float
    source: str
    node: int | None


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
        self._ways = {target: [(way, self._node(way)) for way in ways] for target, ways in self.map.into.items() if target in self._order}
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

    @functools.cached_property
    def parts(self) -> Mapping[str, tuple[Part, ...]]:
        """The ways to everything on the map that count."""
        web = self.engine.web
        src, dst = (plain_list(web.src), plain_list(web.dst)) if web.barred else ((), ())
        idle = {(src[link], dst[link]) for link in web.barred}
        return {
            name: tuple(
                Part(way.need, way.share or 0.0, way.source if way.source in self._order else "", node)
                for way, node in self._ways.get(name, ())
                if not (way.need == "any" and (node, web.place.get(f"{name}@any")) in idle)
            )
            for name in self.map.order
        }

    def _node(self, way: Way) -> int | None:
        """The node of the web that an arrow from work leaves; None where it has none."""
        place = self.engine.web.place
        node = self._ended.get(way.source + ("@whole" if way.need == "share" else "@finish"))
        return place.get(way.source) if node is None else node

    @functools.cached_property
    def _ended(self) -> Mapping[str, int]:
        """The nodes that are ends of something or all of it, by id, and others."""
        place = self.engine.web.place
        return place.rest if isinstance(place, Names) else place

    def _level(self, name: str, gone: AbstractSet[int], level: Mapping[str, float], base: Mapping[str, float]) -> float:
        """How far something on the map comes about without some nodes, as `level_of` says it.

        Args:
            name: of an outcome, a benefit or an objective.
            gone: the nodes.
            level: how far what leads to it does, where that is not as it stands in `base`.
            base: how far all else does.
        """
        if self.nodes[name] in gone and name not in self._objectives:  # an objective is served in the measure of its shares
            return 0.0
        needed, either, shared = list[float](), list[float](), list[tuple[float, float]]()
        for part in self.parts[name]:
            if part.source:
                degree = level.get(part.source)
                degree = base.get(part.source, 1.0) if degree is None else degree
            else:
                degree = 0.0 if part.node in gone else 1.0
            if part.need == "all":
                needed.append(degree)
            elif part.need == "any":
                either.append(degree)
            else:
                shared.append((part.share, degree))
        return _degree(needed, either, shared)

    @functools.cached_property
    def nodes(self) -> Mapping[str, int]:
        """The node of everything on the map."""
        place = self.engine.web.place
        return {name: place[name] for name in self.map.order}

    def levels_without(self, gone: Iterable[int]) -> dict[str, float]:
        """How far everything on the map comes about without some nodes, what is gone anyway among them."""
        every, level = {*gone, *self.engine.dead}, dict[str, float]()
        if not every and not any(way.need == "share" for way, _ in itertools.chain.from_iterable(self._ways.values())):
            return dict.fromkeys(self.map.order, 1.0)
        for name in self.map.order:
            level[name] = self._level(name, every, level, {})
        return level

    @functools.cached_property
    def initiatives(self) -> tuple[str, ...]:
        """Projects, and the programmes that stand on the map themselves."""
        mine = {self.map.initiative(source) for source in self.map.out}
        return (*(p.id for p in self.portfolio.projects), *(g.id for g in self.portfolio.programmes if g.id in mine))

    def knocked(self) -> LeaveOneOut:
        """Which of the map fails without each node."""
        return remember(self.portfolio, "what fails of the map", lambda: self.engine.leave_one_out(self._targets))

    def without(self, item: str) -> dict[str, float]:
        """By outcome, benefit and objective, how much of it is lost without an item: what changes only.

        Args:
            item: id of a project, a programme, or any item of work.
        """
        row = self._rows.get(item)
        if row is not None:
            first, targets = self._failing.each
            return self._lost(targets[first[row] : first[row + 1]].tolist())
        node = self.engine.web.place.get(item)
        return {} if node is None else self._lost(self.knocked().of(node))

    @functools.cached_property
    def _rows(self) -> Mapping[str, int]:
        """Projects and programmes, numbered."""
        names = (*(p.id for p in self.portfolio.projects), *(g.id for g in self.portfolio.programmes))
        return dict(zip(names, range(len(names)), strict=True))

    @functools.cached_property
    def row_nodes(self) -> Sequence[int]:
        """The node of each project and programme."""
        place = self.engine.web.place
        return [place[name] for name in self._rows]

    @functools.cached_property
    def _failing(self) -> Failing:
        """The targets that fail without each project and programme."""
        return self.engine.failing(self.row_nodes, self._targets)

    @functools.cached_property
    def _whole_losses(self) -> tuple[set[int], Sequence[int], NDArray[np.int64]]:
        """(rows of `_rows` of which something is lost in part or after something else, where those of each row begin in the
        third, places on the map of what fails as a whole without each)."""
        import numpy as np

        rows, (first, targets), (begin, after), count = self._rows, self._failing.each, self._touched_columns, max(len(self.map.order), 1)
        owner = np.repeat(np.arange(len(rows)), np.diff(first))
        number = np.array(self._wholly, np.int64)[targets]
        gone = number >= 0
        many = np.diff(begin)[targets]
        each = np.repeat(np.arange(len(targets)), many)
        touched = after[begin[targets[each]] + np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)]
        beside = ~np.isin(owner[each] * count + touched, owner[gone] * count + number[gone])
        partly = set(owner[each][beside].tolist())  # something is touched that is no whole that is lost
        return partly, np.searchsorted(owner[gone], np.arange(len(rows) + 1)).tolist(), number[gone]

    @functools.cached_property
    def coming(self) -> Mapping[str, Sequence[Way]]:
        """The arrows of the map into each item, but for those from what never comes as things stand: work that was stopped, what waits for that."""
        dead, into = self.engine.dead, dict[str, Sequence[Way]](self.map.into)
        for target, found in self._ways.items():
            if dead:
                into[target] = [way for way, node in found if (self.base[way.source] if way.source in self._order else node not in dead)]
        return into

    def lost_of(self, values: Mapping[str, float]) -> dict[str, float]:
        """Of each initiative without which something is lost, how much of some values is, as `without` says it of one.

        Args:
            values: by outcome, benefit and objective.
        """
        import numpy as np

        partly, bounds, number = self._whole_losses
        base = np.array(self._base, np.float64)
        amounts = (np.array([values.get(name, 0.0) for name in self.map.order], np.float64) * base)[number].tolist()
        comes = base[number].tolist()
        out: dict[str, float] = {}
        for name in self.initiatives:
            row = self._rows[name]
            if row in partly:
                lost = self.without(name)
                if lost:
                    out[name] = math.fsum(values[node] * share for node, share in lost.items() if node in values)
            elif any(comes[bounds[row] : bounds[row + 1]]):
                out[name] = math.fsum(amounts[bounds[row] : bounds[row + 1]])
        return out

    def lost_places(self) -> dict[str, tuple[Sequence[int], Sequence[float]]]:
        """Of each initiative: the places on the map of what is lost without it, and how much of each, as `without` says it of one."""
        import numpy as np

        partly, bounds, number = self._whole_losses
        places = number.tolist()
        comes = np.array(self._base, np.float64)[number].tolist()
        out: dict[str, tuple[Sequence[int], Sequence[float]]] = {}
        for name in self.initiatives:
            row = self._rows[name]
            some, shares = places[bounds[row] : bounds[row + 1]], comes[bounds[row] : bounds[row + 1]]
            if row in partly:
                lost = self.without(name)
                some, shares = [self._order[one] for one in lost], list(lost.values())
            elif not all(shares):
                some, shares = [one for one, share in zip(some, shares, strict=True) if share], [share for share in shares if share]
            out[name] = some, shares
        return out

    def anyway(self) -> dict[str, float]:
        """How far everything on the map comes about without any initiative."""
        if self.engine.web.either:
            return self.levels_without(self.engine.fails(self.engine.web.place[name] for name in self.initiatives))
        import numpy as np

        rows, (first, targets) = self._rows, self._failing.each  # where all is needed, what fails without many fails without one of them
        mine = np.zeros(len(rows), bool)
        mine[[rows[name] for name in self.initiatives]] = True
        return self.levels_without({self._targets[t] for t in targets[np.repeat(mine, np.diff(first))].tolist()})

    def _lost(self, lost: Sequence[int]) -> dict[str, float]:
        """How much of the map is lost where some targets fail: what changes only."""
        if not lost:
            return {}
        names, base, onward = self.map.order, self._base, self._onward
        out: dict[int, float] = {}
        waiting, whole = set[int](), self._wholly
        for t in lost:
            number = whole[t]
            if number >= 0:
                out[number] = base[number]
                waiting.update(onward[number])
            waiting.update(self._touched[t])
        waiting.difference_update(out)
        if waiting:  # what is lost in part, and what depends on that, in the order of the map
            gone = {self._targets[t] for t in lost}
            every = gone | self.engine.dead if self.engine.dead else gone
            level = {names[number]: 0.0 for number in out}
            heap = list(waiting)
            heapq.heapify(heap)
            while heap:
                number = heapq.heappop(heap)
                now = self._level(names[number], every, level, self.base)
                if now != base[number]:
                    level[names[number]], out[number] = now, base[number] - now
                    for other in onward[number]:
                        if other not in waiting and other not in out:
                            waiting.add(other)
                            heapq.heappush(heap, other)
        return {names[number]: out[number] for number in sorted(out) if out[number]}

    @functools.cached_property
    def _base(self) -> list[float]:
        """`base` by place on the map."""
        return list(self.base.values())

    @functools.cached_property
    def _onward(self) -> list[tuple[int, ...]]:
        """The places on the map that each one leads to at once."""
        order, out = self._order, self.map.out
        return [tuple(order[way.target] for way in out[name] if way.target in order) if name in out else () for name in self.map.order]

    @functools.cached_property
    def _touched_columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of each target that fails: where the places begin of what it touches on the map, and of what it leads to as a whole; and they."""
        import numpy as np

        onward, counts, parts = self._onward, list[int](), list[int]()
        for touched, number in zip(self._touched, self._wholly, strict=True):
            some = touched if number < 0 else touched + onward[number]
            counts.append(len(some))
            parts += some
        return np.cumsum([0, *counts]), np.array(parts, np.int64)

    @functools.cached_property
    def _wholly(self) -> list[int]:
        """Of each target: its place on the map where it is lost as a whole when it fails; -1 of work and of objectives."""
        return [-1 if name in self._objectives else self._order.get(name, -1) for name in self._ids]

    @functools.cached_property
    def _touched(self) -> list[tuple[int, ...]]:
        """Of each target: what of the map it is or leads to at once, by place."""
        order, leads = self._order, self._leads
        own = [(order[name],) if name in order else () for name in self._ids]
        led = [tuple([order[one] for one in leads[node]]) if node in leads else () for node in self._targets]
        return [mine + more for mine, more in zip(own, led, strict=True)]

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
        for link, (u, v) in enumerate(zip(plain_list(web.src), plain_list(web.dst), strict=True)):
            if v in web.either and link not in web.barred:
                out.setdefault(v, []).append(u)
        return out

    @functools.cached_property
    def _heads(self) -> Mapping[int, list[int]]:
        """Of each node: those for which it is one of several that are enough, or would be, were it not held."""
        web, out = self.engine.web, dict[int, list[int]]()
        for source, head in zip(plain_list(web.src), plain_list(web.dst), strict=True):
            if head in web.either and head in self._ways_to:
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
        if not (web.either or web.facts or web.gone):
            return self.engine
        return Without(Web(web.ids, web.src, web.dst, known=web.place, owners=web.owners))

    def _named(self, node: str) -> str:
        """A node as people name it: its project, or itself where it lies in none."""
        item = node.partition("@")[0]
        return self.portfolio.project_of(item) or item

    def needs(self) -> Mapping[str, int]:
        """Of each piece of work on the map: the initiatives without which it fails, its own among them, as bits in their order."""
        count, out = len(self.portfolio.projects), dict[str, int]()  # they are the first of the initiatives, and of the rows
        place = {name: number for number, name in enumerate(self.initiatives)}
        bits = dict(zip(self._targets, self._failing.nodes_of_targets(count), strict=True))
        for ways in self._ways.values():
            for way, node in ways:
                own = self.map.initiative(way.source)
                if own:
                    more = 0 if node is None else bits.get(node, 0)
                    if not more >> place[own] & 1:
                        for project in hierarchy(self.portfolio).projects(self.portfolio[own]):
                            more &= ~(1 << place[project.id])
                    out[way.source] = more | 1 << place[own]
        return out

    def serves(self) -> Mapping[str, frozenset[str]]:
        """By project and programme, the outcomes, benefits and objectives that it leads to: by hand-overs, `requires` and the map."""
        return remember(self.portfolio, "what projects serve", self._serves)

    def _serves(self) -> Mapping[str, frozenset[str]]:
        first, places = self._serving.each
        order, bounds = self.map.order, first.tolist()
        names = [order[place] for place in places.tolist()]
        return {name: frozenset(names[bounds[row] : bounds[row + 1]]) for name, row in self._rows.items()}

    @functools.cached_property
    def served(self) -> Mapping[str, int]:
        """`serves` as bits of numbers, in the order of the map."""
        return dict(zip(self._rows, self._serving.rows(), strict=True))

    def served_of(self, values: Mapping[str, float]) -> dict[str, float]:
        """Of each initiative that leads to some of some values: what these sum to."""
        import numpy as np

        first, places = self._serving.each
        order = self.map.order
        wanted = np.array([name in values for name in order], bool)[places]
        bounds = np.searchsorted(np.flatnonzero(wanted), first).tolist()
        amounts = np.array([values.get(name, 0.0) for name in order], np.float64)[places[wanted]].tolist()
        ends = ((name, bounds[self._rows[name]], bounds[self._rows[name] + 1]) for name in self.initiatives)
        return {name: math.fsum(amounts[begin:end]) for name, begin, end in ends if begin < end}

    @functools.cached_property
    def _serving(self) -> Failing:
        """What of the map each project and programme leads to: of `_rows`, by place on the map."""
        nodes, numbers, own, led = list[int](), list[int](), list[int](), list[int]()
        order, further = self._order, {self._order[name] for name in self.map.out if name in self._order} | self._brought.keys()

        def note(what: int, number: int, into: list[int], onto: list[int]) -> None:
            if number not in further:
                into.append(what)
                onto.append(number)
                return
            onward = places_of(self._onward_from(number))
            into += [what] * len(onward)
            onto += onward

        for v, name in zip(self._targets, self._ids, strict=True):
            for one in (name,) if name in order else self._leads.get(v, ()):
                note(v, order[one], nodes, numbers)
        for source, ways in self.map.out.items():
            row = self._rows.get(self.map.initiative(source))
            if row is not None:
                for way in ways:
                    if way.target in order:
                        note(row, order[way.target], own, led)
                    else:  # to work, which leads on itself
                        some = places_of(self._onward_bits(self._reached(way.target)))
                        own += [row] * len(some)
                        led += some
        return self._every.failing(self.row_nodes, nodes, numbers, len(order)).joined(own, led)

    @property
    def places(self) -> Mapping[str, int]:
        """The place of every outcome, benefit and objective on the map: its bit in `served`."""
        return self._order

    def _own(self, name: str) -> int:
        number = self._order.get(name)
        return 0 if number is None else 1 << number

    def bits_of(self, names: Iterable[str]) -> int:
        """Some of the map as bits of a number, in its order."""
        return functools.reduce(lambda bits, name: bits | self._own(name), names, 0)

    def _names_of(self, bits: int) -> frozenset[str]:
        order = self.map.order
        return frozenset(order[number] for number in places_of(bits))

    @functools.cached_property
    def _known_reach(self) -> dict[str, int]:
        return {}

    def _reached(self, name: str) -> int:
        """All of the map that something leads to, as bits."""
        if name not in self.map.out:
            return 0
        found = self._known_reach.get(name)
        if found is None:
            found = self._known_reach[name] = self.bits_of(self.map.reached_from(name))
        return found

    @functools.cached_property
    def _brought(self) -> Mapping[int, str]:
        """The outcomes that something of the map brings about where nothing else is said to, by its place."""
        items, out = self.portfolio.items, dict[int, str]()
        for number, name in enumerate(self.map.order):
            outcome = getattr(items[name], "outcome", None)
            if outcome is not None and outcome not in self.map.into:
                out[number] = outcome
        return out

    def _onward_bits(self, some: int) -> int:
        """What some of the map leads to, itself included; a benefit brings its outcome about where nothing else is said to."""
        found = 0
        for number in places_of(some):
            found |= self._onward_from(number)
        return found

    def _onward_from(self, number: int) -> int:
        known = self._known_onward.get(number)
        if known is None:
            known = self._known_onward[number] = self._onward_of(number)
        return known

    @functools.cached_property
    def _known_onward(self) -> dict[int, int]:
        return {}

    def _onward_of(self, number: int) -> int:
        """What one of the map leads to, itself included."""
        found = 1 << number | self._reached(self.map.order[number])
        if self._brought:
            for place in places_of(found):
                outcome = self._brought.get(place)
                if outcome is not None:
                    found |= self._own(outcome) | self._reached(outcome)
        return found

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
        bits = functools.reduce(lambda found, one: found | self._own(one) | self._reached(one), some, 0)
        return self._names_of(self._onward_bits(bits))


class Serving(NamedTuple):
    """What projects and programmes serve.

    Args:
        served: by project and programme, the outcomes, benefits and objectives that it serves, as bits of a number.
        places: the bit of each of these.
    """

    served: Mapping[str, int]
    places: Mapping[str, int]


def serving(portfolio: Portfolio) -> Serving:
    """What each project and programme of a portfolio serves; kept with the portfolio."""

    def make() -> Serving:
        known = losses(portfolio)
        return Serving(known.served, known.places)

    return remember(portfolio, "serving", make)


def share_serving(copy: Portfolio, portfolio: Portfolio) -> None:
    """What serves what in a portfolio is taken over by a changed copy in which the same needs the same: what is done or gone serves too."""
    if same_needs(copy, portfolio):
        remember(copy, "serving", lambda: serving(portfolio))


def losses(portfolio: Portfolio) -> Losses:
    """What is lost without each project of a portfolio, and what it serves; kept with the portfolio."""
    return remember(portfolio, "losses", lambda: Losses(portfolio))
