"""Shapley values: what each player of a game adds on average over all orders in which the players can come.

Source: L. Shapley, "A value for n-person games" (1953): the one division that is symmetric, additive and leaves nothing over.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

__all__ = ["shapley", "shapley_over"]

P = TypeVar("P", bound=Hashable)
N = TypeVar("N", float, Fraction)


def shapley(players: Sequence[P], worth: Callable[[frozenset[P]], N]) -> dict[P, N]:
    """The exact values: every set of players is asked for once, 2 to the power of their number in all.

    Args:
        players: who plays.
        worth: what some of them bring about together; exact numbers give exact values.

    >>> values = shapley(["a", "b", "c"], lambda there: Fraction(6 if {"a", "b"} <= there else 0))
    >>> [str(value) for value in values.values()]
    ['3', '3', '0']
    """
    n = len(players)
    known = {some: worth(some) for size in range(n + 1) for some in map(frozenset, itertools.combinations(players, size))}
    weights, whole = [math.factorial(size) * math.factorial(n - size - 1) for size in range(n)], math.factorial(n)
    out = {}
    for player in players:
        total = known[frozenset()] - known[frozenset()]
        for others, without in known.items():
            if player not in others:
                total += weights[len(others)] * (known[others | {player}] - without)
        out[player] = total / whole
    return out


def shapley_over(
    players: Sequence[P], worth: Callable[[frozenset[P]], N], orders: Iterable[Sequence[P]]
) -> tuple[dict[P, N], dict[P, float]]:
    """The mean of what each player adds over some orders, and its standard error as if the orders were drawn apart.

    Args:
        players: who plays.
        worth: what some of them bring about together.
        orders: each has all players once; at least one order.
    """
    nothing = worth(frozenset())
    sums, squares, count = dict.fromkeys(players, nothing - nothing), dict.fromkeys(players, 0.0), 0
    for order in orders:
        count += 1
        there, before = frozenset[P](), nothing
        for player in order:
            there = there | {player}
            after = worth(there)
            sums[player] += after - before
            squares[player] += float(after - before) ** 2
            before = after
    values = {player: total / count for player, total in sums.items()}
    spread = {player: max(squares[player] / count - float(values[player]) ** 2, 0.0) for player in players}
    return values, {player: math.sqrt(one / max(count - 1, 1)) for player, one in spread.items()}
