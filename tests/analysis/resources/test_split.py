"""Levelling of work that may be interrupted: against every way to place it, minute by minute, with numba and without, written back to the minute."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.network import pooled
from ipmo.network.levelling import Score, Split
from ipmo.network.positions import plain
from ipmo.network.solving import improve

from .conftest import days, jobs, portfolio, portfolios, verify

Steps = Sequence[tuple[int, int]]
Job = tuple[int, int, int, int]
"""Minutes done, pieces begun, minutes of the piece that goes on, 0 where none does."""


def there(steps: Steps, time: int) -> int:
    return next(units for since, units in reversed(steps) if since <= time)


def going_on(job: Job, length: int, split: Split | None) -> Iterator[tuple[bool, Job]]:
    """What may become of a job in a minute: whether it takes its people, and how it stands then."""
    done, pieces, piece = job[:3]
    least, most = (min(split.least, length), split.most) if split is not None else (length, 1)
    if done < length:
        if piece:
            if not (done + 1 == length and piece + 1 < least):
                yield True, (done + 1, pieces, 0 if done + 1 == length else piece + 1, 0)
        elif pieces < most and not (done + 1 == length and least > 1):
            yield True, (done + 1, pieces + 1, 0 if done + 1 == length else 1, 0)
    if not piece or (piece >= least and done < length):
        yield False, (done, pieces, 0, 0)


def soonest(
    lengths: Sequence[int], links: Sequence[tuple[int, int]], needs: Sequence[int], steps: Steps, splits: Mapping[int, Split]
) -> int:
    """The least finish of all: every state that can be reached, minute by minute."""
    states, time = {((0, 0, 0, 0),) * len(lengths)}, 0
    while True:
        if any(all(job[0] == length for job, length in zip(state, lengths, strict=True)) for state in states):
            return time
        following = set()
        for state in states:
            ready = [all(state[u][0] == lengths[u] for u, v in links if v == j) for j in range(len(lengths))]
            ways = [[one for one in going_on(job, lengths[j], splits.get(j)) if ready[j] or not one[0]] for j, job in enumerate(state)]
            for some in itertools.product(*ways):
                if sum(needs[j] for j, (takes, _) in enumerate(some) if takes) <= there(steps, time):
                    following.add(tuple(job for _, job in some))
        states, time = following, time + 1


capacities = st.lists(st.integers(0, 2), min_size=0, max_size=14).map(lambda some: [*enumerate(some), (len(some), 2)])
lone = st.builds(Split, st.integers(1, 4), st.integers(1, 4))


def placed(plan: Any, v: int, length: int) -> list[tuple[int, int]]:
    x = plain(plan.early.x)[v]
    return list(plan.pieces.get(v, ((x, x + length),)))


@settings(max_examples=300)
@given(st.integers(1, 8), st.integers(1, 2), capacities, lone)
def test_one_job_is_done_as_soon_as_can_be(length: int, need: int, steps: Steps, split: Split) -> None:
    made = jobs([length], [], [(need, 0)], (2, 1), 1, splits={0: split}, steps=steps)
    plan = made.level(1, 1, lambda score: (score.end,))
    assert plan.score.end == soonest([length], [], [need], steps, {0: split})
    check(plan, [length], [], [need], steps, {0: split}, made.network.positions.pos)


def check(
    plan: Any,
    lengths: Sequence[int],
    links: Sequence[tuple[int, int]],
    needs: Sequence[int],
    steps: Steps,
    splits: Mapping[int, Split],
    pos: Any,
) -> None:
    """Precedence, capacity minute by minute, whole work, pieces as long and as few as they may be."""
    pieces = [placed(plan, int(pos[j]), length) for j, length in enumerate(lengths)]
    for j, some in enumerate(pieces):
        least, most = (splits[j].least, splits[j].most) if j in splits else (lengths[j], 1)
        assert sum(end - begin for begin, end in some) == lengths[j]
        assert len(some) <= max(most, 1)
        assert len(some) == 1 or all(end - begin >= least for begin, end in some)
        assert all(one[1] < other[0] for one, other in itertools.pairwise(some))
    assert all(pieces[v][0][0] >= pieces[u][-1][1] for u, v in links)
    for time in range(max(some[-1][1] for some in pieces)):
        assert sum(need for need, some in zip(needs, pieces, strict=True) if any(b <= time < e for b, e in some)) <= there(steps, time)


@st.composite
def several(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]], list[int], Steps, dict[int, Split]]:
    count = draw(st.integers(2, 3))
    lengths = draw(st.lists(st.integers(1, 4), min_size=count, max_size=count))
    links = [pair for pair in itertools.combinations(range(count), 2) if not draw(st.integers(0, 2))]
    needs = draw(st.lists(st.integers(1, 2), min_size=count, max_size=count))
    splits = {j: draw(lone) for j in range(count) if draw(st.booleans())}
    return lengths, links, needs, draw(capacities), splits


@settings(max_examples=200)
@given(several())
def test_several_jobs_are_never_done_sooner_than_can_be(
    one: tuple[list[int], list[tuple[int, int]], list[int], Steps, dict[int, Split]],
) -> None:
    lengths, links, needs, steps, splits = one
    made = jobs(lengths, links, [(need, 0) for need in needs], (2, 1), 1, splits=splits, steps=steps)
    plan = made.level(12, 1, lambda score: (score.end,))
    best = soonest(lengths, links, needs, steps, splits)
    assert plan.score.end >= best
    assert plan.score.end <= best + max(lengths) * len(lengths)
    assert plan.least.end <= best
    bound = made.bound(0)
    assert bound is None or bound <= best
    assert not plan.proved or plan.score.end == best
    check(plan, lengths, links, needs, steps, splits, made.network.positions.pos)


def test_a_hundred_draws_are_mostly_solved() -> None:
    """Twelve passes find the best plan of three jobs in nine draws of ten."""
    import random

    rng, found = random.Random(7), 0
    for _ in range(100):
        lengths, needs = [rng.randint(1, 4) for _ in range(3)], [rng.randint(1, 2) for _ in range(3)]
        links = [pair for pair in itertools.combinations(range(3), 2) if rng.random() < 0.3]
        steps = [*enumerate(rng.randint(0, 2) for _ in range(rng.randint(0, 10)))]
        steps.append((len(steps), 2))
        splits = {j: Split(rng.randint(1, 3), rng.randint(2, 4)) for j in range(3) if rng.random() < 0.6}
        made = jobs(lengths, links, [(need, 0) for need in needs], (2, 1), 1, splits=splits, steps=steps)
        found += made.level(12, 1, lambda score: (score.end,)).score.end == soonest(lengths, links, needs, steps, splits)
    assert found >= 90


@settings(max_examples=60)
@given(portfolios(split=True), st.sampled_from(["capacity", "float"]))
def test_plans_keep_every_capacity_to_the_minute_and_are_written_back(pf: ipmo.Portfolio, within: Any) -> None:
    plan = ipmo.level(pf, within=within, passes=8)
    if plan.feasible:
        verify(pf, plan)
    for item in plan:
        task = pf[item.id]
        assert isinstance(task, ipmo.model.Task)
        if item.rests:
            assert task.split is not None
            assert task.split.most is None or len(item.rests) <= task.split.most
    again = ipmo.level(plan.portfolio, within=within, passes=8)
    assert again.finish is None or plan.finish is None or not plan.feasible or again.finish <= plan.finish


@pytest.mark.skipif(not pooled.available(), reason="numba is not installed")
def test_with_numba_and_without_the_plan_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = []
    for compiled in (True, False):
        monkeypatch.setattr(pooled, "available", lambda compiled=compiled: compiled)
        steps = [(0, 2), (5, 0), (8, 2), (13, 1), (17, 3)]
        splits = {j: Split(1 + j % 3, 2 + j % 4) for j in range(0, 24, 2)}
        lengths = [3 + j * 7 % 9 for j in range(24)]
        links = [(j, j + 3) for j in range(0, 20, 2)]
        needs = [(1 + j % 2, j % 3 == 0) for j in range(24)]
        made = jobs(lengths, links, needs, (3, 1), 10**6, splits=splits, steps=steps)
        plan = made.level(30, 1, lambda score: (score.end, score.ends))
        assert made.compiled is compiled
        plans.append((plain(plan.early.x), plan.pieces, plan.chosen, plan.score, plan.found))
    assert plans[0] == plans[1]
    assert plans[0][1]


LEAVE = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-10", "value": 0}, {"from": "2026-03-12", "value": 1}]
URGENT = {"id": "u", "duration": "2 d", "not_before": "2026-03-05", "deadline": "2026-03-06"}


def test_work_rests_for_more_urgent_work_and_for_leave() -> None:
    """Three days, two of Thursday's commitment, one on Monday, two of leave, six more."""
    plan = ipmo.level(portfolio({"id": "a", "duration": "10 d", "split": True}, URGENT, capacity=LEAVE))
    assert days(plan) == {"a": ("03-02", "03-19"), "u": ("03-05", "03-06")}
    assert [str(rest) for rest in plan["P/a"].rests] == [
        "rests from 2026-03-04 17:00 to 2026-03-09 09:00, waits for ann: with P/u on 2026-03-05",
        "rests from 2026-03-09 17:00 to 2026-03-12 09:00, waits for ann: not there on 2026-03-10",
    ]
    assert [str(change) for change in plan.changes] == [
        "let P/a rest from 2026-03-04 17:00 to 2026-03-09 09:00 and from 2026-03-09 17:00 to 2026-03-12 09:00",
        "set the not_before of P/a to 2026-03-02 09:00",
    ]
    assert ipmo.what_if(plan.before, *plan.changes).after["P/a"] == plan.portfolio["P/a"]
    assert list(plan.table()["interruptions"]) == [2, 0]


