"""Who gives to whom: the matrix partitioned, the network, the register, and who waits for whom."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.errors import OptionError, UnknownItemError
from ipmo.model import Benefit, Link, MoneySettings, Portfolio, Project, Task
from ipmo.network.graph import partitioned


def build(*pairs: tuple[str, str], **more: Any) -> Portfolio:
    """Projects of two tasks; a pair (A/x, B/y) is a link."""
    names = sorted({end.partition("/")[0] for pair in pairs for end in pair})
    tasks = [Task(id="x", duration="2 d"), Task(id="y", duration="3 d", after="x"), Task(id="z", duration="9 d")]
    return Portfolio(
        id="p",
        start="2026-01-05",
        calendar="continuous",
        money=MoneySettings(currency="GBP", discount="green-book-2026"),
        projects=[Project(id=n, name=f"Project {n}", tasks=tasks) for n in names],
        links=[Link(id=f"{a}>{b}".replace("/", "."), source=a, target=b) for a, b in pairs],
        **more,
    )


def test_what_leads_on_lies_below_the_diagonal_and_feedback_above() -> None:
    pf = build(("C/y", "A/y"), ("A/x", "B/x"), ("B/x", "D/x"), ("D/x", "A/z"), ("A/x", "D/y"))
    view = ipmo.interfaces(pf)
    matrix = view.matrix()
    assert matrix.order == ("C", "A", "B", "D")
    assert matrix.blocks == (("C",), ("A", "B", "D"))
    assert matrix.feedback == (("D", "A"),)
    assert matrix.table().columns == ("receiver", "C", "A", "B", "D")
    assert list(matrix.table()["A"]) == [None, None, 1, 1]
    assert view.table().columns == ("giver", "receiver", "links", "driving", "float", "drag", "value", "loss")
    with pytest.raises(OptionError, match="measure='size' is not known; write one of 'links', 'driving', 'drag', 'value', 'loss'"):
        view.matrix("size")  # type: ignore[arg-type]


def test_measures_of_a_pair_come_from_its_links() -> None:
    pf = build(("A/y", "B/x"), ("A/x", "B/y"), benefits=[Benefit(id="b", enabled_by="B/y", value="1 M GBP per year", lasts="5 years")])
    (pair,) = ipmo.interfaces(pf).pairs
    assert (pair.links, pair.driving, pair.drag, pair.float) == (("A.y>B.x", "A.x>B.y"), 1, 5, 0)
    worth = ipmo.benefits(pf)["b"]
    assert pair.value == pytest.approx(float(worth.npv.amount))  # type: ignore[union-attr]
    assert pair.loss == float(worth.loss_if(10).amount)  # type: ignore[union-attr]
    graph = ipmo.interfaces(pf).graph()
    assert graph.edges["A", "B"]["links"] == 2
    assert graph.nodes["A"]["name"] == "Project A"


def test_the_register_has_each_link_on_both_sides() -> None:
    view = ipmo.interfaces(build(("A/y", "B/x"), ("B/y", "C/x")))
    table = view.register("B")
    assert list(zip(table["role"], table["partner"], table["id"], strict=True)) == [("gives", "C", "B.y>C.x"), ("gets", "A", "A.y>B.x")]
    assert len(view.register()) == 4
    with pytest.raises(UnknownItemError, match="'D' is not in the projects of portfolio 'p'"):
        view.register("D")


def test_who_waits_for_whom_follows_items_and_not_projects() -> None:
    """A reaches B/z only, which leads nowhere; C waits for B/y: a project-level graph says that C waits for A."""
    view = ipmo.interfaces(build(("A/y", "B/z"), ("B/y", "C/x")))
    rows = {r["partner"]: (r["direction"], r["steps"]) for r in view.waits("A").rows()}
    assert rows == {"B": ("waits for it", 1)}
    assert {r["partner"]: r["direction"] for r in view.waits("C").rows()} == {"B": "it waits for"}
    far = ipmo.interfaces(build(("A/y", "B/x"), ("B/y", "C/x")))
    assert {r["partner"]: (r["steps"], r["through"]) for r in far.waits("A").rows()} == {"B": (1, "A.y>B.x"), "C": (2, "A.y>B.x")}


def test_a_network_is_drawn_to_eighty_projects_and_a_neighbourhood_beyond() -> None:
    pairs = [(f"P{n:03}/y", f"P{n + 1:03}/x") for n in range(100)]
    view = ipmo.interfaces(build(*pairs))
    assert 'class="dsm"' in str(view.figure().svg)
    near = view.figure(around="P050", depth=2)
    assert 'class="ifn"' in str(near.svg)
    assert str(near.svg).count("<rect") == 5
    small = ipmo.interfaces(build(*pairs[:10]))
    assert str(small.figure().svg).count("<rect") == 11
    assert "<svg" in small._repr_html_()


def test_names_are_escaped_in_pictures() -> None:
    pf = build(("A/y", "B/x"), ("B/y", "C/x")).evolve("A", name="<script>alert(1)</script>")
    view = ipmo.interfaces(pf)
    for figure in (view.figure(), view.matrix().figure):
        assert "<script" not in figure.to_svg()


@settings(max_examples=200)
@given(st.dictionaries(st.tuples(st.sampled_from("ABCDEFG"), st.sampled_from("ABCDEFG")), st.integers(1, 9).map(float), max_size=25))
def test_blocks_are_the_strong_components_in_an_order_in_which_edges_lead_on(edges: dict[tuple[str, str], float]) -> None:
    import itertools

    import networkx as nx

    blocks = partitioned(sorted({n for pair in edges for n in pair}), edges)
    graph = nx.DiGraph([pair for pair in edges if pair[0] != pair[1]])
    graph.add_nodes_from(n for pair in edges for n in pair)
    assert {frozenset(b) for b in blocks} == {frozenset(c) for c in nx.strongly_connected_components(graph)}
    block_of = {n: place for place, b in enumerate(blocks) for n in b}
    assert all(block_of[u] <= block_of[v] for u, v in graph.edges)
    for block in blocks:
        if 2 < len(block) <= 5:
            place = {n: i for i, n in enumerate(block)}
            inside = {(u, v): w for (u, v), w in edges.items() if u in place and v in place and u != v}
            back = sum(w for (u, v), w in inside.items() if place[u] > place[v])
            orders = itertools.permutations(block)
            least = min(sum(w for (u, v), w in inside.items() if o.index(u) > o.index(v)) for o in orders)
            assert back == least, "the best order by brute force"


def test_tables_and_the_schedule_say_one_day() -> None:
    """A milestone that only a date holds says the day that begins; work that ends at midnight says the day that ends."""
    pf = Portfolio(
        id="x",
        start="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="A", tasks=[Task(id="held", milestone=True, not_before="2026-03-01"), Task(id="done", duration="31 d")]),
            Project(id="B", tasks=[Task(id="t", duration="1 d"), Task(id="u", duration="1 d")]),
        ],
        links=[Link(id="one", source="A/held", target="B/t", needed="2026-03-10"), Link(id="two", source="A/done", target="B/u")],
    )
    s, links = ipmo.schedule(pf), ipmo.critical_links(pf)
    assert (s["A/held"].finish_text, s["A/done"].finish_text) == ("2026-03-01", "2026-01-31")
    rows = {row["id"]: row for row in links.table().rows()}
    assert {name: str(row["given_date"]) for name, row in rows.items()} == {"one": "2026-03-01", "two": "2026-01-31"}
    assert (str(rows["one"]["taken_date"]), str(rows["one"]["needed_date"]), str(rows["two"]["taken_date"])) == (
        "2026-03-01",
        "2026-03-10",
        "2026-02-01",
    )
    assert {row["id"]: str(row["expected_date"]) for row in links.agreements().rows()} == {"one": "2026-03-01", "two": "2026-01-31"}
    assert {one.item: str(one.given_date) for one in links.hand_overs} == {"A/held": "2026-03-01", "A/done": "2026-01-31"}
    assert {row["id"]: str(row["by_date"]) for row in ipmo.interfaces(pf).register().rows()} == {"one": "2026-03-01", "two": "2026-01-31"}
    assert {h.source: h.expected for h in ipmo.schedule_quality(pf).hand_overs} == {"A/held": "2026-03-01", "A/done": "2026-01-31"}
    longer = ipmo.compare(pf, pf.evolve("A/done", duration="41 d")).items()
    moved = {row["id"]: (str(row["finish_date_before"]), str(row["finish_date_after"])) for row in longer.rows()}
    assert moved["A/done"] == ("2026-01-31", "2026-02-10")
