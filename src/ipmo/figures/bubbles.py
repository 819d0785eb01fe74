"""A bubble chart: what is worth how much, how easily it is had, and what it costs, with a name for each quarter of the plane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Bubble", "bubbles"]

CSS = """
.bub text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.bub .axis{fill:var(--quiet);font-size:11px}.bub .quarter{fill:var(--quiet);font-size:13px;font-style:italic}.bub .mid{text-anchor:middle}.bub .end{text-anchor:end}
.bub .frame{fill:none;stroke:var(--line)}.bub .cross{stroke:var(--line);stroke-width:1.5}
.bub .one{fill:var(--plan);fill-opacity:.35;stroke:var(--plan);stroke-width:1.5}.bub .open{fill:none;stroke-dasharray:4 3}
.bub .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px}
"""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1160, 520, 40, 24, 34, 62
LARGEST, SMALLEST, UNKNOWN = 46.0, 5.0, 12.0
"""Radii: of the largest amount, at least, and where the amount is not known."""
LETTER, LINE = 6.4, 15.0
"""How wide a letter of a label is on average, and how high its line."""
Box = tuple[float, float, float, float]


@attrs.frozen(kw_only=True)
class Bubble:
    """One of those shown.

    Args:
        name: what it is called.
        across, up: where it lies, 0 to 100.
        size: the amount that its area stands for; None where it is not known.
        said: the amount in words.
    """

    name: str
    across: float
    up: float
    size: float | None
    said: str = ""


def bubbles(rows: Sequence[Bubble], *, across: str, up: str, quarters: tuple[str, str, str, str], title: str, note: str) -> Figure:
    """Bubbles on a plane of 0 to 100 each way, the larger behind the smaller.

    Args:
        rows: what is shown.
        across, up: what the axes count.
        quarters: names of the upper right, upper left, lower right and lower left quarter.
        title: the picture's name.
        note: what areas are, in words.
    """
    largest = max((one.size for one in rows if one.size), default=0.0)
    placed = sorted(((one, _radius(one.size, largest)) for one in rows), key=lambda pair: -pair[1])
    floor, right = float(HEIGHT - BOTTOM), float(WIDTH - RIGHT)
    middle = (LEFT + (right - LEFT) / 2, TOP + (floor - TOP) / 2)
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    heard = [f"{one.name}: {across} {one.across:.0f}, {up} {one.up:.0f}, {one.said or 'cost not known'}" for one, _ in placed]
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", ". ".join([note, *heard]), id=f"{safe}-d")]
    parts.append(tag("rect", x=LEFT, y=TOP, width=right - LEFT, height=floor - TOP, class_="frame"))
    parts.append(tag("line", x1=middle[0], x2=middle[0], y1=TOP, y2=floor, class_="cross"))
    parts.append(tag("line", x1=LEFT, x2=right, y1=middle[1], y2=middle[1], class_="cross"))
    for name, x, y, end in zip(
        quarters, (right - 10, LEFT + 10, right - 10, LEFT + 10), (TOP + 20, TOP + 20, floor - 12, floor - 12), (True, False, True, False),
        strict=True,
    ):  # fmt: skip
        parts.append(tag("text", name, x=x, y=y, class_="quarter end" if end else "quarter"))
    spots = [(one, radius, *_spot(one, right, floor)) for one, radius in placed]
    for one, radius, x, y in spots:
        said = tag("title", f"{one.name}, {one.said or 'cost not known'}")
        parts.append(
            tag("circle", said, cx=round(x, 1), cy=round(y, 1), r=round(radius, 1), class_="one" if one.size is not None else "one open")
        )
    taken: list[Box] = [(x - r, y - r, x + r, y + r) for _, r, x, y in spots]
    for place, (one, radius, x, y) in enumerate(spots):
        at_x, at_y, kind, box = _label(one.name, (x, y), radius, taken[:place] + taken[place + 1 :], right)
        taken.append(box)
        parts.append(tag("text", one.name, x=round(at_x, 1), y=round(at_y, 1), class_=f"halo {kind}".strip()))
    parts.append(tag("text", f"{up} ↑", x=LEFT, y=TOP - 12, class_="axis"))
    parts.append(tag("text", f"{across} →", x=right, y=floor + 18, class_="axis end"))
    parts.append(tag("text", note, x=LEFT, y=HEIGHT - 14, class_="axis"))
    seen = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **seen, class_="bub"), css=CSS)


def _radius(size: float | None, largest: float) -> float:
    """A radius whose square is in proportion to the amount."""
    if size is None:
        return UNKNOWN
    return max(SMALLEST, LARGEST * math.sqrt(max(size, 0.0) / largest)) if largest else SMALLEST


def _spot(one: Bubble, right: float, floor: float) -> tuple[float, float]:
    """Where its middle lies: 0 and 100 stand so far inside the frame that the largest bubble fits."""
    along, upward = (min(max(value, 0.0), 100.0) / 100 for value in (one.across, one.up))
    x = LEFT + LARGEST + (right - LEFT - 2 * LARGEST) * along
    return x, floor - LARGEST - (floor - TOP - 2 * LARGEST) * upward


def _label(name: str, at: tuple[float, float], radius: float, taken: Sequence[Box], right: float) -> tuple[float, float, str, Box]:
    """(x, y, class, room) of a label: inside where it fits, else beside it where nothing else lies, as far as there is such a place."""
    x, y = at
    wide = len(name) * LETTER
    inside = (x - wide / 2, y - LINE / 2, x + wide / 2, y + LINE / 2)
    tries: list[tuple[float, float, str, Box]] = []
    if wide < 1.8 * radius:
        tries.append((x, y + 4, "mid", inside))
    tries += [
        (x + radius + 5, y + 4, "", (x + radius + 5, y - LINE / 2, x + radius + 5 + wide, y + LINE / 2)),
        (x - radius - 5, y + 4, "end", (x - radius - 5 - wide, y - LINE / 2, x - radius - 5, y + LINE / 2)),
        (x, y - radius - 5, "mid", (x - wide / 2, y - radius - 5 - LINE, x + wide / 2, y - radius - 3)),
        (x, y + radius + LINE, "mid", (x - wide / 2, y + radius + 3, x + wide / 2, y + radius + LINE + 3)),
    ]

    def crowd(one: tuple[float, float, str, Box]) -> float:
        box = one[3]
        if box[0] < LEFT or box[2] > right or box[1] < TOP - 10 or box[3] > HEIGHT - BOTTOM + 4:
            return math.inf
        return sum(_common(box, other) for other in taken)

    return min(tries, key=crowd)


def _common(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
