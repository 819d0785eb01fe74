"""Portfolios by columns: equal to those read row by row, with the same network, and refused where those are."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.declared import Declared
from ipmo.files import by_columns
from ipmo.files.by_columns import frames_by_columns
from ipmo.files.documents import parse
from ipmo.files.portfolios import read_plain, to_json, to_yaml
from ipmo.files.structure import structure
from ipmo.methods import unchanged
from ipmo.model import After, Benefit, Link, Person, Portfolio, Project, Task
from ipmo.model.columns import columns_of
from ipmo.model.contents import Source
from ipmo.model.later import unread
from ipmo.model.unseen import alike_work, kinds_of_work
from ipmo.network.assemble import compile_copy, compile_portfolio
from ipmo.network.columns import Same
from ipmo.network.network import Network
from ipmo.testing.strategies import portfolios


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """Small files go by columns too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_columns, "LEAST", 1)
        yield


FRAMES = ("to_polars", "to_pandas", "to_arrow")


def frames(pf: Portfolio, frame: str = "to_polars") -> dict[str, Any]:
    return {name: getattr(table, frame)() for name, table in pf.tables().items()}


def plainly(value: Any) -> Any:
    """A column as a list, whatever holds it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, list | tuple) or type(value).__name__ == "Same":
        return [plainly(one) for one in value]
    return dict(value) if hasattr(value, "items") and not attrs.has(type(value)) else value


def assert_same_network(found: Network, wanted: Network) -> None:
    for one in attrs.fields(Network):
        here, there = getattr(found, one.name), getattr(wanted, one.name)
        if one.name == "clocks":
            here, there = here.packed, there.packed
        elif one.name == "needed":
            here, there = ([getattr(side, name) for name in ("src", "dst", "typ", "numbers")] for side in (here, there))
        here, there = plainly(here), plainly(there)
        assert here == there or (not here and not there), one.name


@st.composite
def plans(draw: st.DrawFn) -> Portfolio:
    """Projects of tasks and milestones with all that is checked by columns, on calendars of their own."""
    spans = st.builds(lambda n, unit: f"{n} {unit}", st.integers(0, 12), st.sampled_from(("d", "h", "w", "ed", "eh")))
    lags = st.none() | st.builds(lambda n, unit: f"{n} {unit}", st.integers(-8, 30), st.sampled_from(("d", "h", "eh", "months")))
    types = st.sampled_from(("FS", "SS", "FF", "SF"))
    money = st.none() | st.builds(lambda n, unit: f"{n} {unit}", st.integers(0, 900), st.sampled_from(("k GBP", "GBP", "EUR")))
    owners = st.sampled_from([None, "ann", "bob"])
    projects = []
    for p in range(draw(st.integers(1, 4))):
        tasks: list[Task] = []
        for i in range(draw(st.integers(1, 5))):
            before = draw(st.lists(st.tuples(st.sampled_from(range(i)), types), unique=True, max_size=2)) if i else []
            after = [After(source=f"t{a}", type=kind, lag=draw(lags)) for a, kind in before]
            lasts = draw(st.sampled_from(("work", "milestone", "unknown")))
            name = draw(st.sampled_from(("", "Groundworks", "Überprüfung «1»", "[draft")))
            tasks.append(
                Task(
                    id=f"t{i}", name=name, after=after, milestone=lasts == "milestone", duration=draw(spans) if lasts == "work" else None,
                    budget=draw(money), actual=draw(money), effort=draw(st.sampled_from([None, "3 pd"])), owner=draw(owners),
                    category=draw(st.sampled_from(("", "civil"))), baseline_finish=draw(st.sampled_from([None, "2026-03-02"])),
                )
            )  # fmt: skip
        calendar = draw(st.sampled_from([None, "continuous", "late"]))
        start, finish = draw(st.sampled_from([None, "2026-02-02"])), draw(st.sampled_from([None, "2026-06-01"]))
        state = draw(st.sampled_from(("active", "proposed", "paused")))
        projects.append(Project(id=f"P{p}", tasks=tasks, calendar=calendar, start=start, finish=finish, state=state))
    ids = [f"{project.id}/{task.id}" for project in projects for task in project.tasks]
    pairs = [(a, b) for place, b in enumerate(ids) for a in ids[:place] if a.partition("/")[0] != b.partition("/")[0]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    statuses = st.sampled_from([None, "agreed", "delivered"])
    links = [Link(source=a, target=b, type=draw(types), lag=draw(lags), giver_owner=draw(owners), status=draw(statuses)) for a, b in chosen]
    enablers = st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True)
    benefits = [
        Benefit(
            id=f"b{b}", need_by=draw(st.sampled_from([None, "2026-05-01"])), enabled_by=draw(enablers) if draw(st.integers(0, 3)) else [],
            any_of=draw(enablers) if draw(st.integers(0, 5)) == 0 else [],
        )
        for b in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    return Portfolio(
        benefits=benefits,
        id="x", start="2026-01-05", status_date=draw(st.sampled_from([None, "2026-02-16"])), people=[Person(id="ann"), Person(id="bob")],
        calendars=[{"id": "late", "hours": "14:00-22:00"}], money={"currency": "GBP"}, projects=projects, links=links,
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(plans(), st.sampled_from(FRAMES))
def test_by_columns_is_the_portfolio_that_its_rows_are(pf: Portfolio, frame: str) -> None:
    found = ipmo.from_tables(frames(pf, frame))
    assert columns_of(found) is not None
    assert unread(found.projects[0], "tasks")
    assert unread(found, "links") == bool(pf.links)
    assert_same_network(compile_portfolio(found, found.dialect), compile_portfolio(pf, pf.dialect))
    assert found.source.understood == ipmo.from_dict(ipmo.to_dict(pf)).source.understood
    assert found == pf
    assert found.digest == pf.digest
    assert not unread(found.projects[0], "tasks")
    assert list(found.items) == list(pf.items)


@settings(max_examples=60, deadline=None)
@given(portfolios(tied=True), st.sampled_from(FRAMES))
def test_any_portfolio_is_read_the_same_from_frames(pf: Portfolio, frame: str) -> None:
    assert ipmo.from_tables(frames(pf, frame)) == pf


@settings(max_examples=40, deadline=None)
@given(plans(), st.data())
def test_rows_of_projects_that_lie_apart_come_together(pf: Portfolio, data: st.DataObject) -> None:
    """Tasks in any order of projects: by columns they stand as they do when they are read row by row."""
    shuffled = frames(pf)
    order = data.draw(st.permutations(range(len(shuffled["tasks"]))))
    shuffled["tasks"] = shuffled["tasks"][order]
    by_rows = ipmo.from_tables({name: as_table(frame) for name, frame in shuffled.items()})
    found = ipmo.from_tables(shuffled)
    assert_same_network(compile_portfolio(found, found.dialect), compile_portfolio(by_rows, by_rows.dialect))
    assert found == by_rows


def as_table(frame: Any) -> Any:
    """A frame as a Table: those are read row by row."""
    from ipmo.tables import Column, Table

    kinds = {"Boolean": "bool", "String": "str", "Null": "str"}
    return Table([Column(name, kinds[str(frame[name].dtype)], frame[name].to_list()) for name in frame.columns])


@settings(max_examples=100, deadline=None)
@given(plans(), st.booleans())
def test_a_file_by_columns_is_the_portfolio_that_its_nouns_are(pf: Portfolio, is_json: bool) -> None:
    document = parse(to_json(pf) if is_json else to_yaml(ipmo.to_dict(pf)), "x")
    found = read_plain(document.data)
    assert columns_of(found) is not None
    assert unread(found.projects[0], "tasks")
    assert found.source.understood == structure(document.data, Source(understood=document.mappings)).source.understood
    assert ipmo.to_dict(found) == ipmo.to_dict(pf)
    assert list(ipmo.to_dict(found)["projects"][0]["tasks"][0]) == list(ipmo.to_dict(pf)["projects"][0]["tasks"][0])
    assert found.digest == pf.digest
    assert found.tables() == pf.tables()
    assert unread(found.projects[0], "tasks"), "none of that makes a noun"
    assert_same_network(compile_portfolio(found, found.dialect), compile_portfolio(pf, pf.dialect))
    assert repr(found) == repr(pf)
    assert found == pf
    assert found.digest == pf.digest


def test_what_was_left_out_is_checked_again_where_what_it_refers_to_changes() -> None:
    found = ipmo.from_tables(made(tasks={"owner": ["ann", None, None]}, people={"id": ["ann"]}))
    assert unread(found.projects[0], "tasks")
    with pytest.raises(ipmo.ModelError, match="owner 'ann' is no person"):
        found.evolve(people=[])


@pytest.mark.parametrize("status", ["agreed", "delivered"])
def test_only_a_link_that_is_not_delivered_moves_what_follows(status: str) -> None:
    """P/b ends on Wednesday, after 3 days; handed over already, Q/a starts with the portfolio."""
    found = ipmo.from_tables(made(links={"status": [status]}))
    assert ipmo.schedule(found)["Q/a"].early_start == (datetime(2026, 1, 5, 9) if status == "delivered" else datetime(2026, 1, 8, 9))


@pytest.mark.parametrize("frame", ["polars", "pandas"])
def test_a_frame_that_is_written_into_later_leaves_what_was_read(frame: str) -> None:
    tables = made()
    if frame == "pandas":
        tables = {name: table.to_pandas() for name, table in tables.items()}
    found = ipmo.from_tables(tables)
    for table, column, cell in (("tasks", "duration", "9 d"), ("links", "to", "P/a")):
        if frame == "pandas":
            tables[table].loc[0, column] = cell
        else:
            tables[table][0, column] = cell
    assert found["P/a"].duration == Task(id="a", duration="1 d").duration
    assert found.links[0].target == "Q/a"


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [("tasks", [{"id": "a", "project": "P"}], ("projects", 0, "tasks", 0, "project")), ("gates", 3, ("projects", 0, "gates"))],
)
def test_what_is_wrong_in_plain_data_is_refused_as_without_columns(field: str, value: Any, where: tuple[str | int, ...]) -> None:
    project = {"id": "P", "tasks": [{"id": "a", "duration": "1 d"}], field: value}
    with pytest.raises(ipmo.ModelError) as caught:
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [project]})
    assert [problem.path for problem in caught.value.problems] == [where]


PLAIN: dict[str, dict[str, list[Any]]] = {
    "portfolio": {"id": ["x"], "start": ["2026-01-05"]},
    "projects": {"id": ["P", "Q"]},
    "tasks": {"project": ["P", "P", "Q"], "id": ["a", "b", "a"], "duration": ["1 d", "2 d", "3 d"], "after": [None, "a", None]},
    "links": {"from": ["P/b"], "to": ["Q/a"]},
}


def made(**changes: dict[str, list[Any]]) -> dict[str, Any]:
    import polars as pl

    tables = {name: dict(columns) for name, columns in PLAIN.items()}
    for name, columns in changes.items():
        tables[name] = {**tables.get(name, {}), **columns}
    return {name: pl.DataFrame(columns) for name, columns in tables.items()}


def test_nouns_are_made_of_what_is_looked_at() -> None:
    found = ipmo.from_tables(made())
    assert ipmo.schedule(found).finish is not None
    assert found["P/b"].duration is not None
    assert (unread(found.projects[0], "tasks"), unread(found.projects[1], "tasks"), unread(found, "links")) == (True, True, True)
    one, other = found["P/b"], found["Q/a"]
    assert any(task is one for task in found.projects[0].tasks), "a task that was made alone stays what it is"
    assert found["P/b"] is one
    assert list(found.items.values()) == [*found.projects, *(task for project in found.projects for task in project.tasks)]
    assert found["Q/a"] is other
    assert "P/x" not in found.items
    assert len(found.items) == 5
    with pytest.raises(AttributeError, match="no attribute 'task'"):
        _ = found.projects[0].task  # type: ignore[attr-defined]


def twins(pf: Portfolio) -> tuple[Portfolio, Portfolio]:
    """A portfolio by columns, and the same whose tasks somebody has looked at."""
    document = ipmo.to_dict(pf)
    found, other = read_plain(document), read_plain(document)
    assert all(project.tasks for project in other.projects)
    assert unread(found.projects[0], "tasks")
    return found, other


def with_gates(pf: Portfolio, chosen: list[bool]) -> Portfolio:
    """Some projects with a gate that waits for a task, and a risk beside it."""
    more = {"gates": [{"id": "g", "after": ["t0"]}], "risks": [{"id": "r", "name": "Rain"}]}
    return attrs.evolve(pf, projects=[attrs.evolve(p, **more) if one else p for p, one in zip(pf.projects, chosen, strict=True)])


@settings(max_examples=80, deadline=None)
@given(plans(), st.data())
def test_what_is_checked_of_columns_is_what_is_checked_of_nouns(pf: Portfolio, data: st.DataObject) -> None:
    """Findings, points of the schedule's quality, their lists, and what stands for many tasks that say the same."""
    size = len(pf.projects)
    pf = with_gates(pf, data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    found, other = twins(pf)
    for one, two in zip(found.projects, other.projects, strict=True):
        kinds, unlike = kinds_of_work(one), {"id": "x", "name": "", "after": []}
        assert {repr(attrs.evolve(task, **unlike)) for task in kinds} == {repr(attrs.evolve(task, **unlike)) for task in two.tasks}
        assert [attrs.evolve(task, **unlike) for task in (alike_work(one) or {}).values()] == [
            attrs.evolve(task, **unlike) for task in two.tasks
        ]
        assert unread(one, "tasks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unchanged, "MANY", 0)
        assert list(ipmo.check(found)) == list(ipmo.check(other))
    found, other = twins(pf)
    quality = [ipmo.schedule_quality(each) for each in (found, other)]
    assert quality[0].table() == quality[1].table()
    assert [[(tuple(p.numerator), tuple(p.denominator)) for p in one.points] for one in quality[:1]] == [
        [(tuple(p.numerator), tuple(p.denominator)) for p in one.points] for one in quality[1:]
    ]
    assert quality[0].dangling == quality[1].dangling


def test_plain_work_is_checked_without_a_noun_of_each_task() -> None:
    """Of a thousand tasks a handful is made: those at the ends of links, and one of each kind."""
    tasks = [{"id": f"t{i}", "duration": f"{i % 7 + 1} d", "after": [f"t{i - 1}"] if i % 50 else []} for i in range(1000)]
    found = read_plain(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "standard"},
            "projects": [{"id": f"P{p}", "tasks": tasks} for p in range(3)],
            "links": [{"from": "P0/t999", "to": "P1/t10"}],
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unchanged, "MANY", 0)
        assert {one.code for one in ipmo.check(found)} >= {"ipmo/dangling", "ipmo/interface-agreement"}
    assert all(unread(project, "tasks") for project in found.projects)


@pytest.mark.parametrize("change", [copy.copy, copy.deepcopy, lambda pf: pickle.loads(pickle.dumps(pf)), lambda pf: pf.evolve(name="")])
def test_copies_hold_what_was_not_looked_at(change: Any) -> None:
    found = ipmo.from_tables(made())
    assert change(found) == ipmo.from_tables(made())
    assert change(found) == ipmo.from_dict(ipmo.to_dict(found))


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"tasks": {"duration": ["1 d", "2 zz", "3 d"]}}, "tasks[1].duration", "2 zz"),
        ({"tasks": {"duration": ["1 d", "2 d", "-3 d"]}}, "tasks[2].duration", "must not be negative"),
        ({"tasks": {"id": ["a", "a", "a"], "after": [None] * 3}}, "tasks[1].id", "is used twice in project 'P'"),
        ({"tasks": {"id": ["a", "b/c", "a"], "after": [None] * 3}}, "tasks[1].id", "is not an id"),
        ({"tasks": {"id": ["a", None, "a"], "after": [None] * 3}}, "tasks[1]", "required field 'id' is missing"),
        ({"tasks": {"project": ["P", None, "Q"]}}, "tasks[1]", "names no project"),
        ({"tasks": {"after": [None, "z", None]}}, "tasks[1].after[0]", "'z' is no task"),
        ({"tasks": {"after": [None, '["a", "a"]', None]}}, "tasks[1].after[1]", "stands twice"),
        ({"tasks": {"after": [None, "b", None]}}, "tasks[1].after[0]", "comes after itself"),
        ({"tasks": {"milestone": [None, True, None]}}, "tasks[1].duration", "a milestone has no duration"),
        ({"tasks": {"milestone": ["no", "yes", "no"]}}, "tasks[1].milestone", ""),
        ({"tasks": {"owner": [None, None, "cat"]}}, "tasks[2].owner", "'cat' is no person"),
        ({"tasks": {"budget": ["1 GBP", "2 GBP", "-3 GBP"]}}, "tasks[2].budget", "must not be negative"),
        ({"tasks": {"colour": [None, "red", None]}}, "tasks[1].colour", "unknown field 'colour'"),
        ({"links": {"to": ["Q/z"]}}, "links[0].to", "'Q/z' is no task"),
        ({"links": {"type": ["fs"]}}, "links[0].type", "'fs' is not one of FS, SS, FF, SF"),
        ({"links": {"to": ["P/b"]}}, "links[0]", "with itself"),
        ({"links": {"from": ["P/b", "P/b"], "to": ["Q/a", "Q/a"]}}, "links[1]", "stands twice"),
        ({"links": {"lag": ["soon"]}}, "links[0].lag", "soon"),
        ({"projects": {"id": ["P", "P"]}}, "projects[1]", "stands twice in the table"),
        ({"projects": {"start": ["2026-01-05", "2026-31-01"]}}, "projects[1].start", "2026-31-01"),
        ({"portfolio": {"start": ["soon"]}}, "portfolio[0].start", "soon"),
        ({"projects": {"tasks": ['[{"id": "z", "duration": "x"}]', None]}}, "projects[0].tasks[0].duration", "'x'"),
        ({"projects": {"tasks": ['[{"id": "z"}]', None]}, "tasks": {"duration": ["1 d", "x", "3 d"]}}, "tasks[1].duration", "'x'"),
        ({"projects": {"gates": ["[[]]", None]}}, "projects[0].gates[0]", "a list"),
        ({"projects": {"gates": [None, "G1"]}}, "projects[1].gates", "expected a list of gates"),
        ({"projects": {"gates": ["G1", None]}, "gates": {"project": ["P"], "id": ["G2"]}}, "projects[0].gates", "expected a list of gates"),
        ({"projects": {"tasks": [None, "z"]}}, "projects[1].tasks", "expected a list of tasks"),
        ({"tasks": {"after": [None, "[" * 9999, None]}}, "tasks[1].after[0]", "is no task"),
        ({"tasks": {"after": [None, '{"a":' * 9999 + "1" + "}" * 9999, None]}}, "tasks[1].after[0]", "is no task"),
    ],
)
def test_what_is_wrong_is_located_by_table_row_and_column(changes: dict[str, dict[str, list[Any]]], where: str, said: str) -> None:
    with pytest.raises(ipmo.ModelError) as caught:
        ipmo.from_tables(made(**changes))
    problems = [problem for problem in caught.value.problems if problem.where == where]
    assert problems, [str(problem) for problem in caught.value.problems]
    assert said in str(problems[0])


