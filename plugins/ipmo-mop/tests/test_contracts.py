"""Suppliers and contracts, worked by hand: whose work is whose, what is committed, contracts that end before their work."""

from __future__ import annotations

import pickle
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import Money
from ipmo.model import MoneySettings, Portfolio, Programme, Project, Task
from ipmo.plugin import CheckContext
from ipmo_mop import MOP, ConcentrationLimit, Contract, MopFields, Supplier, concentration, contracts

SUPPLIERS = (Supplier(id="acme", name="Acme Ltd", group="Hold"), Supplier(id="bolt", group="Hold"), Supplier(id="cole"))
AGREED = (
    Contract(id="C1", supplier="acme", items=("P/a",), value=Money(60, "GBP"), paid=Money(20, "GBP"), ends=date(2026, 7, 31)),
    Contract(id="C2", supplier="bolt", items=("Q",), value=Money(300, "GBP"), ends=date(2026, 12, 31)),
    Contract(id="C3", supplier="cole", items=("Q",), value=Money(100, "GBP")),
)


def plan(*agreed: Contract, suppliers: tuple[Supplier, ...] = SUPPLIERS, **fields: Any) -> Portfolio:
    """P/a: four weeks from 13 July, so done 7 August; P/b says its supplier by title; Q is a list entry."""
    tasks = [
        Task(id="a", duration="20 d", not_before="2026-07-13", budget="100 GBP"),
        Task(id="b", duration="20 d", budget="60 GBP", attributes={"supplier": "Acme Ltd"}),
    ]
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-06-01",
        money=MoneySettings(currency="GBP"),
        projects=[
            Project(id="P", state="active", tasks=tasks),
            Project(id="Q", state="active", budget="400 GBP", start="2026-06-01", finish="2026-12-18"),
        ],
        extensions={"mop": MopFields(suppliers=suppliers, contracts=agreed, **fields)},
    )


def heard(slug: str, pf: Portfolio) -> list[str]:
    check = next(c for c in MOP.checks if c.code == f"mop/{slug}")
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


def test_work_is_whose_attribute_says_else_whose_contract_names_it() -> None:
    """100 by contract C1 and 60 by title are acme's; 400 of Q are shared 300 to 100 by what the contracts are worth."""
    found = concentration(plan(*AGREED), "supplier")
    assert found.holders == (("bolt", Fraction(300)), ("acme", Fraction(160)), ("cole", Fraction(100)))
    assert concentration(plan(*AGREED), "supplier group").holders == (("Hold", Fraction(460)), ("cole", Fraction(100)))
    assert concentration(plan(), "supplier").holders == (("acme", Fraction(60)),), "without contracts by attribute alone"
    blind = [attrs.evolve(one, value=None) for one in AGREED[1:]]
    assert concentration(plan(*blind), "supplier").holders[:2] == (("bolt", Fraction(200)), ("cole", Fraction(200))), (
        "alike where no value is known"
    )


def test_what_contracts_commit_to_is_what_is_still_to_be_paid_while_they_run() -> None:
    over = Contract(id="C9", supplier="cole", value=Money(999, "GBP"), ends=date(2026, 5, 31))
    found = concentration(plan(*AGREED, over), "supplier", "contract")
    assert found.holders == (("bolt", Fraction(300)), ("cole", Fraction(100)), ("acme", Fraction(40)))
    assert found.share() == pytest.approx(300 / 440)
    last = concentration(plan(attrs.evolve(over, ends=date(2026, 6, 1))), "supplier", "contract")
    assert last.holders == (("cole", Fraction(999)),), "it runs on its last day"
    assert concentration(plan(attrs.evolve(AGREED[1], value=None)), "supplier", "contract").unknown == ("C2",)
    with pytest.raises(ipmo.UnitError, match="contracts are with suppliers"):
        concentration(plan(*AGREED), "person", "contract")


