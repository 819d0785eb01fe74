"""A plan with a status date, as Microsoft Project keeps it: the dates are those of the plan, and what is written otherwise is said."""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.errors import FormatWarning


def through(pf: ipmo.Portfolio, path: Path) -> tuple[ipmo.Portfolio, str]:
    """A portfolio written and read, and what the writer said."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", FormatWarning)
        ipmo.write(pf, path)
    return ipmo.read(path), " ".join(str(one.message) for one in heard)


def drawn(draw: random.Random) -> dict[str, Any]:
    """A project of eight tasks on 18 March: some done, some under way, some not begun, linked from earlier to later ones."""
    tasks: list[dict[str, Any]] = []
    for number in range(8):
        one: dict[str, Any] = {"id": f"t{number}", "duration": f"{draw.randint(2, 9)} d"}
        state = draw.choice(["none", "none", "some", "under way", "under way", "done"])
        if state == "done":
            one |= {"actual_start": "2026-03-02", "actual_finish": f"2026-03-{draw.randint(3, 13):02}"}
        elif state == "under way":
            one["actual_start"] = f"2026-03-{draw.choice([3, 9, 12, 16]):02}"
            one |= draw.choice([{"progress": draw.choice([0.1, 0.5, 0.9])}, {"remaining": f"{draw.randint(1, 6)} d"}, {}])
        elif state == "some":
            one |= draw.choice([{"progress": 0.5}, {"not_before": "2026-03-10"}, {"not_before": "2026-03-30"}, {"remaining": "1 d"}])
        if tasks and draw.random() < 0.5:
            one["after"] = draw.choice(tasks)["id"]
        tasks.append(one)
    return {"id": "P", "tasks": tasks}


@pytest.mark.parametrize("dialect", ["ipmo", "msproject"])
def test_dates_that_wait_for_the_status_date_are_the_same_when_read_back(dialect: str, tmp_path: Path) -> None:
    draw = random.Random(14)
    moved = compared = 0
    for _ in range(40):
        pf = ipmo.Portfolio(id="x", start="2026-03-02", status_date="2026-03-18", dialect=dialect, projects=[drawn(draw)])
        there, said = through(pf, tmp_path / "x.xml")
        ours, theirs = ipmo.schedule(pf), ipmo.schedule(there)
        if "more is done than there was time for" in said:
            continue
        compared += 1
        free = ipmo.schedule(pf.evolve(status_date=None))
        for task in pf.projects[0].tasks:
            one, other = ours[f"P/{task.id}"], theirs[f"P/{task.id}"]
            if task.actual_finish is not None:
                continue
            assert other.finish == one.finish, task
            if task.actual_start is None:
                assert other.start == one.start, task
            moved += one.finish != free[f"P/{task.id}"].finish
        if any(ours[f"P/{task.id}"].finish != free[f"P/{task.id}"].finish for task in pf.projects[0].tasks if task.actual_finish is None):
            assert "waits for the status date" in said
    assert moved > 50
    assert compared > 30


def test_what_is_written_otherwise_is_said(tmp_path: Path) -> None:
    tasks = [
        {"id": "a", "duration": "4 d", "progress": 0.25},
        {"id": "b", "duration": "5 d", "remaining": "2 d"},
        {"id": "c", "duration": "5 d", "finish_not_before": "2026-03-20"},
    ]
    plan = {"id": "x", "start": "2026-03-02", "projects": [{"id": "P", "tasks": tasks}]}
    there, said = through(ipmo.Portfolio(**plan), tmp_path / "x.xml")
    assert "2 shares done of work that has not begun, written as the duration that is left" in said
    assert "status date" not in said
    assert [str(ipmo.schedule(there)[f"P/{one}"].finish.date()) for one in "ab"] == ["2026-03-04", "2026-03-03"]
    _, said = through(ipmo.Portfolio(status_date="2026-03-18", **plan), tmp_path / "x.xml")
    assert "1 wait for the status date of work with a constraint of its own, left out" in said


def test_work_of_which_more_is_done_than_there_was_time_for_is_said_to_end_later(tmp_path: Path) -> None:
    task = {"id": "a", "duration": "10 d", "actual_start": "2026-03-16", "progress": 0.9}
    pf = ipmo.Portfolio(id="x", start="2026-03-02", status_date="2026-03-18", projects=[{"id": "P", "tasks": [task]}])
    _, said = through(pf, tmp_path / "x.xml")
    assert "1 piece of work of which more is done than there was time for, whose rest is dated later there" in said


def test_work_that_goes_on_to_the_status_date_and_after_it_is_written_as_it_is(tmp_path: Path) -> None:
    task = {"id": "a", "duration": "10 d", "actual_start": "2026-03-16", "remaining": "8 d"}
    pf = ipmo.Portfolio(id="x", start="2026-03-02", status_date="2026-03-18", projects=[{"id": "P", "tasks": [task]}])
    there, said = through(pf, tmp_path / "x.xml")
    assert not said
    assert there.projects[0].tasks[0].resumes is None
    assert ipmo.schedule(there)["P/a"].finish == ipmo.schedule(pf)["P/a"].finish


STATUS = {"id": "x", "start": "2026-03-02", "status_date": "2026-03-18"}
"""What waits for the status date begins on Wednesday, 18 March at 9 o'clock, on Monday to Friday from 9 to 17."""


@pytest.mark.parametrize("dialect", ["ipmo", "msproject"])
@pytest.mark.parametrize(
    "tied",
    [
        {"not_before": "2026-03-18"},
        {"not_before": "2026-03-18 09:00"},
        {"constraints": {"start_on": "2026-03-18"}},
        {"constraints": {"must_start_on": "2026-03-18"}},
        {"constraints": {"must_finish_on": "2026-03-20"}},
        {"constraints": {"finish_on": "2026-03-20"}},
        {"finish_not_before": "2026-03-20"},
    ],
)
def test_what_its_own_constraint_puts_at_the_status_date_waits_for_nothing(tied: dict[str, Any], dialect: str, tmp_path: Path) -> None:
    """Three days from Wednesday to Friday: without a status date they would lie there too."""
    task = {"id": "a", "duration": "3 d", **tied}
    pf = ipmo.Portfolio(**STATUS, dialect=dialect, projects=[{"id": "P", "tasks": [task]}])
    one = ipmo.schedule(pf)["P/a"]
    assert (str(one.start), str(one.finish)) == ("2026-03-18 09:00:00", "2026-03-20 17:00:00")
    free = ipmo.schedule(pf.evolve(status_date=None))["P/a"]
    assert (free.start, free.finish) == (one.start, one.finish)
    there, said = through(pf, tmp_path / "x.xml")
    assert "waits" not in said
    other = ipmo.schedule(there)["P/a"]
    assert (other.start, other.finish) == (one.start, one.finish)


@pytest.mark.parametrize(
    "tied", [{"finish_not_before": "2026-03-19"}, {"constraints": {"finish_no_later": "2026-03-27", "start_no_later": "2026-03-25"}}]
)
def test_a_wait_of_work_with_another_constraint_is_counted_once(tied: dict[str, Any], tmp_path: Path) -> None:
    task = {"id": "a", "duration": "3 d", **tied}
    _, said = through(ipmo.Portfolio(**STATUS, projects=[{"id": "P", "tasks": [task]}]), tmp_path / "x.xml")
    assert "1 wait for the status date of work with a constraint of its own, left out" in said
    assert "written as dates before which work does not start" not in said
