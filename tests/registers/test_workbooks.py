"""ipmo's own workbooks: all of a portfolio written, read back equal; what people change counts, what they damage is refused by its cell."""

from __future__ import annotations

import warnings
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import ipmo
from ipmo.errors import FileError
from ipmo.testing.nouns import wide_portfolios

GBP: dict[str, Any] = {"id": "pf", "start": "2026-01-05", "money": {"currency": "GBP"}}


def portfolio(*projects: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    header = {**GBP, **more.pop("portfolio", {})}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": list(projects), **more})


def written(pf: ipmo.Portfolio, folder: Path) -> Path:
    path = folder / "plan.xlsx"
    ipmo.write(pf, path)
    return path


def back(pf: ipmo.Portfolio, folder: Path) -> ipmo.Portfolio:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ipmo.read(written(pf, folder))


def changed(path: Path, **cells: object) -> Path:
    """The workbook with cells changed by a person: `Projects__B2=...`."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        sheet, _, cell = place.partition("__")
        book[sheet.replace("_", " ")][cell] = value
    book.save(path)
    return path


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(pf=wide_portfolios())
def test_every_portfolio_is_read_back_equal(pf: ipmo.Portfolio, tmp_path: Path) -> None:
    assert back(pf, tmp_path) == pf


@pytest.mark.parametrize("example", ["commitment", "extension", "handover", "library"])
def test_the_examples_are_read_back_equal_and_without_a_finding(example: str, tmp_path: Path) -> None:
    pf = ipmo.read(Path(ipmo.__file__).parent / "examples" / f"{example}.yaml")
    found = back(pf, tmp_path)
    assert found == pf
    assert found.source.format == "excel"
    assert not found.source.findings


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 20 7946 0958",
        "-5",
        "@home",
        '=HYPERLINK("http://example.org")',
        "http://example.org/a",
        "{=SUM(A1)}",
        "<r><t>x</t></r>",
        "_x0041_",
        "#N/A",
        "TRUE",
        "007",
        "2026-01-09",
        "1e5",
        "[text 1]",
        '{"a": 1}',
        "line\nline",
        "a\rb",
        "\x01\x1f",
        "￾￿",
        "é" * 40_000,
        "\U0001f600" * 20_000,
        "&lt;b> 'q' \"q\"",
    ],
)
def test_text_stays_text_whatever_it_looks_like(text: str, tmp_path: Path) -> None:
    pf = portfolio({"id": "a", "name": text, "attributes": {"Region": text}}, portfolio={"note": text})
    path = written(pf, tmp_path)
    assert ipmo.read(path) == pf
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f" or cell.hyperlink]


@pytest.mark.parametrize(
    "fields",
    [
        {"budget": "1234567.89 GBP"},
        {"budget": "12 M EUR", "actual": "5 GBP"},
        {"budget": "0.1 GBP"},
        {"budget": "123456789012345 GBP"},
        {"budget": "12345678901.2345 GBP"},
        {"budget": {"low": "1 M GBP", "likely": "2 M GBP", "high": "4 M GBP", "shape": "pert"}},
        {"budget": [{"amount": "3 M GBP", "from": "2026-04-01", "until": "2027-03-31", "class": "capex"}, {"amount": "1 k EUR"}]},
        {"budget": [{"amount": {"low": "1 EUR", "likely": "2 EUR", "high": "4 EUR"}, "spread": [0.5, 0.5], "price_base": {"year": 2024}}]},
        {"budget": []},
        {"progress": 1 / 3},
        {"progress": 0.30000000000000004},
        {"finish": "2026-03-31"},
        {"finish": "2026-03-31 00:00"},
        {"finish": "2026-03-31 17:05"},
        {"start": "1899-12-31", "finish": "1900-02-28"},
        {"finish": "9999-12-31"},
        {"spread": "s-curve"},
        {"spread": [0.2, 0.5, 0.3]},
        {"tolerance": {}},
        {"tolerance": {"time": "5 d", "risk": "10 k EUR"}},
        {"requires": ["b"]},
        {"status": [{"date": "2026-01-30", "rag": "red", "note": "a; b"}, {"date": "2026-02-27"}]},
        {"attributes": {"Finish": "x", "finish": "y", "json": "z", "Id": "1", " a": "b", "": "c", "n\n": "d", "Budget: currency": "e"}},
        {"attributes": {"Region": "north", "region": "south"}},
        {"attributes": {"currency": "USD", "time": "noon", "per": "head", "=1": "f"}},
        {"extensions": {"house": {"deep": [1, {"a": None}], "n": 1.5}}},
    ],
)
def test_values_of_every_kind_are_read_back_as_they_were(fields: dict[str, Any], tmp_path: Path) -> None:
    pf = portfolio({"id": "a", **fields}, {"id": "b"})
    assert back(pf, tmp_path) == pf


def test_amounts_dates_and_shares_are_real_ones_with_their_formats(tmp_path: Path) -> None:
    pf = portfolio({"id": "a", "budget": "1.5 M GBP", "finish": "2026-03-31", "progress": "45 %"}, {"id": "b", "budget": "9.5 EUR"})
    sheet = openpyxl.load_workbook(written(pf, tmp_path))["Projects"]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["Id", "Finish", "Budget", "Budget: currency", "Progress"]
    first = dict(zip(heads, sheet[2], strict=True))
    assert (first["Finish"].value, first["Finish"].number_format) == (datetime(2026, 3, 31), "yyyy-mm-dd")
    assert (first["Budget"].value, first["Budget"].number_format) == (1_500_000, "#,##0 [$GBP]")
    assert (first["Progress"].value, first["Progress"].number_format) == (0.45, "0%")
    second = dict(zip(heads, sheet[3], strict=True))
    assert (second["Budget"].value, second["Budget"].number_format, second["Budget: currency"].value) == (9.5, "#,##0.00 [$EUR]", "EUR")


def test_rows_that_say_no_more_than_whose_they_are_are_read_back(tmp_path: Path) -> None:
    pf = portfolio({"id": "a", "risks": [{"id": "r", "before": {"probability": 0.5, "impacts": [{}, {}]}}]})
    assert ipmo.read(written(pf, tmp_path)) == pf


def test_sheets_are_tables_with_filters_frozen_headings_and_help(tmp_path: Path) -> None:
    pf = portfolio({"id": "a", "state": "paused", "tasks": [{"id": "t", "duration": "5 d"}]})
    book = openpyxl.load_workbook(written(pf, tmp_path))
    assert book.sheetnames == ["Read me", "Portfolio", "Projects", "Tasks"]
    tasks = book["Tasks"]
    assert tasks.tables["tasks"].ref == "A1:C2"
    assert tasks.tables["tasks"].autoFilter is not None
    assert tasks.freeze_panes == "C2"
    comment = book["Projects"]["B1"].comment
    assert comment is not None
    assert "One of: proposed, approved, active, paused, closed, cancelled." in comment.text
    assert book.custom_doc_props["ipmo"].value == 1
    paper = book["Projects"].page_setup
    assert (paper.orientation, int(paper.fitToWidth or 1), int(paper.fitToHeight)) == ("landscape", 1, 0)
    assert book["Projects"].print_title_rows == "$1:$1"


def test_columns_that_people_add_become_attributes(tmp_path: Path) -> None:
    path = changed(written(portfolio({"id": "a"}, {"id": "b"}), tmp_path), Projects__B1="Cost centre", Projects__B2=4711)
    changed(path, Projects__C1="Signed", Projects__C3=date(2026, 2, 1))
    pf = ipmo.read(path)
    assert dict(pf["a"].attributes) == {"Cost centre": "4711"}
    assert dict(pf["b"].attributes) == {"Signed": "2026-02-01"}


def test_rows_and_fields_that_people_add_count(tmp_path: Path) -> None:
    path = written(portfolio({"id": "a", "tasks": [{"id": "t", "duration": "5 d"}]}), tmp_path)
    changed(path, Tasks__A3="a", Tasks__B3="u", Tasks__C3="3 d", Tasks__D1="After", Tasks__D3="t FS+2 d", Tasks__E1="Actual finish")
    changed(path, Tasks__E2=date(2026, 1, 9), Projects__A3=101, Projects__B1="Budget", Projects__B3=1250.5)
    pf = ipmo.read(path)
    assert ipmo.to_dict(pf)["projects"][1] == {"id": "101", "budget": "1250.5 GBP"}
    after = pf["a/u"].after[0]
    assert (after.source, after.type, str(after.lag)) == ("t", "FS", "2 d")
    assert pf["a/t"].actual_finish == date(2026, 1, 9)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Tasks__C2": "soon"}, ["Tasks!C2: 'soon'"]),
        ({"Tasks__C2": 5}, ["Tasks!C2: 5 has no unit; write 10 d"]),
        ({"Tasks__A2": "c"}, ["Tasks!A2: there is no project 'c'"]),
        ({"Tasks__A2": None}, ["Tasks!A2: the row says nothing under 'Project'"]),
        ({"Tasks__B1": "Nr"}, ["there is no column 'Id'"]),
        ({"Projects__E1": "Start", "Projects__E2": 46112}, ["Projects!E2: expected a date; got 46112"]),
        ({"Projects__B2": "31.3.26"}, ["Projects!B2: '31.3.26'"]),
        ({"Projects__D2": "forty"}, ["Projects!D2: 'forty'"]),
        ({"Projects__D2": 1.4}, ["Projects!D2: "]),
        ({"Projects__C2": True}, ["Projects!C2: expected an amount; got True"]),
        ({"Projects__A2": date(2026, 3, 1)}, ["Projects!A2: expected text; got the date 2026-03-01"]),
        ({"Projects__A3": "a"}, ["Projects!A3: "]),
        ({"Portfolio__B3": "never"}, ["Portfolio!B3: 'never'"]),
        ({"Task_links__C2": "nobody"}, ["task 'a/u': after 'nobody'"]),
        ({"Task_links__B2": "w"}, ["'Task links'!B2: there is no task 'w' in project 'a'"]),
        ({"Projects__D2": "x", "Tasks__C2": "y"}, ["Projects!D2: ", "Tasks!C2: "]),
        ({"Tasks__C2": 5, "Projects__B2": "31/02/2026"}, ["Tasks!C2: 5 has no unit", "Projects!B2: '31/02/2026'"]),
        ({"Tasks__C2": 5, "Tasks__D1": "Deadline", "Tasks__D2": "31/02/2026"}, ["Tasks!C2: ", "Tasks!D2: '31/02/2026'"]),
        ({"Tasks__C2": 5, "Task_links__C2": "nobody"}, ["Tasks!C2: ", "task 'a/u': after 'nobody'"]),
        ({"Tasks__A2": "c", "Tasks__C2": "soon"}, ["Tasks!A2: there is no project 'c'", "Tasks!C2: 'soon'"]),
        ({"Tasks__A2": "c d", "Tasks__C2": 5, "Tasks__C3": "y"}, ["Tasks!A2: there is no project 'c d'", "Tasks!C2: ", "Tasks!C3: 'y'"]),
        ({"Tasks__A2": "c", "Tasks__A3": "c"}, ["Tasks!A2: there is no project", "Tasks!A3: there is no project"]),
        ({"Task_links__C2": True, "Tasks__C3": 5}, ["'Task links'!C2: expected text", "Tasks!C3: 5 has no unit"]),
        ({"Tasks__B1": "Nr", "Projects__B2": "soon"}, ["there is no column 'Id'", "Projects!B2: 'soon'"]),
    ],
)
def test_a_damaged_cell_is_refused_by_its_place(cells: dict[str, object], said: list[str], tmp_path: Path) -> None:
    tasks = [{"id": "t", "duration": "5 d"}, {"id": "u", "duration": "5 d", "after": "t"}]
    path = written(portfolio({"id": "a", "finish": "2026-03-31", "progress": 0.5, "budget": "5 GBP", "tasks": tasks}), tmp_path)
    changed(path, **cells)
    with pytest.raises(FileError) as error:
        ipmo.read(path)
    text = str(error.value)
    found = [one for one in said if one in text]
    assert found == said, text
    assert len(error.value.problems) == len(said), text  # what rests on a refused row is not complained about as well


def test_an_unknown_sheet_and_a_misspelt_heading_are_said(tmp_path: Path) -> None:
    path = changed(written(portfolio({"id": "a"}), tmp_path), Projects__B1="Finsh", Projects__B2="x")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Notes")["A1"] = "hello"
    book.save(path)
    found = {finding.code: str(finding) for finding in ipmo.read(path).source.findings}
    assert "'Finsh' is read as an attribute; close: 'Finish'" in found["ipmo/unknown-column"]
    assert "sheet 'Notes' is not read" in found["ipmo/unknown-sheet"]


def test_the_same_portfolio_is_the_same_file(tmp_path: Path) -> None:
    pf = portfolio({"id": "a", "finish": "2026-03-31"})
    first = written(pf, tmp_path).read_bytes()
    assert written(pf, tmp_path).read_bytes() == first
