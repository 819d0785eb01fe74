"""The latest start of a benefit: how sure it is agrees with whether the schedule keeps it."""

from __future__ import annotations

from datetime import date

import pytest

import ipmo
from ipmo.changes import Delay
from ipmo.units import said_day


@pytest.mark.parametrize(("need_by", "standing", "sure"), [("2026-01-10", "kept", 1.0), ("2026-01-09", "missed", 0.0)])
def test_sure_of_a_latest_start_is_what_the_schedule_says(need_by: str, standing: str, sure: float) -> None:
    """10 days without any spread end with 10 January: kept by the end of that day in every sample, by that of the day before in none."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "calendar": "continuous"},
            "projects": [{"id": "p", "tasks": [{"id": "t", "duration": "10 d"}]}],
            "benefits": [{"id": "b", "enabled_by": "p/t", "need_by": need_by}],
        }
    )
    assert ipmo.schedule(pf).commitments["b"].standing == standing
    assert ipmo.simulate(pf, samples=20)["b"].sure == sure


@pytest.mark.parametrize("field", ["need_by", "planned_start"])
@pytest.mark.parametrize("calendar", ["continuous", "weekdays"])
@pytest.mark.parametrize("day", [12, 13, 16, 17, 20])
def test_the_start_of_a_benefit_is_one_day_in_every_row_of_an_answer(field: str, calendar: str, day: int) -> None:
    """Ten days and a lag, on whatever calendar: all say the first whole day; of what is needed by a day, when it is ready, which keeps it."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "calendar": calendar, "money": {"currency": "GBP"}},
            "calendars": [{"id": "weekdays", "week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "day": "8 h"}],
            "projects": [{"id": "p", "tasks": [{"id": "t", "duration": "10 d"}]}],
            "benefits": [{"id": "b", "enabled_by": {"from": "p/t", "lag": "1 ed"}, "value": "1 GBP", field: f"2026-01-{day}"}],
        }
    )
    s, found = ipmo.schedule(pf), ipmo.what_if(pf, Delay("p/t", "7 ed"))
    start = s.days("b")[0]
    assert start is not None
    one = s.commitments["b"]
    ready = said_day(s["b"].start, finish=True)
    said, word = (start, "expected") if field == "planned_start" else (ready, "ready on")
    assert said is not None
    assert (one.expected_day, one.stated_text) == (said, f"2026-01-{day}")
    assert f"{word} {said}" in one.text
    assert (one.standing == "missed") == (said > date(2026, 1, day))
    assert s["b"].days() == (start, start)
    after = ipmo.schedule(found.after).days("b")[0]
    moved = next(row for row in found.dates if row.item == "b")
    assert (moved.before, moved.after) == (str(start), str(after))
    told = next((row for row in found.commitments if row.item == "b"), None)
    assert told is None or field == "need_by" or f"expected {after}" in told.note
    dates = ipmo.simulate(pf, samples=5)["b"].dates
    assert dates.p(50) == start
    if field == "need_by":
        assert dates.sure == float(one.standing == "kept")
