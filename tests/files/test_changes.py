"""Files of changes: written, read back, and located where something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.model import After, Task

CHANGES: list[Any] = [
    ipmo.changes.Delay("tram/design", "10 d"),
    ipmo.changes.SetDuration("tram/build", {"low": "100 d", "likely": "120 d", "high": "160 d"}),
    ipmo.changes.SetEstimate("tram", "9 M GBP", "budget"),
    ipmo.changes.SetDate("tram/open", "deadline", "2027-12-01T12:00"),
    ipmo.changes.SetDate("tram", "finish", None),
    ipmo.changes.AsSoonAsPossible("tram/build"),
    ipmo.changes.Stop("airport"),
    ipmo.changes.Pause("airport"),
    ipmo.changes.Add(Task(id="survey2", duration="3 d", after=[After(source="survey", type="SS", lag="1 d")]), "tram"),
    ipmo.changes.Remove("tram/R1"),
    ipmo.changes.AddLink("depot/power", "tram/build", "FF", "-2 d"),
    ipmo.changes.RemoveLink("depot/power", "tram/open"),
    ipmo.changes.SetLag("tram/build", "tram/open", "4 w", "FF"),
    ipmo.changes.SetBudget("tram/build", "15 M GBP"),
    ipmo.changes.MoveBudget("tram/build", "tram/design", "1 M GBP"),
    ipmo.changes.Fund("airport", "20 M GBP"),
    ipmo.changes.SetProbability("tram/R1", 0.55),
]


@pytest.mark.parametrize("name", ["changes.yaml", "changes.json"])
def test_changes_are_read_as_they_were_written(tmp_path: Path, name: str) -> None:
    written = ipmo.write_changes(CHANGES, tmp_path / name)
    assert ipmo.read_changes(written) == tuple(CHANGES)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("ipmo: 1\nchanges:\n  - delay: {target: a, by: 3 d}\n  - dealy: {target: a}\n", 4, "is not a change; write one of delay"),
        ("ipmo: 1\nchanges:\n  - delay: {target: a, by: 3 GBP}\n", 3, "a delay is a length of time, not money"),
        ("ipmo: 1\nchanges:\n  - set_duration: {target: a, to: -3 d}\n", 3, "a duration of -3 d is negative"),
        ("ipmo: 1\nchanges:\n  - add: {task: {id: a, durration: 3 d}, to: P}\n", 3, "unknown field 'durration'"),
        ("ipmo: 1\nchanges:\n  - add: {task: {id: a}, too: P}\n", 3, "add needs one of task, gate, risk"),
        ("ipmo: 1\nchange:\n", 0, "this is no file of changes"),
        ("ipmo: 2\nchanges: []\n", 1, "write `ipmo: 1`"),
        ("ipmo: 1\nchanges: []\nmore: 1\n", 3, "unknown field 'more'"),
        ("ipmo: 1\nchanges:\n  - fund: {target: a, amount: -3 GBP}\n", 3, "is negative; turn the direction round"),
    ],
)
def test_what_is_wrong_is_located(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ipmo.FileError) as caught:
        ipmo.read_changes(file)
    problem = caught.value.problems[0]
    assert message in str(problem)
    assert problem.line == line


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text("ipmo: 1\nchanges:\n  - stop: {}\n  - delay: {target: a}\n  - x: 1\n", "utf-8")
    with pytest.raises(ipmo.FileError) as caught:
        ipmo.read_changes(file)
    assert [p.line for p in caught.value.problems] == [3, 4, 5]


@pytest.mark.parametrize("name", ["changes.yaml", "changes.json"])
def test_an_empty_file_is_told_what_a_file_of_changes_has(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("  \n", encoding="utf-8")
    with pytest.raises(ipmo.FileError, match="`changes:` with a list") as caught:
        ipmo.read_changes(tmp_path / name)
    assert "portfolio" not in str(caught.value)
