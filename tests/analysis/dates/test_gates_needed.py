"""A gate is needed by its day on hold, in a paused project and in one whose work never comes: missed, overdue or not known, by hand."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.changes import Pause, Stop

HOLD = {"outcome": "hold", "date": "2026-02-01", "decided_by": "bd"}
PAST, COMING = "2026-02-15", "2026-04-15"


def plan(*projects: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    header = {"id": "pf", "start": "2026-01-01", "status_date": "2026-03-02", "calendar": "continuous"}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": header,
            "organisation": {"bodies": [{"id": "bd", "level": "portfolio"}]},
            "projects": list(projects),
            **more,
        }
    )


def gated(need_by: str = COMING, decision: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    gate = {"id": "G", "need_by": need_by, **({"decision": decision} if decision else {})}
    return {"id": "p", "state": "active", "tasks": [{"id": "x", "duration": "5 d", "after": "G"}], "gates": [gate], **more}


SUPPLIER = {"id": "s", "state": "active", "tasks": [{"id": "y", "duration": "10 d"}]}


def standing(pf: ipmo.Portfolio, name: str = "p/G") -> str | None:
    row = ipmo.schedule(pf).commitments.one(name)
    return None if row is None else row.standing


@pytest.mark.parametrize(("need_by", "how", "colour"), [(PAST, "overdue", "red"), (COMING, "unknown", None)])
@pytest.mark.parametrize(
    "project", [{"decision": HOLD}, {"state": "paused"}, {"state": "paused", "decision": HOLD}], ids=["held", "paused", "held in a pause"]
)
def test_a_gate_that_waits_is_overdue_once_its_day_has_passed_and_not_known_before(
    project: dict[str, Any], need_by: str, how: str, colour: str | None
) -> None:
    pf = plan(gated(need_by, **project))
    assert standing(pf) == how
    assert ipmo.status(pf)["p"].computed == colour
    assert ("G " in ipmo.status(pf)["p"].why) and (how != "overdue" or "overdue" in ipmo.status(pf)["p"].why)


@pytest.mark.parametrize("need_by", [PAST, COMING])
def test_a_gate_of_a_project_that_requires_what_was_stopped_is_missed(need_by: str) -> None:
    """It never comes, whether its day has passed or not; the link is named."""
    row = ipmo.schedule(plan({**SUPPLIER, "state": "cancelled"}, gated(need_by, requires=["s"]))).commitments["p/G"]
    assert (row.standing, row.days) == ("missed", None)
    assert "project 'p' requires 's', which is cancelled" in row.reason
    assert ipmo.status(plan({**SUPPLIER, "state": "cancelled"}, gated(need_by, requires=["s"])))["p"].computed == "red"


def test_what_was_stopped_itself_or_closed_or_decided_has_none() -> None:
    for state in ("cancelled", "closed"):
        assert standing(plan(gated(state=state))) is standing(plan(gated(state=state, decision=HOLD))) is None
    go = {"outcome": "conditional go", "date": "2026-02-01", "decided_by": "bd", "conditions": [{"id": "c", "due": "2026-02-10"}]}
    assert standing(plan(gated(decision=go))) is None  # decided in time, and lapsed since: its day was kept
    assert standing(plan(gated(decision={**HOLD, "outcome": "kill"}))) is None
    assert standing(plan({**gated(), "gates": [{"id": "G", "decision": HOLD}]})) is None  # no day is stated


def test_a_gate_of_a_programme_on_hold_colours_it() -> None:
    gate = {"id": "G", "programme": "g", "need_by": PAST, "decision": HOLD}
    kept = {"id": "p", "programme": "g", "state": "active", "finish": "2026-12-31", "tasks": [{"id": "x", "duration": "5 d"}]}
    pf = plan(kept, programmes=[{"id": "g"}], gates=[gate])
    assert (standing(pf, "G"), ipmo.status(pf)["p"].computed, ipmo.status(pf)["g"].computed) == ("overdue", "green", "red")


def test_what_if_the_queue_and_status_say_the_same() -> None:
    """Stopping s: p never comes, q waits for a link; with no deadline beside the gates all is said of these. Pausing p leaves its gate not known."""
    pf = plan(SUPPLIER, gated(requires=["s"]), {**gated(), "id": "q"}, links=[{"id": "L", "from": "s/y", "to": "q/G"}])
    stopped = ipmo.what_if(pf, Stop("s"))
    for name in ("p/G", "q/G"):
        assert f"{name} misses its need-by date: needed by 2026-04-15" in str(stopped)
        assert standing(stopped.after, name) == "missed"
    assert [ipmo.status(stopped.after)[name].computed for name in ("p", "q")] == ["red", "red"]
    assert "'p' requires 's', which is cancelled" in ipmo.decisions_due(stopped.after)["p/G"].reason
    paused = ipmo.what_if(pf, Pause("p"))
    assert "p/G: needed by 2026-04-15, not known whether it is kept" in str(paused)
    assert ipmo.status(paused.after)["p"].computed is None


def test_putting_an_overdue_gate_on_hold_makes_nothing_better() -> None:
    assert ipmo.status(plan(gated(PAST)))["p"].computed == ipmo.status(plan(gated(PAST, HOLD)))["p"].computed == "red"
