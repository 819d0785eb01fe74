"""Registers as offices keep them become a portfolio: worked examples, answered by hand."""

from datetime import date, datetime
from pathlib import Path

import attrs
import pytest
import xlsxwriter

import ipmo
from ipmo.errors import FileError
from ipmo.model.estimates import Fixed
from ipmo.model.governance import After
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping, write_mapping
from ipmo.units import Span, as_money


def columns(**fields):
    return tuple(
        ColumnMapping(header=header.replace("_", " "), **(said if isinstance(said, dict) else {"field": said}))
        for header, said in fields.items()
    )


def workbook(path: Path, **sheets) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(place, column, cell)  # `write` makes a link of external:NAME
                    elif cell is not None:
                        sheet.write(place, column, cell)
    return path


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def said(pf, code):
    return [finding.message for finding in pf.source.findings if finding.code == f"register/{code}"]


def all_cells(pf):
    return sum(pf.source.cells.values())


PROJECTS = [
    ["Ref", "Title", "Dept", "Start", "End", "Budget (£m)", "RAG", "Lead", "Done"],
    ["P1", "Tram", "DfT", date(2026, 1, 5), date(2026, 12, 31), 12.4, "Amber", "Ann Lee", 50],
    ["P2", "Depot", "DfT", "05/02/2026", "TBC", "£5m", "Red", "Bob", 20],
    ["P2", "Again", "DfT", "05/02/2026", "13/02/2026", 1, "Red", "Bob", 20],
    ["P3", "Bad", None, "15/02/2026", "13/02/2026", "oops", "Blue", "Bob", 20],
    [],
    ["Total", None, None, None, None, 17.4],
]
LIST = SheetMapping(
    sheet="Projects",
    register="projects",
    columns=(
        *columns(Ref="id", Title="name", Start="start", End="finish", RAG="rag", Lead="owner", Done="progress"),
        ColumnMapping(header="Budget (£m)", field="budget", multiplier="M"),
    ),
)
WHOLE = {"currency": "GBP", "dates": "day first", "status_date": date(2026, 3, 1)}


def test_a_project_list_becomes_projects_and_says_what_it_leaves_out(tmp_path):
    path = workbook(tmp_path / "pmo.xlsx", Projects=PROJECTS)
    pf = ipmo.read(path, mapping=Mapping(sheets=[LIST], **WHOLE))
    one, two, three = pf.projects
    assert (one.id, one.name, one.owner, one.start, one.finish) == ("P1", "Tram", "Ann Lee", date(2026, 1, 5), date(2026, 12, 31))
    assert one.budget.lines[0].amount == Fixed(as_money("12.4 M GBP"))
    assert one.progress == 0.5
    assert one.status[0].rag == "amber"
    assert one.attributes == {"Dept": "DfT"}
    assert (two.start, two.finish) == (date(2026, 2, 5), None)  # to be confirmed is unknown, not refused
    assert two.budget.lines[0].amount == Fixed(as_money("5 M GBP"))
    assert (three.budget, three.status, three.finish) == (None, (), None)
    assert [person.id for person in pf.people] == ["Ann Lee", "Bob"]
    assert pf.money.currency == "GBP"
    assert [text.partition(" is left out")[0] for text in said(pf, "row-refused")] == ["Projects row 4"]
    refused = said(pf, "cell-refused")
    assert [text.partition(",")[0] for text in refused] == ["Projects!E5", "Projects!F5", "Projects!G5"]
    assert "before start" in refused[0]
    assert said(pf, "row-ignored") == ["Projects row 7 sums others up: 'Total'; it is left out"]
    assert (pf.source.understood, pf.source.refused) == (3, 1)
    assert all_cells(pf) == 6 * 9
    assert pf.source.cells["refused"] == 3 + 9
    assert pf.source.cells["ignored"] == 2
    assert pf.source.cells["unknown"] == 1
    assert pf.source.cells["blank"] == 9 + 7 + 1


RAID = [
    ["Type", "ID", "Project", "Description", "Owner", "Prob", "Cost", "Due", "Severity"],
    ["Risk", 1, "Tram", "It rains", "Ann Lee", "30%", "£1m", None, None],
    ["Issue", 1, "P2", "Strike", "Carl", None, None, "31/01/2026", "High"],
    ["Issue", 2, "Nowhere", "Strike", "Carl", None, None, "31/01/2026", "High"],
    ["Assumption", 1, "P2", "Sun", "Carl", None, None, None, None],
    ["Action", 7, "P2", "Ring them", "Carl", None, None, None, None],
]
LOG = SheetMapping(
    sheet="RAID",
    register="raid",
    columns=columns(
        Type="type", ID="id", Project="project", Description="name", Owner="owner", Prob="probability", Cost="impact_cost", Due="due", Severity="severity"
    ),
)  # fmt: skip