@pytest.mark.parametrize(
    ("split", "begins", "ends"), [({"least": "3 d"}, "03-02", "03-20"), ({"most": 1}, "03-02", "03-20"), (False, "03-12", "03-25")]
)
def test_how_often_and_in_what_pieces(split: object, begins: str, ends: str) -> None:
    plan = ipmo.level(portfolio({"id": "a", "duration": "10 d", "split": split}, URGENT, capacity=LEAVE))
    assert days(plan)["a"] == (begins, ends)


def test_what_rests_already_may_rest_as_much_less_often() -> None:
    rests = {"from": "2026-03-03", "until": "2026-03-03"}
    for most, ends in ((1, "03-25"), (2, "03-23")):
        task = {"id": "a", "duration": "10 d", "split": {"most": most}, "interruptions": rests}
        plan = ipmo.level(portfolio(task, URGENT, capacity=LEAVE))
        assert days(plan)["a"][1] == ends
        verify_dates(plan)


def verify_dates(plan: ipmo.Levelled) -> None:
    again = ipmo.schedule(plan.portfolio)
    assert all((again[item.id].start, again[item.id].finish) == (item.start, item.finish) for item in plan)


def test_work_longer_than_its_people_are_ever_there_is_done_in_pieces() -> None:
    """A machine that is there in the mornings only: eight hours take two days in pieces, and never fit in one."""
    short = [{"id": "am", "week": "mon-fri", "hours": "09:00-13:00"}]
    for split in (True, False):
        pf = portfolio({"id": "a", "duration": "1 d", "split": split})
        pf = pf.evolve(calendars=short, resources=[{"id": "ann", "calendar": "am", "capacity": [{"from": "2026-01-01", "value": 1}]}])
        plan = ipmo.level(pf)
        assert [one.kind for one in plan.shortages] == ([] if split else ["never fits"])
        if split:
            assert days(plan) == {"a": ("03-02", "03-03")}
            verify_dates(plan)