@pytest.mark.parametrize(
    "changes",
    [
        {"tasks": {"not_before": ["2026-02-02", None, None]}},
        {"tasks": {"id": [1, 2, 3], "after": [None] * 3}},
        {"tasks": {"after": [None, '["a"],["b"', '["c"]]']}},
        {"tasks": {"after": [None, '{"from": "a", "lag": 3}', None]}},
        {"links": {"id": ["l1"]}},
        {"links": {"from": ["P"]}},
        {"links": {"kind": ["money"]}},
        {"tasks": {"name": ["a\tb", "b", "c"]}},
    ],
)
def test_what_is_more_than_columns_say_is_read_row_by_row(changes: dict[str, dict[str, list[Any]]]) -> None:
    assert frames_by_columns(made(**changes), Declared()) is None


@given(st.integers(0, 4), st.integers(-6, 6), st.sampled_from("ab"), st.integers(0, 5), st.integers(-5, 5))
def test_one_value_for_all_nodes_answers_as_a_list_does(size: int, place: int, value: str, start: int, stop: int) -> None:
    """Beyond the last it ends: whoever looked for something else counted up for ever."""
    same, values = Same("a", size), ["a"] * size

    def said(ask: Any) -> object:
        try:
            return ask()
        except (IndexError, ValueError) as error:
            return type(error)

    assert said(lambda: same[place]) == said(lambda: values[place])
    assert list(same[start:stop]) == values[start:stop]
    assert said(lambda: same.index(value, start, stop)) == said(lambda: values.index(value, start, stop))
    assert (list(same), list(reversed(same)), len(same), same.count(value), value in same) == (
        values, values, size, values.count(value), value in values
    )  # fmt: skip


