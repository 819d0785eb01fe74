"""The dates that a file stores are held against the schedule, whichever it stores: early dates, or when work begins and ends alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.analysis.dates.reproduced import Reproduced, reproduced
from ipmo.cli import main
from ipmo.model import Calendar, Portfolio, Project, Task

DAY = "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>08:00:00</FromTime><ToTime>16:00:00</ToTime></WorkingTime></WorkingTimes>"
WEEK = "".join(f"<WeekDay><DayType>{d}</DayType>{DAY if 1 < d < 7 else '<DayWorking>0</DayWorking>'}</WeekDay>" for d in range(1, 8))


def mspdi(*tasks: str) -> str:
    return (
        '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Title>Tram</Title><StartDate>2026-01-05T08:00:00</StartDate>'
        "<CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay><Calendars><Calendar><UID>1</UID><Name>Standard</Name>"
        f"<IsBaseCalendar>1</IsBaseCalendar><WeekDays>{WEEK}</WeekDays></Calendar></Calendars><Tasks>{''.join(tasks)}</Tasks></Project>"
    )


def row(uid: int, start: str = "", finish: str = "", days: int = 1, after: int = 0, extra: str = "") -> str:
    """A task with its start and finish, as `05T08` of January 2026."""
    dates = "".join(f"<{name}>2026-01-{at}:00:00</{name}>" for name, at in (("Start", start), ("Finish", finish)) if at)
    link = f"<PredecessorLink><PredecessorUID>{after}</PredecessorUID><Type>1</Type></PredecessorLink>" if after else ""
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>t{uid}</Name><OutlineLevel>1</OutlineLevel><Duration>PT{8 * days}H0M0S</Duration>"
        f"<DurationFormat>7</DurationFormat>{dates}{extra}{link}</Task>"
    )


def found(path: Path, text: str) -> Reproduced:
    path.write_text(text)
    pf = ipmo.read(path)
    return reproduced(pf, ipmo.schedule(pf))


def test_a_file_of_project_without_early_dates_is_held_against_its_starts_and_finishes(tmp_path: Path) -> None:
    """Work on 5 and 6 January, then on the 7th; the third stands two days later than its link asks for, the fourth follows it."""
    text = mspdi(
        row(1, "05T08", "06T16", days=2),
        row(2, "07T08", "07T16", after=1),
        row(3, "09T08", "09T16", after=1),
        row(4, "12T08", "12T16", after=3),
        row(5),
    )
    one = found(tmp_path / "x.xml", text)
    assert (one.compared, one.exact, one.shown, one.early, one.undated) == (4, 2, 2, 0, 1)
    assert str(one) == (
        "dates reproduced: 2 of 4 (start and finish 2); for 1 the file stores no date that was computed;"
        " later in the file than anything asks for: 1; follows a row that differs: 1"
    )
    assert [(d.item, d.columns, d.root) for d in one.differences] == [
        ("Tram/3", ("start", "finish"), True),
        ("Tram/4", ("start", "finish"), False),
    ]
    assert one.differences[0].message == (
        "'Tram/3': start 2026-01-09 08:00 in the file, 2026-01-07 08:00 here:"
        " the file has it later than its links, its constraints and the data date ask for"
    )
    said = CliRunner().invoke(main, ["read", str(tmp_path / "x.xml")]).output
    assert "dates reproduced: 2 of 4 (start and finish 2)" in said
    assert sum("ipmo/date-differs" in str(f) for f in ipmo.check(tmp_path / "x.xml")) == 2


def test_late_as_possible_work_and_a_levelling_delay_are_where_the_file_has_them(tmp_path: Path) -> None:
    """A week of work beside a day as late as possible, which is Friday's, and one that levelling delays by two days."""
    late, delay = "<ConstraintType>1</ConstraintType>", "<LevelingDelay>28800</LevelingDelay><LevelingDelayFormat>8</LevelingDelayFormat>"
    text = mspdi(row(1, "05T08", "09T16", days=5), row(2, "09T08", "09T16", extra=late), row(3, "07T08", "07T16", extra=delay))
    assert str(found(tmp_path / "x.xml", text)) == "dates reproduced: 3 of 3 (start and finish 3)"
    early = "<EarlyStart>2026-01-05T08:00:00</EarlyStart><EarlyFinish>2026-01-05T16:00:00</EarlyFinish>"
    text = mspdi(row(1, "05T08", "09T16", days=5), row(2, "08T08", "08T16", extra=late + early))
    (one,) = found(tmp_path / "y.xml", text).differences
    assert (one.item, one.columns, one.kind) == ("Tram/2", ("start", "finish"), "starts otherwise, early dates agree")


