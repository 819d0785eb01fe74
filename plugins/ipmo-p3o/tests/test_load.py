"""What offices have to serve by what they can: P3O-R16."""

from __future__ import annotations

from fractions import Fraction

import ipmo
from ipmo.model import DecisionBody, Office, Person, Portfolio, Programme, Project, Service
from ipmo.plugin import CheckContext
from ipmo_p3o import P3O, P3OFields, office_load, office_load_table


def portfolio(most: float | None = None, *, services: tuple[Service, ...] = (), spoke: tuple[str, ...] = ()) -> Portfolio:
    """A hub that reports for the portfolio, a programme and two projects, and a spoke of the programme."""
    hub = Office(id="hub", type="portfolio", reports_to="board", services=["reporting"], extensions={"p3o": P3OFields(serves_most=most)})
    return Portfolio(
        id="x",
        start="2026-01-05",
        programmes=[Programme(id="T")],
        projects=[Project(id="P", programme="T"), Project(id="Q")],
        bodies=(DecisionBody(id="board", level="portfolio"),),
        offices=(hub, Office(id="spoke", type="programme", host="T", ends="2027-01-01", reports_to="hub", services=spoke)),
        people=(Person(id="ann", office="hub"), Person(id="bob", office="hub"), Person(id="head", kind="role", office="hub")),
        services=services,
    )


def heard(pf: Portfolio) -> list[tuple[str, str]]:
    check = next(c for c in P3O.checks if c.code == "p3o/office-load")
    return [(f.item, f.message) for f in check.run(CheckContext(portfolio=pf))]


def test_an_office_that_says_nothing_of_its_capacity_or_has_enough_is_fine() -> None:
    assert heard(portfolio()) == heard(portfolio(4)) == []


def test_services_times_those_who_take_them_are_held_against_what_it_can_give() -> None:
    assert heard(portfolio(3)) == [("hub", "office 'hub' has 4 services to give (1 kind to 4 initiatives) and can give 3")]
    two = (Service(id="risk", provider="hub", consumers=["P"]),)
    assert heard(portfolio(4, services=two)) == [("hub", "office 'hub' has 5 services to give (2 kinds to 4 initiatives) and can give 4")]


def test_who_is_closer_serves_instead_and_what_several_give_is_shared() -> None:
    assert heard(portfolio(2, spoke=("reporting",))) == []
    shared = (Service(id="risk", provider="hub", consumers=["Q"]), Service(id="r2", kind="risk", provider="spoke", consumers=["Q"]))
    hub, spoke = office_load(portfolio(4, services=shared))
    assert (hub.gives, spoke.gives, hub.load, hub.each) == (4 + Fraction(1, 2), Fraction(1, 2), 4.5 / 4, 2.25)
    assert office_load_table(portfolio())["people"] == (2, 0)
    assert office_load_table(portfolio())["load"] == (None, None)


def test_the_load_of_offices_is_checked_where_the_method_is_enabled() -> None:
    def checked(pf: Portfolio) -> list[str]:
        assert [one for one in ipmo.check(pf) if one.code == "p3o/office-load"] == []
        return [one.message for one in ipmo.check(pf.evolve(methodologies={"portfolio": "p3o"})).of("p3o/office-load")]

    two = (Service(id="risk", provider="hub", consumers=["P"]),)
    assert checked(portfolio(4)) == []
    assert checked(portfolio(3)) == ["office 'hub' has 4 services to give (1 kind to 4 initiatives) and can give 3"]
    assert checked(portfolio(4, services=two)) == ["office 'hub' has 5 services to give (2 kinds to 4 initiatives) and can give 4"]
