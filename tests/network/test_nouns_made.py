"""How many tasks `check` and `report` make of a portfolio of plain work in a file: those that are shown, and one of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.model import Task, reading
from ipmo.network import compiled

LENGTHS = 7
"""Different durations, and so kinds of tasks."""


def written(folder: Path, projects: int) -> Path:
    """A portfolio of 150 plain tasks a project, with two links of each type on from each, and a benefit of every third."""
    tasks = [
        {"id": f"t{i}", "duration": f"{i % LENGTHS + 1} d", "after": [f"t{i - 1}", *([f"t{i - 9}"] if i > 40 else [])] if i % 30 else []}
        for i in range(150)
    ]
    links = [
        {"from": f"p{p}/t{20 + 31 * i}", "to": f"p{(p + 1 + i) % projects}/t{140 + i}", "type": kind}
        for p in range(projects)
        for i, kind in enumerate(("FS", "SS", "FF"))
        if (p + 1 + i) % projects > p
    ]
    benefits = [
        {
            "id": f"b{p}",
            "enabled_by": [f"p{p}/t149"],
            "value": "1 M GBP per year",
            "need_by": "2026-03-01",
        }
        for p in range(0, projects, 3)
    ]
    data = {
        "ipmo": 1,
        "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-02-02", "money": {"currency": "GBP"}},
        "projects": [{"id": f"p{p}", "tasks": tasks} for p in range(projects)],
        "links": links,
        "benefits": benefits,
    }
    path = folder / f"{projects}.yaml"
    ipmo.write(ipmo.from_dict(data), path)
    return path


@contextmanager
def counting() -> Iterator[list[str]]:
    """The ids of tasks that are made meanwhile, of what files have for them and in Python."""
    made: list[str] = []
    values_of: Callable[..., Any] = reading.values_of
    init: Callable[..., None] = Task.__init__

    def counted(cls: type, data: Any, *rest: Any, **more: Any) -> Any:
        if cls is Task:
            made.append(str(data.get("id")))
        return values_of(cls, data, *rest, **more)

    def built(self: Task, *values: Any, **more: Any) -> None:
        made.append(str(more.get("id", values)))
        init(self, *values, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "values_of", counted)
        patch.setattr(Task, "__init__", built)
        yield made


@pytest.mark.usefixtures("way")
def test_check_of_a_file_makes_one_task_of_each_kind_whatever_its_size(tmp_path: Path) -> None:
    found = []
    for projects in (8, 16):
        path = written(tmp_path, projects)
        with counting() as made:
            findings = ipmo.check(path)
        assert {"ipmo/interface-agreement", "ipmo/dangling"} <= {one.code for one in findings}, "rules looked at links and at logic"
        found.append(len(made))
    assert found[0] == found[1] <= 2 * LENGTHS, "one to read each duration, one to stand for its kind"


@pytest.mark.usefixtures("large")
def test_report_of_a_file_makes_the_tasks_that_it_shows(tmp_path: Path) -> None:
    path = written(tmp_path, 8)
    with counting() as made:
        ipmo.report(path, tmp_path / "x.html")
    assert "p1/t20" in (tmp_path / "x.html").read_text(encoding="utf-8")
    if compiled.available():
        assert len(made) <= 150, f"{len(made)} of {8 * 150} tasks"
    else:  # the report reads columns where kernels are compiled; on lists it makes each task once
        assert len(made) <= 8 * 150 + LENGTHS


def test_tasks_that_are_looked_at_are_counted(tmp_path: Path) -> None:
    """The count is one that can fail: who looks at all of them makes all of them, in whichever way."""
    path = written(tmp_path, 8)
    with counting() as made:
        pf = ipmo.read(path)
        assert sum(len(project.tasks) for project in pf.projects) == 1200
        Task(id="in-python")
    assert len(made) >= 1201
