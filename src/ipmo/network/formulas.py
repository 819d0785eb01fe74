"""What nodes of a web of needs come with: the items and the choices that each needs, so that any set of items can be tried without the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ipmo.network.positions import plain_list
from ipmo.network.without import Without

__all__ = ["Formulas", "formulas"]


class Formulas(NamedTuple):
    """What some nodes of a web need.

    Args:
        needed: by node, the names of all the items and choices that it needs; None where it never comes.
        choices: by name of a choice, its alternatives: each is there with all that it needs, and one of them is enough.
    """

    needed: Mapping[int, frozenset[str] | None]
    choices: Mapping[str, tuple[frozenset[str], ...]]


def formulas(engine: Without, nodes: Sequence[int], items: Mapping[str, int]) -> Formulas:
    """What some nodes need of some items, one sweep over the condensed web.

    Args:
        engine: of the web.
        nodes: those that are asked about.
        items: by name, the node without which it is not there.

    >>> from ipmo.network.condensed import Web
    >>> found = formulas(Without(Web(["a", "b", "both", "one"], [0, 1, 0, 1], [2, 2, 3, 3], either={3})), [2, 3], {"a": 0, "b": 1})
    >>> sorted(found.needed[2]), found.choices
    (['a', 'b'], {'one': (frozenset({'a'}), frozenset({'b'}))})
    """
    web, condensed = engine.web, engine.condensed
    group, begins, sources = (plain_list(column) for column in (condensed.group, condensed.ptr, condensed.src))
    atoms = [(name, node) for name, node in items.items() if group[node] >= 0]
    choices = {node: ways for node, ways in condensed.either.items() if ways and group[node] >= 0}
    names = [*(name for name, _ in atoms), *(web.ids[node] for node in choices)]
    bits = [0] * (len(begins) - 1)
    for place, node in enumerate([*(node for _, node in atoms), *choices]):
        bits[group[node]] |= 1 << place
    for g in range(len(bits)):
        for source in sources[begins[g] : begins[g + 1]]:
            bits[g] |= bits[source]
    known: dict[int, frozenset[str]] = {}

    def named(node: int) -> frozenset[str]:
        number = bits[group[node]] if group[node] >= 0 else 0
        if number not in known:
            known[number] = frozenset(names[place] for place in range(number.bit_length()) if number >> place & 1)
        return known[number]

    needed = {node: None if node in engine.dead else named(node) for node in nodes}
    asked, alternatives = (
        list(dict.fromkeys(name for some in needed.values() if some for name in some)),
        dict[str, tuple[frozenset[str], ...]](),
    )
    heads = {web.ids[node]: node for node in choices}
    while asked:
        name = asked.pop()
        if name in heads and name not in alternatives:
            alternatives[name] = tuple(named(node) for node in choices[heads[name]])
            asked += [other for some in alternatives[name] for other in some]
    return Formulas(needed, alternatives)
