"""Amounts of quite another size than those beside them: one of 2.5 beside £3.4m, one of 250,000 in a column of millions."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Final

import attrs

from ipmo.registers.cells.outcomes import CellError
from ipmo.registers.fields import POWERS

__all__ = ["OddSizeError", "Sizes"]

MOST: Final = Decimal(10) ** 12
"""An amount above it is more likely written in full in a column of millions."""
FAR: Final = 100
"""So many times less than the amounts beside it that name their multiplier: a bare number is suspected to lack one."""
IN_FULL: Final = {"k": (10**6, 1_000), "M": (10**4, 10_000), "bn": (10**4, 10_000), "lakh": (10**5, 10_000), "crore": (10**4, 10_000)}
"""By what a column counts in: the number from which on, and how many times the others of it, an amount is suspected to be written in full."""


class OddSizeError(CellError):
    """An amount is of quite another size than those beside it; the message says what it may be instead."""


@attrs.frozen
class Sizes:
    """The different amounts of a column, which say of what size another may be; none is 0.

    Args:
        named: those that name a multiplier, in full.
        powers: the powers of ten that these name.
        bare: the others as they stand, without their signs.
        multiplier: of bare amounts: `k`, `M`, `bn`, `lakh`, `crore`; empty for none.
    """

    named: Sequence[float] = ()
    powers: frozenset[int] = frozenset()
    bare: Sequence[float] = ()
    multiplier: str = ""

    def in_full(self, number: Decimal) -> str:
        """Why a bare amount of a column that counts in a multiplier seems to be written in full; empty where it does not.

        Args:
            number: the amount without its sign.
        """
        unit = self.multiplier
        if unit in ("M", "bn") and number.scaleb(POWERS[unit]) > MOST and number >= 1_000_000:
            return f"stands in a column of {unit}, and seems to be written in full"
        least, times = IN_FULL[unit]
        if number < least or not self._usual or (away := float(number) / self._usual) < times:
            return ""
        return (
            f"stands in a column of {unit} whose other amounts are some {_rough(away)} times"
            " smaller, and seems to be written in full; write it as they are"
        )

    def unnamed(self, number: Decimal) -> tuple[str, bool]:
        """Why a bare amount may lack a multiplier that those beside it name, empty where it does not; and whether only one of them says so.

        Args:
            number: the amount without its sign.
        """
        away = self._middle / float(number)
        if away < FAR or not any(abs(math.log10(away) - power) < math.log10(away) for power in self.powers):
            return "", False
        alone = self._of_their_size < 2
        beside = "one amount that does, which is" if alone else "amounts that do, which are"
        return f"names no multiplier, and stands beside {beside} some {_rough(away)} times larger", alone

    @functools.cached_property
    def _usual(self) -> float:
        """The middle of the amounts that are surely not written in full."""
        others = [one for one in self.bare if one < IN_FULL[self.multiplier][0]]
        return median(others) if others else 0.0

    @functools.cached_property
    def _middle(self) -> float:
        return median(self.named) if self.named else 0.0

    @functools.cached_property
    def _of_their_size(self) -> int:
        """How many amounts there are that name a multiplier, or are in full of the size of those that do."""
        return len(self.named) + sum(self._middle < FAR * number for number in self.bare)


def _rough(number: float) -> str:
    """A number to one digit, for people: `2,000`."""
    return f"{float(f'{number:.0e}'):,.0f}"
