"""Which kind of register a sheet is: its headings, its name and its title vote."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from ipmo.registers.proposing.headings import heading
from ipmo.registers.proposing.synonyms import KIND_WORDS, SYNONYMS, names_of

__all__ = ["kinds_of", "telling"]

NAMED = 4.0
"""What the name of a sheet counts for, in headings that only one kind of register has."""
TITLED = 2.5
HINTED = 0.8


@functools.cache
def _owners(withheld: frozenset[str]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The kinds of register that have a field of a name."""
    found: dict[tuple[str, ...], list[str]] = {}
    for kind in SYNONYMS:
        for words, fields in names_of(kind, withheld).items():
            if any(field for field, _ in fields):
                found.setdefault(words, []).append(kind)
    return {words: tuple(kinds) for words, kinds in found.items()}


@functools.cache
def _hints() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The telling words of each kind, as words of headings."""
    return {kind: tuple(dict.fromkeys(heading(part.strip()).words for part in text.split(";"))) for kind, text in KIND_WORDS.items()}


def telling(words: tuple[str, ...], kind: str) -> bool:
    """Whether a heading names a kind of register, or what only that kind has."""
    return any(phrase and _inside(words, phrase) for phrase in _hints()[kind])


def _inside(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(words[place : place + len(phrase)] == phrase for place in range(len(words) - len(phrase) + 1))


@functools.lru_cache(maxsize=16_384)
def _told(words: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of register of whose telling words a heading has the longest."""
    found = {
        kind: max((len(phrase) for phrase in phrases if phrase and _inside(words, phrase)), default=0) for kind, phrases in _hints().items()
    }
    longest = max(found.values())
    return tuple(kind for kind, length in found.items() if length == longest) if longest else ()


def kinds_of(headers: Sequence[str], name: str, title: str, withheld: frozenset[str] = frozenset()) -> list[tuple[float, str]]:
    """The kinds of register that a sheet can be, the likeliest first, each with its votes.

    Args:
        headers: the headings.
        name: of the sheet, or of the file of text.
        title: what stands above the table.
        withheld: names of fields that are not to be used.
    """
    owners = _owners(withheld)
    votes = dict.fromkeys(SYNONYMS, 0.0)
    votes["projects"] = 0.5  # what most lists are, where nothing says more
    for text in dict.fromkeys(headers):
        words = heading(text).words
        if not words:
            continue
        for kind in (held := owners.get(words, ())):
            votes[kind] += 1.0 / len(held) + 0.15
        for kind in (told := _told(words)):
            votes[kind] += HINTED / len(told)
    for text, weight in ((name, NAMED), (title, TITLED)):
        words = heading(re.sub(r"[\d._-]+", " ", text)).words if text else ()
        for kind in (told := _told(words)):
            votes[kind] += weight / len(told)
    return sorted(((count, kind) for kind, count in votes.items()), key=lambda one: (-one[0], one[1]))
