"""Where the MoP adapter's answers turn: tables with their units, selections at their very limits, words of reasons."""

from __future__ import annotations

from fractions import Fraction

import pytest

import ipmo
from ipmo import Table
from ipmo.model import FrozenMap
from ipmo_mop import Candidate, Criterion, Scores, SelectionProblem, ahp, optimise, ranked
from ipmo_mop.selection import Rule


def shape(table: Table) -> list[str]:
    """Columns as `name kind unit`."""
    return [f"{name} {table.kind(name)} {table.unit(name)}".strip() for name in table.columns]


def board(weights: list[float], rows: dict[str, list[float]]) -> Scores:
    criteria = [Criterion(id=f"c{n}", weight=w, scale=FrozenMap({"none": 0.0, "all": 100.0})) for n, w in enumerate(weights)]
    return Scores(criteria, {name: {f"c{n}": v for n, v in enumerate(row)} for name, row in rows.items()}, {"gone": ("c0",)})


def test_scores_are_a_table_with_what_would_swap_neighbours() -> None:
    found = board([0.75, 0.25], {"A": [100, 0], "B": [0, 100], "C": [0, 0]})
    table = found.table()
    assert shape(table) == ["rank int", "project str", "score float", "c0 float", "c1 float", "to_swap float %"]
    assert table["project"] == ("A", "B", "C")
    assert table["score"] == (75, 25, 0)
    assert table["to_swap"] == (25, 25, None)  # half and half is level; B is level with C without weight on c1
    assert repr(found) == "<Scores: 3 projects on 2 criteria, 1 incomplete>"
    swap = found.swap("B", "A")
    assert (swap.above, swap.below, swap.moved, dict(swap.weights)) == ("A", "B", 0.25, {"c0": 0.5, "c1": 0.5})
    with pytest.raises(ipmo.UnknownItemError, match="the projects that are scored on every criterion"):
        found["gone"]


def test_who_is_better_everywhere_stays_above_whatever_the_weights() -> None:
    found = board([0.5, 0.5], {"A": [60, 50], "B": [40, 30]})
    assert found.swap("A", "B").moved is None
    assert found.swap("A", "B").weights == {}
    assert found.table()["to_swap"] == (None, None)


# ------------------------------------------------------------------------------------------------ selection


def problem(budget: object, *rows: tuple[str, float, object], **more: object) -> SelectionProblem:
    candidates = [Candidate(id=name, value=value, costs={"2026": Fraction(str(cost))}) for name, value, cost in rows]
    return SelectionProblem(candidates=candidates, envelopes={"2026": Fraction(str(budget))}, **more)  # type: ignore[arg-type]


def test_an_envelope_may_be_spent_to_the_last_penny_and_not_beyond() -> None:
    rows = (("A", 3.0, "0.1"), ("B", 2.0, "0.2"))
    whole = optimise(problem("0.3", *rows))
    assert whole.chosen == ("A", "B"), "0.1 and 0.2 are 0.3 exactly, whatever floats say"
    assert (whole.spent("2026"), whole.spent("2027")) == (Fraction(3, 10), 0)
    assert optimise(problem("0.2999999999999", *rows)).chosen == ("A",)


def test_a_selection_is_a_table_that_says_why() -> None:
    found = optimise(problem(10, ("A", 12.0, 6), ("B", 9.0, 5), ("C", 9.0, 5), unit="M GBP"))
    assert shape(found.table()) == ["project str", "chosen bool", "value float", "cost float M GBP", "regret float", "why str"]
    assert next(found.table().rows()) == {
        "project": "A",
        "chosen": False,
        "value": 12.0,
        "cost": 6.0,
        "regret": 6.0,
        "why": "A is out: with it the best is worth 6 less (drop B, C)",
    }
    assert (found.status, found.value, found.bound, found.gap) == ("optimal", 18.0, 18.0, 0.0)
    with pytest.raises(ipmo.UnknownItemError, match="the candidates"):
        found.why("Z")


def test_the_empty_problem_has_the_empty_answer() -> None:
    none = optimise(SelectionProblem(candidates=[], envelopes={"2026": Fraction(1)}))
    assert (none.status, none.chosen, none.value, none.bound, none.gap) == ("optimal", (), 0.0, 0.0, 0.0)


def test_the_ranking_ends_at_the_cut_line() -> None:
    assert ranked(problem(11, ("A", 12.0, 6), ("B", 9.0, 5), ("C", 4.0, 5))) == (("A", "B"), 21), "the last penny is spent"
    assert ranked(problem(11, ("A", 12.0, 6), ("B", 9.0, 6), ("C", 4.0, 5))) == (("A",), 12), "C would fit, and stands below the line"
    assert ranked(problem(11, ("A", 12.0, 6), ("free", 0.1, 0))) == (("free", "A"), 12.1)
    assert ranked(problem(5, ("A", 12.0, 6))) == ((), 0)


@pytest.mark.parametrize(
    ("low", "high", "chosen", "kept"), [(None, 1, {"a"}, True), (None, 1, {"a", "b"}, False), (1, None, set(), False), (1, 1, {"b"}, True)]
)
def test_a_rule_holds_within_its_bounds_bounds_included(low: int | None, high: int | None, chosen: set[str], kept: bool) -> None:
    rule = Rule(
        kind="group",
        text="x",
        weights={"a": Fraction(1), "b": Fraction(1)},
        low=None if low is None else Fraction(low),
        high=None if high is None else Fraction(high),
    )
    assert rule.holds(frozenset(chosen)) is kept


def test_comparisons_by_pairs_of_equals_give_equal_weights() -> None:
    found = ahp(("a", "b", "c"), {("a", "b"): 1, ("b", "c"): 1, ("a", "c"): 1})
    assert [round(weight, 12) for weight in found.weights.values()] == [round(1 / 3, 12)] * 3
    assert found.ratio == pytest.approx(0, abs=1e-9)
    assert found.consistent
    assert found.doubt is None or found.ratio < 0.1
