"""Working calendars as users write them: a week, hours, holidays, exceptions."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import attrs

from ipmo.errors import ModelError, UnitError
from ipmo.model.estimates import Estimate, number, stated
from ipmo.model.estimating import as_factor
from ipmo.model.fields import FrozenMap, Noun, as_nouns, doc, text
from ipmo.model.reading import named
from ipmo.units import DAY, ELAPSED, WEEK, Span, as_date, as_number, as_span

__all__ = ["CONTINUOUS", "STANDARD", "Calendar", "CalendarException", "LostDays"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 31
"""Days of the longest month."""
_DAY = r"(mon(?:days?)?|tue(?:s|sdays?)?|wed(?:s|nesdays?)?|thu(?:rs?|rsdays?)?|fri(?:days?)?|sat(?:urdays?)?|sun(?:days?)?)\.?"
_DAYS = re.compile(rf"{_DAY}(?:\s*(?:[-\u2013]|\bto\b)\s*{_DAY})?", re.ASCII)
_TIME = r"([0-9]{1,2}):([0-9]{2})"
_SHIFT = re.compile(rf"{_TIME} ?- ?{_TIME}", re.ASCII)


@functools.lru_cache(maxsize=1024)
def weekdays(value: str) -> tuple[int, ...]:
    """`mon-fri` or `mon-wed, sat` as day numbers, Monday 0; names of days may be longer, and `to` may stand between them.

    >>> weekdays("fri-mon"), weekdays("Monday to Tues, Sundays")
    ((0, 4, 5, 6), (0, 1, 6))
    """
    chosen: set[int] = set()
    for part in value.lower().split(","):
        match = _DAYS.fullmatch(part.strip())
        if match is None:
            hours = "; hours stand in `hours:`" if any(map(str.isdigit, value)) else ""
            raise UnitError(f"{value!r} is not a range of days; write for example mon-fri or mon-thu, sat{hours}")
        start, stop = DAYS.index(match[1][:3]), DAYS.index((match[2] or match[1])[:3])
        chosen.update((start + step) % 7 for step in range((stop - start) % 7 + 1))
    return tuple(sorted(chosen))


@functools.lru_cache(maxsize=1024)
def shifts(value: str) -> tuple[tuple[int, int], ...]:
    """`09:00-12:30, 13:30-18:00` as minutes from midnight; a shift may run past midnight, `none` is no work.

    >>> shifts("22:00-06:00")
    ((1320, 1800),)
    """
    if value.strip().lower() in ("", "none"):
        return ()
    out = []
    for part in value.split(","):
        match = _SHIFT.fullmatch(part.strip())
        if match is None:
            raise UnitError(f"{value!r} is not working hours; write for example 09:00-12:30, 13:30-18:00, or none")
        start, stop = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if start >= DAY or stop > DAY or int(match[2]) > 59 or int(match[4]) > 59:
            raise UnitError(f"{part.strip()!r} is not a time of day between 00:00 and 24:00")
        out.append((start, stop if stop > start else stop + DAY))
    out.sort()
    for (_, stop), (start, _) in pairwise(out):
        if start < stop:
            raise UnitError(f"the working hours {value!r} overlap")
    if out and out[-1][1] - DAY > out[0][0]:
        raise UnitError(f"the working hours {value!r} overlap across midnight")
    return tuple(out)


def _checked_days(value: str) -> str:
    weekdays(text(value))
    return text(value)


def _checked_hours(value: str | Mapping[str, str]) -> str | FrozenMap[str, str]:
    if isinstance(value, Mapping):
        found = {}
        for days, hours in value.items():
            weekdays(text(days))
            try:
                found[text(days)] = _one_checked_hours(hours)
            except UnitError as error:
                raise error.at(text(days)) from None
        return FrozenMap(found)
    shifts(text(value))
    return text(value)


def _one_checked_hours(value: str) -> str:
    shifts(text(value))
    return text(value)


def _decimal(value: float | Decimal | str) -> Decimal:
    return Decimal(str(as_number(value)))


def _dates(values: Iterable[date | str]) -> tuple[date, ...]:
    return tuple(map(as_date, values))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class CalendarException(Noun):
    """Days on which other hours hold: a shutdown, an extra shift."""

    first: date = attrs.field(converter=as_date, metadata=doc("first day", key="from"))
    last: date | None = attrs.field(
        default=None, converter=attrs.converters.optional(as_date), metadata=doc("last day; the first when left out", key="to")
    )
    hours: str = attrs.field(default="none", converter=_one_checked_hours, metadata=doc("working hours on these days, or none"))
    name: str = attrs.field(default="", metadata=doc("what it is"))

    def __attrs_post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ModelError.of("to", f"{self.last} lies before {self.first}; write the earlier day under from:")

    def days(self) -> list[date]:
        """Every day it covers."""
        last = self.last or self.first
        return [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]


def _months(values: Iterable[int | str]) -> tuple[int, ...]:
    found = tuple(int(as_number(one)) if as_number(one) in range(1, 13) else 0 for one in values)
    if 0 in found:
        raise UnitError("a month is a number from 1 to 12")
    return found


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class LostDays(Noun):
    """Working days that weather and the like take from a month: the simulation draws how many, and which; the schedule loses none."""

    days: Estimate = attrs.field(converter=as_factor, metadata=doc("working days lost in each of these months", unit="number"))
    months: tuple[int, ...] = attrs.field(default=(), converter=_months, metadata=doc("months of the year, 1 to 12; all when left out"))
    name: str = attrs.field(default="", metadata=doc("what takes them"))

    def __attrs_post_init__(self) -> None:
        least = self.days.quantile(0.0)
        if least is not None and number(least) < 0:
            raise ModelError.of(
                "days", f"fewer than no days ({number(least):g}) cannot be lost; write for example {{low: 0, likely: 2, high: 6}}"
            )
        if any(number(one) > LONGEST for one in stated(self.days)):
            raise ModelError.of("days", f"a month has {LONGEST} days at the most; it loses no more of them")
        if len(set(self.months)) < len(self.months):
            raise ModelError.of("months", "a month stands here twice; name each once")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Calendar(Noun):
    """When work is done, and what `1 d` and `1 w` mean.

    >>> STANDARD.day_minutes, STANDARD.week_minutes
    (480, 2400)
    """

    id: str = attrs.field(metadata=doc("name that tasks use"))
    name: str = attrs.field(default="", metadata=doc("title"))
    week: str = attrs.field(default="mon-fri", converter=_checked_days, metadata=doc("working days"))
    hours: str | FrozenMap[str, str] = attrs.field(
        default="09:00-17:00", converter=_checked_hours, metadata=doc("working hours, or hours by days of the week")
    )
    day: Span | None = attrs.field(
        default=None, converter=attrs.converters.optional(as_span), metadata=doc("what `1 d` means; else its commonest day")
    )
    days_per_week: Decimal | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(_decimal),
        metadata=doc("what `1 w` means, in days; else the working days of its week"),
    )
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_dates, metadata=doc("days without work"))
    exceptions: tuple[CalendarException, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("days with other hours"))
    lost: tuple[LostDays, ...] = attrs.field(
        default=(), converter=as_nouns, metadata=doc("days that weather may take; the simulation draws them")
    )

    def __attrs_post_init__(self) -> None:
        taken = Counter(month for one in self.lost for month in one.months or range(1, 13))
        for month, count in taken.items():
            if count > 1:
                raise ModelError.of("lost", f"month {month} loses days in {count} rows; state each month once")
        if self.day is not None and self.day.unit not in ("min", "h"):
            raise ModelError.of("day", f"{self.day} does not say how long a day is; write hours, for example 8 h")
        if self.day_minutes <= 0:
            raise ModelError.of("day", "a day must be longer than nothing; write for example 8 h")
        if self.days_per_week is not None and self.days_per_week <= 0:
            raise ModelError.of("days_per_week", "a week must be longer than nothing; write for example 5")

    def week_shifts(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The shifts of each weekday, Monday first, in minutes from that day's midnight."""
        if isinstance(self.hours, FrozenMap):
            table: list[tuple[tuple[int, int], ...]] = [()] * 7
            for days, hours in self.hours.items():
                for day in weekdays(days):
                    table[day] = shifts(hours)
            return tuple(table)
        working, all_shifts = set(weekdays(self.week)), shifts(self.hours)
        return tuple(all_shifts if day in working else () for day in range(7))

    @functools.cached_property
    def day_minutes(self) -> int:
        """Working minutes of `1 d`."""
        if self.day is not None:
            return round(Fraction(self.day.amount) * {"min": 1, "h": 60}[self.day.unit])
        lengths = [sum(b - a for a, b in day) for day in self.week_shifts() if day]
        return Counter(lengths).most_common(1)[0][0] if lengths else 480

    @functools.cached_property
    def week_minutes(self) -> int:
        """Working minutes of `1 w`."""
        days = self.days_per_week
        return round(self.day_minutes * Fraction(days if days is not None else sum(1 for d in self.week_shifts() if d)))

    @property
    def effort_minutes(self) -> dict[str, int]:
        """Minutes of one person in each unit of effort: person-hours, and days and weeks of this calendar."""
        return {"ph": 60, "pd": self.day_minutes, "pw": self.week_minutes}

    def minutes(self, span: Span) -> int:
        """Minutes of a span: working minutes of this calendar, or elapsed minutes; rounded half to even.

        Raises:
            UnitError: it is a calendar step (months, years), which has no fixed length.
        """
        if span.unit in ELAPSED:
            return span.elapsed_minutes
        if span.dimension == "step":
            raise UnitError(f"{span} has no fixed length; write working time (20 d) or elapsed time (30 ed)")
        return _working_minutes(span.amount, {"min": 1, "h": 60, "d": self.day_minutes, "w": self.week_minutes}[span.unit])


@functools.lru_cache(maxsize=4096)
def _working_minutes(amount: Decimal, unit: int) -> int:
    """An exact product, rounded half to even; the same few durations are asked for over and over."""
    return round(Fraction(amount) * unit)


STANDARD = Calendar(id="standard", name="Monday to Friday, 09:00 to 17:00", week="mon-fri", hours="09:00-17:00")
"""The built-in calendar: five days of eight hours."""

CONTINUOUS = Calendar(id="continuous", name="Around the clock", week="mon-sun", hours="00:00-24:00", day=Span(24, "h"))
"""The built-in calendar without a break: 1 d is 24 h."""

assert CONTINUOUS.week_minutes == WEEK
