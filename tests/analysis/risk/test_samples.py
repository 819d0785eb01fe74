"""One sample is one schedule: with its lengths in the plan, the schedule has its dates and its critical work, whatever the rules."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.analysis.risk.uncertain import Structures, open_work, with_lengths
from ipmo.model import Dialect, Portfolio
from ipmo.network.states import State
from ipmo.testing.strategies import dialects, portfolios
from ipmo.units import minutes


def plan_of(pf: Portfolio, samples: int = 600, **more: object) -> Plan:
    options = {"seed": 1, "risks": "before", "dialect": None, "pert": "beta", "keep": (), **more}
    return Plan(pf, samples, **options)  # type: ignore[arg-type]


def end_of(s: ipmo.Schedule, item: str, plan: Plan) -> int | None:
    """The end of an item as its schedule says it; of what is above projects, the last of what lies in it."""
    kind = plan.parts[item][0]
    if kind not in ("portfolio", "programme"):
        return s.instants(item)[1]
    net = plan.schedule.network
    ends = [s.instants(net.ids[node])[1] for node in plan.parts[item][1] if net.state[node] is not State.GONE]
    return max((end for end in ends if end is not None), default=None)


def same_as_schedules(pf: Portfolio, dialect: Dialect, chosen: list[int]) -> int:
    """Holds samples against schedules made from scratch; how many dates that were."""
    try:
        plan = plan_of(pf, 6, dialect=dialect)
    except (ipmo.ScheduleError, ipmo.UnitError):
        return 0
    samples = Samples(plan.setup)
    lengths, later = samples.lengths(0, 1)
    assert not later
    try:
        found = samples.batch(0, 1)
    except ipmo.ScheduleError:
        return 0
    counted = 0
    for sample in chosen:
        changed = with_lengths(pf, plan.setup.structures.pieces, {name: int(row[sample]) for name, row in lengths.items()})
        s = ipmo.schedule(changed, dialect=dialect, on_cycle="cut")
        for place, kept in enumerate(plan.setup.kept):
            if kept.begins:
                begins = s.begins(kept.full_id)
                exact = None if begins is None else minutes(begins)
            else:
                exact = end_of(s, kept.full_id, plan)
            assert exact == found.dates[place, sample], (kept.full_id, sample)
            counted += 1
    return counted


@settings(max_examples=25, deadline=None)
@given(portfolios(tied=True), dialects(), st.just([0, 3, 5]))
def test_a_sample_is_the_schedule_with_its_lengths(pf: Portfolio, dialect: Dialect, chosen: list[int]) -> None:
    same_as_schedules(pf, dialect, chosen)


@pytest.mark.parametrize("dialect", ["ipmo", "p6", "msproject"])
def test_what_risks_make_later_is_later_than_all_lets_it_also_beside_work_as_late_as_possible(dialect: str) -> None:
    """Where each sample is a schedule of its own, what has nothing to do with that work has the dates that it has without it.

    Delays behind delays: of milestones with bounds and links to their finish, and of a project whose first tasks have bounds and a levelling delay.
    """
    work = {"low": "3 d", "likely": "5 d", "high": "12 d"}
    chances = {"g": 0.5, "m": 0.7, "n": 0.6, "e": 0.6}
    impacts = {"g": ("q", "3 d"), "m": ("p/m", "4 d"), "n": ("p/n", "50 h"), "e": ("q/e", "2 d")}
    risks = [
        {"id": f"late {name}", "before": {"probability": chances[name], "impacts": [{"target": target, "delay": delay}]}}
        for name, (target, delay) in impacts.items()
    ]
    data: dict[str, Any] = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05"},
        "projects": [
            {
                "id": "p",
                "risks": risks,
                "tasks": [
                    {"id": "a", "duration": work},
                    {"id": "m", "milestone": True, "after": "a", "not_before": "2026-01-13"},
                    {"id": "n", "milestone": True, "after": [{"from": "a", "type": "FF"}], "finish_not_before": "2026-01-12"},
                ],
            },
            {
                "id": "q",
                "tasks": [
                    {"id": "b", "duration": work, "not_before": "2026-01-14"},
                    {"id": "c", "duration": work, "delay": "2 d"},
                    {"id": "d", "duration": work, "finish_not_before": "2026-01-20"},
                    {"id": "e", "milestone": True, "after": ["b", "c", "d"]},
                ],
            },
        ],
        "links": [{"from": "p/m", "to": "q/b"}, {"from": "p/n", "to": "q/c"}, {"from": "p/m", "to": "q/d", "type": "FF"}],
    }
    late = {"id": "z", "tasks": [{"id": "late", "duration": "1 d", "constraints": {"as_late_as_possible": True}}]}
    beside = ipmo.from_dict({**data, "projects": [*data["projects"], late]})
    alone = ipmo.simulate(ipmo.from_dict(data), samples=60, dialect=dialect)
    found = ipmo.simulate(beside, samples=60, dialect=dialect)
    for name in alone.ids:
        if name != "all":
            assert found.finish(name).samples == alone.finish(name).samples, name


@settings(max_examples=40, deadline=None)
@given(portfolios(tied=True), dialects(), st.randoms(use_true_random=False))
def test_a_sample_dated_on_the_network_is_the_one_whose_portfolio_is_compiled(pf: Portfolio, dialect: Dialect, r: random.Random) -> None:
    """All dates, driving links and critical work: of other lengths, some of them nothing, and with some work later than all lets it."""
    try:
        structures = Structures(pf, dialect, open_work(pf, Structures(pf, dialect, {}).base.network))
        lengths = {name: r.choice([0, 1, piece.minutes, piece.minutes * 2, 1000]) for name, piece in structures.pieces.items()}
        later = {name: r.randint(1, 3000) for name in lengths if r.random() < 0.1}
        compiled = structures.scheduled(lengths, later).passes
    except (ipmo.ScheduleError, ipmo.UnitError):
        return
    laid_over = structures.dated(lengths, later)
    assert [list(map(int, laid_over.early.x)), list(map(int, laid_over.finishes)), laid_over.end] == [
        list(map(int, compiled.early.x)), list(map(int, compiled.finishes)), compiled.end
    ]  # fmt: skip
    assert (list(map(bool, laid_over.drives)), set(laid_over.critical)) == (list(map(bool, compiled.drives)), set(compiled.critical))


@pytest.mark.parametrize("length", [0, 1, 60, 1000])
@pytest.mark.parametrize(
    "begun", [{}, {"actual_start": "2026-01-05"}, {"actual_start": "2026-01-02"}, {"actual_start": "2026-01-05", "resumes": "2026-01-07"}]
)
def test_work_under_way_that_is_made_later_goes_on_later_also_where_its_portfolio_is_compiled(begun: dict[str, str], length: int) -> None:
    """What is asked of its start no longer binds it: what is later is its rest."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"},
            "projects": [{"id": "p", "tasks": [{"id": "a", "duration": "1 h", **begun}, {"id": "b", "duration": "1 d", "after": "a"}]}],
        }
    )
    structures = Structures(pf, None, open_work(pf, Structures(pf, None, {}).base.network))
    on_time = structures.scheduled({"p/a": length}).passes
    for later in (1, 30, 3000):
        laid_over = structures.dated({"p/a": length}, {"p/a": later})
        compiled = structures.scheduled({"p/a": length}, {"p/a": later}).passes
        assert int(laid_over.early.x[0]) == int(on_time.early.x[0]) + later
        assert list(map(int, laid_over.early.x)) == list(map(int, compiled.early.x))
        assert list(map(int, laid_over.finishes)) == list(map(int, compiled.finishes))


