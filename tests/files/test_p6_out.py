"""Primavera files that ipmo writes: read back equal, with the dates of the schedule, and what has no home is named."""

from __future__ import annotations

import random
import re
import sys
import warnings
from datetime import datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

import ipmo
from ipmo.analysis.dates.reproduced import reproduced
from ipmo.errors import FormatWarning, IpmoError
from ipmo.files.p6_tables import P6Tables
from ipmo.model import After, Calendar, Constraints, Gate, Link, Portfolio, Project, Task
from ipmo.testing.nouns import wide_portfolios

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from conftest import DATA

ENDINGS = (".xer", ".pmxml")
CALENDARS = [
    Calendar(
        id="office", name="office", week="mon-fri", hours="08:00-12:00, 13:00-17:00", day="8 h", holidays=["2026-01-19", "2026-02-03"]
    ),
    Calendar(id="nights", name="nights", week="mon-sat", hours="22:00-06:00", day="8 h"),
    Calendar(id="plant", name="plant", week="mon-sun", hours="00:00-24:00", day="24 h"),
    Calendar(
        id="site",
        name="site",
        week="sun-thu",
        hours="07:00-15:00",
        day="8 h",
        exceptions=[{"from": "2026-01-13", "hours": "07:00-11:00"}, {"from": "2026-01-16", "hours": "08:00-14:00"}],
    ),
]
TIES = ("start_on", "finish_on", "start_no_later", "finish_no_later", "mandatory_start", "mandatory_finish", "expected_finish")


def random_plan(seed: int) -> Portfolio:
    """Two projects with every kind of activity, constraint, lag and status that P6 has."""
    r = random.Random(seed)
    projects = []
    for name in ("P", "Q"):
        tasks: list[Task] = []
        for i in range(r.randint(3, 9)):
            day = datetime(2026, 1, r.randint(12, 28), r.choice((8, 12, 17)))
            fields: dict[str, object] = {"calendar": r.choice(CALENDARS).id, "name": f"work {i}"}
            kind = r.random()
            if kind < 0.1:
                fields |= {"milestone": True, "milestone_of": r.choice(("start", "finish"))}
            elif kind < 0.2:
                fields |= {"hammock": True, "duration": "8 h"}
            else:
                fields["duration"] = f"{r.randint(1, 9) * 4} h"
            status = r.random()
            if status < 0.15:
                fields |= {"actual_start": datetime(2026, 1, 5, 8), "actual_finish": datetime(2026, 1, r.randint(6, 9), 17)}
            elif status < 0.35 and "milestone" not in fields:
                fields |= {"actual_start": datetime(2026, 1, 6, 8), "remaining": f"{r.randint(1, 9) * 3} h", "progress": r.random()}
                if r.random() < 0.3:
                    fields["resumes"] = day
            elif r.random() < 0.4:
                tie = r.choice(("not_before", "finish_not_before", "late", *TIES))
                if tie in TIES:
                    fields["constraints"] = Constraints(**{tie: day})
                elif tie == "late":
                    fields["constraints"] = Constraints(as_late_as_possible=True)
                else:
                    fields[tie] = day
            before = r.sample([t.id for t in tasks], min(len(tasks), r.choice((0, 1, 1, 2))))
            after = [After(source=b, type=r.choice(("FS", "FS", "SS", "FF", "SF")), lag=f"{r.choice((0, 0, 4, 8, -4))} h") for b in before]
            tasks.append(
                Task(id=f"A{i}", after=after, parent="WBS 1.2" if r.random() < 0.5 else "WBS 1", attributes={"Area": "North"}, **fields)
            )
        used = {t.parent for t in tasks}
        wbs = [Task(id="WBS 1", name="all"), *([Task(id="WBS 1.2", name="part", parent="WBS 1")] if "WBS 1.2" in used else [])]
        projects.append(Project(id=name, name=f"Project {name}", calendar="office", start=datetime(2026, 1, 5, 8), tasks=[*wbs, *tasks]))
    dialect = {
        "name": "p6",
        "progress": r.choice(("retained", "override")),
        "lag_calendar": r.choice(("predecessor", "successor", "continuous")),
    }
    return Portfolio(
        id="plan",
        start=datetime(2026, 1, 5, 8),
        status_date=datetime(2026, 1, 12, 8),
        calendar="office",
        dialect=dialect,
        calendars=CALENDARS,
        projects=projects,
        links=[Link(source="P/A0", target="Q/A1", type="FS", lag="8 h")],
    )


