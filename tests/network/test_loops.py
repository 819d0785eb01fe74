"""Which links are cut to break loops: those of the rule step by step, found in few passes."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
from hypothesis import example, given
from hypothesis import strategies as st

import ipmo
from ipmo import Portfolio
from ipmo.model import Project, Task
from ipmo.network.graph import links_to_cut

Edge = tuple[int, int, int]


def step_by_step(edges: Sequence[Edge], dates: Sequence[int | None], ids: Sequence[str], owner: Sequence[int]) -> list[int]:
    """The rule as it is told: in each group of nodes on a loop the link that goes first goes, again and again."""

    def weight(edge: Edge) -> tuple[bool, int, str, str, str]:
        source, target, number = edge
        one, other = dates[source], dates[target]
        gap = one - other if one is not None and other is not None else 0
        return (owner[source] == owner[target], -gap, ids[source], ids[target], "FS" if number % 2 else "SS")

    cuts, waiting = [], [list(edges)]
    while waiting:
        group = waiting.pop()
        graph = nx.DiGraph((u, v) for u, v, _ in group)
        for component in nx.strongly_connected_components(graph):
            inside = [edge for edge in group if edge[0] in component and edge[1] in component]
            if len(component) > 1 and inside:
                worst = min(inside, key=weight)
                cuts.append(worst[2])
                waiting.append([edge for edge in inside if edge is not worst])
    return sorted(cuts)


ENDS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] != pair[1]), max_size=40)
COMPLETE = [(u, v) for u in range(7) for v in range(7) if u != v]


@given(ENDS, st.lists(st.none() | st.integers(0, 3), min_size=9, max_size=9), st.lists(st.integers(0, 2), min_size=9, max_size=9))
@example(COMPLETE, [None] * 9, [0] * 9)
@example([(0, 1), (1, 0), (0, 1), (1, 0)], [None] * 9, [0] * 9)
def test_the_links_that_are_cut_are_those_of_the_rule_step_by_step(
    ends: list[tuple[int, int]], dates: list[int | None], owner: list[int]
) -> None:
    edges = [(u, v, number) for number, (u, v) in enumerate(ends)]
    ids = [f"p{owner[node]}/t{node % 4}" for node in range(9)]
    found = links_to_cut(edges, dates, ids, lambda k: "FS" if k % 2 else "SS", lambda k: owner[edges[k][0]] != owner[edges[k][1]])
    assert found == step_by_step(edges, dates, ids, owner)
    kept = nx.DiGraph((u, v) for u, v, number in edges if number not in found)
    assert nx.is_directed_acyclic_graph(kept)


def test_one_link_of_a_loop_above_a_long_chain_is_cut_and_no_link_of_the_chain() -> None:
    tasks = [Task(id="t0", duration="1 d", after="t1"), *(Task(id=f"t{i}", duration="1 d", after=f"t{i - 1}") for i in range(1, 3000))]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=tasks)])
    s = ipmo.schedule(pf, on_cycle="cut")
    assert [(cut.source, cut.target) for cut in s.cuts] == [("p/t0", "p/t1")]
    assert s["p/t2999"].early_start is not None
