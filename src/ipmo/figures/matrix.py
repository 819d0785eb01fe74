"""The dependency structure matrix: who gives to whom, as a square of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ipmo.figures.svg import Figure, tag
from ipmo.words import agree, counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["matrix"]

CSS = """
.dsm text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.dsm .cell{stroke:var(--line);fill:none}.dsm .self{fill:var(--line)}.dsm .mark{fill:var(--plan)}.dsm .back{fill:var(--bad)}
.dsm .value{text-anchor:middle;font-size:10.5px}.dsm .value.on{fill:var(--paper)}.dsm .block{fill:none;stroke:var(--bad);stroke-width:2}
.dsm .head{font-size:11px}.dsm .quiet{fill:var(--quiet);font-size:11px}
"""

LEFT, PAD = 190, 26


def matrix(
    names: Sequence[str],
    cells: Mapping[tuple[str, str], float],
    *,
    blocks: Sequence[Sequence[str]] = (),
    labels: Mapping[str, str] | None = None,
    texts: Mapping[tuple[str, str], str] | None = None,
    title: str = "Dependency structure matrix",
) -> Figure:
    """Givers as columns, receivers as rows, in one order: what leads on lies below the diagonal, feedback above it.

    Args:
        names: the order.
        cells: (giver, receiver) to a number, drawn by how large it is.
        blocks: groups of names; those of several are outlined, because they wait for one another.
        labels: what names are shown as.
        texts: what cells say; their number when left out.
        title: the picture's name.
    """
    known = labels or {}
    size = len(names)
    side = max(20, min(34, 760 // max(size, 1)))
    top = 34 + round(5.2 * min(20, max((len(known.get(name, name)) for name in names), default=0)))  # heads lean to the right
    width, height = max(1160, LEFT + size * side + PAD + 60), top + size * side + PAD  # as wide as the other pictures
    place = {name: n for n, name in enumerate(names)}
    most = max((abs(v) for v in cells.values()), default=0.0)
    back = sum(place[g] > place[r] for g, r in cells)
    counts = f"{counted(size, 'row')}; {counted(len(cells), 'pair')} {agree(len(cells), 'gives', 'give')} and {agree(len(cells), 'receives', 'receive')}, {back} of them {agree(back, 'leads', 'lead')} back"
    parts: list[Markup] = [tag("title", title, id="dsm-t"), tag("desc", f"{counts}. The same facts stand in the table.", id="dsm-d")]
    parts.append(tag("text", "columns give, rows receive", x=10, y=top - 10, class_="quiet"))
    for name, n in place.items():
        shown = known.get(name, name)
        text = shown if len(shown) <= 24 else f"{shown[:23]}…"
        x, y = LEFT + n * side + side / 2 + 4, top - 8
        parts.append(tag("text", tag("title", shown), text, x=10, y=top + n * side + side / 2 + 4, class_="head"))
        parts.append(tag("text", tag("title", shown), text[:20], transform=f"translate({x} {y}) rotate(-55)", class_="head"))
        parts.append(tag("rect", x=LEFT + n * side, y=top + n * side, width=side, height=side, class_="self"))
    for row in range(size):
        for column in range(size):
            if row != column:
                parts.append(tag("rect", x=LEFT + column * side, y=top + row * side, width=side, height=side, class_="cell"))
    for (giver, receiver), value in cells.items():
        column, row = place[giver], place[receiver]
        share = abs(value) / most if most else 0.0
        about = f"{known.get(giver, giver)} gives to {known.get(receiver, receiver)}: {(texts or {}).get((giver, receiver), f'{value:g}')}"
        kind = "back" if column > row else "mark"
        inset = 1
        strong = share > 0.6  # nothing between pale and strong: the number must stand out on either
        opacity = "0.92" if strong else f"{0.12 + 0.4 * share:.2f}"
        x, y = LEFT + column * side + inset, top + row * side + inset
        square = {"width": side - 2 * inset, "height": side - 2 * inset}
        parts.append(tag("rect", tag("title", about), x=x, y=y, **square, class_=kind, fill_opacity=opacity))
        text = (texts or {}).get((giver, receiver), f"{value:g}")
        if len(text) <= max(2, side // 6):
            on = " on" if strong else ""
            parts.append(tag("text", text, x=x + side / 2 - inset, y=y + side / 2 + 3, class_=f"value{on}"))
    for block in blocks:
        if len(block) > 1 and all(name in place for name in block):
            begin, end = min(place[n] for n in block), max(place[n] for n in block)
            length = (end - begin + 1) * side
            parts.append(tag("rect", x=LEFT + begin * side, y=top + begin * side, width=length, height=length, class_="block"))
    svg = tag("svg", *parts, viewBox=f"0 0 {width} {height}", role="img", aria_labelledby="dsm-t dsm-d", class_="dsm")
    return Figure(svg=svg, css=CSS)
