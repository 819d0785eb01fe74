"""A list of projects that stays columns is the portfolio that its rows make one by one, said and located the same."""

from __future__ import annotations

import copy
import csv
import io
import pickle
import string
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model.later import unread
from ipmo.registers.building import making
from ipmo.registers.building.rows import Table
from ipmo.registers.mapping import Mapping, from_plain
from ipmo.registers.opening.sheets import plain_rows, read_sheets
from ipmo.registers.reading import read_tables

FIELDS = {
    "id": st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=4) | st.sampled_from(("", "P 1", "p1", "P1", "a/b", "é")),
    "name": st.text("abc T", max_size=6) | st.sampled_from(("Total", "N/A", " x  y ", "#REF!", "Tram", "tram")),
    "owner": st.sampled_from(("Ann", "Bo", "", "TBC", "P1", "Ann ")),
    "programme": st.sampled_from(("Rail", "", "Road")),
    "requires": st.sampled_from(("", "P1", "nobody")),
    "start": st.sampled_from(("2026-01-05", "05/02/2026", "31/12/2026", "TBC", "", "2026-13-45")),
    "finish": st.sampled_from(("2026-06-30", "2025-01-01", "TBC", "", "soon")),
    "actual_start": st.sampled_from(("2026-02-01", "")),
    "actual_finish": st.sampled_from(("2026-01-01", "2026-03-01", "")),
    "budget": st.sampled_from(("10", "£3m", "-5", "1,000", "TBC", "", "5 EUR", "£m")),
    "forecast": st.sampled_from(("12", "0", "")),
    "progress": st.sampled_from(("0%", "50%", "120%", "")),
    "state": st.sampled_from(("active", "Closed", "odd", "")),
    "rag": st.sampled_from(("Green", "Red", "", "pink")),
    "rag_date": st.sampled_from(("2026-05-01", "")),
    "confidence_rating": st.sampled_from(("amber", "", "red")),
    "objectives": st.sampled_from(("", "growth; access")),
    "status_date": st.sampled_from(("2026-05-01", "2026-06-01", "")),
    "Region": st.sampled_from(("North", "", "N/A", "=1+1", "x")),
}


@st.composite
def registers(draw: st.DrawFn) -> tuple[list[str], list[list[str]], dict[str, Any]]:
    more = draw(st.lists(st.sampled_from(sorted(FIELDS.keys() - {"id"})), unique=True, max_size=7))
    heads = draw(st.permutations(["id", *more]))
    own = draw(st.booleans())
    rows = [[draw(FIELDS[head]) if head != "id" or own else f"K{place}" for head in heads] for place in range(draw(st.integers(1, 8)))]
    plain = {"dates": "day first", "currency": "GBP", "mapping": 1}
    if draw(st.booleans()):
        plain["status_date"] = "2026-04-30"
    columns = {head: "attribute" if head == "Region" else head for head in heads}
    new = {"new_projects": True} if draw(st.booleans()) else {}
    return heads, rows, {**plain, "sheets": [{"register": "projects", "columns": columns, **new}]}


def quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell or not cell else cell


def read(path: Path, mapping: Mapping, *, later: bool) -> Any:
    with patch.object(making, "projects_later", making.projects_later if later else lambda *_: None):
        try:
            return read_tables(read_sheets(path, "register.csv"), "register.csv", mapping)
        except ipmo.FileError as error:
            return [str(problem) for problem in error.problems]


@settings(deadline=None)
@given(registers())
def test_what_stays_columns_is_what_rows_make(tmp_path_factory: pytest.TempPathFactory, register: Any) -> None:
    heads, rows, plain = register
    path = tmp_path_factory.mktemp("registers") / "register.csv"
    path.write_text("\n".join(",".join(map(quoted, row)) for row in (heads, *rows)) + "\n", encoding="utf-8")
    mapping = from_plain(plain)
    at_once, singly = read(path, mapping, later=True), read(path, mapping, later=False)
    if isinstance(singly, list):
        assert at_once == singly
        return
    assert not unread(singly, "projects")
    assert (at_once.source, dict(at_once.source.lines)) == (singly.source, dict(singly.source.lines))
    assert at_once == singly
    assert [*map(repr, at_once.projects)] == [*map(repr, singly.projects)]


def plain_register(path: Path, count: int = 300, last: str = "2028-01-01") -> Path:
    heads = "Project ID,Project name,SRO,Start date,End date,Total budget (£m),RAG status,Region"
    rows = (
        f"P{n},Project {n},Owner {n % 7},2026-01-{1 + n % 28:02},{last if n == count - 1 else f'2027-02-{1 + n % 28:02}'},{n}.5,Green,North"
        for n in range(count)
    )
    path.write_text("\n".join((heads, *rows)) + "\n", encoding="utf-8")
    return path


