"""Quantities as users write them: working time, elapsed time, calendar steps, effort, money, shares, dates.

Three dimensions of time are kept apart on purpose. `10 d` is ten *working* days, `10 ed` ten *elapsed* days,
`1 month` a *calendar step*; `10 pd` is *effort* (person-days). Only a calendar turns working time into elapsed
time, only a rate turns effort into money. User text is matched by anchored ASCII patterns before anything
parses it, so that no text can hang a parser; pint never sees it.

Instants are whole minutes of the portfolio's wall clock since 0001-01-01T00:00, which was a Monday.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from ipmo.digits import MONEY_NUMBER, MOST_MONEY, MOST_TIME, TIME_NUMBER, as_amount, as_decimal, kept, plain, shown
from ipmo.errors import MissingRateError, UnitError

if TYPE_CHECKING:
    import pint

__all__ = [
    "DAY",
    "MAX_INSTANT",
    "NO_CURRENCY",
    "WEEK",
    "Effort",
    "ExchangeRates",
    "Money",
    "Rate",
    "Span",
    "When",
    "as_date",
    "as_day",
    "as_effort",
    "as_money",
    "as_number",
    "as_rate",
    "as_share",
    "as_span",
    "as_when",
    "day_text",
    "first_day",
    "minor_digits",
    "minutes",
    "moment",
    "plain",
    "registry",
    "said_day",
]

DAY = 1440
"""Minutes of an elapsed day."""
WEEK = 7 * DAY
"""Minutes of an elapsed week."""
MAX_INSTANT = date(9999, 12, 31).toordinal() * DAY
"""The end of the year 9999: no date of a plan lies behind it."""

WORKING = {
    "min": "min",
    "mins": "min",
    "h": "h",
    "hour": "h",
    "hours": "h",
    "d": "d",
    "day": "d",
    "days": "d",
    "w": "w",
    "week": "w",
    "weeks": "w",
}
ELAPSED = {"emin": "emin", "eh": "eh", "ed": "ed", "ew": "ew"}
STEPS = {"month": "month", "months": "month", "year": "year", "years": "year"}
EFFORT = {"ph": "ph", "pd": "pd", "pw": "pw"}
_SPAN_UNITS = WORKING | ELAPSED | STEPS
_ELAPSED_MINUTES = {"emin": 1, "eh": 60, "ed": DAY, "ew": WEEK}
_SPAN = re.compile(rf"({TIME_NUMBER}) ?([a-z]{{1,6}})", re.ASCII)
_MONEY = re.compile(rf"({MONEY_NUMBER}) ?(k|K|M|bn)? ?([A-Z]{{3}})", re.ASCII)
_RATE = re.compile(rf"({MONEY_NUMBER} ?(?:k|K|M|bn)? ?[A-Z]{{3}}) ?(?:per|/) ?([a-z]{{1,6}})", re.ASCII)
_SHARE = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?) ?(%)?", re.ASCII)  # every float reads back
_WHEN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?)?", re.ASCII)
_ZONED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{4,}(?:Z|[+-][0-9:]{2,6})", re.ASCII)
_POWERS = {None: 0, "k": 3, "K": 3, "M": 6, "bn": 9}
_RATE_UNITS = EFFORT | STEPS | WORKING | {"item": "item", "unit": "unit"}

_MINOR = {
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}  # ISO 4217, exponents that differ from 2
NO_CURRENCY = "XXX"
"""ISO 4217's code where no currency is involved: nothing states an amount, or in which currency it is."""


