"""Finance: published factors and answers (O-21 to O-25), by name of timing and edition of the rates."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.analysis.money import finance
from ipmo.analysis.money.finance import bcr, combined_bias, discount_schedule, irr, npv, payback, present_value, uplifted, xirr, xnpv
from ipmo.errors import ModelError, OptionError, UnitError, UnknownItemError
from ipmo.model import DiscountBand, DiscountSchedule, Money, MoneySettings, Portfolio, ReferenceClass, Uplift
from ipmo.model.reference import DISCOUNTS, RATINGS, REFERENCE_CLASSES

GREEN = DISCOUNTS["green-book-2022"]


@pytest.mark.parametrize(
    ("year", "factor"),
    [
        (1, 0.9662), (2, 0.9335), (3, 0.9019), (4, 0.8714), (5, 0.8420), (10, 0.7089), (20, 0.5026), (30, 0.3563), (31, 0.3459),
        (50, 0.1973), (75, 0.0942), (76, 0.0919), (100, 0.0508), (125, 0.0274),
    ],
)  # fmt: skip
def test_o21_the_factors_of_the_green_book(year: int, factor: float) -> None:
    assert round(GREEN.factor(year), 4) == factor


def test_o21_ten_years_sum_and_the_schedule_ends_where_it_ends() -> None:
    assert round(sum(GREEN.factor(t) for t in range(1, 11)), 5) == 8.31661
    with pytest.raises(UnitError, match="ends after 125 years; year 126 lies beyond it"):
        GREEN.factor(126)


def test_o22_both_timings_by_name() -> None:
    flows = [-10_000, 3000, 4200, 6800]
    assert round(npv(flows, 0.10, timing="end"), 2) == 1188.44
    assert round(npv(flows, "10 %", timing="start"), 2) == 1307.29
    with pytest.raises(OptionError, match="timing='middle' is not known; write one of 'start', 'end'"):
        npv(flows, 0.1, timing="middle")  # type: ignore[arg-type]


def test_o22_rates_of_return() -> None:
    flows = [-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]
    assert round(irr(flows) * 100, 3) == 8.663
    assert round(irr(flows[:-1]) * 100, 3) == -2.124
    dated = [(date(2008, 1, 1), -10_000), (date(2008, 3, 1), 2750), (date(2008, 10, 30), 4250), (date(2009, 2, 15), 3250), (date(2009, 4, 1), 2750)]  # fmt: skip
    assert round(xnpv(dated, 0.09), 2) == 2086.65
    assert round(xirr(dated) * 100, 3) == 37.336


def test_a_rate_of_return_that_does_not_exist_or_is_not_one_is_refused() -> None:
    with pytest.raises(UnitError, match="never change sign"):
        irr([1, 2, 3])
    with pytest.raises(UnitError, match=r"2 rates fit \(10.0000%, 20.0000%\)"):
        irr([-100, 230, -132])
    with pytest.raises(UnitError, match="no rate"):
        irr([1, -2, 1.5])


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12), st.integers(1, 10_000))
def test_at_its_rate_of_return_a_project_is_worth_nothing(back: list[int], spent: int) -> None:
    flows = [-spent, *back]
    try:
        rate = irr(flows)
    except UnitError:
        return  # beyond -99.9 % or 109,000 %
    assert abs(math.fsum(f / (1 + rate) ** t for t, f in enumerate(flows))) < 1e-6 * sum(map(abs, flows)) * max(1, (1 + rate) ** -len(back))


def test_payback_within_a_period_discounted_and_never() -> None:
    assert payback([-100, 50, 50]) == 2.0
    assert payback([-100, 40, 40, 40]) == 2.5
    assert payback([-100, 40]) is None
    assert payback([0, 10]) == 0.0
    assert payback([-100, 120, -50, 40]) == pytest.approx(2 + 30 / 40)  # it dips again: only the last return counts
    assert payback([-100, 110], 0.1) == pytest.approx(1.0)
    assert payback([-100, 105], 0.1) is None


def test_o24_value_ratio_bias_and_delay_of_a_case() -> None:
    benefits = [0, 0, 150, *[250] * 8]
    assert round(npv(benefits, GREEN), 3) == 1744.254
    assert round(npv([-1000, *benefits[1:]], GREEN), 3) == 744.254
    assert round(bcr(benefits, [1000], GREEN), 4) == 1.7443
    late, moved = [0, 0, 0, 135, *[225] * 7], [0, 0, 0, 135, *[225] * 8]
    assert round(npv(late, GREEN) - 1240, 3) == 122.630
    assert round(npv(moved, GREEN) - 1240, 3) == 276.743
    assert round(npv([0, 0, *[250] * 5], GREEN) - npv([0, 0, 0, *[250] * 5], GREEN), 3) == 36.880


def test_o23_reference_classes() -> None:
    rail = REFERENCE_CLASSES["rail-2004"]
    assert uplifted(255.0, rail, 0.5) == pytest.approx(357.0)
    assert uplifted(255.0, rail, 0.8) == pytest.approx(400.35)
    assert uplifted(Money(Decimal("255000000"), "GBP"), rail, 0.8) == Money(Decimal("400350000"), "GBP")
    assert rail.uplift(0.75) == pytest.approx(0.54)
    with pytest.raises(UnitError, match="knows certainties from 50% to 90%"):
        rail.uplift(0.95)


def test_own_ratios_are_a_reference_class_too() -> None:
    own = ReferenceClass(id="own", ratios=[1.5, 0.9, 1.1, 1.0])
    assert [own.uplift(c) for c in (0.25, 0.5, 0.75, 1)] == pytest.approx([-0.1, 0.0, 0.1, 0.5])
    with pytest.raises(ModelError, match="needs either uplifts or ratios"):
        ReferenceClass(id="none")
    with pytest.raises(ModelError, match="must not fall"):
        ReferenceClass(id="x", uplifts=[Uplift(certainty=0.5, uplift="40 %"), Uplift(certainty=0.8, uplift="30 %")])


def test_o25_combined_bias_and_mitigation() -> None:
    both = combined_bias({"non-standard buildings": 0.3, "standard buildings": 0.7})
    assert both.capex == pytest.approx(0.321)
    assert both.works_duration == pytest.approx(0.145)
    assert combined_bias("standard buildings", [(0.3, 0.5), (0.2, 1), (0.5, 0.2)]).capex == pytest.approx(0.132)
    assert combined_bias("outsourcing").works_duration is None
    with pytest.raises(UnitError, match="must sum to 1"):
        combined_bias({"standard buildings": 0.7})
    with pytest.raises(UnknownItemError, match="'standard building' is not in the kinds"):
        combined_bias("standard building")


def test_discount_schedules_are_found_by_name_in_the_portfolio_then_in_the_core() -> None:
    own = DiscountSchedule(id="house", bands=[DiscountBand(rate="6 %")])
    pf = Portfolio(id="x", money=MoneySettings(currency="GBP", discount="house"), discounts=[own])
    assert discount_schedule(None, pf) == own
    assert discount_schedule("green-book-2022", pf) is GREEN
    assert discount_schedule("3.5 %").factor(1) == pytest.approx(1 / 1.035)
    with pytest.raises(UnknownItemError, match="close: 'green-book-2026', 'green-book-2022'"):
        discount_schedule("green-book-2202", pf)
    with pytest.raises(UnitError, match="no discount rate is stated"):
        discount_schedule(None, Portfolio(id="y"))
    with pytest.raises(ModelError, match="must rise"):
        DiscountSchedule(id="bad", bands=[DiscountBand(until=30, rate=0.03), DiscountBand(until=20, rate=0.02)])


@given(st.floats(0, 125), st.floats(0, 125))
def test_factors_fall_with_time(a: float, b: float) -> None:
    early, late = sorted((a, b))
    assert GREEN.factor(late) <= GREEN.factor(early) <= 1


@given(st.integers(0, 40), st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_anniversaries_are_whole_years(years: int, base: date) -> None:
    if (base.month, base.day) == (2, 29):
        return
    day = base.replace(year=base.year + years)
    assert finance.years_between(base, day) == years
    assert present_value([(day, 100.0)], GREEN, base=base) == pytest.approx(100 * GREEN.factor(years))


def test_going_from_five_ratings_to_three_loses_and_says_so() -> None:
    five, three = RATINGS["dca-5"], RATINGS["dca-3"]
    assert five.convert("amber-red", three) == ("amber", True)
    assert five.convert("red", three) == ("red", False)
    with pytest.raises(UnitError, match="nothing says how dca-3 reads on dca-5"):
        three.convert("amber", five)


@pytest.mark.parametrize(
    ("name", "percents"),
    [
        ("green-book-2026", (3.5, 3.0, 2.5, 2.0, 1.5, 1.0)),
        ("green-book-2026-health", (1.5, 1.29, 1.07, 0.86, 0.64, 0.43)),
        ("green-book-2026-sensitivity", (3.0, 2.57, 2.14, 1.71, 1.29, 0.86)),
    ],
)
def test_the_edition_of_2026_has_six_bands_with_source_and_date(name: str, percents: tuple[float, ...]) -> None:
    schedule = DISCOUNTS[name]
    assert [band.until for band in schedule.bands] == [30, 75, 125, 200, 300, None]
    assert [100 * band.rate for band in schedule.bands] == pytest.approx(percents)
    assert (schedule.edition, "February 2026" in schedule.origin, schedule.since) == ("2026", True, date(2026, 2, 1))
    years = (30, 45, 50, 75, 100, 50)
    by_hand = math.prod((1 + percent / 100) ** -n for percent, n in zip(percents, years, strict=True))
    assert schedule.factor(350) == pytest.approx(by_hand)
    assert schedule.factor(1000) > 0


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: finance.irr([1.0, 2.0]), "the flows never change sign: no rate brings their value to zero"),
        (lambda: finance.irr([1.0, -1.0, 1.0]), "no rate between -99.9 % and 109,000 % brings the value of the flows to zero"),
        (lambda: finance.irr([-100, 230, -132]), "the flows change sign 2 times and 2 rates fit (10.0000%, 20.0000%); judge them by npv"),
        (lambda: finance.xirr([]), "there are no flows: no rate fits"),
        (lambda: finance.bcr([1.0], [0.0], 0.05), "a benefit-cost ratio needs costs above zero"),
        (lambda: finance.combined_bias({"standard buildings": 0.5}), "the shares of the kinds must sum to 1 (got 0.5)"),
        (
            lambda: finance.combined_bias("standard buildings", [(0.6, 1.0), (0.5, 1.0)]),
            "the contributions sum to 1.1; together they are at most 1",
        ),
        (
            lambda: finance.discount_schedule(None),
            "no discount rate is stated; pass discount=, or write money: {discount: green-book-2026}",
        ),
        (
            lambda: finance.discount_schedule(True),
            "no discount rate is stated; pass discount=, or write money: {discount: green-book-2026}",
        ),
    ],
)
def test_what_has_no_answer_says_why(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(UnitError) as caught:
        ask()
    assert str(caught.value) == said


def test_rates_are_read_as_numbers_percentages_and_names() -> None:
    for rate in (0.05, "5 %", "0.05", "5% "):
        assert finance.npv([0, 105], rate) == pytest.approx(100)
    assert finance.npv([0, 105], 0) == 105
    assert finance.npv([105], 0.05, timing="end") == pytest.approx(100)


@pytest.mark.parametrize(
    ("flows", "discount", "periods"),
    [
        ([], None, None),
        ([5], None, 0),
        ([-1, 1], None, 1),
        ([-1, 0.5], None, None),
        ([-100, 40, 40, 40], None, 2.5),
        ([-100, 150, -100, 100], None, 2.5),  # it must have come back for good
        ([-100, 110], 0.1, 1),
        ([-100, 0, 242], 0.1, 1.5),
    ],
)
def test_the_money_is_back_after_so_many_periods(flows: list[float], discount: float | None, periods: float | None) -> None:
    assert finance.payback(flows, discount) == (None if periods is None else pytest.approx(periods))


@pytest.mark.parametrize(
    ("base", "day", "years"),
    [
        ("2026-04-01", "2026-04-01", 0),
        ("2026-04-01", "2027-04-01", 1),
        ("2026-04-01", "2027-03-31", 364 / 365),
        ("2027-04-01", "2026-04-01", -1),
        ("2024-02-29", "2025-03-01", 1),
        ("2024-02-29", "2025-02-28", 365 / 366),
        ("2023-12-31", "2024-07-01", 183 / 366),
    ],
)
def test_years_are_anniversaries_and_days_of_the_year_between(base: str, day: str, years: float) -> None:
    assert finance.years_between(date.fromisoformat(base), date.fromisoformat(day)) == pytest.approx(years)


def test_optimism_bias_is_weighted_and_mitigated() -> None:
    """Standard buildings: 24 % on capital cost, 4 % on duration; half of a factor that contributes two fifths is mitigated: a fifth off."""
    whole = finance.combined_bias("standard buildings")
    assert (whole.capex, whole.works_duration) == (pytest.approx(0.24), pytest.approx(0.04))
    less = finance.combined_bias("standard buildings", [(0.4, 0.5)])
    assert (less.capex, less.works_duration) == (pytest.approx(0.192), pytest.approx(0.032))
    assert finance.combined_bias("standard buildings", [(0.5, 1.0), (0.5, 1.0)]).capex == pytest.approx(0)
