"""Several tables in one sheet: each is found and read, or left out with its range; a table with gaps stays one."""

import os

import pytest
import xlsxwriter

import ipmo
from ipmo.errors import FileError
from ipmo.registers.opening.sheets import Sheet
from ipmo.registers.proposing.proposal import propose

PROJECTS = [
    ["Project ID", "Project name", "Start date", "Budget (£m)"],
    ["P1", "Tram", "2026-01-05", 12.5],
    ["P2", "Depot", "2026-02-02", 3],
]
RISKS = [
    ["Risk ID", "Risk", "Project ID", "Probability"],
    ["R1", "Flood", "P1", "20 %"],
    ["R2", "Strike", "P2", "10 %"],
    ["R3", "Late steel", "P1", "40 %"],
]
MILESTONES = [["Milestone ID", "Milestone", "Project ID", "Finish"], ["M1", "Opening", "P1", "2027-03-01"]]


def book(path, *cells):
    """A sheet with tables at places (row, column)."""
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Status")
        for row, column, table in cells:
            for down, line in enumerate(table):
                sheet.write_row(row + down, column, line)
    return path


def read_both_ways(path):
    """As proposed, and with the mapping written and read back."""
    pf = ipmo.read(path)
    target = path.with_suffix(".yaml")
    ipmo.write_mapping(ipmo.propose_mapping(path), target)
    assert ipmo.read(path, mapping=target) == pf
    return pf


def check(pf):
    assert [(one.id, one.name, str(one.start)) for one in pf.projects] == [("P1", "Tram", "2026-01-05"), ("P2", "Depot", "2026-02-02")]
    risks = [(project.id, one.id, one.name, one.before.probability) for project in pf.projects for one in project.risks]
    assert risks == [("P1", "R1", "Flood", 0.2), ("P1", "R3", "Late steel", 0.4), ("P2", "R2", "Strike", 0.1)]
    assert pf.source.refused == 0
    assert pf.source.cells["refused"] == 0


def test_tables_below_one_another_are_read_each(tmp_path):
    pf = read_both_ways(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (4, 0, RISKS), (10, 0, [["Milestones"]]), (11, 0, MILESTONES)))
    check(pf)
    (opening,) = pf["P1"].tasks
    assert (opening.id, opening.name) == ("M1", "Opening")
    said = " ".join(finding.message for finding in pf.source.findings)
    assert "it holds 3 tables: rows 1 to 3; rows 5 to 8; rows 12 to 13" in said


@pytest.mark.parametrize("titled", [False, True])
def test_a_table_directly_below_another_is_read_for_itself(tmp_path, titled):
    tables, row = [], 0
    for title, table in (("Projects", PROJECTS), ("Risks", RISKS), ("Milestones", MILESTONES)):
        if titled:
            tables.append((row, 0, [[title]]))
        tables.append((row + titled, 0, table))
        row += len(table) + titled
    path = book(tmp_path / "a.xlsx", *tables)
    pf = read_both_ways(path)
    check(pf)
    assert [task.id for task in pf["P1"].tasks] == ["M1"]
    assert [(one.register, one.header, one.last) for one in ipmo.propose_mapping(path).sheets] == [
        ("projects", (1 + titled,), 3 + titled),
        ("risks", (4 + 2 * titled,), 7 + 2 * titled),
        ("milestones", (8 + 3 * titled,), 9 + 3 * titled),
    ]


ISSUES = [
    ["Issue ID", "Project ID", "Issue", "Severity", "Owner", "Raised on", "Due date"],
    ["I1", "P1", "Leak", "High", "Ann", "2026-01-05", "2026-03-05"],
]
FEW = [["Project ID", "Project name"], ["P1", "Tram"], ["P2", "Depot"]]
BENEFITS = [["Benefit ID", "Benefit", "Project ID"], ["B1", "Fewer cars", "P1"], ["B2", "Clean air", "P2"], ["B3", "Quiet", "P2"]]