def test_a_raid_log_is_told_apart_and_rows_of_unknown_projects_are_errors(tmp_path):
    path = workbook(tmp_path / "pmo.xlsx", Projects=PROJECTS[:3], RAID=RAID)
    pf = ipmo.read(path, mapping=Mapping(sheets=[LIST, LOG], **WHOLE))
    assert [project.id for project in pf.projects] == ["P1", "P2"]
    risk = pf.projects[0].risks[0]
    assert (risk.id, risk.name, risk.before.probability) == ("1", "It rains", 0.3)
    assert risk.before.impacts[0].cost == Fixed(as_money("1 M GBP"))
    assert len({issue.id for issue in (*pf.issues, *pf.assumptions)}) == 2
    assert [(one.name, one.item, one.severity, one.due) for one in pf.issues] == [("Strike", "P2", "high", date(2026, 1, 31))]
    assert [(one.text, one.item, one.owner) for one in pf.assumptions] == [("Sun", "P2", "Carl")]
    errors = [finding for finding in pf.source.findings if finding.code == "register/row-refused"]
    assert [(finding.line, finding.severity.value) for finding in errors] == [(4, "error"), (6, "error")]
    assert "'Nowhere' is no project that this file lists" in errors[0].message
    assert all_cells(pf) == 2 * 9 + 5 * 9


def test_a_log_alone_needs_to_be_told_that_its_projects_are_new(tmp_path):
    path = csv(tmp_path / "risks.csv", "id,title,project", "R1,Rain,Tram", "R2,Snow,Depot")
    told = columns(id="id", title="name", project="project")
    pf = ipmo.read(path, mapping=Mapping(sheets=[SheetMapping(register="risks", columns=told)]))
    assert pf.projects == ()
    assert len(said(pf, "row-refused")) == 2
    pf = ipmo.read(path, mapping=Mapping(sheets=[SheetMapping(register="risks", columns=told, new_projects=True)]))
    assert [(project.id, [risk.id for risk in project.risks]) for project in pf.projects] == [("Tram", ["R1"]), ("Depot", ["R2"])]
    assert said(pf, "made-of-name")
    one = ipmo.read(
        path,
        mapping=Mapping(
            sheets=[SheetMapping(register="risks", columns=(*told[:2], ColumnMapping(header="project", field="ignore")), project="all")]
        ),
    )
    assert [(project.id, len(project.risks)) for project in one.projects] == [("all", 2)]


def test_tasks_and_milestones_find_each_other(tmp_path):
    path = workbook(
        tmp_path / "plan.xlsx",
        Projects=[["Ref", "Title"], ["P1", "Tram"], ["P2", "Depot"]],
        Tasks=[
            ["No", "Project", "Task", "Predecessors", "Days", "Who"],
            [1, "Tram", "Design", None, 10, "Anna[50%]"],
            [2, "Tram", "Build", "1FS+2d", 20, "Anna; Crane"],
            [3, "Depot", "Move in", "Tram/2; 9", 5, None],
        ],
        Milestones=[["Project", "Milestone", "Forecast", "Baseline", "Actual"], ["P1", "Open", date(2026, 6, 30), "31/05/2026", None]],
    )
    mapping = Mapping(
        dates="day first",
        sheets=[
            SheetMapping(sheet="Projects", register="projects", columns=columns(Ref="id", Title="name")),
            SheetMapping(
                sheet="Tasks",
                register="tasks",
                columns=columns(
                    No="id", Project="project", Task="name", Predecessors="after", Days={"field": "duration", "unit": "d"}, Who="resources"
                ),
            ),
            SheetMapping(
                sheet="Milestones",
                register="milestones",
                columns=columns(Project="project", Milestone="name", Forecast="date", Baseline="baseline_finish", Actual="actual_finish"),
            ),
        ],
    )
    pf = ipmo.read(path, mapping=mapping)
    design, build, opening = pf.projects[0].tasks
    assert build.after == (After(source="1", lag=Span(2, "d")),)
    assert build.duration == Fixed(Span(20, "d"))
    assert [(one.resource, one.units) for one in design.assignments] == [("Anna", 0.5)]
    assert [one.resource for one in build.assignments] == ["Anna", "Crane"]
    assert (opening.id, opening.milestone, opening.finish_not_before, opening.baseline_finish) == (
        "Open",
        True,
        date(2026, 6, 30),
        date(2026, 5, 31),
    )
    assert [(link.source, link.target, link.type) for link in pf.links] == [("P1/2", "P2/3", "FS")]
    assert [text.partition(",")[0] for text in said(pf, "cell-refused")] == ["Tasks!D4"]
    assert [resource.id for resource in pf.resources] == ["Anna", "Crane"]


