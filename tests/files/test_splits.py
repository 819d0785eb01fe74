"""Work in pieces, fixed work and whether work may be split, to Microsoft Project and Primavera P6 and back."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.model import Task

RESTS = [{"from": "2026-03-03 14:00", "until": "2026-03-05 12:00"}, {"from": "2026-03-06 17:00", "until": "2026-03-10 09:00"}]


def plan(**task: Any) -> ipmo.Portfolio:
    work = {"id": "a", "duration": "4 d", "interruptions": RESTS, **task}
    people = [{"id": "ann", "capacity": [{"from": "1984-01-01", "value": 2}]}]
    tasks = [work, {"id": "b", "duration": "1 d", "after": "a"}]
    return ipmo.Portfolio(id="x", start="2026-03-02", dialect="msproject", resources=people, projects=[{"id": "P", "tasks": tasks}])


def through(pf: ipmo.Portfolio, path: Path) -> Task:
    ipmo.write(pf, path)
    task = ipmo.read(path)["P/a"]
    assert isinstance(task, Task)
    return task


@pytest.mark.parametrize(
    "who", [[], [{"resource": "ann"}], [{"resource": "ann", "units": 2, "effort": "16 ph"}], [{"resource": "ann", "units": 0}]]
)
@pytest.mark.parametrize("status", [{}, {"actual_start": "2026-03-02", "remaining": "3 d"}])
def test_project_keeps_when_work_rests(who: list[Any], status: dict[str, Any], tmp_path: Path) -> None:
    pf = plan(assignments=who, **status)
    pf = pf.evolve(status_date="2026-03-03") if status else pf
    found = through(pf, tmp_path / "x.xml")
    own = pf["P/a"]
    assert isinstance(own, Task)
    assert [one.period for one in found.interruptions] == [one.period for one in own.interruptions]
    assert found.duration == own.duration
    there = ipmo.read(tmp_path / "x.xml")
    assert ipmo.schedule(there)["P/b"].finish == ipmo.schedule(pf)["P/b"].finish


def test_a_levelled_plan_is_read_back_with_its_pieces(tmp_path: Path) -> None:
    urgent = {
        "id": "u",
        "duration": "2 d",
        "not_before": "2026-03-05",
        "deadline": "2026-03-06",
        "assignments": [{"resource": "ann", "units": 2}],
    }
    pf = plan(interruptions=[], split=True, assignments=[{"resource": "ann"}], duration="6 d")
    pf = pf.evolve(projects=[{"id": "P", "tasks": [*pf.projects[0].tasks, urgent]}])
    levelled = ipmo.level(pf).portfolio
    ipmo.write(levelled, tmp_path / "x.xml")
    there = ipmo.read(tmp_path / "x.xml")
    for name in ("a", "b", "u"):
        assert ipmo.schedule(there)[f"P/{name}"].finish == ipmo.schedule(levelled)[f"P/{name}"].finish
    task = there["P/a"]
    assert isinstance(task, Task)
    assert task.split is not None


def assigned(start: str, finish: str, duration: str, days: list[tuple[str, str, int]]) -> str:
    """A plan of Project with one task of one person, whose work stands by days to the same hour of the next."""
    rows = "".join(
        f"<TimephasedData><Type>1</Type><Start>2026-03-{since}T08:00:00</Start><Finish>2026-03-{until}T08:00:00</Finish><Unit>2</Unit>"
        f"<Value>PT{hours}H0M0S</Value></TimephasedData>"
        for since, until, hours in days
    )
    return f"""<Project xmlns="http://schemas.microsoft.com/project"><StartDate>2026-03-02T08:00:00</StartDate>
    <Calendars><Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar></Calendar></Calendars><CalendarUID>1</CalendarUID>
    <Tasks><Task><UID>1</UID><Name>a</Name><OutlineLevel>1</OutlineLevel><Start>{start}</Start><Finish>{finish}</Finish>
    <Duration>{duration}</Duration><DurationFormat>7</DurationFormat><EffortDriven>1</EffortDriven><LevelingCanSplit>1</LevelingCanSplit></Task></Tasks>
    <Resources><Resource><UID>1</UID><Name>ann</Name><Type>1</Type><MaxUnits>1</MaxUnits></Resource></Resources>
    <Assignments><Assignment><UID>1</UID><TaskUID>1</TaskUID><ResourceUID>1</ResourceUID><Units>1</Units>{rows}</Assignment></Assignments></Project>"""


def only_task(path: Path) -> Task:
    (task,) = [one for project in ipmo.read(path).projects for one in project.tasks]
    return task


SPLIT = [("02", "03", 8), ("03", "04", 8), ("04", "05", 0), ("05", "06", 0), ("06", "07", 8)]


def test_pieces_of_another_tool_are_taken_where_they_agree_with_the_duration(tmp_path: Path) -> None:
    """Days as Project writes them, to the same hour of the next day; two of them without work."""
    for duration, rests in (("PT24H0M0S", 1), ("PT30H0M0S", 0)):
        (tmp_path / "x.xml").write_text(assigned("2026-03-02T08:00:00", "2026-03-06T17:00:00", duration, SPLIT))
        task = only_task(tmp_path / "x.xml")
        assert len(task.interruptions) == rests
        assert task.effort_driven
        assert task.split is None  # Project says so of all work
        if rests:
            assert str(task.interruptions[0].since) == "2026-03-03 17:00:00"
            assert str(task.interruptions[0].until) == "2026-03-06 08:00:00"


def test_days_off_without_work_are_no_split(tmp_path: Path) -> None:
    """From Thursday to Tuesday; rows of no work on Saturday and Sunday."""
    days = [("05", "06", 8), ("06", "07", 8), ("07", "08", 0), ("08", "09", 0), ("09", "10", 8), ("10", "11", 8)]
    (tmp_path / "x.xml").write_text(assigned("2026-03-05T08:00:00", "2026-03-10T17:00:00", "PT32H0M0S", days))
    pf = ipmo.read(tmp_path / "x.xml")
    assert not only_task(tmp_path / "x.xml").interruptions
    assert not [one for one in pf.source.findings if one.code == "mspdi/split"]


@pytest.mark.java
def test_a_split_stays_one_on_the_way_that_mpp_files_take(tmp_path: Path) -> None:
    """Through MPXJ, which hands over Project's own files as XML."""
    pytest.importorskip("jpype", reason="JPype is not installed")
    pytest.importorskip("mpxj", reason="mpxj is not installed")
    (tmp_path / "x.xml").write_text(assigned("2026-03-02T08:00:00", "2026-03-06T17:00:00", "PT24H0M0S", SPLIT))
    code = "import sys; from ipmo.files.mpxj import convert; convert(sys.argv[1], sys.argv[2])"
    (tmp_path / "out").mkdir()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.xml"), str(tmp_path / "out")], check=True)
    pf = ipmo.read(tmp_path / "out" / "x.xml")
    task = only_task(tmp_path / "out" / "x.xml")
    split = [one for one in pf.source.findings if one.code == "mspdi/split"]
    assert split or [(str(one.since), str(one.until)) for one in task.interruptions] == [("2026-03-03 17:00:00", "2026-03-06 08:00:00")]
    assert str(ipmo.schedule(pf)[f"{pf.projects[0].id}/{task.id}"].finish) == "2026-03-06 17:00:00"


