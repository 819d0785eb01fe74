"""Names most like a word that is none of them: what somebody meant, also among a hundred thousand ids.

The measure is that of `difflib` (twice the matching characters over all characters, at least 0.6). How many characters two words
have in common bounds it from above; that is counted for all names at once, and only the most promising ones are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Speller"]

CUTOFF = 0.6
COMPARED = 60
"""How many names are compared with one word at most: names that are all of the same letters bound nothing."""
BUCKETS = 64


class Speller:
    """Names, ready to be asked for those that are like a word.

    >>> Speller(["tram/build", "tram/design", "depot"]).near("tram/biuld")
    ['tram/build']

    Args:
        names: the names; upper and lower case count as one.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower(): name for name in sorted(set(names), reverse=True)}
        self._keys = list(self._names)
        self._counted: tuple[np.ndarray, np.ndarray] | None = None

    def near(self, wanted: str, count: int = 3) -> list[str]:
        """The names most like a word, best first.

        Args:
            wanted: the word.
            count: how many at most.
        """
        word = wanted.lower()
        if not word:
            return []
        matcher = SequenceMatcher(b=word)
        found: list[tuple[float, str]] = []
        for place, bound in self._promising(word):
            if len(found) >= count and bound < found[count - 1][0]:
                break
            matcher.set_seq1(self._keys[place])
            ratio = matcher.ratio()
            if ratio >= CUTOFF:
                found = sorted([*found, (ratio, self._keys[place])], reverse=True)[:count]
        return [self._names[key] for _, key in found]

    def _promising(self, word: str) -> list[tuple[int, float]]:
        """Names that can be near enough, with the bound of their ratio, the most promising first."""
        import numpy as np

        if not self._keys:
            return []
        if self._counted is None:
            lengths = np.fromiter(map(len, self._keys), np.int64, len(self._keys))
            self._counted = _letters("".join(self._keys), np.repeat(np.arange(len(self._keys)), lengths), len(self._keys)), lengths
        letters, lengths = self._counted
        common = np.minimum(letters, _letters(word, np.zeros(len(word), np.int64), 1)).sum(axis=1, dtype=np.int64)
        bound = 2.0 * common / np.maximum(lengths + len(word), 1)
        places = np.flatnonzero(bound >= CUTOFF)
        best = places[np.argsort(-bound[places], kind="stable")][:COMPARED]
        return list(zip(best.tolist(), bound[best].tolist(), strict=True))


def _letters(text: str, rows: np.ndarray, count: int) -> np.ndarray:
    """How often each letter stands in each row; letters share buckets, which can only raise a bound."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32) % BUCKETS
    return np.bincount(rows * BUCKETS + codes, minlength=count * BUCKETS).reshape(count, BUCKETS).astype(np.uint16)
