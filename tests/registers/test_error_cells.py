"""A formula that failed is no blank cell: calamine cannot tell them apart, so they are looked up in the file."""

import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

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