def test_nothing_is_made_until_somebody_looks(tmp_path: Path) -> None:
    pf = ipmo.read(plain_register(tmp_path / "projects.csv"))
    assert unread(pf, "projects") and repr(pf).startswith("<Portfolio 'projects': 300 projects, 0 tasks, 0 links")
    assert unread(pf, "projects") and pf.source.cells["understood"] == 7 * 300 and pf.source.cells["refused"] == 300
    assert (pf["P7"].name, pf.source.lines["P7"]) == ("Project 7", 9)
    assert not unread(pf, "projects") and len(pf.projects) == 300


@pytest.mark.parametrize(
    "after", [copy.deepcopy, lambda pf: pickle.loads(pickle.dumps(pf)), lambda pf: pf.evolve(name=pf.name), lambda pf: pf]
)
def test_copies_of_it_are_equal_to_it_and_answer_the_same(tmp_path: Path, after: Any) -> None:
    path = plain_register(tmp_path / "projects.csv")
    pf, other = after(ipmo.read(path)), ipmo.read(path)
    assert pf == other and pf.digest == other.digest and dict(pf.source.lines) == dict(other.source.lines)
    assert ipmo.roll_up(pf, "budget").total == ipmo.roll_up(other, "budget").total
    assert len(ipmo.schedule(pf)) == len(ipmo.schedule(other))


def test_what_is_wrong_with_one_project_is_said_by_its_line_still(tmp_path: Path) -> None:
    pf = ipmo.read(plain_register(tmp_path / "projects.csv", last="2025-01-01"))
    assert not unread(pf, "projects") and pf["P299"].finish is None and pf["P298"].finish is not None
    assert any("lies before start" in finding.message and finding.line == 301 for finding in pf.source.findings)


def test_it_is_written_and_read_back_without_having_been_looked_at(tmp_path: Path) -> None:
    pf = ipmo.read(plain_register(tmp_path / "projects.csv"))
    ipmo.write(pf, tmp_path / "plan.yaml")
    assert ipmo.read(tmp_path / "plan.yaml") == pf


@settings(deadline=None)
@given(st.lists(st.lists(st.text("a,;\r\n\t x", max_size=3), max_size=4).map(",".join), max_size=6), st.sampled_from(("\n", "\r\n", "\r")))
def test_text_without_quotation_marks_is_read_as_the_csv_module_reads_it(lines: list[str], end: str) -> None:
    text = end.join(lines) + end
    for delimiter in ",;\t":
        found = plain_rows(text, delimiter)
        assert found is None or found == list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


CELLS = st.sampled_from(("", " ", "Tram", "Total", "grand total", "t", "a", "Name", "Note", "3", "\u3000", "Sum"))


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=7), st.sampled_from((["Name", "Note", "Ref"], ["Ref", "Name", "Note"])))
def test_rows_chosen_together_are_those_chosen_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], heads: list[str]
) -> None:
    path = tmp_path_factory.mktemp("registers") / "register.csv"
    path.write_text("\n".join(",".join(map(quoted, row)) for row in (heads, *rows)) + "\n", encoding="utf-8")
    mapping = from_plain(
        {"mapping": 1, "sheets": [{"register": "projects", "columns": {"Name": "name", "Ref": "id", "Note": "attribute"}}]}
    )
    together = read(path, mapping, later=True)
    with patch.object(Table, "_beside", lambda *_: None):
        singly = read(path, mapping, later=True)
    assert together == singly
    if not isinstance(singly, list):
        assert together.source == singly.source


def test_a_list_of_many_rows_with_a_hundredth_of_odd_ones_says_the_same_of_each(tmp_path: Path) -> None:
    lines = plain_register(tmp_path / "projects.csv").read_text(encoding="utf-8").splitlines()
    lines[50] = "Total,,,,,300,,"
    lines[90] = lines[0]
    lines[120] = ",,,,,,,"
    (tmp_path / "projects.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pf = ipmo.read(tmp_path / "projects.csv")
    assert unread(pf, "projects") and len(pf.projects) == 297
    said = sorted(finding.line for finding in pf.source.findings if finding.code == "register/row-ignored")
    assert said == [51, 91] and pf.source.cells["blank"] == 2 * 8 - 2 and pf.source.lines["P298"] == 300
