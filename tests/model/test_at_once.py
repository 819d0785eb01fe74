"""What is told of many projects at once is what is told of each of them, in the same order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.errors import ModelError
from ipmo.model import Portfolio, Project, Task, integrity
from ipmo.model.at_once import are_ids, holding, telling, with_odd_budgets

DATES = st.sampled_from([None, "2026-01-05", "2026-01-04", "2026-01-03", "2026-01-05 09:00", "2026-01-04 17:00"])
ODD = (["5 GBP", "-7 GBP"], ["7 GBP", "-5 GBP"])
MONEY = st.sampled_from(
    [
        None,
        "5 GBP",
        "0 GBP",
        "-5 GBP",
        *([{"amount": one} for one in some] for some in ODD),
        [{"amount": "3 GBP", "from": "2026-02-01", "until": "2026-01-01"}],
    ]
)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    begun = draw(DATES) if draw(st.integers(0, 3)) == 0 else None
    tasks = [Task(id=draw(st.sampled_from(("a", "b", "a/b"))), budget=draw(MONEY), parent=draw(st.sampled_from((None, None, "a"))))
             for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2))))]  # fmt: skip
    return Project(
        id=draw(st.sampled_from(("p", "q", "r", "s", "two words", "two  words", "x:y", "", "n" * 201))), tasks=tasks,
        start=draw(DATES), finish=draw(DATES), actual_start=begun, actual_finish=begun and draw(DATES), budget=draw(MONEY), forecast=draw(MONEY),
        alignment=draw(st.sampled_from(({}, {}, {}, {"o": "direct"}, {"z": "direct"}, {"o": "vaguely"}))),
    )  # fmt: skip


def problems(held: list[Project]) -> list[tuple[Any, ...]]:
    try:
        Portfolio(id="x", objectives=[{"id": "o"}], projects=held)
    except ModelError as error:
        return [(one.message, one.path, one.hint) for one in error.problems]
    return []


@settings(max_examples=300, deadline=None)
@given(st.lists(projects(), max_size=6))
def test_at_once_is_one_by_one(held: list[Project]) -> None:
    found = problems(held)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrity, "are_ids", lambda names: False)
        for name in ("holding", "with_odd_budgets"):
            patch.setattr(integrity, name, list)
        patch.setattr(integrity, "telling", lambda projects: list(enumerate(projects)))
        assert found == problems(held)


def test_what_needs_no_look() -> None:
    quiet = [Project(id="a", start="2026-01-05", finish="2026-01-05"), Project(id="b", budget="5 GBP")]
    late = Project(id="c", start="2026-01-05", finish="2026-01-03")
    odd = Project(id="d", tasks=[{"id": "t"}], budget=[{"amount": "5 GBP"}, {"amount": "6 GBP"}])
    assert [one.id for _, one in telling([*quiet, late, odd])] == ["c", "d"]
    assert telling(quiet) == []
    assert [(place, one.id) for place, one in holding(enumerate([*quiet, late, odd], 5))] == [(8, "d")]
    assert [(place, one.id) for place, one in with_odd_budgets(enumerate([*quiet, odd]))] == [(2, "d")]


@pytest.mark.parametrize("names", [["a", "a"], ["a/b"], ["a  b"], [" a"], [""], ["n" * 201], ["a\u00a0b"], ["a:b"], ["a@b"], ["a\n"]])
def test_what_is_no_id_is_seen(names: list[str]) -> None:
    assert not are_ids([*names, "z"])
    assert are_ids(["a", "b c", "é-1"])
    assert are_ids([])
