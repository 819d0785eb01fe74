"""The worst that files of other tools hold: each is answered or refused with its line, and nothing takes ten times as long as a clean file."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

import ipmo
from ipmo.errors import FileError
from ipmo.files import mspdi_calendars
from ipmo.model import Portfolio
from ipmo.model.money import as_budget

SHIFT = "(0||0(s|08:00|f|16:00)())"
WEEK = "".join(f"(0||{day}()({SHIFT if 2 <= day <= 6 else ''}))" for day in range(1, 8))


def data(week: str = WEEK, exceptions: str = "") -> str:
    return f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||Exceptions()({exceptions}))))"


Rows = Sequence[Mapping[str, object]]


def xer(path: Path, *, calendars: Rows = (), projects: Rows = (), wbs: Rows = (), tasks: Rows = (), **more: Rows) -> Path:
    """An XER file of one project with a task, unless other rows are given."""
    calendars = calendars or [{"clndr_id": 1, "default_flag": "Y", "clndr_name": "Std", "day_hr_cnt": 8, "clndr_data": data()}]
    projects = projects or [{"proj_id": 1, "proj_short_name": "P", "last_recalc_date": "2026-01-05 08:00", "clndr_id": 1}]
    tasks = tasks or [{"task_code": "A"}]
    usual = {"proj_id": 1, "wbs_id": 10, "clndr_id": 1, "target_drtn_hr_cnt": 8, "remain_drtn_hr_cnt": 8}
    tables = {
        "CALENDAR": calendars,
        "PROJECT": projects,
        "PROJWBS": [{"wbs_id": 10, "proj_id": 1, "proj_node_flag": "Y"}, *wbs],
        "TASK": [{"task_id": place, **usual, **task} for place, task in enumerate(tasks, 1)],
        **more,
    }
    lines = ["\t".join(["ERMHDR", "8.0", "2026-01-01", "Project", "x", "x", "db", "PM", "GBP"])]
    for name, rows in tables.items():
        fields = list(dict.fromkeys(field for row in rows for field in row))
        lines += [f"%T\t{name}", "\t".join(["%F", *fields])]
        lines += ["\t".join(["%R", *(str(row.get(field, "")) for field in fields)]) for row in rows]
    path.write_text("\n".join([*lines, "%E", ""]), encoding="utf-8")
    return path


def said(portfolio: Portfolio) -> str:
    return "\n".join(f"{one.line} {one.code} {one.message}" for one in portfolio.source.findings)


@pytest.mark.parametrize(
    "text",
    [
        data(WEEK.replace("(0||2()", "(0||²()")),
        data(WEEK.replace("(0||2()", f"(0||{'2' * 5000}()")),
        data(exceptions=f"(0||0(d|{'9' * 5000})())"),
        data(exceptions="(0||0(d|²)())"),
    ],
    ids=["odd digit of a weekday", "long weekday", "long day", "odd digit of a day"],
)
def test_numbers_in_calendars_that_python_would_choke_on(tmp_path: Path, text: str) -> None:
    calendar = {"clndr_id": 1, "default_flag": "Y", "clndr_name": "Std", "day_hr_cnt": 8, "clndr_data": text}
    ipmo.schedule(ipmo.read(xer(tmp_path / "a.xer", calendars=[calendar])))


def test_projects_that_are_baselines_of_each_other_leave_a_project(tmp_path: Path) -> None:
    rows = [{"proj_id": one, "orig_proj_id": other, "proj_short_name": f"P{one}", "clndr_id": 1} for one, other in ((1, 2), (2, 3), (3, 1))]
    pf = ipmo.read(xer(tmp_path / "a.xer", projects=[*rows, {"proj_id": 4, "orig_proj_id": 2, "proj_short_name": "P4"}]))
    assert [project.id for project in pf.projects] == ["P1"]
    assert "xer/baseline-ring projects 'P1' and 'P2' and 'P3' are baselines of each other" in said(pf)


def test_a_row_with_the_key_of_another_is_refused_unless_it_is_the_same(tmp_path: Path) -> None:
    wbs = {"wbs_id": 11, "proj_id": 1, "wbs_short_name": "w", "parent_wbs_id": 10}
    tasks = [{"task_code": "A", "wbs_id": 11}]
    same = ipmo.read(xer(tmp_path / "a.xer", wbs=[wbs, wbs], tasks=tasks))
    assert not same.source.refused
    other = ipmo.read(xer(tmp_path / "a.xer", wbs=[wbs, wbs | {"wbs_short_name": "v"}], tasks=tasks))
    assert [task.id for task in other.projects[0].tasks] == ["WBS w", "A"]
    assert "a WBS element '11' is left out: another has its wbs_id, in line" in said(other)


def test_a_credit_costs_itself_and_not_the_file(tmp_path: Path) -> None:
    cost = [{"task_id": 1, "proj_id": 1, "target_cost": -5, "act_cost": 7}]
    pf = ipmo.read(xer(tmp_path / "a.xer", PROJCOST=cost))
    task = pf.projects[0].tasks[0]
    assert task.budget is None
    assert task.actual == as_budget("7 GBP")
    assert "xer/credit the budget of 'A' is -5" in said(pf)


def test_a_percentage_that_no_work_has_done_is_said(tmp_path: Path) -> None:
    task = {"task_code": "A", "status_code": "TK_Active", "act_start_date": "2026-01-05 08:00", "complete_pct_type": "CP_Phys"}
    pf = ipmo.read(xer(tmp_path / "a.xer", tasks=[task | {"phys_complete_pct": 140}]))
    assert pf.projects[0].tasks[0].progress == 1
    assert "xer/percent phys_complete_pct is 140 %, which no work has done" in said(pf)


def test_amounts_of_fifteen_digits_are_written(tmp_path: Path) -> None:
    cost = [{"task_id": 1, "proj_id": 1, "target_cost": "999999999999999"}]
    pf = ipmo.read(xer(tmp_path / "a.xer", PROJCOST=cost))
    ipmo.write(pf, tmp_path / "b.xer")
    assert ipmo.read(tmp_path / "b.xer").projects[0].tasks[0].budget == pf.projects[0].tasks[0].budget


@pytest.mark.parametrize("encoding", ["undefined", "punycode", "a\0b", "\ud800", "hex"])
def test_an_encoding_of_no_text_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(FileError, match="there is no encoding|is not text in punycode"):  # Python 3.13 says of punycode which byte
        ipmo.read(xer(tmp_path / "a.xer"), encoding=encoding)


def elapsed(path: Path) -> float:
    begun = time.perf_counter()
    ipmo.read(path)
    return time.perf_counter() - begun


def test_a_wbs_as_deep_as_it_is_long_takes_no_longer_than_a_flat_one(tmp_path: Path) -> None:
    size = 1500
    tasks = [{"task_code": f"A{n}", "wbs_id": 11 + n} for n in range(size)]

    def file(name: str, deep: bool) -> Path:
        wbs = [{"wbs_id": 11 + n, "proj_id": 1, "wbs_short_name": f"w{n}", "parent_wbs_id": 10 + n if deep else 10} for n in range(size)]
        return xer(tmp_path / name, wbs=wbs, tasks=tasks)

    flat, deep = file("flat.xer", False), file("deep.xer", True)
    assert elapsed(deep) < 5 * max(elapsed(flat), elapsed(flat))
    assert "lies too deep or inside itself; its activities stand under their project" in said(ipmo.read(deep))


def test_elements_of_one_line_are_told_apart_by_their_keys_and_the_root_of_the_wbs_is_the_project(tmp_path: Path) -> None:
    wbs = "".join(f"<WBS><ObjectId>{key}</ObjectId><Code>{code}</Code></WBS>" for key, code in ((9, "P"), (5, "a"), (5, "b")))
    activity = "<Activity><ObjectId>1</ObjectId><Id>A</Id><WBSObjectId>5</WBSObjectId><PlannedDuration>8</PlannedDuration></Activity>"
    project = f"<Project><ObjectId>1</ObjectId><Id>P</Id><WBSObjectId>9</WBSObjectId>{wbs}{activity}</Project>"
    (tmp_path / "a.xml").write_text(f"<APIBusinessObjects>{project}</APIBusinessObjects>", encoding="utf-8")
    pf = ipmo.read(tmp_path / "a.xml")
    assert [(task.id, task.parent) for task in pf.projects[0].tasks] == [("WBS a", None), ("A", "WBS a")]
    assert "1 pmxml/refused a WBS element '5' is left out: another has its wbs_id, in line 1" in said(pf)
    assert pf.source.refused == 1


# ---------------------------------------------------------------------------------------------------- Microsoft Project


def mspdi(path: Path, task: str = "", calendars: str = "", top: str = "", after: str = "") -> Path:
    """A file of one task, with a calendar of its own."""
    days = "".join(
        f"<WeekDay><DayType>{day}</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime>"
        "<ToTime>16:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
        for day in range(2, 7)
    )
    usual = f"<Calendar><UID>1</UID><Name>Std</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>{days}</WeekDays>"
    calendars = calendars.replace("<std>", usual) or usual + "</Calendar>"
    path.write_text(
        '<Project xmlns="http://schemas.microsoft.com/project"><Title>T</Title><StartDate>2026-01-05T08:00:00</StartDate>'
        f"<CurrencyCode>GBP</CurrencyCode><CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay>{top}"
        f"<Calendars>{calendars}</Calendars><Tasks><Task><UID>1</UID><Name>a</Name><OutlineLevel>1</OutlineLevel>"
        f"<Duration>PT8H0M0S</Duration>{task}</Task></Tasks>{after}</Project>",
        encoding="utf-8",
    )
    return path


def exception(first: str, last: str, kind: int, more: str = "") -> str:
    period = f"<TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod>"
    return f"<Exception>{period}<Type>{kind}</Type>{more}<DayWorking>0</DayWorking></Exception>"


def phased(values: Sequence[str]) -> str:
    parts = "".join(
        f"<TimephasedData><Type>10</Type><Start>2026-01-{day:02}T08:00:00</Start><Finish>2026-01-{day + 1:02}T08:00:00</Finish>"
        f"<Value>{value}</Value></TimephasedData>"
        for day, value in enumerate(values, 5)
    )
    return f"<Baseline><Number>0</Number><Cost>100000</Cost>{parts}</Baseline>"


@pytest.mark.parametrize("values", [["999999999999999", "-999999999999998.9"], ["-5"], ["5", "-5"]])
def test_periods_of_a_baseline_that_cancel_each_other_out_are_one_amount(tmp_path: Path, values: list[str]) -> None:
    pf = ipmo.read(mspdi(tmp_path / "a.xml", phased(values)))
    assert pf.projects[0].tasks[0].budget == as_budget("1000 GBP")
    assert "mspdi/timephased" in said(pf)


@pytest.mark.parametrize(
    ("task", "code"),
    [
        ("<LevelingDelay>-4800</LevelingDelay>", "mspdi/delay"),
        ("<ActualStart>2026-01-05T08:00:00</ActualStart><PercentComplete>200</PercentComplete>", "mspdi/percent"),
        ("<Baseline><Number>0</Number><Cost>-5</Cost></Baseline>", "mspdi/credit"),
    ],
)
def test_values_that_no_task_has_are_said(tmp_path: Path, task: str, code: str) -> None:
    pf = ipmo.read(mspdi(tmp_path / "a.xml", task))
    assert [one.code for one in pf.source.findings] == [code]
    assert pf.source.findings[0].line


def test_calendars_that_share_a_key_or_are_derived_from_themselves_are_refused(tmp_path: Path) -> None:
    ring = "".join(f"<Calendar><UID>{one}</UID><BaseCalendarUID>{3 - one}</BaseCalendarUID></Calendar>" for one in (1, 2))
    pf = ipmo.read(mspdi(tmp_path / "a.xml", calendars=ring))
    assert pf.source.refused == 2
    assert "no calendar '1' could be read; the standard one is taken" in said(pf)
    pf = ipmo.read(mspdi(tmp_path / "a.xml", calendars="<std></Calendar><Calendar><UID>1</UID><Name>Other</Name></Calendar>"))
    assert [calendar.id for calendar in pf.calendars] == ["Std"]
    assert "calendar 'Other' is left out: another has its UID" in said(pf)


def test_a_bad_work_week_costs_itself_and_not_its_calendar(tmp_path: Path) -> None:
    bad = "<TimePeriod><FromDate>2026-02-01T00:00:00</FromDate><ToDate>2026-01-01T00:00:00</ToDate></TimePeriod>"
    pf = ipmo.read(mspdi(tmp_path / "a.xml", calendars=f"<std><WorkWeeks><WorkWeek>{bad}</WorkWeek></WorkWeeks></Calendar>"))
    assert [calendar.id for calendar in pf.calendars] == ["Std"]
    assert "a work week of calendar 'Std' is left out" in said(pf)


@pytest.mark.parametrize(
    ("kind", "more", "days"),
    [
        (2, "<Month>1</Month><MonthDay>29</MonthDay>", [date(2028, 2, 29)]),
        (3, "<Month>10</Month><MonthItem>7</MonthItem><MonthPosition>3</MonthPosition>", [date(2026, 11, 26), date(2027, 11, 25)]),
        (4, "<MonthDay>31</MonthDay><Period>2</Period>", [date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31)]),
        (5, "<MonthItem>1</MonthItem><MonthPosition>4</MonthPosition>", [date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 31)]),
        (5, "<MonthItem>2</MonthItem><MonthPosition>0</MonthPosition>", [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 4)]),
        (7, "<Period>2</Period>", [date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 5)]),
        (8, "<Period>3</Period>", [date(2026, 1, 1), date(2026, 1, 6), date(2026, 1, 9)]),
    ],
    ids=["29 February", "Thanksgiving", "last days of odd months", "last weekdays", "first days of weekends", "days", "days of the week"],
)
def test_exceptions_that_recur_fall_on_the_days_of_a_wall_calendar(tmp_path: Path, kind: int, more: str, days: list[date]) -> None:
    inside = exception("2026-01-10" if kind == 5 else "2026-01-01", "2028-12-31", kind, more)
    pf = ipmo.read(mspdi(tmp_path / "a.xml", calendars=f"<std><Exceptions>{inside}</Exceptions></Calendar>"))
    assert [one.first for one in pf.calendars[0].exceptions][: len(days)] == days


def test_an_exception_by_days_ends_with_its_last_occurrence_and_one_of_no_type_is_said(tmp_path: Path) -> None:
    """Type 7 is what Project and MPXJ write for "every other day"; it was read as the first day of each month."""
    count = "<EnteredByOccurrences>1</EnteredByOccurrences><Occurrences>3</Occurrences><Period>2</Period>"
    inside = exception("2026-01-05", "2026-02-28", 7, count) + exception("2026-03-02", "2026-03-03", 9, "")
    pf = ipmo.read(mspdi(tmp_path / "a.xml", calendars=f"<std><Exceptions>{inside}</Exceptions></Calendar>"))
    assert [one.first for one in pf.calendars[0].exceptions] == [date(2026, 1, 5), date(2026, 1, 7), date(2026, 1, 9)]
    assert "an exception is of the unknown type 9" in said(pf)


def test_exceptions_of_a_hundred_years_each_do_not_stall_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mspdi_calendars, "MOST_DAYS", 100_000)
    inside = exception("2026-01-01", "2125-01-01", 5, "<MonthItem>1</MonthItem><MonthPosition>4</MonthPosition>") * 3
    pf = ipmo.read(mspdi(tmp_path / "a.xml", calendars=f"<std><Exceptions>{inside}</Exceptions></Calendar>"))
    assert "the exceptions of this file cover more than 100000 days in all" in said(pf)
    assert len(pf.calendars[0].exceptions) == 99 * 12  # a last weekday a month, and none of January 2125


def test_nobody_works_less_than_nothing(tmp_path: Path) -> None:
    people = (
        "<Resources><Resource><UID>5</UID><Name>R</Name><Type>1</Type></Resource></Resources><Assignments><Assignment><TaskUID>1</TaskUID>"
    )
    pf = ipmo.read(mspdi(tmp_path / "a.xml", after=people + "<ResourceUID>5</ResourceUID><Units>-1</Units></Assignment></Assignments>"))
    assert not pf.projects[0].tasks[0].assignments
    assert "an assignment is left out: its Units are -1: nobody does less than nothing" in said(pf)


def test_a_week_that_is_no_whole_number_of_days_costs_no_calendar(tmp_path: Path) -> None:
    shifts = "(0||0(s|08:00|f|12:00)())(0||1(s|12:30|f|16:00)())"
    week = "".join(f"(0||{day}()({shifts if 2 <= day <= 6 else ''}))" for day in range(1, 8))
    calendar = {"clndr_id": 1, "default_flag": "Y", "clndr_name": "Std", "day_hr_cnt": 7.5, "week_hr_cnt": 40, "clndr_data": data(week)}
    pf = ipmo.read(xer(tmp_path / "a.xer", calendars=[calendar]))
    assert pf.source.refused == 0
    assert (pf.calendars[0].day_minutes, pf.calendars[0].week_minutes) == (450, 2400)
    ipmo.write(pf, tmp_path / "a.yaml")
    assert ipmo.read(tmp_path / "a.yaml").calendars == pf.calendars


def test_a_wbs_summary_lasts_over_all_that_lies_in_its_element_and_below(tmp_path: Path) -> None:
    """P6 links it to nothing: from the first start to the last finish, early and late, in its element and below; b has 3 days of float."""
    wbs = [
        {"wbs_id": 11, "proj_id": 1, "wbs_short_name": "w", "parent_wbs_id": 10},
        {"wbs_id": 12, "proj_id": 1, "wbs_short_name": "x", "parent_wbs_id": 11},
    ]
    tasks = [
        {"task_code": "first", "target_drtn_hr_cnt": 16, "remain_drtn_hr_cnt": 16},
        {"task_code": "a", "wbs_id": 11},
        {"task_code": "b", "wbs_id": 12, "target_drtn_hr_cnt": 24, "remain_drtn_hr_cnt": 24},
        {"task_code": "long", "target_drtn_hr_cnt": 64, "remain_drtn_hr_cnt": 64},
        {"task_code": "level", "wbs_id": 12, "task_type": "TT_LOE"},
        {"task_code": "sum", "wbs_id": 11, "task_type": "TT_WBS"},
        {"task_code": "inner", "wbs_id": 12, "task_type": "TT_WBS"},
        {"task_code": "none", "wbs_id": 10, "task_type": "TT_WBS"},
    ]
    links = [{"task_id": task, "pred_task_id": 1, "pred_type": "PR_FS"} for task in (2, 3)]
    pf = ipmo.read(xer(tmp_path / "a.xer", wbs=wbs, tasks=tasks, TASKPRED=links))
    s = ipmo.schedule(pf)
    rows = {id: s[f"P/{id}"] for id in ("sum", "inner", "none")}
    dates = {id: (f"{row.early_start:%d}", f"{row.early_finish:%d}", row.total_float) for id, row in rows.items()}
    assert dates == {"sum": ("07", "09", 3.0), "inner": ("07", "09", 3.0), "none": ("05", "14", 0.0)}
    ipmo.write(pf, tmp_path / "out.xer")
    again = ipmo.schedule(ipmo.read(tmp_path / "out.xer"))
    assert {
        id: (f"{again[f'P/{id}'].early_start:%d}", f"{again[f'P/{id}'].early_finish:%d}", again[f"P/{id}"].total_float) for id in rows
    } == dates


EMPTY = {
    "p.xer": "ERMHDR\t19.12\t2026-01-05\tProject\tu\tu\tdb\tPM\tEUR\n%T\tPROJECT\n%F\tproj_id\tproj_short_name\n%R\t1\tP\n%E\n",
    "p.xml": '<Project xmlns="http://schemas.microsoft.com/project"><Name>P</Name><Tasks/></Project>',
    "q.xml": '<APIBusinessObjects xmlns="http://xmlns.oracle.com/Primavera/P6/V19.12/API/BusinessObjects"><Project><ObjectId>1</ObjectId><Id>P</Id>'
    "</Project></APIBusinessObjects>",
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_file_without_tasks_and_dates_is_answered(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(EMPTY[name])
    pf = ipmo.read(tmp_path / name)
    assert len(pf.projects) == 1
    assert not pf.projects[0].tasks
    assert ipmo.schedule(pf).finish is None
    assert "ipmo/no-dates" in {one.code for one in ipmo.check(pf)}
    for ending in (".xer", ".xml", ".yaml"):
        ipmo.write(pf, tmp_path / f"out{ending}")
        assert ipmo.schedule(ipmo.read(tmp_path / f"out{ending}")).finish is None


def pmxml(tmp_path: Path, *, place: str = "http://x y", length: str = "8", lag: str = "0", day: str = "2026-01-05T00:00:00") -> list[str]:
    """The findings of a file of Primavera's XML with two activities and a link."""
    activities = "".join(
        f"<Activity><ObjectId>{n}</ObjectId><Id>{id}</Id><Type>Task Dependent</Type><Status>Not Started</Status>"
        f"<PlannedDuration>{length if n == 1 else 8}</PlannedDuration><RemainingDuration>8</RemainingDuration></Activity>"
        for n, id in ((1, "A"), (2, "B"))
    )
    path = tmp_path / "x.pmxml"
    path.write_text(
        '<?xml version="1.0"?><APIBusinessObjects xmlns="http://xmlns.oracle.com/Primavera/P6/V25.12/API/BusinessObjects" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{place}"><Project><ObjectId>9</ObjectId><Id>P</Id>'
        f"<DataDate>{day}</DataDate>{activities}<Relationship><ObjectId>1</ObjectId><PredecessorActivityObjectId>1</PredecessorActivityObjectId>"
        f"<SuccessorActivityObjectId>2</SuccessorActivityObjectId><Type>Finish to Start</Type><Lag>{lag}</Lag></Relationship></Project></APIBusinessObjects>"
    )
    return [f"{one.code}: {one.message}" for one in ipmo.read(path).source.findings]


