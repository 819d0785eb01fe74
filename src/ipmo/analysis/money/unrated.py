"""Money without an exchange rate, said once for a whole answer: which, how many, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from ipmo.words import agree, counted

__all__ = ["unrated_note"]

NAMED = 3
"""So many amounts are named."""


def unrated_note(reasons: Iterable[str]) -> tuple[str, ...]:
    """One sentence about amounts that have no exchange rate; none where every amount has one.

    Args:
        reasons: of each amount what it is and which rate is missing.

    >>> unrated_note(["budget of 'a' is 1 USD: no rate from USD to GBP; add one under rates:"])[0]
    "1 amount has no exchange rate, so that what needs it is blank and sums are only of the rest: budget of 'a' is 1 USD: no rate from USD to GBP; add one under rates:"
    """
    found = list(dict.fromkeys(reasons))
    if not found:
        return ()
    few = len(found)
    front = f"{counted(few, 'amount')} {agree(few, 'has', 'have')} no exchange rate, so that what needs {agree(few, 'it', 'them')} is blank"
    rest = f"; and {few - NAMED} more" if few > NAMED else ""
    return (f"{front} and sums are only of the rest: {' | '.join(found[:NAMED])}{rest}",)
