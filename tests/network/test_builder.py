"""What nodes are made of: bars of projects without tasks, what is known of work under way and done, gates; each worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import ipmo
from ipmo.errors import ScheduleError
from ipmo.model import Calendar, Gate, Portfolio, Project, Task
from ipmo.network.network import Network
from ipmo.network.parts import Commitment
from ipmo.network.states import State
from ipmo.units import minutes, moment

DAY0 = datetime(2026, 1, 5)
CALENDARS = [Calendar(id="six", week="mon-sat", hours="08:00-16:00"), Calendar(id="night", week="mon-fri", hours="22:00-06:00")]


def network(*projects: Project, **more: Any) -> Network:
    given = {"id": "x", "start": "2026-01-05", "calendar": "standard", "calendars": CALENDARS, **more}
    return ipmo.schedule(Portfolio(**given, projects=projects)).network


def day(instant: int | None) -> float | None:
    return None if instant is None else (moment(instant) - DAY0) / timedelta(days=1)


def bar(status: str | None = "2026-01-15", **fields: Any) -> tuple[State, float, float | None, float | None, float]:
    """State, days, the dates that are facts, and the early start of a project without tasks."""
    net = network(Project(id="P", **fields), status_date=status)
    early = ipmo.schedule(Portfolio(id="x", start="2026-01-05", status_date=status, projects=[Project(id="P", **fields)])).passes
    assert (net.kinds[0], net.running_clock(0).number, net.clock_of(0).calendar.id, net.ids) == ("project", 0, "standard", ["P"])
    found = early.lists.x[0]
    return State(net.state[0]), net.dur[0] / 1440, day(net.starts.get(0)), day(net.finishes.get(0)), day(found) or 0.0


def test_a_project_without_tasks_is_one_bar() -> None:
    """From day 0 with the status date on day 10."""
    dates = {"start": "2026-01-07", "finish": "2026-02-03"}  # day 2 to the end of day 29
    assert bar(**dates, state="approved") == (State.NORMAL, 28, None, None, 10)
    assert bar(None, **dates) == (State.NORMAL, 28, None, None, 2)
    assert bar("2026-01-07", **dates) == (State.NORMAL, 28, None, None, 2)  # it begins on the status date
    assert bar("2026-01-08", **dates) == (State.STARTED, 27, 2, None, 3)
    assert bar(**dates) == (State.STARTED, 20, 2, None, 10)  # an active one that was to start has
    assert bar(**dates, actual_start="2026-01-09") == (State.STARTED, 20, 4, None, 10)
    assert bar(None, **dates, actual_start="2026-01-09", state="approved") == (State.STARTED, 26, 4, None, 4)
    assert bar("2026-03-01", **dates, actual_start="2026-01-09") == (State.STARTED, 0, 4, None, 55)
    assert bar(**dates, actual_start="2026-01-09", actual_finish="2026-01-12") == (State.FINISHED, 0, 4, 8, 10)
    assert bar(**dates, actual_finish="2026-01-12")[2:4] == (2, 8)
    assert bar(actual_finish="2026-01-12")[2:4] == (8, 8)
    assert bar(**dates, state="closed")[:4] == (State.FINISHED, 0, 2, 30)
    assert bar(**dates, state="closed", actual_finish="2026-01-12")[2:4] == (2, 8)
    assert bar(start="2026-01-07", state="closed")[:4] == (State.UNDATED, 0, None, None)
    assert bar(**dates, state="paused")[:4] == (State.UNDATED, 0, None, None)
    assert bar(**dates, state="paused", actual_finish="2026-01-12")[0] == State.FINISHED
    assert bar(**dates, state="cancelled", actual_finish="2026-01-12")[:4] == (State.GONE, 0, None, None)


def test_a_bar_with_one_date_or_none_has_no_duration_and_that_bound() -> None:
    begun, ends, none = (network(Project(id="P", **some)) for some in ({"start": "2026-01-07"}, {"finish": "2026-01-09"}, {}))
    assert [list(net.unknown) for net in (begun, ends, none)] == [[0]] * 3
    assert [day(net.low[0]) for net in (begun, ends, none)] == [2, 0, 0]
    assert [{v: day(x) for v, x in net.finish_floor.items()} for net in (begun, ends, none)] == [{}, {0: 5}, {}]
    assert begun.stated_finishes == ends.stated_finishes == {}  # a bar has no finish beside its own


def test_what_is_known_of_work_says_what_is_left_of_it() -> None:
    """On Monday to Friday from 9 to 17; a day is 480 minutes."""

    def of(**fields: Any) -> tuple[State, int, float | None, float | None, int]:
        net = network(Project(id="P", tasks=[Task(**{"id": "a", "duration": "10 d", **fields})]), status_date="2026-01-12")
        return State(net.state[0]), net.dur[0], day(net.starts.get(0)), day(net.finishes.get(0)), len(net.unknown)

    assert of() == (State.NORMAL, 4800, None, None, 0)
    assert of(progress=0.25) == (State.NORMAL, 3600, None, None, 0)
    assert of(progress=0.0001) == (State.NORMAL, 4800, None, None, 0)  # rounded to whole minutes
    assert of(progress=0.00011) == (State.NORMAL, 4799, None, None, 0)
    assert of(remaining="2 d") == of(remaining="2 d", progress=0.5) == (State.NORMAL, 960, None, None, 0)
    assert of(actual_start="2026-01-06") == (State.STARTED, 4800, 1, None, 0)
    assert of(actual_start="2026-01-06", progress=0.5) == (State.STARTED, 2400, 1, None, 0)
    assert of(actual_start="2026-01-06", remaining="12 d") == (State.STARTED, 5760, 1, None, 0)
    assert of(actual_start="2026-01-06", remaining="1 ed") == (State.STARTED, 1440, 1, None, 0)
    assert of(actual_start="2026-01-06", duration=None, remaining="3 d") == (State.STARTED, 1440, 1, None, 0)
    assert of(actual_start="2026-01-06", duration=None, progress=0.5) == (State.STARTED, 0, 1, None, 1)
    assert of(duration=None) == (State.NORMAL, 0, None, None, 1)
    assert of(actual_start="2026-01-06", actual_finish="2026-01-08")[0::2] == (State.FINISHED, 1, 0)
    assert of(actual_start="2026-01-06", actual_finish="2026-01-08")[3] == 4  # at the end of the day
    assert of(actual_finish="2026-01-08")[2:4] == (3, 4)
    assert of(actual_finish="2026-01-08 12:00")[2:4] == (3.5, 3.5)
    assert of(duration=None, actual_finish="2026-01-08")[4] == 0
    assert of(duration=None, milestone=True) == (State.NORMAL, 0, None, None, 0)
    assert of(duration=None, milestone=True, actual_finish="2026-01-08")[:4] == (State.FINISHED, 0, 4, 4)


def test_without_a_status_date_work_under_way_goes_on_behind_what_is_done_of_it() -> None:
    def rest(**fields: Any) -> str:
        task = Task(**{"id": "a", "duration": "10 d", "actual_start": "2026-01-06 09:00", **fields})
        return (
            f"{ipmo.schedule(Portfolio(id='x', start='2026-01-05', projects=[Project(id='P', tasks=[task])]))['P/a'].early_finish:%d %H:%M}"
        )

    assert rest() == "19 17:00"
    assert rest(remaining="4 d") == "19 17:00"
    assert rest(progress=0.6) == "19 17:00"
    assert rest(remaining="12 d") == "21 17:00"
    assert rest(remaining="2 ed") == "08 09:00"  # on another clock than its duration: from its start


def test_clocks_of_work_are_its_own_calendar_its_resources_and_none_for_what_takes_no_time() -> None:
    tasks = [
        Task(id="plain", duration="1 d"), Task(id="six", duration="1 d", calendar="six"), Task(id="by", duration="1 d", resource_calendar="night"),
        Task(id="both", duration="1 d", calendar="six", resource_calendar="night"), Task(id="around", duration="1 ed", calendar="six"),
        Task(id="none", duration="0 d", calendar="six"), Task(id="point", milestone=True, calendar="six"),
        Task(id="start", milestone=True, milestone_of="start", calendar="six"),
    ]  # fmt: skip
    clocks = {
        "ipmo": ["standard", "six", "night", "night", "continuous", "continuous", "continuous", "continuous"],
        "p6": ["standard", "six", "night", "night", "continuous", "six", "six", "six"],
    }
    for dialect, wanted in clocks.items():
        net = network(Project(id="P", tasks=tasks, gates=[Gate(id="g"), Gate(id="n", calendar="night")]), dialect=dialect)
        assert [net.running_clock(v).calendar.id for v in range(8)] == wanted
        assert [net.clock_of(v).calendar.id for v in range(10)] == ["standard", "six", "standard", *["six"] * 5, "standard", "night"]
        points = {5: "start", 6: "finish", 7: "start", 8: "finish", 9: "finish"}
        assert net.points == (points if dialect == "p6" else {})
        assert list(net.kinds) == ["task"] * 6 + ["milestone"] * 2 + ["gate"] * 2
        assert list(net.dur) == [480, 480, 480, 480, 1440, 0, 0, 0, 0, 0]


def test_a_project_stops_with_its_first_kill_and_what_was_decided_before_stays() -> None:
    def gates(*decisions: tuple[str, str, str]) -> dict[str, State]:
        made = [Gate(id=name, decision={"outcome": outcome, "date": when}) for name, outcome, when in decisions]
        net = network(Project(id="P", tasks=[Task(id="a", duration="1 d")], gates=[*made, Gate(id="open")]), status_date="2026-02-02")
        return {name.removeprefix("P/"): State(state) for name, state in zip(net.ids, net.state, strict=True)}

    found = gates(
        ("K", "kill", "2026-01-20"), ("before", "go", "2026-01-19"), ("same", "go", "2026-01-20"), ("later", "kill", "2026-01-21")
    )
    gone = State.GONE
    assert found == {"a": gone, "K": gone, "before": State.FINISHED, "same": gone, "later": gone, "open": gone}
    assert gates(("on", "hold", "2026-01-20"))["open"] == State.NORMAL
    assert gates(("c", "conditional go", "2026-01-20"))["c"] == State.FINISHED
    assert gates(("r", "recycle", "2026-01-20"))["r"] == State.UNDATED


def test_commitments_are_what_is_stated_of_open_work_gates_and_summaries() -> None:
    tasks = [
        Task(id="a", duration="1 d", deadline="2026-01-09"), Task(id="b", duration="1 d", actual_finish="2026-01-06", deadline="2026-01-09"),
        Task(id="s", deadline="2026-01-16"), Task(id="t", parent="s", deadline="2026-01-15"), Task(id="c", parent="t", duration="1 d"),
        Task(id="d", parent="s", duration="1 d"), Task(id="e", parent="s", duration="1 d", actual_finish="2026-01-06"),
        Task(id="u", deadline="2026-01-14"), Task(id="f", parent="u", duration="1 d", actual_finish="2026-01-06"),
    ]  # fmt: skip
    gates = [
        Gate(id="g", need_by="2026-01-20"),
        Gate(id="h"),
        Gate(id="i", need_by="2026-01-20", decision={"outcome": "go", "date": "2026-01-06"}),
    ]
    net = network(Project(id="P", tasks=tasks, gates=gates), benefits=[{"id": "B", "enabled_by": "P/a", "need_by": "2026-03-31"}])
    at = lambda text: minutes(datetime.fromisoformat(text)) + 1440  # noqa: E731
    a, c, d, g, h, b = (net.node_of[name] for name in ("P/a", "P/c", "P/d", "P/g", "P/h", "B"))
    assert set(net.commitments) == {
        Commitment("P/a", (a,), at("2026-01-09"), is_deadline=True), Commitment("P/s", (c, d), at("2026-01-16"), is_deadline=True),
        Commitment("P/t", (c,), at("2026-01-15"), is_deadline=True), Commitment("P/g", (g,), at("2026-01-20")), Commitment("P/h", (h,), None),
        Commitment("B", (b,), at("2026-03-31"), at_start=True),
    }  # fmt: skip
    assert {name: [net.ids[v] for v in some] for (_, name), some in net.summaries.items()} == {
        "s": ["P/c", "P/d", "P/e"], "t": ["P/c"], "u": ["P/f"],
    }  # fmt: skip


@pytest.mark.parametrize("calendar", ["standard", "continuous"])
def test_the_longest_duration_is_one_that_ends_before_the_last_year_and_longer_ones_are_named(calendar: str) -> None:
    with pytest.raises(ScheduleError) as error:
        network(Project(id="P", calendar=calendar, tasks=[Task(id="a", duration="1 d"), Task(id="b", duration="5000000000 min")]))
    assert "'P/b' would end past the year 9999" in str(error.value)
    with pytest.raises(ScheduleError, match="'P/b' would end past the year 9999: its duration is 9000000000 min"):
        network(Project(id="P", calendar=calendar, tasks=[Task(id="b", duration="9000000000 min")]))
    with pytest.raises(ScheduleError, match="'P/b' would end past the year 9999: its duration is 9000000000 min"):
        network(Project(id="P", tasks=[Task(id="b", duration="1 d", actual_start="2026-01-05", remaining="9000000000 min")]))


def test_work_until_an_expected_finish_lasts_until_then_whatever_its_length() -> None:
    def of(dialect: Any = "ipmo", **fields: Any) -> tuple[dict[int, float | None], int]:
        task = Task(**{"id": "a", "duration": "2 d", "constraints": {"expected_finish": "2026-01-09"}, **fields})
        s = ipmo.schedule(
            Portfolio(id="x", start="2026-01-05", calendar="standard", dialect=dialect, projects=[Project(id="P", tasks=[task])])
        )
        return {v: day(x) for v, x in s.network.expected.items()}, s.network.dur[0]

    assert of() == of(duration="0 d") == of(duration=None, milestone=False) == ({0: 5}, 5 * 480)
    assert of({"name": "ipmo", "expected_finish": False}) == ({}, 960)
    assert of(constraints={"expected_finish": "2026-01-02"}) == ({0: -2}, 0)
    assert of(actual_finish="2026-01-06") == ({}, 960)


@pytest.mark.parametrize("dialect", ["ipmo", "p6"])
def test_work_until_expected_days_one_after_another_lasts_from_where_the_one_before_ends(dialect: str) -> None:
    """a until Friday 9th, b until the 16th, c until the 14th, which is past when it could begin, d two days, e until the 23rd."""
    until = {"a": "2026-01-09", "b": "2026-01-16", "c": "2026-01-14", "e": "2026-01-23"}
    tasks = [
        Task(
            id=name,
            duration="2 d",
            after=[before] if before else [],
            constraints={"expected_finish": until[name]} if name in until else None,
        )
        for before, name in zip(["", *"abcd"], "abcde", strict=True)
    ]
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", calendar="standard", dialect=dialect, projects=[Project(id="P", tasks=tasks)]))
    assert list(s.network.dur) == [5 * 480, 5 * 480, 0, 2 * 480, 3 * 480]
    assert [f"{s[f'P/{name}'].early_finish:%d %H}" for name in "abde"] == ["09 17", "16 17", "20 17", "23 17"]