def test_fixed_work_is_kept_and_what_there_is_no_room_for_is_said(tmp_path: Path) -> None:
    pf = plan(
        interruptions=[],
        effort_driven=True,
        split={"least": "1 d"},
        assignments=[{"resource": "ann", "units": 2, "most": 4, "effort": "64 ph"}],
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = through(pf, tmp_path / "x.xml")
    assert found.effort_driven
    assert found.split is not None
    text = " ".join(str(one.message) for one in caught)
    assert "1 smaller and larger team" in text
    assert "how often work may be interrupted" in text


@pytest.mark.parametrize("format", ["xer", "pmxml"])
def test_p6_keeps_when_work_was_suspended(format: str, tmp_path: Path) -> None:
    begun = {"actual_start": "2026-03-02 09:00", "remaining": "3 d", "resumes": "2026-03-05 09:00"}
    rests = [{"from": "2026-03-03 09:00", "until": "2026-03-05 09:00"}]
    pf = plan(interruptions=rests, **begun).evolve(status_date="2026-03-04", dialect="p6", resources=[])
    path = tmp_path / ("x.xer" if format == "xer" else "x.xml")
    ipmo.write(pf, path, format=format)
    found = ipmo.read(path)["P/a"]
    assert isinstance(found, Task)
    assert [one.period for one in found.interruptions] == [one.period for one in pf["P/a"].interruptions]  # type: ignore[union-attr]
    assert str(found.resumes) == "2026-03-05 09:00:00"
    assert ipmo.schedule(ipmo.read(path))["P/b"].finish == ipmo.schedule(pf)["P/b"].finish


def test_p6_says_what_it_has_no_room_for(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="interruption"):
        ipmo.write(plan().evolve(dialect="p6", resources=[]), tmp_path / "x.xer")
