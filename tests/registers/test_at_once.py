"""A register listed at once is the one that its rows make one by one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ipmo.files.foreign import Intake
from ipmo.registers.building.naming import Names
from ipmo.registers.cells.outcomes import CellError, all_folded, folded

PIECES = st.sampled_from(
    ("P1", "p1", "P2", "Tram", "tram", "a b", "a  b", " a", "a/b", "é", "É", "x\u00a0y", "x\ufeff", "", "\0", "ß", "n" * 201, "Ǆ")
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=5))
@example([])
@example([""])
def test_texts_are_folded_at_once_as_one_by_one(texts: list[str]) -> None:
    assert all_folded(texts) == [folded(text) for text in texts]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(PIECES, PIECES), min_size=1, max_size=4), st.booleans(), st.sampled_from(("", "P1", "Tram")))
@example([("P1", "Tram"), ("P2", "Hall")], True, "")
@example([("P1", "Tram"), ("p1", "Hall")], True, "")
@example([("P1", "Tram"), ("P2", "tram")], True, "")
@example([("P1", "Tram"), ("P2", "")], True, "")
def test_rows_are_listed_at_once_as_one_by_one(rows: list[tuple[str, str]], named: bool, before: str) -> None:
    at_once, singly = Names(Intake("x", "register")), Names(Intake("x", "register"))
    for names in (at_once, singly):
        if before:
            names.add("risks", "", before, "", 0)
    stated = [one for one, _ in rows]
    titles = [name for _, name in rows] if named else []
    if not at_once.added("projects", stated, titles):
        return
    made = [singly.add("projects", "", one, titles[place] if named else "", place) for place, one in enumerate(stated)]
    assert made == stated
    assert (held(at_once), at_once.taken, at_once.renamed, at_once.alike) == (held(singly), singly.taken, {}, [])


def held(names: Names) -> dict[tuple[str, str], tuple[dict[str, str], dict[str, str | None], dict[str, str]]]:
    return {place: (one.by_id, one.by_name, one.by_look) for place, one in names.registers.items()}


def test_what_cannot_be_listed_at_once() -> None:
    for stated, titles in (
        (["P1", "P1"], []),
        (["P1", "p1"], []),
        (["P1", ""], []),
        (["a/b"], []),
    ):
        names = Names(Intake("x", "register"))
        assert not names.added("projects", stated, titles)
        assert names.registers == {}
    names = Names(Intake("x", "register"))
    assert names.added("projects", ["P1", "P2"], ["Tram", "Hall"])
    assert names.find("hall", "project") == "P2"
    assert not names.added("projects", ["P3"], [])
    assert not names.added("risks", ["P2"], [])
    with pytest.raises(CellError, match="stands in this register already"):
        names.add("projects", "", "P1", "", 3)


def test_two_of_one_name_are_listed_at_once_and_looked_up_by_their_ids() -> None:
    names = Names(Intake("x", "register"))
    assert names.added("projects", ["P1", "P2", "P3"], ["Tram", "TRAM", ""])
    with pytest.raises(CellError, match="is the name of two"):
        names.find("tram", "project")
    assert names.find("P2", "project") == "P2"
