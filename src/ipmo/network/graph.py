"""The portfolio as a networkx graph, and loops found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ipmo.model.benefits import Benefit
from ipmo.model.governance import Gate
from ipmo.model.work import EXTERNAL, Portfolio, Project, Task

if TYPE_CHECKING:
    import networkx

__all__ = ["graph", "links_to_cut", "one_loop"]


def graph(portfolio: Portfolio) -> networkx.MultiDiGraph[str]:
    """A real networkx MultiDiGraph: items by full id with `item` and `project`, links with `type`, `lag`, `kind`, `link`.

    Tasks, milestones, gates, benefits, projects and stubs are nodes; `after:` entries, links, and what enables benefits
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
    for link in portfolio.links:
        ends = [portfolio.resolve(end) or end for end in (link.source, link.target)]
        for end in ends:
            if end not in found:
                kind = "stub" if end.startswith(EXTERNAL) else end.partition("@")[2]
                found.add_node(end, item=None, kind=kind, project=portfolio.project_of(end))
        found.add_edge(ends[0], ends[1], type=link.type, lag=link.lag, kind=link.kind, link=link)
    for benefit in portfolio.benefits:
        for enabler in (*benefit.enabled_by, *benefit.any_of):
            source = portfolio.resolve(enabler.source) or enabler.source
            if source not in found:
                found.add_node(source, item=None, kind="finish", project=portfolio.project_of(source))
            found.add_edge(source, benefit.id, type="FS", lag=enabler.lag, kind="enables", link=None)
    return found


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
    edges: Sequence[tuple[int, int, int]], dates: Sequence[int | None], ids: Sequence[str], kind: Callable[[int], str]
) -> list[int]:
    """The links whose removal leaves no loop: in each strongly connected group, again and again, the one whose source's
    date lies furthest after its target's; ties, and links without dates, by id.

    Args:
        edges: (source, target, number).
        dates: the known date of each node as an instant.
        ids: the name of each node.
        kind: the type of a link, by number.
    """
    import networkx as nx

    def weight(edge: tuple[int, int, int]) -> tuple[int, str, str, str]:
        source, target, number = edge
        one, other = dates[source], dates[target]
        gap = one - other if one is not None and other is not None else 0
        return (-gap, ids[source], ids[target], kind(number))

    cuts: list[int] = []
    waiting: list[list[tuple[int, int, int]]] = [list(edges)]
    while waiting:
        group = waiting.pop()
        graph: Any = nx.DiGraph()
        graph.add_edges_from((u, v) for u, v, _ in group)
        for component in nx.strongly_connected_components(graph):
            inside = [edge for edge in group if edge[0] in component and edge[1] in component]
            if len(component) > 1 and inside:
                worst = min(inside, key=weight)
                cuts.append(worst[2])
                waiting.append([edge for edge in inside if edge is not worst])
    return sorted(cuts)