def test_work_of_a_project_file_that_begins_beside_a_break_is_the_same_working_time(tmp_path: Path) -> None:
    """Where a tool that knows no shifts has the next task begin as the one before ends."""
    one = found(tmp_path / "x.xml", mspdi(row(1, "05T08", "05T16"), row(2, "05T16", "06T16", after=1)))
    assert [(d.item, d.kind) for d in one.differences] == [("Tram/2", "the same working time")]


CAL = (
    "(0||CalendarData()((0||DaysOfWeek()("
    + "".join(f"(0||{d}()({'(0||0(s|08:00|f|16:00)())' if 1 < d < 7 else ''}))" for d in range(1, 8))
    + "))))"
)
FIELDS = [
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
]


def xer(dates: list[str], *rows: list[str]) -> str:
    """A file of P6 of one project with activities on 8 h a day; `dates` are the columns that the rows end with."""
    tables = {
        "PROJECT": ("proj_id proj_short_name clndr_id last_recalc_date plan_start_date", [["1", "T", "c", "2026-01-05 00:00", "2026-01-05 00:00"]]),
        "CALENDAR": ("clndr_id clndr_name default_flag day_hr_cnt clndr_data", [["c", "Five", "Y", "8", CAL]]),
        "PROJWBS": ("wbs_id proj_id parent_wbs_id wbs_short_name wbs_name proj_node_flag", [["10", "1", "", "T", "T", "Y"]]),
        "TASK": (" ".join([*FIELDS, *dates]), [[str(100 + n), "1", "10", "c", one[0], one[0], "TT_Task", *one[1:]] for n, one in enumerate(rows)]),
    }  # fmt: skip
    lines = ["ERMHDR\t20.12\t2026-01-05\tProject\tadmin\tAdmin\tdb\tProject Management\tUSD"]
    for name, (fields, listed) in tables.items():
        lines += [f"%T\t{name}", "%F\t" + "\t".join(fields.split()), *("%R\t" + "\t".join(one) for one in listed)]
    return "\r\n".join([*lines, "%E", ""])


NEW = ["TK_NotStart", "8", "8", ""]


@pytest.mark.parametrize("columns", [("target_start_date", "target_end_date"), ("restart_date", "reend_date")])
def test_a_file_of_p6_without_early_dates_is_held_against_what_is_planned_or_remains(tmp_path: Path, columns: tuple[str, str]) -> None:
    one = found(
        tmp_path / "x.xer",
        xer([*columns], ["a", *NEW, "2026-01-05 08:00", "2026-01-05 16:00"], ["b", *NEW, "2026-01-07 08:00", "2026-01-07 16:00"]),
    )
    assert str(one) == "dates reproduced: 1 of 2 (start and finish 1); later in the file than anything asks for: 1"
    assert [d.item for d in one.differences] == ["T/b"]


def test_a_planned_start_in_no_shift_was_typed_and_is_no_date_of_a_schedule(tmp_path: Path) -> None:
    """P6 gives an activity that is added the planned start of its project, midnight."""
    columns = ["target_start_date", "target_end_date"]
    one = found(tmp_path / "x.xer", xer(columns, ["a", *NEW, "2026-01-05 00:00", "2026-01-05 16:00"]))
    assert (one.compared, one.undated) == (0, 1)


def test_of_an_activity_added_to_a_scheduled_project_only_computed_dates_count(tmp_path: Path) -> None:
    columns = ["target_start_date", "target_end_date", "early_start_date", "early_end_date"]
    dates, added = ["2026-01-05 08:00", "2026-01-05 16:00"], ["2026-02-02 08:00", "2026-02-02 16:00"]
    one = found(tmp_path / "x.xer", xer(columns, ["a", *NEW, *dates, *dates], ["new", *NEW, *added, "", ""]))
    assert str(one) == "dates reproduced: 1 of 1 (early dates 1); for 1 the file stores no date that was computed"


