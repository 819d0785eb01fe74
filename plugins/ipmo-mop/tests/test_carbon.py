"""Carbon: rolled up, phased, judged against tolerances, held against envelopes, and a limit of the selection."""

from __future__ import annotations

import itertools
import pickle
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.emissions import Emissions, as_emissions
from ipmo.model import Carbon, Portfolio
from ipmo.plugin import UnitError
from ipmo_mop import Candidate, SelectionProblem, carbon, optimise, problem_of, select


def plan(projects: list[dict[str, Any]], programmes: list[dict[str, Any]] | None = None, **header: Any) -> Portfolio:
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-04-01", "calendar": "continuous", "methodologies": {"portfolio": "mop"}, **header},
            "programmes": programmes or [],
            "projects": projects,
        }
    )  # fmt: skip


BAR = {"id": "bar", "start": "2026-01-01", "finish": "2027-12-31"}


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [("250 kg CO2e", Fraction(1, 4)), ("1.2 kt CO2e", Fraction(1200)), ("-3 Mt CO2e", Fraction(-3_000_000)), ("7t CO2e", Fraction(7))],
)
def test_units_are_exact(text: str, tonnes: Fraction) -> None:
    assert as_emissions(text).tonnes == tonnes
    assert as_emissions(str(as_emissions(text))) == as_emissions(text)


@pytest.mark.parametrize("wrong", ["12", "12 t", "12 t CO2", "12 lb CO2e", "t CO2e", 12, "1e9 t CO2e"])
def test_what_is_no_carbon_is_refused(wrong: Any) -> None:
    with pytest.raises(UnitError, match="no amount of carbon"):
        as_emissions(wrong)
    with pytest.raises(UnitError):
        Emissions(1, "lb")


def test_carbon_without_an_amount_is_not_known() -> None:
    empty = plan([{**BAR, "carbon": {}}])
    assert ipmo.from_dict(ipmo.to_dict(empty)) == empty
    assert ipmo.roll_up(empty, "carbon").total.value is None
    assert Carbon(planned="3 t CO2e") == plan([{**BAR, "carbon": "3 t CO2e"}])["bar"].carbon


def test_a_total_of_its_own_counts_instead_of_what_is_in_it() -> None:
    tasks = [{"id": "a", "carbon": "1 kt CO2e"}, {"id": "b", "carbon": "500 kg CO2e"}, {"id": "c", "duration": "5 d"}]
    pf = plan([{"id": "p", "tasks": tasks}, {**BAR, "tasks": tasks, "carbon": "2 t CO2e"}])
    roll = ipmo.roll_up(pf, "carbon")
    assert (roll["p"].exact, roll["p"].known, roll["p"].total) == (Fraction(2001, 2), 2, 3)
    assert roll["bar"].exact == 2
    assert str(roll.total) == "pf: 1,002.5 t CO2e, 3 of 4 known"


def test_it_lies_in_the_years_that_the_work_does() -> None:
    """730 days, 365 in each year; what is emitted lies before the status date, what is left of the forecast after it: 275 and 365 days."""
    pf = plan([{**BAR, "actual_start": "2026-01-01", "carbon": {"planned": "73 t CO2e", "forecast": "137 t CO2e", "actual": "9 t CO2e"}}],
              extensions={"mop": {"carbon_envelopes": {"2026": "60 t CO2e", "2027": "80 t CO2e", "2028": "1 t CO2e"}}})  # fmt: skip
    found = carbon(pf)
    assert [(row.period, float(row.planned), float(row.expected), float(row.emitted)) for row in found] == [
        ("2026", 36.5, 64.0, 9.0), ("2027", 36.5, 73.0, 0.0), ("2028", 0.0, 0.0, 0.0)]  # fmt: skip
    assert [float(row.left or 0) for row in found] == [-4.0, 7.0, 1.0]
    assert "above the envelope in 2026" in repr(found)
    assert found.explain("2026", "expected").splitlines()[0].startswith("2026: 64 t CO2e")
    assert list(pickle.loads(pickle.dumps(found))) == list(found)
    assert found.table().columns == ("period", "planned", "expected", "emitted", "envelope", "left")
    (said,) = ipmo.check(pf).of("mop/carbon-envelope")
    assert said.message == "64 t CO2e are expected in 2026, 4 above its envelope of 60 t CO2e"


