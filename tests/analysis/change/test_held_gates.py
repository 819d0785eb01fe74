"""The last day to let a held gate go: also where a gate with a go, or finished work, lies between it and what it holds."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

import ipmo
from ipmo.units import said_day

HOLD = {"outcome": "hold", "date": "2026-01-10", "decided_by": "bd"}
GO = {"outcome": "go", "date": "2026-02-10", "decided_by": "bd"}


def plan(*projects: dict[str, Any], status_date: str = "2026-03-02", **more: Any) -> ipmo.Portfolio:
    header = {"id": "hq", "start": "2026-01-01", "status_date": status_date, "calendar": "continuous"}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "organisation": {"bodies": [{"id": "bd"}]}, "projects": list(projects), **more})


def project(tasks: list[dict[str, Any]], gates: list[dict[str, Any]], name: str = "p", finish: str = "2026-12-31") -> dict[str, Any]:
    return {"id": name, "state": "active", "finish": finish, "tasks": tasks, "gates": gates}


def work(days: int = 10, **more: Any) -> dict[str, Any]:
    return {"id": "w", "duration": f"{days} d", **more}


G1, G2 = {"id": "G1", "body": "bd", "decision": HOLD}, {"id": "G2", "body": "bd", "after": "G1", "decision": GO}
DONE = {"id": "a", "actual_start": "2026-01-01", "actual_finish": "2026-01-15", "after": "G1"}
BEGUN = {"id": "w", "actual_start": "2026-01-20", "remaining": "10 d", "after": "G2"}
LATER = {"id": "G2", "body": "bd", "after": "G1"}


@pytest.mark.parametrize(
    ("tasks", "gates", "latest"),
    [
        ([work(after="G1")], [G1], "2026-12-21"),
        ([work(after="G2")], [G1, LATER], "2026-12-21"),
        ([work(after="G2")], [G1, G2], "2026-12-21"),  # behind a gate that got its go
        ([work(100, after="G2")], [G1, G2], "2026-09-22"),
        ([DONE, work(after="a")], [G1], "2026-12-21"),  # behind work that was done while the gate was on hold
        ([BEGUN], [G1, G2], "2026-12-21"),
        (
            [{"id": "k", "duration": "3 d", "after": "G1"}, work(after="G2")],
            [G1, {**G2, "after": "k"}],
            "2026-12-21",
        ),  # k need not be first
        ([{"id": "k", "duration": "13 d", "after": "G1"}, work(after="G2")], [G1, {**G2, "after": "k"}], "2026-12-18"),
        ([work(), {"id": "other", "duration": "60 d"}], [G1, G2], "2026-12-31"),  # nothing but the finish waits
    ],
)
def test_the_last_day_counts_all_the_work_that_the_gate_holds(
    tasks: list[dict[str, Any]], gates: list[dict[str, Any]], latest: str
) -> None:
    """Ten days until the end of 31 December begin on the 22nd: decided by the end of the 21st."""
    row = ipmo.decisions_due(plan(project(tasks, gates)))["p/G1"]
    assert (str(said_day(row.latest, finish=True)), row.at_risk) == (latest, "p@finish")


@pytest.mark.parametrize(("due", "latest"), [("2026-02-15", "2026-12-21"), ("2026-07-01", "2026-12-21")])
def test_a_condition_holds_what_lies_behind_a_decided_gate_too(due: str, latest: str) -> None:
    decision = {"outcome": "conditional go", "date": "2026-01-10", "decided_by": "bd", "conditions": [{"id": "c", "due": due}]}
    (row,) = ipmo.decisions_due(plan(project([work(after="G2")], [{**G1, "decision": decision}, G2])))
    assert (row.kind, str(said_day(row.latest, finish=True)), row.at_risk) == ("condition", latest, "p@finish")


def test_a_gate_that_was_sent_back_counts_the_work_behind_a_later_go() -> None:
    """Five days of rework, then the gate; what follows the later gate, whose go does not count any more, takes ten days."""
    back = {"id": "G1", "body": "bd", "after": "a", "decision": {"outcome": "recycle", "date": "2026-02-20", "decided_by": "bd"}}
    row = ipmo.decisions_due(plan(project([{"id": "a", "duration": "5 d"}, work(after="G2")], [back, G2])))["p/G1"]
    assert str(said_day(row.latest, finish=True)) == "2026-12-21"
    assert str(row.expected_day) == "2026-03-06"


def test_what_waits_across_projects_counts_and_what_was_handed_over_does_not() -> None:
    other = {"id": "q", "state": "active", "tasks": [{"id": "k", "duration": "4 d", "deadline": "2026-11-10"}]}
    pf = plan(project([work(after="G2")], [G1, G2]), other, links=[{"id": "L", "from": "p/G2", "to": "q/k"}])
    row = ipmo.decisions_due(pf)["p/G1"]
    assert (str(said_day(row.latest, finish=True)), row.at_risk) == ("2026-11-06", "q/k")
    given = plan(project([DONE, work(after="a")], [G1]), other, links=[{"id": "L", "from": "p/a", "to": "q/k"}])
    row = ipmo.decisions_due(given)["p/G1"]
    assert (str(said_day(row.latest, finish=True)), row.at_risk) == ("2026-12-21", "p@finish")


def drawn(r: random.Random) -> list[dict[str, Any]]:
    """Two projects of a chain or tree of work, gates with a go, with none and one on hold, finished work behind it."""
    out = []
    for name in ("p", "q"):
        tasks: list[dict[str, Any]] = []
        gates: list[dict[str, Any]] = [dict(G1)]
        names = ["G1"]
        for n in range(r.randint(1, 5)):
            after = r.choice(names)
            kind = r.choice(("work", "work", "go", "open", "done"))
            if kind == "work":
                tasks.append({"id": f"w{n}", "duration": f"{r.randint(1, 9)} d", "after": after})
            elif kind == "done" and after == "G1":
                tasks.append({"id": f"w{n}", "actual_start": "2026-01-02", "actual_finish": "2026-01-20", "after": after})
            else:
                gates.append({"id": f"w{n}", "body": "bd", "after": after, **({"decision": GO} if kind == "go" else {})})
            names.append(f"w{n}")
        tasks += [
            {"id": f"{g['id']}e", "duration": "1 d", "after": g["id"]} for g in gates if "decision" not in g
        ]  # a status date begins a day
        if all("actual_finish" in task for task in tasks):
            tasks.append({"id": "e", "duration": "2 d", "after": r.choice(names)})
        out.append(project(tasks, gates, name, f"2026-03-{r.randint(6, 31):02}"))
    return out


def kept(projects: list[dict[str, Any]], gate: str, day: date) -> set[str]:
    """The commitments that hold where one gate is passed on a day and everything is reckoned anew from there, every other one having been."""
    changed = []
    for one in projects:
        gates = [
            {**g, "decision": {**HOLD, "outcome": "go", "date": str(day if f"{one['id']}/{g['id']}" == gate else date(2026, 1, 10))}}
            if g["id"] == "G1" else g
            for g in one["gates"]
        ]  # fmt: skip
        changed.append({**one, "gates": gates})
    rows = ipmo.schedule(plan(*changed, status_date=str(day))).commitments
    return {row.name for row in rows if row.standing == "kept"}


@pytest.mark.parametrize("seed", range(25))
def test_a_day_later_a_commitment_is_missed_and_that_day_none_is(seed: int) -> None:
    """Brute force: the gate is passed day by day, and the portfolio scheduled anew from that day."""
    r = random.Random(seed)
    projects = drawn(r)
    for row in ipmo.decisions_due(plan(*projects)):
        if not row.item.endswith("/G1"):
            continue
        finish = f"{row.item.split('/')[0]}@finish"
        days = [date(2026, 3, 2) + timedelta(days=n) for n in range(-1, 32)]
        assert row.latest is not None
        last = max(day for day in days if day == days[0] or finish in kept(projects, row.item, day + timedelta(days=1)))
        said = said_day(row.latest, finish=True)
        assert said is not None
        assert max(said, days[0]) == last, (row.item, row.reason)


@pytest.mark.parametrize(
    ("opens", "need_by", "late", "said"),
    [
        ("2026-05-27", None, 0, "bd decides by 2026-05-27, in 87 working days, or p@finish is missed"),
        (
            "2026-05-28",
            None,
            1,
            "1 working day too late for p@finish: needed by 2026-05-27; bd decides, and it cannot come before 2026-05-28",
        ),
        (
            "2026-06-01",
            None,
            5,
            "5 working days too late for p@finish: needed by 2026-05-27; bd decides, and it cannot come before 2026-06-01",
        ),
        ("2026-05-27", "2026-05-27", 0, "bd decides by 2026-05-27, in 87 working days, or p@finish is missed"),
        ("2026-05-27", "2026-05-26", 1, "1 working day too late for "),
    ],
)
def test_a_gate_that_opens_on_the_day_its_work_must_begin_is_in_time(opens: str, need_by: str | None, late: float, said: str) -> None:
    """Ten days from 27 May end on 5 June, the finish that is stated: what the schedule keeps is not late in the queue."""
    gate = {"id": "R", "body": "bd", "not_before": opens, **({"need_by": need_by} if need_by else {})}
    pf = plan(project([work(after="R")], [gate], finish="2026-06-05"))
    (row,) = ipmo.decisions_due(pf)
    assert (row.late_by, row.too_late, row.reason[: len(said)]) == (late, late > 0, said)
    assert (late > 0) is bool(ipmo.schedule(pf).commitments.broken)


def test_a_go_behind_a_killed_gate_is_said_in_a_sentence() -> None:
    kill = {"id": "PG", "body": "bd", "decision": {"outcome": "kill", "date": "2026-02-01", "decided_by": "bd"}}
    later = {"id": "QG", "body": "bd", "decision": {"outcome": "go", "date": "2026-02-15", "decided_by": "bd"}}
    pf = plan(project([work()], []), gates=[kill, later], links=[{"id": "L3", "from": "PG", "to": "QG"}])
    said = [one.why for one in ipmo.gates(pf)]
    assert any("though link 'L3' from 'PG' never comes" in why for why in said)


@pytest.mark.parametrize(
    ("given", "asked"), [({"actual_start": "2026-01-01", "actual_finish": "2026-02-10"}, 0), ({"duration": "90 d"}, 1)]
)
def test_what_was_handed_over_late_is_not_expected_any_more(given: dict[str, str], asked: int) -> None:
    takes = {"id": "q", "state": "active", "tasks": [work()]}
    pf = plan(project([{"id": "x", **given}], []), takes, links=[{"id": "L", "from": "p/x", "to": "q/w", "needed": "2026-02-05"}])
    assert len(ipmo.check(pf).of("ipmo/hand-over")) == asked


def test_level_of_effort_is_asked_for_no_duration_where_its_ends_have_no_dates() -> None:
    """It lasts as long as what it is linked to; what that waits for never comes."""
    giver = {"id": "q", "state": "cancelled", "tasks": [work()]}
    pf = plan(
        project([{"id": "a", "duration": "3 d"}, {"id": "h", "hammock": True, "after": "a"}], []),
        giver,
        links=[{"from": "q/w", "to": "p/a"}],
    )
    assert not ipmo.check(pf).of("ipmo/no-duration")


@pytest.mark.parametrize(("finish", "latest"), [("2026-02-28", "2026-01-31"), ("2026-03-10", "2026-02-10")])
def test_work_under_way_goes_on_until_a_condition_is_due_and_may_then_rest_for_its_float(finish: str, latest: str) -> None:
    """Half of 100 days were done by 9 January; what is left ends on 28 February. Unmet on 31 January, it stops then: each day it rests is a day more."""
    gate = {
        "id": "G",
        "decision": {
            "outcome": "conditional go",
            "date": "2026-01-01",
            "decided_by": "bd",
            "conditions": [{"id": "c", "due": "2026-01-31"}],
        },
    }
    task = {"id": "w", "after": "G", "duration": "100 d", "remaining": "50 d", "actual_start": "2026-01-02"}
    data = {
        "ipmo": 1,
        "portfolio": {"id": "x", "start": "2026-01-01", "status_date": "2026-01-10", "calendar": "continuous"},
        "organisation": {"bodies": [{"id": "bd"}]},
        "projects": [{"id": "p", "finish": finish, "gates": [gate], "tasks": [task]}],
    }
    pf = ipmo.from_dict(data)
    assert ipmo.schedule(pf)["p/w"].finish_text == "2026-02-28"
    (row,) = ipmo.decisions_due(pf)
    assert (row.kind, str(said_day(row.latest, finish=True)), row.at_risk) == ("condition", latest, "p@finish")