@pytest.mark.parametrize("titled", [False, True])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("above", [RISKS, MILESTONES, FEW, BENEFITS])
def test_a_table_above_one_whose_headings_are_known_better_is_read_too(tmp_path, above, apart, titled):
    """The last table has most known headings: what lies above it is no title of it."""
    tables, row = [(0, 0, [["Report of the office"]])] if titled else [], int(titled)
    for table in (above, ISSUES):
        if titled:
            tables.append((row, 0, [["What follows"]]))
        tables.append((row + titled, 0, table))
        row += len(table) + titled + apart
    path = book(tmp_path / "a.xlsx", *tables)
    pf = read_both_ways(path)
    kinds = {id(RISKS): "risks", id(MILESTONES): "milestones", id(FEW): "projects", id(BENEFITS): "benefits"}
    if apart or len(above[0]) > 2:  # two headings directly above others may be a title in two cells
        assert [one.register for one in ipmo.propose_mapping(path).sheets] == [kinds[id(above)], "issues"]
        assert pf.source.cells["refused"] == 0
    assert ipmo.propose_mapping(path).status_date is None, "a cell of a lost table is no day of the data"
    assert [one.id for one in pf.issues] == ["I1"]


def test_three_tables_are_read_whichever_is_known_best(tmp_path):
    for order in ([RISKS, ISSUES, MILESTONES], [MILESTONES, ISSUES, RISKS], [MILESTONES, RISKS, ISSUES], [ISSUES, FEW, MILESTONES]):
        starts = [0, len(order[0]) + 1, len(order[0]) + len(order[1]) + 2]
        pf = read_both_ways(book(tmp_path / "a.xlsx", *((row, 0, table) for row, table in zip(starts, order, strict=True))))
        assert [task.id for task in pf["P1"].tasks] == ["M1"]
        assert [one.id for one in pf.issues] == ["I1"]
        assert [one.id for one in pf["P1"].risks] == (["R1", "R3"] if RISKS in order else [])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Zork", "Blip", "Quux"], ["a", "b", "2026-05-01"], ["c", "d", "2026-05-01"]], "rows 1 to 3 above its headings hold several cells and are left out"),
        ([["Sent by", "Ann", "on", "2026-05-01"]], "row 1 above its headings holds several cells and is left out"),
    ],
)  # fmt: skip
def test_what_lies_above_the_headings_and_is_no_title_is_said_with_its_rows(tmp_path, rows, said):
    mapping = ipmo.propose_mapping(book(tmp_path / "a.xlsx", (0, 0, rows), (len(rows) + 1, 0, PROJECTS)))
    assert any(said in doubt for doubt in mapping.doubts)
    assert mapping.status_date is None


@pytest.mark.parametrize(
    "title", [["Report", "31 March 2026"], ["Office:", "PMO", "Status of:", "31 March 2026"], ["Report of 31 March 2026"]]
)
def test_titles_and_labels_above_the_headings_still_say_the_day(tmp_path, title):
    mapping = ipmo.propose_mapping(book(tmp_path / "a.xlsx", (0, 0, [title]), (2, 0, PROJECTS)))
    assert str(mapping.status_date) == "2026-03-31"
    assert not any("above its headings" in doubt for doubt in mapping.doubts)


def test_a_log_below_the_only_project_belongs_to_it(tmp_path):
    log = [["Risk ID", "Risk", "Probability", "Owner", "Date raised"], ["R1", "Flood", "20 %", "Ann", "2026-01-05"]]
    pf = read_both_ways(book(tmp_path / "a.xlsx", (0, 0, FEW[:2]), (3, 0, log)))
    assert [(one.id, [risk.id for risk in one.risks]) for one in pf.projects] == [("P1", ["R1"])]


@pytest.mark.parametrize(
    "row",
    [
        ["P3", "Owner", "", ""],
        ["Name", "Owner", "Status", "soon"],
        ["Status", "Owner", "Start date", ""],
        ["P3", "Bus", "Start date", "Finish"],
    ],
)
def test_a_row_of_texts_without_a_blank_row_above_it_heads_nothing(tmp_path, row):
    """Where a cell of it is no heading, or the row below says what has no heading."""
    more = [*PROJECTS, row, ["P4", "Rail", "2026-03-03", 7]]
    (found,) = ipmo.propose_mapping(book(tmp_path / "a.xlsx", (0, 0, more))).sheets
    assert (found.header, found.last) == ((1,), 0)


def test_tables_side_by_side_are_read_each(tmp_path):
    pf = read_both_ways(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (0, 5, RISKS)))
    check(pf)
    assert "rows 1 to 3, columns A to D; rows 1 to 4, columns F to I" in " ".join(finding.message for finding in pf.source.findings)


