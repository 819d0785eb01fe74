"""What the cells of a column look like: dates, money, ratings, ids, references; so that values vote on what a column means, not its heading alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Literal

import attrs

from ipmo.model.governance import RAG
from ipmo.registers.cells.amounts import money_said, plain_number, share_said
from ipmo.registers.cells.choice_words import OTHER_LEVELS, STATE_WORDS, choice_words, plain_word
from ipmo.registers.cells.days import date_said, order_said
from ipmo.registers.cells.reading import flag_words, length_said
from ipmo.registers.fields import RATINGS
from ipmo.registers.mapping import DateOrder
from ipmo.registers.opening.sheets import Raw, is_blank, text_of
from ipmo.registers.proposing.headings import Heading

__all__ = ["LEVELS", "Column", "look_at", "parted", "unknown_text"]

SAMPLE = 400
"""Cells of a column that are looked at: the first half of them as they come, the others evenly over the rest."""
LONG_TEXT = 80
MOST_NAMES = 300
"""Characters of a cell that may name several people."""
PLURAL = re.compile(r"\b(?:assignees|owners|resources|resource names|members|participants|people)\b", re.IGNORECASE)
"""Headings of columns whose cells name several people."""
COLOURS = frozenset(choice_words(RAG)) | {"blue", "b"}
"""Colours; blue is one in many offices, for work that is done."""
FIVE_RATINGS = frozenset(choice_words(RATINGS)) - COLOURS
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
    *(word for words in OTHER_LEVELS.values() for word in words.split("; ")),
}
_UNKNOWN = re.compile(
    r"(n/?a|n\.a\.|#n/a|tb[cda]|to be (confirmed|determined|advised|decided)|unknown|not (known|applicable|available|provided|set|yet|disclosed|stated|reported|recorded|specified|published)\b.*"
    r"|null|none|nan|nat|-+|–|—|\?+|exempt\b.*|data exempt.*|withheld.*|redacted.*|no (data|information|date)\b.*|early planning.*|not in a position.*|undisclosed|confidential|blank|\[.*\])",
    re.IGNORECASE | re.DOTALL,
)
_LINK = r"[\w.\-]+\s*(?:(?:FS|SS|FF|SF|EA|AA|EE|AE|FD|DD|DF|FC|CC|CF)\s*(?:[+-]\s*\d+(?:\.\d+)?\s*\w*)?)?"
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
            `rate`, `span`, `effort`, `links`, `year`, `whole`, `unit` (0 to 1), `hundred` (0 to 100), `five_points` (1 to 5), `person`, `long`, `serial`, `period`, `financial year`.
        order: what dates in figures say themselves: `day first`, `month first`, `` where none does, `both` where they disagree.
        figures: how many dates are all in figures and do not begin with the year.
        comma: amounts are written with a decimal comma.
        signs: currencies that stand in the cells.
        texts: told cells, as text, those looked at.
        unknown: texts that say that something is unknown, with how often.
        lines: some cells have several lines.
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
    lines: bool = False

    def share(self, *kinds: str) -> float:
        """The largest of the shares."""
        return max(self.kinds.get(kind, 0.0) for kind in kinds)


def parted(read: Heading, column: Column) -> str:
    """What parts several names in the cells of a column: `;`, a new line or `,`; empty where each names one.

    A comma parts them where the heading is a plural, or a name that it parts stands alone elsewhere: `Smith, John` is one.

    Args:
        read: its heading.
        column: its cells.
    """
    several = [text for text in column.texts if len(text) <= MOST_NAMES]
    if any(len(_parts(text, ";")) > 1 for text in several):
        return ";"
    if column.lines:
        return "\n"
    listed = [text for text in several if len(_parts(text, ",")) > 1]
    alone = {" ".join(text.split()).casefold() for text in several if "," not in text}
    plural = PLURAL.search(read.text) is not None
    return "," if any(plural or alone.intersection(map(str.casefold, _parts(text, ","))) for text in listed) else ""


def _parts(text: str, sign: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(sign) if part.strip()]


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
            if kinds & {"money", "rate"} and (said := money_said(text)) is not None and said.currency:
                signs[said.currency] += 1
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
        lines=any(isinstance(cell, str) and "\n" in cell.strip() and len(cell) <= MOST_NAMES for cell in told),
    )


def _figures(text: str, firsts: set[DateOrder]) -> int:
    """Whether a text is a date in figures that may be read in two ways; what it says of the order is added."""
    said = order_said(text)
    if said:
        firsts.add(said)
    return said is not None


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
    word = plain_word(text)
    if word in COLOURS or word in FIVE_RATINGS:
        kinds.add("rag" if word in COLOURS else "five")
    if word in flag_words():
        kinds.add("yesno")
    if low in LEVELS or (
        re.fullmatch(r"\(?\d\)?\s*[-–:]?\s*[a-z ]+|[a-z ]+\s*\(\d+\)", low) and re.sub(r"[^a-z ]", "", low).strip() in LEVELS
    ):
        kinds.add("level")
    if word in STATE_WORDS:
        kinds.add("state")
    dated = date_said(text)
    if dated in ("day", "month"):
        kinds.add("date")
    if dated and dated != "day":
        kinds |= {"period", dated}
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
    number = plain_number(text)
    if number is not None:
        _of_number(float(number), kinds)
    elif share_said(text):
        kinds.add("percent")
    elif (money := money_said(text)) is not None:
        kinds.add("rate" if money.per else "money")
    else:
        kinds |= length_said(text)
    if _CODE.fullmatch(text):
        kinds.add("code")
    if _LINKS.fullmatch(text):
        kinds.add("links")