def test_of_work_under_way_planned_dates_are_of_the_past_and_what_remains_is_compared(tmp_path: Path) -> None:
    """A day is left of three: it is done on the data date."""
    under_way = ["TK_Active", "24", "8", "2026-01-01 08:00"]
    planned = xer(["target_start_date", "target_end_date"], ["a", *under_way, "2026-01-01 08:00", "2026-01-05 16:00"])
    assert (found(tmp_path / "x.xer", planned).compared, found(tmp_path / "x.xer", planned).undated) == (0, 1)
    rest = xer(["restart_date", "reend_date"], ["a", *under_way, "2026-01-05 08:00", "2026-01-06 16:00"])
    one = found(tmp_path / "y.xer", rest)
    assert [(d.columns, d.kind) for d in one.differences] == [(("early_finish",), "later in the file than anything asks for")]


def test_the_start_and_finish_of_primavera_xml_stand_for_the_early_dates_that_it_leaves_out(tmp_path: Path) -> None:
    week = [Calendar(id="five", week="mon-fri", hours="08:00-16:00")]
    tasks = [Task(id="a", duration="1 d"), Task(id="b", duration="1 d", after="a")]
    pf = Portfolio(id="T", start="2026-01-05", calendars=week, calendar="five", projects=[Project(id="T", tasks=tasks)])
    ipmo.write(pf, tmp_path / "x.pmxml")
    text = (tmp_path / "x.pmxml").read_text()
    assert str(found(tmp_path / "x.pmxml", text)).startswith("dates reproduced: 2 of 2 (early dates 2")
    for kind in ("Early", "Late"):
        for end in ("Start", "Finish"):
            old = text
            text = text.replace(f"Remaining{kind}{end}Date", f"{end}Date" if kind == "Early" else "Nothing")
            assert text != old
    assert str(found(tmp_path / "x.pmxml", text)).startswith("dates reproduced: 2 of 2 (start and finish 2")
    moved = text.replace("<StartDate>2026-01-06T", "<StartDate>2026-01-08T").replace("<FinishDate>2026-01-06T", "<FinishDate>2026-01-08T")
    assert [d.item for d in found(tmp_path / "x.pmxml", moved).differences] == ["T/b"]


def test_what_ipmo_writes_for_project_is_held_against_what_is_read_of_it(tmp_path: Path) -> None:
    tasks = [Task(id="a", duration="3 d"), Task(id="b", duration="2 d", after="a", constraints={"as_late_as_possible": True}), Task(id="c", duration="9 d")]  # fmt: skip
    pf = Portfolio(id="T", start="2026-01-05", dialect="msproject", projects=[Project(id="T", tasks=tasks)])
    ipmo.write(pf, tmp_path / "x.xml")
    one = found(tmp_path / "x.xml", (tmp_path / "x.xml").read_text())
    assert (one.compared, one.exact) == (3, 3)
    text = (tmp_path / "x.xml").read_text()
    moved = re.sub("<Finish>2026-01-15T", "<Finish>2026-01-14T", re.sub("<Start>2026-01-14T", "<Start>2026-01-13T", text)).replace(
        "<Finish>2026-01-14T",
        "<Finish>2026-01-15T",
        1,  # that of the project stays
    )
    assert "T/b" in [d.item for d in found(tmp_path / "x.xml", moved).differences]


def test_a_summary_that_is_scheduled_by_hand_has_other_dates_here_and_says_why(tmp_path: Path) -> None:
    """By hand from the 12th to the 14th, with work on the 6th alone: what follows it on the 15th follows its dates in the file."""
    summary = row(1, "12T08", "14T16", extra="<Manual>1</Manual><Summary>1</Summary>")
    child = row(2, "06T08", "06T16", extra="<Manual>1</Manual>").replace("<OutlineLevel>1", "<OutlineLevel>2")
    one = found(tmp_path / "x.xml", mspdi(summary, child, row(3, "15T08", "15T16", after=1)))
    assert str(one) == "dates reproduced: 1 of 2 (start and finish 1); summaries 0 of 1; follows a row that differs: 1"
    (whole,) = one.summaries_differing
    assert whole.message == (
        "summary 'Tram/1': start 2026-01-12 08:00 in the file, 2026-01-06 08:00 here: "
        "the file schedules this summary by hand, here it has the dates of what lies in it"
    )
    assert one.differences[0].message.endswith("it follows 'Tram/1', whose dates differ")


