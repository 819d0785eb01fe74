"""The interface network: projects in layers, each left of those that it gives to, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import Figure, tag
from ipmo.words import agree, counted

if TYPE_CHECKING:
    from markupsafe import Markup

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
        late: names that miss a commitment.
        centre: the name that the picture is about.
        title: the picture's name.
    """
    picture = _Picture(layers, edges, labels or {}, notes or {})
    drives = sum(edge.driving > 0 for edge in edges)
    counts = f"{counted(len(picture.at), 'project')}, {counted(len(edges), 'pair')} that {agree(len(edges), 'gives', 'give')} and "
    counts += f"{agree(len(edges), 'receives', 'receive')}, {drives} with a driving link"
    parts = [tag("title", title, id="ifn-t"), tag("desc", f"{counts}. The same facts stand in the table.", id="ifn-d")]
    marks: list[Markup] = []
    for edge in sorted(edges, key=lambda e: (e.driving > 0, e.back)):
        lines, middle = picture.arrow(edge)
        parts += lines
        if edge.links > 1:
            marks.append(tag("text", str(edge.links), x=f"{middle[0]:.0f}", y=f"{middle[1] + 4:.0f}", class_="count"))
    parts += marks
    for name in picture.at:
        parts += picture.box(name, "box centre" if name == centre else "box late" if name in late else "box")
    size = f"0 0 {picture.width:.0f} {picture.height:.0f}"
    return Figure(svg=tag("svg", *parts, viewBox=size, role="img", aria_labelledby="ifn-t ifn-d", class_="ifn"), css=CSS)


class _Picture:
    """Where boxes stand and lanes run."""

    def __init__(
        self, layers: Sequence[Sequence[str]], edges: Sequence[Interface], labels: Mapping[str, str], notes: Mapping[str, str]
    ) -> None:
        self.labels, self.notes = labels, notes
        self.deepest = max((len(layer) for layer in layers), default=1)
        self.gap = 96 if len(layers) <= 6 else 62
        self.column = column = {name: place for place, layer in enumerate(layers) for name in layer}
        self.over = [e for e in edges if column[e.receiver] - column[e.giver] > 1]
        self.under = [e for e in edges if column[e.receiver] <= column[e.giver]]
        self.top = PAD + LANE * len(self.over)
        self.left = PAD + (self.gap / 2 if self.under or self.over else 0)
        self.width = max(760, 2 * self.left + len(layers) * BOX + max(len(layers) - 1, 0) * self.gap)
        self.height = self.top + self.deepest * ROW + LANE * len(self.under) + PAD
        self.at: dict[str, tuple[float, float]] = {}
        for place, layer in enumerate(layers):
            offset = (self.deepest - len(layer)) * ROW / 2
            for row, name in enumerate(layer):
                self.at[name] = (self.left + place * (BOX + self.gap), self.top + offset + row * ROW + (ROW - HIGH) / 2)
        self._used: dict[tuple[int, bool], int] = {}

    def _gutter(self, place: int, right: bool) -> float:
        """Where a lane runs up or down beside a column of boxes: each a little further out than the last."""
        number = self._used[place, right] = self._used.get((place, right), -1) + 1
        step = 9 + (number % 8) * (self.gap / 2 - 18) / 7
        edge = self.left + place * (BOX + self.gap)
        return edge + BOX + step if right else edge - step - 9

    def arrow(self, edge: Interface) -> tuple[list[Markup], tuple[float, float]]:
        """The curve with its tip, and where its number stands."""
        path, tip, middle = self._lane(edge) if edge in self.over or edge in self.under else self._curve(edge)
        kind = "back" if edge.back else "drives" if edge.driving else "idle"
        thick = round(1 + min(edge.links, 12) * 0.28, 2)
        giver, receiver = (self.labels.get(name, name) for name in (edge.giver, edge.receiver))
        about = f"{giver} gives to {receiver}: {edge.note or counted(edge.links, 'link')}"
        return [
            tag("path", tag("title", about), d=path, class_=f"edge {kind}", stroke_width=thick),
            tag("path", d=tip, class_=f"tip {kind}"),
        ], middle

    def _lane(self, edge: Interface) -> tuple[str, str, tuple[float, float]]:
        """Around the boxes between: above them what leads on, below them what leads back."""
        (xa, ya), (xb, yb) = self.at[edge.giver], self.at[edge.receiver]
        above = edge in self.over
        lane = PAD + LANE * self.over.index(edge) if above else self.top + self.deepest * ROW + LANE * self.under.index(edge) + 4
        y1, y2 = (ya + HIGH / 2 + (-9.0 if above else 9.0), yb + HIGH / 2 + (-9.0 if above else 9.0))
        x1, x2 = self._gutter(self.column[edge.giver], True), self._gutter(self.column[edge.receiver], False)
        path = f"M{xa + BOX:.0f} {y1:.0f}H{x1:.0f}V{lane:.0f}H{x2:.0f}V{y2:.0f}H{xb - 7:.0f}"
        return path, f"M{xb:.0f} {y2:.0f}l-8 -4.5v9z", ((x1 + x2) / 2, float(lane))

    def _curve(self, edge: Interface) -> tuple[str, str, tuple[float, float]]:
        """Straight into the next column."""
        (xa, ya), (xb, yb) = self.at[edge.giver], self.at[edge.receiver]
        y1, y2, x1, x2 = ya + HIGH / 2, yb + HIGH / 2, xa + BOX, xb - 7
        bend = max((x2 - x1) / 2, 24)
        path = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
        return path, f"M{x2 + 7:.0f} {y2:.0f}l-8 -4.5v9z", ((x1 + x2) / 2, (y1 + y2) / 2)

    def box(self, name: str, kind: str) -> list[Markup]:
        """One project with its name and, where there is one, a second line."""
        x, y = self.at[name]
        shown, small = self.labels.get(name, name), self.notes.get(name, "")
        text = shown if len(shown) <= 24 else f"{shown[:23]}…"
        parts = [tag("rect", tag("title", shown), x=x, y=y, width=BOX, height=HIGH, rx=4, class_=kind)]
        parts.append(tag("text", text, x=x + 9, y=y + (16 if small else 23)))
        return [*parts, tag("text", small, x=x + 9, y=y + 30, class_="small")] if small else parts
