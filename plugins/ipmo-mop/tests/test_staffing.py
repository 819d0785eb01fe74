"""A selection that must be staffed: what cannot be done with the people there are goes back to it as a rule."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import ipmo
import ipmo_mop
from ipmo_mop.staffing import staffing

ONE = [{"from": "2026-01-01", "value": 1}]


def portfolio(*projects: tuple[str, int, str], until: str = "", **more: Any) -> ipmo.Portfolio:
    """Proposed projects of (id, days of Ann, deadline)."""
    rows = [
        {"id": name, "state": "proposed", "tasks": [
            {"id": "t", "duration": f"{length} d", "assignments": [{"resource": "ann"}], **({"deadline": due} if due else {})}]}
        for name, length, due in projects
    ]  # fmt: skip
    there = [*ONE, {"from": until, "value": 0}] if until else ONE
    return ipmo.Portfolio(**{"id": "x", "start": "2026-03-02", "resources": [{"id": "ann", "capacity": there}], "projects": rows, **more})


DUE = "2026-03-06"
VALUES = {"A": 5.0, "B": 4.0, "C": 3.0}


def test_what_cannot_all_be_done_in_time_is_a_rule_and_the_best_that_can_is_chosen() -> None:
    """By hand: 3 + 2 + 2 days until Friday, of five: A and B for 9; without people all three."""
    pf = portfolio(("A", 3, DUE), ("B", 2, DUE), ("C", 2, DUE))
    assert ipmo_mop.select(pf, VALUES).chosen == ("A", "B", "C")
    assert ipmo_mop.select(pf, VALUES, staffed="capacity").chosen == ("A", "B", "C")  # some time they fit
    found = ipmo_mop.select(pf, VALUES, staffed="commitments")
    assert (found.chosen, found.value) == (("A", "B"), 9)
    assert found.staffing is not None
    assert found.staffing.fits
    assert found.staffing.chosen == ("A", "B")
    assert [rule.text for rule in found.problem.rules if rule.kind == "people"] == [
        "A/t, B/t, C/t need 7 pd of ann from 2026-03-02 to 2026-03-06, where there are 5: no plan keeps every commitment"
    ]
    assert "C is out: with it the best is worth 1 less (drop B)" in found.why("C").text


def test_against_every_choice() -> None:
    """The answer is the best of all choices whose levelled plan keeps what it must."""
    pf = portfolio(("A", 3, DUE), ("B", 4, "2026-03-10"), ("C", 2, "2026-03-05"), ("D", 1, "2026-03-04"))
    values = {"A": 5.0, "B": 6.0, "C": 3.0, "D": 2.5}
    best = max(
        sum(values[name] for name in some)
        for size in range(5) for some in itertools.combinations(values, size) if staffing(pf, some, keep="commitments").fits
    )  # fmt: skip
    found = ipmo_mop.select(pf, values, staffed="commitments")
    assert found.value == best
    assert found.staffing is not None
    assert found.staffing.fits


def test_what_never_fits_is_not_chosen_and_what_must_be_is_said_to_conflict() -> None:
    two = portfolio(("A", 3, ""), ("B", 2, ""), until="2026-03-05")
    found = ipmo_mop.select(two, VALUES, staffed="capacity")
    assert found.chosen == ("A",)
    assert not staffing(two, ["A", "B"]).fits
    assert "no plan fits them all" in repr(staffing(two, ["A", "B"]))
    long = portfolio(("A", 9, ""), ("B", 2, ""), until="2026-03-05")
    assert ipmo_mop.select(long, VALUES, staffed="capacity").chosen == ("B",)
    must = two.evolve(projects=[{**ipmo.to_dict(two)["projects"][at], "extensions": {"mop": {"mandatory": True}}} for at in (0, 1)])
    stuck = ipmo_mop.select(must, VALUES, staffed="capacity")
    assert stuck.status == "infeasible"
    assert [rule.kind for rule in stuck.conflict] == ["mandatory", "mandatory", "people"]


def test_what_nobody_can_say_is_no_fit() -> None:
    """A role that nobody has, work without a duration, and a deadline behind such work: named, in the answer and in what is selected."""
    role = portfolio(("A", 2, ""), ("B", 2, ""), resources=[{"id": "ann"}])
    asked = staffing(role, ["A", "B"])
    assert (asked.fits, asked.clashes, [one.projects for one in asked.unknown]) == (None, (), [("A", "B")])
    text = "2 tasks, first A/t, need ann, and nobody says how much of it there is"
    assert repr(asked) == f"<Staffing of A, B: whether it fits is not known: {text}>"
    assert [list(asked.table()[name]) for name in ("projects", "why", "proved")] == [["A, B"], [text], [None]]
    found = ipmo_mop.select(role, VALUES, staffed="commitments")
    assert found.chosen == ("A", "B")
    assert f"whether people suffice is not known: {text}" in repr(found)
    assert staffing(role, []).fits is True

    open_end = {"id": "t", "assignments": [{"resource": "ann"}], "deadline": "2026-03-04"}
    rows = [
        {"id": "A", "state": "proposed", "tasks": [open_end]},
        {"id": "B", "state": "proposed", "tasks": [{**open_end, "duration": "2 d"}]},
    ]
    pf = portfolio(projects=rows)
    assert (staffing(pf, ["B"], keep="commitments").fits, staffing(pf, ["A", "B"]).fits) == (True, None)
    texts = [one.text for one in staffing(pf, ["A", "B"], keep="commitments").unknown]
    assert texts[0] == "what A/t takes is not counted: it has no duration"
    assert texts[1].startswith("A/t: due 2026-03-04, not known whether it is kept")

    late = staffing(
        portfolio(("A", 3, DUE), ("B", 3, DUE), resources=[{"id": "ann", "capacity": ONE}, {"id": "weld"}]), ["A", "B"], keep="commitments"
    )
    assert late.fits is False


def test_wrong_words_are_named() -> None:
    pf = portfolio(("A", 3, DUE))
    with pytest.raises(ipmo.OptionError, match="keep='all' is not known; write one of 'capacity', 'commitments'"):
        ipmo_mop.select(pf, VALUES, staffed="all")  # type: ignore[arg-type]
    with pytest.raises(ipmo.UnknownItemError, match="the open projects"):
        staffing(pf, ["Z"])