def again(pf: Portfolio, path: Path) -> Portfolio:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormatWarning)
        ipmo.write(pf, path)
    return ipmo.read(path)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("seed", range(40))
def test_what_is_written_is_read_back_equal_and_with_the_same_dates(seed: int, ending: str, tmp_path: Path) -> None:
    pf = random_plan(seed)
    first = again(pf, tmp_path / f"plan{ending}")
    assert first.source.refused == 0
    try:
        mine = ipmo.schedule(pf)
    except IpmoError:
        pytest.skip("the plan has a loop")
    theirs = ipmo.schedule(first)
    for item in mine:
        if item.kind in ("task", "milestone") and item.id in theirs:
            other = theirs[item.id]
            assert (item.start, item.finish, item.late_start, item.late_finish) == (
                other.start, other.finish, other.late_start, other.late_finish
            ), item.id  # fmt: skip
            assert item.total_float == pytest.approx(other.total_float) if item.total_float is not None else other.total_float is None
    found = reproduced(first, theirs)
    assert found.exact == found.compared, [one.message for one in found.differences]
    (tmp_path / "second").mkdir()
    assert again(first, tmp_path / "second" / f"plan{ending}") == first


@pytest.mark.data
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "name",
    ["aspose_MultiprojectWithExternal", "aspose_ScheduleOptions", "soulmajor1_TERMINAL_BUILDING-AIRPORT", "soulmajor1_Hotel_Project"],
)
def test_a_real_file_is_read_back_equal(name: str, ending: str, tmp_path: Path) -> None:
    pf = ipmo.read(DATA / "07_schedules" / f"{name}.xer")
    with warnings.catch_warnings():
        warnings.simplefilter("error", FormatWarning)
        ipmo.write(pf, tmp_path / f"{name}{ending}")
    assert ipmo.read(tmp_path / f"{name}{ending}") == pf


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(pf=wide_portfolios())
def test_any_portfolio_is_written_and_then_kept(pf: Portfolio, ending: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    if not pf.projects:
        return
    folder = tmp_path_factory.mktemp("p6")
    first = again(pf, folder / f"plan{ending}")
    (folder / "second").mkdir()
    second = again(first, folder / "second" / f"plan{ending}")
    assert second == first
    assert first.source.refused == 0, first.source.findings


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_has_no_home_in_p6_is_named(ending: str, tmp_path: Path) -> None:
    tasks = [
        Task(id="a", duration={"low": "2 d", "likely": "3 d", "high": "9 d"}, deadline="2026-01-16"),
        Task(id="b", duration="2 ed", after=[After(source="a", lag="3 ed")]),
    ]
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        projects=[Project(id="P", tasks=tasks, gates=[Gate(id="G", after="b")], risks=[{"id": "R", "name": "rain"}])],
    )
    with pytest.warns(FormatWarning) as caught:
        ipmo.write(pf, tmp_path / f"x{ending}")
    text = str(caught[0].message)
    for what in ("1 risk", "1 gate", "1 deadline", "1 range of estimates", "1 elapsed duration", "1 elapsed lag"):
        assert what in text
    s = ipmo.schedule(ipmo.read(tmp_path / f"x{ending}"))
    assert s["P/a"].finish == datetime(2026, 1, 7, 17)
    assert s["P/b"].finish == datetime(2026, 1, 14, 17), "three working days after, two days around the clock"
    assert s["P/G"].kind == "milestone"


