"""What is to be decided behind a gate that holds has its own last day: that up to which every commitment would hold, were the gate open."""

from __future__ import annotations

import re
from typing import Any

import pytest

import ipmo
from ipmo.units import said_day

HOLD = {"outcome": "hold", "date": "2026-02-20", "decided_by": "bd"}
LAPSED = {
    "outcome": "conditional go",
    "date": "2026-02-20",
    "decided_by": "bd",
    "conditions": [{"id": "c1", "text": "x", "due": "2026-02-27"}],
}
RECYCLED = {"outcome": "recycle", "date": "2026-02-20", "decided_by": "bd"}
GO = {"outcome": "go", "date": "2026-02-20", "decided_by": "bd"}


def plan(decision: dict[str, Any] | None, finish: str = "2026-04-10", more: tuple[dict[str, Any], ...] = (), **top: Any) -> ipmo.Portfolio:
    """Gate G, ten working days, gate G2, two more: they end on Friday 10 April."""
    tasks = [{"id": "d", "duration": "10 d", "after": "G"}, {"id": "e", "after": "G2", "duration": "2 d"}]
    gates = [{"id": "G", "body": "bd", "decision": decision}, {"id": "G2", "after": "d", "body": "bd"}]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-02-02", "status_date": "2026-03-02"},
            "organisation": {"bodies": [{"id": "bd"}]},
            "decisions": [{"id": "E", "question": "Late?", "blocks": ["q/d"], "body": "bd", "raised": "2026-02-20"}],
            "projects": [{"id": "q", "state": "active", "finish": finish, "tasks": tasks, "gates": gates}, *more],
            **top,
        }
    )


def last_day(row: Any) -> str:
    return str(said_day(row.latest, finish=True))


@pytest.mark.parametrize("decision", [GO, HOLD, LAPSED, RECYCLED, None])
def test_the_last_days_behind_a_gate_are_the_same_whatever_was_decided_there(decision: dict[str, Any] | None) -> None:
    """Twelve working days that end on 10 April begin on 26 March; two begin on the 9th."""
    queue = ipmo.decisions_due(plan(decision))
    assert (last_day(queue["E"]), queue["E"].at_risk, queue["E"].float) == ("2026-03-25", "q@finish", 18.0)
    assert (last_day(queue["q/G2"]), queue["q/G2"].at_risk) == ("2026-04-08", "q@finish")
    if decision is not GO:
        assert (last_day(queue["q/G"]), queue["q/G"].at_risk) == ("2026-03-25", "q@finish")


def test_what_holds_it_is_said_beside_the_last_day() -> None:
    queue = ipmo.decisions_due(plan(HOLD))
    held = "; without a date so far: follows 'q/G': gate 'q/G' was put on hold on 2026-02-20"
    assert queue["E"].reason == f"bd decides by 2026-03-25, in 18 working days, or q@finish is missed{held}"
    assert queue["q/G2"].reason == f"bd decides by 2026-04-08, in 28 working days, or q@finish is missed{held}"
    assert queue["q/G"].reason == "bd decides by 2026-03-25, in 18 working days, or q@finish is missed"
    said = " ".join(re.sub(r'<span class="day">(.*?)</span>', r"\1", plan(HOLD).report().html).split())
    assert said.count("by 2026-03-25, in 18 working days, or") == 4  # among what is to be decided, and in the table
    assert said.count("by 2026-04-08, in 28 working days, or") == 2


def test_what_was_sent_back_without_work_has_a_last_day_and_no_day_on_which_it_is_expected() -> None:
    row = ipmo.decisions_due(plan(RECYCLED))["q/G"]
    assert (row.expected, row.margin) == (None, None)
    assert "no work before it is planned again" in row.reason


@pytest.mark.parametrize("decision", [HOLD, LAPSED])
def test_a_last_day_that_has_passed_is_overdue_behind_a_gate_too(decision: dict[str, Any]) -> None:
    """Twelve working days that end on 13 March begin on 26 February: both were needed by the 25th, two working days ago."""
    row = ipmo.decisions_due(plan(decision, finish="2026-03-13"))["E"]
    assert (last_day(row), row.overdue, row.late_by) == ("2026-02-25", 5, 2.0)


def test_a_commitment_behind_a_gate_counts_for_what_lies_before_another_way_in() -> None:
    """Gate X of another project opens d as well: it is due with it, whether or not G holds."""
    other = {"id": "o", "state": "active", "tasks": [{"id": "t", "duration": "1 d"}], "gates": [{"id": "X", "after": "t", "body": "bd"}]}
    for decision in (GO, HOLD, LAPSED):
        queue = ipmo.decisions_due(plan(decision, more=(other,), links=[{"from": "o/X", "to": "q/d"}]))
        assert (last_day(queue["o/X"]), queue["o/X"].at_risk) == ("2026-03-25", "q@finish")


def test_a_decision_about_paused_work_says_why_nothing_dated_waits() -> None:
    other = {"id": "o", "state": "paused", "tasks": [{"id": "t", "duration": "1 d"}]}
    pf = plan(GO, more=(other,), decisions=[{"id": "E", "question": "Late?", "blocks": ["o/t"], "body": "bd", "raised": "2026-02-20"}])
    assert ipmo.decisions_due(pf)["E"].reason == "nothing dated waits for it: project 'o' is paused"
