"""Work out of sequence by Primavera's rules, written for Microsoft Project, which has others: the dates stay, or what moves is named."""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.errors import FormatWarning
from ipmo.model import Portfolio

OFFICE = {"id": "std", "week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "day": "8 h"}
UNDER_WAY = {"id": "a", "duration": "10 d", "actual_start": "2026-01-05T08:00", "remaining": "5 d"}
AHEAD = {"id": "b", "duration": "2 d", "actual_start": "2026-01-06T08:00", "actual_finish": "2026-01-07T17:00", "after": "a"}
BEGUN = {"id": "b", "duration": "5 d", "actual_start": "2026-01-06T08:00", "remaining": "3 d", "after": "a"}
OVERRIDE = {"name": "p6", "progress": "override"}


def plan(tasks: list[Any], dialect: Any = "p6") -> Portfolio:
    """What is planned from Monday 5 January 2026 on, on Monday 12 January."""
    return Portfolio(
        id="city",
        start="2026-01-05",
        status_date="2026-01-12",
        calendar="std",
        dialect=dialect,
        calendars=[OFFICE],
        projects=[{"id": "P", "tasks": tasks}],
    )


def written(pf: Portfolio, path: Path) -> tuple[Portfolio, str, set[str]]:
    """The portfolio as it is read back, what is said of it, and the names of all that it is said of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(pf, path)
    lost = [one.message for one in caught if isinstance(one.message, FormatWarning)]
    return ipmo.read(path), "; ".join(map(str, lost)), {name for one in lost for names in one.named.values() for name in names}


def through(pf: Portfolio, path: Path) -> tuple[Portfolio, str]:
    return written(pf, path)[:2]


def starts(pf: Portfolio, *names: str) -> list[str]:
    s = ipmo.schedule(pf)
    return [f"{s[f'P/{name}'].start:%d %H:%M}" for name in names]


def test_what_waits_behind_finished_work_that_went_ahead_stays_where_it_is(tmp_path: Path) -> None:
    """The rest of a lasts until Friday the 16th, so c begins on Monday the 19th, though b, between them, is finished; d follows on the 20th."""
    pf = plan([UNDER_WAY, AHEAD, {"id": "c", "duration": "1 d", "after": "b"}, {"id": "d", "duration": "1 d", "after": "c"}])
    back, said = through(pf, tmp_path / "x.xml")
    assert starts(pf, "c", "d") == starts(back, "c", "d") == ["19 08:00", "20 08:00"]
    assert back["P/c"].not_before.isoformat() == "2026-01-19T08:00:00"
    assert back["P/d"].not_before is None
    assert "1 wait behind finished work for what that went ahead of, written as a date before which work does not start: 'P/c'" in said
    assert "dated by conventions" not in said


def test_what_such_a_wait_bounds_has_float_in_project_and_is_named(tmp_path: Path) -> None:
    """In P6 c waits for a, which so has no float; in Project only a date holds c."""
    pf = plan([UNDER_WAY, AHEAD, {"id": "c", "duration": "1 d", "after": "b"}])
    back, said = through(pf, tmp_path / "x.xml")
    assert [ipmo.schedule(one)["P/a"].total_float for one in (pf, back)] == [0.0, 1.0]
    assert "1 task with late dates by conventions that it does not have (finished): 'P/a'" in said


def test_such_a_wait_beside_a_constraint_is_named_with_its_convention(tmp_path: Path) -> None:
    pf = plan([UNDER_WAY, AHEAD, {"id": "c", "duration": "1 d", "after": "b", "constraints": {"start_no_later": "2026-01-30"}}])
    back, said = through(pf, tmp_path / "x.xml")
    assert starts(pf, "c") != starts(back, "c")
    assert "1 task dated by conventions that it does not have (" in said
    assert "finished" in said and "P/c" in said


@pytest.mark.parametrize("first", [UNDER_WAY, {"id": "a", "duration": "10 d"}], ids=["under way", "not begun"])
def test_late_dates_under_progress_override_are_named(first: dict[str, Any], tmp_path: Path) -> None:
    """Under override b goes on at once and bounds no start of a; Project has a finish before the rest of b begins: negative float."""
    pf = plan([first, BEGUN, {"id": "c", "duration": "1 d", "after": "b"}], OVERRIDE)
    back, said = through(pf, tmp_path / "x.xml")
    assert starts(pf, "a", "b", "c") == starts(back, "a", "b", "c")
    assert ipmo.schedule(pf)["P/a"].total_float == 0.0
    assert ipmo.schedule(back)["P/a"].total_float < 0
    assert "1 task with late dates by conventions that it does not have (" in said
    assert "progress" in said and "P/a" in said


def test_what_follows_an_actual_finish_past_the_data_date_is_named(tmp_path: Path) -> None:
    """P6 counts the finish as the data date, Monday the 12th; Project starts b on the day after it, the 21st."""
    done = {"id": "a", "duration": "5 d", "actual_start": "2026-01-05T08:00", "actual_finish": "2026-01-20T17:00"}
    pf = plan([done, {"id": "b", "duration": "1 d", "after": "a"}])
    back, said = through(pf, tmp_path / "x.xml")
    assert (starts(pf, "b"), starts(back, "b")) == (["12 08:00"], ["21 08:00"])
    assert "1 task dated by conventions that it does not have (data_date_first): 'P/b'" in said


@pytest.mark.parametrize("dialect", ["p6", OVERRIDE, {"name": "p6", "progress": "actual"}, "ipmo"])
def test_no_date_or_float_of_work_under_way_changes_without_being_named(dialect: Any, tmp_path: Path) -> None:
    """Drawn plans with finished and begun work in any order: each task whose dates or float differ in Project is named."""
    r = random.Random(str(dialect))
    moved = 0
    for _ in range(40):
        tasks: list[Any] = []
        for j in range(r.randint(3, 6)):
            givers = r.sample(range(j), min(j, r.choice((0, 1, 1, 2))))
            after = [{"from": f"t{i}", "type": r.choice(("FS", "FS", "SS", "FF")), "lag": r.choice(("0 h", "0 h", "8 h"))} for i in givers]
            days = r.randint(1, 8)
            task: dict[str, Any] = {"id": f"t{j}", "duration": f"{days} d", "after": after}
            begun = r.randint(5, 8)
            state = r.random()
            if state < 0.3:
                task |= {"actual_start": f"2026-01-{begun:02}T08:00", "remaining": f"{r.randint(1, days)} d"}
            elif state < 0.6:
                end = r.choice((begun, begun, 9, 14))
                task |= {"actual_start": f"2026-01-{begun:02}T08:00", "actual_finish": f"2026-01-{end:02}T17:00"}
            tasks.append(task)
        pf = plan(tasks, dialect)
        back, said, named = written(pf, tmp_path / "x.xml")
        here, there = ipmo.schedule(pf), ipmo.schedule(back)
        for task in tasks:
            name = f"P/{task['id']}"
            one, other = here[name], there[name]
            if task.get("actual_finish"):
                continue
            if (one.start, one.finish, one.late_finish, one.total_float) != (
                other.start,
                other.finish,
                other.late_finish,
                other.total_float,
            ):
                moved += 1
                assert name in named, (tasks, name, one, other, said)
    assert moved > 5
