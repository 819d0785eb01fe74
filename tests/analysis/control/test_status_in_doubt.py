"""Status of what has work without a date: what is dated says nothing of when all is done."""

from __future__ import annotations

from typing import Any

import ipmo


def _portfolio(giver: str = "active", *, finish: str = "2026-04-01", other: Any = None, **app: Any) -> ipmo.Portfolio:
    """A giver of 30 days; its receiver of 50 days beside a task of 5 days that waits for nothing."""
    tasks = [{"id": "k", "duration": "50 d"}, {"id": "free", "duration": "5 d"}, *([other] if other else [])]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
            "projects": [
                {"id": "giver", "state": giver, "tasks": [{"id": "x", "duration": "30 d"}]},
                {"id": "app", "finish": finish, "tolerance": {"time": "5 d"}, "tasks": tasks, **app},
            ],
            "links": [{"id": "L", "from": "giver/x", "to": "app/k"}],
        }
    )


def test_blocked_work_beside_work_in_time_is_not_green() -> None:
    """The 5 days end in January; the 50 days wait for a paused giver: nobody knows whether 1 April holds, and the portfolio is no better."""
    found = ipmo.status(_portfolio("paused"))
    assert found["app"].computed is None
    assert "not known when it finishes: app/k has no date" in found["app"].why
    assert found["pf"].computed is None
    assert found["pf"].at_least is None


def test_work_that_never_comes_is_red() -> None:
    """With the giver cancelled the 50 days never end: the finish is missed beyond any tolerance, and all above is red."""
    found = ipmo.status(_portfolio("cancelled"))
    assert [found[name].computed for name in ("app", "pf")] == ["red", "red"]
    assert "committed to 2026-04-01, by today's plan it is never done: app/k has no date, link 'L'" in found["app"].why


def test_work_without_a_duration_is_not_green() -> None:
    """The same for work that nobody has estimated."""
    row = ipmo.status(_portfolio(other={"id": "later"}))["app"]
    assert row.computed is None
    assert "app/later has no duration" in row.why


def test_what_is_late_already_is_red_whatever_the_rest_does() -> None:
    """Dated work that ends in January is beyond a finish of 20 December: red, although other work has no date."""
    assert ipmo.status(_portfolio("paused", finish="2025-12-20"))["app"].computed == "red"


def test_all_dated_is_green() -> None:
    """With the giver at work all ends on 21 March."""
    assert ipmo.status(_portfolio())["app"].computed == "green"
