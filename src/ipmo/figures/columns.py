"""Columns over time: amounts by period side by side, and lines such as what there is capacity for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.axes import nice_step
from ipmo.figures.svg import Figure, tag
from ipmo.words import counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "Series", "columns"]

CSS = """
.co text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.co .axis{fill:var(--quiet);font-size:11px}.co .grid{stroke:var(--line)}.co .zero{stroke:var(--ink);stroke-width:1.2}
.co .mid{text-anchor:middle}.co .end{text-anchor:end}
.co .outline{fill:var(--paper);stroke:var(--ink);stroke-width:1.3}.co .done{fill:var(--done)}.co .plan{fill:var(--plan)}
.co .bad{fill:var(--bad)}.co .line{fill:none;stroke:var(--ink);stroke-width:2}
.co .today{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}.co .todaytext{font-weight:600;font-size:11px}
"""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1160, 300, 70, 16, 52, 30
STYLES = ("outline", "done", "plan", "bad", "line")


@attrs.frozen(kw_only=True)
class Series:
    """One measure over the periods.

    Args:
        name: for the legend.
        values: one a period; None draws nothing.
        style: `outline`, `done`, `plan` or `bad` columns, or a stepped `line`.
    """

    name: str
    values: Sequence[float | None]
    style: str = attrs.field(default="plan", validator=attrs.validators.in_(STYLES))


def columns(periods: Sequence[str], series: Sequence[Series], *, unit: str = "", today: float | None = None, title: str) -> Figure:
    """Columns by period over a common axis; the legend names each series by its swatch.

    Args:
        periods: names of the periods, in order.
        series: what to draw; columns stand side by side, lines run over them.
        unit: of the axis.
        today: where the status date lies, in periods from the first one's start.
        title: the picture's name.
    """
    known = [value for one in series for value in one.values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    step = nice_step(high - low or 1.0)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    high = high if high > low else low + step
    slot = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", _describe(periods, series, unit), id=f"{safe}-d")]
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if f"{step:e}".startswith("2.5") and step < 10 else 0)
    for number in range(round((high - low) / step) + 1):
        value = low + number * step
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(value), y2=y(value), class_="grid"))
        text = f"{value:,.{digits}f}".replace("-", "−")
        parts.append(tag("text", text, x=LEFT - 8, y=y(value) + 4, class_="axis end"))
    parts += _legend(series, unit)
    drawn = [one for one in series if one.style != "line"]
    wide = slot * 0.76 / max(len(drawn), 1)
    for place, one in enumerate(drawn):
        for period, amount in enumerate(one.values):
            if amount:
                x = LEFT + slot * (period + 0.12) + place * wide
                top, bottom = sorted((y(amount), y(0)))
                about = tag("title", f"{periods[period]}, {one.name}: {amount:,.2f} {unit}".strip())
                size = {"width": round(max(wide - min(2, wide * 0.15), 0.6), 1), "height": round(max(bottom - top, 0.8), 1)}
                parts.append(tag("rect", about, x=round(x, 1), y=top, **size, class_=one.style))
    parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(0), y2=y(0), class_="zero"))
    for one in series:
        path = _steps(one.values, slot, y) if one.style == "line" else ""
        if path:
            parts.append(tag("path", tag("title", one.name), d=path, class_="line"))
    every = math.ceil(len(periods) * max((len(p) for p in periods), default=1) * 7.2 / (WIDTH - LEFT - RIGHT)) or 1
    for place in range(0, len(periods), every):
        parts.append(tag("text", periods[place], x=round(LEFT + slot * (place + 0.5), 1), y=HEIGHT - 10, class_="axis mid"))
    if today is not None and 0 <= today <= len(periods):
        x = round(LEFT + slot * today, 1)
        right = today > len(periods) * 0.85
        parts.append(tag("line", x1=x, x2=x, y1=TOP - 14, y2=HEIGHT - BOTTOM, class_="today"))
        side = {"x": x - 5, "class_": "todaytext end"} if right else {"x": x + 5, "class_": "todaytext"}
        parts.append(tag("text", "status date", y=TOP - 6, **side))
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="co"), css=CSS)


def _legend(series: Sequence[Series], unit: str) -> list[Markup]:
    out: list[Markup] = []
    x = LEFT
    for one in series:
        if one.style == "line":
            out.append(tag("line", x1=x, x2=x + 18, y1=14, y2=14, class_="line"))
        else:
            out.append(tag("rect", x=x + 2, y=8, width=14, height=12, class_=one.style))
        out.append(tag("text", one.name, x=x + 24, y=18))
        x += 24 + 7 * len(one.name) + 26
    if unit:
        out.append(tag("text", unit, x=4, y=TOP - 16, class_="axis"))
    return out


def _steps(values: Sequence[float | None], slot: float, y: Callable[[float], float]) -> str:
    """A stepped line; it breaks where nothing is known."""
    out, last = "", None
    for place, value in enumerate(values):
        if value is None:
            last = None
            continue
        start, end = round(LEFT + slot * place, 1), round(LEFT + slot * (place + 1), 1)
        out += f"{'M' + str(start) + ' ' if last is None else 'V'}{y(value)}H{end}"
        last = value
    return out


def _describe(periods: Sequence[str], series: Sequence[Series], unit: str) -> str:
    text = f"{counted(len(periods), 'period')}" + (f" from {periods[0]} to {periods[-1]}" if periods else "")
    for one in series:
        found = [(value, period) for period, value in zip(periods, one.values, strict=True) if value is not None]
        if found:
            value, period = max(found, key=lambda pair: abs(pair[0]))
            text += f"; {one.name} is largest in {period} with {value:,.1f} {unit}".rstrip()
    return text + ". The same figures stand in the table below."
