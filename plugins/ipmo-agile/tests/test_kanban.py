"""The portfolio kanban and AGL-R08: states, ages, limits, and starts against finishes."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import Span
from ipmo.model import FrozenMap, Portfolio, Project, Task
from ipmo.plugin import CheckContext, UnitError
from ipmo_agile import AGILE, AgileFields, portfolio_kanban
from ipmo_agile.kanban import by_chance


def agile(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"agile": AgileFields(**fields)}}


def epic(**days: str) -> dict[str, Any]:
    return agile(kanban=FrozenMap({state: date.fromisoformat(day) for state, day in days.items()}))


def portfolio(*projects: Project, **more: Any) -> Portfolio:
    return Portfolio(id="x", start="2025-01-06", status_date="2026-06-01", projects=projects, **more)


def heard(pf: Portfolio, *scope: str) -> list[str]:
    check = next(c for c in AGILE.checks if c.code == "agile/epics-in-hand")
    return [f.message for f in check.run(CheckContext(portfolio=pf, scope=frozenset(scope)))]


def test_an_epic_is_where_it_came_last_and_what_is_to_come_does_not_count() -> None:
    board = portfolio_kanban(
        portfolio(
            Project(id="back", **epic(implementing="2026-03-02", analysing="2026-04-01")),
            Project(id="same", **epic(reviewing="2026-05-01", analysing="2026-05-01")),
            Project(id="soon", **epic(ready="2026-05-04", implementing="2026-06-02")),
            Project(id="gone", state="cancelled", **epic(implementing="2026-01-05")),
            Project(id="shut", state="closed", actual_finish="2026-05-29", **epic(implementing="2026-01-05")),
            Project(id="none"),
        )
    )
    assert [(card.item, card.state, card.age) for card in board.cards] == [
        ("back", "analysing", 61),
        ("same", "analysing", 31),
        ("soon", "ready", 28),
    ]
    assert (board.begun, board.done, board.years_in_hand) == (("shut",), ("shut",), 0.0)
    assert board.table()["epics"] == (0, 0, 2, 1, 0)
    assert board.table()["mean_age"][2] == 46


def test_a_project_that_closes_later_is_still_on_the_board_of_a_day_before() -> None:
    pf = portfolio(Project(id="shut", state="closed", actual_finish="2026-05-29", **epic(implementing="2026-01-05")))
    for day, cards, done in ((date(2026, 5, 28), 1, ()), (date(2026, 5, 29), 0, ("shut",))):
        board = portfolio_kanban(pf, as_of=day)
        assert (len(board.of("implementing")), board.done, board.begun) == (cards, done, ("shut",))


def test_a_task_is_an_epic_too_and_old_work_is_no_rate() -> None:
    tasks = [Task(id="a", **epic(implementing="2025-06-01")), Task(id="b", **epic(implementing="2025-06-02", done="2026-06-01"))]
    board = portfolio_kanban(portfolio(Project(id="P", tasks=tasks)))
    assert [card.item for card in board.of("implementing")] == ["P/a"]
    assert (board.begun, board.done) == (("P/b",), ("P/b",))
    assert board.years_in_hand == 1


def test_more_in_a_state_than_agreed_is_said_with_the_oldest() -> None:
    two = [Project(id=name, **epic(implementing=day)) for name, day in (("A", "2026-05-01"), ("B", "2026-04-01"))]
    assert not heard(portfolio(*two, **agile(kanban_limits=FrozenMap({"implementing": 2}))))
    assert heard(portfolio(*two, **agile(kanban_limits=FrozenMap({"implementing": 1})))) == [
        "2 epics are in implementing, at most 1 is agreed: the oldest is 'B', 61 days there"
    ]
    assert not heard(portfolio(*two, **agile(kanban_limits=FrozenMap({"implementing": 1}))), "A"), "the method holds for one of them"


def test_an_age_equal_to_the_limit_is_within_it() -> None:
    def aged(day: str) -> Portfolio:
        return portfolio(Project(id="A", **epic(analysing=day)), **agile(kanban_ages=FrozenMap({"analysing": Span(10, "d")})))

    assert not heard(aged("2026-05-18"))
    assert heard(aged("2026-05-17")) == ["epic 'A' has been in analysing for 15 days; at most 10 d is agreed"]


def test_more_begun_than_done_is_said_beyond_chance() -> None:
    open_ = [Project(id=f"o{n}", **epic(implementing="2026-01-05")) for n in range(9)]
    done = [Project(id=f"d{n}", **epic(implementing="2025-01-06", done="2026-03-02")) for n in range(2)]
    assert not heard(portfolio(*open_[:8], *done))
    assert heard(portfolio(*open_, *done)) == [
        "9 epics were begun in a year and 2 done; 9 are being implemented, 4.5 years of work at that pace"
    ]


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_chance_is_that_of_a_fair_coin(begun: int, done: int) -> None:
    whole = begun + done
    assert by_chance(begun, done) == sum(math.comb(whole, k) for k in range(begun, whole + 1)) / 2**whole


def test_what_has_no_state_or_no_day_is_refused() -> None:
    with pytest.raises(ipmo.ModelError, match="there is no state 'doing' of an epic; write one of funnel, reviewing"):
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "extensions": {"agile": {"kanban_limits": {"doing": 3}}}}})
    with pytest.raises(UnitError, match="no status date"):
        portfolio_kanban(Portfolio(id="x"))
