"""What exports and logs of offices hold: days of the week before dates, several people in a cell, titles without details, logs of changes alone."""

from datetime import date
from pathlib import Path

import pytest

import ipmo
from ipmo.registers.cells.days import Days, order_said
from ipmo.registers.cells.outcomes import CellError


def read(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return ipmo.read(path)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("Mon 05/01/26", date(2026, 1, 5)),
        ("Fri 05/01/26", date(2026, 5, 1)),
        ("Monday, 05/01/2026", date(2026, 1, 5)),
        ("Mo 05.01.26", date(2026, 1, 5)),
        ("lun. 05/01/2026", date(2026, 1, 5)),
        ("vie 01/05/2026", date(2026, 5, 1)),
        ("Thu 2026-03-12", date(2026, 3, 12)),
        ("Tue 1/6/26 8:00 AM", date(2026, 1, 6)),
    ],
)
def test_a_day_of_the_week_says_whether_the_day_or_the_month_comes_first(typed, day):
    assert Days.of([typed], "", year_starts=0, end=False, serial=False, timed=False).read(typed) == day


def test_one_day_of_the_week_says_how_the_whole_column_is_written_and_a_wrong_one_is_refused():
    assert (order_said("Mon 05/01/26"), order_said("Fri 05/01/26"), order_said("Wed 05/01/26"), order_said("Hey 05/01/26")) == (
        "day first",
        "month first",
        "",
        None,
    )
    days = Days.of(["Mon 05/01/26", "06/02/26"], "", year_starts=0, end=False, serial=False, timed=True)
    assert days.read("06/02/26") == date(2026, 2, 6)
    with pytest.raises(CellError, match="no such day of the week: 2026-01-06 is a Tuesday"):
        days.read("Mon 06/01/26")
    with pytest.raises(CellError, match="no such day of the week"):
        Days.of(["Sun 2026-03-12"], "", year_starts=0, end=False, serial=False, timed=True).read("Sun 2026-03-12")


PLAN = """Task ID,Project,Task Name,Assigned To,Duration,Start,Finish
1,CRM,Design,{first},10 days,Mon 05/01/26,Fri 16/01/26
2,CRM,Build,{second},4 wks,Mon 19/01/26,Fri 13/02/26
"""


@pytest.mark.parametrize(
    ("first", "second", "work"),
    [
        ("Ann; Bob", "Bob", [["Ann", "Bob"], ["Bob"]]),
        ('"Ann, Bob"', "Bob", [["Ann", "Bob"], ["Bob"]]),
        ('"Ann\nBob"', "Cy", [["Ann", "Bob"], ["Cy"]]),
        ('"Smith, John"', '"Smith, Ann"', None),  # a comma within a name
    ],
)
def test_several_people_at_a_task_are_its_resources_and_no_person(tmp_path, first, second, work):
    pf = read(tmp_path, PLAN.format(first=first, second=second))
    design, build = pf["CRM"].tasks
    if work is None:
        assert (design.owner, build.owner) == ("Smith, John", "Smith, Ann")
    else:
        assert [[one.resource for one in task.assignments] for task in (design, build)] == work
        assert not pf.people
        assert any("name several people" in finding.message for finding in pf.source.findings)
    assert [str(task.not_before) for task in (design, build)] == ["2026-01-05", "2026-01-19"]


def test_assignees_of_a_tracker_parted_by_commas_are_several(tmp_path):
    head = "Title\tURL\tAssignees\tStatus\tIteration\tStart date\tTarget date\n"
    rows = "Login\thttps://x/1\tann, bob\tDone\tSprint 1\tJan 5, 2026\tJan 16, 2026\nOut\thttps://x/2\t\tTodo\tSprint 2\t\t\n"
    pf = read(tmp_path, head + rows, "a.tsv")
    assert [one.resource for one in pf.projects[0].tasks[0].assignments] == ["ann", "bob"]


