"""Increments as dated milestones and flow over value streams, worked by hand."""

from __future__ import annotations

import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import Portfolio
from ipmo.model import Link, Programme, Project, Task
from ipmo_agile import AgileFields, Goal, Increment, WorkItem, flow, increment_plan, value_streams

FIRST = Increment(
    id="PI1",
    start=date(2026, 1, 5),
    finish=date(2026, 1, 31),
    goals=(
        Goal(id="pay", item="shop/pay", planned=8, actual=8),
        Goal(id="search", item="shop/search", planned=10, actual=4),
        Goal(id="extra", committed=False, planned=5, actual=2),
    ),
)
SECOND = Increment(
    id="PI2",
    start=date(2026, 2, 1),
    finish=date(2026, 2, 28),
    goals=(
        Goal(id="app", item="shop/app", planned=5),
        Goal(id="map", item="shop/map", planned=5),
        Goal(id="try", item="shop/map", committed=False),
        Goal(id="words"),
    ),
)


def shop(*increments: Increment, map_days: str = "30 d") -> Portfolio:
    """Today is 1 February; `app` ends on the 10th, `map` after it and what it waits for on 3 March (or later)."""
    tasks = [
        Task(id="pay", duration="10 d", actual_start="2026-01-05", actual_finish="2026-01-14"),
        Task(id="search", duration="10 d", actual_start="2026-01-05", actual_finish="2026-02-01"),
        Task(id="app", duration="10 d"),
        Task(id="map", duration=map_days),
    ]
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-01",
        calendar="continuous",
        methodologies={"project": "agile"},
        projects=[
            Project(id="shop", tasks=tasks, extensions={"agile": AgileFields(increments=increments)}),
            Project(id="tiles", tasks=[Task(id="t", duration="1 d")]),
        ],
        links=[Link(source="tiles/t", target="shop/map")],
    )


def said(pf: Portfolio) -> list[str]:
    return [f.message for f in ipmo.check(pf).of("agile/increments")]


def test_goals_are_dated_milestones() -> None:
    found = increment_plan(shop(SECOND, FIRST))
    rows = {row.goal.removeprefix("shop."): (row.state, row.expected, row.days) for row in found}
    assert rows == {
        "PI1.pay": ("brought", date(2026, 1, 14), -17),
        "PI1.search": ("brought", date(2026, 2, 1), 1),  # what came counts by what is said of it
        "PI1.extra": ("brought", None, None),
        "PI2.app": ("in time", date(2026, 2, 10), -18),
        "PI2.map": ("late", date(2026, 3, 3), 3),
        "PI2.try": ("late", date(2026, 3, 3), 3),
        "PI2.words": ("not dated", None, None),
    }
    assert found.predictability("shop.PI1") == pytest.approx(14 / 18)
    assert found.predictability("shop.PI2") is None
    assert found["shop.PI2.map"].waits_for == ("tiles/t",)
    assert (
        found.explain("shop.PI2.map")
        == "shop.PI2.map: promised by 2026-02-28, expected 2026-03-03: late; waits for tiles/t; value 5 planned"
    )
    assert found.table()["days"] == tuple(row.days for row in found)
    assert repr(found) == "<IncrementPlan: 7 goals of 2 increments, 2 late>"
    assert pickle.loads(pickle.dumps(found)).rows == found.rows


