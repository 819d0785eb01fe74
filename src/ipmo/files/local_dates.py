"""Dates in the order of a locale, `17.10.2012` or `10/17/2012 8:00 AM`: all dates of a file together say which number is the day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from ipmo.files.foreign import Intake, RowError
from ipmo.findings import Severity

__all__ = ["LocalDates"]

_DATE = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\.?(?:[ ,T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[ \u00a0\u202f]?([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)
ORDERS = ("day first", "month first", "year first")
PAIRS = tuple((f"{kind}_start_date", f"{kind}_end_date") for kind in ("act", "early", "late", "target"))
"""Fields of a row of which the first is never after the second."""


class LocalDates:
    """The dates of one file, in the only order in which all of them are dates.

    Args:
        intake: takes the finding, and asks for dates that it cannot read by itself.
        rows: gives all rows of the file; asked once, when the first such date is met.
    """

    def __init__(self, intake: Intake, rows: Callable[[], Iterable[Mapping[str, str]]]) -> None:
        self.intake, self.rows = intake, rows
        self._orders: tuple[str, ...] | None = None
        self._known: dict[str, datetime] = {}

    def read(self, text: str) -> datetime | None:
        """A date, seconds rounded to the minute; None where it is none of this form.

        Raises:
            RowError: nothing in the file says which of its numbers is the day.
            ValueError: there is no such day or time.
        """
        if (known := self._known.get(text)) is not None:
            return known
        match = _DATE.fullmatch(text)
        if match is None:
            return None
        if self._orders is None:
            self._orders = self._found()
        readings = {found for order in self._orders if (found := _in_order(match, order)) is not None}
        if not readings:
            raise ValueError(text)
        if len(readings) > 1:
            raise RowError(f"{text!r} can be read in several ways: nothing in the file says which number is the day")
        self._known[text] = next(iter(readings))
        return self._known[text]

    def _found(self) -> tuple[str, ...]:
        """The orders in which every date of the file is one, and no work ends before it begins."""
        rows = [row for row in self.rows() if any(key.endswith("_date") for key in row)]
        dates = {text.strip() for row in rows for key, text in row.items() if key.endswith("_date") and text}
        matches = {text: match for text in dates if (match := _DATE.fullmatch(text)) is not None}
        left = tuple(order for order in ORDERS if all(_in_order(match, order) is not None for match in matches.values()))
        if all(match[2] == "." for match in matches.values()) and left[:1] == ORDERS[:1]:  # no locale writes dots and the month first
            left = tuple(order for order in left if order != "month first")
        if len(left) > 1:
            pairs = [(matches.get(row.get(a, "").strip()), matches.get(row.get(b, "").strip())) for row in rows for a, b in PAIRS]
            left = tuple(order for order in left if not any(_reversed(a, b, order) for a, b in pairs)) or left
        example = min(matches)
        if len(left) == 1:
            self.intake.note("day-order", f"dates such as {example!r} are read with the {left[0]}", severity=Severity.INFO)
        else:
            what = (
                f"nothing says which number of dates such as {example!r} is the day"
                if left
                else "its dates are in no one order of day and month"
            )
            hint = "write them as 2012-10-17 08:00, or export the file again under regional settings that do"
            self.intake.note("day-order", f"{what}: what can be read in several ways is left out", hint, severity=Severity.ERROR)
        return left or ORDERS[:2]


def _reversed(first: re.Match[str] | None, second: re.Match[str] | None, order: str) -> bool:
    if first is None or second is None:
        return False
    a, b = _in_order(first, order), _in_order(second, order)
    return a is not None and b is not None and b < a


def _in_order(match: re.Match[str], order: str) -> datetime | None:
    """A date read in an order; None where there is no such day or time."""
    first, second, last = int(match[1]), int(match[3]), int(match[4])
    short = len(match[4]) == 2
    if order == "year first":
        if not short or len(match[1]) < 2:
            return None
        year, month, day = first, second, last
    else:
        year, (day, month) = last, (first, second) if order == "day first" else (second, first)
    if short:
        year += 2000 if year < 70 else 1900
    hour = int(match[5] or 0)
    if match[8]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[8] in "Pp" else 0)
    try:
        found = datetime(year, month, day, hour, int(match[6] or 0), int(match[7] or 0))
    except ValueError:
        return None
    return (found + timedelta(seconds=30)).replace(second=0) if found.second else found