def test_dependencies_benefits_resources_and_costs(tmp_path):
    path = workbook(
        tmp_path / "all.xlsx",
        Projects=[["Ref", "Title"], ["P1", "Tram"], ["P2", "Depot"]],
        Links=[
            ["From", "To", "Needed", "Status"],
            ["Tram", "P2", date(2026, 5, 1), "Agreed"],
            ["external:Power company", "P1", None, None],
        ],
        Benefits=[["ID", "Benefit", "Project", "Value", "Starts"], ["B1", "Faster", "Tram; Depot", "£2m p.a.", "Apr-27"]],
        Resources=[["Name", "Units", "Rate"], ["Fitter", 3, "£320 per day"]],
        Costs=[
            ["Project", "Year", "Amount", "Type"],
            ["P1", "2026-27", 5, "Capital"],
            ["P1", "2027-28", 6, "Revenue"],
            ["P9", "2026-27", 1, "Capital"],
        ],
    )
    mapping = Mapping(
        currency="GBP",
        sheets=[
            SheetMapping(sheet="Projects", register="projects", columns=columns(Ref="id", Title="name")),
            SheetMapping(sheet="Links", register="dependencies", columns=columns(From="from", To="to", Needed="needed", Status="status")),
            SheetMapping(sheet="Benefits", register="benefits", columns=columns(ID="id", Benefit="name", Project="project", Value="value", Starts="planned_start")),
            SheetMapping(sheet="Resources", register="resources", columns=columns(Name="name", Units="units", Rate="rate")),
            SheetMapping(
                sheet="Costs", register="costs", columns=columns(Project="project", Year="period", Amount={"field": "amount", "multiplier": "M"}, Type="class")
            ),
        ],
    )  # fmt: skip
    pf = ipmo.read(path, mapping=mapping)
    assert [(one.source, one.target, one.kind, one.needed) for one in pf.links] == [
        ("P1", "P2", "informs", date(2026, 5, 1)),  # two whole projects: which date would it move?
        ("external:Power company", "P1", "schedule", None),
    ]
    benefit = pf.benefits[0]
    assert [one.source for one in benefit.enabled_by] == ["P1", "P2"]
    assert str(benefit.value) == "2 M GBP per year"
    assert benefit.planned_start == date(2027, 4, 1)
    assert str(pf.resources[0].rate) == "320 GBP per pd"
    assert pf.resources[0].capacity[0].value == 3
    lines = pf.projects[0].budget.lines
    assert [(line.since, line.until, line.kind, str(line.amount.value)) for line in lines] == [
        (date(2026, 4, 1), date(2027, 3, 31), "capex", "5 M GBP"),
        (date(2027, 4, 1), date(2028, 3, 31), "opex", "6 M GBP"),
    ]
    assert [text.partition(" is")[0] for text in said(pf, "row-refused")] == ["Costs row 4"]


def test_money_of_years_in_columns_is_dated(tmp_path):
    path = csv(tmp_path / "b.csv", "id;2026-27;2027-28", "A;1,5;2", "B;;3")
    told = (
        ColumnMapping(header="id", field="id"),
        *(ColumnMapping(header=year, field="budget", period=year) for year in ("2026-27", "2027-28")),
    )
    pf = ipmo.read(
        path,
        mapping=Mapping(currency="EUR", multiplier="M", financial_year="apr", sheets=[SheetMapping(register="projects", columns=told)]),
    )
    assert [[str(line.amount.value) for line in project.budget.lines] for project in pf.projects] == [["1.5 M EUR", "2 M EUR"], ["3 M EUR"]]
    assert pf.projects[1].budget.lines[0].until == date(2028, 3, 31)


