"""What exports of schedules have of their own: outline numbers or levels instead of the names of parents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

import attrs

from ipmo.registers.cells.outlines import plain_number, upper
from ipmo.registers.mapping import ATTRIBUTE, OUTLINE, OUTLINE_LEVEL, ColumnMapping
from ipmo.registers.proposing.columns import SAMPLE, Column
from ipmo.registers.proposing.headings import Heading

__all__ = ["ROWS", "outlined"]

NUMBERED: Final = frozenset(("wbs", "wbs code", "wbs id", "wbs number", "outline", "outline number", "hierarchy"))
LEVELLED: Final = frozenset(("outline level", "wbs level", "level", "indent", "indent level", "hierarchy level"))
NUMBER = re.compile(r"[A-Za-z0-9_-]{1,20}(?:\.[A-Za-z0-9_-]{1,20})*")
ROWS = "its numbers may be those of rows as the program counts them, which no column states: export its column ID too"
NUMBERS_ROW = re.compile(r"(\d+)(?![\d.]).*", re.DOTALL)
OWN = "its codes number the rows themselves: they name no parent"


def outlined(reads: Sequence[Heading], columns: Sequence[Column], mapped: Sequence[ColumnMapping]) -> list[ColumnMapping]:
    """The columns of tasks, with outline numbers and levels taken for what they are: a row's own code is never taken for that of its parent.

    Args:
        reads: the headings of the columns that are mapped.
        columns: their cells.
        mapped: what they are taken for so far.
    """
    out = list(mapped)
    stated = {one.field for one in out}
    for place, (read, column) in enumerate(zip(reads, columns, strict=True)):
        heads, field = " ".join(read.words), out[place].field
        if heads not in NUMBERED or field not in ("parent", "id", ATTRIBUTE):
            continue
        kind = _numbers(column)
        if kind == "nested" and (field == "parent" or "parent" not in stated):
            out[place] = attrs.evolve(out[place], field=OUTLINE, attribute="", doubt="")
            stated = {one.field for one in out} | {"parent"}
        elif kind == "flat" and field == "parent":
            out[place] = attrs.evolve(out[place], field=ATTRIBUTE, doubt=OWN)
            stated.discard("parent")
    for place, (read, column) in enumerate(zip(reads, columns, strict=True)):
        if "parent" not in stated and " ".join(read.words) in LEVELLED and out[place].field in (ATTRIBUTE, "category") and _levels(column):
            out[place] = attrs.evolve(out[place], field=OUTLINE_LEVEL, attribute="", doubt="")
            break
    return _of_rows(columns, out)


def _of_rows(columns: Sequence[Column], mapped: list[ColumnMapping]) -> list[ColumnMapping]:
    """Predecessors beside an outline and no ids: bare numbers are those of rows, and another task has the outline number that looks like one."""
    stated = {one.field for one in mapped}
    if OUTLINE not in stated or "id" in stated:
        return mapped
    codes = {plain_number(text) for one, column in zip(mapped, columns, strict=True) if one.field == OUTLINE for text in column.texts}
    out = []
    for one, column in zip(mapped, columns, strict=True):
        if one.field == "after":
            told = [part.strip() for text in column.texts for part in re.split(r"[;,\n]", text) if part.strip()]
            numbers = [found[1] for part in told if (found := NUMBERS_ROW.fullmatch(part)) is not None]
            if told and len(numbers) == len(told):
                sure = any(number not in codes for number in numbers)
                one = attrs.evolve(one, field=ATTRIBUTE if sure else "after", doubt="; ".join(filter(None, (one.doubt, ROWS))))
        out.append(one)
    return out


def _numbers(column: Column) -> str:
    """`nested` where cells number the rows and some lie in others, `flat` where they number them only; empty where they name something else."""
    texts = [plain_number(text) for text in column.texts]
    if len(texts) < 2 or len(set(texts)) < len(texts) or not all(map(NUMBER.fullmatch, texts)):
        return ""
    known = frozenset(texts)
    return "nested" if any(upper(text, known) for text in texts) else "flat"


def _levels(column: Column) -> bool:
    """Whether cells are levels: whole numbers that begin with the lowest and, where all were looked at, go down by one at a time."""
    if not column.texts or len(column.texts) < column.filled or not all(text.isdecimal() and len(text) < 3 for text in column.texts):
        return False
    levels = [int(text) for text in column.texts]
    steps = [after - before for before, after in itertools.pairwise(levels)] if column.looked < SAMPLE else []
    return levels[0] == min(levels) <= 1 and max(levels) > min(levels) and max(steps, default=0) <= 1
