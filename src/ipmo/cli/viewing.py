"""Which rows of a table are shown, in which order, and how: on a terminal it fits its width and has colours, elsewhere it is plain text."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING, TextIO

import attrs

import ipmo
from ipmo.errors import ModelError, UnknownItemError, close_matches, one_of
from ipmo.tables import Table, shown

if TYPE_CHECKING:
    from rich.table import Table as Grid

__all__ = ["EVERYTHING", "View", "clean", "none_of", "on_terminal", "plain", "wrapped"]

LEAD = re.compile(r"\s*(?:\d+\.\s+|\d{4}-\d{2}-\d{2}\s{2,})?")
"""What stands before the words of a line: room, a number, a date."""
ITEMS = ("project", "id", "item", "full_id", "giver", "receiver", "source", "target", "from", "to")
"""Columns that say what a row is about."""
COLOURS = {"red": "red", "amber": "yellow", "green": "green", "error": "red", "warning": "yellow"}
"""Cells that are shown in a colour: ratings, and how much findings weigh."""
ID, WORDS, GAP = 24, 16, 2
"""Characters to which ids are cut and in which words wrap, at least, and between two columns."""
BARS, BAR = ("share", "load", "progress"), 10
"""Columns of shares, and how many characters the bar beside a share of 1 has."""


def clean(text: str) -> str:
    """Text with control characters shown instead of sent to the terminal."""
    if text.isprintable():  # nearly every line
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else f"\\x{ord(c):02x}" for c in text)


def wrapped(text: str, width: int) -> str:
    """Lines that are broken between words where they are wider than the terminal; what follows stands below where the words of a line begin.

    >>> print(wrapped("  1. rails/lay sets the date of power/test", 24))
      1. rails/lay sets the
         date of power/test
    """
    out = []
    for line in text.split("\n"):
        lead = LEAD.match(line)
        inside = min(lead.end() if lead is not None else 0, width // 2)
        out += textwrap.wrap(line, max(width, 20), subsequent_indent=" " * inside, break_on_hyphens=False, drop_whitespace=True) or [""]
    return "\n".join(out)


def none_of(project: str, path: str) -> str:
    """That nothing is about a project.

    Raises:
        UnknownItemError: the portfolio has no such item.
    """
    try:
        pf = ipmo.read(path)
    except ipmo.IpmoError:
        pf = None  # its rows are about something else than one portfolio
    if pf is not None and project not in pf.items:
        raise UnknownItemError(project, close_matches(project, [one.id for one in pf.projects]), f"portfolio {pf.id!r}")
    return f"nothing here is about {project!r}"


@attrs.frozen(kw_only=True)
class View:
    """What is shown of a table.

    Args:
        project: rows about one project or something in it only; all when left out.
        sort: the column that orders them, with a minus before its name the largest first; as they come when left out.
        top: so many of them only; all when left out.
        path: of the portfolio that they are of; where a project has no row, it must be one of its items.
    """

    project: str | None = None
    sort: str | None = None
    top: int | None = None
    path: str = ""

    def about(self, *items: str) -> bool:
        """Whether something about these items is shown: one of them is the project, or in it."""
        return self.project is None or any(item == self.project or item.startswith(f"{self.project}/") for item in items)

    def of(self, table: Table) -> Table:
        """The rows that are shown.

        Raises:
            OptionError: there is no column of that name to sort by; it names those that there are.
            ModelError: the rows are not about projects.
            UnknownItemError: the portfolio has no such project.
        """
        if self.project is not None:
            columns = [table[name] for name in ITEMS if name in table.columns]
            if not columns:
                raise ModelError("no row of this table says which project it is about; leave out --project")
            table = table.where([self.about(*(cell for cell in row if isinstance(cell, str))) for row in zip(*columns, strict=True)])
            if not len(table) and self.path:
                none_of(self.project, self.path)
        if self.sort is not None:
            column = self.sort.removeprefix("-")
            one_of("sort", column, table.columns)
            table = table.sort(column, descending=self.sort.startswith("-"))
        return table if self.top is None else table.head(self.top)


EVERYTHING = View()


def plain(table: Table, columns: tuple[str, ...]) -> list[str]:
    """The lines of a table for a file or another program: columns as wide as their widest cell."""
    texts = [[name, *(clean(shown(value)) for value in table[name])] for name in columns]
    widths = [max(map(len, column)) for column in texts]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in zip(*texts, strict=True)]


def on_terminal(table: Table, columns: tuple[str, ...], stream: TextIO, width: int | None = None) -> None:
    """Prints a table as wide as the terminal: words and headings wrap, ids are cut short last, and columns that do not fit follow below.

    Ratings and negative numbers have colours, shares a bar.

    Args:
        table: the table.
        columns: which of its columns; the first stands before each part.
        stream: the terminal.
        width: its characters; found when left out.
    """
    from rich.console import Console  # pipes need not wait for it

    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    needed = {name: _least(table, name) + GAP for name in columns}
    parts: list[list[str]] = [[]]
    for name in columns:
        if parts[-1][1:] and sum(needed[one] for one in (*parts[-1], name)) > console.width:
            parts.append([columns[0]])
        parts[-1].append(name)
    for place, part in enumerate(parts):
        if place:
            console.print()
        console.print(_grid(table, part))


def _least(table: Table, name: str) -> int:
    """To how many characters a column can be cut: headings and texts wrap between words, numbers and dates do not."""
    widest = max((len(_text(value, name)) for value in table[name]), default=0)
    least = ID if name in ITEMS else WORDS if table.kind(name) == "str" else widest
    return max(min(widest, least), *map(len, name.split("_")))


def _grid(table: Table, columns: list[str]) -> Grid:
    from rich.table import Table as Made
    from rich.text import Text

    grid = Made(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for name in columns:
        grid.add_column(
            Text(name.replace("_", " ")),  # so that it can wrap
            justify="right" if table.kind(name) in ("int", "float") else "left",
            no_wrap=name in ITEMS,
            overflow="ellipsis" if name in ITEMS else "fold",
            min_width=_least(table, name),
        )
    for cells in zip(*(table[name] for name in columns), strict=True):
        grid.add_row(*(Text(_text(value, name), _style(value)) for name, value in zip(columns, cells, strict=True)))
    return grid


def _text(value: object, name: str) -> str:
    """A cell; a share with a bar beside it, which ends where the share is 1."""
    text = clean(shown(value))
    if name not in BARS or not isinstance(value, int | float):
        return text
    full = round(min(max(value, 0), 1) * BAR)
    return f"{text} {'█' * full}{'░' * (BAR - full)}"


def _style(value: object) -> str:
    if isinstance(value, str):
        return COLOURS.get(value, "")
    return "red" if isinstance(value, int | float) and not isinstance(value, bool) and value < 0 else ""