def test_a_transposed_sheet_is_turned_and_keeps_its_places(tmp_path):
    path = csv(tmp_path / "t.csv", "Ref,A,B", "Title,Tram,Depot", "Cost,£5m,lots")
    sheet = SheetMapping(register="projects", transposed=True, columns=columns(Ref="id", Title="name", Cost="budget"))
    pf = ipmo.read(path, mapping=Mapping(currency="GBP", sheets=[sheet]))
    assert [(one.id, one.name) for one in pf.projects] == [("A", "Tram"), ("B", "Depot")]
    assert said(pf, "cell-refused")[0].startswith("row 3, column C")


def test_the_mapping_is_a_file_too(tmp_path):
    path = csv(tmp_path / "p.csv", "Ref,Title", "A,Tram")
    write_mapping(
        Mapping(id="mine", name="My office", sheets=[SheetMapping(register="projects", columns=columns(Ref="id", Title="name"))]),
        tmp_path / "m.yaml",
    )
    pf = ipmo.read(path, mapping=tmp_path / "m.yaml")
    assert (pf.id, pf.name, pf.projects[0].name) == ("mine", "My office", "Tram")
    assert pf == ipmo.read(path, mapping=str(tmp_path / "m.yaml"))


def test_a_mapping_that_does_not_fit_is_said(tmp_path):
    path = workbook(tmp_path / "p.xlsx", Projects=[["Ref", "Title", "Title"], ["A", "Tram", "x"]])
    with pytest.raises(FileError, match="no sheet 'Risks'"):
        ipmo.read(path, mapping=Mapping(sheets=[SheetMapping(sheet="Risks", register="risks")]))
    with pytest.raises(FileError, match="columns B and C .* write Title @B"):
        ipmo.read(path, mapping=Mapping(sheets=[SheetMapping(sheet="Projects", register="projects", columns=columns(Title="name"))]))
    with pytest.raises(FileError, match="header of sheet 'Projects' is row 9"):
        ipmo.read(path, mapping=Mapping(sheets=[SheetMapping(sheet="Projects", register="projects", header=(9,))]))
    chosen = (ColumnMapping(header="Title", at="B", field="name"), ColumnMapping(header="Owner", field="owner"))
    pf = ipmo.read(path, mapping=Mapping(sheets=[SheetMapping(sheet="Projects", register="projects", columns=chosen)]))
    assert pf.projects[0].name == "Tram"
    assert "no column 'Owner'" in said(pf, "column-missing")[0]
    with pytest.raises(FileError, match="leave mapping= out"):
        ipmo.read(ipmo.examples.path("library"), mapping=Mapping()) if hasattr(ipmo.examples, "path") else ipmo.read(
            _yaml(tmp_path), mapping=Mapping()
        )


def _yaml(folder: Path) -> Path:
    path = folder / "p.yaml"
    path.write_text("ipmo: 1\nportfolio: {id: x}\n", encoding="utf-8")
    return path


def test_rows_without_an_id_are_named_and_those_that_cannot_be_told_apart_are_refused(tmp_path):
    path = csv(tmp_path / "p.csv", "Title,Cost", "Tram,1", "Tram,2", ",3", "A/B: one,4", "Heading,")
    pf = ipmo.read(
        path, mapping=Mapping(currency="GBP", sheets=[SheetMapping(register="projects", columns=columns(Title="name", Cost="budget"))])
    )
    assert [project.id for project in pf.projects] == ["Tram", "A%2FB%3A one", "Heading"]
    refused = said(pf, "row-refused")
    assert "no id tells the two apart" in refused[0]
    assert "neither an id nor a name" in refused[1]
    assert all_cells(pf) == 10


def test_headings_and_repeated_headers_are_no_projects(tmp_path):
    rows = [
        "Ref,Title,Lead,Cost",
        "A,Tram,Ann,1",
        "Department of Trams,,,",
        "Ref,Title,Lead,Cost",
        "B,Depot,Bob,2",
        "Sub-total,,,3",
        "Total Place,Area,Bob,2",
    ]
    told = columns(Ref="id", Title="name", Lead="owner", Cost="budget")
    pf = ipmo.read(
        csv(tmp_path / "p.csv", *rows), mapping=Mapping(currency="GBP", sheets=[SheetMapping(register="projects", columns=told)])
    )
    assert [project.id for project in pf.projects] == ["A", "B", "Total Place"]
    assert [text.partition(" ")[2][:1] for text in said(pf, "row-ignored")] == ["4", "6"]
    assert "a heading or a note" in said(pf, "row-refused")[0]


