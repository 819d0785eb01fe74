"""Rows of text that are longer than their headings: a separator in a cell without quotation marks moves all cells behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ipmo.registers.opening.sheets import Sheet, is_blank, said_cell

__all__ = ["longer_than_headings"]


def longer_than_headings(sheet: Sheet, header: Sequence[int], rows: Sequence[int], placed: Collection[int]) -> dict[int, str]:
    """The rows that say something beyond the last heading, with the reason: nobody knows which of their cells stand where they should.

    Args:
        sheet: the sheet.
        header: its rows of headings, from 1.
        rows: the rows of the register, from 0.
        placed: columns of which the mapping says by their place what they state.
    """
    if not sheet.widths or not header:
        return {}
    headed = max(sheet.widths[row - 1] for row in header) - sheet.left
    beyond = [index for index in range(max(headed, 0), sheet.width) if index not in placed]
    found = {}
    for row in rows if beyond else ():
        cells = sheet.rows[row]
        first = next((index for index in beyond if not is_blank(cells[index])), None)
        if first is not None:
            found[row] = (
                f"{said_cell(cells[first])} in column {sheet.letters(first)} stands under no heading, as the row is longer than these: a"
                f" {sheet.delimiter!r} in one of its cells may lack quotation marks, and moves the cells behind it"
            )
    return found