@pytest.mark.parametrize("cell", ["Ann; Bob", '"Ann\nBob"', '"Ann, Cy"'])
def test_two_owners_of_a_risk_or_a_project_are_refused_by_their_cell(tmp_path, cell):
    pf = read(tmp_path, f"Project ID,Project name,Owner\nP1,Tram,{cell}\nP2,Bus,Cy\n")
    assert [one.owner for one in pf.projects] == [None, "Cy"]
    (refused,) = [finding.message for finding in pf.source.findings if finding.code == "register/cell-refused"]
    assert "names several people" in refused


RAID = """RAID ID,RAID Type,Project,Title,Detail,Date Raised,Likelihood,Impact,Owner,Status,Date Closed
1,Risk,P,Supplier fails,Balance sheet weak,02/01/2026,High,Very High,Zed,Open,
2,Issue,P,Server down,Since the storm,14/01/2026,,High,Zed,Open,
3,Assumption,P,Rates stay,,15/01/2026,,,Ola,Open,
4,Assumption,P,Staff,Ten stay until June,15/01/2026,,,Ola,Open,
5,Decision,P,Buy or lease,,15/01/2026,,,Ola,Open,
6,Decision,P,Site,Which of the two sites,15/01/2026,,,Ola,Open,
"""


def test_the_title_and_the_detail_of_an_assumption_or_a_decision_are_what_it_says(tmp_path):
    pf = read(tmp_path, RAID)
    assert [one.text for one in pf.assumptions] == ["Rates stay", "Staff: Ten stay until June"]
    assert [one.question for one in pf.decisions] == ["Buy or lease", "Site: Which of the two sites"]
    assert "what columns 'Title'" not in " ".join(finding.message for finding in pf.source.findings)
    assert [(one.name, one.note) for one in pf.issues] == [("Server down", "Since the storm")]


def test_a_detail_that_begins_with_its_title_stands_alone(tmp_path):
    pf = read(tmp_path, RAID.replace("Ten stay", "Staff of ten stay"))
    assert [one.text for one in pf.assumptions] == ["Rates stay", "Staff of ten stay until June"]


@pytest.mark.parametrize("impact", ["Very High", "Severe", "4 - Major"])
def test_an_attribute_keeps_the_words_of_its_cell(tmp_path, impact):
    pf = read(tmp_path, RAID.replace("Very High", impact))
    (risk,) = pf["P"].risks
    assert risk.attributes["Impact"] == impact


@pytest.mark.parametrize("heading", ["Project", "Project ID", "Affected project"])
def test_a_log_of_changes_alone_makes_the_projects_that_it_names(tmp_path, heading):
    pf = read(
        tmp_path,
        f"CR No.,{heading},Change Title,Requested by,Date submitted,Cost impact (£),Decision\n"
        "CR-01,P-1,Gates,Ada,21/02/2026,45000,Approved\nCR-02,P-2,Drop,Bo,14/02/2026,-12500,Pending\n",
    )
    assert [one.id for one in pf.projects] == ["P-1", "P-2"]
    assert [(one.id, one.item) for one in pf.changes] == [("CR-01", "P-1"), ("CR-02", "P-2")]
    assert any("there is no list of projects" in finding.message for finding in pf.source.findings)


PPM = """Project Code,Title,{first} End Date,{later} End Date,Original Budget (EUR),Current Budget (EUR),Actual cost (EUR)
A 1,Data hub,2026-12-18,2027-02-26,1200000,1350000,400000
A 2,Portal,2027-03-31,,750000,,12000
A 3,Archive,2025-12-19,TBC,90000,90000,88000
"""


