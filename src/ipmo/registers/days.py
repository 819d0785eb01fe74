"""Dates and periods as people type them: `31/12/2026`, `31 Dec 2026`, `Dec-26`, `2026-27`, `Q3 2026`; the column says what is ambiguous."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

import attrs

from ipmo.files.foreign import EPOCH
from ipmo.registers.outcomes import CellError
from ipmo.registers.sheets import Raw, said_cell
from ipmo.units import When

__all__ = ["Days", "Period", "period_of"]

MONTH_NAMES: Final = {
    name: place % 12 + 1
    for place, name in enumerate(
        [
            "jan",
            "feb",
            "mar",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "nov",
            "dec",
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ]
    )
} | {"sept": 9}
CLOCK = r"(?:(?:,? |T)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)? ?(?P<half>[AaPp]\.?[Mm]\.?)?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
ISO = re.compile(rf"(?P<y>[0-9]{{4}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}}){CLOCK}", re.ASCII)
NUMERIC = re.compile(rf"(?P<a>[0-9]{{1,2}})(?P<sep>[-/.])(?P<b>[0-9]{{1,2}})(?P=sep)(?P<y>[0-9]{{4}}|[0-9]{{2}}){CLOCK}", re.ASCII)
DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
WORDS_DAY = re.compile(
    rf"{DAY_NAME}(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)?[ .-]*(?P<name>[a-z]{{3,9}})\.?,?[ -]*(?P<y>[0-9]{{4}}|'?[0-9]{{2}}){CLOCK}",
    re.IGNORECASE,
)
WORDS_MONTH = re.compile(
    rf"{DAY_NAME}(?P<name>[a-z]{{3,9}})\.? (?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<y>[0-9]{{4}}){CLOCK}", re.IGNORECASE
)
MONTH = re.compile(r"(?P<name>[a-z]{3,9})\.?,?[ /-]*(?P<y>[0-9]{4}|'?[0-9]{2})|(?P<y2>[0-9]{4})[ /-]*(?P<name2>[a-z]{3,9})", re.IGNORECASE)
YEAR_MONTH = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})|(?P<m2>[0-9]{1,2})/(?P<y2>[0-9]{4})", re.ASCII)
QUARTER = re.compile(
    r"(?P<front>fy ?)?(?:q(?P<q>[1-4])[ /-]*(?P<y>[0-9]{4}(?:[/-][0-9]{2,4})?)|(?P<y2>[0-9]{4}(?:[/-][0-9]{2,4})?)[ /-]*q(?P<q2>[1-4]))",
    re.IGNORECASE,
)
FINANCIAL = re.compile(
    r"(?P<front>fy ?)?(?P<y>[0-9]{4}|(?<=fy)[0-9]{2}|(?<=fy )[0-9]{2}) ?[-/–] ?(?P<next>[0-9]{4}|[0-9]{2})|fy ?(?P<only>[0-9]{4}|[0-9]{2})",
    re.IGNORECASE,
)
HALF = re.compile(r"h(?P<h>[12])[ /-]*(?P<y>[0-9]{4})", re.IGNORECASE)
USUAL: Final = {"GBP": 4, "CAD": 4, "INR": 4, "JPY": 4, "HKD": 4, "SGD": 4, "AUD": 7, "NZD": 7, "ZAR": 4}
"""The month in which the public sector of a currency begins its financial year, where that is no question."""
FIRST, LAST = 1901, 2199
"""Years of dates that are meant: what lies outside stands for no date."""


@attrs.frozen
class Period:
    """A stretch of days.

    Args:
        first: its first day.
        last: its last day.
    """

    first: date
    last: date


@attrs.define
class Days:
    """How the dates of one column are read.

    Args:
        order: `day first`, `month first` or `year first`; empty where nothing says so, and what is ambiguous is refused.
        year_starts: the first month of the financial year; 0 where nothing says so.
        end: a period such as a month means its last day, else its first.
        serial: bare numbers are the day numbers of office programs.
        split: `2009-10` is a financial year, not a month; None where nothing says so.
        timed: a time of day is kept.
    """

    order: str = ""
    year_starts: int = 0
    end: bool = False
    serial: bool = False
    split: bool | None = None
    timed: bool = True

    @classmethod
    def of(cls, texts: Iterable[str], stated: str, *, year_starts: int, end: bool, serial: bool, timed: bool) -> Days:
        """As the mapping states it, else as the column shows it: one date whose day is above 12 says how all are written."""
        orders: set[str] = set()
        split: set[bool] = set()
        for text in texts:
            found = NUMERIC.fullmatch(text.strip())
            if found is not None:
                if int(found["a"]) > 12 >= int(found["b"]) or found["sep"] == ".":
                    orders.add("day first")
                elif int(found["b"]) > 12 >= int(found["a"]):
                    orders.add("month first")
            elif (pair := re.fullmatch(r"([0-9]{4})-([0-9]{2})", text.strip(), re.ASCII)) is not None:
                follows = (int(pair[1]) + 1) % 100 == int(pair[2])
                if not (follows and 1 <= int(pair[2]) <= 12):
                    split.add(follows)
        order = stated or (orders.pop() if len(orders) == 1 else "")
        return cls(order, year_starts, end, serial, split.pop() if len(split) == 1 else None, timed)

    def read(self, cell: Raw) -> When:
        """A day, or a day with its time.

        Raises:
            CellError: it is none, or can be read in two ways.
        """
        if isinstance(cell, datetime):
            return self._kept(cell)
        if isinstance(cell, date):
            return self._sane(cell, cell)
        if isinstance(cell, str):
            return self._text(cell)
        if isinstance(cell, bool | time | timedelta):
            raise CellError(f"{said_cell(cell)} is no date")
        if self.serial:
            return self._number(cell)
        if cell == int(cell) and FIRST <= cell <= LAST:
            return date(int(cell), 12, 31) if self.end else date(int(cell), 1, 1)
        raise CellError(f"{said_cell(cell)} is a bare number; say unit: serial where it is the day number of an office program")

    def _number(self, number: float) -> When:
        if not 1 <= number < 2_958_466:
            raise CellError(f"{said_cell(number)} is the number of no day")
        moment = datetime.combine(EPOCH, time()) + timedelta(minutes=round(number * 1440))
        return self._kept(moment)

    def _kept(self, moment: datetime) -> When:
        """A moment to the minute; at midnight, and where times are not kept, its day."""
        if moment.second or moment.microsecond:
            try:
                moment = (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
            except OverflowError:
                raise CellError(f"{moment.isoformat()} stands for no date") from None
        self._sane(moment.date(), moment)
        return moment if self.timed and (moment.hour or moment.minute) else moment.date()

    def _sane(self, day: date, shown: Raw) -> date:
        if not FIRST <= day.year <= LAST:
            raise CellError(f"{said_cell(shown)} stands for no date: its year is {day.year}")
        return day

    def _text(self, cell: str) -> When:
        text = " ".join(cell.split())
        if self.serial and re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]{1,12})?", text, re.ASCII):
            return self._number(float(text))
        for pattern in (ISO, NUMERIC, WORDS_DAY, WORDS_MONTH):
            match = pattern.fullmatch(text)
            if match is not None:
                return self._matched(match, cell)
        found = self.period(text)
        if found is None:
            number = re.fullmatch(r"[0-9.,]+", text)
            more = "; say unit: serial where it is the day number of an office program" if number else ""
            raise CellError(f"{said_cell(cell)} is no date{more}")
        return self._sane(found.last if self.end else found.first, cell)

    def _matched(self, match: re.Match[str], cell: str) -> When:
        parts = match.groupdict()
        if "a" in parts and self.order == "year first" and len(parts["y"]) == 2:
            month, day, parts["y"] = int(parts["b"]), int(parts["y"]), parts["a"]
        elif "a" in parts:
            month, day = self._numeric(match, cell)
        elif "name" in parts:
            month, day = _month(parts["name"], cell), int(parts["d"])
        else:
            month, day = int(parts["m"]), int(parts["d"])
        try:
            found = date(_year(parts["y"]), month, day)
        except ValueError:
            raise CellError(f"{said_cell(cell)} is no date: there is no such day") from None
        self._sane(found, cell)
        if parts["hour"] is None:
            return found
        hour = int(parts["hour"])
        if parts["half"]:
            if not 1 <= hour <= 12:
                raise CellError(f"{said_cell(cell)} has no such time of day")
            hour = hour % 12 + (12 if parts["half"][0] in "Pp" else 0)
        try:
            clock = time(hour, int(parts["minute"]), int(parts["second"] or 0))
        except ValueError:
            raise CellError(f"{said_cell(cell)} has no such time of day") from None
        if parts["zone"] and clock != time() and self.timed:
            raise CellError(f"{said_cell(cell)} has a time zone; a plan keeps wall-clock time, write it without")
        return self._kept(datetime.combine(found, clock))

    def _numeric(self, match: re.Match[str], cell: str) -> tuple[int, int]:
        """Month and day of `03/04/2026`."""
        first, second = int(match["a"]), int(match["b"])
        order = self.order.replace("year first", "") or (
            "day first" if match["sep"] == "." or first > 12 else "month first" if second > 12 else ""
        )
        if not order and first != second:
            raise CellError(
                f"{said_cell(cell)} is day first or month first, and nothing else in the column says which; say dates: day first"
            )
        month, day = (first, second) if order == "month first" else (second, first)
        if month > 12:
            raise CellError(f"{said_cell(cell)} has no month {month}, read {order} as the column is")
        return month, day

    def period(self, text: str) -> Period | None:
        """The period that a text names: a month, a quarter, half a year, a calendar or a financial year; None where it names none.

        Raises:
            CellError: it can be read in two ways.
        """
        if (match := FINANCIAL.fullmatch(text)) is not None:
            return self._financial(match, text)
        if (match := QUARTER.fullmatch(text)) is not None:
            return self._quarter(match, text)
        if (match := HALF.fullmatch(text)) is not None:
            return _months(int(match["y"]), int(match["h"]) * 6 - 5, 6)
        if (match := YEAR_MONTH.fullmatch(text)) is not None:
            year, month = int(match["y"] or match["y2"]), int(match["m"] or match["m2"])
            return _months(year, month, 1) if 1 <= month <= 12 else None
        if (match := MONTH.fullmatch(text)) is not None and (match["name"] or match["name2"]).casefold() in MONTH_NAMES:
            return _months(_year(match["y"] or match["y2"]), _month(match["name"] or match["name2"], text), 1)
        if re.fullmatch(r"[0-9]{4}", text, re.ASCII) and FIRST <= int(text) <= LAST:
            return Period(date(int(text), 1, 1), date(int(text), 12, 31))
        return None

    def _financial(self, match: re.Match[str], text: str) -> Period | None:
        if match["only"]:  # FY27 is named by the year in which it ends
            starts = self._starts(text)
            year = _year(match["only"])
            return _months(year if starts == 1 else year - 1, starts, 12)
        year, following = _year(match["y"]), match["next"]
        if int(following) % 100 != (year + 1) % 100 or (len(following) == 4 and int(following) != year + 1):
            return self._calendar_month(match, text) if "-" in text else None
        if "-" in text and not match["front"] and len(following) == 2 and 1 <= int(following) <= 12 and self.split is not True:
            if self.split is False:
                return self._calendar_month(match, text)
            raise CellError(f"{text!r} is a month or a financial year, and nothing else in the column says which; write it in full")
        return _months(year, self._starts(text), 12)

    def _calendar_month(self, match: re.Match[str], text: str) -> Period | None:
        month = int(match["next"])
        return _months(_year(match["y"]), month, 1) if 1 <= month <= 12 and len(match["next"]) == 2 and not match["front"] else None

    def _quarter(self, match: re.Match[str], text: str) -> Period | None:
        quarter, year = int(match["q"] or match["q2"]), match["y"] or match["y2"]
        if len(year) == 4 and not match["front"]:
            return _months(int(year), quarter * 3 - 2, 3)
        first = int(year[:4])
        if len(year) > 4 and (first + 1) % 100 != int(year[5:]) % 100:
            return None
        starts = self._starts(text)
        months = (first if len(year) > 4 or starts == 1 else first - 1) * 12 + starts - 1 + (quarter - 1) * 3
        return _months(months // 12, months % 12 + 1, 3)

    def _starts(self, text: str) -> int:
        if not self.year_starts:
            raise CellError(f"{text!r} is a financial year; say financial_year: with its first month, for example apr")
        return self.year_starts


def _year(text: str) -> int:
    """A year of four digits, or of two: 69 is 2069, 70 is 1970."""
    bare = int(text.lstrip("'"))
    return bare if bare > 99 else bare + (2000 if bare < 70 else 1900)


def _month(name: str, cell: str) -> int:
    if name.casefold() not in MONTH_NAMES:
        raise CellError(f"{said_cell(cell)} is no date: {name!r} is no month")
    return MONTH_NAMES[name.casefold()]


def _months(year: int, month: int, count: int) -> Period:
    last = year * 12 + month - 2 + count
    year_of, month_of = last // 12, last % 12 + 1
    try:
        return Period(date(year, month, 1), date(year_of, month_of, monthrange(year_of, month_of)[1]))
    except ValueError:
        raise CellError(f"the year {year} stands for no date") from None


def period_of(text: str, year_starts: int) -> Period:
    """The period of a column's header or of a cell: `2026-27`, `Q1 2026`, `Apr-26`.

    Raises:
        CellError: it names none.
    """
    days = Days(year_starts=year_starts, split=True)
    found = days.period(" ".join(text.split()))
    if found is None:
        raise CellError(f"{text!r} is no period; write 2026-27, 2026, Q1 2026 or Apr-26")
    return found
