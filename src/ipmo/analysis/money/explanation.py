"""A rolled-up figure and the tree of what it was made of."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from ipmo.analysis.money.amounts import Priced, in_minor_units
from ipmo.analysis.money.made_rows import Parts
from ipmo.emissions import TONNES
from ipmo.notebooks import Shown
from ipmo.tables import Column, Table
from ipmo.units import Money, day_text

__all__ = ["Explanation", "RolledUpValue", "Value", "show"]

Value = Money | datetime | Fraction | Decimal | float | str | None
"""What a rolled-up value may be: money, a date, a number, a share, a word; None when nothing is known."""


@attrs.frozen(kw_only=True)
class RolledUpValue(Shown):
    """One rolled-up figure with its working.

    Args:
        item: full id, or the name of a group.
        name: title of the item.
        level: portfolio, programme, project, task or group.
        value: Money, datetime, number, share or word; None when nothing is known.
        unit: what the value is measured in.
        known: how many leaves below were known.
        total: how many leaves below should be known.
        parts: the figures it was made of.
        left_out: projects below that do not count, by state (proposed, cancelled).
        note: how the value came about, for example the exchange rate used.
        base: in whose prices money is, empty when nobody says.
        apart: money in unknown prices beside that, which does not add to it.
        day: of a date, the day that people say of it: an end of day belongs to its day.
        carried: the exact figure that is combined further: unrounded money, a mean as sum and weight.
    """

    item: str
    name: str = ""
    level: str
    value: Any  # what it is depends on the measure, as with a column of a frame; `money` has a type
    unit: str
    known: int
    total: int
    _parts: Sequence[RolledUpValue] = attrs.field(default=(), alias="parts", eq=tuple, repr=False)
    left_out: tuple[str, ...] = ()
    note: str = ""
    base: str = ""
    apart: Money | None = None
    carried: object = attrs.field(default=None, repr=False)
    day: date | None = attrs.field(default=None, repr=False)

    @property
    def parts(self) -> tuple[RolledUpValue, ...]:
        """The figures that it was made of."""
        return tuple(self._parts)

    @property
    def money(self) -> Money | None:
        """The value where it is money and known."""
        return self.value if isinstance(self.value, Money) else None

    @property
    def exact(self) -> Fraction | None:
        """The exact amount before it is rounded, of money in one known price base or none; None where it is unknown or no amount."""
        if isinstance(self.carried, Priced):
            return self.carried.only(self.item)[1]
        return Fraction(self.carried) if isinstance(self.carried, Fraction | int) else None

    @property
    def text(self) -> str:
        """The value as people read it."""
        text = show(self.value, self.unit) if self.day is None else self.day.isoformat()
        if self.unit == TONNES and self.value is not None:
            text = f"{text} {TONNES}"
        return f"{text} and {self.apart} in unknown prices" if self.apart is not None else text

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why what is unknown below is so, where that was found out: a missing exchange rate."""
        if self.value is None and self.note:
            return (self.note,)
        if isinstance(self._parts, Parts) and not self._parts.noted:
            return ()
        return tuple(dict.fromkeys(reason for part in self.parts for reason in part.reasons))

    @property
    def lacking(self) -> tuple[RolledUpValue, ...]:
        """The figures, itself or below, that keep it from being known in full and say why: what is under a total that is known does not."""
        if self.known >= self.total or (isinstance(self._parts, Parts) and not self._parts.noted and not self.note):
            return ()
        if self.value is None and self.note:
            return (self,)
        return tuple(figure for part in self.parts for figure in part.lacking)

    @property
    def unknown(self) -> int:
        """How many leaves below were not known."""
        return self.total - self.known

    def share_of(self, whole: RolledUpValue) -> float | None:
        """The share of another figure that this one is, where both are amounts; None for dates, shares and words."""
        one, all_ = _number(self.value), _number(whole.value)
        return None if one is None or not all_ else one / all_

    def line(self, within: RolledUpValue | None = None) -> str:
        """The figure in one line; below another one, with its share of it and without what that line says already."""
        text = f"{self.item}: {self.text}"
        if self.total and self.level != "task":
            text += f", {self.known} of {self.total} known"
        elif self.value is None:
            text = f"{self.item}: unknown"
        base = f"{self.base} prices" if self.base and (within is None or within.base != self.base) else ""
        notes = "; ".join(note for note in (base, self.note) if note)
        share = None if within is None else self.share_of(within)
        return text + (f" ({notes})" if notes else "") + (f", {share:.1%}" if share is not None else "")

    def __str__(self) -> str:
        return self.line()


