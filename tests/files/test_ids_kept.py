"""Ids on the way through the files of Primavera and Project: each comes back as it was, or what is lost of it is named."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.errors import FormatWarning
from ipmo.files.foreign import escaped, text_of
from ipmo.model import Portfolio

ENDINGS = (".xer", ".pmxml", ".xml")
IDS = ("%41", "A", "a%2Fb", "%2f", "%FF", "a%0Ab", "a%09b", "WBS 1", "WBS", "x%EF%BF%BE", "%20lead", "~", "50%", "a%C2%A0b", "%25", "é")


def through(pf: Portfolio, path: Path) -> tuple[Portfolio, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(pf, path)
    return ipmo.read(path), "; ".join(str(one.message) for one in caught if one.category is FormatWarning)


def work(**more: Any) -> dict[str, Any]:
    return {"duration": "1 d", **more}


@pytest.mark.parametrize("ending", ENDINGS)
def test_ids_of_work_come_back_as_they_were(ending: str, tmp_path: Path) -> None:
    """Those that a percent sign escapes, those that no text is read as, and two that one text stands for."""
    tasks = [{"id": id, **work()} for id in IDS]
    back, said = through(Portfolio(id="x", start="2026-01-05", projects=[{"id": "P%41", "tasks": tasks}]), tmp_path / f"x{ending}")
    assert [(one.id, [task.id for task in one.tasks]) for one in back.projects] == [("P%41", list(IDS))]
    assert (back.source.refused, said) == (0, "")


@pytest.mark.parametrize("ending", ENDINGS)
def test_summaries_keep_their_ids_whatever_they_lie_in(ending: str, tmp_path: Path) -> None:
    """P6 names an element of its WBS by a path of short names; a name of ours is none."""
    tasks = [
        *({"id": id, "parent": above, "name": id} for id, above in (("grp", None), ("WBS 1", None), ("WBS 1.2", "WBS 1"), ("in", "grp"))),
        {"id": "WBS 7", "parent": "in"},
        *(work(id=f"t{n}", parent=above) for n, above in enumerate(("grp", "WBS 1", "WBS 1.2", "in", "WBS 7"))),
    ]
    pf = Portfolio(id="x", start="2026-01-05", projects=[{"id": "P", "tasks": tasks}])
    back, _ = through(pf, tmp_path / f"x{ending}")
    assert {(task.id, task.parent, task.name) for task in back.projects[0].tasks} == {
        (task.id, task.parent, task.name) for task in pf.projects[0].tasks
    }


def test_only_ids_that_need_it_have_a_field_of_their_own_in_p6(tmp_path: Path) -> None:
    tasks = [{"id": "WBS 1"}, work(id="a%2Fb", parent="WBS 1"), work(id="b")]
    ipmo.write(Portfolio(id="x", start="2026-01-05", projects=[{"id": "P", "tasks": tasks}]), tmp_path / "x.xer")
    assert "ipmo id" not in (tmp_path / "x.xer").read_text()
    tasks.append(work(id="a%0Ab"))
    ipmo.write(Portfolio(id="x", start="2026-01-05", projects=[{"id": "P", "tasks": tasks}]), tmp_path / "x.xer")
    assert (tmp_path / "x.xer").read_text().count("ipmo id") == 1
    assert not any(task.attributes for task in ipmo.read(tmp_path / "x.xer").projects[0].tasks), "no attribute of the work"


@pytest.mark.parametrize("ending", ENDINGS)
def test_calendars_and_resources_are_called_what_they_are(ending: str, tmp_path: Path) -> None:
    """Two spaces in a name are escaped in its id: other tools see the name, and it comes back as one."""
    calendar = {"id": "Trades - %205 Day", "name": "Trades -  5 Day", "week": "mon-sat", "hours": "07:00-15:00", "day": "8 h"}
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="Trades - %205 Day",
        calendars=[calendar],
        resources=[{"id": "crew A%2FB", "name": "crew A/B", "unit": "person"}],
        projects=[{"id": "P", "tasks": [work(id="a", assignments=[{"resource": "crew A%2FB"}])]}],
    )
    back, said = through(pf, tmp_path / f"x{ending}")
    text = (tmp_path / f"x{ending}").read_text()
    assert [(one.id, one.name) for one in back.calendars] == [("Trades - %205 Day", "Trades -  5 Day")]
    assert [(one.id, one.name) for one in back.resources] == [("crew A%2FB", "crew A/B")]
    assert "%20" not in text
    assert "%2F" not in text
    assert "names" not in said


def test_a_text_is_written_only_where_the_id_comes_of_it_again() -> None:
    assert [text_of(id) for id in IDS[:6]] == ["%41", "A", "a/b", "%2f", "%FF", "a%0Ab"]
    assert all(escaped(text_of(id)) == id or text_of(id) == id for id in IDS)