@pytest.mark.parametrize(("first", "later"), [("Planned", "Revised"), ("Original", "Current"), ("Scheduled", "Updated")])
def test_a_revised_end_holds_and_where_it_is_blank_the_planned_one(tmp_path, first, later):
    pf = read(tmp_path, PPM.format(first=first, later=later))
    assert [str(one.finish) for one in pf.projects] == ["2027-02-26", "2027-03-31", "None"], (
        "one that is not known yet is not the planned one"
    )
    assert [int(one.budget.lines[0].amount.value.amount) for one in pf.projects] == [1350000, 750000, 90000]
    assert pf.projects[0].attributes[f"{first} End Date"] == "2026-12-18"
    ipmo.write_mapping(ipmo.propose_mapping(tmp_path / "a.csv"), tmp_path / "m.yaml")
    assert ipmo.read(tmp_path / "a.csv", mapping=tmp_path / "m.yaml") == pf


def test_a_mapping_that_fills_blanks_from_no_column_says_so(tmp_path):
    (tmp_path / "m.yaml").write_text(
        "mapping: 1\nsheets:\n- register: projects\n  columns: {Project Code: id, Title: name, Revised End Date: {field: finish, where_blank: Plan}}\n"
    )
    (tmp_path / "a.csv").write_text(PPM.format(first="Planned", later="Revised"), encoding="utf-8")
    said = " ".join(finding.message for finding in ipmo.read(tmp_path / "a.csv", mapping=tmp_path / "m.yaml").source.findings)
    assert "has no column 'Plan', whose cells were to hold" in said


@pytest.mark.parametrize(
    "title", ["Northshire Acute Trust - Capital Programme 2026/27, position of September. All figures in £'000", "Report (£000)"]
)
def test_what_a_title_says_of_its_amounts_is_quoted_where_it_says_it(tmp_path, title):
    path = tmp_path / "a.csv"
    path.write_text(f'"{title}",,\n,,\nProject ID,Project name,Budget\nP1,Tram,120\nP2,Bus,80\n', encoding="utf-8")
    (doubt,) = [one for one in ipmo.propose_mapping(path).doubts if "title says" in one]
    assert title[-4:] in doubt


def test_an_encoding_that_has_failed_is_not_offered(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"Project ID,Project name\nP1,\x81\x8d\n")
    with pytest.raises(ipmo.FileError, match=r"cannot be read as cp1252.*for example 'latin-1', 'mac-roman' or 'cp1250'"):
        ipmo.read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("heading", "cells", "units"),
    [("Availability %", ["100%", "60 %"], [1, 0.6]), ("Availability %", ["100", "60"], [1, 0.6]), ("FTE", ["1", "0.6"], [1, 0.6]), ("Capacity", ["150%", "50%"], [1.5, 0.5])],
)  # fmt: skip
def test_a_share_of_somebody_is_so_many_units(tmp_path, heading, cells, units):
    pf = read(tmp_path, f"Resource,Role,{heading},Cost per hour (£)\nAnn,Dev,{cells[0]},45\nBob,BA,{cells[1]},52.50\n")
    assert [one.capacity[0].value for one in pf.resources] == units


@pytest.mark.parametrize("what", ["Package", "Work package", "Discipline"])
def test_interfaces_between_packages_lead_from_one_to_the_other(tmp_path, what):
    path = tmp_path / "a.csv"
    path.write_text(
        f"Interface No,From {what},To {what},Interface description,Needed by (date),Promised by (date)\n"
        "IF-1,Civil,Track,Slab,12-Mar-2027,01-Mar-2027\nIF-2,Track,Power,Rail,30-Jun-2027,15-Jul-2027\n"
    )
    (sheet,) = ipmo.propose_mapping(path).sheets
    fields = {one.header: one.field for one in sheet.columns}
    assert (sheet.register, fields[f"From {what}"], fields[f"To {what}"]) == ("links", "from", "to")


