"""A benefit that never comes is red wherever it is served, whether or not anybody said what it is worth; the loss stands beside it."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.changes import Stop

VALUE, PLANNED = {"value": "1 M GBP"}, {"planned_start": "2026-04-01"}
LATE = "C is to start by 2026-04-01, which never comes"
LOST = "1 M GBP lost of 1 M GBP planned"


def plan(
    state: str = "cancelled", *, tolerance: dict[str, Any] | None = None, more: tuple[dict[str, Any], ...] = (), **benefit: Any
) -> ipmo.Portfolio:
    """C needs work of s and of c; nothing is discounted."""
    c = {"id": "c", "state": "active", "finish": "2026-12-31", "tasks": [{"id": "t", "duration": "10 d"}]}
    money = {"currency": "GBP", "discount": "zero"}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-03-02", "calendar": "continuous", "money": money},
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "projects": [
                {"id": "s", "state": state, "tasks": [{"id": "x", "duration": "10 d"}]},
                c | ({"tolerance": tolerance} if tolerance else {}),
            ],
            "benefits": [{"id": "C", "enabled_by": ["s/x", "c/t"], **benefit}, *more],
        }
    )


def told(pf: ipmo.Portfolio, item: str = "c") -> tuple[str | None, str]:
    return next(((one.rag, one.text) for one in ipmo.status(pf)[item].aspects if one.name == "benefits"), (None, ""))


@pytest.mark.parametrize(
    ("benefit", "text"),
    [
        (PLANNED, LATE),
        (PLANNED | VALUE, f"{LATE}; {LOST}, no tolerance is stated"),
        ({"need_by": "2026-04-01"} | VALUE, "C is needed by 2026-04-01, which never comes"),
        (VALUE, "C never comes"),
        ({}, "C never comes"),
    ],
)
def test_what_never_comes_is_red_with_and_without_a_value(benefit: dict[str, Any], text: str) -> None:
    pf = plan(**benefit)
    assert told(pf) == told(pf, "pf") == ("red", text)
    assert [ipmo.status(pf)[name].computed for name in ("pf", "c")] == ["red", "red"]
    assert not ipmo.status(pf).breaches  # nobody set a limit
    stopped = ipmo.what_if(plan("active", **benefit), Stop("s"))
    assert told(stopped.after) == ("red", text)
    assert "status of c: green to red" in str(stopped)


def test_what_only_waits_is_not_red() -> None:
    assert all(told(plan("paused", **benefit))[0] is None for benefit in (PLANNED, PLANNED | VALUE, VALUE, {}))


def test_a_stated_tolerance_says_how_much_may_be_lost_where_that_is_known() -> None:
    """1 M of 4 M is lost: within 30 %, beyond 20 % by 200 k; of what nobody valued it is not known to be within any."""
    other = {"id": "D", "enabled_by": "c/t", "value": "3 M GBP", "planned_start": "2026-03-12"}
    within = plan(tolerance={"benefits": "30 %"}, more=(other,), **PLANNED, **VALUE)
    assert told(within) == ("amber", "1 M GBP lost of 4 M GBP planned, within tolerance")
    beyond = plan(tolerance={"benefits": "20 %"}, more=(other,), **PLANNED, **VALUE)
    assert told(beyond) == ("red", "1 M GBP lost of 4 M GBP planned, 200 k GBP beyond tolerance")
    assert [(one.item, one.aspect) for one in ipmo.status(beyond).breaches] == [("c", "benefits")]
    unvalued = plan(tolerance={"benefits": "30 %"}, more=(other,), **PLANNED)
    assert told(unvalued) == ("red", f"{LATE}; none lost of 3 M GBP planned, 1 of 2 benefits not known")


def test_several_are_counted_and_the_first_is_named() -> None:
    pf = plan(more=({"id": "D", "enabled_by": ["s/x", "c/t"]}, {"id": "E", "enabled_by": ["s/x", "c/t"]}), **PLANNED)
    assert told(pf) == ("red", f"{LATE}, nor do 2 more")


def test_a_dis_benefit_that_never_comes_harms_nobody_and_another_way_is_enough() -> None:
    assert told(plan(disbenefit=True, value="1 M GBP"))[0] is None
    either = plan(any_of=["s/x", "c/t"], enabled_by=[], value="1 M GBP", planned_start="2026-04-01")
    assert told(either) == ("green", "none lost of 1 M GBP planned")
