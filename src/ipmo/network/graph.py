"""The portfolio as a networkx graph, and loops found in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.benefits import Benefit
from ipmo.model.governance import Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project, Task
from ipmo.network.compiled import available, kernel
from ipmo.network.kernels.without import strong
from ipmo.network.positions import as_array, places_of, plain

if TYPE_CHECKING:
    import networkx

__all__ = ["graph", "groups", "leads_to", "links_to_cut", "neighbours", "one_loop", "partitioned", "weighted"]


COMPILE = 50_000
"""Edges from which the compiler is worth waiting for."""
FEW = 8
"""Nodes of a loop of which every order is compared."""
TINY = Fraction(1, 10**9)
"""What an edge without weight counts for where others are compared."""


def graph(portfolio: Portfolio) -> networkx.MultiDiGraph[str]:
    """A real networkx MultiDiGraph: items by full id with `item` and `project`, links with `type`, `lag`, `kind`, `link`.

    Tasks, milestones, gates, benefits, projects and what lies outside are nodes; `after:` entries, links, and what enables benefits
    are edges from what comes first to what follows. Changing the graph does not change the portfolio.
    """
    import networkx as nx

    found: networkx.MultiDiGraph[str] = nx.MultiDiGraph(portfolio=portfolio.id)
    for full_id, item in portfolio.items.items():
        if isinstance(item, Task | Gate | Benefit | Project):
            found.add_node(full_id, item=item, kind=type(item).__name__.lower(), project=portfolio.project_of(full_id))
    for project in portfolio.projects:
        nouns: list[Task | Gate] = [*project.tasks, *project.gates]
        for noun in nouns:
            for after in noun.after:
                source = portfolio.resolve(after.source, project.id)
                if source is not None:
                    found.add_edge(source, f"{project.id}/{noun.id}", type=after.type, lag=after.lag, kind="schedule", link=None)
    for gate in portfolio.gates:
        for after in gate.after:
            found.add_edge(
                portfolio.resolve(after.source) or after.source, gate.id, type=after.type, lag=after.lag, kind="schedule", link=None
            )
    for link in portfolio.links:
        ends = [portfolio.resolve(end) or end for end in (link.source, link.target)]
        for end in ends:
            if end not in found:
                meant = reference(end)
                kind = "external" if meant.external else meant.end
                found.add_node(end, item=None, kind=kind, project=portfolio.project_of(end))
        found.add_edge(ends[0], ends[1], type=link.type, lag=link.lag, kind=link.kind, link=link)
    for benefit in portfolio.benefits:
        for enabler in (*benefit.enabled_by, *benefit.any_of):
            source = portfolio.resolve(enabler.source) or enabler.source
            if source not in found:
                found.add_node(source, item=None, kind="finish", project=portfolio.project_of(source))
            found.add_edge(source, benefit.id, type="FS", lag=enabler.lag, kind="enables", link=None)
    return found


def _known(portfolio: Portfolio, items: Iterable[str]) -> list[str]:
    """The items of a portfolio that were asked about, each once; one id is one item."""
    names = list(dict.fromkeys([items] if isinstance(items, str) else items))
    for name in names:
        if name not in portfolio.items:
            raise UnknownItemError(name, close_matches(name, portfolio.items), f"portfolio {portfolio.id!r}")
    return names


def leads_to(portfolio: Portfolio, items: Iterable[str]) -> dict[str, frozenset[str]]:
    """Of each item, which of the others lead to it: by links, straight or through anything between.

    Args:
        portfolio: the portfolio; it needs no dates.
        items: ids of projects, tasks, gates or benefits, or one id; a project or a summary stands for all that lies in it, and
            is never said to lead to its own parts.

    >>> import ipmo
    >>> leads_to(ipmo.examples.load("commitment"), ["desk", "training", "savings"])["training"]
    frozenset({'desk'})

    Raises:
        UnknownItemError: there is no such item.
    """
    bits = {name: 1 << place for place, name in enumerate(_known(portfolio, items))}
    work = _Places(portfolio, bits)
    edges = [edge for project in portfolio.projects for edge in work.inner(portfolio, project)]
    for link in portfolio.links:
        if link.kind == "schedule":
            one, other = (portfolio.resolve(name) or name for name in (link.source, link.target))
            edges.append((work.end(one, "finish"), work.end(other, "start")))
    follows = [(after.source, gate.id) for gate in portfolio.gates for after in gate.after]
    follows += [(enabler.source, one.id) for one in portfolio.benefits for enabler in (*one.enabled_by, *one.any_of)]
    edges += [(work.end(portfolio.resolve(source) or source, "finish"), work.node(target)) for source, target in follows]
    edges += work.around()
    found = _closed(bits, work.own, edges)
    holds: dict[str, set[str]] = {}
    for name in bits:
        for above in {*work.chain(name)} & bits.keys() - {name}:
            holds.setdefault(name, set()).add(above)
            holds.setdefault(above, set()).add(name)
    return {name: before - holds[name] if name in holds else before for name, before in found.items()}


class _Places:
    """A number for every item and every end of a whole, with the bits of the items asked about that it is part of.

    Args:
        portfolio: the portfolio.
        bits: the bit of each item that is asked about.
    """

    def __init__(self, portfolio: Portfolio, bits: Mapping[str, int]) -> None:
        self._bits = bits
        self.number: dict[str, int] = {}
        self.own: list[int] = []
        """The bits of each number."""
        self._inside: dict[str, list[int]] = {}
        self._parents = {f"{p.id}/{t.id}": f"{p.id}/{t.parent}" for p in portfolio.projects for t in p.tasks if t.parent is not None}
        self._wholes = {p.id for p in portfolio.projects if p.tasks or p.gates} | set(self._parents.values())
        self._whole_ends: set[str] = set()

    def chain(self, name: str) -> Iterator[str]:
        """An item and all that it lies in."""
        while name:
            yield name
            name = self._parents.get(name) or reference(name).project

    def node(self, name: str) -> int:
        """The number of an item."""
        if name in self.number:
            return self.number[name]
        place = self.number[name] = len(self.own)
        mask = 0
        for above in self.chain(reference(name).item):
            if "@" not in name or above not in self._wholes:  # the ends of a whole are no part of it
                mask |= self._bits.get(above, 0)
                if above in self._wholes and above != name:
                    self._inside.setdefault(above, []).append(place)
        self.own.append(mask)
        return place

    def end(self, name: str, which: str) -> int:
        """An end of a link; a whole begins before and ends after all that lies in it."""
        if name in self._wholes:
            name = f"{name}@{which}"
        if "@" in name:
            self._whole_ends.add(name)
        return self.node(name)

    def _plain(self, project: Project, nouns: Iterable[Task | Gate]) -> dict[str, int]:
        """The numbers of what a project holds that has no parts; names are taken apart only where something lies between."""
        self.node(project.id)
        within, mask, number = f"{project.id}/", self._bits.get(project.id, 0), self.number
        mine = self._inside.setdefault(project.id, [])
        out = {}
        for noun in nouns:
            name = within + noun.id
            if name in self._wholes:
                self.node(name)
            elif name in self._parents or name in number:
                out[noun.id] = self.node(name)
            else:
                place = number[name] = out[noun.id] = len(self.own)
                mine.append(place)
                self.own.append(mask | self._bits.get(name, 0))
        return out

    def inner(self, portfolio: Portfolio, project: Project) -> Iterator[tuple[int, int]]:
        """What follows what by the links that the items of a project state."""
        nouns: list[Task | Gate] = [*project.tasks, *project.gates]
        places = self._plain(project, nouns)
        for noun in nouns:
            target = places.get(noun.id)
            for after in noun.after:
                before = places.get(after.source)
                if before is None:
                    source = portfolio.resolve(after.source, project.id)
                    if source is None:
                        continue
                    before = self.end(source, "finish")
                yield before, self.end(f"{project.id}/{noun.id}", "start") if target is None else target

    def around(self) -> Iterator[tuple[int, int]]:
        """What lies in a whole comes after its start and before its finish, where anything is linked to these."""
        for name in self._whole_ends:
            meant = reference(name)
            for place in self._inside.get(meant.item, ()):
                yield (place, self.number[name]) if meant.end == "finish" else (self.number[name], place)


def _closed(bits: Mapping[str, int], own: Sequence[int], edges: Sequence[tuple[int, int]]) -> dict[str, frozenset[str]]:
    """What lies before each bit, over edges that may close loops."""
    after: list[list[int]] = [[] for _ in own]
    waits = [0] * len(own)
    for source, target in edges:
        after[source].append(target)
        waits[target] += 1
    before = [0] * len(own)
    ready = [v for v, count in enumerate(waits) if not count]
    for v in ready:
        seen = before[v] | own[v]
        for w in after[v]:
            before[w] |= seen
            waits[w] -= 1
            if not waits[w]:
                ready.append(w)
    again = [v for v, count in enumerate(waits) if count]  # on a loop or behind one: until nothing changes
    while again:
        changed = []
        for v in again:
            seen = before[v] | own[v]
            for w in after[v]:
                if seen & ~before[w]:
                    before[w] |= seen
                    changed.append(w)
        again = changed
    found = dict.fromkeys(bits, 0)
    names = list(bits)
    wanted: dict[int, int] = {}  # of items that lie in the same ones, all at once
    for mask, ahead in zip(own, before, strict=True):
        if mask:
            wanted[mask] = wanted.get(mask, 0) | ahead
    for mask, ahead in wanted.items():
        for place in places_of(mask):
            found[names[place]] |= ahead
    return {name: frozenset(names[place] for place in places_of(mask & ~bits[name])) for name, mask in found.items()}


def one_loop(edges: Sequence[tuple[str, str, int]]) -> list[tuple[str, int]]:
    """One shortest loop through the least item that lies on any loop: (item, number of the link that leaves it).

    The answer depends on the names alone, not on the order of the edges.
    """
    follows: dict[str, dict[str, int]] = {}
    for source, target, number in edges:
        ends = follows.setdefault(source, {})
        ends[target] = min(number, ends.get(target, number))
    for first in sorted(follows):
        came: dict[str, str] = {}
        front = [first]
        while front:
            wave = []
            for node in front:
                for target in sorted(follows.get(node, ())):
                    if target == first:
                        path = [node]
                        while path[-1] != first:
                            path.append(came[path[-1]])
                        path.reverse()
                        return [(a, follows[a][b]) for a, b in zip(path, [*path[1:], first], strict=True)]
                    if target not in came:
                        came[target] = node
                        wave.append(target)
            front = wave
    return []


def links_to_cut(
    edges: Sequence[tuple[int, int, int]],
    dates: Sequence[int | None],
    ids: Sequence[str],
    kind: Callable[[int], str],
    crosses: Callable[[int], bool] = lambda number: False,
) -> list[int]:
    """The links whose removal leaves no loop: in each strongly connected group, again and again, one of those across projects
    before one inside a project, and of these the one whose source's date lies furthest after its target's; ties by id.

    What is inside a project is its own plan; a link across projects is an agreement that both sides can look at again.

    Args:
        edges: (source, target, number).
        dates: the known date of each node as an instant.
        ids: the name of each node.
        kind: the type of a link, by number.
        crosses: whether a link, by number, joins two projects.
    """

    def weight(edge: tuple[int, int, int]) -> tuple[bool, int, str, str, str]:
        source, target, number = edge
        one, other = dates[source], dates[target]
        gap = one - other if one is not None and other is not None else 0
        return (not crosses(number), -gap, ids[source], ids[target], kind(number))

    place = {node: number for number, node in enumerate(dict.fromkeys(end for source, target, _ in edges for end in (source, target)))}
    ends = [(place[source], place[target]) for source, target, _ in edges]
    group = groups(len(place), ends)
    inside = [row for row, (u, v) in enumerate(ends) if u != v and group[u] == group[v]]  # what lies on no loop costs no more
    inside.sort(key=lambda row: (weight(edges[row]), row), reverse=True)
    closing = _closing([ends[row] for row in inside])
    return sorted(edges[inside[row]][2] for row in closing)


def groups(count: int, ends: Sequence[tuple[int, int]]) -> list[int]:
    """The strongly connected group of each node, in one pass."""
    ptr = [0] * (count + 1)
    for _, v in ends:
        ptr[v + 1] += 1
    for v in range(count):
        ptr[v + 1] += ptr[v]
    at, tails = list(ptr), [0] * len(ends)
    for u, v in ends:
        tails[at[v]] = u
        at[v] += 1
    group = [-1] * count
    if len(ends) < COMPILE or not available():
        strong(ptr, tails, group, *([0] * count for _ in range(5)))
        return group
    columns = [as_array(column) for column in (ptr, tails, group, *([0] * count for _ in range(5)))]
    kernel(strong)(*columns)
    return plain(columns[2])


def _closing(ends: Sequence[tuple[int, int]]) -> list[int]:
    """Of edges that are added one by one, those that close a loop with the ones before them, by number.

    An edge that is cut is the lightest of a loop, and no edge lighter than it that was kept lies on a loop: it closes one of
    heavier edges alone. When the ends of each come into one strongly connected group is found by halves, each in one pass.
    """
    above = list(range(1 + max((max(pair) for pair in ends), default=-1)))
    out: list[int] = []

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    waiting = [(0, len(ends) - 1, list(range(len(ends))))]
    while waiting:
        first, last, rows = waiting.pop()
        if not rows:
            continue
        if first == last:  # these come together with this edge
            out += [first] * (first in rows)
            for row in rows:
                above[top(ends[row][0])] = top(ends[row][1])
            continue
        middle = (first + last) // 2
        pairs = [(row, top(ends[row][0]), top(ends[row][1])) for row in rows if row <= middle]
        number = {node: place for place, node in enumerate(dict.fromkeys(node for _, u, v in pairs for node in (u, v)))}
        group = groups(len(number), [(number[u], number[v]) for _, u, v in pairs])
        together = {row for row, u, v in pairs if group[number[u]] == group[number[v]]}
        waiting.append((middle + 1, last, [row for row in rows if row not in together]))
        waiting.append((first, middle, sorted(together)))
    return out


def weighted(nodes: Mapping[str, Mapping[str, object]], edges: Mapping[tuple[str, str], Mapping[str, object]]) -> networkx.DiGraph[str]:
    """A networkx DiGraph of some nodes and edges with their attributes."""
    import networkx as nx

    found: networkx.DiGraph[str] = nx.DiGraph()
    for name, attributes in nodes.items():
        found.add_node(name, **attributes)
    for (giver, receiver), attributes in edges.items():
        found.add_edge(giver, receiver, **attributes)
    return found


def partitioned(nodes: Sequence[str], edges: Mapping[tuple[str, str], float]) -> list[list[str]]:
    """Nodes in blocks so that edges lead from earlier blocks to later ones; a block of several is a loop of feedback.

    Inside a block the order leaves as little weight as it can on edges that lead back: the greedy rule of Eades, Lin and
    Smyth, A fast and effective heuristic for the feedback arc set problem (1993). Ties by name.

    Args:
        nodes: names.
        edges: (giver, receiver) to weight, at least 0.
    """
    import networkx as nx

    graph: networkx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(nodes))
    graph.add_edges_from(sorted((u, v) for u, v in edges if u != v))
    whole = nx.condensation(graph)
    first = {c: min(whole.nodes[c]["members"]) for c in whole}
    block_of = whole.graph["mapping"]
    inside: dict[int, dict[tuple[str, str], float]] = {}
    for (u, v), weight in edges.items():
        if u != v and block_of[u] == block_of[v]:
            inside.setdefault(block_of[u], {})[u, v] = weight
    order = nx.lexicographical_topological_sort(whole, key=first.__getitem__)
    return [_least_feedback(whole.nodes[c]["members"], inside[c]) if c in inside else list(whole.nodes[c]["members"]) for c in order]


def _least_feedback(nodes: set[str], edges: Mapping[tuple[str, str], float]) -> list[str]:
    gives: dict[str, dict[str, float]] = {node: {} for node in nodes}
    takes: dict[str, dict[str, float]] = {node: {} for node in nodes}
    exact: dict[str, dict[str, Fraction]] = {node: {} for node in nodes}  # sums do not depend on their order
    for (giver, receiver), weight in edges.items():
        gives[giver][receiver] = takes[receiver][giver] = weight
        exact[giver][receiver] = Fraction(weight) or TINY
    left, head, tail = set(nodes), list[str](), list[str]()
    balance = {
        node: sum(exact[node].values(), Fraction(0)) - sum((exact[other][node] for other in takes[node]), Fraction(0)) for node in nodes
    }
    waiting = [(-amount, node) for node, amount in balance.items()]
    heapify(waiting)
    open_ends = [{node: len(inner) for node, inner in side.items()} for side in (takes, gives)]
    begins, ends = ({node for node, count in side.items() if not count} for side in open_ends)

    def leave(gone: list[str]) -> None:
        left.difference_update(gone)
        for side, count, free in zip((gives, takes), open_ends, (begins, ends), strict=True):
            for node in gone:
                for other in side[node].keys() & left:
                    count[other] -= 1
                    balance[other] += exact[node][other] if side is gives else -exact[other][node]
                    heappush(waiting, (-balance[other], other))
                    if not count[other]:
                        free.add(other)

    while left:
        if found := sorted(ends & left):
            ends.clear()
            tail += found[::-1]
            leave(found)
        elif found := sorted(begins & left):
            begins.clear()
            head += found
            leave(found)
        else:
            amount, best = heappop(waiting)
            if best in left and -amount == balance[best]:  # else it was said anew since, or has left
                head.append(best)
                leave([best])
    found = _sifted(head + tail[::-1], gives, takes)
    return found if len(found) > FEW else _best(found, gives)


def _sifted(order: list[str], gives: Mapping[str, Mapping[str, float]], takes: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The order with each node moved to where the least weight leads back, as long as that helps.

    What leads back changes only where a node moves past one that it is linked to.
    """
    helped = len(order) > 2
    while helped:
        helped = False
        place = {node: number for number, node in enumerate(order)}
        for node in sorted(order):
            out, into, here = gives[node], takes[node], place[node]
            linked = sorted(((place[other], other) for other in out.keys() | into.keys()), reverse=True)
            now = least = usual = sum(out.get(other, 0.0) for _, other in reversed(linked))  # at the end: all that it gives leads back
            best = None
            for where, other in linked:
                now += into.get(other, 0.0) - out.get(other, 0.0)
                if where > here:
                    usual = now
                if now < least:
                    best, least = where, now
            if least < usual:
                order.pop(here)
                at = len(order) if best is None else best - (best > here)
                order.insert(at, node)
                for number in range(min(here, at), max(here, at) + 1):
                    place[order[number]] = number
                helped = True
        if not helped:
            order, helped = _turned(order, gives, takes)
    return order


