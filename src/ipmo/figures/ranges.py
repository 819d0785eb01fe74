"""Fans of dates: between which days a finish lies, item by item on one axis, with what was planned and committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.s_curves import Mark
from ipmo.figures.svg import Figure, tag

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Range", "Strip", "ranges", "strips"]

CSS = """
.fan text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.fan .axis{fill:var(--quiet);font-size:11px}.fan .grid{stroke:var(--line)}.fan .mid{text-anchor:middle}.fan .end{text-anchor:end}
.fan .band{fill:var(--plan)}.fan .b0{opacity:.18}.fan .b1{opacity:.3}.fan .b2{opacity:.55}.fan .half{stroke:var(--paper);stroke-width:3}
.fan .planned{fill:var(--quiet)}.fan .stated{stroke:var(--ink);stroke-width:2.5}.fan .stated.bad{stroke:var(--bad)}
.fan .said{fill:var(--quiet);font-size:11px}.fan .said.bad{fill:var(--bad);font-weight:600}
"""

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 1160, 230, 210, 30, 30, 16
NARROW, STRIP = 460, 58
LETTER = 6.2
"""About how wide a figure of the small print is."""
"""Width of strips, which stand in a column of text, and height of each."""
NAME = 34
"""Letters of a name that are shown."""


@attrs.frozen(kw_only=True)
class Range:
    """One item.

    Args:
        name: what is dated.
        bands: from and to of each band, the widest first; they lie in one another.
        half: the date that half of the samples keep.
        planned: the date of the schedule.
        mark: what was stated.
        said: what stands at the end of the row.
    """

    name: str
    bands: Sequence[tuple[float, float]]
    half: float
    planned: float | None = None
    mark: Mark | None = None
    said: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where it leads."""
        more = [self.half, *(one for one in (self.planned, None if self.mark is None else self.mark.at) if one is not None)]
        values = [*(end for band in self.bands for end in band), *more]
        return min(values), max(values)


def ranges(rows: Sequence[Range], *, ticks: Sequence[tuple[float, str]], title: str, note: str) -> Figure:
    """A fan a row.

    Args:
        rows: from the top.
        ticks: lines of the axis with their names.
        title: the picture's name.
        note: what the bands are, in words.
    """
    low, high = min(row.ends[0] for row in rows), max(row.ends[1] for row in rows)
    air = (high - low) * 0.03 or 1.0
    low, high = low - air, high + air
    height = TOP + ROW * len(rows) + 34

    def x(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low), 1)

    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    said = "; ".join(f"{row.name}: {row.said}" for row in rows)
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", f"{note} {said}", id=f"{safe}-d")]
    floor = TOP + ROW * len(rows)
    for at, name in ticks:
        if low <= at <= high:
            parts.append(tag("line", x1=x(at), x2=x(at), y1=TOP - 8, y2=floor, class_="grid"))
            parts.append(tag("text", name, x=x(at), y=TOP - 14, class_="axis mid"))
    for place, row in enumerate(rows):
        parts += _row(row, TOP + ROW * place + ROW / 2, x)
    parts.append(tag("text", note, x=LEFT, y=floor + 22, class_="axis"))
    box = {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="fan"), css=CSS)


@attrs.frozen(kw_only=True)
class Strip:
    """One distribution on an axis of its own.

    Args:
        name: what it is of, above its beginning.
        said: how sure what was stated is, above its end.
        bands: from and to of each band, the widest first; they lie in one another.
        half: what half of the samples keep.
        mark: what was stated.
        below: what stands below the beginning, the half and the end.
    """

    name: str
    said: str
    bands: Sequence[tuple[float, float]]
    half: float
    mark: Mark | None = None
    below: tuple[str, str, str] = ("", "", "")


def strips(rows: Sequence[Strip], *, title: str) -> Figure:
    """Distributions one below the other, each as wide as there is room: small enough for a column of text.

    Args:
        rows: from the top.
        title: the picture's name.
    """
    safe = "".join(c if c.isalnum() else "-" for c in title.lower())
    told = "; ".join(f"{row.name}: {row.said}, {row.below[0]} to {row.below[2]}" for row in rows)
    parts: list[Markup] = [tag("title", title, id=f"{safe}-t"), tag("desc", told, id=f"{safe}-d")]
    for place, row in enumerate(rows):
        parts += _strip(row, STRIP * place)
    box = {"viewBox": f"0 0 {NARROW} {STRIP * len(rows)}", "role": "img", "aria_labelledby": f"{safe}-t {safe}-d"}
    return Figure(svg=tag("svg", *parts, **box, class_="fan strips"), css=CSS)


