"""The stated finish of a project, without work in the plan or with level of effort: a commitment where anything but itself says when it ends, and where nobody closed it."""

from __future__ import annotations

from typing import Any

import ipmo

PAST: dict[str, Any] = {"start": "2026-01-05", "finish": "2026-02-13"}


def bars(*projects: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    return ipmo.from_dict(
        {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-03-02"}, "projects": projects, **more}
    )


def said(pf: ipmo.Portfolio, project: str) -> list[tuple[str, str, float | None]]:
    found = [one for one in ipmo.schedule(pf).commitments if one.item == project]
    return [(one.standing, str(one.expected_day or ""), one.days) for one in found]


def time_of(pf: ipmo.Portfolio, project: str) -> str:
    return next(row.why for row in ipmo.status(pf) if row.item == project)


def test_under_way_and_past_its_finish_is_overdue_everywhere() -> None:
    """Friday, 13 February is past on Monday, 2 March, and the project is neither closed nor forecast."""
    pf = bars({"id": "p", "state": "active", **PAST})
    assert [standing for standing, *_ in said(pf, "p")] == ["overdue"]
    assert "overdue and without a forecast" in time_of(pf, "p")
    assert [found.code for found in ipmo.check(pf) if found.item == "p" and "overdue" in found.code] == ["ipmo/project-overdue"]
    assert ipmo.schedule(pf).commitments["p"].name == "p@finish"


def test_all_gates_decided_and_past_its_finish_is_overdue_without_a_date() -> None:
    pf = bars({"id": "p", "state": "active", **PAST, "gates": [{"id": "G", "decision": {"outcome": "go", "date": "2026-01-20"}}]})
    assert said(pf, "p") == [("overdue", "", None)]
    assert "overdue and without a forecast" in time_of(pf, "p")
    assert ipmo.schedule(pf).commitments["p"].reason == "nobody has closed p or says when it ends"


def test_not_begun_by_now_ends_as_much_later_as_it_begins() -> None:
    """Approved from Monday, 5 January to Friday, 13 February: it begins on 2 March at the earliest, 56 days later, and so ends on 10 April."""
    pf = bars({"id": "p", "state": "approved", **PAST})
    assert said(pf, "p") == [("missed", "2026-04-10", 56.0)]
    assert "finishes 2026-04-10, committed to 2026-02-13, 56 days" in time_of(pf, "p")


def test_what_says_nothing_but_its_own_statement_is_no_commitment() -> None:
    """Nothing but itself forecasts a finish that is to come; one that is closed or stopped is open no more."""
    gate = {"id": "G", "decision": {"outcome": "go", "date": "2026-01-20"}}
    pf = bars(
        {"id": "far", "state": "active", "start": "2026-01-05", "finish": "2026-06-12"},
        {"id": "gated", "state": "active", "start": "2026-01-05", "finish": "2026-06-12", "gates": [gate]},
        {"id": "done", "state": "active", **PAST, "actual_finish": "2026-02-12"},
        {"id": "shut", "state": "closed", **PAST, "actual_finish": "2026-02-12", "gates": [gate]},
        {"id": "gone", "state": "cancelled", **PAST, "gates": [gate]},
    )
    assert not ipmo.schedule(pf).commitments


def test_a_gate_that_is_open_or_holds_answers_once() -> None:
    """One with an open gate is dated by it; one whose gate holds has no date, and its day is past."""
    hold = {"id": "G", "decision": {"outcome": "hold", "date": "2026-01-20"}}
    pf = bars({"id": "open", "state": "active", **PAST, "gates": [{"id": "G"}]}, {"id": "held", "state": "active", **PAST, "gates": [hold]})
    assert len(said(pf, "open")) == len(said(pf, "held")) == 1
    assert {standing for name in ("open", "held") for standing, *_ in said(pf, name)} == {"overdue"}


def test_level_of_effort_belongs_to_the_stated_finish_of_its_project() -> None:
    """30 working days from Monday, 5 January on end on Friday, 13 February, whatever the work beside them takes."""
    hammock = {"id": "h", "hammock": True, "after": [{"from": "a", "type": "SS"}], "duration": "30 d"}
    for finish, standing in (("2026-02-13", "kept"), ("2026-02-12", "missed")):
        project = {"id": "p", "finish": finish, "tasks": [{"id": "a", "duration": "5 d"}, hammock]}
        pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [project]})
        assert [one[:2] for one in said(pf, "p")] == [(standing, "2026-02-13")]
        assert time_of(pf, "p").startswith(f"time: finishes 2026-02-13, committed to {finish}")
