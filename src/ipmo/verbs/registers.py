"""What the columns of spreadsheets mean, and a workbook to fill in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ipmo.desk import installed
from ipmo.errors import FileError
from ipmo.files.reading import format_of, said_encoding
from ipmo.options import checked
from ipmo.registers.mapping import Mapping as ColumnsOf
from ipmo.registers.mapping import read_mapping as _read_mapping
from ipmo.registers.mapping import write_mapping as _write_mapping
from ipmo.registers.opening.sheets import TEXT_SUFFIXES, WORKBOOK_SUFFIXES, read_sheets
from ipmo.registers.own.template import write_template as _write_template
from ipmo.registers.proposing.proposal import propose

__all__ = ["propose_mapping", "read_mapping", "write_mapping", "write_template"]


@checked
def propose_mapping(path: str | os.PathLike[str], *, encoding: str | None = None) -> ColumnsOf:
    """What the columns of a workbook, CSV or TSV may mean: a mapping, with what is doubted, for a person to look over.

    Headings and cells vote: names that offices give to fields; dates, money, colours, ids. `ipmo.write_mapping` writes it as YAML, and
    `ipmo.read(path, mapping=...)` reads the file with it.

    Args:
        path: the file.
        encoding: of text; found from its bytes when left out.

    Returns:
        The mapping; `.doubts` says what is open. Columns that are no field are kept as attributes.

    Raises:
        FileError: it is no spreadsheet (then with what it is), or cannot be read.
        MissingExtraError: it is a workbook, and the extra `excel` is not installed.
    """
    where, name = Path(path), os.fspath(path)
    if os.path.isfile(where) and where.suffix.lower() not in (*WORKBOOK_SUFFIXES, *TEXT_SUFFIXES):
        found = format_of(where, installed())
        if (
            found is not None and not found.mappings and (found.name != "yaml" or where.suffix.lower() in found.suffixes)
        ):  # yaml takes any text
            raise FileError(name, f"it is no spreadsheet but {found.title}, which says itself what it holds; `ipmo read {name}` reads it")
    return propose(read_sheets(where, name, encoding or said_encoding()))


@checked
def read_mapping(path: str | os.PathLike[str]) -> ColumnsOf:
    """What the columns of a spreadsheet mean, from a YAML file of `ipmo map`.

    Raises:
        FileError: every problem with its line and column.
    """
    return _read_mapping(Path(path))


@checked
def write_mapping(mapping: ColumnsOf, path: str | os.PathLike[str], about: str = "") -> Path:
    """Writes what the columns of a spreadsheet mean to a YAML file that `read_mapping` reads; doubts stand in comments.

    Args:
        mapping: the mapping.
        path: the file.
        about: its first line, a comment.

    Raises:
        FileError: it cannot be written.
    """
    _write_mapping(mapping, Path(path), about)
    return Path(path)


@checked
def write_template(path: str | os.PathLike[str], *, methods: Sequence[str] = ()) -> Path:
    """Writes an Excel workbook to fill in: lists to pick from, limits on dates, help on every heading; `ipmo.read` reads it back.

    Args:
        path: the file; one that is there is written over.
        methods: names of methodologies that the portfolio follows: filled in, with their gates to pick.

    Raises:
        FileError: it cannot be written, or its name does not end in `.xlsx`.
        UnknownItemError: there is no methodology of that name.
        MissingExtraError: the extra `excel` is not installed.
    """
    where = Path(path)
    if where.suffix.lower() != ".xlsx":
        raise FileError(os.fspath(path), "a template is an Excel workbook; let its name end in .xlsx")
    _write_template(where, [installed().methodology(name) for name in methods])
    return where
