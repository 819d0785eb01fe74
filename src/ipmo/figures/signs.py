"""Many projects as small signs, one each: a square for red, a triangle for amber, a circle for green, a diamond between two of these, a ring for none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "ORDER", "SignRow", "sign_rows", "signs"]

CSS = """
.signs text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.signs .small{fill:var(--quiet);font-size:11px}.signs .end{text-anchor:end}.signs .group{font-weight:600}
.signs .good{fill:var(--good)}.signs .warn{fill:var(--warn)}.signs .bad{fill:var(--bad)}.signs .none{fill:none;stroke:var(--quiet)}
.signs .rule{stroke:var(--line)}
"""

PITCH, SIZE = 14, 10
ORDER: tuple[str | None, ...] = ("red", "amber-red", "amber", "amber-green", "green", None)
"""The colours in the order in which they are drawn."""
CLASSES = {"red": "bad", "amber-red": "bad", "amber": "warn", "amber-green": "good", "green": "good", None: "none"}
MOST = 500
"""Signs drawn for one group; where there are more, each stands for several."""
WIDTH, LEFT, RIGHT, TOP = 1160, 250, 190, 34


def signs(colours: Sequence[str | None], x: float, y: float, width: float) -> tuple[list[Markup], float]:
    """The signs of a group, the worst first, in lines of a width, and how high they are together.

    Args:
        colours: of each; anything that `ORDER` lacks is a ring.
        x, y: where they begin.
        width: of a line.
    """
    each = -(-len(colours) // MOST)
    by = {colour: sum(1 for one in colours if (one if one in CLASSES else None) == colour) for colour in ORDER}
    line = max(int(width // PITCH), 1)
    out: list[Markup] = []
    place = 0
    for colour in ORDER:
        path = ""
        for _ in range(-(-by[colour] // max(each, 1))):
            left, top = x + place % line * PITCH, y + place // line * PITCH
            path += _sign(colour, left, top)
            place += 1
        if path:
            out.append(tag("path", tag("title", f"{by[colour]} {colour or 'without a colour'}"), d=path, class_=CLASSES[colour]))
    return out, (-(-place // line) or 1) * PITCH


def _sign(colour: str | None, x: float, y: float) -> str:
    if colour == "red":
        return f"M{x:g} {y:g}h{SIZE}v{SIZE}h-{SIZE}z"
    if colour == "amber":
        return f"M{x + SIZE / 2:g} {y:g}l{SIZE / 2:g} {SIZE}h-{SIZE}z"
    if colour in ("amber-red", "amber-green"):
        return f"M{x + SIZE / 2:g} {y:g}l{SIZE / 2:g} {SIZE / 2:g}l-{SIZE / 2:g} {SIZE / 2:g}l-{SIZE / 2:g} -{SIZE / 2:g}z"
    r = SIZE / 2 if colour == "green" else SIZE / 2 - 1
    return f"M{x + SIZE / 2 - r:g} {y + SIZE / 2:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 -{2 * r:g} 0z"


@attrs.frozen(kw_only=True)
class SignRow:
    """A group of projects.

    Args:
        name: of the group.
        colours: one a project.
        said: what stands at the end of the row.
    """

    name: str
    colours: Sequence[str | None]
    said: str = ""


def sign_rows(rows: Sequence[SignRow], *, title: str, note: str) -> Figure:
    """A row a group, with a sign for each of its projects.

    Args:
        rows: from the top.
        title: the picture's name.
        note: what a sign stands for, in words.
    """
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    said = "; ".join(f"{row.name}: {row.said}" for row in rows)
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", f"{note} {said}", id=f"{safe}-d")]
    parts.append(tag("text", note, x=LEFT, y=16, class_="small"))
    y: float = TOP
    right = max([RIGHT, *(20 + 6 * len(row.said) for row in rows)])
    for row in rows:
        name = row.name if len(row.name) <= 34 else row.name[:33] + "…"
        drawn, high = signs(row.colours, LEFT, y, WIDTH - LEFT - right)
        parts.append(tag("text", tag("title", row.name), name, x=LEFT - 12, y=y + 10, class_="end"))
        parts += drawn
        parts.append(tag("text", row.said, x=WIDTH - right + 10, y=y + 9, class_="small"))
        y += high + 8
        parts.append(tag("line", x1=10, x2=WIDTH - 10, y1=y - 3, y2=y - 3, class_="rule"))
        y += 4
    box = {"viewBox": f"0 0 {WIDTH} {round(y + 4)}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="signs"), css=CSS)
