"""Ratings as a matrix: a row an item, a column an aspect, a sign and a colour in each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import GLYPHS, Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "RatedCell", "RatedRow", "ratings"]

CSS = """
.rate text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.rate .axis{fill:var(--quiet);font-size:11px;font-weight:600}.rate .mid{text-anchor:middle}.rate .band{fill:var(--band)}
.rate .quiet{fill:var(--quiet);font-size:11px}.rate .group{font-weight:600}
.rate .cell{stroke:var(--paper);stroke-width:2}.rate .green{fill:var(--good);fill-opacity:.2}.rate .amber{fill:var(--warn);fill-opacity:.26}
.rate .red{fill:var(--bad);fill-opacity:.34}.rate .open{fill:none;stroke:var(--line);stroke-dasharray:3 3;stroke-width:1.2}
.rate .sign{text-anchor:middle;font-size:13px}.rate .sign.green{fill:var(--good);fill-opacity:1}.rate .sign.amber{fill:var(--warn);fill-opacity:1}
.rate .sign.red{fill:var(--bad);fill-opacity:1}
"""

WIDTH, LEFT, TOP, ROW, CELL, LETTER = 1160, 270, 34, 28, 80, 6.1


@attrs.frozen(kw_only=True)
class RatedCell:
    """One aspect of one item.

    Args:
        colour: green, amber or red; None draws an empty frame, because nobody can say.
        about: what a reader sees over it.
    """

    colour: str | None
    about: str = ""


@attrs.frozen(kw_only=True)
class RatedRow:
    """One item.

    Args:
        name: what it is called.
        cells: in the order of the heads; None where the aspect says nothing of it.
        said: what stands at its end.
        inset: how deep it lies, from 0.
        head: it stands for those below it.
    """

    name: str
    cells: Sequence[RatedCell | None]
    said: str = ""
    inset: int = 0
    head: bool = False


def ratings(heads: Sequence[str], rows: Sequence[RatedRow], *, title: str, note: str = "") -> Figure:
    """A cell for each aspect of each item; a sign stands in each, for those who do not see its colour.

    Args:
        heads: names of the aspects.
        rows: items, from the top.
        title: the picture's name.
        note: what is not shown, in words.
    """
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    height = TOP + ROW * len(rows) + (28 if note else 8)
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", _describe(heads, rows, note), id=f"{safe}-d")]
    for place, head in enumerate(heads):
        parts.append(tag("text", head, x=LEFT + CELL * (place + 0.5), y=TOP - 10, class_="axis mid"))
    end = LEFT + CELL * len(heads) + 14
    most = int((WIDTH - end - 8) / LETTER)
    for place, row in enumerate(rows):
        y = TOP + place * ROW
        if place % 2 == 0:
            parts.append(tag("rect", x=0, y=y, width=WIDTH, height=ROW, class_="band"))
        left = 10 + 14 * row.inset
        long = int((LEFT - left - 10) / (7.4 if row.head else 6.6))
        name = row.name if len(row.name) <= long else row.name[: long - 1] + "…"
        parts.append(tag("text", tag("title", row.name), name, x=left, y=y + 18, class_="group" if row.head else None))
        for column, cell in enumerate(row.cells):
            if cell is not None:
                parts += _cell(cell, LEFT + CELL * column + 3, y + 3)
        if row.said:
            said = row.said if len(row.said) <= most else row.said[: most - 1] + "…"
            parts.append(tag("text", tag("title", row.said), said, x=end, y=y + 18, class_="quiet"))
    if note:
        parts.append(tag("text", note, x=10, y=TOP + ROW * len(rows) + 19, class_="quiet"))
    box = {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="rate"), css=CSS)


def _cell(cell: RatedCell, x: float, y: float) -> list[Markup]:
    known = cell.colour in GLYPHS
    kind = f"cell {cell.colour}" if known else "open"
    out = [tag("rect", tag("title", cell.about), x=x, y=y, width=CELL - 6, height=ROW - 6, rx=3, class_=kind)]
    sign = GLYPHS.get(cell.colour or "", "?")
    out.append(tag("text", sign, x=x + (CELL - 6) / 2, y=y + 16, class_=f"sign {cell.colour}" if known else "sign"))
    return out


def _describe(heads: Sequence[str], rows: Sequence[RatedRow], note: str) -> str:
    said = []
    for place, head in enumerate(heads):
        cells = [cell for row in rows if (cell := row.cells[place]) is not None]
        counts = {name: sum(cell.colour == name for cell in cells) for name in reversed(GLYPHS)}
        told = [f"{count} {name}" for name, count in counts.items() if count]
        open_ = sum(cell.colour not in GLYPHS for cell in cells)
        told += [f"{open_} not known"] if open_ else []
        said.append(f"{head}: {', '.join(told) or 'none'}")
    return ". ".join(part for part in (*said, note, "The same facts stand in the table") if part) + "."
