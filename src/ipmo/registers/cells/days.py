"""Dates and periods as people type them: `31/12/2026`, `31 Dec 2026`, `Dec-26`, `2026-27`, `Q3 2026`; the column says what is ambiguous."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias

import attrs

from ipmo.files.foreign import EPOCH
from ipmo.model.money import MONTHS
from ipmo.registers.cells.outcomes import CellError
from ipmo.registers.opening.sheets import Raw, said_cell
from ipmo.units import When

__all__ = ["MONTH_NAME", "MONTH_NAMES", "Days", "Period", "Said", "date_said", "order_said", "period_of"]

_LONG = "january february march april may june july august september october november december".split()
MONTH_NAMES: Final = (
    {short: place for place, short in enumerate(MONTHS, 1)} | {name: place for place, name in enumerate(_LONG, 1)} | {"sept": 9}
)
MONTH_NAME: Final = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
"""The names of months, as a pattern."""
CLOCK = (
    r"(?:(?:,? |T)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)? ?(?P<half>[AP]\.?M\.?)?"
    r" ?(?P<zone>(?:Z|UTC|GMT)(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?|[+-][0-9]{2}:?[0-9]{2})?)?"
)
FLAGS = re.IGNORECASE | re.ASCII
WEEKDAYS: Final = {
    word: place
    for place, words in enumerate(
        (
            "mon monday mo montag lun lundi lunes lunedi lunedì seg segunda ma maandag",
            "tue tues tuesday di dienstag mar mardi martes martedi martedì ter terça dinsdag",
            "wed weds wednesday mi mittwoch mer mercredi mié mie miércoles mercoledi mercoledì qua quarta wo woensdag",
            "thu thur thurs thursday do donnerstag jeu jeudi jue jueves gio giovedi giovedì qui quinta donderdag",
            "fri friday fr freitag ven vendredi vie viernes venerdi venerdì sex sexta vr vrijdag",
            "sat saturday sa samstag sam samedi sáb sab sábado sabado sabato za zaterdag",
            "sun sunday so sonntag dim dimanche dom domingo domenica zo zondag",
        )
    )
    for word in words.split()
}
"""Days of the week by what they are called, from Monday on."""
WEEKDAY = rf"(?:(?P<week>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\.?,? )?"
ISO = re.compile(rf"{WEEKDAY}(?P<y>[0-9]{{4}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}}){CLOCK}", FLAGS)
NUMERIC = re.compile(rf"{WEEKDAY}(?P<a>[0-9]{{1,2}})(?P<sep>[-/.])(?P<b>[0-9]{{1,2}})(?P=sep)(?P<y>[0-9]{{4}}|[0-9]{{2}}){CLOCK}", FLAGS)
DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
DAY = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
NAME = r"(?P<name>[a-z]{3,9})\.?"
WORDS_DAY = re.compile(rf"{DAY_NAME}{DAY}(?: of)?[ ./-]*{NAME},?[ /-]*(?P<y>[0-9]{{4}}|'?[0-9]{{2}}){CLOCK}", FLAGS)
WORDS_MONTH = re.compile(rf"{DAY_NAME}{NAME}[ /-]?{DAY}(?:, ?|[ /-](?=[0-9]{{4}}|'))(?P<y>[0-9]{{4}}|'?[0-9]{{2}}){CLOCK}", FLAGS)
"""The month first: two digits are a year behind a comma or an apostrophe only, as `Mar 10-11` is two days."""
WORDS_YEAR = re.compile(rf"(?P<y>[0-9]{{4}})[ ./-]*{NAME}[ /-]*{DAY}{CLOCK}", FLAGS)
OF_DAYS = (ISO, NUMERIC, WORDS_DAY, WORDS_MONTH, WORDS_YEAR)
MONTH = re.compile(r"(?P<name>[a-z]{3,9})\.?,?[ /-]*(?P<y>[0-9]{4}|'?[0-9]{2})|(?P<y2>[0-9]{4})[ /-]*(?P<name2>[a-z]{3,9})", FLAGS)
YEAR_MONTH = re.compile(r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})|(?P<m2>[0-9]{1,2})/(?P<y2>[0-9]{4})", re.ASCII)
_PART, _YEARS = "q[1-4]|[1-4]q|h[12]|[12]h", r"[0-9]{4}(?:[/–-][0-9]{2,4})?"
PART_OF_YEAR = re.compile(
    rf"(?P<fy>fy ?)?(?:(?P<part>{_PART})[ /-]*(?P<fy2>fy ?)?(?P<y>{_YEARS}|'?[0-9]{{2}}(?:[/–-][0-9]{{2}})?)"
    rf"|(?P<y2>{_YEARS}|(?<=fy)[0-9]{{2}}|(?<=fy )[0-9]{{2}})[ /-]*(?P<part2>{_PART}))",
    re.IGNORECASE,
)
"""A quarter or a half of a year: `Q1 2026`, `1Q26`, `H2 2026/27`, `Q3 FY26`, `FY26 Q3`."""
FINANCIAL = re.compile(
    r"(?P<front>fy ?)?(?P<y>[0-9]{4}|(?<=fy)[0-9]{2}|(?<=fy )[0-9]{2}) ?[-/–] ?(?P<next>[0-9]{4}|[0-9]{2})|fy ?'?(?P<only>[0-9]{4}|[0-9]{2})",
    re.IGNORECASE,
)
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
            if (said := order_said(text)) is not None:
                orders.add(said)
            elif (pair := re.fullmatch(r"([0-9]{4})[-/–]([0-9]{2})", text.strip(), re.ASCII)) is not None:
                follows, month = (int(pair[1]) + 1) % 100 == int(pair[2]), 1 <= int(pair[2]) <= 12
                if follows != month:
                    split.add(follows)
        orders.discard("")
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
        moment = datetime.combine(EPOCH, time()) + timedelta(seconds=round(number * 86_400))
        return self._kept(moment)

    def _kept(self, moment: datetime) -> When:
        """A moment to the minute; at midnight, and where times are not kept, its day."""
        if moment.second or moment.microsecond:
            try:
                moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)  # a fraction of it is how numbers are kept
                rounded = (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
            except OverflowError:
                raise CellError(f"{moment.isoformat()} stands for no date") from None
            if rounded.date() != moment.date() and (self.end or not self.timed):
                return self._sane(moment.date(), moment)  # 23:59:59 is the end of its day
            moment = rounded
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
        for pattern in OF_DAYS:
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
        if parts.get("week") and WEEKDAYS[parts["week"].casefold()] != found.weekday():
            raise CellError(f"{said_cell(cell)} is no such day of the week: {found.isoformat()} is a {found:%A}")
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
        order = self.order.replace("year first", "") or _order(match)
        if not order and first != second:
            raise CellError(
                f"{said_cell(cell)} is day first or month first, and nothing else in the column says which; say dates: day first"
            )
        month, day = (first, second) if order == "month first" else (second, first)
        if month > 12:
            raise CellError(f"{said_cell(cell)} has no month {month}{f', read {order} as the column is' if order else ''}")
        return month, day

    def period(self, text: str) -> Period | None:
        """The period that a text names: a month, a quarter, half a year, a calendar or a financial year; None where it names none.

        Raises:
            CellError: it can be read in two ways.
        """
        if (match := FINANCIAL.fullmatch(text)) is not None:
            return self._financial(match, text)
        if (match := PART_OF_YEAR.fullmatch(text)) is not None:
            return self._part_of_year(match, text)
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
        month = len(following) == 2 and 1 <= int(following) <= 12 and not match["front"]
        if int(following) % 100 != (year + 1) % 100 or (len(following) == 4 and int(following) != year + 1):
            return _months(year, int(following), 1) if month else None
        if month and self.split is not True:
            if self.split is False:
                return _months(year, int(following), 1)
            if "/" not in text:
                raise CellError(f"{text!r} is a month or a financial year, and nothing else in the column says which; write it in full")
        return _months(year, self._starts(text), 12)

    def _part_of_year(self, match: re.Match[str], text: str) -> Period | None:
        part, years = (match["part"] or match["part2"]).casefold(), re.split("[/–-]", match["y"] or match["y2"])
        count, number = (3 if "q" in part else 6), int(part.strip("qh"))
        first, financial = _year(years[0]), bool(match["fy"] or match["fy2"])
        if len(years) > 1 and (first + 1) % 100 != int(years[1]) % 100:
            return None
        if len(years) == 1 and not financial:
            return _months(first, (number - 1) * count + 1, count)
        starts = self._starts(text)
        months = (first if len(years) > 1 or starts == 1 else first - 1) * 12 + starts - 1 + (number - 1) * count
        return _months(months // 12, months % 12 + 1, count)

    def _starts(self, text: str) -> int:
        if not self.year_starts:
            raise CellError(f"{text!r} is a financial year; say financial_year: with its first month, for example apr")
        return self.year_starts


Order: TypeAlias = Literal["", "day first", "month first"]


def order_said(text: str) -> Order | None:
    """What a date in figures says of how it is written: `day first`, `month first`, empty where it may be either; None of any other text.

    >>> order_said("31/12/2026"), order_said("03/04/2026"), order_said("3 April 2026"), order_said("Mon 05/01/26"), order_said("Fri 05/01/26")
    ('day first', '', None, 'day first', 'month first')

    Args:
        text: of a cell.
    """
    match = NUMERIC.fullmatch(" ".join(text.split()))
    return None if match is None else _order(match)


def _order(match: re.Match[str]) -> Order:
    first, second = int(match["a"]), int(match["b"])
    if second > 12 >= first:
        return "month first"
    if match["week"] and first != second and first <= 12 and second <= 12:
        day_first, month_first = (_is_weekday(match, month, day) for month, day in ((second, first), (first, second)))
        if day_first != month_first:
            return "day first" if day_first else "month first"
    return "day first" if first > 12 >= second or match["sep"] == "." else ""


def _is_weekday(match: re.Match[str], month: int, day: int) -> bool:
    """Whether a date falls on the day of the week that stands before it."""
    return date(_year(match["y"]), month, day).weekday() == WEEKDAYS[match["week"].casefold()]


Said: TypeAlias = Literal["", "day", "month", "period", "financial year"]


def date_said(text: str) -> Said:
    """What a text is, if a column of dates takes it, whichever way what is ambiguous is read; a bare year is a number.

    >>> date_said("03/04/2026"), date_said("Apr-26"), date_said("Q1 2026"), date_said("2026-27"), date_said("31/02/2026")
    ('day', 'month', 'period', 'financial year', '')

    Args:
        text: of a cell.
    """
    plain = " ".join(text.split())
    if len(plain) > 60 or not any(map(str.isdigit, plain)) or plain.isdigit():
        return ""
    if any(pattern.fullmatch(plain) for pattern in OF_DAYS):
        return "day" if any(_reads(Days(order=order, timed=False), plain) for order in ("", "day first", "month first")) else ""
    try:
        found = Days(split=False).period(plain)
    except CellError:
        return "financial year" if _reads(Days(year_starts=4, split=False), plain) else ""
    if found is None or not FIRST <= found.first.year <= found.last.year <= LAST:
        return ""
    return "month" if (found.last - found.first).days < 31 else "period"


def _reads(days: Days, text: str) -> bool:
    try:
        days.read(text)
    except CellError:
        return False
    return True


def _year(text: str) -> int:
    """A year of four digits, which `0001` of an empty date is too, or of two: 69 is 2069, 70 is 1970."""
    digits = text.lstrip("'")
    bare = int(digits)
    return bare if len(digits) > 2 else bare + (2000 if bare < 70 else 1900)


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
