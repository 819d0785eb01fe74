"""Roll-ups: exact, explained, and honest about what is unknown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
import ipmo.examples
from ipmo.analysis.money.amounts import rounded
from ipmo.analysis.money.rollup import MEASURES
from ipmo.errors import MissingRateError, ModelError, UnitError, UnknownItemError
from ipmo.model import (
    Benefit,
    Calendar,
    Combine,
    Contribution,
    Enabler,
    Measure,
    Money,
    MoneySettings,
    Objective,
    Office,
    Outcome,
    Portfolio,
    PriceBase,
    Programme,
    Project,
    RateRow,
    Service,
    StatusReport,
    Task,
)
from ipmo.testing.strategies import portfolios
from ipmo.units import as_money


def test_the_commitment_example_comes_out_as_worked_by_hand() -> None:
    r = ipmo.roll_up(ipmo.examples.load("commitment"), "budget")
    assert (str(r.total.value), r.total.known, r.total.total) == ("59 k GBP", 2, 3)
    assert r["desk"].note == "stated as a whole"
    assert list(r.explain("training").lines) == [
        "training: 9 k GBP, 1 of 2 known",
        "  training/course: 9 k GBP, 100.0%",
        "  training/exam: unknown",
    ]
    assert [f.item for f in r.findings] == ["desk"]
    assert "50 k GBP, its parts sum to 45 k GBP" in r.findings[0].message


def test_money_converts_each_line_at_its_own_date_and_rounds_once() -> None:
    rates = [RateRow(since="2026-01-01", per={"EUR": "0.333"}, source="bank"), RateRow(since="2026-07-01", per={"EUR": "0.5"})]
    tasks = [Task(id=f"t{i}", budget="0.01 EUR") for i in range(3)]
    tasks.append(Task(id="dated", budget=[{"from": "2026-07-02", "amount": "10 EUR"}, {"from": "2026-02-01", "amount": "10 EUR"}]))
    pf = Portfolio(
        id="x", status_date="2026-03-01", money=MoneySettings(currency="GBP"), rates=rates, projects=[Project(id="P", tasks=tasks)]
    )
    r = ipmo.roll_up(pf, "budget")
    assert r["P/t0"].value == Money(Decimal("0.00"), "GBP")
    assert r["P/dated"].value == Money(Decimal("8.33"), "GBP")
    assert r.total.value == Money(Decimal("8.34"), "GBP")  # 8.33 + 3 * 0.00333, rounded once
    assert r["P/t0"].note == "0.01 EUR at 0.333 of 2026-01-01, bank"


def test_money_without_a_rate_is_an_error_that_names_the_item() -> None:
    pf = Portfolio(id="x", status_date="2026-03-01", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget="1 USD")])
    with pytest.raises(MissingRateError, match="budget of 'P' is 1 USD: no rate from USD to GBP"):
        ipmo.roll_up(pf, "budget", unrated="refuse")
    assert ipmo.roll_up(pf, "budget").total.value is None
    assert ipmo.roll_up(Portfolio(id="x", projects=[Project(id="P", budget="1 USD")]), "budget").total.value == as_money("1 USD")


def test_proposed_and_cancelled_projects_are_left_out_and_named() -> None:
    pf = Portfolio(
        id="x",
        money=MoneySettings(currency="GBP"),
        projects=[
            Project(id="a", budget="1 GBP"),
            Project(id="b", budget="2 GBP", state="proposed"),
            Project(id="c", budget="4 GBP", state="cancelled"),
        ],
    )
    total = ipmo.roll_up(pf, "budget").total
    assert (total.value, total.left_out) == (as_money("1 GBP"), ("b (proposed)", "c (cancelled)"))
    assert ipmo.roll_up(pf, "budget", include=("proposed",)).total.value == as_money("3 GBP")


def test_cost_is_three_things_and_a_wrong_measure_is_named() -> None:
    pf = ipmo.examples.load("extension")
    with pytest.raises(UnitError, match="'budget', 'actual' or 'forecast'"):
        ipmo.roll_up(pf, "cost")
    with pytest.raises(UnknownItemError, match="close: 'budget'"):
        ipmo.roll_up(pf, "bugdet")
    with pytest.raises(UnknownItemError):
        ipmo.roll_up(pf, "budget", by="colour")


def test_dates_roll_up_from_the_schedule() -> None:
    pf = ipmo.examples.load("handover")
    assert ipmo.roll_up(pf, "start").total.value == datetime(2026, 6, 1)
    assert ipmo.roll_up(pf, "finish")["power"].value == datetime(2026, 6, 19)
    assert ipmo.roll_up(pf, "finish")["power"].text == "2026-06-18"


def test_progress_is_weighted_by_planned_duration_and_divides_last() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        projects=[
            Project(
                id="P", tasks=[Task(id="a", duration="30 d", progress="50 %", actual_start="2026-01-05"), Task(id="b", duration="10 d")]
            ),
            Project(
                id="Q",
                tasks=[
                    Task(id="c", duration="10 d", actual_start="2026-01-05", actual_finish="2026-01-16"),
                    Task(id="d"),
                    Task(id="m", milestone=True),
                ],
            ),
        ],
    )
    r = ipmo.roll_up(pf, "progress")
    assert r["P"].value == pytest.approx(15 / 40)
    assert r.total.value == pytest.approx(25 / 50)  # not the mean of 37.5 % and 100 %
    assert (r.total.known, r.total.total) == (3, 4)
    unstarted = pf.evolve("P/a", actual_start=None)  # progress counts although nobody says when it began
    assert ipmo.roll_up(unstarted, "progress")["P"].value == pytest.approx(15 / 40)
    longer = pf.evolve("P/a", progress=None, remaining="45 d")  # more is left than was planned: nothing is done, not less
    assert ipmo.roll_up(longer, "progress")["P/a"].value == 0


def test_status_is_the_worst_reported_below_and_later_reports_are_not_seen() -> None:
    pf = Portfolio(
        id="x",
        status_date="2026-03-01",
        programmes=[Programme(id="T")],
        projects=[
            Project(
                id="P", programme="T", status=[StatusReport(date="2026-01-01", rag="green"), StatusReport(date="2026-04-01", rag="red")]
            ),
            Project(id="Q", programme="T", status=[StatusReport(date="2026-02-01", rag="amber")]),
            Project(id="R", programme="T"),
        ],
    )
    r = ipmo.roll_up(pf, "status")
    assert (r["T"].value, r["T"].known, r["T"].total) == ("amber", 2, 3)
    assert ipmo.roll_up(pf, "status", as_of="2026-05-01")["T"].value == "red"


def test_effort_adds_in_person_days_of_each_calendar() -> None:
    pf = Portfolio(id="x", projects=[Project(id="P", tasks=[Task(id="a", effort="16 ph"), Task(id="b", effort="1 pw"), Task(id="c")])])
    total = ipmo.roll_up(pf, "effort").total
    assert (total.value, total.known, total.total) == (Fraction(7), 2, 3)


def test_by_any_attribute_what_is_nearest_counts_and_groups_sum_to_the_whole() -> None:
    pf = Portfolio(
        id="x",
        money=MoneySettings(currency="GBP"),
        projects=[
            Project(
                id="P",
                attributes={"region": "north"},
                tasks=[Task(id="a", budget="1 GBP"), Task(id="b", budget="2 GBP", attributes={"region": "south"})],
            ),
            Project(id="Q", budget="4 GBP", category="it"),
        ],
    )
    r = ipmo.roll_up(pf, "budget", by="region")
    assert {g: str(r[g].value) for g in ("north", "south", "(none)")} == {"north": "1 GBP", "south": "2 GBP", "(none)": "4 GBP"}
    assert ipmo.roll_up(pf, "budget", by="category")["it"].value == as_money("4 GBP")
    assert r.table().columns == ("item", "name", "level", "value", "unit", "known", "total", "left_out", "minor", "base")
    both = pf.evolve("P", tasks=[*pf["P"].tasks, Task(id="c", attributes={"region": "south"})])
    south = ipmo.roll_up(both, "budget", by="region")["south"]
    assert (str(south.value), south.known, south.total) == ("2 GBP", 1, 2)  # one of two is known, and said so


@settings(max_examples=30)
@given(portfolios(tied=True), st.sampled_from(["budget", "finish", "progress", "status"]))
def test_any_grouping_gives_the_same_whole(pf: Portfolio, measure: str) -> None:
    whole = ipmo.roll_up(pf, measure).total
    for by in ("project", "category", "state", "owner"):
        grouped = ipmo.roll_up(pf, measure, by=by)
        assert grouped.total.value == whole.value
        parts = [figure for figure in grouped.total.parts if figure.carried is not None]
        if parts:
            joined = parts[0].carried
            for part in parts[1:]:
                joined = MEASURES[measure].join(joined, part.carried)
            assert joined == whole.carried


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda m: m.name)
def test_every_measure_combines_in_any_order(measure: Measure) -> None:
    values = {
        Combine.WORST: list(measure.order),
        Combine.MEAN: [(Fraction(1), Fraction(2)), (Fraction(1, 3), Fraction(5)), (Fraction(0), Fraction(1))],
        Combine.SUM: [Fraction(1, 3), Fraction(5), Fraction(-2)],
        Combine.RATIO: [(Fraction(1), Fraction(2)), (Fraction(1, 3), Fraction(5)), (Fraction(0), Fraction(1))],
    }.get(measure.combine, [datetime(2026, m, 1) for m in (1, 5, 3)])
    results = {str(measure.join(measure.join(a, b), c)) for a, b, c in permutations(values)}
    results |= {str(measure.join(a, measure.join(b, c))) for a, b, c in permutations(values)}
    assert len(results) == 1


def test_declared_measures_roll_up_by_name() -> None:
    pf = Portfolio(
        id="x", projects=[Project(id="P", attributes={"carbon": "2.5"}), Project(id="Q", attributes={"carbon": "4"}), Project(id="R")]
    )
    total = ipmo.roll_up(pf, "house-carbon").total
    assert (total.value, total.known, total.total) == (Decimal("6.5"), 2, 3)


def test_a_ratio_sums_what_is_known_of_both_and_divides_last() -> None:
    tasks = [
        Task(id="a", budget="100 GBP", actual="50 GBP"),
        Task(id="b", budget="10 GBP", actual="20 GBP"),
        Task(id="c", budget="1000 GBP"),
    ]
    pf = Portfolio(id="x", status_date="2026-03-01", money=MoneySettings(currency="GBP"), projects=[Project(id="P", tasks=tasks)])
    total = ipmo.roll_up(pf, "spent").total
    assert (total.value, total.known, total.total) == (pytest.approx(70 / 110), 2, 3)  # not the mean of 50 % and 200 %


def test_one_unknown_may_spoil_a_total_where_the_measure_says_so() -> None:
    strict = Measure(
        name="n", title="n", unit="number", combine="sum", value=lambda c, i, item: {"a": 1, "b": None}.get(i), unknown="spoils"
    )
    pf = Portfolio(id="x", projects=[Project(id="a"), Project(id="b")])
    total = ipmo.roll_up(pf, strict).total
    assert (total.value, total.known, total.total, total.note) == (None, 1, 2, "one unknown makes it unknown")
    assert ipmo.roll_up(pf, strict)["a"].value == 1
    grouped = ipmo.roll_up(pf.evolve("a", category="it").evolve("b", category="it"), strict, by="category")
    assert (grouped["it"].value, grouped["it"].known, grouped["it"].total) == (None, 1, 2)
    assert grouped["it"].note == "one unknown makes it unknown"
    apart = ipmo.roll_up(pf.evolve("a", category="it"), strict, by="category")
    assert [(apart[g].value, apart[g].known, apart[g].total) for g in ("it", "(none)")] == [(1, 1, 1), (None, 0, 1)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"combine": "ratio"}, "a ratio, and only a ratio, is of two measures"),
        ({"combine": "ratio", "of": (MEASURES["budget"], MEASURES["finish"])}, "must be sums"),
        ({"combine": "worst"}, "the worst of what"),
    ],
)
def test_a_measure_that_cannot_be_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Measure(name="m", title="m", unit="number", **fields)  # type: ignore[arg-type]


BASES = [
    Project(id="a", budget=[{"amount": "10 GBP", "price_base": {"year": 2024}}]),
    Project(id="b", budget=[{"amount": "5 GBP", "price_base": {"year": 2026, "terms": "nominal"}}]),
    Project(id="c", budget="1 GBP"),
]


def test_two_price_bases_do_not_add_and_both_items_are_named() -> None:
    pf = Portfolio(id="x", money=MoneySettings(currency="GBP"), projects=BASES)
    with pytest.raises(UnitError, match="budget of 'b' is in nominal 2026 prices, that of 'a' in real 2024 prices; they do not add"):
        ipmo.roll_up(pf, "budget")
    r = ipmo.roll_up(pf, "budget", by="price_base")
    assert {g.item: str(g.value) for g in r.groups} == {"real 2024": "10 GBP", "nominal 2026": "5 GBP", "(none)": "1 GBP"}
    assert (r.total.value, r.total.note) == (None, "prices of 2 bases do not add")


def test_an_unknown_price_base_stands_apart_and_the_portfolios_own_is_known() -> None:
    pf = Portfolio(id="x", money=MoneySettings(currency="GBP"), projects=[BASES[0], BASES[2]])
    total = ipmo.roll_up(pf, "budget").total
    assert (total.value, total.base, total.apart) == (as_money("10.00 GBP"), "real 2024", as_money("1.00 GBP"))
    assert total.text == "10 GBP and 1 GBP in unknown prices"
    stated = pf.evolve(money=MoneySettings(currency="GBP", price_base=PriceBase(year=2024)))
    assert ipmo.roll_up(stated, "budget").total.text == "11 GBP"


def test_money_without_a_rate_names_both_items() -> None:
    pf = Portfolio(
        id="x",
        status_date="2026-03-01",
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="a", budget="1 GBP"), Project(id="b", budget="1 USD")],
    )
    with pytest.raises(
        MissingRateError, match="budget of 'b' is 1 USD, that of 'a' is in GBP: no rate from USD to GBP on 2026-03-01; add one"
    ):
        ipmo.roll_up(pf, "budget", unrated="refuse")


def test_amounts_that_do_not_fit_int64_minor_units_are_refused_in_tables_only() -> None:
    pf = Portfolio(
        id="x", money=MoneySettings(currency="CLF"), projects=[Project(id=f"p{i}", budget="999999999999999 CLF") for i in range(3)]
    )
    r = ipmo.roll_up(pf, "budget")
    assert r.total.value.amount == Decimal("2999999999999997")
    with pytest.raises(UnitError, match="does not fit a column of 64-bit minor units"):
        r.table()


def test_by_objective_through_the_map_and_alignment_nothing_counts_twice() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        money=MoneySettings(currency="GBP"),
        objectives=[Objective(id="o1"), Objective(id="o2")],
        outcomes=[Outcome(id="oc", enabled_by=[Enabler(source="P/t")])],
        benefits=[Benefit(id="be", outcome="oc")],
        contributions=[Contribution(source="be", target="o1", share=0.5)],
        projects=[
            Project(id="P", budget="1 GBP", tasks=[Task(id="t", duration="1 d")], alignment={"o2": "high"}),
            Project(id="Q", budget="2 GBP", alignment={"o2": "low"}),
            Project(id="R", budget="4 GBP"),
        ],
    )
    r = ipmo.roll_up(pf, "budget", by="objective")
    assert {g.item: str(g.value) for g in r.groups} == {"o1 + o2": "1 GBP", "o2": "2 GBP", "(none)": "4 GBP"}
    assert str(r.total.value) == "7 GBP"


def test_by_office_the_one_an_initiative_hosts_or_takes_a_service_from() -> None:
    pf = Portfolio(
        id="x",
        money=MoneySettings(currency="GBP"),
        offices=[Office(id="hub", type="hub", host="T"), Office(id="po")],
        services=[Service(id="planning", provider="po", consumers=["Q"])],
        programmes=[Programme(id="T")],
        projects=[Project(id="P", programme="T", budget="1 GBP"), Project(id="Q", budget="2 GBP"), Project(id="R", budget="4 GBP")],
    )
    r = ipmo.roll_up(pf, "budget", by="office")
    assert {g.item: str(g.value) for g in r.groups} == {"hub": "1 GBP", "po": "2 GBP", "(none)": "4 GBP"}


def test_by_period_money_lies_where_the_schedule_and_the_spread_put_it() -> None:
    week = Calendar(id="w", week="mon-sun", hours="00:00-24:00")
    tasks = [
        Task(id="even", duration="2 d", not_before="2026-01-31", budget="10 GBP"),  # one day in each month
        Task(id="front", duration="2 d", not_before="2026-01-31", budget="100 GBP", spread="front"),
        Task(id="given", duration="2 d", not_before="2026-01-31", budget="100 GBP", spread=[0.9, 0.1]),
        Task(
            id="lines",
            duration="1 d",
            budget=[{"from": "2026-03-01", "amount": "7 GBP"}, {"from": "2026-02-27", "until": "2026-03-02", "amount": "4 GBP"}],
        ),
        Task(id="undated", budget="3 GBP"),
        Task(id="unknown", duration="1 d"),
    ]
    pf = Portfolio(
        id="x",
        start="2026-01-01",
        calendar="w",
        calendars=[week],
        money=MoneySettings(currency="GBP", financial_year="feb"),
        projects=[Project(id="P", tasks=tasks)],
    )
    r = ipmo.roll_up(pf, "budget", by="month")
    assert {g.item: float(g.value.amount) if g.value else None for g in r.groups} == {
        "2026-01": 5 + 75 + 90,
        "2026-02": 5 + 25 + 10 + 2,
        "2026-03": 7 + 2,
        "(undated)": 3,
        "(unknown)": None,
    }
    assert r.explain("2026-02").figure.parts[0].item == "P/even"
    year = ipmo.roll_up(pf, "budget", by="financial year")
    assert [g.item for g in year.groups] == ["2025/26", "2026/27", "(undated)", "(unknown)"]
    with pytest.raises(UnitError, match="finish does not lie over time"):
        ipmo.roll_up(pf, "finish", by="month")


@settings(max_examples=40)
@given(portfolios(), st.sampled_from(["budget", "actual", "funding"]), st.sampled_from(["month", "quarter", "year"]))
def test_periods_sum_exactly_to_the_whole(pf: Portfolio, measure: str, every: str) -> None:
    whole = ipmo.roll_up(pf, measure).total
    grouped = ipmo.roll_up(pf, measure, by=every)
    parts = [figure.carried for figure in grouped.groups if figure.carried is not None]
    if whole.carried is not None and whole.carried.only()[1]:
        joined = parts[0]
        for part in parts[1:]:
            joined = joined + part
        assert joined == whole.carried


def test_an_explanation_prints_shows_and_tables() -> None:
    pf = ipmo.examples.load("commitment")
    why = ipmo.roll_up(pf, "budget").explain("desk")
    assert str(why).splitlines()[1] == "  desk/build: 20 k GBP, 40.0%"
    table = why.table()
    assert table.columns == ("depth", "item", "name", "level", "value", "unit", "minor", "base", "share", "known", "total", "note")
    assert table["minor"][:2] == (5_000_000, 2_000_000)
    assert table["share"][1] == pytest.approx(0.4)
    assert "<details open><summary>desk: 50 k GBP" in why._repr_html_()
    assert len(ipmo.roll_up(pf, "budget").explain(depth=1).lines) == 3


def test_a_measure_is_asked_only_of_what_it_applies_to() -> None:
    """Of leaves, of what states a total of its own, of both sides of a ratio, and by period: `applies` comes before `value`."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        programmes=[Programme(id="G"), Programme(id="empty")],
        projects=[
            Project(id="P", programme="G", tasks=[Task(id="s"), Task(id="t", parent="s", duration="1 d"), Task(id="m", milestone=True)]),
            Project(id="bare", start="2026-01-05", finish="2026-01-09"),
        ],
    )
    asked: list[str] = []

    def value(context: object, full_id: str, item: object) -> int:
        asked.append(full_id)
        assert isinstance(item, Task) and not item.milestone
        return 3

    def applies(item: object) -> bool:
        return isinstance(item, Task) and not item.milestone

    one = Measure(name="one", title="One", unit="number", combine=Combine.SUM, value=value, applies=applies)
    total = Measure(name="total", title="Total", unit="number", combine=Combine.SUM, value=value, applies=applies, own_total=True)
    ratio = Measure(name="ratio", title="Ratio", unit="share", combine=Combine.RATIO, of=(one, one))
    assert ipmo.roll_up(pf, one).total.value == 3
    assert set(asked) == {"P/t"}
    assert (ipmo.roll_up(pf, total).total.value, ipmo.roll_up(pf, ratio).total.value) == (3, 1.0)
    ipmo.roll_up(pf, one, by="month")
    assert set(asked) == {"P/t", "P/s"}


