"""Cells merged over several rows: names and dates hold for each row, amounts count once."""

import zipfile

import pytest
import xlsxwriter

import ipmo
from ipmo.registers.cells import merged
from ipmo.registers.cells.merged import filled_down
from ipmo.registers.opening.sheets import Merged, Sheet


def book(path, rows, merges):
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Milestones")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        for one, value in merges.items():
            sheet.merge_range(one, value)
    return path


def test_a_project_merged_over_its_milestones_holds_for_each(tmp_path):
    rows = [
        ["Project", "Milestone ID", "Milestone", "Due date"],
        ["", "M1", "Design", "2026-03-01"], ["", "M2", "Opening", "2026-09-01"], ["Depot", "M3", "Roof", "2026-05-01"], ["", "M4", "Gate", ""],
    ]  # fmt: skip
    pf = ipmo.read(book(tmp_path / "a.xlsx", rows, {"A2:A3": "Tram", "D4:D5": "2026-05-01"}), mapping=None)
    found = {(project.id, task.id) for project in pf.projects for task in project.tasks}
    assert found == {("Tram", "M1"), ("Tram", "M2"), ("Depot", "M3")}  # M4 names no project: nothing merges it
    said = next(finding for finding in pf.source.findings if finding.code == "ipmo/merged-cells")
    assert "A2:A3, D4:D5" in said.message


def test_an_amount_merged_over_rows_counts_once_and_rows_without_anything_else_stay_blank(tmp_path):
    rows = [
        ["Project ID", "Project name", "Programme", "Budget (£m)"],
        ["P1", "Tram", "", ""],
        ["P2", "Depot", "", ""],
        ["", "", "", ""],
        ["P3", "Bus", "Roads", 2],
    ]
    pf = ipmo.read(book(tmp_path / "a.xlsx", rows, {"C2:C4": "City", "D2:D4": 5}))
    assert [(one.id, one.programme) for one in pf.projects] == [("P1", "City"), ("P2", "City"), ("P3", "Roads")]
    assert [str(project.budget.lines[0].amount.value) if project.budget else "" for project in pf.projects] == ["5 M GBP", "", "2 M GBP"]
    assert pf.source.refused == 0


def test_a_header_of_two_rows_with_merged_names_is_read_as_before(tmp_path):
    rows = [
        ["", "", "Dates", ""],
        ["", "", "Start", "Finish"],
        ["P1", "Tram", "2026-01-05", "2027-01-05"],
        ["P2", "Depot", "2026-02-05", "2027-02-05"],
    ]
    pf = ipmo.read(book(tmp_path / "a.xlsx", rows, {"A1:A2": "Project ID", "B1:B2": "Project name", "C1:D1": "Dates"}))
    assert [(one.id, str(one.finish)) for one in pf.projects] == [("P1", "2027-01-05"), ("P2", "2027-02-05")]


def test_ranges_of_a_damaged_file_that_lie_over_one_another_take_no_longer_than_one(monkeypatch):
    rows = [["R1", "Rain"], *([f"R{number}", ""] for number in range(2, 2001)), ["", ""], ["R2001", ""]]
    one = Sheet(name="a", rows=rows, merged=[Merged(0, 2001, 1)])
    many = Sheet(name="a", rows=rows, merged=[Merged(0, 2001, 1)] * 60_000 + [Merged(7, 900, 1)])
    looked: list[int] = []
    blank = merged.is_blank
    monkeypatch.setattr(merged, "is_blank", lambda cell: looked.append(1) or blank(cell))
    assert filled_down(one, 0).rows == [[name, "Rain" if name else ""] for name, _ in rows]
    once = len(looked)
    assert filled_down(many, 0).rows == filled_down(one, 0).rows
    assert len(looked) == 3 * once, "cells that one range covers are looked at once"
    assert rows[5] == ["R6", ""]  # the sheet itself stays as it was


def test_merged_cells_in_each_column_of_wide_rows_are_filled_row_by_row():
    wide, read = 1500, []

    class Row(list):
        def __iter__(self):
            read.append(1)
            return super().__iter__()

    rows = [Row(["x"] * wide), *(Row([""] * (wide - 1) + ["y"]) for _ in range(200))]
    filled = filled_down(Sheet(name="a", rows=rows, merged=[Merged(0, 200, at) for at in range(wide - 1)]), 0)
    assert len(read) <= 2 * 200, "each row is looked through once and copied once"
    assert filled.rows == [["x"] * wide, *([["x"] * (wide - 1) + ["y"]] * 200)]


def test_a_number_merged_over_rows_is_a_name_where_its_column_names_something(tmp_path):
    rows = [
        ["Project ID", "Milestone ID", "Milestone", "Due date", "Cost (£m)"],
        ["", 1, "Design", "2026-03-01", ""], ["", 2, "Opening", "2026-09-01", ""], [1002, 3, "Roof", "2026-05-01", 2],
    ]  # fmt: skip
    pf = ipmo.read(book(tmp_path / "a.xlsx", rows, {"A2:A3": 1001, "E2:E3": 5}))
    assert {(project.id, task.id) for project in pf.projects for task in project.tasks} == {("1001", "1"), ("1001", "2"), ("1002", "3")}
    assert pf.source.refused == 0
    costs = {task.id: task.attributes.get("Cost (£m)") for project in pf.projects for task in project.tasks}
    assert costs == {"1": "5", "2": None, "3": "2"}


