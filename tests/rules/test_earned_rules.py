"""Rules EVM-R01 to EVM-R04: each is silent on a clean portfolio and fires on offending ones that differ in the hard part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext
from ipmo.rules.earned import EARNED_CHECKS

DONE = {
    "id": "a", "duration": "20 d", "baseline_start": "2026-01-05", "baseline_finish": "2026-01-30", "budget": "100 GBP", "actual": "100 GBP",
    "actual_start": "2026-01-05", "actual_finish": "2026-01-30",
}  # fmt: skip
NEXT = {
    "id": "b",
    "duration": "20 d",
    "after": "a",
    "baseline_start": "2026-02-16",
    "baseline_finish": "2026-03-13",
    "budget": "100 GBP",
    "actual": "0 GBP",
}


def plan(a: Mapping[str, Any] | None = None, b: Mapping[str, Any] | None = None, *, day: str = "2026-02-02", **more: Any) -> Portfolio:
    own = {"id": "P", "tasks": [{**DONE, **(a or {})}, {**NEXT, **(b or {})}], **more.pop("project", {})}
    own["tasks"] = [{key: value for key, value in task.items() if value is not None} for task in own["tasks"]]
    head = {"id": "x", "start": "2026-01-05", "status_date": day, "money": {"currency": "GBP"}, **more.pop("portfolio", {})}
    return ipmo.from_dict({"ipmo": 1, "portfolio": head, "people": [{"id": "ann"}], "projects": [own], **more})


def said(pf: Portfolio, *history: Portfolio) -> list[str]:
    context = CheckContext(portfolio=pf, history=history)
    return [f"{check.rule[-2:]} {one.part}: {one.message}" for check in EARNED_CHECKS for one in check.run(context)]


def parts(pf: Portfolio, *history: Portfolio) -> list[str]:
    return [one.partition(":")[0] for one in said(pf, *history)]


def test_all_are_silent_on_a_clean_plan_and_its_next_month() -> None:
    assert said(plan()) == []
    started = {"actual_start": "2026-02-16", "progress": "50 %", "actual": "50 GBP"}
    assert said(plan(b=started, day="2026-03-02"), plan()) == []


# ------------------------------------------------------------------------------------------------ EVM-R01


def test_r01_a_negative_line_makes_the_plan_fall() -> None:
    lines = [{"amount": "120 GBP", "from": "2026-01-05"}, {"amount": "-20 GBP", "from": "2026-01-20"}]
    assert said(plan({"budget": lines})) == [
        "01 planned value: the planned value of project 'P' falls: a line of the budget of 'P/a' is below zero"
    ]


def test_r01_cost_lies_in_the_past_and_on_work_that_has_begun() -> None:
    of_the_day = [{"amount": "100 GBP", "from": "2026-02-02"}]
    assert parts(plan({"actual": of_the_day})) == []
    tomorrow = [{"amount": "60 GBP", "from": "2026-01-12"}, {"amount": "40 GBP", "from": "2026-02-03"}]
    assert said(plan({"actual": tomorrow})) == ["01 later: project 'P' has cost after the status date, 2026-02-02: of 'P/a'"]
    assert said(plan(b={"actual": "1 GBP"})) == ["01 early: project 'P' has cost of work that has not begun: of 'P/b'"]
    assert parts(plan(b={"actual": "10 GBP", "progress": "10 %"})) == []


# ------------------------------------------------------------------------------------------------ EVM-R02


def test_r02_a_rule_changes_only_before_the_work_begins() -> None:
    begun = {"actual_start": "2026-02-16", "progress": "50 %", "actual": "50 GBP"}
    before = plan(b=begun, day="2026-03-02")
    after = plan(b={**begun, "earning": "50/50"}, day="2026-04-01")
    assert said(after, before)[0] == "02 changed: since 2026-03-02 1 task of project 'P' that had begun earns by another rule: 'P/b'"
    assert "02 changed" not in parts(plan(b={**begun, "earning": "50/50"}, day="2026-04-01"), plan())
    by_project = plan(b=begun, day="2026-04-01", project={"earning": "0/100"})
    assert "2 tasks of project 'P' that had begun earn by another rule: 'P/a', 'P/b'" in said(by_project, before)[0]


def test_r02_units_done_are_progress_and_units_in_all_are_the_rule() -> None:
    begun = {"actual_start": "2026-02-16", "actual": "50 GBP"}
    before = plan(b={**begun, "earning": {"rule": "units", "total": 100, "done": 10}}, day="2026-03-02")
    assert "02 changed" not in parts(plan(b={**begun, "earning": {"rule": "units", "total": 100, "done": 50}}, day="2026-03-09"), before)
    assert "02 changed" in parts(plan(b={**begun, "earning": {"rule": "units", "total": 60, "done": 50}}, day="2026-03-09"), before)


@pytest.mark.parametrize(("budget", "fires"), [("30 GBP", False), ("31 GBP", True)])
def test_r02_level_of_effort_is_a_share_of_all(budget: str, fires: bool) -> None:
    effort = {"budget": budget, "earning": "level of effort"}
    found = said(plan({"budget": "170 GBP"}, effort))
    assert found == (["02 effort: 15.4% of the budget of project 'P' is level of effort"] if fires else [])


# ------------------------------------------------------------------------------------------------ EVM-R03


def test_r03_what_is_left_must_not_earn_much_better() -> None:
    """CPI 100/110, TCPI 100/90: apart by 0.202; at 104.7 of 200 they are apart by less than a tenth."""
    assert said(plan({"actual": "110 GBP"})) == [
        "03 to complete: what is left of project 'P' must earn 1.11 for every unit spent, so far it earned 0.91"
    ]
    assert parts(plan({"actual": "104.7 GBP"})) == []


@pytest.mark.parametrize("cost", ["100 GBP", "120 GBP"])
def test_r03_a_budget_that_is_spent_is_out_of_reach(cost: str) -> None:
    """Half is earned and nothing is left: no unit can earn enough."""
    half = {"actual_finish": None, "progress": "50 %", "actual": cost}
    assert [one for one in said(plan(half, {"budget": "0 GBP"})) if one.startswith("03")] == [
        "03 to complete: project 'P' has spent its budget of 100 GBP, and has not earned all of it"
    ]
    assert [one for one in parts(plan({"actual": cost}, {"budget": "0 GBP"})) if one.startswith("03")] == [], "all of it was earned"


def test_r03_nothing_earned_so_far_is_held_against_the_plan() -> None:
    """200 in all: with 18 spent what is left must earn 200/182 = 1.099 a unit, with 19 it must earn 1.105."""
    for cost, expected in (("18 GBP", []), ("19 GBP", ["03 to complete"])):
        begun = plan({"actual_finish": None, "progress": "0 %", "actual": cost})
        assert [one for one in parts(begun) if one.startswith("03")] == expected
    assert "must earn 1.10 for every unit spent, so far it earned nothing" in said(begun)[0]


def test_r03_the_forecast_by_cost_and_time_is_held_against_the_nearest_tolerance() -> None:
    """By 2 March b should be half done: EV 125, AC 127.5, so CPI 0.98; the plan of b is earned late, which the CPI does not say."""
    slow = {"actual_start": "2026-02-16", "progress": "25 %", "actual": "27.5 GBP"}
    late = plan(b=slow, day="2026-03-02", portfolio={"tolerance": {"cost": "5 %"}})
    row = ipmo.earned_value(late)["P"]
    assert row.indices.cpi is not None
    assert row.schedule is not None
    assert row.schedule.spi_t is not None
    eac = 127.5 + 75 / (row.indices.cpi * row.schedule.spi_t)
    assert row.eac is not None
    assert row.eac < 210 < eac, "by CPI alone it would be within tolerance"
    assert parts(late) == ["03 tolerance"]
    assert f"costs {eac:,.0f} GBP by CPI 0.98 and SPI(t)" in said(late)[0]
    assert parts(plan(b=slow, day="2026-03-02", portfolio={"tolerance": {"cost": "5 %"}}, project={"tolerance": {"cost": "50 %"}})) == []
    assert parts(plan(b=slow, day="2026-03-02")) == [], "nobody states a tolerance"


# ------------------------------------------------------------------------------------------------ EVM-R04


def test_r04_past_plans_and_past_earnings_stay() -> None:
    later = {"day": "2026-03-02"}
    b = {"actual_start": "2026-02-16", "progress": "50 %", "actual": "50 GBP"}
    approved = {"baselines": [{"id": "B2", "date": "2026-02-10", "approved_by": "ann"}]}
    moved = said(plan({"baseline_finish": "2026-02-13"}, b, **later, **approved), plan())
    assert moved == ["04 planned: the plan of 1 task of project 'P' that should have begun by 2026-02-02 was changed since: 'P/a'"]
    assert parts(plan({"actual_finish": "2026-01-23"}, b, **later), plan()) == ["04 earned"]
    assert parts(plan(b={**b, "actual_start": "2026-02-02"}, **later), plan()) == ["04 earned"], "it is said now to have begun then"
    before = plan(b=b, **later)
    assert "04 earned" in parts(plan(b={**b, "progress": "40 %"}, day="2026-03-03"), before)
    assert "04 earned" not in parts(plan(b={**b, "progress": "40 %"}, day="2026-03-02"), before), "the same day is no later state"


def test_r04_work_that_was_taken_out_takes_its_past_with_it_and_what_came_in_brings_none() -> None:
    rest = [{**NEXT, "after": None}]
    without = plan(day="2026-03-02").evolve("P", tasks=[{k: v for k, v in task.items() if v is not None} for task in rest])
    assert said(without, plan()) == [
        "04 planned: the plan of 1 task of project 'P' that should have begun by 2026-02-02 was changed since: 'P/a'",
        "04 earned: what 1 task of project 'P' had earned by 2026-02-02 was changed since: 'P/a'",
    ]
    added = {**DONE, "id": "c"}
    more = plan(day="2026-03-02").evolve("P", tasks=[DONE, NEXT, added])
    assert [one for one in parts(more, plan()) if one.startswith("04")] == ["04 earned"], "it is said now to have been done then"
    fresh = {**added, "actual_start": "2026-02-09", "actual_finish": "2026-02-27"}
    assert [one for one in parts(plan(day="2026-03-02").evolve("P", tasks=[DONE, NEXT, fresh]), plan()) if one.startswith("04")] == []


def test_r04_work_about_to_begin_is_re_planned_by_an_approved_baseline_only() -> None:
    moved = {"baseline_start": "2026-03-02", "baseline_finish": "2026-03-27"}
    assert said(plan(b=moved, day="2026-02-09"), plan()) == [
        "04 near: the plan of 1 task of project 'P' was changed since 2026-02-02, less than 30 days before it was to begin: 'P/b'"
    ]
    baseline = {"id": "B2", "date": "2026-02-09", "approved_by": "ann"}
    assert parts(plan(b=moved, day="2026-02-09", baselines=[baseline]), plan()) == []
    assert parts(plan(b=moved, day="2026-02-09", baselines=[{**baseline, "date": "2026-02-02"}]), plan()) == ["04 near"]
    assert parts(plan(b=moved, day="2026-02-09", baselines=[{"id": "B2", "date": "2026-02-09"}]), plan()) == ["04 near"], (
        "nobody approved it"
    )
    far = {"baseline_start": "2026-03-05", "baseline_finish": "2026-04-01"}
    assert parts(plan(b={"baseline_start": "2026-03-06", "baseline_finish": "2026-04-01"}, day="2026-02-09"), plan(b=far)) == []
