"""Milestones that only mark a date in the calendar, whichever way the date is fixed."""

from __future__ import annotations

import pytest

import ipmo


@pytest.mark.parametrize("name", ["must_start_on", "must_finish_on", "mandatory_finish", "start_on", "finish_on"])
def test_a_milestone_tied_to_a_day_marks_a_date_and_comes_after_work(name: str) -> None:
    """It leaves less float to a commitment than the work beside it, and stands after it: nobody can hurry the calendar."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
            "projects": [
                {
                    "id": "g",
                    "tasks": [{"id": "day", "milestone": True, "constraints": {name: "2026-03-01"}}, {"id": "work", "duration": "20 d"}],
                },
                {"id": "r", "finish": "2026-03-15", "tasks": [{"id": "t", "duration": "10 d"}]},
                {"id": "s", "finish": "2026-02-10", "tasks": [{"id": "t", "duration": "10 d"}]},
            ],
            "links": [{"id": "A", "from": "g/day", "to": "r/t"}, {"id": "B", "from": "g/work", "to": "s/t"}],
        }
    )
    links = ipmo.critical_links(pf)
    assert links["A"].commitment_float < links["B"].commitment_float  # type: ignore[operator]
    assert [(link.id, link.calendar_date) for link in links] == [("B", False), ("A", True)]
