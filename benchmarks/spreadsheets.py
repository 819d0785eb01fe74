"""How fast spreadsheets are read and written: beside calamine, and beside the csv module, on one register of projects."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import python_calamine
import xlsxwriter

import ipmo
from ipmo.registers.opening.sheets import read_sheets

Turns = Callable[..., tuple[float, float]]
Bar = Callable[..., None]
HEADS = ("Project ID", "Project name", "SRO", "Start date", "End date", "Total budget (£m)", "RAG status", "Progress", "Region", "Note")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """A register of projects."""
    for i in range(count):
        start, end = f"{1 + i % 28:02}/{1 + i % 12:02}/2026", f"{1 + i % 28:02}/{1 + i % 12:02}/2028"
        rag, region = ("Green", "Amber", "Red")[i % 3], ("North", "South")[i % 2]
        yield f"P{i}", f"Project {i}", f"Owner {i % 50}", start, end, f"{1 + i % 97 * 0.25:g}", rag, f"{i % 100}%", region, f"note {i}"


def workbook(path: Path, count: int) -> None:
    """The register as a workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Projects")
        for place, row in enumerate((HEADS, *rows(count))):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)


def spreadsheets(turns: Turns, bar: Bar) -> None:
    """A workbook of 5,000 rows and a CSV of 50,000: their cells, and the portfolio of them with a mapping."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, text = folder / "projects.xlsx", folder / "projects.csv"
        workbook(book, 5_000)
        with text.open("w", newline="") as stream:
            csv.writer(stream).writerows((HEADS, *rows(50_000)))

        def calamine() -> Any:
            return python_calamine.load_workbook(str(book)).get_sheet_by_index(0).to_python(skip_empty_area=False)

        def module() -> list[list[str]]:
            with text.open(newline="") as stream:
                return list(csv.reader(stream))

        for what, path, peer, peer_name, bound in (
            ("a workbook of 5,000 rows", book, calamine, "python-calamine, the same cells", 2.0),
            ("a CSV of 50,000 rows", text, module, "the csv module, the same cells", 2.5),
        ):
            ours, theirs = turns(lambda path=path: read_sheets(path, str(path)), peer, 7)
            bar(f"{what}: looked at and read as cells", ours, peer_name, theirs, bound, faster=False)
            mapping = attrs.evolve(
                ipmo.propose_mapping(path), status_date=date(2026, 11, 30)
            )  # its one doubt, settled: the day of its colours
            ours, theirs = turns(lambda path=path, mapping=mapping: ipmo.read(path, mapping=mapping), peer, 7)
            bar(f"{what}: to a checked portfolio, with a mapping", ours, peer_name, theirs, bound, faster=False)
            ours, theirs = turns(lambda path=path, mapping=mapping: ipmo.read(path, mapping=mapping).projects, peer, 3)
            bar(f"{what}: the same with every project looked at (no bar)", ours, peer_name, theirs, 100.0, faster=False)
