"""What the cells of a column look like: dates, money, ratings, ids, references; so that values vote on what a column means, not its heading alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Literal

import attrs

from ipmo.registers.choice_words import STATE_WORDS, plain_word
from ipmo.registers.headings import CODES, CURRENCIES
from ipmo.registers.mapping import DateOrder
from ipmo.registers.sheets import Raw, is_blank, text_of

__all__ = ["LEVELS", "RAG_WORDS", "YES_NO", "Column", "look_at", "unknown_text"]

SAMPLE = 400
"""Cells of a column that are looked at: the first half of them as they come, the others evenly over the rest."""
LONG_TEXT = 80
RAG_WORDS = frozenset("red amber green yellow amber/red amber/green amber-red amber-green red/amber green/amber blue r a g b y".split())
FIVE_RATINGS = frozenset("amber/red amber/green amber-red amber-green red/amber green/amber".split()) | {"amber red", "amber green"}
YES_NO = frozenset("yes no y n true false x ✓ ✔ 0 1 ja nein oui non".split())
LEVELS = frozenset(
    "low medium high very low very high critical moderate minor major severe catastrophic negligible insignificant extreme rare unlikely possible likely certain l m h"
    " vl vh med".split()
) | {
    "very low",
    "very high",
    "almost certain",
    "highly likely",
    "highly unlikely",
    "very likely",
    "very unlikely",
    "medium high",
    "medium low",
    "low medium",
    "almost impossible",
}
_UNKNOWN = re.compile(
    r"(n/?a|n\.a\.|#n/a|tb[cda]|to be (confirmed|determined|advised|decided)|unknown|not (known|applicable|available|provided|set|yet|disclosed|stated|reported|recorded|specified|published)\b.*"
    r"|null|none|nan|nat|-+|–|—|\?+|exempt\b.*|data exempt.*|withheld.*|redacted.*|no (data|information|date)\b.*|early planning.*|not in a position.*|undisclosed|confidential|blank|\[.*\])",
    re.IGNORECASE | re.DOTALL,
)
_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_CLOCK = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2}|UTC|GMT)?)?"
_YEAR, _MONTH, _DAY = r"(?:19|20|21)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_ISO = re.compile(rf"{_YEAR}(?:[-/]{_MONTH}(?:[-/]{_DAY}{_CLOCK})?|\.{_MONTH}\.{_DAY}{_CLOCK})", re.IGNORECASE)
"""Year first; `2026.04` alone is a number with two decimals."""
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_CLOCK}", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?[-/. ]*)?(?:{_MONTHS})[-/., ]*(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?'?(?:\d{{4}}|\d{{2}}){_CLOCK}",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"(?:q[1-4][ /-]?(?:fy)?(?:\d{4}|\d{2})(?:[/-]\d{2})?|(?:fy)?\d{4}(?:[/-]\d{2})?[ /-]?q[1-4]|fy ?'?\d{2,4}(?:[/-]\d{2,4})?|\d{4}[/-]\d{2})",
    re.IGNORECASE,
)
_SIGNS = "|".join(sorted(map(re.escape, CURRENCIES), key=len, reverse=True))
_DIGITS = r"[+-]?\(?[+-]?(?:\d{1,3}(?:[,. '\u00a0\u202f]\d{2,3})+|\d+)(?:[.,]\d+)?\)?"
_FACTOR = r"(?:\s*(?:k|m|mn|mm|bn|b|million|billion|thousand|mio))?"
_ISO_CODES = "(?:" + "|".join(CODES) + ")"
_MONEY = re.compile(
    rf"-?\(?(?:(?:{_SIGNS})\s*{_DIGITS}{_FACTOR}|{_DIGITS}{_FACTOR}\s*(?:{_SIGNS}|{_ISO_CODES})|{_ISO_CODES}\s*{_DIGITS}{_FACTOR})\)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"{_DIGITS}(?:[eE][+-]?\d+)?")
_PERCENT = re.compile(rf"[<>~]?\s*{_DIGITS}\s*%")
_SPAN = re.compile(
    r"[+-]?\d+(?:[.,]\d+)?\s*(?:e?(?:d|days?|w|wks?|weeks?|h|hrs?|hours?|mo|mons?|months?|m|mins?|y|yrs?|years?)|working days?)\??",
    re.IGNORECASE,
)
_LINK = r"[\w.\-]+\s*(?:(?:FS|SS|FF|SF)\s*(?:[+-]\s*\d+(?:\.\d+)?\s*\w*)?)?"
_LINKS = re.compile(rf"{_LINK}(?:\s*[,;|\n]\s*{_LINK})*", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]{0,12}[-_ /.#]?\d[\w./\-]*|[A-Za-z0-9]+(?:[-_/.][A-Za-z0-9]+)+")
_PERSON = re.compile(r"(?:(?:dr|mr|mrs|ms|prof|sir|dame)\.?\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,3}(?:,\s*[A-Z][\w.]*)?")
YEARS = range(1990, 2101)


@attrs.frozen(kw_only=True)
class Column:
    """What the cells of a column look like; shares are of the cells that say something.

    Args:
        filled: cells in which something stands, of those that were looked at.
        told: of these, cells that do not say "unknown".
        looked: cells that were looked at.
        distinct: share of told cells that differ.
        length: how long their texts are on average.
        kinds: shares by what they look like: `date`, `number`, `money`, `percent`, `rag`, `five`, `yesno`, `level`, `state`, `url`, `email`, `code`,
            `span`, `links`, `year`, `whole`, `unit` (0 to 1), `hundred` (0 to 100), `five_points` (1 to 5), `person`, `long`, `serial`, `period`.
        order: what dates in figures say themselves: `day first`, `month first`, `` where none does, `both` where they disagree.
        figures: how many dates are all in figures and do not begin with the year.
        comma: amounts are written with a decimal comma.
        signs: currencies that stand in the cells.
        texts: told cells, as text, those looked at.
        unknown: texts that say that something is unknown, with how often.
    """

    filled: int
    told: int
    looked: int
    distinct: float
    length: float
    kinds: dict[str, float] = attrs.field(factory=dict)
    order: DateOrder | Literal["both"] = ""
    figures: int = 0
    comma: bool = False
    signs: tuple[str, ...] = ()
    texts: tuple[str, ...] = attrs.field(default=(), repr=False)
    unknown: dict[str, int] = attrs.field(factory=dict)

    def share(self, *kinds: str) -> float:
        """The largest of the shares."""
        return max(self.kinds.get(kind, 0.0) for kind in kinds)


def unknown_text(text: str) -> bool:
    """Whether a text says no more than that something is unknown."""
    return _UNKNOWN.fullmatch(text.strip()) is not None


def _sampled(cells: Sequence[Raw]) -> Iterable[Raw]:
    if len(cells) <= SAMPLE:
        return cells
    half = SAMPLE // 2
    return [*cells[:half], *islice(cells[half:], 0, None, max(1, (len(cells) - half) // half))]


def look_at(cells: Sequence[Raw]) -> Column:
    """What the cells of a column look like.

    Args:
        cells: those below its heading.
    """
    sample = list(_sampled(cells))
    filled = [cell for cell in sample if not is_blank(cell)]
    unknown: Counter[str] = Counter()
    told: list[Raw] = []
    for cell in filled:
        if isinstance(cell, str) and unknown_text(cell):
            unknown[" ".join(cell.split())] += 1
        else:
            told.append(cell)
    counts: Counter[str] = Counter()
    firsts: set[DateOrder] = set()
    signs: Counter[str] = Counter()
    figures = commas = 0
    for cell in told:
        kinds = _kinds(cell)
        counts.update(kinds)
        if isinstance(cell, str):
            text = cell.strip()
            figures += _figures(text, firsts)
            commas += (
                bool(re.search(r"\d,\d{1,2}(?!\d)", text)) and ("money" in kinds or "number" in kinds) and not re.search(r",\d{3}", text)
            )
            if "money" in kinds:
                signs.update(_sign(text))
    texts = [text_of(cell) for cell in told]
    number = len(told)
    return Column(
        filled=len(filled),
        told=number,
        looked=len(sample),
        distinct=len(set(texts)) / number if number else 0.0,
        length=sum(map(len, texts)) / number if number else 0.0,
        kinds={kind: count / number for kind, count in counts.items()} if number else {},
        order=next(iter(firsts)) if len(firsts) == 1 else "both" if firsts else "",
        figures=figures,
        comma=commas > 0,
        signs=tuple(sign for sign, _ in signs.most_common()),
        texts=tuple(texts),
        unknown=dict(unknown),
    )


def _figures(text: str, firsts: set[DateOrder]) -> int:
    """Whether a text is a date in figures that may be read in two ways; what it says of the order is added."""
    found = _NUMERIC.fullmatch(text)
    if found is None:
        return 0
    first, second = int(found.group(1)), int(found.group(3))
    if first > 12 >= second:
        firsts.add("day first")
    elif second > 12 >= first:
        firsts.add("month first")
    return 1


def _sign(text: str) -> Iterable[str]:
    low = text.lower()
    for sign in sorted(CURRENCIES, key=len, reverse=True):
        if sign in low and not sign.isalpha():
            return [CURRENCIES[sign]]
    found = re.search(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", text)
    return [found.group(0)] if found else []


def _of_number(value: float, kinds: set[str]) -> None:
    kinds.add("number")
    if value == int(value) if abs(value) < 1e15 else False:
        kinds.add("whole")
        if 1 <= value <= 5:
            kinds.add("five_points")
        if int(value) in YEARS:
            kinds.add("year")
        if 20_000 <= value <= 80_000:
            kinds.add("serial")
        if value in (0, 1):
            kinds.add("yesno")
    if 0 <= value <= 1:
        kinds.add("unit")
    if 0 <= value <= 100:
        kinds.add("hundred")


def _kinds(cell: Raw) -> set[str]:
    """What one cell looks like."""
    kinds: set[str] = set()
    if isinstance(cell, bool):
        return {"yesno"}
    if isinstance(cell, datetime | date):
        return {"date"}
    if isinstance(cell, timedelta):
        return {"span"}
    if isinstance(cell, time):
        return {"time"}
    if isinstance(cell, int | float):
        _of_number(float(cell), kinds)
        return kinds
    text = " ".join(cell.split())
    low = text.lower()
    if len(text) > LONG_TEXT:
        return {"long", "text"}
    if low in RAG_WORDS or low in FIVE_RATINGS:
        kinds.add("rag" if low not in FIVE_RATINGS else "five")
    if low in YES_NO:
        kinds.add("yesno")
    if low in LEVELS or (
        re.fullmatch(r"\(?\d\)?\s*[-–:]?\s*[a-z ]+|[a-z ]+\s*\(\d+\)", low) and re.sub(r"[^a-z ]", "", low).strip() in LEVELS
    ):
        kinds.add("level")
    if plain_word(low) in STATE_WORDS:
        kinds.add("state")
    if _ISO.fullmatch(text) or _NUMERIC.fullmatch(text) or _NAMED.fullmatch(text):
        kinds.add("date")
        if re.fullmatch(r"\d{4}[-/.]\d{1,2}", text):
            kinds.add("period")
    elif _QUARTER.fullmatch(text):
        kinds.add("period")
    if "date" not in kinds:
        _of_text(text, kinds)
    if _URL.match(text):
        kinds.add("url")
    if _EMAIL.fullmatch(text):
        kinds.add("email")
    if _PERSON.fullmatch(text):
        kinds.add("person")
    if not kinds & {"date", "number", "money", "percent"}:
        kinds.add("text")
    return kinds


def _of_text(text: str, kinds: set[str]) -> None:
    """Numbers, money, shares, spans, codes and links that a text is."""
    if _NUMBER.fullmatch(text):
        plain = re.sub(
            r"[^\d.\-]",
            "",
            text.replace(",", "") if ("," in text and "." in text) or re.search(r",\d{3}", text) else text.replace(",", "."),
        )
        try:
            _of_number(float(plain), kinds)
        except ValueError:
            kinds.add("number")
    elif _PERCENT.fullmatch(text):
        kinds.add("percent")
    elif _MONEY.fullmatch(text):
        kinds.add("money")
    elif _SPAN.fullmatch(text):
        kinds.add("span")
    if _CODE.fullmatch(text):
        kinds.add("code")
    if _LINKS.fullmatch(text):
        kinds.add("links")