@attrs.frozen(order=False)
class Span:
    """A length of time with its dimension: working, elapsed, or a calendar step.

    Args:
        amount: how many; may be negative for a lead.
        unit: `min h d w` (working), `emin eh ed ew` (elapsed), `month year` (calendar steps).

    >>> str(as_span("2 w")), as_span("3 months").dimension
    ('2 w', 'step')
    """

    amount: Decimal = attrs.field(converter=as_amount)
    unit: str = attrs.field()

    @unit.validator
    def _known(self, _: object, unit: str) -> None:
        if unit not in _SPAN_UNITS.values():
            raise UnitError(f"{unit!r} is not a unit of time; write one of {', '.join(dict.fromkeys(_SPAN_UNITS.values()))}")

    def __attrs_post_init__(self) -> None:
        if self.unit in STEPS:
            _ = self.months  # refused here, where the reader can say in which line

    @property
    def dimension(self) -> str:
        """`working`, `elapsed` or `step`."""
        return "step" if self.unit in STEPS else "elapsed" if self.unit in ELAPSED else "working"

    @property
    def elapsed_minutes(self) -> int:
        """Minutes of an elapsed span, rounded half to even."""
        if self.unit not in _ELAPSED_MINUTES:
            raise UnitError(f"{self} is not elapsed time; only a calendar turns working time into minutes")
        return round(Fraction(self.amount) * _ELAPSED_MINUTES[self.unit])

    @property
    def months(self) -> int:
        """Whole months of a calendar step."""
        if self.unit not in STEPS:
            raise UnitError(f"{self} is not a calendar step (months, years)")
        months = self.amount * (12 if self.unit == "year" else 1)
        if months != int(months):
            raise UnitError(f"{self} is not a whole number of months")
        return int(months)

    def __str__(self) -> str:
        plural = "s" if self.unit in ("month", "year") and abs(self.amount) != 1 else ""
        return f"{plain(self.amount)} {self.unit}{plural}"


@attrs.frozen
class Effort:
    """Work in persons times time: `ph` person-hours, `pd` person-days, `pw` person-weeks."""

    amount: Decimal = attrs.field(converter=as_amount)
    unit: str = attrs.field(default="pd", validator=attrs.validators.in_(tuple(EFFORT)))

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.unit}"


@attrs.frozen
class Money:
    """An exact amount in one currency.

    Args:
        amount: any number below 10^28; floats are taken by their shortest text. Nouns take at most 60 digits behind the point.
        currency: ISO 4217 code, three capital letters.

    >>> str(as_money("4.2 M GBP")), as_money("4.2 M GBP").minor
    ('4.2 M GBP', 420000000)
    """

    amount: Decimal = attrs.field(converter=as_amount)
    currency: str = attrs.field()

    @currency.validator
    def _code(self, _: object, code: str) -> None:
        if not (isinstance(code, str) and len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise UnitError(f"{code!r} is not a currency; write a three-letter ISO 4217 code such as GBP")

    @property
    def minor(self) -> int:
        """Minor units (pence, cents), by the currency's ISO 4217 exponent, rounded half to even."""
        scaled = self.amount.scaleb(minor_digits(self.currency)).to_integral_value(ROUND_HALF_EVEN)
        return int(scaled)

    def __str__(self) -> str:
        for factor, letter in ((10**9, "bn"), (10**6, "M"), (10**3, "k")):
            if abs(self.amount) >= factor:
                short = plain(self.amount / factor)
                if len(short) <= 7 and len(short.partition(".")[2]) <= 3 and Decimal(short) * factor == self.amount:
                    return f"{short} {letter} {self.currency}"
        return f"{plain(self.amount)} {self.currency}"

    def __format__(self, spec: str) -> str:
        """As text; with `,` as people read it: thousands apart, minor units in full.

        >>> f"{as_money('75685.8 GBP'):,}", f"{as_money('4.2 M GBP'):,}", f"{as_money('12 GBP'):,}"
        ('75,685.80 GBP', '4.2 M GBP', '12 GBP')
        >>> f"{as_money('6457.4 M GBP'):,}"
        '6,457.4 M GBP'
        >>> f"{as_money('541951.37 M GBP'):,}", f"{as_money('1234567890.12 GBP'):,}"
        ('541,951.37 M GBP', '1,234,567,890.12 GBP')
        """
        text = str(self)
        if spec != ",":
            return format(text, spec)
        bare = plain(self.amount)
        if text != f"{bare} {self.currency}":
            short, _, rest = text.partition(" ")
            return f"{Decimal(short):,} {rest}"
        millions = self.amount / 10**6
        if abs(millions) >= 10**3 and millions == round(millions, 2):
            return f"{Decimal(plain(millions)):,} M {self.currency}"
        digits = max(len(bare.partition(".")[2]), minor_digits(self.currency)) if "." in bare else 0
        return f"{self.amount:,.{digits}f} {self.currency}"


@attrs.frozen
class Rate:
    """Money per unit: `320 GBP per pd`, `2.4 M GBP per year`."""

    money: Money
    per: str

    def __str__(self) -> str:
        return f"{self.money} per {self.per}"

    def cost(self, effort: Effort, hours_per_day: Decimal = Decimal(8), days_per_week: Decimal = Decimal(5)) -> Money:
        """What that effort costs at this rate, unrounded.

        Args:
            effort: person-time of any unit.
            hours_per_day: what one person-day is.
            days_per_week: what one person-week is.

        Raises:
            UnitError: the rate is not per person-time.

        >>> str(as_rate("320 GBP per pd").cost(as_effort("4 ph")))
        '160 GBP'
        """
        if self.per not in EFFORT:
            raise UnitError(f"{self} is not a rate for effort; write it per ph, pd or pw")
        unit = registry()
        hours = {"ph": Fraction(1), "pd": Fraction(hours_per_day), "pw": Fraction(hours_per_day * days_per_week)}
        worked = unit.Quantity(Fraction(effort.amount) * hours[effort.unit], "person_hour")
        each = unit.Quantity(Fraction(self.money.amount) / hours[self.per], "currency_unit / person_hour")
        total = (worked * each).to("currency_unit").magnitude
        return Money(Decimal(total.numerator) / Decimal(total.denominator), self.money.currency)


When = date | datetime
"""A date, or a date with a time of day; without a zone. Whether a date means the start or the end of its day is
the field's affair."""


def minor_digits(currency: str) -> int:
    """How many decimal digits the minor unit of a currency has (ISO 4217)."""
    return _MINOR.get(currency, 2)


@functools.cache
def registry() -> pint.UnitRegistry[Any]:
    """The private pint registry: effort, money, time and carbon as separate dimensions; built on first use."""
    import pint

    unit: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Fraction)
    for line in (
        "person_hour = [effort] = ph",
        "currency_unit = [currency]",
        "elapsed_minute = [time] = emin",
        "t_CO2e = [carbon]",
        "kg_CO2e = t_CO2e / 1000",
        "kt_CO2e = 1000 * t_CO2e",
        "Mt_CO2e = 1000000 * t_CO2e",
    ):
        unit.define(line)
    return unit


