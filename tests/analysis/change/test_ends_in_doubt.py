"""Stopping or pausing a giver never makes its receiver end earlier: what of it is left without dates says when all ends."""

from __future__ import annotations

import pytest

import ipmo
from ipmo.changes import Change, Pause, Stop

PLAN = {
    "ipmo": 1,
    "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
    "programmes": [{"id": "g"}],
    "projects": [
        {"id": "giver", "tasks": [{"id": "x", "duration": "30 d"}]},
        {
            "id": "app",
            "programme": "g",
            "finish": "2026-04-01",
            "tasks": [{"id": "k", "duration": "50 d"}, {"id": "free", "duration": "5 d"}],
        },
    ],
    "links": [{"id": "L", "from": "giver/x", "to": "app/k"}],
    "changes": [{"id": "C1", "effect": [{"stop": {"target": "giver"}}]}],
}
"""A receiver of 50 days, beside a task of 5 days that waits for nothing."""


@pytest.mark.parametrize("change", [Stop("giver"), Pause("giver")])
def test_a_receiver_with_other_work_does_not_end_earlier(change: Change) -> None:
    """All but 5 days of the receiver is blocked: its end, its programme's and the portfolio's are not known, and no float is won."""
    found = ipmo.what_if(ipmo.from_dict(PLAN), change)
    ends = {m.item: m for m in found.dates if m.kind in ("project", "programme", "portfolio")}
    for name in ("app", "g", "pf"):
        assert (ends[name].before, ends[name].after, ends[name].change) == ("2026-03-21", "", None)
    assert "app/k has no date" in ends["app"].note
    assert not found.floats
    assert found.commitments[0].item == "app"


def test_comparing_two_months_says_the_same() -> None:
    """`compare` of the plan with one whose giver is paused counts no days won."""
    pf = ipmo.from_dict(PLAN)
    found = ipmo.compare(pf, pf.evolve("giver", state="paused"))
    assert all((m.change or 0) >= 0 for m in found.dates)
    assert "-75" not in str(found)


def test_a_paused_project_alone_is_still_to_be_done() -> None:
    """The portfolio does not end earlier because its longest project pauses."""
    plan = {**PLAN, "links": [], "changes": []}
    row = next(m for m in ipmo.what_if(ipmo.from_dict(plan), Pause("app")).dates if m.item == "pf")
    assert (row.after, row.change) == ("", None)


def test_a_change_request_does_not_promise_days_won() -> None:
    """The request that stops the giver does not say that the receiver comes earlier."""
    assert ipmo.assess_impact(ipmo.from_dict(PLAN))["C1"].moved == ()
