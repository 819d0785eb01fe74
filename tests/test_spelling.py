"""Names like a word: what difflib finds, among any number of names."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import close_matches
from ipmo.spelling import Speller

WORDS = st.text("abcAB/1é東", min_size=1, max_size=8)


@given(st.lists(WORDS, max_size=30), WORDS, st.integers(1, 4))
def test_it_finds_what_difflib_finds(names: list[str], wanted: str, count: int) -> None:
    lowered = {name.lower() for name in names}
    found = Speller(names).near(wanted, count)
    assert [name.lower() for name in found] == difflib.get_close_matches(wanted.lower(), lowered, n=count, cutoff=0.6)
    assert set(found) <= set(names)


def test_what_is_meant_is_found_among_a_hundred_thousand_names_whatever_it_begins_with() -> None:
    names = [f"P{project}/task-{number}" for project in range(1000) for number in range(100)]
    assert close_matches("Q7/tosk-12", [*names, "P7/tosk-12"])[0] == "P7/tosk-12"
    assert Speller([*names, "tram/build"]).near("tarm/build") == ["tram/build"]


def test_names_all_of_the_same_letters_are_compared_within_bounds() -> None:
    names = [f"{number:b}".zfill(16) for number in range(2**16) if number.bit_count() == 8]
    assert len(Speller(names).near("0101010101010101")) == 3


def test_nothing_is_like_what_is_no_text() -> None:
    assert close_matches(5, ["5"]) == close_matches("x", []) == close_matches("", ["a"]) == []
