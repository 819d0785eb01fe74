"""What people and machines can never do is named by `check`, with the work and the day, and a plan that can be is left in peace."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import ipmo

from ..analysis.resources.conftest import portfolio, portfolios

CODES = {"demand-never-met", "capacity-not-stated", "frozen-overload", "no-plan-fits", "commitments-conflict"}
BEGUN = {"actual_start": "2026-03-02", "duration": "6 d", "progress": "50 %"}
LEAVES = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-09", "value": 0}]
DUE = {"duration": "2 d", "deadline": "2026-03-06"}


def said(pf: ipmo.Portfolio) -> list[tuple[str, str, str, str]]:
    found = ((one, one.code.removeprefix("ipmo/")) for one in ipmo.check(pf))
    return [(code, one.severity.value, one.item, one.message) for one, code in found if code in CODES]


def needs(name: str, units: float = 1, **more: Any) -> dict[str, Any]:
    return {"id": "a", "duration": "2 d", "assignments": [{"resource": name, "units": units}], **more}


def crew(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 1}]}, *rows]


OFFENCES: dict[str, tuple[ipmo.Portfolio, tuple[str, str, str, str]]] = {
    "more at once than there ever is": (
        portfolio(needs("ann", 3, not_before="2026-03-04")),
        ("demand-never-met", "error", "P/a", "P/a needs 3 of ann at once, and there never are more than 1, first on 2026-03-04"),
    ),
    "never any of it": (
        portfolio(needs("ann"), capacity=0),
        ("demand-never-met", "error", "P/a", "P/a needs ann, and there never is any of it, first on 2026-03-02"),
    ),
    "too much of a skill": (
        portfolio(needs("weld", 2), resources=[{"id": "weld"}, *crew({"id": "bob", "skills": {"weld": 1}, "capacity": [{"from": "2026-01-01", "value": 1}]})]),
        ("demand-never-met", "error", "P/a", "P/a needs weld, and of those who have it (bob) there never is enough, first on 2026-03-02"),
    ),
    "longer than ever free": (
        portfolio({"id": "a", "duration": "7 d"}, capacity=LEAVES),
        ("demand-never-met", "error", "P/a", "P/a is longer than they are ever free for it: it needs ann, first on 2026-03-02"),
    ),
    "outside the hours of its resource": (
        portfolio({"id": "a", "duration": "4 d"}, resources=[{"id": "ann", "calendar": "half", "capacity": LEAVES[:1]}]),
        ("demand-never-met", "error", "P/a", "P/a is longer than they are ever free for it: it needs ann, first on 2026-03-02"),
    ),
    "a role that nobody has": (
        portfolio(needs("weld"), resources=crew({"id": "weld"})),
        ("capacity-not-stated", "warning", "P/a", "P/a needs weld, and nobody says how much of it there is, first on 2026-03-02"),
    ),
    "capacity from nowhere": (
        portfolio(needs("weld"), resources=crew({"id": "weld"}, {"id": "bob", "skills": {"weld": 1}})),
        ("capacity-not-stated", "warning", "P/a", "P/a needs weld, and nobody says how much there is of bob, who has it, first on 2026-03-02"),
    ),
    "nobody states a capacity": (
        portfolio(needs("weld"), resources=[{"id": "weld"}]),
        ("capacity-not-stated", "info", "", "work needs 1 resource, first weld, and nobody says how much there is of any"),
    ),
    "what has begun is too much": (
        portfolio({"id": "a", **BEGUN}, {"id": "b", **BEGUN}, {"id": "c", "duration": "1 d"}, status_date="2026-03-05"),
        ("frozen-overload", "warning", "P/a", "P/a, P/b need 2 of ann on 2026-03-05, where there is 1, and stay there"),
    ),
    "what has begun before anybody is there": (
        portfolio({"id": "a", **BEGUN}, capacity=[{"from": "2026-03-09", "value": 1}], status_date="2026-03-05"),
        ("frozen-overload", "warning", "P/a", "P/a needs 1 of ann on 2026-03-05, where there is 0, and stays there"),
    ),
    "more than before the resource leaves": (
        portfolio({"id": "y", "duration": "4 d"}, {"id": "x", "duration": "2 d"}, {"id": "z", "duration": "0.5 d"}, capacity=LEAVES),
        ("no-plan-fits", "error", "P/y", "P/y, P/x need 6 pd of ann from 2026-03-02 to 2026-03-06, where there are 5: no plan fits them all"),
    ),
    "more than before their deadlines": (
        portfolio({"id": "a", **DUE}, {"id": "b", **DUE}, {"id": "c", **DUE}, {"id": "d", "duration": "9 d"}),
        ("commitments-conflict", "warning", "P/a", "P/a, P/b, P/c need 6 pd of ann from 2026-03-02 to 2026-03-06, where there are 5: no plan keeps every commitment"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OFFENCES)
def test_what_can_never_be_is_named_once_with_item_and_day(name: str) -> None:
    pf, wanted = OFFENCES[name]
    assert said(pf) == [wanted]


def test_what_can_be_is_left_in_peace() -> None:
    """The same demands with as much as they need, or where a later time, another way or another person will do."""
    both = [{"id": "a", **BEGUN}, {"id": "b", **BEGUN}]
    half = [{"id": "ann", "calendar": "half", "capacity": LEAVES[:1]}]
    other = {"duration": "1 d", "assignments": [{"resource": "ann"}]}
    bob = {"id": "bob", "skills": {"weld": 1}, "capacity": [{"from": "2026-01-01", "value": 1}]}
    for pf in (
        portfolio(needs("ann", 3), capacity=3),
        portfolio(needs("ann", 3, modes=[other])),
        portfolio(needs("weld"), resources=crew({"id": "weld"}, bob)),
        portfolio(*both, capacity=2, status_date="2026-03-05"),
        portfolio({"id": "a", "duration": "7 d"}, capacity=[*LEAVES, {"from": "2026-03-16", "value": 1}]),
        portfolio({"id": "a", "duration": "4 d", "split": True}, resources=half),
        portfolio({"id": "a", "duration": "5 d", "resource_calendar": "half"}, resources=half),
        portfolio({"id": "a", **DUE}, {"id": "b", **DUE}),
        portfolio(*({"id": name, **DUE} for name in "abc"), capacity=2),
        portfolio({"id": "a", "duration": "9 d", "deadline": "2026-03-06"}),  # late by its links alone
        portfolio(
            *({"id": name, "duration": "200 d"} for name in "abc"),
            calendars=[{"id": "full", "week": "mon-sat", "hours": "09:00-17:00"}],
            resources=[{"id": "ann", "calendar": "full", "capacity": LEAVES[:1]}],
        ),
        portfolio(needs("ann", 3, actual_start="2026-03-02", actual_finish="2026-03-03"), status_date="2026-03-05"),
        portfolio(needs("ann", 3), projects=[{"id": "P", "state": "proposed", "tasks": [needs("ann", 3)]}]),
    ):
        assert said(pf) == []


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(portfolios())
def test_what_check_rules_out_levelling_does_not_reach(pf: ipmo.Portfolio) -> None:
    """Each demand that is never met is one that levelling cannot place, and what conflicts is not all kept by any plan of it."""
    found = ipmo.check(pf)
    plan = ipmo.level(pf, passes=4)
    unfit = {(one.kind, item) for one in plan.shortages for item in one.items}
    for one in found:
        if one.code == "ipmo/demand-never-met":
            assert {kind for kind, item in unfit if item == one.item} & {"too much", "nobody", "no skill", "never fits"}
        elif one.code == "ipmo/no-plan-fits":
            assert not plan.feasible
        elif one.code == "ipmo/commitments-conflict":
            assert plan.lateness > 0 or not plan.feasible
    said_once = [(one.code, one.item, one.part) for one in found if one.code.removeprefix("ipmo/") in CODES]
    assert len(said_once) == len(set(said_once))
