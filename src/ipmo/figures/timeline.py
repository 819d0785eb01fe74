"""The timeline: one row a project, the status date, commitments, and the links across projects that matter."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import attrs

from ipmo.figures.axes import date_ticks
from ipmo.figures.svg import Figure, tag
from ipmo.units import day_text, said_day
from ipmo.words import agree, counted

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Bar", "Hop", "Mile", "timeline"]

CSS = """
.tl text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.tl .axis{fill:var(--quiet);font-size:11px}.tl .end{text-anchor:end}.tl .often{font-weight:700;font-size:11px}.tl .grid{stroke:var(--line)}.tl .band{fill:var(--band)}
.tl .group{font-weight:600}.tl .done{fill:var(--done)}.tl .plan{fill:var(--plan)}.tl .late{fill:var(--bad)}
.tl .proposed{fill:none;stroke:var(--plan);stroke-dasharray:4 3;stroke-width:1.5}
.tl .today{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}.tl .todaytext{font-weight:600;font-size:11px}
.tl .commitment{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}.tl .note{fill:var(--quiet);font-size:11px}
.tl .note.bad{fill:var(--bad);font-weight:600}
.tl .hop{fill:none;stroke:var(--ink);stroke-width:1.3;stroke-dasharray:5 3}.tl .hop.drives{stroke-width:2;stroke-dasharray:none}
.tl .hop.missed{stroke:var(--bad)}.tl .tip{fill:var(--ink)}.tl .tip.missed{fill:var(--bad)}
.tl tspan.bad{fill:var(--bad)}.tl tspan.warn{fill:var(--warn)}.tl tspan.good{fill:var(--good)}.tl .ghost{fill:none;stroke:var(--quiet);stroke-width:3;stroke-opacity:.75}.tl .tip.far{fill:var(--plan)}.tl .tip.gone{fill:var(--done)}
.tl .inbar{fill:var(--paper);font-size:10px}.tl .mile{fill:var(--paper);stroke:var(--ink);stroke-width:1.3}.tl .mile.late{fill:var(--bad);stroke:var(--bad)}
.tl .rank{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.tl .rank.missed{stroke:var(--bad)}
.tl .ranktext{font-size:10px;font-weight:700;text-anchor:middle}
.tl .halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
"""

LEFT, RIGHT, TOP, ROW, WIDTH = 250, 96, 44, 30, 1160
OFTEN = 0.5
"""From this share of samples on, how often work is critical is set in bold."""
LETTER, BOLD, WIDE, DATED = 6.2, 7.0, 11.0, 60
"""Widths of a letter of a note, plain, bold and of East Asia, and of the arrow and the month where a bar leads out
of the picture, about, in the widest of the usual fonts."""
MOST = 260
"""How wide the margin at the right may become for notes; what is longer still stands in two lines."""
SIGNS = {"■": "bad", "▲": "warn", "●": "good"}
MANY, FAR, AIR = 8, 1.35, 0.08
"""Bars from which on far ends are cut off, and how much longer the whole has to be than what nine of ten bars
need, with some air."""


class Mile(NamedTuple):
    """A milestone on a bar: when, what, whether it is late, and the day that people say of it; of a finish where left out."""

    when: datetime
    name: str
    late: bool
    day: date | None = None


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
        days: the days that people say of start and finish; by the instants, an end of day belongs to its day, where left out.
        ghost: where it was to begin and end by the baseline, or by the earlier state.
        ghost_days: the days that people say of those.
        milestones: commitments on the way.
        critical: in which share of samples it is critical, 0 to 1; None where nobody knows.
    """

    label: str
    glyph: str = ""
    start: datetime | None
    finish: datetime | None
    commitment: datetime | None = None
    late: bool = False
    proposed: bool = False
    note: str = ""
    days: tuple[date | None, date | None] = (None, None)
    ghost: tuple[datetime, datetime] | None = None
    ghost_days: tuple[date | None, date | None] = (None, None)
    milestones: Sequence[Mile] = ()
    critical: float | None = None

    @property
    def first_day(self) -> date | None:
        """The day on which it begins."""
        return self.days[0] or said_day(self.start)

    @property
    def last_day(self) -> date | None:
        """The day on which it ends."""
        return self.days[1] or said_day(self.finish, finish=True)


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
    first, last, clipped = _window(bars, hops, today)
    span = max((last - first).total_seconds(), 86400 * 30)
    before = min(span * 0.02, (first - datetime.min).total_seconds())
    first, span = first - timedelta(seconds=before), span * (1.02 if clipped else 1.05)
    height = TOP + ROW * max(len(bars), 1) + 14

    def scale(margin: int) -> Callable[[datetime], float]:
        def x(when: datetime) -> float:
            share = min(max((when - first).total_seconds() / span, 0.0), 1.0)  # what lies beyond ends with an arrow
            return round(LEFT + (WIDTH - LEFT - margin) * share, 1)

        return x

    last = first + min(timedelta(seconds=span), datetime.max - first)
    margin = next((one for one in range(RIGHT, MOST, 4) if all(_fits(bar, *_ends(bar, scale(one), last)) for bar in bars)), MOST)
    x = scale(margin)
    parts: list[Markup] = [tag("title", title, id="tl-t"), tag("desc", _describe(bars, hops, today), id="tl-d")]
    for row in range(0, len(bars), 2):
        parts.append(tag("rect", x=0, y=TOP + row * ROW, width=WIDTH, height=ROW, class_="band"))
    for when, label in date_ticks(first, span):
        parts.append(tag("line", x1=x(when), x2=x(when), y1=TOP - 8, y2=height - 10, class_="grid"))
        parts.append(tag("text", label, x=x(when) + 3, y=TOP - 12, class_="axis"))
    if today is not None:
        here = x(datetime(today.year, today.month, today.day))
        parts.append(tag("line", x1=here, x2=here, y1=TOP - 8, y2=height - 8, class_="today"))
        words = f"status date {today.isoformat()}"
        away = here + 4 + BOLD * len(words) > WIDTH
        parts.append(tag("text", words, x=here + (-4 if away else 4), y=13, class_="todaytext end" if away else "todaytext"))
    for row, bar in enumerate(bars):
        parts += _bar(row, bar, x, today)
        parts += _note(bar, *_ends(bar, x, last), TOP + row * ROW + 19)
        parts += _beyond(row, bar, first, last, WIDTH - margin)
    parts += _hops(hops, x)
    most = 34
    if any(bar.critical is not None for bar in bars):
        most = 28
        parts.append(tag("text", "critical in", x=LEFT - 8, y=TOP - 12, class_="axis end"))
        for row, bar in enumerate(bars):
            if bar.critical is not None:
                kind = "often" if bar.critical >= OFTEN else "axis"
                parts.append(tag("text", _percent(bar.critical), x=LEFT - 8, y=TOP + row * ROW + 20, class_=f"{kind} end"))
    for row, bar in enumerate(bars):
        label = bar.label if len(bar.label) <= most else bar.label[: most - 1] + "…"
        sign = [tag("tspan", bar.glyph, class_=SIGNS.get(bar.glyph)), " "] if bar.glyph else []
        parts.append(tag("text", tag("title", bar.label), *sign, label, x=10, y=TOP + row * ROW + 20, class_="label"))
    return Figure(svg=tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby="tl-t tl-d", class_="tl"), css=CSS)


