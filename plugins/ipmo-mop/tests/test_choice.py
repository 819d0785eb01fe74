"""Scores, pairwise comparison and selection against worked numbers, an LP, and brute force."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import ipmo
from ipmo.model import FrozenMap, MoneySettings, Portfolio, Project, Task
from ipmo_mop import Candidate, Criterion, Group, MopFields, Scores, SelectionProblem, ahp, optimise, ranked, scores, select
from ipmo_mop.selection import smallest_conflict

LEADER = {
    ("exp", "edu"): 4, ("exp", "cha"): 3, ("exp", "age"): 7, ("edu", "cha"): 1 / 3, ("edu", "age"): 3, ("cha", "age"): 5,
}  # fmt: skip
MEN = ("Tom", "Dick", "Harry")


def pairs(names: tuple[str, ...], upper: tuple[float, ...]) -> dict[tuple[str, str], float]:
    return dict(zip(itertools.combinations(names, 2), upper, strict=True))


def test_o31_choosing_a_leader() -> None:
    criteria = ahp(("exp", "edu", "cha", "age"), LEADER)
    assert [round(w, 4) for w in criteria.weights.values()] == [0.5476, 0.1266, 0.2699, 0.0559]
    assert criteria.ratio == pytest.approx(0.044, abs=0.0006)
    assert criteria.consistent
    local = {
        "exp": ahp(MEN, pairs(MEN, (1 / 4, 4, 9))),
        "edu": ahp(MEN, pairs(MEN, (3, 1 / 5, 1 / 7))),
        "cha": ahp(MEN, pairs(MEN, (5, 9, 4))),
        "age": ahp(MEN, pairs(MEN, (1 / 3, 5, 9))),
    }
    assert [round(local["exp"].weights[m], 4) for m in MEN] == [0.2172, 0.7171, 0.0658]
    final = [sum(criteria.weights[c] * local[c].weights[m] for c in local) for m in MEN]
    assert [round(x, 3) for x in final] == [0.358, 0.493, 0.149]


def test_an_inconsistent_comparison_says_which_pair_to_doubt() -> None:
    found = ahp(("a", "b", "c"), {("a", "b"): 9, ("b", "c"): 9, ("a", "c"): 1 / 9})
    assert not found.consistent
    assert found.doubt is not None
    assert ahp(("a", "b"), {("a", "b"): 3}).ratio == 0
    for bad, words in (
        ({("a", "b"): 3}, "'a' is not compared with 'c'"),
        ({("a", "b"): 0, ("b", "c"): 1, ("a", "c"): 1}, "positive"),
        ({("a", "b"): 3, ("b", "a"): 3, ("b", "c"): 1, ("a", "c"): 1}, "given twice"),
        ({("a", "z"): 3}, "not of two of"),
    ):
        with pytest.raises(ipmo.UnitError, match=words):
            ahp(("a", "b", "c"), bad)


# ------------------------------------------------------------------------------------------------ scores


def board(weights: list[float], rows: dict[str, list[float]]) -> Scores:
    criteria = [Criterion(id=f"c{n}", weight=w, scale=FrozenMap({"none": 0.0, "all": 100.0})) for n, w in enumerate(weights)]
    return Scores(criteria, {name: {f"c{n}": v for n, v in enumerate(row)} for name, row in rows.items()}, {})


@given(st.integers(2, 5).flatmap(lambda n: st.tuples(*(st.lists(st.integers(0, 20), min_size=n, max_size=n) for _ in range(3)))))
def test_the_least_change_of_weights_is_that_of_a_linear_programme(numbers: tuple[list[int], list[int], list[int]]) -> None:
    raw, one, other = numbers
    weights = [(w + 1) / sum(v + 1 for v in raw) for w in raw]
    found = board(weights, {"a": [5.0 * v for v in one], "b": [5.0 * v for v in other]})
    swap = found.swap("a", "b")
    n = len(weights)
    difference = np.array([found.points[swap.above][c] - found.points[swap.below][c] for c in found.weights])
    # v = w + up - down, up and down >= 0; least of sum(up)
    result = linprog(
        [1.0] * n + [0.0] * n,
        A_eq=np.array([np.concatenate([np.ones(n), -np.ones(n)]), np.concatenate([difference, -difference])]),
        b_eq=[0.0, -float(difference @ weights)],
        bounds=[(0, None)] * n + [(0, w) for w in weights],
    )
    if swap.moved is None:
        assert result.status == 2
        assert difference.min() > 0
    else:
        assert swap.moved == pytest.approx(result.fun, abs=1e-7)
        assert sum(swap.weights.values()) == pytest.approx(1)
        assert sum(swap.weights[c] * (found.points["a"][c] - found.points["b"][c]) for c in swap.weights) == pytest.approx(0, abs=1e-6)


def test_scores_stand_on_anchors_and_say_what_is_missing() -> None:
    criteria = (
        Criterion(id="value", weight=0.6, scale=FrozenMap({"low": 1.0, "medium": 3.0, "high": 5.0})),
        Criterion(id="ease", weight=0.4, scale=FrozenMap({"hard": 0.0, "easy": 10.0})),
    )
    rows = {"A": {"value": "high", "ease": "hard"}, "B": {"value": "medium", "ease": "7.5"}, "C": {"value": "low"}}
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        extensions={"mop": MopFields(criteria=criteria)},
        projects=[Project(id=p, extensions={"mop": MopFields(scores=FrozenMap(s))}) for p, s in rows.items()],
    )
    found = scores(pf)
    assert found.totals == {"A": pytest.approx(60), "B": pytest.approx(60)}
    assert found.missing == {"C": ("ease",)}
    assert found.swap("A", "B").moved == pytest.approx(0)
    assert found.table()["rank"] == (1, 2)
    uneven = pf.evolve("x", extensions={"mop": MopFields(criteria=criteria[:1])})
    with pytest.raises(ipmo.UnitError, match=r"sum to 0\.6, not to 100 %"):
        scores(uneven)


# ------------------------------------------------------------------------------------------------ selection

TOY = {"A": (6, 12), "B": (5, 9), "C": (5, 9)}


def toy(budget: int, **more: Any) -> SelectionProblem:
    candidates = [Candidate(id=name, value=value, costs={"all": Fraction(cost)}) for name, (cost, value) in TOY.items()]
    return SelectionProblem(candidates=candidates, envelopes={"all": Fraction(budget)}, **more)


@pytest.mark.parametrize(("budget", "best"), [(5, 9), (6, 12), (10, 18), (11, 21), (16, 30)])
def test_o33_the_optimum_is_not_the_ranking(budget: int, best: int) -> None:
    found = optimise(toy(budget))
    assert (found.status, found.value, found.bound, found.gap) == ("optimal", best, best, 0)
    if budget == 10:
        assert ranked(toy(10)) == (("A",), 12)
        assert found.chosen == ("B", "C")
        assert found.why("A").text == "A is out: with it the best is worth 6 less (drop B, C)"
        assert found.why("B").regret == 6


def test_rules_between_projects_and_what_cannot_be_kept() -> None:
    assert optimise(toy(16, excludes=[("A", "B")])).value == 21
    assert optimise(toy(11, requires=[("A", "B"), ("A", "C")])).value == 18
    assert optimise(toy(16, groups=[("one", ("A", "B", "C"), True)])).chosen == ("A",)
    must = [Candidate(id=n, value=v, costs={"all": Fraction(c)}, mandatory=n in "AB") for n, (c, v) in TOY.items()]
    stuck = optimise(SelectionProblem(candidates=must, envelopes={"all": Fraction(10)}, unit="M GBP"))
    assert stuck.status == "infeasible"
    assert [rule.text for rule in stuck.conflict] == ["budget of all: at most 10 M GBP", "A is mandatory", "B is mandatory"]
    assert stuck.chosen == ()
    assert "no selection is feasible" in stuck.why("C").text
    held = optimise(SelectionProblem(candidates=must, envelopes={"all": Fraction(11)}))
    assert held.why("A").text == "A must be in: A is mandatory"
    assert held.why("C").text == "C cannot be in: budget of all: at most 11; A is mandatory; B is mandatory"
    for wrong in ({"requires": [("A", "Z")]}, {"groups": [("g", ("Z",), False)]}):
        with pytest.raises(ipmo.UnknownItemError):
            toy(10, **wrong)
    with pytest.raises(ipmo.UnitError, match="costs less than nothing"):
        SelectionProblem(candidates=[Candidate(id="A", value=1, costs={"all": Fraction(-1)})])


def test_a_budget_is_kept_to_the_penny() -> None:
    """The solver's tolerance is one part in a million; a selection a penny over is cut off, one equal to the envelope is kept."""
    rows = [Candidate(id=n, value=v, costs={"y": Fraction(c)}) for n, v, c in (("a", 10, 50_000_000), ("b", 9, 50_000_000), ("c", 1, 1))]
    exact = SelectionProblem(candidates=rows, envelopes={"y": Fraction(100_000_000)})
    assert optimise(exact).chosen == ("a", "b")
    short = SelectionProblem(candidates=rows, envelopes={"y": Fraction(9_999_999_999, 100)})
    assert optimise(short).chosen == ("a", "c")


