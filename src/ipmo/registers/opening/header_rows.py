"""The headings of a table whose header is one row or several: groups over merged cells, names, units."""

from __future__ import annotations

from collections.abc import Sequence

from ipmo.registers.opening.sheets import Raw, text_of

__all__ = ["header_texts"]


def header_texts(rows: Sequence[Sequence[Raw]], header: Sequence[int]) -> list[str]:
    """The headings of a table: of several rows, what stands above a cell or in the merged cell over it, then the cell.

    Args:
        rows: of the sheet.
        header: rows of the header, from 0.
    """
    if not header:
        return []
    lines = [[text_of(cell) for cell in rows[row]] for row in header]
    for upper in lines[:-1]:
        carried = ""
        for column, text in enumerate(upper):
            carried = text or carried
            if not text and _under(lines, column):
                upper[column] = carried
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*lines, strict=True)]


def _under(lines: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a blank cell of an upper row is part of a merged one: something stands below it."""
    return bool(lines[-1][column])
