"""What is asked of people at once: roles by period (MOP-R05), changes in parts of the business (MOP-R08)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model import Portfolio, Project
from ipmo.plugin import CheckContext
from ipmo_mop import MOP, ChangeLimit, MopFields, change_load, collisions


def portfolio(*projects: Project, limits: tuple[ChangeLimit, ...] = (), **more: Any) -> Portfolio:
    extensions = {"mop": MopFields(change_limits=limits)}
    return Portfolio(id="x", start="2026-03-02", projects=projects, extensions=extensions, **more)


def heard(slug: str, pf: Portfolio, *scope: str) -> list[tuple[str, str, str]]:
    check = next(c for c in MOP.checks if c.code == f"mop/{slug}")
    return [(f.item, f.message, f.hint) for f in check.run(CheckContext(portfolio=pf, scope=frozenset(scope)))]


def working(name: str, *lengths: int, of: str = "team") -> Project:
    tasks = [{"id": f"t{n}", "duration": f"{length} d", "assignments": [{"resource": of}]} for n, length in enumerate(lengths)]
    return Project(id=name, tasks=tasks)


def team(units: float, name: str = "team") -> dict[str, Any]:
    return {"id": name, "capacity": [{"from": "2026-01-01", "value": units}]}


def test_r05_work_that_its_role_has_time_for_is_fine() -> None:
    assert heard("role-capacity", portfolio(working("A", 5), working("B", 5), resources=[team(2)])) == []
    assert heard("role-capacity", portfolio(Project(id="A"))) == []


def test_r05_names_the_constraint_first_and_its_worst_month() -> None:
    pf = portfolio(working("A", 30, 30), working("B", 30), working("C", 4, 4, of="lab"), resources=[team(2), team(1, "lab")])
    assert heard("role-capacity", pf) == [
        ("C/".rstrip("/"), "'lab', the constraint, is needed for 8 pd in 2026-03, 4 pd more than there are on the days, by 'C'", "put work off (ipmo level), or find more of 'lab'"),
        ("A", "'team' is needed for 66 pd in 2026-03, 22 pd more than there are on the days (short in 2 months), by 'A', 'B'", "put work off (ipmo level), or find more of 'team'"),
    ]  # fmt: skip
    assert [item for item, _, _ in heard("role-capacity", pf, "C")] == ["C"]
    assert heard("role-capacity", pf, "B") == []


def test_r05_names_a_role_of_which_nobody_says_how_much_there_is() -> None:
    found = heard("role-capacity", portfolio(working("A", 5), resources=[{"id": "team"}]))
    assert found == [("", "'team' is needed, and nobody says how much of it there is", "write its capacity:")]


def live(name: str, day: str, area: str, state: str = "active") -> Project:
    task = {"id": "live", "milestone": True, "not_before": day, "attributes": {"goes_live_in": area}}
    return Project(id=name, state=state, tasks=[task])


def test_r08_one_change_a_month_is_no_collision_and_proposals_do_not_count() -> None:
    limit = (ChangeLimit(area="branches", most=1),)
    pf = portfolio(
        live("A", "2026-03-16", "branches"),
        live("B", "2026-04-16", "branches"),
        live("C", "2026-03-16", "branches", "proposed"),
        limits=limit,
    )
    assert heard("change-load", pf) == []
    assert [(one.item, one.area, str(one.day)) for one in change_load(pf)] == [
        ("A/live", "branches", "2026-03-16"), ("B/live", "branches", "2026-04-16"),
    ]  # fmt: skip


def test_r08_the_later_ones_move_to_the_next_months_with_room() -> None:
    limit = (ChangeLimit(area="branches", most=1),)
    pf = portfolio(
        *(live(name, day, "branches, call centre") for name, day in (("A", "2026-03-16"), ("B", "2026-03-17"), ("C", "2026-04-16"))),
        limits=limit,
    )
    assert heard("change-load", pf) == [
        ("B/live", "2 changes go live in 'branches' in 2026-03, which takes 1: 'A/live', 'B/live'", "move B/live to 2026-05"),
        ("", "what goes live in 'call centre' is held against no limit", "write it under change_limits:"),
    ]  # fmt: skip
    later = pf.evolve(status_date="2026-04-01")
    assert not any("2026-03" in message for _, message, _ in heard("change-load", later))
    assert heard("change-load", pf, "C")[0][0] == ""


def test_r08_counts_by_quarter_and_none_at_all() -> None:
    two = portfolio(
        live("A", "2026-04-16", "shops"), live("B", "2026-06-16", "shops"), limits=(ChangeLimit(area="shops", most=1, every="quarter"),)
    )
    assert [(one.period, one.moves) for one in collisions(two)] == [("2026-Q2", (("B/live", "2026-Q3"),))]
    none = portfolio(live("A", "2026-12-16", "shops"), limits=(ChangeLimit(area="shops", most=0),))
    assert [(one.period, one.items, one.moves) for one in collisions(none)] == [("2026-12", ("A/live",), ())]
    with pytest.raises(ValueError, match="takes -1 changes"):
        ChangeLimit(area="shops", most=-1)


@given(st.lists(st.integers(1, 28 * 6), min_size=1, max_size=12), st.integers(1, 3))
def test_r08_when_all_have_moved_nothing_collides_and_no_fewer_could_move(days: list[int], most: int) -> None:
    dates = {f"P{n}": f"2026-{3 + (day - 1) // 28:02}-{(day - 1) % 28 + 1:02}" for n, day in enumerate(days)}
    limit = (ChangeLimit(area="shops", most=most),)
    pf = portfolio(*(live(name, day, "shops") for name, day in dates.items()), limits=limit)
    before = [day.day.isoformat()[:7] for day in change_load(pf) if day.day is not None]
    moves = {item.partition("/")[0]: f"{period}-01" for one in collisions(pf) for item, period in one.moves}
    assert len(moves) == sum(max(before.count(month) - most, 0) for month in set(before))
    months = [day[:7] for day in (dates | moves).values()]
    assert all(months.count(month) <= most for month in months)


def test_r08_what_has_gone_live_moves_no_more_and_takes_no_later_month() -> None:
    """Three in May are done, two in June are not; June's second moves to July, which nothing of May waits for."""
    done = [
        Project(id=name, tasks=[{"id": "live", "milestone": True, "actual_finish": day, "attributes": {"goes_live_in": "shops"}}])
        for name, day in (("A", "2026-05-04"), ("B", "2026-05-05"), ("C", "2026-05-06"))
    ]
    open_ = [live("D", "2026-06-22", "shops"), live("E", "2026-06-25", "shops")]
    pf = portfolio(*done, *open_, limits=(ChangeLimit(area="shops", most=1),), status_date="2026-06-15")
    assert [(one.period, one.moves) for one in collisions(pf)] == [("2026-05", ()), ("2026-06", (("E/live", "2026-07"),))]
    later = [
        Project(id="F", tasks=[{"id": "live", "milestone": True, "actual_finish": "2026-06-02", "attributes": {"goes_live_in": "shops"}}])
    ]
    pf = portfolio(*later, open_[0], limits=(ChangeLimit(area="shops", most=1),), status_date="2026-06-15")
    assert [one.moves for one in collisions(pf)] == [(("D/live", "2026-07"),)], "only what is to come can move"


