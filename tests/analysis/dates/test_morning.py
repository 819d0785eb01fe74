"""What begins a day is said on that day, and is late for what was due by the day before: every answer says the same.

A milestone that may not happen before 1 April falls on the first instant of 1 April. That instant is also the end of 31 March, but it
is no day of March that people say: due by 31 March it is a day late. Work that ends at that instant (a night shift) is in time.
"""

from __future__ import annotations

from datetime import date

import pytest

import ipmo
from ipmo.analysis.control.status import status
from ipmo.model import Calendar, Gate, Link, Portfolio, Project, Task, Tolerance

from ...network.conftest import as_large

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
DAYS = Calendar(id="c", week="mon-fri", hours="09:00-17:00")


def held(until: str = "2026-04-01", **fields: str) -> Portfolio:
    """A stated finish, a deadline, a gate and two hand-overs by the end of March, of points that may not come before a day."""
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="c",
        calendars=[DAYS],
        projects=[
            Project(id="P", finish="2026-03-31", tasks=[Task(id="t", milestone=True, not_before=until)]),
            Project(id="Q", tasks=[Task(id="t", milestone=True, not_before=until, **fields)]),
            Project(
                id="R",
                tasks=[Task(id="z", duration="1 d")],
                gates=[Gate(id="g", not_before=until, need_by="2026-03-31")],
            ),
            Project(
                id="S",  # a point that follows one that begins a day begins it, too
                finish="2026-03-31",
                tasks=[Task(id="t", milestone=True, not_before=until), Task(id="u", milestone=True, after="t", deadline="2026-03-31")],
            ),
            Project(id="T", tasks=[Task(id="t", milestone=True, not_before=until)]),
        ],
        links=[
            Link(id="promise", source="T/t", target="R/z", promised="2026-03-31"),
            Link(id="need", source="T/t", target="R/g", needed="2026-03-31"),
        ],
    )


def test_a_day_late_is_a_day_late_in_every_column() -> None:
    rows = ipmo.schedule(held(deadline="2026-03-31")).commitments
    assert {row.name for row in rows} == {"P@finish", "Q/t", "R/g", "S@finish", "S/u", "promise", "need"}
    for row in rows:
        assert (row.standing, row.days, row.stated_day, row.expected_day) == ("missed", 1.0, MARCH, APRIL), row.name
        assert " by 1 d: " in row.text
    kept = ipmo.schedule(held("2026-03-31T17:00", deadline="2026-03-31")).commitments
    assert {row.standing for row in kept} == {"kept"}
    early = ipmo.schedule(held("2026-03-30", deadline="2026-03-31")).commitments
    assert {(row.standing, row.days, row.late) for row in early} == {("kept", -1.0, "1 d")}


@pytest.mark.parametrize(
    ("until", "tolerance", "colour", "said"),
    [
        ("2026-03-31T17:00", None, "green", "finishes 2026-03-31, committed to 2026-03-31"),
        ("2026-04-01", None, "red", "finishes 2026-04-01, committed to 2026-03-31, 1 day beyond the commitment"),
        ("2026-04-01", "1 ed", "amber", "finishes 2026-04-01, committed to 2026-03-31, within tolerance"),
        ("2026-04-01", "1 d", "amber", "finishes 2026-04-01, committed to 2026-03-31, within tolerance"),
        ("2026-04-02", "1 ed", "red", "finishes 2026-04-02, committed to 2026-03-31, 1 day beyond tolerance"),
        ("2026-04-01", "0 d", "red", "finishes 2026-04-01, committed to 2026-03-31, 1 day beyond tolerance"),
    ],
)
def test_status_says_what_the_commitments_say(until: str, tolerance: str | None, colour: str, said: str) -> None:
    pf = held(until)
    if tolerance is not None:
        pf = pf.evolve(tolerance=Tolerance(time=tolerance))
    found = status(pf)
    time = next(a for a in found["P"].aspects if a.name == "time")
    assert (time.rag, time.text) == (colour, said)
    for name, what in (("S", ""), ("T", "T/t, handed over, ")):
        time = next(a for a in found[name].aspects if a.name == "time") if colour != "green" or name == "S" else time
        assert time.rag == colour, name
        assert time.text == (what if colour != "green" else "") + said, name
    whole = next(a for a in found["x"].aspects if a.name == "time")
    ends = "2026-04-01" if "T" in until else until  # R/z waits for what comes on the evening of 31 March, and takes the day after
    assert ipmo.schedule(pf).end_text == ends
    assert (whole.rag, whole.text) == (colour, said if ends in said.split(",")[0] else f"P {said}")


def test_a_deadline_inside_and_the_programme_above() -> None:
    pf = held(deadline="2026-03-31")
    (time,) = status(pf)["Q"].aspects
    assert (time.rag, time.text) == ("red", "t finishes 2026-04-01, committed to 2026-03-31, 1 day beyond the commitment")
    (task,) = status(pf, tasks=True)["Q/t"].aspects
    assert (task.rag, task.text) == ("red", "finishes 2026-04-01, committed to 2026-03-31, 1 day beyond the commitment")


