"""What methodologies add to the report: their texts, Tables and Figures as blocks, in the style of the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from ipmo.figures.svg import GLYPHS, Figure
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Heading, Panel, Paragraph, Picture, Row, Scale, number, share
from ipmo.tables import Table
from ipmo.words import rounded_text

__all__ = ["panel"]

SHOWN = 60
LETTERS = frozenset(["bcr", "cpi", "eac", "irr", "npv", "spi", "wip", "wsjf"])
"""Words of a table's columns that are read letter by letter."""
LONG = 40
"""A text this long is one to read rather than a word to compare."""
DIGITS = 2
"""Behind the point, at most; large numbers have fewer."""
_SHARE = re.compile(r"(?<=\d)%")
NOBODY = frozenset(["", "nobody"])
"""What stands in a column of items where there is none."""
Naming = Callable[[str], str | None]
"""What an item is called by its id; None where there is no such item."""
_MONEY = re.compile(r"([A-Z]{3})(/\w+)?")
"""A currency, or a currency a week."""
_PARTS = re.compile(r"(, | → )")
_INSIDE = re.compile(r"(?<![\w/.-])[\w.-]+/[\w.-]*\w")
"""An id that says its project stands nowhere else in a sentence."""


def _nothing(_id: str) -> None:
    """Of no item anything is known."""


def panel(name: str, title: str, blocks: Iterable[str | Table | Figure], named: Naming = _nothing) -> tuple[Panel, tuple[str, ...]]:
    """A panel of the page, and the style rules that its figures need.

    A text that begins with `# ` is a heading; a Table whose first column names the rows becomes a table of the page. One that comes right
    after a Figure says the same in numbers: it is folded, and not printed again on paper. Columns of items say their titles, the id of the
    first second; money stands in the unit in which the column is read.

    Args:
        name: where links lead.
        title: its heading.
        blocks: what the methodology shows.
        named: what an item is called.
    """
    out: list[Block] = []
    rules: list[str] = []
    heading = title
    labels: Counter[str] = Counter()
    for block in blocks:
        if isinstance(block, Table):
            if len(block):
                labels[heading] += 1  # who hears the page tells tables under one heading apart by a number
                charted = bool(out) and isinstance(out[-1], Picture)
                label = heading if labels[heading] == 1 else f"{heading} {labels[heading]}"
                out.append(_grid(block, f"{label}, as a table" if charted else label, named, charted=charted))
        elif isinstance(block, Figure):
            out.append(Picture(label=heading, svg=block.svg))
            rules.append(block.css)
        elif block.startswith("# "):
            heading = _sentence(block[2:], named)
            out.append(Heading(heading))
        else:
            out.append(Paragraph(rounded_text(_sentence(block, named))))
    return Panel(id=name, title=title, short=title.partition(":")[0], blocks=out, columns=True), tuple(dict.fromkeys(rules))


def _sentence(text: str, named: Naming) -> str:
    """A sentence with titles for the ids of work in it, its shares written as everywhere on the page."""
    return _INSIDE.sub(lambda match: named(match[0]) or match[0], _SHARE.sub(" %", text))


def _grid(table: Table, label: str, named: Naming, *, charted: bool) -> Grid:
    first, *rest = table.columns
    columns = [_column(table, name, named) for name in rest]
    heads = [Head(title=_title(first, table.unit(first)), num=table.kind(first) in ("int", "float"))]
    heads += [head for head, _ in columns]
    names = [_text(value) for value in table[first][:SHOWN]]
    titles = _named(names, named) or names
    cells = [made for _, made in columns]
    rows = [
        Row(name=title, under=said if said != title else "", cells=[made[place] for made in cells])
        for place, (said, title) in enumerate(zip(names, titles, strict=True))
    ]
    more = f"and {len(table) - SHOWN} more rows" if len(table) > SHOWN else ""
    return Grid(label=label, heads=heads, rows=rows, wide=len(heads) > 6, more=more, charted=charted, folded=charted)


def _title(name: str, unit: str) -> str:
    """The head of a column: its name in words, with its unit."""
    title = " ".join(word.upper() if word in LETTERS else word for word in name.split("_"))
    return f"{title}, {unit}" if unit and unit != title else title


def _column(table: Table, name: str, named: Naming) -> tuple[Head, list[Cell]]:
    """The head and the cells of a column."""
    kind, unit, values = table.kind(name), table.unit(name), table[name][:SHOWN]
    if kind in ("int", "float"):
        texts, unit = _numbers(values, unit)
        return Head(title=_title(name, unit), num=True), [Cell(text=text, kind="num") for text in texts]
    head = Head(title=_title(name, unit))
    if kind in ("date", "datetime"):
        return head, [Cell(text=_text(value), kind="date") for value in values]
    texts = [_text(value) for value in values]
    said = _named(texts, named) or [_sentence(text, named) for text in texts]
    return head, [
        Cell(rag=value) if value in GLYPHS else Cell(text=text, kind="why" if len(text) > LONG else "")
        for value, text in zip(values, said, strict=True)
    ]


def _numbers(values: Sequence[float | None], unit: str) -> tuple[list[str], str]:
    """The numbers of a column as they are compared by eye, and what unit they are then in."""
    if money := _MONEY.fullmatch(unit):
        scale = Scale.of(values, money[1])
        return [scale.text(value, "") for value in values], scale.unit + (money[2] or "")
    if unit == "%":
        return [share(None if value is None else value / 100, 1) for value in values], ""
    if unit == "share":
        return [share(value, 1) for value in values], ""
    known = [float(value) for value in values if value is not None]
    most = max(map(abs, known), default=0.0)
    allowed = 0 if most >= 1000 else 1 if most >= 100 else DIGITS
    digits = next((n for n in range(allowed) if all(round(value, n) == round(value, allowed) for value in known)), allowed)
    return [number(None if value is None else float(value), digits, keep=True) for value in values], unit


def _named(texts: Sequence[str], named: Naming) -> list[str]:
    """A column of ids, or of lists of them, in titles; empty where it has anything else in it."""
    titles = {part: part if part in NOBODY else named(part) for text in texts for part in _PARTS.split(text)[::2]}
    if not set(titles) - NOBODY or None in titles.values():
        return []
    return ["".join(titles.get(part) or part for part in _PARTS.split(text)) for text in texts]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return str(value)
