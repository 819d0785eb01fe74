"""What the readers of other tools' files share: rows counted and refused with a reason, ids made fit, values checked.

A file of another tool is never refused as a whole for one bad row: each row is understood, or refused with a finding
that names its line, and both are counted.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypedDict, TypeVar

from ipmo.errors import ModelError, Problem, listed
from ipmo.findings import Finding, Severity
from ipmo.model.calendars import CalendarException
from ipmo.model.contents import Source
from ipmo.model.estimates import Fixed
from ipmo.model.money import Budget
from ipmo.model.references import ID
from ipmo.model.splitting import Interruption
from ipmo.model.stored import StoredDates
from ipmo.units import Effort, Money, Span
from ipmo.words import counted, more

__all__ = [
    "EPOCH",
    "Intake",
    "RowError",
    "TaskFields",
    "day_or_time",
    "day_ranges",
    "days_of_week",
    "escaped",
    "name_of",
    "text_of",
    "unescaped",
]

MAX_NOTES = 50
"""Findings of one kind that are listed one by one; the rest is counted."""
MAX_REFUSED = 100_000
"""Rows that are left out, each listed with its reason: no row goes without a word."""
_UNFIT = re.compile(r"[/:@\x00-\x1f\x7f-\x9f]|^\s+|\s+$|(?<=\s)\s+|[^\S ]|%(?=[0-9A-Fa-f]{2})")
_HARD = re.compile(r"[/:@\x00-\x1f\x7f-\x9f]|^\s+|\s+$|(?<=\s)\s+|[^\S ]")
LONGEST_ESCAPED = 600
"""Characters of an id in which escapes are looked for: an id has at most 200, each of which may be escaped."""
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
"""What one row of a table, or XML, has no place for."""
_PLAIN = re.compile(r"[A-Za-z0-9._+-]{1,200}")
"""Texts that are ids as they stand, as nearly all are."""
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})", re.ASCII)
_COMMA = re.compile(r"[-+]?[0-9]{1,15},[0-9]{1,40}", re.ASCII)
_SHORT = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[ T]([0-9]{1,2})(:[0-9]{2}(?::[0-9]{2})?))?", re.ASCII)
_ORACLE = re.compile(r"([0-9]{1,2})-([A-Za-z]{3})-([0-9]{2}|[0-9]{4})(?:[ T]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXPONENT = re.compile(r"[-+]?[0-9](?:\.[0-9]{1,20})?[eE][-+]?[0-9]{1,2}", re.ASCII)
T = TypeVar("T")


class RowError(Exception):
    """A row cannot be understood; the message says why."""


class TaskFields(TypedDict, total=False):
    """Fields of a task that its row in another tool's file may leave unsaid."""

    duration: Fixed
    remaining: Fixed
    progress: float | None
    resumes: datetime | None
    interruptions: tuple[Interruption, ...]
    effort_driven: bool
    split: bool
    actual_start: datetime | None
    actual_finish: datetime | None
    not_before: datetime
    finish_not_before: datetime
    baseline_start: datetime | None
    baseline_finish: datetime | None
    effort: Effort
    delay: Span
    budget: Money | Budget
    actual: Money | Budget
    forecast: Budget


def escaped(text: str) -> str:
    """A text as an id: what an id may not hold is written `%XX`, as in web addresses; `unescaped` is the inverse.

    >>> escaped("A/100: 50%"), unescaped("A%2F100%3A 50%")
    ('A%2F100%3A 50%', 'A/100: 50%')
    """
    if _UNFIT.search(text) is None or (len(text) <= LONGEST_ESCAPED and _HARD.search(text) is None and unescaped(text) == text):
        return text
    return _UNFIT.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text)