def test_times_at_midnight_are_days_and_others_are_kept(tmp_path):
    path = workbook(tmp_path / "p.xlsx", P=[["Ref", "End", "Start"], ["A", datetime(2026, 1, 9), datetime(2026, 1, 8, 9, 30)]])
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet("P")
        sheet.write_row(0, 0, ["Ref", "End", "Start"])
        sheet.write(1, 0, "A")
        sheet.write_datetime(1, 1, datetime(2026, 1, 9))
        sheet.write_datetime(1, 2, datetime(2026, 1, 8, 9, 30))
    pf = ipmo.read(
        path, mapping=Mapping(sheets=[SheetMapping(sheet="P", register="projects", columns=columns(Ref="id", End="finish", Start="start"))])
    )
    assert pf.projects[0].finish == date(2026, 1, 9)
    assert not isinstance(pf.projects[0].finish, datetime)
    assert pf.projects[0].start == datetime(2026, 1, 8, 9, 30)


def test_without_a_mapping_one_is_proposed_and_its_doubts_are_said(tmp_path):
    path = csv(
        tmp_path / "projects.csv",
        "Project ID,Project Name,Start Date,End Date,Budget (£m)",
        "A,Tram,01/02/2026,31/12/2026,5",
        "B,Depot,13/02/2026,30/11/2026,6.5",
    )
    pf = ipmo.read(path)
    assert [(one.id, one.name, one.start, one.finish) for one in pf.projects] == [
        ("A", "Tram", date(2026, 2, 1), date(2026, 12, 31)),
        ("B", "Depot", date(2026, 2, 13), date(2026, 11, 30)),
    ]
    assert pf.projects[0].budget.lines[0].amount == Fixed(as_money("5 M GBP"))


def test_a_refused_cell_each_however_many(tmp_path):
    rows = [f"P{n},{'x' if n % 2 else n}" for n in range(1000)]
    pf = ipmo.read(
        csv(tmp_path / "p.csv", "Ref,Cost", *rows),
        mapping=Mapping(currency="GBP", sheets=[SheetMapping(register="projects", columns=columns(Ref="id", Cost="budget"))]),
    )
    messages = " ".join(said(pf, "cell-refused"))
    assert pf.source.cells["refused"] == 500
    assert all(f"row {n + 2}, column B" in messages for n in range(1000) if n % 2)


@pytest.mark.parametrize(
    ("other", "alike"),
    [("P\u2060-1", True), ("P-1\ufe0f", True), ("P\u034f-1", True), ("p-1", True), ("P-1\u0323", False), ("P-2", False)],
    ids=["word joiner", "variation selector", "grapheme joiner", "case", "a dot below", "another"],
)
def test_what_nobody_sees_in_an_id_is_what_has_no_sign(tmp_path, other, alike):
    file = tmp_path / "projects.csv"
    file.write_text(f"Project ID,Project name\nP-1,Tram\n{other},Depot\n", encoding="utf-8")
    pf = ipmo.read(file)
    assert len(pf.projects) == 2
    assert ("register/alike-ids" in [finding.code for finding in pf.source.findings]) is alike


def test_ids_of_a_script_with_signs_above_its_letters_are_told_apart(tmp_path):
    file = tmp_path / "projects.csv"
    file.write_text("Project ID,Project name\n\u0e01\u0e341,Tram\n\u0e01\u0e351,Depot\n\u0e011,Bus\n", encoding="utf-8")
    assert "register/alike-ids" not in [finding.code for finding in ipmo.read(file).source.findings]


def test_ids_that_look_the_same_are_said(tmp_path):
    file = tmp_path / "projects.csv"
    file.write_text("Project ID,Project name\nP1,Tram\np1,Depot\nP2,Bus\nP2\u200b,Ferry\nP3,Rail\n", encoding="utf-8")
    pf = ipmo.read(file)
    assert len(pf.projects) == 5
    (found,) = [finding for finding in pf.source.findings if finding.code == "register/alike-ids"]
    assert "'P1' and 'p1', 'P2' and 'P2\\u200b'" in found.message


