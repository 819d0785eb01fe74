"""What a panel of the report is made of: paragraphs, pictures and tables of cells. The template knows no more than these."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import attrs

from ipmo.figures.svg import tag
from ipmo.units import Money

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = [
    "LONG",
    "SHORT",
    "Amount",
    "Block",
    "Cell",
    "Grid",
    "Head",
    "Heading",
    "Panel",
    "Paragraph",
    "Picture",
    "Row",
    "Scale",
    "capital",
    "few",
    "mark",
    "number",
    "share",
]

LONG = 40
"""Rows up to which a table is shown whole."""
SHORT = 25
"""Rows of a longer one that are shown at first."""


@attrs.frozen(kw_only=True)
class Head:
    """The head of a column; `num` aligns it to the right."""

    title: str
    num: bool = False


@attrs.frozen(kw_only=True)
class Cell:
    """One cell.

    Args:
        text: what it says.
        kind: `num`, `date`, `why` (long text), `bad` (a number that is one to look at), or empty.
        rag: a colour word, shown with its glyph; empty for none reported.
        bar: 0 to 1, drawn as a bar behind the number.
        under: a second, quiet line.
    """

    text: str = ""
    kind: str = ""
    rag: str | None = None
    bar: float | None = None
    under: str = ""

    @property
    def picture(self) -> Markup | None:
        """The bar as a small picture; the number beside it says the same."""
        if self.bar is None:
            return None
        width = round(100 * min(max(self.bar, 0), 1), 1)
        return tag(
            "svg", tag("rect", width=width, height=8), viewBox="0 0 100 8", class_="bar", aria_hidden="true", preserveAspectRatio="none"
        )


@attrs.frozen(kw_only=True)
class Row:
    """A row: its name, a quiet id below it, its cells; `group` sets it apart as the head of those that follow, `key` shows it where most are folded away."""

    name: str
    under: str = ""
    cells: Sequence[Cell] = ()
    group: bool = False
    key: bool = False


@attrs.frozen(kw_only=True)
class Grid:
    """A table; the first head belongs to the names of the rows.

    One below a picture that shows its numbers is folded away until it is opened, and not printed; of a long one the key rows, else the first, are shown
    and printed until somebody wants all.
    """

    kind: ClassVar[str] = "grid"
    label: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    wide: bool = False
    more: str = ""
    folded: bool = False
    charted: bool = False

    @property
    def long(self) -> bool:
        """Whether only its first rows are shown at first."""
        return len(self.rows) > LONG

    @property
    def shown(self) -> Sequence[bool]:
        """Of a long one, which rows are shown and printed at first: the key ones, with the heads of groups where those are few."""
        if not any(row.key for row in self.rows):
            return [place < SHORT for place in range(len(self.rows))]
        heads = sum(row.group for row in self.rows) <= LONG
        return [row.key or (row.group and heads) for row in self.rows]

    @property
    def of_all(self) -> str:
        """What is printed of a long one, in a sentence."""
        worst = "those to look at first" if any(row.key for row in self.rows) else "the first"
        return f'Printed: {sum(self.shown)} of {len(self.rows):,} rows, {worst}. The file has all, and prints all once "show all" is ticked above this table.'


@attrs.frozen(kw_only=True)
class Picture:
    """A drawing with its caption; one that is for the screen only is not printed."""

    kind: ClassVar[str] = "picture"
    label: str
    svg: Markup
    caption: str = ""
    printed: bool = True


@attrs.frozen
class Heading:
    """A heading below that of the panel."""

    kind: ClassVar[str] = "heading"
    text: str


@attrs.frozen
class Paragraph:
    """A line of plain text."""

    kind: ClassVar[str] = "paragraph"
    text: str


Block: TypeAlias = Grid | Picture | Heading | Paragraph
"""What a panel is made of."""


@attrs.frozen(kw_only=True)
class Panel:
    """A part of the page with a heading of its own.

    Args:
        id: where links lead.
        title: its heading.
        short: its name in the list of contents; the title when left out.
        blocks: what it shows, in order.
        columns: on paper it stands in two columns; a table of many columns goes across both.
    """

    id: str
    title: str
    short: str = ""
    blocks: Sequence[Block]
    columns: bool = False

    @property
    def before(self) -> Sequence[str]:
        """What goes across both columns, with the heading: the paragraphs before anything else."""
        found = itertools.takewhile(lambda block: isinstance(block, Paragraph), self.blocks) if self.columns else ()
        return [block.text for block in found if isinstance(block, Paragraph)]

    @property
    def below(self) -> Sequence[Block]:
        """What stands in the columns, or everything where there are none."""
        return self.blocks[len(self.before) :]


Amount: TypeAlias = Money | Decimal | Fraction | float
"""What can be shown on a scale of money."""


@attrs.frozen
class Scale:
    """One unit for a column of money, so that its numbers can be compared by eye.

    >>> scale = Scale.of([1_500_000, -20_000], "GBP")
    >>> scale.unit, scale.text(1_500_000), scale.text(-20_000), scale.text(None)
    ('M GBP', '1.50', '−0.02', 'unknown')
    """

    divisor: int
    unit: str
    digits: int

    @classmethod
    def of(cls, amounts: Iterable[Amount | None], currency: str) -> Scale:
        """The unit in which the largest of the amounts has one to three digits before the point."""
        largest = max((abs(float(_amount(a))) for a in amounts if a is not None), default=0.0)
        for divisor, letter in ((10**9, "bn"), (10**6, "M"), (10**3, "k")):
            if largest >= divisor:
                return cls(divisor, f"{letter} {currency}".strip(), 2 if largest < 100 * divisor else 1)
        return cls(1, currency, 0)

    def number(self, amount: Amount | None) -> float | None:
        """An amount in this unit."""
        return None if amount is None else float(_amount(amount)) / self.divisor

    def said(self, amount: Amount | None) -> str:
        """An amount in this unit in a sentence, where nothing stands below it to compare: without zeros at its end.

        >>> Scale.of([50_000], "GBP").said(50_000), Scale.of([19_500_000], "GBP").said(19_497_000)
        ('50', '19.5')
        """
        return number(self.number(amount), self.digits, unknown="unknown")

    def text(self, amount: Amount | None, unknown: str = "unknown") -> str:
        """An amount in this unit as people read it."""
        value = self.number(amount)
        return unknown if value is None else number(value, self.digits, keep=True)


def _amount(value: Amount) -> Decimal | Fraction | float:
    return value.amount if isinstance(value, Money) else value


def number(value: float | None, digits: int = 1, *, keep: bool = False, unknown: str = "") -> str:
    """A number as people read it, with a true minus; zeros behind the point are dropped unless kept.

    >>> number(-1234.50), number(3.0), number(3, 2, keep=True), number(None)
    ('−1,234.5', '3', '3.00', '')
    """
    if value is None:
        return unknown
    text = f"{value:,.{digits}f}"
    if not keep and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") and not keep else text.replace("-", "−")


def share(value: float | None, digits: int = 0) -> str:
    """A share in percent.

    >>> share(0.254), share(-0.5), share(None)
    ('25 %', '−50 %', '')
    """
    return "" if value is None else f"{number(100 * value, digits, keep=True)} %"


def mark(value: float | None, bad: bool, digits: int = 1) -> Cell:
    """A number that is marked where it is one to look at."""
    return Cell(text=number(value, digits), kind="bad" if bad and value is not None else "num")


def capital(text: str) -> str:
    """With a capital at its beginning; the rest as it is."""
    return text[:1].upper() + text[1:]


def few(names: Iterable[str], most: int = 5) -> str:
    """The first few of many names."""
    everything = list(names)
    return ", ".join(everything[:most]) + (f" and {len(everything) - most} more" if len(everything) > most else "")
