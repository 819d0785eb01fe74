"""Pictures of control: a trend month by month, and status as a matrix of aspects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from ipmo.analysis.control.aspects import Aspect
from ipmo.errors import ModelError
from ipmo.figures.axes import amount_text, scaled
from ipmo.figures.cumulative import Running, cumulative
from ipmo.figures.ratings import RatedCell, RatedRow, ratings
from ipmo.figures.svg import Figure
from ipmo.model.governance import RAG, Confidence
from ipmo.tables import Table
from ipmo.words import counted, measured, rounded_text

__all__ = ["status_picture", "trend_picture"]

COLOURS = ("green", "amber", "red")
ASPECTS = ("time", "cost", "benefits", "risk")
ASSESSORS = 2
"""Assessors of confidence with a column each; of more the latest stands in one."""
ROWS = 40
"""Items that are drawn, at most."""
INSET = {"portfolio": 0, "programme": 0, "project": 1, "task": 2}


class Seen(Protocol):
    """Reported and computed status of an item."""

    @property
    def item(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def reported(self) -> str | None: ...
    @property
    def reported_on(self) -> date | None: ...
    @property
    def computed(self) -> str | None: ...
    @property
    def at_least(self) -> str | None: ...
    @property
    def confidence(self) -> tuple[Confidence, ...]: ...
    @property
    def aspects(self) -> tuple[Aspect, ...]: ...
    @property
    def gap(self) -> int | None: ...
    @property
    def colour(self) -> str: ...


def trend_picture(table: Table, name: str, unit: str) -> Figure:
    """The line of a measure.

    Args:
        table: of `Trend`.
        name: what it is a measure of, for the title.
        unit: of the measure.

    Raises:
        ModelError: no month knows it.
    """
    known = [(place, value) for place, value in enumerate(table["value"]) if value is not None]
    if not known:
        raise ModelError("no month of this trend knows its measure, so there is nothing to draw")
    months = [str(day)[:7] for day in table["date"]]
    texts = [str(text) for text in table["text"]]
    first = known[0][1]
    if isinstance(first, datetime):
        days = [(place, (value - first).total_seconds() / 86400) for place, value in known if isinstance(value, datetime)]
        points, unit, last = days, "days against the first month", f"{measured(days[-1][1], 'd', signed=True)}"
        said = f"{texts[known[-1][0]]}, {last}" if texts[known[-1][0]] else last
    elif isinstance(first, str):
        points = [(place, float(COLOURS.index(value))) for place, value in known if value in COLOURS]
        unit, said = "0 green, 1 amber, 2 red", str(known[-1][1])
    else:
        numbers = [(place, float(value)) for place, value in known if isinstance(value, int | float)]
        size, word = scaled(max(abs(value) for _, value in numbers))
        points, said = [(place, value / size) for place, value in numbers], amount_text(numbers[-1][1])
        unit = " ".join(part for part in (word, unit) if part)
    line = Running(name=name, points=[(place + 0.5, value) for place, value in points], style="plan", said=said)
    return cumulative(months, [line], unit=unit, title=f"Trend of {name}")


def status_picture(rows: Sequence[Seen], level: str | None, policy: str) -> Figure:
    """Status as a matrix: a row an item, reported and computed colour, confidence and each aspect beside one another.

    What nothing is said of is counted and not drawn; a column in which nothing stands is left out.

    Args:
        rows: the items, from the top down.
        level: the level that was asked for; None for all.
        policy: by which the colours were computed.

    Raises:
        ModelError: nothing is said of any item.
    """
    assessors = sorted({one.assessor for row in rows for one in row.confidence})
    by = assessors if len(assessors) <= ASSESSORS else [""]
    more = {aspect.name for row in rows for aspect in row.aspects} - {*ASPECTS, "children"}
    aspects = [*ASPECTS, *sorted(more)]
    heads = ["reported", "computed", *(one or "confidence" for one in by), *aspects]
    rated = [(row, _cells(row, by, aspects)) for row in rows]
    told = [(row, cells) for row, cells in rated if any(cell is not None and cell.colour is not None for cell in cells)]
    if not told:
        raise ModelError(f"nothing says how any {level or 'item'} stands, so there is nothing to draw")
    notes = [f"nothing is said of {counted(len(rated) - len(told), 'item')}"] if len(rated) > len(told) else []
    deep = level is None and len(told) <= ROWS and any(row.level == "programme" for row, _ in told)
    if len(told) > ROWS:
        notes.insert(0, f"the worst {ROWS} of {counted(len(told), 'item')} are drawn")
        told = sorted(told, key=lambda pair: _rank(pair[1]), reverse=True)[:ROWS]
    kept = [place for place in range(len(heads)) if any(cells[place] is not None for _, cells in told)]
    drawn = [
        RatedRow(
            name=row.name or row.item,
            cells=[cells[place] for place in kept],
            said=_said(row),
            inset=INSET.get(row.level, 0) if deep else 0,
            head=deep and row.level in ("portfolio", "programme"),
        )
        for row, cells in told
    ]
    note = capital_list(notes)
    return ratings([heads[place] for place in kept], drawn, title=f"Status by {policy}", note=note)


def capital_list(parts: Sequence[str]) -> str:
    """Parts of a sentence as one, with a capital at its beginning."""
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _rank(cells: Sequence[RatedCell | None]) -> tuple[int, int]:
    """How bad it is: the worst colour, then how many have it."""
    found = [RAG.index(cell.colour) for cell in cells if cell is not None and cell.colour in RAG]
    return max(found), found.count(max(found))


def _cells(row: Seen, assessors: Sequence[str], aspects: Sequence[str]) -> list[RatedCell | None]:
    out: list[RatedCell | None] = [
        None if row.reported is None else RatedCell(colour=row.reported, about=f"reported {row.reported} on {row.reported_on}"),
        None if row.computed is None and row.at_least is None else RatedCell(colour=row.computed, about=row.colour),
    ]
    for name in assessors:
        last = max((one for one in row.confidence if name in ("", one.assessor)), key=lambda one: one.date or date.min, default=None)
        about = "" if last is None else f"{last.assessor}: {last.rating} on {last.date}"
        out.append(None if last is None or last.rating not in RAG else RatedCell(colour=last.rating, about=about))
    by = {aspect.name: aspect for aspect in row.aspects}
    for name in aspects:
        one = by.get(name)
        out.append(None if one is None or (one.rag is None and not one.withholds) else RatedCell(colour=one.rag, about=one.text))
    return out


def _said(row: Seen) -> str:
    """Why it is no better, the worst first."""
    told = sorted((a for a in row.aspects if a.rag in ("amber", "red")), key=lambda a: -RAG.index(a.rag or "green"))
    said = [f"{a.name}: {rounded_text(a.text)}" for a in told]
    return "; ".join((["worse than reported"] if (row.gap or 0) > 0 else []) + said)
