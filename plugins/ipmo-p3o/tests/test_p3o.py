"""P3O passes the conformance kit, and its rules say what they should."""

from __future__ import annotations

from ipmo import CheckContext
from ipmo.model import DecisionBody, Office, Portfolio, Programme, Project, Task
from ipmo.testing.conformance import MethodologyConformance
from ipmo_p3o import P3O

BOARD = DecisionBody(id="board", level="portfolio")
HUB = Office(id="hub", type="portfolio", permanent=True, reports_to="board")


def office(**more: object) -> Office:
    fields = {"id": "spoke", "type": "programme", "permanent": False, "host": "T", "ends": "2026-06-30", "reports_to": "hub", **more}
    return Office(**fields)  # type: ignore[arg-type]


def portfolio(*offices: Office, bodies: tuple[DecisionBody, ...] = (BOARD,), **more: object) -> Portfolio:
    project = Project(id="P", programme="T", tasks=[Task(id="a", duration="20 d")])
    return Portfolio(id="x", start="2026-01-05", programmes=[Programme(id="T")], projects=[project], offices=offices, bodies=bodies, **more)  # type: ignore[arg-type]


CLEAN = portfolio(HUB, office())


class TestP3O(MethodologyConformance):
    methodology = P3O
    entry_point = "p3o"
    examples = {
        "p3o/office-forest": (CLEAN, portfolio(HUB, Office(id="a", reports_to="b"), Office(id="b", reports_to="a"))),
        "p3o/temporary-office": (CLEAN, portfolio(HUB, office(host=None))),
        "p3o/reach-the-top": (CLEAN, portfolio(Office(id="hub", type="portfolio", permanent=True))),
    }


def heard(code: str, pf: Portfolio) -> list[str]:
    check = next(c for c in P3O.checks if c.code == code)
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


def test_r02_finds_circles_two_hubs_and_spokes_without_a_hub() -> None:
    assert heard("p3o/office-forest", portfolio(Office(id="a", reports_to="b"), Office(id="b", reports_to="a"))) == [
        "offices report in a circle: a -> b -> a"
    ]
    assert (
        "reports to 2 offices"
        in heard("p3o/office-forest", portfolio(HUB, Office(id="h2", permanent=True), office(reports_to=["hub", "h2"])))[0]
    )
    assert "has no office above it" in heard("p3o/office-forest", portfolio(HUB, office(reports_to="board")))[0]


def test_r03_compares_the_end_with_the_hosts_scheduled_finish() -> None:
    assert not heard("p3o/temporary-office", portfolio(HUB, office(ends="2027-01-30")))
    assert (
        "more than 365 days after its host 'T' finishes (2026-01-30)"
        in heard("p3o/temporary-office", portfolio(HUB, office(ends="2027-02-02")))[0]
    )
    assert "has no end" in heard("p3o/temporary-office", portfolio(HUB, office(ends=None)))[0]
    unknown = portfolio(HUB, office()).evolve("P/a", duration=None)
    assert "cannot be said" in heard("p3o/temporary-office", unknown)[0]


def test_r09_follows_offices_and_bodies_to_the_top() -> None:
    assert "ends at P -> spoke -> hub" in heard("p3o/reach-the-top", portfolio(Office(id="hub", permanent=True), office()))[0]
    low = (DecisionBody(id="board", level="programme"),)
    assert "ends at programme level" in heard("p3o/reach-the-top", portfolio(HUB, office(), bodies=low))[0]
    chain = (DecisionBody(id="board", level="programme", reports_to="top"), DecisionBody(id="top", level="portfolio"))
    assert not heard("p3o/reach-the-top", portfolio(HUB, office(), bodies=chain))
    assert "no decision body" in heard("p3o/reach-the-top", portfolio(bodies=()))[0]
