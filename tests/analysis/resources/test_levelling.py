"""Levelled plans, looked at by a verifier of its own: minute by minute, from what the file says; and against brute force."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.network import pooled
from ipmo.network.plans import Due, Score
from ipmo.network.positions import plain
from ipmo.network.solving import improve

from .conftest import days, jobs, portfolio, portfolios, shortest, verify

# ---------------------------------------------------------------------------------------- worked numbers


def test_two_tasks_of_one_person_come_one_after_the_other_and_the_more_urgent_first() -> None:
    pf = portfolio(
        {"id": "a", "duration": "2 d"}, {"id": "b", "duration": "3 d"}, {"id": "c", "duration": "4 d", "after": "b", "assignments": []}
    )
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert days(plan) == {"a": ("03-05", "03-06"), "b": ("03-02", "03-04")}  # b has work behind it
    assert (plan["P/a"].moved, plan["P/a"].because) == (3, "waits for ann: with P/b on 2026-03-04")
    assert (str(plan.finish)[:10], plan.proved, plan.passes) == ("2026-03-10", True, 1)
    assert [item.id for item in plan.moved] == ["P/a"]
    assert plan.explain("P/a").splitlines()[1:] == [
        "  finishes 3 d later than by its links alone (2026-03-03 17:00)", "  waits for ann: with P/b on 2026-03-04",
    ]  # fmt: skip


def test_half_of_a_person_lets_two_work_at_once_and_three_halves_wait() -> None:
    half = [{"resource": "ann", "units": 0.5}]
    pf = portfolio(*({"id": name, "duration": "2 d", "assignments": half} for name in "abc"))
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert sorted(start for start, _ in days(plan).values()) == ["03-02", "03-02", "03-04"]


def test_effort_over_the_duration_is_what_is_taken() -> None:
    two = [{"resource": "ann", "effort": "2 pd"}]
    pf = portfolio({"id": "a", "duration": "4 d", "assignments": two}, {"id": "b", "duration": "4 d", "assignments": two})
    assert ipmo.level(pf)["P/a"].needs == (("ann", 0.5),)
    assert not ipmo.level(pf).moved
    crowded = portfolio({"id": "a", "duration": "4 d", "assignments": two}, {"id": "b", "duration": "3 d", "assignments": two})
    assert len(ipmo.level(crowded).moved) == 1


def test_work_is_not_split_by_leave_but_lies_before_or_after_it() -> None:
    leave = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-04", "value": 0}, {"from": "2026-03-11", "value": 1}]
    pf = portfolio({"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d"}, capacity=leave)
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert days(plan) == {"a": ("03-11", "03-13"), "b": ("03-02", "03-03")}
    assert plan["P/a"].because == "waits for ann: not there on 2026-03-10"


def test_days_of_the_person_and_days_of_the_work_are_held_against_each_other() -> None:
    people = [{"id": "ann", "calendar": "half", "capacity": [{"from": "2026-01-01", "value": 1}]}]
    pf = portfolio({"id": "a", "duration": "2 d"}, {"id": "b", "duration": "2 d"}, resources=people)
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert sorted(days(plan).values()) == [("03-02", "03-03"), ("03-09", "03-10")]
    long = ipmo.level(portfolio({"id": "a", "duration": "4 d"}, resources=people))
    assert [(one.kind, one.items) for one in long.shortages] == [("never fits", ("P/a",))]
    assert not long.feasible
    assert not long["P/a"].fits


def test_work_by_night_and_by_day_shares_a_machine_and_six_days_share_five() -> None:
    pf = portfolio({"id": "a", "duration": "5 d"}, {"id": "b", "duration": "24 h", "calendar": "night"})
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert not plan.moved  # by night nobody works by day
    other = portfolio({"id": "a", "duration": "5 d"}, {"id": "b", "duration": "6 d", "calendar": "six"}, {"id": "c", "duration": "1 d"})
    verify(other, ipmo.level(other))


def test_within_float_nothing_that_is_aimed_at_moves_and_the_rest_stays_short() -> None:
    pf = portfolio(
        {"id": "a", "duration": "2 d"},
        {"id": "b", "duration": "3 d"},
        {"id": "c", "duration": "3 d"},
        {"id": "d", "duration": "9 d", "assignments": []},
    )
    plan = ipmo.level(pf, within="float")
    assert plan.finish == plan.finish_before
    verify(pf, plan)
    assert plan.feasible
    tight = ipmo.level(portfolio({"id": "a", "duration": "5 d"}, {"id": "b", "duration": "5 d"}), within="float")
    assert not tight.moved
    assert [(one.kind, len(one.items)) for one in tight.shortages] == [("beyond float", 1)]


def test_what_has_begun_stays_and_too_much_of_it_is_named_by_day() -> None:
    begun = {"actual_start": "2026-03-02", "duration": "6 d", "progress": "50 %"}
    pf = portfolio({"id": "a", "duration": "2 d"}, {"id": "b", **begun}, status_date="2026-03-05")
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert (plan["P/b"].frozen, plan["P/b"].moved, days(plan)["a"]) == (True, 0, ("03-10", "03-11"))
    both = portfolio({"id": "a", **begun}, {"id": "b", **begun}, {"id": "c", "duration": "1 d"}, status_date="2026-03-05")
    short = ipmo.level(both)
    assert [str(one) for one in short.shortages] == ["P/a, P/b need 2 of ann on 2026-03-05, where there is 1, and stay there"]
    assert days(short)["c"] == ("03-10", "03-10")


def test_work_that_is_tied_to_a_day_or_said_to_stay_is_gone_around() -> None:
    fixed = {"constraints": {"must_start_on": "2026-03-04"}}
    pf = portfolio({"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d", **fixed})
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert days(plan) == {"a": ("03-06", "03-10"), "b": ("03-04", "03-05")}
    stay = ipmo.level(portfolio({"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d"}), frozen="P/b")
    assert days(stay) == {"a": ("03-04", "03-06"), "b": ("03-02", "03-03")}
    assert ipmo.level(portfolio({"id": "a", "duration": "3 d"}), frozen=["P"])["P/a"].frozen
    with pytest.raises(ipmo.UnknownItemError, match="close: 'P/a'"):
        ipmo.level(portfolio({"id": "a", "duration": "3 d"}), frozen=["P/aa"])


def test_hours_of_a_person_count_before_the_status_date_too_where_work_must_lie_there() -> None:
    """What must finish on a day that is past takes what there was, and is short only where there was less."""
    tied = {"constraints": {"mandatory_finish": "2026-03-04"}}
    for units, needed in ((1, []), (2, ["P/a needs 2 of ann on 2026-03-03, where there is 1, and stays there"])):
        people = [{"id": "ann", "calendar": "half", "capacity": [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-09", "value": 2}]}]
        work = {"id": "a", "duration": "12 h", "assignments": [{"resource": "ann", "units": units}], **tied}
        plan = ipmo.level(portfolio(work, {"id": "b", "duration": "1 d"}, resources=people, status_date="2026-03-05"))
        assert days(plan) == {"a": ("03-03", "03-04"), "b": ("03-09", "03-09")}
        assert [str(one) for one in plan.shortages] == needed


def test_what_cannot_be_levelled_is_named() -> None:
    nobody = {"id": "bob", "capacity": [{"from": "2026-01-01", "value": 0}]}
    unknown = {"id": "carl"}
    pf = portfolio(
        {"id": "a", "duration": "3 d", "assignments": [{"resource": "ann", "units": 3}]},
        {"id": "b", "duration": "3 d", "assignments": [{"resource": "bob"}, {"resource": "carl"}]},
        {"id": "c", "duration": "3 d", "assignments": [{"resource": "carl"}]},
        {"id": "d", "hammock": True, "after": [{"from": "a", "type": "SS"}]},
        {"id": "e"},
        resources=[{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 2}]}, nobody, unknown],
    )
    plan = ipmo.level(pf)
    assert [(one.kind, one.resource, one.items) for one in plan.shortages] == [
        ("nobody", "bob", ("P/b",)), ("not stated", "carl", ("P/b", "P/c")), ("too much", "ann", ("P/a",)),
    ]  # fmt: skip
    assert [str(one) for one in plan.shortages] == [
        "P/b needs bob, and there never is any of it",
        "2 tasks, first P/b, need carl, and nobody says how much of it there is",
        "P/a needs 3 of ann at once, and there never are more than 2",
    ]
    assert [item for item, _ in plan.left_out] == ["P/d", "P/e"]
    assert repr(plan) == "<Levelled: 0 of 0 items later, its end is not known, at least 2026-03-04, 3 shortages, 2 left out>"
    assert plan.explain().splitlines()[-2:] == [
        "  P/d takes nothing: level of effort: it lasts as long as other work does", "  P/e takes nothing: it has no duration",
    ]  # fmt: skip
    bare = ipmo.level(portfolio(*({"id": name} for name in "fgh")))
    assert bare.explain().splitlines()[-1] == "  3 items, first P/f, take nothing: it has no duration"
    assert not plan.feasible
    assert not plan.moved


def test_work_that_others_leave_no_room_for_is_tried_in_every_pass_and_is_not_said_to_fit_never() -> None:
    """Ann is there for five days, away for one, and there for four more: only one order of the two fits."""
    away = [("01-01", 1), ("03-09", 0), ("03-10", 1), ("03-14", 0)]
    until = [{"from": f"2026-{since}", "value": value} for since, value in away]
    urgent = {"id": "z", "duration": "9 d", "after": "y", "assignments": []}
    pf = portfolio({"id": "y", "duration": "4 d"}, {"id": "x", "duration": "5 d"}, urgent, capacity=until)
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert plan.feasible
    assert days(plan) == {"y": ("03-10", "03-13"), "x": ("03-02", "03-06"), "z": ("03-16", "03-26")}
    short = ipmo.level(portfolio({"id": "y", "duration": "4 d"}, {"id": "x", "duration": "2 d"}, capacity=[until[0], until[1]]))
    assert [(one.kind, str(one)) for one in short.shortages] == [("no room", "P/x does not fit beside other work: it needs ann")]
    assert [(name, f"{least:%m-%d}") for name, least in short.bounds] == [("ann", "03-06"), ("links", "03-05")]
    never = ipmo.level(portfolio({"id": "y", "duration": "6 d"}, {"id": "x", "duration": "2 d"}, capacity=until))
    assert [(one.kind, one.items) for one in never.shortages] == [("never fits", ("P/y",))]


def test_who_is_assigned_twice_to_one_piece_of_work_is_needed_for_both_at_once() -> None:
    twice = [{"resource": "ann"}, {"resource": "ann", "effort": "3 pd"}]
    pf = portfolio({"id": "a", "duration": "3 d", "assignments": twice}, {"id": "b", "duration": "2 d"}, capacity=2)
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert plan.feasible
    assert plan["P/a"].needs == (("ann", 2),)
    assert sorted(days(plan).values()) in ([("03-02", "03-03"), ("03-04", "03-06")], [("03-02", "03-04"), ("03-05", "03-06")])
    short = ipmo.level(portfolio({"id": "a", "duration": "3 d", "assignments": twice}))
    assert [str(one) for one in short.shortages] == ["P/a needs 2 of ann at once, and there never are more than 1"]


def test_fewer_than_no_people_are_refused_and_none_are_said() -> None:
    with pytest.raises(ipmo.ModelError, match="nothing at the least"):
        portfolio({"id": "a", "duration": "3 d"}, capacity=-1)
    plan = ipmo.level(portfolio({"id": "a", "duration": "3 d"}, capacity=0))
    assert [(one.kind, str(one)) for one in plan.shortages] == [("nobody", "P/a needs ann, and there never is any of it")]


def test_units_beyond_what_compiled_kernels_count_are_levelled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled, "COMPILED_FROM", 0)
    many = {"duration": "1 d", "assignments": [{"resource": "ann", "units": 6e14}]}
    plan = ipmo.level(portfolio({"id": "a", **many}, {"id": "b", **many}, capacity=1e15))
    assert sorted(days(plan).values()) == [("03-02", "03-02"), ("03-03", "03-03")]


def test_before_the_first_capacity_there_is_nobody() -> None:
    pf = portfolio({"id": "a", "duration": "3 d"}, capacity=[{"from": "2026-03-09", "value": 1}])
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert days(plan) == {"a": ("03-09", "03-11")}


def test_as_late_as_possible_becomes_as_early_as_it_fits() -> None:
    late = {"constraints": {"as_late_as_possible": True}}
    pf = portfolio(
        {"id": "a", "duration": "2 d", **late}, {"id": "b", "duration": "2 d"}, {"id": "c", "duration": "9 d", "assignments": []}
    )
    plan = ipmo.level(pf)
    verify(pf, plan)
    assert plan.finish == plan.finish_before


def test_commitments_come_before_the_finish_of_all() -> None:
    tasks = (
        {"id": "a", "duration": "5 d"},
        {"id": "b", "duration": "5 d", "after": "a", "assignments": []},
        {"id": "c", "duration": "2 d", "deadline": "2026-03-03"},
    )
    pf = portfolio(*tasks)
    kept = ipmo.level(pf)
    assert (days(kept)["c"], str(kept.finish)[:10]) == (("03-02", "03-03"), "2026-03-17")
    assert ipmo.schedule(kept.portfolio).commitments.missed == ()
    early = ipmo.level(pf, objective="finish")
    assert (days(early)["c"], str(early.finish)[:10]) == (("03-09", "03-10"), "2026-03-13")


def test_no_plan_ends_before_the_work_of_a_person_is_done_and_what_follows_it() -> None:
    pf = portfolio(
        *({"id": name, "duration": "2 d"} for name in "abc"), {"id": "d", "duration": "3 d", "after": ["a", "b", "c"], "assignments": []}
    )
    plan = ipmo.level(pf)
    assert [(name, f"{least:%m-%d %H:%M}") for name, least in plan.bounds] == [("ann", "03-12 17:00"), ("links", "03-06 17:00")]
    assert plan.finish == plan.bounds[0][1] == plan.first_finish
    assert plan.explain().splitlines()[1:] == [
        "  no plan that fits ends before 2026-03-12, by ann", f"  {plan.improved}", "  its end waits for ann (4 items on the critical chain)", "  2 items wait for ann",
    ]  # fmt: skip
    leave = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-05", "value": 0}, {"from": "2026-03-09", "value": 2}]
    away = ipmo.level(portfolio(*({"id": name, "duration": "2 d"} for name in "abc"), capacity=leave))
    assert f"{away.bounds[0][1]:%m-%d %H:%M}" == "03-10 13:00"  # three days by one, and three by two, which is a day and a half
    assert f"{away.finish:%m-%d %H:%M}" == "03-10 17:00"


def test_what_each_commitment_pays() -> None:
    pf = portfolio(
        {"id": "a", "duration": "3 d", "deadline": "2026-03-05"},
        {"id": "b", "duration": "2 d", "deadline": "2026-03-04"},
        {"id": "c", "duration": "1 d"},
    )
    plan = ipmo.level(pf)
    assert [str(one) for one in plan.pays] == ["P/a: 2 ed later, missed by 0.7083 ed"]
    assert (plan.pays[0].moved, plan.lateness, plan.pays[0].before) == (2, 17 / 24, datetime(2026, 3, 4, 17))
    assert days(plan) == {"a": ("03-04", "03-06"), "b": ("03-02", "03-03"), "c": ("03-09", "03-09")}
    assert "  P/a: 2 ed later, missed by 0.7083 ed" in plan.explain()


def unclear(*, work: Sequence[dict[str, Any]] = (), **plat: Any) -> ipmo.Portfolio:
    """Two jobs of one crew, around the clock; other work of the first project waits for what `plat` hands over."""
    crew = [{"resource": "crew"}]
    late: dict[str, Any] = {"id": "k", "duration": "50 d"}
    return ipmo.Portfolio(
        id="lv", start="2026-01-01", status_date="2026-01-01", calendar="continuous",
        resources=[{"id": "crew", "capacity": [{"from": "2026-01-01", "value": 1}]}],
        projects=[
            {"id": "plat", "tasks": [{"id": "x", "duration": "1 d"}], **plat},
            {"id": "app", "tasks": work or [late, {"id": "free", "duration": "5 d", "assignments": crew}]},
            {"id": "oth", "tasks": [{"id": "k", "duration": "50 d", "assignments": crew}], "finish": "2026-04-30"},
        ],
        links=[] if work else [{"id": "L", "from": "plat/x", "to": "app/k"}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plat", "why"),
    [
        ({"state": "cancelled"}, "app/k has no date, link 'L' from 'plat/x' never comes: project 'plat' is cancelled"),
        ({"state": "paused"}, "plat/x has no date, project 'plat' is paused"),
        ({"tasks": [{"id": "x"}]}, "plat/x has no duration"),
    ],
)
def test_an_end_that_nobody_knows_is_none_of_a_levelled_plan_either(plat: dict[str, Any], why: str) -> None:
    plan = ipmo.level(unclear(**plat))
    assert (plan.doubt, str(plan.finish)) == (why, "2026-02-25 00:00:00")  # what has dates: five days, then fifty
    first, second = plan.explain().splitlines()[:2]
    assert "its end is not known, at least 2026-02-24 instead of 2026-02-19" in first == repr(plan)[1:-1]
    assert second == f"  its end is not known: {why}"
    assert "  no plan that fits ends before 2026-02-24, by crew" in plan.explain()
    assert str(plan.price("crew", 1)) == "+1 of crew: what has dates is done 5 ed sooner, commitments 0 ed less late"
    assert plan.price("crew", 1).doubt == why
    assert plan.table()["doubt"] == ("", "")  # both have dates
    known = ipmo.level(unclear())
    assert (known.doubt, repr(known)) == ("", "<Levelled: 1 of 2 items later, ends 2026-02-24 instead of 2026-02-20>")


def test_what_moves_after_work_without_a_duration_has_a_finish_that_is_the_earliest() -> None:
    crew = [{"resource": "crew"}]
    tasks: list[dict[str, Any]] = [
        {"id": "free", "duration": "5 d", "assignments": crew}, {"id": "k", "after": "free"}, {"id": "z", "duration": "3 d", "after": "k"},
    ]  # fmt: skip
    plan = ipmo.level(unclear(work=tasks), frozen="oth")  # so that the other one waits
    assert {row.id: row.doubt for row in plan} == {"oth/k": "", "app/free": "", "app/z": "app/k has no duration"}
    assert plan.explain("app/z").splitlines()[0].endswith("2026-02-28 00:00 or later")
    assert "app/k has no duration" in plan.explain("app/z")
    assert "or later" in plan.plot().to_svg()


def by_start(day: str, **more: Any) -> dict[str, Any]:
    return {"constraints": {"start_no_later": day}, **more}


def test_a_start_that_must_be_in_a_break_is_kept_by_the_shift_after_it() -> None:
    pf = portfolio({"id": "a", "duration": "5 d", "deadline": "2026-03-06"}, {"id": "b", "duration": "2 d", **by_start("2026-03-07")})
    for more in ({}, {"solver": "cp-sat", "seconds": 5}):
        plan = ipmo.level(pf, **more)  # type: ignore[arg-type]
        assert days(plan) == {"a": ("03-02", "03-06"), "b": ("03-09", "03-10")}
        assert (plan.lateness, [str(one) for one in plan.pays]) == (0, ["P/b: 7 ed later, kept"])


def test_a_start_is_late_from_the_date_as_it_was_stated_as_in_the_list_of_commitments() -> None:
    """Two days of `a` come first: `b` starts on Wednesday at nine; the Saturday before the plan begins is its first shift."""
    first = {"id": "a", "duration": "2 d", **by_start("2026-03-02")}
    for until, late in (("2026-03-03", 33 / 24), ("2026-03-03T12:00", 21 / 24), ("2026-02-28", 4 + 9 / 24), ("2026-03-07", 0)):
        plan = ipmo.level(
            portfolio(first, {"id": "b", "duration": "9 d", **by_start(until)}, {"id": "c", "duration": "9 d", "after": "a"}), frozen="P/a"
        )
        assert [one.late for one in plan.pays if one.name == "P/b"] == [late]
        assert plan.lateness == pytest.approx(sum(one.late for one in plan.pays))
        assert [one.late for one in plan.bites if one.commitment == "P/b"] == [late] * bool(late)


def test_what_starts_is_there_when_the_first_of_several_starts() -> None:
    """Q/u first, then the summary starts with `a`, on Tuesday: a day late, whenever `b` starts."""
    rows = [{"id": name, "parent": "S", "duration": "2 d"} for name in "ab"]
    u, taken = {"id": "u", "duration": "1 d", "deadline": "2026-03-02"}, {"id": "Q", "tasks": [{"id": "t", "duration": "1 d"}]}
    pf = portfolio(u, {"id": "S", "assignments": []}, *rows)
    handed = {"from": "P/S", "to": "Q/t", "type": "SS", "needed": "2026-03-02"}
    pf = pf.evolve(projects=[*pf.projects, taken], links=[handed])
    plan = ipmo.level(pf)
    assert (days(plan)["a"], days(plan)["b"]) == (("03-03", "03-04"), ("03-05", "03-06"))
    assert (plan.lateness, [str(one) for one in plan.pays]) == (1, ["P/S -> Q/t: 1 ed later, missed by 1 ed"])
    assert [str(one) for one in plan.bites] == ["ann on 2026-03-02: P/a waits, and P/S -> Q/t is missed by 1 ed"]


@pytest.mark.parametrize("samples", [1, 10**6])
@given(lengths=st.lists(st.integers(1, 5), min_size=2, max_size=5), data=st.data())
def test_of_several_the_first_start_and_the_last_finish_are_due(lengths: list[int], samples: int, data: st.DataObject) -> None:
    """On one machine, one after the other, by any order: as little late as can be, by brute force, with and without kernels."""
    some = data.draw(st.sets(st.integers(0, len(lengths) - 1), min_size=1).map(sorted))
    at_start, date = data.draw(st.booleans()), data.draw(st.integers(0, 9))
    made = jobs(lengths, [], [(1, 0)] * len(lengths), (1, 1), samples, due=[Due(tuple(some), date, at_start)])
    plan = made.level(40, 1, by_late)
    best = sum(lengths)
    for order in itertools.permutations(range(len(lengths))):
        ends = dict(zip(order, itertools.accumulate(lengths[j] for j in order), strict=True))
        reached = min(ends[j] - lengths[j] for j in some) if at_start else max(ends[j] for j in some)
        best = min(best, max(reached - date, 0))
    assert plan.score.late >= best
    assert improve(made, plan, (0, 1, 2), seconds=5, workers=1)[0].score.late == best


def by_late(score: Score) -> tuple[int, ...]:
    return (score.late, score.end)


def test_what_one_more_of_a_role_brings_and_one_less_costs() -> None:
    tasks = [{"id": name, "duration": "2 d"} for name in "abc"]
    lab = [
        {"id": "x", "duration": "2 d", "assignments": [{"resource": "lab"}]},
        {"id": "y", "duration": "2 d", "assignments": [{"resource": "lab"}]},
    ]
    people = [{"id": name, "capacity": [{"from": "2026-01-01", "value": 1}]} for name in ("ann", "lab")]
    plan = ipmo.level(portfolio(*tasks, *lab, resources=people))
    assert [str(one) for one in plan.prices()] == [
        "+1 of ann: all done 4 ed sooner, commitments 0 ed less late", "+1 of lab: all done 0 ed sooner, commitments 0 ed less late",
    ]  # fmt: skip
    assert plan.price("ann", since="2026-03-02", until="2026-03-04").days == 4  # for two days, and by then two of three are done
    assert plan.price("ann", since="2026-03-09").days == 0
    assert plan.price("lab", -1, since="2026-03-04", until="2026-03-10").days == -2  # the other two days come after those four
    due = ipmo.level(portfolio(*({"id": name, "duration": "2 d", "deadline": "2026-03-03"} for name in "ab")))
    (price,) = due.prices()
    assert (price.less_late, price.lateness) == (2 - 7 / 24, 0)
    with pytest.raises(ipmo.UnknownItemError, match="close: 'ann'"):
        plan.price("anna")


def test_less_of_a_role_than_work_needs_is_no_gain_and_what_fits_with_more_is_named() -> None:
    pf = portfolio(
        {"id": "a", "duration": "2 d"}, {"id": "b", "duration": "2 d", "assignments": [{"resource": "ann", "units": 2}]}, capacity=2
    )
    plan = ipmo.level(pf)
    less = plan.price("ann", -1)
    assert str(less) == "-1 of ann: there is not enough any more for P/b"
    assert (less.unfit, less.fitted, less.days, less.less_late) == (("P/b",), (), -float("inf"), -float("inf"))
    assert (plan.price("ann", -9).unfit, plan.price("ann").unfit, plan.price("ann").days) == (("P/a", "P/b"), (), 2)
    short = ipmo.level(pf.evolve(resources=[{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 1}]}]))
    more = short.price("ann")
    assert str(more) == "+1 of ann: all done 2 ed later, commitments 0 ed less late, and P/b fits"
    for wrong in ({"since": "2026-03-04", "until": "2026-03-04"}, {"since": "2026-03-04", "until": "2026-03-03"}):
        with pytest.raises(ipmo.OptionError, match=r"until='2026-03-0.' is not possible; write a day after 2026-03-04"):
            plan.price("ann", **wrong)
    with pytest.raises(ipmo.UnitError, match="write"):
        plan.price("ann", "two")  # type: ignore[arg-type]


def test_stability_moves_the_fewest() -> None:
    tasks = {"id": "a", "duration": "5 d"}, {"id": "b", "duration": "2 d"}, {"id": "c", "duration": "2 d", "not_before": "2026-03-04"}
    assert sorted(item.id for item in ipmo.level(portfolio(*tasks), objective="stability").moved) == ["P/a"]
    hurried = ipmo.level(portfolio(*tasks[:2], {**tasks[2], "not_before": "2026-03-06"}), objective="projects")
    assert len(hurried.moved) == 2


# ------------------------------------------------------------------------------------------- properties


@given(portfolios(), st.integers(0, 3))
def test_every_plan_is_feasible_reproduced_by_the_engine_and_no_better_than_without_limits(pf: ipmo.Portfolio, seed: int) -> None:
    plan = ipmo.level(pf, passes=14, seed=seed)
    assert plan.feasible, plan.shortages
    verify(pf, plan)
    before = ipmo.schedule(pf)
    assert plan.finish is not None
    assert plan.finish_before is not None
    assert plan.finish >= plan.finish_before
    for item in plan:
        assert item.finish >= item.finish_before or pf[item.id].constraints is not None
        assert item.waits is None or item.waits.resource in dict(item.needs)
    assert ipmo.schedule(pf).finish == before.finish  # the portfolio stays as it was
    assert all(plan.finish >= least for _, least in plan.bounds)
    fewer = ipmo.level(pf, passes=5, seed=seed)
    assert [str(item) for item in ipmo.level(pf, passes=14, seed=seed)] == [str(item) for item in plan]
    assert (plan.lateness, plan.finish) <= (fewer.lateness, fewer.finish)
    found = ipmo.schedule(plan.portfolio).commitments
    assert plan.lateness == pytest.approx(sum(max(one.days or 0, 0) for one in found if one.broken))


# --------------------------------------------------------------------------------------------- columns


@given(st.data())
def test_small_plans_are_as_short_as_any_order_of_the_jobs(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 5))
    lengths = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    links = data.draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda one: one[0] < one[1]), max_size=4, unique=True)
    )
    needs = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=n, max_size=n))
    made = jobs(lengths, links, needs, (2, 3), 1).level(60, 1, lambda score: (score.end,))
    assert made.score.end == shortest(lengths, links, needs, (2, 3))
    assert made.over == ()
    leveller = jobs(lengths, links, needs, (2, 3), 1)
    assert max((leveller.bound(place) or 0 for place in (0, 1)), default=0) <= made.score.end


def test_compiled_and_plain_kernels_give_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    lengths = rng.integers(1, 9, 40).tolist()
    links = [(int(u), int(v)) for u, v in {tuple(sorted(pair)) for pair in rng.integers(0, 40, (50, 2)).tolist()} if u != v]
    needs = [(int(a), int(b)) for a, b in rng.integers(0, 4, (40, 2))]
    plans = []
    for least in (0, 10**9):
        monkeypatch.setattr(pooled, "COMPILED_FROM", least)
        made = jobs(lengths, links, needs, (5, 5), 30)
        plan = made.level(30, 3, lambda score: (score.end, score.ends))
        plans.append((plain(plan.early.x), plan.score, plan.found))
    assert plans[0] == plans[1]
    assert plans[0][1].end > plan.today.end


def test_the_calendar_of_a_pool_is_looked_up_as_far_ahead_as_it_must() -> None:
    people = [{"id": "ann", "calendar": "half", "capacity": [{"from": "2026-01-01", "value": 1}]}]
    pf = portfolio(*({"id": f"t{n}", "duration": "3 d"} for n in range(60)), resources=people)
    plan = ipmo.level(pf, passes=1)
    assert plan.feasible
    assert max(item.finish for item in plan).date() == date(2026, 3, 4) + timedelta(weeks=59)


def test_units_are_exact_to_a_millionth() -> None:
    third = [{"resource": "ann", "effort": "1 pd"}]
    pf = portfolio(*({"id": name, "duration": "3 d", "assignments": third} for name in "abc"))
    assert not ipmo.level(pf).moved
    assert ipmo.level(pf)["P/a"].needs[0][1] == pytest.approx(float(Fraction(1, 3)), abs=1e-6)


def test_people_of_microsoft_project_are_levelled_and_written_back(tmp_path: Path) -> None:
    """Their most units are their capacity, their availability periods its dates; the levelled plan is read back as it was."""
    leave = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-04", "value": 0}, {"from": "2026-03-11", "value": 2.5}]
    pf = portfolio({"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d"}, capacity=leave)
    always = pf.evolve(resources=[{"id": "ann", "capacity": [{"from": "1984-01-01", "value": 1}]}])
    for number, one in enumerate((pf, always)):
        ipmo.write(one, tmp_path / f"{number}.xml", format="mspdi")
        back = ipmo.read(tmp_path / f"{number}.xml")
        assert [(str(row.since), row.value) for row in back.resources[0].capacity] == [
            (str(row.since), row.value) for row in one.resources[0].capacity
        ]  # fmt: skip
    plan = ipmo.level(ipmo.read(tmp_path / "0.xml"))
    assert sorted(str(item.finish_date) for item in plan) == ["2026-03-03", "2026-03-13"]
    ipmo.write(plan.portfolio, tmp_path / "levelled.xml", format="mspdi")
    again = ipmo.read(tmp_path / "levelled.xml")
    assert ipmo.schedule(again).finish == plan.finish
    assert not ipmo.level(again).moved


@pytest.mark.parametrize("written", ["starts.xml", "delays.xml", "starts.xer", "delays.yaml"])
def test_a_levelled_plan_is_written_to_other_tools_and_read_back_with_the_same_dates(tmp_path: Path, written: str) -> None:
    pf = portfolio(
        {"id": "a", "duration": "2 d"}, {"id": "b", "duration": "3 d", "not_before": "2026-03-04"}, {"id": "c", "duration": "4 d", "after": "a"},
        *([{"id": "d", "duration": "1 d", "delay": "1 ed"}] if "delays" in written else []),
    )  # fmt: skip
    plan = ipmo.level(pf)
    verify(pf, plan)
    out, format = tmp_path / written, {"xml": "mspdi", "xer": "xer", "yaml": "yaml"}[written.rpartition(".")[2]]
    dialect = "msproject" if format == "mspdi" else None
    if format == "xer":
        with pytest.warns(ipmo.FormatWarning, match="'capacity' of resources"):
            ipmo.write(plan.portfolio, out, format="xer")
    else:
        written_so = plan.with_delays(dialect) if "delays" in written else plan.portfolio
        ipmo.write(written_so, out, format=None if format == "yaml" else format)
    back = ipmo.schedule(ipmo.read(out))
    names = {ipmo.read(out)[one].name or one: one for one in back.ids}
    for item in plan:
        found = next(one for name, one in names.items() if name.rpartition("/")[2] == item.id.rpartition("/")[2])
        assert (back[found].start, back[found].finish) == (item.start, item.finish), (item.id, found)


@given(portfolios(), st.integers(0, 3))
def test_levelling_delays_start_everything_as_planned(pf: ipmo.Portfolio, seed: int) -> None:
    """What is delayed is tied to its links again: only the delay holds it where it was planned."""
    plan = ipmo.level(pf, passes=3, seed=seed)
    again = ipmo.schedule(plan.with_delays())
    for item in plan:
        assert (again[item.id].start, again[item.id].finish) == (item.start, item.finish), item
    delayed = [task for project in plan.with_delays().projects for task in project.tasks if task.delay is not None]
    moved = [change for change in plan.changes if isinstance(change, ipmo.changes.SetDate) and change.field == "not_before"]
    assert len(delayed) == len(moved)


def test_nothing_to_level_is_levelled() -> None:
    pf = portfolio({"id": "a", "duration": "3 d"})
    gone = ipmo.level(pf.evolve(projects=[{"id": "P", "state": "cancelled", "tasks": [{"id": "a", "duration": "3 d"}]}]))
    assert (repr(gone), gone.bounds, gone.finish) == ("<Levelled: 0 of 0 items later, nothing ends>", (), None)
