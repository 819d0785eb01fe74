"""Links across projects: ranked, explained, and silent about what cannot be said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.interdependencies import critical_links
from ipmo.errors import UnknownItemError
from ipmo.model import Benefit, Enabler, Link, Portfolio, Project, Task
from ipmo.testing.strategies import portfolios


def build(*links: Link, work: str | None = "5 d", **more: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        projects=[
            Project(id="A", tasks=[Task(id="a", duration=work), Task(id="long", duration="30 d")]),
            Project(id="B", tasks=[Task(id="b", duration="5 d"), Task(id="end", duration="10 d", after="b")]),
            Project(id="C", tasks=[Task(id="c", duration="20 d")]),
        ],
        links=links,
        **more,
    )


def test_the_link_with_the_least_float_to_a_promise_ranks_first_and_says_why() -> None:
    pf = build(
        Link(id="tight", source="A/a", target="B/b", needed="2026-01-08", promised="2026-01-07", status="disputed"),
        Link(id="loose", source="A/a", target="C/c", lag="-4 d"),
        benefits=[Benefit(id="be", enabled_by=[Enabler(source="B/end")])],
    )
    links = critical_links(pf)
    assert [(k.id, k.rank, k.driving, k.target_float) for k in links] == [("tight", 1, True, 0), ("loose", 2, True, 0)]
    assert links["tight"].downstream_benefits == ("be",)
    assert links["tight"].reason == (
        "A/a sets the date of B/b; any slip moves B@finish; 1 project and 1 benefit downstream; "
        "needed by 2026-01-08, expected 2026-01-09; promised for 2026-01-07, expected 2026-01-09"
    )
    with pytest.raises(UnknownItemError, match="close: 'tight'"):
        links["tihgt"]


def test_a_promise_that_is_missed_already_is_said_in_days() -> None:
    pf = build(Link(id="L", source="A/a", target="B/b")).evolve("B", finish="2026-01-21")
    link = critical_links(pf)[0]
    assert (link.target_float, link.at_risk) == (-7, "B@finish")
    assert "B@finish is already missed by 7 working days along this path" in link.reason


def test_a_giver_without_a_duration_has_no_float_and_stands_last_with_the_reason() -> None:
    pf = build(Link(id="dark", source="A/a", target="B/b"), Link(id="clear", source="A/long", target="C/c"), work=None)
    links = critical_links(pf)
    assert [k.id for k in links] == ["clear", "dark"]
    assert (links["dark"].link_float, links["dark"].driving) == (None, False)
    assert links["dark"].reason == "not scheduled: A/a: it has no duration"
    assert links.unscheduled == ("dark",)


def test_links_between_whole_projects_stand_apart_with_their_gap() -> None:
    links = critical_links(build(Link(id="coarse", source="A", target="C"), Link(id="fine", source="A/a", target="B/b")))
    assert [k.id for k in links] == ["fine"]
    coarse = links.coarse[0]
    gap = (datetime(2026, 1, 5, 9) - datetime(2026, 2, 13, 17)) / timedelta(days=1)
    assert (coarse.id, coarse.gap) == ("coarse", pytest.approx(gap))
    assert links.coarse_table().columns == ("id", "source", "target", "kind", "giver_finish", "receiver_start", "gap")


@settings(max_examples=40)
@given(portfolios(tied=True))
def test_ranks_follow_float_and_reach_agrees_with_networkx(pf: Portfolio) -> None:
    import networkx as nx

    links = [k for k in critical_links(pf) if k.link_float is not None]
    floats = [k.target_float for k in links if k.target_float is not None]
    assert floats == sorted(floats)
    graph = ipmo.graph(pf)
    for link in links:
        reached = {pf.project_of(node) for node in {link.target, *nx.descendants(graph, link.target)}} - {link.giver, ""}
        assert set(link.downstream_projects) <= reached
        assert link.receiver in link.downstream_projects
