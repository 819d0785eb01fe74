"""Colours from what stands above projects and beside finishes: registers and gates of programmes, constraints, starts of benefits. Worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ipmo


def read(projects: list[dict[str, Any]], programmes: list[dict[str, Any]] | None = None, **more: Any) -> ipmo.Portfolio:
    portfolio = {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "money": {"currency": "GBP"}}
    portfolio |= more.pop("portfolio", {})
    return ipmo.from_dict({"ipmo": 1, "portfolio": portfolio, "programmes": programmes or [], "projects": projects, **more})


def colours(pf: ipmo.Portfolio, aspect: str = "") -> dict[str, str | None]:
    rows = ipmo.status(pf)
    if not aspect:
        return {row.item: row.computed for row in rows}
    return {row.item: next((one.rag for one in row.aspects if one.name == aspect), None) for row in rows}


def risk(chance: float, cost: str, **more: Any) -> dict[str, Any]:
    return {"id": "r", "before": {"probability": chance, "impacts": [{"cost": cost}]}, **more}


def test_risks_of_a_programme_and_of_the_portfolio_count_in_their_colours() -> None:
    """Half of 2 M is 1 M: beyond the 200 k of the programme that it stands in, more than all of g may bear, and the 100 k of the portfolio; its project has 10 k of 165 k."""
    tolerance = {"risk": "165 k GBP"}
    project = {
        "id": "p",
        "programme": "in",
        "tolerance": tolerance,
        "tasks": [{"id": "x", "duration": "9 d"}],
        "risks": [risk(0.1, "100 k GBP")],
    }
    programmes = [{"id": "g", "tolerance": {"risk": "200 k GBP"}}, {"id": "in", "programme": "g"}]
    whole = {"tolerance": {"risk": "100 k GBP"}}
    pf = read([project], programmes, portfolio=whole, risks=[risk(0.5, "2 M GBP", id="top", item="in")])
    assert colours(pf, "risk") == {"pf": "red", "g": "red", "in": "red", "p": "green"}
    (text,) = (one.text for one in ipmo.status(pf)["g"].aspects if one.name == "risk")
    assert text == "exposure 1.01 M GBP of at most 200 k GBP"
    for level in ("g", "pf"):
        assert float(ipmo.risk_exposure(pf)[level].before) == 1_010_000
    above = read([project], programmes, portfolio=whole, risks=[risk(0.5, "2 M GBP", id="top")])  # of the portfolio alone
    assert colours(above, "risk") == {"pf": "red", "g": "green", "in": "green", "p": "green"}
    assert colours(read([project], programmes, portfolio=whole), "risk") == {"pf": "green", "g": "green", "in": "green", "p": "green"}


def bar(id: str, days: int = 40, **more: Any) -> dict[str, Any]:
    return {"id": id, "finish": "2026-12-31", "tasks": [{"id": "x", "duration": f"{days} d"}], **more}


def gated(need_by: str, **more: Any) -> ipmo.Portfolio:
    """Work until 9 February; the gate that waits for it is a programme's, or the portfolio's where none is named."""
    gate = {"id": "G", "after": "p/x", "need_by": need_by, **more}
    return read([bar("p", programme="in"), bar("q", programme="g")], [{"id": "g"}, {"id": "in", "programme": "g"}], gates=[gate])


def test_a_gate_of_a_programme_that_is_late_colours_it_and_all_above() -> None:
    late = gated("2026-01-20", programme="in")
    assert colours(late) == {"pf": "red", "g": "red", "in": "red", "p": "green", "q": "green"}
    assert "20 days beyond the commitment" in ipmo.status(late)["in"].why
    assert colours(gated("2026-01-20")) == {"pf": "red", "g": "green", "in": "green", "p": "green", "q": "green"}
    assert set(colours(gated("2026-02-09", programme="in")).values()) == {"green"}
    stopped = late.evolve("p", state="cancelled")
    assert ipmo.schedule(stopped).commitments["G"].standing == "missed"
    assert colours(stopped)["in"] == "red"


@pytest.mark.parametrize(("aspect", "given"), [("time", "-5 d"), ("risk", "-5 GBP")])
def test_a_tolerance_below_zero_is_refused(aspect: str, given: str) -> None:
    with pytest.raises(ipmo.ModelError, match=f"tolerance.{aspect}: {given} is below zero"):
        read([{"id": "p", "tolerance": {aspect: given}}])


def test_what_a_programme_tolerates_holds_for_its_gates() -> None:
    pf = gated("2026-01-20", programme="in")
    assert colours(pf.evolve("in", tolerance={"time": "20 d"}))["in"] == "amber"
    assert colours(pf.evolve("in", tolerance={"time": "19 d"}))["in"] == "red"
    found = ipmo.status(pf.evolve("in", tolerance={"time": "19 d"})).exceptions()
    assert (found["item"], found["aspect"]) == (("in",), ("time",))


def test_starts_and_finishes_no_later_than_a_day_are_commitments_in_colours_and_counts(tmp_path: Path) -> None:
    """After ten days of work starts what should have by 5 January: six days late; ten days of work end five after 5 January."""
    projects = [
        bar("a", 10),
        {"id": "b", "finish": "2026-12-31", "tasks": [{"id": "y", "duration": "5 d", "constraints": {"start_no_later": "2026-01-05"}}]},
        {"id": "c", "finish": "2026-12-31", "tasks": [{"id": "y", "duration": "10 d", "constraints": {"finish_no_later": "2026-01-05"}}]},
        {"id": "e", "finish": "2026-12-31", "tasks": [{"id": "y", "duration": "5 d", "constraints": {"finish_no_later": "2026-01-05"}}]},
    ]
    pf = read(projects, links=[{"from": "a/x", "to": "b/y"}])
    assert colours(pf) == {"pf": "red", "a": "green", "b": "red", "c": "red", "e": "green"}
    assert ipmo.status(pf)["b"].why.endswith("y starts 2026-01-11, committed to 2026-01-05, 6 days beyond the commitment")
    assert ipmo.status(pf)["c"].why.endswith("y finishes 2026-01-10, committed to 2026-01-05, 5 days beyond the commitment")
    assert colours(pf.evolve("b", tolerance={"time": "6 d"}))["b"] == "amber"
    page = ipmo.report(pf, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "2 of 7 commitments are missed" in page  # four finishes and what three constraints ask for


def test_a_benefit_that_starts_late_is_no_green_even_where_no_value_is_lost() -> None:
    """A lump of money is worth as much a month later; that it was needed sooner is not lost on the programme and the project that it is of."""
    benefit = {"id": "fares", "belongs_to": "in", "enabled_by": "p/x", "value": "5 M GBP", "need_by": "2026-01-15"}
    discounts = {"discounts": [{"id": "zero", "bands": [{"rate": 0}]}]}
    money = {"money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}}
    projects, programmes = [bar("p", programme="in"), bar("q")], [{"id": "in"}]
    pf = read(projects, programmes, benefits=[benefit], portfolio=money, **discounts)
    assert colours(pf) == {"pf": "amber", "in": "amber", "p": "amber", "q": "green"}
    assert ipmo.status(pf)["p"].why == "benefits: fares is needed by 2026-01-15, ready on 2026-02-09, 25 d late"
    kept = read(projects, programmes, benefits=[{**benefit, "need_by": "2026-02-09"}], portfolio=money, **discounts)
    assert set(colours(kept).values()) == {"green"}
    dead = colours(pf.evolve("p", state="cancelled"))
    assert (dead["in"], dead["pf"]) == ("red", "red")


@pytest.mark.parametrize("gates", [[], [{"id": "G", "decision": {"outcome": "go", "date": "2026-01-05", "decided_by": "bd"}}]])
def test_today_is_no_forecast_of_a_project_without_work_that_is_past_its_finish(gates: list[dict[str, Any]]) -> None:
    """Nobody says when it ends: that it has not until today is all that is known."""
    late = {"id": "p", "finish": "2026-01-10", "gates": gates}
    pf = read([late], portfolio={"status_date": "2026-01-20"}, organisation={"bodies": [{"id": "bd"}]})
    text = "time: committed to 2026-01-10, overdue and without a forecast: nothing says when it will happen"
    assert (ipmo.status(pf)["p"].computed, ipmo.status(pf)["p"].why) == ("red", text)
    within = pf.evolve("p", tolerance={"time": "10 d"})
    assert (ipmo.status(within)["p"].computed, ipmo.status(within)["p"].why) == (None, f"not known, at least amber; {text}")
    assert ipmo.status(pf.evolve("p", actual_finish="2026-01-09", state="closed"))["p"].computed != "red"


def test_a_gate_of_a_programme_of_which_nobody_knows_when_leaves_it_not_known_over_green_projects() -> None:
    """p keeps its year; the gate waits for work of a paused project, and no project bears it."""
    idle = {"id": "s", "state": "paused", "tasks": [{"id": "y", "duration": "5 d"}]}
    gate = {"id": "G", "after": "s/y", "need_by": "2026-06-01", "programme": "g"}
    found = ipmo.status(read([bar("p", programme="g"), idle], [{"id": "g"}], gates=[gate]))
    assert (found["p"].computed, found["g"].computed, found["g"].at_least) == ("green", None, "green")
    assert "paused" in found["g"].why
