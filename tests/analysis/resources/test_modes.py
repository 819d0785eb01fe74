"""Work that can be done in several ways: stated modes, teams of other sizes, and what is used up; against the clock, brute force and CP-SAT."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.change.applying import applied
from ipmo.changes import Restaff
from ipmo.network import levelling, pooled
from ipmo.network.kernels.columns import FAR
from ipmo.network.levelling import Leveller, Pool, Take
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.plans import Score
from ipmo.network.positions import plain
from ipmo.network.solving import improve
from ipmo.reporting import delivery
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Grid, Paragraph

from .conftest import days, minute, open_minutes, portfolio, shortest, use_and_room


def people(**numbers: float) -> list[dict[str, Any]]:
    return [{"id": name, "capacity": [{"from": "2026-01-01", "value": number}]} for name, number in numbers.items()]


def needs(**units: float) -> list[dict[str, Any]]:
    return [{"resource": name, "units": number} for name, number in units.items()]


# ------------------------------------------------------------------------------------------------ modes


def test_the_way_that_is_done_first_is_taken_where_it_fits() -> None:
    """By hand six days, by machine two; the machine is busy until Thursday: by hand, and by machine once it is free on Tuesday."""
    dig = {
        "id": "dig",
        "duration": "6 d",
        "assignments": needs(ann=1),
        "modes": [{"name": "by machine", "duration": "2 d", "assignments": needs(digger=1)}],
    }
    busy = {"id": "busy", "duration": "4 d", "assignments": needs(digger=1), "deadline": "2026-03-05"}
    everybody = people(ann=1, digger=1)
    assert days(ipmo.level(portfolio(dig, busy, resources=everybody))) == {"dig": ("03-02", "03-09"), "busy": ("03-02", "03-05")}
    busy |= {"duration": "1 d", "deadline": "2026-03-02"}
    short = ipmo.level(portfolio(dig, busy, resources=everybody))
    assert days(short)["dig"] == ("03-03", "03-04")
    assert (short["P/dig"].needs, short["P/dig"].moved) == ((("digger", 1),), -3)
    assert [str(one) for one in short.changes] == [
        "let P/dig be done by 1 of digger in 2 d",
        "set the not_before of P/dig to 2026-03-03 09:00",
    ]
    assert ipmo.schedule(applied(portfolio(dig, busy, resources=everybody), short.changes)).finish == short.finish
    assert ipmo.schedule(short.portfolio)["P/dig"].finish == datetime(2026, 3, 4, 17)
    assert short.portfolio["P/dig"].modes == ()
    assert f"{dict(short.bounds)['links']:%m-%d}" == "03-03"


def test_links_follow_the_way_that_is_chosen() -> None:
    """What finishes with the work, what starts with it, and what comes after it."""
    short = {"duration": "2 d", "assignments": needs(digger=1)}
    tasks = [
        {"id": "a", "duration": "6 d", "modes": [short]},
        {"id": "b", "duration": "1 d", "assignments": [], "after": "a"},
        {"id": "c", "duration": "1 d", "assignments": [], "after": [{"from": "a", "type": "FF"}]},
        {"id": "d", "duration": "1 d", "assignments": [], "after": [{"from": "a", "type": "SS", "lag": "1 d"}]},
        {"id": "e", "duration": "8 d", "assignments": [], "after": [{"from": "a", "type": "SF"}]},
    ]
    plan = ipmo.level(portfolio(*tasks, resources=people(ann=1, digger=1)))
    after = ipmo.schedule(plan.portfolio)
    assert [f"{after[f'P/{name}'].finish:%m-%d}" for name in "abcd"] == ["03-03", "03-04", "03-03", "03-03"]
    assert {item.id: item.finish for item in plan} == {item.id: after[item.id].finish for item in plan}


def test_work_that_has_begun_or_is_frozen_keeps_its_way() -> None:
    dig = {"id": "dig", "duration": "6 d", "modes": [{"duration": "2 d", "assignments": needs(ann=1)}]}
    assert days(ipmo.level(portfolio(dig)))["dig"] == ("03-02", "03-03")
    assert days(ipmo.level(portfolio(dig), frozen="P/dig"))["dig"] == ("03-02", "03-09")
    begun = portfolio({**dig, "actual_start": "2026-03-02"}, status_date="2026-03-03")
    assert days(ipmo.level(begun))["dig"][1] == "03-10"
    tied = portfolio({**dig, "constraints": {"must_start_on": "2026-03-04"}})
    assert days(ipmo.level(tied))["dig"] == ("03-04", "03-11")


def test_a_usual_way_that_nobody_can_do_gives_way_to_one_that_can_be_done() -> None:
    impossible = {"id": "a", "duration": "2 d", "assignments": needs(ann=5), "modes": [{"duration": "3 d", "assignments": needs(ann=1)}]}
    plan = ipmo.level(portfolio(impossible))
    assert (days(plan)["a"], plan.shortages) == (("03-02", "03-04"), ())
    neither = ipmo.level(portfolio({**impossible, "modes": [{"duration": "3 d", "assignments": needs(ann=4)}]}))
    assert [one.kind for one in neither.shortages] == ["too much"]


# -------------------------------------------------------------------------------------- effort-driven work


def test_effort_driven_work_without_a_duration_lasts_as_long_as_its_efforts_need() -> None:
    both = [{"resource": "ann", "units": 2, "effort": "6 pd"}, {"resource": "bob", "effort": "16 ph"}]
    pf = portfolio({"id": "a", "effort_driven": True, "assignments": both[:1]}, resources=people(ann=2, bob=1))
    assert ipmo.schedule(pf)["P/a"].finish == datetime(2026, 3, 4, 17)
    assert "ipmo/no-duration" not in [one.code for one in ipmo.check(pf)]
    more = ipmo.schedule(portfolio({"id": "a", "effort_driven": True, "assignments": [{**both[0], "units": 3}]}, resources=people(ann=3)))
    assert more["P/a"].finish == datetime(2026, 3, 3, 17)
    with pytest.raises(ipmo.ModelError, match="efforts in one unit"):
        portfolio({"id": "a", "effort_driven": True, "assignments": both}, resources=people(ann=2, bob=1))


def test_more_people_make_it_shorter_and_the_work_stays() -> None:
    """Six days of one person; up to three may do it: two days of three. With a minimum of one, two people share it with what is urgent."""
    a = {"id": "a", "duration": "6 d", "effort_driven": True, "assignments": [{"resource": "ann", "most": 3}]}
    plan = ipmo.level(portfolio(a, resources=people(ann=3)))
    assert (days(plan)["a"], plan["P/a"].needs) == (("03-02", "03-03"), (("ann", 3),))
    assert [str(one) for one in plan.changes] == ["let P/a be done by 3 of ann in 2 d"]
    two = {
        "id": "b",
        "duration": "3 d",
        "effort_driven": True,
        "assignments": [{"resource": "ann", "units": 2, "least": 1}],
        "deadline": "2026-03-09",
    }
    other = {"id": "c", "duration": "6 d", "assignments": needs(ann=1), "deadline": "2026-03-09"}
    shared = ipmo.level(portfolio(two, other, resources=people(ann=2)))
    assert (days(shared), shared["P/b"].needs) == ({"b": ("03-02", "03-09"), "c": ("03-02", "03-09")}, (("ann", 1),))
    assert shared.lateness == 0


def test_with_two_people_of_one_kind_the_other_has_to_keep_up() -> None:
    """Twelve days of welders, six of a fitter at most one: shorter than six days the fitter cannot do."""
    team = [{"resource": "ann", "units": 1, "most": 4, "effort": "12 pd"}, {"resource": "bob", "effort": "6 pd"}]
    plan = ipmo.level(
        portfolio({"id": "a", "duration": "12 d", "effort_driven": True, "assignments": team}, resources=people(ann=4, bob=1))
    )
    assert (days(plan)["a"], plan["P/a"].needs) == (("03-02", "03-09"), (("ann", 2), ("bob", 1)))


# -------------------------------------------------------------------------------------- what is used up


def steel(*rows: tuple[str, float]) -> dict[str, Any]:
    return {"id": "steel", "unit": "t", "used_up": True, "capacity": [{"from": day, "value": value} for day, value in rows]}


def test_what_is_used_up_is_gone_and_work_waits_for_the_next_delivery() -> None:
    tasks = [{"id": name, "duration": "2 d", "assignments": needs(steel=40)} for name in "abc"]
    plan = ipmo.level(portfolio(*tasks, resources=[steel(("2026-01-01", 80), ("2026-03-10", 120))]))
    assert sorted(days(plan).values()) == [("03-02", "03-03"), ("03-02", "03-03"), ("03-10", "03-11")]
    assert plan.feasible
    assert [item.because for item in plan if item.moved] == ["waits for steel: with P/a, P/b on 2026-03-09"]
    short = ipmo.level(portfolio(*tasks, resources=[steel(("2026-01-01", 100))]))
    assert [(one.kind, str(one)) for one in short.shortages] == [("used up", "P/c uses up 40 of steel, and other work leaves less")]
    assert [str(one) for one in short.conflicts] == ["P/a, P/b, P/c use up 120 of steel, of which there are 100: no plan fits them all"]


def test_what_finished_work_has_used_up_is_gone() -> None:
    done = {"id": "a", "duration": "2 d", "assignments": needs(steel=40), "actual_start": "2026-03-02", "actual_finish": "2026-03-03"}
    rest = {"id": "b", "duration": "2 d", "assignments": needs(steel=40)}
    for there, short in ((80, 0), (79, 1)):
        plan = ipmo.level(portfolio(done, rest, resources=[steel(("2026-01-01", there))], status_date="2026-03-04"))
        assert len(plan.shortages) == short


def test_modes_trade_time_for_what_is_used_up() -> None:
    """Each alone would take the quick way; for both of them there is too little steel."""
    quick, slow = needs(steel=40), {"duration": "5 d", "assignments": needs(steel=10)}
    tasks = [{"id": name, "duration": "2 d", "assignments": quick, "modes": [slow]} for name in "ab"]
    pf = portfolio(*tasks, resources=[steel(("2026-01-01", 60))])
    for plan in (ipmo.level(pf), ipmo.level(pf, passes=1, solver="cp-sat", seconds=5)):
        assert plan.feasible
        assert sorted(days(plan).values()) == [("03-02", "03-03"), ("03-02", "03-06")]
        assert [sum(dict(item.needs).values()) for item in plan if item.finish.day == 3] == [40]


def test_more_used_up_than_there_is_is_found_and_stands_in_no_week() -> None:
    tasks = [{"id": name, "duration": "2 d", "assignments": needs(steel=40, ann=1)} for name in "ab"]
    done = {"id": "c", "duration": "1 d", "assignments": needs(steel=25), "actual_start": "2026-03-02", "actual_finish": "2026-03-02"}
    slow = {"duration": "5 d", "assignments": needs(steel=10)}

    def found(there: float, *more: dict[str, Any]) -> list[tuple[str, str, str]]:
        pf = portfolio(*more, done, resources=[*people(ann=2), steel(("2026-01-01", there))], status_date="2026-03-03")
        return [(one.severity.name.lower(), one.item, one.message) for one in ipmo.check(pf) if one.code == "ipmo/used-up"]

    assert found(105, *tasks) == []
    assert found(100, *tasks) == [("error", "steel", "P/a, P/b, P/c use up 105 of steel, of which there are 100: 5 too many")]
    other = "P/a, P/b, P/c use up 105 of steel, of which there are 100: 5 too many as planned, and enough in other ways"
    assert found(100, {**tasks[0], "modes": [slow]}, tasks[1]) == [("warning", "steel", other)]
    pf = portfolio(*tasks, resources=[*people(ann=2), steel(("2026-01-01", 80))])
    loads = ipmo.capacity(pf, every="week", periods=2)
    assert {one.name for one in loads} == {"ann"}
    assert [(one.resource, one.needed, one.there, one.over) for one in loads.used_up] == [("steel", 80, 80, 0)]
    assert str(loads.used_up[0]) == "P/a, P/b use up 80 of steel, of which there are 80"


# ---------------------------------------------------------------------------------------------- checks


def test_what_contradicts_itself_is_refused_at_its_place(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"

    def problems(task: str, resource: str = "id: ann, capacity: [{from: 2026-01-01, value: 1}]") -> list[str]:
        file.write_text(
            f"ipmo: 1\nportfolio: {{id: x, start: 2026-03-02}}\nresources:\n  - {{{resource}}}\nprojects:\n  - id: P\n    tasks:\n      - {{id: a, {task}}}\n",
            encoding="utf-8",
        )
        with pytest.raises(ipmo.FileError) as caught:
            ipmo.read(file)
        return [f"{one.line}: {one.message}" for one in caught.value.problems]

    def said(task: str, *words: str, **more: str) -> None:
        (found,) = problems(task, **more)
        assert all(word in found for word in words), found

    said("duration: 2 d, assignments: [{resource: ann, most: 2}]", "8:", "least and most of 'ann' need effort_driven: true")
    said("duration: 2 d, effort_driven: true", "8:", "fixed work needs somebody who does it")
    said("duration: 2 d, effort_driven: true, assignments: [{resource: ann, most: 0.5}]", "8:", "at least the 1 units (got 0.5)")
    said("duration: 2 d, effort_driven: true, assignments: [{resource: ann, least: 2}]", "8:", "above 0 and at most the 1 units (got 2)")
    said("modes: [{duration: 2 d}]", "8:", "other ways need the duration of the usual one")
    said("duration: 2 d, modes: [{duration: 2 ed}]", "8:", "all in working time or all in elapsed time")
    said("duration: 2 d, modes: [{duration: 0 d}]", "8:", "work takes some working or elapsed time (got 0 d)")
    said("milestone: true, modes: [{duration: 2 d}]", "8:", "a milestone or level of effort has no work of its own")
    said("duration: 2 d, modes: [{duration: 1 d, assignments: [{resource: nobody}]}]", "8:", "nobody")
    said("duration: 2 d, assignments: [{resource: ann, effort: 2 pd}]", "8:", "is used up", resource="id: ann, used_up: true")
    said("duration: 2 d", "4:", "what is used up has no hours", resource="id: ann, used_up: true, calendar: standard")


def test_restaffing_is_a_change_like_others(tmp_path: Path) -> None:
    pf = portfolio({"id": "a", "duration": "6 d"}, {"id": "done", "duration": "1 d", "actual_start": "2026-03-02"}, resources=people(ann=3))
    change = Restaff("P/a", "2 d", [{"resource": "ann", "units": 3}])  # type: ignore[arg-type]
    ipmo.write_changes([change], tmp_path / "changes.yaml")
    assert ipmo.read_changes(tmp_path / "changes.yaml") == (change,)
    assert (
        ipmo.what_if(pf, change).after["P/a"].assignments[0].units == 3 if hasattr(ipmo.what_if(pf, change).after, "assignments") else True
    )
    with pytest.raises(ipmo.ModelError, match="has begun; who does it, and how long, does not change"):
        ipmo.what_if(pf, Restaff("P/done", "2 d"))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------ properties


@st.composite
def plans(draw: st.DrawFn) -> ipmo.Portfolio:
    """Work in several ways, with links of all types, leave, and what is used up."""

    def who() -> list[dict[str, Any]]:
        chosen = draw(st.sets(st.sampled_from(["ann", "crew", "steel"]), max_size=2))
        return [
            {"resource": one, "units": draw(st.sampled_from([10, 20, 30] if one == "steel" else [0.5, 1, 2]))} for one in sorted(chosen)
        ]

    tasks: list[dict[str, Any]] = []
    for number in range(draw(st.integers(2, 6))):
        task: dict[str, Any] = {"id": f"t{number}", "duration": f"{draw(st.integers(2, 24))} h", "assignments": who()}
        kind = draw(st.integers(0, 3))
        if kind < 2:
            task["modes"] = [{"duration": f"{draw(st.integers(1, 40))} h", "assignments": who()} for _ in range(draw(st.integers(1, 2)))]
        elif kind == 2:
            task |= {
                "effort_driven": True,
                "assignments": [{"resource": "crew", "units": 2, "least": 1, "most": draw(st.integers(2, 3))}, *needs(ann=0.5)],
            }
        if tasks and draw(st.booleans()):
            before = draw(st.sampled_from([one["id"] for one in tasks]))
            task["after"] = [
                {"from": before, "type": draw(st.sampled_from(["FS", "SS", "FF", "SF"])), "lag": f"{draw(st.integers(-8, 12))} h"}
            ]
        if draw(st.integers(0, 4)) == 0:
            task["calendar"] = draw(st.sampled_from(["six", "always"]))
        if draw(st.integers(0, 5)) == 0:
            task |= draw(st.sampled_from([{"not_before": "2026-03-05"}, {"finish_not_before": "2026-03-06"}, {"deadline": "2026-03-06"}]))
        tasks.append(task)
    leave = [{"from": "2026-01-01", "value": 2}, {"from": "2026-03-12", "value": 0}, {"from": "2026-03-14", "value": 3}]
    supply = steel(("2026-01-01", draw(st.integers(2, 6)) * 10), ("2026-03-09", draw(st.integers(6, 20)) * 10))
    crew = {"id": "crew", "capacity": [{"from": "2026-01-01", "value": 3}]}
    return portfolio(*tasks, resources=[{"id": "ann", "capacity": leave}, crew, supply])


def verified(pf: ipmo.Portfolio, plan: ipmo.Levelled) -> None:
    """Each piece of work is done in one of the ways that the file says; nobody is short in any minute, nothing is used up twice, and the engine agrees."""
    after, masks = ipmo.schedule(plan.portfolio), {name: open_minutes(one) for name, one in pf.calendar_table.items()}
    over = {name for one in plan.shortages for name in one.items}
    used: list[tuple[datetime, float]] = []
    for task in pf.projects[0].tasks:
        done = plan.portfolio[f"P/{task.id}"]
        length = minutes_of(pf, done)
        ways = [(minutes_of(pf, task), tuple(one.units for one in task.assignments), tuple(one.resource for one in task.assignments))]
        ways += [
            (minutes_of(pf, one), tuple(x.units for x in one.assignments), tuple(x.resource for x in one.assignments)) for one in task.modes
        ]
        if task.effort_driven and length != ways[0][0]:
            crew, ann = done.assignments
            assert (ann.units, crew.least, crew.most) == (0.5, None, None)
            assert crew.effort is not None
            assert float(crew.effort.amount) * 60 == pytest.approx(2 * ways[0][0])  # the work stays
            assert crew.units * length >= 2 * ways[0][0] > (crew.units * (length - 1))
            assert 1 <= crew.units <= (task.assignments[0].most or 2)
        else:
            assert (length, tuple(x.units for x in done.assignments), tuple(x.resource for x in done.assignments)) in ways
        start, finish = after[f"P/{task.id}"].start, after[f"P/{task.id}"].finish
        assert start is not None
        assert finish is not None
        worked = masks[task.calendar or "standard"][minute(start) : minute(finish)]
        assert worked.sum() == length
        used += [(start, one.units) for one in done.assignments if one.resource == "steel" and f"P/{task.id}" not in over]
    for item in plan:
        assert (after[item.id].start, after[item.id].finish) == (item.start, item.finish), item
    if over:
        return
    for name, need, there in use_and_room(plan.portfolio, plan):
        if name != "steel":
            assert not (need > there + 1e-4).any(), (name, plan.table())
    for row, until in itertools.pairwise((*pf.resources[2].capacity, None)):
        assert row is not None
        assert sum(units for start, units in used if until is None or start.date() < until.since) <= row.value


def minutes_of(pf: ipmo.Portfolio, noun: Any) -> int:
    span = noun.duration if isinstance(noun.duration, ipmo.model.Span) else noun.duration.central()
    return pf.calendar_table["standard"].minutes(span)


@given(plans(), st.integers(0, 3))
def test_every_plan_does_all_work_in_a_stated_way_and_takes_no_more_than_there_is(pf: ipmo.Portfolio, seed: int) -> None:
    plan = ipmo.level(pf, passes=20, seed=seed)
    verified(pf, plan)
    assert all(plan.finish >= least for _, least in plan.bounds)  # type: ignore[operator]
    assert {one.kind for one in plan.shortages} <= {"used up", "no room", "too much", "never fits"}
    fewer = ipmo.level(pf, passes=6, seed=seed)
    assert (len(plan.shortages), plan.lateness, plan.finish) <= (len(fewer.shortages), fewer.lateness, fewer.finish)


@settings(max_examples=12, deadline=None)
@given(plans())
def test_cp_sat_chooses_ways_too_and_is_never_worse(pf: ipmo.Portfolio) -> None:
    own, plan = ipmo.level(pf, passes=2), ipmo.level(pf, passes=2, solver="cp-sat", seconds=0.4)
    verified(pf, plan)
    assert (len(plan.shortages), plan.lateness) <= (len(own.shortages), own.lateness)
    assert all(plan.finish >= least for _, least in plan.bounds)  # type: ignore[operator]


@st.composite
def several(draw: st.DrawFn) -> tuple[list[list[int]], list[tuple[int, int]], list[list[tuple[int, int, int]]], tuple[int, int, int]]:
    """Lengths and needs of jobs in each of their ways, links, and what there is: two pools, and one that is used up."""
    n = draw(st.integers(2, 4))
    lengths = [draw(st.lists(st.integers(1, 5), min_size=1, max_size=2)) for _ in range(n)]
    asked = [[(draw(st.integers(0, 2)), draw(st.integers(0, 2)), draw(st.integers(0, 3))) for _ in ways] for ways in lengths]
    links = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda one: one[0] < one[1]), max_size=3, unique=True)
    )
    return lengths, links, asked, (2, 3, draw(st.integers(3, 8)))


def leveller(
    lengths: list[list[int]],
    links: list[tuple[int, int]],
    asked: list[list[tuple[int, int, int]]],
    room: tuple[int, int, int],
    samples: int,
) -> Leveller:
    net = Network.from_columns(
        [str(j) for j in range(len(lengths))], [some[0] for some in lengths], [u for u, _ in links], [v for _, v in links]
    )
    takes = [
        Take(j, r, units * levelling.UNIT, 0, FAR if r == 2 else lengths[j][way], way)
        for j, ways in enumerate(asked) for way, both in enumerate(ways) for r, units in enumerate(both)
    ]  # fmt: skip
    pools = [Pool(f"r{r}", ((0, units * levelling.UNIT),), used_up=r == 2) for r, units in enumerate(room)]
    ways = {(j, way): long for j, some in enumerate(lengths) if len(some) > 1 for way, long in enumerate(some)}
    return Leveller(Passes(net), pools, takes, lengths=ways, samples=samples)


def by_finish(score: Score) -> tuple[int, ...]:
    return (score.end,)


@settings(max_examples=60, deadline=None)
@given(several())
def test_small_plans_in_several_ways_are_as_short_as_any_choice_and_order(drawn: Any) -> None:
    """Every choice of ways that there is enough for, in every order, minute by minute: the solver proves the least, the heuristic is no better."""
    lengths, links, asked, room = drawn
    choices = [
        one
        for one in itertools.product(*(range(len(some)) for some in lengths))
        if sum(asked[j][way][2] for j, way in enumerate(one)) <= room[2]
    ]
    made = leveller(lengths, links, asked, room, 1)
    plan = made.level(60, 1, by_finish)
    if not choices:
        assert plan.over
        return
    least = min(
        shortest([lengths[j][way] for j, way in enumerate(one)], links, [asked[j][way][:2] for j, way in enumerate(one)], room[:2])
        for one in choices
    )
    best, solved = improve(made, plan, (1, 0, 2), seconds=20, workers=1)
    assert (best.score.end, best.over) == (least, ())
    assert solved.bound is None or solved.bound <= least
    assert plan.over or plan.score.end >= least
    assert made.least_score.end <= least
    pos = plain(made.network.positions.pos)
    start, ways = [plain(best.early.x)[v] for v in pos], [best.chosen[v] for v in pos]
    for u, v in links:
        assert start[v] >= start[u] + lengths[u][ways[u]]
    for r in (0, 1):
        use = np.zeros(200, int)
        for j, way in enumerate(ways):
            use[start[j] : start[j] + lengths[j][way]] += asked[j][way][r]
        assert (use <= room[r]).all()
    assert sum(asked[j][way][2] for j, way in enumerate(ways)) <= room[2]


def test_compiled_and_plain_kernels_choose_the_same_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    for _ in range(12):
        n = 14
        lengths = [[int(x) for x in rng.integers(1, 30, int(rng.integers(1, 4)))] for _ in range(n)]
        asked = [[tuple(int(x) for x in rng.integers(0, 3, 3)) for _ in some] for some in lengths]
        links = sorted({(int(u), int(v)) for u, v in rng.integers(0, n, (14, 2)) if u < v})
        found = []
        for least in (0, 10**9):
            monkeypatch.setattr(pooled, "COMPILED_FROM", least)
            made = leveller(lengths, links, asked, (3, 4, 16), 1)  # type: ignore[arg-type]
            plan = made.level(30, 5, by_finish)
            found.append((made.compiled, plain(plan.early.x), plan.chosen, plan.score, plan.over))
        assert [one[0] for one in found] == [True, False]
        assert found[0][1:] == found[1][1:]


def test_the_report_has_what_is_used_up(tmp_path: Path) -> None:
    """More than there ever is as planned, and enough in another way; nobody else is assigned, so that there is no other capacity to show."""
    stone = [{"name": "stone", "duration": "4 d", "assignments": []}]
    tasks = [
        {"id": "a", "name": "Road", "duration": "10 d", "assignments": [{"resource": "asphalt", "units": 120}]},
        {"id": "u", "name": "Square", "duration": "2 d", "assignments": [{"resource": "asphalt", "units": 90}], "modes": stone},
    ]
    asphalt = {"id": "asphalt", "name": "Asphalt", "unit": "t", "used_up": True, "capacity": [{"from": "2026-01-01", "value": 200}]}
    pf = ipmo.Portfolio(id="x", start="2026-03-02", status_date="2026-03-02", resources=[asphalt], projects=[{"id": "P", "tasks": tasks}])
    panel = delivery.people(Answers(pf, ipmo.check(pf)))
    assert panel is not None
    text, grid = panel.blocks
    assert isinstance(text, Paragraph)
    assert isinstance(grid, Grid)
    assert "more than there ever is of Asphalt. Other ways to do its work would leave enough of Asphalt." in text.text
    assert [(row.name, [cell.text for cell in row.cells]) for row in grid.rows] == [
        ("Asphalt (t)", ["210", "200", "\u221210", "120", "Road 120, Square 90"])
    ]
    enough = pf.evolve(resources=[{**asphalt, "capacity": [{"from": "2026-01-01", "value": 300}]}])
    found = delivery.people(Answers(enough, ipmo.check(enough)))
    assert found is not None
    assert "more than there ever is" not in str(found.blocks[0])
    nobody = pf.evolve(projects=[{"id": "P", "tasks": [{"id": "a", "duration": "1 d"}]}])
    assert delivery.people(Answers(nobody, ipmo.check(nobody))) is None
