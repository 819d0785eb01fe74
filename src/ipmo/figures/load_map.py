"""Loads by resource and period as a heat map: how much of what there is, or how much beyond it, is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import Figure, tag
from ipmo.words import counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "LoadCell", "load_map"]

CSS = """
.loads text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.loads .axis{fill:var(--quiet);font-size:11px}.loads .mid{text-anchor:middle}.loads .end{text-anchor:end}
.loads .cell{stroke:var(--paper);stroke-width:1}.loads .under{fill:var(--plan)}.loads .over{fill:var(--bad)}.loads .open{fill:var(--band)}
.loads .value{font-size:10.5px;text-anchor:middle}.loads .value.on{fill:var(--paper);font-weight:600}
.loads .bites{fill:none;stroke:var(--ink);stroke-width:2.5}.loads .said{fill:var(--quiet);font-size:11px}.loads .said.bad{fill:var(--bad);font-weight:600}
.loads .today{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}
"""

WIDTH, LEFT, RIGHT, TOP, ROW, WIDEST = 1160, 210, 230, 34, 26, 90


@attrs.frozen(kw_only=True)
class LoadCell:
    """One resource in one period.

    Args:
        load: needed by what there is; None where nobody says how much there is.
        over: it is needed beyond what there is on some day.
        bites: a commitment is missed by work that is short of it then.
        about: what a reader sees over it.
    """

    load: float | None
    over: bool = False
    bites: bool = False
    about: str = ""


def load_map(
    rows: Sequence[tuple[str, Sequence[LoadCell | None], str]],
    periods: Sequence[str],
    *,
    today: float | None = None,
    title: str,
    note: str = "",
) -> Figure:
    """A cell a period: pale blue to strong blue up to all that there is, red where it is not enough, framed where a commitment is missed by it.

    Args:
        rows: name, its cells (None where nothing is needed), and what stands at its end.
        periods: names, in order.
        today: where the status date lies, in periods from the first one's start.
        title: the picture's name.
        note: what is not shown, in words.
    """
    wide = min((WIDTH - LEFT - RIGHT) / max(len(periods), 1), WIDEST)
    height = TOP + ROW * len(rows) + (26 if note else 8)
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    over = sum(cell is not None and cell.over for _, cells, _ in rows for cell in cells)
    told = (
        f"{counted(len(rows), 'resource')} over {counted(len(periods), 'period')}; in {over:,} of the cells more is needed than there is."
    )
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", f"{told} {note}", id=f"{safe}-d")]
    every = max(-(-len(max(periods, key=len, default="")) * 7 // max(int(wide), 1)), 1)
    for place in range(0, len(periods), every):
        parts.append(tag("text", periods[place], x=round(LEFT + wide * (place + 0.5), 1), y=TOP - 8, class_="axis mid"))
    frames: list[Markup] = []
    for row, (name, cells, said) in enumerate(rows):
        y = TOP + row * ROW
        shown = name if len(name) <= 30 else name[:29] + "…"
        parts.append(tag("text", tag("title", name), shown, x=LEFT - 10, y=y + 17, class_="end"))
        for place, cell in enumerate(cells):
            if cell is not None:
                parts += _cell(cell, round(LEFT + wide * place, 1), y, round(wide, 1))
                if cell.bites:
                    frames.append(
                        tag("rect", x=round(LEFT + wide * place + 1, 1), y=y + 1, width=round(wide - 2, 1), height=ROW - 4, class_="bites")
                    )
        late = any(cell is not None and cell.over for cell in cells)
        parts.append(tag("text", said, x=round(LEFT + wide * len(periods) + 12), y=y + 17, class_="said bad" if late else "said"))
    parts += frames
    if today is not None and 0 <= today <= len(periods):
        x = round(LEFT + wide * today, 1)
        parts.append(tag("line", tag("title", "status date"), x1=x, x2=x, y1=TOP - 4, y2=TOP + ROW * len(rows), class_="today"))
    if note:
        parts.append(tag("text", note, x=LEFT, y=TOP + ROW * len(rows) + 17, class_="axis"))
    box = {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="loads"), css=CSS)


def _cell(cell: LoadCell, x: float, y: float, wide: float) -> list[Markup]:
    """The share in percent where there is room for it; strong colours have light letters."""
    size = {"x": x, "y": y, "width": wide, "height": ROW - 2}
    if cell.load is None and not cell.over:
        return [
            tag("rect", tag("title", cell.about), **size, class_="cell open"),
            tag("text", "?", x=round(x + wide / 2, 1), y=y + 16, class_="value"),
        ]
    load = cell.load if cell.load is not None else 9.0
    strong = load > (1.25 if cell.over else 0.9)
    opacity = 0.92 if strong else round(0.3 + 0.15 * load, 2) if cell.over else round(0.1 + 0.35 * load, 2)
    out = [tag("rect", tag("title", cell.about), **size, class_="cell over" if cell.over else "cell under", fill_opacity=opacity)]
    text = "none" if cell.load is None else f"{min(load, 9.99):.0%}".rstrip("%")
    if wide >= 7 * len(text) + 2:
        out.append(tag("text", text, x=round(x + wide / 2, 1), y=y + 16, class_="value on" if strong else "value"))
    return out
