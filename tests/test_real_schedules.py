"""Real schedules come out with the dates that the tools which made them stored."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import ipmo
from ipmo.network.network import Network

sys.path.insert(0, str(Path(__file__).resolve().parent))
from conftest import DATA

pytestmark = pytest.mark.data
SCHEDULES = DATA / "07_schedules"
MULTI = DATA / "06_multi_project_mspdi"
COLUMNS = ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float")


def stored(path: Path) -> dict[str, tuple[Any, ...]]:
    """What Primavera stored: the six columns of each scheduled activity, read here without ipmo."""
    tables: dict[str, list[dict[str, str]]] = {}
    table, fields = "", []
    for line in path.read_bytes().decode("cp1252").splitlines():
        mark, *values = line.split("\t")
        if mark == "%T":
            table = values[0]
            tables[table] = []
        elif mark == "%F":
            fields = values
        elif mark == "%R":
            tables[table].append(dict(zip(fields, values, strict=True)))
    names = {row["proj_id"]: row["proj_short_name"] for row in tables["PROJECT"]}
    when = lambda text: datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: E731
    return {
        f"{names[row['proj_id']]}/{row['task_code']}": (
            *(when(row[f"{name}_date"]) for name in ("early_start", "early_end", "late_start", "late_end")),
            float(row["total_float_hr_cnt"]),
            float(row["free_float_hr_cnt"]),
        )
        for row in tables["TASK"]
        if row["early_start_date"]
    }


@pytest.mark.parametrize(
    ("name", "activities", "share"), [("soulmajor1_TERMINAL_BUILDING-AIRPORT.xer", 66, 1.0), ("soulmajor1_Hotel_Project.xer", 4217, 0.999)]
)
def test_primavera_files_come_out_with_the_dates_that_p6_stored(name: str, activities: int, share: float) -> None:
    pf = ipmo.read(SCHEDULES / name)
    assert pf.dialect.name == "p6"
    assert pf.source.refused == 0
    s = ipmo.schedule(pf)
    wanted = stored(SCHEDULES / name)
    assert len(wanted) == activities
    right: Counter[str] = Counter()
    for full_id, values in wanted.items():
        item = s[full_id]
        hours = pf.calendar_for(full_id).day_minutes / 60
        found = (
            item.early_start,
            item.early_finish,
            item.late_start,
            item.late_finish,
            round((item.total_float or 0) * hours, 6),
            round((item.free_float or 0) * hours, 6),
        )
        right.update(column for column, a, b in zip(COLUMNS, found, values, strict=True) if a == b)
    assert {column: right[column] / activities >= share for column in COLUMNS} == dict.fromkeys(COLUMNS, True), right


def test_the_longest_path_of_terminal_is_the_one_that_p6_marked() -> None:
    path = SCHEDULES / "soulmajor1_TERMINAL_BUILDING-AIRPORT.xer"
    marked = set()
    fields: list[str] = []
    for line in path.read_bytes().decode("cp1252").splitlines():
        mark, *values = line.split("\t")
        if mark == "%F":
            fields = values
        elif mark == "%R" and "driving_path_flag" in fields:
            row = dict(zip(fields, values, strict=True))
            if row["driving_path_flag"] == "Y":
                marked.add(row["task_code"])
    s = ipmo.schedule(ipmo.read(path))
    assert {i.id.partition("/")[2] for i in s.rows if i.longest_path and i.kind in ("task", "milestone")} == marked


N = "{http://schemas.microsoft.com/project}"
FILES = [
    ("06_multi_project_mspdi/6_mp_j30_a2_nr1.xml", 64),
    ("06_multi_project_mspdi/7_mp_j30_a2_nr2.xml", 64),
    ("06_multi_project_mspdi/16_mp_j30_a5_nr1.xml", 160),
    ("06_multi_project_mspdi/26_mp_j90_a2_nr1.xml", 184),
    ("07_schedules/aspose_project-sort.mspdi.xml", 12),
    ("07_schedules/aspose_External.mspdi.xml", 3),
    ("07_schedules/aspose_GetCrossProjectTaskLinks.mspdi.xml", 8),
    ("07_schedules/aspose_ResourceAssignmentVariance.mspdi.xml", 8),
]


@pytest.mark.parametrize(("name", "count"), FILES)
def test_microsoft_project_files_come_out_with_the_dates_that_project_stored(name: str, count: int) -> None:
    pf = ipmo.read(DATA / name)
    assert (pf.dialect.name, pf.source.refused) == ("msproject", 0)
    s = ipmo.schedule(pf)
    seen = 0
    for task in ElementTree.parse(DATA / name).getroot().iter(f"{N}Task"):
        value = {child.tag.removeprefix(N): child.text for child in task}
        if value["UID"] == "0" or value.get("ExternalTask") == "1" or value.get("Summary") == "1":
            continue
        seen += 1
        item = s[f"{pf.projects[0].id}/{value['UID']}"]
        found = (item.early_start, item.early_finish, item.late_start, item.late_finish)
        assert found == tuple(datetime.fromisoformat(str(value[key])) for key in ("EarlyStart", "EarlyFinish", "LateStart", "LateFinish"))
        assert round((item.total_float or 0) * 4800) == int(value.get("TotalSlack") or 0)
    assert seen == count


@pytest.mark.parametrize(
    "path", sorted(p.name for pattern in ("*.x*", "*.pmxml") for p in SCHEDULES.glob(pattern)) if SCHEDULES.is_dir() else []
)
def test_every_file_is_read_and_says_what_it_understood(path: str) -> None:
    pf = ipmo.read(SCHEDULES / path)
    assert pf.source.understood > 0
    assert pf.source.refused == 0
    assert ipmo.read(SCHEDULES / path) == pf


@pytest.mark.parametrize("path", sorted(p.relative_to(DATA).as_posix() for p in [*SCHEDULES.glob("*.mspdi.xml"), *MULTI.glob("*.xml")]))
def test_what_is_written_reads_back_equal(path: str, tmp_path: Path) -> None:
    pf = ipmo.read(DATA / path)
    ipmo.write(pf, tmp_path / "again.xml")
    assert ipmo.read(tmp_path / "again.xml") == pf


def psplib(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Durations and links of a PSPLIB `.sm` file, jobs from 0."""
    precedence = re.search(r"PRECEDENCE RELATIONS:\n.*\n((?:\s*\d.*\n)+)", text)
    requests = re.search(r"REQUESTS/DURATIONS:\n.*\n-+\n((?:\s*\d.*\n)+)", text)
    assert precedence is not None
    assert requests is not None
    links = []
    for line in precedence[1].splitlines():
        job, _, _, *successors = map(int, line.split())
        links += [(job - 1, one - 1) for one in successors]
    return [int(line.split()[2]) for line in requests[1].splitlines()], links


def test_the_plain_critical_path_of_every_rcpsp_instance_is_the_indexs() -> None:
    folder = DATA / "05_rcpsp"
    files = {path.stem: path for path in folder.rglob("*.sm")}
    checked = 0
    for row in csv.DictReader((folder / "psplib_index.csv").read_text(encoding="utf-8").splitlines()):
        path = files[row["instance"]]
        durations, links = psplib(path.read_text(encoding="latin-1"))
        network = Network.from_columns([str(i) for i in range(len(durations))], durations, [a for a, _ in links], [b for _, b in links])
        assert ipmo.schedule(network).passes.end == int(row["cpm_makespan"]), row["instance"]
        checked += 1
    assert checked == len(files) == 252