def _turned(order: list[str], gives: Mapping[str, Mapping[str, float]], takes: Mapping[str, Mapping[str, float]]) -> tuple[list[str], bool]:
    """The order begun elsewhere where less leads back then, what came before put at its end; and whether that is so.

    Moving one node at a time never breaks a ring at another place.
    """
    change = 0.0
    first, least = 0, -1e-9 * math.fsum(weight for inner in gives.values() for weight in inner.values())  # less is rounding
    for number, node in enumerate(order[:-1], 1):  # its own edges lead back where they led on, and the other way round
        change += math.fsum(gives[node].values()) - math.fsum(takes[node].values())
        if change < least:
            first, least = number, change
    return order[first:] + order[:first], first > 0


def _best(order: list[str], gives: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Of few nodes: the order itself where no other leaves less to lead back, else the best of all; ties by name.

    By the least that leads back from what comes after each set of nodes (Held and Karp's way for orders).
    """
    names = sorted(order)
    number = {name: 1 << place for place, name in enumerate(names)}
    edges = [[(number[other], weight) for other, weight in gives[name].items()] for name in names]
    everything = (1 << len(names)) - 1

    def back(place: int, before: int) -> float:
        return math.fsum(weight for other, weight in edges[place] if other & before)

    def after(placed: int) -> list[tuple[float, int]]:
        return [(back(place, placed) + least[placed | 1 << place], place) for place in range(len(names)) if not placed >> place & 1]

    least = [0.0] * (everything + 1)
    for placed in range(everything - 1, -1, -1):
        least[placed] = min(after(placed))[0]
    placed, usual = 0, 0.0
    for name in order:
        usual += back(names.index(name), placed)
        placed |= number[name]
    if usual <= least[0]:
        return order
    found, placed = list[str](), 0
    while placed < everything:
        place = min(after(placed))[1]
        found.append(names[place])
        placed |= 1 << place
    return found


def neighbours(edges: Sequence[tuple[str, str]], node: str, depth: int) -> set[str]:
    """What is joined to a node by at most so many edges, in either direction, itself included."""
    found = {node}
    for _ in range(depth):
        found |= {v for u, v in edges if u in found} | {u for u, v in edges if v in found}
    return found
