"""A benefit of which it is not known whether it starts in time makes nothing green, and what was lost before is lost at least."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.changes import Pause
from ipmo.model import Benefit, Portfolio, Project, Task, Tolerance

ORDER = {None: 0, "green": 0, "amber": 1, "red": 2}


def plan(days: int, start: str, tolerance: float | None = None, state: str = "active", **more: Any) -> Portfolio:
    """e is required by a, whose work of so many days from 1 March brings B, a million a year until the end of 2027."""
    limit = None if tolerance is None else Tolerance(benefits=tolerance)
    benefit = {"value": "1 M GBP per year", "until": "2027-12-31", "planned_start": start, **more}
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-03-01",
        calendar="continuous",
        money={"currency": "GBP", "discount": "green-book-2026"},
        projects=[
            Project(id="e", finish="2026-12-31", tolerance=limit, tasks=[Task(id="x", duration="10 d")]),
            Project(id="a", state=state, requires=["e"], tasks=[Task(id="t", duration=f"{days} d")]),
        ],
        benefits=[Benefit(id="B", enabled_by=["a/t"], **benefit)],
    )


@pytest.mark.parametrize(
    ("tolerance", "before", "after"), [(None, "amber", (None, "amber")), (0.5, "amber", (None, "amber")), (0.1, "red", ("red", "red"))]
)
def test_a_late_benefit_is_no_better_once_it_waits(tolerance: float | None, before: str, after: tuple[str | None, str]) -> None:
    """191,588 of 1,720,928 GBP are lost by 69 days, 11 %."""
    pf = plan(100, "2026-04-01", tolerance)
    assert ipmo.status(pf)["e"].computed == before
    done = ipmo.what_if(pf, Pause("a"))
    row = ipmo.status(done.after)["e"]
    assert (row.computed, row.at_least) == after
    assert "at least 191,587.90 GBP lost" in row.why
    assert "amber to green" not in str(done)
    assert str(ipmo.status(ipmo.what_if(plan(100, "2026-04-01", tolerance, "paused"), Pause("e")).after)["e"].at_least) != "green"


def test_one_that_was_in_time_is_not_known() -> None:
    row = ipmo.status(plan(10, "2026-04-01", state="paused"))["e"]
    assert (row.computed, row.at_least) == (None, "green")
    assert "B is to start by 2026-04-01, not known whether it is kept: B: follows 'a/t': project 'a' is paused" in row.why


def test_without_a_value_too() -> None:
    late, kept = (ipmo.status(plan(days, "2026-04-01", state="paused", value=None))["e"] for days in (100, 10))
    assert (late.computed, late.at_least) == (None, "amber")
    assert "late though all went on today" in late.why
    assert (kept.computed, kept.at_least) == (None, "green")


@given(days=st.integers(0, 200), day=st.integers(1, 28), month=st.integers(3, 9), tolerance=st.sampled_from([None, 0.05, 0.2, 0.9]))
def test_a_pause_makes_no_colour_better(days: int, day: int, month: int, tolerance: float | None) -> None:
    pf = plan(days, f"2026-{month:02}-{day:02}", tolerance)
    now, then = ipmo.status(pf), ipmo.status(ipmo.what_if(pf, Pause("a")).after)
    for name in ("e", "a", "pf"):
        assert ORDER[then[name].at_least] >= ORDER[now[name].at_least]
        assert then[name].computed != "green"
