"""The formats of spreadsheets, declared as those of any other file: workbooks, and folders of tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ipmo.declared import Declared
from ipmo.errors import FileError
from ipmo.methods.contract import Format, Notice
from ipmo.model.portfolio import Portfolio
from ipmo.registers import workbook_in, workbook_out
from ipmo.registers.sheets import read_sheets

__all__ = ["register_formats"]

MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin: a zip archive, or the compound file of before 2007 and of locked ones."""
NOTICES = (
    Notice(code="ipmo/unknown-column", heading="Columns that are no field"),
    Notice(code="ipmo/unknown-sheet", heading="Sheets that are no register"),
    Notice(code="ipmo/formula-values", heading="Values that formulas computed"),
    Notice(code="ipmo/macros", heading="Workbooks with macros"),
    Notice(code="ipmo/external-links", heading="Workbooks that rest on other files"),
    Notice(code="ipmo/old-workbook", heading="Workbooks of the kind before 2007"),
)
"""What reading ipmo's own tables may find."""


def register_formats(declared: Callable[[], Declared]) -> tuple[Format, ...]:
    """Workbooks.

    Args:
        declared: what plugins add to the file format; asked when a file is read.
    """

    def read_workbook(path: Path, name: str) -> Portfolio:
        sheets = read_sheets(path, name)
        if workbook_in.is_own(sheets):
            return workbook_in.read_own(sheets, name, declared())
        raise FileError(name, "ipmo did not write this workbook; `ipmo template` makes one to fill in")

    return (
        Format(
            name="excel",
            title="Excel workbook (extra excel)",
            suffixes=(".xlsx",),
            sniff=lambda path, head: path.suffix.lower() == ".xlsx" and head.startswith(MAGIC),
            read=read_workbook,
            write=workbook_out.write_workbook,
            notices=NOTICES,
        ),
    )
