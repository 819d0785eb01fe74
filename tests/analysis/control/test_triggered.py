"""Risks with a trigger: which of them can still happen by the schedule, and so count in an exposure and a reserve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.analysis.risk.reserve import reserve

P, COST = 0.4, 100


def plan(risk: dict[str, Any], *others: dict[str, Any], status: str | None = None, **first: Any) -> ipmo.Portfolio:
    """`first`, ten days from Monday 4 January 2027 round the clock, then the gate G on the 13th, at midnight; `last` for ten days more."""
    tasks = [{"id": "first", "duration": "10 ed"} | first, {"id": "last", "duration": "10 ed", "after": "G"}]
    stated = {"id": "r", "before": {"probability": P, "impacts": [{"target": "p/last", "cost": f"{COST} GBP"}]}} | risk
    project = {"id": "p", "tasks": tasks, "gates": [{"id": "G", "after": "first"}], "risks": [stated, *others]}
    project |= {"forecast": "1000 GBP", "funding": "1050 GBP"}
    portfolio = {"id": "x", "start": "2027-01-04", "money": {"currency": "GBP"}} | ({"status_date": status} if status else {})
    return ipmo.from_dict({"ipmo": 1, "portfolio": portfolio, "projects": [project]})


@pytest.mark.parametrize(
    ("risk", "why"),
    [
        ({"triggered_by": "p/G"}, ""),
        ({"triggered_by": "p/G", "ends": "2027-01-14"}, ""),  # the day after, until its end
        ({"triggered_by": "p/G", "ends": "2027-01-13"}, "comes on 2027-01-13, and it could happen until 2027-01-13"),
        ({"triggered_by": "p/G", "ends": "2027-01-10"}, "comes on 2027-01-13, and it could happen until 2027-01-10"),
        ({"triggered_by": "p/G", "within": "5 ed"}, ""),
        ({"triggered_by": "p/G", "within": "5 ed", "starts": "2027-01-18"}, ""),
        ({"triggered_by": "p/G", "within": "5 ed", "starts": "2027-01-19"}, "5 ed later it could not happen yet"),
        ({"triggered_by": "p", "ends": "2027-01-23"}, "comes on 2027-01-23"),  # with the last of the project
        ({"triggered_by": "p", "ends": "2027-01-24"}, ""),
        ({"ends": "2027-01-05"}, ""),  # without a status date no window has closed
    ],
)
def test_a_risk_whose_trigger_comes_outside_its_window_does_not_count(risk: dict[str, Any], why: str) -> None:
    pf = plan(risk)
    found = ipmo.risk_exposure(pf)
    for item in ("x", "p"):
        assert float(found[item].before) == (0 if why else P * COST)
        assert found[item].not_triggered == (("p/r",) if why else ()) and found[item].closed == ()
        assert any("whose trigger does not come in time ('p/r')" in note for note in found[item].notes) is bool(why)
    assert [one.item for one in found.threats] == ([] if why else ["p/r"])
    held = reserve(pf, pf["p"])  # type: ignore[arg-type]
    assert (held is None) is bool(why)
    said = [one.message for one in ipmo.check(pf).of("ipmo/risk-window-closed")]
    assert len(said) == bool(why) and all(why in one for one in said)


def test_it_counts_again_where_its_trigger_comes_sooner() -> None:
    """The schedule says when: five days less before the gate, and the trigger comes on the eighth."""
    risk = {"triggered_by": "p/G", "ends": "2027-01-10"}
    assert ipmo.risk_exposure(plan(risk))["p"].before == 0
    assert float(ipmo.risk_exposure(plan(risk, duration="5 ed"))["p"].before) == P * COST


@pytest.mark.parametrize(
    ("within", "why"), [("5 ed", "its window closed 5 ed later"), ("90 ed", "")]
)  # the gate opened on the 14th at the latest, the status date is the 25th
def test_a_trigger_that_has_come_opens_the_window_on_its_day(within: str, why: str) -> None:
    pf = plan({"triggered_by": "p/first", "within": within}, status="2027-01-25", actual_start="2027-01-04", actual_finish="2027-01-13")
    assert float(ipmo.risk_exposure(pf)["p"].before) == (0 if why else P * COST)
    assert [why in one.message for one in ipmo.check(pf).of("ipmo/risk-window-closed")] == ([True] if why else [])
    assert float(ipmo.risk_exposure(pf, as_of="2027-01-15")["p"].before) == P * COST  # on that day it could still happen


def test_what_has_no_date_triggers_nothing() -> None:
    """A gate on hold: as in the simulation, the risk does not count, and that is said."""
    pf = plan({"triggered_by": "p/G"}, status="2027-01-05")
    held = ipmo.from_dict({**ipmo.to_dict(pf), "projects": [_held(ipmo.to_dict(pf)["projects"][0])]})
    assert ipmo.risk_exposure(held)["p"].before == 0
    assert ["has no date" in one.message for one in ipmo.check(held).of("ipmo/risk-window-closed")] == [True]
    q = ipmo.simulate(held, samples=64)
    assert ["has no date" in one.message for one in q.findings if one.code == "ipmo/risk-not-simulated"] == [True]


def _held(project: dict[str, Any]) -> dict[str, Any]:
    return project | {"gates": [{"id": "G", "after": ["first"], "decision": {"outcome": "hold", "date": "2027-01-05"}}]}


def test_a_trigger_behind_work_without_a_duration_counts_and_is_named() -> None:
    """Nobody knows when it comes: the exposure stands, and the simulation says that it has the trigger as early as can be."""
    pf = plan({"triggered_by": "p/G", "ends": "2027-02-01"}, duration=None)
    assert float(ipmo.risk_exposure(pf)["p"].before) == P * COST
    for risks in ("before", "none"):
        found = [one for one in ipmo.simulate(pf, samples=64, risks=risks).findings if one.code == "ipmo/trigger-not-known"]
        assert [one.item for one in found] == (["p/r"] if risks == "before" else [])
    assert not [one for one in ipmo.simulate(plan({"triggered_by": "p/G"}), samples=64).findings if one.code == "ipmo/trigger-not-known"]
    late = plan({"triggered_by": "p/last", "ends": "2027-01-10"}, duration=None)  # ten days after the start at the earliest
    assert ipmo.risk_exposure(late)["p"].before == 0


def test_a_level_of_effort_in_what_triggers_changes_nothing() -> None:
    pf = plan({"triggered_by": "p", "ends": "2027-01-24"})
    data = ipmo.to_dict(pf)
    data["projects"][0]["tasks"].append(
        {"id": "office", "hammock": True, "after": [{"from": "first", "type": "SS"}, {"from": "last", "type": "FF"}]}
    )
    assert float(ipmo.risk_exposure(ipmo.from_dict(data))["p"].before) == P * COST


def test_the_report_says_what_triggers_a_risk(tmp_path: Path) -> None:
    late = {"id": "late", "triggered_by": "p/G", "ends": "2027-01-10", "before": {"probability": 0.5, "impacts": [{"cost": "1 GBP"}]}}
    html = ipmo.report(plan({"triggered_by": "p/G", "within": "5 ed"}, late, status="2027-01-05"), tmp_path / "r.html").read_text()
    assert "for 5 ed after p/G" in html
    assert "Not counted: 1 risk whose trigger does not come in time." in html
