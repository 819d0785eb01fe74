"""The week of a calendar as people type it: all of it is read, or it is refused."""

import pytest

from ipmo.errors import UnitError
from ipmo.model import Calendar
from ipmo.model.calendars import DAYS, weekdays

LONGER = {"mon": "monday", "tue": "tues", "wed": "Weds", "thu": "thurs", "fri": "Fri.", "sat": "SATURDAY", "sun": "sundays"}


def test_names_of_days_and_ranges_in_any_spelling_are_those_days():
    for first in range(7):
        for last in range(7):
            meant = tuple(sorted((first + step) % 7 for step in range((last - first) % 7 + 1)))
            one, other = LONGER[DAYS[first]], LONGER[DAYS[last]]
            for text in (f"{one}-{other}", f"{one} - {other}", f"{one} to {other}", f"{one}–{other}"):
                assert weekdays(text) == meant, text
            assert weekdays(f"{one}, {other}") == tuple(sorted({first, last}))


@pytest.mark.parametrize(
    "text",
    ["mon-fri 13:00-21:30", "mon 8-12", "mon-thu 22:00-24:00, fri 00:00-05:00", "sat 13:00-15:00", "tue-sat09:00", "mon-fri-sun 9:00"],
)
def test_hours_in_the_week_are_refused_and_not_left_out(text):
    with pytest.raises(UnitError, match="hours stand in `hours:`"):
        weekdays(text)
    with pytest.raises(Exception, match="hours stand in `hours:`"):
        Calendar(id="late", week=text)
    with pytest.raises(Exception, match="hours stand in `hours:`"):
        Calendar(id="late", hours={text: "13:00-21:30"})


@pytest.mark.parametrize(
    "text", ["mon-fri except wed", "monthly", "mon sat", "mon-fri and sat", "sunny-monday", "", "mon-", "-fri", "monday through", "mo-fr"]
)
def test_words_that_are_no_days_are_refused(text):
    with pytest.raises(UnitError, match="is not a range of days"):
        weekdays(text)
