"""What leads to what, loops, groups and blocks of feedback, against networkx and by trying every other order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise, permutations

import networkx as nx
import pytest

import ipmo
from ipmo.errors import UnknownItemError
from ipmo.model import Benefit, Portfolio, Project, Task
from ipmo.network.graph import FEW, groups, leads_to, neighbours, one_loop, partitioned
from ipmo.network.network import Network

from .conftest import as_large
from .test_without import drawn


@pytest.mark.parametrize("part", range(5))
def test_items_wholes_and_benefits_lead_to_what_networkx_says(part: int) -> None:
    """A whole begins before and ends after all that lies in it; nothing leads to what it holds or lies in."""
    seen = 0
    for seed in range(20 * part, 20 * part + 20):
        pf = drawn(seed)
        r = random.Random(seed)
        tasks = {f"{p.id}/{t.id}": t for p in pf.projects for t in p.tasks}
        above = {name: f"{name.partition('/')[0]}/{t.parent}" if t.parent else name.partition("/")[0] for name, t in tasks.items()}
        above |= {f"{p.id}/{g.id}": p.id for p in pf.projects for g in p.gates}
        wholes = set(above.values())

        def chain(name: str, above: dict[str, str] = above) -> list[str]:
            return [name, *(chain(above[name]) if name in above else [])]

        leaves = [name for name in above if name not in wholes]
        graph = nx.DiGraph()
        graph.add_nodes_from(leaves)

        def end(name: str, which: str, wholes: set[str] = wholes, graph: nx.DiGraph = graph) -> str:
            name = f"{name}@{which}" if name in wholes else name
            graph.add_node(name)
            return name

        for p in pf.projects:
            for noun in (*p.tasks, *p.gates):
                for after in noun.after:
                    source = pf.resolve(after.source, p.id)
                    if source is not None:
                        graph.add_edge(end(source, "finish"), end(f"{p.id}/{noun.id}", "start"))
        for link in pf.links:
            if link.kind == "schedule":
                graph.add_edge(end(pf.resolve(link.source) or link.source, "finish"), end(pf.resolve(link.target) or link.target, "start"))
        for benefit in pf.benefits:
            for enabler in (*benefit.enabled_by, *benefit.any_of):
                graph.add_edge(end(pf.resolve(enabler.source) or enabler.source, "finish"), benefit.id)
        for name in [node for node in graph if "@" in node]:
            whole, _, which = name.partition("@")
            for leaf in leaves:
                if whole in chain(leaf) and whole != leaf:
                    graph.add_edge(*((leaf, name) if which == "finish" else (name, leaf)))
        asked = [*{*above, *(p.id for p in pf.projects), *(b.id for b in pf.benefits)}]
        asked = sorted(r.sample(asked, min(len(asked), 12)))
        parts = {name: {leaf for leaf in leaves if name in chain(leaf)} | ({name} & set(graph)) for name in asked}
        # an effect between two benefits is followed too
        reach = {node: nx.ancestors(graph, node) for node in graph}
        loops = {node for some in nx.strongly_connected_components(graph) if len(some) > 1 for node in some}
        wanted = {}
        for name in asked:
            before = set().union(*(reach[node] | ({node} & loops) for node in parts[name] if node in reach))
            wanted[name] = {
                other
                for other in asked
                if other != name and parts[other] & before and name not in chain(other) and other not in chain(name)
            }
            seen += len(wanted[name])
        assert leads_to(pf, asked) == wanted, seed
    assert seen > 100


def test_one_id_is_one_item_and_one_that_is_not_there_is_named() -> None:
    pf = Portfolio(
        id="x", projects=[Project(id="P", tasks=[Task(id="a"), Task(id="b", after="a")])], benefits=[Benefit(id="B", enabled_by="P/b")]
    )
    assert leads_to(pf, "B") == {"B": frozenset()}
    assert leads_to(pf, ["B", "P", "B"]) == {"B": {"P"}, "P": frozenset()}
    assert leads_to(pf, []) == {}
    with pytest.raises(UnknownItemError, match=r"'P/c' is not in portfolio 'x'|P/c.*portfolio 'x'"):
        ipmo.leads_to(pf, ["P/c"])


@pytest.mark.parametrize("seed", range(40))
def test_the_loop_that_is_told_is_a_shortest_one_through_the_least_item_on_any(seed: int) -> None:
    r = random.Random(seed)
    names = [f"n{v:02}" for v in range(12)]
    edges = [(*r.sample(names, 2), number) for number in range(r.randint(3, 22))]
    graph = nx.DiGraph((u, v) for u, v, _ in edges)
    on = sorted(node for some in nx.strongly_connected_components(graph) if len(some) > 1 for node in some)
    found = one_loop(edges)
    assert found == one_loop(edges[::-1])
    if not on:
        assert found == []
        return
    items = [item for item, _ in found]
    assert items[0] == on[0]
    assert len(items) == min(1 + nx.shortest_path_length(graph, v, on[0]) for v in graph.successors(on[0]) if nx.has_path(graph, v, on[0]))
    for (one, number), other in zip(found, [*items[1:], items[0]], strict=True):
        assert number == min(k for u, v, k in edges if (u, v) == (one, other))


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("seed", range(20))
def test_groups_are_the_strongly_connected_ones_each_after_all_that_leads_to_it(
    seed: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    r = random.Random(seed)
    n = r.randint(1, 14)
    ends = [(r.randrange(n), r.randrange(n)) for _ in range(r.randint(0, 2 * n))]
    graph = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(ends)
    found = groups(n, ends)
    assert {frozenset(v for v in range(n) if found[v] == g) for g in found} == set(map(frozenset, nx.strongly_connected_components(graph)))
    assert sorted(set(found)) == list(range(len(set(found))))
    assert all(found[u] <= found[v] for u, v in ends)


def _by_the_rule(nodes: set[str], edges: dict[tuple[str, str], float]) -> list[str]:
    """The greedy rule of Eades, Lin and Smyth, the moves and the turns after it, each step looked for among all edges."""
    left, head, tail = set(nodes), list[str](), list[str]()
    while left:
        inside = {(u, v): w for (u, v), w in edges.items() if u in left and v in left}
        ends, begins = (sorted(left - {pair[side] for pair in inside}) for side in (0, 1))
        if ends or begins:
            tail, head = [*tail, *ends[::-1]], [*head, *(begins if not ends else [])]
            left -= set(ends or begins)
            continue
        balance = {node: sum(w * ((u == node) - (v == node)) for (u, v), w in inside.items()) for node in left}
        best = min(left, key=lambda node: (-balance[node], node))
        head.append(best)
        left.remove(best)
    order, moved = [*head, *tail[::-1]], True

    def back(names: list[str]) -> float:
        return sum(edges.get((v, u), 0.0) for i, u in enumerate(names) for v in names[i + 1 :])

    while moved:
        moved = False
        for node in sorted(order):
            rest = [name for name in order if name != node]
            put = [[*rest[:spot], node, *rest[spot:]] for spot in range(len(order) - 1, -1, -1)]
            least = min(put, key=back)
            if back(least) < back(order):
                order, moved = least, True
        if not moved and back(turned := min((order[k:] + order[:k] for k in range(len(order))), key=back)) < back(order):
            order, moved = turned, True
    return order


@pytest.mark.parametrize("seed", range(40))
def test_blocks_are_those_of_the_rule_looked_for_among_all_edges(seed: int) -> None:
    r = random.Random(seed)
    names = [f"n{v}" for v in range(9)]
    edges = {(u, v): float(r.randint(1, 4)) for u in names for v in names if u != v and r.random() < r.choice((0.15, 0.4))}
    for block in partitioned(names, edges):
        inside = {pair: w for pair, w in edges.items() if set(pair) <= set(block)}

        def back(order: Sequence[str], inside: dict[tuple[str, str], float] = inside) -> float:
            return sum(inside.get((v, u), 0.0) for i, u in enumerate(order) for v in order[i + 1 :])

        rule = _by_the_rule(set(block), inside)
        assert block == rule or (len(block) <= FEW and back(block) < back(rule))
        if len(block) <= 6:
            assert back(block) == min(map(back, permutations(block)))


@pytest.mark.parametrize("seed", range(30))
def test_blocks_lead_on_and_inside_one_no_node_is_better_elsewhere(seed: int) -> None:
    r = random.Random(seed)
    names = [f"n{v}" for v in range(8)]
    edges = {(u, v): float(r.randint(0, 5)) for u in names for v in names if r.random() < 0.22}
    blocks = partitioned(r.sample(names, 8), edges)
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from(edges)
    assert {frozenset(block) for block in blocks} == set(map(frozenset, nx.strongly_connected_components(graph)))
    place = {name: number for number, block in enumerate(blocks) for name in block}
    assert all(place[u] <= place[v] for u, v in edges)
    for one, other in pairwise(blocks):  # blocks that could change places stand by their first names
        if not any((u, v) in edges for u in one for v in other):
            assert min(one) < min(other) or any(
                place[u] < place[min(other)] for u in names if nx.has_path(graph, u, min(other)) and u not in other
            )

    def back(order: list[str]) -> float:
        return sum(edges.get((v, u), 0.0) for i, u in enumerate(order) for v in order[i + 1 :])

    for block in blocks:
        for node in block:
            rest = [name for name in block if name != node]
            for spot in range(len(block)):
                assert back([*rest[:spot], node, *rest[spot:]]) >= back(block)
        if len(block) == 2:
            assert back(block) <= back(block[::-1])


@pytest.mark.parametrize("seed", range(10))
def test_neighbours_are_those_within_so_many_steps_either_way(seed: int) -> None:
    r = random.Random(seed)
    names = [f"n{v}" for v in range(12)]
    edges = [(*r.sample(names, 2),) for _ in range(12)]
    graph = nx.Graph(edges)
    for node in sorted(graph):
        for depth in range(4):
            assert neighbours(edges, node, depth) == set(nx.ego_graph(graph, node, depth))


def test_a_loop_of_plain_columns_names_its_items_types_and_projects_in_order() -> None:
    net = Network.from_columns(
        ["d", "c", "b", "a", "e"], [1] * 5, [3, 2, 1, 4, 1], [2, 1, 3, 3, 4], type=[0, 1, 2, 3, 0],
        project=[0, 1, 2, 2, 0], projects=["P", "Q", "R"],
    )  # fmt: skip
    assert net.has_loop
    error = net.loop()
    assert (tuple(error.cycle), tuple(error.types), tuple(error.boundaries)) == (("a", "b", "c"), ("FS", "SS", "FF"), ("R", "Q"))
    cut = net.cut([0, 0, 5, 3, 9])  # of links across projects those whose source lies latest after its target: by 6, then by 5
    assert [(one.source, one.target, one.type) for one in cut.cuts] == [("b", "c", "SS"), ("e", "a", "SF")]
    assert not cut.has_loop
    assert [(cut.ids[u], cut.ids[v]) for u, v in zip(cut.src, cut.dst, strict=True)] == [("a", "b"), ("c", "a"), ("c", "e")]
