"""Numbers as files hold them: how many digits they may have before and behind the point, and how they are read and shown."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

from ipmo.errors import UnitError

__all__ = [
    "MONEY_NUMBER",
    "MOST_BEHIND",
    "MOST_MONEY",
    "MOST_TIME",
    "NUMBER",
    "TIME_NUMBER",
    "as_amount",
    "as_decimal",
    "kept",
    "plain",
    "shown",
]

MOST_MONEY, MOST_TIME, MOST_BEHIND = 28, 15, 60
"""Digits before the point of an amount of money (as many as sums keep) and of time or effort, and behind it: what nouns take and files hold."""
NUMBER = rf"[+-]?[0-9]{{1,{MOST_MONEY}}}(?:\.[0-9]{{1,{MOST_BEHIND}}})?"
"""Numbers without a unit: as long as any number that Python keeps is written."""
MONEY_NUMBER = rf"[+-]?[0-9]{{1,{MOST_MONEY}}}(?:\.[0-9]{{1,{MOST_BEHIND}}})?"
TIME_NUMBER = rf"[+-]?[0-9]{{1,{MOST_TIME}}}(?:\.[0-9]{{1,{MOST_BEHIND}}})?"

_NUMBER = re.compile(rf"{NUMBER}(?:[eE](?:[+-]?[0-9]{{1,2}}|-[0-9]{{3}}))?", re.ASCII)
_AMOUNT = re.compile(rf"{MONEY_NUMBER}(?:[eE][+-]?[0-9]{{1,2}})?", re.ASCII)


def plain(number: Decimal) -> str:
    """A number in plain digits, without an exponent or trailing zeros.

    >>> plain(Decimal("4.20E+3"))
    '4200'
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_decimal(value: object, what: str) -> Decimal:
    """A number, or text that is one.

    Raises:
        UnitError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise UnitError(f"{value!r} is not {what}")
    text = str(value)
    if not _NUMBER.fullmatch(text):
        raise UnitError(f"{shown(value)} is not {what}; write at most {MOST_MONEY} digits before the point")
    return Decimal(text)


def as_amount(value: object) -> Decimal:
    """The amount of a quantity.

    Raises:
        UnitError: it is no number, or has more digits than any amount.
    """
    if isinstance(value, Decimal):
        found = value
    elif type(value) is int or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        found = Decimal(value)
    else:
        found = as_decimal(value, "an amount")
    if not found.is_finite():
        raise UnitError(f"{shown(value)} is not an amount")
    if found.adjusted() >= MOST_MONEY and found:
        raise UnitError(f"{shown(found)} is more than can be kept; write at most {MOST_MONEY} digits before the point")
    return found


def kept(number: Decimal, most: int) -> None:
    """Refuses what is computed in passing, and too long for a file to hold.

    Raises:
        UnitError: it has more digits than that before the point, or than `MOST_BEHIND` behind it.
    """
    if number and (
        number.adjusted() >= most
        or number.adjusted() < -MOST_BEHIND
        or (cast(int, number.as_tuple().exponent) < -MOST_BEHIND and len(plain(number).partition(".")[2]) > MOST_BEHIND)
    ):
        raise UnitError(
            f"{shown(number)} is longer than can be kept; write at most {most} digits before the point and {MOST_BEHIND} behind it"
        )


def shown(value: object) -> str:
    """A value as messages show it, not too long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}... ({len(text)} characters)"
