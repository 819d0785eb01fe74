"""Where the agile adapter's answers turn: edges of flow, rates, Jira's fields one by one, tables with their units, words of errors."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo import Span, Table, UnitError
from ipmo.model import MoneySettings, Portfolio, Project, Task
from ipmo_agile import (
    AgileFields,
    AgileForecast,
    Scope,
    WorkItem,
    backtest,
    bulk_closures,
    earned,
    flow,
    parse_forecast,
    priorities,
    throughput,
)

DAY = date(2026, 1, 5)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def shape(table: Table) -> list[str]:
    """Columns as `name kind unit`."""
    return [f"{name} {table.kind(name)} {table.unit(name)}".strip() for name in table.columns]


# ------------------------------------------------------------------------------------------------ tables


def test_tables_have_these_columns_and_units() -> None:
    scope = Scope(initial=100, current=150, done=60, unit="points")
    pf = Portfolio(
        id="x",
        start=DAY,
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", budget="300 GBP", tasks=[Task(id="a", duration="5 d")], extensions={"agile": AgileFields(scope=scope)})],
    )
    assert shape(earned(pf)) == [
        "item str",
        "base str",
        "done float",
        "initial float",
        "current float",
        "share float %",
        "share_of_initial float %",
        "share_of_current float %",
        "budget float GBP",
        "earned float GBP",
        "growth float %",
        "earned_of_initial float GBP",
        "earned_of_current float GBP",
        "cpi_of_initial float",
        "cpi_of_current float",
    ]
    assert shape(priorities(pf)) == [
        "item str",
        "wsjf float",
        "rank int",
        "tie str",
        "cost_of_delay float GBP/w",
        "weeks float",
        "per_week float",
        "rank_by_money int",
        "waits_for str",
    ]
    assert shape(priorities(pf.evolve("x", money=None).evolve("P", budget=None)))[4] == "cost_of_delay float w"
    steady = [day(7 * week + n) for week in range(12) for n in range(4)]
    assert shape(backtest({"steady": steady}).table()) == [
        "history str",
        "seen int periods",
        "items int",
        "actual int periods",
        "p50 int periods",
        "p85 int periods",
        "held_p50 bool",
        "held_p85 bool",
        "bulk int",
    ]
    assert repr(backtest({"steady": steady})) == "<Backtest: 1 history, P50 held 100%, P85 held 100%>"
    assert repr(backtest({})) == "<Backtest: no history is long enough>"


# ------------------------------------------------------------------------------------------------ flow


def test_a_stretch_needs_a_day() -> None:
    one = [WorkItem(id="a", started=day(0), finished=day(2))]
    assert flow(one, start=day(0), end=day(1)).days == 1
    for last in (0, -1):
        with pytest.raises(UnitError):
            flow(one, start=day(0), end=day(last))


def test_flow_counts_from_the_first_day_until_before_the_last() -> None:
    rows = [
        WorkItem(id="before", started=day(-3), finished=day(0)),
        WorkItem(id="inside", started=day(0), finished=day(4)),
        WorkItem(id="last day", started=day(9), finished=day(10)),
        WorkItem(id="given up", started=day(1), dropped=day(3)),
        WorkItem(id="after", started=day(10)),
        WorkItem(id="waiting", created=day(0)),
    ]
    found = flow(rows, start=day(0), end=day(10))
    assert (found.arrived, found.finished, found.dropped) == (3, 2, 1)
    assert (found.wip_start, found.wip_end) == (1, 1)
    assert found.cycle_times == (3, 4)
    assert (found.percentile(0.5), found.percentile(0.51), found.percentile(0.0), found.percentile(1.0)) == (3, 4, 3, 4)
    assert found.cycle_time == 3.5
    assert found.throughput == 0.2


def test_the_mean_age_may_grow_by_a_day_and_a_tenth() -> None:
    def after(days: int) -> Any:
        old = [WorkItem(id="old", started=day(-10))]
        return flow([*old, WorkItem(id="x", started=day(0), finished=day(1))], start=day(0), end=day(days))

    assert (after(2).age_start, after(2).age_end, after(2).ageing) == (10, 12, False)  # 12 is not more than 10 + 1 + 1
    assert after(3).ageing


def test_throughput_takes_periods_of_any_length_from_any_day() -> None:
    days = [day(0), day(1), day(13), day(14)]
    assert throughput(days, days=1, end=day(3)) == (1, 1, 0)
    assert throughput(days, start=day(1)) == (1, 2)
    assert throughput(days, end=day(14)) == (2, 1)
    with pytest.raises(UnitError, match="0 is not the length of a period in days"):
        throughput(days, days=0)


def test_a_bulk_closure_is_twenty_items_and_more_than_five_times_what_is_usual() -> None:
    work = [day(n) for n in range(40) for _ in range(4)]
    assert not bulk_closures([*work, *[day(20)] * 16]), "20 is five times 4, not more"
    assert [one.items for one in bulk_closures([*work, *[day(20)] * 17])] == [21]
    ones = [day(n) for n in range(40)]
    assert not bulk_closures([*ones, *[day(20)] * 18]), "19 are too few, however unusual"
    assert bulk_closures([*ones, *[day(20)] * 19])
    assert not bulk_closures([day(n) for n in range(10)] + [day(5)] * 30), "nine other days are too few to say what is usual"
    assert bulk_closures([day(n) for n in range(11)] + [day(5)] * 30)


# ------------------------------------------------------------------------------------------------ money a week


@pytest.mark.parametrize(
    ("rate", "weekly"),
    [
        ("5 GBP per d", 25),
        ("5 GBP per w", 5),
        ("100 GBP per month", Fraction(700 * 1200, 36525)),
        ("1000 GBP per year", Fraction(7000 * 100, 36525)),
    ],
)
def test_a_cost_of_delay_is_compared_by_the_week(rate: str, weekly: Fraction) -> None:
    data = {
        "ipmo": 1,
        "portfolio": {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}},
        "projects": [{"id": "P", "tasks": [{"id": "a", "duration": "1 w", "extensions": {"agile": {"cost_of_delay": rate}}}]}],
    }
    assert priorities(ipmo.from_dict(data))["cost_of_delay"] == (pytest.approx(float(weekly)),)


# ------------------------------------------------------------------------------------------------ forecasts in files


FORECAST = {"remaining_items": 4, "throughput": [1, 2], "per": "1 w"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"velocity": 3},
            "an agile estimate has no field 'velocity'; it has counted_on, growth, per, remaining_items, split, throughput",
        ),
        ({"throughput": 3}, "throughput must be a list of whole numbers, one a period"),
        ({"throughput": [1.5]}, "'1.5' is not a whole number of items, 0 or more"),
        ({"throughput": []}, "a throughput forecast needs at least one period and no negative numbers"),
        ({"remaining_items": 10**9 + 1}, "'1000000001' is not a whole number of items, 0 or more"),
        ({"remaining_items": 50_001}, "50,001 items are more than a forecast takes (50,000)"),
        ({"counted_on": "soon"}, "'soon' is not a date; write YYYY-MM-DD"),
        ({"split": 0.5}, "split is at least 1: items do not merge"),
        ({"growth": -0.1}, "growth is at least 0: write 0.2 for a fifth more"),
    ],
)
def test_a_wrong_forecast_is_told_in_these_words(change: dict[str, object], words: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_forecast({**FORECAST, **change})
    assert str(caught.value) == words


@pytest.mark.parametrize("field", sorted(FORECAST))
def test_a_forecast_needs_three_fields(field: str) -> None:
    with pytest.raises(UnitError, match=f"^an agile estimate needs {field}$"):
        parse_forecast({key: value for key, value in FORECAST.items() if key != field})
    with pytest.raises(UnitError, match=r"^an agile estimate needs remaining_items, throughput and per$"):
        parse_forecast([FORECAST])


def test_a_forecast_writes_what_is_not_usual_and_nothing_else() -> None:
    assert parse_forecast(FORECAST).plain() == FORECAST
    more = {**FORECAST, "counted_on": "2026-01-30", "split": 1.5, "growth": 1}
    assert parse_forecast(more).plain() == {**more, "growth": 1}
    assert AgileForecast(remaining_items=50_000, throughput=[1000], per=Span(1, "w")).central() == Span(50, "w")
    assert parse_forecast(FORECAST).rule == "p50"


# ------------------------------------------------------------------------------------------------ Jira, field by field


def issue(key: str, *moves: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    """An issue as Jira gives it; moves are (day, id of the status, its name)."""
    histories = [{"created": when, "items": [{"field": "status", "to": to, "toString": name}]} for when, to, name in moves]
    return {"key": key, "fields": {"summary": f"about {key}", **fields}, "changelog": {"histories": histories}}


def items_of(tmp_path: Path, *issues: dict[str, Any], statuses: list[dict[str, Any]] | None = None) -> dict[str, WorkItem]:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "issues.json").write_text(json.dumps({"issues": list(issues)}), encoding="utf-8")
    (folder / "statuses.json").write_text(json.dumps(statuses or []), encoding="utf-8")
    pf = ipmo.read(folder)
    return {item.id: item for project in pf.projects for task in project.tasks for item in task.extensions["agile"].backlog}


def test_every_field_of_an_issue_is_read(tmp_path: Path) -> None:
    done = {"id": "9", "statusCategory": {"key": "done"}}
    one = issue(
        "T-1",
        ("2026-01-12T09:00:00.000+0000", "5", "Building"),
        ("2026-01-08T09:00:00.000+0000", "5", "Building"),
        ("2026-01-20T09:00:00.000+0000", "9", "Shipped"),
        ("2026-01-14T09:00:00.000+0000", "9", "Shipped"),
        created="2026-01-05T09:00:00.000+0000",
        updated="2026-02-02T09:00:00.000+0000",
        issuetype={"name": "Story"},
        parent={"key": "T-0"},
        project={"key": "T", "name": "Ticketing"},
        status=done,
    )
    found = items_of(tmp_path, one, statuses=[{"id": "5", "statusCategory": {"key": "indeterminate"}}])
    assert found == {
        "T-1": WorkItem(
            id="T-1",
            name="about T-1",
            kind="Story",
            epic="T-0",
            created=date(2026, 1, 5),
            started=date(2026, 1, 8),  # the first time that it came into progress
            finished=date(2026, 1, 14),  # when it came to be done; the move on the 20th stays inside done
        )
    }


@pytest.mark.parametrize(
    ("name", "started", "finished"),
    [
        ("Done", None, True),
        ("CLOSED", None, True),
        ("resolved", None, True),
        ("To Do", None, False),
        ("Open", None, False),
        ("Backlog", None, False),
        ("Selected for Development", None, False),
        ("Reopened", None, False),
        ("Ready", None, False),
        ("In Review", date(2026, 1, 8), False),
    ],
)
def test_a_status_that_no_list_names_is_known_by_its_name(tmp_path: Path, name: str, started: date | None, finished: bool) -> None:
    category = {"statusCategory": {"key": "done"}} if finished else {}
    one = issue("T-1", ("2026-01-08", "77", name), created="2026-01-05", updated="2026-02-02", status=category)
    (item,) = items_of(tmp_path, one).values()
    assert item.started == started
    assert item.finished == (date(2026, 1, 8) if finished else None)


def test_what_the_log_does_not_say_comes_from_the_fields(tmp_path: Path) -> None:
    done, going = {"statusCategory": {"key": "done"}}, {"statusCategory": {"key": "indeterminate"}}
    found = items_of(
        tmp_path,
        issue("T-1", created="2026-01-05", updated="2026-01-30", resolutiondate="2026-01-20", status=done),
        issue("T-2", created="2026-01-05", updated="2026-01-30", status=done),
        issue("T-3", created="2026-01-05", resolutiondate="2026-01-20"),
        issue("T-4", created="2026-01-05", status=going),
        issue("T-5", created="2026-01-05", statuscategorychangedate="2026-01-09", status=going),
        issue("T-6", ("2026-01-25", "1", "In Progress"), created="2026-01-05", resolutiondate="2026-01-20", status=done),
        issue("OTHER_2-6", created="2026-01-05"),
    )
    assert {key: item.finished for key, item in found.items()} == {
        "OTHER_2-6": None,
        "T-1": date(2026, 1, 20),
        "T-2": date(2026, 1, 30),
        "T-3": date(2026, 1, 20),
        "T-4": None,
        "T-5": None,
        "T-6": date(2026, 1, 20),
    }
    assert {key: item.started for key, item in found.items() if item.started} == {
        "T-4": date(2026, 1, 5),
        "T-5": date(2026, 1, 9),
        "T-6": date(2026, 1, 20),  # not after it was finished
    }


def csv_items(tmp_path: Path, text: str) -> Project:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return ipmo.read(path).projects[0]


def test_every_column_of_an_export_is_read(tmp_path: Path) -> None:
    project = csv_items(
        tmp_path,
        "Issue key,Summary,Issue Type,Status Category,Project name,Created,Updated,Parent id,Story points,Actual start\n"
        'AB-1,one,Story,DONE,Alpha Beta,2026-01-05,2026-01-20,E-1,"2,5",2026-01-07\n'
        "AB-2,two,Bug,In Progress,Alpha Beta,2026-01-06,2026-01-21,,,2026-01-08\n"
        "AB-3,late,Bug,done,Alpha Beta,2026-01-06,2026-01-07,,,2026-01-09\n",
    )
    assert (project.id, project.state, project.methodology) == ("AB", "active", "agile")
    one, two, late = project.tasks[0].extensions["agile"].backlog
    assert one == WorkItem(
        id="AB-1", name="one", kind="Story", epic="E-1", points=2.5, created=day(0), started=day(2), finished=date(2026, 1, 20)
    )
    assert (two.started, two.finished, two.points, two.epic) == (day(3), None, None, "")
    assert (late.started, late.finished) == (day(2), day(2))


def test_a_finished_backlog_keeps_its_items(tmp_path: Path) -> None:
    project = csv_items(
        tmp_path, "Issue key,Created,Resolved,Actual start\nT-1,2026-01-05,2026-01-09,2026-01-06\nT-2,2026-01-05,2026-01-07,\n"
    )
    (task,) = project.tasks
    assert (task.id, task.name, task.actual_start, task.actual_finish) == ("backlog", "Backlog", date(2026, 1, 6), date(2026, 1, 9))
    assert [item.id for item in task.extensions["agile"].backlog] == ["T-1", "T-2"]


@pytest.mark.parametrize(
    "written",
    [
        "12/Jan/26 3:04 PM",
        "12/Jan/2026 3:04 PM",
        "12/Jan/26",
        "12/Jan/2026",
        "2026-01-12 15:04:05",
        "2026-01-12 15:04",
        "2026-01-12",
        "12/01/2026 15:04",
        "12.01.2026 15:04",
        "2026-01-12T15:04:00.000+0000",
        "2026-01-12T15:04:00.000+05:30",
    ],
)
def test_dates_are_read_as_exports_write_them(tmp_path: Path, written: str) -> None:
    project = csv_items(tmp_path, f"Issue key,Created\nT-1,{written}\n")
    assert project.tasks[0].extensions["agile"].backlog[0].created == date(2026, 1, 12)


def test_a_backtest_hides_at_least_two_periods_and_sees_at_least_four() -> None:
    def weeks(count: int) -> list[date]:
        return [day(7 * week + n) for week in range(count) for n in range(7)]

    assert [len(backtest({"x": weeks(count)}).trials) for count in (4, 5, 6, 7)] == [0, 0, 1, 1]


def test_ties_name_all_others() -> None:
    equal = {"value": 1, "urgency": 1, "risk": 1, "size": 1}
    tasks = [{"id": name, "duration": "1 w", "extensions": {"agile": {"wsjf": equal}}} for name in ("a", "b", "c")]
    data = {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "P", "tasks": tasks}]}
    assert priorities(ipmo.from_dict(data))["tie"] == ("P/b, P/c", "P/a, P/c", "P/a, P/b")


def test_a_wrong_file_of_a_folder_is_named_and_tidying_up_is_noted_where_there_was_any(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps([issue("T-1", created="2026-01-05")]), encoding="utf-8")
    assert dict(ipmo.read(folder).projects[0].attributes) == {}
    (folder / "b.json").write_text("{", encoding="utf-8")
    with pytest.raises(ipmo.FileError, match=r"export/b\.json"):
        ipmo.read(folder)
