"""Workbooks and delimited text as sheets of cells that say where they stand."""

import io
from datetime import date, datetime

import pytest
import xlsxwriter

from ipmo.errors import FileError
from ipmo.registers.opening.lettered import letters, number_of
from ipmo.registers.opening.sheets import read_sheets


def read(tmp_path, raw, name="a.csv", **options):
    path = tmp_path / name
    path.write_bytes(raw)
    return read_sheets(path, str(path), **options)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_is_read_whatever_it_is_written_in(tmp_path, encoding, delimiter):
    text = f'id{delimiter}name\r\nA{delimiter}"one{delimiter} £ two"\r\nB{delimiter}three\r\n'
    sheet = read(tmp_path, text.encode(encoding))
    assert [list(row) for row in sheet.rows] == [["id", "name"], ["A", f"one{delimiter} £ two"], ["B", "three"]]
    assert sheet.delimiter == delimiter
    assert not sheet.guessed


def test_text_of_windows_is_read_and_said_to_be_a_guess(tmp_path):
    sheet = read(tmp_path, "id,cost\nA,£5m – about\n".encode("cp1252"))
    assert sheet.rows[1] == ["A", "£5m – about"]
    assert (sheet.encoding, sheet.guessed) == ("cp1252", True)
    sheet = read(tmp_path, "id,cost\nA,£5m\n".encode("mac-roman"), encoding="mac-roman")
    assert sheet.rows[1] == ["A", "£5m"]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"id,name\nA,\x81\x8d\n", "line 2"),
        (b"id,na\0me\n", "binary"),
        (b'id,name\nA,"' + b"x" * 140_000, "more than 131,072 characters"),
    ],
)
def test_what_is_no_text_is_refused_with_a_sentence(tmp_path, raw, says):
    with pytest.raises(FileError, match=says):
        read(tmp_path, raw)


def test_an_encoding_that_is_none_is_said(tmp_path):
    with pytest.raises(FileError, match="no encoding 'klingon'"):
        read(tmp_path, b"id\nA\n", encoding="klingon")


def test_a_cell_says_where_it_stands(tmp_path):
    sheet = read(tmp_path, b'id,note\nA,"two\nlines"\n\nB,x,extra\n')
    assert [list(row) for row in sheet.rows] == [["id", "note", ""], ["A", "two\nlines", ""], ["", "", ""], ["B", "x", "extra"]]
    assert sheet.place(3, 2) == "row 4, column C"
    assert [sheet.line(row) for row in range(4)] == [1, 2, 4, 5]
    assert sheet.place(3) == "row 4"


def test_the_separator_that_excel_states_is_obeyed(tmp_path):
    sheet = read(tmp_path, b"sep=;\nid;a,b\nA;1,2\n")
    assert sheet.rows[1:] == [["id", "a,b"], ["A", "1,2"]]
    assert sheet.place(1, 0) == "row 2, column A"


def test_a_title_above_the_table_does_not_hide_its_delimiter(tmp_path):
    sheet = read(tmp_path, b"Projects, as of 3 March\n\nid;name;cost\nA;x;1,5\nB;y;2,5\n")
    assert sheet.delimiter == ";"


def test_a_workbook_keeps_its_places(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        one = book.add_worksheet("Top risks")
        one.write_row(2, 1, ["id", "cost", "open"])
        one.write_row(3, 1, ["A", 5, True])
        one.write_datetime(3, 4, datetime(2026, 3, 1), day)
        one.write_datetime(3, 5, datetime(2026, 3, 1, 9, 30), moment)
        book.add_worksheet("Empty")
        book.add_worksheet("Secret").write(0, 0, "x")
        book.worksheets()[2].hide()
    first, secret = read_sheets(path, "book.xlsx")
    assert first.rows[3][1:] == ["A", 5.0, True, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30)]
    assert first.place(3, 2) == "'Top risks'!C4"
    assert secret.place(0, 0) == "Secret!A1"
    assert (first.hidden, secret.hidden) == (False, True)


def test_what_is_no_workbook_is_refused(tmp_path):
    for raw in (b"PK\x03\x04" + b"rubbish" * 50, b"\xd0\xcf\x11\xe0" + b"\0" * 600):
        with pytest.raises(FileError, match="workbook"):
            read(tmp_path, raw, name="b.xlsx")


def test_a_workbook_that_is_called_csv_is_a_workbook(tmp_path):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("P").write(0, 0, "id")
    assert read(tmp_path, buffer.getvalue()).place(0, 0) == "P!A1"


def test_letters_and_numbers_of_columns_are_inverse():
    assert [number_of(letters(column)) for column in range(20_000)] == list(range(20_000))


def test_a_cell_that_is_too_long_is_refused_by_its_length_and_a_missing_quotation_mark_by_its_line(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("id,note\nP1,short\nP2," + "x" * 140_000 + "\n")
    with pytest.raises(FileError) as long:
        read_sheets(file, "a.csv")
    assert "a.csv:3: a cell that begins on this line has more than 131,072 characters" in str(long.value)
    assert "shorten it" in str(long.value)
    assert "quotation" not in str(long.value)
    file.write_text('id,note\nP1,"never closed\n' + "P2,fine\n" * 20_000)
    with pytest.raises(FileError, match="a.csv:2: .*quotation mark may be missing"):
        read_sheets(file, "a.csv")
