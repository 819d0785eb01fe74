"""How many columns of registers whose meaning is known by hand are proposed right; `python tests/registers/scoring.py` prints it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import yaml

from ipmo.registers.mapping import ATTRIBUTE, IGNORE
from ipmo.registers.opening.sheets import Sheet, read_sheets
from ipmo.registers.proposing.headings import heading
from ipmo.registers.proposing.proposal import propose

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("IPMO_DATA", HERE.parent.parent.parent / "shared" / "data"))


@attrs.frozen
class Score:
    """How the columns of one register were proposed."""

    name: str
    register: str
    columns: int = 0
    fields: int = 0
    """Columns that state a field."""
    mapped: int = 0
    right: int = 0
    """Columns proposed as a field that state it."""
    found: int = 0
    """Columns that state a field and are proposed as it."""
    doubted: int = 0
    sure_and_wrong: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    register_right: bool = True

    def __str__(self) -> str:
        text = f"{self.name:58} {self.register:12} columns {self.columns:3}  mapped {self.right}/{self.mapped} right  fields {self.found}/{self.fields} found  doubted {self.doubted}"
        return (
            text
            + ("" if self.register_right else "  REGISTER WRONG")
            + "".join(f"\n      {one}" for one in (*self.wrong, *(f"SURE AND WRONG: {w}" for w in self.sure_and_wrong)))
        )


def truths(name: str = "truth.yaml") -> list[dict[str, Any]]:
    """The registers of a file of truth."""
    return list(yaml.safe_load((HERE / name).read_text(encoding="utf-8")))


def _stated(truth: dict[str, Any], header: str) -> set[str]:
    """What a column states, by hand: its header, or the beginning of it."""
    for name, fields in truth["columns"].items():
        wanted = " ".join(name.split())
        if wanted == header or (wanted.endswith("*") and header.startswith(wanted[:-1])):
            return {fields} if isinstance(fields, str) else set(fields)
    return {ATTRIBUTE}


def sheet_of(truth: dict[str, Any]) -> tuple[Sheet, ...]:
    """The sheet that a truth is about: of the data, or of its headings and rows alone."""
    if "file" in truth:
        return read_sheets(DATA / truth["file"], truth["file"])
    rows = truth.get("grid") or [*truth.get("above", ()), list(truth["columns"]), *truth.get("rows", ())]
    rows = [[str(cell) for cell in row] for row in rows]
    return (Sheet(name=truth["name"], rows=rows, file=truth["name"], is_text=True, delimiter=","),)


def withheld_for(truth: dict[str, Any], others: list[dict[str, Any]]) -> frozenset[str]:
    """Names of this register's own columns that no other register has: what would not be known had it never been seen."""
    own = {heading(name.rstrip("*")).words: name.rstrip("*") for name in truth["columns"]}
    elsewhere = {
        heading(name.rstrip("*")).words for other in others if other["columns"] is not truth["columns"] for name in other["columns"]
    }
    return frozenset(name for words, name in own.items() if words not in elsewhere and words not in COMMON)


COMMON = frozenset(
    heading(name).words
    for name in ("id", "name", "title", "status", "state", "owner", "description", "start date", "end date", "category", "type")
)
"""Names that every office has; to withhold them would measure nothing."""


_SCORES: dict[tuple[str, frozenset[str]], Score] = {}


def score(truth: dict[str, Any], withheld: frozenset[str] = frozenset()) -> Score:
    """How the columns of a register are proposed; measured once."""
    key = (str(truth.get("file", truth.get("name"))), withheld)
    if key not in _SCORES:
        _SCORES[key] = _score(truth, withheld)
    return _SCORES[key]


def _score(truth: dict[str, Any], withheld: frozenset[str]) -> Score:
    """How the columns of a register are proposed."""
    mapping = propose(sheet_of(truth), withheld=withheld)
    name = truth.get("file", truth.get("name", ""))
    if not mapping.sheets:
        fields = sum(not {ATTRIBUTE, IGNORE} & _stated(truth, header) for header in truth["columns"])
        return Score(name, "none", columns=len(truth["columns"]), fields=fields, register_right=truth["register"] is None)
    sheet = mapping.sheets[0]
    columns = fields = mapped = right = found = doubted = 0
    wrong, sure = [], []
    for column in sheet.columns:
        stated = _stated(truth, column.header)
        columns += 1
        is_field = not stated & {ATTRIBUTE, IGNORE}
        fields += is_field
        doubted += bool(column.doubt)
        found += is_field and column.field in stated
        if column.field not in (ATTRIBUTE, IGNORE):
            mapped += 1
            right += column.field in stated
        if column.field not in stated and not (column.field == IGNORE and ATTRIBUTE in stated):
            (
                wrong if column.doubt or "its rows are" in sheet.doubt or "as well as" in sheet.doubt or column.field == ATTRIBUTE else sure
            ).append(
                f"{column.header[:60]!r}: {column.field}, not {'/'.join(sorted(stated))}{' (' + column.doubt + ')' if column.doubt else ''}"
            )
    return Score(
        name, sheet.register, columns, fields, mapped, right, found, doubted, tuple(sure), tuple(wrong), sheet.register == truth["register"]
    )


def total(scores: list[Score]) -> str:
    """All of them in one line."""
    mapped, right = sum(s.mapped for s in scores), sum(s.right for s in scores)
    fields, found = sum(s.fields for s in scores), sum(s.found for s in scores)
    return (
        f"{len(scores)} registers, {sum(s.columns for s in scores)} columns: {right} of {mapped} mapped columns right = {100 * right / max(1, mapped):.1f} %;"
        f" {found} of {fields} columns with a field found = {100 * found / max(1, fields):.1f} %; doubted {sum(s.doubted for s in scores)};"
        f" sure and wrong {sum(len(s.sure_and_wrong) for s in scores)}; registers right {sum(s.register_right for s in scores)}"
    )


def main() -> Iterator[str]:
    """The scores, with all names and with each register's own withheld."""
    every = [
        one
        for source in ("truth.yaml", "held_out.yaml", "held_out_again.yaml", "held_out_third.yaml")
        for one in truths(source)
        if "file" not in one or (DATA / one["file"]).exists()
    ]
    for title, hold in (("all names known", False), ("each register's own names withheld", True)):
        scores = [score(one, withheld_for(one, every) if hold else frozenset()) for one in every]
        yield f"\n== {title}"
        yield from map(str, scores)
        yield total(scores)


if __name__ == "__main__":
    print("\n".join(main()))
