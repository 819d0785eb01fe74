"""Value at stake: what a slip costs, as a curve, against the same profiles moved by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.benefits.cost_of_delay import CostOfDelay
from ipmo.analysis.dependencies.critical import critical_links
from ipmo.errors import OptionError, UnitError
from ipmo.model import Assignment, Benefit, Enabler, Link, MoneySettings, Portfolio, Project, Resource, Task
from ipmo.testing.strategies import portfolios
from ipmo.units import Span, minutes


def money() -> MoneySettings:
    return MoneySettings(currency="GBP", discount="green-book-2026")


def build(**more: Any) -> Portfolio:
    """A gives to B and B to C, ten days of float before C; two benefits behind C, one fixed in its end."""
    return Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        money=money(),
        projects=[
            Project(id="A", tasks=[Task(id="a", duration="10 d")]),
            Project(id="B", tasks=[Task(id="b", duration="10 d", **more), Task(id="late", duration="30 d")]),
            Project(id="C", tasks=[Task(id="c", duration="10 d")]),
        ],
        links=[
            Link(id="ab", source="A/a", target="B/b"),
            Link(id="bc", source="B/b", target="C/c"),
            Link(id="lc", source="B/late", target="C/c"),
        ],
        benefits=[
            Benefit(
                id="fares",
                enabled_by=[Enabler(source="C/c", lag="1 month")],
                value="2.4 M GBP per year",
                lasts="10 years",
                ramp=["40 %", "1"],
            ),
            Benefit(id="ends", enabled_by=["C/c"], value="1 M GBP per year", until="2028-12-31"),
        ],
        resources=[Resource(id="crew", rate="320 GBP per pd")],
    )


def test_the_loss_is_a_curve_that_begins_where_the_float_ends() -> None:
    pf = build()
    links = critical_links(pf)
    link = links["ab"]
    assert link.loss_float == 10
    assert [links.loss(link, s) for s in ("0 d", "10 d")] == [ipmo.Money(Decimal(0), "GBP")] * 2
    values = ipmo.benefits(pf)
    for days in (11, 20, 45, 90):
        beyond = days - 10
        after = ipmo.benefits(pf.evolve("B/late", duration=f"{30 + beyond} d"))
        expected = sum(values[b].npv.amount - after[b].npv.amount for b in ("fares", "ends"))
        found = links.loss(link, f"{days} d")
        assert found is not None
        assert abs(found.amount - expected) <= Decimal("0.02"), "two roundings to the penny"
    table = links.curve(link, ["5 d", "20 d"])
    assert list(table["benefits"]) == [0, 2]
    assert table["loss"][1] > table["loss"][0] == 0
    assert link.value == ipmo.Money(values["fares"].npv.amount + values["ends"].npv.amount, "GBP")


def test_people_who_wait_cost_their_rate() -> None:
    pf = build(assignments=[Assignment(resource="crew", units=3)])
    assert critical_links(pf).loss("ab", "4 d") == ipmo.Money(Decimal(3 * 320 * 4), "GBP")


def test_without_a_discount_rate_nothing_is_known() -> None:
    pf = build().evolve(money=MoneySettings(currency="GBP"))
    links = critical_links(pf)
    assert (links["bc"].value, links.loss("bc", "20 d"), links["bc"].loss_float) == (None, None, None)


def test_links_rank_by_what_they_cost_when_asked_to() -> None:
    pf = build()
    assert next(k.id for k in critical_links(pf, rank_by="loss", slip="40 d")) == "lc"
    assert [k.id for k in critical_links(pf, rank_by=lambda k: k.id)] == ["ab", "bc", "lc"]
    with pytest.raises(OptionError, match="rank_by='size' is not known; write one of 'float', 'drag', 'loss', 'value'"):
        critical_links(pf, rank_by="size")  # type: ignore[arg-type]
    with pytest.raises(UnitError, match="negative"):
        critical_links(pf, slip="-2 d")
    with pytest.raises(UnitError, match="a slip of 1 month has no length in days"):
        critical_links(pf, slip="1 month")


def test_how_much_hangs_on_one_giver() -> None:
    pf = build()
    table = critical_links(pf).givers()
    assert list(table["giver"]) == ["A", "B"]
    assert list(table["share"]) == [1.0, 1.0]
    assert list(table["links"]) == [1, 2]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(-400, 900),
    st.sampled_from(["10 years", "3 years", "18 months", "400 ed"]),
    st.sampled_from([None, "2028-02-29", "2030-06-30"]),
    st.sampled_from(["1.7 M GBP per year", "13 k GBP per month", "5 M GBP"]),
    st.integers(0, 800),
)
def test_a_delay_costs_what_the_benefit_itself_says(days: int, lasts: str, until: str | None, value: str, start: int) -> None:
    task = Task(id="a", milestone=True, not_before=f"2026-01-{5 + start % 20:02d}")
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        money=money(),
        projects=[Project(id="P", tasks=[task, Task(id="b", duration=f"{start} d", after="a")])],
        benefits=[Benefit(id="be", enabled_by="P/b", value=value, lasts=lasts, until=until, ramp=[0.5, 1])],
    )
    s = ipmo.schedule(pf)
    begin = s["be"].early_start
    assert begin is not None
    found = CostOfDelay(pf, s).delayed("be", minutes(begin), minutes(begin + timedelta(days=days)))
    expected = ipmo.benefits(pf)["be"].loss_if(Span(Decimal(days), "ed")) if days >= 0 else None
    if days >= 0 and expected is not None:
        assert found == expected.amount


@settings(max_examples=80, deadline=None)
@given(portfolios(), st.integers(0, 60))
def test_what_a_slip_costs_is_what_the_benefits_that_it_moves_say(pf: Portfolio, slip: int) -> None:
    """The movements are tested against a later twin of the giver; here their cost, with a discount rate and a value."""
    valued = [attrs.evolve(b, value=b.value or "3 M GBP per year", lasts=b.lasts or "4 years") for b in pf.benefits]
    pf = pf.evolve(benefits=valued, money=money())
    values = ipmo.benefits(pf)
    s = ipmo.schedule(pf)
    links = critical_links(pf)
    for k in links:
        if k.link_float is None:
            continue
        expected, floats = Decimal(0), []
        for r in links.reach(k):
            row = values[r.target] if r.kind == "benefit" else None
            if row is not None and row.npv is not None:
                floats.append(r.float)
        for name, days in links.hits(k, f"{slip} d").items():
            if name in values and values[name].npv is not None:
                begin = s[name].early_start
                assert begin is not None
                first = [day(begin + timedelta(days=n)) for n in (0.0, days)]
                loss = values[name].loss_if((first[1] - first[0]).days)
                assert loss is not None
                expected += loss.amount
        found = links.loss(k, f"{slip} d")
        assert (found.amount if found is not None else 0) == expected
        assert k.loss_float == (min(floats) if floats else None)
        assert not expected or slip > min(floats)


def day(instant: datetime) -> date:
    """The first whole day from an instant on."""
    return instant.date() if instant.hour == instant.minute == 0 else instant.date() + timedelta(days=1)
