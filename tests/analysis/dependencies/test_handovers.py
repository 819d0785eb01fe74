"""Links as interface agreements: what is agreed, who holds which margin, what is wrong; links to and from outside; boundaries."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.analysis.dependencies.critical import critical_links
from ipmo.errors import OptionError
from ipmo.model import Gate, Link, Person, Portfolio, Programme, Project, Task


def build(*links: Link, **more: Any) -> Portfolio:
    work = {"A": "10 d", "B": "10 d", "C": "5 d"}
    programmes = {"A": "north", "B": "north", "C": None}
    return Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        people=[Person(id="ann"), Person(id="bob")],
        programmes=[Programme(id="north")],
        projects=[Project(id=p, programme=programmes[p], tasks=[Task(id="t", duration=d)]) for p, d in work.items()],
        links=links,
        **more,
    )


GOOD: dict[str, Any] = {"giver_owner": "ann", "receiver_owner": "bob", "status": "agreed"}


def test_an_agreement_that_holds_has_no_issues_and_says_who_holds_the_margin() -> None:
    pf = build(Link(id="L", source="A/t", target="B/t", promised="2026-01-16", needed="2026-01-20", **GOOD))
    one = critical_links(pf)["L"].agreement
    assert (one.giver_margin, one.between, one.receiver_margin) == (2, 4, -6)
    assert (one.issues, one.broken) == ((), False)
    assert not [f for f in ipmo.check(pf) if f.rule == "SCH-R15"]


@pytest.mark.parametrize(
    ("fields", "issue"),
    [
        ({"promised": "2026-01-20", "needed": "2026-01-18"}, "committed 2 days after it is needed"),
        ({"promised": "2026-01-10", "needed": "2026-01-18"}, "expected 4 days after it is committed"),
        ({"needed": "2026-01-12"}, "expected 2 days after it is needed"),
        ({"promised": "2026-01-16", "needed": "2026-01-18", "status": "disputed"}, "disputed"),
        ({"promised": "2026-01-16", "needed": "2026-01-18", "status": "proposed"}, "not agreed"),
        ({"promised": "2026-01-16", "needed": "2026-01-18", "giver_owner": None}, "nobody owns the giving"),
        ({"promised": "2026-01-16", "needed": "2026-01-18", "status": "delivered"}, "said to be delivered, but its source is open"),
        ({"needed": "2026-01-18"}, "no committed date"),
    ],
)
def test_an_issue_is_said_and_found(fields: dict[str, Any], issue: str) -> None:
    pf = build(Link(id="L", source="A/t", target="B/t", **{**GOOD, **fields}))
    assert critical_links(pf)["L"].agreement.issues[0] == issue
    found = [f for f in ipmo.check(pf) if f.rule == "SCH-R15"]
    assert any(issue in f.message for f in found)
    assert {f.code for f in found} <= {"ipmo/hand-over", "ipmo/interface-agreement"}


def test_a_hand_over_is_as_late_in_the_register_as_its_commitment_says() -> None:
    """Work that ends at five in the afternoon of the 13th against a promise for the end of the 9th: four days, in both sentences."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-05", "status_date": "2026-01-05", "calendar": "wk"},
            "calendars": [{"id": "wk", "week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "day": "8 h"}],
            "projects": [{"id": one, "tasks": [{"id": "t", "duration": "7 d"}]} for one in ("g", "r")],
            "links": [{"id": "L", "from": "g/t", "to": "r/t", "promised": "2026-01-09"}],
        }
    )
    assert critical_links(pf)["L"].agreement.issues[0] == "expected 4 days after it is committed"
    assert ipmo.schedule(pf).commitments["L"].late == "4 d"


def test_what_lies_outside_has_an_age() -> None:
    pf = build(
        Link(id="old", source="external:grid", target="B/t", date="2026-02-01", as_of="2025-09-01", needed="2026-02-03", **GOOD),
        Link(id="unasked", source="external:permit", target="C/t", date="2026-01-06", **GOOD),
        status_date="2026-01-05",
    )
    links = critical_links(pf, boundary="portfolio")
    assert [k.id for k in links] == ["old", "unasked"]
    old = links["old"]
    assert (old.giver, old.boundary, old.agreement.age) == ("external:grid", "portfolio", 126)
    assert "its date is 126 days old" in old.agreement.issues
    assert "nobody says how old its date is" in links["unasked"].agreement.issues
    assert (old.driving, old.target_float, old.link_float) == (True, 0, 0)
    # without it B would run from 5 to 15 January; it begins when the grid is there, on the evening of 1 February
    assert dict(links.hits(old, "3 d")) == {"x@finish": 3, "north@finish": 3, "B@finish": 3}
    assert (old.drag, old.drag_on) == (28, "x@finish")


def test_boundaries_contain_one_another() -> None:
    pf = build(
        Link(id="within", source="A/t", target="B/t"),
        Link(id="across", source="A/t", target="C/t"),
        Link(id="outside", source="external:grid", target="C/t"),
    )
    found = {
        boundary: {k.id: k.boundary for k in critical_links(pf, boundary=boundary)} for boundary in ("project", "programme", "portfolio")
    }
    assert found["project"] == {"within": "project", "across": "programme", "outside": "portfolio"}
    assert found["programme"] == {"across": "programme", "outside": "portfolio"}
    assert found["portfolio"] == {"outside": "portfolio"}
    assert critical_links(pf)["outside"].reason == "not scheduled: nobody says when grid happens"
    with pytest.raises(OptionError, match="boundary='office' is not known; write one of 'project', 'programme', 'portfolio'"):
        critical_links(pf, boundary="office")  # type: ignore[arg-type]


