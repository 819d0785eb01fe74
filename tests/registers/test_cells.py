"""What people type: worked answers, kind by kind; what can be read in two ways is refused unless something says which."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from ipmo.model.estimates import Fixed
from ipmo.model.governance import After
from ipmo.registers.cells.days import period_of
from ipmo.registers.cells.outcomes import BLANK, UNKNOWN, CellError, Refused, unknown_in
from ipmo.registers.cells.reading import Settings, read_column
from ipmo.registers.fields import CATALOGUE, RegisterField
from ipmo.registers.mapping import UNKNOWN as USUAL
from ipmo.units import Effort, Money, Rate, Span


def field(cell, **more):
    return RegisterField(name=more.pop("name", "x"), cell=cell, help="", path=("x",), **more)


def column(cells, cell, settings=None, /, *, name="x", end=False, choices=(), **stated):
    stated.setdefault("unknown", unknown_in(USUAL))
    return read_column(cells, field(cell, name=name, end=end, choices=choices), settings or Settings(**stated))


def one(cell, kind, **stated):
    return column([cell], kind, **stated)[0]


def gbp(amount):
    return Money(Decimal(amount), "GBP")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,250", "1250"), ("1,250.50", "1250.5"), ("£12.4m", "12400000"), ("£12.4 M", "12400000"), ("5m GBP", "5000000"), ("GBP 5m", "5000000"),
        ("5MGBP", "5000000"), ("£ 1 250 000", "1250000"), ("1'250'000", "1250000"), ("1\u00a0250", "1250"), ("(300)", "-300"), ("-£300", "-300"),
        ("£-300", "-300"), ("300-", "-300"), ("−300", "-300"), ("£1.2bn", "1200000000"), ("12k", "12000"), ("1.5 million", "1500000"),
        ("£0.25m", "250000"), (".5", "0.5"), ("12,34,567", "1234567"), (7.0, "7"), (7, "7"), (0.1, "0.1"), (2066075.5899999999, "2066075.59"), ("2066075.5899999999", "2066075.59"),
        ("£1,996.00m", "1996000000"), ("1 MIO", "1000000"), ("gbp 5", "5"), ("0,250", "0.25"), ("1,250,00", None),
    ],
)  # fmt: skip
def test_money_is_read_as_people_type_it(typed, amount):
    found = one(typed, "money", currency="GBP")
    assert isinstance(found, Refused) if amount is None else found == gbp(amount)


@pytest.mark.parametrize(
    "typed",
    ["about 5", "5 bags", "£5 EUR", "5 to 7", "£1m - £2m", True, date(2026, 1, 1), time(9), timedelta(1), "1.2.3", "12%", "--5", "(5", "1e5", "Est 500", "#REF!", float("inf"), "1234567890123456"],
)  # fmt: skip
def test_what_is_no_money_is_refused_with_a_reason(typed):
    found = one(typed, "money", currency="GBP")
    assert isinstance(found, Refused)
    assert len(found.reason) > 10


def test_money_without_a_currency_is_refused_and_signs_that_many_share_are():
    assert isinstance(one("5", "money"), Refused)
    assert "currency:" in one("$5", "money").reason
    assert one("$5", "money", currency="CAD") == Money(Decimal(5), "CAD")
    assert one("US$5", "money", currency="CAD") == Money(Decimal(5), "USD")
    assert one("€5m", "money", currency="GBP") == Money(Decimal(5_000_000), "EUR")
    assert one("5 XQX", "money", currency="GBP").reason
    for lost in ("€5\ufffd", "\ufffd5 EUR"):  # a sign whose encoding was lost says nothing against the other
        assert one(lost, "money", currency="GBP") == Money(Decimal(5), "EUR")
    assert one("\ufffd5\ufffd", "money", currency="GBP") == Money(Decimal(5), "GBP")
    assert "two currencies" in one("£5 EUR", "money", currency="GBP").reason


def test_the_column_gives_the_multiplier_and_the_cell_overrides_it():
    found = column(["654.46", "£654.46", "£12.4k", 3.0, "\ufffd2,013.02", "1,234,567"], "money", currency="GBP", multiplier="M")
    assert found[:5] == [gbp("654460000"), gbp("654460000"), gbp("12400"), gbp("3000000"), gbp("2013020000")]
    assert "written in full" in found[5].reason


def test_the_column_says_which_separator_is_the_decimal_one():
    euro = {"currency": "EUR"}
    eur = [Money(Decimal(x), "EUR") for x in ("1250", "1250.5", "12.4")]
    assert column(["1.250", "1.250,50", "12,4"], "money", **euro) == eur
    assert column(["1,250", "1,250.50", "12.4"], "money", **euro) == eur
    assert isinstance(one("1.250", "money", **euro), Refused)
    assert isinstance(one("1,250", "money", **euro), Refused)
    assert one("1.250", "money", decimal="comma", **euro) == eur[0]
    assert one("1,250", "money", decimal="comma", **euro) == Money(Decimal("1.25"), "EUR")
    mixed = column(["12,4", "12.4", "1.250"], "money", **euro)
    assert mixed[:2] == [eur[2], eur[2]]
    assert isinstance(mixed[2], Refused)
    assert isinstance(one("12,4", "money", decimal="point", **euro), Refused)


@pytest.mark.parametrize(("typed", "decimal"), [("0,125", "point"), ("0.125", "comma"), ("00,125", "point"), ("0.125.000", "comma")])
def test_thousands_begin_with_no_nought(typed, decimal):
    """`0,125` in a column of decimal points is an eighth written another way, never a hundred and twenty-five."""
    assert f"decimal {decimal}" in one(typed, "money", decimal=decimal, currency="EUR").reason
    assert one("0.125" if decimal == "point" else "0,125", "money", decimal=decimal, currency="EUR") == Money(Decimal("0.125"), "EUR")


@pytest.mark.parametrize(
    ("typed", "start", "finish"),
    [
        ("2026-12-31", date(2026, 12, 31), date(2026, 12, 31)),
        ("2021-9-3", date(2021, 9, 3), date(2021, 9, 3)),
        ("2026-12-31T00:00:00Z", date(2026, 12, 31), date(2026, 12, 31)),
        ("2026-12-31 17:00", datetime(2026, 12, 31, 17), datetime(2026, 12, 31, 17)),
        ("31/12/2026", date(2026, 12, 31), date(2026, 12, 31)),
        ("12/31/2026", date(2026, 12, 31), date(2026, 12, 31)),
        ("31.12.26", date(2026, 12, 31), date(2026, 12, 31)),
        ("01.02.2026", date(2026, 2, 1), date(2026, 2, 1)),
        ("15/02/2016 5:00:00 PM", datetime(2016, 2, 15, 17), datetime(2016, 2, 15, 17)),
        ("15/02/2016 12:00:00 AM", date(2016, 2, 15), date(2016, 2, 15)),
        ("31 Dec 2026", date(2026, 12, 31), date(2026, 12, 31)),
        ("31-Dec-26", date(2026, 12, 31), date(2026, 12, 31)),
        ("1st January 2026", date(2026, 1, 1), date(2026, 1, 1)),
        ("Mon 05 Jan 2026", date(2026, 1, 5), date(2026, 1, 5)),
        ("December 1, 2016", date(2016, 12, 1), date(2016, 12, 1)),
        ("Dec-26", date(2026, 12, 1), date(2026, 12, 31)),
        ("December 2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-27", date(2026, 4, 1), date(2027, 3, 31)),
        ("2026/27", date(2026, 4, 1), date(2027, 3, 31)),
        ("FY2026/27", date(2026, 4, 1), date(2027, 3, 31)),
        ("FY27", date(2026, 4, 1), date(2027, 3, 31)),
        ("Q1 2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("Q4 2026/27", date(2027, 1, 1), date(2027, 3, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        (2026.0, date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 9), date(2026, 1, 9), date(2026, 1, 9)),
        (datetime(2026, 1, 9), date(2026, 1, 9), date(2026, 1, 9)),
        (datetime(2026, 1, 8, 23, 59, 59, 991000), date(2026, 1, 9), date(2026, 1, 9)),
        (datetime(2026, 1, 9, 9, 30), datetime(2026, 1, 9, 9, 30), datetime(2026, 1, 9, 9, 30)),
        ("03/03/2026", date(2026, 3, 3), date(2026, 3, 3)),
    ],
)
def test_dates_are_read_as_people_type_them(typed, start, finish):
    assert one(typed, "when", year_starts=4) == start
    assert one(typed, "when", year_starts=4, end=True) == finish
    assert one(typed, "date", year_starts=4) == (start.date() if isinstance(start, datetime) else start)


@pytest.mark.parametrize(
    "typed",
    ["03/04/2026", "31/02/2026", "2026-02-30", "32 Jan 2026", "31/13/2026", "TBD in May", 46000.0, "46000", time(9), timedelta(2), True, date(1900, 1, 1), date(9999, 12, 31), "2009-10", "Jam-26", "2026-28", "2026-13", "2026-12-31T10:00:00Z", "1/2", "soon", "0001-01-01", "0001-01-01T00:00:00", "01/01/0001", "1 Jan 0001", "0000-01-01", "Jan 0026", "Q1 0026", "FY0026", "01/0026"],
)  # fmt: skip
def test_what_is_no_date_or_two_dates_is_refused(typed):
    assert isinstance(one(typed, "when", year_starts=4), Refused)


def test_what_has_no_month_says_how_it_was_read_only_where_the_column_says_so():
    assert one("13/13/2026", "when").reason == "'13/13/2026' has no month 13"
    assert one("12/31/2026", "when", dates="day first").reason == "'12/31/2026' has no month 31, read day first as the column is"


def test_the_column_says_which_order_its_dates_have():
    assert column(["03/04/2026", "31/12/2026"], "date") == [date(2026, 4, 3), date(2026, 12, 31)]
    assert column(["03/04/2026", "12/31/2026"], "date") == [date(2026, 3, 4), date(2026, 12, 31)]
    both = column(["03/04/2026", "12/31/2026", "31/12/2026"], "date")
    assert isinstance(both[0], Refused)
    assert both[1:] == [date(2026, 12, 31)] * 2
    assert one("03/04/2026", "date", dates="day first") == date(2026, 4, 3)
    assert one("03/04/2026", "date", dates="month first") == date(2026, 3, 4)
    assert isinstance(one("31/12/2026", "date", dates="month first"), Refused)
    assert one("26/12/31", "date", dates="year first") == date(2026, 12, 31)


def test_the_column_says_whether_a_year_has_a_month_or_a_second_year():
    assert column(["2009-10", "2015-16"], "date", year_starts=4)[0] == date(2009, 4, 1)
    assert column(["2009-10", "2015-03"], "date", year_starts=4)[0] == date(2009, 10, 1)
    assert "financial_year:" in one("2026-27", "date").reason


def test_numbers_of_days_are_dates_only_where_the_column_says_so():
    assert one(46000.0, "date", unit="serial") == date(2025, 12, 9)
    assert one("46000", "when", unit="serial") == date(2025, 12, 9)
    assert one(46000.5, "when", unit="serial") == datetime(2025, 12, 9, 12)
    assert isinstance(one(-3.0, "date", unit="serial"), Refused)


@pytest.mark.parametrize(
    ("cells", "shares"),
    [
        ([50.0, 75.0, 0.0, 1.0], [0.5, 0.75, 0, 0.01]),
        ([0.5, 0.75, 0.0, 1.0], [0.5, 0.75, 0, 1]),
        (["50 %", "100%", 0.0], [0.5, 1, 0]),
        ([50.0, 0.5, 0.0, 1.0], [None, None, 0, None]),
        ([1.0, 0.0, "30%"], [None, 0, 0.3]),
        ([1.0, 3.0, 5.0], [None, None, None]),
        ([101.0, 50.0], [None, 0.5]),
        ([-5.0, "120 %"], [None, None]),
        (["half"], [None]),
        ([12.5, "12,5", "37,5 %"], [0.125, 0.125, 0.375]),
    ],
)
def test_the_column_says_whether_progress_is_of_100_or_of_1(cells, shares):
    found = column(cells, "share", name="progress")
    assert [None if isinstance(one, Refused) else one for one in found] == shares


def test_progress_is_what_the_mapping_says():
    assert column([1.0, 50.0], "share", unit="percent") == [0.01, 0.5]
    assert column([1.0, 0.5], "share", unit="share") == [1, 0.5]
    assert isinstance(column([50.0], "share", unit="share")[0], Refused)


def test_scores_need_a_scale():
    assert all(isinstance(found, Refused) for found in column([1.0, 4.0, 9.0], "share", name="probability"))
    scale = {"1": "5 %", "5": "90 %", "Likely": "0.7"}
    found = column([1.0, "5", "likely", 3.0, "40 %"], "share", name="probability", scale=scale)
    assert found[:3] == [0.05, 0.9, 0.7]
    assert "scale" in found[3].reason
    assert found[4] == 0.4
    assert column(["High", "Low"], "cost", currency="GBP", scale={"High": "£1m", "Low": "10k"}) == [
        Fixed(gbp(1_000_000)),
        Fixed(gbp(10_000)),
    ]


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("1FS+2d", [After(source="1", lag=Span(2, "d"))]),
        ("3; 4SS-1w", [After(source="3"), After(source="4", type="SS", lag=Span(-1, "w"))]),
        ("A-10FS, A-20", [After(source="A-10"), After(source="A-20")]),
        ("A-10 FF + 1.5 days", [After(source="A-10", type="FF", lag=Span(Decimal("1.5"), "d"))]),
        ("12+3 edays", [After(source="12", lag=Span(3, "ed"))]),
        (3.0, [After(source="3")]),
        ("tram/build", [After(source="tram/build")]),
    ],
)
def test_predecessors_are_read(typed, links):
    assert one(typed, "links") == tuple(links)


def test_a_lag_in_percent_is_refused():
    assert isinstance(one("1FS+50%", "links"), Refused)


def test_times_and_effort_need_a_unit():
    assert column(["10 d", "2 wks", "3 mons", "1 day?", "4 edays", "1,5 d"], "span") == [
        Span(10, "d"), Span(2, "w"), Span(3, "month"), Span(1, "d"), Span(4, "ed"), Span(Decimal("1.5"), "d"),
    ]  # fmt: skip
    assert isinstance(one(10.0, "span"), Refused)
    assert one(10.0, "span", unit="d") == Span(10, "d")
    assert isinstance(one("10 m", "span"), Refused)
    assert column(["3 pd", "16 hours"], "effort") == [Effort(3, "pd"), Effort(16, "ph")]
    assert one(5.0, "effort", unit="pd") == Effort(5, "pd")
    assert one("10 d", "time") == Fixed(Span(10, "d"))


def test_rates_say_per_what():
    assert one("£320 per day", "rate") == Rate(gbp(320), "pd")
    assert one("320", "rate", currency="GBP", per="pd") == Rate(gbp(320), "pd")
    assert isinstance(one("320", "rate", currency="GBP"), Refused)
    assert one("£2m p.a.", "worth") == Rate(gbp(2_000_000), "year")
    assert one("£2m/yr", "worth") == Rate(gbp(2_000_000), "year")
    assert one("£2m", "worth") == gbp(2_000_000)


def test_words_stand_for_choices_and_nothing_else_does():
    rag = CATALOGUE["projects"].fields["rag"].choices
    assert column(["Red", "A", " green ", "AMBER"], "choice", choices=rag) == ["red", "amber", "green", "amber"]
    assert "confidence_rating" in one("Amber/Red", "choice", name="rag", choices=rag).reason
    ratings = CATALOGUE["projects"].fields["confidence_rating"].choices
    assert column(["Amber/Red", "amber-green", "Amber / red"], "choice", choices=ratings) == ["amber-red", "amber-green", "amber-red"]
    states = CATALOGUE["projects"].fields["state"].choices
    assert column(["In progress", "On Hold", "Complete"], "choice", choices=states) == ["active", "paused", "closed"]
    assert isinstance(one("Phase 2", "choice", choices=states), Refused)
    assert one("Phase 2", "choice", choices=states, scale={"phase 2": "active"}) == "active"


def test_yes_and_no():
    assert column(["Yes", "n", True, 1.0, "x", 0.0], "flag") == [True, False, True, True, True, False]
    assert isinstance(one("maybe", "flag"), Refused)
    assert one("Opportunity", "flag", name="opportunity") is True


def test_true_and_one_are_told_apart():
    assert column([True, 1.0, "1"], "id") == ["Yes", "1", "1"]


def test_texts_and_references():
    assert one("a; b\nc;; a", "texts") == ("a", "b", "c")
    assert one("Smith, Jo", "references") == ("Smith, Jo",)
    assert one("a, b", "references", separator=",") == ("a", "b")
    assert one(" two\nlines ", "text") == "two\nlines"
    assert one(7.0, "id") == "7"
    assert one('{"a": [1]}', "data") == {"a": [1]}
    assert isinstance(one('{"a": NaN}', "data"), Refused)
    assert isinstance(one("a\0b", "text"), Refused)


@pytest.mark.parametrize("typed", ["N/A", "tbc", " TBC ", "-", "Exempt under Section 43 of the Freedom of Information Act 2000", "unknown"])
def test_what_is_unknown_is_known_to_be(typed):
    assert one(typed, "money", currency="GBP") is UNKNOWN
    assert one(typed, "when") is UNKNOWN


def test_blank_is_blank_whatever_it_is_made_of():
    assert column(["", "  ", "\u00a0\n", "x"], "text") == [BLANK, BLANK, BLANK, "x"]


def test_periods_of_headers():
    assert period_of("2026-27", 4).last == date(2027, 3, 31)
    assert period_of("2009-10", 4).first == date(2009, 4, 1)
    assert period_of("Apr-26", 4).last == date(2026, 4, 30)
    with pytest.raises(CellError):
        period_of("whole life", 4)
