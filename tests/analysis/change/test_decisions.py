"""What must be decided by when: the first of what waits sets the latest date, and a day of waiting costs what it delays."""

from __future__ import annotations

from datetime import datetime

import pytest

import ipmo
from ipmo import model as m


def city(*blocks: str, tram: str = "2026-01-19", fares: str | None = "2026-01-19", rent: str | None = "2026-01-21") -> m.Portfolio:
    """Two lines wait for one decision: the tram, done on 14 January, may begin five days late, the bus ten."""
    return m.Portfolio(
        id="city",
        start="2026-01-05",
        status_date="2026-01-05",
        calendar="continuous",
        money=m.MoneySettings(currency="GBP", discount="green-book-2026"),
        bodies=[m.DecisionBody(id="board")],
        projects=[
            m.Project(id="tram", finish=tram, tasks=[m.Task(id="build", duration="10 d")]),
            m.Project(id="bus", finish="2026-01-24", tasks=[m.Task(id="buy", duration="10 d")]),
        ],
        benefits=[
            m.Benefit(id="fares", enabled_by="tram/build", value="2 M GBP per year", lasts="5 years", need_by=fares),
            m.Benefit(id="rent", enabled_by="bus/buy", value="3 M GBP per year", lasts="5 years", need_by=rent),
        ],
        decisions=[m.Decision(id="D", question="Which line?", blocks=list(blocks), body="board")],
    )


def loss(pf: m.Portfolio, benefit: str, days: int) -> ipmo.model.Money:
    found = ipmo.benefits(pf)[benefit].loss_if(days)
    assert found is not None
    return found


@pytest.mark.parametrize("blocks", [("tram", "bus"), ("bus", "tram"), ("bus/buy", "tram/build")])
def test_the_first_of_what_waits_sets_the_latest_date(blocks: tuple[str, ...]) -> None:
    (due,) = ipmo.decisions_due(city(*blocks, rent="2026-02-28"))
    assert (due.latest, due.float) == (datetime(2026, 1, 10), 5)
    (alone,) = ipmo.decisions_due(city("bus", rent="2026-02-28"))
    assert (alone.latest, alone.float, alone.at_risk) == (datetime(2026, 1, 15), 10, "bus@finish")


def test_a_programme_waits_with_every_project_in_it_those_of_its_programmes_too() -> None:
    both = city("tram", "bus")
    nested = both.evolve(
        programmes=[m.Programme(id="lines"), m.Programme(id="rail", programme="lines")],
        decisions=[m.Decision(id="D", question="Which line?", blocks=["lines"], body="board")],
    )
    nested = nested.evolve("tram", programme="rail").evolve("bus", programme="lines")
    (due,), (same,) = ipmo.decisions_due(nested), ipmo.decisions_due(both)
    assert (due.latest, due.float, due.day_costs) == (same.latest, same.float, same.day_costs)


def test_a_day_of_waiting_costs_what_the_day_after_the_float_delays() -> None:
    """The bus may wait seven days until rent is late; what those seven cost is spent then, the eighth is what a day costs."""
    pf = city("bus")
    (due,) = ipmo.decisions_due(pf)
    assert (due.float, due.at_risk) == (7, "rent")
    assert due.day_costs == ipmo.model.Money(loss(pf, "rent", 8).amount - loss(pf, "rent", 7).amount, "GBP")
    (both,) = ipmo.decisions_due(city("tram", "bus"))
    fares = loss(pf, "fares", 6).amount - loss(pf, "fares", 5).amount
    assert due.day_costs is not None
    assert both.day_costs == ipmo.model.Money(due.day_costs.amount + fares, "GBP")


def test_what_is_too_late_already_costs_each_day_from_now() -> None:
    pf = city("tram", tram="2026-01-10", fares=None)
    (due,) = ipmo.decisions_due(pf)
    assert (due.float, due.at_risk, due.day_costs) == (-4, "tram@finish", loss(pf, "fares", 1))


def test_where_no_benefit_of_known_worth_waits_a_day_costs_nothing_that_is_known() -> None:
    (due,) = ipmo.decisions_due(city("bus").evolve(money=m.MoneySettings(currency="GBP")))
    assert due.day_costs is None
