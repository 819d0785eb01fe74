"""The four guardrails of lean budgets as one answer, worked by hand."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest

import ipmo
from ipmo import Money
from ipmo.model import Decision, FrozenMap, MoneySettings, Portfolio, Programme, Project
from ipmo.plugin import CheckContext
from ipmo_agile import AGILE, AgileFields, Epic, Goal, Guardrails, Increment, guardrails

GBP = "GBP"


def fields(**more: Any) -> dict[str, Any]:
    return {"agile": AgileFields(**more)}


def value_stream(name: str, budget: str | None, horizon: str = "h1", **more: Any) -> Project:
    return Project(id=name, programme="T", budget=budget, extensions=fields(horizon=horizon), **more)


def plan(rail: Guardrails, *increments: Increment, **more: Any) -> Portfolio:
    """Two projects of one programme, 60 and 40; `b` is an epic."""
    epic = Project(id="b", programme="T", budget="40 GBP", extensions=fields(horizon="h2", epic=Epic(hypothesis="faster")))
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-06-01",
        money=MoneySettings(currency=GBP),
        programmes=[Programme(id="T", extensions=fields(increments=increments))],
        projects=[value_stream("a", "60 GBP"), epic],
        extensions=fields(guardrails=rail),
        **more,
    )


def heard(pf: Portfolio) -> list[tuple[str, str, str]]:
    check = next(c for c in AGILE.checks if c.code == "agile/guardrails")
    return [(f.item, f.severity.value, f.message) for f in check.run(CheckContext(portfolio=pf))]


def test_shares_are_beside_what_was_agreed() -> None:
    found = guardrails(plan(Guardrails(horizons=FrozenMap({"h1": 0.6, "h2": 0.4}))))
    assert [(row.name, row.agreed, row.found, row.kept, row.items) for row in found] == [
        ("h1", 0.6, 0.6, True, ("a",)),
        ("h2", 0.4, 0.4, True, ("b",)),
    ]
    assert repr(found) == "<GuardrailView: 0 of 2 guardrails are broken>"
    assert found.explain("h1") == "horizon 'h1' is as agreed"
    other = guardrails(plan(Guardrails(horizons=FrozenMap({"h1": 0.5, "h2": 0.5}))))
    assert [row.name for row in other.broken] == ["h1", "h2"]


def test_a_value_stream_is_held_to_its_budget_to_the_penny_and_what_is_not_known_is_not_within() -> None:
    rail = Guardrails(budgets=FrozenMap({"T": Money(100, GBP), "a": Money(59, GBP)}))
    found = guardrails(plan(rail))
    assert [(row.name, row.agreed, row.found, row.kept) for row in found] == [("T", 100, 100, True), ("a", 59, 60, False)]
    assert heard(plan(rail)) == [("", "warning", "value stream 'a' is planned at 60, 1 above its budget of 59 GBP")]
    unknown = plan(rail).evolve("b", budget=None)
    assert guardrails(unknown)["T"].kept is None
    assert ("", "info", "what 'T' is planned to cost is not known in full") in heard(unknown)
    assert guardrails(unknown.evolve("a", budget="101 GBP"))["T"].kept is False, "the known part is beyond it already"
    assert heard(plan(Guardrails(budgets=FrozenMap({"Z": Money(1, GBP)})))) == [("", "info", "the unknown value stream 'Z' has a budget")]


def test_an_epic_above_the_threshold_was_decided_on_or_was_not() -> None:
    rail = Guardrails(epic_threshold=Money(39, GBP))
    assert [(row.name, row.kept) for row in guardrails(plan(rail))] == [("b", False)]
    decided = Decision(id="D", question="Go?", item="b", state="decided", decided="2026-05-01", outcome="yes")
    assert [(row.name, row.kept) for row in guardrails(plan(rail, decisions=[decided]))] == [("b", True)]
    assert len(guardrails(plan(Guardrails(epic_threshold=Money(40, GBP))))) == 0, "as large as the threshold is not above it"


def test_business_owners_value_goals_before_and_after() -> None:
    """Of two increments that have begun, three goals of four were valued; of the one that is over, one of two says what came."""
    past = Increment(
        id="I1", start=date(2026, 1, 5), finish=date(2026, 3, 27), goals=(Goal(id="g1", planned=8, actual=7), Goal(id="g2", planned=5))
    )
    now = Increment(id="I2", start=date(2026, 4, 6), finish=date(2026, 6, 26), goals=(Goal(id="g3", planned=3), Goal(id="g4")))
    to_come = Increment(id="I3", start=date(2026, 6, 29), finish=date(2026, 9, 18), goals=(Goal(id="g5"),))
    pf = plan(Guardrails(), past, now, to_come)
    assert [(row.name, row.found, row.kept) for row in guardrails(pf)] == [("planned value", 0.75, False), ("value that came", 0.5, False)]
    assert heard(pf) == [
        ("", "warning", "1 of 4 goals has no planned value by business owners: g4"),
        ("", "warning", "1 of 2 goals has no value that came by business owners: g2"),
    ]
    assert len(guardrails(plan(Guardrails(), to_come))) == 0, "nothing has begun"


def test_what_a_programme_states_holds_for_what_is_in_it_and_the_answer_travels() -> None:
    inside = fields(guardrails=Guardrails(horizons=FrozenMap({"h1": 1.0})))
    pf = plan(Guardrails(horizons=FrozenMap({"h1": 1.0}))).evolve("T", extensions=inside)
    found = guardrails(pf)
    assert {row.where for row in found} == {"", "T"}
    assert list(pickle.loads(pickle.dumps(found)).table().rows()) == list(found.table().rows())
    with pytest.raises(ipmo.UnknownItemError, match="close: 'h1'"):
        found["h11"]
    assert len(guardrails(pf.evolve("x", extensions={}).evolve("T", extensions={}))) == 0
