"""A formula that failed is no blank cell: calamine cannot tell them apart, so they are looked up in the file."""

import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.errors import FileError
from ipmo.registers.opening.guard import inspected
from ipmo.registers.opening.sheets import read_sheets

ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


def error_cells(path, name):
    return inspected(path.read_bytes(), name).failed


PLACES = st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 30)), st.sampled_from((*ERRORS, "fine", 7)), max_size=12)


@given(st.dictionaries(st.sampled_from(["Plan", "Risks & issues", "Übersicht"]), PLACES, min_size=1))
def test_errors_are_those_that_openpyxl_finds(tmp_path_factory, sheets):
    path = tmp_path_factory.mktemp("errors") / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in cells.items():
                sheet.write_formula(row, column, "=A1/0", None, value)
    other = openpyxl.load_workbook(path, data_only=True)
    wanted = {
        name: {(cell.row - 1, cell.column - 1): cell.value for row in other[name].iter_rows() for cell in row if cell.data_type == "e"}
        for name in sheets
    }
    assert error_cells(path, "a.xlsx") == {name: places for name, places in wanted.items() if places}
    for sheet in read_sheets(path, "a.xlsx"):
        for (row, column), value in sheets[sheet.name].items():
            assert sheet.rows[row][column] == value


def test_cells_without_a_place_follow_one_another(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        for column, value in enumerate(["#REF!", 2, "#N/A"]):
            sheet.write_formula(0, column, "=1", None, value)
        sheet.write_formula(1, 1, "=1", None, "#NUM!")
    bare = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for one in source.namelist():
            raw = source.read(one)
            if one.endswith("sheet1.xml"):
                for place in (b"A1", b"B1", b"C1"):
                    raw = raw.replace(b' r="' + place + b'"', b"")
            target.writestr(one, raw)
    expected = {"Plan": {(0, 0): "#REF!", (0, 2): "#N/A", (1, 1): "#NUM!"}}
    assert error_cells(bare, "b.xlsx") == expected == error_cells(path, "a.xlsx")


def test_a_sheet_that_is_no_xml_is_refused_by_name(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Plan").write_formula(0, 0, "=1/0", None, "#DIV/0!")
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for one in source.namelist():
            target.writestr(one, source.read(one)[:-9] if one.endswith("sheet1.xml") else source.read(one))
    with pytest.raises(FileError, match="sheet Plan: no well-formed XML"):
        error_cells(broken, "b.xlsx")


def test_what_is_no_workbook_in_xml_has_none(tmp_path):
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert error_cells(path, "a.ods") == {}
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(FileError, match="no whole workbook"):
        error_cells(path, "a.ods")


def test_a_formula_that_nothing_computed_costs_its_cell_and_not_the_workbook(tmp_path):
    """Its row goes on, other sheets are read, and a row below all values is seen too."""
    path = tmp_path / "plan.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Projects"
    for row in (["Project ID", "Project name", "Finish", "Budget (£m)", "Remark"], ["A", "One", "2026-03-31", 2, "=1+1"], ["B", "=1+1", "2026-04-30", "=1+1", "x"], ["C", "Three", "=1+1", 4, "y"]):  # fmt: skip
        sheet.append(row)
    book.create_sheet("Dashboard").append(["=1+1"])
    book.save(path)
    pf = ipmo.read(path)
    assert [one.id for one in pf.projects] == ["A", "B", "C"]
    assert [one.budget.lines[0].amount.central().amount if one.budget else None for one in pf.projects] == [2_000_000, None, 4_000_000]
    assert (pf["B"].name, str(pf["B"].finish), pf["C"].finish) == ("", "2026-04-30", None)
    why = "a formula that was not computed by a spreadsheet program; open the workbook in one, and save it"
    said = {f.message.partition(",")[0]: f.message for f in pf.source.findings if why in str(f)}
    assert set(said) == {"Projects!E2", "Projects!B3", "Projects!D3", "Projects!C4"}
    assert dict(pf.source.cells)["refused"] == 4
    sheet["A5"], sheet["B5"] = "=1+1", "Five"
    book.save(path)
    assert any("Projects!A5" in str(f) for f in ipmo.read(path).source.findings)
    sheet["D1"] = "=1+1"
    book.save(path)
    with pytest.raises(FileError, match=r"Projects!D1: a formula that was not computed"):
        ipmo.read(path)
