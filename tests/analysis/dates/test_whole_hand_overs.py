"""A date on a link between whole projects is a commitment of the giver, in every answer; the link itself moves no date."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.changes import Delay, Stop

WORK: dict[str, Any] = {"id": "g", "tasks": [{"id": "a", "duration": "5 d"}, {"id": "b", "after": "a", "duration": "5 d"}]}
"""Two weeks of work from Monday, 5 January to Friday, 16 January."""


def handing(
    needed: str | None = "2026-01-31", giver: dict[str, Any] = WORK, taker: dict[str, Any] | None = None, **link: Any
) -> ipmo.Portfolio:
    stated = {} if needed is None else {"needed": needed}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05"},
            "projects": [giver, {"id": "r", "tasks": [{"id": "t", "duration": "2 d"}], **(taker or {})}],
            "links": [{"id": "L", "from": "g", "to": "r", **stated, **link}],
        }
    )


def stands(pf: ipmo.Portfolio) -> list[tuple[str, str, str, str, float | None]]:
    return [(one.name, one.project, one.standing, str(one.expected_day or ""), one.days) for one in ipmo.schedule(pf).commitments]


def why(pf: ipmo.Portfolio, item: str) -> tuple[str | None, str]:
    return next((row.computed, row.why) for row in ipmo.status(pf) if row.item == item)


def test_in_time_it_is_kept_and_colours_the_giver() -> None:
    """Needed by Saturday, 31 January, there on Friday, 16 January: `b` may be ten working days later, until Friday, 30 January."""
    pf = handing()
    (one,) = stands(pf)
    assert one[:4] == ("L", "g", "kept", "2026-01-16")
    s = ipmo.schedule(pf)
    assert [(s[name].commitment_float, s[name].commitment) for name in ("g/a", "g/b")] == [(10, "L"), (10, "L")]
    assert s["r/t"].commitment is None
    assert why(pf, "g") == ("green", "time: g, handed over, finishes 2026-01-16, committed to 2026-01-31")
    (row,) = ipmo.schedule_quality(pf).hand_overs
    assert (row.source, row.expected, row.needed, row.kept) == ("g", "2026-01-16", "2026-01-31", True)


def test_late_it_is_missed_in_every_answer() -> None:
    pf = handing("2026-01-14")
    assert [one[:4] for one in stands(pf)] == [("L", "g", "missed", "2026-01-16")]
    assert ipmo.schedule(pf)["g/b"].commitment_float == -2
    assert why(pf, "g") == ("red", "time: g, handed over, finishes 2026-01-16, committed to 2026-01-14, 2 days beyond the commitment")
    (found,) = (one for one in ipmo.check(pf) if one.code == "ipmo/commitment-missed")
    assert str(found).startswith("warning: 'L' is needed by 2026-01-14, the schedule says 2026-01-16: 2 d late")


def test_the_earlier_of_the_committed_and_the_needed_date_counts() -> None:
    assert stands(handing("2026-01-31", promised="2026-01-14"))[0][2] == "missed"
    assert stands(handing(None, promised="2026-01-14"))[0][2] == "missed"
    assert not stands(handing(None))


def test_what_if_and_compare_say_what_it_misses_first() -> None:
    """Three weeks later it is there on Friday, 6 February, six days after 31 January."""
    pf = handing()
    assert "L: g misses its hand-over by 6 d: needed by 2026-01-31, expected 2026-02-06" in str(ipmo.what_if(pf, Delay("g/a", "15 d")))
    sooner = pf.evolve(links=[attrs.evolve(pf.links[0], needed=date(2026, 1, 10))])
    assert "it was stated for 2026-01-31 before" in str(ipmo.compare(pf, sooner)).splitlines()[0]


def test_a_gate_is_decided_in_time_for_it() -> None:
    """`b` takes the last week of January; so the gate before it is decided by Friday, 23 January."""
    gate = {
        "id": "g",
        "tasks": [{"id": "a", "duration": "5 d"}, {"id": "b", "after": ["G"], "duration": "5 d"}],
        "gates": [{"id": "G", "after": "a"}],
    }
    (row,) = ipmo.decisions_due(handing(giver=gate)).table().rows()
    assert (str(row["latest_date"]), row["at_risk"]) == ("2026-01-23", "L")


def test_the_ranking_of_dependencies_knows_what_it_leads_to() -> None:
    """A link into the giver fails the hand-over first when it slips."""
    data = ipmo.to_dict(handing())
    data["projects"].append({"id": "z", "tasks": [{"id": "t", "duration": "1 d"}]})  # type: ignore[union-attr]
    data["links"].append({"from": "z/t", "to": "g/b"})  # type: ignore[union-attr]
    (row,) = ipmo.critical_links(ipmo.from_dict(data)).table().rows()
    assert (row["at_risk"], row["commitment_float"]) == ("L", 14)


def test_what_is_not_known_is_not_kept() -> None:
    half = {"id": "g", "tasks": [{"id": "a", "duration": "5 d"}, {"id": "b"}]}
    assert [one[2:] for one in stands(handing(giver=half))] == [("unknown", "", None)]
    assert why(handing(giver=half), "g")[0] is None
    paused = {**WORK, "state": "paused"}
    assert [one[2:] for one in stands(handing(giver=paused))] == [("unknown", "", None)]


@pytest.mark.parametrize("stopped", [True, False])
def test_what_was_stopped_never_hands_over_and_its_receiver_answers_for_it(stopped: bool) -> None:
    pf = handing(giver={**WORK, "state": "cancelled"}) if stopped else handing()
    found = pf if stopped else None
    if found is not None:
        assert [one[:4] for one in stands(found)] == [("L", "r", "missed", "")]
        assert why(found, "r")[0] == "red"
    else:
        effects = {(row["item"], row["what"]): (row["before"], row["after"]) for row in ipmo.what_if(pf, Stop("g")).table().rows()}
        assert effects["r", "status"][1] == "red"


def test_done_stopped_or_delivered_nobody_waits() -> None:
    done = {"id": "g", "tasks": [{"id": "a", "actual_start": "2026-01-05", "actual_finish": "2026-01-06"}]}
    assert not stands(handing(giver=done))
    assert not stands(handing(status="delivered"))
    assert not stands(handing(taker={"state": "cancelled"}))
    assert not stands(handing(taker={"state": "closed"}))


def test_a_project_without_work_hands_over_when_it_states_to_finish() -> None:
    bar = {"id": "g", "state": "active", "start": "2026-01-05", "finish": "2026-02-13"}
    assert [one[:4] for one in stands(handing("2026-01-14", giver=bar))] == [("L", "g", "missed", "2026-02-13")]
    assert [one[:4] for one in stands(handing("2026-02-13", giver=bar))] == [("L", "g", "kept", "2026-02-13")]


def test_by_its_start_it_hands_over_when_its_first_work_begins() -> None:
    assert [one[:4] for one in stands(handing("2026-01-14", type="SS"))] == [("L", "g", "kept", "2026-01-05")]
    assert [one[:4] for one in stands(handing("2026-01-02", type="SS"))] == [("L", "g", "missed", "2026-01-05")]