def test_r08_what_goes_live_on_no_known_day_is_said() -> None:
    unknown = [Project(id=name, tasks=[{"id": "live", "attributes": {"goes_live_in": "shops"}}]) for name in ("A", "B")]
    pf = portfolio(*unknown, live("C", "2026-04-16", "shops"), limits=(ChangeLimit(area="shops", most=1),))
    assert heard("change-load", pf) == [
        ("A/live", "when 2 changes go live in 'shops' is not known: 'A/live', 'B/live'", "give the work a duration or a date")
    ]
    assert heard("change-load", pf, "C") == []


def checked(slug: str, pf: Portfolio) -> list[str]:
    """What the check finds in a portfolio that goes by MoP, and in none that does not."""
    code = f"mop/{slug}"
    assert [one for one in ipmo.check(pf) if one.code == code] == []
    return [one.message for one in ipmo.check(pf.evolve(methodologies={"portfolio": "mop"})).of(code)]


def test_r05_fires_where_the_method_is_enabled() -> None:
    assert checked("role-capacity", portfolio(working("A", 5), working("B", 5), resources=[team(2)])) == []
    (busy,) = checked("role-capacity", portfolio(working("A", 5), working("B", 5), resources=[team(1)]))
    assert busy == "'team' is needed for 10 pd in 2026-03, 5 pd more than there are on the days, by 'A', 'B'"
    (away,) = checked(
        "role-capacity",
        portfolio(
            working("A", 5), resources=[{**team(1), "capacity": [{"from": "2026-01-01", "value": 0}, {"from": "2026-03-04", "value": 1}]}]
        ),
    )
    assert away.startswith("'team' is needed for 5 pd in 2026-03, 2 pd more than there are on the days")


def test_r08_fires_where_the_method_is_enabled() -> None:
    limit = (ChangeLimit(area="branches", most=1),)
    first, later = live("A", "2026-03-16", "branches"), live("B", "2026-04-16", "branches")
    assert checked("change-load", portfolio(first, later, limits=limit)) == []
    assert checked("change-load", portfolio(first, live("B", "2026-03-17", "branches"), limits=limit)) == [
        "2 changes go live in 'branches' in 2026-03, which takes 1: 'A/live', 'B/live'"
    ]
    assert checked("change-load", portfolio(first, later, limits=(ChangeLimit(area="branches", most=1, every="quarter"),))) == []
    assert checked(
        "change-load",
        portfolio(first, live("B", "2026-02-16", "branches"), limits=(ChangeLimit(area="branches", most=1, every="quarter"),)),
    ) == ["2 changes go live in 'branches' in 2026-Q1, which takes 1: 'B/live', 'A/live'"]
