"""A project that was cancelled once all its work was done brought what it was to bring: what requires it lacks nothing."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo

DONE = {"id": "t", "actual_start": "2026-01-02", "actual_finish": "2026-01-10", "budget": "1 M GBP", "actual": "1 M GBP"}
OPEN = {"id": "u", "duration": "5 d"}
GATE = {"id": "G", "body": "bd"}
GO = {"outcome": "go", "date": "2026-01-12", "decided_by": "bd"}


def read(tasks: list[dict[str, Any]], gates: list[dict[str, Any]], state: str = "cancelled") -> ipmo.Portfolio:
    """b takes ten days from the status date and enables a benefit of 4 M GBP with a; it requires a."""
    header = {"id": "pf", "start": "2026-01-01", "status_date": "2026-02-01", "calendar": "continuous"}
    money = {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {**header, "money": money},
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "organisation": {"bodies": [{"id": "bd"}]},
            "projects": [
                {"id": "a", "state": state, "tasks": tasks, "gates": gates},
                {
                    "id": "b",
                    "state": "active",
                    "finish": "2026-02-28",
                    "tasks": [{"id": "x", "duration": "10 d", "budget": "1 M GBP"}],
                    "requires": "a",
                },
                {"id": "c", "state": "active", "tasks": [{"id": "y", "duration": "3 d"}], "requires": "b"},
            ],
            "benefits": [{"id": "B", "enabled_by": ["b"], "value": "4 M GBP"}],
        }
    )


@pytest.mark.parametrize(
    ("tasks", "gates", "delivered"),
    [
        ([DONE], [], True),
        ([DONE], [{**GATE, "after": "t", "decision": GO}], True),
        ([{"id": "s"}, {**DONE, "parent": "s"}], [], True),  # a summary is done when what lies in it is
        ([DONE, OPEN], [], False),  # work was left undone
        ([{"id": "s"}, {**DONE, "parent": "s"}, {**OPEN, "parent": "s"}], [], False),
        ([DONE], [{**GATE, "after": "t"}], False),  # nobody decided that it may go on
        ([DONE], [{**GATE, "after": "t", "decision": {**GO, "outcome": "kill"}}], False),  # it was stopped there
        ([DONE], [{**GATE, "after": "t", "decision": {**GO, "outcome": "hold"}}], False),
        ([], [], False),  # a bar that nobody finished
    ],
)
def test_what_requires_it_goes_on_where_all_was_done(tasks: list[dict[str, Any]], gates: list[dict[str, Any]], delivered: bool) -> None:
    """Ten days end on 10 February; the benefit of 4 M begins then, or is lost."""
    pf = read(tasks, gates)
    s = ipmo.schedule(pf)
    assert (s["b/x"].finish_text, s["b/x"].undated == "") == (("2026-02-10", True) if delivered else ("", False))
    assert [f.item for f in ipmo.check(pf).of("ipmo/dead-hand-over")] == ([] if delivered else ["b", "c"])
    assert s.commitments["b"].standing == ("kept" if delivered else "missed")
    assert ipmo.status(pf)["b"].computed == ("green" if delivered else "red")
    value = next(iter(ipmo.benefits(pf)))
    assert value.never is not delivered
    assert [row.item for row in ipmo.decisions_due(pf)] == []


def test_going_on_with_it_is_worth_nothing_more_and_nothing_fails_without_it() -> None:
    """The four million come whether or not anybody goes on with a, in the file cancelled or not."""
    for state in ("cancelled", "active"):
        pf = read([DONE], [], state)
        assert "a" not in {point.item for point in ipmo.single_points(pf)}
        assert {"b", "b/x"} & {point.item for point in ipmo.single_points(pf)}
        assert [row.benefit.amount for row in ipmo.worth_going_on(pf) if row.project == "a" and row.benefit is not None] in ([], [0])
    with pytest.raises(ipmo.IpmoError, match="project 'a' is finished; there is nothing to stop"):
        ipmo.what_if(read([DONE], [], "active"), ipmo.changes.Stop("a"))


@pytest.mark.parametrize("end", ["a", "a/t"])
def test_a_benefit_that_needs_only_what_was_done_is_not_lost(end: str) -> None:
    pf = read([DONE], []).evolve(benefits=[{"id": "B", "enabled_by": [end], "value": "4 M GBP"}])
    assert next(iter(ipmo.benefits(pf))).never is False
    assert [point.item for point in ipmo.single_points(pf)] == []


@pytest.mark.parametrize(("tasks", "given"), [([DONE], True), ([DONE, OPEN], False)])
def test_a_link_between_whole_projects_holds_nothing_where_all_was_done(tasks: list[dict[str, Any]], given: bool) -> None:
    pf = read(tasks, []).evolve("b", requires=[]).evolve(links=[{"id": "L", "from": "a", "to": "b"}])
    assert (ipmo.schedule(pf)["b/x"].finish_text == "2026-02-10") is given
