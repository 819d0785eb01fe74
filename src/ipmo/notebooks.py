"""How a notebook shows tables and single rows: markup that needs no style of its own, in light and dark alike."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sized
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from ipmo.errors import IpmoError
from ipmo.words import rounded_text

if TYPE_CHECKING:
    import attrs

__all__ = ["Shown", "ShownAnswer", "drawn", "fact_rows", "grid", "in_a_cell"]

ROOM = "padding: 0.15em 0.7em 0.15em 0"
"""Around a cell in a notebook, some of which give it none."""
WHOLE = 10_000
"""From here on a notebook shows no fractions: nobody reads them."""
FEW, LONG = 6, 300
"""Values of a field, and characters of one, that are shown."""
DRAWN, LARGEST = 500, 60_000
"""Rows up to which an answer shows its picture by itself, and the characters that it may take; beyond that somebody asks for it."""


def in_a_cell(value: object) -> str:
    """A value as a notebook shows it: empty for unknown, days without midnight, large amounts without fractions.

    >>> in_a_cell(13068787.88), in_a_cell(2.50), in_a_cell(True), in_a_cell(None), in_a_cell("EAC 13,068,787.88 GBP")
    ('13,068,788', '2.5', 'yes', '', 'EAC 13.07 M GBP')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, float):
        return f"{value:,.0f}" if WHOLE <= abs(value) < math.inf else f"{value:,.2f}".rstrip("0").rstrip(".")
    return rounded_text(str(value))


def grid(heads: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]) -> str:
    """A table: (heading, side) of each column, and the texts of its rows; everything is escaped."""
    heads = list(heads)
    top = "".join(f'<th scope="col" style="text-align: {side}; {ROOM}">{html.escape(title)}</th>' for title, side in heads)
    opening = [f'<td style="text-align: {side}; {ROOM}">' for _, side in heads]
    lines = ("".join(f"{begin}{html.escape(cell)}</td>" for begin, cell in zip(opening, row, strict=True)) for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def fact_rows(facts: Iterable[tuple[str, str]]) -> str:
    """A table of facts: (name, text) a row; everything is escaped."""
    left = f'style="text-align: left; {ROOM}"'
    rows = (f'<tr><th scope="row" {left}>{html.escape(name)}</th><td {left}>{html.escape(text)}</td></tr>' for name, text in facts)
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


class Shown:
    """A row of an answer that shows itself in a notebook: what it is, then what is known of it.

    What is not known, and an instant of which the day stands beside it, is left out.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[object], ...]]

    def _repr_html_(self) -> str:
        """In a notebook."""
        facts = []
        for field in self.__attrs_attrs__:
            day = f"{field.name}_date"
            value = getattr(self, day if hasattr(type(self), day) else field.name)
            if not field.name.startswith("_") and field.repr and value not in (None, "", ()):
                facts.append((field.name.replace("_", " "), _brief(value)))
        head = str(getattr(self, "name", "") or getattr(self, "id", "") or "")
        own = type(self).__str__ is not object.__str__
        said = (
            f"<p>{html.escape(str(self))}</p>" if own else f"<p><strong>{html.escape(type(self).__name__)}</strong> {html.escape(head)}</p>"
        )
        return f"{said}{fact_rows(facts)}"


def drawn(answer: object) -> str:
    """The picture that an answer makes of itself; empty where it makes none, where there is nothing to draw, or more than belongs in a cell."""
    plot, rows = getattr(answer, "plot", None), len(answer) if isinstance(answer, Sized) else 1
    if plot is None or not 0 < rows <= DRAWN or not getattr(answer, "drawn_unasked", True):
        return ""
    try:
        markup: str = plot()._repr_html_()
    except IpmoError:
        return ""
    return markup if len(markup) <= LARGEST else ""


class ShownAnswer:
    """An answer that shows itself in a notebook: its sentence (its `repr`), the first rows of its `table()`, and its `plot()` where it has one.

    A picture that there is nothing to draw for is left out.
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        """In a notebook."""
        parts = [f"<p>{html.escape(repr(self).removeprefix('<').removesuffix('>'))}</p>"]
        table = getattr(self, "table", None)
        if table is not None:
            parts.append(table()._repr_html_())
        return "".join([*parts, drawn(self)])


def _brief(value: object) -> str:
    """A value in a line."""
    if isinstance(value, tuple | list | frozenset):
        some = [_brief(one) for one in list(value)[:FEW]]
        return f"{', '.join(some)}{f' and {len(value) - FEW:,} more' if len(value) > FEW else ''}"
    if isinstance(value, Mapping):
        return _brief(tuple(f"{key}: {_brief(inner)}" for key, inner in value.items()))
    if isinstance(value, date | float | bool):
        return in_a_cell(value)
    fields = getattr(value, "__attrs_attrs__", ())
    if fields and type(value).__str__ is object.__str__:
        return str(getattr(value, "id", "") or getattr(value, "item", "") or type(value).__name__)
    return rounded_text(str(value)[:LONG])