OPEN_POINTS = """LfdNr;Thema;Beschreibung;Projekt;Priorität;Verantwortlich;Erfasst am;Fällig am;Status;Erledigt am
1;Statik fehlt;Unterlagen vom Prüfer;PR-101;hoch;Müller;05.02.2026;20.02.2026;offen;
2;Lizenz abgelaufen;;PR-102;sehr hoch;Weiß;10.01.2026;31.01.2026;erledigt;28.01.2026
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OPEN_POINTS, {}),
        (OPEN_POINTS, {"Thema": "Sujet", "Beschreibung": "Description", "Projekt": "Projet", "Priorität": "Priorité", "Verantwortlich": "Responsable", "Erfasst am": "Ouvert le", "Fällig am": "Échéance", "Erledigt am": "Clos le", "hoch": "élevée", "sehr élevée": "critique", "LfdNr": "Numéro"}),
        (OPEN_POINTS, {"Thema": "Asunto", "Beschreibung": "Descripción", "Projekt": "Proyecto", "Priorität": "Prioridad", "Verantwortlich": "Responsable", "Erfasst am": "Fecha de apertura", "Fällig am": "Fecha límite", "Erledigt am": "Fecha de cierre", "hoch": "alta", "sehr alta": "muy alta", "LfdNr": "Número"}),
    ],
)  # fmt: skip
def test_a_list_of_open_points_in_another_language_is_one_of_issues(tmp_path, text, words):
    for german, other in words.items():
        text = text.replace(german, other)
    pf = read(tmp_path, text, "punkte.csv")
    one, two = pf.issues
    assert (one.id, one.name, one.note, one.item, one.severity, one.owner) == (
        "1",
        "Statik fehlt",
        "Unterlagen vom Prüfer",
        "PR-101",
        "high",
        "Müller",
    )
    assert [str(day) for day in (one.raised, one.due)] == ["2026-02-05", "2026-02-20"]
    assert (one.closed, str(two.closed), two.severity) == (None, "2026-01-28", "critical")


def test_program_and_project_names_the_rows_and_what_became_of_a_baseline_holds(tmp_path):
    path = tmp_path / "two_heads.csv"
    path.write_text(
        ",,Schedule,,,Cost ($M),,,Health,\n"
        "ID,Program / Project,Baseline Start,Baseline Finish,Current Finish,Approved,Actuals,EAC,Overall,Trend\n"
        "101,ERP,01/15/2026,06/30/2027,09/30/2027,12.4,3.1,14.0,Yellow,down\n"
        "102,CRM,02/01/2026,12/31/2026,12/31/2026,3,1,3,Green,flat\n"
    )
    (sheet,) = ipmo.propose_mapping(path).sheets
    said = {one.header: one.field for one in sheet.columns}
    assert sheet.register == "projects"
    assert (said["Program / Project"], said["Current Finish"], said["Baseline Finish"]) == ("name", "finish", "attribute")


@pytest.mark.parametrize("words", [("Capital", "Revenue"), ("CAPEX", "OPEX"), ("capital", "running")])
def test_a_type_of_capital_and_revenue_is_the_class_of_costs(tmp_path, words):
    path = tmp_path / "costs.csv"
    capital, revenue = words
    path.write_text(
        f"Project Code,Cost Category,Type,2025/26,2026/27\nP1,Staff,{capital},1.2,3.4\nP1,Staff,{revenue},0.1,0.2\nP2,Works,{capital},0,10.5\n"
    )
    (sheet,) = ipmo.propose_mapping(path).sheets
    (kind,) = [one for one in sheet.columns if one.header == "Type"]
    assert (sheet.register, kind.field, kind.doubt) == ("costs", "class", "")


TRUST = """Ref,Scheme,Directorate,Exec Lead,Approved Budget (£k),Spend to Date (£k),Start on Site,Practical Completion
Estates,,,,,,,
E 01,Boiler house,{estates},J. Smith,"1,250",310,06/04/2026,18/12/2026
E 02,Roof repairs,{estates},P. Jones,480,480,01/05/2026,31/08/2026
{total}Digital,,,,,,,
D 01,EPR upgrade,{digital},M. Khan,"3,900",20,13/04/2026,TBC
Notes: see the minutes,,,,,,,
D 02,Wifi,{digital},M. Khan,220,12,13/05/2026,29/01/2027
"""


def of_rows(pf, severity):
    return [
        finding.message.partition(":")[0]
        for finding in pf.source.findings
        if finding.code.startswith("register/row") and finding.severity.value == severity
    ]


def test_a_heading_alone_in_its_row_is_no_error_where_its_rows_say_it_too(tmp_path):
    pf = read(tmp_path, TRUST.format(estates="Estates", digital="Digital", total=""))
    assert [one.id for one in pf.projects] == ["E 01", "E 02", "D 01", "D 02"]
    assert of_rows(pf, "info") == ["row 2 heads the rows below it", "row 5 heads the rows below it"]
    assert of_rows(pf, "error") == ["row 7 is left out"]  # nothing says what a note heads


def test_a_heading_that_a_total_is_of_is_no_error_and_any_other_is_one(tmp_path):
    pf = read(tmp_path, TRUST.format(estates="North", digital="North", total='Subtotal Estates,,,,"1,730",790,,\n'))
    assert of_rows(pf, "info") == ["row 2 heads the rows below it", "row 5 sums others up"]
    assert of_rows(pf, "error") == ["row 6 is left out", "row 8 is left out"]


def read_text(folder: Path, text: str) -> ipmo.Portfolio:
    path = folder / "register.csv"
    path.write_text(text, encoding="utf-8")
    return ipmo.read(path)


def test_people_are_there_until_their_last_day(tmp_path: Path) -> None:
    pf = read_text(
        tmp_path,
        "Name,Role,FTE,Available from,Available to\nAna,Analyst,0.8,13/04/2026,31/03/2027\nBen,Engineer,1,14/04/2026,\nCy,PM,1,15/04/2026,01/04/2026\n",
    )
    assert [[(str(one.since), one.value) for one in resource.capacity] for resource in pf.resources] == [
        [("2026-04-13", 0.8), ("2027-04-01", 0)],
        [("2026-04-14", 1)],
        [],
    ]
    assert any("it is there until 2026-04-01, before it comes on 2026-04-15" in str(one) for one in pf.source.findings)


def test_a_decision_that_waits_has_no_outcome(tmp_path: Path) -> None:
    pf = read_text(
        tmp_path,
        "ID,Decision,Due,Outcome,Date decided\nD1,Vendor,13/05/2026,Pending,\nD2,Site,14/05/2026,Deferred,\nD3,Bank,20/05/2026,Approved: Barclays,20/05/2026\nD4,Name,20/05/2026,Awaiting legal,\n",
    )
    assert [one.outcome for one in pf.decisions] == ["", "", "Approved: Barclays", ""]


def test_the_day_on_which_a_dependency_is_required_is_that_on_which_it_is_needed(tmp_path: Path) -> None:
    pf = read_text(
        tmp_path,
        "ID,Deliverable,Provider,Receiver,Promised,Required\nX1,API,P1,P2,14/03/2026,13/03/2026\nX2,Data,P2,P3,01/04/2026,20/04/2026\n",
    )
    assert [(str(one.promised)[:10], str(one.needed)[:10]) for one in pf.links] == [
        ("2026-03-14", "2026-03-13"),
        ("2026-04-01", "2026-04-20"),
    ]


def test_an_export_of_jira_in_german_has_names_and_ends(tmp_path: Path) -> None:
    pf = read_text(
        tmp_path,
        "Vorgangsschlüssel;Zusammenfassung;Status;Lösung;Erstellt;Erledigt;Story Points\nAB-1;Eins;Fertig;Erledigt;03.04.2026 09:00;15.05.2026 16:00;5\nAB-2;Zwei;Offen;;04.05.2026 09:00;;3\n",
    )
    (project,) = pf.projects
    assert [(task.id, task.name, task.actual_finish is not None) for task in project.tasks] == [
        ("AB-1", "Eins", True),
        ("AB-2", "Zwei", False),
    ]
    assert any("it is taken for 'summary'" in str(one) for one in pf.source.findings)
