"""When all ends is not known where some of it has no date: every answer that says a finish says so, and none says an early one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.control.history import History
from ipmo.changes import Change, Pause, Stop
from ipmo.errors import ScheduleError


def _plan(state: str = "active", *, tasks: Sequence[Mapping[str, Any]] = (), status_date: str = "2026-01-01") -> ipmo.Portfolio:
    """plat/x of 30 days hands over to app/k of 50 days, beside app/free of 5 days: all ends on 21 March, free on 5 January."""
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": status_date, "calendar": "continuous"},
            "programmes": [{"id": "g"}],
            "projects": [
                {"id": "plat", "state": state, "tasks": [{"id": "x", "duration": "30 d"}]},
                {
                    "id": "app",
                    "programme": "g",
                    "finish": "2026-04-01",
                    "tasks": [
                        {"id": "sum"},
                        {"id": "k", "duration": "50 d", "parent": "sum"},
                        {"id": "free", "duration": "5 d", "parent": "sum"},
                        *tasks,
                    ],
                },
            ],
            "links": [{"id": "L", "from": "plat/x", "to": "app/k"}],
        }
    )


@pytest.mark.parametrize("state", ["cancelled", "paused"])
def test_the_end_is_not_known_at_any_level(state: str) -> None:
    """Of the summary, the project, its programme and the portfolio: at least 5 January, because of the 50 days."""
    s = ipmo.schedule(_plan(state))
    assert s.end_text == "not known, at least 2026-01-05"
    for name in ("app/sum", "app", "g", "pf", "", "app@finish", "app/k"):
        assert "app/k has no date" in s.doubt(name) or (name in ("pf", "") and state == "paused"), name
    assert s.doubt("app/free") == ""
    assert "finish not known, at least 2026-01-05," in repr(s)


def test_all_dated_is_known() -> None:
    """With the giver at work all ends on 21 March, and nothing is in doubt."""
    s = ipmo.schedule(_plan())
    assert s.end_text == "2026-03-21"
    assert [s.doubt(name) for name in ("app/sum", "app", "g", "pf", "app/k")] == [""] * 5


def test_what_a_closed_project_left_undone_is_no_doubt() -> None:
    """A closed project has its actual dates only: nobody waits for the rest."""
    pf = _plan().evolve("plat", state="closed", actual_finish=date(2026, 1, 1))
    assert ipmo.schedule(pf).doubt("plat") == ""


@pytest.mark.parametrize("change", [Stop("plat"), Pause("plat")])
def test_scenarios_say_at_least(change: Change) -> None:
    """No finish and no days won; at least 5 January, and why."""
    row = ipmo.scenarios(_plan(), {"a": [change]})["a"]
    assert (row.finish, row.days) == (None, None)
    assert str(row).startswith("a: when it ends is not known, at least 2026-01-05")
    assert "has no date" in row.doubt


def test_scenarios_beside_a_plan_in_doubt_count_days_of_what_has_dates() -> None:
    """Of a plan in doubt because of k, a scenario that delays free by 3 days is 3 days later in what has dates; one that lets k go on counts none."""
    pf = _plan("cancelled")
    found = ipmo.scenarios(
        pf, {"later": [{"delay": {"target": "app/free", "by": "3 d"}}], "free of it": [{"remove_link": {"from": "plat/x", "to": "app/k"}}]}
    )
    assert found["later"].days == 3
    assert str(found["free of it"].finish_date) == "2026-02-19"
    assert found["free of it"].days is None


@pytest.mark.parametrize("item", ["app", "g", "pf", "app/sum"])
def test_variance_analysis_shares_no_days_that_were_not_won(item: str) -> None:
    """It refuses to say how a finish moved that is not known on one side, and says why; either way round."""
    one, other = _plan(), _plan("cancelled")
    with pytest.raises(ScheduleError, match="not known after: app/k has no date"):
        ipmo.variance_analysis(one, other, item)
    with pytest.raises(ScheduleError, match="not known before: app/k has no date"):
        ipmo.variance_analysis(other, one, item)


def test_roll_up_of_the_finish_is_blank_with_at_least() -> None:
    """Blank from the 50 days up, with the reason; the 5 days alone are known."""
    found = ipmo.roll_up(_plan("cancelled"), "finish")
    assert [found[name].value for name in ("pf", "g", "app", "app/sum", "app/k")] == [None] * 5
    assert found["app"].note.startswith("at least 2026-01-05: app/k has no date")
    assert (found.total.known, found.total.total) == (1, 2)
    assert found["app/free"].text == "2026-01-05"
    by = ipmo.roll_up(_plan("cancelled"), "finish", by="programme")
    assert by["g"].value is None
    assert ipmo.roll_up(_plan(), "finish")["app"].text == "2026-03-21"


def test_a_lower_bound_is_no_finish() -> None:
    """Work without a duration, and what waits for it, is counted as unknown, and so is what holds it."""
    pf = _plan(tasks=[{"id": "blank", "parent": "sum"}, {"id": "then", "duration": "2 d", "parent": "sum", "after": ["blank"]}])
    found = ipmo.roll_up(pf, "finish")
    assert found["app/then"].value is None
    assert found["app"].note == "at least 2026-03-21: app/blank has no duration"
    assert ipmo.schedule(pf).end_text == "not known, at least 2026-03-21"


def test_the_trend_shows_no_days_won() -> None:
    """A month in which the giver was cancelled has no finish, and no change against the month before."""
    rows = ipmo.trend(History.of(_plan(), _plan("cancelled", status_date="2026-01-02")), "finish", "app")
    assert [row.change for row in rows] == [None, None]
    assert rows[1].value is None


def test_comparing_back_counts_no_days_lost() -> None:
    """From the plan in doubt to the plan without doubt no date moves by a number of days: it was not known."""
    found = ipmo.compare(_plan("cancelled"), _plan())
    rows = {row.item: row for row in found.dates}
    assert (rows["app"].before, rows["app"].after, rows["app"].change) == ("", "2026-03-21", None)
    assert rows["app"].note.startswith("not known, at least 2026-01-05 before: app/k has no date")


def test_a_second_doubt_is_new_although_there_was_one() -> None:
    """Beside work without a duration, whose id comes first, stopping the giver makes the end less known: no day is won."""
    pf = _plan(tasks=[{"id": "a0"}])
    rows = {row.item: row for row in ipmo.what_if(pf, Stop("plat")).dates}
    assert rows["app"].change is None
    assert "app/k has no date" in rows["app"].note


def test_what_moves_beside_a_doubt_is_said_as_a_lower_bound() -> None:
    """Where the same work is in doubt on both sides, what has dates moves: those days or later."""
    pf = _plan("cancelled")
    row = next(row for row in ipmo.what_if(pf, {"delay": {"target": "app/free", "by": "3 d"}}).dates if row.item == "app")
    assert row.change == 3
    assert row.note.startswith("these days or later: app/k has no date")


@st.composite
def _drawn(draw: st.DrawFn) -> tuple[ipmo.Portfolio, str]:
    """Four projects of three tasks with links of every type across, and one of them to stop or to pause."""
    names = [f"p{n}" for n in range(4)]
    tasks = [f"{name}/{task}" for name in names for task in "abc"]
    ends = st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1])
    links = draw(
        st.lists(st.tuples(ends, st.sampled_from(("FS", "SS", "FF", "SF")), st.integers(0, 9)), max_size=10, unique_by=lambda link: link[0])
    )
    lengths = draw(st.lists(st.integers(1, 40), min_size=12, max_size=12))
    data = {
        "ipmo": 1,
        "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
        "projects": [
            {"id": name, "tasks": [{"id": task, "duration": f"{lengths[3 * n + t]} d"} for t, task in enumerate("abc")]}
            for n, name in enumerate(names)
        ],
        "links": [
            {"id": f"L{n}", "from": tasks[one], "to": tasks[other], "type": kind, "lag": f"{lag} d"}
            for n, ((one, other), kind, lag) in enumerate(links)
        ],
    }
    return ipmo.from_dict(data), draw(st.sampled_from(names))


@given(_drawn(), st.sampled_from([Stop, Pause]))
@settings(max_examples=60)
def test_no_answer_wins_a_day_by_stopping_a_project(drawn: tuple[ipmo.Portfolio, str], change: type[Change]) -> None:
    """Whatever is stopped or paused, no other project, and not the portfolio of those that run, is said to end earlier by all answers alike."""
    pf, name = drawn
    changed = change(name)  # type: ignore[call-arg]
    after = ipmo.what_if(pf, changed).after
    was, now = ipmo.schedule(pf), ipmo.schedule(after)
    rolled = ipmo.roll_up(after, "finish")
    moved = {row.item: row for row in ipmo.what_if(pf, changed).dates if row.kind == "project"}
    for project in pf.projects:
        blocked = [task.id for task in after[project.id].tasks if now.dates(f"{project.id}/{task.id}")[1] is None]
        if project.id != name:
            assert bool(now.doubt(project.id)) == bool(blocked)
            assert (rolled[project.id].value is None) == bool(blocked)
            if not blocked:
                assert now.ends(project.id) == was.ends(project.id) or project.id in moved
        if blocked and project.id in moved:
            assert moved[project.id].change is None


def test_the_path_length_index_needs_dates_of_all_work() -> None:
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "cb", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
            "projects": [
                {"id": "plat", "state": "cancelled", "tasks": [{"id": "x", "duration": "30 d"}]},
                {"id": "app", "finish": "2026-04-30", "tasks": [{"id": "k", "duration": "50 d"}, {"id": "free", "duration": "5 d"}]},
            ],
            "links": [{"id": "L", "from": "plat/x", "to": "app/k"}],
        }
    )
    (point,) = (one for one in ipmo.schedule_quality(pf).points if one.number == 13)
    assert (point.value, point.passed) == (None, None)
    assert "link 'L' from 'plat/x' never comes" in point.needs


@pytest.mark.parametrize(
    ("far", "known"),
    [({"id": "c"}, False), ({"id": "c", "duration": "20 d"}, True), ({"id": "c", "duration": "20 d", "after": ["b"]}, False)],
)
@pytest.mark.parametrize("kind", ["FF", "SS"])
def test_level_of_effort_ends_when_what_it_spans_does_and_nobody_knows_when_that_is(far: dict[str, Any], known: bool, kind: str) -> None:
    """An office that lasts until work of another project, which has no duration or waits for such work, has no known end, nor has its project."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"},
            "projects": [
                {
                    "id": "P",
                    "finish": "2026-03-01",
                    "tasks": [
                        {"id": "a", "duration": "5 d"},
                        {"id": "h", "hammock": True, "after": [{"from": "a", "type": "SS"}, {"from": "a", "type": "FF"}]},
                    ],
                },
                {"id": "Q", "tasks": [{"id": "b"}, far]},
            ],
            "links": [{"from": "Q/c", "to": "P/h", "type": kind}],
        }
    )
    s = ipmo.schedule(pf)
    known = known or kind == "SS"
    assert bool(s.doubt("P")) == (not known) and s["P/h"].lower_bound == (not known)
    (finish,) = (row for row in s.commitments if row.item == "P")
    assert finish.standing == ("kept" if known else "unknown")
    (time,) = (aspect for aspect in ipmo.status(pf)["P"].aspects if aspect.name == "time")
    assert time.rag == ("green" if known else None)