@pytest.mark.parametrize("ending", [*ENDINGS, ".xml"])
def test_every_field_that_has_no_home_is_named(ending: str, tmp_path: Path) -> None:
    task = Task(id="a", duration="3 d", owner="ann", category="dig", methodology="mop", status=[{"date": "2026-01-05", "rag": "red"}])
    other = Task(id="b", duration="1 d", owner="ann")
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        note="by hand",
        money={"currency": "EUR"},
        people=[{"id": "ann"}],
        resources=[{"id": "crane", "unit": "machine", "rate": "900 EUR per d"}],
        projects=[Project(id="P", tasks=[task, other], budget="3 M EUR", category="rail"), Project(id="Q")],
        links=[Link(source="P/a", target="P/b", kind="knowledge", needed="2026-01-09")],
    )
    with pytest.warns(FormatWarning) as caught:
        ipmo.write(pf, tmp_path / f"x{ending}")
    text = str(caught[0].message)
    assert caught[0].filename == __file__, "where it was written"
    for what in (
        "2 fields 'owner' of tasks", "1 field 'category' of tasks", "1 field 'methodology' of tasks", "1 field 'status' of tasks",
        "1 field 'budget' of projects", "1 field 'category' of projects", "1 field 'rate' of resources", "1 field 'needed' of links",
        "1 link that moves no dates", "1 person", "1 field 'note' of the portfolio",
    ):  # fmt: skip
        assert what in text
    assert [link.kind for link in ipmo.read(tmp_path / f"x{ending}").links] == []
    back = ipmo.schedule(ipmo.read(tmp_path / f"x{ending}"))
    assert back["P/b"].start == datetime(2026, 1, 5, 9), "a link that moves nothing moves nothing in the file either"


def test_no_two_rows_have_the_same_number(tmp_path: Path) -> None:
    parts = [Task(id=f"S{i}") for i in range(10_001)]
    work = [Task(id=f"a{i}", parent=f"S{i}", duration="1 d", baseline_start="2026-01-05") for i in range(10_001)]
    more = [Task(id="top", name="the second"), Task(id="b", parent="top", duration="1 d")]
    tables = P6Tables(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[*parts, *work]), Project(id="Q", tasks=more)]))
    for table, key in (("PROJWBS", "wbs_id"), ("TASK", "task_id"), ("PROJECT", "proj_id")):
        numbers = [row[key] for row in tables.tables[table]]
        assert len(numbers) == len(set(numbers)), table


@pytest.mark.parametrize("ending", ENDINGS)
def test_gates_and_resources_keep_calendars_that_come_with_ipmo(ending: str, tmp_path: Path) -> None:
    gate = Gate(id="G", after="a", calendar="continuous")
    crane = {"id": "crane", "unit": "machine", "calendar": "continuous"}
    pf = Portfolio(
        id="x", start="2026-01-05", resources=[crane], projects=[Project(id="P", tasks=[Task(id="a", duration="1 d")], gates=[gate])]
    )
    back = again(pf, tmp_path / f"x{ending}")
    table = back.calendar_table
    assert table[back["P/G"].calendar].week_minutes == table[back["crane"].calendar].week_minutes == 7 * 1440


@pytest.mark.parametrize("ending", ENDINGS)
def test_sums_of_any_size_are_kept(ending: str, tmp_path: Path) -> None:
    task = Task(id="a", duration="1 d", budget="123456789012345.67 JPY")
    pf = Portfolio(id="x", start="2026-01-05", money={"currency": "JPY"}, projects=[Project(id="P", tasks=[task])])
    assert again(pf, tmp_path / f"x{ending}")["P/a"].budget == task.budget


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_day_that_ends_something_ends_with_its_last_shift(ending: str, tmp_path: Path) -> None:
    task = Task(id="a", duration="3 d", actual_start="2026-01-05", actual_finish="2026-01-07")
    tied = Task(id="b", duration="1 d", constraints=Constraints(finish_no_later="2026-01-17"))
    pf = Portfolio(
        id="x", start="2026-01-05", status_date="2026-01-08", projects=[Project(id="P", finish="2026-01-19", tasks=[task, tied])]
    )
    back = again(pf, tmp_path / f"x{ending}")
    assert back["P/a"].actual_finish == datetime(2026, 1, 7, 17)
    assert back["P/b"].constraints.finish_no_later == datetime(2026, 1, 16, 17), "a Saturday: the Friday before"
    assert back["P"].finish == datetime(2026, 1, 19, 17)


