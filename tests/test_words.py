"""Singular and plural with none, one and two, wherever counts are said."""

from __future__ import annotations

import pytest

from ipmo.words import agree, beside, counted, more


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("programme", "programmes"),
        ("task", "tasks"),
        ("dependency", "dependencies"),
        ("day", "days"),
        ("person", "people"),
        ("index", "indexes"),
        ("process", "processes"),
        ("branch", "branches"),
    ],
)
def test_a_noun_follows_its_number(word: str, words: str) -> None:
    assert [counted(n, word) for n in (0, 1, 2)] == [f"0 {words}", f"1 {word}", f"2 {words}"]


def test_a_verb_follows_its_number() -> None:
    assert [agree(n, "is") for n in (0, 1, 2)] == ["are", "is", "are"]
    assert [agree(n, "crosses", "cross") for n in (0, 1, 2)] == ["cross", "crosses", "cross"]


def test_what_a_list_leaves_out_is_silent_about_nothing() -> None:
    assert [more(n, "task") for n in (-1, 0, 1, 2)] == ["", "", "and 1 more task", "and 2 more tasks"]


@pytest.mark.parametrize(
    ("value", "limit", "digits", "percent", "text"),
    [
        (0.796, 0.8, 0, True, "79.6%"), (0.8, 0.8, 0, True, "80%"), (0.79996, 0.8, 0, True, "79.996%"), (0.504, 0.8, 0, True, "50%"),
        (1.004, 1, 0, True, "100.4%"), (0.949, 0.95, 2, False, "0.949"), (0.9951, 1, 2, False, "0.995"), (0.9, 0.95, 2, False, "0.90"),
        (1.1000004, 1.1, 2, False, "1.1000004"), (0.4, 0, 0, False, "0.4"), (3.0, 0, 0, False, "3"), (-0.2, 0, 0, False, "-0.2"),
    ],
)  # fmt: skip
def test_a_figure_is_said_on_the_side_of_its_limit_on_which_it_lies(
    value: float, limit: float, digits: int, percent: bool, text: str
) -> None:
    assert beside(value, limit, digits, percent=percent) == text
