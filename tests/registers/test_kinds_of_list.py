"""What the rows of a list are: projects, their milestones, their money by period, or something that no register here holds."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.model.portfolio import Portfolio
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping


def written(folder: Path, *lines: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def kind_of(folder: Path, *lines: str) -> str:
    """The kind of register that is proposed; empty where none is."""
    found = ipmo.propose_mapping(written(folder, *lines)).sheets
    return found[0].register if found else ""


def lines_of(pf: Portfolio, project: str, field: str) -> list[tuple[str, str, str]]:
    """The lines of a project's money, each with its first and last day."""
    (one,) = (one for one in pf.projects if project in (one.id, one.name))
    money = getattr(one, field)
    return [(str(line.amount.value), str(line.since), str(line.until)) for line in money.lines] if money is not None else []


MONTHS = (
    "Project,Period,Budget,Actual,Forecast,Currency",
    "P1,2026-04,100000,90000,95000,GBP",
    "P1,2026-05,100000,110000,105000,GBP",
    "P2,2026-04,50000,40000,45000,EUR",
    "Total,,250000,240000,245000,",
)


def test_rows_of_a_month_each_are_money_of_that_month(tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, *MONTHS))
    april, may = ("2026-04-01", "2026-04-30"), ("2026-05-01", "2026-05-31")
    assert lines_of(pf, "P1", "budget") == [("100 k GBP", *april), ("100 k GBP", *may)]
    assert lines_of(pf, "P1", "actual") == [("90 k GBP", *april), ("110 k GBP", *may)]
    assert lines_of(pf, "P1", "forecast") == [("95 k GBP", *april), ("105 k GBP", *may)]
    assert lines_of(pf, "P2", "actual") == [("40 k EUR", *april)]
    assert sorted(one.name or one.id for one in pf.projects) == ["P1", "P2"]
    assert pf.source.cells["refused"] == 0


def test_rows_of_a_financial_year_each_are_money_of_that_year(tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "Project ID,Financial year,Budget (£m),Actual (£m)", "P1,2025/26,1.2,0.3", "P1,2026/27,2.2,0.4"))
    assert lines_of(pf, "P1", "budget") == [("1.2 M GBP", "2025-04-01", "2026-03-31"), ("2.2 M GBP", "2026-04-01", "2027-03-31")]
    assert [amount for amount, *_ in lines_of(pf, "P1", "actual")] == ["300 k GBP", "400 k GBP"]
    sheet = ipmo.propose_mapping(tmp_path / "list.csv").sheets[0]
    assert "of its row's period alone" in sheet.doubt, "amounts to date look the same"
    assert not any(column.doubt for column in sheet.columns)


def test_a_blank_amount_is_no_line_and_a_row_without_any_is_refused(tmp_path: Path) -> None:
    lines = ("Project,Month,Budget (£k),Actual (£k)", "P1,Apr-26,10,", "P1,May-26,11,x", "P1,Jun-26,,", "P2,Apr-26,5,4")
    pf = ipmo.read(written(tmp_path, *lines))
    assert [amount for amount, *_ in lines_of(pf, "P1", "budget")] == ["10 k GBP", "11 k GBP"]
    assert lines_of(pf, "P1", "actual") == []
    said = [str(one) for one in pf.source.findings]
    assert any("row 4 is left out: it states no amount" in one for one in said)
    assert any("row 3, column D" in one for one in said)


def test_a_mapping_of_costs_names_the_money_of_each_column(tmp_path: Path) -> None:
    path = written(tmp_path, "Project,Month,Plan,Paid,Other", "P1,2026-04,10,8,1", "P1,2026-05,20,,2")
    fields = {"Project": "project", "Month": "period", "Plan": "budget", "Paid": "actual", "Other": "amount"}
    columns = [ColumnMapping(header=header, field=field) for header, field in fields.items()]
    mapping = Mapping(currency="GBP", sheets=[SheetMapping(register="costs", new_projects=True, columns=columns)])
    pf = ipmo.read(path, mapping=mapping)
    assert [amount for amount, *_ in lines_of(pf, "P1", "budget")] == ["1 GBP", "10 GBP", "2 GBP", "20 GBP"]
    assert [amount for amount, *_ in lines_of(pf, "P1", "actual")] == ["8 GBP"]


def test_one_kind_of_money_alone_is_that_money(tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "Project,Month,Actual (£k)", "P1,2026-04,10", "P1,2026-05,20"))
    assert [amount for amount, *_ in lines_of(pf, "P1", "actual")] == ["10 k GBP", "20 k GBP"]
    assert lines_of(pf, "P1", "budget") == []


def test_a_column_of_kinds_says_which_money_each_row_is(tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "Project,Month,Type,Actual (£k)", "P1,2026-04,Budget,10", "P1,2026-04,Actual,20"))
    assert [amount for amount, *_ in lines_of(pf, "P1", "budget")] == ["10 k GBP"]
    assert [amount for amount, *_ in lines_of(pf, "P1", "actual")] == ["20 k GBP"]