def test_tables_side_by_side_and_below_are_read_each(tmp_path):
    check(read_both_ways(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (0, 5, RISKS), (6, 0, MILESTONES))))


def test_tables_side_by_side_may_have_titles_of_their_own(tmp_path):
    titles = (2, 0, [["Projects of the office"]]), (2, 5, [["Risks"]])
    path = book(tmp_path / "a.xlsx", (0, 0, [["Report of March"]]), *titles, (3, 0, PROJECTS), (3, 5, RISKS))
    check(read_both_ways(path))
    assert [(one.header, one.range) for one in ipmo.propose_mapping(path).sheets] == [((4,), "A:D"), ((4,), "F:I")]


def test_groups_over_columns_apart_are_one_table(tmp_path):
    rows = [
        ["", "", "Planned", "", "", "Actual", ""],
        ["Project ID", "Project name", "Start", "Finish", "", "Start", "Finish"],
        ["P1", "Tram", "2026-01-05", "2027-01-05", "", "2026-01-06", ""],
        ["P2", "Depot", "2026-02-05", "2027-02-05", "", "", ""],
    ]
    pf = read_both_ways(book(tmp_path / "a.xlsx", (0, 0, rows)))
    found = [(one.id, str(one.start), str(one.finish), one.actual_start and str(one.actual_start)) for one in pf.projects]
    assert found == [("P1", "2026-01-05", "2027-01-05", "2026-01-06"), ("P2", "2026-02-05", "2027-02-05", None)]


def test_cells_of_a_table_to_the_right_are_named_by_their_place(tmp_path):
    risks = [*RISKS, ["R4", "Fire", "P2", "often"]]
    pf = ipmo.read(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (0, 5, risks)))
    (refused,) = [finding for finding in pf.source.findings if finding.code == "register/cell-refused"]
    assert refused.message.startswith("Status!I5,")


def test_a_table_with_blank_rows_and_columns_stays_one():
    rows = [
        ["Project ID", "Project name", "", "Start date", "Budget (£m)"],
        ["P1", "Tram", "", "2026-01-05", 3],
        ["", "", "", "", ""],
        ["P2", "Depot", "", "2026-02-05", 4],
        ["", "", "", "", ""],
        ["P3", "Bus", "", "", 5],
    ]
    (found,) = propose([Sheet(name="a", rows=rows, file="a.xlsx")]).sheets
    assert (found.header, found.last, found.range) == ((1,), 0, "")


def test_a_header_that_is_repeated_begins_no_other_table(tmp_path):
    again = [PROJECTS[0], ["P3", "Bus", "2026-03-02", 1]]
    pf = ipmo.read(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (4, 0, again)))
    assert [one.id for one in pf.projects] == ["P1", "P2", "P3"]


def test_a_table_whose_headings_nobody_knows_is_left_out_with_its_range(tmp_path):
    strange = [["Zork", "Blip", "Quux", "Fnord"], ["a", "b", "c", 7], ["d", "e", "f", 8]]
    pf = ipmo.read(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (5, 0, strange)))
    assert [one.id for one in pf.projects] == ["P1", "P2"]
    said = " ".join(finding.message for finding in pf.source.findings)
    assert "rows 6 to 8 look like another table, whose headings are not known; they are left out" in said


@pytest.mark.parametrize(
    ("odd", "refused"),
    [
        (["P3", "Bus", "Spring 2027", "about 5"], 2),
        (["Programme two", "", "Lead:", "Ann"], 2),
        (["Roads", "", "of the north", ""], 1),
    ],
    ids=["a row of rough figures", "a heading with a name", "a heading in two cells"],
)
def test_a_row_of_texts_behind_a_blank_one_takes_none_of_the_rows_below_with_it(tmp_path, odd, refused):
    pf = ipmo.read(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (4, 0, [odd, ["P4", "Rail", "2026-03-03", 7], ["P5", "Road", "", 8]])))
    assert [one.id for one in pf.projects] == ["P1", "P2", odd[0], "P4", "P5"]
    assert pf.source.cells["refused"] == refused
    last = ipmo.read(book(tmp_path / "b.xlsx", (0, 0, PROJECTS), (4, 0, [["P3", "Bus", "in spring", "a few"]])))
    assert [one.id for one in last.projects] == ["P1", "P2", "P3"], "headings without a row below are none"


