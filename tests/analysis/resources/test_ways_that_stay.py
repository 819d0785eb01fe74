"""What stays as it is where nothing fits, ways that cannot be done by all together, and plans that hold when their changes are applied."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.change.applying import applied

from .conftest import days, portfolio, portfolios, verify


def people(**numbers: float) -> list[dict[str, Any]]:
    return [{"id": name, "capacity": [{"from": "2026-01-01", "value": number}]} for name, number in numbers.items()]


def needs(**units: float) -> list[dict[str, Any]]:
    return [{"resource": name, "units": number} for name, number in units.items()]


MINUTES = {"min": 1, "h": 60, "d": 480}

# ------------------------------------------------------------------------------------------ within float


def test_work_whose_other_ways_take_nothing_is_said_to_be_beyond_its_float() -> None:
    """Its usual way needs two of one person, the other takes nobody and a day more, which it has not."""
    way = {"duration": "3 d", "assignments": []}
    plan = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": needs(ann=2), "modes": [way]}), within="float")
    assert (days(plan), plan.changes, plan.feasible, plan["P/a"].fits) == ({"a": ("03-02", "03-03")}, (), False, False)
    assert [(one.kind, one.resource, str(one)) for one in plan.shortages] == [
        ("beyond float", "ann", "P/a does not fit within its float to the end of all: it needs ann")
    ]
    nobody = {"id": "b", "duration": "2 d", "assignments": needs(bob=1), "modes": [way]}
    roomy = ipmo.level(portfolio(nobody, {"id": "z", "duration": "9 d", "assignments": []}, resources=people(ann=1, bob=0)), within="float")
    assert days(roomy)["b"] == ("03-02", "03-04")  # to the end of the project there is time for its other way
    assert roomy.feasible


def test_what_nobody_says_the_number_of_keeps_no_work_from_its_usual_way() -> None:
    task = {"id": "a", "duration": "2 d", "assignments": needs(ann=0.5, weld=2), "modes": [{"duration": "3 d", "assignments": []}]}
    for within in ("float", "capacity"):
        plan = ipmo.level(portfolio(task, resources=[*people(ann=1), {"id": "weld"}]), within=within)  # type: ignore[arg-type]
        assert (days(plan)["a"], plan.changes, [one.kind for one in plan.shortages]) == (("03-02", "03-03"), (), ["not stated"])
    unknown = {**task, "assignments": needs(ann=1), "modes": [{"duration": "1 d", "assignments": needs(weld=1)}]}
    plan = ipmo.level(portfolio(unknown, resources=[*people(ann=1), {"id": "weld"}]))
    assert (days(plan)["a"], plan.shortages) == (("03-02", "03-03"), ())  # nobody knows whether the shorter way can be done


def test_effort_driven_work_without_float_keeps_its_dates() -> None:
    """Forty hours, two of a crew of one: with one it would last ten days instead of five."""
    team = [{"resource": "crew", "units": 2, "least": 1, "most": 3}]
    task = {"id": "a", "duration": "5 d", "effort_driven": True, "assignments": team}
    plan = ipmo.level(portfolio(task, resources=people(crew=1)), within="float")
    assert (days(plan)["a"], plan.changes, plan.feasible) == (("03-02", "03-06"), (), False)
    assert [one.items for one in plan.shortages] == [("P/a",)]
    roomy = ipmo.level(portfolio(task, {"id": "z", "duration": "10 d", "assignments": []}, resources=people(crew=1)), within="float")
    assert (days(roomy)["a"], roomy.feasible) == (("03-02", "03-13"), True)


@st.composite
def in_ways(draw: st.DrawFn) -> ipmo.Portfolio:
    """Up to four pieces of work with modes and teams, links among them, of two people and a role."""
    tasks: list[dict[str, Any]] = []
    units = st.sampled_from([0.5, 1, 2])
    for number in range(draw(st.integers(1, 4))):
        task: dict[str, Any] = {"id": f"t{number}", "duration": f"{draw(st.integers(2, 20))} h"}
        some = st.dictionaries(st.sampled_from(["ann", "bob", "weld"]), units, max_size=2)
        task["assignments"] = needs(**draw(some))
        if draw(st.booleans()):
            task["modes"] = [
                {"duration": f"{draw(st.integers(1, 30))} h", "assignments": needs(**draw(some))} for _ in range(draw(st.integers(1, 2)))
            ]
        elif task["assignments"] and draw(st.booleans()):
            task["effort_driven"] = True
            task["assignments"] = [{**one, "least": one["units"] / 2, "most": 3} for one in task["assignments"]]
        if draw(st.integers(0, 3)) == 0:
            task["split"] = True
        if tasks and draw(st.booleans()):
            task["after"] = [{"from": draw(st.sampled_from(tasks))["id"], "type": draw(st.sampled_from(["FS", "SS", "FF", "SF"]))}]
        tasks.append(task)
    able = [{**one, "skills": {"weld": draw(st.sampled_from([0.5, 1]))}} for one in people(ann=1, bob=draw(st.sampled_from([1, 2])))]
    return portfolio(*tasks, resources=[*able, {"id": "weld"}])


@settings(max_examples=25, deadline=None)
@given(in_ways())
def test_within_float_nothing_ends_later_than_by_its_links(pf: ipmo.Portfolio) -> None:
    plan = ipmo.level(pf, within="float", passes=3)
    ends = [ipmo.schedule(one).finish for one in (plan.portfolio, pf)]
    assert ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]
    beyond = {item for one in plan.shortages for item in one.items}
    for item in plan:
        if not item.fits:
            assert item.id in beyond
            assert item.finish - item.start >= item.finish_before - item.start_before or pf[item.id].split


@settings(max_examples=10, deadline=None)
@given(in_ways(), st.sampled_from(["commitments", "finish", "stability"]))
def test_cp_sat_takes_every_kind_of_way(pf: ipmo.Portfolio, objective: str) -> None:
    own = ipmo.level(pf, passes=2, objective=objective)  # type: ignore[arg-type]
    plan = ipmo.level(pf, passes=2, objective=objective, solver="cp-sat", seconds=0.2)  # type: ignore[arg-type]
    if own.feasible and objective == "finish":
        assert plan.feasible
        assert (plan.finish or datetime.max) <= (own.finish or datetime.max)


# --------------------------------------------------------------------------------- ways for all together


def test_a_way_that_nobody_can_fill_beside_what_else_it_takes_is_none() -> None:
    """Bob is half taken by the way itself, so that he is no whole welder, and Ann would have to be two."""
    way = {"name": "m", "duration": "2 d", "assignments": needs(bob=0.5, weld=1)}
    able = [{**one, "skills": {"weld": by}} for one, by in zip(people(ann=1, bob=1), (0.5, 1), strict=True)]
    pf = portfolio({"id": "a", "duration": "10 d", "assignments": needs(ann=0.5), "modes": [way]}, resources=[*able, {"id": "weld"}])
    plan = ipmo.level(pf)
    assert (days(plan)["a"], plan.changes, plan.shortages, plan.feasible) == (("03-02", "03-13"), (), (), True)
    assert "ipmo/demand-never-met" not in [one.code for one in ipmo.check(pf)]


@settings(max_examples=20, deadline=None)
@given(in_ways())
def test_a_way_is_taken_only_where_somebody_can_fill_it(pf: ipmo.Portfolio) -> None:
    """Every way to fill the roles of the work as it is written back, by hand: one of them fits into what there is."""
    there = {one.id: one.capacity[0].value for one in pf.resources if one.capacity}
    by = {one.id: one.skills.get("weld", 0) for one in pf.resources if one.capacity}
    plan = ipmo.level(pf, passes=2)
    for item in plan:
        if item.fits and item.id not in {name for one in plan.shortages for name in one.items}:
            asked = plan.portfolio[item.id].assignments
            found = False
            for who in itertools.product(*([one.resource] if one.resource in there else list(there) for one in asked)):
                taken = dict.fromkeys(there, 0.0)
                for one, name in zip(asked, who, strict=True):
                    long = plan.portfolio[item.id].duration.central()
                    units = one.units if one.effort is None else float(one.effort.amount) * 60 / (int(long.amount) * MINUTES[long.unit])
                    taken[name] += units / (1 if one.resource == name else by[name])
                found = found or all(taken[name] <= there[name] + 1e-6 for name in there)
            assert found, item


# ---------------------------------------------------------------------------------------------- changes


def test_the_changes_take_the_tie_of_what_is_as_late_as_possible_off() -> None:
    """Ann does a on 2 and 3 March, since c has her from the 10th: without the change it would lie on 10 and 11 March beside it."""
    pf = portfolio(
        {"id": "a", "duration": "2 d", "constraints": {"as_late_as_possible": True}},
        {"id": "z", "duration": "8 d", "assignments": []},
        {"id": "c", "duration": "2 d", "not_before": "2026-03-10"},
    )
    plan = ipmo.level(pf)
    assert [str(one) for one in plan.changes] == ["let P/a start as soon as possible"]
    after = ipmo.what_if(pf, *plan.changes).after
    assert [f"{ipmo.schedule(after)[name].start:%m-%d}" for name in ("P/a", "P/c")] == ["03-02", "03-10"]
    assert ipmo.level(after).moved == ()


@settings(max_examples=12, deadline=None)
@given(portfolios(split=True))
def test_a_portfolio_with_the_changes_starts_as_levelled(pf: ipmo.Portfolio) -> None:
    plan = ipmo.level(pf, passes=2)
    after = ipmo.schedule(applied(pf, plan.changes))
    assert [after.dates(item.id) for item in plan] == [(item.start, item.finish) for item in plan]
    if plan.feasible:
        verify(pf, plan)


def test_a_team_that_does_the_whole_work_is_whole() -> None:
    """Two for 220 minutes are one for 440: its effort of 7.333... hours has no end in decimals, and it had needed 0.999999."""
    task = {"id": "a", "duration": "220 min", "effort_driven": True, "assignments": [{"resource": "ann", "units": 2, "least": 1}]}
    assert ipmo.level(portfolio(task))["P/a"].needs == (("ann", 1.0),)
