from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import MissingRateError, UnitError
from ipmo.units import (
    Effort,
    ExchangeRates,
    Money,
    Span,
    as_date,
    as_effort,
    as_money,
    as_number,
    as_rate,
    as_share,
    as_span,
    as_when,
    minutes,
    moment,
)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "dimension"),
    [
        ("30 min", 30, "min", "working"),
        ("6 h", 6, "h", "working"),
        ("10 d", 10, "d", "working"),
        ("2w", 2, "w", "working"),
        ("48 eh", 48, "eh", "elapsed"),
        ("10 ed", 10, "ed", "elapsed"),
        ("3 months", 3, "month", "step"),
        ("1 year", 1, "year", "step"),
        ("-1 d", -1, "d", "working"),
        ("0.5 d", Decimal("0.5"), "d", "working"),
    ],
)
def test_time_is_read_with_its_dimension(text: str, amount: int, unit: str, dimension: str) -> None:
    span = as_span(text)
    assert (span.amount, span.unit, span.dimension) == (amount, unit, dimension)
    assert as_span(str(span)) == span


@pytest.mark.parametrize(
    "text",
    ["", "10", "d", "ten d", "10 x", "9**9**9 d", "1e3 d", "1" * 16 + " d", "10  d", "10 d\n", "١٠ d", "10 pd", None, 10, True, ["10 d"]],
)
def test_what_is_no_time_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(UnitError, match="10 d"):
        as_span(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "amount", "shown"),
    [
        ("1200 GBP", 1200, "1.2 k GBP"),
        ("350 k GBP", 350_000, "350 k GBP"),
        ("4.2 M GBP", 4_200_000, "4.2 M GBP"),
        ("3 M EUR", 3_000_000, "3 M EUR"),
        ("0.01 GBP", Decimal("0.01"), "0.01 GBP"),
        ("1.5bn USD", 1_500_000_000, "1.5 bn USD"),
    ],
)
def test_money_is_exact_and_prints_as_it_reads(text: str, amount: Decimal, shown: str) -> None:
    money = as_money(text)
    assert money.amount == amount
    assert str(money) == shown
    assert as_money(shown) == money


@pytest.mark.parametrize("text", ["12", "12 gbp", "1e30000000 GBP", "GBP 12", "£12", "12 POUND", 12, "1" * 29 + " GBP"])
def test_what_is_no_money_is_refused(text: object) -> None:
    with pytest.raises(UnitError):
        as_money(text)  # type: ignore[arg-type]


@given(st.integers(-(10**14), 10**14), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_any_money_prints_as_it_reads(amount: int, currency: str) -> None:
    money = Money(Decimal(amount).scaleb(-2), currency)
    assert as_money(str(money)) == money


def test_minor_units_follow_the_currency() -> None:
    assert (as_money("1.005 GBP").minor, as_money("1.5 JPY").minor, as_money("1.0005 KWD").minor) == (100, 2, 1000)


@pytest.mark.parametrize(("text", "share"), [("30 %", 0.3), ("0.3", 0.3), (0.3, 0.3), (1, 1.0), ("100 %", 1.0), ("0 %", 0.0)])
def test_shares_lie_between_nought_and_one(text: object, share: float) -> None:
    assert as_share(text) == share  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [1.5, "150 %", -0.1, "high", True, float("nan"), float("inf")])
def test_what_is_no_share_is_refused(text: object) -> None:
    with pytest.raises(UnitError):
        as_share(text)  # type: ignore[arg-type]


def test_numbers_keep_whole_numbers_whole() -> None:
    assert (as_number("3"), as_number("3.5"), as_number(2)) == (3, 3.5, 2)
    assert isinstance(as_number("3"), int)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("2026-11-02T13:00", datetime(2026, 11, 2, 13, 0)),
        ("2026-11-02 13:00", datetime(2026, 11, 2, 13, 0)),
        ("2026-11-02T13:00:31", datetime(2026, 11, 2, 13, 1)),
        ("2026-11-02T13:00:29", datetime(2026, 11, 2, 13, 0)),
    ],
)
def test_dates_keep_whether_they_have_a_time(text: str, when: date) -> None:
    assert as_when(text) == when
    assert type(as_when(text)) is type(when)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-02-30", "day is out of range"),
        ("2026-13-01", "month must be in"),
        ("2026-11-02T13:00Z", "time zone"),
        ("2026-11-02T13:00+01:00", "time zone"),
        ("02.11.2026", "YYYY-MM-DD"),
        ("9999-12-31T23:59:59", "not a date"),
        (20261102, "YYYY-MM-DD"),
        ("0000-01-01", "not a date"),
    ],
)
def test_impossible_dates_say_why(text: object, said: str) -> None:
    with pytest.raises(UnitError, match=said):
        as_when(text)  # type: ignore[arg-type]


def test_a_date_without_a_time_is_the_start_or_the_end_of_its_day() -> None:
    day = date(2026, 11, 2)
    assert minutes(day, end=True) - minutes(day) == 1440
    assert moment(minutes(day)) == datetime(2026, 11, 2)
    with pytest.raises(UnitError, match="time of day"):
        as_date("2026-11-02T13:00")


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 30)))
def test_instants_and_moments_are_inverse(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0)
    assert moment(minutes(when)) == when


def test_rates_hold_from_their_date_on_and_a_missing_one_is_an_error() -> None:
    rates = ExchangeRates("GBP", {"EUR": ((date(2026, 1, 1), Decimal("0.86")), (date(2026, 7, 1), Decimal("0.9")))})
    assert rates.convert(as_money("100 EUR"), date(2026, 6, 30)) == 86
    assert rates.convert(as_money("100 EUR"), date(2026, 7, 1)) == 90
    assert rates.convert(as_money("7 GBP"), date(1990, 1, 1)) == 7
    with pytest.raises(MissingRateError, match="first EUR rate is of 2026-01-01"):
        rates.convert(as_money("1 EUR"), date(2025, 12, 31))
    with pytest.raises(MissingRateError, match="no rate from USD to GBP"):
        rates.convert(as_money("1 USD"), date(2026, 1, 1))


def test_only_a_rate_turns_effort_into_money() -> None:
    rate = as_rate("320 GBP per pd")
    assert rate.cost(as_effort("4 ph")).amount == 160
    assert rate.cost(as_effort("2 pw")).amount == 3200
    assert as_rate("40 GBP per ph").cost(Effort(1, "pd"), hours_per_day=Decimal("7.5")).amount == 300
    with pytest.raises(UnitError, match="not a rate for effort"):
        as_rate("2.4 M GBP per year").cost(as_effort("1 pd"))
    with pytest.raises(UnitError):
        as_effort("10 d")


def test_the_private_registry_keeps_time_and_effort_apart() -> None:
    from ipmo.units import registry

    unit = registry()
    import pint

    with pytest.raises(pint.DimensionalityError):
        unit.Quantity(Fraction(3), "person_hour").to("elapsed_minute")


def test_a_span_says_which_minutes_it_has() -> None:
    assert Span(2, "ed").elapsed_minutes == 2880
    assert Span(1, "year").months == 12
    with pytest.raises(UnitError, match="only a calendar"):
        _ = Span(2, "d").elapsed_minutes
