"""Flow, order, histories and Jira files against worked numbers, brute force and real data."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import FileError, UnitError
from ipmo.model import Earning, MoneySettings, Portfolio, Project, Task
from ipmo_agile import (
    AgileFields,
    AgileForecast,
    Inputs,
    Job,
    Scope,
    WorkItem,
    backtest,
    bulk_closures,
    delay_cost,
    earned,
    flow,
    little,
    priorities,
    read_jira,
    read_jira_csv,
    smith,
    throughput,
    without_bulk,
    wsjf,
)

DAY = date(2026, 1, 5)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


# ------------------------------------------------------------------------------------------------ flow


def test_o18_littles_law() -> None:
    assert little(wip=3, cycle_time=8) == 0.375
    assert 60 * little(wip=3, cycle_time=8) == 22.5
    assert round(little(wip=4, cycle_time=7), 4) == 0.5714
    assert little(throughput=0.375, cycle_time=8) == 3
    for bad in ({}, {"wip": 1}, {"wip": 1, "cycle_time": 0}):
        with pytest.raises(UnitError):
            little(**bad)


def test_littles_law_is_said_only_where_it_holds() -> None:
    steady = [WorkItem(id=str(n), started=day(n), finished=day(n + 4)) for n in range(-10, 100)]
    found = flow(steady, start=day(0), end=day(90))
    assert found.violations == ()
    assert (found.wip, found.throughput, found.cycle_time, found.little) == (4, 1, 4, 4)
    starting = [WorkItem(id=str(n), started=day(n // 3), finished=day(n)) for n in range(90)]
    crowded = flow(starting, start=day(0), end=day(30))
    assert crowded.little is None
    assert any("the rates differ" in words for words in crowded.violations)
    assert "not said: " in crowded.table()["note"][-1]
    assert crowded.table()["value"][-1] is None
    dropped = flow([*steady, WorkItem(id="x", started=day(3), dropped=day(5))], start=day(0), end=day(90))
    assert dropped.violations == ("1 item was started and given up",)


@given(st.lists(st.tuples(st.integers(-20, 40), st.none() | st.integers(0, 30)), min_size=1, max_size=12))
def test_flow_is_what_a_count_of_every_day_says(rows: list[tuple[int, int | None]]) -> None:
    items = [WorkItem(id=str(n), started=day(b), finished=None if t is None else day(b + t)) for n, (b, t) in enumerate(rows)]
    found = flow(items, start=day(0), end=day(30))
    open_on = [sum(b <= n and (t is None or b + t > n) for b, t in rows) for n in range(30)]
    assert found.wip == pytest.approx(sum(open_on) / 30)
    assert found.finished == sum(t is not None and 0 <= b + t < 30 for b, t in rows)
    assert found.cycle_times == tuple(sorted(t for b, t in rows if t is not None and 0 <= b + t < 30))
    assert found.wip_start == sum(b < 0 and (t is None or b + t >= 0) for b, t in rows)


# ------------------------------------------------------------------------------------------------ order and scope


def test_o17_both_forms_of_shortest_job_first() -> None:
    assert wsjf(Inputs(value=100, urgency=50, risk=20, size=10)) == 17
    assert wsjf(Inputs(value=80, urgency=30, risk=10, size=5)) == 24
    jobs = [Job(id="1", cost_of_delay=10, duration=1), Job(id="2", cost_of_delay=3, duration=3), Job(id="3", cost_of_delay=1, duration=10)]
    costs = {"".join(j.id for j in order): delay_cost(order) for order in itertools.permutations(jobs)}
    assert costs == {"123": 36, "132": 63, "213": 63, "231": 162, "312": 162, "321": 189}
    assert [j.id for j in smith(jobs)] == ["1", "2", "3"]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), min_size=1, max_size=5))
def test_smiths_rule_is_the_cheapest_order(rows: list[tuple[int, int]]) -> None:
    jobs = [Job(id=str(n), cost_of_delay=c, duration=d) for n, (c, d) in enumerate(rows)]
    assert delay_cost(smith(jobs)) == min(delay_cost(order) for order in itertools.permutations(jobs))


def test_priorities_say_what_makes_them_doubtful() -> None:
    def task(name: str, weeks: int, cost: str, **wsjf: float) -> Task:
        fields = AgileFields(wsjf=Inputs(**wsjf), cost_of_delay=cost)  # type: ignore[arg-type]
        return Task(id=name, duration=f"{weeks} w", extensions={"agile": fields})

    def rate(text: str) -> Any:
        return ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "r"}, "resources": [{"id": "x", "rate": text}]}).resources[0].rate

    tasks = [
        task("a", 4, rate("4 GBP per w"), value=8, urgency=3, risk=1, size=2),
        task("b", 1, rate("3 GBP per w"), value=5, urgency=1, risk=1, size=1),
        task("c", 2, rate("1 GBP per d"), value=1, urgency=1, risk=2, size=4),
    ]
    pf = Portfolio(id="x", start=DAY, calendar="continuous", money=MoneySettings(currency="GBP"), projects=[Project(id="P", tasks=tasks)])
    table = priorities(pf.evolve("P/b", after="a"))
    assert table["item"] == ("P/a", "P/b", "P/c")
    assert table["wsjf"] == (6, 7, 1)
    assert table["rank"] == (2, 1, 3)
    assert table["cost_of_delay"] == (4, 3, 5)
    assert table["rank_by_money"] == (3, 1, 2)
    assert table["waits_for"] == ("", "P/a", "")


def test_earned_value_shows_both_bases() -> None:
    scope = Scope(initial=100, current=150, done=60, base="current", policy="a board decides")
    pf = Portfolio(
        id="x",
        start=DAY,
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", budget="300 GBP", tasks=[Task(id="a", duration="5 d")], extensions={"agile": AgileFields(scope=scope)})],
    )
    (row,) = earned(pf).rows()
    assert (row["share"], row["share_of_initial"], row["share_of_current"], row["earned"], row["growth"]) == (40, 60, 40, 120, 50)
    with pytest.raises(UnitError, match="60 items are done of 50"):
        Scope(initial=100, current=50, done=60)


@pytest.mark.parametrize(("base", "share"), [("initial", 50), ("current", 40)])
@pytest.mark.parametrize("where", ["project", "task", "units"])
@pytest.mark.parametrize("actual", ["150 GBP", None])
def test_a_declared_scope_base_and_earned_value_give_one_answer(base: str, share: int, where: str, actual: str | None) -> None:
    """O-20: 100 planned, 50 done, the scope grown to 125: half of the initial scope, two fifths of the current one."""
    scope = {"agile": AgileFields(scope=Scope(initial=100, current=125, done=50, base=base, policy="a board decides"))}
    plan = {"baseline_start": "2026-01-01", "baseline_finish": "2026-01-31", "actual_start": "2026-01-01", "duration": "31 d"}
    counted = {"earning": Earning(rule="units", total=100.0 if base == "initial" else 125.0, done=50.0)} if where == "units" else {}
    if where == "project":
        tasks = [Task(id="a", actual_start="2026-01-01", duration="31 d")]
        project = Project(id="P", budget="300 GBP", actual=actual, tasks=tasks, extensions=scope)
    else:
        project = Project(id="P", tasks=[Task(id="a", budget="300 GBP", actual=actual, extensions=scope, **plan, **counted)])
    pf = Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-02-01",
        calendar="continuous",
        money=MoneySettings(currency="GBP"),
        projects=[project],
    )
    item = "P" if where == "project" else "P/a"
    ev = ipmo.earned_value(pf)[item].ev
    (row,) = earned(pf).rows()
    assert (ev and float(ev.amount), row["earned"], row["share"]) == (3 * share, 3 * share, share)
    assert ipmo.earned_value(pf)[item].known == (1 if actual else 0)
    both = row["earned_of_initial"], row["earned_of_current"], row["cpi_of_initial"], row["cpi_of_current"]
    assert both == (150, pytest.approx(120), 1 if actual else None, pytest.approx(0.8) if actual else None)
    assert (base == "initial") == (row["earned"] == 150)


def test_without_a_declared_base_both_are_shown_and_neither_is_earned() -> None:
    scope = Scope(initial=100, current=125, done=110)
    project = Project(id="P", budget="300 GBP", tasks=[Task(id="a", duration="5 d")], extensions={"agile": AgileFields(scope=scope)})
    pf = Portfolio(id="x", start=DAY, status_date=DAY, money=MoneySettings(currency="GBP"), projects=[project])
    (row,) = earned(pf).rows()
    assert (row["earned"], row["earned_of_initial"], row["earned_of_current"]) == (None, 300, pytest.approx(264))


def test_a_scope_beside_another_earning_rule_earns_nothing_and_is_said() -> None:
    scope = {"agile": AgileFields(scope=Scope(initial=100, current=100, done=50, base="initial", policy="a board decides"))}
    plan = {"baseline_start": "2026-01-01", "baseline_finish": "2026-01-31", "actual_start": "2026-01-01", "duration": "31 d"}
    task = Task(id="a", budget="300 GBP", actual="9 GBP", earning="0/100", extensions=scope, **plan)
    pf = Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-02-01",
        methodologies={"project": "agile"},
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", tasks=[task])],
    )
    (row,) = earned(pf).rows()
    assert row["earned"] == 0
    told = [f.message for f in ipmo.check(pf).of("agile/scope-base")]
    assert told == ["'P/a' declares a scope base and earns by 0/100: the scope earns nothing"]


# ------------------------------------------------------------------------------------------------ histories


def test_throughput_keeps_zeros_and_whole_periods_only() -> None:
    assert throughput([day(0), day(1), day(15), day(20), day(22)]) == (2, 0, 2)
    assert throughput([day(0)], start=day(-7), end=day(14)) == (0, 1, 0)
    assert throughput([]) == ()


def test_a_bulk_closure_is_found_and_taken_down_to_what_is_usual() -> None:
    work = [day(n) for n in range(100) for _ in range(1 + n % 3)]
    tidy = [day(50)] * 200
    (one,) = bulk_closures([*work, *tidy])
    assert (one.day, one.items, one.usual) == (day(50), 203, 3)
    assert Counter(without_bulk([*work, *tidy]))[day(50)] == 3
    assert not bulk_closures(work)
    assert not bulk_closures([*work, *[day(50)] * 12]), "a busy day is not a bulk closure"


def test_a_backtest_knows_only_what_was_known() -> None:
    steady = [day(7 * week + n) for week in range(90) for n in range(4)]
    found = backtest({"steady": steady, "short": steady[:8]})
    (one,) = found.trials
    assert (one.items, one.p50, one.actual) == (116, 29, 29)
    assert found.held(50) == found.held(85) == 1
    assert found.table()["history"] == ("steady",)
    slower = steady[:240] + [day(7 * (60 + 2 * week) + n) for week in range(15) for n in range(4)]
    (two,) = backtest({"slower": slower}).trials
    assert not two.held_85


# ------------------------------------------------------------------------------------------------ Jira


CSV = """Issue key,Issue id,Summary,Issue Type,Status,Project key,Project name,Created,Updated,Resolved,Sprint,Sprint,Labels,Custom field (Story Points)
T-1,1,"Buy, by phone",Story,Done,T,Ticketing,05/Jan/26 9:00 AM,19/Jan/26 3:04 PM,16/Jan/26 3:04 PM,Sprint 1,Sprint 2,web,3
T-2,2,Scan a code,Story,Done,T,Ticketing,05/Jan/26 9:00 AM,26/Jan/26 3:04 PM,26/Jan/26 3:04 PM,Sprint 2,,,5
T-3,3,Refund,Bug,To Do,T,Ticketing,12/Jan/26 9:00 AM,02/Feb/26 9:00 AM,,,,,
"""


def test_jira_csv_with_repeated_columns(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(CSV, encoding="utf-8")
    pf = ipmo.read(path)
    (project,) = pf.projects
    backlog = project.tasks[0]
    rows = backlog.extensions["agile"].backlog
    assert [(r.id, r.name, r.kind, r.points, r.finished) for r in rows] == [
        ("T-1", "Buy, by phone", "Story", 3, date(2026, 1, 16)),
        ("T-2", "Scan a code", "Story", 5, date(2026, 1, 26)),
        ("T-3", "Refund", "Bug", None, None),
    ]
    assert pf.status_date == date(2026, 2, 2)
    forecast = backlog.remaining
    assert isinstance(forecast, AgileForecast)
    assert (forecast.remaining_items, forecast.throughput, forecast.counted_on) == (1, (1, 0), date(2026, 2, 2))
    assert ipmo.schedule(pf)["T/backlog"].early_finish is not None
    semicolons = tmp_path / "other.csv"
    semicolons.write_text("Issue key;Summary;Created;Resolved\nT-1;a;2026-01-05;2026-01-06\n", encoding="utf-8")
    assert ipmo.read(semicolons).projects[0].tasks[0].finished


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Summary,Created\na,b\n", "there is no column 'Issue key'"),
        ("Issue key,Created\nT-1,soon\n", "x.csv:2: T-1: 'soon' is not a date as Jira writes it"),
        ("Issue key,Created\nsoon,2026-01-05\n", "x.csv:2: 'soon' is no issue key"),
        ("Issue key,Custom field (Story Points)\nT-1,many\n", "'many' is no number of points"),
        ("Issue key\n", "there are no issues in it"),
        ("Issue key\nT-1\nT-1\n", "x.csv:3: issue T-1 is there twice; the first is in line 2"),
        ("Issue key,Created\nT-1,9999-12-31\n", "x.csv:2: T-1: 9999-12-31 lies outside the years 1970 to 2199"),
        ("Issue key,Story Points\nT-1,nan\n", "x.csv:2: T-1: 'nan' is no number of points"),
    ],
)
def test_a_wrong_export_is_said_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_jira_csv(path, "x.csv")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"issues": [', "x.json:1:13: no JSON"),
        ('{"issues": []}', "there are no issues in it"),
        ('{"key": "T-1", "fields": {"created": "soon"}}', "T-1: 'soon' is not a date"),
        ("[1, 2]", "there are no issues in it"),
        ('[{"key": "T-1", "fields": {}}, {"key": "T-1", "fields": {}}]', "issue T-1 is there twice"),
        ('{"key": "a/b", "fields": {}}', "'a/b' is no issue key"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_wrong_json_is_said_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_jira(path, "x.json")
    assert words in str(caught.value)


def test_a_search_result_in_one_file_is_found_out_and_ipmos_own_json_is_not_taken_for_it(tmp_path: Path) -> None:
    done = {"statusCategory": {"key": "done"}}
    issues = [{"key": f"T-{n}", "fields": {"created": "2026-01-05", "resolutiondate": "2026-01-09", "status": done}} for n in range(3)]
    path = tmp_path / "search.json"
    path.write_text(json.dumps({"issues": issues}), encoding="utf-8")
    pf = ipmo.read(path)
    assert pf.projects[0].tasks[0].actual_finish == date(2026, 1, 9)
    own = ipmo.write(pf, tmp_path / "own.json") or tmp_path / "own.json"
    assert ipmo.read(own) == pf
