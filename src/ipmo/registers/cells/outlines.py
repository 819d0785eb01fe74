"""Where rows lie in one another by an outline: numbers such as 1.2.3, or levels such as 1, 2, 2, as schedules are exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipmo.registers.cells.outcomes import BLANK, CellError, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["by_levels", "by_numbers", "plain_number", "upper"]


def plain_number(text: str) -> str:
    """An outline number without what stands around it.

    >>> plain_number(" 1.2. ")
    '1.2'
    """
    return text.strip().strip(".")


def upper(number: str, known: frozenset[str]) -> str:
    """The nearest number above an outline number that a row bears; empty where none does.

    >>> upper("1.2.3", frozenset(("1", "1.2.3"))), upper("2", frozenset(("1", "2")))
    ('1', '')

    Args:
        number: the outline number.
        known: the outline numbers of all rows.
    """
    while "." in number:
        number = number.rpartition(".")[0]
        if number in known:
            return number
    return ""


def by_numbers(numbers: Sequence[Outcome], own: Sequence[Outcome], parts: Sequence[str]) -> list[Outcome | CellError]:
    """The parent of each row, by what it is known by: that of the row whose number it continues.

    Args:
        numbers: the outline number of each row.
        own: what each row is known by.
        parts: what each row belongs to, as its project: numbers count within it.
    """
    rows: dict[tuple[str, str], list[Outcome]] = {}
    known: dict[str, set[str]] = {}
    for number, name, part in zip(numbers, own, parts, strict=True):
        if isinstance(number, str):
            rows.setdefault((part, plain_number(number)), []).append(name)
            known.setdefault(part, set()).add(plain_number(number))
    every = {part: frozenset(found) for part, found in known.items()}
    out: list[Outcome | CellError] = []
    for number, part in zip(numbers, parts, strict=True):
        above = upper(plain_number(number), every[part]) if isinstance(number, str) else ""
        if not above:
            out.append(BLANK)
        elif len(rows[part, above]) > 1:
            out.append(CellError(f"{len(rows[part, above])} rows are numbered {above}: nothing says which of them it belongs to"))
        else:
            out.append(rows[part, above][0])
    return out


def by_levels(levels: Sequence[Outcome], own: Sequence[Outcome], parts: Sequence[str]) -> list[Outcome]:
    """The parent of each row, by what it is known by: the nearest row above it, in the same part, of a lower level.

    Args:
        levels: the level of each row.
        own: what each row is known by.
        parts: what each row belongs to, as its project.
    """
    above: dict[str, list[tuple[int, Outcome]]] = {}
    out: list[Outcome] = []
    for level, name, part in zip(levels, own, parts, strict=True):
        stack = above.setdefault(part, [])
        if not isinstance(level, int):
            out.append(BLANK)
            continue
        while stack and stack[-1][0] >= level:
            stack.pop()
        out.append(stack[-1][1] if stack else BLANK)
        stack.append((level, name))
    return out