def test_of_rows_of_one_project_the_latest_report_is_read(tmp_path):
    path = csv(
        tmp_path / "history.csv",
        "Project ID,Project name,Status date,Total budget (GBP)",
        "P1,Tram,2025-03-01,10",
        "P2,Depot,2026-03-01,30",
        "P1,Tram,2026-03-01,12",
        "P1,Tram,TBC,14",
        "P2,Depot,2026-03-01,31",
        "P3,Bridge,TBC,5",
        "P3,Another bridge,2026-03-01,7",
    )
    pf = ipmo.read(path)
    assert sorted((p.id, p.status_date or date.max, p.budget.lines[0].amount.value) for p in pf.projects) == [
        ("P1", date(2026, 3, 1), as_money("12 GBP")),
        ("P2", date(2026, 3, 1), as_money("30 GBP")),
        ("P3", date.max, as_money("5 GBP")),
    ]
    assert said(pf, "row-ignored") == ["1 row is an older report of 1 project, beginning with row 2: of each, the latest is read"]
    refused = said(pf, "row-refused")  # what has no date, the same date, or another name is no report of the same
    assert [text.partition(" is left out")[0] for text in refused] == ["row 5", "row 6", "row 8"]
    assert all_cells(pf) == 7 * 4


def test_a_project_that_was_renamed_is_read_as_its_latest_report_calls_it(tmp_path):
    rows = [
        "P1,Tram,2025-03-01,10",
        "P1,Metro,2026-03-01,12",
        "P1,Tram line,2025-09-01,11",
        "P2,Depot,2026-03-01,30",
        "P2,DEPOT ,2025-03-01,29",
        "P3,Bridge,2025-03-01,5",
        "P3,Another bridge,2025-03-01,6",
        "P3,Bridge,2026-03-01,7",
        "P4,Rail,2025-03-01,5",
        "P4,Road,2026-03-01,6",
        "P4,Canal,TBC,7",
    ]
    for turned in (rows, rows[::-1]):
        pf = ipmo.read(csv(tmp_path / "history.csv", "Project ID,Project name,Status date,Total budget (GBP)", *turned))
        assert {p.id: (p.name, str(p.budget.lines[0].amount.value)) for p in pf.projects if p.id not in ("P3", "P4")} == {
            "P1": ("Metro", "12 GBP"),
            "P2": ("Depot", "30 GBP"),
        }
        (renamed,) = [one for one in pf.source.findings if "called" in one.message]
        assert renamed.severity.value == "warning" and renamed.code == "register/row-ignored"
        assert "'P1' is called 'Metro' in its latest report and 'Tram" in renamed.message and "'P2'" not in renamed.message
        # two names of one id on one day, or another one without a day, are two projects: which of them it is, nobody knows
        refused = said(pf, "row-refused")
        assert [sum(f"'{own}' stands in this register already" in text for text in refused) for own in ("P3", "P4")] == [1, 2]
        assert all_cells(pf) == 11 * 4


def test_what_is_reported_in_a_row_is_of_the_status_date_of_that_row(tmp_path):
    path = csv(
        tmp_path / "history.csv",
        "Project ID,Project name,Report date,RAG,RAG date,Delivery confidence",
        "P1,Tram,2026-01-31,Green,,Green",
        "P1,Tram,2026-03-31,Red,,Amber",
        "P2,Depot,2026-02-28,Amber,2026-02-20,Green",
        "P3,Bridge,,Green,,",
    )
    pf = ipmo.read(path)
    reports = {one.id: [(report.date, report.rag) for report in one.status] for one in pf.projects}
    assert reports == {"P1": [(date(2026, 3, 31), "red")], "P2": [(date(2026, 2, 20), "amber")], "P3": []}
    assert {one.id: [(rated.date, rated.rating) for rated in one.confidence] for one in pf.projects} == {
        "P1": [(date(2026, 3, 31), "amber")],
        "P2": [(date(2026, 2, 28), "green")],
        "P3": [],
    }
    (refused,) = said(pf, "cell-refused")  # the row of the bridge has no date at all
    assert refused.startswith("row 5, column D")
    assert "nothing says of which day the report is" in refused
    whole = attrs.evolve(ipmo.propose_mapping(path), status_date=date(2026, 1, 1))
    assert [report.date for report in ipmo.read(path, mapping=whole)["P3"].status] == [date(2026, 1, 1)]


def test_a_folder_of_spreadsheets_says_how_to_read_one(tmp_path):
    for name in (".DS_Store", "~$plan.xlsx", "notes.docx"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(FileError, match=r"the folder holds no portfolio; it needs one of portfolio.yaml, portfolio.yml, portfolio.json$"):
        ipmo.read(tmp_path)
    csv(tmp_path / "projects.csv", "id,name", "P1,Tram")
    with pytest.raises(
        FileError,
        match=r"to read a spreadsheet in it, name the file, for example .*projects\.csv; all CSV files of it .*: `ipmo map .* -o mapping\.yaml`$",
    ):
        ipmo.read(tmp_path)