# ---------------------------------------------------------------------------------------- text to values


@functools.lru_cache(maxsize=65_536)
def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    unit = _SPAN_UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        raise UnitError(f"{shown(text)} is not a length of time; write for example 30 min, 6 h, 10 d, 2 w, 10 ed, 3 months")
    return Span(Decimal(match[1]), unit)


def as_span(value: Span | str) -> Span:
    """`"10 d"` or a Span as a Span.

    Raises:
        UnitError: it is no length of time.
    """
    if isinstance(value, Span):
        kept(value.amount, MOST_TIME)
        return value
    if not isinstance(value, str):
        raise UnitError(f"{shown(value)} has no unit; write a length of time, for example 10 d (working) or 10 ed (elapsed)")
    return _span(str(value))


def as_effort(value: Effort | str) -> Effort:
    """`"3 pd"` or an Effort as an Effort.

    Raises:
        UnitError: it is no effort.
    """
    if isinstance(value, Effort):
        kept(value.amount, MOST_TIME)
        return value
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in EFFORT:
        raise UnitError(f"{shown(value)} is not an effort; write for example 4 ph or 3 pd")
    return Effort(Decimal(match[1]), match[2])


@functools.lru_cache(maxsize=65_536)
def _money(text: str) -> Money:
    match = _MONEY.fullmatch(text)
    if match is None:
        raise UnitError(f"{shown(text)} is not money; write for example 1200 GBP, 350 k GBP or 4.2 M GBP")
    return Money(Decimal(f"{match[1]}E{_POWERS[match[2]]}"), match[3])  # exact: a product would be rounded


def as_money(value: Money | str) -> Money:
    """`"4.2 M GBP"` or Money as Money.

    Raises:
        UnitError: it is no money.
    """
    if isinstance(value, Money):
        kept(value.amount, MOST_MONEY)
        return value
    if not isinstance(value, str):
        raise UnitError(f"{shown(value)} has no currency; write for example 1200 GBP, 350 k GBP or 4.2 M GBP")
    return _money(str(value))


