"""Shapley values agree with their definition: the mean over every order of the players."""

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.analysis.shapley import shapley, shapley_over


@given(st.integers(0, 5), st.randoms(use_true_random=False))
def test_exact_values_are_the_mean_over_all_orders_and_leave_nothing_over(n: int, rng: random.Random) -> None:
    players = [f"p{i}" for i in range(n)]
    game = {
        some: Fraction(rng.randint(-9, 9), rng.randint(1, 9))
        for size in range(n + 1)
        for some in map(frozenset, itertools.combinations(players, size))
    }
    orders = list(itertools.permutations(players))
    want = dict.fromkeys(players, Fraction(0))
    for order in orders:
        for place, player in enumerate(order):
            want[player] += (game[frozenset(order[: place + 1])] - game[frozenset(order[:place])]) / len(orders)
    found = shapley(players, game.__getitem__)
    assert found == want
    assert sum(found.values(), Fraction(0)) == game[frozenset(players)] - game[frozenset()]
    assert shapley_over(players, game.__getitem__, orders)[0] == want


def test_the_error_of_a_sample_is_that_of_a_mean() -> None:
    def worth(there: frozenset[str]) -> float:
        return 12.0 if there == {"a", "b"} else 0.0

    values, errors = shapley_over(["a", "b"], worth, [["a", "b"], ["b", "a"], ["b", "a"], ["a", "b"]])
    assert values == {"a": 6.0, "b": 6.0}
    assert errors["a"] == pytest.approx((((12 - 6) ** 2 * 4 / 4) / 3) ** 0.5)  # deviation over the root of one less than four orders