def test_the_rule_says_what_is_late_unknown_and_too_much() -> None:
    assert sorted(said(shop(SECOND, FIRST))) == [
        "goal 'shop.PI2.map' is promised by 2026-02-28 and expected 2026-03-03, 3 days later; it waits for tiles/t",
        "increment 'shop.PI1' brought 78% of the value that it promised; 80% at least is reliable",
    ]
    assert said(shop(SECOND, map_days="20 d")) == []
    odd = Increment(id="PI0", start=date(2026, 1, 5), finish=date(2026, 1, 10), goals=(Goal(id="a", item="nothing"), Goal(id="b")))
    assert said(shop(odd)) == [
        "goal 'shop.PI0.a' names the unknown item 'nothing'",
        "goal 'shop.PI0.b' was promised by 2026-01-10, and nothing says that it came",
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Goal(id="a", planned=-1), "below 0"),
        (lambda: Increment(id="a", start=date(2026, 1, 2), finish=date(2026, 1, 1)), "before it starts"),
        (lambda: Increment(id="a", start=date(2026, 1, 2), finish=date(2026, 1, 3), goals=(Goal(id="g"), Goal(id="g"))), "given twice"),
    ],
)
def test_what_is_no_increment_is_refused(make: object, words: str) -> None:
    with pytest.raises(ipmo.UnitError, match=words):
        make()  # type: ignore[operator]


days = st.integers(0, 120).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@st.composite
def items(draw: st.DrawFn) -> list[WorkItem]:
    """Items of one project."""
    out = []
    for n in range(draw(st.integers(0, 8))):
        began = draw(days)
        done = draw(st.none() | st.integers(0, 40).map(lambda late, began=began: began + timedelta(days=late)))
        out.append(WorkItem(id=f"i{n}", kind=draw(st.sampled_from(["", "bug", "story"])), started=began, finished=done))
    return out


@given(items(), items(), items(), st.integers(1, 120))
def test_a_stream_is_the_flow_of_all_its_items(one: list[WorkItem], other: list[WorkItem], alone: list[WorkItem], length: int) -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-03-31",
        programmes=[Programme(id="T", extensions={"agile": AgileFields(backlog=tuple(attrs_named("t", one)))})],
        projects=[
            Project(id="a", programme="T", tasks=[Task(id="w", duration="1 d", extensions={"agile": AgileFields(backlog=tuple(one))})]),
            Project(id="b", programme="T", extensions={"agile": AgileFields(backlog=tuple(other))}),
            Project(id="c", extensions={"agile": AgileFields(backlog=tuple(alone))}),
        ],
    )
    found = value_streams(pf, days=length)
    end = date(2026, 4, 1)
    expected = {name: rows for name, rows in (("T", [*one, *other, *attrs_named("t", one)]), ("c", alone)) if rows}
    assert {row.stream for row in found} == set(expected)
    for row in found:
        assert row.flow.finished == flow(expected[row.stream], end - timedelta(days=length), end).finished
        gone = [i for i in expected[row.stream] if i.finished is not None and end - timedelta(days=length) <= i.finished < end]
        assert {kind: round(share * len(gone)) for kind, share in row.distribution.items()} == {
            kind: sum((i.kind or "(none)") == kind for i in gone) for kind in {i.kind or "(none)" for i in gone}
        }
        assert row.flow.wip_end == sum(i.started < end and (i.finished is None or i.finished >= end) for i in expected[row.stream])


def attrs_named(prefix: str, rows: list[WorkItem]) -> list[WorkItem]:
    """The same under other names."""
    return [WorkItem(id=f"{prefix}{i.id}", kind=i.kind, started=i.started, finished=i.finished) for i in rows]


def test_streams_say_what_their_increments_brought() -> None:
    pf = shop(FIRST)
    backlog = (
        WorkItem(id="a", kind="story", started=date(2026, 1, 5), finished=date(2026, 1, 15)),
        WorkItem(id="b", started=date(2026, 1, 20)),
    )
    pf = pf.evolve("shop", extensions={"agile": AgileFields(increments=(FIRST,), backlog=backlog)})
    (row,) = value_streams(pf, days=28)
    assert (row.stream, row.predictability, row.distribution) == ("shop", pytest.approx(14 / 18), {"story": 1.0})
    table = value_streams(pf, days=28).table()
    (cells,) = table.rows()
    assert (cells["finished"], cells["velocity"], cells["time_p50"], cells["load"], cells["age"]) == (1, 0.25, 10, 1, 13)
    with pytest.raises(ipmo.UnitError, match="status_date"):
        value_streams(pf.evolve("x", status_date=None))
