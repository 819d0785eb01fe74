"""Amounts of a column that are of quite another size than those beside them: the proposal says so, as reading refuses or doubts them."""

from __future__ import annotations

from collections.abc import Iterable

from ipmo.registers.cells.amounts import Amounts, Numbers
from ipmo.registers.cells.outcomes import CellError
from ipmo.registers.cells.sizes import OddSizeError
from ipmo.words import agree

__all__ = ["odd_amounts"]

SHOWN = 3
"""Amounts that are named; of the rest their number is said."""
ANY = "GBP"
"""A currency where none is known yet: sizes do not depend on it."""


def odd_amounts(texts: Iterable[str], currency: str, multiplier: str, decimal: str) -> str:
    """What to say of amounts of another size than those beside them; empty where there are none.

    >>> odd_amounts(["£1.2m", "£3.4m", "2.5"], "GBP", "", "")
    "'2.5' names no multiplier, and others do: it is refused; write `multiplier:` (1 for amounts in full)"
    >>> odd_amounts(["1.2", "3400000", "0.8"], "GBP", "M", "")
    "'3400000' seems to be written in full in a column of M: it is refused"

    Args:
        texts: the cells that say something.
        currency: of bare amounts; empty where it is not known.
        multiplier: of bare amounts, as it is proposed.
        decimal: how numbers are written, where that is proposed.
    """
    cells = list(dict.fromkeys(texts))
    amounts = Amounts(Numbers.of(cells, decimal, currency), currency or ANY, multiplier, cells=cells)
    refused = []
    for cell in cells:
        try:
            amounts.worth(cell)
        except OddSizeError:
            refused.append(cell)
        except CellError:
            continue
    odd = refused or [str(cell) for cell in amounts.doubts]
    if not odd:
        return ""
    many = len(odd)
    named = ", ".join(repr(one[:20]) for one in odd[:SHOWN]) + (f" and {many - SHOWN} more" if many > SHOWN else "")
    if multiplier:
        what = f"{agree(many, 'seems', 'seem')} to be written in full in a column of {multiplier}"
    else:
        what = f"{agree(many, 'names', 'name')} no multiplier, and {'others do' if refused else 'another does'}"
    read = f"{agree(many, 'it is', 'they are')} {'refused' if refused else 'read as ' + agree(many, 'it stands', 'they stand')}"
    return f"{named} {what}: {read}" + ("" if multiplier else "; write `multiplier:` (1 for amounts in full)")
