"""What projects still cost, what was spent on them, what getting out costs: worked by hand, in one currency and in two."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

import ipmo
from ipmo.analysis.money.amounts import CERTAIN, Amounts, Priced, cents
from ipmo.analysis.money.made_rows import MadeRows, Parts
from ipmo.analysis.money.remaining import NO_EXIT, Remaining
from ipmo.errors import MissingRateError
from ipmo.model import Money, MoneySettings, Portfolio, Programme, Project, RateRow, Task

POUNDS = MoneySettings(currency="GBP", financial_year="apr")
ODD = {"amount": "1 USD"}
"""There is no rate for it."""


def of(*tasks: Task, status: str | None = "2026-07-01", money: MoneySettings = POUNDS, **fields: Any) -> Remaining:
    """What is known of project P."""
    project = Project(id="P", tasks=tasks, **fields)
    return Remaining(Portfolio(id="x", start="2026-01-01", status_date=status, money=money, projects=[project]))


def said(found: tuple[Money | None, str]) -> str:
    amount, why = found
    assert (amount is None) is bool(why)
    return str(amount) if amount is not None else why


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"budget": "100 GBP"}, "100 GBP"),
        ({"budget": "100 GBP", "actual": "30 GBP"}, "70 GBP"),
        ({"budget": "100 GBP", "forecast": "120 GBP", "actual": "30 GBP"}, "90 GBP"),
        ({"forecast": "120 GBP", "actual": "30 GBP"}, "90 GBP"),
        ({"budget": "100 GBP", "forecast": "120 GBP"}, "120 GBP"),
        ({"budget": "0 GBP"}, "0 GBP"),
        ({"budget": "100 GBP", "actual": "99.5 GBP"}, "0.5 GBP"),
        ({"forecast": "120 GBP", "actual": "119 GBP"}, "1 GBP"),
        ({"budget": "200 GBP", "forecast": "120 GBP", "actual": "120 GBP"}, "120 GBP are spent, and the forecast is 120 GBP: write what it will cost in all"),
        ({"budget": "100 GBP", "actual": "100 GBP"}, "100 GBP are spent of a budget of 100 GBP: write forecast:"),
        ({"budget": "1000 GBP", "actual": "1234.5 GBP"}, "1,234.50 GBP are spent of a budget of 1 k GBP: write forecast:"),
        ({}, "not all of its cost is known: write budget: or forecast:"),
        ({"actual": "30 GBP"}, "not all of its cost is known: write budget: or forecast:"),
        ({"budget": "100 USD"}, "budget of 'P' is 100 USD: no rate from USD to GBP on 2026-07-01; add one under rates:"),
        ({"forecast": "100 USD"}, "forecast of 'P' is 100 USD: no rate from USD to GBP on 2026-07-01; add one under rates:"),
        ({"budget": "100 GBP", "actual": "5 USD"}, "actual of 'P' is 5 USD: no rate from USD to GBP on 2026-07-01; add one under rates:"),
    ],
)  # fmt: skip
def test_what_is_left_is_the_forecast_or_else_the_budget_less_what_was_spent(fields: dict[str, Any], left: str) -> None:
    assert said(of(**fields).left("P")) == left


def test_what_is_not_earned_is_left_at_the_rate_of_what_is() -> None:
    """40 of 100 are earned with 100: the other 60 cost 150, and EAC is 250 as earned value has it; of nothing earned there is no rate."""
    task = Task(id="a", duration="10 d", actual_start="2026-06-01", progress="40 %", budget="100 GBP", actual="100 GBP")
    assert said(of(task).left("P")) == "150 GBP"
    assert said(of(evolve(task, progress="0 %")).left("P")) == "100 GBP"
    other = Task(id="b", duration="10 d")  # of which nobody says what it costs: the budget is not known in full
    assert said(of(task, other).left("P")) == "not all of its cost is known: write budget: or forecast:"
    assert said(of(task, status=None).left("P")) == "100 GBP are spent of a budget of 100 GBP: write forecast:"


def test_what_was_spent_is_what_is_known_of_it() -> None:
    assert str(of(actual="30 GBP").spent("P")) == "30 GBP"
    assert of(budget="30 GBP").spent("P") is None
    assert of(actual="30 USD").spent("P") is None
    assert of().spent("Q") is None
    assert (
        said(of(budget="1 GBP", actual="1 GBP", state="cancelled").left("P")) == "not all of its cost is known: write budget: or forecast:"
    )


def test_getting_out_costs_what_is_stated_for_all_of_it() -> None:
    def pf(*costs: str | None, programme: str | None = None) -> Remaining:
        projects = [Project(id=f"p{n}", programme="T", exit_cost=cost) for n, cost in enumerate(costs)]
        programmes = [Programme(id="T", exit_cost=programme)]
        return Remaining(Portfolio(id="x", start="2026-01-01", money=POUNDS, programmes=programmes, projects=projects))

    assert said(pf(None, None).exit_cost("T")) == NO_EXIT == said(pf(None).exit_cost("p0"))
    assert said(pf("5 GBP", None).exit_cost("p0")) == "5 GBP"
    assert said(pf("5 GBP", None).exit_cost("p1")) == NO_EXIT == said(pf("5 GBP", None).exit_cost("T")), "one of two is not all"
    assert said(pf("5 GBP", "7 GBP").exit_cost("T")) == "12 GBP"
    assert said(pf(None, None, programme="9 GBP").exit_cost("T")) == "9 GBP"
    assert said(pf("5 USD").exit_cost("p0")) == (
        "what getting out costs is not known: exit_cost of 'p0' is 5 USD: no rate from USD to GBP; add one under rates:"
    )
    assert said(pf("5 GBP").exit_cost("nobody")) == NO_EXIT


@pytest.mark.parametrize(
    ("task", "named"),
    [
        ({"budget": "5 GBP", "actual_start": "2026-06-01"}, True),
        ({"forecast": "5 GBP", "progress": "10 %"}, True),
        ({"assignments": [{"resource": "crew", "effort": "2 pd"}], "actual_start": "2026-06-01"}, True),
        ({"budget": "5 GBP"}, False),  # not begun
        ({"actual_start": "2026-06-01"}, False),  # costs nothing
        ({"budget": "5 GBP", "actual": "1 GBP", "actual_start": "2026-06-01"}, False),
        ({"budget": "5 GBP", "actual_start": "2026-06-01", "milestone": True}, False),
    ],
)
def test_begun_work_that_costs_something_and_says_nothing_of_what_it_has_cost_is_named(task: dict[str, Any], named: bool) -> None:
    one = Task(**{"id": "a", **({} if task.get("milestone") else {"duration": "9 d"}), **task})
    before = [Task(id="m", milestone=True), Task(id="later", duration="1 d", budget="1 GBP")]
    project = Project(id="P", tasks=[*before, one])
    resources = [{"id": "crew", "rate": "1 GBP per pd"}]
    pf = Portfolio(id="x", start="2026-01-01", money=POUNDS, resources=resources, projects=[project])
    assert Remaining(pf).unrecorded("P") == (("P/a",) if named else ())


def test_what_a_summary_or_the_project_says_of_cost_is_said_of_the_work_below() -> None:
    begun = {"duration": "9 d", "actual_start": "2026-06-01"}

    def found(top: dict[str, Any], whole: dict[str, Any], **part: Any) -> tuple[str, ...]:
        tasks = [Task(id="w", **whole), Task(id="v", parent="w"), Task(id="a", parent="v", **begun, **part), Task(id="b", **begun)]
        return of(*tasks, **top).unrecorded("P")

    assert found({}, {}) == ()
    assert found({}, {"budget": "5 GBP"}) == ("P/a",)
    assert found({}, {"forecast": "5 GBP"}) == ("P/a",)
    assert found({}, {"budget": "5 GBP", "actual": "1 GBP"}) == ()
    assert found({"budget": "9 GBP"}, {}) == found({"forecast": "9 GBP"}, {}) == ("P/a", "P/b")
    assert found({"budget": "9 GBP"}, {"actual": "1 GBP"}) == ("P/b",)
    assert found({"budget": "9 GBP", "actual": "1 GBP"}, {}) == ()
    assert found({}, {}, budget="2 GBP") == ("P/a",)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"budget": "5 GBP", "actual_start": "2026-06-01"}, True),
        ({"forecast": "5 GBP", "progress": "10 %"}, True),
        ({"budget": "5 GBP"}, False),
        ({"budget": "5 GBP", "progress": "0 %"}, False),
        ({"actual_start": "2026-06-01"}, False),
        ({"budget": "5 GBP", "actual_start": "2026-06-01", "actual": "0 GBP"}, False),
    ],
)
def test_a_project_without_tasks_is_asked_for_what_it_has_cost_too(fields: dict[str, Any], named: bool) -> None:
    assert of(**fields).unrecorded("P") == (("P",) if named else ())


# ------------------------------------------------------------------------------------------------ by financial year


def lines(**by_year: int) -> list[dict[str, str]]:
    """So much in the middle of each financial year: `y26` begins in April 2026."""
    return [{"from": f"20{name[1:]}-09-01", "until": f"20{name[1:]}-09-30", "amount": f"{amount} GBP"} for name, amount in by_year.items()]


@pytest.mark.parametrize(
    ("fields", "years"),
    [
        ({"budget": lines(y26=60, y27=40)}, [("2026/27", "60 GBP"), ("2027/28", "40 GBP")]),
        ({"budget": lines(y26=60, y27=40), "actual": lines(y26=25)}, [("2026/27", "35 GBP"), ("2027/28", "40 GBP")]),
        # what was to be spent last year, and was not, is spent in the year of the status date
        ({"budget": lines(y25=50, y27=40), "actual": lines(y25=20)}, [("2026/27", "30 GBP"), ("2027/28", "40 GBP")]),
        ({"budget": lines(y25=50, y27=40), "actual": lines(y25=50)}, [("2027/28", "40 GBP")]),
        # more was spent than was to be by now: in which year the rest lies is not known
        ({"budget": lines(y25=50, y27=40), "actual": lines(y25=60)}, []),
        ({"budget": lines(y26=100), "forecast": lines(y26=70, y28=50), "actual": lines(y25=30)}, [("2026/27", "40 GBP"), ("2028/29", "50 GBP")]),
        ({"budget": [*lines(y26=60), {"amount": "5 GBP"}]}, []),  # nothing says when
        ({"budget": lines(y26=60), "actual": [{"amount": "5 GBP"}]}, []),
        ({"budget": lines(y26=60), "actual": lines(y26=60)}, []),  # nothing is known to be left
        ({}, []),
    ],
)  # fmt: skip
def test_what_is_left_lies_in_the_years_that_it_was_planned_for_less_what_was_spent(
    fields: dict[str, Any], years: list[tuple[str, str]]
) -> None:
    assert [(name, str(amount)) for name, amount in of(**fields).years("P")] == years
    assert of(status=None, **fields).years("P") == ()


# ------------------------------------------------------------------------------------------------ one sum of money


def test_a_sum_of_money_counts_at_the_rate_of_the_day_and_without_one_is_refused_or_unknown() -> None:
    rates = [RateRow(since="2026-01-01", per={"EUR": "0.8"})]
    projects = [Project(id="P"), Project(id="N", price_base={"year": 2020, "terms": "nominal"})]
    pf = Portfolio(
        id="x",
        start="2026-01-01",
        money=MoneySettings(currency="GBP", price_base={"year": 2026, "terms": "real"}),
        rates=rates,
        projects=projects,
    )
    amounts = Amounts(pf, pf.start, "value", unrated="unknown")
    assert amounts.lump("P", Money("5", "GBP")) == (5, "real 2026")
    assert amounts.lump("N", Money("5", "GBP")) == (5, "nominal 2020")
    assert amounts.lump("P", Money("5", "EUR")) == (4, "real 2026")
    assert amounts.lump("P", Money("5", "USD")) is None
    assert amounts.missing == {"P": "value of 'P' is 5 USD: no rate from USD to GBP on 2026-01-01; add one under rates:"}
    with pytest.raises(MissingRateError):
        Amounts(pf, pf.start, "value").lump("P", Money("5", "USD"))


def test_amounts_of_several_price_bases_read_in_the_order_of_their_bases() -> None:
    both = Priced.of(Fraction(5), "real 2026", "a") + Priced.of(Fraction(1, 2), "", "b") + Priced.of(Fraction(3), "nominal", "c")
    assert repr(both) == "Priced(?: 1/2, nominal: 3, real 2026: 5)"
    assert both.bases == ("nominal", "real 2026")
    assert (both.apart, Priced.of(Fraction(1)).apart) == (Fraction(1, 2), None)


def test_exact_amounts_are_compared_and_multiplied_within_their_base() -> None:
    one, two = (Priced.of(Fraction(n), "real 2026", "a") for n in (1, 2))
    same = Priced.of(Fraction(1), "real 2026", "b")
    assert (one < two, two < one, one < same) == (True, False, False)
    assert (two > one, one > two, one > same) == (True, False, False)
    assert (one == same, one == two, one == 1) == (True, False, False)
    assert (one * Fraction(2)).entries == {"real 2026": (2, "a")}


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (0.125, "GBP", "0.12"), (0.375, "GBP", "0.38"), (-0.125, "GBP", "-0.12"), (2.5, "JPY", "2"), (3.5, "JPY", "4"), (1.0005, "KWD", "1.000"),
        (1.0015, "KWD", "1.002"), (-0.001, "GBP", "0.00"), (12345678901234.5, "GBP", "12345678901234.50"), (CERTAIN, "GBP", "1" + 20 * "0" + ".00"),
        (-CERTAIN, "JPY", "-1" + 20 * "0"), (2 * CERTAIN, "GBP", "2" + 20 * "0" + ".00"),
    ],
)  # fmt: skip
def test_a_computed_amount_is_rounded_once_half_to_even(amount: float, currency: str, said: str) -> None:
    found = cents(amount, currency)
    assert (str(found.amount), found.currency) == (said, currency)
    with pytest.raises((ValueError, OverflowError)):
        cents(float("nan"), currency)


def test_rows_that_a_row_is_made_of_are_made_when_they_are_looked_at() -> None:
    made: list[int] = []

    def make(position: int) -> str:
        made.append(position)
        return f"row {position}"

    rows = MadeRows(lambda: {name: place for place, name in enumerate("abcde")}, make)
    parts = Parts(rows, [4, 1, 3])
    assert (len(parts), made, parts.noted, Parts(rows, [], noted=False).noted) == (3, [], True, False)
    assert (parts[0], parts[-1], parts[1:], made) == ("row 4", "row 3", ("row 1", "row 3"), [4, 3, 1])
    assert (list(parts), rows["d"], made) == (["row 4", "row 1", "row 3"], "row 3", [4, 3, 1])
    assert ("e" in rows, "f" in rows, len(rows), list(rows)) == (True, False, 5, list("abcde"))


# ------------------------------------------------------------------------------------------------ over time


def test_the_total_that_a_portfolio_states_lies_over_its_own_time() -> None:
    """Also where it bears the id of its only project, and where an attribute is asked for."""
    line = [{"from": "2026-02-01", "until": "2026-03-31", "amount": "59 GBP"}]
    for name in ("x", "P"):
        pf = Portfolio(id=name, start="2026-01-01", money=POUNDS, funding=line, projects=[Project(id="P", funding="5 GBP")])
        found = ipmo.time_phase(pf)
        assert [found.value("funding", month) for month in ("2026-02", "2026-03")] == [28, 31]
        assert [(f.item, str(f.value)) for f in ipmo.roll_up(pf, "funding", by="category").groups] == [("(none)", "59 GBP")]
        assert str(ipmo.time_phase(pf.evolve(name, funding="7 GBP") if name == "x" else pf).undated("funding")) == (
            "7 GBP" if name == "x" else "None"
        )


def test_what_was_spent_on_work_that_is_over_lies_between_its_actual_dates() -> None:
    task = Task(id="a", actual_start="2026-02-01", actual_finish="2026-03-31", actual="59 GBP", duration="59 d", calendar="continuous")
    pf = Portfolio(id="x", start="2026-01-01", status_date="2026-07-01", money=POUNDS, projects=[Project(id="P", tasks=[task])])
    found = ipmo.time_phase(pf)
    assert (found.ids, found.table()["actual"]) == (("2026-02", "2026-03"), (28, 31))
    begun = pf.evolve("P/a", actual_start=None)
    assert ipmo.time_phase(begun).table()["actual"] == (59,), "of which the finish alone is known: on that day"
    assert ipmo.time_phase(begun).ids == ("2026-03",)
    going = pf.evolve("P/a", actual_finish=None)
    assert ipmo.time_phase(going).ids == ("2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


def test_the_whole_over_time_is_made_of_its_periods_and_what_nobody_knows_has_no_amount() -> None:
    line = [{"from": "2026-02-01", "until": "2026-03-31", "amount": "59 GBP"}]
    pf = Portfolio(
        id="x", start="2026-01-01", money=POUNDS, projects=[Project(id="P", budget=line), Project(id="Q"), Project(id="R", budget="3 GBP")]
    )
    found = ipmo.roll_up(pf, "budget", by="month")
    assert [part.item for part in found.total.parts] == ["2026-02", "2026-03", "(undated)", "(unknown)"]
    phased = ipmo.time_phase(pf)
    assert [phased.value("budget", name) for name in ("2026-02", "(undated)", "(unknown)", "2030-01")] == [28, 3, None, None]


def test_a_forecast_at_completion_lies_where_the_money_was_spent_and_the_rest_after_the_status_date() -> None:
    """31 were spent in January; of 118 the other 87 lie in the 28 days of February that are left, and not evenly over both months."""
    task = Task(
        id="a", duration="59 d", actual_start="2026-01-01", remaining="28 d", actual="31 GBP", forecast="118 GBP", calendar="continuous"
    )
    pf = Portfolio(id="x", start="2026-01-01", status_date="2026-02-01", money=POUNDS, projects=[Project(id="P", tasks=[task])])
    assert ipmo.time_phase(pf).table()["forecast"] == (31, 87)
    spent = pf.evolve("P/a", forecast="31 GBP")
    assert sum(ipmo.time_phase(spent).table()["forecast"]) == 31 == ipmo.time_phase(spent).value("forecast", "2026-01")
    less = pf.evolve("P/a", forecast="29.5 GBP")  # less than was spent: it lies over the work
    assert ipmo.time_phase(less).table()["forecast"] == (15.5, 14)
    nowhere = Portfolio(id="x", status_date="2026-02-01", money=POUNDS, projects=[Project(id="P", actual="31 GBP", forecast="118 GBP")])
    assert str(ipmo.time_phase(nowhere).undated("forecast")) == "118 GBP"
