"""Links to and from projects as such: what holds them, what they hand over, and what fails without it."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ipmo
from ipmo.changes import Stop
from ipmo.findings import Severity
from ipmo.model import Benefit, DecisionBody, Gate, GateDecision, Link, Portfolio, Programme, Project, Task


def task(name: str, **more: Any) -> Task:
    return Task(id=name, duration="10 d", **more)


def errors(pf: Portfolio) -> set[str | None]:
    return {f.item for f in ipmo.check(pf) if f.code in ("ipmo/dead-hand-over", "ipmo/paused-hand-over") and f.severity is Severity.ERROR}


GIVERS = {
    "gate on hold": ("h/H", True),
    "behind a gate on hold": ("h/a", True),
    "a project behind a gate on hold": ("h", True),
    "a programme's gate on hold": ("T0", True),
    "a programme's gate that killed": ("T1", True),
    "work of a paused project": ("z/a", True),
    "what waits for a paused project": ("w/a", True),
    "a project that waits for a paused one": ("w", True),
    "a project that waits for a whole one that waits": ("v", True),
    "a gate of a stopped project": ("c/C", True),
    "work that has a date": ("w/free", False),
    "a gate that went ahead": ("g/G", False),
}


@pytest.mark.parametrize("what", GIVERS)
def test_a_whole_project_waits_for_what_its_start_would_wait_for(what: str) -> None:
    """Links to a project move no date of it; what never comes or waits holds it as a link to its start would."""
    giver, waits = GIVERS[what]
    hold = GateDecision(outcome="hold", date="2026-02-01", decided_by="board")
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-06-01",
        calendar="continuous",
        bodies=[DecisionBody(id="board", level="portfolio")],
        programmes=[Programme(id="T")],
        gates=[
            Gate(id="T0", programme="T", decision=hold),
            Gate(id="T1", programme="T", decision=attrs.evolve(hold, outcome="kill")),
        ],
        projects=[
            Project(id="h", tasks=[task("a", after="H"), task("b")], gates=[Gate(id="H", decision=hold)]),
            Project(id="g", tasks=[task("a", after="G")], gates=[Gate(id="G", decision=attrs.evolve(hold, outcome="go"))]),
            Project(id="z", state="paused", tasks=[task("a")]),
            Project(id="w", tasks=[task("a"), task("free")]),
            Project(id="v", tasks=[task("a")]),
            Project(id="c", state="cancelled", tasks=[task("a")], gates=[Gate(id="C", decision=hold)]),
            Project(id="whole", tasks=[task("a")]),
            Project(id="start", tasks=[task("a")]),
        ],
        links=[
            Link(id="Z", source="z/a", target="w/a"),
            Link(id="V", source="w", target="v"),
            Link(id="W", source=giver, target="whole"),
            Link(id="S", source=f"{giver}@finish" if "/" not in giver and giver not in ("T0", "T1") else giver, target="start@start"),
        ],
        benefits=[Benefit(id="ben", enabled_by="whole", value="1 M GBP")],
    )
    s = ipmo.schedule(pf)
    assert [s[item].early_start is None for item in ("whole/a", "start/a", "ben")] == [waits] * 3
    if waits:
        assert ("W" in errors(pf)) == ("S" in errors(pf))
        assert s.network.holds[s.passes.nodes["whole/a"]].never == s.network.holds[s.passes.nodes["start/a"]].never


@pytest.mark.parametrize("giver", ["k/K", "k/a", "k"])
def test_stopping_what_gives_to_a_whole_project_stops_that_too(giver: str) -> None:
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="k", tasks=[task("a")], gates=[Gate(id="K", after="a")]),
            Project(id="m", tasks=[task("a")]),
            Project(id="p", tasks=[task("a")]),
        ],
        links=[Link(id="L", source=giver, target="m"), Link(id="M", source="m/a", target="p")],
    )
    stopped = ipmo.schedule(ipmo.what_if(pf, Stop("k")).after)
    assert all(stopped[item].early_start is None for item in ("m/a", "p/a"))


def handed_over(giver: str, done: bool) -> Portfolio:
    """A summary of two tasks, or its project, gives to a whole project and to its task; one of the two may be done, and then the other."""
    facts = {"actual_start": "2026-01-02", "actual_finish": "2026-01-10"} if done else {}
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-02-01",
        calendar="continuous",
        projects=[
            Project(id="a", tasks=[Task(id="s"), task("t0", parent="s", **facts), task("t1", parent="s", **facts), task("later")]),
            Project(id="b", tasks=[task("t", budget="1 M GBP")]),
            Project(id="c", tasks=[task("t", budget="1 M GBP")]),
        ],
        links=[Link(id="L1", source=giver, target="b"), Link(id="L2", source="a/s", target="c/t")],
        benefits=[Benefit(id="Bb", enabled_by="b/t", value="1 M GBP"), Benefit(id="Bc", enabled_by="c/t", value="2 M GBP")],
    )


def test_a_summary_that_is_done_has_handed_over_to_a_whole_project_what_it_did_to_a_task() -> None:
    pf = handed_over("a/s", done=True)
    stopped = ipmo.schedule(ipmo.what_if(pf, Stop("a")).after)
    assert not any(stopped[item].undated for item in ("b/t", "Bb", "c/t", "Bc"))
    assert {row.item for row in ipmo.single_points(pf)} == {"b/t", "c/t"}


@pytest.mark.parametrize(("giver", "also"), [("a/s", set()), ("a", {"a/later"})])
def test_what_a_summary_or_a_project_hands_over_to_a_whole_project_needs_all_of_its_work(giver: str, also: set[str]) -> None:
    pf = handed_over(giver, done=False)
    of = {row.item: {str(one) for one in row.benefits} for row in ipmo.single_points(pf)}
    assert of == {"a/t0": {"Bb", "Bc"}, "a/t1": {"Bb", "Bc"}, "b/t": {"Bb"}, "c/t": {"Bc"}, **{item: {"Bb"} for item in also}}


@pytest.mark.parametrize(("giver", "days"), [("g", 5), ("g@finish", 5), ("g/t", 5), ("g@start", None)])
@pytest.mark.parametrize("taker", ["r", "r@start", "r/x"])
def test_what_is_needed_of_an_end_of_a_project_is_a_commitment_whoever_takes_it(giver: str, days: int | None, taker: str) -> None:
    """g starts on 1 January and ends on the 10th; it is needed by the 5th."""
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        projects=[Project(id="g", tasks=[task("t"), Task(id="u", duration="4 d")]), Project(id="r", tasks=[Task(id="x", duration="5 d")])],
        links=[Link(id="L", source=giver, target=taker, needed="2026-01-05")],
    )
    (row,) = ipmo.schedule(pf).commitments
    assert (row.name, row.standing) == ("L", "missed" if days else "kept")
    assert days is None or f"by {days} d" in row.text


@pytest.mark.parametrize("state", ["cancelled", "paused"])
def test_a_project_that_gives_to_a_summary_holds_what_lies_in_that_and_nothing_beside_it(state: str) -> None:
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="g", state=state, tasks=[task("t")]),
            Project(id="r", tasks=[Task(id="q"), task("x", parent="q"), task("y", deadline="2026-02-01")]),
        ],
        links=[Link(id="L", source="g", target="r/q")],
    )
    s = ipmo.schedule(pf)
    assert s["r/x"].undated and not s["r/y"].undated