def test_a_strange_table_with_years_in_its_headings_is_left_out_too(tmp_path):
    strange = [["Zork", "Blip", "Quux 2026", "Fnord 2027"], ["a", "b", "c", 7], ["d", "e", "f", 8]]
    pf = ipmo.read(book(tmp_path / "a.xlsx", (0, 0, PROJECTS), (5, 0, strange)))
    assert [one.id for one in pf.projects] == ["P1", "P2"]


def test_a_folder_of_texts_is_read_by_one_mapping(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    for name, table in (("projects.csv", PROJECTS), ("risks.csv", [*RISKS, ["R4", "Fire", "P9", "5 %"]])):
        (folder / name).write_text("\n".join(",".join(map(str, row)) for row in table) + "\n", encoding="utf-8")
    target = tmp_path / "map.yaml"
    ipmo.write_mapping(ipmo.propose_mapping(folder), target)
    pf = ipmo.read(folder, mapping=target)
    assert [one.id for one in pf.projects] == ["P1", "P2"]
    assert sorted(one.id for project in pf.projects for one in project.risks) == ["R1", "R2", "R3"]
    (refused,) = [finding for finding in pf.source.findings if finding.code == "register/row-refused"]
    assert refused.message.startswith("risks row 5 is left out: 'P9' is no project")


ONE = """mapping: 1
encoding: utf-16-be
delimiter: "#"
sheets:
  - sheet: projects
    register: projects
    columns: {Project ID: id, Project name: name}
"""


def folder_of(tmp_path, others):
    """A folder with a list of projects in an encoding that only a mapping says, and other files; with the mapping."""
    folder, mapping = tmp_path / "export", tmp_path / "map.yaml"
    folder.mkdir()
    mapping.write_text(ONE, encoding="utf-8")
    (folder / "projects.csv").write_bytes("Project ID#Project name\nP1#Tram\nP2#Depot\n".encode("utf-16-be"))
    for name, raw in others.items():
        (folder / name).write_bytes(raw)
    return folder, mapping


def test_files_of_a_folder_that_the_mapping_does_not_name_are_not_opened(tmp_path):
    strays = {"~$projects.csv": b"\x05Ann\0", "._projects.csv": b"\0\x05", "empty.csv": b"", "binary.tsv": b"\x81\0\xff"}
    folder, mapping = folder_of(tmp_path, strays)
    (folder / "old.csv").mkdir()
    os.symlink("/dev/zero", folder / "endless.csv")
    os.symlink("loop.csv", folder / "loop.csv")
    with open(folder / "huge.csv", "wb") as huge:
        huge.truncate(2**40)
    assert [one.id for one in ipmo.read(folder, mapping=mapping).projects] == ["P1", "P2"]
    mapping.write_text(ONE.replace("sheet: projects", "sheet: Projects"), encoding="utf-8")
    with pytest.raises(FileError, match=r"there is no sheet 'Projects'; there is 'binary', 'empty', 'endless', 'huge', 'loop', 'projects'"):
        ipmo.read(folder, mapping=mapping)


def test_without_a_mapping_what_office_programs_lay_beside_an_open_file_is_no_sheet(tmp_path):
    folder, _ = folder_of(tmp_path, {"~$risks.csv": b"\x05Ann\0", "._risks.csv": b"\0\x05", ".~lock.risks.csv": b",ann"})
    (folder / "projects.csv").write_text("Project ID,Project name\nP1,Tram\n", encoding="utf-8")
    assert [one.sheet for one in ipmo.propose_mapping(folder).sheets] == ["projects"]


def test_two_files_that_are_the_same_sheet_are_refused_and_none_is_left_out_unsaid(tmp_path):
    folder, mapping = folder_of(tmp_path, {"projects.tsv": b"Project ID\tProject name\nP9\tBus\n"})
    with pytest.raises(FileError, match="projects.csv and projects.tsv are both the sheet 'projects'; rename one of them"):
        ipmo.read(folder, mapping=mapping)


def test_one_endless_row_of_a_text_does_not_fill_up_all_others(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Project ID,Project name\nP1,Tram" + "," * 300_000 + "\n" + "P2,Depot\n" * 20_000, encoding="utf-8")
    with pytest.raises(FileError, match="a.csv:2: this row has 300,002 cells, others few: filled up to it, the table has 6,000,640,004"):
        ipmo.read(path)
