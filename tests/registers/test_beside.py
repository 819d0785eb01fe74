"""What columns mean because of those beside them: durations of three points, as risk workshops fill them in, and people at work on a project."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.model.estimates import Triangular
from ipmo.registers.mapping import ColumnMapping


def proposed(path: Path, *lines: str) -> dict[str, ColumnMapping]:
    path.write_text("\n".join((*lines, "")), encoding="utf-8")
    return {one.header: one for one in ipmo.propose_mapping(path).sheets[0].columns}


@pytest.mark.parametrize(
    "heads", ["Optimistic (days),Most likely (days),Pessimistic (days)", "Min duration (d),Likely duration (d),Max duration (d)"]
)
def test_three_columns_are_one_estimate_and_say_so(tmp_path: Path, heads: str) -> None:
    path = tmp_path / "risk.csv"
    columns = proposed(path, f"Project,Task,{heads}", "Tram,Dig,5,8,12", "Tram,Fill,3,4,9", "Tram,Pave,2,,4")
    assert [one.field for one in columns.values()] == ["project", "name", "duration_low", "duration_likely", "duration_high"]
    assert [one.unit for one in columns.values()][2:] == ["d", "d", "d"]
    assert "three-point estimate" in columns[heads.split(",")[0]].doubt
    pf = ipmo.read(path)
    dig, fill, pave = pf.projects[0].tasks
    assert [dig.duration, fill.duration] == [
        Triangular(ipmo.Span(low, "d"), ipmo.Span(likely, "d"), ipmo.Span(high, "d")) for low, likely, high in ((5, 8, 12), (3, 4, 9))
    ]
    assert pave.duration is None
    refused = [one.message for one in pf.source.findings if one.code == "register/cell-refused"]
    assert [one.partition(", is left out: ")[2] for one in refused] == ["a three-point estimate needs all three; here is no likely"] * 2


def test_points_that_do_not_rise_are_refused_at_their_row(tmp_path: Path) -> None:
    (path := tmp_path / "risk.csv").write_text(
        "Project,Task,Optimistic (d),Most likely (d),Pessimistic (d)\nTram,Dig,5,4,12\nTram,Fill,3,4,9\n", encoding="utf-8"
    )
    pf = ipmo.read(path)
    assert [task.duration is None for task in pf.projects[0].tasks] == [True, False]
    refused = [one.message for one in pf.source.findings if one.code == "register/cell-refused"]
    assert len(refused) == 3
    assert all("low, likely and high must rise" in one and "row 2" in one for one in refused)


def test_two_of_three_and_three_beside_a_duration_are_kept_as_they_stand_and_doubted(tmp_path: Path) -> None:
    two = proposed(tmp_path / "two.csv", "Project,Task,Optimistic (d),Pessimistic (d)", "Tram,Dig,5,12", "Tram,Fill,3,9")
    assert {one.field for one in two.values()} == {"project", "name", "attribute"}
    assert all("one of three points of an estimate" in one.doubt for one in list(two.values())[2:])
    beside = proposed(
        tmp_path / "beside.csv",
        "Project,Task,Duration,Optimistic,Most likely,Pessimistic",
        "Tram,Dig,9 d,5 d,8 d,12 d",
        "Tram,Fill,4 d,3 d,4 d,9 d",
    )
    assert [one.field for one in beside.values()] == ["project", "name", "duration", "attribute", "attribute", "attribute"]
    assert all("a duration stands beside it" in one.doubt for one in list(beside.values())[3:])
    assert [str(task.duration.central()) for task in ipmo.read(tmp_path / "beside.csv").projects[0].tasks if task.duration] == [
        "9 d",
        "4 d",
    ]


def test_a_mapping_of_both_is_refused_where_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "both.csv").write_text("Task,Length,Low,Likely,High\nDig,9,5,8,12\n", encoding="utf-8")
    columns = "{Task: name, Length: {field: duration, unit: d}, Low: {field: duration_low, unit: d}, Likely: {field: duration_likely, unit: d}, High: {field: duration_high, unit: d}}"
    (mapping := tmp_path / "map.yaml").write_text(
        f"mapping: 1\nsheets:\n  - register: tasks\n    header: 1\n    project: p\n    new_projects: true\n    columns: {columns}\n",
        encoding="utf-8",
    )
    with pytest.raises(ipmo.FileError, match="column 'Low' is a point of an estimate of the duration, which column 'Length' states"):
        ipmo.read(tmp_path / "both.csv", mapping=mapping)


@pytest.mark.parametrize(("head", "doubted"), [("Project", True), ("Team", False)])
def test_how_much_of_a_person_works_on_a_project_may_be_no_capacity(tmp_path: Path, head: str, doubted: bool) -> None:
    columns = proposed(tmp_path / "people.csv", f"Resource,Role,{head},Allocation %", "Ann,Developer,Tram,50%", "Ben,Tester,Depot,30%")
    assert columns["Allocation %"].field == "units"
    assert ("assignment of its tasks" in columns["Allocation %"].doubt) == doubted
