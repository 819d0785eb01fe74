"""What another tool would date otherwise: kept where its file has a way to say it, named where it has none."""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.errors import FormatWarning
from ipmo.model import Portfolio

CALENDARS = [
    {"id": "five", "week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "day": "8 h"},
    {"id": "six", "week": "mon-sat", "hours": "07:00-12:00, 13:00-18:00", "day": "10 h"},
]


def plan(tasks: list[Any], dialect: Any, **more: Any) -> Portfolio:
    """Tasks from Monday 5 January 2026 on."""
    project = {"id": "P", "tasks": tasks, **more}
    return Portfolio(id="x", start="2026-01-05T08:00", calendar="five", calendars=CALENDARS, dialect=dialect, projects=[project])


def through(pf: Portfolio, path: Path) -> tuple[Portfolio, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(pf, path)
    return ipmo.read(path), "; ".join(str(one.message) for one in caught if one.category is FormatWarning)


def dates(pf: Portfolio) -> list[tuple[str, str]]:
    s = ipmo.schedule(pf)
    return [(f"{s[f'P/{task.id}'].start:%d %H:%M}", f"{s[f'P/{task.id}'].finish:%d %H:%M}") for task in pf.projects[0].tasks]


DAYS = (5, 6, 7, 8, 9, 12, 13, 14, 15, 16)
A = {"id": "a", "duration": "5 d"}


@pytest.mark.parametrize(
    ("tasks", "dialect"),
    [
        ([A, {"id": "b", "duration": "1 d", "after": {"from": "a", "lag": "48 h"}}], {"name": "p6", "lag_calendar": "continuous"}),
        ([A, {"id": "b", "duration": "1 d", "after": {"from": "a", "lag": "-30 h"}}], {"name": "p6", "lag_calendar": "continuous"}),
        ([A, {"id": "b", "duration": "2 d", "not_before": "2026-01-14", "constraints": {"finish_no_later": "2026-01-14"}}], "p6"),
        ([A, {"id": "b", "duration": "2 d", "after": "a", "constraints": {"finish_no_later": "2026-01-09"}}], "p6"),
        (
            [
                {**A, "constraints": {"mandatory_finish": "2026-01-14"}},
                {"id": "b", "duration": "2 d", "after": "a", "constraints": {"finish_no_later": "2026-01-15"}},
            ],
            "p6",
        ),
    ],
    ids=["lags around the clock", "leads around the clock", "two constraints", "no later gives way", "no later beside mandatory"],
)
def test_project_dates_what_p6_dated(tasks: list[Any], dialect: Any, tmp_path: Path) -> None:
    pf = plan(tasks, dialect)
    back, said = through(pf, tmp_path / "p.xml")
    assert dates(back) == dates(pf)
    assert [ipmo.schedule(back)[f"P/{one}"].late_finish for one in "ab"] == [ipmo.schedule(pf)[f"P/{one}"].late_finish for one in "ab"]
    assert "conventions" not in said


@pytest.mark.parametrize(
    ("tasks", "dialect", "ending", "convention"),
    [
        ([A, {"id": "b", "duration": "1 d", "calendar": "six", "after": {"from": "a", "lag": "16 h"}}], "p6", ".xml", "lag_calendar"),
        ([A, {"id": "b", "duration": "1 d", "after": "a", "constraints": {"start_no_later": "2026-01-07"}}], "msproject", ".xer", "hard"),
        ([A, {"id": "b", "duration": "2 d", "after": {"from": "a", "type": "SF"}}], "msproject", ".xer", "clip"),
    ],
)
def test_dates_by_conventions_that_the_other_tool_lacks_are_named(
    tasks: list[Any], dialect: str, ending: str, convention: str, tmp_path: Path
) -> None:
    pf = plan(tasks, dialect)
    back, said = through(pf, tmp_path / f"p{ending}")
    assert f"1 task dated by conventions that it does not have ({convention})" in said
    assert sum(one != other for one, other in zip(dates(pf), dates(back), strict=True)) == 1


def test_a_convention_that_p6_has_an_option_for_is_kept(tmp_path: Path) -> None:
    """A lag of eight hours on the calendar of what waits, behind work around the clock."""
    tasks = [
        {"id": "a", "duration": "30 h", "calendar": "continuous"},
        {"id": "b", "duration": "1 d", "after": {"from": "a", "lag": "8 h"}},
    ]
    pf = plan(tasks, "msproject")
    back, said = through(pf, tmp_path / "p.xer")
    assert dates(pf)[1] == dates(back)[1] == ("07 14:00", "08 14:00")
    assert "lag_calendar" not in said


def test_conventions_that_move_a_date_only_together_are_named_together(tmp_path: Path) -> None:
    tasks = [A, {"id": "b", "duration": "1 d", "after": {"from": "a", "type": "FF", "lag": "-8 h"}}]
    pf = plan(tasks, "msproject")
    back, said = through(pf, tmp_path / "p.xer")
    if dates(pf) != dates(back):
        assert "lead_waits" in said
        assert "commitments_bound_total_float" not in said


def test_work_of_no_duration_is_a_milestone_for_project(tmp_path: Path) -> None:
    pf = plan([A, {"id": "b", "duration": "0 h", "after": "a"}], "p6")
    back, said = through(pf, tmp_path / "p.xml")
    assert (dates(pf)[1], dates(back)[1]) == (("12 08:00", "12 08:00"), ("09 17:00", "09 17:00"))
    assert "1 task of no duration, which is a milestone there" in said


def test_a_finish_that_bounds_late_dates_is_said(tmp_path: Path) -> None:
    pf = plan([A], "p6", finish="2026-01-08")
    back, said = through(pf, tmp_path / "p.xml")
    assert ipmo.schedule(pf)["P/a"].total_float == -1.0
    assert "1 task with late dates by conventions that it does not have (commitments_bound_total_float)" in said
    assert ipmo.schedule(back)["P/a"].total_float == 0.0


@pytest.mark.parametrize(
    ("dialect", "ending", "least"), [("p6", ".xml", 3), ("ipmo", ".xml", 3), ("msproject", ".xer", 3), ("ipmo", ".xer", 0)]
)
def test_no_date_changes_on_the_way_to_another_tool_without_a_word(dialect: str, ending: str, least: int, tmp_path: Path) -> None:
    """Drawn plans on two calendars, with every kind of link, lags and constraints: what moves is counted."""
    r = random.Random(f"{dialect}{ending}")
    moved = 0
    for _ in range(40):
        tasks: list[Any] = []
        for j in range(r.randint(2, 6)):
            givers = r.sample(range(j), min(j, r.choice((0, 1, 1, 2))))
            after = [{"from": f"t{i}", "type": r.choice(("FS", "SS", "FF", "SF")), "lag": r.choice(("0 h", "6 h", "-9 h"))} for i in givers]
            task = {"id": f"t{j}", "duration": f"{r.randint(1, 30)} h", "calendar": r.choice(("five", "six")), "after": after}
            if r.random() < 0.3:
                kinds = ("start_no_later", "finish_no_later", "must_start_on", "mandatory_finish", "start_on")
                task["constraints"] = {r.choice(kinds): f"2026-01-{r.choice(DAYS):02}"}
            if r.random() < 0.2:
                task["not_before"] = f"2026-01-{r.choice(DAYS):02}"
            tasks.append(task)
        pf = plan(tasks, dialect)
        back, said = through(pf, tmp_path / f"p{ending}")
        if dates(pf) != dates(back):
            moved += 1
            assert "conventions" in said or "second constraints" in said, (tasks, said)
    assert moved >= least


def test_ids_with_escaped_signs_stay_as_they_are(tmp_path: Path) -> None:
    pf = Portfolio(id="x", start="2026-01-05", projects=[{"id": "P%2FQ", "tasks": [{"id": "a%3Ab 50%25", "duration": "1 d"}]}])
    back, _ = through(pf, tmp_path / "p.xml")
    assert [(project.id, [task.id for task in project.tasks]) for project in back.projects] == [("P%2FQ", ["a%3Ab 50%25"])]