def test_a_currency_without_small_coins_rounds_to_whole_ones_and_half_to_even() -> None:
    assert [str(rounded(Fraction(n, 2), "JPY")) for n in (3, 5, -5)] == ["2 JPY", "2 JPY", "-2 JPY"]
    assert [str(rounded(Fraction(n, 8), "GBP")) for n in (1, 3, -1)] == ["0.12 GBP", "0.38 GBP", "-0.12 GBP"]


@pytest.mark.parametrize("measure", ["budget", "actual", "forecast", "funding"])
def test_the_currency_is_that_of_what_is_stated_where_the_portfolio_names_none(measure: str) -> None:
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", **{measure: "1 USD"})])
    assert ipmo.roll_up(pf, measure).total.value == as_money("1 USD")
    assert ipmo.roll_up(pf, measure).table().unit("value") == "USD"


@pytest.mark.parametrize(
    ("budget", "actual", "said"),
    [
        ({"year": 2024}, None, "spent: unknown prices above the line, real 2024 prices below"),
        (None, {"year": 2024}, "spent: real 2024 prices above the line, unknown prices below"),
    ],
)
def test_what_is_spent_of_a_budget_in_other_prices_is_no_share(budget: object, actual: object, said: str) -> None:
    lines = [[{"amount": "5 GBP"} | ({} if base is None else {"price_base": base})] for base in (budget, actual)]
    pf = Portfolio(id="x", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget=lines[0], actual=lines[1])])
    with pytest.raises(UnitError) as caught:
        ipmo.roll_up(pf, "spent")
    assert str(caught.value) == said


