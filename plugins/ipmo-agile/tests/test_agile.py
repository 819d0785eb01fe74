"""Agile delivery passes the conformance kit; its forecasts match published and exact numbers."""

from __future__ import annotations

import random
from datetime import date

import pytest

import ipmo
from ipmo import CheckContext, Span, UnitError
from ipmo.model import Link, Person, Portfolio, Project, Task
from ipmo.testing.conformance import MethodologyConformance
from ipmo_agile import AGILE, AgileForecast, _parse

WEEKS = (1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2)


def forecast(items: int = 100, throughput: tuple[int, ...] = WEEKS) -> AgileForecast:
    return AgileForecast(remaining_items=items, throughput=throughput, per=Span(1, "w"))


def portfolio(estimate: AgileForecast, percentile: str | None = "P85") -> Portfolio:
    attributes = {} if percentile is None else {"percentile": percentile}
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        projects=[Project(id="P", tasks=[Task(id="a", duration=estimate)]), Project(id="Q", tasks=[Task(id="b", duration="1 d")])],
        people=[Person(id="po"), Person(id="ops")],
        links=[
            Link(id="L", source="P/a", target="Q/b", promised="2026-09-01", giver_owner="po", receiver_owner="ops", attributes=attributes)
        ],
    )


def vague() -> Portfolio:
    """A dependency that names a sprint and nothing else."""
    pf = portfolio(forecast())
    return pf.evolve(links=[Link(id="L", source="P/a", target="Q/b", attributes={"sprint": "PI 4, sprint 2"})])


CLEAN = portfolio(forecast())


class TestAgile(MethodologyConformance):
    methodology = AGILE
    entry_point = "agile"
    examples = {
        "agile/evidence": (CLEAN, portfolio(forecast(throughput=WEEKS[:7]))),
        "agile/commitment": (CLEAN, vague()),
        "agile/percentile": (CLEAN, portfolio(forecast(), percentile=None)),
    }
    estimates = {"agile": {"remaining_items": 40, "throughput": [3, 0, 5, 2], "per": "1 w", "counted_on": "2026-01-30"}}
    extensions = {"agile": {"team": "red", "wip_limit": 3}}


def test_oracle_o19_when_a_hundred_items_are_done() -> None:
    f = forecast()
    chances = [0.3875, 0.5007, 0.6104, 0.7091, 0.7921, 0.8576, 0.9065, 0.9410, 0.9642]
    assert [round(f.chance(k), 4) for k in range(25, 34)] == chances
    assert [int(f.quantile(p).amount) for p in (0.5, 0.7, 0.85, 0.95)] == [26, 28, 30, 33]  # type: ignore[union-attr]


def test_oracle_o19_daily() -> None:
    f = forecast(throughput=(3, 5, 4, 2, 6, 4, 5, 3, 7, 4, 5, 6, 3, 4, 5))
    assert [round(f.chance(k), 5) for k in (23, 24, 25)] == [0.60507, 0.82932, 0.94689]
    assert [int(f.quantile(p).amount) for p in (0.25, 0.5, 0.7, 0.85, 0.95, 0.99)] == [22, 23, 24, 25, 26, 27]  # type: ignore[union-attr]


def test_the_exact_answer_lies_where_resampling_finds_it() -> None:
    rng, f, runs = random.Random(1), forecast(40), 20_000
    done = sum(sum(rng.choices(WEEKS, k=10)) >= 40 for _ in range(runs)) / runs
    error = (done * (1 - done) / runs) ** 0.5
    assert abs(done - f.chance(10)) <= 4 * error


def test_nothing_left_takes_no_time_and_nothing_moving_is_unknown() -> None:
    assert forecast(0).central() == Span(0, "w")
    assert forecast(5, (0, 0)).central() is None
    for bad in (
        {"remaining_items": 5},
        {"remaining_items": "many", "throughput": [1], "per": "1 w"},
        {"remaining_items": 1, "throughput": [], "per": "1 w"},
        {"remaining_items": 1, "throughput": [1], "per": "soon"},
        {"remaining_items": 1, "throughput": [1], "per": "1 w", "velocity": 3},
        [1],
    ):
        with pytest.raises(UnitError):
            _parse(bad)


def heard(code: str, pf: Portfolio) -> list[str]:
    check = next(c for c in AGILE.checks if c.code == code)
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


def test_r02_wants_enough_periods_without_a_break_counted_recently() -> None:
    assert "rests on 7 periods; it needs 8" in heard("agile/evidence", portfolio(forecast(throughput=WEEKS[:7])))[0]
    assert "throughput of 'P/a' changed" in heard("agile/evidence", portfolio(forecast(throughput=(2, 3, 2, 3, 9, 8, 9, 8))))[0]
    old = AgileForecast(remaining_items=9, throughput=WEEKS, per=Span(1, "w"), counted_on=date(2025, 10, 1))
    assert "124 days before the status date" in heard("agile/evidence", portfolio(old))[0]


def test_r10_wants_a_percentile_and_not_p50() -> None:
    assert "names no percentile" in heard("agile/percentile", portfolio(forecast(), percentile=None))[0]
    assert "as likely missed as kept" in heard("agile/percentile", portfolio(forecast(), percentile="P50"))[0]


def test_agile_work_and_planned_work_stand_in_one_network() -> None:
    s = ipmo.schedule(CLEAN)
    assert s["P/a"].early_start == ipmo.schedule(CLEAN.evolve("P/a", duration="26 w"))["P/a"].early_start
    assert s["Q/b"].early_start == ipmo.schedule(CLEAN.evolve("P/a", duration="26 w"))["Q/b"].early_start


def test_a_dependency_of_a_team_says_what_it_lacks() -> None:
    found = [f for f in ipmo.check(vague().evolve(methodologies={"project": "agile"})) if f.code == "agile/commitment"]
    assert [f.message for f in found] == [
        "the dependency 'L' between teams lacks a giver, a receiver, a promised date (the sprint 'PI 4, sprint 2' is no date)"
    ]
    assert found[0].rule == "AGL-R07"
