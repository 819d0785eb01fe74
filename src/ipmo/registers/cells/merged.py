"""Cells merged over several rows: a name or a date holds for each of the rows, an amount is one amount and stays in the first."""

from __future__ import annotations

from collections.abc import Container, Sequence

import attrs

from ipmo.registers.cells.amounts import money_said, plain_number, share_said
from ipmo.registers.cells.reading import length_said
from ipmo.registers.opening.sheets import Raw, Sheet, is_blank

__all__ = ["filled_down", "filled_from"]


def filled_down(sheet: Sheet, first: int, names: Container[int] = ()) -> Sheet:
    """A sheet whose merged cells of texts and dates stand in each row that they are merged over, where anything else stands in the row.

    Args:
        sheet: the sheet.
        first: the first row below its headings, from 0: merges that begin above it are part of these.
        names: columns, from 0, in which a number names something too, such as project 1001.
    """
    tall = [one for one in sheet.merged if first <= one.first < len(sheet.rows) and one.column < sheet.width]
    if not tall:
        return sheet
    rows = list(sheet.rows)
    empty: dict[int, bool] = {}
    held: dict[int, int] = {}  # by column, the row down to which a cell holds: ranges of a damaged file may lie over one another
    for one in sorted(tall, key=lambda one: (one.column, one.first)):
        if one.last <= held.get(one.column, -1):
            continue
        cell = sheet.rows[one.first][one.column]
        if is_blank(cell) or (one.column not in names and _counts_once(cell)):
            continue
        for row in range(max(one.first, held.get(one.column, -1)) + 1, min(one.last + 1, len(rows))):
            if row not in empty:
                empty[row] = all(map(is_blank, sheet.rows[row]))
            if not empty[row] and is_blank(rows[row][one.column]):
                if rows[row] is sheet.rows[row]:
                    rows[row] = list(sheet.rows[row])
                rows[row][one.column] = cell  # type: ignore[index] # it is a list by now
        held[one.column] = max(one.last, held.get(one.column, -1))
    return attrs.evolve(sheet, rows=rows)


def _counts_once(cell: Raw) -> bool:
    """Whether a cell is an amount of something, which would be counted again in each row."""
    if isinstance(cell, str):
        return plain_number(cell) is not None or money_said(cell) is not None or share_said(cell) or bool(length_said(cell))
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def filled_from(cells: Sequence[Raw], others: Sequence[Raw]) -> tuple[Raw, ...]:
    """The cells of a column, those of another one where they are blank.

    Args:
        cells: of the column.
        others: of the other, row by row.
    """
    return tuple(other if is_blank(cell) else cell for cell, other in zip(cells, others, strict=True))
