"""The latest start of a benefit: how sure it is agrees with whether the schedule keeps it."""

from __future__ import annotations

import pytest

import ipmo


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
