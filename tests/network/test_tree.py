"""Roll-ups over columns equal a plain walk over the tree, compiled or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import ModelError, UnitError, UnknownItemError
from ipmo.network import tree as trees
from ipmo.network.tree import Tree, Values

from .conftest import as_large


def walked(parent: list[int], value: list[int], known: list[bool], combine: str, stated: bool) -> list[tuple[int | None, int, int]]:
    """(value, known, total) by recursion."""
    below: dict[int, list[int]] = {}
    for node, above in enumerate(parent):
        below.setdefault(above, []).append(node)

    def of(node: int) -> tuple[int | None, int, int]:
        inner = [of(child) for child in below.get(node, ())]
        own = value[node] if known[node] else None
        if inner and stated and own is not None:
            return own, 1, 1
        parts = [p for p, _, _ in inner if p is not None] + ([own] if own is not None else [])
        joined = None if not parts else {"sum": sum, "max": max, "worst": max, "min": min}[combine](parts)
        return joined, sum(k for _, k, _ in inner) + (own is not None), sum(t for _, _, t in inner) + (not inner or own is not None)

    return [of(node) for node in range(len(parent))]


@st.composite
def forests(draw: Any) -> tuple[list[int], list[int], list[bool]]:
    n = draw(st.integers(1, 30))
    parent = [-1] + [draw(st.integers(-1, i - 1)) for i in range(1, n)]
    relabel = draw(st.permutations(range(n)))
    mixed = [0] * n
    for node, above in enumerate(parent):
        mixed[relabel[node]] = -1 if above < 0 else relabel[above]
    return mixed, draw(st.lists(st.integers(-99, 99), min_size=n, max_size=n)), draw(st.lists(st.booleans(), min_size=n, max_size=n))


@pytest.mark.parametrize("way", ["compiled", "levels", "as they stand"])
@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("combine", ["sum", "max", "min", "worst"])
def test_a_sweep_over_columns_equals_a_walk(way: str, stated: bool, combine: str) -> None:
    @given(forests())
    def check(forest: tuple[list[int], list[int], list[bool]]) -> None:
        parent, value, known = forest
        with pytest.MonkeyPatch.context() as patch:
            if way == "levels":
                patch.setattr(trees, "available", lambda: False)
            elif way == "as they stand":
                as_large(patch)
            made = Tree.from_columns(parent)
            rolled = made.roll_up({"m": Values(value=value, combine=combine, known=known, stated=stated)})["m"]
        for node, (expected, count, total) in enumerate(walked(parent, value, known, combine, stated)):
            assert (rolled.known[node], rolled.total[node]) == (count, total)
            if expected is not None:
                assert rolled.value[node] == expected
            assert sorted(made.children(node).tolist()) == [i for i, above in enumerate(parent) if above == node]

    check()


@pytest.mark.parametrize("compiled", [True, False])
def test_a_mean_is_carried_as_sum_and_weight(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not compiled:
        monkeypatch.setattr(trees, "available", lambda: False)
    rolled = Tree.from_columns([-1, 0, 0]).roll_up({"p": Values(value=[0, 15, 10], weight=[0, 30, 10], combine="mean")})["p"]
    assert rolled.mean[0] == pytest.approx(25 / 40)
    nothing = Tree.from_columns([-1]).roll_up({"p": Values(value=[0], weight=[0], combine="mean")})["p"]
    assert np.isnan(nothing.mean[0])


def test_explain_names_the_children_with_their_shares_largest_first() -> None:
    tree = Tree.from_columns([-1, 0, 0, 0])
    rolled = tree.roll_up({"cost": Values(value=[0, 2, 6, 9], known=[False, True, True, False])})
    assert tree.explain(rolled, "cost", 0) == [(2, 6, 0.75, 1, 1), (1, 2, 0.25, 1, 1), (3, None, None, 0, 1)]
    with pytest.raises(UnknownItemError, match="close: 'cost'"):
        tree.explain(rolled, "costs", 0)
    with pytest.raises(UnknownItemError):
        tree.explain(rolled, "cost", 9)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ModelError, match="node 1: its parent 7 is no node"):
        Tree.from_columns([-1, 7])
    with pytest.raises(ModelError, match="node 1 lies within itself"):
        Tree.from_columns([-1, 2, 1])
    tree = Tree.from_columns([-1, 0, 0])
    with pytest.raises(UnitError, match="could leave 64-bit integers"):
        tree.roll_up({"cost": Values(value=[0, 2**62, 2**62])})
    with pytest.raises(ModelError, match=r"value has shape \(2,\), the tree has 3 nodes"):
        tree.roll_up({"cost": Values(value=[1, 2])})
    with pytest.raises(ModelError, match="a mean needs weight="):
        tree.roll_up({"p": Values(value=[1, 2, 3], combine="mean")})
    with pytest.raises(UnitError, match="only a weighted mean divides"):
        _ = tree.roll_up({"cost": Values(value=[1, 2, 3])})["cost"].mean