def as_rate(value: Rate | str) -> Rate:
    """`"320 GBP per pd"` or a Rate as a Rate.

    Raises:
        UnitError: it is no rate.
    """
    if isinstance(value, Rate):
        kept(value.money.amount, MOST_MONEY)
        return value
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in _RATE_UNITS:
        raise UnitError(f"{shown(value)} is not a rate; write for example 320 GBP per pd or 2.4 M GBP per year")
    return Rate(as_money(match[1]), _RATE_UNITS[match[2]])


def as_number(value: float | Decimal | str) -> float:
    """A plain number, or text that is one.

    Raises:
        UnitError: it is no number.
    """
    if type(value) is float or type(value) is int:
        if not -1e300 < value < 1e300:  # infinite, no number at all, or a whole number that no float can hold
            raise UnitError(f"{shown(value)} is not a number")
        return value
    number = as_decimal(value, "a number")
    return int(number) if number == int(number) and not set(".eE") & set(str(value)) else float(number)  # 1e27 is the float of that name


def as_share(value: float | Decimal | str) -> float:
    """A share of 0 to 1: `0.3` or `"30 %"`.

    Raises:
        UnitError: it is no share, or not between 0 and 1.
    """
    if isinstance(value, str):
        match = _SHARE.fullmatch(value)
        if match is None:
            raise UnitError(f"{shown(value)} is not a share; write 0.3 or 30 %")
        share = float(Decimal(match[1]) / 100) if match[2] else float(match[1])
    else:
        share = float(as_number(value))
    if not 0 <= share <= 1:
        raise UnitError(f"must be between 0 and 1 (got {shown(value)})")
    return share


