"""Work under way as Primavera and Project read it: when it starts, how long it lasts, and what its lags become."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.errors import FormatWarning
from ipmo.model import Portfolio

OFFICE = {"id": "std", "week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "day": "8 h"}
SITE = {"id": "six", "week": "mon-sat", "hours": "07:00-15:00", "day": "8 h"}
UNDER_WAY = {"id": "a", "duration": "10 d", "actual_start": "2026-01-05", "remaining": "5 d"}
DONE = {"id": "z", "duration": "3 d", "actual_start": "2026-01-05", "actual_finish": "2026-01-07"}


def plan(tasks: list[Any], dialect: str, *others: Any) -> Portfolio:
    """What is planned from Monday 5 January 2026 on, on Monday 12 January."""
    return Portfolio(
        id="city",
        start="2026-01-05",
        status_date="2026-01-12",
        calendar="std",
        dialect=dialect,
        calendars=[OFFICE, SITE],
        projects=[{"id": "tram", "tasks": tasks}, *others],
    )


def through(pf: Portfolio, path: Path) -> tuple[Portfolio, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(pf, path)
    return ipmo.read(path), "; ".join(str(one.message) for one in caught if one.category is FormatWarning)


def starts(pf: Portfolio, *names: str) -> list[str]:
    s = ipmo.schedule(pf)
    return [f"{s[f'tram/{name}'].start:%d %H:%M}" for name in names]


def test_a_lag_from_what_is_left_becomes_a_date_where_project_would_start_sooner(tmp_path: Path) -> None:
    """P6 counts two days from 5 January, of what is left from the 12th: b starts on Monday the 12th at 08:00, its shift begins at 07:00.

    Project counts them from the actual start and would start b on Wednesday the 7th, before the status date, and c with it.
    """
    b = {"id": "b", "duration": "6 d", "calendar": "six", "after": [{"from": "a", "type": "SS", "lag": "2 d"}]}
    pf = plan([UNDER_WAY, b, {"id": "c", "duration": "3 d", "after": "b"}], "p6")
    back, said = through(pf, tmp_path / "x.xml")
    assert starts(back, "b", "c") == starts(pf, "b", "c") == ["12 08:00", "19 08:00"]
    assert back["tram/b"].not_before.isoformat() == "2026-01-12T08:00:00"
    assert "1 lag from what is left of work under way, written as a date before which work does not start" in said
    assert "tasks dated by conventions" not in said


def test_such_a_lag_beside_a_constraint_is_counted_with_its_convention(tmp_path: Path) -> None:
    tied = {"constraints": {"start_no_later": "2026-01-30"}, "calendar": "six"}
    b = {"id": "b", "duration": "6 d", "after": [{"from": "a", "type": "SS", "lag": "2 d"}], **tied}
    pf = plan([UNDER_WAY, b], "p6")
    back, said = through(pf, tmp_path / "x.xml")
    assert starts(pf, "b") != starts(back, "b")
    assert "1 task dated by conventions that it does not have (start_lag)" in said
    assert "1 wait for the status date of work with a constraint of its own, left out" in said


def test_late_dates_that_a_lag_of_p6_bounds_are_named(tmp_path: Path) -> None:
    """In P6 the start of b is bound to that of what is left of a, which so has no float; in Project to a start that is past."""
    b = {"id": "b", "duration": "6 d", "after": [{"from": "a", "type": "SS", "lag": "2 d"}]}
    pf = plan([UNDER_WAY, b, {"id": "c", "duration": "3 d", "after": "b"}, {"id": "d", "duration": "3 d"}], "p6")
    back, said = through(pf, tmp_path / "x.xml")
    assert [ipmo.schedule(one)["tram/a"].total_float for one in (pf, back)] == [0.0, 4.0]
    assert "1 task with late dates by conventions that it does not have (start_lag)" in said


@pytest.mark.parametrize("dialect", ["ipmo", "p6", "msproject"])
def test_two_projects_in_one_file_share_one_finish_in_project(dialect: str, tmp_path: Path) -> None:
    """Ten days in one project, three in another: for Project, which knows one finish, the three have seven days of float."""
    pf = plan([{"id": "a", "duration": "10 d"}], dialect, {"id": "depot", "tasks": [{"id": "b", "duration": "3 d"}]})
    _, said = through(pf, tmp_path / "x.xml")
    own = ipmo.schedule(pf)["depot/b"].total_float
    assert (own, "float_to" in said) == ((7.0, False) if dialect == "ipmo" else (0.0, True))
    if dialect != "ipmo":
        assert re.search(r"1 task with late dates by conventions that it does not have \([^)]*float_to", said)
    alone = plan([{"id": "a", "duration": "10 d"}], dialect)
    assert "float_to" not in through(alone, tmp_path / "x.xml")[1]


@pytest.mark.parametrize("dialect", ["ipmo", "p6", "msproject"])
def test_what_started_on_a_day_starts_with_its_first_shift(dialect: str, tmp_path: Path) -> None:
    nights = {**UNDER_WAY, "id": "s", "calendar": "six", "parent": "grp"}
    pf = plan([UNDER_WAY, DONE, {"id": "grp"}, nights], dialect)
    _, _ = through(pf, tmp_path / "x.xml")
    text = (tmp_path / "x.xml").read_text()
    assert re.findall("<Start>([^<]*)", text) == [f"2026-01-05T{hour}:00:00" for hour in ("07", "08", "08", "07", "07")]
    assert "T00:00:00</ActualStart>" not in text
    for ending, field in ((".pmxml", "<ActualStartDate>2026-01-05T{}:00:00<"), (".xer", "2026-01-05 {}:00")):
        through(pf, tmp_path / f"x{ending}")
        text = (tmp_path / f"x{ending}").read_text()
        assert (field.format("08") in text, field.format("07") in text, "2026-01-05 00:00\t2026-01-07" in text) == (True, True, False)


def lasting(path: Path) -> dict[str, tuple[str | None, ...]]:
    """Of each activity of a PMXML file the hours planned, that it lasted, that are left, and that it lasts when it is complete."""
    names = ("PlannedDuration", "ActualDuration", "RemainingDuration", "AtCompletionDuration")
    found = {}
    for one in re.findall("<Activity>(.*?)</Activity>", path.read_text()):
        values = (re.search(f"<{name}>([^<]*)", one) for name in names)
        found[re.search("<Id>([^<]*)", one)[1]] = tuple(value[1] if value else None for value in values)
    return found


def test_activities_say_how_long_they_last(tmp_path: Path) -> None:
    """A week of five days is past on the data date, whatever percentage is done; what has no duration says none."""
    slow = {**UNDER_WAY, "id": "slow", "remaining": "8 d"}
    tasks = [UNDER_WAY, slow, DONE, {"id": "n", "duration": "4 d"}, {"id": "m", "milestone": True}, {"id": "u"}]
    through(plan(tasks, "p6"), tmp_path / "x.pmxml")
    assert lasting(tmp_path / "x.pmxml") == {
        "a": ("80", "40", "40", "80"),
        "slow": ("80", "40", "64", "104"),
        "z": ("24", "24", "0", "24"),
        "n": ("32", "0", "32", "32"),
        "m": ("0", "0", "0", "0"),
        "u": (None, "0", None, None),
    }


def test_a_baseline_has_the_hours_between_its_dates(tmp_path: Path) -> None:
    task = {"id": "a", "duration": "9 d", "baseline_start": "2026-01-05", "baseline_finish": "2026-01-16"}
    pf = plan([task], "p6")
    back, _ = through(pf, tmp_path / "x.pmxml")
    text = (tmp_path / "x.pmxml").read_text()
    assert re.search("<BaselineProject>.*<PlannedDuration>80<", text.replace("\n", ""))
    assert back["tram/a"].baseline_start.isoformat() == "2026-01-05T08:00:00"


SCRIPT = """
import sys, jpype, mpxj
jpype.startJVM("-Djava.awt.headless=true", convertStrings=True)
read = jpype.JClass("org.mpxj.reader.UniversalProjectReader")()
for task in read.read(jpype.JClass("java.io.File")(sys.argv[1])).getTasks():
    if task.getActivityID() and not task.getSummary():
        print(task.getActivityID(), task.getDuration(), task.getActualDuration(), task.getRemainingDuration(), task.getStart(), sep="|")
"""


@pytest.mark.java
def test_mpxj_reads_these_durations(tmp_path: Path) -> None:
    """Every activity has one, and its scheduler needs it."""
    pytest.importorskip("jpype", reason="JPype is not installed")
    pytest.importorskip("mpxj", reason="mpxj is not installed")
    through(plan([UNDER_WAY, DONE, {"id": "n", "duration": "4 d"}, {"id": "m", "milestone": True}], "p6"), tmp_path / "x.pmxml")
    out = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "x.pmxml")], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert sorted(line for line in out.splitlines() if "|" in line) == [
        "a|80.0h|40.0h|40.0h|2026-01-05T08:00",
        "m|0.0h|0.0h|0.0h|2026-01-12T08:00",
        "n|32.0h|0.0h|32.0h|2026-01-12T08:00",
        "z|24.0h|24.0h|0.0h|2026-01-05T08:00",
    ]
