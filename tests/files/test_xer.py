"""Primavera XER: what is understood, what is refused with its line, and what hostile files do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.errors import FileError, IpmoError
from ipmo.files.foreign import escaped, unescaped
from ipmo.model import Portfolio
from ipmo.units import Span, as_day

CAL = (
    "(0||CalendarData()(\x7f\x7f (0||DaysOfWeek()("
    + "".join(f"(0||{d}()({'(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())' if 1 < d < 7 else ''}))" for d in range(1, 8))
    + "))(0||Exceptions()((0||0(d|46027)())(0||1(d|46028)((0||0(s|08:00|f|12:00)())))))))"
)
TASK = [
    "task_id",
    "proj_id",
    "wbs_id",
    "clndr_id",
    "task_code",
    "task_name",
    "task_type",
    "status_code",
    "target_drtn_hr_cnt",
    "remain_drtn_hr_cnt",
    "act_start_date",
    "act_end_date",
    "cstr_type",
    "cstr_date",
]


def xer(**tables: tuple[list[str], list[list[str]]]) -> str:
    lines = ["ERMHDR\t6.0\t2026-01-05\tProject\tadmin\tAdmin\tdb\tProject Management\tUSD"]
    for name, (fields, rows) in tables.items():
        lines += [f"%T\t{name}", "\t".join(["%F", *fields])]
        lines += ["\t".join(["%R", *row]) for row in rows]
    return "\r\n".join([*lines, "%E", ""])


def plan(**more: tuple[list[str], list[list[str]]]) -> str:
    """One project of two linked activities under one WBS element."""
    tables: dict[str, tuple[list[str], list[list[str]]]] = {
        "PROJECT": (
            ["proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date", "plan_end_date"],
            [["1", "TRAM", "c", "2026-01-05 00:00", "2026-01-05 08:00", "2026-02-28 17:00"]],
        ),
        "CALENDAR": (
            ["clndr_id", "clndr_name", "default_flag", "day_hr_cnt", "week_hr_cnt", "clndr_data"],
            [["c", "Five days", "Y", "8", "40", CAL]],
        ),
        "PROJWBS": (
            ["wbs_id", "proj_id", "parent_wbs_id", "wbs_short_name", "wbs_name", "proj_node_flag"],
            [["10", "1", "", "TRAM", "Tram line", "Y"], ["11", "1", "10", "CIV", "Civil works", "N"], ["12", "1", "10", "EMPTY", "", "N"]],
        ),
        "TASK": (
            TASK,
            [
                ["100", "1", "11", "c", "A100", "Dig", "TT_Task", "TK_NotStart", "40", "40", "", "", "", ""],
                ["101", "1", "11", "c", "A/101", "Lay", "TT_Task", "TK_NotStart", "16", "16", "", "", "CS_MSOA", "2026-01-20 08:00"],
                ["102", "1", "11", "c", "M", "Open", "TT_FinMile", "TK_NotStart", "0", "0", "", "", "", ""],
            ],
        ),
        "TASKPRED": (
            ["task_pred_id", "task_id", "pred_task_id", "proj_id", "pred_proj_id", "pred_type", "lag_hr_cnt"],
            [["1", "101", "100", "1", "1", "PR_SS", "8"], ["2", "102", "101", "1", "1", "PR_FS", "0"]],
        ),
    }
    return xer(**{**tables, **more})


Reader = Callable[..., Portfolio]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reading(text: str | bytes, name: str = "plan.xer", **options: object) -> Portfolio:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("cp1252"))
        return ipmo.read(path, **options)  # type: ignore[arg-type]

    return reading


def codes(pf: Portfolio) -> list[str]:
    return [f.code for f in pf.source.findings]


def test_projects_wbs_activities_links_and_calendars_are_read(read: Reader) -> None:
    pf = read(plan())
    assert (pf.dialect.name, pf.source.format, pf.source.refused) == ("p6", "xer", 0)
    assert [p.id for p in pf.projects] == ["TRAM"]
    assert pf["TRAM"].name == "Tram line"
    assert [t.id for t in pf["TRAM"].tasks] == ["WBS CIV", "A100", "A%2F101", "M"]
    assert pf["TRAM/A%2F101"].parent == "WBS CIV"
    assert pf["TRAM/A%2F101"].not_before == datetime(2026, 1, 20, 8)
    assert [(a.source, a.type, a.lag) for a in pf["TRAM/A%2F101"].after] == [("A100", "SS", Span(8, "h"))]
    (calendar,) = pf.calendars
    assert calendar.day_minutes == 480
    assert [(e.first, e.hours) for e in calendar.exceptions] == [(date(2026, 1, 5), "none"), (date(2026, 1, 6), "08:00-12:00")]
    s = ipmo.schedule(pf)
    assert s["TRAM/A100"].early_start == datetime(2026, 1, 6, 8)
    assert s["TRAM/M"].early_start == datetime(2026, 1, 21, 17)
    assert codes(pf) == ["xer/empty-wbs", "xer/escaped-id"]


def test_days_are_those_of_the_calendar_and_nothing_is_cut_off(read: Reader) -> None:
    """Four shifts of ten hours are four days; xerparser 0.13.9 says five for every calendar, and cuts off parts of a day."""
    week = "".join(f"(0||{d}()({'(0||0(s|07:00|f|17:00)())' if 1 < d < 6 else ''}))" for d in range(1, 8))
    tens = f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||Exceptions()())))"
    calendar = ["clndr_id", "clndr_name", "default_flag", "day_hr_cnt", "week_hr_cnt", "clndr_data"]
    work = [["100", "40"], ["101", "25"]]
    tasks = [[uid, "1", "11", "c", f"A{uid}", "", "TT_Task", "TK_NotStart", hours, hours, "", "", "", ""] for uid, hours in work]
    link = ["task_pred_id", "task_id", "pred_task_id", "proj_id", "pred_proj_id", "pred_type", "lag_hr_cnt"]
    pf = read(
        plan(
            CALENDAR=(calendar, [["c", "Four tens", "Y", "10", "40", tens]]),
            TASK=(TASK, tasks),
            TASKPRED=(link, [["1", "101", "100", "1", "1", "PR_FS", "10"]]),
        )
    )
    dig, lay = ipmo.schedule(pf)["TRAM/A100"], ipmo.schedule(pf)["TRAM/A101"]
    assert (dig.early_start, dig.early_finish) == (datetime(2026, 1, 5, 8), datetime(2026, 1, 12, 8))
    assert (lay.early_start, lay.early_finish) == (datetime(2026, 1, 13, 8), datetime(2026, 1, 15, 13))
    assert (dig.total_float, lay.total_float) == (24.4, 24.4)  # 4 h of 15 January and six weeks of 40 h, until the project must finish
    table = pf.calendar_table[pf["TRAM/A100"].calendar or pf["TRAM"].calendar or ""]
    assert (table.minutes(Span(1, "d")), table.minutes(Span(40, "h"))) == (600, 2400)


def test_ids_are_escaped_and_given_back() -> None:
    for text in ("a/b", "a:b@c", "50%", "a%2Fb", " x", "x ", "a  b", "tab\there", "ü/é", "a"):
        made = escaped(text)
        assert unescaped(made) == text, (text, made)
        assert not set(made) & set("/:@\t")


PERCENT = ["complete_pct_type", "phys_complete_pct", "act_work_qty", "remain_work_qty"]


@pytest.mark.parametrize(
    ("row", "progress"),
    [
        (["CP_Drtn", "30", "9", "1"], 0.75),  # 4 of 16 hours are left
        (["", "30", "9", "1"], 0.75),  # P6 means duration where it says nothing
        (["CP_Phys", "30", "9", "1"], 0.3),
        (["CP_Phys", "", "9", "1"], None),
        (["CP_Phys", "0", "9", "1"], 0.0),
        (["CP_Units", "30", "9", "1"], 0.9),
        (["CP_Units", "30", "0", "12"], 0.0),
        (["CP_Units", "30", "", "12"], 0.0),
        (["CP_Units", "30", "6", ""], 1.0),
        (["CP_Units", "30", "0", "0"], None),
        (["CP_Phys", "250", "", ""], 1.0),
    ],
)
def test_each_percent_complete_type_takes_its_own_measure(read: Reader, row: list[str], progress: float | None) -> None:
    active = ["81", "1", "11", "c", "half", "", "TT_Task", "TK_Active", "16", "4", "2026-01-01 08:00", "", "", ""]
    pf = read(plan(TASK=([*TASK, *PERCENT], [[*active, *row]]), TASKPRED=(["task_id", "pred_task_id", "pred_type"], [])))
    assert pf["TRAM/half"].progress == progress
    assert pf["TRAM/half"].remaining.central() == Span(4, "h"), "what is left is the remaining duration, whatever the type"


def test_more_left_than_planned_is_no_negative_progress(read: Reader) -> None:
    active = ["81", "1", "11", "c", "grown", "", "TT_Task", "TK_Active", "16", "24", "2026-01-01 08:00", "", "", ""]
    pf = read(plan(TASK=(TASK, [active]), TASKPRED=(["task_id", "pred_task_id", "pred_type"], [])))
    assert pf["TRAM/grown"].progress == 0.0


def test_every_kind_of_activity_constraint_and_status_is_understood(read: Reader) -> None:
    kinds = ["TT_Task", "TT_Rsrc", "TT_LOE", "TT_Mile", "TT_FinMile", "TT_WBS", "TT_Odd"]
    ties = ["CS_MSO", "CS_MEO", "CS_MSOB", "CS_MEOB", "CS_MEOA", "CS_MANDSTART", "CS_MANDFIN", "CS_ALAP", "CS_WHAT"]
    rows = [[str(n), "1", "11", "c", k, k, k, "TK_NotStart", "8", "8", "", "", "", ""] for n, k in enumerate(kinds)]
    rows += [
        [str(50 + n), "1", "11", "c", k, k, "TT_Task", "TK_NotStart", "8", "8", "", "", k, "2026-02-02 08:00"] for n, k in enumerate(ties)
    ]
    rows += [
        ["80", "1", "11", "c", "done", "", "TT_Task", "TK_Complete", "8", "0", "2026-01-01 08:00", "2026-01-02 17:00", "", ""],
        ["81", "1", "11", "c", "half", "", "TT_Task", "TK_Active", "16", "4", "2026-01-01 08:00", "", "", ""],
        ["82", "1", "11", "c", "lost", "", "TT_Task", "TK_Active", "16", "4", "", "", "", ""],
        ["83", "1", "11", "c", "turned", "", "TT_Task", "TK_Complete", "8", "0", "2026-01-03 08:00", "2026-01-02 17:00", "", ""],
    ]
    pf = read(plan(TASK=(TASK, rows), TASKPRED=(["task_id", "pred_task_id", "pred_type"], [])))
    tasks = {t.id: t for t in pf["TRAM"].tasks}
    assert [tasks[k].hammock for k in kinds] == [False, False, True, False, False, True, False]
    assert [tasks[k].milestone_of for k in kinds[3:5]] == ["start", "finish"]
    tied = {k: tasks[k].constraints for k in ties}
    assert tied["CS_MSO"].start_on == tied["CS_MANDSTART"].mandatory_start == datetime(2026, 2, 2, 8)
    assert tasks["CS_MEOA"].finish_not_before == datetime(2026, 2, 2, 8)
    assert tied["CS_ALAP"].as_late_as_possible
    assert tied["CS_WHAT"] is None
    assert tasks["half"].progress == 0.75
    assert str(tasks["half"].remaining) == "4 h" or tasks["half"].remaining.central() == Span(4, "h")
    assert (tasks["done"].finished, tasks["turned"].actual_start) == (True, None)
    assert {"xer/task-type", "xer/constraint", "xer/no-actual", "xer/actual-order"} <= set(codes(pf))
    assert pf.source.refused == 0


@pytest.mark.parametrize(
    ("begun", "done", "finished", "started"),
    [("", "", False, False), ("2026-01-01 08:00", "", False, True), ("2026-01-01 08:00", "2026-01-02 17:00", True, True)],
)
def test_of_an_unknown_status_the_actual_dates_say_how_far_work_is(
    begun: str, done: str, finished: bool, started: bool, read: Reader, tmp_path: Path
) -> None:
    row = ["80", "1", "11", "c", "odd", "", "TT_Task", "TK_Maybe", "16", "4", begun, done, "", ""]
    pf = read(plan(TASK=(TASK, [row]), TASKPRED=(["task_id", "pred_task_id", "pred_type"], [])))
    assert (pf["TRAM/odd"].finished, pf["TRAM/odd"].started) == (finished, started)
    (said,) = (one for one in pf.source.findings if one.code == "xer/status")
    assert "'odd' has the unknown status 'TK_Maybe'" in said.message
    assert "xer/no-actual" not in codes(pf), "no status says that it is over"
    ipmo.write(pf, tmp_path / "plan.pmxml")
    text = (tmp_path / "plan.pmxml").read_text(encoding="utf-8")
    status = next(
        word for word in ("Not Started", "In Progress", "Completed") if f"<Status>{word}</Status>" in text.partition("<Activity>")[2]
    )
    odd = text.replace(f"<Status>{status}</Status>", "<Status>Weird</Status>")
    (tmp_path / "odd.xml").write_text(odd, encoding="utf-8")
    again = ipmo.read(tmp_path / "odd.xml")
    assert (again["TRAM/odd"].finished, again["TRAM/odd"].started) == (finished, started)
    assert any("'Weird'" in one.message for one in again.source.findings)


def test_a_type_of_relationship_that_is_none_is_answered_in_the_words_of_the_file(read: Reader, tmp_path: Path) -> None:
    tasks = [[str(n), "1", "11", "c", name, "", "TT_Task", "TK_NotStart", "8", "8", "", "", "", ""] for n, name in ((80, "a"), (81, "b"))]
    links = ["task_id", "pred_task_id", "pred_type"]
    refused = read(plan(TASK=(TASK, tasks), TASKPRED=(links, [["81", "80", "PR_XX"]])))
    assert any("is not one of PR_FS, PR_SS, PR_FF, PR_SF" in one.message for one in refused.source.findings)
    ipmo.write(read(plan(TASK=(TASK, tasks), TASKPRED=(links, [["81", "80", "PR_FS"]]))), tmp_path / "plan.pmxml")
    text = (tmp_path / "plan.pmxml").read_text(encoding="utf-8")
    (tmp_path / "odd.xml").write_text(text.replace("Finish to Start", "Finish to Nothing"), encoding="utf-8")
    (said,) = (one.message for one in ipmo.read(tmp_path / "odd.xml").source.findings if "Nothing" in one.message)
    assert said.endswith("is not one of Finish to Start, Start to Start, Finish to Finish, Start to Finish")


def test_the_options_of_the_scheduler_become_the_dialect(read: Reader) -> None:
    fields = [
        "proj_id",
        "sched_retained_logic",
        "sched_progress_override",
        "sched_calendar_on_relationship_lag",
        "sched_float_type",
        "sched_lag_early_start_flag",
        "sched_use_project_end_date_for_float",
        "sched_use_expect_end_flag",
    ]
    pf = read(plan(SCHEDOPTIONS=(fields, [["1", "N", "Y", "rcal_24Hour", "FT_SF", "N", "N", "N"]])))
    d = pf.dialect
    assert (d.progress, d.lag_calendar, d.total_float, d.start_lag, d.float_to, d.expected_finish) == (
        "override",
        "continuous",
        "start",
        "actual",
        "network",
        False,
    )
    assert read(plan(SCHEDOPTIONS=(fields, [["1", "N", "N", "rcal_ProjDefault", "FT_MIN", "Y", "Y", "Y"]]))).dialect.progress == "actual"
    several = read(plan(SCHEDOPTIONS=(fields, [["1", "Y", "N", "", "", "Y", "Y", "Y"], ["1", "N", "Y", "", "", "Y", "Y", "Y"]])))
    assert "xer/options" in codes(several)


def test_relationships_across_projects_and_out_of_the_file(read: Reader) -> None:
    two = (
        ["proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date"],
        [["1", "TRAM", "c", "2026-01-05 00:00", "2026-01-05 08:00"], ["2", "DEPOT", "c", "2026-01-12 00:00", "2026-01-05 08:00"]],
    )
    tasks = [
        ["100", "1", "", "c", "A", "", "TT_Task", "TK_NotStart", "8", "8", "", "", "", ""],
        ["200", "2", "", "c", "A", "", "TT_Task", "TK_NotStart", "8", "8", "", "", "", ""],
    ]
    preds = (
        ["task_id", "pred_task_id", "proj_id", "pred_proj_id", "pred_type", "lag_hr_cnt"],
        [["200", "100", "2", "1", "PR_FS", "0"], ["100", "999", "1", "9", "PR_FF", "4"], ["888", "777", "1", "1", "PR_FS", "0"]],
    )
    pf = read(plan(PROJECT=two, TASK=(TASK, tasks), TASKPRED=preds))
    assert [(link.source, link.target, link.type) for link in pf.links] == [("TRAM/A", "DEPOT/A", "FS"), ("external:9.999", "TRAM/A", "FF")]
    assert pf["TRAM"].status_date == date(2026, 1, 5)
    assert pf.status_date == date(2026, 1, 12)
    assert pf.source.refused == 1
    assert "neither of its activities is in the file" in str([f for f in pf.source.findings if f.code == "xer/refused"])
    (outside,) = (one.message for one in pf.source.findings if one.code == "xer/outside")
    assert outside.startswith("1 relationship leads to activities") and outside.endswith("kept as an external dependency")


def test_a_baseline_in_the_file_gives_baseline_dates_and_no_project(read: Reader) -> None:
    projects = (
        ["proj_id", "orig_proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date"],
        [["1", "", "TRAM", "c", "2026-01-05 00:00", "2026-01-05 08:00"], ["2", "1", "TRAM-B1", "c", "", ""]],
    )
    fields = [*TASK, "target_start_date", "target_end_date"]
    tasks = [
        ["100", "1", "", "c", "A", "", "TT_Task", "TK_NotStart", "8", "8", "", "", "", "", "", ""],
        ["200", "2", "", "c", "A", "", "TT_Task", "TK_NotStart", "8", "8", "", "", "", "", "2026-01-07 08:00", "2026-01-07 17:00"],
    ]
    pf = read(plan(PROJECT=projects, TASK=(fields, tasks), TASKPRED=(["task_id", "pred_task_id", "pred_type"], [])))
    assert [p.id for p in pf.projects] == ["TRAM"]
    assert pf["TRAM/A"].baseline_finish == datetime(2026, 1, 7, 17)


def test_resources_costs_and_codes_are_kept(read: Reader) -> None:
    pf = read(
        plan(
            RSRC=(["rsrc_id", "rsrc_short_name", "rsrc_name", "rsrc_type"], [["7", "CIVIL", "Civil crew", "RT_Labor"]]),
            TASKRSRC=(
                ["task_id", "rsrc_id", "target_qty", "target_qty_per_hr", "target_cost", "act_reg_cost", "act_ot_cost"],
                [["100", "7", "80", "2", "4000,50", "10", "5"], ["100", "9", "1", "1", "1", "0", "0"]],
            ),
            ACTVTYPE=(["actv_code_type_id", "actv_code_type"], [["1", "Area"]]),
            ACTVCODE=(["actv_code_id", "actv_code_type_id", "actv_code_name"], [["5", "1", "North"]]),
            TASKACTV=(["task_id", "actv_code_id"], [["100", "5"], ["100", "6"]]),
            MEMOTYPE=(["memo_type_id"], [["1"], ["2"]]),
        )
    )
    task = pf["TRAM/A100"]
    assert (task.assignments[0].resource, task.assignments[0].units, str(task.assignments[0].effort)) == ("CIVIL", 2, "80 ph")
    assert str(task.budget.lines[0].amount.central()) == "4000.5 USD"
    assert dict(task.attributes) == {"Area": "North"}
    assert pf.source.refused == 2
    assert "2 rows of 1 table are not read: 'MEMOTYPE (2)'" in str([f for f in pf.source.findings if f.code == "xer/tables-not-read"])


def test_physical_and_units_percent_never_become_time(read: Reader) -> None:
    active = ["81", "1", "11", "c", "half", "", "TT_Task", "TK_Active", "80", "80", "2026-01-01 08:00", "", "", ""]
    for kind in ("CP_Phys", "CP_Units"):
        for left in ("80", ""):
            row = [*active[:9], left, *active[10:], kind, "80", "8", "2"]
            pf = read(plan(TASK=([*TASK, *PERCENT], [row]), TASKPRED=(["task_id", "pred_task_id", "pred_type"], [])))
            assert pf["TRAM/half"].progress == 0.8
            assert pf["TRAM/half"].remaining.central() == Span(80, "h")


def test_dates_of_one_digit_are_dates(read: Reader) -> None:
    pf = read(plan().replace("2026-01-20 08:00", "2026-1-20 8:00:00").replace("2026-01-05 08:00", "2026-1-5 08:00"))
    assert pf["TRAM/A%2F101"].not_before == datetime(2026, 1, 20, 8)
    assert pf.source.refused == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("(0||1(d|46028)", "(0||1(d|4x028)", "calendar-exception"),
        ("(0||1(d|46028)", "(0||1(d|99999999)", "calendar-exception"),
        ("(d|46028)((0||0(s|08:00|f|12:00)", "(d|46028)((0||0(s|08:00|f|92:00)", "calendar-exception"),
        ("(d|46028)((0||0(s|08:00|f|12:00)())", "(d|46028)((0||0(s|08:00|f|12:00)()", "calendar-data"),
    ],
)
def test_one_bad_exception_costs_that_exception_and_not_the_calendar(old: str, new: str, code: str, read: Reader) -> None:
    text = plan()
    assert old in text
    pf = read(text.replace(old, new))
    (calendar,) = pf.calendars
    assert calendar.week_shifts()[0] == ((480, 720), (780, 1020)), "the week stands"
    assert date(2026, 1, 5) in [e.first for e in calendar.exceptions], "and the other exception"
    assert f"xer/{code}" in codes(pf)
    assert pf.source.refused == 0


def test_shifts_that_touch_overlap_or_pass_midnight(read: Reader) -> None:
    for given, week in (
        ("(0||0(s|08:00|f|13:00)())(0||1(s|12:00|f|17:00)())", ((480, 1020),)),
        ("(0||0(f|06:00|s|22:00)())", ((1320, 1800),)),
        ("(0||0(s|0:00|f|6:00)())(0||1(s|22:00|f|23:59)())", ((0, 360), (1320, 1440))),
    ):
        data = CAL.replace("(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())", given)
        calendars = (["clndr_id", "clndr_name", "default_flag", "day_hr_cnt", "clndr_data"], [["c", "Five days", "Y", "8", data]])
        (calendar,) = read(plan(CALENDAR=calendars)).calendars
        assert calendar.week_shifts()[0] == week


STATUS = ["task_id", "proj_id", "clndr_id", "task_code", "task_type", "status_code", "target_drtn_hr_cnt", "remain_drtn_hr_cnt"]
STATUS += ["act_start_date", "act_end_date", "cstr_type", "cstr_date"]
LINKS = ["task_id", "pred_task_id", "pred_type", "lag_hr_cnt"]


def progressed(*rows: list[str], links: list[list[str]], override: bool = False) -> str:
    """Activities on the five-day calendar, data date Monday 12 January 2026 08:00."""
    project = (
        ["proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date"],
        [["1", "P", "c", "2026-01-12 08:00", "2026-01-05 08:00"]],
    )
    options = (["proj_id", "sched_retained_logic", "sched_progress_override"], [["1", "N", "Y"] if override else ["1", "Y", "N"]])
    tasks = [[str(100 + n), "1", "c", name, "TT_Task", *rest] for n, (name, *rest) in enumerate(rows)]
    return plan(PROJECT=project, SCHEDOPTIONS=options, TASK=(STATUS, tasks), TASKPRED=(LINKS, links))


OPEN = ["TK_NotStart", "40", "40", "", "", "", ""]


def test_an_actual_finish_after_the_data_date_counts_as_the_data_date(read: Reader) -> None:
    done = ["TK_Complete", "24", "0", "2026-01-05 08:00", "2026-01-14 17:00", "", ""]
    pf = read(progressed(["a", *done], ["b", *OPEN], links=[["101", "100", "PR_FS", "0"]]))
    assert ipmo.schedule(pf)["P/b"].early_start == datetime(2026, 1, 12, 8)
    pf = read(progressed(["a", *done], ["b", *OPEN], links=[["101", "100", "PR_FS", "8"]]))
    assert ipmo.schedule(pf)["P/b"].early_start == datetime(2026, 1, 13, 8), "a lag has still to pass"


def test_a_mandatory_date_before_the_data_date_moves_no_work_before_it(read: Reader) -> None:
    pf = read(progressed(["a", "TK_NotStart", "40", "40", "", "", "CS_MANDSTART", "2026-01-07 08:00"], links=[]))
    item = ipmo.schedule(pf)["P/a"]
    assert (item.early_start, item.late_start) == (datetime(2026, 1, 12, 8), datetime(2026, 1, 7, 8))
    assert item.total_float == -3.0


def test_under_progress_override_a_finish_to_finish_link_still_bounds_late_dates(read: Reader) -> None:
    active = ["TK_Active", "40", "8", "2026-01-07 08:00", "", "CS_MEOB", "2026-01-16 17:00"]
    rows = [["a", *OPEN], ["b", *active], ["c", "TK_NotStart", "120", "120", "", "", "", ""]]
    pf = read(progressed(*rows, links=[["101", "100", "PR_FF", "8"]], override=True))
    s = ipmo.schedule(pf)
    assert s["P/b"].early_finish == datetime(2026, 1, 12, 17), "early dates go on at once"
    assert (s["P/a"].late_finish, s["P/a"].total_float) == (datetime(2026, 1, 15, 17), -1.0)
    assert s["P/c"].total_float == 0.0


def test_finished_work_passes_on_what_its_predecessors_hold_back(read: Reader) -> None:
    done = ["TK_Complete", "24", "0", "2026-01-05 08:00", "2026-01-07 17:00", "", ""]
    rows = [["a", *OPEN], ["b", *done], ["c", *OPEN]]
    for first, second, start, slack in (
        ("PR_FS", "PR_FS", datetime(2026, 1, 19, 8), 0.0),
        ("PR_SS", "PR_SS", datetime(2026, 1, 12, 8), 0.0),
        ("PR_FS", "PR_SS", datetime(2026, 1, 19, 8), 0.0),
        ("PR_FF", "PR_FS", datetime(2026, 1, 19, 8), 0.0),
    ):
        links = [["101", "100", first, "0"], ["102", "101", second, "0"]]
        s = ipmo.schedule(read(progressed(*rows, links=links)))
        assert (s["P/c"].early_start, s["P/a"].total_float) == (start, slack), (first, second)
        assert (s["P/b"].start, s["P/b"].finish) == (datetime(2026, 1, 5, 8), datetime(2026, 1, 7, 17))
        s = ipmo.schedule(read(progressed(*rows, links=links, override=True)))
        assert s["P/c"].early_start == datetime(2026, 1, 12, 8)


HOSTILE: list[tuple[str, str | bytes, str]] = [
    ("an empty file", b"", "the file is empty"),
    ("no header", "%T\tPROJECT\r\n", "does not begin with ERMHDR"),
    ("no project", "ERMHDR\t6.0\r\n%E\r\n", "holds no project"),
]


@pytest.mark.parametrize(("what", "text", "message"), HOSTILE, ids=[w for w, _, _ in HOSTILE])
def test_what_is_no_xer_file_is_a_located_error(what: str, text: str | bytes, message: str, read: Reader) -> None:
    with pytest.raises(FileError, match=message):
        read(text, format="xer")


BROKEN: list[tuple[str, Callable[[str], str | bytes], str, int]] = [
    ("cut off", lambda t: t[: t.index("%E")], "truncated", 1),
    ("a row of too many values", lambda t: t.replace("%R\t1\t101", "%R\t1\t101\tx\ty\tz\tmore\tand\tmore", 1), "refused", 1),
    ("a row of too few values", lambda t: t.replace("\tPR_SS\t8", "\tPR_SS", 1), "short-row", 1),
    ("a table without fields", lambda t: t.replace("%F\ttask_pred_id", "%X\ttask_pred_id", 1), "refused", 3),
    ("no hours per day", lambda t: t.replace("\tY\t8\t40\t", "\tY\t\t\t", 1), "hours-per-day", 1),
    ("zero hours per day", lambda t: t.replace("\tY\t8\t40\t", "\tY\t0\t40\t", 1), "hours-per-day", 1),
    ("a link to nowhere", lambda t: t.replace("\t101\t100\t", "\t555\t556\t", 1), "refused", 1),
    ("a lag of a million days", lambda t: t.replace("PR_SS\t8", "PR_SS\t24000000", 1), "refused", 1),
    ("a calendar without working time", lambda t: t.replace("s|08:00|f|12:00", "x").replace("s|13:00|f|17:00", "x"), "refused", 1),
    ("a calendar that is cut", lambda t: t.replace("(0||Exceptions()", "(0||Exceptions(", 1), "calendar-data", 1),
    ("a number that is none", lambda t: t.replace("\t40\t40\t", "\tforty\t40\t", 1), "refused", 1),
    ("a date that is none", lambda t: t.replace("2026-01-20 08:00", "2026-02-30 08:00", 1), "constraint", 1),
    ("a negative duration", lambda t: t.replace("\t40\t40\t", "\t-40\t40\t", 1), "refused", 1),
    ("nan", lambda t: t.replace("\t40\t40\t", "\tnan\t1e400\t", 1), "refused", 1),
    ("a task code twice", lambda t: t.replace("A/101", "A100", 1), "same-id", 1),
    (
        "the same link twice",
        lambda t: t.replace("%R\t2\t102\t101", "%R\t2\t101\t100", 1).replace("\t1\t1\tPR_FS\t0", "\t1\t1\tPR_SS\t0", 1),
        "refused",
        1,
    ),
    ("an unknown link type", lambda t: t.replace("PR_SS", "PR_XX", 1), "refused", 1),
    ("a wrong code page", lambda t: t.replace("Dig", "Копать землю здесь").encode("cp1251"), "code-page", 1),
]


@pytest.mark.parametrize(("what", "breaks", "code", "least"), BROKEN, ids=[w for w, *_ in BROKEN])
def test_broken_rows_are_findings_with_their_line_and_nothing_else_is_lost(
    what: str, breaks: Callable[[str], str | bytes], code: str, least: int, read: Reader
) -> None:
    pf = read(breaks(plan()))
    found = [f for f in pf.source.findings if f.code == f"xer/{code}"]
    assert len(found) >= least, pf.source.findings
    assert all(f.line for f in found if code in ("refused", "short-row", "truncated")), found
    if code == "refused":
        assert pf.source.refused >= least
    for verb in (ipmo.schedule, ipmo.check):
        verb(pf)


def test_the_code_page_may_be_said(read: Reader) -> None:
    text = plan().replace("Dig", "Копать").encode("cp1251")
    assert read(text, encoding="cp1251")["TRAM/A100"].name == "Копать"
    assert read(plan().replace("Dig", "Größe").encode("cp1252"))["TRAM/A100"].name == "Größe"
    assert read(plan().replace("Dig", "Größe").encode("utf-8"))["TRAM/A100"].name == "Größe"
    assert read(plan().replace("Dig", "掘削").encode("utf-16"))["TRAM/A100"].name == "掘削"
    with pytest.raises(FileError, match="no encoding 'klingon'"):
        read(plan(), encoding="klingon")
    with pytest.raises(FileError, match="says its encoding itself"):
        read("ipmo: 1\nportfolio: {id: x}\n", name="x.yaml", encoding="cp1251")


def test_line_ends_may_be_mixed_and_a_loop_is_a_finding(read: Reader) -> None:
    lines = plan().split("\r\n")
    mixed = "".join(line + ("\n", "\r\n", "\r")[n % 3] for n, line in enumerate(lines))
    assert read(mixed) == read(plan())
    loop = plan().replace("%R\t2\t102\t101", "%R\t2\t100\t101", 1)
    pf = read(loop)
    assert "ipmo/loop" in codes(pf)
    assert [f.line for f in pf.source.findings if f.code == "ipmo/loop"] == [pf.source.lines[f.item] for f in pf.source.findings if f.line]
    assert ipmo.schedule(pf, on_cycle="cut").cuts


def _cells(text: str, change: Callable[[str], str]) -> str:
    """The file with another text in each cell of its rows."""
    lines = [
        "\t".join([mark, *map(change, cells)]) if mark == "%R" else line
        for line in text.split("\r\n")
        for mark, *cells in [line.split("\t")]
    ]
    return "\r\n".join(lines)


FORMS: dict[str, Callable[[str], str]] = {
    "names of fields and tables in capitals": lambda t: re.sub(r"^%[FT].*$", lambda m: m[0].upper(), t, flags=re.M),
    "dates with slashes": lambda t: _cells(t, lambda c: re.sub(r"^(\d{4})-(\d\d)-(\d\d)( |$)", r"\1/\2/\3\4", c)),
    "dates as databases show them": lambda t: _cells(
        t, lambda c: re.sub(r"^20(\d\d)-(\d\d)-(\d\d)(?= )", lambda m: f"{m[3]}-{('JAN', 'FEB')[int(m[2]) - 1]}-{m[1]}", c)
    ),
    "dates with seconds": lambda t: _cells(t, lambda c: re.sub(r"^(\d{4}-\d\d-\d\d \d\d:\d\d)$", r"\1:00", c)),
    "decimal commas": lambda t: _cells(t, lambda c: c + ",0" if c in ("40", "16", "8") else c),
    "spaces within calendars": lambda t: t.replace(CAL, re.sub(r"([()|])", r" \1 ", CAL)),
    "line breaks within calendars": lambda t: t.replace(CAL, CAL.replace("(0||", "\r\n(0||")),
    "calendars of twelve hours": lambda t: t.replace(
        CAL, re.sub(r"(\d\d):(\d\d)", lambda m: f"{(int(m[1]) + 11) % 12 + 1}:{m[2]} {'AM' if int(m[1]) < 12 else 'PM'}", CAL)
    ),
    "finishes before starts": lambda t: t.replace(CAL, re.sub(r"s\|([0-9:]+)\|f\|([0-9:]+)", r"f|\2|s|\1", CAL)),
}
"""The same file as other versions, databases and editors write it."""


@pytest.mark.parametrize("form", FORMS)
def test_the_same_file_in_other_forms_is_the_same_portfolio(form: str, read: Reader) -> None:
    given = FORMS[form](plan())
    assert given != plan()
    pf = read(given)
    assert pf == read(plan())
    assert not {"refused", "value", "short-row", "calendar-data", "calendar-day"} & {code.partition("/")[2] for code in codes(pf)}
    assert ipmo.schedule(pf).finish == ipmo.schedule(read(plan())).finish


def test_the_twelfth_hour_is_noon_or_midnight(read: Reader) -> None:
    given = "(0||0(s|12:00 AM|f|06:00 AM)())(0||1(s|12:00 pm|f|11:59 PM)())"
    pf = read(plan().replace("(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())", given, 1))
    assert pf.calendars[0].week_shifts()[0] == ((0, 360), (720, 1440))
    wrong = read(plan().replace("s|13:00|f|17:00", "s|13:00 PM|f|17:00", 1))
    assert "xer/calendar-day" in codes(wrong)


def test_a_text_with_line_breaks_goes_on_in_the_next_lines(read: Reader) -> None:
    pf = read(plan().replace("Dig", "Dig\r\n\r\nto the rock"))
    assert pf["TRAM/A100"].name == "Dig\n\nto the rock"
    assert len(pf["TRAM"].tasks) == len(read(plan())["TRAM"].tasks)
    assert pf.source.refused == 0
    cut = read(
        plan().replace("\tDig\tTT_Task\tTK_NotStart\t40\t40\t\t\t\t", "\tDig").replace("\r\n%R\t101", "\r\nnoise\tand more\r\n%R\t101")
    )
    assert [code for code in codes(cut) if code in ("xer/short-row", "xer/refused")] == ["xer/short-row", "xer/refused"], "no rest of a row"


def test_a_duration_that_never_ends_is_an_error_that_names_the_activity(read: Reader) -> None:
    pf = read(plan().replace("\t40\t40\t", "\t900000000\t900000000\t", 1))
    with pytest.raises(IpmoError, match="A100"):
        ipmo.schedule(pf)


def test_findings_about_an_activity_name_its_line(read: Reader) -> None:
    pf = read(
        plan(
            TASK=(
                TASK,
                [["100", "1", "11", "c", "A100", "Dig", "TT_Task", "TK_NotStart", "40", "40", "", "", "CS_MSOB", "2026-01-01 08:00"]],
            ),
            TASKPRED=(["task_id", "pred_task_id", "pred_type"], []),
        )
    )
    (found,) = ipmo.check(pf).of("ipmo/constraint-missed")
    text = (Path(found.file)).read_text(encoding="cp1252").splitlines()
    assert "A100" in text[found.line - 1]


def test_the_command_line_takes_the_encoding_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.xer"
    path.write_bytes(plan().replace("Tram line", "Трамвай").encode("cp1251"))
    done = CliRunner().invoke(main, ["read", str(path), "--encoding", "cp1251"])
    assert (done.exit_code, done.output.startswith("Трамвай: ")) == (0, True)
    assert CliRunner().invoke(main, ["schedule", "--encoding", "cp1251", str(path)]).exit_code == 0
    assert "there is no encoding 'nonsense'" in CliRunner().invoke(main, ["check", str(path), "--encoding", "nonsense"]).output
    target = tmp_path / "plan.yaml"
    assert CliRunner().invoke(main, ["convert", str(path), str(target), "--encoding", "cp1251"]).exit_code == 0
    assert ipmo.read(target).name == "Трамвай"


OPTIONS = ["proj_id", "sched_retained_logic", "sched_progress_override", "sched_calendar_on_relationship_lag"]
TWO_PROJECTS = (
    ["proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date"],
    [["1", "TRAM", "c", "2026-01-05 00:00", "2026-01-05 08:00"], ["2", "DEPOT", "c", "2026-01-05 00:00", "2026-01-05 08:00"]],
)


def activity(key: str, project: str, code: str, *more: str) -> list[str]:
    return [key, project, "", "c", code, code, "TT_Task", "TK_NotStart", "16", "16", "", "", "", "", *more]


def test_of_several_options_those_of_most_work_are_taken_and_each_other_project_is_named(read: Reader) -> None:
    early = [*TASK, "early_start_date", "early_end_date"]
    tasks = [
        activity("1", "1", "a", "2026-01-06 08:00", "2026-01-08 12:00"),
        activity("2", "2", "b", "2026-01-06 08:00", "2026-01-08 12:00"),
        activity("3", "2", "c", "2026-01-06 08:00", "2026-01-08 12:00"),
        activity("4", "1", "d", "2026-01-12 08:00", "2026-01-13 17:00"),  # a date of its own options: nothing here explains it
    ]
    tasks.append(activity("5", "2", "e", "2026-01-06 08:00", "2026-01-08 12:00"))
    options = (OPTIONS, [["1", "N", "Y", "rcal_Successor"], ["2", "Y", "N", "rcal_Predecessor"]])
    pf = read(plan(PROJECT=TWO_PROJECTS, SCHEDOPTIONS=options, TASK=(early, tasks), TASKPRED=([*LINK_FIELDS], [])))
    assert pf.dialect.progress == "retained", "DEPOT has three of the five unfinished activities"
    (note,) = [f for f in pf.source.findings if f.code == "xer/options"]
    assert note.item == "TRAM" and note.line
    assert "lag calendar successor instead of predecessor, progress override instead of retained" in note.message
    (row,) = [f for f in ipmo.check(pf) if f.code == "ipmo/date-differs"]
    assert row.item == "TRAM/d" and "scheduled with other options" in row.message
    same = read(plan(PROJECT=TWO_PROJECTS, SCHEDOPTIONS=(OPTIONS, [["1", "Y", "N", ""], ["2", "Y", "N", ""]])))
    assert "xer/options" not in codes(same)


LINK_FIELDS = ("task_pred_id", "task_id", "pred_task_id", "proj_id", "pred_proj_id", "pred_type", "lag_hr_cnt")


@pytest.mark.parametrize(("assigned", "taken"), [("", date(2026, 3, 2)), ("11", date(2026, 2, 2)), ("99", date(2026, 3, 2))])
def test_of_several_baselines_the_one_that_p6_compares_with_is_read_else_the_last_and_it_is_said(
    read: Reader, assigned: str, taken: date
) -> None:
    projects = (
        ["proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date", "orig_proj_id", "sum_base_proj_id"],
        [
            ["1", "TRAM", "c", "2026-01-05 00:00", "2026-01-05 08:00", "", assigned],
            ["11", "TRAM - B1", "c", "", "", "1", ""],
            ["12", "TRAM - B2", "c", "", "", "1", ""],
        ],
    )
    fields = [*TASK, "target_start_date", "target_end_date"]
    tasks = [
        activity("1", "1", "a", "", ""),
        activity("2", "11", "a", "2026-02-02 08:00", "2026-02-03 17:00"),
        activity("3", "12", "a", "2026-03-02 08:00", "2026-03-03 17:00"),
    ]
    pf = read(plan(PROJECT=projects, TASK=(fields, tasks), TASKPRED=([*LINK_FIELDS], [])))
    assert as_day(pf["TRAM/a"].baseline_start) == taken
    (note,) = [f for f in pf.source.findings if f.code == "xer/baselines"]
    name = "TRAM - B1" if taken.month == 2 else "TRAM - B2"
    assert f"the dates of '{name}' are read" in note.message and "left out" in note.message and note.line
    one = (projects[0], projects[1][:2])
    alone = read(plan(PROJECT=one, TASK=(fields, tasks[:2]), TASKPRED=([*LINK_FIELDS], [])))
    assert "xer/baselines" not in codes(alone) and as_day(alone["TRAM/a"].baseline_start) == date(2026, 2, 2)


def test_every_row_that_is_left_out_is_listed_however_many_there_are(read: Reader) -> None:
    tasks = [activity(str(1000 + n), "1", f"a{n}") for n in range(130)]
    for row in tasks[10:]:
        row[8] = "x"
    pf = read(plan(TASK=(TASK, tasks), TASKPRED=([*LINK_FIELDS], [])))
    refused = [f for f in pf.source.findings if f.code == "xer/refused"]
    assert (pf.source.refused, len(refused)) == (120, 120)
    assert len({f.line for f in refused}) == 120


def test_a_file_that_names_the_user_admin_was_not_made_by_mpxj_unless_its_shifts_say_so(read: Reader) -> None:
    """P6 writes the start of a shift first; MPXJ writes the finish, by the alphabet (16.10)."""
    told = plan().replace("Project\tadmin\tAdmin\tdb", "Project\tadmin\tadmin\tdb")
    assert "xer/made-by-mpxj" not in codes(read(told))
    theirs = re.sub(r"\(s\|([0-9:]+)\|f\|([0-9:]+)\)", r"(f|\2|s|\1)", told)
    assert codes(read(theirs)).count("xer/made-by-mpxj") == 1
    assert read(theirs).calendars == read(told).calendars
    assert "xer/made-by-mpxj" not in codes(read(theirs.replace("Project\tadmin\tadmin", "Project\tanna\tAnna")))
