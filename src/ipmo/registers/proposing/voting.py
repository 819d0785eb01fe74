"""Whether the cells of a column can be those of a field: the vote of the values, beside that of the heading."""

from __future__ import annotations

import re

import attrs

from ipmo.registers.cells.choice_words import choice_words, plain_word
from ipmo.registers.cells.reading import flag_words
from ipmo.registers.fields import MONEY_CELLS, RegisterField
from ipmo.registers.proposing.columns import Column
from ipmo.registers.proposing.headings import Heading

__all__ = ["Vote", "opposites", "vote"]

MOST = 0.6
"""From this share on, the cells are taken for what they look like."""
FINANCIAL_YEAR = re.compile(r"(?:fy ?)?((?:19|20)\d\d)[-/]((?:19|20)?\d\d)", re.IGNORECASE)
SENTENCE = 8
"""Blanks in a cell, on average, from which on it says something rather than names it."""
CLASSES = frozenset(("capex", "opex"))


@attrs.frozen
class Vote:
    """How far the cells of a column can be those of a field.

    Args:
        factor: 0 (they cannot) to 1 (they can, or there are none to ask); a little over 1 where they speak for it.
        why: what speaks against it, as people read it; empty where nothing does.
        weak: the cells leave it open: they are blank, or could be several things.
    """

    factor: float
    why: str = ""
    weak: bool = False


BLANK = Vote(0.95, "", weak=True)


def vote(field: RegisterField, column: Column, read: Heading, known: frozenset[str] = frozenset()) -> Vote:
    """What the cells say of a field.

    Args:
        field: the field.
        column: what the cells look like.
        read: the column's heading, for the unit that it names.
        known: ids that a reference can name, from other columns.
    """
    if not column.told:
        return BLANK
    if field.cell == "id":
        return _id(column)
    if field.cell in ("date", "when"):
        return _date(field, column)
    if field.cell in MONEY_CELLS:
        return _money(field, column, read)
    if field.cell in ("number", "whole"):
        return Vote(1.0) if column.share("number", "money", "percent") >= MOST else Vote(0.2, "its cells are no numbers")
    if field.cell == "share":
        return _share(field, column)
    if field.cell in ("span", "time", "effort"):
        return _span(field, column)
    if field.cell == "choice":
        return _choice(field, column, read)
    if field.cell == "flag":
        return _flag(field, column)
    if field.cell == "links":
        return _links(column, known)
    if field.cell in ("reference", "references"):
        return _reference(field, column, known)
    return _text(field, column)


def _id(column: Column) -> Vote:
    if column.share("long", "date", "money") >= 0.5:
        return Vote(0.3, "its cells are no ids")
    if column.share("url") >= 0.5:
        return Vote(0.4, "its cells are web addresses")
    if column.distinct >= 1.0:
        return Vote(1.0)
    if column.distinct >= 0.9:
        return Vote(0.93, "some of its ids stand there twice")
    return Vote(0.75, "its ids stand there several times")


def _date(field: RegisterField, column: Column) -> Vote:
    if field.name == "status_date" and column.texts and all(map(_is_financial_year, column.texts)):
        return Vote(0.5, "its cells are financial years, no days")
    dates = column.share("date")
    if dates + (column.kinds.get("period", 0.0) if dates < MOST else 0.0) >= MOST:
        return Vote(1.0)
    if dates >= 0.3:
        return Vote(0.85, "many of its cells are no dates")
    if column.share("year") >= MOST:
        return Vote(0.5, "its cells are years, no days")
    if column.share("serial") >= 0.9:
        return Vote(0.9, "its cells are numbers that may be days as office programs count them")
    return Vote(0.25, "its cells are no dates")


def _is_financial_year(text: str) -> bool:
    """Whether a text names a year and the next: `2026-04` is a month."""
    found = FINANCIAL_YEAR.fullmatch(text)
    return found is not None and (int(found[1]) + 1) % 100 == int(found[2]) % 100


def _money(field: RegisterField, column: Column, read: Heading) -> Vote:
    if column.share("percent") >= MOST or read.unit == "%":
        return Vote(0.3, "its cells are shares")
    if read.unit in ("days", "weeks", "months", "hours") and field.cell != "rate":
        return Vote(0.3, f"it is in {read.unit}")
    money = column.kinds.get("money", 0.0) + column.kinds.get("number", 0.0)
    money += column.kinds.get("rate", 0.0) if field.cell in ("rate", "worth") else 0.0
    if money >= MOST:
        years = column.share("year") >= 0.9 and read.currency is None
        return Vote(0.5, "its cells may be years") if years else Vote(1.0)
    if money >= 0.3:
        return Vote(0.85, "many of its cells are no amounts")
    return Vote(0.2, "its cells are no amounts")


def _share(field: RegisterField, column: Column) -> Vote:
    if column.share("percent", "unit") >= MOST:
        return Vote(1.03)
    if field.name != "progress" and column.share("level") >= MOST:
        return Vote(1.0)
    if column.share("five_points") >= 0.9 and field.name != "progress":
        return Vote(1.0)
    if column.kinds.get("hundred", 0.0) + column.kinds.get("percent", 0.0) >= 0.9:
        return Vote(1.0)
    return Vote(0.3, "its cells are no shares")


def _span(field: RegisterField, column: Column) -> Vote:
    if column.share("date") >= 0.5:
        return Vote(0.2, "its cells are dates")
    told = "effort" if field.cell == "effort" else "span"
    if column.kinds.get(told, 0.0) + column.kinds.get("number", 0.0) >= MOST:
        return Vote(1.0)
    return Vote(0.3, "its cells are no durations")


