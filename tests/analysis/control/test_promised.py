"""Time of what a project promised beside its own finish: gates and hand-overs count kept and broken; what is overdue has no forecast."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo


def portfolio(*projects: dict[str, Any], links: Any = (), today: str = "2026-03-01", **more: Any) -> ipmo.Portfolio:
    head = {"id": "pf", "start": "2026-01-01", "status_date": today, "calendar": "continuous", **more}
    return ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": list(projects), "links": list(links)})


TAKER = {"id": "taker", "tasks": [{"id": "k", "duration": "10 d", "deadline": "2026-12-31"}]}


def giver(state: str = "active", *, gate: str | None = None, needed: str | None = None, **app: Any) -> ipmo.Portfolio:
    """A project of 40 days from the first of March on, with a gate behind it, or something to hand over."""
    tasks = [{"id": "a", "duration": "40 d", **({"after": []} if state == "active" else {})}]
    one = {"id": "p", "state": state, "tasks": tasks, **app}
    if gate:
        one["gates"] = [{"id": "G", "after": "a", "need_by": gate}]
    links = [{"id": "L", "from": "p/a", "to": "taker/k", "needed": needed}] if needed else []
    return portfolio(one, TAKER, links=links)


@pytest.mark.parametrize("how", ["gate", "needed"])
@pytest.mark.parametrize(("by", "colour"), [("2026-04-30", "green"), ("2026-04-09", "green"), ("2026-04-08", "red")])
def test_a_gate_and_a_hand_over_count_kept_and_broken(how: str, by: str, colour: str) -> None:
    """40 days from 1 March end on 9 April: kept until then, missed a day before, as a deadline of the same day is."""
    row = ipmo.status(giver(**{how: by}))["p"]
    own = ipmo.status(portfolio({"id": "p", "tasks": [{"id": "a", "duration": "40 d", "deadline": by}]}))["p"]
    assert (row.computed, own.computed) == (colour, colour)
    assert f"finishes 2026-04-09, committed to {by}" in row.why


@pytest.mark.parametrize("how", ["gate", "needed"])
def test_what_nobody_knows_to_be_kept_has_no_colour(how: str) -> None:
    """What waits for a paused project may be kept or not; once that is stopped it is missed."""
    for state, colour in (("paused", None), ("cancelled", "red")):
        pf = giver(**{how: "2026-12-01"})
        first = {"id": "first", "state": state, "tasks": [{"id": "x", "duration": "5 d"}]}
        plain = ipmo.to_dict(pf)
        plain["projects"] = [first, *plain["projects"]]
        plain["links"] = [*plain.get("links", ()), {"from": "first/x", "to": "p/a"}]
        row = ipmo.status(ipmo.from_dict(plain))["p"]
        assert row.computed == colour
        assert row.aspects[0].rag == colour and (row.aspects[0].withholds or colour == "red")


OVERDUE = {"id": "od", "milestone": True, "deadline": "2026-02-10"}


def test_overdue_work_states_no_finish_and_stands_behind_what_has_a_forecast() -> None:
    """A milestone of which nothing says when it will happen is red, and no date is given for it; work that is late by a forecast comes first."""
    found = ipmo.status(portfolio({"id": "p", "tasks": [OVERDUE]}))
    assert found["p"].computed == "red"
    assert found["p"].why == "time: od committed to 2026-02-10, overdue and without a forecast: nothing says when it will happen"
    late = {"id": "late", "duration": "3 d", "deadline": "2026-02-28"}
    row = ipmo.status(portfolio({"id": "p", "tasks": [OVERDUE, late]}))["p"]
    assert row.computed == "red" and "late finishes 2026-03-03, committed to 2026-02-28" in row.why and "od" not in row.why
    kept = {"id": "kept", "duration": "3 d", "deadline": "2026-12-31"}
    assert "od committed to 2026-02-10, overdue" in ipmo.status(portfolio({"id": "p", "tasks": [OVERDUE, kept]}))["p"].why


def test_overdue_within_tolerance_is_amber_at_least() -> None:
    """19 days past and counting: within 30 days it may still be, and nobody knows; beyond 10 it is red and an exception."""
    project = {"id": "p", "tasks": [OVERDUE]}
    for days, computed, breaches in (("30 d", None, 0), ("10 d", "red", 1)):
        found = ipmo.status(portfolio({**project, "tolerance": {"time": days}}))
        assert (found["p"].computed, len(found.breaches)) == (computed, breaches)
        assert found["p"].at_least == ("amber" if computed is None else "red")


@pytest.mark.parametrize(
    "pf",
    [
        portfolio({"id": "p", "finish": "2026-02-10", "tasks": [{"id": "od", "milestone": True}]}),
        portfolio(
            {"id": "p", "tasks": [{"id": "od", "milestone": True}]},
            TAKER,
            links=[{"id": "L", "from": "p/od", "to": "taker/k", "promised": "2026-02-10"}],
        ),
    ],
    ids=["finish", "hand-over"],
)
def test_a_finish_and_a_hand_over_are_overdue_alike(pf: ipmo.Portfolio) -> None:
    """Whatever it is that was committed to: the status date is no forecast."""
    row = ipmo.status(pf)["p"]
    assert row.computed == "red"
    assert "committed to 2026-02-10, overdue and without a forecast" in row.why and "2026-03-01" not in row.why
