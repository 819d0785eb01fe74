"""Present values as columns are those of one benefit after the other, bit for bit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.analysis.benefits.present import PresentValues
from ipmo.analysis.benefits.profiles import Valued
from ipmo.errors import UnitError
from ipmo.model import Benefit
from ipmo.model.reference import DISCOUNTS, DiscountBand, DiscountSchedule, flat_rate

DAYS = st.one_of(st.dates(date(1996, 1, 1), date(2190, 12, 31)), st.sampled_from([date(2024, 2, 29), date(2100, 2, 28), date(2096, 2, 29)]))
RATES = [DISCOUNTS["green-book-2026"], flat_rate(0.035), flat_rate(0.0)]


@st.composite
def lives(draw: st.DrawFn) -> Benefit:
    """Benefits of every shape: yearly, monthly, once, dis-benefits, ramps, fixed ends, parts of years."""
    value = draw(st.sampled_from(["120 k GBP per year", "7 k GBP per month", "3.3 M GBP"]))
    lasts = draw(st.sampled_from(["1 year", "3 years", "40 years", "18 months", "400 ed", None]))
    until = draw(st.one_of(st.none(), DAYS))
    ramp = draw(st.sampled_from([(), (), (0.25, 0.5, 1.0)]))
    return Benefit(id="b", value=value, lasts=lasts, until=until, ramp=ramp, disbenefit=draw(st.booleans()))


@given(
    st.lists(st.tuples(lives(), DAYS, st.fractions(0, 10**7, max_denominator=97)), min_size=1, max_size=12), DAYS, st.sampled_from(RATES)
)
def test_columns_are_worth_what_each_one_is(some: list[tuple[Benefit, date, Fraction]], base: date, rates: DiscountSchedule) -> None:
    valued = Valued(rates, base)
    found = PresentValues(valued, [one for one, _, _ in some], [amount for _, _, amount in some])
    places, days = np.arange(len(some)), np.array([day.toordinal() for _, day, _ in some])
    assert found.worths(places, days) == [Valued(rates, base).worth(one, day, amount) for one, day, amount in some]


def test_what_is_not_known_is_blank_and_rates_that_end_are_refused() -> None:
    short = DiscountSchedule(id="short", bands=[DiscountBand(rate=0.03, until=5)])
    ten = Benefit(id="b", value="1 M GBP per year", lasts="10 years")
    day = np.array([date(2026, 1, 1).toordinal()])
    assert PresentValues(Valued(short, date(2026, 1, 1)), [ten], [None]).worths(np.array([0]), day) == [None]
    with pytest.raises(UnitError, match="ends after 5 years"):
        PresentValues(Valued(short, date(2026, 1, 1)), [ten], [Fraction(1)]).worths(np.array([0]), day)
