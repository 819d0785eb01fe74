"""A project that a gate killed and whose state still says that it runs counts as cancelled: in no total, and a finding says so."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.model import Portfolio

GATE = [{"id": "G", "decision": {"outcome": "kill", "date": "2026-02-01", "decided_by": "board"}}]


def plan(state: str, gates: list[dict[str, Any]], forecast: str = "30 M GBP") -> Portfolio:
    """Two projects of a programme: one of 1 M, and one of 10 M that is expected to cost 30, with a risk and a benefit."""
    work = {"id": "x", "duration": "10 d", "budget": "10 M GBP", "forecast": forecast}
    risk = {"id": "r", "name": "fire", "before": {"probability": "50 %", "impacts": {"cost": "4 M GBP"}}}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": "pf", "start": "2026-01-01", "status_date": "2026-06-01", "calendar": "continuous",
                "methodologies": {"portfolio": "mop"},
                "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}},
                "extensions": {"mop": {"every": "year", "envelopes": {"2026": "5 M GBP"}}},
                "tolerance": {"cost": "5 %", "risk": "1 M GBP"},
            },
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "objectives": [{"id": "o"}],
            "programmes": [{"id": "g"}],
            "projects": [
                {"id": "k", "programme": "g", "state": state, "tasks": [work], "gates": gates, "risks": [risk]},
                {"id": "r1", "programme": "g", "state": "active", "tasks": [{"id": "x", "duration": "20 d", "budget": "1 M GBP", "forecast": "1 M GBP"}]},
            ],
            "benefits": [{"id": "b", "value": "9 M GBP", "probability": "100 %", "enabled_by": "k/x"}],
            "contributions": [{"from": "b", "to": "o", "share": "100 %"}],
            "organisation": {"bodies": [{"id": "board", "level": "portfolio"}]},
        }
    )  # fmt: skip


def answers(pf: Portfolio) -> dict[str, Any]:
    """What every total says of it."""
    status = ipmo.status(pf)
    codes = (
        "mop/envelope",
        "mop/funding",
        "mop/line-of-sight",
        "mop/tolerances",
        "mop/stop-list",
        "ipmo/exception",
        "ipmo/project-overdue",
    )
    return {
        "totals": {m: (str(ipmo.roll_up(pf, m)["pf"].value), str(ipmo.roll_up(pf, m)["g"].value)) for m in ("budget", "forecast")},
        "status": [(row.item, row.computed) for row in status.items() if row.item not in ("k", "k/x")],
        "exposure": ipmo.risk_exposure(pf)["pf"].before,
        "benefits": [(row.id, row.npv) for row in ipmo.benefits(pf).rows],
        "going on": ipmo.worth_going_on(pf).ids,
        "sight": {row.id: tuple(row) for row in ipmo.line_of_sight(pf)},
        "findings": sorted((f.code, f.message) for f in ipmo.check(pf) if f.code in codes and f.item not in ("b", "o")),
        "people": str(ipmo.capacity(pf).table()),
    }


@pytest.mark.parametrize("state", ["active", "approved", "paused"])
def test_a_killed_project_counts_as_cancelled_whatever_its_state_says(state: str) -> None:
    """By hand: 1 M is left of 11 M, within the envelope of 5 M; the exposure of 2 M and the exception of 20 M are gone with it."""
    killed, cancelled = answers(plan(state, GATE)), answers(plan("cancelled", []))
    assert killed == cancelled
    assert killed["totals"]["budget"] == ("1 M GBP", "1 M GBP")
    assert answers(plan("active", []))["totals"]["budget"] == ("11 M GBP", "11 M GBP")
    assert any("envelope" in code for code, _ in answers(plan("active", []))["findings"])


@pytest.mark.parametrize(("state", "found"), [("active", True), ("paused", True), ("cancelled", False), ("closed", False)])
def test_a_finding_says_that_its_state_was_not_kept(state: str, found: bool) -> None:
    said = [f for f in ipmo.check(plan(state, GATE)) if f.code == "ipmo/stopped-but-open"]
    assert [f.message for f in said] == (
        [f"project 'k' was stopped at gate 'G' on 2026-02-01, and its state is {state!r}: it counts as cancelled, in no total"]
        if found
        else []
    )


def test_it_cannot_be_stopped_or_funded_again() -> None:
    from ipmo.changes import Fund, Stop

    for change in (Stop("k"), Fund("k", "1 M GBP")):
        with pytest.raises(ipmo.IpmoError, match="is cancelled"):
            ipmo.what_if(plan("active", GATE), change)
