"""Dates of Primavera files in the order of a locale: read where the file says which number is the day, else said; NULL of databases."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

import pytest

import ipmo
from ipmo.model import Portfolio

REAL = Path(os.environ.get("IPMO_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
TASK = [
    *("task_id", "proj_id", "wbs_id", "clndr_id", "target_drtn_hr_cnt", "remain_drtn_hr_cnt", "status_code", "task_code"),
    *("act_start_date", "target_start_date", "target_end_date", "cstr_type", "cstr_date"),
]
WEEK = "".join(f"(0||{day}()({'(0||0(s|08:00|f|16:00)())' if 2 <= day <= 6 else ''}))" for day in range(1, 8))
DATA = f"(0||CalendarData()((0||DaysOfWeek()({WEEK}))(0||Exceptions()())))"
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})")


def text(rows: list[tuple[str, ...]], data_date: str = "2012-10-08 08:00") -> str:
    """A file of one project; each row is a code, and its actual start, planned start and planned finish."""
    lines = ["ERMHDR\t6.0\t2012-10-08\tProject\tx\tx\tdb\tPM\tGBP"]
    tables = {
        "PROJECT": (
            ["proj_id", "proj_short_name", "clndr_id", "last_recalc_date", "plan_start_date"],
            [("1", "P", "c", data_date, data_date)],
        ),
        "CALENDAR": (["clndr_id", "clndr_name", "default_flag", "day_hr_cnt", "clndr_data"], [("c", "Std", "Y", "8", DATA)]),
        "PROJWBS": (["wbs_id", "proj_id", "proj_node_flag"], [("10", "1", "Y")]),
        "TASK": (
            TASK,
            [
                (
                    str(place),
                    "1",
                    "10",
                    "c",
                    "40",
                    "40",
                    "TK_Active" if row[1] else "TK_NotStart",
                    row[0],
                    *row[1:],
                    "CS_MSOA" if not row[1] else "",
                )
                + ((row[2],) if not row[1] else ("",))
                for place, row in enumerate(rows, 1)
            ],
        ),
    }
    for name, (fields, values) in tables.items():
        lines += [f"%T\t{name}", "\t".join(["%F", *fields]), *("\t".join(["%R", *row]) for row in values)]
    return "\n".join([*lines, "%E", ""])


def read(tmp_path: Path, content: str, name: str = "a") -> Portfolio:
    (tmp_path / f"{name}.xer").write_text(content, encoding="utf-8")
    return ipmo.read(tmp_path / f"{name}.xer")


def codes(pf: Portfolio) -> list[str]:
    return [one.code for one in pf.source.findings]


def alike(a: Portfolio, b: Portfolio) -> bool:
    return a.evolve(source=b.source) == b and {**a.source.stored} == {**b.source.stored}


USUAL = [
    ("A", "2012-10-01 08:00", "2012-10-01 08:00", "2012-10-05 16:00"),
    ("B", "", "2012-10-11 08:00", "2012-10-17 16:00"),
    ("C", "", "2012-11-02 14:30", "2012-11-08 16:00"),
]
FORMS = {
    "dots": lambda m: f"{m[3]}.{m[2]}.{m[1]} {m[4]}:{m[5]}",
    "dots, short": lambda m: f"{int(m[3])}.{int(m[2])}.{m[1][2:]} {int(m[4])}:{m[5]}:00",
    "dots and no cleft": lambda m: f"{m[3]}.{m[2]}.{m[1]}. {m[4]}.{m[5]}",
    "British": lambda m: f"{m[3]}/{m[2]}/{m[1]} {m[4]}:{m[5]}:00",
    "Dutch": lambda m: f"{int(m[3])}-{int(m[2])}-{m[1]} {int(m[4])}:{m[5]}",
    "American": lambda m: f"{int(m[2])}/{int(m[3])}/{m[1]} {(int(m[4]) - 1) % 12 + 1}:{m[5]} {'PM' if int(m[4]) >= 12 else 'AM'}",
    "American, short": lambda m: (
        f"{m[2]}/{m[3]}/{m[1][2:]}, {(int(m[4]) - 1) % 12 + 1}:{m[5]}\u202f{'p.m.' if int(m[4]) >= 12 else 'a.m.'}"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_in_the_dates_of_a_locale_is_the_same_plan(tmp_path: Path, form: str) -> None:
    usual = read(tmp_path, text(USUAL))
    other = read(tmp_path, ISO.sub(FORMS[form], text(USUAL)))
    assert other.source.refused == 0
    assert alike(usual, other)
    assert codes(other).count("xer/day-order") == 1


def test_work_that_would_end_before_it_begins_says_which_number_is_the_day(tmp_path: Path) -> None:
    rows = [("A", "", "05/01/2012 08:00", "03/02/2012 16:00")]  # 5 January to 3 February; 1 May to 2 March is no work
    pf = read(tmp_path, text(rows, "02/01/2012 08:00"))
    assert pf["P/A"].not_before == datetime(2012, 1, 5, 8)
    assert pf.status_date.isoformat()[:10] == "2012-01-02"


def test_dates_that_nothing_decides_are_left_out_each_with_its_reason(tmp_path: Path) -> None:
    rows = [("A", "", "05/06/2012 08:00", "07/08/2012 16:00"), ("B", "04/04/2012 08:00", "04/04/2012 08:00", "")]
    pf = read(tmp_path, text(rows, "02/02/2012 08:00"))
    assert pf["P/A"].not_before is None
    assert pf["P/B"].actual_start == datetime(2012, 4, 4, 8)  # the same either way
    assert codes(pf).count("xer/day-order") == 1
    refused = next(one.message for one in pf.source.findings if one.code == "xer/constraint")
    assert "'05/06/2012 08:00' can be read in several ways" in refused


def test_dates_that_contradict_one_another_are_no_order(tmp_path: Path) -> None:
    rows = [("A", "", "17/10/2012 08:00", "10/25/2012 16:00"), ("B", "", "05/06/2012 08:00", "")]
    pf = read(tmp_path, text(rows, "02/02/2012 08:00"))
    assert any("in no one order" in one.message for one in pf.source.findings)
    assert pf["P/A"].not_before == datetime(2012, 10, 17, 8)
    assert pf["P/B"].not_before is None


@pytest.mark.parametrize("odd", ["31.02.2012 08:00", "00.10.2012", "10.10.2012 25:00", "1.2.3", "17.10/2012", "17.10.012"])
def test_what_is_no_day_is_left_out_with_its_line(tmp_path: Path, odd: str) -> None:
    pf = read(tmp_path, text([("A", "", odd, ""), ("B", "", "2012-10-17 08:00", "")]))
    assert [item.not_before for item in pf["P"].tasks] == [None, datetime(2012, 10, 17, 8)]
    assert any("is not a date" in one.message and one.line for one in pf.source.findings)


def test_a_year_of_two_digits_may_stand_first_or_last_and_is_left_out_where_nothing_says(tmp_path: Path) -> None:
    pf = read(tmp_path, text([("A", "", "12/10/11 08:00", "12/10/17 16:00")], "12/10/08 08:00"))
    assert pf["P/A"].not_before is None
    pf = read(tmp_path, text([("A", "", "12/10/28 08:00", "12/11/30 16:00")], "12/10/08 08:00"))
    assert pf["P"].tasks == () or pf["P/A"].not_before != datetime(2028, 10, 12, 8)


def test_null_is_no_value(tmp_path: Path) -> None:
    content = text(USUAL)
    usual = read(tmp_path, content)
    nulls = re.sub(r"\t(?=\t|\n)", "\tNULL", content)
    assert nulls.count("NULL") > 3
    pf = read(tmp_path, nulls)
    assert alike(usual, pf)
    assert codes(pf).count("xer/null") == 1
    named = read(tmp_path, content.replace("%R\t2\t1\t10\tc\t40\t40\tTK_NotStart\tB\t", "%R\t2\t1\t10\tc\t40\t40\tTK_NotStart\tNULLIFY\t"))
    assert "P/NULLIFY" in named.source.lines
    assert "xer/null" not in codes(named)
    lost = read(tmp_path, content.replace("TK_NotStart\tB\t", "TK_NotStart\tNULL\t"))
    assert lost.source.refused == 1  # an activity without a code


@pytest.mark.data
def test_a_real_file_in_other_locales_has_the_same_dates(tmp_path: Path) -> None:
    content = (REAL / "07_schedules" / "soulmajor1_Hotel_Project.xer").read_text(encoding="cp1252")
    usual = read(tmp_path, content)
    for form in ("dots", "American"):
        other = read(tmp_path, ISO.sub(FORMS[form], content))
        assert alike(usual, other)
