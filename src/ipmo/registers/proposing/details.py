"""How the cells of a mapped column are written: units, currency, multiplier, order of dates, scales, and what else means unknown."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from statistics import median

import attrs

from ipmo.model.fields import FrozenMap
from ipmo.registers.cells.amounts import SIGNS, plain_number
from ipmo.registers.cells.choice_words import OTHER_LEVELS, choice_words, is_plain, plain_word
from ipmo.registers.cells.days import MONTH_NAME, MONTH_NAMES
from ipmo.registers.cells.reading import flag_words
from ipmo.registers.fields import MONEY_CELLS, RegisterField
from ipmo.registers.mapping import MULTIPLIERS, UNKNOWN, ColumnMapping, DateOrder
from ipmo.registers.proposing.columns import Column, parted
from ipmo.registers.proposing.headings import Heading
from ipmo.registers.proposing.qualifiers import SAYS_LITTLE
from ipmo.registers.proposing.voting import opposites

__all__ = ["LETTERS", "Details", "day_named", "detailed", "most_used", "order_of_file", "unknown_texts"]

_MONTH_YEAR = re.compile(
    rf"(?:(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?<![a-z])(?P<month>{MONTH_NAME})\s+(?P<year>20\d\d)(?!\d)", re.IGNORECASE
)
_YEAR_MONTH = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\d|3[01]))?(?!\d)")
LETTERS = {factor: letter for letter, factor in MULTIPLIERS.items()}
SPANS = {"days": "d", "weeks": "w", "months": "months", "hours": "h", "minutes": "min", "elapsed days": "ed", "elapsed weeks": "ew"}
EFFORTS = {"days": "pd", "weeks": "pw", "hours": "ph"}
LIKELY: Mapping[str, int] = {
    "very low": 10, "vl": 10, "rare": 10, "highly unlikely": 10, "very unlikely": 10, "almost impossible": 5, "negligible": 10, "low": 30, "l": 30, "unlikely": 30, "minor": 30,
    "medium": 50, "med": 50, "m": 50, "moderate": 50, "possible": 50, "high": 70, "h": 70, "likely": 70, "major": 70, "very high": 90, "vh": 90, "almost certain": 90, "certain": 95,
    "very likely": 90, "highly likely": 90, "critical": 90, "extreme": 90, "severe": 90, "catastrophic": 90,
    **{word: points for level, points in zip(OTHER_LEVELS, (10, 30, 50, 70, 90), strict=True) for word in OTHER_LEVELS[level].split("; ")},
}  # fmt: skip
"""Percent that words of likelihood are taken for: the middle of five equal steps."""
SENTENCE = 5
"""Words from which on a cell of a column of choices is a remark."""
LETTERED = {"l": "low", "m": "medium", "h": "high", "vl": "very low", "vh": "very high"}
"""What the letters of a scale stand for."""
_SCORES = re.compile(r"(?:(?<![\d.])1\s*(?:-|\u2013|to|bis|à|\.\.)|(?<!\d)/|out of)\s*([3-9]|10)(?![\d.%])", re.IGNORECASE)
_WORDS_OF_SCALE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)?(?:\s*[/,|]\s*[A-Za-z]+(?: [A-Za-z]+)?){2,}")
MOST_SCORE = 10
"""Up to this whole numbers alone may be scores."""
POINTS = {1: 10, 2: 30, 3: 50, 4: 70, 5: 90}


@attrs.frozen(kw_only=True)
class Details:
    """What is known of a whole file when its columns are detailed.

    Args:
        currency: most of its money is in it.
        order: how its dates in figures are written, empty where no cell says.
        factors: the multipliers that headings of money name.
        middle: the middle of what stands in columns of money that name a multiplier.
    """

    currency: str = ""
    by_row: bool = False
    """A column names the currency of each row."""
    order: DateOrder = ""
    factors: frozenset[int] = frozenset()
    middle: float | None = None


def order_of_file(columns: Iterable[Column]) -> DateOrder | None:
    """How dates in figures are written in a file, empty where no cell says; None where columns disagree."""
    orders = {column.order for column in columns if column.order}
    if len(orders) > 1 or "both" in orders:
        return None
    return "day first" if "day first" in orders else "month first" if "month first" in orders else ""


def detailed(mapped: ColumnMapping, field: RegisterField, read: Heading, column: Column, file: Details) -> ColumnMapping:
    """A column with how its cells are written.

    Args:
        mapped: the column, with its field.
        field: the field.
        read: its heading.
        column: its cells.
        file: what is known of the whole file.
    """
    if field.cell in MONEY_CELLS:
        return _money(mapped, field, read, column, file)
    if field.cell in ("date", "when"):
        return _date(mapped, field, column, file)
    if field.cell == "share":
        return _share(mapped, read, column)
    if field.cell in ("span", "time"):
        return _time(mapped, read, column, SPANS)
    if field.cell == "effort":
        return _time(mapped, read, column, EFFORTS)
    if field.cell == "choice":
        return _choice(mapped, field, column)
    if field.cell == "flag":
        return _flag(mapped, field, column)
    if field.name == "units":
        return attrs.evolve(mapped, unit="percent") if "%" in read.text or "percent" in read.words else mapped
    if field.name == "resources" or field.refers == "owner":
        return attrs.evolve(mapped, separator=",") if parted(read, column) == "," else mapped
    if field.cell == "references" and field.refers != "owner" and not any(";" in text or "\n" in text for text in column.texts):
        return attrs.evolve(mapped, separator=",") if any("," in text for text in column.texts) else mapped
    return mapped


def _doubted(mapped: ColumnMapping, doubt: str) -> ColumnMapping:
    return attrs.evolve(mapped, doubt="; ".join(filter(None, (mapped.doubt, doubt))))


def _numbers(column: Column) -> list[float]:
    found = []
    for text in column.texts:
        plain = re.sub(r"[^\d.\-]", "", text.replace(",", ""))
        try:
            found.append(abs(float(plain)))
        except ValueError:
            continue
    return found


def _money(mapped: ColumnMapping, field: RegisterField, read: Heading, column: Column, file: Details) -> ColumnMapping:
    currency = read.currency if read.currency is not None and read.currency not in SIGNS else ""
    if currency and (currency != file.currency or file.by_row):
        mapped = attrs.evolve(mapped, currency=currency)
    if read.multiplier > 1:
        mapped = attrs.evolve(mapped, multiplier=LETTERS[read.multiplier])
    elif read.unread:
        mapped = _doubted(mapped, f"{read.unread!r} beside its currency may say how many an amount counts: write `multiplier:`")
    elif file.factors and file.middle and (numbers := [one for one in _numbers(column) if one]):
        factor = max(file.factors)
        alike = file.middle / 50 < median(numbers) < file.middle * 50
        if alike and read.currency is not None:  # its own heading says what its amounts are in
            mapped = _doubted(
                mapped,
                f"its heading names a currency and no multiplier: it is read in full, though its amounts are of the size of those in {LETTERS[factor]}",
            )
        elif alike:
            mapped = _doubted(
                attrs.evolve(mapped, multiplier=LETTERS[factor]),
                f"other columns count in {LETTERS[factor]}, and its amounts are of that size: it is read so too",
            )
    if column.comma:
        mapped = attrs.evolve(mapped, decimal="comma")
    if field.cell == "rate" and not re.search(r"/|per", " ".join(column.texts[:20])):
        said = {*read.words, *read.core}  # `per day` is taken for a unit, and then stands in the core alone
        unit = "ph" if {"hour", "hourly"} & said or read.per == "hour" else "pd" if {"day", "daily"} & said or read.per == "day" else ""
        mapped = attrs.evolve(mapped, per=unit) if unit else _doubted(mapped, "it does not say per what: write `per: pd` or `per: ph`")
    if field.name == "value" and (read.per == "year" or {"year", "annual"} & set(read.words)):
        mapped = attrs.evolve(mapped, per="year")
    return mapped


def _date(mapped: ColumnMapping, field: RegisterField, column: Column, file: Details) -> ColumnMapping:
    if column.share("serial") >= 0.9 and not column.share("date") >= 0.5:
        return attrs.evolve(mapped, unit="serial")
    if not column.figures:
        return mapped
    if column.order == "both":
        return _doubted(
            mapped, "some of its dates begin with the day and others with the month: write `dates:`, and look at those that are refused"
        )
    if not column.order and not file.order:
        return _doubted(
            mapped, "no cell says whether its dates begin with the day or the month: write `dates: day first` or `dates: month first`"
        )
    if column.order and column.order != file.order:
        return attrs.evolve(mapped, dates=column.order)
    return mapped


def _share(mapped: ColumnMapping, read: Heading, column: Column) -> ColumnMapping:
    numbers = [abs(float(number)) for text in column.texts if (number := plain_number(text)) is not None]
    bare = (
        numbers
        if mapped.field == "progress"
        else [abs(float(number)) for text in column.texts if "%" not in text and (number := plain_number(text)) is not None]
    )
    if bare and max(bare) > 1 and any(0 < number < 1 for number in bare):
        return _doubted(mapped, "some of its cells are parts of 1 and others of 100: write `unit: percent` or `unit: share`")
    if column.share("percent") >= 0.5:
        return mapped
    steps = _steps_named(read.text) if mapped.field != "progress" else {}
    if column.share("level") >= 0.5:
        words = [text for text in dict.fromkeys(column.texts) if plain_number(text.replace("%", "")) is None or text.strip() in steps]
        return _scaled(mapped, {text: steps.get(plain_word(text)) or _likely(text) for text in words}, steps)
    scores = sorted({int(number) for number in numbers if number == int(number)})
    if steps and scores and len(numbers) == len(column.texts) and all(str(score) in steps for score in scores):
        return _scaled(mapped, {str(score): steps[str(score)] for score in scores}, steps)
    if read.unit == "%" and numbers and max(numbers) > 1:
        return attrs.evolve(mapped, unit="percent")
    if mapped.field != "progress" and column.share("five_points") >= 0.9:
        return _scaled(mapped, {str(score): POINTS[score] for score in scores if score in POINTS}, {})
    if mapped.field != "progress" and scores and 1 < max(numbers) <= MOST_SCORE and all(number == int(number) for number in numbers):
        return _doubted(mapped, "its cells may be scores: write in `scale:` what each stands for, or `unit: percent`")
    if numbers and max(numbers) <= 1 and any(number not in (0, 1) for number in numbers):
        return attrs.evolve(mapped, unit="share")
    if numbers and max(numbers) > 1:
        return attrs.evolve(mapped, unit="percent")
    return (
        _doubted(mapped, "its cells are 0 and 1 only: write `unit: share` where 1 is all of it, `unit: percent` where it is 1 %")
        if numbers
        else mapped
    )


def _steps_named(text: str) -> dict[str, int]:
    """What the steps of a scale that a heading names stand for, in percent: the middles of equal steps; empty where it names none.

    >>> _steps_named("Probability (H/M/L)"), _steps_named("Likelihood (1 to 4)")
    ({'l': 17, 'm': 50, 'h': 83, 'low': 17, 'medium': 50, 'high': 83}, {'1': 13, '2': 38, '3': 63, '4': 88})
    """
    if (to := _SCORES.search(text)) is not None:
        names = [str(score) for score in range(1, int(to.group(1)) + 1)]
    else:
        names = next((found for match in _WORDS_OF_SCALE.findall(text) if len(found := _levels(match)) > 2), [])
    percents = [int((200 * step + 100) / (2 * len(names)) + 0.5) for step in range(len(names))]
    told = dict(zip(names, percents, strict=True))
    return (
        told
        | {long: told[short] for short, long in LETTERED.items() if short in told}
        | {short: told[long] for short, long in LETTERED.items() if long in told}
    )


def _levels(text: str) -> list[str]:
    """Words of a scale from the lowest up; empty where some are no levels."""
    words = [plain_word(word) for word in re.split(r"[/,|]", text)]
    if len(set(words)) < len(words) or not all(word in LIKELY for word in words):
        return []
    return sorted(words, key=lambda word: LIKELY[word])


def _likely(text: str) -> int | None:
    low = text.lower()
    words = re.sub(r"[^a-z ]", " ", low).strip()
    digit = re.match(r"\W*([1-5])(?![\d%.,])", low)
    return LIKELY.get(low) or LIKELY.get(" ".join(words.split())) or (POINTS.get(int(digit.group(1))) if digit else None)


def _scaled(mapped: ColumnMapping, percents: Mapping[str, int | None], steps: Mapping[str, int]) -> ColumnMapping:
    scale = {text: f"{percent} %" for text, percent in percents.items() if percent is not None}
    unknown = [text for text, percent in percents.items() if percent is None]
    more = f"; {', '.join(map(repr, unknown[:3]))} stand for nothing known" if unknown else ""
    said = f"{len({*steps.values()})} equal steps, as its heading says," if steps else "five equal steps"
    return _doubted(
        attrs.evolve(mapped, scale=FrozenMap(scale)),
        f"the file does not say what its words or scores stand for: {said} are assumed{more}",
    )


def _time(mapped: ColumnMapping, read: Heading, column: Column, units: Mapping[str, str]) -> ColumnMapping:
    if column.share("number") < 0.5:
        return mapped
    if read.multiplier > 1:
        return _doubted(mapped, f"its heading counts in {LETTERS[read.multiplier]}: write its cells in full, and `unit:`")
    if read.unit in units:
        return attrs.evolve(mapped, unit=units[str(read.unit)])
    if read.unit or (read.strange and not {*read.aside} <= SAYS_LITTLE):
        return _doubted(
            mapped,
            f"its unit is {read.strange or read.unit!r}, which is none of {', '.join(units.values())}: write `unit:` where it is one",
        )
    return _doubted(attrs.evolve(mapped, unit=units["days"]), f"nothing names its unit: days are assumed (`unit: {units['days']}`)")


def _choice(mapped: ColumnMapping, field: RegisterField, column: Column) -> ColumnMapping:
    own, known = {plain_word(choice) for choice in field.choices}, choice_words(field.choices)
    words = {text: plain_word(text) for text in dict.fromkeys(column.texts)}
    read = {text: known.get(word) for text, word in words.items()}
    scale = {text: choice for text, choice in read.items() if choice is not None} if any(word not in own for word in words.values()) else {}
    sentences = [text for text, choice in read.items() if choice is None and len(text.split()) >= SENTENCE]
    strange = [text for text, choice in read.items() if choice is None and text not in sentences]
    mapped = attrs.evolve(mapped, scale=FrozenMap(scale), unknown=tuple(dict.fromkeys(_beginning(text.lower()) for text in sentences)))
    if sentences:
        mapped = _doubted(mapped, f"{', '.join(f'{text[:50]!r}' for text in sentences[:2])}: such sentences are taken for unknown")
    taken = [text for text in scale if words[text] not in own and field.name in ("state", "status") and not is_plain(words[text])]
    if taken:
        mapped = _doubted(mapped, f"{', '.join(f'{text!r} is taken for {scale[text]}' for text in taken[:3])}")
    if strange:
        mapped = _doubted(
            mapped,
            f"{', '.join(map(repr, strange[:4]))}{' and others' if len(strange) > 4 else ''}: write in `scale:` which of {', '.join(field.choices)} each is",
        )
    return mapped


def _flag(mapped: ColumnMapping, field: RegisterField, column: Column) -> ColumnMapping:
    if said := opposites(column):
        return attrs.evolve(mapped, scale=FrozenMap(said))
    strange = [text for text in dict.fromkeys(column.texts) if plain_word(text) not in flag_words(field.name)]
    return _doubted(mapped, f"{', '.join(map(repr, strange[:3]))}: neither yes nor no") if strange else mapped


def unknown_texts(columns: Iterable[Column]) -> tuple[str, ...]:
    """Texts of a file that say that something is unknown, besides the usual ones; alike beginnings as one with a star."""
    counts: Counter[str] = Counter()
    for column in columns:
        counts.update(column.unknown)
    strange = [" ".join(text.lower().split()) for text in counts if not _usual(text.lower())]
    short = sorted({_beginning(text) for text in strange})
    return tuple(text for text, _ in groupby(short) if not _usual(text.rstrip("*")) or text.endswith("*"))


def _usual(text: str) -> bool:
    return any(text.startswith(word[:-1]) if word.endswith("*") else text == word for word in UNKNOWN)


def _beginning(text: str) -> str:
    """A text that a person can read in a list: the whole of a short one, the first two words of a long one."""
    words = text.split()
    return text if len(words) <= 3 else " ".join(words[:2]) + "*"


def most_used(currencies: Sequence[str]) -> str:
    """The currency that most columns name; empty where none does."""
    counted = Counter(one for one in currencies if one and one not in SIGNS)
    return counted.most_common(1)[0][0] if counted else ""


def day_named(texts: Iterable[str]) -> date | None:
    """The day, or the end of the month, that a title or the name of a file says; None where they say none, or several.

    >>> day_named(["official_GMPP_March_2022"])
    datetime.date(2022, 3, 31)

    Args:
        texts: titles and names.
    """
    found: set[date] = set()
    for text in texts:
        plain = text.replace("_", " ")
        for match in _MONTH_YEAR.finditer(plain):
            day, month, year = match.group("day"), MONTH_NAMES[match.group("month").lower()], int(match.group("year"))
            last = monthrange(year, month)[1]
            found.add(date(year, month, min(int(day), last) if day else last))
        for match in _YEAR_MONTH.finditer(plain):
            year, month, last = int(match.group(1)), int(match.group(2)), monthrange(int(match.group(1)), int(match.group(2)))[1]
            found.add(date(year, month, min(int(match.group(3) or last), last)))
    return next(iter(found)) if len(found) == 1 else None