def test_a_sum_of_money_of_a_plugins_own_lies_in_the_period_of_its_work_and_bears_no_note() -> None:
    """Seven for each task: one is done by January 2026, the other in February 2027."""
    work = [Task(id="a", duration="5 d"), Task(id="b", duration="5 d", not_before="2027-02-01")]
    pf = Portfolio(id="x", start="2026-01-05", money=MoneySettings(currency="GBP"), projects=[Project(id="P", tasks=work)])
    fee = Measure(
        name="fee",
        title="Fee",
        unit="money",
        combine=Combine.SUM,
        value=lambda context, full_id, item: 7,
        applies=lambda item: isinstance(item, Task),
    )
    whole = ipmo.roll_up(pf, fee)
    assert (str(whole["P/a"].value), whole["P/a"].note, str(whole.total.value), whole.total.note) == ("7 GBP", "", "14 GBP", "")
    for by, periods in (("year", ("2026", "2027")), ("month", ("2026-01", "2027-02"))):
        found = ipmo.roll_up(pf, fee, by=by)
        assert [(row.item, str(row.value)) for row in found.groups] == [(period, "7 GBP") for period in periods]


def test_what_is_done_of_a_bar_that_is_under_way_is_not_known_unless_it_says_so() -> None:
    """A project without tasks has no remaining work of its own to take it from."""
    bar = Project(id="P", start="2026-01-05", finish="2026-03-01", actual_start="2026-01-06")
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-02-02", projects=[bar])
    asked = {}
    for name, change in (
        ("begun", {}),
        ("told", {"progress": 0.25}),
        ("done", {"actual_finish": "2026-01-30"}),
        ("to come", {"actual_start": None}),
    ):
        row = ipmo.roll_up(pf.evolve("P", **change), "progress")["P"]
        asked[name] = (row.value, row.known)
    assert asked == {"begun": (None, 0), "told": (0.25, 1), "done": (1.0, 1), "to come": (0.0, 1)}


