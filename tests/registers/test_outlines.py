"""Schedules exported as tables: outline numbers, levels, and the dates that a tool computed."""

import random
import string

import pytest

import ipmo
from ipmo.errors import FileError

HEADS = "ID,WBS,Task Name,Duration,Start,Finish,Predecessors"
ROWS = (
    "1,1,Design,15 d,2027-02-01,2027-02-19,",
    "2,1.1,Sketch,5 d,2027-02-01,2027-02-05,",
    "3,1.2,Drawings,10 d,2027-02-08,2027-02-19,2",
    "4,2,Build,20 d,2027-02-22,2027-03-19,1",
    "5,2.1,Frame,20 d,2027-02-22,2027-03-19,3",
    "6,3,Open,0 d,2027-03-19,2027-03-19,4",
)


def written(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def parents(pf):
    return {task.id: task.parent for task in pf.projects[0].tasks}


def column(mapping, header):
    return next(one for one in mapping.sheets[0].columns if one.header == header)


def test_numbers_of_an_outline_put_tasks_into_one_another(tmp_path):
    path = written(tmp_path / "plan.csv", HEADS, *ROWS)
    assert column(ipmo.propose_mapping(path), "WBS").field == "outline"
    pf = ipmo.read(path)
    assert parents(pf) == {"1": None, "2": "1", "3": "1", "4": None, "5": "4", "6": None}  # 2 is no parent of the row numbered 2
    assert pf.source.cells["understood"] == sum(bool(cell) for row in ROWS for cell in row.split(","))


def test_numbers_of_an_outline_alone_are_the_ids(tmp_path):
    rows = (HEADS.partition(",")[2].replace(",Predecessors", ""), *(row.split(",", 1)[1].rpartition(",")[0] for row in ROWS))
    pf = ipmo.read(written(tmp_path / "plan.csv", *rows))
    assert parents(pf) == {"1": None, "1.1": "1", "1.2": "1", "2": None, "2.1": "2", "3": None}


def test_codes_that_number_the_rows_and_nest_nothing_name_no_parent(tmp_path):
    path = written(tmp_path / "plan.csv", HEADS, *(f"{n},{n + 1},Task {n},5 d,2027-02-01,2027-02-05," for n in range(1, 5)))
    mapping = ipmo.propose_mapping(path)
    assert column(mapping, "WBS").field == "attribute" and "name no parent" in column(mapping, "WBS").doubt
    assert set(parents(ipmo.read(path)).values()) == {None}


def test_levels_put_tasks_into_one_another(tmp_path):
    levels = (1, 2, 2, 1, 2, 1)
    rows = [f"{row.split(',')[0]},{','.join(row.split(',')[2:])},{level}" for row, level in zip(ROWS, levels, strict=True)]
    path = written(tmp_path / "plan.csv", HEADS.replace("WBS,", "") + ",Outline Level", *rows)
    assert column(ipmo.propose_mapping(path), "Outline Level").field == "outline_level"
    assert parents(ipmo.read(path)) == {"1": None, "2": "1", "3": "1", "4": None, "5": "4", "6": None}


def test_a_column_of_parents_wins_over_an_outline(tmp_path):
    rows = [f"{row},{parent}" for row, parent in zip(ROWS, ("", 1, 1, "", 4, ""), strict=True)]
    path = written(tmp_path / "plan.csv", HEADS + ",Parent ID", *rows)
    assert [column(ipmo.propose_mapping(path), name).field for name in ("WBS", "Parent ID")] == ["attribute", "parent"]


def test_a_code_that_several_rows_share_numbers_none_of_them(tmp_path):
    path = written(tmp_path / "plan.csv", HEADS, *(f"A{n},W1,Task {n},5 d,2027-02-01,2027-02-05," for n in range(1, 5)))
    assert column(ipmo.propose_mapping(path), "WBS").field != "outline"


def test_rows_below_a_number_that_two_rows_bear_are_refused_that_cell(tmp_path):
    mapping = written(
        tmp_path / "m.yaml",
        "mapping: 1",
        "sheets:",
        "  - {register: tasks, project: P, new_projects: true, columns: {ID: id, WBS: outline, Task Name: name, Duration: duration}}",
    )
    path = written(tmp_path / "plan.csv", "ID,WBS,Task Name,Duration", "1,1,A,2 d", "2,1,B,2 d", "3,1.1,C,2 d")
    pf = ipmo.read(path, mapping=mapping)
    assert set(parents(pf).values()) == {None}
    assert any("2 rows are numbered 1" in finding.message and finding.line == 4 for finding in pf.source.findings)


def test_only_what_lies_in_something_has_an_outline(tmp_path):
    mapping = written(tmp_path / "m.yaml", "mapping: 1", "sheets:", "  - {register: risks, columns: {ID: id, WBS: outline}}")
    with pytest.raises(FileError, match="'outline' is no field of register 'risks'"):
        ipmo.read(written(tmp_path / "risks.csv", "ID,WBS", "1,1"), mapping=mapping)


def test_dates_beside_durations_and_predecessors_are_doubted_as_computed(tmp_path):
    path = written(tmp_path / "plan.csv", HEADS, *ROWS)
    mapping = ipmo.propose_mapping(path)
    assert all("computed" in column(mapping, name).doubt for name in ("Start", "Finish"))
    free = written(tmp_path / "free.csv", "ID,Task Name,Start,Finish", *(f"{n},Task {n},2027-02-01,2027-02-05" for n in range(1, 5)))
    assert not any("computed" in doubt for doubt in ipmo.propose_mapping(free).doubts)


@pytest.mark.parametrize("seed", range(10))
def test_a_random_tree_is_read_back_from_its_numbers_and_from_its_levels(seed, tmp_path):
    draw = random.Random(seed)
    tree: list[tuple[str, str | None, str, int]] = []  # id, parent, number, level

    def grow(parent: str | None, number: str, level: int) -> None:
        for place in range(1, draw.randint(2, 4)):
            own = "".join(draw.choices(string.ascii_uppercase, k=8))
            tree.append((own, parent, f"{number}{place}", level))
            if level < 4 and draw.random() < 0.5:
                grow(own, f"{number}{place}.", level + 1)

    grow(None, "", 1)
    path = written(tmp_path / "plan.csv", "ID,No,Deep,Task Name", *(f"{own},{number},{level},Task {own}" for own, _, number, level in tree))
    for said in ("No: outline, Deep: attribute", "No: attribute, Deep: outline_level"):
        mapping = written(
            tmp_path / "m.yaml",
            "mapping: 1",
            "sheets:",
            f"  - {{register: tasks, project: P, new_projects: true, columns: {{ID: id, Task Name: name, {said}}}}}",
        )
        assert parents(ipmo.read(path, mapping=mapping)) == {own: parent for own, parent, _, _ in tree}


PLAN = (
    "1,Plan,10 days,05/01/2026,16/01/2026,",
    "1.1,Draft,5 days,05/01/2026,09/01/2026,",
    "1.2,Check,5 days,12/01/2026,16/01/2026,2",
)
BUILD = "2,Build,15 days,19/01/2026,06/02/2026,"


@pytest.mark.parametrize(("after", "field"), [("3FS+2 days", "attribute"), ("1", "after")])
def test_numbers_of_rows_are_not_taken_for_those_of_an_outline(after, field, tmp_path):
    path = written(tmp_path / "plan.csv", "WBS,Task Name,Duration,Start,Finish,Predecessors", *PLAN, BUILD + after)
    mapping = ipmo.propose_mapping(path)
    assert (column(mapping, "Predecessors").field, "those of rows" in column(mapping, "Predecessors").doubt) == (field, True)
    assert all("computed" in column(mapping, name).doubt for name in ("Start", "Finish"))
    if field == "attribute":  # row 2 is 1.1, and 2 is the work that comes last
        assert not any(task.after for project in ipmo.read(path).projects for task in project.tasks)


def test_predecessors_of_outline_numbers_and_of_ids_are_sure(tmp_path):
    head = "WBS,Task Name,Duration,Start,Finish,Predecessors"
    path = written(tmp_path / "plan.csv", head, *PLAN[:2], "1.2,Check,5 days,12/01/2026,16/01/2026,1.1", BUILD + "1.2")
    found = column(ipmo.propose_mapping(path), "Predecessors")
    assert (found.field, found.doubt) == ("after", "")
    lines = [f"{number},{line}" for number, line in enumerate((*PLAN, BUILD + "3FS+2 days"), 1)]
    assert column(ipmo.propose_mapping(written(tmp_path / "ids.csv", f"ID,{head}", *lines)), "Predecessors").doubt == ""


@pytest.mark.parametrize(
    ("head", "kinds", "unit"),
    [("Vorgänger", "AA EA EE", "Tage"), ("Prédécesseurs", "DD FD FF", "jours"), ("Predecesoras", "CC FC FF", "dias")],
)
def test_types_of_links_of_other_languages(head, kinds, unit, tmp_path):
    starts, follows, ends = kinds.split()
    lines = ("1;Plan;10 d;", f"2;Draft;5 d;1{starts}", f"3;Check;5 d;1{follows}+2 {unit}", f"4;Build;5 d;2{ends}-1 {unit}", "5;Test;1 d;4")
    (project,) = ipmo.read(written(tmp_path / "plan.csv", f"ID;Task Name;Duration;{head}", *lines)).projects
    found = {task.id: [(one.source, one.type, str(one.lag or "")) for one in task.after] for task in project.tasks}
    assert found == {"1": [], "2": [("1", "SS", "")], "3": [("1", "FS", "2 d")], "4": [("2", "FF", "-1 d")], "5": [("4", "FS", "")]}


def test_letters_behind_an_id_that_is_no_number_belong_to_it(tmp_path):
    path = written(tmp_path / "plan.csv", "ID,Task Name,Duration,Predecessors", "T1AA,Plan,10 d,", "T2AA,Draft,5 d,T1AA")
    (project,) = ipmo.read(path).projects
    assert [one.source for one in project.tasks[1].after] == ["T1AA"]
