"""ipmo's own workbooks read back, without a mapping: what people changed in them counts, what they damaged is refused by its cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import attrs

from ipmo.declared import Declared
from ipmo.errors import FileError, ModelError, Problem
from ipmo.findings import Finding, Severity
from ipmo.model.contents import Source
from ipmo.model.portfolio import Portfolio
from ipmo.registers.cells.merged import filled_down
from ipmo.registers.opening.sheet_xml import NoValue
from ipmo.registers.opening.sheets import ABOUT, MARK, Sheet, text_of
from ipmo.registers.own.layout import layout, names, title
from ipmo.registers.own.unflat import Unflat
from ipmo.registers.own.workbook_out import LONG

__all__ = ["is_own", "read_own"]

EMPTY = (
    "the workbook is not filled in yet: give the portfolio an Id on the sheet Portfolio, and list at least one project on the sheet "
    "Projects with an Id, a Start and a Finish"
)
"""What to say of a template as it was made."""


def is_own(sheets: Sequence[Sheet]) -> bool:
    """Whether ipmo wrote a workbook: it says so on its first sheet."""
    return any(sheet.rows and sheet.rows[0] and sheet.rows[0][0] == MARK for sheet in sheets if sheet.name == ABOUT)


@attrs.frozen
class _Table:
    """A sheet as rows of a table; one that lists its fields downwards turned."""

    name: str
    sheet: Sheet
    long: Mapping[str, str]
    turned: bool = False

    @property
    def heads(self) -> list[str]:
        """The headings."""
        heads = [self._text(text_of(cell)) for cell in self.sheet.rows[0]] if self.sheet.rows else []
        return ["", *heads[1:]] if self.turned else heads

    def uncomputed_heads(self) -> list[Problem]:
        """Headings that are formulas which nothing computed."""
        heads = self.sheet.rows[0] if self.sheet.rows else ()
        return [
            Problem(message=f"{self.place(0, at).message}{cell}", file=self.sheet.file)
            for at, cell in enumerate(heads)
            if isinstance(cell, NoValue)
        ]

    def rows(self) -> Iterable[tuple[int, Sequence[object]]]:
        """The rows below the headings."""
        for number, row in enumerate(self.sheet.rows[1:2] if self.turned else self.sheet.rows[1:], 1):
            yield number, [self._text(cell) if isinstance(cell, str) else cell for cell in row] if self.long else row

    def place(self, row: int, column: int | None) -> Problem:
        """Where a cell stands, in front of what is wrong with it."""
        if self.turned:
            where = "Portfolio" if column is None else self.sheet.place(column, row)
            return Problem(message=f"{where}: ", file=self.sheet.file)
        return Problem(message=f"{self.sheet.place(row, column)}: ", file=self.sheet.file)

    def _text(self, cell: str) -> str:
        return self.long.get(cell, cell)


def read_own(sheets: Sequence[Sheet], name: str, declared: Declared | None = None) -> Portfolio:
    """A portfolio from a workbook that ipmo wrote, or a template of it that people filled in.

    Args:
        sheets: of the workbook.
        name: of the file, for messages.
        declared: what plugins add to the file format.

    Raises:
        FileError: cells that cannot be right, all of them, each by its sheet and cell.
    """
    by_title = {title(one).casefold(): one for one in names()}
    tables: list[_Table] = []
    findings = [note for sheet in sheets for note in sheet.notes]
    long = _long_texts(sheets, name)
    for sheet in sheets:
        table = by_title.get(" ".join(sheet.name.split()).casefold())
        if table is not None:
            turned = table == "portfolio"
            tables.append(_Table(table, sheet.transposed() if turned else filled_down(sheet, 1), long, turned))
        elif sheet.name not in (ABOUT, LONG, "Lists"):
            findings.append(
                Finding(
                    code="ipmo/unknown-sheet",
                    severity=Severity.INFO,
                    message=f"sheet {sheet.name!r} is not read: ipmo has no register of that name",
                    file=name,
                )
            )
    own = next((table for table in tables if table.name == "portfolio"), None)
    if own is None:
        raise FileError(name, f"the workbook has no sheet {title('portfolio')!r}; it needs one with at least an Id")
    made = Unflat(typed=True)
    made.problems += [problem for one in tables for problem in one.uncomputed_heads()]
    made.read(tables)
    if not made.problems and not made.document["portfolio"].get("id"):
        filled = [key for key in names() if key != "portfolio" and not layout(key).parent and key in made.document]
        at = next((row for row, cells in enumerate(own.sheet.rows[0]) if text_of(cells).casefold() == "id"), None)
        where = own.sheet.place(at, 1) if at is not None else "Portfolio"
        raise FileError(name, f"{where}: give the portfolio an Id, a short name" if filled else EMPTY)
    source = Source(path=name, format="excel", understood=made.understood, findings=(*findings, *made.findings))
    try:
        return made.portfolio(source, declared)
    except ModelError as error:
        raise FileError(name, [attrs.evolve(problem, file=name) for problem in error.problems]) from None


def _long_texts(sheets: Sequence[Sheet], name: str) -> dict[str, str]:
    """The texts that no cell holds, by the sign that stands for each."""
    parts: dict[str, list[tuple[float, str]]] = {}
    found = next((sheet for sheet in sheets if sheet.name == LONG), None)
    for row in found.rows[1:] if found is not None else ():
        if len(row) > 2 and isinstance(row[1], int | float) and row[0]:
            parts.setdefault(str(row[0]), []).append((row[1], str(row[2])))
    out = {}
    for sign, pieces in parts.items():
        try:
            text = json.loads("".join(text for _, text in sorted(pieces)))
        except ValueError:
            raise FileError(name, f"sheet {LONG!r}: {sign} is damaged; write the text into the cell that names it") from None
        if isinstance(text, str):
            out[sign] = text
    return out
