"""The formats of spreadsheets, declared as those of any other file: workbooks and delimited text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ipmo.declared import Declared
from ipmo.files.portfolios import no_collection
from ipmo.methods.contract import Format, Notice
from ipmo.model.portfolio import Portfolio
from ipmo.registers.opening.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, read_sheets
from ipmo.registers.own import folders, workbook_in, workbook_out
from ipmo.registers.reading import Mapped, as_mapping, read_registers, read_tables

__all__ = ["register_formats"]

MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin: a zip archive, or the compound file of before 2007 and of locked ones."""
OTHERS = tuple(suffix for suffix in WORKBOOK_SUFFIXES if suffix != ".xlsx")
NOTICES = (
    Notice(code="ipmo/unknown-column", heading="Columns that are no field"),
    Notice(code="ipmo/unknown-sheet", heading="Sheets that are no register"),
    Notice(code="ipmo/formula-values", heading="Values that formulas computed"),
    Notice(code="ipmo/macros", heading="Workbooks with macros"),
    Notice(code="ipmo/merged-cells", heading="Cells merged over several rows"),
    Notice(code="ipmo/external-links", heading="Workbooks that rest on other files"),
    Notice(code="ipmo/old-workbook", heading="Workbooks of the kind before 2007"),
    Notice(code="register/cell-refused", heading="Cells that are not understood"),
    Notice(code="register/amount-size", heading="Amounts that may lack a multiplier"),
    Notice(code="register/row-refused", heading="Rows that are not understood"),
    Notice(code="register/row-ignored", heading="Rows that are no rows of the register"),
    Notice(code="register/column-missing", heading="Columns of the mapping that the file lacks"),
    Notice(code="register/column-ignored", heading="Columns that have no place"),
    Notice(code="register/doubt", heading="Doubts about what columns mean"),
    Notice(code="register/encoding", heading="Text that does not say its encoding"),
    Notice(code="register/done-without-date", heading="Work that is over by its status and by no date"),
    Notice(code="register/given-up", heading="Work that was given up"),
    Notice(code="register/made-of-name", heading="What is known by its name only"),
    Notice(code="register/alike-ids", heading="Ids that look the same"),
    Notice(code="register/same-id", heading="Ids that two registers bear"),
)
"""What reading spreadsheets may find."""


def register_formats(declared: Callable[[], Declared]) -> tuple[Format, ...]:
    """Workbooks, folders of CSV and Parquet, and delimited text: that is claimed last, by its ending, where no other format knows its columns.

    Args:
        declared: what plugins add to the file format; asked when a file is read.
    """

    def read_workbook(path: Path, name: str, encoding: str | None = None, mapping: Mapped = None) -> Portfolio:
        told = as_mapping(mapping)
        if told is not None:
            return read_registers(path, name, encoding, told)
        with no_collection():
            sheets = read_sheets(path, name, encoding)
            return workbook_in.read_own(sheets, name, declared()) if workbook_in.is_own(sheets) else read_tables(sheets, name, None)

    def read_text(path: Path, name: str, encoding: str | None = None, mapping: Mapped = None) -> Portfolio:
        return read_registers(path, name, encoding, mapping)

    return (
        Format(
            name="excel",
            title="Excel workbook (extra excel)",
            suffixes=(".xlsx",),
            sniff=lambda path, head: path.suffix.lower() == ".xlsx" and head.startswith(MAGIC),
            read=read_workbook,
            write=workbook_out.write_workbook,
            encodings=True,
            mappings=True,
            notices=NOTICES,
        ),
        Format(
            name="workbook",
            title="other workbooks: .xls, .xlsm, .xlsb, .ods (extra excel)",
            suffixes=OTHERS,
            sniff=lambda path, head: path.suffix.lower() in OTHERS and head.startswith(MAGIC),
            read=read_workbook,
            encodings=True,
            mappings=True,
        ),
        Format(name="csv", title="CSV and TSV", suffixes=TEXT_SUFFIXES, read=read_text, encodings=True, mappings=True),
        Format(
            name="csv-folder",
            title="folder of CSV files, one a table",
            sniff=lambda path, head: folders.is_folder_of("csv", path),
            read=lambda path, name: folders.read_csv_folder(path, name, declared()),
            write=folders.write_csv_folder,
        ),
        Format(
            name="parquet-folder",
            title="folder of Parquet files, one a table",
            sniff=lambda path, head: folders.is_folder_of("parquet", path),
            read=lambda path, name: folders.read_parquet_folder(path, name, declared()),
            write=folders.write_parquet_folder,
        ),
    )
