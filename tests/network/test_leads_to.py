"""What leads to what, over all projects at once, against networkx on the same graph."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings

import ipmo
from ipmo import model as m
from ipmo.testing.strategies import portfolios


@settings(max_examples=60)
@given(portfolios())
def test_projects_and_benefits_are_reached_as_networkx_says(pf: m.Portfolio) -> None:
    names = [*(p.id for p in pf.projects), *(b.id for b in pf.benefits)]
    found = ipmo.leads_to(pf, names)
    graph = ipmo.graph(pf)

    def inside(name: str) -> set[str]:
        return {node for node in graph if node == name or node.startswith((f"{name}/", f"{name}@"))}

    for name in names:
        above = set().union(*(nx.ancestors(graph, node) for node in inside(name)), set()) | inside(name)
        assert found[name] == {other for other in names if other != name and inside(other) & above}


def test_loops_summaries_and_whole_projects() -> None:
    loop = m.Project(id="L", tasks=[m.Task(id="a", after="b"), m.Task(id="b", after=["a", "c"]), m.Task(id="c")])
    tree = m.Project(id="S", tasks=[m.Task(id="s"), m.Task(id="x", parent="s"), m.Task(id="y", parent="s"), m.Task(id="z", after="s")])
    links = [m.Link(source="L", target="S/y"), m.Link(source="S/z", target="Q"), m.Link(source="Q", target="R/r", kind="informs")]
    pf = m.Portfolio(
        id="p",
        projects=[loop, tree, m.Project(id="Q", tasks=[m.Task(id="q")]), m.Project(id="R", tasks=[m.Task(id="r")])],
        links=links,
    )
    found = ipmo.leads_to(pf, ["L", "S", "Q", "R", "L/a", "L/b", "L/c", "S/s", "S/x", "S/y", "S/z", "Q/q"])
    assert found["Q"] == {"L", "S", "L/a", "L/b", "L/c", "S/s", "S/x", "S/y", "S/z"}
    assert found["R"] == frozenset()
    assert found["L/a"] == {"L/b", "L/c"}, "a is on a loop, and its own project is not said to lead to it"
    assert found["S/x"] == frozenset()
    assert found["S/y"] == {"L", "L/a", "L/b", "L/c"}
    assert found["S/z"] >= {"S/x", "S/y", "S/s"}
    assert found["Q/q"] == found["Q"]
    assert "S/s" not in found["S/x"]