def _choice(field: RegisterField, column: Column, read: Heading) -> Vote:
    if set(field.choices) <= {"green", "amber", "red", "amber-green", "amber-red"}:
        return _rating(field, column)
    words = {word.lower() for word in field.choices}
    if "dependency" in words:  # what a row of a RAID log is
        told = sum(
            text.lower().strip()[:1] in "raid" and (len(text) == 1 or text.lower()[:4] in ("risk", "assu", "issu", "depe", "deci"))
            for text in column.texts
        )
        return Vote(1.05) if told >= MOST * len(column.texts) else Vote(0.3, "its words are not risk, assumption, issue or dependency")
    if words & CLASSES:  # words that stand for them mean nothing else here
        words = set(choice_words(field.choices))
    if field.choices and sum(text.lower() in words for text in column.texts) / len(column.texts) >= MOST:
        return Vote(1.03)
    if column.share("rag", "five", "number", "date", "money") >= MOST and not column.share("level") >= MOST:
        return Vote(0.3, "its cells are other words")
    if "low" in words:
        return Vote(1.0) if column.share("level", "five_points") >= MOST else Vote(0.6, "its words are not low, medium or high")
    if column.share("state") >= MOST:
        return Vote(1.0)
    if read.words == ("state",) and column.share("state") == 0:
        return Vote(0.3, "none of its words is one of a state: they may be places")
    if column.share("long") >= 0.3 or (column.distinct > 0.5 and column.told > 20):
        return Vote(0.3, "its cells are sentences")
    return Vote(0.82, "its words are not those of the field")


def _rating(field: RegisterField, column: Column) -> Vote:
    colours = column.kinds.get("rag", 0.0) + column.kinds.get("five", 0.0)
    if colours < MOST:
        return Vote(0.6, "many of its cells are no colours") if colours >= 0.3 else Vote(0.15, "its cells are no colours")
    if column.kinds.get("five", 0.0) > 0:
        return Vote(1.05) if field.name == "confidence_rating" else Vote(0.6, "its colours are those of five ratings")
    return Vote(1.05 if field.name == "rag" else 1.0)


def _flag(field: RegisterField, column: Column) -> Vote:
    words = flag_words(field.name)
    told = sum(plain_word(text) in words for text in column.texts)
    if told >= MOST * len(column.texts) or opposites(column):
        return Vote(1.03)
    return Vote(0.2, "its cells are not yes and no")


def opposites(column: Column) -> dict[str, str]:
    """Cells that say a thing or that it is not so, as yes and no: `Cashable` and `Non-cashable`; empty where they do not."""
    words = dict.fromkeys(column.texts)
    bare = {text: re.sub(r"[^a-z]", "", text.lower()) for text in words}
    denied = {text: low.removeprefix("non").removeprefix("not") for text, low in bare.items() if low.startswith(("non", "not"))}
    if not denied or len(words) > 4 or not all(low in denied.values() for text, low in bare.items() if text not in denied):
        return {}
    return {text: "no" if text in denied else "yes" for text in words}


def _links(column: Column, known: frozenset[str]) -> Vote:
    if column.share("long", "date", "money") >= 0.5:
        return Vote(0.2, "its cells are no links")
    if known:
        named = sum(
            any(part.strip().split(" ")[0].removesuffix("FS").removesuffix("SS").removesuffix("FF") in known for part in _parts(text))
            for text in column.texts
        )
        if named / len(column.texts) >= MOST:
            return Vote(1.08)
    return Vote(1.0) if column.share("links", "number") >= MOST else Vote(0.4, "its cells name nothing that could come first")


def _parts(text: str) -> list[str]:
    return text.replace(";", ",").replace("|", ",").replace("\n", ",").split(",")


def _reference(field: RegisterField, column: Column, known: frozenset[str]) -> Vote:
    if column.share("date", "money", "url") >= 0.5:
        return Vote(0.2, "its cells name nobody and nothing")
    if known:
        named = sum(text in known or all(part.strip() in known for part in _parts(text)) for text in column.texts) / len(column.texts)
        if named >= MOST:
            return Vote(1.08)
        if field.refers in ("task", "risk"):
            return Vote(0.6, "its cells name no row of this sheet")
    if field.refers == "owner":
        if sum(sum(map(str.isdigit, text)) > 3 for text in column.texts) > 0.5 * len(column.texts) and column.share("email") < 0.5:
            return Vote(0.4, "its cells name nobody")
        if column.share("number", "yesno", "rag") >= MOST:
            return Vote(0.2, "its cells name nobody")
        return Vote(1.0) if column.share("long") < 0.3 else Vote(0.4, "its cells are sentences")
    if column.share("long") >= 0.5 or sum(text.count(" ") for text in column.texts) > SENTENCE * len(column.texts):
        return Vote(0.4, "its cells are sentences")
    return Vote(1.0)


def _text(field: RegisterField, column: Column) -> Vote:
    if field.path[-1] in ("name", "text", "question"):
        if column.share("date", "money", "percent") >= 0.5 or (column.share("number") >= 0.9 and column.length < 8):
            return Vote(0.3, "its cells are no titles")
        if column.distinct < 0.5 and column.told > 10 and column.share("long") < 0.5:
            return Vote(0.9)
        return Vote(1.0)
    if field.name == "period" and column.share("month", "period", "financial year", "year") >= MOST:
        return Vote(1.0)
    if column.share("date", "money") >= MOST:
        return Vote(0.3, "its cells are no text")
    if field.name == "category":
        if column.share("long") >= 0.3:
            return Vote(0.4, "its cells are sentences")
        return Vote(1.0) if column.share("number") < MOST else Vote(0.6, "its cells are numbers")
    return Vote(1.0)
