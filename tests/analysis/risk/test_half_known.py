"""Costs and benefits of which a part is not known: what is known is said, what is not is named, and no amount is sure to suffice."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo

LENGTH = {"low": "10 d", "likely": "12 d", "high": "20 d"}
WIDE = {"low": "8 k GBP", "likely": "10 k GBP", "high": "18 k GBP"}


def plan(others: list[dict[str, Any]], **more: Any) -> ipmo.Portfolio:
    """A programme with a budget: one project whose cost is known, and others."""
    known = {"id": "p", "programme": "G", "finish": "2026-03-01", "tasks": [{"id": "a", "duration": LENGTH, "budget": WIDE}]} | more.pop(
        "p", {}
    )
    data = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}},
        "programmes": [{"id": "G", "budget": "40 k GBP"}],
        "projects": [known, *({"programme": "G"} | one for one in others)],
    }
    return ipmo.from_dict(data | more)


def work(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "duration": LENGTH} | more


@pytest.mark.parametrize(
    ("other", "missing"),
    [
        ({"id": "x", "tasks": [work("t")]}, ("x",)),
        ({"id": "x", "tasks": [work("t", budget="3 k EUR")]}, ("x",)),
        ({"id": "x", "tasks": [work("t", budget="3 k EUR"), work("s", budget="1 k GBP")]}, ("x/t",)),
        ({"id": "x", "budget": "9 k GBP", "tasks": [work("t", forecast="3 k GBP"), work("s", forecast="3 k EUR")]}, ("x/s",)),
    ],
)
def test_a_cost_that_nobody_knows_is_named_and_no_budget_is_sure(other: dict[str, Any], missing: tuple[str, ...]) -> None:
    q = ipmo.simulate(plan([other]), samples=400)
    for item in ("G", "all"):
        found = q.cost(item)
        assert found.missing == missing
        assert (found.within("40 k GBP"), found.within_error("40 k GBP"), found.sure, found.contingency) == (None, None, None, None)
        assert found.within("1 k GBP") == 0  # what is known is more already
        assert q.joint(item).within("2027-01-01", "1 M GBP") is None
        assert q.joint(item).frontier(70) == ()
        assert f"not in it: {', '.join(missing)}" in q.explain(item)
    assert "so nothing says how sure its budget is" in q.explain("G")
    rows: dict[str, dict[str, Any]] = {str(row["id"]): dict(row) for row in q.table().rows()}
    assert (rows["G"]["within_budget"], rows["G"]["not_counted"]) == (None, ", ".join(missing))
    reserve: dict[str, dict[str, Any]] = {str(row["item"]): dict(row) for row in q.contingency().rows()}
    assert (reserve["G"]["contingency"], reserve["G"]["not_counted"]) == (None, ", ".join(missing))
    assert [one.message for one in q.findings if one.code == "ipmo/costs-not-known"]
    assert (q.cost("p").missing, q.cost("p/a").missing, rows["p"]["not_counted"]) == ((), (), "")
    assert q.cost("p").within("18 k GBP") == 1


def test_what_is_wholly_known_is_sure() -> None:
    stopped = {"id": "off", "state": "cancelled", "tasks": [work("t")]}
    q = ipmo.simulate(plan([{"id": "x", "tasks": [work("t", budget="3 k GBP")]}, stopped]), samples=400)
    assert (q.cost("G").missing, q.cost("all").missing, q.cost("G").sure) == ((), (), 1.0)
    assert not [one for one in q.findings if one.code.endswith("-not-known")]


def test_what_risks_cost_alone_makes_no_budget_sure() -> None:
    risk = {"id": "r", "before": {"probability": 0.5, "impacts": {"cost": "2 k GBP"}}}
    q = ipmo.simulate(plan([{"id": "x", "tasks": [work("t")], "risks": [risk]}]), samples=400)
    assert (q.cost("x").missing, q.cost("x").within("5 k GBP"), q.cost("x").planned) == (("x",), None, None)


def benefit(id: str, of: str, value: str = "100 k GBP per year") -> dict[str, Any]:
    return {"id": id, "enabled_by": [of], "value": value, "lasts": "5 years"}


@pytest.mark.parametrize("value", ["100 k GBP per year", "100 k EUR per year"])
def test_a_benefit_that_nobody_can_value_is_named(value: str) -> None:
    of = "p/a" if "EUR" in value else "p/u"
    tasks = [work("a", budget=WIDE), {"id": "u", "after": "a", "budget": "1 k GBP"}]
    q = ipmo.simulate(plan([], p={"tasks": tasks}, benefits=[benefit("b1", of, value), benefit("b2", "p/a")]), samples=400)
    assert (str(q.benefit("all").mean), q.benefit("all").missing) == ("500 k GBP", ("b1",))
    assert "500 k GBP or more in four of five samples (the sum of its years, undiscounted); not in it: b1" in q.explain("all")
    row = next(dict(row) for row in q.table().rows() if row["id"] == "all")
    assert row["not_counted"] == "b1"
    assert [one.item for one in q.findings if one.code == "ipmo/values-not-known"] == ["b1"]
    if of == "p/u":
        assert "no duration" in q["b1"].not_known
        assert "it has no date in any sample: work that this rests on has no duration" in q.explain("b1")


@pytest.mark.parametrize(
    ("risk", "saved", "spent"),
    [
        ({"response_cost": "1 k GBP"}, True, 1000.0),
        ({}, True, None),
        ({"response": "accept"}, True, 0.0),
        ({"response_cost": "1 k CHF"}, True, None),
        ({"response_cost": "1 k GBP", "cost": "7 k USD"}, False, 1000.0),
    ],
)
def test_a_response_is_worth_what_all_of_it_is_known_of(risk: dict[str, Any], saved: bool, spent: float | None) -> None:
    given = {"response": "reduce"} | risk
    cost = given.pop("cost", "7 k GBP")
    known = {"id": "r", "before": {"probability": 0.5, "impacts": {"target": "p/a", "cost": cost}}, "after": {"probability": 0.1}} | given
    [row] = ipmo.simulate(plan([], p={"risks": [known]}), samples=4000).responses().rows()
    assert row["spent"] == spent
    assert (row["saved"] is not None) is saved
    assert (row["net"] is not None) is (row["net_error"] is not None) is (saved and spent is not None)
    if row["saved"] is not None:
        assert abs(float(row["saved"]) - 0.4 * 7000) <= 4 * 7000 * (0.24 / 4000) ** 0.5
    if spent == 1000:
        assert row["net"] is None or float(row["net"]) == pytest.approx(float(row["saved"]) - 1000)


def test_a_response_without_a_rate_is_named() -> None:
    risk = {"id": "r", "response": "reduce", "response_cost": "1 k CHF", "after": {"probability": 0.1}}
    risk |= {"before": {"probability": 0.5, "impacts": {"target": "p/a", "cost": "7 k GBP"}}}
    q = ipmo.simulate(plan([], p={"risks": [risk]}), samples=400)
    assert [one.message for one in q.findings if one.item == "p/r" and "the response of 'p/r' has no exchange rate" in one.message]
    with pytest.raises(ipmo.ModelError, match="nobody knows what a response is worth"):
        q.plot("responses")


def test_what_drives_an_end_that_is_not_known_or_a_cost_that_is_none_is_blank() -> None:
    tasks = [work("a", budget=WIDE), {"id": "u", "after": "a"}, {"id": "m", "milestone": True, "after": "a"}]
    q = ipmo.simulate(plan([], p={"tasks": tasks}), samples=400)
    for item, dated, priced in (("all", False, True), ("p/m", True, False), ("p/a", True, True)):
        [row] = (row for row in q.drivers(item).rows() if row["kind"] == "estimate")
        assert [(row[name] is not None) for name in ("days", "mean_days", "cost")] == [dated, dated, priced]
    with pytest.raises(ipmo.ModelError, match="nothing says what drives 'all'"):
        q.plot("tornado")


def test_what_drives_an_item_is_sought_in_what_it_waits_for() -> None:
    """A milestone off the path of fifteen uncertain tasks: the one that it waits for is all that moves it, by all that its P80 is over the plan."""
    chain = [{"id": f"x{n}", "duration": LENGTH} | ({"after": f"x{n - 1}"} if n else {}) for n in range(15)]
    side = [work("side", duration={"low": "1 ed", "likely": "5 ed", "high": "20 ed"}), {"id": "m", "milestone": True, "after": "side"}]
    q = ipmo.simulate(plan([], p={"tasks": [*chain, *side]}), samples=2000)
    [row] = q.drivers("p/m").rows()
    assert (row["cause"], row["kind"]) == ("p/side", "estimate")
    late = q.finish("p/m").contingency
    assert late is not None
    assert float(row["days"]) == pytest.approx(late)
    assert len(q.drivers("p", most=3)) == 3
    assert len(q.drivers(most=20)) == 16


def test_what_risks_cost_alone_is_not_called_what_a_project_costs() -> None:
    risk = {"id": "o", "before": {"probability": 0.5, "impacts": [{"target": "p/a", "cost": "10 k GBP"}]}}
    q = ipmo.simulate(plan([], p={"tasks": [work("a")], "risks": [risk]}), samples=400)
    assert "what happens to it costs" in q.explain("p")
    assert "\nit costs" not in q.explain("p")
    [row] = q.table().where([item == "p" for item in q.table()["id"]]).rows()
    assert [row[name] for name in ("cost_mean", "cost_sd", "cost_p50", "cost_p80", "cost_planned", "both_sure")] == [None] * 6
    [error] = q.errors().where([item == "p" for item in q.errors()["id"]]).rows()
    assert error["cost_mean"] is None
    assert q.joint("p").within("2030-01-01", "20 k GBP") is None
    assert q.cost("p").p(80).amount == 10_000
