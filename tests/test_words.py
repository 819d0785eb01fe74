"""Singular and plural with none, one and two, wherever counts are said."""

from __future__ import annotations

import pytest

from ipmo.words import agree, counted, more


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
