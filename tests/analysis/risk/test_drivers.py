"""What drives a date or a cost: the causes of the item that is asked for, each taken out as if it were stated so."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ipmo
from ipmo.model.portfolio import Portfolio
from ipmo.units import DAY

LONG = {"low": "10 d", "likely": "20 d", "high": "40 d"}
SAMPLES = 2000


def plan(tasks: list[dict[str, Any]], **more: Any) -> Portfolio:
    own = {"portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}}}
    return ipmo.from_dict({"ipmo": 1, **own, "projects": [{"id": "p", "tasks": tasks}], **more})


def table(q: ipmo.Simulation, item: str, **options: Any) -> dict[str, dict[str, Any]]:
    return {f"{row['cause']} {row['kind']}": dict(row) for row in q.drivers(item, **options).rows()}


def changed(pf: Portfolio, task: str, **fields: Any) -> Portfolio:
    [project] = pf.projects
    tasks = [attrs.evolve(one, **fields) if one.id == task else one for one in project.tasks]
    return attrs.evolve(pf, projects=[attrs.evolve(project, tasks=tasks)])


def off_the_longest_path() -> list[dict[str, Any]]:
    """A milestone that waits for one task, beside a chain of fifteen that is much longer."""
    chain: list[dict[str, Any]] = [{"id": f"x{n}", "duration": LONG, **({"after": f"x{n - 1}"} if n else {})} for n in range(15)]
    side = {"id": "side", "duration": {"low": "1 d", "likely": "5 d", "high": "20 d"}, "budget": "1 k GBP"}
    return [*chain, side, {"id": "m", "milestone": True, "after": "side", "deadline": "2026-01-15"}]


def test_the_estimates_that_are_tried_are_those_that_lead_to_the_item() -> None:
    pf = plan(off_the_longest_path())
    q = ipmo.simulate(pf, samples=SAMPLES)
    found = table(q, "p/m")
    assert list(found) == ["p/side estimate"]
    exact = q.finish("p/m").instant(80) - ipmo.simulate(changed(pf, "side", duration="5 d"), samples=SAMPLES).finish("p/m").instant(80)
    assert found["p/side estimate"]["days"] == pytest.approx(exact / DAY)
    assert exact > 3 * DAY
    assert len(table(q, "all")) == 12


def test_an_end_that_never_varies_leaves_the_others_their_drivers() -> None:
    side = {"id": "side", "duration": {"low": "10 d", "likely": "12 d", "high": "20 d"}}
    end = {"id": "m", "milestone": True, "after": "side", "deadline": "2026-01-21"}
    q = ipmo.simulate(plan([{"id": "long", "duration": "100 d"}, side, end]), samples=500)
    assert q.finish("all").sd == 0
    assert table(q, "p/m")["p/side estimate"]["days"] > 2


def test_of_many_estimates_those_are_tried_that_the_item_goes_with_most() -> None:
    """Twenty tasks in a row of growing range: of those that are tried, none moves the end less than one that is not."""
    tasks = [
        {
            "id": f"t{n:02}",
            "duration": {"low": "10 d", "likely": "20 d", "high": f"{21 + 3 * n} d"},
            **({"after": f"t{n - 1:02}"} if n else {}),
        }
        for n in range(20)
    ]
    q = ipmo.simulate(plan(tasks), samples=4000)
    tried = {row["cause"] for row in table(q, "p", most=5).values()}
    moved = {name: row["mean_days"] for name, row in ((r["cause"], r) for r in table(q, "p", most=20).values())}
    assert tried == set(sorted(moved, key=lambda name: -moved[name])[:5])


def priced() -> Portfolio:
    tasks: list[dict[str, Any]] = [
        {"id": "a", "duration": LONG, "budget": {"low": "50 k GBP", "likely": "100 k GBP", "high": "400 k GBP"}},
        {"id": "b", "duration": LONG, "after": "a", "budget": {"low": "10 k GBP", "likely": "20 k GBP", "high": "30 k GBP"}},
        {"id": "c", "duration": "1 d", "after": "b", "budget": "5 k GBP"},
    ]
    factor = {"low": 0.9, "likely": 1, "high": 1.2}
    risk = {"id": "r", "item": "p", "before": {"probability": 0.3, "impacts": [{"target": "p/a", "delay": "5 d", "cost": "9 k GBP"}]}}
    return plan(tasks, drivers=[{"id": "prices", "affects": "cost", "factor": factor, "targets": ["p"]}], risks=[risk])


def test_estimates_of_cost_are_causes_of_a_cost() -> None:
    pf = priced()
    q = ipmo.simulate(pf, samples=SAMPLES)
    found = table(q, "p")
    for task, amount in (("a", "100 k GBP"), ("b", "20 k GBP")):
        sure = ipmo.simulate(changed(pf, task, budget=amount), samples=SAMPLES)
        row = found[f"p/{task} cost estimate"]
        assert row["cost"] == pytest.approx(float(q.cost("p").p(80).amount - sure.cost("p").p(80).amount), abs=0.02)
        assert (row["days"], row["mean_days"]) == (0, 0)
        assert row["cost_error"] > 0
    assert found["p/a cost estimate"]["cost"] > 100_000
    assert "p/c cost estimate" not in found
    assert found["p/a estimate"]["cost"] == 0


def test_by_cost_the_dearest_cause_comes_first_also_in_order() -> None:
    q = ipmo.simulate(priced(), samples=SAMPLES)
    rows = table(q, "p", by="cost")
    costs = [row["cost"] for row in rows.values()]
    assert costs == sorted(costs, reverse=True)
    first, second = table(q, "p", by="cost", in_order=2).values()
    assert first["cause"] == next(iter(rows.values()))["cause"] == "p/a"
    assert first["kind"] == "cost estimate"
    assert second["cost"] > first["cost"] == rows["p/a cost estimate"]["cost"]
    assert next(iter(table(q, "p", in_order=1))) == next(iter(table(q, "p")))
    assert len([one for one in table(q, "p", most=1) if one.endswith("cost estimate")]) == 1
    with pytest.raises(ipmo.OptionError, match="finish"):
        q.drivers("p", by="money")  # type: ignore[arg-type]


def test_two_causes_of_a_cost_are_taken_out_together_in_order() -> None:
    """After the dearest estimate the driver: as a simulation with both taken out says it."""
    pf = priced()
    q = ipmo.simulate(pf, samples=SAMPLES)
    order = table(q, "p", by="cost", in_order=2)
    assert list(order) == ["p/a cost estimate", "prices driver"]
    without = attrs.evolve(changed(pf, "a", budget="100 k GBP"), drivers=[])
    exact = q.cost("p").p(80).amount - ipmo.simulate(without, samples=SAMPLES).cost("p").p(80).amount
    assert order["prices driver"]["cost"] == pytest.approx(float(exact), abs=0.02)


def test_a_branch_is_a_cause_and_without_it_the_likeliest_way_is_taken() -> None:
    tasks: list[dict[str, Any]] = [
        {"id": "a", "duration": "10 d"},
        {"id": "x", "duration": "7 d", "after": "a"},
        {"id": "y", "duration": {"low": "2 d", "likely": "3 d", "high": "9 d"}, "after": "a"},
        {"id": "e", "milestone": True, "after": ["x", "y"]},
    ]

    def split(x: float, y: float) -> list[dict[str, Any]]:
        return [{"id": "B", "ways": [{"probability": x, "items": ["p/x"]}, {"probability": y, "items": ["p/y"]}]}]

    q = ipmo.simulate(plan(tasks, branches=split(0.3, 0.5)), samples=SAMPLES)
    sure = ipmo.simulate(plan(tasks, branches=split(0, 1)), samples=SAMPLES)
    exact = q.finish("p/e").instant(80) - sure.finish("p/e").instant(80)
    assert table(q, "p/e")["B branch"]["days"] == pytest.approx(exact / DAY)
    assert exact > 0
    none = ipmo.simulate(plan(tasks, branches=split(0.3, 0.2)), samples=SAMPLES)  # in half of the samples neither
    exact = none.finish("p/e").instant(80) - ipmo.simulate(plan(tasks, branches=split(0, 0)), samples=SAMPLES).finish("p/e").instant(80)
    assert table(none, "p/e")["B branch"]["days"] == pytest.approx(exact / DAY)
    certain = ipmo.simulate(plan(tasks, branches=split(1, 0)), samples=50)
    assert not [one for one in table(certain, "p/e") if one.endswith("branch")]


def test_a_tornado_of_a_finish_has_no_bars_of_cost_estimates() -> None:
    q = ipmo.simulate(priced(), samples=500)
    assert "cost estimate" not in q.plot("tornado", "p").to_svg()
    assert "p/a (cost estimate)" in q.plot("cost tornado", "p").to_svg()