def test_what_has_begun_or_is_frozen_is_not_interrupted() -> None:
    begun = portfolio({"id": "a", "duration": "10 d", "split": True, "actual_start": "2026-03-02"}, URGENT).evolve(status_date="2026-03-02")
    assert not ipmo.level(begun)["P/a"].rests
    assert not ipmo.level(portfolio({"id": "a", "duration": "10 d", "split": True}, URGENT), frozen=["P/a"])["P/a"].rests


def test_cp_sat_makes_it_no_worse_and_proves_nothing_that_it_does_not_know() -> None:
    pytest.importorskip("ortools")
    pf = portfolio({"id": "a", "duration": "10 d", "split": True}, URGENT, {"id": "b", "duration": "3 d"}, capacity=LEAVE)
    plan, solved = ipmo.level(pf), ipmo.level(pf, solver="cp-sat", seconds=1)
    assert solved.finish is not None
    assert plan.finish is not None
    assert solved.lateness <= plan.lateness
    assert solved.finish <= plan.finish
    assert solved.solver is not None
    assert solved.solver.bound is None
    verify_dates(solved)


def test_conflicts_do_not_ask_split_work_to_go_on_at_once() -> None:
    """Both must be done in the same four days of one person: too much; that both go on at one time is no reason."""
    due = {"duration": "3 d", "deadline": "2026-03-05", "split": True}
    found = ipmo.level(portfolio({"id": "a", **due}, {"id": "b", **due})).conflicts
    assert [str(one) for one in found] == [
        "P/a, P/b need 6 pd of ann from 2026-03-02 to 2026-03-05, where there are 4: no plan keeps every commitment"
    ]