def test_text_that_no_western_code_page_has_is_utf_8(tmp_path: Path) -> None:
    for name in ("Straße", "Задача", "naïve – café", "Ã¼", "tab\there\nand there"):
        pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[Task(id="a", name=name, duration="1 d")])])
        assert again(pf, tmp_path / "x.xer")["P/a"].name == name.replace("\t", " ").replace("\n", " ")


COMMAS = """<?xml version="1.0"?>
<APIBusinessObjects xmlns="http://xmlns.oracle.com/Primavera/P6/V8.3/API/BusinessObjects">
 <Calendar><ObjectId>1</ObjectId><Name>Std</Name><HoursPerDay>8,0</HoursPerDay><IsDefault>1</IsDefault><StandardWorkWeek>{week}</StandardWorkWeek>
  <HolidayOrExceptions><HolidayOrException><Date>2026-01-07T00:00:00</Date></HolidayOrException>
  <HolidayOrException><Date>2026-02-31T00:00:00</Date></HolidayOrException></HolidayOrExceptions></Calendar>
 <Project><ObjectId>7</ObjectId><Id>P</Id><Name>Tram</Name><DataDate>2026-01-05T08:00:00</DataDate><PlannedStartDate>2026-01-05T08:00:00</PlannedStartDate>
  <Activity><ObjectId>70</ObjectId><Id>A</Id><Name>dig</Name><CalendarObjectId>1</CalendarObjectId><Type>Task Dependent</Type><Status>In Progress</Status>
   <ActualStartDate>2026-01-01T08:00:00</ActualStartDate><PlannedDuration>16,0</PlannedDuration><RemainingDuration>12,5</RemainingDuration>
   <PercentCompleteType>Physical</PercentCompleteType><PhysicalPercentComplete>0,75</PhysicalPercentComplete>
   <RemainingEarlyStartDate>2026-01-05T08:00:00</RemainingEarlyStartDate><RemainingEarlyFinishDate>2026-01-06T12:30:00</RemainingEarlyFinishDate></Activity>
  <Activity><ObjectId>71</ObjectId><Id>B</Id><CalendarObjectId>1</CalendarObjectId><Type>Task Dependent</Type><Status>Not Started</Status>
   <PlannedDuration>8</PlannedDuration><RemainingDuration>8</RemainingDuration><PrimaryConstraintType>Start On or After</PrimaryConstraintType>
   <PrimaryConstraintDate>2026-01-07T08:00:00</PrimaryConstraintDate></Activity>
  <Relationship><ObjectId>1</ObjectId><PredecessorActivityObjectId>70</PredecessorActivityObjectId><SuccessorActivityObjectId>71</SuccessorActivityObjectId>
   <PredecessorProjectObjectId>7</PredecessorProjectObjectId><SuccessorProjectObjectId>7</SuccessorProjectObjectId><Type>Finish to Start</Type><Lag>1,5</Lag></Relationship>
  <ScheduleOptions><OutOfSequenceScheduleType>Progress Override</OutOfSequenceScheduleType><RelationshipLagCalendar>24 Hour Calendar</RelationshipLagCalendar></ScheduleOptions>
 </Project></APIBusinessObjects>"""
