"""The 14 points of the DCMA on a schedule worked by hand, and the lists behind them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.quality import Point, bei, cpli, schedule_quality
from ipmo.errors import IpmoError, UnknownItemError
from ipmo.model import After, Link, Portfolio, Project, Task
from ipmo.model.dialects import DIALECTS
from ipmo.network import network as engine
from ipmo.network.compiled import available
from ipmo.testing.nouns import wide_portfolios
from ipmo.testing.strategies import portfolios

from ...network.conftest import as_large
from . import dcma_by_item

ROOT = Path(__file__).parents[3]


def plan(**changes: Any) -> Portfolio:
    """Two projects, status date Monday 2026-02-02, around Monday-to-Friday days of eight hours.

    done 5 d (finished 9 Jan, planned 9 Jan), late (under way since 12 Jan, 10 d, planned 23 Jan), build 60 d after late, test
    after build with a lag of 5 d, odd without any link, fit after test with a lead, gate milestone after fit.
    """
    tasks = [
        Task(
            id="done",
            duration="5 d",
            actual_start="2026-01-05",
            actual_finish="2026-01-09",
            baseline_start="2026-01-05",
            baseline_finish="2026-01-09",
        ),
        Task(
            id="late",
            duration="10 d",
            after="done",
            actual_start="2026-01-12",
            remaining="3 d",
            baseline_start="2026-01-12",
            baseline_finish="2026-01-23",
            effort="10 pd",
        ),
        Task(id="build", duration="60 d", after="late", baseline_start="2026-01-26", baseline_finish="2026-04-17", budget="10 k GBP"),
        Task(id="test", duration="10 d", after=[After(source="build", lag="5 d")], constraints={"must_finish_on": "2026-12-18"}),
        Task(id="odd", duration="2 d"),
        Task(id="fit", duration="3 d", after=[After(source="test", type="SS", lag="-2 d")]),
        Task(id="end", milestone=True, after=["fit", "test"]),
    ]
    fields: dict[str, Any] = {
        "id": "x",
        "start": "2026-01-05",
        "status_date": "2026-02-02",
        "money": ipmo.model.MoneySettings(currency="GBP"),
        "projects": [
            Project(id="P", finish="2026-12-31", tasks=tasks),
            Project(id="Q", tasks=[Task(id="use", duration="1 d")]),
        ],
        "links": [Link(source="P/end", target="Q/use", promised="2026-07-01", needed="2026-06-01")],
    }
    return Portfolio(**{**fields, **changes})


def test_every_point_counts_what_a_hand_counts() -> None:
    q = schedule_quality(plan(), project="P")
    assert q[1].numerator == ("P/odd",)
    assert q[1].denominator == ("P/late", "P/build", "P/test", "P/odd", "P/fit")
    assert q[1].value == pytest.approx(1 / 5)
    assert q[1].passed is False
    assert q[2].numerator == ("P/test -SS-> P/fit",)
    assert (q[2].value, q[2].passed) == (1, False)
    assert q[3].numerator == ("P/build -FS-> P/test",)
    assert len(q[3].denominator) == 6  # late after done counts, since late is unfinished
    assert q[4].value == pytest.approx(5 / 6)
    assert q[5].numerator == ("P/test",)
    assert [p.numerator for p in q.points if p.number == 5] == [("P/test",), ("P/test",)]
    assert q[6].numerator == ("P/late", "P/build", "P/odd")  # the test is fixed in December, half a year after the work
    assert q[7].numerator == ()
    assert q[8].numerator == ("P/build",)
    assert q[8].variant == "dcma-2012, current duration of 3 without a baseline"
    assert q[9].numerator == ()
    assert q[10].numerator == ("P/test", "P/odd", "P/fit")
    assert q[10].denominator == ("P/late", "P/build", "P/test", "P/odd", "P/fit")
    assert q[10].passed is None
    assert (q[11].numerator, q[11].denominator) == (("P/late",), ("P/done", "P/late"))
    assert q[14].value == pytest.approx(1 / (2 + 3))
    assert q[14].numerator == ("P/done",)


def test_the_critical_path_test_passes_on_logic_and_fails_where_calendars_swallow_days() -> None:
    free = plan()
    (test,) = [task for task in free.projects[0].tasks if task.id == "test"]
    free = free.evolve("P", tasks=[attrs.evolve(task, constraints=None) if task is test else task for task in free.projects[0].tasks])
    assert schedule_quality(free)[12].passed is True
    held = schedule_quality(plan())[12]
    assert (held.denominator, held.value) == (("P/test",), 0)  # it must finish on 18 December, however long it is: the end stays
    tasks = [Task(id="a", duration="1 d", calendar="continuous"), Task(id="b", duration="1 d", after="a")]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)])
    assert schedule_quality(pf)[12].value == 0  # 600 days after a Tuesday is a Sunday, and b waits for Monday
    assert schedule_quality(pf)[12].denominator == ("P/a",)


def test_the_indices_of_oracle_o37() -> None:
    assert round(cpli(720, -60), 4) == 0.9167
    assert cpli(80, 20) == 1.25
    assert cpli(800, 20) == 1.025
    assert bei(1, 2, 3) == 0.2


def test_cpli_measures_from_the_status_date_to_the_committed_finish() -> None:
    pf = Portfolio(
        id="x",
        start="2026-02-02",
        status_date="2026-02-02",
        projects=[Project(id="P", finish="2026-03-06", tasks=[Task(id="a", duration="20 d"), Task(id="b", duration="10 d", after="a")])],
    )
    point = schedule_quality(pf)[13]
    assert point.value == pytest.approx((30 - 5) / 30)  # ends 13 March, committed 6 March
    assert point.numerator == ("P/a", "P/b")
    assert point.passed is False


def test_what_lacks_data_says_so_and_never_passes() -> None:
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[Task(id="a", duration="1 d")])])
    q = schedule_quality(pf)
    for number, needs in (
        (2, "links into unfinished work"),
        (9, "a status date"),
        (11, "a status date"),
        (13, "a status date"),
        (14, "a status date"),
    ):
        assert (q[number].value, q[number].passed) == (None, None)
        assert q[number].needs == needs
    assert "needs a status date" in str(q[9])
    assert "counted 1 of 1: 'P/a'" in q.explain(1)
    with pytest.raises(UnknownItemError):
        q[15]
    with pytest.raises(UnknownItemError):
        schedule_quality(pf, project="R")


def test_loose_ends_and_hand_overs_and_their_findings() -> None:
    q = schedule_quality(plan())
    assert {(d.id, d.start, d.finish) for d in q.dangling} == {("P/odd", True, True), ("Q/use", False, True)}
    (pair,) = q.hand_overs
    assert (pair.agreed, pair.kept) == (False, False)
    codes = {f.code for f in ipmo.check(plan())}
    assert {"ipmo/dcma-01", "ipmo/dcma-02", "ipmo/dangling", "ipmo/hand-over"} <= codes
    assert not any(code.startswith("ipmo/dcma-09") for code in codes)


def test_actual_dates_after_the_status_date_are_invalid() -> None:
    pf = plan().evolve("P/late", actual_start="2026-02-10")
    assert schedule_quality(pf)[9].numerator == ("P/late",)


def row(days: str, **fields: Any) -> Portfolio:
    """One task of so many days from Monday 2026-01-05 on, beside one of 60 days that gives it float."""
    tasks = [Task(id="a", duration=days, **fields), Task(id="long", duration="60 d")]
    return Portfolio(id="x", start="2026-01-05", status_date="2026-01-05", projects=[Project(id="P", tasks=tasks)])


@pytest.mark.parametrize(("days", "high"), [("44 d", False), ("44.125 d", True), ("43.875 d", False)])
def test_a_duration_of_exactly_44_days_is_not_high(days: str, high: bool) -> None:
    assert ("P/a" in schedule_quality(row(days))[8].numerator) is high


@pytest.mark.parametrize(("finish", "high"), [("2026-03-05", False), ("2026-03-06", True)])
def test_a_baseline_of_exactly_44_days_is_not_high_whatever_the_duration_is_now(finish: str, high: bool) -> None:
    pf = row("60 d", baseline_start="2026-01-05", baseline_finish=finish)  # Thursday of the ninth week: 4 * 9 + 8 days
    assert ("P/a" in schedule_quality(pf)[8].numerator) is high


@pytest.mark.parametrize(("days", "slack", "high"), [("16 d", 44, False), ("15.875 d", 44.125, True)])
def test_a_float_of_exactly_44_days_is_not_high(days: str, slack: float, high: bool) -> None:
    pf = row(days)
    assert ipmo.schedule(pf)["P/a"].total_float == slack
    assert ("P/a" in schedule_quality(pf)[6].numerator) is high


@pytest.mark.parametrize(("planned", "due"), [("2026-01-29", True), ("2026-01-30", True), ("2026-01-31", True), ("2026-02-02", False)])
def test_a_task_is_due_whose_baseline_finish_is_at_the_status_date(planned: str, due: bool) -> None:
    pf = plan(status_date="2026-02-01").evolve("P/late", baseline_finish=planned)  # the status date is the start of that day
    assert ("P/late" in schedule_quality(pf)[11].denominator) is due
    assert ("P/late" in schedule_quality(pf)[14].denominator) is due


def test_a_task_that_finishes_exactly_as_planned_is_not_missed_and_a_minute_later_is() -> None:
    exact = plan().evolve("P/done", actual_finish="2026-01-09T17:00", baseline_finish="2026-01-09T17:00")
    assert schedule_quality(exact)[11].numerator == ("P/late",)
    later = exact.evolve("P/done", actual_finish="2026-01-09T17:01")
    assert schedule_quality(later)[11].numerator == ("P/done", "P/late")


def test_dates_exactly_at_the_status_date_are_valid() -> None:
    """Actual dates may lie at it, forecasts too; a minute to the other side is invalid."""
    at = plan(status_date="2026-02-02T12:00").evolve("P/late", actual_start="2026-02-02T12:00")
    assert schedule_quality(at)[9].numerator == ()
    assert schedule_quality(at.evolve("P/late", actual_start="2026-02-02T12:01"))[9].numerator == ("P/late",)
    finished = plan(status_date="2026-01-10").evolve("P/done", actual_finish="2026-01-09")
    assert "P/done" not in schedule_quality(finished)[9].numerator  # the end of Friday is the start of Saturday


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "passed"), [(0.05, 0.05, False, True), (0.95, 0.95, True, True), (0.0, 0.0, False, True)]
)
def test_a_value_exactly_at_its_limit_passes(value: float, limit: float, at_least: bool, passed: bool) -> None:
    point = Point(number=1, name="p", formula="f", value=value, limit=limit, at_least=at_least)
    assert point.passed is passed
    assert attrs.evolve(point, value=value + (-1e-9 if at_least else 1e-9)).passed is False


def test_a_task_of_exactly_one_day_needs_resources_and_a_shorter_one_does_not() -> None:
    pf = row("1 d")
    assert "P/a" in schedule_quality(pf)[10].denominator
    assert "P/a" not in schedule_quality(row("7 h"))[10].denominator


def test_the_assessment_is_iterated_counted_indexed_tabled_and_explained() -> None:
    q = schedule_quality(plan())
    assert [point.number for point in q] == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    assert len(q) == 15 == len(q.table())
    assert q[5].variant == "dcma-2012"
    assert q.explain(5).splitlines()[0] == str(q[5])
    with pytest.raises(UnknownItemError, match="the points 1 to 14"):
        q.explain(15)


def test_the_path_length_index_needs_work_after_the_status_date() -> None:
    done = Task(id="a", duration="5 d", actual_start="2026-01-05", actual_finish="2026-01-09")
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-01-10", projects=[Project(id="P", finish="2026-02-06", tasks=[done])])
    assert (schedule_quality(pf)[13].value, schedule_quality(pf)[13].needs) == (None, "unfinished work after the status date")


def test_the_index_of_the_critical_path_counts_the_path() -> None:
    """Two tasks to a committed finish are 2 of 2, not 2 of 1; more done than was due is said as one against the other."""
    tasks = [Task(id="a", duration="10 d", baseline_finish="2026-03-31"), Task(id="b", duration="10 d", after=[After(source="a")])]
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-01-05", projects=[Project(id="P", finish="2026-01-16", tasks=tasks)])
    q = schedule_quality(pf)
    assert (q[13].numerator, q[13].counted, q[13].passed) == (("P/a", "P/b"), "2 of 2", False)
    assert "to P@finish" in q[13].variant
    (found,) = [f for f in ipmo.check(pf) if f.code == "ipmo/dcma-13"]
    assert found.hint.startswith("2 of 2 counted")
    done = [
        attrs.evolve(task, actual_finish="2026-01-05", baseline_finish=when)
        for task, when in zip(tasks, ("2026-01-04", "2026-03-31"), strict=True)
    ]
    assert schedule_quality(pf.evolve("P", tasks=done))[14].counted == "2 against 1"


def as_before(pf: Portfolio, project: str | None, s: ipmo.Schedule) -> list[Point]:
    """The points counted item by item, with the schedule made on lists."""
    return list(dcma_by_item.points(dcma_by_item.Assessed(pf, s, project)))


def counts_what_items_say(pf: Portfolio, way: str, dialect: str) -> None:
    """Every point, its ids in order, of the whole and of each project; on lists, and on columns as large networks have them."""
    pf = pf.evolve(dialect=dialect)
    s = ipmo.schedule(pf, on_cycle="cut")
    projects = [None, *(project.id for project in pf.projects)]
    expected = {project: as_before(pf, project, s) for project in projects}
    with pytest.MonkeyPatch.context() as patch:
        if way != "lists":
            patch.setattr(engine, "SMALL", 0) if way == "compiled" and available() else as_large(patch)
            pf = pf.evolve(name="in columns")
            s = ipmo.schedule(pf, on_cycle="cut")
            assert s.network.compiled
        for project in projects:
            found = list(schedule_quality(pf, project=project, of=s))
            assert found == expected[project]
            assert [(p.counted, p.sizes, str(p), repr(p)) for p in found] == [
                (p.counted, (len(p.numerator), len(p.denominator)), str(p), repr(p)) for p in expected[project]
            ]


@pytest.mark.parametrize("way", ["lists", "compiled", "large"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(portfolios(tied=True), st.sampled_from(sorted(DIALECTS)))
def test_points_by_columns_are_those_item_by_item(way: str, pf: Portfolio, dialect: str) -> None:
    counts_what_items_say(pf, way, dialect)


@pytest.mark.parametrize("way", ["lists", "compiled", "large"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(wide_portfolios(), st.sampled_from(sorted(DIALECTS)))
def test_points_of_everything_a_portfolio_can_state_are_those_item_by_item(way: str, pf: Portfolio, dialect: str) -> None:
    try:
        ipmo.schedule(pf.evolve(dialect=dialect), on_cycle="cut")
    except IpmoError:
        return
    counts_what_items_say(pf, way, dialect)


@pytest.mark.parametrize("way", ["lists", "compiled", "large"])
def test_points_of_a_whole_city_are_those_item_by_item(way: str) -> None:
    counts_what_items_say(ipmo.read(ROOT / "examples" / "city.yaml"), way, "ipmo")
    counts_what_items_say(plan(), way, "ipmo")


def test_an_end_of_a_task_that_a_link_names_counts_as_the_task() -> None:
    """`a@finish` and `b@start` under `after:` and in a link are ends of a and b: neither is without successor or predecessor."""
    tasks = [Task(id="a", duration="1 d"), Task(id="b", duration="1 d", after=["a@finish"]), Task(id="c", duration="1 d")]
    links = [Link(source="P/b@finish", target="P/c@start")]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)], links=links)
    assert schedule_quality(pf)[1].numerator == ("P/a", "P/c")


def test_names_of_links_are_made_when_somebody_looks() -> None:
    """A point knows how many links it counts without the text of any."""
    tasks = [Task(id=f"t{n}", duration="1 d", after=[f"t{n - 1}"] if n else []) for n in range(50)]
    point = schedule_quality(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))[4]
    tracemalloc.start()
    assert (point.sizes, point.counted) == ((49, 49), "49 of 49")
    before, _ = tracemalloc.get_traced_memory()
    names = point.numerator
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert names[0] == "P/t0 -FS-> P/t1"
    assert after - before > sum(map(len, names)) > before


def test_each_point_says_what_it_lacks() -> None:
    """Nothing is left to count: the only task is done; no baseline, no committed finish; and where there is no task, not even that."""
    done = Task(id="a", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05")
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-02-02", projects=[Project(id="P", tasks=[done])])
    expected = {
        1: "unfinished tasks",
        2: "links into unfinished work",
        3: "links into unfinished work",
        4: "links into unfinished work",
        5: "unfinished tasks",
        6: "unfinished tasks with dates",
        7: "unfinished tasks with dates",
        8: "unfinished tasks with a duration",
        9: "",
        10: "unfinished tasks of a day or more",
        11: "baseline finishes (baseline_finish:), has none",
        12: "a critical task",
        13: "a committed finish (project: finish:)",
        14: "baseline finishes (baseline_finish:), has none",
    }
    found = list(schedule_quality(pf))
    assert [(p.number, p.needs) for p in found] == sorted([*expected.items(), (5, expected[5])])
    assert {p.passed for p in found} == {None, True}
    empty = schedule_quality(pf.evolve("P", tasks=[Task(id="m", milestone=True)]))
    assert [p.needs for p in empty if p.number == 9] == ["tasks"]
    later = Task(id="b", duration="1 d", baseline_finish="2026-02-03")
    assert [p.needs for p in schedule_quality(pf.evolve("P", tasks=[later])) if p.number in (11, 14)] == [
        "tasks that the baseline finishes by the status date"
    ] * 2
    over = pf.evolve("P", finish="2026-03-02")
    assert schedule_quality(over)[13].needs == "unfinished work after the status date"


@pytest.mark.parametrize("after", [[], ["y"]])
def test_cpli_is_not_known_where_work_of_the_project_has_no_duration(after: list[str]) -> None:
    """The commitment is not known either: what has a duration says nothing of when all is done."""
    tasks = [Task(id="y", duration="30 d"), Task(id="w", after=after)]
    pf = Portfolio(id="pf", start="2026-01-05", status_date="2026-01-05", projects=[Project(id="b", finish="2026-03-10", tasks=tasks)])
    point = next(one for one in schedule_quality(pf).points if one.number == 13)
    assert point.value is None
    assert "b/w has no duration" in (point.needs or "")
