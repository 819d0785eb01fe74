"""Days as trackers write them: ISO, with the name of the month, or in numbers, whose order is found for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias

from ipmo.plugin import UnitError

__all__ = ["Order", "day_of", "order_of"]

Order: TypeAlias = Literal["day first", "month first"]
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janv janvier ene enero gen gennaio januari janeiro",
            "feb february februar févr fév février febrero febbraio februari fev fevereiro",
            "mar march mär mrz märz mars marzo mrt maart março",
            "apr april avr avril abr abril aprile",
            "may mai mayo mag maggio mei maio",
            "jun june juni juin junio giu giugno junho",
            "jul july juli juil juillet julio lug luglio julho",
            "aug august août aoû ago agosto augustus",
            "sep sept september septembre septiembre set settembre setembro",
            "oct october okt oktober octobre octubre ott ottobre out outubro",
            "nov november novembre noviembre novembro",
            "dec december dez dezember déc décembre dic diciembre dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}
"""Months as Jira shortens or writes them in English, German, French, Spanish, Italian, Dutch and Portuguese."""
TIME = r"(?:[ ,T]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?P<half>\s*[AaPp]\.?\s?[Mm]\.?)?)?"
NUMBERS = re.compile(rf"(\d{{1,4}})(?P<mark>[./-])(\d{{1,2}})(?P=mark)(\d{{2,4}}){TIME}", re.ASCII)
NAMED = re.compile(rf"(\d{{1,2}})\.?[ /-]([^\W\d_]{{3,10}})\.?[ /,-]+(\d{{2,4}}){TIME}")
NAME_FIRST = re.compile(rf"([^\W\d_]{{3,10}})\.?[ /-](\d{{1,2}}),?[ /-](\d{{2,4}}){TIME}")


def day_of(text: str, order: Order = "day first") -> date | None:
    """The day that a text says; None of an empty one.

    >>> day_of("12/Jan/26 3:04 PM"), day_of("2026-01-12T15:04:05.000+0000"), day_of("1/12/26 3:04 PM", "month first")
    (datetime.date(2026, 1, 12), datetime.date(2026, 1, 12), datetime.date(2026, 1, 12))

    Args:
        text: it.
        order: what stands first where all is in numbers, and the year is not.

    Raises:
        UnitError: it is no date, or one before 1970 or after 2199: no tracker is older, and the other is a slip of the pen.
    """
    text = text.strip()
    if not text:
        return None
    day = _iso(text) or _named(text) or _numbered(text, order)
    if day is None:
        raise UnitError(f"{text[:40]!r} is not a date as Jira writes it, for example 12/Jan/26 3:04 PM or 2026-01-12T15:04:00.000+0000")
    if not 1970 <= day.year <= 2199:
        raise UnitError(f"{day} lies outside the years 1970 to 2199")
    return day


def order_of(rows: Iterable[Sequence[str]]) -> tuple[Order, str]:
    """What stands first in the dates of a file, and the first date for which nothing says so; an empty text where something does.

    Said by a number above 12, by dots (day first), by dates of one row that must follow each other, else by the clock: twelve
    hours with AM and PM go with the month first.

    Args:
        rows: dates that follow each other, empty texts among them.
    """
    possible: dict[Order, bool] = {"day first": True, "month first": True}
    doubtful, halves = "", 0
    follows: dict[Order, int] = {"day first": 0, "month first": 0}
    for row in rows:
        unclear = [found for text in row if (found := NUMBERS.fullmatch(text.strip())) and len(found[1]) <= 2]
        for found in unclear:
            first, second = int(found[1]), int(found[3])
            if found["mark"] == "." or first > 12:
                possible["month first"] = False
            elif second > 12:
                possible["day first"] = False
            elif first != second:
                doubtful = doubtful or found[0]
                halves += found["half"] is not None
        for order in follows if len(unclear) > 1 else ():
            days = [day for text in row if (day := _or_none(text, order)) is not None]
            follows[order] += days != sorted(days)
    left = [order for order, may in possible.items() if may]
    if len(left) == 1:
        return left[0], ""
    if follows["day first"] != follows["month first"]:
        return min(follows, key=follows.__getitem__), ""
    return ("month first" if halves else "day first"), doubtful


def _or_none(text: str, order: Order) -> date | None:
    try:
        return day_of(text, order)
    except UnitError:
        return None


def _iso(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _named(text: str) -> date | None:
    found = NAMED.fullmatch(text)
    if found is not None:
        return _made(found[3], MONTHS.get(found[2].casefold()), found[1])
    found = NAME_FIRST.fullmatch(text)
    return None if found is None else _made(found[3], MONTHS.get(found[1].casefold()), found[2])


def _numbered(text: str, order: Order) -> date | None:
    found = NUMBERS.fullmatch(text)
    if found is None:
        return None
    if len(found[1]) == 4:
        return _made(found[1], int(found[3]), found[4])
    day, month = (found[1], int(found[3])) if order == "day first" or found["mark"] == "." else (found[3], int(found[1]))
    return _made(found[4], month, day)


def _made(year: str, month: int | None, day: str) -> date | None:
    if month is None or len(year) == 3:
        return None
    number = int(year)
    try:
        return date(number if len(year) == 4 else number + (1900 if number >= 69 else 2000), month, int(day))
    except ValueError:
        return None
