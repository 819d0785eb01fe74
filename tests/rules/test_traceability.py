"""SCH-R17: what a summary states is what the work below it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipmo
from ipmo.plugin import CheckContext
from ipmo.rules.traceability import TRACEABILITY_CHECKS

A = {"id": "a", "parent": "inner", "duration": "5 d", "baseline_start": "2026-01-05", "baseline_finish": "2026-01-09"}
B = {"id": "b", "parent": "s", "duration": "5 d", "baseline_start": "2026-01-12", "baseline_finish": "2026-01-16"}

ONE = "of 1 summary of project 'P' is not that of the work below"


def said(summary: dict[str, Any], a: dict[str, Any] | None = None, b: dict[str, Any] | None = None, **project: Any) -> list[str]:
    tasks = [{"id": "s", **summary}, {"id": "inner", "parent": "s"}, {**A, **(a or {})}, {**B, **(b or {})}]
    tasks = [{key: value for key, value in task.items() if value is not None} for task in tasks]
    head = {"id": "x", "start": "2026-01-05", "status_date": "2026-03-02"}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": [{"id": "P", "tasks": tasks, **project}]})
    return [f"{one.part}: {one.message}" for check in TRACEABILITY_CHECKS for one in check.run(CheckContext(portfolio=pf))]


def test_a_summary_that_says_what_its_work_says_or_nothing_is_silent() -> None:
    assert said({}) == []
    assert said({"baseline_start": "2026-01-05", "baseline_finish": "2026-01-16"}) == []
    done = {"actual_start": "2026-01-05", "actual_finish": "2026-01-16"}
    assert (
        said(
            done,
            {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"},
            {"actual_start": "2026-01-12", "actual_finish": "2026-01-16"},
        )
        == []
    )


def test_approved_dates_are_held_against_all_of_the_work_through_inner_summaries() -> None:
    assert said({"baseline_start": "2026-01-06", "baseline_finish": "2026-01-23"}) == [
        f"baseline_start: the approved start {ONE}: 's' (2026-01-06, the work says 2026-01-05)",
        f"baseline_finish: the approved finish {ONE}: 's' (2026-01-23, the work says 2026-01-16)",
    ]
    assert said({"baseline_finish": "2026-01-23"}, b={"baseline_finish": None}) == [], "of part of the work nothing was approved"


def test_a_summary_is_done_when_its_work_is() -> None:
    half = {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"}
    assert said({"actual_start": "2026-01-05", "actual_finish": "2026-01-16"}, half) == [
        f"actual_finish: the actual finish {ONE}: 's' (2026-01-16, 1 of 2 tasks is not done)"
    ]
    assert said({"actual_start": "2026-01-07"}, half) == [
        f"actual_start: the actual start {ONE}: 's' (2026-01-07, the work says 2026-01-05)"
    ]
    assert said({"actual_start": "2026-01-07"}) == [f"actual_start: the actual start {ONE}: 's' (2026-01-07, the work has not begun)"]
    assert said({"actual_start": "2026-01-07"}, state="cancelled") == []


def test_level_of_effort_needs_no_finish_of_its_own() -> None:
    done = {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"}
    effort = {"duration": None, "hammock": True, "baseline_start": None, "baseline_finish": None}
    assert said({"actual_finish": "2026-01-09"}, done, effort) == []
    assert said({"actual_finish": "2026-01-12"}, done, effort) == [
        f"actual_finish: the actual finish {ONE}: 's' (2026-01-12, the work says 2026-01-09)"
    ]
    assert said({"actual_finish": "2026-01-09"}, effort, effort) == [], "nothing says when its work was done"


def test_a_finish_at_midnight_is_of_the_day_that_ends() -> None:
    first = {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"}
    night = {"actual_start": "2026-01-12T00:00", "actual_finish": "2026-01-17T00:00"}
    assert said({"actual_finish": "2026-01-16"}, first, night) == []
    assert said({"actual_finish": "2026-01-17T00:00"}, first, {**night, "actual_finish": "2026-01-16T17:00"}) == []
    assert said({"actual_finish": "2026-01-17"}, first, night) == [
        f"actual_finish: the actual finish {ONE}: 's' (2026-01-17, the work says 2026-01-16)"
    ]
    assert said({"actual_start": "2026-01-12"}, {}, night) == [], "what starts at midnight starts that day"


def test_both_rules_of_sums_and_of_stored_dates_are_checked() -> None:
    """SCH-R17 and SCH-R18 from `ipmo.check`: one clean portfolio and two that are not, each."""

    def summed(**stated: str) -> list[str]:
        tasks = [{"id": "s", **stated}, {"id": "inner", "parent": "s"}, A, B]
        head = {"id": "x", "start": "2026-01-05"}
        pf = ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": [{"id": "P", "tasks": tasks}]})
        return [one.part for one in ipmo.check(pf) if one.code == "ipmo/summary-dates"]

    assert summed(baseline_start="2026-01-05", baseline_finish="2026-01-16") == []
    assert summed(baseline_start="2026-01-06", baseline_finish="2026-01-16") == ["baseline_start"]
    assert summed(baseline_start="2026-01-05", baseline_finish="2026-01-23") == ["baseline_finish"]


def test_stored_dates_are_held_against_the_schedule(tmp_path: Path) -> None:
    def differ(start: str, finish: str) -> int:
        rows = [("1", "1", "Dig", "2026-01-05T09:00:00", "2026-01-06T17:00:00"), ("2", "1", "Lay", start, finish)]
        tasks = "".join(
            f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{name}</Name><OutlineLevel>{level}</OutlineLevel><Duration>PT16H0M0S</Duration>"
            f"<DurationFormat>7</DurationFormat><Start>{since}</Start><Finish>{until}</Finish><EarlyStart>{since}</EarlyStart><EarlyFinish>{until}</EarlyFinish>"
            + ("<PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type></PredecessorLink>" if uid == "2" else "")
            + "</Task>"
            for uid, level, name, since, until in rows
        )
        file = tmp_path / "x.xml"
        file.write_text(
            '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Title>Tram</Title>'
            f"<StartDate>2026-01-05T09:00:00</StartDate><MinutesPerDay>480</MinutesPerDay><Tasks>{tasks}</Tasks></Project>",
            "utf-8",
        )
        return sum(one.code == "ipmo/date-differs" for one in ipmo.check(file))

    assert differ("2026-01-07T09:00:00", "2026-01-08T17:00:00") == 0
    assert differ("2026-01-08T09:00:00", "2026-01-09T17:00:00") == 1
    assert differ("2026-01-07T09:00:00", "2026-01-13T17:00:00") == 1