@functools.lru_cache(maxsize=65_536)
def _when(text: str) -> When:
    match = _WHEN.fullmatch(text)
    if match is None:
        if _ZONED.fullmatch(text):
            raise UnitError(f"{text!r} has a time zone; a plan keeps wall-clock time, write it without")
        raise UnitError(f"{shown(text)} is not a date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    try:
        if match[4] is None:
            return date(int(match[1]), int(match[2]), int(match[3]))
        exact = datetime(int(match[1]), int(match[2]), int(match[3]), int(match[4]), int(match[5]), int(match[6] or 0))
        return (exact + timedelta(seconds=30)).replace(second=0) if exact.second else exact
    except (ValueError, OverflowError) as error:
        raise UnitError(f"{text!r} is not a date: {error}; write YYYY-MM-DD") from None


def as_when(value: When | str) -> When:
    """A date or a date with a time, from text or as it is; seconds round to the minute.

    A timestamp of pandas or NumPy at midnight is that day: they have no other type for one.

    Raises:
        UnitError: it is no date, or it has a time zone.
    """
    if value.__class__ not in (str, date, datetime) and hasattr(value, "item" if not isinstance(value, datetime) else "to_pydatetime"):
        return _of_frame(value)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise UnitError(f"{value.isoformat()!r} has a time zone; a plan keeps wall-clock time, write it without")
        if value.second or value.microsecond:
            try:
                value = (value + timedelta(seconds=30)).replace(second=0, microsecond=0)
            except OverflowError:
                raise UnitError(f"{value.isoformat()!r} lies past the year 9999 when its seconds are rounded") from None
        return value
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise UnitError(f"{shown(value)} is not a date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    return _when(str(value))


def _of_frame(value: object) -> When:
    """A timestamp of pandas or NumPy; at midnight, and where it is of days only, the day.

    Raises:
        UnitError: it is none.
    """
    made: object = value
    if hasattr(value, "to_pydatetime") and value == value:
        made = value.to_pydatetime(warn=False) if value.__class__.__name__ == "Timestamp" else value.to_pydatetime()
    elif type(value).__name__ == "datetime64" and value == value:
        made = value.astype("datetime64[us]").item()  # type: ignore[attr-defined]
    if made is value or not isinstance(made, date):
        raise UnitError(f"{shown(value)} is not a date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    when = as_when(made)
    return when.date() if isinstance(when, datetime) and when.hour == when.minute == 0 and when.date() == as_day(made) else when


def as_date(value: date | str) -> date:
    """A date without a time.

    Raises:
        UnitError: it is no date, or it has a time of day.
    """
    when = as_when(value)
    if isinstance(when, datetime):
        raise UnitError(f"{when.isoformat(timespec='minutes')!r} has a time of day; this is a date, write YYYY-MM-DD")
    return when


# ------------------------------------------------------------------------------------------------ instants


def minutes(when: When, *, end: bool = False) -> int:
    """The instant of a date, in minutes since 0001-01-01T00:00.

    Args:
        when: a date, or a date with a time.
        end: a date without a time means the end of its day instead of the start.

    >>> minutes(date(1, 1, 2)), minutes(date(1, 1, 1), end=True)
    (1440, 1440)
    """
    if isinstance(when, datetime):
        return (when.toordinal() - 1) * DAY + when.hour * 60 + when.minute
    return (when.toordinal() - 1 + end) * DAY


def moment(instant: int) -> datetime:
    """The date and time of an instant; the inverse of `minutes`.

    >>> moment(minutes(datetime(2026, 11, 2, 13, 0)))
    datetime.datetime(2026, 11, 2, 13, 0)
    """
    if not 0 <= instant < MAX_INSTANT:
        raise UnitError("a date of this plan lies outside the years 1 to 9999")
    days, rest = divmod(instant, DAY)
    return datetime.fromordinal(days + 1) + timedelta(minutes=rest)


def as_day(value: When) -> date:
    """The day of a date or of a date with a time."""
    return value.date() if isinstance(value, datetime) else value


def said_day(when: datetime | None, *, finish: bool = False) -> date | None:
    """The day that people say of an instant: a finish at midnight belongs to the day before; None for None.

    >>> said_day(datetime(2026, 3, 2), finish=True), said_day(datetime(2026, 3, 2, 13, 30))
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 2))
    """
    if when is None:
        return None
    ends = finish and when.hour == when.minute == 0 and when > datetime.min
    return (when - timedelta(minutes=1)).date() if ends else when.date()


def first_day(when: datetime) -> date:
    """The first whole day from an instant on: a benefit starts on it.

    >>> first_day(datetime(2026, 3, 2)), first_day(datetime(2026, 3, 2, 13, 30))
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 3))
    """
    return when.date() if when.hour == when.minute == 0 else when.date() + timedelta(days=1)


def day_text(when: datetime | None, *, finish: bool = False) -> str:
    """A date as people read it, as `said_day` says it; empty for None.

    >>> day_text(datetime(2026, 3, 2), finish=True), day_text(datetime(2026, 3, 2, 13, 30))
    ('2026-03-01', '2026-03-02')
    """
    day = said_day(when, finish=finish)
    return "" if day is None else day.isoformat()


# ------------------------------------------------------------------------------------------- exchange rates


@attrs.frozen
class ExchangeRates:
    """Dated exchange rates into one currency.

    Args:
        base: the currency that all rates lead to.
        table: by currency, pairs of (date from which it holds, units of `base` for one unit), in date order.
        sources: where the rates come from, by the same date.
    """

    base: str
    table: Mapping[str, tuple[tuple[date, Decimal], ...]] = attrs.field(factory=dict)
    sources: Mapping[date, str] = attrs.field(factory=dict)

    def rate(self, currency: str, on: date) -> tuple[Decimal, date]:
        """Units of the base currency for one unit, and the date of that rate.

        Raises:
            MissingRateError: there is no rate on or before that date.
        """
        on = as_day(on)  # a status date may have a time
        if currency == self.base:
            return Decimal(1), on
        dated = self.table.get(currency, ())
        place = bisect_right(dated, on, key=lambda pair: pair[0])
        if not place:
            known = f"; the first {currency} rate is of {dated[0][0]}" if dated else ""
            when = f" on {on}" if on != date.max else ""  # nothing dates it
            raise MissingRateError(f"no rate from {currency} to {self.base}{when}{known}; add one under rates:")
        return dated[place - 1][1], dated[place - 1][0]

    def convert(self, money: Money, on: date) -> Fraction:
        """The amount in the base currency, exact and unrounded.

        Raises:
            MissingRateError: there is no rate on or before that date.
        """
        return Fraction(money.amount) * Fraction(self.rate(money.currency, on)[0])
