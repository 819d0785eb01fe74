"""Why no plan can exist: every conflict that is named rules out every plan, and none of it can be left out of its argument."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.network.conflicts import Asked, overload

from .conftest import portfolio, portfolios


def can_be(asked: list[Asked], steps: list[tuple[int, int]]) -> bool:
    """Whether all can be placed, by trying every start, minute by minute."""

    def there(at: int) -> int:
        return next(units for time, units in reversed(steps) if time <= at)

    for starts in itertools.product(*(range(one.head, one.last - one.length + 1) for one in asked)):
        use = dict[int, int]()
        for one, start in zip(asked, starts, strict=True):
            for at in range(start, start + one.length):
                use[at] = use.get(at, 0) + one.units
        if all(units <= there(at) for at, units in use.items()):
            return True
    return False


@st.composite
def demands(draw: st.DrawFn) -> list[Asked]:
    out = []
    for name in range(draw(st.integers(1, 4))):
        head, length = draw(st.integers(0, 5)), draw(st.integers(1, 4))
        out.append(Asked(name, head, head + length + draw(st.integers(0, 3)), length, draw(st.integers(1, 2))))
    return out


@settings(max_examples=300)
@given(demands(), st.sampled_from([[(0, 1)], [(0, 2)], [(0, 2), (4, 1)], [(0, 1), (3, 0), (5, 2)], [(0, 2), (6, 0)]]))
def test_what_is_said_to_conflict_cannot_be_and_all_of_it_is_needed(asked: list[Asked], steps: list[tuple[int, int]]) -> None:
    found = overload(steps, asked)
    assert (found is None) == can_be(asked, steps)
    if found is not None:
        named = [one for one in asked if one.name in found.names]
        assert len(named) == len(found.names)
        assert not can_be(named, steps)
        smallest = next(n for n in range(1, 5) if any(not can_be(list(some), steps) for some in itertools.combinations(asked, n)))
        assert len(found.names) == smallest
        assert all(can_be([one for one in named if one is not other], steps) for other in named)


def test_two_pieces_of_work_that_fit_in_no_order_are_named_although_there_are_days_enough() -> None:
    """By hand: Bob's leave leaves Ann two and two days until Friday week; a of three days fits neither side, b would."""
    leave = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-04", "value": 0}, {"from": "2026-03-05", "value": 1}]
    due = {"deadline": "2026-03-06"}
    pf = portfolio(
        {"id": "a", "duration": "2 d", **due}, {"id": "b", "duration": "1 d", **due}, {"id": "c", "duration": "1 d", **due}, capacity=leave
    )
    assert not ipmo.level(pf).conflicts  # a on one side of the leave, b and c on the other
    pf = portfolio({"id": "a", "duration": "2 d", **due}, {"id": "b", "duration": "1 d", "not_before": "2026-03-03", "deadline": "2026-03-03"},
                   {"id": "c", "duration": "1 d", "not_before": "2026-03-05", **due}, capacity=leave)  # fmt: skip
    (conflict,) = ipmo.level(pf).conflicts
    assert (
        str(conflict)
        == "P/a, P/b, P/c need 4 pd of ann from 2026-03-02 to 2026-03-06, where there are 4, and fit in no order: no plan keeps every commitment"
    )
    assert not ipmo.level(
        portfolio(*({"id": one.id, "duration": "2 d" if one.id == "a" else "1 d", **due} for one in pf.projects[0].tasks), capacity=leave)
    ).conflicts


def said(plan: ipmo.Levelled) -> list[str]:
    return [str(one) for one in plan.conflicts]


def test_commitments_that_cannot_all_be_kept_are_named_with_the_fewest_demands() -> None:
    """By hand: three pieces of two days until Friday of five; the one of a day that is due then too does not matter."""
    due = {"duration": "2 d", "deadline": "2026-03-06"}
    pf = portfolio(
        {"id": "a", **due}, {"id": "b", **due}, {"id": "c", **due}, {"id": "d", **due, "duration": "1 d"}, {"id": "e", "duration": "9 d"}
    )
    plan = ipmo.level(pf)
    (conflict,) = plan.conflicts
    assert said(plan) == ["P/a, P/b, P/c need 6 pd of ann from 2026-03-02 to 2026-03-06, where there are 5: no plan keeps every commitment"]
    assert (conflict.resource, conflict.items, conflict.needed, conflict.there) == ("ann", ("P/a", "P/b", "P/c"), 6, 5)
    assert f"  {conflict}" in plan.explain().splitlines()
    assert not ipmo.level(portfolio({"id": "a", **due}, {"id": "b", **due})).conflicts
    alone = ipmo.level(portfolio({"id": "a", "duration": "9 d", "deadline": "2026-03-06"}, {"id": "b", "duration": "1 d"}))
    assert not alone.conflicts  # it is late by its links alone: nobody else keeps it