def _number(value: Value) -> float | None:
    if isinstance(value, Money):
        return float(value.amount)
    return float(value) if isinstance(value, int | Fraction) else None


def show(value: Value, unit: str = "share") -> str:
    """A figure's value as people read it; a finish at midnight belongs to the day before; shares are in percent, other means and ratios are numbers."""
    if value is None:
        return "unknown"
    if isinstance(value, datetime):
        return day_text(value, finish=True)
    if isinstance(value, float) and unit == "share":
        return f"{value:.1%}"
    if isinstance(value, Fraction | float):
        return f"{float(value):,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, Money) else str(value)


@attrs.frozen
class Explanation:
    """The tree of what a figure was made of; prints as text, shows as HTML, gives a table.

    Args:
        figure: the figure explained.
        depth: how many levels below it are shown; all when None.
    """

    figure: RolledUpValue
    depth: int | None = None

    def walk(self) -> Iterator[tuple[int, RolledUpValue, RolledUpValue | None]]:
        """(depth, figure, the figure above it), from the top down."""
        stack: list[tuple[int, RolledUpValue, RolledUpValue | None]] = [(0, self.figure, None)]
        while stack:
            depth, figure, above = stack.pop()
            yield depth, figure, above
            if self.depth is None or depth < self.depth:
                stack += [(depth + 1, part, figure) for part in reversed(figure.parts)]

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a figure, indented; a share in percent where the parts are amounts of a sum."""
        out = []
        for depth, figure, above in self.walk():
            out.append("  " * depth + figure.line(above))
            below = {name for part in figure.parts for name in part.left_out}
            if own := [name for name in figure.left_out if name not in below]:
                out.append("  " * (depth + 1) + f"left out: {', '.join(own)}")
        return tuple(out)

    def table(self) -> Table:
        """One row a figure: depth, item, name, level, value, unit, minor (money in minor units), base, share, known, total, note."""
        rows = list(self.walk())
        figures = [figure for _, figure, _ in rows]
        money = any(isinstance(figure.value, Money) for figure in figures)
        return Table(
            [
                Column("depth", "int", [depth for depth, _, _ in rows]),
                Column("item", "str", [figure.item for figure in figures]),
                Column("name", "str", [figure.name for figure in figures]),
                Column("level", "str", [figure.level for figure in figures]),
                Column("value", "str", [figure.text for figure in figures]),
                Column("unit", "str", [figure.unit for figure in figures]),
                Column("minor", "int", [in_minor_units(f.value, f.unit, f.item) if money else None for f in figures]),
                Column("base", "str", [figure.base for figure in figures]),
                Column("share", "float", [None if above is None else figure.share_of(above) for _, figure, above in rows]),
                Column("known", "int", [figure.known for figure in figures]),
                Column("total", "int", [figure.total for figure in figures]),
                Column("note", "str", [figure.note for figure in figures]),
            ]
        )

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def node(figure: RolledUpValue, above: RolledUpValue | None, depth: int) -> str:
            text = html.escape(figure.line(above))
            if not figure.parts or (self.depth is not None and depth >= self.depth):
                return f"<li>{text}</li>"
            inner = "".join(node(part, figure, depth + 1) for part in figure.parts)
            return f"<li><details{' open' if depth < 2 else ''}><summary>{text}</summary><ul>{inner}</ul></details></li>"

        return f"<ul>{node(self.figure, None, 0)}</ul>"
