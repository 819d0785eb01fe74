"""What became of a cell: a value, nothing, something unknown, or a refusal with its reason."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ipmo.registers.opening.sheets import Raw

__all__ = [
    "BLANK",
    "UNKNOWN",
    "Blank",
    "CellError",
    "Outcome",
    "Read",
    "Refused",
    "Told",
    "Unknown",
    "UnknownTexts",
    "folded",
    "unknown_in",
]


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


class Told(Sequence[Outcome]):
    """What became of the cells of a column, where each is a value of the model: none is blank, unknown or refused.

    Args:
        cells: the cells; those that are alike say the same.
        said: what each different cell says; None where they are texts that are read as they stand.
    """

    __slots__ = ("cells", "said")

    def __init__(self, cells: Sequence[Any], said: Mapping[Any, Outcome] | None = None) -> None:
        self.cells, self.said = cells, said

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, place: Any) -> Any:
        if self.said is None:
            return self.cells[place]
        return [*map(self.said.__getitem__, self.cells[place])] if isinstance(place, slice) else self.said[self.cells[place]]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.cells) if self.said is None else map(self.said.__getitem__, self.cells)

    def different(self) -> Collection[Outcome]:
        """The different values, some perhaps more than once."""
        return self.cells if self.said is None else self.said.values()

    def each(self, read: Callable[[Any], Outcome]) -> Told:
        """What each value is read as; each different one is read once."""
        said = {cell: cell for cell in dict.fromkeys(self.cells)} if self.said is None else self.said
        return Told(self.cells, {cell: read(value) for cell, value in said.items()})


Read: TypeAlias = Callable[[Raw], object]
"""What reads a cell that is neither blank nor unknown; raises CellError."""
SPACES: Final = re.compile(r"[\s\u00a0\u2007\u2009\u202f\ufeff]+")


FEW: Final = 4
"""Characters at the beginning of texts by which most are told from words that mean unknown."""
BEGINNING: Final = operator.itemgetter(slice(FEW))
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


class UnknownTexts:
    """Says of texts whether they mean that something is unknown.

    Args:
        words: such texts; one that ends in a star stands for all that begin so.
    """

    def __init__(self, words: Iterable[str]) -> None:
        known = [folded(word) for word in words]
        self.exact = frozenset(word for word in known if not word.endswith("*"))
        self.starts = frozenset(word[:FEW] for word in self.exact)
        self.begins = tuple(word[:-1].rstrip() for word in known if word.endswith("*") and len(word) > 1)

    def __call__(self, text: str) -> bool:
        """Whether a text does."""
        found = folded(text)
        return found in self.exact or found.startswith(self.begins)

    def in_any(self, texts: Sequence[str], folded_lines: str) -> bool:
        """Whether any of several texts does.

        Args:
            texts: the texts, of ASCII and without spaces to be taken out.
            folded_lines: the same folded, a line each.
        """
        if any(f"\n{word}" in f"\n{folded_lines}" for word in self.begins):
            return True
        first = set(map(BEGINNING, texts))  # nearly always a few
        return not self.starts.isdisjoint(map(str.lower, first)) and not self.exact.isdisjoint(folded_lines.split("\n"))


def unknown_in(words: Iterable[str]) -> UnknownTexts:
    """Says of a text whether it means that something is unknown.

    Args:
        words: such texts; one that ends in a star stands for all that begin so.
    """
    return UnknownTexts(words)
