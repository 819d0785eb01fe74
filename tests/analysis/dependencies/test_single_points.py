"""Single points of failure, against networkx on the same graph, made-up and real."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import ipmo
from ipmo import model as m
from ipmo.analysis.dependencies.critical import critical_links
from ipmo.analysis.dependencies.single_points import single_points
from ipmo.errors import UnknownItemError
from ipmo.model import (
    Benefit,
    Contribution,
    Enabler,
    Exposure,
    Gate,
    Link,
    MoneySettings,
    Objective,
    Outcome,
    Portfolio,
    Programme,
    Project,
    Risk,
    Task,
)
from ipmo.network.reach import dominators
from ipmo.testing.strategies import portfolios


def diamond(**more: Any) -> Portfolio:
    """a before b and c, both before d; x apart; benefit D waits for d, benefit X for x and d."""
    tasks = [
        Task(id="a", duration="1 d"),
        *(Task(id=t, duration="1 d", after="a") for t in "bc"),
        Task(id="d", duration="1 d", after=["b", "c"]),
    ]
    return Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        money=MoneySettings(currency="GBP", discount="green-book-2026"),
        projects=[Project(id="P", tasks=tasks), Project(id="Q", tasks=[Task(id="x", duration="9 d")])],
        objectives=[Objective(id="O"), Objective(id="N")],
        benefits=[
            Benefit(id="D", enabled_by="P/d", value="1 M GBP", **more),
            Benefit(id="X", enabled_by=[Enabler(source="P/d"), Enabler(source="Q/x")], value="2 M GBP"),
        ],
        contributions=[Contribution(source="D", target="O"), Contribution(source="D", target="N"), Contribution(source="X", target="N")],
    )


def test_what_every_way_passes_and_what_it_is_worth() -> None:
    points = single_points(diamond())
    assert points.of("D") == ("P/a", "P/b", "P/c", "P/d", "D")
    assert set(points.of("X")) == {"P/a", "P/b", "P/c", "P/d", "Q/x", "X"}  # it needs both, and so each
    assert points.of("O") == ("P/a", "P/b", "P/c", "P/d", "O")
    assert points.of("N") == ("P/a", "P/b", "P/c", "P/d", "N")  # without d neither D nor X serves it; without x, D does
    worth = {b: ipmo.benefits(diamond())[b].npv for b in ("D", "X")}
    assert worth["D"] is not None
    assert worth["X"] is not None
    row = points["P/d"]
    assert (row.benefits, row.objectives, row.value) == (("D", "X"), ("O", "N"), ipmo.Money(worth["D"].amount + worth["X"].amount, "GBP"))
    assert (points["Q/x"].benefits, points["Q/x"].objectives, points["Q/x"].float) == (("X",), (), 0)
    assert row.reason.startswith("without P/d 2 benefits worth ")
    assert [one.item for one in points] == ["P/a", "P/b", "P/c", "P/d", "Q/x"]  # what is lost, then float, then the order of the file
    with pytest.raises(UnknownItemError):
        points["D"]
    with pytest.raises(UnknownItemError):
        points.of("P/a")


def test_an_item_is_one_for_each_of_several_that_are_needed_and_for_none_of_several_that_are_enough() -> None:
    """Two needed, one of two, a gate, what is required, and a substitute somewhere up the chain."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        projects=[
            Project(id="a", tasks=[Task(id="t", duration="10 d")], gates=[Gate(id="g", after="t")]),
            Project(id="b", tasks=[Task(id="t", duration="10 d")], requires="c"),
            Project(id="c", tasks=[Task(id="t", duration="4 d")]),
        ],
        outcomes=[Outcome(id="some", any_of=["a/t", "b/t"])],
        benefits=[
            Benefit(id="both", enabled_by=["a/t", "b/t"]),
            Benefit(id="either", any_of=["a/t", "b/t"]),
            Benefit(id="through", enabled_by=["some", "a/t"]),
        ],
    )
    points = single_points(pf)
    assert set(points.of("both")) == {"a/t", "b/t", "c", "both"}  # b requires c, whatever c does
    assert points.of("either") == ("either",)
    assert points.of("through") == ("a/t", "through")
    assert points.of("a/g") == ("a/t", "a/g")
    assert {row.item: (row.benefits, row.gates) for row in points} == {
        "a/t": (("both", "through"), ("a/g",)),
        "b/t": (("both",), ()),
        "c": (("both",), ()),
    }