def test_what_stays_and_what_a_resource_is_no_longer_there_for_is_named() -> None:
    begun = {"actual_start": "2026-03-02", "duration": "6 d", "progress": "50 %"}
    both = portfolio({"id": "a", **begun}, {"id": "b", **begun}, {"id": "c", "duration": "1 d"}, status_date="2026-03-05")
    assert said(ipmo.level(both)) == ["P/a, P/b need 2 of ann at once on 2026-03-05, where there is 1: no plan fits them all"]
    until = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-09", "value": 0}]
    leaves = portfolio({"id": "y", "duration": "4 d"}, {"id": "x", "duration": "2 d"}, {"id": "z", "duration": "0.5 d"}, capacity=until)
    assert said(ipmo.level(leaves)) == ["P/y, P/x need 6 pd of ann from 2026-03-02 to 2026-03-06, where there are 5: no plan fits them all"]
    tight = ipmo.level(portfolio({"id": "y", "duration": "4 d"}, {"id": "x", "duration": "4 d"}), within="float")
    assert said(tight) == [
        "P/y, P/x need 2 of ann at once on 2026-03-02, where there is 1: no plan stays within the float to the nearest targets and to the end of all"
    ]


def test_hours_of_a_person_are_in_the_argument() -> None:
    """Ann is there Monday to Wednesday: three days until Friday."""
    people = [{"id": "ann", "calendar": "half", "capacity": [{"from": "2026-01-01", "value": 1}]}]
    due = {"duration": "2 d", "deadline": "2026-03-06"}
    assert said(ipmo.level(portfolio({"id": "a", **due}, {"id": "b", **due}, resources=people))) == [
        "P/a, P/b need 4 pd of ann from 2026-03-02 to 2026-03-06, where there are 3: no plan keeps every commitment"
    ]


def test_the_critical_chain_goes_over_links_and_over_people() -> None:
    """By hand: b of P comes after a by its link; c of Q waits for Ann, who does b until the 6th; d follows c."""
    people = [{"id": name, "capacity": [{"from": "2026-01-01", "value": 1}]} for name in ("ann", "bob")]
    bob = [{"resource": "bob"}]
    pf = portfolio(
        {"id": "a", "duration": "2 d", "assignments": bob}, {"id": "b", "duration": "3 d", "after": "a"},
        {"id": "c", "duration": "4 d", "not_before": "2026-03-05"}, {"id": "d", "duration": "1 d", "after": "c", "assignments": [], "deadline": "2026-03-11"},
        {"id": "free", "duration": "1 d", "assignments": []}, resources=people,
    )  # fmt: skip
    plan = ipmo.level(pf, frozen="P/b")
    assert [(step.id, step.resource, step.people) for step in plan.critical_chain] == [
        ("P/a", "", ("bob",)), ("P/b", "", ("ann",)), ("P/c", "ann", ("ann",)), ("P/d", "", ()),
    ]  # fmt: skip
    assert [str(bite) for bite in plan.bites] == ["ann on 2026-03-06: P/c waits, and P/d is missed by 1.708 ed"]
    assert "  its end waits for bob, ann (4 items on the critical chain)" in plan.explain().splitlines()
    assert not ipmo.level(pf.evolve(resources=[people[1], {**people[0], "capacity": [{"from": "2026-01-01", "value": 2}]}])).bites


@given(portfolios())
def test_each_step_of_a_chain_starts_no_later_than_the_next_and_has_what_that_waits_for(pf: ipmo.Portfolio) -> None:
    plan = ipmo.level(pf, passes=2)
    steps = plan.critical_chain
    assert len({step.id for step in steps}) == len(steps) > 0
    for before, after in itertools.pairwise(steps):
        if after.resource:
            assert after.resource in before.people
            assert plan[before.id].start < plan[after.id].start
    assert plan.finish == ipmo.schedule(plan.portfolio).dates(steps[-1].id)[1]
    for bite in plan.bites:
        assert plan[bite.item].waits is not None
        assert bite.late > 0
