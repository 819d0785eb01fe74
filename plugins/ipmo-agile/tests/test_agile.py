"""Agile delivery passes the conformance kit; its forecasts match published and exact numbers."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

import ipmo
from ipmo import Span
from ipmo.model import Decision, Earning, FrozenMap, Gate, Link, MoneySettings, Person, Portfolio, Project, Task
from ipmo.plugin import CheckContext, UnitError
from ipmo.testing.conformance import MethodologyConformance
from ipmo_agile import (
    AGILE,
    AgileFields,
    AgileForecast,
    Epic,
    Goal,
    Guardrails,
    Increment,
    Inputs,
    Iteration,
    Scope,
    Team,
    WorkItem,
    parse_forecast,
)

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
SCOPE = Scope(initial=100, current=100, done=30, unit="points")
BET = Epic(hypothesis="faster", mvp="one stop", leading_indicator="scans a day", pivot_by=date(2026, 6, 30))


def with_fields(**fields: Any) -> Portfolio:
    return CLEAN.evolve("P", extensions={"agile": AgileFields(**fields)})


def items(*rows: tuple[str, str]) -> tuple[WorkItem, ...]:
    return tuple(WorkItem(id=name, team=team, points=3.0) for name, team in rows)


def day(n: int) -> date:
    return date(2025, 11, 1) + timedelta(days=n)


def steady() -> tuple[WorkItem, ...]:
    """One item starts each day and takes four."""
    return tuple(WorkItem(id=f"i{n}", started=day(n), finished=day(n + 4) if n + 4 <= 93 else None) for n in range(94))


def ageing() -> tuple[WorkItem, ...]:
    """Five items that nobody finishes beside the steady ones."""
    return (*steady(), *(WorkItem(id=f"old{n}", started=day(n)) for n in range(5)))


def railed(horizon: str) -> Portfolio:
    rails = Guardrails(horizons=FrozenMap({"h1": 1.0, "h2": 0.0}))
    pf = CLEAN.evolve("x", money=MoneySettings(currency="GBP"), extensions={"agile": AgileFields(guardrails=rails)})
    return pf.evolve("P", budget="10 GBP", extensions={"agile": AgileFields(horizon=horizon)})


def boarded(days: int) -> Portfolio:
    ages = AgileFields(kanban_ages=FrozenMap({"analysing": Span(30, "ed")}))
    epic = AgileFields(kanban=FrozenMap({"funnel": date(2025, 12, 1), "analysing": date(2026, 2, 2) - timedelta(days=days)}))
    return CLEAN.evolve("x", extensions={"agile": ages}).evolve("P", extensions={"agile": epic})


def ordered(*rows: tuple[float, float, float, float], ties: tuple[int | None, ...] = (None, None)) -> Portfolio:
    pf = CLEAN.evolve(links=())
    for name, (value, urgency, risk, size), tie in zip(("P/a", "Q/b"), rows, ties, strict=True):
        pf = pf.evolve(
            name.partition("/")[0],
            extensions={"agile": AgileFields(wsjf=Inputs(value=value, urgency=urgency, risk=risk, size=size, tie=tie))},
        )
    return pf


def brought(value: float) -> Increment:
    """An increment that promised a value of 10 and brought some of it."""
    return Increment(id="PI", start=date(2026, 1, 5), finish=date(2026, 1, 16), goals=(Goal(id="g", planned=10, actual=value),))


class TestAgile(MethodologyConformance):
    methodology = AGILE
    entry_point = "agile"
    said = Path(__file__).parent / "said.txt"
    relative = {
        "agile/order": "projects are set beside one another",
        "agile/commitment": "what is asked of a giver is asked only where the method holds for it",
    }
    shown = {
        "the city of the examples": ipmo.read(Path(__file__).parents[3] / "examples" / "city.yaml"),
        "steady work of a growing scope": with_fields(scope=attrs.evolve(SCOPE, base="initial", current=120), backlog=steady()),
        "a portfolio where every rule is broken": ipmo.read(Path(__file__).parent / "disorder.yaml"),
        "work that grows old": with_fields(backlog=ageing()),
        "a scope of points, without a base": with_fields(scope=attrs.evolve(SCOPE, base=""), backlog=items(("a", "red"), ("b", "blue"))),
    }
    examples = {
        "agile/team-units": (CLEAN, with_fields(scope=SCOPE, backlog=items(("a", "red"), ("b", "blue")))),
        "agile/evidence": (CLEAN, portfolio(forecast(throughput=WEEKS[:7]))),
        "agile/scope-base": (with_fields(scope=attrs.evolve(SCOPE, base="initial", policy="a board decides")), with_fields(scope=SCOPE)),
        "agile/flow": (with_fields(backlog=steady()), with_fields(backlog=ageing())),
        "agile/guardrails": (railed("h1"), railed("h2")),
        "agile/epic": (with_fields(epic=BET), with_fields(epic=Epic(hypothesis="faster"))),
        "agile/epics-in-hand": (boarded(30), boarded(31)),
        "agile/increments": (with_fields(increments=(brought(8),)), with_fields(increments=(brought(7),))),
        "agile/order": (ordered((1, 1, 1, 1), (5, 3, 2, 2)), ordered((2, 1, 1, 1), (5, 3, 2, 2))),
        "agile/commitment": (CLEAN, vague()),
        "agile/percentile": (CLEAN, portfolio(forecast(), percentile=None)),
    }
    estimates = {
        "agile": {
            "remaining_items": 40,
            "throughput": [3, 0, 5, 2],
            "per": "1 w",
            "counted_on": "2026-01-30",
            "split": {"low": 1.0, "likely": 1.2, "high": 1.5},
            "growth": 0.1,
        }
    }
    extensions = {
        "agile": {
            "teams": [{"id": "red", "wip_limit": 3, "unit": "points"}],
            "iterations": [{"id": "i1", "team": "red", "start": "2026-01-05", "finish": "2026-01-16", "planned": 20, "done": 18}],
            "guardrails": {"horizons": {"h1": "70 %", "h2": "30 %"}, "within": "5 %", "epic_threshold": "1 M GBP"},
            "team": "red",
            "backlog": [{"id": "A-1", "points": 3, "started": "2026-01-05", "finished": "2026-01-09"}],
            "epic": {"hypothesis": "faster", "mvp": "one stop", "leading_indicator": "scans a day", "pivot_by": "2026-06-30"},
            "scope": {"initial": 100, "current": 120, "done": 30, "base": "initial", "policy": "a board decides"},
            "wsjf": {"value": 8, "urgency": 3, "risk": 1, "size": 5},
            "cost_of_delay": "10 k GBP per w",
            "horizon": "h1",
            "work_type": "feature",
            "increments": [
                {
                    "id": "PI1",
                    "name": "Spring",
                    "start": "2026-01-05",
                    "finish": "2026-03-27",
                    "goals": [
                        {"id": "g", "name": "Pay by card", "item": "a", "team": "red", "committed": False, "planned": 8, "actual": 5}
                    ],
                }
            ],
            "kanban": {"funnel": "2026-01-05", "ready": "2026-02-02"},
            "kanban_limits": {"implementing": 4},
            "kanban_ages": {"analysing": "60 ed"},
        }
    }


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
            parse_forecast(bad)


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
        "the dependency 'L' between teams lacks a giver, a receiver, a committed date (the sprint 'PI 4, sprint 2' is no date)"
    ]
    assert found[0].rule == "AGL-R07"


def test_o19_how_many_takes_the_lower_tail() -> None:
    assert [forecast().how_many(10, p) for p in (0.5, 0.7, 0.85, 0.95)] == [38, 34, 30, 25]
    assert forecast().how_many(0, 0.5) == 0


@pytest.mark.parametrize("periods", range(2, 21))
def test_a_percentile_that_is_reached_exactly_is_reached(periods: int) -> None:
    for moving in range(1, periods):  # one item is done in one period with a chance of exactly moving/periods
        f = forecast(1, (1,) * moving + (0,) * (periods - moving))
        share = moving / periods
        assert f.quantile(share) == Span(1, "w")
        assert f.how_many(1, share) == 1
        assert f.quantile(share + 1e-6) != Span(1, "w")
        assert f.how_many(1, share + 1e-6) == 0


def test_split_and_growth_mix_exact_forecasts() -> None:
    fixed = AgileForecast(remaining_items=50, throughput=WEEKS, per=Span(1, "w"), split=1.5, growth=0.2)
    assert fixed.central() == forecast(90).central()
    assert fixed.chance(24) == forecast(90).chance(24)
    unsure = parse_forecast({"remaining_items": 50, "throughput": list(WEEKS), "per": "1 w", "split": {"low": 1, "likely": 1.2, "high": 2}})
    rng, runs = random.Random(3), 20_000

    def factor() -> float:
        return rng.triangular(1, 2, 1.2)

    done = sum(sum(rng.choices(WEEKS, k=20)) >= math.ceil(50 * factor()) for _ in range(runs)) / runs
    assert unsure.chance(20) == pytest.approx(done, abs=4 * (done * (1 - done) / runs) ** 0.5 + 0.01)
    assert parse_forecast(unsure.plain()) == unsure
    low, high = forecast(50).quantile(0.9), forecast(100).quantile(0.9)
    assert low.amount < unsure.quantile(0.9).amount < high.amount  # type: ignore[union-attr]
    for bad in ({"split": 0.5}, {"growth": -0.1}, {"split": "much"}, {"throughput": [-1]}):
        with pytest.raises(UnitError):
            parse_forecast({"remaining_items": 5, "throughput": [1, 2], "per": "1 w", **bad})


def test_wrong_data_is_located(tmp_path: Any) -> None:
    path = tmp_path / "x.yaml"
    lines = (
        "ipmo: 1",
        "portfolio: {id: x, start: 2026-01-05}",
        "projects:",
        "  - id: P",
        "    tasks:",
        "      - id: a",
        "        duration:",
        "          agile: {remaining_items: 5, throughput: [3, THROUGHPUT], per: 1 w}",
        "        extensions: {agile: EXTENSION}",
    )
    text = "\n".join(lines)
    for throughput, extension, words in (
        ("-2", "{}", "'-2' is not a whole number of items, 0 or more"),
        ("2", "{wsjf: {value: 1, urgency: 1, risk: 1, size: 0}}", "the size is above 0"),
        ("2", "{guardrails: {horizons: {h1: 70 %}}}", "the shares sum to 0.7, not to 100 %"),
        ("2", "{epic: {hypotesis: faster}}", "did you mean 'hypothesis'?"),
    ):
        path.write_text(text.replace("THROUGHPUT", throughput).replace("EXTENSION", extension))
        with pytest.raises(ipmo.IpmoError) as caught:
            ipmo.read(path)
        assert words in str(caught.value)
        assert "x.yaml:" in str(caught.value)
        assert "triangular" not in str(caught.value), "what is wrong is said once"


# ------------------------------------------------------------------------------------------------ rules


def test_r01_keeps_points_inside_a_team() -> None:
    teams = (Team(id="red", unit="points"), Team(id="blue", unit="points"))
    weeks = tuple(Iteration(id=f"i{n}", team=team, start=day(0), finish=day(13), done=20) for n, team in enumerate(("red", "blue")))
    assert "sums points of 2 teams: blue, red" in heard("agile/team-units", with_fields(teams=teams, iterations=weeks, scope=SCOPE))[0]
    assert not heard("agile/team-units", with_fields(teams=teams, iterations=weeks))
    stray = (Iteration(id="i", team="green", start=day(0), finish=day(13)),)
    assert "of the unknown team 'green'" in heard("agile/team-units", with_fields(teams=teams, iterations=stray))[0]


def test_r02_finds_a_bulk_closure_in_a_forecast() -> None:
    assert "holds 400 items, the next best 9" in " ".join(
        heard("agile/evidence", portfolio(forecast(throughput=(4, 5, 9, 400, 3, 6, 4, 5))))
    )


def test_r03_wants_the_base_and_shows_both_shares() -> None:
    units = CLEAN.evolve("P/a", earning=Earning(rule="units", total=100.0, done=30.0))
    assert heard("agile/scope-base", units) == ["'P/a' earns value by units and declares no scope"]
    grown = attrs.evolve(SCOPE, current=150.0, base="current", policy="a board decides")
    told = heard("agile/scope-base", units.evolve("P/a", extensions={"agile": AgileFields(scope=grown)}))
    assert told == [
        "'P/a' earns by 100 units, and its current scope is 150",
        "the scope of 'P/a' grew by 50%: 30% of the initial scope is done, 20% of the current one",
    ]
    behind = attrs.evolve(grown, initial=100.0, current=100.0, done=20.0, base="initial")
    assert heard("agile/scope-base", units.evolve("P/a", extensions={"agile": AgileFields(scope=behind)})) == [
        "'P/a' earns by 30 units that are done, and of its scope 20 are"
    ]


def test_r04_says_what_grows_old() -> None:
    (told,) = heard("agile/flow", with_fields(backlog=ageing()))
    assert "open work of 'P' grows old" in told
    assert "old0 (94 d)" in told
    limited = with_fields(backlog=ageing(), teams=(Team(id="red", wip_limit=3),), team="red")
    assert "team 'red' of 'P' works on 9 items; its limit is 3" in heard("agile/flow", limited)


def test_r05_wants_large_epics_decided() -> None:
    rails = Guardrails(epic_threshold=ipmo.Money(5, "GBP"))
    pf = CLEAN.evolve("x", money=MoneySettings(currency="GBP"), extensions={"agile": AgileFields(guardrails=rails)})
    pf = pf.evolve("P", budget="10 GBP", extensions={"agile": AgileFields(epic=BET)})
    assert "epic 'P' costs 10 GBP, above the threshold of 5 GBP" in heard("agile/guardrails", pf)[0]
    assert not heard("agile/guardrails", pf.evolve(decisions=[Decision(id="D", item="P", state="decided")]))
    assert heard("agile/guardrails", pf.evolve("P", gates=[Gate(id="G")]))


def test_r06_asks_on_the_day_to_pivot() -> None:
    late = with_fields(epic=attrs.evolve(BET, pivot_by=date(2026, 1, 30)))
    assert heard("agile/epic", late) == ["epic 'P' was to be stopped or turned by 2026-01-30; it goes on"]


def test_r09_wants_ties_broken_and_dependencies_named() -> None:
    tied = ordered((1, 1, 1, 1), (2, 2, 2, 2))
    assert any("have the same score of 3" in words for words in heard("agile/order", tied))
    assert not any("same score" in words for words in heard("agile/order", ordered((1, 1, 1, 1), (2, 2, 2, 2), ties=(1, 2))))
    linked = ordered((1, 1, 1, 1), (5, 3, 2, 2)).evolve(links=CLEAN.links)
    assert "'Q' waits for P, whatever its score" in heard("agile/order", linked)


def test_the_report_has_the_section(tmp_path: Any) -> None:
    pf = with_fields(scope=attrs.evolve(SCOPE, base="initial"), backlog=steady()).evolve("x", methodologies={"project": "agile"})
    html = ipmo.report(pf, tmp_path / "r.html").read_text(encoding="utf-8")
    for words in ("Agile work: forecasts", "Flow of P", "Earned by scope", "26 w"):
        assert words in html


@pytest.mark.parametrize(
    ("percentile", "promised", "said"),
    [
        ("P85", "2026-08-28", ""),  # 30 weeks from Monday 2 February, P85 of 100 items, end on Friday 28 August
        ("85 %", "2026-08-21", ""),  # the P75 is 29 weeks: near enough
        ("0.9", "2026-09-04", ""),
        ("P30", "2026-08-28", "is a P30 of 'P/a': more likely missed than kept"),
        ("P50", "2026-08-28", "is a P50 of 'P/a': as likely missed as kept"),
        ("P85", "2026-08-20", "says P85 of 'P/a', and lies before its P75, 2026-08-21"),
        ("P95", "2026-07-31", "says P95 of 'P/a', and lies before its P85, 2026-08-28"),
        ("sure", "2026-08-28", "names 'sure', which is no percentile"),
    ],
)
@pytest.mark.parametrize("deadline", [False, True])
def test_r10_holds_a_promise_against_the_date_of_its_percentile(percentile: str, promised: str, said: str, deadline: bool) -> None:
    pf = portfolio(forecast(), percentile=percentile)
    if deadline:
        pf = pf.evolve("P/a", deadline=promised, attributes={"percentile": percentile}).evolve(links=())
    else:
        pf = pf.evolve(
            links=[ipmo.model.Link(id="L", source="P/a", target="Q/b", promised=promised, attributes={"percentile": percentile})]
        )
    found = heard("agile/percentile", pf)
    assert [said in message for message in found] == ([True] if said else [])
