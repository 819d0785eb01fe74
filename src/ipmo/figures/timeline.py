"""The timeline: one row a project, the status date, commitments, and the links across projects that matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from ipmo.figures.axes import date_ticks
from ipmo.figures.svg import Figure, tag
from ipmo.units import day_text
from ipmo.words import agree, counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Bar", "Hop", "timeline"]

CSS = """
.tl text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.tl .axis{fill:var(--quiet);font-size:11px}.tl .grid{stroke:var(--line)}.tl .band{fill:var(--band)}
.tl .group{font-weight:600}.tl .done{fill:var(--done)}.tl .plan{fill:var(--plan)}.tl .late{fill:var(--bad)}
.tl .proposed{fill:none;stroke:var(--plan);stroke-dasharray:4 3;stroke-width:1.5}
.tl .today{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}.tl .todaytext{font-weight:600;font-size:11px}
.tl .commitment{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}.tl .note{fill:var(--quiet);font-size:11px}
.tl .note.bad{fill:var(--bad);font-weight:600}
.tl .hop{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-dasharray:5 3}.tl .hop.drives{stroke-width:2;stroke-dasharray:none}
.tl .hop.missed{stroke:var(--bad)}.tl .tip{fill:var(--ink)}.tl .tip.missed{fill:var(--bad)}
.tl .rank{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.tl .rank.missed{stroke:var(--bad)}
.tl .ranktext{font-size:10px;font-weight:700;text-anchor:middle}
.tl .halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
"""

LEFT, RIGHT, TOP, ROW, WIDTH = 250, 96, 44, 30, 1160


@attrs.frozen(kw_only=True)
class Bar:
    """One row: a project from start to finish.

    Args:
        label: what it is called.
        glyph: a sign for its reported status, empty when there is none.
        start: when it begins; None draws no bar.
        finish: when it ends.
        commitment: when it should end.
        late: the end lies after the commitment, or a commitment in it is missed.
        proposed: it is not decided yet.
        note: a few words behind the bar.
    """

    label: str
    glyph: str = ""
    start: datetime | None
    finish: datetime | None
    commitment: datetime | None = None
    late: bool = False
    proposed: bool = False
    note: str = ""


@attrs.frozen(kw_only=True)
class Hop:
    """A link from one row to another.

    Args:
        source: row number of the giver.
        target: row number of the receiver.
        given: when it is given.
        taken: when it is taken.
        drives: the receiver's date is set by it.
        missed: a commitment downstream is missed already.
        rank: its number in the table of links.
        label: what it is, for readers that cannot see it.
    """

    source: int
    target: int
    given: datetime
    taken: datetime
    drives: bool
    missed: bool
    rank: int
    label: str


def timeline(bars: Sequence[Bar], hops: Sequence[Hop] = (), *, today: date | None = None, title: str = "Portfolio timeline") -> Figure:
    """Bars over a time axis, with the links between them drawn square through the gutters.

    Args:
        bars: the rows, from the top.
        hops: links between rows; solid ones drive, dashed ones do not; a number leads to the table.
        today: the status date.
        title: the picture's name.
    """
    dates = [when for bar in bars for when in (bar.start, bar.finish, bar.commitment) if when is not None]
    dates += [when for hop in hops for when in (hop.given, hop.taken)]
    if today is not None:
        dates.append(datetime(today.year, today.month, today.day))
    if not dates:
        dates = [datetime(2000, 1, 1)]
    first, last = min(dates), max(dates)
    span = max((last - first).total_seconds(), 86400 * 30)
    before = min(span * 0.02, (first - datetime.min).total_seconds())
    first, span = first - timedelta(seconds=before), span * 1.05
    height = TOP + ROW * max(len(bars), 1) + 14

    def x(when: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((when - first).total_seconds() / span), 1)

    parts: list[Markup] = [tag("title", title, id="tl-t"), tag("desc", _describe(bars, hops, today), id="tl-d")]
    for row in range(0, len(bars), 2):
        parts.append(tag("rect", x=0, y=TOP + row * ROW, width=WIDTH, height=ROW, class_="band"))
    for when, label in date_ticks(first, span):
        parts.append(tag("line", x1=x(when), x2=x(when), y1=TOP - 8, y2=height - 10, class_="grid"))
        parts.append(tag("text", label, x=x(when) + 3, y=TOP - 12, class_="axis"))
    if today is not None:
        here = x(datetime(today.year, today.month, today.day))
        parts.append(tag("line", x1=here, x2=here, y1=TOP - 8, y2=height - 8, class_="today"))
        parts.append(tag("text", f"status date {today.isoformat()}", x=here + 4, y=13, class_="todaytext"))
    for row, bar in enumerate(bars):
        parts += _bar(row, bar, x, today)
    parts += _hops(hops, x)
    for row, bar in enumerate(bars):
        label = bar.label if len(bar.label) <= 34 else bar.label[:33] + "…"
        text = f"{bar.glyph} {label}" if bar.glyph else label
        parts.append(tag("text", tag("title", bar.label), text, x=10, y=TOP + row * ROW + 20, class_="label"))
    return Figure(svg=tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby="tl-t tl-d", class_="tl"), css=CSS)


def _bar(row: int, bar: Bar, x: Callable[[datetime], float], today: date | None) -> list[Markup]:
    if bar.start is None:
        return [tag("text", bar.note or "no dates", x=LEFT + 6, y=TOP + row * ROW + 20, class_="note")]
    y, out = TOP + row * ROW + 8, []
    begin, end = x(bar.start), x(bar.finish or bar.start)
    about = f"{bar.label}: {day_text(bar.start)} to {day_text(bar.finish, finish=True) or 'unknown'}"
    if bar.proposed:
        out.append(tag("rect", tag("title", about), x=begin, y=y, width=max(end - begin, 3), height=13, rx=3, class_="proposed"))
    else:
        split = min(max(x(datetime(today.year, today.month, today.day)), begin), end) if today is not None else begin
        if split > begin:
            out.append(tag("rect", tag("title", about), x=begin, y=y, width=round(split - begin, 1), height=13, rx=3, class_="done"))
        if end > split or split == begin:
            out.append(tag("rect", tag("title", about), x=split, y=y, width=max(round(end - split, 1), 3), height=13, rx=3, class_="plan"))
        if bar.commitment is not None and bar.finish is not None and bar.finish > bar.commitment:
            late = max(x(bar.commitment), begin)
            out.append(
                tag("rect", tag("title", f"late: {about}"), x=late, y=y, width=max(round(end - late, 1), 3), height=13, rx=3, class_="late")
            )
    edge = end
    if bar.commitment is not None:
        p = x(bar.commitment)
        out.append(
            tag(
                "path",
                tag("title", f"committed {day_text(bar.commitment, finish=True)}"),
                d=f"M{p} {y - 1}l7 7.5l-7 7.5l-7 -7.5z",
                class_="commitment",
            )
        )
        edge = max(edge, p + 8)
    if bar.note:
        out.append(tag("text", bar.note, x=edge + 7, y=y + 11, class_=f"note halo{' bad' if bar.late else ''}"))
    return out


def _hops(hops: Sequence[Hop], x: Callable[[datetime], float]) -> list[Markup]:
    """Out of the giver's row at its date, through a gutter, into the receiver's row at its date; numbers never overlap."""
    lines, marks = [], []
    lanes: list[tuple[float, float, float]] = []  # x, top, bottom of vertical runs that are taken
    labels: list[tuple[float, float]] = []
    for hop in hops:
        ya, yb = (TOP + row * ROW + 14.5 for row in (hop.source, hop.target))
        top, bottom = min(ya, yb), max(ya, yb)
        xa, xb = x(hop.given), x(hop.taken)
        shift = 0.0
        while any(abs(lane - xa - shift) < 6 and top < end and bottom > begin for lane, begin, end in lanes):
            shift += 7  # links given on the same day run side by side
        lanes.append((xa + shift, top, bottom))
        if abs(xb - xa) < 1:
            xb += shift
        xa += shift
        down = yb > ya
        gutter = yb - ROW / 2 + 1.5 if down else yb + ROW / 2 + 0.5
        tip = yb - 6.5 if down else yb + 7.5
        state = " missed" if hop.missed else ""
        kind = f"hop{' drives' if hop.drives else ''}{state}"
        lines.append(tag("path", tag("title", hop.label), d=f"M{xa:.1f} {ya}V{gutter}H{xb:.1f}V{tip}", class_=kind))
        lines.append(tag("path", d=f"M{xb:.1f} {tip}l-4 {'-7' if down else '7'}h8z", class_=f"tip{state}"))
        lines.append(tag("circle", cx=f"{xa:.1f}", cy=ya, r=3, class_=f"tip{state}"))
        lx, ly = xa, ya + (ROW / 2 if down else -ROW / 2)
        while any(abs(lx - px) < 17 and abs(ly - py) < 17 for px, py in labels):
            lx += 17
        labels.append((lx, ly))
        marks.append(tag("circle", cx=f"{lx:.1f}", cy=ly, r=8, class_=f"rank{state}"))
        marks.append(tag("text", str(hop.rank), x=f"{lx:.1f}", y=ly + 3.6, class_="ranktext"))
    return lines + marks


def _describe(bars: Sequence[Bar], hops: Sequence[Hop], today: date | None) -> str:
    dated = [bar for bar in bars if bar.finish is not None]
    text = counted(len(bars), "row")
    if dated:
        text += (
            f" from {day_text(min(b.start for b in bars if b.start))} to {day_text(max(b.finish for b in dated if b.finish), finish=True)}"
        )
    if today is not None:
        text += f", seen from {today.isoformat()}"
    late = sum(bar.late for bar in bars)
    text += f"; {late} late" if late else "; none late"
    text += f"; {counted(len(hops), 'link')} between rows {agree(len(hops), 'is')} drawn" if hops else ""
    return text + ". The same facts stand in the tables below."