def test_a_financial_year() -> None:
    money = {"currency": "GBP", "financial_year": "apr"}
    pf = plan([{"id": "p", "start": "2026-01-01", "finish": "2026-12-31", "carbon": "365 t CO2e"}], money=money,
              extensions={"mop": {"carbon_envelopes": {"2026": "274 t CO2e"}}})  # fmt: skip
    assert [(row.period, float(row.planned)) for row in carbon(pf)] == [("2025/26", 90.0), ("2026/27", 275.0)]
    assert [one.part for one in ipmo.check(pf).of("mop/carbon-envelope")] == ["2026"]


@pytest.mark.parametrize(
    ("more", "part", "said"),
    [
        ({"carbon": {"planned": "50 t CO2e", "actual": "101 t CO2e"}, "actual_start": "2026-01-01"}, "2026", "101 t CO2e are emitted already in 2026, 1 above its envelope of 100 t CO2e"),
        ({"carbon": "100 t CO2e", "tasks": [{"id": "a", "carbon": "1 t CO2e"}]}, "", ""),
        ({}, "unknown", "how much carbon 'bar' will emit is not known in full, so the envelopes do not count it"),
    ],
)  # fmt: skip
def test_envelopes(more: dict[str, Any], part: str, said: str) -> None:
    pf = plan(
        [{"id": "bar", "start": "2026-01-01", "finish": "2026-12-31", **more}],
        extensions={"mop": {"carbon_envelopes": {"2026": "100 t CO2e"}}},
    )
    found = ipmo.check(pf).of("mop/carbon-envelope")
    assert [(one.part, one.message) for one in found] == ([(part, said)] if part else [])


JUDGED = [
    ("100 t CO2e", None, None, "green"),  # what has emitted nothing is expected as planned
    ("100 t CO2e", "110 t CO2e", None, "amber"),  # equal to the limit is within it
    ("100 t CO2e", "110.1 t CO2e", None, "red"),
    ("100 t CO2e", None, "90 t CO2e", None),  # it has begun, and nothing says what it will come to
    ("100 t CO2e", None, "111 t CO2e", "red"),
    ("100 t CO2e", "105 t CO2e", "120 t CO2e", "red"),  # emitted already is more than was expected
    ("-100 t CO2e", "-90 t CO2e", None, "amber"),
    ("-100 t CO2e", "-89 t CO2e", None, "red"),
]


@pytest.mark.parametrize(("planned", "forecast", "actual", "colour"), JUDGED)
def test_the_aspect_of_carbon(planned: str, forecast: str | None, actual: str | None, colour: str | None) -> None:
    stated = {k: v for k, v in (("planned", planned), ("forecast", forecast), ("actual", actual)) if v is not None}
    pf = plan([{**BAR, "finish": "2027-12-31", "tolerance": {"carbon": "10 %"}, "carbon": stated}])
    row = ipmo.status(pf)["bar"]
    (aspect,) = [one for one in row.aspects if one.name == "carbon"]
    assert aspect.rag == colour
    assert bool(aspect.over) == (colour == "red")
    breaches = [one.aspect for one in ipmo.status(pf).breaches]
    assert breaches == (["carbon"] if colour == "red" else [])
    assert [one.part for one in ipmo.check(pf).of("ipmo/exception")] == breaches


def test_a_tolerance_without_a_plan_withholds_and_sustainability_is_stated_by_it() -> None:
    pf = plan([{**BAR, "tolerance": {"carbon": "10 %"}}])
    (aspect,) = [one for one in ipmo.status(pf)["bar"].aspects if one.name == "carbon"]
    assert (aspect.rag, aspect.withholds, aspect.text) == (None, True, "no carbon is planned")
    assert "sustainability" not in ipmo.check(pf).of("mop/tolerances")[0].message


