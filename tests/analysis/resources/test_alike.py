"""Generation on one clock makes the plans that generation pool by pool makes, and is taken where all work runs on one clock only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.network import pooled
from ipmo.network.levelling import Leveller
from ipmo.network.positions import plain

from .conftest import jobs, portfolio, portfolios


@pytest.fixture
def either(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has generation on one clock taken wherever it can be, compiled or not, or nowhere."""

    def choose(fast: bool) -> None:
        monkeypatch.setattr(Leveller, "fast", property(lambda self: fast and self.alike is not None))

    return choose


@st.composite
def works(draw: st.DrawFn) -> tuple[Any, ...]:
    count = draw(st.integers(2, 9))
    lengths = draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda one: one[0] < one[1])
    links = draw(st.lists(pairs, max_size=8, unique=True))
    needs = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=count, max_size=count))
    steps = draw(st.lists(st.integers(0, 3), max_size=6).map(lambda some: [*enumerate(some), (len(some), 2)]))
    keys = draw(st.lists(st.integers(0, 4), min_size=count + 2, max_size=count + 2))
    return lengths, links, needs, steps, keys


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(works(), st.sampled_from([0, 1]))
def test_every_priority_gives_the_same_plan_forward_and_back(either: Any, one: tuple[Any, ...], parallel: int) -> None:
    lengths, links, needs, steps, keys = one
    found = []
    for fast in (True, False):
        either(fast)
        made = jobs(lengths, links, needs, (2, 3), 1, steps=steps)
        assert (made.alike is not None) == any(length and any(need) for length, need in zip(lengths, needs, strict=True))
        plan = made.generated(parallel, keys[: made.network.n])
        better = made.level(9, 1, lambda score: (score.end, score.ends))
        found.append(
            (plain(plan.early.x), plain(plan.early.edge), plan.over, plan.chosen, plain(better.early.x), better.score, better.found)
        )
    assert found[0] == found[1]


def read(plan: ipmo.Levelled) -> Sequence[Any]:
    return [list(plan.table().rows()), plan.shortages, plan.bounds, plan.lateness, [str(one) for one in plan.pays]]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(portfolios(), st.sampled_from(["commitments", "stability"]))
def test_links_lags_ties_and_milestones_are_as_without_it(either: Any, pf: ipmo.Portfolio, objective: str) -> None:
    """On the calendar of the portfolio alone, so that it is taken wherever nothing stays where it is."""
    raw = [
        {**one, "tasks": [{key: value for key, value in task.items() if key != "calendar"} for task in one["tasks"]]}
        for one in ipmo.to_dict(pf)["projects"]
    ]
    one = pf.evolve(projects=raw)
    found = []
    for fast in (True, False):
        either(fast)
        found.append(read(ipmo.level(one, passes=8, objective=objective)))  # type: ignore[arg-type]
    assert found[0] == found[1]


def test_it_is_taken_on_one_clock_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: two calendars, a spread, work under way, split work, ways and hours of a pool go pool by pool; two projects of one calendar do not."""
    monkeypatch.setattr(pooled, "COMPILED_FROM", 0)
    taken = list[bool]()
    level = Leveller.level

    def asked(self: Leveller, *some: Any) -> Any:
        taken.append(self.alike is not None)
        return level(self, *some)

    monkeypatch.setattr(Leveller, "level", asked)
    a, b = {"id": "a", "duration": "3 d"}, {"id": "b", "duration": "2 d", "milestone": False}
    half = [{"id": "ann", "calendar": "half", "capacity": [{"from": "2026-01-01", "value": 1}]}]
    spread = {"assignments": [{"resource": "ann", "effort": "2 pd"}], "spread": "front"}
    for pf in (
        portfolio(a, b, {"id": "m", "milestone": True, "assignments": [], "after": "a"}),
        portfolio(a, {**b, "calendar": "six"}),
        portfolio(a, b, resources=half),
        portfolio(a, {**b, "actual_start": "2026-03-02", "progress": "10 %"}, status_date="2026-03-03"),
        portfolio(a, {**b, "split": True}),
        portfolio(a, {**b, "modes": [{"duration": "1 d", "assignments": [{"resource": "ann"}]}]}),
        portfolio(a, {**b, **spread}, capacity=3),
        portfolio(a, b, capacity=[{"from": "2026-01-01", "value": 1}, {"from": "2026-06-01", "value": 0}]),
    ):
        ipmo.level(pf, passes=1)
    assert taken == [True] + [False] * 7
