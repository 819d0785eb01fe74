"""Roll-ups over columns equal a plain walk over the tree, compiled or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import IpmoError, ModelError, UnitError, UnknownItemError
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


REFUSED: list[tuple[Any, str]] = [
    (lambda: Tree.from_columns([-1, 0, 2, 3]), "node 2 lies within itself; follow its parents"),
    (lambda: Tree.from_columns([-1, 4, 0, -2]), "node 1: its parent 4 is no node; write a place from 0 to 3, or -1 for a root"),
    (lambda: Tree.from_columns([-1, 0, 0, -2]), "node 3: its parent -2 is no node; write a place from 0 to 3, or -1 for a root"),
    (lambda: summed(value=[1, 2]), "measure 'm': value has shape (2,), the tree has 3 nodes"),
    (lambda: summed(value=[1, 2, 3, 4]), "measure 'm': value has shape (4,), the tree has 3 nodes"),
    (lambda: summed(value=[1, 2, 3], known=[True]), "measure 'm': known has shape (1,), the tree has 3 nodes"),
    (lambda: summed(value=[1, 2, 3], expected=[True] * 4), "measure 'm': expected has shape (4,), the tree has 3 nodes"),
    (lambda: summed(value=[1, 2, 3], combine="mean", weight=[1]), "measure 'm': weight has shape (1,), the tree has 3 nodes"),
    (lambda: summed(value=[1, 2, 3], combine="mean"), "measure 'm': a mean needs weight="),
    (lambda: summed(value=[1, 2, 3]).mean, "only a weighted mean divides; this measure has no weight"),
]


def summed(**values: Any) -> Any:
    """A measure of a root and its two children."""
    return Tree.from_columns([-1, 0, 0]).roll_up({"m": Values(**values)})["m"]


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_what_is_refused_says_what_to_write(case: int) -> None:
    wrong, said = REFUSED[case]
    with pytest.raises((ModelError, UnitError)) as error:
        wrong()
    assert str(error.value) == said
    with pytest.raises(IpmoError, match="combine"):
        Values(value=[1], combine="median")  # type: ignore[arg-type]


@pytest.mark.parametrize("compiled", [True, False])
def test_sums_that_could_leave_64_bits_are_refused_and_no_smaller_ones(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 2^62 on, by the sizes of what is known, also of weights and of negative amounts; a greatest value is no sum."""
    if not compiled:
        monkeypatch.setattr(trees, "available", lambda: False)
    said = "measure 'm': the sum could leave 64-bit integers; count in a larger unit"
    for half in (2**61, -(2**61)):
        for values in (
            {"value": [0, half, half]}, {"value": [0, half, -half]}, {"value": [0, 1, 1], "combine": "mean", "weight": [0, half, half]},
        ):  # fmt: skip
            with pytest.raises(UnitError) as error:
                summed(**values)
            assert str(error.value) == said
        below = half // 2**20 * (2**20 - 1)
        assert summed(value=[0, half, below]).value.tolist() == [half + below, half, below]
        assert summed(value=[half, half, half], known=[False, True, False]).value[0] == half
        for combine, best in (("max", max(half, 0)), ("min", min(half, 0)), ("worst", max(half, 0))):
            assert summed(value=[0, 2 * half, 0], combine=combine).value[0] == (2 * best)


def test_children_and_their_shares_by_hand() -> None:
    """Of 12 one child gives 8 and two give 2 each, by the order of their places; one is not known, and of nothing there are no shares."""
    tree = Tree.from_columns([-1, 0, 0, 0, 0, 3, -1, 6, 6])
    rolled = tree.roll_up(
        {"m": Values(value=[0, 2, 0, 0, 8, 2, 0, 3, -3], known=[False, True, False, False, True, True, False, True, True])}
    )
    assert tree.explain(rolled, "m", 0) == [(4, 8, 8 / 12, 1, 1), (1, 2, 2 / 12, 1, 1), (3, 2, 2 / 12, 1, 1), (2, None, None, 0, 1)]
    assert tree.explain(rolled, "m", 6) == [(7, 3, None, 1, 1), (8, -3, None, 1, 1)]
    assert tree.explain(rolled, "m", 8) == []
    assert [tree.children(node).tolist() for node in range(9)] == [[1, 2, 3, 4], [], [], [5], [], [], [7, 8], [], []]
    for node in (-1, 9):
        with pytest.raises(UnknownItemError) as error:
            tree.explain(rolled, "m", node)
        assert f"'{node}'" in str(error.value)
        assert "this tree of 9 nodes" in str(error.value)
    with pytest.raises(UnknownItemError, match="these measures"):
        tree.explain(rolled, "n", 0)


@pytest.mark.parametrize("compiled", [True, False])
def test_measures_known_of_the_same_items_are_counted_once_and_others_on_their_own(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not compiled:
        monkeypatch.setattr(trees, "available", lambda: False)
    tree = Tree.from_columns([-1, 0, 0, 1, 1])
    known, other = [True, True, True, True, False], [False, False, True, True, True]
    value = [100, 50, 7, 3, 4]
    rolled = tree.roll_up(
        {
            "a": Values(value=value, known=known), "b": Values(value=value, known=known), "c": Values(value=value, known=other),
            "d": Values(value=value, known=known, stated=True), "e": Values(value=value, known=known, expected=[True] * 5), "f": Values(value=value),
        }
    )  # fmt: skip
    assert rolled["a"].known is rolled["b"].known
    totals = {name: one.value.tolist() for name, one in rolled.items()}
    assert totals["a"] == totals["b"] == totals["e"] == [160, 53, 7, 3, 0]
    assert (totals["c"], totals["d"], totals["f"]) == ([14, 7, 7, 3, 4], [100, 50, 7, 3, 0], [14, 7, 7, 3, 4])
    assert {name: (one.known.tolist(), one.total.tolist()) for name, one in rolled.items()} == {
        "a": ([4, 2, 1, 1, 0], [5, 3, 1, 1, 1]), "b": ([4, 2, 1, 1, 0], [5, 3, 1, 1, 1]), "c": ([3, 2, 1, 1, 1],) * 2,
        "d": ([1, 1, 1, 1, 0], [1, 1, 1, 1, 1]), "e": ([4, 2, 1, 1, 0], [5, 3, 1, 1, 1]), "f": ([3, 2, 1, 1, 1],) * 2,
    }  # fmt: skip
    assert len(tree) == 5
