"""Nouns in a row can be asked for those of which something is so, and stay a tuple."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import ipmo
from ipmo.model import Project

GMPP = Path(__file__).resolve().parents[2] / "examples" / "gmpp-2022.yaml"


def test_fields_and_attributes_together() -> None:
    pf = ipmo.read(GMPP)
    found = pf.projects.where(state="active", department="MOD")
    by_hand = [p for p in pf.projects if p.state == "active" and p.attributes.get("department") == "MOD"]
    assert list(found) == by_hand
    assert len(by_hand) > 20
    assert len(pf.projects.where(department=("MOD", "DFT"))) == len(pf.projects.where(department="MOD")) + len(
        pf.projects.where(department="DFT")
    )


def test_values_may_be_written_as_in_files_and_what_cannot_be_is_refused() -> None:
    projects = ipmo.Portfolio(
        id="pf",
        projects=[Project(id="a", budget="5 M GBP", start="2026-01-05", requires=["b"]), Project(id="b", state="closed", owner=None)],
    ).projects
    assert projects.where(budget="5 M GBP").ids == ("a",)
    assert projects.where(start="2026-01-05").ids == ("a",)
    assert projects.where(requires="b").ids == ("a",)
    assert projects.where(budget=None).ids == ("b",)
    assert projects.where(lambda p: p.state == "closed").ids == ("b",)
    with pytest.raises(ipmo.OptionError, match="not one of proposed, approved"):
        projects.where(state="shut")
    with pytest.raises(ipmo.OptionError, match="not a date"):
        projects.where(start="soon")
    with pytest.raises(ipmo.UnknownItemError, match="close: 'state'"):
        projects.where(stat="closed")
    assert projects.where(state="paused") == ()
    assert projects.where(state="paused").where(anything="x") == ()


def test_it_is_the_tuple_that_it_was() -> None:
    pf = ipmo.examples.load("library")
    assert pf.projects == tuple(pf.projects)
    assert isinstance(pf["hall"].tasks, tuple)
    assert type(pickle.loads(pickle.dumps(pf)).projects) is type(pf.projects)
    assert pf.evolve(projects=pf.projects[:]) == pf


def test_of_columns_too() -> None:
    pf = ipmo.read(GMPP)
    again = ipmo.from_tables(pf.tables())
    assert again.projects.where(department="MOD").ids == pf.projects.where(department="MOD").ids
    plan = ipmo.Portfolio(
        id="pf", start="2026-01-05", projects=[Project(id="a", tasks=[{"id": f"t{n}", "duration": "1 d"} for n in range(20)])]
    )
    columns = ipmo.from_tables(plan.tables())
    assert columns["a"].tasks.where(id=("t3", "t4")).ids == ("t3", "t4")


def test_in_a_notebook_it_is_a_table_and_text_stays_text() -> None:
    shown = ipmo.Portfolio(id="pf", projects=[Project(id=f"p{n}", name="<b>bold</b>") for n in range(12)]).projects._repr_html_()
    assert "12 projects" in shown
    assert "<b>" not in shown
    assert shown.count("<tr>") == 11
    assert "12 in all" in shown


def test_many_are_said_in_a_line_and_what_bears_no_ids_stands_as_it_is() -> None:
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x"}, "projects": [{"id": f"p{number}"} for number in range(9)]})
    assert repr(pf.projects) == "<9 projects: p0, p1, p2, p3, p4, p5 and 3 more>"
    assert repr(pf.projects.where(lambda project: False)) == "()"
    task = Project(id="p", tasks=[{"id": "a"}, {"id": "b", "after": "a"}]).tasks[1]
    assert repr(task.after) == "(After(source='a', type='FS', lag=None),)"
