"""Columns of money, one for each financial year, quarter or month: `2024-25`, `Budget 25/26`, `FY27 forecast`, also below a heading that they share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs

from ipmo.registers.cells.days import period_of
from ipmo.registers.cells.outcomes import CellError
from ipmo.registers.opening.sheets import Raw, is_blank, text_of
from ipmo.registers.proposing.columns import Column
from ipmo.registers.proposing.headings import Heading, heading

__all__ = ["are_periods", "by_period", "of_one_value", "period_named"]

MONEY = {
    "budget": "budget budgets budgeted bud plan planned allocation allocated",
    "forecast": "forecast forecasts forecasted fcst fcast projected projection anticipated expected outlook",
    "actual": "actual actuals spent paid invoiced incurred",
    "funding": "funding funded grant appropriation appropriated",
}
KINDS = {word: kind for kind, words in MONEY.items() for word in words.split()}
"""Words that say which money it is."""
WEAK = {
    "spend": "actual",
    "expenditure": "actual",
    "outturn": "actual",
    "approved": "budget",
    "estimate": "forecast",
    "estimated": "forecast",
}
"""Words that say so where no other does, with a doubt."""
CLASSES = dict.fromkeys(("capex", "capital", "cdel"), "capex") | dict.fromkeys(("opex", "operating", "running", "rdel"), "opex")
"""Words for capital and running cost."""
BESIDE = frozenset(
    "cost costs amount value money total financial fiscal year in for of the real nominal price prices cash terms k m".split()
)
"""Words beside a period that change nothing of what it is."""
WHOLE = frozenset("total grand overall cost amount".split())
"""Words of the heading of what the periods add up to."""
OTHER_YEARS = frozenset("beyond future later subsequent prior previous earlier".split())
"""Words of the heading of money of periods that no column names."""
NUMBERS = 0.8
"""Share of the cells of such a column that are amounts."""
FIRST, LAST = 1990, 2099
_SHORT = re.compile(r"(?:f\.?y\.?\s*)?'?(\d\d)\s*[/-]\s*'?(\d\d)", re.IGNORECASE)
_LONG = re.compile(r"(?:f\.?y\.?\s*)?((?:19|20)\d\d)\s*[/-]\s*((?:19|20)?\d\d)(?:\s*fy)?", re.IGNORECASE)
_ENDING = re.compile(r"f\.?y\.?\s*'?((?:20)?\d\d)|(20\d\d)\s*fy", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


def period_named(text: str) -> str:
    """The period that a text names and nothing else, spelt one way; empty where it names none.

    >>> period_named("25/26"), period_named("FY 2025/26"), period_named("fy26"), period_named("Q1 2025/26"), period_named("3/4")
    ('2025-26', '2025-26', 'FY2026', 'Q1 2025/26', '')

    Args:
        text: of a heading.
    """
    plain = " ".join(text.replace("\u2013", "-").split())
    if (short := _SHORT.fullmatch(plain)) is not None:
        return f"20{short[1]}-{short[2]}" if (int(short[1]) + 1) % 100 == int(short[2]) and int(short[1]) < 70 else ""
    if (long := _LONG.fullmatch(plain)) is not None and (int(long[1]) + 1) % 100 == int(long[2]) % 100:
        return f"{long[1]}-{long[2][-2:]}"
    if (ending := _ENDING.fullmatch(plain)) is not None:
        year = ending[1] or ending[2]
        return f"FY{year if len(year) == 4 else f'20{year}'}"
    if plain.isdigit() and not _YEAR.fullmatch(plain):
        return ""
    try:
        found = period_of(plain, 4)
    except CellError:
        return ""
    return plain if FIRST <= found.first.year <= found.last.year <= LAST else ""


def are_periods(cells: Sequence[Raw]) -> bool:
    """Whether cells of a row name at least two periods and else only their total or other years: what stands below headings that they share."""
    told = {text_of(cell) for cell in cells if not is_blank(cell)}
    rest = [text for text in told if not period_named(_apart(heading(text))[1])]
    return len(told) - len(rest) > 1 and all(map(_of_several, rest))


def _of_several(text: str) -> bool:
    """Whether a heading is that of the total of periods, or of those that no column names."""
    words = set(heading(text).words)
    return bool(words) and (words <= WHOLE or bool(OTHER_YEARS & words)) and not any(map(str.isdigit, text))


def _apart(read: Heading) -> tuple[set[str], str]:
    """What a heading says of its money, and what is left of it."""
    said, rest = set(), []
    for token in read.bare.replace("_", " ").split():
        word = token.casefold().strip(".,:;-()'")
        if word in KINDS or word in WEAK or word in CLASSES:
            said.add(word)
        elif word not in BESIDE and word:
            rest.append(token.strip(".,:;()"))
    said |= {word for word in read.words if word in KINDS}
    return said, " ".join(rest).strip(" -")


def _kind(said: set[str]) -> tuple[str, str] | None:
    """Which money words say it is, with what is open about it; None where they contradict each other."""
    strong = {KINDS[word] for word in said if word in KINDS}
    weak = {WEAK[word] for word in said if word in WEAK}
    if len(strong) > 1 or (not strong and len(weak) > 1):
        return None
    if strong:
        return next(iter(strong)), ""
    kind = next(iter(weak), "")
    return kind, f"it is taken for {kind} money" if kind else ""


def by_period(reads: Sequence[Heading], columns: Sequence[Column], title: str, *, lines: bool) -> tuple[Heading, ...]:
    """Headings with those of money by period as what that money is called, each with its period; others as they are.

    Args:
        reads: the headings.
        columns: the cells below each.
        title: what stands above the table, or names the sheet.
        lines: each row is a line of a project's money, and says itself which money it is.
    """
    found: dict[int, tuple[str, str, str, str]] = {}
    classed_wholes: dict[int, tuple[str, str, str, str]] = {}
    revenue = any({"capital", "cdel"} & set(read.words) for read in reads)
    for place, (read, column) in enumerate(zip(reads, columns, strict=True)):
        said, rest = _apart(read)
        kind, period = _kind(said), period_named(rest)
        opened = ""
        if revenue and rest.casefold().split()[:1] == ["revenue"]:
            said, rest, opened = {*said, "running"}, rest.partition(" ")[2], "revenue is taken for running cost, not for income"
        classes = {CLASSES[word] for word in said if word in CLASSES}
        aside = {*read.words[len(read.core) :], *read.explained} - {*KINDS, *WEAK, *BESIDE}
        amounts = not column.told or (column.share("number", "money") >= NUMBERS and column.share("percent", "date") < NUMBERS)
        if period and kind is not None and read.unit is None and not aside and amounts and len(classes) < 2:
            found[place] = (kind[0], period, next(iter(classes), ""), "; ".join(filter(None, (opened, kind[1]))))
        elif len(classes) == 1 and kind is not None and amounts and not aside and read.unit is None and _of_all(rest, kind[0]):
            classed_wholes[place] = (kind[0], "", next(iter(classes)), "; ".join(filter(None, (opened, kind[1]))))
    titled = _kind(_apart(heading(title))[0]) if title else None
    usual = titled[0] if titled is not None else ""
    timed = {one[0] or usual or "budget" for one in found.values()}
    sums = {place for place, one in classed_wholes.items() if (one[0] or usual or "budget") in timed}
    found |= _classed({place: one for place, one in classed_wholes.items() if place not in sums})
    if len({one[:3] for one in found.values()}) < 2 or not any(columns[place].told for place in found):
        return tuple(reads)
    classed = len({one[2] for one in found.values()}) > 1
    kinds = {one[0] or usual or "budget" for one in found.values()}
    out = []
    for place, read in enumerate(reads):
        if place not in found:
            whole = read.words and read.period is None and len(kinds) == 1 and set(read.words) <= WHOLE and not lines
            if place in sums:
                told = f"it is the {classed_wholes[place][2]} of all periods, which columns beside it state one by one: left out"
                out.append(attrs.evolve(read, words=("money", "of", "all", "periods"), core=(), assumed=told))
                continue
            if OTHER_YEARS & set(read.words) and not lines:
                out.append(
                    attrs.evolve(read, words=("money", "of", "other", "periods"), core=(), assumed="it is money of no one period: left out")
                )
                continue
            words = ("total", *kinds)
            out.append(attrs.evolve(read, words=words, core=words) if whole and _adds_up(place, found, columns) else read)
            continue
        kind_, period, class_, doubt = found[place]
        if not kind_:
            beside = "its period" if period else "it"
            more = f"nothing beside {beside} says which money it is: {usual or 'budget'} is assumed (budget, forecast, actual or funding)"
            doubt = "; ".join(filter(None, (doubt, more)))
        if read.currency is None and not columns[place].signs and not kind_:
            doubt = "; ".join(filter(None, (doubt, "nothing says that its numbers are money")))
        words = ("amount",) if lines else ("year", kind_ or usual or "budget") if period else (kind_ or usual or "budget",)
        if class_ and not classed:
            doubt = "; ".join(filter(None, (doubt, f"it is {class_}, and nothing states the rest")))
        out.append(attrs.evolve(read, words=words, core=words, period=period or None, assumed=doubt, money=class_))
    return tuple(out)


def of_one_value(reads: Sequence[Heading], columns: Sequence[Column], kind: str) -> tuple[Heading, ...]:
    """Headings of a register whose rows have nothing by period: columns of one period each state no field, and of a benefit their total does.

    Args:
        reads: the headings.
        columns: the cells below each.
        kind: the kind of register.
    """
    found = {
        place: ("", period, "", "")
        for place, (read, column) in enumerate(zip(reads, columns, strict=True))
        if (period := period_named(_apart(read)[1])) and column.share("date") < NUMBERS
    }
    alike: dict[tuple[str, ...], dict[int, str]] = {}
    for place, read in enumerate(reads):
        if read.period and columns[place].share("date") < NUMBERS:
            alike.setdefault(read.words, {})[place] = read.period
    for group in alike.values():  # `Benefit 2026/27`, `Benefit 2027/28`
        found |= {place: ("", period, "", "") for place, period in group.items() if len(set(group.values())) > 1}
    if len({one[1] for one in found.values()}) < 2:
        return tuple(reads)
    out = []
    for place, read in enumerate(reads):
        words = set(read.words)
        if place in found:
            read = attrs.evolve(
                read, words=("of", "one", "period"), core=(), assumed=f"it is of {found[place][1]} alone, and no field is by period here"
            )
        elif kind == "benefits" and words and words <= WHOLE and _adds_up(place, found, columns):
            read = attrs.evolve(
                read, words=("total", "value"), core=(), assumed="it is what columns by period add up to, taken as one amount"
            )
        out.append(read)
    return tuple(out)


def _of_all(rest: str, kind: str) -> bool:
    """Whether what a heading of capital or running cost says besides names no part of it."""
    return not rest or (kind == "actual" and rest.casefold() == "to date")


def _classed(found: Mapping[int, tuple[str, str, str, str]]) -> dict[int, tuple[str, str, str, str]]:
    """Columns of capital and of running cost of no period: parts of one money where both stand there."""
    both = {
        kind
        for kind in {one[0] for one in found.values()}
        if sorted(one[2] for one in found.values() if one[0] == kind) == ["capex", "opex"]
    }
    return {place: one for place, one in found.items() if one[0] in both}


def _adds_up(place: int, found: Mapping[int, tuple[str, str, str, str]], columns: Sequence[Column]) -> bool:
    """Whether a column holds amounts, none of which is less than one of a period beside it in total."""
    own = [amount for text in columns[place].texts if (amount := _amount(text)) is not None]
    parts = [[amount for text in columns[one].texts if (amount := _amount(text)) is not None] for one in found]
    return bool(own) and sum(own) >= max(map(sum, parts), default=0.0) * (1 - 1e-9)


def _amount(text: str) -> float | None:
    plain = re.sub(r"[^\d.\-]", "", text.replace(",", ""))
    try:
        return float(plain)
    except ValueError:
        return None
