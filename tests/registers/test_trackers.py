"""Azure DevOps queries and GitHub Projects views, exported as CSV and TSV in their documented columns, through the door of mappings."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

import ipmo
from ipmo.model import Portfolio, Task

AZURE = """\
ID,Work Item Type,Title,Assigned To,State,Tags,Priority,Story Points,Iteration Path,Area Path,Parent,Created Date,Activated Date,Closed Date,Target Date,Team Project
4400,Feature,Accounts,Ada Byron <ada@example.com>,Active,web,1,,Shop,Shop,,1/5/2026 9:00:00 AM,1/6/2026 9:00:00 AM,,3/31/2026 12:00:00 AM,Shop
4411,User Story,Sign in,Ada Byron <ada@example.com>,Closed,web,2,3,Shop\\Sprint 1,Shop\\Web,4400,1/5/2026 9:15:00 AM,1/6/2026 9:00:00 AM,1/19/2026 3:00:00 PM,1/30/2026 12:00:00 AM,Shop
4412,User Story,Sign out,Bo Lind <bo@example.com>,Active,web,2,2,Shop\\Sprint 2,Shop\\Web,4400,1/5/2026 9:20:00 AM,1/20/2026 9:00:00 AM,,2/13/2026 12:00:00 AM,Shop
4413,Bug,Wrong colour,,Removed,,4,,Shop\\Sprint 2,Shop\\Web,4400,1/7/2026 9:20:00 AM,,,,Shop
"""
GITHUB = """\
Title\tURL\tAssignees\tStatus\tLabels\tMilestone\tRepository\tEstimate\tIteration\tStart date\tTarget date
Sign in\thttps://github.com/shop/web/issues/11\tada\tDone\tbug\tM1\tshop/web\t3\tSprint 1\tJan 6, 2026\tJan 30, 2026
Sign out\thttps://github.com/shop/web/issues/12\tbo\tIn Progress\tbug, web\tM1\tshop/web\t2\tSprint 2\tJan 20, 2026\tFeb 13, 2026
Accounts\thttps://github.com/shop/web/issues/10\tada\tTodo\t\tM1\tshop/web\t\t\tJan 5, 2026\tMar 31, 2026
"""


def tasks_of(pf: Portfolio) -> dict[str, Task]:
    return {task.name: task for project in pf.projects for task in project.tasks}


@pytest.fixture
def azure(tmp_path: Path) -> Path:
    path = tmp_path / "azure.csv"
    path.write_text(AZURE, encoding="utf-8-sig")
    return path


@pytest.fixture
def github(tmp_path: Path) -> Path:
    path = tmp_path / "github.tsv"
    path.write_text(GITHUB, encoding="utf-8")
    return path


def test_an_azure_query_is_proposed_as_tasks(azure: Path) -> None:
    mapping = ipmo.propose_mapping(azure)
    fields = {column.header: column.field for column in mapping.sheets[0].columns}
    assert mapping.sheets[0].register == "tasks"
    assert mapping.dates == "month first"
    assert {name: field for name, field in fields.items() if field != "attribute"} == {
        "ID": "id",
        "Work Item Type": "category",
        "Title": "name",
        "Assigned To": "owner",
        "Parent": "parent",
        "Story Points": "points",
        "Iteration Path": "iteration",
        "Area Path": "area",
        "Activated Date": "actual_start",
        "Closed Date": "actual_finish",
        "Target Date": "deadline",
        "Team Project": "project",
    }


def test_an_azure_query_is_read(azure: Path) -> None:
    pf = ipmo.read(azure)
    tasks = tasks_of(pf)
    assert [project.id for project in pf.projects] == ["Shop"]
    assert set(tasks) == {"Accounts", "Sign in", "Sign out"}, "what was removed is no work"
    done, open_ = tasks["Sign in"], tasks["Sign out"]
    assert (done.id, done.parent, done.category) == ("4411", "4400", "User Story")
    assert done.actual_start == datetime(2026, 1, 6, 9)
    assert done.actual_finish == datetime(2026, 1, 19, 15)
    assert done.finished
    assert open_.started
    assert not open_.finished
    assert open_.attributes["points"] == "2"
    assert open_.attributes["iteration"] == "Shop\\Sprint 2"
    assert open_.owner == done.owner.replace("Ada Byron", "Bo Lind").replace("ada", "bo") if done.owner else False
    assert sum(pf.source.cells.values()) == 4 * 16
    assert pf.source.cells.get("refused", 0) == 0


def test_a_github_view_is_read(github: Path) -> None:
    pf = ipmo.read(github)
    tasks = tasks_of(pf)
    assert set(tasks) == {"Sign in", "Sign out", "Accounts"}
    assert tasks["Sign in"].not_before == date(2026, 1, 6)
    assert tasks["Sign in"].deadline == date(2026, 1, 30)
    assert tasks["Sign out"].owner == "bo"
    assert tasks["Sign out"].attributes["iteration"] == "Sprint 2"
    assert tasks["Accounts"].attributes["Status"] == "Todo"
    doubts = [str(found) for found in pf.source.findings if found.code == "register/doubt"]
    assert any("'Estimate'" in doubt and "nothing names its unit" in doubt for doubt in doubts)


def test_a_board_becomes_a_backlog_with_a_corrected_mapping(github: Path, tmp_path: Path) -> None:
    """Points are no working days: the person who looks over the mapping says so, and they stay as they stand."""
    target = tmp_path / "mapping.yaml"
    ipmo.write_mapping(ipmo.propose_mapping(github), target)
    text = target.read_text(encoding="utf-8").replace(
        "Estimate: {field: effort, unit: pd}", "Estimate: {field: attribute, attribute: points}"
    )
    target.write_text(text, encoding="utf-8")
    tasks = tasks_of(ipmo.read(github, mapping=target))
    assert tasks["Sign in"].attributes["points"] == "3"
    assert tasks["Sign in"].effort is None


def test_points_are_numbers_whatever_the_tracker_calls_them(tmp_path: Path) -> None:
    for head in ("Story Points", "Points", "Custom field (Story Points)", "Story point estimate"):
        path = tmp_path / "board.csv"
        path.write_text(
            f"Key,Title,State,{head},Sprint\n1,Sign in,New,2.50,S 1\n2,Sign out,New,many,S 2\n3,Sign up,New,,S 2\n"
            + "".join(f"{n},Item {n},New,{n},S 3\n" for n in range(4, 24)),
            encoding="utf-8",
        )
        pf = ipmo.read(path)
        tasks = tasks_of(pf)
        assert (tasks["Sign in"].attributes["points"], tasks["Sign in"].attributes["iteration"]) == ("2.5", "S 1")
        assert not {"points", head} & set(tasks["Sign out"].attributes), "what is no number is refused"
        assert pf.source.cells["refused"] == 1
        assert "points" not in tasks["Sign up"].attributes


def test_items_that_are_over_by_their_state_alone_count_as_open_and_say_so(tmp_path: Path) -> None:
    """A query without the columns of dates: what is closed has no day on which it was."""
    path = tmp_path / "azure.csv"
    path.write_text(
        "ID,Work Item Type,Title,State,Closed Date\n1,Bug,Blank page,New,\n2,Bug,Slow,Closed,\n3,Bug,Old,Removed,\n4,Bug,Gone,Closed,2026-01-19\n",
        encoding="utf-8",
    )
    said = [one.message for one in ipmo.read(path).source.findings if one.code == "register/done-without-date"]
    assert said == [
        "1 row of the table is 'Closed' by 'State' and states no actual finish, beginning with row 3: without a date it counts as open work"
    ]


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        (
            "Vorgangsschlüssel;Zusammenfassung;Status;Erledigt;Story Points",
            ("A-1;Eins;Fertig;;3", "A-2;Zwei;Offen;;3"),
            "is 'Fertig' by 'Status'",
        ),
        (
            "Vorgangsschlüssel;Zusammenfassung;Lösung;Story Points",
            ("A-1;Eins;Behoben;3", "A-2;Zwei;Nicht erledigt;3"),
            "is 'Behoben' by 'Lösung'",
        ),
        (
            "Key;Title;Status;Resolution;Story Points",
            ("A-1;One;Shipped;Fixed;3", "A-2;Two;Open;Unresolved;3"),
            "is 'Fixed' by 'Resolution'",
        ),
        ("Clave;Resumen;Estado;Story Points", ("A-1;Uno;Cerrado;3", "A-2;Dos;Abierto;3"), "is 'Cerrado' by 'Estado'"),
    ],
)
def test_what_is_over_by_a_word_of_another_language_or_a_resolution_alone_says_so(
    tmp_path: Path, head: str, rows: tuple[str, ...], said: str
) -> None:
    (path := tmp_path / "jira.csv").write_text("\n".join((head, *rows, "")), encoding="utf-8")
    (found,) = findings_of(ipmo.read(path), "done-without-date")
    assert said in found
    assert "beginning with row 2: without a date it counts as open work" in found


def findings_of(pf: Portfolio, code: str) -> list[str]:
    return [one.message for one in pf.source.findings if one.code == f"register/{code}"]


def test_what_was_given_up_is_neither_open_nor_done(tmp_path: Path) -> None:
    """A story that was removed on a day was finished by that day until now; what lay in it lies where it lay, and what waited goes on."""
    path = tmp_path / "azure.csv"
    path.write_text(
        "ID,Work Item Type,Title,State,Activated Date,Closed Date,Parent,Predecessors,Actual cost (GBP)\n"
        "1,Epic,Portal,Active,2026-03-02,,,,\n"
        "2,Story,Login,Closed,2026-03-03,2026-03-20,1,,\n"
        "3,Story,Reset,Removed,,2026-03-21,1,,120\n"
        "4,Task,Form,New,,,3,3; 2,\n"
        "5,Task,Field,removed,,,4,,\n"
        "6,Task,Label,New,,,5,,\n",
        encoding="utf-8",
    )
    pf = ipmo.read(path)
    (project,) = pf.projects
    assert {task.id: task.parent for task in project.tasks} == {"1": None, "2": "1", "4": "1", "6": "4"}
    assert [one.source for one in project.tasks[2].after] == ["2"]
    assert [task.id for task in project.tasks if task.finished] == ["2"]
    said, waited = findings_of(pf, "given-up")
    assert waited == (
        "1 predecessor of the table names work that was given up, beginning with row 5: left out with it, so nothing waits for that"
    )
    assert said == (
        "2 rows of the table are 'Removed' by 'State' or 'removed' by 'State', beginning with row 4: given up, so left out of the plan,"
        " neither open nor done; 1 actual cost with them"
    )
    assert pf.source.refused == 0 and not findings_of(pf, "cell-refused"), "nobody wrote anything wrong"
    assert sum(pf.source.cells.values()) == 6 * 9 and pf.source.cells["ignored"] > 0


@pytest.mark.parametrize(
    ("head", "row", "there"),
    [
        ("State,Reason", "Closed,Duplicate", False),
        ("State,Reason", "Active,Duplicate", True),
        ("State,Reason", "Closed,Acceptance tests pass", True),
        ("State,Resolved Reason", "Resolved,As Designed", False),
        ("Status,Resolution", "Done,Won't Do", False),
        ("Status,Resolution", "Done,Won’t Fix", False),
        ("Status,Resolution", "Done,Fixed", True),
        ("Status,State reason", "Closed,not_planned", False),
        ("Status,Labels", "Done,duplicate", True),
        ("Status,Priority", "Cancelled,High", False),
        ("Status,Priority", "Abgebrochen,High", False),
        ("Status,Priority", "On hold,High", True),
        ("Task status,Priority", "Withdrawn,High", False),
    ],
)
def test_only_what_was_delivered_counts(tmp_path: Path, head: str, row: str, there: bool) -> None:
    """A resolution says so of what is over only; deferred or blocked work is work."""
    path = tmp_path / "list.csv"
    closed = "" if row.startswith("Active") else "2026-01-19"
    path.write_text(f"ID,Title,Work Item Type,{head},Closed Date\n1,Sign in,Bug,{row},{closed}\n2,Sign out,Bug,New,,\n", encoding="utf-8")
    pf = ipmo.read(path)
    assert [task.id for project in pf.projects for task in project.tasks] == (["1", "2"] if there else ["2"])
    assert len(findings_of(pf, "given-up")) == (not there)


def test_a_row_of_dependencies_goes_with_the_work_that_was_given_up_as_a_predecessor_in_a_cell_does(tmp_path: Path) -> None:
    """Both are said and neither is refused; a row that names nothing known is refused all the same."""
    path = tmp_path / "plan"
    path.mkdir()
    (path / "tasks.csv").write_text(
        "Task ID,Task,Project,Duration (days),Status\na,A,P,5,Open\nb,B,P,5,Removed\nc,C,P,5,Open\n", encoding="utf-8"
    )
    (path / "dependencies.csv").write_text(
        "Dependency ID,From,To,Needed by\n1,a,c,2026-05-01\n2,b,c,2026-06-01\n3,P/b,P/c,\n4,c,b,\n5,zz,c,\n", encoding="utf-8"
    )
    mapping = ipmo.propose_mapping(path)
    ipmo.write_mapping(mapping, tmp_path / "m.yaml")
    pf = ipmo.read(path, mapping=tmp_path / "m.yaml")
    assert [(one.id, one.source, one.target) for one in pf.links] == [("1", "P/a", "P/c")]
    _, gone = findings_of(pf, "given-up")
    assert gone.startswith("3 dependencies of ") and "row 3" in gone
    (refused,) = findings_of(pf, "row-refused")
    assert "'zz' is no node" in refused
    assert pf.source.refused == 1


def test_a_milestone_that_was_cancelled_is_no_longer_to_come_and_a_link_to_it_says_why(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "Milestone ID,Milestone,Project,Baseline date,Status\nM1,Consent,Tram,2026-02-01,Open\nM2,Opening,Tram,2027-02-01,Cancelled\n",
        encoding="utf-8",
    )
    pf = ipmo.read(path)
    assert [task.id for task in pf.projects[0].tasks] == ["M1"]
    assert len(findings_of(pf, "given-up")) == 1
    mapping = ipmo.propose_mapping(path)
    target = tmp_path / "m.yaml"
    ipmo.write_mapping(mapping, target)
    target.write_text(target.read_text(encoding="utf-8").replace("Status: attribute", "Status: ignore"), encoding="utf-8")
    assert [task.id for task in ipmo.read(path, mapping=target).projects[0].tasks] == ["M1", "M2"], "the mapping says otherwise"


TREE = """\
ID,Work Item Type,Title 1,Title 2,Title 3,Assigned To,State,Story Points
1,Epic,Accounts,,,Ada,Active,
2,Feature,,Signing in,,Ada,Active,
3,User Story,,,By password,Bo,Closed,3
4,User Story,,,By key,Bo,New,5
5,Feature,,Profiles,,Ada,New,
6,User Story,,,Picture,Bo,New,2
7,Epic,Shop,,,Ada,New,
8,User Story,,,Basket,Bo,New,1
"""
PARENTS = {"2": "1", "3": "2", "4": "2", "5": "1", "6": "5", "8": "7"}


def test_a_tree_of_titles_says_what_belongs_to_what(tmp_path: Path) -> None:
    """Azure exports a tree as a column of titles for each level; a row without one between belongs to the nearest above it."""
    path = tmp_path / "tree.csv"
    path.write_text(TREE, encoding="utf-8")
    mapping = ipmo.propose_mapping(path)
    assert [(one.field, one.level) for one in mapping.sheets[0].columns][2:5] == [("name", 1), ("name", 2), ("name", 3)]
    ipmo.write_mapping(mapping, tmp_path / "map.yaml")
    for pf in (ipmo.read(path), ipmo.read(path, mapping=tmp_path / "map.yaml")):
        (project,) = pf.projects
        assert {task.id: task.parent for task in project.tasks} == {str(n): PARENTS.get(str(n)) for n in range(1, 9)}
        assert [task.name for task in project.tasks] == [
            "Accounts",
            "Signing in",
            "By password",
            "By key",
            "Profiles",
            "Picture",
            "Shop",
            "Basket",
        ]
        assert sum(pf.source.cells.values()) == 8 * 8 and pf.source.cells["refused"] == 0


def test_a_row_with_titles_of_two_levels_is_refused_and_its_work_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "tree.csv"
    path.write_text(TREE, encoding="utf-8")
    mapping = ipmo.propose_mapping(path)
    path.write_text(TREE.replace("5,Feature,,Profiles,", "5,Feature,,Profiles,And more"), encoding="utf-8")
    pf = ipmo.read(path, mapping=mapping)
    assert {task.id: task.parent for task in pf.projects[0].tasks} == {
        "1": None,
        "2": "1",
        "3": "2",
        "4": "2",
        "6": "1",
        "7": None,
        "8": "7",
    }
    (refused,) = [one.message for one in pf.source.findings if one.code == "register/row-refused"]
    assert refused.startswith("row 6 is left out: names stand in 2 levels of it")
    assert ipmo.propose_mapping(path).sheets[0].columns[3].level == 0, "where titles stand side by side, they are no levels"


def test_levels_without_ids_and_a_level_where_none_can_be(tmp_path: Path) -> None:
    path = tmp_path / "tree.csv"
    path.write_text("Level 1,Level 2,Duration (days)\nBuild,,\n,Dig,3\n,Pour,4\nTest,,2\n", encoding="utf-8")
    (tmp_path / "m.yaml").write_text(
        "mapping: 1\nsheets:\n- register: tasks\n  project: P\n  new_projects: true\n  columns:\n    Level 1: {field: name, level: 1}\n"
        "    Level 2: {field: name, level: 2}\n    Duration (days): {field: duration, unit: d}\n",
        encoding="utf-8",
    )
    pf = ipmo.read(path, mapping=tmp_path / "m.yaml")
    assert [(task.id, task.parent) for task in pf.projects[0].tasks] == [
        ("Build", None),
        ("Dig", "Build"),
        ("Pour", "Build"),
        ("Test", None),
    ]
    (tmp_path / "m.yaml").write_text(
        "mapping: 1\nsheets:\n- register: projects\n  columns:\n    A: {field: name, level: 1}\n", encoding="utf-8"
    )
    with pytest.raises(ipmo.FileError, match="has no level"):
        ipmo.read(path, mapping=tmp_path / "m.yaml")