def test_work_without_a_milestone_is_asked_for_what_matters() -> None:
    """All its nodes are of one kind, and no gate is among them."""
    found = ipmo.from_tables(made())
    assert found == ipmo.from_dict(ipmo.to_dict(found))
    links, wanted = ipmo.critical_links(ipmo.from_tables(made())), ipmo.critical_links(found.evolve())
    assert len(links) == 1
    assert links.table().to_polars().equals(wanted.table().to_polars())
    assert list(map(str, ipmo.check(ipmo.from_tables(made())))) == list(map(str, ipmo.check(found.evolve())))


@pytest.mark.parametrize("project", ["Q", "", ["Q"]])
def test_a_task_of_a_file_that_names_a_project_is_refused(project: Any) -> None:
    """It lies in its project already: the name was left out without a word."""
    tasks = [{"id": "a", "duration": "1 d"}, {"id": "b", "duration": "2 d", "project": project}]
    with pytest.raises(ipmo.ModelError, match=r"projects\[0\].tasks\[1\].project: unknown field 'project'"):
        read_plain({"ipmo": 1, "portfolio": {"id": "x"}, "projects": [{"id": "P", "tasks": tasks}, {"id": "Q"}]})


@pytest.mark.parametrize("nested", [['[{"id": "z"}]', None], [None, '[{"id": "z"}]']])
def test_tasks_that_stand_with_their_project_are_kept_beside_those_of_the_table(nested: list[str | None]) -> None:
    """The table of tasks took their place without a word, and the schedule knew nothing of them."""
    found = ipmo.from_tables(made(projects={"tasks": nested}))
    owner = "PQ"[nested.index(None) - 1]
    assert [task.id for task in found[owner].tasks] == ["z", *(["a", "b"] if owner == "P" else ["a"])]
    assert f"{owner}/z" in ipmo.schedule(found)