@st.composite
def problems(draw: Any) -> SelectionProblem:
    names = [f"p{n}" for n in range(draw(st.integers(1, 7)))]
    periods = ["y1", "y2"][: draw(st.integers(0, 2))]
    pair = st.tuples(st.sampled_from(names), st.sampled_from(names))
    return SelectionProblem(
        candidates=[
            Candidate(
                id=n,
                value=draw(st.integers(-3, 20)),
                costs={p: Fraction(draw(st.integers(0, 12))) for p in periods},
                mandatory=draw(st.integers(0, 3)) == 0,
            )
            for n in names
        ],
        envelopes={p: Fraction(draw(st.integers(0, 30))) for p in periods},
        requires=draw(st.lists(pair, max_size=3)),
        excludes=draw(st.lists(pair, max_size=3)),
        groups=[
            ("g", tuple(draw(st.sets(st.sampled_from(names), max_size=3))), draw(st.booleans())) for _ in range(draw(st.integers(0, 1)))
        ],
        barred=[(n, f"{n} is barred") for n in draw(st.sets(st.sampled_from(names), max_size=1))],
    )


def subsets(names: list[str]) -> list[frozenset[str]]:
    return [frozenset(c) for k in range(len(names) + 1) for c in itertools.combinations(names, k)]


@settings(max_examples=60)
@given(problems())
def test_selection_reasons_and_conflicts_are_those_of_brute_force(problem: SelectionProblem) -> None:
    names = [c.id for c in problem.candidates]
    worth = {c.id: c.value for c in problem.candidates}
    feasible = [s for s in subsets(names) if all(rule.holds(s) for rule in problem.rules)]
    found = optimise(problem)
    if not feasible:
        assert found.status == "infeasible"
        smallest = next(
            k
            for k in range(1, len(problem.rules) + 1)
            if any(not any(all(r.holds(s) for r in some) for s in subsets(names)) for some in itertools.combinations(problem.rules, k))
        )
        assert len(found.conflict) == smallest
        assert not any(all(rule.holds(s) for rule in found.conflict) for s in subsets(names))
        return
    best = max(sum(worth[n] for n in s) for s in feasible)
    assert found.status == "optimal"
    assert found.value == pytest.approx(best)
    assert frozenset(found.chosen) in feasible
    assert smallest_conflict(problem, problem.rules) == ()
    for name in names:
        other = [sum(worth[n] for n in s) for s in feasible if (name in s) is not (name in found.chosen)]
        regret = found.why(name).regret
        assert (regret is None) == (not other)
        if regret is not None:
            assert regret == pytest.approx(best - max(other))