def test_each_project_in_one_row_of_one_month_is_doubted_and_its_money_stays_what_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, "Project,Month,Actual (£k)", "P1,2026-04,10", "P2,2026-04,20")
    assert [amount for amount, *_ in lines_of(ipmo.read(path), "P1", "actual")] == ["10 k GBP"]
    assert "project list" in ipmo.propose_mapping(path).sheets[0].doubt


def test_projects_reported_each_month_are_no_lines_of_money(tmp_path: Path) -> None:
    lines = ("Project,Reporting period,RAG,Budget (£k),Actual (£k)", "P1,2026-04,Green,100,10", "P1,2026-05,Amber,100,20")
    assert kind_of(tmp_path, *lines) != "costs", "what a report says of the whole is not the money of its month"


@pytest.mark.parametrize(
    "lines",
    [
        ("Project,Milestone,Due date,Status,% complete,Depends on,Owner", "Tram,M1 Design,31/03/2026,Complete,100%,,Ann", "Tram,M2 Build,30/09/2026,On track,40%,M1 Design,Ann", "Depot,M1 Design,31/05/2026,Slipped,10%,,Bob", "Depot,M3 Handover,05/10/2026,Not started,0%,M1 Design,Bob"),
        ("Project,Milestone,Period,Owner", "Tram,Design,2026-04,Ann", "Tram,Build,2026-09,Ann", "Depot,Design,2026-05,Bob"),
        ("Project name,Key milestone,Forecast date,RAG", "Tram,Design,31/03/2026,Green", "Tram,Build,30/09/2026,Red"),
    ],
)  # fmt: skip
def test_milestones_of_projects_are_milestones(lines: tuple[str, ...], tmp_path: Path) -> None:
    assert kind_of(tmp_path, *lines) == "milestones"
    pf = ipmo.read(written(tmp_path, *lines))
    assert sum(len(one.tasks) for one in pf.projects) == len(lines) - 1


def test_projects_with_their_next_milestone_are_projects(tmp_path: Path) -> None:
    lines = ("Project,Next milestone,Due date,RAG,Budget (£m)", "Tram,Design,31/03/2026,Green,3", "Depot,Build,30/09/2026,Red,4")
    assert kind_of(tmp_path, *lines) == "projects"


@pytest.mark.parametrize(
    "head", ["Project ID,Name,Start date,End date,Duration (months),Total budget (£m)", "Project code,Title,Start,Finish,Duration (weeks),Total budget (£m)"]
)  # fmt: skip
def test_a_list_of_projects_with_durations_is_one_of_projects(head: str, tmp_path: Path) -> None:
    lines = (head, "P1,Tram,01/04/2025,31/03/2027,24,3.5", "P2,Depot,01/05/2025,30/04/2026,12,5")
    assert kind_of(tmp_path, *lines) == "projects"
    pf = ipmo.read(written(tmp_path, *lines))
    assert [(one.id, one.name) for one in pf.projects] == [("P1", "Tram"), ("P2", "Depot")]
    assert not any(one.tasks for one in pf.projects)


def test_tasks_of_projects_stay_tasks(tmp_path: Path) -> None:
    again = ("Project ID,Name,Start,Finish,Duration (days)", "P1,Dig,01/04/2026,10/04/2026,8", "P1,Lay,13/04/2026,20/04/2026,6")
    assert kind_of(tmp_path, *again) == "tasks"
    named = ("Project ID,Task,Start,Finish,Duration (days)", "P1,Dig,01/04/2026,10/04/2026,8", "P2,Lay,13/04/2026,20/04/2026,6")
    assert kind_of(tmp_path, *named) == "tasks"


@pytest.mark.parametrize(
    "lines",
    [
        ("Contract ID,Supplier,Project,Value (£m),Start,End,Status", "C1,Acme,P1,2.5,01/04/2026,31/03/2028,Signed", "C2,Bolt,P2,0.4,15/05/2026,31/12/2026,Tender"),
        ("Invoice No,Supplier,Project,Amount (£),Date", "4711,Acme,Tram,2500,01/04/2026", "4712,Bolt,Tram,400,15/05/2026"),
        ("Asset number,Asset,Project ID,Value (£k),Start", "A1,Pump,P1,20,01/04/2026", "A2,Fan,P1,4,15/05/2026"),
    ],
)  # fmt: skip
def test_rows_of_something_else_are_no_projects(lines: tuple[str, ...], tmp_path: Path) -> None:
    mapping = ipmo.propose_mapping(written(tmp_path, *lines))
    assert not any(one.register == "projects" for one in mapping.sheets)
    if not mapping.sheets:
        assert lines[0].split(",")[0] in mapping.doubt


def test_a_list_of_projects_with_numbers_of_another_name_stays_one(tmp_path: Path) -> None:
    for head in ("Contract number", "Scheme ID", "Grant ref", "ID", "Application number"):
        lines = (f"{head},Project name,Budget (£m),Start", "C1,North tram,2.5,01/04/2026", "C2,East depot,0.4,15/05/2026")
        assert kind_of(tmp_path, *lines) == "projects", head
