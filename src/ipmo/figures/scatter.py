"""Date and cost together: a dot a sample, and the pairs that are kept with one probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.s_curves import Mark
from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Axis", "scatter"]

CSS = """
.sct text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.sct .axis{fill:var(--quiet);font-size:11px}.sct .grid{stroke:var(--line)}.sct .mid{text-anchor:middle}.sct .end{text-anchor:end}
.sct .dot{fill:var(--plan);opacity:.28}.sct .front{fill:none;stroke:var(--warn);stroke-width:2.5;stroke-linejoin:round}.sct .knot{fill:var(--warn)}
.sct .stated{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4}.sct .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px}
"""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1160, 420, 90, 24, 40, 60


@attrs.frozen(kw_only=True)
class Axis:
    """One of the two.

    Args:
        name: what it counts.
        ends: from where to where it leads.
        ticks: lines with their names.
        mark: what was stated on it.
    """

    name: str
    ends: tuple[float, float]
    ticks: Sequence[tuple[float, str]] = ()
    mark: Mark | None = None


def scatter(
    points: Sequence[tuple[float, float]], frontier: Sequence[tuple[float, float]], across: Axis, up: Axis, *, title: str, note: str
) -> Figure:
    """Dots, and a line through the pairs of the frontier.

    Args:
        points: one a sample that is shown.
        frontier: pairs in order of the first.
        across, up: the axes.
        title: the picture's name.
        note: what dots and line are, in words.
    """

    def x(value: float) -> float:
        low, high = across.ends
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / ((high - low) or 1), 1)

    def y(value: float) -> float:
        low, high = up.ends
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / ((high - low) or 1), 1)

    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    stated = [axis.mark.label for axis in (across, up) if axis.mark is not None]
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", ". ".join([note, *stated]), id=f"{safe}-d")]
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for at, name in across.ticks:
        if across.ends[0] <= at <= across.ends[1]:
            parts.append(tag("line", x1=x(at), x2=x(at), y1=TOP, y2=floor, class_="grid"))
            parts.append(tag("text", name, x=x(at), y=floor + 16, class_="axis mid"))
    for at, name in up.ticks:
        if up.ends[0] <= at <= up.ends[1]:
            parts.append(tag("line", x1=LEFT, x2=right, y1=y(at), y2=y(at), class_="grid"))
            parts.append(tag("text", name, x=LEFT - 8, y=y(at) + 4, class_="axis end"))
    parts += [tag("circle", cx=x(a), cy=y(b), r=2.6, class_="dot") for a, b in points]
    if frontier:
        parts.append(tag("path", d="M" + "L".join(f"{x(a)} {y(b)}" for a, b in frontier), class_="front"))
        parts += [tag("circle", cx=x(a), cy=y(b), r=4, class_="knot") for a, b in frontier]
    if across.mark is not None:
        here = x(across.mark.at)
        parts.append(tag("line", x1=here, x2=here, y1=TOP - 6, y2=floor, class_="stated"))
        away = here > WIDTH / 2
        parts.append(tag("text", across.mark.label, x=here - 6 if away else here + 6, y=TOP + 2, class_="halo end" if away else "halo"))
    if up.mark is not None:
        here = y(up.mark.at)
        parts.append(tag("line", x1=LEFT, x2=right, y1=here, y2=here, class_="stated"))
        parts.append(tag("text", up.mark.label, x=right, y=here - 6, class_="halo end"))
    parts.append(tag("text", up.name, x=10, y=16, class_="axis"))
    parts.append(tag("text", f"{across.name}. {note}", x=LEFT, y=HEIGHT - 16, class_="axis"))
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="sct"), css=CSS)