def codes(path: Path) -> list[str]:
    return [one.code for one in ipmo.read(path).source.findings]


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("<Deadline>2026-02-30T00:00:00</Deadline>", "deadline"),
        ("<PercentComplete>x</PercentComplete>", "value"),
        ("<ConstraintType>4</ConstraintType><ConstraintDate>soon</ConstraintDate>", "constraint"),
        ("<LevelingDelay>x</LevelingDelay>", "delay"),
        ("<Cost>x</Cost>", "value"),
        ("<Work>x</Work>", "value"),
        ("<Baseline><Number>0</Number><Start>x</Start></Baseline>", "value"),
    ],
)
def test_a_value_of_a_task_that_cannot_be_read_costs_itself_and_not_the_task(tmp_path: Path, extra: str, code: str) -> None:
    """Two weeks, then a day: with the task its logic would be lost, and what follows would start two weeks early."""
    one = found(tmp_path / "x.xml", mspdi(row(1, "05T08", "16T16", days=10, extra=extra), row(2, "19T08", "19T16", after=1)))
    assert (one.compared, one.exact) == (2, 2)
    assert codes(tmp_path / "x.xml") == [f"mspdi/{code}"]


def test_late_dates_that_an_unreadable_deadline_would_have_bound_have_it_as_their_cause(tmp_path: Path) -> None:
    late = "<LateStart>2026-01-05T08:00:00</LateStart><LateFinish>2026-01-05T16:00:00</LateFinish>"
    bad = row(1, "05T08", "05T16", extra=late + "<Deadline>2026-02-30T00:00:00</Deadline>")
    text = mspdi(bad, row(2, "05T08", "06T16", days=2)).replace("<Task>", "\n<Task>")
    (only,) = found(tmp_path / "x.xml", text).differences
    assert only.kind == "found on reading"
    assert only.message.endswith("Deadline '2026-02-30T00:00:00' is not a date; it is left out [mspdi/deadline]")


def test_what_is_left_out_counts_among_the_rows_and_what_followed_it_says_so(tmp_path: Path) -> None:
    bad = row(1, "05T08", "16T16", days=10).replace("PT80H0M0S", "eighty")
    one = found(tmp_path / "x.xml", mspdi(bad, row(2, "19T08", "19T16", after=1)))
    assert str(one) == "dates reproduced: 0 of 2 (start and finish 0 of 1); found on reading: 1; not scheduled: 1"
    follows, gone = one.differences
    assert follows.message.endswith("a predecessor of 'Tram/2' is left out: its predecessor 1 is left out itself [mspdi/refused]")
    assert gone.message == "'Tram/1' has no dates here: task 't1' is left out: Duration 'eighty' is not a duration such as PT8H0M0S"


def test_an_activity_of_p6_that_is_left_out_counts_among_the_rows_too(tmp_path: Path) -> None:
    columns, (first, second) = (
        ["early_start_date", "early_end_date"],
        (["2026-01-05 08:00", "2026-01-05 16:00"], ["2026-01-06 08:00", "2026-01-06 16:00"]),
    )
    text = xer(columns, ["a", "TK_NotStart", "x", "8", "", *first], ["b", *NEW, *second])
    links = "%T\tTASKPRED\r\n%F\ttask_pred_id\ttask_id\tpred_task_id\tproj_id\tpred_proj_id\tpred_type\tlag_hr_cnt\r\n%R\t1\t101\t100\t1\t1\tPR_FS\t0\r\n%E"
    one = found(tmp_path / "x.xer", text.replace("%E", links))
    assert (one.compared, one.exact, one.kinds) == (2, 0, {"found on reading": 1, "not scheduled": 1})
    assert "a relationship is left out: activity 'a' is left out itself [xer/refused]" in one.differences[0].message
    assert one.differences[1].message.startswith("'T/a' has no dates here: activity 'a' is left out: ")
    assert "xer/outside" not in codes(tmp_path / "x.xer")
