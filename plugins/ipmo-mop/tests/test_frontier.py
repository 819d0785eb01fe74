"""The efficient frontier: published optima, brute force, and what one more million buys."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
import ipmo_mop
from ipmo.plugin import UnitError, UnknownItemError
from ipmo_mop import Candidate, SelectionProblem, frontier_of

THREE = SelectionProblem(
    candidates=[
        Candidate(id=name, value=value, costs={"all": Fraction(cost)}) for name, cost, value in (("A", 6, 12), ("B", 5, 9), ("C", 5, 9))
    ],
    envelopes={"all": Fraction(10)},
)


def test_published_optima() -> None:
    """Oracle O-33: budgets 5, 6, 10, 11, 16 buy 9, 12, 18, 21, 30, where the ranking buys 12 for 10."""
    found = frontier_of(THREE)
    assert [(int(point.cost), point.value) for point in found.points] == [(0, 0), (5, 9), (6, 12), (10, 18), (11, 21), (16, 30)]
    ten = found.at(10)
    assert ten is not None
    assert (ten.chosen, ten.ranked) == (("B", "C"), 12)
    assert ten.dual == pytest.approx(9 / 5)


def test_what_one_more_buys() -> None:
    found = frontier_of(THREE)
    one = found.buys(10, 1)
    assert (one.value, one.enters, one.next) == (3, ("A",), 1)
    assert one.text.startswith("1 more buys 3 (take A and drop ")
    assert found.buys(11, 1).text == "1 more buys nothing; 5 more would"
    assert found.buys(16, 9).text == "9 more buys nothing: no money does"
    assert found.buys(Fraction(1, 2), Fraction(9, 2)).value == 9


def test_the_points_are_cut_off_where_asked() -> None:
    found = frontier_of(THREE, most=2)
    assert [int(point.cost) for point in found.points] == [11, 16]
    assert not found.whole
    with pytest.raises(UnitError, match="begins at 11"):
        found.at(10)
    with pytest.raises(UnknownItemError):
        frontier_of(THREE, period="2030")
    with pytest.raises(UnitError):
        frontier_of(THREE, most=0)


@st.composite
def problems(draw: st.DrawFn) -> SelectionProblem:
    count = draw(st.integers(1, 6))
    names = [f"p{n}" for n in range(count)]
    periods = ("2026", "2027")
    cost = st.integers(0, 12).map(lambda n: Fraction(n, 2))
    candidates = [
        Candidate(id=name, value=draw(st.integers(-2, 9)), costs={p: draw(cost) for p in periods}, mandatory=draw(st.integers(0, 7)) == 0)
        for name in names
    ]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1]) if count > 1 else st.nothing()
    return SelectionProblem(
        candidates=candidates,
        envelopes={p: Fraction(draw(st.integers(2, 30))) for p in periods},
        committed={"2026": draw(cost)},
        requires=draw(st.lists(pairs, max_size=2)) if count > 1 else (),
        excludes=draw(st.lists(pairs, max_size=2)) if count > 1 else (),
    )


@given(problems(), st.sampled_from([None, "2026"]))
def test_every_point_is_the_best_for_its_money(problem: SelectionProblem, period: str | None) -> None:
    """Brute force over every selection: no other has as much value for less, or more for as much."""
    rules = [rule for rule in problem.rules if rule.kind != "budget" or (period is not None and period not in rule.text)]
    gone = sum((amount for name, amount in problem.committed.items() if period in (None, name)), Fraction(0))
    every = []
    for size in range(len(problem.candidates) + 1):
        for some in itertools.combinations(problem.candidates, size):
            chosen = frozenset(one.id for one in some)
            if all(rule.holds(chosen) for rule in rules):
                spent = sum((sum(one.costs.values()) if period is None else one.costs[period] for one in some), Fraction(0))
                every.append((spent + gone, sum(one.value for one in some)))
    best: dict[Fraction, float] = {}
    for spent, value in sorted(every, key=lambda row: (row[0], -row[1])):
        if not best or value > max(best.values()):
            best[spent] = value
    found = frontier_of(problem, period=period)
    assert {point.cost: point.value for point in found.points} == best
    assert len(found.table()) == len(best)


def test_of_a_portfolio() -> None:
    pf = ipmo.read(Path(__file__).resolve().parents[3] / "examples" / "city.yaml")
    whole = ipmo_mop.frontier(pf)
    assert [point.value for point in whole.points] == [114, 161.5, 196.5, 206.5]
    assert whole.buys(29_000_000, 1_000_000).text == "1,000,000 GBP more buys 10 (take airport and drop river-buses)"
    (first, *_), *_ = [whole.points]
    assert (first.ranked, first.chosen) == (140, ("tram", "ticketing", "depot")), "the ranking takes the tram without what it requires"
    one = ipmo_mop.frontier(pf, period="2027")
    assert [point.chosen for point in one.points] == [point.chosen for point in whole.points]
    assert "4 selections" in repr(one)
