"""Funding in tranches: released by gates and days, how far each lasts, spending above it, what it makes possible; against a brute force."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model import Portfolio
from ipmo_mop import tranches

GO = {"outcome": "go", "date": "2026-02-01", "decided_by": "board"}


def plan(
    parts: list[dict[str, Any]],
    *,
    gates: list[dict[str, Any]] | None = None,
    tasks: list[dict[str, Any]] | None = None,
    today: str = "2026-03-01",
    **more: Any,
) -> Portfolio:
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": today, "calendar": "continuous", "money": {"currency": "GBP"}, "methodologies": {"portfolio": "mop"}},
            "organisation": {"bodies": [{"id": "board"}]},
            "projects": [{"id": "p", "extensions": {"mop": {"tranches": parts}}, "gates": gates or [], "tasks": tasks or []}],
            **more,
        }
    )  # fmt: skip


def dated(amount: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"budget": [{"amount": amount, "from": first, "until": last}], **more}


WORK = [
    {
        "id": "a",
        "actual_start": "2026-01-01",
        "actual_finish": "2026-01-31",
        **dated("31 GBP", "2026-01-01", "2026-01-31"),
        "actual": "40 GBP",
    },
    {"id": "b", "after": ["a", "G1"], "duration": "20 ed", **dated("56 GBP", "2026-02-01", "2026-02-28")},
    {"id": "c", "after": ["b", "G2"], "duration": "20 ed", **dated("62 GBP", "2026-03-01", "2026-03-31")},
    {"id": "d", "after": "c", "duration": "5 ed", **dated("30 GBP", "2026-04-01", "2026-04-30")},
]
GATES = [{"id": "G1", "after": "a", "decision": GO}, {"id": "G2", "after": "b"}]
PARTS = [
    {"id": "late", "amount": "100 GBP", "gate": "G2"},
    {"id": "first", "amount": "31 GBP", "on": "2026-01-01"},
    {"id": "mid", "amount": "60 GBP", "gate": "p/G1"},
]
OUT = {
    "benefits": [{"id": "be", "enabled_by": "p/d"}, {"id": "whole", "enabled_by": "p"}, {"id": "early", "enabled_by": "p/b"}],
}


def test_by_hand() -> None:
    """G2 is due when b is done: begun on the status date, 1 March, for twenty days: the day before it ends is 20 March; twenty of March's 31 days go first."""
    found = tranches(plan(PARTS, gates=GATES, tasks=WORK, **OUT))
    assert [(row.id, row.released, str(row.on), row.by, row.why) for row in found] == [
        ("p.first", True, "2026-01-01", "", ""),
        ("p.mid", True, "2026-02-01", "p/G1", ""),
        ("p.late", False, "2026-03-20", "p/G2", "gate p/G2"),
    ]
    cash = [31, 56 + 2 * 19, 2 * 12 + 30]
    assert [row.cash for row in found] == cash
    assert [row.left for row in found] == [0, 91 - 31 - 94, 191 - sum(cash)]
    assert [row.until for row in found] == [None, date(2026, 3, 2), None]  # 91 - 87 = 4 are two days of March
    assert [row.makes for row in found] == [(), ("p/b",), ("p/c", "p/d")]
    assert [row.benefits for row in found] == [(), ("be", "whole", "early"), ("be", "whole")]
    assert found.over == {}
    assert (
        found.explain("p.mid")
        == "p.mid: 60 GBP, released on 2026-02-01; 94 go in its time, the money ends on 2026-03-02; makes possible p/b, and so be, whole, early"
    )
    assert list(pickle.loads(pickle.dumps(found))) == list(found)
    assert "2 released" in repr(found)
    assert found.table().columns[0] == "tranche"


