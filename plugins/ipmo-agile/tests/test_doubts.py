"""Where the end of work is not known, an earliest day is no day: the order of jobs, goals of increments, promises at a percentile."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import ipmo
from ipmo.model import Link, Portfolio, Project, Task
from ipmo.plugin import CheckContext
from ipmo_agile import AGILE, AgileFields, AgileForecast, Goal, Increment, increment_plan, priorities

WHY = {
    "cancelled": "link 'L' from 'plat/x' never comes: project 'plat' is cancelled",
    "paused": "app/k has no date, follows 'plat/x': project 'plat' is paused",
}


def plan(plat: str, free: str | AgileForecast = "5 d", goal: str = "2026-01-31", **app: Any) -> Portfolio:
    """`app` has some work, and ten days more that wait for `plat`."""
    increment = Increment(id="I", start=date(2026, 1, 1), finish=date.fromisoformat(goal), goals=(Goal(id="g", item="app"),))
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="plat", state=plat, tasks=[Task(id="x", duration="1 d")]),
            Project(id="app", tasks=[Task(id="free", duration=free), Task(id="k", duration="10 d")], **{"extensions": {"agile": AgileFields(increments=(increment,))}, **app}),
        ],
        links=[Link(id="L", source="plat/x", target="app/k")],
    )  # fmt: skip


@pytest.mark.parametrize(("plat", "weeks"), [("active", 11 / 7), ("paused", None), ("cancelled", None)])
def test_how_long_a_job_takes_is_not_known_where_its_end_is_not(plat: str, weeks: float | None) -> None:
    pf = plan(plat, extensions={"agile": {"cost_of_delay": "7 GBP/w"}}).evolve("x", money={"currency": "GBP"})
    table = priorities(pf, "app")
    assert (table["weeks"], table["rank_by_money"]) == ((weeks,), (None if weeks is None else 1,))


@pytest.mark.parametrize("plat", ["active", "paused", "cancelled"])
def test_a_goal_is_in_time_only_where_its_day_is_known_and_late_by_its_earliest(plat: str) -> None:
    known = plat == "active"
    row = increment_plan(plan(plat))["app.I.g"]
    assert (row.state, str(row.expected)) == (("in time", "2026-01-11") if known else ("not dated", "None"))
    late = increment_plan(plan(plat, "40 d"))
    row = late["app.I.g"]
    assert (row.state, str(row.expected)) == ("late", "2026-02-09")
    said = late.explain("app.I.g")
    assert said.startswith(f"app.I.g: promised by 2026-01-31, expected 2026-02-09{'' if known else ' or later'}: late")
    assert known or WHY[plat] in said


@pytest.mark.parametrize("plat", ["active", "paused", "cancelled"])
def test_r10_says_no_day_at_a_percentile_of_what_other_work_may_end_later(plat: str) -> None:
    team = AgileForecast(remaining_items=10, throughput=[0, 2] * 4, per=ipmo.Span(1, "w"))
    pf = plan(plat, team, finish="2026-03-06")
    (check,) = (one for one in AGILE.checks if one.code == "agile/percentile")
    (found,) = check.run(CheckContext(portfolio=pf))
    assert "names no percentile" in found.message
    assert found.hint.endswith("no day that can be said") == (plat != "active")
