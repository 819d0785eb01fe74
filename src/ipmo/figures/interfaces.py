"""The interface network: projects in layers, each left of those that it gives to, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ipmo.figures.svg import Figure, tag

__all__ = ["Interface", "interfaces"]

CSS = """
.ifn text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.ifn .box{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.ifn .box.centre{stroke:var(--plan);stroke-width:2.6}
.ifn .box.late{stroke:var(--bad);stroke-width:2}.ifn .small{fill:var(--quiet);font-size:10.5px}
.ifn .edge{fill:none;stroke:var(--done);stroke-linejoin:round}.ifn .edge.drives{stroke:var(--ink)}.ifn .edge.back{stroke:var(--bad)}
.ifn .edge.idle{stroke-dasharray:5 4}.ifn .tip{fill:var(--done)}.ifn .tip.drives{fill:var(--ink)}.ifn .tip.back{fill:var(--bad)}
.ifn .count{font-size:10.5px;font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round;text-anchor:middle}
"""

BOX, HIGH, ROW, PAD, LANE = 168, 38, 62, 14, 13


@attrs.frozen(kw_only=True)
class Interface:
    """All that one project gives to another.

    Args:
        giver, receiver: names.
        links: how many links.
        driving: how many of them set the date of what they lead to.
        back: it leads against the order of the others: they wait for one another.
        note: what a reader sees over it.
    """

    giver: str
    receiver: str
    links: int
    driving: int
    back: bool = False
    note: str = ""


def interfaces(
    layers: Sequence[Sequence[str]],
    edges: Sequence[Interface],
    *,
    labels: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
    late: Sequence[str] = (),
    centre: str = "",
    title: str = "Interfaces between projects",
) -> Figure:
    """Boxes in layers from left to right, curves between them as thick as they hold links; driving ones are dark.

    Args:
        layers: names by layer.
        edges: what joins them.
        labels: what names are shown as.
        notes: a second line in a box.
        late: names that miss a promise.
        centre: the name that the picture is about.
        title: the picture's name.
    """
    known, small = labels or {}, notes or {}
    deepest = max((len(layer) for layer in layers), default=1)
    gap = 96 if len(layers) <= 6 else 62
    column = {name: place for place, layer in enumerate(layers) for name in layer}
    over = [e for e in edges if column[e.receiver] - column[e.giver] > 1]
    under = [e for e in edges if column[e.receiver] <= column[e.giver]]
    top = PAD + LANE * len(over)
    left = PAD + (gap / 2 if under or over else 0)
    width = max(760, 2 * left + len(layers) * BOX + max(len(layers) - 1, 0) * gap)
    height = top + deepest * ROW + LANE * len(under) + PAD
    at: dict[str, tuple[float, float]] = {}
    for place, layer in enumerate(layers):
        offset = (deepest - len(layer)) * ROW / 2
        for row, name in enumerate(layer):
            at[name] = (left + place * (BOX + gap), top + offset + row * ROW + (ROW - HIGH) / 2)
    drives = sum(edge.driving > 0 for edge in edges)
    told = f"{len(at)} projects, {len(edges)} pairs that give and receive, {drives} with a driving link"
    parts: list[Any] = [tag("title", title, id="ifn-t"), tag("desc", f"{told}. The same facts stand in the table.", id="ifn-d")]
    marks: list[Any] = []
    used: dict[tuple[int, bool], int] = {}

    def gutter(place: int, right: bool) -> float:
        """Where a lane runs up or down beside a column of boxes: each a little further out than the last."""
        number = used[place, right] = used.get((place, right), -1) + 1
        step = 9 + (number % 8) * (gap / 2 - 18) / 7
        edge_ = left + place * (BOX + gap)
        return edge_ + BOX + step if right else edge_ - step - 9

    for edge in sorted(edges, key=lambda e: (e.driving > 0, e.back)):
        (xa, ya), (xb, yb) = at[edge.giver], at[edge.receiver]
        kind = "back" if edge.back else "drives" if edge.driving else "idle"
        thick = round(1 + min(edge.links, 12) * 0.28, 2)
        if edge in over or edge in under:
            above = edge in over
            lane = PAD + LANE * over.index(edge) if above else top + deepest * ROW + LANE * under.index(edge) + 4
            y1, y2 = (ya + HIGH / 2 + (-9.0 if above else 9.0), yb + HIGH / 2 + (-9.0 if above else 9.0))
            x1, x2 = gutter(column[edge.giver], True), gutter(column[edge.receiver], False)
            path = f"M{xa + BOX:.0f} {y1:.0f}H{x1:.0f}V{lane:.0f}H{x2:.0f}V{y2:.0f}H{xb - 7:.0f}"
            tip = f"M{xb:.0f} {y2:.0f}l-8 -4.5v9z"
            middle = ((x1 + x2) / 2, float(lane))
        else:
            y1, y2, x1, x2 = ya + HIGH / 2, yb + HIGH / 2, xa + BOX, xb - 7
            bend = max((x2 - x1) / 2, 24)
            path = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
            tip = f"M{x2 + 7:.0f} {y2:.0f}l-8 -4.5v9z"
            middle = ((x1 + x2) / 2, (y1 + y2) / 2)
        about = (
            f"{known.get(edge.giver, edge.giver)} gives to {known.get(edge.receiver, edge.receiver)}: {edge.note or f'{edge.links} links'}"
        )
        parts.append(tag("path", tag("title", about), d=path, class_=f"edge {kind}", stroke_width=thick))
        parts.append(tag("path", d=tip, class_=f"tip {kind}"))
        if edge.links > 1:
            marks.append(tag("text", str(edge.links), x=f"{middle[0]:.0f}", y=f"{middle[1] + 4:.0f}", class_="count"))
    parts += marks
    for name, (x, y) in at.items():
        shown = known.get(name, name)
        text = shown if len(shown) <= 24 else f"{shown[:23]}…"
        kind = "box centre" if name == centre else "box late" if name in late else "box"
        parts.append(tag("rect", tag("title", shown), x=x, y=y, width=BOX, height=HIGH, rx=4, class_=kind))
        parts.append(tag("text", text, x=x + 9, y=y + (16 if small.get(name) else 23)))
        if small.get(name):
            parts.append(tag("text", small[name], x=x + 9, y=y + 30, class_="small"))
    svg = tag("svg", *parts, viewBox=f"0 0 {width:.0f} {height:.0f}", role="img", aria_labelledby="ifn-t ifn-d", class_="ifn")
    return Figure(svg=svg, css=CSS)