def test_a_table_with_two_columns_of_one_name_is_refused() -> None:
    import pandas as pd
    import pyarrow as pa

    rows = [["P", "a", "1 d", "2 d"]]
    names = ["project", "id", "duration", "duration"]
    for frame in (pd.DataFrame(rows, columns=names), pa.Table.from_arrays([pa.array([cell]) for cell in rows[0]], names=names)):
        with pytest.raises(ipmo.OptionError, match="no two columns have one name"):
            ipmo.from_tables({"tasks": frame})


@pytest.mark.parametrize("dialect", ["msproject", "p6"])
def test_other_conventions_look_at_the_nouns(dialect: str) -> None:
    found, wanted = ipmo.from_tables(made()), ipmo.from_dict(ipmo.to_dict(ipmo.from_tables(made())))
    assert ipmo.schedule(found, dialect=dialect).table().to_polars().equals(ipmo.schedule(wanted, dialect=dialect).table().to_polars())


@pytest.mark.parametrize(
    ("table", "rows", "said"),
    [
        ("tasks", {"id": ["a"], "duration": ["1 d"]}, r"tasks\[0\]: the row names no project"),
        ("tasks", {"project": ["P"], "id": ["a"], "duration": [float("inf")]}, r"^tasks\[0\].duration: .*"),
        ("projects", {"id": ["P", "P"], "name": ["one", "two"]}, r"projects\[1\]: project 'P' stands twice in the table"),
        ("portfolio", {"id": ["x", "y"], "start": ["2026-01-05"] * 2}, "portfolio: the table has 2 rows"),
    ],
    ids=["no project", "infinite", "twice", "two portfolios"],
)
def test_tables_that_would_be_read_as_something_else_are_refused(table: str, rows: dict[str, list[Any]], said: str) -> None:
    import polars as pl

    plain: dict[str, dict[str, list[Any]]] = {"portfolio": {"id": ["x"], "start": ["2026-01-05"]}, "projects": {"id": ["P"]}, table: rows}
    with pytest.raises(ipmo.ModelError, match=said):
        ipmo.from_tables({name: pl.DataFrame(columns) for name, columns in plain.items()})


