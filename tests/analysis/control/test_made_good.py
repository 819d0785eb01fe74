"""A programme with a tolerance of its own, over projects of which one is red or not known: amounts are made good, days are not."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo


def whole(tolerance: dict[str, str], *projects: dict[str, Any], level: str = "pg") -> ipmo.Portfolio:
    head: dict[str, Any] = {
        "id": "pf",
        "start": "2026-01-01",
        "status_date": "2026-01-01",
        "calendar": "continuous",
        "money": {"currency": "GBP"},
    }
    if level == "pf":
        head["tolerance"] = tolerance
    programme = {"id": "pg", **({"tolerance": tolerance} if level == "pg" else {})}
    held = [{"programme": "pg", **one} for one in projects]
    gone = {"id": "gone", "state": "cancelled", "tasks": [{"id": "x", "duration": "40 d"}]}
    links = [{"from": "gone/x", "to": "a/x", "id": "L"}] if any(one.get("waits") for one in held) else []
    for one in held:
        one.pop("waits", None)
    return ipmo.from_dict({"ipmo": 1, "portfolio": head, "programmes": [programme], "projects": [gone, *held], "links": links})


LATE = {"id": "a", "finish": "2026-01-10", "tasks": [{"id": "x", "duration": "40 d"}]}
LATE_TASK = {"id": "a", "tasks": [{"id": "x", "duration": "40 d", "deadline": "2026-01-10"}]}
NEVER = {"id": "a", "waits": True, "tasks": [{"id": "x", "duration": "40 d", "deadline": "2026-05-10"}]}
WELL = {"id": "b", "finish": "2026-12-01", "tasks": [{"id": "y", "duration": "20 d"}]}
OPEN = {"id": "b", "tasks": [{"id": "y", "duration": "200 d"}]}
IN_TIME = {"id": "a", "finish": "2026-03-01", "tasks": [{"id": "x", "duration": "10 d"}]}


@pytest.mark.parametrize("level", ["pg", "pf"])
@pytest.mark.parametrize("late", [LATE, LATE_TASK, NEVER])
def test_a_late_project_makes_its_programme_red_whatever_its_siblings_and_its_tolerance(late: dict[str, Any], level: str) -> None:
    status = ipmo.status(whole({"time": "5 d"}, dict(late), WELL, level=level))
    assert [status[one].computed for one in ("a", "b", "pg", "pf")] == ["red", "green", "red", "red"]
    assert "a is red" in status["pg"].why


@pytest.mark.parametrize("other", [OPEN, {**OPEN, "state": "paused"}])
def test_a_project_without_a_colour_withholds_that_of_its_programme(other: dict[str, Any]) -> None:
    status = ipmo.status(whole({"time": "5 d"}, IN_TIME, other))
    assert [(status[one].computed, status[one].at_least) for one in ("b", "pg", "pf")][1:] == [(None, "green"), (None, "green")]


def test_what_a_sibling_makes_good_leaves_the_programme_amber_and_is_named() -> None:
    """20 M on 10 M and 5 M on 15 M are 25 M on 25 M."""
    over = {"id": "a", "budget": "10 M GBP", "forecast": "20 M GBP", "tasks": [{"id": "x", "duration": "10 d"}]}
    under = {"id": "b", "budget": "15 M GBP", "forecast": "5 M GBP", "tasks": [{"id": "y", "duration": "20 d"}]}
    status = ipmo.status(whole({"cost": "10 %"}, over, under))
    assert [status[one].computed for one in ("a", "b", "pg")] == ["red", "green", "amber"]
    assert status["pg"].why == "children: a is red, all together within what is tolerated of pg"
    within = ipmo.status(whole({"cost": "10 %"}, {**over, "forecast": "10 M GBP"}, under))
    assert within["pg"].computed == "green"
