"""The RAID log: which dependencies somebody still waits for."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.model import Portfolio

DONE = {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"}
BEGUN = {"actual_start": "2026-01-05", "duration": "10 d"}
AHEAD = {"duration": "10 d"}


def dependencies(giver: dict[str, Any], taker: dict[str, Any], link: dict[str, Any], **q: Any) -> tuple[int, int]:
    """All dependencies and the open ones, of a portfolio with one."""
    projects = [{"id": "p", "tasks": [{"id": "a", **giver}]}, {"id": "q", "tasks": [{"id": "b", **taker}], **q}]
    pf = Portfolio(id="pf", status_date="2026-01-12", projects=projects, links=[{"from": "p/a", "to": "q/b", **link}])
    (row,) = [row for row in ipmo.raid_log(pf).rows if row.level == "portfolio"]
    return row.total, row.open


@pytest.mark.parametrize(
    ("giver", "taker", "link", "still_open"),
    [
        (AHEAD, AHEAD, {}, 1),
        (BEGUN, AHEAD, {}, 1),
        (BEGUN, AHEAD, {"type": "SS"}, 0),  # what hands over by its start has done so
        (DONE, AHEAD, {}, 0),
        (DONE, AHEAD, {"status": "disputed"}, 1),  # the receiver does not accept it
        (DONE, AHEAD, {"status": "agreed"}, 0),
        (AHEAD, DONE, {}, 0),  # nobody waits for it any more
        (AHEAD, AHEAD, {"status": "delivered"}, 0),
        (AHEAD, AHEAD, {"status": "cancelled"}, 0),
    ],
)
def test_a_dependency_is_open_while_somebody_waits_for_it(giver: Any, taker: Any, link: Any, still_open: int) -> None:
    assert dependencies(giver, taker, link) == (1, still_open)


def test_what_a_whole_project_waits_for_ends_with_it() -> None:
    assert dependencies(AHEAD, AHEAD, {"to": "q"}) == (1, 1)
    assert dependencies(AHEAD, AHEAD, {"to": "q"}, state="cancelled") == (1, 0)
    assert dependencies(AHEAD, DONE, {"to": "q"}, state="closed") == (1, 0)


@pytest.mark.parametrize(("outcome", "still_open"), [("go", 0), ("conditional go", 0), ("hold", 1), ("recycle", 1)])
def test_a_gate_has_given_when_it_is_passed(outcome: str, still_open: int) -> None:
    gate = {"id": "g", "decision": {"outcome": outcome, "date": "2026-01-09", "conditions": []}}
    projects = [{"id": "p", "gates": [gate], "tasks": [{"id": "a", **AHEAD}]}, {"id": "q", "tasks": [{"id": "b", **AHEAD}]}]
    pf = Portfolio(id="pf", status_date="2026-01-12", projects=projects, links=[{"from": "p/g", "to": "q/b"}])
    (row,) = [row for row in ipmo.raid_log(pf).rows if row.level == "portfolio" and row.kind == "dependency"]
    assert (row.total, row.open) == (1, still_open)
