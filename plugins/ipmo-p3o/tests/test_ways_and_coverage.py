"""Figures of the office adapter: waits and ages at the top, ways to the board, coverage, and the pictures of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model import DataFlow, DecisionBody, Office, Portfolio, Programme, Project, Service, Task
from ipmo.testing.nouns import wide_portfolios
from ipmo_p3o import coverage, coverage_map, lineage, lineage_table, office_map, office_model, reporting_paths, wait

HUB = Office(id="hub", type="portfolio", permanent=True, reports_to="board", services=["reporting"])
SPOKE = Office(id="spoke", type="programme", permanent=False, host="T", ends="2026-06-30", reports_to="hub")
RISK = Service(id="risk", mode="mandatory", level="project", provider="hub")


def portfolio(*offices: Office, **more: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        programmes=[Programme(id="T")],
        projects=[Project(id="P", programme="T", tasks=[Task(id="a", duration="20 d")])],
        bodies=(DecisionBody(id="board", level="portfolio", authority="20 M GBP"),),
        offices=offices,
        **more,
    )


def flow(source: str, target: str, every: str | None = "1 month", cut_off: str = "", system: str = "") -> DataFlow:
    return DataFlow(field="cost", source=source, target=target, every=every, cut_off=cut_off, source_system=system)


@given(*(st.integers(1, 30) for _ in range(2)), *(st.integers(-20, 40) for _ in range(2)))
def test_waits_are_those_of_two_clocks(pc: int, pp: int, lc: int, lp: int) -> None:
    seen = set()
    for j in range(200, 200 + pc + 1):
        at = j * pp - lp
        latest = max(k * pc - lc for k in range((at + lc) // pc - 1, (at + lc) // pc + 2) if k * pc - lc <= at)
        seen.add(at - latest)
    assert wait((Fraction(pc), Fraction(lc)), (Fraction(pp), Fraction(lp))) == (min(seen), max(seen))


def test_the_age_at_the_top_is_the_sum_of_waits() -> None:
    """Monthly, cut off 5 working days before the end below and 2 above: 3 working days of waiting and 2 of lead; a month more at worst."""
    pf = portfolio(
        HUB,
        SPOKE,
        flows=[
            flow("spoke", "hub", cut_off="5 d before period end", system="ledger"),
            flow("hub", "board", cut_off="2 d before period end"),
        ],
    )
    (one,) = lineage(pf)
    assert (one.steps, one.source_system) == (("spoke", "hub", "board"), "ledger")
    assert one.freshest == 7
    assert one.oldest == 7 + Fraction(36525, 1200)
    missed = portfolio(
        HUB, SPOKE, flows=[flow("spoke", "hub", cut_off="2 d before period end"), flow("hub", "board", cut_off="5 d before period end")]
    )
    (late,) = lineage(missed)
    assert late.freshest == Fraction(36525, 1200) - Fraction(21, 5) + 7, "it just missed the cut-off above, and waits for the next"
    quarterly = portfolio(HUB, SPOKE, flows=[flow("spoke", "hub", every="1 w"), flow("hub", "board", every="4 w")])
    (q,) = lineage(quarterly)
    assert (q.freshest, q.oldest) == (0, 7)
    assert lineage(portfolio(HUB, flows=[flow("hub", "board", every=None)]))[0].freshest is None
    assert lineage_table(pf)["way"] == ("spoke → hub → board",)


def test_every_way_of_a_field_is_followed_once_also_in_a_circle() -> None:
    split = portfolio(HUB, SPOKE, flows=[flow("spoke", "hub"), flow("spoke", "board"), flow("hub", "board")])
    assert [one.steps for one in lineage(split)] == [("spoke", "hub", "board"), ("spoke", "board")]
    circle = portfolio(HUB, SPOKE, flows=[flow("spoke", "hub"), flow("hub", "spoke")])
    assert [one.steps for one in lineage(circle)] == [("hub", "spoke", "hub")]


@settings(max_examples=40)
@given(wide_portfolios())
def test_paths_are_shortest_paths_of_networkx(pf: Portfolio) -> None:
    model = office_model(pf)
    graph = nx.DiGraph()
    graph.add_nodes_from([*model.offices, *model.bodies])
    for name in [*model.offices, *model.bodies]:
        graph.add_edges_from((name, up) for up in model.ups(name))
    for one in model.initiatives:
        path, start = model.path(one.id), model.nearest(one.id)
        lengths = [nx.shortest_path_length(graph, s, top) + 1 for s in start for top in model.tops if nx.has_path(graph, s, top)]
        assert path.length == (min(lengths) if lengths else None)
        assert all(graph.has_edge(a, b) for a, b in zip(path.steps, path.steps[1:], strict=False))


@settings(max_examples=40)
@given(wide_portfolios())
def test_coverage_and_pictures_hold_together_on_any_portfolio(pf: Portfolio) -> None:
    found = coverage(pf)
    for cell in found.cells:
        assert not (cell.gap and cell.providers)
        assert cell.state == "overlap" if cell.overlap else True
    assert found.share is None or 0 <= found.share <= 1
    for picture in (office_map(pf), coverage_map(found)):
        if picture is not None:
            assert 'role="img"' in picture.to_svg()
    assert len(lineage_table(pf)) == len(lineage(pf))


def test_a_thousand_offices_give_no_picture_but_a_table() -> None:
    many = [Office(id=f"o{n}", type="project", permanent=False, host="P", reports_to="hub") for n in range(80)]
    pf = portfolio(HUB, *many)
    assert office_map(pf) is None
    assert len(reporting_paths(pf)) == 2


def test_wide_layers_and_circles_are_drawn_line_by_line() -> None:
    wide = portfolio(HUB, *(Office(id=f"h{n}", type="hub", permanent=True, reports_to="hub") for n in range(9)))
    lost = portfolio(HUB, Office(id="a", reports_to="b"), Office(id="b", reports_to="a"), Office(id="c", type="hub"))
    for pf, words in ((wide, "h8: hub"), (lost, "in a circle: reports to b"), (lost, "reports to nobody who decides")):
        picture = office_map(pf)
        assert picture is not None
        assert words in picture.to_svg()


def test_the_report_has_the_section(tmp_path: Any) -> None:
    pf = portfolio(HUB, SPOKE, services=[RISK], flows=[flow("spoke", "hub")], methodologies={"offices": "p3o"})
    html = ipmo.report(pf, tmp_path / "report.html").read_text(encoding="utf-8")
    for words in ("Offices: who serves whom", "p3o-map", "p3o-heat", "Age of figures at the top", "Each reaches the board"):
        assert words in html