def test_a_wider_tolerance_than_that_above_is_said() -> None:
    inner = {**BAR, "programme": "g", "carbon": "100 t CO2e", "tolerance": {"carbon": "30 %"}}
    other = {**BAR, "id": "other", "programme": "g", "carbon": "50 t CO2e"}
    pf = plan([inner, other], programmes=[{"id": "g", "tolerance": {"carbon": "15 %"}}])
    said = [one.message for one in ipmo.check(pf).of("mop/tolerances") if "wider" in one.message]
    assert said == ["tolerance of project 'bar' is wider than that of 'g': carbon 30% of 100 t CO2e against 15% of 150"]


def test_what_if_a_project_stops() -> None:
    """The total of the portfolio falls, and nothing that a copy took over from the first is wrong."""
    pf = plan(
        [{**BAR, "carbon": "5 t CO2e"}, {**BAR, "id": "other", "carbon": {"planned": "5 t CO2e", "forecast": "9 t CO2e"}}],
        tolerance={"carbon": "10 %"},
    )
    stopped = pf.evolve("other", state="cancelled")
    assert (ipmo.status(pf)["pf"].computed, ipmo.roll_up(stopped, "carbon").total.exact) == ("red", 5)
    found = ipmo.what_if(pf, ipmo.changes.Stop("other"))
    assert [(one.item, one.before, one.after) for one in found.rows if one.what == "status"] == [("pf", "red", "green")]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9), st.integers(-4, 9), st.integers(0, 9)), min_size=1, max_size=6),
    st.integers(0, 20),
    st.integers(-3, 20),
)
def test_carbon_binds_a_selection_as_money_does(rows: list[tuple[int, int, int, int]], money: int, air: int) -> None:
    """Against every subset."""
    made = [
        Candidate(id=f"p{n}", value=value, costs={"2026": Fraction(cost)}, carbon={"2026": Fraction(one), "2027": Fraction(two)})
        for n, (value, cost, one, two) in enumerate(rows)
    ]
    limits = {"2026": Fraction(air), "2027": Fraction(12)}
    found = optimise(
        SelectionProblem(candidates=made, envelopes={"2026": Fraction(money)}, carbon_envelopes=limits, emitted={"2027": Fraction(2)})
    )
    kept = [
        sum(c.value for c in some)
        for size in range(len(made) + 1)
        for some in itertools.combinations(made, size)
        if sum(c.costs["2026"] for c in some) <= money
        and sum(c.carbon["2026"] for c in some) <= air
        and sum(c.carbon["2027"] for c in some) <= 10
    ]
    assert found.value == (max(kept) if kept else None)


def test_a_selection_of_a_portfolio() -> None:
    def one(name: str, carbon: str | None, score: str) -> dict[str, Any]:
        return {
            "id": name,
            "state": "proposed",
            "start": "2026-05-01",
            "finish": "2026-12-31",
            "extensions": {"mop": {"scores": {"v": score}}},
        } | ({} if carbon is None else {"carbon": carbon})

    stated = {"criteria": [{"id": "v", "weight": "100 %", "scale": {"low": 0, "high": 10}}], "carbon_envelopes": {"2026": "10 t CO2e"}}
    pf = plan([one("big", "9 t CO2e", "high"), one("a", "4 t CO2e", "6"), one("b", "6 t CO2e", "6"), one("unsaid", None, "high"),
               {"id": "gone", "state": "closed", "start": "2026-01-01", "actual_start": "2026-01-01", "actual_finish": "2026-01-31", "carbon": "500 kg CO2e"}],
              extensions={"mop": stated})  # fmt: skip
    found = select(pf)
    assert found.chosen == ("big",)
    assert "how much carbon unsaid emits is not known" in found.why("unsaid").text
    assert "carbon of 2026: at most 10 t CO2e, 0.5 t CO2e of it by what is closed" in [rule.text for rule in problem_of(pf).rules]
    assert select(pf.evolve("gone", carbon=None)).chosen == ("a", "b")
    assert select(pf.evolve("unsaid", carbon="0 t CO2e")).chosen == ("big", "unsaid"), (
        "what emits nothing, and says so, takes nothing of the envelope"
    )
    assert problem_of(pf).emitted == {"2026": Fraction(1, 2)}