@settings(max_examples=15, deadline=None)
@given(several())
def test_cp_sat_cuts_work_too_bounds_what_can_be_and_is_never_worse(
    one: tuple[list[int], list[tuple[int, int]], list[int], Steps, dict[int, Split]],
) -> None:
    """From one pass of one rule; where its model is exact and it says optimal, its bound is the least finish there is."""
    lengths, links, needs, steps, splits = one
    made = jobs(lengths, links, [(need, 0) for need in needs], (2, 1), 1, splits=splits, steps=steps)
    given = made.level(1, 1, by_finish)
    plan, solved = improve(made, given, (1, 0, 2), seconds=10, workers=1)
    best = soonest(lengths, links, needs, steps, splits)
    check(plan, lengths, links, needs, steps, splits, made.network.positions.pos)
    assert best <= plan.score.end <= given.score.end
    assert solved.bound is None or (solved.bound == best if solved.status == "optimal" else solved.bound <= best)


def by_finish(score: Score) -> tuple[int, ...]:
    return (score.end,)


def test_cp_sat_interrupts_what_one_rule_does_not() -> None:
    """By hand: b of 2 must be done from 2 to 4, a of 4 around it; the rule of latest finish alone has b wait until 4."""
    made = jobs([4, 2, 2], [(1, 2)], [(1, 0), (1, 0), (0, 1)], (1, 1), 1, splits={0: Split(1, 2)}, steps=((0, 1), (2, 0), (3, 1)))
    given = made.level(1, 1, by_finish)
    plan, solved = improve(made, given, (1, 0, 2), seconds=20, workers=1)
    assert plan.score.end == soonest([4, 2, 2], [(1, 2)], [1, 1, 0], ((0, 1), (2, 0), (3, 1)), {0: Split(1, 2)}) == solved.bound
    assert (solved.status, solved.exact) == ("optimal", True)
    shop = {"id": "paint", "duration": "6 d", "split": {"most": 1}}
    sooner = {"id": "repair", "duration": "2 d", "not_before": "2026-03-04", "deadline": "2026-03-05"}
    whole = ipmo.level(portfolio(shop, sooner), passes=1)
    solved_plan = ipmo.level(portfolio(shop, sooner), passes=1, solver="cp-sat", seconds=10)
    assert (whole.lateness > 0, solved_plan.lateness) == (True, 0)
    assert [len(item.rests) for item in solved_plan] == [1, 0]
    verify(portfolio(shop, sooner), solved_plan)
