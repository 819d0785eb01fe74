"""Benefits: O-24 from a portfolio, dates that come from the schedule, lives that move or end, line of sight."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.benefits.line_of_sight import line_of_sight
from ipmo.analysis.benefits.profiles import profile
from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.money.amounts import cents, rounded
from ipmo.errors import MissingRateError, ModelError, UnitError, UnknownItemError
from ipmo.model import (
    Benefit,
    Calendar,
    Contribution,
    DiscountBand,
    DiscountSchedule,
    Enabler,
    MoneySettings,
    Objective,
    Outcome,
    Portfolio,
    Programme,
    Project,
    RateRow,
    Task,
)  # fmt: skip
from ipmo.model.reference import DISCOUNTS
from ipmo.units import as_span

ALWAYS = Calendar(id="c", week="mon-sun", hours="00:00-24:00")


def case(finish: str = "2028-01-01", planned: str | None = "2028-01-01", **fields: Any) -> Portfolio:
    """A milestone that enables a benefit of 250 a year for five years; base date 2026-01-01, so it starts in year 2."""
    given: dict[str, Any] = {"value": "250 GBP per year", "lasts": "5 years", "planned_start": planned, "enabled_by": [Enabler(source="P/open")]}  # fmt: skip
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="c",
        calendars=[ALWAYS],
        money=MoneySettings(currency="GBP", discount="green-book-2022"),
        projects=[Project(id="P", tasks=[Task(id="open", milestone=True, not_before=finish)])],
        benefits=[Benefit(**{"id": "be", **given, **fields})],
    )


def test_o24_a_years_delay_of_a_life_that_moves() -> None:
    found = benefits(case(finish="2029-01-01"))["be"]
    assert (found.start, found.slip) == (date(2029, 1, 1), 366)
    assert str(found.loss) == "36.88 GBP"
    on_time = benefits(case())["be"]
    assert (on_time.loss and on_time.loss.amount, on_time.slip) == (0, 0)
    assert str(on_time.loss_if("1 year")) == "36.88 GBP"


def o24(enabled: str, until: str | None) -> Portfolio:
    pf = case(enabled, planned=None, value="225 GBP per year", ramp=["60 %", "100 %"], lasts=None if until else "9 years", until=until)
    return pf.evolve(status_date="2026-01-01")


def test_o24_a_horizon_that_stays_loses_its_last_year_one_that_moves_does_not() -> None:
    # flows of 150 then eight of 250 from year 2; a tenth less, one year late: 135 then 225
    stays = benefits(o24("2029-01-01", "2036-12-31")).npv
    moves = benefits(o24("2029-01-01", None)).npv
    assert stays is not None
    assert moves is not None
    assert float(stays.amount) - 1240 == pytest.approx(122.630, abs=0.006)
    assert float(moves.amount) - 1240 == pytest.approx(276.743, abs=0.006)


def test_a_benefit_starts_when_all_it_needs_is_there_and_adopted() -> None:
    pf = case().evolve(
        projects=[Project(id="P", tasks=[Task(id="open", milestone=True, not_before="2027-01-01"), Task(id="other", milestone=True, not_before="2027-06-01")])],
        outcomes=[Outcome(id="used", kind="capability", enabled_by=[Enabler(source="P/open", lag="3 months")])],
        benefits=[
            Benefit(id="all", enabled_by=[Enabler(source="used"), Enabler(source="P/other", lag="1 month")]),
            Benefit(id="any", any_of=[Enabler(source="used"), Enabler(source="P/other")]),
            Benefit(id="through", outcome="used", value="10 GBP"),
            Benefit(id="next", enabled_by=[Enabler(source="through", lag="1 year")]),
            Benefit(id="alone"),
        ],
    )  # fmt: skip
    found = benefits(pf)
    assert {b.id: b.start for b in found.rows} == {
        "all": date(2027, 7, 1),
        "any": date(2027, 4, 1),
        "through": date(2027, 4, 1),
        "next": date(2028, 4, 1),
        "alone": None,
    }
    assert found["alone"].reason == "nothing enables it"
    assert ipmo.schedule(pf)["used"].kind == "outcome"


def test_profiles_ramp_end_and_count_down() -> None:
    b = Benefit(id="b", value="100 GBP per year", lasts="30 months", ramp=[0.5, 1])
    found = profile(b, date(2026, 7, 1), Fraction(100))
    assert found is not None
    assert [(f.start, float(f.amount)) for f in found.flows][:2] == [(date(2026, 7, 1), 50.0), (date(2027, 7, 1), 100.0)]
    assert float(found.flows[2].amount) == pytest.approx(100 * 184 / 365)
    assert float(found.by(date(2027, 1, 1))) == pytest.approx(50 * 184 / 365)
    assert profile(Benefit(id="b", value="1 GBP per year"), date(2026, 1, 1), Fraction(1)) is None
    worse = profile(Benefit(id="b", value="10 GBP", disbenefit=True), date(2026, 1, 1), Fraction(10))
    assert worse is not None
    assert worse.total == -10
    over = profile(Benefit(id="b", value="1 GBP per year", until="2025-01-01"), date(2026, 1, 1), Fraction(1))
    assert over is not None
    assert over.flows == ()


def test_a_life_ends_at_the_earlier_of_its_length_and_its_fixed_end() -> None:
    for lasts, until, end in (("5 years", "2029-06-30", date(2029, 7, 1)), ("1 year", "2029-06-30", date(2029, 1, 1))):
        found = benefits(case(lasts=lasts, until=until))["be"].forecast
        assert found is not None
        assert found.end == end


def test_what_was_realised_on_the_day_itself_counts() -> None:
    pf = case(actual=[{"from": "2026-01-01", "amount": "10 GBP"}])
    found = [benefits(pf, as_of=day)["be"].actual for day in ("2025-12-31", "2026-01-01")]
    assert [money and money.amount for money in found] == [0, 10]


def test_planned_forecast_and_actual_by_period_and_what_is_realised() -> None:
    pf = case(finish="2028-07-01", actual=[{"from": "2028-07-01", "until": "2028-12-31", "amount": "100 GBP"}]).evolve(
        status_date="2029-01-01"
    )
    pf = pf.evolve("P/open", actual_start="2028-07-01", actual_finish="2028-07-01T00:00", not_before=None)
    found = benefits(pf)
    table = found.by_period("year")
    assert table["period"][:3] == ("2028", "2029", "2030")
    assert table["planned"][:2] == (250.0, 250.0)
    assert table["forecast"][0] == pytest.approx(250 * 184 / 365, abs=0.01)
    assert table["actual"][0] == 100
    row = found["be"]
    assert str(row.planned_to_date) == "250 GBP"
    assert row.realisation == pytest.approx(0.4)
    assert found.by_period("year", "be") == table
    with pytest.raises(UnknownItemError, match="close: 'be'"):
        _ = found["bee"]


def test_a_closed_project_leaves_its_benefits_measured() -> None:
    pf = case()
    done = Task(id="open", milestone=True, actual_finish="2025-05-31")
    pf = pf.evolve(projects=[Project(id="P", state="closed", tasks=[done])])
    assert benefits(pf)["be"].start == date(2025, 6, 1)


def test_disbenefits_and_probability_are_in_the_net_and_unknown_is_not_zero() -> None:
    pf = case().evolve(
        benefits=[
            Benefit(id="good", value="100 GBP", planned_start="2026-01-01", probability="50 %"),
            Benefit(id="bad", value="20 GBP", planned_start="2026-01-01", disbenefit=True),
            Benefit(id="unvalued", planned_start="2026-01-01"),
            Benefit(id="endless", value="5 GBP per year", planned_start="2026-01-01"),
        ]
    )
    found = benefits(pf)
    assert str(found.npv) == "30 GBP"
    assert (found.known, len(found)) == (2, 4)
    assert found["unvalued"].reason == "no value is stated"
    assert found["endless"].reason == "no life is stated: lasts: or until:"
    assert benefits(pf.evolve(money=MoneySettings(currency="GBP"))).npv is None
    with pytest.raises(UnitError, match="write it per month or per year"):
        benefits(case(value="5 GBP per pd"))
    with pytest.raises(MissingRateError, match="value of 'be' is 250 USD"):
        benefits(case(value="250 USD per year"), unrated="refuse")
    assert benefits(case(value="250 USD per year"))["be"].reason.startswith("value of 'be' is 250 USD")
    converted = benefits(case(value="100 USD per month").evolve(rates=[RateRow(since="2026-01-01", per={"USD": "0.5"})]))["be"]
    assert converted.forecast is not None
    assert converted.forecast.flows[0].amount == 600


def test_a_baseline_gives_the_planned_start() -> None:
    then, now = case(planned=None), case(finish="2028-03-01", planned=None)
    row = benefits(now, baseline=then)["be"]
    assert (row.planned_start, row.start, row.slip) == (date(2028, 1, 1), date(2028, 3, 1), 60)
    assert row.loss is not None
    assert row.loss.amount > 0
    with pytest.raises(UnitError, match="working time"):
        row.loss_if("10 d")


@given(st.integers(0, 2000), st.integers(1, 1000))
def test_a_longer_delay_never_gains_where_life_moves_or_ends(days: int, more: int) -> None:
    for fields in ({"lasts": "5 years"}, {"until": "2033-06-30", "lasts": None}):
        row = benefits(case(**fields), discount=DiscountSchedule(id="d", bands=[DiscountBand(rate=0.035)]))["be"]
        first, second = row.loss_if(days), row.loss_if(days + more)
        assert first is not None
        assert second is not None
        assert 0 <= first.amount <= second.amount + 1


def test_line_of_sight_and_the_orphans_both_ways() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        objectives=[Objective(id="o1"), Objective(id="o2"), Objective(id="o3")],
        programmes=[Programme(id="T")],
        projects=[
            Project(id="A", programme="T", tasks=[Task(id="t", duration="1 d")]),
            Project(id="B", alignment={"o2": "high"}),
            Project(id="C"),
            Project(id="D", state="proposed"),
        ],
        outcomes=[Outcome(id="oc", enabled_by=[Enabler(source="A/t")])],
        benefits=[Benefit(id="be", outcome="oc")],
        contributions=[Contribution(source="be", target="o1", share=1)],
    )
    found = line_of_sight(pf)
    assert (found.unserved, found.orphans) == (("o3",), ("C",))
    table = found.table()
    assert (table["project"], table["o1"], table["o2"], table["serves"]) == (
        ("A", "B", "C"),
        ("map", None, None),
        (None, "high", None),
        (1, 1, 0),
    )
    above = pf.evolve(
        programmes=[Programme(id="T"), Programme(id="S", programme="T")], contributions=[Contribution(source="T", target="o1", share=1)]
    ).evolve("C", programme="S")
    served = line_of_sight(above)
    assert {row.id: dict(row) for row in served} == {"A": {"o1": "map"}, "B": {"o2": "high"}, "C": {"o1": "map"}}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"enabled_by": [Enabler(source="be")]}, "benefit 'be' enables itself"),
        ({"ramp": [0.2] * 6, "lasts": "5 years"}, "its ramp has 6 years, its life only 5 years"),
        ({"belongs_to": "P"}, "belongs_to 'P' is a project, which ends before its benefits do"),
        ({"belongs_to": "Q"}, "belongs_to 'Q' is no programme"),
        ({"lasts": "0 years"}, "its life must be above 0"),
    ],
)
def test_a_benefit_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        case(**fields)


def test_a_map_that_leads_back_to_itself_is_refused_with_the_way() -> None:
    with pytest.raises(ModelError, match="the benefits map leads back to itself: 'a' -> 'b' -> 'a'|'b' -> 'a' -> 'b'"):
        case().evolve(benefits=[Benefit(id="a", enabled_by=[Enabler(source="b")]), Benefit(id="b", enabled_by=[Enabler(source="a")])])
    assert as_span("1 year").months == 12


lives = st.fixed_dictionaries(
    {},
    optional={
        "lasts": st.sampled_from(["5 years", "18 months", "1 month", "900 ed", "40 years"]),
        "until": st.dates(date(2025, 1, 1), date(2060, 12, 31)).map(str),
        "ramp": st.lists(st.sampled_from(["0 %", "12.5 %", "50 %", "100 %"]), max_size=4),
        "disbenefit": st.booleans(),
        "probability": st.sampled_from(["10 %", "33.3 %", "100 %"]),
    },
)


@given(
    life=lives,
    value=st.sampled_from(["250 GBP per year", "1234.56 GBP per month", "99 M GBP"]),
    finish=st.sampled_from(["2026-01-01", "2027-05-04", "2028-02-29", "2028-03-01"]),
    base=st.dates(date(2024, 2, 28), date(2031, 12, 31)),
    delay=st.integers(-400, 4000),
)
def test_a_value_is_what_its_profile_is_worth_flow_by_flow(life: Any, value: str, finish: str, base: date, delay: int) -> None:
    try:
        pf = case(finish, **{"planned_start": None, "lasts": None, "value": value, **life})
    except ModelError:  # a ramp longer than its life
        reject()
    row = benefits(pf, as_of=base)["be"]

    def flow_by_flow(start: date) -> float | None:
        made = profile(row.noun, start, row.yearly or Fraction(0))
        return None if made is None else made.worth(DISCOUNTS["green-book-2022"], base)

    assert row.start is not None
    now, later = flow_by_flow(row.start), flow_by_flow(row.start + timedelta(days=delay))
    loss = row.loss_if(delay)
    if now is None or later is None:
        assert (row.npv, row.forecast, loss) == (None, None, None)
    else:
        assert row.npv == rounded(Fraction(now), "GBP")
        assert loss == rounded(Fraction(now - later), "GBP")
        assert row.forecast == profile(row.noun, row.start, row.yearly or Fraction(0))


@given(st.floats(-1e25, 1e25), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_a_computed_amount_is_rounded_as_an_exact_one(amount: float, currency: str) -> None:
    assert cents(amount, currency).amount.as_tuple() == rounded(Fraction(amount), currency).amount.as_tuple()
