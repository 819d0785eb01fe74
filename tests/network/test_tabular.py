"""Networks from frames: the same dates and floats as by way of nouns, and a refusal of what they do not look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import schedule
from ipmo.model import Link, Portfolio, Project, Task
from ipmo.network.tabular import network_of_tables


@st.composite
def plain_plans(draw: st.DrawFn) -> Portfolio:
    """Tasks and milestones of some projects, linked forwards in every way, on one of the built-in calendars."""
    calendar = draw(st.sampled_from([None, "standard", "continuous"]))
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    units = ("d", "h", "w") if calendar != "continuous" else ("d", "h", "ed", "eh")
    lengths = st.builds(lambda n, unit: f"{n} {unit}", st.integers(1, 12), st.sampled_from(units))
    projects = [
        Project(
            id=f"P{p}",
            tasks=[
                Task(id=f"t{i}", milestone=True) if draw(st.booleans()) and i else Task(id=f"t{i}", duration=draw(lengths))
                for i in range(count)
            ],
        )
        for p, count in enumerate(counts)
    ]
    ids = [f"{project.id}/{task.id}" for project in projects for task in project.tasks]
    pairs = [(a, b) for place, b in enumerate(ids) for a in ids[:place]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12)) if pairs else []
    lags = st.none() | st.builds(lambda n: f"{n} h", st.integers(-8, 30).filter(bool))
    links = [Link(source=a, target=b, type=draw(st.sampled_from(("FS", "SS", "FF", "SF"))), lag=draw(lags)) for a, b in chosen]
    return Portfolio(id="x", start="2026-01-05", calendar=calendar, projects=projects, links=links)


@settings(max_examples=150, deadline=None)
@given(plain_plans(), st.sampled_from(["to_polars", "to_pandas", "to_arrow"]))
def test_dates_and_floats_are_those_by_way_of_nouns(pf: Portfolio, frame: str) -> None:
    tables = {name: getattr(table, frame)() for name, table in pf.tables().items()}
    by_columns, by_nouns = schedule(network_of_tables(tables)), ipmo.schedule(pf)
    for item in by_columns:
        other = by_nouns[item.id]
        for figure in ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float", "target_float"):
            assert getattr(item, figure) == getattr(other, figure), (item.id, figure)
    assert by_columns.ids == tuple(one for one in by_nouns.ids if "/" in one)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tasks": {"not_before": ["2026-02-02", None]}}, "column 'not_before' of table 'tasks' may bear on dates"),
        ({"tasks": {"duration": ["1 d", None]}}, "task P/b has no duration"),
        ({"tasks": {"duration": ["1 d", "2 months"]}}, "'2 months' is no working time on calendar 'standard'"),
        ({"tasks": {"id": ["a", "a"]}}, "task 'P/a' stands twice"),
        ({"links": {"to": ["P/x"]}}, "link to 'P/x': there is no such task"),
        ({"portfolio": {"start": [None]}}, "nothing says when the portfolio starts"),
        ({"portfolio": {"calendar": ["mine"]}}, "calendar 'mine' is none of standard, continuous"),
        ({"projects": {"id": ["Q"]}}, "there is no project 'P'"),
        ({"links": {"type": ["fs"]}}, "link P/a -> P/b: type 'fs' is not one of FS, SS, FF, SF"),
        ({"portfolio": {"id": ["x", "y"], "start": ["2026-01-05"] * 2, "calendar": [None, None]}}, "a portfolio is one row"),
        ({"benefits": {"id": ["b"]}}, "table 'benefits' may bear on dates"),
        ({"links": {"type": [["FS"]]}}, "column 'type' of table 'links' holds lists or mappings"),
        ({"links": {"lag": [["1 d"]]}}, "column 'lag' of table 'links' holds lists or mappings"),
        ({"links": {"from": [None]}}, "row 0 of table 'links' has no name in column 'from'"),
        ({"tasks": {"duration": [{"a": 1}, {"a": 2}]}}, "column 'duration' of table 'tasks' holds lists or mappings"),
        ({"tasks": {"id": [None, "b"]}}, "row 0 of table 'tasks' has no name in column 'id'"),
        ({"tasks": {"milestone": ["no", "yes"]}}, "column 'milestone' of table 'tasks' holds '(no|yes)', which is not true or false"),
        ({"portfolio": {"calendar": [["standard"]]}}, "column 'calendar' of table 'portfolio' holds lists or mappings"),
    ],
)
def test_what_is_not_looked_at_is_refused(change: dict[str, dict[str, list[Any]]], said: str) -> None:
    import polars as pl

    plain: dict[str, dict[str, list[Any]]] = {
        "portfolio": {"id": ["x"], "start": ["2026-01-05"], "calendar": [None]},
        "projects": {"id": ["P"]},
        "tasks": {"project": ["P", "P"], "id": ["a", "b"], "duration": ["1 d", "2 d"], "not_before": [None, None]},
        "links": {"from": ["P/a"], "to": ["P/b"]},
    }
    assert network_of_tables({name: pl.DataFrame(table) for name, table in plain.items()}).n == 2
    for table, columns in change.items():
        plain[table] = {**plain.get(table, {}), **columns}
    with pytest.raises(ipmo.ModelError, match=said):
        network_of_tables({name: pl.DataFrame(table) for name, table in plain.items()})


@pytest.mark.parametrize(("table", "column"), [("tasks", "id"), ("tasks", "project"), ("links", "to"), ("projects", "id")])
def test_a_column_that_is_missing_is_named(table: str, column: str) -> None:
    import polars as pl

    plain = {
        "portfolio": {"id": ["x"], "start": ["2026-01-05"]},
        "projects": {"id": ["P"], "name": ["one"]},
        "tasks": {"project": ["P", "P"], "id": ["a", "b"], "duration": ["1 d", "2 d"]},
        "links": {"from": ["P/a"], "to": ["P/b"]},
    }
    del plain[table][column]
    with pytest.raises(ipmo.ModelError, match=f"table '{table}' has no column '{column}'"):
        network_of_tables({name: pl.DataFrame(rows) for name, rows in plain.items()})


def test_a_start_past_the_last_year_is_refused() -> None:
    import polars as pl

    header = pl.DataFrame({"id": ["x"], "start": [datetime(9999, 12, 31, 23, 59, 59)]})
    with pytest.raises(ipmo.UnitError, match="past the year 9999"):
        network_of_tables({"portfolio": header, "tasks": pl.DataFrame({"project": ["P"], "id": ["a"], "duration": ["1 d"]})})


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
