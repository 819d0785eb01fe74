"""What the cells of a column are taken for when a mapping is proposed is what they are read as with it, and the other way round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.registers.cells.amounts import CODES, SIGNS, WORDS, money_said
from ipmo.registers.cells.days import MONTH_NAMES, date_said
from ipmo.registers.cells.outcomes import Refused, unknown_in
from ipmo.registers.cells.reading import EFFORTS, FALSE, FLAGS, SPANS, TRUE, Settings, read_column
from ipmo.registers.fields import CATALOGUE
from ipmo.registers.mapping import UNKNOWN as USUAL
from ipmo.registers.mapping import ColumnMapping
from ipmo.registers.proposing.columns import look_at
from ipmo.registers.proposing.details import Details, detailed
from ipmo.registers.proposing.headings import heading
from ipmo.registers.proposing.voting import vote

SURE = 0.93
IS_UNKNOWN = unknown_in(USUAL)
FIELDS = {
    "date": CATALOGUE["projects"].fields["start"],
    "when": CATALOGUE["tasks"].fields["deadline"],
    "budget": CATALOGUE["projects"].fields["budget"],
    "rate": CATALOGUE["resources"].fields["rate"],
    "worth": CATALOGUE["benefits"].fields["value"],
    "share": CATALOGUE["projects"].fields["progress"],
    "span": CATALOGUE["tasks"].fields["duration"],
    "effort": CATALOGUE["tasks"].fields["effort"],
    "flag": CATALOGUE["risks"].fields["opportunity"],
}


def one_of(*choices):
    return st.sampled_from(choices)


def joined(*parts):
    return st.tuples(*parts).map("".join)


SEPARATOR = one_of("", " ", "-", "/", ".", ", ", "–", " - ")
YEAR = st.integers(1910, 2150).map(str) | st.integers(0, 99).map("{:02}".format) | st.integers(0, 99).map("'{:02}".format)
SMALL = st.integers(0, 40).map(str) | st.integers(1, 12).map("{:02}".format)
NAME = one_of(*MONTH_NAMES, "Mai", "xxx").flatmap(lambda name: one_of(name, name.title(), name.upper()))
PAIR = st.integers(1990, 2098).flatmap(
    lambda year: one_of(
        f"{year}-{(year + 1) % 100:02}", f"{year}/{year + 1}", f"{year}–{(year + 1) % 100:02}", f"{year}/{year % 12 + 1:02}"
    )
)
FINANCIAL = joined(one_of("", "FY", "fy ", "FY'"), PAIR | YEAR)
PART = one_of("Q1", "q4", "Q5", "2Q", "H1", "h2", "1H")
CLOCK = one_of("", " 17:00", "T09:30:00Z", " 5:00 PM", ", 10:00 GMT", " 25:00", " 10:00 UTC+1")
DATES = (
    joined(SMALL, SEPARATOR, SMALL, SEPARATOR, YEAR, CLOCK) | joined(YEAR, SEPARATOR, SMALL, SEPARATOR, SMALL, CLOCK)
    | joined(one_of("", "Mon ", "tuesday, "), SMALL, one_of("", "st", "th", " of"), SEPARATOR, NAME, SEPARATOR, YEAR, CLOCK)
    | joined(NAME, SEPARATOR, SMALL, SEPARATOR, YEAR, CLOCK) | joined(YEAR, SEPARATOR, NAME, SEPARATOR, SMALL) | joined(NAME, SEPARATOR, YEAR)
    | joined(YEAR, SEPARATOR, NAME) | joined(SMALL, SEPARATOR, YEAR) | joined(YEAR, SEPARATOR, SMALL) | FINANCIAL
    | joined(PART, SEPARATOR, FINANCIAL) | joined(FINANCIAL, SEPARATOR, PART)
)  # fmt: skip
NUMBER = one_of(
    "5", "12.4", "1,250", "1.250", "1,250.50", "1.250,50", "1 250 000", "1'250'000", "12,34,567", ".5", "1e5", "0", "1.2.3", "12,5"
)
SIGN = one_of("", *SIGNS, *sorted(CODES), "XQX", "Fr.", "Kč", "CDN$").flatmap(lambda sign: one_of(sign, sign.upper(), sign.lower()))
POWER = one_of("", *WORDS, "Mio.", "bags", "K", "BN")
GAP = one_of("", " ")
MINUS = one_of("", "-", "−", "+")
MONEY = joined(MINUS, SIGN, GAP, MINUS, NUMBER, GAP, POWER, GAP, SIGN) | joined(one_of("("), SIGN, NUMBER, GAP, POWER, one_of(")", ""))
RATES = joined(MONEY, one_of("/", " / ", " per ", " a "), one_of("day", "year", "hours", "pd", "bag"))
SHARES = joined(MINUS, NUMBER, GAP, one_of("%", "%", " %%", "pct", ""))
LENGTHS = joined(MINUS, NUMBER, GAP, one_of(*SPANS, *EFFORTS, "m", "bags", "person minutes"), one_of("", "?"))
FLAG = one_of(*TRUE, *FALSE, *FLAGS["opportunity"], "perhaps").flatmap(lambda word: one_of(word, word.upper()))
NOISE = st.text("0123456789 .,-/'$£€kmbnqfyhd%()", min_size=1, max_size=12)
TEXTS = {
    "date": DATES, "when": DATES, "budget": MONEY, "rate": RATES | MONEY, "worth": RATES | MONEY, "share": SHARES, "span": LENGTHS, "effort": LENGTHS, "flag": FLAG,
}  # fmt: skip


OF_THE_VALUE = (
    "may stand for several multipliers",
    "write it in full",
    "time zone",
    "lie between",
    "whole number",
    "say per",
    "does not say per what",
    "say decimal",
)
"""Why what was understood is refused all the same: it can be read in two ways, or the model cannot hold it."""


def settings_of(mapped, currency):
    return Settings(
        unit=mapped.unit, currency=mapped.currency or currency, multiplier=mapped.multiplier or "", per=mapped.per, dates=mapped.dates, decimal=mapped.decimal,
        year_starts=4, scale=mapped.scale,
    )  # fmt: skip


def currency_of(text):
    """The currency that the file names: that of the cell, of a sign of several the first that may be meant."""
    said = money_said(text)
    return (
        "GBP"
        if said is None
        else {"$": "USD", "¥": "JPY"}.get(
            said.currency, "INR" if said.currency[:2] == "rs" else "SEK" if said.currency[:2] == "kr" else "GBP"
        )
    )


@pytest.mark.parametrize("kind", FIELDS)
@given(data=st.data())
def test_what_is_voted_is_read_and_what_is_read_is_voted(kind, data):
    text = data.draw(TEXTS[kind] | NOISE).strip()
    if not text or IS_UNKNOWN(text):
        return
    field, currency = FIELDS[kind], currency_of(text)
    column = look_at([text, text])
    voted = column.told and vote(field, column, heading("x")).factor >= SURE
    mapped = detailed(ColumnMapping(header="x", field=field.name), field, heading("x"), column, Details(currency=currency))
    (outcome,) = read_column([text], field, settings_of(mapped, currency))
    refused = isinstance(outcome, Refused)
    if column.share("number") or mapped.doubt or mapped.scale:
        return  # bare numbers, and what is doubted, are what the mapping says
    if voted and refused:
        assert any(why in outcome.reason for why in OF_THE_VALUE), (text, outcome)
    assert voted or refused, (text, outcome)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("04/2026", "month"), ("H1 2026", "period"), ("2026/04", "month"), ("Q1 26", "period"), ("Q1 FY26", "financial year"), ("1Q26", "period"),
        ("2026-12-31 10:00 GMT", "day"), ("2026 Apr", "month"), ("2026/2027", "financial year"), ("2026–27", "financial year"), ("2026-Apr-05", "day"),
        ("31/Dec/2026", "day"), ("Mar 10-11", ""), ("31/02/2026", ""), ("2026.04", ""), ("2026", ""), ("H2 2026/27", "financial year"),
    ],
)  # fmt: skip
def test_dates_are_told_from_other_texts(text, said):
    assert date_said(text) == said


@pytest.mark.parametrize(
    ("typed", "start", "finish"),
    [
        ("04/2026", "2026-04-01", "2026-04-30"), ("2026/04", "2026-04-01", "2026-04-30"), ("2026/4", "2026-04-01", "2026-04-30"), ("2009/10", "2009-04-01", "2010-03-31"),
        ("Q1 26", "2026-01-01", "2026-03-31"), ("Q1 FY26", "2025-04-01", "2025-06-30"), ("FY26 Q1", "2025-04-01", "2025-06-30"), ("Q4 26/27", "2027-01-01", "2027-03-31"),
        ("H2 FY2027", "2026-10-01", "2027-03-31"), ("1H 2026", "2026-01-01", "2026-06-30"), ("Dec-31-2026", "2026-12-31", "2026-12-31"), ("12.31.2026", "2026-12-31", "2026-12-31"),
    ],
)  # fmt: skip
def test_periods_and_days_are_read_as_practitioners_mean_them(typed, start, finish):
    field = FIELDS["date"]
    last = CATALOGUE["projects"].fields["finish"]
    assert [str(one) for one in read_column([typed], field, Settings(year_starts=4))] == [start]
    assert [str(one) for one in read_column([typed], last, Settings(year_starts=4))] == [finish]


def test_a_month_elsewhere_in_the_column_says_that_slashes_are_months():
    read = read_column(["2009/10", "2026/04"], FIELDS["date"], Settings(year_starts=4))
    assert [str(one) for one in read] == ["2009-10-01", "2026-04-01"]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("£5 mln", "5 M GBP"), ("5 mrd", "5 bn GBP"), ("£2tn", "2000 bn GBP"), ("3 millions", "3 M GBP"), ("RSD 5,000", "5 k RSD"), ("₺500", "500 TRY"), ("₱500", "500 PHP"),
        ("500 Kč", "500 CZK"), ("Fr. 500", "500 CHF"), ("Fr.1.250,50", "1250.5 CHF"), ("Cdn$ 500", "500 CAD"), ("500 eur", "500 EUR"), ("฿500", "500 THB"), ("₫500", "500 VND"),
    ],
)  # fmt: skip
def test_signs_and_multipliers_are_read(typed, amount):
    assert [str(one) for one in read_column([typed], FIELDS["budget"], Settings(currency="GBP"))] == [amount]


@pytest.mark.parametrize(
    ("text", "currency", "multiplier"),
    [
        ("Budget (mln EUR)", "EUR", 1_000_000),
        ("Cost RSD", "RSD", 1),
        ("Value (Mrd €)", "EUR", 1_000_000_000),
        ("Pen test date", None, 1),
        ("Budget (PEN)", "PEN", 1),
    ],
)
def test_headings_name_the_currencies_that_cells_do(text, currency, multiplier):
    read = heading(text)
    assert (read.currency, read.multiplier) == (currency, multiplier)
