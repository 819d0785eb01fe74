"""The last second of a day is that day, and a quotation mark that nobody closes is refused by its line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

import ipmo
from ipmo.errors import FileError
from ipmo.model import Task


@pytest.mark.parametrize("clock", ["23:59:59", "23:59:30", "00:00:00", "23:59:59.999"])
def test_the_last_second_of_a_finish_is_its_day(clock: str, tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text(f"Task ID,Task name,Duration,Deadline\nT1,Dig,2 d,2026-01-05 {clock[:8]}\nT2,Fill,2 d,2026-01-06 12:30:29\n", "utf-8")
    first, second = ipmo.read(path).projects[0].tasks
    assert first.deadline == date(2026, 1, 5)
    assert not isinstance(first.deadline, datetime)
    assert second.deadline == datetime(2026, 1, 6, 12, 30)


def test_a_timestamp_of_the_last_second_ends_its_day() -> None:
    deadline = Task(id="a", deadline=pd.Timestamp("2026-01-05 23:59:59")).deadline
    assert isinstance(deadline, datetime)
    assert deadline == datetime(2026, 1, 6)
    assert Task(id="a", deadline=pd.Timestamp("2026-01-05 00:00:10")).deadline == date(2026, 1, 5)


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_quotation_mark_that_is_never_closed_is_refused_by_its_line(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    line = ending or "\n"
    rows = ["Project ID,Project name,Budget (£m)", 'P1,"One, first",1', 'P2,"Two', *(f"P{n},Name {n},{n}" for n in range(3, 20))]
    path.write_bytes((line.join(rows) + ending).encode())
    with pytest.raises(FileError, match="is never closed") as caught:
        ipmo.read(path)
    assert caught.value.problems[0].line == 3
    rows[2] = 'P2,"Two ""2"" lines' + line + 'long",2'
    path.write_bytes((line.join(rows) + ending).encode())
    assert [one.id for one in ipmo.read(path).projects] == [f"P{n}" for n in range(1, 20)]
