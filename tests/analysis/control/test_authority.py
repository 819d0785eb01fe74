"""Who has authority: one rule; asked directly, by a gate and by an exception it says the same."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import MissingRateError, Money, OptionError, Portfolio, Project
from ipmo.analysis.control.authority import approver, covers
from ipmo.model import DecisionBody, Gate, GateDecision, MoneySettings, RateRow, Tolerance

LEVELS = ("project", "programme", "portfolio")
BOARDS = [DecisionBody(id="programme-board", level="programme", authority="1 M GBP", reports_to="board"), DecisionBody(id="board")]


def overspent(by: int, boards: list[DecisionBody]) -> Portfolio:
    """A project that is forecast to cost more than its budget by an amount, with a gate that releases the amount."""
    return Portfolio(
        id="pf",
        start="2026-01-05",
        status_date="2026-01-05",
        money=MoneySettings(currency="GBP"),
        bodies=boards,
        projects=[
            Project(
                id="P",
                start="2026-01-05",
                finish="2026-02-05",
                budget="10 M GBP",
                forecast=f"{10_000_000 + by} GBP",
                tolerance=Tolerance(cost=0),
                gates=[Gate(id="G", decision=GateDecision(outcome="go", date="2026-01-05", funding=f"{by} GBP"))],
            )
        ],
    )


def test_a_board_that_states_no_authority_is_not_known_to_cover_three_million() -> None:
    pf = overspent(3_000_000, BOARDS)
    asked = approver(pf, Money("3000000", "GBP"))
    (breach,) = ipmo.status(pf).breaches
    gate = ipmo.gates(pf)["P/G"]
    assert (asked.body, breach.body, breach.covered) == (None, None, False)
    assert (gate.body, gate.covered) == ("", None)
    assert asked.reason == "nobody is known to have the authority: 'programme-board' may approve 1 M GBP, 'board' states no authority"
    assert breach.reason == asked.reason
    assert asked.escalate_to is not None
    assert (asked.escalate_to.id, breach.escalate_to) == ("board", "board")  # it is still told
    assert ipmo.status(pf).exceptions()["escalate_to"] == ("board",)
    assert covers(pf, BOARDS[1], Money("1", "GBP")) is None
    two = [DecisionBody(id="stated", authority="1 M GBP"), DecisionBody(id="silent")]
    told = approver(overspent(1, two), Money("3000000", "GBP")).escalate_to
    assert (told and told.id) == "silent"  # of two at the top, the one whose authority is not known to end below it


def test_up_to_its_limit_a_board_may() -> None:
    pf = overspent(1_000_000, BOARDS)
    (breach,) = ipmo.status(pf).breaches
    assert (breach.body, breach.escalate_to, breach.covered) == ("programme-board", "programme-board", True)
    assert str(approver(pf, Money("1000000", "GBP"))) == "'programme-board' may approve up to 1 M GBP"
    assert (ipmo.gates(pf)["P/G"].body, ipmo.gates(pf)["P/G"].covered) == ("programme-board", True)
    assert covers(pf, BOARDS[0], Money("1000000", "GBP")) is True
    assert covers(pf, BOARDS[0], Money("1000000.01", "GBP")) is False


def boards_of() -> st.SearchStrategy[list[DecisionBody]]:
    one = st.tuples(st.sampled_from((None, *LEVELS)), st.none() | st.integers(1, 5))
    return st.lists(one, max_size=5).map(
        lambda rows: [
            DecisionBody(id=f"b{n}", level=level, authority=None if limit is None else f"{limit} GBP")
            for n, (level, limit) in enumerate(rows)
        ]
    )


@given(boards_of(), st.integers(1, 6))
def test_gate_exception_and_question_agree_and_name_the_lowest_board(boards: list[DecisionBody], amount: int) -> None:
    pf = overspent(amount, boards)
    ranks = {board.id: LEVELS.index(board.level or "portfolio") for board in boards}
    for level in LEVELS:
        found = approver(pf, Money(str(amount), "GBP"), level=level)  # type: ignore[arg-type]
        able = [
            (ranks[b.id], b.authority.amount, b.id)
            for b in boards
            if b.authority is not None and b.authority.amount >= amount and ranks[b.id] >= LEVELS.index(level)
        ]
        assert (found.body and found.body.id) == (min(able)[2] if able else None)
        assert (found.escalate_to is None) == all(ranks[b.id] < LEVELS.index(level) for b in boards)
    (breach,) = ipmo.status(pf).breaches
    same = approver(pf, Fraction(amount), level="programme")
    assert (breach.body, breach.escalate_to) == (same.body and same.body.id, same.escalate_to and same.escalate_to.id)
    lowest = approver(pf, Money(str(amount), "GBP")).body
    assert (ipmo.gates(pf)["P/G"].body or None) == (lowest and lowest.id)


def test_money_converts_at_the_date_and_a_missing_rate_is_an_error() -> None:
    boards = [DecisionBody(id="board", authority="100 EUR")]
    pf = overspent(60, boards)
    with pytest.raises(MissingRateError, match="authority of 'board' is 100 EUR"):
        approver(pf, Money("60", "GBP"))
    assert ipmo.gates(pf)["P/G"].covered is None  # a gate is shown all the same
    pf = pf.evolve(rates=[RateRow(since="2025-01-01", per={"EUR": "0.5"}), RateRow(since="2026-02-01", per={"EUR": "0.6"})])
    assert approver(pf, Money("60", "GBP")).body is None
    assert approver(pf, Money("60", "GBP"), as_of="2026-02-01").body is not None
    plain = Portfolio(id="x", bodies=boards)  # no currency stated: the only one in use
    assert approver(plain, Money("100", "EUR")).body is not None


def test_a_level_is_one_of_three() -> None:
    with pytest.raises(OptionError, match="level='board' is not known; write one of 'project', 'programme', 'portfolio'"):
        approver(overspent(1, BOARDS), Money("1", "GBP"), level="board")  # type: ignore[arg-type]
    assert approver(overspent(1, []), Money("1", "GBP")).reason == "no board of a project or above is declared"