def test_work_that_ends_at_midnight_is_in_time() -> None:
    night = Calendar(id="n", week="mon-sun", hours="00:00-24:00")
    tasks = [Task(id="t", duration="24 h"), Task(id="m", milestone=True, after="t", deadline="2026-03-31")]
    pf = Portfolio(
        id="x", start="2026-03-31", calendar="n", calendars=[night], projects=[Project(id="P", finish="2026-03-31", tasks=tasks)]
    )
    assert {(row.standing, row.days) for row in ipmo.schedule(pf).commitments} == {("kept", 0.0)}
    assert status(pf)["P"].computed == "green"
    found = ipmo.simulate(pf, samples=10)
    assert (found["P"].dates.sure, found["P/m"].dates.sure, found["P"].dates.planned_day) == (1.0, 1.0, MARCH)  # type: ignore[union-attr]


def test_what_was_due_yesterday_and_nobody_closed_is_late() -> None:
    """A milestone due by 31 March, and a bar that was to end on it, seen on the morning of 1 April."""
    late = Project(id="P", tasks=[Task(id="t", milestone=True, deadline="2026-03-31")])
    bar = Project(id="B", start="2026-03-02", finish="2026-03-31", actual_start="2026-03-02")
    pf = Portfolio(id="x", start="2026-03-02", status_date="2026-04-01", projects=[late, bar])
    assert ipmo.schedule(pf).commitments["P/t"].standing == "overdue"
    found = status(pf)
    assert [found[name].computed for name in "PB"] == ["red", "red"]
    assert found["B"].aspects[0].text == "committed to 2026-03-31, overdue and without a forecast: nothing says when it will happen"


def test_simulation_counts_and_says_the_same_days() -> None:
    found = ipmo.simulate(held(deadline="2026-03-31"), samples=20)
    for name in ("P", "P/t", "Q/t", "R/g", "S", "S/u"):
        dates = found[name].dates
        assert dates is not None
        assert (dates.planned_day, dates.p(50), dates.on_plan) == (APRIL, APRIL, 1.0), name
        assert dates.sure in (0.0, None), name
        assert (dates.by("2026-03-31"), dates.by("2026-04-01")) == (0.0, 1.0), name


def test_simulation_where_only_some_samples_wait_for_the_morning() -> None:
    """Work of 1 to 10 days from 24 March, then a milestone that may not come before 1 April: no sample keeps 31 March."""
    tasks = [
        Task(id="w", duration={"low": "1 d", "likely": "2 d", "high": "15 d"}),
        Task(id="m", milestone=True, after="w", not_before="2026-04-01"),
    ]
    pf = Portfolio(id="x", start="2026-03-24", calendar="c", calendars=[DAYS], projects=[Project(id="P", finish="2026-03-31", tasks=tasks)])
    dates = ipmo.simulate(pf, samples=400)["P"].dates
    assert dates is not None
    assert dates.sure == 0.0
    assert 0.2 < dates.by("2026-04-01") < 1.0
    assert dates.p(5) == APRIL


def test_comparisons_and_the_queue_say_that_day() -> None:
    before, after = held("2026-03-30"), held()
    told = {(row.item, row.what): (row.before, row.after) for row in ipmo.compare(before, after).rows if row.what == "date"}
    assert told["P", "date"] == told["R/g", "date"] == ("2026-03-30", "2026-04-01")
    assert ipmo.compare(before, after).explain("P").startswith("P")
    gate = ipmo.decisions_due(after)["R/g"]
    table = ipmo.decisions_due(after).table()
    assert (table["expected_date"][0], table["stated_date"][0]) == (APRIL, MARCH)
    assert "2026-03-31" in gate.reason
    text = ipmo.critical_links(after).table()["reason"]
    assert all("its own date is missed already" in str(one) for one in text), text


def test_a_constraint_and_a_hand_over_say_so_in_the_check() -> None:
    found = ipmo.check(held(constraints={"finish_no_later": "2026-03-31"}))  # type: ignore[arg-type]
    said = [one.message for one in found]
    assert "'Q/t' should finish no later than 2026-03-31, the schedule says 2026-04-01" in said
    assert any(
        one.startswith("'T/t' hands over to 'R/z': expected 1 day after it is committed (expected 2026-04-01, committed 2026-03-31)")
        for one in said
    ), said


def test_a_large_network_says_the_same() -> None:
    night = Calendar(id="n", week="mon-sun", hours="00:00-24:00")
    some = [*held().projects, Project(id="N", calendar="n", finish="2026-01-01", tasks=[Task(id="t", duration="24 h")])]
    pf = held().evolve(projects=some, calendars=[DAYS, night])
    small = {row.item: (row.computed, row.why) for row in status(pf).items("project")}
    assert (small["P"][0], small["N"][0]) == ("red", "green")
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        assert {row.item: (row.computed, row.why) for row in status(pf.evolve(name="large")).items("project")} == small
