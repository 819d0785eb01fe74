"""Benefits as pictures: what was planned, is forecast and is realised, year by year and as running sums; and their map."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, Protocol, get_args

from ipmo.analysis.benefits.map_picture import Fact, map_picture
from ipmo.analysis.money.pictures import place_of
from ipmo.errors import ModelError, one_of
from ipmo.figures.axes import amount_text, scaled
from ipmo.figures.columns import Series, columns
from ipmo.figures.cumulative import Running, cumulative
from ipmo.figures.svg import Figure
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Table
from ipmo.units import Money

__all__ = ["Kind", "benefits_drawn", "benefits_picture", "compared"]

Kind = Literal["curve", "columns", "map"]
STYLES = {"planned": "outline", "forecast": "plan", "actual": "done"}
RUNNING = {"planned": "promise", "forecast": "plan", "actual": "done"}
WORDS = {"planned": "planned", "forecast": "forecast", "actual": "realised"}


class Valued(Protocol):
    """A benefit with its days and its value."""

    @property
    def id(self) -> str: ...
    @property
    def start(self) -> date | None: ...
    @property
    def slip(self) -> int | None: ...
    @property
    def npv(self) -> Money | None: ...
    @property
    def full(self) -> Fraction | None: ...
    @property
    def currency(self) -> str: ...


class Answered(Protocol):
    """The benefits of a portfolio."""

    @property
    def portfolio(self) -> Portfolio: ...
    @property
    def as_of(self) -> date | None: ...
    @property
    def rows(self) -> Sequence[Valued]: ...
    def by_period(self, every: str) -> Table: ...


def benefits_drawn(answer: Answered, kind: Kind, every: str) -> Figure:
    """Benefits as a curve, as columns, or as a map.

    Raises:
        OptionError: there is no such kind.
        ModelError: there is nothing to draw.
    """
    one_of("kind", kind, get_args(Kind))
    if kind == "map":
        currency = next((row.currency for row in answer.rows), "")
        return map_picture(answer.portfolio, {row.id: _fact(row) for row in answer.rows}, {}, currency=currency)
    return benefits_picture(kind, answer.by_period(every), every=every, today=answer.as_of)


def _fact(row: Valued) -> Fact:
    """When it starts, how late, and what it is worth: its present value, else its full value."""
    slip = row.slip or 0
    start = f"from {row.start:%Y-%m}" if row.start is not None else "no start"
    worth = float(row.npv.amount) if row.npv is not None else float(row.full) if row.full is not None else None
    return Fact(
        note=f"{start}, {slip:,} d late" if slip > 0 else start,
        said="" if worth is None else amount_text(worth),
        late=slip > 0,
        worth=worth or 0.0,
    )


def compared(table: Table) -> bool:
    """Whether a plan stands beside the forecast, so that there is something to compare."""
    return len(table) > 1 and all(any(value is not None for value in table[name]) for name in ("planned", "forecast"))


def benefits_picture(kind: Kind, table: Table, *, every: str, today: date | None) -> Figure:
    """Benefits by period, as columns side by side or as running sums.

    Args:
        kind: `columns`, else a curve.
        table: of `Benefits.by_period`.
        every: length of a period.
        today: the status date.

    Raises:
        ModelError: nothing of it is known.
    """
    names = [name for name in STYLES if any(value is not None for value in table[name])]
    if not names:
        raise ModelError("no benefit has a known value in a period to draw")
    starts: list[date] = [one for one in table["start"] if isinstance(one, date)]
    labels = [str(one) for one in table["period"]]
    last = starts[-1]
    at = place_of(today, starts, last.replace(year=min(last.year + 1, 9999), day=min(last.day, 28)))
    currency = table.unit(names[0])
    if kind == "columns":
        size, word = scaled(max(abs(value) for name in names for value in _numbers(table[name])))
        series = [Series(name=WORDS[name], values=[_over(one, size) for one in table[name]], style=STYLES[name]) for name in names]
        return columns(labels, series, unit=" ".join(filter(None, (word, currency))), today=at, title=f"Benefits by {every}")
    sums = {name: _sums(table[name], name, at) for name in names}
    size, word = scaled(max(abs(value) for points in sums.values() for _, value in points))
    lines = [
        Running(name=WORDS[name], points=[(x, y / size) for x, y in points], style=RUNNING[name], said=amount_text(points[-1][1]))
        for name, points in sums.items()
    ]
    return cumulative(
        labels, lines, unit=" ".join(filter(None, (word, currency))), today=at, title="Benefits, running sums: planned and forecast"
    )


def _numbers(values: Sequence[object]) -> list[float]:
    return [float(one) for one in values if isinstance(one, int | float)]


def _over(value: object, size: float) -> float | None:
    return float(value) / size if isinstance(value, int | float) else None


def _sums(values: Sequence[object], name: str, at: float | None) -> list[tuple[float, float]]:
    """A running sum from nothing on; what is realised ends with the status date, or with the last amount."""
    out, total = [(0.0, 0.0)], 0.0
    last = max((place for place, one in enumerate(values) if one is not None), default=0)
    for place, one in enumerate(values):
        if name == "actual" and place > last:
            break
        total += float(one) if isinstance(one, int | float) else 0.0
        end = place + 1.0
        out.append((min(end, at) if name == "actual" and at is not None and at > place else end, total))
    return out