def _strip(row: Strip, top: float) -> list[Markup]:
    ends = [*row.bands[0], row.half, *([] if row.mark is None else [row.mark.at])]
    low, high = min(ends), max(ends)
    bad = " bad" if row.mark is not None and row.mark.bad else ""

    def x(value: float) -> float:
        return round(4 + (NARROW - 8) * (value - low) / ((high - low) or 1.0), 1)

    out: list[Markup] = [
        tag("text", row.name, x=4, y=top + 14),
        tag("text", row.said, x=NARROW - 4, y=top + 14, class_=f"said end{bad}"),
    ]
    for number, (first, last) in enumerate(row.bands):
        thick = BAR - 3 * number
        wide = max(round(x(last) - x(first), 1), 1.5)
        out.append(tag("rect", x=x(first), y=top + 29 - thick / 2, width=wide, height=thick, rx=2, class_=f"band b{number}"))
    out.append(tag("line", x1=x(row.half), x2=x(row.half), y1=top + 29 - BAR / 2, y2=top + 29 + BAR / 2, class_="half"))
    if row.mark is not None:
        here = x(row.mark.at)
        out.append(tag("line", tag("title", row.mark.label), x1=here, x2=here, y1=top + 18, y2=top + 40, class_=f"stated{bad}"))
    out += _ends(row, x(row.bands[0][0]), x(row.half), x(row.bands[0][1]), top + 51)
    return out


def _ends(row: Strip, left: float, middle: float, right: float, y: float) -> list[Markup]:
    """What stands below the beginning, the half and the end of a strip; of a narrow one the beginning and the end as one text."""
    begin, half, end = row.below
    if left + LETTER * (len(begin) + len(end) + 1) > right:
        said = begin if begin == end else f"{begin} to {end}"
        if right > NARROW / 2:
            return [tag("text", said, x=right, y=y, class_="axis end")]
        return [tag("text", said, x=left, y=y, class_="axis")]
    out = [tag("text", begin, x=left, y=y, class_="axis"), tag("text", end, x=right, y=y, class_="axis end")]
    wide = LETTER * (len(half) + 2) / 2
    if left + LETTER * len(begin) < middle - wide and middle + wide < right - LETTER * len(end):
        out.append(tag("text", half, x=middle, y=y, class_="axis mid"))
    return out


def _row(row: Range, middle: float, x: Callable[[float], float]) -> list[Markup]:
    name = row.name if len(row.name) <= NAME else f"{row.name[: NAME - 1]}…"
    out: list[Markup] = [tag("text", tag("title", row.name), name, x=LEFT - 12, y=middle + 4, class_="end")]
    for number, (first, last) in enumerate(row.bands):
        thick = BAR - 3 * number
        out.append(
            tag(
                "rect",
                x=x(first),
                y=middle - thick / 2,
                width=max(round(x(last) - x(first), 1), 1.5),
                height=thick,
                rx=2,
                class_=f"band b{number}",
            )
        )
    out.append(tag("line", x1=x(row.half), x2=x(row.half), y1=middle - BAR / 2, y2=middle + BAR / 2, class_="half"))
    if row.planned is not None:
        here = x(row.planned)
        out.append(tag("path", tag("title", "schedule"), d=f"M{here} {middle - 6}l6 6l-6 6l-6 -6Z", class_="planned"))
    if row.mark is not None:
        here, bad = x(row.mark.at), " bad" if row.mark.bad else ""
        out.append(tag("line", tag("title", row.mark.label), x1=here, x2=here, y1=middle - 13, y2=middle + 13, class_=f"stated{bad}"))
    bad = " bad" if row.mark is not None and row.mark.bad else ""
    out.append(tag("text", row.said, x=WIDTH - RIGHT + 10, y=middle + 4, class_=f"said{bad}"))
    return out
