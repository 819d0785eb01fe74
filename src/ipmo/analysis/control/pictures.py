"""A trend as a picture: a measure month by month; of a date, how many days it has moved since the first month."""

from __future__ import annotations

from datetime import datetime

from ipmo.errors import ModelError
from ipmo.figures.axes import amount_text, scaled
from ipmo.figures.cumulative import Running, cumulative
from ipmo.figures.svg import Figure
from ipmo.tables import Table
from ipmo.words import measured

__all__ = ["trend_picture"]

COLOURS = ("green", "amber", "red")


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