def test_a_whole_is_one_where_something_fails_without_it_and_without_none_of_its_parts_alone() -> None:
    """What is required, and a summary or a programme that holds every way; by hand: knock out each item in turn."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        money=MoneySettings(currency="GBP", discount="green-book-2026"),
        programmes=[Programme(id="above"), Programme(id="g", programme="above")],
        projects=[
            Project(id="p", programme="g", tasks=[Task(id="s"), *(Task(id=t, parent="s", duration="5 d") for t in "tu")]),
            Project(id="q", programme="g", tasks=[Task(id="t", duration="9 d")]),
            Project(id="r", requires="q", tasks=[Task(id="t", duration="9 d", deadline="2026-02-01")]),
        ],
        benefits=[
            Benefit(id="inside", any_of=["p/t", "p/u"], value="3 M GBP"),
            Benefit(id="across", any_of=["p/t", "q/t"], value="2 M GBP"),
            Benefit(id="apart", any_of=["p/t", "r/t"], value="9 M GBP"),
            Benefit(id="behind", enabled_by="r/t", value="1 M GBP"),
        ],
    )
    points = single_points(pf)
    assert [(row.item, row.project, row.benefits) for row in points] == [
        ("g", "", ("across", "apart")),
        ("p/s", "p", ("inside",)),
        ("q", "q", ("behind",)),
        ("r/t", "r", ("behind",)),
    ]
    assert points.of("apart") == ("g", "apart")  # r requires q, which lies in g beside p
    assert points.of("inside") == ("p/s", "inside")
    assert points["g"].reason.startswith("without g 2 benefits worth ")
    assert len(points.table()) == 4


def test_of_those_that_lose_as_much_the_tightest_comes_first_and_then_the_likeliest() -> None:
    def project(name: str, days: int, chance: float) -> Project:
        risk = Risk(id="r", before=Exposure(probability=chance))
        return Project(id=name, tasks=[Task(id="t", duration=f"{days} d"), Task(id="own", duration="20 d", after="t")], risks=[risk])

    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        projects=[project("a", 5, 0.1), project("b", 5, 0.4), project("c", 9, 0.2)],
        benefits=[Benefit(id="w", enabled_by=["a/t", "b/t", "c/t"], need_by="2026-06-30")],
    )
    tasks = [row.item for row in single_points(pf) if row.item.endswith("/t")]
    assert tasks == sorted(tasks, key=lambda item: (single_points(pf)[item].float, -(single_points(pf)[item].likelihood or 0)))
    assert tasks.index("b/t") < tasks.index("a/t")


def test_what_is_done_fails_no_more() -> None:
    done = Task(id="t", duration="1 d", actual_start="2026-01-01", actual_finish="2026-01-02")
    pf = Portfolio(id="x", start="2026-01-01", projects=[Project(id="a", tasks=[done])], benefits=[Benefit(id="w", enabled_by="a/t")])
    assert len(single_points(pf)) == 0


@settings(max_examples=80, deadline=None)
@given(portfolios(tied=True))
def test_dominators_of_a_portfolio_are_those_of_networkx(pf: Portfolio) -> None:
    import networkx as nx

    s = ipmo.schedule(pf)
    net, q = s.network, s.passes.lists
    graph = nx.DiGraph()
    graph.add_nodes_from(range(-1, net.n))
    for v in range(net.n):
        sources = [q.src[k] for k in range(q.ptr[v], q.ptr[v + 1])]
        graph.add_edges_from((u, v) for u in sources)
        if not sources:
            graph.add_edge(-1, v)
    expected = nx.immediate_dominators(graph, -1)
    idom, _ = dominators(net)
    assert [int(d) for d in idom] == [expected[v] for v in range(net.n)]


def graph_portfolio(edges: list[tuple[str, str]], group: dict[str, str]) -> Portfolio:
    """Every node a task of one day in the project of its group, every edge a link."""
    inside: dict[str, list[str]] = {}
    for node in dict.fromkeys(n for edge in edges for n in edge):
        inside.setdefault(group.get(node) or "none", []).append(node)
    full = {node: f"{g}/{node}" for g, nodes in inside.items() for node in nodes}
    return Portfolio(
        id="graph",
        start="2026-01-05",
        calendar="continuous",
        projects=[Project(id=g, tasks=[Task(id=n, duration="1 d") for n in nodes]) for g, nodes in inside.items()],
        links=[Link(source=full[a], target=full[b]) for a, b in dict.fromkeys(edges) if a != b],
    )


def eips(folder: Path) -> tuple[list[tuple[str, str]], dict[str, str]]:
    edges, group = [], {}
    with (folder / "04_change_portfolios" / "eips.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group[row["eip"]] = (row["category"] or row["type"]).replace(" ", "-")
            edges += [(need, row["eip"]) for need in row["requires"].replace(",", " ").replace(";", " ").split()]
    return edges, group


def debian(folder: Path) -> tuple[list[tuple[str, str]], dict[str, str]]:
    with (folder / "11_graphs" / "debian_sample_nodes.csv").open(encoding="utf-8", newline="") as file:
        group = {row["package"]: row["section"].replace("/", "-") for row in csv.DictReader(file)}
    with (folder / "11_graphs" / "debian_sample_depends.csv").open(encoding="utf-8", newline="") as file:
        edges = [(row["depends_on"], row["package"]) for row in csv.DictReader(file)]
    return edges, group


@pytest.mark.data
@pytest.mark.parametrize("read", [eips, debian])
def test_real_graphs_reach_and_are_dominated_as_networkx_says(data: Path, read: Any) -> None:
    import networkx as nx

    edges, group = read(data)
    pf = graph_portfolio(edges, group)
    s = ipmo.schedule(pf, on_cycle="cut")
    cut = {(a, b) for a, b, _ in s.cuts}
    graph = nx.DiGraph((pf.resolve(k.source), pf.resolve(k.target)) for k in pf.links)
    graph.remove_edges_from(cut)
    assert nx.is_directed_acyclic_graph(graph)
    roots = [n for n in graph if not graph.in_degree(n)]
    expected = nx.immediate_dominators(nx.DiGraph([*graph.edges, *(("", n) for n in roots)]), "")
    idom, _ = dominators(s.network)
    names = [s.network.ids[int(v)] for v in s.passes.positions.order]
    assert {names[p]: names[int(d)] if d >= 0 else "" for p, d in enumerate(idom)} == {n: expected[n] for n in names if n in graph}
    links = critical_links(pf, on_cycle="cut")
    assert set(links.cuts) == set(s.cuts)
    for place in range(0, sum(k.link_float is not None for k in links), 17):
        k = links[place]
        after = {pf.project_of(n) for n in nx.descendants(graph, k.target) | {k.target}}
        assert {r.target.removesuffix("@finish") for r in links.reach(k) if r.kind == "project"} == after


@pytest.mark.data
def test_sixteen_thousand_links_with_loops_are_cut_named_and_ranked(data: Path) -> None:
    edges, group = debian(data)
    many = [(f"{a}.{n}", f"{b}.{n}") for n in range(3) for a, b in edges]
    pf = graph_portfolio(many, {f"{name}.{n}": section for n in range(3) for name, section in group.items()})
    assert len(pf.links) > 14_000
    with pytest.raises(ipmo.CycleError):
        critical_links(pf)
    links = critical_links(pf, on_cycle="cut")
    assert len(links.cuts) == 12
    table = links.table()
    assert len(table) == len(links) > 5_000
    for source, target, _ in links.cuts:
        one, other = pf.project_of(source), pf.project_of(target)
        if one != other:
            assert links[f"{source} -> {target}"].reason.startswith("cut to break a loop")
    matrix = ipmo.interfaces(pf, on_cycle="cut").matrix()
    assert len(matrix.order) == 30
    assert matrix.feedback, "sections of an archive depend on one another in circles"


@pytest.mark.parametrize("other", [False, True])
def test_a_harm_that_does_not_come_is_no_failure(other: bool) -> None:
    """Without `harm` only a disbenefit goes, and the objective that it alone serves; an objective that a benefit serves too fails with that."""
    projects = [m.Project(id=name, tasks=[m.Task(id="x", duration="5 d")]) for name in ("good", "harm")]
    benefits = [
        m.Benefit(id="b", enabled_by="good/x", value="5 M GBP"),
        m.Benefit(id="d", enabled_by="harm/x", value="1 M GBP", disbenefit=True),
    ]
    served = [("b", "o"), ("d", "less"), *([("b", "less")] if other else [])]
    pf = m.Portfolio(
        id="p", start="2026-01-05", calendar="continuous", money=m.MoneySettings(currency="GBP", discount="green-book-2026"), projects=projects, benefits=benefits,
        objectives=[m.Objective(id="o"), m.Objective(id="less")], contributions=[m.Contribution(source=a, target=b) for a, b in served],
    )  # fmt: skip
    found = ipmo.single_points(pf)
    assert found.ids == ("good/x",)
    assert found["good/x"].objectives == ("o",)
    both = pf.evolve(benefits=[benefits[0], m.Benefit(id="d", enabled_by="harm/x", value="1 M GBP")])
    assert set(ipmo.single_points(both).ids) == {"good/x", "harm/x"}, "two benefits, each with its enabler"
