"""Greenhouse gas as users write it: an amount of carbon dioxide equivalent, `120 t CO2e`.

User text is matched by an anchored pattern; pint turns known units into one another, exactly.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from fractions import Fraction

import attrs

from ipmo.digits import MOST_TIME, TIME_NUMBER, as_amount, kept, plain, shown
from ipmo.errors import UnitError
from ipmo.units import registry

__all__ = ["CARBON", "EMISSIONS", "TONNES", "Emissions", "as_emissions"]

CARBON = ("kg", "t", "kt", "Mt")
"""Units of mass that emissions come in."""
TONNES = "t CO2e"
"""The unit that sums are in."""
EMISSIONS = rf"({TIME_NUMBER}) ?(kg|t|kt|Mt) ?CO2e"
"""How an amount is written."""
_TEXT = re.compile(EMISSIONS, re.ASCII)


@attrs.frozen(order=False)
class Emissions:
    """An exact amount of greenhouse gas as carbon dioxide equivalent; below zero for what is taken out of the air.

    Args:
        amount: how many.
        unit: `kg`, `t`, `kt` or `Mt`.

    >>> as_emissions("1.2 kt CO2e").tonnes, str(Emissions(12, "t"))
    (Fraction(1200, 1), '12 t CO2e')
    """

    amount: Decimal = attrs.field(converter=as_amount)
    unit: str = attrs.field(default="t")

    @unit.validator
    def _known(self, _: object, unit: str) -> None:
        if unit not in CARBON:
            raise UnitError(f"{unit!r} is no unit of carbon; write one of {', '.join(CARBON)}")

    @property
    def tonnes(self) -> Fraction:
        """How many tonnes, exactly."""
        return Fraction(self.amount) * _in_tonnes(self.unit)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.unit} CO2e"


def as_emissions(value: Emissions | str) -> Emissions:
    """`"120 t CO2e"` or Emissions as Emissions.

    Raises:
        UnitError: it is no amount of carbon dioxide equivalent.
    """
    if isinstance(value, Emissions):
        kept(value.amount, MOST_TIME)
        return value
    match = _TEXT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise UnitError(f"{shown(value)} is no amount of carbon; write for example 800 kg CO2e, 120 t CO2e or 1.2 kt CO2e")
    return Emissions(Decimal(match[1]), match[2])


@functools.cache
def _in_tonnes(unit: str) -> Fraction:
    """How many tonnes one of a unit is."""
    return Fraction(registry().Quantity(Fraction(1), f"{unit}_CO2e").to("t_CO2e").magnitude)
