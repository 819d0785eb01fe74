"""Work that rests in between: the same dates as on a calendar with those days off, minute by minute, with demand and money beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.periods import PeriodRule
from ipmo.analysis.money.timing import Timing
from ipmo.changes import Interrupt
from ipmo.errors import ScheduleError
from ipmo.model import Interruption, Splitting, Task

MONDAY = date(2026, 3, 2)
LINKS = st.sampled_from(["FS", "SS", "FF", "SF"])


def one(**task: Any) -> ipmo.Portfolio:
    work = {"id": "a", "duration": "4 d", **task}
    people = [{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 2}]}]
    return ipmo.Portfolio(
        id="x",
        start="2026-03-02",
        money={"currency": "GBP"},
        resources=people,
        projects=[{"id": "P", "tasks": [work, {"id": "b", "duration": "1 d", "after": "a"}]}],
    )


def finish(pf: ipmo.Portfolio, name: str = "a") -> datetime | None:
    return ipmo.schedule(pf)[f"P/{name}"].finish


def test_work_rests_from_a_minute_on_and_goes_on_afterwards() -> None:
    """Eight hours on Monday, five on Tuesday, none until Friday: eight there, eight on Monday, three are left for Tuesday."""
    rests = one(interruptions=[{"from": "2026-03-03 14:00", "until": "2026-03-05"}])
    assert finish(rests) == datetime(2026, 3, 10, 12)
    assert finish(rests, "b") == datetime(2026, 3, 11, 12)
    assert finish(one()) == datetime(2026, 3, 5, 17)


def test_elapsed_work_rests_too() -> None:
    assert finish(one(duration="4 ed", interruptions={"from": "2026-03-03", "until": "2026-03-04"})) == datetime(2026, 3, 8)


def test_what_would_begin_in_an_interruption_begins_after_it() -> None:
    found = ipmo.schedule(one(interruptions={"from": "2026-03-02", "until": "2026-03-03"}))["P/a"]
    assert (found.start, found.finish) == (datetime(2026, 3, 4, 9), datetime(2026, 3, 9, 17))


def test_the_rest_of_work_under_way_rests() -> None:
    begun = one(actual_start="2026-03-02", remaining="2 d", interruptions={"from": "2026-03-05", "until": "2026-03-05"})
    assert finish(begun.evolve(status_date="2026-03-04")) == datetime(2026, 3, 6, 17)


def test_interruptions_are_in_order_and_apart() -> None:
    later, sooner = {"from": "2026-03-09", "until": "2026-03-09"}, {"from": "2026-03-04", "until": "2026-03-04"}
    task = one(interruptions=[later, sooner])["P/a"]
    assert isinstance(task, Task)
    assert [str(rest.since) for rest in task.interruptions] == ["2026-03-04", "2026-03-09"]
    with pytest.raises(ipmo.ModelError, match="overlap"):
        one(interruptions=[sooner, {"from": "2026-03-04 12:00", "until": "2026-03-05"}])
    with pytest.raises(ipmo.ModelError, match="ends after it begins"):
        one(interruptions={"from": "2026-03-04", "until": "2026-03-03"})


@pytest.mark.parametrize("what", [{"split": True}, {"interruptions": {"from": "2026-03-04", "until": "2026-03-04"}}])
@pytest.mark.parametrize("kind", [{"milestone": True}, {"hammock": True}])
def test_what_has_no_work_of_its_own_is_not_interrupted(what: dict[str, Any], kind: dict[str, Any]) -> None:
    with pytest.raises(ipmo.ModelError, match="no work of its own to interrupt"):
        one(**what, **kind, duration=None)


def test_how_split_is_said() -> None:
    def said(value: object) -> Splitting | None:
        task = one(split=value)["P/a"]
        assert isinstance(task, Task)
        return task.split

    assert said(True) == Splitting()
    assert said(False) is None
    assert said({"least": "1 d", "most": 2}) == Splitting(least="1 d", most=2)
    for wrong, why in (
        ("yes", "write true"),
        ({"most": 0}, "at least once"),
        ({"least": "0 d"}, "some working"),
        ({"most": 1.5}, "whole number"),
    ):
        with pytest.raises(ipmo.ModelError, match=why):
            one(split=wrong)


def test_files_keep_both(tmp_path: Any) -> None:
    path = tmp_path / "x.yaml"
    both = one(split={"least": "1 d"}, interruptions=[{"from": "2026-03-03 14:00", "until": "2026-03-05"}])
    ipmo.write(both, path)
    assert "split:" in path.read_text()
    assert ipmo.read(path) == both
    ipmo.write(one(split=True), path)
    assert "split: true" in path.read_text()
    assert ipmo.read(path) == one(split=True)


def test_a_change_has_work_rest_or_go_on() -> None:
    answer = ipmo.what_if(one(), Interrupt("P/a", [Interruption(since="2026-03-04", until="2026-03-05")]))
    assert finish(answer.after) == datetime(2026, 3, 9, 17)
    assert [str(change) for change in answer.changes] == ["let P/a rest from 2026-03-04 to 2026-03-05"]
    assert finish(ipmo.what_if(answer.after, Interrupt("P/a")).after) == finish(one())
    done = one(actual_start="2026-03-02", actual_finish="2026-03-04")
    with pytest.raises(ipmo.ModelError, match="is finished"):
        ipmo.what_if(done.evolve(status_date="2026-03-05"), Interrupt("P/a"))


def test_demand_and_money_rest_too() -> None:
    """Two people for two days of the week in which it rests from Wednesday on, and for two of the next."""
    both = one(budget="400 GBP", assignments=[{"resource": "ann", "units": 2}], interruptions={"from": "2026-03-04", "until": "2026-03-08"})
    assert [row.demand for row in ipmo.capacity(both, every="week")] == [4.0, 4.0]
    whole = one(assignments=[{"resource": "ann", "effort": "4 pd"}], interruptions={"from": "2026-03-03", "until": "2026-03-08"})
    assert [row.demand for row in ipmo.capacity(whole, every="week")] == [1.0, 3.0]
    over = one(budget="400 GBP", duration="20 d", interruptions={"from": "2026-03-03", "until": "2026-03-31"})
    lies = Timing(over, ipmo.schedule(over)).lump("budget", "P/a")
    assert lies is not None
    assert {period.name: share for period, share in lies.over(PeriodRule("month", 1)).items()} == {
        "2026-03": Fraction(1, 20),
        "2026-04": Fraction(19, 20),
    }


@st.composite
def networks(draw: st.DrawFn) -> tuple[ipmo.Portfolio, ipmo.Portfolio]:
    """Work that rests for whole days, and the same on calendars on which those days are off."""
    tasks, calendars = [], [{"id": "plain", "week": "mon-fri"}, {"id": "six", "week": "mon-sat", "hours": "07:00-11:00, 12:00-16:00"}]
    for number in range(draw(st.integers(2, 6))):
        task: dict[str, Any] = {
            "id": f"t{number}",
            "duration": f"{draw(st.integers(1, 40))} h",
            "calendar": draw(st.sampled_from(["plain", "six"])),
        }
        if tasks and draw(st.integers(0, 3)):
            before = draw(st.sampled_from([one["id"] for one in tasks]))
            task["after"] = [{"from": before, "type": draw(LINKS), "lag": f"{draw(st.integers(-9, 12))} h"}]
        if not draw(st.integers(0, 4)):
            task["not_before"] = str(MONDAY + timedelta(days=draw(st.integers(0, 9))))
        tasks.append(task)
    usual = [dict(task) for task in tasks]
    for number, (task, other) in enumerate(zip(tasks, usual, strict=True)):
        off = sorted(draw(st.sets(st.integers(0, 15), max_size=4)))
        if off:
            task["interruptions"] = [{"from": str(MONDAY + timedelta(days=day)), "until": str(MONDAY + timedelta(days=day))} for day in off]
            base = next(one for one in calendars if one["id"] == other["calendar"])
            calendars.append({**base, "id": f"own{number}", "holidays": [str(MONDAY + timedelta(days=day)) for day in off]})
            other["resource_calendar"] = f"own{number}"
    made = {"id": "x", "start": str(MONDAY), "dialect": draw(st.sampled_from(["ipmo", "p6", "msproject"]))}
    return (
        ipmo.Portfolio(**made, calendars=calendars[:2], projects=[{"id": "P", "tasks": tasks}]),
        ipmo.Portfolio(**made, calendars=calendars, projects=[{"id": "P", "tasks": usual}]),
    )


@settings(max_examples=60)
@given(networks())
def test_interruptions_are_days_off_of_a_calendar_of_ones_own(both: tuple[ipmo.Portfolio, ipmo.Portfolio]) -> None:
    rests, off = (ipmo.schedule(pf) for pf in both)
    assert list(rests) == list(off)


@settings(max_examples=20)
@given(networks(), st.integers(0, 5))
def test_a_changed_copy_is_compiled_as_if_from_scratch(both: tuple[ipmo.Portfolio, ipmo.Portfolio], number: int) -> None:
    """One project more or less rests: the numbers of clocks are others."""
    pf = both[0].evolve(projects=[both[0].projects[0], attrs.evolve(both[0].projects[0], id="Q")])
    ipmo.schedule(pf)
    name = f"P/t{number % len(pf.projects[0].tasks)}"
    for rests in ([], [{"from": "2026-03-04 10:00", "until": "2026-03-06 11:00"}]):
        other = pf.evolve(name, interruptions=rests)
        again = ipmo.Portfolio(**{field.name: getattr(other, field.name) for field in attrs.fields(ipmo.Portfolio)})
        assert list(ipmo.schedule(other)) == list(ipmo.schedule(again))


def test_work_that_rests_for_ever_says_that_its_interruptions_are_why() -> None:
    task = {"id": "t", "duration": "5 d", "interruptions": [{"from": "2026-01-06", "until": "9999-12-31"}]}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "a", "tasks": [task]}]})
    with pytest.raises(ScheduleError, match="'a/t' never ends: .* beside the interruptions of the work; check interruptions:"):
        _ = ipmo.schedule(pf).finish
