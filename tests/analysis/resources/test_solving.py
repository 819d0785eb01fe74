"""Levelling by CP-SAT: never worse than the heuristic, as short as any order of the jobs, and every plan keeps calendars and capacities."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.network.plans import Score
from ipmo.network.solving import improve

from .conftest import jobs, portfolio, portfolios, shortest, verify

FINISH = (1, 0, 2)


def by_finish(score: Score) -> tuple[int, ...]:
    return (score.end,)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_small_plans_are_proved_to_be_as_short_as_any_order_of_the_jobs(data: st.DataObject) -> None:
    """From the first pass of one rule on: what is proved is the least, and so is the plan."""
    n = data.draw(st.integers(2, 5))
    lengths = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    links = data.draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda one: one[0] < one[1]), max_size=4, unique=True)
    )
    needs = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=n, max_size=n))
    made = jobs(lengths, links, needs, (2, 3), 1)
    plan, solved = improve(made, made.level(1, 1, by_finish), FINISH, seconds=20, workers=1)
    least = shortest(lengths, links, needs, (2, 3))
    assert (plan.score.end, solved.status, solved.bound, solved.exact) == (least, "optimal", least, True)
    assert plan.over == ()


def test_a_plan_that_the_heuristic_does_not_find_in_one_pass_is_found_and_proved() -> None:
    """Lengths 5 4 3 3 3 on two machines: by length 10, by any order that pairs 5 and 4 apart from 3 3 3 it is 9."""
    made = jobs([3, 3, 3, 4, 5], [], [(1, 0)] * 5, (2, 1), 1)
    first = made.level(1, 1, by_finish)
    plan, solved = improve(made, first, FINISH, seconds=20, workers=1)
    assert (plan.score.end, solved.bound, solved.status) == (9, 9, "optimal")
    assert solved.before == first.score


@settings(max_examples=10, deadline=None)
@given(portfolios(), st.sampled_from(["commitments", "finish", "projects", "stability"]))
def test_calendars_and_capacities_are_kept_and_it_is_never_worse(pf: ipmo.Portfolio, objective: str) -> None:
    own = ipmo.level(pf, passes=1, objective=objective)  # type: ignore[arg-type]
    plan = ipmo.level(pf, passes=1, objective=objective, solver="cp-sat", seconds=0.3)  # type: ignore[arg-type]
    assert plan.solver is not None
    if own.feasible:
        verify(pf, plan)
        assert plan.feasible
        assert plan.solver.finish == plan.finish
        if objective == "finish":
            assert plan.finish <= own.finish  # type: ignore[operator]
        if objective == "commitments":
            assert plan.lateness <= own.lateness
    assert len(plan.shortages) <= len(own.shortages)
    assert all(plan.finish >= least for _, least in plan.bounds)  # type: ignore[operator]
    assert all(one >= other for (_, one), (_, other) in pairwise(plan.bounds))


def test_leave_hours_and_work_of_other_people_are_in_the_model() -> None:
    """One clock, dated capacity with a leave, work that stays: the model is exact, and its proof is the truth."""
    leave = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-04", "value": 0}, {"from": "2026-03-06", "value": 1}]
    fixed = {"constraints": {"must_start_on": "2026-03-09"}}
    pf = portfolio({"id": "a", "duration": "1 d"}, {"id": "b", "duration": "2 d"}, {"id": "c", "duration": "1 d"}, capacity=leave)
    plan = ipmo.level(pf, objective="finish", solver="cp-sat", seconds=20)
    assert plan.solver is not None
    assert (plan.solver.status, plan.solver.exact, f"{plan.finish:%m-%d}", plan.solver.bound) == ("optimal", True, "03-09", plan.finish)
    assert ("CP-SAT", plan.finish) in plan.bounds
    assert f"  {plan.solver}" in plan.explain().splitlines()
    tied = portfolio({"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d", **fixed}, {"id": "c", "duration": "4 d"})
    verify(tied, ipmo.level(tied, solver="cp-sat", seconds=2))


def test_commitments_come_first() -> None:
    """By hand: the long one is due first; the short one waits although it would be late by less."""
    pf = portfolio({"id": "a", "duration": "4 d", "deadline": "2026-03-05"}, {"id": "b", "duration": "1 d", "deadline": "2026-03-06"})
    plan = ipmo.level(pf, passes=1, solver="cp-sat", seconds=5)
    assert plan.lateness == 0
    assert f"{plan['P/b'].start:%m-%d}" == "03-06"


def test_without_or_tools_it_is_said_what_to_install_and_wrong_options_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pf = portfolio({"id": "a", "duration": "1 d"})
    with pytest.raises(ipmo.OptionError, match="write a number of seconds, more than 0"):
        ipmo.level(pf, solver="cp-sat", seconds=0)
    with pytest.raises(ipmo.OptionError, match="solver='cplex' is not known; write one of 'own', 'cp-sat'"):
        ipmo.level(pf, solver="cplex")  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(ImportError, match=r"levelling by CP-SAT needs OR-tools; try: pip install 'ipmo\[level\]'"):
        ipmo.level(pf, solver="cp-sat")