def test_what_cannot_be_read_in_primavera_xml_is_named_as_it_is_there(tmp_path: Path) -> None:
    assert pmxml(tmp_path) == []
    assert pmxml(tmp_path, length="1.234,5")[0] == "pmxml/refused: activity 'A' is left out: PlannedDuration '1.234,5' is not a number"
    assert pmxml(tmp_path, length="-8")[0] == "pmxml/refused: activity 'A' is left out: PlannedDuration is -8: a duration is not negative"
    assert pmxml(tmp_path, lag="NaN")[0] == "pmxml/refused: a relationship is left out: Lag 'NaN' is not a number"
    assert pmxml(tmp_path, day="2026-13-40T08:00:00")[0] == "pmxml/value: DataDate '2026-13-40T08:00:00' is not a date; it is left out"


def test_primavera_xml_that_mpxj_made_says_what_it_cannot_keep(tmp_path: Path) -> None:
    (only,) = pmxml(tmp_path, place="")
    assert only.startswith("pmxml/made-by-mpxj: this file bears the marks of MPXJ")
    assert "a lag of 50 % has become 50 minutes" in only


def test_a_calendar_that_is_named_and_missing_is_not_called_unnamed(tmp_path: Path) -> None:
    path = mspdi(tmp_path / "x.xml")
    text = path.read_text()
    assert "<CalendarUID>1<" in text
    path.write_text(text.replace("<CalendarUID>1<", "<CalendarUID>77<", 1))
    assert "calendar 77 of the project is not in the file; 'Std' is taken" in said(ipmo.read(path))