def unescaped(text: str) -> str:
    """The text that `escaped` made an id of; an id that it makes of no text stands for itself.

    >>> unescaped("%41"), escaped("%41"), unescaped("%252F"), escaped("%2F")
    ('%41', '%41', '%2F', '%252F')
    """
    if "%" not in text or len(text) > LONGEST_ESCAPED:
        return text
    made = re.sub("(?:%[0-9A-F]{2})+", lambda match: bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace"), text)
    return made if made != text and escaped(made) == text else text  # each step is shorter


def text_of(id: str) -> str:
    """What an id is written as: the text that it was made of where it is one that a reader makes the same id of again, else itself.

    >>> text_of("A%2FB"), text_of("%41"), text_of("a%0Ab")
    ('A/B', '%41', 'a%0Ab')
    """
    text = unescaped(id)
    return text if escaped(text) == id and not _UNSEEN.search(text) and text == text.strip() else id


def name_of(id: str, name: str) -> str:
    """What a calendar is called: its name where its id was made of that, else what the id is written as."""
    return name if id == escaped(name) else text_of(id)


class _Row:
    """A row that is being read."""

    __slots__ = ("intake", "item", "line", "what")

    def __init__(self, intake: Intake, what: str, line: int, item: str) -> None:
        self.intake, self.what, self.line, self.item = intake, what, line, item

    def __enter__(self) -> None:
        """Nothing is said of it yet."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> bool:
        """It is understood, or refused with what was raised."""
        if error is None:
            self.intake.understood += 1
            return False
        if not isinstance(error, RowError | ModelError):
            return False
        self.intake.refuse(self.what, str(error), self.line, self.item)
        return True


class Intake:
    """One reading of another tool's file: what it understood, refused and noticed.

    Args:
        name: the file as the user named it.
        format: the format's name; findings carry codes that begin with it.
    """

    def __init__(self, name: str, format: str) -> None:
        self.name, self.format = name, format
        self.understood = 0
        self.refused = 0
        self.findings: list[Finding] = []
        self.names: Mapping[str, str] = {}
        """What the file calls the fields that its reader knows by other names."""
        self.words: Mapping[str, Mapping[str, str]] = {}
        """What it says in fields for the codes that its reader knows, by field."""
        self.local: Callable[[str], datetime | None] | None = None
        """Reads dates in the order of a locale, where the format knows of such."""
        self._count: dict[str, int] = {}
        self._renamed: list[str] = []
        self._numbers: dict[str, int] = {}

    def note(
        self, code: str, message: str, hint: str = "", *, line: int = 0, item: str = "", severity: Severity = Severity.WARNING
    ) -> None:
        """Keeps a finding; of one kind the first fifty are listed and all are counted; rows that are left out are all listed."""
        self._count[code] = self._count.get(code, 0) + 1
        if self._count[code] <= _most(code):
            self.findings.append(
                Finding(
                    code=f"{self.format}/{code}",
                    message=message,
                    hint=hint,
                    item=item,
                    severity=severity,
                    file=self.name if line else "",
                    line=line,
                )
            )

    def refuse(self, what: str, reason: str, line: int, item: str = "") -> None:
        """Counts a row that is not understood, with its reason, its line, and the item that lacks it."""
        self.refused += 1
        self.note("refused", f"{what} is left out: {reason}", "correct it in the tool that wrote it", line=line, item=item)

    def row(self, what: str, line: int, item: str = "") -> _Row:
        """A row: understood when the block ends, refused when it raises `RowError` or the model refuses a value."""
        return _Row(self, what, line, item)

    def fit(self, text: str, taken: Container[str], what: str = "id") -> str:
        """An id made of a text: escaped, cut at 200 characters, and made unique; `taken` is what others bear."""
        if _PLAIN.fullmatch(text) and text not in taken:
            return text
        made = escaped(text.strip() and text)[:200].rstrip() or what
        if not ID.fullmatch(made):
            made = escaped(made.strip()) or what
        if made != text and len(self._renamed) <= 10_000:
            self._renamed.append(text)
        unique, number = made, 1
        last = self._numbers.get(made, 1)
        if last > 1 and f"{made[:190]}~{last}" in taken:  # thousands may bear one name: the search goes on where it ended
            unique, number = made if made not in taken else f"{made[:190]}~{last}", last
        while unique in taken:
            number += 1
            unique = f"{made[:190]}~{number}"
        if unique != made:
            self._numbers[made] = number
            self.note("same-id", f"the id {text!r} is borne twice; the second is read as {unique!r}", severity=Severity.INFO)
        return unique

    def own(self, text: str, taken: Container[str], what: str) -> str:
        """An id that ipmo wrote, as it stands; `fit` where somebody made it something else."""
        return text if len(text) <= 200 and ID.fullmatch(text) and text not in taken else self.fit(text, taken, what)

    def finish(self, path: str, lines: Mapping[str, int], stored: Mapping[str, StoredDates] | None = None) -> Source:
        """What the reader understood, for `portfolio.source`.

        Args:
            path: the file.
            lines: where each item stands.
            stored: the dates that the tool which wrote the file stored, by full id.
        """
        for code, count in self._count.items():
            if count > _most(code):
                self.findings.append(
                    Finding(
                        code=f"{self.format}/{code}", message=more(count - _most(code), "finding") + " of this kind", severity=Severity.INFO
                    )
                )
        if self._renamed:
            self.findings.append(
                Finding(
                    code=f"{self.format}/escaped-id",
                    message=f"{counted(len(self._renamed), 'id')} with characters that ids may not hold, now escaped: {listed(self._renamed)}",
                    hint="ipmo.files.foreign.unescaped gives the text back",
                    severity=Severity.INFO,
                )
            )
        return Source(
            path=path,
            format=self.format,
            understood=self.understood,
            refused=self.refused,
            findings=self.findings,
            lines=lines,
            stored=stored or {},
        )

    def problems(self, message: str) -> list[Problem]:
        """Why nothing could be made of the file: a sentence, and what was noticed on the way."""
        noticed = [Problem(message=f.message, hint=f.hint, file=self.name, line=f.line) for f in self.findings]
        return [Problem(message=message, file=self.name), *noticed]

    # ------------------------------------------------------------------------------------------- values

    def called(self, field: str) -> str:
        """What the file calls a field."""
        return self.names.get(field, field)

    def spelt(self, field: str, codes: Iterable[str]) -> str:
        """What the file can say in a field, in its own words."""
        return ", ".join(self.words.get(field, {}).get(code, code) for code in codes)

    def number(self, text: str | None, what: str) -> Decimal | None:
        """A decimal number; None when there is none.

        Raises:
            RowError: it is no number.
        """
        if not text:
            return None
        found = _plain_number(text)
        if found is not None:
            return found
        text = text.strip()
        if not text:
            return None
        if _COMMA.fullmatch(text):
            return Decimal(text.replace(",", "."))
        if _EXPONENT.fullmatch(text) and abs(Decimal(text)) < Decimal(10) ** 15:
            return Decimal(text).quantize(Decimal("1e-9")).normalize() + 0
        raise RowError(f"{self.called(what)} {text[:40]!r} is not a number")

    def when(self, text: str | None, what: str) -> datetime | None:
        """A date with a time, seconds rounded to the minute; None when there is none.

        Raises:
            RowError: it is no date.
        """
        try:
            return _instant(text) if text else None
        except OverflowError:
            raise RowError(f"{self.called(what)} {str(text).strip()[:40]!r} lies past the year 9999") from None
        except ValueError:
            with contextlib.suppress(ValueError):
                if self.local is not None and text and (found := self.local(text.strip())) is not None:
                    return found
            raise RowError(f"{self.called(what)} {str(text).strip()[:40]!r} is not a date") from None

    def share(self, text: str | None, what: str, line: int) -> Decimal | None:
        """A percentage as a share of one; one below 0 or above 100 is a finding, and counts as that.

        Raises:
            RowError: it is no number.
        """
        given = self.number(text, what)
        if given is None:
            return None
        held = min(max(given, Decimal(0)), Decimal(100))
        if held != given:
            self.note("percent", f"{self.called(what)} is {given} %, which no work has done; {held} % is taken", line=line)
        return held / 100

    def not_negative(self, amount: Decimal, what: str, name: str, line: int) -> Decimal:
        """An amount of money, 0 where it is negative: a credit is no budget of one task, which is a finding."""
        if amount >= 0:
            return amount
        self.note("credit", f"the {what} of {name!r} is {amount}, and is left out: a task has no negative one", line=line, item="")
        return Decimal(0)

    def or_noted(self, read: Callable[[str, str], T | None], text: str, what: str, line: int, code: str = "value") -> T | None:
        """A value that its row can do without, from its text: `tolerated`, of one that stands in thousands of rows."""
        try:
            return read(text, what)
        except RowError as error:
            self.note(code, f"{error}; it is left out", line=line)
            return None

    def tolerated(self, read: Callable[[], T | None], line: int, code: str = "value") -> T | None:
        """A value that its row can do without: a bad one is a finding, and the row goes on."""
        try:
            return read()
        except RowError as error:
            self.note(code, f"{error}; it is left out", line=line)
            return None


def _most(code: str) -> int:
    """How many findings of a kind are listed."""
    return MAX_REFUSED if code == "refused" else MAX_NOTES


@functools.lru_cache(maxsize=65_536)
def _plain_number(text: str) -> Decimal | None:
    """A number as nearly all files write it; the same few stand in every row."""
    return Decimal(text) if _NUMBER.fullmatch(text.strip()) else None


@functools.lru_cache(maxsize=65_536)
def _instant(text: str) -> datetime | None:
    """A date with a time without its zone, to the minute; None of nothing but spaces."""
    text = text.strip()
    if not text:
        return None
    found = datetime.fromisoformat(_padded(text)).replace(tzinfo=None)
    if found.second or found.microsecond:
        found = (found + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return found


def _padded(text: str) -> str:
    """A date as `2021-09-13 08:00`: Primavera P6 15 writes `2021-9-13 08:00`, others `2021/09/13 08:00` and `13-SEP-21 08:00`."""
    match = _SHORT.fullmatch(text)
    if match is None:
        named = _ORACLE.fullmatch(text)
        if named is None or named[2].lower() not in MONTHS:
            return text
        century = "" if len(named[3]) == 4 else "20" if int(named[3]) < 70 else "19"
        return f"{century}{named[3]}-{MONTHS.index(named[2].lower()) + 1:02}-{int(named[1]):02} {(named[4] or '00:00').zfill(5)}"
    year, month, day, hour, rest = match.groups()
    return f"{year}-{int(month):02}-{int(day):02}" + (f" {int(hour):02}{rest}" if hour else "")


def day_ranges(days: Mapping[date, str]) -> list[CalendarException]:
    """Days with other hours, neighbours with the same hours as one."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day.toordinal() - runs[-1][1].toordinal() == 1 and days[day] == days[runs[-1][0]]:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [CalendarException(first=first, last=last if last > first else None, hours=days[first]) for first, last in runs]


def days_of_week(week: Decimal, day: Decimal) -> Decimal:
    """How many days a week has, from how long both are: as exact as a plan holds it, so that a week stays as long to the minute.

    >>> days_of_week(Decimal(40), Decimal("7.5")), days_of_week(Decimal(40), Decimal(8))
    (Decimal('5.333333333333'), Decimal('5'))
    """
    return round(week / day, 12).normalize() + 0


def day_or_time(when: datetime | None) -> date | datetime | None:
    """A start at midnight as its day: the same instant, and read as people write it."""
    return when.date() if when is not None and when.hour == when.minute == 0 else when


EPOCH = date(1899, 12, 30)
"""Day 0 of the day numbers that office programs write."""