DAY = "<StandardWorkHours><DayOfWeek>{day}</DayOfWeek><WorkTime><Start>08:00:00</Start><Finish>15:59:00</Finish></WorkTime></StandardWorkHours>"


def test_pmxml_with_decimal_commas_is_read_without_java(tmp_path: Path) -> None:
    path = tmp_path / "plan.xml"
    week = "".join(DAY.format(day=day) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
    path.write_text(COMMAS.format(week=week), encoding="utf-8")
    pf = ipmo.read(path)
    assert (pf.source.format, pf.source.refused, pf.dialect.progress, pf.dialect.lag_calendar) == ("pmxml", 0, "override", "continuous")
    a, b = pf["P/A"], pf["P/B"]
    assert (str(a.duration.central()), str(a.remaining.central()), a.progress) == ("16 h", "12.5 h", 0.75)
    assert str(b.after[0].lag) == "1.5 h"
    assert [f.code for f in pf.source.findings] == ["pmxml/calendar-exception"], "one bad day costs that day"
    s = ipmo.schedule(pf)
    assert (s["P/A"].early_finish, s["P/B"].start) == (datetime(2026, 1, 6, 12, 30), datetime(2026, 1, 8, 8))
    found = reproduced(pf, s)
    assert (found.compared, found.exact) == (1, 1)


# ------------------------------------------------------------------------------------------- MPXJ, both ways


@pytest.mark.java
@pytest.mark.parametrize("ending", ENDINGS)
def test_mpxj_reads_the_same_activities_dates_links_lags_and_constraints(java: object, ending: str, tmp_path: Path) -> None:
    from java.io import File
    from org.mpxj import TimeUnit
    from org.mpxj.reader import UniversalProjectReader

    types = {"FINISH_START": "FS", "START_START": "SS", "FINISH_FINISH": "FF", "START_FINISH": "SF"}
    seen = 0
    for seed in range(12):
        pf = random_plan(seed)
        again(pf, tmp_path / f"plan{ending}")
        s = ipmo.schedule(pf)
        hours = lambda span, file: float(span.convertUnits(TimeUnit.HOURS, file.getProjectProperties()).getDuration())  # noqa: E731
        rows = {}
        for file in UniversalProjectReader().readAll(File(str(tmp_path / f"plan{ending}"))):
            name = str(file.getProjectProperties().getProjectID())
            rows |= {
                f"{name}/{row.getActivityID()}": (row, file) for row in file.getTasks() if row.getActivityID() and not row.getSummary()
            }
        for project in pf.projects:
            for task in project.tasks:
                if task.id.startswith("WBS"):
                    continue
                row, file = rows[f"{project.id}/{task.id}"]
                item = s[f"{project.id}/{task.id}"]
                at = lambda when: None if when is None else str(when.isoformat(timespec="minutes"))  # noqa: E731
                said = lambda when: None if when is None else str(when)[:16]  # noqa: E731
                assert said(row.getActualStart()) == at(task.actual_start)
                assert said(row.getActualFinish()) == at(task.actual_finish)
                if task.actual_finish is None and item.early_start is not None:
                    assert said(row.getRemainingEarlyStart()) == at(item.early_start), (seed, task.id)
                    assert said(row.getRemainingEarlyFinish()) == at(item.early_finish)
                    assert said(row.getRemainingLateStart()) == at(item.late_start)
                    assert said(row.getRemainingLateFinish()) == at(item.late_finish)
                if not task.milestone and task.actual_finish is None:
                    left = task.remaining if task.remaining is not None else task.duration
                    assert hours(row.getRemainingDuration(), file) == float(left.central().amount)
                links = {
                    (str(one.getPredecessorTask().getActivityID()), types[str(one.getType().name())], hours(one.getLag(), file))
                    for one in row.getPredecessors()
                    if str(one.getPredecessorTask().getParentFile().getProjectProperties().getProjectID()) == project.id
                }
                assert links == {(one.source, one.type, float(one.lag.amount)) for one in task.after}
                seen += 1
    assert seen > 80


@pytest.mark.java
@pytest.mark.data
def test_what_mpxj_writes_of_a_real_file_is_read_with_the_dates_that_p6_stored(java: object, tmp_path: Path) -> None:
    from java.io import File
    from org.mpxj.reader import UniversalProjectReader
    from org.mpxj.writer import FileFormat, UniversalProjectWriter

    source = DATA / "07_schedules" / "soulmajor1_TERMINAL_BUILDING-AIRPORT.xer"
    own = ipmo.read(source)
    for kind, ending in ((FileFormat.PMXML, ".pmxml"), (FileFormat.XER, ".xer")):
        for start in (source, tmp_path / "own.xer", tmp_path / "own.pmxml"):
            if start is not source:
                again(own, start)
            path = tmp_path / f"theirs{ending}"
            (project,) = UniversalProjectReader().readAll(File(str(start)))
            UniversalProjectWriter(kind).write(project, str(path))
            pf = ipmo.read(path)
            found = reproduced(pf, ipmo.schedule(pf))
            assert (found.compared, found.exact) == (66, 66), (ending, start, [one.message for one in found.differences][:3])


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("seed", range(12))
def test_gates_have_their_dates_and_floats_in_the_file(seed: int, ending: str, tmp_path: Path) -> None:
    r = random.Random(seed)
    plan = random_plan(seed)
    projects = []
    for project in plan.projects:
        work = [task.id for task in project.tasks if not task.hammock and not task.id.startswith("WBS")]
        gates = [Gate(id="G", after=r.choice(work), not_before=r.choice((None, "2026-01-20")))] if work else []
        projects.append(attrs.evolve(project, gates=gates))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormatWarning)
        ipmo.write(attrs.evolve(plan, projects=projects), tmp_path / f"x{ending}")
    back = ipmo.read(tmp_path / f"x{ending}")
    dates = reproduced(back, ipmo.schedule(back, on_cycle="cut"))
    wanted = [f"{project.id}/G" for project in projects if project.gates]
    assert [name for name in wanted if name not in back.source.stored] == []
    assert dates.compared and dates.differences == ()


