"""Estimates over centuries: squares of their minutes have no room in 64 bits, and every figure stands all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.risk.exact import of_products
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.model import Portfolio, Project, Task
from ipmo.network.compiled import available

CENTURIES: list[dict[str, Any]] = [
    {"low": "1 ed", "likely": "2 ed", "high": "999999 ed"},
    {"low": "1 ed", "high": "2000000 ed", "shape": "uniform"},
    {"p10": "1 ed", "likely": "500 ed", "p90": "999999 ed"},
    {"low": "1 ed", "likely": "50000 ed", "high": "80000 ed"},
]


def far(estimate: dict[str, Any]) -> Portfolio:
    return Portfolio(id="far", start="2026-01-05", projects=[Project(id="A", tasks=[Task(id="a", duration=estimate)])])


@pytest.mark.parametrize("estimate", CENTURIES)
def test_work_that_may_last_for_centuries_has_its_figures(estimate: dict[str, Any]) -> None:
    """The one task is the whole way to the end: its deviation is that of the end, by numpy in floating point."""
    found = ipmo.simulate(far(estimate), samples=4000)
    dates = found["A/a"].dates
    assert dates is not None
    row = next(row for row in found.criticality().rows() if row["id"] == "A/a")
    assert row["length_sd"] == pytest.approx(np.std(dates.instants.astype(float), ddof=1) / 1440, rel=1e-9)
    assert (row["criticality"], row["cruciality"], row["ssi"]) == pytest.approx((1.0, 1.0, 1.0))


@pytest.mark.skipif(not available(), reason="numba is not installed")
@pytest.mark.parametrize("estimate", CENTURIES)
def test_compiled_or_not_the_sums_are_the_same(estimate: dict[str, Any]) -> None:
    plan = Plan(far(estimate), 4096, 1, "before", None, "beta", ())
    one, other = (Samples(plan.setup, compiled=compiled).batch(0, 8) for compiled in (True, False))
    assert one.lengths.tolist() == other.lengths.tolist()
    assert one.ends == other.ends


@given(st.lists(st.tuples(*(st.integers(-(2**62), 2**62),) * 2), max_size=6))
def test_sums_of_products_are_exact_however_large(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array([pair[side] for pair in pairs], np.int64) for side in range(2))
    assert of_products(one, other) == sum(a * b for a, b in pairs)


def costly(*costs: str, risk: str | None = None, values: Sequence[str] = ()) -> Portfolio:
    """Uncertain work, each with its budget, what one risk costs, and what benefits are worth a year."""
    lasting = {"low": "1 d", "likely": "2 d", "high": "4 d"}
    tasks = [{"id": f"t{place}", "duration": lasting, "budget": budget} for place, budget in enumerate(costs)]
    before = {"probability": 0.5, "impacts": [{"target": "A/t0", "cost": risk}]}
    risks = [{"id": "r", "before": before}] if risk else []
    header = {"id": "P", "start": "2026-01-05", "money": {"currency": "GBP"}}
    benefits = [{"id": f"b{place}", "value": f"{value} per year", "outcome": "o", "lasts": "2 years"} for place, value in enumerate(values)]
    plan = {
        "ipmo": 1,
        "portfolio": header,
        "projects": [{"id": "A", "tasks": tasks, "risks": risks}],
        "outcomes": [{"id": "o", "enabled_by": "A/t0"}],
        "benefits": benefits,
    }
    return ipmo.from_dict(plan)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "pf",
    [
        costly("1234567890123456789012345678 GBP"),
        costly(*["50000000000000000 GBP"] * 2),
        costly("1 GBP", risk="1234567890123456789012345678 GBP"),
        costly("50000000000000000 GBP", risk="50000000000000000 GBP"),
        costly("1 GBP", values=["1234567890123456789012345678 GBP"]),
        costly("1 GBP", values=["20000000000000000 GBP"] * 3),
    ],
)
def test_costs_beyond_64_bits_are_refused_instead_of_wrapped(pf: Portfolio) -> None:
    """A sum of 1e17 pounds came out as 84 million billion below zero, without a word."""
    with pytest.raises(ipmo.UnitError, match="does not fit 64-bit minor units"):
        ipmo.simulate(pf, samples=100)


def test_costs_that_have_room_in_64_bits_are_what_they_were() -> None:
    found = ipmo.simulate(costly(*["40000000000000000 GBP"] * 2), samples=100)["A"].costs
    assert found is not None
    assert set(found.minor.tolist()) == {8 * 10**18}


@pytest.mark.parametrize("verb", [ipmo.benefits, lambda pf: ipmo.simulate(pf, samples=10)], ids=["benefits", "simulate"])
def test_a_benefit_before_the_year_one_is_refused_in_words(verb: Callable[[Portfolio], object]) -> None:
    """Its calendar has not worked before, and a lead goes back beyond that."""
    closed = {
        "id": "late",
        "week": "mon-fri",
        "hours": "09:00-17:00",
        "exceptions": [{"from": "0001-01-02", "to": "2026-01-20", "hours": "none"}],
    }
    first = {"id": "a", "duration": "5 d", "finish_not_before": "2026-01-10"}
    ahead = {"id": "b", "duration": "4 d", "after": [{"from": "a", "type": "SS", "lag": "-3 d"}]}
    data = {
        "ipmo": 1,
        "portfolio": {"id": "all", "dialect": "msproject", "money": {"currency": "GBP"}},
        "calendars": [closed],
        "projects": [
            {"id": "p", "calendar": "late", "tasks": [first, ahead]},
            {"id": "q", "tasks": [{"id": "c", "not_before": "2026-01-10"}]},
        ],
        "outcomes": [{"id": "o", "any_of": ["p/b"]}],
        "benefits": [{"id": "w", "any_of": ["o"], "value": "1 M GBP per year", "lasts": "2 years"}],
    }
    with pytest.raises(ipmo.UnitError, match="outside the years 1 to 9999"):
        verb(ipmo.from_dict(data))


def test_a_benefit_after_the_year_9999_is_refused_in_words() -> None:
    """Some samples reach beyond it, the schedule does not."""
    work = {"id": "a", "duration": {"low": "1 ed", "likely": "2 ed", "high": "3500000 ed"}}
    data = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}},
        "projects": [{"id": "p", "tasks": [work]}],
        "benefits": [{"id": "w", "enabled_by": ["p/a"], "value": "1 M GBP per year", "lasts": "2 years"}],
    }
    with pytest.raises(ipmo.UnitError, match="outside the years 1 to 9999"):
        ipmo.simulate(ipmo.from_dict(data), samples=100)