@pytest.mark.parametrize("measure", ["budget", "actual", "forecast", "exit_cost", "funding"])
def test_what_a_programme_without_projects_states_is_its_total(measure: str) -> None:
    """Of another rule for unknowns too, and shared out by an attribute: each way of adding up comes to the same."""
    pf = Portfolio(
        id="x", start="2026-01-05", money=MoneySettings(currency="GBP"), programmes=[Programme(id="T", **{measure: "9 GBP"}), Programme(id="U")]
    )  # fmt: skip
    strict = attrs.evolve(MEASURES[measure], name="strict", unknown="spoils", title="Strict")
    for asked in (measure, strict):
        r = ipmo.roll_up(pf, asked)
        assert [(name, str(r[name].value), r[name].known, r[name].total) for name in ("x", "T", "U")] == [
            ("x", "9 GBP", 1, 1), ("T", "9 GBP", 1, 1), ("U", "None", 0, 0),
        ], asked  # fmt: skip
    assert [(f.item, str(f.value)) for f in ipmo.roll_up(pf, measure, by="category").groups] == [("(none)", "9 GBP")]


def test_a_total_without_a_rate_leaves_its_parts_with_their_figures() -> None:
    """What a project states in a currency without a rate is no figure, and the sum of its parts is another one; each part keeps its own."""
    tasks = [Task(id="a", budget="5 GBP"), Task(id="b", budget="7 GBP")]
    pf = Portfolio(id="x", start="2026-01-05", money={"currency": "GBP"}, projects=[Project(id="P", budget="20 EUR", tasks=tasks)])
    found = ipmo.roll_up(pf, "budget", unrated="unknown")
    assert found["P"].value is None
    assert [part.item for part in found["P"].parts] == ["P/a", "P/b"]
    assert [str(found[name].value) for name in ("P/a", "P/b")] == ["5 GBP", "7 GBP"]