def test_driving_and_near_links_are_findings() -> None:
    pf = build(
        Link(id="drives", source="A/t", target="B/t", **GOOD),
        Link(id="near", source="C/t", target="B/t", lag="2 d", **GOOD),
    )
    found = {f.code: f.message for f in ipmo.check(pf) if f.rule == "SCH-R16"}
    assert found == {
        "ipmo/cross-link": "link 'drives' across projects drives; without it 'x@finish' would come 3 days earlier",
        "ipmo/cross-link-near": "1 more link across projects is within 5 days of driving: 'near'",
    }


def test_the_columns_are_pinned() -> None:
    pf = build(Link(id="L", source="A/t", target="B/t"))
    links = critical_links(pf)
    assert links.table().columns == (
        "rank", "id", "source", "target", "type", "lag", "boundary", "giver", "receiver", "link_float", "target_float",
        "nearest", "commitment_float", "at_risk", "calendar_date",
        "driving", "near", "drag", "drag_on", "downstream_projects", "downstream_benefits", "value", "loss", "loss_float", "given",
        "taken", "needed", "committed", "status", "issues", "reason",
        "given_date", "taken_date", "needed_date", "committed_date",
    )  # fmt: skip
    assert links.reach_table().columns == ("id", "target", "kind", "date", "forecast", "float", "drag", "day")
    assert links.givers().columns == ("giver", "links", "driving", "receivers", "benefits", "value", "share")
    assert links.agreements().columns == (
        "id", "source", "target", "giver", "receiver", "giver_owner", "receiver_owner", "status", "expected", "committed", "needed",
        "used", "giver_margin", "between", "receiver_margin", "age", "issues", "expected_date", "committed_date", "needed_date",
    )  # fmt: skip


def test_a_loop_is_cut_by_the_stated_rule_and_the_cut_is_listed() -> None:
    loop = [
        Link(id="one", source="A/t", target="B/t"),
        Link(id="back", source="B/t", target="A/t"),
        Link(id="on", source="B/t", target="C/t"),
    ]
    pf = build(*loop)
    with pytest.raises(ipmo.CycleError):
        critical_links(pf)
    links = critical_links(pf, on_cycle="cut")
    assert links.cuts == (("A/t", "B/t", "FS"),)
    assert links["one"].reason == "cut to break a loop: its giver's date lies furthest after its receiver's"
    assert links["on"].driving


def test_nothing_is_asked_of_a_hand_over_whose_giver_or_receiver_was_stopped() -> None:
    """It never comes, and that is the one thing that is said; started work that was handed over, and what is said to be delivered, was."""
    projects = [
        Project(
            id="gone", state="cancelled", tasks=[Task(id="x", duration="5 d"), Task(id="begun", duration="5 d", actual_start="2026-01-05")]
        ),
        Project(
            id="killed", tasks=[Task(id="x", duration="5 d")], gates=[Gate(id="G", decision={"outcome": "kill", "date": "2026-01-05"})]
        ),
        Project(id="runs", tasks=[Task(id="x", duration="5 d"), Task(id="y", duration="5 d"), Task(id="z", duration="5 d")]),
    ]
    links = [
        Link(id="dead", source="gone/x", target="runs/x", promised="2026-01-02", needed="2026-01-01"),
        Link(id="stopped", source="killed/x", target="runs/x"),
        Link(id="begun", source="gone/begun", target="runs/y", type="SS"),
        Link(id="untaken", source="runs/z", target="killed/x"),
    ]
    pf = Portfolio(id="pf", start="2026-01-05", status_date="2026-01-12", projects=projects, links=links)
    said = {link.id: link.agreement.issues for link in ipmo.critical_links(pf)}
    assert said["dead"] == ("never comes: project 'gone' is cancelled",)
    assert said["stopped"] == ("never comes: project 'killed' was stopped at a gate",)
    assert "not agreed" in said["begun"]
    found = [f for f in ipmo.check(pf) if f.code in ("ipmo/hand-over", "ipmo/interface-agreement")]
    assert {name for f in found for name in ("dead", "stopped", "untaken", "begun") if f"'{name}'" in f.message} == {"begun"}
    assert {f.item for f in ipmo.check(pf) if f.code == "ipmo/dead-hand-over"} == {"dead", "stopped"}


def test_of_items_with_the_same_float_that_comes_first_which_loses_most_over_all_its_links() -> None:
    """t of b and of c both have two days to a deadline; b's three receivers lose more together, though the link that is nearest loses nothing."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"}
            | {"money": {"currency": "GBP", "discount": "green-book-2026"}},
            "projects": [
                {"id": "b", "tasks": [{"id": "t", "duration": "10 d"}]},
                {"id": "c", "tasks": [{"id": "t", "duration": "30 d"}]},
                {
                    "id": "r",
                    "tasks": [
                        {"id": "r2", "duration": "20 d", "deadline": "2026-02-01"},
                        {"id": "r3", "duration": "20 d"},
                        {"id": "r4", "duration": "10 d", "deadline": "2026-02-11"},
                        {"id": "r5", "duration": "100 d"},
                    ],
                },
            ],
            "links": [{"from": "b/t", "to": "r/r2"}, {"from": "b/t", "to": "r/r3"}, {"from": "c/t", "to": "r/r4"}],
            "benefits": [
                {"id": "v", "enabled_by": "r/r4", "value": "1 M GBP per year", "lasts": "1 year"},
                {"id": "w", "enabled_by": "r/r3", "value": "9 M GBP per year", "lasts": "1 year"},
            ],
        }
    )
    rows = ipmo.critical_links(pf).hand_overs
    assert [(row.item, row.commitment_float) for row in rows] == [("b/t", 2), ("c/t", 2)]
    assert rows[0].loss is not None and rows[1].loss is not None and rows[0].loss.amount > 8 * rows[1].loss.amount
