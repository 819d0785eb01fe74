"""The 14 points of the DCMA on a schedule worked by hand, and the lists behind them."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.analysis.dates.quality import bei, cpli, schedule_quality
from ipmo.errors import UnknownItemError
from ipmo.model import After, Link, Portfolio, Project, Task


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
    assert schedule_quality(plan())[12].passed is True
    tasks = [Task(id="a", duration="1 d", calendar="continuous"), Task(id="b", duration="1 d", after="a")]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)])
    assert schedule_quality(pf)[12].value == 0  # 600 days after a Tuesday is a Sunday, and b waits for Monday
    assert schedule_quality(pf)[12].denominator == ("P/a",)


def test_the_indices_of_oracle_o37() -> None:
    assert round(cpli(720, -60), 4) == 0.9167
    assert cpli(80, 20) == 1.25
    assert cpli(800, 20) == 1.025
    assert bei(1, 2, 3) == 0.2


def test_cpli_measures_from_the_status_date_to_the_promised_finish() -> None:
    pf = Portfolio(
        id="x",
        start="2026-02-02",
        status_date="2026-02-02",
        projects=[Project(id="P", finish="2026-03-06", tasks=[Task(id="a", duration="20 d"), Task(id="b", duration="10 d", after="a")])],
    )
    point = schedule_quality(pf)[13]
    assert point.value == pytest.approx((30 - 5) / 30)  # ends 13 March, promised 6 March
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
