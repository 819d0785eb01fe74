"""Singular and plural, right everywhere: in answers, messages, the report and on the command line."""

import re
from decimal import Decimal

__all__ = ["agree", "beside", "class_word", "counted", "measured", "more", "plural", "rounded_text"]

IRREGULAR = {"person": "people", "does": "do", "has": "have", "is": "are", "was": "were", "its": "their", "it": "they"}

_AMOUNT = re.compile(r"(?<![\w.,])([1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?) ([A-Z]{3})\b")
"""An amount of four digits or more, written out."""


def plural(word: str) -> str:
    """The word for more than one.

    >>> plural("capacity"), plural("exchange"), plural("person")
    ('capacities', 'exchanges', 'people')
    """
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def counted(count: int, word: str, words: str = "") -> str:
    """A number with its noun.

    Args:
        count: how many.
        word: the noun for one.
        words: the noun for none and for more than one; regular when left out.

    >>> [counted(n, "project") for n in (0, 1, 1200)]
    ['0 projects', '1 project', '1,200 projects']
    >>> counted(2, "dependency"), counted(2, "task or milestone", "tasks and milestones")
    ('2 dependencies', '2 tasks and milestones')
    """
    return f"{count:,} {word if count == 1 else words or plural(word)}"


def measured(amount: float, unit: str, *, signed: bool = False) -> str:
    """An amount, at most four digits of it and no fraction of more, with its unit.

    >>> [measured(n, "day") for n in (1.0, 41.125, -2.0, 0.5, 12345.6)]
    ['1 day', '41.12 days', '-2 days', '0.5 days', '12,346 days']
    >>> measured(1, "day", signed=True), measured(-2.5, "day", signed=True), measured(0, "day", signed=True)
    ('+1 day', '-2.5 days', '0 days')
    """
    text = f"{amount:,.4g}" if abs(amount) < 9999.5 else f"{amount:,.0f}"
    return f"{'+' if signed and amount > 0 else ''}{text} {unit if text in ('1', '-1') else plural(unit)}"


def beside(value: float, limit: float, digits: int = 2, *, percent: bool = False) -> str:
    """A figure that is held against a limit: with more digits where rounding would put it on the limit or beyond.

    Args:
        value: the figure.
        limit: what it is held against.
        digits: decimals at least.
        percent: a share is said in percent.

    >>> beside(0.949, 0.95), beside(0.7, 0.95), beside(0.95, 0.95), beside(1.002, 1)
    ('0.949', '0.70', '0.95', '1.002')
    >>> beside(0.796, 0.8, 0, percent=True), beside(0.79, 0.8, 0, percent=True), beside(1.004, 1, 0, percent=True)
    ('79.6%', '79%', '100.4%')
    >>> beside(0.5704, 0.57, 0, percent=True)
    '57.04%'
    """
    scale = 100 if percent else 1
    bound = round(limit * scale, 12)  # as it is written: 0.57 times 100 is a little less than 57
    for places in range(digits, 13):
        text = f"{value * scale:.{places}f}"
        if value == limit or (float(text) != bound and (float(text) < bound) == (value < limit)):
            break
    return f"{text}%" if percent else text


def agree(count: int, one: str, many: str = "") -> str:
    """The form of a verb, or of a noun that stands without its number, that goes with a number of things.

    >>> [f"{counted(n, 'link')} {agree(n, 'crosses', 'cross')} a boundary, {agree(n, 'is')} open" for n in (1, 2)]
    ['1 link crosses a boundary, is open', '2 links cross a boundary, are open']
    """
    if count == 1:
        return one
    return many or plural(one)


def more(count: int, word: str = "") -> str:
    """What a list leaves out: `and 3 more`; empty for none.

    >>> more(0), more(3), more(1, "link")
    ('', 'and 3 more', 'and 1 more link')
    """
    if count <= 0:
        return ""
    return f"and {count:,} more" + (f" {agree(count, word)}" if word else "")


def class_word(cls: type) -> str:
    """What a class is called in a sentence.

    >>> class_word(type("GateDecision", (), {}))
    'gate decision'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).lower()


def rounded_text(text: str) -> str:
    """A sentence whose amounts are said as people say them; exact where two of them would look the same.

    >>> rounded_text("EAC by CPI 13,068,787.88 GBP, budget 12.2 M GBP, 258,787.88 GBP beyond tolerance")
    'EAC by CPI 13.07 M GBP, budget 12.2 M GBP, 258.8 k GBP beyond tolerance'
    >>> rounded_text("1,200,000.04 GBP, budget 1,200,000.03 GBP"), rounded_text("1,200,000.01 GBP, budget 1.2 M GBP")
    ('1,200,000.04 GBP, budget 1,200,000.03 GBP', '1,200,000.01 GBP, budget 1.2 M GBP')
    >>> rounded_text("12,345,678,901,234,567 GBP, once 0,123 EUR")
    '12,345,679 bn GBP, once 0,123 EUR'
    """
    amounts = {match[0]: _short(match) for match in _AMOUNT.finditer(text)}
    if len(set(amounts.values())) < len(amounts) or any(short in text for short in amounts.values()):
        return text
    return _AMOUNT.sub(lambda match: amounts[match[0]], text)


def _short(match: re.Match[str]) -> str:
    """An amount in four digits with its unit."""
    value = Decimal(match[1].replace(",", ""))
    divisor, letter = next(((10**power, letter) for power, letter in ((9, "bn"), (6, "M"), (3, "k")) if value >= 10**power))
    whole = value / divisor
    digits = max(4 - len(str(int(whole))), 0)
    text = f"{float(whole):,.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} {letter} {match[2]}"
