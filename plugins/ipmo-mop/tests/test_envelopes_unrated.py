"""An amount without an exchange rate leaves envelopes not known: no budget is held against them in its place."""

from __future__ import annotations

import pytest

import ipmo
from ipmo_mop import problem_of, select

HEAD = {
    "id": "pf",
    "start": "2026-01-01",
    "status_date": "2026-01-01",
    "calendar": "continuous",
    "money": {"currency": "GBP"},
    "methodologies": {"portfolio": "mop"},
}
NO_RATE = "no rate from USD to GBP on 2026-01-01"


def plan(most: str = "10 M GBP", rate: str = "", **q: object) -> ipmo.Portfolio:
    """p costs 5 M GBP in 2026; q is budgeted at 4 M GBP in it unless said otherwise."""
    criteria = [{"id": "v", "weight": "100 %", "scale": {"low": 0, "high": 10}}]
    mine = {"mandatory": True} if q.pop("mandatory", False) else {}
    times = {} if "tasks" in q else {"start": "2026-01-01", "finish": "2026-12-31", "budget": "4 M GBP"}
    rows = [
        {"id": "p", "budget": "5 M GBP", "start": "2026-01-01", "finish": "2026-12-31"},
        {"id": "q", **times, **q},
    ]
    of = {"scores": {"v": "high"}}
    projects = [{"state": "active", "extensions": {"mop": of | (mine if row["id"] == "q" else {})}, **row} for row in rows]
    rates = {"rates": [{"date": "2026-01-01", "per": "GBP", "rates": {"USD": rate}}]} if rate else {}
    head = {**HEAD, "extensions": {"mop": {"criteria": criteria, "envelopes": {"2026": most}}}}
    return ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": projects, **rates})


def heard(pf: ipmo.Portfolio) -> list[str]:
    return [finding.message for finding in ipmo.check(pf).of("mop/envelope")]


PARTLY = [
    {"id": "x", "duration": "30 d", "budget": "1 M GBP", "forecast": "9 M USD"},
    {"id": "y", "duration": "30 d", "budget": "3 M GBP", "forecast": "3 M GBP"},
]
HALF = [{"id": "x", "duration": "30 d", "budget": "1 M GBP", "forecast": "9 M USD"}, {"id": "y", "duration": "30 d", "budget": "3 M GBP"}]


@pytest.mark.parametrize(("q", "item"), [({"forecast": "9 M USD"}, "q"), ({"tasks": PARTLY}, "q/x"), ({"tasks": HALF}, "q/x")])
def test_a_forecast_without_a_rate_is_not_held_by_its_budget(q: dict[str, object], item: str) -> None:
    (said,) = heard(plan(**q))
    assert said.startswith(f"whether forecasts stay within the envelopes is not known: forecast of {item!r} is 9 M USD")
    assert said.endswith(NO_RATE)
    found = select(plan(**q))
    assert found.chosen == ("p",)
    assert found.why("q").text.startswith(f"q cannot be in: what q is forecast to cost is not known: forecast of {item!r} is 9 M USD")


@pytest.mark.parametrize("q", [{}, {"forecast": "4 M GBP"}, {"tasks": HALF[1:]}, {"tasks": [HALF[0] | {"forecast": "1 M GBP"}, HALF[1]]}])
def test_what_is_known_is_as_it_was(q: dict[str, object]) -> None:
    assert heard(plan(**q)) == []
    assert select(plan(**q)).chosen == ("p", "q")


def test_what_is_known_of_it_may_be_too_much_already() -> None:
    """5 M GBP of p and 3 M GBP of q/y are above 7 M GBP, whatever q/x costs; the budget of q/x is not counted."""
    first, second, third = heard(plan("7 M GBP", tasks=PARTLY))
    assert first == "budgets of 2026 are 9,000,000 GBP, 2,000,000 above the envelope of 7,000,000"
    assert second == "forecasts, and budgets where there is none, of 2026 are 8,000,000 GBP, 1,000,000 above the envelope of 7,000,000"
    assert NO_RATE in third


@pytest.mark.parametrize("q", [{"mandatory": True}, {"state": "closed"}])
def test_what_must_be_done_or_is_closed_leaves_the_answer_unsure(q: dict[str, object]) -> None:
    found = select(plan(forecast="9 M USD", **q))
    assert found.problem.unsure == (f"forecast of 'q' is 9 M USD: {NO_RATE}",)
    assert "whether the envelopes hold is not known" in repr(found)
    assert problem_of(plan(forecast="4 M GBP", **q)).unsure == ()


def test_what_is_spent_without_a_rate_is_not_nothing() -> None:
    assert heard(plan(actual="9 M USD")) == [
        f"whether actual costs stay within the envelopes is not known: actual of 'q' is 9 M USD: {NO_RATE}"
    ]
    gone = plan(actual="9 M USD", state="cancelled")
    assert f"whether actual costs stay within the envelopes is not known: actual of 'q' is 9 M USD: {NO_RATE}" in heard(gone)
    assert select(gone).problem.unsure == (f"actual of 'q' is 9 M USD: {NO_RATE}",)


@pytest.mark.parametrize(("forecast", "chosen"), [("0 GBP", ("p", "q")), ("2 M GBP", ("p",)), ("1 M GBP", ("p", "q"))])
def test_a_forecast_of_nothing_is_known_and_no_budget_stands_for_it(forecast: str, chosen: tuple[str, ...]) -> None:
    """The budget of q is of 2027, without an envelope; p costs 5 M GBP of the 6 M GBP of 2026, and q what it is forecast to."""
    line = {"from": "2026-01-01", "until": "2026-12-31"}
    pf = plan(
        "6 M GBP", budget=[{"from": "2027-01-01", "until": "2027-12-31", "amount": "4 M GBP"}], forecast=[{**line, "amount": forecast}]
    )
    assert select(pf).chosen == chosen
    budgeted = plan("6 M GBP", forecast=[{**line, "amount": forecast}])
    assert len(heard(budgeted)) == (2 if forecast == "2 M GBP" else 1)  # the budgets of 2026 are above it in each
    assert [one.expected for one in problem_of(pf).candidates if one.id == "q"] == [
        {} if forecast == "0 GBP" else {"2026": 1_000_000 * int(forecast[0])}
    ]
