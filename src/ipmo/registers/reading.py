"""Spreadsheets read: with the mapping that the user names, else with one that is proposed, whose doubts are said."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from ipmo.errors import FileError, Problem, listed
from ipmo.files.foreign import Intake
from ipmo.files.portfolios import no_collection
from ipmo.findings import Finding, Severity
from ipmo.model.portfolio import Portfolio
from ipmo.registers.building.making import build
from ipmo.registers.mapping import Mapping, read_mapping
from ipmo.registers.opening.sheet_xml import NoValue
from ipmo.registers.opening.sheets import Sheet, is_blank, read_sheets, text_of
from ipmo.registers.proposing.proposal import propose

__all__ = ["Mapped", "as_mapping", "read_registers", "read_tables"]

Mapped: TypeAlias = "Mapping | str | os.PathLike[str] | None"
"""A mapping, the path of one, or None where one is to be proposed."""
FORMAT = "register"
NOTHING = "this is a spreadsheet, and nothing says which of its columns means what"
ONE_ROW = "it holds one row and nothing below it: headings alone state no project, risk or anything else"
FILL_IN = "fill in rows below the headings, or export the table again"
WRITE = "write a mapping of its columns and read it with mapping= (docs/spreadsheets.md)"


def as_mapping(mapping: Mapped) -> Mapping | None:
    """A mapping, read where its path was given.

    Raises:
        FileError: the path names none.
    """
    return mapping if mapping is None or isinstance(mapping, Mapping) else read_mapping(mapping)


def read_registers(path: Path, name: str, encoding: str | None = None, mapping: Mapped = None) -> Portfolio:
    """A portfolio from a workbook or from delimited text.

    Args:
        path: the file.
        name: what to call it in messages.
        encoding: of text, its code page; the mapping's, else found from its bytes, when None.
        mapping: what its columns mean; proposed when None.

    Raises:
        FileError: it cannot be read, the mapping does not fit it, or no mapping can be proposed.
        MissingExtraError: it is a workbook, and the extra `excel` is not installed.
    """
    told = as_mapping(mapping)
    with no_collection():
        if told is None:
            return read_tables(read_sheets(path, name, encoding), name, None)
        named = {one.sheet for one in told.sheets}
        wanted = named if "" not in named else ()
        sheets = read_sheets(path, name, encoding or told.encoding or None, told.delimiter or None, wanted)
        return read_tables(sheets, name, told)


def read_tables(sheets: Sequence[Sheet], name: str, mapping: Mapping | None) -> Portfolio:
    """A portfolio from sheets that have been read.

    Raises:
        FileError: there is nothing in them, the mapping does not fit them, or none can be proposed.
    """
    if not sheets or (mapping is None and not any(sheet.rows for sheet in sheets)):
        raise FileError(name, "there is no table in it")
    intake = Intake(name, FORMAT)
    for sheet in sheets:
        intake.findings += sheet.notes
        if sheet.guessed:
            intake.note(
                "encoding",
                f"the text is not UTF-8 and says not what it is; it is read as {sheet.encoding} (Western Windows)",
                "say encoding= where letters and signs come out wrong",
                severity=Severity.INFO,
            )
    if mapping is None:
        mapping = propose(sheets)
        if not mapping.sheets:
            if (alone := _only_row(sheets)) is not None:
                raise FileError(name, [Problem(message=f"{ONE_ROW}: {alone}", hint=FILL_IN, file=name)])
            doubts = [Problem(message=doubt, file=name) for doubt in mapping.doubts]
            raise FileError(name, [Problem(message=NOTHING, hint=WRITE, file=name), *doubts])
        intake.findings += [
            Finding(
                code=f"{FORMAT}/doubt",
                message=f"no mapping was given, and the one that is proposed is not sure: {doubt}",
                hint=f"`ipmo map {name}` writes it to be corrected; read the file with it",
                severity=Severity.WARNING,
            )
            for doubt in mapping.doubts
        ]
    return build(sheets, mapping, intake)


def _only_row(sheets: Sequence[Sheet]) -> str | None:
    """The headings of the one row that stands in a file, some of them; None where there are more rows, or cells that are no headings."""
    filled = [row for sheet in sheets for row in sheet.rows if not all(map(is_blank, row))]
    cells = [cell for cell in filled[0] if not is_blank(cell)] if len(filled) == 1 else []
    headings = len(cells) > 1 and all(isinstance(cell, str) and not isinstance(cell, NoValue) for cell in cells)
    return listed([text_of(cell) for cell in cells], 6) if headings else None
