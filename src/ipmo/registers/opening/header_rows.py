"""The headings of a table whose header is one row or several: groups over merged cells, names, units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ipmo.errors import FileError
from ipmo.registers.opening.lettered import letters, number_of
from ipmo.registers.opening.sheet_xml import NoValue
from ipmo.registers.opening.sheets import Raw, Sheet, text_of

__all__ = ["columns_of", "header_of", "header_texts"]


def header_texts(
    rows: Sequence[Sequence[Raw]], header: Sequence[int], across: Mapping[int, Mapping[int, int]] = MappingProxyType({})
) -> list[str]:
    """The headings of a table: of several rows, what stands above a cell or in the merged cell over it, then the cell.

    In a row that has merged cells a group ends where its merged cell does; elsewhere it goes on up to the next one.

    Args:
        rows: of the sheet.
        header: rows of the header, from 0.
        across: by row, the last column of each cell merged over several columns, by its first.
    """
    if not header:
        return []
    lines = [[text_of(cell) for cell in rows[row]] for row in header]
    for row, upper in zip(header, lines[:-1], strict=False):
        carried, end = "", 0
        merged = across.get(row, {})
        for column, text in enumerate(upper):
            if text:
                carried, end = text, merged.get(column, column) if merged else len(upper)
            elif column <= end and _under(lines, column):
                upper[column] = carried
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*lines, strict=True)]


def _under(lines: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a blank cell of an upper row is part of a merged one: something stands below it."""
    return bool(lines[-1][column])


def header_of(sheet: Sheet, rows: Sequence[int]) -> list[str]:
    """The headers of a sheet: of several rows, their texts joined; empty where there is no header.

    Args:
        sheet: the sheet.
        rows: its header's rows, from 1; 0 for none.

    Raises:
        FileError: a heading is a formula that nothing computed: what stands below it cannot be known.
    """
    header = [row - 1 for row in rows if row]
    for row in header:
        for column, cell in enumerate(sheet.rows[row] if row < len(sheet.rows) else ()):
            if isinstance(cell, NoValue):
                raise FileError(sheet.file, f"{sheet.place(row, column)}: {cell}")
    return header_texts(sheet.rows, header, sheet.across) if header else [""] * sheet.width


def columns_of(sheet: Sheet, columns: str) -> Sheet:
    """The columns of a sheet that a mapping is about.

    Args:
        sheet: the sheet.
        columns: the first and the last, as `H:M`; empty for all.

    Raises:
        FileError: the sheet has none of them.
    """
    if not columns:
        return sheet
    first, _, last = columns.partition(":")
    if number_of(first) >= sheet.width:
        raise FileError(sheet.file, f"the mapping reads columns {columns}; the last one is {letters(sheet.width - 1)}")
    return sheet.between(number_of(first), number_of(last))
