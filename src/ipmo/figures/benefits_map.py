"""The benefits map: work at the left, what it leads to in columns, objectives at the right, the arrows between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.layers import layered
from ipmo.figures.svg import Figure, cut, tag, wrapped
from ipmo.words import counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "MapNode", "MapWay", "drawn_map"]

CSS = """
.bmap text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.bmap .head{fill:var(--quiet);font-weight:600;font-size:11px}.bmap .small{fill:var(--quiet);font-size:11px}.bmap .end{text-anchor:end}
.bmap .small.bad{fill:var(--bad);font-weight:600}.bmap .box{fill:var(--paper);stroke:var(--line);stroke-width:1.2}
.bmap .box.aim{fill:var(--band);stroke:var(--ink)}.bmap .box.work{fill:var(--band)}.bmap .box.late{stroke:var(--bad);stroke-width:1.8}
.bmap .box.loose{stroke:var(--warn);stroke-dasharray:5 3;stroke-width:1.6}
.bmap .way{fill:none;stroke:var(--plan);stroke-opacity:.55;stroke-width:1.6}.bmap .way.any{stroke-dasharray:6 4}
.bmap .way.share{stroke:var(--good)}.bmap .way.aligned{stroke:var(--quiet);stroke-dasharray:2 4}.bmap .way.late{stroke:var(--bad);stroke-opacity:.7}
"""

WIDTH, TOP, PAD, GAP = 1160, 34, 10, 56
HIGH, SPACE = 36, 10
LOW, NARROW = 22, 5
"""Height of a box and the room below it: with two lines, and with one where there are many."""
MANY = 22
"""Boxes in a column from which on each has one line."""
LETTER = 6.5
ROUTE = 9
"""Room for an arrow that passes a column."""


@attrs.frozen(kw_only=True)
class MapNode:
    """A box.

    Args:
        id: for arrows.
        name: its first line.
        column: of the picture, from the left.
        note: its second line, where there is room for one.
        said: a few words at its right end.
        kind: `work`, `aim` or empty.
        late: it has a red edge.
        loose: nothing leads to it, or it leads to nothing: its edge is dashed.
    """

    id: str
    name: str
    column: int
    note: str = ""
    said: str = ""
    kind: str = ""
    late: bool = False
    loose: bool = False


@attrs.frozen(kw_only=True)
class MapWay:
    """An arrow.

    Args:
        source, target: ids of boxes.
        kind: `all` (needed), `any` (one of several is enough), `share` (part of the value) or `aligned` (stated, on no map).
        note: what a reader sees over it.
        share: of the target's value, 0 to 1, for its width; None where that is not stated.
        late: what it leads to comes late.
    """

    source: str
    target: str
    kind: str = "all"
    note: str = ""
    share: float | None = None
    late: bool = False


def drawn_map(heads: Sequence[str], nodes: Sequence[MapNode], ways: Sequence[MapWay], *, title: str, note: str = "") -> Figure:
    """Boxes in columns, ordered so that few arrows cross, and arrows that pass between boxes and never behind one.

    Args:
        heads: what stands over the columns.
        nodes: the boxes.
        ways: the arrows, each from one column to a later one.
        title: the picture's name.
        note: what is not drawn, in words.
    """
    most = max((sum(node.column == place for node in nodes) for place in range(len(heads))), default=0)
    high, space = (HIGH, SPACE) if most <= MANY else (LOW, NARROW)
    wide = (WIDTH - 2 * PAD - GAP * (len(heads) - 1)) / max(len(heads), 1)
    by = {node.id: node for node in nodes}
    kept = [way for way in ways if way.source in by and way.target in by and by[way.source].column < by[way.target].column]
    at, routes = layered({node.id: node.column for node in nodes}, [(way.source, way.target) for way in kept], high + space, ROUTE)
    left = [PAD + place * (wide + GAP) for place in range(len(heads))]
    floor = TOP + max((y for y in at.values()), default=0.0) + high / 2
    floor = max([floor, *(TOP + y + ROUTE for route in routes.values() for y in route)])
    parts: list[Markup] = [tag("title", title, id="bmap-t"), tag("desc", _describe(heads, nodes, kept, note), id="bmap-d")]
    for way in sorted(kept, key=lambda one: one.late):
        parts.append(_way(way, by, at, routes[way.source, way.target], left, wide))
    for place, head in enumerate(heads):
        parts.append(tag("text", head, x=round(left[place], 1), y=16, class_="head"))
    for node in nodes:
        parts += _box(node, left[node.column], TOP + at[node.id] - high / 2, wide, high)
    if note:
        parts += [tag("text", line, x=PAD, y=round(floor + 22 + 15 * n, 1), class_="small") for n, line in enumerate(_lines(note))]
        floor += 14 + 15 * len(_lines(note))
    box = {"viewBox": f"0 0 {WIDTH} {round(floor + 12)}", "role": "img", "aria_labelledby": "bmap-t bmap-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="bmap"), css=CSS)


def _way(
    way: MapWay, by: Mapping[str, MapNode], at: Mapping[str, float], route: Sequence[float], left: Sequence[float], wide: float
) -> Markup:
    """From the right edge of a box to the left edge of another; level where it passes a column between them."""
    first, last = by[way.source].column, by[way.target].column
    x, y = left[first] + wide, TOP + at[way.source]
    path = f"M{x:.1f} {y:.1f}"
    for column, height in zip(range(first + 1, last + 1), [*route, at[way.target]], strict=True):
        to, end = left[column], TOP + height
        path += f"C{x + GAP / 2:.1f} {y:.1f} {to - GAP / 2:.1f} {end:.1f} {to:.1f} {end:.1f}"
        if column < last:
            path += f"H{to + wide:.1f}"
        x, y = to + wide, end
    thick = None if way.share is None else round(1.2 + 5 * min(max(way.share, 0.0), 1.0), 1)
    kind = f"way{'' if way.kind == 'all' else f' {way.kind}'}{' late' if way.late else ''}"
    style = None if thick is None else f"stroke-width:{thick}px"
    return tag("path", tag("title", way.note), d=path, class_=kind, style=style)


def _box(node: MapNode, x: float, y: float, wide: float, high: float) -> list[Markup]:
    kinds = ["box", node.kind, "late" if node.late else "loose" if node.loose else ""]
    about = "; ".join(part for part in (node.name, node.note, node.said) if part)
    out = [
        tag(
            "rect",
            tag("title", about),
            x=round(x, 1),
            y=round(y, 1),
            width=round(wide, 1),
            height=high,
            rx=3,
            class_=" ".join(filter(None, kinds)),
        )
    ]
    two = high == HIGH
    said = LETTER * len(node.said) * 0.92 if node.said and (not two or node.note or len(node.name) * LETTER < wide - 20) else 0.0
    kind = "small bad" if node.late else "small"
    if two and not node.note and not node.said:
        first, second = wrapped(node.name, wide - 16, LETTER)
        middle = 15.5 if second else 22.5
        out.append(tag("text", first, x=round(x + 8, 1), y=round(y + middle, 1)))
        if second:
            out.append(tag("text", second, x=round(x + 8, 1), y=round(y + 29.5, 1)))
        return out
    room = wide - 16 if two else wide - 16 - (said + 6 if said else 0)
    out.append(tag("text", cut(node.name, room, LETTER), x=round(x + 8, 1), y=round(y + (15 if two else 15.5), 1)))
    if two and node.note:
        out.append(
            tag("text", cut(node.note, wide - 16 - (said + 6 if said else 0), LETTER), x=round(x + 8, 1), y=round(y + 29.5, 1), class_=kind)
        )
    if node.said:
        out.append(tag("text", node.said, x=round(x + wide - 7, 1), y=round(y + (29.5 if two else 15.5), 1), class_=f"{kind} end"))
    return out


def _lines(text: str) -> list[str]:
    """A note in lines that fit."""
    most, out = int((WIDTH - 2 * PAD) / 6.2), [""]
    for word in text.split(" "):
        if out[-1] and len(out[-1]) + 1 + len(word) > most:
            out.append("")
        out[-1] = f"{out[-1]} {word}".strip()
    return out


def _describe(heads: Sequence[str], nodes: Sequence[MapNode], ways: Sequence[MapWay], note: str) -> str:
    columns = [f"{head}: {sum(node.column == place for node in nodes)}" for place, head in enumerate(heads)]
    late = [node.name for node in nodes if node.late]
    loose = [node.name for node in nodes if node.loose]
    parts = [f"{', '.join(columns)}; {counted(len(ways), 'arrow')}"]
    parts += [f"late: {', '.join(late)}"] if late else []
    parts += [f"connected on one side only: {', '.join(loose)}"] if loose else []
    return ". ".join([*parts, note] if note else parts).rstrip(".") + "."
