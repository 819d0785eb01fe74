"""What takes no time lies at the end of a shift, and what starts with it starts then; plain columns say so unless they are told otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import ipmo
from ipmo.model import Calendar
from ipmo.network.network import Network
from ipmo.units import minutes

OFFICE = Calendar(id="c", week="mon-fri", hours="09:00-17:00")
CALENDARS = [{"id": "c", "week": "mon-fri", "hours": "09:00-17:00"}, {"id": "all", "week": "mon-sun", "hours": "00:00-24:00"}]


@pytest.mark.parametrize("kind", ["SS", "FS"])
@pytest.mark.parametrize("dialect", ["ipmo", "p6", "msproject"])
def test_a_milestone_at_the_end_of_a_shift_lets_start_at_once_what_works_at_night(dialect: str, kind: str) -> None:
    """Its start is its finish, Friday 17:00, not the next shift, Monday 09:00."""
    tasks = [
        {"id": "t", "duration": "5 d"},
        {"id": "m", "milestone": True, "after": "t"},
        {"id": "u", "duration": "1 d", "calendar": "all", "after": {"from": "m", "type": kind}},
    ]
    found = ipmo.schedule(
        ipmo.from_dict(
            {
                "ipmo": 1,
                "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "c", "dialect": dialect},
                "calendars": CALENDARS,
                "projects": [{"id": "p", "tasks": tasks}],
            }
        )
    )
    assert str(found["p/u"].early_start) == "2026-01-09 17:00:00"


def columns(**more: Any) -> Network:
    return Network.from_columns(
        ["t", "m", "u"], [5 * 480, 0, 480], [0, 1], [1, 2], start=minutes(date(2026, 1, 5)), calendar=[0, 0, 0], calendars=[OFFICE], **more
    )


def test_plain_columns_put_points_at_the_end_of_shifts_unless_told_otherwise() -> None:
    assert columns().points == columns(points=True).points == {1: "finish"}
    assert list(columns().early().x) == list(columns(points=True).early().x)
    assert not columns(points=False).points


def test_a_column_of_projects_has_one_for_each_item() -> None:
    with pytest.raises(ipmo.ScheduleError, match="column 'project' has 1 values; 2 are needed"):
        Network.from_columns(["t", "m"], [5, 0], [0], [1], project=[0], projects=["a"])


def test_work_that_began_before_what_it_follows_was_done_went_ahead_although_it_ended_after_it() -> None:
    tasks = [
        {"id": "a", "duration": "5 d", "actual_start": "2026-01-05", "actual_finish": "2026-01-20"},
        {"id": "b", "duration": "5 d", "after": "a", "actual_start": "2026-01-15", "actual_finish": "2026-01-30"},
    ]
    pf = ipmo.from_dict(
        {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-02-02"}, "projects": [{"id": "p", "tasks": tasks}]}
    )
    assert [f.item for f in ipmo.check(pf) if f.code == "ipmo/out-of-sequence"] == ["p/b"]


def test_a_finish_milestone_of_p6_after_work_in_a_break_lies_where_the_next_shift_begins() -> None:
    """Work on a six-day calendar ends on Saturday 10 January; the milestone works Monday to Friday. After work that ends on a Friday it ends that shift."""
    found = ipmo.schedule(
        ipmo.from_dict(
            {
                "ipmo": 1,
                "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "c", "dialect": "p6"},
                "calendars": [CALENDARS[0], {"id": "six", "week": "mon-sat", "hours": "09:00-17:00"}],
                "projects": [
                    {
                        "id": "p",
                        "tasks": [
                            {"id": "s", "duration": "6 d", "calendar": "six"},
                            {"id": "f", "duration": "5 d"},
                            {"id": "ms", "milestone": True, "milestone_of": "finish", "after": "s"},
                            {"id": "mf", "milestone": True, "milestone_of": "finish", "after": "f"},
                        ],
                    }
                ],
            }
        )
    )
    assert str(found["p/s"].early_finish) == "2026-01-10 17:00:00"
    assert str(found["p/ms"].early_finish) == "2026-01-12 09:00:00"
    assert str(found["p/mf"].early_finish) == "2026-01-09 17:00:00"