def test_a_portfolio_is_selected_by_score_under_its_envelopes() -> None:
    scale = FrozenMap({"none": 0.0, "all": 18.0})
    stated = MopFields(
        criteria=(Criterion(id="v", weight=1.0, scale=scale),),
        envelopes=FrozenMap({"2026": ipmo.Money(10, "GBP")}),
        groups=(Group(id="g", members=("A", "B")),),
    )
    projects = [
        Project(
            id=name,
            state="proposed",
            budget=f"{cost} GBP",
            tasks=[Task(id="t", duration="10 d")],
            extensions={"mop": MopFields(scores=FrozenMap({"v": str(value)}))},
        )
        for name, (cost, value) in TOY.items()
    ]
    pf = Portfolio(id="x", start="2026-01-05", money=MoneySettings(currency="GBP"), projects=projects, extensions={"mop": stated})
    found = select(pf)
    assert found.chosen == ("B", "C")
    assert found.value == pytest.approx(100)
    assert found.spent("2026") == 10
    assert select(pf, envelopes={"2026": "16 GBP"}).chosen == ("A", "C"), "A and B are in one group"
    assert select(pf, {"A": 100, "B": 1, "C": 1}).chosen == ("A",)
    unknown = select(pf.evolve("B", budget=None))
    assert unknown.why("B").text == "B cannot be in: what B costs is not known"
    barred = select(_with_cancelled(pf))
    assert barred.why("C").text == "C cannot be in: C requires Z, which is cancelled"
    with pytest.raises(ipmo.UnknownItemError):
        select(pf.evolve("A", extensions={"mop": MopFields(excludes=("nowhere",))}))


def _with_cancelled(pf: Portfolio) -> Portfolio:
    more = pf.evolve(projects=[*pf.projects, Project(id="Z", state="cancelled")])
    return more.evolve("C", requires="Z")