def test_a_contract_that_ends_before_its_work_is_said_with_the_days() -> None:
    pf = plan(*AGREED)
    found = contracts(pf)
    assert [(row.finish, row.short) for row in found] == [(date(2026, 8, 7), 7), (date(2026, 12, 18), None), (date(2026, 12, 18), None)]
    assert [row.planned for row in found] == [100, 300, 100]
    assert found.explain("C1") == "C1 with acme ends 2026-07-31; its work is done 2026-08-07, 7 days later"
    assert repr(found) == "<Contracts: 3 contracts with 3 suppliers, 440 GBP still committed; 1 ends before its work>"
    assert heard("contracts", pf) == [
        "contract 'C1' with 'acme' ends 2026-07-31; its work is done 2026-08-07, 7 days later",
        "the work of contract 'C1' with 'acme' is planned at 100 GBP, 40 above its value of 60",
    ]
    enough = attrs.evolve(AGREED[0], ends=date(2026, 8, 7), value=Money(100, "GBP"))
    assert heard("contracts", plan(enough, *AGREED[1:])) == [], "the day itself, and the amount itself, are enough"
    assert list(pickle.loads(pickle.dumps(found)).table().rows()) == list(found.table().rows())
    with pytest.raises(ipmo.UnknownItemError, match="'C11' is not in the contracts; close: 'C1'"):
        found["C11"]


def test_work_that_has_no_date_makes_no_promise_and_done_work_needs_none() -> None:
    pf = plan(*AGREED).evolve("P/a", duration=None)
    assert contracts(pf)["C1"].finish is None
    assert "is not known" in contracts(pf).explain("C1")
    assert contracts(pf)["C1"].short is None
    done = plan(*AGREED).evolve("P/a", not_before=None, actual_start="2026-01-05", actual_finish="2026-01-30")
    assert contracts(done).explain("C1") == "C1 with acme ends 2026-07-31; none of its work is open"
    assert not contracts(done)["C1"].open


def test_work_named_twice_and_programmes_are_counted_once() -> None:
    whole = Contract(id="C", supplier="acme", items=("T", "P", "P/a", "P/a"), value=Money(1000, "GBP"))
    pf = plan(whole).evolve(programmes=[Programme(id="T")]).evolve("P", programme="T")
    assert contracts(pf)["C"].planned == 160


def test_unknown_suppliers_and_work_are_errors() -> None:
    odd = Contract(id="C", supplier="acne", items=("P/aa",))
    assert heard("contracts", plan(odd)) == [
        "contract 'C' is with the unknown supplier 'acne'",
        "contract 'C' is for the unknown item 'P/aa'",
    ]
    assert heard("contracts", plan(odd, suppliers=())) == ["contract 'C' is for the unknown item 'P/aa'"], "who lists no suppliers need not"
    by_title = Contract(id="C", supplier="Acme Ltd")
    assert heard("contracts", plan(by_title)) == []


def test_what_a_contract_cannot_be_is_refused() -> None:
    with pytest.raises(ipmo.UnitError, match="an amount is not negative"):
        Contract(id="C", supplier="a", value=Money(-1, "GBP"))
    with pytest.raises(ipmo.UnitError, match="before it starts"):
        Contract(id="C", supplier="a", starts=date(2026, 2, 1), ends=date(2026, 1, 31))
    with pytest.raises(ipmo.UnitError, match="contract 'C1' is given twice"):
        MopFields(contracts=(AGREED[0], AGREED[0]))


def test_a_limit_on_contracts_and_on_groups_of_suppliers() -> None:
    limits = (ConcentrationLimit(of="supplier group", most=0.8), ConcentrationLimit(of="supplier", by="contract", most=0.6))
    assert heard("concentration", plan(*AGREED, concentration=limits)) == [
        "82% of the planned cost lies with supplier group 'Hold'; agreed is 80% at most",
        "68% of the contracted money lies with supplier 'bolt'; agreed is 60% at most",
    ]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_what_suppliers_hold_is_the_planned_cost_however_it_is_shared(costs: list[int], values: list[int]) -> None:
    """Every project under every contract: shares sum to the whole, exactly."""
    projects = [Project(id=f"P{n}", state="active", budget=f"{cost} GBP") for n, cost in enumerate(costs)]
    agreed = tuple(
        Contract(id=f"C{n}", supplier=f"s{n % 3}", items=tuple(p.id for p in projects), value=Money(value, "GBP"))
        for n, value in enumerate(values)
    )
    pf = Portfolio(
        id="x", start="2026-01-05", money=MoneySettings(currency="GBP"), projects=projects, extensions={"mop": MopFields(contracts=agreed)}
    )
    found = concentration(pf, "supplier")
    assert sum(amount for _, amount in found.holders) == found.whole == sum(costs)
    for n in range(3):
        mine = sum(value for k, value in enumerate(values) if k % 3 == n)
        assert dict(found.holders).get(f"s{n}", 0) == Fraction(mine * sum(costs), sum(values))
