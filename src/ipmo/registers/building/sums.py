"""Rows that sum others up: totals, subtotals and averages, by what they are called and by what stands beside that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ipmo.registers.cells.amounts import money_said, plain_number
from ipmo.registers.cells.outcomes import folded
from ipmo.registers.mapping import UNKNOWN
from ipmo.registers.opening.sheets import Raw

__all__ = ["SUMS", "may_sum_up", "sums_up"]

TOTAL = re.compile(
    r"(?:grand |sub-?|sub )?totals?\b(?: (?:of|for|cost|budget|portfolio|programme|all)\b.*)?:?|sum|average|mean|(?:.{1,60} )?sub-?totals?:?"
    r"|(?:grand |sub-|sub)totals?\b.*",
    re.IGNORECASE,
)
"""What a row that sums others up is called, whatever stands beside it."""
NAMED: Final = re.compile(r"totals?\b.*|.*\btotals?:?", re.IGNORECASE)
"""What one may be called of which other rows speak too: `Total Place`, `Housing total`."""
SUMS: Final = frozenset("tsgamTSGAM") | frozenset(" \u00a0\t\n")
"""How what sums up may begin."""
_WORD: Final = re.compile("total", re.IGNORECASE)


def may_sum_up(texts: Sequence[object]) -> list[bool] | None:
    """Of each text whether it speaks of a total; None where none does.

    Args:
        texts: what names the rows.
    """
    try:
        said = "\n".join(texts)  # type: ignore[arg-type] # nearly always texts alone
    except TypeError:
        said = "\n".join(text for text in texts if isinstance(text, str))
    if "otal" not in said and "OTAL" not in said:
        return None
    return [isinstance(text, str) and _WORD.search(text) is not None for text in texts]


def sums_up(label: str, beside: Sequence[Raw], *, lacks: bool) -> bool:
    """Whether a row sums others up: by what it is called, or where that may be so and it has nothing but amounts.

    >>> sums_up("Subtotal Housing", [1850], lacks=False), sums_up("Total Place", ["12,300"], lacks=True)
    (True, True)
    >>> sums_up("Total quality", ["12,300"], lacks=False), sums_up("Total quality", ["Ann Lee", 5], lacks=True)
    (False, False)

    Args:
        label: what stands first in it.
        beside: what else stands in it.
        lacks: something that names or places other rows is blank in it: an id, an owner, a date.
    """
    said = folded(label)
    if TOTAL.fullmatch(said):
        return True
    return lacks and bool(beside) and NAMED.fullmatch(said) is not None and all(map(_is_amount, beside))


def _is_amount(cell: Raw) -> bool:
    if isinstance(cell, str):
        text = " ".join(cell.split())
        return plain_number(text) is not None or money_said(text) is not None or text.casefold() in UNKNOWN
    return isinstance(cell, int | float) and not isinstance(cell, bool)