def test_a_gate_with_a_go_is_a_milestone_that_is_done_and_one_on_hold_has_no_dates(tmp_path: Path) -> None:
    tasks = [Task(id="a", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05"), Task(id="b", duration="2 d", after="G")]
    go = Gate(id="G", after="a", decision={"date": "2026-01-08", "outcome": "go"})
    held = Gate(id="H", after="b", decision={"date": "2026-01-08", "outcome": "hold"})
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-01-09", projects=[Project(id="P", tasks=tasks, gates=[go, held])])
    back = again(pf, tmp_path / "x.xer")
    assert back["P/G"].actual_finish == datetime(2026, 1, 8) and back["P/H"].actual_finish is None
    assert back.source.stored["P/H"].early_start is None
    assert ipmo.schedule(back)["P/b"].start == ipmo.schedule(pf, dialect="p6")["P/b"].start == datetime(2026, 1, 9, 9)


def baselined(path: Path) -> str:
    """A file of P6 in XML of one project of two activities, with their baseline."""
    tasks = [Task(id=name, duration="2 d", baseline_start="2026-01-05", baseline_finish="2026-01-06") for name in ("Dig", "Fill")]
    plan = Portfolio(id="pf", projects=[Project(id="P1", start="2026-01-05", tasks=tasks)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FormatWarning)
        ipmo.write(plan, path, format="pmxml")
    return path.read_text(encoding="utf-8")


def test_a_baseline_whose_project_is_not_in_the_file_is_no_project_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "alone.xml"
    text = baselined(path)
    path.write_text(re.sub("<OriginalProjectObjectId>[^<]*<", "<OriginalProjectObjectId>999<", text), encoding="utf-8")
    read = ipmo.read(path)
    assert len(read.projects) == 2
    assert [one.message for one in read.source.findings if one.code == "pmxml/baseline-alone"] == [
        "project 'P1 - B1' is a baseline of a project that is not in the file; it is read as a project of its own"
    ]


def test_activities_of_a_baseline_that_the_project_has_no_longer_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "gone.xml"
    before, mark, block = baselined(path).partition("<BaselineProject>")
    path.write_text(before + mark + block.replace("<Id>Dig<", "<Id>Gone<"), encoding="utf-8")
    read = ipmo.read(path)
    assert {task.id: task.baseline_start is not None for task in read.projects[0].tasks} == {"Dig": False, "Fill": True}
    assert [one.message for one in read.source.findings] == [
        "1 activity of the baseline of project 'P1' is not in it; their dates are left out"
    ]


@pytest.mark.parametrize("suffix", [".xer", ".pmxml"])
def test_bounds_and_links_of_summaries_stand_on_the_activities_in_them(tmp_path: Path, suffix: str) -> None:
    """P6's WBS has neither: activities keep their dates and floats, and what was moved is said."""
    tasks = [
        Task(id="x", duration="2 d"),
        Task(id="s", after="x", not_before="2026-01-08", constraints={"finish_no_later": "2026-01-16"}),
        Task(id="m", parent="s"),
        Task(id="a", parent="m", duration="3 d", constraints={"finish_no_later": "2026-01-14"}),
        Task(id="b", parent="s", duration="1 d", not_before="2026-01-12", after=[After(source="x", lag="1 d")]),
        Task(id="c", duration="1 d", after=[After(source="s", lag="1 d"), After(source="m", type="SS")]),
        Task(id="d", duration="12 d"),
    ]
    pf = Portfolio(id="pf", start="2026-01-05", dialect="p6", projects=[Project(id="P", tasks=tasks)])
    path = tmp_path / f"a{suffix}"
    with pytest.warns(FormatWarning, match=r"2 bounds of summaries.*2 links of summaries, written between activities.*1 link to or from"):
        ipmo.write(pf, path)
    ours, theirs = ipmo.schedule(pf), ipmo.schedule(ipmo.read(path))
    for id in "xabcd":
        one, other = ours[f"P/{id}"], theirs[f"P/{id}"]
        assert (one.early_start, one.early_finish, one.late_finish, one.total_float) == (
            other.early_start,
            other.early_finish,
            other.late_finish,
            other.total_float,
        )


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_comes_from_outside_on_a_known_day_is_an_external_early_start(ending: str, tmp_path: Path) -> None:
    """By hand: a Friday's delivery, two days later on the clock of the work, lets it start on Wednesday; a summary hands it to what lies in it."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        dialect="p6",
        projects=[
            Project(
                id="P",
                tasks=[
                    Task(id="a", duration="1 d"),
                    Task(id="s"),
                    Task(id="in1", parent="s", duration="1 d"),
                    Task(id="in2", parent="s", duration="1 d", after=["in1"]),
                    Task(id="b", duration="1 d"),
                ],
            )
        ],
        links=[
            Link(source="external:steel", target="P/a", date="2026-01-09", lag="2 d"),
            Link(source="external:permit", target="P/s", date="2026-01-14T12:00"),
            Link(source="external:later", target="P/s", date="2026-01-13"),
            Link(source="external:undated", target="P/b"),
        ],
    )
    path = tmp_path / f"x{ending}"
    with pytest.warns(
        FormatWarning, match="3 names of what comes from outside, written as external early starts; 1 link to or from what is no activity"
    ):
        ipmo.write(pf, path)
    before, after = ipmo.schedule(pf), ipmo.schedule(path)
    assert [after[f"P/{name}"].start for name in ("a", "in1", "in2", "b")] == [
        before[f"P/{name}"].start for name in ("a", "in1", "in2", "b")
    ]
    assert before["P/a"].start == datetime(2026, 1, 14, 9) and before["P/in1"].start == datetime(2026, 1, 14, 12)
