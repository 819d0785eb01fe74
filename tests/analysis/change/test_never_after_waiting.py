"""What waited for a paused giver and never comes once that is cancelled is said: no date moves, and yet everything is lost."""

from __future__ import annotations

import attrs
import pytest

import ipmo
from ipmo.changes import Stop

PLAN = {
    "ipmo": 1,
    "portfolio": {
        "id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous",
        "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}},
    },
    "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
    "objectives": [{"id": "o"}],
    "benefits": [{"id": "bb", "enabled_by": "b/x", "value": "10 M GBP", "planned_start": "2026-03-01"}],
    "contributions": [{"from": "bb", "to": "o"}],
}  # fmt: skip


def waiting(how: str) -> ipmo.Portfolio:
    """A paused giver with a receiver that has a deadline and a stated finish, and enables a benefit."""
    receiver = {"id": "b", "state": "active", "finish": "2026-06-30", "tasks": [{"id": "x", "duration": "10 d", "deadline": "2026-02-28"}]}
    giver = {"id": "a", "state": "paused", "tasks": [{"id": "x", "duration": "30 d"}]}
    if how == "requires":
        return ipmo.from_dict({**PLAN, "projects": [giver, {**receiver, "requires": "a"}]})
    return ipmo.from_dict(
        {**PLAN, "projects": [giver, receiver], "links": [{"id": "L", "from": "a/x", "to": "b/x", "needed": "2026-02-10"}]}
    )


@pytest.mark.parametrize("how", ["link", "requires"])
def test_stopping_what_is_paused_says_all_that_is_missed_then(how: str) -> None:
    """Commitments first, each of those that are missed; the benefit is lost with what was planned of it; the receiver is red."""
    pf = waiting(how)
    found = ipmo.what_if(pf, Stop("a"))
    standings = [{row.name: row.standing for row in ipmo.schedule(one).commitments} for one in (pf, found.after)]
    newly = {name for name, now in standings[1].items() if now == "missed" and standings[0][name] != "missed"}
    assert newly >= {"b/x", "b@finish", "bb"} and "bb" in standings[0] and standings[0]["bb"] == "unknown"
    for one in (found, ipmo.compare(pf, found.after)):
        said = {row.item + ("@finish" if row.kind == "project" else "") for row in one.commitments}
        assert {name.replace("L", "a/x") for name in newly} == said
        assert [(row.item, row.before, row.change) for row in one.benefits] == [("bb", "not known", -10_000_000.0)]
        assert ("b", "red") in {(row.item, row.after) for row in one.status}
    assert "bb misses its planned start" in str(found)
    row = ipmo.scenarios(pf, {"stopped": [Stop("a")]})["stopped"]
    assert set(row.breaks) == newly


def test_a_lost_benefit_without_a_planned_start_has_no_figure() -> None:
    """How much is lost is not known where nothing says when it was to start; that it is lost is said."""
    pf = waiting("link")
    pf = pf.evolve(benefits=[attrs.evolve(pf.benefits[0], planned_start=None)])
    rows = ipmo.what_if(pf, Stop("a")).benefits
    assert [(row.item, row.before, row.after, row.change) for row in rows] == [("bb", "not known", "", None)]


def test_an_end_that_is_not_known_is_said_once() -> None:
    """The row of the portfolio names the day of what has dates, in one go."""
    plan = {
        **PLAN,
        "benefits": [],
        "contributions": [],
        "projects": [
            {"id": "a", "tasks": [{"id": "x", "duration": "30 d"}]},
            {"id": "b", "tasks": [{"id": "x", "duration": "10 d"}, {"id": "free", "duration": "5 d"}]},
        ],
        "links": [{"id": "L", "from": "a/x", "to": "b/x"}],
    }
    row = next(m for m in ipmo.what_if(ipmo.from_dict(plan), Stop("a")).dates if m.item == "pf")
    assert row.before == "2026-02-09" and row.note.startswith("not known, at least 2026-01-05: b/x has no date")


def test_a_programme_all_of_whose_projects_stop_says_so() -> None:
    """It has no date any more because its projects stopped, and not because nobody dated their work."""
    plan = {
        **PLAN,
        "benefits": [],
        "contributions": [],
        "programmes": [{"id": "g"}],
        "projects": [{"id": name, "programme": "g", "tasks": [{"id": "x", "duration": "30 d"}]} for name in ("a", "b")],
    }
    rows = {m.item: m.note for m in ipmo.what_if(ipmo.from_dict(plan), Stop("a"), Stop("b")).dates}
    assert (rows["g"], rows["pf"]) == ("a, b are stopped", "a, b are stopped")