def _percent(share: float) -> str:
    """A share in percent: never 0 or 100 for what is neither.

    >>> [_percent(one) for one in (0.0, 0.001, 0.625, 0.999, 1.0)]
    ['0 %', '<1 %', '62 %', '>99 %', '100 %']
    """
    text = f"{100 * share:.0f} %"
    return "<1 %" if share > 0 and text == "0 %" else ">99 %" if share < 1 and text == "100 %" else text


def _window(bars: Sequence[Bar], hops: Sequence[Hop], today: date | None) -> tuple[datetime, datetime, bool]:
    """From where to where the axis leads: of many bars a few far ends do not press the others together."""
    starts = sorted(bar.start for bar in bars if bar.start is not None)
    ends = sorted(when for bar in bars for when in (bar.finish or bar.start,) if when is not None)
    inside = [when for bar in bars for when in (bar.commitment,) if when is not None]
    inside += [when for hop in hops for when in (hop.given, hop.taken)]
    if today is not None:
        inside.append(datetime(today.year, today.month, today.day))
    everything = [*starts, *ends, *inside, *(when for bar in bars for when in bar.ghost or ())]
    if not everything:
        return datetime(2000, 1, 1), datetime(2000, 1, 1), False
    low, high = min(everything), max(everything)
    if len(ends) < MANY:
        return low, high, False
    first = min([starts[len(starts) // 10], *inside])
    last = max([ends[-1 - len(ends) // 10], *inside])
    air = (last - first) * AIR
    first, last = first - min(air, first - low), last + min(air, high - last)  # what ends a little later is not cut off
    whole, most = (high - low).total_seconds(), (last - first).total_seconds()
    return (first, last, True) if whole > FAR * most else (low, high, False)


def _beyond(row: int, bar: Bar, first: datetime, last: datetime, right: float) -> list[Markup]:
    """Arrows with dates where a bar leads out of the picture."""
    y, out = TOP + row * ROW + 14.5, []
    end = bar.finish or bar.start
    if end is not None and end > last:
        out.append(tag("path", d=f"M{right} {y - 8}l9 8l-9 8z", class_="tip far"))
        out.append(tag("text", str(bar.last_day or bar.first_day)[:7], x=right + 13, y=y + 4, class_="note halo"))
    if bar.start is not None and bar.start < first:
        out.append(tag("path", d=f"M{LEFT} {y - 8}l-9 8l9 8z", class_="tip gone"))
        out.append(tag("text", str(bar.first_day)[:7], x=LEFT + 5, y=y + 4, class_="inbar"))
    return out


def _bar(row: int, bar: Bar, x: Callable[[datetime], float], today: date | None) -> list[Markup]:
    if bar.start is None:
        return [tag("text", bar.note or "no dates", x=LEFT + 6, y=TOP + row * ROW + 20, class_="note")]
    y, out = TOP + row * ROW + 8, []
    begin, end = x(bar.start), x(bar.finish or bar.start)
    about = f"{bar.label}: {bar.first_day} to {bar.last_day or 'unknown'}"
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
    if bar.ghost is not None:
        a, b = x(bar.ghost[0]), x(bar.ghost[1])
        first, last = (day or said_day(when, finish=end) for day, when, end in zip(bar.ghost_days, bar.ghost, (False, True), strict=True))
        words = f"was to be {first} to {last}"
        out.append(tag("path", tag("title", words), d=f"M{a} {y + 16.5}H{max(b, a + 2):.1f}", class_="ghost"))
    for mile in bar.milestones:
        here, kind = x(mile.when), "mile late" if mile.late else "mile"
        words = f"{mile.name}: {mile.day or said_day(mile.when, finish=True)}{', late' if mile.late else ''}"
        out.append(tag("path", tag("title", words), d=f"M{here} {y + 2}l4.5 4.5l-4.5 4.5l-4.5 -4.5z", class_=kind))
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
    return out


def _ends(bar: Bar, x: Callable[[datetime], float], last: datetime) -> tuple[float, float]:
    """Where a bar begins and ends with all that is drawn with it; (0, 0) for none."""
    if bar.start is None:
        return 0.0, 0.0
    end = bar.finish or bar.start
    edge = x(end) + (DATED if end > last else 0)
    if bar.commitment is None:
        return x(bar.start), edge
    sign = x(bar.commitment)
    return min(x(bar.start), sign - 8), max(edge, sign + 8)


def _long(bar: Bar) -> float:
    """How wide its note is, about."""
    letter = BOLD if bar.late else LETTER
    return sum(WIDE if unicodedata.east_asian_width(one) in "WF" else letter for one in bar.note)


def _fits(bar: Bar, begin: float, edge: float) -> bool:
    """Whether the note of a bar has room in one line behind or before it."""
    return not bar.note or bar.start is None or edge + 9 + _long(bar) <= WIDTH or begin - 7 - _long(bar) > LEFT


def _note(bar: Bar, begin: float, edge: float, y: float) -> list[Markup]:
    """A few words behind a bar, before it where there is no room behind, in two lines where one has none on either side."""
    if not bar.note or bar.start is None:
        return []
    kind, long = f"note halo{' bad' if bar.late else ''}", _long(bar)
    behind, before = WIDTH - edge - 9, begin - 7 - LEFT
    if long <= behind:
        return [tag("text", bar.note, x=edge + 7, y=y, class_=kind)]
    place = {"x": begin - 7, "class_": f"{kind} end"} if long < before or before > behind else {"x": edge + 7, "class_": kind}
    if long < before:
        return [tag("text", bar.note, y=y, **place)]
    most = max(int(max(behind, before) * len(bar.note) / long), 6)
    lines = textwrap.wrap(bar.note, most, max_lines=2, placeholder=" …")
    return [tag("text", tag("title", bar.note), line, y=y - 6 + 11.5 * n, **place) for n, line in enumerate(lines)]


def _hops(hops: Sequence[Hop], x: Callable[[datetime], float]) -> list[Markup]:
    """Out of the giver's row at its date down or up one trunk, and from there to each receiver at its date; one number a trunk, none over another."""
    trunks: dict[tuple[int, int, bool], list[Hop]] = {}
    for hop in hops:
        trunks.setdefault((hop.rank, hop.source, hop.target > hop.source), []).append(hop)
    lines: list[Markup] = []
    marks: list[Markup] = []
    lanes: list[tuple[float, float, float]] = []  # x, top, bottom of trunks that are there
    labels: list[tuple[float, float]] = []
    numbered: set[int] = set()
    for (rank, source, down), some in trunks.items():
        ya = TOP + source * ROW + 14.5
        gutters = [_gutter(hop.target, down) for hop in some]
        top, bottom = min([ya, *gutters]), max([ya, *gutters])
        xa = x(some[0].given)
        while any(abs(lane - xa) < 6 and top < end and bottom > begin for lane, begin, end in lanes):
            xa += 7  # trunks of the same day run side by side
        lanes.append((xa, top, bottom))
        state = " missed" if any(hop.missed for hop in some) else ""
        lines.append(tag("circle", cx=f"{xa:.1f}", cy=ya, r=3, class_=f"tip{state}"))
        for hop, gutter in zip(some, gutters, strict=True):
            yb = TOP + hop.target * ROW + 14.5
            xb = x(hop.taken)
            xb = xa if abs(xb - x(hop.given)) < 1 else xb
            tip = yb - 6.5 if down else yb + 7.5
            own = " missed" if hop.missed else ""
            kind = f"hop{' drives' if hop.drives else ''}{own}"
            lines.append(tag("path", tag("title", hop.label), d=f"M{xa:.1f} {ya}V{gutter}H{xb:.1f}V{tip}", class_=kind))
            lines.append(tag("path", d=f"M{xb:.1f} {tip}l-4 {'-7' if down else '7'}h8z", class_=f"tip{own}"))
        if rank not in numbered:
            numbered.add(rank)
            lx, ly = _free(xa, ya, bottom if down else top, labels)
            labels.append((lx, ly))
            marks.append(tag("circle", cx=f"{lx:.1f}", cy=f"{ly:.1f}", r=8, class_=f"rank{state}"))
            marks.append(tag("text", str(rank), x=f"{lx:.1f}", y=f"{ly + 3.6:.1f}", class_="ranktext"))
    return lines + marks


def _gutter(row: int, down: bool) -> float:
    """Between the rows, on the side from which an arrow comes."""
    middle = TOP + row * ROW + 14.5
    return middle - ROW / 2 + 1.5 if down else middle + ROW / 2 + 0.5


def _free(x: float, begin: float, end: float, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A place along a trunk, else beside it, where a number lies over no other."""
    step = ROW if end >= begin else -ROW
    places = [(x, begin + step / 2 + step * n) for n in range(max(int(abs(end - begin) / ROW), 1))]
    places += [(x + 17.0 * (n // 2 + 1) * (1 if n % 2 else -1), begin + step / 2) for n in range(2 * len(taken) + 2)]
    return next(one for one in places if not any(abs(one[0] - a) < 17 and abs(one[1] - b) < 17 for a, b in taken))


def _describe(bars: Sequence[Bar], hops: Sequence[Hop], today: date | None) -> str:
    dated = [bar for bar in bars if bar.finish is not None]
    text = counted(len(bars), "row")
    if dated:
        text += f" from {min(day for b in bars if (day := b.first_day))} to {max(day for b in dated if (day := b.last_day))}"
    if today is not None:
        text += f", seen from {today.isoformat()}"
    text += "".join(f"; {bar.label} is critical in {_percent(bar.critical)} of samples" for bar in bars if bar.critical is not None)
    late = sum(bar.late for bar in bars)
    text += f"; {late} late" if late else "; none late"
    text += f"; {counted(len(hops), 'link')} between rows {agree(len(hops), 'is')} drawn" if hops else ""
    return text + ". The same facts stand in the tables below."
