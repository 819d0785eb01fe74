"""How like a heading is to the names of fields: the mean of character and word likeness, less what a telling word more or less takes away."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

import attrs

from ipmo.registers.proposing.synonyms import names_of

if TYPE_CHECKING:
    import numpy as np
    from numpy import typing as npt

__all__ = ["likenesses"]

TELLING: Mapping[str, float] = {
    **dict.fromkeys("variance variation deviation change delta difference slippage movement overrun overspend".split(), 0.5),
    **dict.fromkeys("narrative commentary comment note remark explanation rationale justification reason detail text notes".split(), 0.4),
    **dict.fromkeys("url link hyperlink website email phone telephone address acronym shortcode abbreviation code".split(), 0.35),
    **dict.fromkeys("previous prior last former index ratio count rank weight trend average max min per".split(), 0.3),
    **dict.fromkeys("quantity qty unit volume area length".split(), 0.35),
    **dict.fromkeys("residual target net post inherent gross pre initial".split(), 0.2),
    **dict.fromkeys("actual baseline remaining cumulative original".split(), 0.25),
    **dict.fromkeys("plan planned forecast estimated projected expected anticipated revised scheduled".split(), 0.12),
    **dict.fromkeys(
        "benefit risk issue resource quality scope schedule commercial finance financial safety reputation environmental contingency".split(),
        0.2,
    ),
    **dict.fromkeys("year period month quarter monthly".split(), 0.2),
    **dict.fromkeys(
        "due closed resolved reviewed raised submitted created modified updated identified opened approval review expiry need needed blocking blocked predecessor successor".split(),
        0.2,
    ),
    **dict.fromkeys(
        "percent day hour score rating level number id name type status owner date by from to start finish end cost budget time not".split(),
        0.18,
    ),
}
"""Words that change what a heading means, and what it costs when the heading has one and the name has not, or the other way round."""
ALIKE: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "end finish completion",
        "start begin commencement",
        "planned plan scheduled",
        "estimated projected expected anticipated forecast",
        "cost expenditure",
        "owner lead responsible",
        "id number reference code key",
        "name title",
        "likelihood probability",
        "rag colour",
        "rating status",
        "target goal",
        "latest current",
        "raised identified logged opened",
        "description detail",
        "organisation department agency ministry",
    )
)
"""Words that mean the same where the rest of a heading is the same."""
NEUTRAL = frozenset(
    "latest current approved overall total main primary new official full gmpp ipa mpa nista incl including included excl gross nominal real updated proposed"
    " formal high key field custom reported agreed".split()
)
"""Words that say little beside others."""
GENERIC = frozenset("date cost name number status rating value id type time code level day residual inherent".split())
"""Words that name nothing by themselves."""
SHORT = 4
"""Letters up to which a heading of one word is an abbreviation: it is a name or it is none."""
ALONE = 0.55
KIND_NOUNS: Mapping[str, frozenset[str]] = {
    "projects": frozenset(("project",)),
    "programmes": frozenset(("programme",)),
    "tasks": frozenset("task activity item work".split()),
    "milestones": frozenset("milestone task".split()),
    "risks": frozenset("risk inherent gross current initial untreated".split()),
    "issues": frozenset(("issue",)),
    "assumptions": frozenset(("assumption",)),
    "links": frozenset("dependency interface link".split()),
    "benefits": frozenset(("benefit",)),
    "resources": frozenset(("resource",)),
    "people": frozenset(("person", "contact")),
    "stakeholders": frozenset(("stakeholder",)),
    "decisions": frozenset(("decision",)),
    "lessons": frozenset(("lesson",)),
    "changes": frozenset("change request co cr".split()),
    "costs": frozenset(("cost",)),
    "gates": frozenset("gate review".split()),
    "objectives": frozenset("objective goal".split()),
    "outcomes": frozenset("outcome output".split()),
    "raid": frozenset("raid risk issue".split()),
}
"""Words that every heading of a register may have without saying more."""
LOOKED_AT = 12
"""Names that are compared letter by letter: those with most words and pairs of letters in common."""
FLOOR = 0.5
_Names: TypeAlias = Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]


@functools.lru_cache(maxsize=65_536)
def _pairs(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[n : n + 2] for n in range(len(padded) - 1))


@functools.lru_cache(maxsize=65_536)
def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0


def _token_set(one: frozenset[str], other: frozenset[str]) -> float:
    """The likeness of two sets of words: what they share, against what they share and the rest of each."""
    both = " ".join(sorted(one & other))
    first, second = (" ".join(filter(None, (both, " ".join(sorted(words - (one & other)))))) for words in (one, other))
    return max(_ratio(both, first), _ratio(both, second), _ratio(first, second)) if both else _ratio(first, second)


def _told_apart(one: frozenset[str], other: frozenset[str]) -> float:
    """What telling words that only one of them has take away."""
    left, right = set(one - other), set(other - one)
    lost = 0.0
    for group in ALIKE:
        here, there = left & group, right & group
        if here and there:
            left -= here
            right -= there
            lost += 0.02
        elif (here and group & other) or (there and group & one):
            left -= here  # "end" beside "completion" says no more
            right -= there
    for word in sorted(left | right):  # the sum of floats is then the same in every run
        lost += TELLING.get(word, 0.03 if word in NEUTRAL else 0.1)
    return lost


def _like(words: tuple[str, ...], name: tuple[str, ...], nouns: frozenset[str]) -> float:
    if words == name:
        return 1.0
    one, other = frozenset(words), frozenset(name)
    if one == other:
        return 0.98
    bare, bare_name = tuple(w for w in words if w not in nouns), tuple(w for w in name if w not in nouns)
    if bare and bare == bare_name:
        return 0.96
    said, said_name = tuple(w for w in bare if w not in NEUTRAL), tuple(w for w in bare_name if w not in NEUTRAL)
    if said and said == said_name and not (len(said) == 1 and said[0] in GENERIC):
        return 0.93
    if bare and bare_name and (one - nouns) and (other - nouns):
        one, other, words, name = one - nouns, other - nouns, bare, bare_name
    if len(words) == 1 and len(words[0]) <= SHORT and not one & other:
        return 0.0
    if len(one) == 1 and one < other and len(other - NEUTRAL) > 1:
        return ALONE  # a word alone says less than a name that goes on
    lost = _told_apart(one, other)
    if lost >= FLOOR:
        return 0.0
    mean = (_ratio(" ".join(words), " ".join(name)) + _token_set(one, other)) / 2
    swapped = _swapped(one, other)
    return max(0.0, min(0.92, max(mean, swapped) - lost))


def _swapped(one: frozenset[str], other: frozenset[str]) -> float:
    """1 where the words differ only by ones that mean the same."""

    def same(words: frozenset[str]) -> frozenset[object]:
        return frozenset(next((place for place, group in enumerate(ALIKE) if word in group), word) for word in words)

    return 0.93 if same(one) == same(other) else 0.0


@functools.lru_cache(maxsize=16_384)
def likenesses(words: tuple[str, ...], kind: str, withheld: frozenset[str] = frozenset()) -> tuple[tuple[float, str, int], ...]:
    """How like a heading is to each field of a kind, the likest first: (0 to 1, field, how usual the name is); `` is an attribute.

    Args:
        words: of the heading.
        kind: the kind of register.
        withheld: names that are not to be used.
    """
    index = _indexed(kind, withheld)
    nouns = KIND_NOUNS.get(kind, frozenset())
    promising = index.promising(words)
    found: dict[str, tuple[float, int]] = {}
    for name in dict.fromkeys([words, *promising] if words in index.known else promising):
        like = _like(words, name, nouns)
        for field, place in index.known[name]:
            if field not in found or (like, -place) > (found[field][0], -found[field][1]):
                found[field] = (like, place)
    return tuple(
        sorted(((like, field, place) for field, (like, place) in found.items() if like > 0), key=lambda one: (-one[0], one[2], one[1]))
    )


@attrs.frozen(eq=False)
class _Index:
    """The names of a kind, by their words and by their pairs of letters.

    Args:
        known: the names, with the fields that bear them.
        names: the names in order.
        words: of each word, the places of the names that have it.
        pairs: of each pair of letters, the places of the names that have it.
        lengths: how many pairs each name has, and how many words.
    """

    known: _Names
    names: Sequence[tuple[str, ...]]
    words: Mapping[str, npt.NDArray[np.int64]]
    pairs: Mapping[str, npt.NDArray[np.int64]]
    lengths: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]

    def promising(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The names that have most words and pairs of letters in common with a heading, of those that share a word if there are enough."""
        import numpy as np

        sharing = np.zeros(len(self.names), bool)
        for near in {near for word in words for near in _near(word)}:
            sharing[self.words.get(near, [])] = True
        if sharing.sum() < LOOKED_AT // 2:
            sharing[:] = True
        pairs = _pairs(" ".join(words))
        alike, same = np.zeros(len(self.names), np.int64), np.zeros(len(self.names), np.int64)
        for pair in pairs:
            alike[self.pairs.get(pair, [])] += 1
        for word in {*words}:
            same[self.words.get(word, [])] += 1
        common = 2 * alike / (len(pairs) + self.lengths[0]) + same / np.maximum(len(words), self.lengths[1])
        best = np.argsort(np.where(sharing, -common, np.inf), kind="stable")[: min(LOOKED_AT, int(sharing.sum()))]
        return [self.names[place] for place in best]


@functools.cache
def _indexed(kind: str, withheld: frozenset[str]) -> _Index:
    """The names of a kind, and which of them have a word or a pair of letters."""
    import numpy as np

    known = names_of(kind, withheld)
    names = sorted(known)
    by_word: dict[str, dict[int, None]] = {}
    by_pair: dict[str, dict[int, None]] = {}
    for place, name in enumerate(names):
        for word in name:
            by_word.setdefault(word, {})[place] = None
        for pair in _pairs(" ".join(name)):
            by_pair.setdefault(pair, {})[place] = None
    words, pairs = ({key: np.array(list(places), np.int64) for key, places in by.items()} for by in (by_word, by_pair))
    lengths = np.array([len(_pairs(" ".join(name))) for name in names], np.int64), np.array([len(name) for name in names], np.int64)
    return _Index(known, names, words, pairs, lengths)


def _near(word: str) -> frozenset[str]:
    """A word with those that mean the same."""
    return _NEAR.get(word) or frozenset((word,))


_NEAR: Mapping[str, frozenset[str]] = {word: group for group in reversed(ALIKE) for word in group}
