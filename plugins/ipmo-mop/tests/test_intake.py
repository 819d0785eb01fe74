"""Ideas on their way to a proposal: worked numbers, what a day in the past says, and waits that are not over yet."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import UnitError
from ipmo_mop import intake

DAY = date(2026, 1, 1)


def plan(*ideas: dict[str, Any], limit: str = "30 ed", today: str = "2026-04-11") -> Portfolio:
    header = {"id": "pf", "start": "2026-01-01", "status_date": today, "methodologies": {"portfolio": "mop"}}
    return ipmo.from_dict(
        {"ipmo": 1, "portfolio": {**header, "extensions": {"mop": {"ideas": list(ideas), "idea_limit": limit}}}, "projects": [{"id": "p"}]}
    )


def idea(name: str, raised: int, decided: int | None = None, outcome: str = "rejected", **more: Any) -> dict[str, Any]:
    """An idea by days after New Year."""
    told = {} if decided is None else {"decided": str(DAY + timedelta(decided)), "outcome": outcome}
    return {"id": name, "raised": str(DAY + timedelta(raised)), **told, **more}


IDEAS = (
    idea("a", 0, 10),
    idea("b", 0, 40, "proposal", became="p"),
    idea("c", 70),
    idea("d", 69),
    idea("e", 20, 50, "merged", became="p"),
    {"id": "f", "name": "Since when?"},
    idea("g", 101),
)


def test_what_waits_and_what_became_of_the_rest() -> None:
    """Seen on 11 April, a hundred days after New Year; what is raised after that day is not there."""
    found = intake(plan(*IDEAS))
    assert [(row.id, row.state, row.days, row.late) for row in found] == [
        ("d", "waiting", 31, True),
        ("c", "waiting", 30, False),  # as long as agreed is in time
        ("f", "waiting", None, None),
        ("b", "proposal", 40, True),
        ("e", "merged", 30, False),
        ("a", "rejected", 10, False),
    ]
    assert ([row.id for row in found.over], found.conversion) == (["d"], 1 / 3)
    assert found.explain("d") == "d: waiting, raised 2026-03-11, 31 days so far; 30 days are agreed"
    assert found.explain("b").startswith("b: proposal p, raised 2026-01-01, 40 days to its decision")
    assert "half are decided within 40 days" in repr(found)
    assert list(pickle.loads(pickle.dumps(found))) == list(found)
    assert found.table().columns == ("idea", "name", "state", "raised", "days", "late", "became")


def test_product_limit_by_hand() -> None:
    """10 of 5 at risk: 4/5 left; 30 of 4 (one waits 30 days): 3/4 of that, 3/5; 40 of 1: none."""
    found = intake(plan(*IDEAS))
    assert [found.wait(share) for share in (0.2, 0.21, 0.4, 0.41, 1)] == [10, 30, 30, 40, 40]
    assert intake(plan(idea("a", 0), idea("b", 3))).wait() is None
    with pytest.raises(UnitError, match="share is 0"):
        found.wait(0)


def test_a_day_in_the_past_sees_what_was_known_then() -> None:
    found = intake(plan(*IDEAS), as_of=DAY + timedelta(45))
    assert [(row.id, row.state, row.days) for row in found if row.days is not None] == [
        ("e", "waiting", 25),
        ("b", "proposal", 40),
        ("a", "rejected", 10),
    ]
    assert (found["e"].became, found.conversion) == ("", 0.5)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 60)), min_size=1, max_size=12))
def test_where_all_are_decided_it_is_the_quantile_of_their_waits(rows: list[tuple[int, int]]) -> None:
    found = intake(plan(*(idea(f"i{n}", at, at + days) for n, (at, days) in enumerate(rows)), today="2027-01-01"))
    waits = sorted(days for _, days in rows)
    for share in (0.1, 0.5, 0.9, 1):
        assert found.wait(share) == next(w for n, w in enumerate(waits, 1) if n * 100 >= round(share * 100) * len(waits))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (idea("x", 0, 5, "proposal"), "idea 'x' became a proposal, and names no project"),
        (idea("x", 0, 5, "proposal", became="q"), "idea 'x' became a proposal, and names the unknown project 'q'"),
        (idea("x", 69), "idea 'x' has waited for 31 days; 30 ed at most are agreed"),
        ({"id": "x"}, "nobody says when idea 'x' was raised"),
        (idea("x", 70), ""),
        (idea("x", 0, 5, "proposal", became="p"), ""),
    ],
)
def test_the_check(one: dict[str, Any], said: str) -> None:
    assert [found.message for found in ipmo.check(plan(one)).of("mop/intake")] == ([said] if said else [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "rejected"},
        {"decided": "2026-01-05"},
        {"raised": "2026-02-01", "decided": "2026-01-05", "outcome": "merged"},
        {"outcome": "eaten"},
    ],
)
def test_ideas_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ipmo.ModelError):
        plan({"id": "x", **wrong})
    with pytest.raises(ipmo.ModelError, match="given twice"):
        plan({"id": "x"}, {"id": "x"})


def test_without_a_day_there_is_no_answer() -> None:
    with pytest.raises(UnitError, match="no status date"):
        intake(ipmo.Portfolio(id="pf"))
