"""How far a sheet reaches is found before anything makes its cells: one that reaches too far is refused with a sentence."""

import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import FileError
from ipmo.registers.opening import extent
from ipmo.registers.opening.extent import reaches, reaches_in_binary, sheets_of_document
from ipmo.registers.opening.lettered import letters
from ipmo.registers.opening.sheets import read_sheets

PLACES = st.dictionaries(st.tuples(st.integers(0, 400), st.integers(0, 800)), st.sampled_from([1, "x", None]), min_size=1, max_size=12)


@given(PLACES)
def test_a_sheet_reaches_to_the_last_cell_that_openpyxl_has(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("extent") / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, bold = book.add_worksheet("Plan"), book.add_format({"bold": True})
        for (row, column), value in cells.items():
            sheet.write(row, column, value, bold)  # None is a blank cell that is only formatted
    raw = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    made = openpyxl.load_workbook(path)["Plan"]
    assert reaches(raw) == (made.max_row, made.max_column)
    filled = [place for place, value in cells.items() if value is not None]
    expected = (max(row for row, _ in filled) + 1, max(column for _, column in filled) + 1) if filled else (0, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extent, "MOST_CELLS", 0)  # then cells that are only formatted do not count
        assert reaches(raw) == expected


@pytest.mark.parametrize(
    ("rows", "reach"),
    [
        ('<row r="9"><c><v>1</v></c><c><v>2</v></c></row>', (9, 2)),  # cells without a place of their own
        ('<row><c r="B1"><v>1</v></c><c><v>2</v></c></row><row><c/></row>', (1, 3)),
        ("<row r='3'><c r='D3'><v>1</v></c></row>", (3, 4)),
        ('<row r="3"><c s="1" r="D3"><is><t>x</t></is></c></row>', (3, 4)),
        ('<row r="3"><c\n r="D3"><f>1</f></c></row>', (3, 4)),
        ("", (0, 0)),
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_sheet_may_be_written_in_many_ways(rows, reach, prefix):
    for name in ("row", "c", "v", "is", "t", "f"):
        rows = rows.replace(f"<{name}>", f"<{prefix}{name}>").replace(f"</{name}>", f"</{prefix}{name}>")
        rows = (
            rows.replace(f"<{name} ", f"<{prefix}{name} ")
            .replace(f"<{name}\n", f"<{prefix}{name}\n")
            .replace(f"<{name}/", f"<{prefix}{name}/")
        )
    space = ' xmlns:x="m"' if prefix else ""
    assert reaches(f"<{prefix}worksheet{space}><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>".encode()) == reach


def test_a_sheet_is_looked_through_piece_by_piece(monkeypatch):
    raw = "".join(f'<row r="{row}"><c r="{letters(row % 40)}{row}"><v>1</v></c></row>' for row in range(1, 200)).encode()
    for piece in (7, 64, 1_000):
        monkeypatch.setattr(extent, "PIECE", piece)
        assert reaches(b"<sheetData>" + raw + b"</sheetData>") == (199, 40)


def test_rows_and_cells_of_a_document_are_repeated():
    space = 'xmlns:table="t" xmlns:office="o" xmlns:text="x"'
    row = '<table:table-row{}><table:table-cell table:number-columns-repeated="{}"{}/><table:table-cell table:number-columns-repeated="9"/></table:table-row>'
    full, many = ' office:value-type="float"', ' table:number-rows-repeated="{}"'
    sheets = [
        row.format("", 3, full) + row.format(many.format(1000), 1, ""),  # blank rows at the end reach nowhere
        row.format(many.format(50), 1, "") + row.format(many.format(20), 7, full),
    ]
    text = "".join(f"<table:table>{one}</table:table>" for one in sheets)
    found = sheets_of_document(f"<office:spreadsheet {space}>{text}</office:spreadsheet>".encode())
    assert [one.reach for one in found] == [(1, 3), (70, 7)]


def record(kind, *numbers):
    body = b"".join(number.to_bytes(4, "little") for number in numbers)
    return bytes([kind, len(body)]) + body


def test_the_records_of_a_binary_sheet_say_where_its_cells_are():
    sheet = record(0, 4, 0) + record(5, 2, 0, 0, 0) + record(0, 9, 0) + record(1, 60, 0) + record(7, 6, 0, 1)
    assert reaches_in_binary(b"\x81\x01\x00" + sheet) == (10, 7)  # a record with a number of two bytes; a blank cell does not count
    assert reaches_in_binary(b"") == reaches_in_binary(b"\xff") == (0, 0)


def test_a_sheet_that_reaches_too_far_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write(0, 0, "id")
        sheet.write(30, 9, "far")
    assert len(read_sheets(path, "a.xlsx")[0].rows) == 31
    monkeypatch.setattr(extent, "MOST_CELLS", 300)
    with pytest.raises(FileError, match="sheet Plan reaches to J31: 310 cells; delete the empty rows and columns below its table"):
        read_sheets(path, "a.xlsx")
