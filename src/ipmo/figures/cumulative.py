"""Running sums over time: what was planned, what is done, what is still forecast, as lines over one axis of periods."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.axes import nice_step
from ipmo.figures.layers import apart
from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["CSS", "Dot", "Running", "cumulative"]

CSS = """
.cum text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.cum .axis{fill:var(--quiet);font-size:11px}.cum .grid{stroke:var(--line)}.cum .mid{text-anchor:middle}.cum .end{text-anchor:end}
.cum .run{fill:none;stroke-width:2.4;stroke-linejoin:round}.cum .promise{stroke:var(--ink);stroke-dasharray:6 4;stroke-width:2}
.cum .plan{stroke:var(--plan)}.cum .done{stroke:var(--done);stroke-width:4}.cum .funding{stroke:var(--good);stroke-width:1.6}
.cum .ahead{stroke:var(--plan);stroke-dasharray:2 4;stroke-width:2.6;stroke-linecap:round}
.cum .dot{fill:var(--paper);stroke:var(--ink);stroke-width:2}.cum .dot.bad{fill:var(--bad);stroke:var(--bad)}.cum .dot.good{fill:var(--good);stroke:var(--good)}
.cum .today{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}.cum .todaytext{font-weight:600;font-size:11px}
.cum .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
"""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1160, 300, 70, 130, 52, 30
BESIDE = 120
"""Labels of amounts that are nearer than that stand one below the other."""
STYLES = ("promise", "plan", "done", "ahead", "funding")


@attrs.frozen(kw_only=True)
class Running:
    """One running sum.

    Args:
        name: for the legend; empty where another line of it stands there.
        points: (periods from the beginning of the first, amount), in order.
        style: `promise` (dashed), `plan`, `done`, `ahead` (dotted) or `funding`.
        said: the amount at its end, as people say it.
    """

    name: str
    points: Sequence[tuple[float, float]]
    style: str = attrs.field(default="plan", validator=attrs.validators.in_(STYLES))
    said: str = ""


@attrs.frozen(kw_only=True)
class Dot:
    """One amount at one time, with what it is; `bad` where it lies below what was to be, `good` where not, or neither."""

    x: float
    y: float
    label: str
    kind: str = ""


def cumulative(
    periods: Sequence[str],
    lines: Sequence[Running],
    *,
    dots: Sequence[Dot] = (),
    unit: str = "",
    today: float | None = None,
    title: str,
    note: str = "",
) -> Figure:
    """Lines over a common axis, each with its amount at its end.

    Args:
        periods: names of the periods, in order.
        lines: what runs.
        dots: single amounts.
        unit: of the axis.
        today: where the status date lies, in periods from the first one's start.
        title: the picture's name.
        note: a few words at the right of the legend.
    """
    values = [y for line in lines for _, y in line.points] + [dot.y for dot in dots]
    low, high = min([0.0, *values]), max([0.0, *values])
    step = nice_step(high - low or 1.0)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    high = high if high > low else low + step
    slot = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)

    def x(place: float) -> float:
        return round(LEFT + slot * place, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)

    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", _describe(lines, dots, unit), id=f"{safe}-d")]
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if f"{step:e}".startswith("2.5") and step < 10 else 0)
    for number in range(round((high - low) / step) + 1):
        value = low + number * step
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(value), y2=y(value), class_="grid"))
        parts.append(tag("text", f"{value:,.{digits}f}".replace("-", "−"), x=LEFT - 8, y=y(value) + 4, class_="axis end"))
    every = max(math.ceil(len(periods) * max((len(p) for p in periods), default=1) * 7.2 / (WIDTH - LEFT - RIGHT)), 1)
    for place in range(0, len(periods), every):
        parts.append(tag("text", periods[place], x=x(place + 0.5), y=HEIGHT - 10, class_="axis mid"))
    if today is not None and 0 <= today <= len(periods):
        side = {"x": x(today) + 5, "class_": "todaytext"} if today < len(periods) * 0.8 else {"x": x(today) - 5, "class_": "todaytext end"}
        parts.append(tag("line", x1=x(today), x2=x(today), y1=TOP - 14, y2=HEIGHT - BOTTOM, class_="today"))
        parts.append(tag("text", "status date", y=TOP - 6, **side))
    at = LEFT
    for line in lines:
        if line.name:
            parts.append(tag("line", x1=at, x2=at + 24, y1=14, y2=14, class_=f"run {line.style}"))
            parts.append(tag("text", line.name, x=at + 30, y=18))
            at += 30 + 7 * len(line.name) + 26
        if line.points:
            path = "M" + "L".join(f"{x(a)} {y(b)}" for a, b in line.points)
            parts.append(tag("path", tag("title", f"{line.name}: {line.said}"), d=path, class_=f"run {line.style}"))
    if note:
        parts.append(tag("text", note, x=WIDTH - 6, y=18, class_="axis end"))
    if unit:
        parts.append(tag("text", unit, x=4, y=TOP - 16, class_="axis"))
    parts += [tag("circle", tag("title", dot.label), cx=x(dot.x), cy=y(dot.y), r=5, class_=f"dot {dot.kind}".strip()) for dot in dots]
    labels = [*_ends([line for line in lines if line.points and line.said], x, y), *_beside(dots, len(periods), x, y)]
    parts += _apart(labels, 15, HEIGHT - BOTTOM - 4)
    box = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="cum"), css=CSS)


def _ends(lines: Sequence[Running], x: Callable[[float], float], y: Callable[[float], float]) -> list[_Label]:
    """Amounts at the ends of lines."""
    ends = [(line.said, *line.points[-1]) for line in lines]
    return [_Label(said=said, amount=amount, x=x(at) + 6, y=y(amount) + 4) for said, at, amount in ends]


def _beside(dots: Sequence[Dot], count: int, x: Callable[[float], float], y: Callable[[float], float]) -> list[_Label]:
    """The labels of single amounts, each beside its own."""
    labels = []
    for dot in dots:
        away = dot.x > count * 0.75
        labels.append(_Label(said=dot.label, amount=dot.y, x=x(dot.x) + (-10 if away else 10), y=y(dot.y) + 4, away=away))
    return labels


@attrs.frozen(kw_only=True)
class _Label:
    """Words beside an amount: where they would stand if they were alone, and whether they end there (`away`) or begin there."""

    said: str
    amount: float
    x: float
    y: float
    away: bool = False


def _apart(labels: Sequence[_Label], gap: float, low: float) -> list[Markup]:
    """Labels of about the same time stand apart between the top and `low`, in the order of their amounts, as near to them as can be.

    Of more than there is room for, the first ones given stand, and the last says how many more there are and, to who points at it, which.
    """
    groups: list[list[int]] = []
    for place in sorted(range(len(labels)), key=lambda one: labels[one].x):
        near = groups and labels[place].x - labels[groups[-1][-1]].x < BESIDE
        groups[-1].append(place) if near else groups.append([place])
    room = int((low - TOP - 4) / gap) + 1
    out: list[Markup] = []
    for group in groups:
        given = [labels[place] for place in sorted(group)]
        shown = given if len(given) <= room else given[: room - 1]
        shown = sorted(shown, key=lambda one: -one.amount)
        rest = [one.said for one in given[len(shown) :]]
        if rest:
            shown.append(attrs.evolve(given[-1], said=f"and {len(rest)} more", y=low))
        heights = apart([one.y for one in shown], [gap] * len(shown), TOP + 4, low)
        for label, height in zip(shown, heights, strict=True):
            which = [tag("title", "; ".join(rest))] if rest and label is shown[-1] else []
            kind = "halo end" if label.away else "halo"
            out.append(tag("text", *which, label.said, x=round(label.x, 1), y=round(height, 1), class_=kind))
    return out


def _describe(lines: Sequence[Running], dots: Sequence[Dot], unit: str) -> str:
    alone = unit.rpartition(" ")[2]  # what is said has its scale
    said = [
        f"{line.name} comes to {f'{line.said} {alone}' if line.said else format(line.points[-1][1], ',.4g') + f' {unit}'}".rstrip()
        for line in lines
        if line.points and line.name
    ]
    return "; ".join([*said, *(dot.label for dot in dots)]) + ". The same figures stand in the table below."
