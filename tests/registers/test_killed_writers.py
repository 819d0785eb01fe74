"""A writer that is killed leaves the old portfolio or the new one, in every format that is written, and the next one cleans up."""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import ipmo
from ipmo.model import Portfolio, Project, Task

FORMATS = {
    "csv": "csv-folder",
    "parquet": "parquet-folder",
    "plan.xlsx": None,
    "plan.xer": None,
    "plan.xml": "pmxml",
    "project.xml": "mspdi",
}

STEPS = [1, 2, 3, 5, 9, 20, 45, 90, 140, 180, 230, 400, 800, 10_000]
"""Changes of the disk before which a writer is killed; a folder of tables makes some two hundred."""


def portfolio(*ids: str, name: str) -> Portfolio:
    tasks = [Task(id="t", name="Work", duration="5 d", not_before="2026-01-05")]
    return Portfolio(id="pf", name=name, start="2026-01-05", status_date="2026-01-05", projects=[Project(id=one, name=f"{name} {one}", tasks=tasks) for one in ids])  # fmt: skip


def killed_at(step: int, call: Callable[[], None]) -> bool:
    """Whether a process that is killed just before its n-th change of the disk was killed at all."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = itertools.count(1)

    def killing(real: Callable[..., object]) -> Callable[..., object]:
        def changed(*given: object, **named: object) -> object:
            if next(left) == step:
                os._exit(9)
            return real(*given, **named)

        return changed

    try:
        for name in ("replace", "unlink", "fsync", "link", "mkdir"):
            setattr(os, name, killing(getattr(os, name)))
        call()
    finally:
        os._exit(0)
    return False


def write(pf: Portfolio, path: Path, to: str | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ipmo.write(pf, path, format=to)


def files_in(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("name", FORMATS)
def test_the_portfolio_is_old_or_new_wherever_its_writer_is_killed(name: str, tmp_path: Path) -> None:
    old, new = portfolio("A", "B", name="old"), portfolio("A", "C", name="new")
    seen, plain = set(), tmp_path / "plain"
    plain.mkdir()
    write(new, plain / name, FORMATS[name])
    for step in STEPS:
        (tmp_path / str(step)).mkdir()
        path = tmp_path / str(step) / name
        write(old, path, FORMATS[name])
        killed = killed_at(step, lambda path=path: write(new, path, FORMATS[name]))  # type: ignore[misc]
        names = [project.name for project in ipmo.read(path).projects]
        assert names in (["old A", "old B"], ["new A", "new C"]), step
        seen.add(names[0])
        write(new, path, FORMATS[name])
        assert [project.name for project in ipmo.read(path).projects] == ["new A", "new C"]
        assert files_in(path.parent) == files_in(plain), step
        if not killed:
            break
    assert seen == {"old A", "new A"}
    assert step > 2