@pytest.mark.parametrize("status", [{}, {"status_date": "2026-01-05"}])
@pytest.mark.parametrize("first", [{}, {"milestone": True}, {"duration": "1 d", "constraints": {"expected_finish": "2026-01-05"}}])
def test_the_delay_of_a_project_whose_first_work_is_under_way_is_counted_whatever_the_way_of_sampling(
    first: dict[str, Any], status: dict[str, str]
) -> None:
    """The same project comes as late by it beside work that makes each sample a portfolio of its own."""
    impact = {"probability": 1.0, "impacts": [{"target": "p", "delay": "10 d"}]}
    tasks = [{"id": "a", "actual_start": "2026-01-05", **first}, {"id": "b", "duration": "5 d", "after": "a"}]
    project = {"id": "p", "risks": [{"id": "r", "before": impact}], "tasks": tasks}
    beside = {"id": "q", "tasks": [{"id": "e", "duration": "1 d", "constraints": {"expected_finish": "2026-01-09"}}]}
    for more in ([], [beside]):
        pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05", **status}, "projects": [project, *more]})
        none, before = (str(ipmo.simulate(pf, samples=20, risks=risks).finish("p").p(50)) for risks in ("none", "before"))
        assert none == ("2026-01-12" if "duration" in first else "2026-01-09"), more
        assert before == "2026-01-23", more  # five days of work behind ten; after those, what was expected before is done


def test_what_follows_a_date_that_is_held_before_the_status_date_comes_after_the_status_date() -> None:
    """What must finish in February gives a date of its own before the first day of anything; the outcome behind it has that day all the same."""
    held = {"id": "m", "milestone": True, "constraints": {"mandatory_finish": "2026-02-22"}}
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-05-09", "calendar": "continuous"},
            "projects": [{"id": "p", "tasks": [held, {"id": "a", "duration": {"low": "1 d", "likely": "2 d", "high": "9 d"}}]}],
            "outcomes": [{"id": "u", "enabled_by": [{"from": "p/m", "lag": "23 ed"}]}],
        }
    )
    assert str(ipmo.schedule(pf).begins("u"))[:10] == "2026-05-09"
    assert str(ipmo.simulate(pf, samples=50).finish("u").p(50)) == "2026-05-09"
