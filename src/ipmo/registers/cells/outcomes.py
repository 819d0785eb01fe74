"""What became of a cell: a value, nothing, something unknown, or a refusal with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import attrs

from ipmo.registers.opening.sheets import Raw

__all__ = ["BLANK", "UNKNOWN", "Blank", "CellError", "Outcome", "Read", "Refused", "Unknown", "folded", "unknown_in"]


class CellError(Exception):
    """A cell cannot be understood; the message says why, and what to do."""


@attrs.frozen
class Refused:
    """A cell that is not understood, with the reason."""

    reason: str


class Blank:
    """Nothing stands in the cell."""

    def __repr__(self) -> str:
        return "BLANK"


class Unknown:
    """The cell says that it is unknown: `N/A`, `TBC`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


BLANK: Final = Blank()
UNKNOWN: Final = Unknown()
Outcome: TypeAlias = object
"""A value of the model, BLANK, UNKNOWN, or Refused."""
Read: TypeAlias = Callable[[Raw], object]
"""What reads a cell that is neither blank nor unknown; raises CellError."""
SPACES: Final = re.compile(r"[\s\u00a0\u2007\u2009\u202f\ufeff]+")


SPACED: Final = re.compile("  |\0 | \0")
"""Spaces that folding takes out, where texts stand between zeros."""


def folded(text: str) -> str:
    """A text as words are compared: spaces as one, without case.

    >>> folded("  Amber / RED ")
    'amber / red'
    """
    if "\ufeff" in text:  # the only one of them that Python does not split at
        text = text.replace("\ufeff", " ")
    return " ".join(text.split()).casefold()


def all_folded(texts: Sequence[str]) -> list[str]:
    """`folded` of each text; of plain ones all at once.

    >>> all_folded(["Amber", "  RED "]), all_folded(["Amber", "Dark Red"])
    (['amber', 'red'], ['amber', 'dark red'])
    """
    joined = "\0".join(texts)
    bare = joined.replace("\0", "")
    if bare.isascii() and bare.isprintable() and joined.count("\0") == len(texts) - 1 and not SPACED.search(f"\0{joined}\0"):
        return joined.lower().split("\0")  # spaces stand alone, and inside
    return list(map(folded, texts))


def unknown_in(words: Iterable[str]) -> Callable[[str], bool]:
    """Says of a text whether it means that something is unknown.

    Args:
        words: such texts; one that ends in a star stands for all that begin so.
    """
    known = [folded(word) for word in words]
    exact = frozenset(word for word in known if not word.endswith("*"))
    begins = tuple(word[:-1].rstrip() for word in known if word.endswith("*") and len(word) > 1)

    def says(text: str) -> bool:
        found = folded(text)
        return found in exact or found.startswith(begins)

    return says