def test_what_the_check_says() -> None:
    said = [one.message for one in ipmo.check(plan(PARTS, gates=GATES, tasks=WORK)).of("mop/tranches")]
    assert said == ["the money up to tranche 'p.mid' lasts to 2026-03-02; 34 more are planned before the next one"]
    held = [{**GATES[0], "decision": {**GO, "outcome": "hold"}}, GATES[1]]
    said = [one.message for one in ipmo.check(plan(PARTS, gates=held, tasks=WORK)).of("mop/tranches")]
    assert said[0] == "project 'p' has spent 40; its tranches released 31, 9 less"
    wrong = [{"id": "x", "amount": "5 GBP", "gate": "G9"}]
    assert "waits for the unknown gate 'G9'" in [one.message for one in ipmo.check(plan(wrong, tasks=WORK[:1])).of("mop/tranches")][1]


def test_a_decision_says_its_own_amount_and_a_lapsed_go_releases_nothing() -> None:
    own = [{**GATES[0], "decision": {**GO, "funding": "45 GBP"}}, GATES[1]]
    assert [row.amount for row in tranches(plan(PARTS, gates=own, tasks=WORK))] == [31, 45, 100]
    lapsed = {**GO, "outcome": "conditional go", "conditions": [{"id": "k", "text": "k", "due": "2026-02-15"}]}
    found = tranches(plan(PARTS, gates=[{**GATES[0], "decision": lapsed}, GATES[1]], tasks=WORK))
    assert [(row.id, row.released) for row in found][:2] == [("p.first", True), ("p.mid", False)]
    assert found["p.mid"].why == "gate p/G1, which is hold"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 90)), min_size=1, max_size=5, unique_by=lambda one: one[0]),
    st.lists(st.integers(0, 80), min_size=4, max_size=4),
)
def test_against_a_walk_day_by_day(parts: list[tuple[int, int]], months: list[int]) -> None:
    """Released on days, spent evenly over the days of four months."""
    first = date(2026, 1, 1)
    ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    lines = [
        {"amount": f"{amount} GBP", "from": str(end.replace(day=1)), "until": str(end)} for amount, end in zip(months, ends, strict=True)
    ]
    pf = plan(
        [{"id": f"t{n}", "amount": f"{money} GBP", "on": str(first + timedelta(at))} for n, (at, money) in enumerate(parts)],
        tasks=[{"id": "a", "duration": "5 ed", "budget": lines}],
        today="2027-01-01",
    )
    daily = {
        end.replace(day=1) + timedelta(n): Fraction(amount, end.day)
        for amount, end in zip(months, ends, strict=True)
        for n in range(end.day)
    }
    order = sorted((first + timedelta(at), money) for at, money in parts)
    for place, row in enumerate(tranches(pf)):
        after = order[place + 1][0] if place + 1 < len(order) else date(2026, 5, 1)
        need = sum((cost for day, cost in daily.items() if day < after), Fraction(0))
        assert row.left == sum(money for _, money in order[: place + 1]) - need
        assert row.released


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "5 GBP"},
        {"amount": "5 GBP", "gate": "G1", "on": "2026-01-01"},
        {"amount": "-5 GBP", "on": "2026-01-01"},
        {"on": "2026-01-01"},
    ],
)
def test_tranches_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ipmo.ModelError):
        plan([{"id": "x", **wrong}])


def test_what_begins_nobody_knows_when_is_made_possible_by_no_tranche_but_the_last() -> None:
    """`b` waits for `a`, which has no duration: 1 April is the first day on which it may begin, and so says nothing of the second quarter; `c` begins on that day."""
    tasks = [
        {"id": "a", "actual_start": "2026-02-01"},
        {"id": "b", "after": "a", "not_before": "2026-04-01", "duration": "5 ed"},
        {"id": "c", "not_before": "2026-04-01", "duration": "5 ed"},
    ]
    quarters = [{"id": f"q{n + 1}", "amount": "10 GBP", "on": day} for n, day in enumerate(("2026-01-01", "2026-04-01", "2026-07-01"))]
    assert [row.makes for row in tranches(plan(quarters, tasks=tasks))] == [(), ("p/c",), ()]
    assert [row.makes for row in tranches(plan(quarters[:2], tasks=tasks))] == [(), ("p/b", "p/c")]
