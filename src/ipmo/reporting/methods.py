"""What methodologies add to the report: their texts, Tables and Figures as blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from ipmo.figures.svg import GLYPHS, Figure
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Heading, Panel, Paragraph, Picture, Row, capital, number
from ipmo.tables import Table

__all__ = ["panel"]

SHOWN = 60
LETTERS = frozenset(["bcr", "cpi", "eac", "irr", "npv", "spi", "wip", "wsjf"])
"""Words of a table's columns that are read letter by letter."""
LONG = 40
"""A text this long is one to read rather than a word to compare."""


def panel(name: str, title: str, blocks: Iterable[str | Table | Figure]) -> tuple[Panel, tuple[str, ...]]:
    """A panel of the page, and the style rules that its figures need.

    A text that begins with `# ` is a heading; a Table whose first column names the rows becomes a table of the page. One that comes right
    after a Figure says the same in numbers: it is not printed again on paper.
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
                out.append(_grid(block, heading if labels[heading] == 1 else f"{heading} {labels[heading]}", charted=charted))
        elif isinstance(block, Figure):
            out.append(Picture(label=heading, svg=block.svg))
            rules.append(block.css)
        elif block.startswith("# "):
            heading = block[2:]
            out.append(Heading(heading))
        else:
            out.append(Paragraph(block))
    return Panel(id=name, title=title, short=title.partition(":")[0], blocks=out, columns=True), tuple(dict.fromkeys(rules))


def _grid(table: Table, label: str, *, charted: bool) -> Grid:
    names = table.columns
    heads = []
    for name in names:
        unit = table.unit(name)
        kind = table.kind(name)
        title = capital(" ".join(word.upper() if word in LETTERS else word for word in name.split("_")))
        heads.append(Head(title=title + (f", {unit}" if unit else ""), num=kind in ("int", "float")))
    rows = []
    for values in list(table.rows())[:SHOWN]:
        first, *rest = names
        rows.append(Row(name=_text(values[first]), cells=[_cell(values[name], table.kind(name)) for name in rest]))
    more = f"and {len(table) - SHOWN} more rows" if len(table) > SHOWN else ""
    return Grid(label=label, heads=heads, rows=rows, wide=len(names) > 6, more=more, charted=charted)


def _cell(value: object, kind: str) -> Cell:
    if kind in ("int", "float"):
        return Cell(text=number(float(value) if isinstance(value, int | float) else None, 2), kind="num")
    if kind in ("date", "datetime"):
        return Cell(text=_text(value), kind="date")
    if value in GLYPHS:
        return Cell(rag=value)
    text = _text(value)
    return Cell(text=text, kind="why" if len(text) > LONG else "")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return str(value)
