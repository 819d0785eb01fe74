"""What the file of another tool has no room for: counted while it is written, and named in one warning."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import attrs

from ipmo.errors import FormatWarning
from ipmo.model.fields import Noun
from ipmo.model.portfolio import Portfolio

__all__ = ["NoRoom"]


class NoRoom:
    """Counts what is left out of a file.

    Args:
        product: the tool whose file it is.
    """

    def __init__(self, product: str) -> None:
        self.product = product
        self.counts: Counter[str] = Counter()

    def lose(self, what: str, count: int = 1) -> None:
        """So many of something are left out, or written as something else.

        Args:
            what: in the plural: `lags of months`.
            count: how many.
        """
        self.counts[what] += count

    def beside(self, noun: Noun, kept: Collection[str], of: str) -> None:
        """Counts the fields of a noun that are set and that the writer does not keep; of nouns in the portfolio, each.

        Args:
            noun: what is written.
            kept: the fields that the file has room for, or whose loss is counted in words of its own.
            of: what the noun is one of: `tasks`, or `the portfolio`.
        """
        for field in attrs.fields(type(noun)):
            value = getattr(noun, field.name)
            if field.name in kept or value == field.default:
                continue
            if isinstance(noun, Portfolio) and isinstance(value, tuple):
                self.lose(field.name, len(value))
            else:
                self.lose(f"fields {field.name!r} of {of}")

    def warn(self, path: Path) -> None:
        """Says it, where there is something to say.

        Args:
            path: the file that was written.

        Warns:
            FormatWarning: what was left out, each with how often.
        """
        if self.counts:
            parts = [f"{count} {what}" for what, count in self.counts.items()]
            told = FormatWarning(f"{path}: {self.product} has no room for {'; '.join(parts)}", self.counts)
            warnings.warn(told, stacklevel=6)  # whoever called `ipmo.write`
