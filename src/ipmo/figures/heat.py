"""Heat maps: how many things lie in each cell of two scales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["heat_map"]

CSS = """
.heat text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.heat .axis{fill:var(--quiet);font-size:11px}.heat .mid{text-anchor:middle}.heat .end{text-anchor:end}
.heat .cell{stroke:var(--paper);stroke-width:2}.heat .h0{fill:var(--good);opacity:.22}.heat .h1{fill:var(--warn);opacity:.28}
.heat .h2{fill:var(--bad);opacity:.38}.heat .count{font-size:17px;font-weight:600;text-anchor:middle}
"""

WIDTH, LEFT, TOP, CELL, ROW = 1160, 190, 34, 130, 44


def heat_map(
    counts: Sequence[Sequence[int]], *, rows: Sequence[str], columns: Sequence[str], up: str, across: str, title: str, note: str
) -> Figure:
    """Counts in cells, coloured by how far up and to the right they lie; a count is written in each cell that has one.

    Args:
        counts: by row from the top, the highest first, and column from the left, the lowest first.
        rows, columns: their names.
        up, across: what the scales are.
        title: the picture's name.
        note: what to make of it, in words.
    """
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    said = "; ".join(f"{rows[r]} by {columns[c]}: {n}" for r, line in enumerate(counts) for c, n in enumerate(line) if n)
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", f"{note} {said}", id=f"{safe}-d")]
    parts.append(tag("text", f"{up}, upwards; {across}, to the right", x=LEFT, y=16, class_="axis"))
    steps = len(rows) + len(columns) - 2
    for r, line in enumerate(counts):
        parts.append(tag("text", rows[r], x=LEFT - 10, y=TOP + r * ROW + ROW / 2 + 4, class_="axis end"))
        for c, n in enumerate(line):
            level = (len(rows) - 1 - r + c) / steps if steps else 0.0
            heat = 0 if level < 0.45 else 1 if level < 0.7 else 2
            x, y = LEFT + c * CELL, TOP + r * ROW
            parts.append(tag("rect", x=x, y=y, width=CELL, height=ROW, class_=f"cell h{heat}"))
            if n:
                parts.append(tag("text", n, x=x + CELL / 2, y=y + ROW / 2 + 6, class_="count"))
    floor = TOP + len(rows) * ROW
    for c, name in enumerate(columns):
        parts.append(tag("text", name, x=LEFT + c * CELL + CELL / 2, y=floor + 18, class_="axis mid"))
    parts.append(tag("text", note, x=LEFT, y=floor + 40, class_="axis"))
    box = {"viewBox": f"0 0 {WIDTH} {floor + 52}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="heat"), css=CSS)
