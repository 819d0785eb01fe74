"""Tornadoes: what each cause adds, the greatest on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Bar", "tornado"]

CSS = """
.tor text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.tor .axis{fill:var(--quiet);font-size:11px}.tor .grid{stroke:var(--line)}.tor .zero{stroke:var(--ink)}.tor .mid{text-anchor:middle}
.tor .end{text-anchor:end}.tor .bar{fill:var(--plan)}.tor .bar.less{fill:var(--good)}.tor .bar.worse{fill:var(--bad)}.tor .before{fill:var(--done)}.tor .error{stroke:var(--ink)}
"""

WIDTH, LEFT, RIGHT, TOP, ROW = 1160, 330, 200, 30, 26
NAME = 48
"""Letters of a name that are shown."""


@attrs.frozen(kw_only=True)
class Bar:
    """One cause.

    Args:
        name: of the cause.
        value: what it adds; below zero it takes away.
        error: its standard error; None where that is not known.
        said: the value in words.
        before: the value before something was done about it; None where the value is all.
    """

    name: str
    value: float
    error: float | None = None
    said: str = ""
    before: float | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where it leads, its error among it."""
        more = self.error or 0.0
        values = [0.0, self.value - more, self.value + more, *([] if self.before is None else [self.before])]
        return min(values), max(values)


def tornado(bars: Sequence[Bar], *, ticks: Sequence[tuple[float, str]], title: str, note: str, gains: bool = False) -> Figure:
    """A bar a cause.

    Args:
        bars: from the top.
        ticks: lines of the axis with their names.
        title: the picture's name.
        note: what the bars are, in words.
        gains: more is better, so that what lies below zero looks bad; else less is.
    """
    less = "bar worse" if gains else "bar less"
    low, high = min([0.0, *(bar.ends[0] for bar in bars)]), max([0.0, *(bar.ends[1] for bar in bars)])
    span = (high - low) or 1.0
    floor = TOP + ROW * len(bars)

    def x(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / span, 1)

    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    said = "; ".join(f"{bar.name}: {bar.said}" for bar in bars)
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", f"{note} {said}", id=f"{safe}-d")]
    for at, name in ticks:
        if low <= at <= high:
            parts.append(tag("line", x1=x(at), x2=x(at), y1=TOP - 8, y2=floor, class_="grid"))
            parts.append(tag("text", name, x=x(at), y=TOP - 14, class_="axis mid"))
    for place, bar in enumerate(bars):
        middle = TOP + ROW * place + ROW / 2
        shown = bar.name if len(bar.name) <= NAME else f"{bar.name[: NAME - 1]}…"
        parts.append(tag("text", tag("title", bar.name), shown, x=LEFT - 12, y=middle + 4, class_="end"))
        if bar.before is not None:
            parts.append(_bar(x, 0.0, bar.before, middle, 16, "before"))
        parts.append(_bar(x, 0.0, bar.value, middle, 16 if bar.before is None else 8, less if bar.value < 0 else "bar"))
        if bar.error:
            parts.append(tag("line", x1=x(bar.value - bar.error), x2=x(bar.value + bar.error), y1=middle, y2=middle, class_="error"))
        parts.append(tag("text", bar.said, x=x(bar.ends[1]) + 8, y=middle + 4))
    parts.append(tag("line", x1=x(0), x2=x(0), y1=TOP - 8, y2=floor, class_="zero"))
    parts.append(tag("text", note, x=LEFT, y=floor + 22, class_="axis"))
    box = {"viewBox": f"0 0 {WIDTH} {floor + 34}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="tor"), css=CSS)


def _bar(x: Callable[[float], float], first: float, last: float, middle: float, thick: float, kind: str) -> Markup:
    left, right = sorted((x(first), x(last)))
    return tag("rect", x=left, y=middle - thick / 2, width=max(round(right - left, 1), 1.0), height=thick, rx=2, class_=kind)