def test_work_past_the_last_year_has_no_schedule() -> None:
    import polars as pl

    header = pl.DataFrame({"id": ["x"], "start": [datetime(9999, 12, 31, 23, 59, 59)]})
    found = ipmo.from_tables({"portfolio": header, "tasks": pl.DataFrame({"project": ["P"], "id": ["a"], "duration": ["1 d"]})})
    with pytest.raises(ipmo.ScheduleError, match="past the year 9999"):
        ipmo.schedule(found)


def test_benefits_that_wait_for_tasks_need_none_of_them(tmp_path: Path) -> None:
    """The network, its loops and what is said of references: no task is made for them; one that is looked at is made alone."""
    projects = [{"id": name, "tasks": [{"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d", "after": "a"}]} for name in "pq"]
    effects = [
        {"id": "late", "enabled_by": ["p/b", "q/b"], "need_by": "2026-01-09"},
        {"id": "alone"},
        {"id": "soon", "enabled_by": ["p/a"]},
    ]
    data = {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": projects, "benefits": effects}
    data["links"] = [{"from": "p/b", "to": "q/a"}]
    (tmp_path / "x.yaml").write_text(to_yaml(data), encoding="utf-8")
    found = ipmo.read(tmp_path / "x.yaml")
    compiled = compile_portfolio(found, found.dialect)
    assert compiled.ids[4:] == ["late", "soon"]
    assert [(one.name, one.nodes, one.date is None) for one in compiled.commitments] == [("late", (4,), False), ("soon", (5,), True)]
    assert ipmo.schedule(found)["late"].early_start == datetime(2026, 1, 16, 17)
    assert "p/b" in found and "p/z" not in found and len(found.items) == 9
    assert [str(found.reference(text) or "") for text in ("p/b@start", "late@start", "p/z", "q")] == ["p/b@start", "", "", "q"]
    assert all(unread(project, "tasks") for project in found.projects)
    assert found["q/b"].after[0].source == "a"
    assert [unread(project, "tasks") for project in found.projects] == [True, True]
    assert list(found.items) == list(structure(data, Source()).items)


@settings(max_examples=60, deadline=None)
@given(plans(), st.data())
def test_a_what_if_of_columns_is_that_of_nouns(pf: Portfolio, data: st.DataObject) -> None:
    """A changed copy takes over what it shares with a portfolio whose network was compiled by columns."""
    found = ipmo.from_tables(frames(pf))
    compile_portfolio(found, found.dialect)
    task = data.draw(st.sampled_from([f"{project.id}/{task.id}" for project in pf.projects for task in project.tasks if not task.milestone]
                                     or [""]))  # fmt: skip
    if task:
        copies = [one.evolve(task, duration="7 d") for one in (found, pf)]
        networks = [compile_copy(copy, one, one.dialect) for copy, one in zip(copies, (found, pf), strict=True)]
        assert_same_network(*networks)


@settings(max_examples=60, deadline=None)
@given(plans(), st.booleans())
def test_money_is_rolled_up_over_plain_work_without_a_noun_of_it(pf: Portfolio, lean: bool) -> None:
    """Roll-ups, their parts and tables are those of nouns; where no task of a project states money or is a milestone, none is made."""
    if lean:
        none = {"budget": None, "actual": None}
        pf = attrs.evolve(pf, projects=[attrs.evolve(p, tasks=[attrs.evolve(t, **none) for t in p.tasks]) for p in pf.projects])
    found = ipmo.from_tables(frames(pf))
    other = ipmo.from_dict(ipmo.to_dict(pf))
    for project in other.projects:
        assert project.tasks  # looked at
    plain = [not any(t.milestone or t.budget is not None or t.actual is not None for t in p.tasks) for p in other.projects]
    states = not lean and any(t.budget is not None or t.actual is not None for p in pf.projects for t in p.tasks)
    for measure in ("budget", "actual"):
        one, two = (ipmo.roll_up(each, measure, unrated="unknown") for each in (found, other))
        assert str(one.total) == str(two.total)
        assert (one.total.known, one.total.total) == (two.total.known, two.total.total)
    if not states:
        assert [unread(p, "tasks") for p in found.projects if p.counted_as != "proposed"] == [
            good for good, p in zip(plain, found.projects, strict=True) if p.counted_as != "proposed"
        ]
    for measure in ("budget", "progress"):
        one, two = (ipmo.roll_up(each, measure, unrated="unknown") for each in (found, other))
        assert one.table() == two.table()
        assert list(one) == list(two)