def test_cells_merged_beyond_the_last_row_hold_for_the_rows_that_there_are(tmp_path):
    rows = [["Project", "Milestone ID", "Milestone", "Due date"], ["", "M1", "Design", "2026-03-01"], ["", "M2", "Opening", "2026-09-01"]]
    pf = ipmo.read(book(tmp_path / "a.xlsx", rows, {"A2:A9": "Tram"}))
    assert {(project.id, task.id) for project in pf.projects for task in project.tasks} == {("Tram", "M1"), ("Tram", "M2")}


SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


GROUPED = [
    ["", "", "Before action", "", "", "", "After action", "", "", ""],
    ["Risk ID", "Title", "Likelihood", "Impact", "Score", "Response plan", "Likelihood", "Impact", "Score", "Risk owner"],
    ["R1", "Flood", "High", "Medium", 8, "Pumps", "Low", "Low", 2, "Kim"], ["R2", "Strike", "Low", "High", 6, "Talks", "Low", "Medium", 4, "Lee"],
]  # fmt: skip


def test_a_group_of_headings_ends_where_its_merged_cell_ends(tmp_path):
    path = book(tmp_path / "a.xlsx", GROUPED, {"C1:E1": "Before action", "G1:I1": "After action"})
    heads = [column.header for column in ipmo.propose_mapping(path).sheets[0].columns]
    assert heads[5:] == ["Response plan", "After action Likelihood", "After action Impact", "After action Score", "Risk owner"]
    pf = ipmo.read(path)
    assert [risk.owner for project in pf.projects for risk in project.risks] == ["Kim", "Lee"]


def test_groups_of_a_part_of_a_sheet_end_there_too():
    sheet = Sheet(name="a", rows=GROUPED, across={0: {2: 4, 6: 8}})
    assert sheet.between(5, 9).across == {0: {1: 3}}
    assert sheet.between(3, 7).across == {0: {3: 4}}
    assert not sheet.transposed().across


def test_groups_that_are_not_merged_go_on_up_to_the_next(tmp_path):
    heads = [column.header for column in ipmo.propose_mapping(book(tmp_path / "a.xlsx", GROUPED, {})).sheets[0].columns]
    assert heads[5:7] == ["Before action Response plan", "After action Likelihood"]


def document(path, rows, span, wide=1):
    """An OpenDocument workbook; a cell that begins with `^` lies over as many rows as is said, and None is covered by it."""
    cells = {None: "<table:covered-table-cell/>", "": '<table:table-cell table:number-columns-repeated="1"/>'}
    lines = ""
    for row in rows:
        lines += "<table:table-row>"
        for one in row:
            over = f' table:number-rows-spanned="{span}" table:number-columns-spanned="{wide}"' if one and one[0] == "^" else ""
            lines += cells.get(
                one, f'<table:table-cell office:value-type="string"{over}><text:p>{(one or "").strip("^")}</text:p></table:table-cell>'
            )
        lines += "</table:table-row>"
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in SPACES.items())
    table = f'<table:table table:name="Plan">{lines}</table:table>'
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        made.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
        body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
        made.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return path


@pytest.mark.parametrize("span", [3, 1_000_000])
def test_merged_cells_of_an_opendocument_workbook_hold_for_each_row_too(tmp_path, span):
    rows = [["Project", "Milestone ID", "Milestone", "Due date"], ["^Tram", "M1", "Design", "2026-03-01"]]
    rows += [[None, "M2", "Roof", "2026-05-01"], [None, "M3", "Opening", "2026-09-01"]]
    pf = ipmo.read(document(tmp_path / "a.ods", rows, span))
    assert {(project.id, task.id) for project in pf.projects for task in project.tasks} == {("Tram", "M1"), ("Tram", "M2"), ("Tram", "M3")}
    said = next(finding for finding in pf.source.findings if finding.code == "ipmo/merged-cells")
    assert f"Plan: cells are merged over several rows: A2:A{span + 1};" in said.message


def test_a_group_of_an_opendocument_workbook_ends_where_its_merged_cell_ends(tmp_path):
    rows = [
        ["", "", "^Planned", None, "", "^Actual", None],
        ["Project ID", "Name", "Start", "Finish", "Owner", "Start", "Finish"],
        ["P1", "Tram", "2026-01-05", "2027-01-05", "Kim", "2026-02-05", "2027-02-05"],
    ]
    heads = [column.header for column in ipmo.propose_mapping(document(tmp_path / "a.ods", rows, 1, 2)).sheets[0].columns]
    assert heads[2:] == ["Planned Start", "Planned Finish", "Owner", "Actual Start", "Actual Finish"]
