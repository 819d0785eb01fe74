"""Levelled plans in files of Microsoft Project: their dates come back to the minute, as starts and as levelling delays."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ipmo

from .conftest import ALWAYS, MONDAY, NIGHT, SIX


def read_back(pf: ipmo.Portfolio, path: Path) -> dict[str, tuple[Any, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ipmo.write(pf, path)
    found = ipmo.schedule(ipmo.read(path))
    return {full_id: found.dates(full_id) for full_id in found.ids if "/" in full_id}


def dates(pf: ipmo.Portfolio) -> dict[str, tuple[Any, Any]]:
    found = ipmo.schedule(pf)
    return {full_id: found.dates(full_id) for full_id in found.ids if "/" in full_id}


def two(calendar: str | None, own: str | None, length: str) -> ipmo.Portfolio:
    """Ann, who has no calendar, works on a in the standard one, then on c in another, of its project or its own."""
    ann = [{"resource": "ann"}]
    c = {"id": "c", "duration": length, "assignments": ann, **({"calendar": own} if own else {})}
    projects: list[dict[str, Any]] = [{"id": "A", "tasks": [{"id": "a", "duration": "2 d", "assignments": ann}]}]
    projects.append({"id": "B", "tasks": [c], **({"calendar": calendar} if calendar else {})})
    people = [{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 1}]}]
    return ipmo.Portfolio(id="x", start=MONDAY.isoformat(), calendars=[SIX, NIGHT, ALWAYS], resources=people, projects=projects)


@pytest.mark.parametrize(("calendar", "own"), [(None, "six"), ("six", None), ("night", None), (None, "always"), ("six", "night")])
def test_somebody_without_a_calendar_is_there_whenever_his_work_goes_on_in_the_file_too(
    calendar: str | None, own: str | None, tmp_path: Path
) -> None:
    """Microsoft Project has people on the calendar of the file where they have none: they would be there from nine to five only."""
    pf = two(calendar, own, "3 d")
    plan = ipmo.level(pf)
    for one, other in ((pf, pf), (plan.portfolio, plan.portfolio), (plan.with_delays("msproject"), plan.portfolio)):
        assert read_back(one, tmp_path / "x.xml") == dates(other)
    text = (tmp_path / "x.xml").read_text()
    assert text.count("<IgnoreResourceCalendar>1</IgnoreResourceCalendar>") == 1


def test_what_everybody_works_on_the_calendar_of_the_file_says_nothing_of_resources(tmp_path: Path) -> None:
    assert read_back(two(None, None, "3 d"), tmp_path / "x.xml") == dates(two(None, None, "3 d"))
    text = (tmp_path / "x.xml").read_text()
    assert "IgnoreResourceCalendar" not in text
    assert "<StartDate>2026-03-02T09:00:00</StartDate>" in text


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draws=st.data())
def test_dates_of_levelled_plans_come_back(draws: st.DataObject, tmp_path: Path) -> None:
    projects = []
    for name in "AB":
        tasks: list[dict[str, Any]] = []
        for number in range(draws.draw(st.integers(1, 3))):
            task: dict[str, Any] = {"id": f"t{number}", "duration": f"{draws.draw(st.integers(1, 20))} h"}
            task["assignments"] = [{"resource": one} for one in draws.draw(st.sets(st.sampled_from(["ann", "bob"]), max_size=2))]
            if calendar := draws.draw(st.sampled_from([None, None, "six", "night", "always"])):
                task["calendar"] = calendar
            if tasks and draws.draw(st.booleans()):
                task["after"] = tasks[-1]["id"]
            tasks.append(task)
        projects.append({"id": name, "tasks": tasks, **({"calendar": "six"} if draws.draw(st.booleans()) else {})})
    people = [{"id": one, "capacity": [{"from": "2026-01-01", "value": 1}]} for one in ("ann", "bob")]
    plan = ipmo.level(
        ipmo.Portfolio(id="x", start=MONDAY.isoformat(), calendars=[SIX, NIGHT, ALWAYS], resources=people, projects=projects), passes=2
    )
    assert read_back(plan.portfolio, tmp_path / "x.xml") == dates(plan.portfolio)
    assert read_back(plan.with_delays("msproject"), tmp_path / "y.xml") == dates(plan.portfolio)
