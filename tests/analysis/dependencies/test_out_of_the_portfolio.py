"""A hand-over to somebody outside is a commitment of its giver: ranked by the days that are left to it, with nothing behind it here."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.analysis.dependencies.critical import RULES
from ipmo.model import Link, Portfolio, Project, Task

# Mon-fri from Monday 2 March 2026: a/x ends on Friday 6 March, a/y on Wednesday 11, b/y (4 d from 12 March) on Tuesday 17.
OUT: dict[str, Any] = {"id": "out", "source": "a/y", "target": "external:grid"}


def plan(*links: Link, **fields: Any) -> Portfolio:
    a = Project(id="a", tasks=[Task(id="x", duration="5 d"), Task(id="y", duration="3 d", after="x"), Task(id="late")])
    b = Project(id="b", finish="2026-03-20", tasks=[Task(id="y", duration="4 d")])
    within = Link(id="within", source="a/y", target="b/y")
    return Portfolio(id="pf", start="2026-03-02", status_date="2026-03-02", projects=[a, b], links=[*links, within], **fields)


@pytest.mark.parametrize(
    ("stated", "left", "missed"),
    [
        ({"needed": "2026-03-09"}, -2, True),
        ({"promised": "2026-03-10"}, -1, True),
        ({"needed": "2026-03-10", "promised": "2026-03-09"}, -2, True),  # the earlier one counts
        ({"needed": "2026-03-11"}, 0, False),
        ({"promised": "2026-03-13"}, 2, False),
        ({"needed": "2026-03-16"}, 3, False),  # over a weekend
        (
            {"source": "a/x", "type": "SS", "promised": "2026-03-04"},
            3 - 1 / 480,
            False,
        ),  # starts on Monday, and may until the last minute of Wednesday
        ({"source": "a/x", "type": "FF", "promised": "2026-03-04"}, -2, True),
    ],
)
def test_its_float_is_to_its_own_date_and_nothing_lies_downstream(stated: dict[str, Any], left: float, missed: bool) -> None:
    pf = plan(Link(**OUT | stated))
    links = ipmo.critical_links(pf)
    one = links["out"]
    assert (one.commitment_float, one.at_risk, one.missed) == (pytest.approx(left), "out", missed)
    assert (one.source, one.target, one.giver, one.receiver, one.boundary) == (stated.get("source", "a/y"), "external:grid", "a", "external:grid", "portfolio")  # fmt: skip
    assert (one.link_float, one.target_float, one.nearest, one.driving, one.near, one.taken) == (None, None, None, False, False, None)
    assert (one.downstream_projects, one.downstream_benefits, one.value, one.loss_float) == ((), (), None, None)
    assert links.reach("out") == ()
    assert links.hits("out", "30 d") == {}
    assert one.settled == ""
    # b/y ends on 17 March with three days to its finish: what is missed, or has fewer days left, stands before it
    assert one.rank == (1 if left < 3 else 2 if left > 3 else one.rank)
    assert links["within"].commitment_float == 3
    found = ipmo.schedule(pf).commitments.one("out")
    assert found is not None
    assert (found.standing == "missed") == missed


def test_it_is_said_with_its_days_and_stands_with_what_the_same_item_hands_over_here() -> None:
    found = ipmo.critical_links(plan(Link(**OUT, needed="2026-03-09")))
    assert found["out"].reason == (
        "a/y goes to external:grid, outside the portfolio; its own date is already missed by 2 working days; needed by 2026-03-09, expected 2026-03-11"
    )
    rows = found.hand_overs
    assert [(row.item, row.receivers, row.commitment_float) for row in rows] == [("a/y", ("external:grid", "b"), -2.0)]
    assert [row["rank"] for row in found.table().rows()] == [1, 2]
    early = ipmo.critical_links(plan(Link(**OUT, promised="2026-03-13")))["out"]
    assert early.reason == "a/y goes to external:grid, outside the portfolio; 2 working days are left before its own date is missed"


def test_every_rule_and_boundary_ranks_it() -> None:
    pf = plan(Link(**OUT, needed="2026-03-09"))
    for rule in RULES:
        ids = ipmo.critical_links(pf, rank_by=rule).ids
        assert sorted(ids) == ["out", "within"]
        assert ids[0] == "out" or rule == "drag"  # held by nothing: what sets a date comes first by drag
    assert ipmo.critical_links(pf, boundary="portfolio").ids == ("out",)


@pytest.mark.parametrize(
    "closed",
    [
        {},  # nobody says by when
        {"needed": "2026-03-09", "status": "delivered"},
        {"needed": "2026-03-09", "source": "a/late"},  # nobody knows how long that takes
    ],
)
def test_what_has_no_date_to_keep_or_none_to_hold_against_it_has_no_rank(closed: dict[str, Any]) -> None:
    found = ipmo.critical_links(plan(Link(**OUT | closed)))
    assert found.ids == ("within", "out")
    assert (found["out"].commitment_float, bool(found["out"].settled)) == (None, True)


def test_a_milestone_that_only_marks_a_date_does_so_for_outside_too() -> None:
    mark = Project(id="c", tasks=[Task(id="m", milestone=True, not_before="2026-03-06")])
    pf = plan()
    pf = pf.evolve(projects=[*pf.projects, mark], links=[*pf.links, Link(**OUT | {"source": "c/m"}, needed="2026-03-05")])
    assert ipmo.critical_links(pf)["out"].calendar_date
