"""The map of a portfolio: hand-overs as arcs at the left of the projects, benefits and objectives at their right, the rest as small signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.signs import signs
from ipmo.figures.svg import GLYPHS, Figure, cut, tag, wrapped
from ipmo.words import counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "Arc", "Flow", "Node", "Others", "portfolio_map"]

CSS = """
.pmap text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.pmap .small{fill:var(--quiet);font-size:11px}.pmap .end{text-anchor:end}.pmap .small.bad{fill:var(--bad);font-weight:600}
.pmap .head{fill:var(--quiet);font-weight:600;font-size:11px}.pmap .box{fill:var(--paper);stroke:var(--line);stroke-width:1.2}
.pmap .box.late{stroke:var(--bad);stroke-width:1.8}.pmap .box.aim{fill:var(--band)}.pmap .weight{fill:var(--plan)}
.pmap .good{fill:var(--good)}.pmap .warn{fill:var(--warn)}.pmap .bad{fill:var(--bad)}.pmap .none{fill:none;stroke:var(--quiet)}
.pmap .arc{fill:none;stroke:var(--ink);stroke-linecap:butt}.pmap .arc.idle{stroke:var(--done)}.pmap .arc.missed{stroke:var(--bad)}
.pmap .tip{fill:var(--ink)}.pmap .tip.idle{fill:var(--done)}.pmap .tip.missed{fill:var(--bad)}
.pmap .flow{fill:none;stroke:var(--plan);stroke-opacity:.42}.pmap .flow.late{stroke:var(--bad)}
.pmap .rank{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.pmap .rank.missed{stroke:var(--bad)}
.pmap .number{font-size:10px;font-weight:700;text-anchor:middle}
"""

WIDTH, TOP, ROW, HIGH, PAD = 1160, 34, 50, 38, 10
GAP = 72
MARGINS = (10, 690, 440, 400)
"""Where the projects begin, by how many columns there are."""
BEND = 150
"""How far hand-overs lead out to the left."""
LABEL = 40
"""Height of what is said of one hand-over at the left edge."""
LETTER = 6.7
"""Width of a letter, about."""


@attrs.frozen(kw_only=True)
class Node:
    """A box.

    Args:
        id: for arcs and flows.
        name: its first line.
        note: its second line.
        said: what stands at the right end of that line.
        colour: green, amber or red, as a sign before the name; None for none.
        late: it has a red edge.
        weight: 0 to 1, drawn as a bar along its lower edge.
    """

    id: str
    name: str
    note: str = ""
    said: str = ""
    colour: str | None = None
    late: bool = False
    weight: float = 0.0


@attrs.frozen(kw_only=True)
class Arc:
    """A hand-over from one project to another.

    Args:
        source, target: ids of nodes.
        rank: its number.
        name: what is handed over.
        note: a second line: when, how much float, what a slip loses.
        weight: 0 to 1, how thick it is.
        drives: it sets a date.
        missed: a commitment is missed by it.
    """

    source: str
    target: str
    rank: int
    name: str
    note: str
    weight: float
    drives: bool
    missed: bool


@attrs.frozen(kw_only=True)
class Flow:
    """What leads from a project to a benefit, or on to an objective: as thick as its weight, 0 to 1."""

    source: str
    target: str
    weight: float
    note: str = ""
    late: bool = False


@attrs.frozen(kw_only=True)
class Others:
    """Projects that are not drawn as boxes: a group of them, by colour."""

    name: str
    colours: Sequence[str | None]


def portfolio_map(
    columns: Sequence[tuple[str, Sequence[Node]]],
    arcs: Sequence[Arc],
    flows: Sequence[Flow],
    others: Sequence[Others] = (),
    *,
    heading: str = "hand-overs",
    beyond: str = "",
    title: str = "Map of the portfolio",
) -> Figure:
    """Boxes in columns, arcs at the left of the first, flows between them, and signs for what is not drawn.

    Args:
        columns: heading and boxes of each; projects first.
        arcs: within the first column.
        flows: from column to column.
        others: what has no box.
        heading: what stands over the hand-overs.
        beyond: what stands over the others.
        title: the picture's name.
    """
    drawing = _Drawing([column for column in columns if column[1]], arcs, heading)
    parts = [tag("title", title, id="pmap-t"), tag("desc", _describe(columns, arcs, flows, others), id="pmap-d")]
    for flow in sorted(flows, key=lambda one: -one.weight):
        parts += drawing.flow(flow)
    parts += drawing.arcs()
    for place, (heading, nodes) in enumerate(drawing.columns):
        parts.append(tag("text", heading, x=drawing.left[place], y=16, class_="head"))
        for node in nodes:
            parts += drawing.box(node, place)
    floor: float = drawing.height
    if others:
        parts.append(tag("text", beyond, x=PAD, y=floor + 16, class_="head"))
        floor += 28
        for one in others:
            name = one.name if len(one.name) <= 30 else one.name[:29] + "…"
            parts.append(tag("text", tag("title", one.name), f"{name}, {len(one.colours)}", x=PAD, y=floor + 11, class_="small"))
            drawn, high = signs(one.colours, 240, floor, WIDTH - 240 - PAD)
            parts += drawn
            floor += high + 4
    box = {"viewBox": f"0 0 {WIDTH} {round(floor + PAD)}", "role": "img", "aria_labelledby": "pmap-t pmap-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="pmap"), css=CSS)


class _Drawing:
    """Where boxes stand."""

    def __init__(self, columns: Sequence[tuple[str, Sequence[Node]]], arcs: Sequence[Arc], heading: str) -> None:
        self.columns, self.links, self.heading = columns, arcs, heading
        many = len(columns)
        margin = MARGINS[min(many, 3)] if arcs else PAD
        wide = min((WIDTH - PAD - margin - (many - 1) * GAP) / max(many, 1), 460.0)
        self.width = [round(wide)] * many
        self.left = [round(margin + place * (wide + GAP)) for place in range(many)]
        deepest = max((len(nodes) for _, nodes in columns), default=1)
        self.height = TOP + max(deepest * ROW, LABEL * len({arc.rank for arc in arcs}) + 6) + 4 if columns else 0
        self.at: dict[str, tuple[int, float]] = {}
        for place, (_, nodes) in enumerate(columns):
            # few beside many stand apart, so that flows lie level
            step = ROW if place == 0 else max(ROW, min((self.height - TOP - 4) / max(len(nodes), 1), ROW * 2.2))
            space = (self.height - TOP - 4 - step * len(nodes)) / 2 if place else 0
            for row, node in enumerate(nodes):
                self.at[node.id] = place, TOP + space + row * step + (step - ROW) / 2 + (ROW - HIGH) / 2

    def box(self, node: Node, place: int) -> list[Markup]:
        """A box with its lines and its bar."""
        (_, y), x, wide = self.at[node.id], self.left[place], self.width[place]
        kind = "box late" if node.late else "box aim" if place else "box"
        about = "; ".join(part for part in (node.name, node.note, node.said) if part)
        out = [tag("rect", tag("title", about), x=x, y=round(y, 1), width=wide, height=HIGH, rx=3, class_=kind)]
        inset = 8
        if node.colour in GLYPHS:
            drawn, _ = signs([node.colour], x + 8, round(y + 6, 1), 20)
            out += drawn
            inset = 24
        taken = LETTER * len(node.said) * 0.9 if node.said else 0
        above = (
            bool(node.note) and cut(node.note, wide - 16 - taken, LETTER) != node.note
        )  # the amount stands beside the name where the note needs its line
        if node.note or node.said:
            first, second = cut(node.name, wide - inset - 6 - (taken + 6 if above else 0), LETTER), node.note
        else:
            first, second = wrapped(node.name, wide - inset - 6, LETTER)
        out.append(tag("text", first, x=x + inset, y=round(y + (15.5 if second or node.said else 23), 1)))
        late = " bad" if node.late else ""
        note = cut(second, wide - 16 - (0 if above else taken), LETTER) if node.note else second
        below = f"small{late}" if node.note else None
        out.append(tag("text", note, x=x + (8 if node.note else inset), y=round(y + 29.5, 1), class_=below))
        if node.said:
            out.append(tag("text", node.said, x=x + wide - 7, y=round(y + (15.5 if above else 29.5), 1), class_="small end"))
        if node.weight > 0:
            long = max(round((wide - 2) * min(node.weight, 1), 1), 2)
            out.append(tag("rect", x=x + 1, y=round(y + HIGH - 4, 1), width=long, height=3, class_="weight"))
        return out

    def flow(self, one: Flow) -> list[Markup]:
        """A band from the right edge of a box to the left edge of one in a later column."""
        if one.source not in self.at or one.target not in self.at:
            return []
        (a, ya), (b, yb) = self.at[one.source], self.at[one.target]
        x1, x2, y1, y2 = self.left[a] + self.width[a], self.left[b], ya + HIGH / 2, yb + HIGH / 2
        bend = GAP / 2
        thick = round(1.5 + 12 * max(min(one.weight, 1), 0), 1)
        path = f"M{x1} {y1:.1f}C{x1 + bend} {y1:.1f} {x2 - bend} {y2:.1f} {x2} {y2:.1f}"
        return [tag("path", tag("title", one.note), d=path, stroke_width=thick, class_="flow late" if one.late else "flow")]

    def arcs(self) -> list[Markup]:
        """Hand-overs, from row to row at the left of the projects, each with a number and what it is at the edge."""
        shown = [arc for arc in self.links if arc.source in self.at and arc.target in self.at]
        used: dict[str, int] = {}
        middles: dict[int, tuple[float, float]] = {}
        lines: list[Markup] = []
        marks: list[Markup] = []
        x = self.left[0] if self.left else PAD
        for arc in sorted(shown, key=lambda one: (one.missed, one.weight)):
            ends = []
            for name in (arc.source, arc.target):
                number = used[name] = used.get(name, -1) + 1
                ends.append(self.at[name][1] + HIGH / 2 + (0, -7, 7, -12, 12, -4, 4)[number % 7])
            y1, y2 = ends
            far = min(34 + abs(y2 - y1) * 0.42 + 5 * (arc.rank % 3), BEND)
            thick = round(1.4 + 7 * max(min(arc.weight, 1), 0), 1)
            kind = "missed" if arc.missed else "drives" if arc.drives else "idle"
            stop = x - 7 - thick / 2
            path = f"M{x} {y1:.1f}C{x - far * 1.3:.0f} {y1:.1f} {x - far * 1.3:.0f} {y2:.1f} {stop:.1f} {y2:.1f}"
            about = f"{arc.rank}. {arc.name}: {arc.note}"
            lines.append(tag("path", tag("title", about), d=path, stroke_width=thick, class_=f"arc {kind}"))
            half = 4 + thick / 2
            lines.append(tag("path", d=f"M{x - 1} {y2:.1f}l-{7 + thick / 2:.1f} -{half:.1f}v{2 * half:.1f}z", class_=f"tip {kind}"))
            middles.setdefault(arc.rank, (x - far * 0.975, (y1 + y2) / 2))
        placed: list[tuple[float, float]] = []
        room = x - BEND - PAD - 34
        named: set[int] = set()
        for arc in shown:
            if arc.rank in named:
                continue
            named.add(arc.rank)
            mx, my = middles[arc.rank]
            while any(abs(mx - px) < 17 and abs(my - py) < 17 for px, py in placed):
                my += 6
            placed.append((mx, my))
            top = TOP + LABEL * (len(named) - 1) + 6
            state = " missed" if arc.missed else ""
            for cx, cy in ((PAD + 9.0, top + 13), (mx, my)):
                marks.append(tag("circle", cx=f"{cx:.1f}", cy=f"{cy:.1f}", r=8, class_=f"rank{state}"))
                marks.append(tag("text", str(arc.rank), x=f"{cx:.1f}", y=f"{cy + 3.6:.1f}", class_="number"))
            marks.append(tag("text", tag("title", arc.name), cut(arc.name, room, LETTER), x=PAD + 24, y=f"{top + 11:.1f}"))
            bad = " bad" if arc.missed else ""
            marks.append(tag("text", cut(arc.note, room * 1.08, LETTER), x=PAD + 24, y=f"{top + 25:.1f}", class_=f"small{bad}"))
        if shown:
            marks.append(tag("text", self.heading, x=PAD, y=16, class_="head"))
        return lines + marks


def _describe(columns: Sequence[tuple[str, Sequence[Node]]], arcs: Sequence[Arc], flows: Sequence[Flow], others: Iterable[Others]) -> str:
    parts = [f"{heading.partition(';')[0]}: {len(nodes)}" for heading, nodes in columns if nodes]
    text = f"{', '.join(parts) or 'nothing'}; {counted(len({arc.rank for arc in arcs}), 'hand-over')} drawn, {counted(len(flows), 'way')} to benefits and objectives"
    hidden = sum(len(one.colours) for one in others)
    text += f"; {counted(hidden, 'project')} as small signs" if hidden else ""
    return text + ". The same facts stand in the table."
