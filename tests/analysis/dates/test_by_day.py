"""What hands over by starting is there by a day when it starts on it: midnight begins the next day, and so does the shift after it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

import ipmo
from ipmo.analysis.dates.by_day import days_after, last_instant
from ipmo.model import Gate, Link, Portfolio, Project, Task


def plan(promised: Any, kind: str = "SS", giver: dict[str, Any] | None = None, **more: Any) -> Portfolio:
    """a/x comes after ten days of work, and hands over to b/y."""
    giver = {"duration": "5 d"} if giver is None else giver
    return Portfolio(
        id="pf",
        start="2026-06-01",
        status_date="2026-06-01",
        projects=[
            Project(id="a", tasks=[Task(id="p", duration="10 d"), Task(id="x", after="p", **giver)]),
            Project(id="b", tasks=[Task(id="y", duration="5 d")]),
        ],
        links=[Link(id="L", source="a/x", target="b/y", type=kind, promised=promised)],
        **more,
    )


@pytest.mark.parametrize("calendar", ["continuous", None])
@pytest.mark.parametrize(
    ("promised", "late"),  # a/x starts on Thursday the 11th at midnight round the clock, on Monday the 15th at nine in a week of work
    [("2026-06-09", (2, 6)), ("2026-06-10", (1, 5)), ("2026-06-11", (0, 4)), ("2026-06-12", (-1, 3)), ("2026-06-15", (-4, 0))],
)
def test_a_start_to_start_hand_over_is_kept_by_a_start_on_its_day_and_missed_by_one_on_the_next(
    calendar: str | None, promised: str, late: tuple[int, int]
) -> None:
    """Commitment, float, agreement and quality agree: this was kept on D+1, where a shift or midnight begins."""
    pf = plan(promised, **({"calendar": calendar} if calendar else {}))
    s, days = ipmo.schedule(pf), late[calendar is None]
    (one,) = s.commitments
    assert (one.standing, one.days) == ("missed" if days > 0 else "kept", days)
    assert one.stated_text == promised
    assert one.expected_text == ("2026-06-15" if calendar is None else "2026-06-11")
    assert (s["a/x"].commitment_float < 0) is (days > 0)
    (link,) = ipmo.critical_links(pf)
    assert link.commitment_float == pytest.approx(s["a/x"].commitment_float)
    assert link.agreement.broken is (days > 0)
    assert bool(link.agreement.issues and f"expected {days} day" in link.agreement.issues[0]) is (days > 0)
    (told,) = ipmo.schedule_quality(pf).hand_overs
    assert told.kept is (days <= 0)


@pytest.mark.parametrize("promised", ["2026-06-10", "2026-06-11"])
def test_the_float_of_a_hand_over_by_a_start_is_the_slip_up_to_the_last_minute_of_its_day(promised: str) -> None:
    """By trying: held back by that float it is kept, by a minute more it is missed."""
    pf = plan(promised, calendar="continuous").evolve("a/p", duration="7 d")
    spare = ipmo.schedule(pf)["a/x"].commitment_float
    assert spare is not None
    for more, standing in ((0, "kept"), (1, "missed")):
        longer = pf.evolve("a/p", duration=f"{round((7 + spare) * 1440) + more} min")
        assert ipmo.schedule(longer).commitments["L"].standing == standing


@pytest.mark.parametrize("kind", ["SS", "FS"])
def test_a_milestone_and_a_gate_are_one_instant_which_ends_its_day(kind: str) -> None:
    """Ten days from Monday the first, round the clock, end with Wednesday the tenth: on that day, whatever type of link takes it up."""
    pf = plan("2026-06-10", kind, {"milestone": True}, calendar="continuous")
    assert ipmo.schedule(pf).commitments["L"].standing == "kept"
    assert ipmo.schedule(pf.evolve("L", promised="2026-06-09")).commitments["L"].late == "1 d"
    gated = pf.evolve("a", tasks=[Task(id="p", duration="10 d")], gates=[Gate(id="x", after="p")])
    assert ipmo.schedule(gated).commitments["L"].standing == "kept"


def test_what_starts_outside_is_known_by_its_day_too() -> None:
    pf = plan(None, calendar="continuous").evolve(
        links=[Link(id="E", source="external:m", target="b/y", type="SS", promised="2026-06-10", date="2026-06-11")]
    )
    (one,) = ipmo.schedule(pf).commitments
    assert (one.standing, one.days) == ("missed", 1)
    assert ipmo.schedule(pf.evolve("E", date="2026-06-10")).commitments["E"].standing == "kept"


def test_a_time_of_day_is_taken_as_it_is_stated() -> None:
    day = date(2026, 6, 10)
    assert last_instant(day, at_finish=True) - last_instant(day, at_finish=False) == 1
    noon = datetime(2026, 6, 10, 12)
    assert last_instant(noon, at_finish=True) == last_instant(noon, at_finish=False)
    assert days_after(last_instant(noon, at_finish=False) + 720, last_instant(noon, at_finish=False), at_finish=False) == 0.5
    assert ipmo.schedule(plan("2026-06-11T00:00", calendar="continuous")).commitments["L"].standing == "kept"
