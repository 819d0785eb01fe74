"""Items by full id, where the tasks of a large file are made when somebody looks at them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ipmo
from ipmo.files.by_columns import LEAST
from ipmo.model import Gate, Risk, Task, items
from ipmo.model.items import Items


def test_what_lies_beside_tasks_is_listed_once_however_often_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many risks was looked for in a list of all of them: reading took a time that grew with their square."""
    asked = list[str]()
    kept = vars(items)["_beside"]
    monkeypatch.setattr(items, "_beside", lambda project: (asked.append(project.id), kept(project))[1])
    inner = {
        "tasks": [{"id": f"t{n}", "duration": "1 d"} for n in range(LEAST)],
        "risks": [{"id": f"r{n}"} for n in range(50)],
        "gates": [{"id": "g"}],
    }
    issues = [{"id": f"i{n}", "item": f"p/r{n}"} for n in range(50)]
    data = {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "p", **inner}], "issues": issues}
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    pf = ipmo.read(tmp_path / "x.json")
    found = pf.items
    assert isinstance(found, Items)
    assert len(asked) <= 2  # of the portfolio that is looked at, and of the one that is given
    wanted = {"p/t7": Task, "p/r7": Risk, "p/g": Gate, "p/nobody": None, "nobody/t7": None, "p": ipmo.model.Project, "i7": ipmo.model.Issue}
    assert {name: found.class_of(name) for name in wanted} == wanted
    assert len(pf.projects[0].tasks) == LEAST  # somebody looks at them
    assert {name: found.class_of(name) for name in wanted} == wanted
    assert {name: type(found[name]) for name in wanted if wanted[name]} == {name: one for name, one in wanted.items() if one}
