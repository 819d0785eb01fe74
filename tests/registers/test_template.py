"""The template: lists, limits and help as openpyxl sees them; filled in it is a portfolio, empty it says what to do."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.errors import FileError
from ipmo.model.money import as_budget
from ipmo.registers.own.layout import layout
from ipmo.registers.own.template import PORTFOLIO, SHEETS
from ipmo.registers.own.unflat import resolve
from ipmo.units import as_money


def run(*args: str) -> str:
    result = CliRunner().invoke(main, list(args))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "plan.xlsx"
    assert "fill in the sheets Portfolio and Projects first" in run("template", str(path))
    return path


def rules(path: Path, sheet: str) -> dict[str, tuple[str, str, bool]]:
    """The validations of a sheet by heading: kind, formula, whether they hold."""
    found = openpyxl.load_workbook(path)[sheet]
    heads = {cell.column_letter: str(cell.value) for cell in found[1]}
    out = {}
    for rule in found.data_validations.dataValidation:
        first = str(rule.sqref).split(":")[0].rstrip("0123456789")
        out[heads[first]] = (rule.type, rule.formula1, bool(rule.showErrorMessage))
    return out


def test_choices_ids_dates_and_shares_are_limited(template: Path) -> None:
    projects = rules(template, "Projects")
    assert projects["State"] == ("list", '"proposed,approved,active,paused,closed,cancelled"', True)
    assert projects["Programme"] == ("list", "OFFSET('Programmes'!$A$2,0,0,MAX(1,COUNTA('Programmes'!$A$2:$A$501)),1)", True)
    assert projects["Owner"][2] is False  # a board or an office may own it too
    assert projects["Finish"][:2] == ("date", "29221")
    assert projects["Progress"][0] == "decimal"
    assert projects["Id"] == ("custom", "COUNTIFS($A$2:$A$501,$A2)=1", True)
    tasks = rules(template, "Tasks")
    assert tasks["Id"][1] == 'COUNTIFS($A$2:$A$501,$A2&"",$B$2:$B$501,$B2)=1'
    assert tasks["Project"][1].startswith("OFFSET('Projects'!$A$2")
    assert tasks["Milestone"] == ("list", '"TRUE,FALSE"', True)
    assert rules(template, "Risk impacts")["Assessed"][1] == '"before,after"'
    assert rules(template, "Project money")["Figure"][1] == '"budget,actual,forecast,funding,exit_cost"'


def test_every_column_is_a_field_of_the_model_with_its_help(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["Read me", "Portfolio", *(name[0].upper() + name[1:].replace("_", " ") for name in SHEETS)]
    for name in SHEETS:
        known = layout(name)
        sheet = book[name[0].upper() + name[1:].replace("_", " ")]
        for cell in sheet[1]:
            found = resolve(known, str(cell.value))
            assert found is not None
            assert found.path[0] != "attributes", cell.value
            assert cell.comment is not None
            assert len(cell.comment.text) > 5
        assert sheet.tables[name].ref.startswith("A1:")
        assert sheet.freeze_panes is not None
    assert [cell.value for cell in book["Portfolio"]["A"]][1:] == [
        {"money.currency": "Money: currency", "money.financial_year": "Money: financial year", "status_date": "Status date"}.get(
            one, one.capitalize()
        )
        for one in PORTFOLIO
    ]


def test_an_empty_template_says_what_to_do(template: Path) -> None:
    with pytest.raises(FileError, match="not filled in yet: give the portfolio an Id on the sheet Portfolio"):
        ipmo.read(template)
    book = openpyxl.load_workbook(template)
    book["Projects"]["A2"] = "tram"
    book.save(template)
    with pytest.raises(FileError, match="Portfolio!B2: give the portfolio an Id"):
        ipmo.read(template)


def test_what_people_fill_in_is_a_portfolio(template: Path) -> None:
    book = openpyxl.load_workbook(template)

    def fill(sheet: str, **cells: object) -> None:
        for cell, value in cells.items():
            book[sheet][cell] = value

    fill("Portfolio", B2="city", B3="City", B4=date(2026, 1, 5), B5=date(2026, 2, 2), B6="GBP")
    fill("People", A2="ann", B2="Ann", C2="person")
    fill("Projects", A2="tram", B2="Tram", F2="ann", L2=1_250_000, K2=0.25, A3=2027, B3="Depot", E3="Approved")
    fill("Project status", A2="tram", B2=date(2026, 1, 30), C2="amber", D2="ann", E2="late")
    fill("Tasks", A2="tram", B2="plan", G2="10 d", A3="tram", B3="build", E3="plan FS+2 d", G3="3 w", F4=None)
    fill("Risks", A2="tram", B2="R1", C2="Late permit", I2=0.4)
    fill("Risk impacts", A2="tram", B2="R1", C2="before", E2="5 d", F2=20_000)
    fill("Links", A2="L1", B2="tram/build", C2="2027", D2="FS", H2=date(2026, 3, 1))
    fill("Benefits", A2="B1", E2=True, G2="tram/build", I2=30_000, J2="year", K2="3 years")
    fill("Project money", A2="2027", B2="budget", C2=5000, D2=date(2026, 4, 1), F2="capex")
    book.save(template)
    wanted = {
        "ipmo": 1,
        "portfolio": {
            "id": "city",
            "name": "City",
            "start": "2026-01-05",
            "status_date": "2026-02-02",
            "money": {"currency": "GBP"},
        },
        "people": [{"id": "ann", "name": "Ann", "kind": "person"}],
        "projects": [
            {
                "id": "tram",
                "name": "Tram",
                "owner": "ann",
                "budget": "1.25 M GBP",
                "progress": 0.25,
                "status": [{"date": "2026-01-30", "rag": "amber", "by": "ann", "note": "late"}],
                "tasks": [
                    {"id": "plan", "duration": "10 d"},
                    {"id": "build", "after": [{"from": "plan", "lag": "2 d"}], "duration": "3 w"},
                ],
                "risks": [
                    {"id": "R1", "name": "Late permit", "before": {"probability": 0.4, "impacts": [{"delay": "5 d", "cost": "20 k GBP"}]}}
                ],
            },
            {
                "id": "2027",
                "name": "Depot",
                "state": "approved",
                "budget": [{"amount": "5 k GBP", "from": "2026-04-01", "class": "capex"}],
            },
        ],
        "links": [{"id": "L1", "from": "tram/build", "to": "2027", "needed": "2026-03-01"}],
        "benefits": [{"id": "B1", "cashable": True, "enabled_by": ["tram/build"], "value": "30 k GBP per year", "lasts": "3 years"}],
    }
    pf = ipmo.read(template)
    assert pf == ipmo.from_dict(wanted)
    assert pf.source.findings == ()


def test_a_template_of_methods_offers_them_and_their_gates(tmp_path: Path) -> None:
    pytest.importorskip("ipmo_mop")
    path = tmp_path / "plan.xlsx"
    run("template", str(path), "--methods", "mop, agile")
    book = openpyxl.load_workbook(path)
    assert {row[0].value: row[1].value for row in book["Portfolio"].iter_rows()}["Methodologies: portfolio"] == "mop"
    assert rules(path, "Projects")["Methodology"][1] == '"agile"'


def test_what_is_there_is_not_written_over_and_other_endings_are_refused(template: Path) -> None:
    again = CliRunner().invoke(main, ["template", str(template)])
    assert again.exit_code == 1
    assert "--force" in again.output
    assert json.loads(run("template", str(template), "--force", "--json"))["rows"] == [{"target": str(template), "methods": []}]
    other = CliRunner().invoke(main, ["template", str(template.with_suffix(".xls"))])
    assert other.exit_code == 1
    assert ".xlsx" in other.output


def filled(template: Path, path: Path, **sheets: list[dict[str, object]]) -> Path:
    """The template with some cells of some sheets filled in, headings as they stand there."""
    book = openpyxl.load_workbook(template)
    book["Portfolio"]["B2"] = "office"
    heads = {cell.value: cell.row for cell in book["Portfolio"]["A"]}
    book["Portfolio"].cell(heads["Money: currency"], 2, "GBP")
    for name, rows in sheets.items():
        columns = {cell.value: cell.column for cell in book[name][1]}
        for number, row in enumerate(rows, 2):
            for heading, value in row.items():
                book[name].cell(number, columns[heading], value)
    book.save(path)
    return path


def test_amounts_and_predecessors_are_read_as_people_type_them(template: Path, tmp_path: Path) -> None:
    amounts = ["5m GBP", "£12.4m", "1,250", "1,250,000.50", "€3k", 7, "4.2 M GBP"]
    projects = [{"Id": f"P{n}", "Name": "x", "Budget": amount} for n, amount in enumerate(amounts)]
    tasks = [
        {"Project": "P0", "Id": "1", "Name": "Dig", "Duration": "3 d"},
        {"Project": "P0", "Id": "2SS", "Name": "Fill", "Duration": "3 d", "After": "1FS+2d"},
        {"Project": "P0", "Id": "3", "Name": "Pave", "Duration": "3 d", "After": "1SS; 2SS; P0/1FF-1d"},
    ]
    pf = ipmo.read(filled(template, tmp_path / "plan.xlsx", Projects=projects, Tasks=tasks))
    assert [p.budget for p in pf.projects] == [
        as_budget(as_money(text))
        for text in ("5000000 GBP", "12400000 GBP", "1250 GBP", "1250000.5 GBP", "3000 EUR", "7 GBP", "4200000 GBP")
    ]
    after = {task.id: [(link.source, link.type, str(link.lag)) for link in task.after] for task in pf.projects[0].tasks}
    assert after == {
        "1": [],
        "2SS": [("1", "FS", "2 d")],
        "3": [("1", "SS", "None"), ("2SS", "FS", "None"), ("P0/1", "FF", "-1 d")],  # what is an id is one
    }


def test_text_that_is_thousands_or_thousandths_is_refused_where_its_currency_is_written_either_way(template: Path, tmp_path: Path) -> None:
    """A pound has a decimal point, a euro a point or a comma; what is a number in its cell is one."""
    euros = [{"Id": f"P{n}", "Budget": text} for n, text in enumerate(("1.250 EUR", "€3.400", "12.500 eur", "1.250,50 EUR", "12.5 EUR"))]
    with pytest.raises(FileError) as caught:
        ipmo.read(filled(template, tmp_path / "plan.xlsx", Projects=euros))
    assert [one.message.partition(" is ")[0] for one in caught.value.problems] == [
        "Projects!L2: '1.250 EUR'",
        "Projects!L3: '€3.400'",
        "Projects!L4: '12.500 eur'",
    ]
    assert "thousands or decimals: EUR is written either way; make the cell a number" in str(caught.value)
    pounds = [{"Id": f"P{n}", "Budget": text} for n, text in enumerate(("1.250", "1,250", "1.250 GBP", "£1,250", "£1,250.50"))]
    pf = ipmo.read(filled(template, tmp_path / "plan.xlsx", Projects=pounds))
    assert [project.budget for project in pf.projects] == [
        as_budget(as_money(text)) for text in ("1.25 GBP", "1250 GBP", "1.25 GBP", "1250 GBP", "1250.5 GBP")
    ]


@pytest.mark.parametrize(
    ("sheet", "row", "said"),
    [
        ("Projects", {"Id": "P1", "Progress": 50}, "Projects!K2: 50 is more than all of it; write 50 %, or 0.5"),
        ("Projects", {"Id": "P1", "Budget": "about five"}, "Projects!L2: 'about five' is not money"),
        ("Projects", {"Name": "Tram"}, "Projects row 2: required field 'id' is missing"),
        ("Tasks", {"Project": "P9", "Id": "A", "Name": "x"}, "Tasks!A2: there is no project 'P9'"),
        ("Links", {"From": "P1"}, "Links row 2: required field 'to' is missing"),
        ("Issues", {"Id": "I1", "Name": "x", "Item": "P1"}, "Issues!C2: issue 'I1': item 'P1' is no item"),
    ],
)
def test_a_template_filled_in_by_half_says_where(template: Path, tmp_path: Path, sheet: str, row: dict[str, object], said: str) -> None:
    path = filled(template, tmp_path / "plan.xlsx", **{sheet: [row]})
    with pytest.raises(FileError) as caught:
        ipmo.read(path)
    assert said in str(caught.value)
