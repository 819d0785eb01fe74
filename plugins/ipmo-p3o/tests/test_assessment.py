"""The office as measured, the roadmap in tranches, and two models side by side: worked numbers, and an order that always holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import Money
from ipmo.model import (
    DataFlow,
    Decision,
    DecisionBody,
    Gate,
    Lesson,
    MoneySettings,
    Office,
    Person,
    Portfolio,
    Programme,
    Project,
    Service,
    Standard,
)
from ipmo_p3o import BlueprintElement, Measured, P3OFields, ValueKpi, assess, compare_offices
from ipmo_p3o.assessment import AFTER, COMPUTABLE, EFFORT
from ipmo_p3o.measures import MEASURES


def p3o(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"p3o": P3OFields(**fields)}}


def office(name: str, **more: Any) -> Office:
    return Office(**{"id": name, "type": "portfolio", "permanent": True, "reports_to": "board", "sponsor": "ann", **more})


def portfolio(*offices: Office, **more: Any) -> Portfolio:
    fields: dict[str, Any] = {
        "start": "2026-01-05",
        "status_date": "2026-06-01",
        "money": MoneySettings(currency="GBP"),
        "people": [Person(id="ann"), *(Person(id=f"head-{one.id}", office=one.id, roles=["head"]) for one in offices)],
        "bodies": [DecisionBody(id="board", level="portfolio")],
        "programmes": [Programme(id="T"), Programme(id="U")],
        "projects": [Project(id="P", programme="T"), Project(id="Q", programme="U")],
        **more,
    }
    return Portfolio(id="x", offices=offices, **fields)


def flow(source: str, target: str, system: str, field: str = "cost") -> DataFlow:
    return DataFlow(field=field, source=source, target=target, every="1 w", source_system=system)


def test_every_measure_has_an_effort_a_use_and_a_place_in_the_order() -> None:
    names = [row[0] for row in MEASURES]
    assert set(names) == set(EFFORT) == set(COMPUTABLE)
    assert {*AFTER, *(one for before in AFTER.values() for one in before)} <= set(names)


def test_each_measure_counts_what_stands_in_the_way() -> None:
    pf = portfolio(
        office("hub"),
        projects=[
            Project(id="P", programme="T", gates=[Gate(id="G1")], **p3o(standards={"s": "2"})),
            Project(id="Q", programme="U", gates=[Gate(id="G1"), Gate(id="G2")], **p3o(standards={"s": "1"})),
            Project(id="C", state="closed"),
            Project(id="D", state="closed"),
        ],
        standards=[Standard(id="s", version="2")],
        services=[Service(id="risk", mode="mandatory", level="project")],
        flows=[flow("hub", "board", "ledger"), flow("hub", "board", "sheet"), flow("hub", "board", "ledger", "risk")],
        decisions=[
            Decision(id="D1", state="decided", need_by="2026-03-02", decided="2026-03-12"),
            Decision(id="D2", state="decided", need_by="2026-03-02", decided="2026-02-02"),
            Decision(id="D3", need_by="2026-05-30"),
            Decision(id="D4", need_by="2026-07-01"),
        ],
        lessons=[Lesson(id="L", source="C", applied_in=["P"]), Lesson(id="M", source="C")],
    )
    found = assess(pf)
    values = {row.name: row.value for row in found.measures}
    assert values == {
        "adoption": 0.5, "variants": 2.0, "roles": 1.0, "single-source": 0.5, "age": 7.0, "duplicates": 0.0, "missing": 2.0, "hops": 2.0,
        "reach": 1.0, "latency": pytest.approx((10 + 0 + 2) / 3), "value": 0.0, "overscored": None, "lessons": 0.5, "reuse": 0.5,
    }  # fmt: skip
    assert found["adoption"].names == ("s in Q",)
    assert found["lessons"].names == ("D",)
    assert [step.id for step in found.tranches[0]] == ["variants", "missing"]
    assert {step.id: step.effort for step in found.steps}["missing"] == 2 * EFFORT["missing"]
    assert {step.id: step.effort for step in assess(pf, effort={"missing": 1}).steps}["missing"] == 2
    assert found.table().columns == ("area", "measure", "value", "unit", "target", "gap", "in_the_way")


def test_a_gap_waits_for_what_lies_behind_a_closed_one() -> None:
    """Reuse rests on lessons, lessons on adoption, adoption on variants: where lessons and adoption are closed, reuse waits for variants."""
    pf = portfolio(
        office("hub"),
        projects=[Project(id="P", gates=[Gate(id="A")]), Project(id="Q", gates=[Gate(id="B")]), Project(id="C", state="closed")],
        lessons=[Lesson(id="L", source="C")],
    )
    steps = {step.id: step for step in assess(pf).steps}
    assert steps["reuse"].after == ("variants",)
    assert steps["reuse"].tranche == 2


def test_open_elements_of_the_blueprint_have_their_own_order_and_a_circle_ends() -> None:
    rows = (
        BlueprintElement(id="b", section="information", to_be="one ledger", after=("a",), effort=20),
        BlueprintElement(id="a", section="technology", to_be="a system", benefit="one figure"),
        BlueprintElement(id="x", section="processes", to_be="x", after=("y",)),
        BlueprintElement(id="y", section="processes", to_be="y", after=("x",)),
    )
    found = assess(portfolio(office("hub", **p3o(kpis=())), **p3o(blueprint=rows)))
    layer = {step.id: step.tranche for step in found.steps}
    assert layer["blueprint: a"] < layer["blueprint: b"]
    assert layer["blueprint: x"] == layer["blueprint: y"]
    assert "of unknown effort" in str(found)
    assert "one figure" in found.roadmap()["benefit"]


@given(st.sets(st.sampled_from([row[0] for row in MEASURES])))
def test_tranches_keep_the_order_of_what_they_rest_on(names: set[str]) -> None:
    """Of any set of gaps: nothing comes in or before the tranche of what it rests on, and each comes as early as that lets it."""
    from ipmo_p3o.assessment import behind, layers  # the order alone, without a portfolio for each set

    waits = {name: behind(name, names) for name in names}
    layer = layers(waits)
    assert set(layer) == names
    for name in names:
        assert layer[name] == 1 + max((layer[one] for one in waits[name]), default=0)


def test_what_is_no_measure_is_refused() -> None:
    with pytest.raises(ipmo.UnitError, match="there is no measure 'speed'"):
        assess(portfolio(), effort={"speed": 1})


def test_two_models_side_by_side() -> None:
    """One office for all against a hub with two spokes that give the same again; one of the spokes does not say what it costs."""
    services = {"services": ["risk", "reporting"]}
    single = portfolio(office("hub", extensions={"p3o": P3OFields(cost=Money(300, "GBP"))}, **services))
    spokes = [
        office(f"spoke-{t}", type="programme", permanent=False, host=t, ends="2027-01-01", reports_to="hub", services=["risk"])
        for t in ("T", "U")
    ]
    spread = portfolio(office("hub", extensions={"p3o": P3OFields(cost=Money(200, "GBP"))}, **services), *spokes)
    table = compare_offices(single, spread)
    rows = {title: (a, b, d) for title, a, b, d in zip(table["measure"], table["a"], table["b"], table["difference"], strict=True)}
    assert rows["offices"] == (1, 3, 2)
    better = dict(zip(table["measure"], table["better"], strict=True))
    assert better["offices"] is None, "neither many nor few are good by themselves"
    assert better["steps from an initiative to the board, on average"] is None, "both are within three"
    assert better["what the offices cost a year"] is None, "one is not known"
    assert better["services times consumers of the busiest office"] == "b"
    assert rows["steps from an initiative to the board, on average"] == (2, 3, 1)
    assert rows["what the offices cost a year"] == (300, None, None)
    assert rows["services times consumers of the busiest office"] == (10, 6, -4), (
        "two services for two projects, two programmes and the portfolio"
    )
    assert rows["services times consumers of an office, on average"] == (10, pytest.approx(10 / 3), pytest.approx(10 / 3 - 10))


def test_the_oldest_figure_is_the_oldest_of_every_way_and_an_unknown_age_is_no_young_one() -> None:
    """One field on two ways, a week and a quarter of a year; the order of the file changes nothing."""
    spoke = office("spoke", type="hub", reports_to=["hub"])
    direct = flow("spoke", "board", "ledger")
    below, above = (DataFlow(field="cost", source=a, target=b, every="3 months") for a, b in (("spoke", "hub"), ("hub", "board")))
    for flows in ([direct, below, above], [below, above, direct]):
        assert assess(portfolio(office("hub"), spoke, flows=flows))["age"].value == pytest.approx(91.3125)
    unknown = DataFlow(field="risk", source="spoke", target="board")
    assert assess(portfolio(office("hub"), spoke, flows=[direct]))["age"].gap == 0
    assert assess(portfolio(office("hub"), spoke, flows=[direct, unknown]))["age"].value is None, "it may be older"
    late = assess(portfolio(office("hub"), spoke, flows=[below, above, unknown]))["age"]
    assert (late.gap, late.names) == (pytest.approx(56.3125), ("cost",)), "too old already"


def test_what_nobody_states_is_not_known_and_never_good() -> None:
    """No service is mandatory, none is stated; a KPI that was never measured, or cannot be computed, measures nothing."""
    nothing = assess(Portfolio(id="x", start="2026-01-05"))
    assert [row.name for row in nothing.measures if row.value is not None] == []
    assert str(nothing) == "0 gaps in 0 tranches, about 0 person-days; 14 of 14 measures are not known"
    given = assess(portfolio(office("hub", services=["reporting"])))
    assert (given["missing"].value, given["duplicates"].value) == (None, 0.0)
    to_come = ValueKpi(id="k", measured=(Measured(date=date(2026, 6, 2), value=1),))
    for kpi, share in ((to_come, 0.0), (ValueKpi(id="k", figure="early-stops"), 0.0), (ValueKpi(id="k", figure="lesson-reuse"), 1.0)):
        pf = portfolio(office("hub", **p3o(kpis=(kpi,))), lessons=[Lesson(id="L", text="t")])
        assert assess(pf)["value"].value == share, kpi


@pytest.mark.parametrize("days", [-1.0, float("nan"), float("inf")])
def test_an_effort_is_a_number_from_nothing_up(days: float) -> None:
    with pytest.raises(ipmo.UnitError, match="write a number from 0 up"):
        assess(portfolio(office("hub")), effort={"roles": days})


@pytest.mark.parametrize(("currency", "difference"), [("GBP", -50.0), ("EUR", None)])
def test_what_offices_cost_is_not_taken_apart_over_currencies(currency: str, difference: float | None) -> None:
    a = portfolio(office("hub", **p3o(cost=Money(300, "GBP"))))
    b = portfolio(office("hub", **p3o(cost=Money(250, currency))), money=MoneySettings(currency=currency))
    (row,) = [row for row in compare_offices(a, b).rows() if row["measure"] == "what the offices cost a year"]
    assert (row["a"], row["b"], row["difference"]) == (300, 250, difference)
    assert row["better"] == (None if difference is None else "b")
