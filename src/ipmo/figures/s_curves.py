"""S-curves: how likely each date or cost is kept, side by side, with what was planned and committed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "Curve", "Mark", "s_curves"]

CSS = """
.sc text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.sc .axis{fill:var(--quiet);font-size:11px}.sc .grid{stroke:var(--line)}.sc .name{font-weight:600}
.sc .mid{text-anchor:middle}.sc .end{text-anchor:end}
.sc .curve{fill:none;stroke:var(--plan);stroke-width:2.5;stroke-linejoin:round}.sc .under{fill:var(--plan);opacity:.12}
.sc .level{stroke:var(--plan);stroke-width:1.2;stroke-dasharray:3 3}.sc .dot{fill:var(--plan)}
.sc .stated{stroke:var(--ink);stroke-width:1.5}.sc .stated.bad{stroke:var(--bad)}.sc .bad-label{fill:var(--bad);font-weight:600}
.sc .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
"""

WIDTH, HEIGHT, TOP, BOTTOM, GAP, LEFT, RIGHT = 1160, 320, 66, 30, 44, 44, 12
STEPS = 100
"""Points of a curve."""


@attrs.frozen(kw_only=True)
class Mark:
    """Something that was stated, such as a commitment or a budget: a line across the curve.

    Args:
        at: where it stands on the axis.
        label: what it is, with its chance.
        bad: it is kept in too few samples.
    """

    at: float
    label: str
    bad: bool = False


@attrs.frozen(kw_only=True)
class Curve:
    """One distribution.

    Args:
        name: what is distributed.
        values: samples in ascending order, on the axis.
        ticks: lines of the axis with their names.
        levels: chances in percent that are read off the curve, each with what the curve says there.
        marks: what was stated.
    """

    name: str
    values: Sequence[float]
    ticks: Sequence[tuple[float, str]] = ()
    levels: Sequence[tuple[float, str]] = ()
    marks: Sequence[Mark] = ()

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where the axis leads: all samples and marks, with some air."""
        low, high = min([self.values[0], *(one.at for one in self.marks)]), max([self.values[-1], *(one.at for one in self.marks)])
        air = (high - low) * 0.05 or 1.0
        return low - air, high + air

    def at(self, percent: float) -> float:
        """The smallest sample that so many percent of all do not exceed."""
        return self.values[max(0, min(len(self.values) - 1, -int(-percent * len(self.values) // 100) - 1))]


def s_curves(curves: Sequence[Curve], *, title: str) -> Figure:
    """Curves side by side: the height is the share of samples that come by that date, or cost at most so much.

    Args:
        curves: one or two, from the left.
        title: the picture's name.
    """
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", _describe(curves), id=f"{safe}-d")]
    wide = (WIDTH - GAP * (len(curves) - 1)) / max(len(curves), 1)
    for number, curve in enumerate(curves):
        parts += _pane(curve, number * (wide + GAP) + LEFT, wide - LEFT - RIGHT)
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="sc"), css=CSS)


def _pane(curve: Curve, left: float, wide: float) -> list[Markup]:
    low, high = curve.ends

    def x(value: float) -> float:
        return round(left + wide * (value - low) / (high - low), 1)

    def y(chance: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - chance), 1)

    right, floor = left + wide, y(0)
    out: list[Markup] = [tag("text", curve.name, x=round(left, 1), y=14, class_="name")]
    for chance in (0, 0.25, 0.5, 0.75, 1):
        out.append(tag("line", x1=round(left, 1), x2=round(right, 1), y1=y(chance), y2=y(chance), class_="grid"))
        out.append(tag("text", f"{100 * chance:.0f} %", x=round(left - 6, 1), y=y(chance) + 4, class_="axis end"))
    for at, label in curve.ticks:
        if low <= at <= high:
            out.append(tag("line", x1=x(at), x2=x(at), y1=y(1), y2=floor, class_="grid"))
            out.append(tag("text", label, x=x(at), y=HEIGHT - 10, class_="axis mid"))
    points = [(x(curve.at(max(percent, 0.01))), y(percent / 100)) for percent in range(STEPS + 1)]
    line = "M" + "L".join(f"{a} {b}" for a, b in [(points[0][0], floor), *points])
    out.append(tag("path", d=f"{line}L{round(right, 1)} {y(1)}V{floor}Z", class_="under"))
    out.append(tag("path", tag("title", curve.name), d=f"{line}H{round(right, 1)}", class_="curve"))
    for percent, label in curve.levels:
        here, height = x(curve.at(percent)), y(percent / 100)
        out.append(tag("path", d=f"M{round(left, 1)} {height}H{here}V{floor}", class_="level", fill="none"))
        out.append(tag("circle", cx=here, cy=height, r=4, class_="dot"))
        away = here > left + wide * 0.7
        out.append(
            tag("text", label, x=here - 8 if away else here + 8, y=height + (-6 if away else 14), class_="halo end" if away else "halo")
        )
    for place, mark in enumerate(curve.marks):
        here, height = x(mark.at), TOP - 12 - 16 * (len(curve.marks) - 1 - place)
        away = here > left + wide * 0.55
        out.append(tag("line", x1=here, x2=here, y1=height - 6, y2=floor, class_="stated bad" if mark.bad else "stated"))
        kind = "halo bad-label" if mark.bad else "halo"
        out.append(tag("text", mark.label, x=here - 6 if away else here + 6, y=height + 3, class_=f"{kind} end" if away else kind))
    return out


def _describe(curves: Sequence[Curve]) -> str:
    said = []
    for curve in curves:
        parts = [label for _, label in curve.levels] + [mark.label for mark in curve.marks]
        said.append(f"{curve.name}: {', '.join(parts)}")
    return "; ".join(said) + ". The same figures stand in the table below."
