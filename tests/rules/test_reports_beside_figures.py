"""Reports beside figures: programmes too, and no alarm about what is not to begin yet."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo

WORK = {"id": "t", "duration": "10 d"}


def read(projects: list[dict[str, Any]], **more: Any) -> ipmo.Portfolio:
    header = {"id": "pf", "start": "2026-01-01", "status_date": "2026-03-02", "calendar": more.pop("calendar", "continuous")}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "people": [{"id": "ann"}], "projects": projects, **more})


def report(colour: str, day: str = "2026-02-28") -> list[dict[str, str]]:
    return [{"date": day, "rag": colour, "by": "ann"}]


def alarms(pf: ipmo.Portfolio) -> list[tuple[str, str]]:
    return [(one.code.removeprefix("ipmo/watermelon-"), one.item) for one in ipmo.check(pf) if one.code.startswith("ipmo/watermelon")]


@pytest.mark.parametrize(("says", "found"), [("green", [("computed-worse", "T")]), ("amber", [("computed-worse", "T")]), ("red", [])])
def test_a_programme_that_reports_better_than_its_projects_are_is_said(says: str, found: list[tuple[str, str]]) -> None:
    """Ten days end on 11 March, six after the 5th: the project reports red, as it is."""
    late = {"id": "p", "programme": "T", "finish": "2026-03-05", "tasks": [WORK], "status": report("red")}
    pf = read([late], programmes=[{"id": "T", "status": report(says)}])
    assert alarms(pf) == found
    alone = read([{**late, "status": []}], programmes=[{"id": "T", "status": report(says)}])  # no project reports at all
    assert alarms(alone) == found
    fine = read([{**late, "finish": "2026-03-11", "status": []}], programmes=[{"id": "T", "status": report(says)}])
    assert alarms(fine) == []


@pytest.mark.parametrize(("day", "found"), [("2026-06-01", []), ("2026-03-01", [("stale", "p")])])
@pytest.mark.parametrize("state", ["paused", "active"])
def test_what_may_not_begin_yet_is_asked_for_no_new_report(state: str, day: str, found: list[tuple[str, str]]) -> None:
    """Paused, its work has no date; it may not begin before its day either way."""
    pf = read([{"id": "p", "state": state, "tasks": [{**WORK, "not_before": day}], "status": report("green", "2026-01-01")}])
    assert alarms(pf) == found


def cpli(pf: ipmo.Portfolio) -> tuple[float | None, tuple[str, ...]]:
    (point,) = (one for one in ipmo.schedule_quality(pf) if one.number == 13)
    return point.value, point.denominator


DONE = {"id": "t", "actual_start": "2026-01-02", "actual_finish": "2026-01-10"}


@pytest.mark.parametrize(
    "other",
    [
        {"state": "closed", "tasks": [DONE]},
        {"state": "active", "tasks": [DONE]},
        {"state": "cancelled", "tasks": [WORK]},
        {"state": "active", "actual_finish": "2026-02-10"},
    ],
)
def test_the_critical_path_length_index_is_of_work_to_come(other: dict[str, Any]) -> None:
    """Ten working days from Monday 2 March, five more until Friday the 20th: 15 by 10. What is over and was due last has no path."""
    here = {"id": "p", "finish": "2026-03-20", "tasks": [WORK]}
    over = {"id": "z", "finish": "2026-12-31", **other}
    assert cpli(read([here, over], calendar="standard")) == (1.5, ("p/t",))
    assert cpli(read([{**here, "finish": "2026-03-06"}, over], calendar="standard")) == (0.5, ("p/t",))  # five days too late
